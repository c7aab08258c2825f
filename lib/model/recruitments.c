#include "model/recruitments.h"

/* More in one panel is a slip of the keyboard. */
enum { MOST_SEATS = 1000000 };

static int by_id(const void *a, const void *b)
{
    return rk_text_compare(((const struct rk_recruitment *)a)->recruitment_id,
                           ((const struct rk_recruitment *)b)->recruitment_id);
}

/* Reads the items of `want`; false when one is wrong, and then the row is rejected. */
static bool read_want(struct rk_arena *arena, struct rk_table *table, size_t field,
                      struct rk_text list, struct rk_recruitment *recruitment)
{
    struct rk_text rest = list, item;
    uint32_t count = 0;
    while (rk_list_next(&rest, &item))
        count++;
    if (!count)
        return true;
    struct rk_want *want = rk_arena_alloc(arena, count * sizeof *want);
    uint32_t n = 0;
    for (rest = list; rk_list_next(&rest, &item); n++) {
        const char *colon = memrchr(item.text, ':', item.size);
        want[n].weight = RK_FIXED_ONE;
        if (colon) {
            struct rk_text weight = {colon + 1, item.size - (size_t)(colon + 1 - item.text)};
            if (!rk_fixed_parse(weight, &want[n].weight) || want[n].weight <= 0) {
                rk_table_reject(table, field,
                                _("'%.*s' is not a weight: a number above zero, with at most "
                                  "18 decimals, was expected"),
                                (int)weight.size, weight.text);
                return false;
            }
            item = rk_text_trim((struct rk_text){item.text, (size_t)(colon - item.text)});
        }
        want[n].experience =
            (struct rk_text){rk_arena_text(arena, item.text, item.size), item.size};
        for (uint32_t i = 0; i < n; i++)
            if (rk_text_equal(want[i].experience, item)) {
                rk_table_reject(table, field, _("'%.*s' is there twice"), (int)item.size,
                                item.text);
                return false;
            }
    }
    recruitment->want = want;
    recruitment->want_count = n;
    return true;
}

enum rk_status rk_recruitments_read(struct rk_recruitments *recruitments, struct rk_table *table,
                                    const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "recruitment_id"),
           department = rk_schema_field(schema, "department"),
           unit = rk_schema_field(schema, "unit"), role = rk_schema_field(schema, "role"),
           rubric = rk_schema_field(schema, "rubric"), state = rk_schema_field(schema, "status"),
           seats = rk_schema_field(schema, "seats"), reserves = rk_schema_field(schema, "reserves"),
           need = rk_schema_field(schema, "need"), want = rk_schema_field(schema, "want"),
           training = rk_schema_field(schema, "training_required"),
           room_max = rk_schema_field(schema, "room_max"),
           opened = rk_schema_field(schema, "opened"), closes = rk_schema_field(schema, "closes"),
           decided_on = rk_schema_field(schema, "decided_on"),
           cancelled_on = rk_schema_field(schema, "cancelled_on"),
           reason_code = rk_schema_field(schema, "reason_code");
    struct rk_arena *arena = &recruitments->arena;
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        if (rk_strings_find(&recruitments->ids, rk_value_text(&v[id])) != RK_NONE) {
            rk_table_reject(table, id, _("the recruitment is in the table already"));
            continue;
        }
        if (v[seats].number > rk_fixed_int(MOST_SEATS) ||
            v[reserves].number > rk_fixed_int(MOST_SEATS)) {
            rk_table_reject(table, v[seats].number > rk_fixed_int(MOST_SEATS) ? seats : reserves,
                            _("at most %d was expected"), MOST_SEATS);
            continue;
        }
        struct rk_recruitment r = {
            .recruitment_id = rk_cell_text(arena, &v[id]),
            .department = rk_cell_text(arena, &v[department]),
            .unit = rk_cell_text(arena, &v[unit]),
            .role = rk_cell_text(arena, &v[role]),
            .rubric = rk_cell_text(arena, &v[rubric]),
            .status =
                v[state].size ? (enum rk_recruitment_status)v[state].choice : RK_RECRUITMENT_OPEN,
            .seats = rk_cell_count(&v[seats]),
            .reserves = v[reserves].size ? rk_cell_count(&v[reserves]) : 0,
            .need = rk_cell_text(arena, &v[need]),
            .training_required = rk_cell_flag(&v[training]),
            .room_max = rk_cell_count(&v[room_max]),
            .opened = rk_cell_date(&v[opened]),
            .closes = rk_cell_date(&v[closes]),
            .decided_on = rk_cell_date(&v[decided_on]),
            .cancelled_on = rk_cell_date(&v[cancelled_on]),
            .reason_code = rk_cell_text(arena, &v[reason_code]),
            .pos = rk_table_pos(table, SIZE_MAX),
        };
        if (!read_want(arena, table, want, rk_value_text(&v[want]), &r))
            continue;
        rk_strings_add(&recruitments->ids, r.recruitment_id);
        RK_GROW(recruitments->rows, recruitments->count, recruitments->room);
        recruitments->rows[recruitments->count++] = r;
    }
    if (recruitments->count)
        qsort(recruitments->rows, recruitments->count, sizeof *recruitments->rows, by_id);
    recruitments->place = rk_strings_ranks(&recruitments->ids);
    return status;
}

uint32_t rk_recruitments_find(const struct rk_recruitments *recruitments,
                              struct rk_text recruitment_id)
{
    uint32_t number = rk_strings_find(&recruitments->ids, recruitment_id);
    return number == RK_NONE ? RK_NONE : recruitments->place[number];
}

void rk_recruitments_free(struct rk_recruitments *recruitments)
{
    rk_free(recruitments->rows);
    rk_free(recruitments->place);
    rk_strings_free(&recruitments->ids);
    rk_arena_free(&recruitments->arena);
    *recruitments = (struct rk_recruitments){0};
}

const char *const rk_recruitment_columns[] = {"department", "unit",           "role",
                                              "rubric",     "recruitment_id", NULL};

size_t rk_recruitment_column(const char *name)
{
    for (size_t i = 0; rk_recruitment_columns[i]; i++)
        if (!strcmp(rk_recruitment_columns[i], name))
            return i;
    return SIZE_MAX;
}

struct rk_text rk_recruitment_text(const struct rk_recruitment *recruitment, size_t column)
{
    const struct rk_text of[] = {recruitment->department, recruitment->unit, recruitment->role,
                                 recruitment->rubric, recruitment->recruitment_id};
    return of[column];
}
