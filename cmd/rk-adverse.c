/* rk-adverse: whether groups come through the stages of selection at different rates. */
#include "base/mem.h"
#include "score/adverse.h"
#include "tool/features.h"
#include "tool/guard.h"
#include "tool/publish_measures.h"

enum { FEATURES = 256, AGE_BANDS, AS_OF, STAGES, REFERENCE, STRATA, BY, SELECTED, MIN_GROUP };
enum { MIN_COUNT = MIN_GROUP + 1, SMALL_CELLS, SHOWN = 20 };

static struct {
    const char *features, *age_bands, *stages, *reference, *strata, *by, *selected;
    int32_t day;
    int64_t min_group, min_count;
    bool show_small;
} options = {.day = RK_NO_DATE, .min_group = 10, .min_count = 5};

static const struct argp_option table[] = {
    {"features", FEATURES, "TEXT", 0,
     N_("columns whose values are the groups, joined by commas: any of the table, age (from "
        "birth_year), or crossed, like gender×age (gender and age; of counts group)"),
     0},
    {"age-bands", AGE_BANDS, "TEXT", 0, N_("bands of age, joined by commas (-29,30-39,40-49,50+)"),
     0},
    {"as-of", AS_OF, "DATE", 0,
     N_("the day in whose year ages are told (the year of applied_on, or else of opened)"), 0},
    {"stages", STAGES, "TEXT", 0,
     N_("the words of stage_reached in order, joined by commas; every candidate has reached the "
        "first (application,shortlist,interview, as far as they are there)"),
     0},
    {"reference", REFERENCE, "TEXT", 0,
     N_("the group the others are held against (the one with the highest rate, step by step)"), 0},
    {"strata", STRATA, "COLUMN", 0,
     N_("compare within each value of this, and pool (Mantel-Haenszel): a column of recruitments, "
        "or of counts any (recruitment_id; of counts none)"),
     0},
    {"by", BY, "COLUMN", 0,
     N_("tell of the values of this apart: a column of recruitments, or of counts any"), 0},
    {"selected", SELECTED, "TEXT", 0,
     N_("COLUMN=WORD: of counts with a row for each outcome, the rows of those selected"), 0},
    {"min-group", MIN_GROUP, "N", 0,
     N_("groups with fewer people in a step are not judged, nor held against (10)"), 0},
    {"min-count", MIN_COUNT, "N", 0,
     N_("steps in which fewer people of a group stay or go are hidden (5)"), 0},
    {"small-cells", SMALL_CELLS, "show|hide", 0,
     N_("show also small numbers, to those who work with the candidates, or hide them, as what is "
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
    case STAGES: options.stages = arg; break;
    case REFERENCE: options.reference = arg; break;
    case STRATA: options.strata = arg; break;
    case BY: options.by = arg; break;
    case SELECTED:
        if (!strchr(arg, '=') || arg[0] == '=')
            rk_usage(_("--selected: COLUMN=WORD was expected"));
        options.selected = arg;
        break;
    case MIN_GROUP: options.min_group = rk_option_int("min-group", arg, 1, 1000000); break;
    case MIN_COUNT: options.min_count = rk_option_int("min-count", arg, 1, 1000000); break;
    case SMALL_CELLS: options.show_small = rk_choice("small-cells", "show|hide", arg) == 0; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Everything read, and what is made of it: zeroed is empty. */
struct work {
    struct rk_features features;
    struct rk_feature_list listed;
    struct rk_candidates candidates;
    struct rk_recruitments recruitments;
    struct rk_decisions decisions;
    struct rk_people people;
    bool is_counts;
    struct rk_adverse_stages stages;
    struct rk_adverse_counted counted;
};

static void free_work(struct work *w)
{
    rk_adverse_counted_free(&w->counted);
    rk_candidates_free(&w->candidates);
    rk_recruitments_free(&w->recruitments);
    rk_decisions_free(&w->decisions);
    rk_people_free(&w->people);
    rk_features_free(&w->features);
    rk_free(w->listed.all);
}

/* ---- what to group by ---- */

static enum rk_status choose_features(struct work *w, const struct rk_table *in,
                                      struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(in);
    const char *names = options.features;
    if (!names && w->is_counts)
        names = "group";
    if (!names) { /* of JSON it is known later what is there */
        bool any = rk_reader_is_json(rk_table_reader(in));
        bool gender = any || rk_table_has(in, rk_schema_field(schema, "gender"));
        bool age = any || rk_table_has(in, rk_schema_field(schema, "birth_year"));
        names = gender && age ? "gender,age" : gender ? "gender" : age ? "age" : NULL;
    }
    if (!names)
        return rk_fail(error, RK_BAD_USE,
                       _("there is neither gender nor birth_year; --features names other columns"));
    RK_TRY(rk_option_features(&w->features, names, &w->listed, error));
    if (options.age_bands || rk_features_find(&w->features, RK_TEXT("age")) != RK_NONE)
        RK_TRY(rk_option_age_bands(
            &w->features, options.age_bands ? options.age_bands : "-29,30-39,40-49,50+", error));
    if (options.day != RK_NO_DATE)
        w->features.year = rk_date_from_days(options.day).year;
    return RK_OK;
}

/* ---- reading ---- */

/* The place of a column among those of recruitments; SIZE_MAX without one. */
static enum rk_status find_column(const char *option, const char *name, bool has_recruitments,
                                  size_t *column, struct rk_error *error)
{
    *column = name ? rk_recruitment_column(name) : SIZE_MAX;
    if (name && *column == SIZE_MAX)
        return rk_fail(error, RK_BAD_USE,
                       _("%s: '%s' is not among department, unit, role, rubric and recruitment_id"),
                       option, name);
    if (name && !has_recruitments && strcmp(name, "recruitment_id"))
        return rk_fail(error, RK_BAD_USE, _("%s %s needs --recruitments FILE (or --data DIR)"),
                       option, name);
    return RK_OK;
}

static enum rk_status choose_stages(struct work *w, struct rk_error *error)
{
    struct rk_text word;
    if (!options.stages)
        rk_adverse_usual_stages(&w->stages, &w->candidates);
    for (const char *rest = options.stages; rk_option_item(&rest, &word);)
        if (!rk_adverse_add_stage(&w->stages, word))
            return rk_fail(error, RK_BAD_USE,
                           _("--stages: one to %d different words, joined by commas"),
                           RK_ADVERSE_STAGES);
    return RK_OK;
}

static enum rk_status read_candidates(struct rk_run *run, struct work *w, struct rk_table *in,
                                      struct rk_error *error)
{
    const struct rk_schema *schema;
    struct rk_table *recruitments, *decisions;
    size_t strata, by;
    if (options.selected)
        return rk_fail(error, RK_BAD_USE, _("--selected is for counts, not for candidates"));
    RK_TRY(rk_run_schema(run, &schema, "recruitments", error));
    RK_TRY(rk_run_table(run, &recruitments, "recruitments", error));
    RK_TRY(find_column("--strata", options.strata ? options.strata : "recruitment_id",
                       recruitments != NULL, &strata, error));
    RK_TRY(find_column("--by", options.by, recruitments != NULL, &by, error));
    RK_TRY(choose_features(w, in, error));
    if (recruitments)
        RK_TRY(rk_recruitments_read(&w->recruitments, recruitments, schema, error));
    const struct rk_recruitments *known = recruitments ? &w->recruitments : NULL;
    w->candidates.features = &w->features;
    RK_TRY(rk_candidates_read(&w->candidates, in, rk_table_schema(in), known, error));
    RK_TRY(rk_run_schema(run, &schema, "decisions", error));
    RK_TRY(rk_run_table(run, &decisions, "decisions", error));
    if (decisions)
        RK_TRY(rk_decisions_read(&w->decisions, decisions, schema, &w->candidates, known, error));
    RK_TRY(choose_stages(w, error));
    RK_TRY(rk_adverse_candidates(&w->counted, &w->candidates, known,
                                 decisions ? &w->decisions : NULL, &w->stages, strata, by, error));
    if (!w->counted.steps && w->candidates.count)
        return rk_fail(error, RK_BAD_DATA,
                       _("nothing tells who was selected: neither a later stage_reached nor "
                         "--decisions FILE"));
    if (decisions) /* the last step leads to a post */
        w->stages.words[w->stages.count++] = RK_TEXT("hired");
    return RK_OK;
}

static enum rk_status read_counts(struct rk_run *run, struct work *w, struct rk_table *in,
                                  struct rk_error *error)
{
    uint32_t strata = RK_NONE, by = RK_NONE, outcome = RK_NONE, selected = RK_NONE;
    if (options.stages || rk_run_given(run, "recruitments") || rk_run_given(run, "decisions"))
        return rk_fail(error, RK_BAD_USE,
                       _("--stages, recruitments and decisions need candidates, with a column "
                         "candidate_id"));
    RK_TRY(choose_features(w, in, error));
    if (options.strata)
        strata = rk_features_want(&w->features, rk_text(options.strata));
    if (options.by)
        by = rk_measure_has(options.by) ? RK_NONE
                                        : rk_features_want(&w->features, rk_text(options.by));
    if (options.selected) {
        struct rk_text name = {options.selected, strcspn(options.selected, "=")};
        outcome = rk_features_want(&w->features, name);
        if (outcome != RK_NONE)
            selected =
                rk_features_expect(&w->features, outcome, rk_text(name.text + name.size + 1));
    }
    if ((options.strata && strata == RK_NONE) || (options.by && by == RK_NONE) ||
        (options.selected && selected == RK_NONE))
        return rk_fail(
            error, RK_BAD_USE,
            _("--strata, --by and --selected name a column each (--by none of the output's)"));
    w->people.features = &w->features;
    RK_TRY(rk_people_read(&w->people, in, rk_table_schema(in), error));
    if (w->people.rows && !w->people.selected && !options.selected)
        return rk_fail(error, RK_BAD_DATA,
                       _("there is no column candidate_id, as of candidates, nor selected, as of "
                         "counts (--map names it), and no --selected COLUMN=WORD"));
    if (options.selected && !rk_features_anybody(&w->features, outcome, selected))
        return rk_fail(error, RK_BAD_USE, _("--selected: no row has %s"), options.selected);
    rk_adverse_people(&w->counted, &w->people, &w->features, strata, by, outcome, selected);
    return RK_OK;
}

/* ---- telling ---- */

static void write_rows(struct rk_run *run, const struct work *w, const struct rk_adverse_told *told)
{
    struct rk_writer_column columns[6 + RK_MEASURE_COLUMNS] = {
        {options.by, false}, {"from", false},  {"stage", false},
        {"feature", false},  {"value", false}, {"against", false}};
    memcpy(columns + 6, rk_measure_columns, sizeof rk_measure_columns);
    /* counts have no stages: what --by names is in their place */
    size_t skip = w->is_counts ? 3 - (options.by != NULL) : options.by == NULL;
    columns[skip].name = options.by ? options.by : columns[skip].name;
    struct rk_writer *writer =
        rk_run_writer(run, columns + skip, sizeof columns / sizeof *columns - skip);
    for (uint32_t f = 0; f < w->listed.count; f++)
        for (uint32_t i = 0; i < told[f].adverse.count; i++) {
            const struct rk_adverse_row *row = &told[f].adverse.rows[i];
            if (options.by)
                rk_write_text(writer, rk_adverse_part(&w->counted, row->part));
            if (!w->is_counts) {
                rk_write_text(writer, w->stages.words[row->from]);
                rk_write_text(writer, w->stages.words[row->to]);
            }
            rk_write_text(writer, told[f].feature->name);
            rk_write_text(writer, rk_adverse_value(&told[f], row->group));
            rk_write_text(writer, rk_adverse_value(&told[f], row->against));
            rk_measure_write(writer, &row->measure);
        }
    rk_writer_finish(writer);
}

static const char *shown(struct rk_buf *buf, int64_t people)
{
    bool few = !options.show_small && people > 0 && people < options.min_count;
    rk_buf_clear(buf);
    rk_buf_printf(buf, few ? "1-%lld" : "%lld", (long long)(few ? options.min_count - 1 : people));
    return people < 0 ? _("some") : buf->text;
}

static void note_left_out(struct rk_run *run, const struct work *w,
                          const struct rk_adverse_told *told)
{
    const struct rk_adverse_left_out *out = &w->counted.left_out;
    struct rk_buf number[4] = {0};
    if (out->withdrawn || out->ineligible || out->is_protected || out->pending)
        rk_run_note(run,
                    _("left out: withdrawn %s, ineligible %s, with a protected identity %s, in "
                      "recruitments not decided %s"),
                    shown(&number[0], out->withdrawn), shown(&number[1], out->ineligible),
                    shown(&number[2], out->is_protected), shown(&number[3], out->pending));
    for (uint32_t f = 0; f < w->listed.count; f++)
        if (told[f].adverse.unknown)
            rk_run_note(run, _("people of whom %s is not known, or outside the groups: %s"),
                        told[f].feature->name.text, shown(&number[0], told[f].adverse.unknown));
    for (int i = 0; i < 4; i++)
        rk_buf_free(&number[i]);
}

static void warn_of_finding(struct rk_run *run, const struct work *w,
                            const struct rk_adverse_told *told, const struct rk_adverse_finding *f)
{
    struct rk_buf where = {0}, ratio = {0}, p = {0};
    if (options.by)
        rk_buf_printf(&where, "%s %s, ", options.by, rk_adverse_part(&w->counted, f->part).text);
    if (!w->is_counts)
        rk_buf_printf(&where, _("%.*s to %.*s, "), (int)w->stages.words[f->from].size,
                      w->stages.words[f->from].text, (int)w->stages.words[f->to].size,
                      w->stages.words[f->to].text);
    rk_double_print(&ratio, (double)f->pair.x1 / (double)f->pair.n1 /
                                ((double)f->pair.x2 / (double)f->pair.n2));
    rk_double_print(&p, f->fisher_p);
    rk_run_warn(run,
                _("%s%s %s: %lld of %lld, %s: %lld of %lld: %s is under four fifths "
                  "(Fisher's p %s)%s"),
                where.text ? where.text : "", told->feature->name.text,
                rk_adverse_value(told, f->group).text, (long long)f->pair.x1, (long long)f->pair.n1,
                rk_adverse_value(told, f->against).text, (long long)f->pair.x2,
                (long long)f->pair.n2, ratio.text, p.text,
                f->flips ? _("; one person more would turn it") : "");
    rk_buf_free(&where);
    rk_buf_free(&ratio);
    rk_buf_free(&p);
}

static void say(struct rk_run *run, const struct work *w, const struct rk_adverse_told *told)
{
    uint64_t hidden = 0, refused = 0, findings = 0;
    note_left_out(run, w, told);
    for (uint32_t f = 0; f < w->listed.count; f++) {
        const struct rk_adverse *a = &told[f].adverse;
        hidden += a->hidden;
        refused += a->refused;
        for (uint32_t i = 0; i < a->finding_count; i++)
            if (findings++ < SHOWN)
                warn_of_finding(run, w, &told[f], &a->findings[i]);
    }
    if (findings > SHOWN)
        rk_run_warn(run, _("more rates under four fifths: %llu"),
                    (unsigned long long)findings - SHOWN);
    if (refused)
        rk_run_note(run, _("groups in a step not judged, with fewer than %lld people: %llu"),
                    (long long)options.min_group, (unsigned long long)refused);
    if (hidden)
        rk_run_note(run,
                    _("steps hidden, since fewer than %lld people of a group stay or go: %llu; "
                      "--small-cells show shows them to those who work with the candidates"),
                    (long long)options.min_count, (unsigned long long)hidden);
    rk_run_note(run, _("four fifths is a screening convention of the United States, without legal "
                       "force in Sweden"));
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    static const struct rk_main_choice choices[] = {{"candidates", "candidate_id"},
                                                    {"people", NULL}};
    struct work w = {0};
    struct rk_table *in = NULL;
    struct rk_adverse_told *told;
    bool has_reference = !options.reference;
    int64_t least = rk_publish_least(run, &options.min_count, options.show_small);
    const struct rk_adverse_options how = {options.reference, options.min_group, least};
    enum rk_status status = rk_run_main(run, &in, choices, error);
    if (!status) {
        w.is_counts = !strcmp(rk_table_schema(in)->name, "people");
        status = (w.is_counts ? read_counts : read_candidates)(run, &w, in, error);
    }
    told = rk_alloc(w.listed.count, sizeof *told);
    if (!status)
        status = rk_adverse_features(told, &w.counted, &w.features, w.listed.all, w.listed.count,
                                     &how, rk_guard_choose, run, error);
    for (uint32_t f = 0; f < w.listed.count; f++)
        has_reference |= told[f].has_reference;
    if (!status && !has_reference)
        status = rk_fail(error, RK_BAD_USE, _("--reference: no group is called '%s'"),
                         options.reference);
    if (!status) {
        write_rows(run, &w, told);
        say(run, &w, told);
    }
    for (uint32_t f = 0; f < w.listed.count; f++)
        rk_adverse_free(&told[f].adverse);
    rk_free(told);
    free_work(&w);
    return status;
}

static const struct rk_tool_table inputs[] = {{"candidates", RK_MAIN, NULL},
                                              {"people", RK_MAIN, NULL},
                                              {"recruitments", RK_OPTIONAL, NULL},
                                              {"decisions", RK_OPTIONAL, NULL},
                                              {0}};
static const struct rk_tool_table outputs[] = {{"measures", RK_MAIN, NULL}, {0}};
static const char *const examples[] = {
    "rk-adverse --data town --small-cells show --to table",
    "rk-adverse candidates.csv --recruitments recruitments.csv --features gender --by department",
    "rk-adverse counts.csv --map people.count=n --strata department", NULL};

static const struct rk_tool tool = {
    .name = "rk-adverse",
    .purpose = N_("check selection by stage for adverse impact on groups"),
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
