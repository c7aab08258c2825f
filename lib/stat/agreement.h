/* Agreement of any number of raters on categories, corrected for chance; ratings may be missing.
 *
 *     estimate = (pa - pe) / (1 - pe)
 *
 * pa is the mean, over the units rated at least twice, of the share of a unit's pairs of ratings
 * that agree (weighted); the coefficients differ in what they take for chance:
 *
 *     Fleiss 1971                 pe = Σ w_kl π_k π_l, π the mean over units of a unit's shares
 *     Conger 1980                 pe = Σ w_kl π_gk π_hl, mean over the pairs of raters g ≠ h
 *     Brennan & Prediger 1981     pe = Σ w_kl / q²
 *     Gwet 2008, 2014 (AC1, AC2)  pe = Σ w_kl · Σ π_k (1 - π_k) / (q (q - 1))
 *     Krippendorff 2004, 2011     pe = Σ w_kl π_k π_l over all paired ratings alike, and
 *                                 pa = (1 - ε) Σ_i m_i a_i / Σ m_i + ε, ε = 1 / (number of paired
 * ratings)
 *
 * A unit with one rating counts in π (but for Krippendorff's) and not in pa. Standard errors are
 * Gwet's linearisation over units (2014, chapters 5 and 6), intervals use t with units - 1 degrees
 * of freedom and end at 1. Krippendorff's metrics are the same alpha with weights: nominal =
 * unweighted, interval = quadratic, ratio = ratio, polar = bipolar; ordinal = quadratic between the
 * mean ranks of rk_alpha_ranks (whose standard error holds these ranks fixed). */
#ifndef RK_AGREEMENT_H
#define RK_AGREEMENT_H

#include "stat/estimate.h"
#include "stat/weights.h"

struct rk_judgement {
    uint32_t rater;    /* 0 … raters - 1 */
    uint32_t category; /* 0 … categories - 1 */
    uint32_t count;    /* raters it stands for; > 1 only where anonymous */
};

/* How many of a unit's ratings are in a category. */
struct rk_tally {
    uint32_t category;
    double count;
};

/* Who put what into which category: read-only for every function here. Units are what is rated,
 * each by any number of raters, by each rater once. */
struct rk_judged {
    size_t units, raters, categories;
    const size_t *start;            /* units + 1 places in `all` */
    const struct rk_judgement *all; /* by unit */
    const size_t *tally_start;      /* units + 1 places in `tallies`: see rk_judged_tally */
    const struct rk_tally *tallies; /* by unit, within it by category, ascending */
    const uint32_t *times;          /* units each unit stands for (0: none); NULL = 1 each */
    const double *values;           /* by category, ascending; NULL where they are words */
    const double *centred; /* the same less one number near them all, exact; NULL with values */
    bool anonymous;        /* raters are not told apart */
    bool table;            /* a table of two raters' categories: see rk_agreement */
};
static inline uint32_t rk_judged_times(const struct rk_judged *judged, size_t unit)
{
    return judged->times ? judged->times[unit] : 1;
}
/* Counts the categories of every unit: the judged's tallies, which the caller frees. */
void rk_judged_tally(struct rk_judged *judged);
void rk_judged_forget_tally(struct rk_judged *judged);
double rk_judged_units(const struct rk_judged *judged); /* Σ times of the units rated at all */
/* The number of ratings every unit has; 0 where they differ or there are no units. */
uint64_t rk_judged_balance(const struct rk_judged *judged);
/* Two raters or more, and each rated every unit. */
bool rk_judged_complete(const struct rk_judged *judged);

/* The same ratings by rater: those of rater g are from start[g] to start[g + 1], units ascending.
 */
struct rk_by_rater {
    size_t *start;
    uint32_t *unit, *category;
};
struct rk_by_rater rk_by_rater(const struct rk_judged *judged);
void rk_by_rater_free(struct rk_by_rater *by);

enum { RK_PERCENT, RK_FLEISS, RK_CONGER, RK_BRENNAN_PREDIGER, RK_GWET, RK_AGREEMENTS };

/* Fills `out`. Weights must be symmetric and made for these categories. Where judged->table,
 * standard errors divide by n, not n - 1, as for a table of two raters (Gwet 2014, section 5.2).
 * `confidence` 0 = values only. */
void rk_agreement(const struct rk_judged *judged, const struct rk_weights *weights,
                  double confidence, struct rk_estimate out[RK_AGREEMENTS]);

struct rk_estimate rk_alpha(const struct rk_judged *judged, const struct rk_weights *weights,
                            double confidence);
/* The standard error of alpha that irrCAC 1.0 prints for counts: it leaves out a factor 2 (see
 * rk-agree(1)). Needs an alpha that was estimated. */
double rk_alpha_se_irrcac(const struct rk_judged *judged, const struct rk_weights *weights);
/* ranks[k] = how many paired ratings are below category k, and half of those in it. */
void rk_alpha_ranks(const struct rk_judged *judged, double *ranks);

#endif
