/* The same table entered twice, held against each other: double keying of paper forms. Rows are
 * matched by the table's primary key; what differs becomes findings at the place in the second
 * file, or in the first for a row that the second lacks.
 *
 *     rk_compare_new(&compare, schema, found, secret, context, &error);
 *     each row of the first:  rk_compare_first(compare, row, pos)
 *     each row of the second: rk_compare_second(compare, row, pos)
 *     rk_compare_end(compare);
 *
 * Values are compared by what they mean (7 and 7.0 are the same number), texts byte by byte; a
 * column that one file lacks is empty there. Kinds: primary-key (a key twice in one file),
 * missing-row, different. No message holds a value of a personal column, or one that is `secret`.
 * The first file is held in memory. */
#ifndef RK_COMPARE_H
#define RK_COMPARE_H

#include "table/package.h"

struct rk_compare;
/* `secret` may be NULL. RK_BAD_USE for a table without a primary key. */
enum rk_status rk_compare_new(struct rk_compare **compare, const struct rk_schema *schema,
                              rk_package_found *found, rk_package_secret *secret, void *context,
                              struct rk_error *error);
/* `table`: the open table that the row was read from. */
void rk_compare_first(struct rk_compare *compare, const struct rk_table *table,
                      const struct rk_row *row);
void rk_compare_second(struct rk_compare *compare, const struct rk_table *table,
                       const struct rk_row *row);
/* Tells of the rows that the second file lacks, by line. */
void rk_compare_end(struct rk_compare *compare);
uint64_t rk_compare_matched(const struct rk_compare *compare); /* rows that both have */
void rk_compare_free(struct rk_compare *compare);              /* NULL is allowed */

#endif
