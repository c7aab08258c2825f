/* What a survey says: of each item and scale, of groups against each other, of one wave against
 * another. Everything is in long rows of measures; how each is made is in the man page
 * rk-survey(1), with its source, and in stat/sample.h, stat/crosstab.h, stat/interval.h,
 * stat/factor.h. */
#ifndef RK_SURVEY_H
#define RK_SURVEY_H

#include "base/hash.h"
#include "model/measures.h"
#include "stat/sample.h"

struct rk_survey_item {
    struct rk_text name;
    const double *values; /* by row; NaN = no answer */
    bool has_scale;
    double least, most;
    const uint32_t *of; /* of a scale: the items that it is the mean of */
    uint32_t of_count;
};

struct rk_survey_facts { /* arrays by row */
    size_t rows;
    const struct rk_survey_item *items;
    uint32_t item_count;
    const uint32_t *part; /* told apart; RK_NONE = not told; NULL = all is one */
    uint32_t parts;
    const double *weight;  /* NULL = all alike */
    const uint32_t *group; /* compared; RK_NONE = not. Groups are in their order */
    uint32_t groups;
    const uint32_t *person; /* … and who is the same; RK_NONE = not told */
};

struct rk_survey_options {
    double level;
    int64_t least; /* answers that a figure needs, else `too_few` */
    unsigned top;  /* how many of the highest steps are the top box */
    bool full;     /* also quartiles, spread, shape, least and most, and what each value got */
    bool every_interval; /* of shares that are not weighted: not only Wilson's */
    enum rk_adjustment adjustment;
    int64_t publish; /* 0, or what is told may not tell numbers under this (survey/told.h) */
};

struct rk_survey_row {
    uint32_t part, item;
    uint32_t group, against; /* RK_NONE = none */
    struct rk_measure measure;
};
struct rk_survey { /* zeroed = empty; grows with each call; give back with rk_survey_free */
    struct rk_survey_row *rows;
    size_t count, room;
    uint64_t few;  /* figures not told, for want of answers */
    uint64_t kept; /* … since they would tell how many gave an answer that few gave */
    struct rk_arena arena;
};

void rk_survey_items(struct rk_survey *to, const struct rk_survey_facts *facts,
                     const struct rk_survey_options *options);
/* Groups against each other: each later one against the first, where there are two also by ranks
 * and shares; all of them together. Their p-values are adjusted together, within a part. */
void rk_survey_compare(struct rk_survey *to, const struct rk_survey_facts *facts,
                       const struct rk_survey_options *options);
/* The same people in group 0 (before) and group 1 (after). */
void rk_survey_change(struct rk_survey *to, const struct rk_survey_facts *facts,
                      const struct rk_survey_options *options);
/* Items of the facts as one scale, with the row `item` for the scale itself: who answered all of
 * them. values[of × rows + row], reversed where they are. */
void rk_survey_scale(struct rk_survey *to, const struct rk_survey_facts *facts, uint32_t item,
                     const double *values, const struct rk_text *names, uint32_t count,
                     const struct rk_survey_options *options);
/* Two columns against each other, counts[row × columns + column]; in the rows, group is the first's
 * value and against the second's. */
void rk_survey_table(struct rk_survey *to, const int64_t *counts, uint32_t rows, uint32_t columns,
                     const struct rk_survey_options *options);
/* Of `n` pairs of yes and no, `up` turned one way and `down` the other. */
void rk_survey_turned(struct rk_survey *to, unsigned up, unsigned down, double n);
/* p-values of a column, adjusted together: a row for each, in their order, and how many are at most
 * 1 - level. */
void rk_survey_p_values(struct rk_survey *to, const double *p, size_t n,
                        const struct rk_survey_options *options);
void rk_survey_free(struct rk_survey *survey);

#endif
