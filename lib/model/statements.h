/* The table `statements`: positions that stand beside the scores and are never in a mean. */
#ifndef RK_STATEMENTS_H
#define RK_STATEMENTS_H

#include "model/ids.h"
#include "table/table.h"

enum rk_position { /* in the order of the schema's words */
                   RK_POSITION_SUPPORT,
                   RK_POSITION_NO_OBJECTION,
                   RK_POSITION_OBJECTION,
                   RK_POSITIONS
};
extern const char *const rk_position_words[RK_POSITIONS];

struct rk_statement {
    uint32_t recruitment, stage, group; /* struct rk_ids */
    enum rk_position position;
};
struct rk_statements {         /* zeroed = empty; give back with rk_statements_free */
    struct rk_statement *rows; /* in the order of the table */
    size_t count, room;
};

/* Reads the table to its end. */
enum rk_status rk_statements_read(struct rk_statements *statements, struct rk_table *table,
                                  struct rk_ids *ids, struct rk_error *error);
void rk_statements_free(struct rk_statements *statements);

#endif
