/* --publish of the tools that tell measures: what is told to everybody hides small numbers, and
 * what would tell them, chosen by privacy/suppress over all the rows together (tool/guard.h).
 *
 * Numbers are how many a row rests on (n), what is counted (method count, and a few measures), and
 * the part of n that a share (wilson …) is, with its rest. What adds up among rows is looked for: a
 * share's parts, the variants of a measure, the values of a column with those of all, two groups
 * that are compared. A hidden row keeps its name, and has `hidden` as method and no figures. */
#ifndef RK_PUBLISH_MEASURES_H
#define RK_PUBLISH_MEASURES_H

#include "tool/tool.h"

enum { RK_PUBLISH_THRESHOLD = 10 }; /* as rk-suppress --publish */

/* Of a tool that hides small numbers itself (rk-panel-cover, rk-retain, rk-adverse): those under
 * what is returned, 0 where they are shown. --publish makes *min_count the threshold where it is
 * less, and is wrong use where they are to be shown. */
int64_t rk_publish_least(const struct rk_run *run, int64_t *min_count, bool show_small);
/* Before the first row of the table measures; does nothing without --publish. */
void rk_publish_measures(struct rk_run *run, struct rk_writer *writer);

#endif
