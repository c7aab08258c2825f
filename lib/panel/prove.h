/* Proofs by a tree of linear programs that a choice is the best, or a better one: for quotas that
 * cross and overlaps that interlock, where prices on flows leave a gap. Known inside lib/panel
 * only.
 */
#ifndef RK_PROVE_H
#define RK_PROVE_H

#include "panel/choice.h"

/* Puts the best that a limited search finds in the place of `best`, and raises result->bound to
 * what it proves: to the values of `best` where that is the best there is. `result` has the network
 * that was solved, and its potentials and prices. Each time `best` was replaced, `better` is called
 * (unless NULL), which may replace it by one better still. */
void rk_prove_best(struct rk_match_result *result, struct rk_choice *best,
                   void (*better)(void *context), void *context);

#endif
