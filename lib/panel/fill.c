#include "panel/fill.h"

#include "base/mem.h"

struct building {
    const struct rk_fill *fill;
    struct rk_flow *flow;
    uint32_t arc, count;
    uint32_t *arcs; /* which of the network's arcs each one is; NULL: all are there */
};

static void build_arc(void *context, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    struct building *building = context;
    const struct rk_fill *fill = building->fill;
    uint32_t arc = building->arc++, cell = fill->net->first[RK_ARC_CELL],
             pair = fill->net->first[RK_ARC_PAIR];
    if (arc >= pair && fill->without && fill->without[arc - pair]) {
        if (building->arcs)
            return;
        upper = 0;
    }
    if (arc >= cell && arc < pair && fill->most)
        upper = fill->most[arc - cell];
    rk_flow_arc(building->flow, from, to, lower, upper);
    if (building->arcs)
        building->arcs[building->count] = arc;
    building->count++;
}

static void build(struct building *building)
{
    const struct rk_network *net = building->fill->net;
    building->flow = rk_flow_new(net->nodes);
    for (uint32_t r = 0; r < net->problem->recruitment_count; r++) {
        rk_flow_supply(building->flow, 0, net->places[r]);
        rk_flow_supply(building->flow, rk_node_recruitment(net, r), -net->places[r]);
    }
    rk_network_arcs(net, build_arc, building);
    rk_flow_stop_when(building->flow, net->problem->stop, net->problem->stop_context);
}

struct rk_flow *rk_fill_flow(const struct rk_fill *fill)
{
    struct building building = {.fill = fill};
    build(&building);
    return building.flow;
}

struct rk_flow *rk_fill_small_flow(const struct rk_fill *fill, uint32_t **arcs, uint32_t *count)
{
    struct building building = {.fill = fill};
    building.arcs = *arcs = rk_alloc((size_t)fill->net->arcs + 1, sizeof **arcs);
    build(&building);
    *count = building.count;
    return building.flow;
}

void rk_fill_rough_costs(const struct rk_network *net, int64_t *costs)
{
    uint32_t stage = 0;
    while (net->stage_end[stage] <= RK_MATCH_FIT)
        stage++;
    rk_network_costs(net, stage ? net->stage_end[stage - 1] : 0, net->stage_end[stage], costs);
    int64_t most = 0;
    for (uint32_t a = net->first[RK_ARC_PAIR]; a < net->arcs; a++)
        most = costs[a] < -most ? -costs[a] : most;
    for (uint32_t a = 0; a < net->first[RK_ARC_LOAD]; a++)
        costs[a] = 4 * most;
}

static bool solve(struct rk_flow *flow, const int64_t *cost, struct rk_match_result *result)
{
    enum rk_flow_outcome outcome = rk_flow_solve(flow, cost);
    result->stopped = result->stopped || outcome == RK_FLOW_STOPPED;
    return outcome == RK_FLOW_OPTIMAL;
}

/* Room for the counts of every panel around those at hand; the same as before where there are empty
 * seats. */
static void widen(const struct rk_fill *fill, const struct rk_flow *flow, int32_t *least,
                  int32_t *most)
{
    const struct rk_crossing *crossing = fill->crossing;
    uint32_t arc = fill->net->first[RK_ARC_CELL];
    int64_t *gain = rk_alloc((size_t)fill->net->cell_nodes + 1, sizeof *gain);
    for (uint32_t i = 0; i < crossing->count; i++) {
        const struct rk_crossing_panel *panel = &crossing->panels[i];
        uint32_t first = panel->first_node;
        int32_t empty = fill->net->places[panel->recruitment];
        for (uint32_t k = first; k < first + panel->cells; k++)
            empty -= (int32_t)rk_flow_amount(flow, arc + k);
        for (uint32_t k = first; k < first + panel->cells; k++) {
            gain[k] = rk_flow_reduced(flow, arc + k);
            if (empty == 0)
                least[k] = most[k] = (int32_t)rk_flow_amount(flow, arc + k);
        }
        if (empty == 0)
            rk_crossing_widen(crossing, panel, gain + first, least + first, most + first);
    }
    rk_free(gain);
}

/* Goes on from the counts at hand in ever new boxes; false: stopped. */
static bool move_counts(const struct rk_fill *fill, struct rk_flow *flow, const int64_t *cost,
                        struct rk_match_result *result)
{
    const struct rk_network *net = fill->net;
    int32_t *least = rk_alloc((size_t)net->cell_nodes + 1, sizeof *least);
    int32_t *most = rk_alloc((size_t)net->cell_nodes + 1, sizeof *most);
    memcpy(most, fill->most, net->cell_nodes * sizeof *most);
    __int128 before, now = rk_flow_cost(flow, cost);
    bool solved = true;
    int moves = 0;
    do {
        before = now;
        widen(fill, flow, least, most);
        rk_flow_bounds(flow, net->first[RK_ARC_CELL], net->cell_nodes, least, most);
        solved = solve(flow, cost, result);
        now = rk_flow_cost(flow, cost);
    } while (solved && now < before && ++moves < fill->moves &&
             !(net->problem->stop && net->problem->stop(net->problem->stop_context)));
    rk_free(least);
    rk_free(most);
    return solved;
}

bool rk_fill_solve(const struct rk_fill *fill, uint32_t stages, bool *member, int64_t *potential,
                   struct rk_match_result *result)
{
    const struct rk_network *net = fill->net;
    uint32_t *arcs, count;
    struct rk_flow *flow = rk_fill_small_flow(fill, &arcs, &count);
    if (fill->to_the_end)
        rk_flow_stop_when(flow, NULL, NULL);
    int64_t *all = rk_alloc((size_t)net->arcs + 1, sizeof *all);
    int64_t *cost = rk_alloc((size_t)count + 1, sizeof *cost);
    bool solved = true;
    rk_fill_rough_costs(net, all);
    for (uint32_t a = 0; a < count; a++)
        cost[a] = all[arcs[a]];
    if (stages != 1)
        solved =
            solve(flow, cost, result) && (!fill->crossing || move_counts(fill, flow, cost, result));
    for (uint32_t s = 0; s < stages && solved; s++) {
        if (s)
            rk_flow_narrow(flow);
        rk_network_costs(net, s ? net->stage_end[s - 1] : 0, net->stage_end[s], all);
        for (uint32_t a = 0; a < count; a++)
            cost[a] = all[arcs[a]];
        solved = solve(flow, cost, result) && rk_flow_proven(flow);
    }
    memset(member, 0, net->problem->pair_count * sizeof *member);
    for (uint32_t a = 0; a < count && solved; a++)
        if (arcs[a] >= net->first[RK_ARC_PAIR])
            member[arcs[a] - net->first[RK_ARC_PAIR]] = rk_flow_amount(flow, a) == 1;
    for (uint32_t u = 0; u < net->nodes && potential; u++)
        potential[u] = rk_flow_potential(flow, u);
    result->solves++;
    result->pivots += rk_flow_pivots(flow);
    rk_free(all);
    rk_free(cost);
    rk_free(arcs);
    rk_flow_free(flow);
    return solved;
}
