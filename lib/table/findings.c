#include "table/findings.h"

#include "base/hash.h"
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
    {"cap", N_("Too many"),
     N_("more members than there are seats or places, or than the panelist takes")},
    {"scale", N_("Outside the rubric"), N_("a rating that the rubric has no room for")},
    {"conflict", N_("Conflict of interest"),
     N_("a rating by somebody with a conflict of interest")},
    {"declaration", N_("Declaration missing"),
     N_("a rating by somebody who has not declared conflicts of interest")},
    {"identity-number", N_("Identity number"),
     N_("a personal identity number or coordination number, which no table may hold")},
    {"missing-row", N_("Missing row"), N_("a row that only one of two files has")},
    {"different", N_("Entered differently"), N_("a value that was entered in two ways")},
    {"phone", N_("Telephone number"), N_("a text holds a telephone number")},
    {"email", N_("E-mail address"), N_("a text holds an e-mail address")},
    {"address", N_("Street address"), N_("a text holds a street address or post code")},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* In a letter: faults that are alike, in one file. */
enum { MOST_LINES = 8, MOST_FAULTS = 20 };
struct fault {
    uint64_t lines[MOST_LINES], count;
};

struct rk_findings {
    struct rk_out *out;
    struct rk_writer *writer; /* NULL: a report or a letter */
    bool letter;
    struct rk_buf text;
    uint64_t tasks, all, here;
    const char *place;         /* letter: of the file */
    struct rk_strings sayings; /* … what is wrong in it, the first MOST_FAULTS … */
    struct fault faults[MOST_FAULTS];
    uint64_t told;      /* … and how many findings those are */
    struct rk_buf good; /* files without a fault */
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

struct rk_findings *rk_findings_new_letter(struct rk_out *out)
{
    struct rk_findings *f = rk_alloc(1, sizeof *f);
    f->out = out;
    f->letter = true;
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
    f->place = place;
    if (f->writer || f->letter)
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

static void add_fault(struct rk_findings *f, const struct rk_finding *finding)
{
    const struct rk_pos *pos = &finding->pos;
    struct rk_buf saying = {0};
    if (pos->field)
        rk_buf_printf(&saying, _("Column %s: "), pos->field);
    rk_buf_text(&saying, finding->text);
    struct rk_text text = {saying.text, saying.size};
    uint32_t which = f->sayings.count < MOST_FAULTS ? rk_strings_add(&f->sayings, text)
                                                    : rk_strings_find(&f->sayings, text);
    if (which != RK_NONE) {
        struct fault *fault = &f->faults[which];
        if (fault->count < MOST_LINES)
            fault->lines[fault->count] = pos->line;
        fault->count++;
        f->told++;
    }
    rk_buf_free(&saying);
}

static void write_lines(struct rk_buf *out, const struct fault *fault)
{
    uint64_t shown = fault->count < MOST_LINES ? fault->count : MOST_LINES;
    if (!fault->lines[0]) /* the file as a whole */
        return;
    rk_buf_text(out, "\n     ");
    rk_buf_text(out, fault->count == 1 ? _("Line") : _("Lines"));
    for (uint64_t i = 0; i < shown; i++)
        rk_buf_printf(out, "%s %llu", i ? "," : "", (unsigned long long)fault->lines[i]);
    if (fault->count > shown)
        rk_buf_printf(out, _(" and %llu more"), (unsigned long long)(fault->count - shown));
    rk_buf_char(out, '.');
}

static void head_letter(struct rk_findings *f)
{
    if (!f->tasks++)
        rk_buf_text(&f->text, _("To whoever corrects the files\n\n"
                                "This was found when they were checked.\n"));
}

/* The file's part of the letter. */
static void end_letter(struct rk_findings *f, uint64_t rows)
{
    struct rk_buf *out = &f->text;
    head_letter(f);
    if (!f->here) {
        rk_buf_printf(&f->good, "  %s\n", f->place);
        return;
    }
    rk_buf_printf(out, "\n%s\n", f->place);
    if (rows)
        rk_buf_printf(out, _("Rows read: %llu. Faults: %llu.\n"), (unsigned long long)rows,
                      (unsigned long long)f->here);
    for (uint32_t i = 0; i < f->sayings.count; i++) {
        rk_buf_printf(out, "%3u. %s", (unsigned)i + 1, f->sayings.texts[i].text);
        write_lines(out, &f->faults[i]);
        rk_buf_char(out, '\n');
    }
    if (f->here > f->told)
        rk_buf_printf(out, _("     And %llu faults of other kinds; the whole list can be had.\n"),
                      (unsigned long long)(f->here - f->told));
    rk_strings_free(&f->sayings);
    memset(f->faults, 0, sizeof f->faults);
    f->told = 0;
    flush(f);
}

static void finish_letter(struct rk_findings *f)
{
    struct rk_buf *out = &f->text;
    head_letter(f);
    if (f->good.size) {
        rk_buf_text(out, "\n");
        rk_buf_text(out, _("Nothing is wrong in"));
        rk_buf_printf(out, "\n%s", f->good.text);
    }
    if (f->all) {
        rk_buf_text(out, "\n");
        rk_buf_text(out,
                    _("What to do: correct it where it was entered, and send the whole file anew.\n"
                      "Lines are counted from the top of the file, and the headings are line 1.\n"
                      "Names and identity numbers are never shown here: look in the file. If what\n"
                      "stands there is right, say so, and the rule will be looked at instead.\n"));
    }
    flush(f);
    rk_buf_free(&f->good);
}

void rk_findings_add(struct rk_findings *f, const struct rk_finding *finding)
{
    f->all++;
    f->here++;
    if (f->writer) {
        add_row(f, finding);
        return;
    }
    if (f->letter) {
        add_fault(f, finding);
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
    if (f->letter)
        end_letter(f, rows);
    if (f->writer || f->letter)
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
    } else if (f->letter) {
        finish_letter(f);
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
