#include "survey/told.h"

#include "base/hash.h"
#include "stat/alike.h"

#include <math.h>
#include <stdlib.h>

enum {
    MOST_KINDS = 44,    /* answers that are tried */
    MOST_PAIRED = 12,   /* … before and after: its square is that of pairs */
    MOST_PARTS = 2520,  /* of a whole that answers may be told in */
    FINEST = 1000000,   /* … that are told in no such part */
    WIDEST = 500000000, /* steps between the least and the most */
};

/* The answers as whole numbers of steps. */
struct grid {
    int64_t kind[MOST_KINDS + 1]; /* rising */
    size_t count;
    int parts; /* steps of 1 */
    bool many; /* there are more than are tried … */
    bool wide; /* … or they are too far apart for sums to be held against each other */
};

static double fraction(double x) { return fabs(x - nearbyint(x)); }

/* The coarsest step, 1/1, 1/2 …, of which all values are whole numbers. */
static int find_parts(const double *values, size_t n)
{
    for (int parts = 1; parts <= MOST_PARTS; parts++) {
        bool all = true;
        for (size_t i = 0; i < n && all; i++)
            all = fraction(values[i] * parts) < 1e-6;
        if (all)
            return parts;
    }
    return FINEST;
}

static int64_t steps(const struct grid *g, double value)
{
    return (int64_t)nearbyint(value * g->parts);
}

static void add_kind(struct grid *g, int64_t kind)
{
    size_t at = g->count;
    for (size_t i = 0; i < g->count; i++)
        if (g->kind[i] == kind)
            return;
    g->many = g->many || g->count == MOST_KINDS;
    if (g->many)
        return;
    for (; at && g->kind[at - 1] > kind; at--)
        g->kind[at] = g->kind[at - 1];
    g->kind[at] = kind;
    g->count++;
}

/* How many different values there are, up to MOST_KINDS. */
static int64_t differ(const double *values, size_t n)
{
    double seen[MOST_KINDS];
    int64_t count = 0;
    for (size_t i = 0; i < n && count < MOST_KINDS; i++) {
        bool known = false;
        for (int64_t k = 0; k < count; k++)
            known = known || seen[k] == values[i];
        if (!known)
            seen[count++] = values[i];
    }
    return count;
}

/* The answers that may be given: those of the scale, or from the least to the most of those that
 * were; or, where these are more than `most`, only those that were, and none is tried where these
 * are not few either. */
static void make_grid(struct grid *g, const struct rk_survey_item *item, const double *values,
                      size_t n, int64_t most_kinds, int64_t threshold)
{
    *g = (struct grid){.parts = find_parts(values, n)};
    for (size_t i = 0; i < n && !g->wide; i++)
        g->wide = fabs(values[i]) * g->parts > WIDEST;
    g->many = g->wide && differ(values, n) >= threshold;
    for (size_t i = 0; i < n && !g->wide && !g->many; i++)
        add_kind(g, steps(g, values[i]));
    if (g->many || g->wide || !n)
        return;
    int64_t least = g->kind[0], most = g->kind[g->count - 1];
    if (item->has_scale && fraction(item->least * g->parts) < 1e-6) {
        int64_t low = steps(g, item->least), high = steps(g, item->most);
        least = low < least ? low : least;
        most = high > most ? high : most;
    }
    g->many = most - least >= most_kinds && (int64_t)g->count >= threshold;
    for (int64_t k = least; most - least < most_kinds && k <= most; k++)
        add_kind(g, k);
}

static size_t place_of(const struct grid *g, double value)
{
    int64_t kind = steps(g, value);
    size_t at = 0;
    while (g->kind[at] != kind)
        at++;
    return at;
}

static bool is_top(const struct rk_survey_item *item, const struct grid *g, int64_t kind,
                   unsigned top)
{
    return (double)kind / g->parts > item->most - top;
}

/* Squares are the last of the numbers, so that they can be left out. */
static bool keeps(struct rk_alike *a, unsigned numbers, unsigned parts, bool median)
{
    a->numbers = numbers;
    a->parts = parts;
    a->median = median;
    return rk_alike_keeps(a);
}

static bool has_top_box(const struct rk_survey_item *item, unsigned top)
{
    return item->has_scale && top && item->most - item->least >= top;
}

bool rk_survey_is_few(double number, double all, int64_t threshold)
{
    double few = (double)threshold;
    return (number > 0 && number < few) || (number < all && all - number < few);
}

enum rk_survey_told rk_survey_told(const struct rk_survey_item *item, const double *values,
                                   size_t n, unsigned top, int64_t threshold)
{
    enum { TOP = 1, PROMOTERS = 2, DETRACTORS = 4 };
    struct grid g;
    struct rk_alike_kind kinds[MOST_KINDS] = {0};
    bool boxed = has_top_box(item, top),
         promoted = item->has_scale && item->least == 0 && item->most == 10;
    make_grid(&g, item, values, n, MOST_KINDS, threshold);
    if (g.many || g.wide)
        return g.many ? RK_TOLD_SPREAD : RK_TOLD_N;
    for (size_t k = 0; k < g.count; k++) {
        double value = (double)g.kind[k] / g.parts;
        kinds[k].number[0] = g.kind[k];
        kinds[k].number[1] = (g.kind[k] - g.kind[0]) * (g.kind[k] - g.kind[0]);
        kinds[k].place[0] = (uint32_t)k;
        kinds[k].parts = (boxed && is_top(item, &g, g.kind[k], top) ? TOP : 0u) |
                         (promoted && value >= 9 ? PROMOTERS : 0u) |
                         (promoted && value <= 6 ? DETRACTORS : 0u);
    }
    for (size_t i = 0; i < n; i++)
        kinds[place_of(&g, values[i])].count++;
    struct rk_alike a = {.kinds = kinds, .count = g.count, .orders = 1, .threshold = threshold};
    unsigned parts = promoted ? 3 : boxed ? 1 : 0;
    return !rk_alike_any_small(&a)           ? RK_TOLD_ALL
           : keeps(&a, 2, parts, true)       ? RK_TOLD_SPREAD
           : keeps(&a, 1, parts, false)      ? RK_TOLD_MEAN
           : keeps(&a, 0, parts, false)      ? RK_TOLD_SHARES
           : boxed && keeps(&a, 0, 1, false) ? RK_TOLD_TOP
                                             : RK_TOLD_N;
}

static int by_size(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* What one answer is more than another, rising, each once; there is room for all pairs. */
static size_t find_changes(int64_t *to, const struct grid *g)
{
    size_t count = 0, all = g->count * g->count;
    for (size_t k = 0; k < all; k++)
        to[k] = g->kind[k % g->count] - g->kind[k / g->count];
    qsort(to, all, sizeof *to, by_size);
    for (size_t k = 0; k < all; k++)
        if (!k || to[k] != to[count - 1])
            to[count++] = to[k];
    return count;
}

static uint32_t place_among(const int64_t *changes, size_t count, int64_t change)
{
    const int64_t *at = bsearch(&change, changes, count, sizeof *changes, by_size);
    return (uint32_t)(at - changes);
}

enum rk_survey_told rk_survey_told_change(const struct rk_survey_item *item, const double *before,
                                          const double *after, size_t n, unsigned top,
                                          int64_t threshold)
{
    enum { ROSE = 1, FELL = 2, WAS = 4, IS = 8, CAME = 16, WENT = 32 };
    double *both = rk_alloc(2 * n + 1, sizeof *both);
    struct grid g;
    memcpy(both, before, n * sizeof *both);
    memcpy(both + n, after, n * sizeof *both);
    make_grid(&g, item, both, 2 * n, MOST_PAIRED, threshold);
    rk_free(both);
    if (g.many || g.wide)
        return g.many ? RK_TOLD_SPREAD : RK_TOLD_N;
    struct rk_alike_kind *kinds = rk_alloc(g.count * g.count + 1, sizeof *kinds);
    bool boxed = has_top_box(item, top);
    int64_t *changes = rk_alloc(g.count * g.count + 1, sizeof *changes);
    size_t change_count = find_changes(changes, &g);
    for (size_t k = 0; k < g.count * g.count; k++) {
        int64_t was = g.kind[k / g.count], is = g.kind[k % g.count];
        bool top_was = boxed && is_top(item, &g, was, top),
             top_is = boxed && is_top(item, &g, is, top);
        kinds[k] = (struct rk_alike_kind){
            .number = {was, is, (is - was) * (is - was)},
            .place = {(uint32_t)(k / g.count), (uint32_t)(k % g.count),
                      place_among(changes, change_count, is - was)},
            .parts = (is > was ? ROSE : 0u) | (is < was ? FELL : 0u) | (top_was ? WAS : 0u) |
                     (top_is ? IS : 0u) | (top_is && !top_was ? CAME : 0u) |
                     (top_was && !top_is ? WENT : 0u)};
    }
    for (size_t i = 0; i < n; i++)
        kinds[place_of(&g, before[i]) * g.count + place_of(&g, after[i])].count++;
    struct rk_alike a = {
        .kinds = kinds, .count = g.count * g.count, .orders = 3, .threshold = threshold};
    unsigned parts = boxed ? 6 : 2;
    enum rk_survey_told told = !rk_alike_any_small(&a)      ? RK_TOLD_ALL
                               : keeps(&a, 3, parts, false) ? RK_TOLD_SPREAD
                               : keeps(&a, 2, parts, false) ? RK_TOLD_MEAN
                               : keeps(&a, 0, parts, false) ? RK_TOLD_SHARES
                                                            : RK_TOLD_N;
    rk_free(kinds);
    rk_free(changes);
    return told;
}

/* ---- rows ---- */

static const double none = (double)NAN;

/* The least of which a figure may be told, its error and interval; what follows from top boxes.
 * What is not named is of how all answered (a test of ranks, a quartile, a table), which may be
 * told with everything alone. */
static const struct {
    const char *measure;
    enum rk_survey_told figure, error;
    bool top;
} rules[] = {
    {"n", RK_TOLD_N_ALONE, RK_TOLD_N_ALONE, false},
    {"n_effective", RK_TOLD_N_ALONE, RK_TOLD_N_ALONE, false}, /* of weights alone */
    {"share", RK_TOLD_N, RK_TOLD_N, false}, /* numbers of people, which are kept as such */
    {"top_box", RK_TOLD_TOP, RK_TOLD_TOP, false},
    {"promoters", RK_TOLD_SHARES, RK_TOLD_SHARES, false},
    {"detractors", RK_TOLD_SHARES, RK_TOLD_SHARES, false},
    {"nps", RK_TOLD_SHARES, RK_TOLD_SHARES, false},
    {"rose", RK_TOLD_SHARES, RK_TOLD_SHARES, false},
    {"fell", RK_TOLD_SHARES, RK_TOLD_SHARES, false},
    {"top_box_before", RK_TOLD_SHARES, RK_TOLD_SHARES, false},
    {"top_box_after", RK_TOLD_SHARES, RK_TOLD_SHARES, false},
    {"top_box_difference", RK_TOLD_TOP, RK_TOLD_TOP, true},
    {"fisher_p", RK_TOLD_TOP, RK_TOLD_TOP, true},
    {"fisher_mid_p", RK_TOLD_TOP, RK_TOLD_TOP, true},
    {"mcnemar", RK_TOLD_SHARES, RK_TOLD_SHARES, true},
    {"mcnemar_p", RK_TOLD_SHARES, RK_TOLD_SHARES, true},
    {"mcnemar_exact_p", RK_TOLD_SHARES, RK_TOLD_SHARES, true},
    {"mcnemar_mid_p", RK_TOLD_SHARES, RK_TOLD_SHARES, true},
    {"mean", RK_TOLD_MEAN, RK_TOLD_SPREAD, false},
    {"index", RK_TOLD_MEAN, RK_TOLD_MEAN, false},
    {"difference", RK_TOLD_MEAN, RK_TOLD_SPREAD, false},
    {"relative_difference", RK_TOLD_MEAN, RK_TOLD_SPREAD, false},
    {"before", RK_TOLD_MEAN, RK_TOLD_MEAN, false},
    {"after", RK_TOLD_MEAN, RK_TOLD_MEAN, false},
    {"change", RK_TOLD_MEAN, RK_TOLD_SPREAD, false},
    {"sd", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"median", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"t", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"df", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"t_p", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"t_p_pooled", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"hedges_g", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"smd", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"f", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"f_p", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"alpha", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"lambda6", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"mean_correlation", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"omega", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"alpha_without", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
    {"with_rest", RK_TOLD_SPREAD, RK_TOLD_SPREAD, false},
};

static bool is_adjusted(const struct rk_measure *m)
{
    return rk_text_is(rk_text(m->measure), "p_adjusted");
}

static void hide(struct rk_survey *survey, struct rk_measure *m)
{
    m->estimate = m->se = m->low = m->high = m->n = none;
    m->method = rk_text("hidden");
    survey->kept++;
}

static void hide_row(struct rk_survey *survey, struct rk_measure *m,
                     const struct rk_survey_tell *tell)
{
    struct rk_text measure = is_adjusted(m) ? m->variant : rk_text(m->measure);
    enum rk_survey_told figure = RK_TOLD_ALL, error = RK_TOLD_ALL;
    bool top = false;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rk_text_is(measure, rules[i].measure)) {
            figure = rules[i].figure;
            error = rules[i].error;
            top = rules[i].top;
        }
    if (tell->told > figure || (top && !tell->top)) {
        hide(survey, m);
    } else if (tell->told > error) {
        m->se = m->low = m->high = none;
        m->method = rk_text("");
    }
}

/* An adjusted p-value may be, but for a factor, that of another test of its family: where one goes
 * all go. */
static void hide_families(struct rk_survey *survey, size_t from)
{
    struct rk_strings gone = {0};
    for (size_t i = from; i < survey->count; i++) {
        const struct rk_measure *m = &survey->rows[i].measure;
        if (is_adjusted(m) && rk_text_is(m->method, "hidden"))
            rk_strings_add(&gone, m->variant);
    }
    for (size_t i = from; i < survey->count; i++) {
        struct rk_measure *m = &survey->rows[i].measure;
        if (is_adjusted(m) && !rk_text_is(m->method, "hidden") &&
            rk_strings_find(&gone, m->variant) != RK_NONE)
            hide(survey, m);
    }
    rk_strings_free(&gone);
}

void rk_survey_hide(struct rk_survey *survey, size_t from, const struct rk_survey_tell *by_item)
{
    for (size_t i = from; i < survey->count; i++)
        hide_row(survey, &survey->rows[i].measure, &by_item[survey->rows[i].item]);
    hide_families(survey, from);
}
