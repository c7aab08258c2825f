/* The flow network of a match: what match, chances and prices solve over. Known inside lib/panel
 * only.
 *
 * Node 0 gives out memberships. Then the limits, a tree per panelist; the recruitments; the pools
 * of empty seats of recruitments with a nested minimum; the quota rows that nest; the cells of
 * recruitments with quota rows that do not.
 * Arcs, in this order, each from the giver to the taker:
 *   unfilled  0 → pool or recruitment, one per seat that may stay empty, each dearer than the last
 *   load      0 → own limit of a panelist, one per membership, each dearer than the last
 *   limit     limit → limit under it, up to its room
 *   pool      pool → recruitment
 *   row       quota row → row around it, or recruitment: min … max
 *   kept for  pool → quota row: empty seats kept for its people
 *   cell      cell → innermost row, or recruitment
 *   pair      limit → cell, innermost row or recruitment
 */
#ifndef RK_NETWORK_H
#define RK_NETWORK_H

#include "panel/flow.h"
#include "panel/overlap.h"

/* What limits how many memberships a panelist gets. Pairs hang on the leaves. `room` of an own
 * limit has all that lies under it in it. */
enum rk_limit_kind { RK_LIMIT_OWN, RK_LIMIT_YEAR, RK_LIMIT_MONTH, RK_LIMIT_OVERLAP };
struct rk_limit {
    uint32_t parent; /* RK_NONE at the panelist's own */
    uint32_t panelist;
    int64_t room;
    enum rk_limit_kind kind;
    int32_t month; /* of a year, its first */
};

/* Quota rows that nest; of rows of equal people one lies in the other. */
struct rk_quota_row {
    uint32_t recruitment;
    uint32_t around;             /* the row around it; RK_NONE: the recruitment */
    int32_t min, max;            /* those that can be kept together */
    uint32_t min_from, max_from; /* the quotas that ask for it */
};

enum rk_arc_kind {
    RK_ARC_UNFILLED,
    RK_ARC_LOAD,
    RK_ARC_LIMIT,
    RK_ARC_POOL,
    RK_ARC_ROW,
    RK_ARC_KEPT_FOR,
    RK_ARC_CELL,
    RK_ARC_PAIR,
    RK_ARC_KINDS
};

struct rk_network {
    const struct rk_match_problem *problem;
    struct rk_overlaps overlaps;
    struct rk_match_used *used; /* sorted */
    struct rk_limit *limits;
    uint32_t limit_count, limit_room;
    uint32_t *leaf;                    /* by pair: the limit it hangs on */
    uint32_t *lottery;                 /* by pair; NULL: forgotten */
    int32_t *places;                   /* by recruitment: those that its pairs could fill; all
                                        * of them where it has quotas */
    int64_t seats_lost, shortage_lost; /* what the others add to the values, whatever is chosen */
    bool nested;                       /* no overlap is left outside the groups */
    struct rk_quota_row *rows;         /* sorted by recruitment; a row after those inside it */
    uint32_t row_count, row_room;
    uint32_t *row_first;     /* by recruitment, + 1 */
    uint32_t *inner;         /* by cell: the innermost row, or RK_NONE */
    bool *crossing;          /* by quota: it is not in the rows, and has to be priced */
    uint32_t crossing_count; /* recruitments with such quotas */
    uint32_t *cell_number;   /* by cell: its place among the cell nodes, or RK_NONE */
    uint32_t *pool_number;   /* by recruitment: likewise among the pools */
    int32_t *lowered; /* by quota: by how much min is less than asked, because all rows cannot
                       * be kept together */
    uint32_t pools, cell_nodes;
    uint32_t nodes, arcs;
    uint32_t first[RK_ARC_KINDS + 1];    /* arcs of each kind */
    uint32_t *kept_row;                  /* by kept-for arc: the row */
    int64_t *unfilled_cost, *load_cost;  /* by arc of the kind: of shortage; of load */
    int64_t most[RK_MATCH_LEVELS];       /* largest size of a cost of the level */
    int64_t most_through;                /* units that cross an arc with a cost, at most */
    uint32_t stage_end[RK_MATCH_LEVELS]; /* one past the last level of each stage: as many levels
                                          * are solved as one as the arithmetic has room for */
    uint32_t stages;
    int64_t unit[RK_MATCH_LEVELS]; /* by first level of a stage: what one unit of its last level
                                    * weighs; 1 but where quotas are priced */
};

/* False where costs are too large for the arithmetic. Free also then. The problem must outlive it.
 */
bool rk_network_build(struct rk_network *net, const struct rk_match_problem *problem);
void rk_network_free(struct rk_network *net);

static inline uint32_t rk_node_limit(uint32_t limit) { return 1 + limit; }
static inline uint32_t rk_node_recruitment(const struct rk_network *net, uint32_t r)
{
    return 1 + net->limit_count + r;
}
static inline uint32_t rk_node_pool(const struct rk_network *net, uint32_t pool)
{
    return 1 + net->limit_count + net->problem->recruitment_count + pool;
}
static inline uint32_t rk_node_row(const struct rk_network *net, uint32_t row)
{
    return rk_node_pool(net, net->pools) + row;
}
static inline uint32_t rk_node_cell(const struct rk_network *net, uint32_t cell)
{
    return rk_node_row(net, net->row_count) + cell;
}
/* Where the pair's arc ends. */
uint32_t rk_node_of_pair(const struct rk_network *net, uint32_t pair);

/* Tells every arc, in order. */
typedef void rk_network_arc(void *context, uint32_t from, uint32_t to, int64_t lower,
                            int64_t upper);
void rk_network_arcs(const struct rk_network *net, rk_network_arc *add, void *context);
/* A flow over the network with its supplies and bounds, nothing solved yet. */
struct rk_flow *rk_network_flow(const struct rk_network *net);
static inline uint32_t rk_network_first(const struct rk_network *net, uint32_t stage)
{
    return stage ? net->stage_end[stage - 1] : 0;
}
/* What the level costs, arc by arc; the costs of levels first … end - 1 as one, each level's unit
 * worth more than all of the next. */
int64_t rk_network_cost(const struct rk_network *net, int level, uint32_t arc);
void rk_network_costs(const struct rk_network *net, uint32_t first, uint32_t end, int64_t *costs);
/* What one unit of the level weighs in those costs. */
int64_t rk_network_weight(const struct rk_network *net, uint32_t first, uint32_t end, int level);
/* The kind of arc that the level's costs are on. */
enum rk_arc_kind rk_network_costly(int level);
/* The level's value of a flow. */
__int128 rk_network_value(const struct rk_network *net, const struct rk_flow *flow, int level);
/* The lottery's numbers will not be needed by many: they are worked out again where they are. */
void rk_network_forget_lots(struct rk_network *net);

/* One limit that the rules set for a panelist, whether or not the network has a node for it. */
struct rk_named_limit {
    enum rk_limit_kind kind;
    int32_t month;
    int64_t room;
    uint32_t limit; /* its node's; RK_NONE */
    bool in_own;    /* the room of the own limit rests on it: own room = sum of these rooms + pairs
                     * under    none of them */
    const uint32_t *pairs;
    uint32_t count;
};
/* Tells all of them for the panelist of the pairs first … end - 1. */
void rk_network_limits(const struct rk_network *net, uint32_t first, uint32_t end,
                       void (*visit)(void *context, const struct rk_named_limit *limit),
                       void *context);

/* The number drawn for a pair in the lottery among what is still equal. */
uint32_t rk_match_lot(struct rk_text seed, struct rk_text recruitment, struct rk_text panelist,
                      struct rk_buf *key);

#endif
