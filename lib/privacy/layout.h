/* The cells of a table by their labels, and the sums among them. A cell has a label in every dimension;
 * in a dimension a label may be the sum of others (a total, a region of towns), in several ways.
 *
 *     layout.dims = 2;  rk_layout_group(&layout, dim, total, parts, count) …, the parts before what is
 *     made of them;  rk_layout_cell(&layout, labels) for each cell, or rk_layout_above(…) for those that
 *     it counts in;  rk_layout_sums(&layout) */
#ifndef RK_LAYOUT_H
#define RK_LAYOUT_H

#include "base/hash.h"
#include "privacy/cells.h"

enum { RK_LAYOUT_DIMS = 8 };

struct rk_layout_group {
    uint32_t dim, total;
    uint32_t *parts; /* labels, ascending */
    uint32_t count;
};
struct rk_layout { /* zeroed, `dims` set = empty; give back with rk_layout_free */
    uint32_t dims;
    struct rk_tuples keys; /* number = cell */
    struct rk_layout_group *groups;
    uint32_t group_count, group_room;
    uint32_t *first, *cell; /* of the sums */
    uint32_t sum_count, sum_room, cell_count, cell_room;
};

void rk_layout_group(struct rk_layout *layout, uint32_t dim, uint32_t total, const uint32_t *parts,
                     uint32_t count);
uint32_t rk_layout_cell(struct rk_layout *layout, const uint32_t *labels); /* the old number if known */
uint32_t rk_layout_find(const struct rk_layout *layout, const uint32_t *labels); /* or RK_NONE */
/* The cell and all that are sums over it, each once, into `cells` (grown, *room): how many. */
uint32_t rk_layout_above(struct rk_layout *layout, const uint32_t *labels, uint32_t **cells,
                         uint32_t *room);
/* Adds the sum of `total` over the parts given. */
void rk_layout_sum(struct rk_layout *layout, uint32_t total, const uint32_t *parts, uint32_t count);
/* Adds every sum of the groups among the cells there are; a part that is not there adds nothing, and a
 * total without any part is no sum. */
void rk_layout_sums(struct rk_layout *layout);
struct rk_sums rk_layout_view(const struct rk_layout *layout); /* until the layout changes */
void rk_layout_free(struct rk_layout *layout);

#endif
