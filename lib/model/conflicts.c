#include "model/conflicts.h"

/* Who the row is about: false when it is bad (and rejected). */
static bool find_panelist(struct rk_table *table, const struct rk_value *panelist_id,
                          size_t panelist_field, const struct rk_value *rater_id,
                          size_t rater_field, const struct rk_panelists *panelists,
                          const struct rk_raters *raters, uint32_t *panelist)
{
    if (panelist_id->size) {
        *panelist = rk_panelists_find(panelists, rk_value_text(panelist_id));
        if (*panelist == RK_NONE)
            rk_table_reject(table, panelist_field, _("the panelist is not in the table panelists"));
        return *panelist != RK_NONE;
    }
    if (!rater_id->size) {
        rk_table_reject(table, SIZE_MAX, _("panelist_id or rater_id was expected"));
        return false;
    }
    if (!raters) {
        rk_table_reject(table, rater_field,
                        _("only a rater is named; the table raters is needed to tell who that is"));
        return false;
    }
    uint32_t rater = rk_strings_find(&raters->ids, rk_value_text(rater_id));
    if (rater == RK_NONE) {
        rk_table_reject(table, rater_field, _("the rater is not in the table raters"));
        return false;
    }
    *panelist = raters->rows[rater].panelist;
    return true;
}

enum rk_status rk_conflicts_read(struct rk_conflicts *conflicts, struct rk_table *table,
                                 const struct rk_schema *schema,
                                 const struct rk_panelists *panelists,
                                 const struct rk_recruitments *recruitments,
                                 const struct rk_candidates *candidates,
                                 const struct rk_raters *raters, struct rk_error *error)
{
    size_t who = rk_schema_field(schema, "panelist_id"),
           rater = rk_schema_field(schema, "rater_id"),
           of = rk_schema_field(schema, "recruitment_id"),
           about = rk_schema_field(schema, "candidate_id"), unit = rk_schema_field(schema, "unit"),
           ground = rk_schema_field(schema, "ground");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        struct rk_declaration d = {.recruitment = RK_NONE,
                                   .of_candidate = v[about].size != 0,
                                   .candidate = RK_NONE,
                                   .none = rk_text_is(rk_value_text(&v[ground]), "none")};
        if (!find_panelist(table, &v[who], who, &v[rater], rater, panelists, raters, &d.panelist))
            continue;
        if (v[of].size) {
            d.recruitment = rk_recruitments_find(recruitments, rk_value_text(&v[of]));
            if (d.recruitment == RK_NONE) {
                rk_table_reject(table, of, _("the recruitment is not in the table recruitments"));
                continue;
            }
        }
        if (v[about].size && candidates) {
            d.candidate = rk_strings_find(&candidates->ids, rk_value_text(&v[about]));
            if (d.candidate == RK_NONE) {
                rk_table_reject(table, about, _("the candidate is not in the table candidates"));
                continue;
            }
            uint32_t recruitment = candidates->rows[d.candidate].recruitment;
            if (d.recruitment != RK_NONE && d.recruitment != recruitment) {
                rk_table_reject(table, about, _("the candidate is of another recruitment"));
                continue;
            }
            d.recruitment = recruitment;
        } else if (v[about].size && d.recruitment == RK_NONE) {
            rk_table_reject(
                table, about,
                _("only a candidate is named; the table candidates is needed to tell of "
                  "which recruitment"));
            continue;
        }
        if (!v[of].size && !v[about].size && !v[unit].size) {
            rk_table_reject(table, SIZE_MAX,
                            _("recruitment_id, candidate_id or unit was expected"));
            continue;
        }
        if (d.panelist == RK_NONE) {
            conflicts->others++;
            continue;
        }
        if (!d.of_candidate)
            d.unit = rk_cell_text(&conflicts->arena, &v[unit]);
        RK_GROW(conflicts->rows, conflicts->count, conflicts->room);
        conflicts->rows[conflicts->count++] = d;
    }
    return status;
}

void rk_conflicts_free(struct rk_conflicts *conflicts)
{
    rk_free(conflicts->rows);
    rk_arena_free(&conflicts->arena);
    *conflicts = (struct rk_conflicts){0};
}
