/* rk-impact: did the users' voice matter? What each group's voice changed, and what was decided. */
#include "score/impact.h"
#include "score/impact_cases.h"
#include "score/votes.h"
#include "tool/aggregation.h"
#include "tool/features.h"
#include "tool/publish_measures.h"

static struct {
    struct rk_aggregation_options rule;
    struct rk_impact_parts parts;
    const char *measures, *stage, *decides;
    int64_t top, small;
    rk_fixed quota;
    bool by_stage, cut_by_id, exact, heads;
} options = {.rule = RK_AGGREGATION_USUAL, .decides = "manager", .small = 20};

enum {
    MEASURES = RK_AGGREGATION_END,
    BY,
    DECISION_STAGE,
    TOP,
    TOP_TIES,
    QUOTA,
    DECIDES,
    INTERVAL,
    SMALL,
    HEADS
};

static const struct argp_option table[] = {
    {"measures", MEASURES, "FILE", RK_MAKES,
     N_("what is told of many recruitments together, as table measures"), 0},
    {"by", BY, "TEXT", 0,
     N_("the measures apart by these, joined by commas: department, unit, role, rubric, month (of "
        "the decision), stage, recruitment_id"),
     0},
    {"decision-stage", DECISION_STAGE, "TEXT", 0,
     N_("the stage whose ranking decisions are held against (all stages weighed together, or else "
        "the last)"),
     0},
    {"top", TOP, "N", 0,
     N_("how many are among the first, whom a voice brings in or puts out (as many as were hired)"),
     0},
    {"top-ties", TOP_TIES, "all|id", 0,
     N_("who share the place that N cuts: all are among the first, or those whose id comes first "
        "(all)"),
     0},
    {"quota", QUOTA, "NUMBER", 0,
     N_("the weight it takes to win, for the power of groups (more than half)"), 0},
    {"decides", DECIDES, "TEXT", 0,
     N_("who decides alone and so has all formal power: manager, a group, or rule where the "
        "ranking "
        "itself decides (manager)"),
     0},
    {"interval", INTERVAL, "wilson|exact", 0,
     N_("intervals of shares: Wilson's, or the exact ones of Clopper and Pearson (wilson)"), 0},
    {"small", SMALL, "N", 0, N_("figures of fewer recruitments are marked small_n (20)"), 0},
    {"heads", HEADS, NULL, 0,
     N_("for comparison: rank as if every rater weighed the same, so that the larger group "
        "decides"),
     0},
    RK_AGGREGATION_OPTIONS,
    {0}};

/* department,month */
static void read_by(const char *text)
{
    struct rk_text item;
    while (rk_option_item(&text, &item)) {
        const char *name = rk_strndup(item.text, item.size);
        bool again = options.by_stage && !strcmp(name, "stage");
        for (size_t i = 0; i < options.parts.by_count; i++)
            again |= !strcmp(options.parts.by[i], name);
        if (again)
            rk_usage(_("--by: '%s' is named twice"), name);
        if (strcmp(name, "stage") != 0 && strcmp(name, "month") != 0 &&
            rk_recruitment_column(name) == SIZE_MAX)
            rk_usage(_("--by: '%s' is not among department, unit, role, rubric, month, stage and "
                       "recruitment_id"),
                     name);
        if (!strcmp(name, "stage"))
            options.by_stage = true;
        else /* there are fewer columns than room for them */
            options.parts.by[options.parts.by_count++] = rk_keep(name);
        rk_free((void *)name);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case MEASURES: options.measures = arg; break;
    case BY: read_by(arg); break;
    case DECISION_STAGE: options.stage = arg; break;
    case TOP: options.top = rk_option_int("top", arg, 1, 1000000); break;
    case TOP_TIES: options.cut_by_id = rk_choice("top-ties", "all|id", arg); break;
    case QUOTA:
        options.quota = rk_option_fixed("quota", arg);
        if (options.quota <= 0)
            rk_usage(_("--quota: expected a number above 0"));
        break;
    case DECIDES: options.decides = strcmp(arg, "rule") ? arg : NULL; break;
    case INTERVAL: options.exact = rk_choice("interval", "wilson|exact", arg); break;
    case SMALL: options.small = rk_option_int("small", arg, 0, 1000000); break;
    case HEADS: options.heads = true; break;
    default: return rk_aggregation_parse(&options.rule, key, arg);
    }
    return 0;
}

/* What the run holds; freed at its end. */
struct work {
    struct rk_aggregation input;
    struct rk_recruitments recruitments;
    struct rk_choices decisions;
    struct rk_contributions contributions;
    struct rk_statements statements;
    struct rk_impact_cases cases;
    struct rk_replay *replay;
    struct rk_impact *impact;
};

static void free_work(struct work *w)
{
    rk_impact_free(w->impact);
    rk_replay_free(w->replay);
    rk_impact_cases_free(&w->cases);
    rk_statements_free(&w->statements);
    rk_contributions_free(&w->contributions);
    rk_choices_free(&w->decisions);
    rk_recruitments_free(&w->recruitments);
    rk_tuples_free(&options.parts.tuples);
    rk_strings_free(&options.parts.texts);
    rk_aggregation_free(&w->input);
}

/* ---- games ---- */

static enum rk_status tell_games(struct rk_run *run, struct rk_table *table_read,
                                 struct rk_error *error)
{
    struct rk_games games = {0};
    struct rk_player_power *power = NULL;
    enum rk_status status = rk_games_read(&games, table_read, error);
    if (!status) {
        power = rk_alloc(games.count + 1, sizeof *power);
        status = rk_games_power(&games, power, error);
    }
    if (!status) {
        struct rk_writer *writer = rk_power_open(rk_run_out(run), run->form);
        for (size_t i = 0; i < games.count; i++)
            rk_power_write(&games, i, &power[i], writer);
        rk_writer_finish(writer);
    }
    rk_free(power);
    rk_games_free(&games);
    return status;
}

/* ---- reading ---- */

/* The tables beside the scores; those that decide who can be chosen come first. */
static enum rk_status read_cases(struct rk_run *run, struct work *w, bool has_recruitments,
                                 struct rk_error *error)
{
    struct rk_aggregation *in = &w->input;
    struct rk_table *decisions, *contributions, *statements;
    struct rk_tuples known = {.width = 2};
    RK_TRY(rk_run_table(run, &decisions, "decisions", error));
    for (size_t i = 0; i < in->contender_count; i++)
        rk_tuples_add(&known,
                      (uint32_t[]){in->contenders[i].recruitment, in->contenders[i].candidate});
    enum rk_status status = RK_OK;
    if (decisions)
        status = rk_choices_read(&w->decisions, decisions, &in->ids,
                                 in->has_contenders ? &known : NULL, error);
    rk_tuples_free(&known);
    if (!status)
        status = rk_run_table(run, &contributions, "contributions", error);
    if (!status && contributions)
        status = rk_contributions_read(&w->contributions, contributions, &in->ids, error);
    if (!status)
        status = rk_run_table(run, &statements, "statements", error);
    if (!status && statements)
        status = rk_statements_read(&w->statements, statements, &in->ids, error);
    if (status)
        return status;
    rk_impact_cases_start(&w->cases, decisions ? &w->decisions : NULL,
                          has_recruitments ? &w->recruitments : NULL, &in->ids);
    rk_impact_cases_available(&w->cases, &in->contenders, in->since, &in->contender_count,
                              &in->contender_room);
    return RK_OK;
}

static enum rk_status read_input(struct rk_run *run, struct work *w, struct rk_error *error)
{
    struct rk_table *recruitments;
    const struct rk_schema *schema;
    struct rk_aggregate_options how = {.ranges = true, .top = 1};
    RK_TRY(rk_run_schema(run, &schema, "recruitments", error));
    RK_TRY(rk_run_table(run, &recruitments, "recruitments", error));
    if (recruitments)
        RK_TRY(rk_recruitments_read(&w->recruitments, recruitments, schema, error));
    for (size_t i = 0; i < options.parts.by_count && !recruitments; i++)
        if (strcmp(options.parts.by[i], "month") && strcmp(options.parts.by[i], "recruitment_id"))
            return rk_fail(error, RK_BAD_USE, _("%s %s needs --recruitments FILE (or --data DIR)"),
                           "--by", options.parts.by[i]);
    RK_TRY(rk_aggregation_open(run, &w->input, &options.rule,
                               recruitments ? &w->recruitments : NULL, error));
    RK_TRY(read_cases(run, w, recruitments != NULL, error));
    rk_aggregation_fill(run, &w->input, 1, &how);
    w->replay = rk_replay_new(&how, &w->input.ids, w->input.is_ratings);
    return rk_aggregation_read(&w->input, rk_replay_rating, rk_replay_score, w->replay, error);
}

/* Nobody would be followed in the name of a group that there is not. */
static enum rk_status check_decides(const struct rk_strings *groups, struct rk_error *error)
{
    const char *who = options.decides;
    if (!who || !strcmp(who, "manager") || !groups->count ||
        rk_strings_find(groups, rk_text(who)) != RK_NONE)
        return RK_OK;
    uint32_t *ranks = rk_strings_ranks(groups);
    const char **sorted = rk_alloc(groups->count, sizeof *sorted);
    struct rk_buf there = {0};
    for (uint32_t g = 0; g < groups->count; g++)
        sorted[ranks[g]] = groups->texts[g].text;
    for (uint32_t g = 0; g < groups->count; g++)
        rk_buf_printf(&there, g ? ", %s" : "%s", sorted[g]);
    rk_fail(error, RK_BAD_USE, _("--decides: no group is called '%s'; there are manager, rule, %s"),
            who, there.text);
    rk_buf_free(&there);
    rk_free(sorted);
    rk_free(ranks);
    return RK_BAD_USE;
}

static enum rk_status find_impact(struct rk_run *run, struct work *w, struct rk_error *error)
{
    const struct rk_aggregate_result *result;
    struct rk_buf empty = {0}, number = {0};
    struct rk_impact_options how = {.contributions = &w->contributions,
                                    .statements = &w->statements,
                                    .rubrics = &w->input.rubrics,
                                    .weights = w->input.weights,
                                    .weight_count = w->input.weight_count,
                                    .stage = options.stage,
                                    .top = (uint32_t)options.top,
                                    .cut_by_id = options.cut_by_id,
                                    .quota = options.quota,
                                    .decides = options.decides,
                                    .exact = options.exact,
                                    .small = (uint32_t)options.small,
                                    .heads = options.heads,
                                    .by_stage = options.by_stage};
    const struct rk_strings *groups = &w->input.ids.of[RK_ID_GROUP],
                            *stages = &w->input.ids.of[RK_ID_STAGE];
    if (options.stage && groups->count && strcmp(options.stage, "*") != 0 &&
        rk_strings_find(stages, rk_text(options.stage)) == RK_NONE)
        return rk_fail(error, RK_BAD_USE, _("--decision-stage: no stage is called '%s'"),
                       options.stage);
    RK_TRY(check_decides(groups, error));
    RK_TRY(rk_replay_all(w->replay, &result, error));
    if (!rk_run_publishes(run) && rk_replay_tell_empty(w->replay, &empty))
        rk_run_note(run, "%s", empty.text);
    rk_buf_free(&empty);
    if (result->missing_group)
        rk_run_warn(run, _("candidates whom a whole group did not rate (missing_group): %s"),
                    rk_publish_shown(run, &number, result->missing_group));
    uint64_t unknown =
        w->input.has_contenders ? 0 : rk_impact_cases_unknown(&w->cases, &result->ranking);
    if (unknown)
        rk_run_warn(run,
                    _("hired, but not among those who were rated: %s. Is the id right? "
                      "--candidates FILE tells who the candidates are"),
                    rk_publish_shown(run, &number, unknown));
    rk_buf_free(&number);
    rk_impact_cases_finish(&w->cases, &options.parts, &how);
    RK_TRY(rk_impact_new(&w->impact, &how, w->replay, result, &w->input.ids, error));
    uint64_t unproven = result->unproven + rk_impact_unproven(w->impact);
    if (unproven)
        rk_run_warn(run, _("orders of Kemeny that are not proven to be the best: %llu"),
                    (unsigned long long)unproven);
    return unproven || unknown ? RK_ATTENTION : RK_OK;
}

/* ---- telling ---- */

static void say(struct rk_run *run, const struct work *w)
{
    uint64_t n[RK_IMPACT_STATES] = {0};
    for (uint32_t r = 0; r < w->input.ids.of[RK_ID_RECRUITMENT].count; r++)
        n[w->cases.states[r]]++;
    rk_run_note(
        run,
        _("recruitments: %llu decided; apart from them %llu without a decision, %llu "
          "cancelled and %llu in which nobody was hired"),
        (unsigned long long)n[RK_IMPACT_DECIDED], (unsigned long long)n[RK_IMPACT_UNDECIDED],
        (unsigned long long)n[RK_IMPACT_CANCELLED], (unsigned long long)n[RK_IMPACT_NO_HIRE]);
    if (w->cases.again)
        rk_run_note(run, _("ranked again, since they could be chosen on the day of decision: %llu"),
                    (unsigned long long)w->cases.again);
    if (w->cases.declined)
        rk_run_note(run, _("not ranked, since they were offered the post and declined: %llu"),
                    (unsigned long long)w->cases.declined);
    if (n[RK_IMPACT_DECIDED] && n[RK_IMPACT_DECIDED] < (uint64_t)options.small)
        rk_run_note(run, _("few decisions: trust the intervals (low, high), not the shares alone"));
}

/* The rows of single recruitments are for nobody else: to be published are the measures alone. */
static void tell(struct rk_run *run, const struct work *w, struct rk_out *measures)
{
    size_t count, all;
    bool publishes = rk_run_publishes(run);
    const struct rk_impact_row *rows = rk_impact_rows(w->impact, &count);
    const struct rk_impact_measure *of_all = rk_impact_measures(w->impact, &all);
    if (!publishes) {
        struct rk_writer *writer = rk_impact_open(rk_run_out(run), run->form);
        rk_impact_write(rows, count, &w->input.ids, writer);
        rk_writer_finish(writer);
    }
    if (!publishes && !measures)
        return;
    struct rk_writer *writer = rk_impact_measures_open(
        &options.parts, publishes ? rk_run_out(run) : measures, publishes ? run->form : RK_CSV);
    rk_publish_measures(run, writer, NULL);
    rk_impact_measures_write(of_all, all, &options.parts, &w->input.ids, writer);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work w = {0};
    struct rk_out *measures = NULL;
    struct rk_table *games;
    if (options.measures && rk_run_publishes(run))
        rk_usage(_("--publish tells the measures alone, as its output: leave --measures out"));
    RK_TRY(rk_run_table(run, &games, "games", error));
    if (games && rk_run_publishes(run))
        return rk_fail(error, RK_BAD_USE,
                       _("--publish is for measures: the power of players is of no people"));
    if (games)
        return tell_games(run, games, error);
    enum rk_status status = read_input(run, &w, error), found = RK_OK;
    if (!status)
        status = found = find_impact(run, &w, error);
    if (status == RK_ATTENTION)
        status = RK_OK;
    if (!status && options.measures)
        status = rk_run_file(run, &measures, options.measures, error);
    if (!status) {
        tell(run, &w, measures);
        rk_aggregation_tell(run, &w.input);
        if (!rk_run_publishes(run)) /* of what the measures may hide */
            say(run, &w);
        status = found;
    }
    free_work(&w);
    return status;
}

static const char *const candidate_defaults[] = {"recruitment_id", "all", NULL};
static const struct rk_tool_table inputs[] = {
    {"scores", RK_MAIN, rk_scores_defaults},   {"ratings", RK_MAIN, rk_ratings_defaults},
    {"ballots", RK_MAIN, rk_ballots_defaults}, {"candidates", RK_OPTIONAL, candidate_defaults},
    {"recruitments", RK_OPTIONAL, NULL},       {"decisions", RK_OPTIONAL, NULL},
    {"contributions", RK_OPTIONAL, NULL},      {"statements", RK_OPTIONAL, NULL},
    {"games", RK_OPTIONAL, rk_games_defaults}, {0}};
static const struct rk_tool_table outputs[] = {
    {"impact", RK_MAIN, NULL}, {"measures", RK_OPTIONAL, NULL}, {"power", RK_OPTIONAL, NULL}, {0}};
static const char *const examples[] = {
    "rk-impact --data town --measures impact.csv -o rankings.csv",
    "rk-impact scores.csv --decisions decisions.csv --to table",
    "rk-impact --data town --by department --measures departments.csv -o rankings.csv",
    "rk-impact --games council.csv", NULL};

static const struct rk_tool tool = {
    .name = "rk-impact",
    .purpose = N_("tell what the voice of each group changed, and how it was followed"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_PUBLISHES | RK_HAS_SEED | RK_HAS_THREADS,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
