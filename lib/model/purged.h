/* What rk-purge has told of files that it rewrote: digest before, digest after. So that an input
 * which is no longer what it was can be told from one that was tampered with. */
#ifndef RK_PURGED_H
#define RK_PURGED_H

#include "base/mem.h"
#include "base/message.h"
#include "base/sha256.h"

struct rk_purged_file {
    char before[RK_SHA256_HEX], after[RK_SHA256_HEX]; /* after "": the file was removed */
};
struct rk_purged { /* zeroed = nothing */
    struct rk_purged_file *files;
    size_t count, room;
};

/* Adds a log: CSV or JSON lines with sha256_before and sha256_after; other columns are passed over.
 */
enum rk_status rk_purged_read(struct rk_purged *purged, const char *path, struct rk_error *error);
void rk_purged_free(struct rk_purged *purged);
/* Has a file with digest `was` become, by one purge or several, one with digest `is`? NULL: the
 * file is not there; then one purge of it is enough. */
bool rk_purged_explains(const struct rk_purged *purged, const char *was, const char *is);

#endif
