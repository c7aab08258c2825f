/* A foreign table looked at, to propose a map file for it: which of its columns is which of ours,
 * by the words of the heading and the shape of the values, how sure that is and why. It is a
 * proposal, for a person to read and change; nothing is imported by it. No value is shown.
 *
 *     rk_guess_open → rk_guess_fit for each table in question → rk_guess_write for one */
#ifndef RK_GUESS_H
#define RK_GUESS_H

#include "table/import.h"

/* Rows that are looked at. */
#define RK_GUESS_ROWS 500

struct rk_guess;

/* Reads header and rows of `foreign`, which it takes over, also on failure. Of the options words,
 * log, header, decimal and is_identity are used. */
enum rk_status rk_guess_open(struct rk_guess **guess, struct rk_foreign *foreign,
                             const struct rk_import_options *options, struct rk_error *error);
/* How well the file fits the table: the sum over its columns of how sure each is, less what the
 * table needs and the file does not seem to have. */
double rk_guess_fit(struct rk_guess *guess, const struct rk_schema *schema);
/* The map file, with a member `guess` that tells of each column what it becomes, how sure (0 to 1),
 * and why. Appended to `out`. */
void rk_guess_write(struct rk_guess *guess, const struct rk_schema *schema, struct rk_buf *out);
void rk_guess_close(struct rk_guess *guess); /* NULL is allowed */

#endif
