/* Which of the eligible panelists sit on which panels. The best choice in this order, each exact:
 *
 *   1. seats     as few places unfilled as can be;
 *   2. shortage  spread evenly: least sum over recruitments of the square of the seats it lacks;
 *   3. change    where a panel is repaired: most of those who had a seat keep it, then the reserves
 *                who were to step in first;
 *   4. fit       largest sum of fit;
 *   5. load      even: least sum over panelists of the square of all memberships, past ones
 *                included;
 *   6. lottery   least sum of numbers drawn for each pair from (seed, recruitment_id, panelist_id),
 *                uniform on 0 … 2^32 - 1. Two best choices with the same sum are not told apart;
 * with a million pairs that happens about once in four thousand runs.
 *
 * As long as nobody is offered overlapping sessions that make more than nested groups, this is one
 * minimum-cost flow: places per recruitment on one side; panelists with their year, month and
 * overlap groups, each with its room, as a tree on the other; between them, where a recruitment has
 * quotas that nest, a tree of its quota rows. In such a flow the least sum of
 * squares is also the leximin choice: the largest is as small as can be, then the second largest …
 * (Harvey, Ladner, Lovasz & Tamir 2006, "Semi-matchings for bipartite graphs and load balancing";
 * Frank & Murota 2022, "Decreasing minimization on M-convex sets"). Overlaps that do not nest are
 * settled by linear programs (lib/panel/prove.h), or branch and bound over flows where they are too
 * many; nobody is ever given two sessions at once. Quotas that
 * cross each other are not a flow: lib/panel/price.h.
 *
 * Quotas. A row asks for min … max members of a kind. An empty seat stands for somebody who is not
 * found yet, who has one value of each feature, or another than those asked for: quotas hold where
 * such people, no more than the empty seats, could make up for what the members lack, no max
 * exceeded. So a minimum that nobody is there for empties that many seats and no more, and a panel
 * never becomes impossible.
 *
 * Panelists and recruitments are known by their places in the arrays; give them sorted by id and
 * the answer does not depend on the order of any input. */
#ifndef RK_MATCH_H
#define RK_MATCH_H

#include "base/message.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rk_match_panelist {
    struct rk_text id;
    int64_t load;                        /* memberships before these, kept ones included */
    int32_t max_per_month, max_per_year; /* -1 = no cap */
};

struct rk_match_recruitment {
    struct rk_text id;
    int32_t month;    /* rk_month_of the day its memberships count on */
    int32_t places;   /* members to find */
    int32_t lacking;  /* seats that will stay empty whatever is chosen: the room is too small */
    int32_t reserves; /* reserves to find */
};

/* A member of `recruitment` is busy from start until end (minutes; touching is not overlapping). */
struct rk_match_session {
    uint32_t recruitment;
    int64_t start, end;
};

/* One membership that a panelist has already, for the caps. */
struct rk_match_used {
    uint32_t panelist;
    int32_t month;
};

struct rk_match_pair {
    uint32_t panelist, recruitment;
    int64_t fit; /* >= 0; in any whole unit, the same for all */
};

/* min … max of the members to find are of one kind; kept members are taken off before. A kind is
 * one value of a feature, or of each of several. */
enum { RK_MATCH_PARTS = 4 };
struct rk_match_quota {
    uint32_t recruitment;
    struct rk_match_part { /* nobody has two values of one feature: what a person may have several
                            * of, makes a feature of each */
        uint32_t feature, value;
        int32_t from, to; /* of an age, from 1; 0: of none. Whoever is not found yet has one */
    } parts[RK_MATCH_PARTS];
    uint32_t part_count; /* from 1 */
    int32_t min, max;    /* 0 <= min, 0 <= max */
};

/* Is whoever is of the one part of the other, too? Is nobody of both? Ages are compared as such,
 * since some overlap others. */
static inline bool rk_match_part_in(const struct rk_match_part *one,
                                    const struct rk_match_part *other)
{
    return one->to && other->to ? one->from >= other->from && one->to <= other->to
                                : one->feature == other->feature && one->value == other->value;
}
static inline bool rk_match_parts_apart(const struct rk_match_part *a,
                                        const struct rk_match_part *b)
{
    return a->to && b->to ? a->to < b->from || b->to < a->from
                          : a->feature == b->feature && a->value != b->value;
}

/* The last of the ages from `from` to `to` that are as the first is, in the band or out of it. */
static inline int32_t rk_match_same_band(const struct rk_match_part *band, int32_t from, int32_t to)
{
    if (band->to && band->from > from && band->from <= to)
        to = band->from - 1;
    return band->to >= from && band->to < to ? band->to : to;
}

/* Pairs of one recruitment that count under the same rows: cell_rows[first] … [first + count - 1],
 * ascending places in quotas. */
struct rk_match_cell {
    uint32_t recruitment, first, count;
};

struct rk_match_problem {
    const struct rk_match_panelist *panelists;
    const struct rk_match_recruitment *recruitments;
    const struct rk_match_session *sessions;
    const struct rk_match_used *used;
    const struct rk_match_pair *pairs; /* eligible ones, by (panelist, recruitment), none twice */
    uint32_t panelist_count, recruitment_count, session_count, used_count, pair_count;
    const struct rk_match_quota *quotas; /* sorted by recruitment */
    const struct rk_match_cell *cells;
    const uint32_t *cell_rows;
    const uint32_t *pair_cell; /* by pair; RK_NONE where its recruitment has no quotas. NULL without
                                * quotas */
    uint32_t quota_count, cell_count;
    /* By pair, what keeping it is worth where a panel is repaired; NULL where none is. */
    const int64_t *stay;
    struct rk_text seed;
    uint64_t most_solves; /* linear programs, and flows, that a search may solve; 0 = by size */
    bool (*stop)(void *context); /* asked now and then; true: the best found so far will do. NULL */
    void *stop_context;
    bool want_proof; /* keep the potentials */
    bool by_lot;     /* order goes by the lottery alone */
};

enum {
    RK_MATCH_SEATS,
    RK_MATCH_SHORTAGE,
    RK_MATCH_CHANGE,
    RK_MATCH_FIT,
    RK_MATCH_LOAD,
    RK_MATCH_LOTTERY,
    RK_MATCH_LEVELS
};

/* Why seats stay empty: these recruitments together cannot fill more than `filled` of their
 * places, whatever the others do, because the panelists eligible for any of them have room for no
 * more, or because quotas let no more of them in (a minimum cut). Exact where overlaps nest. */
struct rk_match_cut {
    uint32_t panelists; /* eligible for at least one of the recruitments */
    int64_t places, filled;
    uint32_t first_quota, quotas; /* cut_quotas[first_quota] …: the quotas that hold it back */
};

/* A quota that is in the way: `least`, its min keeps seats for people who are not there; else its
 * max keeps people out. */
struct rk_match_cut_quota {
    uint32_t quota;
    bool least;
};

struct rk_match_result {
    bool *member; /* by pair */
    /* All are least: unfilled places; growth of the shortage squares; minus the fit; growth of the
     * load squares; the lottery. `bound`: no choice has a smaller vector, compared from the left.
     */
    int64_t value[RK_MATCH_LEVELS], bound[RK_MATCH_LEVELS];
    bool stopped; /* by `stop` */
    bool proven;  /* bound is value: the best there is, checked from the potentials of every flow */
    uint64_t solves, pivots;
    uint32_t nodes, arcs, stages; /* of the flow; stages: objectives solved one after another */
    uint32_t crossing;            /* recruitments whose quotas do not nest */
    bool nested;                  /* one flow was enough */
    uint32_t *cut_of;             /* by recruitment: the cut it is in, or RK_NONE */
    struct rk_match_cut *cuts;
    uint32_t cut_count;
    struct rk_match_cut_quota *cut_quotas;
    struct rk_network *network; /* that was solved */
    int64_t *potential;         /* with want_proof: of each stage's first solution, node by node */
    /* Where quotas cross: what a stage costs is bounded by these prices alone, stage by stage and
     * quota by quota, in the units of the stage's combined costs: over 0 one of min, under 0 one of
     * max, 0 for a quota that nests. With want_proof. They and the potentials prove `priced`,
     * without a search; there are none after the first stage in which that is under the value. */
    int64_t *price;
    int64_t priced[RK_MATCH_LEVELS];
    uint32_t priced_stages; /* so many stages have prices and potentials */
};

/* RK_BAD_DATA where the numbers do not fit the arithmetic (fit with too many digits). Free with
 * rk_match_result_free, also after a failure. */
enum rk_status rk_match(const struct rk_match_problem *problem, struct rk_match_result *result,
                        struct rk_error *error);
void rk_match_result_free(struct rk_match_result *result);

/* The panel as it stands after a result, for order, reserves and reasons. Both must outlive it. */
struct rk_match_state;
struct rk_match_state *rk_match_state_new(const struct rk_match_problem *problem,
                                          const struct rk_match_result *result);
void rk_match_state_free(struct rk_match_state *state);

/* What stands between a panelist and a membership beside those of the result: 0, or which of the
 * three. The pair need not be among the problem's; `rows` are the quotas of the recruitment that
 * the panelist counts under, ascending. */
enum { RK_MATCH_CAP = 1, RK_MATCH_OVERLAP = 2, RK_MATCH_QUOTA = 4 };
unsigned rk_match_blocked(const struct rk_match_state *state, uint32_t panelist,
                          uint32_t recruitment, const uint32_t *rows, uint32_t row_count);

/* Could the pair take the place of `member`, a pair of the same recruitment, all its quotas kept?
 */
bool rk_match_replaces(const struct rk_match_state *state, uint32_t pair, uint32_t member);

/* Do `quotas` (of one recruitment) hold when `counts` of its members are of each, and so many of
 * its seats are empty? Exact, but that a search over very many kinds of people not found yet says
 * no. */
bool rk_match_quotas_hold(const struct rk_match_quota *quotas, uint32_t count,
                          const int32_t *counts, int32_t empty);

/* Puts pairs of one recruitment in order: best fit, then lowest load (new memberships included),
 * then the lottery. */
void rk_match_order(const struct rk_match_state *state, uint32_t *pairs, uint32_t count);

/* Reserves: for each recruitment up to its `reserves` pairs, of those who are not members there and
 * could step in: room under their caps, no overlap with a membership. Where a panel is repaired,
 * those who stood by come first, as they did. The others in that order; but where there are quotas,
 * the next is always one who can take the place of most of the members for whom nobody before can,
 * all quotas kept (then of most members). Somebody may be a reserve for several. pairs[first[r]] …
 * pairs[first[r + 1] - 1] are those of recruitment r. Caller frees both. */
void rk_match_reserves(const struct rk_match_state *state, const bool *member, uint32_t **pairs,
                       uint32_t **first);

#endif
