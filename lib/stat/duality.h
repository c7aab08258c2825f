/* Weak duality: a bound on what any choice of whole numbers costs, from prices on the rules that
 * tie the numbers together. Nothing is searched for; who set the prices need not be believed.
 *
 * Each number n lies in a range and costs each·n + square·((base + n)² - base²). A rule keeps a sum
 * of numbers, each times +1 or -1, between `least` and `most`. A price over 0 on a rule is paid for
 * each unit of `least`, one under 0 is got back for each of `most`; and every number costs its
 * prices less. What is left is a sum of terms with one number each, and the sum of what each is at
 * least is the bound: price times what a rule's sum is over `least`, or under `most`, is never
 * below 0.
 *
 * A choice that costs just its bound is the best. Any other as good has every number where its term
 * is least, and every priced rule at its end; rk_duality_bound narrows ranges and ties rules so,
 * and the next costs are then compared among those choices alone, with a tied rule's price of any
 * sign. */
#ifndef RK_DUALITY_H
#define RK_DUALITY_H

#include <stdbool.h>
#include <stdint.h>

#define RK_DUALITY_NONE INT64_MIN /* no least, no most */

struct rk_duality_number {
    int32_t low, high, now; /* now: in the choice at hand */
    int64_t base;
    __int128 each;
    int64_t square; /* >= 0 */
};
struct rk_duality_rule {
    int64_t least, most;
    int64_t tied;   /* what the sum is held at, once it is; RK_DUALITY_NONE */
    __int128 price; /* added to by the caller; 0 again after rk_duality_bound */
};
struct rk_duality_term {
    uint32_t rule, number;
    int32_t factor;
};

struct rk_duality { /* zeroed = empty; give back with rk_duality_free */
    struct rk_duality_number *numbers;
    struct rk_duality_rule *rules;
    struct rk_duality_term *terms;
    uint32_t number_count, number_room, rule_count, rule_room;
    uint64_t term_count, term_room;
    bool overflow; /* a sum was too large; what was told since then is worth nothing */
};

/* Their places. The cost of a number is the caller's to set. */
uint32_t rk_duality_number(struct rk_duality *d, int32_t low, int32_t high, int32_t now);
uint32_t rk_duality_rule(struct rk_duality *d, int64_t least, int64_t most);
void rk_duality_term(struct rk_duality *d, uint32_t rule, uint32_t number, int32_t factor);
/* The place of a rule that the choice at hand breaks, of any when a number is out of its range;
 * UINT32_MAX: none. */
uint32_t rk_duality_broken(const struct rk_duality *d);
__int128 rk_duality_cost(struct rk_duality *d); /* of the choice at hand */
/* False where a price has no end of its rule to stand on. What is narrowed and tied holds where the
 * choice at hand costs just *bound, and must not be used otherwise. */
bool rk_duality_bound(struct rk_duality *d, __int128 *bound);
void rk_duality_add(struct rk_duality *d, __int128 *sum, __int128 a, __int128 b); /* sum += a·b */
void rk_duality_free(struct rk_duality *d);

#endif
