/* The figures of a report as cells and the sums among them. */
#ifndef RK_REPORT_CELLS_H
#define RK_REPORT_CELLS_H

#include "model/report_cells.h"
#include "report/report.h"

/* The figures by section, row and column. Of a report in which nothing is hidden. A sum that does
 * not hold is left out: nobody can rest on it. */
void rk_report_cells_make(struct rk_report_cells *cells, const struct rk_report *report);

#endif
