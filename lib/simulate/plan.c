#include "simulate/plan.h"

#include "base/date.h"

#include <assert.h>

const char *const rk_simulate_experiences[RK_EXPERIENCES] = {
    "economy", "job_seeking", "mental_health", "parenthood", "school", "addiction",
    "disability", "housing", "newly_arrived", "neuropsychiatric", "violence", "foster_care",
};

struct rk_simulate_options rk_simulate_defaults(void)
{
    static const char *const departments[] = {"AMF", "SFF", "SOF"};
    static const char *const groups[] = {"user", "staff"};
    return (struct rk_simulate_options){
        .recruitments = 100,
        .candidates = 6,
        .raters = 3,
        .criteria = 4,
        .departments = departments,
        .department_count = 3,
        .groups = groups,
        .group_count = 2,
        .first_month = 2024 * 12,
        .months = 12,
        .least = 1,
        .most = 5,
        .missing = 0.01,
        .open = 0.1,
        .cancelled = 0.03,
    };
}

double rk_simulate_expected_ratings(const struct rk_simulate_options *o)
{
    /* an application and an interview stage; about half of the candidates come to the second, one
     * in twenty to none; a joint sheet stands for a whole group in a twentieth of the recruitments */
    double sheets = o->group_count * (double)o->raters - 0.05 * (o->raters - 1.0);
    return o->recruitments * (1 - o->open) * (1 - o->cancelled) * o->candidates * 0.95 * 1.53 *
           o->criteria * sheets * (1 - o->incomplete);
}

bool rk_simulate_reach_ratings(struct rk_simulate_options *o, uint64_t ratings, bool by_candidates)
{
    uint32_t *size = by_candidates ? &o->candidates : &o->recruitments;
    uint32_t least = by_candidates ? 2 : 1;
    double now = rk_simulate_expected_ratings(o);
    double wanted = now > 0 ? (double)ratings / now * *size + 0.5 : 1e9;
    if (wanted > 1e7)
        return false;
    *size = wanted < least ? least : (uint32_t)wanted;
    return true;
}

struct rk_random rk_simulate_chance(const struct rk_simulate *simulate, const char *format, ...)
{
    char key[4 * RK_ID];
    va_list args;
    va_start(args, format);
    vsnprintf(key, sizeof key, format, args);
    va_end(args);
    return rk_random(simulate->options.seed, rk_text(key));
}

bool rk_simulate_happens(struct rk_random *random, double chance)
{
    return rk_random_unit(random) < chance;
}

int64_t rk_simulate_between(struct rk_random *random, int64_t least, int64_t most)
{
    return least + (int64_t)rk_random_below(random, (uint64_t)(most - least) + 1);
}

double rk_simulate_normal(struct rk_random *random, double sd)
{
    double millionths = rk_random_normal(random) * sd * 1e6;
    return (double)(int64_t)(millionths + (millionths < 0 ? -0.5 : 0.5)) / 1e6;
}

int32_t rk_simulate_workday(int32_t days)
{
    int weekday = rk_date_weekday(days);
    return weekday > 5 ? days + 8 - weekday : days;
}

static int width_of(uint64_t count, int least)
{
    int width = 1;
    for (; count >= 10; count /= 10)
        width++;
    return width > least ? width : least;
}

void rk_simulate_panelist_id(const struct rk_simulate *simulate, uint32_t panelist, char *id)
{
    snprintf(id, RK_ID, "P%0*u", simulate->panelist_width, panelist + 1);
}

void rk_simulate_recruitment_id(const struct rk_simulate *simulate, uint32_t recruitment, char *id)
{
    snprintf(id, RK_ID, "R%0*u", simulate->recruitment_width, recruitment + 1);
}

void rk_simulate_unit_id(const struct rk_simulate *simulate, uint32_t unit, char *id)
{
    snprintf(id, RK_ID, "%s-unit-%u", simulate->options.departments[unit / RK_UNITS],
             unit % RK_UNITS + 1);
}

void rk_simulate_user_rater_id(const struct rk_simulate *simulate, uint32_t panelist, char *id)
{
    snprintf(id, RK_ID, "%s-%0*u", simulate->options.groups[0], simulate->panelist_width,
             panelist + 1);
}

void rk_simulate_pool_rater_id(const struct rk_simulate *simulate, uint32_t group,
                               uint32_t department, uint32_t number, char *id)
{
    snprintf(id, RK_ID, "%s-%s-%0*u", simulate->options.groups[group],
             simulate->options.departments[department], width_of(simulate->pool, 2), number + 1);
}

struct rk_simulate_rater rk_simulate_rater(const struct rk_simulate *simulate, const char *rater_id,
                                           uint32_t group)
{
    double length = simulate->length;
    struct rk_random random = rk_simulate_chance(simulate, "rater|%s", rater_id);
    struct rk_simulate_rater rater;
    rater.severity = rk_simulate_normal(&random, 0.08 * length);
    rater.bias = rk_simulate_normal(&random, 0.02 * length) + (group ? 0.04 * length : 0);
    rater.noise = length * (double)rk_simulate_between(&random, 1000, 2000) / 10000;
    return rater;
}

/* The bank. */

static void draw_panelist(struct rk_simulate *simulate, uint32_t number)
{
    struct rk_simulate_panelist *p = &simulate->panelists[number];
    char id[RK_ID];
    rk_simulate_panelist_id(simulate, number, id);
    struct rk_random random = rk_simulate_chance(simulate, "panelist|%s", id);

    /* Zipf: the first areas of experience are common in the bank, the last are rare */
    unsigned count = 1 + (unsigned)rk_simulate_happens(&random, 0.5) +
                     (unsigned)rk_simulate_happens(&random, 0.2);
    while (count--) {
        double all = 0, sum = 0;
        for (int e = 0; e < RK_EXPERIENCES; e++)
            all += 1.0 / (e + 1);
        double at = rk_random_unit(&random) * all;
        int e = -1;
        while (e + 1 < RK_EXPERIENCES && sum <= at)
            sum += 1.0 / (++e + 1);
        p->experience |= (uint16_t)(1u << e);
    }
    int year = simulate->options.first_month / 12;
    bool minor = rk_simulate_happens(&random, 0.08);
    p->birth_year = (uint16_t)(year - (minor ? rk_simulate_between(&random, 15, 17)
                                             : rk_simulate_between(&random, 20, 74)));
    double g = rk_random_unit(&random);
    p->gender = g < 0.55 ? 0 : g < 0.95 ? 1 : g < 0.97 ? 2 : 3;
    p->guardian = minor && rk_simulate_happens(&random, 0.85);
    double s = rk_random_unit(&random);
    p->status = s < 0.06 ? 0 : s < 0.88 ? 1 : s < 0.94 ? 2 : 3;
    p->joined = simulate->first_day - (int32_t)rk_simulate_between(&random, 5, 900);
    p->left = p->status == 3 ? p->joined + (int32_t)rk_simulate_between(&random, 5, 900)
                             : RK_SIMULATE_NEVER;
    p->trained_on = p->status && rk_simulate_happens(&random, 0.9)
                        ? p->joined + (int32_t)rk_simulate_between(&random, 0, 4)
                        : RK_SIMULATE_NEVER;
    p->consent_until = rk_simulate_happens(&random, 0.97)
                           ? simulate->end_day + (int32_t)rk_simulate_between(&random, -60, 720)
                           : RK_SIMULATE_NEVER;
    p->withdrawn_on = p->status == 3 && p->consent_until != RK_SIMULATE_NEVER &&
                              rk_simulate_happens(&random, 0.3)
                          ? p->left
                          : RK_SIMULATE_NEVER;
    p->max_per_month = rk_simulate_happens(&random, 0.7)
                           ? (uint8_t)rk_simulate_between(&random, 1, 3)
                           : 0;
    p->max_per_year = rk_simulate_happens(&random, 0.6)
                          ? (uint8_t)rk_simulate_between(&random, 4, 12)
                          : 0;
    p->conflict_unit = rk_simulate_happens(&random, 0.05)
                           ? (uint32_t)rk_random_below(
                                 &random, RK_UNITS * (uint64_t)simulate->options.department_count)
                           : UINT32_MAX;
    p->appeal = 1.0 / (0.02 + rk_random_unit(&random));
}

/* Who can be asked, by area of experience (and, last, anyone), with running sums of appeal. */
struct holders {
    uint32_t *panelists;
    double *sums;
    uint32_t count;
};

static void gather(struct rk_simulate *simulate, struct holders *holders)
{
    uint32_t n = simulate->options.panelists;
    for (int e = 0; e <= RK_EXPERIENCES; e++) {
        holders[e].panelists = rk_arena_alloc(&simulate->arena, n * sizeof(uint32_t));
        holders[e].sums = rk_arena_alloc(&simulate->arena, n * sizeof(double));
        double sum = 0;
        for (uint32_t i = 0; i < n; i++) {
            if (e < RK_EXPERIENCES && !(simulate->panelists[i].experience >> e & 1))
                continue;
            holders[e].panelists[holders[e].count] = i;
            holders[e].sums[holders[e].count++] = sum += simulate->panelists[i].appeal;
        }
    }
}

static bool may_serve(const struct rk_simulate *simulate, uint32_t panelist, int32_t day)
{
    const struct rk_simulate_panelist *p = &simulate->panelists[panelist];
    int year = rk_date_from_days(day).year;
    if (p->status == 0 || p->joined > day)
        return false;
    if (p->left != RK_SIMULATE_NEVER && p->left <= day)
        return false;
    if (p->consent_until == RK_SIMULATE_NEVER || p->consent_until < day)
        return false;
    if (p->trained_on == RK_SIMULATE_NEVER || p->trained_on > day)
        return false;
    return year - p->birth_year > 18 || p->guardian;
}

/* How often each has served, by month and year of the first session, so that nobody goes over their own limit. */
struct served {
    uint8_t *month; /* panelists × months */
    uint8_t *year;  /* panelists × years */
    uint32_t months, years;
};

static bool seat(struct rk_simulate *simulate, struct rk_simulate_recruitment *r,
                 struct holders *holders, struct served *served, struct rk_random *random,
                 struct rk_simulate_seat what)
{
    if (!holders->count)
        return false;
    uint32_t month = (uint32_t)(rk_month_of(r->shortlist_on) - simulate->options.first_month);
    uint32_t year = (uint32_t)(rk_date_from_days(r->shortlist_on).year -
                               simulate->options.first_month / 12);
    for (int attempt = 0; attempt < 60; attempt++) {
        double at = rk_random_unit(random) * holders->sums[holders->count - 1];
        uint32_t low = 0, high = holders->count - 1;
        while (low < high) {
            uint32_t half = low + (high - low) / 2;
            if (holders->sums[half] > at)
                high = half;
            else
                low = half + 1;
        }
        uint32_t p = holders->panelists[low];
        const struct rk_simulate_panelist *who = &simulate->panelists[p];
        uint8_t *in_month = &served->month[(size_t)p * served->months + month];
        uint8_t *in_year = &served->year[(size_t)p * served->years + year];
        bool taken = (who->max_per_month && *in_month >= who->max_per_month) ||
                     (who->max_per_year && *in_year >= who->max_per_year) || *in_month >= 6 ||
                     who->conflict_unit == r->unit ||
                     !may_serve(simulate, p, r->shortlist_on) ||
                     !may_serve(simulate, p, r->interview_on);
        for (uint32_t s = 0; s < r->seat_count && !taken; s++)
            taken = simulate->seats[r->first_seat + s].panelist == p;
        if (taken)
            continue;
        if (what.status != RK_SEAT_DECLINED && !what.reserve) {
            ++*in_month;
            ++*in_year;
        }
        what.panelist = p;
        RK_GROW(simulate->seats, simulate->seat_count, simulate->seat_room);
        simulate->seats[simulate->seat_count++] = what;
        r->seat_count++;
        return true;
    }
    return false;
}

static void draw_recruitment(struct rk_simulate *simulate, uint32_t number)
{
    const struct rk_simulate_options *o = &simulate->options;
    struct rk_simulate_recruitment *r = &simulate->recruitments[number];
    char id[RK_ID];
    rk_simulate_recruitment_id(simulate, number, id);
    struct rk_random random = rk_simulate_chance(simulate, "recruitment|%s", id);

    r->department = (uint32_t)rk_random_below(&random, o->department_count);
    r->unit = r->department * RK_UNITS + (uint32_t)rk_random_below(&random, RK_UNITS);
    int32_t days = simulate->end_day - simulate->first_day;
    r->opened = simulate->first_day + (int32_t)((uint64_t)days * number / o->recruitments);
    r->opened = rk_simulate_workday(r->opened);
    r->closes = r->opened + (int32_t)rk_simulate_between(&random, 14, 21);
    r->shortlist_on = rk_simulate_workday(r->closes + (int32_t)rk_simulate_between(&random, 2, 5));
    r->interview_on =
        rk_simulate_workday(r->shortlist_on + (int32_t)rk_simulate_between(&random, 5, 12));
    r->decided_on =
        rk_simulate_workday(r->interview_on + (int32_t)rk_simulate_between(&random, 3, 14));
    r->cancelled_on = RK_SIMULATE_NEVER;

    /* of what is asked for, the rare is the most frequent; a second one is anything */
    if (rk_simulate_happens(&random, 0.85)) {
        uint64_t one = rk_random_below(&random, RK_EXPERIENCES);
        uint64_t other = rk_random_below(&random, RK_EXPERIENCES);
        r->need = (uint16_t)(1u << (one > other ? one : other));
        if (rk_simulate_happens(&random, 0.7))
            r->need |= (uint16_t)(1u << rk_random_below(&random, RK_EXPERIENCES));
    }
    r->want = (uint16_t)(1u << rk_random_below(&random, RK_EXPERIENCES));
    r->want &= (uint16_t)~r->need;
    r->youth = rk_simulate_happens(&random, 0.08);
    r->joint = r->youth && rk_simulate_happens(&random, 0.6);
    static const int starts[] = {9 * 60, 10 * 60, 13 * 60, 14 * 60};
    int start = starts[rk_random_below(&random, 4)];
    r->interview_minute = r->youth ? 17 * 60 + 30 : start;
    bool cancelled = rk_simulate_happens(&random, o->cancelled);

    r->state = RK_RECRUITMENT_DECIDED;
    if (number >= o->recruitments - (uint32_t)(o->open * o->recruitments + 0.5))
        r->state = RK_RECRUITMENT_OPEN;
    else if (cancelled) {
        r->state = RK_RECRUITMENT_CANCELLED;
        r->cancelled_on = r->closes + 1;
    }
}

static void draw_seats(struct rk_simulate *simulate, uint32_t number, struct holders *holders,
                       struct served *served)
{
    struct rk_simulate_recruitment *r = &simulate->recruitments[number];
    struct holders *anyone = &holders[RK_EXPERIENCES];
    uint32_t seats = simulate->options.raters;
    char id[RK_ID];
    rk_simulate_recruitment_id(simulate, number, id);
    struct rk_random random = rk_simulate_chance(simulate, "seats|%s", id);
    r->first_seat = simulate->seat_count;
    if (r->state != RK_RECRUITMENT_DECIDED)
        return;
    bool absent = rk_simulate_happens(&random, 0.04) && seats > 1 && !r->joint;
    bool declined = rk_simulate_happens(&random, 0.1);
    uint8_t position = 1;
    /* every member has something of what is needed: from its holders in turn, as they last */
    struct holders *from[RK_EXPERIENCES + 1];
    unsigned kinds = 0;
    for (int e = 0; e < RK_EXPERIENCES; e++)
        if (r->need >> e & 1)
            from[kinds++] = &holders[e];
    if (!kinds)
        from[kinds++] = anyone;
    for (unsigned failed = 0, turn = 0; position <= seats && failed < kinds; turn++) {
        uint8_t status = position == seats && absent ? RK_SEAT_ABSENT : RK_SEAT_ATTENDED;
        bool found = seat(simulate, r, from[turn % kinds], served, &random,
                          (struct rk_simulate_seat){0, 0, position, status});
        position += found;
        failed = found ? 0 : failed + 1;
    }
    if (declined)
        position += seat(simulate, r, anyone, served, &random,
                         (struct rk_simulate_seat){0, 0, position, RK_SEAT_DECLINED});
    seat(simulate, r, anyone, served, &random,
         (struct rk_simulate_seat){0, 1, 1, RK_SEAT_CONFIRMED});
}

struct rk_simulate *rk_simulate_new(const struct rk_simulate_options *options)
{
    struct rk_simulate *simulate = rk_alloc(1, sizeof *simulate);
    simulate->options = *options;
    struct rk_simulate_options *o = &simulate->options;
    assert(o->recruitments && o->department_count && o->group_count && o->months > 0);
    assert(o->candidates >= 2 && o->raters && o->criteria && o->least < o->most);
    if (!o->panelists) {
        /* about four recruitments each in a year, and enough in the smallest bank for its rarest
         * experience */
        uint64_t served = (uint64_t)o->recruitments * o->raters;
        uint64_t panelists = served * 3 / (uint64_t)o->months + 1;
        o->panelists = panelists < 60 ? 60 : panelists > 10000000 ? 10000000 : (uint32_t)panelists;
    }
    simulate->first_day = rk_month_first(o->first_month);
    simulate->end_day = rk_month_first(o->first_month + o->months);
    simulate->panelist_width = width_of(o->panelists, 3);
    simulate->recruitment_width = width_of(o->recruitments, 4);
    simulate->candidate_width = width_of((uint64_t)o->candidates * 2, 2);
    simulate->middle = (o->least + o->most) / 2.0;
    simulate->length = o->most - o->least;
    simulate->pool =
        o->raters + (uint32_t)((uint64_t)o->recruitments * o->raters / o->department_count / 6);

    simulate->panelists = rk_alloc(o->panelists, sizeof *simulate->panelists);
    for (uint32_t i = 0; i < o->panelists; i++)
        draw_panelist(simulate, i);
    simulate->recruitments = rk_alloc(o->recruitments, sizeof *simulate->recruitments);
    for (uint32_t i = 0; i < o->recruitments; i++)
        draw_recruitment(simulate, i);

    /* Interviews may fall up to two months after the last opening. */
    struct holders holders[RK_EXPERIENCES + 1] = {0};
    struct served served = {.months = (uint32_t)o->months + 3};
    served.years = served.months / 12 + 2;
    served.month = rk_alloc(o->panelists, served.months);
    served.year = rk_alloc(o->panelists, served.years);
    gather(simulate, holders);
    for (uint32_t i = 0; i < o->recruitments; i++)
        draw_seats(simulate, i, holders, &served);
    rk_free(served.month);
    rk_free(served.year);
    return simulate;
}

void rk_simulate_free(struct rk_simulate *simulate)
{
    if (!simulate)
        return;
    rk_free(simulate->panelists);
    rk_free(simulate->recruitments);
    rk_free(simulate->seats);
    rk_arena_free(&simulate->arena);
    rk_free(simulate);
}
