/* The table `conflicts` (jäv): declarations by or about panelists. */
#ifndef RK_CONFLICTS_H
#define RK_CONFLICTS_H

#include "model/candidates.h"
#include "model/raters.h"

struct rk_declaration {
    uint32_t panelist;    /* place in rk_panelists */
    uint32_t recruitment; /* place in rk_recruitments, or RK_NONE; that of the candidate if one */
    bool of_candidate;    /* about one candidate, not about the recruitment or the unit */
    uint32_t candidate;   /* place in rk_candidates; RK_NONE = none is named, or not to be found */
    struct rk_text unit;  /* or empty; empty where of_candidate */
    bool none;            /* ground `none`: declared to have no conflict */
};

struct rk_conflicts {            /* zeroed = empty; give back with rk_conflicts_free */
    struct rk_declaration *rows; /* in the order of the table */
    uint32_t count, room;
    uint32_t others; /* rows of raters who are no panelists, passed over */
    struct rk_arena arena;
};

/* Reads the table to its end. A row must name a panelist, or a rater that `raters` knows, and a
 * recruitment, a unit, or a candidate that `candidates` knows; else it is a bad row. `raters` and
 * `candidates` may be NULL: then rows that need them are bad, and say which table would help. */
enum rk_status rk_conflicts_read(struct rk_conflicts *conflicts, struct rk_table *table,
                                 const struct rk_schema *schema,
                                 const struct rk_panelists *panelists,
                                 const struct rk_recruitments *recruitments,
                                 const struct rk_candidates *candidates,
                                 const struct rk_raters *raters, struct rk_error *error);
void rk_conflicts_free(struct rk_conflicts *conflicts);

#endif
