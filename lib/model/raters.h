/* The table `raters`: who rates, and which of them are panelists. */
#ifndef RK_RATERS_H
#define RK_RATERS_H

#include "model/panelists.h"

struct rk_rater {
    struct rk_text rater_id, rater_group;
    uint32_t panelist; /* place in rk_panelists; RK_NONE = not one of them */
};

struct rk_raters {         /* zeroed = empty; give back with rk_raters_free */
    struct rk_rater *rows; /* in the order of the table */
    uint32_t count, room;
    struct rk_strings ids; /* numbers are places in rows */
    struct rk_arena arena;
};

/* Reads the table to its end. A rater_id told twice, and a panelist who is not among `panelists`,
 * are bad rows. */
enum rk_status rk_raters_read(struct rk_raters *raters, struct rk_table *table,
                              const struct rk_schema *schema, const struct rk_panelists *panelists,
                              struct rk_error *error);
void rk_raters_free(struct rk_raters *raters);

#endif
