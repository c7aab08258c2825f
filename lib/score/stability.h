/* What would change the first place: another weight of a group, or one rater less. */
#ifndef RK_STABILITY_H
#define RK_STABILITY_H

#include "score/rule.h"

struct rk_weight_range { /* of a group's weight, of a sum of 1, the other groups keeping their ratio
                          */
    bool first;          /* the candidate is first somewhere; alike counts */
    rk_fixed low, high;
};

/* Methods on scores: the standing at weight w is w · own + (1 - w) · rest, more is better, so each
 * candidate is first over one range, whose ends are fractions of differences (rounded to 10^-18).
 */
void rk_first_by_weight(const rk_fixed *own, const rk_fixed *rest, size_t count,
                        struct rk_weight_range *ranges);

/* Methods on pairs: the range around `weight` over which each of those who are first there stays so
 * (first: is such a one), found at the weights where two supports, or two margins, change order,
 * or, for Kemeny, where the least distance changes its slope (Eisner & Severance 1976). Exact
 * fractions. `own` and `rest`: the shares of the blocks when the group has all weight, and none.
 * False where there are more than RK_FIRST_PAIRS candidates (Copeland: RK_FIRST_COPELAND) or the
 * numbers are too large. */
enum { RK_FIRST_PAIRS = 20, RK_FIRST_COPELAND = 60 };
bool rk_first_by_weight_pairs(const struct rk_rule *rule, const struct rk_method_options *options,
                              size_t count, const struct rk_ratio *own, const struct rk_ratio *rest,
                              struct rk_ratio weight, struct rk_weight_range *ranges);

/* Each voice taken out by itself (one of its raters, where it counts several). */
enum rk_pivotal {
    RK_PIVOTAL_FIRST = 1, /* others are first then */
    RK_PIVOTAL_TOP = 2,   /* others are among the first k then; places that straddle k count */
    RK_PIVOTAL_ALONE = 4, /* a candidate has no score left in a block: nothing is said */
};
void rk_find_pivotal(const struct rk_voices *voices, const struct rk_rule *rule, size_t top,
                     uint8_t *pivotal);

#endif
