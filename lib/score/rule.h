/* How the voices of a contest become an order of its candidates: each method of rk-aggregate as one
 * function of how often each voice counts, to be called once or, for resamples and what-ifs, many
 * times. Methods on scores give each candidate
 *
 *     standing = Σ share of block · score in the block
 *
 * (a block in a stage that did not score the candidate at all leaves its share to the rest of the
 * stage); methods on pairs (score/social.h, score/kemeny.h) work on the supports of all blocks. */
#ifndef RK_RULE_H
#define RK_RULE_H

#include "base/text.h"
#include "score/kemeny.h"
#include "score/voices.h"

enum rk_method { /* in the order of --method */
                 RK_METHOD_MEAN,
                 RK_METHOD_MEDIAN,
                 RK_METHOD_TRIMMED,
                 RK_METHOD_STANDARDISED, /* means, less their mean over candidates, by their
                                            standard deviation */
                 RK_METHOD_MINMAX,       /* means, the lowest to 0 and the highest to 1 */
                 RK_METHOD_GROUP_RANKS,  /* the places that the means give, alike sharing; low is
                                            good */
                 RK_METHOD_BORDA,
                 RK_METHOD_COPELAND,
                 RK_METHOD_SCHULZE,
                 RK_METHOD_RANKED_PAIRS,
                 RK_METHOD_MINIMAX, /* low is good */
                 RK_METHOD_KEMENY
};
static inline bool rk_method_on_pairs(enum rk_method method)
{
    return method >= RK_METHOD_COPELAND;
}

struct rk_method_options {
    enum rk_method method;
    enum rk_strength strength; /* Schulze, ranked pairs, minimax */
    enum rk_unranked unranked; /* Borda and pairs */
    bool half;                 /* pairs: see struct rk_pair_rules */
    bool lots;       /* ranked pairs: wins of equal strength in an order drawn from seed */
    bool population; /* standardised: by n, not n - 1 */
    bool equalise;   /* methods on scores: see rk_rule_equalise */
    rk_fixed trim;   /* trimmed: this share off either end, 0 <= trim < 0.5 */
    struct rk_text seed;
    size_t states, listed; /* Kemeny: see struct rk_kemeny_options */
};

struct rk_rule;
/* `voices` must outlive the rule; `tolerance`: standings no further apart are ties. */
struct rk_rule *rk_rule_new(const struct rk_voices *voices, const struct rk_method_options *options,
                            double tolerance);
void rk_rule_free(struct rk_rule *rule);

/* What one caller at a time works in. */
struct rk_rule_work;
struct rk_rule_work *rk_rule_work_new(const struct rk_rule *rule);
void rk_rule_work_free(struct rk_rule_work *work);

/* Standing (more is better: minus what low_is_good says; on pairs, points or how many do not stand
 * before) and place (how many stand before) of each candidate where voice v counts times[v]; NULL:
 * its count. `share` NULL: the blocks' own. False where a candidate has no score left in a block
 * that scored it, or the numbers would be too large. */
bool rk_rule_apply(const struct rk_rule *rule, const uint32_t *times, const struct rk_ratio *share,
                   struct rk_rule_work *work, double *standing, uint32_t *place);
/* The supports it looked at, after rk_rule_apply by a method on pairs. */
const struct rk_pairs *rk_rule_pairs(const struct rk_rule_work *work, rk_support *whole);
/* Kemeny's, likewise. */
const struct rk_kemeny *rk_rule_kemeny(const struct rk_rule_work *work);
/* The sheets as rankings; NULL unless the method is on pairs. */
const struct rk_orders *rk_rule_orders(const struct rk_rule *rule);
/* Ranked pairs with lots: a number for each pair, count × count; NULL without. */
const uint64_t *rk_rule_lots(const struct rk_rule *rule);

/* Turns the scores of blocks (blocks × candidates; covered: has one) into what the method combines:
 * standard scores, 0 to 1, places; then, where asked, rk_rule_equalise. In place. */
void rk_rule_transform(const struct rk_method_options *options, const struct rk_voices *voices,
                       const bool *covered, double *scores);

/* Factors by which to stretch each block's scores about their mean so that its effective weight,
 *
 *     share · cov(stretched scores, combined) / var(combined)
 *
 * is its share (over the candidates that all blocks with a share scored): the convex problem of
 * equal contributions (Maillard, Roncalli & Teiletche 2010). With two blocks of equal shares each
 * is brought to the same standard deviation. The mean of the standard deviations, by share, stays.
 * A block whose scores are all alike keeps them; where blocks all but cancel each other there are
 * no such factors, and each is brought to the same standard deviation. */
void rk_rule_equalise(const struct rk_voices *voices, const bool *covered, const double *scores,
                      double *factors);

#endif
