/* What the files of the impact share; private to them. */
#ifndef RK_IMPACT_STATE_H
#define RK_IMPACT_STATE_H

#include "score/impact.h"

struct impact_contest {
    uint32_t recruitment, stage; /* stage RK_NONE = '*' */
    size_t first, last;          /* its entries; the same rows of the base, in another order */
    size_t rows, row_end;        /* its rows, the one of all groups first */
    bool decides;
};

struct impact_told { /* rows that begin with a recruitment */
    void *rows;
    uint32_t *first; /* by recruitment, one more than there are */
};

struct rk_impact {
    struct rk_impact_options options;
    const struct rk_ids *ids;
    const struct rk_ranking *base;
    size_t width;             /* groups of the base */
    struct rk_tuples entries; /* recruitment, stage, candidate; by contest, then id */
    struct impact_contest *contests;
    size_t contest_count;
    struct rk_tuples contest_keys;                   /* recruitment, stage */
    uint32_t *name_rank;                             /* by RK_ID_CANDIDATE */
    uint32_t *all;                                   /* by entry: rank, 0 = none */
    uint32_t *own;                                   /* width × entries: by the group alone */
    struct rk_tuples chosen;                         /* recruitment, candidate */
    struct impact_told choices, reasons, statements; /* by recruitment, in the order of names */
    struct rk_impact_row *rows;
    size_t row_count, row_room;
    struct rk_impact_measure *measures;
    size_t measure_count, measure_room;
    uint64_t unproven;
    struct rk_arena arena;
};

/* How the first of `ranks` and the chosen among the entries of a contest go together. */
enum rk_impact_match rk_impact_followed(const struct rk_impact *impact,
                                        const struct impact_contest *contest,
                                        const uint32_t *ranks);

/* How two orders of a contest go together, over the candidates in both; NAN where that has no
 * sense. */
struct impact_comparison {
    double tau_b, spearman, mean_shift, largest_shift;
};
struct impact_comparison rk_impact_compare(const struct impact_contest *contest, const uint32_t *x,
                                           const uint32_t *y);
/* How the first places of two orders go together. */
enum rk_impact_match rk_impact_match_first(const struct impact_contest *contest, const uint32_t *x,
                                           const uint32_t *y);

#endif
