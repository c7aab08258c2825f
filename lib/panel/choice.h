/* A choice of members, and what is told of it. Known inside lib/panel only. */
#ifndef RK_CHOICE_H
#define RK_CHOICE_H

#include "panel/network.h"

struct rk_choice {
    bool *member;                   /* by pair */
    int64_t value[RK_MATCH_LEVELS]; /* of the network's flows: without what is lost whatever is
                                     * chosen */
};

/* < 0 where vector a is the better. */
int rk_choice_compare(const int64_t *a, const int64_t *b);
void rk_choice_copy(const struct rk_network *net, struct rk_choice *to,
                    const struct rk_choice *from);
/* Sets the values from the members. */
void rk_choice_set_values(const struct rk_network *net, struct rk_choice *choice);
/* The next two memberships of one panelist that overlap, from *pair on; false when there are none.
 */
bool rk_choice_double_booked(const struct rk_network *net, const bool *member, uint32_t *pair,
                             uint32_t *other);
/* What the values cost in a stage. */
__int128 rk_choice_cost(const struct rk_network *net, uint32_t stage, const int64_t *value);
/* A bound for each level, where the levels first … end - 1 cost at least `least` as one and the
 * choice is the best in those before: as long as the choice is at the bound of a level, the next
 * one's is told by what is left. */
void rk_choice_bounds(const struct rk_network *net, uint32_t first, uint32_t end, __int128 least,
                      const int64_t *value, int64_t *bound);

#endif
