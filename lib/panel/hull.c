#include "panel/hull.h"

#include "base/mem.h"

void rk_hull_add(struct rk_hull *hull, uint32_t columns, const int64_t *x)
{
    for (uint32_t i = 0; i < hull->count; i++)
        if (!memcmp(hull->points[i], x, hull->types * sizeof *x))
            return;
    RK_GROW(hull->points, hull->count, hull->room);
    int64_t *point = rk_alloc((size_t)columns + 1, sizeof *point);
    memcpy(point, x, columns * sizeof *x);
    hull->points[hull->count++] = point;
}

void rk_hull_free(struct rk_hull *hull)
{
    for (uint32_t i = 0; i < hull->count; i++)
        rk_free(hull->points[i]);
    rk_free(hull->points);
    rk_whole_free_all(hull->weight, hull->count);
    rk_whole_free(&hull->total);
    rk_free(hull->entry);
    *hull = (struct rk_hull){0};
}

struct work {
    struct rk_hull *hull;
    struct rk_program *program;
    const struct rk_whole *point, *scale;
    uint32_t *first, *row; /* the prices' own matrix: a row per point found */
    int64_t *entry;
    struct rk_simplex *simplex;
    struct rk_whole *price; /* by type, then the bound: whole, without a common factor */
};

/* The prices that hold the point farthest above what is found: least bound - y · point, with
 * y · x <= bound for each x found. */
static enum rk_simplex_outcome find_prices(struct work *work, struct rk_effort *effort)
{
    const struct rk_hull *hull = work->hull;
    uint32_t types = hull->types, entries = 0;
    int64_t most = 1;
    size_t room = ((size_t)types + 1) * hull->count + 1;
    work->row = rk_resize(work->row, room, sizeof *work->row);
    work->entry = rk_resize(work->entry, room, sizeof *work->entry);
    for (uint32_t t = 0; t <= types; t++) {
        work->first[t] = entries;
        for (uint32_t i = 0; i < hull->count; i++) {
            int64_t value = t < types ? hull->points[i][t] : -1;
            if (!value)
                continue;
            work->row[entries] = i;
            work->entry[entries++] = value;
        }
        most += t < types ? rk_program_upper(work->program, t) : 0;
    }
    work->first[types + 1] = entries;
    rk_simplex_free(work->simplex);
    work->simplex = rk_simplex_new(hull->count, types + 1, work->first, work->row, work->entry);
    if (effort)
        rk_simplex_stop_when(work->simplex, effort->stop, effort->context);
    struct rk_whole cost = {0};
    for (uint32_t t = 0; t <= types; t++) {
        rk_whole_set(&cost, t < types ? &work->point[t] : work->scale);
        if (t < types)
            rk_whole_negate(&cost);
        rk_simplex_cost(work->simplex, t, &cost);
        rk_simplex_bounds_i64(work->simplex, t, t < types ? -1 : -most, t < types ? 1 : most);
    }
    for (uint32_t i = 0; i < hull->count; i++)
        rk_simplex_bounds_i64(work->simplex, types + 1 + i, -2 * most, 0);
    rk_whole_free(&cost);
    enum rk_simplex_outcome outcome = rk_simplex_solve(work->simplex);
    if (outcome != RK_SIMPLEX_OPTIMAL)
        return outcome;
    struct rk_whole common = {0};
    for (uint32_t t = 0; t <= types; t++) {
        rk_simplex_value(work->simplex, t, &work->price[t]);
        rk_whole_gcd(&common, &common, &work->price[t]);
    }
    for (uint32_t t = 0; rk_whole_sign(&common) && t <= types; t++)
        rk_whole_divide_exactly(&work->price[t], &work->price[t], &common);
    rk_whole_free(&common);
    return outcome;
}

/* The point is on the prices' bound and none can hold it above: the rows' prices are the weights.
 */
static void read_weights(struct work *work)
{
    struct rk_hull *hull = work->hull;
    hull->weight = rk_alloc((size_t)hull->count + 1, sizeof *hull->weight);
    rk_whole_set_i64(&hull->total, 0);
    for (uint32_t i = 0; i < hull->count; i++) {
        rk_simplex_price(work->simplex, i, &hull->weight[i]);
        rk_whole_negate(&hull->weight[i]);
        rk_whole_add(&hull->total, &hull->total, &hull->weight[i]);
    }
}

/* The prices as a row of the program. False: they do not fit. */
static bool read_row(struct work *work)
{
    struct rk_hull *hull = work->hull;
    const int64_t fit = INT64_C(1) << 24;
    hull->entry = rk_alloc((size_t)hull->types + 1, sizeof *hull->entry);
    hull->most = 0;
    for (uint32_t t = 0; t < hull->types; t++) {
        if (!rk_whole_i64(&work->price[t], &hull->entry[t]) || hull->entry[t] > fit ||
            hull->entry[t] < -fit)
            return false;
        hull->entry[t] = -hull->entry[t];
        if (hull->entry[t] > 0)
            hull->most += hull->entry[t] * rk_program_upper(work->program, t);
    }
    if (!rk_whole_i64(&work->price[hull->types], &hull->least) || hull->least > RK_PROGRAM_MOST ||
        hull->least < -RK_PROGRAM_MOST)
        return false;
    hull->least = -hull->least;
    return true;
}

enum rk_program_outcome rk_hull_separate(struct rk_hull *hull, struct rk_program *program,
                                         const struct rk_whole *point, const struct rk_whole *scale,
                                         struct rk_effort *effort)
{
    struct work work = {hull, program, point, scale, NULL, NULL, NULL, NULL, NULL};
    uint32_t columns = rk_program_columns(program);
    struct rk_whole cost = {0}, above = {0};
    work.first = rk_alloc((size_t)hull->types + 2, sizeof *work.first);
    work.price = rk_alloc((size_t)hull->types + 1, sizeof *work.price);
    enum rk_program_outcome outcome = RK_PROGRAM_STOPPED;
    rk_free(hull->entry);
    hull->entry = NULL;
    for (;;) {
        enum rk_simplex_outcome solved = find_prices(&work, effort);
        if (solved != RK_SIMPLEX_OPTIMAL) {
            if (effort)
                effort->ended = true;
            break;
        }
        rk_simplex_least(work.simplex, &cost);
        if (!rk_whole_sign(&cost)) {
            read_weights(&work);
            outcome = RK_PROGRAM_FOUND;
            break;
        }
        for (uint32_t c = 0; c < columns; c++) {
            rk_whole_set_i64(&cost, 0);
            if (c < hull->types)
                rk_whole_set(&cost, &work.price[c]);
            rk_whole_negate(&cost);
            rk_program_cost(program, c, &cost);
        }
        struct rk_program_result best = rk_program_solve(program, false, 0, effort);
        rk_whole_add(&above, &best.cost, &work.price[hull->types]); /* bound - y · x */
        bool proven = best.outcome == RK_PROGRAM_FOUND && rk_whole_sign(&above) >= 0;
        if (best.outcome == RK_PROGRAM_FOUND && !proven)
            rk_hull_add(hull, columns, best.x);
        bool stopped = best.outcome != RK_PROGRAM_FOUND;
        rk_program_result_free(&best);
        if (stopped)
            break;
        if (proven) {
            outcome = read_row(&work) ? RK_PROGRAM_NONE : RK_PROGRAM_STOPPED;
            break;
        }
    }
    rk_simplex_free(work.simplex);
    rk_free(work.first);
    rk_free(work.row);
    rk_free(work.entry);
    rk_whole_free_all(work.price, (size_t)hull->types + 1);
    rk_whole_free(&cost);
    rk_whole_free(&above);
    return outcome;
}
