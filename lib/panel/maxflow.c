#include "panel/maxflow.h"

#include "base/mem.h"

#include <assert.h>

#define NEVER UINT32_MAX /* height of a node from which nothing that lacks can be reached */

struct rk_maxflow *rk_maxflow_new(uint32_t nodes)
{
    assert(nodes < NEVER - 1);
    struct rk_maxflow *flow = rk_alloc(1, sizeof *flow);
    flow->nodes = nodes;
    flow->node = rk_alloc((size_t)nodes + 1, sizeof *flow->node);
    flow->first = rk_alloc((size_t)nodes + 2, sizeof *flow->first);
    flow->open_end = rk_alloc((size_t)nodes + 1, sizeof *flow->open_end);
    flow->side = rk_alloc((size_t)nodes + 1, sizeof *flow->side);
    flow->queue = rk_alloc((size_t)nodes + 1, sizeof *flow->queue);
    return flow;
}

void rk_maxflow_free(struct rk_maxflow *flow)
{
    if (!flow)
        return;
    rk_free(flow->arc);
    rk_free(flow->wide);
    rk_free(flow->ends);
    rk_free(flow->node);
    rk_free(flow->first);
    rk_free(flow->open_end);
    rk_free(flow->entries);
    rk_free(flow->side);
    rk_free(flow->queue);
    rk_free(flow);
}

void rk_maxflow_widen(struct rk_maxflow *flow)
{
    if (flow->wide)
        return;
    flow->wide = rk_alloc((size_t)flow->arc_room + 1, sizeof *flow->wide);
    for (uint32_t a = 0; a < flow->arcs; a++)
        flow->wide[a] = (struct rk_maxflow_wide_arc){flow->arc[a].amount, flow->arc[a].room};
    rk_free(flow->arc);
    flow->arc = NULL;
}

uint32_t rk_maxflow_arc(struct rk_maxflow *flow, uint32_t from, uint32_t to, int64_t room,
                        int64_t amount)
{
    assert(!flow->entries && from < flow->nodes && to < flow->nodes);
    assert(0 <= amount && amount <= room && flow->arcs < INT32_MAX);
    if (room > UINT32_MAX)
        rk_maxflow_widen(flow);
    if (flow->arcs == flow->arc_room) {
        flow->arc_room = flow->arc_room ? flow->arc_room * 2 : 16;
        flow->ends = rk_resize(flow->ends, flow->arc_room, sizeof *flow->ends);
        if (flow->wide)
            flow->wide = rk_resize(flow->wide, flow->arc_room, sizeof *flow->wide);
        else
            flow->arc = rk_resize(flow->arc, flow->arc_room, sizeof *flow->arc);
    }
    flow->ends[flow->arcs] = (struct rk_maxflow_ends){from, to};
    rk_maxflow_set(flow, flow->arcs, amount, room);
    return flow->arcs++;
}

void rk_maxflow_start(struct rk_maxflow *flow)
{
    assert(!flow->entries);
    uint32_t *first = flow->first;
    for (uint32_t a = 0; a < flow->arcs; a++) {
        struct rk_maxflow_ends ends = flow->ends[a];
        first[ends.from + 1] += ends.from != ends.to;
        first[ends.to + 1] += ends.from != ends.to;
    }
    for (uint32_t u = 0; u < flow->nodes; u++) {
        first[u + 1] += first[u];
        flow->open_end[u] = first[u];
    }
    flow->entries = rk_alloc((size_t)first[flow->nodes] + 1, sizeof *flow->entries);
    for (uint32_t a = 0; a < flow->arcs; a++) {
        struct rk_maxflow_ends ends = flow->ends[a];
        if (ends.from == ends.to)
            continue;
        flow->entries[flow->open_end[ends.from]++] = (struct rk_maxflow_entry){ends.to, 2 * a};
        flow->entries[flow->open_end[ends.to]++] = (struct rk_maxflow_entry){ends.from, 2 * a + 1};
    }
    rk_free(flow->ends);
    flow->ends = NULL;
}

void rk_maxflow_close(struct rk_maxflow *flow, uint32_t u, const uint32_t *part)
{
    struct rk_maxflow_entry *entries = flow->entries;
    uint32_t end = flow->first[u];
    for (uint32_t i = end; i < flow->open_end[u]; i++) {
        struct rk_maxflow_entry entry = entries[i];
        if (part[entry.other] != part[u])
            continue;
        entries[i] = entries[end];
        entries[end++] = entry;
    }
    flow->open_end[u] = end;
}

/* Exact heights, breadth first and backwards from the nodes that lack, until all nodes with an
 * excess have theirs: the others are at least as far. Those that cannot get there get NEVER. */
static void measure(struct rk_maxflow *flow, const uint32_t *nodes, uint32_t count)
{
    struct rk_maxflow_node *node = flow->node;
    uint32_t tail = 0, waiting = 0, far = 0;
    flow->searches++;
    for (uint32_t i = 0; i < count; i++) {
        struct rk_maxflow_node *n = &node[nodes[i]];
        n->at = flow->first[nodes[i]];
        waiting += n->excess > 0 && n->height != NEVER;
        flow->side[nodes[i]] = n->excess < 0 ? RK_MAXFLOW_LACKING : RK_MAXFLOW_LEVEL;
        if (n->excess < 0) {
            n->height = 1;
            flow->queue[tail++] = nodes[i];
        }
    }
    for (uint32_t head = 0; head < tail && waiting; head++) {
        uint32_t u = flow->queue[head];
        far = node[u].height + 1;
        for (uint32_t i = flow->first[u]; i < flow->open_end[u]; i++) {
            uint32_t v = flow->entries[i].other;
            if (flow->side[v] == RK_MAXFLOW_LACKING || !rk_maxflow_in(flow, flow->entries[i]))
                continue;
            flow->side[v] = RK_MAXFLOW_LACKING;
            node[v].height = far;
            waiting -= node[v].excess > 0;
            flow->queue[tail++] = v;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        struct rk_maxflow_node *n = &node[nodes[i]];
        if (flow->side[nodes[i]] == RK_MAXFLOW_LACKING)
            continue;
        if (waiting)
            n->height = NEVER;
        else if (n->height < far)
            n->height = far;
    }
}

/* Everything from which a lack could be filled, and everything that excess could get to. */
static void find_sides(struct rk_maxflow *flow, const uint32_t *nodes, uint32_t count)
{
    uint32_t *queue = flow->queue;
    for (int turn = 0; turn < 2; turn++) {
        uint8_t mark = turn ? RK_MAXFLOW_LACKING : RK_MAXFLOW_STUCK;
        uint32_t tail = 0;
        for (uint32_t i = 0; i < count; i++) {
            int64_t excess = flow->node[nodes[i]].excess;
            if (!turn)
                flow->side[nodes[i]] = RK_MAXFLOW_LEVEL;
            if (turn ? excess < 0 : excess > 0) {
                flow->side[nodes[i]] = mark;
                queue[tail++] = nodes[i];
            }
        }
        for (uint32_t head = 0; head < tail; head++) {
            uint32_t u = queue[head];
            for (uint32_t i = flow->first[u]; i < flow->open_end[u]; i++) {
                struct rk_maxflow_entry entry = flow->entries[i];
                uint32_t v = entry.other;
                if (flow->side[v] == mark ||
                    !(turn ? rk_maxflow_in(flow, entry) : rk_maxflow_out(flow, entry)))
                    continue;
                assert(flow->side[v] == RK_MAXFLOW_LEVEL); /* no way from excess to lack is left */
                flow->side[v] = mark;
                queue[tail++] = v;
            }
        }
    }
}

static void move(struct rk_maxflow *flow, struct rk_maxflow_entry entry, int64_t sent)
{
    uint32_t arc = entry.way / 2;
    int64_t more = entry.way % 2 ? -sent : sent;
    rk_maxflow_set(flow, arc, rk_maxflow_amount(flow, arc) + more, rk_maxflow_room(flow, arc));
}

/* Sends what u has too much of downhill, lifting u as far as needed. Returns the work done. */
static uint64_t discharge(struct rk_maxflow *flow, uint32_t u, uint32_t count, uint64_t *waiting)
{
    struct rk_maxflow_node *node = flow->node, *n = &node[u];
    const struct rk_maxflow_entry *entries = flow->entries;
    uint32_t end = flow->open_end[u];
    uint64_t work = 0;
    for (;;) {
        for (uint32_t i = n->at; i < end; i++) {
            struct rk_maxflow_node *m = &node[entries[i].other];
            if (m->height != n->height - 1)
                continue;
            int64_t left = rk_maxflow_out(flow, entries[i]);
            if (!left)
                continue;
            int64_t sent = left < n->excess ? left : n->excess;
            move(flow, entries[i], sent);
            flow->pushes++;
            if (m->excess <= 0 && m->excess + sent > 0)
                flow->queue[waiting[1]++ % flow->nodes] = entries[i].other;
            m->excess += sent;
            n->excess -= sent;
            if (!n->excess) {
                n->at = i;
                return work + i - flow->first[u];
            }
        }
        uint32_t lowest = count + 1, lowest_at = end;
        for (uint32_t i = flow->first[u]; i < end; i++) {
            uint32_t height = node[entries[i].other].height;
            if (height < lowest && rk_maxflow_out(flow, entries[i])) {
                lowest = height;
                lowest_at = i;
            }
        }
        work += 2 * (end - flow->first[u]);
        n->at = lowest_at;
        n->height = lowest <= count ? lowest + 1 : NEVER;
        if (n->height == NEVER)
            return work;
    }
}

int64_t rk_maxflow_run(struct rk_maxflow *flow, const uint32_t *nodes, uint32_t count)
{
    uint64_t arcs = 0;
    for (uint32_t i = 0; i < count; i++) {
        flow->node[nodes[i]].height = 0;
        arcs += flow->open_end[nodes[i]] - flow->first[nodes[i]];
    }
    flow->runs++;
    for (bool active = true; active;) {
        flow->stopped = flow->stopped || (flow->stop && flow->stop(flow->stop_context));
        if (flow->stopped)
            return 0;
        measure(flow, nodes, count);
        uint64_t waiting[2] = {0, 0}; /* taken from and put to the queue, so many */
        for (uint32_t i = 0; i < count; i++)
            if (flow->node[nodes[i]].excess > 0 && flow->node[nodes[i]].height != NEVER)
                flow->queue[waiting[1]++] = nodes[i];
        active = false;
        for (uint64_t work = 0; waiting[0] != waiting[1];) {
            uint32_t u = flow->queue[waiting[0]++ % flow->nodes];
            work += 8 + discharge(flow, u, count, waiting);
            if (work > 2 * arcs + 8 * (uint64_t)count) {
                active = true;
                break;
            }
        }
    }
    int64_t stuck = 0;
    for (uint32_t i = 0; i < count; i++) {
        int64_t excess = flow->node[nodes[i]].excess;
        stuck += excess > 0 ? excess : 0;
        flow->side[nodes[i]] = RK_MAXFLOW_LEVEL;
    }
    if (stuck)
        find_sides(flow, nodes, count);
    return stuck;
}
