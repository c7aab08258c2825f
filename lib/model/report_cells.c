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
                          uint32_t b_values, size_t rows, uint32_t *block_a, uint32_t *block_b)
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
        if (a[r] != RK_NONE && b[r] != RK_NONE) {
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
