#include "panel/relax.h"

#include "panel/panel.h"

/* The pairs of each recruitment: pairs[first[r]] … pairs[first[r + 1] - 1]. */
struct by_recruitment {
    uint32_t *first, *pairs;
};

static struct by_recruitment index_pairs(const struct rk_match_problem *problem)
{
    uint32_t n = problem->recruitment_count;
    struct by_recruitment by = {rk_alloc((size_t)n + 2, sizeof *by.first),
                                rk_alloc((size_t)problem->pair_count + 1, sizeof *by.pairs)};
    for (uint32_t i = 0; i < problem->pair_count; i++)
        by.first[problem->pairs[i].recruitment + 2]++;
    for (uint32_t r = 0; r < n; r++)
        by.first[r + 2] += by.first[r + 1];
    for (uint32_t i = 0; i < problem->pair_count; i++)
        by.pairs[by.first[problem->pairs[i].recruitment + 1]++] = i;
    return by;
}

/* The panel of one recruitment by itself: who sits there, and who could. */
struct alone {
    uint64_t *member; /* by person: bits of the quotas */
    uint32_t count;
    int32_t sitting;
};

static struct alone list_people(const struct rk_explain *match, const struct rk_match_state *state,
                                const struct by_recruitment *by, uint32_t r, uint32_t first_quota,
                                uint32_t quotas)
{
    const struct rk_match_problem *problem = match->problem;
    size_t words = rk_panel_words(quotas);
    struct alone alone = {0};
    uint32_t room = 0;
    for (uint32_t at = by->first[r]; at < by->first[r + 1]; at++) {
        uint32_t i = by->pairs[at];
        bool sits = match->result->member[i];
        if (!sits &&
            rk_match_blocked(state, problem->pairs[i].panelist, r, NULL, 0) & ~RK_MATCH_QUOTA)
            continue;
        if (alone.count == room) {
            room = room ? room * 2 : 64;
            alone.member = rk_resize(alone.member, (size_t)room * words, sizeof *alone.member);
        }
        uint64_t *bits = alone.member + (size_t)alone.count++ * words;
        memset(bits, 0, words * sizeof *bits);
        const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[i]];
        for (uint32_t k = 0; k < cell->count; k++) {
            uint32_t row = problem->cell_rows[cell->first + k] - first_quota;
            bits[row / 64] |= UINT64_C(1) << row % 64;
        }
        alone.sitting += sits;
    }
    return alone;
}

static uint32_t over(int32_t value) { return value > 0 ? (uint32_t)value : 0; }

static void relax_one(const struct rk_explain *match, const struct rk_match_state *state,
                      const struct by_recruitment *by, uint32_t r, uint32_t first, uint32_t end,
                      bool lowered, struct rk_relaxations *relaxations)
{
    const struct rk_match_problem *problem = match->problem;
    struct alone alone = list_people(match, state, by, r, first, end - first);
    int32_t places = problem->recruitments[r].places;
    int32_t could = (int32_t)alone.count < places ? (int32_t)alone.count : places;
    if (alone.sitting >= could && !lowered) {
        rk_free(alone.member);
        return;
    }
    struct rk_panel_row *rows = rk_alloc((size_t)(end - first) + 1, sizeof *rows);
    for (uint32_t q = first; q < end; q++) {
        const struct rk_quota *told = rk_panel_quota_row(match->quotas, q);
        int32_t kept = rk_panel_quota_kept(match->quotas, q);
        const struct rk_match_quota *quota = &problem->quotas[q];
        struct rk_panel_row *row = &rows[q - first];
        row->feature = quota->part_count == 1 ? quota->parts[0].feature : UINT32_MAX - q;
        row->least = over(quota->min);
        row->most = over(quota->max);
        if (row->least > row->most) /* more are kept than the quota lets be: nothing is asked */
            row->least = row->most;
        row->least_flex = told->min_flex < 0 ? 0 : over(told->min_flex - kept);
        row->most_flex = told->max_flex < 0 ? (uint32_t)places : over(told->max_flex - kept);
        row->least_flex = row->least_flex < row->least ? row->least_flex : row->least;
        row->most_flex = row->most_flex > row->most ? row->most_flex : row->most;
    }
    struct rk_panel_problem one = {.rows = rows,
                                   .member = alone.member,
                                   .person_count = alone.count,
                                   .row_count = end - first,
                                   .seats = (uint32_t)could};
    struct rk_panel *panel = rk_panel_new(&one);
    struct rk_effort effort = {
        .nodes = 100000, .stop = problem->stop, .context = problem->stop_context};
    struct rk_panel_relaxation found = rk_panel_relax(panel, &effort);
    RK_GROW(relaxations->all, relaxations->count, relaxations->room);
    struct rk_relaxation *told = &relaxations->all[relaxations->count++];
    *told = (struct rk_relaxation){.recruitment = r,
                                   .first = relaxations->change_count,
                                   .seats = could,
                                   .possible = found.found,
                                   .proven = found.outcome != RK_PROGRAM_STOPPED};
    for (uint32_t q = first; q < end && found.found; q++) {
        uint32_t least = found.least[q - first], most = found.most[q - first];
        const struct rk_quota *was = rk_panel_quota_row(match->quotas, q);
        int32_t kept = rk_panel_quota_kept(match->quotas, q);
        if (least == rows[q - first].least && most == rows[q - first].most)
            continue;
        RK_GROW(relaxations->changes, relaxations->change_count, relaxations->change_room);
        relaxations->changes[relaxations->change_count++] = (struct rk_relaxed){
            q, least == rows[q - first].least ? was->min : (int32_t)least + kept,
            most == rows[q - first].most ? was->max : (int32_t)most + kept};
        told->count++;
    }
    rk_free(found.least);
    rk_free(found.most);
    rk_free(found.counts);
    rk_panel_free(panel);
    rk_free(rows);
    rk_free(alone.member);
}

void rk_relax(const struct rk_explain *match, struct rk_relaxations *relaxations)
{
    const struct rk_match_problem *problem = match->problem;
    struct rk_match_state *state = rk_match_state_new(problem, match->result);
    struct by_recruitment by = index_pairs(problem);
    int32_t *filled = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *filled);
    int32_t *counts = rk_alloc((size_t)problem->quota_count + 1, sizeof *counts);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        if (!match->result->member[i])
            continue;
        filled[problem->pairs[i].recruitment]++;
        if (problem->quota_count && problem->pair_cell[i] != RK_NONE) {
            const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[i]];
            for (uint32_t k = 0; k < cell->count; k++)
                counts[problem->cell_rows[cell->first + k]]++;
        }
    }
    for (uint32_t q = 0, end; q < problem->quota_count; q = end) {
        uint32_t r = problem->quotas[q].recruitment;
        bool full = filled[r] >= problem->recruitments[r].places, lowered = false;
        for (end = q; end < problem->quota_count && problem->quotas[end].recruitment == r; end++)
            lowered = lowered || (full && counts[end] < problem->quotas[end].min);
        if (!full || lowered)
            relax_one(match, state, &by, r, q, end, lowered, relaxations);
    }
    rk_match_state_free(state);
    rk_free(filled);
    rk_free(counts);
    rk_free(by.first);
    rk_free(by.pairs);
}

void rk_relaxations_free(struct rk_relaxations *relaxations)
{
    rk_free(relaxations->all);
    rk_free(relaxations->changes);
    *relaxations = (struct rk_relaxations){0};
}
