/* How far raters give the same order, and how little ratings of the same thing differ. Raters'
 * ranks and correlations need raters who are told apart; what is within units does not. */
#ifndef RK_RELIABILITY_H
#define RK_RELIABILITY_H

#include "stat/icc.h"

/* Kendall & Babington Smith 1939, ties sharing their mean rank:
 *     Wt = 12 S / (m² (n³ - n) - m ΣT),  T = Σ (t³ - t) over a rater's ties
 * and with chi-square = m (n - 1) W. Every rater must have rated all; where not, see below. */
enum rk_concordance {
    RK_W_TIES,   /* corrected for ties, chi-square (= Friedman's test) */
    RK_W_TIES_F, /* the same value, F = (m - 1) W / (1 - W) of Legendre 2005 */
    RK_W_PLAIN,  /* not corrected */
    RK_CONCORDANCES
};
void rk_concordance(const struct rk_judged *judged, struct rk_estimate out[RK_CONCORDANCES]);
/* W where ratings are missing: (1 + ρ (k - 1)) / k, with ρ the mean of the raters' Spearman
 * correlations, each over what both rated and weighing (that number - 1), and k the mean number of
 * ratings (Taylor 1987; Brückl 2011). A correlation that does not exist counts as 0, as there. */
struct rk_estimate rk_concordance_missing(const struct rk_judged *judged);

enum { RK_CORRELATE_MOST = 100 }; /* raters; more are refused */
/* Mean over pairs of raters of Pearson's or (ranks) Spearman's r over what both rated; `fisher`:
 * the mean of atanh r, turned back. */
struct rk_estimate rk_mean_correlation(const struct rk_judged *judged, bool ranks, bool fisher);

/* Variance of scores given at random, all `steps` equally likely and `step` apart: step² (steps² -
 * 1) / 12. */
double rk_random_variance(double steps, double step);
/* James, Demaree & Wolf 1984: mean over units of 1 - s² / random, less than 0 counting as 0. */
struct rk_estimate rk_rwg(const struct rk_judged *judged, double random);
/* The same of J items each (James, Demaree & Wolf 1984, their equation 2), unit i being an item of
 * group[i] < groups: mean over groups of J (1 - v) / (J (1 - v) + v), v the mean variance over
 * `random`. */
struct rk_estimate rk_rwg_items(const struct rk_judged *judged, const uint32_t *group,
                                size_t groups, double random);
/* Burke & Dunlap 2002: mean over units of the mean absolute deviation from the unit's mean or
 * median. */
struct rk_estimate rk_average_deviation(const struct rk_judged *judged, bool from_median);
/* Finn 1970: 1 - mean square / random; within units, or left over after raters too (two-way). */
struct rk_estimate rk_finn(const struct rk_anova *anova, double random, bool two_way);
struct rk_estimate
rk_robinson(const struct rk_anova *anova); /* 1957: SSR / (SSR + SSE), all rated by all */
/* The share of units all of whose ratings lie within `tolerance` of each other. */
struct rk_estimate rk_within_tolerance(const struct rk_judged *judged, double tolerance);

#endif
