/* Tables in: a record reader bound to a schema. Columns are found by name, in any order, after the
 * user's mapping; every cell is checked against its field; what is wrong goes to the log with its
 * place, every bad row and not only the first; personal values are never echoed. */
#ifndef RK_TABLE_H
#define RK_TABLE_H

#include "base/date.h"
#include "stream/record.h"
#include "stream/write.h"
#include "table/schema.h"

/* A checked cell. size 0 = missing: then the rest is zero. */
struct rk_value {
    const char *text;
    size_t size;
    bool bare;
    int choice;      /* place in field->choices, -1 where there are none or for lists */
    rk_fixed number; /* integer, number, year (as 2019), boolean (0 or 1) */
    int64_t time;    /* date: days since 1970-01-01; datetime: minutes */
};
static inline struct rk_text rk_value_text(const struct rk_value *value)
{
    return (struct rk_text){value->text, value->size};
}

struct rk_row {
    const struct rk_value *values; /* by field of the schema */
    uint64_t number;               /* from 1 within its file */
    /* Bit f: field f has the same value as in the row before it (the one last returned); some that
     * have are not told. */
    uint64_t same;
    const struct rk_record *record; /* it was made of */
    /* What rk_table_digest's `make` made of this row and of the good ones behind it, `rows`
     * altogether, one after the other; then there is nothing else of them. NULL: `rows` is 1. */
    const void *made;
    uint32_t rows;
};

/* --map / --map-file: what foreign columns, constants and words mean. */
struct rk_map;
struct rk_map *rk_map_new(void);
void rk_map_free(struct rk_map *map);
/* "[TABLE.]our=Theirs" */
enum rk_status rk_map_add(struct rk_map *map, const char *text, struct rk_error *error);
/* {"columns": {our: theirs}, "constants": {our: value}, "values": {our: {theirs: ours}}}; keys may
 * be TABLE.our. For rk-import alone also "table", "exact", "rest", "alternatives" and "ask", told
 * below. */
enum rk_status rk_map_read(struct rk_map *map, const char *path, struct rk_error *error);
/* Every column of ours that the map speaks of must be in one of the schemas: RK_BAD_USE naming the
 * nearest. Also RK_BAD_USE when it has what only rk-import understands. */
enum rk_status rk_map_check(const struct rk_map *map, const struct rk_schema *const *schemas,
                            size_t count, struct rk_error *error);
/* It speaks of no column. */
bool rk_map_is_empty(const struct rk_map *map);
/* Their name for our column of `table`; NULL where the map says nothing. */
const char *rk_map_column(const struct rk_map *map, const char *table, const char *our);
const char *rk_map_constant(const struct rk_map *map, const char *table, const char *our);
/* Our word for theirs; false where the map has no words for the column, or not this one. */
bool rk_map_value(const struct rk_map *map, const char *table, const char *our,
                  struct rk_text theirs, struct rk_text *ours);
enum rk_map_part { RK_MAP_COLUMNS, RK_MAP_CONSTANTS, RK_MAP_VALUES };
/* What the map says, entry by entry from 0: false when there are no more. `value` is for values. */
bool rk_map_entry(const struct rk_map *map, enum rk_map_part part, size_t index, const char **our,
                  const char **theirs, const char **value);
bool rk_map_has_values(const struct rk_map *map, const char *table, const char *our);

/* What the map files tell of an import; each answers for a map of NULL too.
 * "table": the table of ours the map is for, NULL = any. */
const char *rk_map_table(const struct rk_map *map);
/* "exact": only our own names bind a column, no alias. */
bool rk_map_exact(const struct rk_map *map);
/* "rest": what becomes of columns that nothing claims. */
enum rk_map_rest {
    RK_REST_REFUSE,
    RK_REST_KEEP, /* as they are, but those known to be personal are left out */
    RK_REST_DROP,
};
enum rk_map_rest rk_map_rest(const struct rk_map *map);
/* "alternatives": [{our: theirs}], of which the first holds whose columns are all in the file.
 * False when the alternative has no such entry; each has one at least. */
bool rk_map_alternative(const struct rk_map *map, size_t alternative, size_t index,
                        const char **our, const char **theirs);
/* "ask": columns of ours that the user must say the value of; NULL when there are no more. */
const char *rk_map_asked(const struct rk_map *map, size_t index);
/* Their columns that an import keeps as they are or leaves out; each list ends with NULL. */
const char *const *rk_map_kept(const struct rk_map *map);
const char *const *rk_map_dropped(const struct rk_map *map);

struct rk_table;
struct rk_table_options {
    const struct rk_map *map; /* or NULL */
    struct rk_log *log;       /* not NULL: bad rows and cells */
    struct rk_reader_options reader;
    bool by_alias; /* headers may also be the schema's aliases (rk-import) */
    /* Required columns that an analysis tool can do without: the whole column may be absent, and is
     * then this text in every row. Pairs, ends with NULL: {"stage", "all", NULL}. */
    const char *const *defaults;
    /* Nothing is checked but the mapping: every row is returned, with its cells as texts alone, and
     * a required column may be absent (lib/table/package does the checking). */
    bool unchecked;
    bool hash;              /* rk_table_hash will be asked */
    struct rk_out *rejects; /* bad rows go here at the end, as CSV: rk:file, rk:line,
                             * rk:reason, then the row (less columns of these names, where rejects
                             * are read again); or NULL: then any bad row makes the table bad */
    /* Not NULL: the keys of rows that go to `rejects` are put there, and rows that rk_table_reject is
     * told of because what they refer to is among them are passed over and not bad. Shared by the
     * tables of a run. */
    struct rk_strings *aside;
    bool never_rejects;     /* the tool has no --rejects for this table, to which a message could point */
};

/* Opens the files one after another as one table (each has its header). `schema`, `paths`,
 * `options` must outlive it. A missing required column or a mapped column that is not in the file:
 * RK_BAD_DATA naming the nearest. */
enum rk_status rk_table_open(struct rk_table **table, const struct rk_schema *schema,
                             const char *const *paths, size_t path_count,
                             const struct rk_table_options *options, struct rk_error *error);
/* The same where the header decides what the table is: the first of `all` whose column is there (by
 * its name or the map's), the last of them (column NULL) otherwise. Its defaults take the place of
 * those in `options`; its schema, and no other, is asked for. */
struct rk_table_choices {
    struct rk_table_choice {
        const char *table, *column; /* column NULL in the last */
        const char *const *defaults;
    } all[8];
    enum rk_status (*schema)(void *context, const struct rk_schema **schema, const char *table,
                             struct rk_error *error);
    void *context;
};
enum rk_status rk_table_open_choice(struct rk_table **table, const struct rk_table_choices *choices,
                                    const char *const *paths, size_t path_count,
                                    const struct rk_table_options *options, struct rk_error *error);
const struct rk_schema *rk_table_schema(const struct rk_table *table);
/* The next good row, or rows (see row->made); *row = NULL at the end. A bad row is logged, put
 * among the rejects where there are any, and passed over; the end then tells RK_BAD_DATA unless
 * there are rejects. */
enum rk_status rk_table_next(struct rk_table *table, const struct rk_row **row,
                             struct rk_error *error);
/* Has the thread that reads ahead, where there is one, check the rows and make something of each
 * good one, for rk_row.made: of a size that is returned, a multiple of 16 up to `most`. `make` is
 * told all of the row but its number and returns 0 where it leaves it as it is; it may ask the
 * table for its extras alone, by rk_table_extra_of and not rk_table_extra. Not every row is seen to
 * by it: those that are bad, of the first of a file, of JSON are not. Rows come in the order they
 * would. `context` is the thread's alone until rk_table_stop. Before the first row. */
struct rk_table_digest {
    size_t most;
    size_t (*make)(void *context, const struct rk_row *row, void *made);
    void *context;
};
void rk_table_digest(struct rk_table *table, const struct rk_table_digest *digest);
/* Of the rows that rk_table_next gave at once, goes on to `row`, from 0 and never back: now it is
 * the row last read. The lines on which they stand follow each other. */
void rk_table_step(struct rk_table *table, uint32_t row);
/* Ends that thread, and so the reading. */
void rk_table_stop(struct rk_table *table);
/* Turns the row last read into a bad one (what only the tool can see). `field` = SIZE_MAX: the row
 * as a whole. */
void rk_table_reject(struct rk_table *table, size_t field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Cells for whose text `hide` is true are left empty among the rejects: a reject must not spread
 * what no table may hold. */
void rk_table_hide(struct rk_table *table, bool (*hide)(struct rk_text text));
bool rk_table_has(const struct rk_table *table,
                  size_t field); /* column there, mapped or constant */
/* Columns that the schema does not know, of the file now being read, in its order. */
size_t rk_table_extras(const struct rk_table *table);
struct rk_text rk_table_extra_name(const struct rk_table *table, size_t extra);
/* The column of ours, not in the file, that the name of the extra one was surely meant to be; NULL
 * where there is none. rk_table_next and rk_table_open refuse such a file unless it is unchecked.
 */
const struct rk_field *rk_table_extra_meant(const struct rk_table *table, size_t extra);
/* The column of ours, not in the file and so taken to be the same in all rows, that others call as
 * the extra one is called; NULL where there is none. No file is refused for it. */
const struct rk_field *rk_table_extra_called(const struct rk_table *table, size_t extra);
/* Likewise of the optional columns that `ours` names (ends with NULL; NULL = of all of them), where
 * the name may also be a part of ours or of an alias: max_month for max_per_month. */
const struct rk_field *rk_table_extra_like(const struct rk_table *table, size_t extra,
                                           const char *const *ours);
/* Names (NULL ends them) of columns, extra or not, without which the caller would get another
 * result and tell nobody: a file is refused also where one of these was meant, mistyped or by one
 * of its aliases; this one now, others by rk_table_next. */
enum rk_status rk_table_know(struct rk_table *table, const char *const *known,
                             struct rk_error *error);
/* Fails with RK_BAD_DATA: the file now being read has no column for the field, naming the nearest. */
enum rk_status rk_table_lacks(const struct rk_table *table, size_t field, struct rk_error *error);
struct rk_cell rk_table_extra(const struct rk_table *table, size_t extra); /* of the last row */
/* Another number than before, and never 0, wherever the columns may be others: in another file, in JSON. */
uint64_t rk_table_bound(const struct rk_table *table);
struct rk_cell rk_table_extra_of(const struct rk_table *table, const struct rk_row *row,
                                 size_t extra);
/* Where the field of the last row stands; SIZE_MAX: the row as a whole, which is cheap to ask. */
struct rk_pos rk_table_pos(const struct rk_table *table, size_t field);
struct rk_pos rk_table_header_pos(const struct rk_table *table); /* of the file now being read */
/* Under the schema: the file now being read, its last record, and which of its columns a field is
 * (SIZE_MAX: none). */
const struct rk_reader *rk_table_reader(const struct rk_table *table);
const struct rk_record *rk_table_record(const struct rk_table *table);
size_t rk_table_column(const struct rk_table *table, size_t field);
/* After the last row: the SHA-256 of the bytes, unpacked, of file `index` of those that have rows;
 * NULL when there are no more. */
const char *rk_table_hash(const struct rk_table *table, size_t index);
uint64_t rk_table_rows_in(const struct rk_table *table);
bool rk_table_is_rejecting(const struct rk_table *table); /* bad rows are put aside */
uint64_t rk_table_rows_rejected(const struct rk_table *table);
/* Rows that refer to one that was put aside. */
uint64_t rk_table_rows_passed(const struct rk_table *table);
void rk_table_close(struct rk_table *table); /* NULL is allowed */

/* Checks one text as a cell of `field`; false and a reason for people in `why` when it does not
 * fit. Never puts the text of a personal field into `why`. */
bool rk_field_check(const struct rk_field *field, struct rk_text text, struct rk_value *value,
                    struct rk_buf *why);
/* Adds 'text' for a message, cut and made visible; of a personal field only that it is a value. */
void rk_field_show(const struct rk_field *field, struct rk_text text, struct rk_buf *out);

#endif
