#include "model/report_cells.h"

#include "base/mem.h"

uint32_t rk_report_cells_add(struct rk_report_cells *to, struct rk_report_cell cell)
{
    RK_GROW(to->cells, to->count, to->room);
    to->cells[to->count] = cell;
    to->figures += !cell.unseen;
    return to->count++;
}

static struct rk_report_cell people_cell(int64_t people, int64_t least)
{
    return (struct rk_report_cell){.value = people,
                                   .n = people,
                                   .counts = true,
                                   .signless = true,
                                   .small = people > 0 && people < least};
}

uint32_t rk_report_cells_people(struct rk_report_cells *to, int64_t people, int64_t least)
{
    return rk_report_cells_add(to, people_cell(people, least));
}

uint32_t rk_report_cells_left(struct rk_report_cells *to, int64_t people, int64_t least)
{
    struct rk_report_cell cell = people_cell(people, least);
    cell.counts = false;
    cell.unseen = true;
    return rk_report_cells_add(to, cell);
}

static uint32_t add_unseen(struct rk_report_cells *to, int64_t value)
{
    return rk_report_cells_add(
        to, (struct rk_report_cell){.value = value, .signless = true, .unseen = true});
}

static void add_parts(struct rk_report_cells *to, const uint32_t *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        RK_GROW(to->cell, to->part_count, to->part_room);
        to->cell[to->part_count++] = cells[i];
    }
}

void rk_report_cells_sum(struct rk_report_cells *to, uint32_t total, const uint32_t *parts,
                         size_t count)
{
    add_parts(to, &total, 1);
    add_parts(to, parts, count);
    while (to->sum_count + 2 > to->sum_room) {
        to->sum_room = to->sum_room ? to->sum_room * 2 : 64;
        to->first = rk_resize(to->first, to->sum_room, sizeof *to->first);
    }
    to->first[0] = 0;
    to->first[++to->sum_count] = to->part_count;
}

static int64_t sum_of(const struct rk_report_cells *to, const uint32_t *cells, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += to->cells[cells[i]].value;
    return sum;
}

void rk_report_cells_rest(struct rk_report_cells *to, uint32_t total, const uint32_t *parts,
                          size_t count, int64_t least)
{
    int64_t rest = to->cells[total].value - sum_of(to, parts, count);
    if (rest < 0 || !count)
        return;
    uint32_t other = rest ? rk_report_cells_left(to, rest, least) : RK_NONE;
    rk_report_cells_sum(to, total, parts, count);
    if (rest) {
        add_parts(to, &other, 1);
        to->first[to->sum_count] = to->part_count;
    }
}

void rk_report_cells_alike(struct rk_report_cells *to, const uint32_t *a, size_t a_count,
                           const uint32_t *b, size_t b_count, int64_t least)
{
    int64_t sum_a = sum_of(to, a, a_count), sum_b = sum_of(to, b, b_count);
    if (!a_count || !b_count)
        return;
    if (sum_a < sum_b) {
        rk_report_cells_alike(to, b, b_count, a, a_count, least);
        return;
    }
    uint32_t together = a_count == 1 ? a[0] : add_unseen(to, sum_a);
    if (a_count > 1)
        rk_report_cells_sum(to, together, a, a_count);
    rk_report_cells_rest(to, together, b, b_count, least);
}

void rk_report_cells_bounds(struct rk_report_cells *to, uint32_t total, const uint32_t *parts,
                            size_t count)
{
    int64_t value = to->cells[total].value, sum = sum_of(to, parts, count);
    uint32_t together = add_unseen(to, sum);
    rk_report_cells_sum(to, together, parts, count);
    rk_report_cells_sum(to, together, (uint32_t[]){total, add_unseen(to, sum - value)}, 2);
    for (size_t i = 0; i < count; i++)
        rk_report_cells_sum(
            to, total, (uint32_t[]){parts[i], add_unseen(to, value - to->cells[parts[i]].value)},
            2);
}

void rk_report_cells_free(struct rk_report_cells *cells)
{
    rk_free(cells->cells);
    rk_free(cells->first);
    rk_free(cells->cell);
    *cells = (struct rk_report_cells){0};
}

/* ---- blocks ---- */

static uint32_t root_of(uint32_t *parent, uint32_t v)
{
    while (parent[v] != v)
        v = parent[v] = parent[parent[v]];
    return v;
}

uint32_t rk_report_blocks(const uint32_t *a, uint32_t a_values, const uint32_t *b,
                          uint32_t b_values, const uint32_t *people, size_t rows, uint32_t *block_a,
                          uint32_t *block_b)
{
    uint32_t values = a_values + b_values, count = 0;
    uint32_t *parent = rk_alloc((size_t)values + 1, sizeof *parent);
    uint32_t *block = rk_alloc((size_t)values + 1, sizeof *block);
    bool *met = rk_alloc((size_t)values + 1, sizeof *met);
    for (uint32_t v = 0; v < values; v++) {
        parent[v] = v;
        block[v] = RK_NONE;
    }
    for (size_t r = 0; r < rows; r++)
        if (a[r] != RK_NONE && b[r] != RK_NONE && (!people || people[r])) {
            uint32_t x = root_of(parent, a[r]), y = root_of(parent, a_values + b[r]);
            parent[x > y ? x : y] = x > y ? y : x;
            met[a[r]] = met[a_values + b[r]] = true;
        }
    for (uint32_t v = 0; v < values; v++) { /* a root comes before the others of its block */
        uint32_t root = root_of(parent, v);
        if (!met[v])
            continue;
        if (block[root] == RK_NONE)
            block[root] = count++;
        block[v] = block[root];
    }
    memcpy(block_a, block, a_values * sizeof *block);
    memcpy(block_b, block + a_values, b_values * sizeof *block);
    rk_free(parent);
    rk_free(block);
    rk_free(met);
    return count;
}

/* ---- rows told apart by several features ---- */

static void find_kinds(struct rk_report_rows *r)
{
    struct rk_strings kinds = {0};
    struct rk_buf key = {0};
    uint32_t room = 0;
    r->kind = rk_alloc(r->rows + 1, sizeof *r->kind);
    for (size_t row = 0; row < r->rows; row++) {
        bool lacks = false, passed = r->people && !r->people[row];
        rk_buf_clear(&key);
        for (uint32_t f = 0; f < r->features && !passed; f++)
            if (r->of[f]) {
                lacks |= r->of[f][row] == RK_NONE;
                rk_buf_add(&key, &r->of[f][row], sizeof r->of[f][row]);
            }
        r->kind[row] =
            lacks ? rk_strings_add(&kinds, (struct rk_text){key.text, key.size}) : RK_NONE;
        if (!lacks || r->kind[row] < r->kinds)
            continue;
        RK_GROW(r->row_of, r->kinds, room);
        r->row_of[r->kinds++] = row;
    }
    rk_strings_free(&kinds);
    rk_buf_free(&key);
}

void rk_report_rows_find(struct rk_report_rows *r)
{
    size_t all = (size_t)r->features * r->features;
    r->met = rk_alloc((size_t)r->features + 1, sizeof *r->met);
    r->blocks = rk_alloc(all + 1, sizeof *r->blocks);
    find_kinds(r);
    for (uint32_t a = 0; a < r->features; a++) {
        r->met[a] = rk_alloc((size_t)r->values[a] + 1, sizeof *r->met[a]);
        for (size_t row = 0; row < r->rows && r->of[a]; row++)
            if (r->of[a][row] != RK_NONE && (!r->people || r->people[row]))
                r->met[a][r->of[a][row]] = true;
        for (uint32_t b = a + 1; b < r->features; b++) {
            uint32_t *block_a = rk_alloc((size_t)r->values[a] + 1, sizeof *block_a),
                     *block_b = rk_alloc((size_t)r->values[b] + 1, sizeof *block_b);
            if (r->of[a] && r->of[b] &&
                rk_report_blocks(r->of[a], r->values[a], r->of[b], r->values[b], r->people, r->rows,
                                 block_a, block_b) > 1) {
                r->blocks[(size_t)a * r->features + b] = block_a;
                r->blocks[(size_t)b * r->features + a] = block_b;
            } else {
                rk_free(block_a);
                rk_free(block_b);
            }
        }
    }
}

/* The cells of a block of features `own` and `other`: the values of `own`, and who lacks it and is
 * of the block by `other`. */
static size_t of_block(const struct rk_report_rows *r, const struct rk_report_rows_at *at,
                       uint32_t own, uint32_t other, uint32_t block, uint32_t *cells)
{
    const uint32_t *blocks = r->blocks[(size_t)own * r->features + other],
                   *others = r->blocks[(size_t)other * r->features + own];
    size_t count = 0;
    for (uint32_t v = 0; v < r->values[own]; v++)
        if (blocks[v] == block)
            cells[count++] = at->first[own] + v * at->stride;
    for (uint32_t k = 0; k < r->kinds; k++) {
        uint32_t value = r->of[other][r->row_of[k]];
        if (r->of[own][r->row_of[k]] == RK_NONE && value != RK_NONE && others[value] == block)
            cells[count++] = at->lost + k * at->lost_stride;
    }
    return count;
}

static void hold_feature(const struct rk_report_rows *r, struct rk_report_cells *to,
                         const struct rk_report_rows_at *at, uint32_t f, uint32_t *cells)
{
    uint32_t none = at->first[f] + r->values[f] * at->stride;
    size_t count = 0, lost = 0;
    for (uint32_t k = 0; k < r->kinds; k++)
        if (r->of[f][r->row_of[k]] == RK_NONE)
            cells[lost++] = at->lost + k * at->lost_stride;
    if (at->has_none && lost) {
        rk_report_cells_sum(to, none, cells, lost);
        cells[0] = none;
        lost = 1;
    }
    count = lost;
    for (uint32_t v = 0; v < r->values[f]; v++)
        if (r->met[f][v])
            cells[count++] = at->first[f] + v * at->stride;
    if (at->total != RK_NONE && count)
        rk_report_cells_sum(to, at->total, cells, count);
}

void rk_report_rows_hold(const struct rk_report_rows *r, struct rk_report_cells *to,
                         const struct rk_report_rows_at *at)
{
    uint32_t most = 0, *cells[2];
    for (uint32_t f = 0; f < r->features; f++)
        most = r->values[f] > most ? r->values[f] : most;
    for (int side = 0; side < 2; side++)
        cells[side] = rk_alloc((size_t)most + r->kinds + 1, sizeof *cells[side]);
    for (uint32_t f = 0; f < r->features; f++)
        if (r->of[f])
            hold_feature(r, to, at, f, cells[0]);
    for (uint32_t a = 0; a < r->features; a++)
        for (uint32_t b = a + 1; b < r->features; b++) {
            const uint32_t *blocks = r->blocks[(size_t)a * r->features + b];
            uint32_t count = 0;
            for (uint32_t v = 0; v < r->values[a] && blocks; v++)
                if (blocks[v] != RK_NONE && blocks[v] >= count)
                    count = blocks[v] + 1;
            for (uint32_t block = 0; block < count; block++) {
                size_t in_a = of_block(r, at, a, b, block, cells[0]),
                       in_b = of_block(r, at, b, a, block, cells[1]);
                rk_report_cells_alike(to, cells[0], in_a, cells[1], in_b, 0);
            }
        }
    rk_free(cells[0]);
    rk_free(cells[1]);
}

void rk_report_rows_free(struct rk_report_rows *r)
{
    for (uint32_t f = 0; r->met && f < r->features; f++)
        rk_free(r->met[f]);
    for (size_t i = 0; r->blocks && i < (size_t)r->features * r->features; i++)
        rk_free(r->blocks[i]);
    rk_free(r->met);
    rk_free(r->blocks);
    rk_free(r->kind);
    rk_free(r->row_of);
    *r = (struct rk_report_rows){0};
}
