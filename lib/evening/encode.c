/* An evening as clauses, for the search that is exact. A meeting has a literal for each round it
 * may start in; one at least must hold, and more than one does no harm, since all rules only
 * forbid. */
#include "evening/work.h"
#include "stat/sat.h"

/* about 400 MB, and 100 MB */
enum { MOST_CELLS = 1000000, MOST_LITERALS = 16000000, MOST_COUNTER = 2000000 };

struct rk_evening_code {
    const struct rk_evening_work *work;
    struct rk_sat *sat;
    uint32_t rounds;
    int *starts; /* by meeting and round; 0 = cannot be */
    int *taken;  /* by meeting and round: it goes on there */
    int *busy;   /* by person and round: implied by each meeting there */
    int *unused; /* by round: neither it nor any after it is used */
    int *chosen; /* by meeting, where they are asked for apart */
    int *moved, *waits;
    uint32_t moved_most, moved_always; /* those that cannot stay in any case */
    uint64_t waits_most;
    int **longest; /* by person */
    uint32_t longest_most;
};

static int *cell(const struct rk_evening_code *c, int *table, uint32_t row, uint32_t round)
{
    return &table[(size_t)row * c->rounds + round];
}

static void make_starts(struct rk_evening_code *c, bool apart)
{
    const struct rk_evening_work *w = c->work;
    const struct rk_evening *e = w->evening;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        uint32_t length = e->meetings[m].length;
        for (uint32_t r = 0; r + length <= c->rounds; r++)
            if (rk_round_in(rk_evening_can(w, m), r))
                *cell(c, c->starts, m, r) = rk_sat_variable(c->sat);
        if (apart)
            rk_sat_add(c->sat, -(c->chosen[m] = rk_sat_variable(c->sat)));
        for (uint32_t r = 0; r < c->rounds; r++)
            if (*cell(c, c->starts, m, r))
                rk_sat_add(c->sat, *cell(c, c->starts, m, r));
        rk_sat_add(c->sat, 0);
        for (uint32_t r = 0; r < c->rounds; r++) {
            int *taken = cell(c, c->taken, m, r);
            if (length == 1) {
                *taken = *cell(c, c->starts, m, r);
                continue;
            }
            for (uint32_t k = 0; k < length && k <= r; k++) {
                int start = *cell(c, c->starts, m, r - k);
                if (!start)
                    continue;
                if (!*taken)
                    *taken = rk_sat_variable(c->sat);
                rk_sat_add2(c->sat, -start, *taken);
            }
        }
    }
    for (uint32_t r = 0; r < c->rounds; r++) {
        c->unused[r] = rk_sat_variable(c->sat);
        if (r)
            rk_sat_add2(c->sat, -c->unused[r - 1], c->unused[r]);
        for (uint32_t m = 0; m < e->meeting_count; m++)
            if (*cell(c, c->taken, m, r))
                rk_sat_add2(c->sat, -c->unused[r], -*cell(c, c->taken, m, r));
    }
}

/* The literals of a person's meetings in a round. */
static uint32_t gather(const struct rk_evening_code *c, uint32_t who, uint32_t round, int *literals)
{
    const struct rk_evening_work *w = c->work;
    uint32_t count = 0;
    for (uint32_t i = w->first[who]; i < w->first[who + 1]; i++)
        if (*cell(c, c->taken, w->of[i], round))
            literals[count++] = *cell(c, c->taken, w->of[i], round);
    return count;
}

static void make_people(struct rk_evening_code *c, int *literals)
{
    const struct rk_evening_work *w = c->work;
    const struct rk_evening *e = w->evening;
    for (uint32_t p = 0; p < e->who_count; p++) {
        if (!w->live[p])
            continue;
        for (uint32_t r = 0; r < c->rounds; r++)
            *cell(c, c->busy, p, r) =
                rk_sat_at_most_one(c->sat, literals, gather(c, p, r, literals));
        uint32_t limit = e->who[p].in_a_row;
        if (!limit)
            continue;
        for (uint32_t r = limit; r < c->rounds; r++) {
            bool all = w->row[r] == w->row[r - limit];
            for (uint32_t k = 0; k <= limit && all; k++)
                all = *cell(c, c->busy, p, r - k) != 0;
            for (uint32_t k = 0; k <= limit && all; k++)
                rk_sat_add(c->sat, -*cell(c, c->busy, p, r - k));
            if (all)
                rk_sat_add(c->sat, 0);
        }
    }
}

static void make_pairs(struct rk_evening_code *c)
{
    const struct rk_evening_work *w = c->work;
    for (uint32_t i = 0; i < w->pair_count && rk_sat_size(c->sat) < MOST_LITERALS; i++) {
        const struct rk_evening_pair *pair = &w->pairs[i];
        for (uint32_t r = 0; r < c->rounds; r++) {
            int a = *cell(c, c->starts, pair->a, r);
            if (!a)
                continue;
            for (uint32_t q = r; q < c->rounds && !rk_evening_apart(w, pair, r, q); q++)
                if (*cell(c, c->starts, pair->b, q))
                    rk_sat_add2(c->sat, -a, -*cell(c, c->starts, pair->b, q));
            for (uint32_t q = r; q > 0 && !rk_evening_apart(w, pair, r, q - 1); q--)
                if (*cell(c, c->starts, pair->b, q - 1))
                    rk_sat_add2(c->sat, -a, -*cell(c, c->starts, pair->b, q - 1));
        }
    }
}

/* The fewest people, roughly, of whom one is in each meeting of the class: in a round each is in
 * one at most, so they are counted instead of the meetings. by[m] = who counts for the meeting. */
static uint32_t cover(const struct rk_evening_code *c, const struct rk_evening_class *class,
                      uint32_t *by)
{
    const struct rk_evening *e = c->work->evening;
    uint32_t *open = rk_alloc((size_t)e->who_count + 1, sizeof *open), left = class->count,
             used = 0;
    for (uint32_t i = 0; i < class->count; i++) {
        const struct rk_evening_meeting *m = &e->meetings[class->meetings[i]];
        bool any = false;
        by[class->meetings[i]] = RK_NONE;
        for (uint32_t j = 0; j < m->who_count; j++)
            if (c->work->live[m->who[j]]) {
                open[m->who[j]]++;
                any = true;
            }
        left -= !any;
    }
    while (left) {
        uint32_t best = 0;
        for (uint32_t p = 1; p < e->who_count; p++)
            if (open[p] > open[best])
                best = p;
        used++;
        for (uint32_t i = c->work->first[best]; i < c->work->first[best + 1]; i++) {
            uint32_t m = c->work->of[i];
            bool here = false; /* of the class, and not yet counted */
            for (uint32_t lo = 0, hi = class->count; lo < hi && !here;) {
                uint32_t mid = lo + (hi - lo) / 2;
                here = class->meetings[mid] == m;
                if (class->meetings[mid] < m)
                    lo = mid + 1;
                else
                    hi = mid;
            }
            if (!here || by[m] != RK_NONE)
                continue;
            by[m] = best;
            left--;
            for (uint32_t j = 0; j < e->meetings[m].who_count; j++)
                open[e->meetings[m].who[j]] -= c->work->live[e->meetings[m].who[j]];
        }
    }
    rk_free(open);
    return used;
}

static void make_class(struct rk_evening_code *c, const struct rk_evening_class *class,
                       int *literals)
{
    const struct rk_evening *e = c->work->evening;
    uint32_t *by = rk_alloc((size_t)e->meeting_count + 1, sizeof *by), alone = 0;
    uint32_t used = cover(c, class, by);
    for (uint32_t i = 0; i < class->count; i++)
        alone += by[class->meetings[i]] == RK_NONE;
    int *counted = rk_alloc((size_t)e->who_count + 1, sizeof *counted);
    int *result = rk_alloc((size_t) class->most + 1, sizeof *result);
    for (uint32_t r = 0; r < c->rounds && used + alone > class->rooms[r]; r++) {
        uint32_t count = 0;
        memset(counted, 0, e->who_count * sizeof *counted);
        for (uint32_t i = 0; i < class->count; i++) {
            uint32_t m = class->meetings[i];
            int taken = *cell(c, c->taken, m, r);
            if (!taken)
                continue;
            if (by[m] == RK_NONE) {
                literals[count++] = taken;
                continue;
            }
            if (!counted[by[m]]) {
                counted[by[m]] = rk_sat_variable(c->sat);
                literals[count++] = counted[by[m]];
            }
            rk_sat_add2(c->sat, -taken, counted[by[m]]);
        }
        if (count <= class->rooms[r])
            continue;
        rk_sat_count(c->sat, literals, count, result, class->rooms[r] + 1);
        rk_sat_add(c->sat, -result[class->rooms[r]]);
        rk_sat_add(c->sat, 0);
        if (rk_sat_size(c->sat) > MOST_LITERALS)
            break;
    }
    rk_free(result);
    rk_free(counted);
    rk_free(by);
}

struct rk_evening_code *rk_evening_code_new(const struct rk_evening_work *w,
                                            const struct rk_evening_wish *wish, uint32_t rounds,
                                            bool apart)
{
    const struct rk_evening *e = w->evening;
    uint64_t cells = (uint64_t)e->meeting_count * rounds, people = (uint64_t)e->who_count * rounds;
    if (cells > MOST_CELLS || people > MOST_CELLS)
        return NULL;
    struct rk_evening_code *c = rk_alloc(1, sizeof *c);
    *c = (struct rk_evening_code){.work = w,
                                  .sat = rk_sat_new(wish->stop, wish->context),
                                  .rounds = rounds,
                                  .starts = rk_alloc(cells + 1, sizeof(int)),
                                  .taken = rk_alloc(cells + 1, sizeof(int)),
                                  .busy = rk_alloc(people + 1, sizeof(int)),
                                  .unused = rk_alloc((size_t)rounds + 1, sizeof(int)),
                                  .chosen = rk_alloc((size_t)e->meeting_count + 1, sizeof(int))};
    int *literals = rk_alloc((size_t)e->meeting_count + 1, sizeof *literals);
    make_starts(c, apart);
    make_people(c, literals);
    make_pairs(c);
    for (uint32_t k = 0; k < w->class_count && rk_sat_size(c->sat) <= MOST_LITERALS; k++)
        make_class(c, &w->classes[k], literals);
    rk_free(literals);
    if (rk_sat_size(c->sat) <= MOST_LITERALS)
        return c;
    rk_evening_code_free(c);
    return NULL;
}

void rk_evening_code_free(struct rk_evening_code *c)
{
    if (!c)
        return;
    for (uint32_t p = 0; c->longest && p < c->work->evening->who_count; p++)
        rk_free(c->longest[p]);
    rk_free(c->longest);
    rk_sat_free(c->sat);
    rk_free(c->starts);
    rk_free(c->taken);
    rk_free(c->busy);
    rk_free(c->unused);
    rk_free(c->chosen);
    rk_free(c->moved);
    rk_free(c->waits);
    rk_free(c);
}

bool rk_evening_code_moved(struct rk_evening_code *c, uint32_t most)
{
    const struct rk_evening *e = c->work->evening;
    int *literals = rk_alloc((size_t)e->meeting_count + 1, sizeof *literals);
    uint32_t count = 0;
    c->moved_always = 0;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        uint32_t old = e->meetings[m].old;
        if (old == RK_NONE)
            continue;
        int stays = old < c->rounds ? *cell(c, c->starts, m, old) : 0;
        if (!stays) {
            c->moved_always++;
            continue;
        }
        rk_sat_prefer(c->sat, stays);
        literals[count++] = -stays;
    }
    c->moved_most = most < count ? most + 1 : count;
    bool fits = (uint64_t)c->moved_most * count <= MOST_COUNTER;
    if (fits) {
        c->moved = rk_alloc((size_t)c->moved_most + 1, sizeof *c->moved);
        rk_sat_count(c->sat, literals, count, c->moved, c->moved_most);
    }
    rk_free(literals);
    return fits;
}

/* A person's waits as literals: something before on that evening, something after, and nothing now.
 */
static uint32_t wait_literals(struct rk_evening_code *c, uint32_t who, uint32_t rounds,
                              int *literals, int *scratch)
{
    const struct rk_evening_work *w = c->work;
    int *before = rk_alloc((size_t)rounds * 2 + 2, sizeof *before), *after = before + rounds + 1;
    uint32_t count = 0;
    for (uint32_t r = 0; r < rounds; r++) {
        int *busy = cell(c, c->busy, who, r);
        uint32_t n = gather(c, who, r, scratch);
        if (!n)
            continue;
        if (!*busy) { /* not one of the live */
            *busy = rk_sat_variable(c->sat);
            for (uint32_t i = 0; i < n; i++)
                rk_sat_add2(c->sat, -scratch[i], *busy);
        }
        rk_sat_add(c->sat, -*busy);
        for (uint32_t i = 0; i < n; i++)
            rk_sat_add(c->sat, scratch[i]);
        rk_sat_add(c->sat, 0);
    }
    for (uint32_t turn = 0; turn < 2; turn++) {
        int *side = turn ? after : before;
        for (uint32_t i = 0; i < rounds; i++) {
            uint32_t r = turn ? rounds - 1 - i : i, from = turn ? r + 1 : r - 1;
            int busy = *cell(c, c->busy, who, r),
                more = i && w->night[from] == w->night[r] ? side[from] : 0;
            if (!busy && !more)
                continue;
            side[r] = rk_sat_variable(c->sat);
            if (busy)
                rk_sat_add2(c->sat, -busy, side[r]);
            if (more)
                rk_sat_add2(c->sat, -more, side[r]);
        }
    }
    for (uint32_t r = 1; r + 1 < rounds; r++) {
        int busy = *cell(c, c->busy, who, r);
        if (w->night[r - 1] != w->night[r + 1] || !before[r - 1] || !after[r + 1])
            continue;
        int wait = literals[count++] = rk_sat_variable(c->sat);
        rk_sat_add(c->sat, -before[r - 1]);
        rk_sat_add(c->sat, -after[r + 1]);
        if (busy)
            rk_sat_add(c->sat, busy);
        rk_sat_add(c->sat, wait);
        rk_sat_add(c->sat, 0);
    }
    rk_free(before);
    return count;
}

bool rk_evening_code_waits(struct rk_evening_code *c, uint32_t rounds, uint64_t most,
                           uint32_t longest)
{
    const struct rk_evening_work *w = c->work;
    const struct rk_evening *e = w->evening;
    if ((most + longest + 4) * e->who_count * rounds > MOST_COUNTER)
        return false;
    size_t room = (size_t)e->who_count * rounds + e->meeting_count + rounds + 1;
    int *literals = rk_alloc(room, sizeof *literals), *scratch = rk_alloc(room, sizeof *scratch);
    uint32_t count = 0;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        uint32_t n = 0;
        for (uint32_t r = 0; r < c->rounds; r++)
            if (*cell(c, c->starts, m, r))
                scratch[n++] = *cell(c, c->starts, m, r);
        rk_sat_at_most_one(c->sat, scratch, n);
        for (uint32_t r = 0; r < c->rounds && e->meetings[m].length > 1; r++) {
            if (!*cell(c, c->taken, m, r))
                continue;
            rk_sat_add(c->sat, -*cell(c, c->taken, m, r));
            for (uint32_t k = 0; k < e->meetings[m].length && k <= r; k++)
                if (*cell(c, c->starts, m, r - k))
                    rk_sat_add(c->sat, *cell(c, c->starts, m, r - k));
            rk_sat_add(c->sat, 0);
        }
    }
    c->longest = rk_alloc((size_t)e->who_count + 1, sizeof *c->longest);
    c->longest_most = longest + 1;
    for (uint32_t p = 0; p < e->who_count; p++) {
        if (w->first[p + 1] - w->first[p] < 2)
            continue;
        uint32_t n = wait_literals(c, p, rounds, literals + count, scratch);
        c->longest[p] = rk_alloc((size_t)longest + 1, sizeof **c->longest);
        rk_sat_count(c->sat, literals + count, n, c->longest[p], longest + 1);
        count += n;
    }
    c->waits_most = most + 1;
    c->waits = rk_alloc(c->waits_most, sizeof *c->waits);
    rk_sat_count(c->sat, literals, count, c->waits, (uint32_t)c->waits_most);
    rk_free(literals);
    rk_free(scratch);
    return true;
}

static void take_plan(const struct rk_evening_code *c, uint32_t *start)
{
    const struct rk_evening *e = c->work->evening;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        uint32_t old = e->meetings[m].old;
        start[m] = RK_NONE;
        for (uint32_t r = 0; r < c->rounds; r++) {
            int literal = *cell(c, c->starts, m, r);
            if (literal && rk_sat_true(c->sat, literal) &&
                (start[m] == RK_NONE || (e->repair && r == old)))
                start[m] = r;
        }
    }
}

enum rk_evening_answer rk_evening_code_ask(struct rk_evening_code *c,
                                           const struct rk_evening_ask *ask, uint32_t *start)
{
    const struct rk_evening_work *w = c->work;
    const struct rk_evening *e = w->evening;
    if (ask->moved < c->moved_always)
        return RK_EVENING_NO;
    if (ask->rounds < c->rounds)
        rk_sat_assume(c->sat, c->unused[ask->rounds]);
    if (c->moved && ask->moved - c->moved_always < c->moved_most)
        rk_sat_assume(c->sat, -c->moved[ask->moved - c->moved_always]);
    if (c->waits && ask->waits < c->waits_most)
        rk_sat_assume(c->sat, -c->waits[ask->waits]);
    for (uint32_t p = 0; c->longest && p < e->who_count && ask->longest < c->longest_most; p++)
        if (c->longest[p])
            rk_sat_assume(c->sat, -c->longest[p][ask->longest]);
    if (ask->alike) { /* the one with most meetings has them in this order */
        uint32_t most = 0;
        for (uint32_t p = 1; p < e->who_count; p++)
            if (w->live[p] && w->first[p + 1] - w->first[p] > w->first[most + 1] - w->first[most])
                most = p;
        for (uint32_t i = w->first[most], r = 0; e->who_count && i < w->first[most + 1]; i++, r++)
            if (r < ask->rounds && w->live[most])
                rk_sat_assume(c->sat, *cell(c, c->starts, w->of[i], r));
    }
    switch (rk_sat_solve(c->sat, ask->decisions)) {
    case RK_SAT_YES: take_plan(c, start); return RK_EVENING_YES;
    case RK_SAT_NO: return RK_EVENING_NO;
    default: return RK_EVENING_OPEN;
    }
}

uint64_t rk_evening_code_decisions(const struct rk_evening_code *c)
{
    return rk_sat_decisions(c->sat);
}

void rk_evening_code_forbid(struct rk_evening_code *c, const uint32_t *start,
                            const uint32_t *meetings, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        rk_sat_add(c->sat, -*cell(c, c->starts, meetings[i], start[meetings[i]]));
    rk_sat_add(c->sat, 0);
}

void rk_evening_code_why(struct rk_evening_code *c, int decisions, struct rk_bottleneck *why)
{
    const struct rk_evening *e = c->work->evening;
    uint32_t count = e->meeting_count, settled = 0;
    uint32_t *list = rk_alloc((size_t)count + 1, sizeof *list);
    for (uint32_t m = 0; m < count; m++)
        list[m] = m;
    rk_free(why->meetings);
    *why = (struct rk_bottleneck){.kind = RK_BOTTLENECK_TOGETHER, .minimal = true};
    /* first all, then without the one after those that are known to be needed */
    for (bool first = true; first || settled < count; first = false) {
        for (uint32_t i = 0; i < count; i++)
            if (first || i != settled)
                rk_sat_assume(c->sat, c->chosen[list[i]]);
        enum rk_sat_answer answer = rk_sat_solve(c->sat, decisions);
        if (answer != RK_SAT_NO) {
            why->minimal = why->minimal && answer == RK_SAT_YES;
            if (first)
                break;
            settled++;
            continue;
        }
        uint32_t kept = 0;
        for (uint32_t i = 0; i < count; i++)
            if (i < settled ||
                ((first || i != settled) && rk_sat_failed(c->sat, c->chosen[list[i]])))
                list[kept++] = list[i];
        count = kept;
    }
    why->meetings = list;
    why->count = count;
    why->rounds = c->rounds;
}
