/* Rows handed on as they came: the schema's columns that the file has, under our names, then those the
 * schema doesn't know. */
#ifndef RK_PASS_H
#define RK_PASS_H

#include "table/table.h"

struct rk_pass; /* the writer is opened by the first row, or by the finish */
struct rk_pass *rk_pass_new(struct rk_table *table, const struct rk_schema *schema,
                            struct rk_out *out, enum rk_form form);
/* Writes the table's last row. RK_BAD_DATA where JSON brought a column that the rows before had not. */
enum rk_status rk_pass_row(struct rk_pass *pass, const struct rk_row *row, struct rk_error *error);
/* Writes what waits and frees it; a table without a row is its header. NULL is allowed. */
void rk_pass_finish(struct rk_pass *pass);

#endif
