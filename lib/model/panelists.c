#include "model/panelists.h"

static int by_id(const void *a, const void *b)
{
    return rk_text_compare(((const struct rk_panelist *)a)->panelist_id,
                           ((const struct rk_panelist *)b)->panelist_id);
}

enum rk_status rk_panelists_read(struct rk_panelists *panelists, struct rk_table *table,
                                 const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "panelist_id"), state = rk_schema_field(schema, "status"),
           experience = rk_schema_field(schema, "experience"),
           birth_year = rk_schema_field(schema, "birth_year"),
           gender = rk_schema_field(schema, "gender"),
           organisation = rk_schema_field(schema, "organisation"),
           language = rk_schema_field(schema, "language"),
           support = rk_schema_field(schema, "support"), area = rk_schema_field(schema, "area"),
           joined = rk_schema_field(schema, "joined"), left = rk_schema_field(schema, "left"),
           trained_on = rk_schema_field(schema, "trained_on"),
           consent_until = rk_schema_field(schema, "consent_until"),
           withdrawn = rk_schema_field(schema, "consent_withdrawn_on"),
           research = rk_schema_field(schema, "research_consent"),
           guardian = rk_schema_field(schema, "guardian_consent"),
           per_month = rk_schema_field(schema, "max_per_month"),
           per_year = rk_schema_field(schema, "max_per_year");
    struct rk_arena *arena = &panelists->arena;
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        if (rk_strings_find(&panelists->ids, rk_value_text(&v[id])) != RK_NONE) {
            rk_table_reject(table, id, _("the panelist is in the table already"));
            continue;
        }
        rk_strings_add(&panelists->ids, rk_value_text(&v[id]));
        RK_GROW(panelists->rows, panelists->count, panelists->room);
        panelists->rows[panelists->count++] = (struct rk_panelist){
            .panelist_id = rk_cell_text(arena, &v[id]),
            .status = (enum rk_panelist_status)v[state].choice,
            .experience = rk_cell_text(arena, &v[experience]),
            .birth_year = rk_cell_count(&v[birth_year]),
            .gender = rk_cell_text(arena, &v[gender]),
            .organisation = rk_cell_text(arena, &v[organisation]),
            .language = rk_cell_text(arena, &v[language]),
            .support = rk_cell_text(arena, &v[support]),
            .area = rk_cell_text(arena, &v[area]),
            .joined = rk_cell_date(&v[joined]),
            .left = rk_cell_date(&v[left]),
            .trained_on = rk_cell_date(&v[trained_on]),
            .consent_until = rk_cell_date(&v[consent_until]),
            .consent_withdrawn_on = rk_cell_date(&v[withdrawn]),
            .research_consent = rk_cell_flag(&v[research]),
            .guardian_consent = rk_cell_flag(&v[guardian]),
            .max_per_month = rk_cell_count(&v[per_month]),
            .max_per_year = rk_cell_count(&v[per_year]),
        };
        if (panelists->features)
            RK_TRY(rk_features_add(panelists->features, table, row, error));
    }
    if (!status && panelists->features)
        status = rk_features_finish(panelists->features, table, error);
    if (panelists->count)
        qsort(panelists->rows, panelists->count, sizeof *panelists->rows, by_id);
    panelists->place = rk_strings_ranks(&panelists->ids);
    if (!status && panelists->features)
        rk_features_arrange(panelists->features, panelists->place);
    return status;
}

uint32_t rk_panelists_find(const struct rk_panelists *panelists, struct rk_text panelist_id)
{
    uint32_t number = rk_strings_find(&panelists->ids, panelist_id);
    return number == RK_NONE ? RK_NONE : panelists->place[number];
}

void rk_panelists_free(struct rk_panelists *panelists)
{
    rk_free(panelists->rows);
    rk_free(panelists->place);
    rk_strings_free(&panelists->ids);
    rk_arena_free(&panelists->arena);
    *panelists = (struct rk_panelists){0};
}
