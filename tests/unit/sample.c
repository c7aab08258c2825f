/* lib/stat/{sample,crosstab,factor,rake,poisson}: exact tests against all ways spelled out, and
 * what the rest are by definition. */
#include "stat/sample.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "stat/crosstab.h"
#include "stat/factor.h"
#include "stat/poisson.h"
#include "stat/rake.h"

#include <math.h>

#define NEAR(got, wanted, most) CHECK(fabs((got) - (wanted)) <= (most))

/* U of the values whose bit is set against the others. */
static double u_of(const double *v, int n, unsigned set)
{
    double u = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            if ((set >> i & 1) && !(set >> j & 1))
                u += v[i] > v[j] ? 1 : v[i] == v[j] ? 0.5 : 0;
    return u;
}

static void mann_whitney(struct rk_random *random)
{
    double v[9];
    int n = 2 + (int)rk_random_below(random, 8),
        m = 1 + (int)rk_random_below(random, (uint64_t)n - 1);
    for (int i = 0; i < n; i++)
        v[i] = (double)rk_random_below(random, 6);
    double u = u_of(v, n, (1u << m) - 1), middle = m * (n - m) / 2.0, far = 0, all = 0;
    for (unsigned set = 0; set < 1u << n; set++)
        if (__builtin_popcount(set) == m) {
            all++;
            far += fabs(u_of(v, n, set) - middle) >= fabs(u - middle) - 1e-9;
        }
    struct rk_rank_test test =
        rk_mann_whitney(v, (size_t)m, v + m, (size_t)(n - m), RK_EXACT_IF_SMALL, 0.95);
    CHECK(test.exact);
    NEAR(test.statistic, u, 1e-12);
    NEAR(test.p, far / all, 1e-12);
    struct rk_effect s = test.superiority;
    CHECK(s.interval.low <= s.value && s.value <= s.interval.high && s.interval.low >= 0 &&
          s.interval.high <= 1);
}

static void signed_ranks(struct rk_random *random)
{
    double d[9], size[9], v = 0, total = 0, far = 0;
    int n = 1 + (int)rk_random_below(random, 9), m = 0;
    for (int i = 0; i < n; i++)
        d[i] = (double)rk_random_below(random, 9) - 4;
    for (int i = 0; i < n; i++) {
        if (d[i] == 0)
            continue;
        double rank = 0.5; /* those less, and half of those alike, itself included */
        for (int j = 0; j < n; j++)
            if (d[j] != 0)
                rank += fabs(d[j]) < fabs(d[i]) ? 1 : fabs(d[j]) == fabs(d[i]) ? 0.5 : 0;
        size[m++] = rank;
        total += rank;
        v += d[i] > 0 ? rank : 0;
    }
    struct rk_rank_test test = rk_signed_ranks(d, (size_t)n, RK_EXACT_IF_SMALL);
    if (!m) {
        CHECK(isnan(test.p));
        return;
    }
    for (unsigned set = 0; set < 1u << m; set++) {
        double sum = 0;
        for (int i = 0; i < m; i++)
            sum += set >> i & 1 ? size[i] : 0;
        far += fabs(sum - total / 2) >= fabs(v - total / 2) - 1e-9;
    }
    NEAR(test.statistic, v, 1e-12);
    NEAR(test.p, far / (double)(1u << m), 1e-12);
}

static void adjustments(void)
{
    double holm[] = {0.01, 0.04, 0.03, (double)NAN, 0.005}, bh[] = {0.01, 0.04, 0.03, 0.005};
    rk_adjust_p(holm, 5, RK_ADJUST_HOLM);
    NEAR(holm[0], 0.03, 1e-15);
    NEAR(holm[1], 0.06, 1e-15);
    NEAR(holm[2], 0.06, 1e-15);
    CHECK(isnan(holm[3]));
    NEAR(holm[4], 0.02, 1e-15);
    rk_adjust_p(bh, 4, RK_ADJUST_BH);
    NEAR(bh[0], 0.02, 1e-15);
    NEAR(bh[1], 0.04, 1e-15);
    NEAR(bh[2], 0.04, 1e-15);
    NEAR(bh[3], 0.02, 1e-15);
}

static void quantiles(void)
{
    const double v[] = {1, 2, 3, 4, 10};
    NEAR(rk_quantile(v, 5, 0.1), 1.4, 1e-12);
    NEAR(rk_quantile(v, 5, 0.5), 3, 0);
    NEAR(rk_quantile(v, 5, 1), 10, 0);
    NEAR(rk_quantile(v, 1, 0.3), 1, 0);
    CHECK(isnan(rk_quantile(v, 0, 0.3)));
    struct rk_sample s = rk_sample((const double[]){1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 4);
    NEAR(s.mean, 1e9 + 10, 1e-6);
    NEAR(s.sd, sqrt(30), 1e-9);
}

/* One factor with loadings .9 .8 .7 .6 of unit variance, as a population: values whose covariances
 * are just that come from the factor's own scores by Gram and Schmidt. */
static void one_factor(struct rk_random *random)
{
    enum { N = 50, K = 4 };
    static const double load[K] = {0.9, 0.8, 0.7, 0.6};
    double basis[K + 1][N], values[K * N];
    for (int b = 0; b <= K; b++) {
        for (int i = 0; i < N; i++)
            basis[b][i] = rk_random_normal(random);
        for (int pass = 0; pass < 2; pass++) {
            double mean = 0, size = 0;
            for (int i = 0; i < N; i++)
                mean += basis[b][i] / N;
            for (int i = 0; i < N; i++)
                basis[b][i] -= mean;
            for (int c = 0; c < b; c++) {
                double with = 0;
                for (int i = 0; i < N; i++)
                    with += basis[b][i] * basis[c][i] / (N - 1);
                for (int i = 0; i < N; i++)
                    basis[b][i] -= with * basis[c][i];
            }
            for (int i = 0; i < N; i++)
                size += basis[b][i] * basis[b][i] / (N - 1);
            for (int i = 0; i < N; i++)
                basis[b][i] /= sqrt(size);
        }
    }
    for (int k = 0; k < K; k++)
        for (int i = 0; i < N; i++)
            values[k * N + i] =
                load[k] * basis[0][i] + sqrt(1 - load[k] * load[k]) * basis[k + 1][i];
    struct rk_scale s = rk_scale(values, N, K, 0.95, NULL, NULL);
    NEAR(s.omega, 9 / (9 + 0.19 + 0.36 + 0.51 + 0.64), 1e-9);
}

static void raking(struct rk_random *random)
{
    enum { N = 60 };
    uint32_t values[2 * N];
    double base[N], first[3] = {50, 30, 20}, second[2] = {45, 55};
    for (int i = 0; i < N; i++) {
        values[2 * i] = (uint32_t)i % 3;
        values[2 * i + 1] = (uint32_t)rk_random_below(random, 2);
        base[i] = 1 + (double)rk_random_below(random, 4);
    }
    struct rk_rake_problem problem = {N, 2, values, base, {3, 2}, {first, second}, 0, 0, 0};
    struct rk_raked raked;
    rk_rake(&raked, &problem);
    double sums[5] = {0};
    for (int i = 0; i < N; i++) {
        sums[values[2 * i]] += raked.weights[i];
        sums[3 + values[2 * i + 1]] += raked.weights[i];
    }
    CHECK(raked.error <= 1e-12 && raked.empty_margin == SIZE_MAX);
    for (int c = 0; c < 3; c++)
        NEAR(sums[c], first[c], 1e-9);
    for (int c = 0; c < 2; c++)
        NEAR(sums[3 + c], second[c], 1e-9);
    /* weights over their base are a product of a factor for each cell */
    for (int i = 3; i < N; i++)
        for (int j = 0; j < i; j++)
            if (values[2 * i] == values[2 * j] && values[2 * i + 1] == values[2 * j + 1])
                NEAR(raked.weights[i] / base[i], raked.weights[j] / base[j], 1e-9);
    rk_free(raked.weights);

    /* trimmed, whether the margins can be reached then or not: the sum stays, and no weight is over
     * so many times the mean of those that come out */
    for (int k = 0; k < 3; k++) {
        problem.trim = 1.05 + 0.6 * k;
        rk_rake(&raked, &problem);
        double sum = 0, most = 0;
        for (int i = 0; i < N; i++) {
            sum += raked.weights[i];
            most = raked.weights[i] > most ? raked.weights[i] : most;
        }
        NEAR(sum, 100, 1e-9);
        CHECK(most <= problem.trim * sum / N * (1 + 1e-12));
        CHECK(raked.trimmed > 0 || raked.error <= 1e-12);
        rk_free(raked.weights);
    }
}

/* At the maximum the columns are orthogonal to what is left over. */
static void regressions(struct rk_random *random)
{
    enum { N = 40, K = 3 };
    double x[N * K], y[N], offset[N];
    for (int i = 0; i < N; i++) {
        x[i * K] = 1;
        x[i * K + 1] = i > 20;
        x[i * K + 2] = i / 10.0;
        y[i] = (double)rk_random_below(random, 30);
        offset[i] = log(1 + (double)rk_random_below(random, 5));
    }
    struct rk_regression_problem problem = {N, K, x, y, offset};
    struct rk_regression fit;
    CHECK(rk_poisson(&fit, &problem));
    for (int c = 0; c < K; c++) {
        double sum = 0;
        for (int i = 0; i < N; i++) {
            double eta = offset[i];
            for (int k = 0; k < K; k++)
                eta += fit.coefficients[k] * x[i * K + k];
            sum += x[i * K + c] * (y[i] - exp(eta));
        }
        NEAR(sum, 0, 1e-6);
    }
    rk_regression_free(&fit);
    CHECK(rk_least_squares(&fit, &problem));
    for (int c = 0; c < K; c++) {
        double sum = 0;
        for (int i = 0; i < N; i++) {
            double line = 0;
            for (int k = 0; k < K; k++)
                line += fit.coefficients[k] * x[i * K + k];
            sum += x[i * K + c] * (y[i] - line);
        }
        NEAR(sum, 0, 1e-8);
    }
    rk_regression_free(&fit);
}

static void crosstabs(void)
{
    const int64_t four[] = {10, 20, 30, 40}, empty[] = {5, 0, 7, 0};
    struct rk_crosstab t = rk_crosstab(four, 2, 2);
    NEAR(t.chi_square, 100.0 * 200 * 200 / (30.0 * 70 * 40 * 60), 1e-12);
    NEAR(t.corrected, 100.0 * 150 * 150 / (30.0 * 70 * 40 * 60), 1e-12);
    CHECK(isnan(rk_crosstab(empty, 2, 2).chi_square));
}

int main(void)
{
    struct rk_random random = rk_random(RK_TEXT("sample"), RK_TEXT("unit"));
    for (int round = 0; round < 2000; round++) {
        mann_whitney(&random);
        signed_ranks(&random);
    }
    for (int round = 0; round < 100; round++) {
        raking(&random);
        regressions(&random);
    }
    one_factor(&random);
    adjustments();
    quantiles();
    crosstabs();
    return finish();
}
