#include "panel/match.h"

#include "base/hash.h"
#include "base/mem.h"
#include "panel/cut.h"
#include "panel/price.h"

#include <assert.h>

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

/* Adds up what each node gives beyond what it takes. */
struct balance {
    const struct rk_flow *flow;
    int64_t *node;
    uint32_t arc;
};

static void add_arc(void *context, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    struct balance *balance = context;
    int64_t amount = rk_flow_amount(balance->flow, balance->arc++);
    (void)lower;
    (void)upper;
    balance->node[from] += amount;
    balance->node[to] -= amount;
}

/* Does the flow at hand carry all that it should over the network's own arcs? */
static bool is_whole(const struct solver *solver)
{
    const struct rk_network *net = solver->net;
    struct balance balance = {solver->flow, rk_alloc((size_t)net->nodes + 1, sizeof(int64_t)), 0};
    int64_t places = 0;
    bool whole = true;
    rk_network_arcs(net, add_arc, &balance);
    for (uint32_t r = 0; r < net->problem->recruitment_count; r++) {
        places += net->places[r];
        balance.node[rk_node_recruitment(net, r)] += net->places[r];
    }
    balance.node[0] -= places;
    for (uint32_t u = 0; u < net->nodes && whole; u++)
        whole = balance.node[u] == 0;
    rk_free(balance.node);
    return whole;
}

/* What a choice made pair after pair has used up. */
struct greedy {
    const struct rk_network *net;
    int64_t *through;      /* by limit */
    int32_t *filled;       /* by recruitment */
    int32_t *counts;       /* by quota */
    uint32_t *quota_first; /* by recruitment, + 1 */
};

/* Adds the pair, or takes it back. */
static void count_pair(struct greedy *greedy, uint32_t pair, int32_t by)
{
    const struct rk_match_problem *problem = greedy->net->problem;
    for (uint32_t l = greedy->net->leaf[pair]; l != RK_NONE; l = greedy->net->limits[l].parent)
        greedy->through[l] += by;
    greedy->filled[problem->pairs[pair].recruitment] += by;
    if (!problem->pair_cell || problem->pair_cell[pair] == RK_NONE)
        return;
    const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[pair]];
    for (uint32_t k = 0; k < cell->count; k++)
        greedy->counts[problem->cell_rows[cell->first + k]] += by;
}

static bool has_room(const struct greedy *greedy, uint32_t pair)
{
    const struct rk_match_problem *problem = greedy->net->problem;
    uint32_t r = problem->pairs[pair].recruitment;
    for (uint32_t l = greedy->net->leaf[pair]; l != RK_NONE; l = greedy->net->limits[l].parent)
        if (greedy->through[l] >= greedy->net->limits[l].room)
            return false;
    return greedy->filled[r] < problem->recruitments[r].places;
}

static bool quotas_hold(const struct greedy *greedy, uint32_t r)
{
    const struct rk_match_problem *problem = greedy->net->problem;
    uint32_t first = greedy->quota_first[r];
    return rk_match_quotas_hold(problem->quotas + first, greedy->quota_first[r + 1] - first,
                                greedy->counts + first,
                                problem->recruitments[r].places - greedy->filled[r]);
}

/* As rk_match_order, before anybody is chosen. */
static int by_worth(const void *x, const void *y, void *context)
{
    const struct rk_network *net = context;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    const struct rk_match_pair *pairs = net->problem->pairs;
    if (pairs[a].fit != pairs[b].fit)
        return pairs[a].fit > pairs[b].fit ? -1 : 1;
    int64_t load_a = net->problem->panelists[pairs[a].panelist].load;
    int64_t load_b = net->problem->panelists[pairs[b].panelist].load;
    if (load_a != load_b)
        return load_a < load_b ? -1 : 1;
    if (net->lottery[a] != net->lottery[b])
        return net->lottery[a] < net->lottery[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

/* Pair after pair, the best fit first, whoever there is room for. */
static void choose_greedily(const struct solver *solver, struct rk_choice *choice)
{
    const struct rk_match_problem *problem = solver->problem;
    uint32_t n = problem->recruitment_count, q = 0;
    memset(choice->member, 0, problem->pair_count * sizeof *choice->member);
    uint32_t *pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof *pairs);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        pairs[i] = i;
    if (problem->pair_count)
        qsort_r(pairs, problem->pair_count, sizeof *pairs, by_worth, solver->net);
    struct greedy greedy = {solver->net,
                            rk_alloc((size_t)solver->net->limit_count + 1, sizeof(int64_t)),
                            rk_alloc((size_t)n + 1, sizeof(int32_t)),
                            rk_alloc((size_t)problem->quota_count + 1, sizeof(int32_t)),
                            rk_alloc((size_t)n + 1, sizeof(uint32_t))};
    for (uint32_t r = 0; r <= n; r++) {
        greedy.quota_first[r] = q;
        while (q < problem->quota_count && problem->quotas[q].recruitment == r)
            q++;
    }
    for (uint32_t k = 0; k < problem->pair_count; k++) {
        if (!has_room(&greedy, pairs[k]))
            continue;
        count_pair(&greedy, pairs[k], 1);
        choice->member[pairs[k]] = quotas_hold(&greedy, problem->pairs[pairs[k]].recruitment);
        if (!choice->member[pairs[k]])
            count_pair(&greedy, pairs[k], -1);
    }
    rk_free(greedy.through);
    rk_free(greedy.filled);
    rk_free(greedy.counts);
    rk_free(greedy.quota_first);
    rk_free(pairs);
    rk_choice_set_values(solver->net, choice);
}

/* The best there is when the first solution was stopped. */
static void take_what_there_is(struct solver *solver, uint32_t stage, struct rk_choice *choice)
{
    if (stage || is_whole(solver)) {
        for (uint32_t i = 0; i < solver->problem->pair_count; i++)
            choice->member[i] =
                rk_flow_amount(solver->flow, solver->net->first[RK_ARC_PAIR] + i) == 1;
        set_values(solver, choice);
    } else {
        choose_greedily(solver, choice);
    }
    rk_choice_bounds(solver->net, stage, rk_flow_bound(solver->flow), choice->value,
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

static void search(struct solver *solver, struct rk_choice *choice, struct rk_choice *best,
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
    rk_choice_double_booked(solver->net, choice->member, &branches[0].split, &other);
    count++;
    dive(solver, choice, forbidden);
    rk_choice_copy(solver->net, best, choice);
    for (;;) {
        uint32_t at = RK_NONE;
        for (uint32_t b = 0; b < count; b++)
            if (branches[b].open &&
                (at == RK_NONE || rk_choice_compare(branches[b].value, branches[at].value) < 0))
                at = b;
        bool done = at == RK_NONE || rk_choice_compare(branches[at].value, best->value) >= 0;
        if (done || result->solves >= most || result->stopped) {
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
    if (problem->want_proof)
        result->potential = rk_alloc((size_t)net->stages * net->nodes, sizeof *result->potential);
    result->nodes = net->nodes;
    result->arcs = net->arcs;
    result->stages = net->stages;
    result->crossing = net->crossing_count;
    result->nested = net->nested;
    uint32_t stage, pair = 0, other;
    if (net->crossing_count) {
        if (!rk_price_match(net, result, &best)) {
            choose_greedily(&solver, &best);
            rk_choice_bounds(net, 0, 0, best.value, result->bound);
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
        search(&solver, &choice, &best, forbidden);
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
