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
