#include "model/availability.h"

static int by_time(const void *x, const void *y)
{
    const struct rk_available *a = x, *b = y;
    if (a->panelist != b->panelist)
        return a->panelist < b->panelist ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    return a->end < b->end ? -1 : a->end > b->end;
}

enum rk_status rk_availability_read(struct rk_availability *availability, struct rk_table *table,
                                    const struct rk_schema *schema,
                                    const struct rk_panelists *panelists, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "panelist_id"), start = rk_schema_field(schema, "start"),
           end = rk_schema_field(schema, "end");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t panelist = rk_panelists_find(panelists, rk_value_text(&v[id]));
        if (panelist == RK_NONE) {
            rk_table_reject(table, id, _("the panelist is not in the table panelists"));
            continue;
        }
        if (v[end].time <= v[start].time) {
            rk_table_reject(table, end, _("the end is not after the start"));
            continue;
        }
        RK_GROW(availability->rows, availability->count, availability->room);
        availability->rows[availability->count++] =
            (struct rk_available){panelist, v[start].time, v[end].time};
    }
    if (availability->count)
        qsort(availability->rows, availability->count, sizeof *availability->rows, by_time);
    return status;
}

void rk_availability_free(struct rk_availability *availability)
{
    rk_free(availability->rows);
    *availability = (struct rk_availability){0};
}
