#include "stat/poisson.h"

#include "base/mem.h"
#include "stat/dense.h"

#include <math.h>

static void prepare(struct rk_regression *r, const struct rk_regression_problem *p)
{
    size_t k = p->columns;
    *r = (struct rk_regression){rk_alloc(k + 1, sizeof *r->coefficients),
                                rk_alloc(k * k + 1, sizeof *r->covariance), (double)NAN,
                                (double)p->rows - (double)k, (double)NAN};
}

static double row_times(const struct rk_regression_problem *p, size_t row, const double *b)
{
    double sum = 0;
    for (size_t c = 0; c < p->columns; c++)
        sum += p->x[row * p->columns + c] * b[c];
    return sum;
}

/* a (lower triangle) += w x x', b += w z x, of one row. */
static void add_row(const struct rk_regression_problem *p, size_t row, double w, double z,
                    double *a, double *b)
{
    const double *x = p->x + row * p->columns;
    for (size_t i = 0; i < p->columns; i++) {
        b[i] += w * z * x[i];
        for (size_t j = 0; j <= i; j++)
            RK_AT(a, p->columns, i, j) += w * x[i] * x[j];
    }
}

static void mirror(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            RK_AT(a, n, j, i) = RK_AT(a, n, i, j);
}

bool rk_least_squares(struct rk_regression *r, const struct rk_regression_problem *p)
{
    size_t k = p->columns;
    prepare(r, p);
    if (!k || k > RK_REGRESSION_MOST || p->rows < k)
        return false;
    for (size_t i = 0; i < p->rows; i++)
        add_row(p, i, 1, p->y[i], r->covariance, r->coefficients);
    if (!rk_dense_factor(r->covariance, k, 1e-11, NULL))
        return false;
    rk_dense_solve(r->covariance, k, r->coefficients, 1);
    rk_dense_invert(r->covariance, k);
    double squares = 0;
    for (size_t i = 0; i < p->rows; i++) {
        double off = p->y[i] - row_times(p, i, r->coefficients);
        squares += off * off;
    }
    r->dispersion = r->df > 0 ? squares / r->df : (double)NAN;
    mirror(r->covariance, k);
    for (size_t i = 0; i < k * k; i++)
        r->covariance[i] *= r->dispersion;
    return true;
}

void rk_least_squares_robust(struct rk_regression *r, const struct rk_regression_problem *p,
                             size_t lags)
{
    size_t k = p->columns;
    double *bread = rk_alloc(k * k, sizeof *bread), *meat = rk_alloc(k * k, sizeof *meat),
           *off = rk_alloc(p->rows + 1, sizeof *off), *half = rk_alloc(k * k, sizeof *half);
    for (size_t i = 0; i < k * k; i++)
        bread[i] = r->covariance[i] / r->dispersion;
    for (size_t i = 0; i < p->rows; i++)
        off[i] = p->y[i] - row_times(p, i, r->coefficients);
    for (size_t l = 0; l <= lags && l < p->rows; l++)
        for (size_t t = l; t < p->rows; t++) {
            double w = (1 - (double)l / (double)(lags + 1)) * off[t] * off[t - l];
            const double *x = p->x + t * k, *z = p->x + (t - l) * k;
            for (size_t i = 0; i < k; i++)
                for (size_t j = 0; j < k; j++)
                    meat[i * k + j] += w * (l ? x[i] * z[j] + z[i] * x[j] : x[i] * x[j]);
        }
    double small = (double)p->rows / r->df;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            half[i * k + j] = 0;
            for (size_t m = 0; m < k; m++)
                half[i * k + j] += bread[i * k + m] * meat[m * k + j];
        }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            double sum = 0;
            for (size_t m = 0; m < k; m++)
                sum += half[i * k + m] * bread[m * k + j];
            r->covariance[i * k + j] = sum * small;
        }
    rk_free(bread);
    rk_free(meat);
    rk_free(half);
    rk_free(off);
}

static double likelihood(const struct rk_regression_problem *p, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < p->rows; i++) {
        double eta = (p->offset ? p->offset[i] : 0) + row_times(p, i, b);
        sum += p->y[i] * eta - exp(eta);
    }
    return sum;
}

/* One step of Newton from b into `next`; the information's inverse is left in `a`. */
static bool step(const struct rk_regression_problem *p, const double *b, double *a, double *next)
{
    size_t k = p->columns;
    for (size_t i = 0; i < k * k; i++)
        a[i] = 0;
    for (size_t i = 0; i < k; i++)
        next[i] = 0;
    for (size_t i = 0; i < p->rows; i++) {
        double eta = (p->offset ? p->offset[i] : 0) + row_times(p, i, b), mean = exp(eta);
        if (!isfinite(mean))
            return false;
        add_row(p, i, mean, mean > 0 ? (p->y[i] - mean) / mean : 0, a, next);
        if (!(mean > 0))
            return false;
    }
    if (!rk_dense_factor(a, k, 1e-11, NULL))
        return false;
    rk_dense_solve(a, k, next, 1);
    for (size_t i = 0; i < k; i++)
        next[i] += b[i];
    rk_dense_invert(a, k);
    return true;
}

/* A start: least squares of the logs of the counts, each a little above 0. */
static bool start(const struct rk_regression_problem *p, double *b)
{
    double *eta = rk_alloc(p->rows + 1, sizeof *eta), all = 0;
    for (size_t i = 0; i < p->rows; i++)
        all += p->y[i];
    if (!(all > 0)) {
        rk_free(eta);
        return false;
    }
    for (size_t i = 0; i < p->rows; i++) {
        double offset = p->offset ? p->offset[i] : 0;
        eta[i] = log(p->y[i] + 0.1) - offset;
    }
    struct rk_regression first;
    struct rk_regression_problem line = *p;
    line.y = eta;
    bool found = rk_least_squares(&first, &line);
    for (size_t c = 0; c < p->columns && found; c++)
        b[c] = first.coefficients[c];
    rk_regression_free(&first);
    rk_free(eta);
    return found;
}

bool rk_poisson(struct rk_regression *r, const struct rk_regression_problem *p)
{
    enum { STEPS = 100, HALVINGS = 40 };
    size_t k = p->columns;
    prepare(r, p);
    if (!k || k > RK_REGRESSION_MOST || p->rows < k || !start(p, r->coefficients))
        return false;
    double *next = rk_alloc(k, sizeof *next), at = likelihood(p, r->coefficients);
    bool done = false, sound = true;
    for (int i = 0; i < STEPS && sound && !done; i++) {
        sound = step(p, r->coefficients, r->covariance, next);
        double gain = sound ? likelihood(p, next) - at : 0;
        for (int h = 0; h < HALVINGS && sound && !(gain >= -1e-12 * fabs(at)); h++) {
            for (size_t c = 0; c < k; c++)
                next[c] = (next[c] + r->coefficients[c]) / 2;
            gain = likelihood(p, next) - at;
        }
        double moved = 0;
        for (size_t c = 0; c < k && sound; c++) {
            double size = fabs(next[c] - r->coefficients[c]) / (1e-3 + fabs(next[c]));
            moved = size > moved ? size : moved;
            r->coefficients[c] = next[c];
        }
        at += gain;
        done = sound && moved < 1e-12;
    }
    if (done)
        done = step(p, r->coefficients, r->covariance, next);
    if (done) {
        double chi = 0;
        for (size_t i = 0; i < p->rows; i++) {
            double mean = exp((p->offset ? p->offset[i] : 0) + row_times(p, i, r->coefficients));
            chi += (p->y[i] - mean) * (p->y[i] - mean) / mean;
        }
        r->dispersion = r->df > 0 ? chi / r->df : (double)NAN;
        r->log_likelihood = likelihood(p, r->coefficients);
        mirror(r->covariance, k);
    }
    rk_free(next);
    return done;
}

void rk_regression_free(struct rk_regression *r)
{
    rk_free(r->coefficients);
    rk_free(r->covariance);
    *r = (struct rk_regression){0};
}
