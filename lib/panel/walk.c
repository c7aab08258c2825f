#include "panel/walk.h"

#include "base/mem.h"
#include "panel/nudge.h"

#include <assert.h>

enum {
    TRIES = 120, /* nodes for finding a part of the size hoped for */
    HOPES = 3,   /* sizes hoped for, each a quarter of the one before, until any part will do */
    LESS = 4,
    FINE = 256, /* steps of the costs that prefer what there is most left of */
};

struct way {
    struct rk_program *program;
    const struct rk_program_matrix *matrix;
    struct rk_walk *walk;
    uint32_t columns, rows;
    int64_t *low, *high;            /* the program's own bounds, columns then rows */
    struct rk_whole *below, *above; /* how far the rest is from them, times mass; by variable */
    int64_t *gain; /* by column: what there is most left of, of its kind, comes first */
    int64_t *near; /* by column: a whole point */
};

void rk_walk_start(struct rk_walk *walk, uint32_t columns, const struct rk_whole *point,
                   const struct rk_whole *scale)
{
    *walk = (struct rk_walk){0};
    walk->point = rk_alloc((size_t)columns + 1, sizeof *walk->point);
    for (uint32_t c = 0; c < columns; c++)
        rk_whole_set(&walk->point[c], &point[c]);
    rk_whole_set(&walk->total, scale);
    rk_whole_set(&walk->mass, scale);
}

static void drop_part(struct rk_walk *walk)
{
    struct rk_walk_part *part = &walk->parts[--walk->count];
    rk_free(part->x);
    rk_whole_free(&part->weight);
}

void rk_walk_free(struct rk_walk *walk, uint32_t columns)
{
    while (walk->count)
        drop_part(walk);
    rk_free(walk->parts);
    rk_whole_free_all(walk->point, columns);
    rk_whole_free(&walk->mass);
    rk_whole_free(&walk->total);
    *walk = (struct rk_walk){0};
}

static struct way open_way(struct rk_program *program, struct rk_walk *walk)
{
    struct way way = {.program = program,
                      .walk = walk,
                      .columns = rk_program_columns(program),
                      .rows = rk_program_rows(program)};
    uint32_t variables = way.columns + way.rows;
    way.matrix = rk_program_matrix(program);
    way.low = rk_alloc((size_t)variables + 1, sizeof *way.low);
    way.high = rk_alloc((size_t)variables + 1, sizeof *way.high);
    way.below = rk_alloc((size_t)variables + 1, sizeof *way.below);
    way.above = rk_alloc((size_t)variables + 1, sizeof *way.above);
    way.gain = rk_alloc((size_t)way.columns + 1, sizeof *way.gain);
    way.near = rk_alloc((size_t)way.columns + 1, sizeof *way.near);
    for (uint32_t v = 0; v < variables; v++) {
        uint32_t r = v - way.columns;
        bool column = v < way.columns;
        way.low[v] = column ? rk_program_lower(program, v) : rk_program_row_lower(program, r);
        way.high[v] = column ? rk_program_upper(program, v) : rk_program_row_upper(program, r);
    }
    return way;
}

static void set_bounds(struct way *way, uint32_t v, int64_t low, int64_t high)
{
    if (v < way->columns)
        rk_program_column_bounds(way->program, v, low, high);
    else
        rk_program_row_bounds(way->program, v - way->columns, low, high);
}

static void put_back(struct way *way)
{
    for (uint32_t v = 0; v < way->columns + way->rows; v++)
        set_bounds(way, v, way->low[v], way->high[v]);
}

static void close_way(struct way *way)
{
    put_back(way);
    rk_free(way->low);
    rk_free(way->high);
    rk_free(way->gain);
    rk_free(way->near);
    rk_whole_free_all(way->below, (size_t)way->columns + way->rows);
    rk_whole_free_all(way->above, (size_t)way->columns + way->rows);
}

/* How far the rest is from every bound. */
static void measure(struct way *way)
{
    struct rk_whole at = {0};
    for (uint32_t r = 0; r < way->rows; r++)
        rk_whole_set_i64(&way->below[way->columns + r], 0);
    for (uint32_t c = 0; c < way->columns; c++) {
        rk_whole_set(&way->below[c], &way->walk->point[c]);
        for (uint32_t i = way->matrix->first[c]; i < way->matrix->first[c + 1]; i++) {
            struct rk_whole entry = {.small = way->matrix->entry[i]};
            rk_whole_add_product(&way->below[way->columns + way->matrix->row[i]], &entry,
                                 &way->walk->point[c]);
        }
    }
    for (uint32_t v = 0; v < way->columns + way->rows; v++) {
        at.small = way->high[v];
        rk_whole_multiply(&way->above[v], &way->walk->mass, &at);
        rk_whole_subtract(&way->above[v], &way->above[v], &way->below[v]);
        at.small = way->low[v];
        rk_whole_subtract_product(&way->below[v], &way->walk->mass, &at);
        assert(rk_whole_sign(&way->below[v]) >= 0 && rk_whole_sign(&way->above[v]) >= 0);
    }
    rk_whole_free(&at);
}

/* The most whole steps of `weight` that fit in `room`, if fewer than `range`. */
static int64_t steps_in(const struct rk_whole *room, const struct rk_whole *weight, int64_t range,
                        struct rk_whole *work)
{
    int64_t steps;
    if (!rk_whole_sign(room))
        return 0;
    rk_whole_divide_down(work, room, weight);
    return rk_whole_i64(work, &steps) && steps < range ? steps : range;
}

/* Bounds that a part of `weight` has to keep for the rest to stay within its own; with no weight
 * (NULL) those of the face. False: nothing can. */
static bool set_box(struct way *way, const struct rk_whole *weight)
{
    struct rk_whole work = {0};
    bool possible = true;
    for (uint32_t v = 0; possible && v < way->columns + way->rows; v++) {
        int64_t range = way->high[v] - way->low[v], down = range, up = range;
        if (weight) {
            down = steps_in(&way->below[v], weight, range, &work);
            up = steps_in(&way->above[v], weight, range, &work);
        } else {
            down = rk_whole_sign(&way->below[v]) ? range : 0;
            up = rk_whole_sign(&way->above[v]) ? range : 0;
        }
        possible = way->high[v] - up <= way->low[v] + down;
        if (possible)
            set_bounds(way, v, way->high[v] - up, way->low[v] + down);
    }
    rk_whole_free(&work);
    return possible;
}

/* Sets gains, and the program's costs by them. */
static void set_gains(struct way *way)
{
    struct rk_whole work = {0}, fine = {0}, all = {0};
    for (uint32_t c = 0; c < way->columns; c++) {
        int64_t range = way->high[c] - way->low[c], part = 0;
        if (range) {
            fine.small = range;
            rk_whole_multiply(&all, &way->walk->mass, &fine);
            fine.small = FINE;
            rk_whole_multiply(&work, &way->below[c], &fine);
            rk_whole_divide_down(&work, &work, &all);
            rk_whole_i64(&work, &part);
        }
        uint32_t spread = (c + way->walk->turn * UINT32_C(40503)) * UINT32_C(2654435761) >> 28;
        way->gain[c] = part * 16 + spread;
        rk_program_cost_i64(way->program, c, -way->gain[c]);
    }
    rk_whole_free(&work);
    rk_whole_free(&all);
}

/* The most of x (its columns, then its rows' sums) that the rest can give: the least of (room /
 * steps) over all bounds, as a fraction top / steps. */
static int64_t most_of(const struct way *way, const int64_t *at, struct rk_whole *top)
{
    int64_t steps = 1;
    struct rk_whole a = {0}, b = {0};
    rk_whole_set(top, &way->walk->mass);
    for (uint32_t v = 0; v < way->columns + way->rows; v++)
        for (int side = 0; side < 2; side++) {
            const struct rk_whole *room = side ? &way->above[v] : &way->below[v];
            int64_t far = side ? way->high[v] - at[v] : at[v] - way->low[v];
            if (!far)
                continue;
            a.small = far;
            b.small = steps;
            if (rk_whole_compare_products(room, &b, top, &a) < 0) {
                rk_whole_set(top, room);
                steps = far;
            }
        }
    return steps;
}

/* Multiplies all there is by a small number. */
static void multiply_all(struct way *way, int64_t by)
{
    struct rk_walk *walk = way->walk;
    struct rk_whole times = {.small = by};
    rk_whole_multiply(&walk->total, &walk->total, &times);
    rk_whole_multiply(&walk->mass, &walk->mass, &times);
    for (uint32_t c = 0; c < way->columns; c++)
        rk_whole_multiply(&walk->point[c], &walk->point[c], &times);
    for (uint32_t v = 0; v < way->columns + way->rows; v++) {
        rk_whole_multiply(&way->below[v], &way->below[v], &times);
        rk_whole_multiply(&way->above[v], &way->above[v], &times);
    }
    for (uint32_t i = 0; i < walk->count; i++)
        rk_whole_multiply(&walk->parts[i].weight, &walk->parts[i].weight, &times);
}

static void add_part(struct rk_walk *walk, uint32_t columns, const int64_t *x,
                     const struct rk_whole *weight)
{
    RK_GROW(walk->parts, walk->count, walk->room);
    struct rk_walk_part *part = &walk->parts[walk->count++];
    *part = (struct rk_walk_part){.x = rk_alloc((size_t)columns + 1, sizeof *x)};
    memcpy(part->x, x, columns * sizeof *x);
    rk_whole_set(&part->weight, weight);
}

void rk_walk_of_parts(struct rk_walk *walk, uint32_t columns, int64_t *const *points,
                      const struct rk_whole *weights, uint32_t count)
{
    *walk = (struct rk_walk){.point = rk_alloc((size_t)columns + 1, sizeof *walk->point)};
    for (uint32_t i = 0; i < count; i++)
        if (rk_whole_sign(&weights[i]) > 0) {
            add_part(walk, columns, points[i], &weights[i]);
            rk_whole_add(&walk->total, &walk->total, &weights[i]);
        }
}

/* Takes x out of the rest, as much as can be; `weight` becomes how much that was. */
static void take(struct way *way, const int64_t *x, struct rk_whole *weight)
{
    struct rk_walk *walk = way->walk;
    struct rk_whole top = {0}, common = {0}, times = {0};
    int64_t *at = rk_alloc((size_t)way->columns + way->rows, sizeof *at);
    for (uint32_t c = 0; c < way->columns; c++) {
        at[c] = x[c];
        for (uint32_t i = way->matrix->first[c]; x[c] && i < way->matrix->first[c + 1]; i++)
            at[way->columns + way->matrix->row[i]] += way->matrix->entry[i] * x[c];
    }
    int64_t steps = most_of(way, at, &top);
    common.small = steps;
    rk_whole_gcd(&common, &common, &top);
    int64_t by = steps / common.small;
    if (by > 1)
        multiply_all(way, by);
    rk_whole_divide_exactly(weight, &top, &common);
    rk_whole_subtract(&walk->mass, &walk->mass, weight);
    for (uint32_t v = 0; v < way->columns + way->rows; v++) {
        if ((times.small = at[v] - way->low[v]))
            rk_whole_subtract_product(&way->below[v], &times, weight);
        if ((times.small = way->high[v] - at[v]))
            rk_whole_subtract_product(&way->above[v], &times, weight);
        if (v < way->columns && (times.small = x[v]))
            rk_whole_subtract_product(&walk->point[v], &times, weight);
    }
    rk_free(at);
    uint32_t same = 0;
    while (same < walk->count && memcmp(walk->parts[same].x, x, way->columns * sizeof *x))
        same++;
    if (same < walk->count)
        rk_whole_add(&walk->parts[same].weight, &walk->parts[same].weight, weight);
    else
        add_part(walk, way->columns, x, weight);
    rk_whole_free(&top);
    rk_whole_free(&common);
}

/* A whole point in the box set, soon: near the best real one, or by a short search. False: none, or
 * the effort ended. */
static bool find_soon(struct way *way, struct rk_effort *effort, struct rk_program_result *part)
{
    *part = (struct rk_program_result){.outcome = RK_PROGRAM_STOPPED, .x = way->near};
    if (!rk_program_round(way->program, effort, way->near))
        return false;
    if (!rk_nudge(way->program, way->gain, way->near)) {
        *part = rk_program_solve(way->program, true, TRIES, effort);
        return part->found;
    }
    part->outcome = RK_PROGRAM_FOUND;
    return part->found = true;
}

/* A whole point for the next part. Where none of the size hoped for is found soon, less is hoped
 * for; in the end any on the face will do. */
static struct rk_program_result find_part(struct way *way, struct rk_whole *hope,
                                          struct rk_effort *effort)
{
    struct rk_whole less = {.small = LESS};
    struct rk_program_result part;
    set_gains(way);
    for (int i = 0; i < HOPES && rk_whole_sign(hope) > 0; i++) {
        if (set_box(way, hope)) {
            if (find_soon(way, effort, &part) || (effort && effort->ended))
                return part;
            rk_program_result_free(&part);
        }
        rk_whole_divide_down(hope, hope, &less);
    }
    set_box(way, NULL);
    return rk_program_solve(way->program, true, 0, effort);
}

enum rk_program_outcome rk_walk_go(struct rk_program *program, struct rk_walk *walk,
                                   struct rk_effort *effort)
{
    struct way way = open_way(program, walk);
    struct rk_whole hope = {0}, weight = {0}, quarter = {0}, four = {.small = 4};
    enum rk_program_outcome outcome = RK_PROGRAM_FOUND;
    rk_whole_set(&hope, &walk->mass);
    measure(&way);
    while (rk_whole_sign(&walk->mass) > 0) {
        if (rk_whole_compare(&hope, &walk->mass) > 0)
            rk_whole_set(&hope, &walk->mass);
        struct rk_program_result part = find_part(&way, &hope, effort);
        outcome = part.outcome;
        if (part.found) {
            take(&way, part.x, &weight);
            rk_whole_divide_down(&quarter, &hope, &four);
            rk_whole_add(&hope, &hope, &quarter); /* and a little more the next time */
            if (rk_whole_compare(&weight, &hope) > 0)
                rk_whole_set(&hope, &weight);
        }
        rk_program_result_free(&part);
        if (outcome != RK_PROGRAM_FOUND)
            break;
    }
    rk_whole_free(&hope);
    rk_whole_free(&weight);
    rk_whole_free(&quarter);
    close_way(&way);
    return outcome;
}

/* The least sum, over whole points, of how far they are from all the bounds that the rest is at. */
static enum rk_program_outcome find_cut(struct way *way, struct rk_effort *effort,
                                        struct rk_walk_cut *cut)
{
    int64_t constant = 0, *entry = rk_alloc((size_t)way->columns + 1, sizeof *entry);
    int64_t *row = rk_alloc((size_t)way->rows + 1, sizeof *row);
    for (uint32_t v = 0; v < way->columns + way->rows; v++) {
        int64_t *to = v < way->columns ? &entry[v] : &row[v - way->columns];
        if (way->low[v] == way->high[v])
            continue;
        if (!rk_whole_sign(&way->below[v])) {
            *to += 1;
            constant -= way->low[v];
        }
        if (!rk_whole_sign(&way->above[v])) {
            *to -= 1;
            constant += way->high[v];
        }
    }
    int64_t most = 0;
    for (uint32_t c = 0; c < way->columns; c++) {
        for (uint32_t i = way->matrix->first[c]; i < way->matrix->first[c + 1]; i++)
            entry[c] += row[way->matrix->row[i]] * way->matrix->entry[i];
        rk_program_cost_i64(way->program, c, entry[c]);
        most += entry[c] * (entry[c] > 0 ? way->high[c] : way->low[c]);
    }
    rk_free(row);
    struct rk_program_result best = rk_program_solve(way->program, false, 0, effort);
    int64_t least = 0;
    bool read = best.outcome == RK_PROGRAM_FOUND && rk_whole_i64(&best.cost, &least);
    assert(!read || least + constant >= 1);
    *cut = (struct rk_walk_cut){entry, least, most};
    rk_program_result_free(&best);
    if (!read)
        rk_free(entry);
    return read ? RK_PROGRAM_FOUND : RK_PROGRAM_STOPPED;
}

enum rk_program_outcome rk_walk_find_cut(struct rk_program *program, struct rk_walk *walk,
                                         struct rk_effort *effort, struct rk_walk_cut *cut)
{
    struct way way = open_way(program, walk);
    measure(&way);
    enum rk_program_outcome outcome = find_cut(&way, effort, cut);
    close_way(&way);
    return outcome;
}

/* Puts the last part back into the rest. */
static void give_back(struct rk_walk *walk, uint32_t columns)
{
    const struct rk_walk_part *last = &walk->parts[walk->count - 1];
    rk_whole_add(&walk->mass, &walk->mass, &last->weight);
    for (uint32_t c = 0; c < columns; c++)
        if (last->x[c]) {
            struct rk_whole times = {.small = last->x[c]};
            rk_whole_add_product(&walk->point[c], &times, &last->weight);
        }
    drop_part(walk);
}

void rk_walk_give_back(struct rk_walk *walk, uint32_t columns, uint32_t parts)
{
    for (; parts && walk->count; parts--)
        give_back(walk, columns);
}

bool rk_walk_back(struct rk_walk *walk, struct rk_program *program, uint32_t row)
{
    const struct rk_program_matrix *matrix = rk_program_matrix(program);
    struct rk_whole sum = {0}, bound = {0};
    uint32_t columns = rk_program_columns(program);
    for (;;) {
        rk_whole_set_i64(&sum, 0);
        for (uint32_t c = 0; c < columns; c++)
            for (uint32_t i = matrix->first[c]; i < matrix->first[c + 1]; i++)
                if (matrix->row[i] == row) {
                    struct rk_whole entry = {.small = matrix->entry[i]};
                    rk_whole_add_product(&sum, &entry, &walk->point[c]);
                }
        bound.small = rk_program_row_lower(program, row);
        rk_whole_subtract_product(&sum, &bound, &walk->mass);
        if (rk_whole_sign(&sum) >= 0 || !walk->count)
            break;
        give_back(walk, columns);
    }
    bool keeps = rk_whole_sign(&sum) >= 0;
    rk_whole_free(&sum);
    return keeps;
}
