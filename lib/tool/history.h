/* What has been published of a report before, and beside it: the records of its earlier versions,
 * which lie beside its own, and of other months (--beside). */
#ifndef RK_HISTORY_H
#define RK_HISTORY_H

#include "report/language.h"
#include "tool/guard.h"
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
/* What is not there any more of the record: its earlier versions (the latest that is gone, before
 * which none is known), and the records that it was made beside. Their paths are added to `gone`,
 * which the caller frees. */
enum rk_status rk_history_gone(struct rk_run *run, const char *record, struct rk_strings *gone,
                               struct rk_error *error);
/* Whether a record of --beside is in this language. */
bool rk_history_needs(const struct rk_published *p, enum rk_language language);
/* The figures of a report of these months, in which nothing is hidden, and what has been published,
 * as one. A record of --beside that is of the same months is of the same report, in another form or
 * language: `translated` is the report in the other one, where rk_history_needs it. */
void rk_history_cells(struct rk_report_cells *cells, const struct rk_published *p,
                      const struct rk_report *report, const struct rk_report *translated,
                      int32_t first, int32_t last);
/* Tells what is hidden. RK_ATTENTION, and nothing is written, where the report, with what is
 * published, would tell what is small; not of a report that is looked at. */
enum rk_status rk_history_judge(struct rk_run *run, const struct rk_published *p,
                                const struct rk_guard *guard, const struct rk_report *report);
void rk_history_free(struct rk_published *p);

#endif
