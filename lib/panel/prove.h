/* Proofs by a tree of linear programs that a choice is the best, or a better one: for quotas that
 * cross and overlaps that interlock, where prices on flows leave a gap. Known inside lib/panel
 * only.
 */
#ifndef RK_PROVE_H
#define RK_PROVE_H

#include "panel/choice.h"

/* Puts the best there is in the place of `best`, and is true where that is proven; false: of what a
 * limited search found. `result` has the network that was solved, and its potentials and prices.
 * Each time `best` was replaced, `better` is called (unless NULL), which may replace it by one
 * better still. */
bool rk_prove_best(struct rk_match_result *result, struct rk_choice *best,
                   void (*better)(void *context), void *context);

#endif
