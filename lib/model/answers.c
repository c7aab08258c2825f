#include "model/answers.h"

#include <math.h>

struct answer {
    uint32_t row, item;
    double value;
};

struct rk_answers_reading {
    struct rk_strings surveys, waves, people; /* people: survey and id, joined by a NUL */
    struct rk_tuples rows;                    /* person, wave */
    struct rk_strings names;                  /* of items, by first appearance */
    struct answer *answers;
    size_t count, room;
    bool has_respondents;
    uint32_t *told; /* respondents × columns: values; RK_NONE */
    size_t told_room;
    uint32_t respondents;
    bool *in_table; /* by column: respondents has it */
};

static struct rk_answers_reading *begin(struct rk_answers *a)
{
    if (!a->reading) {
        a->reading = rk_arena_zeroed(&a->arena, 1, sizeof *a->reading);
        a->reading->rows.width = 2;
        a->reading->in_table =
            rk_arena_zeroed(&a->arena, (size_t)a->column_count + 1, sizeof(bool));
    }
    return a->reading;
}

static void end(struct rk_answers *a)
{
    struct rk_answers_reading *r = a->reading;
    if (!r)
        return;
    rk_strings_free(&r->surveys);
    rk_strings_free(&r->waves);
    rk_strings_free(&r->people);
    rk_strings_free(&r->names);
    rk_tuples_free(&r->rows);
    rk_free(r->answers);
    rk_free(r->told);
    a->reading = NULL;
}

uint32_t rk_answers_want(struct rk_answers *a, struct rk_text name)
{
    for (uint32_t c = 0; c < a->column_count; c++)
        if (rk_text_equal(a->columns[c].name, name))
            return c;
    RK_GROW(a->columns, a->column_count, a->column_room);
    a->columns[a->column_count] = (struct rk_answers_column){
        .name = {rk_arena_text(&a->arena, name.text, name.size), name.size}};
    return a->column_count++;
}

/* ---- what answers are worth ---- */

static const struct rk_codebook_item *coded(const struct rk_answers *a, struct rk_text name)
{
    for (size_t i = 0; a->codebook && i < a->codebook->item_count; i++)
        if (rk_text_is(name, a->codebook->items[i].id))
            return &a->codebook->items[i];
    for (size_t i = 0; a->codebook && i < a->codebook->item_count; i++)
        for (const char *const *h = a->codebook->items[i].headings; *h; h++)
            if (rk_text_is(name, *h))
                return &a->codebook->items[i];
    return NULL;
}

enum worth { IS_NUMBER, IS_NONE, IS_BAD };

static enum worth worth_of(const struct rk_answers *a, const struct rk_codebook_item *item,
                           struct rk_text text, double *value)
{
    rk_fixed number;
    if (!text.size || rk_list_has(a->missing, text))
        return IS_NONE;
    if (item && item->scale != SIZE_MAX) {
        const struct rk_codebook_scale *s = &a->codebook->scales[item->scale];
        for (size_t w = 0; w < s->word_count; w++)
            if (rk_text_is(text, s->words[w].text)) {
                if (!s->words[w].answer)
                    return IS_NONE;
                *value = rk_fixed_double(s->words[w].value);
                return IS_NUMBER;
            }
        if (!rk_fixed_parse(text, &number) || number < s->minimum || number > s->maximum)
            return IS_BAD;
    } else if (!rk_fixed_parse(text, &number)) {
        return IS_BAD;
    }
    *value = rk_fixed_double(number);
    return IS_NUMBER;
}

bool rk_answers_scale(const struct rk_answers *a, uint32_t item, double *least, double *most)
{
    const struct rk_codebook_item *of = a->coded[item];
    if (!of || of->scale == SIZE_MAX)
        return false;
    *least = rk_fixed_double(a->codebook->scales[of->scale].minimum);
    *most = rk_fixed_double(a->codebook->scales[of->scale].maximum);
    return true;
}

bool rk_answers_reversed(const struct rk_answers *a, uint32_t item)
{
    return a->coded[item] && a->coded[item]->reverse;
}

uint32_t rk_answers_item(const struct rk_answers *a, struct rk_text name)
{
    for (uint32_t i = 0; i < a->item_count; i++)
        if (rk_text_equal(a->items[i], name))
            return i;
    return RK_NONE;
}

/* ---- columns ---- */

/* The cell of a wanted column in the row last read; false where the table has none. */
static bool cell_of(const struct rk_table *table, const struct rk_row *row, struct rk_text name,
                    struct rk_text *text)
{
    size_t field = rk_schema_find(rk_table_schema(table), name);
    if (field != SIZE_MAX && rk_table_has(table, field)) {
        *text = rk_value_text(&row->values[field]);
        return true;
    }
    for (size_t e = 0; e < rk_table_extras(table); e++)
        if (rk_text_equal(rk_table_extra_name(table, e), name)) {
            struct rk_cell cell = rk_table_extra(table, e);
            *text = (struct rk_text){cell.text, cell.size};
            return true;
        }
    return false;
}

static enum rk_status no_column(const struct rk_table *table, struct rk_text name,
                                struct rk_error *error)
{
    const char *nearest = NULL;
    struct rk_strings names = {0};
    const struct rk_schema *schema = rk_table_schema(table);
    for (size_t f = 0; f < schema->field_count; f++)
        if (rk_table_has(table, f))
            rk_strings_add(&names, rk_text(schema->fields[f].name));
    for (size_t e = 0; e < rk_table_extras(table); e++)
        rk_strings_add(&names, rk_table_extra_name(table, e));
    const char **all = rk_alloc((size_t)names.count + 1, sizeof *all);
    for (uint32_t i = 0; i < names.count; i++)
        all[i] = names.texts[i].text;
    nearest = rk_nearest(name.text, all);
    struct rk_pos head = rk_table_header_pos(table);
    enum rk_status status =
        nearest ? rk_fail_at(error, RK_BAD_DATA, &head,
                             _("there is no column '%s'; the nearest is '%s'"), name.text, nearest)
                : rk_fail_at(error, RK_BAD_DATA, &head, _("there is no column '%s'"), name.text);
    rk_free(all);
    rk_strings_free(&names);
    return status;
}

/* Moves what rows have, by first appearance, to the order in which they are to stand. */
static void arrange(struct rk_answers *a, const uint32_t *place)
{
    for (uint32_t c = 0; c < a->column_count; c++) {
        uint32_t *of = rk_alloc(a->rows + 1, sizeof *of);
        for (size_t r = 0; r < a->rows; r++)
            of[place[r]] = a->columns[c].of[r];
        rk_free(a->columns[c].of);
        a->columns[c].of = of;
    }
}

/* ---- items ---- */

struct named {
    size_t code; /* place in the codebook, or SIZE_MAX */
    struct rk_text name;
    uint32_t number;
};

static int by_code(const void *x, const void *y)
{
    const struct named *a = x, *b = y;
    if (a->code != b->code)
        return a->code < b->code ? -1 : 1;
    return rk_text_compare(a->name, b->name);
}

/* Gives the items their order; place[number] is where one of `names` stands. */
static uint32_t *order_items(struct rk_answers *a, const struct rk_strings *names, bool as_given)
{
    uint32_t n = names->count, *place = rk_alloc((size_t)n + 1, sizeof *place);
    struct named *all = rk_alloc((size_t)n + 1, sizeof *all);
    for (uint32_t i = 0; i < n; i++) {
        const struct rk_codebook_item *item = coded(a, names->texts[i]);
        all[i] = (struct named){item ? (size_t)(item - a->codebook->items) : SIZE_MAX,
                                names->texts[i], i};
    }
    if (!as_given && n)
        qsort(all, n, sizeof *all, by_code);
    a->item_count = n;
    a->items = rk_arena_zeroed(&a->arena, (size_t)n + 1, sizeof *a->items);
    a->coded = rk_arena_zeroed(&a->arena, (size_t)n + 1, sizeof *a->coded);
    for (uint32_t i = 0; i < n; i++) {
        place[all[i].number] = i;
        a->coded[i] = coded(a, all[i].name);
        a->items[i] = (struct rk_text){rk_arena_text(&a->arena, all[i].name.text, all[i].name.size),
                                       all[i].name.size};
    }
    rk_free(all);
    return place;
}

/* ---- long ---- */

static uint32_t person_of(struct rk_answers_reading *r, struct rk_buf *key,
                          const struct rk_value *survey, const struct rk_value *id, bool add)
{
    rk_buf_clear(key);
    rk_buf_add(key, survey->text, survey->size);
    rk_buf_char(key, '\x1f');
    rk_buf_add(key, id->text, id->size);
    struct rk_text text = {key->text, key->size};
    return add ? rk_strings_add(&r->people, text) : rk_strings_find(&r->people, text);
}

enum rk_status rk_answers_read_respondents(struct rk_answers *a, struct rk_table *table,
                                           struct rk_error *error)
{
    struct rk_answers_reading *r = begin(a);
    const struct rk_schema *schema = rk_table_schema(table);
    size_t survey = rk_schema_field(schema, "survey"),
           id = rk_schema_field(schema, "respondent_id");
    struct rk_buf key = {0};
    enum rk_status status;
    r->has_respondents = true;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        uint32_t known = r->people.count;
        rk_strings_add(&r->surveys, rk_value_text(&row->values[survey]));
        if (person_of(r, &key, &row->values[survey], &row->values[id], true) != known) {
            rk_table_reject(table, id, _("the respondent is in the table already"));
            continue;
        }
        size_t need = (size_t)(known + 1) * a->column_count;
        if (need > r->told_room) {
            r->told_room = 2 * need;
            r->told = rk_resize(r->told, r->told_room, sizeof *r->told);
        }
        for (uint32_t c = 0; c < a->column_count; c++) {
            struct rk_text text = {0};
            r->in_table[c] |= cell_of(table, row, a->columns[c].name, &text);
            r->told[(size_t)known * a->column_count + c] =
                text.size ? rk_strings_add(&a->columns[c].values, text) : RK_NONE;
        }
    }
    r->respondents = r->people.count;
    rk_buf_free(&key);
    return status;
}

struct ordered {
    uint32_t person, wave, row; /* person and wave by their texts */
};

static int by_texts(const void *x, const void *y)
{
    const struct ordered *a = x, *b = y;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    return (a->wave > b->wave) - (a->wave < b->wave);
}

/* The answers are held at once, of everybody to everything: about 2 GB of them. */
enum { MOST_CELLS = 1 << 28 };

static enum rk_status lay_out(struct rk_answers *a, const struct rk_table *table,
                              struct rk_error *error)
{
    struct rk_answers_reading *r = a->reading;
    uint32_t *people = rk_strings_ranks(&r->people), *waves = rk_strings_ranks(&r->waves);
    uint32_t *item_place = order_items(a, &r->names, false);
    a->rows = r->rows.count;
    a->waves = r->waves.count;
    if (a->item_count && a->rows > MOST_CELLS / a->item_count) {
        struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
        pos.line = 0;
        rk_free(people);
        rk_free(waves);
        rk_free(item_place);
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("%zu rows by %u items are too many at once; --survey or --items takes "
                            "fewer"),
                          a->rows, a->item_count);
    }
    struct ordered *order = rk_alloc(a->rows + 1, sizeof *order);
    uint32_t *place = rk_alloc(a->rows + 1, sizeof *place);
    for (uint32_t i = 0; i < a->rows; i++)
        order[i] =
            (struct ordered){people[r->rows.members[2 * i]], waves[r->rows.members[2 * i + 1]], i};
    qsort(order, a->rows, sizeof *order, by_texts);
    a->person = rk_alloc(a->rows + 1, sizeof *a->person);
    for (uint32_t i = 0; i < a->rows; i++) {
        place[order[i].row] = i;
        a->person[i] = order[i].person;
    }
    a->values = rk_alloc(a->rows * a->item_count + 1, sizeof *a->values);
    for (size_t i = 0; i < a->rows * a->item_count; i++)
        a->values[i] = (double)NAN;
    for (size_t i = 0; i < r->count; i++) {
        const struct answer *x = &r->answers[i];
        a->values[item_place[x->item] * a->rows + place[x->row]] = x->value;
    }
    arrange(a, place);
    rk_free(order);
    rk_free(place);
    rk_free(people);
    rk_free(waves);
    rk_free(item_place);
    return RK_OK;
}

/* An answer twice to the same item, by the same person in the same wave? Bits, rows by items. */
struct seen {
    uint64_t *bits;
    size_t words;
    uint32_t items;        /* room for so many of a row */
    struct rk_tuples more; /* of items beyond them */
};

static bool seen_before(struct seen *s, uint32_t row, uint32_t item)
{
    if (item >= s->items) {
        uint32_t known = s->more.count;
        return rk_tuples_add(&s->more, (uint32_t[]){row, item}) != known;
    }
    size_t at = (size_t)row * s->items + item, word = at / 64;
    if (word >= s->words) {
        size_t words = 2 * (word + 1);
        s->bits = rk_resize(s->bits, words, sizeof *s->bits);
        memset(s->bits + s->words, 0, (words - s->words) * sizeof *s->bits);
        s->words = words;
    }
    bool was = s->bits[word] >> at % 64 & 1;
    s->bits[word] |= (uint64_t)1 << at % 64;
    return was;
}

static enum rk_status check_columns(const struct rk_answers *a, const struct rk_table *table,
                                    const bool *here, struct rk_error *error)
{
    for (uint32_t c = 0; c < a->column_count; c++)
        if (a->rows && !a->reading->in_table[c] && !here[c])
            return no_column(table, a->columns[c].name, error);
    return RK_OK;
}

/* Those asked for alone must be there, or be what the codebook is of; unless nothing is there. */
static enum rk_status check_surveys(const struct rk_answers *a, const struct rk_strings *met,
                                    struct rk_error *error)
{
    struct rk_text rest = a->surveys, one;
    while (met->count && rk_list_next(&rest, &one)) {
        if (rk_strings_find(met, one) != RK_NONE ||
            (a->codebook && rk_text_is(one, a->codebook->id)))
            continue;
        uint32_t *ranks = rk_strings_ranks(met);
        const char **sorted = rk_alloc(met->count, sizeof *sorted);
        struct rk_buf text = {0};
        for (uint32_t i = 0; i < met->count; i++)
            sorted[ranks[i]] = met->texts[i].text;
        rk_buf_printf(&text, _("no survey is called '%.*s'; there are: "), (int)one.size, one.text);
        for (uint32_t i = 0; i < met->count; i++)
            rk_buf_printf(&text, i ? ", %s" : "%s", sorted[i]);
        rk_fail(error, RK_BAD_USE, "%s", text.text);
        rk_buf_free(&text);
        rk_free(sorted);
        rk_free(ranks);
        return RK_BAD_USE;
    }
    return RK_OK;
}

enum rk_status rk_answers_read_long(struct rk_answers *a, struct rk_table *table,
                                    struct rk_error *error)
{
    struct rk_answers_reading *r = begin(a);
    const struct rk_schema *schema = rk_table_schema(table);
    size_t survey = rk_schema_field(schema, "survey"), wave = rk_schema_field(schema, "wave"),
           id = rk_schema_field(schema, "respondent_id"), item = rk_schema_field(schema, "item"),
           value = rk_schema_field(schema, "value");
    struct seen seen = {.items = 64, .more = {.width = 2}};
    struct rk_buf key = {0};
    bool *here = rk_alloc((size_t)a->column_count + 1, sizeof *here);
    const struct rk_codebook_item **codes = NULL; /* by number of the name */
    size_t code_room = 0, row_room = 0;
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        if (a->surveys.size)
            rk_strings_add(&r->surveys, rk_value_text(&v[survey]));
        if (a->surveys.size && !rk_list_has(a->surveys, rk_value_text(&v[survey]))) {
            a->unread++;
            continue;
        }
        uint32_t person = person_of(r, &key, &v[survey], &v[id], !r->has_respondents);
        if (person == RK_NONE) {
            rk_table_reject(table, id, _("nobody of that id is in the table respondents"));
            continue;
        }
        struct rk_text name = rk_value_text(&v[item]);
        if (a->wanted_items.count && rk_strings_find(&a->wanted_items, name) == RK_NONE) {
            a->unread++;
            continue;
        }
        uint32_t known = r->names.count, number = rk_strings_add(&r->names, name);
        if (number == known) {
            RK_GROW(codes, known, code_room);
            codes[number] = coded(a, name);
        }
        double worth = (double)NAN;
        bool is_text = codes[number] && codes[number]->scale == SIZE_MAX;
        if (!is_text && worth_of(a, codes[number], rk_value_text(&v[value]), &worth) == IS_BAD) {
            rk_table_reject(table, value,
                            codes[number]
                                ? _("the answer is no number and no word of the scale")
                                : _("the answer is no number; --codebook tells of words"));
            continue;
        }
        uint32_t at = rk_tuples_add(
            &r->rows, (uint32_t[]){person, rk_strings_add(&r->waves, rk_value_text(&v[wave]))});
        if (seen_before(&seen, at, number)) {
            rk_table_reject(table, item, _("the item is answered already, in the same wave"));
            continue;
        }
        if (at >= row_room) {
            row_room = 2 * ((size_t)at + 1);
            for (uint32_t c = 0; c < a->column_count; c++)
                a->columns[c].of = rk_resize(a->columns[c].of, row_room, sizeof(uint32_t));
        }
        for (uint32_t c = 0; c < a->column_count; c++) {
            struct rk_text text = {0};
            if (r->in_table[c]) {
                a->columns[c].of[at] = r->told[(size_t)person * a->column_count + c];
            } else {
                here[c] |= cell_of(table, row, a->columns[c].name, &text);
                a->columns[c].of[at] =
                    text.size ? rk_strings_add(&a->columns[c].values, text) : RK_NONE;
            }
        }
        a->rows = r->rows.count;
        a->unread += is_text;
        RK_GROW(r->answers, r->count, r->room);
        r->answers[r->count++] = (struct answer){at, number, worth};
    }
    if (!status)
        status = check_surveys(a, &r->surveys, error);
    if (!status)
        status = check_columns(a, table, here, error);
    if (!status)
        status = lay_out(a, table, error);
    rk_buf_free(&key);
    rk_free(here);
    rk_free(codes);
    rk_free(seen.bits);
    rk_tuples_free(&seen.more);
    end(a);
    return status;
}

/* ---- wide ---- */

/* The column of the file that each item stands in; where the header is known, once. */
static enum rk_status find_items(const struct rk_answers *a, const struct rk_table *table,
                                 size_t *extra, struct rk_error *error)
{
    for (uint32_t i = 0; i < a->item_count; i++) {
        extra[i] = SIZE_MAX;
        for (size_t e = 0; e < rk_table_extras(table) && extra[i] == SIZE_MAX; e++)
            if (rk_text_equal(rk_table_extra_name(table, e), a->items[i]))
                extra[i] = e;
        for (const char *const *h = a->coded[i] ? a->coded[i]->headings : NULL;
             h && *h && extra[i] == SIZE_MAX; h++)
            for (size_t e = 0; e < rk_table_extras(table); e++)
                if (rk_text_is(rk_table_extra_name(table, e), *h))
                    extra[i] = e;
        if (extra[i] == SIZE_MAX)
            return no_column(table, a->items[i], error);
    }
    return RK_OK;
}

enum rk_status rk_answers_read_wide(struct rk_answers *a, struct rk_table *table,
                                    struct rk_error *error)
{
    struct rk_answers_reading *r = begin(a);
    const struct rk_schema *schema = rk_table_schema(table);
    size_t id = rk_schema_field(schema, "respondent_id"),
           weight = rk_schema_field(schema, "weight"), count = rk_schema_field(schema, "count");
    uint32_t *place = order_items(a, &a->wanted_items, true);
    rk_free(place);
    size_t *extra = rk_alloc((size_t)a->item_count + 1, sizeof *extra), room = 0;
    double *by_row = NULL, *now = rk_alloc((size_t)a->item_count + 1, sizeof *now);
    enum rk_status status;
    bool found = false;
    for (const struct rk_row *row; (status = rk_table_next(table, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        if ((!found || rk_reader_is_json(rk_table_reader(table))) &&
            (status = find_items(a, table, extra, error)))
            break;
        found = true;
        bool bad = false;
        for (uint32_t i = 0; i < a->item_count && !bad; i++) {
            struct rk_cell cell = rk_table_extra(table, extra[i]);
            now[i] = (double)NAN;
            bad =
                worth_of(a, a->coded[i], (struct rk_text){cell.text, cell.size}, &now[i]) == IS_BAD;
            if (bad)
                rk_table_reject(table, SIZE_MAX,
                                _("the answer to %s is no number and no known word"),
                                a->items[i].text);
        }
        size_t lacks = rk_table_has(table, weight) && !v[weight].size ? weight
                       : rk_table_has(table, count) && !v[count].size ? count
                                                                      : SIZE_MAX;
        if (!bad && lacks != SIZE_MAX) {
            rk_table_reject(table, lacks, _("a number was expected"));
            bad = true;
        }
        int64_t times = v[count].size ? (int64_t)(v[count].number / RK_FIXED_ONE) : 1;
        size_t most = MOST_CELLS / (a->item_count ? a->item_count : 1);
        if (!bad && times > (int64_t)(most - a->rows)) {
            rk_table_reject(table, count, _("the counts sum to over %zu"), most);
            bad = true;
        }
        if (bad)
            continue;
        for (; times > 0 && !status; times--) {
            if (a->rows == room) {
                room = room ? 2 * room : 256;
                by_row = rk_resize(by_row, room * a->item_count + 1, sizeof *by_row);
                a->person = rk_resize(a->person, room, sizeof *a->person);
                a->weight = rk_resize(a->weight, room, sizeof *a->weight);
                for (uint32_t c = 0; c < a->column_count; c++)
                    a->columns[c].of = rk_resize(a->columns[c].of, room, sizeof(uint32_t));
            }
            for (uint32_t i = 0; i < a->item_count; i++)
                by_row[a->rows * a->item_count + i] = now[i];
            a->person[a->rows] =
                v[id].size ? rk_strings_add(&r->people, rk_value_text(&v[id])) : RK_NONE;
            a->weight[a->rows] = rk_fixed_double(v[weight].number);
            for (uint32_t c = 0; c < a->column_count && !status; c++) {
                struct rk_text text = {0};
                if (!cell_of(table, row, a->columns[c].name, &text))
                    status = no_column(table, a->columns[c].name, error);
                else
                    a->columns[c].of[a->rows] =
                        text.size ? rk_strings_add(&a->columns[c].values, text) : RK_NONE;
            }
            a->rows += !status;
        }
        if (status)
            break;
    }
    a->values = rk_alloc(a->rows * a->item_count + 1, sizeof *a->values);
    for (size_t row = 0; row < a->rows; row++)
        for (uint32_t i = 0; i < a->item_count; i++)
            a->values[i * a->rows + row] = by_row[row * a->item_count + i];
    if (!rk_table_has(table, weight)) {
        rk_free(a->weight);
        a->weight = NULL;
    }
    rk_free(extra);
    rk_free(by_row);
    rk_free(now);
    end(a);
    return status;
}

void rk_answers_free(struct rk_answers *a)
{
    end(a);
    for (uint32_t c = 0; c < a->column_count; c++) {
        rk_strings_free(&a->columns[c].values);
        rk_free(a->columns[c].of);
    }
    rk_free(a->columns);
    rk_free(a->values);
    rk_free(a->person);
    rk_free(a->weight);
    rk_strings_free(&a->wanted_items);
    rk_arena_free(&a->arena);
    *a = (struct rk_answers){0};
}
