/* lib/panel/maxflow and lib/panel/chances: leximin totals against a second method on random
 * networks, the audit of larger programmes, draws by all their outcomes and by counts over many
 * seeds; and published caps on the chance of a pair, by lib/panel/flow. The published cases are
 * read in place from $RK_REFERENCE/match and passed over with a word where they are missing. */
#include "panel/chances.h"

#include "base/fixed.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "panel/flow.h"
#include "panel/maxflow.h"
#include "reference.h"

/* ---- a network as the tests know it ---- */

struct arc {
    uint32_t from, to;
    int32_t lower, upper, amount;
};

struct person {
    uint32_t arc;
    int32_t offset;
};

struct fraction {
    int64_t num, den;
};

struct network {
    uint32_t nodes, arc_count, arc_room, person_count, person_room;
    struct arc *arcs;
    struct person *persons; /* all arcs from node 0 */
    int64_t *supply;
};

static struct network network(uint32_t nodes)
{
    return (struct network){.nodes = nodes, .supply = rk_alloc(nodes, sizeof(int64_t))};
}

static void free_network(struct network *n)
{
    rk_free(n->arcs);
    rk_free(n->persons);
    rk_free(n->supply);
}

static uint32_t add_arc(struct network *n, uint32_t from, uint32_t to, int32_t lower, int32_t upper)
{
    RK_GROW(n->arcs, n->arc_count, n->arc_room);
    n->arcs[n->arc_count] = (struct arc){from, to, lower, upper, lower};
    return n->arc_count++;
}

static void add_person(struct network *n, uint32_t arc, int32_t offset)
{
    RK_GROW(n->persons, n->person_count, n->person_room);
    n->persons[n->person_count++] = (struct person){arc, offset};
}

static struct rk_flow *flow_of(const struct network *n)
{
    struct rk_flow *flow = rk_flow_new(n->nodes);
    for (uint32_t u = 0; u < n->nodes; u++)
        rk_flow_supply(flow, u, n->supply[u]);
    for (uint32_t a = 0; a < n->arc_count; a++)
        rk_flow_arc(flow, n->arcs[a].from, n->arcs[a].to, n->arcs[a].lower, n->arcs[a].upper);
    return flow;
}

/* Sets the amounts to the cheapest flow; false when there is none. */
static bool set_amounts(struct network *n, const int64_t *costs)
{
    struct rk_flow *flow = flow_of(n);
    bool feasible = rk_flow_solve(flow, costs) == RK_FLOW_OPTIMAL;
    for (uint32_t a = 0; a < n->arc_count && feasible; a++)
        n->arcs[a].amount = (int32_t)rk_flow_amount(flow, a);
    rk_flow_free(flow);
    return feasible;
}

static struct rk_chances *solved(const struct network *n)
{
    struct rk_chances *chances = rk_chances_new(n->nodes);
    for (uint32_t a = 0; a < n->arc_count; a++) {
        const struct arc *arc = &n->arcs[a];
        rk_chances_arc(chances, arc->from, arc->to, arc->lower, arc->upper, arc->amount);
    }
    for (uint32_t p = 0; p < n->person_count; p++)
        rk_chances_person(chances, n->persons[p].arc, n->persons[p].offset);
    CHECK(rk_chances_solve(chances) == RK_CHANCES_SOLVED);
    return chances;
}

static struct fraction *amounts_of(const struct network *n, const struct rk_chances *chances)
{
    struct fraction *x = rk_alloc((size_t)n->arc_count + 1, sizeof *x);
    for (uint32_t a = 0; a < n->arc_count; a++)
        rk_chances_amount(chances, a, n->arcs[a].to, &x[a].num, &x[a].den);
    return x;
}

static int compare(struct fraction a, struct fraction b)
{
    __int128 x = (__int128)a.num * b.den, y = (__int128)b.num * a.den;
    return x < y ? -1 : x > y;
}

static struct fraction plus(struct fraction a, int64_t whole)
{
    return (struct fraction){a.num + whole * a.den, a.den};
}

static struct fraction total(const struct network *n, const struct fraction *x, uint32_t person)
{
    return plus(x[n->persons[person].arc], n->persons[person].offset);
}

/* ---- the audit: shares nothing with the solver ---- */

/* Is it a flow? Bounds, and balance by exact sums: at each node but the giver all fractions have
 * one denominator; at the giver those of each denominator add up to a whole. */
static bool is_flow(const struct network *n, const struct fraction *x)
{
    bool good = true;
    int64_t *whole = rk_alloc(n->nodes, sizeof *whole), *part = rk_alloc(n->nodes, sizeof *part);
    int64_t *den = rk_alloc(n->nodes, sizeof *den);
    int64_t *at_giver = rk_alloc((size_t)n->person_count + 2, sizeof *at_giver);
    for (uint32_t a = 0; a < n->arc_count; a++) {
        const struct arc *arc = &n->arcs[a];
        good = good && x[a].den >= 1 && x[a].num >= arc->lower * x[a].den &&
               x[a].num <= arc->upper * x[a].den;
        int64_t floor = x[a].num / x[a].den - (x[a].num % x[a].den < 0);
        int64_t rest = x[a].num - floor * x[a].den;
        whole[arc->from] += floor;
        whole[arc->to] -= floor;
        good = good && x[a].den <= (int64_t)n->person_count + 1;
        for (int i = 0; i < 2 && rest && good; i++) {
            uint32_t u = i ? arc->to : arc->from;
            if (!u) {
                at_giver[x[a].den] += i ? -rest : rest;
                continue;
            }
            good = !den[u] || den[u] == x[a].den;
            den[u] = x[a].den;
            part[u] += i ? -rest : rest;
        }
    }
    for (int64_t d = 1; d <= (int64_t)n->person_count + 1; d++) {
        good = good && at_giver[d] % d == 0;
        whole[0] += at_giver[d] / d;
    }
    for (uint32_t u = 0; u < n->nodes; u++) {
        good = good && (!part[u] || part[u] % den[u] == 0);
        good = good && n->supply[u] == whole[u] + (part[u] ? part[u] / den[u] : 0);
    }
    rk_free(whole);
    rk_free(part);
    rk_free(den);
    rk_free(at_giver);
    return good;
}

struct richest {
    uint32_t person;
    struct fraction total;
};

static int by_riches(const void *a, const void *b)
{
    return compare(((const struct richest *)b)->total, ((const struct richest *)a)->total);
}

/* Persons who could get more at the cost of somebody with a larger total, or of nobody: 0 proves
 * the totals leximin. One pass backwards, from the giver and then from those who could get less,
 * richest first: each node is met first from the richest it can take from. */
static uint32_t improvable(const struct network *n, const struct fraction *x)
{
    uint32_t *first = rk_alloc((size_t)n->nodes + 2, sizeof *first);
    uint32_t *at = rk_alloc((size_t)n->arc_count * 2 + 1, sizeof *at);
    uint32_t *queue = rk_alloc(n->nodes, sizeof *queue), *from = rk_alloc(n->nodes, sizeof *from);
    bool *own = rk_alloc((size_t)n->arc_count + 1, sizeof *own);
    struct richest *rich = rk_alloc((size_t)n->person_count + 1, sizeof *rich);
    for (uint32_t p = 0; p < n->person_count; p++) {
        own[n->persons[p].arc] = true;
        rich[p] = (struct richest){p, total(n, x, p)};
    }
    qsort(rich, n->person_count, sizeof *rich, by_riches);
    for (uint32_t a = 0; a < n->arc_count; a++) {
        first[n->arcs[a].from + 1]++;
        first[n->arcs[a].to + 1]++;
    }
    for (uint32_t u = 0; u < n->nodes; u++)
        first[u + 1] += first[u];
    uint32_t *fill = rk_alloc((size_t)n->nodes + 1, sizeof *fill);
    memcpy(fill, first, n->nodes * sizeof *fill);
    for (uint32_t a = 0; a < n->arc_count; a++) {
        at[fill[n->arcs[a].from]++] = a;
        at[fill[n->arcs[a].to]++] = a;
        from[n->arcs[a].to] = from[n->arcs[a].from] = RK_NONE;
    }
    for (uint32_t i = 0; i <= n->person_count; i++) { /* 0: the giver */
        uint32_t start = 0;
        if (i) {
            uint32_t a = n->persons[rich[i - 1].person].arc;
            start = n->arcs[a].to;
            if (x[a].num == n->arcs[a].lower * x[a].den)
                continue;
        }
        if (from[start] != RK_NONE)
            continue;
        uint32_t tail = 0;
        from[start] = i;
        queue[tail++] = start;
        for (uint32_t head = 0; head < tail; head++)
            for (uint32_t e = first[queue[head]]; e < first[queue[head] + 1]; e++) {
                const struct arc *arc = &n->arcs[at[e]];
                uint32_t u = queue[head], v = arc->from == u ? arc->to : arc->from;
                bool room = arc->to == u ? x[at[e]].num < arc->upper * x[at[e]].den
                                         : x[at[e]].num > arc->lower * x[at[e]].den;
                if (own[at[e]] || !room || from[v] != RK_NONE)
                    continue;
                from[v] = i;
                queue[tail++] = v;
            }
    }
    uint32_t count = 0;
    for (uint32_t p = 0; p < n->person_count; p++) {
        uint32_t a = n->persons[p].arc, source = from[n->arcs[a].to];
        if (x[a].num < n->arcs[a].upper * x[a].den && source != RK_NONE)
            count += source == 0 || compare(rich[source - 1].total, total(n, x, p)) > 0;
    }
    rk_free(first);
    rk_free(fill);
    rk_free(at);
    rk_free(queue);
    rk_free(from);
    rk_free(own);
    rk_free(rich);
    return count;
}

/* The signs that prove the totals, as chances.h gives them. */
static bool potentials_right(const struct network *n, const struct rk_chances *chances,
                             const struct fraction *x)
{
    struct fraction *at = rk_alloc(n->nodes, sizeof *at);
    bool *own = rk_alloc((size_t)n->arc_count + 1, sizeof *own), good = true;
    for (uint32_t u = 0; u < n->nodes; u++)
        rk_chances_potential(chances, u, &at[u].num, &at[u].den);
    for (uint32_t p = 0; p < n->person_count; p++) {
        const struct arc *arc = &n->arcs[n->persons[p].arc];
        struct fraction amount = x[n->persons[p].arc];
        int side = compare(total(n, x, p), at[arc->to]);
        own[n->persons[p].arc] = true;
        good = good && (side >= 0 || amount.num == arc->upper * amount.den);
        good = good && (side <= 0 || amount.num == arc->lower * amount.den);
    }
    for (uint32_t a = 0; a < n->arc_count; a++) {
        const struct arc *arc = &n->arcs[a];
        int side = own[a] ? 0 : compare(at[arc->from], at[arc->to]);
        good = good && (side >= 0 || x[a].num == arc->upper * x[a].den);
        good = good && (side <= 0 || x[a].num == arc->lower * x[a].den);
    }
    rk_free(at);
    rk_free(own);
    return good;
}

/* Levels rise; their persons' amounts add up to their seats; everybody is where the state says. */
static bool levels_right(const struct network *n, const struct rk_chances *chances,
                         const struct fraction *x)
{
    bool good = true;
    uint32_t levels = rk_chances_level_count(chances);
    struct rk_chances_level *sum = rk_alloc((size_t)levels + 1, sizeof *sum);
    int64_t *offsets = rk_alloc((size_t)levels + 1, sizeof *offsets);
    for (uint32_t p = 0; p < n->person_count; p++) {
        const struct arc *arc = &n->arcs[n->persons[p].arc];
        struct fraction amount = x[n->persons[p].arc];
        enum rk_chances_state state = rk_chances_state(chances, p);
        uint32_t l = rk_chances_level_of(chances, p);
        if (state == RK_CHANCES_TAKES_NONE) {
            good = good && arc->upper == 0 && l == RK_NONE;
            continue;
        }
        good = good && l < levels && arc->upper > 0;
        if (!good)
            break;
        const struct rk_chances_level *level = rk_chances_level(chances, l);
        int side = compare(total(n, x, p), (struct fraction){level->num, level->den});
        bool lowest = amount.num == arc->lower * amount.den;
        bool highest = amount.num == arc->upper * amount.den;
        good = good && amount.den == level->den;
        good = good && (state == RK_CHANCES_SHARES ? side == 0 && !lowest && !highest
                        : state == RK_CHANCES_FULL ? side <= 0 && highest
                                                   : side >= 0 && lowest);
        sum[l].persons += state == RK_CHANCES_SHARES;
        sum[l].full += state == RK_CHANCES_FULL;
        sum[l].has_more += state == RK_CHANCES_HAS_MORE;
        sum[l].no_more += state == RK_CHANCES_NO_MORE;
        offsets[l] += state == RK_CHANCES_SHARES ? n->persons[p].offset : 0;
    }
    for (uint32_t l = 0; l < levels && good; l++) {
        const struct rk_chances_level *level = rk_chances_level(chances, l);
        const struct rk_chances_level *next = l + 1 < levels ? level + 1 : NULL;
        good = good && level->persons == sum[l].persons && level->full == sum[l].full &&
               level->has_more == sum[l].has_more && level->no_more == sum[l].no_more &&
               level->persons % level->den == 0 &&
               (level->seats + offsets[l]) * level->den == level->num * level->persons &&
               (!next || compare((struct fraction){level->num, level->den},
                                 (struct fraction){next->num, next->den}) < 0);
    }
    rk_free(sum);
    rk_free(offsets);
    return good;
}

/* A draw is a flow of whole numbers, each the amount rounded up or down. */
static bool draw_right(const struct network *n, const struct fraction *x, const int32_t *drawn)
{
    int64_t *balance = rk_alloc(n->nodes, sizeof *balance);
    bool good = true;
    for (uint32_t a = 0; a < n->arc_count; a++) {
        int64_t d = x[a].den, apart = drawn[a] * d - x[a].num;
        good = good && apart > -d && apart < d;
        balance[n->arcs[a].from] += drawn[a];
        balance[n->arcs[a].to] -= drawn[a];
    }
    for (uint32_t u = 0; u < n->nodes; u++)
        good = good && balance[u] == n->supply[u];
    rk_free(balance);
    return good;
}

/* The total of somebody who shares is what the rivals have together, offsets included, a head:
 * their number and seats give the same mean, and they are no more than the level. */
static bool rivals_right(const struct network *n, const struct rk_chances *chances, uint32_t person,
                         const struct fraction *x)
{
    const struct rk_chances_level *level =
        rk_chances_level(chances, rk_chances_level_of(chances, person));
    uint32_t rivals;
    int64_t seats;
    rk_chances_rivals(chances, person, &rivals, &seats);
    bool offsets = false; /* where nobody has any, the mean is the total */
    for (uint32_t p = 0; p < n->person_count; p++)
        offsets = offsets || n->persons[p].offset;
    return rivals >= 1 && rivals <= level->persons && seats >= 1 && seats <= level->seats &&
           (offsets || compare((struct fraction){seats, rivals}, x[n->persons[person].arc]) == 0);
}

/* ---- all outcomes of a draw ---- */

struct outcome {
    bool went_up[64];
    uint32_t planned, asked;
    struct rk_ratio chance;
};

static bool decide(void *context, uint32_t level, uint64_t weight, uint64_t against)
{
    (void)level;
    struct outcome *o = context;
    CHECK(weight > 0 && against > 0);
    if (o->asked == o->planned)
        o->went_up[o->planned++] = true;
    bool up = o->went_up[o->asked++];
    o->chance = rk_ratio(o->chance.num * (up ? weight : against),
                         o->chance.den * (__int128)(weight + against));
    return up;
}

static struct rk_ratio sum_of(struct rk_ratio a, struct rk_ratio b)
{
    struct rk_ratio common = rk_ratio(a.den, b.den); /* a.den / b.den in lowest terms */
    return rk_ratio(a.num * common.den + b.num * common.num, a.den * common.den);
}

/* Expected amounts over all outcomes are exactly the chances. Returns the number of outcomes. */
static uint32_t all_outcomes(const struct network *n, const struct rk_chances *chances,
                             const struct fraction *x, bool *good)
{
    int32_t *drawn = rk_alloc((size_t)n->arc_count + 1, sizeof *drawn);
    struct rk_ratio *mean = rk_alloc((size_t)n->arc_count + 1, sizeof *mean), all = {0, 1};
    struct outcome o = {.planned = 0};
    uint32_t outcomes = 0;
    for (uint32_t a = 0; a < n->arc_count; a++)
        mean[a] = (struct rk_ratio){0, 1};
    do {
        o.asked = 0;
        o.chance = (struct rk_ratio){1, 1};
        rk_chances_draw_by(chances, decide, &o, drawn);
        outcomes++;
        *good = *good && draw_right(n, x, drawn);
        all = sum_of(all, o.chance);
        for (uint32_t a = 0; a < n->arc_count; a++)
            mean[a] = sum_of(mean[a], rk_ratio(o.chance.num * drawn[a], o.chance.den));
        while (o.planned && !o.went_up[o.planned - 1])
            o.planned--;
        if (o.planned)
            o.went_up[o.planned - 1] = false;
    } while (o.planned);
    *good = *good && all.num == 1 && all.den == 1;
    for (uint32_t a = 0; a < n->arc_count; a++)
        *good = *good && mean[a].num * x[a].den == (__int128)x[a].num * mean[a].den;
    rk_free(drawn);
    rk_free(mean);
    return outcomes;
}

/* ---- the second method ---- */

/* For each set of persons the most they can get together, by minimum-cost flow. The smallest total
 * is least over sets of (what they can get + offsets) / size; the largest set that is least has
 * just that; then the same for what the rest can get beside it, and so on. Up to 8 persons.
 * `alone`: the largest total of each, whatever others get. */
static void by_sets(const struct network *n, struct fraction *totals, int64_t *alone)
{
    uint32_t sets = 1u << n->person_count, done = 0;
    struct rk_flow *flow = flow_of(n);
    int64_t *costs = rk_alloc((size_t)n->arc_count + 1, sizeof *costs), most[256];
    for (uint32_t set = 0; set < sets; set++) {
        most[set] = 0;
        for (uint32_t p = 0; p < n->person_count; p++) {
            costs[n->persons[p].arc] = -(int64_t)(set >> p & 1);
            most[set] += set >> p & 1 ? n->persons[p].offset : 0;
        }
        CHECK(rk_flow_solve(flow, costs) == RK_FLOW_OPTIMAL);
        most[set] -= (int64_t)rk_flow_cost(flow, costs);
    }
    for (uint32_t p = 0; p < n->person_count; p++)
        alone[p] = most[1u << p];
    while (done != sets - 1) {
        struct fraction least = {INT32_MAX, 1};
        uint32_t found = 0;
        for (uint32_t set = 1; set < sets; set++) {
            if (set & done)
                continue;
            struct fraction f = {most[set | done] - most[done], __builtin_popcount(set)};
            int side = compare(f, least);
            found = side < 0 ? set : side == 0 ? found | set : found;
            least = side < 0 ? f : least;
        }
        for (uint32_t p = 0; p < n->person_count; p++)
            if (found >> p & 1)
                totals[p] = least;
        done |= found;
    }
    rk_flow_free(flow);
    rk_free(costs);
}

static struct rk_random stream(const char *name, int trial)
{
    char key[64];
    snprintf(key, sizeof key, "%s|%d", name, trial);
    return rk_random(RK_TEXT("chances-test"), rk_text(key));
}

static int32_t below(struct rk_random *random, uint32_t n)
{
    return (int32_t)rk_random_below(random, n);
}

/* Any network: arcs anywhere, bounds below zero, persons at one node, amounts that may grow. */
static struct network any_network(struct rk_random *random)
{
    uint32_t nodes = 2 + (uint32_t)below(random, 6), persons = 1 + (uint32_t)below(random, 6);
    struct network n = network(nodes);
    for (uint32_t p = 0; p < persons; p++) {
        int32_t lower = below(random, 6) ? 0 : 1, upper = lower + below(random, 4);
        uint32_t arc = add_arc(&n, 0, 1 + (uint32_t)below(random, nodes - 1), lower, upper);
        add_person(&n, arc, below(random, 2) ? 0 : below(random, 4));
    }
    for (uint32_t a = 1 + (uint32_t)below(random, 12); a; a--) {
        uint32_t from = (uint32_t)below(random, nodes), to = (uint32_t)below(random, nodes);
        int32_t lower = below(random, 5) ? 0 : below(random, 3) - 1;
        if (from != to)
            add_arc(&n, from, to, lower, lower + below(random, 4));
    }
    for (int i = below(random, 6); i; i--) {
        uint32_t u = below(random, 2) ? 0 : (uint32_t)below(random, nodes);
        uint32_t v = (uint32_t)below(random, nodes);
        n.supply[u]++;
        n.supply[v]--;
    }
    return n;
}

/* A programme: persons with a cap and, under it, one for the first half of the recruitments; each
 * recruitment takes its places from cells nested two deep (old and young men and women), each with
 * a least and a most; what stays empty comes from the giver. The start fills the most places, and
 * the empty ones are held. */
static struct network programme(struct rk_random *random, uint32_t persons, uint32_t recruitments,
                                uint32_t pairs, uint32_t places)
{
    uint32_t half = 1 + persons, cell = half + persons, gender = cell + 4 * recruitments;
    uint32_t room = gender + 2 * recruitments, costs_count = 0;
    struct network n = network(room + recruitments);
    for (uint32_t p = 0; p < persons; p++) {
        int32_t cap = 1 + below(random, 3);
        add_person(&n, add_arc(&n, 0, 1 + p, 0, below(random, 20) ? cap : 0),
                   below(random, 2) ? 0 : below(random, 4));
        add_arc(&n, 1 + p, half + p, 0, 1 + below(random, 2));
    }
    for (uint32_t p = 0; p < persons; p++) {
        uint32_t kind = (uint32_t)below(random, 4), at = (uint32_t)below(random, recruitments);
        for (uint32_t i = 0; i < pairs; i++) { /* mostly near one place, so that chances differ */
            at = below(random, 8) ? (at + 1) % recruitments : (uint32_t)below(random, recruitments);
            add_arc(&n, at < recruitments / 2 ? half + p : 1 + p, cell + 4 * at + kind, 0, 1);
        }
    }
    for (uint32_t r = 0; r < recruitments; r++) {
        int32_t seats = 1 + below(random, places);
        for (uint32_t k = 0; k < 4; k++)
            add_arc(&n, cell + 4 * r + k, gender + 2 * r + k / 2, 0, 1 + below(random, seats + 1));
        for (uint32_t k = 0; k < 2; k++)
            add_arc(&n, gender + 2 * r + k, room + r, below(random, 3) ? 0 : seats / 3,
                    (seats + 1) / 2 + below(random, 2));
        add_arc(&n, 0, room + r, 0, seats);
        /* dearer to break a least than to leave a place empty: half empty places may be a must */
        add_arc(&n, 0, gender + 2 * r, 0, seats);
        add_arc(&n, 0, gender + 2 * r + 1, 0, seats);
        n.supply[0] += seats;
        n.supply[room + r] -= seats;
    }
    costs_count = n.arc_count;
    int64_t *costs = rk_alloc(costs_count, sizeof *costs);
    for (uint32_t r = 0; r < recruitments; r++) {
        uint32_t last = n.arc_count - 9 * (recruitments - r) + 8;
        costs[last] = costs[last - 1] = 100;
        costs[last - 2] = 1;
    }
    CHECK(set_amounts(&n, costs));
    for (uint32_t r = 0; r < recruitments; r++)
        for (uint32_t i = 0; i < 3; i++) {
            struct arc *arc = &n.arcs[n.arc_count - 9 * (recruitments - r) + 6 + i];
            arc->lower = arc->upper = arc->amount;
        }
    rk_free(costs);
    return n;
}

static void at_random(void)
{
    int wrong = 0, feasible = 0, several_levels = 0, fractional = 0, enumerated = 0,
        states[5] = {0};
    uint32_t outcomes = 0, levels_most = 0;
    for (int trial = 0; trial < 20000; trial++) {
        struct rk_random random = stream("small", trial);
        struct network n = trial % 2 ? any_network(&random)
                                     : programme(&random, 2 + (uint32_t)below(&random, 7),
                                                 2 + (uint32_t)below(&random, 3),
                                                 1 + (uint32_t)below(&random, 3), 4);
        int64_t *costs = rk_alloc((size_t)n.arc_count + 1, sizeof *costs);
        for (uint32_t a = 0; a < n.arc_count; a++) /* any feasible flow will do */
            costs[a] = below(&random, 9) - 4;
        if (set_amounts(&n, costs)) {
            feasible++;
            struct fraction totals[8];
            int64_t alone[8];
            by_sets(&n, totals, alone);
            struct rk_chances *chances = solved(&n);
            struct fraction *x = amounts_of(&n, chances);
            bool good = is_flow(&n, x) && improvable(&n, x) == 0 && levels_right(&n, chances, x) &&
                        potentials_right(&n, chances, x);
            for (uint32_t p = 0; p < n.person_count; p++) {
                good = good && compare(total(&n, x, p), totals[p]) == 0;
                enum rk_chances_state state = rk_chances_state(chances, p);
                bool none = alone[p] == n.persons[p].offset + n.arcs[n.persons[p].arc].lower;
                good = good && (state != RK_CHANCES_HAS_MORE || !none);
                good = good && (state != RK_CHANCES_NO_MORE || none);
                states[state]++;
                good = good && (state != RK_CHANCES_SHARES || rivals_right(&n, chances, p, x));
            }
            uint32_t levels = rk_chances_level_count(chances);
            levels_most = levels > levels_most ? levels : levels_most;
            several_levels += levels > 1;
            if (rk_chances_fractions(chances)) {
                fractional++;
                if (rk_chances_fractions(chances) <= 14) {
                    enumerated++;
                    outcomes += all_outcomes(&n, chances, x, &good);
                }
            }
            if (!good && wrong++ < 5)
                printf("small network %d is wrong\n", trial);
            rk_free(x);
            rk_chances_free(chances);
        }
        rk_free(costs);
        free_network(&n);
    }
    CHECK(wrong == 0);
    CHECK(feasible > 12000 && several_levels > 5000 && fractional > 4000 && enumerated > 3000);
    CHECK(levels_most >= 4 && outcomes > 5000);
    for (int s = 0; s < 5; s++)
        CHECK(states[s] > 100);
}

/* Larger programmes: too large for the second method, but a flow, audited; and every draw of some.
 * A start that is no leximin flow must fail the audit that the result passes. */
static void larger(void)
{
    uint32_t caught = 0, most_levels = 0, most_rounds = 0;
    for (int trial = 0; trial < 60; trial++) {
        struct rk_random random = stream("larger", trial);
        struct network n =
            programme(&random, 50 + (uint32_t)below(&random, 300), 5 + (uint32_t)below(&random, 40),
                      2 + (uint32_t)below(&random, 5), 10);
        struct fraction *start = rk_alloc((size_t)n.arc_count + 1, sizeof *start);
        for (uint32_t a = 0; a < n.arc_count; a++)
            start[a] = (struct fraction){n.arcs[a].amount, 1};
        struct rk_chances *chances = solved(&n);
        struct fraction *x = amounts_of(&n, chances);
        CHECK(is_flow(&n, start) && is_flow(&n, x));
        caught += improvable(&n, start) > 0;
        CHECK(improvable(&n, x) == 0);
        CHECK(levels_right(&n, chances, x) && potentials_right(&n, chances, x));
        CHECK(improvable(&n, start) == 0 || !potentials_right(&n, chances, start));
        uint32_t levels = rk_chances_level_count(chances), rounds = rk_chances_rounds(chances);
        most_levels = levels > most_levels ? levels : most_levels;
        most_rounds = rounds > most_rounds ? rounds : most_rounds;
        int32_t *drawn = rk_alloc(n.arc_count, sizeof *drawn);
        int32_t *again = rk_alloc(n.arc_count, sizeof *again);
        bool good = true;
        int differ = 0;
        for (int i = 0; i < 20; i++) {
            char seed[16];
            snprintf(seed, sizeof seed, "%d", i);
            rk_chances_draw(chances, rk_text(seed), drawn);
            good = good && draw_right(&n, x, drawn);
            differ += i > 0 && memcmp(drawn, again, n.arc_count * sizeof *drawn) != 0;
            rk_chances_draw(chances, rk_text(seed), again);
            good = good && !memcmp(drawn, again, n.arc_count * sizeof *drawn);
        }
        CHECK(good && (differ > 10 || rk_chances_fractions(chances) < 20));
        rk_free(drawn);
        rk_free(again);
        rk_free(x);
        rk_free(start);
        rk_chances_free(chances);
        free_network(&n);
    }
    CHECK(caught > 55 && most_levels > 10 && most_rounds > 4);
}

/* How often each arc is rounded up in 20,000 draws, against its fraction: chi-square with one
 * degree of freedom each. Of about 150 such values the largest is under 20 with probability 0.999,
 * and their mean is 1 give or take 0.3 (arcs hang together, so it varies more than if they did
 * not). */
static void counts(void)
{
    struct rk_random random = stream("counts", 0);
    struct network n = programme(&random, 40, 6, 4, 8);
    struct rk_chances *chances = solved(&n);
    struct fraction *x = amounts_of(&n, chances);
    int32_t *drawn = rk_alloc(n.arc_count, sizeof *drawn);
    int64_t *ups = rk_alloc(n.arc_count, sizeof *ups);
    enum { DRAWS = 20000 };
    for (int i = 0; i < DRAWS; i++) {
        char seed[16];
        snprintf(seed, sizeof seed, "seed %d", i);
        rk_chances_draw(chances, rk_text(seed), drawn);
        for (uint32_t a = 0; a < n.arc_count; a++)
            ups[a] += drawn[a] * x[a].den > x[a].num;
    }
    double largest = 0, sum = 0;
    int tested = 0;
    for (uint32_t a = 0; a < n.arc_count; a++) {
        int64_t rest = x[a].num % x[a].den;
        if (rest == 0) {
            CHECK(ups[a] == 0);
            continue;
        }
        double p = (double)rest / (double)x[a].den;
        double off = (double)ups[a] - DRAWS * p, square = off * off / (DRAWS * p * (1 - p));
        largest = square > largest ? square : largest;
        sum += square;
        tested++;
    }
    CHECK(tested > 50);
    CHECK(largest < 20);
    CHECK(sum / tested > 0.4 && sum / tested < 1.8);
    rk_free(ups);
    rk_free(drawn);
    rk_free(x);
    rk_chances_free(chances);
    free_network(&n);
}

/* ---- by hand ---- */

/* Persons in groups; who is in a group competes for its seats. Node 1 + g is the group. */
static struct network groups(uint32_t count, const uint32_t *persons, const int32_t *seats)
{
    struct network n = network(1 + 2 * count);
    for (uint32_t g = 0; g < count; g++) {
        for (uint32_t p = 0; p < persons[g]; p++)
            add_person(&n, add_arc(&n, 0, 1 + g, 0, 1), 0);
        uint32_t arc = add_arc(&n, 1 + g, 1 + count + g, 0, seats[g]);
        n.supply[0] += seats[g];
        n.supply[1 + count + g] -= seats[g];
        n.arcs[arc].amount = seats[g];
    }
    for (uint32_t g = 0, p = 0; g < count; g++)
        for (uint32_t i = 0; i < persons[g]; i++, p++)
            n.arcs[n.persons[p].arc].amount = (int32_t)i < seats[g];
    return n;
}

static bool is_level(const struct rk_chances *chances, uint32_t l, int64_t num, int64_t den,
                     uint32_t persons, int64_t seats)
{
    const struct rk_chances_level *level = rk_chances_level(chances, l);
    return level->num == num && level->den == den && level->persons == persons &&
           level->seats == seats;
}

static void by_hand(void)
{
    /* 312 persons for 96 seats, apart from 3 for 1 and 2 for 2: 4/13, 1/3, and the last two have
     * all they may; the lowest first */
    struct network n = groups(3, (uint32_t[]){312, 3, 2}, (int32_t[]){96, 1, 2});
    struct rk_chances *chances = solved(&n);
    CHECK(rk_chances_level_count(chances) == 3);
    CHECK(is_level(chances, 0, 4, 13, 312, 96));
    CHECK(is_level(chances, 1, 1, 3, 3, 1));
    CHECK(is_level(chances, 2, 1, 1, 0, 0) && rk_chances_level(chances, 2)->full == 2);
    CHECK(rk_chances_level_of(chances, 311) == 0 && rk_chances_level_of(chances, 312) == 1);
    CHECK(rk_chances_state(chances, 316) == RK_CHANCES_FULL);
    rk_chances_free(chances);
    free_network(&n);

    /* Three for one seat and six for two are one level, but not rivals. */
    n = groups(2, (uint32_t[]){3, 6}, (int32_t[]){1, 2});
    chances = solved(&n);
    CHECK(rk_chances_level_count(chances) == 1 && is_level(chances, 0, 1, 3, 9, 3));
    for (uint32_t p = 0; p < 9; p++) {
        uint32_t rivals;
        int64_t seats;
        rk_chances_rivals(chances, p, &rivals, &seats);
        CHECK(rivals == (p < 3 ? 3 : 6) && seats == (p < 3 ? 1 : 2));
    }
    /* The rule by which a seed draws is public and must not change: who of the three, by seed. */
    char who[13] = "";
    int32_t given[64];
    for (int i = 0; i < 12; i++) {
        char seed[16];
        snprintf(seed, sizeof seed, "draw %d", i);
        rk_chances_draw(chances, rk_text(seed), given);
        who[i] = given[0] ? 'a' : given[1] ? 'b' : 'c';
    }
    CHECK_TEXT(who, "aacbbbabbccc");
    rk_chances_free(chances);
    free_network(&n);

    /* Three for one seat, one of whom has been a member once and one twice: the seat is the
     * first's, which brings him to 1; more he may not have. With two seats and room for 2 a head,
     * the first two get 3/2 and 1/2 and stand at 3/2; the third keeps his 2. */
    for (int32_t seats = 1; seats <= 2; seats++) {
        n = groups(1, (uint32_t[]){3}, (int32_t[]){seats});
        for (uint32_t p = 0; p < 3; p++) {
            n.persons[p].offset = (int32_t)p;
            n.arcs[p].upper = seats;
        }
        chances = solved(&n);
        int64_t num, den;
        rk_chances_amount(chances, 0, n.arcs[0].to, &num, &den);
        CHECK(seats == 1 ? num == 1 && den == 1 : num == 3 && den == 2);
        CHECK(rk_chances_state(chances, 2) == RK_CHANCES_HAS_MORE);
        if (seats == 2)
            CHECK(is_level(chances, 0, 3, 2, 2, 2) && rk_chances_fractions(chances) == 2);
        rk_chances_free(chances);
        free_network(&n);
    }

    /* A chain: one seat for a and b, one for b and c, one for c alone: b shares with a. c has a
     * seat for certain of his own, and the other one takes b to it as well: a 1, b 1, c 1. */
    n = network(7);
    for (uint32_t p = 0; p < 3; p++)
        add_person(&n, add_arc(&n, 0, 1 + p, 0, 1), 0);
    static const uint32_t pairs[5][2] = {{1, 4}, {2, 4}, {2, 5}, {3, 5}, {3, 6}};
    for (int i = 0; i < 5; i++)
        add_arc(&n, pairs[i][0], pairs[i][1], 0, 1);
    n.supply[0] = 3;
    n.supply[4] = n.supply[5] = n.supply[6] = -1;
    CHECK(set_amounts(&n, (int64_t[8]){0}));
    chances = solved(&n);
    CHECK(rk_chances_level_count(chances) == 1 && rk_chances_fractions(chances) == 0);
    rk_chances_free(chances);
    free_network(&n);

    /* A long chain: each seat is between two persons, so all seats are shared by all. What one draw
     * settles reaches from one end to the other. */
    enum { LONG = 20000 };
    n = network(2 * LONG);
    for (uint32_t p = 0; p < LONG; p++)
        add_person(&n, add_arc(&n, 0, 1 + p, 0, 1), 0);
    for (uint32_t seat = 0; seat < LONG - 1; seat++) {
        for (uint32_t i = 0; i < 2; i++) {
            uint32_t arc = add_arc(&n, 1 + seat + i, 1 + LONG + seat, 0, 1);
            n.arcs[arc].amount = n.arcs[n.persons[seat + i].arc].amount |= i;
        }
        n.arcs[n.arc_count - 2].amount = 0;
        n.supply[0]++;
        n.supply[1 + LONG + seat]--;
    }
    chances = solved(&n);
    CHECK(rk_chances_level_count(chances) == 1);
    CHECK(is_level(chances, 0, LONG - 1, LONG, LONG, LONG - 1));
    CHECK(rk_chances_fractions(chances) == 3 * LONG - 2);
    struct fraction *x = amounts_of(&n, chances);
    int32_t *drawn = rk_alloc(n.arc_count, sizeof *drawn);
    rk_chances_draw(chances, RK_TEXT("chain"), drawn);
    CHECK(is_flow(&n, x) && draw_right(&n, x, drawn));
    rk_free(drawn);
    rk_free(x);
    rk_chances_free(chances);
    free_network(&n);

    /* nobody; nobody who may; a start that gives out less than it could */
    chances = rk_chances_new(1);
    CHECK(rk_chances_solve(chances) == RK_CHANCES_SOLVED && !rk_chances_level_count(chances));
    rk_chances_draw(chances, RK_TEXT("x"), NULL);
    rk_chances_free(chances);
    chances = rk_chances_new(2);
    rk_chances_person(chances, rk_chances_arc(chances, 0, 1, 0, 0, 0), 0);
    CHECK(rk_chances_solve(chances) == RK_CHANCES_SOLVED && !rk_chances_level_count(chances));
    CHECK(rk_chances_state(chances, 0) == RK_CHANCES_TAKES_NONE);
    rk_chances_free(chances);
    chances = rk_chances_new(3);
    for (int p = 0; p < 2; p++)
        rk_chances_person(chances, rk_chances_arc(chances, 0, 1, 0, 5, 0), 0);
    rk_chances_arc(chances, 1, 2, 0, 3, 0);
    rk_chances_arc(chances, 2, 0, 0, 9, 0);
    CHECK(rk_chances_solve(chances) == RK_CHANCES_SOLVED);
    CHECK(rk_chances_level_count(chances) == 1 && is_level(chances, 0, 3, 2, 2, 3));
    rk_chances_free(chances);

    /* what does not fit is refused, and the largest amounts that do are right */
    for (int large = 0; large < 2; large++) {
        enum { MANY = 30000 };
        chances = rk_chances_new(2);
        for (int p = 0; p < MANY; p++)
            rk_chances_person(chances, rk_chances_arc(chances, 0, 1, 0, INT32_MAX, 0), 0);
        for (int a = 0; a < (large ? MANY * 2 : MANY - 1); a++)
            rk_chances_arc(chances, 1, 0, 0, INT32_MAX, 0);
        enum rk_chances_outcome outcome = rk_chances_solve(chances);
        CHECK(outcome == (large ? RK_CHANCES_TOO_LARGE : RK_CHANCES_SOLVED));
        if (!large)
            CHECK(is_level(chances, 0, (int64_t)INT32_MAX * (MANY - 1), MANY, MANY,
                           (int64_t)INT32_MAX * (MANY - 1)));
        rk_chances_free(chances);
    }
}

/* ---- maximum flow by itself ---- */

/* The sides prove it: the excess left is all on the STUCK side, whose arcs out are full and in
 * empty, and nothing lacks there. Twice, the second time from where the first ended. */
static void cuts(void)
{
    int wrong = 0, stuck = 0, moved_all = 0, wide = 0;
    for (int trial = 0; trial < 3000; trial++) {
        struct rk_random random = stream("cut", trial);
        uint32_t nodes = 2 + (uint32_t)below(&random, 30), most = below(&random, 2) ? 32 : 50;
        struct rk_maxflow *flow = rk_maxflow_new(nodes);
        for (uint32_t a = (uint32_t)below(&random, 4 * nodes); a; a--) {
            int64_t room =
                below(&random, 2) ? below(&random, 5) : (int64_t)1 << below(&random, most);
            uint32_t from = (uint32_t)below(&random, nodes), to = (uint32_t)below(&random, nodes);
            rk_maxflow_arc(flow, from, to, room,
                           (int64_t)rk_random_below(&random, (uint64_t)room + 1));
        }
        struct rk_maxflow_ends *ends = rk_alloc((size_t)flow->arcs + 1, sizeof *ends);
        if (flow->arcs)
            memcpy(ends, flow->ends, flow->arcs * sizeof *ends);
        rk_maxflow_start(flow);
        uint32_t *all = rk_alloc(nodes, sizeof *all);
        for (uint32_t u = 0; u < nodes; u++)
            all[u] = u;
        for (int run = 0; run < 2; run++) {
            int64_t *should = rk_alloc(nodes, sizeof *should), left = 0, lacking = 0;
            for (uint32_t u = 0; u < nodes; u++)
                flow->node[u].excess += below(&random, 3) ? 0 : below(&random, 40) - 20;
            for (uint32_t u = 0; u < nodes; u++)
                should[u] = flow->node[u].excess;
            for (uint32_t a = 0; a < flow->arcs; a++) {
                should[ends[a].from] += rk_maxflow_amount(flow, a);
                should[ends[a].to] -= rk_maxflow_amount(flow, a);
            }
            int64_t said = rk_maxflow_run(flow, all, nodes);
            bool good = true;
            for (uint32_t a = 0; a < flow->arcs; a++) {
                int64_t amount = rk_maxflow_amount(flow, a), room = rk_maxflow_room(flow, a);
                should[ends[a].from] -= amount;
                should[ends[a].to] += amount;
                good = good && amount >= 0 && amount <= room;
                uint8_t from = flow->side[ends[a].from], to = flow->side[ends[a].to];
                if (from == to)
                    continue;
                if (from == RK_MAXFLOW_STUCK || to == RK_MAXFLOW_LACKING)
                    good = good && amount == room;
                if (to == RK_MAXFLOW_STUCK || from == RK_MAXFLOW_LACKING)
                    good = good && amount == 0;
            }
            for (uint32_t u = 0; u < nodes; u++) {
                int64_t excess = flow->node[u].excess;
                good = good && excess == should[u];
                good = good && (excess <= 0 || flow->side[u] == RK_MAXFLOW_STUCK);
                left += excess > 0 ? excess : 0;
                lacking -= excess < 0 ? excess : 0;
                if (said && excess < 0)
                    good = good && flow->side[u] == RK_MAXFLOW_LACKING;
            }
            wrong += !good || left != said;
            stuck += left && lacking;
            moved_all += !left;
            rk_free(should);
        }
        wide += flow->wide != NULL;
        rk_free(all);
        rk_free(ends);
        rk_maxflow_free(flow);
    }
    CHECK(wrong == 0);
    CHECK(stuck > 1000 && moved_all > 500 && wide > 500 && wide < 2500);
}

/* ---- published: the smallest cap on the chance of a pair ---- */

/* The next decimal number of a text, in millionths. */
static int64_t next_number(char **at)
{
    *at += strcspn(*at, "0123456789");
    size_t size = strspn(*at, "0123456789.");
    rk_fixed value = 0;
    CHECK(rk_fixed_parse((struct rk_text){*at, size}, &value));
    *at += size;
    return (int64_t)(value / (RK_FIXED_ONE / 1000000));
}

/* The largest sum of similarities, times 1024, when no pair has a chance over cap / 1024; three
 * reviewers for each paper. */
static int64_t quality(const int64_t *costs, uint32_t papers, uint32_t reviewers, int64_t load,
                       int64_t cap)
{
    struct rk_flow *flow = rk_flow_new(1 + papers + reviewers);
    rk_flow_supply(flow, 0, (int64_t)papers * 3 * 1024);
    for (uint32_t p = 0; p < papers; p++)
        rk_flow_supply(flow, 1 + p, (int64_t)-3 * 1024);
    for (uint32_t p = 0; p < papers; p++)
        for (uint32_t r = 0; r < reviewers; r++)
            rk_flow_arc(flow, 1 + papers + r, 1 + p, 0, cap);
    for (uint32_t r = 0; r < reviewers; r++)
        rk_flow_arc(flow, 0, 1 + papers + r, 0, load * 1024);
    int64_t sum = INT64_MIN;
    if (rk_flow_solve(flow, costs) == RK_FLOW_OPTIMAL) {
        CHECK(rk_flow_proven(flow));
        sum = -(int64_t)rk_flow_cost(flow, costs);
    }
    rk_flow_free(flow);
    return sum;
}

/* Xu, Jecmen, Song & Fang (NeurIPS 2023), "A one-size-fits-all approach to improving randomness in
 * paper assignment": for each share of the largest sum the smallest cap on a 1/1024 grid that keeps
 * it (less 10^-4). The sum grows with the cap, so the cap keeps it and the next smaller does not.
 */
static void pair_caps(const char *name, int64_t load)
{
    static const int64_t thousandths[8] = {800, 850, 900, 950, 980, 990, 995, 1000};
    char file[64];
    snprintf(file, sizeof file, "perturbed-maximization/%s.in", name);
    char *text = reference(file), *at = text;
    snprintf(file, sizeof file, "perturbed-maximization/%s_main.log", name);
    char *published = text ? reference(file) : NULL;
    if (!published) {
        rk_free(text);
        return;
    }
    uint32_t papers = (uint32_t)(next_number(&at) / 1000000);
    uint32_t reviewers = (uint32_t)(next_number(&at) / 1000000);
    int64_t *costs = rk_alloc((size_t)papers * reviewers + reviewers, sizeof *costs);
    for (uint32_t i = 0; i < papers * reviewers; i++)
        costs[i] = -(next_number(&at) / 10000);
    int64_t best = quality(costs, papers, reviewers, load, 1024);
    at = strchr(published, '\n');
    for (int i = 0; i < 8; i++) {
        int64_t millionths = next_number(&at), cap = (millionths * 1024 + 999999) / 1000000;
        int64_t least = best * (thousandths[i] * 10 - 1), keeps, loses;
        keeps = cap == 1024 ? best : quality(costs, papers, reviewers, load, cap);
        loses = quality(costs, papers, reviewers, load, cap - 1);
        CHECK(keeps * 10000 >= least);
        CHECK(loses == INT64_MIN || loses * 10000 < least);
    }
    rk_free(costs);
    rk_free(published);
    rk_free(text);
}

int main(void)
{
    cuts();
    by_hand();
    at_random();
    larger();
    counts();
    pair_caps("preflib1", 6);
    pair_caps("preflib2", 7);
    pair_caps("aamas2015", 12);
    if (skipped)
        printf("%d reference instances skipped\n", skipped);
    return finish();
}
