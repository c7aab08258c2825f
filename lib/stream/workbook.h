/* Workbooks: XLSX (ECMA-376, transitional and strict) and ODS (OpenDocument 1.2 and 1.3), told
 * apart by content; one sheet's rows at a time, as texts. What the archive may be is
 * stream/archive.h's; rows and cells out of order, styles and shared texts that are not there, and
 * cells without bound are refused here. Rows are streamed; shared texts are kept, within
 * RK_WORKBOOK_MAX_TEXTS bytes. Values of formulas are the stored ones. Numbers are rounded to the
 * 15 significant digits that Excel itself keeps (0.30000000000000004 is 0.3).
 *
 * Bytes that are damaged are RK_FAILED, all else that is wrong is RK_BAD_DATA. */
#ifndef RK_WORKBOOK_H
#define RK_WORKBOOK_H

#include "stream/foreign.h"

#define RK_WORKBOOK_MAX_TEXTS ((size_t)256 << 20)

struct rk_workbook;

/* `bytes` are not copied and must outlive the workbook, and so must `name` (for messages). Close
 * with rk_workbook_close. */
enum rk_status rk_workbook_open(struct rk_workbook **book, const char *name, const void *bytes,
                                size_t size, struct rk_error *error);
size_t rk_workbook_sheets(const struct rk_workbook *book); /* worksheets, at least 1 */
const char *rk_workbook_sheet_name(const struct rk_workbook *book, size_t sheet);
bool rk_workbook_sheet_hidden(const struct rk_workbook *book, size_t sheet);
bool rk_workbook_1904(const struct rk_workbook *book);
/* Does the sheet hold any row? Ends the reading of another. */
enum rk_status rk_workbook_is_empty(struct rk_workbook *book, size_t sheet, bool *empty,
                                    struct rk_error *error);
/* Starts reading a sheet, from its first row. */
enum rk_status rk_workbook_select(struct rk_workbook *book, size_t sheet, struct rk_error *error);
/* The next row that holds anything; the rows between are not told. */
enum rk_status rk_workbook_next(struct rk_workbook *book, struct rk_foreign_row *row, bool *more,
                                struct rk_error *error);
/* Merged cells of the sheet selected, known from the start; false where there are no more. */
bool rk_workbook_merge(const struct rk_workbook *book, size_t index,
                       struct rk_foreign_merge *merge);
uint64_t rk_workbook_hidden_rows(const struct rk_workbook *book); /* that hold anything, so far */
/* The hidden columns, as "B, D:F"; appended to `out`. Known once a row has been read. */
void rk_workbook_hidden_columns(const struct rk_workbook *book, struct rk_buf *out);
void rk_workbook_close(struct rk_workbook *book); /* NULL is allowed */

/* "A", "Z", "AA" for 0, 25, 26. Appended to `out`. */
void rk_workbook_column(struct rk_buf *out, size_t column);
/* A number as XML Schema writes a double, as plain decimals of at most 15 significant digits. */
bool rk_workbook_number(struct rk_text text, struct rk_buf *out);
/* What an Excel number format shows: RK_FOREIGN_NUMBER, _PERCENT, _DAY, _MOMENT or _DURATION. */
enum rk_foreign_kind rk_workbook_format_kind(const char *code);
/* 2020-03-05, 2020-03-05T17:30:00: as Excel's serial number, RK_FOREIGN_DAY or _MOMENT;
 * PT17H30M00S: as a part of a day, RK_FOREIGN_DURATION. False: none of these. */
bool rk_workbook_iso(struct rk_text text, bool is_1904, struct rk_buf *out,
                     enum rk_foreign_kind *kind);

#endif
