/* What the models of severity.h found, as rows of the table `estimates`. Computed numbers are
 * settled (stat/dense.h): least squares to 12 digits of the ratings' range, what is found by
 * iteration, and standard errors, to 9; log likelihoods and deviances to 12 of their own. */
#ifndef RK_SCORE_ESTIMATE_H
#define RK_SCORE_ESTIMATE_H

#include "model/estimates.h"
#include "score/severity.h"

/* Groups of candidates whose bias is asked for (rasch only); none: zeroed. */
struct rk_bias_groups {
    const uint32_t *of; /* by RK_ID_CANDIDATE, RK_NONE = none */
    uint32_t of_count;  /* candidates known; others have none */
    const struct rk_strings *names;
};
typedef void rk_take_estimate(void *context, const struct rk_estimate *estimate);
/* Every row, unit by unit; texts live until `take` returns. `ids` may be the run's. */
void rk_estimate_all(const struct rk_severities *severities, const struct rk_ids *ids,
                     const struct rk_bias_groups *groups, rk_take_estimate *take, void *context);
/* "additive", "random-reml", "rasch-partial-credit-mml" … */
const char *rk_severity_method(const struct rk_severity_options *options);

#endif
