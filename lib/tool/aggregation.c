#include "tool/aggregation.h"

error_t rk_aggregation_parse(struct rk_aggregation_options *o, int key, char *arg)
{
    switch (key) {
    case RK_AGGREGATION_RUBRIC:
        RK_GROW(o->rubrics.files, o->rubrics.count, o->rubrics.room);
        o->rubrics.files[o->rubrics.count++] = arg;
        break;
    case RK_AGGREGATION_RUBRICS: o->rubrics.folder = arg; break;
    case RK_AGGREGATION_WEIGHTS: o->weights = arg; break;
    case RK_AGGREGATION_BASIS: o->basis = rk_choice("basis", RK_BASIS_WORDS, arg); break;
    case RK_AGGREGATION_EMPTY: o->empty = rk_choice("empty-group", RK_EMPTY_WORDS, arg); break;
    case RK_AGGREGATION_STAGES: o->stages = rk_choice("stages", RK_STAGES_WORDS, arg); break;
    case RK_AGGREGATION_METHOD: o->method = rk_choice("method", RK_METHOD_WORDS, arg); break;
    case RK_AGGREGATION_STRENGTH:
        o->strength = rk_choice("strength", RK_STRENGTH_WORDS, arg);
        break;
    case RK_AGGREGATION_UNRANKED:
        o->unranked = rk_choice("unranked", RK_UNRANKED_WORDS, arg);
        break;
    case RK_AGGREGATION_TIES: o->ties = rk_choice("ties", RK_TIES_WORDS, arg); break;
    case RK_AGGREGATION_WINS: o->wins = rk_choice("equal-wins", RK_WINS_WORDS, arg); break;
    case RK_AGGREGATION_TRIM:
        o->trim = rk_option_fixed("trim", arg);
        if (o->trim < 0 || 2 * o->trim >= RK_FIXED_ONE)
            rk_usage(_("--trim: expected a share of at least 0 and less than 0.5"));
        break;
    case RK_AGGREGATION_DEVIATION:
        o->deviation = rk_choice("deviation", RK_DEVIATION_WORDS, arg);
        break;
    case RK_AGGREGATION_EQUALISE: o->equalise = true; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    o->given |= 1u << (key - RK_AGGREGATION_RUBRIC);
    return 0;
}

/* Options that say nothing of the method are refused, not ignored, unless they ask for what is usual. */
static enum rk_status check_method(const struct rk_aggregation_options *o, struct rk_error *error)
{
    enum {
        PAIRS = 1u << RK_METHOD_COPELAND | 1u << RK_METHOD_SCHULZE | 1u << RK_METHOD_RANKED_PAIRS |
                1u << RK_METHOD_MINIMAX | 1u << RK_METHOD_KEMENY
    };
    const struct {
        enum rk_aggregation_key key;
        unsigned methods; /* bit per method */
        const char *option, *names;
        bool asks;
    } bound[] = {
        {RK_AGGREGATION_STRENGTH,
         1u << RK_METHOD_SCHULZE | 1u << RK_METHOD_RANKED_PAIRS | 1u << RK_METHOD_MINIMAX,
         "strength", "schulze, ranked-pairs, minimax", o->strength},
        {RK_AGGREGATION_UNRANKED, PAIRS | 1u << RK_METHOD_BORDA, "unranked",
         "borda, copeland, schulze, ranked-pairs, minimax, kemeny", true},
        {RK_AGGREGATION_TIES, PAIRS, "ties", "copeland, schulze, ranked-pairs, minimax, kemeny",
         o->ties},
        {RK_AGGREGATION_WINS, 1u << RK_METHOD_RANKED_PAIRS, "equal-wins", "ranked-pairs", o->wins},
        {RK_AGGREGATION_TRIM, 1u << RK_METHOD_TRIMMED, "trim", "trimmed", true},
        {RK_AGGREGATION_DEVIATION, 1u << RK_METHOD_STANDARDISED, "deviation", "standardised",
         o->deviation}};
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++)
        if (bound[i].asks && o->given >> (bound[i].key - RK_AGGREGATION_RUBRIC) & 1 &&
            !(bound[i].methods >> o->method & 1))
            return rk_fail(error, RK_BAD_USE, _("--%s says nothing here; it is for --method %s"),
                           bound[i].option, bound[i].names);
    return RK_OK;
}

static enum rk_status read_candidates(struct rk_aggregation *a, struct rk_table *candidates,
                                      struct rk_error *error)
{
    const struct rk_schema *schema = rk_table_schema(candidates);
    size_t id = rk_schema_field(schema, "candidate_id"),
           recruitment = rk_schema_field(schema, "recruitment_id"),
           state = rk_schema_field(schema, "status"), since = rk_schema_field(schema, "status_on"),
           reached = rk_schema_field(schema, "stage_reached");
    struct rk_tuples known = {.width = 2};
    enum rk_status status;
    for (const struct rk_row *row;
         (status = rk_table_next(candidates, &row, error)) == RK_OK && row;) {
        const struct rk_value *v = row->values;
        struct rk_contender c = {
            .recruitment = rk_id(&a->ids, RK_ID_RECRUITMENT, rk_value_text(&v[recruitment])),
            .candidate = rk_id(&a->ids, RK_ID_CANDIDATE, rk_value_text(&v[id])),
            .reached = RK_NONE};
        if (v[reached].size)
            c.reached = rk_id(&a->ids, RK_ID_STAGE, rk_value_text(&v[reached]));
        if (rk_text_is(rk_value_text(&v[state]), "withdrawn"))
            c.status = RK_CONTENDER_WITHDRAWN;
        else if (rk_text_is(rk_value_text(&v[state]), "ineligible"))
            c.status = RK_CONTENDER_INELIGIBLE;
        uint32_t before = known.count;
        if (rk_tuples_add(&known, (uint32_t[]){c.recruitment, c.candidate}) != before) {
            rk_table_reject(candidates, id, _("this candidate is there already"));
            continue;
        }
        RK_GROW(a->since, a->contender_count, a->since_room);
        a->since[a->contender_count] = rk_cell_date(&v[since]);
        RK_GROW(a->contenders, a->contender_count, a->contender_room);
        a->contenders[a->contender_count++] = c;
    }
    rk_tuples_free(&known);
    return status;
}

static enum rk_status read_rubrics(struct rk_run *run, struct rk_aggregation *a,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_error *error)
{
    const struct rk_rubric_options *o = &a->options->rubrics;
    if (!recruitments)
        return rk_run_rubrics(run, &a->rubrics, o, true, &a->ids, error);
    const char *folder = rk_rubrics_named(o) ? o->folder : rk_run_folder(run, "rubrics");
    RK_TRY(rk_rubrics_load(&a->rubrics, o->files, o->count, folder, error));
    for (uint32_t r = 0; a->rubrics.count && r < recruitments->count; r++) /* each is there once */
        rk_rubrics_set(&a->rubrics,
                       rk_id(&a->ids, RK_ID_RECRUITMENT, recruitments->rows[r].recruitment_id),
                       recruitments->rows[r].rubric);
    return RK_OK;
}

enum rk_status rk_aggregation_open(struct rk_run *run, struct rk_aggregation *a,
                                   const struct rk_aggregation_options *options,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_error *error)
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
    struct rk_table *candidates = NULL;
    a->options = options;
    if (options->equalise && rk_method_on_pairs((enum rk_method)options->method))
        return rk_fail(error, RK_BAD_USE,
                       _("--equalise: methods on pairs have no effective weights"));
    RK_TRY(check_method(options, error));
    RK_TRY(read_rubrics(run, a, recruitments, error));
    RK_TRY(rk_aggregate_weights(options->weights, &a->ids, &a->weights, &a->weight_count, error));
    bool package =
        !run->operand_count && !rk_rubrics_named(&options->rubrics) && rk_run_given(run, "scores");
    RK_TRY(rk_run_table(run, &candidates, "candidates", error));
    a->has_contenders = candidates != NULL;
    if (candidates)
        RK_TRY(read_candidates(a, candidates, error));
    RK_TRY(rk_run_main(run, &a->main, (a->rubrics.count ? with_rubric : plain) + package, error));
    const char *schema = rk_table_schema(a->main)->name;
    a->is_ratings = !strcmp(schema, "ratings");
    a->is_ballots = !strcmp(schema, "ballots");
    if (!strcmp(schema, "scores") && rk_extra_column(a->main, "rank") != SIZE_MAX)
        rk_run_warn(run, _("there are both score and rank: the scores are read, the ranks are not"));
    return RK_OK;
}

void rk_aggregation_fill(const struct rk_run *run, const struct rk_aggregation *a, size_t listed,
                         struct rk_aggregate_options *how)
{
    const struct rk_aggregation_options *o = a->options;
    size_t usual = a->is_ballots ? RK_UNRANKED_LAST : RK_UNRANKED_APART;
    how->rubrics = &a->rubrics;
    how->weights = a->weights;
    how->weight_count = a->weight_count;
    how->contenders = a->contenders;
    how->contender_count = a->contender_count;
    how->has_contenders = a->has_contenders;
    how->basis = (enum rk_basis)o->basis;
    how->empty = (enum rk_empty_group)o->empty;
    how->stages = (enum rk_stages)o->stages;
    how->ranks = a->is_ballots;
    how->threads = run->threads;
    how->method = (struct rk_method_options){
        .method = (enum rk_method)o->method,
        .strength = (enum rk_strength)o->strength,
        .unranked = (enum rk_unranked)(o->unranked == SIZE_MAX ? usual : o->unranked),
        .half = o->ties,
        .lots = o->wins,
        .population = o->deviation,
        .equalise = o->equalise,
        .trim = o->trim,
        .seed = run->seed,
        .listed = listed};
}

struct reading {
    struct rk_aggregation *aggregation;
    rk_take_score *take;
    void *context;
};

static enum rk_status take_score(void *context, const struct rk_score *score, uint32_t place,
                                 struct rk_error *error)
{
    struct reading *r = context;
    r->aggregation->raw += !score->percent;
    return r->take(r->context, score, place, error);
}

enum rk_status rk_aggregation_read(struct rk_aggregation *a, rk_take_rating *take_rating,
                                   rk_take_score *take, void *context, struct rk_error *error)
{
    struct rk_ratings ratings = {.ids = &a->ids};
    struct reading reading = {a, take, context};
    if (!a->is_ratings)
        return rk_scores_read(a->main, &a->ids, take_score, &reading, error);
    if (!a->rubrics.count)
        return rk_fail(error, RK_BAD_USE,
                       _("these are ratings: --rubric is needed, or rk-score before"));
    return rk_ratings_read(&ratings, a->main, take_rating, context, error);
}

void rk_aggregation_tell(struct rk_run *run, const struct rk_aggregation *a)
{
    if (a->raw && a->rubrics.count)
        rk_run_warn(run,
                    _("scores that no rubric has scaled (raw): %llu; in them reversed criteria "
                      "are not turned round. Was rk-score run without --rubric?"),
                    (unsigned long long)a->raw);
}

void rk_aggregation_free(struct rk_aggregation *a)
{
    rk_rubrics_free(&a->rubrics);
    rk_free(a->weights);
    rk_free(a->contenders);
    rk_free(a->since);
    rk_ids_free(&a->ids);
    if (a->options)
        rk_free(a->options->rubrics.files);
    *a = (struct rk_aggregation){0};
}
