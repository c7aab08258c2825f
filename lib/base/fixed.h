/* Decimal numbers, exact. An rk_fixed counts units of 10^-18 in 128 bits, so that sums do not
 * depend on order, threads or machine, and ties are ties. Numbers from data must be under 10^12 in
 * size: 10^8 of them can be added without overflow. */
#ifndef RK_FIXED_H
#define RK_FIXED_H

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef __int128 rk_fixed;
#define RK_FIXED_ONE ((rk_fixed)1000000000000000000)
/* Ties between computed numbers: differences up to 10^-9 of the scale (design/tools.md). */
#define RK_TIE_PARTS ((rk_fixed)1000000000)

/* Reads all of `text`: [-+]digits[.digits][e[-+]digits], at most 64 characters, |value| < 10^12,
 * at most 18 decimals that are not zero. False when it is anything else. */
bool rk_fixed_parse(struct rk_text text, rk_fixed *value);

static inline rk_fixed rk_fixed_int(int64_t value) { return RK_FIXED_ONE * value; }

/* Appends the number with at most 12 significant digits, half to even, no trailing zeros, never
 * an exponent. */
void rk_fixed_print(struct rk_buf *out, rk_fixed value);
/* Appends all of the number, and reads all of `text` as such a number, of any size that fits: what
 * passes between our own tools and must not be rounded. */
void rk_fixed_print_exact(struct rk_buf *out, rk_fixed value);
bool rk_fixed_parse_exact(struct rk_text text, rk_fixed *value);
/* The number that rk_fixed_print writes, as a number: what a reader of the output sees. */
rk_fixed rk_fixed_round(rk_fixed value);
/* Rounded to `decimals` (0 to 18), half to even. */
rk_fixed rk_fixed_round_to(rk_fixed value, int decimals);
double rk_fixed_double(rk_fixed value);
/* The nearest rk_fixed of a finite double under 10^18 in size. */
rk_fixed rk_fixed_from_double(double value);
/* Appends a double as %.12g writes it in the C locale, with no minus zero; not finite: nothing. */
void rk_double_print(struct rk_buf *out, double value);

/* sum / n rounded half to even; n != 0. */
rk_fixed rk_fixed_divide(rk_fixed sum, __int128 n);

/* A fraction in lowest terms, den > 0. */
struct rk_ratio {
    __int128 num, den;
};
struct rk_ratio rk_ratio(__int128 num, __int128 den); /* den != 0 */
/* value * num / den, rounded half to even, with 256 bits between where needed. The result must fit. */
rk_fixed rk_fixed_times(rk_fixed value, struct rk_ratio ratio);

#endif
