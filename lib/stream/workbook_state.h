/* What the readers of workbooks share: workbook.c (rows and what is asked of them), xlsx.c and
 * ods.c (one kind of file each). */
#ifndef RK_WORKBOOK_STATE_H
#define RK_WORKBOOK_STATE_H

#include "base/mem.h"
#include "stream/archive.h"
#include "stream/workbook.h"

enum {
    RK_SHEET_MAX_SHEETS = 1000,
    RK_SHEET_MAX_TEXT = 1 << 20, /* bytes of one cell; Excel allows 32,767 characters */
    RK_SHEET_MAX_COLUMN = 16384,
    RK_SHEET_MAX_ROW = 1048576,
    RK_SHEET_MAX_MERGES = 1 << 20,
};

struct rk_sheet {
    char *name, *id, *part; /* id and part: of XLSX */
    bool hidden;
    bool any; /* of ODS, where it is known from the start: it holds something */
};

struct rk_sheet_cell {
    size_t column;
    struct rk_text text;
    enum rk_foreign_kind kind;
};

struct rk_sheet_row {
    uint64_t line;
    size_t first, count; /* of `cells` */
};

struct rk_workbook_kind {
    /* Starts the part that holds the sheet; with `merges` what is merged has been found before. */
    enum rk_status (*start)(struct rk_workbook *book, size_t sheet, bool merges,
                            struct rk_error *error);
    void (*free)(struct rk_workbook *book);
    bool knows_any; /* sheets[].any tells which hold nothing: all are in one part, too long to be
                       read for each */
};

struct rk_workbook {
    const char *name;
    struct rk_archive *archive;
    const struct rk_workbook_kind *kind;
    void *own; /* the kind's */
    bool from_1904;
    struct rk_sheet *sheets;
    size_t sheet_count, sheet_room;

    /* the sheet that is read */
    struct rk_arena arenas[2]; /* texts of the cells queued; the other keeps a row cut by a chunk */
    int arena;
    struct rk_sheet_cell *cells;
    size_t cell_count, cell_room;
    struct rk_sheet_row *rows;
    size_t row_count, row_room, row_next;
    bool end, seen_data, in_row, in_cell;
    uint64_t line;
    size_t column;
    struct rk_buf value; /* text of the cell */
    bool row_hidden;
    uint64_t hidden_rows;
    struct rk_foreign_merge *hidden_columns; /* columns alone */
    size_t hidden_count, hidden_room;
    struct rk_foreign_merge *merges;
    size_t merge_count, merge_room;
    struct rk_foreign_cell *dense;
    size_t dense_room;
};

/* Each fills an opened book whose archive is theirs, and sets its kind. */
enum rk_status rk_xlsx_read(struct rk_workbook *book, struct rk_error *error);
enum rk_status rk_ods_read(struct rk_workbook *book, struct rk_error *error);

/* From inside a handler: the first fault, with the cell where one is being read. */
void rk_sheet_wrong(struct rk_workbook *book, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rk_sheet_add(struct rk_workbook *book, const char *name, const char *id, bool hidden);
void rk_sheet_row_start(struct rk_workbook *book, uint64_t line, bool hidden);
void rk_sheet_row_end(struct rk_workbook *book);
/* The text is copied; an empty one is no cell. */
void rk_sheet_cell(struct rk_workbook *book, size_t column, struct rk_text text,
                   enum rk_foreign_kind kind);
/* Adds to book->value, within RK_SHEET_MAX_TEXT. */
void rk_sheet_text(struct rk_workbook *book, const char *text, size_t size);
/* The value as a number; what is none of ours stays as it stands. False: no number at all, which is
 * told. */
bool rk_sheet_number(struct rk_workbook *book, struct rk_text text);
void rk_sheet_hide_columns(struct rk_workbook *book, uint64_t first, uint64_t last);
void rk_sheet_merge(struct rk_workbook *book, struct rk_foreign_merge merge);

#endif
