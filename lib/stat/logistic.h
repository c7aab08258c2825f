/* Logistic regression of shares on categories: log(p / (1 - p)) = constant + one coefficient for
 * each category that the row is in. By iteratively reweighted least squares (P. McCullagh & J. A.
 * Nelder, Generalized Linear Models, 2nd ed. 1989), which is Newton's method here. */
#ifndef RK_LOGISTIC_H
#define RK_LOGISTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rk_logistic_problem {
    size_t rows, width;      /* width = categories a row is in, at most */
    size_t parameters;       /* 0 is the constant, which every row has */
    const uint32_t *columns; /* rows × width: a parameter from 1, or RK_NONE (the reference) */
    const double *trials;    /* by row, >= 0 */
    const double *successes; /* 0 … trials */
};

struct rk_logistic {      /* give back with rk_logistic_free */
    double *coefficients; /* by parameter; NaN where it cannot be told from those before it */
    double *covariance;   /* parameters × parameters; 0 in the rows and columns of such ones */
    double *fitted;       /* p by row */
    double deviance;
    size_t rank;     /* parameters that can be told apart */
    bool converged;  /* the deviance no longer changes */
    bool is_extreme; /* some fitted p is 0 or 1 to within 1e-8: a coefficient without end (everybody
                      * or nobody of some group succeeded); the fitted p are right all the same */
};

/* Fits; false where there is nothing to fit (no trials). */
bool rk_logistic_fit(const struct rk_logistic_problem *problem, struct rk_logistic *fit);
void rk_logistic_free(struct rk_logistic *fit);

#endif
