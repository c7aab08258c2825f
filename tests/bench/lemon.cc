/* The peer of rk's minimum-cost flow: LEMON's NetworkSimplex with its default pricing, on a DIMACS
 * file that is known to be good. Prints what flow-dimacs --time prints: the cost, and how long run()
 * took. Amounts and costs are 64-bit integers, as in rk; after the word `int` as LEMON has them by
 * default, which the numbers of these networks fit into. */
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>
#include <vector>

struct Arc {
    int from, to;
    long low, high, cost;
};

template <typename Number>
static int solve(int nodes, std::vector<long> &supply, std::vector<Arc> &arcs)
{
    typedef lemon::SmartDigraph Graph;
    Graph graph;
    graph.reserveNode(nodes);
    graph.reserveArc(static_cast<int>(arcs.size()));
    for (int u = 0; u < nodes; u++)
        graph.addNode();
    for (const Arc &arc : arcs)
        graph.addArc(graph.nodeFromId(arc.from), graph.nodeFromId(arc.to));
    Graph::ArcMap<Number> low(graph), high(graph), cost(graph);
    Graph::NodeMap<Number> supplies(graph);
    for (int a = 0; a < static_cast<int>(arcs.size()); a++) {
        low[graph.arcFromId(a)] = static_cast<Number>(arcs[a].low);
        high[graph.arcFromId(a)] = static_cast<Number>(arcs[a].high);
        cost[graph.arcFromId(a)] = static_cast<Number>(arcs[a].cost);
    }
    for (int u = 0; u < nodes; u++)
        supplies[graph.nodeFromId(u)] = static_cast<Number>(supply[u]);
    std::vector<Arc>().swap(arcs);
    typedef lemon::NetworkSimplex<Graph, Number, Number> Simplex;
    Simplex simplex(graph);
    simplex.lowerMap(low).upperMap(high).costMap(cost).supplyMap(supplies);
    clock_t ticks = clock();
    auto start = std::chrono::steady_clock::now();
    if (simplex.run() != Simplex::OPTIMAL) {
        puts("infeasible");
        return 1;
    }
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    ticks = clock() - ticks;
    printf("cost %lld\n", static_cast<long long>(simplex.template totalCost<__int128>()));
    printf("seconds %.6f\ncpu %.6f\n", took.count(), static_cast<double>(ticks) / CLOCKS_PER_SEC);
    return 0;
}

int main(int count, char **words)
{
    bool narrow = count == 3 && !strcmp(words[1], "int");
    FILE *file = count >= 2 ? fopen(words[count - 1], "r") : NULL;
    if (!file)
        return 4;
    int nodes = 0;
    std::vector<long> supply;
    std::vector<Arc> arcs;
    char line[256];
    while (fgets(line, sizeof line, file)) {
        char *at = line + 1;
        if (line[0] == 'p') {
            at = strstr(line, "min") + 3;
            nodes = static_cast<int>(strtol(at, &at, 10));
            arcs.reserve(strtoul(at, &at, 10));
            supply.resize(nodes);
        } else if (line[0] == 'n') {
            long node = strtol(at, &at, 10);
            supply[node - 1] += strtol(at, &at, 10);
        } else if (line[0] == 'a') {
            Arc arc;
            arc.from = static_cast<int>(strtol(at, &at, 10)) - 1;
            arc.to = static_cast<int>(strtol(at, &at, 10)) - 1;
            arc.low = strtol(at, &at, 10);
            arc.high = strtol(at, &at, 10);
            arc.cost = strtol(at, &at, 10);
            arcs.push_back(arc);
        }
    }
    fclose(file);
    return narrow ? solve<int>(nodes, supply, arcs) : solve<int64_t>(nodes, supply, arcs);
}
