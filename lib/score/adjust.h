/* Severity taken out of scores, rater by rater, within recruitment, stage, rater group and basis (a
 * "panel"). Only where every rater of a panel met the same candidates: elsewhere it would punish
 * whoever met the strong ones (design/data-model.md), and the models of severity.h are what is
 * needed.
 *
 *     severity = panel's mean - rater's mean          above 0 = strict
 *     center:  adjusted = score + severity            on the scale of the score
 *     zscore:  adjusted = (score - rater's mean) / rater's sd,  sd with n - 1
 *
 * A rater who gave all the same score, or met one candidate, has no spread: zscore gives 0 and the
 * flag `no_spread`. The standard deviation is a sum of squares of doubles in order of candidates
 * and one square root, which IEEE 754 defines to the last bit. */
#ifndef RK_ADJUST_H
#define RK_ADJUST_H

#include "base/message.h"
#include "model/scores.h"

enum rk_adjust_method { RK_ADJUST_CENTER, RK_ADJUST_ZSCORE };

/* How much of a panel each of its raters met. */
struct rk_coverage {
    uint32_t recruitment, stage, group;
    enum rk_basis basis;
    uint32_t candidates; /* of the panel, by any rater */
    struct rk_coverage_rater {
        uint32_t rater, met;
    } * raters; /* by rater id, bytewise */
    size_t rater_count;
};
struct rk_adjustment {           /* zeroed before; give back with rk_adjustment_free */
    struct rk_coverage *refused; /* panels whose raters met different candidates, in order */
    size_t refused_count;
    uint64_t no_spread;    /* raters of panels */
    struct rk_arena arena; /* holds new flags */
};

/* `scores` are sorted as rk_scorer_get gives them; fills severity, adjusted and flags. RK_BAD_DATA,
 * and nothing changed, where any panel is refused. Flags live as long as `adjustment`. */
enum rk_status rk_adjust(struct rk_score *scores, size_t count, enum rk_adjust_method method,
                         const struct rk_ids *ids, struct rk_adjustment *adjustment,
                         struct rk_error *error);
/* Which raters of the refused panels met how many of their candidates, an error each. */
void rk_adjustment_log(const struct rk_adjustment *adjustment, const struct rk_ids *ids,
                       struct rk_log *log);
void rk_adjustment_free(struct rk_adjustment *adjustment);

#endif
