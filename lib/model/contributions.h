/* The table `contributions`: what groups put forward before and beside the scores, and whether it
 * was taken up. */
#ifndef RK_CONTRIBUTIONS_H
#define RK_CONTRIBUTIONS_H

#include "model/ids.h"
#include "table/table.h"

enum rk_contribution_kind { /* in the order of the schema's words */
                            RK_REQUIREMENT,
                            RK_ADVERT_TEXT,
                            RK_QUESTION,
                            RK_OBSERVATION,
                            RK_CONTRIBUTION_KINDS
};
enum rk_adopted { RK_ADOPTED_YES, RK_ADOPTED_PARTLY, RK_ADOPTED_NO };

struct rk_contribution {
    uint32_t recruitment, stage, group; /* struct rk_ids */
    enum rk_contribution_kind kind;
    enum rk_adopted adopted;
};
struct rk_contributions {         /* zeroed = empty; give back with rk_contributions_free */
    struct rk_contribution *rows; /* in the order of the table */
    size_t count, room;
};

/* Reads the table to its end. */
enum rk_status rk_contributions_read(struct rk_contributions *contributions, struct rk_table *table,
                                     struct rk_ids *ids, struct rk_error *error);
void rk_contributions_free(struct rk_contributions *contributions);

#endif
