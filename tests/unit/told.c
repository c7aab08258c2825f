/* lib/survey/told, lib/stat/alike: whoever tries all that so many people may have answered finds at
 * least three numbers of every answer that few gave; and does not, where all figures are told. */
#include "survey/told.h"

#include "base/random.h"
#include "check.h"
#include "stat/alike.h"

#include <math.h>

enum { FEW = 10, MOST_ROWS = 40, STEPS = 9, MOST_N = 24 };

struct figures {
    int counts[STEPS];
    double value[MOST_ROWS][4];
    bool told[MOST_ROWS][4];
    size_t rows;
};

static struct rk_survey_options options(int64_t publish)
{
    return (struct rk_survey_options){.level = 0.95, .top = 2, .publish = publish};
}

static size_t answers(double *to, const int *counts, int least, int steps)
{
    size_t n = 0;
    for (int s = 0; s < steps; s++)
        for (int i = 0; i < counts[s]; i++)
            to[n++] = least + s;
    return n;
}

static bool share_is_few(const struct rk_measure *m, int64_t threshold)
{
    static const char *const shares[] = {"top_box", "promoters",      "detractors",   "rose",
                                         "fell",    "top_box_before", "top_box_after"};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        if (!strcmp(m->measure, shares[i]) &&
            rk_survey_is_few(nearbyint(m->estimate * m->n), m->n, threshold))
            return true;
    return false;
}

/* What is told of the rows: shares that are numbers of few are hidden by who publishes them, with
 * the score made of them. */
static void take(struct figures *f, const struct rk_survey *open, const struct rk_survey *shown,
                 int64_t threshold)
{
    bool few = false;
    f->rows = open->count;
    CHECK(open->count == shown->count && open->count <= MOST_ROWS);
    for (size_t r = 0; r < open->count; r++)
        few = few || (strcmp(open->rows[r].measure.measure, "top_box") != 0 &&
                      share_is_few(&open->rows[r].measure, threshold));
    for (size_t r = 0; r < open->count; r++) {
        const struct rk_measure *m = &open->rows[r].measure, *s = &shown->rows[r].measure;
        const double values[4] = {m->estimate, m->se, m->low, m->high},
                     told[4] = {s->estimate, s->se, s->low, s->high};
        bool hidden = share_is_few(m, threshold) || (few && !strcmp(m->measure, "nps"));
        for (int c = 0; c < 4; c++) {
            f->value[r][c] = values[c];
            f->told[r][c] = !hidden && !isnan(told[c]);
        }
    }
}

static void figures_of(struct figures *f, int least, int steps, bool attacked)
{
    double values[MOST_N];
    size_t n = answers(values, f->counts, least, steps);
    struct rk_survey_item item = {
        .values = values, .has_scale = true, .least = least, .most = least + steps - 1};
    struct rk_survey_facts facts = {.rows = n, .items = &item, .item_count = 1, .parts = 1};
    struct rk_survey open = {0}, shown = {0};
    struct rk_survey_options all = options(0), few = options(FEW);
    rk_survey_items(&open, &facts, &all);
    if (attacked)
        rk_survey_items(&shown, &facts, &few);
    take(f, &open, attacked ? &shown : &open, FEW);
    rk_survey_free(&open);
    rk_survey_free(&shown);
}

static bool near(double a, double b) { return fabs(a - b) <= 1e-11 * (1 + fabs(a)); }

/* Whether the other has the figures that are told of the one, or all. */
static bool fits(const struct figures *one, const struct figures *other, bool all)
{
    for (size_t r = 0; r < one->rows; r++)
        for (int c = 0; c < 4; c++)
            if ((all || one->told[r][c]) && !isnan(one->value[r][c]) &&
                (r >= other->rows || !near(one->value[r][c], other->value[r][c])))
                return false;
    return true;
}

static int between(const int *counts, int from, int to)
{
    int sum = 0;
    for (int s = from; s < to; s++)
        sum += counts[s];
    return sum;
}

/* The fewest numbers that any range which few gave may be, for all that the figures tell. */
static int ways(const struct figures *all, size_t count, size_t one, int n, int steps, bool open)
{
    int fewest = 100;
    static bool seen[STEPS][STEPS + 1][MOST_N + 1];
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < count; i++)
        if (fits(&all[one], &all[i], open))
            for (int from = 0; from < steps; from++)
                for (int to = from + 1; to <= steps; to++)
                    seen[from][to][between(all[i].counts, from, to)] = true;
    for (int from = 0; from < steps; from++)
        for (int to = from + 1; to <= steps; to++) {
            int possible = 0;
            for (int k = 0; k <= n; k++)
                possible += seen[from][to][k];
            if (rk_survey_is_few(between(all[one].counts, from, to), n, FEW) && possible < fewest)
                fewest = possible;
        }
    return fewest;
}

/* All ways in which n can answer on so many steps. */
static size_t enumerate(struct figures *to, int *counts, int at, int left, int steps)
{
    if (at == steps - 1) {
        counts[at] = left;
        memset(to, 0, sizeof *to);
        memcpy(to->counts, counts, (size_t)steps * sizeof *counts);
        return 1;
    }
    size_t count = 0;
    for (int k = 0; k <= left; k++) {
        counts[at] = k;
        count += enumerate(to + count, counts, at + 1, left - k, steps);
    }
    return count;
}

static void attack(int n, int least, int steps)
{
    enum { EVERY = 13 };
    struct figures *all = rk_alloc(4000, sizeof *all);
    int counts[STEPS] = {0};
    size_t count = enumerate(all, counts, 0, n, steps), solved = 0, means = 0, spreads = 0;
    for (size_t i = 0; i < count; i++)
        figures_of(&all[i], least, steps, i % EVERY == 0);
    for (size_t i = 0; i < count; i += EVERY) {
        CHECK(ways(all, count, i, n, steps, false) >= RK_ALIKE_WAYS);
        solved += ways(all, count, i, n, steps, true) < RK_ALIKE_WAYS;
        means += all[i].told[1][0];
        spreads += all[i].told[2][0];
    }
    printf(
        "n %d, %d steps: of every %dth of %zu ways %zu solved; mean told of %zu, spread of %zu\n",
        n, steps, EVERY, count, solved, means, spreads);
    CHECK(solved * EVERY > count / 2);
    CHECK(means * EVERY * 2 > count);
    CHECK(spreads > 0);
    rk_free(all);
}

/* ---- before and after ---- */

enum { SIDE = 3, PAIRS = 7, PAIRS_FEW = 5 };

static void change_of(struct figures *f, bool attacked)
{
    double values[2 * PAIRS];
    uint32_t group[2 * PAIRS], person[2 * PAIRS];
    size_t n = 0;
    for (int k = 0; k < SIDE * SIDE; k++)
        for (int i = 0; i < f->counts[k]; i++, n++) {
            values[2 * n] = 1 + k / SIDE;
            values[2 * n + 1] = 1 + k % SIDE;
            group[2 * n] = 0;
            group[2 * n + 1] = 1;
            person[2 * n] = person[2 * n + 1] = (uint32_t)n;
        }
    struct rk_survey_item item = {.values = values, .has_scale = true, .least = 1, .most = SIDE};
    struct rk_survey_facts facts = {2 * n, &item, 1, NULL, 1, NULL, group, 2, person};
    struct rk_survey open = {0}, shown = {0};
    struct rk_survey_options all = options(0), kept = options(PAIRS_FEW);
    all.top = kept.top = 1;
    rk_survey_change(&open, &facts, &all);
    if (attacked)
        rk_survey_change(&shown, &facts, &kept);
    take(f, &open, attacked ? &shown : &open, PAIRS_FEW);
    rk_survey_free(&open);
    rk_survey_free(&shown);
}

/* How many answered from..to before, after, or changed by so much more than the least that may be.
 */
static int in_order(const int *counts, int order, int from, int to)
{
    int sum = 0;
    for (int k = 0; k < SIDE * SIDE; k++) {
        int was = k / SIDE, is = k % SIDE;
        int at = order == 0 ? was : order == 1 ? is : is - was + SIDE - 1;
        sum += at >= from && at < to ? counts[k] : 0;
    }
    return sum;
}

static int ways_of_change(const struct figures *all, size_t count, size_t one, bool open)
{
    static bool seen[3][2 * SIDE][2 * SIDE][PAIRS + 1];
    int fewest = 100;
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < count; i++)
        for (int o = 0; o < 3 && (o || fits(&all[one], &all[i], open)); o++)
            for (int from = 0; from < 2 * SIDE - 1; from++)
                for (int to = from + 1; to < 2 * SIDE; to++)
                    seen[o][from][to][in_order(all[i].counts, o, from, to)] = true;
    for (int o = 0; o < 3; o++)
        for (int from = 0; from < 2 * SIDE - 1; from++)
            for (int to = from + 1; to < 2 * SIDE; to++) {
                int possible = 0;
                for (int k = 0; k <= PAIRS; k++)
                    possible += seen[o][from][to][k];
                if (rk_survey_is_few(in_order(all[one].counts, o, from, to), PAIRS, PAIRS_FEW) &&
                    possible < fewest)
                    fewest = possible;
            }
    return fewest;
}

static void attack_change(void)
{
    enum { EVERY = 401 };
    struct figures *all = rk_alloc(6435, sizeof *all);
    int counts[SIDE * SIDE] = {0};
    size_t count = enumerate(all, counts, 0, PAIRS, SIDE * SIDE), solved = 0, told = 0;
    for (size_t i = 0; i < count; i++)
        change_of(&all[i], i % EVERY == 0);
    for (size_t i = 0; i < count; i += EVERY) {
        CHECK(ways_of_change(all, count, i, false) >= RK_ALIKE_WAYS);
        solved += ways_of_change(all, count, i, true) < RK_ALIKE_WAYS;
        told += all[i].told[2][0]; /* the mean change */
    }
    printf("%d pairs: %zu ways, of every %dth %zu solved, change told of %zu\n", PAIRS, count,
           EVERY, solved, told);
    CHECK(solved * EVERY > count / 2);
    CHECK(told > 0);
    rk_free(all);
}

/* What may be told of so many answers of each step from `least` on. */
static enum rk_survey_told told_of(const int *counts, int steps, int least, bool has_scale,
                                   unsigned top)
{
    double values[400];
    size_t n = answers(values, counts, least, steps);
    struct rk_survey_item item = {
        .values = values, .has_scale = has_scale, .least = least, .most = least + steps - 1};
    return rk_survey_told(&item, values, n, top, FEW);
}

static void test_told(void)
{
    double amounts[12] = {0}, nearly[12] = {1.0 / 3, 2.0 / 3};
    struct rk_survey_item item = {.values = amounts};
    CHECK(told_of((int[]){10, 0, 12, 30, 60}, 5, 1, true, 2) == RK_TOLD_ALL);
    CHECK(told_of((int[]){5, 10, 25, 40, 20}, 5, 1, true, 2) == RK_TOLD_SPREAD);
    CHECK(told_of((int[]){0, 0, 0, 1, 13}, 5, 1, true, 2) == RK_TOLD_SHARES);
    /* 18 promoters, of whom 15 answered 10: three answered 9 */
    CHECK(told_of((int[]){0, 0, 0, 22, 0, 0, 0, 20, 0, 3, 15}, 11, 0, true, 1) == RK_TOLD_TOP);
    CHECK(told_of((int[]){0, 0, 0, 22, 0, 0, 0, 20, 0, 3, 15}, 11, 0, true, 2) != RK_TOLD_TOP);
    amounts[11] = 100; /* eleven of nought: the sum is that of one */
    CHECK(rk_survey_told(&item, amounts, 12, 2, FEW) == RK_TOLD_SHARES);
    for (int i = 0; i < 12; i++)
        amounts[i] = 21000.5 + 1713 * i + i * i;
    CHECK(rk_survey_told(&item, amounts, 12, 2, FEW) == RK_TOLD_SPREAD);
    item.values = nearly;
    for (int i = 2; i < 12; i++)
        nearly[i] = 3.14159265358979 * i; /* no step: each as it is */
    CHECK(rk_survey_told(&item, nearly, 12, 2, FEW) == RK_TOLD_SPREAD);
}

int main(void)
{
    test_told();
    attack_change();
    attack(11, 1, 5);
    attack(14, 1, 5);
    attack(20, 1, 4);
    return finish();
}
