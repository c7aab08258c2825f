/* Which further cells of a table to hide, so that none that must stay unknown can be worked out from the
 * sums: the cheapest choice, proven, or the best found and how far from it that may be.
 *
 * A choice keeps a sensitive cell when the tables an attacker must think possible give it room: at least
 * `width` between the least and the most, `up` above its value and `down` below it. With `insiders`
 * somebody alone in a hidden cell (`alone`) knows it, and every sum whose only person he is, and the
 * others must be kept from him as well.
 *
 * Found by cutting planes (Fischetti and Salazar-González 2000, "Models and algorithms for optimizing
 * cell suppression in tabular data with linear constraints"): a linear program over chances of hiding
 * (privacy/cuts) is held against the attacker's (privacy/moves), every cell he can work out gives a cut
 * in whole numbers, and what is left is branched on. Bounds are whole numbers, worked out from the cuts
 * alone. Two choices that cost the same are told apart by the order of the cells. */
#ifndef RK_SUPPRESS_H
#define RK_SUPPRESS_H

#include "privacy/cells.h"

struct rk_suppress_cell {
    int64_t value;           /* |value| <= RK_CELL_MOST */
    int64_t least;           /* everybody knows that it is no less; -RK_CELL_NO_END: nobody knows */
    int64_t cost;            /* of hiding it, > 0; of a sensitive cell not counted */
    int64_t width, up, down; /* of a sensitive cell: >= 0, and at least one > 0 */
    bool sensitive;          /* must be hidden, and not be worked out */
    bool shown;              /* must be shown */
    bool unseen;             /* is in no table: never shown, costs nothing */
    bool alone;              /* one person, who knows it */
    bool unguarded;          /* of a sensitive cell: whoever is alone in another may work it out */
};

struct rk_suppression {
    bool *hidden; /* by cell */
    __int128 cost, bound; /* of what is hidden besides; no choice costs less than `bound` */
    uint32_t lost;   /* a sensitive cell that nothing can keep: then nothing else is told; or UINT32_MAX */
    bool inside;     /* … from whoever is alone in another cell */
    uint64_t branches;
};

/* `effort`: steps of arithmetic, about 2·10^8 a second; the same effort gives the same choice everywhere.
 * Result to be given back with rk_suppression_free. */
struct rk_suppression rk_suppress(const struct rk_suppress_cell *cells, uint32_t count,
                                  const struct rk_sums *sums, bool insiders, uint64_t effort);
void rk_suppression_free(struct rk_suppression *suppression);
/* Whose cell it is: the number of the person alone in it, UINT32_MAX for none; a sum with one person is
 * the same person's as its part. Returns how many persons; `person` has room for all cells. */
uint32_t rk_suppress_persons(const struct rk_suppress_cell *cells, uint32_t count,
                             const struct rk_sums *sums, uint32_t *person);

#endif
