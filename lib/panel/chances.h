/* Chances as equal as can be over a whole programme of recruitments, and a draw that gives them.
 *
 * The network is a flow of memberships: what leaves one node, the giver, goes by a person's arc to
 * each person, from there by the person's limits and pairs to the recruitments. The amount on a
 * person's arc is the person's expected number of memberships; with what the person had before (the
 * offset) it is the person's total. Among all real flows that keep the bounds of all arcs and what
 * each node gives and takes in the flow handed in, rk_chances_solve finds those in which the totals
 * are leximin: the smallest is as large as can be, then the second smallest, and so on. If the flow
 * handed in does not give out all it could, more is given out first: the leximin totals always have
 * the largest sum.
 *
 * The totals of all flows are the bases of a submodular function, so they are found exactly by
 * decomposition (Megiddo 1974, "Optimal flows in networks with multiple sources and sinks";
 * Fujishige 1980, "Lexicographically optimal base of a polymatroid with respect to a weight
 * vector"; Groenevelt 1991, "Two algorithms for maximizing a separable concave function over a
 * polymatroid feasible region"): share what a part of the network has evenly among its persons;
 * where no flow does that, a minimum cut divides the part into one whose persons get less, and one
 * whose persons get more, and the arcs between the two are full or empty. Each part that needs no
 * more dividing is a level: total = num / den for all its persons except those whose own bounds
 * keep them off it. Each arc between two parts carries a whole number; within a part amounts are
 * multiples of 1 / den.
 *
 * rk_chances_draw rounds every arc up or down so that it is rounded up with exactly the probability
 * of its fraction and every node keeps its balance (Budish, Che, Kojima & Milgrom 2013, "Designing
 * random allocation mechanisms", whose bihierarchies are such networks).
 *
 * Order of calls: rk_chances_new, rk_chances_arc for the whole network, rk_chances_person for the
 * persons, rk_chances_solve; then everything else, any number of times. Single-threaded; the same
 * calls give the same on every machine, so give persons and arcs in the order of their ids. */
#ifndef RK_CHANCES_H
#define RK_CHANCES_H

#include "base/exact.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum rk_chances_outcome {
    RK_CHANCES_SOLVED,
    RK_CHANCES_TOO_LARGE, /* amounts times persons do not stay under 2^61: nothing was computed */
    RK_CHANCES_STOPPED,   /* as rk_chances_stop_when's function wished, before all parts were
                           * levels: the rest of the network has chances that keep all bounds, and
                           * that may be less even than can be (rk_chances_gap) */
};

enum rk_chances_state {
    RK_CHANCES_SHARES,     /* the total is the level's */
    RK_CHANCES_FULL,       /* at the upper bound of the own arc: total <= the level's */
    RK_CHANCES_HAS_MORE,   /* at the lower bound: had too much before; total >= the level's */
    RK_CHANCES_NO_MORE,    /* at the lower bound; no flow gives more, whatever others get */
    RK_CHANCES_TAKES_NONE, /* upper bound 0: takes no part; level RK_NONE */
    RK_CHANCES_OPEN        /* stopped before it was settled; level RK_NONE */
};

/* The persons of a level compete for its seats with one another and with nobody else; with whom of
 * them one of them does, rk_chances_rivals says. */
struct rk_chances_level {
    int64_t num, den; /* the total, in lowest terms; persons is a multiple of den */
    uint32_t persons; /* who share it; 0: all have what their own bounds let them have, and num /
                         den only says where the level stands among the others */
    int64_t seats;    /* what these get together: persons × num / den less their offsets */
    uint32_t full, has_more, no_more;
};

struct rk_chances;

struct rk_chances *rk_chances_new(uint32_t nodes); /* nodes 0 … nodes - 1 */
void rk_chances_free(struct rk_chances *chances);  /* NULL is allowed */
/* Adds an arc that carries `amount` in the flow to start from and may carry lower … upper; returns
 * its number: 0, 1, 2 … No loops; fewer than 2^31 arcs. */
uint32_t rk_chances_arc(struct rk_chances *chances, uint32_t from, uint32_t to, int32_t lower,
                        int32_t upper, int32_t amount);
/* Says that the arc is a person's and returns the person's number: 0, 1, 2 … An arc can be one
 * person's only, all come from the same node and lead to others; lower >= 0, offset >= 0. */
uint32_t rk_chances_person(struct rk_chances *chances, uint32_t arc, int32_t offset);
/* `stop` is asked now and then by rk_chances_solve, and true ends it after two or three maximum
 * flows more; so do `most` flows (0 = any number). NULL: never. */
void rk_chances_stop_when(struct rk_chances *chances, uint64_t most, bool (*stop)(void *context),
                          void *context);
enum rk_chances_outcome rk_chances_solve(struct rk_chances *chances);

/* After STOPPED: the lowest total that may be too low; and what no chances that give those before
 * as much can raise it above. Free both. */
void rk_chances_gap(const struct rk_chances *chances, struct rk_fraction *reached,
                    struct rk_fraction *bound);

/* ---- the levels, from the lowest to the highest, none twice ---- */

uint32_t rk_chances_level_count(const struct rk_chances *chances);
const struct rk_chances_level *rk_chances_level(const struct rk_chances *chances, uint32_t level);
uint32_t rk_chances_level_of(const struct rk_chances *chances, uint32_t person); /* or RK_NONE */
enum rk_chances_state rk_chances_state(const struct rk_chances *chances, uint32_t person);
/* The smallest group that the person's chance hangs on: `persons` (this one among them) who share
 * `seats` and the same total, because whatever one of them gets more is taken from another. For a
 * person that SHARES. Takes time in proportion to the arcs of the level. */
void rk_chances_rivals(const struct rk_chances *chances, uint32_t person, uint32_t *persons,
                       int64_t *seats);
/* What the arc carries, *num / *den: den is that of the level it lies in, 1 between two levels, so
 * not always in lowest terms. A person's arc gives the person's expected number of memberships.
 * `node`: one of the arc's ends, for a person's arc where it leads; takes time in proportion to the
 * arcs there. */
void rk_chances_amount(const struct rk_chances *chances, uint32_t arc, uint32_t node, int64_t *num,
                       int64_t *den);
/* The total, *num / *den, of the part of the network that the node lies in. A proof that anybody
 * can check in one pass over the arcs: no flow that gives out as much has better totals if an arc
 * from u to v (not a person's) that could carry more has potential(u) >= potential(v), one that
 * could carry less has potential(u) <= potential(v), a person whose total is under the potential of
 * the own arc's end can't be given more there, and one whose total is over it can't be given less:
 * the arc is at its bound. These are the signs of a least sum of squares of the totals, which among
 * such flows is the leximin choice (Fujishige 1980). */
void rk_chances_potential(const struct rk_chances *chances, uint32_t node, int64_t *num,
                          int64_t *den);
uint32_t rk_chances_rounds(const struct rk_chances *chances);    /* maximum flows computed */
uint32_t rk_chances_fractions(const struct rk_chances *chances); /* arcs with no whole amount */

/* ---- the draw ---- */

/* A whole flow: amounts[arc] is the arc's amount rounded up or down; room for all arcs. Expected
 * amounts are exactly those above. Levels are drawn each by itself, by its number. The same seed
 * gives the same. */
void rk_chances_draw(const struct rk_chances *chances, struct rk_text seed, int32_t *amounts);
/* The same with the chance taken from elsewhere: `up` is to return true with probability
 * weight / (weight + against); `level` is the count of levels for what lies outside them. For tests
 * that go through all outcomes. */
void rk_chances_draw_by(const struct rk_chances *chances,
                        bool (*up)(void *context, uint32_t level, uint64_t weight,
                                   uint64_t against),
                        void *context, int32_t *amounts);

#endif
