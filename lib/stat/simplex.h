/* Linear programs over few rows and many columns, solved exactly: the dual simplex with bounds on
 * every variable, in whole numbers from end to end. The basis inverse is held as its adjugate over
 * its determinant and updated without fractions (Edmonds 1967, "Systems of distinct representatives
 * and linear algebra"; Bareiss 1968), so no tolerance decides anything and an outcome is a fact.
 * Rows up to a few hundred; time per step is at most about rows² + entries.
 *
 *     least  sum over columns of cost × x     where  lower <= x <= upper  for each column, and
 *     lower <= sum of entries × x <= upper    for each row.
 *
 * Variables are numbered: columns 0 … columns - 1, then the rows' sums. Every bound is finite, so
 * every basis can be made dual feasible and no first phase is needed. Bounds are whole numbers; for
 * fractions give bounds multiplied by a common scale and read values over the same scale.
 *
 * Order of calls: rk_simplex_new, costs and bounds, rk_simplex_solve; then again any costs and
 * bounds and rk_simplex_solve, which goes on from the basis at hand. Never loops: after a run of
 * steps without gain it takes the least index (Bland's rule) until there is one. */
#ifndef RK_SIMPLEX_H
#define RK_SIMPLEX_H

#include "base/exact.h"

struct rk_simplex;

enum rk_simplex_outcome {
    RK_SIMPLEX_OPTIMAL,
    RK_SIMPLEX_NONE,    /* no x keeps all bounds; rk_simplex_price proves it */
    RK_SIMPLEX_STOPPED, /* the caller's hook said so; solving again goes on */
};

/* Column c has entry[first[c]] … entry[first[c + 1] - 1] in the rows row[…], none twice. The three
 * arrays stay the caller's and are read until rk_simplex_free. All costs and bounds are 0. */
struct rk_simplex *rk_simplex_new(uint32_t rows, uint32_t columns, const uint32_t *first,
                                  const uint32_t *row, const int64_t *entry);
void rk_simplex_free(struct rk_simplex *simplex); /* NULL is allowed */
/* One row more, the last, between bounds of 0: the matrix is this now, else as it was. Solving goes
 * on from the basis at hand. */
void rk_simplex_row(struct rk_simplex *simplex, const uint32_t *first, const uint32_t *row,
                    const int64_t *entry);
/* Asked every few dozen steps; true stops. NULL = never. */
void rk_simplex_stop_when(struct rk_simplex *simplex, bool (*stop)(void *context), void *context);
void rk_simplex_cost(struct rk_simplex *simplex, uint32_t column, const struct rk_whole *cost);
/* lower <= upper. */
void rk_simplex_bounds(struct rk_simplex *simplex, uint32_t variable, const struct rk_whole *lower,
                       const struct rk_whole *upper);
void rk_simplex_bounds_i64(struct rk_simplex *simplex, uint32_t variable, int64_t lower,
                           int64_t upper);
enum rk_simplex_outcome rk_simplex_solve(struct rk_simplex *simplex);

/* After RK_SIMPLEX_OPTIMAL; all numbers are over rk_simplex_over (> 0). */
const struct rk_whole *rk_simplex_over(const struct rk_simplex *simplex);
void rk_simplex_value(const struct rk_simplex *simplex, uint32_t variable, struct rk_whole *value);
bool rk_simplex_is_basic(const struct rk_simplex *simplex, uint32_t variable);
void rk_simplex_least(const struct rk_simplex *simplex, struct rk_whole *cost);
/* The price of a row, over the same. After OPTIMAL: cost - sum of price × entry is >= 0 for a
 * column at its lower bound and <= 0 at its upper one, likewise price for the row's own sum. After
 * NONE: the prices make a sum that every x gives alike by one side, and no x within bounds by the
 * other: sum over columns of g × x, where g = sum of price × entry, is more than the sum over rows
 * of price × (the row's sum) can be. */
void rk_simplex_price(const struct rk_simplex *simplex, uint32_t row, struct rk_whole *price);
/* over × cost - sum of price × entry, of a column or a row's sum; only after OPTIMAL. */
void rk_simplex_reduced_cost(struct rk_simplex *simplex, uint32_t variable,
                             struct rk_whole *reduced);
/* Since rk_simplex_new; work: numbers looked at, about. */
uint64_t rk_simplex_steps(const struct rk_simplex *simplex);
uint64_t rk_simplex_work(const struct rk_simplex *simplex);

#endif
