/* rk-import: a foreign file into one table of ours. The reading is lib/stream/foreign's, the
 * meaning lib/table/import's; here stand the options, the rubric, the table of raters, and the sum.
 */
#include "base/mem.h"
#include "stream/foreign.h"
#include "table/guess.h"
#include "tool/import_files.h"

struct texts { /* ends with NULL when read */
    const char **all;
    size_t count, room;
};

static struct {
    const char *table, *rubric, *raters, *empty, *number, *sheet, *codebook;
    struct texts set, keep, drop, columns, household;
    bool drop_unknown, guess;
    enum rk_wide wide;
    enum rk_foreign_encoding encoding;
    char decimal;
    uint64_t header, header_last;
} options;

enum {
    TABLE = 1,
    GUESS,
    SET,
    KEEP,
    DROP,
    DROP_UNKNOWN,
    NUMBER,
    HOUSEHOLD,
    WIDE,
    COLUMNS,
    RUBRIC,
    CODEBOOK,
    RATERS,
    EMPTY,
    ENCODING,
    DECIMAL,
    HEADER,
    SHEET
};

#define WIDE_WORDS "criteria|raters|items"
#define EMPTY_WORDS "not_asked|abstained|conflict|not_met|not_returned"
#define ENCODING_WORDS "utf-8|utf-16|windows-1252"

static const struct argp_option table[] = {
    {"table", TABLE, "TEXT", 0,
     N_("the table of ours to make: candidates, ratings … (needed, unless a map file tells)"), 0},
    {"guess", GUESS, NULL, 0,
     N_("make no table, but propose a map file for this one, with reasons, for a person to change"),
     0},
    {"set", SET, "TEXT", RK_AGAIN,
     N_("COLUMN=VALUE: one value for all rows, such as recruitment_id=R7; repeatable"), 0},
    {"keep", KEEP, "COLUMN", RK_AGAIN,
     N_("keep this column of theirs as it is, or under another name (NEW=Theirs); repeatable"), 0},
    {"drop", DROP, "COLUMN", RK_AGAIN, N_("leave out this column of theirs; repeatable"), 0},
    {"drop-unknown", DROP_UNKNOWN, NULL, 0,
     N_("leave out every column that no column of ours claims, and say which"), 0},
    {"number", NUMBER, "TEXT", 0,
     N_("the file has no ids: make them of this text and the number of the row"), 0},
    {"household", HOUSEHOLD, "COLUMN", RK_AGAIN,
     N_("panelists alike in this column share a household: a code in the column household, and "
        "theirs is left out; repeatable"),
     0},
    {"wide", WIDE, WIDE_WORDS, 0,
     N_("a sheet with a column per criterion or per rater into rows of ratings, or one per item "
        "of a survey into rows of responses"),
     0},
    {"columns", COLUMNS, "TEXT", RK_AGAIN,
     N_("the score columns of a wide sheet, with commas between; repeatable"), 0},
    {"rubric", RUBRIC, "FILE", 0, N_("the rubric whose criteria, by id or label, are columns"), 0},
    {"codebook", CODEBOOK, "FILE", 0,
     N_("of --wide items: the codebook, one of rk's own by its name or a file"), 0},
    {"raters", RATERS, "FILE", 0, N_("our table of raters: whose group each is"), 0},
    {"empty", EMPTY, EMPTY_WORDS, 0,
     N_("what an empty score cell means (else: no row in a wide sheet, an error in a long one)"),
     0},
    {"encoding", ENCODING, ENCODING_WORDS, 0,
     N_("how the file's text is written (found from its bytes)"), 0},
    {"decimal", DECIMAL, "TEXT", 0,
     N_("the decimal mark, comma or point; the other then separates thousands (either, but one in "
        "a column)"),
     0},
    {"header", HEADER, "TEXT", 0,
     N_("the line of the header, where titles stand above it, or its lines, as 2-3 (the first that "
        "is not blank)"),
     0},
    {"sheet", SHEET, "TEXT", 0,
     N_("the sheet of a workbook, by name or number (the only one that holds anything)"), 0},
    {0}};

static void add_text(struct texts *texts, const char *text)
{
    if (texts->room < texts->count + 2) {
        texts->room = texts->room * 2 + 8;
        texts->all = rk_resize(texts->all, texts->room, sizeof *texts->all);
    }
    texts->all[texts->count++] = text;
    texts->all[texts->count] = NULL;
}

static void add_columns(char *list)
{
    for (char *name; (name = strsep(&list, ","));)
        if (*name)
            add_text(&options.columns, name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case TABLE: options.table = arg; break;
    case GUESS: options.guess = true; break;
    case SET: add_text(&options.set, arg); break;
    case KEEP: add_text(&options.keep, arg); break;
    case DROP: add_text(&options.drop, arg); break;
    case DROP_UNKNOWN: options.drop_unknown = true; break;
    case NUMBER: options.number = arg; break;
    case HOUSEHOLD: add_text(&options.household, arg); break;
    case WIDE:
        options.wide = (enum rk_wide)(RK_WIDE_CRITERIA + rk_choice("wide", WIDE_WORDS, arg));
        break;
    case COLUMNS: add_columns(arg); break;
    case RUBRIC: options.rubric = arg; break;
    case CODEBOOK: options.codebook = arg; break;
    case RATERS: options.raters = arg; break;
    case EMPTY:
        rk_choice("empty", EMPTY_WORDS, arg);
        options.empty = arg;
        break;
    case ENCODING: {
        static const enum rk_foreign_encoding encodings[] = {RK_UTF_8, RK_UTF_16, RK_WINDOWS_1252};
        options.encoding = encodings[rk_choice("encoding", ENCODING_WORDS, arg)];
        break;
    }
    case DECIMAL:
        if (strcmp(arg, ",") && strcmp(arg, "."))
            rk_usage(_("--decimal must be , or . not '%s'"), arg);
        options.decimal = *arg;
        break;
    case HEADER: {
        char *first = arg, *last = strchr(arg, '-');
        if (last && last > arg)
            *last++ = '\0';
        else
            last = first;
        options.header = (uint64_t)rk_option_int("header", first, 1, INT32_MAX);
        options.header_last =
            (uint64_t)rk_option_int("header", last, (int64_t)options.header, INT32_MAX);
        break;
    }
    case SHEET: options.sheet = arg; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void tell_counts(struct rk_run *run, const struct rk_import_counts *c)
{
#define N(member) ((unsigned long long)c->member)
    if (options.wide == RK_LONG) {
        rk_run_note(run, _("rows: %llu in = %llu out + %llu rejected + %llu blank"), N(rows_in),
                    N(rows_out), N(rejected), N(blank));
        return;
    }
    rk_run_note(run, _("rows: %llu in = %llu read + %llu rejected + %llu blank"), N(rows_in),
                N(rows_in) - N(rejected) - N(blank), N(rejected), N(blank));
    if (options.wide == RK_WIDE_ITEMS)
        rk_run_note(run, _("answers: %llu in = %llu out + %llu in rejected rows + %llu empty"),
                    N(cells_in), N(rows_out), N(cells_rejected), N(cells_empty));
    else
        rk_run_note(run, _("score cells: %llu in = %llu out + %llu in rejected rows + %llu empty"),
                    N(cells_in), N(rows_out), N(cells_rejected), N(cells_empty));
#undef N
}

static enum rk_status copy_rows(struct rk_run *run, struct rk_import *import,
                                struct rk_error *error)
{
    size_t count;
    const struct rk_writer_column *columns = rk_import_columns(import, &count);
    struct rk_writer *writer = rk_run_writer(run, columns, count);
    const struct rk_text *cells;
    enum rk_status status;
    while ((status = rk_import_next(import, &cells, error)) == RK_OK && cells) {
        for (size_t i = 0; i < count; i++)
            rk_write_text(writer, cells[i]);
        rk_write_end(writer);
        if (rk_writer_rows(writer) % 10000 == 0)
            rk_run_progress(run, _("rows"), rk_writer_rows(writer), 0);
    }
    rk_writer_finish(writer);
    struct rk_import_counts counts;
    if (status == RK_OK) {
        status = rk_import_finish(import, &counts, error);
        tell_counts(run, &counts);
    }
    return status;
}

/* The table that the file fits best, or the one named; told beside the next. */
static enum rk_status choose_table(struct rk_run *run, struct rk_guess *guess,
                                   const char *const *tables, const struct rk_schema **chosen,
                                   struct rk_error *error)
{
    const char *next = NULL;
    double best = 0, second = 0;
    if (options.table)
        return rk_run_schema(run, chosen, options.table, error);
    for (; *tables; tables++) {
        const struct rk_schema *schema;
        enum rk_status status = rk_run_schema(run, &schema, *tables, error);
        if (status != RK_OK)
            return status;
        double fit = rk_guess_fit(guess, schema);
        if (fit > best) {
            next = *chosen ? (*chosen)->name : NULL;
            second = best;
            best = fit;
            *chosen = schema;
        } else if (fit > second) {
            second = fit;
            next = *tables;
        }
    }
    if (!*chosen)
        return rk_fail(error, RK_BAD_DATA,
                       _("no table of ours is like this file: --table NAME says which it is"));
    if (next)
        rk_run_note(run, _("taken for the table %s; the next likely is %s (--table says which)"),
                    (*chosen)->name, next);
    else
        rk_run_note(run, _("taken for the table %s (--table says which)"), (*chosen)->name);
    return RK_OK;
}

static enum rk_status guess_map(struct rk_run *run, struct rk_foreign *foreign,
                                const struct rk_import_options *how, struct rk_error *error)
{
    struct rk_guess *guess;
    const struct rk_schema *schema = NULL;
    enum rk_status status = rk_guess_open(&guess, foreign, how, error);
    if (status == RK_OK)
        status = choose_table(run, guess, how->tables, &schema, error);
    if (status == RK_OK) {
        struct rk_buf map = {0};
        rk_run_speak(run, true);
        rk_guess_write(guess, schema, &map);
        rk_run_speak(run, false);
        rk_out_write(rk_run_out(run), map.text, map.size);
        rk_buf_free(&map);
    }
    rk_guess_close(guess);
    return status;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    if (!options.table && !options.guess)
        options.table = rk_map_table(run->map);
    if (!options.table && !options.guess)
        rk_usage(_("--table NAME is needed: which table of ours the file becomes"));
    if (run->operand_count > 1)
        rk_usage(_("one file at a time, not also %s"), run->operands[1]);
    if ((options.wide == RK_LONG || options.wide == RK_WIDE_ITEMS) &&
        (options.columns.count || options.rubric))
        rk_usage(_("--columns and --rubric are for wide score sheets: --wide criteria or --wide "
                   "raters"));
    if (options.wide == RK_WIDE_RATERS && options.rubric)
        rk_usage(_("--rubric is for --wide criteria"));
    if ((options.wide == RK_WIDE_ITEMS) != (options.codebook != NULL))
        rk_usage(_("--wide items and --codebook belong together"));
    if (options.guess && (options.wide != RK_LONG || rk_run_rejects(run)))
        rk_usage(_("--guess makes no table: not with --wide or --rejects"));
    if (options.household.count && (!options.table || strcmp(options.table, "panelists")))
        rk_usage(_("--household is for --table panelists"));
    const char *path = run->operand_count ? run->operands[0] : "-";
    if (!run->operand_count)
        rk_refuse_terminal();
    struct rk_import_raters raters = {0};
    struct rk_codebook *codebook = NULL;
    struct rk_import_item *items = NULL;
    struct rk_arena arena = {0};
    struct rk_import_criterion *criteria = NULL;
    rk_json *rubric = NULL;
    struct rk_foreign *foreign = NULL;
    struct rk_import *import = NULL;
    struct rk_import_options how = {.map = run->map,
                                    .words = rk_words_new(),
                                    .log = run->log,
                                    .decimal = options.decimal,
                                    .constants = options.set.all,
                                    .keep = options.keep.all,
                                    .drop = options.drop.all,
                                    .drop_unknown = options.drop_unknown,
                                    .household = options.household.all,
                                    .number = options.number,
                                    .header = options.header,
                                    .header_last = options.header_last,
                                    .wide = options.wide,
                                    .columns = options.columns.all,
                                    .empty = options.empty,
                                    .group_of = options.raters ? rk_import_group_of : NULL,
                                    .context = &raters,
                                    .is_identity = rk_import_is_identity,
                                    .rejects = rk_run_rejects(run)};
    struct rk_buf words = {0};
    char **tables = NULL;
    rk_buf_printf(&words, "%s/schema", run->share);
    enum rk_status status = RK_OK;
    if (options.table)
        status = rk_run_schema(run, &how.schema, options.table, error);
    if (status == RK_OK && options.table && !strcmp(options.table, "quotas"))
        status = rk_run_schema(run, &how.features, "panelists", error);
    if (status == RK_OK)
        status = rk_schema_names(&tables, words.text, error);
    how.tables = (const char *const *)tables;
    rk_buf_text(&words, "/words.map.json");
    if (status == RK_OK)
        status = rk_words_read(how.words, rk_keep(words.text), error);
    if (status == RK_OK && options.raters)
        status = rk_run_import_raters(run, options.raters, &raters, error);
    if (status == RK_OK && options.rubric)
        status = rk_import_read_criteria(options.rubric, options.set.all, &rubric, &criteria,
                                         &how.criterion_count, error);
    how.criteria = criteria;
    if (status == RK_OK && options.codebook)
        status = rk_run_import_items(run, options.codebook, &codebook, &items, &arena, error);
    if (codebook) {
        how.items = items;
        how.item_count = codebook->item_count;
        how.codebook = codebook->id;
    }
    const struct rk_foreign_options dialect = {rk_run_delimiter(run), options.encoding,
                                               options.sheet};
    if (status == RK_OK)
        status = rk_foreign_open(&foreign, path, &dialect, run->log, error);
    if (status == RK_OK && options.guess)
        status = guess_map(run, foreign, &how, error);
    else if (status == RK_OK)
        status = rk_import_open(&import, foreign, &how, error);
    if (status == RK_OK && import)
        status = copy_rows(run, import, error);
    rk_import_close(import);
    rk_schema_free_names(tables);
    rk_buf_free(&words);
    rk_words_free(how.words);
    rk_strings_free(&raters.ids);
    rk_strings_free(&raters.groups);
    rk_free(raters.group);
    rk_free(criteria);
    rk_json_free(rubric);
    rk_codebook_free(codebook);
    rk_arena_free(&arena);
    rk_free(options.set.all);
    rk_free(options.keep.all);
    rk_free(options.drop.all);
    rk_free(options.columns.all);
    rk_free(options.household.all);
    return status;
}

static const char *const examples[] = {
    "rk-import --table candidates --drop-unknown sokande.csv",
    "rk-import --table candidates --drop Namn --keep Anteckning --map status=Kandidatstatuss "
    "lista.csv",
    "rk-import --table ratings --wide criteria --rubric rubric.json --set recruitment_id=R7 "
    "--raters raters.csv --drop Summa --sheet 1 blad.xlsx",
    "rk-import --table panelists --map-file sortition-respondents --set consent_until=2027-12-31 "
    "-o town/panelists.csv respondents.csv",
    "rk-import --table quotas --map-file sortition-categories -o town/quotas.csv categories.csv",
    NULL};

static const struct rk_tool_table outputs[] = {
    {"panelists", RK_MAIN, NULL},  {"recruitments", RK_MAIN, NULL},
    {"candidates", RK_MAIN, NULL}, {"raters", RK_MAIN, NULL},
    {"ratings", RK_MAIN, NULL},    {"quotas", RK_MAIN, NULL},
    {"responses", RK_MAIN, NULL},  {0}};

static const struct rk_tool tool = {
    .name = "rk-import",
    .purpose = N_("turn a foreign file into a table of ours"),
    .operands = "[FILE]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_READS_FOREIGN,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
