/* lib/panel/programme on random small programmes: the seats filled are those of the best choice,
 * every draw keeps all rules and gives everybody the expected number rounded, and over many seeds
 * everybody is drawn as often as the chances say. That the chances are leximin is
 * tests/unit/chances' to show. */
#include "panel/programme.h"

#include "programme.h"
#include "stat/distribution.h"

enum { DRAWS = 200 };

static double tested, sum_square; /* over all trials: chi-square with one degree for each pair */

static void one(const struct rk_match_problem *p, uint32_t *drawn, double *chance, int *wrong)
{
    struct rk_match_result best;
    CHECK(rk_match(p, &best, NULL) == RK_OK);
    for (int d = 0; d < DRAWS; d++) {
        char seed[16];
        snprintf(seed, sizeof seed, "s%d", d);
        struct rk_match_problem again = *p;
        again.seed = rk_text(seed);
        struct rk_match_result result;
        struct rk_programme lottery;
        enum rk_programme_outcome outcome = rk_programme(&again, &result, &lottery);
        *wrong += outcome != RK_PROGRAMME_DRAWN;
        if (outcome != RK_PROGRAMME_DRAWN) {
            rk_match_result_free(&result);
            rk_programme_free(&lottery);
            break;
        }
        uint32_t chosen = 0;
        int64_t num, den, got[PANELISTS] = {0};
        for (uint32_t i = 0; i < p->pair_count; i++) {
            rk_programme_pair(&lottery, i, &num, &den);
            *wrong += num < 0 || num > den || (result.member[i] && num == 0) ||
                      (!result.member[i] && num == den);
            chance[i] = (double)num / (double)den;
            drawn[i] += result.member[i];
            chosen |= (uint32_t)result.member[i] << i;
            got[p->pairs[i].panelist] += result.member[i];
        }
        for (uint32_t i = 0; i < p->panelist_count; i++) {
            rk_programme_panelist(&lottery, i, &num, &den);
            *wrong += got[i] < num / den || got[i] > (num + den - 1) / den;
        }
        *wrong += !allowed(p, chosen) || !result.proven ||
                  result.value[RK_MATCH_SEATS] != best.value[RK_MATCH_SEATS] ||
                  result.value[RK_MATCH_SHORTAGE] != best.value[RK_MATCH_SHORTAGE];
        rk_match_result_free(&result);
        rk_programme_free(&lottery);
    }
    rk_match_result_free(&best);
}

static void against_chances(int kind, int trials)
{
    int wrong = 0;
    for (int trial = 0; trial < trials; trial++) {
        struct instance in;
        invent(&in, 1000 + trial, kind);
        if (trial % 2)
            add_quotas(&in, trial);
        uint32_t drawn[PAIRS] = {0};
        double chance[PAIRS] = {0};
        one(&in.problem, drawn, chance, &wrong);
        for (uint32_t i = 0; i < in.problem.pair_count; i++)
            if (chance[i] > 0 && chance[i] < 1) {
                double off = drawn[i] - DRAWS * chance[i];
                sum_square += off * off / (DRAWS * chance[i] * (1 - chance[i]));
                tested++;
            }
    }
    CHECK(wrong == 0);
}

static bool is_up(void *context)
{
    int *left = context;
    return (*left)-- <= 0;
}

/* Whenever it is stopped there is no lottery, and no other than without stopping where it is not.
 */
static void stops(void)
{
    int stopped = 0, drawn = 0, wrong = 0;
    for (int trial = 0; trial < 60; trial++) {
        struct instance in;
        struct rk_match_result whole, result;
        struct rk_programme lottery;
        invent(&in, trial, 0);
        rk_programme(&in.problem, &whole, &lottery);
        rk_programme_free(&lottery);
        enum rk_programme_outcome outcome = RK_PROGRAMME_STOPPED;
        for (int after = 0; outcome == RK_PROGRAMME_STOPPED && after < 1000; after++) {
            int left = after;
            struct rk_match_problem problem = in.problem;
            problem.stop = is_up;
            problem.stop_context = &left;
            outcome = rk_programme(&problem, &result, &lottery);
            stopped += outcome == RK_PROGRAMME_STOPPED && lottery.chances; /* seats are filled */
            if (outcome != RK_PROGRAMME_STOPPED) {
                drawn++;
                wrong += memcmp(result.member, whole.member, in.problem.pair_count) != 0;
            }
            rk_match_result_free(&result);
            rk_programme_free(&lottery);
        }
        rk_match_result_free(&whole);
    }
    CHECK(drawn == 60 && wrong == 0 && stopped > 60);
}

int main(void)
{
    stops();
    against_chances(0, 400);
    against_chances(1, 400);
    CHECK(tested > 100);
    /* pairs of one draw depend on each other, so the sum is only about chi-square: both tails wide
     */
    double tail = rk_chi_square_above(sum_square, tested);
    if (tail < 1e-4 || tail > 1 - 1e-4)
        printf("chi-square %.3f with %.0f, tail %.6f\n", sum_square, tested, tail);
    CHECK(tail > 1e-4 && tail < 1 - 1e-4);
    struct instance in; /* interlocking overlaps and crossing quotas are told apart */
    int overlaps = 0;
    for (int trial = 0; trial < 200; trial++) {
        struct rk_match_result result;
        struct rk_programme lottery;
        invent(&in, trial, 2);
        overlaps += rk_programme(&in.problem, &result, &lottery) == RK_PROGRAMME_OVERLAPS;
        rk_match_result_free(&result);
        rk_programme_free(&lottery);
    }
    CHECK(overlaps > 20);
    return finish();
}
