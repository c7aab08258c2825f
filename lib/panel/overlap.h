/* Which recruitments have sessions that overlap. */
#ifndef RK_OVERLAP_H
#define RK_OVERLAP_H

#include "panel/match.h"

struct rk_overlaps {
    uint32_t *first, *with; /* with[first[r]] … with[first[r + 1] - 1], sorted */
};

struct rk_overlaps rk_overlaps_find(const struct rk_match_problem *problem);
void rk_overlaps_free(struct rk_overlaps *overlaps);
bool rk_overlap(const struct rk_overlaps *overlaps, uint32_t a, uint32_t b);

#endif
