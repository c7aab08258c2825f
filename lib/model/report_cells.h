/* What is told to people, as cells and the sums among them: what somebody knows who has all of one
 * output, for whoever chooses what more of it to hide than the figures that are small. */
#ifndef RK_REPORT_CELLS_OF_H
#define RK_REPORT_CELLS_OF_H

#include "base/hash.h"

struct rk_report_cell {
    int64_t value; /* of counts whole, else in hundredths */
    int64_t n;     /* how many people it rests on; 0 where it is none of people */
    bool counts;   /* a number of people, or of what is told like people: one that is not 0 is known
                      not to be */
    bool signless; /* everybody knows that it is not less than 0 */
    bool small;    /* must not be worked out */
    bool fixed;    /* cannot be hidden */
    bool unseen;   /* stands in no table */
    bool before;   /* was hidden in what has been published: stays so */
    bool told;     /* stands as it is in what has been published: hiding it helps nobody */
    int64_t change;  /* not 0: what has been published tells another figure, less by so much; to be
                        kept for the sake of the few who make the difference */
    int64_t drift;   /* likewise, of an earlier month, with nobody gone or nobody come since … */
    bool drifts;     /* … for which alone it is to be kept, where that can be */
    uint32_t others; /* figures that are not told without it, and as much worth */
};
struct rk_report_cells {          /* zeroed = empty; give back with rk_report_cells_free */
    struct rk_report_cell *cells; /* the figures, in an order of their own; then those unseen */
    uint32_t count, room, figures;
    uint32_t *first,
        *cell; /* sum s: cell[first[s]] is the sum of cell[first[s] + 1 … first[s + 1] - 1] */
    uint32_t sum_count, sum_room, part_count, part_room;
    uint32_t lost; /* small figures, or changes, that what has been published tells already */
};

/* Sets hidden[figure] of all figures that are to be hidden; it has room for all, and is false. */
typedef void rk_report_cells_choose(void *context, const struct rk_report_cells *cells,
                                    bool *hidden);

/* The number of a new cell; those that may be hidden are added before those unseen. */
uint32_t rk_report_cells_add(struct rk_report_cells *cells, struct rk_report_cell cell);
/* A number of people, which is small from 1 to `least` - 1. */
uint32_t rk_report_cells_people(struct rk_report_cells *cells, int64_t people, int64_t least);
/* Likewise, but told nowhere: it may be nobody. */
uint32_t rk_report_cells_left(struct rk_report_cells *cells, int64_t people, int64_t least);
/* total = the sum of the parts. */
void rk_report_cells_sum(struct rk_report_cells *cells, uint32_t total, const uint32_t *parts,
                         size_t count);
/* total = the parts, and people told of nowhere, of whom nobody is to work out that they are 1 to
 * `least` - 1. Nothing is added where the parts are more. */
void rk_report_cells_rest(struct rk_report_cells *cells, uint32_t total, const uint32_t *parts,
                          size_t count, int64_t least);
/* The parts of two divisions of the same people make up the same, but for people told of nowhere.
 */
void rk_report_cells_alike(struct rk_report_cells *cells, const uint32_t *a, size_t a_count,
                           const uint32_t *b, size_t b_count, int64_t least);
/* The total counts people once who are in several parts. */
void rk_report_cells_bounds(struct rk_report_cells *cells, uint32_t total, const uint32_t *parts,
                            size_t count);
void rk_report_cells_free(struct rk_report_cells *cells);

/* The blocks of two divisions of the same rows: values of one and of the other that have a row in
 * common are of one block, and so whoever is in the block by the one is in it by the other, but for
 * rows that lack one of them (RK_NONE). Districts within parts of a city: a block for each part.
 * people: by row, 0 = passed over; NULL = none is. block_a, block_b: by value; RK_NONE = no row has
 * it with one of the other. Returns how many. */
uint32_t rk_report_blocks(const uint32_t *a, uint32_t a_values, const uint32_t *b,
                          uint32_t b_values, const uint32_t *people, size_t rows, uint32_t *block_a,
                          uint32_t *block_b);

/* Rows told apart by several features, whose numbers are held together: those of each are all, and
 * so are those of one and of another where they make up the same. Who lacks some feature is
 * nobody's value, and of a kind with those who are alike in all.
 *
 *     rows = {features, rows, of, values};  rk_report_rows_find(&rows)
 *     lost kinds: rows.kind[row] of rows.kinds, RK_NONE = the row lacks nothing
 *     rk_report_rows_hold(&rows, …) for each number that rows are counted for;  rk_report_rows_free
 */
struct rk_report_rows {
    uint32_t features;
    size_t rows;
    const uint32_t *const *of; /* by feature and row: the value or RK_NONE; NULL: is passed over */
    const uint32_t *values;    /* by feature: how many */
    const uint32_t *people;    /* by row: 0 = it is of nobody, and passed over; NULL = none is */
    uint32_t *kind, kinds;
    size_t *row_of; /* by kind: a row */
    bool **met;     /* by feature and value: some row has it; else everybody knows that none has */
    uint32_t **blocks; /* of features a < b: those of a, those of b; NULL = all one, or none */
};
void rk_report_rows_find(struct rk_report_rows *rows);
struct rk_report_rows_at {      /* cells */
    uint32_t total;             /* RK_NONE = it is not known */
    const uint32_t *first;      /* by feature: of its value 0 */
    uint32_t stride;            /* from a value to the next */
    bool has_none;              /* who lacks the feature has a cell after the last value */
    uint32_t lost, lost_stride; /* of kind 0; from a kind to the next */
};
void rk_report_rows_hold(const struct rk_report_rows *rows, struct rk_report_cells *cells,
                         const struct rk_report_rows_at *at);
void rk_report_rows_free(struct rk_report_rows *rows);

#endif
