/* rk-agree: ratings in, agreement and reliability by criterion, stage and group out. */
#include "base/mem.h"
#include "model/measures.h"
#include "score/agree.h"
#include "tool/tool.h"

static struct {
    size_t input;
    bool by_given;
    const char *by[RK_BY_MOST];
    size_t by_count;
    const char *refused;
    struct rk_agree_options agree;
    bool input_given, all_measures;
} options = {.agree = {.tolerance = NAN, .confidence = 0.95}};

enum { INPUT = 0x100, WORDS, BY, MEASURES, WEIGHTS, METRICS, SPACING, CATEGORIES, DISAGREEMENT };
enum {
    SCALE = 0x110,
    TOLERANCE,
    D_RATERS,
    D_CRITERIA,
    CONFIDENCE,
    BOOTSTRAP,
    LISTWISE,
    PACKAGES,
    REFUSED
};

static const struct argp_option table[] = {
    {"input", INPUT, "long|pairs|counts", 0,
     N_("what the rows are: ratings, cells of two raters' table, or counts of raters by category "
        "(long)"),
     0},
    {"words", WORDS, NULL, 0, N_("scores are words, not numbers"), 0},
    {"by", BY, "COLUMN", 0,
     N_("columns to divide the ratings by, joined by commas; none = all together "
        "(criterion,stage,rater_group)"),
     0},
    {"measures", MEASURES, "TEXT", 0,
     N_("what to work out, joined by commas: percent, cohen, fleiss, conger, light, scott, "
        "brennan-prediger, pabak, ac, alpha, kendall, correlation, icc, cronbach, variance, reml, "
        "within, homogeneity, generalizability, or all (all but generalizability; reml where "
        "ratings are missing)"),
     0},
    {"weights", WEIGHTS, "TEXT", 0,
     N_("how near categories are, joined by commas: unweighted, linear, quadratic, ordinal, "
        "radical, ratio, circular, bipolar, custom, or all (unweighted)"),
     0},
    {"metrics", METRICS, "TEXT", 0,
     N_("Krippendorff's alpha for: nominal, ordinal, interval, ratio, polar, circular, or all "
        "(nominal,ordinal,interval,ratio; nominal for words)"),
     0},
    {"spacing", SPACING, "value|place", 0,
     N_("distances between categories: by their values or by their places in the order (value)"),
     0},
    {"categories", CATEGORIES, "TEXT", 0,
     N_("all categories there are, in order, joined by |, or whole numbers like 1:5 (those that "
        "were used)"),
     0},
    {"disagreement", DISAGREEMENT, "TEXT", 0,
     N_("weights of your own: how far apart categories are, a row per category of the first rater, "
        "like 0,1,3/1,0,6/3,6,0"),
     0},
    {"scale", SCALE, "MIN:MAX[:STEP]", 0,
     N_("the scale of the ratings, for rwg and Finn's r (step 1)"), 0},
    {"tolerance", TOLERANCE, "NUMBER", 0,
     N_("tell also the share of candidates whose ratings all lie within so much of each other"), 0},
    {"d-raters", D_RATERS, "TEXT", 0,
     N_("generalizability: had there been so many raters, like 1,2,5 (as many as there are)"), 0},
    {"d-criteria", D_CRITERIA, "TEXT", 0,
     N_("generalizability: had there been so many criteria (as many as there are)"), 0},
    {"listwise", LISTWISE, NULL, 0, N_("only the candidates whom every rater of the part rated"),
     0},
    {"confidence", CONFIDENCE, "NUMBER", 0, N_("of the intervals (0.95)"), 0},
    {"bootstrap", BOOTSTRAP, "N", 0,
     N_("standard errors and intervals from so many resamples of the candidates; needs --seed"), 0},
    {"as-packages", PACKAGES, NULL, 0,
     N_("add rows with what irr, irrNA and irrCAC are known to give wrong, named after them"), 0},
    {"refused", REFUSED, "FILE", RK_MAKES, N_("write there what could not be worked out, and why"),
     0},
    {0}};

/* Sets a flag for each of the comma-joined words; returns whether the word `all` was there. */
static bool read_words(const char *option, const char *words, const char *arg, bool *flags)
{
    bool all = false;
    char *list = rk_strdup(arg), *rest = list;
    struct rk_buf choices = {0};
    rk_buf_printf(&choices, "all|%s", words);
    for (char *word; (word = strsep(&rest, ","));) {
        size_t choice = rk_choice(option, choices.text, word);
        all |= !choice;
        if (choice)
            flags[choice - 1] = true;
    }
    rk_buf_free(&choices);
    rk_free(list);
    return all;
}

static void read_by(const char *arg)
{
    options.by_given = true;
    options.by_count = 0;
    if (!strcmp(arg, "none"))
        return;
    char *list = rk_strdup(arg), *rest = list;
    for (char *word; (word = strsep(&rest, ","));) {
        bool again = false;
        for (size_t b = 0; b < options.by_count; b++)
            again |= !strcmp(options.by[b], word);
        if (!*word || again || options.by_count == RK_BY_MOST)
            rk_usage(_("--by: expected up to %d columns joined by commas, each once, or none"),
                     RK_BY_MOST);
        options.by[options.by_count++] = rk_keep(word);
    }
    rk_free(list);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct rk_agree_options *o = &options.agree;
    (void)state;
    switch (key) {
    case INPUT:
        options.input = rk_choice("input", "long|pairs|counts", arg);
        options.input_given = true;
        break;
    case WORDS: o->words = true; break;
    case BY: read_by(arg); break;
    case MEASURES:
        options.all_measures |= read_words("measures", rk_family_words, arg, o->asked);
        break;
    case WEIGHTS:
        if (read_words("weights", rk_weighting_words, arg, o->weights))
            for (int w = 0; w < RK_CUSTOM; w++)
                o->weights[w] = true;
        break;
    case METRICS:
        if (read_words("metrics", rk_metric_words, arg, o->metrics))
            for (int m = 0; m < RK_METRICS; m++)
                o->metrics[m] = true;
        break;
    case SPACING: o->by_place = rk_choice("spacing", "value|place", arg); break;
    case CATEGORIES:
        if (!rk_agree_read_categories(o, arg))
            rk_usage(_("--categories: expected two or more joined by |, or whole numbers like 1:5, "
                       "at most 100000"));
        break;
    case DISAGREEMENT:
        if (!rk_agree_read_disagreement(o, arg))
            rk_usage(
                _("--disagreement: expected as many rows as columns, 0 on the diagonal and nothing "
                  "below 0, like 0,1,3/1,0,6/3,6,0"));
        break;
    case SCALE:
        if (!rk_agree_read_scale(o, arg))
            rk_usage(_("--scale: expected like 1:5 or 0:100:5"));
        break;
    case TOLERANCE:
        o->tolerance = rk_fixed_double(rk_option_fixed("tolerance", arg));
        if (o->tolerance < 0)
            rk_usage(_("--tolerance: expected 0 or more"));
        break;
    case D_RATERS:
    case D_CRITERIA:
        if (!rk_agree_read_decision(key == D_RATERS ? &o->decide_raters : &o->decide_criteria, arg))
            rk_usage(_("--%s: expected up to %d whole numbers from 1, like 1,2,5"),
                     key == D_RATERS ? "d-raters" : "d-criteria", RK_DECIDE_MOST);
        break;
    case CONFIDENCE:
        o->confidence = rk_fixed_double(rk_option_fixed("confidence", arg));
        if (o->confidence <= 0 || o->confidence >= 1)
            rk_usage(_("--confidence: expected between 0 and 1, like 0.95"));
        break;
    case BOOTSTRAP: o->bootstrap = (uint32_t)rk_option_int("bootstrap", arg, 10, 100000); break;
    case LISTWISE: o->listwise = true; break;
    case PACKAGES: o->as_packages = true; break;
    case REFUSED: options.refused = arg; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* What was not said. */
static void complete(const struct rk_run *run)
{
    static const char *const usual[] = {"criterion", "stage", "rater_group"};
    struct rk_agree_options *o = &options.agree;
    rk_agree_complete(o, options.all_measures);
    if (!options.by_given)
        for (; options.by_count < 3; options.by_count++)
            options.by[options.by_count] = usual[options.by_count];
    o->table = options.input == 1;
    o->header = options.input == 2;
    o->seed = run->seed;
    o->threads = run->threads;
    if (o->bootstrap && !run->seed.size)
        rk_usage(_("--bootstrap needs --seed"));
    if (o->weights[RK_CUSTOM] && !o->disagreement)
        rk_usage(_("--weights custom needs --disagreement"));
}

static const char *const more[] = {"n_candidates", "n_raters",  "n_ratings", "observed", "expected",
                                   "se_null",      "statistic", "df1",       "df2",      "p"};
enum { MORE = sizeof more / sizeof *more };

struct output {
    struct rk_run *run;
    const struct rk_judgements *judgements;
    struct rk_writer *writer, *refused;
    uint64_t given, not_given, undefined;
    bool family_given[RK_FAMILIES];
    const char *family_why[RK_FAMILIES];
    bool rated, reml_later;
};

static void write_row(void *context, const struct rk_agree_row *row)
{
    struct output *out = context;
    const struct rk_judgements *j = out->judgements;
    const struct rk_estimate *e = &row->estimate;
    struct rk_text by[RK_BY_MOST];
    out->rated |= row->ratings > 0 || options.agree.listwise;
    for (size_t b = 0; b < j->by_count; b++)
        by[b] = rk_judgements_by(j, row->part, b);
    if (e->why || !isfinite(e->value)) {
        const char *why = e->why ? e->why : N_("it is infinite");
        out->reml_later |= why == rk_reml_later;
        out->not_given++;
        if (!out->family_why[row->family])
            out->family_why[row->family] = why;
        if (out->run->verbose) /* of hundreds, each a text to look up */
            rk_run_detail(out->run, _("%s %s: %s"), row->measure, row->variant, _(why));
        if (!out->refused)
            return;
        for (size_t b = 0; b < j->by_count; b++)
            rk_write_text(out->refused, by[b]);
        rk_write_string(out->refused, row->measure);
        rk_write_string(out->refused, row->variant);
        rk_run_speak(out->run, true);
        rk_write_string(out->refused, _(why));
        rk_run_speak(out->run, false);
        rk_write_end(out->refused);
        return;
    }
    const struct rk_measure m = {
        row->measure, rk_text(row->variant ? row->variant : ""), e->value, e->se, e->low, e->high,
        e->n,         rk_text(row->method ? row->method : "")};
    const double numbers[MORE] = {(double)row->candidates,
                                  row->raters ? (double)row->raters : NAN,
                                  (double)row->ratings,
                                  e->observed,
                                  e->expected,
                                  e->se_null,
                                  e->statistic,
                                  e->df1,
                                  e->df2,
                                  e->p};
    rk_measures_write(by, j->by_count, &m, numbers, MORE, out->writer);
    out->given++;
    out->family_given[row->family] = true;
    out->undefined += row->undefined;
}

/* What was asked for by name and could not be given at all needs a person; the rest is said. */
static enum rk_status tell(struct rk_run *run, const struct output *out)
{
    const struct rk_judgements *j = out->judgements;
    bool lacking = false;
    if (j->joint)
        rk_run_note(run, _("joint sheets left out: %llu"), (unsigned long long)j->joint);
    if (j->missing)
        rk_run_note(run, _("missing scores left out: %llu"), (unsigned long long)j->missing);
    if (!out->rated) { /* a header alone, or nothing but missing scores and joint sheets */
        rk_run_warn(run, _("nothing was rated, so that there is no agreement to tell of"));
        return RK_OK;
    }
    for (int f = 0; f < RK_FAMILIES; f++)
        if (options.agree.asked[f] && !out->family_given[f] && out->family_why[f]) {
            rk_run_warn(run, _("%s could not be worked out: %s"), rk_family_name(f),
                        _(out->family_why[f]));
            lacking = true;
        }
    if (out->undefined)
        rk_run_warn(run,
                    _("resamples in which a measure has no value: %llu, left out of its interval "
                      "(no interval where they are more than one in twenty)"),
                    (unsigned long long)out->undefined);
    if (out->not_given)
        rk_run_note(run,
                    _("measures without a value: %llu; --refused FILE or -v tells which and why"),
                    (unsigned long long)out->not_given);
    if (out->reml_later)
        rk_run_note(run, _("no REML of parts with more than 200 raters: --measures reml asks for "
                           "it, and takes its time"));
    if (!out->given && !lacking)
        rk_run_warn(run, options.by_given ? _("nothing could be worked out")
                                          : _("nothing could be worked out of any part; --by none "
                                              "takes all ratings together"));
    return lacking || !out->given ? RK_ATTENTION : RK_OK;
}

static enum rk_status open_outputs(struct rk_run *run, struct output *out, struct rk_error *error)
{
    struct rk_writer_column columns[RK_BY_MOST + RK_MEASURE_COLUMNS + MORE];
    size_t by_count = options.by_count;
    out->writer =
        rk_run_writer(run, columns, rk_measures_columns(options.by, by_count, more, MORE, columns));
    if (!options.refused)
        return RK_OK;
    struct rk_out *file;
    RK_TRY(rk_run_file(run, &file, options.refused, error));
    for (size_t b = 0; b < by_count; b++)
        columns[b] = (struct rk_writer_column){options.by[b], false};
    columns[by_count] = (struct rk_writer_column){"measure", false};
    columns[by_count + 1] = (struct rk_writer_column){"variant", false};
    columns[by_count + 2] = (struct rk_writer_column){"reason", false};
    out->refused = rk_writer_open(file, run->form, columns, by_count + 3);
    return RK_OK;
}

/* Scores are read as texts: words, or numbers that lib/score/agree takes in. */
static enum rk_status open_input(struct rk_run *run, struct rk_table **input,
                                 struct rk_error *error)
{
    static const char *const names[] = {"ratings", "pairs", "counts"};
    const struct rk_schema *schema;
    RK_TRY(rk_run_schema(run, &schema, names[options.input], error));
    if (!options.input)
        schema->fields[rk_schema_field(schema, "score")].type = RK_STRING;
    return rk_run_table(run, input, names[options.input], error);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    if (!options.input_given && !run->operand_count && !rk_run_given(run, "ratings"))
        options.input = rk_run_given(run, "pairs") ? 1 : rk_run_given(run, "counts") ? 2 : 0;
    complete(run);
    struct rk_ids ids = {0};
    struct rk_table *input = NULL;
    struct rk_agree *agree = NULL;
    struct rk_judgements j = {.ids = &ids,
                              .by = options.by,
                              .by_count = options.by_count,
                              .categories = options.agree.categories,
                              .category_count = options.agree.category_count};
    struct output out = {.run = run, .judgements = &j};
    enum rk_status status = rk_agree_new(&agree, &options.agree, error);
    if (!status)
        status = open_input(run, &input, error);
    if (!status)
        status = rk_judgements_read(&j, input, rk_agree_add, agree, error);
    if (!status)
        status = open_outputs(run, &out, error);
    if (!status) {
        rk_run_tell_called(run, input);
        uint32_t *order = rk_judgements_order(&j);
        rk_agree_finish(agree, &j, order, j.parts.count, write_row, &out);
        rk_writer_finish(out.writer);
        if (out.refused)
            rk_writer_finish(out.refused);
        rk_free(order);
        status = tell(run, &out);
    }
    rk_agree_free(agree);
    rk_judgements_free(&j);
    rk_ids_free(&ids);
    rk_agree_options_free(&options.agree);
    return status;
}

static const struct rk_tool_table inputs[] = {{"ratings", RK_MAIN, rk_judgements_defaults},
                                              {"pairs", RK_MAIN, rk_pairs_defaults},
                                              {"counts", RK_MAIN, rk_counts_defaults},
                                              {0}};
static const struct rk_tool_table outputs[] = {{"measures", RK_MAIN, NULL}, {0}};
static const char *const examples[] = {
    "rk-agree --to table ratings.csv",
    "rk-agree --measures icc,alpha --by none --map candidate_id=unit --map rater_id=rater "
    "foreign.csv",
    "rk-agree --input pairs --words --categories 'no|maybe|yes' --measures cohen --weights linear "
    "pairs.csv",
    "rk-agree --measures fleiss --bootstrap 1000 --seed a -j 2 ratings.csv", NULL};

static const struct rk_tool tool = {
    .name = "rk-agree",
    .purpose = N_("tell how well raters agree, and how far their scores can be relied on"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_HAS_SEED | RK_HAS_THREADS,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
