#include "privacy/purge_work.h"

struct walk {
    struct rk_purge *p;
    enum rk_purge_walk kind;
    struct rk_table *table;
    struct purge_table t;
    struct rk_writer *writer;
    size_t columns;
    size_t *field_of; /* by column: field or SIZE_MAX */
    struct rk_buf cell;
};

static void count(struct rk_purge *p, uint32_t reason, uint32_t table)
{
    uint32_t known = p->line_keys.count;
    uint32_t line = rk_tuples_add(&p->line_keys, (uint32_t[]){reason, table});
    if (line == known) {
        if (line >= p->line_room) {
            p->line_room = p->line_room ? 2 * p->line_room : 64;
            p->line_rows = rk_resize(p->line_rows, p->line_room, sizeof *p->line_rows);
        }
        p->line_rows[line] = 0;
    }
    p->line_rows[line]++;
}

static enum rk_status open_writer(struct walk *w, struct rk_out *out, enum rk_form form,
                                  struct rk_error *error)
{
    const struct rk_reader *reader = rk_table_reader(w->table);
    size_t n = rk_reader_columns(reader);
    if (w->writer && n != w->columns)
        return rk_fail(
            error, RK_BAD_DATA,
            _("record %llu brings a column that the records before it have not; CSV says "
              "it at the start"),
            (unsigned long long)rk_table_record(w->table)->number);
    if (w->writer)
        return RK_OK;
    struct rk_writer_column *columns = rk_alloc(n, sizeof *columns);
    w->field_of = rk_alloc(n, sizeof *w->field_of);
    for (size_t c = 0; c < n; c++) {
        columns[c].name = rk_reader_column(reader, c).text;
        w->field_of[c] = SIZE_MAX;
    }
    for (size_t f = 0; f < w->t.schema->field_count; f++) {
        size_t c = rk_table_column(w->table, f);
        enum rk_type type = w->t.schema->fields[f].type;
        if (c == SIZE_MAX)
            continue;
        w->field_of[c] = f;
        columns[c].number = type == RK_NUMBER || type == RK_INTEGER;
    }
    w->columns = n;
    w->writer = rk_writer_open(out, form, columns, n);
    rk_free(columns);
    return RK_OK;
}

/* The id that takes the place of a panelist's in what is kept. */
static struct rk_text new_id(struct rk_purge *p, struct rk_text id)
{
    uint32_t number = rk_strings_find(&p->ids[RK_PURGE_PANELIST], id);
    if (number == RK_NONE || p->panelists[number].books)
        return id;
    struct purge_panelist *one = &p->panelists[number];
    while (!one->fresh) {
        char text[NEW_ID + 1];
        uint32_t known = p->fresh.count;
        rk_purge_random_id(text);
        if (rk_strings_find(&p->ids[RK_PURGE_PANELIST], rk_text(text)) == RK_NONE &&
            rk_strings_add(&p->fresh, rk_text(text)) == known)
            one->fresh = known + 1;
    }
    return p->fresh.texts[one->fresh - 1];
}

/* Somebody else's id in the copy that a person gets: which, is not told, but that it is the same.
 */
static void hide(struct rk_purge *p, enum rk_purge_who who, struct rk_text id, struct rk_buf *cell)
{
    static const char *const words[] = {"candidate", "panelist", "rater"};
    rk_buf_printf(cell, "%s-%u", words[who], rk_strings_add(&p->others[who], id) + 1);
}

/* The cell of a reference, with ids replaced. */
static void references(struct walk *w, const struct rk_row *row, size_t reference)
{
    struct rk_text rest = rk_value_text(&row->values[w->t.references[reference].field]), item;
    bool first = true;
    for (enum rk_purge_who who;
         (who = rk_purge_named(w->p, &w->t, row, reference, &rest, &item)) != RK_PURGE_KINDS;
         first = false) {
        if (!first)
            rk_buf_char(&w->cell, '|');
        if (w->kind == RK_PURGE_EXTRACT && !rk_purge_is_subject(w->p, who, item)) {
            hide(w->p, who, item, &w->cell);
            continue;
        }
        struct rk_text id = item;
        if (w->kind == RK_PURGE_REWRITE && who == RK_PURGE_PANELIST && rk_purge_goes(w->p, item))
            id = new_id(w->p, item);
        rk_buf_add(&w->cell, id.text, id.size);
    }
}

/* What stays of a panelist's own row: that there was consent, and until when. */
static bool is_left(const struct rk_field *field)
{
    static const char *const left[] = {"panelist_id", "consent_until", "consent_withdrawn_on",
                                       "legal_basis", NULL};
    for (const char *const *l = left; *l; l++)
        if (!strcmp(*l, field->name))
            return true;
    return false;
}

/* A column that is none of ours may hold a name: it is left out of rows that tell no longer, or not
 * to this reader, who somebody was. The subject's own row is theirs to see. */
static bool hides_strange(const struct walk *w)
{
    const char *name = w->t.schema->name;
    return w->kind == RK_PURGE_REWRITE ||
           (w->t.class != CLASS_BANK && strcmp(name, "candidates") != 0);
}

static void write_row(struct walk *w, const struct rk_row *row, bool changed)
{
    const struct rk_record *record = rk_table_record(w->table);
    for (size_t c = 0; c < w->columns; c++) {
        size_t f = w->field_of[c], reference = SIZE_MAX;
        const struct rk_field *field = f == SIZE_MAX ? NULL : &w->t.schema->fields[f];
        struct rk_cell cell = {0};
        if (c < record->count)
            cell = record->cells[c];
        for (size_t i = 0; i < w->t.reference_count && changed; i++)
            if (w->t.references[i].field == f)
                reference = i;
        rk_buf_clear(&w->cell);
        if (reference != SIZE_MAX) {
            references(w, row, reference);
            cell = (struct rk_cell){w->cell.text, w->cell.size, false};
        } else if (changed && w->kind == RK_PURGE_REWRITE && w->t.class == CLASS_BANK) {
            if (!field || !is_left(field))
                cell = (struct rk_cell){0};
            if (field && !strcmp(field->name, "status"))
                cell = (struct rk_cell){"left", 4, false};
            if (field && !strcmp(field->name, "experience"))
                cell = (struct rk_cell){"erased", 6, false};
        } else if (changed && !field && hides_strange(w)) {
            cell = (struct rk_cell){0};
        }
        rk_write_cell(w->writer, &cell);
    }
    rk_write_end(w->writer);
}

static enum rk_status one_row(struct walk *w, const struct rk_row *row, struct rk_out *out,
                              enum rk_form form, struct rk_purge_walked *walked,
                              struct rk_error *error)
{
    struct rk_purge *p = w->p;
    struct purge_verdict verdict = rk_purge_judge(p, &w->t, row);
    enum rk_purge_action action =
        verdict.reason == RK_NONE ? RK_PURGE_KEEP : p->reasons[verdict.reason].action;
    bool changed = action == RK_PURGE_DEIDENTIFY;
    walked->before++;
    walked->changes |= action == RK_PURGE_ERASE || changed;
    if (w->kind == RK_PURGE_COUNT) {
        if (verdict.reason != RK_NONE)
            count(p, verdict.reason, w->t.name);
        if (verdict.replaced != RK_NONE)
            count(p, verdict.replaced, w->t.name);
        if (action == RK_PURGE_ERASE && p->export)
            rk_purge_export_row(p, &w->t, row);
    }
    walked->after += action != RK_PURGE_ERASE;
    walked->about += verdict.about;
    if (w->kind == RK_PURGE_COUNT || (w->kind == RK_PURGE_REWRITE && action == RK_PURGE_ERASE) ||
        (w->kind == RK_PURGE_EXTRACT && !verdict.about))
        return RK_OK;
    RK_TRY(open_writer(w, out, form, error));
    write_row(w, row, changed || w->kind == RK_PURGE_EXTRACT);
    return RK_OK;
}

enum rk_status rk_purge_walk(struct rk_purge *p, enum rk_purge_walk kind, struct rk_table *table,
                             const struct rk_schema *schema, struct rk_out *out, enum rk_form form,
                             struct rk_purge_walked *walked, struct rk_error *error)
{
    struct walk w = {.p = p, .kind = kind, .table = table};
    enum rk_status status;
    *walked = (struct rk_purge_walked){0};
    rk_purge_bind(p, &w.t, schema);
    for (const struct rk_row *row; !(status = rk_table_next(table, &row, error)) && row;)
        if ((status = one_row(&w, row, out, form, walked, error)))
            break;
    if (!status && !w.writer && kind == RK_PURGE_REWRITE) /* a table without a row is its header */
        status = open_writer(&w, out, form, error);
    if (w.writer)
        rk_writer_finish(w.writer);
    rk_free(w.field_of);
    rk_buf_free(&w.cell);
    return status;
}
