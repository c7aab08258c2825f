#include "panel/flow.h"

#include "base/mem.h"

#include <assert.h>

/* An arc outside the tree stands at its lower (amount 0) or upper bound. Tree arcs and fixed ones
 * are 0, so that pricing, which multiplies by this, passes over them. */
enum { LOWER = 1, QUIET = 0, UPPER = -1 };
/* Direction of the arc to the parent. */
enum { UP = 1, DOWN = -1 };

#define NOWHERE UINT32_MAX
#define PLENTY (INT64_MAX / 4)

struct tree_node {
    uint32_t parent;
    uint32_t arc; /* to the parent */
    uint32_t child, next, previous;
    int32_t depth;
    int32_t direction;
};

struct rk_flow {
    uint32_t nodes; /* without the root, whose number it is */
    uint32_t arcs;  /* without the artificial ones, which follow, one per node */
    uint32_t room;
    uint32_t *from, *to;
    int64_t *lower, *room_left; /* room_left: upper - lower */
    int64_t *amount;            /* over lower */
    int8_t *state;
    int64_t *supply;
    int64_t *potential;
    struct tree_node *tree;
    const int64_t *costs;
    int64_t artificial_cost;
    uint32_t *live; /* arcs that pricing looks at: neither fixed nor without room */
    uint32_t live_count;
    uint32_t next_live; /* where pricing goes on */
    uint32_t *list;     /* arcs found to break their sign, to be tried again before looking on */
    uint32_t list_count, list_most, tries;
    uint64_t pivots;
    bool started;
    bool *fixed; /* by rk_flow_narrow; NULL before the first */
};

struct rk_flow *rk_flow_new(uint32_t nodes)
{
    struct rk_flow *flow = rk_alloc(1, sizeof *flow);
    flow->nodes = nodes;
    flow->supply = rk_alloc((size_t)nodes + 1, sizeof *flow->supply);
    flow->potential = rk_alloc((size_t)nodes + 1, sizeof *flow->potential);
    flow->tree = rk_alloc((size_t)nodes + 1, sizeof *flow->tree);
    return flow;
}

void rk_flow_free(struct rk_flow *flow)
{
    if (!flow)
        return;
    rk_free(flow->from);
    rk_free(flow->to);
    rk_free(flow->lower);
    rk_free(flow->room_left);
    rk_free(flow->amount);
    rk_free(flow->state);
    rk_free(flow->supply);
    rk_free(flow->potential);
    rk_free(flow->tree);
    rk_free(flow->live);
    rk_free(flow->list);
    rk_free(flow->fixed);
    rk_free(flow);
}

void rk_flow_supply(struct rk_flow *flow, uint32_t node, int64_t amount)
{
    assert(!flow->started && node < flow->nodes);
    assert(amount >= -RK_FLOW_MOST && amount <= RK_FLOW_MOST);
    flow->supply[node] += amount;
}

static void set_room(struct rk_flow *flow, uint32_t room)
{
    flow->room = room;
    flow->from = rk_resize(flow->from, room, sizeof *flow->from);
    flow->to = rk_resize(flow->to, room, sizeof *flow->to);
    flow->lower = rk_resize(flow->lower, room, sizeof *flow->lower);
    flow->room_left = rk_resize(flow->room_left, room, sizeof *flow->room_left);
    flow->amount = rk_resize(flow->amount, room, sizeof *flow->amount);
    flow->state = rk_resize(flow->state, room, sizeof *flow->state);
}

uint32_t rk_flow_arc(struct rk_flow *flow, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    assert(!flow->started && from < flow->nodes && to < flow->nodes);
    assert(lower >= -RK_FLOW_MOST && lower <= upper && upper <= RK_FLOW_MOST);
    if (flow->arcs == flow->room)
        set_room(flow, flow->room ? flow->room * 2 : 64);
    uint32_t arc = flow->arcs++;
    flow->from[arc] = from;
    flow->to[arc] = to;
    flow->lower[arc] = lower;
    flow->room_left[arc] = upper - lower;
    flow->amount[arc] = 0;
    flow->state[arc] = upper == lower ? QUIET : LOWER;
    return arc;
}

int64_t rk_flow_largest_cost(uint32_t nodes) { return (INT64_C(1) << 60) / ((int64_t)nodes + 2); }

static int64_t cost_of(const struct rk_flow *flow, uint32_t arc)
{
    return arc < flow->arcs ? flow->costs[arc] : flow->artificial_cost;
}

static void detach(struct tree_node *tree, uint32_t node)
{
    struct tree_node *n = &tree[node];
    if (n->previous != NOWHERE)
        tree[n->previous].next = n->next;
    else
        tree[n->parent].child = n->next;
    if (n->next != NOWHERE)
        tree[n->next].previous = n->previous;
}

static void attach(struct tree_node *tree, uint32_t node, uint32_t parent)
{
    struct tree_node *n = &tree[node];
    n->parent = parent;
    n->previous = NOWHERE;
    n->next = tree[parent].child;
    if (n->next != NOWHERE)
        tree[n->next].previous = node;
    tree[parent].child = node;
}

/* The first basis: every node hangs on the root by an artificial arc that takes its supply there or
 * its demand from there. A node with none points up, which makes the basis strongly feasible: from
 * every node a little more can be sent to the root. */
static void start(struct rk_flow *flow)
{
    uint32_t root = flow->nodes;
    for (uint32_t a = 0; a < flow->arcs; a++) {
        flow->supply[flow->from[a]] -= flow->lower[a];
        flow->supply[flow->to[a]] += flow->lower[a];
        if (flow->from[a] == flow->to[a])
            flow->state[a] = QUIET;
    }
    set_room(flow, flow->arcs + flow->nodes + 1);
    flow->live = rk_alloc((size_t)flow->arcs + 1, sizeof *flow->live);
    for (uint32_t a = 0; a < flow->arcs; a++)
        if (flow->state[a] != QUIET)
            flow->live[flow->live_count++] = a;
    flow->tree[root] = (struct tree_node){
        .parent = NOWHERE, .child = NOWHERE, .next = NOWHERE, .previous = NOWHERE};
    for (uint32_t u = 0; u < flow->nodes; u++) {
        uint32_t a = flow->arcs + u;
        bool up = flow->supply[u] >= 0;
        flow->from[a] = up ? u : root;
        flow->to[a] = up ? root : u;
        flow->lower[a] = 0;
        flow->room_left[a] = PLENTY;
        flow->amount[a] = up ? flow->supply[u] : -flow->supply[u];
        flow->state[a] = QUIET;
        flow->tree[u] =
            (struct tree_node){.arc = a, .child = NOWHERE, .depth = 1, .direction = up ? UP : DOWN};
        attach(flow->tree, u, root);
    }
    flow->started = true;
}

/* Sets the potentials and depths of `top` (whose own are right) and all below it anew. */
static void price_tree(struct rk_flow *flow, uint32_t top)
{
    struct tree_node *tree = flow->tree;
    for (uint32_t u = top;;) {
        if (tree[u].child != NOWHERE) {
            u = tree[u].child;
        } else {
            while (u != top && tree[u].next == NOWHERE)
                u = tree[u].parent;
            if (u == top)
                return;
            u = tree[u].next;
        }
        uint32_t parent = tree[u].parent;
        flow->potential[u] =
            flow->potential[parent] - tree[u].direction * cost_of(flow, tree[u].arc);
        tree[u].depth = tree[parent].depth + 1;
    }
}

static void shift_subtree(struct rk_flow *flow, uint32_t top, int64_t by)
{
    struct tree_node *tree = flow->tree;
    for (uint32_t u = top;;) {
        flow->potential[u] += by;
        tree[u].depth = tree[tree[u].parent].depth + 1;
        if (tree[u].child != NOWHERE) {
            u = tree[u].child;
            continue;
        }
        while (u != top && tree[u].next == NOWHERE)
            u = tree[u].parent;
        if (u == top)
            return;
        u = tree[u].next;
    }
}

static int64_t reduced_cost(const struct rk_flow *flow, uint32_t arc)
{
    return flow->costs[arc] + flow->potential[flow->from[arc]] - flow->potential[flow->to[arc]];
}

/* An arc that breaks its sign, or NOWHERE: the worst of a short list, which is looked through again
 * for a tenth of its length before the next stretch of arcs fills it anew. */
static uint32_t entering_arc(struct rk_flow *flow)
{
    const int8_t *state = flow->state;
    uint32_t best = NOWHERE, count = flow->live_count, at = flow->next_live;
    int64_t least = 0;
    if (flow->tries++ < flow->list_most / 10)
        for (uint32_t i = 0; i < flow->list_count;) {
            uint32_t arc = flow->list[i];
            int64_t reduced = state[arc] * reduced_cost(flow, arc);
            if (reduced >= 0) {
                flow->list[i] = flow->list[--flow->list_count];
                continue;
            }
            best = reduced < least ? arc : best;
            least = reduced < least ? reduced : least;
            i++;
        }
    if (best != NOWHERE)
        return best;
    flow->list_count = flow->tries = 0;
    for (uint32_t seen = 0; seen < count && flow->list_count < flow->list_most; seen++) {
        uint32_t arc = flow->live[at];
        int64_t reduced = state[arc] * reduced_cost(flow, arc);
        if (++at == count)
            at = 0;
        if (reduced >= 0)
            continue;
        flow->list[flow->list_count++] = arc;
        best = reduced < least ? arc : best;
        least = reduced < least ? reduced : least;
    }
    flow->next_live = at;
    return best;
}

static void pivot(struct rk_flow *flow, uint32_t entering)
{
    struct tree_node *tree = flow->tree;
    int64_t *amount = flow->amount;
    uint32_t first = flow->state[entering] == LOWER ? flow->from[entering] : flow->to[entering];
    uint32_t second = flow->state[entering] == LOWER ? flow->to[entering] : flow->from[entering];
    uint32_t join = first, other = second;
    while (join != other) {
        if (tree[join].depth >= tree[other].depth)
            join = tree[join].parent;
        else
            other = tree[other].parent;
    }
    /* The last blocking arc along the cycle, from the join in the direction of the entering arc,
     * leaves: that keeps the basis strongly feasible. */
    int64_t most = flow->room_left[entering];
    uint32_t leaving = NOWHERE; /* the node whose arc leaves */
    bool on_first = false;
    for (uint32_t u = first; u != join; u = tree[u].parent) {
        uint32_t a = tree[u].arc;
        int64_t d = tree[u].direction == UP ? amount[a] : flow->room_left[a] - amount[a];
        if (d < most) {
            most = d;
            leaving = u;
            on_first = true;
        }
    }
    for (uint32_t u = second; u != join; u = tree[u].parent) {
        uint32_t a = tree[u].arc;
        int64_t d = tree[u].direction == DOWN ? amount[a] : flow->room_left[a] - amount[a];
        if (d <= most) {
            most = d;
            leaving = u;
            on_first = false;
        }
    }
    if (most > 0) {
        amount[entering] += flow->state[entering] * most;
        for (uint32_t u = first; u != join; u = tree[u].parent)
            amount[tree[u].arc] -= tree[u].direction * most;
        for (uint32_t u = second; u != join; u = tree[u].parent)
            amount[tree[u].arc] += tree[u].direction * most;
    }
    flow->pivots++;
    if (leaving == NOWHERE) {
        flow->state[entering] = (int8_t)-flow->state[entering];
        return;
    }
    uint32_t out = tree[leaving].arc;
    flow->state[entering] = QUIET;
    flow->state[out] = out >= flow->arcs || flow->room_left[out] == 0 ? QUIET
                       : amount[out] == 0                             ? LOWER
                                                                      : UPPER;
    /* Hang the part under the leaving arc on the entering one, turning the stem between them. */
    uint32_t top = on_first ? first : second;
    uint32_t parent = on_first ? second : first;
    uint32_t arc = entering;
    int32_t direction = flow->from[entering] == top ? UP : DOWN;
    for (uint32_t u = top;;) {
        struct tree_node old = tree[u];
        detach(tree, u);
        attach(tree, u, parent);
        tree[u].arc = arc;
        tree[u].direction = direction;
        if (u == leaving)
            break;
        parent = u;
        arc = old.arc;
        direction = -old.direction;
        u = old.parent;
    }
    int64_t should =
        flow->potential[tree[top].parent] - tree[top].direction * cost_of(flow, entering);
    shift_subtree(flow, top, should - flow->potential[top]);
}

enum rk_flow_outcome rk_flow_solve(struct rk_flow *flow, const int64_t *costs)
{
    int64_t largest = 0;
    for (uint32_t a = 0; a < flow->arcs; a++) {
        int64_t most = rk_flow_largest_cost(flow->nodes);
        if (costs[a] > most || costs[a] < -most)
            return RK_FLOW_TOO_LARGE;
        int64_t size = costs[a] < 0 ? -costs[a] : costs[a];
        largest = size > largest ? size : largest;
    }
    if (!flow->started)
        start(flow);
    flow->costs = costs;
    /* Dearer than any path of real arcs. A path from the root has one artificial arc at most, so
     * potentials stay under 2^61 and reduced costs under 2^63. */
    flow->artificial_cost = largest * ((int64_t)flow->nodes + 1) + 1;
    for (uint32_t a = 0; a < flow->arcs; a++)
        if (flow->from[a] == flow->to[a] && !(flow->fixed && flow->fixed[a]))
            flow->amount[a] = costs[a] < 0 ? flow->room_left[a] : 0;
    flow->potential[flow->nodes] = 0;
    price_tree(flow, flow->nodes);
    flow->list_count = flow->tries = 0; /* a quarter of the root of the arcs, at least ten */
    flow->list_most = 10;
    while ((uint64_t)flow->list_most * flow->list_most * 16 < flow->live_count)
        flow->list_most++;
    flow->list = rk_resize(flow->list, flow->list_most, sizeof *flow->list);
    for (uint32_t arc; (arc = entering_arc(flow)) != NOWHERE;)
        pivot(flow, arc);
    int64_t sum = 0;
    for (uint32_t u = 0; u < flow->nodes; u++)
        sum += flow->supply[u];
    if (sum != 0)
        return RK_FLOW_INFEASIBLE;
    for (uint32_t u = 0; u < flow->nodes; u++)
        if (flow->amount[flow->arcs + u] != 0)
            return RK_FLOW_INFEASIBLE;
    return RK_FLOW_OPTIMAL;
}

int64_t rk_flow_amount(const struct rk_flow *flow, uint32_t arc)
{
    return flow->lower[arc] + flow->amount[arc];
}

int64_t rk_flow_potential(const struct rk_flow *flow, uint32_t node)
{
    return flow->potential[node];
}

__int128 rk_flow_cost(const struct rk_flow *flow, const int64_t *costs)
{
    __int128 cost = 0;
    for (uint32_t a = 0; a < flow->arcs; a++)
        cost += (__int128)costs[a] * rk_flow_amount(flow, a);
    return cost;
}

bool rk_flow_proven(const struct rk_flow *flow)
{
    int64_t *balance = rk_alloc((size_t)flow->nodes + 1, sizeof *balance);
    bool good = true;
    for (uint32_t a = 0; a < flow->arcs && good; a++) {
        balance[flow->from[a]] += flow->amount[a];
        balance[flow->to[a]] -= flow->amount[a];
        good = flow->amount[a] >= 0 && flow->amount[a] <= flow->room_left[a];
        if (flow->fixed && flow->fixed[a])
            continue;
        int64_t reduced = reduced_cost(flow, a);
        good = good && !(reduced < 0 && flow->amount[a] < flow->room_left[a]) &&
               !(reduced > 0 && flow->amount[a] > 0);
    }
    for (uint32_t u = 0; u < flow->nodes && good; u++)
        good = balance[u] == flow->supply[u];
    rk_free(balance);
    return good;
}

void rk_flow_narrow(struct rk_flow *flow)
{
    if (!flow->fixed)
        flow->fixed = rk_alloc((size_t)flow->arcs + 1, sizeof *flow->fixed);
    for (uint32_t a = 0; a < flow->arcs; a++) {
        int64_t reduced = reduced_cost(flow, a);
        if (reduced != 0 && !flow->fixed[a]) {
            flow->fixed[a] = true;
            flow->state[a] = QUIET;
        }
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < flow->live_count; i++)
        if (!flow->fixed[flow->live[i]])
            flow->live[count++] = flow->live[i];
    flow->live_count = count;
    flow->next_live = 0;
}

void rk_flow_widen(struct rk_flow *flow)
{
    bool *basic = rk_alloc((size_t)flow->arcs + flow->nodes + 1, sizeof *basic);
    for (uint32_t u = 0; u < flow->nodes; u++)
        basic[flow->tree[u].arc] = true;
    flow->live_count = flow->next_live = 0;
    for (uint32_t a = 0; a < flow->arcs; a++) {
        if (flow->fixed)
            flow->fixed[a] = false;
        if (flow->room_left[a] == 0 || flow->from[a] == flow->to[a])
            continue;
        flow->live[flow->live_count++] = a;
        if (!basic[a])
            flow->state[a] = flow->amount[a] == 0 ? LOWER : UPPER;
    }
    rk_free(basic);
}

uint64_t rk_flow_pivots(const struct rk_flow *flow) { return flow->pivots; }
