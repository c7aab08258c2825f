/* Weak duality: proofs that no choice of whole numbers is better than one at hand, from prices on
 * the rules that tie the numbers together. Nothing is searched for; who set the prices need not be
 * believed.
 *
 * Each number n lies in a range and costs, at each level, each·n. (What grows with the square is
 * told by several numbers that are 0 or 1, each dearer than the one before.) A rule keeps a sum of
 * numbers, each times a factor, between `least` and `most`. A stage weighs levels into one cost and
 * prices rules. A price over 0 is paid for each unit of `least`, one under 0 is got back for each
 * of `most`, and every number costs its prices less. What is left is a sum of terms with one number
 * each, and the sum of what each is at least is the bound: price times what a rule's sum is over
 * `least`, or under `most`, is never below 0.
 *
 * A choice that costs just its bound is the best. Any other as good has every number where its term
 * is least, and every priced rule at its end, so ranges are narrowed and rules tied to that, and
 * the next stage compares among those choices alone, with a tied rule's price of any sign. Where
 * costs are known to be whole multiples of more than the gap, the choice is the best, too. Whatever
 * the gap is, what would cost more than it is left out.
 *
 * Where prices alone leave a gap, the next stage compares at the same level among those left, or a
 * node splits: a rule's sum is a whole number, so it is at most `at`, or at least `at` + 1, and each
 * side is proven by itself. */
#ifndef RK_DUALITY_H
#define RK_DUALITY_H

#include "model/certificate.h"

enum { RK_DUALITY_LEVELS = RK_CHOICE_LEVELS + 1 };
#define RK_DUALITY_NONE INT64_MIN /* no least, no most */

struct rk_duality_number {
    int32_t low, high, now; /* now: in the choice at hand */
    int64_t each[RK_DUALITY_LEVELS];
};
struct rk_duality_rule {
    int64_t least, most;
    __int128 price; /* of the stage at hand */
};
struct rk_duality_term {
    uint32_t rule, number;
    int64_t factor;
};

struct rk_duality { /* zeroed = empty; give back with rk_duality_free */
    struct rk_duality_number *numbers;
    struct rk_duality_rule *rules;
    struct rk_duality_term *terms;
    uint32_t number_count, number_room, rule_count, rule_room;
    uint64_t term_count, term_room;
    bool overflow; /* a sum was too large; what was told since then is worth nothing */
};

/* Their places. Costs of a number are the caller's to set. */
uint32_t rk_duality_number(struct rk_duality *d, int32_t low, int32_t high, int32_t now);
uint32_t rk_duality_rule(struct rk_duality *d, int64_t least, int64_t most);
void rk_duality_term(struct rk_duality *d, uint32_t rule, uint32_t number, int64_t factor);
void rk_duality_free(struct rk_duality *d);
/* What the choice at hand costs at a level. */
__int128 rk_duality_value(struct rk_duality *d, int level);
void rk_duality_add(struct rk_duality *d, __int128 *sum, __int128 a, __int128 b); /* sum += a·b */

/* ---- proofs by stages and splits, as certificates tell them, whose rows are the rules ---- */

struct rk_duality_aim {
    int first, end; /* the levels to prove */
    __int128 value[RK_DUALITY_LEVELS];
    __int128 spread[RK_DUALITY_LEVELS]; /* no choice has more than value + spread */
    bool apart;                         /* leave ranges and rules as they were */
    uint32_t held[RK_DUALITY_LEVELS];   /* 1 + a rule whose sum is the level's cost; 0 = none. From
                                         * then on it is held at the value */
};
/* How far no choice in the node is better than the aim: the first level that is not proven (`end`:
 * all are), and by how much the choice may be better there; -1: nothing is known. */
struct rk_duality_found {
    int level;
    __int128 slack;
    bool less; /* without any split, the prices say that not even the aim can be reached */
};
/* The choice at hand must have the aim's values for the ranges left by stages without a split to be
 * used further. */
struct rk_duality_found rk_duality_prove(struct rk_duality *d, const struct rk_certificate *told,
                                         uint32_t node, const struct rk_duality_aim *aim);

/* ---- fractions: expected numbers ---- */

/* Do the values (by number) lie in the ranges and keep the rules? `rounds`: is the choice at hand,
 * and each rule's sum of it, that of the values rounded down or up? For that, only the first
 * `numbers` and the rules of these alone are looked at, if they have an end. */
bool rk_duality_keeps(const struct rk_duality *d, const struct rk_fraction *values,
                      uint32_t numbers, bool *rounds);

/* Do the steps (a level, and prices) prove that nobody's value can be raised without lowering that
 * of somebody who has no more? `value`, `before`: by number; those with `counts` are of people,
 * whose level is `before` more than the value. Each step raises a level for all who are not fixed
 * yet; the prices show that the sum of what they touch can be no more, so that all of it is fixed
 * there: at the level, or where a range ends. Values must be such as keep ranges and rules. */
bool rk_duality_steps(struct rk_duality *d, const struct rk_certificate_vectors *steps,
                      const bool *counts, const struct rk_fraction *value, const int64_t *before);

#endif
