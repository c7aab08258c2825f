#include "table/compare.h"

#include "base/hash.h"
#include "base/mem.h"

#include <assert.h>

enum { MOST_KEYS = 8 };

struct held {
    uint32_t *cells; /* by field: the text's number, 0 = missing */
    struct rk_pos pos;
    uint64_t met; /* line of the second file, 0 = not yet */
};

struct rk_compare {
    const struct rk_schema *schema;
    rk_package_found *found;
    rk_package_secret *secret;
    void *context;
    struct rk_strings texts; /* "" is 0 */
    struct rk_tuples keys;
    struct held *rows; /* by key */
    size_t room;
    struct rk_tuples only_second; /* keys that only the second file has */
    struct rk_arena arena;
    struct rk_buf text;
    uint64_t matched;
};

enum rk_status rk_compare_new(struct rk_compare **compare, const struct rk_schema *schema,
                              rk_package_found *found, rk_package_secret *secret, void *context,
                              struct rk_error *error)
{
    if (!schema->key_count)
        return rk_fail(error, RK_BAD_USE,
                       _("the table %s has no key by which rows could be matched"), schema->name);
    assert(schema->key_count <= MOST_KEYS);
    struct rk_compare *c = rk_alloc(1, sizeof *c);
    c->schema = schema;
    c->found = found;
    c->secret = secret;
    c->context = context;
    c->keys.width = c->only_second.width = (uint32_t)schema->key_count;
    rk_strings_add(&c->texts, RK_TEXT(""));
    *compare = c;
    return RK_OK;
}

static void find(struct rk_compare *c, struct rk_pos pos, size_t field, const char *kind)
{
    struct rk_finding finding = {
        .schema = c->schema, .pos = pos, .field = field, .kind = kind, .text = c->text.text};
    finding.pos.field = field == SIZE_MAX ? NULL : c->schema->fields[field].name;
    c->found(c->context, &finding);
}

static void say(struct rk_compare *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(struct rk_compare *c, const char *format, ...)
{
    va_list args;
    rk_buf_clear(&c->text);
    va_start(args, format);
    rk_buf_vprintf(&c->text, format, args);
    va_end(args);
}

/* The text under which equal values are one: numbers without what does not count, an empty cell as
 * what it means. */
static uint32_t number(struct rk_compare *c, size_t field, const struct rk_value *value)
{
    const struct rk_field *f = &c->schema->fields[field];
    if (!value->size)
        return f->empty ? rk_strings_add(&c->texts, rk_text(f->empty)) : 0;
    if (f->type != RK_INTEGER && f->type != RK_NUMBER && f->type != RK_BOOLEAN)
        return rk_strings_add(&c->texts, rk_value_text(value));
    rk_buf_clear(&c->text);
    if (f->type == RK_BOOLEAN)
        rk_buf_text(&c->text, value->number ? "true" : "false");
    else
        rk_fixed_print(&c->text, value->number);
    return rk_strings_add(&c->texts, (struct rk_text){c->text.text, c->text.size});
}

static void key_of(struct rk_compare *c, const struct rk_row *row, uint32_t key[MOST_KEYS])
{
    for (size_t i = 0; i < c->schema->key_count; i++)
        key[i] = number(c, c->schema->key[i], &row->values[c->schema->key[i]]);
}

void rk_compare_first(struct rk_compare *c, const struct rk_table *table, const struct rk_row *row)
{
    uint32_t key[MOST_KEYS], before = c->keys.count;
    struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
    key_of(c, row, key);
    uint32_t at = rk_tuples_add(&c->keys, key);
    if (at < before) {
        say(c, _("the same key as on line %llu"), (unsigned long long)c->rows[at].pos.line);
        find(c, pos, SIZE_MAX, "primary-key");
        return;
    }
    if (at >= c->room) {
        c->room = c->room ? c->room * 2 : 256;
        c->rows = rk_resize(c->rows, c->room, sizeof *c->rows);
    }
    struct held *held = &c->rows[at];
    *held = (struct held){rk_arena_alloc(&c->arena, c->schema->field_count * sizeof *held->cells),
                          pos, 0};
    for (size_t f = 0; f < c->schema->field_count; f++)
        held->cells[f] = number(c, f, &row->values[f]);
}

static void show(struct rk_compare *c, size_t field, uint32_t cell, struct rk_buf *out)
{
    if (cell)
        rk_field_show(&c->schema->fields[field], c->texts.texts[cell], out);
    else
        rk_buf_text(out, _("empty"));
}

static bool is_secret(const struct rk_compare *c, size_t field, uint32_t cell)
{
    return c->schema->fields[field].personal || (c->secret && c->secret(c->texts.texts[cell]));
}

/* Tells the field's value in the second file beside that of the first. */
static void differ(struct rk_compare *c, struct rk_pos pos, size_t field, uint32_t second,
                   const struct held *held)
{
    struct rk_buf here = {0}, there = {0};
    uint32_t first = held->cells[field];
    unsigned long long line = held->pos.line;
    if (is_secret(c, field, first) || is_secret(c, field, second)) {
        say(c, _("differs from line %llu of the first file"), line);
    } else {
        show(c, field, second, &here);
        show(c, field, first, &there);
        say(c, _("%s, but %s on line %llu of the first file"), here.text, there.text, line);
    }
    find(c, pos, field, "different");
    rk_buf_free(&here);
    rk_buf_free(&there);
}

void rk_compare_second(struct rk_compare *c, const struct rk_table *table, const struct rk_row *row)
{
    uint32_t key[MOST_KEYS], before = c->only_second.count;
    struct rk_pos pos = rk_table_pos(table, SIZE_MAX);
    key_of(c, row, key);
    uint32_t at = rk_tuples_find(&c->keys, key);
    if (at == RK_NONE) {
        if (rk_tuples_add(&c->only_second, key) < before) {
            say(c, "%s", _("the same key as on a line before"));
            find(c, pos, SIZE_MAX, "primary-key");
        } else {
            say(c, "%s", _("the first file has no such row"));
            find(c, pos, SIZE_MAX, "missing-row");
        }
        return;
    }
    struct held *held = &c->rows[at];
    if (held->met) {
        say(c, _("the same key as on line %llu"), (unsigned long long)held->met);
        find(c, pos, SIZE_MAX, "primary-key");
        return;
    }
    held->met = pos.line;
    c->matched++;
    for (size_t f = 0; f < c->schema->field_count; f++) {
        uint32_t other = number(c, f, &row->values[f]);
        if (other != held->cells[f])
            differ(c, rk_table_pos(table, f), f, other, held);
    }
}

void rk_compare_end(struct rk_compare *c)
{
    for (uint32_t k = 0; k < c->keys.count; k++)
        if (!c->rows[k].met) {
            say(c, "%s", _("the second file has no such row"));
            find(c, c->rows[k].pos, SIZE_MAX, "missing-row");
        }
}

uint64_t rk_compare_matched(const struct rk_compare *c) { return c->matched; }

void rk_compare_free(struct rk_compare *c)
{
    if (!c)
        return;
    rk_strings_free(&c->texts);
    rk_tuples_free(&c->keys);
    rk_tuples_free(&c->only_second);
    rk_arena_free(&c->arena);
    rk_free(c->rows);
    rk_buf_free(&c->text);
    rk_free(c);
}
