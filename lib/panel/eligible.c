#include "panel/eligible.h"

#include "panel/used.h"

#include <assert.h>

/* What is known of one panelist, ready for comparing. */
struct person {
    bool active;
    int32_t consent_until; /* RK_NO_DATE = none, or withdrawn */
    int32_t minor_until;   /* refused in years up to this one */
    int32_t trained_on;    /* INT32_MAX = never */
    uint32_t times, busy, marks,
        skills; /* where the panelist's rows start; the next one's end them */
};

/* A rule told pair by pair. */
enum { MARK_CONFLICT = 1, MARK_DECLARED = 2, MARK_DECLINED = 4 };
struct mark {
    uint32_t panelist, recruitment;
    unsigned bits;
};

struct busy { /* by a membership kept, or of a decided recruitment */
    uint32_t panelist, recruitment;
    int64_t start, end;
};

struct rk_eligible {
    struct rk_eligible_facts facts;
    struct person *persons;           /* panelist_count + 1 */
    struct rk_eligible_panel *panels; /* by recruitment */
    uint32_t *session_first;          /* by recruitment, + 1 */
    struct rk_available *times;       /* joined where they touch */
    uint32_t time_count;
    struct busy *busy;
    uint32_t busy_count, busy_room;
    struct mark *marks;
    uint32_t mark_count, mark_room;
    struct rk_strings experiences;
    uint32_t *skills; /* experiences by panelist, none twice */
    uint32_t skill_count, skill_room;
    struct wanted {
        uint32_t first_need, needs, first_want; /* into `asked`; wants go with recruitment->want */
    } * wanted;
    uint32_t *asked;
    uint32_t asked_count, asked_room;
    struct rk_assignment *kept;
    uint32_t kept_count, kept_room;
    struct rk_match_used *used; /* history and kept, sorted */
    uint32_t used_count, used_room;
    int64_t *load;
    uint32_t replaced, not_open;
    /* the match */
    struct rk_match_panelist *match_panelists;
    struct rk_match_recruitment *match_recruitments;
    struct rk_match_session *match_sessions;
    struct rk_match_pair *pairs;
};

/* ---- days and panels ---- */

static enum rk_status find_days(struct rk_eligible *e, uint32_t r, struct rk_error *error)
{
    const struct rk_recruitment *recruitment = &e->facts.recruitments->rows[r];
    const struct rk_session *sessions = e->facts.sessions->rows;
    struct rk_eligible_panel *panel = &e->panels[r];
    panel->first_day =
        recruitment->opened != RK_NO_DATE ? recruitment->opened : recruitment->closes;
    panel->last_day = recruitment->closes != RK_NO_DATE ? recruitment->closes : recruitment->opened;
    for (uint32_t s = e->session_first[r]; s < e->session_first[r + 1]; s++) {
        /* a session that ends at midnight ends on the day before */
        int32_t first = (int32_t)(sessions[s].start / 1440 - (sessions[s].start % 1440 < 0));
        int64_t last_minute = sessions[s].end - 1;
        int32_t last = (int32_t)(last_minute / 1440 - (last_minute % 1440 < 0));
        if (s == e->session_first[r]) /* sorted by start */
            panel->first_day = first;
        if (s == e->session_first[r] || last > panel->last_day)
            panel->last_day = last;
    }
    if (panel->first_day != RK_NO_DATE)
        return RK_OK;
    return rk_fail_at(
        error, RK_BAD_DATA, &recruitment->pos,
        _("recruitment %s has no session, and neither opened nor closes: its day must be "
          "known for consent and caps"),
        recruitment->recruitment_id.text);
}

static enum rk_status find_panels(struct rk_eligible *e, struct rk_error *error)
{
    const struct rk_recruitments *recruitments = e->facts.recruitments;
    const struct rk_sessions *sessions = e->facts.sessions;
    e->panels = rk_alloc((size_t)recruitments->count + 1, sizeof *e->panels);
    e->session_first = rk_alloc((size_t)recruitments->count + 1, sizeof *e->session_first);
    for (uint32_t r = 0, s = 0; r < recruitments->count; r++) {
        while (s < sessions->count && sessions->rows[s].recruitment == r)
            s++;
        e->session_first[r + 1] = s;
    }
    for (uint32_t r = 0; r < recruitments->count; r++) {
        e->panels[r].open = rk_recruitment_is_open(&recruitments->rows[r]);
        enum rk_status status = e->panels[r].open ? find_days(e, r, error) : RK_OK;
        if (status)
            return status;
    }
    return RK_OK;
}

/* ---- panelists ---- */

static uint32_t intern(struct rk_eligible *e, struct rk_text experience)
{
    return rk_strings_add(&e->experiences, experience);
}

static void find_persons(struct rk_eligible *e)
{
    const struct rk_panelists *panelists = e->facts.panelists;
    const struct rk_availability *availability = e->facts.availability;
    e->persons = rk_alloc((size_t)panelists->count + 1, sizeof *e->persons);
    e->load = rk_alloc((size_t)panelists->count + 1, sizeof *e->load);
    e->times = rk_alloc((size_t)availability->count + 1, sizeof *e->times);
    for (uint32_t p = 0, row = 0; p < panelists->count; p++) {
        const struct rk_panelist *panelist = &panelists->rows[p];
        struct person *person = &e->persons[p];
        person->active = panelist->status == RK_PANELIST_ACTIVE;
        person->consent_until =
            panelist->consent_withdrawn_on != RK_NO_DATE ? RK_NO_DATE : panelist->consent_until;
        person->minor_until = panelist->guardian_consent == 1 ? INT32_MIN
                              : panelist->birth_year >= 0     ? panelist->birth_year + 18
                              : e->facts.assume_adult         ? INT32_MIN
                                                              : INT32_MAX;
        person->trained_on = panelist->trained_on == RK_NO_DATE ? INT32_MAX : panelist->trained_on;
        person->times = e->time_count;
        for (; row < availability->count && availability->rows[row].panelist == p; row++) {
            const struct rk_available *time = &availability->rows[row];
            struct rk_available *last =
                e->time_count > person->times ? &e->times[e->time_count - 1] : NULL;
            if (last && time->start <= last->end)
                last->end = time->end > last->end ? time->end : last->end;
            else
                e->times[e->time_count++] = *time;
        }
        person->skills = e->skill_count;
        struct rk_text rest = panelist->experience, item;
        while (rk_list_next(&rest, &item)) {
            uint32_t skill = intern(e, item);
            bool known = false;
            for (uint32_t i = person->skills; i < e->skill_count && !known; i++)
                known = e->skills[i] == skill;
            if (known)
                continue;
            RK_GROW(e->skills, e->skill_count, e->skill_room);
            e->skills[e->skill_count++] = skill;
        }
    }
    e->persons[panelists->count].times = e->time_count;
    e->persons[panelists->count].skills = e->skill_count;
}

static void find_wanted(struct rk_eligible *e)
{
    const struct rk_recruitments *recruitments = e->facts.recruitments;
    e->wanted = rk_alloc((size_t)recruitments->count + 1, sizeof *e->wanted);
    for (uint32_t r = 0; r < recruitments->count; r++) {
        struct wanted *wanted = &e->wanted[r];
        struct rk_text rest = recruitments->rows[r].need, item;
        wanted->first_need = e->asked_count;
        while (rk_list_next(&rest, &item)) {
            RK_GROW(e->asked, e->asked_count, e->asked_room);
            e->asked[e->asked_count++] = intern(e, item);
            wanted->needs++;
        }
        wanted->first_want = e->asked_count;
        for (uint32_t w = 0; w < recruitments->rows[r].want_count; w++) {
            RK_GROW(e->asked, e->asked_count, e->asked_room);
            e->asked[e->asked_count++] = intern(e, recruitments->rows[r].want[w].experience);
        }
    }
}

/* ---- pair by pair: conflicts, declarations, declined ---- */

static int by_mark(const void *x, const void *y)
{
    const struct mark *a = x, *b = y;
    if (a->panelist != b->panelist)
        return a->panelist < b->panelist ? -1 : 1;
    return a->recruitment < b->recruitment ? -1 : a->recruitment > b->recruitment;
}

static void mark(struct rk_eligible *e, uint32_t panelist, uint32_t recruitment, unsigned bits)
{
    if (!bits || !e->panels[recruitment].open)
        return;
    RK_GROW(e->marks, e->mark_count, e->mark_room);
    e->marks[e->mark_count++] = (struct mark){panelist, recruitment, bits};
}

static void mark_conflicts(struct rk_eligible *e)
{
    const struct rk_conflicts *conflicts = e->facts.conflicts;
    const struct rk_recruitments *recruitments = e->facts.recruitments;
    const struct rk_candidates *candidates = e->facts.candidates;
    /* candidates met, by recruitment; declared about, by (panelist, candidate) and (…, recruitment)
     */
    uint32_t *met = rk_alloc((size_t)recruitments->count + 1, sizeof *met);
    uint32_t *declared = NULL, declared_room = 0;
    struct rk_tuples about = {.width = 2}, sums = {.width = 2};
    for (uint32_t c = 0; c < candidates->count; c++)
        met[candidates->rows[c].recruitment] += rk_candidate_is_met(&candidates->rows[c]);
    for (uint32_t i = 0; i < conflicts->count; i++) {
        const struct rk_declaration *d = &conflicts->rows[i];
        if (d->unit.size) {
            unsigned bits = MARK_DECLARED | (d->none ? 0 : MARK_CONFLICT);
            for (uint32_t r = 0; r < recruitments->count; r++)
                if (rk_text_equal(recruitments->rows[r].unit, d->unit))
                    mark(e, d->panelist, r, bits);
        }
        if (d->recruitment == RK_NONE)
            continue;
        if (!d->of_candidate) {
            mark(e, d->panelist, d->recruitment, MARK_DECLARED | (d->none ? 0 : MARK_CONFLICT));
            continue;
        }
        if (d->candidate != RK_NONE && !rk_candidate_is_met(&candidates->rows[d->candidate]))
            continue;
        if (!d->none && !e->facts.candidate_conflicts_pass)
            mark(e, d->panelist, d->recruitment, MARK_CONFLICT);
        if (d->candidate == RK_NONE) /* no table of candidates: one of nobody knows how many */
            continue;
        if (rk_tuples_find(&about, (uint32_t[]){d->panelist, d->candidate}) != RK_NONE)
            continue;
        rk_tuples_add(&about, (uint32_t[]){d->panelist, d->candidate});
        uint32_t sum = rk_tuples_add(&sums, (uint32_t[]){d->panelist, d->recruitment});
        while (sum >= declared_room) {
            uint32_t old = declared_room;
            declared_room = old ? old * 2 : 64;
            declared = rk_resize(declared, declared_room, sizeof *declared);
            memset(declared + old, 0, (declared_room - old) * sizeof *declared);
        }
        if (++declared[sum] == met[d->recruitment])
            mark(e, d->panelist, d->recruitment, MARK_DECLARED);
    }
    rk_free(met);
    rk_free(declared);
    rk_tuples_free(&about);
    rk_tuples_free(&sums);
}

/* ---- earlier and kept memberships ---- */

static void use(struct rk_eligible *e, uint32_t panelist, uint32_t recruitment)
{
    RK_GROW(e->used, e->used_count, e->used_room);
    e->used[e->used_count++] =
        (struct rk_match_used){panelist, rk_month_of(e->panels[recruitment].first_day)};
    e->load[panelist]++;
}

/* The panelist sits in the sessions of the row's stages. */
static void occupy(struct rk_eligible *e, const struct rk_assignment *row)
{
    for (uint32_t s = e->session_first[row->recruitment];
         s < e->session_first[row->recruitment + 1]; s++) {
        const struct rk_session *session = &e->facts.sessions->rows[s];
        if (row->stages.size && !rk_list_has(row->stages, session->stage))
            continue;
        RK_GROW(e->busy, e->busy_count, e->busy_room);
        e->busy[e->busy_count++] =
            (struct busy){row->panelist, row->recruitment, session->start, session->end};
    }
}

static enum rk_status take_history(struct rk_eligible *e, const struct rk_assignment *row,
                                   struct rk_error *error)
{
    bool attended = row->status == RK_ASSIGNMENT_ATTENDED;
    bool cancelled =
        e->facts.recruitments->rows[row->recruitment].status == RK_RECRUITMENT_CANCELLED;
    bool counts =
        row->seat == RK_SEAT_MEMBER && row->status != RK_ASSIGNMENT_DECLINED && !cancelled;
    if (!attended && !counts)
        return RK_OK;
    enum rk_status status = find_days(e, row->recruitment, error);
    if (status == RK_OK)
        use(e, row->panelist, row->recruitment);
    if (status == RK_OK && !cancelled && row->status != RK_ASSIGNMENT_ABSENT)
        occupy(e, row);
    return status;
}

static void keep(struct rk_eligible *e, const struct rk_assignment *row)
{
    RK_GROW(e->kept, e->kept_count, e->kept_room);
    e->kept[e->kept_count++] = *row;
    struct rk_eligible_panel *panel = &e->panels[row->recruitment];
    if (row->seat == RK_SEAT_RESERVE) {
        panel->kept_reserves++;
        return;
    }
    panel->kept++;
    use(e, row->panelist, row->recruitment);
    occupy(e, row);
}

static int by_kept(const void *x, const void *y)
{
    const struct rk_assignment *a = x, *b = y;
    if (a->recruitment != b->recruitment)
        return a->recruitment < b->recruitment ? -1 : 1;
    return a->panelist < b->panelist ? -1 : a->panelist > b->panelist;
}

static const struct rk_assignment *find_row(const struct rk_assignment *rows, uint32_t count,
                                            uint32_t panelist, uint32_t recruitment)
{
    struct rk_assignment key = {.recruitment = recruitment, .panelist = panelist};
    return count ? bsearch(&key, rows, count, sizeof *rows, by_kept) : NULL;
}

static enum rk_status take_assignments(struct rk_eligible *e, struct rk_error *error)
{
    const struct rk_assignments *fixed = e->facts.fixed, *standing = e->facts.assignments;
    enum rk_status status = RK_OK;
    for (uint32_t i = 0; i < fixed->count + standing->count && !status; i++) {
        bool is_fixed = i < fixed->count;
        const struct rk_assignment *row =
            is_fixed ? &fixed->rows[i] : &standing->rows[i - fixed->count];
        if (!is_fixed && find_row(fixed->rows, fixed->count, row->panelist, row->recruitment))
            continue; /* told by `fixed` */
        if (row->declared_on != RK_NO_DATE)
            mark(e, row->panelist, row->recruitment, MARK_DECLARED);
        if (!e->panels[row->recruitment].open) {
            status = take_history(e, row, error);
            e->not_open += is_fixed;
        } else if (row->status == RK_ASSIGNMENT_DECLINED || row->status == RK_ASSIGNMENT_ABSENT) {
            mark(e, row->panelist, row->recruitment, MARK_DECLINED);
        } else if (is_fixed || row->status != RK_ASSIGNMENT_PROPOSED) {
            keep(e, row);
        } else {
            e->replaced++;
        }
    }
    for (uint32_t r = 0; r < e->facts.recruitments->count; r++) {
        const struct rk_recruitment *recruitment = &e->facts.recruitments->rows[r];
        struct rk_eligible_panel *panel = &e->panels[r];
        if (!panel->open)
            continue;
        int32_t room = recruitment->seats;
        if (recruitment->room_max >= 0 && recruitment->room_max < room)
            room = recruitment->room_max;
        panel->places = room > panel->kept ? room - panel->kept : 0;
        int32_t seats = recruitment->seats - panel->kept - panel->places;
        panel->lacking = seats > 0 ? seats : 0;
        int32_t reserves = recruitment->reserves - panel->kept_reserves;
        panel->reserves = reserves > 0 ? reserves : 0;
    }
    return status;
}

static int by_busy(const void *x, const void *y)
{
    const struct busy *a = x, *b = y;
    if (a->panelist != b->panelist)
        return a->panelist < b->panelist ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->recruitment < b->recruitment ? -1 : a->recruitment > b->recruitment;
}

/* Sorts what was gathered, and tells each panelist where the own rows start. */
static void settle(struct rk_eligible *e)
{
    uint32_t panelists = e->facts.panelists->count;
    if (e->kept_count)
        qsort(e->kept, e->kept_count, sizeof *e->kept, by_kept);
    rk_used_sort(e->used, e->used_count);
    if (e->busy_count)
        qsort(e->busy, e->busy_count, sizeof *e->busy, by_busy);
    if (e->mark_count)
        qsort(e->marks, e->mark_count, sizeof *e->marks, by_mark);
    uint32_t count = 0;
    for (uint32_t i = 0; i < e->mark_count; i++) {
        if (count && by_mark(&e->marks[count - 1], &e->marks[i]) == 0)
            e->marks[count - 1].bits |= e->marks[i].bits;
        else
            e->marks[count++] = e->marks[i];
    }
    e->mark_count = count;
    for (uint32_t p = 0, b = 0, m = 0; p <= panelists; p++) {
        e->persons[p].busy = b;
        e->persons[p].marks = m;
        while (b < e->busy_count && e->busy[b].panelist == p)
            b++;
        while (m < e->mark_count && e->marks[m].panelist == p)
            m++;
    }
}

enum rk_status rk_eligible_new(struct rk_eligible **eligible, const struct rk_eligible_facts *facts,
                               struct rk_error *error)
{
    struct rk_eligible *e = rk_alloc(1, sizeof *e);
    e->facts = *facts;
    *eligible = NULL;
    enum rk_status status = find_panels(e, error);
    if (!status) {
        find_persons(e);
        find_wanted(e);
        mark_conflicts(e);
        status = take_assignments(e, error);
    }
    if (status) {
        rk_eligible_free(e);
        return status;
    }
    settle(e);
    *eligible = e;
    return RK_OK;
}

void rk_eligible_free(struct rk_eligible *e)
{
    if (!e)
        return;
    rk_free(e->persons);
    rk_free(e->panels);
    rk_free(e->session_first);
    rk_free(e->times);
    rk_free(e->busy);
    rk_free(e->marks);
    rk_strings_free(&e->experiences);
    rk_free(e->skills);
    rk_free(e->wanted);
    rk_free(e->asked);
    rk_free(e->kept);
    rk_free(e->used);
    rk_free(e->load);
    rk_free(e->match_panelists);
    rk_free(e->match_recruitments);
    rk_free(e->match_sessions);
    rk_free(e->pairs);
    rk_free(e);
}

const struct rk_eligible_panel *rk_eligible_panel(const struct rk_eligible *e, uint32_t recruitment)
{
    return &e->panels[recruitment];
}

const struct rk_assignment *rk_eligible_kept(const struct rk_eligible *e, uint32_t *count)
{
    *count = e->kept_count;
    return e->kept;
}

const struct rk_assignment *rk_eligible_kept_row(const struct rk_eligible *e, uint32_t panelist,
                                                 uint32_t recruitment)
{
    return find_row(e->kept, e->kept_count, panelist, recruitment);
}

uint32_t rk_eligible_replaced(const struct rk_eligible *e) { return e->replaced; }
uint32_t rk_eligible_not_open(const struct rk_eligible *e) { return e->not_open; }

uint32_t rk_eligible_of_no_age(const struct rk_eligible *e)
{
    uint32_t count = 0;
    for (uint32_t p = 0; p < e->facts.panelists->count; p++)
        count += e->persons[p].active && e->persons[p].minor_until == INT32_MAX;
    return count;
}

uint32_t rk_eligible_of_no_times(const struct rk_eligible *e)
{
    uint32_t count = 0, sessions = 0;
    for (uint32_t r = 0; r < e->facts.recruitments->count && !sessions; r++)
        if (e->panels[r].open)
            rk_sessions_of(e->facts.sessions, r, &sessions);
    for (uint32_t p = 0; p < e->facts.panelists->count; p++)
        count += e->persons[p].active && e->persons[p].times == e->persons[p + 1].times;
    return sessions && !e->facts.assume_available ? count : 0;
}

/* ---- the rules ---- */

static unsigned marks_of(const struct rk_eligible *e, uint32_t p, uint32_t r)
{
    uint32_t low = e->persons[p].marks, high = e->persons[p + 1].marks;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (e->marks[middle].recruitment == r)
            return e->marks[middle].bits;
        if (e->marks[middle].recruitment < r)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

static bool has_skill(const struct rk_eligible *e, uint32_t p, uint32_t experience)
{
    for (uint32_t i = e->persons[p].skills; i < e->persons[p + 1].skills; i++)
        if (e->skills[i] == experience)
            return true;
    return false;
}

static bool meets_need(const struct rk_eligible *e, uint32_t p, uint32_t r)
{
    const struct wanted *wanted = &e->wanted[r];
    for (uint32_t i = 0; i < wanted->needs; i++)
        if (has_skill(e, p, e->asked[wanted->first_need + i]))
            return true;
    return wanted->needs == 0;
}

static bool is_available(const struct rk_eligible *e, uint32_t p, uint32_t r, struct rk_text stages)
{
    uint32_t first = e->persons[p].times, end = e->persons[p + 1].times;
    if (first == end && e->facts.assume_available)
        return true;
    for (uint32_t s = e->session_first[r]; s < e->session_first[r + 1]; s++) {
        const struct rk_session *session = &e->facts.sessions->rows[s];
        if (stages.size && !rk_list_has(stages, session->stage))
            continue;
        uint32_t low = first, high = end; /* the last time that starts by then */
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (e->times[middle].start <= session->start)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == first || e->times[low - 1].end < session->end)
            return false;
    }
    return true;
}

static bool is_busy(const struct rk_eligible *e, uint32_t p, uint32_t r, struct rk_text stages)
{
    for (uint32_t b = e->persons[p].busy; b < e->persons[p + 1].busy; b++) {
        const struct busy *busy = &e->busy[b];
        for (uint32_t s = e->session_first[r];
             s < e->session_first[r + 1] && busy->recruitment != r; s++) {
            const struct rk_session *session = &e->facts.sessions->rows[s];
            if (stages.size && !rk_list_has(stages, session->stage))
                continue;
            if (session->start < busy->end && busy->start < session->end)
                return true;
        }
    }
    return false;
}

static bool over_cap(const struct rk_eligible *e, uint32_t p, uint32_t r, int more)
{
    const struct rk_panelist *panelist = &e->facts.panelists->rows[p];
    if (panelist->max_per_month < 0 && panelist->max_per_year < 0)
        return false;
    int32_t month = rk_month_of(e->panels[r].first_day);
    return (panelist->max_per_month >= 0 &&
            rk_used_count(e->used, e->used_count, p, month, 1) + more > panelist->max_per_month) ||
           (panelist->max_per_year >= 0 &&
            rk_used_count(e->used, e->used_count, p, month / 12 * 12, 12) + more >
                panelist->max_per_year);
}

/* The rules that compare a day or a word: cheap, and they refuse most. */
static unsigned simple_reasons(const struct rk_eligible *e, uint32_t p, uint32_t r, int32_t year)
{
    const struct person *person = &e->persons[p];
    const struct rk_eligible_panel *panel = &e->panels[r];
    unsigned reasons = 0;
    if (!person->active)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_STATUS);
    if (person->consent_until == RK_NO_DATE || person->consent_until < panel->last_day)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_CONSENT);
    if (year <= person->minor_until)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_GUARDIAN);
    if (e->facts.recruitments->rows[r].training_required == 1 &&
        person->trained_on > panel->first_day)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_TRAINING);
    return reasons;
}

static int32_t year_of(const struct rk_eligible *e, uint32_t r)
{
    return rk_date_from_days(e->panels[r].first_day).year;
}

unsigned rk_eligible_reasons(const struct rk_eligible *e, uint32_t p, uint32_t r)
{
    assert(e->panels[r].open);
    const struct rk_assignment *kept = rk_eligible_kept_row(e, p, r);
    struct rk_text stages = kept ? kept->stages : (struct rk_text){"", 0};
    unsigned reasons = simple_reasons(e, p, r, year_of(e, r)), marks = marks_of(e, p, r);
    if (!meets_need(e, p, r))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_NEED);
    if (marks & MARK_CONFLICT)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_CONFLICT);
    if (e->facts.require_declarations && !(marks & MARK_DECLARED))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_DECLARATION);
    if (marks & MARK_DECLINED)
        reasons |= RK_REFUSED_BIT(RK_REFUSED_DECLINED);
    if (!is_available(e, p, r, stages))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_AVAILABILITY);
    if (is_busy(e, p, r, stages))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_OVERLAP);
    if (over_cap(e, p, r, kept && kept->seat == RK_SEAT_MEMBER ? 0 : 1))
        reasons |= RK_REFUSED_BIT(RK_REFUSED_CAP);
    return reasons;
}

rk_fixed rk_eligible_fit(const struct rk_eligible *e, uint32_t p, uint32_t r)
{
    const struct rk_recruitment *recruitment = &e->facts.recruitments->rows[r];
    rk_fixed fit = 0;
    for (uint32_t w = 0; w < recruitment->want_count; w++)
        if (has_skill(e, p, e->asked[e->wanted[r].first_want + w]))
            fit += recruitment->want[w].weight;
    return fit;
}

/* ---- the match ---- */

static rk_fixed common_unit(rk_fixed a, rk_fixed b)
{
    while (b) {
        rk_fixed rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Who has each experience: owners[first[x]] … owners[first[x + 1] - 1], by panelist. */
static void find_owners(const struct rk_eligible *e, uint32_t **first, uint32_t **owners)
{
    *first = rk_alloc((size_t)e->experiences.count + 2, sizeof **first);
    *owners = rk_alloc((size_t)e->skill_count + 1, sizeof **owners);
    for (uint32_t i = 0; i < e->skill_count; i++)
        (*first)[e->skills[i] + 2]++;
    for (uint32_t x = 0; x < e->experiences.count; x++)
        (*first)[x + 2] += (*first)[x + 1];
    for (uint32_t p = 0; p < e->facts.panelists->count; p++)
        for (uint32_t i = e->persons[p].skills; i < e->persons[p + 1].skills; i++)
            (*owners)[(*first)[e->skills[i] + 1]++] = p;
}

static bool may_sit(const struct rk_eligible *e, uint32_t p, uint32_t r, int32_t year)
{
    struct rk_text all = {"", 0};
    if (simple_reasons(e, p, r, year))
        return false;
    unsigned marks = marks_of(e, p, r);
    return !(marks & (MARK_CONFLICT | MARK_DECLINED)) &&
           (!e->facts.require_declarations || (marks & MARK_DECLARED)) &&
           is_available(e, p, r, all) && !is_busy(e, p, r, all) && !over_cap(e, p, r, 1) &&
           !rk_eligible_kept_row(e, p, r);
}

/* Who may sit on each panel: found[panel_first[r]] … found[panel_first[r + 1] - 1]. */
static uint32_t *find_pairs(const struct rk_eligible *e, size_t *panel_first)
{
    uint32_t *first, *owners, panelists = e->facts.panelists->count;
    uint32_t *seen = rk_alloc((size_t)panelists + 1, sizeof *seen), *found = NULL;
    size_t room = 0, count = 0;
    find_owners(e, &first, &owners);
    for (uint32_t r = 0; r < e->facts.recruitments->count; r++) {
        const struct rk_eligible_panel *panel = &e->panels[r];
        const struct wanted *wanted = &e->wanted[r];
        panel_first[r] = count;
        if (!panel->open || (!panel->places && !panel->reserves))
            continue;
        int32_t year = year_of(e, r);
        /* without a need everybody is looked at, else only who has one of the experiences */
        for (uint32_t n = 0; n < (wanted->needs ? wanted->needs : 1); n++) {
            uint32_t need = wanted->needs ? e->asked[wanted->first_need + n] : 0;
            uint32_t from = wanted->needs ? first[need] : 0;
            uint32_t end = wanted->needs ? first[need + 1] : panelists;
            for (uint32_t i = from; i < end; i++) {
                uint32_t p = wanted->needs ? owners[i] : i;
                if (seen[p] == r + 1)
                    continue;
                seen[p] = r + 1;
                if (!may_sit(e, p, r, year))
                    continue;
                RK_GROW(found, count, room);
                found[count++] = p;
            }
        }
    }
    panel_first[e->facts.recruitments->count] = count;
    rk_free(first);
    rk_free(owners);
    rk_free(seen);
    return found;
}

/* Fills e->pairs, by panelist and recruitment, with the fits in *unit. False where a fit is too
 * large. */
static bool list_pairs(struct rk_eligible *e, const uint32_t *found, const size_t *panel_first,
                       rk_fixed *unit)
{
    uint32_t n = e->facts.recruitments->count, panelists = e->facts.panelists->count;
    uint32_t *next = rk_alloc((size_t)panelists + 2, sizeof *next);
    rk_fixed most = 0;
    *unit = 0;
    for (uint32_t r = 0; r < n; r++)
        for (size_t i = panel_first[r]; i < panel_first[r + 1]; i++) {
            rk_fixed fit = rk_eligible_fit(e, found[i], r);
            *unit = common_unit(*unit, fit);
            most = fit > most ? fit : most;
            next[found[i] + 1]++;
        }
    *unit = *unit ? *unit : RK_FIXED_ONE;
    bool fits = most / *unit <= INT64_MAX;
    e->pairs = rk_alloc(panel_first[n] + 1, sizeof *e->pairs);
    for (uint32_t p = 0; p < panelists; p++)
        next[p + 1] += next[p];
    for (uint32_t r = 0; r < n && fits; r++)
        for (size_t i = panel_first[r]; i < panel_first[r + 1]; i++)
            e->pairs[next[found[i]]++] = (struct rk_match_pair){
                found[i], r, (int64_t)(rk_eligible_fit(e, found[i], r) / *unit)};
    rk_free(next);
    return fits;
}

enum rk_status rk_eligible_problem(struct rk_eligible *e, struct rk_match_problem *problem,
                                   rk_fixed *unit, struct rk_error *error)
{
    const struct rk_panelists *panelists = e->facts.panelists;
    const struct rk_recruitments *recruitments = e->facts.recruitments;
    const struct rk_sessions *sessions = e->facts.sessions;
    size_t *panel_first = rk_alloc((size_t)recruitments->count + 1, sizeof *panel_first);
    uint32_t *found = find_pairs(e, panel_first);
    size_t count = panel_first[recruitments->count];
    bool few = count < UINT32_MAX - 1, fits = few && list_pairs(e, found, panel_first, unit);
    rk_free(found);
    rk_free(panel_first);
    if (!few)
        return rk_fail(error, RK_BAD_DATA, _("more than 4 thousand million eligible pairs"));
    if (!fits)
        return rk_fail(error, RK_BAD_DATA,
                       _("the weights of wanted experience have too many digits to be added up "
                         "exactly"));
    e->match_panelists = rk_alloc((size_t)panelists->count + 1, sizeof *e->match_panelists);
    e->match_recruitments =
        rk_alloc((size_t)recruitments->count + 1, sizeof *e->match_recruitments);
    e->match_sessions = rk_alloc((size_t)sessions->count + 1, sizeof *e->match_sessions);
    for (uint32_t p = 0; p < panelists->count; p++)
        e->match_panelists[p] = (struct rk_match_panelist){
            panelists->rows[p].panelist_id, e->load[p], panelists->rows[p].max_per_month,
            panelists->rows[p].max_per_year};
    for (uint32_t r = 0; r < recruitments->count; r++) {
        const struct rk_eligible_panel *panel = &e->panels[r];
        e->match_recruitments[r] =
            (struct rk_match_recruitment){.id = recruitments->rows[r].recruitment_id,
                                          .month = panel->open ? rk_month_of(panel->first_day) : 0,
                                          .places = panel->places,
                                          .lacking = panel->lacking,
                                          .reserves = panel->reserves};
    }
    uint32_t session_count = 0;
    for (uint32_t s = 0; s < sessions->count; s++)
        if (e->panels[sessions->rows[s].recruitment].open)
            e->match_sessions[session_count++] = (struct rk_match_session){
                sessions->rows[s].recruitment, sessions->rows[s].start, sessions->rows[s].end};
    problem->panelists = e->match_panelists;
    problem->recruitments = e->match_recruitments;
    problem->sessions = e->match_sessions;
    problem->used = e->used;
    problem->pairs = e->pairs;
    problem->panelist_count = panelists->count;
    problem->recruitment_count = recruitments->count;
    problem->session_count = session_count;
    problem->used_count = e->used_count;
    problem->pair_count = (uint32_t)count;
    return RK_OK;
}
