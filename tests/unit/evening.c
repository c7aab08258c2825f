/* lib/evening against brute force over random small evenings: as few rounds, moves and waits, every
 * plan accepted by the audit, and every plan with one thing changed judged as it is. */
#include "base/random.h"
#include "check.h"
#include "evening/check.h"
#include "evening/result.h"
#include "stat/sat.h"

#include <stdio.h>

static uint64_t seed = 7;
static uint32_t draw(uint32_t n) { return (uint32_t)(rk_splitmix64(&seed) >> 33) % n; }

/* ---- a small world ---- */

static char names[64][8];

static uint32_t add_attendee(struct rk_evening_tables *t, const char *key)
{
    struct rk_attendees *a = &t->attendees;
    uint32_t number = rk_strings_add(&a->keys, rk_text(key));
    RK_GROW(a->rows, a->count, a->room);
    a->rows[a->count++] =
        (struct rk_attendee){.id = rk_text(key + 1),
                             .kind = key[0] == 'c' ? RK_ATTENDEE_CANDIDATE : RK_ATTENDEE_PANELIST,
                             .members = {"", 0},
                             .supports = {"", 0},
                             .size = -1,
                             .in_a_row = -1,
                             .minor = -1,
                             .birth_year = -1};
    return number;
}

enum { GROUPS = 4, MOST_MEETINGS = 7, ROUNDS = 6 };

struct world {
    struct rk_evening_tables tables;
    struct rk_evening_rules rules;
};

/* Groups and candidates with some of everything: presence, rooms of sizes, gaps, rows, an
 * interpreter, longer meetings, one that is fixed, and places. */
static void make(struct world *w, uint32_t kind)
{
    struct rk_evening_tables *t = &w->tables;
    *w = (struct world){.rules = {.first_day = RK_NO_DATE,
                                  .last_day = RK_NO_DATE,
                                  .minors_until = -1,
                                  .pause = 15,
                                  .most_rounds = ROUNDS}};
    uint32_t groups = 2 + draw(GROUPS - 1), candidates = 1 + draw(3);
    for (uint32_t g = 0; g < groups; g++) {
        snprintf(names[g], sizeof names[g], "pU%u", g);
        add_attendee(t, names[g]);
        t->attendees.rows[g].size = (int32_t)draw(3);
    }
    for (uint32_t c = 0; c < candidates; c++) {
        snprintf(names[20 + c], sizeof names[0], "cK%u", c);
        add_attendee(t, names[20 + c]);
    }
    for (uint32_t g = 0; g < groups; g++)
        for (uint32_t c = 0; c < candidates && t->wanted_count < MOST_MEETINGS; c++) {
            char id[32];
            if (!draw(4))
                continue;
            snprintf(id, sizeof id, "U%u K%u", g, c);
            rk_strings_add(&t->wanted_ids, rk_text(id));
            RK_GROW(t->wanted, t->wanted_count, t->wanted_room);
            struct rk_wanted *x = &t->wanted[t->wanted_count];
            *x = (struct rk_wanted){.id = t->wanted_ids.texts[t->wanted_count],
                                    .candidate = groups + c,
                                    .recruitment_id = {"", 0},
                                    .place = kind & 1 && draw(2) ? rk_text("far") : rk_text(""),
                                    .length = kind & 2 && !draw(3) ? 2 : 1,
                                    .fixed = kind & 4 && !draw(6) ? 1 + draw(3) : 0};
            t->wanted_count++;
            RK_GROW(x->who, x->who_count, x->who_room);
            x->who[x->who_count++] = g;
        }
    if (kind & 8) {
        uint32_t s = add_attendee(t, "pT");
        t->attendees.rows[s].kind = RK_ATTENDEE_SUPPORT;
        t->attendees.rows[s].supports = rk_text("U0|U1");
    }
    for (uint32_t p = 0; p < t->attendees.count && kind & 16; p++)
        for (uint32_t r = 1; r <= ROUNDS && p % 2; r++)
            if (draw(4)) {
                RK_GROW(t->present, t->present_count, t->present_room);
                t->present[t->present_count++] = (struct rk_present){p, r};
            }
    for (uint32_t k = 0; k < 2 + (kind & 1) && kind & 32; k++) {
        static const char *const rooms[] = {"A", "B", "C"};
        RK_GROW(t->rooms, t->room_count, t->room_room);
        t->rooms[t->room_count++] =
            (struct rk_told_room){rk_text(rooms[k]), k == 2 ? rk_text("far") : rk_text(""),
                                  k ? 2 : (int32_t)draw(3), INT64_MIN, INT64_MAX};
    }
    w->rules.room_limit = kind & 32 ? 0 : draw(3);
    w->rules.in_a_row = kind & 64 ? 1 + draw(2) : 0;
    for (uint32_t i = 0; i < 2 && kind & 128 && t->wanted_count > 1; i++) {
        uint32_t a = draw(t->wanted_count), b = draw(t->wanted_count);
        if (a == b)
            continue;
        RK_GROW(t->gaps, t->gap_count, t->gap_room);
        t->gaps[t->gap_count++] = (struct rk_told_gap){a, b, 2 + draw(2)};
    }
    if (kind & 1) {
        RK_GROW(t->travel, t->travel_count, t->travel_room);
        t->travel[t->travel_count++] = (struct rk_told_travel){rk_text(""), rk_text("far"), -1, 1};
    }
}

/* ---- the rules, told again in the simplest way ---- */

static bool together(const struct rk_evening *e, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < e->meetings[a].who_count; i++)
        for (uint32_t j = 0; j < e->meetings[b].who_count; j++)
            if (e->meetings[a].who[i] == e->meetings[b].who[j])
                return true;
    return false;
}

static bool runs(const struct rk_evening *e, const uint32_t *start, uint32_t a, uint32_t r)
{
    return start[a] != RK_NONE && start[a] <= r && r < start[a] + e->meetings[a].length;
}

static bool rooms_left(const struct rk_evening *e, const uint32_t *start, uint32_t *room,
                       uint32_t m)
{
    if (m == e->meeting_count)
        return true;
    if (start[m] == RK_NONE)
        return rooms_left(e, start, room, m + 1);
    for (uint32_t k = 0; k < e->room_count; k++) {
        bool free = e->rooms[k].place == e->meetings[m].place &&
                    (e->rooms[k].size == RK_NONE || e->rooms[k].size >= e->meetings[m].size);
        for (uint32_t n = 0; n < m && free; n++)
            for (uint32_t r = 0; r < e->round_count && free; r++)
                free = !(start[n] != RK_NONE && room[n] == k && runs(e, start, m, r) &&
                         runs(e, start, n, r));
        room[m] = k;
        if (free && rooms_left(e, start, room, m + 1))
            return true;
    }
    return false;
}

/* Is it right as far as it goes? Rooms: those given, or any. */
static bool right(const struct rk_evening *e, const uint32_t *start, const uint32_t *given)
{
    for (uint32_t a = 0; a < e->meeting_count; a++) {
        if (start[a] == RK_NONE)
            continue;
        if (start[a] + e->meetings[a].length > e->round_count ||
            (e->meetings[a].fixed != RK_NONE && e->meetings[a].fixed != start[a]))
            return false;
        for (uint32_t i = 0; i < e->meetings[a].who_count; i++)
            for (uint32_t r = 0; r < e->round_count; r++)
                if (runs(e, start, a, r) && e->who[e->meetings[a].who[i]].there &&
                    !rk_round_in(e->who[e->meetings[a].who[i]].there, r))
                    return false;
        for (uint32_t b = 0; b < e->meeting_count; b++) {
            if (a == b || start[b] == RK_NONE || start[b] < start[a] || !together(e, a, b))
                continue;
            uint32_t travel =
                e->travel ? e->travel[e->meetings[a].place * e->place_count + e->meetings[b].place]
                          : 0;
            if (start[b] < start[a] + e->meetings[a].length + travel)
                return false;
        }
    }
    for (uint32_t g = 0; g < e->gap_count; g++) {
        uint32_t a = start[e->gaps[g].a], b = start[e->gaps[g].b];
        if (a != RK_NONE && b != RK_NONE && (a > b ? a - b : b - a) < e->gaps[g].rounds)
            return false;
    }
    for (uint32_t p = 0; p < e->who_count; p++)
        for (uint32_t r = 0, length = 0; r < e->round_count; r++) {
            bool busy = false;
            for (uint32_t a = 0; a < e->meeting_count; a++)
                for (uint32_t i = 0; i < e->meetings[a].who_count; i++)
                    busy = busy || (runs(e, start, a, r) && e->meetings[a].who[i] == p);
            length = busy ? length + 1 : 0;
            if (e->who[p].in_a_row && length > e->who[p].in_a_row)
                return false;
        }
    for (uint32_t r = 0; r < e->round_count && e->room_limit && !e->room_count; r++) {
        uint32_t n = 0;
        for (uint32_t a = 0; a < e->meeting_count; a++)
            n += runs(e, start, a, r);
        if (n > e->room_limit)
            return false;
    }
    if (!e->room_count)
        return true;
    uint32_t room[MOST_MEETINGS];
    if (!given)
        return rooms_left(e, start, room, 0);
    for (uint32_t a = 0; a < e->meeting_count; a++) {
        if (start[a] == RK_NONE)
            continue;
        if (given[a] == RK_NONE || e->rooms[given[a]].place != e->meetings[a].place ||
            e->rooms[given[a]].size < e->meetings[a].size)
            return false;
        for (uint32_t b = 0; b < a; b++)
            for (uint32_t r = 0; r < e->round_count; r++)
                if (given[a] == given[b] && runs(e, start, a, r) && runs(e, start, b, r))
                    return false;
    }
    return true;
}

struct best {
    uint32_t start[MOST_MEETINGS];
    uint32_t rounds, moved, waits;
    bool repair;
};

static void all_plans(const struct rk_evening *e, uint32_t m, struct best *x)
{
    if (m < e->meeting_count) {
        for (uint32_t r = 0; r < e->round_count; r++) {
            x->start[m] = r;
            if (right(e, x->start, NULL))
                all_plans(e, m + 1, x);
        }
        x->start[m] = RK_NONE;
        return;
    }
    uint32_t rounds = 0, moved = 0, waits = 0;
    for (uint32_t a = 0; a < e->meeting_count; a++) {
        uint32_t end = x->start[a] + e->meetings[a].length;
        rounds = end > rounds ? end : rounds;
        moved += x->repair && e->meetings[a].old != RK_NONE && e->meetings[a].old != x->start[a];
    }
    for (uint32_t p = 0; p < e->who_count; p++)
        waits += rk_evening_wait(e, x->start, p);
    if (moved > x->moved || (moved == x->moved && rounds > x->rounds))
        return;
    bool better = moved < x->moved || rounds < x->rounds;
    if (better || waits < x->waits)
        x->waits = waits;
    x->moved = moved;
    x->rounds = rounds;
}

static struct best brute(const struct rk_evening *e, bool repair)
{
    struct best x = {.rounds = RK_NONE, .moved = RK_NONE, .waits = RK_NONE, .repair = repair};
    for (uint32_t m = 0; m < MOST_MEETINGS; m++)
        x.start[m] = RK_NONE;
    all_plans(e, 0, &x);
    return x;
}

/* ---- the audit ---- */

static void nothing(void *context, enum rk_evening_check check, const char *detail)
{
    (void)context, (void)check, (void)detail;
}

static bool accepts(const struct rk_assembled *a, const struct rk_plan_rows *rows)
{
    uint32_t start[MOST_MEETINGS + 1];
    return rk_evening_audit(a, rows, start, nothing, NULL) == 0;
}

/* Each row to each other round and room: the audit says what the rules say. */
static void change_each(const struct rk_assembled *a, const struct rk_evening_plan *p,
                        struct rk_plan_rows *rows)
{
    const struct rk_evening *e = &a->evening;
    uint32_t start[MOST_MEETINGS], room[MOST_MEETINGS];
    memcpy(start, p->start, e->meeting_count * sizeof *start);
    memcpy(room, p->room, e->meeting_count * sizeof *room);
    for (uint32_t i = 0; i < rows->count; i++) {
        struct rk_plan_row kept = rows->rows[i];
        uint32_t m = a->meeting[rk_strings_find(&a->tables->wanted_ids, kept.id)];
        for (uint32_t r = 0; r < e->round_count; r++) {
            rows->rows[i].round = r + 1;
            start[m] = r;
            CHECK(accepts(a, rows) == right(e, start, e->room_count ? room : NULL));
        }
        start[m] = p->start[m];
        rows->rows[i] = kept;
        for (uint32_t k = 0; k < e->room_count; k++) {
            rows->rows[i].room_id = a->tables->rooms[k].id;
            room[m] = k;
            CHECK(accepts(a, rows) == right(e, start, room));
        }
        room[m] = p->room[m];
        rows->rows[i] = kept;
        rows->rows[i].id = rk_text("another");
        CHECK(!accepts(a, rows));
        rows->rows[i] = kept;
        rows->rows[i].support = rk_text("somebody");
        rows->rows[i].has_support = true;
        CHECK(!accepts(a, rows));
        rows->rows[i] = kept;
    }
    for (uint32_t i = 0; i < rows->count; i++) { /* one less, one twice */
        struct rk_plan_row kept = rows->rows[i];
        rows->rows[i].status = RK_PLAN_CANCELLED;
        CHECK(!accepts(a, rows));
        rows->rows[i] = rows->rows[i ? 0 : rows->count - 1];
        CHECK(rows->count == 1 || !accepts(a, rows));
        rows->rows[i] = kept;
    }
}

static uint32_t infeasible, feasible, shorter;

static void one(uint32_t kind)
{
    struct world w;
    struct rk_assembled a;
    struct rk_evening_plan p;
    struct rk_error error;
    const struct rk_evening_wish wish = {.most_decisions = 200000};
    make(&w, kind);
    CHECK(rk_assemble(&a, &w.tables, &w.rules, &error) == RK_OK);
    struct best best = brute(&a.evening, false);
    CHECK(rk_evening_solve(&a.evening, &wish, &p, &error) == RK_OK);
    CHECK(p.found == (best.rounds != RK_NONE));
    CHECK(p.infeasible == !p.found);
    if (p.found) {
        struct rk_plan_rows rows = {0};
        feasible++;
        CHECK(p.rounds == best.rounds && p.least_rounds == best.rounds);
        CHECK(p.waits == best.waits && p.least_waits == best.waits);
        CHECK(right(&a.evening, p.start, a.evening.room_count ? p.room : NULL));
        CHECK(rk_evening_least(&a.evening) <= best.rounds);
        rk_evening_rows(&rows, &a, &p, NULL);
        CHECK(accepts(&a, &rows));
        change_each(&a, &p, &rows);
        rk_plan_rows_free(&rows);
        /* somebody drops out of a round: the least change */
        uint64_t late[1] = {~(UINT64_C(1) << draw(2)) & ((UINT64_C(1) << ROUNDS) - 1)};
        struct rk_evening_who *who = (struct rk_evening_who *)a.evening.who;
        uint32_t p1 = draw(a.evening.who_count);
        if (who[p1].there)
            late[0] &= who[p1].there[0];
        who[p1].there = late;
        for (uint32_t m = 0; m < a.evening.meeting_count; m++) {
            a.meetings[m].old = p.start[m];
            a.meetings[m].old_room = p.room[m];
        }
        a.evening.repair = true;
        rk_evening_plan_free(&p);
        best = brute(&a.evening, true);
        CHECK(rk_evening_solve(&a.evening, &wish, &p, &error) == RK_OK);
        CHECK(p.found == (best.rounds != RK_NONE));
        if (p.found) {
            CHECK(p.moved == best.moved && p.least_moved == best.moved);
            CHECK(p.rounds == best.rounds && p.least_rounds == best.rounds);
            CHECK(right(&a.evening, p.start, a.evening.room_count ? p.room : NULL));
            shorter += best.moved > 0;
        }
    } else {
        /* the meetings that are blamed cannot be planned even alone; and without any one of them they
         * can, unless one person or the rooms are the reason, which may not be the only one */
        struct rk_evening_meeting kept[MOST_MEETINGS];
        uint32_t count = 0;
        infeasible++;
        for (uint32_t i = 0; i < p.why.count; i++)
            kept[count++] = a.meetings[p.why.meetings[i]];
        if (!a.evening.gap_count && count) {
            struct rk_evening alone = a.evening;
            alone.meetings = kept;
            alone.meeting_count = count;
            CHECK(brute(&alone, false).rounds == RK_NONE);
            bool minimal = p.why.minimal && p.why.kind == RK_BOTTLENECK_TOGETHER;
            for (uint32_t out = 0; out < count && minimal; out++) {
                struct rk_evening_meeting taken = kept[out];
                kept[out] = kept[count - 1];
                alone.meeting_count = count - 1;
                CHECK(brute(&alone, false).rounds != RK_NONE);
                kept[out] = taken;
            }
        }
    }
    rk_evening_plan_free(&p);
    rk_assembled_free(&a);
    for (uint32_t m = 0; m < w.tables.wanted_count; m++)
        rk_free(w.tables.wanted[m].who);
    w.tables.wanted_count = 0;
    rk_evening_tables_free(&w.tables);
}

/* The theorem: any bipartite meetings, any number of rooms. */
static void theorem(void)
{
    for (uint32_t turn = 0; turn < 200; turn++) {
        uint32_t groups = 1 + draw(30), candidates = 1 + draw(20), rooms = draw(12), count = 0;
        struct rk_evening_meeting *meetings = rk_alloc(groups * candidates + 1, sizeof *meetings);
        uint32_t(*who)[2] = rk_alloc(groups * candidates + 1, sizeof *who);
        struct rk_evening_who *people = rk_alloc(groups + candidates, sizeof *people);
        uint32_t *degree = rk_alloc(groups + candidates, sizeof *degree), most = 0;
        for (uint32_t g = 0; g < groups; g++)
            for (uint32_t c = 0; c < candidates; c++) {
                if (!draw(3))
                    continue;
                who[count][0] = g;
                who[count][1] = groups + c;
                degree[g]++;
                degree[groups + c]++;
                meetings[count] =
                    (struct rk_evening_meeting){who[count], 2, 1, 0, 1, RK_NONE, RK_NONE, RK_NONE};
                count++;
            }
        for (uint32_t p = 0; p < groups + candidates; p++)
            most = degree[p] > most ? degree[p] : most;
        if (rooms && (count + rooms - 1) / rooms > most)
            most = (count + rooms - 1) / rooms;
        struct rk_evening e = {.round_count = 700,
                               .who = people,
                               .who_count = groups + candidates,
                               .meetings = meetings,
                               .meeting_count = count,
                               .room_limit = rooms,
                               .place_count = 1};
        struct rk_evening_plan p;
        const struct rk_evening_wish wish = {.any_waits = turn % 4 != 0, .most_decisions = 1};
        CHECK(rk_evening_solve(&e, &wish, &p, NULL) == RK_OK);
        CHECK(p.found && p.rounds == most && p.least_rounds == most);
        CHECK(right(&e, p.start, NULL));
        rk_evening_plan_free(&p);
        rk_free(meetings);
        rk_free(who);
        rk_free(people);
        rk_free(degree);
    }
}

static void clauses(void)
{
    for (uint32_t n = 1; n < 7; n++)
        for (uint32_t most = 0; most <= n; most++)
            for (uint32_t set = 0; set < 1u << n; set++) {
                struct rk_sat *sat = rk_sat_new(NULL, NULL);
                int literal[8], result[8];
                for (uint32_t i = 0; i < n; i++)
                    literal[i] = rk_sat_variable(sat);
                rk_sat_count(sat, literal, n, result, most + 1);
                for (uint32_t i = 0; i < n; i++)
                    rk_sat_assume(sat, set >> i & 1 ? literal[i] : -literal[i]);
                rk_sat_assume(sat, -result[most]);
                CHECK((rk_sat_solve(sat, -1) == RK_SAT_YES) ==
                      ((uint32_t)__builtin_popcount(set) <= most));
                rk_sat_free(sat);
            }
}

int main(void)
{
    clauses();
    theorem();
    for (uint32_t turn = 0; turn < 320; turn++)
        one(turn < 256 ? turn : draw(256));
    CHECK(feasible > 100 && infeasible > 20 && shorter > 20); /* the worlds are of all kinds */
    return finish();
}
