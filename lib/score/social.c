#include "score/social.h"

#include "base/mem.h"

#include <string.h>

static rk_support over(const struct rk_pairs *p, size_t i, size_t j)
{
    return p->support[i * p->count + j];
}

/* The strength of i's win over j, 0 where it does not beat j. */
static rk_support win(const struct rk_pairs *p, enum rk_strength strength, size_t i, size_t j)
{
    rk_support margin = over(p, i, j) - over(p, j, i);
    return margin <= 0 ? 0 : strength == RK_MARGINS ? margin : over(p, i, j);
}

void rk_social_copeland(const struct rk_pairs *p, uint64_t *halves)
{
    for (size_t i = 0; i < p->count; i++) {
        halves[i] = 0;
        for (size_t j = 0; j < p->count; j++)
            if (j != i)
                halves[i] += (over(p, i, j) >= over(p, j, i)) + (over(p, i, j) > over(p, j, i));
    }
}

void rk_social_minimax(const struct rk_pairs *p, enum rk_strength strength, rk_support *worst)
{
    for (size_t i = 0; i < p->count; i++) {
        worst[i] = 0;
        for (size_t j = 0; j < p->count; j++) {
            rk_support defeat = win(p, strength, j, i);
            worst[i] = defeat > worst[i] ? defeat : worst[i];
        }
    }
}

void rk_social_paths(const struct rk_pairs *p, enum rk_strength strength, rk_support *paths)
{
    size_t n = p->count;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            paths[i * n + j] = i == j ? 0 : win(p, strength, i, j);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++) {
            rk_support first = paths[i * n + k];
            if (!first)
                continue;
            for (size_t j = 0; j < n; j++) {
                rk_support second = paths[k * n + j], weakest = first < second ? first : second;
                if (i != j && weakest > paths[i * n + j])
                    paths[i * n + j] = weakest;
            }
        }
}

void rk_social_schulze(const struct rk_pairs *p, enum rk_strength strength, bool *above)
{
    size_t n = p->count;
    rk_support *paths = rk_resize(NULL, n * n + 1, sizeof *paths);
    rk_social_paths(p, strength, paths);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            above[i * n + j] = paths[i * n + j] > paths[j * n + i];
    rk_free(paths);
}

/* ---- ranked pairs ---- */

struct victory {
    rk_support strength, margin;
    uint64_t lot;
    uint32_t winner, loser;
};

static int by_strength(const void *x, const void *y)
{
    const struct victory *p = x, *q = y;
    if (p->strength != q->strength)
        return p->strength < q->strength ? 1 : -1;
    if (p->margin != q->margin)
        return p->margin < q->margin ? 1 : -1;
    return (p->lot > q->lot) - (p->lot < q->lot);
}

static bool alike(const struct victory *x, const struct victory *y)
{
    return by_strength(x, y) == 0;
}

/* Adds winner → loser to a closure, n × n. */
static void lock(bool *reach, size_t n, size_t winner, size_t loser)
{
    if (reach[winner * n + loser])
        return;
    for (size_t i = 0; i < n; i++) {
        bool *row = reach + i * n;
        if ((i != winner && !row[winner]) || row[loser])
            continue;
        row[loser] = true;
        for (size_t j = 0; j < n; j++)
            row[j] |= reach[loser * n + j];
    }
}

void rk_social_ranked_pairs(const struct rk_pairs *p, enum rk_strength strength,
                            const uint64_t *lots, bool *above)
{
    size_t n = p->count, count = 0, next;
    struct victory *wins = rk_resize(NULL, n * n / 2 + 1, sizeof *wins);
    bool *together = NULL;
    memset(above, 0, n * n * sizeof *above);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (over(p, i, j) > over(p, j, i))
                wins[count++] =
                    (struct victory){win(p, strength, i, j), over(p, i, j) - over(p, j, i),
                                     lots ? lots[i * n + j] : 0, (uint32_t)i, (uint32_t)j};
    qsort(wins, count, sizeof *wins, by_strength);
    for (size_t w = 0; w < count; w = next) {
        for (next = w + 1; next < count && alike(&wins[w], &wins[next]); next++)
            ;
        /* what contradicts the stronger ones never counts */
        size_t kept = w;
        for (size_t v = w; v < next; v++)
            if (!above[wins[v].loser * n + wins[v].winner])
                wins[kept++] = wins[v];
        if (kept > w + 1) {
            if (!together)
                together = rk_resize(NULL, n * n, sizeof *together);
            memcpy(together, above, n * n * sizeof *above);
            for (size_t v = w; v < kept; v++)
                lock(together, n, wins[v].winner, wins[v].loser);
        }
        for (size_t v = w; v < kept; v++)
            if (kept == w + 1 || !together[wins[v].loser * n + wins[v].winner])
                lock(above, n, wins[v].winner, wins[v].loser);
    }
    rk_free(together);
    rk_free(wins);
}

/* ---- sets ---- */

/* Who wins, or loses, against everyone. */
static size_t unanimous(const struct rk_pairs *p, bool winner)
{
    for (size_t i = 0; i < p->count; i++) {
        size_t others = 0;
        for (size_t j = 0; j < p->count; j++)
            others += winner ? over(p, i, j) > over(p, j, i) : over(p, i, j) < over(p, j, i);
        if (others + 1 == p->count)
            return i;
    }
    return SIZE_MAX;
}

size_t rk_social_condorcet(const struct rk_pairs *p) { return unanimous(p, true); }
size_t rk_social_condorcet_loser(const struct rk_pairs *p) { return unanimous(p, false); }

void rk_social_smith(const struct rk_pairs *p, bool *member)
{
    size_t n = p->count;
    bool *unbeaten = rk_alloc(n * n + 1, sizeof *unbeaten);
    uint32_t *part = rk_resize(NULL, n + 1, sizeof *part);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            unbeaten[i * n + j] = i != j && over(p, i, j) >= over(p, j, i);
    rk_social_parts(unbeaten, n, part);
    for (size_t i = 0; i < n; i++)
        member[i] = part[i] == 0;
    rk_free(part);
    rk_free(unbeaten);
}

void rk_social_places(const bool *above, size_t n, uint32_t *places)
{
    size_t *over_how_many = rk_alloc(n + 1, sizeof *over_how_many);
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t j = 0; j < n; j++) {
            over_how_many[i] += above[i * n + j];
            first &= !above[j * n + i];
        }
        if (first)
            over_how_many[i] = n;
    }
    for (size_t i = 0; i < n; i++) {
        places[i] = 0;
        for (size_t j = 0; j < n; j++)
            places[i] += over_how_many[j] > over_how_many[i];
    }
    rk_free(over_how_many);
}

/* Depth first from `at` along the relation, or against it; adds to `order` as it leaves. */
static void visit(const bool *relation, size_t n, size_t at, bool against, uint32_t mark,
                  uint32_t *marks, uint32_t *order, size_t *count, uint32_t *stack)
{
    size_t depth = 0;
    uint32_t *resume = stack + n; /* where each on the stack goes on */
    marks[at] = mark;
    stack[0] = (uint32_t)at;
    resume[0] = 0;
    while (depth != SIZE_MAX) {
        size_t i = stack[depth], j = resume[depth];
        while (j < n && (marks[j] != UINT32_MAX || !relation[against ? j * n + i : i * n + j]))
            j++;
        resume[depth] = (uint32_t)j + 1;
        if (j >= n) {
            if (order)
                order[(*count)++] = (uint32_t)i;
            depth--;
            continue;
        }
        marks[j] = mark;
        stack[++depth] = (uint32_t)j;
        resume[depth] = 0;
    }
}

/* Kosaraju's two walks; the second one finds the parts in the order asked for. */
size_t rk_social_parts(const bool *relation, size_t n, uint32_t *part)
{
    uint32_t *order = rk_resize(NULL, n + 1, sizeof *order);
    uint32_t *stack = rk_resize(NULL, 2 * n + 2, sizeof *stack);
    size_t count = 0, parts = 0;
    memset(part, 0xff, n * sizeof *part);
    for (size_t i = n; i-- > 0;) /* from the end, so that the lowest come first among equals */
        if (part[i] == UINT32_MAX)
            visit(relation, n, i, false, 0, part, order, &count, stack);
    memset(part, 0xff, n * sizeof *part);
    for (size_t k = count; k-- > 0;)
        if (part[order[k]] == UINT32_MAX)
            visit(relation, n, order[k], true, (uint32_t)parts++, part, NULL, NULL, stack);
    rk_free(stack);
    rk_free(order);
    return parts;
}
