#include "survey/series.h"

#include "base/mem.h"
#include "stat/distribution.h"
#include "stat/poisson.h"

#include <math.h>

static const double none = (double)NAN;

static struct rk_measure *add(struct rk_series_result *to, const char *name, const char *variant,
                              double estimate, double n, const char *method)
{
    struct rk_series_row *row = &to->rows[to->count++];
    *row = (struct rk_series_row){
        variant, {name, RK_TEXT(""), estimate, none, none, none, n, rk_text(method)}};
    return &row->measure;
}

/* The names of a figure: itself, its logarithm, its p. */
struct names {
    const char *own, *log, *p;
};
static const struct names level_change = {"level_change", "level_change_log", "level_change_p"},
                          trend = {"trend", "trend_log", "trend_p"},
                          trend_change = {"trend_change", "trend_change_log", "trend_change_p"},
                          did = {"difference_in_differences", "difference_in_differences_log",
                                 "difference_in_differences_p"};

/* What iteration and rounding leave of 0 is 0: it would differ between machines. */
static double settled(double x) { return fabs(x) < 1e-11 ? 0 : x; }

/* exp(b) with its interval; `times` the error that the covariance tells. */
static void ratio(struct rk_series_result *to, struct names names, const char *variant,
                  const struct rk_regression *fit, size_t k, size_t at, double times, double n,
                  double level)
{
    double b = settled(fit->coefficients[at]), se = times * sqrt(fit->covariance[at * k + at]);
    double z = rk_normal_quantile((1 + level) / 2);
    struct rk_measure *m = add(to, names.own, variant, exp(b), n, "rate ratio");
    m->low = exp(b - z * se);
    m->high = exp(b + z * se);
    m = add(to, names.log, variant, b, n, "log rate ratio");
    m->se = se;
    add(to, names.p, variant, 2 * rk_normal_above(fabs(b / se)), n, "wald");
}

static void number(struct rk_series_result *to, struct names names, const char *variant,
                   const struct rk_regression *fit, size_t k, size_t at, double n, double level)
{
    double b = settled(fit->coefficients[at]), se = sqrt(fit->covariance[at * k + at]),
           t = rk_t_quantile((1 + level) / 2, fit->df);
    struct rk_measure *m = add(to, names.own, variant, b, n, "least squares");
    if (se > 1e-12 * (1 + fabs(b)) && fit->df > 0) { /* less is what rounding leaves of 0 */
        m->se = se;
        m->low = b - t * se;
        m->high = b + t * se;
        add(to, names.p, variant, 2 * rk_t_above(fabs(b / se), fit->df), n, "t");
    }
}

static enum rk_status no_fit(struct rk_error *error)
{
    return rk_fail(
        error, RK_BAD_DATA,
        _("nothing can be estimated: too few rows, or columns that cannot be told apart"));
}

enum rk_status rk_series_interrupted(struct rk_series_result *to, const struct rk_series *s,
                                     const struct rk_series_options *o, struct rk_error *error)
{
    size_t k = 3 + o->slope + 2 * o->harmonics;
    double *x = rk_alloc(s->rows * k + 1, sizeof *x),
           *offset = rk_alloc(s->rows + 1, sizeof *offset);
    double began = none, n = (double)s->rows;
    struct rk_regression fit = {0};
    enum rk_status status = RK_OK;
    *to = (struct rk_series_result){.count = 0};
    for (size_t i = 0; i < s->rows; i++)
        if (s->after[i] && !(began <= s->time[i]))
            began = s->time[i];
    for (size_t i = 0; i < s->rows; i++) {
        double *row = x + i * k;
        size_t c = 0;
        row[c++] = 1;
        row[c++] = s->after[i];
        row[c++] = s->time[i];
        if (o->slope)
            row[c++] = s->after[i] ? s->time[i] - began : 0;
        for (unsigned h = 1; h <= o->harmonics; h++) {
            double turn = 2 * acos(-1) * h * s->season[i] / o->period;
            row[c++] = sin(turn);
            row[c++] = cos(turn);
        }
        offset[i] = s->exposure ? log(s->exposure[i]) : 0;
    }
    const struct rk_regression_problem problem = {s->rows, k, x, s->value, offset};
    if (o->counts ? !rk_poisson(&fit, &problem) : !rk_least_squares(&fit, &problem)) {
        status = no_fit(error);
    } else if (o->counts) {
        /* 0, but for rounding, where the counts lie on the line */
        double spread = fit.dispersion > 1e-9 ? sqrt(fit.dispersion) : 0;
        ratio(to, level_change, "poisson", &fit, k, 1, 1, n, o->level);
        if (spread > 0)
            ratio(to, level_change, "quasi", &fit, k, 1, spread, n, o->level);
        ratio(to, trend, "quasi", &fit, k, 2, spread > 0 ? spread : 1, n, o->level);
        if (o->slope)
            ratio(to, trend_change, "quasi", &fit, k, 3, spread > 0 ? spread : 1, n, o->level);
        add(to, "dispersion", NULL, settled(fit.dispersion), n, "pearson");
    } else {
        rk_least_squares_robust(&fit, &problem, o->lags);
        number(to, level_change, "newey-west", &fit, k, 1, n, o->level);
        number(to, trend, "newey-west", &fit, k, 2, n, o->level);
        if (o->slope)
            number(to, trend_change, "newey-west", &fit, k, 3, n, o->level);
    }
    rk_regression_free(&fit);
    rk_free(x);
    rk_free(offset);
    return status;
}

enum rk_status rk_series_differences(struct rk_series_result *to, const struct rk_series *s,
                                     const struct rk_series_options *o, struct rk_error *error)
{
    enum { K = 4 };
    double *x = rk_alloc(s->rows * K + 1, sizeof *x),
           *offset = rk_alloc(s->rows + 1, sizeof *offset), n = (double)s->rows;
    struct rk_regression fit = {0};
    enum rk_status status = RK_OK;
    *to = (struct rk_series_result){.count = 0};
    for (size_t i = 0; i < s->rows; i++) {
        double *row = x + i * K;
        row[0] = 1;
        row[1] = s->after[i];
        row[2] = s->treated[i];
        row[3] = s->after[i] && s->treated[i];
        offset[i] = s->exposure ? log(s->exposure[i]) : 0;
    }
    const struct rk_regression_problem problem = {s->rows, K, x, s->value, offset};
    if (o->counts ? !rk_poisson(&fit, &problem) : !rk_least_squares(&fit, &problem)) {
        status = no_fit(error);
    } else if (o->counts) {
        double spread = fit.df > 0 && fit.dispersion > 1e-9 ? sqrt(fit.dispersion) : 0;
        ratio(to, did, "poisson", &fit, K, 3, 1, n, o->level);
        if (spread > 0)
            ratio(to, did, "quasi", &fit, K, 3, spread, n, o->level);
    } else {
        const double *b = fit.coefficients;
        add(to, "treated", "before", settled(b[0] + b[2]), n, "mean");
        add(to, "treated", "after", settled(b[0] + b[1] + b[2] + b[3]), n, "mean");
        add(to, "others", "before", settled(b[0]), n, "mean");
        add(to, "others", "after", settled(b[0] + b[1]), n, "mean");
        if (fit.df > 0)
            rk_least_squares_robust(&fit, &problem, 0);
        number(to, did, fit.df > 0 ? "robust" : "means", &fit, K, 3, n, o->level);
    }
    rk_regression_free(&fit);
    rk_free(x);
    rk_free(offset);
    return status;
}
