#include "panel/programme.h"

#include "base/hash.h"
#include "base/mem.h"
#include "panel/choice.h"
#include "panel/cut.h"
#include "panel/greedy.h"

#include <stdio.h>

/* What the seats leave of the network: by arc what flows in one best flow, and whether it is the
 * same in all of them. */
struct best {
    const struct rk_flow *flow;
    const int64_t *cost;
    int32_t *amount;
    bool *fixed;
    uint32_t arc;
};

/* By complementary slackness an arc with a reduced cost other than zero stays where it is. */
static void note_fixed(void *context, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    struct best *best = context;
    uint32_t a = best->arc++;
    (void)lower;
    (void)upper;
    best->fixed[a] = best->fixed[a] || best->cost[a] + rk_flow_potential(best->flow, from) -
                                               rk_flow_potential(best->flow, to) !=
                                           0;
}

/* Where the levels from `first` on were stopped: as many seats of each recruitment are to be filled
 * as what was found of them fills. */
static void take_what_there_is(const struct rk_network *net, struct rk_match_result *result,
                               struct best *best, uint32_t first, uint32_t end)
{
    if (first || rk_greedy_is_whole(net, best->flow))
        for (uint32_t i = 0; i < net->problem->pair_count; i++)
            result->member[i] = rk_flow_amount(best->flow, net->first[RK_ARC_PAIR] + i) == 1;
    else
        rk_greedy_choose(net, net->lowered, result->member);
    int64_t *amount = rk_cut_amounts(net, result->member);
    for (uint32_t a = 0; a < net->arcs; a++) {
        best->amount[a] = (int32_t)amount[a];
        best->fixed[a] = a < net->first[RK_ARC_LOAD];
    }
    rk_free(amount);
    rk_cut_values(net, result->member, result->value);
    rk_choice_bounds(net, first, end, rk_flow_bound(best->flow), result->value, result->bound);
}

/* Fills the seats as well as can be, or as well as was found until it was stopped. False: too
 * large. */
static bool fill_seats(const struct rk_network *net, struct rk_match_result *result,
                       struct best *best)
{
    struct rk_flow *flow = rk_network_flow(net);
    int64_t *cost = rk_alloc((size_t)net->arcs + 1, sizeof *cost);
    bool done = true;
    rk_flow_stop_when(flow, net->problem->stop, net->problem->stop_context);
    best->flow = flow;
    best->cost = cost;
    for (uint32_t first = 0, end, stage = 0; first <= RK_MATCH_SHORTAGE; first = end) {
        end = net->stage_end[stage];
        end = end > RK_MATCH_SHORTAGE + 1 ? RK_MATCH_SHORTAGE + 1 : end;
        if (stage)
            rk_flow_narrow(flow);
        rk_network_costs(net, first, end, cost);
        enum rk_flow_outcome outcome = rk_flow_solve(flow, cost);
        result->stopped = outcome == RK_FLOW_STOPPED;
        done = result->stopped || outcome == RK_FLOW_OPTIMAL;
        if (result->stopped)
            take_what_there_is(net, result, best, first, end);
        if (outcome != RK_FLOW_OPTIMAL)
            break;
        result->proven = result->proven && rk_flow_proven(flow);
        best->arc = 0;
        rk_network_arcs(net, note_fixed, best);
        for (uint32_t u = 0; result->potential && u < net->nodes; u++)
            result->potential[(size_t)stage * net->nodes + u] = rk_flow_potential(flow, u);
        stage++;
    }
    for (uint32_t a = 0; a < net->arcs && done && !result->stopped; a++)
        best->amount[a] = (int32_t)rk_flow_amount(flow, a);
    result->pivots = rk_flow_pivots(flow);
    rk_flow_free(flow);
    rk_free(cost);
    return done;
}

/* The network of the chances: the flow's, but memberships and empty seats come from two nodes, and
 * the loads of one panelist are one arc. Arcs that only flows with fewer seats would change are
 * fixed. */
struct build {
    const struct rk_network *net;
    const struct best *best;
    struct rk_programme *lottery;
    uint32_t arc;
    int64_t units; /* seen of the loads of the panelist at hand: */
    int32_t load, least, most;
};

static void add_load(struct build *build, uint32_t limit)
{
    struct rk_programme *lottery = build->lottery;
    uint32_t panelist = build->net->limits[limit].panelist;
    uint32_t arc = rk_chances_arc(lottery->chances, 0, rk_node_limit(limit), build->least,
                                  build->most, build->load);
    lottery->load_arc[panelist] = arc;
    lottery->load_node[panelist] = rk_node_limit(limit);
    lottery->person[panelist] = rk_chances_person(
        lottery->chances, arc, (int32_t)build->net->problem->panelists[panelist].load);
    build->load = build->least = build->most = 0;
}

/* The own limits of panelists without room have no arc of the network; theirs carry nothing. */
static void add_loads_without_room(struct build *build)
{
    for (uint32_t l = 0; l < build->net->limit_count; l++)
        if (build->net->limits[l].parent == RK_NONE && build->net->limits[l].room == 0)
            add_load(build, l);
}

static void add_arc(void *context, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    struct build *build = context;
    const struct rk_network *net = build->net;
    uint32_t a = build->arc++;
    bool fixed = build->best->fixed[a];
    int32_t amount = build->best->amount[a];
    int32_t least = fixed ? amount : (int32_t)lower, most = fixed ? amount : (int32_t)upper;
    if (a >= net->first[RK_ARC_LOAD] && a < net->first[RK_ARC_LIMIT]) {
        uint32_t limit = to - rk_node_limit(0);
        build->load += amount;
        build->least += least;
        build->most += most;
        if (++build->units == net->limits[limit].room) {
            build->units = 0;
            add_load(build, limit);
        }
        return;
    }
    uint32_t arc =
        rk_chances_arc(build->lottery->chances, a < net->first[RK_ARC_LOAD] ? net->nodes : from, to,
                       least, most, amount);
    if (a == net->first[RK_ARC_KEPT_FOR])
        build->lottery->kept_arc = arc;
    if (a == net->first[RK_ARC_PAIR])
        build->lottery->first_pair = arc;
}

/* The values of what was drawn. */
static void set_values(const struct rk_network *net, struct rk_match_result *result, bool filled)
{
    int64_t bound[RK_MATCH_SHORTAGE + 1];
    memcpy(bound, result->bound, sizeof bound);
    rk_cut_values(net, result->member, result->value);
    memcpy(result->bound, result->value, sizeof result->bound);
    if (!filled)
        memcpy(result->bound, bound, sizeof bound);
    for (int64_t **told = (int64_t *[]){result->value, result->bound, NULL}; *told; told++) {
        (*told)[RK_MATCH_SEATS] += net->seats_lost;
        (*told)[RK_MATCH_SHORTAGE] += net->shortage_lost;
    }
}

static enum rk_programme_outcome draw(const struct rk_match_problem *problem,
                                      const struct rk_network *net, struct rk_match_result *result,
                                      struct rk_programme *lottery)
{
    struct best best = {.amount = rk_alloc((size_t)net->arcs + 1, sizeof *best.amount),
                        .fixed = rk_alloc((size_t)net->arcs + 1, sizeof *best.fixed)};
    bool done = fill_seats(net, result, &best), filled = !result->stopped;
    for (uint32_t p = 0; p < problem->panelist_count && done; p++)
        done = problem->panelists[p].load < INT32_MAX;
    if (done) {
        struct build build = {.net = net, .best = &best, .lottery = lottery};
        lottery->chances = rk_chances_new(net->nodes + 1);
        rk_network_arcs(net, add_arc, &build);
        add_loads_without_room(&build);
        rk_chances_stop_when(lottery->chances, problem->most_solves, problem->stop,
                             problem->stop_context);
    }
    rk_free(best.amount);
    rk_free(best.fixed);
    enum rk_chances_outcome outcome =
        done ? rk_chances_solve(lottery->chances) : RK_CHANCES_TOO_LARGE;
    if (outcome == RK_CHANCES_TOO_LARGE)
        return RK_PROGRAMME_TOO_LARGE;
    lottery->stopped = outcome == RK_CHANCES_STOPPED;
    result->stopped = !filled || lottery->stopped;
    result->proven = result->proven && !result->stopped;
    if (lottery->stopped)
        rk_chances_gap(lottery->chances, &lottery->reached, &lottery->bound);
    int32_t *amounts = rk_alloc((size_t)net->arcs + net->limit_count + 1, sizeof *amounts);
    rk_chances_draw(lottery->chances, problem->seed, amounts);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        result->member[i] = amounts[lottery->first_pair + i] == 1;
    rk_free(amounts);
    set_values(net, result, filled);
    return RK_PROGRAMME_DRAWN;
}

enum rk_programme_outcome rk_programme(const struct rk_match_problem *problem,
                                       struct rk_match_result *result, struct rk_programme *lottery)
{
    *result = (struct rk_match_result){.proven = true, .solves = 1};
    *lottery = (struct rk_programme){.problem = problem};
    struct rk_network *net = result->network = rk_alloc(1, sizeof *net);
    lottery->net = net;
    if (!rk_network_build(net, problem))
        return RK_PROGRAMME_TOO_LARGE;
    rk_network_forget_lots(net);
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
    lottery->person = rk_alloc((size_t)problem->panelist_count + 1, sizeof *lottery->person);
    lottery->load_arc = rk_alloc((size_t)problem->panelist_count + 1, sizeof *lottery->load_arc);
    lottery->load_node = rk_alloc((size_t)problem->panelist_count + 1, sizeof *lottery->load_node);
    for (uint32_t p = 0; p < problem->panelist_count; p++)
        lottery->person[p] = RK_NONE;
    if (problem->want_proof)
        result->potential = rk_alloc((size_t)2 * net->nodes, sizeof *result->potential);
    enum rk_programme_outcome outcome = draw(problem, net, result, lottery);
    if (outcome == RK_PROGRAMME_DRAWN)
        rk_cut_find(net, result->member, result);
    return outcome;
}

void rk_programme_free(struct rk_programme *lottery)
{
    rk_chances_free(lottery->chances);
    rk_free(lottery->person);
    rk_free(lottery->load_arc);
    rk_free(lottery->load_node);
    rk_fraction_free(&lottery->reached);
    rk_fraction_free(&lottery->bound);
    *lottery = (struct rk_programme){0};
}

void rk_programme_pair(const struct rk_programme *lottery, uint32_t pair, int64_t *num,
                       int64_t *den)
{
    rk_chances_amount(lottery->chances, lottery->first_pair + pair,
                      rk_node_limit(lottery->net->leaf[pair]), num, den);
}

void rk_programme_panelist(const struct rk_programme *lottery, uint32_t panelist, int64_t *num,
                           int64_t *den)
{
    *num = 0;
    *den = 1;
    if (lottery->person[panelist] != RK_NONE)
        rk_chances_amount(lottery->chances, lottery->load_arc[panelist],
                          lottery->load_node[panelist], num, den);
}

void rk_programme_kept(const struct rk_programme *lottery, uint32_t k, int64_t *num, int64_t *den)
{
    rk_chances_amount(lottery->chances, lottery->kept_arc + k,
                      rk_node_row(lottery->net, lottery->net->kept_row[k]), num, den);
}

static rk_fixed rounded(int64_t num, int64_t den)
{
    return rk_fixed_divide(rk_fixed_int(num), den);
}

rk_fixed rk_programme_chance(const void *lottery, uint32_t pair)
{
    int64_t num, den;
    rk_programme_pair(lottery, pair, &num, &den);
    return rounded(num, den);
}

bool rk_programme_rivals(const void *lottery, uint32_t panelist, uint32_t *people, int64_t *seats)
{
    const struct rk_programme *programme = lottery;
    uint32_t person = programme->person[panelist];
    if (person == RK_NONE || rk_chances_state(programme->chances, person) != RK_CHANCES_SHARES)
        return false;
    rk_chances_rivals(programme->chances, person, people, seats);
    return true;
}

/* As text in `room`, which has place for it. */
static struct rk_text exact(int64_t num, int64_t den, char room[64])
{
    struct rk_ratio ratio = rk_ratio(num, den);
    int size = ratio.den == 1
                   ? snprintf(room, 64, "%lld", (long long)ratio.num)
                   : snprintf(room, 64, "%lld/%lld", (long long)ratio.num, (long long)ratio.den);
    return (struct rk_text){room, (size_t)size};
}

/* All recruitments of a panelist together. */
static struct rk_odds odds_of(const struct rk_programme *lottery, uint32_t p, char texts[2][64])
{
    static const enum rk_odds_state states[] = {
        [RK_CHANCES_SHARES] = RK_ODDS_SHARES,     [RK_CHANCES_FULL] = RK_ODDS_FULL,
        [RK_CHANCES_HAS_MORE] = RK_ODDS_HAS_MORE, [RK_CHANCES_NO_MORE] = RK_ODDS_NO_MORE,
        [RK_CHANCES_TAKES_NONE] = RK_ODDS_NONE,   [RK_CHANCES_OPEN] = RK_ODDS_OPEN,
    };
    uint32_t person = lottery->person[p];
    int64_t num, den;
    rk_programme_panelist(lottery, p, &num, &den);
    struct rk_odds all = {.recruitment = RK_NONE,
                          .panelist = p,
                          .exact = exact(num, den, texts[0]),
                          .chance = rounded(num, den),
                          .before = lottery->problem->panelists[p].load,
                          .state = states[rk_chances_state(lottery->chances, person)]};
    uint32_t level = rk_chances_level_of(lottery->chances, person);
    if (level != RK_NONE) {
        const struct rk_chances_level *told = rk_chances_level(lottery->chances, level);
        all.level = level + 1;
        all.competing = told->persons;
        all.seats = exact(told->seats, 1, texts[1]);
    }
    return all;
}

void rk_programme_odds(const struct rk_programme *lottery,
                       void (*tell)(void *context, const struct rk_odds *odds), void *context)
{
    const struct rk_match_problem *problem = lottery->problem;
    char texts[2][64];
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t p = problem->pairs[i].panelist;
        struct rk_odds odds;
        if (!i || problem->pairs[i - 1].panelist != p) {
            odds = odds_of(lottery, p, texts);
            tell(context, &odds);
        }
        int64_t num, den;
        rk_programme_pair(lottery, i, &num, &den);
        odds = (struct rk_odds){.recruitment = problem->pairs[i].recruitment,
                                .panelist = p,
                                .exact = exact(num, den, texts[0]),
                                .chance = rounded(num, den)};
        tell(context, &odds);
    }
}
