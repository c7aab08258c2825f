/* The table `targets`: the population that the user bank should mirror. */
#ifndef RK_TARGETS_H
#define RK_TARGETS_H

#include "model/features.h"

struct rk_target {
    struct rk_text feature, value; /* as the table has them */
    bool has_share, has_count;
    rk_fixed share, count;
    uint32_t in_feature, in_value; /* numbers in features: after rk_targets_expect */
    struct rk_pos pos;             /* of the value */
};

struct rk_targets {         /* zeroed = empty; give back with rk_targets_free */
    struct rk_target *rows; /* in the order of the table */
    uint32_t count, room;
    struct rk_arena arena;
};

/* Reads the table to its end; a feature and value told twice are a bad row. */
enum rk_status rk_targets_read(struct rk_targets *targets, struct rk_table *table,
                               const struct rk_schema *schema, struct rk_error *error);
/* Wants the features of the targets, and expects their values; `wanted`: only of features wanted
 * already, the others get in_feature RK_NONE. RK_BAD_DATA where a crossed value does not fit its
 * feature, or is there twice in two spellings. */
enum rk_status rk_targets_expect(struct rk_targets *targets, struct rk_features *features,
                                 bool wanted, struct rk_error *error);
void rk_targets_free(struct rk_targets *targets);

#endif
