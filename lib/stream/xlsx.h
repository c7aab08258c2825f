/* XLSX workbooks (ECMA-376, transitional and strict) through libzip and expat: one sheet's rows as
 * texts. A hostile or broken file is refused before it can cost anything: archives cut or with
 * something after their end, encrypted parts, parts twice, DOCTYPE and entities, parts over the
 * caps below, rows and cells out of order. Values of formulas are the stored ones. Numbers are
 * rounded to the 15 significant digits that Excel itself keeps (0.30000000000000004 is 0.3).
 *
 * An archive that is cut or whose bytes do not match their checksums is RK_FAILED, as a damaged
 * gzip file is; all else that is wrong is RK_BAD_DATA. */
#ifndef RK_XLSX_H
#define RK_XLSX_H

#include "stream/foreign.h"

/* Unpacked bytes of all parts read, and unpacked over packed of a part larger than the first. */
#define RK_XLSX_MAX_UNPACKED ((uint64_t)1 << 30)
#define RK_XLSX_RATIO_FROM ((uint64_t)8 << 20)
#define RK_XLSX_MAX_RATIO 200

struct rk_xlsx;

/* `bytes` are not copied and must outlive the workbook, and so must `name` (for messages). Close
 * with rk_xlsx_close. */
enum rk_status rk_xlsx_open(struct rk_xlsx **book, const char *name, const void *bytes, size_t size,
                            struct rk_error *error);
size_t rk_xlsx_sheets(const struct rk_xlsx *book); /* worksheets, at least 1 */
const char *rk_xlsx_sheet_name(const struct rk_xlsx *book, size_t sheet);
bool rk_xlsx_sheet_hidden(const struct rk_xlsx *book, size_t sheet);
bool rk_xlsx_1904(const struct rk_xlsx *book);
/* Starts reading a sheet; once for each workbook. */
enum rk_status rk_xlsx_select(struct rk_xlsx *book, size_t sheet, struct rk_error *error);
/* The next row that holds anything; the rows between are not told. */
enum rk_status rk_xlsx_next(struct rk_xlsx *book, struct rk_foreign_row *row, bool *more,
                            struct rk_error *error);
const char *rk_xlsx_merged(const struct rk_xlsx *book, uint64_t line, size_t columns);
uint64_t rk_xlsx_hidden(const struct rk_xlsx *book);
void rk_xlsx_close(struct rk_xlsx *book); /* NULL is allowed */

/* "A", "Z", "AA" for 0, 25, 26. Appended to `out`. */
void rk_xlsx_column(struct rk_buf *out, size_t column);

/* What a number format shows: RK_FOREIGN_NUMBER, _DAY, _MOMENT or _DURATION. */
enum rk_foreign_kind rk_xlsx_format_kind(const char *code);
/* A number as XML Schema writes a double, as plain decimals of at most 15 significant digits. */
bool rk_xlsx_number(struct rk_text text, struct rk_buf *out);

#endif
