/* Tables of people selected and not, by group: x of n in each. Tests and intervals for two groups,
 * for k, and for two over strata. Counts are whole and 0 <= x <= n <= 10^9; where they are not, or
 * a figure does not exist (a ratio to nobody), it is NaN. Intervals are two-sided, at `level`
 * (0.95).
 *
 * Exact tests hold all sums of the table fixed (hypergeometric). Two-sided: every table that is as
 * likely as the one seen or less; likelihoods within 1e-7 of each other are the same, as in R.
 * Mid-p: tables exactly as likely (one-sided: the one seen) count half. A chance under 1e-290 is 0.
 *
 * R. A. Fisher, The Design of Experiments (1935); H. O. Lancaster, JASA 56 (1961) 223-234 (mid-p);
 * D. Katz & al., Biometrics 34 (1978) 469-474; C. R. Mehta & N. R. Patel, JASA 78 (1983) 427-434
 * (network); N. Mantel & W. Haenszel, J. Natl Cancer Inst. 22 (1959); J. Robins, N. Breslow & S.
 * Greenland, Biometrics 42 (1986) 311-323; S. Greenland & J. Robins, Biometrics 41 (1985) 55-68; B.
 * Woolf, Annals of Human Genetics 19 (1955). */
#ifndef RK_CONTINGENCY_H
#define RK_CONTINGENCY_H

#include "stat/interval.h"

#include <stdbool.h>
#include <stdint.h>

struct rk_pair { /* two groups: x1 of n1 and x2 of n2 were selected */
    int64_t x1, n1, x2, n2;
};

struct rk_exact {
    double two_sided, less, greater; /* less: so few, or fewer, of group 1 */
    double mid_two_sided, mid_less;
};
struct rk_exact rk_fisher(struct rk_pair pair);
/* The odds of group 1 by those of group 2: the conditional maximum likelihood estimate, 0 or
 * infinite where x1 is at its end, and its exact interval (Cornfield 1956; as R's fisher.test). */
double rk_conditional_odds(struct rk_pair pair, double level, struct rk_interval *interval);

double rk_sample_odds(struct rk_pair pair);
/* (x1/n1) / (x2/n2), on the scale of logarithms; none where nobody was selected of either. */
struct rk_interval rk_katz(struct rk_pair pair, double level);
/* Difference x2/n2 - x1/n1 by its standard error under one rate for both; Pearson's chi-square is
 * its square. */
double rk_pooled_z(struct rk_pair pair);
double rk_chi_square_yates(struct rk_pair pair);
double rk_cohen_h(struct rk_pair pair); /* of group 2 less group 1 */

/* ---- k groups: x[i] of n[i] ---- */

double rk_chi_square_groups(const int64_t *x, const int64_t *n, size_t k); /* k - 1 degrees */
/* Fisher's test (Freeman and Halton 1951), two-sided; *mid may be NULL. False, and nothing is set,
 * where it would take more than `steps` steps (0 = 50 million), or 64 MB. */
bool rk_fisher_groups(const int64_t *x, const int64_t *n, size_t k, uint64_t steps, double *p,
                      double *mid);

/* ---- two groups over strata: zeroed = none; add each, then ask ---- */

struct rk_strata {
    uint64_t count; /* strata that say something: both groups, and both selected and not */
    uint64_t ratio_count; /* … of the ratio of rates: also those in which all were selected */
    double odds_r, odds_s, odds_pr, odds_both, odds_qs;
    double rate_r, rate_s, rate_spread;
    double seen, expected, variance;
    double woolf_weight, woolf_sum, woolf_square;
    bool has_zero; /* of a stratum that says something */
};
void rk_strata_add(struct rk_strata *strata, struct rk_pair pair);
/* Mantel and Haenszel's common odds ratio and rate ratio, of group 1 by group 2. */
double rk_strata_odds(const struct rk_strata *strata, double level, struct rk_interval *interval);
double rk_strata_ratio(const struct rk_strata *strata, double level, struct rk_interval *interval);
/* Their test, 1 degree of freedom; `corrected` for continuity. */
double rk_strata_chi_square(const struct rk_strata *strata, bool corrected);
/* Woolf's test that the odds ratio is the same in all, count - 1 degrees; none with an empty cell.
 */
double rk_strata_woolf(const struct rk_strata *strata);

#endif
