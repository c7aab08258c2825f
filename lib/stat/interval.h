/* Intervals for a share, x of n, and for the difference of two; two-sided, at `level` (0.95). x and
 * n need not be whole (weighted counts). Where n is 0, or x is not within 0 … n, both ends are NaN.
 * All lie within 0 … 1 (the difference: -1 … 1), and hold the end itself where x is 0 or n.
 *
 * R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872 and 873-890; C. J. Clopper & E. S.
 * Pearson, Biometrika 26 (1934); A. Agresti & B. A. Coull, The American Statistician 52 (1998); L.
 * D. Brown, T. T. Cai & A. DasGupta, Statistical Science 16 (2001); L. A. Goodman, Technometrics 7
 * (1965). */
#ifndef RK_INTERVAL_H
#define RK_INTERVAL_H

#include <stddef.h>

struct rk_interval {
    double low, high;
};

struct rk_interval rk_wilson(double x, double n, double level);           /* score */
struct rk_interval rk_wilson_corrected(double x, double n, double level); /* for continuity */
struct rk_interval rk_clopper_pearson(double x, double n, double level);  /* exact, never short */
struct rk_interval rk_agresti_coull(double x, double n, double level);
struct rk_interval rk_wald(double x, double n, double level); /* not cut off at 0 and 1 */
struct rk_interval rk_jeffreys(double x, double n, double level);
/* One of `k` shares that sum to 1, such that all k intervals hold at once. */
struct rk_interval rk_goodman(double x, double n, size_t k, double level);
/* x1/n1 - x2/n2 of two independent groups: Newcombe's hybrid of score intervals (his method 10). */
struct rk_interval rk_newcombe(double x1, double n1, double x2, double n2, double level);

#endif
