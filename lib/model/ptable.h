/* The table `ptable`: what the cell key method adds to a count. */
#ifndef RK_PTABLE_H
#define RK_PTABLE_H

#include "table/table.h"

enum { RK_PTABLE_KEYS = 256, RK_PTABLE_ROWS = 751 }; /* ckey 0 … 255; pcv 0 … 750 */

/* Reads the table to its end: *ptable is RK_PTABLE_ROWS × RK_PTABLE_KEYS numbers, 0 where it has none, for
 * the caller to free, also on failure. */
enum rk_status rk_ptable_read(int16_t **ptable, struct rk_table *table,
                              const struct rk_schema *schema, struct rk_error *error);

#endif
