/* Did a group's voice matter? Of each ranking (recruitment and stage) and each group: the ranking
 * with all groups, the one without it and the one by it alone, each by replaying the rule
 * (score/replay.h), and what was decided in the end.
 *
 * Ties for first are told, not broken: first places are sets. Two such sets are the same, share
 * somebody, or do not. What was chosen holds against a first place strictly where all who share it
 * were chosen, and shared where some were. Over recruitments each share is told both ways.
 *
 * Orders are compared over the candidates who have a place in both, ranked anew among themselves.
 * Kendall's tau-b and Spearman's rho take the places as they are, ties and all.
 *
 * Power is that of a vote in which each group has its nominal weight (stat/power.h). Formal power
 * is that over the decision itself: all of it is with whoever decides alone, and advice has none,
 * however often it is followed. */
#ifndef RK_IMPACT_H
#define RK_IMPACT_H

#include "model/contributions.h"
#include "model/impact.h"
#include "model/statements.h"
#include "score/replay.h"

struct rk_impact_choice { /* somebody who was hired */
    uint32_t recruitment, candidate;
};
struct rk_impact_reason { /* a code told of a decision */
    uint32_t recruitment;
    struct rk_text code;
};

struct rk_impact_options { /* all that is pointed to must outlive the impact */
    const struct rk_impact_choice *choices;
    size_t choice_count;
    const struct rk_impact_reason *reasons;
    size_t reason_count;
    const enum rk_impact_state *states; /* by RK_ID_RECRUITMENT */
    uint32_t state_count;
    const struct rk_contributions *contributions;
    const struct rk_statements *statements;
    const struct rk_rubrics *rubrics;      /* for the order of stages, and weights; or NULL */
    const struct rk_group_weight *weights; /* as those of the rule */
    size_t weight_count;
    const char
        *stage;     /* whose ranking decisions are held against; NULL: all together, or the last */
    uint32_t top;   /* k; 0 = as many as were hired, or 1 */
    bool cut_by_id; /* exactly k are among the first k; of equals the first by their ids */
    rk_fixed quota; /* of the weights as they are given; 0 = more than half */
    const char *decides; /* who decides alone; NULL = the rule */
    bool exact;          /* intervals of Clopper and Pearson, not Wilson's */
    uint32_t small;      /* n under this is small */
    bool heads;          /* rank as if every rater weighed the same: see rk_replay_change */
    bool by_stage;       /* measures of every stage, not only of the deciding one */
    const uint32_t
        *part; /* by RK_ID_RECRUITMENT: with whom it is told together, RK_NONE = not told */
    uint32_t part_count, parts;
};

struct rk_impact;
/* Reads `replay` out (rk_replay_all has been called, with this result). */
enum rk_status rk_impact_new(struct rk_impact **impact, const struct rk_impact_options *options,
                             struct rk_replay *replay, const struct rk_aggregate_result *result,
                             const struct rk_ids *ids, struct rk_error *error);
void rk_impact_free(struct rk_impact *impact);
/* By recruitment, stage and group, the row of all together first. */
const struct rk_impact_row *rk_impact_rows(const struct rk_impact *impact, size_t *count);
/* Over recruitments, part by part. */
const struct rk_impact_measure *rk_impact_measures(struct rk_impact *impact, size_t *count);
uint64_t rk_impact_unproven(const struct rk_impact *impact); /* Kemeny's orders in replays */

#endif
