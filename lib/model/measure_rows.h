/* The table `measures` as it was read, with the columns that tools put before it (item, feature,
 * value …): for whoever picks rows by what stands in them. */
#ifndef RK_MEASURE_ROWS_H
#define RK_MEASURE_ROWS_H

#include "base/hash.h"
#include "table/table.h"

struct rk_measure_number {
    bool known;
    rk_fixed value;
};
struct rk_measure_row {
    size_t start; /* in `cells` */
    uint32_t count;
    struct rk_measure_number estimate, low, high, n;
};
struct rk_measure_rows { /* zeroed = empty; give back with rk_measure_rows_free */
    struct rk_measure_row *rows;
    size_t count, room;
    struct rk_measure_cell { /* places in `words`; empty cells are left out */
        uint32_t column, text;
    } * cells;
    size_t cell_count, cell_room;
    struct rk_strings words;
};

/* Reads the table to its end, after what is there. Every row also has the column `file`: the name
 * of the file it came from, without its folder and ending. */
enum rk_status rk_measure_rows_read(struct rk_measure_rows *rows, struct rk_table *table,
                                    struct rk_error *error);
/* What the row has in the column; size 0 = nothing. */
struct rk_text rk_measure_rows_text(const struct rk_measure_rows *rows, size_t row,
                                    struct rk_text column);
void rk_measure_rows_free(struct rk_measure_rows *rows);

#endif
