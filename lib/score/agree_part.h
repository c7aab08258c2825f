/* One part of rk-agree's input: what lib/score/agree.c makes, and lib/score/agree_measures.c
 * measures. */
#ifndef RK_AGREE_PART_H
#define RK_AGREE_PART_H

#include "score/agree.h"

struct rk_agree_part {
    const struct rk_agree_options *options;
    struct rk_judged judged;
    struct rk_text *labels;    /* of the categories */
    struct rk_text *raters;    /* ids, by number; none of pairs and where not told apart */
    bool ordered;              /* categories have an order: numbers, or listed */
    const uint32_t *candidate; /* by unit, dense within the part */
    const uint32_t *criterion; /* likewise */
    size_t candidates, criteria;
    bool complete, balanced; /* of the part as it is, whatever is resampled from it */
};

/* Takes one measure; `variant` is copied. */
typedef void rk_take_measure(void *context, enum rk_family family, const char *measure,
                             const char *variant, const struct rk_estimate *estimate);
/* Every measure that is wanted, always in the same order and number for the same part, whatever
 * part->judged.times is; confidence 0 = values alone. */
void rk_agree_measure(const struct rk_agree_part *part, double confidence, rk_take_measure *take,
                      void *context);

#endif
