/* What the tables of earlier assignments mean for those to come: who is kept where they are, who
 * has said no, whose time is taken, and what counts under a panelist's caps and as load.
 *
 * Of a recruitment that is open, rows of `fixed` are kept and so are confirmed and attended ones of
 * `earlier`; a declined or absent one bars the panelist; a proposed one means nothing any more. Of
 * one that is not open, members count who did not decline (of a cancelled one: who attended), and
 * reserves who attended; they were busy then, unless absent or the recruitment was cancelled. Where
 * both tables know a pair, `fixed` is right. */
#ifndef RK_HISTORY_H
#define RK_HISTORY_H

#include "model/assignments.h"

enum rk_past_flag {
    RK_PAST_COUNTS = 1, /* a membership, kept or past */
    RK_PAST_BUSY = 2,   /* during the sessions of its stages */
    RK_PAST_KEPT = 4,
    RK_PAST_BARS = 8,
    RK_PAST_NEW = 16 /* of the result, where none is kept: replaces a proposal, or ignores a bar */
};

struct rk_past {
    uint32_t panelist, recruitment;
    unsigned flags;
    const struct rk_assignment *row;    /* of the earlier tables, or NULL */
    const struct rk_assignment *result; /* of the result, or NULL */
};

struct rk_history {         /* zeroed = empty; give back with rk_history_free */
    struct rk_past *rows;   /* sorted by panelist and recruitment, none twice */
    uint32_t count, *first; /* by panelist, + 1 */
};

/* The tables must outlive it. */
void rk_history_read(struct rk_history *history, const struct rk_assignments *fixed,
                     const struct rk_assignments *earlier, const struct rk_assignments *result,
                     const struct rk_panelists *panelists,
                     const struct rk_recruitments *recruitments);
/* What is known of the pair; NULL: nothing. */
const struct rk_past *rk_history_of(const struct rk_history *history, uint32_t panelist,
                                    uint32_t recruitment);
void rk_history_free(struct rk_history *history);

#endif
