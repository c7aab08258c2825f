#include "panel/used.h"

static int by_used(const void *x, const void *y)
{
    const struct rk_match_used *a = x, *b = y;
    if (a->panelist != b->panelist)
        return a->panelist < b->panelist ? -1 : 1;
    return a->month < b->month ? -1 : a->month > b->month;
}

void rk_used_sort(struct rk_match_used *used, uint32_t count)
{
    if (count)
        qsort(used, count, sizeof *used, by_used);
}

int64_t rk_used_count(const struct rk_match_used *used, uint32_t count, uint32_t panelist,
                      int32_t month, int32_t months)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (used[middle].panelist < panelist ||
            (used[middle].panelist == panelist && used[middle].month < month))
            low = middle + 1;
        else
            high = middle;
    }
    int64_t found = 0;
    for (; low < count && used[low].panelist == panelist && used[low].month < month + months; low++)
        found++;
    return found;
}
