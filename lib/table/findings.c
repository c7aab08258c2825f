#include "table/findings.h"

#include "base/mem.h"

const struct rk_writer_column rk_findings_columns[] = {
    {"file", false}, {"line", true},     {"column", true}, {"field", false},
    {"kind", false}, {"message", false}, {NULL, false}};

enum { COLUMNS = sizeof rk_findings_columns / sizeof *rk_findings_columns - 1 };

/* What each kind is, in a few words and in a sentence. */
static const struct {
    const char *kind, *title, *description;
} kinds[] = {
    {"source-error", N_("File error"), N_("the file cannot be read as what it should be")},
    {"incorrect-label", N_("Mistyped column"), N_("the name of a column is nearly one of ours")},
    {"missing-label", N_("Missing column"), N_("a column that is required is not in the header")},
    {"blank-row", N_("Empty line"), N_("a line holds nothing")},
    {"extra-cell", N_("Too many cells"), N_("a row has more cells than the header has columns")},
    {"missing-cell", N_("Too few cells"), N_("a row has fewer cells than the header has columns")},
    {"type-error", N_("Wrong type"), N_("a value is not of the column's type")},
    {"constraint-error", N_("Wrong value"), N_("a value is not one that the column may have")},
    {"primary-key", N_("Duplicate"), N_("a key that must be unique stands twice")},
    {"foreign-key", N_("Unknown reference"), N_("a value is not in the table that it refers to")},
    {"row-constraint", N_("Contradiction"), N_("values that exclude each other")},
    {"consent", N_("Consent"), N_("somebody takes part without the consent that is needed")},
    {"scale", N_("Outside the rubric"), N_("a rating that the rubric has no room for")},
    {"conflict", N_("Conflict of interest"),
     N_("a rating by somebody with a conflict of interest")},
    {"declaration", N_("Declaration missing"),
     N_("a rating by somebody who has not declared conflicts of interest")},
    {"identity-number", N_("Identity number"),
     N_("a personal identity number or coordination number, which no table may hold")},
    {"phone", N_("Telephone number"), N_("a text holds a telephone number")},
    {"email", N_("E-mail address"), N_("a text holds an e-mail address")},
    {"address", N_("Street address"), N_("a text holds a street address or post code")},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct rk_findings {
    struct rk_out *out;
    struct rk_writer *writer; /* NULL: a report */
    struct rk_buf text;
    uint64_t tasks, all, here;
};

struct rk_findings *rk_findings_new(struct rk_out *out, enum rk_form form)
{
    struct rk_findings *f = rk_alloc(1, sizeof *f);
    f->out = out;
    if (form == RK_JSON)
        rk_buf_text(&f->text, "{\"tasks\": [");
    else
        f->writer = rk_writer_open(out, form, rk_findings_columns, COLUMNS);
    return f;
}

static void flush(struct rk_findings *f)
{
    if (f->text.size)
        rk_out_write(f->out, f->text.text, f->text.size);
    rk_buf_clear(&f->text);
}

static void member(struct rk_findings *f, const char *name, const char *value)
{
    rk_buf_printf(&f->text, "\"%s\": ", name);
    rk_json_quote(&f->text, rk_text(value));
}

void rk_findings_begin(struct rk_findings *f, const char *name, const char *place, const char *type)
{
    f->here = 0;
    if (f->writer)
        return;
    rk_buf_text(&f->text, f->tasks++ ? ",\n{" : "\n{");
    member(f, "name", name);
    rk_buf_text(&f->text, ", ");
    member(f, "type", type);
    rk_buf_text(&f->text, ", ");
    member(f, "place", place);
    rk_buf_text(&f->text, ", \"errors\": [");
    flush(f);
}

static void add_row(struct rk_findings *f, const struct rk_finding *finding)
{
    const struct rk_pos *pos = &finding->pos;
    rk_write_string(f->writer, pos->file);
    if (pos->line)
        rk_write_int(f->writer, (int64_t)pos->line);
    else
        rk_write_missing(f->writer);
    if (pos->column)
        rk_write_int(f->writer, (int64_t)pos->column);
    else
        rk_write_missing(f->writer);
    rk_write_string(f->writer, pos->field);
    rk_write_string(f->writer, finding->kind);
    rk_write_string(f->writer, finding->text);
    rk_write_end(f->writer);
}

void rk_findings_add(struct rk_findings *f, const struct rk_finding *finding)
{
    f->all++;
    f->here++;
    if (f->writer) {
        add_row(f, finding);
        return;
    }
    size_t k = 0;
    while (k < KINDS && strcmp(kinds[k].kind, finding->kind) != 0)
        k++;
    rk_buf_text(&f->text, f->here > 1 ? ",\n  {" : "\n  {");
    member(f, "type", finding->kind);
    rk_buf_text(&f->text, ", ");
    member(f, "title", k < KINDS ? _(kinds[k].title) : finding->kind);
    rk_buf_text(&f->text, ", ");
    member(f, "description", k < KINDS ? _(kinds[k].description) : "");
    rk_buf_text(&f->text, ", ");
    member(f, "message", finding->text);
    if (finding->pos.field) {
        rk_buf_text(&f->text, ", ");
        member(f, "fieldName", finding->pos.field);
    }
    if (finding->field_number)
        rk_buf_printf(&f->text, ", \"fieldNumber\": %zu", finding->field_number);
    if (finding->row)
        rk_buf_printf(&f->text, ", \"rowNumber\": %llu", (unsigned long long)finding->row + 1);
    if (finding->pos.line)
        rk_buf_printf(&f->text, ", \"rk:line\": %llu", (unsigned long long)finding->pos.line);
    if (finding->pos.column)
        rk_buf_printf(&f->text, ", \"rk:column\": %llu", (unsigned long long)finding->pos.column);
    rk_buf_char(&f->text, '}');
    flush(f);
}

static const char *truth(bool value) { return value ? "true" : "false"; }

void rk_findings_end(struct rk_findings *f, size_t fields, uint64_t rows)
{
    if (f->writer)
        return;
    rk_buf_printf(&f->text,
                  "%s], \"valid\": %s, \"warnings\": [], \"stats\": {\"errors\": %llu, "
                  "\"warnings\": 0, \"fields\": %zu, \"rows\": %llu}}",
                  f->here ? "\n" : "", truth(!f->here), (unsigned long long)f->here, fields,
                  (unsigned long long)rows);
    flush(f);
}

uint64_t rk_findings_count(const struct rk_findings *f) { return f->all; }

void rk_findings_finish(struct rk_findings *f)
{
    if (f->writer) {
        rk_writer_finish(f->writer);
    } else {
        rk_buf_printf(
            &f->text,
            "%s], \"valid\": %s, \"warnings\": [], \"errors\": [], \"stats\": {\"tasks\": "
            "%llu, \"errors\": %llu, \"warnings\": 0}}\n",
            f->tasks ? "\n" : "", truth(!f->all), (unsigned long long)f->tasks,
            (unsigned long long)f->all);
        flush(f);
    }
    rk_buf_free(&f->text);
    rk_free(f);
}
