#include "panel/programme.h"

#include "base/hash.h"
#include "base/mem.h"
#include "panel/cut.h"

#include <stdio.h>

/* Fills the seats as well as can be; leaves in flow and cost the last stage. False: too large. */
static bool fill_seats(const struct rk_network *net, struct rk_flow *flow, int64_t *cost,
                       bool *fixed, const uint32_t *from, const uint32_t *to,
                       struct rk_match_result *result)
{
    for (uint32_t first = 0, end, stage = 0; first <= RK_MATCH_SHORTAGE; first = end, stage++) {
        end = net->stage_end[stage];
        end = end > RK_MATCH_SHORTAGE + 1 ? RK_MATCH_SHORTAGE + 1 : end;
        if (stage)
            rk_flow_narrow(flow);
        rk_network_costs(net, first, end, cost);
        if (rk_flow_solve(flow, cost) != RK_FLOW_OPTIMAL)
            return false;
        result->proven = result->proven && rk_flow_proven(flow);
        for (uint32_t a = 0; a < net->arcs; a++)
            fixed[a] =
                fixed[a] ||
                cost[a] + rk_flow_potential(flow, from[a]) - rk_flow_potential(flow, to[a]) != 0;
        for (uint32_t u = 0; result->potential && u < net->nodes; u++)
            result->potential[(size_t)stage * net->nodes + u] = rk_flow_potential(flow, u);
        result->lottery_stages = stage + 1;
    }
    return true;
}

struct arcs { /* as the network tells them */
    uint32_t *from, *to;
    int32_t *lower, *upper;
    uint32_t count;
};

static void note_arc(void *context, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    struct arcs *arcs = context;
    arcs->from[arcs->count] = from;
    arcs->to[arcs->count] = to;
    arcs->lower[arcs->count] = (int32_t)lower;
    arcs->upper[arcs->count++] = (int32_t)upper;
}

/* The network of the chances: the flow's, but memberships and empty seats come from two nodes, and
 * the loads of one panelist are one arc. Arcs that only flows with fewer seats would change are
 * fixed. */
static bool add_arcs(const struct rk_network *net, const struct arcs *arcs, const bool *fixed,
                     const struct rk_flow *flow, struct rk_programme *lottery)
{
    const struct rk_match_problem *problem = net->problem;
    struct rk_chances *chances = lottery->chances = rk_chances_new(net->nodes + 1);
    uint32_t empties = net->nodes, a = 0;
    for (; a < net->first[RK_ARC_LOAD]; a++) {
        int32_t amount = (int32_t)rk_flow_amount(flow, a);
        rk_chances_arc(chances, empties, arcs->to[a], fixed[a] ? amount : 0, fixed[a] ? amount : 1,
                       amount);
    }
    for (uint32_t l = 0; l < net->limit_count; l++) {
        const struct rk_limit *limit = &net->limits[l];
        if (limit->parent != RK_NONE)
            continue;
        if (problem->panelists[limit->panelist].load > INT32_MAX)
            return false;
        int32_t amount = 0, least = 0, most = 0;
        for (int64_t k = 0; k < limit->room; k++, a++) {
            int32_t unit = (int32_t)rk_flow_amount(flow, a);
            amount += unit;
            least += fixed[a] ? unit : 0;
            most += fixed[a] ? unit : 1;
        }
        uint32_t arc = rk_chances_arc(chances, 0, rk_node_limit(l), least, most, amount);
        lottery->load_arc[limit->panelist] = arc;
        lottery->person[limit->panelist] =
            rk_chances_person(chances, arc, (int32_t)problem->panelists[limit->panelist].load);
    }
    for (; a < net->arcs; a++) {
        int32_t amount = (int32_t)rk_flow_amount(flow, a);
        uint32_t arc =
            rk_chances_arc(chances, arcs->from[a], arcs->to[a], fixed[a] ? amount : arcs->lower[a],
                           fixed[a] ? amount : arcs->upper[a], amount);
        if (a == net->first[RK_ARC_KEPT_FOR])
            lottery->kept_arc = arc;
        if (a >= net->first[RK_ARC_PAIR])
            lottery->arc[a - net->first[RK_ARC_PAIR]] = arc;
    }
    return true;
}

/* The values of what was drawn. */
static void set_values(const struct rk_network *net, struct rk_match_result *result)
{
    int64_t *amount = rk_cut_amounts(net, result->member);
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        result->value[l] = (int64_t)rk_network_value_of(net, amount, l);
    result->value[RK_MATCH_SEATS] += net->seats_lost;
    result->value[RK_MATCH_SHORTAGE] += net->shortage_lost;
    memcpy(result->bound, result->value, sizeof result->bound);
    rk_free(amount);
}

static enum rk_programme_outcome draw(const struct rk_match_problem *problem,
                                      const struct rk_network *net, struct rk_match_result *result,
                                      struct rk_programme *lottery)
{
    size_t n = (size_t)net->arcs + 1;
    struct arcs arcs = {rk_alloc(n, sizeof(uint32_t)), rk_alloc(n, sizeof(uint32_t)),
                        rk_alloc(n, sizeof(int32_t)), rk_alloc(n, sizeof(int32_t)), 0};
    bool *fixed = rk_alloc(n, sizeof *fixed);
    int64_t *cost = rk_alloc(n, sizeof *cost);
    struct rk_flow *flow = rk_network_flow(net);
    rk_network_arcs(net, note_arc, &arcs);
    bool done = fill_seats(net, flow, cost, fixed, arcs.from, arcs.to, result) &&
                add_arcs(net, &arcs, fixed, flow, lottery);
    result->pivots = rk_flow_pivots(flow);
    rk_flow_free(flow);
    rk_free(cost);
    rk_free(fixed);
    rk_free(arcs.from);
    rk_free(arcs.to);
    rk_free(arcs.lower);
    rk_free(arcs.upper);
    if (!done || rk_chances_solve(lottery->chances) != RK_CHANCES_SOLVED)
        return RK_PROGRAMME_TOO_LARGE;
    int32_t *amounts = rk_alloc(n + net->limit_count, sizeof *amounts);
    rk_chances_draw(lottery->chances, problem->seed, amounts);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        result->member[i] = amounts[lottery->arc[i]] == 1;
    rk_free(amounts);
    return RK_PROGRAMME_DRAWN;
}

enum rk_programme_outcome rk_programme(const struct rk_match_problem *problem,
                                       struct rk_match_result *result, struct rk_programme *lottery)
{
    *result = (struct rk_match_result){.proven = true, .solves = 1};
    *lottery = (struct rk_programme){.problem = problem};
    struct rk_network *net = result->network = rk_alloc(1, sizeof *net);
    if (!rk_network_build(net, problem))
        return RK_PROGRAMME_TOO_LARGE;
    if (net->crossing_count)
        return RK_PROGRAMME_CROSSING;
    if (!net->nested)
        return RK_PROGRAMME_OVERLAPS;
    result->nodes = net->nodes;
    result->arcs = net->arcs;
    result->stages = net->stages;
    result->crossing = net->crossing_count;
    result->nested = true;
    result->member = rk_alloc((size_t)problem->pair_count + 1, sizeof *result->member);
    lottery->arc = rk_alloc((size_t)problem->pair_count + 1, sizeof *lottery->arc);
    lottery->person = rk_alloc((size_t)problem->panelist_count + 1, sizeof *lottery->person);
    lottery->load_arc = rk_alloc((size_t)problem->panelist_count + 1, sizeof *lottery->load_arc);
    for (uint32_t p = 0; p < problem->panelist_count; p++)
        lottery->person[p] = RK_NONE;
    if (problem->want_proof)
        result->potential = rk_alloc((size_t)2 * net->nodes, sizeof *result->potential);
    enum rk_programme_outcome outcome = draw(problem, net, result, lottery);
    if (outcome != RK_PROGRAMME_DRAWN)
        return outcome;
    set_values(net, result);
    rk_cut_find(net, result->member, result);
    return RK_PROGRAMME_DRAWN;
}

void rk_programme_free(struct rk_programme *lottery)
{
    rk_chances_free(lottery->chances);
    rk_free(lottery->person);
    rk_free(lottery->arc);
    rk_free(lottery->load_arc);
    *lottery = (struct rk_programme){0};
}

void rk_programme_pair(const struct rk_programme *lottery, uint32_t pair, int64_t *num,
                       int64_t *den)
{
    rk_chances_amount(lottery->chances, lottery->arc[pair], num, den);
}

void rk_programme_panelist(const struct rk_programme *lottery, uint32_t panelist, int64_t *num,
                           int64_t *den)
{
    *num = 0;
    *den = 1;
    if (lottery->person[panelist] != RK_NONE)
        rk_chances_amount(lottery->chances, lottery->load_arc[panelist], num, den);
}

void rk_programme_kept(const struct rk_programme *lottery, uint32_t k, int64_t *num, int64_t *den)
{
    rk_chances_amount(lottery->chances, lottery->kept_arc + k, num, den);
}

static rk_fixed rounded(int64_t num, int64_t den)
{
    return rk_fixed_divide(rk_fixed_int(num), den);
}

rk_fixed *rk_programme_chances(const struct rk_programme *lottery)
{
    uint32_t pairs = lottery->problem->pair_count;
    rk_fixed *chances = rk_alloc((size_t)pairs + 1, sizeof *chances);
    for (uint32_t i = 0; i < pairs; i++) {
        int64_t num, den;
        rk_programme_pair(lottery, i, &num, &den);
        chances[i] = rounded(num, den);
    }
    return chances;
}

static struct rk_text exact(int64_t num, int64_t den, struct rk_arena *arena)
{
    struct rk_ratio ratio = rk_ratio(num, den);
    char text[64];
    int size = ratio.den == 1 ? snprintf(text, sizeof text, "%lld", (long long)ratio.num)
                              : snprintf(text, sizeof text, "%lld/%lld", (long long)ratio.num,
                                         (long long)ratio.den);
    return (struct rk_text){rk_arena_text(arena, text, (size_t)size), (size_t)size};
}

struct rk_odds *rk_programme_odds(const struct rk_programme *lottery, struct rk_arena *arena,
                                  size_t *count)
{
    static const enum rk_odds_state states[] = {
        [RK_CHANCES_SHARES] = RK_ODDS_SHARES,     [RK_CHANCES_FULL] = RK_ODDS_FULL,
        [RK_CHANCES_HAS_MORE] = RK_ODDS_HAS_MORE, [RK_CHANCES_NO_MORE] = RK_ODDS_NO_MORE,
        [RK_CHANCES_TAKES_NONE] = RK_ODDS_NONE,
    };
    const struct rk_match_problem *problem = lottery->problem;
    struct rk_odds *rows =
        rk_alloc((size_t)problem->pair_count + problem->panelist_count + 1, sizeof *rows);
    int64_t num, den;
    *count = 0;
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t p = problem->pairs[i].panelist, person = lottery->person[p];
        if (!i || problem->pairs[i - 1].panelist != p) {
            rk_programme_panelist(lottery, p, &num, &den);
            struct rk_odds *all = &rows[(*count)++];
            *all = (struct rk_odds){.recruitment = RK_NONE,
                                    .panelist = p,
                                    .exact = exact(num, den, arena),
                                    .chance = rounded(num, den),
                                    .before = problem->panelists[p].load,
                                    .state = states[rk_chances_state(lottery->chances, person)]};
            uint32_t level = rk_chances_level_of(lottery->chances, person);
            if (level != RK_NONE) {
                const struct rk_chances_level *told = rk_chances_level(lottery->chances, level);
                all->level = level + 1;
                all->competing = told->persons;
                all->seats = exact(told->seats, 1, arena);
            }
        }
        rk_programme_pair(lottery, i, &num, &den);
        rows[(*count)++] = (struct rk_odds){.recruitment = problem->pairs[i].recruitment,
                                            .panelist = p,
                                            .exact = exact(num, den, arena),
                                            .chance = rounded(num, den)};
    }
    return rows;
}
