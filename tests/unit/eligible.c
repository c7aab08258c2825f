/* lib/panel/eligible, explain and verify_tables: the rules written again, plainly, and tried on
 * random small banks, of the matcher and of its checker; then what the explanation says of them. */
#include "base/random.h"
#include "check.h"
#include "panel/explain.h"
#include "panel/verify_state.h"

#define BANK 6
#define PANELS 4

static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
static const char *const words[] = {"x", "y", "z"};

struct town {
    struct rk_panelists panelists;
    struct rk_recruitments recruitments;
    struct rk_sessions sessions;
    struct rk_availability availability;
    struct rk_conflicts conflicts;
    struct rk_candidates candidates;
    struct rk_assignments assignments, fixed;
    struct rk_panelist people[BANK];
    struct rk_recruitment jobs[PANELS];
    struct rk_session times[2 * PANELS];
    struct rk_available free[3 * BANK];
    struct rk_declaration declarations[8];
    struct rk_candidate applicants[2 * PANELS];
    struct rk_assignment rows[6], kept[3];
    struct rk_want wants[PANELS][2];
    char skills[BANK][16], needs[PANELS][16];
    struct rk_eligible_facts facts;
};

static uint32_t below(struct rk_random *random, uint64_t n)
{
    return (uint32_t)rk_random_below(random, n);
}

static struct rk_text some_words(struct rk_random *random, char *room, unsigned one_in)
{
    room[0] = '\0';
    for (int w = 0; w < 3; w++)
        if (below(random, one_in) == 0)
            snprintf(room + strlen(room), 16 - strlen(room), "%s%s", *room ? "|" : "", words[w]);
    return rk_text(room);
}

/* Days count from 20454 = 2026-01-01. */
#define FIRST 20454

static bool row_of(const struct rk_assignment *rows, uint32_t count, uint32_t p, uint32_t r)
{
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].panelist == p && rows[i].recruitment == r)
            return true;
    return false;
}

static int by_row(const void *x, const void *y)
{
    const struct rk_assignment *a = x, *b = y;
    return a->recruitment != b->recruitment ? (a->recruitment < b->recruitment ? -1 : 1)
           : a->panelist < b->panelist      ? -1
                                            : a->panelist > b->panelist;
}

static uint32_t some_rows(struct rk_random *random, const struct town *t,
                          struct rk_assignment *rows, uint32_t most)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < most; i++) {
        uint32_t p = below(random, t->panelists.count), r = below(random, t->recruitments.count);
        if (below(random, 2) || row_of(rows, count, p, r))
            continue;
        rows[count++] = (struct rk_assignment){
            .recruitment = r,
            .panelist = p,
            .seat = below(random, 3) ? RK_SEAT_MEMBER : RK_SEAT_RESERVE,
            .position = -1,
            .stages = below(random, 3) ? (struct rk_text){"", 0} : rk_text("s0"),
            .status = (enum rk_assignment_status)below(random, 5),
            .declared_on = below(random, 4) ? RK_NO_DATE : FIRST,
            .confidentiality_on = RK_NO_DATE};
    }
    qsort(rows, count, sizeof *rows, by_row);
    return count;
}

static int by_free(const void *x, const void *y)
{
    const struct rk_available *a = x, *b = y;
    return a->panelist != b->panelist ? (a->panelist < b->panelist ? -1 : 1)
           : a->start != b->start     ? (a->start < b->start ? -1 : 1)
                                      : (a->end < b->end ? -1 : a->end > b->end);
}

static void invent(struct town *t, int trial)
{
    char key[32];
    snprintf(key, sizeof key, "eligible|%d", trial);
    struct rk_random stream = rk_random(RK_TEXT("eligible-test"), rk_text(key)), *random = &stream;
    *t = (struct town){0};
    t->panelists = (struct rk_panelists){.rows = t->people, .count = 2 + below(random, BANK - 1)};
    t->recruitments = (struct rk_recruitments){.rows = t->jobs, .count = 1 + below(random, PANELS)};
    for (uint32_t p = 0; p < t->panelists.count; p++)
        t->people[p] = (struct rk_panelist){
            .panelist_id = rk_text(ids[p]),
            .status =
                below(random, 6) ? RK_PANELIST_ACTIVE : (enum rk_panelist_status)below(random, 4),
            .experience = some_words(random, t->skills[p], 2),
            .birth_year = below(random, 5) ? 2006 + (int32_t)below(random, 4) : -1,
            .guardian_consent = (int8_t)((int)below(random, 3) - 1),
            .trained_on = below(random, 4) ? FIRST + (int32_t)below(random, 40) : RK_NO_DATE,
            .consent_until =
                below(random, 8) ? FIRST + 20 + (int32_t)below(random, 60) : RK_NO_DATE,
            .consent_withdrawn_on = below(random, 10) ? RK_NO_DATE : FIRST,
            .max_per_month = (int32_t)below(random, 4) - 1,
            .max_per_year = (int32_t)below(random, 5) - 1};
    for (uint32_t r = 0; r < t->recruitments.count; r++) {
        t->jobs[r] = (struct rk_recruitment){
            .recruitment_id = rk_text(ids[r]),
            .unit = rk_text(words[below(random, 3)]),
            .status = below(random, 4) ? RK_RECRUITMENT_OPEN
                                       : (enum rk_recruitment_status)below(random, 4),
            .seats = 1 + (int32_t)below(random, 3),
            .reserves = (int32_t)below(random, 2),
            .need = some_words(random, t->needs[r], 4),
            .want = t->wants[r],
            .training_required = (int8_t)((int)below(random, 3) - 1),
            .room_max = (int32_t)below(random, 4) ? -1 : 2,
            .opened = FIRST + (int32_t)below(random, 40),
            .closes = RK_NO_DATE};
        t->wants[r][0] = (struct rk_want){rk_text("x"), RK_FIXED_ONE / 4 * 3};
        t->wants[r][1] = (struct rk_want){rk_text("z"), RK_FIXED_ONE * 2};
        t->jobs[r].want_count = below(random, 3);
        for (uint32_t s = 0, n = below(random, 3); s < n; s++) {
            /* in order: half a day each, on two days */
            int64_t start =
                (FIRST + 10 * (int64_t)s + below(random, 4)) * 1440 + 60 * below(random, 9);
            t->times[t->sessions.count++] = (struct rk_session){
                r, start, start + 60 + 60 * below(random, 4), rk_text(s ? "s1" : "s0"), {"", 0}};
        }
        for (uint32_t c = 0, n = below(random, 3); c < n; c++)
            t->applicants[t->candidates.count++] = (struct rk_candidate){
                {"k", 1}, r, RK_NONE, (enum rk_candidate_status)below(random, 4)};
    }
    t->sessions.rows = t->times;
    t->candidates.rows = t->applicants;
    for (uint32_t i = 0; i < 3 * t->panelists.count; i++) {
        int64_t start = (FIRST + below(random, 14)) * 1440;
        t->free[i] = (struct rk_available){below(random, t->panelists.count), start,
                                           start + 1440 * (1 + below(random, 9))};
    }
    t->availability = (struct rk_availability){.rows = t->free, .count = 3 * t->panelists.count};
    qsort(t->free, t->availability.count, sizeof *t->free, by_free);
    for (uint32_t i = 0; i < 8; i++) {
        struct rk_declaration *d = &t->declarations[i];
        *d = (struct rk_declaration){.panelist = below(random, t->panelists.count),
                                     .recruitment = RK_NONE,
                                     .candidate = RK_NONE,
                                     .unit = {"", 0},
                                     .none = below(random, 2)};
        uint32_t kind = below(random, 3);
        if (kind == 0)
            d->unit = rk_text(words[below(random, 3)]);
        else if (kind == 1 || !t->candidates.count)
            d->recruitment = below(random, t->recruitments.count);
        else {
            d->of_candidate = true;
            d->candidate = below(random, t->candidates.count);
            d->recruitment = t->applicants[d->candidate].recruitment;
            if (!below(random, 4)) /* as where the table of candidates is not given */
                d->candidate = RK_NONE;
        }
    }
    t->conflicts = (struct rk_conflicts){.rows = t->declarations, .count = below(random, 9)};
    t->assignments =
        (struct rk_assignments){.rows = t->rows, .count = some_rows(random, t, t->rows, 6)};
    t->fixed = (struct rk_assignments){.rows = t->kept, .count = some_rows(random, t, t->kept, 3)};
    t->facts = (struct rk_eligible_facts){&t->panelists,    &t->recruitments, &t->sessions,
                                          &t->availability, &t->conflicts,    &t->candidates,
                                          &t->assignments,  &t->fixed,        below(random, 2),
                                          below(random, 2), below(random, 2), below(random, 2)};
}

/* ---- the rules once more, minute by minute and row by row ---- */

static bool is_open(const struct town *t, uint32_t r)
{
    return t->jobs[r].status == RK_RECRUITMENT_OPEN || t->jobs[r].status == RK_RECRUITMENT_REOPENED;
}

static void days(const struct town *t, uint32_t r, int32_t *first, int32_t *last)
{
    *first = INT32_MAX;
    *last = INT32_MIN;
    for (uint32_t s = 0; s < t->sessions.count; s++)
        if (t->times[s].recruitment == r) {
            int32_t from = (int32_t)(t->times[s].start / 1440);
            int32_t to = (int32_t)((t->times[s].end - 1) / 1440);
            *first = from < *first ? from : *first;
            *last = to > *last ? to : *last;
        }
    if (*first == INT32_MAX)
        *first = *last = t->jobs[r].opened;
}

/* The row that says how p stands to r: that of `fixed`, else of `assignments`. */
static const struct rk_assignment *standing(const struct town *t, uint32_t p, uint32_t r,
                                            bool *fixed)
{
    *fixed = true;
    for (uint32_t i = 0; i < t->fixed.count; i++)
        if (t->kept[i].panelist == p && t->kept[i].recruitment == r)
            return &t->kept[i];
    *fixed = false;
    for (uint32_t i = 0; i < t->assignments.count; i++)
        if (t->rows[i].panelist == p && t->rows[i].recruitment == r)
            return &t->rows[i];
    return NULL;
}

static bool is_kept(const struct town *t, uint32_t p, uint32_t r, bool member)
{
    bool fixed;
    const struct rk_assignment *row = standing(t, p, r, &fixed);
    return row && is_open(t, r) && row->status != RK_ASSIGNMENT_DECLINED &&
           row->status != RK_ASSIGNMENT_ABSENT &&
           (fixed || row->status != RK_ASSIGNMENT_PROPOSED) &&
           (!member || row->seat == RK_SEAT_MEMBER);
}

static bool counts(const struct town *t, uint32_t p, uint32_t r)
{
    bool fixed;
    const struct rk_assignment *row = standing(t, p, r, &fixed);
    if (is_open(t, r) || !row)
        return is_kept(t, p, r, true);
    if (row->status == RK_ASSIGNMENT_ATTENDED)
        return true;
    return row->seat == RK_SEAT_MEMBER && row->status != RK_ASSIGNMENT_DECLINED &&
           t->jobs[r].status != RK_RECRUITMENT_CANCELLED;
}

/* A member who is, or was, in the sessions. */
static bool sits_in(const struct town *t, uint32_t p, uint32_t r)
{
    bool fixed;
    const struct rk_assignment *row = standing(t, p, r, &fixed);
    if (is_open(t, r))
        return is_kept(t, p, r, true);
    return counts(t, p, r) && t->jobs[r].status == RK_RECRUITMENT_DECIDED &&
           row->status != RK_ASSIGNMENT_ABSENT;
}

static bool takes_part(const struct town *t, uint32_t p, uint32_t r,
                       const struct rk_session *session)
{
    bool fixed;
    const struct rk_assignment *row = standing(t, p, r, &fixed);
    return (!is_kept(t, p, r, false) && !sits_in(t, p, r)) || !row->stages.size ||
           rk_text_equal(row->stages, session->stage);
}

static unsigned reasons_again(const struct town *t, uint32_t p, uint32_t r)
{
    const struct rk_panelist *who = &t->people[p];
    const struct rk_recruitment *job = &t->jobs[r];
    unsigned reasons = 0;
    int32_t first, last;
    bool fixed;
    days(t, r, &first, &last);
    if (who->status != RK_PANELIST_ACTIVE)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_STATUS);
    if (who->consent_until == RK_NO_DATE || who->consent_withdrawn_on != RK_NO_DATE ||
        who->consent_until < last)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_CONSENT);
    if (who->guardian_consent != 1 &&
        (who->birth_year < 0 ? !t->facts.assume_adult
                             : 2026 - who->birth_year <= 18)) /* all is in 2026 */
        reasons |= RK_REFUSED_BIT(RK_REFUSED_GUARDIAN);
    if (job->training_required == 1 && (who->trained_on == RK_NO_DATE || who->trained_on > first))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_TRAINING);
    bool met = !job->need.size;
    for (int w = 0; w < 3; w++)
        met = met || (rk_list_has(job->need, rk_text(words[w])) &&
                      rk_list_has(who->experience, rk_text(words[w])));
    if (!met)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_NEED);
    bool declared = false, met_some = false, all = true;
    for (uint32_t c = 0; c < t->candidates.count; c++) {
        bool about = false;
        if (t->applicants[c].recruitment != r || !rk_candidate_is_met(&t->applicants[c]))
            continue;
        for (uint32_t i = 0; i < t->conflicts.count; i++) {
            const struct rk_declaration *d = &t->declarations[i];
            if (d->panelist != p || d->candidate != c)
                continue;
            about = true;
            if (!d->none && !t->facts.candidate_conflicts_pass)
                reasons |= RK_REFUSED_BIT(RK_REFUSED_CONFLICT);
        }
        met_some = true;
        all = all && about;
    }
    all = all && met_some;
    for (uint32_t i = 0; i < t->conflicts.count; i++) {
        const struct rk_declaration *d = &t->declarations[i];
        if (d->panelist == p && d->recruitment == r && d->of_candidate && d->candidate == RK_NONE &&
            !d->none && !t->facts.candidate_conflicts_pass)
            reasons |= RK_REFUSED_BIT(RK_REFUSED_CONFLICT);
        if (d->panelist == p && ((d->recruitment == r && !d->of_candidate) ||
                                 (d->unit.size && rk_text_equal(d->unit, job->unit)))) {
            declared = true;
            if (!d->none)
                reasons |= RK_REFUSED_BIT(RK_REFUSED_CONFLICT);
        }
    }
    const struct rk_assignment *row = standing(t, p, r, &fixed);
    declared = declared || (row && row->declared_on != RK_NO_DATE);
    if (t->facts.require_declarations && !declared && !all)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_DECLARATION);
    if (row && (row->status == RK_ASSIGNMENT_DECLINED || row->status == RK_ASSIGNMENT_ABSENT))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_DECLINED);
    bool told = false, free = true, busy = false;
    for (uint32_t i = 0; i < t->availability.count; i++)
        told = told || t->free[i].panelist == p;
    for (uint32_t s = 0; s < t->sessions.count; s++) {
        if (t->times[s].recruitment != r || !takes_part(t, p, r, &t->times[s]))
            continue;
        for (int64_t minute = t->times[s].start; minute < t->times[s].end; minute++) {
            bool here = false;
            for (uint32_t i = 0; i < t->availability.count; i++)
                here = here || (t->free[i].panelist == p && t->free[i].start <= minute &&
                                minute < t->free[i].end);
            free = free && here;
        }
        for (uint32_t o = 0; o < t->sessions.count; o++)
            busy = busy ||
                   (t->times[o].recruitment != r && sits_in(t, p, t->times[o].recruitment) &&
                    takes_part(t, p, t->times[o].recruitment, &t->times[o]) &&
                    t->times[o].start < t->times[s].end && t->times[s].start < t->times[o].end);
    }
    if (told ? !free : (!free && !t->facts.assume_available))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_AVAILABILITY);
    if (busy)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_OVERLAP);
    int32_t month = 1, year = 1; /* with this one */
    for (uint32_t o = 0; o < t->recruitments.count; o++) {
        int32_t other, unused;
        days(t, o, &other, &unused);
        if (o == r || !counts(t, p, o))
            continue;
        year++;
        month += rk_month_of(other) == rk_month_of(first);
    }
    if ((who->max_per_month >= 0 && month > who->max_per_month) ||
        (who->max_per_year >= 0 && year > who->max_per_year))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_CAP);
    return reasons;
}

static rk_fixed fit_again(const struct town *t, uint32_t p, uint32_t r)
{
    rk_fixed fit = 0;
    for (uint32_t w = 0; w < t->jobs[r].want_count; w++)
        if (rk_list_has(t->people[p].experience, t->jobs[r].want[w].experience))
            fit += t->jobs[r].want[w].weight;
    return fit;
}

/* Does the checker tell anything otherwise? */
static int verifier(const struct town *t)
{
    struct rk_features features = {0};
    struct rk_feature_set sets[BANK];
    uint32_t items[3 * BANK], count = 0;
    rk_features_want(&features, RK_TEXT("experience"));
    for (uint32_t p = 0; p < t->panelists.count; p++) {
        struct rk_text rest = t->people[p].experience, item;
        sets[p].start = count;
        while (rk_list_next(&rest, &item))
            items[count++] = rk_features_expect(&features, 0, item);
        sets[p].count = count - (uint32_t)sets[p].start;
    }
    features.sets = sets;
    features.items = items;
    const struct rk_eligible_facts *f = &t->facts;
    const struct rk_assignments none = {0};
    const struct rk_quotas no_quotas = {0};
    struct rk_sessions sessions = *f->sessions;
    sessions.first =
        rk_firsts(sessions.rows, sessions.count, sizeof *sessions.rows, t->recruitments.count);
    const struct rk_verify_facts facts = {
        {f->panelists, f->recruitments, &sessions, f->availability, f->conflicts, f->candidates,
         f->assignments, f->fixed, f->assume_available, f->assume_adult, f->require_declarations,
         f->candidate_conflicts_pass},
        &none,
        &no_quotas,
        &features,
        NULL,
        {"", 0}};
    struct rk_verify v = {.facts = &facts};
    int wrong = rk_verify_see(&v, NULL) != RK_OK;
    for (uint32_t p = 0; p < t->panelists.count; p++)
        for (uint32_t r = 0; r < t->recruitments.count; r++) {
            if (!is_open(t, r))
                continue;
            unsigned again = reasons_again(t, p, r);
            bool kept = is_kept(t, p, r, false);
            const struct rk_verify_panel *panel = &v.panels[r];
            wrong += rk_verify_refusals(&v, p, r) != again;
            wrong += (rk_verify_row(&v.kept, p, r) != NULL) != kept;
            wrong += (rk_verify_pair(&v, p, r) != RK_NONE) !=
                     (!again && !kept && (panel->places || panel->reserves));
            wrong += rk_verify_fit(&v, p, r) != fit_again(t, p, r);
        }
    rk_verify_free(&v);
    rk_free(sessions.first);
    features.sets = NULL;
    features.items = NULL;
    rk_features_free(&features);
    return wrong;
}

static void rules(void)
{
    int wrong = 0, verifier_wrong = 0, pairs_wrong = 0, fits_wrong = 0, panels_wrong = 0,
        told_wrong = 0;
    uint32_t eligible_pairs = 0, refused[RK_PAIR_REFUSALS] = {0};
    for (int trial = 0; trial < 2000; trial++) {
        static struct town t;
        invent(&t, trial);
        struct rk_eligible *e;
        CHECK(rk_eligible_new(&e, &t.facts, NULL) == RK_OK);
        verifier_wrong += verifier(&t);
        struct rk_match_problem problem = {.seed = RK_TEXT("")};
        rk_fixed unit;
        CHECK(rk_eligible_problem(e, &problem, &unit, NULL) == RK_OK);
        struct rk_match_result result;
        CHECK(rk_match(&problem, &result, NULL) == RK_OK);
        struct rk_explain match = {.eligible = e,
                                   .panelists = &t.panelists,
                                   .recruitments = &t.recruitments,
                                   .problem = &problem,
                                   .result = &result,
                                   .unit = unit,
                                   .which = 'A'};
        struct rk_explanation rows[PANELS];
        uint32_t row_count = rk_explain_panels(&match, true, rows), row = 0, at = 0, found = 0;
        for (uint32_t p = 0; p < t.panelists.count; p++)
            for (uint32_t r = 0; r < t.recruitments.count; r++) {
                if (!is_open(&t, r))
                    continue;
                unsigned again = reasons_again(&t, p, r);
                wrong += rk_eligible_reasons(e, p, r) != again;
                for (int i = 0; i < RK_PAIR_REFUSALS; i++)
                    refused[i] += again >> i & 1;
                wrong += (rk_eligible_kept_row(e, p, r) != NULL) != is_kept(&t, p, r, false);
                const struct rk_eligible_panel *panel = rk_eligible_panel(e, r);
                bool may =
                    !again && !is_kept(&t, p, r, false) && (panel->places || panel->reserves);
                bool is = at < problem.pair_count && problem.pairs[at].panelist == p &&
                          problem.pairs[at].recruitment == r;
                pairs_wrong += may != is;
                if (is) {
                    fits_wrong += problem.pairs[at].fit * unit != fit_again(&t, p, r);
                    at++;
                }
                found += may;
            }
        eligible_pairs += found;
        for (uint32_t r = 0; r < t.recruitments.count; r++) {
            const struct rk_eligible_panel *panel = rk_eligible_panel(e, r);
            int32_t kept = 0, first, last;
            days(&t, r, &first, &last);
            if (!is_open(&t, r)) {
                panels_wrong += panel->open || panel->places || panel->reserves;
                continue;
            }
            for (uint32_t p = 0; p < t.panelists.count; p++)
                kept += is_kept(&t, p, r, true);
            int32_t room = t.jobs[r].room_max < 0 || t.jobs[r].room_max > t.jobs[r].seats
                               ? t.jobs[r].seats
                               : t.jobs[r].room_max;
            panels_wrong += panel->kept != kept || panel->first_day != first ||
                            panel->last_day != last ||
                            panel->places != (room > kept ? room - kept : 0);
            /* the explanation: everybody is counted once, and the rules it names are enough */
            const struct rk_explanation *told = &rows[row++];
            uint32_t sum = told->eligible, by_rules = 0, bits = told->rules;
            int32_t members = kept;
            for (int i = 0; i < RK_PAIR_REFUSALS; i++)
                sum += told->first[i];
            for (uint32_t p = 0; p < t.panelists.count; p++)
                sum += is_kept(&t, p, r, false);
            for (uint32_t i = 0; i < problem.pair_count; i++)
                members += result.member[i] && problem.pairs[i].recruitment == r;
            struct rk_match_state *state = rk_match_state_new(&problem, &result);
            for (uint32_t p = 0; p < t.panelists.count; p++) {
                unsigned again = reasons_again(&t, p, r),
                         blocked = rk_match_blocked(state, p, r, NULL, 0);
                bool sits = is_kept(&t, p, r, false);
                for (uint32_t i = 0; i < problem.pair_count; i++)
                    sits = sits || (result.member[i] && problem.pairs[i].recruitment == r &&
                                    problem.pairs[i].panelist == p);
                again |= blocked & RK_MATCH_CAP ? RK_REFUSED_BIT(RK_REFUSED_CAP) : 0;
                again |= blocked & RK_MATCH_OVERLAP ? RK_REFUSED_BIT(RK_REFUSED_OVERLAP) : 0;
                by_rules += !sits && !(again & ~bits);
            }
            rk_match_state_free(state);
            int32_t lack = told->seats - told->filled - told->room_lacks;
            told_wrong += told->recruitment != r || sum != t.panelists.count ||
                          told->filled != members || (lack > 0 && !told->group) ||
                          (bits && (by_rules != told->stopped || (int32_t)by_rules < lack)) ||
                          (bits && lack <= 0);
        }
        told_wrong += row != row_count;
        rk_match_result_free(&result);
        rk_eligible_free(e);
    }
    CHECK(wrong == 0);
    CHECK(verifier_wrong == 0);
    CHECK(pairs_wrong == 0);
    CHECK(fits_wrong == 0);
    CHECK(panels_wrong == 0);
    CHECK(told_wrong == 0);
    CHECK(eligible_pairs > 300);
    for (int i = 0; i < RK_PAIR_REFUSALS; i++)
        CHECK(refused[i] > 50);
}

/* Weights whose sums need more than 63 bits of one unit are refused, not rounded. */
static void digits(void)
{
    static struct town t;
    invent(&t, 1);
    t.recruitments.count = 1;
    t.jobs[0].status = RK_RECRUITMENT_OPEN;
    t.jobs[0].need = (struct rk_text){"", 0};
    t.jobs[0].training_required = 0;
    t.assignments.count = t.fixed.count = t.sessions.count = t.conflicts.count = 0;
    t.facts.require_declarations = false;
    for (uint32_t p = 0; p < 2; p++) {
        t.people[p] = (struct rk_panelist){.panelist_id = rk_text(ids[p]),
                                           .status = RK_PANELIST_ACTIVE,
                                           .experience = rk_text(p ? "x|z" : "x"),
                                           .birth_year = 1970,
                                           .consent_until = FIRST + 400,
                                           .consent_withdrawn_on = RK_NO_DATE,
                                           .trained_on = RK_NO_DATE,
                                           .max_per_month = -1,
                                           .max_per_year = -1};
    }
    t.panelists.count = 2;
    t.jobs[0].want_count = 2;
    t.wants[0][0].weight = 1;
    t.wants[0][1].weight = RK_FIXED_ONE * 100000000000;
    t.availability.count = t.candidates.count = 0;
    struct rk_eligible *e;
    struct rk_match_problem problem = {.seed = RK_TEXT("")};
    rk_fixed unit;
    struct rk_error error = {0};
    CHECK(rk_eligible_new(&e, &t.facts, &error) == RK_OK);
    CHECK(rk_eligible_problem(e, &problem, &unit, &error) == RK_BAD_DATA);
    rk_eligible_free(e);
    t.jobs[0].opened = RK_NO_DATE;
    CHECK(rk_eligible_new(&e, &t.facts, &error) == RK_BAD_DATA && !e);
}

int main(void)
{
    rules();
    digits();
    return finish();
}
