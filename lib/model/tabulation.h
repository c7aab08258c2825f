/* The table `cells`: a table of figures, one a row, that is to be published or has been. Every column that
 * is not ours is a dimension, with a label in each row; a label may be a total of the others. Several
 * files are one table: a dimension that a file has not is at its total there. */
#ifndef RK_TABULATION_H
#define RK_TABULATION_H

#include "base/hash.h"
#include "table/table.h"

enum { RK_TABULATION_DIMS = 8, RK_TABULATION_TREES = 8, RK_TABULATION_LEVELS = 6 };
enum { RK_LABEL_TOTAL = 0 }; /* the number of a dimension's total */

struct rk_tabulation_row {
    uint32_t labels[RK_TABULATION_DIMS];
    rk_fixed value;        /* >= 0 */
    rk_fixed least, most;  /* of a hidden one, as what stands for it tells; least 0 … */
    bool has_most;         /* … and no most: it does not */
    bool has_value;        /* a number stands there */
    bool hidden;           /* what is published hides it */
    int32_t contributors;  /* -1 = not told */
    int32_t record_key;    /* -1 = not told */
    uint32_t contributor;  /* RK_NONE = not told */
    uint32_t line, column; /* where the figure stands, as in struct rk_pos; 0 = not known */
    const char *file;      /* NULL = not known */
    struct rk_text stood;  /* what stands for a hidden one */
};
/* A hierarchy of a dimension, from columns of the file: "region:county:country", finest first. */
struct rk_tabulation_tree {
    uint32_t dim;
    struct rk_text columns[RK_TABULATION_LEVELS]; /* above the dimension's own */
    bool found[RK_TABULATION_LEVELS];             /* in a row */
    uint32_t levels;
    uint32_t *parent; /* by label: RK_NONE = none */
    uint32_t room;
};

struct rk_tabulation { /* zeroed = empty; give back with rk_tabulation_free */
    /* set before reading, by the calls below */
    struct rk_strings totals; /* words for a total */
    struct rk_text flag;      /* column whose words say that a figure is hidden; size 0 = none */
    struct rk_strings flags;
    bool only_listed;         /* no other column is a dimension */
    bool is_records;          /* a row is a person, or as many as its value says */
    struct rk_tabulation_tree trees[RK_TABULATION_TREES];
    uint32_t tree_count;

    struct rk_text names[RK_TABULATION_DIMS];
    uint32_t dim_count;
    struct rk_strings labels[RK_TABULATION_DIMS];
    bool total_named[RK_TABULATION_DIMS];
    struct rk_tabulation_row *rows;
    uint32_t row_count, row_room;
    struct rk_tabulation_row *before; /* what of the same figures has been published, shown or hidden */
    uint32_t before_count;
    bool has_totals; /* some row is of a total, or files differ */
    struct rk_strings contributors;
    const char *value_name; /* what the column of figures is called in the file; NULL = not known */
    struct rk_arena arena;
};

/* Words joined by commas. */
void rk_tabulation_totals(struct rk_tabulation *t, const char *words);
/* The dimensions, joined by commas; no other column is one. False: too many, or one twice. */
bool rk_tabulation_dimensions(struct rk_tabulation *t, const char *names);
/* "COLUMN=WORD,WORD": false when it is not like that. */
bool rk_tabulation_flag(struct rk_tabulation *t, const char *text);
/* "region:county:country": false when it is not like that, or there are too many. */
bool rk_tabulation_nest(struct rk_tabulation *t, const char *text);
/* The number of the dimension; RK_NONE when there is none of the name. */
uint32_t rk_tabulation_dim(const struct rk_tabulation *t, struct rk_text name);
/* Reads the table to its end. A figure that is no number, none of the symbols for a hidden one ([c], c, x,
 * .., *, :, empty), none for a hidden one that is told to be somewhere (<5, <=4, 1-4, 1 to 4, >95, 10+) and none for zero (-, –) or for no figure at all (., [z]): a bad row. */
enum rk_status rk_tabulation_read(struct rk_tabulation *t, struct rk_table *table,
                                  const struct rk_schema *schema, struct rk_error *error);
/* Reads what has been published before of the same table, once that is read. RK_BAD_DATA where it has a
 * column or a label that the table has not. */
enum rk_status rk_tabulation_read_before(struct rk_tabulation *t, struct rk_table *table,
                                         const struct rk_schema *schema, struct rk_error *error);
/* Where the figure of the row stands; with `row` NULL, in which file the first one does. */
struct rk_pos rk_tabulation_pos(const struct rk_tabulation *t, const struct rk_tabulation_row *row);
/* What stands for the total of a dimension where the file has no word for it is "Total". */
struct rk_text rk_tabulation_label(const struct rk_tabulation *t, uint32_t dim, uint32_t label);
void rk_tabulation_free(struct rk_tabulation *t);

#endif
