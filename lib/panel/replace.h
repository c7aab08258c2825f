/* Repairing panels when somebody drops out: what is proposed stays as far as it can, and the
 * reserves step in in their order. */
#ifndef RK_REPLACE_H
#define RK_REPLACE_H

#include "panel/eligible.h"

/* Takes panelists out: they have declined all open recruitments from now on, in rows of
 * `assignments` and `fixed`, or new ones. Returns how many had said something else. `out` is by
 * panelist. */
uint32_t rk_replace_take_out(const bool *out, uint32_t panelists,
                             const struct rk_recruitments *recruitments,
                             struct rk_assignments *assignments, struct rk_assignments *fixed);

/* What each pair of the problem is worth keeping (rk_match_problem.stay): a proposed member more
 * than all reserves together, the first reserve more than the second. Caller frees. */
int64_t *rk_replace_stay(const struct rk_match_problem *problem,
                         const struct rk_assignments *assignments);

/* The standing row of a pair, or NULL. */
const struct rk_assignment *rk_replace_standing(const struct rk_assignments *assignments,
                                                uint32_t panelist, uint32_t recruitment);

#endif
