#include "panel/used.h"
#include "panel/verify_state.h"

const char *const rk_verify_verdict_names[] = {"holds", "broken", "told", "proven", "gap", "open"};

const char *rk_verify_check_name(int check)
{
    static const char *const names[] = {"kept",          "row",         "seats",       "position",
                                        "fit",           "reserves",    "certificate", "best_seats",
                                        "best_shortage", "best_change", "best_fit",    "best_load",
                                        "best_lottery",  "best_chances"};
    return check < RK_REFUSALS ? rk_refusal_name((enum rk_refusal)check)
                               : names[check - RK_REFUSALS];
}

void rk_verify_found(struct rk_verify *v, int check, enum rk_verify_verdict verdict,
                     const struct rk_pos *pos, const char *format, ...)
{
    struct rk_buf text = {0};
    va_list args;
    if (pos && pos->file)
        rk_buf_printf(&text, "%s:%llu: ", pos->file, (unsigned long long)pos->line);
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    v->found[check] = true;
    v->broken |= verdict == RK_VERIFY_BROKEN;
    v->attention |= verdict != RK_VERIFY_PROVEN && verdict != RK_VERIFY_HOLDS;
    v->tell(v->context, check, verdict, text.text);
    rk_buf_free(&text);
}

/* ---- rows ---- */

bool rk_verify_meet(const struct rk_verify *v, uint32_t a, uint32_t b)
{
    struct rk_text all = {"", 0};
    return rk_sessions_meet(v->facts->rules.sessions, a, all, b, all);
}

int64_t rk_verify_left(const struct rk_verify *v, uint32_t p, int32_t month, int32_t months)
{
    const struct rk_match_panelist *who = &v->problem.panelists[p];
    int32_t cap = months == 12 ? who->max_per_year : who->max_per_month;
    month = months == 12 ? month / 12 * 12 : month;
    return cap < 0 ? INT32_MAX
                   : cap - rk_used_count(v->problem.used, v->problem.used_count, p, month, months);
}

/* The rules that a pair breaks beside new memberships in other recruitments. */
static unsigned reasons_beside(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    int32_t month = v->problem.recruitments[r].month, in_month = 0, in_year = 0;
    unsigned reasons = 0;
    for (uint32_t i = v->last[p]; i; i = v->before[i - 1]) {
        uint32_t other = v->facts->result->rows[i - 1].recruitment;
        int32_t its = v->problem.recruitments[other].month;
        if (other == r)
            continue;
        in_month += its == month;
        in_year += its / 12 == month / 12;
        reasons |= rk_verify_meet(v, r, other) ? RK_REFUSED_BIT(RK_REFUSED_OVERLAP) : 0;
    }
    if (in_month >= rk_verify_left(v, p, month, 1) || in_year >= rk_verify_left(v, p, month, 12))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_CAP);
    return reasons;
}

static bool is_new(const struct rk_verify *v, const struct rk_assignment *row)
{
    return !rk_eligible_kept_row(v->eligible, row->panelist, row->recruitment);
}

/* The place of the pair among those whom the rules allow, or RK_NONE. */
uint32_t rk_verify_pair(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    uint32_t i = v->pair_first[p];
    while (i < v->pair_first[p + 1] && v->problem.pairs[i].recruitment != r)
        i++;
    return i < v->pair_first[p + 1] ? i : RK_NONE;
}

/* Counts the new rows. */
static void see_row(struct rk_verify *v, uint32_t at)
{
    const struct rk_assignment *row = &v->facts->result->rows[at];
    uint32_t p = row->panelist, r = row->recruitment, i = rk_verify_pair(v, p, r);
    bool member = row->seat == RK_SEAT_MEMBER;
    if (!is_new(v, row))
        return;
    if (i != RK_NONE)
        (member ? v->chosen : v->stands)[i] = true;
    (member ? v->members : v->standing)[r]++;
    if (member) {
        v->before[at] = v->last[p];
        v->last[p] = at + 1;
    }
    for (uint32_t q = v->quota_first[r]; member && q < v->quota_first[r + 1]; q++)
        v->count[q] += rk_panel_quota_counts(v->quotas, q, p);
}

static void check_row(struct rk_verify *v, const struct rk_assignment *row)
{
    uint32_t p = row->panelist, r = row->recruitment, n;
    const struct rk_session *sessions = rk_sessions_of(v->facts->rules.sessions, r, &n);
    const struct rk_assignment *kept = rk_eligible_kept_row(v->eligible, p, r);
    struct rk_assignment fresh = {.declared_on = RK_NO_DATE, .confidentiality_on = RK_NO_DATE};
    struct rk_buf stages = {0};
    if (!rk_eligible_panel(v->eligible, r)->open) {
        BROKEN(RK_VERIFY_ROW, &row->pos, _("recruitment %s is not open"), RECRUITMENT(r));
        return;
    }
    for (uint32_t s = 0; s < n; s++)
        if (!rk_list_has((struct rk_text){stages.text, stages.size}, sessions[s].stage))
            rk_buf_printf(&stages, "%s%s", stages.size ? "|" : "", sessions[s].stage.text);
    fresh.seat = row->seat;
    fresh.position = row->position;
    fresh.stages = (struct rk_text){stages.text, stages.size};
    if (v->facts->certificate && v->facts->certificate->mode != RK_CERTIFICATE_CHOICE) {
        fresh.has_probability = row->has_probability; /* looked at with the lottery */
        fresh.probability = row->probability;
    }
    const char *cell = rk_assignment_difference(row, kept ? kept : &fresh);
    if (cell)
        BROKEN(kept ? RK_VERIFY_KEPT : RK_VERIFY_ROW, &row->pos,
               kept ? _("recruitment %s: panelist %s is kept, but '%s' is another")
                    : _("recruitment %s: panelist %s: '%s' is not what a new row has"),
               RECRUITMENT(r), PANELIST(p), cell);
    if (!row->has_fit || row->fit != rk_fixed_round(rk_eligible_fit(v->eligible, p, r)))
        BROKEN(RK_VERIFY_FIT, &row->pos,
               _("recruitment %s: panelist %s: fit is not the sum of the wanted weights"),
               RECRUITMENT(r), PANELIST(p));
    unsigned reasons =
        rk_eligible_reasons(v->eligible, p, r) | (kept ? 0 : reasons_beside(v, p, r));
    int rule = reasons ? __builtin_ctz(reasons) : 0; /* the first of them is told */
    if (reasons)
        rk_verify_found(v, rule, kept ? RK_VERIFY_TOLD : RK_VERIFY_BROKEN, &row->pos,
                        kept ? _("recruitment %s: panelist %s is kept, but breaks: %s")
                             : _("recruitment %s: panelist %s breaks: %s"),
                        RECRUITMENT(r), PANELIST(p), _(rk_refusal_name((enum rk_refusal)rule)));
    rk_buf_free(&stages);
}

/* ---- panels ---- */

/* New rows take the first positions that no kept row has. */
static bool positions_follow(const struct rk_verify *v, const struct rk_assignment *rows,
                             uint32_t count, enum rk_seat seat)
{
    uint32_t *taken = rk_alloc((size_t)count + 2, sizeof *taken);
    int32_t most = (int32_t)count, open = 1;
    bool good = true;
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].seat == seat && rows[i].position >= 1 && rows[i].position <= most)
            taken[rows[i].position]++;
    while (taken[open])
        open++;
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].seat == seat && is_new(v, &rows[i]))
            good &=
                rows[i].position >= 1 && rows[i].position < open && taken[rows[i].position] == 1;
    rk_free(taken);
    return good;
}

static void check_panel(struct rk_verify *v, uint32_t r, const struct rk_assignment *rows,
                        uint32_t count)
{
    const struct rk_recruitment *row = &v->facts->rules.recruitments->rows[r];
    const struct rk_eligible_panel *panel = rk_eligible_panel(v->eligible, r);
    int32_t room = row->room_max >= 0 && row->room_max < row->seats ? row->room_max : row->seats;
    if (panel->kept + v->members[r] > room)
        rk_verify_found(v, RK_VERIFY_SEATS, v->members[r] ? RK_VERIFY_BROKEN : RK_VERIFY_TOLD, NULL,
                        _("recruitment %s: %d members, but there is place for %d"), RECRUITMENT(r),
                        panel->kept + v->members[r], room);
    if (v->standing[r] > panel->reserves)
        BROKEN(RK_VERIFY_SEATS, NULL, _("recruitment %s: %d reserves too many"), RECRUITMENT(r),
               v->standing[r] - panel->reserves);
    if (!positions_follow(v, rows, count, RK_SEAT_MEMBER) ||
        !positions_follow(v, rows, count, RK_SEAT_RESERVE))
        BROKEN(RK_VERIFY_POSITION, NULL,
               _("recruitment %s: the positions of new rows are not 1, 2, 3 …, those of kept rows "
                 "passed over"),
               RECRUITMENT(r));
}

/* Where there are fewer reserves than asked for, nobody who could stand by is left out. */
static void check_reserves(struct rk_verify *v)
{
    for (uint32_t i = 0; i < v->problem.pair_count; i++) {
        uint32_t p = v->problem.pairs[i].panelist, r = v->problem.pairs[i].recruitment;
        if (v->standing[r] < v->problem.recruitments[r].reserves && !v->chosen[i] &&
            !v->stands[i] && !reasons_beside(v, p, r)) {
            BROKEN(RK_VERIFY_RESERVES, NULL, _("recruitment %s: panelist %s should stand by"),
                   RECRUITMENT(r), PANELIST(p));
            v->standing[r] = v->problem.recruitments[r].reserves; /* once is enough */
        }
    }
}

/* What the quota lacks; `least`: all that it asks of new members. */
static int32_t asks(const struct rk_verify *v, uint32_t q, bool least)
{
    int32_t asked = v->problem.quotas[q].min - v->lowered[q] - (least ? 0 : v->count[q]);
    return asked > 0 ? asked : 0;
}

static bool asks_for(const struct rk_match_quota *quota, uint32_t feature, uint32_t value)
{
    for (uint32_t k = 0; k < quota->part_count; k++)
        if (quota->parts[k].feature == feature && quota->parts[k].value == value)
            return true;
    return false;
}

/* An empty seat stands for one person who is not found yet, and who has one value of each feature:
 * for each value of a feature of the quota's, as many are needed as the quota of it that asks most.
 */
static int32_t needs(const struct rk_verify *v, uint32_t q, bool least)
{
    const struct rk_match_quota *quotas = v->problem.quotas, *own = &quotas[q];
    uint32_t first = v->quota_first[own->recruitment], end = v->quota_first[own->recruitment + 1];
    int32_t most = 0;
    for (uint32_t k = 0; k < own->part_count; k++) {
        int32_t sum = 0, feature = (int32_t)own->parts[k].feature;
        for (uint32_t j = first; j < end; j++)
            for (uint32_t m = 0; m < quotas[j].part_count; m++) {
                int32_t asked = asks(v, j, least);
                for (uint32_t o = first; o < end && asked; o++) /* each value once */
                    if (asks_for(&quotas[o], own->parts[k].feature, quotas[j].parts[m].value) &&
                        (asks(v, o, least) > asked || (asks(v, o, least) == asked && o < j)))
                        asked = 0;
                sum += (int32_t)quotas[j].parts[m].feature == feature ? asked : 0;
            }
        most = sum > most ? sum : most;
    }
    return most;
}

static void check_quota(struct rk_verify *v, uint32_t q)
{
    const struct rk_match_quota *quota = &v->problem.quotas[q];
    const struct rk_quota *row = rk_panel_quota_row(v->quotas, q);
    int32_t places = v->problem.recruitments[quota->recruitment].places;
    int32_t empty = places - v->members[quota->recruitment];
    int32_t count = rk_panel_quota_kept(v->quotas, q) + v->count[q];
    bool over = count > row->max, can = needs(v, q, true) <= places;
    if (over || (asks(v, q, false) && needs(v, q, false) > (empty > 0 ? empty : 0)))
        rk_verify_found(v, RK_REFUSED_QUOTA,
                        (over ? v->count[q] > 0 : can) ? RK_VERIFY_BROKEN : RK_VERIFY_TOLD, NULL,
                        over ? _("recruitment %s: %s %s: %d members, at most %d were asked for")
                             : _("recruitment %s: %s %s: %d members, at least %d were asked for"),
                        RECRUITMENT(quota->recruitment), row->feature.text, row->value.text, count,
                        over ? row->max : row->min);
}

void rk_verify_end_rules(struct rk_verify *v)
{
    for (uint32_t q = 0; q < v->problem.quota_count; q++)
        check_quota(v, q);
    for (int check = 0; check < RK_VERIFY_CERTIFICATE; check++)
        if (!v->found[check])
            rk_verify_found(v, check, RK_VERIFY_HOLDS, NULL, "%s", "");
}

/* ---- all of it ---- */

static enum rk_status see(struct rk_verify *v, struct rk_error *error)
{
    const struct rk_verify_facts *f = v->facts;
    struct rk_match_problem *problem = &v->problem;
    RK_TRY(rk_eligible_new(&v->eligible, &f->rules, error));
    RK_TRY(rk_eligible_problem(v->eligible, problem, &v->unit, error));
    RK_TRY(rk_panel_quotas_new(&v->quotas, f->quotas, f->features, v->eligible, f->rules.panelists,
                               f->rules.recruitments, problem, error));
    uint32_t panels = problem->recruitment_count;
    v->pair_first = rk_firsts(problem->pairs, problem->pair_count, sizeof *problem->pairs,
                              problem->panelist_count);
    v->quota_first =
        rk_firsts(problem->quotas, problem->quota_count, sizeof *problem->quotas, panels);
    v->chosen = rk_alloc((size_t)problem->pair_count + 1, sizeof *v->chosen);
    v->stands = rk_alloc((size_t)problem->pair_count + 1, sizeof *v->stands);
    v->members = rk_alloc((size_t)panels + 1, sizeof *v->members);
    v->standing = rk_alloc((size_t)panels + 1, sizeof *v->standing);
    v->last = rk_alloc((size_t)problem->panelist_count + 1, sizeof *v->last);
    v->before = rk_alloc((size_t)f->result->count + 1, sizeof *v->before);
    v->count = rk_alloc((size_t)problem->quota_count + 1, sizeof *v->count);
    v->lowered = rk_alloc((size_t)problem->quota_count + 1, sizeof *v->lowered);
    return RK_OK;
}

static void check(struct rk_verify *v)
{
    const struct rk_assignments *result = v->facts->result;
    uint32_t panels = v->problem.recruitment_count, kept_count;
    uint32_t *first = rk_firsts(result->rows, result->count, sizeof *result->rows, panels);
    const struct rk_assignment *kept = rk_eligible_kept(v->eligible, &kept_count);
    for (uint32_t i = 0; i < result->count; i++)
        see_row(v, i);
    for (uint32_t i = 0; i < result->count; i++)
        check_row(v, &result->rows[i]);
    for (uint32_t i = 0; i < kept_count; i++) {
        uint32_t at = first[kept[i].recruitment], end = first[kept[i].recruitment + 1];
        while (at < end && result->rows[at].panelist != kept[i].panelist)
            at++;
        if (at == end)
            BROKEN(RK_VERIFY_KEPT, &kept[i].pos,
                   _("recruitment %s: panelist %s is to be kept, and is not there"),
                   RECRUITMENT(kept[i].recruitment), PANELIST(kept[i].panelist));
    }
    for (uint32_t r = 0; r < panels; r++)
        if (rk_eligible_panel(v->eligible, r)->open)
            check_panel(v, r, result->rows + first[r], first[r + 1] - first[r]);
    check_reserves(v);
    rk_free(first);
}

enum rk_status rk_verify(const struct rk_verify_facts *facts, rk_verify_tell *tell, void *context,
                         struct rk_error *error)
{
    struct rk_verify v = {.facts = facts, .tell = tell, .context = context};
    enum rk_status status = see(&v, error);
    if (!status) {
        check(&v);
        rk_verify_proof(&v);
        status = v.broken      ? rk_fail(error, RK_BAD_DATA, "%s", "")
                 : v.attention ? RK_ATTENTION
                               : RK_OK;
    }
    rk_eligible_free(v.eligible);
    rk_panel_quotas_free(v.quotas);
    rk_free(v.pair_first);
    rk_free(v.quota_first);
    rk_free(v.chosen);
    rk_free(v.stands);
    rk_free(v.members);
    rk_free(v.standing);
    rk_free(v.last);
    rk_free(v.before);
    rk_free(v.count);
    rk_free(v.lowered);
    return status;
}
