/* Least squares on a crossed design with all facets fixed:
 *
 *     y = mu + Σ_f e_f[level] + error,    Σ over the levels of e_f = 0 for every facet f
 *
 * (main effects of an incomplete two- or three-way layout; contr.sum in R's lm). The first facet is
 * eliminated, the Schur complement on the rest solved by Cholesky and refined once in extended
 * precision. Standard errors are those of the sum-to-zero estimates, with the residual variance
 * RSS / df; mu_e_se[f] is that of mu + e_f.
 *
 * The design must hang together: the caller divides it by rk_crossed_parts first. That is not all
 * that three facets need: where two of them cannot be told apart, `confounded` is set, with the
 * level at which it was found, and nothing else is. */
#ifndef RK_ADDITIVE_H
#define RK_ADDITIVE_H

#include "stat/crossed.h"

struct rk_additive {
    bool too_large; /* more than RK_DENSE_MOST levels beside the first facet's */
    bool confounded;
    size_t confounded_facet; /* place in the data */
    uint32_t confounded_level;
    double mu;
    double *effect[RK_CROSSED_FACETS]; /* by facet of the data and level */
    double *se[RK_CROSSED_FACETS];     /* NaN where df is 0 */
    double *mu_effect_se[RK_CROSSED_FACETS];
    double mu_se;
    double rss, df; /* df = n - 1 - Σ (levels - 1) */
    double sd;      /* sqrt(rss / df); NaN where df is 0 */
    double r2;      /* 1 - rss / Σ (y - mean)²; NaN without variance */
    /* The facet dropped (R's drop1): F = ((rss' - rss) / (levels - 1)) / (rss / df). NaN where what
     * is left does not hang together, or df is 0. */
    double f[RK_CROSSED_FACETS];
};
/* `with_f`: work out f too. Give back with rk_additive_free. */
void rk_additive_fit(struct rk_additive *fit, const struct rk_crossed_data *data, bool with_f);
void rk_additive_free(struct rk_additive *fit);

#endif
