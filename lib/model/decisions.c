#include "model/decisions.h"

enum rk_status rk_decisions_read(struct rk_decisions *decisions, struct rk_table *table,
                                 const struct rk_schema *schema,
                                 const struct rk_candidates *candidates,
                                 const struct rk_recruitments *recruitments, struct rk_error *error)
{
    size_t of = rk_schema_field(schema, "recruitment_id"),
           who = rk_schema_field(schema, "candidate_id"),
           outcome = rk_schema_field(schema, "outcome"),
           decided = rk_schema_field(schema, "decided_on");
    bool *known = rk_alloc((size_t)candidates->count + 1, sizeof *known);
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t recruitment =
            recruitments ? rk_recruitments_find(recruitments, rk_value_text(&v[of]))
                         : rk_strings_find(&candidates->recruitments, rk_value_text(&v[of]));
        uint32_t candidate = rk_strings_find(&candidates->ids, rk_value_text(&v[who]));
        if (candidate == RK_NONE) {
            rk_table_reject(table, who, _("the candidate is not in the table candidates"));
        } else if (candidates->rows[candidate].recruitment != recruitment) {
            rk_table_reject(table, of, _("the candidate is in another recruitment"));
        } else if (known[candidate]) {
            rk_table_reject(table, who, _("the candidate is in the table already"));
        } else {
            known[candidate] = true;
            RK_GROW(decisions->rows, decisions->count, decisions->room);
            decisions->rows[decisions->count++] = (struct rk_decision){
                candidate, (enum rk_outcome)v[outcome].choice, rk_cell_date(&v[decided])};
        }
    }
    rk_free(known);
    return status;
}

void rk_decisions_free(struct rk_decisions *decisions)
{
    rk_free(decisions->rows);
    *decisions = (struct rk_decisions){0};
}

enum rk_status rk_choices_read(struct rk_choices *choices, struct rk_table *table,
                               struct rk_ids *ids, const struct rk_tuples *known,
                               struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t of = rk_schema_field(schema, "recruitment_id"),
           who = rk_schema_field(schema, "candidate_id"),
           outcome = rk_schema_field(schema, "outcome"),
           decided = rk_schema_field(schema, "decided_on"),
           reason = rk_schema_field(schema, "reason_code");
    struct rk_tuples seen = {.width = 2};
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t pair[2] = {rk_id(ids, RK_ID_RECRUITMENT, rk_value_text(&v[of])),
                            rk_id(ids, RK_ID_CANDIDATE, rk_value_text(&v[who]))};
        uint32_t before = seen.count;
        if (known && rk_tuples_find(known, pair) == RK_NONE) {
            rk_table_reject(table, who,
                            _("the candidate is not among the candidates of this recruitment"));
        } else if (rk_tuples_add(&seen, pair) != before) {
            rk_table_reject(table, who, _("the candidate is in the table already"));
        } else {
            RK_GROW(choices->rows, choices->count, choices->room);
            choices->rows[choices->count++] = (struct rk_choice){
                pair[0], pair[1], (enum rk_outcome)v[outcome].choice, rk_cell_date(&v[decided]),
                rk_cell_text(&choices->arena, &v[reason])};
        }
    }
    rk_tuples_free(&seen);
    return status;
}

void rk_choices_free(struct rk_choices *choices)
{
    rk_free(choices->rows);
    rk_arena_free(&choices->arena);
    *choices = (struct rk_choices){0};
}
