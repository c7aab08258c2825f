#include "base/hash.h"

#include <assert.h>
#include <sys/random.h>

#define ROTATE(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = ROTATE(v[1], 13) ^ v[0];
    v[0] = ROTATE(v[0], 32);
    v[2] += v[3];
    v[3] = ROTATE(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = ROTATE(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = ROTATE(v[1], 17) ^ v[2];
    v[2] = ROTATE(v[2], 32);
}

uint64_t rk_siphash(const uint64_t key[2], const void *bytes, size_t size)
{
    const unsigned char *s = bytes;
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
                     key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
    uint64_t last = (uint64_t)size << 56;
    for (; size >= 8; s += 8, size -= 8) {
        uint64_t m;
        memcpy(&m, s, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        m = __builtin_bswap64(m);
#endif
        v[3] ^= m;
        sip_round(v);
        sip_round(v);
        v[0] ^= m;
    }
    for (size_t i = 0; i < size; i++)
        last |= (uint64_t)s[i] << (8 * i);
    v[3] ^= last;
    sip_round(v);
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static const uint64_t *table_key(void)
{
    static uint64_t key[2];
    static bool ready;
    if (!ready) {
        if (getrandom(key, sizeof key, GRND_NONBLOCK) != sizeof key)
            key[0] = (uint64_t)(uintptr_t)&key; /* address layout: weaker, never visible in output */
        ready = true;
    }
    return key;
}

uint64_t rk_hash_seed(void) { return table_key()[0] | 1; }

struct rk_slot {
    uint32_t hash;
    uint32_t number; /* RK_NONE = free */
};

static struct rk_slot *free_slots(uint32_t count)
{
    struct rk_slot *slots = rk_resize(NULL, count, sizeof *slots);
    memset(slots, 0xff, count * sizeof *slots); /* RK_NONE */
    return slots;
}

/* Keeps the table at most half full. */
static void make_room(struct rk_slot **slots, uint32_t *slot_count, uint32_t used)
{
    if (used < *slot_count / 2)
        return;
    assert(used < UINT32_MAX / 4);
    uint32_t count = *slot_count ? *slot_count * 2 : 64;
    struct rk_slot *fresh = free_slots(count);
    for (uint32_t i = 0; i < *slot_count; i++)
        if ((*slots)[i].number != RK_NONE) {
            uint32_t at = (*slots)[i].hash & (count - 1);
            while (fresh[at].number != RK_NONE)
                at = (at + 1) & (count - 1);
            fresh[at] = (*slots)[i];
        }
    rk_free(*slots);
    *slots = fresh;
    *slot_count = count;
}

static uint32_t strings_slot(const struct rk_strings *strings, struct rk_text text, uint32_t hash)
{
    uint32_t mask = strings->slot_count - 1, at = hash & mask;
    for (; strings->slots[at].number != RK_NONE; at = (at + 1) & mask)
        if (strings->slots[at].hash == hash &&
            rk_text_equal(strings->texts[strings->slots[at].number], text))
            break;
    return at;
}

static uint32_t hash_of(const void *bytes, size_t size)
{
    return (uint32_t)rk_siphash(table_key(), bytes, size);
}

uint32_t rk_strings_find(const struct rk_strings *strings, struct rk_text text)
{
    if (!strings->count)
        return RK_NONE;
    return strings->slots[strings_slot(strings, text, hash_of(text.text, text.size))].number;
}

uint32_t rk_strings_add(struct rk_strings *strings, struct rk_text text)
{
    assert(strings->slots || !strings->count); /* not closed */
    make_room(&strings->slots, &strings->slot_count, strings->count);
    uint32_t hash = hash_of(text.text, text.size);
    uint32_t at = strings_slot(strings, text, hash);
    if (strings->slots[at].number != RK_NONE)
        return strings->slots[at].number;
    RK_GROW(strings->texts, strings->count, strings->room);
    strings->texts[strings->count] =
        (struct rk_text){rk_arena_text(&strings->arena, text.text, text.size), text.size};
    strings->slots[at] = (struct rk_slot){hash, strings->count};
    return strings->count++;
}

void rk_strings_close(struct rk_strings *strings)
{
    rk_free(strings->slots);
    strings->slots = NULL;
    strings->slot_count = 0;
}

void rk_strings_free(struct rk_strings *strings)
{
    rk_arena_free(&strings->arena);
    rk_free(strings->texts);
    rk_free(strings->slots);
    *strings = (struct rk_strings){0};
}

static int by_text(const void *a, const void *b, void *context)
{
    const struct rk_strings *strings = context;
    return rk_text_compare(strings->texts[*(const uint32_t *)a],
                           strings->texts[*(const uint32_t *)b]);
}

uint32_t *rk_strings_ranks(const struct rk_strings *strings)
{
    uint32_t n = strings->count;
    uint32_t *order = rk_alloc(n, sizeof *order), *rank = rk_alloc(n, sizeof *rank);
    bool sorted = true; /* as ids often are */
    for (uint32_t i = 0; i < n; i++) {
        order[i] = i;
        sorted = sorted && (!i || rk_text_compare(strings->texts[i - 1], strings->texts[i]) < 0);
    }
    if (!sorted)
        qsort_r(order, n, sizeof *order, by_text, (void *)strings);
    for (uint32_t i = 0; i < n; i++)
        rank[order[i]] = i;
    rk_free(order);
    return rank;
}

static bool is_tuple(const struct rk_tuples *tuples, uint32_t number, const uint32_t *members)
{
    return !memcmp(tuples->members + (size_t)number * tuples->width, members,
                   tuples->width * sizeof *members);
}

static uint32_t tuples_slot(const struct rk_tuples *tuples, const uint32_t *members, uint32_t hash)
{
    uint32_t mask = tuples->slot_count - 1, at = hash & mask;
    for (; tuples->slots[at].number != RK_NONE; at = (at + 1) & mask)
        if (tuples->slots[at].hash == hash && is_tuple(tuples, tuples->slots[at].number, members))
            break;
    return at;
}

/* The first tuple with the member that tells them apart; RK_NONE where there is none. */
static uint32_t first_of(const struct rk_tuples *tuples, const uint32_t *members)
{
    const uint32_t member = members[tuples->apart - 1];
    return member < tuples->first_room ? tuples->first[member] : RK_NONE;
}

uint32_t rk_tuples_find(const struct rk_tuples *tuples, const uint32_t *members)
{
    if (tuples->apart) {
        uint32_t first = first_of(tuples, members);
        if (first == RK_NONE || is_tuple(tuples, first, members))
            return first;
    }
    if (!tuples->slots_used)
        return RK_NONE;
    uint32_t hash = hash_of(members, tuples->width * sizeof *members);
    return tuples->slots[tuples_slot(tuples, members, hash)].number;
}

static uint32_t append_tuple(struct rk_tuples *tuples, const uint32_t *members)
{
    if (tuples->count == tuples->room) {
        tuples->room = tuples->room ? tuples->room * 2 : 16;
        tuples->members = rk_resize(tuples->members, (size_t)tuples->room * tuples->width,
                                    sizeof *tuples->members);
    }
    memcpy(tuples->members + (size_t)tuples->count * tuples->width, members,
           tuples->width * sizeof *members);
    return tuples->count++;
}

static void note_first(struct rk_tuples *tuples, uint32_t member, uint32_t number)
{
    if (member >= tuples->first_room) {
        uint32_t room = member < 32 ? 64 : member * 2;
        assert(room > member);
        tuples->first = rk_resize(tuples->first, room, sizeof *tuples->first);
        memset(tuples->first + tuples->first_room, 0xff, /* RK_NONE */
               (room - tuples->first_room) * sizeof *tuples->first);
        tuples->first_room = room;
    }
    tuples->first[member] = number;
}

uint32_t rk_tuples_add(struct rk_tuples *tuples, const uint32_t *members)
{
    assert(tuples->width >= 1 && tuples->width <= 8);
    if (tuples->apart) {
        uint32_t first = first_of(tuples, members);
        if (first == RK_NONE) {
            note_first(tuples, members[tuples->apart - 1], tuples->count);
            return append_tuple(tuples, members);
        }
        if (is_tuple(tuples, first, members))
            return first;
    }
    make_room(&tuples->slots, &tuples->slot_count, tuples->slots_used);
    uint32_t hash = hash_of(members, tuples->width * sizeof *members);
    uint32_t at = tuples_slot(tuples, members, hash);
    if (tuples->slots[at].number != RK_NONE)
        return tuples->slots[at].number;
    tuples->slots[at] = (struct rk_slot){hash, tuples->count};
    tuples->slots_used++;
    return append_tuple(tuples, members);
}

void rk_tuples_clear(struct rk_tuples *tuples)
{
    if (tuples->slots_used)
        memset(tuples->slots, 0xff, tuples->slot_count * sizeof *tuples->slots);
    if (tuples->count && tuples->apart)
        memset(tuples->first, 0xff, tuples->first_room * sizeof *tuples->first);
    tuples->count = tuples->slots_used = 0;
}

void rk_tuples_free(struct rk_tuples *tuples)
{
    rk_free(tuples->members);
    rk_free(tuples->slots);
    rk_free(tuples->first);
    *tuples = (struct rk_tuples){.width = tuples->width, .apart = tuples->apart};
}

uint32_t *rk_firsts(const void *rows, uint32_t count, size_t size, uint32_t keys)
{
    uint32_t *first = rk_alloc((size_t)keys + 1, sizeof *first), i = 0;
    for (uint32_t k = 0; k <= keys; k++) {
        while (i < count && *(const uint32_t *)((const char *)rows + i * size) < k)
            i++;
        first[k] = i;
    }
    return first;
}
