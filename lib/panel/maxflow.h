/* Maximum flow, exact, in 64-bit integers: moves as much as can be moved from the nodes that have
 * too much to those that lack, starting from whatever the arcs carry. Push-relabel in first-in,
 * first-out order with exact distances now and then (Goldberg & Tarjan 1988, "A new approach to the
 * maximum-flow problem"; Cherkassky & Goldberg 1997, "On implementing the push-relabel method").
 *
 * Order of calls: rk_maxflow_new, rk_maxflow_arc for the whole network, rk_maxflow_start. Then, any
 * number of times: set `excess` (and, if wanted, amount and room of open arcs, rk_maxflow_set), and
 * rk_maxflow_run. What cannot be moved stays as excess somewhere on its way, so that the next run
 * goes on from there; it shows the minimum cut. Single-threaded; the same calls give the same flow
 * on every machine.
 *
 * Memory: 24 bytes per arc, 8 more until rk_maxflow_start has ended, and 8 more where a room is
 * 2^32 or more; 29 per node. */
#ifndef RK_MAXFLOW_H
#define RK_MAXFLOW_H

#include <stdbool.h>
#include <stdint.h>

/* 0 <= amount <= room; lower bounds are the caller's to shift. */
struct rk_maxflow_arc {
    uint32_t amount, room;
};
struct rk_maxflow_wide_arc {
    int64_t amount, room;
};

struct rk_maxflow_ends {
    uint32_t from, to;
};

struct rk_maxflow_node {
    int64_t excess;  /* > 0: has so much to send on; < 0: lacks so much */
    uint32_t height; /* at most 1 + the number of arcs to a node that lacks; 0 before a run */
    uint32_t at;     /* where the look through its arcs goes on */
};

/* An arc as seen from one of its ends. */
struct rk_maxflow_entry {
    uint32_t other; /* the node at its other end */
    uint32_t way;   /* number of the arc × 2, + 1 if it leads from there to here */
};

/* Side of the minimum cut, for the nodes of the last run. */
enum rk_maxflow_side {
    RK_MAXFLOW_LEVEL,   /* neither of the two below */
    RK_MAXFLOW_STUCK,   /* holds, or can be reached by, excess that could not be moved */
    RK_MAXFLOW_LACKING, /* lacks something still, or could send to a node that does */
};

struct rk_maxflow {
    uint32_t nodes, arcs, arc_room;
    struct rk_maxflow_arc *arc;       /* NULL where the rooms are … */
    struct rk_maxflow_wide_arc *wide; /* … wide; else this is */
    struct rk_maxflow_ends *ends;     /* by arc; until rk_maxflow_start */
    struct rk_maxflow_node *node;
    /* After rk_maxflow_start: entries[first[u]] … entries[first[u + 1] - 1] are the arcs at node u,
     * loops left out; those before open_end[u] are open, the others are closed. */
    uint32_t *first, *open_end;
    struct rk_maxflow_entry *entries;
    uint8_t *side; /* enum rk_maxflow_side */
    uint32_t *queue;
    uint64_t runs, pushes, searches; /* searches: exact distances computed */
    bool (*stop)(void *context);     /* asked before each of these: true ends the run; NULL */
    void *stop_context;
    bool stopped; /* so it was: nothing of the run is meant to be used */
};

struct rk_maxflow *rk_maxflow_new(uint32_t nodes); /* nodes 0 … nodes - 1 */
void rk_maxflow_free(struct rk_maxflow *flow);     /* NULL is allowed */
/* Returns the arc's number: 0, 1, 2 … Fewer than 2^31 arcs. */
uint32_t rk_maxflow_arc(struct rk_maxflow *flow, uint32_t from, uint32_t to, int64_t room,
                        int64_t amount);
void rk_maxflow_start(struct rk_maxflow *flow);
/* Moves excess among `count` nodes (none twice; no open arc may lead out of them) and returns what
 * could not be moved. Sums of excess must fit. Fills `side` of these nodes: from STUCK to others no
 * open arc has room left, and from others to STUCK none carries anything; likewise into LACKING. */
int64_t rk_maxflow_run(struct rk_maxflow *flow, const uint32_t *nodes, uint32_t count);
/* From now on arcs at node u whose ends differ in `part` stay as they are. Call it for every node
 * whose part has changed and for their neighbours. */
void rk_maxflow_close(struct rk_maxflow *flow, uint32_t u, const uint32_t *part);

/* Rooms of any size from now on; rk_maxflow_arc does it by itself where it must. */
void rk_maxflow_widen(struct rk_maxflow *flow);
static inline int64_t rk_maxflow_amount(const struct rk_maxflow *flow, uint32_t arc)
{
    return flow->wide ? flow->wide[arc].amount : flow->arc[arc].amount;
}
static inline int64_t rk_maxflow_room(const struct rk_maxflow *flow, uint32_t arc)
{
    return flow->wide ? flow->wide[arc].room : flow->arc[arc].room;
}
/* room < 2^32 unless the rooms are wide. */
static inline void rk_maxflow_set(struct rk_maxflow *flow, uint32_t arc, int64_t amount,
                                  int64_t room)
{
    if (flow->wide)
        flow->wide[arc] = (struct rk_maxflow_wide_arc){amount, room};
    else
        flow->arc[arc] = (struct rk_maxflow_arc){(uint32_t)amount, (uint32_t)room};
}

/* How much more can go by an entry, away from the node it stands at … */
static inline int64_t rk_maxflow_out(const struct rk_maxflow *flow, struct rk_maxflow_entry entry)
{
    int64_t amount = rk_maxflow_amount(flow, entry.way / 2);
    return entry.way % 2 ? amount : rk_maxflow_room(flow, entry.way / 2) - amount;
}

/* … and towards it. */
static inline int64_t rk_maxflow_in(const struct rk_maxflow *flow, struct rk_maxflow_entry entry)
{
    int64_t amount = rk_maxflow_amount(flow, entry.way / 2);
    return entry.way % 2 ? rk_maxflow_room(flow, entry.way / 2) - amount : amount;
}

#endif
