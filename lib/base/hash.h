/* Hashing: SipHash-2-4 (Aumasson & Bernstein 2012), and the two tables everything is counted in:
 * texts to dense numbers, and tuples of such numbers to dense numbers. Numbers are given in order
 * of first appearance, never in table order. The tables are keyed at random per process, so that
 * data cannot be made to collide. */
#ifndef RK_HASH_H
#define RK_HASH_H

#include "base/mem.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

uint64_t rk_siphash(const uint64_t key[2], const void *bytes, size_t size);

/* What hash tables of others can be keyed with: not 0, another number in each process. */
uint64_t rk_hash_seed(void);

#define RK_NONE UINT32_MAX

/* Texts to numbers 0, 1, 2 … A zeroed struct is empty; at most 2^32 - 2 texts. */
struct rk_strings {
    struct rk_arena arena;
    struct rk_text *texts; /* by number; NUL-ended, kept until rk_strings_free */
    uint32_t count;
    uint32_t room;
    struct rk_slot *slots;
    uint32_t slot_count;
};
uint32_t rk_strings_add(struct rk_strings *strings, struct rk_text text); /* the old number if known */
uint32_t rk_strings_find(const struct rk_strings *strings, struct rk_text text); /* or RK_NONE */
/* No more will be added or looked for: gives back the table, keeps the texts. */
void rk_strings_close(struct rk_strings *strings);
void rk_strings_free(struct rk_strings *strings);
/* rank[i] = place of text i in bytewise order. Caller frees. */
uint32_t *rk_strings_ranks(const struct rk_strings *strings);

/* Tuples of `width` numbers to numbers 0, 1, 2 … Set width (1..8) before the first call. Where one
 * of the members are dense numbers of which mostly each comes in one tuple alone (a candidate's
 * recruitment), say which with `apart`, counted from 1: near tuples are then found near each other,
 * which random places in a large table are not. */
struct rk_tuples {
    uint32_t width;
    uint32_t apart;
    uint32_t *members; /* count × width */
    uint32_t count;
    uint32_t room;
    struct rk_slot *slots;
    uint32_t slot_count;
    uint32_t slots_used;
    uint32_t
        *first; /* by the member that tells them apart: the first tuple of it, which has no slot */
    uint32_t first_room;
};
uint32_t rk_tuples_add(struct rk_tuples *tuples, const uint32_t *members);
uint32_t rk_tuples_find(const struct rk_tuples *tuples, const uint32_t *members); /* or RK_NONE */
void rk_tuples_clear(struct rk_tuples *tuples); /* empty again, with the memory it has */
void rk_tuples_free(struct rk_tuples *tuples);

/* Of rows sorted by a key under `keys`, which is the uint32_t that each begins with: first[k] …
 * first[k + 1] - 1 are those of key k. Caller frees. */
uint32_t *rk_firsts(const void *rows, uint32_t count, size_t size, uint32_t keys);

#endif
