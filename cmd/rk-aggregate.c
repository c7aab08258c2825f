/* rk-aggregate: scores (or ratings and rubrics) in, one ranking per recruitment out. */
#include "tool/aggregation.h"
#include "tool/ranking.h"

static struct {
    struct rk_aggregation_options rule;
    const char *measures, *partial;
    int64_t draws, top;
    bool in_long, top_given;
} options = {.rule = RK_AGGREGATION_USUAL, .top = 3};

enum { BOOTSTRAP = RK_AGGREGATION_END, MEASURES, TOP, LONG, PARTIAL };

static const struct argp_option table[] = {
    RK_AGGREGATION_OPTIONS,
    {"bootstrap", BOOTSTRAP, "N", 0,
     N_("draw raters N times: intervals, chance of being first; all ways of drawing where they are "
        "few"),
     0},
    {"measures", MEASURES, "FILE", RK_MAKES,
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
    case BOOTSTRAP: options.draws = rk_option_int("bootstrap", arg, 1, 1000000); break;
    case MEASURES: options.measures = arg; break;
    case TOP:
        options.top = rk_option_int("top", arg, 1, 1000000);
        options.top_given = true;
        break;
    case LONG: options.in_long = true; break;
    case PARTIAL:
        options.partial = "sums";
        if (arg && rk_choice("partial", "sums|voices", arg))
            options.partial = "voices";
        break;
    default: return rk_aggregation_parse(&options.rule, key, arg);
    }
    return 0;
}

/* What the run holds; freed at its end. */
struct work {
    struct rk_aggregation input;
    struct rk_scorer *scorer; /* of ratings */
    struct rk_aggregate *aggregate;
    struct rk_partial part;
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

/* Ratings have become scores as they do in rk-score, and go on as it would have printed them: most
 * have, while they were read. */
static enum rk_status add_scored(struct rk_run *run, struct work *work, struct rk_error *error)
{
    struct rk_score score;
    enum rk_status status = rk_scorer_finish(work->scorer, error);
    if (!status)
        rk_run_tell_empty(run, work->scorer);
    for (size_t i = 0; !status && i < rk_scorer_count(work->scorer); i++) {
        rk_scorer_get(work->scorer, i, &score);
        status = rk_aggregate_add(work->aggregate, &score, 0, error);
    }
    if (!status)
        rk_aggregate_take_gates(work->aggregate, work->scorer);
    if (!status && options.partial)
        rk_scorer_give(work->scorer, &work->part);
    rk_scorer_free(work->scorer); /* before the ranking takes its memory */
    work->scorer = NULL;
    return status;
}

static enum rk_status add_input(struct rk_run *run, struct work *work, struct rk_error *error)
{
    struct rk_aggregate_options how = {.measures = options.measures != NULL,
                                       .draws = (uint64_t)options.draws,
                                       .top = (size_t)options.top,
                                       .partial = options.partial};
    const struct rk_scorer_options scoring = {.rubrics = &work->input.rubrics,
                                              .partial = options.partial,
                                              .take = options.partial ? NULL : take_score,
                                              .context = work};
    RK_TRY(rk_aggregation_open(run, &work->input, &options.rule, NULL, error));
    rk_aggregation_fill(run, &work->input, options.measures ? 20 : 1, &how);
    work->aggregate = rk_aggregate_new(&how, &work->input.ids);
    if (options.partial)
        rk_aggregate_define(&how, &work->input.ids, rk_table_schema(work->input.main)->name,
                            !strcmp(options.partial, "voices") ||
                                rk_aggregate_needs_voices(work->aggregate),
                            &work->part);
    if (work->input.is_ratings)
        work->scorer = rk_scorer_new(&scoring, &work->input.ids);
    RK_TRY(rk_aggregation_read(&work->input, take_rating, take_score, work, error));
    return work->scorer ? add_scored(run, work, error) : RK_OK;
}

/* What rk-merge needs, instead of a ranking. */
static void write_part(struct rk_run *run, struct work *work)
{
    const char *hash;
    for (size_t i = 0; (hash = rk_table_hash(work->input.main, i)); i++)
        rk_partial_shard(&work->part, hash);
    work->part.raw = work->input.rubrics.count ? work->input.raw : 0;
    work->part.rejected = rk_table_rows_rejected(work->input.main);
    rk_aggregate_give(work->aggregate, &work->part);
    rk_partial_write(&work->part, &work->input.ids, rk_run_out(run));
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work work = {0};
    if (options.partial && (options.measures || options.in_long || run->form != RK_CSV))
        return rk_fail(error, RK_BAD_USE,
                       _("--partial: --measures, --long and --to are for rk-merge"));
    if (options.partial && rk_utf8_valid(run->seed.text, run->seed.size) != run->seed.size)
        return rk_fail(error, RK_BAD_USE, _("--partial: a seed that is not UTF-8 cannot be passed on"));
    if (options.top_given && !options.measures && !options.partial)
        return rk_fail(error, RK_BAD_USE, _("--top says nothing here; it is for --measures"));
    if (options.partial)
        rk_run_hash(run);
    enum rk_status status = add_input(run, &work, error);
    if (!status && options.partial)
        write_part(run, &work);
    else if (!status)
        status = rk_run_ranking(
            run, work.aggregate, &work.input.ids,
            &(struct rk_ranking_output){options.measures, options.in_long,
                                        work.input.rubrics.count ? work.input.raw : 0},
            error);
    rk_partial_free(&work.part);
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
