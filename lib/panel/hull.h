/* Whether a point is a lottery over whole points of a program, exactly: either the weights, or a
 * row that all whole points keep and the point does not. The last word where panel/walk finds
 * neither, and slow where there are many columns: it looks for the prices y, each -1 … 1, that hold
 * the point farthest above all whole points found so far, and asks by branch and bound for one
 * above those (column generation, seen from the prices' side). Rows found this way are corners of
 * one fixed polytope, so they come to an end. */
#ifndef RK_HULL_H
#define RK_HULL_H

#include "panel/program.h"

struct rk_hull {
    uint32_t types;   /* the program's first columns: what the points are compared in */
    int64_t **points; /* whole points found, by column of the program each; growing */
    uint32_t count, room;
    struct rk_whole *weight; /* FOUND: of each point, over `total`; some are 0 */
    struct rk_whole total;
    int64_t *entry;      /* NONE: by type; the sum of entry × x is at least `least` for all */
    int64_t least, most; /* whole points, and less for the point */
};

/* Adds a point (a copy), unless it is there. */
void rk_hull_add(struct rk_hull *hull, uint32_t columns, const int64_t *x);
/* STOPPED: the effort ended, or numbers do not fit. */
enum rk_program_outcome rk_hull_separate(struct rk_hull *hull, struct rk_program *program,
                                         const struct rk_whole *point, const struct rk_whole *scale,
                                         struct rk_effort *effort);
void rk_hull_free(struct rk_hull *hull);

#endif
