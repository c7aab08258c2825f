/* The power of each player in the games of a table (stat/power.h). */
#ifndef RK_VOTES_H
#define RK_VOTES_H

#include "model/games.h"

/* power[] by player, as many as games->count. RK_BAD_DATA where a game has too many players or too
 * many different sums of weights to be counted. */
enum rk_status rk_games_power(const struct rk_games *games, struct rk_player_power *power,
                              struct rk_error *error);

#endif
