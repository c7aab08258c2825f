#include "model/assignments.h"

static int by_pair(const void *x, const void *y)
{
    const struct rk_assignment *a = x, *b = y;
    if (a->recruitment != b->recruitment)
        return a->recruitment < b->recruitment ? -1 : 1;
    return a->panelist < b->panelist ? -1 : a->panelist > b->panelist;
}

/* The last row tells a pair that is there already. */
static void refuse_again(struct rk_table *table, const struct rk_schema *schema, bool other_table,
                         const struct rk_assignment *before, const struct rk_assignment *again)
{
    const char *column = rk_assignment_difference(before, again);
    if (!other_table)
        rk_table_reject(table, rk_schema_field(schema, "panelist_id"),
                        _("the panelist is in this recruitment already"));
    else if (column)
        rk_table_reject(
            table, rk_schema_field(schema, column),
            _("the panelist is in this recruitment already, with another %s, at %s:%llu"), column,
            before->pos.file, (unsigned long long)before->pos.line);
}

enum rk_status rk_assignments_read(struct rk_assignments *assignments, struct rk_table *table,
                                   const struct rk_schema *schema,
                                   const struct rk_panelists *panelists,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_error *error)
{
    size_t of = rk_schema_field(schema, "recruitment_id"),
           who = rk_schema_field(schema, "panelist_id"), seat = rk_schema_field(schema, "seat"),
           position = rk_schema_field(schema, "position"),
           stages = rk_schema_field(schema, "stages"), rater = rk_schema_field(schema, "rater_id"),
           fit = rk_schema_field(schema, "fit"),
           probability = rk_schema_field(schema, "probability"),
           state = rk_schema_field(schema, "status"),
           declared = rk_schema_field(schema, "declared_on"),
           secrecy = rk_schema_field(schema, "confidentiality_on");
    struct rk_arena *arena = &assignments->arena;
    struct rk_tuples pairs = {.width = 2};
    enum rk_status status;
    uint32_t earlier = assignments->count;
    for (uint32_t i = 0; i < earlier; i++) {
        const struct rk_assignment *row = &assignments->rows[i];
        rk_tuples_add(&pairs, (uint32_t[]){row->recruitment, row->panelist});
    }
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t pair[2] = {rk_recruitments_find(recruitments, rk_value_text(&v[of])),
                            rk_panelists_find(panelists, rk_value_text(&v[who]))};
        if (pair[0] == RK_NONE) {
            rk_table_reject(table, of, _("the recruitment is not in the table recruitments"));
            continue;
        }
        if (pair[1] == RK_NONE) {
            rk_table_reject(table, who, _("the panelist is not in the table panelists"));
            continue;
        }
        const struct rk_assignment next = {
            .recruitment = pair[0],
            .panelist = pair[1],
            .seat = (enum rk_seat)v[seat].choice,
            .position = rk_cell_count(&v[position]),
            .stages = rk_cell_text(arena, &v[stages]),
            .rater_id = rk_cell_text(arena, &v[rater]),
            .has_fit = v[fit].size != 0,
            .has_probability = v[probability].size != 0,
            .fit = v[fit].number,
            .probability = v[probability].number,
            .status =
                v[state].size ? (enum rk_assignment_status)v[state].choice : RK_ASSIGNMENT_PROPOSED,
            .declared_on = rk_cell_date(&v[declared]),
            .confidentiality_on = rk_cell_date(&v[secrecy]),
            .pos = rk_table_pos(table, SIZE_MAX),
        };
        uint32_t before = rk_tuples_find(&pairs, pair); /* its place, until they are sorted */
        if (before != RK_NONE) {
            refuse_again(table, schema, before < earlier, &assignments->rows[before], &next);
            continue;
        }
        rk_tuples_add(&pairs, pair);
        RK_GROW(assignments->rows, assignments->count, assignments->room);
        assignments->rows[assignments->count++] = next;
    }
    if (assignments->count)
        qsort(assignments->rows, assignments->count, sizeof *assignments->rows, by_pair);
    rk_tuples_free(&pairs);
    return status;
}

static struct rk_assignment declined(uint32_t recruitment, uint32_t panelist)
{
    return (struct rk_assignment){.recruitment = recruitment,
                                  .panelist = panelist,
                                  .status = RK_ASSIGNMENT_DECLINED,
                                  .declared_on = RK_NO_DATE,
                                  .confidentiality_on = RK_NO_DATE};
}

/* Where the row of the pair is, or would be. */
static uint32_t place_of(const struct rk_assignments *assignments, uint32_t recruitment,
                         uint32_t panelist, uint32_t count)
{
    struct rk_assignment key = {.recruitment = recruitment, .panelist = panelist};
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (by_pair(&assignments->rows[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct rk_assignments *assignments, uint32_t at, uint32_t count,
                  uint32_t recruitment, uint32_t panelist)
{
    return at < count && assignments->rows[at].recruitment == recruitment &&
           assignments->rows[at].panelist == panelist;
}

void rk_assignments_bar(struct rk_assignments *assignments, const bool *recruitments,
                        uint32_t recruitment_count, const bool *panelists, uint32_t panelist_count)
{
    uint32_t count = assignments->count;
    for (uint32_t p = 0; p < panelist_count; p++)
        for (uint32_t r = 0; panelists[p] && r < recruitment_count; r++) {
            if (!recruitments[r] ||
                is_at(assignments, place_of(assignments, r, p, count), count, r, p))
                continue;
            RK_GROW(assignments->rows, assignments->count, assignments->room);
            assignments->rows[assignments->count++] = declined(r, p);
        }
    if (assignments->count > count)
        qsort(assignments->rows, assignments->count, sizeof *assignments->rows, by_pair);
}

void rk_assignments_decline(struct rk_assignments *assignments, uint32_t recruitment,
                            uint32_t panelist, bool add)
{
    uint32_t at = place_of(assignments, recruitment, panelist, assignments->count);
    if (is_at(assignments, at, assignments->count, recruitment, panelist)) {
        assignments->rows[at].status = RK_ASSIGNMENT_DECLINED;
    } else if (add) {
        RK_GROW(assignments->rows, assignments->count, assignments->room);
        memmove(&assignments->rows[at + 1], &assignments->rows[at],
                (assignments->count++ - at) * sizeof *assignments->rows);
        assignments->rows[at] = declined(recruitment, panelist);
    }
}

void rk_assignments_free(struct rk_assignments *assignments)
{
    rk_free(assignments->rows);
    rk_arena_free(&assignments->arena);
    *assignments = (struct rk_assignments){0};
}

const char *rk_assignment_difference(const struct rk_assignment *a, const struct rk_assignment *b)
{
    if (a->seat != b->seat)
        return "seat";
    if (a->position != b->position)
        return "position";
    if (!rk_text_equal(a->stages, b->stages))
        return "stages";
    if (!rk_text_equal(a->rater_id, b->rater_id))
        return "rater_id";
    if (a->has_probability != b->has_probability || a->probability != b->probability)
        return "probability";
    if (a->status != b->status)
        return "status";
    if (a->declared_on != b->declared_on)
        return "declared_on";
    return a->confidentiality_on != b->confidentiality_on ? "confidentiality_on" : NULL;
}

const struct rk_writer_column rk_assignment_columns[RK_ASSIGNMENT_COLUMNS] = {
    {"recruitment_id", false},
    {"panelist_id", false},
    {"seat", false},
    {"position", true},
    {"stages", false},
    {"rater_id", false},
    {"fit", true},
    {"probability", true},
    {"status", false},
    {"declared_on", false},
    {"confidentiality_on", false}};

static void write_number(struct rk_writer *writer, bool there, rk_fixed value)
{
    if (there)
        rk_write_fixed(writer, value);
    else
        rk_write_missing(writer);
}

static void write_date(struct rk_writer *writer, int32_t day)
{
    if (day != RK_NO_DATE)
        rk_write_date(writer, day);
    else
        rk_write_missing(writer);
}

void rk_assignment_write(struct rk_writer *writer, const struct rk_assignment *assignment,
                         const struct rk_panelists *panelists,
                         const struct rk_recruitments *recruitments)
{
    static const char *const seats[] = {"member", "reserve"};
    static const char *const states[] = {"proposed", "confirmed", "declined", "attended", "absent"};
    rk_write_text(writer, recruitments->rows[assignment->recruitment].recruitment_id);
    rk_write_text(writer, panelists->rows[assignment->panelist].panelist_id);
    rk_write_string(writer, seats[assignment->seat]);
    if (assignment->position > 0)
        rk_write_int(writer, assignment->position);
    else
        rk_write_missing(writer);
    rk_write_text(writer, assignment->stages);
    rk_write_text(writer, assignment->rater_id);
    write_number(writer, assignment->has_fit, assignment->fit);
    write_number(writer, assignment->has_probability, assignment->probability);
    rk_write_string(writer, states[assignment->status]);
    write_date(writer, assignment->declared_on);
    write_date(writer, assignment->confidentiality_on);
    rk_write_end(writer);
}
