/* rk-aggregate: scores (or ratings and rubrics) in, one ranking per recruitment out. */
#include "base/mem.h"
#include "tool/ranking.h"
#include "tool/rubrics.h"

static struct {
    struct rk_rubric_options rubrics;
    const char *weights, *measures, *partial;
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
    LONG,
    PARTIAL
};

static const struct argp_option table[] = {
    {"rubric", RUBRIC, "FILE", 0,
     N_("weights of groups and stages, as JSON, and how ratings become scores; repeatable, then "
        "recruitments tell which has which"),
     0},
    {"rubrics", RUBRICS, "DIR", 0,
     N_("all rubrics (*.json) in this folder (rubrics in --data, where it is there)"), 0},
    {"weights", WEIGHTS, "TEXT", 0,
     N_("weights of the groups, like user=1,staff=1; 0 = advisory (the rubric's, or equal)"), 0},
    {"basis", BASIS, RK_BASIS_WORDS, 0,
     N_("which sheets of a group to take where it has both; never their mean (individual)"), 0},
    {"empty-group", EMPTY, RK_EMPTY_WORDS, 0,
     N_("a candidate whom a whole group did not rate: no rank, an error, or ranked by the rest of "
        "the groups (mark)"),
     0},
    {"stages", STAGES, RK_STAGES_WORDS, 0,
     N_("a ranking per stage, one by the rubric's stage weights, or both (both, where the rubric "
        "weighs stages)"),
     0},
    {"method", METHOD, RK_METHOD_WORDS, 0, N_("how voices are combined (mean)"), 0},
    {"strength", STRENGTH, RK_STRENGTH_WORDS, 0,
     N_("schulze, ranked-pairs, minimax: a win is as strong as the support for it, or as its "
        "margin "
        "(winning)"),
     0},
    {"unranked", UNRANKED, RK_UNRANKED_WORDS, 0,
     N_("borda and methods on pairs: whom a rater leaves out stands last, gets no points, or is "
        "not "
        "compared (last for ballots, apart for scores)"),
     0},
    {"ties", TIES, RK_TIES_WORDS, 0,
     N_("methods on pairs: two whom a rater puts alike support neither, or each by half (none)"),
     0},
    {"equal-wins", WINS, RK_WINS_WORDS, 0,
     N_("ranked-pairs: wins of equal strength count where no cycle closes among them, or in an "
        "order "
        "drawn by lot from --seed (together)"),
     0},
    {"trim", TRIM, "NUMBER", 0, N_("trimmed: the share of raters left out at either end (0.2)"), 0},
    {"deviation", DEVIATION, RK_DEVIATION_WORDS, 0,
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
    {"partial", PARTIAL, "sums|voices", OPTION_ARG_OPTIONAL,
     N_("this is a part: write what rk-merge joins to the ranking, as JSON lines; voices: each "
        "rater's scores too, where the sums would do but for rk-merge --measures (sums)"),
     0},
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
    case BASIS: options.basis = rk_choice("basis", RK_BASIS_WORDS, arg); break;
    case EMPTY: options.empty = rk_choice("empty-group", RK_EMPTY_WORDS, arg); break;
    case STAGES: options.stages = rk_choice("stages", RK_STAGES_WORDS, arg); break;
    case METHOD: options.method = rk_choice("method", RK_METHOD_WORDS, arg); break;
    case STRENGTH: options.strength = rk_choice("strength", RK_STRENGTH_WORDS, arg); break;
    case UNRANKED: options.unranked = rk_choice("unranked", RK_UNRANKED_WORDS, arg); break;
    case TIES: options.ties = rk_choice("ties", RK_TIES_WORDS, arg); break;
    case WINS: options.wins = rk_choice("equal-wins", RK_WINS_WORDS, arg); break;
    case TRIM:
        options.trim = rk_option_fixed("trim", arg);
        if (options.trim < 0 || 2 * options.trim >= RK_FIXED_ONE)
            rk_usage(_("--trim: expected a share of at least 0 and less than 0.5"));
        break;
    case DEVIATION: options.deviation = rk_choice("deviation", RK_DEVIATION_WORDS, arg); break;
    case EQUALISE: options.equalise = true; break;
    case BOOTSTRAP: options.draws = rk_option_int("bootstrap", arg, 1, 1000000); break;
    case MEASURES: options.measures = arg; break;
    case TOP: options.top = rk_option_int("top", arg, 1, 1000000); break;
    case LONG: options.in_long = true; break;
    case PARTIAL:
        options.partial = "sums";
        if (arg && rk_choice("partial", "sums|voices", arg))
            options.partial = "voices";
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* What the run holds; freed at its end. */
struct work {
    struct rk_ids ids;
    struct rk_rubrics rubrics;
    struct rk_group_weight *weights;
    size_t weight_count;
    struct rk_contender *contenders;
    size_t contender_count, contender_room;
    struct rk_aggregate *aggregate;
    struct rk_table *table; /* the main one */
    struct rk_partial part;
    uint64_t raw; /* scores read that no rubric has brought to 0 to 100 */
};

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
    const struct rk_scorer_options how = {.rubrics = &work->rubrics, .partial = options.partial};
    struct rk_ratings reader = {.ids = &work->ids};
    struct rk_score score;
    struct rk_scorer *scorer = rk_scorer_new(&how, &work->ids);
    enum rk_status status = rk_ratings_read(&reader, ratings, rk_scorer_add, scorer, error);
    if (!status)
        status = rk_scorer_finish(scorer, error);
    if (!status)
        rk_run_tell_empty(run, scorer);
    for (size_t i = 0; !status && i < rk_scorer_count(scorer); i++) {
        rk_scorer_get(scorer, i, &score);
        status = rk_aggregate_add(work->aggregate, &score, 0, error);
    }
    if (!status && options.partial)
        rk_scorer_give(scorer, &work->part);
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
        .partial = options.partial,
        .method = method_asked(run, !strcmp(schema, "ballots")),
    };
    work->aggregate = rk_aggregate_new(&how, &work->ids);
    if (options.partial)
        rk_aggregate_define(&how, &work->ids, schema,
                            !strcmp(options.partial, "voices") ||
                                rk_aggregate_needs_voices(work->aggregate),
                            &work->part);
    work->table = table_read;
    if (strcmp(schema, "ratings") != 0)
        return rk_scores_read(table_read, &work->ids, take_score, work, error);
    if (!work->rubrics.count)
        return rk_fail(error, RK_BAD_USE,
                       _("these are ratings: --rubric is needed, or rk-score before"));
    return add_ratings(run, work, table_read, error);
}

/* What rk-merge needs, instead of a ranking. */
static void write_part(struct rk_run *run, struct work *work)
{
    const char *hash;
    for (size_t i = 0; (hash = rk_table_hash(work->table, i)); i++)
        rk_partial_shard(&work->part, hash);
    work->part.raw = work->rubrics.count ? work->raw : 0;
    work->part.rejected = rk_table_rows_rejected(work->table);
    rk_aggregate_give(work->aggregate, &work->part);
    rk_partial_write(&work->part, &work->ids, rk_run_out(run));
}

static enum rk_status check_options(const struct rk_run *run, struct rk_error *error)
{
    if (options.equalise && rk_method_on_pairs((enum rk_method)options.method))
        return rk_fail(error, RK_BAD_USE,
                       _("--equalise: methods on pairs have no effective weights"));
    if (options.partial && (options.measures || options.in_long || run->form != RK_CSV))
        return rk_fail(error, RK_BAD_USE,
                       _("--partial: --measures, --long and --to are for rk-merge"));
    return RK_OK;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work work = {0};
    enum rk_status status = check_options(run, error);
    if (options.partial)
        rk_run_hash(run);
    if (!status)
        status = rk_run_rubrics(run, &work.rubrics, &options.rubrics, true, &work.ids, error);
    if (!status)
        status = rk_aggregate_weights(options.weights, &work.ids, &work.weights, &work.weight_count,
                                      error);
    if (!status)
        status = add_input(run, &work, error);
    if (!status && options.partial)
        write_part(run, &work);
    else if (!status)
        status = rk_run_ranking(run, work.aggregate, &work.ids,
                                &(struct rk_ranking_output){options.measures, options.in_long,
                                                            work.rubrics.count ? work.raw : 0},
                                error);
    rk_partial_free(&work.part);
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
    "rk-aggregate --partial --rubric rubric.json -o 0000.jsonl parts/0000.csv",
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
