/* The score forms of rk-report --spec score-form, written to the output. */
#ifndef RK_TOOL_FORMS_H
#define RK_TOOL_FORMS_H

#include "tool/tool.h"

struct rk_forms_options {
    const char *rubric;              /* a file, or a name among share/rubrics */
    const char *recruitment, *stage; /* or NULL */
    const char *codes;               /* of raters, joined by '|', or NULL */
};

/* Candidates are those of the table `candidates`, where it is given, whom the panel meets: of the
 * recruitment, where one is named. */
enum rk_status rk_run_forms(struct rk_run *run, const struct rk_forms_options *options,
                            struct rk_error *error);

#endif
