#include "panel/relax.h"

#include "panel/by_recruitment.h"
#include "panel/network.h"
#include "panel/panel.h"

enum { RELAX_NODES = 100000 }; /* linear programs of one search */

/* The panel of one recruitment by itself: who sits there, and who could. */
struct alone {
    uint64_t *member; /* by person: bits of the quotas */
    uint32_t count;
    int32_t sitting;
};

static struct alone list_people(const struct rk_explain *match, const struct rk_match_state *state,
                                const struct rk_by_recruitment *by, uint32_t r,
                                uint32_t first_quota, uint32_t quotas)
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

/* The quotas as rows of a panel. The maximums may go up to the places; the minimums down to none.
 */
static struct rk_panel_row *list_rows(const struct rk_explain *match, uint32_t first, uint32_t end,
                                      int32_t places)
{
    struct rk_panel_row *rows = rk_alloc((size_t)(end - first) + 1, sizeof *rows);
    for (uint32_t q = first; q < end; q++) {
        const struct rk_match_quota *quota = &match->problem->quotas[q];
        struct rk_panel_row *row = &rows[q - first];
        row->feature = quota->part_count == 1 ? quota->parts[0].feature : UINT32_MAX - q;
        row->least = over(quota->min);
        row->most = over(quota->max);
        if (row->least > row->most) /* more are kept than the quota lets be: nothing is asked */
            row->least = row->most;
        row->most_flex = row->most > (uint32_t)places ? row->most : (uint32_t)places;
    }
    return rows;
}

static void relax_one(const struct rk_explain *match, const struct rk_match_state *state,
                      const struct rk_by_recruitment *by, uint32_t r, uint32_t first, uint32_t end,
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
    struct rk_panel_row *rows = list_rows(match, first, end, places);
    for (uint32_t q = first; q < end; q++) {
        const struct rk_quota *told = rk_panel_quota_row(match->quotas, q);
        int32_t kept = rk_panel_quota_kept(match->quotas, q);
        struct rk_panel_row *row = &rows[q - first];
        if (told->min_flex >= 0)
            row->least_flex = over(told->min_flex - kept);
        if (told->max_flex >= 0)
            row->most_flex = over(told->max_flex - kept);
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
        .nodes = RELAX_NODES, .stop = problem->stop, .context = problem->stop_context};
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

/* ---- the quotas in the way ---- */

struct held {
    struct rk_match_cut_quota *quotas;
    uint32_t count, room;
};

static void hold(struct held *held, uint32_t quota, bool least)
{
    RK_GROW(held->quotas, held->count, held->room);
    held->quotas[held->count++] = (struct rk_match_cut_quota){quota, least};
}

enum { MOST_WORK = 1000000000 }; /* rows × people, of all linear programs */

struct search {
    struct rk_effort effort;
    uint64_t work; /* that is left; the same on every machine */
};

static bool may_solve(struct search *search, const struct rk_panel_problem *one)
{
    uint64_t work = (uint64_t)one->row_count * ((uint64_t)one->person_count + 1);
    bool may = work <= search->work;
    search->work -= may ? work : search->work;
    return may;
}

/* Is there a full panel without the quotas that are held, but for number `but`? */
static enum rk_program_outcome is_full_without(const struct rk_panel_problem *one,
                                               const struct held *held, uint32_t but,
                                               struct search *search)
{
    if (!may_solve(search, one))
        return RK_PROGRAM_STOPPED;
    struct rk_panel_row *left = rk_alloc((size_t)one->row_count + 1, sizeof *left);
    memcpy(left, one->rows, one->row_count * sizeof *left);
    for (uint32_t i = 0; i < held->count; i++) {
        struct rk_panel_row *row = &left[held->quotas[i].quota];
        if (i != but && held->quotas[i].least)
            row->least = 0;
        else if (i != but)
            row->most = row->most_flex;
    }
    for (uint32_t q = 0; q < one->row_count; q++) {
        left[q].least_flex = left[q].least;
        left[q].most_flex = left[q].most;
    }
    struct rk_panel_problem without = *one;
    without.rows = left;
    struct rk_panel *panel = rk_panel_new(&without);
    struct rk_panel_relaxation found = rk_panel_relax(panel, &search->effort);
    rk_free(found.least);
    rk_free(found.most);
    rk_free(found.counts);
    rk_panel_free(panel);
    rk_free(left);
    return found.outcome;
}

/* The quotas of one recruitment, `first` … end - 1, and what is known of them. */
struct asked {
    uint32_t recruitment, first, end;
    bool crosses;
    struct held these; /* as the flow tells; then as they are */
};

/* Leaves out the rows that nobody could break, such as those of households of one; kept[k] is what
 * row k was. Returns how many are left. */
static uint32_t leave_out_loose(struct rk_panel_row *rows, uint32_t count, struct alone *people,
                                uint32_t *kept)
{
    uint32_t *of = rk_alloc((size_t)count + 1, sizeof *of), left = 0; /* people by row */
    size_t words = rk_panel_words(count);
    for (uint32_t i = 0; i < people->count; i++)
        for (uint32_t q = 0; q < count; q++)
            of[q] += people->member[i * words + q / 64] >> q % 64 & 1;
    for (uint32_t q = 0; q < count; q++)
        if (rows[q].least || of[q] > rows[q].most) {
            rows[left] = rows[q];
            kept[left++] = q;
        }
    size_t fewer = rk_panel_words(left);
    uint64_t *bits = rk_alloc(fewer + 1, sizeof *bits);
    for (uint32_t i = 0; i < people->count; i++) { /* those of the next person lie behind */
        memset(bits, 0, fewer * sizeof *bits);
        for (uint32_t k = 0; k < left; k++)
            bits[k / 64] |= (people->member[i * words + kept[k] / 64] >> kept[k] % 64 & 1)
                            << k % 64;
        if (fewer)
            memcpy(people->member + i * fewer, bits, fewer * sizeof *bits);
    }
    rk_free(bits);
    rk_free(of);
    return left;
}

/* Adds the quotas of the smallest change. */
static void hold_change(const struct rk_panel_problem *one, struct search *search,
                        struct held *these)
{
    if (!may_solve(search, one))
        return;
    struct rk_panel *panel = rk_panel_new(one);
    struct rk_panel_relaxation found = rk_panel_relax(panel, &search->effort);
    for (uint32_t q = 0; q < one->row_count && found.found; q++) {
        if (found.most[q] != one->rows[q].most)
            hold(these, q, false);
        if (found.least[q] != one->rows[q].least)
            hold(these, q, true);
    }
    rk_free(found.least);
    rk_free(found.most);
    rk_free(found.counts);
    rk_panel_free(panel);
}

/* Leaves out what is needless. False where that is not known of one. */
static bool sift(const struct rk_panel_problem *one, struct search *search, struct held *these)
{
    for (uint32_t i = these->count; i-- > 0;) {
        enum rk_program_outcome without = is_full_without(one, these, i, search);
        if (without == RK_PROGRAM_NONE)
            continue;
        if (without == RK_PROGRAM_STOPPED)
            return false;
        these->count--;
        memmove(these->quotas + i, these->quotas + i + 1,
                (these->count - i) * sizeof *these->quotas);
    }
    return true;
}

/* The quotas in the way of the recruitment's empty seats. To begin with, as the flow tells, where
 * that is enough; but where it knows nothing of them, or the seats could not be filled without
 * those that it tells, as the smallest change does. */
static void hold_one(const struct rk_explain *match, const struct rk_match_state *state,
                     const struct rk_by_recruitment *by, struct asked *asked, struct search *search,
                     struct held *held)
{
    uint32_t r = asked->recruitment, first = asked->first, quotas = asked->end - first;
    int32_t places = match->problem->recruitments[r].places;
    struct alone alone = list_people(match, state, by, r, first, quotas);
    int32_t could = (int32_t)alone.count < places ? (int32_t)alone.count : places;
    struct rk_panel_row *rows = list_rows(match, first, asked->end, places);
    uint32_t *kept = rk_alloc((size_t)quotas + 1, sizeof *kept);
    struct held *these = &asked->these;
    these->count = asked->crosses ? 0 : these->count;
    if (alone.sitting < could) {
        uint32_t left = leave_out_loose(rows, quotas, &alone, kept), count = 0;
        struct rk_panel_problem one = {.rows = rows,
                                       .member = alone.member,
                                       .person_count = alone.count,
                                       .row_count = left,
                                       .seats = (uint32_t)could};
        for (uint32_t i = 0; i < these->count; i++) /* by row, and so back */
            for (uint32_t k = 0; k < left; k++)
                if (first + kept[k] == these->quotas[i].quota)
                    these->quotas[count++] = (struct rk_match_cut_quota){k, these->quotas[i].least};
        these->count = count;
        bool told =
            !asked->crosses && is_full_without(&one, these, RK_NONE, search) != RK_PROGRAM_NONE;
        if (!told) {
            these->count = 0;
            hold_change(&one, search, these);
        }
        if (!sift(&one, search, these) && !told)
            these->count = 0;
        for (uint32_t i = 0; i < these->count; i++)
            these->quotas[i].quota = first + kept[these->quotas[i].quota];
    }
    for (uint32_t i = 0; i < these->count; i++)
        hold(held, these->quotas[i].quota, these->quotas[i].least);
    rk_free(kept);
    rk_free(rows);
    rk_free(alone.member);
}

/* Makes those held the quotas of the cuts that their recruitments are in. */
static void sort_held(const struct held *held, const struct rk_match_problem *problem,
                      struct rk_match_result *result)
{
    struct rk_match_cut_quota *sorted = rk_alloc((size_t)held->count + 1, sizeof *sorted);
    for (uint32_t c = 0; c < result->cut_count; c++)
        result->cuts[c].quotas = 0;
    for (uint32_t i = 0; i < held->count; i++)
        result->cuts[result->cut_of[problem->quotas[held->quotas[i].quota].recruitment]].quotas++;
    for (uint32_t c = 0, count = 0; c < result->cut_count; c++) {
        result->cuts[c].first_quota = count;
        count += result->cuts[c].quotas;
        result->cuts[c].quotas = 0;
    }
    for (uint32_t i = 0; i < held->count; i++) {
        uint32_t r = problem->quotas[held->quotas[i].quota].recruitment;
        struct rk_match_cut *cut = &result->cuts[result->cut_of[r]];
        sorted[cut->first_quota + cut->quotas++] = held->quotas[i];
    }
    rk_free(result->cut_quotas);
    result->cut_quotas = sorted;
}

void rk_relax_cuts(const struct rk_explain *match, struct rk_match_result *result)
{
    const struct rk_match_problem *problem = match->problem;
    if (!problem->quota_count || !result->cut_count)
        return;
    struct rk_match_state *state = rk_match_state_new(problem, result);
    struct rk_by_recruitment by = rk_by_recruitment(problem);
    struct search search = {
        {.nodes = RELAX_NODES, .stop = problem->stop, .context = problem->stop_context}, MOST_WORK};
    struct held all = {0};
    struct asked asked = {0};
    for (uint32_t q = 0; q < problem->quota_count; q = asked.end) {
        uint32_t cut = result->cut_of[problem->quotas[q].recruitment];
        asked.recruitment = problem->quotas[q].recruitment;
        asked.first = q;
        asked.crosses = false;
        for (asked.end = q; asked.end < problem->quota_count &&
                            problem->quotas[asked.end].recruitment == asked.recruitment;
             asked.end++)
            asked.crosses = asked.crosses || result->network->crossing[asked.end];
        asked.these.count = 0;
        for (uint32_t i = 0; cut != RK_NONE && i < result->cuts[cut].quotas; i++) {
            const struct rk_match_cut_quota *told =
                &result->cut_quotas[result->cuts[cut].first_quota + i];
            if (told->quota >= q && told->quota < asked.end)
                hold(&asked.these, told->quota, told->least);
        }
        if (cut != RK_NONE)
            hold_one(match, state, &by, &asked, &search, &all);
    }
    sort_held(&all, problem, result);
    rk_free(asked.these.quotas);
    rk_free(all.quotas);
    rk_match_state_free(state);
    rk_by_recruitment_free(&by);
}

void rk_relax(const struct rk_explain *match, struct rk_relaxations *relaxations)
{
    const struct rk_match_problem *problem = match->problem;
    struct rk_match_state *state = rk_match_state_new(problem, match->result);
    struct rk_by_recruitment by = rk_by_recruitment(problem);
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
    rk_by_recruitment_free(&by);
}

void rk_relaxations_free(struct rk_relaxations *relaxations)
{
    rk_free(relaxations->all);
    rk_free(relaxations->changes);
    *relaxations = (struct rk_relaxations){0};
}
