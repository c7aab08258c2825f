#include "tool/ranking.h"

static void take_sentence(void *context, bool warning, const char *text)
{
    struct rk_run *run = context;
    if (warning)
        rk_run_warn(run, "%s", text);
    else
        rk_run_note(run, "%s", text);
}

enum rk_status rk_run_ranking(struct rk_run *run, struct rk_aggregate *aggregate,
                              const struct rk_ids *ids, const struct rk_ranking_output *output,
                              struct rk_error *error)
{
    const struct rk_aggregate_result *result;
    struct rk_out *measures = NULL;
    RK_TRY(rk_aggregate_finish(aggregate, &result, error));
    if (output->measures) {
        RK_TRY(rk_run_file(run, &measures, output->measures, error));
        rk_ranking_measures_write(result->measures, result->measure_count, ids, measures);
    }
    if (output->raw)
        rk_run_warn(run,
                    _("scores that no rubric has scaled (raw): %llu; in them reversed criteria are "
                      "not turned round. Was rk-score run without --rubric?"),
                    (unsigned long long)output->raw);
    rk_aggregate_tell(result, ids, run->verbose ? SIZE_MAX : 10, take_sentence, run);
    struct rk_writer *writer =
        rk_ranking_open(&result->ranking, ids, output->in_long, rk_run_out(run), run->form);
    rk_ranking_write(&result->ranking, ids, output->in_long, run->threads, writer);
    rk_writer_finish(writer);
    return result->unproven ? RK_ATTENTION : RK_OK;
}

void rk_run_tell_empty(struct rk_run *run, const struct rk_scorer *scorer)
{
    struct rk_buf text = {0};
    if (rk_scorer_tell_empty(scorer, &text))
        rk_run_note(run, "%s", text.text);
    rk_buf_free(&text);
}
