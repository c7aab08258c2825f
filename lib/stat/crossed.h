/* Crossed designs: observations y, each of one level of each of one to three facets (candidate,
 * rater, criterion), as incomplete as they come. This is what least squares (additive.h) and random
 * effects (mixed.h) share: the counts and sums of the normal equations, kept sparse. The facet with
 * the most levels ("first") has a diagonal block and is eliminated level by level; the levels of
 * the others ("rest") follow one after another as columns 0 … rest - 1 and are solved densely.
 *
 * Nothing here looks at ids; levels are numbers 0 … levels - 1, and each has an observation. */
#ifndef RK_CROSSED_H
#define RK_CROSSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RK_CROSSED_FACETS = 3 };

struct rk_crossed_data {
    const double *y; /* n; best near zero: the mean taken off exactly beforehand */
    size_t n;
    size_t facets;                            /* 1 … 3 */
    const uint32_t *level[RK_CROSSED_FACETS]; /* n each */
    uint32_t levels[RK_CROSSED_FACETS];       /* >= 1 */
};

struct rk_crossed_cell {
    uint32_t column, count; /* observations of this level of the first facet and this column */
};
struct rk_crossed_pair {
    uint32_t a, b, count; /* columns of two facets of the rest, a < b */
};
struct rk_crossed {
    size_t n, facets;
    size_t facet_of[RK_CROSSED_FACETS]; /* place here → place in the data; [0] is the first */
    uint32_t levels[RK_CROSSED_FACETS]; /* by place here */
    uint32_t offset[RK_CROSSED_FACETS]; /* first column, of places 1 and up */
    uint32_t rest;                      /* columns */
    double sum, squares;                /* Σ y, Σ y² */
    double *count[RK_CROSSED_FACETS];   /* observations by place and level */
    double *total[RK_CROSSED_FACETS];   /* Σ y likewise */
    size_t *start;                      /* levels[0] + 1 */
    struct rk_crossed_cell *cells;      /* by level of the first facet, then by column */
    struct rk_crossed_pair *pairs;
    size_t pair_count;
};

void rk_crossed_make(struct rk_crossed *crossed, const struct rk_crossed_data *data);
void rk_crossed_free(struct rk_crossed *crossed);
/* The place here of a facet of the data. */
size_t rk_crossed_place(const struct rk_crossed *crossed, size_t facet);

/* Which levels hang together, by union and find over what was observed together: part[f][level] is
 * a number from 0, in order of the levels of facet 0. Only the first `facets` of the data join.
 * Arrays are the caller's, levels[f] long. Returns how many parts. */
uint32_t rk_crossed_parts(const struct rk_crossed_data *data, size_t facets,
                          uint32_t *part[RK_CROSSED_FACETS]);

#endif
