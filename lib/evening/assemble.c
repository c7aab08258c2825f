#include "evening/assemble.h"

#include "base/date.h"

enum { DAY = 1440, ADULT = 18 };

int64_t rk_assembled_start(const struct rk_assembled *a, uint32_t round)
{
    return a->evening.rounds ? a->evening.rounds[round].start : INT64_MIN;
}

int64_t rk_assembled_end(const struct rk_assembled *a, uint32_t round)
{
    return a->evening.rounds ? a->evening.rounds[round].end : INT64_MIN;
}

/* ---- rounds ---- */

static enum rk_status make_rounds(struct rk_assembled *a, const struct rk_evening_rules *rules,
                                  struct rk_error *error)
{
    const struct rk_evening_tables *t = a->tables;
    struct rk_evening_round *rounds = NULL;
    size_t count = 0, room = 0;
    for (uint32_t r = 0; r < t->round_count; r++) {
        RK_GROW(rounds, count, room);
        rounds[count++] = (struct rk_evening_round){t->rounds[r].start, t->rounds[r].end};
    }
    for (int64_t day = rules->first_day;
         rules->first_day != RK_NO_DATE && day <= rules->last_day && count <= RK_EVENING_ROUNDS;
         day++) {
        if (!rules->weekends && rk_date_weekday((int32_t)day) > 5)
            continue;
        RK_GROW(rounds, count, room);
        rounds[count++] = (struct rk_evening_round){day * DAY, (day + 1) * DAY};
    }
    for (int64_t start = rules->from;
         rules->minutes && start + rules->minutes <= rules->until && count <= RK_EVENING_ROUNDS;
         start += rules->minutes + rules->between) {
        RK_GROW(rounds, count, room);
        rounds[count++] = (struct rk_evening_round){start, start + rules->minutes};
    }
    if (rules->most_rounds && count > rules->most_rounds)
        count = rules->most_rounds;
    a->evening.round_count = (uint32_t)count;
    if (count) {
        struct rk_evening_round *kept = rk_arena_zeroed(&a->arena, count, sizeof *kept);
        memcpy(kept, rounds, count * sizeof *kept);
        a->evening.rounds = kept;
    }
    rk_free(rounds);
    bool timed = t->round_count || rules->first_day != RK_NO_DATE || rules->until > rules->from;
    if (timed && !count)
        return rk_fail(error, RK_BAD_DATA, _("there is no round"));
    if (!timed && t->has_times)
        return rk_fail(error, RK_BAD_USE,
                       _("availability tells times, so the rounds need them: --rounds FILE, "
                         "--evening or --days"));
    if (!timed && rules->minors_until >= 0)
        return rk_fail(error, RK_BAD_USE,
                       _("--minors-until needs rounds with times: --rounds FILE, --evening or "
                         "--days"));
    return RK_OK;
}

/* So many rounds are enough for anything that can be placed at all, where rounds are told nowhere:
 * a meeting is kept from a round by no more than its people's other meetings, gaps, rooms and
 * rests. */
static uint32_t enough(const struct rk_assembled *a, const struct rk_evening_rules *rules)
{
    const struct rk_evening *e = &a->evening;
    uint64_t most = 0, all = 0, travel = 0;
    uint64_t *load = rk_alloc((size_t)e->who_count + 1, sizeof *load);
    uint64_t *gaps = rk_alloc((size_t)e->meeting_count + 1, sizeof *gaps);
    for (uint32_t k = 0; e->travel && k < e->place_count * e->place_count; k++)
        travel = e->travel[k] > travel ? e->travel[k] : travel;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        const struct rk_evening_meeting *x = &a->meetings[m];
        all += x->length;
        most = x->fixed != RK_NONE && x->fixed + x->length > most ? x->fixed + x->length : most;
        for (uint32_t i = 0; i < x->who_count; i++)
            load[x->who[i]] += x->length + 2 * travel;
    }
    for (uint32_t g = 0; g < e->gap_count; g++) {
        gaps[e->gaps[g].a] += 2 * (uint64_t)e->gaps[g].rounds;
        gaps[e->gaps[g].b] += 2 * (uint64_t)e->gaps[g].rounds;
    }
    uint64_t blocked = 0;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        const struct rk_evening_meeting *x = &a->meetings[m];
        uint64_t of = gaps[m] + x->length;
        for (uint32_t i = 0; i < x->who_count; i++)
            of += load[x->who[i]] * (e->who[x->who[i]].in_a_row ? 3 : 1) * (x->length > 1 ? 2 : 1);
        blocked = of > blocked ? of : blocked;
    }
    uint32_t rooms = e->room_count ? 1 : rules->room_limit;
    most += blocked + (rooms ? all / rooms : 0) + 1;
    for (uint32_t i = 0; i < a->tables->present_count; i++)
        most = a->tables->present[i].round > most ? a->tables->present[i].round : most;
    rk_free(load);
    rk_free(gaps);
    return most < RK_EVENING_ROUNDS ? (uint32_t)most : RK_EVENING_ROUNDS;
}

/* ---- who ---- */

static bool stays_away(const struct rk_evening_rules *rules, bool over, struct rk_text id)
{
    return !over && rules->without && rk_strings_find(rules->without, id) != RK_NONE;
}

static bool may_not_meet(const struct rk_evening_tables *t, uint32_t who, const struct rk_wanted *w)
{
    struct rk_text candidate =
        w->candidate == RK_NONE ? (struct rk_text){"", 0} : t->attendees.rows[w->candidate].id;
    uint32_t r =
        w->recruitment_id.size ? rk_strings_find(&t->recruitments, w->recruitment_id) : RK_NONE;
    struct rk_text unit = r == RK_NONE ? (struct rk_text){"", 0} : t->units[r];
    for (uint32_t i = 0; i < t->interest_count; i++) {
        const struct rk_interest *x = &t->interests[i];
        if (x->who != who)
            continue;
        if (x->candidate_id.size ? rk_text_equal(x->candidate_id, candidate)
            : x->recruitment_id.size
                ? w->recruitment_id.size && rk_text_equal(x->recruitment_id, w->recruitment_id)
                : unit.size && rk_text_equal(x->unit, unit))
            return true;
    }
    return false;
}

static void list(struct rk_buf *buf, struct rk_text id)
{
    if (buf->size)
        rk_buf_char(buf, '|');
    rk_buf_add(buf, id.text, id.size);
}

static struct rk_text keep(struct rk_assembled *a, struct rk_buf *buf)
{
    struct rk_text text = {rk_arena_text(&a->arena, buf->text ? buf->text : "", buf->size),
                           buf->size};
    rk_buf_clear(buf);
    return text;
}

static int by_place(const void *x, const void *y)
{
    const uint32_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

struct gathering { /* of one meeting */
    uint32_t *who, count;
    bool *in; /* by person */
    struct rk_buf participants, support, out;
};

static void come(struct gathering *g, uint32_t who)
{
    if (g->in[who])
        return;
    g->in[who] = true;
    g->who[g->count++] = who;
}

/* The participants of a wanted meeting; how many count in the room. */
static uint32_t gather_panel(struct rk_assembled *a, const struct rk_evening_rules *rules,
                             const struct rk_wanted *w, bool over, struct gathering *g,
                             enum rk_wanted_state *state)
{
    const struct rk_attendees *all = &a->tables->attendees;
    uint32_t size = 0, absent = 0, barred = 0;
    for (uint32_t i = 0; i < w->who_count; i++) {
        const struct rk_attendee *p = &all->rows[w->who[i]];
        struct rk_text rest = p->members, item;
        uint32_t members = 0, here = 0;
        list(&g->participants, p->id);
        bool conflict = may_not_meet(a->tables, w->who[i], w),
             away = stays_away(rules, over, p->id);
        while (rk_list_next(&rest, &item) && !conflict && !away) {
            uint32_t m = rk_attendees_find(all, false, item);
            members++;
            if (stays_away(rules, over, item))
                continue;
            if (may_not_meet(a->tables, m, w)) {
                list(&g->out, item);
                a->stepped_out++;
                continue;
            }
            here++;
            come(g, m);
        }
        if (away || conflict || (members && !here)) {
            bool only_away = away || (!conflict && !g->out.size);
            absent += only_away;
            barred += !only_away;
            if (conflict && w->who_count > 1)
                list(&g->out, p->id);
            continue;
        }
        come(g, w->who[i]);
        size += p->size < 0 ? (members ? here : 1) : (uint32_t)p->size;
    }
    if (absent + barred == w->who_count && w->who_count)
        *state = absent == w->who_count ? RK_WANTED_CANCELLED : RK_WANTED_CONFLICT;
    return size;
}

static void gather_meetings(struct rk_assembled *a, const struct rk_evening_rules *rules)
{
    const struct rk_evening_tables *t = a->tables;
    const struct rk_attendees *all = &t->attendees;
    struct gathering g = {.who = rk_alloc((size_t)all->count + 1, sizeof *g.who),
                          .in = rk_alloc((size_t)all->count + 1, sizeof *g.in)};
    for (uint32_t i = 0; i < t->wanted_count; i++) {
        const struct rk_wanted *w = &t->wanted[i];
        enum rk_wanted_state state = RK_WANTED_IN;
        bool over = rules->over && rk_strings_find(rules->over, t->wanted_ids.texts[i]) != RK_NONE;
        uint32_t size = gather_panel(a, rules, w, over, &g, &state);
        if (w->candidate != RK_NONE) {
            if (stays_away(rules, over, all->rows[w->candidate].id))
                state = RK_WANTED_CANCELLED;
            come(&g, w->candidate);
        }
        for (uint32_t p = 0; p < all->count; p++) {
            struct rk_text rest = all->rows[p].supports, item;
            bool along = false;
            while (!along && all->rows[p].kind == RK_ATTENDEE_SUPPORT &&
                   rk_list_next(&rest, &item)) {
                uint32_t q = rk_attendees_find(all, false, item),
                         c = rk_attendees_find(all, true, item);
                along = (q != RK_NONE && g.in[q]) || (c != RK_NONE && g.in[c]);
            }
            if (!along || stays_away(rules, over, all->rows[p].id))
                continue;
            list(&g.support, all->rows[p].id);
            come(&g, p);
        }
        a->participants[i] = keep(a, &g.participants);
        a->support[i] = keep(a, &g.support);
        a->out[i] = keep(a, &g.out);
        a->state[i] = state;
        a->meeting[i] = RK_NONE;
        if (state == RK_WANTED_IN) {
            uint32_t *who = rk_arena_zeroed(&a->arena, (size_t)g.count + 1, sizeof *who),
                     m = a->evening.meeting_count++;
            memcpy(who, g.who, g.count * sizeof *who);
            if (g.count)
                qsort(who, g.count, sizeof *who, by_place);
            a->meeting[i] = m;
            a->wanted[m] = i;
            a->meetings[m] = (struct rk_evening_meeting){who,
                                                         g.count,
                                                         w->length ? w->length : 1,
                                                         rk_strings_add(&a->places, w->place),
                                                         size,
                                                         w->fixed ? w->fixed - 1 : RK_NONE,
                                                         RK_NONE,
                                                         RK_NONE};
        }
        for (uint32_t k = 0; k < g.count; k++)
            g.in[g.who[k]] = false;
        g.count = 0;
    }
    rk_free(g.who);
    rk_free(g.in);
    rk_buf_free(&g.participants);
    rk_buf_free(&g.support);
    rk_buf_free(&g.out);
}

/* ---- when ---- */

static bool is_minor(const struct rk_attendee *p, int64_t when)
{
    if (p->minor >= 0)
        return p->minor;
    return p->birth_year >= 0 && rk_month_of((int32_t)(when / DAY)) / 12 - p->birth_year <= ADULT;
}

bool rk_assembled_too_late(const struct rk_assembled *a, uint32_t who, uint32_t round)
{
    if (a->minors_until < 0 || !a->evening.rounds)
        return false;
    int64_t start = rk_assembled_start(a, round), end = rk_assembled_end(a, round);
    return is_minor(&a->tables->attendees.rows[who], start) &&
           end - start / DAY * DAY > a->minors_until;
}

/* Is all of the time from start to end among the free times, which may touch and overlap? */
static bool covered(const struct rk_free_time *times, uint32_t count, int64_t start, int64_t end)
{
    for (bool more = true; more && start < end;) {
        more = false;
        for (uint32_t i = 0; i < count; i++)
            if (times[i].start <= start && times[i].end > start) {
                start = times[i].end;
                more = true;
            }
    }
    return start >= end;
}

static int by_who(const void *x, const void *y)
{
    const struct rk_free_time *a = x, *b = y;
    if (a->who != b->who)
        return a->who < b->who ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static void find_presence(struct rk_assembled *a, const struct rk_evening_rules *rules,
                          struct rk_evening_who *who)
{
    const struct rk_evening_tables *t = a->tables;
    const struct rk_evening *e = &a->evening;
    uint32_t words = rk_round_words(e->round_count), people = t->attendees.count;
    struct rk_free_time *times = rk_alloc((size_t)t->times_count + 1, sizeof *times);
    bool *told = rk_alloc((size_t)people + 1, sizeof *told);
    if (t->times_count) {
        memcpy(times, t->times, t->times_count * sizeof *times);
        qsort(times, t->times_count, sizeof *times, by_who);
    }
    uint32_t *first = rk_firsts(times, t->times_count, sizeof *times, people);
    for (uint32_t i = 0; i < t->present_count; i++)
        if (t->present[i].who != RK_NONE)
            told[t->present[i].who] = true;
    for (uint32_t p = 0; p < people; p++) {
        const struct rk_attendee *x = &t->attendees.rows[p];
        uint32_t n = first[p + 1] - first[p];
        bool asked =
            x->kind == RK_ATTENDEE_PANELIST || (x->kind == RK_ATTENDEE_GROUP && !x->members.size);
        bool by_time = t->has_times && (n || (asked && !rules->assume_available && !told[p]));
        bool by_age = rules->minors_until >= 0 && (x->minor > 0 || x->birth_year >= 0);
        who[p].in_a_row = x->in_a_row > 0 ? (uint32_t)x->in_a_row : rules->in_a_row;
        a->unknown[p] = by_time && !n;
        a->ageless += rules->minors_until >= 0 && asked && x->minor < 0 && x->birth_year < 0;
        if (!told[p] && !by_time && !by_age)
            continue;
        uint64_t *there = rk_arena_zeroed(&a->arena, (size_t)words + 1, sizeof *there);
        for (uint32_t r = 0; r < e->round_count; r++) {
            bool can = !told[p];
            int64_t start = rk_assembled_start(a, r), end = rk_assembled_end(a, r);
            if (by_time)
                can = can && covered(times + first[p], n, start, end);
            if (can && !rk_assembled_too_late(a, p, r))
                rk_round_add(there, r);
        }
        who[p].there = there;
    }
    for (uint32_t i = 0; i < t->present_count; i++) {
        uint32_t p = t->present[i].who, r = t->present[i].round - 1;
        if (p == RK_NONE || r >= e->round_count)
            continue;
        bool can =
            first[p + 1] == first[p] || covered(times + first[p], first[p + 1] - first[p],
                                                rk_assembled_start(a, r), rk_assembled_end(a, r));
        if (can && !rk_assembled_too_late(a, p, r))
            rk_round_add((uint64_t *)who[p].there, r);
    }
    rk_free(first);
    rk_free(times);
    rk_free(told);
}

/* ---- where ---- */

static enum rk_status find_rooms(struct rk_assembled *a, struct rk_error *error)
{
    const struct rk_evening_tables *t = a->tables;
    const struct rk_evening *e = &a->evening;
    struct rk_evening_room *rooms =
        rk_arena_zeroed(&a->arena, (size_t)t->room_count + 1, sizeof *rooms);
    for (uint32_t k = 0; k < t->room_count; k++) {
        const struct rk_told_room *x = &t->rooms[k];
        rooms[k].place = rk_strings_add(&a->places, x->place);
        rooms[k].size = x->most < 0 ? RK_NONE : (uint32_t)x->most;
        if (x->start == INT64_MIN && x->end == INT64_MAX)
            continue;
        if (!e->rounds)
            return rk_fail(error, RK_BAD_USE,
                           _("the rooms tell times, so the rounds need them: --rounds FILE, "
                             "--evening or --days"));
        uint64_t *free =
            rk_arena_zeroed(&a->arena, (size_t)rk_round_words(e->round_count) + 1, sizeof *free);
        for (uint32_t r = 0; r < e->round_count; r++)
            if (e->rounds[r].start >= x->start && e->rounds[r].end <= x->end)
                rk_round_add(free, r);
        rooms[k].free = free;
    }
    a->evening.rooms = rooms;
    a->evening.room_count = t->room_count;
    return RK_OK;
}

static enum rk_status find_travel(struct rk_assembled *a, struct rk_error *error)
{
    const struct rk_evening_tables *t = a->tables;
    for (uint32_t i = 0; i < t->travel_count; i++) {
        rk_strings_add(&a->places, t->travel[i].from);
        rk_strings_add(&a->places, t->travel[i].to);
    }
    uint32_t n = a->places.count;
    a->evening.place_count = n ? n : 1;
    if (!t->travel_count)
        return RK_OK;
    if (n > 4096)
        return rk_fail(error, RK_BAD_DATA, _("there are more than %d places"), 4096);
    uint32_t *travel = rk_arena_zeroed(&a->arena, (size_t)n * n, sizeof *travel);
    for (uint32_t turn = 0; turn < 2;
         turn++) /* the way back first, so that one that is told holds */
        for (uint32_t i = 0; i < t->travel_count; i++) {
            const struct rk_told_travel *x = &t->travel[i];
            uint32_t from = rk_strings_find(&a->places, x->from),
                     to = rk_strings_find(&a->places, x->to);
            int32_t takes = a->evening.rounds ? x->minutes : x->rounds;
            if (takes < 0)
                return rk_fail(
                    error, RK_BAD_DATA,
                    a->evening.rounds
                        ? _("the table travel must tell minutes, since the rounds have times")
                    : x->minutes >= 0
                        ? _("the table travel tells minutes, so the rounds need times: --rounds "
                            "FILE, --evening or --days")
                        : _("the table travel must tell rounds, since the rounds have no times"));
            travel[turn ? (size_t)from * n + to : (size_t)to * n + from] = (uint32_t)takes;
        }
    a->evening.travel = travel;
    return RK_OK;
}

enum rk_status rk_assemble(struct rk_assembled *a, const struct rk_evening_tables *t,
                           const struct rk_evening_rules *rules, struct rk_error *error)
{
    *a = (struct rk_assembled){.tables = t, .minors_until = rules->minors_until};
    size_t n = (size_t)t->wanted_count + 1;
    a->meetings = rk_arena_zeroed(&a->arena, n, sizeof *a->meetings);
    a->wanted = rk_arena_zeroed(&a->arena, n, sizeof *a->wanted);
    a->meeting = rk_arena_zeroed(&a->arena, n, sizeof *a->meeting);
    a->state = rk_arena_zeroed(&a->arena, n, sizeof *a->state);
    a->participants = rk_arena_zeroed(&a->arena, n, sizeof *a->participants);
    a->support = rk_arena_zeroed(&a->arena, n, sizeof *a->support);
    a->out = rk_arena_zeroed(&a->arena, n, sizeof *a->out);
    a->unknown = rk_arena_zeroed(&a->arena, (size_t)t->attendees.count + 1, sizeof *a->unknown);
    struct rk_evening_who *who =
        rk_arena_zeroed(&a->arena, (size_t)t->attendees.count + 1, sizeof *who);
    struct rk_evening_gap *gaps =
        rk_arena_zeroed(&a->arena, (size_t)t->gap_count + 1, sizeof *gaps);
    a->evening = (struct rk_evening){.who = who,
                                     .who_count = t->attendees.count,
                                     .meetings = a->meetings,
                                     .gaps = gaps,
                                     .room_limit = rules->room_limit,
                                     .pause = rules->pause};
    RK_TRY(make_rounds(a, rules, error));
    gather_meetings(a, rules);
    for (uint32_t g = 0; g < t->gap_count; g++) {
        uint32_t x = a->meeting[t->gaps[g].a], y = a->meeting[t->gaps[g].b];
        if (x != RK_NONE && y != RK_NONE)
            gaps[a->evening.gap_count++] = (struct rk_evening_gap){x, y, t->gaps[g].rounds};
    }
    RK_TRY(find_rooms(a, error));
    RK_TRY(find_travel(a, error));
    if (!a->evening.rounds) {
        uint32_t last = 0;
        for (uint32_t i = 0; i < t->present_count; i++)
            last = t->present[i].round > last ? t->present[i].round : last;
        for (uint32_t p = 0; p < t->attendees.count; p++)
            who[p].in_a_row = t->attendees.rows[p].in_a_row > 0
                                  ? (uint32_t)t->attendees.rows[p].in_a_row
                                  : rules->in_a_row;
        a->evening.round_count = rules->most_rounds ? rules->most_rounds
                                 : last             ? last
                                                    : enough(a, rules);
    }
    if (a->evening.round_count > RK_EVENING_ROUNDS)
        return rk_fail(error, RK_BAD_DATA, _("there are more than %d rounds"), RK_EVENING_ROUNDS);
    find_presence(a, rules, who);
    return RK_OK;
}

enum rk_status rk_assemble_old(struct rk_assembled *a, const struct rk_plan_rows *plan,
                               uint32_t held, struct rk_error *error)
{
    const struct rk_evening_tables *t = a->tables;
    a->evening.repair = true;
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct rk_plan_row *row = &plan->rows[i];
        uint32_t at = rk_strings_find(&t->wanted_ids, row->id),
                 m = at == RK_NONE ? RK_NONE : a->meeting[at];
        if (m == RK_NONE || !row->round || row->status > RK_PLAN_MOVED)
            continue;
        if (a->meetings[m].old != RK_NONE)
            return rk_fail_at(error, RK_BAD_DATA, &row->pos, _("the plan has the meeting twice"));
        if (row->round > RK_EVENING_ROUNDS)
            return rk_fail_at(error, RK_BAD_DATA, &row->pos, _("there are more than %d rounds"),
                              RK_EVENING_ROUNDS);
        a->meetings[m].old = row->round - 1;
        if (row->round <= held)
            a->meetings[m].fixed = row->round - 1;
        if (a->evening.round_count < row->round && !a->evening.rounds && !t->present_count)
            a->evening.round_count = row->round;
        for (uint32_t k = 0; k < t->room_count; k++)
            if (rk_text_equal(t->rooms[k].id, row->room_id))
                a->meetings[m].old_room = k;
    }
    return RK_OK;
}

void rk_assembled_free(struct rk_assembled *a)
{
    rk_strings_free(&a->places);
    rk_arena_free(&a->arena);
    *a = (struct rk_assembled){0};
}
