/* rk-suppress: what of a table may be shown, and what a published one gives away. */
#include "base/mem.h"
#include "privacy/publish_write.h"
#include "tool/suppress_files.h"

enum {
    THRESHOLD = 256,
    PUBLISH,
    ZEROS,
    SINGLETONS,
    COST,
    WIDTH,
    TOTAL,
    DIMENSIONS,
    NESTED,
    HIDDEN,
    VERSIONS,
    PUBLISHED,
    DOMINANCE,
    P_PERCENT,
    SYMBOLS,
    EXPLAIN,
    EFFORT,
    AUDIT,
    ROUND,
    CELL_KEY,
    K_ANONYMITY
};

static struct {
    int64_t threshold; /* 0 = not given */
    bool publish, scb, audit;
    const char *total, *dimensions, *hidden, *explain, *alike, *published;
    const char *nested[RK_TABULATION_TREES];
    size_t nested_count;
    int insiders; /* -1 = not given */
    struct rk_publish_options how;
} options = {.insiders = -1, .how = {.width = RK_FIXED_ONE, .effort = 800000000}};

static const struct argp_option table[] = {
    {"audit", AUDIT, NULL, 0,
     N_("the table is published: tell what can be inferred of each hidden figure"), 0},
    {"threshold", THRESHOLD, "N", 0,
     N_("figures from 1 to one less are hidden (5, or 10 with --publish)"), 0},
    {"publish", PUBLISH, NULL, 0, N_("the table is for everybody: the threshold is 10"), 0},
    {"dominance", DOMINANCE, "TEXT", RK_AGAIN,
     N_("N,K: hide figures of which the N largest contributions are more than K per cent; given "
        "several times, all hold"),
     0},
    {"p-percent", P_PERCENT, "NUMBER", 0,
     N_("hide figures from which the second largest contributor could tell the largest "
        "contribution "
        "to within this per cent"),
     0},
    {"zeros", ZEROS, "open|known|hide|small", 0,
     N_("zeros are shown; are shown, and everybody knows that no hidden figure is 0; may be hidden "
        "for "
        "the sake of others; are hidden like small figures (open)"),
     0},
    {"singletons", SINGLETONS, "off|known|possible", 0,
     N_("keep hidden figures also from whoever is alone in another one and knows it: not; those "
        "known "
        "to be 1; of a published table, any that can be 1 (known)"),
     0},
    {"width", WIDTH, "NUMBER", 0,
     N_("wished between the least and the most that can be inferred (1: not known exactly)"), 0},
    {"cost", COST, "value|cells", 0,
     N_("hide besides as little of the figures, or as few of them, as can be (value)"), 0},
    {"dimensions", DIMENSIONS, "TEXT", 0,
     N_("the columns that tell what a figure is of, joined by commas (all but value, contributors "
        "and "
        "contributor)"),
     0},
    {"total", TOTAL, "TEXT", 0,
     N_("words for the total of a dimension, joined by commas (Total,total,Totalt,totalt,*); "
        "without "
        "such rows totals are made"),
     0},
    {"nested", NESTED, "TEXT", RK_AGAIN,
     N_("REGION:COUNTY: a column whose labels are in turn the sums of others, finest first; may be "
        "given "
        "several times, also for one dimension"),
     0},
    {"versions", VERSIONS, "COLUMN", 0,
     N_("a dimension whose labels are versions or months of the same figures, in order: it has no "
        "total, "
        "and changes between them are small figures too"),
     0},
    {"published", PUBLISHED, "FILE", 0,
     N_("what of --versions has been published, as it was: it stays so, and what is hidden now "
        "counts with all knowing it"),
     0},
    {"hidden", HIDDEN, "TEXT", 0,
     N_("COLUMN=WORD,WORD: with --audit, rows that are hidden in what is published although the "
        "file has "
        "their figure"),
     0},
    {"symbols", SYMBOLS, "gss|scb", 0, N_("what stands for a hidden figure: [c] or .. (gss)"), 0},
    {"explain", EXPLAIN, "FILE", RK_MAKES,
     N_("write here why each figure is hidden and what can be inferred of it; not to be shown"), 0},
    {"round", ROUND, "N", 0,
     N_("hide nothing: small figures, from 1 to N - 1, become 0 or N, so that all totals change "
        "least"),
     0},
    {"cell-key", CELL_KEY, NULL, 0,
     N_("hide nothing by choice: add up persons, each with a record_key, and change counts by the "
        "sum of "
        "their keys: as --ptable says, or else those under 10 are hidden and the others rounded to "
        "5"),
     0},
    {"k-anonymity", K_ANONYMITY, "TEXT", 0,
     N_("tell of each person how many are alike in these columns, joined by commas: in the file, "
        "by "
        "their weights (value), and the risk of being found"),
     0},
    {"effort", EFFORT, "NUMBER", 0,
     N_("millions of steps of arithmetic before the search settles for the best found (800)"), 0},
    {0}};

static void add_dominance(struct rk_publish_options *how, char *arg)
{
    struct rk_dominance rule;
    char *comma = strchr(arg, ',');
    if (!comma)
        rk_usage(_("--dominance: N,K was expected, as in 1,85"));
    if (how->dominance_count == RK_DOMINANCE_RULES)
        rk_usage(_("--%s is given too often"), "dominance");
    *comma = '\0';
    rule.largest = rk_option_int("dominance", arg, 1, 100);
    rule.per_cent = rk_option_fixed("dominance", comma + 1);
    if (rule.per_cent <= 0 || rule.per_cent >= 100 * RK_FIXED_ONE)
        rk_usage(_("--dominance: a number above 0 and below 100 was expected"));
    how->dominance[how->dominance_count++] = rule;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    struct rk_publish_options *how = &options.how;
    switch (key) {
    case AUDIT: options.audit = how->audit = true; break;
    case THRESHOLD: options.threshold = rk_option_int("threshold", arg, 1, 1000000); break;
    case PUBLISH: options.publish = true; break;
    case DOMINANCE: add_dominance(how, arg); break;
    case P_PERCENT: {
        rk_fixed per_cent = rk_option_fixed("p-percent", arg);
        if (per_cent <= 0 || per_cent > 1000 * RK_FIXED_ONE)
            rk_usage(_("--p-percent: a number above 0, and no more than 1000, was expected"));
        how->p_percent = per_cent > how->p_percent ? per_cent : how->p_percent;
        break;
    }
    case ZEROS: how->zeros = (enum rk_zeros)rk_choice("zeros", "open|known|hide|small", arg); break;
    case SINGLETONS:
        options.insiders = (int)rk_choice("singletons", "off|known|possible", arg);
        break;
    case COST: how->by_cells = rk_choice("cost", "value|cells", arg) == 1; break;
    case WIDTH:
        how->width = rk_option_fixed("width", arg);
        if (how->width <= 0 || how->width > 1000000000 * RK_FIXED_ONE)
            rk_usage(_("--width: a number above 0, and no more than 1000000000, was expected"));
        break;
    case DIMENSIONS: options.dimensions = arg; break;
    case TOTAL: options.total = arg; break;
    case NESTED:
        if (options.nested_count == RK_TABULATION_TREES)
            rk_usage(_("--nested: at most %d times"), RK_TABULATION_TREES);
        options.nested[options.nested_count++] = arg;
        break;
    case VERSIONS: how->versions = arg; break;
    case PUBLISHED: options.published = arg; break;
    case HIDDEN: options.hidden = arg; break;
    case ROUND: how->round = rk_option_int("round", arg, 2, 1000); break;
    case CELL_KEY: how->cell_key = true; break;
    case K_ANONYMITY: options.dimensions = options.alike = arg; break;
    case SYMBOLS: options.scb = rk_choice("symbols", "gss|scb", arg) == 1; break;
    case EXPLAIN: options.explain = arg; break;
    case EFFORT: how->effort = (uint64_t)rk_option_int("effort", arg, 1, 10000000) * 1000000; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static enum rk_status set_up(struct rk_tabulation *t, struct rk_error *error)
{
    struct rk_publish_options *how = &options.how;
    if ((how->round != 0) + how->cell_key + options.audit + (options.alike != NULL) > 1)
        return rk_fail(error, RK_BAD_USE,
                       _("one of --audit, --round, --cell-key and --k-anonymity at a time"));
    if ((how->round || how->cell_key || options.alike) &&
        (options.threshold || options.publish || how->dominance_count || how->p_percent ||
         how->zeros || options.insiders >= 0 || how->by_cells || options.explain || how->versions ||
         options.published))
        return rk_fail(
            error, RK_BAD_USE,
            _("--round, --cell-key and --k-anonymity hide nothing by choice: options about "
              "what is hidden do not go with them"));
    t->is_records = how->cell_key || options.alike;
    how->threshold = options.threshold ? options.threshold : options.publish ? 10 : 5;
    how->insiders = options.insiders < 0 ? RK_INSIDERS_KNOWN : (enum rk_insiders)options.insiders;
    if (options.audit && (how->dominance_count || how->p_percent || options.explain ||
                          options.publish || options.published))
        return rk_fail(error, RK_BAD_USE,
                       _("--audit chooses nothing: no --dominance, --p-percent, --publish, "
                         "--published or --explain"));
    if (options.published && !how->versions)
        return rk_fail(error, RK_BAD_USE, _("--published is for --versions"));
    if (!options.audit && (options.hidden || how->insiders == RK_INSIDERS_POSSIBLE))
        return rk_fail(error, RK_BAD_USE, _("--hidden and --singletons possible are for --audit"));
    rk_tabulation_totals(t, options.total ? options.total : "Total,total,Totalt,totalt,*");
    if (options.dimensions && !rk_tabulation_dimensions(t, options.dimensions))
        return rk_fail(error, RK_BAD_USE, _("--dimensions: one to %d different columns"),
                       RK_TABULATION_DIMS);
    for (size_t i = 0; i < options.nested_count; i++)
        if (!rk_tabulation_nest(t, options.nested[i]))
            return rk_fail(error, RK_BAD_USE,
                           _("--nested: columns joined by colons were expected, as in "
                             "region:county, the first a dimension"));
    if (options.hidden && !rk_tabulation_flag(t, options.hidden))
        return rk_fail(error, RK_BAD_USE, _("--hidden: COLUMN=WORD was expected"));
    return RK_OK;
}

/* ---- writing ---- */

static void write_table(struct rk_run *run, const struct rk_tabulation *t,
                        const struct rk_publish *p)
{
    struct rk_writer_column columns[RK_PUBLISH_COLUMNS];
    size_t count = rk_publish_columns(t, RK_PUBLISH_TABLE, columns);
    rk_publish_write(p, t, options.scb ? ".." : "[c]", rk_run_writer(run, columns, count));
}

static enum rk_status write_findings(struct rk_run *run, const struct rk_tabulation *t,
                                     const struct rk_publish *p, struct rk_error *error)
{
    struct rk_writer_column columns[RK_PUBLISH_COLUMNS];
    size_t count = rk_publish_columns(t, RK_PUBLISH_INTERVALS, columns);
    struct rk_out *out;
    if (options.audit) {
        rk_publish_write_intervals(p, t, rk_run_writer(run, columns, count));
    } else if (options.explain) {
        RK_TRY(rk_run_file(run, &out, options.explain, error));
        rk_publish_write_intervals(p, t, rk_writer_open(out, RK_CSV, columns, count));
    }
    return RK_OK;
}

/* Of every person: how many are alike in the columns named. */
static void write_alike(struct rk_run *run, const struct rk_tabulation *t)
{
    struct rk_writer_column columns[RK_PUBLISH_COLUMNS];
    size_t count = rk_publish_columns(t, RK_PUBLISH_ALIKE, columns);
    struct rk_alike *alike = rk_publish_alike(t);
    uint32_t under[3] = {0};
    for (uint32_t r = 0; r < t->row_count; r++) {
        under[0] += alike[r].same < 2;
        under[1] += alike[r].same < 3;
        under[2] += alike[r].same < 5;
    }
    rk_publish_write_alike(alike, t, rk_run_writer(run, columns, count));
    rk_run_note(run, _("of %u persons, fewer are alike than 2: %u, than 3: %u, than 5: %u"),
                t->row_count, under[0], under[1], under[2]);
    rk_free(alike);
}

static enum rk_status publish(struct rk_run *run, const struct rk_tabulation *t,
                              struct rk_publish *p, struct rk_error *error)
{
    RK_TRY(rk_publish(p, t, &options.how, error));
    if (!options.audit)
        write_table(run, t, p);
    if (!options.how.round && !options.how.cell_key)
        RK_TRY(write_findings(run, t, p, error));
    return rk_suppress_tell(run, p, &options.how, options.audit || options.explain);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct rk_tabulation t = {0};
    struct rk_publish p = {0};
    int16_t *ptable = NULL;
    enum rk_status status = set_up(&t, error);
    if (!status)
        status = rk_suppress_read(run, &t, options.published, options.how.versions, error);
    if (!status)
        status = rk_suppress_ptable(run, &ptable, options.how.cell_key, error);
    options.how.ptable = ptable;
    if (!status && options.alike)
        write_alike(run, &t);
    else if (!status)
        status = publish(run, &t, &p, error);
    rk_free(ptable);
    rk_publish_free(&p);
    rk_tabulation_free(&t);
    return status;
}

static const struct rk_tool_table inputs[] = {
    {"cells", RK_MAIN, NULL}, {"ptable", RK_OPTIONAL, NULL}, {0}};
static const struct rk_tool_table outputs[] = {
    {"cells", RK_MAIN, NULL}, {"intervals", RK_OPTIONAL, NULL}, {0}};
static const char *const examples[] = {
    "rk-suppress table.csv --publish",
    "rk-suppress towns.csv --nested town:county --explain why.csv",
    "rk-suppress --audit published.csv --to table", NULL};

static const struct rk_tool tool = {
    .name = "rk-suppress",
    .purpose = N_("hide what a table must not tell, or audit a published one"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
