/* What is told of how long hires stay: curves, medians, means, comparisons, reasons for leaving.
 *
 * Small numbers, with min_count above 1: no number of 1 … min_count - 1 people may be worked out:
 * of a group, of those who left, who stayed, who gave a reason, who left by a time told or between
 * two, who were followed until it or stayed after it. All is then told twice, and between the two
 * somebody else chooses what is hidden, of all groupings together:
 *
 *     do { rk_retain_all(…); rk_retain_groups(…) … } while (rk_retain_choose(&hiding, …));
 *
 * Where no times are asked for, or there are too many figures, times are pooled instead, of all
 * groups alike: a time is told only where of every group as many as that are still followed, and as
 * many, or nobody, left since the time told before and will leave: which days are told is no figure
 * to choose. */
#ifndef RK_RETAIN_H
#define RK_RETAIN_H

#include "model/measures.h"
#include "model/report_cells.h"
#include "survey/survival.h"

#include <stdint.h>

/* What is to be hidden of several groupings of the same spells; zeroed = nothing is chosen yet. */
struct rk_retain_hiding {
    struct rk_report_cells cells;
    bool *hidden; /* by cell; NULL = not chosen */
    struct rk_retain_grouping {
        uint32_t *group, groups;       /* by spell */
        uint32_t first;                /* cell of its first group's first figure */
    } * all;                           /* the first is everybody */
    uint32_t count, room, at, figures; /* figures: of a group */
    const struct rk_retain_facts *facts;
    const struct rk_retain_options *options;
    double *times;  /* to tell of */
    bool *safe;     /* by time; NULL = they are chosen */
    bool all_alone; /* … of everybody, and of no group */
    size_t time_count;
};

struct rk_retain_facts {           /* arrays by spell */
    const struct rk_spell *spells; /* group UINT32_MAX = in no group, and then in no comparison */
    const uint32_t *reason;        /* why it ended, or UINT32_MAX = not told; NULL = never told */
    uint32_t count, groups, reasons;
    bool stratified;
    struct rk_retain_hiding *hiding; /* with min_count above 1 */
};

struct rk_retain_options {
    enum rk_curve_interval interval;
    double level;
    const double *times; /* to tell the curve at, ascending; NULL = whenever somebody left */
    size_t time_count;
    double limit; /* of the restricted mean; NaN = the longest time of all. Where small numbers are
                     hidden, the last time until then that is told */
    int64_t min_count;
};

struct rk_retain_row {
    uint32_t group, reason;    /* UINT32_MAX = of all; not of a reason */
    double time;               /* NaN = none */
    const char *variant;       /* a constant, or NULL */
    struct rk_measure measure; /* its variant is not set */
};
struct rk_retain { /* zeroed = empty; grows with each call; give back with rk_retain_free */
    struct rk_retain_row *rows;
    size_t count, room;
    uint64_t hidden; /* rows or groupings not told */
};

/* Everybody, as one group. */
void rk_retain_all(struct rk_retain *to, const struct rk_retain_facts *facts,
                   const struct rk_retain_options *options);
/* The groups, and how they compare. At most RK_SURVIVAL_GROUPS. */
void rk_retain_groups(struct rk_retain *to, const struct rk_retain_facts *facts,
                      const struct rk_retain_options *options);
/* After the last grouping: true where nothing was told yet, and all has to be told again. The facts
 * and options last given are read. */
bool rk_retain_choose(struct rk_retain_hiding *hiding, rk_report_cells_choose *choose,
                      void *context);
void rk_retain_hiding_free(struct rk_retain_hiding *hiding);
/* The gap between what was promised and what was found, a number for each of `n`: mean, and its
 * interval by Student's t; `left` tells who has left. After rk_retain_all. */
void rk_retain_gap(struct rk_retain *to, const struct rk_retain_facts *facts, const double *gap,
                   const bool *left, size_t n, const struct rk_retain_options *options);
void rk_retain_free(struct rk_retain *retain);

#endif
