#include "model/history.h"

static int by_pair(const void *x, const void *y)
{
    const struct rk_past *a = x, *b = y;
    if (a->panelist != b->panelist)
        return a->panelist < b->panelist ? -1 : 1;
    return a->recruitment < b->recruitment ? -1 : a->recruitment > b->recruitment;
}

const struct rk_past *rk_history_of(const struct rk_history *history, uint32_t panelist,
                                    uint32_t recruitment)
{
    uint32_t low = history->first[panelist], high = history->first[panelist + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (history->rows[middle].recruitment < recruitment)
            low = middle + 1;
        else
            high = middle;
    }
    return low < history->first[panelist + 1] && history->rows[low].recruitment == recruitment
               ? &history->rows[low]
               : NULL;
}

static unsigned meaning(const struct rk_assignment *row, bool fixed,
                        const struct rk_recruitment *recruitment)
{
    enum rk_assignment_status s = row->status;
    bool member = row->seat == RK_SEAT_MEMBER;
    unsigned counts = RK_PAST_COUNTS | (s == RK_ASSIGNMENT_ABSENT ? 0 : RK_PAST_BUSY);
    if (rk_recruitment_is_open(recruitment)) {
        if (s == RK_ASSIGNMENT_DECLINED || s == RK_ASSIGNMENT_ABSENT)
            return RK_PAST_BARS;
        if (!fixed && s == RK_ASSIGNMENT_PROPOSED)
            return 0;
        return RK_PAST_KEPT | (member ? counts : 0);
    }
    if (recruitment->status == RK_RECRUITMENT_CANCELLED)
        return s == RK_ASSIGNMENT_ATTENDED ? RK_PAST_COUNTS : 0;
    member &= s != RK_ASSIGNMENT_DECLINED;
    return member || s == RK_ASSIGNMENT_ATTENDED ? counts : 0;
}

void rk_history_read(struct rk_history *history, const struct rk_assignments *fixed,
                     const struct rk_assignments *earlier, const struct rk_assignments *result,
                     const struct rk_panelists *panelists,
                     const struct rk_recruitments *recruitments)
{
    const struct rk_assignments *tables[] = {fixed, earlier, result};
    history->rows =
        rk_alloc((size_t)fixed->count + earlier->count + result->count + 1, sizeof *history->rows);
    for (int t = 0; t < 3; t++) {
        rk_free(history->first);
        history->first =
            rk_firsts(history->rows, history->count, sizeof *history->rows, panelists->count);
        for (uint32_t i = 0, sorted = history->count; i < tables[t]->count; i++) {
            const struct rk_assignment *row = &tables[t]->rows[i];
            struct rk_past *known =
                sorted ? (struct rk_past *)rk_history_of(history, row->panelist, row->recruitment)
                       : NULL;
            if (!known) {
                known = &history->rows[history->count++];
                *known = (struct rk_past){row->panelist, row->recruitment, 0, NULL, NULL};
            }
            if (t == 2) {
                known->result = row;
                known->flags |= known->flags & RK_PAST_KEPT ? 0
                                : row->seat == RK_SEAT_MEMBER
                                    ? RK_PAST_NEW | RK_PAST_COUNTS | RK_PAST_BUSY
                                    : RK_PAST_NEW;
            } else if (!known->row) {
                known->row = row;
                known->flags = meaning(row, !t, &recruitments->rows[row->recruitment]);
            }
        }
        if (history->count)
            qsort(history->rows, history->count, sizeof *history->rows, by_pair);
    }
    rk_free(history->first);
    history->first =
        rk_firsts(history->rows, history->count, sizeof *history->rows, panelists->count);
}

void rk_history_free(struct rk_history *history)
{
    rk_free(history->rows);
    rk_free(history->first);
    *history = (struct rk_history){0};
}
