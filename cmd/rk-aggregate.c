/* rk-aggregate: scores (or ratings and rubrics) in, one ranking per recruitment out. */
#include "tool/aggregation.h"

static struct {
    struct rk_aggregation_options rule;
    const char *measures;
    int64_t draws, top;
    bool in_long;
} options = {.rule = RK_AGGREGATION_USUAL, .top = 3};

enum { BOOTSTRAP = RK_AGGREGATION_END, MEASURES, TOP, LONG };

static const struct argp_option table[] = {
    RK_AGGREGATION_OPTIONS,
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
    case BOOTSTRAP: options.draws = rk_option_int("bootstrap", arg, 1, 1000000); break;
    case MEASURES: options.measures = arg; break;
    case TOP: options.top = rk_option_int("top", arg, 1, 1000000); break;
    case LONG: options.in_long = true; break;
    default: return rk_aggregation_parse(&options.rule, key, arg);
    }
    return 0;
}

/* What the run holds; freed at its end. */
struct work {
    struct rk_aggregation input;
    struct rk_scorer *scorer; /* of ratings */
    struct rk_aggregate *aggregate;
};

static enum rk_status take_rating(void *context, const struct rk_rating *rating,
                                  struct rk_error *error)
{
    return rk_scorer_add(((struct work *)context)->scorer, rating, error);
}

static enum rk_status take_score(void *context, const struct rk_score *score, uint32_t place,
                                 struct rk_error *error)
{
    return rk_aggregate_add(((struct work *)context)->aggregate, score, place, error);
}

/* Ratings have become scores as they do in rk-score, and go on as it would have printed them. */
static enum rk_status add_scored(struct rk_run *run, struct work *work, struct rk_error *error)
{
    struct rk_buf empty = {0};
    struct rk_score score;
    enum rk_status status = rk_scorer_finish(work->scorer, error);
    if (!status && rk_scorer_tell_empty(work->scorer, &empty))
        rk_run_note(run, "%s", empty.text);
    rk_buf_free(&empty);
    for (size_t i = 0; !status && i < rk_scorer_count(work->scorer); i++) {
        rk_scorer_get(work->scorer, i, &score);
        status = rk_aggregate_add(work->aggregate, &score, 0, error);
    }
    rk_scorer_free(work->scorer); /* before the ranking takes its memory */
    work->scorer = NULL;
    return status;
}

static enum rk_status add_input(struct rk_run *run, struct work *work, struct rk_error *error)
{
    struct rk_aggregate_options how = {.measures = options.measures != NULL,
                                       .draws = (uint64_t)options.draws,
                                       .top = (size_t)options.top};
    const struct rk_scorer_options scoring = {.rubrics = &work->input.rubrics};
    RK_TRY(rk_aggregation_open(run, &work->input, &options.rule, NULL, error));
    rk_aggregation_fill(run, &work->input, options.measures ? 20 : 1, &how);
    work->aggregate = rk_aggregate_new(&how, &work->input.ids);
    if (work->input.is_ratings)
        work->scorer = rk_scorer_new(&scoring, &work->input.ids);
    RK_TRY(rk_aggregation_read(&work->input, take_rating, take_score, work, error));
    return work->scorer ? add_scored(run, work, error) : RK_OK;
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
    const struct rk_ids *ids = &work.input.ids;
    struct rk_out *measures = NULL;
    enum rk_status status = add_input(run, &work, error);
    if (!status)
        status = rk_aggregate_finish(work.aggregate, &result, error);
    if (!status && options.measures)
        status = rk_run_file(run, &measures, options.measures, error);
    if (!status) {
        if (measures)
            rk_ranking_measures_write(result->measures, result->measure_count, ids, measures);
        rk_aggregation_tell(run, &work.input);
        rk_aggregate_tell(result, ids, run->verbose ? SIZE_MAX : 10, take_sentence, run);
        status = result->unproven ? RK_ATTENTION : RK_OK;
        struct rk_writer *writer =
            rk_ranking_open(&result->ranking, ids, options.in_long, rk_run_out(run), run->form);
        rk_ranking_write(&result->ranking, ids, options.in_long, writer);
        rk_writer_finish(writer);
    }
    rk_scorer_free(work.scorer);
    rk_aggregate_free(work.aggregate);
    rk_aggregation_free(&work.input);
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
