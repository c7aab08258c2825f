/* The table `measures`: statistics, one a row, after the columns they are grouped by. */
#ifndef RK_MEASURES_H
#define RK_MEASURES_H

#include "base/text.h"
#include "stream/write.h"

/* NaN and NULL are missing cells. */
struct rk_measure {
    const char *measure, *variant, *method;
    double estimate, se, low, high, n;
};
/* The columns: `by_count` of those grouped by, ours, `more_count` further numbers. `columns` must
 * have room for all, and RK_MEASURE_COLUMNS of ours; returns how many. */
enum { RK_MEASURE_COLUMNS = 8 };
size_t rk_measures_columns(const char *const *by, size_t by_count, const char *const *more,
                           size_t more_count, struct rk_writer_column *columns);
void rk_measures_write(const struct rk_text *by, size_t by_count, const struct rk_measure *measure,
                       const double *more, size_t more_count, struct rk_writer *writer);

#endif
