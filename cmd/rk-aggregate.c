/* rk-aggregate: scores (or ratings and rubrics) in, one ranking per recruitment out. */
#include "base/mem.h"
#include "score/aggregate.h"
#include "score/score.h"
#include "tool/rubrics.h"

static struct {
    struct rk_rubric_options rubrics;
    const char *weights, *measures;
    size_t basis, empty, stages, method, strength, unranked, ties, wins, deviation;
    rk_fixed trim;
    int64_t draws, top;
    bool in_long, equalise;
} options = {.stages = RK_STAGES_BOTH, .unranked = SIZE_MAX, .trim = RK_FIXED_ONE / 5, .top = 3};

enum {
    RUBRIC = 0x100,
    RUBRICS,
    WEIGHTS,
    BASIS,
    EMPTY,
    STAGES,
    METHOD,
    STRENGTH,
    UNRANKED,
    TIES,
    WINS,
    TRIM,
    DEVIATION,
    EQUALISE,
    BOOTSTRAP,
    MEASURES,
    TOP,
    LONG
};
#define METHODS                                                                                    \
    "mean|median|trimmed|standardised|minmax|group-ranks|borda|copeland|schulze|ranked-pairs|"     \
    "minimax|kemeny"

static const struct argp_option table[] = {
    {"rubric", RUBRIC, "FILE", 0,
     N_("weights of groups and stages, as JSON, and how ratings become scores; repeatable, then "
        "recruitments tell which has which"),
     0},
    {"rubrics", RUBRICS, "DIR", 0,
     N_("all rubrics (*.json) in this folder (rubrics in --data, where it is there)"), 0},
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
    {"method", METHOD, METHODS, 0, N_("how voices are combined (mean)"), 0},
    {"strength", STRENGTH, "winning|margins", 0,
     N_("schulze, ranked-pairs, minimax: a win is as strong as the support for it, or as its "
        "margin "
        "(winning)"),
     0},
    {"unranked", UNRANKED, "last|zero|apart", 0,
     N_("borda and methods on pairs: whom a rater leaves out stands last, gets no points, or is "
        "not "
        "compared (last for ballots, apart for scores)"),
     0},
    {"ties", TIES, "none|half", 0,
     N_("methods on pairs: two whom a rater puts alike support neither, or each by half (none)"),
     0},
    {"equal-wins", WINS, "together|lots", 0,
     N_("ranked-pairs: wins of equal strength count where no cycle closes among them, or in an "
        "order "
        "drawn by lot from --seed (together)"),
     0},
    {"trim", TRIM, "NUMBER", 0, N_("trimmed: the share of raters left out at either end (0.2)"), 0},
    {"deviation", DEVIATION, "sample|population", 0,
     N_("standardised: standard deviation by n - 1, or by n (sample)"), 0},
    {"equalise", EQUALISE, NULL, 0,
     N_("stretch each group's scores so that its effective weight is its nominal one"), 0},
    {"bootstrap", BOOTSTRAP, "N", 0,
     N_("draw raters N times: intervals, chance of being first; all ways of drawing where they are "
        "few"),
     0},
    {"measures", MEASURES, "FILE", 0,
     N_("how sure the ranking is, what another weight or a rater less would change, how groups "
        "agree, "
        "as table measures"),
     0},
    {"top", TOP, "N", 0, N_("how many are counted as among the first in the measures (3)"), 0},
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
    case METHOD: options.method = rk_choice("method", METHODS, arg); break;
    case STRENGTH: options.strength = rk_choice("strength", "winning|margins", arg); break;
    case UNRANKED: options.unranked = rk_choice("unranked", "last|zero|apart", arg); break;
    case TIES: options.ties = rk_choice("ties", "none|half", arg); break;
    case WINS: options.wins = rk_choice("equal-wins", "together|lots", arg); break;
    case TRIM:
        options.trim = rk_option_fixed("trim", arg);
        if (options.trim < 0 || 2 * options.trim >= RK_FIXED_ONE)
            rk_usage(_("--trim: expected a share of at least 0 and less than 0.5"));
        break;
    case DEVIATION: options.deviation = rk_choice("deviation", "sample|population", arg); break;
    case EQUALISE: options.equalise = true; break;
    case BOOTSTRAP: options.draws = rk_option_int("bootstrap", arg, 1, 1000000); break;
    case MEASURES: options.measures = arg; break;
    case TOP: options.top = rk_option_int("top", arg, 1, 1000000); break;
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

static struct rk_method_options method_asked(const struct rk_run *run, bool ballots)
{
    size_t usual = ballots ? RK_UNRANKED_LAST : RK_UNRANKED_APART;
    return (struct rk_method_options){
        .method = (enum rk_method)options.method,
        .strength = (enum rk_strength)options.strength,
        .unranked = (enum rk_unranked)(options.unranked == SIZE_MAX ? usual : options.unranked),
        .half = options.ties,
        .lots = options.wins,
        .population = options.deviation,
        .equalise = options.equalise,
        .trim = options.trim,
        .seed = run->seed,
        .listed = options.measures ? 20 : 1};
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
    bool package =
        !run->operand_count && !rk_rubrics_named(&options.rubrics) && rk_run_given(run, "scores");
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
        .measures = options.measures != NULL,
        .draws = (uint64_t)options.draws,
        .top = (size_t)options.top,
        .threads = run->threads,
        .method = method_asked(run, !strcmp(schema, "ballots")),
    };
    work->aggregate = rk_aggregate_new(&how, &work->ids);
    if (strcmp(schema, "ratings") != 0)
        return rk_scores_read(table_read, &work->ids, take_score, work, error);
    if (!work->rubrics.count)
        return rk_fail(error, RK_BAD_USE,
                       _("these are ratings: --rubric is needed, or rk-score before"));
    return add_ratings(run, work, table_read, error);
}

static void take_sentence(void *context, bool warning, const char *text)
{
    struct rk_run *run = context;
    if (warning)
        rk_run_warn(run, "%s", text);
    else
        rk_run_note(run, "%s", text);
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work work = {0};
    const struct rk_aggregate_result *result = NULL;
    struct rk_out *measures = NULL;
    if (options.equalise && rk_method_on_pairs((enum rk_method)options.method))
        return rk_fail(error, RK_BAD_USE,
                       _("--equalise: methods on pairs have no effective weights"));
    enum rk_status status =
        rk_run_rubrics(run, &work.rubrics, &options.rubrics, true, &work.ids, error);
    if (!status)
        status = read_weights(&work, error);
    if (!status)
        status = add_input(run, &work, error);
    if (!status)
        status = rk_aggregate_finish(work.aggregate, &result, error);
    if (!status && options.measures)
        status = rk_run_file(run, &measures, options.measures, error);
    if (!status) {
        if (measures)
            rk_ranking_measures_write(result->measures, result->measure_count, &work.ids, measures);
        if (work.raw && work.rubrics.count)
            rk_run_warn(run,
                        _("scores that no rubric has scaled (raw): %llu; in them reversed criteria "
                          "are not turned round. Was rk-score run without --rubric?"),
                        (unsigned long long)work.raw);
        rk_aggregate_tell(result, &work.ids, run->verbose ? SIZE_MAX : 10, take_sentence, run);
        status = result->unproven ? RK_ATTENTION : RK_OK;
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
static const struct rk_tool_table outputs[] = {
    {"ranking", RK_MAIN, NULL}, {"measures", RK_OPTIONAL, NULL}, {0}};
static const char *const examples[] = {
    "rk-score ratings.csv | rk-aggregate",
    "rk-aggregate --rubric rubric.json --candidates candidates.csv ratings.csv",
    "rk-aggregate --weights user=1,staff=1 --empty-group rest --to table scores.csv",
    "rk-aggregate --method schulze ballots.csv",
    "rk-aggregate --bootstrap 10000 --seed 2024-06 --measures sure.csv scores.csv",
    NULL};

static const struct rk_tool tool = {
    .name = "rk-aggregate",
    .purpose = N_("combine the voices of groups into one ranking per recruitment"),
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
