/* Which room each meeting is in, when it is known when they are. */
#include "evening/work.h"
#include "stat/sat.h"

struct sized {
    uint32_t size, meeting;
};

struct rooms {
    const struct rk_evening_work *work;
    const uint32_t *start;
    uint32_t *room;
    uint32_t *holder; /* by room: the meeting of the round, or RK_NONE */
    uint32_t *last;   /* by person: the room they were in last */
    bool *seen;
};

static bool suits(const struct rk_evening *e, uint32_t m, uint32_t start, uint32_t k)
{
    const struct rk_evening_room *room = &e->rooms[k];
    if (room->place != e->meetings[m].place || room->size < e->meetings[m].size)
        return false;
    for (uint32_t r = start; r < start + e->meetings[m].length && room->free; r++)
        if (!rk_round_in(room->free, r))
            return false;
    return true;
}

/* The smallest room that is free, or else one whose meeting can go to another (an augmenting path). */
static bool find_room(struct rooms *x, uint32_t m)
{
    const struct rk_evening *e = x->work->evening;
    uint32_t best = RK_NONE;
    for (uint32_t k = 0; k < e->room_count; k++)
        if (x->holder[k] == RK_NONE && suits(e, m, x->start[m], k) &&
            (best == RK_NONE || e->rooms[k].size < e->rooms[best].size))
            best = k;
    for (uint32_t k = 0; k < e->room_count && best == RK_NONE; k++) {
        if (x->seen[k] || !suits(e, m, x->start[m], k))
            continue;
        x->seen[k] = true;
        if (find_room(x, x->holder[k]))
            best = k;
    }
    if (best == RK_NONE)
        return false;
    x->holder[best] = m;
    x->room[m] = best;
    return true;
}

static void like(struct rooms *x, uint32_t m, uint32_t k)
{
    if (k == RK_NONE || x->room[m] != RK_NONE || x->holder[k] != RK_NONE ||
        !suits(x->work->evening, m, x->start[m], k))
        return;
    x->holder[k] = m;
    x->room[m] = k;
}

/* All meetings of one round, each in that one round: a matching; first the rooms they had in an
 * older plan, of those that stay and then of those that move, then those that somebody is in
 * already. */
static bool round_alone(struct rooms *x, uint32_t round, const struct sized *order)
{
    const struct rk_evening *e = x->work->evening;
    enum { STAYING, OLD, LAST, ANY, PASSES };
    for (uint32_t k = 0; k < e->room_count; k++)
        x->holder[k] = RK_NONE;
    for (int pass = STAYING; pass < PASSES; pass++)
        for (uint32_t i = 0; i < e->meeting_count; i++) {
            uint32_t m = order[i].meeting;
            const struct rk_evening_meeting *y = &e->meetings[m];
            if (x->start[m] != round)
                continue;
            if (pass == OLD || (pass == STAYING && y->old == round))
                like(x, m, y->old_room);
            for (uint32_t j = 0; j < y->who_count && pass == LAST; j++)
                like(x, m, x->last[y->who[j]]);
            if (pass == ANY && x->room[m] == RK_NONE) {
                memset(x->seen, 0, e->room_count * sizeof *x->seen);
                if (!find_room(x, m))
                    return false;
            }
        }
    for (uint32_t m = 0; m < e->meeting_count; m++)
        for (uint32_t j = 0; j < e->meetings[m].who_count && x->start[m] == round; j++)
            x->last[e->meetings[m].who[j]] = x->room[m];
    return true;
}

/* Meetings of several rounds keep their room: exact, by clauses, place by place. */
static bool all_at_once(struct rooms *x, uint32_t place)
{
    const struct rk_evening *e = x->work->evening;
    struct rk_sat *sat = rk_sat_new(NULL, NULL);
    int *var = rk_alloc((size_t)e->meeting_count * e->room_count + 1, sizeof *var);
    int *literals = rk_alloc((size_t)e->meeting_count + 1, sizeof *literals);
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        if (e->meetings[m].place != place)
            continue;
        for (uint32_t k = 0; k < e->room_count; k++)
            if (suits(e, m, x->start[m], k)) {
                var[(size_t)m * e->room_count + k] = rk_sat_variable(sat);
                if (k == e->meetings[m].old_room)
                    rk_sat_prefer(sat, var[(size_t)m * e->room_count + k]);
            }
        for (uint32_t k = 0; k < e->room_count; k++)
            if (var[(size_t)m * e->room_count + k])
                rk_sat_add(sat, var[(size_t)m * e->room_count + k]);
        rk_sat_add(sat, 0);
    }
    for (uint32_t k = 0; k < e->room_count; k++)
        for (uint32_t r = 0; r < e->round_count && e->rooms[k].place == place; r++) {
            uint32_t count = 0;
            for (uint32_t m = 0; m < e->meeting_count; m++)
                if (x->start[m] <= r && r < x->start[m] + e->meetings[m].length &&
                    var[(size_t)m * e->room_count + k])
                    literals[count++] = var[(size_t)m * e->room_count + k];
            rk_sat_at_most_one(sat, literals, count);
        }
    bool done = rk_sat_solve(sat, -1) == RK_SAT_YES;
    for (uint32_t m = 0; m < e->meeting_count && done; m++)
        for (uint32_t k = 0; k < e->room_count && e->meetings[m].place == place; k++)
            if (var[(size_t)m * e->room_count + k] &&
                rk_sat_true(sat, var[(size_t)m * e->room_count + k]) &&
                (x->room[m] == RK_NONE || k == e->meetings[m].old_room))
                x->room[m] = k;
    rk_sat_free(sat);
    rk_free(var);
    rk_free(literals);
    return done;
}

static int by_size(const void *x, const void *y)
{
    const struct sized *a = x, *b = y;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->meeting < b->meeting ? -1 : a->meeting > b->meeting;
}

bool rk_evening_rooms(const struct rk_evening_work *w, const uint32_t *start, uint32_t *room,
                      uint32_t *stuck, uint32_t *stuck_count)
{
    const struct rk_evening *e = w->evening;
    bool longer = false, done = true;
    uint32_t rounds = 0;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        room[m] = RK_NONE;
        longer = longer || e->meetings[m].length > 1;
        rounds = start[m] + 1 > rounds ? start[m] + 1 : rounds;
    }
    *stuck_count = 0;
    if (!e->room_count)
        return true;
    struct rooms x = {w,
                      start,
                      room,
                      rk_alloc(e->room_count, sizeof *x.holder),
                      rk_alloc((size_t)e->who_count + 1, sizeof *x.last),
                      rk_alloc(e->room_count, sizeof *x.seen)};
    for (uint32_t place = 0; place < e->place_count && longer && done; place++) {
        done = all_at_once(&x, place);
        for (uint32_t m = 0; m < e->meeting_count && !done; m++)
            if (e->meetings[m].place == place)
                stuck[(*stuck_count)++] = m;
    }
    struct sized *order = rk_alloc((size_t)e->meeting_count + 1, sizeof *order);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        order[m] = (struct sized){e->meetings[m].size, m};
    if (e->meeting_count && !longer)
        qsort(order, e->meeting_count, sizeof *order, by_size);
    for (uint32_t p = 0; p < e->who_count; p++)
        x.last[p] = RK_NONE;
    for (uint32_t r = 0; r < rounds && done && !longer; r++) {
        done = round_alone(&x, r, order);
        for (uint32_t m = 0; m < e->meeting_count && !done; m++)
            if (start[m] == r)
                stuck[(*stuck_count)++] = m;
    }
    rk_free(order);
    rk_free(x.holder);
    rk_free(x.last);
    rk_free(x.seen);
    return done;
}
