/* What someone can infer of the hidden cells of a published table: for each the least and most it
 * can be, in whole numbers, when all sums hold and no cell is under its least. Exact from end to
 * end: linear programs in whole numbers (stat/simplex), and branches where a corner is no table.
 *
 *     attack = rk_attack_new(cells, sums);  rk_attack_cell(…) for each cell
 *     if (rk_attack_start(attack, …) && rk_attack_exists(attack, …))
 *         for each hidden cell: rk_attack_range(attack, cell)
 *     rk_attack_know / rk_attack_forget: somebody who knows a hidden cell too */
#ifndef RK_ATTACK_H
#define RK_ATTACK_H

#include "privacy/cells.h"

struct rk_attack;
/* All cells are hidden, from 0 to RK_CELL_NO_END, until they are told. `sums` stay the caller's. */
struct rk_attack *rk_attack_new(uint32_t cells, const struct rk_sums *sums);
void rk_attack_free(struct rk_attack *attack); /* NULL is allowed */
/* least == most: the cell is known. */
void rk_attack_cell(struct rk_attack *attack, uint32_t cell, int64_t least, int64_t most);
/* Questions beyond so many steps of work are cut short; 2·10^9 if it is not told. */
void rk_attack_limit(struct rk_attack *attack, uint64_t work);
/* After the last cell. False: no table is like this, *sum is a sum that does not add up. */
bool rk_attack_start(struct rk_attack *attack, uint32_t *sum);

/* Is there a table like this at all? False: none is. When one is found it goes into `table`, with
 * room for all cells, and rk_attack_possible is told of it; it may be missed in a table that is both large
 * and odd. */
bool rk_attack_exists(struct rk_attack *attack, int64_t *table);
/* A table that is possible: from it ranges are found faster (privacy/reach). Before rk_attack_range; kept
 * by the caller. */
void rk_attack_possible(struct rk_attack *attack, const int64_t *table);

struct rk_range {
    int64_t low, high; /* high == RK_CELL_NO_END, low == -RK_CELL_NO_END: nothing bounds it */
    bool none;         /* no table is like this (someone knows what cannot be) */
    bool open;         /* cut short: it may be wider than this, not narrower */
};
/* Cut short where the range is seen to be `enough` wide; INT64_MAX: never for that. */
struct rk_range rk_attack_range(struct rk_attack *attack, uint32_t cell, int64_t enough);
/* Somebody knows that the hidden cell is `value`; until rk_attack_forget, of all such. */
void rk_attack_know(struct rk_attack *attack, uint32_t cell, int64_t value);
void rk_attack_forget(struct rk_attack *attack);
/* Steps of arithmetic so far, about: a clock that runs alike everywhere. */
uint64_t rk_attack_work(const struct rk_attack *attack);

#endif
