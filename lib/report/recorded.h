/* A report and its provenance record (model/provenance.h). */
#ifndef RK_RECORDED_H
#define RK_RECORDED_H

#include "model/provenance.h"
#include "report/report.h"

/* Adds every figure of the report's tables to the record: what is hidden has no value there either.
 */
void rk_report_record(struct rk_provenance *p, const struct rk_report *report);
#define RK_REPORT_RESTATED "restated" /* the section that tells of an edition after the first */
/* Adds what is told of an edition after the first: its number, the reason, and every figure that
 * has changed, as it was and as it is. Nothing for a first edition. */
void rk_report_restate(struct rk_report *report, const struct rk_provenance *p);

#endif
