/* Writes a point of a polytope as a lottery over the whole points in it, exactly: finds a whole
 * point on the face the point lies on, takes as much of it as leaves the rest within all bounds,
 * and goes on with the rest, which lies on a smaller face (Caratheodory's argument). */
#ifndef RK_WALK_H
#define RK_WALK_H

#include "panel/program.h"

struct rk_walk_part {
    int64_t *x;             /* by column */
    struct rk_whole weight; /* > 0 */
};

struct rk_walk {
    struct rk_walk_part *parts;
    uint32_t count, room;
    struct rk_whole total; /* the weights are over this */
    /* the rest: */
    struct rk_whole mass;   /* total less the weights */
    struct rk_whole *point; /* by column, times mass */
    uint32_t turn;          /* another turn, another way: set as you like */
};

/* A face of the program that holds no whole point, as columns and rows at a bound: the sum of how
 * far they are from it is never less than `least` for a whole point, as a row: entries by column,
 * and the least and most of the sum. */
struct rk_walk_cut {
    int64_t *entry;
    int64_t least, most;
};

/* FOUND: walk->mass is 0. NONE: the rest lies on a face without whole points. STOPPED: the effort
 * ended. Goes on from where the walk is; the program may have got a row more. */
enum rk_program_outcome rk_walk_go(struct rk_program *program, struct rk_walk *walk,
                                   struct rk_effort *effort);
/* After NONE: what is wrong with the face that the rest lies on. FOUND: free cut->entry; or
 * STOPPED.
 */
enum rk_program_outcome rk_walk_find_cut(struct rk_program *program, struct rk_walk *walk,
                                         struct rk_effort *effort, struct rk_walk_cut *cut);
/* Starts at point / scale. */
void rk_walk_start(struct rk_walk *walk, uint32_t columns, const struct rk_whole *point,
                   const struct rk_whole *scale);
/* A walk that is at its end, with the points of weight > 0 as its parts. */
void rk_walk_of_parts(struct rk_walk *walk, uint32_t columns, int64_t *const *points,
                      const struct rk_whole *weights, uint32_t count);
/* Gives back the last `parts`, or as many as there are. */
void rk_walk_give_back(struct rk_walk *walk, uint32_t columns, uint32_t parts);
/* Gives back the last parts until the rest keeps the least of `row`. False: not even the start
 * does. */
bool rk_walk_back(struct rk_walk *walk, struct rk_program *program, uint32_t row);
void rk_walk_free(struct rk_walk *walk, uint32_t columns);

#endif
