#include "model/ptable.h"

#include "model/cells.h"

enum rk_status rk_ptable_read(int16_t **ptable, struct rk_table *table,
                              const struct rk_schema *schema, struct rk_error *error)
{
    size_t pcv = rk_schema_field(schema, "pcv"), key = rk_schema_field(schema, "ckey"),
           add = rk_schema_field(schema, "pvalue");
    enum rk_status status;
    *ptable = rk_alloc((size_t)RK_PTABLE_ROWS * RK_PTABLE_KEYS, sizeof **ptable);
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values; /* within what the schema allows */
        (*ptable)[rk_cell_count(&v[pcv]) * RK_PTABLE_KEYS + rk_cell_count(&v[key])] =
            (int16_t)(v[add].number / RK_FIXED_ONE);
    }
    return status;
}
