/* The table `decisions`: what was decided about candidates. The reason in words is personal, and
 * not read. */
#ifndef RK_DECISIONS_H
#define RK_DECISIONS_H

#include "model/candidates.h"

enum rk_outcome { /* in the order of the schema's words */
                  RK_OUTCOME_HIRED,
                  RK_OUTCOME_OFFERED_DECLINED,
                  RK_OUTCOME_NOT_OFFERED,
};

struct rk_decision {
    uint32_t candidate; /* place in rk_candidates */
    enum rk_outcome outcome;
    int32_t decided_on; /* days */
};

struct rk_decisions {         /* zeroed = empty; give back with rk_decisions_free */
    struct rk_decision *rows; /* in the order of the table */
    uint32_t count, room;
};

/* Reads the table to its end. A candidate who is not in the table candidates, or there in another
 * recruitment, and one decided on twice, are bad rows. `recruitments` as candidates were read with.
 */
enum rk_status rk_decisions_read(struct rk_decisions *decisions, struct rk_table *table,
                                 const struct rk_schema *schema,
                                 const struct rk_candidates *candidates,
                                 const struct rk_recruitments *recruitments,
                                 struct rk_error *error);
void rk_decisions_free(struct rk_decisions *decisions);

/* The same by ids, where the table candidates may not be there. */
struct rk_choice {
    uint32_t recruitment, candidate; /* struct rk_ids */
    enum rk_outcome outcome;
    int32_t decided_on;         /* days */
    struct rk_text reason_code; /* may be empty */
};
struct rk_choices {         /* zeroed = empty; give back with rk_choices_free */
    struct rk_choice *rows; /* in the order of the table */
    size_t count, room;
    struct rk_arena arena;
};
/* Reads the table to its end. A candidate decided on twice is a bad row, and so is one who is not
 * among `known` (recruitment, candidate) where that is not NULL. */
enum rk_status rk_choices_read(struct rk_choices *choices, struct rk_table *table,
                               struct rk_ids *ids, const struct rk_tuples *known,
                               struct rk_error *error);
void rk_choices_free(struct rk_choices *choices);

#endif
