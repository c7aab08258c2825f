#include "stream/once.h"

#include "base/mem.h"
#include "stream/out.h"

#include <assert.h>
#include <unistd.h>

enum { HEAD = 5, LOG = 1 << 18, MOST_NOTES = 65536 }; /* in numbers of four bytes */

struct slot {
    uint32_t bits;  /* by the five lowest bits of the members; 0 = free */
    uint32_t block; /* their other bits */
};

struct rk_once_place {
    struct slot *slots;
    uint32_t used;
    uint32_t size; /* log2 of how many slots there are; 0 = none */
};

static struct slot *slot_of(const struct rk_once_place *place, uint32_t block)
{
    uint32_t mask = (1u << place->size) - 1, at = block * 2654435769u >> (32 - place->size);
    while (place->slots[at].bits && place->slots[at].block != block)
        at = (at + 1) & mask;
    return &place->slots[at];
}

static void grow(struct rk_once *once, struct rk_once_place *place)
{
    struct rk_once_place old = *place;
    place->size = old.size ? old.size + 1 : 2;
    place->slots = rk_arena_zeroed(&once->slots, (size_t)1 << place->size, sizeof *place->slots);
    for (size_t i = 0; old.size && i < (size_t)1 << old.size; i++)
        if (old.slots[i].bits)
            *slot_of(place, old.slots[i].block) = old.slots[i];
}

static struct rk_once_place *place_of(struct rk_once *once, const uint32_t key[3])
{
    uint32_t *last = &once->last[key[2] % 8], before = once->places.count;
    if (*last < before &&
        !memcmp(once->places.members + 3 * (size_t)*last, key, 3 * sizeof *key))
        return &once->of[*last];
    *last = rk_tuples_add(&once->places, key);
    if (*last == before) {
        if (before >= once->room) {
            once->room = once->room ? once->room * 2 : 64;
            once->of = rk_resize(once->of, once->room, sizeof *once->of);
        }
        once->of[before] = (struct rk_once_place){0};
    }
    return &once->of[*last];
}

bool rk_once_add(struct rk_once *once, const uint32_t key[4])
{
    struct rk_once_place *place = place_of(once, key);
    uint32_t bit = (uint32_t)1 << (key[3] & 31);
    if (!place->size || place->used >= (1u << place->size) / 4 * 3)
        grow(once, place);
    struct slot *slot = slot_of(place, key[3] >> 5);
    if (slot->bits & bit)
        return false;
    place->used += !slot->bits;
    *slot = (struct slot){slot->bits | bit, key[3] >> 5};
    return true;
}

/* Moves the log out of memory. Where that fails it stays there, and no harm is done. */
static void spill(struct rk_once *once)
{
    if (!once->spill) {
        int file = rk_out_unlinked();
        once->spill = file + 1;
        once->stuck = file < 0;
    }
    const char *bytes = (const char *)once->log;
    size_t size = once->log_count * sizeof *once->log, done = 0;
    while (!once->stuck && done < size) {
        ssize_t n = pwrite(once->spill - 1, bytes + done, size - done,
                           (off_t)(once->spilled + done));
        once->stuck = n <= 0;
        done += n > 0 ? (size_t)n : 0;
    }
    if (once->stuck)
        return;
    once->spilled += size;
    once->log_count = 0;
}

void rk_once_note(struct rk_once *once, const uint32_t key[4], const uint32_t *notes, size_t count)
{
    assert(count <= MOST_NOTES);
    if (once->log_count >= LOG && !once->stuck)
        spill(once);
    if (once->log_room - once->log_count < HEAD + count) {
        once->log_room = once->log_room ? once->log_room * 2 : 1024;
        if (once->log_room < once->log_count + HEAD + count)
            once->log_room = once->log_count + HEAD + count;
        once->log = rk_resize(once->log, once->log_room, sizeof *once->log);
    }
    uint32_t *to = once->log + once->log_count;
    *to = (uint32_t)count;
    memcpy(to + 1, key, 4 * sizeof *key);
    if (count)
        memcpy(to + HEAD, notes, count * sizeof *notes);
    once->log_count += HEAD + count;
}

/* Hands over the whole records of `log`: how many numbers they are. */
static size_t hand_over(const uint32_t *log, size_t count, rk_once_take *take, void *context)
{
    size_t at = 0;
    while (count - at >= HEAD && count - at - HEAD >= log[at]) {
        take(context, log + at + 1, log + at + HEAD, log[at]);
        at += HEAD + log[at];
    }
    return at;
}

bool rk_once_read(const struct rk_once *once, rk_once_take *take, void *context)
{
    enum { ROOM = LOG + HEAD + MOST_NOTES };
    uint32_t *part = once->spilled ? rk_resize(NULL, ROOM, sizeof *part) : NULL;
    uint64_t at = 0;
    while (at < once->spilled) {
        uint64_t left = once->spilled - at, most = ROOM * sizeof *part;
        size_t want = (size_t)(left < most ? left : most), got = 0;
        while (got < want) {
            ssize_t n = pread(once->spill - 1, (char *)part + got, want - got, (off_t)(at + got));
            if (n <= 0) {
                rk_free(part);
                return false;
            }
            got += (size_t)n;
        }
        at += hand_over(part, got / sizeof *part, take, context) * sizeof *part;
    }
    rk_free(part);
    hand_over(once->log, once->log_count, take, context);
    return true;
}

void rk_once_free(struct rk_once *once)
{
    if (once->spill > 0)
        close(once->spill - 1);
    rk_tuples_free(&once->places);
    rk_free(once->of);
    rk_arena_free(&once->slots);
    rk_free(once->log);
    *once = (struct rk_once){.places = once->places}; /* which are empty now */
}
