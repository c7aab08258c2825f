#include "panel/counts.h"

#include "base/mem.h"

struct search {
    const struct rk_counts *problem;
    uint32_t *order;   /* cells as they are decided */
    __int128 *rest;    /* by place in the order: least of what is still to come */
    int32_t *can_come; /* place × rows + row: of what is still to come, at most */
    int32_t *can_all;  /* by place: the same of all cells */
    int32_t *have;     /* by row */
    int32_t *counts, *best;
    __int128 best_cost;
    int32_t best_far;
    uint64_t steps;
    bool ended;
};

static __int128 deviation(const struct rk_counts *p, uint32_t cell, int32_t count)
{
    return p->sums[(size_t)cell * p->stride + (size_t)count] - p->worth[cell] * count;
}

/* The count with the least deviation: sums are convex. */
static int32_t favourite(const struct rk_counts *p, uint32_t cell)
{
    int32_t k = 0;
    while (k < p->available[cell] && deviation(p, cell, k + 1) < deviation(p, cell, k))
        k++;
    return k;
}

static int32_t far(const struct rk_counts *p, uint32_t cell, int32_t count)
{
    return count < p->near[cell] ? p->near[cell] - count : count - p->near[cell];
}

static bool is_better(const struct search *search, __int128 cost, int32_t away)
{
    return cost < search->best_cost || (cost == search->best_cost && away < search->best_far);
}

static void take_leaf(struct search *search, int32_t away)
{
    const struct rk_counts *p = search->problem;
    __int128 cost = 0;
    for (uint32_t c = 0; c < p->cells; c++)
        cost += p->sums[(size_t)c * p->stride + (size_t)search->counts[c]];
    if (!is_better(search, cost, away) || !p->holds(p->context, search->counts))
        return;
    search->best_cost = cost;
    search->best_far = away;
    memcpy(search->best, search->counts, p->cells * sizeof *search->best);
}

static void decide(struct search *search, uint32_t place, int32_t left, __int128 spent,
                   int32_t away)
{
    const struct rk_counts *p = search->problem;
    if (++search->steps > p->most_steps)
        search->ended = true;
    if (search->ended || left > search->can_all[place] ||
        !is_better(search, spent + search->rest[place], away))
        return;
    for (uint32_t q = 0; q < p->rows; q++)
        if (search->have[q] > p->high[q] ||
            search->have[q] + search->can_come[place * p->rows + q] < p->low[q])
            return;
    if (place == p->cells) {
        if (!left)
            take_leaf(search, away);
        return;
    }
    uint32_t cell = search->order[place];
    int32_t most = p->available[cell] < left ? p->available[cell] : left;
    int32_t up = favourite(p, cell), down;
    up = up > most ? most : up;
    down = up - 1;
    while (up <= most || down >= 0) { /* outwards from the favourite, the cheaper side first */
        bool rise = down < 0 || (up <= most && deviation(p, cell, up) <= deviation(p, cell, down));
        int32_t k = rise ? up++ : down--;
        if (!is_better(search, spent + deviation(p, cell, k) + search->rest[place + 1],
                       away)) /* so are all further out on this side */
        {
            if (rise)
                up = most + 1;
            else
                down = -1;
            continue;
        }
        search->counts[cell] = k;
        for (uint32_t q = 0; q < p->rows; q++)
            search->have[q] += p->counts_under[cell * p->rows + q] ? k : 0;
        decide(search, place + 1, left - k, spent + deviation(p, cell, k), away + far(p, cell, k));
        for (uint32_t q = 0; q < p->rows; q++)
            search->have[q] -= p->counts_under[cell * p->rows + q] ? k : 0;
    }
    search->counts[cell] = 0;
}

enum rk_counts_outcome rk_counts_cheapest(const struct rk_counts *problem, int32_t *counts,
                                          __int128 *cost)
{
    uint32_t cells = problem->cells, rows = problem->rows;
    struct search search = {problem,
                            rk_alloc((size_t)cells + 1, sizeof(uint32_t)),
                            rk_alloc((size_t)cells + 1, sizeof(__int128)),
                            rk_alloc(((size_t)cells + 1) * rows + 1, sizeof(int32_t)),
                            rk_alloc((size_t)cells + 1, sizeof(int32_t)),
                            rk_alloc((size_t)rows + 1, sizeof(int32_t)),
                            rk_alloc((size_t)cells + 1, sizeof(int32_t)),
                            counts,
                            RK_COUNTS_NO_COST,
                            INT32_MAX,
                            0,
                            false};
    for (uint32_t c = 0; c < cells; c++)
        search.order[c] = c;
    for (uint32_t k = cells; k-- > 0;) {
        uint32_t c = search.order[k];
        search.rest[k] = search.rest[k + 1] + deviation(problem, c, favourite(problem, c));
        search.can_all[k] = search.can_all[k + 1] + problem->available[c];
        for (uint32_t q = 0; q < rows; q++)
            search.can_come[k * rows + q] =
                search.can_come[(k + 1) * rows + q] +
                (problem->counts_under[c * rows + q] ? problem->available[c] : 0);
    }
    decide(&search, 0, problem->members, problem->constant, 0);
    *cost = search.best_cost;
    rk_free(search.order);
    rk_free(search.rest);
    rk_free(search.can_come);
    rk_free(search.can_all);
    rk_free(search.have);
    rk_free(search.counts);
    return search.ended                            ? RK_COUNTS_ENDED
           : search.best_cost == RK_COUNTS_NO_COST ? RK_COUNTS_NONE
                                                   : RK_COUNTS_FOUND;
}
