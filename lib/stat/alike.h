/* Whether figures tell how many gave an answer. Of answers that are told only by how many they are
 * and a few sums over them (their sum, the sum of their squares, how many are of a part), others
 * may give the very same figures: where all that do agree on how many gave an answer, the figures
 * tell it.
 *
 * Other answers are looked for from those that were given on, by exchanges: up to eight that were
 * given for as many others with the same sums, and again from each that was found. So those that
 * are found do give the same figures, and what is said to be kept is; where none are found there
 * may be some, and the figures are taken to tell it. */
#ifndef RK_ALIKE_H
#define RK_ALIKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RK_ALIKE_NUMBERS = 3,
    RK_ALIKE_PARTS = 6,
    RK_ALIKE_ORDERS = 3,
    RK_ALIKE_WAYS = 3, /* so many numbers must be possible of what is kept */
};

struct rk_alike_kind {                /* an answer that may be given, or a pair of them */
    int64_t count;                    /* who gave it; may be 0 */
    int64_t number[RK_ALIKE_NUMBERS]; /* whose sums over all answers are told */
    unsigned parts;                   /* bit p: is of part p */
    uint32_t place[RK_ALIKE_ORDERS];  /* from 0, in each order; all kinds of one order's place are
                                         one answer of it */
};

struct rk_alike {
    const struct rk_alike_kind *kinds;
    size_t count;
    unsigned numbers; /* how many sums are told */
    unsigned parts;   /* parts whose numbers are told where they, and the rest, are not small */
    unsigned orders;
    bool median;       /* that of order 0 is told: the one or two in the middle */
    int64_t threshold; /* numbers from 1 to one less are small */
};

/* Whether of every range of places in each order (an answer, or some that follow each other) that a
 * small number gave, or all but a small number, at least RK_ALIKE_WAYS numbers are possible. */
bool rk_alike_keeps(const struct rk_alike *alike);
/* Whether any answer of an order was given by a small number. */
bool rk_alike_any_small(const struct rk_alike *alike);

#endif
