#include "stat/sample.h"

#include "base/mem.h"
#include "stat/distribution.h"
#include "stat/rank.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static const double none = (double)NAN;

/* ---- one sample ---- */

struct rk_sample rk_sample(const double *values, size_t n)
{
    struct rk_sample s = {n, none, none, none, none, none, none, none};
    if (!n)
        return s;
    long double sum = 0, m2 = 0, m3 = 0, m4 = 0, off = 0;
    s.least = s.most = values[0];
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
        s.least = values[i] < s.least ? values[i] : s.least;
        s.most = values[i] > s.most ? values[i] : s.most;
    }
    long double mean = sum / (long double)n;
    for (size_t i = 0; i < n; i++) {
        long double d = values[i] - mean;
        off += d; /* what rounding left of the mean */
        m2 += d * d;
        m3 += d * d * d;
        m4 += d * d * d * d;
    }
    m2 -= off * off / (long double)n;
    mean += off / (long double)n;
    s.mean = (double)mean;
    if (n > 1) {
        s.sd = (double)sqrtl(m2 / (long double)(n - 1));
        s.se = s.sd / sqrt((double)n);
    }
    if (m2 > 0) {
        s.skewness = (double)(m3 / (long double)n / powl(m2 / (long double)n, 1.5L));
        s.kurtosis = (double)(m4 * (long double)n / (m2 * m2) - 3);
    }
    return s;
}

struct rk_sample rk_sample_weighted(const double *values, const double *weights, size_t n,
                                    double *n_effective)
{
    struct rk_sample s = {n, none, none, none, none, none, none, none};
    long double w = 0, ww = 0, sum = 0, spread = 0, error = 0;
    for (size_t i = 0; i < n; i++) {
        w += weights[i];
        ww += (long double)weights[i] * weights[i];
        sum += (long double)weights[i] * values[i];
        s.least = !i || values[i] < s.least ? values[i] : s.least;
        s.most = !i || values[i] > s.most ? values[i] : s.most;
    }
    *n_effective = ww > 0 ? (double)(w * w / ww) : 0;
    if (!(w > 0))
        return s;
    long double mean = sum / w;
    for (size_t i = 0; i < n; i++) {
        long double d = values[i] - mean;
        spread += weights[i] * d * d;
        error += weights[i] * d * weights[i] * d;
    }
    s.mean = (double)mean;
    if (n > 1) {
        s.sd = (double)sqrtl(spread / w * (long double)n / (long double)(n - 1));
        s.se = (double)(sqrtl(error * (long double)n / (long double)(n - 1)) / w);
    }
    return s;
}

static int by_size(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

void rk_sort(double *values, size_t n)
{
    if (n)
        qsort(values, n, sizeof *values, by_size);
}

double rk_quantile(const double *sorted, size_t n, double p)
{
    if (!n)
        return none;
    double at = p * (double)(n - 1);
    size_t low = (size_t)floor(at + 4e-15 * (double)n); /* R's fuzz: 0.1 × 10 is 1 */
    low = low > n - 1 ? n - 1 : low;
    double part = at - (double)low;
    return low + 1 >= n || part <= 4e-15 * (double)n
               ? sorted[low]
               : sorted[low] + part * (sorted[low + 1] - sorted[low]);
}

struct rk_interval rk_t_interval(double mean, double se, double df, double level)
{
    if (!(se >= 0) || !(df > 0))
        return (struct rk_interval){none, none};
    double t = rk_t_quantile((1 + level) / 2, df);
    return (struct rk_interval){mean - t * se, mean + t * se};
}

/* ---- means ---- */

static struct rk_test t_test(double difference, double se, double df, double level)
{
    struct rk_test test = {difference, se > 0 ? se : none, none, df, none, {none, none}};
    if (!(se > 0) || !(df > 0))
        return test;
    test.statistic = difference / se;
    test.p = 2 * rk_t_above(fabs(test.statistic), df);
    test.interval = rk_t_interval(difference, se, df, level);
    return test;
}

struct rk_test rk_welch(const struct rk_sample *a, const struct rk_sample *b, double level)
{
    double va = a->sd * a->sd / (double)a->n, vb = b->sd * b->sd / (double)b->n, v = va + vb;
    double df = v * v / (va * va / (double)(a->n - 1) + vb * vb / (double)(b->n - 1));
    return t_test(a->mean - b->mean, sqrt(v), df, level);
}

static double pooled(const struct rk_sample *a, const struct rk_sample *b, double *df)
{
    double fa = a->n > 1 ? (double)(a->n - 1) : 0, fb = b->n > 1 ? (double)(b->n - 1) : 0;
    *df = fa + fb;
    return ((fa > 0 ? fa * a->sd * a->sd : 0) + (fb > 0 ? fb * b->sd * b->sd : 0)) / *df;
}

struct rk_test rk_student(const struct rk_sample *a, const struct rk_sample *b, double level)
{
    double df, v = pooled(a, b, &df);
    return t_test(a->mean - b->mean, sqrt(v * (1 / (double)a->n + 1 / (double)b->n)), df, level);
}

struct rk_test rk_paired(const struct rk_sample *d, double level)
{
    return t_test(d->mean, d->se, (double)d->n - 1, level);
}

struct rk_test rk_one_way(const struct rk_sample *groups, size_t k, double *df2)
{
    double n = 0, sum = 0, between = 0, within = 0, used = 0;
    for (size_t g = 0; g < k; g++)
        if (groups[g].n) {
            n += (double)groups[g].n;
            sum += (double)groups[g].n * groups[g].mean;
            used++;
        }
    for (size_t g = 0; g < k; g++)
        if (groups[g].n) {
            double d = groups[g].mean - sum / n;
            between += (double)groups[g].n * d * d;
            within += groups[g].n > 1 ? (double)(groups[g].n - 1) * groups[g].sd * groups[g].sd : 0;
        }
    struct rk_test test = {none, none, none, used - 1, none, {none, none}};
    *df2 = n - used;
    if (used > 1 && *df2 > 0 && within > 0) {
        test.statistic = between / (used - 1) / (within / *df2);
        test.p = rk_f_above(test.statistic, used - 1, *df2);
    }
    return test;
}

/* ---- standardised ---- */

static struct rk_effect effect(double value, double se, double level)
{
    double z = rk_normal_quantile((1 + level) / 2);
    return (struct rk_effect){value, se, {value - z * se, value + z * se}};
}

struct rk_effect rk_hedges_g(const struct rk_sample *a, const struct rk_sample *b, double level)
{
    double df, v = pooled(a, b, &df), na = (double)a->n, nb = (double)b->n;
    if (!(v > 0))
        return effect(none, none, level);
    double g = (a->mean - b->mean) / sqrt(v) * (1 - 3 / (4 * df - 1));
    return effect(g, sqrt((na + nb) / (na * nb) + g * g / (2 * (na + nb))), level);
}

struct rk_effect rk_hedges_paired(const struct rk_sample *d, double level)
{
    double n = (double)d->n;
    if (!(d->sd > 0))
        return effect(none, none, level);
    double g = d->mean / d->sd * (1 - 3 / (4 * (n - 1) - 1));
    return effect(g, sqrt(1 / n + g * g / (2 * n)), level);
}

double rk_smd(const struct rk_sample *a, const struct rk_sample *b)
{
    double v = (a->sd * a->sd + b->sd * b->sd) / 2;
    return v > 0 ? fabs(a->mean - b->mean) / sqrt(v) : a->mean == b->mean ? 0 : none;
}

/* ---- ranks ---- */

/* The share of ways to pick `take` of the `n` doubled ranks whose sum is as far from its mean as
 * `sum`, or farther. */
static double exact_sum(const uint32_t *ranks, size_t n, size_t take, uint32_t sum)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += ranks[i];
    double *ways = rk_alloc((take + 1) * (total + 1), sizeof *ways);
    ways[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t t = take < i + 1 ? take : i + 1; t > 0; t--)
            for (size_t s = total; s >= ranks[i]; s--)
                ways[t * (total + 1) + s] += ways[(t - 1) * (total + 1) + s - ranks[i]];
    /* twice the distance from the mean, take × total / n, times n */
    double all = 0, far = 0, edge = fabs((double)sum * (double)n - (double)(take * total));
    for (size_t s = 0; s <= total; s++) {
        double w = ways[take * (total + 1) + s];
        all += w;
        if (fabs((double)s * (double)n - (double)(take * total)) >= edge)
            far += w;
    }
    rk_free(ways);
    return far / all;
}

static double tie_sum(const double *sorted, size_t n)
{
    double sum = 0;
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i; next < n && sorted[next] == sorted[i];)
            next++;
        double t = (double)(next - i);
        sum += t * t * t - t;
    }
    return sum;
}

/* Newcombe 2006, method 5: the score interval in which the variance is that of the estimate at the
 * limit, n* = (m + n) / 2 - 1. */
static double superiority_off(double theta, double estimate, double m, double n, double z)
{
    double star = (m + n) / 2 - 1,
           v = theta * (1 - theta) *
               (1 + star * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n);
    return (estimate - theta) * (estimate - theta) - z * z * v;
}

static double superiority_end(double estimate, double m, double n, double z, double end)
{
    double inner = estimate, outer = end;
    if (superiority_off(end + (estimate - end) * 1e-12, estimate, m, n, z) <= 0)
        return end;
    for (int i = 0; i < 200; i++) {
        double middle = (inner + outer) / 2;
        if (superiority_off(middle, estimate, m, n, z) > 0)
            outer = middle;
        else
            inner = middle;
    }
    return (inner + outer) / 2;
}

static struct rk_effect superiority(double u, double m, double n, double level)
{
    double theta = u / (m * n), z = rk_normal_quantile((1 + level) / 2);
    double star = (m + n) / 2 - 1;
    double v = theta * (1 - theta) *
               (1 + star * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n);
    return (struct rk_effect){
        theta, sqrt(v), {superiority_end(theta, m, n, z, 0), superiority_end(theta, m, n, z, 1)}};
}

struct rk_rank_test rk_mann_whitney(const double *a, size_t na, const double *b, size_t nb,
                                    enum rk_how how, double level)
{
    size_t n = na + nb;
    struct rk_rank_test test = {none, none, false, {none, none, {none, none}}};
    if (!na || !nb)
        return test;
    double *all = rk_alloc(n, sizeof *all), *ranks = rk_alloc(n, sizeof *ranks), sum = 0;
    for (size_t i = 0; i < n; i++)
        all[i] = i < na ? a[i] : b[i - na];
    rk_mean_ranks(all, n, 0, ranks);
    for (size_t i = 0; i < na; i++)
        sum += ranks[i];
    double m = (double)na, k = (double)nb, N = (double)n;
    test.statistic = sum - m * (m + 1) / 2;
    test.superiority = superiority(test.statistic, m, k, level);
    if (how == RK_EXACT_IF_SMALL && n <= RK_EXACT_VALUES) {
        uint32_t doubled[RK_EXACT_VALUES];
        for (size_t i = 0; i < n; i++)
            doubled[i] = (uint32_t)(2 * ranks[i]);
        test.p = exact_sum(doubled, n, na, (uint32_t)(2 * sum));
        test.exact = true;
    } else {
        rk_sort(all, n);
        double v = m * k / 12 * (N + 1 - tie_sum(all, n) / (N * (N - 1)));
        double off = fabs(test.statistic - m * k / 2) - 0.5;
        if (v > 0)
            test.p = rk_normal_two_sided(off > 0 ? off / sqrt(v) : 0);
    }
    rk_free(all);
    rk_free(ranks);
    return test;
}

struct rk_rank_test rk_signed_ranks(const double *differences, size_t n, enum rk_how how)
{
    struct rk_rank_test test = {none, none, false, {none, none, {none, none}}};
    double *sizes = rk_alloc(n + 1, sizeof *sizes), *ranks = rk_alloc(n + 1, sizeof *ranks);
    bool *positive = rk_alloc(n + 1, sizeof *positive);
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (differences[i] != 0) {
            sizes[m] = fabs(differences[i]);
            positive[m++] = differences[i] > 0;
        }
    if (m) {
        rk_mean_ranks(sizes, m, 0, ranks);
        test.statistic = 0;
        for (size_t i = 0; i < m; i++)
            test.statistic += positive[i] ? ranks[i] : 0;
        if (how == RK_EXACT_IF_SMALL && m <= RK_EXACT_VALUES) {
            /* every rank is taken or not: the ways for each sum */
            size_t total = m * (m + 1);
            double *ways = rk_alloc(total + 1, sizeof *ways), all = 0, far = 0;
            double edge = fabs(2 * test.statistic - (double)total / 2);
            ways[0] = 1;
            for (size_t i = 0; i < m; i++)
                for (size_t s = total, r = (size_t)(2 * ranks[i]); s >= r; s--)
                    ways[s] += ways[s - r];
            for (size_t s = 0; s <= total; s++) {
                all += ways[s];
                far += fabs((double)s - (double)total / 2) >= edge ? ways[s] : 0;
            }
            rk_free(ways);
            test.p = far / all;
            test.exact = true;
        } else {
            double k = (double)m, mean = k * (k + 1) / 4;
            rk_sort(sizes, m);
            double v = k * (k + 1) * (2 * k + 1) / 24 - tie_sum(sizes, m) / 48;
            double off = fabs(test.statistic - mean) - 0.5;
            test.p = rk_normal_two_sided(off > 0 ? off / sqrt(v) : 0);
        }
    }
    rk_free(sizes);
    rk_free(ranks);
    rk_free(positive);
    return test;
}

struct rk_test rk_kruskal(const double *values, const unsigned *group, size_t n, size_t k)
{
    double *ranks = rk_alloc(n + 1, sizeof *ranks), *sums = rk_alloc(k + 1, sizeof *sums),
           *counts = rk_alloc(k + 1, sizeof *counts), *sorted = rk_alloc(n + 1, sizeof *sorted);
    struct rk_test test = {none, none, none, -1, none, {none, none}};
    double N = (double)n, h = 0;
    rk_mean_ranks(values, n, 0, ranks);
    for (size_t i = 0; i < n; i++) {
        sums[group[i]] += ranks[i];
        counts[group[i]]++;
        sorted[i] = values[i];
    }
    rk_sort(sorted, n);
    for (size_t g = 0; g < k; g++)
        if (counts[g] > 0) {
            h += sums[g] * sums[g] / counts[g];
            test.df++;
        }
    double ties = n > 1 ? 1 - tie_sum(sorted, n) / (N * N * N - N) : 0;
    if (test.df > 0 && ties > 0) {
        test.statistic = (12 / (N * (N + 1)) * h - 3 * (N + 1)) / ties;
        test.p = rk_chi_square_above(test.statistic, test.df);
    }
    rk_free(ranks);
    rk_free(sums);
    rk_free(counts);
    rk_free(sorted);
    return test;
}

struct rk_mcnemar rk_mcnemar(unsigned b, unsigned c)
{
    double off = b > c ? b - c : c - b, n = (double)b + c;
    unsigned least = b < c ? b : c;
    struct rk_mcnemar test = {none, none, none, none, none, none};
    if (!(n > 0))
        return test;
    test.statistic = off * off / n;
    test.p = rk_chi_square_above(test.statistic, 1);
    test.corrected = off > 1 ? (off - 1) * (off - 1) / n : 0;
    test.corrected_p = rk_chi_square_above(test.corrected, 1);
    double tail = rk_binomial_below(least, b + c, 0.5),
           point = rk_binomial_point(least, b + c, 0.5);
    test.exact_p = 2 * tail > 1 ? 1 : 2 * tail;
    test.mid_p = b == c ? 1 - point / 2 : 2 * tail - point;
    return test;
}

/* ---- many tests ---- */

void rk_adjust_p(double *p, size_t n, enum rk_adjustment adjustment)
{
    double *sorted = rk_alloc(n + 1, sizeof *sorted);
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i]))
            sorted[m++] = p[i];
    rk_sort(sorted, m);
    double *made = rk_alloc(m + 1, sizeof *made);
    for (size_t i = 0; i < m; i++) {
        double times = adjustment == RK_ADJUST_HOLM         ? (double)(m - i)
                       : adjustment == RK_ADJUST_BH         ? (double)m / (double)(i + 1)
                       : adjustment == RK_ADJUST_BONFERRONI ? (double)m
                                                            : 1;
        made[i] = sorted[i] * times < 1 ? sorted[i] * times : 1;
    }
    if (adjustment == RK_ADJUST_HOLM)
        for (size_t i = 1; i < m; i++)
            made[i] = made[i] < made[i - 1] ? made[i - 1] : made[i];
    if (adjustment == RK_ADJUST_BH)
        for (size_t i = m; i-- > 1;)
            made[i - 1] = made[i - 1] > made[i] ? made[i] : made[i - 1];
    for (size_t i = 0; i < n && m; i++) {
        if (isnan(p[i]))
            continue;
        size_t from = 0, to = m - 1; /* equal p have equal answers, at the first of them */
        while (from < to) {
            size_t middle = from + (to - from) / 2;
            if (sorted[middle] < p[i])
                from = middle + 1;
            else
                to = middle;
        }
        p[i] = made[from];
    }
    rk_free(sorted);
    rk_free(made);
}
