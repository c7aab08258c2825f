#include "panel/replace.h"

static bool is_open(const struct rk_recruitment *recruitment)
{
    return recruitment->status == RK_RECRUITMENT_OPEN ||
           recruitment->status == RK_RECRUITMENT_REOPENED;
}

static uint32_t take_out(const bool *out, const struct rk_recruitments *recruitments,
                         struct rk_assignments *assignments)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < assignments->count; i++) {
        struct rk_assignment *row = &assignments->rows[i];
        if (!out[row->panelist] || !is_open(&recruitments->rows[row->recruitment]) ||
            row->status == RK_ASSIGNMENT_DECLINED || row->status == RK_ASSIGNMENT_ABSENT)
            continue;
        row->status = RK_ASSIGNMENT_DECLINED;
        count++;
    }
    return count;
}

uint32_t rk_replace_take_out(const bool *out, uint32_t panelists,
                             const struct rk_recruitments *recruitments,
                             struct rk_assignments *assignments, struct rk_assignments *fixed)
{
    uint32_t count = take_out(out, recruitments, assignments) + take_out(out, recruitments, fixed);
    bool *open = rk_alloc((size_t)recruitments->count + 1, sizeof *open);
    for (uint32_t r = 0; r < recruitments->count; r++)
        open[r] = is_open(&recruitments->rows[r]);
    rk_assignments_bar(assignments, open, recruitments->count, out, panelists);
    rk_free(open);
    return count;
}

const struct rk_assignment *rk_replace_standing(const struct rk_assignments *assignments,
                                                uint32_t panelist, uint32_t recruitment)
{
    uint32_t low = 0, high = assignments->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct rk_assignment *row = &assignments->rows[middle];
        if (row->recruitment < recruitment ||
            (row->recruitment == recruitment && row->panelist < panelist))
            low = middle + 1;
        else
            high = middle;
    }
    const struct rk_assignment *row = &assignments->rows[low];
    return low < assignments->count && row->recruitment == recruitment &&
                   row->panelist == panelist && row->status == RK_ASSIGNMENT_PROPOSED
               ? row
               : NULL;
}

int64_t *rk_replace_stay(const struct rk_match_problem *problem,
                         const struct rk_assignments *assignments)
{
    int64_t *stay = rk_alloc((size_t)problem->pair_count + 1, sizeof *stay), places = 0, last = 1;
    for (uint32_t r = 0; r < problem->recruitment_count; r++)
        places += problem->recruitments[r].places > 0 ? problem->recruitments[r].places : 0;
    for (uint32_t i = 0; i < assignments->count; i++)
        if (assignments->rows[i].seat == RK_SEAT_RESERVE && assignments->rows[i].position > last)
            last = assignments->rows[i].position;
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        const struct rk_assignment *row = rk_replace_standing(
            assignments, problem->pairs[i].panelist, problem->pairs[i].recruitment);
        if (!row)
            continue;
        int64_t position = row->position > 0 ? row->position : last;
        stay[i] = row->seat == RK_SEAT_MEMBER ? places * last + 1 : last - position + 1;
    }
    return stay;
}
