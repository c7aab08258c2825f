#include "stream/once.h"

#include "base/hash.h"
#include "base/mem.h"
#include "stream/out.h"

#include <assert.h>
#include <unistd.h>

enum { HEAD = 5, LOG = 1 << 18, MOST_NOTES = 65536 }; /* in numbers of four bytes */

struct rk_once_slot {
    uint64_t hash; /* of the key but for the six lowest bits of its last number */
    uint64_t bits; /* by those; 0 = free */
};

static uint64_t hash_of(const uint32_t key[4])
{
    const uint32_t block[4] = {key[0], key[1], key[2], key[3] >> 6};
    return rk_hash_secret(block, sizeof block);
}

static size_t slot_of(const struct rk_once *once, uint64_t hash)
{
    size_t at = (size_t)hash & (once->slot_count - 1);
    while (once->slots[at].bits && once->slots[at].hash != hash)
        at = (at + 1) & (once->slot_count - 1);
    return at;
}

bool rk_once_has(const struct rk_once *once, const uint32_t key[4])
{
    return once->used &&
           once->slots[slot_of(once, hash_of(key))].bits >> (key[3] & 63) & 1;
}

static void grow(struct rk_once *once)
{
    struct rk_once old = *once;
    once->slot_count = old.slot_count ? old.slot_count * 2 : 256;
    once->slots = rk_alloc(once->slot_count, sizeof *once->slots);
    for (size_t i = 0; i < old.slot_count; i++)
        if (old.slots[i].bits)
            once->slots[slot_of(once, old.slots[i].hash)] = old.slots[i];
    rk_free(old.slots);
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

void rk_once_add(struct rk_once *once, const uint32_t key[4], const uint32_t *notes, size_t count)
{
    assert(count <= MOST_NOTES);
    if (once->used >= once->slot_count / 4 * 3)
        grow(once);
    uint64_t hash = hash_of(key);
    struct rk_once_slot *slot = &once->slots[slot_of(once, hash)];
    once->used += !slot->bits;
    slot->hash = hash;
    slot->bits |= (uint64_t)1 << (key[3] & 63);
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
    rk_free(once->slots);
    rk_free(once->log);
    *once = (struct rk_once){0};
}
