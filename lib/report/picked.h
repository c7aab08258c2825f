/* A report of tables picked out of measures: a section for each table, a line for each row found,
 * with its estimate, the ends of its interval and n. Where nothing is found the line says so: a
 * question without data stays in the report. */
#ifndef RK_PICKED_H
#define RK_PICKED_H

#include "model/measure_rows.h"
#include "model/picks.h"
#include "report/report.h"

/* For a specification about one recruitment: keeps `recruitment`, which `rows` must tell of, and
 * the stage: the one asked for (NULL = not), that of all stages together, or the only one. */
enum rk_status rk_picks_choose(struct rk_picks *picks, const struct rk_measure_rows *rows,
                               const char *recruitment, const char *stage, struct rk_error *error);
/* The picked tables as further sections of a monthly report, which says in words where nothing of a
 * table is found. As rk_monthly_report twice: first with `chosen` NULL. What can be chosen are
 * numbers of people in tables of nothing else; they are taken to tell of the same people, and
 * others, as those of earlier months. */
void rk_picked_add(struct rk_report *report, const struct rk_picks *picks,
                   const struct rk_measure_rows *rows, const bool *chosen);
/* `report` is zeroed; free with rk_report_free. The sources are the caller's to add. */
void rk_picked_report(struct rk_report *report, const struct rk_picks *picks,
                      const struct rk_measure_rows *rows, enum rk_language language);

#endif
