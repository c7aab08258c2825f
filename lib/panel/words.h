/* What rk-panel-match says to the person who runs it. Nothing here is personal: ids and counts. */
#ifndef RK_PANEL_WORDS_H
#define RK_PANEL_WORDS_H

#include "panel/explain.h"

/* Names each kept row that breaks a rule, and each panel with too many kept; returns how many. */
uint32_t rk_panel_broken(struct rk_log *log, const struct rk_eligible *eligible,
                         const struct rk_panelists *panelists,
                         const struct rk_recruitments *recruitments);
/* Names the kinds of people that quotas ask for and nobody in the bank is; the quotas that kept
 * members go beyond, and the minimums that have no place beside them; returns how many of the
 * latter two. */
uint32_t rk_panel_quotas_broken(struct rk_log *log, const struct rk_explain *match);
/* How the match was found and what it reached, as details. */
void rk_panel_tell(struct rk_log *log, const struct rk_explain *match);
/* Names what needs a person; true when anything does. `explained`: --explain was given. */
bool rk_panel_needs(struct rk_log *log, const struct rk_explain *match,
                    const struct rk_explanation *panels, uint32_t count, bool explained);

#endif
