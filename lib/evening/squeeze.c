/* A plan in fewer rounds by pushing: a meeting that has no round takes one from those that stand in
 * its way, which then have none, and may not have that one again for a while (a tabu search of
 * partial colourings; Blöchliger & Zufferey 2008). The draws are always the same. */
#include "base/random.h"
#include "evening/work.h"

enum { MOST_LOOKS = 20000000, REST = 5, REST_SPREAD = 10, MOST_PUSHED = 16 };

struct pushed {
    uint32_t meeting, from;
};

struct squeeze {
    const struct rk_evening_work *work;
    struct rk_evening_state state;
    uint32_t rounds;
    uint32_t *at;          /* by person and round: the meeting of a live one, or RK_NONE */
    uint32_t *until;       /* by meeting and round: not to be taken before this step */
    uint32_t *open, count; /* meetings without a round */
    struct pushed pushed[MOST_PUSHED];
    uint32_t pushed_count;
    uint64_t seed, looks;
};

static void set(struct squeeze *x, uint32_t m, uint32_t round)
{
    const struct rk_evening_meeting *y = &x->work->evening->meetings[m];
    uint32_t from = round == RK_NONE ? x->state.start[m] : round;
    if (round == RK_NONE)
        rk_evening_lift(&x->state, m);
    else
        rk_evening_place(&x->state, m, round);
    for (uint32_t i = 0; i < y->who_count; i++)
        for (uint32_t r = from; r < from + y->length && x->work->live[y->who[i]]; r++)
            x->at[(size_t)y->who[i] * x->rounds + r] = round == RK_NONE ? RK_NONE : m;
}

static bool push(struct squeeze *x, uint32_t m)
{
    if (x->work->evening->meetings[m].fixed != RK_NONE || x->pushed_count == MOST_PUSHED)
        return false;
    x->pushed[x->pushed_count++] = (struct pushed){m, x->state.start[m]};
    set(x, m, RK_NONE);
    return true;
}

/* Where all the rooms of a class are taken, another of its meetings is pushed. */
static bool make_room(struct squeeze *x, uint32_t c, uint32_t round)
{
    const struct rk_evening *e = x->work->evening;
    const struct rk_evening_class *class = &x->work->classes[c];
    const uint32_t *used = &x->state.used[(size_t)c * e->round_count + round];
    uint32_t first = (uint32_t)(rk_splitmix64(&x->seed) % class->count);
    for (uint32_t i = 0; i < class->count && *used >= class->rooms[round]; i++) {
        uint32_t n = class->meetings[(first + i) % class->count], start = x->state.start[n];
        x->looks++;
        if (start != RK_NONE && start <= round && start + e->meetings[n].length > round &&
            !push(x, n))
            return false;
    }
    return *used < class->rooms[round];
}

/* Takes the round, and pushes who stands in the way; false, and all as it was, where a rule stands
 * against it. */
static bool take(struct squeeze *x, uint32_t m, uint32_t round)
{
    const struct rk_evening_meeting *y = &x->work->evening->meetings[m];
    bool fits = true;
    x->pushed_count = 0;
    for (uint32_t i = 0; i < y->who_count; i++)
        for (uint32_t r = round; r < round + y->length && x->work->live[y->who[i]] && fits; r++) {
            uint32_t n = x->at[(size_t)y->who[i] * x->rounds + r];
            fits = n == RK_NONE || push(x, n);
        }
    for (uint32_t i = x->state.class_first[m]; i < x->state.class_first[m + 1]; i++)
        for (uint32_t r = round; r < round + y->length && fits; r++)
            fits = make_room(x, x->state.class_of[i], r);
    fits = fits && rk_evening_fits(&x->state, m, round);
    if (fits)
        set(x, m, round);
    for (uint32_t i = x->pushed_count; i-- > 0 && !fits;)
        set(x, x->pushed[i].meeting, x->pushed[i].from);
    return fits;
}

/* How many stand in the way in this round. */
static uint32_t cost(const struct squeeze *x, uint32_t m, uint32_t round)
{
    const struct rk_evening_work *w = x->work;
    const struct rk_evening_meeting *y = &w->evening->meetings[m];
    uint32_t n = 0;
    for (uint32_t r = round; r < round + y->length; r++) {
        for (uint32_t i = 0; i < y->who_count; i++)
            n += w->live[y->who[i]] && x->at[(size_t)y->who[i] * x->rounds + r] != RK_NONE;
        for (uint32_t i = x->state.class_first[m]; i < x->state.class_first[m + 1] && !n; i++) {
            uint32_t c = x->state.class_of[i];
            n += x->state.used[(size_t)c * w->evening->round_count + r] >= w->classes[c].rooms[r];
        }
    }
    return n;
}

static uint32_t choose(struct squeeze *x, uint32_t m, uint32_t step)
{
    uint32_t best = RK_NONE, least = RK_NONE, ties = 0;
    for (uint32_t r = 0; r + x->work->evening->meetings[m].length <= x->rounds; r++) {
        x->looks++;
        if (!rk_round_in(rk_evening_can(x->work, m), r) ||
            x->until[(size_t)m * x->rounds + r] > step)
            continue;
        uint32_t n = cost(x, m, r);
        if (n < least)
            ties = 0;
        if (n <= least && rk_splitmix64(&x->seed) % ++ties == 0) {
            best = r;
            least = n;
        }
    }
    return best;
}

static void rest(struct squeeze *x, uint32_t m, uint32_t round, uint32_t step)
{
    x->until[(size_t)m * x->rounds + round] =
        step + REST + x->count + (uint32_t)(rk_splitmix64(&x->seed) % REST_SPREAD);
}

bool rk_evening_squeeze(const struct rk_evening_work *w, const struct rk_evening_wish *wish,
                        uint32_t rounds, uint32_t *start)
{
    const struct rk_evening *e = w->evening;
    struct squeeze x = {.work = w, .rounds = rounds, .seed = 1};
    rk_evening_state_new(&x.state, w);
    x.at = rk_alloc((size_t)e->who_count * rounds + 1, sizeof *x.at);
    memset(x.at, 0xff, (size_t)e->who_count * rounds * sizeof *x.at);
    x.until = rk_alloc((size_t)e->meeting_count * rounds + 1, sizeof *x.until);
    x.open = rk_alloc((size_t)e->meeting_count + 1, sizeof *x.open);
    for (uint32_t m = 0; m < e->meeting_count; m++)
        if (start[m] != RK_NONE && start[m] + e->meetings[m].length <= rounds)
            set(&x, m, start[m]);
        else
            x.open[x.count++] = m;
    for (uint32_t step = 1; x.count && x.looks < MOST_LOOKS; step++) {
        if (wish->stop && step % 256 == 0 && wish->stop(wish->context))
            break;
        uint32_t k = (uint32_t)(rk_splitmix64(&x.seed) % x.count), m = x.open[k],
                 round = choose(&x, m, step);
        if (round == RK_NONE)
            continue;
        if (!take(&x, m, round)) {
            rest(&x, m, round, step);
            continue;
        }
        x.open[k] = x.open[--x.count];
        for (uint32_t i = 0; i < x.pushed_count; i++) {
            x.open[x.count++] = x.pushed[i].meeting;
            rest(&x, x.pushed[i].meeting, x.pushed[i].from, step);
        }
    }
    bool done = !x.count;
    if (done && e->meeting_count)
        memcpy(start, x.state.start, e->meeting_count * sizeof *start);
    rk_evening_state_free(&x.state);
    rk_free(x.at);
    rk_free(x.until);
    rk_free(x.open);
    return done;
}
