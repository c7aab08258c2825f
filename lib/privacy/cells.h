/* A table as an attacker sees it: cells with whole numbers, and sums among them. What the rest of the
 * room works on; nothing here knows of rows, columns or names.
 *
 * Sum s says that cell[first[s]] is the sum of cell[first[s] + 1] … cell[first[s + 1] - 1]. The cells of a
 * table of any shape fit: margins, hierarchies, linked tables and the versions of one table are cells
 * that stand in several sums. */
#ifndef RK_CELLS_OF_TABLE_H
#define RK_CELLS_OF_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* No more than this is known of a number that nothing bounds. */
#define RK_CELL_NO_END (INT64_C(1) << 46)
/* No cell may be larger: sums over a table must fit. */
#define RK_CELL_MOST (INT64_C(1) << 43)

struct rk_sums {
    const uint32_t *first; /* count + 1 */
    const uint32_t *cell;
    uint32_t count;
};

#endif
