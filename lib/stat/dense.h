/* Dense symmetric linear algebra, through LAPACK as OpenBLAS has it, behind this one file. Matrices
 * are n × n doubles in columns; only the lower triangle (row >= column) is read and written:
 * a[row + column * n]. BLAS threads are set to one, so that the bits do not depend on how many
 * there are; they still differ a little between processors, which is why what comes out of here is
 * rounded (rk_settle) before it is printed. */
#ifndef RK_DENSE_H
#define RK_DENSE_H

#include <stdbool.h>
#include <stddef.h>

#define RK_AT(a, n, row, column) ((a)[(size_t)(row) + (size_t)(column) * (n)])

/* The most rows a matrix may have here: 10,000, 800 MB. */
#define RK_DENSE_MOST 10000

/* a = L L', L in place of a. False where a is not positive definite, or a pivot is less than
 * `least` times its diagonal element; *bad (may be NULL) is then the row it was found at. */
bool rk_dense_factor(double *a, size_t n, double least, size_t *bad);
/* x = a^-1 b in place, from the factor L; for `count` right-hand sides, one after another. */
void rk_dense_solve(const double *factor, size_t n, double *b, size_t count);
/* a^-1 (lower triangle) in place of the factor L. */
void rk_dense_invert(double *factor, size_t n);
/* Of a symmetric matrix held by its lower triangle. */
static inline double rk_dense_get(const double *a, size_t n, size_t i, size_t j)
{
    return i >= j ? RK_AT(a, n, i, j) : RK_AT(a, n, j, i);
}

/* `value` rounded to so many decimal places that `scale` (> 0, finite) would keep `digits` (1 to
 * 15) significant digits. What is left is the same on every machine unless it lies within the last
 * bits of half a unit: 9 digits for what is found by iteration, 12 for what is solved outright. */
double rk_settle(double value, double scale, int digits);

#endif
