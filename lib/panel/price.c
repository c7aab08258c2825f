#include "panel/price.h"

#include "base/hash.h"
#include "base/mem.h"
#include "panel/crossing.h"
#include "panel/fill.h"
#include "panel/prove.h"

enum {
    LARGE = 300000,     /* arcs: less is done */
    MEDIUM = 100000,    /* arcs: up to here, panels choose again one by one */
    SMALL = 20000,      /* arcs: up to here, every try goes to the end */
    STEPS = 250,        /* of prices, in a stage */
    LARGE_STEPS = 25,   /* of fit, where that is large, in each of … */
    LEAST_ROUNDS = 4,   /* … so many rounds at least, … */
    MOST_ROUNDS = 8,    /* … and as long as it pays, so many */
    SEAT_STEPS = 30,    /* of what comes before, where it is not small */
    FIRST_STEPS = 20,   /* that are far off, and soon forgotten in the average */
    PATIENCE = 8,       /* steps without enough of a rise before the aim is lowered */
    FIRST_TRY = 40,     /* step after which counts are chosen … */
    TRY_EVERY = 10,     /* … every so many */
    FEW_PEOPLE = 8,     /* of each cell, for the first prices of a large one */
    MORE_PEOPLE = 12,   /* that a quick try has of each cell, beside those who may sit */
    MOST_STEPS = 20000, /* of the search for one panel's counts */
    RESTARTS = 2,       /* of the aim, where the best choice is far off */
    REPAIRS = 3
};
#define WORTH_A_ROUND 0.00025 /* of the bound: by so much the last one raised it */
#define FIRST_RISE 0.02       /* of the bound … */
#define LOWER_RISE 0.93       /* … and its share from step to step, where that is large */
#define IMPROVE_WORK UINT64_C(10000000) /* likewise */
#define UNKNOWN ((__int128)1 << 120)    /* no cost is under minus this */

/* What prices of a stage have shown. */
struct stage {
    int64_t *price; /* by quota; the best */
    __int128 bound; /* of the stage's cost, by them */
    bool solved;
};

struct pricing {
    const struct rk_match_problem *problem;
    struct rk_network *net;
    struct rk_match_result *result;
    struct rk_crossing crossing;
    struct rk_flow *flow;
    uint32_t *arcs, arc_count; /* of a flow without some pairs: which of the network's; or NULL */
    int64_t *base, *cost;      /* by arc: of the stage; with prices */
    int32_t *count, *have, *empty; /* of the flow: by cell node; by quota; by panel */
    int64_t *price;                /* by quota */
    double *direction;             /* by quota: of the next step */
    double *average;               /* by cell node: counts over the last steps */
    int32_t *most, *tried;         /* by cell node: counts to try; those that held last */
    int64_t *potential;            /* by node: to choose counts by */
    bool *without;                 /* by pair: passed over in tries; NULL while there are few */
    bool *passed_over;             /* room for that */
    int8_t *settled;               /* by pair: by the stages before (rk_crossing_guide) */
    struct stage stages[RK_MATCH_LEVELS];
    uint32_t fit_stage, stage; /* stage: being solved, or that of fit before it */
    struct rk_choice *best, choice;
    int32_t *best_count; /* by cell node: counts allowed in the best */
    bool any;            /* there is a best */
    double rise;         /* that a stage's first step aims at; 0: by itself. The last one's */
    bool goes_on;        /* from the last prices: the best are not taken up again */
    bool averaged;       /* the average is of good prices already */
    bool whole;          /* it came from a flow over all pairs and stages */
};

/* The least cost that a choice can have: costs are whole units. */
static __int128 round_up(const struct rk_network *net, uint32_t stage, __int128 bound)
{
    __int128 unit = net->unit[rk_network_first(net, stage)], down = bound / unit * unit;
    return down < bound ? down + unit : down;
}

/* ---- choices tried ---- */

/* Nobody in two places at once: of two memberships the better stays. */
static void drop_overlaps(const struct pricing *p, bool *member)
{
    const struct rk_match_pair *pairs = p->problem->pairs;
    uint32_t pair = 0, other;
    while (!p->net->nested && rk_choice_double_booked(p->net, member, &pair, &other))
        member[pairs[pair].fit >= pairs[other].fit ? other : pair] = false;
}

static bool is_large(const struct pricing *p) { return p->net->arcs > LARGE; }

/* Members by cell node. */
static void count_members(const struct pricing *p, const bool *member, int32_t *count)
{
    for (uint32_t k = 0; k < p->net->cell_nodes; k++) {
        count[k] = 0;
        for (uint32_t j = p->crossing.first_pair[k]; j < p->crossing.first_pair[k + 1]; j++)
            count[k] += member[p->crossing.pairs[j]];
    }
}

/* Keeps as the best counts those of the best choice: where seats are empty, as many as had room. */
static void keep_counts(struct pricing *p)
{
    const struct rk_network *net = p->net;
    int32_t *count = rk_alloc((size_t)net->cell_nodes + 1, sizeof *count);
    count_members(p, p->best->member, count);
    for (uint32_t i = 0; i < p->crossing.count; i++) {
        const struct rk_crossing_panel *panel = &p->crossing.panels[i];
        bool within = true;
        for (uint32_t k = panel->first_node; k < panel->first_node + panel->cells; k++)
            within = within && count[k] <= p->most[k];
        memcpy(p->best_count + panel->first_node, (within ? p->most : count) + panel->first_node,
               panel->cells * sizeof *count);
    }
    rk_free(count);
}

/* Fills the panels with p->most of each cell, or what comes of that; is it the best so far? A quick
 * try goes by seats and fit alone, where they are the stage. */
static bool try_counts(struct pricing *p, bool quick)
{
    struct rk_fill fill = {.net = p->net,
                           .most = p->most,
                           .without = p->without,
                           .crossing = &p->crossing,
                           .moves = quick && is_large(p) ? 4 : 20,
                           .to_the_end = !p->any};
    uint32_t stages = !quick ? p->net->stages : p->stage > p->fit_stage ? p->stage + 1 : 0;
    if (!rk_fill_solve(&fill, stages, p->choice.member, NULL, p->result))
        return false;
    drop_overlaps(p, p->choice.member);
    rk_choice_set_values(p->net, &p->choice);
    if (p->any && rk_choice_compare(p->choice.value, p->best->value) >= 0)
        return false;
    p->any = true;
    p->whole = !quick;
    rk_choice_copy(p->net, p->best, &p->choice);
    keep_counts(p);
    return true;
}

/* The best counts over all pairs and stages. */
static void finish(struct pricing *p)
{
    if (!p->any || p->whole || p->result->stopped)
        return;
    memcpy(p->most, p->best_count, p->net->cell_nodes * sizeof *p->most);
    try_counts(p, false);
    p->whole = true;
}

/* ---- prices ---- */

static void read_flow(struct pricing *p)
{
    const struct rk_network *net = p->net;
    const struct rk_match_problem *problem = p->problem;
    memset(p->have, 0, problem->quota_count * sizeof *p->have);
    for (uint32_t k = 0; k < net->cell_nodes; k++) {
        p->count[k] = (int32_t)rk_flow_amount(p->flow, net->first[RK_ARC_CELL] + k);
        const struct rk_match_cell *cell = &problem->cells[p->crossing.cell_of[k]];
        for (uint32_t j = 0; j < cell->count; j++)
            p->have[problem->cell_rows[cell->first + j]] += p->count[k];
    }
    for (uint32_t i = 0; i < p->crossing.count; i++) {
        const struct rk_crossing_panel *panel = &p->crossing.panels[i];
        p->empty[i] = 0;
        for (int32_t k = 0; k < net->places[panel->recruitment]; k++)
            p->empty[i] += (int32_t)rk_flow_amount(p->flow, panel->first_unfilled + (uint32_t)k);
    }
}

/* Costs with the prices; returns what the quotas are worth at them. */
static __int128 set_costs(struct pricing *p)
{
    const struct rk_network *net = p->net;
    const struct rk_match_problem *problem = p->problem;
    __int128 worth = 0;
    for (uint32_t k = 0; k < net->cell_nodes; k++) {
        const struct rk_match_cell *cell = &problem->cells[p->crossing.cell_of[k]];
        uint32_t arc = net->first[RK_ARC_CELL] + k;
        p->cost[arc] = p->base[arc];
        for (uint32_t j = 0; j < cell->count; j++)
            p->cost[arc] -= p->price[problem->cell_rows[cell->first + j]];
    }
    for (uint32_t i = 0; i < p->crossing.count; i++) {
        const struct rk_crossing_panel *panel = &p->crossing.panels[i];
        int64_t sum = 0;
        for (uint32_t q = panel->first_quota; q < panel->first_quota + panel->quotas; q++) {
            const struct rk_match_quota *rule = &p->crossing.rules[q];
            sum += p->price[q] > 0 ? p->price[q] : 0;
            worth += (__int128)p->price[q] * (p->price[q] > 0 ? rule->min : rule->max);
        }
        for (int32_t k = 0; k < net->places[panel->recruitment]; k++) {
            uint32_t arc = panel->first_unfilled + (uint32_t)k;
            p->cost[arc] = p->base[arc] - sum;
        }
    }
    return worth;
}

/* By how much the flow lacks the quota's minimum, or (under 0) exceeds its maximum; with a price on
 * one of the two, also how far it is over the one or under the other. */
static int32_t slope(const struct pricing *p, uint32_t panel, uint32_t q)
{
    const struct rk_match_quota *rule = &p->crossing.rules[q];
    int32_t lacks = rule->min - p->have[q] - p->empty[panel], room = rule->max - p->have[q];
    if (p->price[q])
        return p->price[q] > 0 ? lacks : room;
    return lacks > 0 ? lacks : room < 0 ? room : 0;
}

/* Takes a step towards `aim`; false where there is nowhere to go. */
static bool take_step(struct pricing *p, double value, double aim, int64_t most_price)
{
    const double keep = 0.7; /* of the direction before */
    double norm = 0;
    for (uint32_t i = 0; i < p->crossing.count; i++) {
        const struct rk_crossing_panel *panel = &p->crossing.panels[i];
        for (uint32_t q = panel->first_quota; q < panel->first_quota + panel->quotas; q++)
            if (p->net->crossing[q]) {
                p->direction[q] = slope(p, i, q) + keep * p->direction[q];
                norm += p->direction[q] * p->direction[q];
            }
    }
    if (norm == 0)
        return false;
    double step = (aim - value) / norm;
    bool any = false;
    for (uint32_t q = 0; q < p->problem->quota_count; q++) {
        if (!p->net->crossing[q])
            continue;
        double next = (double)p->price[q] + step * p->direction[q];
        if ((p->price[q] > 0 && next < 0) || (p->price[q] < 0 && next > 0))
            next = 0;
        next = next > (double)most_price    ? (double)most_price
               : next < -(double)most_price ? -(double)most_price
                                            : next;
        int64_t price = (int64_t)(next < 0 ? next - 0.5 : next + 0.5);
        any = any || price != p->price[q];
        p->price[q] = price;
    }
    return any;
}

/* Do all panels of the flow at hand hold? */
static bool all_hold(const struct pricing *p)
{
    for (uint32_t i = 0; i < p->crossing.count; i++) {
        const struct rk_crossing_panel *panel = &p->crossing.panels[i];
        if (!rk_crossing_holds(&p->crossing, panel, p->count + panel->first_node, p->empty[i]))
            return false;
    }
    return true;
}

static bool is_reached(const struct pricing *p, uint32_t stage)
{
    return p->any && p->stages[stage].solved &&
           rk_choice_cost(p->net, stage, p->best->value) <=
               round_up(p->net, stage, p->stages[stage].bound);
}

/* For all arcs, whichever the flow looks at first. */
static enum rk_flow_outcome solve(struct pricing *p)
{
    enum rk_flow_outcome outcome = RK_FLOW_STOPPED;
    while (!p->result->stopped) {
        outcome = rk_flow_solve(p->flow, p->cost);
        if (outcome == RK_FLOW_STOPPED || !rk_flow_more(p->flow))
            break;
    }
    p->result->solves++;
    p->result->stopped = p->result->stopped || outcome == RK_FLOW_STOPPED;
    return outcome;
}

/* The highest price that leaves all costs within the arithmetic, whatever the others are. */
static int64_t highest_price(const struct pricing *p)
{
    int64_t largest = 0;
    uint32_t quotas = 1;
    for (uint32_t a = 0; a < p->net->arcs; a++) {
        int64_t size = p->base[a] < 0 ? -p->base[a] : p->base[a];
        largest = size > largest ? size : largest;
    }
    for (uint32_t i = 0; i < p->crossing.count; i++)
        if (p->crossing.panels[i].quotas > quotas)
            quotas = p->crossing.panels[i].quotas;
    return (rk_flow_largest_cost(p->net->nodes) - largest) / quotas;
}

/* ---- whole counts ---- */

struct priced_pair {
    int64_t price;
    uint32_t lot, pair; /* of equally dear ones by lot, or the same few would be in every cell */
};

static int by_price(const void *x, const void *y)
{
    const struct priced_pair *a = x, *b = y;
    if (a->price != b->price)
        return a->price < b->price ? -1 : 1;
    if (a->lot != b->lot)
        return a->lot < b->lot ? -1 : 1;
    return a->pair < b->pair ? -1 : a->pair > b->pair;
}

/* Passes over all but the cheapest people of each cell, a few more than may sit, and whoever does
 * in the flow.
 * Again: not over those whom it did not pass over before, and as many more who would be worth it.
 */
static void pass_over(struct pricing *p, const struct rk_flow *flow, int32_t more, bool again)
{
    const struct rk_network *net = p->net;
    const struct rk_crossing *crossing = &p->crossing;
    uint32_t first_pair = net->first[RK_ARC_PAIR], longest = 0;
    for (uint32_t k = 0; k < net->cell_nodes; k++)
        longest = (uint32_t)p->most[k] > longest ? (uint32_t)p->most[k] : longest;
    struct priced_pair *row = rk_alloc((size_t)longest + (uint32_t)more + 1, sizeof *row);
    p->without = p->passed_over;
    for (uint32_t k = 0; k < net->cell_nodes; k++) {
        uint32_t count = 0, most = (uint32_t)(p->most[k] + more);
        for (uint32_t j = crossing->first_pair[k]; j < crossing->first_pair[k + 1]; j++) {
            uint32_t pair = crossing->pairs[j];
            struct priced_pair next = {p->cost[first_pair + pair] +
                                           p->potential[rk_node_limit(net->leaf[pair])],
                                       net->lottery[pair], pair};
            bool stays = again && !p->passed_over[pair];
            p->passed_over[pair] = !stays && rk_flow_amount(flow, first_pair + pair) == 0;
            if (again && (stays || next.price >= p->potential[rk_node_of_pair(net, pair)]))
                continue;
            uint32_t at = count < most ? count++ : most;
            for (; at && by_price(&next, &row[at - 1]) < 0; at--)
                row[at] = row[at - 1];
            row[at] = next;
        }
        for (uint32_t j = 0; j < count; j++)
            p->passed_over[row[j].pair] = false;
    }
    rk_free(row);
}

/* Chooses counts for every panel at the prices of the flow, near the average, and fills them. */
static void choose_near_average(struct pricing *p)
{
    const struct rk_network *net = p->net;
    int64_t most = 0;
    for (uint32_t u = 0; u < net->nodes; u++)
        p->potential[u] = rk_flow_potential(p->flow, u);
    for (uint32_t a = net->first[RK_ARC_PAIR]; a < net->arcs; a++) {
        int64_t size = p->base[a] < 0 ? -p->base[a] : p->base[a];
        most = size > most ? size : most;
    }
    struct rk_crossing_guide guide = {p->cost,    p->potential,   p->price,   p->count,
                                      p->average, most / 100 + 1, p->settled, MOST_STEPS};
    for (uint32_t i = 0; i < p->crossing.count; i++) {
        const struct rk_crossing_panel *panel = &p->crossing.panels[i];
        rk_crossing_choose(&p->crossing, panel, &guide, p->most + panel->first_node);
    }
    if (net->arcs > MEDIUM)
        pass_over(p, p->flow, MORE_PEOPLE, false);
    try_counts(p, net->arcs > SMALL);
}

/* One panel after the other takes the counts that are cheapest for it at the prices of the flow,
 * and keeps them where all together are better for it. */
static void improve(struct pricing *p)
{
    const struct rk_network *net = p->net;
    struct rk_crossing_guide guide = {p->cost, p->potential, p->price,  p->best_count, NULL,
                                      0,       p->settled,   MOST_STEPS};
    uint64_t tries = IMPROVE_WORK / net->arcs;
    for (uint32_t u = 0; u < net->nodes; u++)
        p->potential[u] = rk_flow_potential(p->flow, u);
    for (bool any = true; any && p->any;) {
        any = false;
        for (uint32_t i = 0; i < p->crossing.count && tries; i++) {
            const struct rk_crossing_panel *panel = &p->crossing.panels[i];
            if (p->result->stopped || is_reached(p, p->stage))
                return;
            memcpy(p->most, p->best_count, net->cell_nodes * sizeof *p->most);
            if (!rk_crossing_choose(&p->crossing, panel, &guide, p->most + panel->first_node))
                continue;
            tries--;
            bool better = try_counts(p, false);
            any = any || better;
        }
    }
}

/* ---- rising ---- */

/* Where a step aims: over the best bound by `rise`, which is halved when it does not come. */
struct aim {
    double rise, since;
    int patience;
};

static void lower_aim(struct aim *aim, double best)
{
    if (best >= aim->since + aim->rise / 2) {
        aim->since = best;
        aim->patience = 0;
    } else if (++aim->patience > PATIENCE) {
        aim->rise /= 2;
        aim->since = best;
        aim->patience = 0;
    }
}

/* Moves the costs of the network's arcs to where the flow's are. */
static void take_costs(const struct pricing *p, int64_t *cost)
{
    for (uint32_t a = 0; p->arcs && a < p->arc_count; a++)
        cost[a] = cost[p->arcs[a]];
}

/* Goes back to the best prices. */
static enum rk_flow_outcome to_best(struct pricing *p, uint32_t stage)
{
    memcpy(p->price, p->stages[stage].price, p->problem->quota_count * sizeof *p->price);
    set_costs(p);
    enum rk_flow_outcome outcome = solve(p);
    if (outcome == RK_FLOW_OPTIMAL)
        read_flow(p);
    return outcome;
}

/* Raises the bound of a stage by prices, from those at hand, in so many steps, as long as the best
 * choice is over it. The flow and the prices are then those of the bound. */
static enum rk_flow_outcome ascend(struct pricing *p, uint32_t stage, uint32_t most_steps)
{
    const struct rk_network *net = p->net;
    struct stage *s = &p->stages[stage];
    uint32_t quotas = p->problem->quota_count, first = rk_network_first(net, stage);
    double unit = (double)net->unit[first], close = is_large(p) ? 1e-5 : 1e-7;
    struct aim aim = {0};
    int restarts = RESTARTS;
    bool moved = false;
    p->stage = stage > p->fit_stage ? stage : p->fit_stage;
    rk_network_costs(net, first, net->stage_end[stage], p->base);
    take_costs(p, p->base);
    memcpy(p->cost, p->base, net->arcs * sizeof *p->cost);
    int64_t most_price = highest_price(p);
    memcpy(p->price, s->price, quotas * sizeof *p->price);
    if (!p->arcs)
        memset(p->direction, 0, quotas * sizeof *p->direction);
    for (uint32_t step = 0;; step++) {
        __int128 worth = set_costs(p);
        enum rk_flow_outcome outcome = solve(p);
        if (outcome != RK_FLOW_OPTIMAL)
            return outcome;
        read_flow(p);
        __int128 bound = rk_flow_cost(p->flow, p->cost) + worth;
        moved = s->solved && bound <= s->bound;
        if (!moved) {
            s->solved = true;
            s->bound = bound;
            memcpy(s->price, p->price, quotas * sizeof *p->price);
        }
        if (all_hold(p) && memcmp(p->tried, p->count, net->cell_nodes * sizeof *p->tried) != 0) {
            memcpy(p->tried, p->count, net->cell_nodes * sizeof *p->tried);
            memcpy(p->most, p->count, net->cell_nodes * sizeof *p->most);
            try_counts(p, false);
        }
        double share = step < FIRST_STEPS && !p->averaged ? 0.5 : 0.05;
        for (uint32_t k = 0; k < net->cell_nodes; k++)
            p->average[k] += share * (p->count[k] - p->average[k]);
        if (step >= FIRST_TRY && step % TRY_EVERY == 0 && !is_large(p) && !is_reached(p, stage))
            choose_near_average(p);
        double best = (double)s->bound, size = best < 0 ? -best : best;
        double over = p->any ? (double)(rk_choice_cost(net, stage, p->best->value) - s->bound) : 0;
        if (step == 0)
            aim = (struct aim){p->rise > 0 ? p->rise
                               : over > 0  ? over
                                           : 0.03 * size + unit,
                               best, 0};
        else if (p->arcs)
            aim.rise *= LOWER_RISE;
        else
            lower_aim(&aim, best);
        if (is_reached(p, stage) || step + 1 >= most_steps)
            break;
        double rise = p->any && over < aim.rise && !p->arcs ? over : aim.rise;
        if ((p->arcs || (aim.rise >= close * size && aim.rise >= unit / 64)) &&
            take_step(p, (double)bound, best + rise, most_price))
            continue;
        /* it has gone as far as it goes, or was too timid */
        if (p->arcs || over < 2 * unit || !restarts--)
            break;
        aim = (struct aim){over / 2, best, 0};
        memset(p->direction, 0, quotas * sizeof *p->direction);
        if (!take_step(p, (double)bound, best + over / 2, most_price))
            break;
    }
    p->rise = aim.rise;
    return moved && !p->goes_on ? to_best(p, stage) : RK_FLOW_OPTIMAL;
}

/* ---- the stages ---- */

/* Seats are empty that need not be: their panels choose again those whom it costs no other seat. */
static void repair(struct pricing *p)
{
    const struct rk_network *net = p->net;
    int64_t *free_of = rk_alloc((size_t)p->problem->quota_count + 1, sizeof *free_of);
    for (int round = 0; round < REPAIRS && p->any && !p->result->stopped; round++) {
        bool reached = true, changed = false;
        for (uint32_t s = 0; s < p->fit_stage; s++)
            reached = reached && is_reached(p, s);
        if (reached)
            break;
        struct rk_fill fill = {.net = net, .most = p->best_count};
        if (!rk_fill_solve(&fill, 1, p->choice.member, p->potential, p->result))
            break;
        count_members(p, p->choice.member, p->count);
        rk_network_costs(net, 0, net->stage_end[0], p->cost);
        struct rk_crossing_guide guide = {p->cost, p->potential, free_of,   p->best_count, NULL,
                                          0,       NULL,         MOST_STEPS};
        memcpy(p->most, p->best_count, net->cell_nodes * sizeof *p->most);
        for (uint32_t i = 0; i < p->crossing.count; i++) {
            const struct rk_crossing_panel *panel = &p->crossing.panels[i];
            int32_t *most = p->most + panel->first_node;
            bool full = true;
            for (uint32_t c = 0; c < panel->cells; c++)
                full = full && p->count[panel->first_node + c] == most[c];
            if (full)
                continue;
            if (rk_crossing_choose(&p->crossing, panel, &guide, most))
                changed = true;
            else
                memcpy(most, p->best_count + panel->first_node, panel->cells * sizeof *most);
        }
        if (!changed || !try_counts(p, false))
            break;
    }
    rk_free(free_of);
}

/* Keeps what proves the bound of a stage. */
static void keep_proof(struct pricing *p, uint32_t stage)
{
    const struct rk_network *net = p->net;
    uint32_t quotas = p->problem->quota_count;
    p->result->proven = p->result->proven && rk_flow_proven(p->flow);
    p->result->priced_stages = stage + 1;
    if (!p->result->potential)
        return;
    for (uint32_t u = 0; u < net->nodes; u++)
        p->result->potential[(size_t)stage * net->nodes + u] = rk_flow_potential(p->flow, u);
    memcpy(p->result->price + (size_t)stage * quotas, p->stages[stage].price,
           quotas * sizeof *p->result->price);
}

/* From now on only what costs at most so much more than the bound of the stage. */
static void narrow(struct pricing *p, int64_t slack)
{
    const struct rk_network *net = p->net;
    for (uint32_t i = 0; i < p->problem->pair_count; i++) {
        int64_t reduced = p->cost[net->first[RK_ARC_PAIR] + i] +
                          rk_flow_potential(p->flow, rk_node_limit(net->leaf[i])) -
                          rk_flow_potential(p->flow, rk_node_of_pair(net, i));
        if (!p->settled[i])
            p->settled[i] = reduced > slack ? -1 : reduced < -slack;
    }
    rk_flow_narrow_within(p->flow, slack);
}

/* … than the best choice, which is at the bound but for a part of a unit. */
static void narrow_to_best(struct pricing *p, uint32_t stage)
{
    __int128 over = rk_choice_cost(p->net, stage, p->best->value) - p->stages[stage].bound;
    narrow(p, (int64_t)over);
}

/* A flow without the people passed over, in the place of the one at hand, whose last basis it
 * starts from where that has no other arcs. */
static enum rk_flow_outcome start_small(struct pricing *p, const struct rk_flow *whole)
{
    struct rk_flow *before = p->flow;
    uint32_t *old_arcs = p->arcs, old_count = p->arc_count;
    struct rk_fill fill = {.net = p->net, .without = p->without};
    p->flow = rk_fill_small_flow(&fill, &p->arcs, &p->arc_count);
    if (before == whole) {
        rk_fill_rough_costs(p->net, p->cost);
        take_costs(p, p->cost);
        return solve(p);
    }
    for (uint32_t a = 0, i = 0; i < old_count; i++) { /* all are there again */
        while (p->arcs[a] != old_arcs[i])
            a++;
        old_arcs[i] = a;
    }
    rk_flow_take(p->flow, before, old_arcs);
    rk_flow_free(before);
    rk_free(old_arcs);
    return RK_FLOW_OPTIMAL;
}

/* Good prices soon, where there are many pairs: those found without the people who are dear at the
 * prices at hand; once more with those who would be worth it then, as long as that pays. They bound
 * nothing yet, but the last basis is a good one to go on from. */
static void ascend_small(struct pricing *p, uint32_t stage, uint32_t steps)
{
    const struct rk_network *net = p->net;
    struct rk_flow *flow = p->flow;
    struct stage kept[RK_MATCH_LEVELS];
    uint32_t quotas = p->problem->quota_count, first = rk_network_first(net, stage);
    int64_t *price = rk_alloc((size_t)quotas + 1, sizeof *price);
    __int128 before = 0;
    bool done = false;
    memcpy(kept, p->stages, sizeof kept);
    memcpy(price, kept[stage].price, quotas * sizeof *price);
    memset(p->direction, 0, quotas * sizeof *p->direction);
    for (int round = 0; !done && !p->result->stopped; round++) {
        for (uint32_t u = 0; u < net->nodes; u++)
            p->potential[u] = rk_flow_potential(p->flow, u);
        for (uint32_t k = 0; k < net->cell_nodes; k++)
            p->most[k] = FEW_PEOPLE;
        rk_network_costs(net, first, net->stage_end[stage], p->cost);
        pass_over(p, flow, 0, round > 0);
        bool solved = start_small(p, flow) == RK_FLOW_OPTIMAL;
        for (uint32_t s = 0; s < stage && solved; s++) {
            p->stages[s].solved = false;
            solved = ascend(p, s, 1) == RK_FLOW_OPTIMAL && p->stages[s].bound == kept[s].bound;
            if (solved)
                rk_flow_narrow(p->flow);
        }
        p->stages[stage].solved = false;
        p->goes_on = true;
        solved = solved && ascend(p, stage, steps) == RK_FLOW_OPTIMAL;
        p->goes_on = false;
        p->averaged = true;
        if (!solved)
            break;
        __int128 bound = p->stages[stage].bound, size = bound < 0 ? -bound : bound;
        done =
            round + 1 == MOST_ROUNDS ||
            (round + 1 >= LEAST_ROUNDS && (double)(bound - before) < WORTH_A_ROUND * (double)size);
        before = bound;
        if (!done)
            memcpy(p->stages[stage].price, p->price, quotas * sizeof *price);
        else if (to_best(p, stage) == RK_FLOW_OPTIMAL)
            rk_flow_take(flow, p->flow, p->arcs);
    }
    memcpy(p->stages, kept, sizeof kept); /* but for the prices, which it points to */
    if (p->result->stopped)
        memcpy(kept[stage].price, price, quotas * sizeof *price);
    else
        p->stages[stage].solved = false;
    rk_free(price);
    if (p->flow != flow)
        rk_flow_free(p->flow);
    p->flow = flow;
    rk_flow_few(flow, p->arcs, p->arc_count);
    rk_free(p->arcs);
    p->arcs = NULL;
}

static enum rk_flow_outcome raise_bound(struct pricing *p, uint32_t stage)
{
    uint32_t steps = is_large(p) ? 1 : STEPS;
    if (stage < p->fit_stage && p->net->arcs > MEDIUM)
        steps = SEAT_STEPS;
    p->rise = 0;
    if (stage == p->fit_stage && is_large(p)) {
        enum rk_flow_outcome outcome = ascend(p, stage, 1);
        if (outcome != RK_FLOW_OPTIMAL)
            return outcome;
        choose_near_average(p);
        if (is_reached(p, stage))
            return outcome;
        p->rise = FIRST_RISE * (double)p->stages[stage].bound;
        p->rise = p->rise < 0 ? -p->rise : p->rise;
        ascend_small(p, stage, LARGE_STEPS);
        outcome = ascend(p, stage, 1);
        rk_flow_all(p->flow);
        return outcome;
    }
    return ascend(p, stage, steps);
}

/* Choices for the stage at hand. */
static void choose(struct pricing *p, uint32_t stage)
{
    if (!is_reached(p, stage))
        choose_near_average(p);
    if (!is_reached(p, stage) && p->net->arcs <= MEDIUM)
        improve(p);
    if (stage >= p->fit_stage)
        finish(p);
    if (stage <= p->fit_stage)
        repair(p);
}

/* The stages from `stage` on, until the best choice is over a bound. */
static void solve_from(struct pricing *p, uint32_t stage)
{
    for (; stage < p->net->stages; stage++) {
        if (raise_bound(p, stage) != RK_FLOW_OPTIMAL)
            return;
        keep_proof(p, stage);
        choose(p, stage);
        if (!is_reached(p, stage))
            return;
        narrow_to_best(p, stage);
    }
}

/* As if quotas that cross left no seat empty: seats and shortage without prices, then fit. Where
 * that is not so, all from the start, with prices. */
static void solve_stages(struct pricing *p)
{
    uint32_t s = 0;
    for (; s < p->fit_stage; s++) {
        if (ascend(p, s, 1) != RK_FLOW_OPTIMAL)
            return;
        keep_proof(p, s);
        narrow(p, 0);
    }
    if (raise_bound(p, s) != RK_FLOW_OPTIMAL) {
        if (!p->any)
            choose_near_average(p);
        return;
    }
    keep_proof(p, s);
    choose(p, s);
    for (s = 0; s < p->fit_stage && is_reached(p, s); s++)
        ;
    if (s == p->fit_stage && is_reached(p, s)) {
        narrow_to_best(p, s);
        solve_from(p, s + 1);
    } else if (s < p->fit_stage && !p->result->stopped) {
        rk_flow_widen(p->flow);
        memset(p->settled, 0, p->problem->pair_count * sizeof *p->settled);
        for (s = 1; s < p->net->stages; s++)
            p->stages[s].solved = false; /* they were narrowed for nothing */
        solve_from(p, 0);
    }
}

/* ---- the whole ---- */

/* What the bounds of the first so many stages come to. */
static void tell_bounds(const struct pricing *p, uint32_t stages, int64_t *bound)
{
    uint32_t s = 0;
    while (s < stages && is_reached(p, s))
        s++;
    if (s == p->net->stages)
        memcpy(bound, p->best->value, RK_MATCH_LEVELS * sizeof *bound);
    else
        rk_choice_bounds(p->net, rk_network_first(p->net, s), p->net->stage_end[s],
                         s < stages && p->stages[s].solved ? round_up(p->net, s, p->stages[s].bound)
                                                           : -UNKNOWN,
                         p->best->value, bound);
}

/* The best has other counts: all else of it is chosen anew. */
static void take_counts(void *context)
{
    struct pricing *p = context;
    count_members(p, p->best->member, p->most);
    try_counts(p, false);
}

bool rk_price_match(struct rk_network *net, struct rk_match_result *result, struct rk_choice *best)
{
    const struct rk_match_problem *problem = net->problem;
    struct pricing pricing = {.problem = problem, .net = net, .result = result, .best = best};
    struct pricing *p = &pricing;
    size_t cells = (size_t)net->cell_nodes + 1, quotas = (size_t)problem->quota_count + 1;
    rk_crossing_new(&p->crossing, net);
    p->base = rk_alloc((size_t)net->arcs + 1, sizeof *p->base);
    p->cost = rk_alloc((size_t)net->arcs + 1, sizeof *p->cost);
    p->count = rk_alloc(cells, sizeof *p->count);
    p->most = rk_alloc(cells, sizeof *p->most);
    p->tried = rk_alloc(cells, sizeof *p->tried);
    p->best_count = rk_alloc(cells, sizeof *p->best_count);
    p->average = rk_alloc(cells, sizeof *p->average);
    p->have = rk_alloc(quotas, sizeof *p->have);
    p->empty = rk_alloc((size_t)p->crossing.count + 1, sizeof *p->empty);
    p->price = rk_alloc(quotas, sizeof *p->price);
    p->direction = rk_alloc(quotas, sizeof *p->direction);
    p->potential = rk_alloc((size_t)net->nodes + 1, sizeof *p->potential);
    p->passed_over = rk_alloc((size_t)problem->pair_count + 1, sizeof *p->passed_over);
    p->settled = rk_alloc((size_t)problem->pair_count + 1, sizeof *p->settled);
    p->choice.member = rk_alloc((size_t)problem->pair_count + 1, sizeof *p->choice.member);
    for (uint32_t s = 0; s < net->stages; s++) {
        p->stages[s].price = rk_alloc(quotas, sizeof *p->price);
        if (net->stage_end[s] <= RK_MATCH_FIT)
            p->fit_stage = s + 1;
    }
    p->tried[0] = -1; /* none */
    if (result->potential)
        result->price = rk_alloc((size_t)net->stages * quotas, sizeof *result->price);
    p->flow = rk_network_flow(net);
    rk_flow_stop_when(p->flow, problem->stop, problem->stop_context);
    rk_fill_rough_costs(net, p->cost);
    if (solve(p) == RK_FLOW_OPTIMAL)
        solve_stages(p);
    if (p->any) {
        tell_bounds(p, net->stages, result->bound);
        if (rk_choice_compare(result->bound, best->value) && !result->stopped)
            rk_prove_best(result, best, take_counts, p);
        result->proven = result->proven && !result->stopped &&
                         rk_choice_compare(result->bound, best->value) == 0;
        tell_bounds(p, result->priced_stages, result->priced);
    } else {
        result->proven = false;
    }
    result->pivots += rk_flow_pivots(p->flow);
    bool any = p->any;
    for (uint32_t s = 0; s < net->stages; s++)
        rk_free(p->stages[s].price);
    rk_flow_free(p->flow);
    rk_crossing_free(&p->crossing);
    rk_free(p->base);
    rk_free(p->cost);
    rk_free(p->count);
    rk_free(p->most);
    rk_free(p->tried);
    rk_free(p->best_count);
    rk_free(p->average);
    rk_free(p->have);
    rk_free(p->empty);
    rk_free(p->price);
    rk_free(p->direction);
    rk_free(p->potential);
    rk_free(p->passed_over);
    rk_free(p->settled);
    rk_free(p->choice.member);
    return any;
}
