#include "base/exact.h"

#include "base/mem.h"

#include <assert.h>
#include <gmp.h>

/* GMP's memory comes from ours, so that running out of it ends the same way everywhere. */
static void *take(size_t size) { return rk_resize(NULL, size, 1); }

static void *again(void *old, size_t old_size, size_t size)
{
    (void)old_size;
    return rk_resize(old, size, 1);
}

static void give(void *memory, size_t size)
{
    (void)size;
    rk_free(memory);
}

__attribute__((constructor)) static void take_memory_from_ours(void)
{
    mp_set_memory_functions(take, again, give);
}

enum { LIMBS = 64 / GMP_NUMB_BITS };

/* The number for GMP to read: its own, or `small` spread over `limbs`. */
struct view {
    mp_limb_t limbs[LIMBS];
    mpz_t own;
};

static mpz_srcptr see(const struct rk_whole *a, struct view *view)
{
    if (a->big)
        return a->big;
    uint64_t size = a->small < 0 ? -(uint64_t)a->small : (uint64_t)a->small;
    int used = 0;
    for (int i = 0; i < LIMBS; i++) {
        view->limbs[i] = (mp_limb_t)(size >> (i * GMP_NUMB_BITS % 64));
        if (view->limbs[i])
            used = i + 1;
    }
    return mpz_roinit_n(view->own, view->limbs, a->small < 0 ? -used : used);
}

/* Room for a result. */
static mpz_ptr open_big(struct rk_whole *to)
{
    if (!to->big) {
        mpz_ptr big = rk_alloc(1, sizeof(mpz_t));
        mpz_init(big);
        to->big = big;
    }
    return to->big;
}

static void drop_big(struct rk_whole *a)
{
    mpz_clear(a->big);
    rk_free(a->big);
    a->big = NULL;
}

/* What fits is held in place. */
static void settle(struct rk_whole *to)
{
    mpz_ptr big = to->big;
    if (mpz_sizeinbase(big, 2) > 63) {
        to->small = 0;
        return;
    }
    uint64_t size = 0;
    for (int i = 0; i < LIMBS; i++)
        size |= (uint64_t)mpz_getlimbn(big, i) << (i * GMP_NUMB_BITS % 64);
    to->small = mpz_sgn(big) < 0 ? -(int64_t)size : (int64_t)size;
    drop_big(to);
}

void rk_whole_free(struct rk_whole *a)
{
    if (a->big)
        drop_big(a);
    a->small = 0;
}

void rk_whole_free_all(struct rk_whole *numbers, size_t count)
{
    if (!numbers)
        return;
    for (size_t i = 0; i < count; i++)
        if (numbers[i].big)
            drop_big(&numbers[i]);
    rk_free(numbers);
}

void rk_whole_set(struct rk_whole *to, const struct rk_whole *a)
{
    if (to == a)
        return;
    if (a->big) {
        mpz_set(open_big(to), a->big);
        to->small = 0;
    } else {
        if (to->big)
            drop_big(to);
        to->small = a->small;
    }
}

void rk_whole_set_i64(struct rk_whole *to, int64_t a)
{
    if (a == INT64_MIN) {
        mpz_ptr big = open_big(to);
        mpz_set_ui(big, 1);
        mpz_mul_2exp(big, big, 63);
        mpz_neg(big, big);
        to->small = 0;
        return;
    }
    if (to->big)
        drop_big(to);
    to->small = a;
}

void rk_whole_swap(struct rk_whole *a, struct rk_whole *b)
{
    struct rk_whole kept = *a;
    *a = *b;
    *b = kept;
}

bool rk_whole_i64(const struct rk_whole *a, int64_t *value)
{
    *value = a->small;
    return !a->big;
}

double rk_whole_double(const struct rk_whole *a)
{
    return a->big ? mpz_get_d(a->big) : (double)a->small;
}

void rk_whole_print(struct rk_buf *buf, const struct rk_whole *a)
{
    if (!a->big) {
        rk_buf_printf(buf, "%lld", (long long)a->small);
        return;
    }
    size_t room = mpz_sizeinbase(a->big, 10) + 2; /* a sign and the NUL */
    char *end = rk_buf_reserve(buf, room);
    mpz_get_str(end, 10, a->big);
    buf->size += strlen(end);
}

#define TWO(name, gmp)                                                                             \
    void name(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b)             \
    {                                                                                              \
        struct view x, y;                                                                          \
        mpz_srcptr left = see(a, &x), right = see(b, &y);                                          \
        gmp(open_big(to), left, right);                                                            \
        settle(to);                                                                                \
    }

TWO(rk_whole_add_big, mpz_add)
TWO(rk_whole_subtract_big, mpz_sub)
TWO(rk_whole_multiply_big, mpz_mul)
TWO(rk_whole_divide_exactly_big, mpz_divexact)
TWO(rk_whole_divide_down_big, mpz_fdiv_q)
TWO(rk_whole_gcd_big, mpz_gcd)

void rk_whole_add_product_big(struct rk_whole *to, const struct rk_whole *b,
                              const struct rk_whole *c, bool subtract)
{
    struct view x, y, z;
    mpz_srcptr before = see(to, &x), left = see(b, &y), right = see(c, &z);
    if (to->big && to != b && to != c) {
        if (subtract)
            mpz_submul(to->big, left, right);
        else
            mpz_addmul(to->big, left, right);
    } else {
        mpz_t sum;
        mpz_init_set(sum, before);
        if (subtract)
            mpz_submul(sum, left, right);
        else
            mpz_addmul(sum, left, right);
        mpz_swap(open_big(to), sum);
        mpz_clear(sum);
    }
    settle(to);
}

void rk_whole_pivot_big(struct rk_whole *to, const struct rk_whole *p, const struct rk_whole *b,
                        const struct rk_whole *c, const struct rk_whole *d)
{
    struct view v, w, x, y, z;
    mpz_srcptr before = see(to, &v), by = see(p, &w), left = see(b, &x), right = see(c, &y),
               over = see(d, &z);
    mpz_t result;
    mpz_init(result);
    mpz_mul(result, before, by);
    mpz_submul(result, left, right);
    mpz_divexact(result, result, over);
    mpz_swap(open_big(to), result);
    mpz_clear(result);
    settle(to);
}

int rk_whole_compare_big(const struct rk_whole *a, const struct rk_whole *b)
{
    struct view x, y;
    int sign = mpz_cmp(see(a, &x), see(b, &y));
    return (sign > 0) - (sign < 0);
}

int rk_whole_sign_big(const struct rk_whole *a) { return mpz_sgn((mpz_srcptr)a->big); }

int rk_whole_compare_products_big(const struct rk_whole *a, const struct rk_whole *b,
                                  const struct rk_whole *c, const struct rk_whole *d)
{
    struct rk_whole left = {0}, right = {0};
    rk_whole_multiply(&left, a, b);
    rk_whole_multiply(&right, c, d);
    int sign = rk_whole_compare(&left, &right);
    rk_whole_free(&left);
    rk_whole_free(&right);
    return sign;
}

void rk_whole_negate(struct rk_whole *a)
{
    if (a->big)
        mpz_neg(a->big, a->big);
    else
        a->small = -a->small;
}

void rk_whole_divide_exactly(struct rk_whole *to, const struct rk_whole *a,
                             const struct rk_whole *b)
{
    assert(rk_whole_sign(b) != 0);
    if (a->big || b->big || to->big)
        rk_whole_divide_exactly_big(to, a, b);
    else
        to->small = a->small / b->small;
}

void rk_whole_divide_down(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b)
{
    assert(rk_whole_sign(b) > 0);
    if (a->big || b->big || to->big)
        rk_whole_divide_down_big(to, a, b);
    else
        to->small = a->small / b->small - (a->small % b->small < 0);
}

void rk_whole_gcd(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b)
{
    if (a->big || b->big || to->big) {
        rk_whole_gcd_big(to, a, b);
        return;
    }
    int64_t x = a->small < 0 ? -a->small : a->small, y = b->small < 0 ? -b->small : b->small;
    while (y) {
        int64_t left = x % y;
        x = y;
        y = left;
    }
    to->small = x;
}

void rk_whole_lcm(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b)
{
    struct rk_whole common = {0};
    rk_whole_gcd(&common, a, b);
    if (rk_whole_sign(&common)) {
        rk_whole_divide_exactly(&common, a, &common);
        rk_whole_multiply(to, &common, b);
        if (rk_whole_sign(to) < 0)
            rk_whole_negate(to);
    } else {
        rk_whole_set_i64(to, 0);
    }
    rk_whole_free(&common);
}

void rk_whole_random(struct rk_whole *to, struct rk_random *random, const struct rk_whole *below)
{
    assert(rk_whole_sign(below) > 0);
    if (!below->big) {
        rk_whole_set_i64(to, (int64_t)rk_random_below(random, (uint64_t)below->small));
        return;
    }
    /* as many bits as the largest result has, again where they make too much */
    mpz_t drawn;
    mpz_init(drawn);
    size_t bits = mpz_sizeinbase(below->big, 2), words = (bits + 63) / 64;
    do {
        mpz_set_ui(drawn, 0);
        for (size_t i = 0; i < words; i++) {
            uint64_t word = rk_random_u64(random);
            mpz_mul_2exp(drawn, drawn, 32);
            mpz_add_ui(drawn, drawn, (unsigned long)(word >> 32));
            mpz_mul_2exp(drawn, drawn, 32);
            mpz_add_ui(drawn, drawn, (unsigned long)(word & UINT32_MAX));
        }
        mpz_fdiv_r_2exp(drawn, drawn, bits);
    } while (mpz_cmp(drawn, below->big) >= 0);
    mpz_swap(open_big(to), drawn);
    mpz_clear(drawn);
    settle(to);
}

/* ---- fractions ---- */

void rk_fraction_free(struct rk_fraction *a)
{
    rk_whole_free(&a->top);
    rk_whole_free(&a->over);
}

struct rk_fraction *rk_fractions(size_t count)
{
    struct rk_fraction *numbers = rk_alloc(count + 1, sizeof *numbers);
    for (size_t i = 0; i < count; i++)
        rk_fraction_set_whole(&numbers[i], 0);
    return numbers;
}

void rk_fractions_free(struct rk_fraction *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        rk_fraction_free(&numbers[i]);
    rk_free(numbers);
}

void rk_fraction_set(struct rk_fraction *to, const struct rk_fraction *a)
{
    rk_whole_set(&to->top, &a->top);
    rk_whole_set(&to->over, &a->over);
}

void rk_fraction_set_whole(struct rk_fraction *to, int64_t a)
{
    rk_whole_set_i64(&to->top, a);
    rk_whole_set_i64(&to->over, 1);
}

static void reduce(struct rk_fraction *a)
{
    struct rk_whole common = {0};
    assert(rk_whole_sign(&a->over) != 0);
    rk_whole_gcd(&common, &a->top, &a->over);
    if (rk_whole_sign(&a->over) < 0)
        rk_whole_negate(&common);
    rk_whole_divide_exactly(&a->top, &a->top, &common);
    rk_whole_divide_exactly(&a->over, &a->over, &common);
    rk_whole_free(&common);
}

void rk_fraction_make(struct rk_fraction *to, const struct rk_whole *top,
                      const struct rk_whole *over)
{
    struct rk_fraction made = {0};
    rk_whole_set(&made.top, top);
    rk_whole_set(&made.over, over);
    reduce(&made);
    rk_fraction_free(to);
    *to = made;
}

static void sum(struct rk_fraction *to, const struct rk_fraction *a, const struct rk_fraction *b,
                bool subtract)
{
    struct rk_fraction made = {0};
    rk_whole_multiply(&made.top, &a->top, &b->over);
    if (subtract)
        rk_whole_subtract_product(&made.top, &b->top, &a->over);
    else
        rk_whole_add_product(&made.top, &b->top, &a->over);
    rk_whole_multiply(&made.over, &a->over, &b->over);
    reduce(&made);
    rk_fraction_free(to);
    *to = made;
}

void rk_fraction_add(struct rk_fraction *to, const struct rk_fraction *a,
                     const struct rk_fraction *b)
{
    sum(to, a, b, false);
}

void rk_fraction_subtract(struct rk_fraction *to, const struct rk_fraction *a,
                          const struct rk_fraction *b)
{
    sum(to, a, b, true);
}

static void product(struct rk_fraction *to, const struct rk_whole *a, const struct rk_whole *b,
                    const struct rk_whole *c, const struct rk_whole *d)
{
    struct rk_fraction made = {0};
    rk_whole_multiply(&made.top, a, b);
    rk_whole_multiply(&made.over, c, d);
    reduce(&made);
    rk_fraction_free(to);
    *to = made;
}

void rk_fraction_multiply(struct rk_fraction *to, const struct rk_fraction *a,
                          const struct rk_fraction *b)
{
    product(to, &a->top, &b->top, &a->over, &b->over);
}

void rk_fraction_divide(struct rk_fraction *to, const struct rk_fraction *a,
                        const struct rk_fraction *b)
{
    product(to, &a->top, &b->over, &a->over, &b->top);
}

int rk_fraction_compare(const struct rk_fraction *a, const struct rk_fraction *b)
{
    return rk_whole_compare_products(&a->top, &b->over, &b->top, &a->over);
}

int rk_fraction_compare_ratio(const struct rk_fraction *a, int64_t top, int64_t over)
{
    assert(over > 0);
    struct rk_whole x = {.small = top}, y = {.small = over};
    return rk_whole_compare_products(&a->top, &y, &x, &a->over);
}

double rk_fraction_double(const struct rk_fraction *a)
{
    if (!a->top.big && !a->over.big)
        return (double)a->top.small / (double)a->over.small;
    struct view x, y;
    mpq_t q;
    *mpq_numref(q) = *see(&a->top, &x);
    *mpq_denref(q) = *see(&a->over, &y);
    return mpq_get_d(q);
}

void rk_fraction_print(struct rk_buf *buf, const struct rk_fraction *a)
{
    rk_whole_print(buf, &a->top);
    if (a->over.big || a->over.small != 1) {
        rk_buf_char(buf, '/');
        rk_whole_print(buf, &a->over);
    }
}
