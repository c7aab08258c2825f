#include "score/raters.h"

#include "stat/dense.h"

#include <math.h>

enum { CANDIDATE = RK_RATED_CANDIDATE, RATER = RK_RATED_RATER, CRITERION = RK_RATED_CRITERION };

struct mean {
    double sum;
    size_t n;
};

/* All sheets of one basis: their means by candidate and stage, and by group too. */
struct meetings {
    struct rk_tuples all;    /* recruitment, candidate, stage */
    struct rk_tuples groups; /* the same, group */
    struct mean *all_mean, *group_mean;
    size_t all_room, group_room;
};

/* What is gathered of a rater; correlations from sums over the candidates. */
struct rater {
    size_t ratings, sheets, candidates, central, pairs[2], criteria_left;
    double least, most, sum;
    double sheet_sum, sheet_squares; /* of sheets less the unit's mean */
    double within;                   /* squares within sheets, criteria's means taken off */
    double x[2], y[2], xx[2], yy[2], xy[2];
};

/* Runs over the sheets of a unit: consecutive ratings of one candidate, rater and stage. */
struct sheet {
    size_t from, to;
    uint32_t stage;
    double mean;
};

static double value_at(const struct rk_rated *rated, const struct rk_unit *unit, size_t i)
{
    return rk_fixed_double(rk_rated_value(rated, unit->value[i]));
}

static bool next_sheet(const struct rk_rated *rated, const struct rk_unit *unit,
                       struct sheet *sheet)
{
    size_t at = sheet->to;
    if (at == unit->n)
        return false;
    *sheet = (struct sheet){.from = at,
                            .stage = unit->name[CRITERION][unit->level[CRITERION][at]].scope};
    rk_fixed sum = 0;
    for (; at < unit->n && unit->level[CANDIDATE][at] == unit->level[CANDIDATE][sheet->from] &&
           unit->level[RATER][at] == unit->level[RATER][sheet->from] &&
           unit->name[CRITERION][unit->level[CRITERION][at]].scope == sheet->stage;
         at++)
        sum += rk_rated_value(rated, unit->value[at]);
    sheet->to = at;
    sheet->mean = rk_fixed_double(rk_fixed_divide(sum, (__int128)(at - sheet->from)));
    return true;
}

static struct mean *mean_of(struct rk_tuples *tuples, struct mean **means, size_t *room,
                            const uint32_t *key)
{
    uint32_t before = tuples->count, at = rk_tuples_add(tuples, key);
    if (at == before) {
        RK_GROW(*means, before, *room);
        (*means)[at] = (struct mean){0};
    }
    return &(*means)[at];
}

static void sheet_key(const struct rk_unit *unit, const struct sheet *sheet, uint32_t key[4])
{
    const struct rk_rated_level *candidate =
        &unit->name[CANDIDATE][unit->level[CANDIDATE][sheet->from]];
    key[0] = candidate->scope;
    key[1] = candidate->id;
    key[2] = sheet->stage;
    key[3] = unit->name[RATER][unit->level[RATER][sheet->from]].scope;
}

static void gather_meetings(const struct rk_rated *rated, struct meetings *m)
{
    m->all.width = 3;
    m->groups.width = 4;
    for (size_t u = 0; u < rk_rated_units(rated); u++) {
        const struct rk_unit *unit = rk_rated_unit(rated, u);
        if (unit->basis != RK_INDIVIDUAL)
            continue;
        for (struct sheet sheet = {0}; next_sheet(rated, unit, &sheet);) {
            uint32_t key[4];
            sheet_key(unit, &sheet, key);
            struct mean *mean = mean_of(&m->all, &m->all_mean, &m->all_room, key);
            mean->sum += sheet.mean;
            mean->n++;
            mean = mean_of(&m->groups, &m->group_mean, &m->group_room, key);
            mean->sum += sheet.mean;
            mean->n++;
        }
    }
}

/* Adds a pair to the correlation with the own group (0) or the rest (1). */
static void add_pair(struct rater *rater, int with, double x, double y)
{
    rater->pairs[with]++;
    rater->x[with] += x;
    rater->y[with] += y;
    rater->xx[with] += x * x;
    rater->yy[with] += y * y;
    rater->xy[with] += x * y;
}

static void compare(const struct meetings *m, const struct rk_unit *unit, const struct sheet *sheet,
                    double centre, struct rater *rater)
{
    uint32_t key[4];
    sheet_key(unit, sheet, key);
    if (unit->basis != RK_INDIVIDUAL)
        return;
    const struct mean *all = &m->all_mean[rk_tuples_find(&m->all, key)];
    const struct mean *own = &m->group_mean[rk_tuples_find(&m->groups, key)];
    double x = sheet->mean - centre;
    if (own->n > 1)
        add_pair(rater, 0, x, (own->sum - sheet->mean) / (double)(own->n - 1) - centre);
    if (all->n > own->n)
        add_pair(rater, 1, x, (all->sum - own->sum) / (double)(all->n - own->n) - centre);
}

static double correlation(const struct rater *r, int with)
{
    double n = (double)r->pairs[with];
    if (r->pairs[with] < 3)
        return NAN;
    double xx = r->xx[with] - r->x[with] * r->x[with] / n;
    double yy = r->yy[with] - r->y[with] * r->y[with] / n;
    double xy = r->xy[with] - r->x[with] * r->y[with] / n;
    if (xx <= 1e-12 * r->xx[with] || yy <= 1e-12 * r->yy[with])
        return NAN;
    return rk_settle(fmax(-1, fmin(1, xy / sqrt(xx * yy))), 1, 12);
}

struct unit_sums {
    double least, most, centre;
    double *criterion;      /* mean by level */
    double squares, within; /* of all raters' */
    size_t spread_raters, left, central, n;
};

static double spread_variance(const struct rater *r)
{
    if (r->sheets < 2)
        return NAN;
    double squares = r->sheet_squares - r->sheet_sum * r->sheet_sum / (double)r->sheets;
    return squares <= 1e-12 * r->sheet_squares ? 0 : squares / (double)(r->sheets - 1);
}

static void gather_unit(const struct rk_rated *rated, const struct meetings *m,
                        const struct rk_unit *unit, struct rater *raters, struct unit_sums *sums)
{
    double *count = rk_alloc(unit->levels[CRITERION], sizeof *count);
    sums->criterion = rk_alloc(unit->levels[CRITERION], sizeof *sums->criterion);
    sums->n = unit->n;
    for (size_t i = 0; i < unit->n; i++) {
        double value = value_at(rated, unit, i);
        sums->least = !i || value < sums->least ? value : sums->least;
        sums->most = !i || value > sums->most ? value : sums->most;
        sums->criterion[unit->level[CRITERION][i]] += value;
        count[unit->level[CRITERION][i]]++;
    }
    for (uint32_t c = 0; c < unit->levels[CRITERION]; c++)
        sums->criterion[c] /= count[c];
    rk_free(count);
    double middle = (sums->least + sums->most) / 2, sixth = (sums->most - sums->least) / 6;
    sums->centre = middle;
    for (struct sheet sheet = {0}; next_sheet(rated, unit, &sheet);) {
        struct rater *r = &raters[unit->level[RATER][sheet.from]];
        double off = 0, squares = 0;
        bool known = sheet.from &&
                     unit->level[CANDIDATE][sheet.from] == unit->level[CANDIDATE][sheet.from - 1] &&
                     unit->level[RATER][sheet.from] == unit->level[RATER][sheet.from - 1];
        for (size_t i = sheet.from; i < sheet.to; i++) {
            double value = value_at(rated, unit, i);
            double x = value - sums->criterion[unit->level[CRITERION][i]];
            r->least = !r->ratings || value < r->least ? value : r->least;
            r->most = !r->ratings || value > r->most ? value : r->most;
            r->ratings++;
            r->sum += value;
            r->central += fabs(value - middle) <= sixth * (1 + 1e-9);
            off += x;
            squares += x * x;
        }
        size_t n = sheet.to - sheet.from;
        r->within += fmax(0, squares - off * off / (double)n);
        r->criteria_left += n - 1;
        r->candidates += !known;
        r->sheets++;
        r->sheet_sum += sheet.mean - middle;
        r->sheet_squares += (sheet.mean - middle) * (sheet.mean - middle);
        compare(m, unit, &sheet, middle, r);
    }
    for (uint32_t l = 0; l < unit->levels[RATER]; l++) {
        double variance = spread_variance(&raters[l]);
        if (!isnan(variance)) {
            sums->squares += variance;
            sums->spread_raters++;
        }
        sums->within += raters[l].within;
        sums->left += raters[l].criteria_left;
        sums->central += raters[l].central;
    }
}

static double settled(double value) { return rk_settle(value, fabs(value), 12); }

static void describe(const struct rater *r, const struct unit_sums *sums, struct rk_rater_row *row)
{
    double variance = spread_variance(r), range = sums->most - sums->least;
    row->n_ratings = r->ratings;
    row->n_candidates = r->candidates;
    row->mean = settled(r->sum / (double)r->ratings);
    row->spread = settled(sqrt(variance));
    size_t others = sums->spread_raters - !isnan(variance);
    double squares = sums->squares - (isnan(variance) ? 0 : variance);
    row->spread_others = others ? settled(sqrt(fmax(0, squares) / (double)others)) : NAN;
    row->range_used = range > 0 ? settled((r->most - r->least) / range) : NAN;
    row->agree_own = correlation(r, 0);
    row->agree_rest = correlation(r, 1);
    row->central = range > 0 ? settled((double)r->central / (double)r->ratings) : NAN;
    row->halo = NAN;
    if (r->criteria_left && sums->left > r->criteria_left) {
        double own = r->within / (double)r->criteria_left;
        double rest = (sums->within - r->within) / (double)(sums->left - r->criteria_left);
        if (rest > 1e-12 * sums->within)
            row->halo = settled(own > 1e-12 * rest ? sqrt(own / rest) : 0);
    }
}

/* The bounds. */
static void flag(const struct rater *r, const struct unit_sums *sums, bool logits,
                 struct rk_rater_row *row)
{
    double enough = logits ? 0.5 : (sums->most - sums->least) / 10;
    if (r->candidates < 3) {
        row->flags |= RK_RATER_FEW;
        return;
    }
    /* parts taken in one: candidates of one part may be better, not its raters milder */
    bool compared = row->part || !(row->flags & RK_RATER_UNLINKED);
    if (compared && row->low > 0 && row->severity >= enough)
        row->flags |= RK_RATER_SEVERE;
    if (compared && row->high < 0 && row->severity <= -enough)
        row->flags |= RK_RATER_LENIENT;
    if (row->spread == 0) {
        row->flags |= RK_RATER_FLAT; /* which says all there is */
        return;
    }
    if (r->ratings < 10)
        return;
    if (row->range_used <= 0.5 && row->spread <= 0.6 * row->spread_others)
        row->flags |= RK_RATER_NARROW;
    size_t rest = sums->n - r->ratings;
    if (row->central >= 0.9 && rest && (double)(sums->central - r->central) <= 0.7 * (double)rest)
        row->flags |= RK_RATER_CENTRAL;
    if (row->halo <= 0.5)
        row->flags |= RK_RATER_HALO;
    if ((r->pairs[0] >= 5 && row->agree_own < 0) ||
        (isnan(row->agree_own) && r->pairs[1] >= 5 && row->agree_rest < 0))
        row->flags |= RK_RATER_ODD;
    if (row->infit > 1.5)
        row->flags |= RK_RATER_ERRATIC;
    if (row->infit < 0.5)
        row->flags |= RK_RATER_MUTED;
}

static void set_severity(const struct rk_severities *s, size_t unit_number, uint32_t rater,
                         struct rk_rater_row *row)
{
    const struct rk_unit *unit = rk_rated_unit(s->rated, unit_number);
    bool alone = rk_unit_alone(unit, rater);
    const struct rk_severity_block *block = rk_severity_block_of(s, unit_number, RATER, &rater);
    bool rasch = s->options.model == RK_SEVERITY_RASCH;
    row->part = block->part == RK_NONE ? unit->parts == 1 : block->part + 1;
    row->severity = row->se = row->low = row->high = row->infit = row->outfit = NAN;
    if (unit->parts > 1)
        row->flags |= RK_RATER_UNLINKED;
    if (alone) {
        row->flags |= RK_RATER_ONE;
        return;
    }
    if (!rk_severity_knows_raters(s, block) || isnan(rk_severity_rater(s, block, rater).value)) {
        row->flags |= RK_RATER_UNKNOWN;
        return;
    }
    struct rk_severity_estimate e = rk_severity_rater(s, block, rater);
    double scale = rasch ? 1 : block->scale;
    row->severity = rk_settle(e.value, scale, s->options.model == RK_SEVERITY_ADDITIVE ? 12 : 9);
    row->se = rk_settle(e.se, fabs(e.se), 9);
    row->low = rk_settle(e.low, scale, 9);
    row->high = rk_settle(e.high, scale, 9);
    if (isnan(e.se))
        row->flags |= RK_RATER_UNSURE;
    if (rasch) {
        const struct rk_rasch_level *level = &block->rasch.levels[RATER][rater];
        row->infit = rk_settle(level->infit, level->infit, 9);
        row->outfit = rk_settle(level->outfit, level->outfit, 9);
    }
}

size_t rk_rater_rows(const struct rk_severities *severities, struct rk_rater_row **rows)
{
    const struct rk_rated *rated = severities->rated;
    struct meetings meetings = {0};
    size_t count = 0, room = 0;
    *rows = NULL;
    gather_meetings(rated, &meetings);
    for (size_t u = 0; u < rk_rated_units(rated); u++) {
        const struct rk_unit *unit = rk_rated_unit(rated, u);
        struct rater *raters = rk_alloc(unit->levels[RATER], sizeof *raters);
        struct unit_sums sums = {0};
        gather_unit(rated, &meetings, unit, raters, &sums);
        for (uint32_t l = 0; l < unit->levels[RATER]; l++) {
            struct rk_rater_row row = {.recruitment = unit->recruitment,
                                       .stage = unit->stage,
                                       .group = unit->name[RATER][l].scope,
                                       .rater = unit->name[RATER][l].id,
                                       .basis = unit->basis};
            describe(&raters[l], &sums, &row);
            set_severity(severities, u, l, &row);
            flag(&raters[l], &sums, severities->options.model == RK_SEVERITY_RASCH, &row);
            RK_GROW(*rows, count, room);
            (*rows)[count++] = row;
        }
        rk_free(sums.criterion);
        rk_free(raters);
    }
    rk_tuples_free(&meetings.all);
    rk_tuples_free(&meetings.groups);
    rk_free(meetings.all_mean);
    rk_free(meetings.group_mean);
    return count;
}
