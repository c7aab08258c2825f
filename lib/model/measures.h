/* The table `measures`: every statistic in one long shape. A tool's grouping columns come before
 * these. */
#ifndef RK_MEASURES_H
#define RK_MEASURES_H

#include "stream/write.h"

#include <stdbool.h>

struct rk_measure {
    const char *measure;
    struct rk_text variant;
    double estimate;
    double se, low, high, n; /* not finite = none */
    struct rk_text method;
};

enum { RK_MEASURE_COLUMNS = 8 };
extern const struct rk_writer_column rk_measure_columns[RK_MEASURE_COLUMNS];
/* Is a column of these, or one of feature, value and against, which tools put before them? */
bool rk_measure_has(const char *column);
/* These columns of a row, and its end. */
void rk_measure_write(struct rk_writer *writer, const struct rk_measure *measure);

/* The same between `by_count` columns that the rows are grouped by and `more_count` further numbers:
 * fills `columns`, with room for all, and returns how many; a whole row (NaN = missing). */
size_t rk_measures_columns(const char *const *by, size_t by_count, const char *const *more,
                           size_t more_count, struct rk_writer_column *columns);
void rk_measures_write(const struct rk_text *by, size_t by_count, const struct rk_measure *measure,
                       const double *more, size_t more_count, struct rk_writer *writer);

#endif
