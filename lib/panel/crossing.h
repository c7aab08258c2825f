/* Panels whose quotas cross: what may sit there together, and the cheapest counts at given prices.
 * Known inside lib/panel only. */
#ifndef RK_CROSSING_H
#define RK_CROSSING_H

#include "panel/network.h"

struct rk_crossing_panel {
    uint32_t recruitment;
    uint32_t first_quota, quotas; /* in the problem's and in `rules` */
    uint32_t first_cell, cells;   /* in the problem's */
    uint32_t first_node;          /* among the cell nodes: those of its cells, in order */
    uint32_t first_unfilled;      /* its first arc of that kind */
};

struct rk_crossing {
    const struct rk_network *net;
    struct rk_crossing_panel *panels;
    uint32_t count;
    struct rk_match_quota *rules; /* the problem's quotas with the minimums that can be kept
                                   * together: all of them in a panel of empty seats */
    uint32_t *cell_of;            /* by cell node: the cell */
    uint32_t *first_pair, *pairs; /* by cell node, + 1: its pairs */
};

/* Sets net->lowered of crossing quotas where minimums are more than the places. */
void rk_crossing_new(struct rk_crossing *crossing, struct rk_network *net);
void rk_crossing_free(struct rk_crossing *crossing);

/* May so many of each cell (of the panel) sit there, with so many empty seats? Where members leave
 * a panel that may be, what is left may be, too. */
bool rk_crossing_holds(const struct rk_crossing *crossing, const struct rk_crossing_panel *panel,
                       const int32_t *counts, int32_t empty);

/* Bounds for the counts of each cell, around counts that may be with no empty seat, such that all
 * counts within them may be as far as quotas go that are not in the network's rows. `gain`, by
 * cell: a cell where it is low is given room for more first, one where it is high room for fewer.
 */
void rk_crossing_widen(const struct rk_crossing *crossing, const struct rk_crossing_panel *panel,
                       const int64_t *gain, int32_t *least, int32_t *most);

/* What people and places cost. */
struct rk_crossing_guide {
    const int64_t *cost, *potential; /* by arc and node of the network */
    const int64_t *price;            /* by quota */
    const int32_t *near;             /* by cell node: of what is equally cheap, the nearest */
    const double *wished;            /* by cell node, or NULL: leaving them costs the square of
                                      * the way × pull */
    int64_t pull;
    const int8_t *settled; /* by pair: 1 is to be a member, -1 is not to be, 0 may be; or NULL */
    uint32_t most_steps;
};

/* The cheapest counts for the panel with as few empty seats as can be (those seen, where the search
 * is cut short). True where they are better than guide->near: cheaper, or those may not be. */
bool rk_crossing_choose(const struct rk_crossing *crossing, const struct rk_crossing_panel *panel,
                        const struct rk_crossing_guide *guide, int32_t *counts);

#endif
