/* Raters as the items of a scale (Cronbach 1951): what their covariances say of the sum of their
 * scores, and of each of them. Every rater must have rated all, as in judged->centred. */
#ifndef RK_ITEMS_H
#define RK_ITEMS_H

#include "stat/agreement.h"

enum { RK_ITEMS_MOST = 100 }; /* raters; more are refused, since covariances grow as the square */

struct rk_items {
    size_t count;
    double *cov;     /* count × count, by number of the rater */
    double n;        /* units */
    const char *why; /* N_() text: why there are none; NULL */
};
struct rk_items rk_items(const struct rk_judged *judged);
void rk_items_free(struct rk_items *items);

/* Alpha of the scores each divided by its standard deviation: k r / (1 + (k - 1) r), r the mean
 * correlation. */
struct rk_estimate rk_items_standardized(const struct rk_items *items);
/* Alpha of all but one. */
struct rk_estimate rk_items_without(const struct rk_items *items, size_t item);
/* The correlation of one with the sum of the others. */
struct rk_estimate rk_items_with_rest(const struct rk_items *items, size_t item);

#endif
