/* The ids of one run as dense numbers, by order of first appearance. What the model's structs call
 * `candidate` or `stage` is such a number; its text is ids->of[RK_ID_CANDIDATE].texts[number]. */
#ifndef RK_IDS_H
#define RK_IDS_H

#include "base/hash.h"
#include "stream/write.h"
#include "table/table.h"

enum rk_id_kind {
    RK_ID_RECRUITMENT,
    RK_ID_CANDIDATE,
    RK_ID_RATER,
    RK_ID_GROUP,
    RK_ID_STAGE,
    RK_ID_CRITERION,
    RK_ID_KINDS
};

struct rk_ids { /* zeroed = empty; give back with rk_ids_free */
    struct rk_strings of[RK_ID_KINDS];
    /* Files come sorted or in rounds: what was last, and what followed it last time, are tried
     * before the hash table. */
    uint32_t last[RK_ID_KINDS];
    uint32_t *next[RK_ID_KINDS];
    uint32_t next_room[RK_ID_KINDS];
    /* … and then, by the ends of the text alone, 1 + the id met last with such ends. */
    struct rk_recent *recent[RK_ID_KINDS];
    uint8_t recent_bits[RK_ID_KINDS]; /* 2^these of them, 0 = none yet */
};

uint32_t rk_id(struct rk_ids *ids, enum rk_id_kind kind, struct rk_text text);
static inline struct rk_text rk_id_text(const struct rk_ids *ids, enum rk_id_kind kind, uint32_t id)
{
    return ids->of[kind].texts[id];
}
/* Writes the id as a cell; RK_NONE = missing. */
void rk_id_write(const struct rk_ids *ids, enum rk_id_kind kind, uint32_t id,
                 struct rk_writer *writer);
/* Gives back what only rk_id needs, which may not be called any more. */
void rk_ids_close(struct rk_ids *ids);
void rk_ids_free(struct rk_ids *ids);

/* The key cells of a table's rows; an empty one is "all". */
enum { RK_KEYS = 6 }; /* at most so many, each of a kind of its own */
struct rk_keys {
    size_t count;
    size_t field[RK_KEYS]; /* of the schema */
    enum rk_id_kind kind[RK_KEYS];
};
/* A schema that lacks one of these fields is a mistake in the program. */
struct rk_keys rk_keys_find(const struct rk_schema *schema, const enum rk_id_kind *kinds,
                            size_t count);
/* The ids of a row's keys into `id`, which holds those of the row before. */
void rk_keys_read(const struct rk_keys *keys, const struct rk_row *row, struct rk_ids *ids,
                  uint32_t *id);

/* The same by a thread that reads ahead of the run: it numbers them by itself, and what is new
 * among them goes along with what it hands on. Zeroed = empty. */
struct rk_ids_ahead {
    struct rk_ids ids;          /* the thread's, with the texts that are handed on */
    uint32_t id[RK_KEYS];       /* the thread's, of the row read last */
    uint32_t told[RK_ID_KINDS]; /* so many have been handed on */
    struct rk_arena texts;
    uint32_t *of[RK_ID_KINDS]; /* the run's, by the thread's numbers */
    uint32_t room[RK_ID_KINDS];
};
struct rk_keys_ahead {
    const struct rk_text *texts; /* of those that are new */
    uint32_t id[RK_KEYS];        /* the thread's */
    uint8_t fresh;               /* bit per key: it is new */
    uint8_t more[3];             /* the caller's, in room that would be left over */
};
/* In the thread: the numbers of a row's keys, but for `more`. */
void rk_keys_ahead_read(struct rk_ids_ahead *ahead, const struct rk_keys *keys,
                        const struct rk_row *row, struct rk_keys_ahead *read);
/* In the thread: the number of key `k` alone, into ahead->id, where the others are the same as in
 * the row before. False where it is new: then all are to be read. */
bool rk_key_ahead_read(struct rk_ids_ahead *ahead, const struct rk_keys *keys,
                       const struct rk_row *row, size_t k);
/* In the run: what they are in `ids`. To be asked of all that were read, in order. */
void rk_keys_ahead_take(struct rk_ids_ahead *ahead, const struct rk_keys *keys,
                        const struct rk_keys_ahead *read, struct rk_ids *ids, uint32_t *id);
/* In the run: what one is in `ids` that came before. */
static inline uint32_t rk_id_ahead_take(const struct rk_ids_ahead *ahead, enum rk_id_kind kind,
                                        uint32_t id)
{
    return ahead->of[kind][id];
}
void rk_ids_ahead_free(struct rk_ids_ahead *ahead);

#endif
