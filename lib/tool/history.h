/* What has been published of a report before, and beside it: the records of its earlier versions,
 * which lie beside its own, and of other months (--beside). */
#ifndef RK_HISTORY_H
#define RK_HISTORY_H

#include "tool/published.h"

#define RK_HISTORY_ROLE "beside" /* of a material: the record of another report */

/* report.html -> report.v1.html; kept as long as the run. */
const char *rk_history_name(const char *path, int64_t edition);
/* Which file has the digest: that of the path, or what it was before it had a later version; the
 * path itself where none has. */
enum rk_status rk_history_find(const char **found, const char *path, const char *sha256,
                               struct rk_error *error);
/* Fills p->versions and p->others: of a report that stands, or is looked at, what was published
 * when it was made; or else all that is. */
enum rk_status rk_history_read(struct rk_run *run, struct rk_published *p, struct rk_error *error);
void rk_history_free(struct rk_published *p);

#endif
