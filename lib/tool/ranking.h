/* The end that rk-aggregate and rk-merge have in common: the ranking, written and told. */
#ifndef RK_TOOL_RANKING_H
#define RK_TOOL_RANKING_H

#include "score/aggregate.h"
#include "tool/tool.h"

struct rk_ranking_output {
    const char *measures; /* the file they go to, NULL = none */
    bool in_long;
    uint64_t raw; /* scores that no rubric has brought to 0 to 100, where there is one */
};
/* Finishes the aggregate; RK_ATTENTION where something is not proven. */
enum rk_status rk_run_ranking(struct rk_run *run, struct rk_aggregate *aggregate,
                              const struct rk_ids *ids, const struct rk_ranking_output *output,
                              struct rk_error *error);
/* Tells of sheets that have no score, where there are any. */
void rk_run_tell_empty(struct rk_run *run, const struct rk_scorer *scorer);

#endif
