#include "model/stays.h"

static void add(struct rk_stays *stays, struct rk_stay stay)
{
    RK_GROW(stays->rows, stays->count, stays->room);
    stays->rows[stays->count++] = stay;
}

enum rk_status rk_stays_read_hires(struct rk_stays *stays, struct rk_table *table, int32_t day,
                                   double per_unit, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t who = rk_schema_field(schema, "candidate_id"),
           started = rk_schema_field(schema, "started"), ended = rk_schema_field(schema, "ended"),
           reason = rk_schema_field(schema, "end_reason");
    struct rk_strings known = {0};
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        int32_t from = rk_cell_date(&v[started]), to = rk_cell_date(&v[ended]);
        if (rk_strings_find(&known, rk_value_text(&v[who])) != RK_NONE) {
            rk_table_reject(table, who, _("the hire is in the table already"));
            continue;
        }
        if (to != RK_NO_DATE && to < from) {
            rk_table_reject(table, ended, _("it ended before it started"));
            continue;
        }
        uint32_t source = rk_strings_add(&known, rk_value_text(&v[who]));
        if (stays->features && (status = rk_features_add(stays->features, table, row, error)))
            break;
        if (from > day) {
            stays->later++;
            continue;
        }
        bool gone = to != RK_NO_DATE && to <= day;
        rk_strings_add(&stays->people, rk_value_text(&v[who]));
        add(stays, (struct rk_stay){((gone ? to : day) - from) / per_unit, gone,
                                    gone && v[reason].size
                                        ? rk_strings_add(&stays->reasons, rk_value_text(&v[reason]))
                                        : RK_NONE,
                                    source});
    }
    rk_strings_free(&known);
    return !status && stays->features ? rk_features_finish(stays->features, table, error) : status;
}

enum rk_status rk_stays_read_spells(struct rk_stays *stays, struct rk_table *table,
                                    struct rk_text ended, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t time = rk_schema_field(schema, "time"), event = rk_schema_field(schema, "event");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        add(stays, (struct rk_stay){rk_fixed_double(v[time].number),
                                    rk_list_has(ended, rk_value_text(&v[event])), RK_NONE,
                                    (uint32_t)stays->count});
        if (stays->features)
            RK_TRY(rk_features_add(stays->features, table, row, error));
    }
    return !status && stays->features ? rk_features_finish(stays->features, table, error) : status;
}

void rk_stays_free(struct rk_stays *stays)
{
    rk_free(stays->rows);
    rk_strings_free(&stays->reasons);
    rk_strings_free(&stays->people);
    *stays = (struct rk_stays){0};
}
