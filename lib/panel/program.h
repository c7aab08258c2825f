/* Whole-number programs over few rows and many columns, solved exactly by branch and bound over
 * panel/simplex:
 *
 *     least  sum over columns of cost × x     where  lower <= x <= upper, x whole, for each column,
 *     and  lower <= sum of entries × x <= upper  for each row.
 *
 * Rows and columns may be added at any time, bounds and costs changed; every search goes on from
 * the basis of the one before. Depth first, the same on every machine. */
#ifndef RK_PROGRAM_H
#define RK_PROGRAM_H

#include "stat/simplex.h"

/* How much may be done, over any number of searches; counts down. Nodes are the same on every
 * machine; the hook (NULL = none) is for time and impatience, and is asked every few dozen steps.
 */
struct rk_effort {
    uint64_t nodes; /* linear programs that may still be solved */
    bool (*stop)(void *context);
    void *context;
    bool ended; /* one of the two said so */
};
bool rk_effort_ended(struct rk_effort *effort); /* asks the hook, too */

struct rk_program;

struct rk_program *rk_program_new(void);
void rk_program_free(struct rk_program *program); /* NULL is allowed */
/* Both return the new one's number: 0, 1, 2 … Bounds are at most RK_PROGRAM_MOST in size. */
uint32_t rk_program_row(struct rk_program *program, int64_t lower, int64_t upper);
uint32_t rk_program_column(struct rk_program *program, int64_t lower, int64_t upper);
/* Adds to the entry of a column in a row. */
void rk_program_entry(struct rk_program *program, uint32_t row, uint32_t column, int64_t entry);
#define RK_PROGRAM_MOST INT64_C(1000000000000000)
uint32_t rk_program_rows(const struct rk_program *program);
uint32_t rk_program_columns(const struct rk_program *program);
void rk_program_column_bounds(struct rk_program *program, uint32_t column, int64_t lower,
                              int64_t upper);
void rk_program_row_bounds(struct rk_program *program, uint32_t row, int64_t lower, int64_t upper);
int64_t rk_program_lower(const struct rk_program *program, uint32_t column);
int64_t rk_program_upper(const struct rk_program *program, uint32_t column);
int64_t rk_program_row_lower(const struct rk_program *program, uint32_t row);
int64_t rk_program_row_upper(const struct rk_program *program, uint32_t row);
void rk_program_cost(struct rk_program *program, uint32_t column, const struct rk_whole *cost);
void rk_program_cost_i64(struct rk_program *program, uint32_t column, int64_t cost);
/* The sum of a row for x. */
int64_t rk_program_row_sum(const struct rk_program *program, uint32_t row, const int64_t *x);
/* Whether x keeps all bounds. */
bool rk_program_keeps(const struct rk_program *program, const int64_t *x);
/* The entries, by column, as rk_simplex_new takes them: valid until a row, column or entry is
 * added. */
struct rk_program_matrix {
    uint32_t *first, *row;
    int64_t *entry;
};
const struct rk_program_matrix *rk_program_matrix(struct rk_program *program);

enum rk_program_outcome {
    RK_PROGRAM_FOUND,   /* the best there is; or, for `any`, one that keeps all bounds */
    RK_PROGRAM_NONE,    /* proven: nothing keeps all bounds */
    RK_PROGRAM_STOPPED, /* the effort ended, or most_nodes were used: see found and bound */
};

struct rk_program_result {
    enum rk_program_outcome outcome;
    bool found;            /* x holds one that keeps all bounds, the best seen */
    int64_t *x;            /* by column; the program's, until it is solved again or freed */
    struct rk_whole cost;  /* of x, where found */
    struct rk_whole bound; /* no x costs less; = cost when FOUND and not `any`. Not when NONE */
    uint64_t nodes;
};

/* `any`: the first one found will do; costs only say where to look first. `most_nodes` limits this
 * search alone (0 = only the effort does). `effort` may be NULL: no limit. The result's numbers are
 * freed with rk_program_result_free. */
struct rk_program_result rk_program_solve(struct rk_program *program, bool any, uint64_t most_nodes,
                                          struct rk_effort *effort);
/* Solves the linear program alone, and rounds x to the nearest. False: nothing keeps all bounds, or
 * the effort ended. */
bool rk_program_round(struct rk_program *program, struct rk_effort *effort, int64_t *x);
void rk_program_result_free(struct rk_program_result *result);
/* Steps of the simplex so far. */
uint64_t rk_program_steps(const struct rk_program *program);

#endif
