/* How far two categories agree, from 1 (the same) down to 0 (or below: no bound is needed). Weights
 * as Gwet 2014 (Handbook of Inter-Rater Reliability, 4th ed., chapter 3) lists them, with d = x -
 * y:
 *
 *     unweighted  1 where the same, else 0
 *     linear      1 - |d| / range                 Cicchetti & Allison 1971
 *     quadratic   1 - d² / range²                 Fleiss & Cohen 1973; Krippendorff's interval
 * metric ordinal     1 - C(|i-j|+1, 2) / C(q, 2)     by the categories' places i, j radical     1 -
 * √|d| / √range ratio       1 - (d/(x+y))² / (range/(max+min))²    0/0 = 0; no score below 0
 *     circular    1 - sin²(π d/(range+1)) over the largest of these
 *     bipolar     1 - d²/((x+y-2 min)(2 max-x-y)) over the largest of these; Krippendorff's polar
 *
 * x and y are the categories' values, or their places 0, 1, 2 … where so asked or where they are
 * words. */
#ifndef RK_WEIGHTS_H
#define RK_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rk_weighting {
    RK_UNWEIGHTED,
    RK_LINEAR,
    RK_QUADRATIC,
    RK_ORDINAL,
    RK_RADICAL,
    RK_RATIO,
    RK_CIRCULAR,
    RK_BIPOLAR,
    RK_CUSTOM, /* a table of the user's */
    RK_WEIGHTINGS
};
/* "unweighted|linear|…|custom", to choose from. */
extern const char rk_weighting_words[];
const char *rk_weighting_name(enum rk_weighting weighting);

/* Schemes without a closed form cost (categories)²: above so many they are refused. */
enum { RK_WEIGHTS_MOST = 5000 };

struct rk_weights {
    enum rk_weighting kind;
    size_t count;
    double *x;           /* place or value of each category, less the middle of the range */
    const double *table; /* RK_CUSTOM: count × count, row = first rater; not owned */
    double range, middle, scale;
};

/* Weights between `count` categories of ascending `values` (NULL: by place). NULL when made, else
 * the reason (N_ text) why there are none. `table` for RK_CUSTOM only. Give back with
 * rk_weights_free. */
const char *rk_weights_make(struct rk_weights *weights, enum rk_weighting kind, size_t count,
                            const double *values, const double *table);
void rk_weights_free(struct rk_weights *weights);

double rk_weight(const struct rk_weights *weights, size_t first, size_t second);

/* out[i] = Σ_j weight(of[i], of[j]) mass[j] over the `count` categories `of` (ascending; NULL =
 * all). Linear in `count` for the first four schemes. */
void rk_weights_spread(const struct rk_weights *weights, const uint32_t *of, const double *mass,
                       size_t count, double *out);
double rk_weights_total(const struct rk_weights *weights); /* Σ over all pairs */
bool rk_weights_symmetric(const struct rk_weights *weights);

#endif
