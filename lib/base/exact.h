/* Exact numbers: whole numbers of any size and fractions of them. A number that fits in 64 bits is
 * held in place and worked with in the machine's own arithmetic; what does not is handed to the GNU
 * Multiple Precision library, behind this one file.
 *
 * A zeroed struct is the number 0 (a zeroed fraction is not yet one: rk_fraction_set_whole). Give
 * back what a number holds with rk_whole_free; copying the struct itself is not allowed
 * (rk_whole_set, rk_whole_swap). A result may be one of the operands everywhere. */
#ifndef RK_EXACT_H
#define RK_EXACT_H

#include "base/buf.h"
#include "base/random.h"

#include <stdbool.h>
#include <stdint.h>

struct rk_whole {
    int64_t small; /* the number where `big` is NULL; never INT64_MIN */
    void *big;     /* only where it does not fit */
};

void rk_whole_free(struct rk_whole *a);                         /* and makes it 0 */
void rk_whole_free_all(struct rk_whole *numbers, size_t count); /* an array from rk_alloc, too */
void rk_whole_set(struct rk_whole *to, const struct rk_whole *a);
void rk_whole_set_i64(struct rk_whole *to, int64_t a);
void rk_whole_swap(struct rk_whole *a, struct rk_whole *b);
bool rk_whole_i64(const struct rk_whole *a, int64_t *value); /* false: it does not fit */
double rk_whole_double(const struct rk_whole *a);            /* nearest towards zero */
void rk_whole_print(struct rk_buf *buf, const struct rk_whole *a);

/* The ways that do not fit in 64 bits: call the functions below instead. */
void rk_whole_add_big(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b);
void rk_whole_subtract_big(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b);
void rk_whole_multiply_big(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b);
void rk_whole_add_product_big(struct rk_whole *to, const struct rk_whole *b,
                              const struct rk_whole *c, bool subtract);
void rk_whole_pivot_big(struct rk_whole *to, const struct rk_whole *p, const struct rk_whole *b,
                        const struct rk_whole *c, const struct rk_whole *d);
int rk_whole_compare_big(const struct rk_whole *a, const struct rk_whole *b);
int rk_whole_sign_big(const struct rk_whole *a);
int rk_whole_compare_products_big(const struct rk_whole *a, const struct rk_whole *b,
                                  const struct rk_whole *c, const struct rk_whole *d);

static inline bool rk_whole_fits(__int128 v) { return v >= -INT64_MAX && v <= INT64_MAX; }

static inline int rk_whole_sign(const struct rk_whole *a)
{
    return a->big ? rk_whole_sign_big(a) : (a->small > 0) - (a->small < 0);
}

static inline int rk_whole_compare(const struct rk_whole *a, const struct rk_whole *b)
{
    return a->big || b->big ? rk_whole_compare_big(a, b)
                            : (a->small > b->small) - (a->small < b->small);
}

static inline void rk_whole_add(struct rk_whole *to, const struct rk_whole *a,
                                const struct rk_whole *b)
{
    __int128 v = (__int128)a->small + b->small;
    if (a->big || b->big || to->big || !rk_whole_fits(v))
        rk_whole_add_big(to, a, b);
    else
        to->small = (int64_t)v;
}

static inline void rk_whole_subtract(struct rk_whole *to, const struct rk_whole *a,
                                     const struct rk_whole *b)
{
    __int128 v = (__int128)a->small - b->small;
    if (a->big || b->big || to->big || !rk_whole_fits(v))
        rk_whole_subtract_big(to, a, b);
    else
        to->small = (int64_t)v;
}

static inline void rk_whole_multiply(struct rk_whole *to, const struct rk_whole *a,
                                     const struct rk_whole *b)
{
    __int128 v = (__int128)a->small * b->small;
    if (a->big || b->big || to->big || !rk_whole_fits(v))
        rk_whole_multiply_big(to, a, b);
    else
        to->small = (int64_t)v;
}

/* to += b * c */
static inline void rk_whole_add_product(struct rk_whole *to, const struct rk_whole *b,
                                        const struct rk_whole *c)
{
    __int128 v = (__int128)b->small * c->small + to->small;
    if (b->big || c->big || to->big || !rk_whole_fits(v))
        rk_whole_add_product_big(to, b, c, false);
    else
        to->small = (int64_t)v;
}

/* to -= b * c */
static inline void rk_whole_subtract_product(struct rk_whole *to, const struct rk_whole *b,
                                             const struct rk_whole *c)
{
    __int128 v = to->small - (__int128)b->small * c->small;
    if (b->big || c->big || to->big || !rk_whole_fits(v))
        rk_whole_add_product_big(to, b, c, true);
    else
        to->small = (int64_t)v;
}

/* to = (to * p - b * c) / d, where d is known to divide: one step of elimination without
 * fractions (Bareiss 1968, "Sylvester's identity and multistep integer-preserving Gaussian
 * elimination"). */
static inline void rk_whole_pivot(struct rk_whole *to, const struct rk_whole *p,
                                  const struct rk_whole *b, const struct rk_whole *c,
                                  const struct rk_whole *d)
{
    if (to->big || p->big || b->big || c->big || d->big) {
        rk_whole_pivot_big(to, p, b, c, d);
        return;
    }
    __int128 v = (__int128)to->small * p->small - (__int128)b->small * c->small;
    if (rk_whole_fits(v)) {
        to->small = (int64_t)v / d->small;
        return;
    }
    v /= d->small;
    if (rk_whole_fits(v))
        to->small = (int64_t)v;
    else
        rk_whole_pivot_big(to, p, b, c, d);
}

/* The sign of a * b - c * d. */
static inline int rk_whole_compare_products(const struct rk_whole *a, const struct rk_whole *b,
                                            const struct rk_whole *c, const struct rk_whole *d)
{
    if (a->big || b->big || c->big || d->big)
        return rk_whole_compare_products_big(a, b, c, d);
    __int128 x = (__int128)a->small * b->small, y = (__int128)c->small * d->small;
    return (x > y) - (x < y);
}

void rk_whole_negate(struct rk_whole *a);
void rk_whole_divide_exactly(struct rk_whole *to, const struct rk_whole *a,
                             const struct rk_whole *b); /* b divides a; b != 0 */
void rk_whole_divide_down(struct rk_whole *to, const struct rk_whole *a,
                          const struct rk_whole *b); /* the floor of a / b; b > 0 */
void rk_whole_gcd(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b);
void rk_whole_lcm(struct rk_whole *to, const struct rk_whole *a, const struct rk_whole *b);
/* A number drawn from 0 … below - 1, all alike; below > 0. */
void rk_whole_random(struct rk_whole *to, struct rk_random *random, const struct rk_whole *below);

/* over > 0, no common factor. */
struct rk_fraction {
    struct rk_whole top, over;
};

void rk_fraction_free(struct rk_fraction *a);
struct rk_fraction *rk_fractions(size_t count); /* so many zeros; rk_fractions_free */
void rk_fractions_free(struct rk_fraction *numbers, size_t count);
void rk_fraction_set(struct rk_fraction *to, const struct rk_fraction *a);
void rk_fraction_set_whole(struct rk_fraction *to, int64_t a);
void rk_fraction_make(struct rk_fraction *to, const struct rk_whole *top,
                      const struct rk_whole *over); /* over != 0 */
void rk_fraction_add(struct rk_fraction *to, const struct rk_fraction *a,
                     const struct rk_fraction *b);
void rk_fraction_subtract(struct rk_fraction *to, const struct rk_fraction *a,
                          const struct rk_fraction *b);
void rk_fraction_multiply(struct rk_fraction *to, const struct rk_fraction *a,
                          const struct rk_fraction *b);
void rk_fraction_divide(struct rk_fraction *to, const struct rk_fraction *a,
                        const struct rk_fraction *b); /* b != 0 */
int rk_fraction_compare(const struct rk_fraction *a, const struct rk_fraction *b);
int rk_fraction_compare_ratio(const struct rk_fraction *a, int64_t top,
                              int64_t over);            /* over > 0 */
double rk_fraction_double(const struct rk_fraction *a); /* within two units of the last place */
void rk_fraction_print(struct rk_buf *buf, const struct rk_fraction *a); /* 27/91, 1 */

#endif
