#include "score/severity.h"

#include "stat/dense.h"
#include "stat/distribution.h"

#include <assert.h>
#include <math.h>

enum { CANDIDATE = RK_RATED_CANDIDATE, RATER = RK_RATED_RATER, CRITERION = RK_RATED_CRITERION };

const char *rk_severity_end_name(enum rk_severity_end end)
{
    static const char *const names[RK_SEVERITY_ENDS] = {
        "",           "no_variance", "exact",   "no_facet", "confounded", "too_large",
        "no_maximum", "unsettled",   "extreme", "apart",    "categories", "scales"};
    return names[end];
}

const char *rk_severity_end_text(enum rk_severity_end end)
{
    static const char *const texts[RK_SEVERITY_ENDS] = {
        "",
        N_("all ratings are the same"),
        N_("candidates, raters and criteria explain every rating, and leave nothing to judge an "
           "error by"),
        N_("there are too few ratings to tell candidates or raters from chance"),
        N_("raters, candidates and criteria cannot be told apart by these ratings"),
        N_("too many raters, candidates and criteria to be solved together"),
        N_("the ratings agree too perfectly: some are ordered without an exception, and nothing "
           "tells how far apart they are"),
        N_("the search for the best estimate did not settle"),
        N_("every rating belongs to a candidate, rater or criterion with nothing but lowest or "
           "highest ratings"),
        N_("without those who have nothing but lowest or highest ratings, the rest falls into "
           "parts that nothing joins"),
        N_("more than 64 different ratings: a Rasch model wants a few categories"),
        N_("criteria on different scales: only partial credit (--thresholds criterion) fits")};
    return _(texts[end]);
}

/* The ratings of one part, with levels of their own. */
static void take_part(struct rk_arena *arena, struct rk_severity_block *block,
                      const struct rk_unit *unit)
{
    uint32_t *value;
    for (int f = 0; f < RK_RATED_FACETS; f++) {
        block->block_level[f] =
            rk_arena_alloc(arena, unit->levels[f] * sizeof *block->block_level[f]);
        block->unit_level[f] =
            rk_arena_alloc(arena, unit->levels[f] * sizeof *block->unit_level[f]);
        memset(block->block_level[f], 0xff, unit->levels[f] * sizeof *block->block_level[f]);
    }
    for (size_t i = 0; i < unit->n; i++)
        block->n += unit->part[CANDIDATE][unit->level[CANDIDATE][i]] == block->part;
    for (int f = 0; f < RK_RATED_FACETS; f++)
        block->level[f] = rk_arena_alloc(arena, block->n * sizeof *block->level[f]);
    value = rk_arena_alloc(arena, block->n * sizeof *value);
    for (size_t i = 0; i < unit->n; i++)
        if (unit->part[CANDIDATE][unit->level[CANDIDATE][i]] == block->part)
            for (int f = 0; f < RK_RATED_FACETS; f++)
                block->block_level[f][unit->level[f][i]] = 0;
    for (int f = 0; f < RK_RATED_FACETS; f++)
        for (uint32_t l = 0; l < unit->levels[f]; l++)
            if (!block->block_level[f][l]) {
                block->unit_level[f][block->levels[f]] = l;
                block->block_level[f][l] = block->levels[f]++;
            }
    size_t n = 0;
    for (size_t i = 0; i < unit->n; i++)
        if (unit->part[CANDIDATE][unit->level[CANDIDATE][i]] == block->part) {
            for (int f = 0; f < RK_RATED_FACETS; f++)
                block->level[f][n] = block->block_level[f][unit->level[f][i]];
            value[n++] = unit->value[i];
        }
    block->value = value;
}

static void find_scale(const struct rk_rated *rated, struct rk_severity_block *block)
{
    rk_fixed sum = 0, least = 0, most = 0;
    for (size_t i = 0; i < block->n; i++) {
        rk_fixed value = rk_rated_value(rated, block->value[i]);
        sum += value; /* 10^12 · 2^32 ratings · 10^18 is over 128 bits; 10^8 of them are not */
        least = !i || value < least ? value : least;
        most = !i || value > most ? value : most;
    }
    block->mean = rk_fixed_divide(sum, (__int128)block->n);
    block->scale = rk_fixed_double(most - least);
}

static void fit_linear(struct rk_severities *s, struct rk_severity_block *block)
{
    static const enum rk_severity_end ends[] = {
        [RK_MIXED_DONE] = RK_SEVERITY_DONE,
        [RK_MIXED_TOO_LARGE] = RK_SEVERITY_TOO_LARGE,
        [RK_MIXED_NO_FACET] = RK_SEVERITY_NO_FACET,
        [RK_MIXED_NO_VARIANCE] = RK_SEVERITY_NO_VARIANCE,
        [RK_MIXED_EXACT] = RK_SEVERITY_EXACT,
        [RK_MIXED_CONFOUNDED] = RK_SEVERITY_CONFOUNDED,
        [RK_MIXED_NO_END] = RK_SEVERITY_UNSETTLED,
    };
    double *y = rk_resize(NULL, block->n, sizeof *y);
    for (size_t i = 0; i < block->n; i++)
        y[i] = rk_fixed_double(rk_rated_value(s->rated, block->value[i]) - block->mean);
    struct rk_crossed_data data = {.y = y, .n = block->n, .facets = RK_RATED_FACETS};
    for (int f = 0; f < RK_RATED_FACETS; f++) {
        data.level[f] = block->level[f];
        data.levels[f] = block->levels[f];
    }
    if (data.levels[CRITERION] == 1)
        data.facets = 2;
    if (s->options.model == RK_SEVERITY_RANDOM) {
        struct rk_crossed crossed;
        rk_crossed_make(&crossed, &data);
        rk_free(y); /* a million ratings take the memory for something else */
        y = NULL;
        rk_mixed_fit(&block->mixed, &crossed, !s->options.marginal);
        rk_crossed_free(&crossed);
        block->end = ends[block->mixed.end];
    } else {
        rk_additive_fit(&block->additive, &data, s->options.with_f);
        block->end = block->additive.too_large    ? RK_SEVERITY_TOO_LARGE
                     : block->additive.confounded ? RK_SEVERITY_CONFOUNDED
                                                  : RK_SEVERITY_DONE;
    }
    rk_free(y);
}

static int by_value(const void *a, const void *b)
{
    rk_fixed x = *(const rk_fixed *)a, y = *(const rk_fixed *)b;
    return (x > y) - (x < y);
}

/* The values of one set of thresholds, in order; how many, or 0 where there are too many. */
static uint32_t find_categories(const struct rk_severities *s,
                                const struct rk_severity_block *block, uint32_t set, bool sets,
                                rk_fixed values[RK_RASCH_CATEGORIES])
{
    uint32_t n = 0;
    for (size_t i = 0; i < block->n; i++) {
        if (sets && block->level[CRITERION][i] != set)
            continue;
        rk_fixed value = rk_rated_value(s->rated, block->value[i]);
        if (n && bsearch(&value, values, n, sizeof *values, by_value))
            continue;
        if (n == RK_RASCH_CATEGORIES)
            return 0;
        values[n++] = value;
        qsort(values, n, sizeof *values, by_value);
    }
    return n;
}

static const struct rk_rated_item *item_of(const struct rk_severities *s,
                                           const struct rk_severity_block *block, size_t rating)
{
    const struct rk_unit *unit = rk_rated_unit(s->rated, block->unit);
    uint32_t at[RK_RATED_FACETS];
    for (int f = 0; f < RK_RATED_FACETS; f++) {
        at[f] = block->level[f][rating];
        if (block->unit_level[f])
            at[f] = block->unit_level[f][at[f]];
    }
    const struct rk_rated_level *criterion = &unit->name[CRITERION][at[CRITERION]];
    return rk_rated_item_of(s->rated,
                            (uint32_t[]){unit->name[CANDIDATE][at[CANDIDATE]].scope,
                                         criterion->scope, unit->name[RATER][at[RATER]].scope,
                                         (uint32_t)unit->basis},
                            criterion->id);
}

/* Categories that nobody used: of the scale, where its steps are known, or else between whole
 * numbers. */
static size_t unused_of(const struct rk_rasch_data *d, uint32_t set,
                        const struct rk_rated_item *item)
{
    uint32_t used = d->categories[set];
    const double *value = d->values[set];
    rk_fixed all = 0;
    if (item->step > 0)
        all = (item->maximum - item->minimum) / item->step + 1;
    else if (item->minimum == item->maximum && value[used - 1] - value[0] < 1000) {
        all = (rk_fixed)(value[used - 1] - value[0]) + 1;
        for (uint32_t k = 0; k < used; k++)
            if (value[k] != floor(value[k]))
                return 0;
    }
    return all > used ? (size_t)(all - used) : 0;
}

/* Are all criteria of the block on one scale? And counts the categories nobody used. */
static bool look_at_scales(const struct rk_severities *s, struct rk_severity_block *block)
{
    bool *seen = rk_alloc(block->levels[CRITERION], sizeof *seen), same = true;
    const struct rk_rated_item *first = NULL;
    for (size_t i = 0; i < block->n; i++) {
        if (seen[block->level[CRITERION][i]])
            continue;
        seen[block->level[CRITERION][i]] = true;
        const struct rk_rated_item *item = item_of(s, block, i);
        if (!first)
            first = item;
        same &= item->minimum == first->minimum && item->maximum == first->maximum &&
                item->step == first->step;
        if (block->rasch_data.sets > 1 || item == first)
            block->unused +=
                unused_of(&block->rasch_data,
                          block->rasch_data.sets > 1 ? block->level[CRITERION][i] : 0, item);
    }
    rk_free(seen);
    return same;
}

static void fit_rasch(struct rk_severities *s, struct rk_severity_block *block)
{
    static const enum rk_severity_end ends[] = {
        [RK_RASCH_DONE] = RK_SEVERITY_DONE,
        [RK_RASCH_NOTHING_LEFT] = RK_SEVERITY_EXTREME,
        [RK_RASCH_APART] = RK_SEVERITY_APART,
        [RK_RASCH_NO_MAXIMUM] = RK_SEVERITY_NO_MAXIMUM,
        [RK_RASCH_CONFOUNDED] = RK_SEVERITY_CONFOUNDED,
        [RK_RASCH_TOO_LARGE] = RK_SEVERITY_TOO_LARGE,
    };
    bool own = s->options.partial_credit;
    struct rk_rasch_data *d = &block->rasch_data;
    rk_fixed values[RK_RASCH_CATEGORIES];
    *d = (struct rk_rasch_data){.n = block->n, .sets = own ? block->levels[CRITERION] : 1};
    for (int f = 0; f < RK_RATED_FACETS; f++) {
        d->level[f] = block->level[f];
        d->levels[f] = block->levels[f];
    }
    uint32_t *categories = rk_arena_alloc(&s->arena, d->sets * sizeof *categories);
    const double **worth = rk_arena_alloc(&s->arena, d->sets * sizeof *worth);
    uint32_t *category = rk_arena_alloc(&s->arena, block->n * sizeof *category);
    d->categories = categories;
    d->values = worth;
    d->category = category;
    for (uint32_t set = 0; set < d->sets; set++) {
        categories[set] = find_categories(s, block, set, own, values);
        if (!categories[set]) {
            block->end = RK_SEVERITY_CATEGORIES;
            return;
        }
        double *list = rk_arena_alloc(&s->arena, categories[set] * sizeof *list);
        for (uint32_t k = 0; k < categories[set]; k++)
            list[k] = rk_fixed_double(values[k]);
        worth[set] = list;
        for (size_t i = 0; i < block->n; i++)
            if (!own || block->level[CRITERION][i] == set) {
                rk_fixed value = rk_rated_value(s->rated, block->value[i]);
                rk_fixed *at = bsearch(&value, values, categories[set], sizeof *values, by_value);
                category[i] = (uint32_t)(at - values);
            }
    }
    if (!look_at_scales(s, block) && !own) {
        block->end = RK_SEVERITY_SCALES;
        return;
    }
    rk_rasch_fit(&block->rasch, d, s->options.marginal);
    block->end = ends[block->rasch.end];
    for (int f = 0; f < RK_RATED_FACETS && !block->end; f++)
        for (uint32_t l = 0; l < block->levels[f]; l++)
            block->unmeasured[f] += isnan(block->rasch.levels[f][l].measure);
}

static void fit_block(struct rk_severities *s, struct rk_severity_block *block)
{
    const struct rk_unit *unit = rk_rated_unit(s->rated, block->unit);
    if (block->part != RK_NONE)
        take_part(&s->arena, block, unit);
    else {
        block->n = unit->n;
        block->value = unit->value;
        memcpy(block->levels, unit->levels, sizeof block->levels);
        memcpy(block->level, unit->level, sizeof block->level);
    }
    find_scale(s->rated, block);
    if (s->options.model == RK_SEVERITY_RASCH)
        fit_rasch(s, block);
    else
        fit_linear(s, block);
}

void rk_severity_fit(struct rk_severities *severity, const struct rk_rated *rated,
                     const struct rk_severity_options *options)
{
    size_t units = rk_rated_units(rated);
    bool together = options->model == RK_SEVERITY_RANDOM ||
                    (options->model == RK_SEVERITY_RASCH && options->marginal);
    *severity = (struct rk_severities){.options = *options, .rated = rated};
    severity->first = rk_alloc(units + 1, sizeof *severity->first);
    for (size_t u = 0; u < units; u++)
        severity->first[u + 1] =
            severity->first[u] + (together ? 1 : rk_rated_unit(rated, u)->parts);
    severity->count = severity->first[units];
    severity->blocks = rk_alloc(severity->count + 1, sizeof *severity->blocks);
    for (size_t u = 0; u < units; u++) {
        size_t parts = severity->first[u + 1] - severity->first[u];
        for (size_t p = 0; p < parts; p++) {
            struct rk_severity_block *block = &severity->blocks[severity->first[u] + p];
            block->unit = u;
            block->part = parts > 1 ? (uint32_t)p : RK_NONE;
            fit_block(severity, block);
        }
    }
}

void rk_severity_free(struct rk_severities *severity)
{
    for (size_t b = 0; b < severity->count; b++) {
        rk_additive_free(&severity->blocks[b].additive);
        rk_mixed_free(&severity->blocks[b].mixed);
        rk_rasch_free(&severity->blocks[b].rasch);
    }
    rk_free(severity->blocks);
    rk_free(severity->first);
    rk_arena_free(&severity->arena);
    *severity = (struct rk_severities){0};
}

/* Is there somebody or something in the block that has no estimate? */
static bool lacks(const struct rk_severity_block *block)
{
    const size_t *none = block->unmeasured;
    return block->end || none[CANDIDATE] || none[RATER] || none[CRITERION];
}

static void log_lack(const struct rk_severities *s, const struct rk_severity_block *block,
                     const struct rk_ids *ids, struct rk_log *log)
{
    bool joint = s->options.model == RK_SEVERITY_RASCH && !s->options.marginal;
    bool perfect = block->end == RK_SEVERITY_NO_MAXIMUM || block->end == RK_SEVERITY_APART;
    struct rk_buf name = {0};
    rk_unit_tell(rk_rated_unit(s->rated, block->unit), ids, &name);
    if (block->part != RK_NONE)
        rk_buf_printf(&name, _(", part %u"), block->part + 1);
    if (!block->end)
        rk_log(log, RK_WARNING, NULL,
               _("%s: not measured, since all their ratings are in one category, or only of others "
                 "who are not: candidates %zu, raters %zu, criteria %zu"),
               name.text, block->unmeasured[CANDIDATE], block->unmeasured[RATER],
               block->unmeasured[CRITERION]);
    else if (joint && perfect)
        rk_log(log, RK_WARNING, NULL,
               _("%s: no estimate: %s (--estimation mml asks less of the ratings)"), name.text,
               rk_severity_end_text(block->end));
    else
        rk_log(log, RK_WARNING, NULL, _("%s: no estimate: %s"), name.text,
               rk_severity_end_text(block->end));
    rk_buf_free(&name);
}

size_t rk_severity_log_ends(const struct rk_severities *severities, const struct rk_ids *ids,
                            bool all, struct rk_log *log)
{
    enum { MOST = 20 };
    size_t told = 0, failed = 0, unused = 0, blocks = 0;
    for (size_t b = 0; b < severities->count; b++) {
        const struct rk_severity_block *block = &severities->blocks[b];
        unused += block->unused;
        blocks += block->unused > 0;
        if (!lacks(block) || (block->levels[RATER] < 2 && !all))
            continue;
        failed += block->end || block->unmeasured[CANDIDATE] || block->unmeasured[RATER];
        if (told++ < MOST)
            log_lack(severities, block, ids, log);
    }
    uint64_t left_out = rk_rated_left_out(severities->rated);
    if (!severities->count && left_out) {
        failed++;
        rk_log(log, RK_WARNING, NULL,
               RK_PLURAL("the %llu rating has no score that counts: nothing to estimate",
                         "none of the %llu ratings has a score that counts: nothing to estimate",
                         left_out),
               (unsigned long long)left_out);
    }
    if (unused)
        rk_log(log, RK_NOTE, NULL,
               _("categories that no rating uses, left out: %zu (in panels or parts: %zu)"), unused,
               blocks);
    return failed;
}

const struct rk_severity_block *rk_severity_block_of(const struct rk_severities *severity,
                                                     size_t unit, int facet, uint32_t *level)
{
    const struct rk_severity_block *block = &severity->blocks[severity->first[unit]];
    if (block->part != RK_NONE) {
        block += rk_rated_unit(severity->rated, unit)->part[facet][*level];
        *level = block->block_level[facet][*level];
    }
    return block;
}

bool rk_severity_knows_raters(const struct rk_severities *severities,
                              const struct rk_severity_block *block)
{
    return !block->end &&
           !(severities->options.model == RK_SEVERITY_RANDOM && block->mixed.left_out[RATER]);
}

struct rk_severity_estimate rk_severity_interval(double value, double se, double quantile)
{
    return (struct rk_severity_estimate){value, se, value - quantile * se, value + quantile * se};
}

struct rk_severity_estimate rk_severity_measure(double measure, double se, double full_se)
{
    struct rk_severity_estimate e =
        rk_severity_interval(measure, full_se, rk_normal_quantile(0.975));
    e.se = se;
    return e;
}

static double normal_quantile(void) { return rk_normal_quantile(0.975); }
static double t_quantile(double df) { return df > 0 ? rk_t_quantile(0.975, df) : NAN; }

struct rk_severity_estimate rk_severity_rater(const struct rk_severities *severity,
                                              const struct rk_severity_block *block, uint32_t rater)
{
    switch (severity->options.model) {
    case RK_SEVERITY_ADDITIVE:
        return rk_severity_interval(-block->additive.effect[RATER][rater],
                                    block->additive.se[RATER][rater],
                                    t_quantile(block->additive.df));
    case RK_SEVERITY_RANDOM:
        return rk_severity_interval(-block->mixed.effect[RATER][rater],
                                    block->mixed.se[RATER][rater], normal_quantile());
    default:
        return rk_severity_measure(block->rasch.levels[RATER][rater].measure,
                                   block->rasch.levels[RATER][rater].se,
                                   block->rasch.levels[RATER][rater].full_se);
    }
}

struct rk_severity_estimate rk_severity_fair(const struct rk_rasch_level *level)
{
    return (struct rk_severity_estimate){level->fair, NAN, level->fair_low, level->fair_high};
}

struct rk_severity_estimate rk_severity_candidate(const struct rk_severities *severity,
                                                  const struct rk_severity_block *block,
                                                  uint32_t candidate)
{
    double mean = rk_fixed_double(block->mean);
    switch (severity->options.model) {
    case RK_SEVERITY_ADDITIVE:
        return rk_severity_interval(
            mean + block->additive.mu + block->additive.effect[CANDIDATE][candidate],
            block->additive.mu_effect_se[CANDIDATE][candidate], t_quantile(block->additive.df));
    case RK_SEVERITY_RANDOM:
        return rk_severity_interval(
            mean + block->mixed.mu + block->mixed.effect[CANDIDATE][candidate],
            block->mixed.mu_effect_se[CANDIDATE][candidate], normal_quantile());
    default: return rk_severity_fair(&block->rasch.levels[CANDIDATE][candidate]);
    }
}

double rk_severity_expected(const struct rk_severities *severity,
                            const struct rk_severity_block *block, uint32_t candidate,
                            uint32_t rater, uint32_t criterion)
{
    if (severity->options.model == RK_SEVERITY_RASCH)
        return rk_rasch_expected(&block->rasch, block->rasch.levels[CANDIDATE][candidate].measure,
                                 rater == RK_NONE ? 0 : block->rasch.levels[RATER][rater].measure,
                                 criterion);
    bool random = severity->options.model == RK_SEVERITY_RANDOM;
    double *const *effect = random ? block->mixed.effect : block->additive.effect;
    double value = rk_fixed_double(block->mean) + (random ? block->mixed.mu : block->additive.mu) +
                   effect[CANDIDATE][candidate];
    if (rater != RK_NONE)
        value += effect[RATER][rater];
    return effect[CRITERION] ? value + effect[CRITERION][criterion] : value;
}

/* The first rating of a candidate, and one past the last: they stand together, and in order. */
static size_t first_of(const uint32_t *level, size_t n, uint32_t wanted)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (level[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Mean difference between what an average rater gives on all criteria of the panel, and this one
 * (`alone`: the average one again) on those of the sheet. */
static double shift_of(const struct rk_severities *s, const struct rk_severity_block *block,
                       const struct rk_score *score, uint32_t candidate, uint32_t rater, bool alone)
{
    const struct rk_unit *unit = rk_rated_unit(s->rated, block->unit);
    double given = 0, given_weight = 0, fair = 0, fair_weight = 0;
    size_t at = first_of(block->level[CANDIDATE], block->n, candidate);
    for (; at < block->n && block->level[CANDIDATE][at] == candidate; at++) {
        uint32_t c = block->level[CRITERION][at];
        const struct rk_rated_level *name =
            &unit->name[CRITERION]
                       [block->unit_level[CRITERION] ? block->unit_level[CRITERION][c] : c];
        if (block->level[RATER][at] != rater || name->scope != score->stage)
            continue;
        double weight = rk_rated_item(s->rated, score, name->id)->weight;
        given += weight * rk_severity_expected(s, block, candidate, alone ? RK_NONE : rater, c);
        given_weight += weight;
    }
    for (uint32_t c = 0; c < block->levels[CRITERION]; c++) {
        const struct rk_rated_level *name =
            &unit->name[CRITERION]
                       [block->unit_level[CRITERION] ? block->unit_level[CRITERION][c] : c];
        const struct rk_rated_item *item =
            name->scope == score->stage ? rk_rated_item(s->rated, score, name->id) : NULL;
        if (!item)
            continue;
        fair += item->weight * rk_severity_expected(s, block, candidate, RK_NONE, c);
        fair_weight += item->weight;
    }
    return fair / fair_weight - given / given_weight;
}

void rk_severity_adjust(const struct rk_severities *severity, struct rk_score *score,
                        struct rk_arena *arena)
{
    uint32_t level[2];
    size_t unit_number = rk_rated_find(severity->rated, score, level);
    assert(unit_number != SIZE_MAX); /* a sheet with a score has a rating */
    const struct rk_unit *unit = rk_rated_unit(severity->rated, unit_number);
    bool alone = rk_unit_alone(unit, level[1]),
         rasch = severity->options.model == RK_SEVERITY_RASCH;
    const struct rk_severity_block *block =
        rk_severity_block_of(severity, unit_number, CANDIDATE, &level[0]);
    rk_severity_block_of(severity, unit_number, RATER, &level[1]);
    score->has_adjusted = true;
    score->adjusted = score->score;
    if (unit->parts > 1)
        rk_score_flag(score, arena, "severity_unlinked", "");
    if (alone)
        rk_score_flag(score, arena, "one_rater", "");
    bool known = rk_severity_knows_raters(severity, block);
    enum rk_severity_end end = block->end ? block->end
                               : known    ? RK_SEVERITY_DONE
                                          : RK_SEVERITY_NO_FACET;
    double shift = block->end ? NAN : shift_of(severity, block, score, level[0], level[1], alone);
    double own = known && !alone ? rk_severity_rater(severity, block, level[1]).value : NAN;
    if (!end && (isnan(shift) || (isnan(own) && !alone)))
        end = RK_SEVERITY_EXTREME;
    if (end && !alone)
        rk_score_flag(score, arena, "not_estimable:", rk_severity_end_name(end));
    int digits = severity->options.model == RK_SEVERITY_ADDITIVE ? 12 : 9;
    double scale = block->scale > 0 ? block->scale : 1;
    if (!isnan(shift)) {
        score->adjusted =
            rk_fixed_round(score->score + rk_fixed_from_double(rk_settle(shift, scale, digits)));
        rk_score_flag_outside(score, arena);
    }
    if (!isnan(own)) {
        score->has_severity = true;
        score->severity =
            rk_fixed_round(rk_fixed_from_double(rk_settle(own, rasch ? 1 : scale, digits)));
    }
    if (rasch && !block->end && !isnan(shift) &&
        (block->rasch.levels[CANDIDATE][level[0]].extreme ||
         block->rasch.levels[RATER][level[1]].extreme))
        rk_score_flag(score, arena, "extreme", "");
}
