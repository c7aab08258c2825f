/* How unevenly whole things (assignments) lie on people. Nobody, or nothing to share: NaN. */
#ifndef RK_CONCENTRATION_H
#define RK_CONCENTRATION_H

#include <stddef.h>
#include <stdint.h>

/* Gini's coefficient of the n numbers, none below 0, those with 0 included: 0 = all have the same,
 * (n - 1) / n = one has all. Exact until the division. Sorts `numbers`. */
double rk_gini(int64_t *numbers, size_t n);
/* The least it can be where `total` whole things are shared among n people. */
double rk_gini_least(int64_t total, size_t n);
/* What the `most` people who have most have together, as a share of all. Sorts `numbers`. */
double rk_top_share(int64_t *numbers, size_t n, size_t most);

#endif
