/* lib/panel/flow: published optima, a second method on random networks, and the staged objectives.
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
    CHECK(rk_flow_proven(flow));
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

/* The second method: shortest augmenting paths by Bellman-Ford over an adjacency of units; lower
 * bounds by shifting. Returns false when the supplies cannot be met. */
#define NODES 9
#define ARCS 24
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

static void at_random(void)
{
    int feasible = 0, infeasible = 0, wrong = 0;
    for (int trial = 0; trial < 3000; trial++) {
        char key[32];
        snprintf(key, sizeof key, "flow|%d", trial);
        struct rk_random random = rk_random(RK_TEXT("flow-test"), rk_text(key));
        struct small s = {.nodes = 2 + (uint32_t)rk_random_below(&random, NODES - 1)};
        s.arcs = 1 + (uint32_t)rk_random_below(&random, ARCS);
        struct rk_flow *flow = rk_flow_new(s.nodes);
        for (int i = 0; i < 4; i++) {
            int64_t amount = (int64_t)rk_random_below(&random, 4);
            uint32_t u = (uint32_t)rk_random_below(&random, s.nodes);
            uint32_t v = (uint32_t)rk_random_below(&random, s.nodes);
            s.supply[u] += amount;
            s.supply[v] -= amount;
        }
        if (rk_random_below(&random, 40) == 0)
            s.supply[0]++; /* does not sum to zero */
        for (uint32_t u = 0; u < s.nodes; u++)
            rk_flow_supply(flow, u, s.supply[u]);
        for (uint32_t a = 0; a < s.arcs; a++) {
            s.from[a] = (uint32_t)rk_random_below(&random, s.nodes);
            s.to[a] = (uint32_t)rk_random_below(&random, s.nodes);
            s.lower[a] = rk_random_below(&random, 5) ? 0 : (int64_t)rk_random_below(&random, 3) - 1;
            s.upper[a] = s.lower[a] + (int64_t)rk_random_below(&random, 6);
            s.cost[a] = (int64_t)rk_random_below(&random, 7) - 1;
            s.second[a] = (int64_t)rk_random_below(&random, 9) - 3;
            rk_flow_arc(flow, s.from[a], s.to[a], s.lower[a], s.upper[a]);
        }
        /* The second method needs no negative cycles beyond its full arcs; it is right in general
         * only because those start full. */
        int64_t expected, both;
        int64_t zero[ARCS] = {0};
        struct small first = s;
        memcpy(first.second, zero, sizeof zero);
        bool possible = by_paths(&first, 1, &expected);
        enum rk_flow_outcome outcome = rk_flow_solve(flow, s.cost);
        if ((outcome == RK_FLOW_OPTIMAL) != possible)
            wrong++;
        if (!possible) {
            infeasible++;
        } else {
            feasible++;
            wrong += !rk_flow_proven(flow) || rk_flow_cost(flow, s.cost) != expected;
            rk_flow_narrow(flow);
            wrong += rk_flow_solve(flow, s.second) != RK_FLOW_OPTIMAL;
            wrong += !rk_flow_proven(flow);
            by_paths(&s, 100000, &both);
            wrong += rk_flow_cost(flow, s.cost) * 100000 + rk_flow_cost(flow, s.second) != both;
            rk_flow_widen(flow); /* as if never narrowed */
            wrong += rk_flow_solve(flow, s.second) != RK_FLOW_OPTIMAL || !rk_flow_proven(flow);
            by_paths(&s, 0, &both);
            wrong += rk_flow_cost(flow, s.second) != both;
        }
        rk_flow_free(flow);
    }
    CHECK(wrong == 0);
    CHECK(feasible > 500 && infeasible > 500);
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
