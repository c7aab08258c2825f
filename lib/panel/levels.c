#include "panel/levels.h"

#include "base/mem.h"

#include <assert.h>

struct work {
    struct rk_program *program;
    struct rk_simplex *simplex;
    const struct rk_program_matrix *matrix;
    const uint32_t *sizes, *offsets;
    struct rk_levels *levels;
    uint32_t left;           /* types not yet fixed */
    struct rk_whole *fixed;  /* by type: x over levels->scale, where fixed */
    struct rk_whole *prices; /* by row: the last proof */
    struct rk_whole *sums;   /* by column: price × entry */
    struct rk_whole low, high, factor, at;
};

static bool is_fixed(const struct work *work, uint32_t type)
{
    return work->levels->step_of[type] != UINT32_MAX;
}

/* Bounds multiplied by a scale that `level` and all that is fixed are whole in; each type at its
 * level or more. `at` keeps the scale. */
static void set_bounds(struct work *work, const struct rk_fraction *level)
{
    struct rk_levels *levels = work->levels;
    struct rk_whole per_level = {0}, times = {0};
    rk_whole_lcm(&work->at, &levels->scale, &level->over);
    rk_whole_divide_exactly(&work->factor, &work->at, &levels->scale);
    rk_whole_divide_exactly(&per_level, &work->at, &level->over);
    for (uint32_t c = 0; c < levels->columns; c++) {
        if (c < levels->types && is_fixed(work, c)) {
            rk_whole_multiply(&work->low, &work->fixed[c], &work->factor);
            rk_simplex_bounds(work->simplex, c, &work->low, &work->low);
            continue;
        }
        times.small = rk_program_upper(work->program, c);
        rk_whole_multiply(&work->high, &work->at, &times);
        rk_whole_set_i64(&work->low, 0);
        if (c < levels->types) { /* size × (level - offset) */
            times.small = work->offsets[c];
            rk_whole_set(&work->low, &level->top);
            rk_whole_subtract_product(&work->low, &times, &level->over);
            times.small = rk_whole_sign(&work->low) > 0 ? work->sizes[c] : 0;
            rk_whole_multiply(&work->low, &work->low, &per_level);
            rk_whole_multiply(&work->low, &work->low, &times);
        } else {
            times.small = rk_program_lower(work->program, c);
            rk_whole_multiply(&work->low, &work->at, &times);
        }
        rk_simplex_bounds(work->simplex, c, &work->low, &work->high);
    }
    for (uint32_t r = 0; r < levels->rows; r++) {
        times.small = rk_program_row_lower(work->program, r);
        rk_whole_multiply(&work->low, &work->at, &times);
        times.small = rk_program_row_upper(work->program, r);
        rk_whole_multiply(&work->high, &work->at, &times);
        rk_simplex_bounds(work->simplex, levels->columns + r, &work->low, &work->high);
    }
    rk_whole_free(&per_level);
}

/* Reads the proof: prices by row without a common factor, and their sums by column. */
static void read_prices(struct work *work)
{
    struct rk_whole common = {0};
    for (uint32_t r = 0; r < work->levels->rows; r++) {
        rk_simplex_price(work->simplex, r, &work->prices[r]);
        rk_whole_gcd(&common, &common, &work->prices[r]);
    }
    for (uint32_t r = 0; r < work->levels->rows; r++)
        rk_whole_divide_exactly(&work->prices[r], &work->prices[r], &common);
    for (uint32_t c = 0; c < work->levels->columns; c++) {
        rk_whole_set_i64(&work->sums[c], 0);
        for (uint32_t i = work->matrix->first[c]; i < work->matrix->first[c + 1]; i++) {
            struct rk_whole entry = {.small = work->matrix->entry[i]};
            rk_whole_add_product(&work->sums[c], &entry, &work->prices[work->matrix->row[i]]);
        }
    }
    rk_whole_free(&common);
}

/* What the prices leave for the types that ask for a level: the most the rows' sums can be worth,
 * less what is fixed, at its most, or not a type, over levels->scale. */
static void room_left(struct work *work, struct rk_whole *room)
{
    const struct rk_levels *levels = work->levels;
    struct rk_whole bound = {0}, part = {0};
    rk_whole_set_i64(room, 0);
    for (uint32_t r = 0; r < levels->rows; r++) {
        bound.small = rk_whole_sign(&work->prices[r]) > 0 ? rk_program_row_upper(work->program, r)
                                                          : rk_program_row_lower(work->program, r);
        rk_whole_add_product(room, &work->prices[r], &bound);
    }
    for (uint32_t c = 0; c < levels->columns; c++) {
        int sign = rk_whole_sign(&work->sums[c]);
        if ((c < levels->types && (is_fixed(work, c) || sign > 0)) || !sign)
            continue;
        bound.small =
            sign > 0 ? rk_program_lower(work->program, c) : rk_program_upper(work->program, c);
        rk_whole_subtract_product(room, &work->sums[c], &bound);
    }
    rk_whole_multiply(room, room, &levels->scale);
    for (uint32_t t = 0; t < levels->types; t++)
        if (is_fixed(work, t))
            rk_whole_subtract_product(room, &work->sums[t], &work->fixed[t]);
    rk_whole_free(&part);
}

/* The largest level below the one tried that the prices allow. False: they allow none at all. */
static bool lower_level(struct work *work, struct rk_fraction *level)
{
    const struct rk_levels *levels = work->levels;
    struct rk_whole room = {0}, slope = {0}, start = {0}, part = {0}, times = {0};
    struct rk_fraction next = {0};
    bool found = false, ask = true; /* a first time with all whose offset is below */
    uint32_t below = 0;             /* only offsets below this take part */
    room_left(work, &room);
    for (; !found; ask = false) {
        uint32_t largest = 0;
        bool any = false;
        rk_whole_set_i64(&slope, 0);
        rk_whole_set_i64(&start, 0);
        for (uint32_t t = 0; t < levels->types; t++) {
            if (is_fixed(work, t) || rk_whole_sign(&work->sums[t]) <= 0 ||
                (ask ? rk_fraction_compare_ratio(level, work->offsets[t], 1) <= 0
                     : work->offsets[t] >= below))
                continue;
            any = true;
            largest = work->offsets[t] > largest ? work->offsets[t] : largest;
            times.small = work->sizes[t];
            rk_whole_multiply(&part, &work->sums[t], &times);
            rk_whole_add(&slope, &slope, &part);
            times.small = work->offsets[t];
            rk_whole_add_product(&start, &part, &times);
        }
        if (!any)
            break;
        rk_whole_multiply(&part, &start, &levels->scale); /* (room / scale + start) / slope */
        rk_whole_add(&part, &part, &room);
        rk_whole_multiply(&slope, &slope, &levels->scale);
        rk_fraction_make(&next, &part, &slope);
        found = rk_fraction_compare_ratio(&next, largest, 1) >= 0;
        below = largest;
    }
    if (found)
        rk_fraction_set(level, &next);
    rk_whole_free(&room);
    rk_whole_free(&slope);
    rk_whole_free(&start);
    rk_whole_free(&part);
    rk_fraction_free(&next);
    return found;
}

/* Fixes a type with x = size × chance. */
static void fix(struct work *work, uint32_t type, const struct rk_fraction *value)
{
    struct rk_levels *levels = work->levels;
    struct rk_fraction x = {0}, offset = {0};
    rk_fraction_set(&levels->value[type], value);
    levels->step_of[type] = levels->step_count;
    rk_fraction_set_whole(&offset, work->offsets[type]);
    rk_fraction_subtract(&x, value, &offset);
    rk_fraction_set_whole(&offset, work->sizes[type]);
    rk_fraction_multiply(&x, &x, &offset);
    /* over a scale that is whole for it, too */
    struct rk_whole scale = {0};
    rk_whole_lcm(&scale, &levels->scale, &x.over);
    if (rk_whole_compare(&scale, &levels->scale)) {
        rk_whole_divide_exactly(&work->factor, &scale, &levels->scale);
        for (uint32_t t = 0; t < levels->types; t++)
            if (is_fixed(work, t) && t != type)
                rk_whole_multiply(&work->fixed[t], &work->fixed[t], &work->factor);
        rk_whole_swap(&levels->scale, &scale);
    }
    rk_whole_divide_exactly(&work->factor, &levels->scale, &x.over);
    rk_whole_multiply(&work->fixed[type], &x.top, &work->factor);
    rk_whole_free(&scale);
    rk_fraction_free(&x);
    rk_fraction_free(&offset);
    work->left--;
}

/* Closes a step at `level`: fixes whom the prices hold, or (`at_most`) whom the level fills. */
static void close_step(struct work *work, const struct rk_fraction *level, bool at_most)
{
    struct rk_levels *levels = work->levels;
    struct rk_levels_step step = {0};
    struct rk_fraction value = {0};
    uint32_t before = work->left;
    rk_fraction_set(&step.value, level);
    for (uint32_t t = 0; t < levels->types; t++) {
        int sign = at_most ? 0 : rk_whole_sign(&work->sums[t]);
        if (is_fixed(work, t))
            continue;
        if (at_most && rk_fraction_compare_ratio(level, work->offsets[t] + INT64_C(1), 1) == 0)
            sign = -1;
        if (!sign)
            continue;
        rk_fraction_set_whole(&value, work->offsets[t] + (sign < 0));
        if (sign > 0 && rk_fraction_compare(level, &value) > 0)
            rk_fraction_set(&value, level);
        fix(work, t, &value);
    }
    assert(work->left < before);
    (void)before;
    if (!at_most) {
        step.prices = rk_alloc((size_t)levels->rows + 1, sizeof *step.prices);
        for (uint32_t r = 0; r < levels->rows; r++)
            rk_whole_set(&step.prices[r], &work->prices[r]);
    }
    levels->steps = rk_resize(levels->steps, levels->step_count + 1, sizeof step);
    levels->steps[levels->step_count++] = step;
    rk_fraction_free(&value);
}

/* One step: from the highest level anybody left could have, down to the one that can be had. */
static enum rk_program_outcome find_step(struct work *work, struct rk_fraction *before,
                                         struct rk_effort *effort)
{
    struct rk_levels *levels = work->levels;
    struct rk_fraction level = {0};
    uint32_t least = UINT32_MAX;
    for (uint32_t t = 0; t < levels->types; t++)
        if (!is_fixed(work, t) && work->offsets[t] < least)
            least = work->offsets[t];
    rk_fraction_set_whole(&level, least + INT64_C(1));
    bool at_most = true;
    enum rk_program_outcome outcome = RK_PROGRAM_FOUND;
    for (;;) {
        if (effort && effort->ended) {
            outcome = RK_PROGRAM_STOPPED;
            break;
        }
        set_bounds(work, &level);
        enum rk_simplex_outcome solved = rk_simplex_solve(work->simplex);
        if (solved == RK_SIMPLEX_STOPPED) {
            effort->ended = true;
            continue;
        }
        if (solved == RK_SIMPLEX_OPTIMAL)
            break;
        read_prices(work);
        at_most = false;
        if (!lower_level(work, &level) || rk_fraction_compare(&level, before) < 0) {
            outcome = RK_PROGRAM_NONE; /* the first step: not even at level 0 */
            break;
        }
        if (levels->step_count && !rk_fraction_compare(&level, before))
            break; /* known to be possible */
    }
    if (outcome == RK_PROGRAM_FOUND) {
        close_step(work, &level, at_most);
        rk_fraction_set(before, &level);
    }
    rk_fraction_free(&level);
    return outcome;
}

enum rk_program_outcome rk_levels_find(struct rk_program *program, uint32_t types,
                                       const uint32_t *sizes, const uint32_t *offsets,
                                       struct rk_effort *effort, struct rk_levels *levels)
{
    const struct rk_program_matrix *matrix = rk_program_matrix(program);
    *levels = (struct rk_levels){
        .types = types, .columns = rk_program_columns(program), .rows = rk_program_rows(program)};
    struct work work = {.program = program,
                        .matrix = matrix,
                        .sizes = sizes,
                        .offsets = offsets,
                        .levels = levels,
                        .left = types};
    levels->value = rk_alloc((size_t)types + 1, sizeof *levels->value);
    levels->step_of = rk_alloc((size_t)types + 1, sizeof *levels->step_of);
    levels->point = rk_alloc((size_t)levels->columns + 1, sizeof *levels->point);
    rk_whole_set_i64(&levels->scale, 1);
    for (uint32_t t = 0; t < types; t++)
        levels->step_of[t] = UINT32_MAX;
    work.fixed = rk_alloc((size_t)types + 1, sizeof *work.fixed);
    work.prices = rk_alloc((size_t)levels->rows + 1, sizeof *work.prices);
    work.sums = rk_alloc((size_t)levels->columns + 1, sizeof *work.sums);
    work.simplex =
        rk_simplex_new(levels->rows, levels->columns, matrix->first, matrix->row, matrix->entry);
    if (effort)
        rk_simplex_stop_when(work.simplex, effort->stop, effort->context);
    struct rk_fraction level = {0};
    for (uint32_t c = 0; c < levels->columns; c++) { /* a direction, for progress without ties */
        struct rk_whole cost = {.small = 1 + (int64_t)(c * UINT32_C(2654435761) >> 22)};
        rk_simplex_cost(work.simplex, c, &cost);
    }
    rk_fraction_set_whole(&level, 0);
    enum rk_program_outcome outcome = RK_PROGRAM_FOUND;
    while (work.left && outcome == RK_PROGRAM_FOUND)
        outcome = find_step(&work, &level, effort);
    if (outcome == RK_PROGRAM_FOUND) { /* what else is in the program goes somewhere, too */
        rk_fraction_set_whole(&level, 0);
        set_bounds(&work, &level);
        enum rk_simplex_outcome solved = rk_simplex_solve(work.simplex);
        if (solved == RK_SIMPLEX_OPTIMAL) {
            for (uint32_t c = 0; c < levels->columns; c++)
                rk_simplex_value(work.simplex, c, &levels->point[c]);
            rk_whole_multiply(&levels->scale, &work.at, rk_simplex_over(work.simplex));
        } else {
            outcome = solved == RK_SIMPLEX_NONE ? RK_PROGRAM_NONE : RK_PROGRAM_STOPPED;
            if (effort && outcome == RK_PROGRAM_STOPPED)
                effort->ended = true;
        }
    }
    levels->simplex_steps = rk_simplex_steps(work.simplex);
    rk_fraction_free(&level);
    rk_simplex_free(work.simplex);
    rk_whole_free_all(work.fixed, (size_t)types + 1);
    rk_whole_free_all(work.prices, (size_t)levels->rows + 1);
    rk_whole_free_all(work.sums, (size_t)levels->columns + 1);
    rk_whole_free(&work.low);
    rk_whole_free(&work.high);
    rk_whole_free(&work.factor);
    rk_whole_free(&work.at);
    return outcome;
}

void rk_levels_free(struct rk_levels *levels)
{
    for (uint32_t t = 0; t < levels->types; t++)
        rk_fraction_free(&levels->value[t]);
    for (uint32_t i = 0; i < levels->step_count; i++) {
        rk_fraction_free(&levels->steps[i].value);
        rk_whole_free_all(levels->steps[i].prices, levels->rows);
    }
    rk_free(levels->value);
    rk_free(levels->step_of);
    rk_free(levels->steps);
    rk_whole_free_all(levels->point, (size_t)levels->columns + 1);
    rk_whole_free(&levels->scale);
    *levels = (struct rk_levels){0};
}
