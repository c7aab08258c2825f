/* One recruitment from advert to follow-up: the rows of every table it touches. */
#include "simulate/work.h"

#include "base/date.h"

#include <assert.h>

const char *const rk_simulate_stages[STAGES] = {"application", "interview"};
static const char *const candidate_statuses[] = {"active", "withdrawn", "ineligible", "protected"};
static const char *const genders[] = {"woman", "man", "other", "undisclosed"};

static void add_experience(struct rk_buf *cells, uint16_t experience, const char *weight)
{
    bool first = true;
    for (int e = 0; e < RK_EXPERIENCES; e++)
        if (experience >> e & 1) {
            if (!first)
                rk_buf_char(cells, '|');
            rk_buf_text(cells, rk_simulate_experiences[e]);
            rk_buf_text(cells, weight);
            first = false;
        }
    rk_buf_char(cells, '\0');
}

static void recruitment_row(struct work *w)
{
    static const char *const roles[] = {"social worker",   "unit manager", "job coach",
                                        "school counsellor", "youth worker", "teacher"};
    static const char *const states[] = {"open", "decided", "cancelled"};
    const struct rk_simulate_recruitment *r = w->r;
    struct rk_random random = rk_simulate_chance(w->simulate, "recruitment-rest|%s", w->id);
    struct rk_buf *cells = cells_of(w, RK_SIMULATE_RECRUITMENTS);
    bool reopened = r->state == RK_RECRUITMENT_OPEN && rk_simulate_happens(&random, 0.05);
    rk_simulate_string(cells, w->id);
    rk_simulate_string(cells, w->department);
    char unit[RK_ID];
    rk_simulate_unit_id(w->simulate, r->unit, unit);
    rk_simulate_string(cells, unit);
    rk_simulate_string(cells, roles[rk_random_below(&random, 6)]);
    rk_simulate_string(cells, w->department);
    rk_simulate_string(cells, reopened ? "reopened" : states[r->state]);
    rk_simulate_int(cells, w->o->raters);
    rk_simulate_int(cells, 1);
    add_experience(cells, r->need, "");
    add_experience(cells, r->want, rk_simulate_happens(&random, 0.5) ? ":2" : "");
    rk_simulate_string(cells, "true");
    rk_simulate_int(cells, (int64_t)w->o->raters + rk_simulate_between(&random, 0, 2));
    rk_simulate_date(cells, r->opened);
    rk_simulate_date(cells, r->closes);
    rk_simulate_date(cells, r->state == RK_RECRUITMENT_DECIDED ? r->decided_on : RK_SIMULATE_NEVER);
    rk_simulate_date(cells, r->cancelled_on);
    rk_simulate_string(cells, reopened                                ? "no_suitable_candidate"
                              : r->state == RK_RECRUITMENT_CANCELLED ? "position_withdrawn"
                                                                      : NULL);

    const int32_t days[STAGES] = {r->shortlist_on, r->interview_on};
    const int starts[STAGES] = {13 * 60, r->interview_minute}, lengths[STAGES] = {120, 180};
    for (int s = 0; s < STAGES && r->state != RK_RECRUITMENT_CANCELLED; s++) {
        cells = cells_of(w, RK_SIMULATE_SESSIONS);
        int start = s == APPLICATION && r->youth ? 17 * 60 + 30 : starts[s];
        rk_simulate_string(cells, w->id);
        rk_simulate_string(cells, rk_simulate_stages[s]);
        rk_simulate_time(cells, days[s], start);
        rk_simulate_time(cells, days[s], start + lengths[s]);
        rk_simulate_string(cells, r->youth ? "youth centre" : "town hall");
        struct rk_buf text = {0};
        rk_time_print(&text, (int64_t)days[s] * 1440 + start + lengths[s]);
        snprintf(w->rated_at[s], sizeof w->rated_at[s], "%s", text.text);
        rk_buf_free(&text);
    }
}

static void draw_candidates(struct work *w)
{
    const struct rk_simulate_options *o = w->o;
    double length = w->simulate->length;
    struct rk_random random = rk_simulate_chance(w->simulate, "candidates|%s", w->id);
    uint32_t spread = o->candidates * 2 / 5;
    w->candidate_count = (uint32_t)rk_simulate_between(&random, o->candidates - spread,
                                                       o->candidates + spread);
    w->candidates = rk_arena_alloc(&w->arena, w->candidate_count * sizeof *w->candidates);
    for (uint32_t i = 0; i < w->candidate_count; i++) {
        struct candidate *c = &w->candidates[i];
        *c = (struct candidate){0};
        snprintf(c->id, sizeof c->id, "K%s-%0*u", w->id + 1, w->simulate->candidate_width, i + 1);
        random = rk_simulate_chance(w->simulate, "candidate|%s", c->id);
        double s = rk_random_unit(&random);
        /* the first two always stay, so that there is something to decide */
        if (i > 1)
            c->status = s < 0.05 ? WITHDRAWN : s < 0.1 ? INELIGIBLE : s < 0.11 ? PROTECTED : ACTIVE;
        double g = rk_random_unit(&random);
        c->gender = g < 0.62 ? WOMAN : g < 0.97 ? MAN : g < 0.98 ? 2 : 3;
        c->favoured = c->gender == MAN;
        c->birth_year = rk_date_from_days(w->r->opened).year -
                        (int)rk_simulate_between(&random, 22, 63);
        c->quality = rk_simulate_normal(&random, 0.15 * length);
        c->facets = rk_arena_alloc(&w->arena, STAGES * o->criteria * sizeof(double));
        for (uint32_t k = 0; k < STAGES * o->criteria; k++)
            c->facets[k] = rk_simulate_normal(&random, 0.06 * length);
        c->views = rk_arena_alloc(&w->arena, o->group_count * sizeof(double));
        for (uint32_t g2 = 0; g2 < o->group_count; g2++)
            c->views[g2] = rk_simulate_normal(&random, 0.06 * length);
        size_t sums = (size_t)STAGES * o->group_count;
        c->sums = rk_arena_alloc(&w->arena, sums * sizeof(double));
        c->counts = rk_arena_alloc(&w->arena, sums * sizeof(uint32_t));
        for (size_t j = 0; j < sums; j++) {
            c->sums[j] = 0;
            c->counts[j] = 0;
        }
    }
}

/* The better half, as those who shortlist see it, come to interview. */
static void shortlist(struct work *w)
{
    uint32_t places = (w->candidate_count + 1) / 2;
    double noise = 0.08 * w->simulate->length;
    for (uint32_t i = 0; i < w->candidate_count; i++) {
        struct rk_random random =
            rk_simulate_chance(w->simulate, "shortlist|%s", w->candidates[i].id);
        w->candidates[i].combined =
            w->candidates[i].quality + rk_simulate_normal(&random, noise);
    }
    for (; places; places--) {
        struct candidate *best = NULL;
        for (uint32_t i = 0; i < w->candidate_count; i++) {
            struct candidate *c = &w->candidates[i];
            if (!c->interviewed && (c->status == ACTIVE || c->status == PROTECTED) &&
                (!best || c->combined > best->combined))
                best = c;
        }
        if (!best)
            break;
        best->interviewed = true;
    }
}

static void candidate_rows(struct work *w)
{
    static const char *const sources[] = {"website", "job_board", "colleague", "social_media"};
    const struct rk_simulate_recruitment *r = w->r;
    bool decided = r->state == RK_RECRUITMENT_DECIDED;
    for (uint32_t i = 0; i < w->candidate_count; i++) {
        const struct candidate *c = &w->candidates[i];
        struct rk_random random = rk_simulate_chance(w->simulate, "candidate-rest|%s", c->id);
        struct rk_buf *cells = cells_of(w, RK_SIMULATE_CANDIDATES);
        rk_simulate_string(cells, c->id);
        rk_simulate_string(cells, w->id);
        rk_simulate_string(cells, candidate_statuses[c->status]);
        rk_simulate_date(cells, c->status == WITHDRAWN    ? r->shortlist_on + 1
                                : c->status == INELIGIBLE ? r->closes + 1
                                                          : RK_SIMULATE_NEVER);
        const char *reached = rk_simulate_stages[c->interviewed ? INTERVIEW : APPLICATION];
        rk_simulate_string(cells, decided && c->status != INELIGIBLE ? reached : NULL);
        rk_simulate_string(cells, rk_simulate_happens(&random, 0.1)
                                      ? NULL
                                      : sources[rk_random_below(&random, 4)]);
        if (c->status == PROTECTED)
            rk_simulate_missing(cells, 2);
        else {
            rk_simulate_string(cells, genders[c->gender]);
            if (rk_simulate_happens(&random, 0.05)) /* not asked for, not told */
                rk_simulate_missing(cells, 1);
            else
                rk_simulate_int(cells, c->birth_year);
        }
        rk_simulate_date(cells, r->opened + (int32_t)rk_simulate_between(&random, 0,
                                                                         r->closes - r->opened));
        cells = cells_of(w, RK_SIMULATE_TRUE_CANDIDATES);
        rk_simulate_string(cells, c->id);
        rk_simulate_string(cells, w->id);
        rk_simulate_number(cells, c->quality);
        rk_simulate_int(cells, c->favoured);
        for (int s = 0; s < STAGES; s++)
            for (uint32_t k = 0; k < w->o->criteria; k++) {
                cells = cells_of(w, RK_SIMULATE_TRUE_CRITERIA);
                rk_simulate_string(cells, c->id);
                rk_buf_printf(cells, "%c%u", s ? 'I' : 'A', k + 1);
                rk_buf_char(cells, '\0');
                rk_simulate_number(cells, w->simulate->middle + c->quality +
                                              c->facets[(uint32_t)s * w->o->criteria + k]);
            }
        for (uint32_t g = 0; g < w->o->group_count; g++) {
            cells = cells_of(w, RK_SIMULATE_TRUE_VIEWS);
            rk_simulate_string(cells, c->id);
            rk_simulate_string(cells, w->o->groups[g]);
            rk_simulate_number(cells, c->views[g]);
        }
    }
}

/* The mean of the stages, each the mean of the groups that gave scores. */
static double combine(const struct work *w, const struct candidate *c)
{
    double all = 0;
    for (int s = 0; s < STAGES; s++) {
        double sum = 0;
        unsigned groups = 0;
        for (uint32_t g = 0; g < w->o->group_count; g++) {
            size_t at = (size_t)s * w->o->group_count + g;
            if (c->counts[at]) {
                sum += c->sums[at] / c->counts[at];
                groups++;
            }
        }
        all += groups ? sum / groups : 0;
    }
    return all / STAGES;
}

static struct candidate *best_left(struct work *w, const struct candidate *except)
{
    struct candidate *best = NULL;
    for (uint32_t i = 0; i < w->candidate_count; i++) {
        struct candidate *c = &w->candidates[i];
        if (c->interviewed && c != except && !c->offered_declined &&
            (!best || c->combined > best->combined))
            best = c;
    }
    return best;
}

static void decision_rows(struct work *w)
{
    static const char *const reasons[] = {"references", "formal_competence", "salary",
                                          "start_date"};
    static const char *const end_reasons[] = {"other_job", "not_as_expected", "moved", "studies"};
    struct rk_random random = rk_simulate_chance(w->simulate, "decision|%s", w->id);
    for (uint32_t i = 0; i < w->candidate_count; i++)
        w->candidates[i].combined = combine(w, &w->candidates[i]);
    struct candidate *first = best_left(w, NULL), *hired = first;
    const char *reason = NULL;
    bool declined = rk_simulate_happens(&random, 0.08), follows = rk_simulate_happens(&random, 0.8);
    const char *why = reasons[rk_random_below(&random, 4)];
    if (first && declined && best_left(w, first)) {
        first->offered_declined = true;
        hired = first = best_left(w, NULL);
    }
    if (hired && !follows && best_left(w, first)) {
        hired = best_left(w, first);
        reason = why;
    }
    if (hired)
        hired->hired = true;
    int32_t told = w->r->decided_on + (int32_t)rk_simulate_between(&random, 1, 10);
    bool users_told = rk_simulate_happens(&random, 0.8);
    char diary[RK_ID];
    snprintf(diary, sizeof diary, "%s %d/%s", w->department,
             rk_date_from_days(w->r->decided_on).year, w->id + 1);
    for (uint32_t i = 0; i < w->candidate_count; i++) {
        const struct candidate *c = &w->candidates[i];
        if (c->status == WITHDRAWN || c->status == INELIGIBLE)
            continue;
        struct rk_buf *cells = cells_of(w, RK_SIMULATE_DECISIONS);
        rk_simulate_string(cells, w->id);
        rk_simulate_string(cells, c->id);
        rk_simulate_string(cells, c->hired              ? "hired"
                                  : c->offered_declined ? "offered_declined"
                                                        : "not_offered");
        rk_simulate_date(cells, w->r->decided_on);
        rk_simulate_string(cells, "manager");
        rk_simulate_date(cells, w->r->decided_on + 22);
        rk_simulate_string(cells, c->hired ? reason : NULL);
        rk_simulate_string(cells, diary);
        rk_simulate_date(cells, users_told ? told : RK_SIMULATE_NEVER);
        rk_simulate_date(cells, told + 1);
    }
    if (!hired)
        return;
    bool involved = w->attended > 0;
    struct rk_buf *cells = cells_of(w, RK_SIMULATE_HIRES);
    int32_t started = w->r->decided_on + (int32_t)rk_simulate_between(&random, 30, 90);
    int months = 0;
    while (months < 24 && !rk_simulate_happens(&random, involved ? 0.015 : 0.03))
        months++;
    rk_simulate_string(cells, hired->id);
    rk_simulate_string(cells, w->id);
    rk_simulate_string(cells, w->department);
    rk_simulate_date(cells, started);
    bool left = months < 24;
    int32_t ended = started + 30 * months + (int32_t)rk_simulate_between(&random, 14, 29);
    rk_simulate_date(cells, left ? ended : RK_SIMULATE_NEVER);
    rk_simulate_string(cells, left ? end_reasons[rk_random_below(&random, 4)] : NULL);
    rk_simulate_string(cells, involved ? "true" : "false");
}

static void assignment_rows(struct work *w)
{
    static const char *const statuses[] = {"confirmed", "declined", "attended", "absent"};
    const struct rk_simulate *simulate = w->simulate;
    const int32_t days[STAGES] = {w->r->shortlist_on, w->r->interview_on};
    for (uint32_t s = 0; s < w->r->seat_count; s++) {
        const struct rk_simulate_seat *seat = &simulate->seats[w->r->first_seat + s];
        char panelist[RK_ID], rater[RK_ID];
        rk_simulate_panelist_id(simulate, seat->panelist, panelist);
        rk_simulate_user_rater_id(simulate, seat->panelist, rater);
        bool took_part = seat->status == RK_SEAT_ATTENDED || seat->status == RK_SEAT_ABSENT;
        struct rk_buf *cells = cells_of(w, RK_SIMULATE_ASSIGNMENTS);
        rk_simulate_string(cells, w->id);
        rk_simulate_string(cells, panelist);
        rk_simulate_string(cells, seat->reserve ? "reserve" : "member");
        rk_simulate_int(cells, seat->position);
        rk_simulate_string(cells, "application|interview");
        rk_simulate_string(cells, took_part && !w->r->joint ? rater : NULL);
        rk_simulate_string(cells, statuses[seat->status]);
        rk_simulate_date(cells, took_part ? w->r->closes + 1 : RK_SIMULATE_NEVER);
        rk_simulate_date(cells, took_part ? w->r->closes + 1 : RK_SIMULATE_NEVER);
        struct rk_random random =
            rk_simulate_chance(simulate, "activity|%s|%s", w->id, panelist);
        for (int stage = 0; stage < STAGES && took_part; stage++) {
            if (stage == INTERVIEW && seat->status == RK_SEAT_ABSENT)
                continue;
            cells = cells_of(w, RK_SIMULATE_ACTIVITIES);
            rk_simulate_string(cells, panelist);
            rk_simulate_string(cells, w->id);
            rk_simulate_string(cells, rk_simulate_stages[stage]);
            rk_simulate_date(cells, days[stage]);
            rk_simulate_number(cells, (double)rk_simulate_between(&random, 4, 9) / 2);
            rk_simulate_number(cells, (double)rk_simulate_between(&random, 0, 3) / 2);
            rk_simulate_int(cells, rk_simulate_between(&random, 0, 30));
            if (rk_simulate_happens(&random, 0.3))
                rk_simulate_int(cells, rk_simulate_between(&random, 20, 120));
            else
                rk_simulate_missing(cells, 1);
        }
    }
}

static void event(struct work *w, const char *stage, int32_t day, const char *group, int64_t n)
{
    struct rk_buf *cells = cells_of(w, RK_SIMULATE_EVENTS);
    rk_simulate_string(cells, w->id);
    rk_simulate_string(cells, stage);
    rk_simulate_date(cells, day);
    rk_simulate_string(cells, group);
    rk_simulate_int(cells, n);
}

static void process_rows(struct work *w)
{
    static const char *const kinds[] = {"requirement", "advert_text", "question", "observation"};
    static const char *const adopted[] = {"yes", "partly", "no"};
    const struct rk_simulate_recruitment *r = w->r;
    struct rk_random random = rk_simulate_chance(w->simulate, "process|%s", w->id);
    const char *users = w->o->groups[0];
    bool profile = rk_simulate_happens(&random, 0.6);
    if (profile)
        event(w, "profile", r->opened - 10, users, rk_simulate_between(&random, 1, 3));
    event(w, "advert", r->opened, users, rk_simulate_between(&random, 0, 3));
    unsigned contributions = profile ? (unsigned)rk_simulate_between(&random, 1, 3) : 0;
    while (contributions--) {
        uint64_t kind = rk_random_below(&random, 4);
        struct rk_buf *cells = cells_of(w, RK_SIMULATE_CONTRIBUTIONS);
        rk_simulate_string(cells, w->id);
        rk_simulate_string(cells, kind == 1 ? "advert" : kind == 0 ? "profile" : "interview");
        rk_simulate_string(cells, w->o->groups[rk_random_below(&random, w->o->group_count)]);
        rk_simulate_string(cells, kinds[kind]);
        rk_simulate_string(cells, adopted[rk_random_below(&random, 3)]);
        rk_simulate_date(cells, r->opened - 10);
    }
    struct rk_buf *cells = cells_of(w, RK_SIMULATE_COSTS);
    rk_simulate_string(cells, w->id);
    rk_simulate_string(cells, "advert");
    rk_simulate_date(cells, r->opened);
    rk_simulate_missing(cells, 1);
    rk_simulate_int(cells, 500 * rk_simulate_between(&random, 4, 20));
    if (rk_simulate_happens(&random, 0.08)) {
        bool objects = rk_simulate_happens(&random, 0.6);
        cells = cells_of(w, RK_SIMULATE_STATEMENTS);
        rk_simulate_string(cells, w->id);
        rk_simulate_string(cells, "analysis");
        rk_simulate_string(cells, "union");
        rk_simulate_string(cells, objects ? "objection" : "no_objection");
        rk_simulate_date(cells, r->interview_on + 1);
        rk_simulate_missing(cells, 1);
    }
    if (r->state != RK_RECRUITMENT_DECIDED)
        return;
    for (uint32_t g = 0; g < w->o->group_count; g++) {
        int64_t n = g ? w->o->raters : w->attended;
        event(w, "shortlist", r->shortlist_on, w->o->groups[g], n);
        event(w, "interview", r->interview_on, w->o->groups[g], n);
    }
    event(w, "decision", r->decided_on, "manager", 1);
    int64_t hours = rk_simulate_between(&random, 15, 60);
    cells = cells_of(w, RK_SIMULATE_COSTS);
    rk_simulate_string(cells, w->id);
    rk_simulate_string(cells, "staff_time");
    rk_simulate_date(cells, r->decided_on);
    rk_simulate_int(cells, hours);
    rk_simulate_int(cells, hours * 400);
}

static void answer(struct work *w, const char *survey, const char *wave, const char *respondent,
                   const char *item, int64_t least, int64_t most, double mean,
                   struct rk_random *random)
{
    double value = mean + rk_random_normal(random) * 0.2 * (double)(most - least);
    int64_t whole = value <= (double)least  ? least
                    : value >= (double)most ? most
                                            : least + (int64_t)(value - (double)least + 0.5);
    struct rk_buf *cells = cells_of(w, RK_SIMULATE_RESPONSES);
    rk_simulate_string(cells, survey);
    rk_simulate_string(cells, wave);
    rk_simulate_string(cells, respondent);
    rk_simulate_string(cells, item);
    rk_simulate_int(cells, whole);
}

static void respondent_row(struct work *w, const char *survey, const char *respondent,
                           const char *actor, const char *arm, struct rk_random *random)
{
    static const char *const bands[] = {"18-29", "30-44", "45-64", "65-"};
    struct rk_buf *cells = cells_of(w, RK_SIMULATE_RESPONDENTS);
    rk_simulate_string(cells, survey);
    rk_simulate_string(cells, respondent);
    rk_simulate_string(cells, actor);
    rk_simulate_string(cells, w->department);
    rk_simulate_string(cells, genders[rk_simulate_happens(random, 0.4)]);
    rk_simulate_string(cells, bands[rk_random_below(random, 4)]);
    rk_simulate_string(cells, arm);
}

/* A survey of the three effect goals afterwards, and an advert shown in two versions before. */
static void survey_rows(struct work *w)
{
    static const char *const actors[] = {"user", "staff", "manager", "candidate"};
    static const double means[] = {4.1, 3.6, 3.9, 3.8};
    char respondent[RK_ID + 32];
    for (int a = 0; a < 4 && w->r->state == RK_RECRUITMENT_DECIDED; a++) {
        uint32_t asked = a == 0 ? w->attended : a == 1 ? w->o->raters : a == 2 ? 1 : 2;
        for (uint32_t i = 0; i < asked; i++) {
            snprintf(respondent, sizeof respondent, "%s-%s-%u", w->id, actors[a], i + 1);
            struct rk_random random = rk_simulate_chance(w->simulate, "effects|%s", respondent);
            if (!rk_simulate_happens(&random, 0.7))
                continue;
            respondent_row(w, "effects", respondent, actors[a], NULL, &random);
            answer(w, "effects", "after", respondent, "motivated", 1, 5, means[a], &random);
            answer(w, "effects", "after", respondent, "adds_to_decision", 1, 5, means[a], &random);
            answer(w, "effects", "after", respondent, "can_influence", 1, 5, means[a] - 0.3,
                   &random);
            answer(w, "effects", "after", respondent, "recommend", 0, 10, means[a] * 2, &random);
        }
    }
    for (unsigned i = 0; i < 2; i++) {
        snprintf(respondent, sizeof respondent, "%s-advert-%u", w->id, i + 1);
        struct rk_random random = rk_simulate_chance(w->simulate, "advert|%s", respondent);
        bool together = rk_simulate_happens(&random, 0.5);
        respondent_row(w, "advert", respondent, "candidate", together ? "co_created" : "ordinary",
                       &random);
        answer(w, "advert", "1", respondent, "attractiveness", 1, 7, 4.2 + (together ? 0.3 : 0),
               &random);
        answer(w, "advert", "1", respondent, "intention", 1, 7, 3.6 + (together ? 0.6 : 0),
               &random);
    }
}

void rk_simulate_recruitment_rows(const struct rk_simulate *simulate, uint32_t recruitment,
                                  struct rk_simulate_rows *rows)
{
    assert(recruitment < simulate->options.recruitments);
    struct work w = {.simulate = simulate, .o = &simulate->options, .rows = rows};
    w.r = &simulate->recruitments[recruitment];
    w.department = w.o->departments[w.r->department];
    rk_simulate_recruitment_id(simulate, recruitment, w.id);
    recruitment_row(&w);
    draw_candidates(&w);
    if (w.r->state == RK_RECRUITMENT_DECIDED) {
        shortlist(&w);
        rk_simulate_gather_raters(&w);
        rk_simulate_conflict_rows(&w);
        rk_simulate_rating_rows(&w);
        decision_rows(&w);
        assignment_rows(&w);
    }
    candidate_rows(&w);
    process_rows(&w);
    survey_rows(&w);
    rk_arena_free(&w.arena);
}
