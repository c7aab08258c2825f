/* rk-aggregate: scores (or ratings and rubrics) in, one ranking per recruitment out. */
#include "base/mem.h"
#include "score/aggregate.h"
#include "score/score.h"
#include "tool/rubrics.h"

static struct {
    struct rk_rubric_options rubrics;
    const char *weights;
    size_t basis, empty, stages;
    bool in_long;
} options = {.stages = RK_STAGES_BOTH};

enum { RUBRIC = 0x100, RUBRICS, WEIGHTS, BASIS, EMPTY, STAGES, METHOD, LONG };
static const char methods[] =
    "mean|median|trimmed|standardised|borda|copeland|schulze|ranked-pairs|minimax|kemeny";

static const struct argp_option table[] = {
    {"rubric", RUBRIC, "FILE", 0,
     N_("weights of groups and stages, as JSON, and how ratings become scores; repeatable, then "
        "recruitments tell which has which"),
     0},
    {"rubrics", RUBRICS, "DIR", 0, N_("all rubrics (*.json) in this folder (rubrics in --data, where it is there)"), 0},
    {"weights", WEIGHTS, "TEXT", 0,
     N_("weights of the groups, like user=1,staff=1; 0 = advisory (the rubric's, or equal)"), 0},
    {"basis", BASIS, "individual|consensus", 0,
     N_("which sheets of a group to take where it has both; never their mean (individual)"), 0},
    {"empty-group", EMPTY, "mark|refuse|rest", 0,
     N_("a candidate whom a whole group did not rate: no rank, an error, or ranked by the rest of "
        "the groups (mark)"),
     0},
    {"stages", STAGES, "separate|weighed|both", 0,
     N_("a ranking per stage, one by the rubric's stage weights, or both (both, where the rubric "
        "weighs stages)"),
     0},
    {"method", METHOD,
     "mean|median|trimmed|standardised|borda|copeland|schulze|ranked-pairs|minimax|kemeny", 0,
     N_("how voices are combined (mean); the others are not yet available"), 0},
    {"long", LONG, NULL, 0, N_("one row per candidate and group, instead of columns for each"), 0},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case RUBRIC:
        RK_GROW(options.rubrics.files, options.rubrics.count, options.rubrics.room);
        options.rubrics.files[options.rubrics.count++] = arg;
        break;
    case RUBRICS: options.rubrics.folder = arg; break;
    case WEIGHTS: options.weights = arg; break;
    case BASIS: options.basis = rk_choice("basis", "individual|consensus", arg); break;
    case EMPTY: options.empty = rk_choice("empty-group", "mark|refuse|rest", arg); break;
    case STAGES: options.stages = rk_choice("stages", "separate|weighed|both", arg); break;
    case METHOD:
        if (rk_choice("method", methods, arg))
            rk_usage(_("--method %s is not yet available"), arg);
        break;
    case LONG: options.in_long = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* What the run holds; freed at its end. */
struct work {
    struct rk_ids ids;
    struct rk_rubrics rubrics;
    struct rk_group_weight *weights;
    size_t weight_count, weight_room;
    struct rk_contender *contenders;
    size_t contender_count, contender_room;
    struct rk_aggregate *aggregate;
    uint64_t raw; /* scores read that no rubric has brought to 0 to 100 */
};

/* user=1,staff=1 */
static enum rk_status read_weights(struct work *work, struct rk_error *error)
{
    rk_fixed sum = 0;
    for (const char *at = options.weights; at;) {
        size_t size = strcspn(at, ","), name = strcspn(at, "=,");
        struct rk_group_weight w;
        if (!name || name >= size ||
            !rk_fixed_parse((struct rk_text){at + name + 1, size - name - 1}, &w.weight) ||
            w.weight < 0)
            return rk_fail(error, RK_BAD_USE,
                           _("--weights: expected groups with weights of 0 or more, like "
                             "user=1,staff=1"));
        w.group = rk_id(&work->ids, RK_ID_GROUP, (struct rk_text){at, name});
        for (size_t i = 0; i < work->weight_count; i++)
            if (work->weights[i].group == w.group)
                return rk_fail(error, RK_BAD_USE, _("--weights: %.*s is named twice"), (int)name,
                               at);
        RK_GROW(work->weights, work->weight_count, work->weight_room);
        work->weights[work->weight_count++] = w;
        sum += w.weight;
        at = at[size] ? at + size + 1 : NULL;
    }
    return sum || !options.weights
               ? RK_OK
               : rk_fail(error, RK_BAD_USE, _("--weights: at least one must be more than 0"));
}

static enum rk_status read_candidates(struct work *work, struct rk_table *candidates,
                                      struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(candidates);
    size_t id = rk_schema_field(schema, "candidate_id"),
           recruitment = rk_schema_field(schema, "recruitment_id"),
           state = rk_schema_field(schema, "status"),
           reached = rk_schema_field(schema, "stage_reached");
    struct rk_tuples known = {.width = 2};
    enum rk_status status;
    for (const struct rk_row *row;
         (status = rk_table_next(candidates, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        struct rk_contender c = {
            .recruitment = rk_id(&work->ids, RK_ID_RECRUITMENT, rk_value_text(&v[recruitment])),
            .candidate = rk_id(&work->ids, RK_ID_CANDIDATE, rk_value_text(&v[id])),
            .reached = RK_NONE};
        if (v[reached].size)
            c.reached = rk_id(&work->ids, RK_ID_STAGE, rk_value_text(&v[reached]));
        if (rk_text_is(rk_value_text(&v[state]), "withdrawn"))
            c.status = RK_CONTENDER_WITHDRAWN;
        else if (rk_text_is(rk_value_text(&v[state]), "ineligible"))
            c.status = RK_CONTENDER_INELIGIBLE;
        uint32_t before = known.count;
        if (rk_tuples_add(&known, (uint32_t[]){c.recruitment, c.candidate}) != before) {
            rk_table_reject(candidates, id, _("this candidate is there already"));
            continue;
        }
        RK_GROW(work->contenders, work->contender_count, work->contender_room);
        work->contenders[work->contender_count++] = c;
    }
    rk_tuples_free(&known);
    return status;
}

/* Ratings become scores here as they do in rk-score, and go on as it would have printed them. */
static enum rk_status add_ratings(struct rk_run *run, struct work *work, struct rk_table *ratings,
                                  struct rk_error *error)
{
    struct rk_buf empty = {0};
    const struct rk_scorer_options how = {.rubrics = &work->rubrics};
    struct rk_ratings reader = {.ids = &work->ids};
    struct rk_score score;
    struct rk_scorer *scorer = rk_scorer_new(&how, &work->ids);
    enum rk_status status = rk_ratings_read(&reader, ratings, rk_scorer_add, scorer, error);
    if (!status)
        status = rk_scorer_finish(scorer, error);
    if (!status && rk_scorer_tell_empty(scorer, &empty))
        rk_run_note(run, "%s", empty.text);
    rk_buf_free(&empty);
    for (size_t i = 0; !status && i < rk_scorer_count(scorer); i++) {
        rk_scorer_get(scorer, i, &score);
        status = rk_aggregate_add(work->aggregate, &score, 0, error);
    }
    rk_scorer_free(scorer); /* before the ranking takes its memory */
    return status;
}

static enum rk_status take_score(void *context, const struct rk_score *score, uint32_t place,
                                 struct rk_error *error)
{
    struct work *work = context;
    work->raw += !score->percent;
    return rk_aggregate_add(work->aggregate, score, place, error);
}

static enum rk_status add_input(struct rk_run *run, struct work *work, struct rk_error *error)
{
    /* without a rubric anything with scores will do; with one, only what rk-score wrote is not
     * ratings */
    static const struct rk_main_choice plain[] = {
        {"ratings", "criterion"}, {"scores", "score"}, {"ballots", "rank"}, {"scores", NULL}};
    static const struct rk_main_choice with_rubric[] = {{"ratings", "criterion"},
                                                        {"scores", "scale"},
                                                        {"ratings", "score"},
                                                        {"ballots", "rank"},
                                                        {"ratings", NULL}};
    const struct rk_main_choice *choices = work->rubrics.count ? with_rubric : plain;
    struct rk_table *table_read = NULL, *candidates = NULL;
    bool package = !run->operand_count && !rk_rubrics_named(&options.rubrics) && rk_run_given(run, "scores");
    enum rk_status status = rk_run_table(run, &candidates, "candidates", error);
    if (!status && candidates)
        status = read_candidates(work, candidates, error);
    if (!status)
        status = rk_run_main(run, &table_read, choices + package, error);
    if (status)
        return status;
    const char *schema = rk_table_schema(table_read)->name;
    const struct rk_aggregate_options how = {
        .rubrics = &work->rubrics,
        .weights = work->weights,
        .weight_count = work->weight_count,
        .contenders = work->contenders,
        .contender_count = work->contender_count,
        .has_contenders = candidates != NULL,
        .basis = (enum rk_basis)options.basis,
        .empty = (enum rk_empty_group)options.empty,
        .stages = (enum rk_stages)options.stages,
        .ranks = !strcmp(schema, "ballots"),
    };
    work->aggregate = rk_aggregate_new(&how, &work->ids);
    if (strcmp(schema, "ratings") != 0)
        return rk_scores_read(table_read, &work->ids, take_score, work, error);
    if (!work->rubrics.count)
        return rk_fail(error, RK_BAD_USE,
                       _("these are ratings: --rubric is needed, or rk-score before"));
    return add_ratings(run, work, table_read, error);
}

static void tell_weight(struct rk_run *run, const struct rk_ids *ids,
                        const struct rk_aggregate_warning *w)
{
    struct rk_buf effective = {0}, nominal = {0};
    rk_fixed_print(&effective, rk_fixed_round_to(w->effective, 3));
    rk_fixed_print(&nominal, rk_fixed_round_to(w->nominal, 3));
    const char *recruitment = rk_id_text(ids, RK_ID_RECRUITMENT, w->recruitment).text;
    const char *stage = w->stage == RK_NONE ? "*" : rk_id_text(ids, RK_ID_STAGE, w->stage).text;
    const char *group = rk_id_text(ids, RK_ID_GROUP, w->group).text;
    rk_run_warn(
        run,
        w->kind == RK_DECIDES_ALONE
            ? _("recruitment %s, stage %s: group %s in truth decides alone (effective weight "
                "%s, nominal %s)")
            : _("recruitment %s, stage %s: group %s has little say (effective weight %s, "
                "nominal %s)"),
        recruitment, stage, group, effective.text, nominal.text);
    rk_buf_free(&effective);
    rk_buf_free(&nominal);
}

static void tell(struct rk_run *run, const struct rk_ids *ids,
                 const struct rk_aggregate_result *result)
{
    const size_t most = run->verbose ? SIZE_MAX : 10;
    for (size_t i = 0; i < result->warning_count && i < most; i++)
        tell_weight(run, ids, &result->warnings[i]);
    if (result->warning_count > most)
        rk_run_warn(run, _("%zu more effective weights of this kind (-v tells all)"),
                    result->warning_count - most);
    if (result->missing_group)
        rk_run_warn(run, _("candidates whom a whole group did not rate (missing_group): %llu"),
                    (unsigned long long)result->missing_group);
    if (result->unscored)
        rk_run_warn(run, _("active candidates without a score in any stage: %llu"),
                    (unsigned long long)result->unscored);
    if (result->fewer_groups)
        rk_run_warn(
            run,
            _("recruitments without any score by a group that others have: %llu; --weights or "
              "a rubric would ask for them"),
            (unsigned long long)result->fewer_groups);
    if (result->near_ties)
        rk_run_note(run, _("candidates tied within 10^-9 of the scale (near_tie): %llu"),
                    (unsigned long long)result->near_ties);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work work = {0};
    const struct rk_aggregate_result *result = NULL;
    enum rk_status status =
        rk_run_rubrics(run, &work.rubrics, &options.rubrics, true, &work.ids, error);
    if (!status)
        status = read_weights(&work, error);
    if (!status)
        status = add_input(run, &work, error);
    if (!status)
        status = rk_aggregate_finish(work.aggregate, &result, error);
    if (!status) {
        if (work.raw && work.rubrics.count)
            rk_run_warn(run, _("scores that no rubric has scaled (raw): %llu; in them reversed criteria "
                               "are not turned round. Was rk-score run without --rubric?"),
                        (unsigned long long)work.raw);
        tell(run, &work.ids, result);
        struct rk_writer *writer = rk_ranking_open(&result->ranking, &work.ids, options.in_long,
                                                   rk_run_out(run), run->form);
        rk_ranking_write(&result->ranking, &work.ids, options.in_long, writer);
        rk_writer_finish(writer);
    }
    rk_aggregate_free(work.aggregate);
    rk_rubrics_free(&work.rubrics);
    rk_free(work.weights);
    rk_free(work.contenders);
    rk_ids_free(&work.ids);
    rk_free(options.rubrics.files);
    return status;
}

static const char *const candidate_defaults[] = {"recruitment_id", "all", NULL};
static const struct rk_tool_table inputs[] = {
    {"scores", RK_MAIN, rk_scores_defaults},   {"ratings", RK_MAIN, rk_ratings_defaults},
    {"ballots", RK_MAIN, rk_ballots_defaults}, {"candidates", RK_OPTIONAL, candidate_defaults},
    {"recruitments", RK_OPTIONAL, NULL},       {0}};
static const struct rk_tool_table outputs[] = {{"ranking", RK_MAIN, NULL}, {0}};
static const char *const examples[] = {
    "rk-score ratings.csv | rk-aggregate",
    "rk-aggregate --rubric rubric.json --candidates candidates.csv ratings.csv",
    "rk-aggregate --weights user=1,staff=1 --empty-group rest --to table scores.csv", NULL};

static const struct rk_tool tool = {
    .name = "rk-aggregate",
    .purpose = N_("combine the voices of groups into one ranking per recruitment"),
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
