#include "score/rasch.h"

#include "base/mem.h"
#include "score/rasch_state.h"
#include "stat/crossed.h"
#include "stat/dense.h"
#include "stat/distribution.h"

#include <assert.h>
#include <math.h>

enum { CANDIDATE = RK_RASCH_CANDIDATE, RATER = RK_RASCH_RATER, CRITERION = RK_RASCH_CRITERION };

double rk_rasch_chances(const double *steps, uint32_t used, double theta, uint32_t at, double *p,
                        double *above)
{
    double psi = 0, most = 0, sum = 0;
    p[0] = 0;
    for (uint32_t k = 1; k < used; k++) {
        psi += theta - steps[k - 1];
        p[k] = psi;
        most = fmax(most, psi);
    }
    double own = p[at];
    for (uint32_t k = 0; k < used; k++)
        sum += p[k] = exp(p[k] - most);
    above[used] = 0;
    for (uint32_t k = used; k-- > 0;) {
        p[k] /= sum;
        above[k] = above[k + 1] + p[k];
    }
    return own - most - log(sum);
}

/* Columns whose sum is 0, those aside left out. */
struct constraint {
    size_t from, count;
    const bool *aside; /* NULL = none */
    bool sums;
};

static size_t constraints(const struct rk_rasch_state *s) { return 2 + (size_t)s->data->sets; }

static struct constraint constraint_of(const struct rk_rasch_state *s, size_t which)
{
    const struct rk_rasch_data *d = s->data;
    if (which == 0)
        return (struct constraint){0, d->levels[RATER], s->aside[RATER], true};
    if (which == 1)
        return (struct constraint){s->criteria_at, d->levels[CRITERION], s->aside[CRITERION],
                                   !s->fit->mml};
    return (struct constraint){s->set_at[which - 2], s->fit->used[which - 2] - 1, NULL, true};
}

void rk_rasch_constrain(const struct rk_rasch_state *s, double *matrix, size_t n)
{
    for (size_t which = 0; which < constraints(s); which++) {
        struct constraint c = constraint_of(s, which);
        for (size_t j = 0; j < c.count; j++)
            if (c.aside && c.aside[j])
                RK_AT(matrix, n, c.from + j, c.from + j) = 1;
            else
                for (size_t i = j; c.sums && i < c.count; i++)
                    RK_AT(matrix, n, c.from + i, c.from + j) += !c.aside || !c.aside[i];
    }
}

/* With K the inverse of I + Σ u u', the covariance is K I K = K - Σ (K u)(K u)'. */
bool rk_rasch_covariance(struct rk_rasch_covariance *covariance, const struct rk_rasch_state *s,
                         double *matrix, size_t n)
{
    if (!rk_dense_factor(matrix, n, RK_RASCH_SINGULAR, NULL))
        return false;
    *covariance = (struct rk_rasch_covariance){
        matrix, rk_alloc(n * constraints(s), sizeof *covariance->loose), n, 0};
    for (size_t which = 0; which < constraints(s); which++) {
        struct constraint c = constraint_of(s, which);
        if (!c.sums || !c.count)
            continue;
        double *z = covariance->loose + n * covariance->count++;
        for (size_t j = 0; j < c.count; j++)
            z[c.from + j] = !c.aside || !c.aside[j];
    }
    rk_dense_solve(matrix, n, covariance->loose, covariance->count);
    rk_dense_invert(matrix, n);
    return true;
}

void rk_rasch_covariance_free(struct rk_rasch_covariance *covariance)
{
    rk_free(covariance->loose);
}

double rk_rasch_variance(const struct rk_rasch_covariance *covariance, const size_t *columns,
                         const double *x, size_t count)
{
    size_t n = covariance->n;
    double sum = 0, loose = 0;
    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b <= a; b++)
            sum += (a == b ? 1 : 2) * x[a] * x[b] *
                   rk_dense_get(covariance->matrix, n, columns[a], columns[b]);
    for (size_t k = 0; k < covariance->count; k++) {
        double z = 0;
        for (size_t a = 0; a < count; a++)
            z += x[a] * covariance->loose[columns[a] + k * n];
        loose += z * z;
    }
    return sum - loose > 1e-10 * loose ? sum - loose : 0; /* the rest is rounding */
}

void rk_rasch_take_errors(struct rk_rasch_state *s, const struct rk_rasch_covariance *covariance)
{
    struct rk_rasch *fit = s->fit;
    uint32_t set = 0;
    for (size_t k = 0; k < s->columns; k++) {
        double error = sqrt(rk_rasch_variance(covariance, &k, (double[]){1}, 1));
        if (k < s->criteria_at)
            fit->levels[RATER][k].full_se = error;
        else if (k < s->steps_at)
            fit->levels[CRITERION][k - s->criteria_at].full_se = error;
        else {
            while (set + 1 < s->data->sets && k >= s->set_at[set + 1])
                set++;
            fit->threshold_full_se[set][k - s->set_at[set]] = error;
        }
    }
}

static uint32_t set_of(const struct rk_rasch_data *d, size_t rating)
{
    return rk_rasch_set(d, d->level[CRITERION][rating]);
}

/* Which categories the active ratings use, and the codes and values of those. */
static void code_categories(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    struct rk_rasch *fit = s->fit;
    for (uint32_t set = 0; set < d->sets; set++)
        memset(fit->code[set], 0, d->categories[set] * sizeof *fit->code[set]);
    for (size_t i = 0; i < d->n; i++)
        if (s->active[i])
            fit->code[set_of(d, i)][d->category[i]] = 1;
    for (uint32_t set = 0; set < d->sets; set++) {
        fit->used[set] = 0;
        for (uint32_t k = 0; k < d->categories[set]; k++) {
            bool used = fit->code[set][k];
            if (used)
                fit->value[set][fit->used[set]++] = d->values[set][k];
            fit->code[set][k] = fit->used[set] ? fit->used[set] - 1 : 0;
        }
    }
}

static uint32_t coded(const struct rk_rasch *fit, size_t rating)
{
    return fit->code[set_of(fit->data, rating)][fit->data->category[rating]];
}

/* A criterion set aside has no categories of its own left: it is worth what it was given. */
static void fill_unused(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    for (uint32_t set = 0; set < d->sets; set++) {
        if (s->fit->used[set])
            continue;
        double sum = 0, n = 0;
        for (size_t i = 0; i < d->n; i++)
            if (set_of(d, i) == set) {
                sum += d->values[set][d->category[i]];
                n++;
            }
        s->fit->used[set] = 1;
        s->fit->value[set][0] = sum / n;
    }
}

/* Sets aside what is extreme, until nothing more is. */
static void set_aside(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    size_t *low[RK_RASCH_FACETS], *high[RK_RASCH_FACETS];
    for (int f = 0; f < RK_RASCH_FACETS; f++) {
        low[f] = rk_alloc(d->levels[f], sizeof *low[f]);
        high[f] = rk_alloc(d->levels[f], sizeof *high[f]);
    }
    for (bool more = true; more;) {
        more = false;
        code_categories(s);
        for (int f = 0; f < RK_RASCH_FACETS; f++) {
            memset(low[f], 0, d->levels[f] * sizeof *low[f]);
            memset(high[f], 0, d->levels[f] * sizeof *high[f]);
        }
        for (size_t i = 0; i < d->n; i++) {
            if (!s->active[i])
                continue;
            uint32_t k = coded(s->fit, i), top = s->fit->used[set_of(d, i)] - 1;
            for (int f = 0; f < RK_RASCH_FACETS; f++) {
                low[f][d->level[f][i]] += k;
                high[f][d->level[f][i]] += top - k;
            }
        }
        for (int f = s->fit->mml ? RATER : CANDIDATE; f < RK_RASCH_FACETS; f++)
            for (uint32_t l = 0; l < d->levels[f]; l++)
                if (!s->aside[f][l] && (!low[f][l] || !high[f][l]))
                    s->aside[f][l] = more = true;
        for (size_t i = 0; i < d->n; i++)
            for (int f = 0; f < RK_RASCH_FACETS; f++)
                s->active[i] &= !s->aside[f][d->level[f][i]];
    }
    for (int f = 0; f < RK_RASCH_FACETS; f++) {
        rk_free(low[f]);
        rk_free(high[f]);
    }
    fill_unused(s);
}

/* JML compares nothing across parts that no candidate or rater joins. */
static bool hangs_together(const struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    uint32_t *level[2], *number[2], *part[RK_CROSSED_FACETS] = {0};
    struct rk_crossed_data left = {.facets = 2};
    for (int f = 0; f < 2; f++) {
        level[f] = rk_resize(NULL, d->n, sizeof *level[f]);
        number[f] = rk_resize(NULL, d->levels[f], sizeof *number[f]);
        part[f] = rk_resize(NULL, d->levels[f], sizeof *part[f]);
        for (uint32_t l = 0; l < d->levels[f]; l++)
            number[f][l] = s->aside[f][l] ? UINT32_MAX : left.levels[f]++;
        left.level[f] = level[f];
    }
    for (size_t i = 0; i < d->n; i++)
        if (s->active[i]) {
            for (int f = 0; f < 2; f++)
                level[f][left.n] = number[f][d->level[f][i]];
            left.n++;
        }
    bool whole = rk_crossed_parts(&left, 2, part) == 1;
    for (int f = 0; f < 2; f++) {
        rk_free(level[f]);
        rk_free(number[f]);
        rk_free(part[f]);
    }
    return whole;
}

double rk_rasch_expected(const struct rk_rasch *fit, double ability, double severity,
                         uint32_t criterion)
{
    double p[RK_RASCH_CATEGORIES + 1], above[RK_RASCH_CATEGORIES + 2], sum = 0;
    uint32_t set = rk_rasch_set(fit->data, criterion);
    rk_rasch_chances(fit->threshold[set], fit->used[set],
                     ability - severity - fit->levels[CRITERION][criterion].measure, 0, p, above);
    for (uint32_t k = 0; k < fit->used[set]; k++)
        sum += p[k] * fit->value[set][k];
    return sum;
}

/* Expected category and its variance and fourth moment of one rating, `shift` added. */
static void moments(const struct rk_rasch *fit, size_t rating, double shift, double *mean,
                    double *variance)
{
    const struct rk_rasch_data *d = fit->data;
    double p[RK_RASCH_CATEGORIES + 1], above[RK_RASCH_CATEGORIES + 2];
    uint32_t set = set_of(d, rating);
    double theta = fit->levels[CANDIDATE][d->level[CANDIDATE][rating]].measure -
                   fit->levels[RATER][d->level[RATER][rating]].measure -
                   fit->levels[CRITERION][d->level[CRITERION][rating]].measure + shift;
    rk_rasch_chances(fit->threshold[set], fit->used[set], theta, 0, p, above);
    *mean = *variance = 0;
    for (uint32_t k = 0; k < fit->used[set]; k++)
        *mean += k * p[k];
    for (uint32_t k = 0; k < fit->used[set]; k++)
        *variance += (k - *mean) * (k - *mean) * p[k];
}

/* The shift at which `ratings` expect `target` in sum: rising in the shift, so bracketed. */
static double shift_to(const struct rk_rasch *fit, const size_t *ratings, size_t n, double sign,
                       double target, double *information)
{
    double low = -40, high = 40, shift = 0;
    for (int round = 0; round < 200; round++) {
        double sum = 0, slope = 0;
        for (size_t i = 0; i < n; i++) {
            double mean, variance;
            moments(fit, ratings[i], sign * shift, &mean, &variance);
            sum += mean;
            slope += variance;
        }
        *information = slope;
        double off = sign * (target - sum), step = slope > 0 ? off / slope : 0;
        if (off > 0)
            low = shift;
        else
            high = shift;
        double next = shift + step;
        if (!(next > low && next < high))
            next = (low + high) / 2;
        if (fabs(next - shift) < 1e-11)
            break;
        shift = next;
    }
    return shift;
}

/* The ratings of each level of a facet: list from start[level] on. */
static size_t *list_by_level(const struct rk_rasch_data *d, int facet, size_t **start)
{
    size_t *list = rk_resize(NULL, d->n + 1, sizeof *list);
    size_t *at = rk_alloc((size_t)d->levels[facet] + 2, sizeof *at);
    for (size_t i = 0; i < d->n; i++)
        at[d->level[facet][i] + 2]++;
    for (uint32_t l = 1; l < d->levels[facet]; l++)
        at[l + 1] += at[l];
    for (size_t i = 0; i < d->n; i++)
        list[at[d->level[facet][i] + 1]++] = i;
    *start = at;
    return list;
}

/* Where its ratings put a level that has no measure yet, by those whose other two levels have one;
 * still NaN where they say nothing. `mine` is room for them. */
static struct rk_rasch_level measure_extreme(struct rk_rasch *fit, int facet, uint32_t number,
                                             const size_t *ratings, size_t n, size_t *mine)
{
    const struct rk_rasch_data *d = fit->data;
    struct rk_rasch_level *level = &fit->levels[facet][number], found = *level;
    double sum = 0, most = 0, information;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool known = true;
        for (int f = 0; f < RK_RASCH_FACETS; f++)
            known &= f == facet || !isnan(fit->levels[f][d->level[f][ratings[i]]].measure);
        if (!known)
            continue;
        mine[count++] = ratings[i];
        sum += coded(fit, ratings[i]);
        most += fit->used[set_of(d, ratings[i])] - 1;
    }
    if (most == 0)
        return found;
    /* set aside for others' sake it may be: then its own score, if inside */
    double target = fmin(fmax(sum, RK_RASCH_EXTREME), most - RK_RASCH_EXTREME);
    level->measure = 0;
    found.measure = shift_to(fit, mine, count, facet == CANDIDATE ? 1 : -1, target, &information);
    found.se = 1 / sqrt(information);
    level->measure = NAN;
    return found;
}

/* What was set aside, measured with the rest held: first by what was not, then, turn by turn, by
 * what has been measured so. What no turn reaches stays without a measure. */
static void measure_extremes(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    struct rk_rasch *fit = s->fit;
    size_t *list[RK_RASCH_FACETS], *start[RK_RASCH_FACETS];
    size_t *mine = rk_resize(NULL, d->n + 1, sizeof *mine);
    struct rk_rasch_level *found[RK_RASCH_FACETS]; /* all of a turn at once: order has no say */
    for (int f = 0; f < RK_RASCH_FACETS; f++) {
        list[f] = list_by_level(d, f, &start[f]);
        found[f] = rk_alloc(d->levels[f], sizeof *found[f]);
        for (uint32_t l = 0; l < d->levels[f]; l++)
            if (s->aside[f][l])
                fit->levels[f][l].measure = fit->levels[f][l].se = NAN;
    }
    for (bool more = true; more;) {
        more = false;
        for (int f = 0; f < RK_RASCH_FACETS; f++)
            for (uint32_t l = 0; l < d->levels[f]; l++) {
                found[f][l] = fit->levels[f][l];
                if (!isnan(found[f][l].measure))
                    continue;
                found[f][l] = measure_extreme(fit, f, l, list[f] + start[f][l],
                                              start[f][l + 1] - start[f][l], mine);
                more |= !isnan(found[f][l].measure);
            }
        for (int f = 0; f < RK_RASCH_FACETS; f++)
            memcpy(fit->levels[f], found[f], d->levels[f] * sizeof *found[f]);
    }
    for (int f = 0; f < RK_RASCH_FACETS; f++) {
        rk_free(list[f]);
        rk_free(start[f]);
        rk_free(found[f]);
    }
    rk_free(mine);
}

/* Fit and observed means of every level; the standard errors of JML. */
static void judge_levels(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    struct rk_rasch *fit = s->fit;
    struct sums {
        double value, squares, variance, z;
        size_t active;
    } * sums[RK_RASCH_FACETS];
    for (int f = 0; f < RK_RASCH_FACETS; f++)
        sums[f] = rk_alloc(d->levels[f], sizeof *sums[f]);
    for (size_t i = 0; i < d->n; i++) {
        double mean, variance, value = d->values[set_of(d, i)][d->category[i]];
        moments(fit, i, 0, &mean, &variance);
        double square = (coded(fit, i) - mean) * (coded(fit, i) - mean);
        for (int f = 0; f < RK_RASCH_FACETS; f++) {
            struct sums *sum = &sums[f][d->level[f][i]];
            fit->levels[f][d->level[f][i]].count++;
            sum->value += value;
            if (!s->active[i])
                continue;
            sum->active++;
            sum->squares += square;
            sum->variance += variance;
            sum->z += square / variance;
        }
    }
    for (int f = 0; f < RK_RASCH_FACETS; f++) {
        for (uint32_t l = 0; l < d->levels[f]; l++) {
            struct rk_rasch_level *level = &fit->levels[f][l];
            const struct sums *sum = &sums[f][l];
            level->observed = sum->value / level->count;
            level->infit = level->outfit = NAN;
            level->extreme = s->aside[f][l] || !sum->active;
            if (sum->active && !level->extreme) {
                level->infit = sum->squares / sum->variance;
                level->outfit = sum->z / sum->active;
                if (!fit->mml)
                    level->se = 1 / sqrt(sum->variance);
            }
            if (level->extreme && !(fit->mml && f == CANDIDATE))
                level->full_se = level->se;
        }
        rk_free(sums[f]);
    }
}

/* The fair average of a candidate of this ability by a rater of this severity. One set of
 * thresholds: at the criteria's mean; several: the mean over the criteria. */
static double fair_of(const struct rk_rasch *fit, double ability, double severity)
{
    const struct rk_rasch_data *d = fit->data;
    double mean = 0, fair = 0;
    for (uint32_t c = 0; c < d->levels[CRITERION] && d->sets == 1; c++)
        mean += fit->levels[CRITERION][c].measure / d->levels[CRITERION];
    for (uint32_t c = 0; c < d->levels[CRITERION]; c++) {
        double off = d->sets > 1 ? 0 : fit->levels[CRITERION][c].measure - mean;
        fair += rk_rasch_expected(fit, ability + off, severity, c) / d->levels[CRITERION];
    }
    return fair;
}

static void average_fairly(struct rk_rasch *fit)
{
    const struct rk_rasch_data *d = fit->data;
    double ability = 0, n = 0, z = rk_normal_quantile(0.975);
    for (uint32_t l = 0; l < d->levels[CANDIDATE]; l++)
        if (!fit->levels[CANDIDATE][l].extreme) {
            ability += fit->levels[CANDIDATE][l].measure;
            n++;
        }
    ability = n > 0 ? ability / n : 0;
    for (uint32_t l = 0; l < d->levels[CANDIDATE]; l++) {
        struct rk_rasch_level *level = &fit->levels[CANDIDATE][l];
        level->fair = fair_of(fit, level->measure, 0);
        level->fair_low = fair_of(fit, level->measure - z * level->full_se, 0);
        level->fair_high = fair_of(fit, level->measure + z * level->full_se, 0);
    }
    for (uint32_t l = 0; l < d->levels[RATER]; l++) {
        struct rk_rasch_level *level = &fit->levels[RATER][l];
        level->fair = fair_of(fit, ability, level->measure);
        level->fair_low = fair_of(fit, ability, level->measure + z * level->full_se);
        level->fair_high = fair_of(fit, ability, level->measure - z * level->full_se);
    }
    for (uint32_t l = 0; l < d->levels[CRITERION]; l++) {
        struct rk_rasch_level *level = &fit->levels[CRITERION][l];
        level->fair = rk_rasch_expected(fit, ability, 0, l);
        level->fair_low = level->fair_high = NAN;
    }
}

/* `shrunken`: the measures are means of posteriors, which spread less than the truth by what the
 * posteriors leave open; no test of their being the same. */
static struct rk_rasch_facet_summary summarise(const struct rk_rasch_level *levels, size_t count,
                                               bool shrunken)
{
    struct rk_rasch_facet_summary sum = {.levels = count,
                                         .sd = NAN,
                                         .rmse = NAN,
                                         .separation = NAN,
                                         .reliability = NAN,
                                         .chi_square = NAN};
    double mean = 0, weight = 0, weighed = 0, squares = 0, errors = 0, chi_square = 0;
    for (size_t l = 0; l < count; l++) {
        sum.extremes += levels[l].extreme;
        if (levels[l].extreme)
            continue;
        double precision = 1 / (levels[l].se * levels[l].se);
        mean += levels[l].measure;
        errors += levels[l].se * levels[l].se;
        weight += precision;
        weighed += precision * levels[l].measure;
    }
    size_t n = count - sum.extremes;
    if (n < 2)
        return sum;
    mean /= (double)n;
    for (size_t l = 0; l < count; l++)
        if (!levels[l].extreme) {
            double off = (levels[l].measure - weighed / weight) / levels[l].se;
            squares += (levels[l].measure - mean) * (levels[l].measure - mean);
            chi_square += off * off;
        }
    double variance = squares / (double)(n - 1), error = errors / (double)n;
    double truth = shrunken ? variance + error : fmax(0, variance - error);
    sum.sd = sqrt(variance);
    sum.rmse = sqrt(error);
    if (shrunken) {
        sum.reliability = truth > 0 ? variance / truth : NAN;
        sum.separation = error > 0 ? sqrt(variance / error) : NAN;
        return sum;
    }
    sum.df = (double)n - 1;
    sum.chi_square = chi_square;
    sum.separation = sqrt(truth / error);
    sum.reliability = truth > 0 ? truth / variance : 0;
    return sum;
}

static void start_state(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    struct rk_rasch *fit = s->fit;
    for (int f = 0; f < RK_RASCH_FACETS; f++) {
        s->aside[f] = rk_alloc(d->levels[f], sizeof *s->aside[f]);
        fit->levels[f] = rk_alloc(d->levels[f], sizeof *fit->levels[f]);
    }
    s->active = rk_resize(NULL, d->n, sizeof *s->active);
    memset(s->active, true, d->n * sizeof *s->active);
    s->start = rk_alloc((size_t)d->levels[CANDIDATE] + 1, sizeof *s->start);
    for (size_t i = 0; i < d->n; i++)
        s->start[d->level[CANDIDATE][i] + 1]++;
    for (uint32_t l = 0; l < d->levels[CANDIDATE]; l++)
        s->start[l + 1] += s->start[l];
    fit->used = rk_alloc(d->sets, sizeof *fit->used);
    fit->code = rk_alloc(d->sets, sizeof *fit->code);
    fit->value = rk_alloc(d->sets, sizeof *fit->value);
    fit->threshold = rk_alloc(d->sets, sizeof *fit->threshold);
    fit->threshold_se = rk_alloc(d->sets, sizeof *fit->threshold_se);
    fit->threshold_full_se = rk_alloc(d->sets, sizeof *fit->threshold_full_se);
    for (uint32_t set = 0; set < d->sets; set++) {
        size_t n = d->categories[set];
        assert(n >= 1 && n <= RK_RASCH_CATEGORIES);
        fit->code[set] = rk_alloc(n, sizeof *fit->code[set]);
        fit->value[set] = rk_alloc(n, sizeof *fit->value[set]);
        fit->threshold[set] = rk_alloc(n, sizeof *fit->threshold[set]);
        fit->threshold_se[set] = rk_alloc(n, sizeof *fit->threshold_se[set]);
        fit->threshold_full_se[set] = rk_alloc(n, sizeof *fit->threshold_full_se[set]);
    }
}

/* Columns, and where the steps start from: thresholds by how often neighbours were used. */
static void lay_out(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    struct rk_rasch *fit = s->fit;
    s->criteria_at = d->levels[RATER];
    s->steps_at = s->columns = s->criteria_at + d->levels[CRITERION];
    s->set_at = rk_alloc(d->sets, sizeof *s->set_at);
    for (uint32_t set = 0; set < d->sets; set++) {
        s->set_at[set] = s->columns;
        s->columns += fit->used[set] - 1;
    }
    s->b = rk_alloc(d->levels[CANDIDATE], sizeof *s->b);
    s->rest = rk_alloc(s->columns + 1, sizeof *s->rest);
    double *often = rk_alloc(RK_RASCH_CATEGORIES, sizeof *often);
    for (uint32_t set = 0; set < d->sets; set++) {
        memset(often, 0, RK_RASCH_CATEGORIES * sizeof *often);
        for (size_t i = 0; i < d->n; i++)
            if (s->active[i] && set_of(d, i) == set)
                often[coded(fit, i)]++;
        double mean = 0, *steps = s->rest + s->set_at[set];
        for (uint32_t k = 1; k < fit->used[set]; k++)
            mean += steps[k - 1] = log(often[k - 1] / often[k]);
        for (uint32_t k = 1; k < fit->used[set]; k++)
            steps[k - 1] -= mean / (fit->used[set] - 1);
    }
    rk_free(often);
}

static void take_estimates(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    struct rk_rasch *fit = s->fit;
    for (uint32_t l = 0; l < d->levels[CANDIDATE]; l++)
        fit->levels[CANDIDATE][l].measure = s->b[l];
    for (uint32_t l = 0; l < d->levels[RATER]; l++)
        fit->levels[RATER][l].measure = s->rest[l];
    for (uint32_t l = 0; l < d->levels[CRITERION]; l++)
        fit->levels[CRITERION][l].measure = s->rest[s->criteria_at + l];
    for (uint32_t set = 0; set < d->sets; set++)
        for (uint32_t k = 1; k < fit->used[set]; k++)
            fit->threshold[set][k - 1] = s->rest[s->set_at[set] + k - 1];
}

void rk_rasch_fit(struct rk_rasch *fit, const struct rk_rasch_data *data, bool mml)
{
    struct rk_rasch_state s = {.data = data, .fit = fit};
    *fit = (struct rk_rasch){.mml = mml, .data = data};
    start_state(&s);
    set_aside(&s);
    for (size_t i = 0; i < data->n; i++)
        fit->ratings += s.active[i];
    lay_out(&s);
    if (!fit->ratings)
        fit->end = RK_RASCH_NOTHING_LEFT;
    else if (s.columns + 1 > RK_DENSE_MOST)
        fit->end = RK_RASCH_TOO_LARGE;
    else if (!mml && !hangs_together(&s))
        fit->end = RK_RASCH_APART;
    else if (mml)
        rk_rasch_mml(&s);
    else
        rk_rasch_jml(&s);
    if (fit->end == RK_RASCH_DONE) {
        take_estimates(&s);
        measure_extremes(&s);
        judge_levels(&s);
        average_fairly(fit);
        for (int f = 0; f < RK_RASCH_FACETS; f++)
            fit->summary[f] = summarise(fit->levels[f], data->levels[f], mml && f == CANDIDATE);
    }
    for (int f = 0; f < RK_RASCH_FACETS; f++)
        rk_free(s.aside[f]);
    rk_free(s.active);
    rk_free(s.start);
    rk_free(s.set_at);
    rk_free(s.b);
    rk_free(s.rest);
}

void rk_rasch_free(struct rk_rasch *fit)
{
    for (int f = 0; f < RK_RASCH_FACETS; f++)
        rk_free(fit->levels[f]);
    for (uint32_t set = 0; fit->data && set < fit->data->sets; set++) {
        rk_free(fit->code[set]);
        rk_free(fit->value[set]);
        rk_free(fit->threshold[set]);
        rk_free(fit->threshold_se[set]);
        rk_free(fit->threshold_full_se[set]);
    }
    rk_free(fit->used);
    rk_free(fit->code);
    rk_free(fit->value);
    rk_free(fit->threshold);
    rk_free(fit->threshold_se);
    rk_free(fit->threshold_full_se);
    *fit = (struct rk_rasch){0};
}

static int by_group(const void *a, const void *b)
{
    const struct rk_rasch_bias *x = a, *y = b;
    return (x->group > y->group) - (x->group < y->group);
}

static void find_bias(const struct rk_rasch *fit, const size_t *ratings, struct rk_rasch_bias *bias)
{
    double sum = 0, most = 0, information, mean, variance;
    for (size_t i = 0; i < bias->count; i++) {
        moments(fit, ratings[i], 0, &mean, &variance);
        if (isnan(mean)) /* of something without a measure */
            return;
        sum += coded(fit, ratings[i]);
        most += fit->used[set_of(fit->data, ratings[i])] - 1;
    }
    if (sum > 0 && sum < most) {
        bias->shift = shift_to(fit, ratings, bias->count, 1, sum, &information);
        bias->se = 1 / sqrt(information);
    }
}

size_t rk_rasch_biases(const struct rk_rasch *fit, const uint32_t *group, uint32_t groups,
                       struct rk_rasch_bias **biases)
{
    const struct rk_rasch_data *d = fit->data;
    size_t *start, *list = list_by_level(d, RATER, &start), n = 0, room = 0;
    size_t *mine = rk_resize(NULL, d->n + 1, sizeof *mine);
    size_t *at = rk_alloc((size_t)groups + 1, sizeof *at); /* one past a group's last of `mine` */
    *biases = NULL;
    for (uint32_t r = 0; r < d->levels[RATER]; r++) {
        /* the rater's ratings by group; a group's count is put back to 0 when it has been seen */
        size_t from = n, total = 0;
        for (size_t i = start[r]; i < start[r + 1]; i++) {
            uint32_t g = group[d->level[CANDIDATE][list[i]]];
            if (g == UINT32_MAX)
                continue;
            if (!at[g]++) {
                RK_GROW(*biases, n, room);
                (*biases)[n++] =
                    (struct rk_rasch_bias){.rater = r, .group = g, .shift = NAN, .se = NAN};
            }
        }
        qsort(*biases + from, n - from, sizeof **biases, by_group);
        for (size_t b = from; b < n; b++) {
            (*biases)[b].count = at[(*biases)[b].group];
            at[(*biases)[b].group] = total;
            total += (*biases)[b].count;
        }
        for (size_t i = start[r]; i < start[r + 1]; i++) {
            uint32_t g = group[d->level[CANDIDATE][list[i]]];
            if (g != UINT32_MAX)
                mine[at[g]++] = list[i];
        }
        for (size_t b = from; b < n; b++) {
            find_bias(fit, mine + at[(*biases)[b].group] - (*biases)[b].count, &(*biases)[b]);
            at[(*biases)[b].group] = 0;
        }
    }
    rk_free(list);
    rk_free(start);
    rk_free(mine);
    rk_free(at);
    return n;
}
