/* From the table of quotas to the rows and cells of a match. */
#ifndef RK_PANEL_QUOTA_H
#define RK_PANEL_QUOTA_H

#include "model/quotas.h"
#include "panel/eligible.h"

struct rk_panel_quotas; /* owns what the problem's quota arrays point to */

/* Before the panelists are read: asks `features` for what the quotas count by. */
void rk_panel_quotas_want(const struct rk_quotas *quotas, struct rk_features *features);

/* Adds the quotas to a problem that rk_eligible_problem filled. A row of a recruitment takes the
 * place of the row '*' for the same feature and value. Kept members are counted first: min and max
 * are what is left of them. `age` is the year of the recruitment's first day less birth_year.
 * RK_BAD_DATA where the minimums of one recruitment ask for more members than it has seats, unless
 * any sum of them will do, and where it has more than RK_PANEL_MOST_ROWS quotas. */
enum rk_status rk_panel_quotas_new(struct rk_panel_quotas **made, const struct rk_quotas *quotas,
                                   struct rk_features *features, const struct rk_eligible *eligible,
                                   const struct rk_panelists *panelists,
                                   const struct rk_recruitments *recruitments, bool any_sum,
                                   struct rk_match_problem *problem, struct rk_error *error);
void rk_panel_quotas_free(struct rk_panel_quotas *quotas);

/* The row of the table behind a quota of the problem, and how many kept members count under it. */
const struct rk_quota *rk_panel_quota_row(const struct rk_panel_quotas *quotas, uint32_t quota);
int32_t rk_panel_quota_kept(const struct rk_panel_quotas *quotas, uint32_t quota);
/* Does the panelist count under it? */
bool rk_panel_quota_counts(const struct rk_panel_quotas *quotas, uint32_t quota, uint32_t panelist);
/* Is it the first quota of its feature and value, and is nobody in the bank of that kind? */
bool rk_panel_quota_nobody(const struct rk_panel_quotas *quotas, uint32_t quota);

#endif
