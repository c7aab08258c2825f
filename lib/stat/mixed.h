/* Crossed random effects by restricted or full maximum likelihood:
 *
 *     y = mu + Σ_f b_f[level] + error,   b_f ~ N(0, variance_f),   error ~ N(0, residual)
 *
 * (Bates, Mächler, Bolker & Walker 2015, J. Stat. Softw. 67(1): the same criterion, profiled over
 * mu and the residual variance.) With H = I + Σ ratio_f Z_f Z_f', ratio_f = variance_f / residual:
 *
 *     REML: log|H| + log(1'H^-1 1) + (n - 1) (1 + log(2 pi y'Py / (n - 1)))
 *     ML:   log|H|                 +  n      (1 + log(2 pi y'Py / n))
 *
 * The facet with the most levels has a diagonal block and is eliminated; one Cholesky factor of the
 * rest per evaluation. The ratios are found by Newton steps in log ratio with the exact gradient
 * and the average information (Gilmour, Thompson & Cullis 1995) as curvature, damped where a step
 * does not help. A ratio that runs to zero is set to exactly zero, and put back if the slope there
 * asks for it. Facets with one level, or as many levels as observations, are left out: they cannot
 * be told from mu or from the error. */
#ifndef RK_MIXED_H
#define RK_MIXED_H

#include "stat/crossed.h"

enum rk_mixed_end {
    RK_MIXED_DONE,
    RK_MIXED_TOO_LARGE,   /* more than RK_DENSE_MOST levels beside the first facet's */
    RK_MIXED_NO_FACET,    /* none that can be told from the error */
    RK_MIXED_NO_VARIANCE, /* all observations are the same */
    RK_MIXED_EXACT,       /* the facets explain every observation: no residual variance */
    RK_MIXED_CONFOUNDED,  /* two facets divide the observations alike: `pair` says which */
    RK_MIXED_NO_END,      /* the steps did not settle */
};

struct rk_mixed {
    enum rk_mixed_end end; /* what follows is set only where it is RK_MIXED_DONE */
    size_t pair[2];        /* of RK_MIXED_CONFOUNDED */
    bool left_out[RK_CROSSED_FACETS];
    double variance[RK_CROSSED_FACETS]; /* 0 where left out or found zero */
    double residual;
    double mu, mu_se;
    double deviance; /* the criterion above */
    /* By facet of the data and level; zero where left out. `se` is conditional on mu and the
     * variances, as lme4's condVar; mu_effect_se is that of predicting mu + b, mu's own error
     * included. */
    double *effect[RK_CROSSED_FACETS], *se[RK_CROSSED_FACETS], *mu_effect_se[RK_CROSSED_FACETS];
    unsigned evaluations;
};
/* The design says all there is to know of the observations: they need not be there any more. Give
 * back with rk_mixed_free. */
void rk_mixed_fit(struct rk_mixed *fit, const struct rk_crossed *crossed, bool reml);
void rk_mixed_free(struct rk_mixed *fit);

#endif
