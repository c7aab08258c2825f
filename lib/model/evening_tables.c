#include "model/evening_tables.h"

/* ---- who ---- */

static uint32_t key_of(struct rk_strings *add, const struct rk_strings *keys, bool candidate,
                       struct rk_text id)
{
    struct rk_buf key = {0};
    rk_buf_char(&key, candidate ? 'c' : 'p');
    rk_buf_add(&key, id.text, id.size);
    struct rk_text text = {key.text, key.size};
    uint32_t number = add ? rk_strings_add(add, text) : rk_strings_find(keys, text);
    rk_buf_free(&key);
    return number;
}

uint32_t rk_attendees_find(const struct rk_attendees *attendees, bool candidate, struct rk_text id)
{
    return id.size ? key_of(NULL, &attendees->keys, candidate, id) : RK_NONE;
}

static uint32_t attendee(struct rk_evening_tables *t, bool candidate, struct rk_text id)
{
    struct rk_attendees *a = &t->attendees;
    uint32_t number = key_of(&a->keys, NULL, candidate, id);
    if (number < a->count)
        return number;
    RK_GROW(a->rows, a->count, a->room);
    a->rows[a->count++] =
        (struct rk_attendee){.id = {a->keys.texts[number].text + 1, a->keys.texts[number].size - 1},
                             .kind = candidate ? RK_ATTENDEE_CANDIDATE : RK_ATTENDEE_PANELIST,
                             .members = {"", 0},
                             .supports = {"", 0},
                             .size = -1,
                             .in_a_row = -1,
                             .minor = -1,
                             .birth_year = -1};
    return number;
}

/* Of either kind; RK_NONE where nobody or both are called so. */
static uint32_t anybody(const struct rk_evening_tables *t, struct rk_text id, bool *both)
{
    uint32_t p = rk_attendees_find(&t->attendees, false, id),
             c = rk_attendees_find(&t->attendees, true, id);
    *both = p != RK_NONE && c != RK_NONE;
    return *both ? RK_NONE : p != RK_NONE ? p : c;
}

#define ROWS(row)                                                                                  \
    enum rk_status status;                                                                         \
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;)

enum rk_status rk_evening_read_participants(struct rk_evening_tables *t, struct rk_table *table,
                                            const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "participant_id"), kind = rk_schema_field(schema, "kind"),
           members = rk_schema_field(schema, "members"),
           supports = rk_schema_field(schema, "supports"), size = rk_schema_field(schema, "size"),
           minor = rk_schema_field(schema, "minor"),
           row_field = rk_schema_field(schema, "in_a_row");
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        enum rk_attendee_kind k = v[kind].size       ? (enum rk_attendee_kind)v[kind].choice
                                  : v[supports].size ? RK_ATTENDEE_SUPPORT
                                  : v[members].size  ? RK_ATTENDEE_GROUP
                                                     : RK_ATTENDEE_PANELIST;
        bool candidate = k == RK_ATTENDEE_CANDIDATE;
        if (rk_attendees_find(&t->attendees, candidate, rk_value_text(&v[id])) != RK_NONE) {
            rk_table_reject(table, id, _("the participant is told twice"));
            continue;
        }
        if (v[members].size && k != RK_ATTENDEE_GROUP) {
            rk_table_reject(table, members, _("only a group has members"));
            continue;
        }
        if ((v[supports].size != 0) != (k == RK_ATTENDEE_SUPPORT)) {
            rk_table_reject(table, supports,
                            _("support tells whom it goes along with, and nobody else does"));
            continue;
        }
        uint32_t at = attendee(t, candidate, rk_value_text(&v[id]));
        struct rk_attendee *a = &t->attendees.rows[at];
        a->kind = k;
        a->members = rk_cell_text(&t->arena, &v[members]);
        a->supports = rk_cell_text(&t->arena, &v[supports]);
        a->size = rk_cell_count(&v[size]);
        a->minor = rk_cell_flag(&v[minor]);
        a->in_a_row = rk_cell_count(&v[row_field]);
        a->pos = rk_table_pos(table, supports);
    }
    /* members, who need no row of their own; not while rows are read, for they might have one */
    for (uint32_t i = 0, count = t->attendees.count; i < count && !status; i++) {
        struct rk_text rest = t->attendees.rows[i].members, item;
        while (rk_list_next(&rest, &item))
            attendee(t, false, item);
    }
    return status;
}

/* ---- meetings ---- */

static bool agrees(struct rk_text *told, struct rk_text now)
{
    if (!told->size)
        *told = now;
    return !now.size || rk_text_equal(*told, now);
}

static int by_number(const void *x, const void *y)
{
    const uint32_t *a = x, *b = y;
    return *a < *b ? -1 : *a > *b;
}

struct ordered {
    uint32_t class;
    struct rk_text text;
    uint32_t old;
};

static int by_class(const void *x, const void *y)
{
    const struct ordered *a = x, *b = y;
    if (a->class != b->class)
        return a->class < b->class ? -1 : 1;
    return rk_text_compare(a->text, b->text);
}

/* Numbers the texts anew, by class and then bytewise; tells the new number of each. The caller
 * frees. */
static uint32_t *sort_texts(struct rk_strings *strings, const uint32_t *class)
{
    struct ordered *order = rk_alloc((size_t)strings->count + 1, sizeof *order);
    uint32_t *number = rk_alloc((size_t)strings->count + 1, sizeof *number);
    struct rk_strings sorted = {0};
    for (uint32_t i = 0; i < strings->count; i++)
        order[i] = (struct ordered){class ? class[i] : 0, strings->texts[i], i};
    if (strings->count)
        qsort(order, strings->count, sizeof *order, by_class);
    for (uint32_t i = 0; i < strings->count; i++)
        number[order[i].old] = rk_strings_add(&sorted, order[i].text);
    rk_strings_free(strings);
    *strings = sorted;
    rk_free(order);
    return number;
}

/* A plan must not hang on the order of rows, so that of ids is taken: groups first, who are told of
 * rather than their members. */
static void sort_all(struct rk_evening_tables *t)
{
    static const uint32_t classes[] = {[RK_ATTENDEE_GROUP] = 0,
                                       [RK_ATTENDEE_PANELIST] = 1,
                                       [RK_ATTENDEE_CANDIDATE] = 2,
                                       [RK_ATTENDEE_SUPPORT] = 3};
    struct rk_attendees *all = &t->attendees;
    uint32_t *class = rk_alloc((size_t)all->count + 1, sizeof *class);
    for (uint32_t i = 0; i < all->count; i++)
        class[i] = classes[all->rows[i].kind];
    uint32_t *person = sort_texts(&all->keys, class), *meeting = sort_texts(&t->wanted_ids, NULL);
    struct rk_attendee *rows = rk_alloc((size_t)all->count + 1, sizeof *rows);
    struct rk_wanted *wanted = rk_alloc((size_t)t->wanted_count + 1, sizeof *wanted);
    for (uint32_t i = 0; i < all->count; i++) {
        struct rk_text key = all->keys.texts[person[i]];
        rows[person[i]] = all->rows[i];
        rows[person[i]].id = (struct rk_text){key.text + 1, key.size - 1};
    }
    for (uint32_t i = 0; i < t->wanted_count; i++) {
        struct rk_wanted *w = &t->wanted[i];
        w->id = t->wanted_ids.texts[meeting[i]];
        w->candidate = w->candidate == RK_NONE ? RK_NONE : person[w->candidate];
        for (uint32_t k = 0; k < w->who_count; k++)
            w->who[k] = person[w->who[k]];
        if (w->who_count)
            qsort(w->who, w->who_count, sizeof *w->who, by_number);
        wanted[meeting[i]] = *w;
    }
    rk_free(all->rows);
    rk_free(t->wanted);
    all->rows = rows;
    all->room = all->count + 1;
    t->wanted = wanted;
    t->wanted_room = t->wanted_count + 1;
    rk_free(class);
    rk_free(person);
    rk_free(meeting);
}

/* Whom support goes along with must be somebody. */
static enum rk_status find_supported(const struct rk_evening_tables *t, struct rk_error *error)
{
    for (uint32_t i = 0; i < t->attendees.count; i++) {
        const struct rk_attendee *a = &t->attendees.rows[i];
        struct rk_text rest = a->supports, item;
        while (rk_list_next(&rest, &item))
            if (rk_attendees_find(&t->attendees, false, item) == RK_NONE &&
                rk_attendees_find(&t->attendees, true, item) == RK_NONE)
                return rk_fail_at(error, RK_BAD_DATA, &a->pos,
                                  _("support for somebody who is neither in meetings nor in "
                                    "participants"));
    }
    return RK_OK;
}

enum rk_status rk_evening_read_meetings(struct rk_evening_tables *t, struct rk_table *table,
                                        const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "meeting_id"),
           who = rk_schema_field(schema, "participant_id"),
           candidate = rk_schema_field(schema, "candidate_id"),
           recruitment = rk_schema_field(schema, "recruitment_id"),
           length = rk_schema_field(schema, "length"), place = rk_schema_field(schema, "place"),
           fixed = rk_schema_field(schema, "fixed");
    struct rk_buf key = {0};
    uint32_t told = t->attendees.count;
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        rk_buf_clear(&key);
        if (v[id].size)
            rk_buf_add(&key, v[id].text, v[id].size);
        else
            rk_buf_add(&key, v[who].text, v[who].size);
        if (!v[id].size && v[candidate].size) {
            rk_buf_char(&key, ' ');
            rk_buf_add(&key, v[candidate].text, v[candidate].size);
        }
        if (rk_text_equal(rk_value_text(&v[who]), rk_value_text(&v[candidate])) &&
            (rk_attendees_find(&t->attendees, false, rk_value_text(&v[who])) >= told ||
             rk_attendees_find(&t->attendees, true, rk_value_text(&v[who])) >= told)) {
            rk_table_reject(table, candidate,
                            _("nobody meets themselves; if these are two, the table participants "
                              "has to tell both"));
            continue;
        }
        uint32_t at = rk_strings_add(&t->wanted_ids, (struct rk_text){key.text, key.size});
        if (at == t->wanted_count) {
            RK_GROW(t->wanted, t->wanted_count, t->wanted_room);
            t->wanted[t->wanted_count++] = (struct rk_wanted){.id = t->wanted_ids.texts[at],
                                                              .candidate = RK_NONE,
                                                              .recruitment_id = {"", 0},
                                                              .place = {"", 0}};
        }
        struct rk_wanted *w = &t->wanted[at];
        uint32_t c = v[candidate].size ? attendee(t, true, rk_value_text(&v[candidate])) : RK_NONE,
                 p = attendee(t, false, rk_value_text(&v[who]));
        uint32_t rounds = v[length].size ? (uint32_t)rk_cell_count(&v[length]) : 0,
                 start = v[fixed].size ? (uint32_t)rk_cell_count(&v[fixed]) : 0;
        bool twice = false;
        for (uint32_t i = 0; i < w->who_count; i++)
            twice = twice || w->who[i] == p;
        if (twice) {
            rk_table_reject(table, who, _("the meeting is told twice for this participant"));
            continue;
        }
        if (t->attendees.rows[p].kind == RK_ATTENDEE_SUPPORT) {
            rk_table_reject(
                table, who,
                _("support goes along with those it supports, and has no meetings of its own"));
            continue;
        }
        if ((c != RK_NONE && w->candidate != RK_NONE && c != w->candidate) ||
            (rounds && w->length && rounds != w->length) ||
            (start && w->fixed && start != w->fixed) ||
            !agrees(&w->recruitment_id, rk_cell_text(&t->arena, &v[recruitment])) ||
            !agrees(&w->place, rk_cell_text(&t->arena, &v[place]))) {
            rk_table_reject(table, SIZE_MAX,
                            _("the meeting is told in another way in an earlier row"));
            continue;
        }
        w->candidate = c != RK_NONE ? c : w->candidate;
        w->length = rounds ? rounds : w->length;
        w->fixed = start ? start : w->fixed;
        RK_GROW(w->who, w->who_count, w->who_room);
        w->who[w->who_count++] = p;
    }
    rk_buf_free(&key);
    if (!status)
        status = find_supported(t, error);
    if (!status)
        sort_all(t);
    return status;
}

/* ---- when ---- */

enum rk_status rk_evening_read_presence(struct rk_evening_tables *t, struct rk_table *table,
                                        const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "participant_id"), round = rk_schema_field(schema, "round");
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        bool both;
        uint32_t who = anybody(t, rk_value_text(&v[id]), &both);
        if (both) {
            rk_table_reject(table, id, _("a participant and a candidate are both called so"));
            continue;
        }
        t->strangers += who == RK_NONE;
        /* the row tells of the round, if of nobody here */
        RK_GROW(t->present, t->present_count, t->present_room);
        t->present[t->present_count++] =
            (struct rk_present){who, (uint32_t)rk_cell_count(&v[round])};
    }
    return status;
}

enum rk_status rk_evening_read_availability(struct rk_evening_tables *t, struct rk_table *table,
                                            const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "panelist_id"), start = rk_schema_field(schema, "start"),
           end = rk_schema_field(schema, "end");
    t->has_times = true;
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        bool both;
        uint32_t who = anybody(t, rk_value_text(&v[id]), &both);
        if (both)
            who = rk_attendees_find(&t->attendees, false, rk_value_text(&v[id]));
        if (v[end].time <= v[start].time) {
            rk_table_reject(table, end, _("the end is not after the start"));
            continue;
        }
        if (who == RK_NONE) /* the table is of the whole user bank */
            continue;
        RK_GROW(t->times, t->times_count, t->times_room);
        t->times[t->times_count++] = (struct rk_free_time){who, v[start].time, v[end].time};
    }
    return status;
}

static int by_round(const void *x, const void *y)
{
    const struct rk_told_round *a = x, *b = y;
    return a->number < b->number ? -1 : a->number > b->number;
}

enum rk_status rk_evening_read_rounds(struct rk_evening_tables *t, struct rk_table *table,
                                      const struct rk_schema *schema, struct rk_error *error)
{
    size_t number = rk_schema_field(schema, "round"), start = rk_schema_field(schema, "start"),
           end = rk_schema_field(schema, "end");
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        if (v[end].time <= v[start].time) {
            rk_table_reject(table, end, _("the end is not after the start"));
            continue;
        }
        RK_GROW(t->rounds, t->round_count, t->round_room);
        t->rounds[t->round_count++] =
            (struct rk_told_round){(uint32_t)rk_cell_count(&v[number]), v[start].time, v[end].time};
    }
    if (status)
        return status;
    if (t->round_count)
        qsort(t->rounds, t->round_count, sizeof *t->rounds, by_round);
    for (uint32_t r = 0; r < t->round_count; r++) {
        struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
        pos.line = 0;
        if (t->rounds[r].number != r + 1)
            return rk_fail_at(
                error, RK_BAD_DATA, &pos,
                _("rounds are numbered 1, 2, 3 … without a gap; %u is missing or told twice"),
                r + 1);
        if (r && t->rounds[r].start < t->rounds[r - 1].end)
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("round %u starts before the one before it has ended"), r + 1);
    }
    return RK_OK;
}

/* ---- where ---- */

static int by_room(const void *x, const void *y)
{
    const struct rk_told_room *a = x, *b = y;
    return rk_text_compare(a->id, b->id);
}

enum rk_status rk_evening_read_rooms(struct rk_evening_tables *t, struct rk_table *table,
                                     const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "room_id"), place = rk_schema_field(schema, "place"),
           most = rk_schema_field(schema, "room_max"), start = rk_schema_field(schema, "start"),
           end = rk_schema_field(schema, "end");
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        bool twice = false;
        for (uint32_t k = 0; k < t->room_count; k++)
            twice = twice || rk_text_equal(t->rooms[k].id, rk_value_text(&v[id]));
        if (twice) {
            rk_table_reject(table, id, _("the room is told twice"));
            continue;
        }
        RK_GROW(t->rooms, t->room_count, t->room_room);
        t->rooms[t->room_count++] = (struct rk_told_room){
            rk_cell_text(&t->arena, &v[id]), rk_cell_text(&t->arena, &v[place]),
            rk_cell_count(&v[most]), v[start].size ? v[start].time : INT64_MIN,
            v[end].size ? v[end].time : INT64_MAX};
    }
    if (t->room_count)
        qsort(t->rooms, t->room_count, sizeof *t->rooms, by_room);
    return status;
}

enum rk_status rk_evening_read_travel(struct rk_evening_tables *t, struct rk_table *table,
                                      const struct rk_schema *schema, struct rk_error *error)
{
    size_t from = rk_schema_field(schema, "from"), to = rk_schema_field(schema, "to"),
           minutes = rk_schema_field(schema, "minutes"), rounds = rk_schema_field(schema, "rounds");
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        RK_GROW(t->travel, t->travel_count, t->travel_room);
        t->travel[t->travel_count++] = (struct rk_told_travel){
            rk_cell_text(&t->arena, &v[from]), rk_cell_text(&t->arena, &v[to]),
            rk_cell_count(&v[minutes]), rk_cell_count(&v[rounds])};
    }
    return status;
}

static int by_meetings(const void *x, const void *y)
{
    const struct rk_told_gap *a = x, *b = y;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    if (a->b != b->b)
        return a->b < b->b ? -1 : 1;
    return a->rounds < b->rounds ? -1 : a->rounds > b->rounds;
}

enum rk_status rk_evening_read_gaps(struct rk_evening_tables *t, struct rk_table *table,
                                    const struct rk_schema *schema, struct rk_error *error)
{
    size_t field[2] = {rk_schema_field(schema, "meeting_a"), rk_schema_field(schema, "meeting_b")},
           gap = rk_schema_field(schema, "min_gap");
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        uint32_t of[2], missing = 2;
        for (uint32_t i = 2; i-- > 0;) {
            of[i] = rk_strings_find(&t->wanted_ids, rk_value_text(&v[field[i]]));
            missing = of[i] == RK_NONE ? i : missing;
        }
        if (missing < 2) {
            rk_table_reject(table, field[missing], _("the meeting is not in the table meetings"));
            continue;
        }
        if (of[0] == of[1]) {
            rk_table_reject(table, field[1], _("a meeting has no gap to itself"));
            continue;
        }
        RK_GROW(t->gaps, t->gap_count, t->gap_room);
        t->gaps[t->gap_count++] =
            (struct rk_told_gap){of[0], of[1], (uint32_t)rk_cell_count(&v[gap])};
    }
    if (t->gap_count)
        qsort(t->gaps, t->gap_count, sizeof *t->gaps, by_meetings);
    return status;
}

/* ---- who may not ---- */

enum rk_status rk_evening_read_panelists(struct rk_evening_tables *t, struct rk_table *table,
                                         const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "panelist_id"),
           born = rk_schema_field(schema, "birth_year");
    ROWS(row)
    {
        uint32_t who = rk_attendees_find(&t->attendees, false, rk_value_text(&row->values[id]));
        if (who != RK_NONE)
            t->attendees.rows[who].birth_year = rk_cell_count(&row->values[born]);
    }
    return status;
}

/* Ids, each told once, and a text beside each. */
static enum rk_status read_beside(struct rk_evening_tables *t, struct rk_table *table,
                                  struct rk_strings *ids, struct rk_text **texts, uint32_t *room,
                                  size_t id, size_t text, const char *twice, struct rk_error *error)
{
    ROWS(row)
    {
        uint32_t count = ids->count, at = rk_strings_add(ids, rk_value_text(&row->values[id]));
        if (at < count) {
            rk_table_reject(table, id, "%s", twice);
            continue;
        }
        RK_GROW(*texts, count, *room);
        (*texts)[at] = rk_cell_text(&t->arena, &row->values[text]);
    }
    return status;
}

enum rk_status rk_evening_read_recruitments(struct rk_evening_tables *t, struct rk_table *table,
                                            const struct rk_schema *schema, struct rk_error *error)
{
    return read_beside(t, table, &t->recruitments, &t->units, &t->unit_room,
                       rk_schema_field(schema, "recruitment_id"), rk_schema_field(schema, "unit"),
                       _("the recruitment is told twice"), error);
}

enum rk_status rk_evening_read_raters(struct rk_evening_tables *t, struct rk_table *table,
                                      const struct rk_schema *schema, struct rk_error *error)
{
    return read_beside(t, table, &t->raters, &t->rater_panelists, &t->rater_room,
                       rk_schema_field(schema, "rater_id"), rk_schema_field(schema, "panelist_id"),
                       _("the rater is told twice"), error);
}

enum rk_status rk_evening_read_conflicts(struct rk_evening_tables *t, struct rk_table *table,
                                         const struct rk_schema *schema, struct rk_error *error)
{
    size_t panelist = rk_schema_field(schema, "panelist_id"),
           rater = rk_schema_field(schema, "rater_id"),
           candidate = rk_schema_field(schema, "candidate_id"),
           recruitment = rk_schema_field(schema, "recruitment_id"),
           unit = rk_schema_field(schema, "unit"), ground = rk_schema_field(schema, "ground");
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        struct rk_text id = rk_value_text(&v[panelist]);
        if (rk_text_is(rk_value_text(&v[ground]), "none"))
            continue;
        if (!id.size && v[rater].size) {
            uint32_t at = rk_strings_find(&t->raters, rk_value_text(&v[rater]));
            id = at == RK_NONE ? rk_value_text(&v[rater]) : t->rater_panelists[at];
        }
        uint32_t who = rk_attendees_find(&t->attendees, false, id);
        if (who == RK_NONE) {
            t->vague += v[panelist].size == 0;
            continue;
        }
        t->vague +=
            v[unit].size && !v[candidate].size && !v[recruitment].size && !t->recruitments.count;
        RK_GROW(t->interests, t->interest_count, t->interest_room);
        t->interests[t->interest_count++] = (struct rk_interest){
            who, rk_cell_text(&t->arena, &v[candidate]), rk_cell_text(&t->arena, &v[recruitment]),
            rk_cell_text(&t->arena, &v[unit])};
    }
    return status;
}

void rk_evening_tables_free(struct rk_evening_tables *t)
{
    for (uint32_t m = 0; m < t->wanted_count; m++)
        rk_free(t->wanted[m].who);
    rk_free(t->wanted);
    rk_free(t->attendees.rows);
    rk_strings_free(&t->attendees.keys);
    rk_strings_free(&t->wanted_ids);
    rk_free(t->present);
    rk_free(t->times);
    rk_free(t->rounds);
    rk_free(t->rooms);
    rk_free(t->travel);
    rk_free(t->gaps);
    rk_free(t->interests);
    rk_strings_free(&t->recruitments);
    rk_free(t->units);
    rk_strings_free(&t->raters);
    rk_free(t->rater_panelists);
    rk_arena_free(&t->arena);
    *t = (struct rk_evening_tables){0};
}

/* ---- plan ---- */

enum rk_status rk_plan_read(struct rk_plan_rows *plan, struct rk_table *table,
                            const struct rk_schema *schema, struct rk_error *error)
{
    size_t id = rk_schema_field(schema, "meeting_id"), round = rk_schema_field(schema, "round"),
           start = rk_schema_field(schema, "start"), end = rk_schema_field(schema, "end"),
           room = rk_schema_field(schema, "room_id"), place = rk_schema_field(schema, "place"),
           who = rk_schema_field(schema, "participants"),
           candidate = rk_schema_field(schema, "candidate_id"),
           support = rk_schema_field(schema, "support"), out = rk_schema_field(schema, "out"),
           state = rk_schema_field(schema, "status"),
           sequence = rk_schema_field(schema, "sequence");
    struct rk_buf key = {0};
    ROWS(row)
    {
        const struct rk_value *v = row->values;
        rk_buf_clear(&key);
        if (v[id].size)
            rk_buf_add(&key, v[id].text, v[id].size);
        else
            rk_buf_add(&key, v[who].text, v[who].size);
        if (!v[id].size && v[candidate].size) {
            rk_buf_char(&key, ' ');
            rk_buf_add(&key, v[candidate].text, v[candidate].size);
        }
        if (!key.size) {
            rk_table_reject(table, SIZE_MAX, _("the row tells no meeting"));
            continue;
        }
        RK_GROW(plan->rows, plan->count, plan->room);
        plan->rows[plan->count++] = (struct rk_plan_row){
            .id = {rk_arena_text(&plan->arena, key.text, key.size), key.size},
            .room_id = rk_cell_text(&plan->arena, &v[room]),
            .place = rk_cell_text(&plan->arena, &v[place]),
            .participants = rk_cell_text(&plan->arena, &v[who]),
            .candidate_id = rk_cell_text(&plan->arena, &v[candidate]),
            .support = rk_cell_text(&plan->arena, &v[support]),
            .out = rk_cell_text(&plan->arena, &v[out]),
            .round = v[round].size ? (uint32_t)rk_cell_count(&v[round]) : 0,
            .start = v[start].size ? v[start].time : INT64_MIN,
            .end = v[end].size ? v[end].time : INT64_MIN,
            .status = v[state].size ? (enum rk_plan_status)v[state].choice : RK_PLAN_PLANNED,
            .sequence = v[sequence].size ? (uint32_t)rk_cell_count(&v[sequence]) : 0,
            .has_participants = rk_table_has(table, who),
            .has_support = rk_table_has(table, support),
            .pos = rk_table_pos(table, SIZE_MAX)};
    }
    rk_buf_free(&key);
    return status;
}

void rk_plan_rows_free(struct rk_plan_rows *plan)
{
    rk_free(plan->rows);
    rk_arena_free(&plan->arena);
    *plan = (struct rk_plan_rows){0};
}

const struct rk_writer_column rk_plan_columns[RK_PLAN_COLUMNS] = {
    {"meeting_id", false}, {"round", true},  {"start", false},        {"end", false},
    {"room_id", false},    {"place", false}, {"participants", false}, {"candidate_id", false},
    {"support", false},    {"out", false},   {"status", false},       {"sequence", true}};

static void write_time(struct rk_writer *writer, int64_t minutes)
{
    struct rk_buf text = {0};
    if (minutes != INT64_MIN)
        rk_time_print(&text, minutes);
    rk_write_text(writer, (struct rk_text){text.text ? text.text : "", text.size});
    rk_buf_free(&text);
}

void rk_plan_write(struct rk_writer *writer, const struct rk_plan_row *row)
{
    static const char *const states[] = {"planned", "moved", "cancelled", "conflict"};
    rk_write_text(writer, row->id);
    if (row->round)
        rk_write_int(writer, row->round);
    else
        rk_write_missing(writer);
    write_time(writer, row->start);
    write_time(writer, row->end);
    rk_write_text(writer, row->room_id);
    rk_write_text(writer, row->place);
    rk_write_text(writer, row->participants);
    rk_write_text(writer, row->candidate_id);
    rk_write_text(writer, row->support);
    rk_write_text(writer, row->out);
    rk_write_string(writer, states[row->status]);
    rk_write_int(writer, row->sequence);
    rk_write_end(writer);
}
