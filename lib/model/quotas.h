/* The table `quotas`: how many of a panel's members are to be of a kind. */
#ifndef RK_QUOTAS_H
#define RK_QUOTAS_H

#include "model/features.h"
#include "model/recruitments.h"

struct rk_quota {
    uint32_t recruitment; /* place in rk_recruitments; RK_NONE: '*', every one */
    struct rk_text feature, value;
    /* The parts of a crossed feature and of its value ("gender×age", "woman×13-17"), or the two
     * whole */
    struct {
        struct rk_text feature, value;
    } parts[RK_FEATURE_PARTS];
    uint32_t part_count;
    int32_t min, max;
    int32_t min_flex, max_flex; /* how far a relaxation may go: min no lower, max no higher; -1 = as
                                 * far as it takes */
};

struct rk_quotas {         /* zeroed = empty; give back with rk_quotas_free */
    struct rk_quota *rows; /* by recruitment ('*' last), feature and value */
    uint32_t count, room;
    struct rk_arena arena;
};

/* Reads the table to its end. A recruitment that is not in its table, min above max or not
 * within min_flex and max_flex, a value without as many parts as its feature, a row told twice are
 * bad rows. */
enum rk_status rk_quotas_read(struct rk_quotas *quotas, struct rk_table *table,
                              const struct rk_schema *schema,
                              const struct rk_recruitments *recruitments, struct rk_error *error);
/* When the people are read: puts, in place of a row of the value '*', one for each value that people
 * have, but for those told by a row of their own, and those whose people are no more than `max`
 * anyway. The features must outlive the quotas. */
void rk_quotas_spread(struct rk_quotas *quotas, const struct rk_features *features);
void rk_quotas_free(struct rk_quotas *quotas);

#endif
