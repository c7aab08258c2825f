#include "base/random.h"

#include "base/hash.h"

#include <assert.h>

void rk_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c0, b = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(b >> 32) ^ c1 ^ k0, n2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)b;
        c3 = (uint32_t)a;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

struct rk_random rk_random(struct rk_text seed, struct rk_text key)
{
    /* fixed keys: these hashes are part of the published drawing rule */
    static const uint64_t for_seed[2] = {0x726b2d7365656400u, 1};
    static const uint64_t for_stream[2] = {0x726b2d73747265u, 2};
    uint64_t s = rk_siphash(for_seed, seed.text, seed.size);
    return (struct rk_random){.key = {(uint32_t)s, (uint32_t)(s >> 32)},
                              .stream = rk_siphash(for_stream, key.text, key.size)};
}

static uint32_t word(struct rk_random *random)
{
    if (!random->left) {
        uint32_t counter[4] = {(uint32_t)random->index, (uint32_t)(random->index >> 32),
                               (uint32_t)random->stream, (uint32_t)(random->stream >> 32)};
        rk_philox4x32(counter, random->key, random->ready);
        random->index++;
        random->left = 4;
    }
    return random->ready[4 - random->left--];
}

uint64_t rk_random_u64(struct rk_random *random)
{
    uint64_t low = word(random);
    return low | (uint64_t)word(random) << 32;
}

uint64_t rk_random_below(struct rk_random *random, uint64_t n)
{
    assert(n > 0);
    uint64_t tail = -n % n, v; /* 2^64 mod n: the values that would favour small results */
    do
        v = rk_random_u64(random);
    while (v < tail);
    return v % n;
}

double rk_random_unit(struct rk_random *random)
{
    return (double)(rk_random_u64(random) >> 11) * 0x1p-53;
}

double rk_random_normal(struct rk_random *random)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += rk_random_unit(random);
    return sum;
}
