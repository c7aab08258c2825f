/* One record writer over every form a table can take. Call for each row: one rk_write_… per column
 * in order, then rk_write_end. Only csv, json and jsonl stream; the forms for reading (table, markdown,
 * latex, html) wait for rk_writer_finish, since widths are known last. */
#ifndef RK_WRITE_H
#define RK_WRITE_H

#include "base/fixed.h"
#include "stream/out.h"
#include "stream/record.h"

enum rk_form { RK_CSV, RK_JSON, RK_JSONL, RK_TABLE, RK_MARKDOWN, RK_LATEX, RK_HTML };
/* "csv", "json", …; false when unknown. */
bool rk_form_parse(const char *name, enum rk_form *form);

struct rk_writer;
struct rk_writer_column {
    const char *name; /* copied */
    bool number;      /* bare in JSON where the text is a number, right-aligned in tables */
};

struct rk_writer *rk_writer_open(struct rk_out *out, enum rk_form form,
                                 const struct rk_writer_column *columns, size_t count);
void rk_write_text(struct rk_writer *writer, struct rk_text text); /* empty = missing */
void rk_write_string(struct rk_writer *writer, const char *nul_ended); /* NULL = missing */
void rk_write_cell(struct rk_writer *writer, const struct rk_cell *cell); /* as it was read */
void rk_write_missing(struct rk_writer *writer);
void rk_write_fixed(struct rk_writer *writer, rk_fixed value);   /* 12 significant digits */
void rk_write_double(struct rk_writer *writer, double value);    /* likewise; not finite = missing */
void rk_write_int(struct rk_writer *writer, int64_t value);
void rk_write_date(struct rk_writer *writer, int32_t days);
void rk_write_end(struct rk_writer *writer);
/* Before the first row: rows wait, and `review` looks them through as a whole before they are written, reads
 * cells and sets them. */
typedef void rk_writer_look(void *context, struct rk_writer *writer);
void rk_writer_review(struct rk_writer *writer, rk_writer_look *review, void *context);
size_t rk_writer_columns(const struct rk_writer *writer, const struct rk_writer_column **columns);
struct rk_text rk_writer_cell(const struct rk_writer *writer, uint64_t row, size_t column);
void rk_writer_set(struct rk_writer *writer, uint64_t row, size_t column,
                   struct rk_text text); /* kept until the writer is finished by who calls */
uint64_t rk_writer_rows(const struct rk_writer *writer);
/* Writes what waits and frees the writer; whether all went well is told by the commit. */
void rk_writer_finish(struct rk_writer *writer);

/* Writes things 0 … count - 1: `write` those of a block, in up to `threads` threads at once, each with a
 * writer of its own, which it does not finish; the blocks stand in their order. Forms that do not stream
 * are written by the caller's thread. */
typedef void rk_write_block(void *context, size_t from, size_t to, struct rk_writer *writer);
void rk_write_blocks(struct rk_writer *writer, size_t count, unsigned threads,
                     rk_write_block *write, void *context);

/* The bytes of one CSV field, quoted where RFC 4180 asks for it. */
void rk_csv_field(struct rk_buf *out, struct rk_text text, char delimiter);
/* A JSON string with its quotes; only what JSON must escape is escaped. */
void rk_json_quote(struct rk_buf *out, struct rk_text text);

#endif
