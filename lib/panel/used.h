/* Memberships that panelists have already, counted under their caps: eligibility and the match must
 * count alike. */
#ifndef RK_USED_H
#define RK_USED_H

#include "panel/match.h"

/* By panelist, then month. `used` may be NULL where count is 0. */
void rk_used_sort(struct rk_match_used *used, uint32_t count);
/* How many of the sorted `used` are of this panelist in [month, month + months). */
int64_t rk_used_count(const struct rk_match_used *used, uint32_t count, uint32_t panelist,
                      int32_t month, int32_t months);

#endif
