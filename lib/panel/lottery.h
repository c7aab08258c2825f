/* Lotteries over panels: each panel a number of people of every type and a weight; drawing one and
 * its people; and as many equally likely panels as a public draw has balls. */
#ifndef RK_LOTTERY_H
#define RK_LOTTERY_H

#include "panel/panel.h"

struct rk_lottery {
    uint32_t types, count;
    uint32_t *counts;        /* by panel, then type; no two panels are alike */
    struct rk_whole *weight; /* by panel, > 0 */
    struct rk_whole total;   /* the sum of the weights: a panel's chance is weight / total */
};

void rk_lottery_free(struct rk_lottery *lottery);
/* The chance of each person of a type. */
void rk_lottery_chance(const struct rk_lottery *lottery, const struct rk_panel *panel,
                       uint32_t type, struct rk_fraction *chance);

/* Draws a panel: a number from 0 … total - 1 by the stream "panel-draw", which falls to the panels
 * in their order; then of each type so many people, each alike, by the stream "panel-draw|T" for
 * type number T. The same seed draws the same on every machine. Returns the panel's number;
 * `people` has room for its people (at most the seats) and gets them ascending. */
uint32_t rk_lottery_draw(const struct rk_lottery *lottery, const struct rk_panel *panel,
                         struct rk_text seed, uint32_t *people, uint32_t *people_count);

struct rk_lottery_balls {
    uint32_t balls, seats;       /* seats taken on each panel */
    uint32_t *people;            /* by ball, then seat, ascending on each */
    struct rk_fraction farthest; /* the largest |times in panels / balls - chance| of a person */
};
/* `balls` panels, each to be as likely as the other, in place of the weights: every panel of the
 * lottery comes balls × weight / total times, rounded down or up; which up is chosen so that the
 * sum of squares of what people's chances move by is small. People of a type take turns, so that
 * two of them differ by one time at most. The turns begin by chance, from the seed. `balls` > 0 and
 * balls × seats below 2^31. */
struct rk_lottery_balls rk_lottery_make_balls(const struct rk_lottery *lottery,
                                              const struct rk_panel *panel, uint32_t balls,
                                              struct rk_text seed);
void rk_lottery_balls_free(struct rk_lottery_balls *balls);

#endif
