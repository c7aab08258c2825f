#include "privacy/perturb.h"

#include "base/mem.h"

#include <stdlib.h>

enum { MOST_PASSES = 40, MOST_TERMS = 50000000 };

struct rounding {
    int64_t *change; /* by cell */
    uint32_t count;
    uint32_t *small; /* places among the leaves */
    int64_t *down;   /* their counts */
    bool *up;
    uint32_t smalls;
    const uint32_t *first, *above;
    int64_t base;
};

static void flip(struct rounding *r, uint32_t i)
{
    int64_t by = r->up[i] ? -r->base : r->base;
    for (uint32_t k = r->first[r->small[i]]; k < r->first[r->small[i] + 1]; k++)
        r->change[r->above[k]] += by;
    r->up[i] = !r->up[i];
}

static void measure(const struct rounding *r, int64_t *largest, int64_t *sum)
{
    *largest = *sum = 0;
    for (uint32_t c = 0; c < r->count; c++) {
        int64_t size = r->change[c] < 0 ? -r->change[c] : r->change[c];
        *largest = size > *largest ? size : *largest;
        *sum += size;
    }
}

/* Is it better than the best so far? Then it is. */
static bool betters(const struct rounding *r, int64_t *largest, int64_t *sum)
{
    int64_t now_largest, now_sum;
    measure(r, &now_largest, &now_sum);
    if (now_largest > *largest || (now_largest == *largest && now_sum >= *sum))
        return false;
    *largest = now_largest;
    *sum = now_sum;
    return true;
}

/* All ways, each one step from the one before (reflected binary code). */
static void try_all(struct rounding *r, int64_t *largest, int64_t *sum)
{
    bool *best = rk_alloc(r->smalls, sizeof *best);
    for (uint32_t i = 0; i < r->smalls; i++)
        best[i] = r->up[i];
    for (uint32_t step = 1; step < UINT32_C(1) << r->smalls; step++) {
        flip(r, (uint32_t)__builtin_ctz(step));
        if (betters(r, largest, sum))
            for (uint32_t i = 0; i < r->smalls; i++)
                best[i] = r->up[i];
    }
    for (uint32_t i = 0; i < r->smalls; i++)
        if (r->up[i] != best[i])
            flip(r, i);
    rk_free(best);
}

static void improve(struct rounding *r, int64_t *largest, int64_t *sum)
{
    bool better = true;
    for (int pass = 0; pass < MOST_PASSES && better; pass++) {
        better = false;
        for (uint32_t i = 0; i < r->smalls; i++) {
            flip(r, i);
            if (betters(r, largest, sum)) {
                better = true;
                continue;
            }
            bool kept = false;
            for (uint32_t k = i + 1; k < r->smalls && k < i + 200 && !kept; k++) {
                if (r->up[k] == r->up[i]) {
                    flip(r, k);
                    kept = betters(r, largest, sum);
                    if (!kept)
                        flip(r, k);
                }
            }
            better = better || kept;
            if (!kept)
                flip(r, i);
        }
    }
}

struct rk_rounding rk_round_small(int64_t *value, uint32_t count, const uint32_t *leaf,
                                  uint32_t leaves, const uint32_t *first_above,
                                  const uint32_t *above, int64_t base)
{
    struct rounding r = {.count = count, .first = first_above, .above = above, .base = base};
    struct rk_rounding result = {0};
    r.change = rk_alloc(count, sizeof *r.change);
    r.small = rk_alloc(leaves, sizeof *r.small);
    r.down = rk_alloc(leaves, sizeof *r.down);
    r.up = rk_alloc(leaves, sizeof *r.up);
    for (uint32_t i = 0; i < leaves; i++)
        if (value[leaf[i]] > 0 && value[leaf[i]] < base) {
            r.small[r.smalls] = i;
            r.down[r.smalls++] = value[leaf[i]];
            for (uint32_t k = first_above[i]; k < first_above[i + 1]; k++)
                r.change[above[k]] -= value[leaf[i]];
        }
    measure(&r, &result.largest, &result.sum);
    result.small = r.smalls;
    result.proven = r.smalls <= RK_ROUND_PROVEN;
    if (result.proven) {
        try_all(&r, &result.largest, &result.sum);
    } else {
        for (uint32_t i = 0; i < r.smalls; i++)
            if (2 * r.down[i] >= base)
                flip(&r, i);
        measure(&r, &result.largest, &result.sum);
        improve(&r, &result.largest, &result.sum);
    }
    for (uint32_t c = 0; c < count; c++)
        value[c] += r.change[c];
    rk_free(r.change);
    rk_free(r.small);
    rk_free(r.down);
    rk_free(r.up);
    return result;
}

uint32_t rk_cell_key_row(int64_t count)
{
    return count <= 750 ? (uint32_t)count : (uint32_t)((count - 1) % 250) + 501;
}

int64_t rk_cell_key_10_5(int64_t count)
{
    return count < 10 ? -count : (count + 2) / 5 * 5 - count;
}

double rk_risk(uint32_t same, double population)
{
    double p = same / population, q = 1 - p, term = 1, sum = 0, all = 0;
    if (q <= 0)
        return 1. / same;
    /* chances of h = same, same + 1 … in the population, but for a factor: (h - 1 over same - 1) ×
     * q^h */
    for (uint64_t h = same; h < MOST_TERMS; h++) {
        sum += term / (double)h;
        all += term;
        if ((double)h > same / p && term < all * 1e-16)
            break;
        term *= q * (double)h / (double)(h - same + 1);
        if (all > 1e200) {
            term *= 1e-200;
            sum *= 1e-200;
            all *= 1e-200;
        }
    }
    return sum / all;
}
