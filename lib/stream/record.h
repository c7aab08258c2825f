/* One record reader over CSV, a JSON array and JSON lines (told apart by content).
 *
 * CSV is RFC 4180: UTF-8, a header line, one delimiter, quotes doubled; LF or CRLF. A byte order mark
 * before the header is dropped. Spaces are data. A quote inside an unquoted field, text after a closing
 * quote, an unclosed quote, a NUL, invalid UTF-8, a repeated or empty column name: RK_BAD_DATA with its
 * place. An empty line is a record of one empty cell. Zero bytes of input are RK_BAD_DATA; a header alone is not.
 *
 * JSON: an object a record; numbers are carried as they are written; null is a missing cell; true and
 * false are the texts; an array of scalars is the '|'-joined list; a nested object is RK_BAD_DATA. A
 * later object may bring new columns: look at rk_reader_columns again after each record. */
#ifndef RK_RECORD_H
#define RK_RECORD_H

#include "base/text.h"
#include "stream/in.h"

struct rk_cell {
    const char *text; /* UTF-8 without NUL, not NUL-ended; valid until the next record */
    size_t size;      /* 0 = missing */
    bool bare;        /* written without quotes in JSON: a number, true or false */
};

struct rk_record {
    const struct rk_cell *cells; /* `count` of them; in CSV this may differ from the columns */
    size_t count;
    uint64_t number; /* from 1, the header not counted */
    uint64_t line;   /* physical line on which it starts */
    /* Bit c: cell c has the same bytes as in the record before (some that have are not told). Rows
     * are much like their neighbours: what was made of such a cell need not be made again. */
    uint64_t same;
    /* What rk_reader_digest's `make` made of this record and of those on the lines after it, `rows`
     * altogether, one behind the other, valid until the next record; or NULL, and `rows` is 1.
     * Where it is there, `cells` is NULL until rk_reader_split. */
    const void *made;
    uint32_t rows;
};

struct rk_reader;
struct rk_reader_options {
    char delimiter;   /* 0 = comma */
    size_t max_field; /* 0 = 1 MiB */
    bool ahead;       /* a thread may read and split a long CSV ahead of rk_reader_next: the same records
                       * and the same failures, in the same order */
};

/* Takes over `in` (closes it, also on failure) and reads the header. */
enum rk_status rk_reader_open(struct rk_reader **reader, struct rk_in *in,
                              const struct rk_reader_options *options, struct rk_error *error);
/* *more = false at the end. After a failure the reader is finished. */
enum rk_status rk_reader_next(struct rk_reader *reader, struct rk_record *record, bool *more,
                              struct rk_error *error);
/* Has the thread that reads ahead, where there is one, make something of each record, so that both
 * threads have work: `make`, with what is told of a record but its number. Returned is the size of
 * what was made, a multiple of 16 up to `most`; 0 where it leaves the record as it is. Before the
 * first record. `context` is the thread's alone until rk_reader_stop or rk_reader_close. */
struct rk_digest {
    size_t most;
    size_t (*make)(void *context, const struct rk_record *record, void *made);
    void *context;
};
void rk_reader_digest(struct rk_reader *reader, const struct rk_digest *digest);
/* Ends that thread; no further record can be read. */
void rk_reader_stop(struct rk_reader *reader);
/* Goes on to record `row`, from 0, of those that rk_reader_next gave at once: now it is the one
 * last read. Never back. */
void rk_reader_step(struct rk_reader *reader, struct rk_record *record, uint32_t row);
/* The cells of the record last read, where it has none because something was made of it. */
void rk_reader_split(struct rk_reader *reader, struct rk_record *record);
/* Reads the first record ahead, so that the columns of JSON are known before it is asked for. */
enum rk_status rk_reader_look(struct rk_reader *reader, struct rk_error *error);
/* JSON has no header: its columns are known from the records only. */
bool rk_reader_is_json(const struct rk_reader *reader);
size_t rk_reader_columns(const struct rk_reader *reader);
struct rk_text rk_reader_column(const struct rk_reader *reader, size_t column); /* its name */
/* The record last read, or right after opening the header, byte for byte without its line end. */
struct rk_text rk_reader_raw(const struct rk_reader *reader);
const char *rk_reader_file(const struct rk_reader *reader);
/* Where cell `column` of the record last read stands. */
struct rk_pos rk_reader_pos(const struct rk_reader *reader, size_t column);
void rk_reader_close(struct rk_reader *reader); /* NULL is allowed */

#endif
