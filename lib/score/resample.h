/* How sure an order is: the stratified bootstrap over raters. Each resample draws from every group
 * as many raters as it has, with replacement (all sheets of a rater together, in all stages), and
 * applies the rule anew. Where there are few enough different resamples, all of them are taken,
 * each with its exact probability, and chance has no part (Efron 1979; Fisher & Hall 1991 for the
 * enumeration).
 *
 * Of ties: k who share the first place are first 1/k each, and so on; expected ranks are mean
 * ranks. Intervals are percentiles by the inverse of the distribution function. */
#ifndef RK_RESAMPLE_H
#define RK_RESAMPLE_H

#include "score/rule.h"

struct rk_resample_options {
    uint64_t draws;           /* 1 or more, where not all are taken */
    uint64_t exact;           /* all are taken where there are at most so many */
    unsigned threads;         /* the result does not depend on it */
    struct rk_text seed, key; /* see rk_random */
    double level;             /* of the intervals, 0.95 */
    size_t top;               /* k of the chance to be among the first k */
};

struct rk_resampled { /* of a candidate */
    double se;        /* standard deviation of its standing */
    double low, high; /* of its standing */
    double p_first, p_top;
    double expected_rank;
    uint32_t rank_low, rank_high; /* of its competition rank, from 1 */
};

struct rk_resample {
    bool exact;
    uint64_t draws; /* resamples: drawn, or all there are */
    double used;    /* the share of them (by probability) that could be ranked */
    struct rk_resampled *candidates;
    double *p_above; /* count × count, ties half */
};

/* False where no resample could be ranked. Give back with rk_resample_free in any case. */
bool rk_resample(const struct rk_voices *voices, const struct rk_rule *rule,
                 const struct rk_resample_options *options, struct rk_resample *result);
void rk_resample_free(struct rk_resample *result);

#endif
