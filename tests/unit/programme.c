/* lib/panel/programme on random small programmes: the seats filled are those of the best choice,
 * every draw keeps all rules and gives everybody the expected number rounded, and over many seeds
 * everybody is drawn as often as the chances say. That the chances are leximin is
 * tests/unit/chances' to show. */
#include "panel/programme.h"

#include "programme.h"
#include "stat/distribution.h"

enum { DRAWS = 200 };

static double tested, sum_square; /* over all trials: chi-square with one degree for each pair */

/* Is the draw one that the chances can give, by the rules? Adds who was drawn, and tells chances.
 */
static bool draw_holds(const struct rk_match_problem *p, const struct rk_match_result *result,
                       const struct rk_programme *lottery, uint32_t *drawn, double *chance)
{
    uint32_t chosen = 0;
    int64_t num, den, got[PANELISTS] = {0};
    bool holds = true;
    for (uint32_t i = 0; i < p->pair_count; i++) {
        rk_programme_pair(lottery, i, &num, &den);
        holds = holds && num >= 0 && num <= den && !(result->member[i] && num == 0) &&
                (result->member[i] || num < den);
        chance[i] = (double)num / (double)den;
        drawn[i] += result->member[i];
        chosen |= (uint32_t)result->member[i] << i;
        got[p->pairs[i].panelist] += result->member[i];
    }
    for (uint32_t i = 0; i < p->panelist_count; i++) {
        rk_programme_panelist(lottery, i, &num, &den);
        holds = holds && got[i] >= num / den && got[i] <= (num + den - 1) / den;
    }
    return holds && allowed(p, chosen);
}

static void add_squares(const struct rk_match_problem *p, const uint32_t *drawn,
                        const double *chance)
{
    for (uint32_t i = 0; i < p->pair_count; i++)
        if (chance[i] > 0 && chance[i] < 1) {
            double off = drawn[i] - DRAWS * chance[i];
            sum_square += off * off / (DRAWS * chance[i] * (1 - chance[i]));
            tested++;
        }
}

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
        *wrong += !draw_holds(p, &result, &lottery, drawn, chance) || !result.proven ||
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
        add_squares(&in.problem, drawn, chance);
    }
    CHECK(wrong == 0);
}

static bool is_up(void *context)
{
    int *left = context;
    return (*left)-- <= 0;
}

struct total {
    uint32_t panelist;
    int64_t num, den; /* memberships had and expected */
};

static int by_total(const void *x, const void *y)
{
    const struct total *a = x, *b = y;
    __int128 left = (__int128)a->num * b->den, right = (__int128)b->num * a->den;
    return left < right ? -1 : left > right;
}

/* The totals of all who have a pair, the poorest first; how many. */
static uint32_t list_totals(const struct rk_programme *lottery, struct total *totals)
{
    uint32_t count = 0;
    for (uint32_t p = 0; p < lottery->problem->panelist_count; p++) {
        struct total *t = &totals[count];
        if (lottery->person[p] == RK_NONE)
            continue;
        rk_programme_panelist(lottery, p, &t->num, &t->den);
        t->num += t->den * lottery->problem->panelists[p].load;
        t->panelist = p;
        count++;
    }
    qsort(totals, count, sizeof *totals, by_total);
    return count;
}

/* Up to the gap told a lottery that was stopped is as good as the best, and there the best has
 * more, but not more than told. */
static bool gap_holds(const struct rk_programme *whole, const struct rk_programme *stopped)
{
    struct total best[PANELISTS], got[PANELISTS];
    uint32_t count = list_totals(whole, best), i = 0;
    list_totals(stopped, got);
    while (i < count && !by_total(&best[i], &got[i]))
        i++;
    bool holds = rk_fraction_compare(&stopped->reached, &stopped->bound) <= 0;
    if (i < count)
        holds = holds && by_total(&got[i], &best[i]) < 0 &&
                rk_fraction_compare_ratio(&stopped->reached, got[i].num, got[i].den) <= 0 &&
                rk_fraction_compare_ratio(&stopped->bound, best[i].num, best[i].den) >= 0;
    return holds;
}

/* The same chances with any seed, and draws that have them. */
static void draw_stopped(const struct rk_match_problem *p, int after, int *wrong)
{
    uint32_t drawn[PAIRS] = {0};
    double chance[PAIRS] = {0}, first[PAIRS] = {0};
    for (int d = 0; d < DRAWS; d++) {
        char seed[16];
        snprintf(seed, sizeof seed, "s%d", d);
        struct rk_match_problem again = *p;
        struct rk_match_result result;
        struct rk_programme lottery;
        int left = after;
        again.seed = rk_text(seed);
        again.stop = is_up;
        again.stop_context = &left;
        rk_programme(&again, &result, &lottery);
        *wrong += !draw_holds(&again, &result, &lottery, drawn, chance);
        if (!d)
            memcpy(first, chance, sizeof first);
        *wrong += memcmp(first, chance, sizeof first) != 0;
        rk_match_result_free(&result);
        rk_programme_free(&lottery);
    }
    add_squares(p, drawn, chance);
}

/* Whenever it is stopped there is a lottery: one in which all rules hold, with bounds that are
 * true; and no other than without stopping where it is not. */
static void stops(int kind, int trials)
{
    int unfilled = 0, uneven = 0, drawn = 0, wrong = 0;
    for (int trial = 0; trial < trials; trial++) {
        struct instance in;
        struct rk_match_result whole, result;
        struct rk_programme best, lottery;
        invent(&in, trial, kind);
        in.problem.by_lot = true;
        if (trial % 2)
            add_quotas(&in, trial);
        if (rk_programme(&in.problem, &whole, &best) != RK_PROGRAMME_DRAWN) {
            rk_match_result_free(&whole);
            rk_programme_free(&best);
            continue;
        }
        bool stopped = true;
        for (int after = 0; stopped && after < 1000; after++) {
            int left = after;
            struct rk_match_problem problem = in.problem;
            problem.stop = is_up;
            problem.stop_context = &left;
            wrong += rk_programme(&problem, &result, &lottery) != RK_PROGRAMME_DRAWN;
            stopped = result.stopped;
            wrong += result.bound[RK_MATCH_SEATS] > whole.value[RK_MATCH_SEATS] ||
                     result.value[RK_MATCH_SEATS] < whole.value[RK_MATCH_SEATS] ||
                     result.proven == stopped;
            bool filled =
                !memcmp(result.value, whole.value, (RK_MATCH_SHORTAGE + 1) * sizeof *result.value);
            unfilled += !filled;
            uneven += lottery.stopped;
            if (lottery.stopped && filled)
                wrong += !gap_holds(&best, &lottery);
            uint32_t times[PAIRS] = {0};
            double chance[PAIRS] = {0};
            drawn += !stopped;
            if (!stopped)
                wrong += memcmp(result.member, whole.member, in.problem.pair_count) != 0;
            else
                wrong += !draw_holds(&problem, &result, &lottery, times, chance);
            if (stopped && trial % 20 < 2)
                draw_stopped(&in.problem, after, &wrong);
            rk_match_result_free(&result);
            rk_programme_free(&lottery);
        }
        rk_match_result_free(&whole);
        rk_programme_free(&best);
    }
    printf("%d stopped before all seats were filled, %d before all chances were settled\n",
           unfilled, uneven);
    CHECK(drawn > trials / 4 && wrong == 0 && unfilled > 5 && uneven > 50);
}

int main(void)
{
    stops(0, 300);
    stops(1, 300);
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
