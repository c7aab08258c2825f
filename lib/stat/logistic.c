#include "stat/logistic.h"

#include "base/hash.h"
#include "base/mem.h"

#include <math.h>

#define SAME_DEVIANCE 1e-14
#define NOT_TOLD_APART 1e-9 /* what is left of a pivot, as a share of it */
#define FARTHEST 30.0       /* of a linear predictor: p = 1 - 1e-13 */
#define EXTREME 1e-8
enum { MOST_STEPS = 60 };

/* ---- a symmetric matrix of n × n, of which columns may be left out ---- */

/* Lower triangle L with L L' = matrix, in place. At the first factoring a column that depends on
 * those before it is marked out; columns marked out are passed over. */
static void factor(double *a, size_t n, bool *out, bool first)
{
    for (size_t j = 0; j < n; j++) {
        double whole = a[j * n + j], left = whole;
        for (size_t k = 0; k < j; k++)
            left -= a[j * n + k] * a[j * n + k];
        if (first)
            out[j] = !(left > NOT_TOLD_APART * whole);
        if (out[j] || left <= 0) {
            for (size_t i = j; i < n; i++)
                a[i * n + j] = 0;
            continue;
        }
        double pivot = sqrt(left);
        a[j * n + j] = pivot;
        for (size_t i = j + 1; i < n; i++) {
            double sum = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = sum / pivot;
        }
    }
}

/* Solves L L' x = b in place; 0 for columns left out. */
static void solve(const double *l, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            x[i] -= l[i * n + k] * x[k];
        x[i] = l[i * n + i] > 0 ? x[i] / l[i * n + i] : 0;
    }
    for (size_t i = n; i--;) {
        for (size_t k = i + 1; k < n; k++)
            x[i] -= l[k * n + i] * x[k];
        x[i] = l[i * n + i] > 0 ? x[i] / l[i * n + i] : 0;
    }
}

static void invert(const double *l, size_t n, double *inverse)
{
    double *column = rk_alloc(n, sizeof *column);
    for (size_t j = 0; j < n; j++) {
        memset(column, 0, n * sizeof *column);
        column[j] = l[j * n + j] > 0;
        solve(l, n, column);
        for (size_t i = 0; i < n; i++)
            inverse[i * n + j] = column[i];
    }
    rk_free(column);
}

/* ---- the fit ---- */

static double predictor(const struct rk_logistic_problem *problem, const double *b, size_t row)
{
    double eta = b[0];
    for (size_t i = 0; i < problem->width; i++) {
        uint32_t column = problem->columns[row * problem->width + i];
        if (column != RK_NONE)
            eta += b[column];
    }
    return fmin(FARTHEST, fmax(-FARTHEST, eta));
}

static double log_term(double successes, double expected)
{
    return successes > 0 ? successes * log(successes / expected) : 0;
}

/* The deviance under the coefficients, and p by row. */
static double evaluate(const struct rk_logistic_problem *problem, const double *b, double *fitted)
{
    double sum = 0;
    for (size_t r = 0; r < problem->rows; r++) {
        double eta = predictor(problem, b, r), p = 1 / (1 + exp(-eta)), n = problem->trials[r];
        fitted[r] = p;
        if (n > 0)
            sum += log_term(problem->successes[r], n * p) +
                   log_term(n - problem->successes[r], n / (1 + exp(eta)));
    }
    return 2 * sum;
}

/* X' W X into `information` (lower triangle), X' (successes - expected) into `score`. */
static void gather(const struct rk_logistic_problem *problem, const double *fitted,
                   double *information, double *score)
{
    size_t n = problem->parameters;
    memset(information, 0, n * n * sizeof *information);
    memset(score, 0, n * sizeof *score);
    for (size_t r = 0; r < problem->rows; r++) {
        const uint32_t *columns = problem->columns + r * problem->width;
        double p = fitted[r], trials = problem->trials[r], w = trials * p * (1 - p);
        double off = problem->successes[r] - trials * p;
        information[0] += w;
        score[0] += off;
        for (size_t i = 0; i < problem->width; i++) {
            size_t c = columns[i];
            if (columns[i] == RK_NONE)
                continue;
            score[c] += off;
            information[c * n] += w;
            for (size_t j = 0; j < problem->width; j++)
                if (columns[j] != RK_NONE && columns[j] <= c)
                    information[c * n + columns[j]] += w;
        }
    }
}

bool rk_logistic_fit(const struct rk_logistic_problem *problem, struct rk_logistic *fit)
{
    size_t n = problem->parameters;
    double trials = 0, successes = 0;
    *fit = (struct rk_logistic){0};
    for (size_t r = 0; r < problem->rows; r++) {
        trials += problem->trials[r];
        successes += problem->successes[r];
    }
    if (trials <= 0)
        return false;
    double *b = rk_alloc(n, sizeof *b), *trial = rk_alloc(n, sizeof *trial);
    double *information = rk_alloc(n * n, sizeof *information), *score = rk_alloc(n, sizeof *score);
    bool *out = rk_alloc(n, sizeof *out);
    fit->fitted = rk_alloc(problem->rows, sizeof *fit->fitted);
    fit->covariance = rk_alloc(n * n, sizeof *fit->covariance);
    /* from the share of all, a little off the ends */
    b[0] = log((successes + 0.5) / (trials - successes + 0.5));
    fit->deviance = evaluate(problem, b, fit->fitted);
    for (int step = 0; step < MOST_STEPS && !fit->converged; step++) {
        gather(problem, fit->fitted, information, score);
        factor(information, n, out, step == 0);
        solve(information, n, score);
        double before = fit->deviance;
        for (double part = 1; part > 1e-4; part /= 2) { /* never uphill */
            for (size_t i = 0; i < n; i++)
                trial[i] = b[i] + part * score[i];
            fit->deviance = evaluate(problem, trial, fit->fitted);
            if (fit->deviance <= before * (1 + SAME_DEVIANCE) + SAME_DEVIANCE)
                break;
        }
        memcpy(b, trial, n * sizeof *b);
        fit->converged = fabs(before - fit->deviance) <= SAME_DEVIANCE * (fabs(before) + 0.1);
    }
    gather(problem, fit->fitted, information, score);
    factor(information, n, out, false);
    invert(information, n, fit->covariance);
    for (size_t i = 0; i < n; i++) {
        fit->rank += !out[i];
        if (out[i])
            b[i] = NAN;
    }
    for (size_t r = 0; r < problem->rows; r++)
        fit->is_extreme |=
            problem->trials[r] > 0 && fmin(fit->fitted[r], 1 - fit->fitted[r]) < EXTREME;
    fit->coefficients = b;
    rk_free(trial);
    rk_free(information);
    rk_free(score);
    rk_free(out);
    return true;
}

void rk_logistic_free(struct rk_logistic *fit)
{
    rk_free(fit->coefficients);
    rk_free(fit->covariance);
    rk_free(fit->fitted);
    *fit = (struct rk_logistic){0};
}
