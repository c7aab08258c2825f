#include "privacy/deidentify.h"

#include "base/mem.h"
#include "privacy/identity.h"
#include "privacy/scan.h"

struct column {
    const struct rk_field *field; /* NULL: the schema does not know it */
    size_t at;                    /* among the fields, or the extras */
    const char *name;
    enum rk_treat treat;
    struct rk_text kind;
    const char *except; /* a value that is no id, such as "*" for every recruitment; or NULL */
    bool text;          /* is searched */
};

struct deidentify {
    struct rk_table *table;
    const struct rk_schema *schema;
    struct rk_treat_rules *rules;
    struct rk_pseudonyms *pseudonyms;
    struct rk_out *out;
    enum rk_form form;
    struct rk_writer *writer;
    struct column *columns;
    size_t count, room, extras;
    struct rk_buf *cells; /* of the row at hand, by column */
};

/* ---- rules ---- */

enum rk_status rk_treat_rules_add(struct rk_treat_rules *rules, enum rk_treat treat,
                                  const char *text, struct rk_error *error)
{
    for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        struct rk_treat_rule rule = {.treat = treat};
        rule.column = (struct rk_text){at, strcspn(at, treat == RK_TREAT_PSEUDONYM ? ",=" : ",")};
        const char *end = at + rule.column.size;
        if (*end == '=')
            rule.kind = (struct rk_text){end + 1, strcspn(end + 1, ",")};
        if (!rule.column.size || (*end == '=' && !rule.kind.size))
            return rk_fail(error, RK_BAD_USE, _("expected the names of columns, with commas"));
        if (rule.kind.size && memchr(rule.kind.text, '|', rule.kind.size))
            return rk_fail(error, RK_BAD_USE, _("a kind of id has no | in its name"));
        for (size_t i = 0; i < rules->count; i++)
            if (rk_text_equal(rules->rules[i].column, rule.column))
                return rk_fail(error, RK_BAD_USE, _("the column %.*s is named twice"),
                               (int)rule.column.size, rule.column.text);
        RK_GROW(rules->rules, rules->count, rules->room);
        rules->rules[rules->count++] = rule;
    }
    return RK_OK;
}

enum rk_status rk_treat_rules_used(const struct rk_treat_rules *rules, struct rk_error *error)
{
    for (size_t i = 0; i < rules->count; i++)
        if (!rules->rules[i].used)
            return rk_fail(error, RK_BAD_USE, _("no table has a column %.*s"),
                           (int)rules->rules[i].column.size, rules->rules[i].column.text);
    return RK_OK;
}

void rk_treat_rules_free(struct rk_treat_rules *rules)
{
    rk_free(rules->rules);
    *rules = (struct rk_treat_rules){0};
}

static bool covers(const struct rk_treat_rule *rule, struct rk_text name)
{
    size_t n = rule->column.size;
    if (n && rule->column.text[n - 1] == '*')
        return name.size >= n - 1 && !memcmp(name.text, rule->column.text, n - 1);
    return rk_text_equal(rule->column, name);
}

/* A name in full goes before one with '*'. */
static struct rk_treat_rule *rule_for(struct rk_treat_rules *rules, struct rk_text name)
{
    struct rk_treat_rule *wide = NULL;
    for (size_t i = 0; i < rules->count; i++)
        if (rk_text_equal(rules->rules[i].column, name))
            return &rules->rules[i];
        else if (!wide && covers(&rules->rules[i], name))
            wide = &rules->rules[i];
    return wide;
}

/* ---- coarser ---- */

static int32_t coarse_month(enum rk_coarse dates, int32_t month)
{
    int32_t step = dates == RK_COARSE_YEAR ? 12 : dates == RK_COARSE_QUARTER ? 3 : 1;
    return month - month % step;
}

bool rk_coarse_date(enum rk_coarse dates, struct rk_text text, struct rk_buf *out)
{
    struct rk_date date;
    int64_t minutes;
    int32_t month;
    enum { DAY = 24 * 60 };
    if (rk_date_parse(text, &date)) {
        rk_date_print(out, rk_month_first(coarse_month(dates, rk_month_of(rk_date_days(date)))));
    } else if (rk_time_parse(text, &minutes)) {
        int64_t day = (minutes - (minutes < 0 ? DAY - 1 : 0)) / DAY;
        rk_time_print(out, (int64_t)rk_month_first(coarse_month(dates, rk_month_of((int32_t)day))) *
                               DAY);
    } else if (rk_month_parse(text, &month)) {
        rk_month_print(out, coarse_month(dates, month));
    } else {
        return false;
    }
    return true;
}

bool rk_coarse_year(int band, struct rk_text text, struct rk_buf *out)
{
    int64_t year;
    if (text.size != 4 || !rk_text_int(text, &year) || year < 0)
        return false;
    rk_buf_printf(out, "%04lld", (long long)(year - year % band));
    return true;
}

/* ---- columns ---- */

static bool is_id(struct rk_text name)
{
    return (name.size > 3 && !memcmp(name.text + name.size - 3, "_id", 3)) ||
           rk_text_is(name, RK_KIND_IDENTITY);
}

static bool is_birth_year(const struct column *c)
{
    return c->field ? c->field->type == RK_YEAR && c->field->personal
                    : !strcmp(c->name, "birth_year");
}

static bool is_text(const struct rk_field *field)
{
    return !field || ((field->type == RK_STRING || field->type == RK_LIST) && !field->choices);
}

/* What becomes of the column. */
static void choose(struct deidentify *d, struct column *c)
{
    struct rk_text name = rk_text(c->name);
    struct rk_treat_rule *rule = rule_for(d->rules, name);
    c->text = is_text(c->field);
    c->kind = name;
    if (rule) {
        rule->used = true;
        c->treat = rule->treat;
        if (rule->kind.size)
            c->kind = rule->kind;
    } else if (!c->field) {
        c->treat = RK_TREAT_UNKNOWN;
    } else if (is_id(name)) {
        c->treat = RK_TREAT_PSEUDONYM;
    } else {
        c->treat = c->field->personal || c->field->leads ? RK_TREAT_DROP : RK_TREAT_KEEP;
        if (c->treat == RK_TREAT_DROP && c->field->required)
            d->rules->lacks = c->field;
    }
    if (d->rules->band && is_birth_year(c) && (c->treat == RK_TREAT_KEEP || (c->field && !rule)))
        c->treat = RK_TREAT_BAND;
}

static void add_column(struct deidentify *d, struct column c)
{
    choose(d, &c);
    if (c.treat == RK_TREAT_DROP)
        return;
    RK_GROW(d->columns, d->count, d->room);
    d->columns[d->count++] = c;
}

static const char *exception(const struct rk_schema *schema, size_t field)
{
    for (size_t k = 0; k < schema->foreign_key_count; k++)
        for (size_t i = 0; i < schema->foreign_keys[k].count; i++)
            if (schema->foreign_keys[k].fields[i] == field)
                return schema->foreign_keys[k].except;
    return NULL;
}

static enum rk_status no_rule(const struct deidentify *d, const struct column *c,
                              struct rk_error *error)
{
    const struct rk_pos pos = {.file = rk_reader_file(rk_table_reader(d->table))};
    size_t start, size;
    if (rk_identity_find(rk_text(c->name), &start, &size))
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("the name of a column holds an identity number"));
    return rk_fail_at(error, RK_BAD_DATA, &pos,
                      d->schema ? _("the column %s is not known to the table %s; --keep, --drop or "
                                    "--columns says what becomes of it")
                                : _("the column %s: --keep, --drop or --columns says what becomes "
                                    "of it"),
                      c->name, d->schema ? d->schema->name : "");
}

/* The columns, from the first row or at the end. */
static enum rk_status begin(struct deidentify *d, struct rk_error *error)
{
    bool json = rk_reader_is_json(rk_table_reader(d->table));
    for (size_t f = 0; d->schema && f < d->schema->field_count; f++) {
        const struct rk_field *field = &d->schema->fields[f];
        if (json || rk_table_has(d->table, f)) /* in JSON a later record may bring it */
            add_column(d, (struct column){.field = field,
                                          .at = f,
                                          .name = field->name,
                                          .except = exception(d->schema, f)});
    }
    d->extras = rk_table_extras(d->table);
    for (size_t x = 0; x < d->extras; x++)
        add_column(d, (struct column){.at = x, .name = rk_table_extra_name(d->table, x).text});
    struct rk_writer_column *columns = rk_alloc(d->count, sizeof *columns);
    for (size_t c = 0; c < d->count; c++) {
        const struct column *column = &d->columns[c];
        enum rk_type type = column->field ? column->field->type : RK_STRING;
        if (column->treat == RK_TREAT_UNKNOWN) {
            rk_free(columns);
            return no_rule(d, column, error);
        }
        columns[c] =
            (struct rk_writer_column){column->name, column->treat == RK_TREAT_KEEP &&
                                                        (type == RK_NUMBER || type == RK_INTEGER)};
    }
    d->cells = rk_alloc(d->count, sizeof *d->cells);
    d->writer = rk_writer_open(d->out, d->form, columns, d->count);
    rk_free(columns);
    return RK_OK;
}

/* ---- rows ---- */

static void reject(struct deidentify *d, const struct column *c, const char *why)
{
    if (c->field)
        rk_table_reject(d->table, c->at, "%s", why);
    else
        rk_table_reject(d->table, SIZE_MAX, "%s: %s", c->name, why);
}

/* What is no text is not searched, so it must be what it says. */
static bool fits(const struct rk_field *field, struct rk_text text)
{
    struct rk_value value;
    struct rk_buf why = {0};
    bool good = rk_field_check(field, text, &value, &why);
    rk_buf_free(&why);
    return good;
}

/* A kept text, made coarser or searched. *why is set where it cannot be let out. */
static void keep(const struct deidentify *d, const struct column *c, struct rk_text text,
                 struct rk_buf *cell, const char **why)
{
    struct rk_scan_walk walk = {.text = text};
    size_t start, size;
    bool dated = !c->field || c->text || c->field->type == RK_DATE || c->field->type == RK_DATETIME;
    if (d->rules->dates && dated && !is_id(rk_text(c->name)) &&
        rk_coarse_date(d->rules->dates, text, cell))
        return;
    enum rk_scan found = RK_SCAN_NOTHING;
    if (!c->text && !fits(c->field, text))
        *why = _("not what the column is for; rk-validate tells more");
    else if (c->text && d->rules->redact)
        rk_scan_redact(text, cell);
    else if (c->text && (found = rk_scan_next(&walk, &start, &size)))
        *why = rk_scan_message(found);
    else
        rk_buf_add(cell, text.text, text.size);
}

static enum rk_status replace(struct deidentify *d, const struct column *c, struct rk_text text,
                              struct rk_buf *cell, const char **why, struct rk_error *error)
{
    struct rk_text pseudonym;
    switch (rk_pseudonyms_give(d->pseudonyms, c->kind, text, &pseudonym)) {
    case RK_PSEUDONYM_GIVEN: rk_buf_add(cell, pseudonym.text, pseudonym.size); break;
    case RK_PSEUDONYM_COLLIDES:
        return rk_fail(error, RK_BAD_DATA,
                       _("two ids would get the same pseudonym; a greater --length is needed"));
    case RK_PSEUDONYM_CENTURIES:
        *why = _("the same ten digits stand with another century: two persons' numbers");
        break;
    case RK_PSEUDONYM_NO_NUMBER: *why = _("not an identity number"); break;
    case RK_PSEUDONYM_SHREDDED: *why = _("the key of this subject was destroyed"); break;
    case RK_PSEUDONYM_NO_MEMORY: return rk_fail(error, RK_FAILED, _("no memory for keys"));
    }
    return RK_OK;
}

static enum rk_status treat(struct deidentify *d, const struct column *c, struct rk_text text,
                            struct rk_buf *cell, const char **why, struct rk_error *error)
{
    if (!text.size || (c->except && rk_text_is(text, c->except)))
        rk_buf_add(cell, text.text, text.size);
    else if (c->treat == RK_TREAT_PSEUDONYM)
        return replace(d, c, text, cell, why, error);
    else if (c->treat == RK_TREAT_BAND && !rk_coarse_year(d->rules->band, text, cell))
        *why = _("expected a year");
    else if (c->treat == RK_TREAT_KEEP)
        keep(d, c, text, cell, why);
    return RK_OK;
}

static enum rk_status one_row(struct deidentify *d, const struct rk_row *row,
                              struct rk_error *error)
{
    const struct rk_record *record = rk_table_record(d->table);
    size_t columns = rk_reader_columns(rk_table_reader(d->table));
    bool bad = false;
    if (!d->writer)
        RK_TRY(begin(d, error));
    if (rk_table_extras(d->table) != d->extras)
        return rk_fail(
            error, RK_BAD_DATA,
            _("record %llu brings a column that the records before it have not; CSV says "
              "it at the start"),
            (unsigned long long)row->number);
    if (record->count != columns) {
        rk_table_reject(d->table, SIZE_MAX,
                        RK_PLURAL("%zu cell, but the header has %zu",
                                  "%zu cells, but the header has %zu", record->count),
                        record->count, columns);
        return RK_OK;
    }
    for (size_t i = 0; i < d->count; i++) {
        const struct column *c = &d->columns[i];
        struct rk_text text = c->field ? rk_value_text(&row->values[c->at]) : (struct rk_text){0};
        const char *why = NULL;
        if (!c->field) {
            struct rk_cell cell = rk_table_extra(d->table, c->at);
            text = (struct rk_text){cell.text, cell.size};
        }
        rk_buf_clear(&d->cells[i]);
        RK_TRY(treat(d, c, text, &d->cells[i], &why, error));
        if (why)
            reject(d, c, why);
        bad |= why != NULL;
    }
    for (size_t i = 0; i < d->count && !bad; i++) {
        const struct column *c = &d->columns[i];
        bool bare = c->treat == RK_TREAT_KEEP && c->field && row->values[c->at].bare;
        rk_write_cell(d->writer, &(struct rk_cell){d->cells[i].text, d->cells[i].size, bare});
    }
    if (!bad)
        rk_write_end(d->writer);
    return RK_OK;
}

enum rk_status rk_deidentify_table(struct rk_table *table, const struct rk_schema *schema,
                                   struct rk_treat_rules *rules, struct rk_pseudonyms *pseudonyms,
                                   struct rk_out *out, enum rk_form form, struct rk_error *error)
{
    struct deidentify d = {.table = table,
                           .schema = schema,
                           .rules = rules,
                           .pseudonyms = pseudonyms,
                           .out = out,
                           .form = form};
    const struct rk_row *row = NULL;
    enum rk_status status;
    while (!(status = rk_table_next(table, &row, error)) && row)
        if ((status = one_row(&d, row, error)))
            break;
    if (!status && !d.writer) /* a table without a row is its header */
        status = begin(&d, error);
    if (d.writer)
        rk_writer_finish(d.writer);
    for (size_t i = 0; d.cells && i < d.count; i++)
        rk_buf_free(&d.cells[i]);
    rk_free(d.cells);
    rk_free(d.columns);
    return status;
}
