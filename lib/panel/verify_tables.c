/* What the tables say: who may sit where, what is kept, which quotas there are. */
#include "base/date.h"
#include "base/random.h"
#include "panel/verify_state.h"

enum mark { CONFLICT, DECLARED, DECLINED };

void rk_verify_want(const struct rk_quotas *quotas, struct rk_features *features)
{
    rk_features_want(features, RK_TEXT("experience"));
    for (uint32_t i = 0; i < quotas->count; i++)
        for (uint32_t k = 0; k < quotas->rows[i].part_count; k++)
            rk_features_expect(features,
                               rk_features_want(features, quotas->rows[i].parts[k].feature),
                               quotas->rows[i].parts[k].value);
}

static int32_t day_of(int64_t minute)
{
    return (int32_t)((minute - (minute < 0 ? 1439 : 0)) / 1440);
}

static void ask(struct rk_verify *v, struct rk_text experience)
{
    RK_GROW(v->asked, v->asked_count, v->asked_room);
    v->asked[v->asked_count++] = rk_features_expect(v->facts->features, v->experience, experience);
}

static void see_panel(struct rk_verify *v, uint32_t r)
{
    const struct rk_recruitment *row = &v->facts->tables.recruitments->rows[r];
    struct rk_verify_panel *panel = &v->panels[r];
    uint32_t n;
    const struct rk_session *sessions = rk_sessions_of(v->facts->tables.sessions, r, &n);
    panel->open = rk_recruitment_is_open(row);
    panel->first_day = row->opened != RK_NO_DATE ? row->opened : row->closes;
    panel->last_day = row->closes != RK_NO_DATE ? row->closes : row->opened;
    for (uint32_t s = 0; s < n; s++) { /* by start; one that ends at midnight ends the day before */
        int32_t last = day_of(sessions[s].end - 1);
        panel->first_day = s ? panel->first_day : day_of(sessions[s].start);
        panel->last_day = s && panel->last_day > last ? panel->last_day : last;
    }
    panel->month = panel->first_day == RK_NO_DATE ? 0 : rk_month_of(panel->first_day);
    panel->first_asked = v->asked_count;
    for (struct rk_text rest = row->need, item; rk_list_next(&rest, &item); panel->needs++)
        ask(v, item);
    for (uint32_t w = 0; w < row->want_count; w++)
        ask(v, row->want[w].experience);
}

/* ---- declarations ---- */

static void mark(struct rk_verify *v, enum mark what, uint32_t p, uint32_t r)
{
    rk_tuples_add(&v->marks, (uint32_t[]){p, r, what});
}

static bool is_marked(const struct rk_verify *v, enum mark what, uint32_t p, uint32_t r)
{
    return rk_tuples_find(&v->marks, (uint32_t[]){p, r, what}) != RK_NONE;
}

/* About a recruitment, its unit, or one of the candidates it meets; of these, each is to be
 * declared about. */
static void see_declarations(struct rk_verify *v)
{
    const struct rk_verify_tables *t = &v->facts->tables;
    const struct rk_candidate *candidates = t->candidates->rows;
    struct rk_tuples about = {.width = 3}, sums = {.width = 2};
    uint32_t *met = rk_alloc((size_t)PANELS_OF(v) + 1, sizeof *met);
    for (uint32_t c = 0; c < t->candidates->count; c++)
        met[candidates[c].recruitment] += rk_candidate_is_met(&candidates[c]);
    for (uint32_t i = 0; i < t->conflicts->count; i++) {
        const struct rk_declaration *d = &t->conflicts->rows[i];
        if (d->candidate != RK_NONE && d->of_candidate &&
            !rk_candidate_is_met(&candidates[d->candidate]))
            continue;
        for (uint32_t r = 0; r < PANELS_OF(v); r++) {
            if (r != d->recruitment &&
                (!d->unit.size || !rk_text_equal(t->recruitments->rows[r].unit, d->unit)))
                continue;
            if (!d->none && !(d->of_candidate && t->candidate_conflicts_pass))
                mark(v, CONFLICT, d->panelist, r);
            if (!d->of_candidate)
                mark(v, DECLARED, d->panelist, r);
            else if (d->candidate != RK_NONE)
                rk_tuples_add(&about, (uint32_t[]){d->panelist, r, d->candidate});
        }
    }
    uint32_t *declared = rk_alloc((size_t)about.count + 1, sizeof *declared);
    for (uint32_t i = 0; i < about.count; i++) {
        const uint32_t *pair = &about.members[3 * (size_t)i];
        if (++declared[rk_tuples_add(&sums, pair)] == met[pair[1]])
            mark(v, DECLARED, pair[0], pair[1]);
    }
    rk_free(met);
    rk_free(declared);
    rk_tuples_free(&about);
    rk_tuples_free(&sums);
}

/* ---- kept and past memberships ---- */

static void add_seat(struct rk_verify *v, const struct rk_assignment *row, bool busy)
{
    RK_GROW(v->seats, v->seat_count, v->seat_room);
    v->seats[v->seat_count] = (struct rk_verify_seat){row, busy, v->last_seat[row->panelist]};
    v->last_seat[row->panelist] = ++v->seat_count;
    v->panels[row->recruitment].sat = true;
}

static void add_row(struct rk_verify_rows *to, const struct rk_assignment *row)
{
    RK_GROW(to->rows, to->pairs.count, to->room);
    to->rows[rk_tuples_add(&to->pairs, (uint32_t[]){row->panelist, row->recruitment})] = row;
}

static void see_assignment(struct rk_verify *v, const struct rk_assignment *row, bool fixed)
{
    struct rk_verify_panel *panel = &v->panels[row->recruitment];
    bool member = row->seat == RK_SEAT_MEMBER, attended = row->status == RK_ASSIGNMENT_ATTENDED;
    bool declined = row->status == RK_ASSIGNMENT_DECLINED,
         absent = row->status == RK_ASSIGNMENT_ABSENT;
    bool cancelled =
        v->facts->tables.recruitments->rows[row->recruitment].status == RK_RECRUITMENT_CANCELLED;
    if (row->declared_on != RK_NO_DATE)
        mark(v, DECLARED, row->panelist, row->recruitment);
    if (!panel->open) {
        if (attended || (member && !declined && !cancelled))
            add_seat(v, row, !cancelled && !absent);
    } else if (declined || absent) {
        mark(v, DECLINED, row->panelist, row->recruitment);
    } else if (fixed || row->status != RK_ASSIGNMENT_PROPOSED) {
        add_row(&v->kept, row);
        *(member ? &panel->kept : &panel->kept_reserves) += 1;
        if (member)
            add_seat(v, row, true);
    } else {
        add_row(&v->stood, row);
    }
}

static void see_assignments(struct rk_verify *v)
{
    const struct rk_assignments *tables[] = {v->facts->tables.fixed, v->facts->tables.assignments};
    struct rk_tuples seen = {.width = 2};
    for (int t = 0; t < 2; t++)
        for (uint32_t i = 0; i < tables[t]->count; i++) {
            const struct rk_assignment *row = &tables[t]->rows[i];
            uint32_t known = seen.count; /* what `fixed` tells, the other table need not */
            if (rk_tuples_add(&seen, (uint32_t[]){row->panelist, row->recruitment}) == known)
                see_assignment(v, row, t == 0);
        }
    rk_tuples_free(&seen);
    v->last_reserve = 1;
    for (uint32_t i = 0; i < tables[1]->count; i++)
        if (tables[1]->rows[i].seat == RK_SEAT_RESERVE &&
            tables[1]->rows[i].position > v->last_reserve)
            v->last_reserve = tables[1]->rows[i].position;
    for (uint32_t r = 0; r < PANELS_OF(v); r++) {
        const struct rk_recruitment *row = &v->facts->tables.recruitments->rows[r];
        struct rk_verify_panel *panel = &v->panels[r];
        panel->room = row->room_max >= 0 && row->room_max < row->seats ? row->room_max : row->seats;
        if (!panel->open)
            continue;
        panel->places = panel->room > panel->kept ? panel->room - panel->kept : 0;
        panel->lacking = row->seats - panel->kept - panel->places;
        panel->lacking = panel->lacking > 0 ? panel->lacking : 0;
        v->all_places += panel->places;
        panel->reserves =
            row->reserves > panel->kept_reserves ? row->reserves - panel->kept_reserves : 0;
    }
}

const struct rk_assignment *rk_verify_row(const struct rk_verify_rows *rows, uint32_t p, uint32_t r)
{
    uint32_t at = rk_tuples_find(&rows->pairs, (uint32_t[]){p, r});
    return at == RK_NONE ? NULL : rows->rows[at];
}

int64_t rk_verify_load(const struct rk_verify *v, uint32_t p)
{
    int64_t load = 0;
    for (uint32_t i = v->last_seat[p]; i; i = v->seats[i - 1].next)
        load++;
    return load;
}

int64_t rk_verify_left(const struct rk_verify *v, uint32_t p, int32_t month, int32_t months)
{
    const struct rk_panelist *who = &v->facts->tables.panelists->rows[p];
    int64_t left = months == 12 ? who->max_per_year : who->max_per_month;
    if (left < 0)
        return INT32_MAX;
    for (uint32_t i = v->last_seat[p]; i; i = v->seats[i - 1].next)
        left -= v->panels[v->seats[i - 1].row->recruitment].month / months == month / months;
    return left;
}

/* ---- whom the rules allow ---- */

bool rk_verify_meet(const struct rk_verify *v, uint32_t a, uint32_t b)
{
    return rk_sessions_meet(v->facts->tables.sessions, a, RK_TEXT(""), b, RK_TEXT(""));
}

static bool has(const struct rk_verify *v, uint32_t p, uint32_t asked)
{
    return rk_features_has(v->facts->features, p, v->experience, v->asked[asked]);
}

static bool meets_need(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    const struct rk_verify_panel *panel = &v->panels[r];
    bool meets = !panel->needs;
    for (uint32_t i = 0; i < panel->needs && !meets; i++)
        meets = has(v, p, panel->first_asked + i);
    return meets;
}

rk_fixed rk_verify_fit(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    const struct rk_recruitment *row = &v->facts->tables.recruitments->rows[r];
    rk_fixed fit = 0;
    for (uint32_t w = 0; w < row->want_count; w++)
        fit +=
            has(v, p, v->panels[r].first_asked + v->panels[r].needs + w) ? row->want[w].weight : 0;
    return fit;
}

/* Do the panelist's times, joined where they touch, cover the sessions of these stages? */
static bool is_available(const struct rk_verify *v, uint32_t p, uint32_t r, struct rk_text stages)
{
    uint32_t first = v->time_first[p], end = v->time_first[p + 1], n;
    const struct rk_session *sessions = rk_sessions_of(v->facts->tables.sessions, r, &n);
    bool available = true;
    for (uint32_t s = 0; s < n && (first < end || !v->facts->tables.assume_available); s++) {
        int64_t until = sessions[s].start;
        for (uint32_t i = first; i < end; i++) {
            const struct rk_available *time = &v->facts->tables.availability->rows[i];
            until = time->start <= until && time->end > until ? time->end : until;
        }
        available &=
            until >= sessions[s].end || (stages.size && !rk_list_has(stages, sessions[s].stage));
    }
    return available;
}

unsigned rk_verify_refusals(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    const struct rk_verify_tables *t = &v->facts->tables;
    const struct rk_panelist *who = &t->panelists->rows[p];
    const struct rk_verify_panel *panel = &v->panels[r];
    const struct rk_assignment *kept = rk_verify_row(&v->kept, p, r);
    struct rk_text stages = kept ? kept->stages : RK_TEXT("");
    int32_t asks = kept && kept->seat == RK_SEAT_MEMBER ? 0 : 1; /* a kept one is counted */
    bool meets = false;
    for (uint32_t i = v->last_seat[p]; i && !meets; i = v->seats[i - 1].next) {
        const struct rk_verify_seat *seat = &v->seats[i - 1];
        meets = seat->busy && seat->row->recruitment != r &&
                rk_sessions_meet(t->sessions, r, stages, seat->row->recruitment, seat->row->stages);
    }
    const bool refused[RK_PAIR_REFUSALS] = {
        [RK_REFUSED_STATUS] = who->status != RK_PANELIST_ACTIVE,
        [RK_REFUSED_CONSENT] = who->consent_withdrawn_on != RK_NO_DATE ||
                               who->consent_until == RK_NO_DATE ||
                               who->consent_until < panel->last_day,
        [RK_REFUSED_GUARDIAN] =
            who->guardian_consent != 1 &&
            (who->birth_year < 0 ? !t->assume_adult : panel->month / 12 - who->birth_year <= 18),
        [RK_REFUSED_TRAINING] =
            t->recruitments->rows[r].training_required == 1 &&
            (who->trained_on == RK_NO_DATE || who->trained_on > panel->first_day),
        [RK_REFUSED_NEED] = !meets_need(v, p, r),
        [RK_REFUSED_CONFLICT] = is_marked(v, CONFLICT, p, r),
        [RK_REFUSED_DECLARATION] = t->require_declarations && !is_marked(v, DECLARED, p, r),
        [RK_REFUSED_DECLINED] = is_marked(v, DECLINED, p, r),
        [RK_REFUSED_AVAILABILITY] = !is_available(v, p, r, stages),
        [RK_REFUSED_OVERLAP] = meets,
        [RK_REFUSED_CAP] = rk_verify_left(v, p, panel->month, 1) < asks ||
                           rk_verify_left(v, p, panel->month, 12) < asks};
    unsigned bits = 0;
    for (int rule = 0; rule < RK_PAIR_REFUSALS; rule++)
        bits |= refused[rule] ? RK_REFUSED_BIT(rule) : 0;
    return bits;
}

static uint32_t lot(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    struct rk_buf key = {0};
    rk_buf_printf(&key, "panel-tie|%zu|%s|%s", strlen(RECRUITMENT(r)), RECRUITMENT(r), PANELIST(p));
    struct rk_random random = rk_random(v->facts->seed, (struct rk_text){key.text, key.size});
    rk_buf_free(&key);
    return (uint32_t)(rk_random_u64(&random) >> 32);
}

/* Where panels are repaired, a member of before is worth more than all reserves; the first reserves
 * more than later ones. */
static int64_t stay(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    const struct rk_assignment *row = rk_verify_row(&v->stood, p, r);
    if (!row || !v->facts->certificate || !v->facts->certificate->repair)
        return 0;
    return row->seat == RK_SEAT_MEMBER ? v->all_places * v->last_reserve + 1
           : row->position > 0         ? v->last_reserve - row->position + 1
                                       : 1;
}

/* Fit is counted in the largest unit that all are multiples of. */
static enum rk_status find_pairs(struct rk_verify *v, struct rk_error *error)
{
    rk_fixed most = 0;
    for (uint32_t p = 0; p < PEOPLE_OF(v); p++)
        for (uint32_t r = 0; r < PANELS_OF(v); r++) {
            const struct rk_verify_panel *panel = &v->panels[r];
            if (!panel->open || (!panel->places && !panel->reserves) || !meets_need(v, p, r) ||
                rk_verify_row(&v->kept, p, r) || rk_verify_refusals(v, p, r))
                continue;
            RK_GROW(v->pairs, v->pair_count, v->pair_room);
            v->pairs[v->pair_count++] = (struct rk_verify_pair){
                .panelist = p, .recruitment = r, .stay = stay(v, p, r), .lot = lot(v, p, r)};
            rk_fixed fit = rk_verify_fit(v, p, r), rest = fit;
            most = fit > most ? fit : most;
            while (rest) {
                rk_fixed left = v->unit % rest;
                v->unit = rest;
                rest = left;
            }
        }
    v->unit = v->unit ? v->unit : RK_FIXED_ONE;
    for (uint32_t i = 0; i < v->pair_count && most / v->unit <= INT64_MAX; i++)
        v->pairs[i].fit =
            (int64_t)(rk_verify_fit(v, v->pairs[i].panelist, v->pairs[i].recruitment) / v->unit);
    v->pair_first = rk_firsts(v->pairs, v->pair_count, sizeof *v->pairs, PEOPLE_OF(v));
    return most / v->unit <= INT64_MAX
               ? RK_OK
               : rk_fail(error, RK_BAD_DATA,
                         _("the weights of wanted experience have too many digits to be added up "
                           "exactly"));
}

uint32_t rk_verify_pair(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    uint32_t i = v->pair_first[p];
    while (i < v->pair_first[p + 1] && v->pairs[i].recruitment != r)
        i++;
    return i < v->pair_first[p + 1] ? i : RK_NONE;
}

/* ---- all of it ---- */

enum rk_status rk_verify_see(struct rk_verify *v, struct rk_error *error)
{
    const struct rk_verify_tables *t = &v->facts->tables;
    v->experience = rk_features_find(v->facts->features, RK_TEXT("experience"));
    v->marks.width = 3;
    v->kept.pairs.width = v->stood.pairs.width = 2;
    v->panels = rk_alloc((size_t)PANELS_OF(v) + 1, sizeof *v->panels);
    v->last_seat = rk_alloc((size_t)PEOPLE_OF(v) + 1, sizeof *v->last_seat);
    v->time_first = rk_firsts(t->availability->rows, t->availability->count,
                              sizeof *t->availability->rows, PEOPLE_OF(v));
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        see_panel(v, r);
    see_declarations(v);
    see_assignments(v);
    for (uint32_t r = 0; r < PANELS_OF(v); r++) {
        if ((v->panels[r].open || v->panels[r].sat) && v->panels[r].first_day == RK_NO_DATE)
            return rk_fail_at(error, RK_BAD_DATA, &v->facts->tables.recruitments->rows[r].pos,
                              _("recruitment %s has no session, and neither opened nor closes: its "
                                "day must be known for consent and caps"),
                              RECRUITMENT(r));
    }
    RK_TRY(find_pairs(v, error));
    v->now = rk_fractions(v->pair_count);
    v->load = rk_alloc((size_t)PEOPLE_OF(v) + 1, sizeof *v->load);
    for (uint32_t p = 0; p < PEOPLE_OF(v); p++)
        v->load[p] = rk_verify_load(v, p);
    RK_TRY(rk_verify_see_quotas(v, error));
    v->by_lot = v->facts->certificate && v->facts->certificate->mode != RK_CERTIFICATE_CHOICE;
    return RK_OK;
}

void rk_verify_free(struct rk_verify *v)
{
    if (v->now)
        rk_fractions_free(v->now, v->pair_count);
    rk_tuples_free(&v->marks);
    rk_tuples_free(&v->kept.pairs);
    rk_tuples_free(&v->stood.pairs);
    void *const arrays[] = {
        v->panels,     v->pairs,      v->quotas,     v->pair_first, v->quota_first, v->time_first,
        v->kept.rows,  v->stood.rows, v->last_seat,  v->seats,      v->asked,       v->kinds,
        v->kind_first, v->cells,      v->cell_first, v->order,      v->order_first, v->load};
    rk_arena_free(&v->arena);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        rk_free(arrays[i]);
}
