/* Counts against shares: chi-square, the exact multinomial test, distances. The shares sum to 1; a
 * share may be 0. */
#ifndef RK_MULTINOMIAL_H
#define RK_MULTINOMIAL_H

#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rk_chi_square {
    double statistic; /* Pearson's; infinite where somebody is in a cell whose share is 0 */
    double p;         /* NaN where the approximation cannot be trusted, or df is 0 */
    size_t df;        /* cells with a share, less 1 */
};
/* The approximation is trusted as W. G. Cochran (Biometrics 10, 1954) has it: no cell is expected
 * to hold less than 1, and no more than a fifth of them less than 5. */
struct rk_chi_square rk_chi_square_fit(const int64_t *counts, const double *shares, size_t k);

struct rk_multinomial {
    double p;       /* NaN where nobody is counted */
    double se;      /* of p, where it was drawn; 0 where it is exact */
    uint64_t tried; /* outcomes gone through, or draws */
    bool exact;
};
/* The chance, under the shares, of an outcome that is no likelier than the one counted (likelihoods
 * within 1e-9 of each other are equal). Goes through all outcomes where they are `most` or fewer;
 * otherwise draws: then p = (outcomes no likelier + 1) / (draws + 1), so it is never 0, with 100
 * 000 draws, or fewer (at least 1 000) where the people counted are many. */
struct rk_multinomial rk_multinomial_test(const int64_t *counts, const double *shares, size_t k,
                                          uint64_t most, struct rk_random random);

/* Half the sum of absolute differences: the share of people who would have to be others. */
double rk_total_variation(const double *a, const double *b, size_t k);
double rk_hellinger(const double *a, const double *b, size_t k); /* 0 … 1 */

#endif
