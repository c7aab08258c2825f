#include "panel/match.h"

#include "base/hash.h"
#include "base/mem.h"
#include "panel/cut.h"

#include <assert.h>

/* ---- one flow ---- */

struct choice {
    bool *member; /* by pair */
    int64_t value[RK_MATCH_LEVELS];
};

struct solver {
    const struct rk_match_problem *problem;
    struct rk_network *net;
    struct rk_flow *flow; /* NULL before the first is solved */
    int64_t *cost;        /* of the stage, by arc */
    struct rk_match_result *result;
};

/* Solves for solver->cost; the result is checked from the potentials. */
static void solve_stage(struct solver *solver)
{
    enum rk_flow_outcome outcome = rk_flow_solve(solver->flow, solver->cost);
    assert(outcome == RK_FLOW_OPTIMAL); /* all places may stay unfilled, and costs were checked */
    solver->result->proven =
        outcome == RK_FLOW_OPTIMAL && rk_flow_proven(solver->flow) && solver->result->proven;
}

/* Keeps the potentials of a stage for the certificate. */
static void keep_potentials(struct solver *solver, uint32_t stage)
{
    const struct rk_network *net = solver->net;
    for (uint32_t u = 0; u < net->nodes; u++)
        solver->result->potential[(size_t)stage * net->nodes + u] =
            rk_flow_potential(solver->flow, u);
}

/* The best choice without the pairs in `forbidden` when overlaps outside the groups do not count. A
 * flow solved before is where the next one starts. */
static void solve(struct solver *solver, const bool *forbidden, struct choice *choice)
{
    const struct rk_match_problem *problem = solver->problem;
    struct rk_match_result *result = solver->result;
    struct rk_network *net = solver->net;
    uint32_t first_pair = net->first[RK_ARC_PAIR];
    bool first_solve = !solver->flow;
    if (first_solve) {
        solver->flow = rk_network_flow(net);
    } else { /* before all else: nothing through forbidden pairs */
        rk_flow_widen(solver->flow);
        memset(solver->cost, 0, net->arcs * sizeof *solver->cost);
        for (uint32_t i = 0; i < problem->pair_count; i++)
            solver->cost[first_pair + i] = forbidden[i];
        solve_stage(solver);
        rk_flow_narrow(solver->flow);
    }
    for (uint32_t stage = 0; stage < net->stages; stage++) {
        uint32_t first = stage ? net->stage_end[stage - 1] : 0;
        if (stage)
            rk_flow_narrow(solver->flow); /* before the costs change */
        rk_network_costs(net, first, net->stage_end[stage], solver->cost);
        solve_stage(solver);
        if (first_solve && result->potential)
            keep_potentials(solver, stage);
        for (uint32_t l = first; l < net->stage_end[stage]; l++)
            choice->value[l] = (int64_t)rk_network_value(net, solver->flow, (int)l);
    }
    for (int l = 0; l < RK_MATCH_LEVELS; l++) /* what a stage reached, later ones have kept */
        result->proven =
            result->proven && choice->value[l] == (int64_t)rk_network_value(net, solver->flow, l);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        choice->member[i] = rk_flow_amount(solver->flow, first_pair + i) == 1;
        result->proven = result->proven && !(choice->member[i] && forbidden[i]);
    }
    result->solves++;
    result->pivots = rk_flow_pivots(solver->flow);
}

/* ---- branch and bound over overlaps that do not nest ---- */

static int compare_values(const int64_t *a, const int64_t *b)
{
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        if (a[l] != b[l])
            return a[l] < b[l] ? -1 : 1;
    return 0;
}

/* The next two memberships of one panelist that overlap, from *pair on; false when there are none.
 */
static bool double_booked(const struct solver *solver, const bool *member, uint32_t *pair,
                          uint32_t *other)
{
    const struct rk_match_pair *pairs = solver->problem->pairs;
    for (; *pair < solver->problem->pair_count; ++*pair) {
        if (!member[*pair])
            continue;
        for (*other = *pair + 1; *other < solver->problem->pair_count &&
                                 pairs[*other].panelist == pairs[*pair].panelist;
             ++*other)
            if (member[*other] && rk_overlap(&solver->net->overlaps, pairs[*pair].recruitment,
                                             pairs[*other].recruitment))
                return true;
    }
    return false;
}

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

static void keep(const struct solver *solver, struct choice *best, const struct choice *choice)
{
    memcpy(best->member, choice->member, solver->problem->pair_count * sizeof *best->member);
    memcpy(best->value, choice->value, sizeof best->value);
}

/* A good choice soon: of overlapping memberships the better stays, the others are forbidden, and
 * all is solved again until none are left. */
static void dive(struct solver *solver, struct choice *choice, bool *forbidden)
{
    const struct rk_match_pair *pairs = solver->problem->pairs;
    for (;;) {
        uint32_t pair = 0, other;
        bool any = false;
        while (double_booked(solver, choice->member, &pair, &other)) {
            bool first = pairs[pair].fit != pairs[other].fit
                             ? pairs[pair].fit > pairs[other].fit
                             : solver->net->lottery[pair] <= solver->net->lottery[other];
            uint32_t loser = first ? other : pair;
            forbidden[loser] = true;
            choice->member[loser] = false;
            any = true;
        }
        if (!any)
            return;
        solve(solver, forbidden, choice);
    }
}

static void search(struct solver *solver, struct choice *choice, struct choice *best,
                   bool *forbidden)
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
    RK_GROW(branches, count, room);
    branches[count] = (struct branch){.parent = RK_NONE, .open = true};
    memcpy(branches[0].value, choice->value, sizeof choice->value);
    uint32_t other;
    double_booked(solver, choice->member, &branches[0].split, &other);
    count++;
    dive(solver, choice, forbidden);
    keep(solver, best, choice);
    for (;;) {
        uint32_t at = RK_NONE;
        for (uint32_t b = 0; b < count; b++)
            if (branches[b].open &&
                (at == RK_NONE || compare_values(branches[b].value, branches[at].value) < 0))
                at = b;
        bool done = at == RK_NONE || compare_values(branches[at].value, best->value) >= 0;
        if (done || result->solves >= most) {
            memcpy(result->bound, done ? best->value : branches[at].value, sizeof result->bound);
            result->proven = result->proven && done;
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
            solve(solver, forbidden, choice);
            memcpy(b->value, choice->value, sizeof b->value);
            b->split = 0;
            if (!double_booked(solver, choice->member, &b->split, &other)) {
                if (compare_values(choice->value, best->value) < 0)
                    keep(solver, best, choice);
            } else {
                b->open = compare_values(b->value, best->value) < 0;
            }
            count++;
        }
    }
    for (uint32_t b = 0; b < count; b++)
        rk_free(branches[b].forbidden);
    rk_free(branches);
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
    struct choice choice = {.member = rk_alloc(pairs, sizeof *choice.member)};
    struct choice best = {.member = rk_alloc(pairs, sizeof *best.member)};
    struct solver solver = {problem, net, NULL, rk_alloc((size_t)net->arcs + 1, sizeof(int64_t)),
                            result};
    if (problem->want_proof)
        result->potential = rk_alloc((size_t)net->stages * net->nodes, sizeof *result->potential);
    result->nodes = net->nodes;
    result->arcs = net->arcs;
    result->stages = net->stages;
    result->nested = net->nested;
    solve(&solver, forbidden, &choice);
    uint32_t pair = 0, other;
    if (net->nested || !double_booked(&solver, choice.member, &pair, &other)) {
        keep(&solver, &best, &choice);
        memcpy(result->bound, best.value, sizeof result->bound);
    } else {
        search(&solver, &choice, &best, forbidden);
    }
    memcpy(result->value, best.value, sizeof result->value);
    for (int64_t *value = result->value; value;
         value = value == result->value ? result->bound : NULL) {
        value[RK_MATCH_SEATS] += net->seats_lost;
        value[RK_MATCH_SHORTAGE] += net->shortage_lost;
    }
    result->member = best.member;
    rk_cut_find(net, best.member, result);
    rk_free(choice.member);
    rk_free(forbidden);
    rk_free(solver.cost);
    rk_flow_free(solver.flow);
    return RK_OK;
}

void rk_match_result_free(struct rk_match_result *result)
{
    rk_free(result->member);
    rk_free(result->potential);
    rk_free(result->cut_of);
    rk_free(result->cuts);
    rk_free(result->cut_quotas);
    if (result->network)
        rk_network_free(result->network);
    rk_free(result->network);
    *result = (struct rk_match_result){0};
}
