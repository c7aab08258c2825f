/* What rk-monthly has other tools do before the report: hold the data package against the rules,
 * and make the ranking and the measures. A failure is told in one message: what, where, and what to
 * do about it. */
#ifndef RK_STEPS_H
#define RK_STEPS_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/message.h"
#include "tool/tool.h"

/* The folder, beside the months, in which rk-monthly makes what a report is made of. */
#define RK_STEP_WORKING ".working"
/* FOLDER/NAME, kept until the program ends; likewise a month as 2020-03. */
const char *rk_step_path(const char *folder, const char *name);
const char *rk_step_month(int32_t month);
/* The forms of a report and how their files' names end; the last has no form. */
extern const struct rk_step_form {
    const char *form, *ending;
} rk_step_forms[];
/* The first line of what a tool said. */
struct rk_text rk_step_line(const struct rk_buf *said);
/* The status of a run in which a tool ended with `exit`. */
enum rk_status rk_step_status(int exit);
/* Runs a tool of rk for the month; words[0] is set here. What it leaves for a person to see to
 * (exit 3) is no failure. */
enum rk_status rk_step_call(int32_t month, const char *tool, const char **words, int *exit,
                            struct rk_error *error);
/* rk-validate over the data package; what it finds is told in the language. */
enum rk_status rk_step_validate(int32_t month, const char *data, const char *language,
                                struct rk_error *error);
/* From ratings to a ranking in the folder `working`: *ranking, NULL where the data package has one
 * of its own, or no ratings. */
enum rk_status rk_step_rank(int32_t month, const char *data, const char *working,
                            const char **ranking, struct rk_error *error);
/* The measures that the specification `monthly` tells of, as share/pipelines/measures.sh makes
 * them, into the folder `working` as they are at the end of the month, of those that the data
 * package has the tables for: their files, RK_STEP_MEASURES at most, then NULL. */
enum { RK_STEP_MEASURES = 5 };
enum rk_status rk_step_measures(int32_t month, const char *data, const char *working,
                                const char *files[RK_STEP_MEASURES + 1], struct rk_error *error);
/* Calls rk-report with the `count` words and, as --beside, the published records of the months
 * around this one whose reports tell of it, or this one's of them; and of this month, those in
 * `making` (NULL: none) but for `record`, which is the one to be made. */
enum rk_status rk_step_report(int32_t month, const char *const *words, size_t count,
                              const char *output, const char *making, const char *record, int *exit,
                              struct rk_error *error);
/* Tells of each published record that is not there any more though a report, another record or a
 * later version of it is, in the months that this one is held together with; each once while `gone`
 * is kept. */
enum rk_status rk_step_gone(struct rk_run *run, int32_t month, const char *output,
                            struct rk_strings *gone, struct rk_error *error);
/* Locks the folder until the program ends; RK_FAILED where another holds it, or it cannot be
 * locked. */
enum rk_status rk_step_lock(const char *folder, struct rk_error *error);

#endif
