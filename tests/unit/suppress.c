/* lib/privacy: what is chosen to be hidden is the cheapest there is, and what is inferred is what
 * is possible, both against looking at every choice and every table. */
#include "privacy/suppress.h"

#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "privacy/audit.h"
#include "privacy/layout.h"
#include "privacy/perturb.h"

#include <math.h>

enum { MOST_CELLS = 27, MOST_LEAVES = 8 };

/* A small table: leaves, and sums over them. */
struct shape {
    struct rk_layout layout;
    uint32_t cells, leaves, leaf[MOST_LEAVES];
    uint32_t over[MOST_CELLS]; /* leaves that a cell is the sum of, as bits */
    int64_t value[MOST_CELLS];
};

static void add_leaf(struct shape *s, const uint32_t *labels)
{
    uint32_t *above = NULL, room = 0, count = rk_layout_above(&s->layout, labels, &above, &room);
    s->leaf[s->leaves] = above[0];
    for (uint32_t i = 0; i < count; i++)
        s->over[above[i]] |= UINT32_C(1) << s->leaves;
    s->leaves++;
    s->cells = s->layout.keys.count;
    rk_free(above);
}

/* 0: 2 × 2; 1: 2 × 3; 2: five in a row with two hierarchies; 3: 2 × 2 × 2. */
static void make_shape(struct shape *s, int kind)
{
    *s = (struct shape){.layout.dims = kind == 2 ? 1 : kind == 3 ? 3 : 2};
    uint32_t size[3] = {2, kind == 1 ? 3 : 2, 2};
    if (kind == 2) {
        rk_layout_group(&s->layout, 0, 6, (uint32_t[]){1, 2}, 2);
        rk_layout_group(&s->layout, 0, 7, (uint32_t[]){3, 4, 5}, 3);
        rk_layout_group(&s->layout, 0, 8, (uint32_t[]){2, 3}, 2);
        rk_layout_group(&s->layout, 0, 9, (uint32_t[]){1, 4, 5}, 3);
        rk_layout_group(&s->layout, 0, 0, (uint32_t[]){6, 7}, 2);
        rk_layout_group(&s->layout, 0, 0, (uint32_t[]){8, 9}, 2);
        for (uint32_t l = 1; l <= 5; l++)
            add_leaf(s, &l);
    } else {
        for (uint32_t d = 0; d < s->layout.dims; d++)
            rk_layout_group(&s->layout, d, 0, (uint32_t[]){1, 2, 3}, size[d]);
        for (uint32_t a = 1; a <= size[0]; a++)
            for (uint32_t b = 1; b <= size[1]; b++)
                for (uint32_t c = 1; c <= (kind == 3 ? 2 : 1); c++)
                    add_leaf(s, (uint32_t[]){a, b, c});
    }
    rk_layout_sums(&s->layout);
}

static int64_t value_of(const struct shape *s, uint32_t cell, const int64_t *leaf)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < s->leaves; i++)
        sum += s->over[cell] >> i & 1 ? leaf[i] : 0;
    return sum;
}

static void fill(struct shape *s, struct rk_random *random, uint32_t most)
{
    int64_t leaf[MOST_LEAVES];
    for (uint32_t i = 0; i < s->leaves; i++)
        leaf[i] = (int64_t)rk_random_below(random, most + 1);
    for (uint32_t c = 0; c < s->cells; c++)
        s->value[c] = value_of(s, c, leaf);
}

/* The range of every cell over all tables with leaves up to `most` in which the cells not in
 * `hidden` are as they are, and the others at least `least`, and at most their `ceiling`,
 * if there is one. */
static void all_tables(const struct shape *s, uint32_t hidden, int64_t least, int64_t most,
                       const int64_t *ceiling, int64_t *low, int64_t *high)
{
    int64_t leaf[MOST_LEAVES] = {0};
    uint32_t i;
    for (uint32_t c = 0; c < s->cells; c++) {
        low[c] = INT64_MAX;
        high[c] = -1;
    }
    do {
        bool fits = true;
        for (uint32_t c = 0; c < s->cells && fits; c++) {
            int64_t v = value_of(s, c, leaf);
            fits = hidden >> c & 1 ? v >= least && (!ceiling || v <= ceiling[c]) : v == s->value[c];
        }
        for (uint32_t c = 0; c < s->cells && fits; c++) {
            int64_t v = value_of(s, c, leaf);
            low[c] = v < low[c] ? v : low[c];
            high[c] = v > high[c] ? v : high[c];
        }
        for (i = 0; i < s->leaves && ++leaf[i] > most; i++)
            leaf[i] = 0;
    } while (i < s->leaves);
}

static void test_ranges(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("ranges"));
    for (int round = 0; round < 120; round++) {
        struct shape s;
        struct rk_audit_cell cells[MOST_CELLS] = {0};
        struct rk_audit_finding findings[MOST_CELLS];
        int64_t low[MOST_CELLS], high[MOST_CELLS], least = round % 2, most;
        int64_t ceiling[MOST_CELLS];
        uint32_t hidden = 0, sum;
        /* what is known is at most `most`, and so is what is bounded by it */
        static const int64_t leaf_most[] = {3, 1, 2}, all_most[] = {12, 6, 10};
        make_shape(&s, round % 3);
        fill(&s, &random, (uint32_t)leaf_most[round % 3]);
        most = all_most[round % 3];
        for (uint32_t c = 0; c < s.cells; c++)
            if (rk_random_below(&random, 2) && s.value[c] >= least)
                hidden |= UINT32_C(1) << c;
        for (uint32_t c = 0; c < s.cells; c++) /* of some it is told that they are no more */
            ceiling[c] = round >= 60 && rk_random_below(&random, 3)
                             ? s.value[c] + (int64_t)rk_random_below(&random, 3)
                             : RK_CELL_NO_END;
        for (uint32_t c = 0; c < s.cells; c++)
            cells[c] = (struct rk_audit_cell){.value = s.value[c],
                                              .most = ceiling[c],
                                              .least = least,
                                              .width = 1,
                                              .has_value = round % 2 || !(hidden >> c & 1),
                                              .hidden = hidden >> c & 1};
        struct rk_sums sums = rk_layout_view(&s.layout);
        CHECK(rk_audit(cells, s.cells, &sums, RK_INSIDERS_OFF, UINT64_MAX, findings, &sum));
        all_tables(&s, hidden, least, most, ceiling, low, high);
        for (uint32_t c = 0; c < s.cells; c++) {
            if (!(hidden >> c & 1))
                continue;
            CHECK(findings[c].range.low == low[c]);
            CHECK(findings[c].range.high == RK_CELL_NO_END ? high[c] >= most
                                                           : findings[c].range.high == high[c]);
            CHECK(findings[c].range.low <= s.value[c] && findings[c].range.high >= s.value[c]);
            CHECK(!findings[c].range.open);
        }
        rk_layout_free(&s.layout);
    }
}

/* 3 × 3 × 3, where a corner of the program is often no table: the same ranges from a table that is
 * known as from one that must be found first, each wide enough for it; and for every end there is a
 * table, which is found again when the cell is known to be there, and none beyond. */
static void test_three_ways(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("three"));
    for (int round = 0; round < 12; round++) {
        enum { CUBE = 64 };
        struct rk_layout layout = {.dims = 3};
        int64_t value[CUBE] = {0}, table[CUBE];
        struct rk_audit_cell cells[CUBE] = {0};
        struct rk_audit_finding known[CUBE], found[CUBE];
        uint32_t *above = NULL, room = 0, sum;
        for (uint32_t d = 0; d < 3; d++)
            rk_layout_group(&layout, d, 0, (uint32_t[]){1, 2, 3}, 3);
        for (uint32_t k = 0; k < 27; k++) {
            int64_t leaf = (int64_t)rk_random_below(&random, 6);
            uint32_t labels[] = {k / 9 + 1, k / 3 % 3 + 1, k % 3 + 1};
            uint32_t count = rk_layout_above(&layout, labels, &above, &room);
            for (uint32_t i = 0; i < count; i++)
                value[above[i]] += leaf;
        }
        rk_layout_sums(&layout);
        struct rk_sums sums = rk_layout_view(&layout);
        for (uint32_t c = 0; c < CUBE; c++) {
            bool hidden = rk_random_below(&random, 10) < 6;
            cells[c] = (struct rk_audit_cell){.value = value[c],
                                              .most = RK_CELL_NO_END,
                                              .width = 1,
                                              .has_value = true,
                                              .hidden = hidden};
        }
        CHECK(rk_audit(cells, CUBE, &sums, RK_INSIDERS_OFF, UINT64_MAX, known, &sum));
        struct rk_attack *attack = rk_attack_new(CUBE, &sums);
        for (uint32_t c = 0; c < CUBE; c++) {
            cells[c].has_value = !cells[c].hidden;
            rk_attack_cell(attack, c, cells[c].hidden ? 0 : value[c],
                           cells[c].hidden ? RK_CELL_NO_END : value[c]);
        }
        CHECK(rk_audit(cells, CUBE, &sums, RK_INSIDERS_OFF, UINT64_MAX, found, &sum));
        CHECK(rk_attack_start(attack, &sum) && rk_attack_exists(attack, table));
        for (uint32_t c = 0; c < CUBE; c++) {
            struct rk_range *range = &known[c].range;
            if (!cells[c].hidden)
                continue;
            CHECK(!range->open && !found[c].range.open);
            CHECK(range->low == found[c].range.low && range->high == found[c].range.high);
            CHECK(range->low <= value[c] && value[c] <= range->high);
            uint32_t other =
                (c + 1) % CUBE; /* one that is asked about; c itself where there is none */
            while (other != c &&
                   (!cells[other].hidden || known[other].range.low == known[other].range.high))
                other = (other + 1) % CUBE;
            for (int beyond = 0; beyond < 2 && range->low < range->high && other != c &&
                                 range->high < RK_CELL_NO_END;
                 beyond++) {
                rk_attack_know(attack, c, range->high + beyond);
                CHECK(rk_attack_range(attack, other, INT64_MAX).none == beyond);
                rk_attack_forget(attack);
            }
        }
        rk_attack_free(attack);
        rk_layout_free(&layout);
        rk_free(above);
    }
}

/* Does the choice keep all sensitive cells, before everybody and before each person? */
static bool keeps(const struct shape *s, const struct rk_suppress_cell *cells, uint32_t hidden,
                  const uint32_t *person, uint32_t persons)
{
    int64_t low[MOST_CELLS], high[MOST_CELLS], most = 9;
    for (uint32_t p = 0; p <= persons; p++) {
        uint32_t unknown = hidden;
        for (uint32_t c = 0; c < s->cells; c++)
            if (p < persons && person[c] == p)
                unknown &= ~(UINT32_C(1) << c);
        all_tables(s, unknown, cells[0].least, s->leaves > 4 ? 6 : most, NULL, low, high);
        for (uint32_t c = 0; c < s->cells; c++)
            if (cells[c].sensitive && !(p < persons && (person[c] == p || cells[c].unguarded)) &&
                high[c] - low[c] < cells[c].width)
                return false;
    }
    return true;
}

/* With `before`, some cells have been published: they are shown, or hidden at no cost. */
static void test_choice(int kind, int rounds, bool insiders, int64_t width, bool before)
{
    char key[] = {(char)('a' + kind), insiders ? 'i' : 'o', before ? 'b' : '\0', '\0'};
    struct rk_random random = rk_random(RK_TEXT("choice"), rk_text(key));
    for (int round = 0; round < rounds; round++) {
        struct shape s;
        struct rk_suppress_cell cells[MOST_CELLS];
        uint32_t person[MOST_CELLS], free_cells[MOST_CELLS], free_count = 0, always = 0;
        make_shape(&s, kind);
        fill(&s, &random, 3);
        for (uint32_t c = 0; c < s.cells; c++) {
            cells[c] = (struct rk_suppress_cell){.value = s.value[c],
                                                 .cost = s.value[c] * 100 + 1,
                                                 .width = width,
                                                 .sensitive = s.value[c] > 0 && s.value[c] < 3,
                                                 .shown = s.value[c] == 0,
                                                 .alone = s.value[c] == 1};
            uint64_t way = before ? rk_random_below(&random, 5) : 5;
            cells[c].shown = cells[c].shown || (way == 0 && !cells[c].sensitive);
            cells[c].unseen = way == 1 && !cells[c].shown;
            cells[c].unguarded = way == 2;
            if (cells[c].sensitive || cells[c].unseen)
                always |= UINT32_C(1) << c;
            else if (!cells[c].shown)
                free_cells[free_count++] = c;
        }
        struct rk_sums sums = rk_layout_view(&s.layout);
        uint32_t persons = insiders ? rk_suppress_persons(cells, s.cells, &sums, person) : 0;
        int64_t best = INT64_MAX;
        for (uint32_t set = 0; set < UINT32_C(1) << free_count; set++) {
            uint32_t hidden = always;
            int64_t cost = 0;
            for (uint32_t i = 0; i < free_count; i++)
                if (set >> i & 1) {
                    hidden |= UINT32_C(1) << free_cells[i];
                    cost += cells[free_cells[i]].cost;
                }
            if (cost < best && keeps(&s, cells, hidden, person, persons))
                best = cost;
        }
        struct rk_suppression found =
            rk_suppress(cells, s.cells, &sums, insiders, UINT64_C(100000000));
        CHECK((found.lost == UINT32_MAX) == (best < INT64_MAX));
        if (found.lost == UINT32_MAX) {
            uint32_t hidden = 0;
            for (uint32_t c = 0; c < s.cells; c++)
                hidden |= (uint32_t)found.hidden[c] << c;
            CHECK(found.cost == best && found.bound == best);
            CHECK((hidden & always) == always && keeps(&s, cells, hidden, person, persons));
        }
        rk_suppression_free(&found);
        rk_layout_free(&s.layout);
    }
}

/* Larger, three-way: no search that is cut short costs less than one that is not, nor is its bound
 * higher. */
static void test_effort(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("effort"));
    for (int round = 0; round < 20; round++) {
        struct shape s;
        struct rk_suppress_cell cells[MOST_CELLS];
        make_shape(&s, 3);
        fill(&s, &random, 9);
        for (uint32_t c = 0; c < s.cells; c++)
            cells[c] = (struct rk_suppress_cell){.value = s.value[c],
                                                 .cost = s.value[c] + 1,
                                                 .width = 1 + round % 3,
                                                 .sensitive = s.value[c] > 0 && s.value[c] < 4,
                                                 .shown = s.value[c] == 0};
        struct rk_sums sums = rk_layout_view(&s.layout);
        struct rk_suppression all = rk_suppress(cells, s.cells, &sums, false, UINT64_C(1000000000)),
                              less = rk_suppress(cells, s.cells, &sums, false, 1);
        CHECK(all.bound == all.cost);
        CHECK(less.cost >= all.cost && less.bound <= all.cost && all.lost == less.lost);
        rk_suppression_free(&all);
        rk_suppression_free(&less);
        rk_layout_free(&s.layout);
    }
}

static void test_perturbation(void)
{
    CHECK(rk_cell_key_row(0) == 0 && rk_cell_key_row(750) == 750 && rk_cell_key_row(751) == 501 &&
          rk_cell_key_row(1000) == 750 && rk_cell_key_row(1001) == 501);
    CHECK(rk_cell_key_10_5(9) == -9 && rk_cell_key_10_5(12) == -2 && rk_cell_key_10_5(13) == 2 &&
          rk_cell_key_10_5(10) == 0);
    /* closed forms for one and two alike */
    double p = 1 / 17., q = 1 - p;
    CHECK(fabs(rk_risk(1, 17) - p / q * -log(p)) < 1e-12);
    p = 2 / 110.;
    q = 1 - p;
    CHECK(fabs(rk_risk(2, 110) - p / (q * q) * (p * log(p) + q)) < 1e-12);
    CHECK(rk_risk(4, 4) == .25);
    CHECK(fabs(rk_risk(200, 1e6) - 200 / 1e6 / 199.) < 1e-3);
    /* 2 and 3 of 5 in one line: one up and one down changes the sum by 0, and no figure by more
     * than 2 */
    int64_t value[] = {2, 3, 5};
    struct rk_rounding r = rk_round_small(value, 3, (uint32_t[]){0, 1}, 2, (uint32_t[]){0, 2, 4},
                                          (uint32_t[]){0, 2, 1, 2}, 5);
    CHECK(value[0] == 0 && value[1] == 5 && value[2] == 5 && r.largest == 2 && r.sum == 4 &&
          r.proven);
}

int main(void)
{
    test_ranges();
    test_three_ways();
    test_choice(0, 200, false, 1, false);
    test_choice(0, 200, true, 1, false);
    test_choice(0, 100, false, 3, false);
    test_choice(1, 20, false, 1, false);
    test_choice(2, 60, false, 1, false);
    test_choice(2, 40, true, 1, false);
    test_choice(1, 20, false, 1, true);
    test_choice(2, 40, false, 2, true);
    test_choice(2, 40, true, 1, true);
    test_effort();
    test_perturbation();
    return finish();
}
