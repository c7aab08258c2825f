#include "table/package.h"

#include "base/hash.h"
#include "base/mem.h"

#include <assert.h>

/* The primary keys of one table: each column's texts, and the tuples of their numbers. */
struct keys {
    const char *table;
    const struct rk_schema *schema; /* NULL until begun */
    struct rk_strings *texts;       /* by place in schema->key */
    struct rk_tuples tuples;
    uint64_t *lines; /* by tuple: where it was first seen */
    size_t line_room;
    uint32_t before; /* tuples of earlier files */
};

struct rk_package {
    rk_package_found *found;
    rk_package_secret *secret;
    void *context;
    struct keys *tables;
    size_t table_count, table_room;
    /* the table that is open */
    struct keys *keys;
    const struct rk_schema *schema;
    struct rk_table *table;
    struct rk_value *values;
    bool *wrong, *hidden; /* by field, of the last row */
    struct rk_row row;
    bool row_bad, any_row;
    struct rk_package_count count;
    struct rk_buf text, names;
};

struct rk_package *rk_package_new(rk_package_found *found, rk_package_secret *secret, void *context)
{
    struct rk_package *p = rk_alloc(1, sizeof *p);
    p->found = found;
    p->secret = secret;
    p->context = context;
    return p;
}

static void forget_table(struct rk_package *p)
{
    rk_free(p->values);
    rk_free(p->wrong);
    rk_free(p->hidden);
    p->values = NULL;
    p->wrong = p->hidden = NULL;
    p->keys = NULL;
    p->schema = NULL;
    p->table = NULL;
}

void rk_package_free(struct rk_package *p)
{
    if (!p)
        return;
    forget_table(p);
    for (size_t t = 0; t < p->table_count; t++) {
        struct keys *k = &p->tables[t];
        for (size_t i = 0; k->schema && i < k->schema->key_count; i++)
            rk_strings_free(&k->texts[i]);
        rk_free(k->texts);
        rk_tuples_free(&k->tuples);
        rk_free(k->lines);
    }
    rk_free(p->tables);
    rk_buf_free(&p->text);
    rk_buf_free(&p->names);
    rk_free(p);
}

static struct keys *keys_of(const struct rk_package *p, const char *table)
{
    for (size_t t = 0; t < p->table_count; t++)
        if (!strcmp(p->tables[t].table, table))
            return &p->tables[t];
    return NULL;
}

void rk_package_expect(struct rk_package *p, const char *table)
{
    if (keys_of(p, table))
        return;
    RK_GROW(p->tables, p->table_count, p->table_room);
    p->tables[p->table_count++] = (struct keys){.table = table};
}

bool rk_package_expects(const struct rk_package *p, const char *table)
{
    return keys_of(p, table) != NULL;
}

/* ---- findings ---- */

static bool is_secret(const struct rk_package *p, struct rk_text text)
{
    return p->secret && text.size && p->secret(text);
}

static void tell(struct rk_package *p, struct rk_finding *finding)
{
    finding->schema = p->schema;
    p->count.findings++;
    if (p->any_row && !p->row_bad) {
        p->row_bad = true;
        p->count.bad_rows++;
    }
    p->found(p->context, finding);
}

/* The place of the last row, as a whole. */
static struct rk_finding of_row(const struct rk_package *p, const char *kind, const char *text)
{
    const struct rk_record *record = rk_table_record(p->table);
    return (struct rk_finding){
        .pos = {.file = rk_reader_file(rk_table_reader(p->table)), .line = record->line},
        .field = SIZE_MAX,
        .row = record->number,
        .kind = kind,
        .text = text};
}

void rk_package_find_column(struct rk_package *p, size_t column, const char *kind, const char *text)
{
    const struct rk_reader *reader = rk_table_reader(p->table);
    struct rk_finding finding = of_row(p, kind, text);
    finding.pos = rk_reader_pos(reader, column);
    finding.field_number = column + 1;
    for (size_t f = 0; f < p->schema->field_count; f++)
        if (rk_table_column(p->table, f) == column)
            finding.field = f;
    if (column < rk_reader_columns(reader) && is_secret(p, rk_reader_column(reader, column)))
        finding.pos.field = NULL;
    tell(p, &finding);
}

void rk_package_find(struct rk_package *p, size_t field, const char *kind, const char *text)
{
    size_t column = field == SIZE_MAX ? SIZE_MAX : rk_table_column(p->table, field);
    if (column != SIZE_MAX) {
        rk_package_find_column(p, column, kind, text);
        return;
    }
    struct rk_finding finding = of_row(p, kind, text);
    finding.field = field;
    if (field != SIZE_MAX)
        finding.pos.field = p->schema->fields[field].name;
    tell(p, &finding);
}

/* "score, missing" */
static const char *names(struct rk_package *p, const struct rk_rule *rule)
{
    rk_buf_clear(&p->names);
    for (size_t i = 0; i < rule->field_count; i++)
        rk_buf_printf(&p->names, "%s%s", i ? ", " : "", p->schema->fields[rule->fields[i]].name);
    return p->names.text;
}

static void find_text(struct rk_package *p, size_t field, const char *kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void find_text(struct rk_package *p, size_t field, const char *kind, const char *format, ...)
{
    va_list args;
    rk_buf_clear(&p->text);
    va_start(args, format);
    rk_buf_vprintf(&p->text, format, args);
    va_end(args);
    rk_package_find(p, field, kind, p->text.text);
}

/* ---- one table ---- */

static void check_extras(struct rk_package *p)
{
    for (size_t i = 0; i < rk_table_extras(p->table); i++) {
        const char *name = rk_table_extra_name(p->table, i).text;
        const struct rk_field *meant = rk_table_extra_meant(p->table, i);
        struct rk_finding finding = {
            .pos = {.file = rk_reader_file(rk_table_reader(p->table)), .line = 1, .field = name},
            .field = SIZE_MAX,
            .kind = "incorrect-label"};
        if (!meant || meant->required) /* told as a column that is not there */
            continue;
        rk_buf_clear(&p->text);
        rk_buf_printf(&p->text, _("the column \"%s\" is not known; did you mean \"%s\"?"), name,
                      meant->name);
        finding.text = p->text.text;
        tell(p, &finding);
    }
}

static void check_header(struct rk_package *p)
{
    const struct rk_reader *reader = rk_table_reader(p->table);
    size_t columns = rk_reader_columns(reader);
    for (size_t c = 0; c < columns; c++)
        if (is_secret(p, rk_reader_column(reader, c))) {
            struct rk_finding finding = {.pos = {.file = rk_reader_file(reader), .line = 1},
                                         .field = SIZE_MAX,
                                         .field_number = c + 1,
                                         .kind = "identity-number",
                                         .text = _("the name of a column holds an identity number")};
            tell(p, &finding);
        }
    if (rk_reader_is_json(reader))
        return; /* a later record may bring the column */
    check_extras(p);
    const char **there = rk_alloc(columns + 1, sizeof *there);
    for (size_t c = 0, n = 0; c < columns; c++)
        if (!is_secret(p, rk_reader_column(reader, c)))
            there[n++] = rk_reader_column(reader, c).text;
    for (size_t f = 0; f < p->schema->field_count; f++) {
        const char *name = p->schema->fields[f].name;
        if (!p->schema->fields[f].required || rk_table_has(p->table, f))
            continue;
        struct rk_finding finding = {
            .pos = {.file = rk_reader_file(reader), .line = 1, .field = name},
            .field = f,
            .kind = "missing-label"};
        const char *near = rk_nearest(name, there);
        rk_buf_clear(&p->text);
        rk_buf_text(&p->text, _("there is no such column, but it is required"));
        if (near)
            rk_buf_printf(&p->text, _("; the nearest is %s"), near);
        else if (columns == 1 && *there && strpbrk(*there, ";\t"))
            rk_buf_text(&p->text, _("; this looks like a file from Excel, which rk-import reads"));
        finding.text = p->text.text;
        tell(p, &finding);
    }
    rk_free(there);
}

void rk_package_begin(struct rk_package *p, const struct rk_schema *schema, struct rk_table *table)
{
    struct keys *k = keys_of(p, schema->name);
    assert(k && !p->table);
    if (!k->schema) {
        k->texts = rk_alloc(schema->key_count, sizeof *k->texts);
        k->tuples.width = (uint32_t)schema->key_count;
    }
    k->schema = schema;
    k->before = k->tuples.count;
    p->keys = k;
    p->schema = schema;
    p->table = table;
    p->values = rk_alloc(schema->field_count, sizeof *p->values);
    p->wrong = rk_alloc(schema->field_count, sizeof *p->wrong);
    p->hidden = rk_alloc(schema->field_count, sizeof *p->hidden);
    p->count = (struct rk_package_count){0};
    p->any_row = p->row_bad = false;
    check_header(p);
}

static const char *kind_of(const struct rk_field *field, struct rk_text text)
{
    struct rk_field any = *field;
    struct rk_value value;
    struct rk_buf why = {0};
    any.choices = NULL;
    any.has_minimum = any.has_maximum = any.required = false;
    bool fits = rk_field_check(&any, text, &value, &why);
    rk_buf_free(&why);
    return fits ? "constraint-error" : "type-error";
}

static void check_cells(struct rk_package *p, const struct rk_row *row)
{
    struct rk_buf why = {0};
    for (size_t f = 0; f < p->schema->field_count; f++) {
        struct rk_field field = p->schema->fields[f];
        struct rk_text text = rk_value_text(&row->values[f]);
        p->wrong[f] = false;
        p->hidden[f] = field.personal || is_secret(p, text);
        field.personal = p->hidden[f];
        if (!rk_table_has(p->table, f) && !rk_reader_is_json(rk_table_reader(p->table)))
            field.required = false; /* told once, of the header */
        rk_buf_clear(&why);
        if (rk_field_check(&field, text, &p->values[f], &why)) {
            p->values[f].bare = row->values[f].bare;
            continue;
        }
        p->wrong[f] = true;
        p->values[f] = (struct rk_value){.choice = -1};
        rk_package_find(p, f, kind_of(&field, text), why.text);
    }
    rk_buf_free(&why);
}

/* ---- rules of the schema ---- */

static int64_t sign(__int128 value) { return (value > 0) - (value < 0); }

static int64_t compare(const struct rk_package *p, size_t a, size_t b)
{
    enum rk_type type = p->schema->fields[a].type;
    const struct rk_value *x = &p->values[a], *y = &p->values[b];
    if (type == RK_DATE || type == RK_DATETIME)
        return sign((__int128)x->time - y->time);
    return sign(x->number - y->number);
}

static void check_order(struct rk_package *p, const struct rk_rule *rule)
{
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < rule->field_count; i++) {
        size_t f = rule->fields[i];
        if (!p->values[f].size)
            continue;
        int64_t order = last == SIZE_MAX ? -1 : compare(p, last, f);
        bool time =
            p->schema->fields[f].type == RK_DATE || p->schema->fields[f].type == RK_DATETIME;
        if (order > 0)
            find_text(p, f, "row-constraint", time ? _("is earlier than %s") : _("is less than %s"),
                      p->schema->fields[last].name);
        else if (!order && rule->kind == RK_RULE_BEFORE)
            find_text(p, f, "row-constraint", _("is the same as %s, expected more"),
                      p->schema->fields[last].name);
        last = f;
    }
}

static void check_rule(struct rk_package *p, const struct rk_rule *rule)
{
    size_t there = 0;
    for (size_t i = 0; i < rule->field_count; i++) {
        if (p->wrong[rule->fields[i]])
            return; /* told already; what the cell should have been is not known */
        there += p->values[rule->fields[i]].size != 0;
    }
    switch (rule->kind) {
    case RK_RULE_ORDER:
    case RK_RULE_BEFORE: check_order(p, rule); break;
    case RK_RULE_ONE:
        if (!there)
            find_text(p, SIZE_MAX, "row-constraint", _("one of %s must be there, but none is"),
                      names(p, rule));
        else if (there > 1)
            find_text(p, SIZE_MAX, "row-constraint", _("only one of %s may be there, but %zu are"),
                      names(p, rule), there);
        break;
    case RK_RULE_ANY:
        if (!there)
            find_text(p, SIZE_MAX, "row-constraint",
                      _("at least one of %s must be there, but none is"), names(p, rule));
        break;
    case RK_RULE_NEEDS:
        if (!rk_text_is(rk_value_text(&p->values[rule->fields[0]]), rule->value))
            break;
        for (size_t i = 1; i < rule->field_count; i++)
            if (!p->values[rule->fields[i]].size)
                find_text(p, rule->fields[i], "row-constraint",
                          _("is missing, but needed where %s is %s"),
                          p->schema->fields[rule->fields[0]].name, rule->value);
    }
}

/* ---- keys ---- */

static void check_primary_key(struct rk_package *p)
{
    struct keys *k = p->keys;
    uint32_t members[8];
    size_t n = p->schema->key_count;
    assert(n <= sizeof members / sizeof *members);
    for (size_t i = 0; i < n; i++) {
        size_t f = p->schema->key[i];
        struct rk_text text = rk_value_text(&p->values[f]);
        if (p->wrong[f])
            return;
        if (!text.size)
            text = rk_text(p->schema->fields[f].empty ? p->schema->fields[f].empty : "");
        members[i] = rk_strings_add(&k->texts[i], text);
    }
    if (!n)
        return;
    uint32_t before = k->tuples.count, tuple = rk_tuples_add(&k->tuples, members);
    if (tuple < before) {
        rk_buf_clear(&p->names);
        for (size_t i = 0; i < n; i++)
            rk_buf_printf(&p->names, "%s%s", i ? ", " : "",
                          p->schema->fields[p->schema->key[i]].name);
        if (tuple < k->before)
            find_text(p, n == 1 ? p->schema->key[0] : SIZE_MAX, "primary-key",
                      _("the same %s as in an earlier file"), p->names.text);
        else
            find_text(p, n == 1 ? p->schema->key[0] : SIZE_MAX, "primary-key",
                      _("the same %s as on line %llu"), p->names.text,
                      (unsigned long long)k->lines[tuple]);
        return;
    }
    if (tuple >= k->line_room) {
        k->line_room = k->line_room ? k->line_room * 2 : 64;
        k->lines = rk_resize(k->lines, k->line_room, sizeof *k->lines);
    }
    k->lines[tuple] = rk_table_record(p->table)->line;
}

/* The texts of a column that others refer to: a part of its table's key. NULL = can't be checked.
 */
static const struct rk_strings *referred(const struct rk_package *p,
                                         const struct rk_foreign_key *key)
{
    const struct keys *k = keys_of(p, key->table);
    if (!k || !k->schema)
        return NULL;
    for (size_t i = 0; i < k->schema->key_count; i++)
        if (!strcmp(k->schema->fields[k->schema->key[i]].name, key->references[0]))
            return &k->texts[i];
    return NULL;
}

static void check_reference(struct rk_package *p, const struct rk_foreign_key *key,
                            const struct rk_strings *known, struct rk_text text)
{
    if ((key->except && rk_text_is(text, key->except)) || rk_strings_find(known, text) != RK_NONE)
        return;
    if (p->hidden[key->fields[0]]) {
        find_text(p, key->fields[0], "foreign-key", _("the value is not in %s of the table %s"),
                  key->references[0], key->table);
        return;
    }
    struct rk_buf shown = {0};
    rk_text_visible(&shown, text.text, text.size > 60 ? rk_utf8_valid(text.text, 60) : text.size);
    find_text(p, key->fields[0], "foreign-key", _("'%s' is not in %s of the table %s"), shown.text,
              key->references[0], key->table);
    rk_buf_free(&shown);
}

/* Several columns together: a row there must have all of them. */
static void check_references(struct rk_package *p, const struct rk_foreign_key *key)
{
    const struct keys *k = keys_of(p, key->table);
    uint32_t members[RK_FOREIGN_FIELDS];
    if (!k || !k->schema || k->schema->key_count != key->count)
        return;
    rk_buf_clear(&p->names);
    for (size_t i = 0; i < key->count; i++) {
        struct rk_text text = rk_value_text(&p->values[key->fields[i]]);
        if (p->wrong[key->fields[i]] || !text.size)
            return;
        rk_buf_printf(&p->names, "%s%s", i ? ", " : "", p->schema->fields[key->fields[i]].name);
        for (size_t j = 0; j < key->count; j++)
            if (!strcmp(k->schema->fields[k->schema->key[j]].name, key->references[i]))
                members[j] = rk_strings_find(&k->texts[j], text);
    }
    if (rk_tuples_find(&k->tuples, members) == RK_NONE)
        find_text(p, key->fields[key->count - 1], "foreign-key",
                  _("no row of the table %s has these %s"), key->table, p->names.text);
}

static void check_foreign_keys(struct rk_package *p)
{
    for (size_t i = 0; i < p->schema->foreign_key_count; i++) {
        const struct rk_foreign_key *key = &p->schema->foreign_keys[i];
        if (key->count > 1) {
            check_references(p, key);
            continue;
        }
        const struct rk_strings *known = referred(p, key);
        struct rk_text text = rk_value_text(&p->values[key->fields[0]]), item;
        if (!known || p->wrong[key->fields[0]] || !text.size)
            continue;
        if (p->schema->fields[key->fields[0]].type != RK_LIST) {
            check_reference(p, key, known, text);
            continue;
        }
        while (rk_list_next(&text, &item))
            check_reference(p, key, known, item);
    }
}

/* ---- rows ---- */

/* A record that doesn't fit its header can't be told apart into cells. */
static bool fits_header(struct rk_package *p)
{
    const struct rk_record *record = rk_table_record(p->table);
    size_t columns = rk_reader_columns(rk_table_reader(p->table));
    if (record->count == columns)
        return true;
    if (record->count == 1 && !record->cells[0].size)
        find_text(p, SIZE_MAX, "blank-row", "%s", _("an empty line"));
    else
        find_text(p, SIZE_MAX, record->count > columns ? "extra-cell" : "missing-cell",
                  RK_PLURAL("%zu cell, but the header has %zu", "%zu cells, but the header has %zu",
                            record->count),
                  record->count, columns);
    return false;
}

bool rk_package_row_good(const struct rk_package *p) { return !p->row_bad; }

enum rk_status rk_package_next(struct rk_package *p, const struct rk_row **row,
                               struct rk_error *error)
{
    const struct rk_row *raw;
    struct rk_error problem = {0};
    *row = NULL;
    p->any_row = p->row_bad = false;
    enum rk_status status = rk_table_next(p->table, &raw, &problem);
    if (status == RK_BAD_DATA) {
        struct rk_finding finding = {
            .pos = problem.pos, .field = SIZE_MAX, .kind = "source-error", .text = problem.text};
        if (!finding.pos.file)
            finding.pos.file = rk_reader_file(rk_table_reader(p->table));
        tell(p, &finding);
        return RK_OK;
    }
    if (status != RK_OK) {
        if (error)
            *error = problem;
        return status;
    }
    if (!raw)
        return RK_OK;
    p->any_row = true;
    p->count.rows++;
    p->row = (struct rk_row){.values = p->values, .number = raw->number};
    if (fits_header(p)) {
        check_cells(p, raw);
        for (size_t i = 0; i < p->schema->rule_count; i++)
            check_rule(p, &p->schema->rules[i]);
        check_primary_key(p);
        check_foreign_keys(p);
    } else {
        for (size_t f = 0; f < p->schema->field_count; f++)
            p->values[f] = (struct rk_value){.choice = -1};
    }
    *row = &p->row;
    return RK_OK;
}

void rk_package_end(struct rk_package *p, struct rk_package_count *count)
{
    if (rk_reader_is_json(rk_table_reader(p->table)))
        check_extras(p);
    *count = p->count;
    forget_table(p);
}
