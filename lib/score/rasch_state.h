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

static inline uint32_t rk_rasch_set(const struct rk_rasch_data *data, uint32_t criterion)
{
    return data->sets > 1 ? criterion : 0;
}
/* p[k], and above[m] = Σ_{k >= m} p[k] (above[0] = 1); returns log p[at]. */
double rk_rasch_chances(const double *steps, uint32_t used, double theta, uint32_t at, double *p,
                        double *above);
/* Adds 1 1' for the columns from `from` on, and a 1 where nothing is known of a column. */
void rk_rasch_constrain(double *matrix, size_t n, size_t from, size_t count);
void rk_rasch_jml(struct rk_rasch_state *s);
void rk_rasch_mml(struct rk_rasch_state *s);

#endif
