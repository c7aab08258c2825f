/* What rk-aggregate and rk-impact take alike: the rule by which the voices of groups are combined,
 * and the scores, ballots or ratings that it is applied to.
 *
 *     RK_AGGREGATION_OPTIONS               in the tool's option table
 *     rk_aggregation_parse()               for keys that parse() does not know
 *     rk_aggregation_open()                rubrics, weights, candidates; opens the main table
 *     rk_aggregation_fill()                what of it goes to rk_aggregate_new
 *     rk_aggregation_read()                the main table, to its end
 *     rk_aggregation_free() */
#ifndef RK_TOOL_AGGREGATION_H
#define RK_TOOL_AGGREGATION_H

#include "model/recruitments.h"
#include "score/aggregate.h"
#include "score/score.h"
#include "tool/rubrics.h"

struct rk_aggregation_options {
    struct rk_rubric_options rubrics;
    const char *weights;
    size_t basis, empty, stages, method, strength, unranked, ties, wins, deviation;
    rk_fixed trim;
    bool equalise;
    unsigned given; /* bit per key, from RK_AGGREGATION_RUBRIC on */
};
#define RK_AGGREGATION_USUAL                                                                       \
    {                                                                                              \
        .stages = RK_STAGES_BOTH, .unranked = SIZE_MAX, .trim = RK_FIXED_ONE / 5                   \
    }

enum rk_aggregation_key {
    RK_AGGREGATION_RUBRIC = 0x100,
    RK_AGGREGATION_RUBRICS,
    RK_AGGREGATION_WEIGHTS,
    RK_AGGREGATION_BASIS,
    RK_AGGREGATION_EMPTY,
    RK_AGGREGATION_STAGES,
    RK_AGGREGATION_METHOD,
    RK_AGGREGATION_STRENGTH,
    RK_AGGREGATION_UNRANKED,
    RK_AGGREGATION_TIES,
    RK_AGGREGATION_WINS,
    RK_AGGREGATION_TRIM,
    RK_AGGREGATION_DEVIATION,
    RK_AGGREGATION_EQUALISE,
    RK_AGGREGATION_END /* the first key that is the tool's own */
};

/* clang-format off */
#define RK_AGGREGATION_OPTIONS                                                                     \
    {"rubric", RK_AGGREGATION_RUBRIC, "FILE", RK_AGAIN,                                                  \
     N_("weights of groups and stages, as JSON, and how ratings become scores; repeatable, then "  \
        "recruitments tell which has which"), 0},                                                  \
    {"rubrics", RK_AGGREGATION_RUBRICS, "DIR", 0,                                                  \
     N_("all rubrics (*.json) in this folder (rubrics in --data, where it is there)"), 0},         \
    {"weights", RK_AGGREGATION_WEIGHTS, "TEXT", 0,                                                 \
     N_("weights of the groups, like user=1,staff=1; 0 = advisory (the rubric's, or equal)"), 0},  \
    {"basis", RK_AGGREGATION_BASIS, RK_BASIS_WORDS, 0,                                     \
     N_("which sheets of a group to take where it has both; never their mean (individual)"), 0},   \
    {"empty-group", RK_AGGREGATION_EMPTY, RK_EMPTY_WORDS, 0,                                   \
     N_("a candidate whom a whole group did not rate: no rank, an error, or ranked by the rest of "\
        "the groups (mark)"), 0},                                                                  \
    {"stages", RK_AGGREGATION_STAGES, RK_STAGES_WORDS, 0,                                  \
     N_("a ranking per stage, one by the rubric's stage weights, or both (both, where the rubric " \
        "weighs stages)"), 0},                                                                     \
    {"method", RK_AGGREGATION_METHOD, RK_METHOD_WORDS, 0,                                   \
     N_("how voices are combined (mean)"), 0},                                                     \
    {"strength", RK_AGGREGATION_STRENGTH, RK_STRENGTH_WORDS, 0,                                    \
     N_("schulze, ranked-pairs, minimax: a win is as strong as the support for it, or as its "     \
        "margin "                                                                                  \
        "(winning)"), 0},                                                                          \
    {"unranked", RK_AGGREGATION_UNRANKED, RK_UNRANKED_WORDS, 0,                                    \
     N_("borda and methods on pairs: whom a rater leaves out stands last, gets no points, or is "  \
        "not "                                                                                     \
        "compared (last for ballots, apart for scores)"), 0},                                      \
    {"ties", RK_AGGREGATION_TIES, RK_TIES_WORDS, 0,                                                  \
     N_("methods on pairs: two whom a rater puts alike support neither, or each by half (none)"),  \
     0},                                                                                           \
    {"equal-wins", RK_AGGREGATION_WINS, RK_WINS_WORDS, 0,                                        \
     N_("ranked-pairs: wins of equal strength count where no cycle closes among them, or in an "   \
        "order "                                                                                   \
        "drawn by lot from --seed (together)"), 0},                                                \
    {"trim", RK_AGGREGATION_TRIM, "NUMBER", 0,                                                     \
     N_("trimmed: the share of raters left out at either end (0.2)"), 0},                          \
    {"deviation", RK_AGGREGATION_DEVIATION, RK_DEVIATION_WORDS, 0,                                \
     N_("standardised: standard deviation by n - 1, or by n (sample)"), 0},                        \
    {"equalise", RK_AGGREGATION_EQUALISE, NULL, 0,                                                 \
     N_("stretch each group's scores so that its effective weight is its nominal one"), 0}
/* clang-format on */

/* ARGP_ERR_UNKNOWN for keys of the tool's own. */
error_t rk_aggregation_parse(struct rk_aggregation_options *options, int key, char *arg);

struct rk_aggregation { /* zeroed = empty; give back with rk_aggregation_free */
    const struct rk_aggregation_options *options;
    struct rk_ids ids;
    struct rk_rubrics rubrics;
    struct rk_group_weight *weights;
    size_t weight_count;
    struct rk_contender *contenders;
    int32_t *since; /* by contender: the day its status is so; RK_NO_DATE = not told */
    size_t contender_count, contender_room, since_room;
    bool has_contenders;
    struct rk_table *main; /* ratings, scores or ballots */
    bool is_ratings, is_ballots;
    uint64_t raw; /* scores read that no rubric has brought to 0 to 100 */
};

/* `recruitments` of a tool that reads that table itself; NULL: it is read here for the rubrics,
 * where there are any. */
enum rk_status rk_aggregation_open(struct rk_run *run, struct rk_aggregation *aggregation,
                                   const struct rk_aggregation_options *options,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_error *error);
/* All of `how` that the options and what was opened tell; the rest of it is left as it is.
 * `listed`: how many of Kemeny's orders. */
void rk_aggregation_fill(const struct rk_run *run, const struct rk_aggregation *aggregation,
                         size_t listed, struct rk_aggregate_options *how);
/* Reads ratings by take_rating, or scores and ballots by take_score; ratings without a rubric are
 * RK_BAD_USE. */
enum rk_status rk_aggregation_read(struct rk_aggregation *aggregation, rk_take_rating *take_rating,
                                   rk_take_score *take_score, void *context,
                                   struct rk_error *error);
/* Says on standard error what rk_aggregation_read saw. */
void rk_aggregation_tell(struct rk_run *run, const struct rk_aggregation *aggregation);
void rk_aggregation_free(struct rk_aggregation *aggregation);

#endif
