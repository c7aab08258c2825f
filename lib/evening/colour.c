/* Meetings of two kinds of people as edges of a bipartite graph, rounds as colours: any number of
 * colours that is not less than the largest degree is enough (König 1916), and colours can be made
 * equally large (de Werra 1971), both by turning alternating paths. */
#include "evening/work.h"

struct colouring {
    const struct rk_evening_work *work;
    uint32_t rounds;
    uint32_t (*ends)[2]; /* by meeting: the live people, RK_NONE = nobody */
    uint32_t *at;        /* by person and round: the meeting, or RK_NONE */
    uint32_t *start;
    uint32_t *size;         /* by round */
    uint32_t *first, *last; /* by person: the rounds they ever had lie between */
    bool near;
};

static uint32_t *at(const struct colouring *c, uint32_t who, uint32_t round)
{
    return &c->at[(size_t)who * c->rounds + round];
}

/* Are people of two kinds, so that each meeting is of one of each? */
static bool two_kinds(const struct colouring *c)
{
    const struct rk_evening_work *w = c->work;
    uint32_t people = w->evening->who_count, tail = 0;
    int8_t *kind = rk_alloc((size_t)people + 1, sizeof *kind);
    uint32_t *queue = rk_alloc((size_t)people + 1, sizeof *queue);
    bool fits = true;
    for (uint32_t root = 0; root < people && fits; root++) {
        if (kind[root] || !w->live[root])
            continue;
        uint32_t head = tail;
        kind[root] = 1;
        queue[tail++] = root;
        while (head < tail && fits) {
            uint32_t p = queue[head++];
            for (uint32_t i = w->first[p]; i < w->first[p + 1] && fits; i++) {
                const uint32_t *ends = c->ends[w->of[i]];
                uint32_t other = ends[0] == p ? ends[1] : ends[0];
                if (other == RK_NONE)
                    continue;
                fits = kind[other] != kind[p];
                if (fits && !kind[other]) {
                    kind[other] = (int8_t)-kind[p];
                    queue[tail++] = other;
                }
            }
        }
    }
    rk_free(kind);
    rk_free(queue);
    return fits;
}

static void paint(struct colouring *c, uint32_t meeting, uint32_t round)
{
    c->start[meeting] = round;
    c->size[round]++;
    for (int k = 0; k < 2; k++)
        if (c->ends[meeting][k] != RK_NONE) {
            uint32_t who = c->ends[meeting][k];
            *at(c, who, round) = meeting;
            c->first[who] = round < c->first[who] ? round : c->first[who];
            c->last[who] = round > c->last[who] ? round : c->last[who];
        }
}

static void strip(struct colouring *c, uint32_t meeting)
{
    uint32_t round = c->start[meeting];
    c->size[round]--;
    for (int k = 0; k < 2; k++)
        if (c->ends[meeting][k] != RK_NONE)
            *at(c, c->ends[meeting][k], round) = RK_NONE;
}

static bool is_free(const struct colouring *c, uint32_t who, uint32_t round)
{
    return who == RK_NONE || *at(c, who, round) == RK_NONE;
}

/* The path of rounds a, b, a … from the person on, a first, in order. */
static uint32_t path(const struct colouring *c, uint32_t who, uint32_t a, uint32_t b,
                     uint32_t *meetings)
{
    uint32_t count = 0;
    for (uint32_t round = a; who != RK_NONE; round = round == a ? b : a) {
        uint32_t m = *at(c, who, round);
        if (m == RK_NONE || (count && m == meetings[0]))
            break;
        meetings[count++] = m;
        who = c->ends[m][0] == who ? c->ends[m][1] : c->ends[m][0];
    }
    return count;
}

static void turn(struct colouring *c, const uint32_t *meetings, uint32_t count, uint32_t a,
                 uint32_t b)
{
    for (uint32_t i = 0; i < count; i++)
        strip(c, meetings[i]);
    for (uint32_t i = 0; i < count; i++)
        paint(c, meetings[i], c->start[meetings[i]] == a ? b : a);
}

/* How many more rounds somebody would wait who gets this one too. */
static int64_t wait_more(const struct colouring *c, uint32_t who, uint32_t round)
{
    if (!c->near || who == RK_NONE || c->last[who] < c->first[who])
        return 0;
    return round < c->first[who]  ? (int64_t)c->first[who] - round - 1
           : round > c->last[who] ? (int64_t)round - c->last[who] - 1
                                  : -1;
}

static void add(struct colouring *c, uint32_t meeting, uint32_t *meetings)
{
    uint32_t best = RK_NONE, of[2] = {RK_NONE, RK_NONE};
    int64_t least = INT64_MAX;
    for (uint32_t r = 0; r < c->rounds; r++) {
        bool u = is_free(c, c->ends[meeting][0], r), v = is_free(c, c->ends[meeting][1], r);
        int64_t more =
            u && v ? wait_more(c, c->ends[meeting][0], r) + wait_more(c, c->ends[meeting][1], r)
                   : INT64_MAX;
        if (u && v &&
            (best == RK_NONE || more < least || (more == least && c->size[r] < c->size[best]))) {
            best = r;
            least = more;
        }
        if (u && of[0] == RK_NONE)
            of[0] = r;
        if (v && of[1] == RK_NONE)
            of[1] = r;
    }
    if (best ==
        RK_NONE) { /* then both have people, and the path from one never comes to the other */
        best = of[0];
        turn(c, meetings, path(c, c->ends[meeting][1], of[0], of[1], meetings), of[0], of[1]);
    }
    paint(c, meeting, best);
}

/* One meeting fewer in round a and one more in b, of which a has at least two more. */
static bool level(struct colouring *c, uint32_t a, uint32_t b, uint32_t *meetings)
{
    uint32_t *back = meetings + c->work->evening->meeting_count;
    for (uint32_t m = 0; m < c->work->evening->meeting_count; m++) {
        if (c->start[m] != a)
            continue;
        /* its part of a and b: this way from one end, that way from the other */
        uint32_t n = 0, k = 0, in_a = 1;
        if (c->ends[m][0] != RK_NONE)
            n = path(c, c->ends[m][0], b, a, meetings);
        bool circle = n && meetings[n - 1] == m;
        n -= circle;
        if (!circle && c->ends[m][1] != RK_NONE)
            k = path(c, c->ends[m][1], b, a, back);
        for (uint32_t i = 0; i < k; i++)
            meetings[n++] = back[i];
        for (uint32_t i = 0; i < n; i++)
            in_a += c->start[meetings[i]] == a;
        if (circle || in_a * 2 <= n + 1)
            continue;
        meetings[n++] = m;
        turn(c, meetings, n, a, b);
        return true;
    }
    return false;
}

/* Equally many in each round, as far as they are to be under the most. */
static void balance(struct colouring *c, uint32_t most, uint32_t *meetings)
{
    for (;;) {
        uint32_t large = 0, small = 0;
        for (uint32_t r = 1; r < c->rounds; r++) {
            if (c->size[r] > c->size[large])
                large = r;
            if (c->size[r] < c->size[small])
                small = r;
        }
        if (!c->rounds || c->size[large] <= most || c->size[large] < c->size[small] + 2 ||
            !level(c, large, small, meetings))
            return;
    }
}

static bool is_of_the_kind(const struct colouring *c)
{
    const struct rk_evening_work *w = c->work;
    const struct rk_evening *e = w->evening;
    if (!w->plain)
        return false;
    for (uint32_t p = 0; p < e->who_count; p++)
        if (e->who[p].in_a_row && e->who[p].in_a_row < c->rounds && w->live[p] &&
            e->who[p].in_a_row < w->first[p + 1] - w->first[p])
            return false;
    for (uint32_t m = 0; m < e->meeting_count; m++) {
        uint32_t n = 0;
        for (uint32_t r = 0; r < c->rounds; r++)
            if (!rk_round_in(rk_evening_can(w, m), r))
                return false;
        c->ends[m][0] = c->ends[m][1] = RK_NONE;
        for (uint32_t i = 0; i < e->meetings[m].who_count; i++)
            if (w->live[e->meetings[m].who[i]]) {
                if (n == 2)
                    return false;
                c->ends[m][n++] = e->meetings[m].who[i];
            }
    }
    return two_kinds(c);
}

/* `near`: rounds next to those that people have, and not those with fewest meetings, come first. */
static bool colour(const struct rk_evening_work *w, uint32_t rounds, bool near, uint32_t *start)
{
    const struct rk_evening *e = w->evening;
    struct colouring c = {.work = w,
                          .rounds = rounds,
                          .ends = rk_alloc((size_t)e->meeting_count + 1, sizeof *c.ends),
                          .start = start,
                          .near = near};
    bool done = is_of_the_kind(&c);
    if (done) {
        size_t cells = (size_t)e->who_count * rounds;
        uint32_t *meetings = rk_alloc((size_t)e->meeting_count * 2 + 2, sizeof *meetings);
        c.at = rk_alloc(cells + 1, sizeof *c.at);
        c.size = rk_alloc((size_t)rounds + 1, sizeof *c.size);
        c.first = rk_alloc((size_t)e->who_count + 1, sizeof *c.first);
        c.last = rk_alloc((size_t)e->who_count + 1, sizeof *c.last);
        memset(c.at, 0xff, cells * sizeof *c.at);
        memset(c.first, 0xff, e->who_count * sizeof *c.first);
        for (uint32_t m = 0; m < e->meeting_count; m++)
            add(&c, m, meetings);
        for (uint32_t k = 0; k < w->class_count; k++)
            if (w->classes[k].count == e->meeting_count)
                balance(&c, w->classes[k].most, meetings);
        rk_free(meetings);
        /* rooms that differ by round or place are not the theorem's: held against the rules */
        struct rk_evening_state s;
        rk_evening_state_new(&s, w);
        for (uint32_t m = 0; m < e->meeting_count && done; m++) {
            done = rk_evening_fits(&s, m, start[m]);
            if (done)
                rk_evening_place(&s, m, start[m]);
        }
        rk_evening_state_free(&s);
    }
    rk_free(c.ends);
    rk_free(c.at);
    rk_free(c.size);
    rk_free(c.first);
    rk_free(c.last);
    return done;
}

bool rk_evening_colour(const struct rk_evening_work *w, uint32_t rounds, uint32_t *start)
{
    const struct rk_evening *e = w->evening;
    uint32_t *other = rk_alloc((size_t)e->meeting_count + 1, sizeof *other);
    uint64_t waits = 0, less = 0;
    bool done = colour(w, rounds, false, start);
    if (done && colour(w, rounds, true, other)) { /* none is always the better one */
        for (uint32_t p = 0; p < e->who_count; p++) {
            waits += rk_evening_wait(e, start, p);
            less += rk_evening_wait(e, other, p);
        }
        if (less < waits)
            memcpy(start, other, e->meeting_count * sizeof *start);
    }
    rk_free(other);
    return done;
}
