/* The lower bounds of arcs that have another than 0: few, by arc. */
#ifndef RK_LOWER_H
#define RK_LOWER_H

#include "base/mem.h"

#include <stdint.h>

struct rk_lowers { /* zeroed = none; `all` is given back with rk_free */
    struct rk_lower {
        uint32_t arc;
        int64_t amount;
    } * all;
    uint32_t count, room;
};

/* To be added by ascending arc; 0 is not kept. */
static inline void rk_lowers_add(struct rk_lowers *lowers, uint32_t arc, int64_t amount)
{
    if (!amount)
        return;
    RK_GROW(lowers->all, lowers->count, lowers->room);
    lowers->all[lowers->count++] = (struct rk_lower){arc, amount};
}

static inline int64_t rk_lowers_of(const struct rk_lowers *lowers, uint32_t arc)
{
    uint32_t low = 0, high = lowers->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (lowers->all[middle].arc < arc)
            low = middle + 1;
        else
            high = middle;
    }
    return low < lowers->count && lowers->all[low].arc == arc ? lowers->all[low].amount : 0;
}

#endif
