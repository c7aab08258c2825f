/* lib/score/adverse: the rules of four fifths and of one person against trying it out; strata
 * against the formula; that the order of rows and how they are bundled do not matter; and an
 * attacker on the small numbers. */
#include "score/adverse.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "tool/guard.h"

#include <math.h>

enum { ROWS = 400, GROUPS = 4, STEPS = 3 };

static uint32_t group[ROWS], reached[ROWS], stratum[ROWS], people[ROWS], part[ROWS];

static uint32_t below(struct rk_random *random, uint32_t n)
{
    return (uint32_t)rk_random_below(random, n);
}

static void choose(void *context, const struct rk_report_cells *cells, bool *hidden)
{
    struct rk_guard guard = rk_guard_report(cells);
    (void)context;
    memcpy(hidden, guard.hidden, cells->figures);
    rk_free(guard.hidden);
}

static struct rk_adverse told(struct rk_adverse_facts facts)
{
    struct rk_adverse adverse = {0};
    struct rk_adverse_hiding hiding = {0};
    facts.hiding = &hiding;
    do
        CHECK(rk_adverse_tell(&adverse, &facts, NULL) == RK_OK);
    while (rk_adverse_choose(&hiding, choose, NULL));
    rk_adverse_hiding_free(&hiding);
    return adverse;
}

/* The row's estimate, NaN where there is none. */
static double figure(const struct rk_adverse *a, uint32_t from, uint32_t to, uint32_t g,
                     const char *measure, const char *variant)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (a->rows[i].from == from && a->rows[i].to == to && a->rows[i].group == g &&
            !strcmp(a->rows[i].measure.measure, measure) &&
            rk_text_is(a->rows[i].measure.variant, variant))
            return a->rows[i].measure.estimate;
    return NAN;
}

/* Two groups and one step. */
static struct rk_adverse pair_told(struct rk_pair p)
{
    const uint32_t who[] = {0, 0, 1, 1}, far[] = {0, 1, 0, 1};
    const uint32_t many[] = {(uint32_t)(p.n1 - p.x1), (uint32_t)p.x1, (uint32_t)(p.n2 - p.x2),
                             (uint32_t)p.x2};
    return told((struct rk_adverse_facts){.rows = 4,
                                          .group = who,
                                          .reached = far,
                                          .people = many,
                                          .groups = 2,
                                          .steps = 1,
                                          .reference = 1,
                                          .min_group = 1});
}

static bool is_under(int64_t x1, int64_t n1, int64_t x2, int64_t n2)
{
    return 10 * x1 * n2 < 8 * x2 * n1;
}

static void rules(struct rk_random *random)
{
    for (int i = 0; i < 800; i++) {
        struct rk_pair p = {.n1 = 1 + below(random, 40), .n2 = 1 + below(random, 40)};
        p.x1 = below(random, (uint32_t)p.n1 + 1);
        p.x2 = below(random, (uint32_t)p.n2 + 1);
        struct rk_adverse a = pair_told(p);
        double under = figure(&a, 0, 1, 0, "under_four_fifths", "");
        if (!p.x2) {
            CHECK(isnan(under) && figure(&a, 0, 1, 0, "refused", "nobody_selected") == 0);
        } else {
            CHECK(under == is_under(p.x1, p.n1, p.x2, p.n2));
            CHECK(a.finding_count == (under == 1));
            int more = 0, moved = 0;
            while (is_under(p.x1 + more, p.n1, p.x2, p.n2))
                more++;
            while (is_under(p.x1 + moved, p.n1, p.x2 - moved, p.n2))
                moved++;
            CHECK(figure(&a, 0, 1, 0, "shortfall", "four_fifths") == more);
            CHECK(figure(&a, 0, 1, 0, "shortfall", "swap") == moved);
            double flips = figure(&a, 0, 1, 0, "one_person_flips", "");
            if (p.x1 * p.n2 < p.x2 * p.n1)
                CHECK(flips == ((p.x1 + 1) * p.n2 > (p.x2 - 1) * p.n1));
            else
                CHECK(isnan(flips));
        }
        rk_adverse_free(&a);
    }
    /* exactly .80 passes; of the four of the Questions and Answers only 45 % fails */
    struct rk_adverse a = pair_told((struct rk_pair){48, 100, 60, 100});
    CHECK(figure(&a, 0, 1, 0, "under_four_fifths", "") == 0);
    rk_adverse_free(&a);
    /* question 21: 75 whites of whom 15 were selected, 5 blacks of whom none: 1 of 5 is more than
     * 14 of 75 */
    a = pair_told((struct rk_pair){0, 5, 15, 75});
    CHECK(figure(&a, 0, 1, 0, "one_person_flips", "") == 1);
    rk_adverse_free(&a);
}

static void draw(struct rk_random *random, uint32_t rows)
{
    for (uint32_t i = 0; i < rows; i++) {
        uint32_t g = below(random, GROUPS + 1);
        group[i] = g == GROUPS || below(random, 30) == 0 ? RK_NONE : g;
        for (reached[i] = 0; reached[i] < STEPS && below(random, 5) >= 1 + (g == 2);)
            reached[i]++;
        stratum[i] = below(random, 12);
        part[i] = below(random, 3);
        people[i] = 1 + below(random, 3);
    }
}

static struct rk_adverse_facts facts_of(uint32_t rows)
{
    return (struct rk_adverse_facts){.rows = rows,
                                     .group = group,
                                     .reached = reached,
                                     .people = people,
                                     .stratum = stratum,
                                     .groups = GROUPS,
                                     .steps = STEPS,
                                     .reference = RK_NONE,
                                     .min_group = 3};
}

static bool are_same(const struct rk_adverse *a, const struct rk_adverse *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        const struct rk_adverse_row *p = &a->rows[i], *q = &b->rows[i];
        if (p->part != q->part || p->from != q->from || p->group != q->group ||
            p->against != q->against || strcmp(p->measure.measure, q->measure.measure) ||
            p->measure.estimate != q->measure.estimate ||
            (p->measure.low != q->measure.low && !isnan(p->measure.low)))
            return false;
    }
    return true;
}

static void swap(uint32_t *array, uint32_t i, uint32_t j)
{
    uint32_t kept = array[i];
    array[i] = array[j];
    array[j] = kept;
}

static void order_and_bundles(struct rk_random *random)
{
    static uint32_t one_group[3 * ROWS], one_reached[3 * ROWS], one_stratum[3 * ROWS];
    for (int times = 0; times < 30; times++) {
        uint32_t n = 0;
        draw(random, ROWS);
        struct rk_adverse_facts facts = facts_of(ROWS);
        struct rk_adverse first = told(facts);
        for (uint32_t i = 0; i < ROWS; i++)
            for (uint32_t k = 0; k < people[i]; k++, n++) {
                one_group[n] = group[i];
                one_reached[n] = reached[i];
                one_stratum[n] = stratum[i];
            }
        struct rk_adverse_facts alone = facts;
        alone.rows = n;
        alone.people = NULL;
        alone.group = one_group;
        alone.reached = one_reached;
        alone.stratum = one_stratum;
        struct rk_adverse single = told(alone);
        CHECK(are_same(&first, &single));
        for (uint32_t i = ROWS - 1; i > 0; i--) {
            uint32_t j = below(random, i + 1);
            swap(group, i, j);
            swap(reached, i, j);
            swap(stratum, i, j);
            swap(people, i, j);
        }
        struct rk_adverse shuffled = told(facts);
        CHECK(are_same(&first, &shuffled));
        /* parts are told as each alone would be */
        facts.part = part;
        facts.parts = 3;
        struct rk_adverse parts = told(facts), joined = {0};
        for (uint32_t p = 0; p < 3; p++) {
            uint32_t of[ROWS];
            for (uint32_t i = 0; i < ROWS; i++)
                of[i] = part[i] == p ? p : RK_NONE;
            facts.part = of;
            uint32_t before = joined.count;
            CHECK(rk_adverse_tell(&joined, &facts, NULL) == RK_OK);
            uint32_t kept = before; /* what is told of the other two parts, with nobody in them */
            for (uint32_t i = before; i < joined.count; i++)
                if (joined.rows[i].part == p)
                    joined.rows[kept++] = joined.rows[i];
            joined.count = kept;
        }
        CHECK(are_same(&parts, &joined));
        rk_adverse_free(&first);
        rk_adverse_free(&single);
        rk_adverse_free(&shuffled);
        rk_adverse_free(&parts);
        rk_adverse_free(&joined);
    }
}

/* The reference has the highest rate, and strata are pooled as the formula says. */
static void by_definition(struct rk_random *random)
{
    for (int times = 0; times < 50; times++) {
        draw(random, ROWS);
        struct rk_adverse a = told(facts_of(ROWS));
        for (uint32_t i = 0; i < a.count; i++) {
            const struct rk_adverse_row *row = &a.rows[i];
            if (strcmp(row->measure.measure, "odds_ratio") ||
                !rk_text_is(row->measure.variant, "mantel_haenszel"))
                continue;
            CHECK(figure(&a, row->from, row->to, row->group, "rate", "") <=
                  figure(&a, row->from, row->to, row->against, "rate", ""));
            double over = 0, under = 0;
            for (uint32_t s = 0; s < 12; s++) {
                double n[2] = {0, 0}, x[2] = {0, 0};
                for (uint32_t r = 0; r < ROWS; r++)
                    for (int side = 0; side < 2; side++)
                        if (stratum[r] == s && reached[r] >= row->from &&
                            group[r] == (side ? row->against : row->group)) {
                            n[side] += people[r];
                            x[side] += reached[r] >= row->to ? people[r] : 0;
                        }
                if (n[0] + n[1] > 0) {
                    over += x[0] * (n[1] - x[1]) / (n[0] + n[1]);
                    under += x[1] * (n[0] - x[0]) / (n[0] + n[1]);
                }
            }
            CHECK(fabs(row->measure.estimate - over / under) < 1e-12 * over / under);
        }
        rk_adverse_free(&a);
    }
}

/* Whoever knows how many came to each stage, and all that is told, learns no small number: of a
 * group, of the rest, or of those left behind. */
static void attacker(struct rk_random *random)
{
    int shown = 0, hidden = 0;
    for (int times = 0; times < 700; times++) {
        uint32_t rows = 20 + below(random, ROWS - 20);
        draw(random, rows);
        struct rk_adverse_facts facts = facts_of(rows);
        facts.min_count = 2 + below(random, 5);
        struct rk_adverse a = told(facts);
        int64_t at[GROUPS + 1][STEPS + 1] = {0}, known[GROUPS + 1][STEPS + 1];
        bool is_told[GROUPS] = {0};
        for (uint32_t i = 0; i < rows; i++)
            for (uint32_t s = 0; s <= reached[i]; s++)
                at[group[i] == RK_NONE ? GROUPS : group[i]][s] += people[i];
        memset(known, -1, sizeof known);
        for (uint32_t i = 0; i < a.count; i++) {
            const struct rk_adverse_row *row = &a.rows[i];
            hidden += !strcmp(row->measure.measure, "hidden");
            if (strcmp(row->measure.measure, "selected"))
                continue;
            shown++;
            is_told[row->group] = true;
            known[row->group][row->to] = (int64_t)row->measure.estimate;
            known[row->group][row->from] = (int64_t)row->measure.n;
        }
        for (uint32_t s = 0; s <= STEPS; s++) { /* the rest is all less what is told */
            int64_t rest = 0;
            bool all = true, any = false;
            for (uint32_t g = 0; g <= GROUPS; g++)
                if (g < GROUPS && is_told[g]) {
                    all &= known[g][s] >= 0;
                    any = true;
                    CHECK(known[g][s] < 0 || known[g][s] == at[g][s]);
                } else {
                    rest += at[g][s];
                }
            if (all && any)
                known[GROUPS][s] = rest;
        }
        for (uint32_t g = 0; g <= GROUPS; g++)
            for (uint32_t s = 0; s <= STEPS; s++)
                for (uint32_t t = s; t <= STEPS; t++) {
                    int64_t number = s == t ? known[g][s] : known[g][s] - known[g][t];
                    if (known[g][s] >= 0 && known[g][t] >= 0)
                        CHECK(number == 0 || number >= facts.min_count);
                }
        rk_adverse_free(&a);
    }
    CHECK(shown > 500 && hidden > 500);
}

int main(void)
{
    struct rk_random random = rk_random(RK_TEXT("adverse"), RK_TEXT("rows"));
    rules(&random);
    order_and_bundles(&random);
    by_definition(&random);
    attacker(&random);
    return finish();
}
