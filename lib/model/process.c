#include "model/process.h"

const char *const rk_process_stages[RK_PROCESS_STAGES + 1] = {
    "profile", "advert", "shortlist", "interview", "analysis", "decision", "follow_up", NULL};

/* The recruitment of the row last read; RK_NONE, and the row is rejected, where it is not known. */
static uint32_t find(struct rk_table *table, size_t field, const struct rk_value *value,
                     const struct rk_recruitments *recruitments)
{
    uint32_t found = rk_recruitments_find(recruitments, rk_value_text(value));
    if (found == RK_NONE)
        rk_table_reject(table, field, _("the recruitment is not in the table recruitments"));
    return found;
}

enum rk_status rk_process_read_events(struct rk_process *process, struct rk_table *table,
                                      const struct rk_recruitments *recruitments,
                                      struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t of = rk_schema_field(schema, "recruitment_id"), stage = rk_schema_field(schema, "stage"),
           date = rk_schema_field(schema, "date"), group = rk_schema_field(schema, "rater_group"),
           n = rk_schema_field(schema, "n");
    struct rk_tuples keys = {.width = 4};
    enum rk_status status;
    process->has_events = true;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t recruitment = find(table, of, &v[of], recruitments), known = keys.count;
        if (recruitment == RK_NONE)
            continue;
        struct rk_process_event event = {
            recruitment, (enum rk_process_stage)v[stage].choice, rk_cell_date(&v[date]),
            rk_strings_add(&process->groups, rk_value_text(&v[group])),
            v[n].number > rk_fixed_int(INT32_MAX) ? INT32_MAX
                                                  : (int64_t)(v[n].number / RK_FIXED_ONE)};
        if (rk_tuples_add(&keys, (uint32_t[]){recruitment, event.stage, (uint32_t)event.date,
                                              event.group}) < known) {
            rk_table_reject(table, SIZE_MAX, _("the event is in the table already"));
            continue;
        }
        RK_GROW(process->events, process->event_count, process->event_room);
        process->events[process->event_count++] = event;
    }
    rk_tuples_free(&keys);
    return status;
}

enum rk_status rk_process_read_decisions(struct rk_process *process, struct rk_table *table,
                                         const struct rk_recruitments *recruitments,
                                         struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t of = rk_schema_field(schema, "recruitment_id"),
           who = rk_schema_field(schema, "candidate_id"),
           outcome = rk_schema_field(schema, "outcome"),
           decided = rk_schema_field(schema, "decided_on"),
           legal = rk_schema_field(schema, "legal_force_on"),
           users = rk_schema_field(schema, "users_told_on"),
           candidates = rk_schema_field(schema, "candidates_told_on");
    struct rk_tuples keys = {.width = 2};
    enum rk_status status;
    process->has_decisions = true;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t recruitment = find(table, of, &v[of], recruitments), known = keys.count;
        if (recruitment == RK_NONE)
            continue;
        uint32_t candidate = rk_strings_add(&process->candidates, rk_value_text(&v[who]));
        if (rk_tuples_add(&keys, (uint32_t[]){recruitment, candidate}) < known) {
            rk_table_reject(table, who, _("the candidate is in the table already"));
            continue;
        }
        RK_GROW(process->decisions, process->decision_count, process->decision_room);
        process->decisions[process->decision_count++] = (struct rk_process_decision){
            recruitment,
            candidate,
            (enum rk_outcome)v[outcome].choice,
            rk_cell_date(&v[decided]),
            rk_cell_date(&v[legal]),
            rk_cell_date(&v[users]),
            rk_cell_date(&v[candidates]),
        };
    }
    rk_tuples_free(&keys);
    return status;
}

enum rk_status rk_process_read_costs(struct rk_process *process, struct rk_table *table,
                                     const struct rk_recruitments *recruitments,
                                     struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t of = rk_schema_field(schema, "recruitment_id"), kind = rk_schema_field(schema, "kind"),
           date = rk_schema_field(schema, "date"), hours = rk_schema_field(schema, "hours"),
           amount = rk_schema_field(schema, "amount");
    enum rk_status status;
    process->has_costs = true;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t recruitment = v[of].size ? find(table, of, &v[of], recruitments) : RK_NONE;
        if (v[of].size && recruitment == RK_NONE)
            continue;
        if (v[amount].number % (RK_FIXED_ONE / 100)) {
            rk_table_reject(table, amount, _("an amount is kronor with two decimals at most"));
            continue;
        }
        RK_GROW(process->costs, process->cost_count, process->cost_room);
        process->costs[process->cost_count++] = (struct rk_process_cost){
            recruitment, rk_strings_add(&process->kinds, rk_value_text(&v[kind])),
            rk_cell_date(&v[date]), v[hours].number, v[amount].number};
    }
    return status;
}

enum rk_status rk_process_read_candidates(struct rk_process *process, struct rk_table *table,
                                          const struct rk_recruitments *recruitments,
                                          struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t of = rk_schema_field(schema, "recruitment_id"),
           who = rk_schema_field(schema, "candidate_id");
    struct rk_strings known = {0};
    enum rk_status status;
    process->applicants = rk_alloc((size_t)recruitments->count + 1, sizeof *process->applicants);
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t recruitment = find(table, of, &v[of], recruitments), before = known.count;
        if (recruitment == RK_NONE)
            continue;
        if (rk_strings_add(&known, rk_value_text(&v[who])) < before)
            rk_table_reject(table, who, _("the candidate is in the table already"));
        else
            process->applicants[recruitment]++;
    }
    rk_strings_free(&known);
    return status;
}

enum rk_status rk_process_read_indicators(struct rk_process *process, struct rk_table *table,
                                          struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(table);
    size_t period = rk_schema_field(schema, "period"), name = rk_schema_field(schema, "name"),
           value = rk_schema_field(schema, "value"), target = rk_schema_field(schema, "target");
    struct rk_tuples keys = {.width = 2};
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        struct rk_process_indicator one = {
            rk_strings_add(&process->names, rk_value_text(&v[name])),
            rk_strings_add(&process->periods, rk_value_text(&v[period])), v[value].number,
            v[target].number, v[target].size > 0};
        uint32_t known = keys.count;
        if (rk_tuples_add(&keys, (uint32_t[]){one.name, one.period}) < known) {
            rk_table_reject(table, name,
                            _("the indicator is in the table already, of this period"));
            continue;
        }
        RK_GROW(process->indicators, process->indicator_count, process->indicator_room);
        process->indicators[process->indicator_count++] = one;
    }
    rk_tuples_free(&keys);
    return status;
}

void rk_process_free(struct rk_process *process)
{
    rk_free(process->indicators);
    rk_free(process->applicants);
    rk_strings_free(&process->names);
    rk_strings_free(&process->periods);
    rk_free(process->events);
    rk_free(process->decisions);
    rk_free(process->costs);
    rk_strings_free(&process->groups);
    rk_strings_free(&process->candidates);
    rk_strings_free(&process->kinds);
    *process = (struct rk_process){0};
}
