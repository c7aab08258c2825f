/* Generalizability (Cronbach, Gleser, Nanda & Rajaratnam 1972; Brennan 2001): how well the mean of
 * what raters (and criteria) said about a candidate would be found again with other raters (and
 * criteria). Random facets, all crossed, nothing missing: candidates × raters, or candidates ×
 * raters × criteria. Variances come from the mean squares; below 0 they are kept in the table of
 * variances and counted as 0 in the D study. With one criterion the three-way variances that
 * involve it are not there. */
#ifndef RK_GENERALIZABILITY_H
#define RK_GENERALIZABILITY_H

#include "stat/estimate.h"

#include <stddef.h>
#include <stdint.h>

enum rk_facets { /* p candidates, r raters, i criteria; the last holds the rest too */
                 RK_G_P,
                 RK_G_R,
                 RK_G_I,
                 RK_G_PR,
                 RK_G_PI,
                 RK_G_RI,
                 RK_G_PRI,
                 RK_G_EFFECTS
};
/* "candidate", "rater", "criterion", "candidate:rater", …; with one criterion candidate:rater is
 * the rest. */
const char *rk_facets_name(enum rk_facets effect, size_t criteria);

struct rk_generalizability {
    double p, r, i;
    double crossed[RK_G_EFFECTS];  /* NaN where there is no such variance */
    double additive[RK_G_EFFECTS]; /* main effects alone, everything else in the rest (RK_G_PRI) */
    const char *why;
};
/* y[(candidate × r + rater) × i + criterion], every one there; candidate c stands for times[c]
 * (NULL = 1 each). Two candidates and two raters are needed. */
struct rk_generalizability rk_generalize(const double *y, const uint32_t *times, size_t p, size_t r,
                                         size_t i);

/* Had there been so many raters and criteria: the generalizability coefficient (of order: relative
 * error) and phi (of level: absolute error). `observed`, `expected` are the variances of candidates
 * and of error. */
struct rk_estimate rk_decide(const struct rk_generalizability *g, double raters, double criteria,
                             bool absolute);

#endif
