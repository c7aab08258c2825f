/* Analysis of variance of scores by what is scored and by whom, and the intraclass correlations of
 * Shrout & Fleiss 1979 and McGraw & Wong 1996. Sums of squares are of deviations in two passes from
 * judged->centred, so that leading digits that all scores share cost no accuracy.
 *
 * MSR, MSC, MSE: between units, between raters, residual; MSB, MSW: one-way. k is the number of
 * ratings per unit, or Ebel's (1951) average of it where they differ: k0 = (N - Σ k_i² / N) / (n -
 * 1).
 *
 *     1     (MSB - MSW) / (MSB + (k-1) MSW)                        k     (MSB - MSW) / MSB
 *     C,1   (MSR - MSE) / (MSR + (k-1) MSE)                        C,k   (MSR - MSE) / MSR
 *     A,1   (MSR - MSE) / (MSR + (k-1) MSE + k (MSC - MSE) / n)    A,k   (MSR - MSE) / (MSR + (MSC
 * - MSE) / n)
 *
 * Random and mixed raters give the same numbers. Where ratings are missing, the two-way squares are
 * those of Ebel 1951 as Brückl 2011 extends them: each rater's ratings are first moved to the grand
 * mean; the residual has (n-1)(N/n - 1) degrees of freedom. Intervals: F for 1 and C, McGraw &
 * Wong's Satterthwaite form for A; those of A,k follow from those of A,1 by Spearman & Brown. F
 * tests that the true value is 0. Negative estimates are kept. */
#ifndef RK_ICC_H
#define RK_ICC_H

#include "stat/agreement.h"

struct rk_anova {
    double n, raters, ratings;  /* units and raters with a rating, ratings */
    double k0, mean_size;       /* Ebel's average of ratings per unit, and the plain one */
    double msb, msw, df_within; /* one-way; df between = n - 1 */
    double msr, msc, mse, df_error;
    double total;            /* sum of squares about the grand mean */
    bool balanced;           /* every unit has as many ratings */
    bool complete;           /* every rater rated every unit: the two-way squares are exact */
    const char *why;         /* why there is nothing at all; NULL */
    const char *why_two_way; /* why nothing can be said of raters and units; NULL */
    bool apart; /* raters and units fall into parts that share nobody: the two-way squares
                 * would compare what nobody has compared, and are refused */
};
struct rk_anova rk_anova(const struct rk_judged *judged);
/* Why there are no two-way squares; NULL where there are. */
const char *rk_anova_why_two_way(const struct rk_anova *anova);

/* Of all scores: their mean, and their standard deviation (ratings - 1). The mean has an error and
 * an interval by t where nothing was rated twice: else scores of the same thing hang together, and
 * the components of variance tell how. */
struct rk_estimate rk_mean_score(const struct rk_judged *judged, double confidence);
struct rk_estimate rk_deviation(const struct rk_judged *judged);

enum rk_icc_form { RK_ICC_1, RK_ICC_K, RK_ICC_C1, RK_ICC_CK, RK_ICC_A1, RK_ICC_AK, RK_ICC_FORMS };
struct rk_estimate rk_icc(const struct rk_anova *anova, enum rk_icc_form form, double confidence);
/* The interval of A,k as irr 0.84.1 and irrNA 0.2.3 have it, with one k too many (see rk-agree(1)).
 */
void rk_icc_interval_irr(const struct rk_anova *anova, struct rk_estimate *estimate,
                         double confidence);

/* ICC(1) and ICC(2) of Bliese 2000 for unequal groups: the plain mean of group sizes as k. */
struct rk_estimate rk_icc_bliese(const struct rk_anova *anova, bool of_means);

/* Estimated variances from the mean squares, which may come out below 0: kept. */
enum rk_component { RK_OF_UNITS, RK_OF_RATERS, RK_OF_REST, RK_COMPONENTS };
struct rk_estimate rk_anova_component(const struct rk_anova *anova, enum rk_component component);
struct rk_estimate rk_anova_component_one_way(const struct rk_anova *anova, bool within);

#endif
