#include "panel/match.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"
#include "panel/flow.h"
#include "panel/used.h"

#include <assert.h>

/* ---- overlaps between recruitments ---- */

struct overlaps {
    uint32_t *first, *with; /* with[first[r]] … with[first[r + 1] - 1], sorted */
};

struct edge {
    uint32_t a, b;
};

static int by_edge(const void *x, const void *y)
{
    const struct edge *a = x, *b = y;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static int by_start(const void *x, const void *y)
{
    const struct rk_match_session *a = x, *b = y;
    return a->start < b->start ? -1 : a->start > b->start;
}

static struct overlaps find_overlaps(const struct rk_match_problem *problem)
{
    uint32_t n = problem->session_count, open = 0, count = 0, room = 0;
    struct rk_match_session *sessions = rk_alloc((size_t)n + 1, sizeof *sessions);
    uint32_t *running = rk_alloc((size_t)n + 1, sizeof *running);
    struct edge *edges = NULL;
    if (n)
        memcpy(sessions, problem->sessions, n * sizeof *sessions);
    qsort(sessions, n, sizeof *sessions, by_start);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t kept = 0;
        for (uint32_t j = 0; j < open; j++) {
            const struct rk_match_session *other = &sessions[running[j]];
            if (other->end <= sessions[i].start)
                continue;
            running[kept++] = running[j];
            if (other->recruitment == sessions[i].recruitment || sessions[i].end <= other->start)
                continue;
            for (int turn = 0; turn < 2; turn++) {
                RK_GROW(edges, count, room);
                edges[count++] = turn ? (struct edge){sessions[i].recruitment, other->recruitment}
                                      : (struct edge){other->recruitment, sessions[i].recruitment};
            }
        }
        open = kept;
        running[open++] = i;
    }
    if (count)
        qsort(edges, count, sizeof *edges, by_edge);
    struct overlaps overlaps;
    overlaps.first = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *overlaps.first);
    overlaps.with = rk_alloc((size_t)count + 1, sizeof *overlaps.with);
    uint32_t unique = 0;
    for (uint32_t r = 0, e = 0; r < problem->recruitment_count; r++) {
        overlaps.first[r] = unique;
        for (; e < count && edges[e].a == r; e++)
            if (unique == overlaps.first[r] || overlaps.with[unique - 1] != edges[e].b)
                overlaps.with[unique++] = edges[e].b;
    }
    overlaps.first[problem->recruitment_count] = unique;
    rk_free(sessions);
    rk_free(running);
    rk_free(edges);
    return overlaps;
}

static void free_overlaps(struct overlaps *overlaps)
{
    rk_free(overlaps->first);
    rk_free(overlaps->with);
}

static bool overlap(const struct overlaps *overlaps, uint32_t a, uint32_t b)
{
    uint32_t low = overlaps->first[a], high = overlaps->first[a + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (overlaps->with[middle] == b)
            return true;
        if (overlaps->with[middle] < b)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* ---- memberships had already, and the caps' rooms ---- */

static struct rk_match_used *sorted_used(const struct rk_match_problem *problem)
{
    struct rk_match_used *used = rk_alloc((size_t)problem->used_count + 1, sizeof *used);
    if (problem->used_count) {
        memcpy(used, problem->used, problem->used_count * sizeof *used);
        rk_used_sort(used, problem->used_count);
    }
    return used;
}

static int64_t room_under(int32_t cap, int64_t used)
{
    return cap < 0 ? INT32_MAX : used >= cap ? 0 : cap - used;
}

/* ---- the network ---- */

/* What limits how many memberships a panelist gets: the panelist as a whole, a year, a month, a
 * group of recruitments of which each overlaps each other. A tree per panelist; pairs hang on its
 * leaves. */
struct limit {
    uint32_t parent; /* RK_NONE at the panelist's own */
    uint32_t panelist;
    int64_t room;
};

struct network {
    const struct rk_match_problem *problem;
    struct overlaps overlaps;
    struct limit *limits;
    uint32_t limit_count, limit_room;
    uint32_t *leaf;                    /* by pair: the limit it hangs on */
    uint32_t *lottery;                 /* by pair */
    int32_t *places;                   /* by recruitment: those that its pairs could fill */
    int64_t seats_lost, shortage_lost; /* what the others add to the values, whatever is chosen */
    bool nested;                       /* no overlap is left outside the groups */
    uint32_t nodes, arcs;
    /* arcs: places unfilled, by recruitment; loads, by panelist; limits below; pairs */
    uint32_t unfilled_arcs, load_arcs, limit_arcs;
    int64_t *level_cost[RK_MATCH_LEVELS]; /* by arc */
    int64_t *cost;                        /* of the stage */
    struct rk_flow *flow;                 /* NULL before the first is solved */
    uint32_t stage_end[RK_MATCH_LEVELS];  /* one past the last level of each stage */
    uint32_t stages;
};

/* rows of one panelist's pairs in the order of the tree */
struct leaf_row {
    uint32_t pair, recruitment;
    int32_t month;
    uint32_t group;
};

static int by_month(const void *x, const void *y)
{
    const struct leaf_row *a = x, *b = y;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return a->recruitment < b->recruitment ? -1 : a->recruitment > b->recruitment;
}

static int by_month_group(const void *x, const void *y)
{
    const struct leaf_row *a = x, *b = y;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return a->recruitment < b->recruitment ? -1 : a->recruitment > b->recruitment;
}

static uint32_t add_limit(struct network *net, uint32_t parent, uint32_t panelist, int64_t room)
{
    RK_GROW(net->limits, net->limit_count, net->limit_room);
    net->limits[net->limit_count] = (struct limit){parent, panelist, room};
    return net->limit_count++;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static bool has_overlaps(const struct overlaps *overlaps, uint32_t r)
{
    return overlaps->first[r] != overlaps->first[r + 1];
}

/* Puts rows of one month into groups whose members all overlap one another: each into the first
 * that takes it. True when no overlap is left between two groups. */
static bool group_month(const struct overlaps *overlaps, struct leaf_row *rows, uint32_t count)
{
    bool nested = true;
    uint32_t groups = 0;
    uint32_t *size = rk_alloc((size_t)count + 1, sizeof *size);
    uint32_t *met = rk_alloc((size_t)count + 1, sizeof *met);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t all_met = 0, group = groups;
        memset(met, 0, groups * sizeof *met);
        if (has_overlaps(overlaps, rows[i].recruitment))
            for (uint32_t j = 0; j < i; j++)
                if (overlap(overlaps, rows[i].recruitment, rows[j].recruitment)) {
                    met[rows[j].group]++;
                    all_met++;
                }
        for (uint32_t g = 0; g < groups && group == groups && all_met; g++)
            if (met[g] == size[g])
                group = g;
        nested = nested && all_met == (group < groups ? met[group] : 0);
        rows[i].group = group;
        size[group]++;
        groups += group == groups;
    }
    rk_free(size);
    rk_free(met);
    return nested;
}

/* The end of the run of rows from `i` on that agree in month, year or group. */
static uint32_t run_end(const struct leaf_row *rows, uint32_t i, uint32_t count, char what)
{
    uint32_t j = i;
    while (j < count &&
           (what == 'y'   ? rows[j].month / 12 == rows[i].month / 12
            : what == 'm' ? rows[j].month == rows[i].month
                          : rows[j].month == rows[i].month && rows[j].group == rows[i].group))
        j++;
    return j;
}

static void limit_panelist(struct network *net, const struct rk_match_used *used, uint32_t panelist,
                           struct leaf_row *rows, uint32_t count)
{
    const struct rk_match_panelist *p = &net->problem->panelists[panelist];
    uint32_t used_count = net->problem->used_count;
    qsort(rows, count, sizeof *rows, by_month);
    for (uint32_t i = 0, end; i < count; i = end) {
        end = run_end(rows, i, count, 'm');
        net->nested = group_month(&net->overlaps, rows + i, end - i) && net->nested;
        for (uint32_t a = i; a < end && net->nested; a++) /* sessions of several months */
            for (uint32_t b = end;
                 b < count && net->nested && has_overlaps(&net->overlaps, rows[a].recruitment); b++)
                net->nested = !overlap(&net->overlaps, rows[a].recruitment, rows[b].recruitment);
    }
    qsort(rows, count, sizeof *rows, by_month_group);
    uint32_t own = add_limit(net, RK_NONE, panelist, 0);
    int64_t own_room = 0;
    for (uint32_t y = 0, year_end; y < count; y = year_end) {
        year_end = run_end(rows, y, count, 'y');
        uint32_t year = own;
        int64_t year_sum = 0;
        int64_t year_room = room_under(
            p->max_per_year, rk_used_count(used, used_count, panelist, rows[y].month / 12 * 12, 12));
        if (year_room < year_end - y && !(y == 0 && year_end == count))
            year = add_limit(net, own, panelist, year_room);
        for (uint32_t m = y, month_end; m < year_end; m = month_end) {
            month_end = run_end(rows, m, year_end, 'm');
            uint32_t month = year;
            int64_t month_sum = 0;
            int64_t month_room = room_under(
                p->max_per_month, rk_used_count(used, used_count, panelist, rows[m].month, 1));
            if (month_room < month_end - m && !(m == 0 && month_end == count))
                month = add_limit(net, year, panelist, month_room);
            for (uint32_t g = m, group_end; g < month_end; g = group_end) {
                group_end = run_end(rows, g, month_end, 'g');
                uint32_t leaf = month;
                if (group_end - g > 1 && !(g == 0 && group_end == count))
                    leaf = add_limit(net, month, panelist, 1);
                for (uint32_t i = g; i < group_end; i++)
                    net->leaf[rows[i].pair] = leaf;
                month_sum++;
            }
            year_sum += least(month_room, month_sum);
        }
        own_room += least(year_room, year_sum);
    }
    net->limits[own].room = own_room; /* a cap over all the rows is in here */
}

static uint32_t draw(struct rk_text seed, struct rk_text recruitment, struct rk_text panelist,
                     struct rk_buf *key)
{
    rk_buf_clear(key);
    rk_buf_printf(key, "panel-tie|%zu|", recruitment.size);
    rk_buf_add(key, recruitment.text, recruitment.size);
    rk_buf_char(key, '|');
    rk_buf_add(key, panelist.text, panelist.size);
    struct rk_random random = rk_random(seed, (struct rk_text){key->text, key->size});
    return (uint32_t)(rk_random_u64(&random) >> 32);
}

/* Nodes: 0 gives out memberships; then the limits; then the recruitments. */
static uint32_t limit_node(uint32_t limit) { return 1 + limit; }
static uint32_t recruitment_node(const struct network *net, uint32_t r)
{
    return 1 + net->limit_count + r;
}

/* Costs of all levels, and which levels can be solved as one: as many in a row as keep the combined
 * costs within what the flow takes. */
static bool set_costs(struct network *net)
{
    const struct rk_match_problem *problem = net->problem;
    __int128 most[RK_MATCH_LEVELS] = {0}, sum[RK_MATCH_LEVELS] = {0};
    __int128 lost_sum = 0, shortage_sum = 0;
    int64_t places = 0;
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        net->level_cost[l] = rk_alloc((size_t)net->arcs + 1, sizeof **net->level_cost);
    net->cost = rk_alloc((size_t)net->arcs + 1, sizeof *net->cost);
    uint32_t arc = 0;
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        const struct rk_match_recruitment *recruitment = &problem->recruitments[r];
        int64_t lost = recruitment->places - net->places[r], lacking = recruitment->lacking;
        lost_sum += lost;
        shortage_sum += (__int128)(lacking + lost) * (lacking + lost) - (__int128)lacking * lacking;
        places += net->places[r];
        for (int32_t k = 1; k <= net->places[r]; k++, arc++) {
            net->level_cost[RK_MATCH_SEATS][arc] = 1;
            net->level_cost[RK_MATCH_SHORTAGE][arc] = 2 * (lacking + lost + k) - 1;
        }
    }
    for (uint32_t l = 0; l < net->limit_count; l++)
        for (int64_t k = 1; net->limits[l].parent == RK_NONE && k <= net->limits[l].room; k++)
            net->level_cost[RK_MATCH_LOAD][arc++] =
                2 * (problem->panelists[net->limits[l].panelist].load + k) - 1;
    arc += net->limit_arcs;
    for (uint32_t i = 0; i < problem->pair_count; i++, arc++) {
        net->level_cost[RK_MATCH_FIT][arc] = -problem->pairs[i].fit;
        net->level_cost[RK_MATCH_LOTTERY][arc] = net->lottery[i];
    }
    for (int l = 0; l < RK_MATCH_LEVELS; l++) {
        for (uint32_t a = 0; a < net->arcs; a++) {
            __int128 size = net->level_cost[l][a];
            size = size < 0 ? -size : size;
            most[l] = size > most[l] ? size : most[l];
        }
        sum[l] =
            most[l] * places; /* each flow crosses one arc with a cost of this level per place */
    }
    __int128 limit = rk_flow_largest_cost(net->nodes);
    for (int l = 0; l < RK_MATCH_LEVELS;) {
        __int128 largest = 0;
        int end = l;
        /* one unit of what is there already is worth more than all of the next */
        while (end < RK_MATCH_LEVELS) {
            __int128 step = sum[end] + 1;
            if (end > l && (step > limit || largest * step + most[end] > limit))
                break;
            if (end == l && most[end] > limit)
                return false;
            largest = end == l ? most[end] : largest * step + most[end];
            end++;
        }
        net->stage_end[net->stages++] = (uint32_t)end;
        l = end;
    }
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        if (sum[l] > INT64_MAX / 4)
            return false;
    net->seats_lost = (int64_t)lost_sum;
    net->shortage_lost = (int64_t)shortage_sum;
    return shortage_sum < INT64_MAX / 4;
}

static bool build(struct network *net, const struct rk_match_problem *problem)
{
    *net = (struct network){.problem = problem, .nested = true};
    net->overlaps = find_overlaps(problem);
    net->leaf = rk_alloc((size_t)problem->pair_count + 1, sizeof *net->leaf);
    net->lottery = rk_alloc((size_t)problem->pair_count + 1, sizeof *net->lottery);
    struct rk_match_used *used = sorted_used(problem);
    struct leaf_row *rows = NULL;
    uint32_t row_count = 0, row_room = 0;
    struct rk_buf key = {0};
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        const struct rk_match_pair *pair = &problem->pairs[i];
        assert(pair->fit >= 0);
        RK_GROW(rows, row_count, row_room);
        rows[row_count++] = (struct leaf_row){i, pair->recruitment,
                                              problem->recruitments[pair->recruitment].month, 0};
        if (i + 1 == problem->pair_count || pair[1].panelist != pair->panelist) {
            limit_panelist(net, used, pair->panelist, rows, row_count);
            row_count = 0;
        }
        net->lottery[i] = draw(problem->seed, problem->recruitments[pair->recruitment].id,
                               problem->panelists[pair->panelist].id, &key);
    }
    rk_buf_free(&key);
    rk_free(rows);
    rk_free(used);
    net->places = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *net->places);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t r = problem->pairs[i].recruitment;
        bool more = net->places[r] < problem->recruitments[r].places;
        net->places[r] += more;
        net->unfilled_arcs += more;
    }
    for (uint32_t l = 0; l < net->limit_count; l++)
        if (net->limits[l].parent == RK_NONE)
            net->load_arcs += (uint32_t)net->limits[l].room;
        else
            net->limit_arcs++;
    net->nodes = 1 + net->limit_count + problem->recruitment_count;
    net->arcs = net->unfilled_arcs + net->load_arcs + net->limit_arcs + problem->pair_count;
    return set_costs(net);
}

static void free_network(struct network *net)
{
    free_overlaps(&net->overlaps);
    rk_free(net->limits);
    rk_free(net->leaf);
    rk_free(net->lottery);
    rk_free(net->places);
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        rk_free(net->level_cost[l]);
    rk_free(net->cost);
    rk_flow_free(net->flow);
}

/* ---- one flow ---- */

struct choice {
    bool *member; /* by pair */
    int64_t value[RK_MATCH_LEVELS];
};

/* Combined costs of the levels first … end - 1. */
static void combine(struct network *net, uint32_t first, uint32_t end)
{
    int64_t places = net->unfilled_arcs;
    for (uint32_t a = 0; a < net->arcs; a++)
        net->cost[a] = net->level_cost[first][a];
    for (uint32_t l = first + 1; l < end; l++) {
        int64_t most = 0;
        for (uint32_t a = 0; a < net->arcs; a++) {
            int64_t size = net->level_cost[l][a];
            most = size > most ? size : -size > most ? -size : most;
        }
        int64_t step = most * places + 1;
        for (uint32_t a = 0; a < net->arcs; a++)
            net->cost[a] = net->cost[a] * step + net->level_cost[l][a];
    }
}

static struct rk_flow *new_flow(const struct network *net)
{
    const struct rk_match_problem *problem = net->problem;
    struct rk_flow *flow = rk_flow_new(net->nodes);
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        int32_t places = net->places[r];
        rk_flow_supply(flow, 0, places);
        rk_flow_supply(flow, recruitment_node(net, r), -places);
        for (int32_t k = 0; k < places; k++)
            rk_flow_arc(flow, 0, recruitment_node(net, r), 0, 1);
    }
    for (uint32_t l = 0; l < net->limit_count; l++)
        for (int64_t k = 0; net->limits[l].parent == RK_NONE && k < net->limits[l].room; k++)
            rk_flow_arc(flow, 0, limit_node(l), 0, 1);
    for (uint32_t l = 0; l < net->limit_count; l++)
        if (net->limits[l].parent != RK_NONE)
            rk_flow_arc(flow, limit_node(net->limits[l].parent), limit_node(l), 0,
                        net->limits[l].room);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        rk_flow_arc(flow, limit_node(net->leaf[i]),
                    recruitment_node(net, problem->pairs[i].recruitment), 0, 1);
    return flow;
}

/* Solves for net->cost; the result is checked from the potentials. */
static void solve_stage(struct network *net, struct rk_match_result *result)
{
    enum rk_flow_outcome outcome = rk_flow_solve(net->flow, net->cost);
    assert(outcome == RK_FLOW_OPTIMAL); /* all places may stay unfilled, and costs were checked */
    result->proven = outcome == RK_FLOW_OPTIMAL && rk_flow_proven(net->flow) && result->proven;
}

/* The best choice without the pairs in `forbidden` when overlaps outside the groups do not count. A
 * flow solved before is where the next one starts. */
static void solve(struct network *net, const bool *forbidden, struct choice *choice,
                  struct rk_match_result *result)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t first_pair = net->arcs - problem->pair_count;
    if (!net->flow) {
        net->flow = new_flow(net);
    } else { /* before all else: nothing through forbidden pairs */
        rk_flow_widen(net->flow);
        memset(net->cost, 0, net->arcs * sizeof *net->cost);
        for (uint32_t i = 0; i < problem->pair_count; i++)
            net->cost[first_pair + i] = forbidden[i];
        solve_stage(net, result);
        rk_flow_narrow(net->flow);
    }
    for (uint32_t stage = 0; stage < net->stages; stage++) {
        uint32_t first = stage ? net->stage_end[stage - 1] : 0;
        if (stage)
            rk_flow_narrow(net->flow); /* before the costs change */
        combine(net, first, net->stage_end[stage]);
        solve_stage(net, result);
        for (uint32_t l = first; l < net->stage_end[stage]; l++)
            choice->value[l] = (int64_t)rk_flow_cost(net->flow, net->level_cost[l]);
    }
    for (int l = 0; l < RK_MATCH_LEVELS; l++) /* what a stage reached, later ones have kept */
        result->proven = result->proven &&
                         choice->value[l] == (int64_t)rk_flow_cost(net->flow, net->level_cost[l]);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        choice->member[i] = rk_flow_amount(net->flow, first_pair + i) == 1;
        result->proven = result->proven && !(choice->member[i] && forbidden[i]);
    }
    result->solves++;
    result->pivots = rk_flow_pivots(net->flow);
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
static bool double_booked(const struct network *net, const bool *member, uint32_t *pair,
                          uint32_t *other)
{
    const struct rk_match_pair *pairs = net->problem->pairs;
    for (; *pair < net->problem->pair_count; ++*pair) {
        if (!member[*pair])
            continue;
        for (*other = *pair + 1;
             *other < net->problem->pair_count && pairs[*other].panelist == pairs[*pair].panelist;
             ++*other)
            if (member[*other] &&
                overlap(&net->overlaps, pairs[*pair].recruitment, pairs[*other].recruitment))
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

static void keep(const struct network *net, struct choice *best, const struct choice *choice)
{
    memcpy(best->member, choice->member, net->problem->pair_count * sizeof *best->member);
    memcpy(best->value, choice->value, sizeof best->value);
}

/* A good choice soon: of overlapping memberships the better stays, the others are forbidden, and
 * all is solved again until none are left. */
static void dive(struct network *net, struct choice *choice, bool *forbidden,
                 struct rk_match_result *result)
{
    const struct rk_match_pair *pairs = net->problem->pairs;
    for (;;) {
        uint32_t pair = 0, other;
        bool any = false;
        while (double_booked(net, choice->member, &pair, &other)) {
            bool first = pairs[pair].fit != pairs[other].fit
                             ? pairs[pair].fit > pairs[other].fit
                             : net->lottery[pair] <= net->lottery[other];
            uint32_t loser = first ? other : pair;
            forbidden[loser] = true;
            choice->member[loser] = false;
            any = true;
        }
        if (!any)
            return;
        solve(net, forbidden, choice, result);
    }
}

static void search(struct network *net, struct choice *choice, struct choice *best, bool *forbidden,
                   struct rk_match_result *result)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t pairs = problem->pair_count, count = 0, room = 0;
    uint64_t most = problem->most_solves;
    if (!most) {
        most = 40000000 / ((uint64_t)net->arcs + 1);
        most = most < 8 ? 8 : most > 2000 ? 2000 : most;
    }
    struct branch *branches = NULL;
    RK_GROW(branches, count, room);
    branches[count] = (struct branch){.parent = RK_NONE, .open = true};
    memcpy(branches[0].value, choice->value, sizeof choice->value);
    uint32_t other;
    double_booked(net, choice->member, &branches[0].split, &other);
    count++;
    dive(net, choice, forbidden, result);
    keep(net, best, choice);
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
                    if (overlap(&net->overlaps, problem->pairs[split].recruitment,
                                problem->pairs[i].recruitment)) {
                        RK_GROW(b->forbidden, b->count, list_room);
                        b->forbidden[b->count++] = i;
                    }
            }
            memset(forbidden, 0, pairs * sizeof *forbidden);
            forbid(branches, count, forbidden);
            solve(net, forbidden, choice, result);
            memcpy(b->value, choice->value, sizeof b->value);
            b->split = 0;
            if (!double_booked(net, choice->member, &b->split, &other)) {
                if (compare_values(choice->value, best->value) < 0)
                    keep(net, best, choice);
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

/* ---- why seats stay empty ---- */

/* From every recruitment that lacks members: which others would have to give one up for it. What is
 * linked so is one shortage. */
struct reach {
    const struct network *net;
    const bool *member;
    const uint32_t *panelist_first; /* by panelist: its first pair */
    int64_t *used;                  /* by limit */
    bool *limit_seen;
    bool *seen;       /* by recruitment */
    uint32_t *linked; /* by recruitment: another of its shortage, itself at the root */
    uint32_t *stack, depth;
};

static uint32_t root_of(uint32_t *linked, uint32_t r)
{
    while (linked[r] != r)
        r = linked[r] = linked[linked[r]];
    return r;
}

static void reach_recruitment(struct reach *reach, uint32_t from, uint32_t r)
{
    reach->linked[root_of(reach->linked, r)] = root_of(reach->linked, from);
    if (!reach->seen[r]) {
        reach->seen[r] = true;
        reach->stack[reach->depth++] = r;
    }
}

static bool under(const struct network *net, uint32_t limit, uint32_t top)
{
    while (limit != RK_NONE && limit != top)
        limit = net->limits[limit].parent;
    return limit == top;
}

/* One more membership through this pair takes the place of another under each limit up to the first
 * full one. */
static void follow(struct reach *reach, uint32_t pair)
{
    const struct network *net = reach->net;
    const struct rk_match_pair *pairs = net->problem->pairs;
    uint32_t panelist = pairs[pair].panelist, first = reach->panelist_first[panelist];
    uint32_t end = first;
    while (end < net->problem->pair_count && pairs[end].panelist == panelist)
        end++;
    for (uint32_t l = net->leaf[pair]; l != RK_NONE; l = net->limits[l].parent) {
        bool before = reach->limit_seen[l];
        reach->limit_seen[l] = true;
        for (uint32_t i = first; i < end; i++)
            if (reach->member[i] && under(net, net->leaf[i], l))
                reach_recruitment(reach, pairs[pair].recruitment, pairs[i].recruitment);
        if (before || reach->used[l] >= net->limits[l].room)
            break;
    }
    for (uint32_t i = first; i < end && !net->nested; i++)
        if (reach->member[i] &&
            overlap(&net->overlaps, pairs[i].recruitment, pairs[pair].recruitment))
            reach_recruitment(reach, pairs[pair].recruitment, pairs[i].recruitment);
}

/* The pairs of each recruitment: pairs[first[r]] … pairs[first[r + 1] - 1]. */
static void index_pairs(const struct rk_match_problem *problem, uint32_t **first, uint32_t **pairs)
{
    uint32_t n = problem->recruitment_count;
    *first = rk_alloc((size_t)n + 2, sizeof **first);
    *pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof **pairs);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        ++(*first)[problem->pairs[i].recruitment + 2];
    for (uint32_t r = 0; r < n; r++)
        (*first)[r + 2] += (*first)[r + 1];
    for (uint32_t i = 0; i < problem->pair_count; i++)
        (*pairs)[(*first)[problem->pairs[i].recruitment + 1]++] = i;
}

static void find_cuts(const struct network *net, const bool *member, struct rk_match_result *result)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t n = problem->recruitment_count, cut_room = 0, *first_of, *pair_of;
    uint32_t *panelist_first = rk_alloc((size_t)problem->panelist_count + 1, sizeof(uint32_t));
    int64_t *filled = rk_alloc((size_t)n + 1, sizeof *filled);
    struct reach reach = {.net = net, .member = member, .panelist_first = panelist_first};
    index_pairs(problem, &first_of, &pair_of);
    reach.used = rk_alloc((size_t)net->limit_count + 1, sizeof *reach.used);
    reach.limit_seen = rk_alloc((size_t)net->limit_count + 1, sizeof *reach.limit_seen);
    reach.seen = rk_alloc((size_t)n + 1, sizeof *reach.seen);
    reach.linked = rk_alloc((size_t)n + 1, sizeof *reach.linked);
    reach.stack = rk_alloc((size_t)n + 1, sizeof *reach.stack);
    for (uint32_t i = problem->pair_count; i-- > 0;) {
        panelist_first[problem->pairs[i].panelist] = i;
        if (!member[i])
            continue;
        filled[problem->pairs[i].recruitment]++;
        for (uint32_t l = net->leaf[i]; l != RK_NONE; l = net->limits[l].parent)
            reach.used[l]++;
    }
    for (uint32_t r = 0; r < n; r++)
        reach.linked[r] = r;
    for (uint32_t r = 0; r < n; r++)
        if (filled[r] < problem->recruitments[r].places)
            reach_recruitment(&reach, r, r);
    while (reach.depth) {
        uint32_t at = reach.stack[--reach.depth];
        for (uint32_t k = first_of[at]; k < first_of[at + 1]; k++)
            if (!member[pair_of[k]])
                follow(&reach, pair_of[k]);
    }
    result->cut_of = rk_alloc((size_t)n + 1, sizeof *result->cut_of);
    for (uint32_t r = 0; r < n; r++)
        result->cut_of[r] = RK_NONE;
    for (uint32_t r = 0; r < n; r++) {
        if (!reach.seen[r])
            continue;
        uint32_t root = root_of(reach.linked, r);
        if (result->cut_of[root] == RK_NONE) {
            RK_GROW(result->cuts, result->cut_count, cut_room);
            result->cuts[result->cut_count] = (struct rk_match_cut){0};
            result->cut_of[root] = result->cut_count++;
        }
        struct rk_match_cut *cut = &result->cuts[result->cut_of[r] = result->cut_of[root]];
        cut->places += problem->recruitments[r].places;
        cut->filled += filled[r];
    }
    uint32_t *last = rk_alloc((size_t)result->cut_count + 1, sizeof *last); /* panelist + 1 */
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t cut = result->cut_of[problem->pairs[i].recruitment];
        if (cut != RK_NONE && last[cut] != problem->pairs[i].panelist + 1) {
            last[cut] = problem->pairs[i].panelist + 1;
            result->cuts[cut].panelists++;
        }
    }
    rk_free(last);
    rk_free(first_of);
    rk_free(pair_of);
    rk_free(panelist_first);
    rk_free(filled);
    rk_free(reach.used);
    rk_free(reach.limit_seen);
    rk_free(reach.seen);
    rk_free(reach.linked);
    rk_free(reach.stack);
}

/* ---- the whole ---- */

enum rk_status rk_match(const struct rk_match_problem *problem, struct rk_match_result *result,
                        struct rk_error *error)
{
    *result = (struct rk_match_result){.proven = true};
    struct network net;
    if (!build(&net, problem)) {
        free_network(&net);
        return rk_fail(error, RK_BAD_DATA,
                       _("the weights of wanted experience have too many digits to be added up "
                         "exactly"));
    }
    size_t pairs = (size_t)problem->pair_count + 1;
    bool *forbidden = rk_alloc(pairs, sizeof *forbidden);
    struct choice choice = {.member = rk_alloc(pairs, sizeof *choice.member)};
    struct choice best = {.member = rk_alloc(pairs, sizeof *best.member)};
    solve(&net, forbidden, &choice, result);
    result->nodes = net.nodes;
    result->arcs = net.arcs;
    result->stages = net.stages;
    result->nested = net.nested;
    uint32_t pair = 0, other;
    if (net.nested || !double_booked(&net, choice.member, &pair, &other)) {
        keep(&net, &best, &choice);
        memcpy(result->bound, best.value, sizeof result->bound);
    } else {
        search(&net, &choice, &best, forbidden, result);
    }
    memcpy(result->value, best.value, sizeof result->value);
    for (int64_t *value = result->value; value;
         value = value == result->value ? result->bound : NULL) {
        value[RK_MATCH_SEATS] += net.seats_lost;
        value[RK_MATCH_SHORTAGE] += net.shortage_lost;
    }
    find_cuts(&net, best.member, result);
    result->member = best.member;
    rk_free(choice.member);
    rk_free(forbidden);
    free_network(&net);
    return RK_OK;
}

void rk_match_result_free(struct rk_match_result *result)
{
    rk_free(result->member);
    rk_free(result->cut_of);
    rk_free(result->cuts);
    *result = (struct rk_match_result){0};
}

/* ---- order and reserves ---- */

struct ordered {
    uint32_t pair;
    int64_t fit, load;
    uint32_t lottery;
};

static int by_order(const void *x, const void *y)
{
    const struct ordered *a = x, *b = y;
    if (a->fit != b->fit)
        return a->fit > b->fit ? -1 : 1;
    if (a->load != b->load)
        return a->load < b->load ? -1 : 1;
    if (a->lottery != b->lottery)
        return a->lottery < b->lottery ? -1 : 1;
    return a->pair < b->pair ? -1 : a->pair > b->pair;
}

struct rk_match_state {
    const struct rk_match_problem *problem;
    struct overlaps overlaps;
    struct rk_match_used *used; /* with the new memberships, sorted */
    uint32_t used_count;
    int64_t *load;           /* by panelist, with the new memberships */
    uint32_t *first, *given; /* given[first[p]] … : recruitments of panelist p's new memberships */
};

struct rk_match_state *rk_match_state_new(const struct rk_match_problem *problem,
                                          const struct rk_match_result *result)
{
    struct rk_match_state *state = rk_alloc(1, sizeof *state);
    uint32_t panelists = problem->panelist_count, given = 0;
    for (uint32_t i = 0; i < problem->pair_count; i++)
        given += result->member[i];
    state->problem = problem;
    state->overlaps = find_overlaps(problem);
    state->load = rk_alloc((size_t)panelists + 1, sizeof *state->load);
    state->first = rk_alloc((size_t)panelists + 1, sizeof *state->first);
    state->given = rk_alloc((size_t)given + 1, sizeof *state->given);
    state->used = rk_alloc((size_t)problem->used_count + given + 1, sizeof *state->used);
    for (uint32_t i = 0; i < problem->used_count; i++)
        state->used[state->used_count++] = problem->used[i];
    for (uint32_t p = 0, i = 0, n = 0; p < panelists; p++) {
        state->first[p] = n;
        state->load[p] = problem->panelists[p].load;
        for (; i < problem->pair_count && problem->pairs[i].panelist == p; i++) {
            if (!result->member[i])
                continue;
            uint32_t r = problem->pairs[i].recruitment;
            state->given[n++] = r;
            state->load[p]++;
            state->used[state->used_count++] =
                (struct rk_match_used){p, problem->recruitments[r].month};
        }
        state->first[p + 1] = n;
    }
    rk_used_sort(state->used, state->used_count);
    return state;
}

void rk_match_state_free(struct rk_match_state *state)
{
    if (!state)
        return;
    free_overlaps(&state->overlaps);
    rk_free(state->used);
    rk_free(state->load);
    rk_free(state->first);
    rk_free(state->given);
    rk_free(state);
}

unsigned rk_match_blocked(const struct rk_match_state *state, uint32_t panelist,
                          uint32_t recruitment)
{
    const struct rk_match_panelist *p = &state->problem->panelists[panelist];
    int32_t month = state->problem->recruitments[recruitment].month;
    unsigned blocked = 0;
    if ((p->max_per_month >= 0 &&
         rk_used_count(state->used, state->used_count, panelist, month, 1) >= p->max_per_month) ||
        (p->max_per_year >= 0 && rk_used_count(state->used, state->used_count, panelist,
                                            month / 12 * 12, 12) >= p->max_per_year))
        blocked |= RK_MATCH_CAP;
    for (uint32_t i = state->first[panelist]; i < state->first[panelist + 1]; i++)
        if (overlap(&state->overlaps, state->given[i], recruitment))
            blocked |= RK_MATCH_OVERLAP;
    return blocked;
}

void rk_match_order(const struct rk_match_state *state, uint32_t *pairs, uint32_t count)
{
    const struct rk_match_problem *problem = state->problem;
    struct ordered *rows = rk_alloc((size_t)count + 1, sizeof *rows);
    struct rk_buf key = {0};
    for (uint32_t i = 0; i < count; i++) {
        const struct rk_match_pair *pair = &problem->pairs[pairs[i]];
        rows[i] = (struct ordered){pairs[i], pair->fit, state->load[pair->panelist],
                                   draw(problem->seed, problem->recruitments[pair->recruitment].id,
                                        problem->panelists[pair->panelist].id, &key)};
    }
    qsort(rows, count, sizeof *rows, by_order);
    for (uint32_t i = 0; i < count; i++)
        pairs[i] = rows[i].pair;
    rk_buf_free(&key);
    rk_free(rows);
}

void rk_match_reserves(const struct rk_match_state *state, const bool *member, uint32_t **pairs,
                       uint32_t **first)
{
    const struct rk_match_problem *problem = state->problem;
    uint32_t *first_of, *pair_of, n = 0;
    index_pairs(problem, &first_of, &pair_of);
    *pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof **pairs);
    *first = rk_alloc((size_t)problem->recruitment_count + 1, sizeof **first);
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        (*first)[r] = n;
        if (problem->recruitments[r].reserves <= 0)
            continue;
        uint32_t count = 0, *could = *pairs + n;
        for (uint32_t k = first_of[r]; k < first_of[r + 1]; k++)
            if (!member[pair_of[k]] &&
                !rk_match_blocked(state, problem->pairs[pair_of[k]].panelist, r))
                could[count++] = pair_of[k];
        rk_match_order(state, could, count);
        uint32_t asked = (uint32_t)problem->recruitments[r].reserves;
        n += count < asked ? count : asked;
    }
    (*first)[problem->recruitment_count] = n;
    rk_free(first_of);
    rk_free(pair_of);
}
