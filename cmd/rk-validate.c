/* rk-validate: holds tables against the schemas and each other. */
#include "base/mem.h"
#include "model/rules.h"
#include "privacy/identity.h"
#include "table/pass.h"
#include "tool/package_files.h"

#include <errno.h>
#include <sys/stat.h>

static struct {
    const char *table, *rubrics, *package;
    bool require_declarations, letter, compare;
} options;

enum { KEY_TABLE = 't', KEY_RUBRICS = 1, KEY_DECLARATIONS, KEY_LETTER, KEY_COMPARE, KEY_PACKAGE };

static const struct argp_option table[] = {
    {"table", KEY_TABLE, "TEXT", 0, N_("which table the files are (told by their names)"), 0},
    {"rubrics", KEY_RUBRICS, "FILE", 0,
     N_("the rubric that ratings are held against, or a folder of rubrics"), 0},
    {"require-declarations", KEY_DECLARATIONS, NULL, 0,
     N_("a rating needs a declaration about conflicts of interest by its rater"), 0},
    {"letter", KEY_LETTER, NULL, 0,
     N_("the findings as a letter to whoever must correct the files, in Swedish unless --lang"), 0},
    {"compare", KEY_COMPARE, NULL, 0,
     N_("no rules: two files of one table, entered twice, are held against each other"), 0},
    {"package", KEY_PACKAGE, "FILE", RK_MAKES,
     N_("where nothing is wrong with DIR: a datapackage.json about it, with sizes and hashes"), 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case KEY_TABLE: options.table = arg; return 0;
    case KEY_RUBRICS: options.rubrics = arg; return 0;
    case KEY_DECLARATIONS: options.require_declarations = true; return 0;
    case KEY_LETTER: options.letter = true; return 0;
    case KEY_COMPARE: options.compare = true; return 0;
    case KEY_PACKAGE: options.package = arg; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

struct work {
    struct rk_run *run;
    bool whole_folder;
    struct rk_contents files;
    struct rk_rubrics rubrics;
    struct rk_package *package;
    struct rk_rules *rules;
    struct rk_findings *findings; /* NULL with --rejects */
    struct rk_table *now;
    const char *path;        /* of the document looked at */
    struct rk_error problem; /* --rejects: what isn't about a row */
    struct rk_pass *good;    /* --rejects: the rows without findings */
};

/* The files named, or standard input; a single folder with all it holds. */
static enum rk_status find_files(struct work *w, struct rk_error *error)
{
    struct rk_run *run = w->run;
    struct stat info;
    if (run->operand_count == 1 && !options.table && !rk_run_rejecting(run) &&
        !stat(run->operands[0], &info) && S_ISDIR(info.st_mode)) {
        w->whole_folder = true;
        return rk_contents_add_folder(&w->files, run->operands[0], rk_rules_tables, run->log,
                                      error);
    }
    if (run->operand_count > 1 && rk_run_rejecting(run))
        rk_usage(_("--%s takes one file"), "rejects");
    for (size_t i = 0; i < (run->operand_count ? run->operand_count : 1); i++) {
        const char *path = run->operand_count ? run->operands[i] : "-", *name = options.table;
        bool there = !strcmp(path, "-") || !stat(path, &info);
        bool folder = there && strcmp(path, "-") != 0 && S_ISDIR(info.st_mode);
        if (!there || (folder && options.table)) /* a table was expected there */
            return rk_fail_errno(error, RK_FAILED, &(struct rk_pos){.file = rk_keep(path)},
                                 there ? EISDIR : errno, "%s", _("cannot read"));
        if (folder)
            rk_usage(_("%s is a folder, which is checked as a whole: name it alone"), path);
        enum rk_content kind =
            name ? RK_CONTENT_TABLE : rk_content_of(path, rk_rules_tables, &name);
        if (kind == RK_CONTENT_NONE)
            rk_usage(_("%s: which table is it? --table NAME tells"), path);
        if (kind == RK_CONTENT_PACKAGE)
            rk_usage(_("%s: name the folder it stands in"), path);
        if (kind != RK_CONTENT_TABLE && rk_run_rejecting(run))
            rk_usage(_("--%s is for a table"), "rejects");
        if (!run->operand_count)
            rk_refuse_terminal();
        rk_contents_add(&w->files, path, kind, name);
    }
    rk_contents_sort(&w->files, rk_rules_tables);
    return RK_OK;
}

/* ---- findings ---- */

static bool is_identity(struct rk_text text)
{
    size_t start, size;
    return text.size >= 10 && rk_identity_find(text, &start, &size);
}

static void on_finding(void *context, const struct rk_finding *finding)
{
    struct work *w = context;
    if (w->findings)
        rk_findings_add(w->findings, finding);
    else if (finding->row)
        rk_table_reject(w->now, finding->field, "%s", finding->text);
    else if (!*w->problem.text)
        rk_fail_at(&w->problem, RK_BAD_DATA, &finding->pos, "%s", finding->text);
}

static void on_rule(void *context, size_t field, const char *kind, const char *text)
{
    struct work *w = context;
    rk_package_find(w->package, field, kind, text);
}

static void find_identities(struct work *w)
{
    const struct rk_record *record = rk_table_record(w->now);
    for (size_t c = 0; c < record->count; c++) {
        struct rk_text text = {record->cells[c].text, record->cells[c].size};
        size_t start, size;
        enum rk_identity found =
            text.size < 10 ? RK_IDENTITY_NONE : rk_identity_find(text, &start, &size);
        if (found)
            rk_package_find_column(w->package, c, "identity-number",
                                   found == RK_IDENTITY_PERSONAL
                                       ? _("holds a personal identity number")
                                       : _("holds a coordination number"));
    }
}

/* ---- one file ---- */

/* A file that can't be opened as what it should be: the end, but in a whole folder a finding. */
static enum rk_status unreadable(struct work *w, const struct rk_content_file *file,
                                 const struct rk_error *why, struct rk_error *error)
{
    if (why->status != RK_BAD_DATA || !w->whole_folder) {
        *error = *why;
        return why->status;
    }
    struct rk_finding finding = {
        .pos = why->pos, .field = SIZE_MAX, .kind = "source-error", .text = why->text};
    finding.pos.file = file->path;
    rk_findings_add(w->findings, &finding);
    return RK_OK;
}

static bool has_any(const struct rk_table *data, const struct rk_schema *schema)
{
    for (size_t f = 0; f < schema->field_count; f++)
        if (rk_table_has(data, f))
            return true;
    return rk_reader_is_json(rk_table_reader(data));
}

static enum rk_status check_table(struct work *w, const struct rk_content_file *file,
                                  struct rk_error *error)
{
    const struct rk_schema *schema;
    const struct rk_row *row;
    struct rk_package_count count;
    struct rk_error why = {0};
    enum rk_status status = RK_OK;
    RK_TRY(rk_run_schema(w->run, &schema, file->table, error));
    if (w->findings)
        rk_findings_begin(w->findings, file->table, file->path, "table");
    rk_run_speak(w->run, w->whole_folder); /* there it becomes a finding */
    why.status = rk_run_open(w->run, &w->now, schema, file->path, true, &why);
    if (!why.status && !has_any(w->now, schema))
        why.status =
            rk_fail_at(&why, RK_BAD_DATA, &(struct rk_pos){.file = file->path, .line = 1},
                       _("the header has no column of the table %s; is it another table, or "
                         "a file that rk-import reads?"),
                       schema->name);
    if (why.status) {
        status = unreadable(w, file, &why, error);
        rk_run_speak(w->run, true);
        if (w->findings)
            rk_findings_end(w->findings, 0, 0);
        rk_run_speak(w->run, false);
        return status;
    }
    rk_run_speak(w->run, true);
    rk_table_hide(w->now, is_identity);
    rk_package_begin(w->package, schema, w->now);
    if (!w->findings)
        w->good = rk_pass_new(w->now, schema, rk_run_out(w->run), w->run->form);
    rk_rules_begin(w->rules, schema);
    while (!status && !*w->problem.text && !(status = rk_package_next(w->package, &row, error)) &&
           row) {
        find_identities(w);
        rk_rules_row(w->rules, row);
        if (!w->findings && rk_package_row_good(w->package))
            status = rk_pass_row(w->good, row, error);
        if (row->number % 65536 == 0)
            rk_run_progress(w->run, file->path, row->number, 0);
    }
    if (!w->findings) {
        if (!status && *w->problem.text) {
            *error = w->problem;
            status = error->status;
        }
        rk_pass_finish(w->good);
        w->good = NULL;
    }
    rk_package_end(w->package, &count);
    if (w->findings)
        rk_findings_end(w->findings, rk_reader_columns(rk_table_reader(w->now)), count.rows);
    rk_run_speak(w->run, false);
    rk_run_warn_like(w->run, w->now, NULL);
    if (!w->findings)
        return status; /* lib/tool tells the counts, and closes the table */
    rk_run_close(w->run, w->now);
    if (status)
        return status;
    rk_run_note(w->run, _("%s: rows: %llu in = %llu good + %llu with findings"), file->path,
                (unsigned long long)count.rows, (unsigned long long)(count.rows - count.bad_rows),
                (unsigned long long)count.bad_rows);
    return status;
}

static void not_as_listed(void *context, const char *why)
{
    struct work *w = context;
    struct rk_finding finding = {
        .pos = {.file = w->path}, .field = SIZE_MAX, .kind = "source-error", .text = why};
    rk_findings_add(w->findings, &finding);
}

static enum rk_status check_document(struct work *w, const struct rk_content_file *file,
                                     struct rk_error *error)
{
    struct rk_error why = {0};
    w->path = file->path;
    rk_findings_begin(w->findings, rk_content_name(file->path), file->path, "json");
    rk_run_speak(w->run, w->whole_folder);
    /* the user's rubrics are the ones to go by */
    why.status = rk_package_files_document(w->run, file, options.rubrics ? NULL : &w->rubrics,
                                           not_as_listed, w, &why);
    enum rk_status status = why.status ? unreadable(w, file, &why, error) : RK_OK;
    rk_run_speak(w->run, true);
    rk_findings_end(w->findings, 0, 0);
    rk_run_speak(w->run, false);
    return status;
}

/* ---- all of them ---- */

static enum rk_status read_rubrics(struct work *w, struct rk_error *error)
{
    struct stat info;
    if (!options.rubrics)
        return RK_OK;
    if (!stat(options.rubrics, &info) && S_ISDIR(info.st_mode))
        return rk_rubrics_add_directory(&w->rubrics, options.rubrics, error);
    return rk_rubrics_add(&w->rubrics, options.rubrics, error);
}

/* A map may only speak of columns of the tables at hand. */
static enum rk_status check_map(struct work *w, struct rk_error *error)
{
    const struct rk_schema **schemas = rk_alloc(w->files.count + 1, sizeof *schemas);
    enum rk_status status = RK_OK;
    size_t n = 0;
    for (size_t i = 0; i < w->files.count && !status; i++)
        if (w->files.files[i].table)
            status = rk_run_schema(w->run, &schemas[n++], w->files.files[i].table, error);
    if (!status)
        status = rk_map_check(w->run->map, schemas, n, error);
    rk_free(schemas);
    return status;
}

static enum rk_status check_all(struct work *w, struct rk_error *error)
{
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < w->files.count && !status; i++)
        if (!w->files.files[i].table &&
            !(options.package && w->files.files[i].kind == RK_CONTENT_PACKAGE))
            status = check_document(w, &w->files.files[i], error);
    for (size_t i = 0; i < w->files.count; i++)
        if (w->files.files[i].table)
            rk_package_expect(w->package, w->files.files[i].table);
    struct rk_rules_options rules = {w->rubrics.count ? &w->rubrics : NULL,
                                     options.require_declarations};
    w->rules = rk_rules_new(&rules, on_rule, w);
    if (w->rubrics.count > 1 && rk_package_expects(w->package, "ratings") &&
        !rk_package_expects(w->package, "recruitments"))
        rk_run_warn(w->run, _("without the table recruitments it is not known which rubric the "
                              "ratings follow, so they are held against none"));
    for (size_t i = 0; i < w->files.count && !status; i++)
        if (w->files.files[i].table)
            status = check_table(w, &w->files.files[i], error);
    return status;
}

static enum rk_status compare(struct work *w, struct rk_error *error)
{
    struct rk_run *run = w->run;
    const char *name = options.table;
    if (run->operand_count != 2)
        rk_usage(_("--%s takes two files"), "compare");
    const char *const paths[2] = {rk_keep(run->operands[0]), rk_keep(run->operands[1])};
    if (!name && rk_content_of(paths[0], rk_rules_tables, &name) != RK_CONTENT_TABLE)
        rk_usage(_("%s: which table is it? --table NAME tells"), paths[0]);
    rk_findings_begin(w->findings, name, paths[1], "table");
    rk_run_speak(run, true);
    enum rk_status status =
        rk_package_files_compare(run, name, paths, on_finding, is_identity, w, error);
    rk_findings_end(w->findings, 0, 0);
    rk_run_speak(run, false);
    return status;
}

static void check_options(struct rk_run *run)
{
    const char *other = rk_run_rejecting(run) ? "rejects" : options.package ? "package" : NULL;
    if (options.compare && (other || options.rubrics))
        rk_usage(_("--%s holds no rules: leave out --%s"), "compare", other ? other : "rubrics");
    if (options.letter && rk_run_rejecting(run))
        rk_usage(_("--%s and --%s exclude each other"), "letter", "rejects");
    const char *our, *theirs, *value;
    if (options.package && rk_map_entry(run->map, RK_MAP_COLUMNS, 0, &our, &theirs, &value))
        rk_usage(_("--%s describes files as they are: leave out --%s"), "package", "map");
    if (options.letter && !run->language_asked)
        run->language_asked = "sv"; /* it goes to offices here */
    rk_run_fence(run, NULL, NULL);  /* lets in what this language needs */
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work w = {.run = run};
    check_options(run);
    enum rk_status status = options.compare ? RK_OK : find_files(&w, error);
    if (options.package && !w.whole_folder)
        rk_usage(_("--%s takes a folder"), "package");
    if (!status && !w.files.count && !options.compare)
        status = rk_fail(error, RK_BAD_DATA, _("%s: no table or document of ours in the folder"),
                         run->operands[0]);
    if (!status)
        status = check_map(&w, error);
    if (!status)
        status = read_rubrics(&w, error);
    w.package = rk_package_new(on_finding, is_identity, &w);
    if (!rk_run_rejecting(run))
        w.findings = options.letter ? rk_findings_new_letter(rk_run_out(run))
                                    : rk_findings_new(rk_run_out(run), run->form);
    if (!status)
        status = options.compare ? compare(&w, error) : check_all(&w, error);
    if (w.findings) {
        uint64_t count = rk_findings_count(w.findings);
        rk_run_speak(run, true);
        rk_findings_finish(w.findings);
        rk_run_speak(run, false);
        if (!status && !count && options.package)
            status =
                rk_package_files_describe(run, options.package, run->operands[0], &w.files, error);
        if (!status && count)
            status = RK_BAD_DATA; /* the findings are the result: no text, so they are written */
    }
    rk_package_free(w.package);
    rk_rules_free(w.rules);
    rk_rubrics_free(&w.rubrics);
    rk_contents_free(&w.files);
    return status;
}

static const char *const examples[] = {
    "rk-validate ratings.csv",
    "rk-validate ratings.csv raters.csv candidates.csv --to table",
    "rk-validate --table ratings --rejects bad.csv -o good.csv export.csv",
    "rk-validate --to json town",
    "rk-validate --letter --rubrics rubric.json ratings.csv raters.csv",
    "rk-validate --compare --table ratings first.csv second.csv",
    "rk-validate --package town/datapackage.json town",
    NULL};

static const struct rk_tool_table outputs[] = {{"findings", RK_MAIN, NULL}, {0}};

static const struct rk_tool tool = {
    .name = "rk-validate",
    .purpose = N_("hold tables against the schemas and each other"),
    .operands = N_("[FILE… | DIR]"),
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_HAS_TABLES | RK_FINDINGS | RK_FENCES_ITSELF,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
