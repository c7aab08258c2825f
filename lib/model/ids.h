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

#endif
