#include "base/fixed.h"

#include <assert.h>
#include <math.h>

typedef unsigned __int128 u128;

static const int64_t power10[19] = {1,
                                    10,
                                    100,
                                    1000,
                                    10000,
                                    100000,
                                    1000000,
                                    10000000,
                                    100000000,
                                    1000000000,
                                    10000000000,
                                    100000000000,
                                    1000000000000,
                                    10000000000000,
                                    100000000000000,
                                    1000000000000000,
                                    10000000000000000,
                                    100000000000000000,
                                    1000000000000000000};

bool rk_fixed_parse(struct rk_text text, rk_fixed *value)
{
    const char *s = text.text, *end = s + text.size;
    bool minus = false, digits = false;
    int exponent = 0; /* of the last digit taken into `v` */
    u128 v = 0;
    if (!text.size || text.size > 64)
        return false;
    if (text.size == 1 && *s >= '0' && *s <= '9') { /* most scores */
        *value = rk_fixed_int(*s - '0');
        return true;
    }
    if (*s == '-' || *s == '+')
        minus = *s++ == '-';
    const u128 limit = ~(u128)0 / 100;
    bool point = false;
    int zeros = 0; /* zeros held back, so that 1.000…0 with many zeros is read */
    for (; s < end; s++) {
        if (*s == '.' && !point) {
            point = true;
            continue;
        }
        if (*s < '0' || *s > '9')
            break;
        digits = true;
        if (point && *s == '0') {
            zeros++;
            continue;
        }
        for (; zeros; zeros--, exponent--)
            if (v > limit)
                return false;
            else
                v *= 10;
        if (v > limit)
            return false;
        v = v * 10 + (u128)(*s - '0');
        if (point)
            exponent--;
    }
    if (!digits)
        return false;
    if (s < end && (*s == 'e' || *s == 'E')) {
        s++;
        bool down = s < end && *s == '-';
        if (s < end && (*s == '-' || *s == '+'))
            s++;
        int e = 0, n = 0;
        for (; s < end && *s >= '0' && *s <= '9' && n < 4; s++, n++)
            e = e * 10 + (*s - '0');
        if (!n)
            return false;
        exponent += down ? -e : e;
    }
    if (s != end)
        return false;
    exponent += 18;
    if (exponent >= 0 && exponent <= 18 && v < (u128)1000000000000) { /* most numbers of data */
        v *= (u128)power10[exponent];
    } else if (v) {
        for (; exponent > 0; exponent--) {
            if (v > limit)
                return false;
            v *= 10;
        }
        for (; exponent < 0; exponent++) {
            if (v % 10)
                return false;
            v /= 10;
        }
        if (v >= (u128)RK_FIXED_ONE * 1000000000000)
            return false;
    }
    *value = minus ? -(rk_fixed)v : (rk_fixed)v;
    return true;
}

static u128 size_of(rk_fixed value) { return value < 0 ? -(u128)value : (u128)value; }

/* v / d rounded half to even, for unsigned numbers */
static u128 divide(u128 v, u128 d)
{
    u128 q = v / d, r = v % d;
    if (r > d - r || (r == d - r && (q & 1)))
        q++;
    return q;
}

void rk_fixed_print_exact(struct rk_buf *out, rk_fixed value)
{
    char digits[48];
    size_t at = sizeof digits, decimals = 0;
    bool shown = false; /* a decimal that is not zero stands behind */
    for (u128 v = size_of(value); v || decimals <= 18; v /= 10, decimals++) {
        if (decimals == 18 && shown)
            digits[--at] = '.';
        shown |= v % 10 != 0;
        if (decimals >= 18 || shown)
            digits[--at] = (char)('0' + (int)(v % 10));
    }
    if (value < 0)
        digits[--at] = '-';
    rk_buf_add(out, digits + at, sizeof digits - at);
}

bool rk_fixed_parse_exact(struct rk_text text, rk_fixed *value)
{
    const char *s = text.text, *end = s + text.size, *point = NULL;
    bool minus = text.size && *s == '-';
    u128 v = 0;
    int decimals = 0;
    s += minus;
    if (s == end || *s == '.' || end[-1] == '.')
        return false;
    for (; s < end; s++) {
        if (*s == '.' && !point) {
            point = s;
            continue;
        }
        if (*s < '0' || *s > '9' || (decimals += point != NULL) > 18 ||
            __builtin_mul_overflow(v, (u128)10, &v) ||
            __builtin_add_overflow(v, (u128)(*s - '0'), &v))
            return false;
    }
    if (__builtin_mul_overflow(v, (u128)power10[18 - decimals], &v) || v >> 127)
        return false;
    *value = minus ? -(rk_fixed)v : (rk_fixed)v;
    return true;
}

rk_fixed rk_fixed_divide(rk_fixed sum, __int128 n)
{
    assert(n != 0);
    u128 q = divide(size_of(sum), size_of(n));
    return (sum < 0) != (n < 0) ? -(rk_fixed)q : (rk_fixed)q;
}

rk_fixed rk_fixed_round_to(rk_fixed value, int decimals)
{
    assert(decimals >= 0 && decimals <= 18);
    int64_t step = power10[18 - decimals];
    return rk_fixed_divide(value, step) * step;
}

/* 10^exponent, 0 to 38. */
static u128 power(int exponent)
{
    u128 high = exponent > 36   ? (u128)power10[18] * (u128)power10[18]
                : exponent > 18 ? (u128)power10[18]
                                : 1;
    return high * (u128)power10[exponent > 36   ? exponent - 36
                                : exponent > 18 ? exponent - 18
                                                : exponent];
}

/* v at 12 significant digits, half to even: what is returned, at most 10^12, times 10^behind. */
static uint64_t significant(u128 v, int *behind)
{
    uint64_t high = (uint64_t)(v >> 64), low = (uint64_t)v;
    int bits = high ? 128 - __builtin_clzll(high) : low ? 64 - __builtin_clzll(low) : 0;
    int digits = bits * 1233 >> 12; /* log10 of 2, in parts of 4096: right, or one too few */
    digits += v >= power(digits);
    *behind = digits > 12 ? digits - 12 : 0;
    return *behind ? (uint64_t)divide(v, power(*behind)) : low;
}

rk_fixed rk_fixed_round(rk_fixed value)
{
    int behind;
    uint64_t first = significant(size_of(value), &behind);
    u128 rounded = first * power(behind);
    return value < 0 ? -(rk_fixed)rounded : (rk_fixed)rounded;
}

void rk_fixed_print(struct rk_buf *out, rk_fixed value)
{
    char digits[64];
    int n = 0, behind;
    uint64_t rest = significant(size_of(value), &behind);
    int places = 18 - behind;
    bool minus = value < 0 && rest;
    if (!rest)
        places = 0;
    for (; places > 0 && rest % 10 == 0; rest /= 10)
        places--;
    for (int zeros = places; zeros < 0; zeros++)
        digits[n++] = '0';
    if (places > 0) {
        for (; places; places--, rest /= 10)
            digits[n++] = (char)('0' + rest % 10);
        digits[n++] = '.';
    }
    do
        digits[n++] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (minus)
        digits[n++] = '-';
    char *end = rk_buf_reserve(out, (size_t)n);
    out->size += (size_t)n;
    while (n)
        *end++ = digits[--n];
    *end = '\0';
}

double rk_fixed_double(rk_fixed value) { return (double)value / 1e18; }

rk_fixed rk_fixed_from_double(double value)
{
    assert(isfinite(value) && fabs(value) < 1e18);
    double whole = trunc(value);
    return (rk_fixed)whole * RK_FIXED_ONE + (rk_fixed)rint((value - whole) * 1e18);
}

void rk_double_print(struct rk_buf *out, double value)
{
    if (!isfinite(value))
        return;
    rk_buf_printf(out, "%.12g", value == 0 ? 0.0 : value);
}

static u128 gcd(u128 a, u128 b)
{
    while (b) {
        u128 r = a % b;
        a = b;
        b = r;
    }
    return a;
}

struct rk_ratio rk_ratio(__int128 num, __int128 den)
{
    assert(den != 0);
    u128 g = gcd(size_of(num), size_of(den));
    if (den < 0)
        return (struct rk_ratio){-num / (__int128)g, -den / (__int128)g};
    return (struct rk_ratio){num / (__int128)g, den / (__int128)g};
}

/* a * b / d rounded half to even through 256 bits; the quotient must fit in 127 bits. */
static u128 multiply_divide(u128 a, u128 b, u128 d)
{
    const u128 mask = ~(uint64_t)0;
    u128 low = (a & mask) * (b & mask);
    u128 mid1 = (a >> 64) * (b & mask), mid2 = (a & mask) * (b >> 64);
    u128 high = (a >> 64) * (b >> 64) + (mid1 >> 64) + (mid2 >> 64);
    u128 sum = low + (mid1 << 64);
    high += sum < low;
    low = sum;
    sum = low + (mid2 << 64);
    high += sum < low;
    low = sum;
    u128 q = 0, r = 0; /* long division, a bit at a time; d < 2^127, so r << 1 cannot overflow */
    for (int bit = 255; bit >= 0; bit--) {
        r = r << 1 | ((bit >= 128 ? high >> (bit - 128) : low >> bit) & 1);
        assert(!(q >> 127));
        q <<= 1;
        if (r >= d) {
            r -= d;
            q |= 1;
        }
    }
    if (r > d - r || (r == d - r && (q & 1)))
        q++;
    return q;
}

rk_fixed rk_fixed_times(rk_fixed value, struct rk_ratio ratio)
{
    __int128 product;
    if (!__builtin_mul_overflow(value, ratio.num, &product))
        return ratio.den == 1 ? product : rk_fixed_divide(product, ratio.den);
    u128 q = multiply_divide(size_of(value), size_of(ratio.num), (u128)ratio.den);
    return (value < 0) != (ratio.num < 0) ? -(rk_fixed)q : (rk_fixed)q;
}
