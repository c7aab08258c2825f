#include "stat/dense.h"

#include "base/mem.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>

/* LAPACK's own interface, as Fortran has it. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t);
void dtrtri_(const char *uplo, const char *diag, const int *n, double *a, const int *lda, int *info,
             size_t, size_t);
void dlauum_(const char *uplo, const int *n, double *a, const int *lda, int *info, size_t);
void dpotrs_(const char *uplo, const int *n, const int *nrhs, const double *a, const int *lda,
             double *b, const int *ldb, int *info, size_t);
void openblas_set_num_threads(int threads);

/* OpenBLAS looks at the processor when a program starts, and that takes longer than a command line:
 * its call is led here by the link (--wrap in the Makefile), and made when there is something to
 * solve. Where it was built for one processor there is no such call. */
void __wrap_gotoblas_dynamic_init(void);
__attribute__((weak)) void __real_gotoblas_dynamic_init(void);
void __wrap_gotoblas_dynamic_init(void) {}

static void begin(void)
{
    if (__real_gotoblas_dynamic_init)
        __real_gotoblas_dynamic_init();
    openblas_set_num_threads(1);
}

bool rk_dense_factor(double *a, size_t n, double least, size_t *bad)
{
    assert(n <= RK_DENSE_MOST);
    static pthread_once_t begun = PTHREAD_ONCE_INIT;
    int order = (int)n, info = 0;
    if (!n)
        return true;
    pthread_once(&begun, begin);
    double *diagonal = rk_resize(NULL, n, sizeof *diagonal);
    for (size_t i = 0; i < n; i++)
        diagonal[i] = RK_AT(a, n, i, i);
    dpotrf_("L", &order, a, &order, &info, 1);
    bool good = info == 0;
    size_t at = good ? 0 : (size_t)info - 1;
    for (size_t i = 0; i < n && good; i++)
        if (!(RK_AT(a, n, i, i) * RK_AT(a, n, i, i) > least * diagonal[i])) {
            good = false;
            at = i;
        }
    rk_free(diagonal);
    if (!good && bad)
        *bad = at;
    return good;
}

void rk_dense_solve(const double *factor, size_t n, double *b, size_t count)
{
    int order = (int)n, columns = (int)count, info = 0;
    if (!n || !count)
        return;
    dpotrs_("L", &order, &columns, factor, &order, b, &order, &info, 1);
    assert(info == 0);
}

void rk_dense_invert(double *factor, size_t n)
{
    int order = (int)n, info = 0;
    if (!n)
        return;
    /* what dpotri does, which is in Fortran: L^-1, then L^-T L^-1 */
    dtrtri_("L", "N", &order, factor, &order, &info, 1, 1);
    assert(info == 0);
    dlauum_("L", &order, factor, &order, &info, 1);
}

double rk_settle(double value, double scale, int digits)
{
    assert(digits >= 1 && digits <= 15);
    if (!isfinite(value) || !(scale > 0))
        return value;
    int places = digits;
    for (double bound = 1; scale >= bound && places > -290; bound *= 10)
        places--;
    for (double bound = 0.1; scale < bound && places < 290; bound /= 10)
        places++;
    double unit = 1;
    for (int i = 0; i < (places < 0 ? -places : places); i++)
        unit *= 10;
    double settled = places < 0 ? rint(value / unit) * unit : rint(value * unit) / unit;
    return isfinite(settled) ? settled + 0.0 : value;
}
