#include "stat/concentration.h"

#include "base/mem.h"

#include <math.h>

static int by_size(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

/* Sum of (2 i - n - 1) x_i over the sorted numbers, i from 1, by n times their sum. */
double rk_gini(int64_t *numbers, size_t n)
{
    __int128 weighted = 0, sum = 0;
    if (n)
        qsort(numbers, n, sizeof *numbers, by_size);
    for (size_t i = 0; i < n; i++) {
        weighted += (2 * (__int128)i + 1 - (__int128)n) * numbers[i];
        sum += numbers[i];
    }
    return sum ? (double)weighted / ((double)n * (double)sum) : NAN;
}

/* As even as can be: some have one more than the others. */
double rk_gini_least(int64_t total, size_t n)
{
    if (!total || !n)
        return NAN;
    int64_t people = (int64_t)n, more = total % people;
    return (double)more * (double)(people - more) / ((double)n * (double)total);
}

double rk_top_share(int64_t *numbers, size_t n, size_t most)
{
    int64_t sum = 0, top = 0;
    if (n)
        qsort(numbers, n, sizeof *numbers, by_size);
    for (size_t i = 0; i < n; i++) {
        sum += numbers[i];
        top += i + most >= n ? numbers[i] : 0;
    }
    return sum ? (double)top / (double)sum : NAN;
}
