/* What the files of cover share; for them alone. */
#ifndef RK_COVER_WORK_H
#define RK_COVER_WORK_H

#include "base/mem.h"
#include "panel/cover.h"

#include <math.h>

#define RK_COVER_LEVEL 0.95
#define RK_COVER_NO_POOL RK_COVER_POOLS

/* People of one feature by value. The last cell, number `values`, is those without a value. */
struct rk_cover_tally {
    uint32_t feature;
    uint32_t values;
    bool is_list, is_crossed;
    bool has_targets;
    double target_sum; /* as the table has it, where that is not 1; else 0 */
    double *target;    /* by value; NaN = none */
    double rest;       /* of the target: all other values; 0 = none */
    uint32_t *by_text; /* values in the order of their texts (ages: of years) */
    int64_t *people[RK_COVER_POOLS];
    bool *hidden[RK_COVER_POOLS];
    bool any_hidden[RK_COVER_POOLS];
};

/* The cells of one telling, where what is to be hidden is not chosen yet. */
struct rk_cover_telling {
    uint32_t before; /* cells of those before it */
    bool has[RK_COVER_POOLS];
    uint32_t first[RK_COVER_POOLS]; /* of the first telling, where this one has none */
    size_t lost[RK_COVER_POOLS];    /* where in `lost` its numbers begin */
};
struct rk_cover_line { /* cells that make up all who are active */
    uint32_t first, count;
    size_t telling;
    enum rk_cover_pool pool; /* who has any is of it, or no longer active */
};

struct rk_cover {
    struct rk_cover_facts facts;
    struct rk_cover_tally *tallies; /* by feature listed */
    uint32_t *in[RK_COVER_POOLS];   /* people by row; NULL = the pool is not known */
    uint32_t rows;
    int64_t total[RK_COVER_POOLS];
    bool total_hidden[RK_COVER_POOLS];
    struct rk_text by;
    struct rk_cover_row *told;
    size_t told_count, told_room;
    struct rk_cover_gap *gaps;
    size_t gap_count, gap_room;
    struct rk_cover_missing *missing;
    size_t missing_count, missing_room;
    uint64_t hidden;
    bool is_chosen;
    bool is_apart,
        are_pools_apart; /* tellings, and pools of one, are too many to be held together */
    struct rk_report_cells cells;
    bool *chosen; /* by cell: to be hidden */
    struct rk_cover_telling *tellings;
    size_t telling_count, telling_room, telling_at;
    struct rk_report_rows apart; /* by the features listed that are no lists */
    uint32_t **of, *of_values;
    int64_t *lost; /* by telling, pool and kind: who lacks some feature */
    size_t lost_count;
    uint32_t lost_cells; /* the first of their cells */
    struct rk_cover_line *lines;
    uint32_t line_count, line_room, line_at;
    bool told_all; /* gaps and missing are of the first telling */
    struct rk_arena arena;
};

/* cover_tally.c: counting */
enum rk_status rk_cover_tallies(struct rk_cover *cover, struct rk_error *error);
void rk_cover_count(struct rk_cover *cover);
enum rk_cover_pool rk_cover_parent(enum rk_cover_pool pool);
void rk_cover_free_tallies(struct rk_cover *cover);

/* cover_hide.c: while nothing is chosen, what was counted is taken down; then what of it is hidden
 * is looked up, in the same order */
void rk_cover_look(struct rk_cover *cover, bool bank);
void rk_cover_hide(struct rk_cover *cover);
/* People that make up the active. */
void rk_cover_look_along(struct rk_cover *cover, enum rk_cover_pool pool, const int64_t *people,
                         uint32_t count);
const bool *rk_cover_hidden_along(struct rk_cover *cover);
bool rk_cover_is_small(const struct rk_cover *cover, int64_t people);

/* cover_mirror.c: shares against targets, and how evenly people were selected */
void rk_cover_mirror(struct rk_cover *cover, const struct rk_cover_tally *tally,
                     enum rk_cover_pool pool);
void rk_cover_evenness(struct rk_cover *cover, enum rk_cover_pool base, enum rk_cover_pool pool);

/* cover_load.c: who has the assignments, and which experience is asked for */
void rk_cover_load(struct rk_cover *cover, const bool *counted, enum rk_cover_pool pool);
void rk_cover_demand(struct rk_cover *cover, const bool *counted);

/* cover.c */
bool rk_cover_by_recruitments(enum rk_cover_pool pool); /* told again of each part of them */
bool rk_cover_is_counted(const struct rk_cover *cover, const bool *counted, uint32_t recruitment);
/* A new row, whose further figures the caller may set before the next; `variant` is copied, NULL =
 * "". An estimate that is not finite is not told in the end. */
struct rk_measure *rk_cover_add(struct rk_cover *cover, struct rk_text feature,
                                struct rk_text value, const char *pool, const char *measure,
                                const char *variant, double estimate, double n);
/* Its interval for x of n: exact where n is at most 40, else Wilson's. */
void rk_cover_interval(struct rk_measure *row, double x, double n);
/* In place of a cell that is hidden. */
void rk_cover_add_hidden(struct rk_cover *cover, struct rk_text feature, struct rk_text value,
                         const char *pool);
/* All of a pool, where that is told. */
static inline double rk_cover_all(const struct rk_cover *cover, enum rk_cover_pool pool)
{
    return cover->total_hidden[pool] ? (double)NAN : (double)cover->total[pool];
}
static inline struct rk_text rk_cover_feature_name(const struct rk_cover *cover,
                                                   const struct rk_cover_tally *tally)
{
    return cover->facts.features->all[tally->feature].name;
}
static inline struct rk_text rk_cover_value_text(const struct rk_cover *cover,
                                                 const struct rk_cover_tally *tally, uint32_t value)
{
    return value == tally->values ? RK_TEXT("(missing)")
                                  : cover->facts.features->all[tally->feature].values.texts[value];
}

#endif
