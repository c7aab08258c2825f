/* Many recruitments with quotas that cross each other, which no flow keeps: they enter by prices
 * (Lagrange multipliers; Held & Karp 1971, "The traveling-salesman problem and minimum spanning
 * trees: part II"). Known inside lib/panel only.
 *
 * A price of a quota's minimum makes every one of its people, and every empty seat of its
 * recruitment, so much cheaper; a price of its maximum makes its people dearer. Whatever the
 * prices, the cheapest flow and what the quotas are worth at them bound the best choice from below
 * (weak duality); good ones are found by steps along what the flow lacks. A step's length comes
 * from the bound aimed at (Polyak 1969; the aim is set by itself, as in Goffin & Kiwiel 1999,
 * "Convergence of a simple subgradient level method"). The counts of cells averaged over the steps
 * come near the best fractional ones (Barahona & Anbil 2000, "The volume algorithm"); near them,
 * whole counts that hold are chosen panel by panel, and one last flow is exact for them. While it
 * pays, some panels choose again at that flow's prices. What gap is left is searched by linear
 * programs (lib/panel/prove.h). */
#ifndef RK_PRICE_H
#define RK_PRICE_H

#include "panel/choice.h"

/* Fills best (whose members are allocated), the result's bound, proven, stopped and counts of work,
 * and with want_proof its potentials and prices. False where it was stopped before there was
 * anything: nothing is known then but that the first stage costs 0 or more. */
bool rk_price_match(struct rk_network *net, struct rk_match_result *result, struct rk_choice *best);

#endif
