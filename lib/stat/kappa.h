/* Two raters and a table of their categories: Cohen's kappa, and whether the two use the categories
 * equally often (marginal homogeneity). Besides, what rests on kappas: Light's mean of them, and
 * Fleiss' kappa by category. */
#ifndef RK_KAPPA_H
#define RK_KAPPA_H

#include "stat/agreement.h"

/* The table, cells that are not 0. Units that only one of the two rated are left out. */
struct rk_pairs {
    struct rk_pair {
        uint32_t first, second;
        double n;
    } * cells;
    size_t count, categories;
    double n;               /* Σ of the cells */
    double *first, *second; /* margins, counts by category */
};
/* Of the raters numbered so; give back with rk_pairs_free. */
struct rk_pairs rk_pairs_make(const struct rk_judged *judged, uint32_t first, uint32_t second);
void rk_pairs_free(struct rk_pairs *pairs);

/* Cohen 1960, weighted 1968: se, low, high after Fleiss, Cohen & Everitt 1969; se_null, statistic
 * and p under no agreement beyond chance, after the same. Weights need not be symmetric.
 * `confidence` 0 = values only. */
struct rk_estimate rk_kappa_cohen(const struct rk_pairs *pairs, const struct rk_weights *weights,
                                  double confidence);
/* Light 1971: the mean of the kappas of all pairs of raters, each over the units both rated. */
enum { RK_LIGHT_MOST = 100 }; /* raters; more are refused, since the pairs grow as the square */
struct rk_estimate rk_kappa_light(const struct rk_judged *judged, const struct rk_weights *weights);

/* The standard error of Fleiss' kappa under no agreement beyond chance (Fleiss, Nee & Landis 1979),
 * NaN where units have different numbers of ratings. */
double rk_fleiss_se_null(const struct rk_judged *judged);
/* Fleiss 1971 for each category against the rest, into `out`, one place a category; `expected` is
 * the category's share; se_null, statistic, p as above. Where units have different numbers of
 * ratings they say why not. */
void rk_fleiss_categories(const struct rk_judged *judged, struct rk_estimate *out);

/* Stuart 1955, Maxwell 1970: chi-square that both raters use every category equally often.
 * Categories without any disagreement take no part; where those that are left fall into parts
 * between which there is none, each part has one degree of freedom less. The statistic is the
 * value. */
struct rk_estimate rk_stuart_maxwell(const struct rk_pairs *pairs);
struct rk_estimate rk_bhapkar(const struct rk_pairs *pairs); /* 1966: SM / (1 - SM / n) */
/* Bowker 1948: symmetry of the whole table; degrees of freedom: the pairs of cells that are not
 * both 0. */
struct rk_estimate rk_bowker(const struct rk_pairs *pairs);
/* The share of disagreements in which the second rater's category is the higher, and whether it is
 * half (chi-square with one degree of freedom). */
struct rk_estimate rk_rater_bias(const struct rk_pairs *pairs);

#endif
