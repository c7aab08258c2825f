/* What a column of numbers is like, and what it says of a mean or a difference. Weights are >= 0
 * and need not sum to anything; NULL = all alike. What needs more values than there are is NaN. */
#ifndef RK_SAMPLE_H
#define RK_SAMPLE_H

#include "stat/interval.h"

#include <stdbool.h>
#include <stddef.h>

struct rk_sample {
    size_t n;
    double mean, sd; /* sd: divisor n - 1 */
    double se;       /* of the mean; weighted: see rk_sample_weighted */
    double skewness; /* g1 = m3 / m2^1.5 (Joanes & Gill 1998, type 1) */
    double kurtosis; /* g2 = m4 / m2^2 - 3 */
    double least, most;
};
struct rk_sample rk_sample(const double *values, size_t n);
/* Mean and sd of weighted values, Σw x / Σw; the error by linearization for weights of a survey,
 * sqrt(n/(n-1) Σ (w (x - mean))²) / Σw; *n_effective by Kish: (Σw)² / Σw². No skewness. */
struct rk_sample rk_sample_weighted(const double *values, const double *weights, size_t n,
                                    double *n_effective);
/* Quantile of values that are sorted, 0 <= p <= 1, as R's type 7 (Hyndman & Fan 1996). */
double rk_quantile(const double *sorted, size_t n, double p);
void rk_sort(double *values, size_t n);
/* mean ± t(n - 1) se. */
struct rk_interval rk_t_interval(double mean, double se, double df, double level);

/* Two-sided tests. */
struct rk_test {
    double difference;           /* what is estimated, or NaN */
    double se;                   /* of the difference */
    double statistic, df, p;     /* df NaN: none */
    struct rk_interval interval; /* of the difference */
};
/* Mean of a less mean of b, variances not thought equal (Welch 1947). */
struct rk_test rk_welch(const struct rk_sample *a, const struct rk_sample *b, double level);
/* The same with one variance (Student 1908). */
struct rk_test rk_student(const struct rk_sample *a, const struct rk_sample *b, double level);
/* The mean of differences against 0. */
struct rk_test rk_paired(const struct rk_sample *differences, double level);
/* k groups' means, one-way analysis of variance: statistic F, df k - 1, *df2 n - k. */
struct rk_test rk_one_way(const struct rk_sample *groups, size_t k, double *df2);

/* Standardised differences a less b. Hedges' g: (mean - mean) / pooled sd × (1 - 3 / (4 df - 1)),
 * with the error of Hedges & Olkin (1985): sqrt(n/(na nb) + g² / (2 n)). smd: by the root of the
 * mean of the two variances (Austin 2009, as in tables of who was in which arm). */
struct rk_effect {
    double value, se;
    struct rk_interval interval;
};
struct rk_effect rk_hedges_g(const struct rk_sample *a, const struct rk_sample *b, double level);
/* Of paired values: mean difference / sd of the differences, corrected likewise; error
 * sqrt(1/n + g²/(2n)). */
struct rk_effect rk_hedges_paired(const struct rk_sample *differences, double level);
double rk_smd(const struct rk_sample *a, const struct rk_sample *b);

/* Ranks. Exact tests count all ways to share out the ranks, ties among them as they are (a
 * permutation test; without ties, the tables of Mann & Whitney 1947 and Wilcoxon 1945). Else
 * normal, with ties and a correction for continuity of half. Exact where at most this many values,
 * unless asked otherwise. */
enum { RK_EXACT_VALUES = 60 };
enum rk_how { RK_EXACT_IF_SMALL, RK_EXACT_NEVER };
struct rk_rank_test {
    double statistic; /* U of the first group; V: the sum of positive ranks */
    double p;
    bool exact;
    struct rk_effect
        superiority; /* P(a > b) + P(a = b)/2, its error and interval by Newcombe's
                      * method 5 (Statistics in Medicine 25 (2006) 559); paired: none */
};
struct rk_rank_test rk_mann_whitney(const double *a, size_t na, const double *b, size_t nb,
                                    enum rk_how how, double level);
/* Differences of 0 are left out (Wilcoxon 1945). */
struct rk_rank_test rk_signed_ranks(const double *differences, size_t n, enum rk_how how);
/* k groups, value i in group[i] < k: H with ties, k - 1 degrees (Kruskal & Wallis 1952). */
struct rk_test rk_kruskal(const double *values, const unsigned *group, size_t n, size_t k);

/* McNemar (1947): of pairs, b changed one way and c the other. */
struct rk_mcnemar {
    double statistic, p;           /* chi-square with 1 degree of freedom, not corrected */
    double corrected, corrected_p; /* … for continuity (Edwards 1948) */
    double exact_p, mid_p;         /* binomial */
};
struct rk_mcnemar rk_mcnemar(unsigned b, unsigned c);

/* In place: p-values made ready to be held against a level (p sorted or not; NaN stays, and does
 * not count). Holm (1979): any error; Benjamini & Hochberg (1995): share of false finds;
 * Bonferroni. */
enum rk_adjustment { RK_ADJUST_NONE, RK_ADJUST_HOLM, RK_ADJUST_BH, RK_ADJUST_BONFERRONI };
void rk_adjust_p(double *p, size_t n, enum rk_adjustment adjustment);

#endif
