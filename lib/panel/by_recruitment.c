#include "panel/by_recruitment.h"

#include "base/mem.h"

struct rk_by_recruitment rk_by_recruitment(const struct rk_match_problem *problem)
{
    uint32_t n = problem->recruitment_count;
    struct rk_by_recruitment by = {rk_alloc((size_t)n + 2, sizeof *by.first),
                                   rk_alloc((size_t)problem->pair_count + 1, sizeof *by.pairs)};
    for (uint32_t i = 0; i < problem->pair_count; i++)
        by.first[problem->pairs[i].recruitment + 2]++;
    for (uint32_t r = 0; r < n; r++)
        by.first[r + 2] += by.first[r + 1];
    for (uint32_t i = 0; i < problem->pair_count; i++)
        by.pairs[by.first[problem->pairs[i].recruitment + 1]++] = i;
    return by;
}

void rk_by_recruitment_free(struct rk_by_recruitment *by)
{
    rk_free(by->first);
    rk_free(by->pairs);
    *by = (struct rk_by_recruitment){0};
}
