/* Keys that may come once, in little memory: a bit for each, and what is noted of each beside it in a
 * log, of which all but the last part lies in an unlinked temporary. That a key was there is told at
 * once; what was noted of it only by reading the whole log, which a caller does when one comes twice,
 * to say where it was first.
 *
 * A key is a place of three numbers and a member of it. Members that are near each other share a
 * slot; keys of one place lie near each other. */
#ifndef RK_ONCE_H
#define RK_ONCE_H

#include "base/hash.h"

struct rk_once { /* set places.width to 3; give back with rk_once_free */
    struct rk_tuples places;
    struct rk_once_place *of; /* by place */
    uint32_t room;
    uint32_t last[8]; /* places, by their third number: keys go round them */
    struct rk_arena slots;
    uint32_t *log; /* records not yet in the temporary: how many notes, key, notes */
    size_t log_count, log_room;
    int spill;        /* 1 + the temporary's descriptor; 0 = none yet */
    bool stuck;       /* no temporary is to be had, or it is full: the rest of the log stays in memory */
    uint64_t spilled; /* bytes of whole records in the temporary */
};

/* False where the key is there already. key[3] is the member. */
bool rk_once_add(struct rk_once *once, const uint32_t key[4]);
/* Logs `count` notes (at most 65536) of a key. */
void rk_once_note(struct rk_once *once, const uint32_t key[4], const uint32_t *notes, size_t count);
/* Hands over all of the log, in its order. False when the temporary could not
 * be read. */
typedef void rk_once_take(void *context, const uint32_t key[4], const uint32_t *notes,
                          size_t count);
bool rk_once_read(const struct rk_once *once, rk_once_take *take, void *context);
void rk_once_free(struct rk_once *once);

#endif
