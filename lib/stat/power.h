/* Power in a weighted vote: who can turn a lost vote into a won one. A coalition wins where its
 * weights come to `quota` or more. A player's swings are the coalitions of others that lose without
 * it and win with it.
 *
 *     Banzhaf, absolute    swings / 2^(n - 1)                           (Penrose 1946, Banzhaf
 * 1965) Banzhaf              swings / all players' swings Shapley–Shubik       Σ over swings of s!
 * (n - s - 1)! / n!, s the size of the coalition (1954)
 *
 * Counted exactly, over the different sums that coalitions come to (Mann & Shapley 1962). */
#ifndef RK_POWER_H
#define RK_POWER_H

#include "base/fixed.h"

enum { RK_POWER_PLAYERS = 128 };

struct rk_power {
    double swings;                             /* a whole number */
    double banzhaf, banzhaf_absolute, shapley; /* banzhaf NAN where nobody has a swing */
};

/* Weights 0 or more, quota above 0. False where there are more than RK_POWER_PLAYERS players, or
 * coalitions come to too many different sums (over 4 million numbers to be kept). */
bool rk_power_of(const rk_fixed *weights, size_t count, rk_fixed quota, struct rk_power *power);
/* The least quota above half of all weights: a simple majority. */
rk_fixed rk_power_majority(const rk_fixed *weights, size_t count);

#endif
