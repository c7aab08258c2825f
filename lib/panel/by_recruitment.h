/* The pairs of a match by recruitment. Known inside lib/panel only. */
#ifndef RK_BY_RECRUITMENT_H
#define RK_BY_RECRUITMENT_H

#include "panel/match.h"

struct rk_by_recruitment {   /* zeroed = none; give back with rk_by_recruitment_free */
    uint32_t *first, *pairs; /* those of r, ascending: pairs[first[r]] … pairs[first[r + 1] - 1] */
};
struct rk_by_recruitment rk_by_recruitment(const struct rk_match_problem *problem);
void rk_by_recruitment_free(struct rk_by_recruitment *by);

#endif
