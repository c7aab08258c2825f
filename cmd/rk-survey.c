/* rk-survey: what a survey says. */
#include "model/answers.h"
#include "survey/survey.h"
#include "tool/features.h"
#include "tool/publish_measures.h"
#include "tool/survey_files.h"

#include <math.h>

enum {
    CODEBOOK = 256,
    SURVEY,
    ITEMS,
    BY,
    COMPARE,
    WAVE,
    BEFORE,
    AFTER,
    SCALE,
    TOP,
    FULL,
    EVERY_INTERVAL,
    LEAST,
    ADJUST,
    CONFIDENCE,
    MISSING,
    TABLE,
    P_VALUES,
    RAKE,
    TRIM,
    WEIGHTS,
    MODEL,
    SLOPE,
    HARMONICS,
    PERIOD,
    LAGS
};

static struct {
    const char *codebook, *survey, *items, *by, *compare, *wave, *before, *after, *missing, *rake,
        *weights, *table, *p_values;
    const char **scales;
    size_t scale_count, scale_room;
    double trim;
    struct rk_survey_options how;
    struct rk_series_options series;
} options = {.wave = "wave",
             .missing = "NA",
             .how = {.level = 0.95, .least = 5, .top = 2, .adjustment = RK_ADJUST_HOLM},
             .series = {.level = 0.95, .counts = true, .period = 12}};

static const char adjustments[] = "none|holm|bh|bonferroni", models[] = "counts|numbers";

static const struct argp_option table[] = {
    {"codebook", CODEBOOK, "TEXT", RK_READS,
     N_("what items ask and answers are worth: a name among share/codebooks (effect-goals), or a "
        "file; without one, answers are numbers"),
     0},
    {"survey", SURVEY, "TEXT", 0, N_("read only the answers to these surveys, joined by | (all)"),
     0},
    {"items", ITEMS, "TEXT", 0, N_("items to tell of, joined by commas (all; of answers needed)"),
     0},
    {"by", BY, "TEXT", 0,
     N_("tell apart the rows with the same values of these columns, joined by commas: of "
        "respondents any, wave, survey"),
     0},
    {"compare", COMPARE, "COLUMN", 0,
     N_("compare the groups with the same value of this, each to the first that answered"), 0},
    {"before", BEFORE, "TEXT", 0,
     N_("compare what the same people answered in this wave and in that of --after"), 0},
    {"after", AFTER, "TEXT", 0, N_("see --before"), 0},
    {"wave", WAVE, "COLUMN", 0, N_("the column that tells waves (wave)"), 0},
    {"scale", SCALE, "TEXT", RK_AGAIN,
     N_("NAME=ITEM,ITEM…: the mean of these, reversed ones turned, as an item, and how reliable it "
        "is; may be given again; goals: one for each goal of the codebook"),
     0},
    {"top", TOP, "N", 0, N_("how many of a scale's highest steps are its top box (2)"), 0},
    {"full", FULL, NULL, 0,
     N_("tell also quartiles, shape, least and most, and the share of each answer"), 0},
    {"every-interval", EVERY_INTERVAL, NULL, 0,
     N_("give shares also the other intervals: Wilson's corrected, Clopper and Pearson's, Agresti "
        "and Coull's, Jeffreys', Wald's; and the exact test of a half"),
     0},
    {"min-n", LEAST, "N", 0, N_("tell no figure of fewer answers (5)"), 0},
    {"adjust", ADJUST, adjustments, 0,
     N_("how p-values of many items are adjusted (holm); bh: the share of false finds"), 0},
    {"confidence", CONFIDENCE, "NUMBER", 0, N_("of intervals (0.95)"), 0},
    {"missing", MISSING, "TEXT", 0, N_("words that are no answer, joined by | (NA)"), 0},
    {"table", TABLE, "TEXT", 0,
     N_("count two columns against each other, and tell whether they are independent"), 0},
    {"p-values", P_VALUES, "COLUMN", 0,
     N_("adjust the p-values in this column of answers, and count those of at most 1 less the "
        "confidence"),
     0},
    {"rake", RAKE, "TEXT", 0,
     N_("weigh the answers so that these columns, joined by commas, have the shares of the table "
        "targets"),
     0},
    {"trim", TRIM, "NUMBER", 0, N_("no weight is over so many times the mean one"), 0},
    {"weights", WEIGHTS, "FILE", RK_MAKES, N_("write the weights that --rake found there"), 0},
    {"model", MODEL, models, 0,
     N_("of a series: counts, by rates, or numbers, by differences (counts)"), 0},
    {"slope", SLOPE, NULL, 0, N_("of a series: its trend may have changed too"), 0},
    {"harmonics", HARMONICS, "N", 0,
     N_("of a series: pairs of sine and cosine of the column season (0)"), 0},
    {"period", PERIOD, "NUMBER", 0, N_("how many seasons there are (12)"), 0},
    {"lags", LAGS, "N", 0, N_("of a series of numbers: lags of its errors (0)"), 0},
    {0}};

static double between(const char *option, const char *text, double least, double most)
{
    double value = rk_fixed_double(rk_option_fixed(option, text));
    if (!(value > least) || !(value < most))
        rk_usage(_("--%s: expected a number between %g and %g"), option, least, most);
    return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case CODEBOOK: options.codebook = arg; break;
    case SURVEY: options.survey = arg; break;
    case ITEMS: options.items = arg; break;
    case BY: options.by = arg; break;
    case COMPARE: options.compare = arg; break;
    case WAVE: options.wave = arg; break;
    case BEFORE: options.before = arg; break;
    case AFTER: options.after = arg; break;
    case SCALE:
        if (strcmp(arg, "goals") != 0 && (!strchr(arg, '=') || arg[0] == '='))
            rk_usage(_("--scale: expected NAME=ITEM,ITEM… or goals: %s"), arg);
        RK_GROW(options.scales, options.scale_count, options.scale_room);
        options.scales[options.scale_count++] = arg;
        break;
    case TOP: options.how.top = (unsigned)rk_option_int("top", arg, 0, 100); break;
    case FULL: options.how.full = true; break;
    case EVERY_INTERVAL: options.how.every_interval = true; break;
    case LEAST: options.how.least = rk_option_int("min-n", arg, 1, 1000000000); break;
    case ADJUST:
        options.how.adjustment = (enum rk_adjustment)rk_choice("adjust", adjustments, arg);
        break;
    case CONFIDENCE:
        options.how.level = options.series.level = between("confidence", arg, 0, 1);
        break;
    case MISSING: options.missing = arg; break;
    case TABLE: options.table = arg; break;
    case P_VALUES: options.p_values = arg; break;
    case RAKE: options.rake = arg; break;
    case TRIM: options.trim = between("trim", arg, 1, 1e6); break;
    case WEIGHTS: options.weights = arg; break;
    case MODEL: options.series.counts = rk_choice("model", models, arg) == 0; break;
    case SLOPE: options.series.slope = true; break;
    case HARMONICS:
        options.series.harmonics = (unsigned)rk_option_int("harmonics", arg, 0, 12);
        break;
    case PERIOD: options.series.period = between("period", arg, 0, 1e6); break;
    case LAGS: options.series.lags = (unsigned)rk_option_int("lags", arg, 0, 1000); break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Everything read, and what is made of it: zeroed is empty. */
struct work {
    struct rk_codebook *codebook;
    struct rk_answers answers;
    struct rk_survey_scales scales;
    struct rk_survey_groups parts, groups, against; /* against: of --table */
    struct rk_survey_raking raking;
    struct rk_survey result;
};

static void free_work(struct work *w)
{
    rk_survey_free(&w->result);
    rk_survey_raking_free(&w->raking);
    rk_survey_groups_free(&w->parts);
    rk_survey_groups_free(&w->groups);
    rk_survey_groups_free(&w->against);
    rk_survey_scales_free(&w->scales);
    rk_answers_free(&w->answers);
    rk_codebook_free(w->codebook);
}

static void want_all(struct rk_answers *answers, const char *names)
{
    struct rk_text name;
    while (rk_option_item(&names, &name))
        rk_answers_want(answers, name);
}

static enum rk_status read_answers(struct rk_run *run, struct work *w, struct rk_table *in,
                                   struct rk_error *error)
{
    bool wide = !strcmp(rk_table_schema(in)->name, "answers");
    const char *path, *items = options.items;
    struct rk_text item;
    if (options.codebook) {
        RK_TRY(rk_run_shipped(run, "codebooks", options.codebook, true, &path, error));
        RK_TRY(rk_codebook_read(&w->codebook, path, error));
    }
    w->answers.codebook = w->codebook;
    w->answers.missing = rk_text(options.missing);
    if (options.survey)
        w->answers.surveys = rk_text(options.survey);
    while (rk_option_item(&items, &item))
        rk_strings_add(&w->answers.wanted_items, item);
    if (options.p_values)
        rk_strings_add(&w->answers.wanted_items, rk_text(options.p_values));
    if (wide && !options.table && !w->answers.wanted_items.count)
        return rk_fail(error, RK_BAD_USE,
                       _("--items tells which columns are items, where each has its own"));
    want_all(&w->answers, options.by);
    want_all(&w->answers, options.compare);
    want_all(&w->answers, options.rake);
    want_all(&w->answers, options.table);
    if (options.before)
        rk_answers_want(&w->answers, rk_text(options.wave));
    if (wide)
        return rk_answers_read_wide(&w->answers, in, error);
    struct rk_table *respondents;
    RK_TRY(rk_run_table(run, &respondents, "respondents", error));
    if (respondents)
        RK_TRY(rk_answers_read_respondents(&w->answers, respondents, error));
    return rk_answers_read_long(&w->answers, in, error);
}

/* What is told, one after another, into the rows of the result. */
static enum rk_status tell(struct work *w, struct rk_error *error)
{
    const struct rk_answers *a = &w->answers;
    struct rk_survey_facts facts = {.rows = a->rows,
                                    .items = w->scales.items,
                                    .item_count = w->scales.item_count,
                                    .part = w->parts.of,
                                    .parts = w->parts.count,
                                    .weight = w->raking.result.weights ? w->raking.result.weights
                                                                       : a->weight,
                                    .person = a->person};
    if (options.table)
        return rk_survey_cross(&w->result, &w->groups, &w->against, a, options.table, &options.how,
                               error);
    if (options.p_values) {
        for (size_t i = 0; i < a->rows; i++)
            if (a->values[i] < 0 || a->values[i] > 1)
                return rk_fail(error, RK_BAD_DATA,
                               _("--p-values: in row %llu is no p-value, from 0 to 1"),
                               (unsigned long long)i + 1);
        rk_survey_p_values(&w->result, a->values, a->rows, &options.how);
        return RK_OK;
    }
    if (!options.compare && !options.before)
        rk_survey_items(&w->result, &facts, &options.how);
    for (uint32_t s = 0; s < w->scales.count; s++) {
        const struct rk_survey_scale_of *of = &w->scales.all[s];
        rk_survey_scale(&w->result, &facts, of->item, of->values, of->names, of->count,
                        &options.how);
    }
    if (options.compare) {
        RK_TRY(rk_survey_group_by(&w->groups, a, options.compare, error));
        facts.group = w->groups.of;
        facts.groups = w->groups.count;
        rk_survey_compare(&w->result, &facts, &options.how);
    }
    if (options.before) {
        RK_TRY(rk_survey_waves(&w->groups, a, options.wave, options.before, options.after, error));
        facts.group = w->groups.of;
        facts.groups = 2;
        rk_survey_change(&w->result, &facts, &options.how);
    }
    return RK_OK;
}

/* By wave, in one way or another? Then it is a column that was wanted. */
static bool is_told_apart(const struct rk_answers *answers)
{
    for (uint32_t c = 0; c < answers->column_count; c++)
        if (rk_text_is(answers->columns[c].name, "wave"))
            return true;
    return false;
}

static enum rk_status run_survey(struct rk_run *run, struct rk_table *in, struct rk_error *error)
{
    struct work w = {0};
    enum rk_status status = read_answers(run, &w, in, error);
    for (uint32_t i = 0; !status && w.answers.rows && i < w.answers.wanted_items.count; i++)
        if (rk_answers_item(&w.answers, w.answers.wanted_items.texts[i]) == RK_NONE)
            status = rk_fail(error, RK_BAD_USE, _("--items: nobody was asked an item '%s'"),
                             w.answers.wanted_items.texts[i].text);
    if (!status && w.answers.weight && (options.compare || options.before || options.table))
        status = rk_fail(error, RK_BAD_USE,
                         _("weights are for the figures of items; without the column weight, "
                           "--compare, --before and --table can be told"));
    if (!status)
        status = rk_survey_scales_make(&w.scales, &w.answers, options.scales, options.scale_count,
                                       error);
    if (!status)
        status = rk_survey_part_by(&w.parts, &w.answers, options.by, error);
    if (!status && options.rake)
        status = rk_survey_rake(run, &w.raking, &w.answers, options.rake, options.trim, error);
    if (!status && options.rake && options.weights)
        status = rk_survey_write_weights(run, &w.raking, &w.answers, options.rake, options.weights,
                                         error);
    if (!status)
        status = tell(&w, error);
    if (!status) {
        rk_survey_write(run, &w.result, &w.parts, &w.groups, options.table ? &w.against : &w.groups,
                        &w.scales, options.rake ? &w.raking : NULL, &w.answers);
        if (w.answers.waves > 1 && !options.before && !is_told_apart(&w.answers))
            rk_run_note(run,
                        _("%u waves are told together, whoever answered in several counted "
                          "each time; --by wave tells them apart"),
                        w.answers.waves);
        if (w.result.few)
            rk_run_note(run,
                        _("figures not told, since they rest on few answers: %llu (fewer than "
                          "%lld, --min-n)"),
                        (unsigned long long)w.result.few, (long long)options.how.least);
        if (w.answers.unread)
            rk_run_detail(run,
                          RK_PLURAL("%llu answer is free text, or to another item or survey",
                                    "%llu answers are free text, or to other items or surveys",
                                    w.answers.unread),
                          (unsigned long long)w.answers.unread);
    }
    bool attention = !status && w.raking.failed;
    free_work(&w);
    return attention ? RK_ATTENTION : status;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    static const struct rk_main_choice choices[] = {
        {"responses", "item"}, {"series", "after"}, {"answers", NULL}};
    struct rk_table *in;
    if (!options.before != !options.after)
        return rk_fail(error, RK_BAD_USE, _("--before and --after need each other"));
    if (!!options.compare + !!options.before + !!options.table + !!options.p_values > 1)
        return rk_fail(error, RK_BAD_USE,
                       _("--compare, --before, --table and --p-values are different questions: one "
                         "at a time"));
    if ((options.table || options.p_values) && (options.by || options.scale_count))
        return rk_fail(error, RK_BAD_USE,
                       _("--table and --p-values are of all rows, and no scale"));
    if (options.rake && (options.compare || options.before || options.table || options.p_values))
        return rk_fail(error, RK_BAD_USE,
                       _("--rake weighs the figures of items; --by tells them of groups"));
    if (options.trim > 0 && !options.rake)
        return rk_fail(error, RK_BAD_USE, _("--trim needs --rake"));
    if (options.weights && !options.rake)
        return rk_fail(error, RK_BAD_USE, _("--weights needs --rake"));
    if (options.weights && rk_run_publishes(run))
        return rk_fail(error, RK_BAD_USE,
                       _("--weights tells of single answers: it is not for --publish"));
    options.how.publish = rk_run_publishes(run) ? RK_PUBLISH_THRESHOLD : 0;
    if (options.how.least < options.how.publish)
        options.how.least = options.how.publish;
    RK_TRY(rk_run_main(run, &in, choices, error));
    bool series = !strcmp(rk_table_schema(in)->name, "series");
    if (!series && (options.series.slope || options.series.harmonics || options.series.lags))
        return rk_fail(error, RK_BAD_USE, _("--slope, --harmonics and --lags are for a series"));
    if (series && (options.by || options.compare || options.before || options.table ||
                   options.p_values || options.rake || options.items || options.scale_count))
        return rk_fail(error, RK_BAD_USE,
                       _("a series has no items: of the options only those that speak of a series, "
                         "and --confidence, go with it"));
    if (series && rk_run_publishes(run))
        return rk_fail(error, RK_BAD_USE,
                       _("--publish is for answers: a series tells of no single number of people"));
    if (series)
        return rk_series_tell(run, in, &options.series, error);
    return run_survey(run, in, error);
}

static const struct rk_tool_table inputs[] = {
    {"responses", RK_MAIN, NULL},       {"series", RK_MAIN, NULL},      {"answers", RK_MAIN, NULL},
    {"respondents", RK_OPTIONAL, NULL}, {"targets", RK_OPTIONAL, NULL}, {0}};
static const struct rk_tool_table outputs[] = {{"measures", RK_MAIN, NULL}, {0}};
static const char *const examples[] = {
    "rk-survey --data town --codebook effect-goals --scale goals --by actor --to table",
    "rk-survey --data town --codebook effect-goals --compare actor --items recommend",
    "rk-survey answers.csv --items interest,intention --compare arm",
    "rk-survey applicants.csv --harmonics 2", NULL};

static const struct rk_tool tool = {
    .name = "rk-survey",
    .purpose = N_("summarise a survey: items, scales, groups, waves, an experiment, a series"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_PUBLISHES,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
