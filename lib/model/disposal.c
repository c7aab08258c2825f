#include "model/disposal.h"

#include "base/date.h"

enum rk_status rk_disposal_read(struct rk_disposal *disposal, struct rk_table *table,
                                const struct rk_schema *schema, struct rk_error *error)
{
    size_t board = rk_schema_field(schema, "board"), what = rk_schema_field(schema, "what"),
           event = rk_schema_field(schema, "event"), months = rk_schema_field(schema, "months"),
           source = rk_schema_field(schema, "source"),
           confirmed = rk_schema_field(schema, "confirmed");
    enum rk_status status;
    disposal->keys.width = 3;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t key[3] = {rk_strings_add(&disposal->boards, rk_value_text(&v[board])),
                           (uint32_t)v[what].choice, (uint32_t)v[event].choice};
        bool ends = v[event].choice >= RK_DISPOSAL_LEFT;
        if (ends != (v[what].choice == RK_DISPOSAL_PANELIST)) {
            rk_table_reject(table, event,
                            _("left and consent_withdrawn are events of a panelist, and no others "
                              "are"));
            continue;
        }
        if (rk_tuples_add(&disposal->keys, key) != disposal->count) {
            rk_table_reject(table, what, _("the board has a rule of it and the event already"));
            continue;
        }
        RK_GROW(disposal->rules, disposal->count, disposal->room);
        disposal->rules[disposal->count++] =
            (struct rk_disposal_rule){.what = (enum rk_disposal_what)v[what].choice,
                                      .event = (enum rk_disposal_event)v[event].choice,
                                      .months = rk_cell_count(&v[months]),
                                      .confirmed = rk_cell_flag(&v[confirmed]) == 1,
                                      .source = rk_cell_text(&disposal->arena, &v[source]),
                                      .every = rk_text_is(rk_value_text(&v[board]), "*")};
    }
    return status;
}

static const struct rk_disposal_rule *of(const struct rk_disposal *disposal, struct rk_text board,
                                         enum rk_disposal_what what, enum rk_disposal_event event)
{
    uint32_t id = rk_strings_find(&disposal->boards, board);
    uint32_t key[3] = {id, what, event};
    uint32_t place = id == RK_NONE ? RK_NONE : rk_tuples_find(&disposal->keys, key);
    return place == RK_NONE ? NULL : &disposal->rules[place];
}

const struct rk_disposal_rule *rk_disposal_find(const struct rk_disposal *disposal,
                                                struct rk_text board, enum rk_disposal_what what,
                                                enum rk_disposal_event event)
{
    const struct rk_disposal_rule *own = of(disposal, board, what, event);
    return own ? own : of(disposal, RK_TEXT("*"), what, event);
}

void rk_disposal_free(struct rk_disposal *disposal)
{
    rk_free(disposal->rules);
    rk_strings_free(&disposal->boards);
    rk_tuples_free(&disposal->keys);
    rk_arena_free(&disposal->arena);
    *disposal = (struct rk_disposal){0};
}

int32_t rk_disposal_last_day(int32_t event, int32_t months)
{
    struct rk_date date = rk_date_from_days(event);
    int64_t month = (int64_t)date.year * 12 + date.month - 1 + months;
    if (month >= 9999 * 12 + 12)
        return rk_date_days((struct rk_date){9999, 12, 31});
    date.year = (int)(month / 12);
    date.month = (int)(month % 12) + 1;
    while (!rk_date_valid(date))
        date.day--;
    return rk_date_days(date);
}

/* ---- holds ---- */

enum rk_status rk_holds_read(struct rk_holds *holds, struct rk_table *table,
                             const struct rk_schema *schema, struct rk_error *error)
{
    static const char *const names[] = {"recruitment_id", "candidate_id", "panelist_id"};
    size_t until = rk_schema_field(schema, "until"), ground = rk_schema_field(schema, "ground");
    enum rk_status status;
    holds->places.width = 2;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        size_t named = 0;
        for (uint32_t kind = 0; kind < RK_HOLD_KINDS; kind++)
            named += row->values[rk_schema_field(schema, names[kind])].size > 0;
        if (named != 1)
            rk_table_reject(table, SIZE_MAX,
                            _("expected one of recruitment_id, candidate_id and panelist_id"));
        for (uint32_t kind = 0; kind < RK_HOLD_KINDS && named == 1; kind++) {
            size_t field = rk_schema_field(schema, names[kind]);
            const struct rk_value *id = &row->values[field];
            struct rk_hold hold = {rk_cell_date(&row->values[until]),
                                   rk_cell_text(&holds->arena, &row->values[ground]),
                                   rk_table_pos(table, field)};
            if (!id->size)
                continue;
            hold.pos.field = names[kind]; /* the file's own name goes with the table */
            uint32_t key[2] = {kind, rk_strings_add(&holds->ids[kind], rk_value_text(id))};
            uint32_t place = rk_tuples_add(&holds->places, key);
            if (place == holds->count) {
                RK_GROW(holds->rows, holds->count, holds->room);
                holds->rows[holds->count++] = hold;
            } else if (holds->rows[place].until != RK_NO_DATE &&
                       (hold.until == RK_NO_DATE || hold.until > holds->rows[place].until)) {
                holds->rows[place] = hold;
            }
        }
    }
    return status;
}

const struct rk_hold *rk_holds_find(const struct rk_holds *holds, enum rk_hold_of kind,
                                    struct rk_text id, int32_t day)
{
    uint32_t text = rk_strings_find(&holds->ids[kind], id);
    uint32_t key[2] = {kind, text};
    uint32_t place = text == RK_NONE ? RK_NONE : rk_tuples_find(&holds->places, key);
    if (place == RK_NONE)
        return NULL;
    const struct rk_hold *hold = &holds->rows[place];
    return hold->until == RK_NO_DATE || day <= hold->until ? hold : NULL;
}

void rk_holds_free(struct rk_holds *holds)
{
    for (int kind = 0; kind < RK_HOLD_KINDS; kind++)
        rk_strings_free(&holds->ids[kind]);
    rk_free(holds->rows);
    rk_tuples_free(&holds->places);
    rk_arena_free(&holds->arena);
    *holds = (struct rk_holds){0};
}
