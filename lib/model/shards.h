/* Shards: the parts that rk-split cuts a table into, with the manifest that tells which there are
 * (share/schema/manifest.schema.json), and the partials that were made of them. A shard is known by
 * the SHA-256 of its bytes, unpacked; one without rows needs no partial. */
#ifndef RK_SHARDS_H
#define RK_SHARDS_H

#include "model/partial.h"

struct rk_shard {
    const char *file; /* its name in the folder */
    uint64_t records, bytes;
    char sha256[RK_SHA256_HEX];
};

struct rk_manifest { /* zeroed = empty; give back with rk_manifest_free */
    const char *file;
    const char *const
        *by; /* columns, where equal cells are kept together; ends with NULL, or NULL */
    struct rk_shard *shards;
    size_t count, room;
    struct rk_arena arena;
};
enum rk_status rk_manifest_read(struct rk_manifest *manifest, const char *path,
                                struct rk_error *error);
void rk_manifest_print(struct rk_buf *out, const struct rk_manifest *manifest);
void rk_manifest_free(struct rk_manifest *manifest);

/* Leaves among the partials those that together have each shard once: one whose shards another has
 * too is freed and taken out. RK_BAD_DATA where they are not alike, where two have some shards in
 * common and others not, and where two of the same shards are not the same. */
enum rk_status rk_shards_once(struct rk_partial *partials, size_t *count, struct rk_error *error);
/* Are the shards of the partials those of the manifest? RK_BAD_DATA naming what is missing. */
enum rk_status rk_shards_all(const struct rk_partial *partials, size_t count,
                             const struct rk_manifest *manifest, struct rk_error *error);

#endif
