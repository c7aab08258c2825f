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
    if (arc >= cell && arc < pair) {
        upper = fill->most ? fill->most[arc - cell] : upper;
        lower = fill->least ? fill->least[arc - cell] : lower;
    }
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

bool rk_fill_solve(const struct rk_fill *fill, uint32_t stages, bool *member, int64_t *potential,
                   struct rk_match_result *result)
{
    const struct rk_network *net = fill->net;
    uint32_t *arcs, count;
    struct rk_flow *flow = rk_fill_small_flow(fill, &arcs, &count);
    int64_t *all = rk_alloc((size_t)net->arcs + 1, sizeof *all);
    int64_t *cost = rk_alloc((size_t)count + 1, sizeof *cost);
    bool solved = true;
    rk_fill_rough_costs(net, all);
    for (uint32_t a = 0; a < count; a++)
        cost[a] = all[arcs[a]];
    if (stages > 1)
        rk_flow_solve(flow, cost);
    for (uint32_t s = 0; s < stages && solved; s++) {
        if (s)
            rk_flow_narrow(flow);
        rk_network_costs(net, s ? net->stage_end[s - 1] : 0, net->stage_end[s], all);
        for (uint32_t a = 0; a < count; a++)
            cost[a] = all[arcs[a]];
        solved = rk_flow_solve(flow, cost) == RK_FLOW_OPTIMAL && rk_flow_proven(flow);
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
