#include "model/activities.h"

struct ranked {
    uint32_t panelist, recruitment, stage; /* by their texts */
    struct rk_activity row;
};

static int compare_fixed(rk_fixed a, rk_fixed b) { return (a > b) - (a < b); }

static int by_person_and_day(const void *x, const void *y)
{
    const struct ranked *a = x, *b = y;
    if (a->panelist != b->panelist)
        return a->panelist < b->panelist ? -1 : 1;
    if (a->row.date != b->row.date)
        return a->row.date < b->row.date ? -1 : 1;
    if (a->row.start != b->row.start)
        return a->row.start < b->row.start ? -1 : 1;
    if (a->recruitment != b->recruitment)
        return a->recruitment < b->recruitment ? -1 : 1;
    if (a->stage != b->stage)
        return a->stage < b->stage ? -1 : 1;
    int differ = compare_fixed(a->row.hours, b->row.hours);
    differ = differ ? differ : compare_fixed(a->row.travel_hours, b->row.travel_hours);
    differ = differ ? differ : compare_fixed(a->row.travel_km, b->row.travel_km);
    return differ ? differ : compare_fixed(a->row.expense, b->row.expense);
}

static void sort(struct rk_activities *a)
{
    uint32_t *panelists = rk_strings_ranks(&a->panelists),
             *recruitments = rk_strings_ranks(&a->recruitments),
             *stages = rk_strings_ranks(&a->stages);
    struct ranked *rows = rk_alloc((size_t)a->count + 1, sizeof *rows);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct rk_activity *row = &a->rows[i];
        rows[i] =
            (struct ranked){panelists[row->panelist],
                            row->recruitment == RK_NONE ? RK_NONE : recruitments[row->recruitment],
                            stages[row->stage], *row};
    }
    qsort(rows, a->count, sizeof *rows, by_person_and_day);
    for (uint32_t i = 0; i < a->count; i++)
        a->rows[i] = rows[i].row;
    rk_free(rows);
    rk_free(panelists);
    rk_free(recruitments);
    rk_free(stages);
}

enum rk_status rk_activities_read(struct rk_activities *activities, struct rk_table *table,
                                  const struct rk_schema *schema, rk_activity_check check,
                                  void *context, struct rk_error *error)
{
    size_t who = rk_schema_field(schema, "panelist_id"),
           of = rk_schema_field(schema, "recruitment_id"), stage = rk_schema_field(schema, "stage"),
           date = rk_schema_field(schema, "date"), start = rk_schema_field(schema, "start"),
           hours = rk_schema_field(schema, "hours"),
           travel = rk_schema_field(schema, "travel_hours"),
           km = rk_schema_field(schema, "travel_km"), expense = rk_schema_field(schema, "expense");
    struct rk_buf why = {0};
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        const char *field = NULL;
        struct rk_activity one = {
            .panelist = rk_strings_add(&activities->panelists, rk_value_text(&v[who])),
            .recruitment = v[of].size
                               ? rk_strings_add(&activities->recruitments, rk_value_text(&v[of]))
                               : RK_NONE,
            .stage = rk_strings_add(&activities->stages, rk_value_text(&v[stage])),
            .date = rk_cell_date(&v[date]),
            .start = v[start].size ? v[start].time : RK_NO_TIME,
            .hours = v[hours].number,
            .travel_hours = v[travel].number,
            .travel_km = v[km].number,
            .expense = v[expense].number,
        };
        if (v[start].size &&
            (one.start < (int64_t)one.date * 1440 || one.start >= ((int64_t)one.date + 1) * 1440)) {
            rk_table_reject(table, start, _("it begins on another day than its date"));
            continue;
        }
        rk_buf_clear(&why);
        if (check && !check(context, &one, &field, &why)) {
            rk_table_reject(table, rk_schema_field(schema, field), "%s", why.text);
            continue;
        }
        RK_GROW(activities->rows, activities->count, activities->room);
        activities->rows[activities->count++] = one;
    }
    rk_buf_free(&why);
    if (!status)
        sort(activities);
    return status;
}

void rk_activities_free(struct rk_activities *activities)
{
    rk_free(activities->rows);
    rk_strings_free(&activities->panelists);
    rk_strings_free(&activities->recruitments);
    rk_strings_free(&activities->stages);
    *activities = (struct rk_activities){0};
}
