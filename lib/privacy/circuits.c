#include "privacy/circuits.h"

#include "base/mem.h"

#include <string.h>

enum { MOST_TRIED = 1500, NO_NODE = UINT32_MAX };

/* A circuit begun: that of `before`, and a cell. */
struct node {
    uint32_t before, cell;
    int64_t cost,
        weight; /* weight: with what the sums that do not hold will cost, as far as is guessed */
    uint16_t count, open; /* cells, and sums that do not hold */
    bool up;
};

struct rk_circuits {
    uint32_t cells;
    const struct rk_sums *sums;
    uint32_t *first, *in; /* by cell: the sums that it stands in, */
    int8_t *as;           /* … 1 as a part, -1 as what they come to */
    struct node *nodes;
    size_t count, room;
    uint32_t *heap;
    size_t heap_count, heap_room;
    int8_t *mark;   /* by cell: of the node looked at */
    int32_t *left;  /* by sum: what it lacks of holding */
    uint32_t *seen; /* sums that were touched */
    uint32_t seen_count;
    uint64_t work;
};

struct rk_circuits *rk_circuits_new(uint32_t cells, const struct rk_sums *sums)
{
    struct rk_circuits *c = rk_alloc(1, sizeof *c);
    uint32_t places = sums->first[sums->count];
    c->cells = cells;
    c->sums = sums;
    c->first = rk_alloc(cells + 2, sizeof *c->first);
    c->in = rk_alloc(places + 1, sizeof *c->in);
    c->as = rk_alloc(places + 1, sizeof *c->as);
    c->mark = rk_alloc(cells, sizeof *c->mark);
    c->left = rk_alloc(sums->count, sizeof *c->left);
    c->seen = rk_alloc(places + 1, sizeof *c->seen);
    for (uint32_t i = 0; i < places; i++)
        c->first[sums->cell[i] + 2]++;
    for (uint32_t i = 0; i < cells; i++)
        c->first[i + 2] += c->first[i + 1];
    for (uint32_t s = 0; s < sums->count; s++)
        for (uint32_t i = sums->first[s]; i < sums->first[s + 1]; i++) {
            uint32_t at = c->first[sums->cell[i] + 1]++;
            c->in[at] = s;
            c->as[at] = i == sums->first[s] ? -1 : 1;
        }
    return c;
}

void rk_circuits_free(struct rk_circuits *c)
{
    if (!c)
        return;
    rk_free(c->first);
    rk_free(c->in);
    rk_free(c->as);
    rk_free(c->mark);
    rk_free(c->left);
    rk_free(c->seen);
    rk_free(c->nodes);
    rk_free(c->heap);
    rk_free(c);
}

/* Which of two nodes is looked at first; of equal ones the later, which is the longer. */
static bool is_before(const struct rk_circuits *c, uint32_t a, uint32_t b)
{
    int64_t x = c->nodes[a].weight, y = c->nodes[b].weight;
    return x != y ? x < y : a > b;
}

static void push(struct rk_circuits *c, const struct node *node)
{
    RK_GROW(c->nodes, c->count, c->room);
    c->nodes[c->count] = *node;
    RK_GROW(c->heap, c->heap_count, c->heap_room);
    size_t at = c->heap_count++;
    uint32_t number = (uint32_t)c->count++;
    for (; at && is_before(c, number, c->heap[(at - 1) / 2]); at = (at - 1) / 2)
        c->heap[at] = c->heap[(at - 1) / 2];
    c->heap[at] = number;
}

static uint32_t pop(struct rk_circuits *c)
{
    uint32_t top = c->heap[0], last = c->heap[--c->heap_count];
    size_t at = 0;
    for (;;) {
        size_t next = 2 * at + 1;
        if (next >= c->heap_count)
            break;
        if (next + 1 < c->heap_count && is_before(c, c->heap[next + 1], c->heap[next]))
            next++;
        if (!is_before(c, c->heap[next], last))
            break;
        c->heap[at] = c->heap[next];
        at = next;
    }
    c->heap[at] = last;
    return top;
}

/* Sets, or with `times` 0 takes away, the cells of the node and what the sums lack. */
static void lay_out(struct rk_circuits *c, uint32_t number, bool there)
{
    c->seen_count = 0;
    for (uint32_t n = number; n != NO_NODE; n = c->nodes[n].before) {
        const struct node *node = &c->nodes[n];
        int sign = node->up ? 1 : -1;
        c->mark[node->cell] = (int8_t)(there ? sign : 0);
        for (uint32_t i = c->first[node->cell]; i < c->first[node->cell + 1]; i++) {
            c->left[c->in[i]] += there ? c->as[i] * sign : 0;
            if (there)
                c->seen[c->seen_count++] = c->in[i];
            else
                c->left[c->in[i]] = 0;
            c->work++;
        }
    }
}

/* The shortest of the sums that do not hold; the sums' count where all hold. */
static uint32_t open_sum(const struct rk_circuits *c)
{
    uint32_t best = c->sums->count, size = UINT32_MAX;
    for (uint32_t i = 0; i < c->seen_count; i++) {
        uint32_t s = c->seen[i], cells = c->sums->first[s + 1] - c->sums->first[s];
        if (c->left[s] && (cells < size || (cells == size && s < best))) {
            best = s;
            size = cells;
        }
    }
    return best;
}

/* The node with one cell more; what an open sum will cost is guessed to be `guess`. */
static struct node longer(const struct rk_circuits *c, uint32_t before, uint32_t cell, bool up,
                          int64_t cost, int64_t guess)
{
    struct node node = {.before = before, .cell = cell, .cost = cost, .count = 1, .up = up};
    int open = 0;
    if (before != NO_NODE) {
        node.cost += c->nodes[before].cost;
        node.count = (uint16_t)(c->nodes[before].count + 1);
        open = c->nodes[before].open;
    }
    for (uint32_t i = c->first[cell]; i < c->first[cell + 1]; i++) {
        int32_t left = before == NO_NODE ? 0 : c->left[c->in[i]];
        open += (left + c->as[i] * (up ? 1 : -1) != 0) - (left != 0);
    }
    node.open = (uint16_t)open;
    node.weight = node.cost + open * guess + node.count;
    return node;
}

/* What a further cell may be guessed to cost: the cheaper ones of those that are not free. More
 * than a cell counts, so that where all are free what closes a circuit comes first. */
static int64_t guess_of(const struct rk_circuits *c, const int64_t *cost)
{
    int64_t least = INT64_MAX, sum = 0, count = 0;
    for (uint32_t i = 0; i < c->cells; i++)
        if (cost[i] > 0) {
            least = cost[i] < least ? cost[i] : least;
            sum += cost[i] / c->cells;
            count++;
        }
    return count ? least + sum / 16 + 4 : 4;
}

bool rk_circuits_find(struct rk_circuits *c, uint32_t cell, bool up, const int64_t *cost,
                      const int64_t *below, int64_t amount, int64_t under, struct rk_circuit *found)
{
    int64_t guess = guess_of(c, cost);
    bool done = false;
    c->count = c->heap_count = 0;
    c->work += c->cells;
    if (!up && below[cell] < amount)
        return false;
    struct node start = longer(c, NO_NODE, cell, up, 0, guess);
    push(c, &start);
    for (uint32_t tried = 0; c->heap_count && tried < MOST_TRIED && !done; tried++) {
        uint32_t number = pop(c);
        lay_out(c, number, true);
        uint32_t s = open_sum(c);
        if (s == c->sums->count) {
            found->count = 0;
            found->cost = c->nodes[number].cost;
            for (uint32_t n = number; n != NO_NODE; n = c->nodes[n].before) {
                found->more[found->count] = c->nodes[n].up;
                found->cell[found->count++] = c->nodes[n].cell;
            }
            done = true;
        }
        bool full = c->nodes[number].count == RK_CIRCUIT_MOST;
        for (uint32_t i = done || full ? 0 : c->sums->first[s];
             !done && !full && i < c->sums->first[s + 1]; i++) {
            uint32_t other = c->sums->cell[i];
            bool more = (i == c->sums->first[s]) == (c->left[s] > 0);
            c->work++;
            if (c->mark[other] || cost[other] < 0 || (!more && below[other] < amount) ||
                c->nodes[number].cost + cost[other] >= under)
                continue;
            struct node next = longer(c, number, other, more, cost[other], guess);
            push(c, &next);
            c->work += c->first[other + 1] - c->first[other] + 8;
        }
        lay_out(c, number, false);
    }
    return done;
}

uint64_t rk_circuits_work(const struct rk_circuits *c) { return c->work; }
