#include "model/candidates.h"

enum rk_status rk_candidates_read(struct rk_candidates *candidates, struct rk_table *table,
                                  const struct rk_schema *schema,
                                  const struct rk_recruitments *recruitments,
                                  struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "candidate_id"),
           of = rk_schema_field(schema, "recruitment_id"),
           state = rk_schema_field(schema, "status");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t recruitment = rk_recruitments_find(recruitments, rk_value_text(&v[of]));
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
            v[state].size ? (enum rk_candidate_status)v[state].choice : RK_CANDIDATE_ACTIVE};
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
    *candidates = (struct rk_candidates){0};
}
