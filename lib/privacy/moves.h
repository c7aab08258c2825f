/* How far one cell of a table can move while all sums stay: the question behind every cell that is
 * hidden. A move gives each cell a difference, so that every sum of differences is 0 and each stays in
 * its range; no difference at all is a move, so there is always a start (primal simplex with bounds on
 * every variable, over one tableau that is kept from question to question).
 *
 * The arithmetic is in doubles, without library functions, and so the same on every machine; nothing
 * rests on it: what is found is a move, which can be checked by adding up, or the weights of a sum of
 * sums, which holds in whole numbers or is not handed out. */
#ifndef RK_MOVES_H
#define RK_MOVES_H

#include "privacy/cells.h"

struct rk_moves;
struct rk_moves *rk_moves_new(uint32_t cells, const struct rk_sums *sums); /* sums are the caller's */
void rk_moves_free(struct rk_moves *moves); /* NULL is allowed */

/* Moves `cell` as far as it goes, up or down, with difference c in low[c] <= 0 … high[c] >= 0; enough
 * is `enough`. Returns how far, >= 0. */
double rk_moves_push(struct rk_moves *moves, uint32_t cell, bool up, const double *low,
                     const double *high, double enough);
/* `times` the move found, if that is one of whole numbers that keeps all sums; false otherwise. `move` has
 * room for all cells. */
bool rk_moves_whole(const struct rk_moves *moves, int times, int64_t *move);
/* Why it goes no further: whole numbers, one a cell, for which scale × the difference of the cell is the
 * sum of weight × difference over all cells, whatever the move; *scale > 0. They are 1 of the cell itself
 * where nothing but its own range held it. False where the numbers are not small. */
bool rk_moves_reason(const struct rk_moves *moves, int64_t *weight, int64_t *scale);
/* The same with a scale so fine that the numbers, rounded, are nearly those: what they say is as true, if
 * perhaps less sharp. False only where they are large. */
bool rk_moves_reason_near(const struct rk_moves *moves, int64_t *weight, int64_t *scale);
/* Steps of arithmetic so far: a clock that runs alike everywhere. */
uint64_t rk_moves_work(const struct rk_moves *moves);

#endif
