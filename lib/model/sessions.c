#include "model/sessions.h"

static int by_time(const void *x, const void *y)
{
    const struct rk_session *a = x, *b = y;
    if (a->recruitment != b->recruitment)
        return a->recruitment < b->recruitment ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return rk_text_compare(a->stage, b->stage);
}

enum rk_status rk_sessions_read(struct rk_sessions *sessions, struct rk_table *table,
                                const struct rk_schema *schema,
                                const struct rk_recruitments *recruitments, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "recruitment_id"), stage = rk_schema_field(schema, "stage"),
           start = rk_schema_field(schema, "start"), end = rk_schema_field(schema, "end"),
           place = rk_schema_field(schema, "place");
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t recruitment = rk_recruitments_find(recruitments, rk_value_text(&v[id]));
        if (recruitment == RK_NONE) {
            rk_table_reject(table, id, _("the recruitment is not in the table recruitments"));
            continue;
        }
        if (v[end].time <= v[start].time) {
            rk_table_reject(table, end, _("the end is not after the start"));
            continue;
        }
        RK_GROW(sessions->rows, sessions->count, sessions->room);
        sessions->rows[sessions->count++] = (struct rk_session){
            recruitment, v[start].time, v[end].time, rk_cell_text(&sessions->arena, &v[stage]),
            rk_cell_text(&sessions->arena, &v[place])};
    }
    if (sessions->count)
        qsort(sessions->rows, sessions->count, sizeof *sessions->rows, by_time);
    sessions->first =
        rk_firsts(sessions->rows, sessions->count, sizeof *sessions->rows, recruitments->count);
    return status;
}

static bool is_of(const struct rk_session *session, struct rk_text stages)
{
    return !stages.size || rk_list_has(stages, session->stage);
}

bool rk_sessions_meet(const struct rk_sessions *sessions, uint32_t a, struct rk_text stages_a,
                      uint32_t b, struct rk_text stages_b)
{
    uint32_t n, m;
    const struct rk_session *of_a = rk_sessions_of(sessions, a, &n);
    const struct rk_session *of_b = rk_sessions_of(sessions, b, &m);
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < m; j++)
            if (of_a[i].start < of_b[j].end && of_b[j].start < of_a[i].end &&
                is_of(&of_a[i], stages_a) && is_of(&of_b[j], stages_b))
                return true;
    return false;
}

void rk_sessions_free(struct rk_sessions *sessions)
{
    rk_free(sessions->rows);
    rk_free(sessions->first);
    rk_arena_free(&sessions->arena);
    *sessions = (struct rk_sessions){0};
}
