/* Raking: weights that bring the margins of a sample to those of the population, by iterative
 * proportional fitting (W. E. Deming & F. F. Stephan, Annals of Mathematical Statistics 11 (1940)
 * 427). */
#ifndef RK_RAKE_H
#define RK_RAKE_H

#include <stddef.h>
#include <stdint.h>

enum { RK_RAKE_MARGINS = 16 };

struct rk_rake_problem {
    size_t rows, margins;
    const uint32_t *values; /* rows × margins: the row's cell of each margin, < cells[margin] */
    const double *base;     /* by row, > 0; NULL = 1 each */
    uint32_t cells[RK_RAKE_MARGINS];
    const double *targets[RK_RAKE_MARGINS]; /* by cell, >= 0; each margin sums to the same */
    double trim;    /* > 1: no weight is over so many times the mean; 0 = none */
    unsigned steps; /* at most; 0 = 1,000 */
    double within;  /* of each target, relative; 0 = 1e-12 */
};

struct rk_raked {
    double *weights; /* by row; give back with rk_free */
    unsigned steps;
    double error;       /* the largest relative distance of a margin from its target */
    double design;      /* Kish's effect: n Σw² / (Σw)² */
    double n_effective; /* (Σw)² / Σw² */
    size_t trimmed;
    /* A target that nobody answers for: raking would never come there. margin = SIZE_MAX: none. */
    size_t empty_margin, empty_cell;
};

void rk_rake(struct rk_raked *result, const struct rk_rake_problem *problem);

#endif
