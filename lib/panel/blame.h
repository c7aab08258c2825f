/* Which quotas stand in the way: the fewest that tell it. */
#ifndef RK_BLAME_H
#define RK_BLAME_H

#include "panel/match.h"

/* Panels of one recruitment that its quotas do not let be: one for each exchange that is asked
 * about. */
struct rk_blame_cases {
    const struct rk_match_quota *quotas;
    uint32_t quota_count;
    const int32_t *counts; /* case by case, by quota: members of the kind */
    const int32_t *empty;  /* by case: seats that stay empty */
    uint32_t count;
};

struct rk_blame {
    struct rk_match_cut_quota *quotas; /* maximums first, then minimums; by number. Caller frees */
    uint32_t count;
    bool together; /* some case is stopped by none of its own, but by several together */
};

/* Of each case, a quota named stops it by itself, or, where none does, several named stop it
 * together, none of them needless for it. Where each case has one that does, there are no fewer
 * (unless the search for that took too long: then none is needless). A case that quotas let be
 * names nothing. */
struct rk_blame rk_blame_find(const struct rk_blame_cases *cases);

#endif
