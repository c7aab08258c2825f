/* One statistic as it is handed on: its value, how sure it is, and what it was worked out from.
 * What is not known is NaN; a statistic that cannot be given at all has no value and says why. */
#ifndef RK_ESTIMATE_H
#define RK_ESTIMATE_H

#include <math.h>
#include <stdbool.h>

struct rk_estimate {
    double value, se, low, high;
    double n;                  /* how many things rated it rests on */
    double observed, expected; /* agreement seen, and by chance */
    double se_null;            /* standard error were there no agreement */
    double statistic, df1, df2, p;
    const char *method; /* a fixed word for the table: never translated */
    const char *why;    /* N_() text: why there is no value; NULL where there is one */
};

static inline struct rk_estimate rk_estimate_none(const char *why)
{
    return (struct rk_estimate){NAN, NAN, NAN, NAN, NAN, NAN, NAN,
                                NAN, NAN, NAN, NAN, NAN, "",  why};
}
static inline struct rk_estimate rk_estimate_of(double value, double n, const char *method)
{
    struct rk_estimate e = rk_estimate_none(0);
    e.value = value;
    e.n = n;
    e.method = method;
    return e;
}

/* x, or 0 where it is no more than what rounding leaves of a difference between things of size
 * `of`. */
static inline double rk_or_zero(double x, double of)
{
    return fabs(x) > 1e-13 * fabs(of) ? x : x * 0;
}

/* A sum of `n` squares of differences between things of size `of`, or 0 where it is no more than
 * what rounding leaves of differences that are none. */
static inline double rk_squares_or_zero(double sum, double n, double of)
{
    double least = 1e-14 * n * of;
    return sum > least * least ? sum : sum * 0;
}

/* value ± t(df)·se to `confidence`, not above `most` (INFINITY: as it comes), and the two-sided p
 * of value/se; df INFINITY = normal. Nothing where se is not above 0. */
void rk_estimate_interval(struct rk_estimate *estimate, double df, double confidence, double most);
/* p of a chi-square statistic with df1. */
void rk_estimate_chi_square(struct rk_estimate *estimate, double statistic, double df);
/* p of F with df1, df2. */
void rk_estimate_f(struct rk_estimate *estimate, double f, double df1, double df2);

#endif
