/* rk-simulate: a whole synthetic municipality from a seed. */
#include "base/date.h"
#include "base/mem.h"
#include "simulate/simulate.h"
#include "stream/folder.h"
#include "tool/tool.h"

enum { MOST_NAMES = 16, KEY_FIRST = 0x100 };

static struct {
    struct rk_simulate_options simulate;
    const char *folder, *table;
    uint64_t ratings;
    bool force, recruitments_given, candidates_given;
    const char *departments[MOST_NAMES], *groups[MOST_NAMES];
} options;

enum {
    PANELISTS = KEY_FIRST,
    RECRUITMENTS,
    CANDIDATES,
    RATERS,
    CRITERIA,
    RATINGS,
    DEPARTMENTS,
    GROUPS,
    FROM,
    MONTHS,
    SCALE,
    INCOMPLETE,
    SEVERE,
    MISSING,
    OPEN,
    CANCELLED,
    TABLE,
    FORCE,
};

static const struct argp_option table[] = {
    {"output", 'o', "DIR", RK_MAKES, N_("the data package to make: whole or not at all"), 0},
    {"force", FORCE, NULL, 0, N_("replace DIR where it is such a package already"), 0},
    {"table", TABLE, "TEXT", 0,
     N_("no package: this table alone, to standard output or the file named by -o (without -o: "
        "ratings)"),
     0},
    {"recruitments", RECRUITMENTS, "N", 0, N_("how many recruitments (100)"), 0},
    {"panelists", PANELISTS, "N", 0, N_("how many in the user bank (as the seats ask for)"), 0},
    {"candidates", CANDIDATES, "N", 0, N_("candidates per recruitment, on average (6)"), 0},
    {"raters", RATERS, "N", 0, N_("raters in each group, and seats for users (3)"), 0},
    {"criteria", CRITERIA, "N", 0, N_("criteria in each of the two stages (4)"), 0},
    {"ratings", RATINGS, "N", 0,
     N_("about so many ratings: sets the recruitments, or the candidates where those are given"),
     0},
    {"departments", DEPARTMENTS, "TEXT", 0, N_("ids joined by commas (AMF,SFF,SOF)"), 0},
    {"groups", GROUPS, "TEXT", 0, N_("rater groups joined by commas, users first (user,staff)"),
     0},
    {"from", FROM, "MONTH", 0, N_("the first month (2024-01)"), 0},
    {"months", MONTHS, "N", 0, N_("how many months (12)"), 0},
    {"scale", SCALE, "MIN:MAX", 0, N_("what raters score on, in whole steps (1:5)"), 0},
    {"incomplete", INCOMPLETE, "NUMBER", 0,
     N_("share of pairs of rater and candidate that never met (0)"), 0},
    {"severe-meet", SEVERE, "anyone|strong|weak", 0,
     N_("which candidates severe raters meet where pairs are incomplete (anyone)"), 0},
    {"missing", MISSING, "NUMBER", 0, N_("share of single scores missing (0.01)"), 0},
    {"open", OPEN, "NUMBER", 0, N_("share of recruitments not yet decided (0.1)"), 0},
    {"cancelled", CANCELLED, "NUMBER", 0, N_("share of the others cancelled (0.03)"), 0},
    {0}};

static double share_of(const char *option, const char *arg)
{
    rk_fixed value = rk_option_fixed(option, arg);
    if (value < 0 || value > RK_FIXED_ONE)
        rk_usage(_("--%s: expected a share from 0 to 1"), option);
    return rk_fixed_double(value);
}

/* Ids joined by commas, each short enough to be part of other ids and of file names. */
static uint32_t names_of(const char *option, const char *arg, const char **names)
{
    uint32_t count = 0;
    for (const char *at = arg; at; count++) {
        size_t size = strcspn(at, ",");
        if (count == MOST_NAMES)
            rk_usage(_("--%s: expected at most %d ids"), option, MOST_NAMES);
        if (!size || size > 16 ||
            strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") < size)
            rk_usage(_("--%s: expected ids of at most 16 letters A to Z, digits and _, joined by "
                       "commas"),
                     option);
        char *name = rk_strndup(at, size);
        names[count] = rk_keep(name);
        rk_free(name);
        for (uint32_t i = 0; i < count; i++)
            if (!strcmp(names[i], names[count]))
                rk_usage(_("--%s: %s is named twice"), option, names[count]);
        at = at[size] ? at + size + 1 : NULL;
    }
    return count;
}

static void scale_of(const char *arg, struct rk_simulate_options *o)
{
    size_t size = strcspn(arg, ":");
    int64_t least = 0, most = 0;
    if (!arg[size] || !rk_text_int((struct rk_text){arg, size}, &least) ||
        !rk_text_int(rk_text(arg + size + 1), &most) || least >= most || least < -1000000 ||
        most > 1000000)
        rk_usage(_("--scale: expected two whole numbers, the lower first, like 1:5"));
    o->least = (int32_t)least;
    o->most = (int32_t)most;
}

static const char *table_of(const char *arg)
{
    const char *names[RK_SIMULATE_TABLES + 1] = {0};
    for (size_t i = 0; i < RK_SIMULATE_TABLES; i++) {
        names[i] = rk_simulate_sheets[i].name;
        if (!strcmp(names[i], arg))
            return names[i];
    }
    const char *nearest = rk_nearest(arg, names);
    if (nearest)
        rk_usage(_("--table: no table is called %s; did you mean %s?"), arg, nearest);
    rk_usage(_("--table: no table is called %s"), arg);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct rk_simulate_options *o = &options.simulate;
    (void)state;
    switch (key) {
    case 'o':
        options.folder = arg;
        break;
    case FORCE:
        options.force = true;
        break;
    case TABLE:
        options.table = table_of(arg);
        break;
    case RECRUITMENTS:
        o->recruitments = (uint32_t)rk_option_int("recruitments", arg, 1, 10000000);
        options.recruitments_given = true;
        break;
    case PANELISTS:
        o->panelists = (uint32_t)rk_option_int("panelists", arg, 1, 10000000);
        break;
    case CANDIDATES:
        o->candidates = (uint32_t)rk_option_int("candidates", arg, 2, 10000);
        options.candidates_given = true;
        break;
    case RATERS:
        o->raters = (uint32_t)rk_option_int("raters", arg, 1, 100);
        break;
    case CRITERIA:
        o->criteria = (uint32_t)rk_option_int("criteria", arg, 1, 100);
        break;
    case RATINGS:
        options.ratings = (uint64_t)rk_option_int("ratings", arg, 1, 10000000000);
        break;
    case DEPARTMENTS:
        o->departments = options.departments;
        o->department_count = names_of("departments", arg, options.departments);
        break;
    case GROUPS:
        o->groups = options.groups;
        o->group_count = names_of("groups", arg, options.groups);
        break;
    case FROM:
        o->first_month = rk_option_month("from", arg);
        if (o->first_month < 1920 * 12 || o->first_month >= 2080 * 12)
            rk_usage(_("--from: expected a month from 1920 to 2079"));
        break;
    case MONTHS:
        o->months = (int32_t)rk_option_int("months", arg, 1, 120);
        break;
    case SCALE:
        scale_of(arg, o);
        break;
    case INCOMPLETE:
        o->incomplete = share_of("incomplete", arg);
        break;
    case SEVERE:
        o->severe = (enum rk_simulate_meet)rk_choice("severe-meet", "anyone|strong|weak", arg);
        break;
    case MISSING:
        o->missing = share_of("missing", arg);
        break;
    case OPEN:
        o->open = share_of("open", arg);
        break;
    case CANCELLED:
        o->cancelled = share_of("cancelled", arg);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* --ratings: as many recruitments, or candidates, as lead there. */
static void reach_ratings(struct rk_simulate_options *o)
{
    if (!options.ratings)
        return;
    if (options.recruitments_given && options.candidates_given)
        rk_usage(_("--ratings: not together with both --recruitments and --candidates"));
    if (!rk_simulate_reach_ratings(o, options.ratings, options.recruitments_given))
        rk_usage(_("--ratings: cannot be reached with the other options"));
}

struct writing {
    struct rk_run *run;
    struct rk_writer *writers[RK_SIMULATE_TABLES];
    uint64_t rows;
};

static void take(void *context, const struct rk_simulate_rows *rows, uint64_t done, uint64_t total)
{
    struct writing *writing = context;
    for (size_t t = 0; t < RK_SIMULATE_TABLES; t++)
        if (writing->writers[t])
            writing->rows += rk_simulate_rows_write(rows, (enum rk_simulate_table)t,
                                                    writing->writers[t]);
    rk_run_progress(writing->run, _("simulating"), done, total);
}

static void write_rows(struct rk_run *run, const struct rk_simulate *simulate,
                       struct writing *writing)
{
    writing->run = run;
    rk_simulate_run(simulate, run->threads, take, writing);
    for (size_t t = 0; t < RK_SIMULATE_TABLES; t++)
        if (writing->writers[t])
            rk_writer_finish(writing->writers[t]);
}

static enum rk_status write_table(struct rk_run *run, const struct rk_simulate *simulate,
                                  struct rk_error *error)
{
    struct rk_out *out = NULL;
    struct writing writing = {0};
    enum rk_status status = rk_run_file(run, &out, options.folder, error);
    for (size_t t = 0; t < RK_SIMULATE_TABLES && !status; t++)
        if (options.table == rk_simulate_sheets[t].name)
            writing.writers[t] = rk_writer_open(out, run->form, rk_simulate_sheets[t].columns,
                                                rk_simulate_sheets[t].count);
    if (!status)
        write_rows(run, simulate, &writing);
    return status;
}

/* A Frictionless data package that stands on its own: each table with its schema. */
static enum rk_status describe(struct rk_run *run, struct rk_out *out, struct rk_error *error)
{
    struct rk_text schemas[RK_SIMULATE_TRUTH];
    struct rk_buf texts[RK_SIMULATE_TRUTH] = {0}, text = {0};
    enum rk_status status = RK_OK;
    for (size_t t = 0; t < RK_SIMULATE_TRUTH && !status; t++) {
        struct rk_in *in = NULL;
        rk_buf_clear(&text);
        rk_buf_printf(&text, "%s/schema/%s.json", run->share, rk_simulate_sheets[t].name);
        status = rk_in_open(&in, rk_keep(text.text), error);
        if (!status)
            status = rk_in_read_all(in, &texts[t], 16 << 20, error);
        rk_in_close(in);
        schemas[t] = (struct rk_text){texts[t].text, texts[t].size};
    }
    rk_buf_clear(&text);
    if (!status)
        rk_simulate_describe(&options.simulate, schemas, &text);
    rk_out_write(out, text.text, text.size);
    for (size_t t = 0; t < RK_SIMULATE_TRUTH; t++)
        rk_buf_free(&texts[t]);
    rk_buf_free(&text);
    return status;
}

static enum rk_status write_package(struct rk_run *run, const struct rk_simulate *simulate,
                                    struct rk_error *error)
{
    struct rk_folder *folder = NULL;
    struct rk_out *out = NULL;
    struct writing writing = {0};
    struct rk_buf text = {0};
    enum rk_status status =
        rk_folder_open(&folder, options.folder, options.force ? rk_simulate_made : NULL, error);
    if (!status)
        status = rk_folder_file(folder, &out, "datapackage.json", error);
    if (!status)
        status = describe(run, out, error);
    for (uint32_t d = 0; d < options.simulate.department_count && !status; d++) {
        rk_buf_printf(&text, "rubrics/%s.json", options.simulate.departments[d]);
        status = rk_folder_file(folder, &out, text.text, error);
        rk_buf_clear(&text);
        if (!status) {
            rk_simulate_rubric(simulate, d, &text);
            rk_out_write(out, text.text, text.size);
        }
        rk_buf_clear(&text);
    }
    for (size_t t = 0; t < RK_SIMULATE_TABLES && !status; t++) {
        rk_buf_printf(&text, "%s.csv", rk_simulate_sheets[t].name);
        status = rk_folder_file(folder, &out, text.text, error);
        rk_buf_clear(&text);
        if (!status)
            writing.writers[t] = rk_writer_open(out, RK_CSV, rk_simulate_sheets[t].columns,
                                                rk_simulate_sheets[t].count);
    }
    rk_buf_free(&text);
    if (!status) {
        write_rows(run, simulate, &writing);
        status = rk_folder_commit(folder, error);
    } else {
        for (size_t t = 0; t < RK_SIMULATE_TABLES; t++)
            if (writing.writers[t])
                rk_writer_finish(writing.writers[t]);
        rk_folder_discard(folder);
    }
    if (!status)
        rk_run_detail(run, _("%s: %llu rows"), options.folder, (unsigned long long)writing.rows);
    return status;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    if (options.folder && !*options.folder)
        rk_usage(_("-o: expected a name"));
    if (options.folder && !options.table && !strcmp(options.folder, "-"))
        rk_usage(_("a whole package cannot go to standard output; --table NAME can"));
    if (options.force && (options.table || !options.folder))
        rk_usage(_("--force is for a whole package, not for --table"));
    if (!options.table && options.folder && run->form != RK_CSV)
        rk_usage(_("a package is CSV; --to is for --table"));
    if (!options.folder && !options.table)
        options.table = rk_simulate_sheets[RK_SIMULATE_RATINGS].name;
    options.simulate.seed = run->seed;
    reach_ratings(&options.simulate);
    struct rk_simulate *simulate = rk_simulate_new(&options.simulate);
    enum rk_status status = options.table ? write_table(run, simulate, error)
                                          : write_package(run, simulate, error);
    rk_simulate_free(simulate);
    return status;
}

static const char *const examples[] = {
    "rk-simulate --seed a --recruitments 20 -o town",
    "rk-simulate --seed a --recruitments 2 --panelists 5 --table truth/raters --to table",
    "rk-simulate --seed a --recruitments 1 | rk-score --scale 1:5 | rk-aggregate", NULL};

static const struct rk_tool_table outputs[] = {
    {.schema = "panelists"}, {.schema = "recruitments"}, {.schema = "sessions"},
    {.schema = "availability"}, {.schema = "conflicts"}, {.schema = "assignments"},
    {.schema = "candidates"}, {.schema = "raters"}, {.schema = "ratings"},
    {.schema = "decisions"}, {.schema = "hires"}, {.schema = "activities"},
    {.schema = "events"}, {.schema = "respondents"}, {.schema = "responses"},
    {.schema = "contributions"}, {.schema = "statements"}, {.schema = "costs"},
    {.schema = "indicators"},
    {0}};

static const struct rk_tool tool = {
    .name = "rk-simulate",
    .purpose = N_("make a synthetic municipality with known truth"),
    .operands = "",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_HAS_SEED | RK_HAS_THREADS | RK_NO_OUTPUT,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv)
{
    options.simulate = rk_simulate_defaults();
    return rk_tool_main(&tool, argc, argv);
}
