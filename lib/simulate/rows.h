/* The rows of a simulated municipality before they are written: for each table a run of cells, each
 * ended by a NUL, in the order of the table's columns. Made in parallel, written in order. */
#ifndef RK_SIMULATE_ROWS_H
#define RK_SIMULATE_ROWS_H

#include "base/buf.h"
#include "base/text.h"
#include "stream/write.h"

#include <stdint.h>

enum rk_simulate_table {
    RK_SIMULATE_PANELISTS,
    RK_SIMULATE_RECRUITMENTS,
    RK_SIMULATE_SESSIONS,
    RK_SIMULATE_AVAILABILITY,
    RK_SIMULATE_CONFLICTS,
    RK_SIMULATE_ASSIGNMENTS,
    RK_SIMULATE_CANDIDATES,
    RK_SIMULATE_RATERS,
    RK_SIMULATE_RATINGS,
    RK_SIMULATE_DECISIONS,
    RK_SIMULATE_HIRES,
    RK_SIMULATE_ACTIVITIES,
    RK_SIMULATE_EVENTS,
    RK_SIMULATE_RESPONDENTS,
    RK_SIMULATE_RESPONSES,
    RK_SIMULATE_CONTRIBUTIONS,
    RK_SIMULATE_STATEMENTS,
    RK_SIMULATE_COSTS,
    RK_SIMULATE_INDICATORS,
    /* the truth, beside the data and never part of the package */
    RK_SIMULATE_TRUE_MODEL,
    RK_SIMULATE_TRUE_RATERS,
    RK_SIMULATE_TRUE_CANDIDATES,
    RK_SIMULATE_TRUE_CRITERIA,
    RK_SIMULATE_TRUE_VIEWS,
    RK_SIMULATE_TABLES,
};
#define RK_SIMULATE_TRUTH RK_SIMULATE_TRUE_MODEL /* the first of the truth tables */

struct rk_simulate_sheet {
    const char *name; /* of the table; the truth's are "truth/raters" … */
    const struct rk_writer_column *columns;
    size_t count;
};
extern const struct rk_simulate_sheet rk_simulate_sheets[RK_SIMULATE_TABLES];

struct rk_simulate_rows { /* zeroed = none */
    struct rk_buf cells[RK_SIMULATE_TABLES];
};
void rk_simulate_rows_clear(struct rk_simulate_rows *rows);
void rk_simulate_rows_free(struct rk_simulate_rows *rows);
/* Writes the rows of one table and returns how many they are. */
uint64_t rk_simulate_rows_write(const struct rk_simulate_rows *rows, enum rk_simulate_table table,
                                struct rk_writer *writer);

/* Cells are added one by one to `rows->cells[table]`; a row is as many as there are columns. */
void rk_simulate_string(struct rk_buf *cells, const char *text); /* NULL = missing */
void rk_simulate_int(struct rk_buf *cells, int64_t value);
void rk_simulate_date(struct rk_buf *cells, int32_t days); /* RK_SIMULATE_NEVER = missing */
void rk_simulate_time(struct rk_buf *cells, int32_t days, int minute_of_day);
void rk_simulate_number(struct rk_buf *cells, double value); /* six decimals or fewer */
void rk_simulate_missing(struct rk_buf *cells, unsigned count);
#define RK_SIMULATE_NEVER INT32_MIN

#endif
