/* How two columns of numbers go together: Kendall's and Goodman & Kruskal's measures of order, with
 * ties; Spearman's and Pearson's correlation; overlap at the top. NAN where a column does not vary.
 */
#ifndef RK_RANK_H
#define RK_RANK_H

#include <stddef.h>
#include <stdint.h>

struct rk_concordance { /* pairs of the n (n - 1) / 2 */
    uint64_t concordant, discordant;
    uint64_t tied_x, tied_y, tied_both; /* tied_x, tied_y: in that column alone */
};
/* Values no further apart than the tolerance (>= 0) of their column are tied. */
struct rk_concordance rk_concordance_of(const double *x, const double *y, size_t n,
                                        double tolerance_x, double tolerance_y);
double rk_tau_a(const struct rk_concordance *c); /* (C - D) / pairs */
double rk_tau_b(const struct rk_concordance *c); /* Kendall 1945: ties in either column out */
double rk_gamma(const struct rk_concordance *c); /* (C - D) / (C + D) */
double
rk_somers_d(const struct rk_concordance *c);     /* of y given x: (C - D) / (pairs not tied in x) */
double rk_tau_x(const struct rk_concordance *c); /* Emond & Mason 2002 */

/* (C - D) by its standard deviation where the order of y is chance, ties told (Kendall 1970); its
 * two-sided p is that of a normal deviate. */
double rk_tau_z(const double *x, const double *y, size_t n, double tolerance_x, double tolerance_y);
double rk_normal_two_sided(double z);

/* Mean ranks from 1, the least first; values within the tolerance of the first of them share. */
void rk_mean_ranks(const double *values, size_t n, double tolerance, double *ranks);
double rk_pearson(const double *x, const double *y, size_t n);
/* The interval of Pearson's by Fisher's z at 95 of 100; NAN where n < 4. */
void rk_pearson_interval(double r, size_t n, double *low, double *high);
/* Two-sided p where the columns have nothing to do with each other, by Student's t with n - 2. */
double rk_pearson_p(double r, size_t n);
double rk_spearman(const double *x, const double *y, size_t n, double tolerance_x,
                   double tolerance_y); /* Pearson's of the mean ranks */
double rk_footrule(const double *x, const double *y, size_t n, double tolerance_x,
                   double tolerance_y); /* Σ |difference of mean ranks| */

/* How far two rankings have the same at the top. Places from 1, alike sharing the first of theirs;
 * 0 = not in that ranking. NAN where either ranks nobody.
 *
 *     overlap at depth d = 2 · (how many both have among their first d) / (how many each has there)
 *
 * which is the share of d where nobody is alike; jaccard (may be NULL) has the number in both by
 * the number in either. Rank-biased overlap, by what is seen and goes on so beyond it (Webber,
 * Moffat & Zobel 2010, RBO_ext and what they say of ties): overlaps at d weigh (1 - p) p^(d - 1),
 * 0 < p < 1. */
double rk_top_overlap(const uint32_t *x, const uint32_t *y, size_t n, uint32_t depth,
                      double *jaccard);
double rk_biased_overlap(const uint32_t *x, const uint32_t *y, size_t n, double p);

#endif
