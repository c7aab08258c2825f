/* How evenly people of different kinds were selected: the R-indicator and its partials, from a
 * logistic model of being selected on people's features (main effects). All the people there are
 * are in the table, not a sample of them.
 *
 *     R  = 1 - 2 S, S = standard deviation of the fitted propensities (divisor n - 1); 1 = as
 * evenly as can be. `adjusted`: less the bias that S has from the coefficients being estimated CV =
 * S / mean propensity: the largest standardised bias there can be Pu = spread of propensities
 * between the values of a feature; Pc = within groups alike in all other features. Of one value:
 * signed, and its part of the spread
 *
 * B. Schouten, F. Cobben & J. Bethlehem, Survey Methodology 35 (2009) 101-113; N. Shlomo, C.
 * Skinner & B. Schouten, Journal of Statistical Planning and Inference 142 (2012) 201-211; V. de
 * Heij, B. Schouten & N. Shlomo, RISQ manual 2.0 (2014). */
#ifndef RK_PROPENSITY_H
#define RK_PROPENSITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RK_PROPENSITY_FEATURES = 8 };

struct rk_propensity_problem {
    size_t rows;            /* groups of people alike in all features, or people */
    size_t features;        /* 1 … RK_PROPENSITY_FEATURES */
    const uint32_t *values; /* rows × features */
    const uint32_t *of;     /* by feature: how many values it has; values are below that */
    const double *people;   /* by row */
    const double *selected; /* 0 … people */
};

struct rk_propensity_value { /* not estimated: NaN (nobody has the value) */
    double pu;               /* signed: > 0 = selected more than others */
    double pc, pc_se;
};
struct rk_propensity_feature {
    double pu, pu_adjusted, pc, pc_adjusted;
    double se;                          /* of pu, and about of pc */
    struct rk_propensity_value *values; /* by value */
};

struct rk_propensity { /* give back with rk_propensity_free */
    double people, mean;
    double r, r_adjusted, r_se;
    double cv, cv_se;
    bool is_extreme; /* of some group everybody or nobody was selected: see rk_logistic */
    bool converged;
    struct rk_propensity_feature features[RK_PROPENSITY_FEATURES];
    size_t feature_count;
};

/* False where there is nothing to tell: fewer than two people, or none or all were selected. */
bool rk_propensity(const struct rk_propensity_problem *problem, struct rk_propensity *result);
void rk_propensity_free(struct rk_propensity *result);

#endif
