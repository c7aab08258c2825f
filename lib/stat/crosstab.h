/* Tables of counts, rows by columns: are the two independent, and where do they part?
 *
 * K. Pearson 1900; R. A. Fisher; residuals: S. J. Haberman, Biometrics 29 (1973) 205; V: H. Cramér
 * 1946; without bias: W. Bergsma, Journal of the Korean Statistical Society 42 (2013) 323; lambda:
 * L. A. Goodman & W. H. Kruskal, JASA 49 (1954) 732. */
#ifndef RK_CROSSTAB_H
#define RK_CROSSTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rk_crosstab {
    size_t rows, columns; /* that hold anything: the others are left out of the degrees */
    double n, df;
    double chi_square, p;          /* Pearson's, not corrected */
    double corrected, corrected_p; /* Yates', of 2 × 2; else NaN */
    double g, g_p;                 /* likelihood ratio */
    double v, v_unbiased;          /* Cramér's, Bergsma's */
    double contingency;            /* Pearson's C */
    double lambda;                 /* of columns given rows */
    double fisher_p;               /* exact; NaN where it would take too long */
    double least_expected;
};
/* counts[row × columns + column] >= 0, whole. Figures that do not exist are NaN. */
struct rk_crosstab rk_crosstab(const int64_t *counts, size_t rows, size_t columns);
/* Expected where independent, and the adjusted residual: (seen - expected) / its error. */
void rk_crosstab_cells(const int64_t *counts, size_t rows, size_t columns, double *expected,
                       double *residual);

#endif
