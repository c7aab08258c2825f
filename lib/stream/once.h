/* Keys that may come once, in little memory: a bit for each, and what is noted of each beside it in a
 * log, of which all but the last part lies in an unlinked temporary. That a key was there is told at
 * once; what was noted only by reading the whole log, which a caller does when one comes twice, to
 * say where it was first.
 *
 * A key is four numbers; keys that differ in the last alone, and there by little, share a slot. Slots
 * are told apart by a 64-bit hash, so that a key may be said to be there that is not (once in some
 * 10^10 runs of a million): what the log says is the truth. */
#ifndef RK_ONCE_H
#define RK_ONCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rk_once { /* zeroed = empty; give back with rk_once_free */
    struct rk_once_slot *slots;
    size_t slot_count, used;
    uint32_t *log; /* records not yet in the temporary: width, key, notes */
    size_t log_count, log_room;
    int spill;   /* 1 + the temporary's descriptor; 0 = none yet */
    bool stuck;  /* no temporary is to be had, or it is full: the rest of the log stays in memory */
    uint64_t spilled; /* bytes of whole records in the temporary */
};

bool rk_once_has(const struct rk_once *once, const uint32_t key[4]);
/* `count` notes (at most 65536) go to the log with it. */
void rk_once_add(struct rk_once *once, const uint32_t key[4], const uint32_t *notes, size_t count);
/* Hands over all of the log, in the order in which it was added. False when the temporary could not
 * be read. */
typedef void rk_once_take(void *context, const uint32_t key[4], const uint32_t *notes,
                          size_t count);
bool rk_once_read(const struct rk_once *once, rk_once_take *take, void *context);
void rk_once_free(struct rk_once *once);

#endif
