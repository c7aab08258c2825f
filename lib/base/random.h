/* Random numbers by counter, not by state: what is drawn for a record depends on the seed and the
 * record's own key, never on its place in a stream or on threads. Philox4x32-10 (Salmon, Moraes,
 * Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"). Only integer arithmetic and
 * exact double operations, so every machine draws the same. */
#ifndef RK_RANDOM_H
#define RK_RANDOM_H

#include "base/text.h"

#include <stdint.h>

struct rk_random {
    uint32_t key[2];
    uint64_t stream;
    uint64_t index;   /* blocks of four 32-bit words drawn so far */
    uint32_t ready[4];
    unsigned left;    /* words of `ready` not yet used */
};

/* The stream named `key` under `seed` (both any text). The same pair gives the same numbers.
 * Build `key` so that it cannot be another's: "panel-tie|R12|P7". */
struct rk_random rk_random(struct rk_text seed, struct rk_text key);
uint64_t rk_random_u64(struct rk_random *random);
uint64_t rk_random_below(struct rk_random *random, uint64_t n); /* 0 … n-1, unbiased; n > 0 */
double rk_random_unit(struct rk_random *random);                /* [0, 1), 53 bits */
/* About normal(0, 1), |x| <= 6: twelve uniforms less six; no libm, so the same everywhere. */
double rk_random_normal(struct rk_random *random);

/* The next number of SplitMix64 (Steele, Lea & Flood 2014): quick, for many draws from one seed. */
static inline uint64_t rk_splitmix64(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void rk_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

#endif
