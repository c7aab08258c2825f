/* rk-panel-cover: whom the user bank mirrors, and whom it leaves out. */
#include "base/mem.h"
#include "panel/cover.h"
#include "tool/bank.h"
#include "tool/features.h"
#include "tool/guard.h"
#include "tool/publish_measures.h"

#include <math.h>

enum { FEATURES = 256, AGE_BANDS, AS_OF, BY, MIN_COUNT, SMALL_CELLS, SHOWN = 20 };

static struct {
    const char *features, *age_bands;
    int32_t day;
    size_t by; /* from 1; 0 = not given */
    int64_t min_count;
    bool show_small;
} options = {.day = RK_NO_DATE, .min_count = 5};

static const char by_columns[] = "department|unit|role|rubric|recruitment_id";

static const struct argp_option table[] = {
    {"features", FEATURES, "TEXT", 0,
     N_("columns to count people by, joined by commas: any of the table, age (from birth_year), or "
        "crossed, like gender×age (those of targets; else gender, and age where there is a day)"),
     0},
    {"age-bands", AGE_BANDS, "TEXT", 0,
     N_("bands of age, joined by commas (those of targets; else 0-12,13-17,18-24,25-44,45-64,65+)"),
     0},
    {"as-of", AS_OF, "DATE", 0,
     N_("the day on which status, consent, training and age are told, and after which nothing "
        "counts"),
     0},
    {"by", BY, "department|unit|role|rubric|recruitment_id", 0,
     N_("tell also of the recruitments of each of these apart"), 0},
    {"min-count", MIN_COUNT, "N", 0,
     N_("cells with fewer people are hidden, and what gives them away (5)"), 0},
    {"small-cells", SMALL_CELLS, "show|hide", 0,
     N_("show cells with few people, to those who work with the bank, or hide them, as what is "
        "published needs (hide)"),
     0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case FEATURES: options.features = arg; break;
    case AGE_BANDS: options.age_bands = arg; break;
    case AS_OF: options.day = rk_option_date("as-of", arg); break;
    case BY: options.by = rk_choice("by", by_columns, arg) + 1; break;
    case MIN_COUNT: options.min_count = rk_option_int("min-count", arg, 1, 1000000); break;
    case SMALL_CELLS: options.show_small = rk_choice("small-cells", "show|hide", arg) == 0; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Everything read: zeroed is empty. */
struct tables {
    struct rk_features features;
    struct rk_feature_list listed;
    struct rk_targets targets;
    struct rk_panelists panelists;
    struct rk_people people;
    struct rk_recruitments recruitments;
    struct rk_assignments assignments;
};

static void free_tables(struct tables *t)
{
    rk_panelists_free(&t->panelists);
    rk_people_free(&t->people);
    rk_recruitments_free(&t->recruitments);
    rk_assignments_free(&t->assignments);
    rk_targets_free(&t->targets);
    rk_features_free(&t->features);
    rk_free(t->listed.all);
}

/* ---- what to count by ---- */

static enum rk_status take_bands(struct tables *t, struct rk_error *error)
{
    uint32_t age = rk_features_find(&t->features, RK_TEXT("age"));
    if (!options.age_bands)
        return RK_OK;
    if (age != RK_NONE && t->features.all[age].values.count)
        return rk_fail(error, RK_BAD_USE, _("--age-bands: the targets have bands already"));
    return rk_option_age_bands(&t->features, options.age_bands, error);
}

static enum rk_status choose_features(struct rk_run *run, struct tables *t, bool bank,
                                      struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *targets;
    RK_TRY(rk_run_schema(run, &schema, "targets", error));
    RK_TRY(rk_run_table(run, &targets, "targets", error));
    if (targets)
        RK_TRY(rk_targets_read(&t->targets, targets, schema, error));
    RK_TRY(rk_option_features(&t->features, options.features, &t->listed, error));
    RK_TRY(rk_targets_expect(&t->targets, &t->features, options.features != NULL, error));
    for (uint32_t i = 0; !options.features && i < t->targets.count; i++)
        rk_feature_list_add(&t->listed, t->targets.rows[i].in_feature);
    if (!t->listed.count && !bank)
        return rk_fail(error, RK_BAD_USE,
                       _("--features or --targets is needed, to tell what to count people by"));
    if (!t->listed.count) {
        rk_feature_list_add(&t->listed, rk_features_want(&t->features, RK_TEXT("gender")));
        if (options.day != RK_NO_DATE)
            rk_feature_list_add(&t->listed, rk_features_want(&t->features, RK_TEXT("age")));
    }
    if (options.day != RK_NO_DATE)
        t->features.year = rk_date_from_days(options.day).year;
    return take_bands(t, error);
}

/* ---- reading ---- */

static enum rk_status read_people(struct tables *t, struct rk_table *in, struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(in);
    if (!rk_table_has(in, rk_schema_field(schema, "count")) &&
        !rk_table_has(in, rk_schema_field(schema, "selected")) &&
        !rk_reader_is_json(rk_table_reader(in)))
        return rk_fail(error, RK_BAD_DATA,
                       _("there is no column panelist_id, as in a user bank, and neither count nor "
                         "selected, as where nobody is named; --map names them"));
    t->people.features = &t->features;
    return rk_people_read(&t->people, in, schema, error);
}

static enum rk_status read_bank(struct rk_run *run, struct tables *t, struct rk_table *in,
                                struct rk_error *error)
{
    const struct rk_schema *schema;
    t->panelists.features = &t->features;
    RK_TRY(rk_panelists_read(&t->panelists, in, rk_table_schema(in), error));
    rk_bank_mind_columns(run, in);
    RK_TRY(rk_run_schema(run, &schema, "recruitments", error));
    RK_TRY(rk_run_table(run, &in, "recruitments", error));
    if (in)
        RK_TRY(rk_recruitments_read(&t->recruitments, in, schema, error));
    if (in)
        rk_bank_mind_columns(run, in);
    if (!in && (options.by || rk_run_given(run, "assignments")))
        return rk_fail(error, RK_BAD_USE,
                       options.by ? _("--by needs --recruitments FILE (or --data DIR)")
                                  : _("--assignments needs --recruitments FILE"));
    RK_TRY(rk_run_schema(run, &schema, "assignments", error));
    RK_TRY(rk_run_table(run, &in, "assignments", error));
    if (in)
        RK_TRY(rk_assignments_read(&t->assignments, in, schema, &t->panelists, &t->recruitments,
                                   error));
    return RK_OK;
}

/* ---- telling ---- */

static void tell_by(struct rk_cover *cover, const struct tables *t)
{
    struct rk_strings values = {0};
    uint32_t n = t->recruitments.count, *value = rk_alloc(n, sizeof *value);
    bool *counted = rk_alloc(n, sizeof *counted);
    for (uint32_t r = 0; r < n; r++)
        value[r] =
            rk_strings_add(&values, rk_recruitment_text(&t->recruitments.rows[r], options.by - 1));
    uint32_t *rank = rk_strings_ranks(&values);
    for (uint32_t at = 0; at < values.count; at++) {
        struct rk_text of = RK_TEXT("");
        for (uint32_t r = 0; r < n; r++) {
            counted[r] = rank[value[r]] == at;
            if (counted[r])
                of = rk_recruitment_text(&t->recruitments.rows[r], options.by - 1);
        }
        if (of.size) /* what has no unit is in no unit's part */
            rk_cover_tell(cover, counted, of, false);
    }
    rk_free(rank);
    rk_free(value);
    rk_free(counted);
    rk_strings_free(&values);
}

static void write_rows(struct rk_run *run, const struct rk_cover *cover)
{
    struct rk_writer_column columns[4 + RK_MEASURE_COLUMNS] = {
        {options.by ? rk_recruitment_columns[options.by - 1] : "", false},
        {"feature", false},
        {"value", false},
        {"pool", false}};
    memcpy(columns + 4, rk_measure_columns, sizeof rk_measure_columns);
    size_t skip = options.by ? 0 : 1, count;
    const struct rk_cover_row *rows = rk_cover_rows(cover, &count);
    struct rk_writer *writer =
        rk_run_writer(run, columns + skip, sizeof columns / sizeof *columns - skip);
    for (size_t i = 0; i < count; i++) {
        if (options.by)
            rk_write_text(writer, rows[i].by);
        rk_write_text(writer, rows[i].feature);
        rk_write_text(writer, rows[i].value);
        rk_write_string(writer, rows[i].pool);
        rk_measure_write(writer, &rows[i].measure);
    }
    rk_writer_finish(writer);
}

/* ---- what a coordinator should see first ---- */

/* Groups of the population with nobody, a line for each pool; who is not in the bank is not told
 * again as not invited. */
static void warn_of_gaps(struct rk_run *run, const struct tables *t, const struct rk_cover *cover)
{
    static const char *const words[RK_COVER_POOLS] = {
        [RK_COVER_ACTIVE] = N_("nobody active in the bank: %s"),
        [RK_COVER_INVITED] = N_("nobody invited, though the bank has them: %s"),
        [RK_COVER_ATTENDED] = N_("nobody attended, though invited: %s"),
        [RK_COVER_ALL] = N_("nobody: %s"),
        [RK_COVER_SELECTED] = N_("nobody selected, though there are such: %s"),
    };
    size_t count;
    const struct rk_cover_gap *gaps = rk_cover_gaps(cover, &count);
    for (size_t i = 0, next; i < count; i = next) {
        struct rk_buf text = {0};
        size_t told = 0;
        for (next = i; next < count && gaps[next].pool == gaps[i].pool; next++) {
            const struct rk_feature *feature = &t->features.all[gaps[next].feature];
            if (gaps[next].is_known)
                continue;
            if (told++ < SHOWN)
                rk_buf_printf(&text, "%s%s %s", told > 1 ? ", " : "", feature->name.text,
                              feature->values.texts[gaps[next].value].text);
        }
        if (told > SHOWN)
            rk_buf_printf(&text, _(" and %zu more"), told - SHOWN);
        if (told)
            rk_run_warn(run, _(words[gaps[i].pool]), text.text);
        rk_buf_free(&text);
    }
}

static void warn_of_lacks(struct rk_run *run, const struct tables *t, const struct rk_cover *cover)
{
    size_t count;
    warn_of_gaps(run, t, cover);
    const struct rk_cover_missing *missing = rk_cover_missing(cover, &count);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        rk_run_warn(
            run, _("nobody active has the experience %s; asked for: recruitments %lld, seats %lld"),
            missing[i].experience.text, (long long)missing[i].recruitments,
            (long long)missing[i].seats);
    if (count > SHOWN)
        rk_run_warn(run,
                    RK_PLURAL("and %zu more experience that nobody active has",
                              "and %zu more experiences that nobody active has", count - SHOWN),
                    count - SHOWN);
    for (uint32_t i = 0; i < t->listed.count; i++) {
        double sum = rk_cover_target_sum(cover, t->listed.all[i]);
        struct rk_buf text = {0};
        rk_double_print(&text, sum);
        if (sum != 0)
            rk_run_note(run, _("the targets of %s sum to %s, and are taken as shares of that"),
                        t->features.all[t->listed.all[i]].name.text, text.text);
        rk_buf_free(&text);
    }
    if (rk_cover_is_apart(cover))
        rk_run_warn(
            run, _("so many figures that those of each pool, and of each of --by, are not all held "
                   "together: publish fewer features"));
    if (rk_cover_hidden(cover))
        rk_run_note(
            run,
            RK_PLURAL("hidden, since it holds fewer than %lld people or stands beside such: %llu "
                      "cell; --small-cells show shows it to those who work with the bank",
                      "hidden, since they hold fewer than %lld people or stand beside such: %llu "
                      "cells; --small-cells show shows them to those who work with the bank",
                      rk_cover_hidden(cover)),
            (long long)options.min_count, (unsigned long long)rk_cover_hidden(cover));
}

static enum rk_status tell(struct rk_run *run, struct tables *t, bool bank, struct rk_error *error)
{
    const struct rk_cover_facts facts = {
        .features = &t->features,
        .listed = t->listed.all,
        .listed_count = t->listed.count,
        .targets = &t->targets,
        .panelists = bank ? &t->panelists : NULL,
        .people = bank ? NULL : &t->people,
        .recruitments = bank && rk_run_given(run, "recruitments") ? &t->recruitments : NULL,
        .assignments = bank && rk_run_given(run, "assignments") ? &t->assignments : NULL,
        .day = options.day,
        .min_count = rk_publish_least(run, &options.min_count, options.show_small),
        .publishes = rk_run_publishes(run),
        .seed = run->seed};
    struct rk_cover *cover = NULL;
    enum rk_status status = rk_cover_new(&cover, &facts, error);
    if (!status) {
        do {
            rk_cover_tell(cover, NULL, RK_TEXT(""), true);
            if (options.by)
                tell_by(cover, t);
        } while (rk_cover_choose(cover, rk_guard_choose, run));
        write_rows(run, cover);
        warn_of_lacks(run, t, cover);
    }
    rk_cover_free(cover);
    return status;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    static const struct rk_main_choice choices[] = {
        {"panelists", "panelist_id"}, {"panelists", "status"}, {"people", NULL}};
    struct tables t = {0};
    struct rk_table *in = NULL;
    bool bank = false;
    enum rk_status status = rk_run_main(run, &in, choices, error);
    if (!status) {
        bank = !strcmp(rk_table_schema(in)->name, "panelists");
        status = choose_features(run, &t, bank, error);
    }
    if (!status && !bank && (options.by || rk_run_given(run, "assignments")))
        status = rk_fail(error, RK_BAD_USE,
                         _("assignments and --by need a user bank, with a column panelist_id"));
    if (!status)
        status = bank ? read_bank(run, &t, in, error) : read_people(&t, in, error);
    if (!status)
        status = tell(run, &t, bank, error);
    free_tables(&t);
    return status;
}

static const struct rk_tool_table inputs[] = {
    {"panelists", RK_MAIN, NULL},       {"people", RK_MAIN, NULL},
    {"targets", RK_OPTIONAL, NULL},     {"recruitments", RK_OPTIONAL, NULL},
    {"assignments", RK_OPTIONAL, NULL}, {0}};
static const struct rk_tool_table outputs[] = {{"measures", RK_MAIN, NULL}, {0}};
static const char *const examples[] = {
    "rk-panel-cover panelists.csv --targets targets.csv --as-of 2026-04-01 --small-cells show "
    "--to table",
    "rk-panel-cover --data town --features gender,gender×age --as-of 2026-04-01",
    "rk-panel-cover people.csv --features gender,age --map people.count=n", NULL};

static const struct rk_tool tool = {
    .name = "rk-panel-cover",
    .purpose = N_("tell whom the user bank mirrors and whom it leaves out"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_PUBLISHES | RK_HAS_SEED,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
