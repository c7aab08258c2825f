/* The monthly report: from the material and a specification to a report. The measures that a
 * specification may name are in a registry (rk_monthly_measures); each knows its tables, what it
 * can be divided by, how it can be drawn and whether it counts people.
 *
 * The period is whole months, half-open: a day belongs to it from the first day of the first month
 * up to, not including, the first day after the last. Everything is told as of the end of the
 * period; there is no clock. What is missing is told, never counted as nought: a table that was not
 * given, a period or a month without rows. */
#ifndef RK_MONTHLY_H
#define RK_MONTHLY_H

#include "model/material.h"
#include "model/specification.h"
#include "report/picked.h"

/* Names of the measures; ends with NULL. */
const char *const *rk_monthly_measures(void);

/* Holds the sections against the registry: measure, by, source, chart, small_cells. A measure that
 * counts people may stand only once: two divisions of the same people would give away what each of
 * them hides. `path` is the specification's, for messages. */
enum rk_status rk_monthly_check(const struct rk_specification *specification, const char *path,
                                struct rk_error *error);
/* needed[table] = some section reads it. */
void rk_monthly_tables(const struct rk_specification *specification,
                       bool needed[RK_MATERIAL_COUNT]);

/* Twice: first with `chosen` NULL, when nothing is hidden and the report is for rk_report_cells
 * alone; then with what was chosen to be hidden of the figures that it had (rk_report_cells numbers
 * them).
 *
 * Months as year * 12 + month - 1, first <= last. `report` is zeroed; free with rk_report_free. The
 * material gains words, nothing else changes. After the sections come the tables that the
 * specification picks out of measures (`picks` has none: none). The sources are the caller's to
 * add. */
void rk_monthly_report(struct rk_report *report, const struct rk_specification *specification,
                       const struct rk_picks *picks, const struct rk_measure_rows *rows,
                       struct rk_material *material, enum rk_language language, int32_t first,
                       int32_t last, const bool *chosen);

#endif
