/* Batches of records that a thread makes while the caller uses those made before: a short queue. */
#ifndef RK_AHEAD_H
#define RK_AHEAD_H

#include "base/mem.h"
#include "stream/record.h"

/* A record, or several on lines one after another of which something was made. */
struct rk_batch_record {
    const char *raw;
    size_t raw_size;
    uint64_t line, same;
    uint32_t count, first; /* of its cells; where they, or what was made, lie */
    uint32_t made;         /* records that something was made of; 0: one of which it was not */
};

struct rk_batch {
    char *bytes; /* what the records point into */
    size_t room;
    struct rk_arena more; /* … and this */
    struct rk_cell *cells;
    size_t cell_count, cell_room;
    char *made;
    size_t made_size, made_room;
    struct rk_batch_record *records;
    size_t count, record_room;
};

/* Fills an emptied batch, in the thread. *last: nothing follows. What is in the batch counts also where
 * it fails. */
typedef enum rk_status rk_fill_batch(void *context, struct rk_batch *batch, bool *last,
                                     struct rk_error *error);

struct rk_ahead;
/* NULL where no thread is to be had. `context` is the thread's until rk_ahead_stop. */
struct rk_ahead *rk_ahead_start(rk_fill_batch *fill, void *context);
/* The next batch, and gives back the one before; NULL at the end, or after a failure, which is told
 * when the batches before it are used up. */
enum rk_status rk_ahead_next(struct rk_ahead *ahead, const struct rk_batch **batch,
                             struct rk_error *error);
/* Ends the thread, wherever it is: also one that waits for bytes. NULL is allowed. */
void rk_ahead_stop(struct rk_ahead *ahead);

#endif
