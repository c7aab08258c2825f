/* lib/panel/flow: published optima, a second method on random networks, the staged objectives, and
 * stopping on the way.
 * The published instances are read in place from $RK_REFERENCE/match and passed over with a word
 * where that folder is missing. */
#include "panel/flow.h"

#include "base/fixed.h"
#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "reference.h"

static int64_t *costs;
static uint32_t cost_room;
static void cost(uint32_t arc, int64_t value)
{
    while (arc >= cost_room) {
        cost_room = cost_room ? cost_room * 2 : 1024;
        costs = rk_resize(costs, cost_room, sizeof *costs);
    }
    costs[arc] = value;
}

static int64_t solved(struct rk_flow *flow)
{
    CHECK(rk_flow_solve(flow, costs) == RK_FLOW_OPTIMAL);
    CHECK(rk_flow_proven(flow) && rk_flow_bound(flow) == rk_flow_cost(flow, costs));
    int64_t total = (int64_t)rk_flow_cost(flow, costs);
    rk_flow_free(flow);
    return total;
}

static void dimacs(const char *name, int64_t optimum)
{
    char *text = reference(name);
    if (!text)
        return;
    struct rk_flow *flow = NULL;
    for (char *line = text, *end; line && *line; line = end) {
        end = strchr(line, '\n');
        if (end)
            *end++ = '\0';
        long long a, b, low, high, c;
        if (sscanf(line, "p min %lld %lld", &a, &b) == 2)
            flow = rk_flow_new((uint32_t)a);
        else if (sscanf(line, "n %lld %lld", &a, &b) == 2)
            rk_flow_supply(flow, (uint32_t)a - 1, b);
        else if (sscanf(line, "a %lld %lld %lld %lld %lld", &a, &b, &low, &high, &c) == 5)
            cost(rk_flow_arc(flow, (uint32_t)a - 1, (uint32_t)b - 1, low,
                             high < low ? RK_FLOW_MOST : high),
                 c);
    }
    int64_t got = solved(flow);
    if (got != optimum)
        printf("%s: %lld\n", name, (long long)got);
    CHECK(got == optimum);
    rk_free(text);
}

/* OR-Library: `n` then the costs row by row, or (sparse) triples of row, column, cost. */
static void orlib(const char *name, bool sparse, int64_t optimum)
{
    char *text = reference(name), *at = text;
    if (!text)
        return;
    uint32_t n = (uint32_t)strtol(at, &at, 10);
    struct rk_flow *flow = rk_flow_new(2 * n);
    for (uint32_t i = 0; i < n; i++) {
        rk_flow_supply(flow, i, 1);
        rk_flow_supply(flow, n + i, -1);
    }
    for (uint32_t i = 0; sparse || i < n * n; i++) {
        char *before = at;
        long row = sparse ? strtol(at, &at, 10) - 1 : i / n;
        long column = sparse ? strtol(at, &at, 10) - 1 : i % n;
        long value = strtol(at, &at, 10);
        if (at == before)
            break;
        if (row < 0) /* the sparse files may end with zeros */
            break;
        cost(rk_flow_arc(flow, (uint32_t)row, n + (uint32_t)column, 0, 1), value);
    }
    CHECK(solved(flow) == optimum);
    rk_free(text);
}

/* MIDL reviewers and papers (Kobren, Saha & McCallum, KDD 2019): the largest sum of affinities with
 * 3 reviewers for each of 118 papers and least … 4 papers for each of 177 reviewers. */
static void midl(int64_t least, const char *hundredths)
{
    char *text = reference("fair-matching-midl/scores.csv");
    if (!text)
        return;
    struct rk_flow *flow = rk_flow_new(1 + 177 + 118);
    rk_flow_supply(flow, 0, 3 * 118);
    for (uint32_t paper = 0; paper < 118; paper++)
        rk_flow_supply(flow, 178 + paper, -3);
    for (uint32_t reviewer = 0; reviewer < 177; reviewer++)
        cost(rk_flow_arc(flow, 0, 1 + reviewer, least, 4), 0);
    uint32_t pairs = 0;
    for (char *line = strchr(text, '\n') + 1, *end; *line; line = end) {
        end = strchr(line, '\n') + 1;
        unsigned reviewer, paper;
        char score[64];
        rk_fixed value;
        if (sscanf(line, "%u,%u,%63[^\n\r]", &reviewer, &paper, score) != 3)
            break;
        if (!rk_fixed_parse(rk_text(score), &value)) /* more than 18 decimals */
            CHECK(rk_fixed_parse((struct rk_text){score, 19}, &value));
        cost(rk_flow_arc(flow, 1 + reviewer, 178 + paper, 0, 1),
             -(int64_t)(value / (RK_FIXED_ONE / 1000000000000)));
        pairs++;
    }
    CHECK(pairs == 177 * 118);
    struct rk_buf sum = {0};
    rk_fixed_print(&sum,
                   rk_fixed_round_to(-(rk_fixed)solved(flow) * (RK_FIXED_ONE / 1000000000000), 2));
    CHECK_TEXT(sum.text, hundredths);
    rk_buf_free(&sum);
    rk_free(text);
}

/* The second method: shortest augmenting paths by Bellman-Ford, a unit at a time; lower bounds by
 * shifting. Returns false when the supplies cannot be met. */
#define NODES 32
#define ARCS 160
struct small {
    uint32_t nodes, arcs, from[ARCS], to[ARCS];
    int64_t lower[ARCS], upper[ARCS], cost[ARCS], second[ARCS], supply[NODES];
};

static bool by_paths(const struct small *s, int64_t factor, int64_t *total)
{
    int64_t flow[ARCS], excess[NODES];
    memcpy(excess, s->supply, sizeof excess);
    *total = 0;
    for (uint32_t a = 0; a < s->arcs; a++) { /* arcs of negative cost start full */
        int64_t c = s->cost[a] * factor + s->second[a];
        flow[a] = c < 0 ? s->upper[a] : s->lower[a];
        excess[s->from[a]] -= flow[a];
        excess[s->to[a]] += flow[a];
    }
    for (;;) {
        int64_t far[NODES];
        int32_t via[NODES];
        for (uint32_t u = 0; u < s->nodes; u++) {
            far[u] = excess[u] > 0 ? 0 : INT64_MAX;
            via[u] = -1;
        }
        for (uint32_t round = 0; round <= s->nodes; round++)
            for (uint32_t a = 0; a < s->arcs; a++) {
                int64_t c = s->cost[a] * factor + s->second[a];
                uint32_t u = s->from[a], v = s->to[a];
                if (u == v)
                    continue;
                if (flow[a] < s->upper[a] && far[u] != INT64_MAX && far[u] + c < far[v]) {
                    far[v] = far[u] + c;
                    via[v] = (int32_t)a * 2;
                }
                if (flow[a] > s->lower[a] && far[v] != INT64_MAX && far[v] - c < far[u]) {
                    far[u] = far[v] - c;
                    via[u] = (int32_t)a * 2 + 1;
                }
            }
        uint32_t sink = s->nodes;
        bool open = false;
        for (uint32_t u = 0; u < s->nodes; u++) {
            open = open || excess[u] != 0;
            if (excess[u] < 0 && far[u] != INT64_MAX && (sink == s->nodes || far[u] < far[sink]))
                sink = u;
        }
        if (sink == s->nodes) {
            for (uint32_t a = 0; a < s->arcs; a++)
                *total += flow[a] * (s->cost[a] * factor + s->second[a]);
            return !open;
        }
        excess[sink]++;
        uint32_t u = sink;
        while (via[u] >= 0) {
            uint32_t a = (uint32_t)via[u] / 2;
            if (via[u] % 2 == 0) {
                flow[a]++;
                u = s->from[a];
            } else {
                flow[a]--;
                u = s->to[a];
            }
        }
        excess[u]--;
    }
}

static uint32_t below(struct rk_random *random, uint32_t n)
{
    return (uint32_t)rk_random_below(random, n);
}

static void small_arc(struct small *s, uint32_t from, uint32_t to, int64_t lower, int64_t upper,
                      int64_t value)
{
    s->from[s->arcs] = from;
    s->to[s->arcs] = to;
    s->lower[s->arcs] = lower;
    s->upper[s->arcs] = upper;
    s->cost[s->arcs++] = value;
}

/* Few nodes, all there is: lower bounds, loops, parallel arcs, supplies that do not sum to zero. */
static void mixed(struct rk_random *random, struct small *s)
{
    s->nodes = 2 + below(random, 8);
    for (int i = 0; i < 4; i++) {
        int64_t amount = below(random, 4);
        s->supply[below(random, s->nodes)] += amount;
        s->supply[below(random, s->nodes)] -= amount;
    }
    if (below(random, 40) == 0)
        s->supply[0]++;
    for (uint32_t arcs = 1 + below(random, 24); s->arcs < arcs;) {
        int64_t lower = below(random, 5) ? 0 : (int64_t)below(random, 3) - 1;
        small_arc(s, below(random, s->nodes), below(random, s->nodes), lower,
                  lower + below(random, 6), (int64_t)below(random, 7) - 1);
    }
}

/* A grid on a torus with arcs that pay, and so with cycles that pay. */
static void grid(struct rk_random *random, struct small *s)
{
    uint32_t wide = 5, high = 6;
    s->nodes = wide * high;
    for (uint32_t u = 0; u < s->nodes; u++) {
        uint32_t right = u / wide * wide + (u + 1) % wide, under = (u + wide) % s->nodes;
        small_arc(s, u, right, 0, below(random, 4), (int64_t)below(random, 12) - 3);
        small_arc(s, u, under, 0, below(random, 4), (int64_t)below(random, 12) - 3);
        small_arc(s, under, u, 0, below(random, 2), below(random, 12));
    }
    for (int i = 0; i < 3; i++) {
        s->supply[below(random, s->nodes)] += 2;
        s->supply[below(random, s->nodes)] -= 2;
    }
}

/* Supplies and demands all alike and costs of few kinds: nearly every pivot moves nothing. */
static void transport(struct rk_random *random, struct small *s)
{
    uint32_t half = 4 + below(random, 9);
    s->nodes = 2 * half;
    for (uint32_t u = 0; u < half; u++) {
        s->supply[u] = 2;
        s->supply[half + u] = -2;
        for (uint32_t v = 0; v < half && s->arcs < ARCS; v++)
            if (v == u || below(random, 3))
                small_arc(s, u, half + v, 0, 1 + below(random, 2), below(random, 3));
    }
}

/* As NETGEN makes them: a chain that can carry all at a price, and arcs all over; some without
 * room, and a part that nothing leads to. */
static void chain(struct rk_random *random, struct small *s)
{
    s->nodes = NODES;
    uint32_t whole = NODES - 6;
    for (uint32_t u = 0; u + 1 < whole; u++)
        small_arc(s, u, u + 1, 0, 12, 5 + below(random, 20));
    while (s->arcs < 120)
        small_arc(s, below(random, whole), below(random, whole), 0, below(random, 5),
                  below(random, 20));
    for (uint32_t u = whole; u < NODES; u++)
        small_arc(s, u, whole + (u + 1 - whole) % 6, 0, 3, (int64_t)below(random, 5) - 2);
    for (int i = 0; i < 4; i++) {
        s->supply[below(random, whole / 3)] += 2;
        s->supply[whole - 1 - below(random, whole / 3)] -= 2;
    }
}

/* Solves, and holds what comes out against the second method; false where one errs. */
static bool agrees(struct rk_flow *flow, const struct small *s, int64_t expected)
{
    return rk_flow_solve(flow, s->cost) == RK_FLOW_OPTIMAL && rk_flow_proven(flow) &&
           rk_flow_cost(flow, s->cost) == expected && rk_flow_bound(flow) == expected;
}

static bool trial(struct rk_random *random, struct small s, bool *possible)
{
    struct rk_flow *flow = rk_flow_new(s.nodes);
    for (uint32_t u = 0; u < s.nodes; u++)
        rk_flow_supply(flow, u, s.supply[u]);
    for (uint32_t a = 0; a < s.arcs; a++) {
        rk_flow_arc(flow, s.from[a], s.to[a], s.lower[a], s.upper[a]);
        s.second[a] = 0;
    }
    /* The second method needs no negative cycles beyond its full arcs; it is right in general only
     * because those start full. */
    int64_t expected;
    *possible = by_paths(&s, 1, &expected);
    bool good = true;
    if (!*possible)
        good = rk_flow_solve(flow, s.cost) == RK_FLOW_INFEASIBLE;
    /* other costs from the basis at hand, as prices that move */
    for (int round = 0; round < 3 && *possible && good; round++) {
        good = agrees(flow, &s, expected);
        for (uint32_t a = 0; a < s.arcs; a++)
            if (below(random, 3) == 0)
                s.cost[a] = (int64_t)below(random, 20) - 4;
        by_paths(&s, 1, &expected);
    }
    if (*possible && good) {
        int64_t both;
        good = agrees(flow, &s, expected);
        for (uint32_t a = 0; a < s.arcs; a++)
            s.second[a] = (int64_t)below(random, 9) - 3;
        rk_flow_narrow(flow);
        good = good && rk_flow_solve(flow, s.second) == RK_FLOW_OPTIMAL && rk_flow_proven(flow) &&
               rk_flow_bound(flow) == rk_flow_cost(flow, s.second);
        by_paths(&s, 100000, &both);
        good = good && rk_flow_cost(flow, s.cost) == expected &&
               expected * 100000 + rk_flow_cost(flow, s.second) == both;
        rk_flow_widen(flow); /* as if never narrowed */
        memcpy(s.cost, s.second, sizeof s.cost);
        by_paths(&s, 0, &both);
        good = good && agrees(flow, &s, both);
    }
    rk_flow_free(flow);
    return good;
}

static struct rk_flow *flow_of(const struct small *s, const uint32_t *arcs, uint32_t count)
{
    struct rk_flow *flow = rk_flow_new(s->nodes);
    for (uint32_t u = 0; u < s->nodes; u++)
        rk_flow_supply(flow, u, s->supply[u]);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t a = arcs ? arcs[i] : i;
        rk_flow_arc(flow, s->from[a], s->to[a], s->lower[a], s->upper[a]);
    }
    return flow;
}

/* From one basis to another: other bounds; the basis of a flow with some of the arcs; some arcs
 * looked at before the others. */
static bool warm_trial(struct rk_random *random, struct small s)
{
    struct rk_flow *flow = flow_of(&s, NULL, s.arcs);
    bool good = rk_flow_solve(flow, s.cost) != RK_FLOW_TOO_LARGE;
    int64_t expected;
    for (int round = 0; round < 4 && good; round++) {
        uint32_t first = below(random, s.arcs), count = 1 + below(random, s.arcs - first);
        int32_t lower[ARCS], upper[ARCS];
        for (uint32_t k = 0; k < count; k++) {
            s.lower[first + k] = lower[k] = below(random, 4) ? 0 : (int32_t)below(random, 3) - 1;
            s.upper[first + k] = upper[k] = lower[k] + (int32_t)below(random, 6);
        }
        rk_flow_bounds(flow, first, count, lower, upper);
        good = by_paths(&s, 1, &expected) ? agrees(flow, &s, expected)
                                          : rk_flow_solve(flow, s.cost) == RK_FLOW_INFEASIBLE;
    }
    rk_flow_free(flow);
    uint32_t some[ARCS], count = 0;
    int64_t cost_of_some[ARCS];
    for (uint32_t a = 0; a < s.arcs; a++)
        if (s.lower[a] || below(random, 2)) /* nothing left out has to carry anything */
            some[count++] = a;
    for (uint32_t i = 0; i < count; i++)
        cost_of_some[i] = s.cost[some[i]];
    struct rk_flow *part = flow_of(&s, some, count);
    rk_flow_solve(part, cost_of_some);
    flow = flow_of(&s, NULL, s.arcs);
    if (below(random, 2))
        rk_flow_solve(flow, s.cost);
    rk_flow_take(flow, part, some);
    rk_flow_few(flow, some, count);
    enum rk_flow_outcome outcome;
    do
        outcome = rk_flow_solve(flow, s.cost);
    while (rk_flow_more(flow));
    good =
        good && (by_paths(&s, 1, &expected) ? outcome == RK_FLOW_OPTIMAL && rk_flow_proven(flow) &&
                                                  rk_flow_cost(flow, s.cost) == expected
                                            : outcome == RK_FLOW_INFEASIBLE);
    rk_flow_free(part);
    rk_flow_free(flow);
    return good;
}

static void at_random(void)
{
    static const struct {
        void (*draw)(struct rk_random *random, struct small *small);
        int trials;
    } families[] = {{mixed, 3000}, {grid, 60}, {transport, 60}, {chain, 60}};
    for (int f = 0; f < 4; f++) {
        int feasible = 0, wrong = 0;
        for (int i = 0; i < families[f].trials; i++) {
            char key[32];
            snprintf(key, sizeof key, "flow|%d|%d", f, i);
            struct rk_random random = rk_random(RK_TEXT("flow-test"), rk_text(key));
            struct small small = {0};
            bool possible;
            families[f].draw(&random, &small);
            wrong += !trial(&random, small, &possible);
            wrong += !warm_trial(&random, small);
            feasible += possible;
        }
        CHECK(wrong == 0);
        CHECK(feasible * 6 > families[f].trials);
        CHECK(f != 0 || families[f].trials - feasible > 500);
    }
}

/* An assignment with many ties, large enough to be stopped in. */
#define PEOPLE 12000
static struct rk_flow *assignment(struct rk_random *random)
{
    struct rk_flow *flow = rk_flow_new(2 * PEOPLE);
    for (uint32_t u = 0; u < PEOPLE; u++) {
        rk_flow_supply(flow, u, 1);
        rk_flow_supply(flow, PEOPLE + u, -1);
        cost(rk_flow_arc(flow, u, PEOPLE + u, 0, 1), 1000);
        for (int i = 0; i < 12; i++)
            cost(rk_flow_arc(flow, u, PEOPLE + below(random, PEOPLE), 0, 1), below(random, 100));
    }
    return flow;
}

struct countdown {
    int askings, left;
};

static bool count_down(void *context)
{
    struct countdown *countdown = context;
    countdown->askings++;
    return countdown->left-- <= 0;
}

static void stopping(void)
{
    struct rk_random random = rk_random(RK_TEXT("flow-test"), RK_TEXT("stopping"));
    struct rk_random again = random;
    struct rk_flow *flow = assignment(&random);
    CHECK(rk_flow_solve(flow, costs) == RK_FLOW_OPTIMAL);
    __int128 optimum = rk_flow_cost(flow, costs);
    CHECK(rk_flow_bound(flow) == optimum);
    rk_flow_free(flow);

    flow = assignment(&again);
    struct countdown countdown = {0};
    rk_flow_stop_when(flow, count_down, &countdown);
    int stops = 0, wrong = 0;
    enum rk_flow_outcome outcome;
    while ((outcome = rk_flow_solve(flow, costs)) == RK_FLOW_STOPPED && stops < 1000) {
        wrong += rk_flow_bound(flow) > optimum;
        countdown.left = stops++ % 2;
    }
    CHECK(stops >= 5 && countdown.askings > stops && wrong == 0);
    CHECK(outcome == RK_FLOW_OPTIMAL && rk_flow_proven(flow));
    CHECK(rk_flow_cost(flow, costs) == optimum && rk_flow_bound(flow) == optimum);

    /* warm, on the way to other costs, and among the cheapest only */
    for (uint32_t a = 0; a < 13 * PEOPLE; a++)
        costs[a] = a % 13 ? (costs[a] * 7 + a) % 100 : 1000;
    rk_flow_stop_when(flow, NULL, NULL);
    CHECK(rk_flow_solve(flow, costs) == RK_FLOW_OPTIMAL);
    optimum = rk_flow_cost(flow, costs);
    rk_flow_narrow(flow);
    int64_t *second = rk_alloc(13 * PEOPLE, sizeof *second);
    for (uint32_t a = 0; a < 13 * PEOPLE; a++)
        second[a] = a * 17 % 31;
    CHECK(rk_flow_solve(flow, second) == RK_FLOW_OPTIMAL && rk_flow_proven(flow));
    CHECK(rk_flow_cost(flow, costs) == optimum);
    CHECK(rk_flow_bound(flow) == rk_flow_cost(flow, second));
    rk_free(second);
    rk_flow_free(flow);
}

static void edges(void)
{
    struct rk_flow *flow = rk_flow_new(1);
    CHECK(rk_flow_solve(flow, NULL) == RK_FLOW_OPTIMAL && rk_flow_proven(flow));
    rk_flow_free(flow);

    flow = rk_flow_new(2);
    rk_flow_supply(flow, 0, 3);
    rk_flow_supply(flow, 1, -3);
    rk_flow_arc(flow, 0, 1, 0, 2);
    CHECK(rk_flow_solve(flow, (int64_t[]){1}) == RK_FLOW_INFEASIBLE);
    rk_flow_free(flow);

    flow = rk_flow_new(2);
    rk_flow_arc(flow, 0, 1, 0, 2);
    CHECK(rk_flow_solve(flow, (int64_t[]){rk_flow_largest_cost(2) + 1}) == RK_FLOW_TOO_LARGE);
    CHECK(rk_flow_solve(flow, (int64_t[]){INT64_MIN}) == RK_FLOW_TOO_LARGE);
    CHECK(rk_flow_solve(flow, (int64_t[]){rk_flow_largest_cost(2)}) == RK_FLOW_OPTIMAL);
    rk_flow_free(flow);

    /* more than 64 bits hold is refused, not wrapped */
    flow = rk_flow_new(3);
    for (uint32_t a = 0; a < 3000000; a++)
        rk_flow_arc(flow, 0, 1, -RK_FLOW_MOST, RK_FLOW_MOST);
    int64_t *nothing = rk_alloc(3000000, sizeof *nothing);
    CHECK(rk_flow_solve(flow, nothing) == RK_FLOW_TOO_LARGE);
    rk_free(nothing);
    rk_flow_free(flow);

    /* a loop of negative cost fills, and bounds below zero are kept */
    flow = rk_flow_new(2);
    rk_flow_arc(flow, 0, 0, 0, 5);
    rk_flow_arc(flow, 0, 1, -2, 4);
    rk_flow_arc(flow, 1, 0, 0, 1);
    int64_t loop[] = {-1, 1, 0};
    CHECK(rk_flow_solve(flow, loop) == RK_FLOW_OPTIMAL && rk_flow_proven(flow));
    CHECK(rk_flow_amount(flow, 0) == 5 && rk_flow_amount(flow, 1) == 0);
    rk_flow_free(flow);
}

int main(void)
{
    edges();
    at_random();
    stopping();
    dimacs("mincostflow-dimacs/assignment_3x3.min", 5);
    dimacs("mincostflow-dimacs/assignment_5x5.min", 10);
    dimacs("mincostflow-dimacs/assignment_50x50.min", 50);
    dimacs("mincostflow-dimacs/circulation_100_0_10.min", -352582);
    dimacs("mincostflow-dimacs/cycle_shortcut.min", 50);
    dimacs("mincostflow-dimacs/grid_2x2.min", 75);
    dimacs("mincostflow-dimacs/netgen_8_08a.min", 142274536);
    dimacs("mincostflow-dimacs/netgen_8_10a.min", 369269289);
    dimacs("mincostflow-dimacs/transport_2x3.min", 85);
    dimacs("mincostflow-dimacs/transport_400x300.min", 445090);
    dimacs("frangioni-mcf/Network1.dmx", 250408004);
    dimacs("frangioni-mcf/Network2.dmx", 74168480);
    dimacs("frangioni-mcf/sample.dmx", 9);
    orlib("orlib-assign/assign100.txt", false, 305);
    orlib("orlib-assign/assign200.txt", false, 475);
    orlib("orlib-assign/assign300.txt", false, 626);
    orlib("orlib-assign/assign400.txt", false, 804);
    orlib("orlib-assign/assignp800.txt", true, 2239);
    orlib("orlib-assign/assignp1500.txt", true, 5839);
    midl(0, "201.88");
    midl(2, "150.04"); /* 354 places: everyone gets two */
    rk_free(costs);
    if (skipped)
        printf("%d reference instances skipped\n", skipped);
    return finish();
}
