/* What rk-evening reads and writes: its tables, a plan, the audit of one, and the files beside it.
 */
#ifndef RK_EVENING_FILES_H
#define RK_EVENING_FILES_H

#include "evening/check.h"
#include "evening/result.h"
#include "tool/tool.h"

struct rk_evening_files { /* paths, or NULL */
    const char *explain, *wall, *calendars;
};

/* Reads the tool's tables, as far as they are given. */
enum rk_status rk_evening_files_read(struct rk_run *run, struct rk_evening_tables *tables,
                                     struct rk_error *error);
enum rk_status rk_evening_files_plan(struct rk_run *run, struct rk_plan_rows *plan,
                                     const char *path, struct rk_error *error);
/* Writes what the plan breaks, as the table verification; RK_ATTENTION where it breaks something.
 */
enum rk_status rk_evening_files_check(struct rk_run *run, const struct rk_assembled *assembled,
                                      const struct rk_plan_rows *plan);
/* Writes the plan and what is asked for beside it, and says how good it is. `old` = the plan that
 * was repaired, or NULL. RK_ATTENTION where there is none, or a better one may be. */
enum rk_status rk_evening_files_write(struct rk_run *run, const struct rk_evening_files *files,
                                      const struct rk_assembled *assembled,
                                      const struct rk_evening_plan *plan,
                                      const struct rk_plan_rows *old, struct rk_error *error);

#endif
