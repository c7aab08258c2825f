/* rk-purge: lists what must be erased, and erases it by a decision; what a person may ask for. */
#include "base/mem.h"
#include "privacy/scan.h"
#include "tool/private.h"
#include "tool/purge_files.h"

#include <sys/stat.h>

static struct {
    int32_t day;
    const char *decision, *export, *extract, *subject;
    enum rk_purge_who kind;
    bool all, apply, erase;
} options = {.day = RK_NO_DATE};

enum { AS_OF = 1, ALL, APPLY, DECISION, EXPORT, SUBJECT, EXTRACT, ERASE };

static const struct argp_option table[] = {
    {"as-of", AS_OF, "DATE", 0, N_("the day: what is to be erased on it"), 0},
    {"all", ALL, NULL, 0, N_("list what is kept too, and why"), 0},
    {"apply", APPLY, NULL, 0, N_("erase: rewrite the tables of --data, all or none"), 0},
    {"decision", DECISION, "TEXT", 0,
     N_("number of the decision to erase, for the record; --apply needs it"), 0},
    {"export", EXPORT, "DIR", RK_MAKES,
     N_("with --apply: first keep there, de-identified, what those who consent to research "
        "leave"),
     0},
    {"subject", SUBJECT, "KIND=ID", 0,
     N_("about one person: candidate_id=ID or panelist_id=ID; per table what would be erased, "
        "kept or de-identified"),
     0},
    {"extract", EXTRACT, "DIR", RK_MAKES,
     N_("with --subject: make there the copy that the person may ask for"), 0},
    {"erase", ERASE, NULL, 0, N_("with --subject and --apply: the person asks to be erased"), 0},
    {0}};

static void set_subject(const char *arg)
{
    const char *equals = strchr(arg, '=');
    size_t kind = equals ? (size_t)(equals - arg) : 0;
    if (!equals || !equals[1])
        rk_usage(_("--subject: expected candidate_id=ID or panelist_id=ID"));
    char *word = rk_strndup(arg, kind);
    options.kind = rk_choice("subject", "candidate_id|panelist_id", word) ? RK_PURGE_PANELIST
                                                                          : RK_PURGE_CANDIDATE;
    rk_free(word);
    options.subject = equals + 1;
}

/* The record is kept for ever: nothing of a person comes into it. */
static const char *decision(const char *arg)
{
    struct rk_scan_walk walk = {.text = rk_text(arg)};
    size_t start, size;
    if (!rk_text_trim(rk_text(arg)).size || strpbrk(arg, "\n\r"))
        rk_usage(_("--decision: expected a number, such as SN 2026/114"));
    if (rk_scan_next(&walk, &start, &size))
        rk_usage(_("--decision: expected the number of a decision, and nothing of a person"));
    return arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case AS_OF: options.day = rk_option_date("as-of", arg); break;
    case ALL: options.all = true; break;
    case APPLY: options.apply = true; break;
    case DECISION: options.decision = decision(arg); break;
    case EXPORT: options.export = arg; break;
    case SUBJECT: set_subject(arg); break;
    case EXTRACT: options.extract = arg; break;
    case ERASE: options.erase = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void check_use(const struct rk_run *run)
{
    if (!rk_run_data(run))
        rk_usage(_("--data DIR is needed"));
    char delimiter = rk_run_delimiter(run);
    if (delimiter && delimiter != ',') /* tables would come back with commas */
        rk_usage(_("--delimiter: the tables that are rewritten are with commas; rk-import makes "
                   "them so"));
    if (options.day == RK_NO_DATE)
        rk_usage(_("--as-of DATE is needed: no clock decides what is erased"));
    if (options.apply && !options.decision)
        rk_usage(_("--apply: --decision NUMBER is needed, the decision to erase"));
    if (options.decision && !options.apply)
        rk_usage(_("--decision is for --apply"));
    if (options.export && !options.apply)
        rk_usage(_("--export is for --apply: it keeps what is erased"));
    if ((options.extract || options.erase) && !options.subject)
        rk_usage(_("--extract and --erase are for one person: --subject says who"));
    if (options.extract && (options.apply || options.erase))
        rk_usage(_("--extract changes nothing: not with --apply or --erase"));
    if (options.subject && options.apply && !options.erase)
        rk_usage(_("--subject with --apply: --erase says that the person asks for it"));
    if (options.subject && options.export)
        rk_usage(_("--export is for what is due, not for --subject"));
}

static const char *const whats[] = {RK_DISPOSAL_WHAT_WORDS};
static const char *const events[] = {RK_DISPOSAL_EVENT_WORDS};
static const char *const actions[] = {RK_PURGE_ACTION_WORDS};

static void write_date(struct rk_writer *writer, int32_t day)
{
    if (day == RK_NO_DATE)
        rk_write_missing(writer);
    else
        rk_write_date(writer, day);
}

static void write_line(struct rk_writer *writer, const struct rk_purge_line *line)
{
    const struct rk_disposal_rule *rule = line->rule;
    rk_write_text(writer, line->board);
    rk_write_text(writer, line->recruitment);
    rk_write_string(writer, whats[line->what]);
    rk_write_string(writer, line->table);
    rk_write_int(writer, (int64_t)line->rows);
    rk_write_string(writer, actions[line->action]);
    rk_write_text(writer, line->ground);
    rk_write_string(writer, rule ? events[rule->event] : NULL);
    write_date(writer, line->event_on);
    if (rule && rule->months >= 0)
        rk_write_int(writer, rule->months);
    else
        rk_write_missing(writer);
    write_date(writer, line->last_day);
    write_date(writer, line->last_day == RK_NO_DATE ? RK_NO_DATE : line->last_day + 1);
    rk_write_text(writer, rule ? rule->source : RK_TEXT(""));
    rk_write_string(writer, !rule ? NULL : rule->confirmed ? "true" : "false");
    rk_write_end(writer);
}

struct counts {
    uint64_t rows[RK_PURGE_REPLACE + 1], protected, unconfirmed;
};

static void write_list(struct rk_run *run, const struct rk_purge *purge, struct counts *counts)
{
    static const struct rk_writer_column columns[] = {
        {"board", false},    {"recruitment_id", false}, {"what", false},     {"table", false},
        {"rows", true},      {"action", false},         {"ground", false},   {"event", false},
        {"event_on", false}, {"months", true},          {"last_day", false}, {"from", false},
        {"source", false},   {"confirmed", false}};
    struct rk_writer *writer = rk_run_writer(run, columns, sizeof columns / sizeof *columns);
    struct rk_purge_line line;
    for (size_t i = 0; rk_purge_lines(purge, i, &line); i++) {
        counts->rows[line.action] += line.rows;
        if (line.action == RK_PURGE_ERASE) {
            counts->protected += rk_text_is(line.ground, "protected");
            counts->unconfirmed += line.rule && !line.rule->confirmed;
        }
        if (options.all || options.subject || rk_purge_is_due(&line))
            write_line(writer, &line);
    }
    rk_writer_finish(writer);
}

/* What needs a person. */
static enum rk_status tell(struct rk_run *run, const struct counts *counts)
{
    if (counts->unconfirmed)
        rk_run_warn(run, _("some is erased by a rule that is not confirmed; --disposal names the "
                           "board's own plan"));
    if (counts->protected)
        rk_run_warn(run, _("rows of protected identities are due: the real papers are elsewhere, "
                           "and are to be erased there"));
    if (counts->rows[RK_PURGE_WAIT])
        rk_run_warn(run, _("the day that they are counted from is missing, so rows wait: %llu"),
                    (unsigned long long)counts->rows[RK_PURGE_WAIT]);
    if (counts->rows[RK_PURGE_REPLACE])
        rk_run_warn(run,
                    _("seats in open recruitments are to be filled anew, which rk-panel-match "
                      "--replace does before the person is erased: %llu"),
                    (unsigned long long)counts->rows[RK_PURGE_REPLACE]);
    return counts->protected || counts->rows[RK_PURGE_WAIT] || counts->rows[RK_PURGE_REPLACE]
               ? RK_ATTENTION
               : RK_OK;
}

static struct work {
    struct rk_purge_options options;
    struct rk_disposal disposal;
    struct rk_holds holds;
    struct rk_purge_files files;
    struct rk_purge *purge;
} work;

static enum rk_status read_plan(struct rk_run *run, struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *data;
    struct rk_buf path = {0};
    RK_TRY(rk_run_schema(run, &schema, "disposal", error));
    RK_TRY(rk_run_table(run, &data, "disposal", error));
    if (!data) {
        rk_buf_printf(&path, "%s/disposal/se.csv", run->share);
        const char *shipped = rk_keep(path.text);
        rk_buf_free(&path);
        RK_TRY(rk_run_open(run, &data, schema, shipped, false, error));
    }
    RK_TRY(rk_disposal_read(&work.disposal, data, schema, error));
    rk_run_close(run, data);
    RK_TRY(rk_run_schema(run, &schema, "holds", error));
    RK_TRY(rk_run_table(run, &data, "holds", error));
    if (!data)
        return RK_OK;
    RK_TRY(rk_holds_read(&work.holds, data, schema, error));
    rk_run_close(run, data);
    return RK_OK;
}

/* After the outputs: from here on nothing can be taken back. */
static enum rk_status commit(void *context, struct rk_error *error)
{
    struct rk_run *run = context;
    RK_TRY(rk_purge_files_commit(&work.files, error));
    rk_run_note(run,
                _("the tables are rewritten, and %s says what was erased. Copies elsewhere "
                  "are not: backups, snapshots, the journal of the file system and blocks "
                  "that an SSD set aside may still hold it"),
                RK_PURGE_RECORD);
    return RK_OK;
}

static enum rk_status apply(struct rk_run *run, struct rk_error *error)
{
    bool any;
    RK_TRY(
        rk_purge_files_stage(&work.files, work.purge, options.decision, options.day, &any, error));
    if (!any) {
        rk_run_note(run, _("nothing is to be erased: no table is touched"));
        return RK_OK;
    }
    if (options.export)
        RK_TRY(rk_purge_files_export(&work.files, work.purge, options.export, error));
    rk_run_last(run, commit, run);
    return RK_OK;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct counts counts = {0};
    check_use(run);
    work.files.run = run;
    work.options =
        (struct rk_purge_options){options.day,     &work.disposal, &work.holds,
                                  options.subject, options.kind,   options.export != NULL};
    const char *const data[] = {rk_run_data(run), NULL};
    if (options.export)
        RK_TRY(rk_keep_apart(options.export, "export", data, error));
    if (options.extract)
        RK_TRY(rk_keep_apart(options.extract, "extract", data, error));
    RK_TRY(rk_purge_files_begin(&work.files, error));
    RK_TRY(read_plan(run, error));
    rk_purge_files_fence(&work.files, options.apply);
    work.purge = rk_purge_new(&work.options);
    RK_TRY(rk_purge_files_learn(&work.files, work.purge, error));
    RK_TRY(rk_purge_check_holds(work.purge, error));
    if (options.subject && !rk_purge_knows(work.purge))
        rk_run_warn(run, _("--subject: no table names such a person"));
    RK_TRY(rk_purge_files_count(&work.files, work.purge, error));
    write_list(run, work.purge, &counts);
    if (options.apply)
        RK_TRY(apply(run, error));
    if (options.extract) {
        RK_TRY(rk_purge_files_extract(&work.files, work.purge, options.extract, error));
        rk_run_note(run, _("the ids of others are hidden in the copy; what is written in words is "
                           "not looked through: a person does that before it is handed out"));
    }
    enum rk_status status = tell(run, &counts);
    if (work.files.strange || (options.subject && !rk_purge_knows(work.purge)))
        status = RK_ATTENTION;
    return status;
}

static const char *const examples[] = {
    "rk-purge --data town --as-of 2026-11-27 --to table",
    "rk-purge --data town --as-of 2026-11-27 --disposal plan.csv --apply --decision 'SN 2026/114' "
    "-o erased.csv",
    "rk-purge --data town --as-of 2026-11-27 --subject panelist_id=P7 --extract copy",
    "rk-purge --data town --as-of 2026-11-27 --subject panelist_id=P7 --erase --apply --decision "
    "'SN 2026/115'",
    NULL};

static const struct rk_tool_table inputs[] = {
    {"disposal", RK_OPTIONAL, NULL}, {"holds", RK_OPTIONAL, NULL}, {0}};
static const struct rk_tool_table outputs[] = {
    {"due", RK_MAIN, NULL}, {"purges", RK_MAIN, NULL}, {0}};

static const struct rk_tool tool = {
    .name = "rk-purge",
    .purpose = N_("list what must be erased by the disposal plan, and erase it by a decision"),
    .operands = "",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_NO_REJECTS | RK_FENCES_ITSELF,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv)
{
    umask(077); /* what this tool writes is its owner's */
    int status = rk_tool_main(&tool, argc, argv);
    rk_purge_free(work.purge);
    rk_purge_files_end(&work.files);
    rk_disposal_free(&work.disposal);
    rk_holds_free(&work.holds);
    return status;
}
