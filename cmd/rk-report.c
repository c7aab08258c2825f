/* rk-report: a report from tables by a specification. */
#include "base/mem.h"
#include "model/codebook.h"
#include "model/material.h"
#include "report/monthly.h"
#include "report/picked.h"
#include "report/render.h"
#include "tool/forms.h"
#include "tool/history.h"
#include "tool/pdf.h"
#include "tool/report_sources.h"
#include "tool/workbook.h"

enum {
    SPEC = 0x100,
    MONTH,
    RECRUITMENT,
    STAGE,
    RUBRIC,
    CODES,
    TO,
    RECORD,
    RESTATE,
    VERIFY,
    PURGED,
    BESIDE
};

static struct {
    const char *spec, *recruitment, *stage, *rubric, *codes;
    int32_t first, last; /* months; last < first = not given */
    enum { HTML, MARKDOWN, LATEX, CSV, JSON, XLSX, PDF } form;
    struct rk_published published;
} options = {.first = 0, .last = -1};

static const char forms[] = "html|markdown|latex|csv|json|xlsx|pdf";

static const struct argp_option table[] = {
    {"spec", SPEC, "TEXT", RK_READS,
     N_("the specification: a name among share/reports (monthly), or a file, told by a dot or a "
        "slash in its name; score-form prints forms to rate on"),
     0},
    {"month", MONTH, "MONTH", 0,
     N_("the month, or the months FROM..TO, both included (needed, but by a specification that "
        "picks tables out of measures)"),
     0},
    {"recruitment", RECRUITMENT, "ID", 0,
     N_("the recruitment, for a specification about one (recruitment, score-form)"), 0},
    {"stage", STAGE, "TEXT", 0,
     N_("… and its stage (the stages weighed together, or the only one)"), 0},
    {"rubric", RUBRIC, "FILE", 0,
     N_("score-form: whose criteria are asked; a name among share/rubrics (amf, sff, sof), or a "
        "file"),
     0},
    {"codes", CODES, "TEXT", 0,
     N_("score-form: the codes of the raters, joined by |: a form for each (a line to write on)"),
     0},
    {"to", TO, forms, 0,
     N_("form of the report; csv: its figures; pdf: printed by Chromium, where it is installed "
        "(html)"),
     0},
    {"record", RECORD, "FILE", RK_READS | RK_MAKES,
     N_("write there what the report is made from and what it tells; one that is there is of a "
        "report "
        "that is published, and is not replaced when its inputs have changed"),
     0},
    {"restate", RESTATE, "TEXT", 0,
     N_("publish the next version, for this reason, with a list of what has changed; the former is "
        "kept"),
     0},
    {"verify", VERIFY, "FILE", 0,
     N_("make this report, or that of this record, again; tell what differs, as CSV"), 0},
    {"purged", PURGED, "FILE", 0, N_("with --verify: what rk-purge told of files that it rewrote"),
     0},
    {"beside", BESIDE, "FILE", RK_AGAIN,
     N_("the record of a report of other months that is published: figures it told are known, and "
        "those it hid stay hidden; repeatable"),
     0},
    {0}};

static void months_of(const char *arg)
{
    const char *dots = strstr(arg, "..");
    if (!dots) {
        options.first = options.last = rk_option_month("month", arg);
        return;
    }
    char *from = rk_strndup(arg, (size_t)(dots - arg));
    options.first = rk_option_month("month", from);
    rk_free(from);
    options.last = rk_option_month("month", dots + 2);
    if (options.last < options.first)
        rk_usage(_("--month: the last month comes before the first: %s"), arg);
    if (options.last - options.first >= 120)
        rk_usage(_("--month: expected at most 120 months"));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case SPEC: options.spec = arg; break;
    case MONTH: months_of(arg); break;
    case RECRUITMENT: options.recruitment = arg; break;
    case STAGE: options.stage = arg; break;
    case RUBRIC: options.rubric = arg; break;
    case CODES: options.codes = arg; break;
    case TO: options.form = (int)rk_choice("to", forms, arg); break;
    case RECORD: options.published.record = arg; break;
    case RESTATE: options.published.reason = arg; break;
    case VERIFY: options.published.verify = arg; break;
    case PURGED: options.published.purged = arg; break;
    case BESIDE: {
        struct rk_published *p = &options.published;
        p->beside = rk_resize(p->beside, p->beside_count + 1, sizeof *p->beside);
        p->beside[p->beside_count++] = arg;
        break;
    }
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Finds, reads and checks the specification; `path` is where it was. It is of one kind or the
 * other. */
static enum rk_status read_specification(struct rk_run *run, struct rk_specification *specification,
                                         struct rk_picks *picks, bool *picked, const char **path,
                                         struct rk_error *error)
{
    const char *recorded = rk_published_place(run, &options.published, "specification");
    const char *name = recorded ? recorded : options.spec ? options.spec : "monthly";
    enum rk_status status = rk_run_shipped(run, "reports", name, false, path, error);
    if (status)
        return status;
    rk_json *document = NULL;
    status = rk_json_read(&document, *path, error);
    if (status)
        return status;
    *picked = !rk_json_member(document, "sections"); /* what has both is monthly, with tables */
    status = rk_picks_are(document) ? rk_picks_from_json(picks, document, *path, error) : RK_OK;
    if (!status && !*picked)
        status = rk_specification_from_json(specification, document, *path, error);
    rk_json_free(document);
    return status || *picked ? status : rk_monthly_check(specification, *path, error);
}

static enum rk_status read_material(struct rk_run *run,
                                    const struct rk_specification *specification,
                                    struct rk_material *material, struct rk_error *error)
{
    bool needed[RK_MATERIAL_COUNT], any = false;
    rk_monthly_tables(specification, needed);
    for (size_t t = 0; t < RK_MATERIAL_COUNT; t++) {
        struct rk_table *rows = NULL;
        const struct rk_schema *schema;
        const char *name = rk_material_names[t];
        if (!needed[t])
            continue;
        enum rk_status status = rk_run_table(run, &rows, name, error);
        if (!status && rows)
            status = rk_run_schema(run, &schema, name, error);
        if (!status && rows)
            status = rk_material_read(material, (enum rk_material_table)t, rows, schema, error);
        if (status)
            return status;
        any = any || rows;
    }
    /* a record is looked at even where all that it was made from is gone */
    return any || options.published.verify
               ? RK_OK
               : rk_fail(error, RK_BAD_USE,
                         _("none of the tables that the report reads was given; --data DIR names "
                           "a data package"));
}

/* A report that mostly says that there are no data is most likely of the wrong month. */
static void mind_emptiness(struct rk_run *run, const struct rk_report *report)
{
    if (report->empty_count && 3 * report->empty_count >= report->section_count)
        rk_run_warn(run, _("sections without data for the period: %zu of %zu; is the month right?"),
                    report->empty_count, report->section_count);
}

static enum rk_status render(struct rk_buf *text, struct rk_report *report, struct rk_error *error)
{
    static void (*const renders[])(struct rk_buf *, struct rk_report *) = {
        rk_render_html, rk_render_markdown, rk_render_latex, rk_render_csv, rk_render_json};
    struct rk_buf page = {0};
    if (options.form == XLSX)
        return rk_workbook_print(text, report, error);
    if (options.form != PDF) {
        renders[options.form](text, report);
        return RK_OK;
    }
    rk_render_html(&page, report);
    enum rk_status status = rk_pdf_print(text, &page, error);
    rk_buf_free(&page);
    return status;
}

/* Nothing is printed for --verify: another Chromium gives other bytes. */
static enum rk_status put_out(struct rk_run *run, struct rk_report *report, struct rk_error *error)
{
    struct rk_published *p = &options.published;
    bool printed = options.form == PDF && p->verify;
    struct rk_buf text = {0};
    RK_TRY(rk_published_judge(run, p, report, error));
    enum rk_status status = printed ? RK_OK : render(&text, report, error);
    if (!status)
        status = rk_published_finish(run, p, printed ? NULL : &text, error);
    rk_buf_free(&text);
    return status;
}

/* Items are called by the words they ask with. */
static enum rk_status label_items(struct rk_run *run, struct rk_picks *picks,
                                  struct rk_error *error)
{
    for (const char **name = picks->codebooks; name && *name; name++) {
        struct rk_codebook *codebook;
        const char *path;
        RK_TRY(rk_run_shipped(run, "codebooks", *name, false, &path, error));
        RK_TRY(rk_codebook_read(&codebook, path, error));
        for (size_t i = 0; i < codebook->item_count; i++) {
            const struct rk_codebook_item *item = &codebook->items[i];
            rk_picks_label(picks, item->id, item->label_sv, item->label);
        }
        rk_codebook_free(codebook);
    }
    return RK_OK;
}

static enum rk_status make_picked(struct rk_run *run, struct rk_report *report,
                                  struct rk_picks *picks, struct rk_error *error)
{
    struct rk_measure_rows rows = {0};
    struct rk_table *in = NULL;
    enum rk_language language;
    bool given = run->operand_count || rk_run_given(run, "measures");
    if (!given && !options.published.verify)
        return rk_fail(error, RK_BAD_USE,
                       _("this specification needs files of measures: rk-report --spec … FILE…"));
    if (given)
        RK_TRY(rk_run_table(run, &in, "measures", error));
    RK_TRY(label_items(run, picks, error));
    rk_language_parse(run->language_asked ? run->language_asked : picks->language, &language);
    enum rk_status status = in ? rk_measure_rows_read(&rows, in, error) : RK_OK;
    if (!status && picks->about_recruitment && in) /* gone where a record is verified */
        status = rk_picks_choose(picks, &rows, options.recruitment, options.stage, error);
    if (!status)
        rk_picked_report(report, picks, &rows, language);
    rk_measure_rows_free(&rows);
    return status;
}

static enum rk_status make_monthly(struct rk_run *run, struct rk_report *report,
                                   const struct rk_specification *specification,
                                   struct rk_picks *picks, struct rk_material *material,
                                   struct rk_error *error)
{
    struct rk_measure_rows rows = {0};
    struct rk_table *in;
    enum rk_language language;
    RK_TRY(read_material(run, specification, material, error));
    rk_language_parse(run->language_asked ? run->language_asked : specification->language,
                      &language);
    RK_TRY(label_items(run, picks, error));
    enum rk_status status = RK_OK;
    if (run->operand_count || rk_run_given(run, "measures")) {
        status = rk_run_table(run, &in, "measures", error);
        status = status ? status : rk_measure_rows_read(&rows, in, error);
    }
    if (!status) {
        struct rk_report counted = {0}, translated = {0};
        struct rk_report_cells cells = {0};
        enum rk_language other = language == RK_SWEDISH ? RK_ENGLISH : RK_SWEDISH;
        rk_monthly_report(&counted, specification, picks, &rows, material, language, options.first,
                          options.last, NULL);
        if (rk_history_needs(&options.published, other))
            rk_monthly_report(&translated, specification, picks, &rows, material, other,
                              options.first, options.last, NULL);
        rk_history_cells(&cells, &options.published, &counted, &translated, options.first,
                         options.last);
        struct rk_guard guard = rk_guard_report(&cells);
        rk_monthly_report(report, specification, picks, &rows, material, language, options.first,
                          options.last, guard.hidden);
        status = rk_history_judge(run, &options.published, &guard, &counted);
        rk_free(guard.hidden);
        rk_report_cells_free(&cells);
        rk_report_free(&counted);
        rk_report_free(&translated);
    }
    rk_measure_rows_free(&rows);
    return status;
}

static enum rk_status print_forms(struct rk_run *run, struct rk_error *error)
{
    const struct rk_forms_options forms_of = {options.rubric, options.recruitment, options.stage,
                                              options.codes};
    if (!options.rubric)
        rk_usage(_("--rubric FILE is needed"));
    if (options.published.record || options.published.reason || options.published.verify ||
        options.published.purged || options.published.beside_count)
        rk_usage(_("--spec score-form is no report: leave out --record, --restate and --verify"));
    if (options.form != HTML || options.last >= options.first || run->operand_count ||
        rk_run_given_path(run, "measures"))
        rk_usage(_("--spec score-form takes neither --month nor FILE, and is HTML alone"));
    return rk_run_forms(run, &forms_of, error);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct rk_specification specification = {0};
    struct rk_picks picks = {0};
    struct rk_material material;
    struct rk_report report = {0};
    const char *path;
    bool picked = false;
    if (options.spec && !strcmp(options.spec, "score-form")) {
        rk_run_fence(run, NULL, NULL);
        return print_forms(run, error);
    }
    if (options.rubric || options.codes)
        rk_usage(_("--rubric and --codes are for --spec score-form"));
    if (options.published.verify && (options.spec || options.last >= options.first))
        rk_usage(_("--verify: specification and month are those of the record"));
    if (options.published.verify)
        options.form = HTML; /* unless the record says otherwise */
    rk_material_start(&material);
    enum rk_status status = rk_published_begin(run, &options.published, error);
    if (!status)
        status = read_specification(run, &specification, &picks, &picked, &path, error);
    if (!status && options.form == PDF && !options.published.verify)
        status = rk_pdf_begin(error);
    if (!status)
        rk_published_fence(run, &options.published, path, picks.codebooks);
    if (!status && !picked && run->operand_count && !picks.table_count)
        rk_usage(_("no operand is expected: %s"), run->operands[0]);
    if (!status && picks.about_recruitment && !options.recruitment)
        rk_usage(_("--recruitment ID is needed"));
    if (!status && !picks.about_recruitment && (options.recruitment || options.stage))
        rk_usage(_("--recruitment and --stage are for a specification about one recruitment"));
    if (!status && picked == (options.last >= options.first))
        rk_usage("%s", picked ? _("--month is not for a specification that picks tables out of "
                                  "measures: they tell when they are from")
                              : _("--month MONTH is needed"));
    if (!status)
        status = picked ? make_picked(run, &report, &picks, error)
                        : make_monthly(run, &report, &specification, &picks, &material, error);
    if (!status)
        status = rk_report_sources(run, &options.published, &report, path, picks.codebooks, error);
    if (!status) {
        mind_emptiness(run, &report);
        status = put_out(run, &report, error);
    }
    rk_published_free(&options.published);
    rk_report_free(&report);
    rk_material_free(&material);
    rk_specification_free(&specification);
    rk_picks_free(&picks);
    return status;
}

static const char *const examples[] = {
    "rk-report --month 2020-03 --data town -o report.html",
    "rk-report --spec monthly --month 2020-01..2020-06 --data "
    "town --lang en --to markdown -o spring.md",
    "rk-report --spec evaluation-9 follow.csv --lang en --to latex -o chain.tex",
    "rk-report --spec recruitment --recruitment R0003 sure.csv -o R0003.html",
    "rk-report --spec score-form --rubric sof --stage interview --codes 'B1|B2' -o forms.html",
    NULL};

static const struct rk_tool_table inputs[] = {{"recruitments", RK_OPTIONAL, NULL},
                                              {"sessions", RK_OPTIONAL, NULL},
                                              {"assignments", RK_OPTIONAL, NULL},
                                              {"panelists", RK_OPTIONAL, NULL},
                                              {"candidates", RK_OPTIONAL, NULL},
                                              {"ranking", RK_OPTIONAL, NULL},
                                              {"decisions", RK_OPTIONAL, NULL},
                                              {"activities", RK_OPTIONAL, NULL},
                                              {"events", RK_OPTIONAL, NULL},
                                              {"contributions", RK_OPTIONAL, NULL},
                                              {"honoraria", RK_OPTIONAL, NULL},
                                              {"measures", RK_MAIN, NULL},
                                              {0}};

static const struct rk_tool tool = {
    .name = "rk-report",
    .purpose = N_("build a report from tables by a specification"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_NO_REJECTS | RK_FENCES_ITSELF,
    .inputs = inputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
