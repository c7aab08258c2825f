/* Which change of quotas, the smallest there is, would let a panel be filled, and which quotas keep
 * it from that: the other panels left as they are. */
#ifndef RK_RELAX_H
#define RK_RELAX_H

#include "panel/explain.h"

struct rk_relaxed {   /* a quota to be changed */
    uint32_t quota;   /* of the problem */
    int32_t min, max; /* as the table would tell them: kept members counted */
};

struct rk_relaxation {
    uint32_t recruitment;
    uint32_t first, count; /* its changes in `changes`; 0: see below */
    int32_t seats;         /* of the members to find, those that could then be filled */
    bool possible;         /* false: no change within min_flex and max_flex is enough … */
    bool proven;           /* … or, where this is false, none was found; else no smaller one is */
};

struct rk_relaxations { /* zeroed = none; give back with rk_relaxations_free */
    struct rk_relaxation *all;
    uint32_t count, room;
    struct rk_relaxed *changes;
    uint32_t change_count, change_room;
};

/* One for each recruitment that quotas keep from being filled as far as the people who could sit
 * there reach, or whose members are fewer of a kind than a minimum that had to be lowered. */
void rk_relax(const struct rk_explain *match, struct rk_relaxations *relaxations);
/* Puts into the cuts of `result`, the match's own, the quotas in the way of each recruitment that
 * lacks members: such that it could be filled without them as far as the people who could sit there
 * reach, the other panels left as they are, and none is needless for that; of those that the flow
 * told, where these are enough. Where that takes too long to find out, or it is not the quotas that
 * keep people out as the other panels are, those of the flow stay, and where quotas cross, which a
 * flow does not know, there are none. */
void rk_relax_cuts(const struct rk_explain *match, struct rk_match_result *result);
void rk_relaxations_free(struct rk_relaxations *relaxations);

#endif
