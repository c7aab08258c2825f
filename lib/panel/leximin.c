#include "panel/leximin.h"

#include "base/mem.h"
#include "panel/hull.h"
#include "panel/walk.h"

#include <assert.h>

enum {
    FIRST_BACK = 4, /* parts given back where no other is found: so many, then four times as many */
    MOST_BACK = 4096, /* … and so on, before what is wrong is looked into */
    CUTS = 4,         /* faces cut off in a walk, before the hull has the last word */
    CUT_ENTRY = 1024, /* a larger entry in a cut helps nobody */
};

struct work {
    const struct rk_panel *panel;
    struct rk_program *program;
    struct rk_walk walk;
    struct rk_hull hull;
    uint32_t types, columns;
    uint32_t *sizes, *offsets;
    uint32_t *fallback; /* the panel known before anything else */
    struct rk_leximin *answer;
};

static void add_cut(struct work *work, struct rk_walk_cut cut)
{
    struct rk_leximin *answer = work->answer;
    uint32_t row = rk_program_row(work->program, cut.least, cut.most);
    for (uint32_t c = 0; c < work->columns; c++)
        if (cut.entry[c])
            rk_program_entry(work->program, row, c, cut.entry[c]);
    answer->cuts = rk_resize(answer->cuts, answer->cut_count + 1, sizeof *answer->cuts);
    answer->cuts[answer->cut_count++] = (struct rk_leximin_cut){cut.entry, cut.least};
}

/* Walks to the end, beginning again from farther back and cutting off faces without panels. FOUND;
 * NONE: a cut leaves out the start, so the levels are not those of a lottery; STOPPED: the effort
 * ended; or cuts lead nowhere, then `lost` is set. */
static enum rk_program_outcome walk(struct work *work, struct rk_effort *effort, bool *lost)
{
    uint32_t back = FIRST_BACK;
    for (uint32_t cuts = 0;;) {
        enum rk_program_outcome outcome = rk_walk_go(work->program, &work->walk, effort);
        if (outcome != RK_PROGRAM_NONE)
            return outcome;
        for (uint32_t i = 0; i < work->walk.count; i++)
            rk_hull_add(&work->hull, work->columns, work->walk.parts[i].x);
        work->walk.turn++;
        if (work->walk.count && back <= MOST_BACK) { /* the parts taken may be the reason */
            rk_walk_give_back(&work->walk, work->columns, back);
            back *= 4;
            continue;
        }
        struct rk_walk_cut cut;
        outcome = rk_walk_find_cut(work->program, &work->walk, effort, &cut);
        if (outcome != RK_PROGRAM_FOUND)
            return outcome;
        for (uint32_t c = 0; c < work->columns; c++)
            *lost = *lost || cut.entry[c] > CUT_ENTRY || cut.entry[c] < -CUT_ENTRY;
        if (*lost || cuts++ == CUTS) {
            *lost = true;
            rk_free(cut.entry);
            return RK_PROGRAM_STOPPED;
        }
        add_cut(work, cut);
        if (!rk_walk_back(&work->walk, work->program, rk_program_rows(work->program) - 1))
            return RK_PROGRAM_NONE;
        back = FIRST_BACK;
    }
}

/* The last word on the levels' point: FOUND: the walk holds its lottery; NONE: a cut leaves it out.
 */
static enum rk_program_outcome last_word(struct work *work, struct rk_effort *effort)
{
    struct rk_hull *hull = &work->hull;
    const struct rk_levels *levels = &work->answer->levels;
    enum rk_program_outcome outcome =
        rk_hull_separate(hull, work->program, levels->point, &levels->scale, effort);
    if (outcome == RK_PROGRAM_NONE) {
        int64_t *entry = rk_alloc((size_t)work->columns + 1, sizeof *entry);
        memcpy(entry, hull->entry, work->types * sizeof *entry);
        add_cut(work, (struct rk_walk_cut){entry, hull->least, hull->most});
    }
    if (outcome == RK_PROGRAM_FOUND) {
        rk_walk_free(&work->walk, work->columns);
        rk_walk_of_parts(&work->walk, work->columns, hull->points, hull->weight, hull->count);
    }
    return outcome;
}

/* The levels, and their point as a lottery, with as many cuts as that takes. */
static enum rk_program_outcome settle(struct work *work, struct rk_effort *effort)
{
    for (;;) {
        struct rk_levels levels;
        enum rk_program_outcome outcome =
            rk_levels_find(work->program, work->types, work->sizes, work->offsets, effort, &levels);
        work->answer->steps += levels.simplex_steps;
        if (outcome != RK_PROGRAM_FOUND) {
            rk_levels_free(&levels); /* those before, if any, still bound */
            return outcome;
        }
        rk_levels_free(&work->answer->levels);
        work->answer->levels = levels;
        rk_walk_free(&work->walk, work->columns);
        rk_walk_start(&work->walk, work->columns, levels.point, &levels.scale);
        bool lost = false;
        outcome = walk(work, effort, &lost);
        if (lost)
            outcome = last_word(work, effort);
        if (outcome != RK_PROGRAM_NONE)
            return outcome;
    }
}

/* The parts of the walk as a lottery; with none, the one panel that is known. Columns that are not
 * types drop out, so parts may be alike. */
static void make_lottery(struct work *work)
{
    struct rk_lottery *lottery = &work->answer->lottery;
    const struct rk_walk *walk = &work->walk;
    uint32_t count = walk->count ? walk->count : 1;
    lottery->types = work->types;
    lottery->counts = rk_alloc((size_t)count * work->types, sizeof *lottery->counts);
    lottery->weight = rk_alloc(count, sizeof *lottery->weight);
    for (uint32_t i = 0; i < walk->count; i++) {
        uint32_t *counts = lottery->counts + (size_t)lottery->count * work->types, same = 0;
        for (uint32_t t = 0; t < work->types; t++)
            counts[t] = (uint32_t)walk->parts[i].x[t];
        while (memcmp(lottery->counts + (size_t)same * work->types, counts,
                      work->types * sizeof *counts))
            same++; /* ends at the panel itself */
        lottery->count += same == lottery->count;
        rk_whole_add(&lottery->weight[same], &lottery->weight[same], &walk->parts[i].weight);
    }
    if (!walk->count) {
        memcpy(lottery->counts, work->fallback, work->types * sizeof *lottery->counts);
        rk_whole_set_i64(&lottery->weight[0], 1);
        lottery->count = 1;
    }
    struct rk_whole common = {0};
    for (uint32_t p = 0; p < lottery->count; p++)
        rk_whole_gcd(&common, &common, &lottery->weight[p]);
    for (uint32_t p = 0; p < lottery->count; p++) {
        rk_whole_divide_exactly(&lottery->weight[p], &lottery->weight[p], &common);
        rk_whole_add(&lottery->total, &lottery->total, &lottery->weight[p]);
    }
    rk_whole_free(&common);
    work->answer->value = rk_alloc((size_t)work->types + 1, sizeof *work->answer->value);
    struct rk_fraction offset = {0};
    for (uint32_t t = 0; t < work->types; t++) {
        struct rk_fraction *value = &work->answer->value[t];
        rk_lottery_chance(lottery, work->panel, t, value);
        rk_fraction_set_whole(&offset, work->offsets[t]);
        rk_fraction_add(value, value, &offset);
    }
    rk_fraction_free(&offset);
    work->answer->found = true;
}

static int by_value(const void *x, const void *y, void *context)
{
    const struct rk_fraction *values = context;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    int order = rk_fraction_compare(&values[a], &values[b]);
    return order ? order : a < b ? -1 : a > b;
}

/* Cuts that only led the walk are no part of the proof. */
static void drop_idle_cuts(struct work *work)
{
    struct rk_leximin *answer = work->answer;
    uint32_t other = rk_program_rows(work->program) - answer->cut_count;
    uint32_t used = answer->levels.rows > other ? answer->levels.rows - other : 0;
    while (answer->cut_count > used)
        rk_free(answer->cuts[--answer->cut_count].entry);
}

/* Where people in order of their values in the lottery first have less than in the levels. True:
 * not at all, so the lottery is as good as the levels. */
static bool read_gap(struct work *work)
{
    struct rk_leximin *answer = work->answer;
    struct rk_fraction *most = answer->levels.value;
    if (!most) {
        uint32_t least = UINT32_MAX, poorest = 0;
        for (uint32_t t = 0; t < work->types; t++) {
            least = work->offsets[t] < least ? work->offsets[t] : least;
            if (rk_fraction_compare(&answer->value[t], &answer->value[poorest]) < 0)
                poorest = t;
        }
        rk_fraction_set(&answer->reached, &answer->value[poorest]);
        rk_fraction_set_whole(&answer->bound, least + INT64_C(1));
        return false;
    }
    uint32_t *got = rk_alloc((size_t)work->types + 1, sizeof *got);
    uint32_t *can = rk_alloc((size_t)work->types + 1, sizeof *can);
    for (uint32_t t = 0; t < work->types; t++)
        got[t] = can[t] = t;
    qsort_r(got, work->types, sizeof *got, by_value, answer->value);
    qsort_r(can, work->types, sizeof *can, by_value, most);
    bool same = true;
    for (uint32_t i = 0, j = 0, a = 0, b = 0; same && i < work->types;) {
        a = a ? a : work->sizes[got[i]]; /* people of the two types not yet compared */
        b = b ? b : work->sizes[can[j]];
        if (rk_fraction_compare(&answer->value[got[i]], &most[can[j]])) {
            rk_fraction_set(&answer->reached, &answer->value[got[i]]);
            rk_fraction_set(&answer->bound, &most[can[j]]);
            same = false;
        }
        uint32_t both = a < b ? a : b;
        i += !(a -= both);
        j += !(b -= both);
    }
    rk_free(got);
    rk_free(can);
    return same;
}

/* The panel as what was found. */
static void take_known(const struct rk_panel *panel, const uint32_t *known,
                       struct rk_panel_fill *fill)
{
    uint32_t types = rk_panel_types(panel);
    fill->found = true;
    fill->empty = rk_panel_seats(panel);
    fill->counts = rk_alloc((size_t)types + 1, sizeof *fill->counts);
    for (uint32_t t = 0; t < types; t++)
        fill->empty -= fill->counts[t] = known[t];
}

struct rk_leximin rk_leximin_solve(const struct rk_panel *panel, const uint32_t *known,
                                   struct rk_effort *effort)
{
    struct rk_leximin answer = {.outcome = RK_PROGRAM_NONE};
    uint64_t before = effort ? effort->nodes : 0;
    rk_fraction_set_whole(&answer.reached, 0);
    rk_fraction_set_whole(&answer.bound, 0);
    struct rk_panel_fill fill = rk_panel_find(panel, effort);
    if (known && !fill.found && fill.outcome == RK_PROGRAM_STOPPED)
        take_known(panel, known, &fill);
    answer.empty = fill.empty;
    answer.fewest = fill.found && fill.empty == fill.least_empty;
    answer.outcome = fill.outcome;
    if (fill.found) {
        struct work work = {.panel = panel, .types = rk_panel_types(panel), .answer = &answer};
        work.program = rk_panel_program(panel, fill.empty);
        work.columns = rk_program_columns(work.program);
        work.fallback = fill.counts;
        work.hull.types = work.types;
        work.sizes = rk_alloc((size_t)work.types + 1, sizeof *work.sizes);
        work.offsets = rk_alloc((size_t)work.types + 1, sizeof *work.offsets);
        for (uint32_t t = 0; t < work.types; t++) {
            work.sizes[t] = rk_panel_size(panel, t);
            work.offsets[t] = rk_panel_offset(panel, t);
        }
        answer.outcome = settle(&work, effort);
        assert(answer.outcome != RK_PROGRAM_NONE); /* there is a panel, and cuts keep it */
        drop_idle_cuts(&work);
        make_lottery(&work);
        if (read_gap(&work) && answer.fewest)
            answer.outcome = RK_PROGRAM_FOUND;
        else
            answer.outcome = RK_PROGRAM_STOPPED;
        answer.steps += rk_program_steps(work.program);
        rk_walk_free(&work.walk, work.columns);
        rk_hull_free(&work.hull);
        rk_program_free(work.program);
        rk_free(work.sizes);
        rk_free(work.offsets);
    }
    if (effort)
        answer.nodes = before - effort->nodes;
    rk_free(fill.counts);
    return answer;
}

void rk_leximin_free(struct rk_leximin *answer)
{
    for (uint32_t t = 0; answer->value && t < answer->lottery.types; t++)
        rk_fraction_free(&answer->value[t]);
    rk_free(answer->value);
    rk_lottery_free(&answer->lottery);
    rk_levels_free(&answer->levels);
    for (uint32_t i = 0; i < answer->cut_count; i++)
        rk_free(answer->cuts[i].entry);
    rk_free(answer->cuts);
    rk_fraction_free(&answer->reached);
    rk_fraction_free(&answer->bound);
}
