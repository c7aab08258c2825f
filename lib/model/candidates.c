#include "model/candidates.h"

enum { NO_YEAR = 9999 }; /* nobody is of any age then */

static int32_t year_of(const struct rk_recruitment *recruitment, const struct rk_value *applied_on)
{
    int32_t day = rk_cell_date(applied_on);
    if (day == RK_NO_DATE && recruitment)
        day = recruitment->opened;
    return day == RK_NO_DATE ? NO_YEAR : rk_date_from_days(day).year;
}

enum rk_status rk_candidates_read(struct rk_candidates *candidates, struct rk_table *table,
                                  const struct rk_schema *schema,
                                  const struct rk_recruitments *recruitments,
                                  struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "candidate_id"),
           of = rk_schema_field(schema, "recruitment_id"),
           state = rk_schema_field(schema, "status"),
           stage = rk_schema_field(schema, "stage_reached"),
           applied = rk_schema_field(schema, "applied_on");
    struct rk_features *features = candidates->features;
    int32_t fixed_year = features ? features->year : 0;
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t recruitment =
            recruitments ? rk_recruitments_find(recruitments, rk_value_text(&v[of]))
                         : rk_strings_add(&candidates->recruitments, rk_value_text(&v[of]));
        if (recruitment == RK_NONE) {
            rk_table_reject(table, of, _("the recruitment is not in the table recruitments"));
            continue;
        }
        if (rk_strings_find(&candidates->ids, rk_value_text(&v[id])) != RK_NONE) {
            rk_table_reject(table, id, _("the candidate is in the table already"));
            continue;
        }
        uint32_t number = rk_strings_add(&candidates->ids, rk_value_text(&v[id]));
        RK_GROW(candidates->rows, candidates->count, candidates->room);
        candidates->rows[candidates->count++] = (struct rk_candidate){
            candidates->ids.texts[number], recruitment,
            v[stage].size ? rk_strings_add(&candidates->stages, rk_value_text(&v[stage])) : RK_NONE,
            v[state].size ? (enum rk_candidate_status)v[state].choice : RK_CANDIDATE_ACTIVE};
        if (features && !fixed_year)
            features->year =
                year_of(recruitments ? &recruitments->rows[recruitment] : NULL, &v[applied]);
        if (features)
            RK_TRY(rk_features_add(features, table, row, error));
    }
    if (!status && features) {
        features->year = fixed_year ? fixed_year : NO_YEAR;
        status = rk_features_finish(features, table, error);
        features->year = fixed_year;
    }
    return status;
}

enum rk_status rk_candidates_groups(struct rk_table *table, const char *column, struct rk_ids *ids,
                                    struct rk_strings *names, uint32_t **of, uint32_t *of_count,
                                    struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t id = rk_schema_field(schema, "candidate_id"),
           field = rk_schema_find(schema, rk_text(column));
    uint32_t room = 0;
    enum rk_status status;
    if (field == SIZE_MAX || !rk_table_has(table, field))
        return rk_fail(error, RK_BAD_USE, _("the candidates have no column %s"), column);
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        uint32_t candidate = rk_id(ids, RK_ID_CANDIDATE, rk_value_text(&row->values[id]));
        struct rk_text value = rk_value_text(&row->values[field]);
        while (candidate >= *of_count) {
            RK_GROW(*of, *of_count, room);
            (*of)[(*of_count)++] = RK_NONE;
        }
        if (value.size)
            (*of)[candidate] = rk_strings_add(names, value);
    }
    return status;
}

void rk_candidates_free(struct rk_candidates *candidates)
{
    rk_free(candidates->rows);
    rk_strings_free(&candidates->ids);
    rk_strings_free(&candidates->stages);
    rk_strings_free(&candidates->recruitments);
    *candidates = (struct rk_candidates){0};
}
