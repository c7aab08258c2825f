/* Shorter waits by exchanges: a meeting goes to another round, those it meets there come back for
 * it, and so on (a Kempe chain), while small losses are taken in the beginning (threshold
 * accepting; Dueck & Scheuer 1990). The draws are always the same. */
#include "base/random.h"
#include "evening/work.h"

enum {
    LONGEST_CHAIN = 96,
    STEPS_A_MEETING = 400,
    LEAST_STEPS = 4000,
    MOST_STEPS = 400000,
    MOST_TURNED = 1500000
};

uint32_t rk_evening_wait(const struct rk_evening *e, const uint32_t *start, uint32_t who)
{
    uint32_t waits = 0;
    uint8_t *busy = rk_alloc((size_t)e->round_count + 1, 1);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        for (uint32_t i = 0; i < e->meetings[m].who_count && start[m] != RK_NONE; i++)
            for (uint32_t k = 0; k < e->meetings[m].length && e->meetings[m].who[i] == who; k++)
                busy[start[m] + k] = 1;
    for (uint32_t r = 0, idle = RK_NONE; r < e->round_count; r++) {
        if (r && e->rounds && e->rounds[r].start - e->rounds[r - 1].end >= RK_EVENING_NIGHT)
            idle = RK_NONE;
        if (busy[r]) {
            waits += idle == RK_NONE ? 0 : idle;
            idle = 0;
        } else if (idle != RK_NONE) {
            idle++;
        }
    }
    rk_free(busy);
    return waits;
}

struct exchange {
    const struct rk_evening_work *work;
    struct rk_evening_state state;
    uint32_t *at; /* by person and round: the meeting of a live one, or RK_NONE */
    uint32_t rounds;
    uint32_t *wait; /* by person */
    uint64_t waits, squares;
    uint32_t chain[LONGEST_CHAIN], from[LONGEST_CHAIN], count;
    uint32_t *mark, stamp; /* by meeting; by person after them */
    uint32_t *people, people_count;
};

static uint32_t wait_of(const struct exchange *x, uint32_t who)
{
    const struct rk_evening *e = x->work->evening;
    const uint8_t *busy = x->state.busy + (size_t)who * e->round_count;
    uint32_t waits = 0;
    for (uint32_t r = 0, idle = RK_NONE; r < x->rounds; r++) {
        if (r && x->work->night[r] != x->work->night[r - 1])
            idle = RK_NONE;
        if (busy[r]) {
            waits += idle == RK_NONE ? 0 : idle;
            idle = 0;
        } else if (idle != RK_NONE) {
            idle++;
        }
    }
    return waits;
}

static void set(struct exchange *x, uint32_t m, uint32_t round)
{
    const struct rk_evening_meeting *y = &x->work->evening->meetings[m];
    uint32_t old = x->state.start[m];
    if (old != RK_NONE) {
        for (uint32_t i = 0; i < y->who_count; i++)
            for (uint32_t r = old; r < old + y->length && x->work->live[y->who[i]]; r++)
                x->at[(size_t)y->who[i] * x->rounds + r] = RK_NONE;
        rk_evening_lift(&x->state, m);
    }
    if (round == RK_NONE)
        return;
    rk_evening_place(&x->state, m, round);
    for (uint32_t i = 0; i < y->who_count; i++)
        for (uint32_t r = round; r < round + y->length && x->work->live[y->who[i]]; r++)
            x->at[(size_t)y->who[i] * x->rounds + r] = m;
}

/* Which meetings change between the rounds when m goes from one to the other; false where a longer
 * one is in the way, or they are too many. */
static bool find_chain(struct exchange *x, uint32_t m, uint32_t to)
{
    const struct rk_evening *e = x->work->evening;
    uint32_t a = x->state.start[m];
    x->stamp++;
    x->count = 0;
    x->chain[x->count++] = m;
    x->mark[m] = x->stamp;
    if (e->meetings[m].length > 1)
        return true;
    for (uint32_t head = 0; head < x->count; head++) {
        uint32_t k = x->chain[head], other = x->state.start[k] == a ? to : a;
        for (uint32_t i = 0; i < e->meetings[k].who_count; i++) {
            uint32_t p = e->meetings[k].who[i];
            uint32_t n = x->work->live[p] ? x->at[(size_t)p * x->rounds + other] : RK_NONE;
            if (n == RK_NONE || x->mark[n] == x->stamp)
                continue;
            if (x->count == LONGEST_CHAIN || e->meetings[n].length > 1)
                return false;
            x->mark[n] = x->stamp;
            x->chain[x->count++] = n;
        }
    }
    return true;
}

static void tell_people(struct exchange *x)
{
    const struct rk_evening *e = x->work->evening;
    x->people_count = 0;
    for (uint32_t k = 0; k < x->count; k++)
        for (uint32_t i = 0; i < e->meetings[x->chain[k]].who_count; i++) {
            uint32_t p = e->meetings[x->chain[k]].who[i];
            if (x->mark[e->meeting_count + p] == x->stamp)
                continue;
            x->mark[e->meeting_count + p] = x->stamp;
            x->people[x->people_count++] = p;
        }
}

static void count_waits(struct exchange *x)
{
    for (uint32_t i = 0; i < x->people_count; i++) {
        uint32_t p = x->people[i], now = wait_of(x, p);
        x->waits += now;
        x->waits -= x->wait[p];
        x->squares += (uint64_t)now * now;
        x->squares -= (uint64_t)x->wait[p] * x->wait[p];
        x->wait[p] = now;
    }
}

/* Turns the chain; false, and all as it was, where a rule stands against it. */
static bool turn(struct exchange *x, uint32_t a, uint32_t b)
{
    uint32_t done = 0;
    for (uint32_t k = 0; k < x->count; k++) {
        x->from[k] = x->state.start[x->chain[k]];
        set(x, x->chain[k], RK_NONE);
    }
    for (; done < x->count; done++) {
        uint32_t to = x->from[done] == a ? b : a;
        if (!rk_evening_fits(&x->state, x->chain[done], to))
            break;
        set(x, x->chain[done], to);
    }
    if (done == x->count)
        return true;
    for (uint32_t k = 0; k < done; k++)
        set(x, x->chain[k], RK_NONE);
    for (uint32_t k = 0; k < x->count; k++)
        set(x, x->chain[k], x->from[k]);
    return false;
}

void rk_evening_shorten(const struct rk_evening_work *w, const struct rk_evening_wish *wish,
                        uint32_t rounds, uint32_t *start)
{
    const struct rk_evening *e = w->evening;
    uint64_t least = rk_evening_bound_waits(w, rounds), seed = 1,
             steps = (uint64_t)e->meeting_count * STEPS_A_MEETING;
    steps = steps < LEAST_STEPS ? LEAST_STEPS : steps > MOST_STEPS ? MOST_STEPS : steps;
    struct exchange x = {.work = w, .rounds = rounds};
    rk_evening_state_new(&x.state, w);
    x.at = rk_alloc((size_t)e->who_count * rounds + 1, sizeof *x.at);
    memset(x.at, 0xff, (size_t)e->who_count * rounds * sizeof *x.at);
    x.wait = rk_alloc((size_t)e->who_count + 1, sizeof *x.wait);
    x.mark = rk_alloc((size_t)e->meeting_count + e->who_count + 1, sizeof *x.mark);
    x.people = rk_alloc((size_t)e->who_count + 1, sizeof *x.people);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        set(&x, m, start[m]);
    for (uint32_t p = 0; p < e->who_count; p++)
        x.people[x.people_count++] = p;
    count_waits(&x);
    uint64_t best = x.waits, best_squares = x.squares;
    uint64_t turned = 0;
    for (uint64_t i = 0;
         i < steps && turned < MOST_TURNED && e->meeting_count && rounds > 1 && best > least; i++) {
        if (wish->stop && i % 256 == 0 && wish->stop(wish->context))
            break;
        uint64_t draw = rk_splitmix64(&seed), loss = 3 * (steps - i) / steps;
        uint32_t m = (uint32_t)((draw >> 32) % e->meeting_count), a = x.state.start[m],
                 b = (uint32_t)((draw & UINT32_MAX) % rounds);
        if (a == b || b + e->meetings[m].length > rounds || e->meetings[m].fixed != RK_NONE ||
            !rk_round_in(rk_evening_can(w, m), b))
            continue;
        bool found = find_chain(&x, m, b);
        turned += x.count;
        if (!found)
            continue;
        uint64_t before = x.waits, before_squares = x.squares;
        if (!turn(&x, a, b))
            continue;
        tell_people(&x);
        count_waits(&x);
        if (x.waits > before + loss || (!loss && x.waits == before && x.squares > before_squares)) {
            turn(&x, a, b);
            count_waits(&x);
        } else if (x.waits < best || (x.waits == best && x.squares < best_squares)) {
            best = x.waits;
            best_squares = x.squares;
            memcpy(start, x.state.start, e->meeting_count * sizeof *start);
        }
    }
    rk_evening_state_free(&x.state);
    rk_free(x.at);
    rk_free(x.wait);
    rk_free(x.mark);
    rk_free(x.people);
}
