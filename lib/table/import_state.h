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
    const char *key;      /* of SCORE: the criterion, the rater, the item or the question */
    size_t item;          /* of SCORE in a survey: the item, or a question's first option */
    bool many;            /* … its cells hold all options chosen */
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
    uint64_t header_line;        /* the last, where it has several */
    struct rk_foreign_row ahead; /* a row read to see whether it is one of them */
    bool has_ahead;
    size_t *source;           /* by field: the column, SIZE_MAX = none */
    struct rk_text *constant; /* by field: text NULL = none */
    struct rk_cell_column *constant_reading;
    bool *closed; /* by field: the map file has words for it, and no others pass */
    bool *worded; /* by field: it has choices, or words of the map file or of rk */
    size_t score, missing, criterion, rater, group, status, gender, birth; /* fields, or SIZE_MAX */
    size_t score_columns;
    size_t item, answer;   /* of responses, or SIZE_MAX */
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

/* Reads the header: columns, their names and places, and what is merged below it. */
enum rk_status rk_import_read_header(struct rk_import *im, struct rk_error *error);
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
/* Binds the columns that are items of the codebook. */
void rk_import_bind_items(struct rk_import *im);
/* The rows of one respondent. */
void rk_import_take_items(struct rk_import *im, const struct rk_foreign_row *row,
                          const struct rk_text *kept, const struct rk_pos *row_pos);
/* The row is bad; the first reason goes with it to the rejects. `told`: a message is due now. */
void rk_import_bad(struct rk_import *im, const struct rk_pos *pos, bool told, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));
/* The same for a word nobody knows; they are told together at the end. */
void rk_import_unknown_word(struct rk_import *im, size_t field, struct rk_text word,
                            const struct rk_pos *pos);
/* Makes the row bad, and says so, where the cell holds a personal identity number. */
bool rk_import_refuse_identity(struct rk_import *im, const struct rk_foreign_cell *cell,
                               struct rk_text text, const struct rk_pos *pos);
/* A cell that is kept as it is, once what may not come into any table has been refused. */
struct rk_text rk_import_read_kept(struct rk_import *im, size_t column,
                                   struct rk_foreign_cell cell);
struct rk_pos rk_import_cell_pos(const struct rk_import *im, size_t column);
/* Puts one row of the output among those waiting, from im->values. */
void rk_import_emit(struct rk_import *im, const struct rk_text *kept, const struct rk_pos *pos);
/* Is the column known to hold what tells of a person? Also where an underscore stands for a blank,
 * and with a number: address_line_2. */
bool rk_import_is_personal(struct rk_import *im, const struct rk_import_column *column);
/* What a person can be reached by: an e-mail address, or a telephone number with its 0 or +. */
bool rk_import_is_contact(struct rk_text text);
/* Is a personal identity number in it? */
bool rk_import_holds_identity(const struct rk_import *im, struct rk_text text);
struct rk_text rk_import_keep(struct rk_arena *arena, struct rk_text text);

#endif
