/* Variances of scores y = μ + unit + rater + rest, all random and crossed in any pattern, by
 * restricted maximum likelihood (Patterson & Thompson 1971); with one facet only, of y = μ + unit +
 * rest. A variance below 0 is 0 here. Average-information steps (Gilmour, Thompson & Cullis 1995)
 * with step halving; the larger facet is eliminated, the smaller is a dense matrix. The result is
 * told to 9 digits, which rounding within the steps does not reach. */
#ifndef RK_REML_H
#define RK_REML_H

#include "stat/icc.h"

enum { RK_REML_MOST = 2000 }; /* levels of the smaller facet; more are refused */

struct rk_reml {
    double variance[3]; /* of units, of raters (0 where there is one facet), of the rest */
    double cov[9];      /* large-sample covariances of these; 0 with a variance that is held at 0 */
    double n;           /* units */
    const char *why;    /* N_() text: why there is no result; NULL where there is one */
};
/* Needs judged->centred; two facets need raters that are told apart. */
struct rk_reml rk_reml(const struct rk_judged *judged, bool two_facets);

/* units / (units + raters if `agreement` + rest), or of the mean of k ratings where k > 0; the
 * interval by the delta method on the logit scale. */
struct rk_estimate rk_reml_icc(const struct rk_reml *reml, bool agreement, double k,
                               double confidence);

#endif
