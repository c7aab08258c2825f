/* Leximin over a polytope, exactly: among all real points that keep the bounds of a program, the
 * one whose vector of (offset + x / size) over the people behind its columns is leximin: the
 * poorest person's value as large as can be, then the second poorest's, and so on. That point is
 * unique in those columns.
 *
 * Each step raises a common level for all people not yet fixed until nothing keeps the bounds. The
 * prices by which that is proven (Farkas) give the next lower level to try (Newton's method on a
 * convex, piecewise linear function, so it ends at the exact level), and tell who cannot have more:
 * those whose column has a positive price sum stay at the level, those with a negative one are at
 * their most. Each step's prices are independent of the earlier ones' on the columns left, so there
 * are at most rows + 1 steps. */
#ifndef RK_LEVELS_H
#define RK_LEVELS_H

#include "panel/program.h"

struct rk_levels_step {
    struct rk_fraction value; /* the level: nobody left before this step can all have more */
    /* By row of the program; NULL: the level is the poorest offset + 1, people surely taken. The
     * sum over columns of g × x, g = sum of price × entry, is at most the sum of price × (the row's
     * most, or its least where the price is negative) for every x; and with everybody of
     * g > 0 at this level or what they were fixed at, and everybody of g < 0 taken, is that
     * much already. */
    struct rk_whole *prices;
};

struct rk_levels {
    uint32_t types, columns, rows;
    struct rk_fraction *value;    /* by type: offset + chance */
    uint32_t *step_of;            /* by type: the step that fixed it */
    struct rk_levels_step *steps; /* values ascend, some are equal */
    uint32_t step_count;
    struct rk_whole *point; /* by column, over `scale`: the leximin point */
    struct rk_whole scale;
    uint64_t simplex_steps;
};

/* The program's first `types` columns hold 0 … sizes[t] people (> 0) with an offset; its bounds say
 * what is allowed. FOUND; NONE: no point keeps them; STOPPED: the effort's hook said so. Give back
 * with rk_levels_free whatever the outcome. */
enum rk_program_outcome rk_levels_find(struct rk_program *program, uint32_t types,
                                       const uint32_t *sizes, const uint32_t *offsets,
                                       struct rk_effort *effort, struct rk_levels *levels);
void rk_levels_free(struct rk_levels *levels);

#endif
