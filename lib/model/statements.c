#include "model/statements.h"

#include "base/mem.h"

const char *const rk_position_words[RK_POSITIONS] = {"support", "no_objection", "objection"};

enum rk_status rk_statements_read(struct rk_statements *statements, struct rk_table *table,
                                  struct rk_ids *ids, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t of = rk_schema_field(schema, "recruitment_id"), stage = rk_schema_field(schema, "stage"),
           group = rk_schema_field(schema, "group"), position = rk_schema_field(schema, "position");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        RK_GROW(statements->rows, statements->count, statements->room);
        statements->rows[statements->count++] =
            (struct rk_statement){rk_id(ids, RK_ID_RECRUITMENT, rk_value_text(&v[of])),
                                  rk_id(ids, RK_ID_STAGE, rk_value_text(&v[stage])),
                                  rk_id(ids, RK_ID_GROUP, rk_value_text(&v[group])),
                                  (enum rk_position)v[position].choice};
    }
    return status;
}

void rk_statements_free(struct rk_statements *statements)
{
    rk_free(statements->rows);
    *statements = (struct rk_statements){0};
}
