/* Between the tables of rk-suppress and lib/privacy: what is read, and what is told of the outcome.
 */
#ifndef RK_SUPPRESS_FILES_H
#define RK_SUPPRESS_FILES_H

#include "model/tabulation.h"
#include "privacy/publish.h"
#include "tool/tool.h"

/* The main table, and what of its `versions` has been published before (the path of a table; NULL:
 * nothing). */
enum rk_status rk_suppress_read(struct rk_run *run, struct rk_tabulation *table,
                                const char *published, const char *versions,
                                struct rk_error *error);
/* --ptable, refused where it is not `wanted`; *ptable stays NULL where it is not given. Caller
 * frees. */
enum rk_status rk_suppress_ptable(struct rk_run *run, int16_t **ptable, bool wanted,
                                  struct rk_error *error);
/* Tells on standard error what was chosen or found; `intervals`: these are written. RK_ATTENTION
 * where it needs a person. */
enum rk_status rk_suppress_tell(struct rk_run *run, const struct rk_publish *publish,
                                const struct rk_publish_options *how, bool intervals);

#endif
