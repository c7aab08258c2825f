/* Kemeny's ranking (Kemeny 1959; Young & Levenglick 1978): the order with the least distance,
 *
 *     distance = Σ support(j, i) over the pairs that have i above j
 *
 * exactly, with every optimum. The candidates are parted where nobody later beats anyone earlier
 * (the parts of the relation "is not beaten by"; optimal orders keep them apart). Within a part:
 * dynamic programming over the sets of candidates placed first, layer by layer, keeping those sets
 * whose distance and a lower bound on the rest do not exceed the best order known. That order comes
 * from local search; the bound is a packing of cycles of the majority relation, each of which must
 * be broken somewhere (weak duality of the linear-ordering problem; see Charon & Hudry 2007, "A
 * survey on the linear ordering problem for weighted or unweighted tournaments").
 *
 * Where a part takes more sets than allowed, the parts of the strict majority relation are tried
 * alone: their optima together are an optimum, and only the others are not counted. Where that
 * fails too, the best order known is given with a proven lower bound. No answer depends on time.
 *
 * With `ties` an order may put candidates alike (Emond & Mason 2002, tau-x): what is made largest
 * is
 *
 *     agreement = Σ alike(i, j) over pairs put alike + Σ support(i, j) - support(j, i) over i above
 * j
 *
 * by dynamic programming over sets of candidates, parts of at most RK_KEMENY_TIES candidates. */
#ifndef RK_KEMENY_H
#define RK_KEMENY_H

#include "score/social.h"

enum { RK_KEMENY_TIES = 16 };

struct rk_kemeny_options {
    size_t states; /* sets of candidates to hold at once; 0 = RK_KEMENY_STATES */
    size_t listed; /* how many optima to list at most */
};
#define RK_KEMENY_STATES ((size_t)1 << 21) /* parts of 20 always fit; about 200 MB at most */

struct rk_kemeny {
    rk_support distance, bound; /* bound = distance: proven */
    bool counted;               /* all optima are known; else `optima` is what is known of */
    uint64_t optima;            /* UINT64_MAX = that many or more */
    uint32_t *orders; /* listed × count, the best first in each, in order of candidates */
    size_t listed;
    bool *above; /* count × count: i is above j in every optimum (not counted: in those known) */
};

/* Give back with rk_kemeny_free. At least one order is listed where there is a candidate. */
void rk_kemeny(const struct rk_pairs *pairs, const struct rk_kemeny_options *options,
               struct rk_kemeny *result);
void rk_kemeny_free(struct rk_kemeny *result);

/* The distance of an order. */
rk_support rk_kemeny_distance(const struct rk_pairs *pairs, const uint32_t *order);

/* With ties: levels[i] = 0 for the first, the same for candidates put alike; the first found of the
 * optima, its agreement and how many there are. False where a part has more than RK_KEMENY_TIES
 * candidates. */
bool rk_kemeny_ties(const struct rk_pairs *pairs, uint32_t *levels, rk_support *agreement,
                    uint64_t *optima);

#endif
