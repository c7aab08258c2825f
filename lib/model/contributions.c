#include "model/contributions.h"

#include "base/mem.h"

enum rk_status rk_contributions_read(struct rk_contributions *contributions, struct rk_table *table,
                                     struct rk_ids *ids, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t of = rk_schema_field(schema, "recruitment_id"), stage = rk_schema_field(schema, "stage"),
           group = rk_schema_field(schema, "rater_group"), kind = rk_schema_field(schema, "kind"),
           adopted = rk_schema_field(schema, "adopted");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        RK_GROW(contributions->rows, contributions->count, contributions->room);
        contributions->rows[contributions->count++] = (struct rk_contribution){
            rk_id(ids, RK_ID_RECRUITMENT, rk_value_text(&v[of])),
            rk_id(ids, RK_ID_STAGE, rk_value_text(&v[stage])),
            rk_id(ids, RK_ID_GROUP, rk_value_text(&v[group])),
            (enum rk_contribution_kind)v[kind].choice, (enum rk_adopted)v[adopted].choice};
    }
    return status;
}

void rk_contributions_free(struct rk_contributions *contributions)
{
    rk_free(contributions->rows);
    *contributions = (struct rk_contributions){0};
}
