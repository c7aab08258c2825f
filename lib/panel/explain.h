/* What came of a match: the rows of the assignments and of the explanation. */
#ifndef RK_EXPLAIN_H
#define RK_EXPLAIN_H

#include "panel/eligible.h"
#include "panel/quota.h"
#include "panel/replace.h"

/* A match that was solved: what the functions below read. */
struct rk_explain {
    const struct rk_eligible *eligible;
    const struct rk_panelists *panelists;
    const struct rk_recruitments *recruitments;
    const struct rk_match_problem *problem;
    const struct rk_match_result *result;
    const struct rk_panel_quotas *quotas;  /* NULL without quotas */
    rk_fixed unit;                         /* of fit */
    const struct rk_assignments *standing; /* rows to keep the place in; NULL */
    /* Of a lottery, the chance of a pair, rounded; NULL */
    rk_fixed (*chance)(const void *lottery, uint32_t pair);
    /* Of a lottery over a programme: how many people share how many seats evenly with the panelist
     * (counted too), and with nobody else. False where the panelist shares none. NULL */
    bool (*rivals)(const void *lottery, uint32_t panelist, uint32_t *people, int64_t *seats);
    const void *lottery;
    /* Of a lottery that was cut short: the lowest expected number of memberships that may be too
     * low, and what no lottery can raise it above; NULL */
    const struct rk_fraction *reached, *bound;
    char which;     /* of the three cases: 'A', 'B', 'C' */
    uint32_t kinds; /* of people, in case B */
};

/* All rows, sorted by recruitment, seat (members first), position and panelist; kept ones as they
 * were, with their fit now. Those who stood there before keep their places; new members and
 * reserves take the lowest positions that are free, in the order of rk_match_order; `stages` of a
 * new row are those of the recruitment's sessions, by time. Texts lie in `arena`. Caller frees the
 * rows. */
struct rk_assignment *rk_explain_rows(const struct rk_explain *match,
                                      const struct rk_sessions *sessions, struct rk_arena *arena,
                                      uint32_t *count);

/* Fills `rows` (room for every recruitment) for the open ones, in order; returns how many. With
 * `counts` false, eligible, first, only, rules and stopped are left 0: they look at every pair. */
uint32_t rk_explain_panels(const struct rk_explain *match, bool counts,
                           struct rk_explanation *rows);
/* The quotas that hold back the group of the row: R1:gender=man>=2, joined by '|'. */
void rk_explain_quotas(const struct rk_explain *match, const struct rk_explanation *row,
                       struct rk_buf *list);
/* Why its seats stay empty, as sentences for people; nothing where none does. */
void rk_explain_why(const struct rk_explain *match, const struct rk_explanation *row,
                    struct rk_buf *why);

#endif
