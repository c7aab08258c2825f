/* Why seats stay empty: the minimum cuts of a match. Known inside lib/panel only. */
#ifndef RK_CUT_H
#define RK_CUT_H

#include "panel/network.h"

/* Fills the cuts of `result` for the choice `member`. */
void rk_cut_find(const struct rk_network *net, const bool *member, struct rk_match_result *result);

/* What flows through each arc for this choice (by arc; caller frees). */
int64_t *rk_cut_amounts(const struct rk_network *net, const bool *member);
/* The values of all levels. */
void rk_cut_values(const struct rk_network *net, const bool *member, int64_t *value);

#endif
