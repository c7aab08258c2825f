/* How well several items measure one thing. */
#ifndef RK_FACTOR_H
#define RK_FACTOR_H

#include <stdbool.h>
#include <stddef.h>

enum { RK_FACTOR_ITEMS = 200 };

struct rk_scale { /* NaN: not estimable */
    size_t n, items;
    double alpha;                 /* L. J. Cronbach, Psychometrika 16 (1951) 297 */
    double alpha_low, alpha_high; /* L. S. Feldt, Psychometrika 30 (1965) 357, by F */
    double standardized;          /* alpha of the standardised items */
    double lambda6; /* L. Guttman, Psychometrika 10 (1945) 255: 1 - Σ (1 - smc) / ΣR, of
                       correlations */
    double mean_r;  /* mean correlation of the items */
    double omega; /* R. P. McDonald 1999, total, of one factor: (Σλ)² / ((Σλ)² + Σψ), the factor
                   * by least squares without the diagonal (minres: H. H. Harman & W. H. Jones,
                   * Psychometrika 31 (1966) 351), of the covariances */
};
/* values[item × n + row], complete. `dropped` (of all items; NULL = not asked): alpha without each;
 * `rest`: its correlation with the sum of the others. */
struct rk_scale rk_scale(const double *values, size_t n, size_t items, double level,
                         double *dropped, double *rest);

/* The same of covariances, items × items, symmetric; NaN where the items, or their sum, do not
 * vary. Alpha of all but `without` (`items`: of all); an item's correlation with the sum of the
 * others, -1 to 1; the mean correlation of two. */
double rk_alpha_without(const double *covariance, size_t items, size_t without);
double rk_rest_correlation(const double *covariance, size_t items, size_t item);
double rk_mean_of_correlations(const double *covariance, size_t items);

#endif
