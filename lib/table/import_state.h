/* What the two files of an import share: columns (import_columns.c) and rows (import.c). */
#ifndef RK_IMPORT_STATE_H
#define RK_IMPORT_STATE_H

#include "base/hash.h"
#include "table/cell.h"
#include "table/import.h"

/* What becomes of a foreign column. */
enum rk_use_of { UNCLAIMED, FIELD, SCORE, KEEP, HOUSEHOLD, DROP, NAMELESS };

struct rk_import_column {
    struct rk_text name, folded; /* NUL-ended; empty = no header */
    enum rk_use_of use;
    size_t field;         /* of FIELD */
    const char *key;      /* of SCORE: the criterion or the rater */
    const char *out_name; /* of KEEP */
    bool unasked;         /* of KEEP: a map keeps it, nobody has looked at it */
    bool contact;         /* … and it was found to hold addresses or numbers to reach people by */
    struct rk_cell_column reading;
    struct rk_pos pos; /* of the header */
};

struct rk_import_word { /* a word that nobody knows */
    struct rk_pos pos;
    size_t field;
    struct rk_text word;
    uint64_t count;
};

struct rk_import {
    struct rk_import_options options;
    struct rk_foreign *foreign;
    const struct rk_schema *schema;
    const char *table;
    struct rk_arena arena, row_arena;
    struct rk_words *mapped; /* the words of the map file */

    struct rk_import_column *columns;
    size_t column_count;
    uint64_t header_line;
    size_t *source;           /* by field: the column, SIZE_MAX = none */
    struct rk_text *constant; /* by field: text NULL = none */
    struct rk_cell_column *constant_reading;
    bool *closed; /* by field: the map file has words for it, and no others pass */
    bool *worded; /* by field: it has choices, or words of the map file or of rk */
    size_t score, missing, criterion, rater, group, status, gender, birth; /* fields, or SIZE_MAX */
    size_t score_columns;
    size_t numbered;       /* the key that --number makes, or SIZE_MAX */
    size_t feature, value; /* of quotas, or SIZE_MAX */

    struct rk_writer_column *out;
    size_t *out_field;  /* SIZE_MAX: a column kept, or the household */
    size_t *out_column; /* SIZE_MAX: the household */
    size_t out_count;

    struct rk_text *values; /* by field, of the row last read */
    bool row_bad;
    struct rk_buf reason;
    struct rk_text *pending; /* rows of the output waiting, `out_count` cells each */
    size_t pending_count, pending_next, pending_room;
    struct rk_buf tidy, text, why;

    struct rk_strings unknown_words;
    struct rk_import_word *unknown;
    size_t unknown_room;
    struct rk_strings households;
    uint64_t homeless; /* rows without household */
    struct rk_strings keys;
    uint64_t *key_lines;
    size_t key_room;
    struct rk_writer *rejects;
    size_t errors;
    struct rk_import_counts counts;
    uint64_t identities;
};

/* Binds every column of the header, decides the output, and opens the rejects. */
enum rk_status rk_import_bind(struct rk_import *im, struct rk_error *error);
/* A message about the columns; counted in im->errors. */
void rk_import_error(struct rk_import *im, const struct rk_pos *pos, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Do rejects leave the column out? */
bool rk_import_left_out(const struct rk_import_column *column);
/* The field that the header names: our own name for it, or, unless the map is exact, one alias.
 * SIZE_MAX: none, or more than one. */
size_t rk_import_field_called(struct rk_import *im, const struct rk_schema *schema,
                              struct rk_text header);
/* Is a personal identity number in it? */
bool rk_import_holds_identity(const struct rk_import *im, struct rk_text text);
struct rk_text rk_import_keep(struct rk_arena *arena, struct rk_text text);

#endif
