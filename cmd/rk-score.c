/* rk-score: ratings in, one score per recruitment, candidate, rater and stage out. */
#include "base/mem.h"
#include "score/adjust.h"
#include "score/score.h"
#include "tool/rubrics.h"

static struct {
    struct rk_rubric_options rubrics;
    bool has_scale;
    rk_fixed least, most;
    size_t adjust;
} options;

enum { RUBRIC = 0x100, RUBRICS, SCALE, ADJUST };
enum { NONE, CENTER, ZSCORE, ADDITIVE };
static const char adjusts[] = "none|center|zscore|additive|random|rasch";

static const struct argp_option table[] = {
    {"rubric", RUBRIC, "FILE", 0,
     N_("criteria, scales, weights and stages, as JSON; repeatable, then recruitments tell which "
        "has "
        "which"),
     0},
    {"rubrics", RUBRICS, "DIR", 0, N_("all rubrics (*.json) in this folder (rubrics in --data, where it is there)"), 0},
    {"scale", SCALE, "MIN:MAX", 0,
     N_("without a rubric: all ratings are on this scale, which becomes 0 to 100"), 0},
    {"adjust", ADJUST, "none|center|zscore|additive|random|rasch", 0,
     N_("how rater severity is taken out (none); the last three are not yet available"), 0},
    {0}};

static void read_scale(const char *arg)
{
    const char *colon = strchr(arg, ':');
    if (!colon || !rk_fixed_parse((struct rk_text){arg, (size_t)(colon - arg)}, &options.least) ||
        !rk_fixed_parse(rk_text(colon + 1), &options.most) || options.least >= options.most)
        rk_usage(_("--scale: expected two numbers, the lower first, like 1:5"));
    options.has_scale = true;
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
        if (options.adjust >= ADDITIVE)
            rk_usage(_("--adjust %s is not yet available"), arg);
        break;
    default: return ARGP_ERR_UNKNOWN;
    }
    return 0;
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

/* Which raters of a refused panel met how many of its candidates. */
static void tell_coverage(struct rk_run *run, const struct rk_ids *ids,
                          const struct rk_coverage *panel)
{
    enum { MOST = 20 };
    struct rk_buf met = {0};
    for (size_t r = 0; r < panel->rater_count && r < MOST; r++)
        rk_buf_printf(&met, "%s%s %u", r ? ", " : "",
                      rk_id_text(ids, RK_ID_RATER, panel->raters[r].rater).text,
                      panel->raters[r].met);
    if (panel->rater_count > MOST)
        rk_buf_printf(&met, ", …");
    rk_log(run->log, RK_ERROR, NULL,
           _("recruitment %s, stage %s, group %s (%s): of %u candidates, %zu raters met: %s"),
           rk_id_text(ids, RK_ID_RECRUITMENT, panel->recruitment).text,
           rk_id_text(ids, RK_ID_STAGE, panel->stage).text,
           rk_id_text(ids, RK_ID_GROUP, panel->group).text, rk_basis_name(panel->basis),
           panel->candidates, panel->rater_count, met.text);
    rk_buf_free(&met);
}

static enum rk_status write_scores(struct rk_run *run, struct rk_scorer *scorer,
                                   const struct rk_ids *ids, bool has_count, struct rk_error *error)
{
    const struct rk_scores_form form = {has_count};
    struct rk_writer_column columns[16];
    struct rk_adjustment adjustment = {0};
    struct rk_score *all = NULL, one;
    size_t count = rk_scorer_count(scorer);
    enum rk_status status = RK_OK;
    if (options.adjust) {
        all = rk_resize(NULL, count + 1, sizeof *all);
        for (size_t i = 0; i < count; i++)
            rk_scorer_get(scorer, i, &all[i]);
        status =
            rk_adjust(all, count, options.adjust == CENTER ? RK_ADJUST_CENTER : RK_ADJUST_ZSCORE,
                      ids, &adjustment, error);
        for (size_t p = 0; p < adjustment.refused_count; p++)
            tell_coverage(run, ids, &adjustment.refused[p]);
        if (!status && adjustment.no_spread && options.adjust == ZSCORE)
            rk_run_warn(run,
                        _("raters who gave everyone the same score, z-score 0 (no_spread): %llu"),
                        (unsigned long long)adjustment.no_spread);
    }
    if (!status) {
        struct rk_writer *writer = rk_run_writer(run, columns, rk_scores_columns(&form, columns));
        for (size_t i = 0; i < count; i++) {
            if (!all)
                rk_scorer_get(scorer, i, &one);
            rk_scores_write(&form, ids, all ? &all[i] : &one, writer);
        }
        rk_writer_finish(writer);
    }
    rk_adjustment_free(&adjustment);
    rk_free(all);
    return status;
}

static enum rk_status run(struct rk_run *run, struct rk_error *error)
{
    struct rk_ids ids = {0};
    struct rk_rubrics rubrics = {0};
    struct rk_table *ratings = NULL;
    struct rk_ratings reader = {.ids = &ids};
    struct rk_scorer *scorer = NULL;
    enum rk_status status = load_rubrics(run, &rubrics, &ids, error);
    if (!status)
        status = rk_run_table(run, &ratings, "ratings", error);
    if (!status) {
        const struct rk_scorer_options how = {&rubrics, options.has_scale, options.least,
                                              options.most};
        scorer = rk_scorer_new(&how, &ids);
        status = rk_ratings_read(&reader, ratings, rk_scorer_add, scorer, error);
    }
    if (!status)
        status = rk_scorer_finish(scorer, error);
    if (!status) {
        struct rk_buf empty = {0};
        if (rk_scorer_tell_empty(scorer, &empty))
            rk_run_note(run, "%s", empty.text);
        rk_buf_free(&empty);
        status = write_scores(run, scorer, &ids, reader.has_count, error);
    }
    rk_scorer_free(scorer);
    rk_rubrics_free(&rubrics);
    rk_ids_free(&ids);
    rk_free(options.rubrics.files);
    return status;
}

static const struct rk_tool_table inputs[] = {
    {"ratings", RK_MAIN, rk_ratings_defaults}, {"recruitments", RK_OPTIONAL, NULL}, {0}};
static const struct rk_tool_table outputs[] = {{"scores", RK_MAIN, NULL}, {0}};
static const char *const examples[] = {
    "rk-score --rubric rubric.json ratings.csv", "rk-score --scale 1:5 --adjust center ratings.csv",
    "rk-score --map candidate_id=unit --map rater_id=rater foreign.csv", NULL};

static const struct rk_tool tool = {
    .name = "rk-score",
    .purpose = N_("turn ratings into scores, one per candidate, rater and stage"),
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
