/* The ids of one run as dense numbers, by order of first appearance. What the model's structs call
 * `candidate` or `stage` is such a number; its text is ids->of[RK_ID_CANDIDATE].texts[number]. */
#ifndef RK_IDS_H
#define RK_IDS_H

#include "base/hash.h"
#include "stream/write.h"

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

/* Ids given by a thread that reads ahead of the run: it numbers them by itself, and what is new
 * among them goes along with what it hands on. Zeroed = empty. */
struct rk_ids_ahead {
    struct rk_ids ids; /* the thread's, with the texts that are handed on */
    struct rk_arena texts;
    uint32_t *of[RK_ID_KINDS]; /* the run's, by the thread's numbers */
    uint32_t room[RK_ID_KINDS];
};
enum { RK_KEYS = 6 }; /* at most so many of a record, each of a kind of its own */
struct rk_keys_ahead {
    const struct rk_text *texts; /* of those that are new */
    uint32_t id[RK_KEYS];        /* the thread's */
    uint8_t fresh;               /* bit per key: it is new */
    uint8_t more[3];             /* the caller's, in room that would be left over */
};
/* In the thread: numbers key k of `keys`, zeroed to begin with, and once all have their numbers
 * keeps the texts of what is new; `fresh` is room for them. */
void rk_keys_ahead_add(struct rk_ids_ahead *ahead, struct rk_keys_ahead *keys, size_t k,
                       enum rk_id_kind kind, struct rk_text text, struct rk_text fresh[RK_KEYS]);
void rk_keys_ahead_keep(struct rk_ids_ahead *ahead, struct rk_keys_ahead *keys,
                        const struct rk_text fresh[RK_KEYS]);
/* In the run: what the keys are in `ids`, by the kinds that they have. To be asked of all, in
 * order. */
void rk_keys_ahead_take(struct rk_ids_ahead *ahead, const struct rk_keys_ahead *keys,
                        const enum rk_id_kind kinds[], size_t count, struct rk_ids *ids,
                        uint32_t *id);
void rk_ids_ahead_free(struct rk_ids_ahead *ahead);

#endif
