/* The many-facet Rasch model (Linacre 1989) of one panel: the rating of candidate n by rater j on
 * criterion i is in category k of m + 1 with
 *
 *     log(P_k / P_k-1) = B_n - C_j - D_i - F_k
 *
 * B ability, C severity, D difficulty, F thresholds (Andrich 1978), in logits; one set of
 * thresholds for all criteria (rating scale), or one for each (partial credit, Masters 1982; D_i is
 * then the mean of its steps).
 *
 * Joint maximum likelihood (JML): every B is a parameter; Σ C = Σ D = Σ F = 0, B free. No
 * correction of its bias. Candidates, raters and criteria whose ratings are all in the lowest or
 * all in the highest category have no finite estimate: they are set aside (and what then becomes
 * extreme, too), and measured afterwards at a score `RK_RASCH_EXTREME` categories from the end, the
 * others held: by their ratings with what was not set aside, then, turn by turn, with what has been
 * measured. What is left has no measure (NaN): only one category is used wherever it was rated
 * (partial credit), or nothing joins it to the rest but what is extreme too.
 *
 * Marginal maximum likelihood (MML): B ~ N(0, variance), on RK_RASCH_NODES equally spaced nodes
 * from -RK_RASCH_REACH to RK_RASCH_REACH (twice as wide while that is less than 3 standard
 * deviations, half while the nodes are further apart than one; below 0.0125 it is zero); Σ C = Σ F
 * = 0, D free. B is then the mean of its posterior (EAP), se the posterior's standard deviation,
 * and full_se² = se² + J' V J, V the covariance of all the estimates and J how B moves with them.
 * Raters and criteria that are extreme are set aside as above; candidates need not be.
 *
 * Both are maximised by damped Newton steps with the exact second derivatives (Louis 1982 for MML)
 * until an undamped step moves no parameter by 1e-10.
 *
 * Categories that no rating uses have no threshold: the others close up, in order, and keep their
 * values. Fit: z = (x - E) / sqrt(V); outfit = mean z², infit = Σ (x - E)² / Σ V, in categories;
 * SE = 1 / sqrt(Σ V), all else held; for MML of raters and criteria, as full_se always, from the
 * inverse of the whole observed information.
 * The fair average is the expected score with every other facet at its mean: C = 0, B at the mean
 * of those not set aside, and over the criteria as they are. */
#ifndef RK_RASCH_H
#define RK_RASCH_H

#include "base/message.h"

#include <stddef.h>

enum { RK_RASCH_NODES = 81, RK_RASCH_REACH = 8, RK_RASCH_CATEGORIES = 64 };
#define RK_RASCH_EXTREME 0.3

enum { RK_RASCH_CANDIDATE, RK_RASCH_RATER, RK_RASCH_CRITERION, RK_RASCH_FACETS };

struct rk_rasch_data {
    size_t n;
    const uint32_t *level[RK_RASCH_FACETS]; /* n each; sorted by candidate */
    uint32_t levels[RK_RASCH_FACETS];       /* each level has a rating */
    const uint32_t *category;               /* n; place in values[set] */
    uint32_t sets;                          /* of thresholds: 1, or levels of criteria */
    const uint32_t *categories;             /* by set: 1 … RK_RASCH_CATEGORIES */
    const double *const *values;            /* by set: what each category is worth, increasing */
};

enum rk_rasch_end {
    RK_RASCH_DONE,
    RK_RASCH_NOTHING_LEFT, /* every rating is of something extreme */
    RK_RASCH_APART,        /* without the extreme, it does not hang together: JML only */
    RK_RASCH_NO_MAXIMUM,   /* no finite one: some order of the ratings is perfect */
    RK_RASCH_CONFOUNDED,   /* raters and criteria, or else, cannot be told apart */
    RK_RASCH_TOO_LARGE,
};

struct rk_rasch_level { /* NaN = not known */
    double measure, se;
    double full_se; /* for intervals, with the errors of all else in it; se where extreme */
    double infit, outfit, observed; /* observed = mean value */
    double fair, fair_low,
        fair_high; /* of candidates and raters at the ends of their 95 % interval */
    size_t count;
    bool extreme; /* set aside; MML: or a candidate whose ratings all are of what was */
};
struct rk_rasch_facet_summary {
    size_t levels, extremes;
    double sd;             /* of the measures, n - 1; extremes left out here and below */
    double rmse;           /* root mean square of se */
    double separation;     /* true sd / rmse, true variance = sd² - rmse², not below 0; of EAPs:
                            * sd / rmse */
    double reliability;    /* true variance / sd²; of EAPs: sd² / (sd² + rmse²) */
    double chi_square, df; /* all measures the same? NaN for EAPs */
};
struct rk_rasch {
    enum rk_rasch_end end;
    bool mml;
    struct rk_rasch_level *levels[RK_RASCH_FACETS];
    struct rk_rasch_facet_summary summary[RK_RASCH_FACETS];
    double **threshold, **threshold_se; /* by set: used[set] - 1 of them, into category 1, 2 … */
    double **threshold_full_se;
    uint32_t *used;         /* by set: categories with ratings */
    uint32_t **code;        /* by set and category: place among the used */
    double **value;         /* by set and place among the used */
    double log_likelihood;  /* MML: marginal; of the ratings not set aside */
    size_t ratings;         /* not set aside */
    double variance, reach; /* MML */
    double reliability;     /* MML: var(EAP) / (var(EAP) + mean sd²) */
    unsigned rounds;
    const struct rk_rasch_data *data; /* the caller's */
};

/* Give back with rk_rasch_free; `data` must outlive the fit. */
void rk_rasch_fit(struct rk_rasch *fit, const struct rk_rasch_data *data, bool mml);
void rk_rasch_free(struct rk_rasch *fit);

/* The expected value of a rating by measures of the three facets. */
double rk_rasch_expected(const struct rk_rasch *fit, double ability, double severity,
                         uint32_t criterion);

/* Does a rater rate one group of candidates otherwise than its severity says? All else held,
 * the shift b in logits (above 0 = more lenient with this group) at which expected and observed
 * scores of the rater for the group agree. */
struct rk_rasch_bias {
    uint32_t rater, group;
    size_t count;
    double shift, se; /* NaN where all ratings are at one end, or of what has no measure */
};
/* `group` by candidate, groups in number, UINT32_MAX = none. Returns how many; *biases is the
 * caller's to free, by rater and group, those with ratings. */
size_t rk_rasch_biases(const struct rk_rasch *fit, const uint32_t *group, uint32_t groups,
                       struct rk_rasch_bias **biases);

#endif
