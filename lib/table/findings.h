/* Findings out: as a table (file, line, column, field, kind, message) in any form, or in JSON as a
 * report in the shape of Frictionless validation reports:
 *
 *     {"tasks": [{"name", "type", "place", "errors": [{"type", "title", "description", "message",
 *                 "fieldName", "fieldNumber", "rowNumber", "rk:line", "rk:column"}],
 *                 "valid", "warnings", "stats": {"errors", "warnings", "fields", "rows"}}],
 *      "valid", "warnings", "errors", "stats": {"tasks", "errors", "warnings"}}
 *
 * rowNumber counts the header, as Frictionless does: the first record is 2. Nothing is held back:
 * any number of findings takes no memory. */
#ifndef RK_FINDINGS_H
#define RK_FINDINGS_H

#include "table/package.h"

struct rk_findings;
struct rk_findings *rk_findings_new(struct rk_out *out, enum rk_form form);
/* A short letter to whoever must correct the files, in the language of the messages: per file each
 * kind of fault once, with its lines; the first of them where there are many, and how many more. */
struct rk_findings *rk_findings_new_letter(struct rk_out *out);
/* Begins what is found in one file. `type` is table or json; it and the others are copied. */
void rk_findings_begin(struct rk_findings *findings, const char *name, const char *place,
                       const char *type);
void rk_findings_add(struct rk_findings *findings, const struct rk_finding *finding);
void rk_findings_end(struct rk_findings *findings, size_t fields, uint64_t rows);
uint64_t rk_findings_count(const struct rk_findings *findings);
/* Writes what waits and frees it. */
void rk_findings_finish(struct rk_findings *findings);

/* The columns of the table, ends with a NULL name: for --describe. */
extern const struct rk_writer_column rk_findings_columns[];

#endif
