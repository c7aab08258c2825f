/* What has been published of a report, or beside it, held together with what it is to tell now:
 * whoever has both knows both.
 *
 * A figure that was shown as it is now is known, whatever becomes of it. One that was hidden stays
 * hidden, and is taken to be what it is now as far as the sums told then allow that. One that was
 * another tells a change: where fewer people than the threshold are more or fewer, it is kept like
 * a small figure. */
#ifndef RK_REPORT_BEFORE_H
#define RK_REPORT_BEFORE_H

#include "model/provenance.h"
#include "report/cells.h"

/* Adds to the cells of `report`, in which nothing is hidden, an earlier version of it. */
void rk_report_cells_version(struct rk_report_cells *cells, const struct rk_report *report,
                             const struct rk_provenance *version);
/* … a report of other months. Of it, the tables that name the month of each row tell the same.
 * Where it is of one month, so many before the one that this is of (`back`, below 0: after it; 0:
 * it is not), rows that count the same people, or the same and others, tell how many these are. */
void rk_report_cells_beside(struct rk_report_cells *cells, const struct rk_report *report,
                            const struct rk_provenance *other, int32_t back);
/* When all are added. */
void rk_report_cells_settle(struct rk_report_cells *cells);

/* What the figure of that number is called; false: there is none. */
struct rk_report_place {
    const char *section, *row, *column;
};
bool rk_report_place(const struct rk_report *report, uint32_t figure,
                     struct rk_report_place *place);

#endif
