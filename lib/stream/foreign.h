/* Foreign tables, as offices send them: CSV in the dialects of Excel and of recruitment systems,
 * one sheet of a workbook (XLSX, ODS), and JSON, told apart by content. Rows come as texts with the
 * kind that the file itself gave them; what they mean is lib/table/import.h's business.
 *
 * Text files: UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252, which is
 * said in a note. A `sep=` first line, else the delimiter that stands oftenest outside quotes on
 * the header line: semicolon, tab or comma. LF, CRLF or CR. Quotes are strict, as RFC 4180 has
 * them. JSON and JSON lines come as stream/record.h reads them, with all members' names as the
 * first row. */
#ifndef RK_FOREIGN_H
#define RK_FOREIGN_H

#include "base/message.h"
#include "base/text.h"

enum rk_foreign_kind {
    RK_FOREIGN_TEXT,
    RK_FOREIGN_NUMBER,  /* a workbook's number: [-]digits[.digits], at most 15 significant digits */
    RK_FOREIGN_PERCENT, /* the same, shown as per cent: 0.45 for 45 % */
    RK_FOREIGN_TRUTH,   /* a workbook's true or false, as these words */
    RK_FOREIGN_DAY,     /* a serial number that the workbook shows as a date */
    RK_FOREIGN_MOMENT,  /* … as a date with a time of day */
    RK_FOREIGN_DURATION, /* … as a time of day, or as hours and minutes without a date */
    RK_FOREIGN_ERROR,    /* the text is "#REF!" or the like */
    RK_FOREIGN_UNSTORED, /* a formula whose value was not stored */
};

struct rk_foreign_cell {
    const char *text; /* UTF-8 without NUL, not NUL-ended; valid until the next row */
    size_t size;      /* 0 = empty */
    enum rk_foreign_kind kind;
};

struct rk_foreign_row {
    const struct rk_foreign_cell *cells;
    size_t count;  /* as many as the row has: a workbook leaves out what is empty at its end */
    uint64_t line; /* physical line where it starts, or the row's number in the sheet */
    bool blank;    /* no cell holds anything but blanks */
};

enum rk_foreign_encoding { RK_ENCODING_FOUND, RK_UTF_8, RK_UTF_16, RK_WINDOWS_1252 };

struct rk_foreign_options {
    char delimiter; /* 0 = found on the header line */
    enum rk_foreign_encoding encoding;
    const char
        *sheet; /* its name, else its number from 1; NULL = the only one that holds anything */
};

struct rk_foreign_merge { /* cells merged into one, which has its text in the first of them */
    uint64_t first_line, last_line;
    size_t first_column, last_column; /* from 0 */
};

struct rk_foreign;

/* Reads the file ("-" = standard input; gzip is unpacked) and tells what it is. What was decided
 * for the reader (encoding, sheet) goes to `log` as notes. Not a table we read, undecodable,
 * encrypted, a zip bomb: RK_BAD_DATA with the place; unreadable or damaged: RK_FAILED; no such
 * sheet, or several that hold something and none asked for: RK_BAD_USE with a list of them. Close
 * with rk_foreign_close. `path` must outlive it. */
enum rk_status rk_foreign_open(struct rk_foreign **foreign, const char *path,
                               const struct rk_foreign_options *options, struct rk_log *log,
                               struct rk_error *error);
/* *more = false at the end: only then is the whole file known to be good. */
enum rk_status rk_foreign_next(struct rk_foreign *foreign, struct rk_foreign_row *row, bool *more,
                               struct rk_error *error);
bool rk_foreign_ragged(const struct rk_foreign *foreign); /* a short row is no error: a workbook */
bool rk_foreign_1904(const struct rk_foreign *foreign);   /* serials count from 1904-01-01 */
/* Where cell `column` (from 0) of the row last read stands; in a workbook the column is its number.
 */
struct rk_pos rk_foreign_pos(const struct rk_foreign *foreign, size_t column);
/* What people call a workbook's cell, "C7"; nothing for a text file. Appended to `out`. */
void rk_foreign_cell_name(const struct rk_foreign *foreign, const struct rk_pos *pos,
                          struct rk_buf *out);
/* Merged cells of a workbook's sheet, known from the start; false where there are no more. */
bool rk_foreign_merge(const struct rk_foreign *foreign, size_t index,
                      struct rk_foreign_merge *merge);
/* Hidden rows read so far; hidden columns, as "B, D:F", appended to `out`. */
uint64_t rk_foreign_hidden(const struct rk_foreign *foreign, struct rk_buf *columns);
void rk_foreign_close(struct rk_foreign *foreign); /* NULL is allowed */

/* Appends `bytes` to `out` as UTF-8. What cannot be decoded is RK_BAD_DATA with its line and
 * column.
 * `*found` is the encoding in use; RK_ENCODING_FOUND is decided from the bytes, never from a
 * locale. */
enum rk_status rk_foreign_decode(struct rk_buf *out, const char *bytes, size_t size,
                                 enum rk_foreign_encoding encoding, enum rk_foreign_encoding *found,
                                 const char *name, struct rk_error *error);

#endif
