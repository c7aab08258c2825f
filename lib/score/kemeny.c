#include "score/kemeny.h"

#include "base/mem.h"
#include "base/random.h"

#include <assert.h>
#include <string.h>

enum { MOST_IN_SETS = 64 }; /* candidates of a part that a set can hold */

rk_support rk_kemeny_distance(const struct rk_pairs *p, const uint32_t *order)
{
    rk_support distance = 0;
    for (size_t a = 0; a < p->count; a++)
        for (size_t b = a + 1; b < p->count; b++)
            distance += p->support[order[b] * p->count + order[a]];
    return distance;
}

/* A part: what putting i above j costs beyond what no order can avoid. Of cost[i][j] and cost[j][i]
 * one is 0. */
struct part {
    size_t n;
    rk_support *cost;  /* n × n */
    uint32_t *members; /* candidates, ascending */
};

static rk_support price(const struct part *p, size_t i, size_t j) { return p->cost[i * p->n + j]; }

static rk_support excess(const struct part *p, const uint32_t *order)
{
    rk_support sum = 0;
    for (size_t a = 0; a < p->n; a++)
        for (size_t b = a + 1; b < p->n; b++)
            sum += price(p, order[a], order[b]);
    return sum;
}

/* ---- an order to beat ---- */

/* Moves single candidates to where they cost least, until none gains. */
static void improve(const struct part *p, uint32_t *order)
{
    for (bool better = true; better;) {
        better = false;
        for (size_t from = 0; from < p->n; from++) {
            uint32_t who = order[from];
            rk_support gain = 0, most = 0;
            size_t to = from;
            for (size_t k = from; k-- > 0;) { /* upwards */
                gain += price(p, order[k], who) - price(p, who, order[k]);
                if (gain > most) {
                    most = gain;
                    to = k;
                }
            }
            gain = 0;
            for (size_t k = from + 1; k < p->n; k++) {
                gain += price(p, who, order[k]) - price(p, order[k], who);
                if (gain > most) {
                    most = gain;
                    to = k;
                }
            }
            if (to == from)
                continue;
            better = true;
            if (to < from)
                memmove(order + to + 1, order + to, (from - to) * sizeof *order);
            else
                memmove(order + from, order + from + 1, (to - from) * sizeof *order);
            order[to] = who;
        }
    }
}

/* By how much each wins on the whole, then local search, then shaken and searched again. */
static rk_support search(const struct part *p, uint32_t *best)
{
    size_t n = p->n;
    rk_support *net = rk_alloc(n + 1, sizeof *net);
    uint32_t *order = rk_resize(NULL, n + 1, sizeof *order);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            net[i] += price(p, j, i) - price(p, i, j);
        size_t at = i;
        for (; at && net[best[at - 1]] < net[i]; at--)
            best[at] = best[at - 1];
        best[at] = (uint32_t)i;
    }
    improve(p, best);
    rk_support least = excess(p, best);
    uint64_t state = n;
    size_t rounds = n < 4 ? 0 : n <= MOST_IN_SETS ? 20 * n : 20;
    for (size_t round = 0; round < rounds && least; round++) {
        memcpy(order, best, n * sizeof *order);
        for (int moves = 0; moves < 3; moves++) { /* takes somebody out and puts them elsewhere */
            size_t from = rk_splitmix64(&state) % n, to = rk_splitmix64(&state) % n;
            uint32_t who = order[from];
            memmove(order + from, order + from + 1, (n - 1 - from) * sizeof *order);
            memmove(order + to + 1, order + to, (n - 1 - to) * sizeof *order);
            order[to] = who;
        }
        improve(p, order);
        rk_support sum = excess(p, order);
        if (sum <= least) {
            least = sum;
            memcpy(best, order, n * sizeof *order);
        }
    }
    rk_free(net);
    rk_free(order);
    return least;
}

/* ---- the bound: cycles that share no weight, each of which costs every order its weight ---- */

struct cycle {
    uint64_t members; /* only where the part fits a set */
    rk_support weight;
};

struct packing {
    struct cycle *cycles;
    size_t count, room;
    rk_support sum;
    uint32_t *of; /* numbers of cycles by member: of[start[i] … start[i + 1]) */
    uint32_t *start;
};

/* For each win that the best order goes against, ways back along wins that it goes with: the
 * shortest first, each as heavy as its weakest win. At an optimum every such win can often be
 * covered whole; then the bound is the optimum. Wins between candidates close in the order go
 * first. */
static void pack(const struct part *p, const uint32_t *order, struct packing *packing)
{
    size_t n = p->n;
    rk_support *left =
        rk_resize(NULL, n * n + 1, sizeof *left); /* [a * n + b]: of a's win over b */
    uint32_t *at = rk_resize(NULL, n + 1, sizeof *at),
             *queue = rk_resize(NULL, n + 1, sizeof *queue);
    uint32_t *from = rk_resize(NULL, n + 1, sizeof *from);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) /* by place in the order */
            left[a * n + b] = price(p, order[b], order[a]);
    for (size_t span = 1; span < n; span++)
        for (size_t a = 0; a + span < n; a++) {
            size_t b = a + span; /* b beats a, though it stands below */
            while (left[b * n + a] > 0) {
                memset(from, 0xff, n * sizeof *from);
                size_t head = 0, tail = 0;
                queue[tail++] = (uint32_t)a;
                from[a] = (uint32_t)a;
                while (head < tail && from[b] == UINT32_MAX) {
                    size_t x = queue[head++];
                    for (size_t y = x + 1; y <= b; y++)
                        if (from[y] == UINT32_MAX && left[x * n + y] > 0) {
                            from[y] = (uint32_t)x;
                            queue[tail++] = (uint32_t)y;
                        }
                }
                if (from[b] == UINT32_MAX)
                    break;
                struct cycle cycle = {.weight = left[b * n + a]};
                for (size_t y = b; y != a; y = from[y])
                    if (left[from[y] * n + y] < cycle.weight)
                        cycle.weight = left[from[y] * n + y];
                left[b * n + a] -= cycle.weight;
                for (size_t y = b;; y = from[y]) {
                    if (n <= MOST_IN_SETS)
                        cycle.members |= (uint64_t)1 << order[y];
                    if (y == a)
                        break;
                    left[from[y] * n + y] -= cycle.weight;
                }
                packing->sum += cycle.weight;
                RK_GROW(packing->cycles, packing->count, packing->room);
                packing->cycles[packing->count++] = cycle;
            }
        }
    rk_free(left);
    rk_free(at);
    rk_free(queue);
    rk_free(from);
    if (n > MOST_IN_SETS)
        return;
    packing->start = rk_alloc(n + 1, sizeof *packing->start);
    size_t total = 0;
    for (size_t c = 0; c < packing->count; c++)
        total += (size_t)__builtin_popcountll(packing->cycles[c].members);
    packing->of = rk_resize(NULL, total + 1, sizeof *packing->of);
    total = 0;
    for (size_t i = 0; i < n; i++) {
        packing->start[i] = (uint32_t)total;
        for (size_t c = 0; c < packing->count; c++)
            if (packing->cycles[c].members >> i & 1)
                packing->of[total++] = (uint32_t)c;
    }
    packing->start[n] = (uint32_t)total;
}

static void packing_free(struct packing *packing)
{
    rk_free(packing->cycles);
    rk_free(packing->of);
    rk_free(packing->start);
}

/* ---- sets of candidates placed first ---- */

struct state {
    uint64_t set;
    rk_support cost;  /* of the set in its best order, and of having it before the rest */
    rk_support bound; /* what the rest costs at least among itself */
    uint64_t ways;    /* in how many orders the set costs so little */
    bool optimal;     /* on the way to an optimum */
};

struct states {
    struct state *all; /* layer by layer */
    size_t count, room, most;
    uint32_t *slots; /* number + 1 by set */
    size_t slot_count;
};

static size_t slot_of(const struct states *s, uint64_t set)
{
    uint64_t hash = set * 0x9e3779b97f4a7c15u;
    size_t at = (size_t)((hash ^ hash >> 32) & (s->slot_count - 1));
    while (s->slots[at] && s->all[s->slots[at] - 1].set != set)
        at = (at + 1) & (s->slot_count - 1);
    return at;
}

static struct state *find_state(const struct states *s, uint64_t set)
{
    uint32_t number = s->slots[slot_of(s, set)];
    return number ? &s->all[number - 1] : NULL;
}

/* NULL when there are too many. */
static struct state *add_state(struct states *s, uint64_t set)
{
    if (s->count == s->most)
        return NULL;
    RK_GROW(s->all, s->count, s->room);
    if (2 * (s->count + 1) > s->slot_count) {
        s->slot_count *= 2;
        rk_free(s->slots);
        s->slots = rk_alloc(s->slot_count, sizeof *s->slots);
        for (size_t i = 0; i < s->count; i++)
            s->slots[slot_of(s, s->all[i].set)] = (uint32_t)i + 1;
    }
    s->slots[slot_of(s, set)] = (uint32_t)s->count + 1;
    struct state *state = &s->all[s->count++];
    *state = (struct state){.set = set};
    return state;
}

static uint64_t add_ways(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }
static uint64_t times_ways(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

/* What a part came to. */
struct answer {
    rk_support least, bound; /* excess */
    bool proven, counted;
    uint64_t optima;
    uint32_t *orders; /* listed × n, of the part's own numbers */
    size_t listed;
    bool *above; /* n × n, own numbers */
};

/* Sums of what placing a candidate before others costs, eight of the others at a time. */
struct prices {
    size_t n, bytes;
    rk_support *sums; /* [(v * bytes + byte) * 256 + which of the eight] */
};

static struct prices price_sets(const struct part *p)
{
    struct prices prices = {p->n, (p->n + 7) / 8, NULL};
    prices.sums = rk_alloc(p->n * prices.bytes * 256, sizeof *prices.sums);
    for (size_t v = 0; v < p->n; v++)
        for (size_t byte = 0; byte < prices.bytes; byte++) {
            rk_support *sums = prices.sums + (v * prices.bytes + byte) * 256;
            for (size_t which = 1; which < 256; which++) {
                size_t u = 8 * byte + (size_t)__builtin_ctzll(which);
                sums[which] = sums[which & (which - 1)] + (u < p->n ? price(p, v, u) : 0);
            }
        }
    return prices;
}

/* The cost of placing v right after the set. */
static rk_support step(const struct prices *prices, uint64_t set, size_t v)
{
    const rk_support *sums = prices->sums + v * prices->bytes * 256;
    rk_support cost = 0;
    uint64_t after = ~(set | (uint64_t)1 << v);
    for (size_t byte = 0; byte < prices->bytes; byte++, after >>= 8, sums += 256)
        cost += sums[after & 255];
    return cost;
}

/* Adds the successors of all states of [from, to) that may still lead to an optimum. False when
 * there are too many; *bound is then the least that any way costs. */
static bool next_layer(const struct prices *prices, const struct packing *packing, struct states *s,
                       size_t from, size_t to, rk_support best, rk_support *bound)
{
    rk_support least = best;
    for (size_t k = from; k < to; k++)
        if (s->all[k].cost + s->all[k].bound < least)
            least = s->all[k].cost + s->all[k].bound;
    *bound = least;
    for (size_t k = from; k < to; k++) {
        const struct state now = s->all[k]; /* the array may move */
        for (size_t v = 0; v < prices->n; v++) {
            uint64_t set = now.set | (uint64_t)1 << v;
            if (set == now.set)
                continue;
            rk_support cost = now.cost + step(prices, now.set, v), rest = now.bound;
            if (cost > best)
                continue;
            struct state *state = find_state(s, set);
            if (state) {
                if (cost < state->cost)
                    state->ways = 0;
                if (cost <= state->cost)
                    state->ways = add_ways(state->ways, now.ways);
                state->cost = cost < state->cost ? cost : state->cost;
                continue;
            }
            for (size_t c = packing->start[v]; c < packing->start[v + 1]; c++)
                if (!(packing->cycles[packing->of[c]].members & now.set))
                    rest -= packing->cycles[packing->of[c]].weight;
            if (cost + rest > best)
                continue;
            if (!(state = add_state(s, set)))
                return false;
            state->cost = cost;
            state->bound = rest;
            state->ways = now.ways;
        }
    }
    return true;
}

static const struct state *onward(const struct prices *p, const struct states *s,
                                  const struct state *state, size_t v)
{
    if (state->set >> v & 1)
        return NULL;
    const struct state *next = find_state(s, state->set | (uint64_t)1 << v);
    return next && next->optimal && next->cost == state->cost + step(p, state->set, v) ? next
                                                                                       : NULL;
}

/* The optima, from the first place on: at each, whoever comes first. */
static void list_orders(const struct prices *p, const struct states *s, size_t most,
                        struct answer *answer)
{
    const struct state *path[MOST_IN_SETS + 1];
    uint32_t order[MOST_IN_SETS];
    size_t depth = 0, room = 0, v = 0;
    path[0] = &s->all[0];
    while (answer->listed < most) {
        if (depth == p->n) {
            while ((answer->listed + 1) * p->n > room)
                answer->orders = rk_resize(answer->orders, room = room ? 2 * room : 8 * p->n,
                                           sizeof *answer->orders);
            memcpy(answer->orders + answer->listed++ * p->n, order, p->n * sizeof *order);
        }
        const struct state *next = NULL;
        for (; depth < p->n && v < p->n && !(next = onward(p, s, path[depth], v)); v++)
            ;
        if (next) {
            order[depth] = (uint32_t)v;
            path[++depth] = next;
            v = 0;
        } else if (depth-- == 0) {
            break;
        } else {
            v = order[depth] + 1;
        }
    }
}

/* All optima of a part that fits a set. False, with a bound, where that takes too many states. */
static bool solve(const struct part *p, const struct packing *packing, size_t states, size_t listed,
                  struct answer *answer)
{
    struct states s = {.most = states, .slot_count = 1024};
    struct prices prices = price_sets(p);
    s.slots = rk_alloc(s.slot_count, sizeof *s.slots);
    struct state *first = add_state(&s, 0);
    first->bound = packing->sum;
    first->ways = 1;
    size_t from = 0, to = 1;
    rk_support bound = packing->sum;
    bool whole = true;
    for (size_t layer = 0; layer < p->n && whole; layer++) {
        whole = next_layer(&prices, packing, &s, from, to, answer->least, &bound);
        from = to;
        to = s.count;
    }
    answer->bound = bound > packing->sum ? bound : packing->sum;
    if (whole) {
        struct state *last = &s.all[s.count - 1];
        uint64_t may_follow[MOST_IN_SETS] = {0}; /* who comes before v in some optimum */
        last->optimal = true;
        for (size_t k = s.count - 1; k-- > 0;)
            for (size_t v = 0; v < p->n; v++)
                if (onward(&prices, &s, &s.all[k], v)) {
                    s.all[k].optimal = true;
                    may_follow[v] |= s.all[k].set;
                }
        answer->least = answer->bound = last->cost;
        answer->optima = last->ways;
        answer->proven = answer->counted = true;
        list_orders(&prices, &s, listed, answer);
        for (size_t i = 0; i < p->n; i++)
            for (size_t j = 0; j < p->n; j++)
                answer->above[i * p->n + j] = i != j && !(may_follow[i] >> j & 1);
    }
    rk_free(prices.sums);
    rk_free(s.all);
    rk_free(s.slots);
    return whole;
}

static struct part part_of(const struct rk_pairs *pairs, const uint32_t *members, size_t n)
{
    struct part p = {n, rk_alloc(n * n + 1, sizeof *p.cost),
                     rk_resize(NULL, n + 1, sizeof *p.members)};
    memcpy(p.members, members, n * sizeof *members);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            rk_support back = pairs->support[members[j] * pairs->count + members[i]] -
                              pairs->support[members[i] * pairs->count + members[j]];
            p.cost[i * n + j] = i != j && back > 0 ? back : 0;
        }
    return p;
}

static void part_free(struct part *p)
{
    rk_free(p->cost);
    rk_free(p->members);
}

static void solve_strict(const struct rk_pairs *pairs, const struct part *p, size_t states,
                         struct answer *answer);

static void swap(uint32_t *x, uint32_t *y)
{
    uint32_t old = *x;
    *x = *y;
    *y = old;
}

/* The next permutation in lexicographic order; there is one. */
static void permute(uint32_t *order, size_t n)
{
    size_t i = n - 1, j = n - 1;
    while (order[i - 1] >= order[i])
        i--;
    while (order[j] <= order[i - 1])
        j--;
    swap(&order[i - 1], &order[j]);
    for (j = n - 1; i < j; i++, j--)
        swap(&order[i], &order[j]);
}

/* A part in which nobody beats anybody: every order is an optimum. False where somebody does. */
static bool answer_alike(const struct part *p, size_t listed, struct answer *answer)
{
    for (size_t i = 0; i < p->n * p->n; i++)
        if (p->cost[i])
            return false;
    answer->proven = answer->counted = true;
    answer->optima = 1;
    for (size_t i = 2; i <= p->n; i++)
        answer->optima = times_ways(answer->optima, i);
    if (listed > answer->optima)
        listed = (size_t)answer->optima;
    answer->orders = rk_resize(NULL, listed * p->n + 1, sizeof *answer->orders);
    for (uint32_t i = 0; i < p->n; i++)
        answer->orders[i] = i;
    for (answer->listed = 1; answer->listed < listed; answer->listed++) {
        uint32_t *next = answer->orders + answer->listed * p->n;
        memcpy(next, next - p->n, p->n * sizeof *next);
        permute(next, p->n);
    }
    return true;
}

/* `split`: a part that takes too many states may be tried in smaller ones. */
static void answer_part(const struct rk_pairs *pairs, const struct part *p, size_t states,
                        size_t listed, bool split, struct answer *answer)
{
    *answer = (struct answer){.above = rk_alloc(p->n * p->n + 1, sizeof *answer->above)};
    if (answer_alike(p, listed, answer))
        return;
    uint32_t *order = rk_resize(NULL, p->n + 1, sizeof *order);
    struct packing packing = {0};
    answer->least = search(p, order);
    pack(p, order, &packing);
    answer->bound = packing.sum;
    if (p->n > MOST_IN_SETS || !solve(p, &packing, states, listed, answer)) {
        answer->listed = answer->optima = 1;
        answer->proven = answer->bound == answer->least;
        answer->orders = order;
        for (size_t a = 0; a < p->n; a++)
            for (size_t b = a + 1; b < p->n; b++)
                answer->above[order[a] * p->n + order[b]] = true;
        order = NULL;
        if (split)
            solve_strict(pairs, p, states, answer);
    }
    packing_free(&packing);
    rk_free(order);
}

/* The parts of the strict majority relation, one after another; between them the majority can be
 * followed everywhere. Takes the place of what `answer` has, where it is better. */
static void solve_strict(const struct rk_pairs *pairs, const struct part *p, size_t states,
                         struct answer *answer)
{
    size_t n = p->n, placed = 0;
    bool *beats = rk_alloc(n * n + 1, sizeof *beats);
    uint32_t *number = rk_resize(NULL, n + 1, sizeof *number);
    uint32_t *members = rk_resize(NULL, n + 1, sizeof *members);
    uint32_t *order = rk_resize(NULL, n + 1, sizeof *order);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            beats[i * n + j] = price(p, j, i) > 0;
    size_t parts = rk_social_parts(beats, n, number);
    rk_support least = 0, bound = 0;
    for (size_t k = 0; k < parts && parts > 1; k++) {
        size_t size = 0;
        for (size_t i = 0; i < n; i++)
            if (number[i] == k)
                members[size++] = p->members[i];
        struct part inner = part_of(pairs, members, size);
        struct answer found;
        answer_part(pairs, &inner, states, 1, false, &found);
        least += found.least;
        bound += found.bound;
        for (size_t i = 0; i < size; i++) { /* back to numbers of p */
            uint32_t candidate = members[found.orders[i]], own = 0;
            while (p->members[own] != candidate)
                own++;
            order[placed++] = own;
        }
        rk_free(found.orders);
        rk_free(found.above);
        part_free(&inner);
    }
    if (parts > 1 && bound > answer->bound)
        answer->bound = bound;
    if (parts > 1 && least <= answer->least) {
        answer->least = least;
        memcpy(answer->orders, order, n * sizeof *order);
        memset(answer->above, 0, n * n * sizeof *answer->above);
        for (size_t a = 0; a < n; a++)
            for (size_t b = a + 1; b < n; b++)
                answer->above[order[a] * n + order[b]] = true;
    }
    answer->proven = answer->bound == answer->least;
    rk_free(beats);
    rk_free(number);
    rk_free(members);
    rk_free(order);
}

/* Every order of the earlier parts with every order of this one, up to `most`. */
static void join_orders(struct rk_kemeny *result, size_t placed, size_t count,
                        const struct answer *answer, const struct part *p, size_t most)
{
    size_t old = result->listed, total = old * answer->listed;
    if (total > most)
        total = most;
    uint32_t *joined = rk_resize(NULL, total * count + 1, sizeof *joined);
    for (size_t k = 0; k < total; k++) {
        memcpy(joined + k * count, result->orders + k / answer->listed * count,
               placed * sizeof *joined);
        const uint32_t *tail = answer->orders + k % answer->listed * p->n;
        for (size_t i = 0; i < p->n; i++)
            joined[k * count + placed + i] = p->members[tail[i]];
    }
    rk_free(result->orders);
    result->orders = joined;
    result->listed = total;
}

void rk_kemeny(const struct rk_pairs *pairs, const struct rk_kemeny_options *options,
               struct rk_kemeny *result)
{
    size_t n = pairs->count, states = options->states ? options->states : RK_KEMENY_STATES;
    size_t listed = options->listed ? options->listed : 1, placed = 0;
    assert(states < UINT32_MAX);
    *result = (struct rk_kemeny){.counted = true, .optima = 1, .listed = n > 0};
    result->above = rk_alloc(n * n + 1, sizeof *result->above);
    result->orders = rk_alloc(n + 1, sizeof *result->orders);
    bool *unbeaten = rk_alloc(n * n + 1, sizeof *unbeaten);
    uint32_t *number = rk_resize(NULL, n + 1, sizeof *number);
    uint32_t *members = rk_resize(NULL, n + 1, sizeof *members);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            rk_support with = pairs->support[i * n + j], against = pairs->support[j * n + i];
            unbeaten[i * n + j] = i != j && with >= against;
            if (i < j)
                result->distance += with < against ? with : against;
        }
    result->bound = result->distance;
    size_t parts = rk_social_parts(unbeaten, n, number);
    for (size_t k = 0; k < parts; k++) {
        size_t size = 0;
        for (size_t i = 0; i < n; i++)
            if (number[i] == k)
                members[size++] = (uint32_t)i;
        struct part p = part_of(pairs, members, size);
        struct answer answer;
        answer_part(pairs, &p, states, listed, true, &answer);
        result->distance += answer.least;
        result->bound += answer.bound;
        result->counted &= answer.counted;
        result->optima = times_ways(result->optima, answer.optima);
        join_orders(result, placed, n, &answer, &p, listed);
        for (size_t i = 0; i < size; i++) {
            for (size_t j = 0; j < size; j++)
                result->above[members[i] * n + members[j]] = answer.above[i * size + j];
            for (size_t j = 0; j < n; j++)
                if (number[j] > k)
                    result->above[members[i] * n + j] = true;
        }
        placed += size;
        rk_free(answer.orders);
        rk_free(answer.above);
        part_free(&p);
    }
    rk_free(unbeaten);
    rk_free(number);
    rk_free(members);
}

void rk_kemeny_free(struct rk_kemeny *result)
{
    rk_free(result->orders);
    rk_free(result->above);
}

/* ---- with ties ---- */

struct levels {
    const struct rk_pairs *pairs;
    const uint32_t *members;
    size_t n;
    rk_support *within; /* by set: put alike */
    rk_support *best;   /* by set placed first */
    uint64_t *ways;
    uint32_t *last; /* the set that comes last in the best of it */
};

/* Tries every set of the rest, from member `from` on, as the next level after `set`. */
static void try_levels(struct levels *l, uint32_t set, uint32_t level, size_t from, rk_support lead,
                       const rk_support *ahead)
{
    for (size_t v = from; v < l->n; v++) {
        uint32_t bit = (uint32_t)1 << v, next = level | bit, whole = set | next;
        if (set & bit)
            continue;
        rk_support sum = lead + ahead[v], value = l->best[set] + sum + l->within[next];
        if (!l->ways[whole] || value > l->best[whole]) {
            l->best[whole] = value;
            l->ways[whole] = l->ways[set];
            l->last[whole] = next;
        } else if (value == l->best[whole]) {
            l->ways[whole] = add_ways(l->ways[whole], l->ways[set]);
        }
        try_levels(l, set, next, v + 1, sum, ahead);
    }
}

static void solve_levels(struct levels *l)
{
    size_t count = l->pairs->count;
    const rk_support *support = l->pairs->support, *alike = l->pairs->alike;
    for (uint32_t set = 1; set < (uint32_t)1 << l->n; set++) {
        size_t low = (size_t)__builtin_ctz(set);
        l->within[set] = l->within[set & (set - 1)];
        for (size_t u = low + 1; u < l->n; u++)
            if (set >> u & 1)
                l->within[set] += alike[l->members[low] * count + l->members[u]];
    }
    l->ways[0] = 1;
    for (uint32_t set = 0; set < (uint32_t)1 << l->n; set++) {
        rk_support ahead[RK_KEMENY_TIES] = {
            0}; /* what those of the set have over each of the rest */
        for (size_t v = 0; v < l->n; v++)
            for (size_t u = 0; u < l->n; u++)
                if (set >> u & 1) {
                    size_t i = l->members[u], j = l->members[v];
                    ahead[v] += support[i * count + j] - support[j * count + i];
                }
        try_levels(l, set, 0, 0, 0, ahead);
    }
}

bool rk_kemeny_ties(const struct rk_pairs *pairs, uint32_t *levels, rk_support *agreement,
                    uint64_t *optima)
{
    size_t n = pairs->count;
    bool *joined = rk_alloc(n * n + 1, sizeof *joined), fits = true;
    uint32_t *number = rk_resize(NULL, n + 1, sizeof *number);
    uint32_t *members = rk_resize(NULL, n + 1, sizeof *members), level = 0;
    *agreement = 0;
    *optima = 1;
    /* kept apart where one is above the other by more than being alike is worth */
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            joined[i * n + j] = i != j && pairs->support[j * n + i] - pairs->support[i * n + j] <=
                                              pairs->alike[i * n + j];
    size_t parts = rk_social_parts(joined, n, number);
    for (size_t k = 0; k < parts && fits; k++) {
        struct levels l = {.pairs = pairs, .members = members};
        for (size_t i = 0; i < n; i++)
            if (number[i] == k) {
                members[l.n++] = (uint32_t)i;
                for (size_t j = 0; j < n; j++)
                    if (number[j] > k)
                        *agreement += pairs->support[i * n + j] - pairs->support[j * n + i];
            }
        if (!(fits = l.n <= RK_KEMENY_TIES))
            break;
        size_t sets = (size_t)1 << l.n;
        l.within = rk_alloc(sets, sizeof *l.within);
        l.best = rk_alloc(sets, sizeof *l.best);
        l.ways = rk_alloc(sets, sizeof *l.ways);
        l.last = rk_alloc(sets, sizeof *l.last);
        solve_levels(&l);
        *agreement += l.best[sets - 1];
        *optima = times_ways(*optima, l.ways[sets - 1]);
        uint32_t count = 0, set = (uint32_t)sets - 1;
        for (uint32_t rest = set; rest; rest &= ~l.last[rest])
            count++;
        for (uint32_t down = count; set; set &= ~l.last[set]) {
            down--;
            for (size_t v = 0; v < l.n; v++)
                if (l.last[set] >> v & 1)
                    levels[members[v]] = level + down;
        }
        level += count;
        rk_free(l.within);
        rk_free(l.best);
        rk_free(l.ways);
        rk_free(l.last);
    }
    rk_free(joined);
    rk_free(number);
    rk_free(members);
    return fits;
}
