/* What the two estimators of rasch.h share; nobody else includes this. */
#ifndef RK_RASCH_STATE_H
#define RK_RASCH_STATE_H

#include "score/rasch.h"

/* A panel with what is extreme set aside. Columns of the parameters: raters, then criteria, then
 * the thresholds set by set. */
struct rk_rasch_state {
    const struct rk_rasch_data *data;
    struct rk_rasch *fit;
    bool *aside[RK_RASCH_FACETS];
    bool *active;  /* by rating */
    size_t *start; /* by candidate: its ratings; levels + 1 */
    size_t criteria_at, steps_at, columns;
    size_t *set_at; /* first column of each set's thresholds */
    double *b;      /* by candidate */
    double *rest;   /* by column */
};

/* What is left of a diagonal element, of the element itself, when it is known to be nothing. */
static const double RK_RASCH_SINGULAR = 1e-10;

static inline uint32_t rk_rasch_set(const struct rk_rasch_data *data, uint32_t criterion)
{
    return data->sets > 1 ? criterion : 0;
}
/* p[k], and above[m] = Σ_{k >= m} p[k] (above[0] = 1); returns log p[at]. */
double rk_rasch_chances(const double *steps, uint32_t used, double theta, uint32_t at, double *p,
                        double *above);
/* Adds to the information on the parameters (n × n, lower triangle) what holds the sums of raters,
 * of each set's thresholds and, for JML, of criteria at 0: 1 1' on their columns. Of those that are
 * aside, of which it knows nothing, the diagonal becomes 1. */
void rk_rasch_constrain(const struct rk_rasch_state *s, double *matrix, size_t n);

/* The covariance of the estimates whose sums are held so. */
struct rk_rasch_covariance {
    double *matrix; /* the caller's: inverse of the information with what was added to it */
    double *loose;  /* what that added to the inverse: count vectors z of n, Σ z z' */
    size_t n, count;
};
/* `matrix` as rk_rasch_constrain leaves it is inverted in place. False, and nothing to give back,
 * where it says of some parameters nothing that can be told from the others. */
bool rk_rasch_covariance(struct rk_rasch_covariance *covariance, const struct rk_rasch_state *s,
                         double *matrix, size_t n);
void rk_rasch_covariance_free(struct rk_rasch_covariance *covariance);
/* The variance of Σ x[k] · estimate of columns[k]. */
double rk_rasch_variance(const struct rk_rasch_covariance *covariance, const size_t *columns,
                         const double *x, size_t count);
/* full_se of raters, criteria and thresholds. */
void rk_rasch_take_errors(struct rk_rasch_state *s, const struct rk_rasch_covariance *covariance);

void rk_rasch_jml(struct rk_rasch_state *s);
void rk_rasch_mml(struct rk_rasch_state *s);

#endif
