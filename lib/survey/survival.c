#include "survey/survival.h"

#include "base/mem.h"
#include "stat/dense.h"
#include "stat/distribution.h"

#include <math.h>
#include <stdlib.h>

/* R's survival: what is nearer than this to a share is that share. */
static const double same = 1.5e-8;

static int by_time(const void *x, const void *y)
{
    const struct rk_spell *a = x, *b = y;
    if (a->stratum != b->stratum)
        return a->stratum < b->stratum ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return (int)b->ended - (int)a->ended;
}

static struct rk_spell *sorted(const struct rk_spell *spells, size_t n)
{
    struct rk_spell *copy = rk_alloc(n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = spells[i];
    qsort(copy, n, sizeof *copy, by_time);
    return copy;
}

/* ---- the curve ---- */

static void set_interval(struct rk_curve_step *s, enum rk_curve_interval interval, double z)
{
    double S = s->survival, spread = z * sqrt(s->hazard_variance);
    if (S <= 0) {
        s->se = s->low = s->high = (double)NAN;
        return;
    }
    s->se = S * sqrt(s->hazard_variance);
    if (interval == RK_CURVE_LOG) {
        s->low = S * exp(-spread);
        s->high = S * exp(spread);
    } else if (interval == RK_CURVE_LOG_LOG) {
        double by = spread / log(S); /* S < 1: somebody has ended */
        s->low = pow(S, exp(-by));
        s->high = pow(S, exp(by));
    } else {
        s->low = S - spread * S;
        s->high = S + spread * S;
    }
    s->low = s->low < 0 ? 0 : s->low;
    s->high = s->high > 1 ? 1 : s->high;
}

void rk_curve_make(struct rk_curve *curve, const struct rk_spell *spells, size_t n,
                   enum rk_curve_interval interval, double level)
{
    struct rk_spell *all = rk_alloc(n + 1, sizeof *all);
    for (size_t i = 0; i < n; i++) {
        all[i] = spells[i];
        all[i].stratum = 0;
    }
    qsort(all, n, sizeof *all, by_time);
    *curve = (struct rk_curve){rk_alloc(n + 1, sizeof *curve->steps), 0, (uint32_t)n, 0,
                               rk_alloc(n + 1, sizeof *curve->times)};
    double survival = 1, variance = 0, z = rk_normal_quantile((1 + level) / 2);
    for (size_t i = 0, next; i < n; i = next) {
        uint32_t at_risk = (uint32_t)(n - i), events = 0;
        for (next = i; next < n && all[next].time == all[i].time; next++) {
            curve->times[next] = all[next].time;
            events += all[next].ended;
        }
        if (!events)
            continue;
        double r = at_risk, d = events;
        survival *= (r - d) / r;
        variance += d / (r * (r - d)); /* infinite where all ended: then S is 0 */
        curve->events += events;
        struct rk_curve_step *step = &curve->steps[curve->count++];
        *step = (struct rk_curve_step){.time = all[i].time,
                                       .at_risk = at_risk,
                                       .events = events,
                                       .ended = curve->events,
                                       .survival = survival,
                                       .hazard_variance = variance};
        set_interval(step, interval, z);
    }
    rk_free(all);
}

void rk_curve_free(struct rk_curve *curve)
{
    rk_free(curve->steps);
    rk_free(curve->times);
    *curve = (struct rk_curve){0};
}

size_t rk_curve_step_at(const struct rk_curve *curve, double time)
{
    size_t from = 0, to = curve->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (curve->steps[middle].time <= time)
            from = middle + 1;
        else
            to = middle;
    }
    return from ? from - 1 : SIZE_MAX;
}

uint32_t rk_curve_at_risk(const struct rk_curve *curve, double time)
{
    uint32_t from = 0, to = curve->n;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (curve->times[middle] < time)
            from = middle + 1;
        else
            to = middle;
    }
    return curve->n - from;
}

static double survival_of(const struct rk_curve_step *s) { return s->survival; }
static double low_of(const struct rk_curve_step *s) { return s->low; }
static double high_of(const struct rk_curve_step *s) { return s->high; }

/* The first time at which what `of` tells is at most `share`. */
static double reached(const struct rk_curve *curve, double share,
                      double (*of)(const struct rk_curve_step *step))
{
    for (size_t i = 0; i < curve->count; i++) {
        double value = of(&curve->steps[i]);
        if (isnan(value) || value > share + same)
            continue;
        if (fabs(value - share) <= same)
            for (size_t j = i + 1; j < curve->count; j++) {
                double later = of(&curve->steps[j]);
                if (later < value)
                    return (curve->steps[i].time + curve->steps[j].time) / 2;
            }
        return curve->steps[i].time;
    }
    return (double)NAN;
}

struct rk_curve_quantile rk_curve_quantile(const struct rk_curve *curve, double p)
{
    return (struct rk_curve_quantile){reached(curve, 1 - p, survival_of),
                                      reached(curve, 1 - p, low_of),
                                      reached(curve, 1 - p, high_of)};
}

double rk_curve_mean(const struct rk_curve *curve, double limit, double *se)
{
    size_t count = 0;
    while (count < curve->count && curve->steps[count].time < limit)
        count++;
    double after = 0, variance = 0; /* the area from step i to the limit */
    for (size_t i = count; i--;) {
        const struct rk_curve_step *s = &curve->steps[i];
        double until = i + 1 < count ? curve->steps[i + 1].time : limit;
        double r = s->at_risk, d = s->events;
        after += s->survival * (until - s->time);
        if (r > d)
            variance += after * after * d / (r * (r - d));
    }
    *se = sqrt(variance);
    return after + (count ? curve->steps[0].time : limit);
}

/* ---- comparing groups ---- */

struct tests {
    uint32_t groups;
    double *variance; /* groups × groups, lower triangle */
    double *score, *observed, *expected;
};

/* Adds one time of one stratum: `risk` and `events` by group. */
static void add_time(struct tests *t, const double *risk, const double *events, double all,
                     double ended, double weight)
{
    uint32_t k = t->groups;
    for (uint32_t g = 0; g < k; g++) {
        double expected = ended * risk[g] / all;
        t->observed[g] += weight * events[g];
        t->expected[g] += weight * expected;
        t->score[g] += weight * (events[g] - expected);
        if (all > 1)
            for (uint32_t h = 0; h <= g; h++)
                RK_AT(t->variance, k, g, h) += weight * weight * ended * (all - ended) / (all - 1) *
                                               (risk[g] / all) * ((g == h) - risk[h] / all);
    }
}

/* One stratum's spells, sorted. */
static void add_stratum(struct tests *t, const struct rk_spell *s, size_t n, double rho)
{
    double *risk = rk_alloc(t->groups, sizeof *risk), *events = rk_alloc(t->groups, sizeof *events);
    double survival = 1;
    for (size_t i = 0; i < n; i++)
        risk[s[i].group]++;
    for (size_t i = 0, next; i < n; i = next) {
        double ended = 0, all = (double)(n - i);
        for (uint32_t g = 0; g < t->groups; g++)
            events[g] = 0;
        for (next = i; next < n && s[next].time == s[i].time; next++)
            if (s[next].ended) {
                events[s[next].group]++;
                ended++;
            }
        if (ended > 0) {
            add_time(t, risk, events, all, ended, rho == 0 ? 1 : pow(survival, rho));
            survival *= (all - ended) / all;
        }
        for (size_t j = i; j < next; j++)
            risk[s[j].group]--;
    }
    rk_free(risk);
    rk_free(events);
}

/* score' variance^-1 score over the groups that had anything to lose, less one. */
static void settle(struct rk_logrank *result, const struct tests *t)
{
    uint32_t used[RK_SURVIVAL_GROUPS], count = 0;
    for (uint32_t g = 0; g < t->groups; g++)
        if (t->expected[g] > 0)
            used[count++] = g;
    result->chi_square = result->p = (double)NAN;
    result->df = 0;
    if (count < 2)
        return;
    uint32_t m = count - 1;
    double *a = rk_alloc((size_t)m * m, sizeof *a), *b = rk_alloc(m, sizeof *b);
    for (uint32_t i = 0; i < m; i++) {
        b[i] = t->score[used[i]];
        for (uint32_t j = 0; j <= i; j++)
            RK_AT(a, m, i, j) = RK_AT(t->variance, t->groups, used[i], used[j]);
    }
    if (rk_dense_factor(a, m, 1e-12, NULL)) {
        double sum = 0;
        rk_dense_solve(a, m, b, 1);
        for (uint32_t i = 0; i < m; i++)
            sum += b[i] * t->score[used[i]];
        result->chi_square = sum < 0 ? 0 : sum;
        result->df = m;
        result->p = rk_chi_square_above(result->chi_square, result->df);
    }
    rk_free(a);
    rk_free(b);
}

void rk_logrank(struct rk_logrank *result, const struct rk_spell *spells, size_t n, uint32_t groups,
                double rho)
{
    struct rk_spell *s = sorted(spells, n);
    *result = (struct rk_logrank){0};
    struct tests t = {groups, rk_alloc((size_t)groups * groups + 1, sizeof *t.variance),
                      rk_alloc((size_t)groups + 1, sizeof *t.score), result->observed,
                      result->expected};
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i; next < n && s[next].stratum == s[i].stratum;)
            next++;
        add_stratum(&t, s + i, next - i, rho);
    }
    settle(result, &t);
    rk_free(t.variance);
    rk_free(t.score);
    rk_free(s);
}

/* The derivative of Efron's log partial likelihood at `beta`, and its negative. */
static void cox(const struct rk_spell *s, size_t n, double beta, double *slope, double *curvature)
{
    double ratio = exp(beta);
    *slope = *curvature = 0;
    for (size_t i = 0, last; i < n; i = last) { /* a stratum */
        double risk[2] = {0, 0};
        for (last = i; last < n && s[last].stratum == s[i].stratum; last++)
            risk[s[last].group]++;
        for (size_t j = i, next; j < last; j = next) {
            double ended[2] = {0, 0}, gone[2] = {0, 0};
            for (next = j; next < last && s[next].time == s[j].time; next++) {
                gone[s[next].group]++;
                ended[s[next].group] += s[next].ended;
            }
            double d = ended[0] + ended[1];
            *slope += ended[1];
            for (double l = 0; l < d; l++) {
                double one = ratio * (risk[1] - l / d * ended[1]);
                double share = one / (risk[0] - l / d * ended[0] + one);
                *slope -= share;
                *curvature += share * (1 - share);
            }
            risk[0] -= gone[0];
            risk[1] -= gone[1];
        }
    }
}

bool rk_hazard_ratio(struct rk_hazard *result, const struct rk_spell *spells, size_t n)
{
    enum { STEPS = 100, FURTHEST = 20 };
    struct rk_spell *s = sorted(spells, n);
    double beta = 0, slope, curvature;
    bool found = false;
    *result = (struct rk_hazard){(double)NAN, (double)NAN};
    for (int i = 0; i < STEPS && fabs(beta) < FURTHEST; i++) {
        cox(s, n, beta, &slope, &curvature);
        if (!(curvature > 0))
            break;
        double step = slope / curvature;
        /* concave, so a step that is too long is only cut */
        step = step > 2 ? 2 : step < -2 ? -2 : step;
        beta += step;
        if (fabs(step) < 1e-12 * (1 + fabs(beta))) {
            found = true;
            break;
        }
    }
    if (found) {
        cox(s, n, beta, &slope, &curvature);
        result->log_ratio = fabs(beta) < 1e-14 ? 0 : beta;
        result->se = 1 / sqrt(curvature);
    }
    rk_free(s);
    return found;
}
