/* rk-retain: how long hires stay. */
#include "model/stays.h"
#include "survey/retain.h"
#include "tool/features.h"
#include "tool/guard.h"
#include "tool/publish_measures.h"

#include <math.h>

enum {
    BY = 256,
    STRATA,
    AS_OF,
    TIMES,
    UNIT,
    INTERVAL,
    CONFIDENCE,
    LIMIT,
    ENDED,
    GAP,
    MIN_COUNT,
    SMALL_CELLS,
    MOST_TIMES = 200
};

static struct {
    const char *by, *strata, *ended, *gap;
    int32_t day;
    double times[MOST_TIMES], per_unit;
    size_t time_count;
    bool given_times, show_small;
    struct rk_retain_options how;
} options = {.day = RK_NO_DATE,
             .ended = "1|true",
             .per_unit = 365.25 / 12,
             .how = {.level = 0.95, .limit = NAN, .min_count = 5}};

static const char units[] = "day|month|year", intervals[] = "log|log-log|plain";

static const struct argp_option table[] = {
    {"by", BY, "TEXT", 0,
     N_("columns whose values are compared, joined by commas: any of the table, or crossed, like "
        "department×user_involved (user_involved; of spells none)"),
     0},
    {"strata", STRATA, "COLUMN", 0, N_("compare within each value of this column"), 0},
    {"as-of", AS_OF, "DATE", 0,
     N_("the day on which it was known who was still there (needed, but for spells)"), 0},
    {"times", TIMES, "TEXT", 0,
     N_("times to tell of, joined by commas, or steps: whenever somebody left (3,6,12,24 months; "
        "of "
        "spells steps)"),
     0},
    {"unit", UNIT, units, 0, N_("of the times of hires; a month is 30.4375 days (month)"), 0},
    {"interval", INTERVAL, intervals, 0, N_("how the curve's interval is made (log)"), 0},
    {"confidence", CONFIDENCE, "NUMBER", 0, N_("of intervals (0.95)"), 0},
    {"limit", LIMIT, "NUMBER", 0,
     N_("until when the restricted mean counts (the longest time of all)"), 0},
    {"ended", ENDED, "TEXT", 0,
     N_("words of event that say that a spell ended, joined by | (1|true)"), 0},
    {"gap", GAP, "TEXT", 0,
     N_("PROMISED,FOUND: two items of --responses by the hires: how far what they found is from "
        "what the advert promised"),
     0},
    {"min-count", MIN_COUNT, "N", 0,
     N_("smaller numbers of people are hidden, and what gives them away (5)"), 0},
    {"small-cells", SMALL_CELLS, "show|hide", 0,
     N_("show also small numbers, to those who work with the hires, or hide them, as what is "
        "published needs (hide)"),
     0},
    {0}};

static double positive(const char *option, const char *text)
{
    double value = rk_fixed_double(rk_option_fixed(option, text));
    if (!(value >= 0) || value > 1e9)
        rk_usage(_("--%s: expected a number from 0 to 1000000000"), option);
    return value;
}

static void times_of(const char *arg)
{
    struct rk_text item;
    const char *rest = arg;
    options.given_times = true;
    options.time_count = 0;
    options.how.times = NULL;
    if (!strcmp(arg, "steps"))
        return;
    while (rk_option_item(&rest, &item)) {
        char *text = rk_strndup(item.text, item.size);
        double time = positive("times", text);
        rk_free(text);
        if (options.time_count == MOST_TIMES ||
            (options.time_count && time <= options.times[options.time_count - 1]))
            rk_usage(_("--times: expected at most %d times, each later than the one before"),
                     MOST_TIMES);
        options.times[options.time_count++] = time;
    }
    options.how.times = options.times;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const double days[] = {1, 365.25 / 12, 365.25};
    (void)state;
    switch (key) {
    case BY: options.by = arg; break;
    case STRATA: options.strata = arg; break;
    case AS_OF: options.day = rk_option_date("as-of", arg); break;
    case TIMES: times_of(arg); break;
    case UNIT: options.per_unit = days[rk_choice("unit", units, arg)]; break;
    case INTERVAL:
        options.how.interval = (enum rk_curve_interval)rk_choice("interval", intervals, arg);
        break;
    case CONFIDENCE:
        options.how.level = rk_fixed_double(rk_option_fixed("confidence", arg));
        if (!(options.how.level > 0 && options.how.level < 1))
            rk_usage(_("--confidence: expected a number between 0 and 1"));
        break;
    case LIMIT: options.how.limit = positive("limit", arg); break;
    case ENDED: options.ended = arg; break;
    case GAP: options.gap = arg; break;
    case MIN_COUNT: options.how.min_count = rk_option_int("min-count", arg, 1, 1000000); break;
    case SMALL_CELLS: options.show_small = rk_choice("small-cells", "show|hide", arg) == 0; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Everything read, and what is made of it: zeroed is empty. */
struct work {
    bool is_spells;
    struct rk_features features;
    struct rk_feature_list by;
    uint32_t strata; /* a feature, or RK_NONE */
    struct rk_stays stays;
    struct rk_spell *spells; /* of the stays */
    uint32_t *reason;
    double *gap;
    bool *left;
    size_t gaps;
    struct rk_retain result;
};

static void free_work(struct work *w)
{
    rk_features_free(&w->features);
    rk_free(w->by.all);
    rk_free(w->spells);
    rk_free(w->reason);
    rk_stays_free(&w->stays);
    rk_free(w->gap);
    rk_free(w->left);
    rk_retain_free(&w->result);
}

/* ---- reading ---- */

/* The mean of what each hire answered to the two items, and the gap where both were answered. */
static enum rk_status read_gap(struct rk_run *run, struct work *w, struct rk_error *error)
{
    struct rk_table *in;
    struct rk_text items[2];
    const char *rest = options.gap;
    RK_TRY(rk_run_table(run, &in, "responses", error));
    if (!in)
        return rk_fail(error, RK_BAD_USE, _("--gap needs --responses FILE (or --data DIR)"));
    if (!rk_option_item(&rest, &items[0]) || !rk_option_item(&rest, &items[1]) ||
        rk_option_item(&rest, &(struct rk_text){0}))
        return rk_fail(error, RK_BAD_USE, _("--gap: expected PROMISED,FOUND, two items"));
    const struct rk_schema *schema = rk_table_schema(in);
    size_t who = rk_schema_field(schema, "respondent_id"), item = rk_schema_field(schema, "item"),
           value = rk_schema_field(schema, "value");
    struct {
        rk_fixed sum[2];
        uint32_t n[2];
    } *of = rk_alloc(w->stays.count + 1, sizeof *of);
    enum rk_status status;
    for (const struct rk_row *row; (status = rk_table_next(in, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        uint32_t person = rk_strings_find(&w->stays.people, rk_value_text(&v[who]));
        bool found = rk_text_equal(rk_value_text(&v[item]), items[1]);
        rk_fixed number;
        if (person == RK_NONE || !v[value].size ||
            (!found && !rk_text_equal(rk_value_text(&v[item]), items[0])))
            continue;
        if (!rk_fixed_parse(rk_value_text(&v[value]), &number)) {
            rk_table_reject(in, value, _("a number was expected"));
            continue;
        }
        of[person].sum[found] += number;
        of[person].n[found]++;
    }
    w->gap = rk_alloc(w->stays.count + 1, sizeof *w->gap);
    w->left = rk_alloc(w->stays.count + 1, sizeof *w->left);
    for (size_t i = 0; i < w->stays.count; i++)
        if (of[i].n[0] && of[i].n[1]) {
            w->gap[w->gaps] = rk_fixed_double(rk_fixed_divide(of[i].sum[1], of[i].n[1]) -
                                              rk_fixed_divide(of[i].sum[0], of[i].n[0]));
            w->left[w->gaps++] = w->spells[i].ended;
        }
    rk_free(of);
    return status;
}

static enum rk_status choose(struct work *w, struct rk_error *error)
{
    const char *by = options.by ? options.by : w->is_spells ? NULL : "user_involved";
    RK_TRY(rk_option_features(&w->features, by, &w->by, error));
    w->strata = RK_NONE;
    if (options.strata &&
        (w->strata = rk_features_want(&w->features, rk_text(options.strata))) == RK_NONE)
        return rk_fail(error, RK_BAD_USE, _("--strata: '%s' is no column"), options.strata);
    return RK_OK;
}

static enum rk_status read_all(struct rk_run *run, struct work *w, struct rk_error *error)
{
    static const struct rk_main_choice choices[] = {{"hires", "started"}, {"spells", NULL}};
    struct rk_table *in;
    RK_TRY(rk_run_main(run, &in, choices, error));
    w->is_spells = !strcmp(rk_table_schema(in)->name, "spells");
    if (!w->is_spells && options.day == RK_NO_DATE)
        return rk_fail(error, RK_BAD_USE,
                       _("--as-of DATE is needed: until when is it known who was still there?"));
    if (w->is_spells && options.gap)
        return rk_fail(error, RK_BAD_USE, _("--gap is for hires"));
    RK_TRY(choose(w, error));
    if (options.day != RK_NO_DATE)
        w->features.year = rk_date_from_days(options.day).year;
    w->stays.features = &w->features;
    RK_TRY(w->is_spells ? rk_stays_read_spells(&w->stays, in, rk_text(options.ended), error)
                        : rk_stays_read_hires(&w->stays, in, options.day, options.per_unit, error));
    w->spells = rk_alloc(w->stays.count + 1, sizeof *w->spells);
    w->reason = rk_alloc(w->stays.count + 1, sizeof *w->reason);
    for (size_t i = 0; i < w->stays.count; i++) {
        w->spells[i] = (struct rk_spell){w->stays.rows[i].time, w->stays.rows[i].ended, RK_NONE, 0};
        w->reason[i] = w->stays.rows[i].reason;
    }
    return options.gap ? read_gap(run, w, error) : RK_OK;
}

/* ---- telling ---- */

/* Sets the spells' groups, or strata, by a feature whose values come in bytewise order. */
static enum rk_status divide(struct work *w, uint32_t feature, bool strata, uint32_t *order,
                             struct rk_error *error)
{
    const struct rk_feature *f = &w->features.all[feature];
    uint32_t *rank = rk_strings_ranks(&f->values);
    for (size_t i = 0; i < w->stays.count; i++) {
        uint32_t count;
        const uint32_t *values =
            rk_features_of(&w->features, w->stays.rows[i].source, feature, &count);
        if (count > 1) {
            rk_free(rank);
            return rk_fail(error, RK_BAD_DATA, _("%s has several values in one row"), f->name.text);
        }
        if (strata)
            w->spells[i].stratum = count ? 1 + rank[values[0]] : 0;
        else
            w->spells[i].group = count ? rank[values[0]] : RK_NONE;
    }
    for (uint32_t v = 0; order && v < f->values.count; v++)
        order[rank[v]] = v;
    rk_free(rank);
    return RK_OK;
}

static void write_rows(const struct work *w, struct rk_writer *writer, size_t from,
                       const struct rk_feature *feature, const uint32_t *order)
{
    for (size_t i = from; i < w->result.count; i++) {
        const struct rk_retain_row *row = &w->result.rows[i];
        struct rk_measure m = row->measure;
        rk_write_text(writer, feature ? feature->name : RK_TEXT(""));
        rk_write_text(writer, row->group == RK_NONE ? RK_TEXT("")
                                                    : feature->values.texts[order[row->group]]);
        rk_write_double(writer, row->time);
        if (row->variant)
            m.variant = rk_text(row->variant);
        else if (row->reason != RK_NONE)
            m.variant = w->stays.reasons.texts[row->reason];
        rk_measure_write(writer, &m);
    }
}

static enum rk_status tell_groups(struct work *w, struct rk_writer *writer,
                                  struct rk_retain_facts *facts,
                                  const struct rk_retain_options *how, struct rk_error *error)
{
    enum rk_status status = RK_OK;
    for (uint32_t f = 0; f < w->by.count && !status; f++) {
        const struct rk_feature *feature = &w->features.all[w->by.all[f]];
        uint32_t *order = rk_alloc((size_t)feature->values.count + 1, sizeof *order);
        size_t from = w->result.count;
        facts->groups = feature->values.count;
        if (facts->groups > RK_SURVIVAL_GROUPS)
            status = rk_fail(error, RK_BAD_DATA, _("%s has over %d values"), feature->name.text,
                             RK_SURVIVAL_GROUPS);
        if (!status)
            status = divide(w, w->by.all[f], false, order, error);
        if (!status) {
            rk_retain_groups(&w->result, facts, how);
            write_rows(w, writer, from, feature, order);
        }
        rk_free(order);
    }
    return status;
}

static enum rk_status tell(struct rk_run *run, struct work *w, struct rk_error *error)
{
    static const double months[] = {3, 6, 12, 24};
    struct rk_writer_column columns[3 + RK_MEASURE_COLUMNS] = {
        {"feature", false}, {"value", false}, {"time", true}};
    struct rk_retain_options how = options.how;
    struct rk_retain_hiding hiding = {0};
    memcpy(columns + 3, rk_measure_columns, sizeof rk_measure_columns);
    struct rk_writer *writer = rk_run_writer(run, columns, sizeof columns / sizeof *columns);
    how.time_count = options.time_count;
    how.min_count = rk_publish_least(run, &how.min_count, options.show_small);
    if (!options.given_times && !w->is_spells) {
        how.times = months;
        how.time_count = sizeof months / sizeof *months;
    }
    struct rk_retain_facts facts = {w->spells,
                                    w->stays.reasons.count ? w->reason : NULL,
                                    (uint32_t)w->stays.count,
                                    1,
                                    w->stays.reasons.count,
                                    w->strata != RK_NONE,
                                    &hiding};
    enum rk_status status = w->strata == RK_NONE ? RK_OK : divide(w, w->strata, true, NULL, error);
    do {
        rk_retain_all(&w->result, &facts, &how);
        if (options.gap && (how.min_count <= 1 || hiding.hidden))
            rk_retain_gap(&w->result, &facts, w->gap, w->left, w->gaps, &how);
        write_rows(w, writer, 0, NULL, NULL);
        status = status ? status : tell_groups(w, writer, &facts, &how, error);
    } while (!status && rk_retain_choose(&hiding, rk_guard_choose, run));
    rk_retain_hiding_free(&hiding);
    rk_writer_finish(writer);
    return status;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work w = {0};
    struct rk_buf number = {0};
    enum rk_status status = read_all(run, &w, error);
    if (!status)
        status = tell(run, &w, error);
    if (!status && w.stays.later)
        rk_run_note(run, _("left out: %s hires that began after --as-of"),
                    rk_publish_shown(run, &number, w.stays.later));
    if (!status && w.result.hidden)
        rk_run_note(run,
                    RK_PLURAL("%llu figure is hidden, since it rests on few people; --small-cells "
                              "show shows it to those who work with the hires",
                              "%llu figures are hidden, since they rest on few people; "
                              "--small-cells show shows them to those who work with the hires",
                              w.result.hidden),
                    (unsigned long long)w.result.hidden);
    rk_buf_free(&number);
    free_work(&w);
    return status;
}

static const struct rk_tool_table inputs[] = {
    {"hires", RK_MAIN, NULL}, {"spells", RK_MAIN, NULL}, {"responses", RK_OPTIONAL, NULL}, {0}};
static const struct rk_tool_table outputs[] = {{"measures", RK_MAIN, NULL}, {0}};
static const char *const examples[] = {
    "rk-retain --data town --as-of 2026-06-30 --to table",
    "rk-retain hires.csv --as-of 2026-06-30 --by department --times 6,12 --small-cells show",
    "rk-retain spells.csv --map event=left --ended yes --by unit --interval log-log", NULL};

static const struct rk_tool tool = {
    .name = "rk-retain",
    .purpose = N_("tell how long hires stay, and whether users' part in hiring goes with it"),
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
