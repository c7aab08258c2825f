/* The best choice when it is given how many of each cell may sit on a panel: one flow again, exact
 * at every level. Known inside lib/panel only. */
#ifndef RK_FILL_H
#define RK_FILL_H

#include "panel/crossing.h"

/* What a flow may do beside the network's own bounds. */
struct rk_fill {
    const struct rk_network *net;
    const int32_t *most;                /* by cell node; NULL: the network's own */
    const bool *without;                /* by pair: these are not chosen; NULL: all may be */
    const struct rk_crossing *crossing; /* unless NULL: `most` (that may be) is where it begins; as
                                         * long as that pays, counts may move as far as quotas let
                                         * them each by itself, … */
    int moves;                          /* … but so many times at most */
    bool to_the_end;                    /* rk_fill_solve is not to be stopped */
};

/* A flow over the network's arcs, with the bounds above. */
struct rk_flow *rk_fill_flow(const struct rk_fill *fill);
/* The same, but arcs of pairs not chosen are not there: which of the network's arcs each one is
 * (caller frees), and how many they are. Those of other kinds keep their numbers. */
struct rk_flow *rk_fill_small_flow(const struct rk_fill *fill, uint32_t **arcs, uint32_t *count);

/* Solves the first `stages` stages over such a flow, and marks the members; with none, it goes by
 * seats and fit roughly. `potential`, unless NULL: by node, after the last of these stages. False
 * where it was stopped (`result` tells). */
bool rk_fill_solve(const struct rk_fill *fill, uint32_t stages, bool *member, int64_t *potential,
                   struct rk_match_result *result);

/* Seats and fit in one, roughly: a solution for these is a good start for the exact stages. */
void rk_fill_rough_costs(const struct rk_network *net, int64_t *costs);

#endif
