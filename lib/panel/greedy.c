#include "panel/greedy.h"

#include "base/hash.h"
#include "base/mem.h"

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

bool rk_greedy_is_whole(const struct rk_network *net, const struct rk_flow *flow)
{
    struct balance balance = {flow, rk_alloc((size_t)net->nodes + 1, sizeof(int64_t)), 0};
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
    struct rk_match_quota *quotas; /* by quota: with the minimums lowered */
    int64_t *through;              /* by limit */
    int32_t *filled;               /* by recruitment */
    int32_t *counts;               /* by quota */
    uint32_t *quota_first;         /* by recruitment, + 1 */
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
    return rk_match_quotas_hold(greedy->quotas + first, greedy->quota_first[r + 1] - first,
                                greedy->counts + first,
                                problem->recruitments[r].places - greedy->filled[r]);
}

/* As rk_match_order, before anybody is chosen. */
static int by_worth(const void *x, const void *y, void *context)
{
    const struct rk_network *net = context;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    const struct rk_match_pair *pairs = net->problem->pairs;
    bool by_lot = net->problem->by_lot; /* chances may not hang on the seed */
    if (pairs[a].fit != pairs[b].fit && !by_lot)
        return pairs[a].fit > pairs[b].fit ? -1 : 1;
    int64_t load_a = net->problem->panelists[pairs[a].panelist].load;
    int64_t load_b = net->problem->panelists[pairs[b].panelist].load;
    if (load_a != load_b)
        return load_a < load_b ? -1 : 1;
    if (!by_lot && net->lottery[a] != net->lottery[b])
        return net->lottery[a] < net->lottery[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

void rk_greedy_choose(const struct rk_network *net, const int32_t *lowered, bool *member)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t n = problem->recruitment_count, q = 0;
    memset(member, 0, problem->pair_count * sizeof *member);
    uint32_t *pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof *pairs);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        pairs[i] = i;
    if (problem->pair_count)
        qsort_r(pairs, problem->pair_count, sizeof *pairs, by_worth, (void *)net);
    struct greedy greedy = {
        net,
        rk_alloc((size_t)problem->quota_count + 1, sizeof(struct rk_match_quota)),
        rk_alloc((size_t)net->limit_count + 1, sizeof(int64_t)),
        rk_alloc((size_t)n + 1, sizeof(int32_t)),
        rk_alloc((size_t)problem->quota_count + 1, sizeof(int32_t)),
        rk_alloc((size_t)n + 1, sizeof(uint32_t))};
    for (uint32_t i = 0; i < problem->quota_count; i++) {
        greedy.quotas[i] = problem->quotas[i];
        greedy.quotas[i].min -= lowered ? lowered[i] : 0;
    }
    for (uint32_t r = 0; r <= n; r++) {
        greedy.quota_first[r] = q;
        while (q < problem->quota_count && problem->quotas[q].recruitment == r)
            q++;
    }
    for (uint32_t k = 0; k < problem->pair_count; k++) {
        if (!has_room(&greedy, pairs[k]))
            continue;
        count_pair(&greedy, pairs[k], 1);
        member[pairs[k]] = quotas_hold(&greedy, problem->pairs[pairs[k]].recruitment);
        if (!member[pairs[k]])
            count_pair(&greedy, pairs[k], -1);
    }
    rk_free(greedy.quotas);
    rk_free(greedy.through);
    rk_free(greedy.filled);
    rk_free(greedy.counts);
    rk_free(greedy.quota_first);
    rk_free(pairs);
}
