#include "model/people.h"

#include "model/cells.h"

enum rk_status rk_people_read(struct rk_people *people, struct rk_table *table,
                              const struct rk_schema *schema, struct rk_error *error)
{
    size_t count = rk_schema_field(schema, "count"), selected = rk_schema_field(schema, "selected");
    bool has_count = false, has_selected = false;
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        int32_t all = rk_cell_count(&row->values[count]),
                of_them = rk_cell_count(&row->values[selected]);
        has_count = has_count || rk_table_has(table, count);
        has_selected = has_selected || rk_table_has(table, selected);
        if (!has_count)
            all = 1;
        if (all < 0 || (has_selected && of_them < 0)) {
            rk_table_reject(table, all < 0 ? count : selected, _("a number was expected"));
            continue;
        }
        if (of_them > all) {
            rk_table_reject(table, selected, _("more selected than the row stands for"));
            continue;
        }
        if (people->rows == people->room) {
            people->room = people->room ? people->room * 2 : 64;
            people->count = rk_resize(people->count, people->room, sizeof *people->count);
            people->selected = rk_resize(people->selected, people->room, sizeof *people->selected);
        }
        people->count[people->rows] = (uint32_t)all;
        people->selected[people->rows++] = has_selected ? (uint32_t)of_them : 0;
        if (people->features)
            RK_TRY(rk_features_add(people->features, table, row, error));
    }
    if (!status && people->features)
        status = rk_features_finish(people->features, table, error);
    if (!status && !has_selected && !rk_table_has(table, selected)) {
        rk_free(people->selected);
        people->selected = NULL;
    }
    return status;
}

void rk_people_free(struct rk_people *people)
{
    rk_free(people->count);
    rk_free(people->selected);
    *people = (struct rk_people){0};
}
