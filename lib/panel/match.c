#include "panel/match.h"

#include "base/hash.h"
#include "base/mem.h"
#include "panel/cut.h"
#include "panel/greedy.h"
#include "panel/price.h"
#include "panel/prove.h"

#include <assert.h>

enum { SMALL = 100000 }; /* arcs: up to here a gap may be searched, which needs the potentials */

/* ---- one flow ---- */

struct solver {
    const struct rk_match_problem *problem;
    struct rk_network *net;
    struct rk_flow *flow; /* NULL before the first is solved */
    int64_t *cost;        /* of the stage, by arc */
    struct rk_match_result *result;
};

/* Solves for solver->cost; the result is checked from the potentials. False: stopped on the way. */
static bool solve_stage(struct solver *solver)
{
    enum rk_flow_outcome outcome = rk_flow_solve(solver->flow, solver->cost);
    if (outcome == RK_FLOW_STOPPED) {
        solver->result->stopped = true;
        solver->result->proven = false;
        return false;
    }
    assert(outcome == RK_FLOW_OPTIMAL); /* all places may stay unfilled, and costs were checked */
    solver->result->proven =
        outcome == RK_FLOW_OPTIMAL && rk_flow_proven(solver->flow) && solver->result->proven;
    return true;
}

/* Keeps the potentials of a stage for the certificate. */
static void keep_potentials(struct solver *solver, uint32_t stage)
{
    const struct rk_network *net = solver->net;
    for (uint32_t u = 0; u < net->nodes; u++)
        solver->result->potential[(size_t)stage * net->nodes + u] =
            rk_flow_potential(solver->flow, u);
}

static void set_values(const struct solver *solver, struct rk_choice *choice)
{
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        choice->value[l] = (int64_t)rk_network_value(solver->net, solver->flow, l);
}

/* The best choice without the pairs in `forbidden` when overlaps outside the groups do not count. A
 * flow solved before is where the next one starts. False when it was stopped: then *stage is the
 * one it was stopped in, and later ones are not begun. */
static bool solve(struct solver *solver, const bool *forbidden, struct rk_choice *choice,
                  uint32_t *stage)
{
    const struct rk_match_problem *problem = solver->problem;
    struct rk_match_result *result = solver->result;
    struct rk_network *net = solver->net;
    uint32_t first_pair = net->first[RK_ARC_PAIR];
    bool first_solve = !solver->flow;
    *stage = 0;
    if (first_solve) {
        solver->flow = rk_network_flow(net);
        rk_flow_stop_when(solver->flow, problem->stop, problem->stop_context);
    } else { /* before all else: nothing through forbidden pairs */
        rk_flow_widen(solver->flow);
        memset(solver->cost, 0, net->arcs * sizeof *solver->cost);
        for (uint32_t i = 0; i < problem->pair_count; i++)
            solver->cost[first_pair + i] = forbidden[i];
        if (!solve_stage(solver))
            return false;
        rk_flow_narrow(solver->flow);
    }
    for (; *stage < net->stages; ++*stage) {
        uint32_t first = *stage ? net->stage_end[*stage - 1] : 0;
        if (*stage)
            rk_flow_narrow(solver->flow); /* before the costs change */
        rk_network_costs(net, first, net->stage_end[*stage], solver->cost);
        if (!solve_stage(solver))
            return false;
        if (first_solve && result->potential)
            keep_potentials(solver, *stage);
        for (uint32_t l = first; l < net->stage_end[*stage]; l++)
            choice->value[l] = (int64_t)rk_network_value(net, solver->flow, (int)l);
    }
    int64_t reached[RK_MATCH_LEVELS];
    memcpy(reached, choice->value, sizeof reached);
    set_values(solver, choice);
    result->proven = result->proven && !memcmp(reached, choice->value, sizeof reached); /* kept */
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        choice->member[i] = rk_flow_amount(solver->flow, first_pair + i) == 1;
        result->proven = result->proven && !(choice->member[i] && forbidden[i]);
    }
    result->solves++;
    result->pivots = rk_flow_pivots(solver->flow);
    return true;
}

/* ---- stopped on the way ---- */

static void choose_greedily(const struct rk_network *net, struct rk_choice *choice)
{
    rk_greedy_choose(net, net->lowered, choice->member);
    rk_choice_set_values(net, choice);
}

/* The best there is when the first solution was stopped. */
static void take_what_there_is(struct solver *solver, uint32_t stage, struct rk_choice *choice)
{
    if (stage || rk_greedy_is_whole(solver->net, solver->flow)) {
        for (uint32_t i = 0; i < solver->problem->pair_count; i++)
            choice->member[i] =
                rk_flow_amount(solver->flow, solver->net->first[RK_ARC_PAIR] + i) == 1;
        set_values(solver, choice);
    } else {
        choose_greedily(solver->net, choice);
    }
    rk_choice_bounds(solver->net, rk_network_first(solver->net, stage),
                     solver->net->stage_end[stage], rk_flow_bound(solver->flow), choice->value,
                     solver->result->bound);
}

/* ---- branch and bound over overlaps that do not nest ---- */

/* A part of the search: the choices that do without `forbidden` pairs and those of all parents. */
struct branch {
    uint32_t parent; /* RK_NONE at the root */
    uint32_t *forbidden;
    uint32_t count;
    int64_t value[RK_MATCH_LEVELS]; /* no choice in it is better */
    uint32_t split;                 /* the pair to split on */
    bool open;
};

static void forbid(const struct branch *branches, uint32_t at, bool *forbidden)
{
    for (; at != RK_NONE; at = branches[at].parent)
        for (uint32_t i = 0; i < branches[at].count; i++)
            forbidden[branches[at].forbidden[i]] = true;
}

/* A good choice soon: of overlapping memberships the better stays, the others are forbidden, and
 * all is solved again until none are left. */
static void dive(struct solver *solver, struct rk_choice *choice, bool *forbidden)
{
    const struct rk_match_pair *pairs = solver->problem->pairs;
    for (;;) {
        uint32_t pair = 0, other;
        bool any = false;
        while (rk_choice_double_booked(solver->net, choice->member, &pair, &other)) {
            bool first = pairs[pair].fit != pairs[other].fit
                             ? pairs[pair].fit > pairs[other].fit
                             : solver->net->lottery[pair] <= solver->net->lottery[other];
            uint32_t loser = first ? other : pair;
            forbidden[loser] = true;
            choice->member[loser] = false;
            any = true;
        }
        uint32_t stage;
        if (!any)
            return;
        if (!solve(solver, forbidden, choice, &stage))
            break;
    }
    /* stopped: the memberships left are as they were, less those that overlap */
    uint32_t pair = 0, other;
    while (rk_choice_double_booked(solver->net, choice->member, &pair, &other))
        choice->member[pairs[pair].fit >= pairs[other].fit ? other : pair] = false;
    rk_choice_set_values(solver->net, choice);
}

/* Goes on from the best choice, where `root` was that of all; until nothing is better, or so many
 * flows were solved. */
static void search(struct solver *solver, const struct branch *root, struct rk_choice *choice,
                   struct rk_choice *best, bool *forbidden)
{
    struct rk_match_result *result = solver->result;
    const struct rk_match_problem *problem = solver->problem;
    uint32_t pairs = problem->pair_count, count = 0, room = 0;
    uint64_t most = problem->most_solves;
    if (!most) {
        most = 40000000 / ((uint64_t)solver->net->arcs + 1);
        most = most < 8 ? 8 : most > 2000 ? 2000 : most;
    }
    struct branch *branches = NULL;
    uint32_t other;
    RK_GROW(branches, count, room);
    branches[count++] = *root;
    for (;;) {
        uint32_t at = RK_NONE;
        for (uint32_t b = 0; b < count; b++)
            if (branches[b].open &&
                (at == RK_NONE || rk_choice_compare(branches[b].value, branches[at].value) < 0))
                at = b;
        bool done = at == RK_NONE || rk_choice_compare(branches[at].value, best->value) >= 0;
        if (done || result->solves >= most || result->stopped) {
            const int64_t *bound = done ? best->value : branches[at].value;
            if (rk_choice_compare(bound, result->bound) > 0)
                memcpy(result->bound, bound, sizeof result->bound);
            break;
        }
        branches[at].open = false;
        uint32_t split = branches[at].split;
        /* either the membership split on is not given, or nothing that overlaps it is */
        for (int side = 0; side < 2; side++) {
            RK_GROW(branches, count, room);
            struct branch *b = &branches[count];
            *b = (struct branch){.parent = at};
            uint32_t list_room = 0;
            if (side == 0) {
                RK_GROW(b->forbidden, b->count, list_room);
                b->forbidden[b->count++] = split;
            } else {
                uint32_t first = split;
                while (first &&
                       problem->pairs[first - 1].panelist == problem->pairs[split].panelist)
                    first--;
                for (uint32_t i = first;
                     i < pairs && problem->pairs[i].panelist == problem->pairs[split].panelist; i++)
                    if (rk_overlap(&solver->net->overlaps, problem->pairs[split].recruitment,
                                   problem->pairs[i].recruitment)) {
                        RK_GROW(b->forbidden, b->count, list_room);
                        b->forbidden[b->count++] = i;
                    }
            }
            memset(forbidden, 0, pairs * sizeof *forbidden);
            forbid(branches, count, forbidden);
            uint32_t stage;
            if (!solve(solver, forbidden, choice, &stage)) { /* as good as what it is part of */
                memcpy(b->value, branches[at].value, sizeof b->value);
                b->open = true;
                count++;
                continue;
            }
            memcpy(b->value, choice->value, sizeof b->value);
            b->split = 0;
            if (!rk_choice_double_booked(solver->net, choice->member, &b->split, &other)) {
                if (rk_choice_compare(choice->value, best->value) < 0)
                    rk_choice_copy(solver->net, best, choice);
            } else {
                b->open = rk_choice_compare(b->value, best->value) < 0;
            }
            count++;
        }
    }
    for (uint32_t b = 0; b < count; b++)
        rk_free(branches[b].forbidden);
    rk_free(branches);
}

/* A good choice soon; then the best, or what a limited search finds. */
static void settle_overlaps(struct solver *solver, struct rk_choice *choice, struct rk_choice *best,
                            bool *forbidden)
{
    struct rk_match_result *result = solver->result;
    struct branch first = {.parent = RK_NONE, .open = true};
    uint32_t other;
    memcpy(first.value, choice->value, sizeof choice->value);
    memcpy(result->bound, choice->value, sizeof choice->value);
    rk_choice_double_booked(solver->net, choice->member, &first.split, &other);
    dive(solver, choice, forbidden);
    rk_choice_copy(solver->net, best, choice);
    if (!result->stopped)
        rk_prove_best(result, best, NULL, NULL);
    if (!result->stopped && rk_choice_compare(result->bound, best->value))
        search(solver, &first, choice, best, forbidden);
    result->proven = result->proven && rk_choice_compare(result->bound, best->value) == 0;
}

/* ---- the whole ---- */

enum rk_status rk_match(const struct rk_match_problem *problem, struct rk_match_result *result,
                        struct rk_error *error)
{
    *result = (struct rk_match_result){.proven = true};
    struct rk_network *net = result->network = rk_alloc(1, sizeof *net);
    if (!rk_network_build(net, problem))
        return rk_fail(error, RK_BAD_DATA,
                       _("the weights of wanted experience have too many digits to be added up "
                         "exactly"));
    size_t pairs = (size_t)problem->pair_count + 1;
    bool *forbidden = rk_alloc(pairs, sizeof *forbidden);
    struct rk_choice choice = {.member = rk_alloc(pairs, sizeof *choice.member)};
    struct rk_choice best = {.member = rk_alloc(pairs, sizeof *best.member)};
    struct solver solver = {problem, net, NULL, rk_alloc((size_t)net->arcs + 1, sizeof(int64_t)),
                            result};
    if (problem->want_proof || ((net->crossing_count || !net->nested) && net->arcs <= SMALL))
        result->potential = rk_alloc((size_t)net->stages * net->nodes, sizeof *result->potential);
    result->nodes = net->nodes;
    result->arcs = net->arcs;
    result->stages = net->stages;
    result->crossing = net->crossing_count;
    result->nested = net->nested;
    uint32_t stage, pair = 0, other;
    if (net->crossing_count) {
        if (!rk_price_match(net, result, &best)) {
            choose_greedily(net, &best);
            rk_choice_bounds(net, 0, net->stage_end[0], 0, best.value, result->bound);
            memcpy(result->priced, result->bound, sizeof result->priced);
        }
    } else if (!solve(&solver, forbidden, &choice, &stage)) {
        take_what_there_is(&solver, stage, &choice);
        while (rk_choice_double_booked(net, choice.member, &pair, &other))
            choice.member[other] = false;
        rk_choice_set_values(net, &choice);
        rk_choice_copy(net, &best, &choice);
    } else if (net->nested || !rk_choice_double_booked(net, choice.member, &pair, &other)) {
        rk_choice_copy(net, &best, &choice);
        memcpy(result->bound, best.value, sizeof result->bound);
    } else {
        settle_overlaps(&solver, &choice, &best, forbidden);
    }
    memcpy(result->value, best.value, sizeof result->value);
    for (int64_t **told = (int64_t *[]){result->value, result->bound, result->priced, NULL}; *told;
         told++) {
        (*told)[RK_MATCH_SEATS] += net->seats_lost;
        (*told)[RK_MATCH_SHORTAGE] += net->shortage_lost;
    }
    result->member = best.member;
    rk_free(choice.member);
    rk_free(forbidden);
    rk_free(solver.cost);
    rk_flow_free(solver.flow);
    rk_cut_find(net, best.member, result);
    return RK_OK;
}

void rk_match_result_free(struct rk_match_result *result)
{
    rk_free(result->member);
    rk_free(result->potential);
    rk_free(result->price);
    rk_free(result->cut_of);
    rk_free(result->cuts);
    rk_free(result->cut_quotas);
    if (result->network)
        rk_network_free(result->network);
    rk_free(result->network);
    *result = (struct rk_match_result){0};
}
