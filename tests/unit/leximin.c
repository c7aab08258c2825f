/* lib/panel/panel, leximin and lottery: published and hand-proved cases, and thousands of small
 * pools against trying every panel. Reference pools are read in place from $RK_REFERENCE/match and
 * passed over with a word where that folder is missing. */
#include "panel/leximin.h"

#include "check.h"
#include "panel/hull.h"
#include "pool.h"
#include "stat/distribution.h"

static int skipped;

static char *reference(const char *folder, const char *name)
{
    const char *root = getenv("RK_REFERENCE");
    char path[4096];
    snprintf(path, sizeof path, "%s/match/%s/%s", root ? root : "", folder, name);
    char *text = root ? pool_text(path) : NULL;
    if (!text) {
        printf("skipped: %s/%s is not in the reference folder\n", folder, name);
        skipped++;
    }
    return text;
}

static bool whole_is(const struct rk_whole *a, int64_t value)
{
    int64_t small;
    return rk_whole_i64(a, &small) && small == value;
}

/* ---- what any answer must keep ---- */

/* Each panel valid, no two alike, weights positive with the right sum, and the chances that the
 * answer tells rebuilt from them. */
static bool lottery_holds(const struct rk_panel *panel, const struct rk_leximin *l)
{
    bool holds = l->found && l->lottery.count > 0;
    struct rk_whole sum = {0}, times = {0};
    struct rk_fraction chance = {0}, other = {0};
    for (uint32_t p = 0; p < l->lottery.count; p++) {
        const uint32_t *counts = l->lottery.counts + (size_t)p * l->lottery.types;
        holds = holds && rk_panel_is_valid(panel, l->empty, counts);
        holds = holds && rk_whole_sign(&l->lottery.weight[p]) > 0;
        rk_whole_add(&sum, &sum, &l->lottery.weight[p]);
        for (uint32_t q = 0; q < p; q++)
            holds = holds && memcmp(counts, l->lottery.counts + (size_t)q * l->lottery.types,
                                    l->lottery.types * sizeof *counts);
    }
    holds = holds && !rk_whole_compare(&sum, &l->lottery.total);
    for (uint32_t t = 0; t < l->lottery.types; t++) {
        rk_whole_set_i64(&sum, 0);
        for (uint32_t p = 0; p < l->lottery.count; p++) {
            times.small = l->lottery.counts[(size_t)p * l->lottery.types + t];
            rk_whole_add_product(&sum, &times, &l->lottery.weight[p]);
        }
        rk_fraction_make(&chance, &sum, &l->lottery.total);
        rk_fraction_set_whole(&other, rk_panel_size(panel, t));
        rk_fraction_divide(&chance, &chance, &other);
        rk_fraction_set_whole(&other, rk_panel_offset(panel, t));
        rk_fraction_add(&chance, &chance, &other);
        holds = holds && !rk_fraction_compare(&chance, &l->value[t]);
    }
    rk_whole_free(&sum);
    rk_fraction_free(&chance);
    rk_fraction_free(&other);
    return holds;
}

/* The proof, checked as another program would: each step's prices bound the sum of g × x over all
 * panels, and with all those of g > 0 at the step's value or what they were fixed at before, those
 * of g < 0 at their most, that bound is reached; so not all of those left can have more. Whoever a
 * step fixes has the value it says. */
static bool proof_holds(const struct rk_panel *panel, const struct rk_leximin *l)
{
    const struct rk_levels *levels = &l->levels;
    struct rk_program *program = rk_panel_program(panel, l->empty);
    uint32_t quota_rows = rk_program_rows(program), columns = rk_program_columns(program);
    bool holds = levels->rows == quota_rows + l->cut_count && levels->columns == columns;
    struct rk_fraction left = {0}, part = {0}, other = {0}, zero = {0};
    rk_fraction_set_whole(&zero, 0);
    const struct rk_program_matrix *m = rk_program_matrix(program);
    struct rk_whole *g = rk_alloc((size_t)columns + 1, sizeof *g), times = {0}, one = {.small = 1};
    for (uint32_t i = 0; holds && i < levels->step_count; i++) {
        const struct rk_levels_step *step = &levels->steps[i];
        holds = !i || rk_fraction_compare(&levels->steps[i - 1].value, &step->value) <= 0;
        uint32_t least = UINT32_MAX;
        for (uint32_t t = 0; t < levels->types; t++)
            if (levels->step_of[t] >= i && rk_panel_offset(panel, t) < least)
                least = rk_panel_offset(panel, t);
        for (uint32_t c = 0; c < columns; c++)
            rk_whole_set_i64(&g[c], 0);
        rk_fraction_set_whole(&left, 0);
        for (uint32_t r = 0; step->prices && r < levels->rows; r++) {
            const struct rk_whole *price = &step->prices[r];
            if (!rk_whole_sign(price))
                continue;
            bool cut = r >= quota_rows;
            holds = holds && (!cut || rk_whole_sign(price) < 0); /* a cut has a least only */
            if (cut)
                times.small = l->cuts[r - quota_rows].least;
            else
                times.small = rk_whole_sign(price) > 0 ? rk_program_row_upper(program, r)
                                                       : rk_program_row_lower(program, r);
            rk_fraction_make(&part, price, &one);
            rk_fraction_make(&other, &times, &one);
            rk_fraction_multiply(&part, &part, &other);
            rk_fraction_add(&left, &left, &part);
            for (uint32_t c = 0; c < columns; c++) {
                times.small = 0;
                for (uint32_t e = m->first[c]; !cut && e < m->first[c + 1]; e++)
                    if (m->row[e] == r)
                        times.small = m->entry[e];
                if (cut)
                    times.small = l->cuts[r - quota_rows].entry[c];
                rk_whole_add_product(&g[c], &times, price);
            }
        }
        for (uint32_t c = 0; c < columns; c++) {
            int sign = rk_whole_sign(&g[c]);
            struct rk_fraction value = {0};
            bool type = c < levels->types;
            if (type && levels->step_of[c] < i) {
                rk_fraction_set(&value, &levels->value[c]);
            } else if (type && (sign || levels->step_of[c] == i)) {
                holds = holds && levels->step_of[c] == i;
                bool most = step->prices ? sign < 0 : true;
                rk_fraction_set_whole(&value, rk_panel_offset(panel, c) + most);
                if (step->prices && sign > 0 && rk_fraction_compare(&step->value, &value) > 0)
                    rk_fraction_set(&value, &step->value);
                holds = holds && !rk_fraction_compare(&value, &levels->value[c]);
                holds = holds && (step->prices || !rk_fraction_compare(&value, &step->value));
            } else if (sign) {
                rk_fraction_set_whole(&value, sign > 0 ? rk_program_lower(program, c)
                                                       : rk_program_upper(program, c));
            }
            if (sign) { /* less g × size × (value - offset) */
                if (type) {
                    rk_fraction_set_whole(&other, rk_panel_offset(panel, c));
                    rk_fraction_subtract(&value, &value, &other);
                    rk_fraction_set_whole(&other, rk_panel_size(panel, c));
                    rk_fraction_multiply(&value, &value, &other);
                }
                rk_fraction_make(&other, &g[c], &one);
                rk_fraction_multiply(&value, &value, &other);
                rk_fraction_subtract(&left, &left, &value);
            }
            rk_fraction_free(&value);
        }
        holds = holds && !rk_fraction_compare(&left, &zero);
        holds = holds &&
                (step->prices || !rk_fraction_compare_ratio(&step->value, least + INT64_C(1), 1));
    }
    for (uint32_t t = 0; t < levels->types; t++)
        holds = holds && levels->step_of[t] < levels->step_count &&
                !rk_fraction_compare(&levels->value[t], &l->value[t]);
    rk_fraction_free(&left);
    rk_fraction_free(&part);
    rk_fraction_free(&other);
    rk_fraction_free(&zero);
    rk_whole_free_all(g, columns);
    rk_program_free(program);
    return holds;
}

/* ---- published pools ---- */

static bool value_is(const struct rk_panel *panel, const struct rk_leximin *l, uint32_t person,
                     int64_t top, int64_t over)
{
    return l->found &&
           !rk_fraction_compare_ratio(&l->value[rk_panel_type_of(panel, person)], top, over);
}

/* Reads the pool, solves it and checks what any answer must keep. */
static bool solve(struct pool *pool, char *respondents, char *categories, uint32_t seats,
                  const char *const *household, struct rk_panel **panel, struct rk_leximin *l)
{
    if (!respondents || !categories)
        return false;
    CHECK(pool_read(pool, respondents, categories, seats, household));
    *panel = rk_panel_new(&pool->problem);
    struct rk_effort effort = {.nodes = 1000000};
    *l = rk_leximin_solve(*panel, NULL, &effort);
    CHECK(l->outcome == RK_PROGRAM_FOUND);
    CHECK(lottery_holds(*panel, l));
    CHECK(proof_holds(*panel, l));
    return true;
}

static void give_back(struct pool *pool, struct rk_panel *panel, struct rk_leximin *l)
{
    rk_leximin_free(l);
    rk_panel_free(panel);
    pool_free(pool);
}

/* Each type's chance against leximin_by_type.csv: `count`, the features, the chance to 12 decimals.
 */
static void published(const char *folder, const char *respondents, const char *categories,
                      uint32_t seats)
{
    char *people = reference(folder, respondents), *rows = reference(folder, categories);
    char *truth = reference(folder, "leximin_by_type.csv");
    struct pool pool;
    struct rk_panel *panel;
    struct rk_leximin l;
    if (truth && solve(&pool, people, rows, seats, NULL, &panel, &l)) {
        size_t columns, got;
        uint32_t compared = 0, wrong = 0;
        char *at = truth, **head = pool_line(&at, &columns);
        while (*at) {
            char **cells = pool_line(&at, &got);
            uint32_t person = 0;
            for (bool same = false; !same && person < pool.problem.person_count; person += !same) {
                same = true;
                for (size_t c = 1; c + 1 < columns; c++) {
                    size_t in = pool_column(pool.header, pool.columns, head[c]);
                    same = same && !strcmp(pool.people[person][in], cells[c]);
                }
            }
            struct rk_buf mine = {0};
            rk_buf_printf(&mine, "%.12f",
                          rk_fraction_double(&l.value[rk_panel_type_of(panel, person)]));
            wrong += strcmp(mine.text, cells[columns - 1]) != 0;
            compared++;
            rk_buf_free(&mine);
            rk_free(cells);
        }
        rk_free(head);
        CHECK(compared > 0 && wrong == 0);
        give_back(&pool, panel, &l);
    }
    rk_free(people);
    rk_free(rows);
    rk_free(truth);
}

/* Facts of the test suite of sortition-algorithms (test_committee_generation.py), typed in. */
static void hand_proved(void)
{
    struct pool pool;
    struct rk_panel *panel;
    struct rk_leximin l;
    const char *const street[] = {"home", "street", NULL};
    for (int rule = 0; rule < 2; rule++) {
        char people[] = "id,age,franchise,home,street\nlisa,child,simpsons,1,A\n"
                        "marge,adult,simpsons,3,A\nlouie,child,ducktales,2,A\n"
                        "dewey,child,ducktales,2,A\nscrooge,adult,ducktales,1,A\n";
        char rows[] = "feature,value,min,max\nage,child,1,2\nage,adult,1,2\n"
                      "franchise,simpsons,1,2\nfranchise,ducktales,1,2\n";
        solve(&pool, people, rows, 2, rule ? street : NULL, &panel, &l);
        int64_t over = rule ? 2 : 3;
        CHECK(value_is(panel, &l, 0, !rule, over) && value_is(panel, &l, 4, !rule, over));
        CHECK(value_is(panel, &l, 2, 1, over) && value_is(panel, &l, 3, 1, over));
        CHECK(value_is(panel, &l, 1, 2, over));
        give_back(&pool, panel, &l);
    }
    /* example 3: real points reach 1/2, but no panel is without a */
    char abcd[] = "id,f1,f2,f3\na,v1,v1,v1\nb,v1,v2,v2\nc,v2,v1,v2\nd,v2,v2,v1\n";
    char trap[] = "feature,value,min,max\nf1,v1,1,2\nf1,v2,0,2\nf2,v1,1,2\nf2,v2,0,2\n"
                  "f3,v1,1,2\nf3,v2,0,2\n";
    solve(&pool, abcd, trap, 2, NULL, &panel, &l);
    CHECK(value_is(panel, &l, 0, 1, 1) && value_is(panel, &l, 1, 1, 3));
    CHECK(value_is(panel, &l, 2, 1, 3) && value_is(panel, &l, 3, 1, 3) && l.cut_count > 0);
    give_back(&pool, panel, &l);
    /* example 4: with v1 exactly once each there is none, though half of everybody would do; one
     * seat stays empty for somebody v2 v2 v2 or the like, and the smallest change is by one */
    char abcd4[] = "id,f1,f2,f3\na,v1,v1,v1\nb,v1,v2,v2\nc,v2,v1,v2\nd,v2,v2,v1\n";
    char none[] = "feature,value,min,max\nf1,v1,1,1\nf1,v2,0,2\nf2,v1,1,1\nf2,v2,0,2\n"
                  "f3,v1,1,1\nf3,v2,0,2\n";
    solve(&pool, abcd4, none, 2, NULL, &panel, &l);
    CHECK(l.empty == 1 && l.fewest && value_is(panel, &l, 0, 1, 4));
    struct rk_panel_relaxation relaxed = rk_panel_relax(panel, NULL);
    CHECK(relaxed.outcome == RK_PROGRAM_FOUND && relaxed.change == 1);
    rk_free(relaxed.least);
    rk_free(relaxed.most);
    rk_free(relaxed.counts);
    give_back(&pool, panel, &l);
    /* example 6: six blocks of ten and one person whom no panel can have */
    struct rk_buf people = {0};
    const char *blocks[] = {"v1,v1,v3", "v1,v3,v1", "v3,v1,v1", "v2,v2,v3", "v2,v3,v2", "v3,v2,v2"};
    rk_buf_text(&people, "id,f1,f2,f3\n");
    for (int i = 0; i < 60; i++)
        rk_buf_printf(&people, "p%d,%s\n", i + 1, blocks[i / 10]);
    rk_buf_text(&people, "p61,v3,v3,v3\n");
    char rows6[] = "feature,value,min,max\nf1,v1,15,46\nf1,v2,15,46\nf1,v3,0,46\nf2,v1,15,46\n"
                   "f2,v2,15,46\nf2,v3,0,46\nf3,v1,15,46\nf3,v2,15,46\nf3,v3,0,46\n";
    solve(&pool, people.text, rows6, 46, NULL, &panel, &l);
    CHECK(value_is(panel, &l, 60, 0, 1) && value_is(panel, &l, 0, 46, 60));
    CHECK(value_is(panel, &l, 59, 46, 60) && l.cut_count > 0);
    give_back(&pool, panel, &l);
    rk_buf_free(&people);
}

/* ---- small pools, by trying every panel ---- */

enum { PEOPLE = 8, FEATURES = 3, VALUES = 3, ROWS = FEATURES * VALUES, PANELS = 1 << PEOPLE };

struct small {
    uint32_t people, rows, seats;
    uint64_t member[PEOPLE];
    uint32_t offset[PEOPLE], household[PEOPLE];
    struct rk_panel_row row[ROWS];
};

static struct small make(struct rk_random *random)
{
    struct small s = {.people = 1 + (uint32_t)rk_random_below(random, PEOPLE)};
    uint32_t features = 1 + (uint32_t)rk_random_below(random, FEATURES);
    uint32_t values = 2 + (uint32_t)rk_random_below(random, VALUES - 1);
    bool offsets = rk_random_below(random, 3) == 0, houses = rk_random_below(random, 3) == 0;
    bool lists = rk_random_below(random, 4) == 0, tight = rk_random_below(random, 3) == 0;
    s.seats = (uint32_t)rk_random_below(random, s.people < 5 ? s.people + 1 : 6);
    s.rows = features * values;
    uint32_t counts[ROWS] = {0}; /* of some panel, so that many quotas can be met */
    for (uint32_t i = 0; i < s.people; i++) {
        for (uint32_t f = 0; f < features; f++) {
            s.member[i] |= UINT64_C(1) << (f * values + rk_random_below(random, values));
            if (lists && rk_random_below(random, 4) == 0)
                s.member[i] |= UINT64_C(1) << (f * values + rk_random_below(random, values));
        }
        s.offset[i] = offsets ? (uint32_t)rk_random_below(random, 3) : 0;
        s.household[i] = houses && rk_random_below(random, 2)
                             ? (uint32_t)rk_random_below(random, 3) * 7
                             : RK_PANEL_ALONE;
        for (uint32_t r = 0; i < s.seats && r < s.rows; r++)
            counts[r] += s.member[i] >> r & 1;
    }
    for (uint32_t r = 0; r < s.rows; r++) {
        uint32_t width = (uint32_t)rk_random_below(random, 3), middle = counts[r];
        if (tight) { /* where real points and panels differ */
            s.row[r].least = r % values ? 0 : middle;
            s.row[r].most = r % values ? s.seats : middle + (uint32_t)rk_random_below(random, 2);
            s.row[r].most_flex = 100;
            s.row[r].feature = 40 - r / values;
            continue;
        }
        if (rk_random_below(random, 6) == 0)
            middle += (uint32_t)rk_random_below(random, 2);
        s.row[r].least = middle > width ? middle - width : 0;
        s.row[r].most = middle + (uint32_t)rk_random_below(random, 2);
        if (rk_random_below(random, 8) == 0)
            s.row[r].most = s.row[r].least;
        s.row[r].least_flex = rk_random_below(random, 4) ? 0 : s.row[r].least;
        s.row[r].most_flex = rk_random_below(random, 4) ? 100 : s.row[r].most;
        s.row[r].feature = 40 - r / values;
    }
    return s;
}

static bool one_per_household(const struct small *s, uint32_t set)
{
    for (uint32_t i = 0; i < s->people; i++)
        for (uint32_t j = 0; j < i; j++)
            if (set >> i & set >> j & 1 && s->household[i] == s->household[j] &&
                s->household[i] != RK_PANEL_ALONE)
                return false;
    return true;
}

static uint32_t count_in(const struct small *s, uint32_t set, uint32_t row)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->people; i++)
        count += set >> i & s->member[i] >> row & 1;
    return count;
}

static bool is_panel(const struct small *s, uint32_t set, uint32_t empty)
{
    uint32_t lacks[64] = {0};
    if ((uint32_t)__builtin_popcount(set) + empty != s->seats || !one_per_household(s, set))
        return false;
    for (uint32_t r = 0; r < s->rows; r++) {
        uint32_t count = count_in(s, set, r);
        if (count > s->row[r].most)
            return false;
        if (count < s->row[r].least &&
            (lacks[s->row[r].feature] += s->row[r].least - count) > empty)
            return false;
    }
    return true;
}

/* A textbook simplex in whole numbers over one denominator: most c x with A x <= b, x >= 0, Bland's
 * rule, the first phase by one artificial column. */
enum { LP_ROWS = PEOPLE + 1, LP_COLUMNS = PANELS + LP_ROWS + 3 };
struct table {
    uint32_t rows, columns;             /* without the right-hand side, which is the last */
    int64_t a[LP_ROWS + 1][LP_COLUMNS]; /* the last row is the objective, negated */
    int64_t over;
    uint32_t basis[LP_ROWS];
};

static void table_pivot(struct table *t, uint32_t row, uint32_t column)
{
    int64_t by = t->a[row][column];
    for (uint32_t i = 0; i <= t->rows; i++) {
        int64_t times = t->a[i][column];
        for (uint32_t j = 0; i != row && j <= t->columns; j++)
            t->a[i][j] =
                (int64_t)(((__int128)t->a[i][j] * by - (__int128)times * t->a[row][j]) / t->over);
    }
    t->over = by;
    t->basis[row] = column;
    if (t->over < 0) {
        t->over = -t->over;
        for (uint32_t i = 0; i <= t->rows; i++)
            for (uint32_t j = 0; j <= t->columns; j++)
                t->a[i][j] = -t->a[i][j];
    }
}

static void table_solve(struct table *t, uint32_t open_columns)
{
    for (;;) {
        uint32_t column = 0, row = t->rows;
        while (column < open_columns && t->a[t->rows][column] >= 0)
            column++;
        if (column == open_columns)
            return;
        for (uint32_t i = 0; i < t->rows; i++) {
            if (t->a[i][column] <= 0)
                continue;
            __int128 x = row == t->rows ? -1 : (__int128)t->a[i][t->columns] * t->a[row][column];
            __int128 y = row == t->rows ? 0 : (__int128)t->a[row][t->columns] * t->a[i][column];
            if (x < y || (x == y && t->basis[i] < t->basis[row]))
                row = i;
        }
        table_pivot(t, row, column);
    }
}

/* Leximin over lotteries on the sets: value of person i is value[i] / over[i]. Level by level: the
 * most that all those left can have, then whoever's bound has a positive price is done. */
static void leximin_by_table(const struct small *s, const uint32_t *sets, uint32_t count,
                             int64_t *value, int64_t *over)
{
    static struct table t;
    uint32_t level = count, artificial = count + 1, slack = count + 2;
    for (uint32_t i = 0; i < s->people; i++)
        over[i] = 0; /* not done */
    for (uint32_t done = 0; done < s->people;) {
        t = (struct table){.rows = s->people + 1, .over = 1};
        t.columns = slack + t.rows;
        int64_t scale = 1; /* a common denominator of what is done */
        for (uint32_t i = 0; i < s->people; i++)
            if (over[i]) {
                int64_t a = scale, b = over[i];
                while (b) {
                    int64_t left = a % b;
                    a = b;
                    b = left;
                }
                scale = scale / a * over[i];
            }
        uint32_t lowest = 0;
        for (uint32_t i = 0; i < t.rows; i++) {
            bool person = i < s->people;
            for (uint32_t c = 0; c < count; c++)
                t.a[i][c] = person ? -(int64_t)(sets[c] >> i & 1) : 1;
            t.a[i][level] = person && !over[i];
            t.a[i][artificial] = -1;
            t.a[i][slack + i] = 1;
            t.a[i][t.columns] = !person    ? scale
                                : !over[i] ? s->offset[i] * scale
                                           : s->offset[i] * scale - value[i] * (scale / over[i]);
            t.basis[i] = slack + i;
            if (t.a[i][t.columns] < t.a[lowest][t.columns])
                lowest = i;
        }
        if (t.a[lowest][t.columns] < 0) { /* first phase */
            t.a[t.rows][artificial] = 1;
            table_pivot(&t, lowest, artificial);
            table_solve(&t, t.columns);
            for (uint32_t i = 0; i < t.rows; i++)
                if (t.basis[i] == artificial) { /* at zero: out with it */
                    uint32_t column = 0;
                    while (column == artificial || !t.a[i][column])
                        column++;
                    table_pivot(&t, i, column);
                }
        }
        for (uint32_t i = 0; i < t.rows; i++)
            t.a[i][artificial] = 0;
        for (uint32_t j = 0; j <= t.columns; j++)
            t.a[t.rows][j] = j == level ? -t.over : 0;
        for (uint32_t i = 0; i < t.rows; i++)
            if (t.basis[i] == level)
                for (uint32_t j = 0; j <= t.columns; j++)
                    t.a[t.rows][j] += t.a[i][j];
        table_solve(&t, t.columns);
        for (uint32_t i = 0; i < s->people; i++)
            if (!over[i] && t.a[t.rows][slack + i] > 0) {
                value[i] = t.a[t.rows][t.columns];
                over[i] = t.over * scale;
                for (int64_t k = 2; k < 1000; k++) /* small is quick */
                    while (value[i] % k == 0 && over[i] % k == 0) {
                        value[i] /= k;
                        over[i] /= k;
                    }
                done++;
            }
    }
}

struct tally {
    int wrong, full, with_empty, none, cut, relaxed, not_relaxed;
};

static void try_cheapest(const struct small *s, const struct rk_panel *panel, uint32_t empty,
                         const uint32_t *sets, uint32_t count, struct rk_random *random,
                         struct tally *tally)
{
    enum { OBJECTIVES = 3 };
    int64_t costs[OBJECTIVES * PEOPLE], best[OBJECTIVES] = {0};
    for (uint32_t o = 0; o < OBJECTIVES; o++)
        for (uint32_t i = 0; i < s->people; i++)
            costs[o * s->people + i] =
                o == 2 ? (int64_t)rk_random_below(random, UINT64_C(1) << 52) - 1000
                       : (int64_t)rk_random_below(random, 3 + o) - 1;
    for (uint32_t c = 0; c < count; c++) {
        int64_t sums[OBJECTIVES] = {0};
        for (uint32_t o = 0; o < OBJECTIVES; o++)
            for (uint32_t i = 0; i < s->people; i++)
                sums[o] += sets[c] >> i & 1 ? costs[o * s->people + i] : 0;
        bool less = !c;
        for (uint32_t o = 0; o < OBJECTIVES && !less; o++) {
            if (sums[o] > best[o])
                break;
            less = sums[o] < best[o];
        }
        if (less)
            memcpy(best, sums, sizeof best);
    }
    struct rk_panel_choice choice = rk_panel_cheapest(panel, empty, costs, OBJECTIVES, NULL);
    uint32_t set = 0;
    for (uint32_t i = 0; i < choice.count; i++)
        set |= UINT32_C(1) << choice.people[i];
    tally->wrong += choice.outcome != RK_PROGRAM_FOUND || !is_panel(s, set, empty) ||
                    choice.proven != OBJECTIVES;
    for (uint32_t o = 0; choice.found && o < OBJECTIVES; o++)
        tally->wrong += !whole_is(&choice.sums[o], best[o]);
    rk_panel_choice_free(&choice);
}

static void try_relax(const struct small *s, const struct rk_panel *panel, struct tally *tally)
{
    uint64_t least = UINT64_MAX;
    for (uint32_t set = 0; set < UINT32_C(1) << s->people; set++) {
        if ((uint32_t)__builtin_popcount(set) != s->seats || !one_per_household(s, set))
            continue;
        uint64_t change = 0;
        for (uint32_t r = 0; r < s->rows && change != UINT64_MAX; r++) {
            uint32_t count = count_in(s, set, r);
            if (count < s->row[r].least_flex || count > s->row[r].most_flex)
                change = UINT64_MAX;
            else if (count < s->row[r].least)
                change += s->row[r].least - count;
            else if (count > s->row[r].most)
                change += count - s->row[r].most;
        }
        least = change < least ? change : least;
    }
    struct rk_panel_relaxation got = rk_panel_relax(panel, NULL);
    tally->wrong += got.outcome != (least == UINT64_MAX ? RK_PROGRAM_NONE : RK_PROGRAM_FOUND);
    *(got.found ? &tally->relaxed : &tally->not_relaxed) += 1;
    if (got.found) {
        uint64_t change = 0;
        struct rk_panel_row rows[ROWS];
        for (uint32_t r = 0; r < s->rows; r++) {
            rows[r] = s->row[r];
            change += rows[r].least - got.least[r] + (got.most[r] - rows[r].most);
            tally->wrong += got.least[r] > rows[r].least || got.least[r] < rows[r].least_flex ||
                            got.most[r] < rows[r].most || got.most[r] > rows[r].most_flex;
            rows[r].least = got.least[r];
            rows[r].most = got.most[r];
        }
        tally->wrong += got.change != least || change != least || got.least_change != least;
        struct rk_panel_problem problem = {rows,      s->member, s->offset, s->household,
                                           s->people, s->rows,   s->seats};
        struct rk_panel *eased = rk_panel_new(&problem);
        tally->wrong += !rk_panel_is_valid(eased, 0, got.counts);
        rk_panel_free(eased);
    }
    rk_free(got.least);
    rk_free(got.most);
    rk_free(got.counts);
}

/* Every cut is kept by every panel and reached by one (looked at where its columns are people). */
static bool cuts_hold(const struct small *s, const struct rk_panel *panel,
                      const struct rk_leximin *l, const uint32_t *sets, uint32_t count)
{
    for (uint32_t k = 0; k < l->cut_count && !l->empty; k++) {
        bool reached = false;
        for (uint32_t c = 0; c < count; c++) {
            int64_t sum = 0;
            for (uint32_t i = 0; i < s->people; i++)
                if (sets[c] >> i & 1)
                    sum += l->cuts[k].entry[rk_panel_type_of(panel, i)];
            if (sum < l->cuts[k].least)
                return false;
            reached = reached || sum == l->cuts[k].least;
        }
        if (!reached)
            return false;
    }
    return true;
}

/* The hull's word on the point of the levels without cuts: a lottery exactly where no cut was
 * needed, otherwise a row that all panels keep and the point does not. */
static bool hull_holds(const struct rk_panel *panel, const struct rk_leximin *l,
                       const struct small *s, const uint32_t *sets, uint32_t count)
{
    struct rk_program *program = rk_panel_program(panel, l->empty);
    uint32_t types = rk_panel_types(panel), sizes[PEOPLE], offsets[PEOPLE];
    for (uint32_t t = 0; t < types; t++) {
        sizes[t] = rk_panel_size(panel, t);
        offsets[t] = rk_panel_offset(panel, t);
    }
    struct rk_levels levels;
    bool holds = rk_levels_find(program, types, sizes, offsets, NULL, &levels) == RK_PROGRAM_FOUND;
    struct rk_hull hull = {.types = types};
    enum rk_program_outcome outcome =
        rk_hull_separate(&hull, program, levels.point, &levels.scale, NULL);
    struct rk_whole sum = {0}, times = {0}, other = {0};
    if (outcome == RK_PROGRAM_FOUND) {
        for (uint32_t t = 0; t < types; t++) {
            rk_whole_set_i64(&sum, 0);
            for (uint32_t i = 0; i < hull.count; i++) {
                times.small = hull.points[i][t];
                rk_whole_add_product(&sum, &times, &hull.weight[i]);
                holds = holds && rk_whole_sign(&hull.weight[i]) >= 0;
            }
            holds = holds &&
                    !rk_whole_compare_products(&sum, &levels.scale, &levels.point[t], &hull.total);
        }
        for (uint32_t i = 0; i < hull.count; i++)
            holds = holds && rk_program_keeps(program, hull.points[i]);
    } else {
        holds = holds && outcome == RK_PROGRAM_NONE && l->cut_count > 0;
        for (uint32_t t = 0; t < types; t++) {
            times.small = hull.entry[t];
            rk_whole_add_product(&sum, &times, &levels.point[t]);
        }
        times.small = hull.least;
        rk_whole_multiply(&other, &times, &levels.scale);
        holds = holds && rk_whole_compare(&sum, &other) < 0;
        for (uint32_t c = 0; c < count; c++) {
            int64_t at = 0;
            for (uint32_t i = 0; i < s->people; i++)
                at += sets[c] >> i & 1 ? hull.entry[rk_panel_type_of(panel, i)] : 0;
            holds = holds && at >= hull.least;
        }
    }
    rk_whole_free(&sum);
    rk_whole_free(&other);
    rk_hull_free(&hull);
    rk_levels_free(&levels);
    rk_program_free(program);
    return holds;
}

/* Stopped early, what is told is true: a lottery, and a bound that the truth keeps. */
static bool stopped_holds(const struct rk_panel *panel, const struct rk_leximin *truth,
                          uint64_t nodes)
{
    struct rk_effort effort = {.nodes = nodes};
    struct rk_leximin l = rk_leximin_solve(panel, NULL, &effort);
    bool holds = true;
    if (l.outcome == RK_PROGRAM_FOUND) {
        for (uint32_t t = 0; t < l.lottery.types; t++)
            holds = holds && !rk_fraction_compare(&l.value[t], &truth->value[t]);
    } else if (l.found) {
        holds = l.outcome == RK_PROGRAM_STOPPED && lottery_holds(panel, &l);
        uint32_t poorest = 0, poorest_truly = 0;
        for (uint32_t t = 0; t < l.lottery.types; t++) {
            if (rk_fraction_compare(&l.value[t], &l.value[poorest]) < 0)
                poorest = t;
            if (rk_fraction_compare(&truth->value[t], &truth->value[poorest_truly]) < 0)
                poorest_truly = t;
        }
        if (l.empty == truth->empty) { /* a real gap, above what the poorest have in truth */
            holds = holds && rk_fraction_compare(&l.reached, &l.bound) < 0;
            if (!rk_fraction_compare(&l.reached, &l.value[poorest]))
                holds = holds && rk_fraction_compare(&truth->value[poorest_truly], &l.bound) <= 0;
        }
    } else {
        holds = l.outcome == RK_PROGRAM_STOPPED;
    }
    rk_leximin_free(&l);
    return holds;
}

static void try_one(const struct small *s, struct rk_random *random, struct tally *tally)
{
    struct rk_panel_problem problem = {s->row,    s->member, s->offset, s->household,
                                       s->people, s->rows,   s->seats};
    struct rk_panel *panel = rk_panel_new(&problem);
    uint32_t sets[PANELS], count = 0, empty = 0;
    for (; empty <= s->seats && !count; empty++)
        for (uint32_t set = 0; set < UINT32_C(1) << s->people; set++)
            if (is_panel(s, set, empty))
                sets[count++] = set;
    empty -= empty > 0;
    struct rk_effort effort = {.nodes = 100000};
    struct rk_leximin l = rk_leximin_solve(panel, NULL, &effort);
    if (!count) {
        tally->none++;
        tally->wrong += l.outcome != RK_PROGRAM_NONE || l.found;
    } else {
        *(empty ? &tally->with_empty : &tally->full) += 1;
        tally->cut += l.cut_count > 0;
        int64_t value[PEOPLE], over[PEOPLE];
        leximin_by_table(s, sets, count, value, over);
        bool right = l.outcome == RK_PROGRAM_FOUND && l.empty == empty && l.fewest &&
                     lottery_holds(panel, &l) && proof_holds(panel, &l) &&
                     cuts_hold(s, panel, &l, sets, count);
        for (uint32_t i = 0; right && i < s->people; i++)
            right = value_is(panel, &l, i, value[i], over[i]);
        right = right && hull_holds(panel, &l, s, sets, count) &&
                stopped_holds(panel, &l, rk_random_below(random, 12));
        tally->wrong += !right;
        try_cheapest(s, panel, empty, sets, count, random, tally);
    }
    try_relax(s, panel, tally);
    rk_leximin_free(&l);
    rk_panel_free(panel);
}

static void at_random(void)
{
    struct tally tally = {0};
    for (int trial = 0; trial < 4000; trial++) {
        char key[32];
        snprintf(key, sizeof key, "leximin|%d", trial);
        struct rk_random random = rk_random(RK_TEXT("leximin-test"), rk_text(key));
        struct small s = make(&random);
        int before = tally.wrong;
        try_one(&s, &random, &tally);
        if (tally.wrong > before)
            printf("wrong: trial %d\n", trial);
    }
    printf("%d full, %d with empty seats, %d without a panel, %d with cuts; %d eased, %d not\n",
           tally.full, tally.with_empty, tally.none, tally.cut, tally.relaxed, tally.not_relaxed);
    CHECK(tally.wrong == 0);
    CHECK(tally.full > 500 && tally.with_empty > 200 && tally.none > 50 && tally.cut > 20);
    CHECK(tally.relaxed > 500 && tally.not_relaxed > 50);
}

/* ---- pools of 22 with exact quotas, where panels are few and cuts many ---- */

enum { POOL = 22, POOL_SEATS = 8, POOL_FEATURES = 4, POOL_VALUES = 3, MOST_CUTS = 200 };

struct listing {
    const struct rk_panel *panel;
    const struct rk_leximin *l;
    const struct rk_panel_row *rows;
    const uint64_t *member;
    uint32_t counts[POOL_FEATURES * POOL_VALUES];
    int64_t sums[MOST_CUTS],
        least[MOST_CUTS]; /* by cut: of the people taken, and the least found */
    uint32_t panels;
};

/* Goes through every panel there is. */
static void list_panels(struct listing *list, uint32_t person, uint32_t taken)
{
    if (taken == POOL_SEATS) {
        for (uint32_t r = 0; r < POOL_FEATURES * POOL_VALUES; r++)
            if (list->counts[r] < list->rows[r].least)
                return;
        for (uint32_t k = 0; k < list->l->cut_count; k++)
            if (!list->panels || list->sums[k] < list->least[k])
                list->least[k] = list->sums[k];
        list->panels++;
        return;
    }
    if (person == POOL || taken + POOL - person < POOL_SEATS)
        return;
    bool fits = true;
    for (uint32_t r = 0; r < POOL_FEATURES * POOL_VALUES; r++)
        fits = fits && !(list->member[person] >> r & 1 && list->counts[r] == list->rows[r].most);
    for (int side = 1; fits && side >= -1; side -= 2) {
        for (uint32_t r = 0; r < POOL_FEATURES * POOL_VALUES; r++)
            list->counts[r] += (list->member[person] >> r & 1) * (uint32_t)side;
        for (uint32_t k = 0; k < list->l->cut_count; k++)
            list->sums[k] += side * list->l->cuts[k].entry[rk_panel_type_of(list->panel, person)];
        if (side > 0)
            list_panels(list, person + 1, taken + 1);
    }
    list_panels(list, person + 1, taken);
}

static void tight_pools(void)
{
    int wrong = 0, cut = 0, last_word = 0;
    for (int trial = 0; trial < 60; trial++) {
        char key[32];
        snprintf(key, sizeof key, "tight|%d", trial);
        struct rk_random random = rk_random(RK_TEXT("leximin-test"), rk_text(key));
        struct rk_panel_row rows[POOL_FEATURES * POOL_VALUES] = {0};
        uint64_t member[POOL] = {0};
        for (uint32_t i = 0; i < POOL; i++)
            for (uint32_t f = 0; f < POOL_FEATURES; f++) {
                uint32_t r = f * POOL_VALUES + (uint32_t)rk_random_below(&random, POOL_VALUES);
                member[i] |= UINT64_C(1) << r;
                rows[r].least += i < POOL_SEATS;
            }
        for (uint32_t r = 0; r < POOL_FEATURES * POOL_VALUES; r++) {
            rows[r].most = rows[r].most_flex = rows[r].least;
            rows[r].feature = r / POOL_VALUES;
        }
        struct rk_panel_problem problem = {
            rows, member, NULL, NULL, POOL, POOL_FEATURES * POOL_VALUES, POOL_SEATS};
        struct rk_panel *panel = rk_panel_new(&problem);
        struct rk_effort effort = {.nodes = 1000000};
        struct rk_leximin l = rk_leximin_solve(panel, NULL, &effort);
        struct listing list = {.panel = panel, .l = &l, .rows = rows, .member = member};
        wrong += l.outcome != RK_PROGRAM_FOUND || l.empty || l.cut_count > MOST_CUTS ||
                 !lottery_holds(panel, &l) || !proof_holds(panel, &l);
        if (l.cut_count <= MOST_CUTS)
            list_panels(&list, 0, 0);
        wrong += !list.panels;
        for (uint32_t k = 0; k < l.cut_count && k < MOST_CUTS; k++)
            wrong += list.least[k] != l.cuts[k].least;
        cut += l.cut_count > 0;
        last_word += l.cut_count > 4;
        rk_leximin_free(&l);
        rk_panel_free(panel);
    }
    printf("%d tight pools with cuts, %d with more than four\n", cut, last_word);
    CHECK(wrong == 0);
    CHECK(cut > 10 && last_word > 2);
}

/* ---- draws and balls ---- */

/* Drawn often, everybody comes as often as their chance says: chi-square over people, of counts
 * that depend on each other through the seats (degrees of freedom at most the people). */
static void draws(void)
{
    enum { DRAWS = 4000, SEATS = 3, WHO = 7 };
    struct rk_panel_row rows[] = {{1, 2, 0, 9, 0}, {1, 2, 0, 9, 0}, {1, 3, 0, 9, 1}};
    uint64_t member[WHO] = {1, 1, 1, 2, 2, 2 | 4, 1 | 4};
    struct rk_panel_problem problem = {rows, member, NULL, NULL, WHO, 3, SEATS};
    struct rk_panel *panel = rk_panel_new(&problem);
    struct rk_leximin l = rk_leximin_solve(panel, NULL, NULL);
    CHECK(l.outcome == RK_PROGRAM_FOUND && lottery_holds(panel, &l) && proof_holds(panel, &l));
    uint32_t times[WHO] = {0}, people[SEATS], again[SEATS], count;
    int wrong = 0;
    for (int i = 0; i < DRAWS; i++) {
        char seed[32];
        snprintf(seed, sizeof seed, "draw %d", i);
        uint32_t drawn = rk_lottery_draw(&l.lottery, panel, rk_text(seed), people, &count);
        wrong += count != SEATS;
        uint32_t *counts = rk_alloc(rk_panel_types(panel), sizeof *counts);
        for (uint32_t j = 0; j < count; j++) {
            times[people[j]]++;
            counts[rk_panel_type_of(panel, people[j])]++;
            wrong += j && people[j] <= people[j - 1];
        }
        wrong += memcmp(counts, l.lottery.counts + (size_t)drawn * l.lottery.types,
                        l.lottery.types * sizeof *counts) != 0;
        wrong += rk_lottery_draw(&l.lottery, panel, rk_text(seed), again, &count) != drawn;
        wrong += memcmp(people, again, sizeof people) != 0;
        rk_free(counts);
    }
    CHECK(wrong == 0);
    double chi = 0;
    for (uint32_t i = 0; i < WHO; i++) {
        double chance = rk_fraction_double(&l.value[rk_panel_type_of(panel, i)]);
        double far = times[i] - DRAWS * chance;
        if (chance < 1)
            chi += far * far / (DRAWS * chance * (1 - chance));
        else
            CHECK(times[i] == DRAWS);
    }
    CHECK(rk_chi_square_above(chi, WHO) > 0.001 && rk_chi_square_above(chi, 1) < 0.99999);

    for (uint32_t balls = 1; balls <= 400; balls += balls < 20 ? 1 : 95) {
        struct rk_lottery_balls made =
            rk_lottery_make_balls(&l.lottery, panel, balls, RK_TEXT("balls"));
        uint32_t in[WHO] = {0};
        struct rk_fraction farthest = {0}, far = {0};
        rk_fraction_set_whole(&farthest, 0);
        for (uint32_t b = 0; b < balls; b++) {
            uint32_t counts[WHO] = {0};
            for (uint32_t j = 0; j < made.seats; j++) {
                uint32_t person = made.people[b * made.seats + j];
                in[person]++;
                counts[rk_panel_type_of(panel, person)]++;
                wrong += j && person <= made.people[b * made.seats + j - 1];
            }
            wrong += !rk_panel_is_valid(panel, 0, counts);
        }
        for (uint32_t i = 0; i < WHO; i++) {
            struct rk_whole top = {.small = in[i]}, over = {.small = balls};
            rk_fraction_make(&far, &top, &over);
            rk_fraction_subtract(&far, &far, &l.value[rk_panel_type_of(panel, i)]);
            if (rk_whole_sign(&far.top) < 0)
                rk_whole_negate(&far.top);
            if (rk_fraction_compare(&far, &farthest) > 0)
                rk_fraction_set(&farthest, &far);
            for (uint32_t j = 0; j < i; j++) /* two of a type: one time apart at most */
                wrong += rk_panel_type_of(panel, i) == rk_panel_type_of(panel, j) &&
                         (in[i] > in[j] + 1 || in[j] > in[i] + 1);
        }
        wrong += made.seats != SEATS || rk_fraction_compare(&farthest, &made.farthest) != 0;
        rk_fraction_free(&farthest);
        rk_fraction_free(&far);
        rk_lottery_balls_free(&made);
    }
    CHECK(wrong == 0);
    rk_leximin_free(&l);
    rk_panel_free(panel);
}

/* Nobody, no seats, no rows; and rows that no number of empty seats helps. */
static void edges(void)
{
    struct rk_panel_row row = {2, 3, 0, 9, 0};
    uint64_t member[] = {1, 1, 1, 0};
    struct rk_panel_problem problem = {&row, member, NULL, NULL, 4, 1, 0};
    struct rk_panel *panel = rk_panel_new(&problem); /* two of a kind on no seats */
    struct rk_leximin l = rk_leximin_solve(panel, NULL, NULL);
    CHECK(l.outcome == RK_PROGRAM_NONE && !l.found);
    rk_leximin_free(&l);
    rk_panel_free(panel);
    problem.row_count = 0;
    panel = rk_panel_new(&problem); /* no seats: the empty panel, and nobody has a chance */
    l = rk_leximin_solve(panel, NULL, NULL);
    CHECK(l.outcome == RK_PROGRAM_FOUND && value_is(panel, &l, 0, 0, 1));
    CHECK(lottery_holds(panel, &l) && proof_holds(panel, &l));
    rk_leximin_free(&l);
    rk_panel_free(panel);
    problem.seats = 6;
    panel = rk_panel_new(&problem); /* more seats than people: all of them, and two stay empty */
    l = rk_leximin_solve(panel, NULL, NULL);
    CHECK(l.outcome == RK_PROGRAM_FOUND && l.empty == 2 && value_is(panel, &l, 3, 1, 1));
    CHECK(lottery_holds(panel, &l) && proof_holds(panel, &l));
    rk_leximin_free(&l);
    rk_panel_free(panel);
    problem.person_count = 0;
    problem.seats = 1;
    panel = rk_panel_new(&problem); /* nobody at all */
    l = rk_leximin_solve(panel, NULL, NULL);
    CHECK(l.outcome == RK_PROGRAM_FOUND && l.empty == 1 && l.lottery.count == 1);
    rk_leximin_free(&l);
    rk_panel_free(panel);
}

int main(void)
{
    hand_proved();
    edges();
    draws();
    tight_pools();
    at_random();
    published("sortition-algorithms", "candidates.csv", "features.csv", 22);
    published("sortition-algorithms/scaled_300", "respondents.csv", "categories.csv", 45);
    published("opendlp-fixture", "respondents.csv", "categories.csv", 30);
    published("citizensassemblies-replication/data/example_small_20", "respondents.csv",
              "categories.csv", 20);
    published("citizensassemblies-replication/data/example_large_200", "respondents.csv",
              "categories.csv", 200);
    published("synthetic-sf_e-like/cca_825_75", "respondents.csv", "categories.csv", 75);
    if (skipped)
        printf("%d reference files skipped\n", skipped);
    return finish();
}
