#include "panel/chances.h"

#include "base/fixed.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"
#include "panel/lower.h"
#include "panel/maxflow.h"

#include <assert.h>

struct person {
    uint32_t arc, node; /* node: the arc's end */
    int32_t offset;
    int32_t lower, upper; /* of the arc */
};

/* A part of the network, bounded by arcs that are full or empty. Its persons stand in
 * by_part[first_person] … [end_person - 1], its nodes in order[first] … [end - 1]. The amounts of
 * its arcs count 1 / den. */
struct part {
    uint32_t first, end, first_person, end_person;
    int64_t num, den; /* the total its persons are to get */
    uint32_t level;   /* when solved; if it has no persons, or is open, one past the last */
    bool open;        /* stopped: its persons get what was found so far */
};

/* An arc whose amount is no whole number, for the draw. */
struct fraction {
    uint32_t arc;
    uint32_t end[2]; /* nodes of the draw: those at which a fraction ends, and a giver per part */
};

struct rk_chances {
    /* What an arc carries over its lower bound. A person's arc stands as a loop at the person's
     * node, out of the flow's sight: what it brings is excess there. */
    struct rk_maxflow *flow;
    struct rk_lowers lower;
    struct person *persons;
    uint32_t person_count, person_room;
    uint32_t giver; /* where persons' arcs come from */
    int64_t *base;  /* by node: what leaves it by open arcs beyond what enters by any, whole
                       numbers; what its persons get comes on top */
    uint32_t *part; /* by node */
    uint32_t *order, *by_part, *spare; /* spare: for dividing either */
    struct part *parts;
    uint32_t part_count, part_room;
    struct rk_chances_level *levels;
    uint32_t level_count;
    uint8_t *state; /* by person */
    uint32_t rounds;
    uint64_t most_rounds; /* 0 = any number */
    bool stopped;

    struct fraction *fractions;
    uint32_t fraction_count, draw_nodes;
    uint32_t *draw_first, *draw_entries; /* fractions at each node of the draw */
    uint32_t *node_part;                 /* by node of the draw */
};

struct rk_chances *rk_chances_new(uint32_t nodes)
{
    struct rk_chances *chances = rk_alloc(1, sizeof *chances);
    chances->flow = rk_maxflow_new(nodes);
    chances->giver = RK_NONE;
    return chances;
}

void rk_chances_free(struct rk_chances *chances)
{
    if (!chances)
        return;
    rk_maxflow_free(chances->flow);
    rk_free(chances->lower.all);
    rk_free(chances->persons);
    rk_free(chances->base);
    rk_free(chances->part);
    rk_free(chances->order);
    rk_free(chances->by_part);
    rk_free(chances->spare);
    rk_free(chances->parts);
    rk_free(chances->levels);
    rk_free(chances->state);
    rk_free(chances->fractions);
    rk_free(chances->draw_first);
    rk_free(chances->draw_entries);
    rk_free(chances->node_part);
    rk_free(chances);
}

uint32_t rk_chances_arc(struct rk_chances *chances, uint32_t from, uint32_t to, int32_t lower,
                        int32_t upper, int32_t amount)
{
    assert(from != to && lower <= amount && amount <= upper);
    uint32_t arc =
        rk_maxflow_arc(chances->flow, from, to, (int64_t)upper - lower, (int64_t)amount - lower);
    rk_lowers_add(&chances->lower, arc, lower);
    return arc;
}

uint32_t rk_chances_person(struct rk_chances *chances, uint32_t arc, int32_t offset)
{
    struct rk_maxflow_ends *ends = &chances->flow->ends[arc];
    int32_t lower = (int32_t)rk_lowers_of(&chances->lower, arc);
    assert(arc < chances->flow->arcs && offset >= 0 && lower >= 0);
    assert(ends->from != ends->to && (chances->giver == RK_NONE || chances->giver == ends->from));
    chances->giver = ends->from;
    ends->from = ends->to;
    RK_GROW(chances->persons, chances->person_count, chances->person_room);
    chances->persons[chances->person_count] = (struct person){
        arc, ends->to, offset, lower, (int32_t)(lower + rk_maxflow_room(chances->flow, arc))};
    return chances->person_count++;
}

/* ---- what is to be shared ---- */

struct person_bounds {
    int64_t offset, lower, upper; /* of the amount, in whole numbers */
    uint32_t node;
};

static struct person_bounds bounds_of(const struct rk_chances *chances, uint32_t person)
{
    const struct person *p = &chances->persons[person];
    return (struct person_bounds){p->offset, p->lower, p->upper, p->node};
}

/* What the person gets, times den, when the total is to be num / den. */
static int64_t share(const struct person_bounds *b, int64_t num, int64_t den)
{
    int64_t amount = num - b->offset * den;
    if (amount < b->lower * den)
        return b->lower * den;
    return amount > b->upper * den ? b->upper * den : amount;
}

static int64_t sum_of_shares(const struct rk_chances *chances, const struct part *part,
                             int64_t total)
{
    int64_t sum = 0;
    for (uint32_t i = part->first_person; i < part->end_person; i++) {
        struct person_bounds b = bounds_of(chances, chances->by_part[i]);
        sum += share(&b, total, 1);
    }
    return sum;
}

/* Sets the part's total so that its persons get together what there is. What they get grows with
 * the total, and between two whole numbers it grows evenly: bounds and offsets are whole. */
static void set_total(const struct rk_chances *chances, struct part *part)
{
    int64_t there_is = 0, low = INT64_MAX, high = 0;
    for (uint32_t i = part->first; i < part->end; i++)
        there_is -= chances->base[chances->order[i]];
    for (uint32_t i = part->first_person; i < part->end_person; i++) {
        struct person_bounds b = bounds_of(chances, chances->by_part[i]);
        low = b.offset + b.lower < low ? b.offset + b.lower : low;
        high = b.offset + b.upper > high ? b.offset + b.upper : high;
    }
    part->num = low;
    part->den = 1;
    if (part->first_person == part->end_person) {
        assert(there_is == 0);
        part->num = 0;
        return;
    }
    /* the largest whole total that asks for no more than there is, at most `high` */
    while (low < high) {
        int64_t middle = high - (high - low) / 2;
        if (sum_of_shares(chances, part, middle) <= there_is)
            low = middle;
        else
            high = middle - 1;
    }
    int64_t over = there_is - sum_of_shares(chances, part, low), sharing = 0;
    part->num = low;
    assert(over >= 0);
    if (!over)
        return;
    for (uint32_t i = part->first_person; i < part->end_person; i++) {
        struct person_bounds b = bounds_of(chances, chances->by_part[i]);
        sharing += b.offset + b.lower <= low && low < b.offset + b.upper;
    }
    assert(over < sharing);
    struct rk_ratio each = rk_ratio(over, sharing);
    part->den = (int64_t)each.den;
    part->num = low * part->den + (int64_t)each.num;
}

/* value × den / old, to the nearest; a whole number of units where it was one. */
static int64_t rescaled(int64_t value, int64_t den, int64_t old)
{
    return (int64_t)(((__int128)value * den * 2 + old) / (2 * old));
}

/* Puts the part's arcs from 1 / old units to 1 / den, and sets the excess of its nodes: what they
 * should send on beyond what they do. */
static void set_excess(struct rk_chances *chances, const struct part *part, int64_t old)
{
    struct rk_maxflow *flow = chances->flow;
    int64_t den = part->den;
    for (uint32_t i = part->first; i < part->end; i++)
        flow->node[chances->order[i]].excess = chances->base[chances->order[i]] * den;
    for (uint32_t i = part->first_person; i < part->end_person; i++) {
        uint32_t person = chances->by_part[i];
        struct person_bounds b = bounds_of(chances, person);
        int64_t amount = share(&b, part->num, den);
        rk_maxflow_set(flow, chances->persons[person].arc, amount - b.lower * den,
                       (b.upper - b.lower) * den);
        flow->node[b.node].excess += amount;
    }
    for (uint32_t i = part->first; i < part->end; i++) {
        uint32_t u = chances->order[i];
        for (uint32_t e = flow->first[u]; e < flow->open_end[u]; e++) {
            uint32_t arc = flow->entries[e].way / 2;
            if (flow->entries[e].way % 2)
                continue;
            int64_t amount = rk_maxflow_amount(flow, arc);
            if (den != old) {
                amount = rescaled(amount, den, old);
                rk_maxflow_set(flow, arc, amount, rk_maxflow_room(flow, arc) / old * den);
            }
            flow->node[u].excess -= amount;
            flow->node[flow->entries[e].other].excess += amount;
        }
    }
}

/* ---- dividing ---- */

static uint32_t add_part(struct rk_chances *chances, struct part part)
{
    RK_GROW(chances->parts, chances->part_count, chances->part_room);
    chances->parts[chances->part_count] = part;
    return chances->part_count++;
}

/* Where an arc between two parts is closed, what it carries goes into the bases, once. */
static void close_arcs(struct rk_chances *chances, uint32_t u, int64_t den)
{
    struct rk_maxflow *flow = chances->flow;
    for (uint32_t e = flow->first[u]; e < flow->open_end[u]; e++) {
        uint32_t arc = flow->entries[e].way / 2, v = flow->entries[e].other;
        if (flow->entries[e].way % 2 || chances->part[u] == chances->part[v])
            continue;
        int64_t amount = rk_maxflow_amount(flow, arc), room = rk_maxflow_room(flow, arc);
        assert(amount == 0 || amount == room);
        rk_maxflow_set(flow, arc, amount / den, room / den);
        chances->base[u] -= amount / den;
        chances->base[v] += amount / den;
    }
    rk_maxflow_close(flow, u, chances->part);
}

static bool is_stuck(const struct rk_chances *chances, const struct part *part)
{
    for (uint32_t i = part->first; i < part->end; i++)
        if (chances->flow->side[chances->order[i]] == RK_MAXFLOW_STUCK)
            return true;
    return false;
}

/* Divides a part after the flow: nodes with excess that could not be moved and all they reach can
 * get no more, so their persons get less than the part's total; those that lack still, or lead
 * there, get more; what is between is done. */
static void divide(struct rk_chances *chances, uint32_t number, uint32_t *open,
                   uint32_t *open_count)
{
    static const uint8_t sides[3] = {RK_MAXFLOW_STUCK, RK_MAXFLOW_LACKING, RK_MAXFLOW_LEVEL};
    const struct part whole = chances->parts[number];
    const uint8_t *side = chances->flow->side;
    uint32_t *order = chances->order, *by_part = chances->by_part, *spare = chances->spare;
    uint32_t first = whole.first, first_person = whole.first_person;
    uint32_t pieces[3];
    memcpy(spare, order + whole.first, (whole.end - whole.first) * sizeof *order);
    for (int s = 0; s < 3; s++) {
        struct part piece = whole;
        piece.first = first;
        for (uint32_t i = 0; i < whole.end - whole.first; i++)
            if (side[spare[i]] == sides[s])
                order[first++] = spare[i];
        piece.end = first;
        pieces[s] = s < 2 ? add_part(chances, piece) : number;
        chances->parts[pieces[s]] = piece;
        for (uint32_t i = piece.first; i < piece.end; i++)
            chances->part[order[i]] = pieces[s];
    }
    memcpy(spare, by_part + whole.first_person,
           (whole.end_person - whole.first_person) * sizeof *by_part);
    for (int s = 0; s < 3; s++) {
        struct part *piece = &chances->parts[pieces[s]];
        piece->first_person = first_person;
        for (uint32_t i = 0; i < whole.end_person - whole.first_person; i++)
            if (chances->part[bounds_of(chances, spare[i]).node] == pieces[s])
                by_part[first_person++] = spare[i];
        piece->end_person = first_person;
        if (s < 2) {
            assert(piece->first_person < piece->end_person);
            open[(*open_count)++] = pieces[s];
        }
    }
    for (uint32_t i = whole.first; i < whole.end; i++)
        close_arcs(chances, order[i], whole.den);
}

/* A run to its end, since a flow half way is none. */
static int64_t run(struct rk_chances *chances, const uint32_t *nodes, uint32_t count)
{
    struct rk_maxflow *flow = chances->flow;
    int64_t stuck = rk_maxflow_run(flow, nodes, count);
    chances->rounds++;
    chances->stopped = chances->stopped || flow->stopped || chances->rounds == chances->most_rounds;
    if (!flow->stopped)
        return stuck;
    flow->stopped = false;
    flow->stop = NULL;
    return rk_maxflow_run(flow, nodes, count);
}

/* Gives out as much as can be: what persons could get beyond what they do is sent to the giver. */
static int64_t give_out(struct rk_chances *chances)
{
    struct rk_maxflow *flow = chances->flow;
    int64_t given = 0, more = 0;
    for (uint32_t p = 0; p < chances->person_count; p++) {
        const struct person *person = &chances->persons[p];
        int64_t amount = person->lower + rk_maxflow_amount(flow, person->arc);
        given += amount;
        flow->node[person->node].excess += person->upper - amount;
        more += person->upper - amount;
    }
    if (flow->first[chances->giver] == flow->open_end[chances->giver])
        return given;
    flow->node[chances->giver].excess -= more;
    return given + more - run(chances, chances->order, flow->nodes);
}

/* What a node sends on or gets, in units of 1 / den, must stay under 2^61, and so must totals. */
static bool fits(const struct rk_chances *chances)
{
    const struct rk_maxflow *flow = chances->flow;
    const __int128 most = (__int128)1 << 61, persons = (__int128)chances->person_count + 1;
    __int128 sum = flow->arcs, largest = 0;
    for (uint32_t i = 0; i < chances->lower.count; i++) {
        int64_t lower = chances->lower.all[i].amount;
        sum += lower < 0 ? -lower : lower;
    }
    for (uint32_t a = 0; a < flow->arcs; a++)
        sum += flow->ends[a].from == flow->ends[a].to ? rk_maxflow_amount(flow, a)
                                                      : rk_maxflow_room(flow, a);
    for (uint32_t p = 0; p < chances->person_count; p++) {
        struct person_bounds b = bounds_of(chances, p);
        largest = b.offset + b.upper > largest ? b.offset + b.upper : largest;
    }
    return sum * persons < most && largest * persons < most;
}

/* Units are never finer than one part in as many as there are persons. */
static void make_room(struct rk_chances *chances)
{
    struct rk_maxflow *flow = chances->flow;
    for (uint32_t a = 0; a < flow->arcs; a++)
        if ((__int128)rk_maxflow_room(flow, a) * chances->person_count > UINT32_MAX)
            rk_maxflow_widen(flow);
}

static void start(struct rk_chances *chances)
{
    struct rk_maxflow *flow = chances->flow;
    uint32_t nodes = flow->nodes, persons = chances->person_count, taking = 0;
    chances->base = rk_alloc((size_t)nodes + 1, sizeof *chances->base);
    chances->part = rk_alloc((size_t)nodes + 1, sizeof *chances->part);
    chances->order = rk_alloc((size_t)nodes + 1, sizeof *chances->order);
    chances->by_part = rk_alloc((size_t)persons + 1, sizeof *chances->by_part);
    chances->spare = rk_alloc((size_t)nodes + persons + 1, sizeof *chances->spare);
    chances->state = rk_alloc((size_t)persons + 1, sizeof *chances->state);
    for (uint32_t u = 0; u < nodes; u++)
        chances->order[u] = u;
    for (uint32_t a = 0; a < flow->arcs; a++) {
        chances->base[flow->ends[a].from] += rk_maxflow_amount(flow, a);
        chances->base[flow->ends[a].to] -= rk_maxflow_amount(flow, a);
    }
    make_room(chances);
    rk_maxflow_start(flow);
    int64_t given = 0;
    for (uint32_t p = 0; p < persons; p++) {
        struct person_bounds b = bounds_of(chances, p);
        int64_t amount = b.lower + rk_maxflow_amount(flow, chances->persons[p].arc);
        chances->base[b.node] -= amount;
        given += amount;
        if (b.upper)
            chances->by_part[taking++] = p;
    }
    if (persons)
        chances->base[chances->giver] += given - give_out(chances);
    add_part(chances, (struct part){.end = nodes, .end_person = taking, .den = 1});
}

/* ---- after the last flow ---- */

static int by_total(const void *x, const void *y, void *context)
{
    const struct part *parts = context;
    const struct part *a = &parts[*(const uint32_t *)x], *b = &parts[*(const uint32_t *)y];
    __int128 left = (__int128)a->num * b->den, right = (__int128)b->num * a->den;
    return left < right ? -1 : left > right;
}

/* Marks the nodes from which a way leads to somebody who could get less: through all arcs. */
static uint8_t *find_givable(const struct rk_chances *chances)
{
    const struct rk_maxflow *flow = chances->flow;
    uint8_t *givable = rk_alloc((size_t)flow->nodes + 1, 1);
    uint32_t tail = 0, *queue = flow->queue;
    for (uint32_t p = 0; p < chances->person_count; p++) {
        const struct person *person = &chances->persons[p];
        if (rk_maxflow_amount(flow, person->arc) && !givable[person->node]) {
            givable[person->node] = 1;
            queue[tail++] = person->node;
        }
    }
    for (uint32_t head = 0; head < tail; head++)
        for (uint32_t e = flow->first[queue[head]]; e < flow->first[queue[head] + 1]; e++) {
            uint32_t v = flow->entries[e].other;
            if (!givable[v] && rk_maxflow_in(flow, flow->entries[e])) {
                givable[v] = 1;
                queue[tail++] = v;
            }
        }
    return givable;
}

static void count_persons(struct rk_chances *chances, struct rk_chances_level *level,
                          const struct part *part, const uint8_t *givable)
{
    int64_t seats = 0; /* times den */
    for (uint32_t i = part->first_person; i < part->end_person; i++) {
        uint32_t person = chances->by_part[i];
        struct person_bounds b = bounds_of(chances, person);
        int64_t free = part->num - b.offset * part->den;
        enum rk_chances_state state = free >= b.upper * part->den            ? RK_CHANCES_FULL
                                      : free > b.lower * part->den           ? RK_CHANCES_SHARES
                                      : b.lower < b.upper && givable[b.node] ? RK_CHANCES_HAS_MORE
                                                                             : RK_CHANCES_NO_MORE;
        chances->state[person] = (uint8_t)state;
        level->full += state == RK_CHANCES_FULL;
        level->persons += state == RK_CHANCES_SHARES;
        level->has_more += state == RK_CHANCES_HAS_MORE;
        level->no_more += state == RK_CHANCES_NO_MORE;
        seats += state == RK_CHANCES_SHARES ? free : 0;
    }
    assert(seats % part->den == 0); /* the others have whole amounts, and the part gets a whole */
    level->seats = seats / part->den;
}

/* Nobody of the part is on a level, but who gets no more is told. */
static void leave_open(struct rk_chances *chances, const struct part *part, const uint8_t *givable)
{
    for (uint32_t i = part->first_person; i < part->end_person; i++) {
        uint32_t person = chances->by_part[i];
        struct person_bounds b = bounds_of(chances, person);
        int64_t amount = rk_maxflow_amount(chances->flow, chances->persons[person].arc);
        if (!amount && !givable[b.node]) /* for rk_chances_gap, too */
            chances->persons[person].upper = (int32_t)b.lower;
        chances->state[person] = b.lower == b.upper            ? RK_CHANCES_FULL
                                 : !amount && !givable[b.node] ? RK_CHANCES_NO_MORE
                                                               : RK_CHANCES_OPEN;
    }
}

static void set_levels(struct rk_chances *chances)
{
    struct part *parts = chances->parts;
    uint32_t *ranked = rk_alloc((size_t)chances->part_count + 1, sizeof *ranked);
    for (uint32_t i = 0; i < chances->part_count; i++)
        if (parts[i].first_person < parts[i].end_person && !parts[i].open)
            ranked[chances->level_count++] = i;
    qsort_r(ranked, chances->level_count, sizeof *ranked, by_total, parts);
    chances->levels = rk_alloc((size_t)chances->level_count + 1, sizeof *chances->levels);
    memset(chances->state, RK_CHANCES_TAKES_NONE, chances->person_count);
    uint8_t *givable = find_givable(chances);
    for (uint32_t i = 0; i < chances->part_count; i++)
        if (parts[i].open)
            leave_open(chances, &parts[i], givable);
    for (uint32_t l = 0; l < chances->level_count; l++) {
        struct part *part = &parts[ranked[l]];
        assert(l == 0 || by_total(&ranked[l - 1], &ranked[l], parts) < 0);
        part->level = l;
        chances->levels[l] = (struct rk_chances_level){.num = part->num, .den = part->den};
        count_persons(chances, &chances->levels[l], part, givable);
    }
    for (uint32_t i = 0; i < chances->part_count; i++)
        if (parts[i].first_person == parts[i].end_person || parts[i].open)
            parts[i].level = chances->level_count;
    rk_free(givable);
    rk_free(ranked);
}

/* The denominator of what entry e at node u carries. */
static int64_t den_at(const struct rk_chances *chances, uint32_t u, uint32_t e)
{
    return e < chances->flow->open_end[u] ? chances->parts[chances->part[u]].den : 1;
}

static int64_t den_of_person(const struct rk_chances *chances, uint32_t person)
{
    return chances->parts[chances->part[chances->persons[person].node]].den;
}

void rk_chances_amount(const struct rk_chances *chances, uint32_t arc, uint32_t node, int64_t *num,
                       int64_t *den)
{
    const struct rk_maxflow *flow = chances->flow;
    assert(arc < flow->arcs && node < flow->nodes && chances->levels);
    uint32_t part = chances->part[node], e = flow->open_end[node];
    while (e < flow->first[node + 1] && flow->entries[e].way / 2 != arc)
        e++;
    *den = e < flow->first[node + 1] ? 1 : chances->parts[part].den;
    *num = rk_lowers_of(&chances->lower, arc) * *den + rk_maxflow_amount(flow, arc);
}

/* The number of `node` (a node of the flow, or the giver of a part) in the draw. */
static uint32_t draw_node(struct rk_chances *chances, uint32_t *number, uint32_t part)
{
    if (*number == RK_NONE) {
        chances->node_part[chances->draw_nodes] = part;
        *number = chances->draw_nodes++;
    }
    return *number;
}

static int by_arc(const void *x, const void *y)
{
    const struct fraction *a = x, *b = y;
    return a->arc < b->arc ? -1 : a->arc > b->arc;
}

/* Lists the arcs whose amount is no whole number, in order, with their ends: nodes of the flow, the
 * giver's given as one past them. */
static void list_fractions(struct rk_chances *chances)
{
    const struct rk_maxflow *flow = chances->flow;
    uint32_t room = 0, count = 0;
    for (uint32_t u = 0; u < flow->nodes; u++)
        for (uint32_t e = flow->first[u]; e < flow->open_end[u]; e++) {
            uint32_t arc = flow->entries[e].way / 2;
            if (flow->entries[e].way % 2 ||
                rk_maxflow_amount(flow, arc) % den_at(chances, u, e) == 0)
                continue;
            RK_GROW(chances->fractions, count, room);
            chances->fractions[count++] = (struct fraction){arc, {u, flow->entries[e].other}};
        }
    for (uint32_t p = 0; p < chances->person_count; p++) {
        const struct person *person = &chances->persons[p];
        if (rk_maxflow_amount(flow, person->arc) % den_of_person(chances, p) == 0)
            continue;
        RK_GROW(chances->fractions, count, room);
        chances->fractions[count++] = (struct fraction){person->arc, {flow->nodes, person->node}};
    }
    if (count)
        qsort(chances->fractions, count, sizeof *chances->fractions, by_arc);
    chances->fraction_count = count;
}

/* What the draw works on. Givers come first among its nodes, and a person's arc last among those at
 * the person's node: the draw takes the last, so that its cycles go by the giver and are short. */
static void set_fractions(struct rk_chances *chances)
{
    const struct rk_maxflow *flow = chances->flow;
    list_fractions(chances);
    uint32_t *node = rk_alloc((size_t)flow->nodes + 1, sizeof *node);
    uint32_t *giver = rk_alloc((size_t)chances->part_count + 1, sizeof *giver);
    uint32_t count = chances->fraction_count, givers = 0;
    memset(node, 0xff, ((size_t)flow->nodes + 1) * sizeof *node);
    memset(giver, 0xff, ((size_t)chances->part_count + 1) * sizeof *giver);
    chances->node_part =
        rk_alloc((size_t)flow->nodes + chances->part_count + 1, sizeof *chances->node_part);
    for (uint32_t f = 0; f < count; f++) {
        uint32_t part = chances->part[chances->fractions[f].end[1]];
        if (chances->fractions[f].end[0] == flow->nodes)
            draw_node(chances, &giver[part], part);
    }
    givers = chances->draw_nodes;
    for (uint32_t f = 0; f < count; f++) {
        uint32_t *end = chances->fractions[f].end, part = chances->part[end[1]];
        end[0] = draw_node(chances, end[0] == flow->nodes ? &giver[part] : &node[end[0]], part);
        end[1] = draw_node(chances, &node[end[1]], part);
    }
    uint32_t *first = rk_alloc((size_t)chances->draw_nodes + 2, sizeof *first);
    for (uint32_t f = 0; f < count; f++)
        for (int i = 0; i < 2; i++)
            first[chances->fractions[f].end[i] + 1]++;
    for (uint32_t u = 0; u < chances->draw_nodes; u++)
        first[u + 1] += first[u];
    chances->draw_entries = rk_alloc((size_t)count * 2 + 1, sizeof *chances->draw_entries);
    for (int persons = 0; persons < 2; persons++)
        for (uint32_t f = 0; f < count; f++) {
            const uint32_t *end = chances->fractions[f].end;
            for (int i = 0; i < 2 && (end[0] < givers) == persons; i++)
                chances->draw_entries[first[end[i]]++] = f;
        }
    memmove(first + 1, first, chances->draw_nodes * sizeof *first);
    first[0] = 0;
    chances->draw_first = first;
    rk_free(giver);
    rk_free(node);
}

/* ---- stopped on the way ---- */

/* How much a person may take back. */
struct giver {
    uint32_t person;
    int64_t most;
};

/* Makes a flow of the parts left open, from what the last run left: where something lacks, persons
 * are offered all they could get; then they take back what led nowhere. */
static void balance(struct rk_chances *chances, const uint32_t *open, uint32_t open_count,
                    uint32_t *nodes)
{
    struct rk_maxflow *flow = chances->flow;
    struct giver *givers = rk_alloc((size_t)chances->person_count + 1, sizeof *givers);
    uint32_t count = 0, giver_count = 0;
    for (uint32_t i = 0; i < open_count; i++) {
        struct part *part = &chances->parts[open[i]];
        bool lacks = false;
        part->open = true;
        for (uint32_t k = part->first; k < part->end; k++) {
            nodes[count++] = chances->order[k];
            lacks = lacks || flow->node[chances->order[k]].excess < 0;
        }
        for (uint32_t k = part->first_person; k < part->end_person; k++) {
            const struct person *person = &chances->persons[chances->by_part[k]];
            int64_t room = rk_maxflow_room(flow, person->arc);
            int64_t amount = rk_maxflow_amount(flow, person->arc);
            givers[giver_count++] =
                (struct giver){chances->by_part[k], lacks ? room - amount : amount};
            rk_maxflow_set(flow, person->arc, lacks ? amount : 0, room);
            flow->node[person->node].excess += lacks ? room - amount : 0;
        }
    }
    run(chances, nodes, count);
    for (uint32_t i = 0; i < giver_count; i++)
        flow->node[chances->persons[givers[i].person].node].excess -= givers[i].most;
    run(chances, nodes, count);
    for (uint32_t i = 0; i < giver_count; i++) {
        const struct person *person = &chances->persons[givers[i].person];
        int64_t *excess = &flow->node[person->node].excess, kept = -*excess;
        kept = kept < givers[i].most ? kept : givers[i].most;
        rk_maxflow_set(flow, person->arc, rk_maxflow_amount(flow, person->arc) + kept,
                       rk_maxflow_room(flow, person->arc));
        *excess += kept;
    }
    for (uint32_t i = 0; i < count; i++)
        assert(!flow->node[nodes[i]].excess); /* what was handed in shows that there is a flow */
    rk_free(givers);
}

static bool is_less(struct rk_ratio a, struct rk_ratio b) { return a.num * b.den < b.num * a.den; }

static void set_fraction(struct rk_fraction *to, struct rk_ratio ratio)
{
    struct rk_whole top = {.small = (int64_t)ratio.num}, over = {.small = (int64_t)ratio.den};
    rk_fraction_make(to, &top, &over);
}

/* The lowest total in an open part that is under what all could have if it were even, and the
 * latter; false where none is. */
static bool find_uneven(const struct rk_chances *chances, const struct part *part,
                        struct rk_ratio *lowest, struct rk_ratio *even)
{
    struct part shared = *part;
    bool found = false;
    set_total(chances, &shared);
    *even = (struct rk_ratio){shared.num, shared.den};
    for (uint32_t i = part->first_person; i < part->end_person; i++) {
        const struct person *person = &chances->persons[chances->by_part[i]];
        struct person_bounds b = bounds_of(chances, chances->by_part[i]);
        int64_t amount = b.lower * part->den + rk_maxflow_amount(chances->flow, person->arc);
        struct rk_ratio total = {b.offset * part->den + amount, part->den};
        if ((__int128)amount * shared.den >=
            (__int128)share(&b, shared.num, shared.den) * part->den)
            continue;
        if (!found || is_less(total, *lowest))
            *lowest = total;
        found = true;
    }
    return found;
}

void rk_chances_gap(const struct rk_chances *chances, struct rk_fraction *reached,
                    struct rk_fraction *bound)
{
    struct rk_ratio lowest = {0, 1}, most = lowest, total = lowest, even = lowest;
    bool found = false;
    assert(chances->stopped && chances->levels);
    for (uint32_t i = 0; i < chances->part_count; i++) {
        if (!chances->parts[i].open || !find_uneven(chances, &chances->parts[i], &total, &even))
            continue;
        if (!found || is_less(total, lowest))
            lowest = total;
        if (!found || is_less(even, most))
            most = even;
        found = true;
    }
    for (uint32_t l = 0; l < chances->level_count && found; l++) {
        total = (struct rk_ratio){chances->levels[l].num, chances->levels[l].den};
        if (chances->levels[l].persons && is_less(lowest, total) && is_less(total, most))
            most = total;
    }
    set_fraction(reached, found ? lowest : even); /* all even: nothing is too low */
    set_fraction(bound, found ? most : even);
}

void rk_chances_stop_when(struct rk_chances *chances, uint64_t most, bool (*stop)(void *context),
                          void *context)
{
    chances->most_rounds = most;
    chances->flow->stop = stop;
    chances->flow->stop_context = context;
}

enum rk_chances_outcome rk_chances_solve(struct rk_chances *chances)
{
    assert(!chances->base);
    if (!fits(chances))
        return RK_CHANCES_TOO_LARGE;
    start(chances);
    struct rk_maxflow *flow = chances->flow;
    uint32_t *nodes = rk_alloc((size_t)flow->nodes + 1, sizeof *nodes);
    uint32_t *open = rk_alloc((size_t)flow->nodes + 1, sizeof *open), open_count = 1;
    uint32_t *next = rk_alloc((size_t)flow->nodes + 1, sizeof *next);
    while (open_count && !chances->stopped) { /* all parts still to do, side by side in one flow */
        uint32_t node_count = 0, next_count = 0;
        for (uint32_t i = 0; i < open_count; i++) {
            struct part *part = &chances->parts[open[i]];
            int64_t old = part->den;
            set_total(chances, part);
            set_excess(chances, part, old);
            memcpy(nodes + node_count, chances->order + part->first,
                   (part->end - part->first) * sizeof *nodes);
            node_count += part->end - part->first;
        }
        run(chances, nodes, node_count);
        for (uint32_t i = 0; i < open_count; i++)
            if (is_stuck(chances, &chances->parts[open[i]]))
                divide(chances, open[i], next, &next_count);
        uint32_t *swapped = open;
        open = next;
        next = swapped;
        open_count = next_count;
    }
    chances->stopped = open_count != 0;
    if (open_count)
        balance(chances, open, open_count, nodes);
    rk_free(next);
    rk_free(open);
    rk_free(nodes);
    set_levels(chances);
    set_fractions(chances);
    return open_count ? RK_CHANCES_STOPPED : RK_CHANCES_SOLVED;
}

uint32_t rk_chances_level_count(const struct rk_chances *chances) { return chances->level_count; }

const struct rk_chances_level *rk_chances_level(const struct rk_chances *chances, uint32_t level)
{
    assert(level < chances->level_count);
    return &chances->levels[level];
}

uint32_t rk_chances_level_of(const struct rk_chances *chances, uint32_t person)
{
    if (rk_chances_state(chances, person) == RK_CHANCES_TAKES_NONE)
        return RK_NONE;
    const struct part *part = &chances->parts[chances->part[bounds_of(chances, person).node]];
    return part->open ? RK_NONE : part->level;
}

enum rk_chances_state rk_chances_state(const struct rk_chances *chances, uint32_t person)
{
    assert(person < chances->person_count && chances->levels);
    return chances->state[person];
}

void rk_chances_rivals(const struct rk_chances *chances, uint32_t person, uint32_t *persons,
                       int64_t *seats)
{
    const struct rk_maxflow *flow = chances->flow;
    assert(rk_chances_state(chances, person) == RK_CHANCES_SHARES);
    uint32_t node = bounds_of(chances, person).node, tail = 0;
    const struct part *part = &chances->parts[chances->part[node]];
    bool *reached = rk_alloc((size_t)flow->nodes + 1, sizeof *reached);
    uint32_t *queue = rk_alloc((size_t)part->end - part->first, sizeof *queue);
    reached[node] = true;
    queue[tail++] = node;
    for (uint32_t head = 0; head < tail; head++)
        for (uint32_t e = flow->first[queue[head]]; e < flow->open_end[queue[head]]; e++) {
            uint32_t v = flow->entries[e].other;
            if (!reached[v] && rk_maxflow_out(flow, flow->entries[e])) {
                reached[v] = true;
                queue[tail++] = v;
            }
        }
    int64_t sum = 0;
    *persons = 0;
    for (uint32_t i = part->first_person; i < part->end_person; i++) {
        struct person_bounds b = bounds_of(chances, chances->by_part[i]);
        if (!reached[b.node] || chances->state[chances->by_part[i]] != RK_CHANCES_SHARES)
            continue;
        ++*persons;
        sum += part->num - b.offset * part->den;
    }
    assert(sum % part->den == 0); /* nothing leaves the group that could be more, or less */
    *seats = sum / part->den;
    rk_free(queue);
    rk_free(reached);
}

void rk_chances_potential(const struct rk_chances *chances, uint32_t node, int64_t *num,
                          int64_t *den)
{
    assert(node < chances->flow->nodes && chances->levels);
    *num = chances->parts[chances->part[node]].num;
    *den = chances->parts[chances->part[node]].den;
}

uint32_t rk_chances_rounds(const struct rk_chances *chances) { return chances->rounds; }

uint32_t rk_chances_fractions(const struct rk_chances *chances) { return chances->fraction_count; }

/* ---- the draw ---- */

/* A way through arcs that are not whole yet; where it meets itself, a cycle is to be rounded.
 *
 * At a node with just two such arcs, what one of them will carry decides what the other does: they
 * are joined to one, and the node is passed over from then on. So no way is long because it leads
 * through nodes where there is nothing to choose. */
struct walk {
    const struct rk_chances *chances;
    bool (*up)(void *context, uint32_t level, uint64_t weight, uint64_t against);
    void *context;
    int64_t *left;      /* by fraction: what its arc carries beyond a whole, times den */
    uint32_t (*end)[2]; /* by fraction: of all that are joined to it */
    uint32_t *into;     /* by fraction: the one it is joined to × 2, + 1 if that runs against it */
    uint32_t *entries, *entries_end; /* the fractions at each node, without those found whole */
    uint32_t *degree;                /* by node: how many are not whole */
    uint32_t *place;                 /* by node: where on the way, or RK_NONE */
    uint32_t *node, *by, length;     /* the way: by[i] leads from node[i - 1] to node[i] */
    uint32_t *soon, soon_count;      /* nodes with two arcs left, to be passed over */
};

/* The fraction that f is joined to at last × 2, + 1 if that runs against it. */
static uint32_t joined_to(uint32_t *into, uint32_t f)
{
    uint32_t top = 2 * f;
    while (into[top / 2] != (top & ~1u))
        top = into[top / 2] ^ (top & 1);
    for (uint32_t at = 2 * f, last = top; at / 2 != top / 2;) {
        uint32_t next = into[at / 2];
        into[at / 2] = last;
        last ^= next & 1;
        at = next;
    }
    return top;
}

static bool whole(const struct walk *walk, uint32_t f, int64_t den)
{
    return walk->left[f] == 0 || walk->left[f] == den;
}

static const struct part *part_of(const struct walk *walk, uint32_t node)
{
    return &walk->chances->parts[walk->chances->node_part[node]];
}

/* A fraction at u other than the one come by, or RK_NONE. */
static uint32_t next_fraction(struct walk *walk, uint32_t u, uint32_t come_by)
{
    uint32_t first = walk->chances->draw_first[u], *entries = walk->entries;
    int64_t den = part_of(walk, u)->den;
    for (uint32_t i = walk->entries_end[u]; i-- > first;) {
        uint32_t f = entries[i] = joined_to(walk->into, entries[i]) / 2;
        if (whole(walk, f, den))
            entries[i] = entries[--walk->entries_end[u]];
        else if (f != come_by)
            return f;
    }
    return RK_NONE;
}

static uint32_t other_end(const struct walk *walk, uint32_t f, uint32_t u)
{
    return walk->end[f][0] ^ walk->end[f][1] ^ u;
}

static void lower_degree(struct walk *walk, uint32_t u, uint32_t by)
{
    walk->degree[u] -= by;
    assert(walk->degree[u] != 1); /* balances are whole, so no fraction is alone at a node */
    if (walk->degree[u] == 2)
        walk->soon[walk->soon_count++] = u;
}

static void shorten(struct walk *walk, uint32_t length)
{
    while (walk->length > length)
        walk->place[walk->node[--walk->length]] = RK_NONE;
}

/* Joins the two arcs at v. If they lead to the same node they are a cycle, and are rounded. */
static void pass_over(struct walk *walk, uint32_t v)
{
    const struct part *part = part_of(walk, v);
    if (walk->place[v] != RK_NONE)
        shorten(walk, walk->place[v]);
    uint32_t f = next_fraction(walk, v, RK_NONE), g = next_fraction(walk, v, f);
    uint32_t far = other_end(walk, g, v), side = walk->end[f][1] == v;
    uint32_t against = walk->end[g][!side] != v;
    assert(walk->left[g] == (against ? part->den - walk->left[f] : walk->left[f]));
    walk->degree[v] = 0;
    walk->into[g] = 2 * f + against;
    walk->end[f][side] = far;
    if (walk->end[f][0] != walk->end[f][1])
        return;
    int64_t more = part->den - walk->left[f], less = walk->left[f];
    bool up = walk->up(walk->context, part->level, (uint64_t)less, (uint64_t)more);
    walk->left[f] = up ? part->den : 0;
    lower_degree(walk, far, 2);
}

/* Rounds the cycle of the way from place `from` on and back by `closing`: more one way round or
 * less, by as much as makes an arc whole, with the chances that keep all expected amounts. */
static void round_cycle(struct walk *walk, uint32_t from, uint32_t closing)
{
    const struct part *part = part_of(walk, walk->node[from]);
    int64_t more = part->den, less = part->den;
    uint32_t kept = walk->length;
    for (int turn = 0; turn < 2; turn++) {
        for (uint32_t i = from + 1; i <= walk->length; i++) {
            uint32_t f = i < walk->length ? walk->by[i] : closing;
            bool along = walk->end[f][0] == walk->node[i - 1];
            if (turn) {
                walk->left[f] += along ? more : -more;
                if (!whole(walk, f, part->den))
                    continue;
                kept = i < kept ? i : kept;
                lower_degree(walk, walk->end[f][0], 1);
                lower_degree(walk, walk->end[f][1], 1);
                continue;
            }
            int64_t above = part->den - walk->left[f], below = walk->left[f];
            int64_t can_more = along ? above : below, can_less = along ? below : above;
            more = can_more < more ? can_more : more;
            less = can_less < less ? can_less : less;
        }
        if (!turn && !walk->up(walk->context, part->level, (uint64_t)less, (uint64_t)more))
            more = -less;
    }
    shorten(walk, kept);
}

/* Goes on from `start` until no fraction is left there. */
static void walk_from(struct walk *walk, uint32_t start)
{
    for (;;) {
        while (walk->soon_count) {
            uint32_t v = walk->soon[--walk->soon_count];
            if (walk->degree[v] == 2)
                pass_over(walk, v);
        }
        if (!walk->length) {
            if (!walk->degree[start])
                return;
            walk->node[0] = start;
            walk->by[0] = RK_NONE;
            walk->place[start] = 0;
            walk->length = 1;
        }
        uint32_t u = walk->node[walk->length - 1];
        if (!walk->degree[u]) { /* only where the way begins can it be that nothing is left */
            assert(walk->length == 1);
            shorten(walk, 0);
            return;
        }
        uint32_t f = next_fraction(walk, u, walk->by[walk->length - 1]);
        uint32_t v = other_end(walk, f, u);
        if (walk->place[v] != RK_NONE) {
            round_cycle(walk, walk->place[v], f);
            continue;
        }
        walk->place[v] = walk->length;
        walk->node[walk->length] = v;
        walk->by[walk->length++] = f;
    }
}

void rk_chances_draw_by(const struct rk_chances *chances,
                        bool (*up)(void *context, uint32_t level, uint64_t weight,
                                   uint64_t against),
                        void *context, int32_t *amounts)
{
    uint32_t nodes = chances->draw_nodes, count = chances->fraction_count;
    assert(chances->levels);
    const struct rk_maxflow *flow = chances->flow;
    for (uint32_t u = 0; u < flow->nodes; u++)
        for (uint32_t e = flow->first[u]; e < flow->first[u + 1]; e++) {
            uint32_t arc = flow->entries[e].way / 2;
            if (flow->entries[e].way % 2 == 0)
                amounts[arc] = (int32_t)(rk_maxflow_amount(flow, arc) / den_at(chances, u, e));
        }
    for (uint32_t p = 0; p < chances->person_count; p++) {
        uint32_t arc = chances->persons[p].arc;
        amounts[arc] = (int32_t)(rk_maxflow_amount(flow, arc) / den_of_person(chances, p));
    }
    for (uint32_t i = 0; i < chances->lower.count; i++)
        amounts[chances->lower.all[i].arc] += (int32_t)chances->lower.all[i].amount;
    struct walk walk = {.chances = chances, .up = up, .context = context};
    walk.left = rk_alloc((size_t)count + 1, sizeof *walk.left);
    walk.end = rk_alloc((size_t)count + 1, sizeof *walk.end);
    walk.into = rk_alloc((size_t)count + 1, sizeof *walk.into);
    walk.entries = rk_alloc((size_t)count * 2 + 1, sizeof *walk.entries);
    walk.entries_end = rk_alloc((size_t)nodes + 1, sizeof *walk.entries_end);
    walk.degree = rk_alloc((size_t)nodes + 1, sizeof *walk.degree);
    walk.place = rk_alloc((size_t)nodes + 1, sizeof *walk.place);
    walk.node = rk_alloc((size_t)nodes + 1, sizeof *walk.node);
    walk.by = rk_alloc((size_t)nodes + 1, sizeof *walk.by);
    walk.soon = rk_alloc((size_t)nodes + 1, sizeof *walk.soon);
    for (uint32_t f = 0; f < count; f++) {
        uint32_t arc = chances->fractions[f].arc;
        walk.left[f] =
            rk_maxflow_amount(flow, arc) % part_of(&walk, chances->fractions[f].end[1])->den;
        memcpy(walk.end[f], chances->fractions[f].end, sizeof walk.end[f]);
        walk.into[f] = 2 * f;
    }
    memcpy(walk.entries, chances->draw_entries, (size_t)count * 2 * sizeof *walk.entries);
    for (uint32_t u = 0; u < nodes; u++) {
        walk.entries_end[u] = chances->draw_first[u + 1];
        walk.place[u] = RK_NONE;
        walk.degree[u] = chances->draw_first[u + 1] - chances->draw_first[u];
        lower_degree(&walk, u, 0);
    }
    for (uint32_t u = 0; u < nodes; u++)
        walk_from(&walk, u);
    for (uint32_t f = 0; f < count; f++) {
        uint32_t top = joined_to(walk.into, f);
        amounts[chances->fractions[f].arc] += (walk.left[top / 2] != 0) != (top & 1);
    }
    rk_free(walk.left);
    rk_free(walk.end);
    rk_free(walk.into);
    rk_free(walk.entries);
    rk_free(walk.entries_end);
    rk_free(walk.degree);
    rk_free(walk.place);
    rk_free(walk.node);
    rk_free(walk.by);
    rk_free(walk.soon);
}

static bool by_seed(void *context, uint32_t level, uint64_t weight, uint64_t against)
{
    struct rk_random *streams = context;
    return rk_random_below(&streams[level], weight + against) < weight;
}

void rk_chances_draw(const struct rk_chances *chances, struct rk_text seed, int32_t *amounts)
{
    struct rk_random *streams = rk_alloc((size_t)chances->level_count + 1, sizeof *streams);
    for (uint32_t l = 0; l <= chances->level_count; l++) {
        char key[40];
        int size = snprintf(key, sizeof key, "panel-chances|%u", l);
        streams[l] = rk_random(seed, (struct rk_text){key, (size_t)size});
    }
    rk_chances_draw_by(chances, by_seed, streams, amounts);
    rk_free(streams);
}
