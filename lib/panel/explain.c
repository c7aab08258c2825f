#include "panel/explain.h"

#include <assert.h>

/* The pairs chosen, by recruitment: members[first[r]] … members[first[r + 1] - 1]. */
static void list_members(const struct rk_match_problem *problem,
                         const struct rk_match_result *result, uint32_t **members, uint32_t **first)
{
    uint32_t n = problem->recruitment_count, count = 0;
    *first = rk_alloc((size_t)n + 2, sizeof **first);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        count += result->member[i];
        (*first)[problem->pairs[i].recruitment + 2] += result->member[i];
    }
    *members = rk_alloc((size_t)count + 1, sizeof **members);
    for (uint32_t r = 0; r < n; r++)
        (*first)[r + 2] += (*first)[r + 1];
    for (uint32_t i = 0; i < problem->pair_count; i++)
        if (result->member[i])
            (*members)[(*first)[problem->pairs[i].recruitment + 1]++] = i;
}

/* The stages of each recruitment's sessions, each once, by first start. */
static struct rk_text *list_stages(const struct rk_sessions *sessions, uint32_t recruitments,
                                   struct rk_arena *arena)
{
    struct rk_text *stages = rk_alloc((size_t)recruitments + 1, sizeof *stages);
    struct rk_buf list = {0};
    for (uint32_t r = 0, s = 0; r < recruitments; r++) {
        rk_buf_clear(&list);
        for (; s < sessions->count && sessions->rows[s].recruitment == r; s++) {
            struct rk_text stage = sessions->rows[s].stage;
            if (list.size && rk_list_has((struct rk_text){list.text, list.size}, stage))
                continue;
            if (list.size)
                rk_buf_char(&list, '|');
            rk_buf_add(&list, stage.text, stage.size);
        }
        stages[r] = list.size
                        ? (struct rk_text){rk_arena_text(arena, list.text, list.size), list.size}
                        : (struct rk_text){"", 0};
    }
    rk_buf_free(&list);
    return stages;
}

static int by_place(const void *x, const void *y)
{
    const struct rk_assignment *a = x, *b = y;
    if (a->recruitment != b->recruitment)
        return a->recruitment < b->recruitment ? -1 : 1;
    if (a->seat != b->seat)
        return a->seat < b->seat ? -1 : 1;
    if (a->position != b->position)
        return (uint32_t)a->position < (uint32_t)b->position ? -1 : 1; /* missing ones last */
    return a->panelist < b->panelist ? -1 : a->panelist > b->panelist;
}

static int by_position(const void *x, const void *y)
{
    const struct rk_assignment *a = x, *b = y;
    return a->position < b->position ? -1 : a->position > b->position;
}

/* Rows for the pairs, which are in order, after rows[from] … that the recruitment and seat have
 * already. Those who stood there before keep their places: a new member takes a place left free, a
 * new reserve comes last. */
static uint32_t add_rows(const struct rk_explain *match, struct rk_assignment *rows, uint32_t from,
                         uint32_t count, const uint32_t *pairs, uint32_t pair_count,
                         enum rk_seat seat, struct rk_text stages)
{
    uint32_t first = count;
    int32_t last = 0, position = 0;
    for (uint32_t i = 0; i < pair_count; i++) {
        const struct rk_match_pair *pair = &match->problem->pairs[pairs[i]];
        const struct rk_assignment *standing =
            match->standing
                ? rk_replace_standing(match->standing, pair->panelist, pair->recruitment)
                : NULL;
        struct rk_assignment *row = &rows[count++];
        *row = (struct rk_assignment){
            .recruitment = pair->recruitment,
            .panelist = pair->panelist,
            .seat = seat,
            .position = -1,
            .stages = stages,
            .rater_id = {"", 0},
            .status = RK_ASSIGNMENT_PROPOSED,
            .declared_on = RK_NO_DATE,
            .confidentiality_on = RK_NO_DATE,
        };
        if (standing && standing->seat == seat)
            *row = *standing;
        row->has_fit = true;
        row->fit = pair->fit * match->unit;
        row->has_probability = match->chance != NULL;
        row->probability = match->chance ? match->chance(match->lottery, pairs[i]) : 0;
        last = row->position > last ? row->position : last;
    }
    for (uint32_t i = first; i < count; i++) {
        if (rows[i].position > 0)
            continue;
        bool free = false;
        while (!free && seat == RK_SEAT_MEMBER) {
            position++;
            free = true;
            for (uint32_t j = first; j < count && free; j++)
                free = rows[j].position != position;
        }
        rows[i].position = free ? position : ++last;
    }
    qsort(rows + first, count - first, sizeof *rows, by_position);
    position = 0;
    for (uint32_t i = first; i < count; i++) { /* beside those that are kept, with no gap */
        position++;
        for (uint32_t j = from; j < first; j++)
            if (rows[j].seat == seat && rows[j].position == position) {
                position++;
                j = from - 1;
            }
        rows[i].position = position;
    }
    return count;
}

struct rk_assignment *rk_explain_rows(const struct rk_explain *match,
                                      const struct rk_sessions *sessions, struct rk_arena *arena,
                                      uint32_t *count)
{
    uint32_t n = match->recruitments->count, kept_count;
    uint32_t *members, *first, *reserves, *reserve_first;
    const struct rk_assignment *kept = rk_eligible_kept(match->eligible, &kept_count);
    struct rk_match_state *state = rk_match_state_new(match->problem, match->result);
    struct rk_text *stages = list_stages(sessions, n, arena);
    list_members(match->problem, match->result, &members, &first);
    rk_match_reserves(state, match->result->member, &reserves, &reserve_first);
    struct rk_assignment *rows =
        rk_alloc((size_t)kept_count + first[n] + reserve_first[n] + 1, sizeof *rows);
    *count = 0;
    uint32_t at = 0;
    for (uint32_t r = 0; r < n; r++) {
        uint32_t from = *count;
        for (; at < kept_count && kept[at].recruitment == r; at++) {
            rows[*count] = kept[at];
            rows[*count].has_fit = true;
            rows[(*count)++].fit =
                rk_eligible_fit(match->eligible, kept[at].panelist, kept[at].recruitment);
        }
        rk_match_order(state, members + first[r], first[r + 1] - first[r]);
        *count = add_rows(match, rows, from, *count, members + first[r], first[r + 1] - first[r],
                          RK_SEAT_MEMBER, stages[r]);
        *count = add_rows(match, rows, from, *count, reserves + reserve_first[r],
                          reserve_first[r + 1] - reserve_first[r], RK_SEAT_RESERVE, stages[r]);
    }
    qsort(rows, *count, sizeof *rows, by_place);
    rk_match_state_free(state);
    rk_free(stages);
    rk_free(members);
    rk_free(first);
    rk_free(reserves);
    rk_free(reserve_first);
    return rows;
}

/* ---- counts and rules ---- */

#define SETS (1u << RK_REFUSALS)

static unsigned size_of(unsigned set) { return (unsigned)__builtin_popcount(set); }

/* stopped[set] of panelists are stopped by exactly these rules. */
static void smallest_set(const uint32_t *stopped, struct rk_explanation *panel)
{
    static_assert(RK_REFUSALS <= 16, "subsets are listed");
    uint32_t *within = rk_alloc(SETS, sizeof *within); /* by some of the set's rules only */
    memcpy(within, stopped, SETS * sizeof *within);
    for (unsigned rule = 0; rule < RK_REFUSALS; rule++)
        for (unsigned set = 0; set < SETS; set++)
            if (set & RK_REFUSED_BIT(rule))
                within[set] += within[set & ~RK_REFUSED_BIT(rule)];
    uint32_t lack = (uint32_t)(panel->seats - panel->filled - panel->room_lacks);
    unsigned best = 0;
    for (unsigned set = 1; set < SETS; set++)
        if (within[set] >= lack && (!best || size_of(set) < size_of(best) ||
                                    (size_of(set) == size_of(best) && within[set] > within[best])))
            best = set;
    panel->rules = best;
    panel->stopped = best ? within[best] : 0;
    rk_free(within);
}

static void count_reasons(const struct rk_explain *match, const struct rk_match_state *state,
                          const bool *sits, struct rk_explanation *panel, uint32_t *stopped)
{
    uint32_t r = panel->recruitment;
    bool lacks = panel->filled + panel->room_lacks < panel->seats;
    const struct rk_match_problem *problem = match->problem;
    uint32_t first_quota = 0, end_quota;
    while (first_quota < problem->quota_count && problem->quotas[first_quota].recruitment < r)
        first_quota++;
    end_quota = first_quota;
    while (end_quota < problem->quota_count && problem->quotas[end_quota].recruitment == r)
        end_quota++;
    uint32_t *rows = rk_alloc((size_t)(end_quota - first_quota) + 1, sizeof *rows);
    memset(stopped, 0, SETS * sizeof *stopped);
    for (uint32_t p = 0; p < match->panelists->count; p++) {
        if (rk_eligible_kept_row(match->eligible, p, r))
            continue;
        unsigned reasons = rk_eligible_reasons(match->eligible, p, r);
        if (!reasons) {
            panel->eligible++;
        } else {
            panel->first[__builtin_ctz(reasons)]++;
            if (size_of(reasons) == 1)
                panel->only[__builtin_ctz(reasons)]++;
        }
        if (!lacks || sits[p])
            continue;
        uint32_t row_count = 0;
        for (uint32_t q = first_quota; q < end_quota; q++)
            if (rk_panel_quota_counts(match->quotas, q, p))
                rows[row_count++] = q;
        unsigned blocked = rk_match_blocked(state, p, r, rows, row_count);
        if (blocked & RK_MATCH_CAP)
            reasons |= RK_REFUSED_BIT(RK_REFUSED_CAP);
        if (blocked & RK_MATCH_OVERLAP)
            reasons |= RK_REFUSED_BIT(RK_REFUSED_OVERLAP);
        if (blocked & RK_MATCH_QUOTA)
            reasons |= RK_REFUSED_BIT(RK_REFUSED_QUOTA);
        stopped[reasons]++;
    }
    rk_free(rows);
    if (lacks)
        smallest_set(stopped, panel);
}

uint32_t rk_explain_panels(const struct rk_explain *match, bool counts, struct rk_explanation *rows)
{
    uint32_t n = match->recruitments->count, count = 0, *members, *first, *reserves, *reserve_first;
    struct rk_match_state *state = rk_match_state_new(match->problem, match->result);
    bool *sits = rk_alloc((size_t)match->panelists->count + 1, sizeof *sits);
    uint32_t *stopped = rk_alloc(SETS, sizeof *stopped);
    list_members(match->problem, match->result, &members, &first);
    rk_match_reserves(state, match->result->member, &reserves, &reserve_first);
    for (uint32_t r = 0; r < n; r++) {
        const struct rk_eligible_panel *left = rk_eligible_panel(match->eligible, r);
        if (!left->open)
            continue;
        struct rk_explanation *panel = &rows[count++];
        *panel = (struct rk_explanation){.recruitment = r,
                                         .seats = match->recruitments->rows[r].seats,
                                         .filled = left->kept + (int32_t)(first[r + 1] - first[r]),
                                         .room_lacks = left->lacking,
                                         .reserves = match->recruitments->rows[r].reserves,
                                         .standing_by =
                                             left->kept_reserves +
                                             (int32_t)(reserve_first[r + 1] - reserve_first[r])};
        uint32_t cut = match->result->cut_of[r];
        if (cut != RK_NONE) {
            panel->group = cut + 1;
            panel->group_places = match->result->cuts[cut].places;
            panel->group_panelists = match->result->cuts[cut].panelists;
            panel->group_filled = match->result->cuts[cut].filled;
        }
        if (!counts)
            continue;
        for (uint32_t i = first[r]; i < first[r + 1]; i++)
            sits[match->problem->pairs[members[i]].panelist] = true;
        count_reasons(match, state, sits, panel, stopped);
        for (uint32_t i = first[r]; i < first[r + 1]; i++)
            sits[match->problem->pairs[members[i]].panelist] = false;
    }
    rk_match_state_free(state);
    rk_free(sits);
    rk_free(stopped);
    rk_free(members);
    rk_free(first);
    rk_free(reserves);
    rk_free(reserve_first);
    return count;
}

/* ---- words ---- */

/* The recruitments of a group, at most five by name. */
static void name_group(const struct rk_explain *match, uint32_t group, struct rk_buf *names)
{
    uint32_t count = 0;
    for (uint32_t r = 0; r < match->recruitments->count; r++)
        if (match->result->cut_of[r] == group - 1 && ++count <= 5)
            rk_buf_printf(names, "%s%s", count > 1 ? ", " : "",
                          match->recruitments->rows[r].recruitment_id.text);
    if (count > 5)
        rk_buf_printf(names, _(" and %u more"), count - 5);
}

void rk_explain_quotas(const struct rk_explain *match, const struct rk_explanation *row,
                       struct rk_buf *list)
{
    const struct rk_match_cut *cut = row->group ? &match->result->cuts[row->group - 1] : NULL;
    for (uint32_t i = 0; cut && i < cut->quotas; i++) {
        const struct rk_match_cut_quota *in_way = &match->result->cut_quotas[cut->first_quota + i];
        const struct rk_quota *quota = rk_panel_quota_row(match->quotas, in_way->quota);
        uint32_t r = match->problem->quotas[in_way->quota].recruitment;
        rk_buf_printf(list, "%s%s:%s=%s%s%d", i ? "|" : "",
                      match->recruitments->rows[r].recruitment_id.text, quota->feature.text,
                      quota->value.text,
                      in_way->least ? ">=" : "<=", in_way->least ? quota->min : quota->max);
    }
}

/* The quotas in the way of a group, at most five of them. */
static void name_quotas(const struct rk_explain *match, uint32_t group, struct rk_buf *names)
{
    const struct rk_match_cut *cut = &match->result->cuts[group - 1];
    for (uint32_t i = 0; i < cut->quotas && i < 5; i++) {
        const struct rk_match_cut_quota *in_way = &match->result->cut_quotas[cut->first_quota + i];
        const struct rk_quota *quota = rk_panel_quota_row(match->quotas, in_way->quota);
        uint32_t r = match->problem->quotas[in_way->quota].recruitment;
        rk_buf_text(names, i ? "; " : "");
        rk_buf_printf(
            names, in_way->least ? _("%s: at least %d with %s=%s") : _("%s: at most %d with %s=%s"),
            match->recruitments->rows[r].recruitment_id.text,
            in_way->least ? quota->min : quota->max, quota->feature.text, quota->value.text);
    }
    if (cut->quotas > 5)
        rk_buf_printf(names, _(" and %u more"), cut->quotas - 5);
}

void rk_explain_why(const struct rk_explain *match, const struct rk_explanation *row,
                    struct rk_buf *why)
{
    int32_t lack = row->seats - row->filled - row->room_lacks;
    if (row->room_lacks)
        rk_buf_printf(why, _("Seats that the room has no place for: %d of %d."), row->room_lacks,
                      row->seats);
    if (lack <= 0)
        return;
    struct rk_buf names = {0};
    if (row->room_lacks)
        rk_buf_char(why, ' ');
    name_group(match, row->group, &names);
    rk_buf_printf(why,
                  _("Places to fill: %lld (%s). Panelists who may sit there: %u. Places that they "
                    "can fill: %lld."),
                  (long long)row->group_places, names.text, row->group_panelists,
                  (long long)row->group_filled);
    rk_buf_char(why, ' ');
    rk_buf_clear(&names);
    name_quotas(match, row->group, &names);
    if (names.size) {
        rk_buf_printf(why, _("Held back by quotas: %s."), names.text);
        rk_buf_char(why, ' ');
    }
    rk_buf_clear(&names);
    rk_refusals_say(&names, row->rules);
    if (row->rules)
        rk_buf_printf(why, _("Panelists stopped by nothing else than %s: %u."), names.text,
                      row->stopped);
    else
        rk_buf_text(why,
                    _("The bank is too small: even without any rules there would not be enough."));
    rk_buf_free(&names);
}
