/* A report as an XLSX workbook, made in a process of its own: where memory is out, libxlsxwriter may break off
 * or write to standard error, and neither may happen to us. */
#ifndef RK_TOOL_WORKBOOK_H
#define RK_TOOL_WORKBOOK_H

#include "base/message.h"
#include "report/render.h"

/* Appends the workbook to `out`. RK_FAILED where it cannot be made. */
enum rk_status rk_workbook_print(struct rk_buf *out, struct rk_report *report,
                                 struct rk_error *error);

#endif
