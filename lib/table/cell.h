/* One foreign cell as its column's type means it: numbers with a decimal comma, thousands in
 * spaces, dates as Swedish offices and Excel write them, years of birth out of birth dates, lists.
 * What was decided on the way (which decimal mark, a time of day left out) is counted in the
 * column's state, so that it can be said, or refused, when the whole column is known. */
#ifndef RK_TABLE_CELL_H
#define RK_TABLE_CELL_H

#include "stream/foreign.h"
#include "table/schema.h"

enum rk_cell_note {
    RK_CELL_TIME_LEFT_OUT,    /* a date column had a time of day */
    RK_CELL_SECONDS_LEFT_OUT, /* a time had seconds */
    RK_CELL_DAY_FIRST,        /* 5/3/2020 was read as 5 March */
    RK_CELL_SERIAL,           /* a plain number was read as Excel's serial number of a day */
    RK_CELL_SHORT_BIRTH,      /* a birth date had a year of two digits */
    RK_CELL_PERCENT,          /* 0.45, which the workbook shows as 45 % */
    RK_CELL_HOURS,            /* a time or hours and minutes was read as hours */
    RK_CELL_JUNK_BIRTH,       /* 111111 and the like: missing */
    RK_CELL_NOTES
};

struct rk_cell_column {
    enum rk_type type;
    bool birth;   /* a year that is a year of birth: whole birth dates are taken */
    bool hours;   /* a number of hours: what a workbook shows as hours and minutes is taken */
    bool is_1904; /* serials count from 1904-01-01 */
    char decimal; /* '.' or ',': the only mark allowed; 0 = either, but one in a column */

    /* found */
    uint64_t notes[RK_CELL_NOTES];
    uint64_t marks[2];      /* cells with a comma, with a point */
    struct rk_pos first[2]; /* where the first of them stands: filled by the caller's `pos` */
    uint64_t thousand_like; /* of the marks: three digits after it, and one to three before */
};

/* Appends the cell to `out` as our tables write it; nothing = missing. False and the reason (that
 * never shows the cell) in `why` when it can't be read as the type. `pos` is where the cell stands.
 */
bool rk_cell_read(struct rk_cell_column *column, const struct rk_foreign_cell *cell,
                  const struct rk_pos *pos, struct rk_buf *out, struct rk_buf *why);

/* A list cell: items between '|', or where there is none, between ',' ';' '/' and line breaks,
 * trimmed, joined by '|'. The comma of a weight (skola:0,5) is a
 * decimal mark. */
void rk_cell_list(struct rk_text text, struct rk_buf *out);

/* One of Excel's error values as a CSV file has them, Swedish and English: "#REF!", "#REFERENS!".
 */
bool rk_cell_is_error(struct rk_text text);

/* "1,98803E+11": digits that Excel has thrown away. */
bool rk_cell_is_shortened(struct rk_text text);

#endif
