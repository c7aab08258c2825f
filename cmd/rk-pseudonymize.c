/* rk-pseudonymize: replaces ids by keyed pseudonyms, drops what is personal, searches free text. */
#include "base/mem.h"
#include "model/contents.h"
#include "model/rules.h"
#include "privacy/deidentify.h"
#include "privacy/search.h"
#include "stream/folder.h"
#include "tool/private.h"
#include "tool/shred.h"
#include "tool/tool.h"

#include <sys/stat.h>

enum { LENGTH = 16, LONGEST = 51, MOST_FILES = 60 };

static struct {
    const char *data, *output, *table, *key, *new_key, *purpose, *recipient, *year;
    const char *reidentify, *subject_keys, *shred;
    bool scan, text;
    size_t length;
    struct rk_treat_rules rules;
} options = {.length = LENGTH};

enum {
    DATA = 1,
    KEY,
    NEW_KEY,
    PURPOSE,
    RECIPIENT,
    YEAR,
    LENGTH_OF,
    COLUMNS,
    KEEP,
    DROP,
    DATES,
    BIRTH_YEARS,
    REIDENTIFY,
    SUBJECT_KEYS,
    SHRED,
    SCAN,
    REDACT,
    TEXT,
};

static const struct argp_option table[] = {
    {"data", DATA, "DIR", 0,
     N_("take all tables of this data package; -o names the folder to make"), 0},
    {"output", 'o', "FILE", RK_MAKES,
     N_("write there instead of standard output, or with --data the new package: whole or not at "
        "all"),
     0},
    {"table", 't', "TEXT", 0, N_("which table the file is (told by its name)"), 0},
    {"key", KEY, "FILE", 0, N_("the secret key: a file that its owner alone can read"), 0},
    {"new-key", NEW_KEY, "FILE", RK_MAKES, N_("make such a file with a random key, and end"), 0},
    {"purpose", PURPOSE, "TEXT", 0, N_("what the data are for; part of each recipient's key"), 0},
    {"recipient", RECIPIENT, "TEXT", 0, N_("who gets the data; part of each recipient's key"), 0},
    {"year", YEAR, "N", 0, N_("the year; part of each recipient's key"), 0},
    {"length", LENGTH_OF, "N", 0, N_("characters of a pseudonym, 8 to 51 (16)"), 0},
    {"columns", COLUMNS, "COLUMN", RK_AGAIN,
     N_("pseudonymise these columns, joined by commas; COLUMN=KIND says what they are ids of"), 0},
    {"keep", KEEP, "COLUMN", RK_AGAIN,
     N_("keep these columns, joined by commas; one ending in * is all that begin so"), 0},
    {"drop", DROP, "COLUMN", RK_AGAIN, N_("leave these columns out, joined by commas"), 0},
    {"dates", DATES, "month|quarter|year", 0,
     N_("make every day, time and month the first of its period"), 0},
    {"birth-years", BIRTH_YEARS, "5|10", 0,
     N_("keep birth years, as the first year of a band so wide"), 0},
    {"reidentify", REIDENTIFY, "FILE", RK_MAKES, N_("write who is who there, for its owner alone"),
     0},
    {"subject-keys", SUBJECT_KEYS, "FILE", RK_READS | RK_MAKES,
     N_("give each id a key of its own, kept in this file, which its owner alone can read"), 0},
    {"shred", SHRED, "KIND=ID", 0,
     N_("destroy this subject's key in --subject-keys, and end (- = they come on standard input, "
        "one "
        "a line)"),
     0},
    {"scan", SCAN, NULL, 0,
     N_("change nothing: tell where texts hold identity numbers, telephone numbers, e-mail or "
        "street "
        "addresses"),
     0},
    {"redact", REDACT, NULL, 0, N_("replace these in kept texts by [phone] and so on"), 0},
    {"text", TEXT, NULL, 0, N_("the file is plain text, for --scan and --redact"), 0},
    {0}};

static void add_rules(enum rk_treat treat, const char *option, const char *arg)
{
    struct rk_error error = {0};
    if (rk_treat_rules_add(&options.rules, treat, arg, &error))
        rk_usage("--%s: %s", option, error.text);
}

static const char *part_of_key(const char *option, const char *arg)
{
    if (!*arg || strpbrk(arg, "|\n"))
        rk_usage(_("--%s: expected a word without |"), option);
    return arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case DATA: options.data = arg; break;
    case 'o': options.output = arg; break;
    case 't': options.table = arg; break;
    case KEY: options.key = arg; break;
    case NEW_KEY: options.new_key = arg; break;
    case PURPOSE: options.purpose = part_of_key("purpose", arg); break;
    case RECIPIENT: options.recipient = part_of_key("recipient", arg); break;
    case YEAR:
        rk_option_int("year", arg, 1900, 9999);
        options.year = arg;
        break;
    case LENGTH_OF: options.length = (size_t)rk_option_int("length", arg, 8, LONGEST); break;
    case COLUMNS: add_rules(RK_TREAT_PSEUDONYM, "columns", arg); break;
    case KEEP: add_rules(RK_TREAT_KEEP, "keep", arg); break;
    case DROP: add_rules(RK_TREAT_DROP, "drop", arg); break;
    case DATES:
        options.rules.dates = (enum rk_coarse)(rk_choice("dates", "month|quarter|year", arg) + 1);
        break;
    case BIRTH_YEARS: options.rules.band = rk_choice("birth-years", "5|10", arg) ? 10 : 5; break;
    case REIDENTIFY: options.reidentify = arg; break;
    case SUBJECT_KEYS: options.subject_keys = arg; break;
    case SHRED: options.shred = arg; break;
    case SCAN: options.scan = true; break;
    case REDACT: options.rules.redact = true; break;
    case TEXT: options.text = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

struct work {
    struct rk_run *run;
    const char *folders[3]; /* of data, that no secret may lie in */
    unsigned char *key;
    struct rk_subjects *subjects;
    struct rk_subject_file subject_file;
    struct rk_pseudonyms *pseudonyms;
    struct rk_contents files;
    struct rk_folder *folder;
    struct rk_out *out; /* of a single table */
    struct rk_out *reidentify;
    struct rk_findings *findings; /* --scan */
};

static const struct rk_schema no_schema = {.name = "table"};

static void check_use(const struct rk_run *run)
{
    bool rules = options.rules.count || options.rules.dates || options.rules.band;
    bool keyed = options.key || options.purpose || options.recipient || options.year;
    if (options.text && !options.scan && !options.rules.redact)
        rk_usage(_("--text is for --scan and --redact"));
    if (options.scan &&
        (options.rules.redact || keyed || rules || options.reidentify || options.subject_keys))
        rk_usage(_("--scan changes nothing: options about what is changed do not go with it"));
    if (options.text && (keyed || rules || options.reidentify || options.subject_keys ||
                         options.table || options.data))
        rk_usage(_("--text: a plain text has no columns and no ids"));
    if (options.data && (run->operand_count || options.table))
        rk_usage(_("--data is a whole package: no FILE and no --table with it"));
    if (options.data && rk_run_rejecting(run))
        rk_usage(_("--rejects is for one table, not for --data"));
    if (options.data && run->form != RK_CSV && !options.scan)
        rk_usage(_("a package is CSV; --to is for one table"));
    if (run->operand_count > 1)
        rk_usage(_("one FILE at a time; --data takes a whole package"));
    if (options.scan || options.text)
        return;
    if (!options.key)
        rk_usage(_("--key FILE is needed; --new-key FILE makes one"));
    if (!options.purpose || !options.recipient || !options.year)
        rk_usage(
            _("--purpose, --recipient and --year are needed: each recipient gets pseudonyms of "
              "its own"));
    if (options.data && (!options.output || !strcmp(options.output, "-")))
        rk_usage(_("--data: -o DIR names the package to make"));
}

static enum rk_status open_table(struct work *w, const char *path, const char *name,
                                 const struct rk_schema **schema, struct rk_table **data,
                                 struct rk_error *error)
{
    *schema = NULL;
    if (name)
        RK_TRY(rk_run_schema(w->run, schema, name, error));
    const struct rk_schema *known = *schema ? *schema : &no_schema;
    RK_TRY(rk_map_check(w->run->map, &known, 1, error));
    return rk_run_open(w->run, data, known, path, true, error);
}

static enum rk_status one_table(struct work *w, const char *path, const char *name,
                                struct rk_out *out, struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *data;
    RK_TRY(open_table(w, path, name, &schema, &data, error));
    enum rk_status status =
        rk_deidentify_table(data, schema, &options.rules, w->pseudonyms, out, w->run->form, error);
    if (options.data) /* of a single one lib/tool tells the counts */
        rk_run_close(w->run, data);
    return status;
}

static enum rk_status search_table(struct work *w, const char *path, const char *name,
                                   struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *data;
    RK_TRY(open_table(w, path, name, &schema, &data, error));
    enum rk_status status = rk_search_table(w->findings, data, schema, path, error);
    rk_run_close(w->run, data);
    return status;
}

/* Rubrics and the like go along as they are; they must hold nothing personal either. */
static enum rk_status copy_document(struct work *w, const char *path, const char *name,
                                    struct rk_error *error)
{
    struct rk_out *out;
    struct rk_buf all = {0};
    enum rk_status status = rk_search_none(&all, path, error);
    if (!status)
        status = rk_folder_file(w->folder, &out, name, error);
    if (!status)
        rk_out_write(out, all.text, all.size);
    rk_buf_free(&all);
    return status;
}

static enum rk_status one_file(struct work *w, const struct rk_content_file *file,
                               struct rk_error *error)
{
    struct rk_out *out;
    struct rk_buf name = {0};
    if (file->kind == RK_CONTENT_PACKAGE) /* its columns are no longer those of the tables */
        return RK_OK;
    if (options.scan && file->table)
        return search_table(w, file->path, file->table, error);
    if (options.scan)
        return rk_search_text(w->findings, file->path, error);
    if (!file->table)
        return copy_document(w, file->path, file->path + strlen(options.data) + 1, error);
    rk_buf_printf(&name, "%s.csv", file->table);
    enum rk_status status = rk_folder_file(w->folder, &out, name.text, error);
    rk_buf_free(&name);
    return status ? status : one_table(w, file->path, file->table, out, error);
}

static enum rk_status package(struct work *w, struct rk_error *error)
{
    RK_TRY(rk_contents_add_folder(&w->files, options.data, rk_rules_tables, w->run->log, error));
    if (w->files.count > MOST_FILES)
        return rk_fail(error, RK_BAD_DATA, _("%s: more than %d files"), options.data, MOST_FILES);
    for (size_t i = 0; i < w->files.count; i++)
        RK_TRY(one_file(w, &w->files.files[i], error));
    return RK_OK;
}

/* Opens what is written. */
static enum rk_status open_outputs(struct work *w, struct rk_error *error)
{
    struct stat info;
    bool into_folder = options.data && !options.scan;
    if (!into_folder)
        RK_TRY(rk_run_file(w->run, &w->out, options.output, error));
    if (options.reidentify) {
        RK_TRY(rk_keep_apart(options.reidentify, "reidentify", w->folders, error));
        if (!stat(options.reidentify, &info))
            RK_TRY(rk_private_file(options.reidentify, "reidentify", error));
        RK_TRY(rk_run_file(w->run, &w->reidentify, options.reidentify, error));
    }
    if (into_folder)
        RK_TRY(rk_folder_open(&w->folder, options.output, NULL, error));
    return RK_OK;
}

/* The keys; a secret beside the data would go where the data go. */
static enum rk_status begin(struct work *w, struct rk_error *error)
{
    RK_TRY(rk_keep_apart(options.key, "key", w->folders, error));
    RK_TRY(rk_key_read(&w->key, options.key, "key", error));
    if (options.subject_keys) {
        RK_TRY(rk_keep_apart(options.subject_keys, "subject-keys", w->folders, error));
        if (!(w->subjects = rk_subjects_new(w->key)))
            return rk_fail(error, RK_FAILED, _("no memory for keys"));
        RK_TRY(
            rk_subject_file_open(&w->subject_file, options.subject_keys, true, w->subjects, error));
    }
    struct rk_pseudonym_options pseudonyms = {w->key,       options.purpose, options.recipient,
                                              options.year, options.length,  w->subjects};
    w->pseudonyms = rk_pseudonyms_new(&pseudonyms);
    return w->pseudonyms ? RK_OK : rk_fail(error, RK_FAILED, _("no memory for keys"));
}

/* Keys of new subjects are safe before anything made with them is seen. */
static enum rk_status finish(struct work *w, struct rk_error *error)
{
    static const struct rk_writer_column columns[] = {
        {"kind", false}, {"id", false}, {"pseudonym", false}};
    RK_TRY(rk_treat_rules_used(&options.rules, error));
    if (options.rules.lacks)
        rk_run_note(w->run, _("%s is left out, and rk-validate will miss it; --keep keeps it"),
                    options.rules.lacks->name);
    if (w->subjects)
        RK_TRY(rk_subject_file_add(&w->subject_file, w->subjects, error));
    if (w->reidentify) {
        struct rk_writer *writer = rk_writer_open(w->reidentify, RK_CSV, columns, 3);
        rk_pseudonyms_write(w->pseudonyms, writer);
        rk_writer_finish(writer);
    }
    struct rk_folder *folder = w->folder;
    w->folder = NULL;
    return folder ? rk_folder_commit(folder, error) : RK_OK;
}

static enum rk_status work(struct work *w, struct rk_error *error)
{
    struct rk_run *run = w->run;
    const char *path = run->operand_count ? run->operands[0] : "-", *name = options.table;
    check_use(run);
    if (!run->operand_count && !options.data)
        rk_refuse_terminal();
    if (!name && !options.data)
        rk_content_of(path, rk_rules_tables, &name);
    if (!options.scan && !options.text)
        RK_TRY(begin(w, error));
    RK_TRY(open_outputs(w, error));
    rk_run_fence(run, NULL, NULL);
    if (options.scan) {
        rk_run_speak(run, true); /* the findings are data */
        w->findings = rk_findings_new(w->out, run->form);
        enum rk_status status = options.data   ? package(w, error)
                                : options.text ? rk_search_text(w->findings, path, error)
                                               : search_table(w, path, name, error);
        uint64_t count = rk_findings_count(w->findings);
        rk_findings_finish(w->findings);
        rk_run_speak(run, false);
        return status ? status : count ? RK_ATTENTION : RK_OK;
    }
    if (options.text)
        return rk_search_redact(w->out, path, error);
    RK_TRY(options.data ? package(w, error) : one_table(w, path, name, w->out, error));
    return finish(w, error);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work w = {.run = run, .subject_file.fd = -1};
    if (options.data)
        w.folders[0] = options.data, w.folders[1] = options.output;
    if (options.new_key || options.shred)
        rk_run_fence(run, NULL, NULL);
    enum rk_status status =
        options.new_key ? rk_key_make(options.new_key, error)
        : options.shred ? rk_run_shred(run, options.key, options.subject_keys, options.shred, error)
                        : work(&w, error);
    rk_folder_discard(w.folder);
    rk_pseudonyms_free(w.pseudonyms);
    rk_subject_file_close(&w.subject_file);
    rk_subjects_free(w.subjects);
    rk_key_free(w.key);
    rk_contents_free(&w.files);
    rk_treat_rules_free(&options.rules);
    return status;
}

static const char *const examples[] = {
    "rk-pseudonymize --new-key bank.key",
    "rk-pseudonymize --data town --key bank.key --purpose evaluation --recipient university --year "
    "2026 -o research",
    "rk-pseudonymize panelists.csv --key bank.key --purpose evaluation --recipient university "
    "--year "
    "2026 --keep experience --birth-years 10",
    "rk-pseudonymize --scan --text notes.txt",
    "rk-pseudonymize --redact --text notes.txt",
    NULL};

static const struct rk_tool_table outputs[] = {
    {"findings", RK_MAIN, NULL}, {"pseudonyms", RK_MAIN, NULL}, {0}};

static const struct rk_tool tool = {
    .name = "rk-pseudonymize",
    .purpose = N_("replace ids by keyed pseudonyms, and leave out what is personal"),
    .operands = "[FILE]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_HAS_TABLES | RK_NO_OUTPUT | RK_FENCES_ITSELF,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv)
{
    umask(077); /* what this tool writes, rejects too, is its owner's */
    return rk_tool_main(&tool, argc, argv);
}
