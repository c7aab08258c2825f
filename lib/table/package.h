/* A set of tables held against each other: what a schema says of each cell and row, unique primary
 * keys, and foreign keys between the tables that are there. Nothing here prints or stops at what is
 * wrong: every fault becomes a finding.
 *
 *     package = rk_package_new(found, secret, context);
 *     rk_package_expect(package, "raters"); rk_package_expect(package, "ratings");
 *     for each table, those that others refer to first:
 *         rk_package_begin(package, schema, table);    the table was opened with .unchecked
 *         while (rk_package_next(package, &row, &error) == RK_OK && row) …
 *         rk_package_end(package, &count);
 *     rk_package_free(package);
 *
 * Memory is in proportion to the keys, not to the rows' other columns. A reference of a table to itself
 * is not looked at; no table of ours has one. */
#ifndef RK_PACKAGE_H
#define RK_PACKAGE_H

#include "table/table.h"

struct rk_finding {
    const struct rk_schema *schema; /* NULL: not about a table */
    struct rk_pos pos;
    size_t field;        /* of the schema, SIZE_MAX: none, or a column that it doesn't know */
    size_t field_number; /* the column's place in the file, from 1; 0 = the row as a whole */
    uint64_t row;        /* record from 1; 0 = the file as a whole */
    /* As Frictionless calls them: source-error, incorrect-label, missing-label, blank-row, extra-cell,
     * missing-cell, type-error, constraint-error, primary-key, foreign-key, row-constraint; and
     * identity-number, of a column's name. Others are the caller's. */
    const char *kind;
    const char *text;
};

/* All pointers in `finding` hold only during the call. */
typedef void rk_package_found(void *context, const struct rk_finding *finding);
/* Whether a text is an identity number, which must not be shown whatever its column; may be NULL. */
typedef bool rk_package_secret(struct rk_text text);

struct rk_package;
struct rk_package *rk_package_new(rk_package_found *found, rk_package_secret *secret, void *context);
void rk_package_free(struct rk_package *package);

/* The table will be begun, so references to it are checked. `table` must outlive the package. */
void rk_package_expect(struct rk_package *package, const char *table);
bool rk_package_expects(const struct rk_package *package, const char *table);

/* Begins a file of an expected table, by checking its header; a table may come in several files. `schema`
 * must outlive the package, `table` the file's end. */
void rk_package_begin(struct rk_package *package, const struct rk_schema *schema,
                      struct rk_table *table);
/* The next row, also a bad one: a cell that is wrong is then missing in `row`. What is wrong was told
 * before this returns. A file that cannot be read further as a table is a finding and
 * its end; RK_FAILED alone is returned. */
enum rk_status rk_package_next(struct rk_package *package, const struct rk_row **row,
                               struct rk_error *error);
bool rk_package_row_good(const struct rk_package *package); /* no finding about the last row yet */
/* A finding of the caller's about the last row. `field` = SIZE_MAX: the row as a whole. */
void rk_package_find(struct rk_package *package, size_t field, const char *kind, const char *text);
/* Likewise about a column of the file, known to the schema or not. */
void rk_package_find_column(struct rk_package *package, size_t column, const char *kind,
                            const char *text);

struct rk_package_count {
    uint64_t rows, bad_rows, findings; /* of the file */
};
void rk_package_end(struct rk_package *package, struct rk_package_count *count);

#endif
