/* The panel as it stands after a result: order, reserves, what stands in the way. */
#include "base/hash.h"
#include "base/mem.h"
#include "panel/network.h"
#include "panel/used.h"

struct ordered {
    uint32_t pair;
    int64_t fit, load;
    uint32_t lottery;
};

static int by_order(const void *x, const void *y)
{
    const struct ordered *a = x, *b = y;
    if (a->fit != b->fit)
        return a->fit > b->fit ? -1 : 1;
    if (a->load != b->load)
        return a->load < b->load ? -1 : 1;
    if (a->lottery != b->lottery)
        return a->lottery < b->lottery ? -1 : 1;
    return a->pair < b->pair ? -1 : a->pair > b->pair;
}

struct rk_match_state {
    const struct rk_match_problem *problem;
    struct rk_overlaps overlaps;
    struct rk_match_used *used; /* with the new memberships, sorted */
    uint32_t used_count;
    int64_t *load;           /* by panelist, with the new memberships */
    uint32_t *first, *given; /* given[first[p]] … : recruitments of panelist p's new memberships */
};

struct rk_match_state *rk_match_state_new(const struct rk_match_problem *problem,
                                          const struct rk_match_result *result)
{
    struct rk_match_state *state = rk_alloc(1, sizeof *state);
    uint32_t panelists = problem->panelist_count, given = 0;
    for (uint32_t i = 0; i < problem->pair_count; i++)
        given += result->member[i];
    state->problem = problem;
    state->overlaps = rk_overlaps_find(problem);
    state->load = rk_alloc((size_t)panelists + 1, sizeof *state->load);
    state->first = rk_alloc((size_t)panelists + 1, sizeof *state->first);
    state->given = rk_alloc((size_t)given + 1, sizeof *state->given);
    state->used = rk_alloc((size_t)problem->used_count + given + 1, sizeof *state->used);
    for (uint32_t i = 0; i < problem->used_count; i++)
        state->used[state->used_count++] = problem->used[i];
    for (uint32_t p = 0, i = 0, n = 0; p < panelists; p++) {
        state->first[p] = n;
        state->load[p] = problem->panelists[p].load;
        for (; i < problem->pair_count && problem->pairs[i].panelist == p; i++) {
            if (!result->member[i])
                continue;
            uint32_t r = problem->pairs[i].recruitment;
            state->given[n++] = r;
            state->load[p]++;
            state->used[state->used_count++] =
                (struct rk_match_used){p, problem->recruitments[r].month};
        }
        state->first[p + 1] = n;
    }
    rk_used_sort(state->used, state->used_count);
    return state;
}

void rk_match_state_free(struct rk_match_state *state)
{
    if (!state)
        return;
    rk_overlaps_free(&state->overlaps);
    rk_free(state->used);
    rk_free(state->load);
    rk_free(state->first);
    rk_free(state->given);
    rk_free(state);
}

unsigned rk_match_blocked(const struct rk_match_state *state, uint32_t panelist,
                          uint32_t recruitment)
{
    const struct rk_match_panelist *p = &state->problem->panelists[panelist];
    int32_t month = state->problem->recruitments[recruitment].month;
    unsigned blocked = 0;
    if ((p->max_per_month >= 0 &&
         rk_used_count(state->used, state->used_count, panelist, month, 1) >= p->max_per_month) ||
        (p->max_per_year >= 0 && rk_used_count(state->used, state->used_count, panelist,
                                               month / 12 * 12, 12) >= p->max_per_year))
        blocked |= RK_MATCH_CAP;
    for (uint32_t i = state->first[panelist]; i < state->first[panelist + 1]; i++)
        if (rk_overlap(&state->overlaps, state->given[i], recruitment))
            blocked |= RK_MATCH_OVERLAP;
    return blocked;
}

void rk_match_order(const struct rk_match_state *state, uint32_t *pairs, uint32_t count)
{
    const struct rk_match_problem *problem = state->problem;
    struct ordered *rows = rk_alloc((size_t)count + 1, sizeof *rows);
    struct rk_buf key = {0};
    for (uint32_t i = 0; i < count; i++) {
        const struct rk_match_pair *pair = &problem->pairs[pairs[i]];
        rows[i] = (struct ordered){pairs[i], pair->fit, state->load[pair->panelist],
                                   rk_match_lot(problem->seed,
                                                problem->recruitments[pair->recruitment].id,
                                                problem->panelists[pair->panelist].id, &key)};
    }
    qsort(rows, count, sizeof *rows, by_order);
    for (uint32_t i = 0; i < count; i++)
        pairs[i] = rows[i].pair;
    rk_buf_free(&key);
    rk_free(rows);
}

/* The pairs of each recruitment: pairs[first[r]] … pairs[first[r + 1] - 1]. */
static void index_pairs(const struct rk_match_problem *problem, uint32_t **first, uint32_t **pairs)
{
    uint32_t n = problem->recruitment_count;
    *first = rk_alloc((size_t)n + 2, sizeof **first);
    *pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof **pairs);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        ++(*first)[problem->pairs[i].recruitment + 2];
    for (uint32_t r = 0; r < n; r++)
        (*first)[r + 2] += (*first)[r + 1];
    for (uint32_t i = 0; i < problem->pair_count; i++)
        (*pairs)[(*first)[problem->pairs[i].recruitment + 1]++] = i;
}

void rk_match_reserves(const struct rk_match_state *state, const bool *member, uint32_t **pairs,
                       uint32_t **first)
{
    const struct rk_match_problem *problem = state->problem;
    uint32_t *first_of, *pair_of, n = 0;
    index_pairs(problem, &first_of, &pair_of);
    *pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof **pairs);
    *first = rk_alloc((size_t)problem->recruitment_count + 1, sizeof **first);
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        (*first)[r] = n;
        if (problem->recruitments[r].reserves <= 0)
            continue;
        uint32_t count = 0, *could = *pairs + n;
        for (uint32_t k = first_of[r]; k < first_of[r + 1]; k++)
            if (!member[pair_of[k]] &&
                !rk_match_blocked(state, problem->pairs[pair_of[k]].panelist, r))
                could[count++] = pair_of[k];
        rk_match_order(state, could, count);
        uint32_t asked = (uint32_t)problem->recruitments[r].reserves;
        n += count < asked ? count : asked;
    }
    (*first)[problem->recruitment_count] = n;
    rk_free(first_of);
    rk_free(pair_of);
}
