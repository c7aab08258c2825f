/* The rubrics that a command works by: --rubric FILE (repeatable), --rubrics DIR, or the folder rubrics
 * of the data package. */
#ifndef RK_TOOL_RUBRICS_H
#define RK_TOOL_RUBRICS_H

#include "model/rubric.h"
#include "tool/tool.h"

struct rk_rubric_options {
    const char **files; /* of --rubric; grown by RK_GROW */
    size_t count, room;
    const char *folder; /* of --rubrics */
};

/* Whether an option names any. */
bool rk_rubrics_named(const struct rk_rubric_options *options);
/* Loads them, those of the package only where `search` and none is named, and learns from the table
 * recruitments, where it is given, which recruitment has which. Several without it is RK_BAD_USE. */
enum rk_status rk_run_rubrics(struct rk_run *run, struct rk_rubrics *rubrics,
                              const struct rk_rubric_options *options, bool search,
                              struct rk_ids *ids, struct rk_error *error);

#endif
