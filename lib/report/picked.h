/* A report of tables picked out of measures: a section for each table, a line for each row found,
 * with its estimate, the ends of its interval and n. Where nothing is found the line says so: a
 * question without data stays in the report. */
#ifndef RK_PICKED_H
#define RK_PICKED_H

#include "model/measure_rows.h"
#include "model/picks.h"
#include "report/report.h"

/* `report` is zeroed; free with rk_report_free. The sources are the caller's to add. */
void rk_picked_report(struct rk_report *report, const struct rk_picks *picks,
                      const struct rk_measure_rows *rows, enum rk_language language);

#endif
