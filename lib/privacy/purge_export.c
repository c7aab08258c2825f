#include "privacy/deidentify.h"
#include "privacy/purge_work.h"
#include "privacy/scan.h"

#include <stdlib.h>

struct table {
    const char *name;
    struct rk_buf header;
    char **rows; /* as CSV */
    size_t count, room;
};

struct purge_export {
    struct table *tables;
    size_t count, room;
    struct rk_strings from, to; /* ids as "kind|id", and the random ones by the same number */
};

void rk_purge_random_id(char id[NEW_ID + 1])
{
    unsigned char bytes[RK_KEY_SIZE];
    rk_key_random(bytes, sizeof bytes);
    rk_key_text(id, NEW_ID, bytes);
}

struct purge_export *rk_purge_export_new(void) { return rk_alloc(1, sizeof(struct purge_export)); }

void rk_purge_export_free(struct purge_export *e)
{
    for (size_t i = 0; e && i < e->count; i++) {
        for (size_t j = 0; j < e->tables[i].count; j++)
            rk_free(e->tables[i].rows[j]);
        rk_free(e->tables[i].rows);
        rk_buf_free(&e->tables[i].header);
    }
    if (!e)
        return;
    rk_free(e->tables);
    rk_strings_free(&e->from);
    rk_strings_free(&e->to);
    rk_free(e);
}

static bool consents(struct rk_purge *p, enum rk_purge_who who, struct rk_text id)
{
    uint32_t number = rk_strings_find(&p->ids[who], id);
    if (who == RK_PURGE_RATER) /* staff rate as part of their work */
        return number == RK_NONE || p->raters[number].panelist == RK_NONE ||
               p->panelists[p->raters[number].panelist].consents;
    if (number == RK_NONE)
        return false;
    if (who == RK_PURGE_PANELIST)
        return p->panelists[number].consents;
    return p->candidates[number].consents && !p->candidates[number].protected;
}

static bool is_id(const struct rk_field *field)
{
    size_t n = strlen(field->name);
    return n > 3 && !strcmp(field->name + n - 3, "_id");
}

static bool is_out(const struct rk_field *field) { return field->personal || field->leads; }

/* The random id that stands for this one everywhere. */
static struct rk_text random_id(struct purge_export *e, const char *kind, struct rk_text id)
{
    struct rk_buf key = {0};
    char text[NEW_ID + 1];
    rk_buf_printf(&key, "%s|%.*s", kind, (int)id.size, id.text);
    uint32_t known = e->from.count;
    uint32_t number = rk_strings_add(&e->from, (struct rk_text){key.text, key.size});
    rk_buf_free(&key);
    while (number == known && e->to.count == known) { /* until one that is not taken */
        rk_purge_random_id(text);
        rk_strings_add(&e->to, rk_text(text));
    }
    return e->to.texts[number];
}

static struct table *table_of(struct purge_export *e, const struct rk_schema *schema)
{
    for (size_t i = 0; i < e->count; i++)
        if (!strcmp(e->tables[i].name, schema->name))
            return &e->tables[i];
    RK_GROW(e->tables, e->count, e->room);
    struct table *t = &e->tables[e->count++];
    *t = (struct table){.name = schema->name};
    for (size_t f = 0; f < schema->field_count; f++)
        if (!is_out(&schema->fields[f])) {
            rk_buf_text(&t->header, t->header.size ? "," : "");
            rk_buf_text(&t->header, schema->fields[f].name);
        }
    rk_buf_char(&t->header, '\n');
    return t;
}

static void add_cell(struct purge_export *e, const struct rk_field *field, struct rk_text text,
                     struct rk_buf *row)
{
    struct rk_buf cell = {0};
    struct rk_scan_walk walk = {.text = text};
    size_t start, size;
    bool words = (field->type == RK_STRING || field->type == RK_LIST) && !field->choices;
    if (is_id(field) && text.size) {
        text = random_id(e, field->name, text);
        rk_buf_add(&cell, text.text, text.size);
    } else if (!rk_coarse_date(RK_COARSE_YEAR, text, &cell) &&
               !(words && rk_scan_next(&walk, &start, &size))) {
        rk_buf_add(&cell, text.text, text.size);
    }
    rk_csv_field(row, (struct rk_text){cell.text, cell.size}, ',');
    rk_buf_free(&cell);
}

void rk_purge_export_row(struct rk_purge *p, const struct purge_table *t, const struct rk_row *row)
{
    struct rk_buf line = {0};
    if (!t->exports)
        return;
    for (size_t i = 0; i < t->reference_count; i++) {
        struct rk_text rest = rk_value_text(&row->values[t->references[i].field]), item;
        for (enum rk_purge_who who;
             (who = rk_purge_named(p, t, row, i, &rest, &item)) != RK_PURGE_KINDS;)
            if (!consents(p, who, item))
                return;
    }
    struct table *table = table_of(p->export, t->schema);
    bool first = true;
    for (size_t f = 0; f < t->schema->field_count; f++) {
        if (is_out(&t->schema->fields[f]))
            continue;
        rk_buf_text(&line, first ? "" : ",");
        first = false;
        add_cell(p->export, &t->schema->fields[f], rk_value_text(&row->values[f]), &line);
    }
    rk_buf_char(&line, '\n');
    RK_GROW(table->rows, table->count, table->room);
    table->rows[table->count++] = rk_buf_take(&line);
}

const char *rk_purge_export_table(const struct rk_purge *p, size_t index)
{
    return p->export && index < p->export->count ? p->export->tables[index].name : NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void rk_purge_export(struct rk_purge *p, size_t index, struct rk_out *out)
{
    struct table *t = &p->export->tables[index];
    if (t->count)
        qsort(t->rows, t->count, sizeof *t->rows, by_text);
    rk_out_write(out, t->header.text, t->header.size);
    for (size_t i = 0; i < t->count; i++)
        rk_out_write(out, t->rows[i], strlen(t->rows[i]));
}
