/* Scores to one ranking per recruitment and stage: the users' voice weighs as much as the staff's,
 * whatever the head counts (design/domain.md 3.3, definition a):
 *
 *     score of a group = mean over its raters            (a row that stands for several counts so)
 *     combined         = Σ w_g · score of g / Σ w_g
 *
 * Groups with a say: those of the rubric's stage; without a rubric, or with one that names no
 * groups, those that rated anyone of the recruitment in the stage, and those with a weight given
 * that rated in no other stage of it either. A weight of 0 is advisory: shown, never counted.
 * Individual and joint sheets of a group are never averaged: within a recruitment and stage the
 * basis asked for is used, the other one only where the group has none of the first.
 *
 * No rank: a candidate who has withdrawn or is ineligible; one whom a whole group did not rate,
 * unless `empty` says otherwise; anyone where no group has a weight (advisory_only). A candidate
 * without any score in a stage was not taken to it and is not in it, unless the candidate's
 * `reached` says so. A candidate who failed a gate is ranked after all who did not.
 *
 * Ties: combined scores that differ by at most 10^-9 of the scale (100, or the spread of the raw
 * scores of the recruitment and stage) share a rank; where they do not print alike, each has the
 * flag near_tie. Ranks are competition ranks (1, 1, 3).
 *
 * All stages together, where the rubric weighs them: combined = Σ v_s · combined of stage s / Σ
 * v_s, for candidates ranked in every stage. A group's score and weight are then those that give
 * the same sum.
 *
 * Other methods (score/rule.h) put another score in the place of the mean, or order by pairs. Those
 * that compare candidates (all but mean, median and trimmed) see the candidates of a stage that are
 * ranked and failed no gate, and by themselves those who failed one; over all stages, those ranked
 * in each, every stage's groups being blocks of their own with the stage's share. Methods on pairs
 * have no effective weights, and their groups' scores are means.
 *
 * Effective weights: w_g · cov(X_g, C) / var(C) over the ranked candidates whom all groups rated, C
 * the combined score; they sum to 1. One less than half the nominal weight (less than 0.25 of two
 * equal groups) is warned of, and so is a group at 1 or more: it decides alone. */
#ifndef RK_AGGREGATE_H
#define RK_AGGREGATE_H

#include "model/partial.h"
#include "model/ranking.h"
#include "model/ranking_measures.h"
#include "model/rubric.h"
#include "model/scores.h"
#include "score/rule.h"
#include "score/score.h"

enum rk_empty_group { RK_EMPTY_MARK, RK_EMPTY_REFUSE, RK_EMPTY_REST };
enum rk_stages { RK_STAGES_SEPARATE, RK_STAGES_WEIGHED, RK_STAGES_BOTH };

struct rk_group_weight {
    uint32_t group;  /* RK_ID_GROUP */
    rk_fixed weight; /* >= 0 */
};

enum rk_contender_status { RK_CONTENDER_ACTIVE, RK_CONTENDER_WITHDRAWN, RK_CONTENDER_INELIGIBLE };
struct rk_contender { /* what is known of a candidate */
    uint32_t recruitment, candidate;
    enum rk_contender_status status;
    uint32_t reached; /* RK_ID_STAGE, RK_NONE = not told */
};

struct rk_aggregate_options {              /* everything pointed to must outlive the aggregate */
    const struct rk_rubrics *rubrics;      /* NULL or none: no rubric */
    const struct rk_group_weight *weights; /* instead of the rubric's or equal ones */
    size_t weight_count;
    const struct rk_contender *contenders;
    size_t contender_count; /* no two of the same recruitment and candidate */
    bool has_contenders;    /* a candidate not among them is an error */
    enum rk_basis basis;    /* which to prefer */
    enum rk_empty_group empty;
    enum rk_stages stages;
    bool ranks; /* the scores are ranks: low is good */
    struct rk_method_options method;
    bool measures; /* those of struct rk_aggregate_result are wanted */
    bool ranges; /* of them, without `measures`, those of where another weight changes the first */
    /* What-ifs: by RK_ID_GROUP, the groups whose voice is taken away; their scores must not be
     * added. No rubric and no weight then asks for them, and stages that nobody else scored are not
     * among those that are weighed together. NULL = none. */
    const bool *silent;
    uint32_t silent_count;
    uint64_t draws; /* of the bootstrap; 0 = none */
    size_t top;     /* k of the first k, 1 or more */
    unsigned threads;
    bool partial; /* of a part of the scores: rk_aggregate_give instead of rk_aggregate_finish */
};

/* The words of the options, in the order of their enumerations. */
#define RK_METHOD_WORDS                                                                            \
    "mean|median|trimmed|standardised|minmax|group-ranks|borda|copeland|schulze|ranked-pairs|"     \
    "minimax|kemeny"
#define RK_BASIS_WORDS "individual|consensus"
#define RK_EMPTY_WORDS "mark|refuse|rest"
#define RK_STAGES_WORDS "separate|weighed|both"
#define RK_STRENGTH_WORDS "winning|margins"
#define RK_UNRANKED_WORDS "last|zero|apart"
#define RK_TIES_WORDS "none|half"
#define RK_WINS_WORDS "together|lots"
#define RK_DEVIATION_WORDS "sample|population"

struct rk_aggregate;
struct rk_aggregate *rk_aggregate_new(const struct rk_aggregate_options *options,
                                      struct rk_ids *ids);
void rk_aggregate_free(struct rk_aggregate *aggregate);

/* One score; `adjusted` is taken where it has one. `place` is a token of where it stands, 0 when
 * scores are known to be distinct. RK_BAD_DATA as in rk_take_rating. */
enum rk_status rk_aggregate_add(struct rk_aggregate *aggregate, const struct rk_score *score,
                                uint32_t place, struct rk_error *error);
/* Gates that the scorer found failed (after its end) by candidates who have scores here. */
void rk_aggregate_take_gates(struct rk_aggregate *aggregate, const struct rk_scorer *scorer);

/* The search for Kemeny's order of a contest. */
struct rk_aggregate_kemeny {
    uint32_t recruitment, stage; /* stage RK_NONE = '*' */
    bool proven, counted;
    double distance, bound; /* per voice; where one group decides, in voices */
    uint64_t optima;
};

enum rk_aggregate_warning_kind { RK_LOW_EFFECTIVE, RK_DECIDES_ALONE };
struct rk_aggregate_warning {
    enum rk_aggregate_warning_kind kind;
    uint32_t recruitment, stage, group; /* stage RK_NONE = '*' */
    rk_fixed effective, nominal;
};
struct rk_aggregate_result {
    struct rk_ranking ranking;
    struct rk_aggregate_warning *warnings; /* in order of the ranking */
    size_t warning_count;
    uint64_t missing_group;  /* rows without a rank for want of a group, or ranked by the rest */
    uint64_t unscored;       /* active candidates among the contenders in no stage at all */
    uint64_t fewer_groups;   /* recruitments without a group that others have */
    uint64_t near_ties;      /* rows */
    uint64_t one_voice;      /* rows without chances for want of a second voice in a group */
    uint64_t too_many;       /* contests without chances for too many raters or candidates */
    uint64_t unranked_draws; /* contests in which no resample could be ranked */
    struct rk_ranking_measure *measures;
    size_t measure_count;
    struct rk_aggregate_kemeny *kemeny;
    size_t kemeny_count;
    uint64_t unproven; /* of them */
};
/* After the last score. The result belongs to the aggregate. */
enum rk_status rk_aggregate_finish(struct rk_aggregate *aggregate,
                                   const struct rk_aggregate_result **result,
                                   struct rk_error *error);

/* Does the ranking asked for need each rater's scores, and not only sums? */
bool rk_aggregate_needs_voices(const struct rk_aggregate *aggregate);
/* Partials (model/partial.h). `input`: "ratings", "scores" or "ballots". What makes partials alike:
 */
void rk_aggregate_define(const struct rk_aggregate_options *options, const struct rk_ids *ids,
                         const char *input, bool voices, struct rk_partial *partial);
/* … and as options again, those of the first of `parts`, which are all alike; `known` is what they
 * point to, from all parts. RK_BAD_DATA where the parts contradict each other. */
struct rk_aggregate_known {    /* zeroed = empty */
    struct rk_rubrics rubrics; /* the rubrics themselves are those of the first part */
    struct rk_group_weight *weights;
    struct rk_contender *contenders;
    size_t weight_count, contender_count, contender_room;
};
void rk_aggregate_known_free(struct rk_aggregate_known *known);
enum rk_status rk_aggregate_understand(const struct rk_partial *parts, size_t count,
                                       struct rk_ids *ids, struct rk_aggregate_known *known,
                                       struct rk_aggregate_options *options,
                                       struct rk_error *error);
/* user=1,staff=1 as the weights of groups; RK_BAD_USE where it is not so. Caller frees *weights. */
enum rk_status rk_aggregate_weights(const char *text, struct rk_ids *ids,
                                    struct rk_group_weight **weights, size_t *count,
                                    struct rk_error *error);
/* Of an aggregate for a part: adds what it holds, and its rubrics and contenders, to `partial`. */
void rk_aggregate_give(const struct rk_aggregate *aggregate, struct rk_partial *partial);
/* The parts together, into an aggregate and, of ratings, a scorer (else NULL) that hold nothing
 * yet. What of the scorer's sheets is whole goes into the aggregate: of all parts everything, of
 * some (both have `partial`) what is left is for rk_scorer_give. RK_BAD_DATA where two parts hold
 * the same rater's ratings of a candidate, or do not go together. */
enum rk_status rk_aggregate_take(struct rk_aggregate *aggregate, struct rk_scorer *scorer,
                                 const struct rk_partial *parts, size_t count,
                                 struct rk_error *error);

/* What a person should know of the result, as sentences; of some kinds at most `most`. */
void rk_aggregate_tell(const struct rk_aggregate_result *result, const struct rk_ids *ids,
                       size_t most, void (*tell)(void *context, bool warning, const char *text),
                       void *context);

#endif
