/* How many of each cell sit on one panel, so that it keeps its quotas: the cheapest counts, found
 * by depth-first search. Known inside lib/panel only.
 *
 * The k-th person of cell c costs sums[c × stride + k] - sums[c × stride + k - 1], never less than
 * the one before. Prices make the search short: a person of cell c is worth worth[c] at them, and
 * no counts that keep the rows cost less than `constant` + sum over cells of the least of
 * (sums - worth × count). */
#ifndef RK_COUNTS_H
#define RK_COUNTS_H

#include "panel/match.h"

struct rk_counts {
    uint32_t cells, rows, stride;
    const int32_t *available; /* by cell; under stride */
    const __int128 *sums;     /* of the cheapest k people of a cell; sums[c × stride] = 0 */
    const __int128 *worth;    /* by cell */
    __int128 constant;
    const bool *counts_under;  /* cell × rows + row */
    const int32_t *low, *high; /* by row */
    int32_t members;           /* of all cells */
    const int32_t *near;       /* by cell: of equally cheap ones, those nearest to these counts */
    bool (*holds)(void *context, const int32_t *counts); /* the rest of the rules */
    void *context;
    uint64_t most_steps;
};

enum rk_counts_outcome {
    RK_COUNTS_FOUND, /* the cheapest */
    RK_COUNTS_NONE,  /* proven: none keep the rules */
    RK_COUNTS_ENDED, /* after most_steps; counts are the cheapest seen, if *cost is under
                      * RK_COUNTS_NO_COST */
};
#define RK_COUNTS_NO_COST ((__int128)1 << 120)

/* `counts` by cell. */
enum rk_counts_outcome rk_counts_cheapest(const struct rk_counts *problem, int32_t *counts,
                                          __int128 *cost);

#endif
