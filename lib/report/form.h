/* Score forms on paper: a sheet for each rater and candidate, with the criteria of a stage in large
 * type, a box for each level and what it means. On it stand codes, and nobody's name. */
#ifndef RK_FORM_H
#define RK_FORM_H

#include "report/language.h"
#include "stream/json.h"

struct rk_score_form {
    enum rk_language language;
    const char *recruitment, *stage; /* stage NULL: all criteria */
    /* Codes: a sheet for each rater and candidate; of none a line to write on. */
    const char **raters, **candidates;
    size_t rater_count, candidate_count;
};

/* Appends one HTML page, a sheet of paper for each form, of a rubric (lib/model/rubric.h) that has
 * been found good. RK_BAD_DATA: the rubric has no such stage. */
enum rk_status rk_score_form_render(struct rk_buf *out, const struct rk_score_form *form,
                                    const rk_json *rubric, struct rk_error *error);

#endif
