#include "panel/flow.h"

#include "panel/lower.h"

#include <assert.h>

/* An arc outside the tree stands at its lower or its upper bound. Pricing multiplies by this, and
 * so passes over what is QUIET: arcs of the tree and those without room. */
enum { LOWER = 1, QUIET = 0, UPPER = -1 };

#define NOWHERE UINT32_MAX
#define PLENTY (INT64_MAX / 4)
#define STOP_EVERY 4096           /* pivots between two askings */
#define WIDE UINT32_C(0x80000000) /* a width from here on is the number of one in `wide` */

struct ends {
    uint32_t from, to;
};

/* What a walk to the root reads. Amounts are kept for the arcs of the tree alone, as what more can
 * flow either way: all others stand at a bound. */
struct tree_node {
    uint32_t parent;
    uint32_t arc;  /* to the parent */
    uint32_t size; /* nodes of the subtree, this one counted */
    uint32_t last; /* of the subtree, in the order of the thread */
    int64_t up;    /* what more can flow to the parent */
    int64_t down;  /* and from it */
};

/* All nodes in a ring, each before those below it, so that a subtree is one run. */
struct thread {
    uint32_t next, previous;
};

/* An arc that may enter the tree, with what its reduced cost is made of: for one cache line. */
struct candidate {
    int64_t reduced; /* when it was found; times state, so less than 0 */
    int64_t cost;
    uint32_t from, to, arc;
    int32_t state;
};

struct rk_flow {
    uint32_t nodes; /* without the root, whose number it is */
    uint32_t arcs;  /* without the artificial ones, which follow, one per node */
    uint32_t room;
    struct ends *ends;
    uint32_t *width; /* upper - lower */
    int8_t *state;
    int64_t *wide;
    uint32_t wide_count, wide_room;
    struct rk_lowers lower;
    int64_t *supply; /* once started: less what the lower bounds move */
    bool *rises;     /* by node: its artificial arc leads to the root */
    int64_t *potential;
    struct tree_node *tree;
    struct thread *thread;
    const int64_t *costs;
    int64_t artificial_cost;
    uint32_t *live; /* the arcs not fixed by rk_flow_narrow; NULL for all */
    uint32_t live_count;
    uint32_t *few; /* the arcs of them that may enter; NULL for all */
    uint32_t few_count, few_room;
    uint8_t *fixed;                       /* a bit per arc; NULL for none */
    uint32_t chunk_size, chunks, stride;  /* pricing takes each stride-th chunk of the arcs */
    uint32_t part, chunk;                 /* so many chunks for a list; where it goes on */
    struct candidate *list;               /* room for twice list_most and a chunk */
    uint32_t list_most, list_count, next; /* next: where looking through the list goes on */
    int64_t bar;                          /* of the list what is not under this is passed over */
    uint64_t pivots;
    bool (*stop)(void *context);
    void *stop_context;
    bool started;
};

struct rk_flow *rk_flow_new(uint32_t nodes)
{
    struct rk_flow *flow = rk_alloc(1, sizeof *flow);
    flow->nodes = nodes;
    flow->supply = rk_alloc((size_t)nodes + 1, sizeof *flow->supply);
    flow->rises = rk_alloc((size_t)nodes + 1, sizeof *flow->rises);
    flow->potential = rk_alloc((size_t)nodes + 1, sizeof *flow->potential);
    flow->tree = rk_alloc((size_t)nodes + 1, sizeof *flow->tree);
    flow->thread = rk_alloc((size_t)nodes + 1, sizeof *flow->thread);
    return flow;
}

void rk_flow_free(struct rk_flow *flow)
{
    if (!flow)
        return;
    rk_flow_widen(flow);
    rk_flow_all(flow);
    rk_free(flow->ends);
    rk_free(flow->width);
    rk_free(flow->state);
    rk_free(flow->wide);
    rk_free(flow->lower.all);
    rk_free(flow->supply);
    rk_free(flow->rises);
    rk_free(flow->potential);
    rk_free(flow->tree);
    rk_free(flow->thread);
    rk_free(flow->list);
    rk_free(flow);
}

void rk_flow_supply(struct rk_flow *flow, uint32_t node, int64_t amount)
{
    assert(!flow->started && node < flow->nodes);
    assert(amount >= -RK_FLOW_MOST && amount <= RK_FLOW_MOST);
    flow->supply[node] += amount;
}

uint32_t rk_flow_arc(struct rk_flow *flow, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    assert(!flow->started && from < flow->nodes && to < flow->nodes);
    assert(lower >= -RK_FLOW_MOST && lower <= upper && upper <= RK_FLOW_MOST);
    assert(flow->arcs < UINT32_MAX / 2);
    if (flow->arcs == flow->room) {
        flow->room = flow->room ? flow->room * 2 : 64;
        flow->ends = rk_resize(flow->ends, flow->room, sizeof *flow->ends);
        flow->width = rk_resize(flow->width, flow->room, sizeof *flow->width);
        flow->state = rk_resize(flow->state, flow->room, sizeof *flow->state);
    }
    uint32_t arc = flow->arcs++;
    flow->ends[arc] = (struct ends){from, to};
    if (upper - lower < WIDE) {
        flow->width[arc] = (uint32_t)(upper - lower);
    } else {
        RK_GROW(flow->wide, flow->wide_count, flow->wide_room);
        flow->width[arc] = WIDE + flow->wide_count;
        flow->wide[flow->wide_count++] = upper - lower;
    }
    rk_lowers_add(&flow->lower, arc, lower);
    flow->state[arc] = upper == lower ? QUIET : LOWER;
    return arc;
}

int64_t rk_flow_largest_cost(uint32_t nodes) { return (INT64_C(1) << 60) / ((int64_t)nodes + 2); }

static int64_t width_of(const struct rk_flow *flow, uint32_t arc)
{
    uint32_t width = flow->width[arc];
    return width < WIDE ? width : flow->wide[width - WIDE];
}

/* Does the arc to the parent lead to it? */
static bool leads_up(const struct rk_flow *flow, uint32_t node)
{
    uint32_t arc = flow->tree[node].arc;
    return arc < flow->arcs ? flow->ends[arc].from == node : flow->rises[node];
}

/* What flows along an arc over its lower bound. */
static int64_t amount_of(const struct rk_flow *flow, uint32_t arc)
{
    if (flow->state[arc] != QUIET)
        return flow->state[arc] == LOWER ? 0 : width_of(flow, arc);
    struct ends ends = flow->ends[arc];
    return flow->tree[ends.from].arc == arc ? flow->tree[ends.from].down
           : flow->tree[ends.to].arc == arc ? flow->tree[ends.to].up
                                            : 0;
}

static bool is_fixed(const struct rk_flow *flow, uint32_t arc)
{
    return flow->fixed && (flow->fixed[arc / 8] >> arc % 8 & 1);
}

static int64_t reduced_cost(const struct rk_flow *flow, uint32_t arc)
{
    struct ends ends = flow->ends[arc];
    return flow->costs[arc] + flow->potential[ends.from] - flow->potential[ends.to];
}

/* Do the supplies, and all bounds, stay where sums of them can be kept? A supply of PLENTY would
 * block an artificial arc; widths of 2^64 in all could be too much for rk_flow_bound. */
static bool sizes_fit(const struct rk_flow *flow)
{
    __int128 supplies = 0, widths = 0;
    for (uint32_t u = 0; u < flow->nodes; u++)
        supplies += flow->supply[u] < 0 ? -(__int128)flow->supply[u] : flow->supply[u];
    for (uint32_t i = 0; i < flow->lower.count; i++)
        supplies += 2 * (flow->lower.all[i].amount < 0 ? -flow->lower.all[i].amount
                                                       : flow->lower.all[i].amount);
    for (uint32_t a = 0; a < flow->arcs; a++)
        widths += width_of(flow, a);
    return supplies < PLENTY && widths < (__int128)1 << 64;
}

/* The first basis: every node hangs on the root by an artificial arc that takes its supply there or
 * its demand from there. A node with none points up, which makes the basis strongly feasible: from
 * every node a little more can be sent to the root. */
static void start(struct rk_flow *flow)
{
    uint32_t root = flow->nodes;
    for (uint32_t i = 0; i < flow->lower.count; i++) {
        struct ends ends = flow->ends[flow->lower.all[i].arc];
        flow->supply[ends.from] -= flow->lower.all[i].amount;
        flow->supply[ends.to] += flow->lower.all[i].amount;
    }
    flow->tree[root] = (struct tree_node){
        .parent = NOWHERE, .arc = NOWHERE, .size = root + 1, .last = root ? root - 1 : root};
    for (uint32_t u = 0; u <= root; u++)
        flow->thread[u] = (struct thread){u == root ? 0 : u + 1, u ? u - 1 : root};
    for (uint32_t u = 0; u < root; u++) {
        bool up = flow->rises[u] = flow->supply[u] >= 0;
        flow->tree[u] = (struct tree_node){.parent = root,
                                           .arc = flow->arcs + u,
                                           .size = 1,
                                           .last = u,
                                           .up = up ? PLENTY : -flow->supply[u],
                                           .down = up ? flow->supply[u] : PLENTY};
    }
    flow->started = true;
}

/* Sets all potentials anew. */
static void price_tree(struct rk_flow *flow)
{
    uint32_t root = flow->nodes;
    flow->potential[root] = 0;
    for (uint32_t u = flow->thread[root].next; u != root; u = flow->thread[u].next) {
        uint32_t arc = flow->tree[u].arc;
        int64_t cost = arc < flow->arcs ? flow->costs[arc] : flow->artificial_cost;
        flow->potential[u] =
            flow->potential[flow->tree[u].parent] + (leads_up(flow, u) ? -cost : cost);
    }
}

/* ---- pricing ----
 *
 * Most of the time of a network simplex goes into looking at arcs, and there into waiting for
 * memory. So an eighth of the arcs is read at a time, as chunks from all over in the order that
 * they lie in; the best of them make a list that stays in the cache, and that is worked off, a few
 * of it looked at for each pivot, until what is left of it is not half as good as its worst was. */

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Tried out on programmes, assignments, grids and networks as NETGEN makes them. */
enum { CHUNK = 1024, LEAST_CHUNK = 16, LEAST_LIST = 10, LOOK = 10 };

/* The arcs that may enter: a list, or NULL: all. */
static const uint32_t *entering_list(const struct rk_flow *flow, uint32_t *count)
{
    *count = flow->few ? flow->few_count : flow->live ? flow->live_count : flow->arcs;
    return flow->few ? flow->few : flow->live;
}

static void set_pricing(struct rk_flow *flow)
{
    uint32_t count;
    entering_list(flow, &count);
    flow->chunk_size = CHUNK;
    while (flow->chunk_size > LEAST_CHUNK && count / flow->chunk_size < 64)
        flow->chunk_size /= 2;
    flow->chunks = count / flow->chunk_size + (count % flow->chunk_size != 0);
    flow->stride = (uint32_t)((uint64_t)flow->chunks * 618 / 1000) + 1;
    while (flow->chunks && common_divisor(flow->stride, flow->chunks) != 1) /* meets all */
        flow->stride++;
    flow->part = flow->chunks / 8 + 1;
    flow->list_most = flow->part * flow->chunk_size / 256;
    if (flow->list_most < LEAST_LIST)
        flow->list_most = LEAST_LIST;
    flow->list = rk_resize(flow->list, (size_t)flow->list_most * 2 + CHUNK, sizeof *flow->list);
    flow->list_count = flow->next = flow->chunk = 0;
}

/* Keeps the list_most best of the list (Hoare 1961, "Find"). */
static void keep_best(struct rk_flow *flow)
{
    struct candidate *list = flow->list;
    int64_t low = 0, high = (int64_t)flow->list_count - 1, wanted = flow->list_most;
    while (low < high) {
        int64_t middle = list[low + (high - low) / 2].reduced, i = low, j = high;
        do {
            while (list[i].reduced < middle)
                i++;
            while (list[j].reduced > middle)
                j--;
            if (i <= j) {
                struct candidate swapped = list[i];
                list[i++] = list[j];
                list[j--] = swapped;
            }
        } while (i <= j);
        if (wanted <= j)
            high = j;
        else if (wanted >= i)
            low = i;
        else
            break;
    }
    flow->bar = list[wanted].reduced;
    flow->list_count = flow->list_most;
}

/* Adds to the list what is under the bar among arcs from … end - 1 (of `live`, unless NULL). */
static inline void look_at(struct rk_flow *flow, const uint32_t *live, uint32_t from, uint32_t end)
{
    const struct ends *ends = flow->ends;
    const int64_t *potential = flow->potential, *costs = flow->costs;
    const int8_t *state = flow->state;
    struct candidate *list = flow->list;
    uint32_t count = flow->list_count;
    int64_t bar = flow->bar;
    for (uint32_t i = from; i < end; i++) {
        uint32_t arc = live ? live[i] : i;
        int64_t reduced =
            state[arc] * (costs[arc] + potential[ends[arc].from] - potential[ends[arc].to]);
        if (reduced < bar)
            list[count++] = (struct candidate){reduced,      costs[arc], ends[arc].from,
                                               ends[arc].to, arc,        state[arc]};
    }
    flow->list_count = count;
}

static void fill_list(struct rk_flow *flow)
{
    uint32_t count;
    const uint32_t *list = entering_list(flow, &count);
    flow->bar = 0;
    flow->list_count = flow->next = 0;
    for (uint32_t seen = 0; seen < flow->chunks && (seen < flow->part || !flow->list_count);
         seen++) {
        uint32_t from = flow->chunk * flow->chunk_size;
        uint32_t end = count - from < flow->chunk_size ? count : from + flow->chunk_size;
        if (list)
            look_at(flow, list, from, end);
        else
            look_at(flow, NULL, from, end);
        if (flow->list_count > 2 * flow->list_most)
            keep_best(flow);
        flow->chunk = (uint32_t)(((uint64_t)flow->chunk + flow->stride) % flow->chunks);
    }
    if (flow->list_count > flow->list_most)
        keep_best(flow);
    flow->bar /= 2;
}

/* Takes the best of the next few in the list that are good still; NOWHERE when none of them is. */
static uint32_t take_candidate(struct rk_flow *flow)
{
    struct candidate *list = flow->list;
    const int64_t *potential = flow->potential;
    uint32_t best = NOWHERE, at = flow->next;
    int64_t least = 0;
    for (uint32_t seen = 0, looks = 0; seen < flow->list_count && looks < LOOK; looks++) {
        if (at >= flow->list_count)
            at = 0;
        struct candidate *c = &list[at];
        int64_t reduced = c->state * (c->cost + potential[c->from] - potential[c->to]);
        if (reduced >= flow->bar) {
            *c = list[--flow->list_count];
            if (best == flow->list_count) /* the one that moved here */
                best = at;
            continue;
        }
        if (reduced < least) {
            least = reduced;
            best = at;
        }
        at++;
        seen++;
    }
    flow->next = at;
    if (best == NOWHERE)
        return NOWHERE;
    uint32_t arc = list[best].arc;
    list[best] = list[--flow->list_count];
    return arc;
}

/* An arc that breaks its sign, or NOWHERE. */
static uint32_t entering_arc(struct rk_flow *flow)
{
    uint32_t arc = NOWHERE;
    while (flow->list_count && arc == NOWHERE)
        arc = take_candidate(flow);
    if (arc == NOWHERE) {
        fill_list(flow);
        while (flow->list_count && arc == NOWHERE)
            arc = take_candidate(flow);
    }
    return arc;
}

/* ---- the tree ---- */

/* Takes the subtree of `cut` out and hangs it on `parent` by its node `top`: the arcs of the stem
 * between the two turn. `join` is above both places; `new` tells the arc to `parent` and what can
 * flow on it up and down. */
static void hang(struct rk_flow *flow, uint32_t cut, uint32_t top, uint32_t parent, uint32_t join,
                 struct tree_node new)
{
    struct tree_node *tree = flow->tree;
    struct thread *thread = flow->thread;
    uint32_t size = tree[cut].size, old_last = tree[cut].last;
    uint32_t before = thread[cut].previous, after = thread[old_last].next;
    thread[before].next = after;
    thread[after].previous = before;
    uint32_t above = tree[cut].parent;
    for (uint32_t u = above; u != join; u = tree[u].parent)
        tree[u].size -= size;
    for (uint32_t u = above; u != NOWHERE && tree[u].last == old_last; u = tree[u].parent)
        tree[u].last = before;
    /* The thread goes through the stem anew: each node's part without that of the one before. */
    uint32_t tail = tree[top].last, hole_last = tail, hole_before = thread[top].previous;
    uint32_t hole_after = thread[tail].next;
    uint32_t below_size = 0;
    uint32_t u = top, from = parent;
    for (;;) {
        struct tree_node old = tree[u];
        tree[u].parent = from;
        tree[u].arc = new.arc;
        tree[u].up = new.up;
        tree[u].down = new.down;
        tree[u].size = size - below_size;
        if (u != top) {
            uint32_t previous = thread[u].previous;
            thread[tail].next = u;
            thread[u].previous = tail;
            tail = hole_before;
            if (old.last != hole_last) {
                thread[tail].next = hole_after;
                thread[hole_after].previous = tail;
                tail = hole_last = old.last;
                hole_after = thread[tail].next;
            }
            hole_before = previous;
        }
        if (u == cut)
            break;
        below_size = old.size;
        new = (struct tree_node){.arc = old.arc, .up = old.down, .down = old.up};
        from = u;
        u = old.parent;
    }
    for (uint32_t v = cut;; v = tree[v].parent) {
        tree[v].last = tail;
        if (v == top)
            break;
    }
    uint32_t next = thread[parent].next;
    thread[parent].next = top;
    thread[top].previous = parent;
    thread[tail].next = next;
    thread[next].previous = tail;
    for (uint32_t v = parent; v != join; v = tree[v].parent)
        tree[v].size += size;
    for (uint32_t v = parent; v != NOWHERE && tree[v].last == parent; v = tree[v].parent)
        tree[v].last = tail;
}

static void pivot(struct rk_flow *flow, uint32_t entering)
{
    struct tree_node *tree = flow->tree;
    struct ends ends = flow->ends[entering];
    bool forward = flow->state[entering] == LOWER;
    uint32_t first = forward ? ends.from : ends.to, second = forward ? ends.to : ends.from;
    /* The last blocking arc along the cycle, from the join in the direction of the entering arc,
     * leaves: that keeps the basis strongly feasible. */
    int64_t width = width_of(flow, entering), most_first = PLENTY, most_second = PLENTY;
    uint32_t leaving_first = NOWHERE, leaving_second = NOWHERE, join = first, other = second;
    while (join != other) {
        if (tree[join].size <= tree[other].size) {
            if (tree[join].down < most_first) {
                most_first = tree[join].down;
                leaving_first = join;
            }
            join = tree[join].parent;
        } else {
            if (tree[other].up <= most_second) {
                most_second = tree[other].up;
                leaving_second = other;
            }
            other = tree[other].parent;
        }
    }
    int64_t most = width;
    uint32_t leaving = NOWHERE;
    bool on_first = false;
    if (most_first < most) {
        most = most_first;
        leaving = leaving_first;
        on_first = true;
    }
    if (most_second <= most) {
        most = most_second;
        leaving = leaving_second;
        on_first = false;
    }
    if (most > 0) {
        for (uint32_t u = first; u != join; u = tree[u].parent) {
            tree[u].down -= most;
            tree[u].up += most;
        }
        for (uint32_t u = second; u != join; u = tree[u].parent) {
            tree[u].down += most;
            tree[u].up -= most;
        }
    }
    if (leaving == NOWHERE) {
        flow->state[entering] = (int8_t)-flow->state[entering];
        return;
    }
    int64_t reduced = reduced_cost(flow, entering);
    uint32_t out = tree[leaving].arc;
    flow->state[entering] = QUIET;
    if (out < flow->arcs) {
        bool at_lower = leads_up(flow, leaving) ? tree[leaving].down == 0 : tree[leaving].up == 0;
        flow->state[out] = at_lower ? LOWER : UPPER;
    }
    uint32_t top = on_first ? first : second;
    bool up = ends.from == top;
    int64_t amount = forward ? most : width - most;
    hang(flow, leaving, top, on_first ? second : first, join,
         (struct tree_node){.arc = entering,
                            .up = up ? width - amount : amount,
                            .down = up ? amount : width - amount});
    int64_t by = up ? -reduced : reduced;
    for (uint32_t u = top, n = tree[top].size; n--; u = flow->thread[u].next)
        flow->potential[u] += by;
}

int64_t rk_flow_reduced(const struct rk_flow *flow, uint32_t arc)
{
    return reduced_cost(flow, arc);
}

static bool is_feasible(const struct rk_flow *flow)
{
    __int128 sum = 0;
    for (uint32_t u = 0; u < flow->nodes; u++) {
        const struct tree_node *node = &flow->tree[u];
        if (node->arc >= flow->arcs && (leads_up(flow, u) ? node->down : node->up) != 0)
            return false;
        sum += flow->supply[u];
    }
    return sum == 0;
}

enum rk_flow_outcome rk_flow_solve(struct rk_flow *flow, const int64_t *costs)
{
    int64_t largest = 0, limit = rk_flow_largest_cost(flow->nodes);
    for (uint32_t a = 0; a < flow->arcs; a++) {
        if (costs[a] > limit || costs[a] < -limit)
            return RK_FLOW_TOO_LARGE;
        int64_t size = costs[a] < 0 ? -costs[a] : costs[a];
        largest = size > largest ? size : largest;
    }
    if (!flow->started) {
        if (!sizes_fit(flow))
            return RK_FLOW_TOO_LARGE;
        start(flow);
    }
    flow->costs = costs;
    /* Dearer than any path of real arcs. A path from the root has one artificial arc at most, so
     * potentials stay under 2^61 and reduced costs under 2^63. */
    flow->artificial_cost = largest * ((int64_t)flow->nodes + 1) + 1;
    price_tree(flow);
    set_pricing(flow);
    uint64_t first = flow->pivots;
    for (uint32_t arc; (arc = entering_arc(flow)) != NOWHERE; flow->pivots++) {
        if ((flow->pivots - first) % STOP_EVERY == 0 && flow->stop &&
            flow->stop(flow->stop_context))
            return RK_FLOW_STOPPED;
        pivot(flow, arc);
    }
    return is_feasible(flow) ? RK_FLOW_OPTIMAL : RK_FLOW_INFEASIBLE;
}

void rk_flow_stop_when(struct rk_flow *flow, bool (*stop)(void *context), void *context)
{
    flow->stop = stop;
    flow->stop_context = context;
}

int64_t rk_flow_amount(const struct rk_flow *flow, uint32_t arc)
{
    return rk_lowers_of(&flow->lower, arc) + amount_of(flow, arc);
}

int64_t rk_flow_potential(const struct rk_flow *flow, uint32_t node)
{
    return flow->potential[node];
}

__int128 rk_flow_cost(const struct rk_flow *flow, const int64_t *costs)
{
    __int128 cost = 0;
    for (uint32_t i = 0; i < flow->lower.count; i++)
        cost += (__int128)costs[flow->lower.all[i].arc] * flow->lower.all[i].amount;
    for (uint32_t a = 0; a < flow->arcs; a++)
        if (flow->state[a] != LOWER)
            cost += (__int128)costs[a] * amount_of(flow, a);
    return cost;
}

bool rk_flow_proven(const struct rk_flow *flow)
{
    int64_t *balance = rk_alloc((size_t)flow->nodes + 1, sizeof *balance);
    bool good = true;
    for (uint32_t a = 0; a < flow->arcs && good; a++) {
        int64_t amount = amount_of(flow, a), width = width_of(flow, a);
        balance[flow->ends[a].from] += amount;
        balance[flow->ends[a].to] -= amount;
        good = amount >= 0 && amount <= width;
        if (is_fixed(flow, a))
            continue;
        int64_t reduced = reduced_cost(flow, a);
        good = good && !(reduced < 0 && amount < width) && !(reduced > 0 && amount > 0);
    }
    for (uint32_t u = 0; u < flow->nodes && good; u++)
        good = balance[u] == flow->supply[u];
    rk_free(balance);
    return good;
}
__int128 rk_flow_bound(const struct rk_flow *flow)
{
    __int128 bound = 0;
    for (uint32_t i = 0; i < flow->lower.count; i++)
        bound += (__int128)flow->costs[flow->lower.all[i].arc] * flow->lower.all[i].amount;
    for (uint32_t u = 0; u < flow->nodes; u++)
        bound -= (__int128)flow->supply[u] * flow->potential[u];
    for (uint32_t a = 0; a < flow->arcs; a++) {
        int64_t reduced = reduced_cost(flow, a);
        if (is_fixed(flow, a))
            bound += (__int128)reduced * amount_of(flow, a);
        else if (reduced < 0)
            bound += (__int128)reduced * width_of(flow, a);
    }
    return bound;
}

void rk_flow_narrow(struct rk_flow *flow) { rk_flow_narrow_within(flow, 0); }

void rk_flow_narrow_within(struct rk_flow *flow, int64_t slack)
{
    bool all = !flow->live;
    uint32_t count = all ? flow->arcs : flow->live_count, kept = 0;
    if (all) {
        flow->fixed = rk_alloc((size_t)flow->arcs / 8 + 1, sizeof *flow->fixed);
        flow->live = rk_alloc((size_t)flow->arcs + 1, sizeof *flow->live);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t arc = all ? i : flow->live[i];
        int64_t reduced = reduced_cost(flow, arc);
        if (reduced >= -slack && reduced <= slack)
            flow->live[kept++] = arc;
        else
            flow->fixed[arc / 8] |= (uint8_t)(1u << arc % 8);
    }
    flow->live_count = kept;
    flow->live = rk_resize(flow->live, (size_t)kept + 1, sizeof *flow->live);
}

void rk_flow_widen(struct rk_flow *flow)
{
    rk_free(flow->live);
    rk_free(flow->fixed);
    flow->live = NULL;
    flow->fixed = NULL;
}

/* ---- another network on the same basis ---- */

/* Puts what hangs on other parents than before in the order of the thread again. */
static void thread_anew(struct rk_flow *flow)
{
    uint32_t root = flow->nodes;
    struct tree_node *tree = flow->tree;
    uint32_t *child = rk_alloc((size_t)root + 1, sizeof *child);
    uint32_t *sibling = rk_alloc((size_t)root + 1, sizeof *sibling);
    for (uint32_t u = 0; u <= root; u++)
        child[u] = NOWHERE;
    for (uint32_t u = flow->thread[root].previous; u != root; u = flow->thread[u].previous) {
        sibling[u] = child[tree[u].parent];
        child[tree[u].parent] = u;
    }
    uint32_t before = root, at = child[root];
    while (at != NOWHERE) {
        flow->thread[before].next = at;
        flow->thread[at].previous = before;
        before = at;
        if (child[at] != NOWHERE) {
            at = child[at];
            continue;
        }
        while (at != root && sibling[at] == NOWHERE)
            at = tree[at].parent;
        at = at == root ? NOWHERE : sibling[at];
    }
    flow->thread[before].next = root;
    flow->thread[root].previous = before;
    rk_free(child);
    rk_free(sibling);
    for (uint32_t u = 0; u <= root; u++) {
        tree[u].size = 1;
        tree[u].last = u;
    }
    for (uint32_t u = before; u != root; u = flow->thread[u].previous) {
        struct tree_node *parent = &tree[tree[u].parent];
        parent->size += tree[u].size;
        if (parent->last == tree[u].parent) /* the last child comes first */
            parent->last = tree[u].last;
    }
}

/* The amounts of the tree's arcs follow from the others'. One that is out of its bounds, is fixed,
 * or cannot take any more towards the root, leaves the tree: its subtree hangs on the root by its
 * artificial arc, which takes the rest. */
static void refit(struct rk_flow *flow)
{
    uint32_t root = flow->nodes;
    int64_t *rest = rk_alloc((size_t)root + 1, sizeof *rest);
    bool cut = false;
    memcpy(rest, flow->supply, root * sizeof *rest);
    for (uint32_t a = 0; a < flow->arcs; a++)
        if (flow->state[a] == UPPER) {
            rest[flow->ends[a].from] -= width_of(flow, a);
            rest[flow->ends[a].to] += width_of(flow, a);
        }
    for (uint32_t u = flow->thread[root].previous; u != root; u = flow->thread[u].previous) {
        struct tree_node *node = &flow->tree[u];
        if (node->arc < flow->arcs) {
            uint32_t arc = node->arc;
            bool up = leads_up(flow, u);
            int64_t width = width_of(flow, arc), amount = up ? rest[u] : -rest[u];
            if (amount >= 0 && amount <= width && (up ? amount < width : amount > 0) &&
                !is_fixed(flow, arc)) {
                node->up = up ? width - amount : amount;
                node->down = width - node->up;
                rest[node->parent] += rest[u];
                continue;
            }
            amount = amount < 0 ? 0 : amount > width ? width : amount;
            flow->state[arc] = width == 0 ? QUIET : amount == 0 ? LOWER : UPPER;
            rest[node->parent] += up ? amount : -amount;
            rest[u] -= up ? amount : -amount;
            node->parent = root;
            node->arc = flow->arcs + u;
            cut = true;
        }
        flow->rises[u] = rest[u] >= 0;
        node->up = rest[u] >= 0 ? PLENTY : -rest[u];
        node->down = rest[u] >= 0 ? rest[u] : PLENTY;
    }
    rk_free(rest);
    if (cut)
        thread_anew(flow);
}

void rk_flow_bounds(struct rk_flow *flow, uint32_t first, uint32_t count, const int32_t *lower,
                    const int32_t *upper)
{
    assert(flow->started && !flow->live && first + count <= flow->arcs);
    struct rk_lowers kept = {0};
    uint32_t i = 0;
    for (; i < flow->lower.count && flow->lower.all[i].arc < first; i++)
        rk_lowers_add(&kept, flow->lower.all[i].arc, flow->lower.all[i].amount);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t arc = first + k;
        struct ends ends = flow->ends[arc];
        int64_t old = i < flow->lower.count && flow->lower.all[i].arc == arc
                          ? flow->lower.all[i++].amount
                          : 0;
        int64_t amount = old + amount_of(flow, arc);
        assert(lower[k] <= upper[k]);
        flow->supply[ends.from] -= lower[k] - old;
        flow->supply[ends.to] += lower[k] - old;
        rk_lowers_add(&kept, arc, lower[k]);
        flow->width[arc] = (uint32_t)(upper[k] - lower[k]);
        if (flow->tree[ends.from].arc == arc || flow->tree[ends.to].arc == arc)
            continue;
        /* where it stands already, or else where it would be cheaper */
        flow->state[arc] = flow->width[arc] == 0         ? QUIET
                           : amount <= lower[k]          ? LOWER
                           : amount >= upper[k]          ? UPPER
                           : reduced_cost(flow, arc) < 0 ? UPPER
                                                         : LOWER;
    }
    for (; i < flow->lower.count; i++)
        rk_lowers_add(&kept, flow->lower.all[i].arc, flow->lower.all[i].amount);
    rk_free(flow->lower.all);
    flow->lower = kept;
    refit(flow);
}

void rk_flow_take(struct rk_flow *flow, const struct rk_flow *part, const uint32_t *arcs)
{
    assert(part->started && part->nodes == flow->nodes);
    if (!flow->started)
        start(flow);
    for (uint32_t a = 0; a < flow->arcs; a++)
        flow->state[a] = flow->width[a] == 0 ? QUIET : LOWER;
    for (uint32_t a = 0; a < part->arcs; a++)
        flow->state[arcs[a]] = part->state[a];
    memcpy(flow->thread, part->thread, ((size_t)flow->nodes + 1) * sizeof *flow->thread);
    for (uint32_t u = 0; u <= flow->nodes; u++) {
        struct tree_node node = part->tree[u];
        if (u < flow->nodes)
            node.arc = node.arc < part->arcs ? arcs[node.arc] : flow->arcs + u;
        flow->tree[u] = node;
    }
    refit(flow);
}

void rk_flow_few(struct rk_flow *flow, const uint32_t *arcs, uint32_t count)
{
    rk_flow_all(flow);
    flow->few = rk_alloc((size_t)count + 1, sizeof *flow->few);
    flow->few_room = count + 1;
    for (uint32_t i = 0; i < count; i++)
        if (!is_fixed(flow, arcs[i]))
            flow->few[flow->few_count++] = arcs[i];
}

void rk_flow_all(struct rk_flow *flow)
{
    rk_free(flow->few);
    flow->few = NULL;
    flow->few_count = 0;
}

uint32_t rk_flow_more(struct rk_flow *flow)
{
    if (!flow->few)
        return 0;
    uint32_t count = flow->live ? flow->live_count : flow->arcs, before = flow->few_count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t arc = flow->live ? flow->live[i] : i;
        if (flow->state[arc] * reduced_cost(flow, arc) < 0) {
            RK_GROW(flow->few, flow->few_count, flow->few_room);
            flow->few[flow->few_count++] = arc;
        }
    }
    return flow->few_count - before;
}

uint64_t rk_flow_pivots(const struct rk_flow *flow) { return flow->pivots; }
