/* Regression of counts: log E(y) = offset + X b, by iteratively reweighted least squares (P.
 * McCullagh & J. A. Nelder, Generalized Linear Models, 2nd ed. 1989), and of numbers by least
 * squares.
 */
#ifndef RK_POISSON_H
#define RK_POISSON_H

#include <stdbool.h>
#include <stddef.h>

enum { RK_REGRESSION_MOST = 60 }; /* columns */

struct rk_regression_problem {
    size_t rows, columns;
    const double *x;      /* rows × columns; the constant is one of them */
    const double *y;      /* counts: >= 0 */
    const double *offset; /* by row, or NULL; of counts */
};

struct rk_regression { /* give back with rk_regression_free */
    double *coefficients,
        *covariance;       /* columns × columns, with dispersion 1, or the residual variance */
    double dispersion;     /* Pearson's chi-square / (rows - columns); of least squares the
                            * residual variance */
    double df;             /* rows - columns */
    double log_likelihood; /* of counts, less what does not depend on b; else NaN */
};

/* False where there are fewer rows than columns, columns cannot be told apart, or there is no
 * maximum. */
bool rk_poisson(struct rk_regression *result, const struct rk_regression_problem *problem);
bool rk_least_squares(struct rk_regression *result, const struct rk_regression_problem *problem);
/* Errors by Newey & West (Econometrica 55 (1987) 703) with `lags`, rows in the order of time,
 * Bartlett weights, n/(n - columns): in place of the covariance. Lags 0: White's (HC1). */
void rk_least_squares_robust(struct rk_regression *result,
                             const struct rk_regression_problem *problem, size_t lags);
void rk_regression_free(struct rk_regression *result);

#endif
