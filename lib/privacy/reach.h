/* How far one cell of a table can be seen to go, from a table that is possible: by moves of whole numbers that
 * keep all sums (privacy/moves, privacy/circuits), one upon the other, until a sum of sums says that there
 * is no further. Whatever table is met on the way is remembered for all its cells.
 *
 *     reach = rk_reach_new(cells, sums, least, most, table);  rk_reach_go(reach, cell, true, …) …
 *     rk_reach_know(reach, …) of each cell that somebody knows, and go again;  rk_reach_forget(reach) */
#ifndef RK_REACH_H
#define RK_REACH_H

#include "privacy/cells.h"

struct rk_reach;
/* `table` is possible: it keeps the sums and lies within least and most, all by cell and the caller's for as
 * long as this is. */
struct rk_reach *rk_reach_new(uint32_t cells, const struct rk_sums *sums, const int64_t *least,
                              const int64_t *most, const int64_t *table);
void rk_reach_free(struct rk_reach *reach); /* NULL is allowed */
/* Looks how far the cell goes. True: there is no further, so rk_reach_low or rk_reach_high is its end. Stops
 * (false) where the two are seen to be `enough` apart. */
bool rk_reach_go(struct rk_reach *reach, uint32_t cell, bool up, int64_t enough);
/* Another possible table was met; it has what is known to somebody. */
void rk_reach_met(struct rk_reach *reach, const int64_t *table);
/* The least and most of the tables met. */
int64_t rk_reach_low(const struct rk_reach *reach, uint32_t cell);
int64_t rk_reach_high(const struct rk_reach *reach, uint32_t cell);
/* From now on the cell is `value`, until rk_reach_forget; false: no table was found in which it is. */
bool rk_reach_know(struct rk_reach *reach, uint32_t cell, int64_t value);
void rk_reach_forget(struct rk_reach *reach);
uint64_t rk_reach_work(const struct rk_reach *reach); /* a clock that runs alike everywhere */

#endif
