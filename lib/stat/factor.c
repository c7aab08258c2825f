#include "stat/factor.h"

#include "base/mem.h"
#include "stat/dense.h"
#include "stat/distribution.h"
#include "stat/estimate.h"

#include <math.h>

static const double none = (double)NAN;

static double *covariances(const double *values, size_t n, size_t k)
{
    double *mean = rk_alloc(k, sizeof *mean), *c = rk_alloc(k * k, sizeof *c);
    for (size_t i = 0; i < k; i++) {
        long double sum = 0;
        for (size_t r = 0; r < n; r++)
            sum += values[i * n + r];
        mean[i] = (double)(sum / (long double)n);
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            long double sum = 0;
            for (size_t r = 0; r < n; r++)
                sum += (long double)(values[i * n + r] - mean[i]) * (values[j * n + r] - mean[j]);
            c[i * k + j] = c[j * k + i] = (double)(sum / (long double)(n - 1));
        }
    rk_free(mean);
    return c;
}

double rk_alpha_without(const double *c, size_t k, size_t without)
{
    double own = 0, all = 0, m = 0;
    for (size_t i = 0; i < k; i++) {
        if (i == without)
            continue;
        m++;
        own += c[i * k + i];
        for (size_t j = 0; j < k; j++)
            all += j == without ? 0 : c[i * k + j];
    }
    return m > 1 && all > 1e-12 * own ? m / (m - 1) * rk_or_zero(all - own, all) / all : none;
}

double rk_rest_correlation(const double *c, size_t k, size_t item)
{
    double cross = 0, rest = 0, own = c[item * k + item];
    for (size_t i = 0; i < k; i++) {
        if (i == item)
            continue;
        cross += c[i * k + item];
        for (size_t j = 0; j < k; j++)
            rest += j == item ? 0 : c[i * k + j];
    }
    return own > 0 && rest > 0 ? fmax(-1, fmin(1, cross / sqrt(own * rest))) : none;
}

double rk_mean_of_correlations(const double *c, size_t k)
{
    double sum = 0, pairs = (double)k * (double)(k - 1) / 2;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++) {
            double v = c[i * k + i] * c[j * k + j];
            sum += v > 0 ? c[i * k + j] / sqrt(v) : none;
        }
    return pairs > 0 ? sum / pairs : none;
}

/* One factor of the correlations by minres: each loading in turn is the least-squares one given the
 * others, Σ r λ / Σ λ², until none moves. */
static double omega_of(const double *c, size_t k)
{
    enum { STEPS = 100000 };
    double *load = rk_alloc(k, sizeof *load), moved = 1, omega = none;
    for (size_t i = 0; i < k; i++)
        load[i] = 0.7;
    for (int step = 0; step < STEPS && moved > 1e-13; step++) {
        moved = 0;
        for (size_t i = 0; i < k; i++) {
            double top = 0, bottom = 0;
            for (size_t j = 0; j < k; j++)
                if (j != i) {
                    top += c[i * k + j] / sqrt(c[i * k + i] * c[j * k + j]) * load[j];
                    bottom += load[j] * load[j];
                }
            double next = bottom > 0 ? top / bottom : 0;
            next = next > 1 ? 1 : next < -1 ? -1 : next; /* no item has less than no error */
            moved = fabs(next - load[i]) > moved ? fabs(next - load[i]) : moved;
            load[i] = next;
        }
    }
    if (moved <= 1e-13) {
        double sum = 0, error = 0;
        for (size_t i = 0; i < k; i++) {
            sum += load[i] * sqrt(c[i * k + i]);
            error += (1 - load[i] * load[i]) * c[i * k + i];
        }
        omega = sum * sum / (sum * sum + error);
    }
    rk_free(load);
    return omega;
}

/* What of each item the others do not tell is 1 / its place on the diagonal of the inverse. */
static double lambda6_of(const double *c, size_t k)
{
    double *r = rk_alloc(k * k, sizeof *r), all = 0, open = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            r[i * k + j] = c[i * k + j] / sqrt(c[i * k + i] * c[j * k + j]);
            all += r[i * k + j];
        }
    bool apart = rk_dense_factor(r, k, 1e-11, NULL);
    if (apart)
        rk_dense_invert(r, k);
    for (size_t i = 0; i < k && apart; i++)
        open += 1 / r[i * k + i];
    rk_free(r);
    return apart && all > 0 ? 1 - open / all : none;
}

struct rk_scale rk_scale(const double *values, size_t n, size_t k, double level, double *dropped,
                         double *rest)
{
    struct rk_scale s = {n, k, none, none, none, none, none, none, none};
    for (size_t i = 0; i < k && dropped; i++)
        dropped[i] = rest[i] = none;
    if (n < 2 || k < 2 || k > RK_FACTOR_ITEMS)
        return s;
    double *c = covariances(values, n, k);
    bool varies = true;
    for (size_t i = 0; i < k; i++)
        varies &= c[i * k + i] > 0;
    s.alpha = rk_alpha_without(c, k, k);
    for (size_t i = 0; i < k && dropped; i++) {
        dropped[i] = rk_alpha_without(c, k, i);
        rest[i] = rk_rest_correlation(c, k, i);
    }
    if (!isnan(s.alpha)) { /* (1 - a) F: df n - 1 and (n - 1)(k - 1) */
        double df1 = (double)(n - 1), df2 = df1 * (double)(k - 1);
        s.alpha_low = 1 - (1 - s.alpha) * rk_f_quantile((1 + level) / 2, df1, df2);
        s.alpha_high = 1 - (1 - s.alpha) * rk_f_quantile((1 - level) / 2, df1, df2);
    }
    if (varies) {
        double m = (double)k;
        s.mean_r = rk_mean_of_correlations(c, k);
        s.standardized = m * s.mean_r / (1 + (m - 1) * s.mean_r);
        s.lambda6 = lambda6_of(c, k);
        s.omega = k > 2 ? omega_of(c, k) : none; /* two items leave one factor open */
    }
    rk_free(c);
    return s;
}
