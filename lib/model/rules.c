#include "model/rules.h"

#include "base/hash.h"
#include "model/cells.h"

const char *const rk_rules_tables[] = {
    "panelists",     "recruitments", "sessions",    "quotas",      "targets",      "availability",
    "candidates",    "raters",       "assignments", "conflicts",   "ratings",      "ballots",
    "pairs",         "counts",       "scores",      "ranking",     "measures",     "decisions",
    "contributions", "statements",   "hires",       "respondents", "responses",    "activities",
    "events",        "costs",        "indicators",  "findings",    "people",       "severity",
    "estimates",     "verification", "rates",       "payments",    "earnings",     "honoraria",
    "cost_centres",  "payroll",      "identities",  "spells",      "answers",      "series",
    "impact",        "games",        "power",       "meetings",    "participants", "presence",
    "rounds",        "rooms",        "travel",      "gaps",        "plan",         "cells",
    "intervals",     "ptable",       "pseudonyms",  "waiting",     "themes",       "disposal",
    "holds",         "due",          "purges",      NULL,
};

enum { MOST_FIELDS = 10 };

struct panelist {
    bool known, consents, withdrew, guardian;
    int32_t until, withdrawn_on;
    int birth_year;              /* 0 = not known */
    int64_t per_month, per_year; /* most memberships; -1 = any number */
};
struct recruitment {
    const struct rk_rubric *rubric; /* NULL = not known */
    uint32_t unit;                  /* or RK_NONE */
    uint32_t first_session;         /* or RK_NONE */
    bool cancelled;
    int32_t day;                  /* that memberships count on: of the first session, else opened or
                                   * closes; RK_NO_DATE = not known */
    int64_t seats, room, members; /* -1 = any number */
};
struct session {
    uint32_t stage, next;
    int32_t day;
};
struct rater {
    uint32_t group, panelist; /* or RK_NONE */
};

/* Who a conflict is of, and what it is about: tuples of {who, number, what, number}. */
enum who { WHO_PANELIST, WHO_RATER };
enum what { WHAT_RECRUITMENT, WHAT_CANDIDATE, WHAT_UNIT };

struct rk_rules {
    struct rk_rules_options options;
    rk_rules_found *found;
    void *context;
    const struct rule_table *table; /* NULL: nothing to hold this table's rows against */
    size_t fields[MOST_FIELDS];
    const struct rk_value *values[MOST_FIELDS];
    struct rk_strings panelist_ids, recruitment_ids, candidate_ids, rater_ids;
    struct rk_strings groups, stages, units;
    struct panelist *panelists;
    struct recruitment *recruitments;
    uint32_t *recruitment_of; /* by candidate */
    struct rater *raters;
    struct session *sessions;
    size_t panelist_room, recruitment_room, candidate_room, rater_room, session_room;
    uint32_t session_count;
    struct rk_tuples seats; /* {recruitment, rater} … */
    uint32_t *seat_of;      /* … by seat: the panelist */
    size_t seat_room;
    struct rk_tuples spans; /* {panelist, month or RK_NONE, year} … */
    uint32_t *span_count;   /* … memberships that count in it */
    size_t span_room;
    struct rk_tuples conflicts, declared;
    bool seen_raters, seen_candidates, seen_sessions, seen_panelists;
    /* the last rating's answer, since its rows stand together */
    uint32_t last[3];
    bool last_conflict, last_declared;
    struct rk_buf text;
};

struct rule_table {
    const char *name;
    void (*row)(struct rk_rules *);
    const char *const fields[MOST_FIELDS + 1];
};

/* ---- small ---- */

static struct rk_text text_of(const struct rk_rules *r, size_t i)
{
    return rk_value_text(r->values[i]);
}

static bool there(const struct rk_rules *r, size_t i) { return r->values[i]->size != 0; }

static bool is(const struct rk_rules *r, size_t i, const char *word)
{
    return rk_text_is(text_of(r, i), word);
}

static void find(struct rk_rules *r, size_t i, const char *kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void find(struct rk_rules *r, size_t i, const char *kind, const char *format, ...)
{
    va_list args;
    rk_buf_clear(&r->text);
    va_start(args, format);
    rk_buf_vprintf(&r->text, format, args);
    va_end(args);
    r->found(r->context, r->fields[i], kind, r->text.text);
}

/* The id's number, adding it and a zeroed record where it is new; RK_NONE for a missing cell. */
#define ADD(strings, array, room, id, fresh)                                                       \
    add((strings), (void **)&(array), &(room), sizeof *(array), (id), (fresh))
static uint32_t add(struct rk_strings *strings, void **array, size_t *room, size_t size,
                    struct rk_text id, const void *fresh)
{
    if (!id.size)
        return RK_NONE;
    uint32_t before = strings->count, number = rk_strings_add(strings, id);
    if (number < before)
        return number;
    if (number >= *room) {
        *room = *room ? *room * 2 : 64;
        *array = rk_resize(*array, *room, size);
    }
    memcpy((char *)*array + number * size, fresh, size);
    return number;
}

static uint32_t find_id(const struct rk_strings *strings, struct rk_text id)
{
    return id.size ? rk_strings_find(strings, id) : RK_NONE;
}

static uint32_t add_recruitment(struct rk_rules *r, struct rk_text id)
{
    struct recruitment fresh = {NULL, RK_NONE, RK_NONE, false, RK_NO_DATE, -1, -1, 0};
    return ADD(&r->recruitment_ids, r->recruitments, r->recruitment_room, id, &fresh);
}

static uint32_t add_candidate(struct rk_rules *r, struct rk_text id)
{
    uint32_t fresh = RK_NONE;
    return ADD(&r->candidate_ids, r->recruitment_of, r->candidate_room, id, &fresh);
}

static uint32_t add_rater(struct rk_rules *r, struct rk_text id)
{
    struct rater fresh = {RK_NONE, RK_NONE};
    return ADD(&r->rater_ids, r->raters, r->rater_room, id, &fresh);
}

static uint32_t add_panelist(struct rk_rules *r, struct rk_text id)
{
    struct panelist fresh = {.per_month = -1, .per_year = -1};
    return ADD(&r->panelist_ids, r->panelists, r->panelist_room, id, &fresh);
}

/* ---- people and recruitments ---- */

/* A cell that says how many at most; -1 where it is missing. */
static int64_t most(const struct rk_rules *r, size_t i)
{
    return there(r, i) ? r->values[i]->number / RK_FIXED_ONE : -1;
}

static void panelist(struct rk_rules *r)
{
    enum { ID, UNTIL, WITHDRAWN, BORN, GUARDIAN, PER_MONTH, PER_YEAR };
    uint32_t number = add_panelist(r, text_of(r, ID));
    if (number == RK_NONE || r->panelists[number].known)
        return; /* of duplicates the first holds */
    r->panelists[number] =
        (struct panelist){.known = true,
                          .consents = there(r, UNTIL),
                          .withdrew = there(r, WITHDRAWN),
                          .guardian = r->values[GUARDIAN]->number != 0,
                          .until = (int32_t)r->values[UNTIL]->time,
                          .withdrawn_on = (int32_t)r->values[WITHDRAWN]->time,
                          .birth_year = (int)(r->values[BORN]->number / RK_FIXED_ONE),
                          .per_month = most(r, PER_MONTH),
                          .per_year = most(r, PER_YEAR)};
}

static const struct rk_rubric *rubric_named(const struct rk_rules *r, struct rk_text id)
{
    for (size_t i = 0; r->options.rubrics && i < r->options.rubrics->count; i++)
        if (rk_text_is(id, r->options.rubrics->all[i]->id))
            return r->options.rubrics->all[i];
    return NULL;
}

static void recruitment(struct rk_rules *r)
{
    enum { ID, RUBRIC, UNIT, STATUS, SEATS, ROOM, OPENED, CLOSES };
    uint32_t number = add_recruitment(r, text_of(r, ID));
    if (number != RK_NONE) {
        struct recruitment *one = &r->recruitments[number];
        one->rubric = rubric_named(r, text_of(r, RUBRIC));
        one->unit = there(r, UNIT) ? rk_strings_add(&r->units, text_of(r, UNIT)) : RK_NONE;
        one->cancelled = is(r, STATUS, "cancelled");
        one->seats = most(r, SEATS);
        one->room = most(r, ROOM);
        if (there(r, OPENED) || there(r, CLOSES))
            one->day = (int32_t)r->values[there(r, OPENED) ? OPENED : CLOSES]->time;
    }
    if (r->options.rubrics && there(r, RUBRIC) && !rubric_named(r, text_of(r, RUBRIC)))
        find(r, RUBRIC, "foreign-key", _("there is no such rubric among those given"));
}

static void session(struct rk_rules *r)
{
    enum { RECRUITMENT, STAGE, START };
    uint32_t number = add_recruitment(r, text_of(r, RECRUITMENT));
    if (number == RK_NONE || !there(r, STAGE) || !there(r, START))
        return;
    struct recruitment *to = &r->recruitments[number];
    int32_t day = (int32_t)(r->values[START]->time / (24 * 60));
    if (to->first_session == RK_NONE || day < to->day)
        to->day = day;
    RK_GROW(r->sessions, r->session_count, r->session_room);
    r->sessions[r->session_count] =
        (struct session){rk_strings_add(&r->stages, text_of(r, STAGE)), to->first_session, day};
    to->first_session = r->session_count++;
}

static void candidate(struct rk_rules *r)
{
    enum { ID, RECRUITMENT, STATUS, GENDER, BORN };
    if (is(r, STATUS, "protected") && (there(r, GENDER) || there(r, BORN)))
        find(r, there(r, GENDER) ? GENDER : BORN, "row-constraint",
             _("the row of a protected identity must hold neither gender nor birth year"));
    uint32_t number = add_candidate(r, text_of(r, ID));
    uint32_t to = add_recruitment(r, text_of(r, RECRUITMENT));
    if (number != RK_NONE && r->recruitment_of[number] == RK_NONE)
        r->recruitment_of[number] = to;
}

static void rater(struct rk_rules *r)
{
    enum { ID, GROUP, PANELIST };
    uint32_t number = add_rater(r, text_of(r, ID));
    uint32_t who = add_panelist(r, text_of(r, PANELIST));
    if (number == RK_NONE || r->raters[number].group != RK_NONE)
        return;
    r->raters[number].group =
        there(r, GROUP) ? rk_strings_add(&r->groups, text_of(r, GROUP)) : RK_NONE;
    r->raters[number].panelist = who;
}

/* A row's candidate is one of the row's recruitment. */
static void check_candidate(struct rk_rules *r, size_t recruitment_at, size_t candidate_at)
{
    uint32_t number = find_id(&r->candidate_ids, text_of(r, candidate_at));
    if (!r->seen_candidates || number == RK_NONE || r->recruitment_of[number] == RK_NONE)
        return;
    if (there(r, recruitment_at) &&
        r->recruitment_of[number] != find_id(&r->recruitment_ids, text_of(r, recruitment_at)))
        find(r, candidate_at, "row-constraint", _("the candidate applied to another recruitment"));
}

static void of_candidate(struct rk_rules *r) { check_candidate(r, 0, 1); }

/* ---- assignments ---- */

/* What stands against the panelist taking part on the day, or NULL. A year can't tell a birthday: a
 * minor is who turns at most 18 that year. */
static const char *against(const struct panelist *p, int32_t day)
{
    if (!p->consents)
        return N_("there is no consent");
    if (p->until < day)
        return N_("the consent has ended before the session");
    if (p->withdrew && p->withdrawn_on <= day)
        return N_("the consent was withdrawn before the session");
    if (p->birth_year && rk_date_from_days(day).year - p->birth_year <= 18 && !p->guardian)
        return N_("a minor without a guardian's consent");
    return NULL;
}

/* One membership more in the span; is it more than `most`? */
static bool above(struct rk_rules *r, uint32_t who, uint32_t month, uint32_t year, int64_t most)
{
    if (most < 0)
        return false;
    uint32_t before = r->spans.count;
    uint32_t span = rk_tuples_add(&r->spans, (uint32_t[]){who, month, year});
    if (span >= r->span_room) {
        r->span_room = r->span_room ? r->span_room * 2 : 64;
        r->span_count = rk_resize(r->span_count, r->span_room, sizeof *r->span_count);
    }
    if (span == before)
        r->span_count[span] = 0;
    return ++r->span_count[span] > most;
}

/* Members against the seats and the room, and against how often the panelist is asked at most. As
 * rk-panel-match counts: once, on the first day, also who was absent; not who declined, nor in a
 * recruitment that was cancelled. */
static void check_caps(struct rk_rules *r, uint32_t to, uint32_t who, size_t at, bool absent)
{
    struct recruitment *recruitment = &r->recruitments[to];
    const struct panelist *p = &r->panelists[who];
    if (recruitment->cancelled)
        return;
    if (!absent) { /* another may have come instead */
        recruitment->members++;
        if (recruitment->seats >= 0 && recruitment->members > recruitment->seats)
            find(r, at, "cap", _("more members than the recruitment has seats, %lld"),
                 (long long)recruitment->seats);
        else if (recruitment->room >= 0 && recruitment->members > recruitment->room)
            find(r, at, "cap", _("more members than the room takes, %lld"),
                 (long long)recruitment->room);
    }
    if (recruitment->day == RK_NO_DATE)
        return;
    struct rk_date day = rk_date_from_days(recruitment->day);
    /* both are counted, whichever is told */
    bool month = above(r, who, (uint32_t)day.month, (uint32_t)day.year, p->per_month);
    bool year = above(r, who, RK_NONE, (uint32_t)day.year, p->per_year);
    if (month || year)
        find(r, at, "cap", "%s",
             month ? _("more memberships in a month than max_per_month allows")
                   : _("more memberships in a year than max_per_year allows"));
}

static void assignment(struct rk_rules *r)
{
    enum { RECRUITMENT, PANELIST, STAGES, RATER, STATUS, DECLARED, SEAT };
    uint32_t to = add_recruitment(r, text_of(r, RECRUITMENT));
    uint32_t who = add_panelist(r, text_of(r, PANELIST));
    uint32_t as = add_rater(r, text_of(r, RATER));
    if (to == RK_NONE || who == RK_NONE)
        return;
    if (as != RK_NONE) {
        uint32_t before = r->seats.count, seat = rk_tuples_add(&r->seats, (uint32_t[]){to, as});
        if (seat >= r->seat_room) {
            r->seat_room = r->seat_room ? r->seat_room * 2 : 64;
            r->seat_of = rk_resize(r->seat_of, r->seat_room, sizeof *r->seat_of);
        }
        if (seat < before && r->seat_of[seat] != who)
            find(r, RATER, "row-constraint",
                 _("another panelist of the recruitment is already this rater"));
        r->seat_of[seat] = who;
    }
    if (there(r, DECLARED))
        rk_tuples_add(&r->declared, (uint32_t[]){WHO_PANELIST, who, WHAT_RECRUITMENT, to});
    if (is(r, SEAT, "member") && !is(r, STATUS, "declined"))
        check_caps(r, to, who, PANELIST, is(r, STATUS, "absent"));
    if (!r->seen_panelists || !r->seen_sessions || is(r, STATUS, "declined") ||
        is(r, STATUS, "absent"))
        return;
    for (uint32_t s = r->recruitments[to].first_session; s != RK_NONE; s = r->sessions[s].next) {
        if (there(r, STAGES) &&
            !rk_list_has(text_of(r, STAGES), r->stages.texts[r->sessions[s].stage]))
            continue;
        const char *why = against(&r->panelists[who], r->sessions[s].day);
        if (why) {
            find(r, PANELIST, "consent", "%s", _(why));
            return;
        }
    }
}

/* ---- conflicts ---- */

static void conflict(struct rk_rules *r)
{
    enum { PANELIST, RATER, RECRUITMENT, CANDIDATE, UNIT, GROUND };
    uint32_t who[2] = {add_panelist(r, text_of(r, PANELIST)), add_rater(r, text_of(r, RATER))};
    uint32_t what[3] = {add_recruitment(r, text_of(r, RECRUITMENT)),
                        add_candidate(r, text_of(r, CANDIDATE)),
                        there(r, UNIT) ? rk_strings_add(&r->units, text_of(r, UNIT)) : RK_NONE};
    /* a row that names a candidate is about that one, not about the whole recruitment */
    if (what[WHAT_CANDIDATE] != RK_NONE)
        what[WHAT_RECRUITMENT] = what[WHAT_UNIT] = RK_NONE;
    for (uint32_t w = 0; w < 2; w++)
        for (uint32_t a = 0; a < 3; a++)
            if (who[w] != RK_NONE && what[a] != RK_NONE) {
                uint32_t tuple[4] = {w, who[w], a, what[a]};
                rk_tuples_add(&r->declared, tuple);
                if (there(r, GROUND) && !is(r, GROUND, "none"))
                    rk_tuples_add(&r->conflicts, tuple);
            }
}

static bool in_any(const struct rk_tuples *tuples, const uint32_t person[2],
                   const uint32_t about[3])
{
    for (uint32_t w = 0; w < 2; w++)
        for (uint32_t a = 0; a < 3; a++)
            if (person[w] != RK_NONE && about[a] != RK_NONE && tuples->count &&
                rk_tuples_find(tuples, (uint32_t[]){w, person[w], a, about[a]}) != RK_NONE)
                return true;
    return false;
}

/* Answers for the rater, recruitment and candidate of the last rating. */
static void weigh_conflicts(struct rk_rules *r, uint32_t to, uint32_t of, uint32_t by)
{
    uint32_t person[2] = {r->raters[by].panelist, by};
    if (r->seats.count) {
        uint32_t seat = rk_tuples_find(&r->seats, (uint32_t[]){to, by});
        if (seat != RK_NONE)
            person[WHO_PANELIST] = r->seat_of[seat];
    }
    uint32_t about[3] = {to, of, r->recruitments[to].unit};
    r->last_conflict = in_any(&r->conflicts, person, about);
    r->last_declared = in_any(&r->declared, person, about);
}

/* ---- ratings ---- */

enum { R_RECRUITMENT, R_CANDIDATE, R_RATER, R_GROUP, R_STAGE, R_CRITERION, R_SCORE };

static void check_scale(struct rk_rules *r, const struct rk_criterion *c)
{
    rk_fixed score = r->values[R_SCORE]->number;
    struct rk_buf low = {0}, high = {0};
    rk_fixed_print(&low, c->minimum);
    rk_fixed_print(&high, c->maximum);
    if (score < c->minimum || score > c->maximum)
        find(r, R_SCORE, "scale", _("outside the scale of the criterion %s, %s to %s"), c->id,
             low.text, high.text);
    else if (c->step && (score - c->minimum) % c->step) {
        rk_buf_clear(&high);
        rk_fixed_print(&high, c->step);
        find(r, R_SCORE, "scale", _("not on the scale of the criterion %s, from %s in steps of %s"),
             c->id, low.text, high.text);
    }
    rk_buf_free(&low);
    rk_buf_free(&high);
}

/* The place of the text among the rubric's ids; SIZE_MAX when it is none of them. */
#define PLACE(array, count, text, place)                                                           \
    do {                                                                                           \
        for ((place) = 0; (place) < (count); (place)++)                                            \
            if (rk_text_is((text), (array)[place].id))                                             \
                break;                                                                             \
        if ((place) == (count))                                                                    \
            (place) = SIZE_MAX;                                                                    \
    } while (0)

static bool among(const size_t *places, size_t count, size_t place)
{
    for (size_t i = 0; i < count; i++)
        if (places[i] == place)
            return true;
    return false;
}

static void check_against(struct rk_rules *r, const struct rk_rubric *rubric)
{
    size_t stage = SIZE_MAX, criterion, group;
    struct rk_text stage_name = there(r, R_STAGE) ? text_of(r, R_STAGE) : RK_TEXT("all");
    PLACE(rubric->criteria, rubric->criterion_count, text_of(r, R_CRITERION), criterion);
    PLACE(rubric->groups, rubric->group_count, text_of(r, R_GROUP), group);
    if (rubric->stage_count) {
        PLACE(rubric->stages, rubric->stage_count, stage_name, stage);
        if (stage == SIZE_MAX)
            find(r, R_STAGE, "scale", _("not a stage of the rubric %s"), rubric->id);
    }
    const struct rk_rubric_stage *s = stage == SIZE_MAX ? NULL : &rubric->stages[stage];
    if (there(r, R_CRITERION)) {
        if (criterion == SIZE_MAX)
            find(r, R_CRITERION, "scale", _("not a criterion of the rubric %s"), rubric->id);
        else if (s && !among(s->criteria, s->criterion_count, criterion))
            find(r, R_CRITERION, "scale", _("not a criterion of the stage %s in the rubric %s"),
                 s->id, rubric->id);
    }
    if (there(r, R_GROUP) && rubric->group_count) {
        if (group == SIZE_MAX)
            find(r, R_GROUP, "scale", _("not a group of the rubric %s"), rubric->id);
        else if (s && s->group_count && !among(s->groups, s->group_count, group))
            find(r, R_GROUP, "scale", _("not a group of the stage %s in the rubric %s"), s->id,
                 rubric->id);
    }
    if (there(r, R_SCORE) && criterion != SIZE_MAX)
        check_scale(r, &rubric->criteria[criterion]);
}

static void check_group(struct rk_rules *r, size_t rater_at, size_t group_at)
{
    uint32_t by = find_id(&r->rater_ids, text_of(r, rater_at));
    if (r->seen_raters && by != RK_NONE && r->raters[by].group != RK_NONE && there(r, group_at) &&
        find_id(&r->groups, text_of(r, group_at)) != r->raters[by].group)
        find(r, group_at, "row-constraint", _("the table raters has another group for this rater"));
}

static void rating(struct rk_rules *r)
{
    check_candidate(r, R_RECRUITMENT, R_CANDIDATE);
    check_group(r, R_RATER, R_GROUP);
    uint32_t to = add_recruitment(r, text_of(r, R_RECRUITMENT));
    uint32_t of = add_candidate(r, text_of(r, R_CANDIDATE));
    uint32_t by = add_rater(r, text_of(r, R_RATER));
    const struct rk_rubrics *rubrics = r->options.rubrics;
    const struct rk_rubric *rubric = to == RK_NONE ? NULL : r->recruitments[to].rubric;
    if (!rubric && rubrics && rubrics->count == 1)
        rubric = rubrics->all[0];
    if (rubric)
        check_against(r, rubric);
    if (to == RK_NONE || of == RK_NONE || by == RK_NONE || !there(r, R_SCORE))
        return;
    if (to != r->last[0] || of != r->last[1] || by != r->last[2]) {
        weigh_conflicts(r, to, of, by);
        memcpy(r->last, (uint32_t[]){to, of, by}, sizeof r->last);
    }
    if (r->last_conflict)
        find(r, R_RATER, "conflict",
             _("the rater has a conflict of interest here and must not rate"));
    else if (r->options.require_declarations && !r->last_declared)
        find(r, R_RATER, "declaration", _("the rater has not declared conflicts of interest"));
}

static void score(struct rk_rules *r)
{
    enum { RECRUITMENT, CANDIDATE, RATER, GROUP, SCALE, SCORE };
    check_candidate(r, RECRUITMENT, CANDIDATE);
    check_group(r, RATER, GROUP);
    rk_fixed value = r->values[SCORE]->number;
    if (is(r, SCALE, "0-100") && there(r, SCORE) && (value < 0 || value > rk_fixed_int(100)))
        find(r, SCORE, "scale", _("outside the scale 0 to 100"));
}

/* ---- tables ---- */

static const struct rule_table tables[] = {
    {"panelists",
     panelist,
     {"panelist_id", "consent_until", "consent_withdrawn_on", "birth_year", "guardian_consent",
      "max_per_month", "max_per_year"}},
    {"recruitments",
     recruitment,
     {"recruitment_id", "rubric", "unit", "status", "seats", "room_max", "opened", "closes"}},
    {"sessions", session, {"recruitment_id", "stage", "start"}},
    {"candidates", candidate, {"candidate_id", "recruitment_id", "status", "gender", "birth_year"}},
    {"raters", rater, {"rater_id", "rater_group", "panelist_id"}},
    {"assignments",
     assignment,
     {"recruitment_id", "panelist_id", "stages", "rater_id", "status", "declared_on", "seat"}},
    {"conflicts",
     conflict,
     {"panelist_id", "rater_id", "recruitment_id", "candidate_id", "unit", "ground"}},
    {"ratings",
     rating,
     {"recruitment_id", "candidate_id", "rater_id", "rater_group", "stage", "criterion", "score"}},
    {"scores",
     score,
     {"recruitment_id", "candidate_id", "rater_id", "rater_group", "scale", "score"}},
    {"ballots", of_candidate, {"recruitment_id", "candidate_id"}},
    {"ranking", of_candidate, {"recruitment_id", "candidate_id"}},
    {"decisions", of_candidate, {"recruitment_id", "candidate_id"}},
    {"hires", of_candidate, {"recruitment_id", "candidate_id"}},
};

struct rk_rules *rk_rules_new(const struct rk_rules_options *options, rk_rules_found *found,
                              void *context)
{
    struct rk_rules *r = rk_alloc(1, sizeof *r);
    r->options = *options;
    r->found = found;
    r->context = context;
    r->seats.width = 2;
    r->spans.width = 3;
    r->conflicts.width = r->declared.width = 4;
    r->last[0] = RK_NONE;
    return r;
}

void rk_rules_begin(struct rk_rules *r, const struct rk_schema *schema)
{
    r->table = NULL;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        if (!strcmp(tables[t].name, schema->name))
            r->table = &tables[t];
    for (size_t i = 0; r->table && r->table->fields[i]; i++)
        r->fields[i] = rk_schema_field(schema, r->table->fields[i]);
    r->seen_panelists |= !strcmp(schema->name, "panelists");
    r->seen_sessions |= !strcmp(schema->name, "sessions");
    r->seen_candidates |= !strcmp(schema->name, "candidates");
    r->seen_raters |= !strcmp(schema->name, "raters");
}

void rk_rules_row(struct rk_rules *r, const struct rk_row *row)
{
    if (!r->table)
        return;
    for (size_t i = 0; r->table->fields[i]; i++)
        r->values[i] = &row->values[r->fields[i]];
    r->table->row(r);
}

void rk_rules_free(struct rk_rules *r)
{
    if (!r)
        return;
    rk_strings_free(&r->panelist_ids);
    rk_strings_free(&r->recruitment_ids);
    rk_strings_free(&r->candidate_ids);
    rk_strings_free(&r->rater_ids);
    rk_strings_free(&r->groups);
    rk_strings_free(&r->stages);
    rk_strings_free(&r->units);
    rk_tuples_free(&r->seats);
    rk_tuples_free(&r->spans);
    rk_tuples_free(&r->conflicts);
    rk_tuples_free(&r->declared);
    rk_free(r->panelists);
    rk_free(r->recruitments);
    rk_free(r->recruitment_of);
    rk_free(r->raters);
    rk_free(r->sessions);
    rk_free(r->seat_of);
    rk_free(r->span_count);
    rk_buf_free(&r->text);
    rk_free(r);
}
