/* What there is of a choice when its flow was stopped. Known inside lib/panel only. */
#ifndef RK_GREEDY_H
#define RK_GREEDY_H

#include "panel/network.h"

/* Does the flow at hand carry all that it should over the network's own arcs? */
bool rk_greedy_is_whole(const struct rk_network *net, const struct rk_flow *flow);
/* Pair after pair, whoever there is room for and the quotas let in, their minimums less `lowered`
 * (by quota; NULL = none): the best fit first, then the lowest load, then the lots; with
 * by_lot, by load alone. */
void rk_greedy_choose(const struct rk_network *net, const int32_t *lowered, bool *member);

#endif
