/* What is told of how long hires stay: curves, medians, means, comparisons, reasons for leaving.
 *
 * Small numbers, with min_count above 1: groups are told of all or none; none where any has 1 …
 * min_count - 1 people. Steps are pooled: a time is told only where in every group as many as that
 * are still followed, and as many, or nobody, have left since the time told before. How many left
 * is told where as many left, or nobody, and as many did not, or nobody; groups are compared where
 * that is so of all. */
#ifndef RK_RETAIN_H
#define RK_RETAIN_H

#include "model/measures.h"
#include "survey/survival.h"

#include <stdint.h>

struct rk_retain_facts {           /* arrays by spell */
    const struct rk_spell *spells; /* group UINT32_MAX = in no group, and then in no comparison */
    const uint32_t *reason;        /* why it ended, or UINT32_MAX = not told; NULL = never told */
    uint32_t count, groups, reasons;
    bool stratified;
};

struct rk_retain_options {
    enum rk_curve_interval interval;
    double level;
    const double *times; /* to tell the curve at, ascending; NULL = whenever somebody left */
    size_t time_count;
    double limit; /* of the restricted mean; NaN = the longest time of all */
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
/* The gap between what was promised and what was found, a number for each of `n`: mean, and its
 * interval by Student's t; `left` tells who has left. */
void rk_retain_gap(struct rk_retain *to, const double *gap, const bool *left, size_t n,
                   const struct rk_retain_options *options);
void rk_retain_free(struct rk_retain *retain);

#endif
