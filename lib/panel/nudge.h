/* A whole point within the bounds of a program, from one that is near them, by exchanges: one
 * column less, another more. Quick, and often enough of use where many points are wanted one after
 * another; that none is found means nothing. */
#ifndef RK_NUDGE_H
#define RK_NUDGE_H

#include "panel/program.h"

/* Moves x (by column). Of exchanges that serve alike the one with the larger `gain` of the column
 * that gets more, less that of the other, is made. False: x is somewhere on the way. */
bool rk_nudge(struct rk_program *program, const int64_t *gain, int64_t *x);

#endif
