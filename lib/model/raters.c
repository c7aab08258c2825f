#include "model/raters.h"

enum rk_status rk_raters_read(struct rk_raters *raters, struct rk_table *table,
                              const struct rk_schema *schema, const struct rk_panelists *panelists,
                              struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "rater_id"), group = rk_schema_field(schema, "rater_group"),
           who = rk_schema_field(schema, "panelist_id");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t panelist = RK_NONE;
        if (v[who].size) {
            panelist = rk_panelists_find(panelists, rk_value_text(&v[who]));
            if (panelist == RK_NONE) {
                rk_table_reject(table, who, _("the panelist is not in the table panelists"));
                continue;
            }
        }
        if (rk_strings_find(&raters->ids, rk_value_text(&v[id])) != RK_NONE) {
            rk_table_reject(table, id, _("the rater is in the table already"));
            continue;
        }
        uint32_t number = rk_strings_add(&raters->ids, rk_value_text(&v[id]));
        RK_GROW(raters->rows, raters->count, raters->room);
        raters->rows[raters->count++] = (struct rk_rater){
            raters->ids.texts[number], rk_cell_text(&raters->arena, &v[group]), panelist};
    }
    return status;
}

void rk_raters_free(struct rk_raters *raters)
{
    rk_free(raters->rows);
    rk_strings_free(&raters->ids);
    rk_arena_free(&raters->arena);
    *raters = (struct rk_raters){0};
}
