/* Searches tables and plain texts for what people are known or reached by (privacy/scan.h):
 * findings name the place and the kind, never the text. */
#ifndef RK_SEARCH_H
#define RK_SEARCH_H

#include "privacy/scan.h"
#include "table/findings.h"

/* A table to its end, opened unchecked; `schema` NULL where none knows it. Cells that are what
 * their number, day or word should be are passed over. */
enum rk_status rk_search_table(struct rk_findings *findings, struct rk_table *table,
                               const struct rk_schema *schema, const char *path,
                               struct rk_error *error);
/* A plain text, line by line. */
enum rk_status rk_search_text(struct rk_findings *findings, const char *path,
                              struct rk_error *error);
/* Reads a document that must hold none of it: RK_BAD_DATA otherwise. */
enum rk_status rk_search_none(struct rk_buf *all, const char *path, struct rk_error *error);
/* The text to `out`, with "[phone]" and so on in place of what was found. */
enum rk_status rk_search_redact(struct rk_out *out, const char *path, struct rk_error *error);

#endif
