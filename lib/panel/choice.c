#include "panel/choice.h"

#include "base/mem.h"
#include "panel/cut.h"

int rk_choice_compare(const int64_t *a, const int64_t *b)
{
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        if (a[l] != b[l])
            return a[l] < b[l] ? -1 : 1;
    return 0;
}

void rk_choice_copy(const struct rk_network *net, struct rk_choice *to,
                    const struct rk_choice *from)
{
    memcpy(to->member, from->member, net->problem->pair_count * sizeof *to->member);
    memcpy(to->value, from->value, sizeof to->value);
}

void rk_choice_set_values(const struct rk_network *net, struct rk_choice *choice)
{
    rk_cut_values(net, choice->member, choice->value);
}

bool rk_choice_double_booked(const struct rk_network *net, const bool *member, uint32_t *pair,
                             uint32_t *other)
{
    const struct rk_match_pair *pairs = net->problem->pairs;
    uint32_t count = net->problem->pair_count;
    for (; *pair < count; ++*pair) {
        if (!member[*pair])
            continue;
        for (*other = *pair + 1; *other < count && pairs[*other].panelist == pairs[*pair].panelist;
             ++*other)
            if (member[*other] &&
                rk_overlap(&net->overlaps, pairs[*pair].recruitment, pairs[*other].recruitment))
                return true;
    }
    return false;
}

__int128 rk_choice_cost(const struct rk_network *net, uint32_t stage, const int64_t *value)
{
    uint32_t first = rk_network_first(net, stage), end = net->stage_end[stage];
    __int128 cost = 0;
    for (uint32_t l = first; l < end; l++)
        cost += (__int128)rk_network_weight(net, first, end, (int)l) * value[l];
    return cost;
}

void rk_choice_bounds(const struct rk_network *net, uint32_t first, uint32_t end, __int128 least,
                      const int64_t *value, int64_t *bound)
{
    bool met = true;
    for (uint32_t l = 0; l < RK_MATCH_LEVELS; l++) {
        int64_t most =
            l == RK_MATCH_FIT || l == RK_MATCH_CHANGE ? net->most[l] * net->most_through : 0;
        bound[l] = l < first ? value[l] : -most;
        if (l < first || l >= end || !met)
            continue;
        int64_t weight = rk_network_weight(net, first, end, (int)l);
        /* all that comes after is less than one of this */
        __int128 rest = least - (weight - net->unit[first]);
        rest = rest >= 0 ? (rest + weight - 1) / weight : -(-rest / weight);
        if (rest > bound[l])
            bound[l] = rest < value[l] ? (int64_t)rest : value[l];
        met = bound[l] == value[l];
        least -= (__int128)value[l] * weight;
    }
}
