/* Between the tables of a survey and lib/survey: who is told apart, scales, weights, and the rows.
 */
#ifndef RK_SURVEY_FILES_H
#define RK_SURVEY_FILES_H

#include "model/answers.h"
#include "stat/rake.h"
#include "survey/series.h"
#include "survey/survey.h"
#include "tool/tool.h"

struct rk_survey_groups { /* zeroed = all rows are one */
    uint32_t *of;         /* by row; NULL = one group of all; RK_NONE = in none */
    uint32_t count;
    const struct rk_answers_column **columns; /* what the parts are told by */
    uint32_t column_count;
    uint32_t *values; /* count × column_count */
};

/* By every combination of the columns, in the order of their texts. */
enum rk_status rk_survey_part_by(struct rk_survey_groups *parts, const struct rk_answers *answers,
                                 const char *columns, struct rk_error *error);
enum rk_status rk_survey_group_by(struct rk_survey_groups *groups, const struct rk_answers *answers,
                                  const char *column, struct rk_error *error);
/* Group 0 is the wave before, 1 the one after. */
enum rk_status rk_survey_waves(struct rk_survey_groups *groups, const struct rk_answers *answers,
                               const char *column, const char *before, const char *after,
                               struct rk_error *error);
/* Two columns joined by a comma, counted against each other: the groups are those of the first and
 * of the second. Where both have the same two values: also how many turned. */
enum rk_status rk_survey_cross(struct rk_survey *to, struct rk_survey_groups *first,
                               struct rk_survey_groups *second, const struct rk_answers *answers,
                               const char *columns, const struct rk_survey_options *options,
                               struct rk_error *error);
void rk_survey_groups_free(struct rk_survey_groups *groups);

struct rk_survey_scales { /* the items that are told of: first the answers', then the scales */
    struct rk_survey_item *items;
    uint32_t item_count;
    struct rk_survey_scale_of {
        uint32_t item;  /* its own */
        double *values; /* of its items, reversed ones turned: count × rows */
        struct rk_text *names;
        uint32_t count;
    } * all;
    uint32_t count;
    struct rk_arena arena;
};
/* "NAME=item,item" each, or "goals". A scale is the mean of its items where half or more are
 * answered. */
enum rk_status rk_survey_scales_make(struct rk_survey_scales *scales,
                                     const struct rk_answers *answers, const char *const *texts,
                                     size_t count, struct rk_error *error);
void rk_survey_scales_free(struct rk_survey_scales *scales);

struct rk_survey_raking {
    struct rk_raked result;
    size_t margins;
    bool failed; /* the margins were not reached */
};
/* RK_BAD_DATA naming a target that nobody answers for, a column with answers of no target, or that
 * the margins are not reached. */
enum rk_status rk_survey_rake(struct rk_run *run, struct rk_survey_raking *raking,
                              const struct rk_answers *answers, const char *columns, double trim,
                              struct rk_error *error);
enum rk_status rk_survey_write_weights(struct rk_run *run, const struct rk_survey_raking *raking,
                                       const struct rk_answers *answers, const char *columns,
                                       const char *path, struct rk_error *error);
void rk_survey_raking_free(struct rk_survey_raking *raking);

/* The main output. */
void rk_survey_write(struct rk_run *run, const struct rk_survey *result,
                     const struct rk_survey_groups *parts, const struct rk_survey_groups *groups,
                     const struct rk_survey_groups *against, const struct rk_survey_scales *scales,
                     const struct rk_survey_raking *raking, const struct rk_answers *answers);
/* A table `series`, whole: read, modelled, written. */
enum rk_status rk_series_tell(struct rk_run *run, struct rk_table *in,
                              const struct rk_series_options *options, struct rk_error *error);

#endif
