#include "stat/duality.h"

#include "base/mem.h"

uint32_t rk_duality_number(struct rk_duality *d, int32_t low, int32_t high, int32_t now)
{
    RK_GROW(d->numbers, d->number_count, d->number_room);
    d->numbers[d->number_count] = (struct rk_duality_number){.low = low, .high = high, .now = now};
    return d->number_count++;
}

uint32_t rk_duality_rule(struct rk_duality *d, int64_t least, int64_t most)
{
    RK_GROW(d->rules, d->rule_count, d->rule_room);
    d->rules[d->rule_count] = (struct rk_duality_rule){least, most, RK_DUALITY_NONE, 0};
    return d->rule_count++;
}

void rk_duality_term(struct rk_duality *d, uint32_t rule, uint32_t number, int32_t factor)
{
    RK_GROW(d->terms, d->term_count, d->term_room);
    d->terms[d->term_count++] = (struct rk_duality_term){rule, number, factor};
}

void rk_duality_add(struct rk_duality *d, __int128 *sum, __int128 a, __int128 b)
{
    __int128 product;
    d->overflow |= __builtin_mul_overflow(a, b, &product);
    d->overflow |= __builtin_add_overflow(*sum, product, sum);
}

static void add_cost(struct rk_duality *d, __int128 *sum, const struct rk_duality_number *n,
                     int32_t value)
{
    rk_duality_add(d, sum, n->each, value);
    rk_duality_add(d, sum, n->square, (__int128)value * (2 * (__int128)n->base + value));
}

uint32_t rk_duality_broken(const struct rk_duality *d)
{
    int64_t *sums = rk_alloc((size_t)d->rule_count + 1, sizeof *sums);
    uint32_t broken = UINT32_MAX;
    for (uint64_t t = 0; t < d->term_count; t++)
        sums[d->terms[t].rule] += (int64_t)d->terms[t].factor * d->numbers[d->terms[t].number].now;
    for (uint32_t r = 0; r < d->rule_count; r++)
        if ((d->rules[r].least != RK_DUALITY_NONE && sums[r] < d->rules[r].least) ||
            (d->rules[r].most != RK_DUALITY_NONE && sums[r] > d->rules[r].most))
            broken = r;
    for (uint32_t n = 0; n < d->number_count; n++)
        if (d->numbers[n].now < d->numbers[n].low || d->numbers[n].now > d->numbers[n].high)
            broken = 0;
    rk_free(sums);
    return broken;
}

__int128 rk_duality_cost(struct rk_duality *d)
{
    __int128 cost = 0;
    for (uint32_t n = 0; n < d->number_count; n++)
        add_cost(d, &cost, &d->numbers[n], d->numbers[n].now);
    return cost;
}

/* Adds the least of a number's term, and narrows its range to where that is. */
static void add_least(struct rk_duality *d, __int128 *bound, struct rk_duality_number *n,
                      __int128 prices)
{
    int32_t low = n->low, high = n->low;
    for (int32_t value = n->low; value < n->high; value++) {
        __int128 step = n->each;
        rk_duality_add(d, &step, n->square, 2 * ((__int128)n->base + value) + 1);
        rk_duality_add(d, &step, prices, -1);
        if (step > 0)
            break;
        high = value + 1;
        low = step < 0 ? high : low;
    }
    add_cost(d, bound, n, low);
    rk_duality_add(d, bound, prices, -low);
    n->low = low;
    n->high = high;
}

bool rk_duality_bound(struct rk_duality *d, __int128 *bound)
{
    __int128 *prices = rk_alloc((size_t)d->number_count + 1, sizeof *prices); /* on each number */
    bool good = true;
    *bound = 0;
    for (uint64_t t = 0; t < d->term_count; t++)
        rk_duality_add(d, &prices[d->terms[t].number], d->rules[d->terms[t].rule].price,
                       d->terms[t].factor);
    for (uint32_t r = 0; r < d->rule_count; r++) {
        struct rk_duality_rule *rule = &d->rules[r];
        if (rule->price && rule->tied == RK_DUALITY_NONE)
            rule->tied = rule->price > 0 ? rule->least : rule->most;
        good &= !rule->price || rule->tied != RK_DUALITY_NONE;
        rk_duality_add(d, bound, rule->price, rule->tied == RK_DUALITY_NONE ? 0 : rule->tied);
        rule->price = 0;
    }
    for (uint32_t n = 0; n < d->number_count; n++)
        add_least(d, bound, &d->numbers[n], prices[n]);
    rk_free(prices);
    return good;
}

void rk_duality_free(struct rk_duality *d)
{
    rk_free(d->numbers);
    rk_free(d->rules);
    rk_free(d->terms);
    *d = (struct rk_duality){0};
}
