/* The table `estimates`: every number a model of severity found, one a row; the columns of
 * `measures` with what they are about before them. */
#ifndef RK_ESTIMATES_H
#define RK_ESTIMATES_H

#include "model/ratings.h"
#include "stream/write.h"

struct rk_estimate {
    uint32_t recruitment, stage, group; /* struct rk_ids; RK_NONE = several together */
    enum rk_basis basis;
    uint32_t part;          /* from 1; 0 = fitted over all parts */
    const char *facet;      /* candidate, rater, criterion, threshold, bias, model */
    struct rk_text element; /* which one; empty = the facet as a whole */
    const char *measure;
    struct rk_text variant;
    double estimate, se, low, high; /* NaN = missing */
    size_t n;                       /* ratings behind it; 0 = missing */
    const char *method;
};
enum { RK_ESTIMATES_COLUMNS = 15 };
void rk_estimates_columns(struct rk_writer_column columns[RK_ESTIMATES_COLUMNS]);
void rk_estimates_write(const struct rk_ids *ids, const struct rk_estimate *estimate,
                        struct rk_writer *writer);

#endif
