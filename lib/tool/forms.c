#include "tool/forms.h"

#include "model/candidates.h"
#include "model/rubric.h"
#include "privacy/identity.h"
#include "report/form.h"

static void add(const char ***list, size_t *count, struct rk_arena *arena, struct rk_text text)
{
    *list = rk_resize(*list, *count + 1, sizeof **list);
    (*list)[(*count)++] = rk_arena_text(arena, text.text, text.size);
}

static enum rk_status add_candidates(struct rk_run *run, struct rk_score_form *form,
                                     struct rk_arena *arena, struct rk_error *error)
{
    struct rk_candidates candidates = {0};
    struct rk_table *in = NULL;
    const struct rk_schema *schema;
    RK_TRY(rk_run_table(run, &in, "candidates", error));
    if (!in)
        return RK_OK;
    RK_TRY(rk_run_schema(run, &schema, "candidates", error));
    enum rk_status status = rk_candidates_read(&candidates, in, schema, NULL, error);
    for (uint32_t i = 0; i < candidates.count && !status; i++) {
        const struct rk_candidate *c = &candidates.rows[i];
        if (rk_candidate_is_met(c) &&
            (!form->recruitment ||
             rk_text_is(candidates.recruitments.texts[c->recruitment], form->recruitment)))
            add(&form->candidates, &form->candidate_count, arena, c->candidate_id);
    }
    rk_candidates_free(&candidates);
    if (!status && !form->candidate_count)
        return rk_fail(error, RK_BAD_DATA, _("no candidate to rate is among the candidates"));
    return status;
}

enum rk_status rk_run_forms(struct rk_run *run, const struct rk_forms_options *options,
                            struct rk_error *error)
{
    enum { MOST_SHEETS = 10000 };
    struct rk_score_form form = {.recruitment = options->recruitment, .stage = options->stage};
    struct rk_text rest = rk_text(options->codes ? options->codes : ""), code;
    struct rk_arena arena = {0};
    struct rk_rubric *rubric = NULL;
    struct rk_buf out = {0};
    rk_json *document = NULL;
    const char *path;
    size_t start, size;
    if (options->codes && rk_identity_find(rest, &start, &size))
        rk_usage(_("--codes: codes are expected, and no identity number"));
    rk_language_parse(run->language_asked ? run->language_asked : "sv", &form.language);
    RK_TRY(rk_run_shipped(run, "rubrics", options->rubric, false, &path, error));
    RK_TRY(rk_json_read(&document, path, error));
    enum rk_status status = rk_rubric_from_json(&rubric, document, path, error);
    if (!status)
        status = add_candidates(run, &form, &arena, error);
    while (!status && rk_list_next(&rest, &code))
        add(&form.raters, &form.rater_count, &arena, code);
    if (!status &&
        form.rater_count > MOST_SHEETS / (form.candidate_count ? form.candidate_count : 1))
        status = rk_fail(error, RK_BAD_USE, _("more than %d forms; --recruitment names one"),
                         MOST_SHEETS);
    if (!status)
        status = rk_score_form_render(&out, &form, document, error);
    if (!status)
        rk_out_write(rk_run_out(run), out.text, out.size);
    rk_buf_free(&out);
    rk_rubric_free(rubric);
    rk_json_free(document);
    rk_free(form.raters);
    rk_free(form.candidates);
    rk_arena_free(&arena);
    return status;
}
