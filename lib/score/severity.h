/* Rater severity by a model, unit by unit (rated.h): what each rater takes off a candidate, with
 * its error, and what is left when it is put back. Three models:
 *
 *   additive  y = mu + candidate - severity + criterion, raters fixed: least squares
 *             (stat/additive.h). Unbiased however raters met candidates; needs a design that hangs
 *             together.
 *   random    the same with all three drawn from normal distributions: REML or ML (stat/mixed.h).
 *             Shrinks towards the mean; where severe raters met other candidates than lenient
 *             ones, it takes out only a part of the difference.
 *
 *   rasch     many-facet Rasch (rasch.h), severity in logits.
 *
 * A unit whose raters and candidates fall into parts that nothing joins cannot be compared across
 * them: additive and rasch by JML are fitted part by part, random and rasch by MML in one piece;
 * the caller says that, or refuses.
 *
 * The adjusted score of a sheet is
 *
 *     score - expected(candidate, rater, its criteria) + expected(candidate, average rater, all)
 *
 * each a mean by the criteria's weights, "all" the criteria of the sheet's panel. For additive this
 * is the score plus the severity, less what the criteria that were rated are easier than all; its
 * mean over a candidate's sheets is mu + candidate. */
#ifndef RK_SEVERITY_H
#define RK_SEVERITY_H

#include "score/rasch.h"
#include "score/rated.h"
#include "stat/additive.h"
#include "stat/mixed.h"

enum rk_severity_model { RK_SEVERITY_ADDITIVE, RK_SEVERITY_RANDOM, RK_SEVERITY_RASCH };
struct rk_severity_options {
    enum rk_severity_model model;
    bool marginal;       /* random: ML instead of REML; rasch: MML instead of JML */
    bool partial_credit; /* rasch: thresholds of their own for each criterion */
    bool with_f;         /* additive: F of each facet */
};

enum rk_severity_end { /* why there is no estimate; RK_SEVERITY_DONE: there is */
                       RK_SEVERITY_DONE,
                       RK_SEVERITY_NO_VARIANCE, /* all ratings are the same */
                       RK_SEVERITY_EXACT,       /* no residual variance */
                       RK_SEVERITY_NO_FACET,    /* nothing that could be told from the error */
                       RK_SEVERITY_CONFOUNDED,  /* facets that cannot be told apart */
                       RK_SEVERITY_TOO_LARGE,
                       RK_SEVERITY_NO_MAXIMUM, /* rasch: the ratings are in perfect order */
                       RK_SEVERITY_UNSETTLED,  /* random: the steps found no end */
                       RK_SEVERITY_EXTREME,    /* rasch: all are at the ends of the scale */
                       RK_SEVERITY_APART,      /* rasch: without those, it does not hang together */
                       RK_SEVERITY_CATEGORIES, /* rasch: more than RK_RASCH_CATEGORIES different
                                                  ratings */
                       RK_SEVERITY_SCALES, /* rasch, rating scale: criteria on different scales */
                       RK_SEVERITY_ENDS
};
/* "no_variance" …, for flags; and in plain words, translated. */
const char *rk_severity_end_name(enum rk_severity_end end);
const char *rk_severity_end_text(enum rk_severity_end end);

/* A unit, or one part of it. */
struct rk_severity_block {
    size_t unit;
    uint32_t part; /* RK_NONE = the whole unit */
    size_t n;
    uint32_t levels[RK_RATED_FACETS];
    uint32_t *level[RK_RATED_FACETS];       /* by rating; the unit's own where whole */
    const uint32_t *value;                  /* likewise */
    uint32_t *unit_level[RK_RATED_FACETS];  /* by level here; NULL where whole */
    uint32_t *block_level[RK_RATED_FACETS]; /* by the unit's level, RK_NONE; NULL where whole */
    enum rk_severity_end end;
    rk_fixed mean; /* taken off before fitting, exactly */
    double scale;  /* largest less smallest value */
    /* what was fitted, by the model: effects are of values less the mean */
    struct rk_additive additive;
    struct rk_mixed mixed;
    struct rk_rasch rasch;
    struct rk_rasch_data rasch_data;
    size_t unused;                      /* rasch: categories of the scale that no rating used */
    size_t unmeasured[RK_RATED_FACETS]; /* rasch: levels of which nothing is known */
};
struct rk_severities {
    struct rk_severity_options options;
    const struct rk_rated *rated;
    struct rk_severity_block *blocks; /* by unit, then part */
    size_t count;
    size_t *first; /* by unit, and one more: its first block */
    struct rk_arena arena;
};

/* Fits every unit. `rated` must outlive it. Give back with rk_severity_free. */
void rk_severity_fit(struct rk_severities *severity, const struct rk_rated *rated,
                     const struct rk_severity_options *options);
void rk_severity_free(struct rk_severities *severity);
/* Warns of what could not be estimated and notes what is left out, by name, twenty of each at most;
 * returns how many could not be, among them nothing at all where no rating counts. Units with one
 * rater are passed over unless `all`: nobody expects a severity there. */
size_t rk_severity_log_ends(const struct rk_severities *severities, const struct rk_ids *ids,
                            bool all, struct rk_log *log);
/* The block of a unit's candidate or rater level, and the level in it. */
const struct rk_severity_block *rk_severity_block_of(const struct rk_severities *severity,
                                                     size_t unit, int facet, uint32_t *level);

/* Whether the block tells raters from each other: it is done, and each has not only one rating. */
bool rk_severity_knows_raters(const struct rk_severities *severities,
                              const struct rk_severity_block *block);

struct rk_severity_estimate {
    double value, se, low, high; /* NaN where not known; 95 % */
};
/* A measure of the Rasch model: the interval is that of full_se. */
struct rk_severity_estimate rk_severity_measure(double measure, double se, double full_se);
/* Its fair average, in values. */
struct rk_severity_estimate rk_severity_fair(const struct rk_rasch_level *level);
/* Of a rater level of a block that is done; above 0 = strict. In values, or logits. */
struct rk_severity_estimate rk_severity_rater(const struct rk_severities *severity,
                                              const struct rk_severity_block *block,
                                              uint32_t rater);
/* What an average rater would give the candidate on average over the criteria. */
struct rk_severity_estimate rk_severity_candidate(const struct rk_severities *severity,
                                                  const struct rk_severity_block *block,
                                                  uint32_t candidate);
/* estimate ± quantile · se */
struct rk_severity_estimate rk_severity_interval(double value, double se, double quantile);
/* The expected value of a rating; rater RK_NONE = the average one. */
double rk_severity_expected(const struct rk_severities *severity,
                            const struct rk_severity_block *block, uint32_t candidate,
                            uint32_t rater, uint32_t criterion);

/* Fills severity, adjusted and flags of one score: `severity_unlinked` in a unit of several parts,
 * `one_rater` (alone in its part), `not_estimable:REASON` (adjusted is then the score itself),
 * `extreme`, `outside_scale`. New flags live in `arena`. */
void rk_severity_adjust(const struct rk_severities *severity, struct rk_score *score,
                        struct rk_arena *arena);

#endif
