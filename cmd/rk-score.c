/* rk-score: ratings in; one score per recruitment, candidate, rater and stage out, or what a model
 * of severity found. */
#include "base/mem.h"
#include "model/candidates.h"
#include "score/adjust.h"
#include "score/estimate.h"
#include "score/raters.h"
#include "score/rows.h"
#include "tool/rubrics.h"

static struct {
    struct rk_rubric_options rubrics;
    bool has_scale;
    rk_fixed least, most;
    size_t adjust, estimation, thresholds, parts;
    unsigned by;
    bool raters, estimates, by_given, adjust_given;
    const char *bias;
} options = {.by = RK_BY_RECRUITMENT | RK_BY_STAGE | RK_BY_GROUP};

enum { RUBRIC = 0x100, RUBRICS, SCALE, ADJUST, ESTIMATION, THRESHOLDS, BY, PARTS, RATERS };
enum { ESTIMATES = RATERS + 1, BIAS };
enum { NONE, CENTER, ZSCORE, ADDITIVE, RANDOM, RASCH };
enum { SHARED = 1, CRITERION };
enum { REFUSE = 1, APART };
enum { DEFAULT, REML, ML, JML, MML }; /* the word's place + 1, 0 = not given */
static const char adjusts[] = "none|center|zscore|additive|random|rasch";
static const char estimations[] = "reml|ml|jml|mml";

static const struct argp_option table[] = {
    {"rubric", RUBRIC, "FILE", RK_AGAIN,
     N_("criteria, scales, weights and stages, as JSON; repeatable, then recruitments tell which "
        "has which"),
     0},
    {"rubrics", RUBRICS, "DIR", 0,
     N_("all rubrics (*.json) in this folder (rubrics in --data, where it is there)"), 0},
    {"scale", SCALE, "MIN:MAX", 0,
     N_("without a rubric: all ratings are on this scale, which becomes 0 to 100"), 0},
    {"adjust", ADJUST, "none|center|zscore|additive|random|rasch", 0,
     N_("how rater severity is taken out (none; with --raters: additive)"), 0},
    {"estimation", ESTIMATION, "reml|ml|jml|mml", 0,
     N_("how random (reml) or rasch (jml) is estimated: restricted or full maximum likelihood; "
        "joint or marginal"),
     0},
    {"thresholds", THRESHOLDS, "shared|criterion", 0,
     N_("rasch: all criteria have the same steps between categories (a rating scale), or each its "
        "own (partial credit) (shared)"),
     0},
    {"by", BY, "COLUMN", 0,
     N_("the model is fitted within each of these, joined by commas: recruitment_id, stage, "
        "rater_group, or none (all three)"),
     0},
    {"parts", PARTS, "refuse|apart", 0,
     N_("raters and candidates that fall into parts which nothing joins: an error, or each part by "
        "itself, never to be compared (refuse)"),
     0},
    {"raters", RATERS, NULL, 0,
     N_("print one row per rater instead: severity, spread, agreement, and what to look at"), 0},
    {"estimates", ESTIMATES, NULL, 0, N_("print every number the model found instead"), 0},
    {"bias", BIAS, "COLUMN", 0,
     N_("rasch, with --estimates: each rater's bias for candidates by this column of candidates"),
     0},
    {0}};

static void read_scale(const char *arg)
{
    const char *colon = strchr(arg, ':');
    if (!colon || !rk_fixed_parse((struct rk_text){arg, (size_t)(colon - arg)}, &options.least) ||
        !rk_fixed_parse(rk_text(colon + 1), &options.most) || options.least >= options.most)
        rk_usage(_("--scale: expected two numbers, the lower first, like 1:5"));
    options.has_scale = true;
}

/* recruitment_id,stage */
static void read_by(const char *arg)
{
    options.by = 0;
    options.by_given = true;
    if (!strcmp(arg, "none"))
        return;
    for (const char *at = arg; at;) {
        char name[32] = "";
        size_t size = strcspn(at, ",");
        if (size < sizeof name)
            memcpy(name, at, size);
        options.by |= 1u << rk_choice("by", "recruitment_id|stage|rater_group", name);
        at = at[size] ? at + size + 1 : NULL;
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)state;
    switch (key) {
    case RUBRIC:
        RK_GROW(options.rubrics.files, options.rubrics.count, options.rubrics.room);
        options.rubrics.files[options.rubrics.count++] = arg;
        break;
    case RUBRICS: options.rubrics.folder = arg; break;
    case SCALE: read_scale(arg); break;
    case ADJUST:
        options.adjust = rk_choice("adjust", adjusts, arg);
        options.adjust_given = true;
        break;
    case ESTIMATION: options.estimation = 1 + rk_choice("estimation", estimations, arg); break;
    case THRESHOLDS:
        options.thresholds = 1 + rk_choice("thresholds", "shared|criterion", arg);
        break;
    case BY: read_by(arg); break;
    case PARTS: options.parts = 1 + rk_choice("parts", "refuse|apart", arg); break;
    case RATERS: options.raters = true; break;
    case ESTIMATES: options.estimates = true; break;
    case BIAS: options.bias = arg; break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

/* Options that say nothing together are refused, not ignored. */
static enum rk_status check_together(struct rk_error *error)
{
    if (options.raters && options.estimates)
        return rk_fail(error, RK_BAD_USE, _("--raters and --estimates: one of them at a time"));
    if (options.raters && !options.adjust_given)
        options.adjust = ADDITIVE;
    bool model = options.adjust >= ADDITIVE, rasch = options.adjust == RASCH;
    if ((options.raters || options.estimates) && !model)
        return rk_fail(error, RK_BAD_USE, _("%s needs --adjust additive, random or rasch"),
                       options.raters ? "--raters" : "--estimates");
    if (!model && (options.by_given || options.parts))
        return rk_fail(error, RK_BAD_USE, _("%s needs --adjust additive, random or rasch"),
                       options.by_given ? "--by" : "--parts");
    if (options.thresholds && !rasch)
        return rk_fail(error, RK_BAD_USE, _("--thresholds is for --adjust rasch"));
    if (options.bias && !(rasch && options.estimates))
        return rk_fail(error, RK_BAD_USE, _("--bias is for --adjust rasch with --estimates"));
    bool fits = options.estimation == DEFAULT ||
                (options.adjust == RANDOM && options.estimation <= ML) ||
                (rasch && options.estimation >= JML);
    return fits ? RK_OK
                : rk_fail(error, RK_BAD_USE,
                          _("--estimation: reml or ml with --adjust random, jml or mml with "
                            "--adjust rasch"));
}

static enum rk_status load_rubrics(struct rk_run *run, struct rk_rubrics *rubrics,
                                   struct rk_ids *ids, struct rk_error *error)
{
    if (options.has_scale && rk_rubrics_named(&options.rubrics))
        return rk_fail(error, RK_BAD_USE, _("--scale is for ratings without a rubric"));
    enum rk_status status =
        rk_run_rubrics(run, rubrics, &options.rubrics, !options.has_scale, ids, error);
    if (!status && !rubrics->count && !options.has_scale && rk_run_given(run, "recruitments"))
        rk_run_warn(run, _("the recruitments name rubrics and none was given: scores stay raw, and "
                           "reversed criteria are not turned round"));
    return status;
}

/* Scores adjusted within panels, all at hand at once. */
static enum rk_status adjust_panels(struct rk_run *run, struct rk_score *all, size_t count,
                                    const struct rk_ids *ids, struct rk_adjustment *adjustment,
                                    struct rk_error *error)
{
    enum rk_status status =
        rk_adjust(all, count, options.adjust == CENTER ? RK_ADJUST_CENTER : RK_ADJUST_ZSCORE, ids,
                  adjustment, error);
    rk_adjustment_log(adjustment, ids, run->log);
    if (!status && adjustment->no_spread && options.adjust == ZSCORE)
        rk_run_warn(run, _("raters who gave everyone the same score, z-score 0 (no_spread): %llu"),
                    (unsigned long long)adjustment->no_spread);
    return status;
}

static enum rk_status write_scores(struct rk_run *run, struct rk_scorer *scorer,
                                   const struct rk_severities *severities, const struct rk_ids *ids,
                                   bool has_count, struct rk_error *error)
{
    struct rk_score_rows rows = {scorer, NULL, severities, ids, {has_count}};
    struct rk_writer_column columns[16];
    struct rk_adjustment adjustment = {0};
    struct rk_score *all = NULL;
    size_t count = rk_scorer_count(scorer);
    enum rk_status status = RK_OK;
    if (options.adjust == CENTER || options.adjust == ZSCORE) {
        all = rk_resize(NULL, count + 1, sizeof *all);
        for (size_t i = 0; i < count; i++)
            rk_scorer_get(scorer, i, &all[i]);
        status = adjust_panels(run, all, count, ids, &adjustment, error);
    }
    if (!status) {
        rows.all = all;
        struct rk_writer *writer =
            rk_run_writer(run, columns, rk_scores_columns(&rows.form, columns));
        rk_score_rows_write(&rows, run->threads, writer);
        rk_writer_finish(writer);
    }
    rk_adjustment_free(&adjustment);
    rk_free(all);
    return status;
}

static void take_estimate(void *context, const struct rk_estimate *estimate)
{
    void **both = context;
    rk_estimates_write(both[0], estimate, both[1]);
}

static void write_estimates(struct rk_run *run, const struct rk_severities *severities,
                            const struct rk_ids *ids, const struct rk_bias_groups *groups)
{
    struct rk_writer_column columns[RK_ESTIMATES_COLUMNS];
    rk_estimates_columns(columns);
    struct rk_writer *writer = rk_run_writer(run, columns, RK_ESTIMATES_COLUMNS);
    rk_estimate_all(severities, ids, groups, take_estimate, (void *[]){(void *)ids, writer});
    rk_writer_finish(writer);
}

static void write_raters(struct rk_run *run, const struct rk_severities *severities,
                         const struct rk_ids *ids)
{
    struct rk_writer_column columns[RK_SEVERITIES_COLUMNS];
    struct rk_rater_row *rows;
    size_t count = rk_rater_rows(severities, &rows);
    rk_severities_columns(columns);
    struct rk_writer *writer = rk_run_writer(run, columns, RK_SEVERITIES_COLUMNS);
    rk_run_speak(run, true);
    for (size_t i = 0; i < count; i++)
        rk_severities_write(ids, &rows[i], writer);
    rk_run_speak(run, false);
    rk_writer_finish(writer);
    rk_free(rows);
}

/* What the run holds; freed at its end. */
struct work {
    struct rk_ids ids;
    struct rk_rubrics rubrics;
    struct rk_scorer *scorer;
    struct rk_rated *rated; /* NULL without a model */
    struct rk_severities severities;
    struct rk_strings names; /* of groups of candidates */
    uint32_t *of;            /* which candidate is of which */
    struct rk_bias_groups groups;
};

/* The groups of candidates by the column of --bias. */
static enum rk_status read_groups(struct rk_run *run, struct work *work, struct rk_error *error)
{
    struct rk_table *candidates = NULL;
    RK_TRY(rk_run_table(run, &candidates, "candidates", error));
    if (!candidates)
        return rk_fail(error, RK_BAD_USE,
                       _("--bias: --candidates (or --data) must tell who is what"));
    RK_TRY(rk_candidates_groups(candidates, options.bias, &work->ids, &work->names, &work->of,
                                &work->groups.of_count, error));
    work->groups.of = work->of;
    work->groups.names = &work->names;
    return RK_OK;
}

/* What falls into parts is told by name, and refused unless asked for. */
static enum rk_status judge_parts(struct rk_run *run, const struct work *work,
                                  struct rk_error *error)
{
    size_t apart = rk_rated_log_parts(work->rated, &work->ids, run->log,
                                      options.parts == APART ? RK_WARNING : RK_ERROR);
    if (!apart || options.parts == APART)
        return apart ? RK_ATTENTION : RK_OK;
    return rk_fail(error, RK_BAD_DATA,
                   _("panels in parts that nothing joins: %zu; numbers of one part say nothing "
                     "beside those of another (--parts apart takes each by itself)"),
                   apart);
}

static enum rk_status take_rating(void *context, const struct rk_rating *rating,
                                  struct rk_error *error)
{
    struct work *work = context;
    if (work->rated)
        RK_TRY(rk_rated_add(work->rated, rating, error));
    return options.raters || options.estimates ? RK_OK : rk_scorer_add(work->scorer, rating, error);
}

/* Fits the model; RK_ATTENTION where somebody must look. */
static enum rk_status fit(struct rk_run *run, struct work *work, struct rk_error *error)
{
    const struct rk_severity_options how = {
        .model = options.adjust == ADDITIVE ? RK_SEVERITY_ADDITIVE
                 : options.adjust == RANDOM ? RK_SEVERITY_RANDOM
                                            : RK_SEVERITY_RASCH,
        .marginal = options.estimation == ML || options.estimation == MML,
        .partial_credit = options.thresholds == CRITERION,
        .with_f = options.estimates};
    rk_rated_finish(work->rated, !options.raters && !options.estimates);
    enum rk_status status = judge_parts(run, work, error);
    if (status == RK_BAD_DATA)
        return status;
    rk_severity_fit(&work->severities, work->rated, &how);
    if (rk_severity_log_ends(&work->severities, &work->ids, options.estimates, run->log))
        status = RK_ATTENTION;
    rk_run_note(run,
                _("severity by %s; where raters did not meet candidates at random, additive, "
                  "random and rasch rank differently"),
                rk_severity_method(&how));
    return status;
}

static enum rk_status work_through(struct rk_run *run, struct work *work, struct rk_error *error)
{
    struct rk_table *ratings = NULL;
    struct rk_ratings reader = {.ids = &work->ids};
    struct rk_buf empty = {0};
    enum rk_status attention = RK_OK;
    RK_TRY(load_rubrics(run, &work->rubrics, &work->ids, error));
    RK_TRY(rk_run_table(run, &ratings, "ratings", error));
    const struct rk_scorer_options how = {.rubrics = &work->rubrics,
                                          .has_scale = options.has_scale,
                                          .minimum = options.least,
                                          .maximum = options.most};
    work->scorer = rk_scorer_new(&how, &work->ids);
    if (options.adjust >= ADDITIVE)
        work->rated = rk_rated_new(work->scorer, &work->ids, options.by);
    RK_TRY(rk_ratings_read(&reader, ratings, take_rating, work, error));
    RK_TRY(rk_scorer_finish(work->scorer, error));
    if (rk_scorer_tell_empty(work->scorer, &empty))
        rk_run_note(run, "%s", empty.text);
    rk_buf_free(&empty);
    if (options.bias)
        RK_TRY(read_groups(run, work, error));
    if (work->rated) {
        rk_ids_close(&work->ids);
        attention = fit(run, work, error);
        if (attention == RK_BAD_DATA)
            return attention;
    }
    if (options.estimates)
        write_estimates(run, &work->severities, &work->ids, &work->groups);
    else if (options.raters)
        write_raters(run, &work->severities, &work->ids);
    else
        RK_TRY(write_scores(run, work->scorer, &work->severities, &work->ids, reader.has_count,
                            error));
    return attention;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct work work = {0};
    enum rk_status status = check_together(error);
    if (!status)
        status = work_through(run, &work, error);
    rk_severity_free(&work.severities);
    rk_rated_free(work.rated);
    rk_scorer_free(work.scorer);
    rk_rubrics_free(&work.rubrics);
    rk_ids_free(&work.ids);
    rk_strings_free(&work.names);
    rk_free(work.of);
    rk_free(options.rubrics.files);
    return status;
}

static const struct rk_tool_table inputs[] = {{"ratings", RK_MAIN, rk_ratings_defaults},
                                              {"recruitments", RK_OPTIONAL, NULL},
                                              {"candidates", RK_OPTIONAL, NULL},
                                              {0}};
static const struct rk_tool_table outputs[] = {
    {"scores", RK_MAIN, NULL}, {"severity", RK_MAIN, NULL}, {"estimates", RK_MAIN, NULL}, {0}};
static const char *const examples[] = {
    "rk-score --rubric rubric.json ratings.csv",
    "rk-score --scale 1:5 --adjust center ratings.csv",
    "rk-score --map candidate_id=unit --map rater_id=rater foreign.csv",
    "rk-score --adjust additive ratings.csv",
    "rk-score --raters --to table ratings.csv",
    "rk-score --adjust rasch --estimates ratings.csv",
    NULL};

static const struct rk_tool tool = {
    .name = "rk-score",
    .purpose = N_("turn ratings into scores, one per candidate, rater and stage"),
    .operands = "[FILE…]",
    .options = table,
    .parse = parse,
    .flags = RK_HAS_FORMS | RK_HAS_THREADS,
    .inputs = inputs,
    .outputs = outputs,
    .examples = examples,
    .run = run,
};

int main(int argc, char **argv) { return rk_tool_main(&tool, argc, argv); }
