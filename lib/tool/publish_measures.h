/* --publish of the tools that tell measures: what is told to everybody hides small numbers, and
 * what would tell them, chosen by privacy/suppress over all the rows together (tool/guard.h).
 *
 * Numbers are how many a row rests on (n), what is counted (method count, and a few measures), and
 * the part of n that a share (wilson …) is, with its rest. What adds up among rows is looked for: a
 * share's parts, the variants of a measure, the values of a column with those of all, of two
 * features whose values make up the same, two groups that are compared; and that of two numbers of
 * the same people the less are among the more. A hidden row keeps its
 * name, and has `hidden` as method and no figures. */
#ifndef RK_PUBLISH_MEASURES_H
#define RK_PUBLISH_MEASURES_H

#include "base/hash.h"
#include "tool/tool.h"

enum { RK_PUBLISH_THRESHOLD = 10 }; /* as rk-suppress --publish */

/* Of a tool that hides small numbers itself (rk-panel-cover, rk-retain, rk-adverse): those under
 * what is returned, 0 where they are shown. --publish makes *min_count the threshold where it is
 * less, and is wrong use where they are to be shown. */
int64_t rk_publish_least(const struct rk_run *run, int64_t *min_count, bool show_small);
/* What the rows of an output are told apart by in its columns feature and value: of everything
 * that is counted the value. So it is known where the values of one feature make up those of
 * another (units of departments), and all are held together. */
struct rk_publish_division {
    struct rk_text feature;
    struct rk_strings values;
    uint32_t *of; /* by row of what is counted; RK_NONE = it has no value */
};
struct rk_publish_divisions { /* must outlive the writer */
    struct rk_publish_division *all;
    size_t count, rows;
};

/* Before the first row of the table measures; does nothing without --publish. `divisions` may be
 * NULL where the columns feature and value are not there. */
void rk_publish_measures(struct rk_run *run, struct rk_writer *writer,
                         const struct rk_publish_divisions *divisions);

/* A number to be told in a message: with --publish a few are told as 1-9. Caller frees the text. */
const char *rk_publish_shown(const struct rk_run *run, struct rk_buf *text, uint64_t number);

#endif
