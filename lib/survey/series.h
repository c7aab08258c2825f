/* A series before and after something: interrupted time series, and difference in differences.
 *
 * Interrupted: counts (log link, Poisson) or numbers (least squares) on a constant, `after`, time,
 * with `slope` also after × the time since, and pairs of harmonics of the season; exposure by its
 * logarithm. J. Lopez Bernal, S. Cummins & A. Gasparrini, International Journal of Epidemiology 46
 * (2017) 348. Errors with dispersion 1 (poisson) and by Pearson's dispersion (quasi); of numbers by
 * Newey & West. Differences: mean of the treated after less before, less the same of the others (D.
 * Card & A. B. Krueger, American Economic Review 84 (1994) 772); errors robust (HC1) where there
 * are several of each. */
#ifndef RK_SERIES_H
#define RK_SERIES_H

#include "base/message.h"
#include "model/measures.h"

struct rk_series { /* arrays by row, in the order of time; NaN in `time` … = not told */
    size_t rows;
    const double *time, *value, *exposure, *season;
    const bool *after;
    const bool *treated; /* NULL = all are: interrupted time series */
};

struct rk_series_options {
    double level;
    bool counts;        /* Poisson; else least squares */
    bool slope;         /* the trend may change too */
    unsigned harmonics; /* pairs, of `period` */
    double period;
    unsigned lags; /* of Newey and West */
};

struct rk_series_row {
    const char *variant;
    struct rk_measure measure; /* its variant is not set */
};
enum { RK_SERIES_ROWS = 40 };
struct rk_series_result {
    struct rk_series_row rows[RK_SERIES_ROWS];
    size_t count;
};

/* RK_BAD_DATA with the reason where nothing can be estimated. */
enum rk_status rk_series_interrupted(struct rk_series_result *result,
                                     const struct rk_series *series,
                                     const struct rk_series_options *options,
                                     struct rk_error *error);
enum rk_status rk_series_differences(struct rk_series_result *result,
                                     const struct rk_series *series,
                                     const struct rk_series_options *options,
                                     struct rk_error *error);

#endif
