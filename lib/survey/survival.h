/* How long something lasts where not all have ended: the Kaplan-Meier curve and what is told by it.
 *
 * E. L. Kaplan & P. Meier, JASA 53 (1958) 457; M. Greenwood (1926) for the error; intervals as
 * R's survival tells them (conf.type log, log-log, plain). J. D. Kalbfleisch & R. L. Prentice, The
 * Statistical Analysis of Failure Time Data. The log-rank family: T. R. Fleming & D. P. Harrington
 * (1991), weights S(t-)^rho, rho 0 = log-rank (Mantel 1966), 1 = Peto's modification of Gehan's.
 * Hazard ratio: D. R. Cox (1972), ties by B. Efron (1977). */
#ifndef RK_SURVIVAL_H
#define RK_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rk_spell {
    double time; /* >= 0, finite; any unit */
    bool ended;  /* else it was still going on then (censored) */
    uint32_t group, stratum;
};

enum rk_curve_interval { RK_CURVE_LOG, RK_CURVE_LOG_LOG, RK_CURVE_PLAIN };

struct rk_curve_step { /* at a time when something ended */
    double time;
    uint32_t at_risk, events; /* just before; then */
    uint32_t ended;           /* so far, these included */
    double survival;          /* just after: S(time) */
    double se;                /* Greenwood's, of S; NaN where S is 0 */
    double low, high;         /* NaN where S is 0 */
    double hazard_variance;   /* the sum of d / (n (n - d)) so far */
};

struct rk_curve { /* give back with rk_curve_free */
    struct rk_curve_step *steps;
    size_t count;
    uint32_t n, events;
    double *times; /* of all spells, ascending: n */
};

/* `n` may be 0. 0 < level < 1. */
void rk_curve_make(struct rk_curve *curve, const struct rk_spell *spells, size_t n,
                   enum rk_curve_interval interval, double level);
void rk_curve_free(struct rk_curve *curve);
/* The last step at or before `time`, or SIZE_MAX: S is 1 there. */
size_t rk_curve_step_at(const struct rk_curve *curve, double time);
/* How many were followed to `time` or longer. */
uint32_t rk_curve_at_risk(const struct rk_curve *curve, double time);

/* The time by which a share `p` has ended: the first at which S <= 1 - p, or the middle to the next
 * where S equals it; its interval by inversion of the curve's. NaN where not reached. */
struct rk_curve_quantile {
    double time, low, high;
};
struct rk_curve_quantile rk_curve_quantile(const struct rk_curve *curve, double p);
/* The mean time lived until `limit`, the area under S; *se its error. */
double rk_curve_mean(const struct rk_curve *curve, double limit, double *se);

enum { RK_SURVIVAL_GROUPS = 200 };
struct rk_logrank {
    double chi_square, df, p; /* NaN, df 0, where under two groups can be compared */
    double observed[RK_SURVIVAL_GROUPS], expected[RK_SURVIVAL_GROUPS];
};
/* Are the groups' curves alike? Within strata, and summed over them. Groups are 0 … groups - 1. */
void rk_logrank(struct rk_logrank *result, const struct rk_spell *spells, size_t n, uint32_t groups,
                double rho);

/* Of group 1 against group 0, within strata. False where the likelihood has no maximum: nobody of
 * one group ended while the other was at risk, or all did first. */
struct rk_hazard {
    double log_ratio, se;
};
bool rk_hazard_ratio(struct rk_hazard *result, const struct rk_spell *spells, size_t n);

#endif
