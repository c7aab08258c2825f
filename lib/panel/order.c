/* The panel as it stands after a result: order, reserves, what stands in the way. */
#include "base/hash.h"
#include "base/mem.h"
#include "panel/by_recruitment.h"
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
    const uint32_t *lottery; /* by pair; NULL: to be drawn anew */
    struct rk_overlaps overlaps;
    struct rk_match_used *used; /* with the new memberships, sorted */
    uint32_t used_count;
    int64_t *load;           /* by panelist, with the new memberships */
    uint32_t *first, *given; /* given[first[p]] … : recruitments of panelist p's new memberships */
    uint32_t *quota_first;   /* by recruitment, + 1 */
    int32_t *counts;         /* by quota: members of the kind */
    int32_t *members;        /* by recruitment */
};

static void count_quotas(struct rk_match_state *state, const bool *member)
{
    const struct rk_match_problem *problem = state->problem;
    uint32_t n = problem->recruitment_count, q = 0;
    state->quota_first = rk_alloc((size_t)n + 1, sizeof *state->quota_first);
    state->counts = rk_alloc((size_t)problem->quota_count + 1, sizeof *state->counts);
    state->members = rk_alloc((size_t)n + 1, sizeof *state->members);
    for (uint32_t r = 0; r < n; r++) {
        state->quota_first[r] = q;
        while (q < problem->quota_count && problem->quotas[q].recruitment == r)
            q++;
    }
    state->quota_first[n] = q;
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        if (!member[i])
            continue;
        state->members[problem->pairs[i].recruitment]++;
        if (!problem->pair_cell || problem->pair_cell[i] == RK_NONE)
            continue;
        const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[i]];
        for (uint32_t k = 0; k < cell->count; k++)
            state->counts[problem->cell_rows[cell->first + k]]++;
    }
}

struct rk_match_state *rk_match_state_new(const struct rk_match_problem *problem,
                                          const struct rk_match_result *result)
{
    struct rk_match_state *state = rk_alloc(1, sizeof *state);
    uint32_t panelists = problem->panelist_count, given = 0;
    for (uint32_t i = 0; i < problem->pair_count; i++)
        given += result->member[i];
    state->problem = problem;
    state->lottery = result->network ? result->network->lottery : NULL;
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
    count_quotas(state, result->member);
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
    rk_free(state->quota_first);
    rk_free(state->counts);
    rk_free(state->members);
    rk_free(state);
}

/* Do the quotas of the recruitment hold after these rows have one member more and those one less
 * (NULL: an empty seat less)? */
static bool holds_with(const struct rk_match_state *state, uint32_t r, const uint32_t *more,
                       uint32_t more_count, const struct rk_match_cell *less)
{
    uint32_t first = state->quota_first[r], count = state->quota_first[r + 1] - first;
    int32_t empty = state->problem->recruitments[r].places - state->members[r] - (less == NULL);
    for (uint32_t i = 0; i < more_count; i++)
        state->counts[more[i]]++;
    for (uint32_t i = 0; less && i < less->count; i++)
        state->counts[state->problem->cell_rows[less->first + i]]--;
    bool hold = rk_match_quotas_hold(state->problem->quotas + first, count, state->counts + first,
                                     empty > 0 ? empty : 0);
    for (uint32_t i = 0; i < more_count; i++)
        state->counts[more[i]]--;
    for (uint32_t i = 0; less && i < less->count; i++)
        state->counts[state->problem->cell_rows[less->first + i]]++;
    return hold;
}

bool rk_match_replaces(const struct rk_match_state *state, uint32_t pair, uint32_t member)
{
    const struct rk_match_problem *problem = state->problem;
    uint32_t r = problem->pairs[pair].recruitment;
    if (state->quota_first[r] == state->quota_first[r + 1])
        return true;
    const struct rk_match_cell *more = &problem->cells[problem->pair_cell[pair]];
    return holds_with(state, r, problem->cell_rows + more->first, more->count,
                      &problem->cells[problem->pair_cell[member]]);
}

unsigned rk_match_blocked(const struct rk_match_state *state, uint32_t panelist,
                          uint32_t recruitment, const uint32_t *rows, uint32_t row_count)
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
    if (state->quota_first[recruitment] != state->quota_first[recruitment + 1] &&
        !holds_with(state, recruitment, rows, row_count, NULL))
        blocked |= RK_MATCH_QUOTA;
    return blocked;
}

static struct ordered order_of(const struct rk_match_state *state, uint32_t pair,
                               struct rk_buf *key)
{
    const struct rk_match_problem *problem = state->problem;
    const struct rk_match_pair *of = &problem->pairs[pair];
    return (struct ordered){
        pair, problem->by_lot ? 0 : of->fit, problem->by_lot ? 0 : state->load[of->panelist],
        state->lottery ? state->lottery[pair]
                       : rk_match_lot(problem->seed, problem->recruitments[of->recruitment].id,
                                      problem->panelists[of->panelist].id, key)};
}

void rk_match_order(const struct rk_match_state *state, uint32_t *pairs, uint32_t count)
{
    struct ordered *rows = rk_alloc((size_t)count + 1, sizeof *rows);
    struct rk_buf key = {0};
    for (uint32_t i = 0; i < count; i++)
        rows[i] = order_of(state, pairs[i], &key);
    qsort(rows, count, sizeof *rows, by_order);
    for (uint32_t i = 0; i < count; i++)
        pairs[i] = rows[i].pair;
    rk_buf_free(&key);
    rk_free(rows);
}

/* One kind of those who could step in, or of members: a cell. */
struct kind {
    uint32_t cell, count;
};

static uint32_t list_kinds(const struct rk_match_problem *problem, uint32_t *pairs, uint32_t count,
                           struct kind *kinds)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = 0;
        while (k < n && kinds[k].cell != problem->pair_cell[pairs[i]])
            k++;
        if (k == n)
            kinds[n++] = (struct kind){problem->pair_cell[pairs[i]], 0};
        kinds[k].count++;
    }
    return n;
}

/* Puts the first `asked` of `could`, which are in order, so that each can take the place of most of
 * the members for whom nobody before can; but the first `stay` as they are. */
static void order_by_repair(const struct rk_match_state *state, uint32_t r, uint32_t *could,
                            uint32_t count, uint32_t stay, uint32_t *members, uint32_t member_count,
                            uint32_t asked)
{
    const struct rk_match_problem *problem = state->problem;
    struct kind *kinds = rk_alloc((size_t)count + 1, sizeof *kinds);
    struct kind *sitting = rk_alloc((size_t)member_count + 1, sizeof *sitting);
    uint32_t kind_count = list_kinds(problem, could, count, kinds);
    uint32_t sitting_count = list_kinds(problem, members, member_count, sitting);
    bool *repairs = rk_alloc((size_t)kind_count * sitting_count + 1, sizeof *repairs);
    bool *covered = rk_alloc((size_t)sitting_count + 1, sizeof *covered);
    for (uint32_t k = 0; k < kind_count; k++) {
        const struct rk_match_cell *more = &problem->cells[kinds[k].cell];
        for (uint32_t s = 0; s < sitting_count; s++)
            repairs[k * sitting_count + s] =
                holds_with(state, r, problem->cell_rows + more->first, more->count,
                           &problem->cells[sitting[s].cell]);
    }
    for (uint32_t next = 0; next < asked && next < count; next++) {
        uint32_t best = next, best_new = 0, best_all = 0;
        for (int turn = 0; turn < 2 && !best_new && next >= stay; turn++) {
            best_all = 0;
            for (uint32_t i = next; i < count; i++) {
                uint32_t k = 0, fresh = 0, all = 0;
                while (kinds[k].cell != problem->pair_cell[could[i]])
                    k++;
                for (uint32_t s = 0; s < sitting_count; s++) {
                    all += repairs[k * sitting_count + s] ? sitting[s].count : 0;
                    fresh += repairs[k * sitting_count + s] && !covered[s] ? sitting[s].count : 0;
                }
                if (fresh > best_new || (fresh == best_new && all > best_all)) {
                    best = i;
                    best_new = fresh;
                    best_all = all;
                }
            }
            if (!best_new) /* there is somebody for everyone: begin anew */
                memset(covered, 0, sitting_count * sizeof *covered);
        }
        uint32_t chosen = could[best], k = 0;
        memmove(could + next + 1, could + next, (best - next) * sizeof *could);
        could[next] = chosen;
        while (kinds[k].cell != problem->pair_cell[chosen])
            k++;
        for (uint32_t s = 0; s < sitting_count; s++)
            covered[s] = covered[s] || repairs[k * sitting_count + s];
    }
    rk_free(kinds);
    rk_free(sitting);
    rk_free(repairs);
    rk_free(covered);
}

/* Puts those first who stood by before a repair, the first of them first; returns how many. */
static uint32_t stay_first(const struct rk_match_problem *problem, uint32_t *could, uint32_t count)
{
    uint32_t staying = 0;
    for (uint32_t i = 0; i < count && problem->stay; i++) {
        uint32_t pair = could[i], at = staying;
        if (problem->stay[pair] <= 0)
            continue;
        while (at && problem->stay[could[at - 1]] < problem->stay[pair])
            at--;
        memmove(could + at + 1, could + at, (i - at) * sizeof *could);
        could[at] = pair;
        staying++;
    }
    return staying;
}

static bool could_step_in(const struct rk_match_state *state, uint32_t pair)
{
    const struct rk_match_pair *of = &state->problem->pairs[pair];
    return !(rk_match_blocked(state, of->panelist, of->recruitment, NULL, 0) &
             ~(unsigned)RK_MATCH_QUOTA);
}

enum { FEW_RESERVES = 64 };

/* Of `could`, leaves of each kind the first so many who could step in; returns how many those are.
 * The others would have no turn. */
static uint32_t keep_first(const struct rk_match_state *state, uint32_t r, uint32_t *could,
                           uint32_t count, uint32_t asked)
{
    const struct rk_match_problem *problem = state->problem;
    bool quotas = state->quota_first[r] != state->quota_first[r + 1];
    uint32_t least = RK_NONE, most = 0, kept = 0;
    for (uint32_t i = 0; i < count && quotas; i++) {
        uint32_t cell = problem->pair_cell[could[i]];
        least = cell < least ? cell : least;
        most = cell > most ? cell : most;
    }
    uint32_t kinds = quotas && count ? most - least + 1 : 1;
    struct ordered *rows = rk_alloc((size_t)kinds * asked + 1, sizeof *rows);
    uint32_t *have = rk_alloc((size_t)kinds + 1, sizeof *have);
    struct rk_buf key = {0};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = quotas ? problem->pair_cell[could[i]] - least : 0, at = have[k];
        struct ordered next = order_of(state, could[i], &key), *row = rows + (size_t)k * asked;
        if ((at == asked && by_order(&next, &row[at - 1]) > 0) || !could_step_in(state, could[i]))
            continue;
        have[k] += at < asked;
        at -= at == asked;
        for (; at && by_order(&next, &row[at - 1]) < 0; at--)
            row[at] = row[at - 1];
        row[at] = next;
    }
    for (uint32_t k = 0; k < kinds; k++)
        for (uint32_t i = 0; i < have[k]; i++)
            could[kept++] = rows[(size_t)k * asked + i].pair;
    rk_buf_free(&key);
    rk_free(rows);
    rk_free(have);
    return kept;
}

void rk_match_reserves(const struct rk_match_state *state, const bool *member, uint32_t **pairs,
                       uint32_t **first)
{
    const struct rk_match_problem *problem = state->problem;
    struct rk_by_recruitment by = {0};
    uint32_t n = 0, most = 0;
    size_t asked_for = 0;
    bool any = false;
    for (uint32_t r = 0; r < problem->recruitment_count; r++)
        any = any || problem->recruitments[r].reserves > 0;
    if (any)
        by = rk_by_recruitment(problem);
    for (uint32_t r = 0; r < problem->recruitment_count && any; r++) {
        uint32_t count = by.first[r + 1] - by.first[r];
        int32_t asked = problem->recruitments[r].reserves;
        asked_for += asked <= 0 ? 0 : (uint32_t)asked < count ? (uint32_t)asked : count;
        most = count > most ? count : most;
    }
    *pairs = rk_alloc(asked_for + most + 1, sizeof **pairs);
    *first = rk_alloc((size_t)problem->recruitment_count + 1, sizeof **first);
    uint32_t *members = rk_alloc((size_t)most + 1, sizeof *members);
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        (*first)[r] = n;
        if (problem->recruitments[r].reserves <= 0)
            continue;
        uint32_t count = 0, member_count = 0, *could = *pairs + n;
        uint32_t asked = (uint32_t)problem->recruitments[r].reserves;
        bool few = asked <= FEW_RESERVES && !problem->stay;
        for (uint32_t k = by.first[r]; k < by.first[r + 1]; k++)
            if (member[by.pairs[k]])
                members[member_count++] = by.pairs[k];
            else if (few || could_step_in(state, by.pairs[k]))
                could[count++] = by.pairs[k];
        if (few)
            count = keep_first(state, r, could, count, asked);
        rk_match_order(state, could, count);
        uint32_t stay = stay_first(problem, could, count);
        if (state->quota_first[r] != state->quota_first[r + 1])
            order_by_repair(state, r, could, count, stay, members, member_count, asked);
        n += count < asked ? count : asked;
    }
    (*first)[problem->recruitment_count] = n;
    rk_free(members);
    rk_by_recruitment_free(&by);
}
