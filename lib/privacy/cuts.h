/* The least a choice of cells can cost: a linear program over chances 0 … 1 of hiding each cell, held by
 * cuts, each a weighted sum of cells that must be reached. Dual simplex with bounds on every variable;
 * cuts are added, and ranges narrowed and widened, between solutions.
 *
 * The arithmetic is in doubles, without library functions, and so the same on every machine. The bound is
 * not: from the prices, rounded, rk_cuts_bound works out in whole numbers what no choice can be under. */
#ifndef RK_CUTS_H
#define RK_CUTS_H

#include <stdbool.h>
#include <stdint.h>

struct rk_cuts;
/* Costs > 0. All cells may be hidden or not. */
struct rk_cuts *rk_cuts_new(uint32_t cells, const int64_t *cost);
void rk_cuts_free(struct rk_cuts *cuts); /* NULL is allowed */
/* The chance of the cell lies in 0 … 1, or is held at 0 or at 1. */
void rk_cuts_range(struct rk_cuts *cuts, uint32_t cell, int low, int high);
/* The same for good, at 0 or at 1. */
void rk_cuts_hold(struct rk_cuts *cuts, uint32_t cell, int at);
/* Sum of weight × chance >= least; weights >= 0, one per cell, and least > 0 within 32 bits. */
void rk_cuts_add(struct rk_cuts *cuts, const int64_t *weight, int64_t least);
/* The same of the few cells listed, and `lead` (UINT32_MAX: none) times -1: if that one, then of these. */
void rk_cuts_cover(struct rk_cuts *cuts, const uint32_t *cell, uint32_t count, uint32_t lead);
/* False: nothing keeps all cuts. */
bool rk_cuts_solve(struct rk_cuts *cuts);
double rk_cuts_value(const struct rk_cuts *cuts, uint32_t cell); /* its chance */
/* No choice within the ranges costs less; after either outcome of rk_cuts_solve. `more` (NULL, or one per
 * cell) gets, where there was one: a choice that has the cell hidden costs that much more than the bound,
 * or where it is under 0, that much less under 0, one that shows it. */
__int128 rk_cuts_bound(const struct rk_cuts *cuts, __int128 *more);
/* Forgets the cuts that are kept with something to spare; how many there are. */
void rk_cuts_prune(struct rk_cuts *cuts);
uint32_t rk_cuts_rows(const struct rk_cuts *cuts);
uint64_t rk_cuts_work(const struct rk_cuts *cuts); /* a clock that runs alike everywhere */

#endif
