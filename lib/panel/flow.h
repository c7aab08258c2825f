/* Minimum-cost flow, exact, in 64-bit integers: the primal network simplex with a strongly feasible
 * basis (Cunningham 1976, "A network simplex method", which cannot cycle), a thread through the
 * tree (Glover, Karney & Klingman 1974) and partial pricing (Kiraly & Kovacs 2012, "Efficient
 * implementations of minimum-cost flow algorithms", compare the kinds).
 *
 * Order of calls: rk_flow_new, rk_flow_supply and rk_flow_arc for the whole network, then
 * rk_flow_solve. After it the amounts and potentials may be read. Solving again, with the same or
 * other costs, starts from the basis at hand. A further objective among the flows that are equally
 * cheap: rk_flow_narrow, then rk_flow_solve with other costs; any number of times. Single-threaded;
 * the same calls give the same flow on every machine.
 *
 * Memory: 13 bytes per arc, 16 more where bounds are not small, 57 per node. */
#ifndef RK_FLOW_H
#define RK_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#define RK_FLOW_MOST INT64_C(1000000000000) /* largest bound or supply in size */

enum rk_flow_outcome {
    RK_FLOW_OPTIMAL,
    RK_FLOW_INFEASIBLE, /* no flow keeps all bounds and supplies (or they do not sum to zero) */
    RK_FLOW_TOO_LARGE, /* nothing was computed: largest |cost| × nodes does not stay under 2^60, or
                        * all supplies and lower bounds together under 2^61, or all upper - lower
                        * under 2^64 */
    RK_FLOW_STOPPED, /* as rk_flow_stop_when's function wished; rk_flow_bound tells how far it got,
                      * and rk_flow_solve goes on */
};

struct rk_flow;

struct rk_flow *rk_flow_new(uint32_t nodes); /* nodes 0 … nodes - 1, supply 0 */
void rk_flow_free(struct rk_flow *flow);     /* NULL is allowed */
/* Adds `amount` to what leaves the node beyond what enters (negative = demand). */
void rk_flow_supply(struct rk_flow *flow, uint32_t node, int64_t amount);
/* Adds an arc that carries lower … upper and returns its number: 0, 1, 2 … (fewer than 2^31). */
uint32_t rk_flow_arc(struct rk_flow *flow, uint32_t from, uint32_t to, int64_t lower,
                     int64_t upper);
/* `costs`, one per arc, are read again by rk_flow_narrow, _proven and _bound: keep them till then.
 */
enum rk_flow_outcome rk_flow_solve(struct rk_flow *flow, const int64_t *costs);
int64_t rk_flow_amount(const struct rk_flow *flow, uint32_t arc);
__int128 rk_flow_cost(const struct rk_flow *flow, const int64_t *costs); /* of the flow at hand */
/* `stop` is asked before the first and every few thousand pivots of rk_flow_solve from now on, and
 * true ends it with RK_FLOW_STOPPED. NULL: never. */
void rk_flow_stop_when(struct rk_flow *flow, bool (*stop)(void *context), void *context);
/* No flow (that rk_flow_narrow has left) costs less, by the potentials at hand: what the supplies
 * are worth at them, and each arc at whichever bound is cheaper. The cost itself at an optimum; any
 * time after rk_flow_solve has computed something, though far off while supplies are not met. */
__int128 rk_flow_bound(const struct rk_flow *flow);
/* Node potentials: an arc that is under its upper bound has cost + potential(from) - potential(to)
 * >= 0, one over its lower bound <= 0. */
int64_t rk_flow_potential(const struct rk_flow *flow, uint32_t node);
int64_t rk_flow_reduced(const struct rk_flow *flow, uint32_t arc); /* that sum */
/* Checks the last result by itself, in one pass: bounds, balance at each node, and the signs above.
 * Arcs fixed by rk_flow_narrow only have to keep their amount. */
bool rk_flow_proven(const struct rk_flow *flow);
/* From now on only flows as cheap as the last result are allowed: by complementary slackness they
 * are those that leave every arc with a reduced cost other than zero where it is. */
void rk_flow_narrow(struct rk_flow *flow);
/* The same for flows that cost at most so much more: arcs with a reduced cost of that size or less
 * stay free, one unit over the others would cost more. */
void rk_flow_narrow_within(struct rk_flow *flow, int64_t slack);
/* Takes back every rk_flow_narrow: all flows are allowed again. Only after rk_flow_solve; the next
 * one starts from the basis at hand. */
void rk_flow_widen(struct rk_flow *flow);
/* Other bounds (small ones) for the arcs first … first + count - 1. Only after rk_flow_solve has
 * computed something and where nothing is narrowed; the next one starts from the basis at hand, as
 * far as it can be kept. */
void rk_flow_bounds(struct rk_flow *flow, uint32_t first, uint32_t count, const int32_t *lower,
                    const int32_t *upper);
/* The next rk_flow_solve starts from the basis of a flow that has the same nodes and supplies and
 * some of the arcs: arcs[a] is its arc a. */
void rk_flow_take(struct rk_flow *flow, const struct rk_flow *part, const uint32_t *arcs);
/* From now on rk_flow_solve looks at these arcs alone (those not fixed by rk_flow_narrow), the
 * others stay where they are: optimal, and infeasible, is then meant of these. */
void rk_flow_few(struct rk_flow *flow, const uint32_t *arcs, uint32_t count);
/* Adds all others that would make the last result cheaper; returns how many. */
uint32_t rk_flow_more(struct rk_flow *flow);
/* All arcs are looked at again. */
void rk_flow_all(struct rk_flow *flow);
/* Largest |cost| that rk_flow_solve takes for so many nodes. */
int64_t rk_flow_largest_cost(uint32_t nodes);
uint64_t rk_flow_pivots(const struct rk_flow *flow); /* since rk_flow_new */

#endif
