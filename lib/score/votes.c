#include "score/votes.h"

#include "base/mem.h"
#include "stat/power.h"

/* One game, whose players are at `places`. */
static bool find_power(const struct rk_games *games, uint32_t game, const size_t *places,
                       size_t count, struct rk_player_power *power)
{
    rk_fixed *weights = rk_resize(NULL, count + 1, sizeof *weights), quota = games->quota[game];
    struct rk_power *found = rk_resize(NULL, count + 1, sizeof *found);
    for (size_t i = 0; i < count; i++)
        weights[i] = games->players[places[i]].weight;
    bool fits =
        rk_power_of(weights, count, quota ? quota : rk_power_majority(weights, count), found);
    for (size_t i = 0; i < count && fits; i++)
        power[places[i]] = (struct rk_player_power){found[i].swings, found[i].shapley,
                                                    found[i].banzhaf, found[i].banzhaf_absolute};
    rk_free(weights);
    rk_free(found);
    return fits;
}

enum rk_status rk_games_power(const struct rk_games *games, struct rk_player_power *power,
                              struct rk_error *error)
{
    size_t *places = rk_resize(NULL, games->count + 1, sizeof *places);
    size_t *first = rk_alloc((size_t)games->names.count + 2, sizeof *first);
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < games->count; i++)
        first[games->players[i].game + 2]++;
    for (uint32_t g = 0; g < games->names.count; g++)
        first[g + 2] += first[g + 1];
    for (size_t i = 0; i < games->count; i++) /* first[g + 1] becomes where game g ends */
        places[first[games->players[i].game + 1]++] = i;
    for (uint32_t g = 0; g < games->names.count && !status; g++)
        if (!find_power(games, g, places + first[g], first[g + 1] - first[g], power))
            status = rk_fail(error, RK_BAD_DATA,
                             _("game %s: too many players, or too many different sums of weights, "
                               "for power to be counted"),
                             games->names.texts[g].text);
    rk_free(places);
    rk_free(first);
    return status;
}
