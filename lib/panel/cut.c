#include "panel/cut.h"

#include "base/hash.h"
#include "base/mem.h"

/* The amounts of the first so many arcs, those before the pairs' at least. */
static int64_t *amounts_of(const struct rk_network *net, const bool *member, uint32_t arcs)
{
    const struct rk_match_problem *problem = net->problem;
    int64_t *amount = rk_alloc((size_t)arcs + 1, sizeof *amount);
    int64_t *into =
        rk_alloc((size_t)net->nodes + 1, sizeof *into); /* by node: members through it */
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        if (!member[i])
            continue;
        into[rk_node_of_pair(net, i)]++;
        for (uint32_t l = net->leaf[i]; l != RK_NONE; l = net->limits[l].parent)
            into[rk_node_limit(l)]++;
    }
    uint32_t load = net->first[RK_ARC_LOAD], limit = net->first[RK_ARC_LIMIT];
    for (uint32_t l = 0; l < net->limit_count; l++)
        if (net->limits[l].parent != RK_NONE)
            amount[limit++] = into[rk_node_limit(l)];
        else
            for (int64_t k = 0; k < net->limits[l].room; k++)
                amount[load++] = k < into[rk_node_limit(l)];
    uint32_t arc = net->first[RK_ARC_CELL];
    for (uint32_t c = 0; c < problem->cell_count; c++) {
        if (net->cell_number[c] == RK_NONE)
            continue;
        int64_t through = into[rk_node_cell(net, net->cell_number[c])];
        amount[arc++] = through;
        into[net->inner[c] == RK_NONE ? rk_node_recruitment(net, problem->cells[c].recruitment)
                                      : rk_node_row(net, net->inner[c])] += through;
    }
    uint32_t kept_for = net->first[RK_ARC_KEPT_FOR], unfilled = 0;
    for (uint32_t r = 0, v = 0; r < problem->recruitment_count; r++) {
        int64_t kept = 0, at_root = into[rk_node_recruitment(net, r)];
        for (; v < net->row_first[r + 1]; v++) {
            const struct rk_quota_row *row = &net->rows[v];
            int64_t members = into[rk_node_row(net, v)];
            int64_t empty = row->min > members ? row->min - members : 0;
            if (row->min > 0)
                amount[kept_for++] = empty;
            kept += empty;
            amount[net->first[RK_ARC_ROW] + v] = members + empty;
            if (row->around == RK_NONE)
                at_root += members + empty;
            else
                into[rk_node_row(net, row->around)] += members + empty;
        }
        int64_t empty = net->places[r] - (at_root - kept);
        for (int32_t k = 0; k < net->places[r]; k++)
            amount[unfilled++] = k < empty;
        if (net->pool_number[r] != RK_NONE)
            amount[net->first[RK_ARC_POOL] + net->pool_number[r]] = empty - kept;
    }
    rk_free(into);
    return amount;
}

int64_t *rk_cut_amounts(const struct rk_network *net, const bool *member)
{
    int64_t *amount = amounts_of(net, member, net->arcs);
    for (uint32_t i = 0; i < net->problem->pair_count; i++)
        amount[net->first[RK_ARC_PAIR] + i] = member[i];
    return amount;
}

void rk_cut_values(const struct rk_network *net, const bool *member, int64_t *value)
{
    uint32_t first_pair = net->first[RK_ARC_PAIR];
    int64_t *amount = amounts_of(net, member, first_pair);
    for (int l = 0; l < RK_MATCH_LEVELS; l++) {
        __int128 sum = 0;
        enum rk_arc_kind kind = rk_network_costly(l);
        for (uint32_t a = net->first[kind]; a < net->first[kind + 1]; a++)
            if (kind == RK_ARC_PAIR ? member[a - first_pair] : amount[a])
                sum += (__int128)rk_network_cost(net, l, a) * (kind == RK_ARC_PAIR ? 1 : amount[a]);
        value[l] = (int64_t)sum;
    }
    rk_free(amount);
}

/* From every empty seat: who or what would have to give one up for it. What is linked so is one
 * shortage. The arcs between the givers' and the pairs' are listed at their nodes; pairs are found
 * by panelist and by where they end. */
struct reach {
    const struct rk_network *net;
    const bool *member;
    const int64_t *amount; /* by arc before the pairs' */
    uint32_t arcs;         /* told so far */
    uint32_t *from, *to;   /* by arc, from the first limit's on */
    int64_t *lower, *upper;
    uint32_t *first, *touching; /* arcs at each node */
    uint32_t *pair_first,
        *pairs_at;      /* by node from the first recruitment's on: pairs that end there */
    uint32_t *first_of; /* by panelist: the first pair */
    bool *seen;         /* by node */
    uint32_t *linked;   /* by node: another of its shortage, itself at the root */
    uint32_t *stack, depth;
};

static uint32_t root_of(uint32_t *linked, uint32_t node)
{
    while (linked[node] != node)
        node = linked[node] = linked[linked[node]];
    return node;
}

static void reach_node(struct reach *reach, uint32_t from, uint32_t node)
{
    if (node == 0)
        return; /* only where the choice is not the best: nothing holds it back there */
    reach->linked[root_of(reach->linked, node)] = root_of(reach->linked, from);
    if (!reach->seen[node]) {
        reach->seen[node] = true;
        reach->stack[reach->depth++] = node;
    }
}

static void note_arc(void *context, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    struct reach *reach = context;
    uint32_t a = reach->arcs++, limit = reach->net->first[RK_ARC_LIMIT];
    if (a < limit || a >= reach->net->first[RK_ARC_PAIR])
        return;
    reach->from[a - limit] = from;
    reach->to[a - limit] = to;
    reach->lower[a - limit] = lower;
    reach->upper[a - limit] = upper;
    reach->first[from + 2]++;
    reach->first[to + 2]++;
}

static void index_arcs(struct reach *reach)
{
    const struct rk_network *net = reach->net;
    uint32_t count = net->first[RK_ARC_PAIR] - net->first[RK_ARC_LIMIT];
    reach->from = rk_alloc((size_t)count + 1, sizeof *reach->from);
    reach->to = rk_alloc((size_t)count + 1, sizeof *reach->to);
    reach->lower = rk_alloc((size_t)count + 1, sizeof *reach->lower);
    reach->upper = rk_alloc((size_t)count + 1, sizeof *reach->upper);
    reach->first = rk_alloc((size_t)net->nodes + 3, sizeof *reach->first);
    rk_network_arcs(net, note_arc, reach);
    reach->touching = rk_alloc(2 * (size_t)count + 1, sizeof *reach->touching);
    for (uint32_t u = 0; u < net->nodes; u++)
        reach->first[u + 2] += reach->first[u + 1];
    for (uint32_t a = 0; a < count; a++) {
        reach->touching[reach->first[reach->from[a] + 1]++] = a;
        reach->touching[reach->first[reach->to[a] + 1]++] = a;
    }
}

static void index_pairs(struct reach *reach)
{
    const struct rk_network *net = reach->net;
    const struct rk_match_problem *problem = net->problem;
    uint32_t base = rk_node_recruitment(net, 0), nodes = net->nodes - base;
    reach->first_of = rk_alloc((size_t)problem->panelist_count + 1, sizeof *reach->first_of);
    reach->pair_first = rk_alloc((size_t)nodes + 2, sizeof *reach->pair_first);
    reach->pairs_at = rk_alloc((size_t)problem->pair_count + 1, sizeof *reach->pairs_at);
    for (uint32_t i = problem->pair_count; i-- > 0;) {
        reach->first_of[problem->pairs[i].panelist] = i;
        reach->pair_first[rk_node_of_pair(net, i) - base + 2]++;
    }
    for (uint32_t u = 0; u < nodes; u++)
        reach->pair_first[u + 2] += reach->pair_first[u + 1];
    for (uint32_t i = 0; i < problem->pair_count; i++)
        reach->pairs_at[reach->pair_first[rk_node_of_pair(net, i) - base + 1]++] = i;
}

/* One more membership through a pair whose sessions overlap others takes their place, also where
 * the network knows nothing of it. */
static void follow_overlaps(struct reach *reach, uint32_t pair)
{
    const struct rk_network *net = reach->net;
    const struct rk_match_pair *pairs = net->problem->pairs;
    uint32_t panelist = pairs[pair].panelist;
    for (uint32_t i = reach->first_of[panelist];
         i < net->problem->pair_count && pairs[i].panelist == panelist; i++)
        if (reach->member[i] &&
            rk_overlap(&net->overlaps, pairs[i].recruitment, pairs[pair].recruitment))
            reach_node(reach, rk_node_of_pair(net, pair), rk_node_of_pair(net, i));
}

/* A member gives up what else its limit is in … */
static void spread_from_limit(struct reach *reach, uint32_t limit)
{
    const struct rk_network *net = reach->net;
    const struct rk_match_pair *pairs = net->problem->pairs;
    uint32_t panelist = net->limits[limit].panelist;
    for (uint32_t i = reach->first_of[panelist];
         i < net->problem->pair_count && pairs[i].panelist == panelist; i++)
        if (net->leaf[i] == limit && reach->member[i])
            reach_node(reach, rk_node_limit(limit), rk_node_of_pair(net, i));
}

/* … and whoever is not a member could become one. */
static void spread_to_pairs(struct reach *reach, uint32_t node)
{
    const struct rk_network *net = reach->net;
    uint32_t at = node - rk_node_recruitment(net, 0);
    for (uint32_t k = reach->pair_first[at]; k < reach->pair_first[at + 1]; k++) {
        uint32_t pair = reach->pairs_at[k];
        if (reach->member[pair])
            continue;
        reach_node(reach, node, rk_node_limit(net->leaf[pair]));
        if (!net->nested)
            follow_overlaps(reach, pair);
    }
}

static void spread(struct reach *reach)
{
    const struct rk_network *net = reach->net;
    const int64_t *amount = reach->amount + net->first[RK_ARC_LIMIT];
    while (reach->depth) {
        uint32_t at = reach->stack[--reach->depth];
        for (uint32_t k = reach->first[at]; k < reach->first[at + 1]; k++) {
            uint32_t a = reach->touching[k];
            bool in = reach->to[a] == at;
            if (in ? amount[a] < reach->upper[a] : amount[a] > reach->lower[a])
                reach_node(reach, at, in ? reach->from[a] : reach->to[a]);
        }
        if (at < rk_node_recruitment(net, 0))
            spread_from_limit(reach, at - rk_node_limit(0));
        else
            spread_to_pairs(reach, at);
    }
}

static bool holds_back(const struct reach *reach, uint32_t row, bool *least)
{
    const int64_t *amount = reach->amount + reach->net->first[RK_ARC_LIMIT];
    uint32_t a = reach->net->first[RK_ARC_ROW] - reach->net->first[RK_ARC_LIMIT] + row;
    bool from = reach->seen[reach->from[a]], to = reach->seen[reach->to[a]];
    *least = from;
    return from != to && (from ? amount[a] == reach->lower[a] : amount[a] == reach->upper[a]);
}

/* The quotas in the way of each cut. */
static void list_quotas(const struct reach *reach, struct rk_match_result *result)
{
    const struct rk_network *net = reach->net;
    uint32_t count = 0, room = 0;
    for (uint32_t c = 0; c < result->cut_count; c++) {
        result->cuts[c].first_quota = count;
        for (uint32_t v = 0; v < net->row_count; v++) {
            bool least;
            if (result->cut_of[net->rows[v].recruitment] != c || !holds_back(reach, v, &least))
                continue;
            RK_GROW(result->cut_quotas, count, room);
            result->cut_quotas[count++] = (struct rk_match_cut_quota){
                least ? net->rows[v].min_from : net->rows[v].max_from, least};
        }
        result->cuts[c].quotas = count - result->cuts[c].first_quota;
    }
}

void rk_cut_find(const struct rk_network *net, const bool *member, struct rk_match_result *result)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t n = problem->recruitment_count, cut_room = 0;
    int64_t *filled = rk_alloc((size_t)n + 1, sizeof *filled), lacking = 0;
    result->cut_of = rk_alloc((size_t)n + 1, sizeof *result->cut_of);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        filled[problem->pairs[i].recruitment] += member[i];
    for (uint32_t r = 0; r < n; r++) {
        result->cut_of[r] = RK_NONE;
        lacking += problem->recruitments[r].places > filled[r];
    }
    if (!lacking) {
        rk_free(filled);
        return;
    }
    int64_t *amount = amounts_of(net, member, net->first[RK_ARC_PAIR]);
    struct reach reach = {.net = net, .member = member, .amount = amount};
    index_arcs(&reach);
    index_pairs(&reach);
    reach.seen = rk_alloc((size_t)net->nodes + 1, sizeof *reach.seen);
    reach.linked = rk_alloc((size_t)net->nodes + 1, sizeof *reach.linked);
    reach.stack = rk_alloc((size_t)net->nodes + 1, sizeof *reach.stack);
    for (uint32_t u = 0; u < net->nodes; u++)
        reach.linked[u] = u;
    for (uint32_t r = 0; r < n; r++) {
        uint32_t at = rk_node_recruitment(net, r);
        uint32_t empty =
            net->pool_number[r] == RK_NONE ? at : rk_node_pool(net, net->pool_number[r]);
        if (filled[r] < problem->recruitments[r].places)
            reach_node(&reach, empty, empty);
        reach.linked[root_of(reach.linked, at)] = root_of(reach.linked, empty);
    }
    spread(&reach);
    for (uint32_t r = 0; r < n; r++) { /* all of a recruitment is one */
        for (uint32_t v = net->row_first[r]; v < net->row_first[r + 1]; v++)
            if (reach.seen[rk_node_row(net, v)])
                reach.linked[root_of(reach.linked, rk_node_row(net, v))] =
                    root_of(reach.linked, rk_node_recruitment(net, r));
    }
    uint32_t *cut_at = rk_alloc((size_t)net->nodes + 1, sizeof *cut_at); /* by root, + 1 */
    bool *in_cut = rk_alloc((size_t)n + 1, sizeof *in_cut);
    for (uint32_t r = 0; r < n; r++) {
        in_cut[r] =
            reach.seen[rk_node_recruitment(net, r)] || filled[r] < problem->recruitments[r].places;
        for (uint32_t v = net->row_first[r]; v < net->row_first[r + 1]; v++)
            in_cut[r] = in_cut[r] || reach.seen[rk_node_row(net, v)];
    }
    for (uint32_t r = 0; r < n; r++) {
        if (!in_cut[r])
            continue;
        uint32_t root = root_of(reach.linked, rk_node_recruitment(net, r));
        if (!cut_at[root]) {
            RK_GROW(result->cuts, result->cut_count, cut_room);
            result->cuts[result->cut_count++] = (struct rk_match_cut){0};
            cut_at[root] = result->cut_count;
        }
        struct rk_match_cut *cut = &result->cuts[result->cut_of[r] = cut_at[root] - 1];
        cut->places += problem->recruitments[r].places;
        cut->filled += filled[r];
    }
    uint32_t *last = rk_alloc((size_t)result->cut_count + 1, sizeof *last); /* panelist + 1 */
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t cut = result->cut_of[problem->pairs[i].recruitment];
        if (cut == RK_NONE || last[cut] == problem->pairs[i].panelist + 1)
            continue;
        last[cut] = problem->pairs[i].panelist + 1;
        result->cuts[cut].panelists++;
    }
    list_quotas(&reach, result);
    rk_free(cut_at);
    rk_free(in_cut);
    rk_free(last);
    rk_free(filled);
    rk_free(amount);
    rk_free(reach.from);
    rk_free(reach.to);
    rk_free(reach.lower);
    rk_free(reach.upper);
    rk_free(reach.first);
    rk_free(reach.touching);
    rk_free(reach.pair_first);
    rk_free(reach.pairs_at);
    rk_free(reach.first_of);
    rk_free(reach.seen);
    rk_free(reach.linked);
    rk_free(reach.stack);
}
