/* The table `games`, players with weights who vote, and the table `power`, what power each has. */
#ifndef RK_GAMES_H
#define RK_GAMES_H

#include "base/hash.h"
#include "stream/write.h"
#include "table/table.h"

struct rk_player {
    uint32_t game; /* number in games */
    struct rk_text player;
    rk_fixed weight; /* 0 or more */
};
struct rk_games { /* zeroed = empty; give back with rk_games_free */
    struct rk_strings names;
    rk_fixed *quota; /* by game; 0 = more than half */
    uint32_t quota_room;
    struct rk_player *players; /* in the order of the table */
    size_t count, room;
    struct rk_arena arena;
};
extern const char *const rk_games_defaults[]; /* columns that can be absent */

/* Reads the table to its end. A player told twice in a game, and a game with two quotas, are bad
 * rows. */
enum rk_status rk_games_read(struct rk_games *games, struct rk_table *table,
                             struct rk_error *error);
void rk_games_free(struct rk_games *games);

/* The columns of `power`. */
struct rk_player_power {
    double swings, shapley, banzhaf, banzhaf_absolute; /* NAN = missing */
};
struct rk_writer *rk_power_open(struct rk_out *out, enum rk_form form);
void rk_power_write(const struct rk_games *games, size_t player,
                    const struct rk_player_power *power, struct rk_writer *writer);

#endif
