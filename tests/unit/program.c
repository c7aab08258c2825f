/* lib/panel/simplex and program: proofs checked by weak duality, and thousands of small programs
 * against trying every x. */
#include "panel/program.h"

#include "base/mem.h"
#include "check.h"
#include "panel/nudge.h"

enum { ROWS = 5, COLUMNS = 6 };

struct small {
    uint32_t rows, columns;
    int64_t entry[ROWS][COLUMNS], low[COLUMNS], high[COLUMNS], cost[COLUMNS], row_low[ROWS],
        row_high[ROWS];
};

static int64_t between(struct rk_random *random, int64_t low, int64_t high)
{
    return low + (int64_t)rk_random_below(random, (uint64_t)(high - low + 1));
}

static struct small make(struct rk_random *random, int64_t size)
{
    struct small s = {.rows = (uint32_t)between(random, 1, ROWS),
                      .columns = (uint32_t)between(random, 1, COLUMNS)};
    for (uint32_t c = 0; c < s.columns; c++) {
        s.low[c] = between(random, -1, 1);
        s.high[c] = s.low[c] + between(random, 0, 3);
        s.cost[c] = between(random, -size, size);
        for (uint32_t r = 0; r < s.rows; r++)
            s.entry[r][c] = between(random, 0, 2) ? between(random, -2, 3) * size : 0;
    }
    for (uint32_t r = 0; r < s.rows; r++) {
        s.row_low[r] = between(random, -4, 6) * size;
        s.row_high[r] = s.row_low[r] + between(random, 0, 3) * size;
    }
    return s;
}

static struct rk_program *build(const struct small *s)
{
    struct rk_program *program = rk_program_new();
    for (uint32_t r = 0; r < s->rows; r++)
        rk_program_row(program, s->row_low[r], s->row_high[r]);
    for (uint32_t c = 0; c < s->columns; c++) {
        rk_program_column(program, s->low[c], s->high[c]);
        rk_program_cost_i64(program, c, s->cost[c]);
        for (uint32_t r = 0; r < s->rows; r++)
            if (s->entry[r][c])
                rk_program_entry(program, r, c, s->entry[r][c]);
    }
    return program;
}

static bool keeps(const struct small *s, const int64_t *x)
{
    for (uint32_t r = 0; r < s->rows; r++) {
        int64_t sum = 0;
        for (uint32_t c = 0; c < s->columns; c++)
            sum += s->entry[r][c] * x[c];
        if (sum < s->row_low[r] || sum > s->row_high[r])
            return false;
    }
    return true;
}

static bool by_trying(const struct small *s, int64_t *least)
{
    int64_t x[COLUMNS];
    bool found = false;
    *least = 0;
    memcpy(x, s->low, sizeof x);
    for (;;) {
        if (keeps(s, x)) {
            int64_t cost = 0;
            for (uint32_t c = 0; c < s->columns; c++)
                cost += s->cost[c] * x[c];
            if (!found || cost < *least)
                *least = cost;
            found = true;
        }
        uint32_t c = 0;
        while (c < s->columns && x[c] == s->high[c]) {
            x[c] = s->low[c];
            c++;
        }
        if (c == s->columns)
            return found;
        x[c]++;
    }
}

static bool whole_is(const struct rk_whole *a, int64_t value)
{
    int64_t small;
    return rk_whole_i64(a, &small) && small == value;
}

/* The linear program's outcome proven without trusting the solver: x keeps its bounds, and prices
 * bound every x's cost from below by the same number; or prices show that there is none. */
static bool proven(const struct small *s, struct rk_simplex *simplex,
                   enum rk_simplex_outcome outcome)
{
    struct rk_whole over = {0}, cost = {0}, bound = {0}, part = {0}, times = {0}, price = {0};
    rk_whole_set(&over, rk_simplex_over(simplex));
    bool none = outcome == RK_SIMPLEX_NONE, good = rk_whole_sign(&over) > 0;
    if (!none)
        for (uint32_t v = 0; v < s->columns + s->rows; v++) {
            int64_t low = v < s->columns ? s->low[v] : s->row_low[v - s->columns];
            int64_t high = v < s->columns ? s->high[v] : s->row_high[v - s->columns];
            rk_whole_set_i64(&part, 0);
            if (v < s->columns) {
                rk_simplex_value(simplex, v, &part);
                times.small = s->cost[v];
                rk_whole_add_product(&cost, &times, &part);
            } else {
                for (uint32_t c = 0; c < s->columns; c++) {
                    rk_simplex_value(simplex, c, &price);
                    times.small = s->entry[v - s->columns][c];
                    rk_whole_add_product(&part, &times, &price);
                }
            }
            times.small = low;
            rk_whole_subtract_product(&part, &times, &over);
            good = good && rk_whole_sign(&part) >= 0;
            times.small = low - high;
            rk_whole_add_product(&part, &times, &over);
            good = good && rk_whole_sign(&part) <= 0;
        }
    /* cost x >= sum over columns of least (cost - prices · column) x + sum over rows of least
     * price × sum; without costs and above zero, nothing can be */
    for (uint32_t v = 0; v < s->columns + s->rows; v++) {
        if (v < s->columns) {
            times.small = none ? 0 : s->cost[v];
            rk_whole_multiply(&part, &times, &over);
            for (uint32_t r = 0; r < s->rows; r++) {
                rk_simplex_price(simplex, r, &price);
                if (none)
                    rk_whole_negate(&price);
                times.small = s->entry[r][v];
                rk_whole_subtract_product(&part, &times, &price);
            }
            times.small = rk_whole_sign(&part) > 0 ? s->low[v] : s->high[v];
        } else {
            rk_simplex_price(simplex, v - s->columns, &part);
            if (none)
                rk_whole_negate(&part);
            times.small =
                rk_whole_sign(&part) > 0 ? s->row_low[v - s->columns] : s->row_high[v - s->columns];
        }
        rk_whole_add_product(&bound, &part, &times);
    }
    good = good && (none ? rk_whole_sign(&bound) > 0 : !rk_whole_compare(&bound, &cost));
    rk_whole_free(&over);
    rk_whole_free(&cost);
    rk_whole_free(&bound);
    rk_whole_free(&part);
    rk_whole_free(&price);
    return good;
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static bool soon(void *context)
{
    int *left = context;
    return (*left)-- <= 0;
}

static void at_random(void)
{
    int wrong = 0, found = 0, none = 0;
    for (int trial = 0; trial < 6000; trial++) {
        char key[32];
        snprintf(key, sizeof key, "program|%d", trial);
        struct rk_random random = rk_random(RK_TEXT("program-test"), rk_text(key));
        /* every third with numbers that do not stay in 64 bits */
        struct small s = make(&random, trial % 3 ? 1 : INT64_C(1000000000));
        struct rk_program *program = build(&s);
        const struct rk_program_matrix *m = rk_program_matrix(program);
        struct rk_simplex *simplex = rk_simplex_new(s.rows, s.columns, m->first, m->row, m->entry);
        for (int round = 0; round < 3; round++) { /* other bounds and costs, warm */
            for (uint32_t c = 0; c < s.columns; c++) {
                struct rk_whole cost = {.small = s.cost[c]};
                rk_simplex_cost(simplex, c, &cost);
                rk_simplex_bounds_i64(simplex, c, s.low[c], s.high[c]);
                rk_program_cost_i64(program, c, s.cost[c]);
                rk_program_column_bounds(program, c, s.low[c], s.high[c]);
            }
            for (uint32_t r = 0; r < s.rows; r++) {
                rk_simplex_bounds_i64(simplex, s.columns + r, s.row_low[r], s.row_high[r]);
                rk_program_row_bounds(program, r, s.row_low[r], s.row_high[r]);
            }
            enum rk_simplex_outcome outcome = rk_simplex_solve(simplex);
            wrong += outcome == RK_SIMPLEX_STOPPED || !proven(&s, simplex, outcome);

            int64_t least = 0;
            bool possible = by_trying(&s, &least);
            struct rk_effort effort = {.nodes = 100000, .stop = never};
            struct rk_program_result first = rk_program_solve(program, true, 0, &effort);
            wrong += possible != (first.outcome == RK_PROGRAM_FOUND);
            wrong += possible && (!keeps(&s, first.x) || !rk_program_keeps(program, first.x));
            struct rk_program_result best = rk_program_solve(program, false, 0, NULL);
            wrong += possible != (best.outcome == RK_PROGRAM_FOUND);
            wrong += possible && (!keeps(&s, best.x) || !whole_is(&best.cost, least) ||
                                  !whole_is(&best.bound, least));
            struct rk_program_result some = rk_program_solve(program, false, 1 + trial % 4, NULL);
            if (some.outcome == RK_PROGRAM_STOPPED) {
                struct rk_whole truth = {.small = least};
                wrong += possible && rk_whole_compare(&some.bound, &truth) > 0;
                wrong +=
                    some.found && (!keeps(&s, some.x) || rk_whole_compare(&some.cost, &truth) < 0);
            } else {
                wrong += possible != (some.outcome == RK_PROGRAM_FOUND);
            }
            *(possible ? &found : &none) += 1;
            rk_program_result_free(&first);
            rk_program_result_free(&best);
            rk_program_result_free(&some);
            struct small other = make(&random, trial % 3 ? 1 : INT64_C(1000000000));
            for (uint32_t c = 0; c < s.columns; c++) {
                s.cost[c] = other.cost[c];
                if (between(&random, 0, 1)) {
                    s.low[c] = other.low[c];
                    s.high[c] = other.high[c];
                }
            }
            if (between(&random, 0, 1)) {
                memcpy(s.row_low, other.row_low, sizeof s.row_low);
                memcpy(s.row_high, other.row_high, sizeof s.row_high);
            }
        }
        rk_simplex_free(simplex);
        rk_program_free(program);
    }
    CHECK(wrong == 0);
    CHECK(found > 2000 && none > 2000);
}

/* From the rounded real point, and from any, exchanges end within the bounds or say that they do
 * not; mostly they do, where there is a whole point at all. */
static void nudged(void)
{
    int wrong = 0, possible = 0, moved = 0;
    for (int trial = 0; trial < 4000; trial++) {
        char key[32];
        snprintf(key, sizeof key, "nudge|%d", trial);
        struct rk_random random = rk_random(RK_TEXT("program-test"), rk_text(key));
        struct small s = make(&random, 1);
        int64_t x[COLUMNS], least, gain[COLUMNS];
        for (uint32_t c = 0; c < s.columns; c++) {
            for (uint32_t r = 0; r < s.rows; r++)
                s.entry[r][c] = s.entry[r][c] != 0;
            gain[c] = between(&random, 0, 4000);
        }
        struct rk_program *program = build(&s);
        bool real = rk_program_round(program, NULL, x), any = by_trying(&s, &least);
        wrong += any && !real;
        for (uint32_t c = 0; c < s.columns && trial % 2; c++)
            x[c] = between(&random, s.low[c], s.high[c]);
        possible += any;
        if ((real || trial % 2) && rk_nudge(program, gain, x)) {
            moved++;
            wrong += !any || !keeps(&s, x) || !rk_program_keeps(program, x);
        }
        rk_program_free(program);
    }
    printf("%d of %d within bounds by exchanges\n", moved, possible);
    CHECK(wrong == 0 && possible > 500 && moved * 2 > possible);
}

static void edges(void)
{
    struct rk_program *program = rk_program_new(); /* nothing at all */
    struct rk_program_result result = rk_program_solve(program, false, 0, NULL);
    CHECK(result.outcome == RK_PROGRAM_FOUND && whole_is(&result.cost, 0));
    rk_program_result_free(&result);
    /* a row that nothing can reach */
    rk_program_row(program, 1, 2);
    result = rk_program_solve(program, false, 0, NULL);
    CHECK(result.outcome == RK_PROGRAM_NONE && !result.found);
    rk_program_result_free(&result);
    /* 2 x = 1 … 1 has no whole answer, 2 x = 1 … 2 has */
    rk_program_column(program, 0, 5);
    rk_program_entry(program, 0, 0, 1);
    rk_program_entry(program, 0, 0, 1);
    rk_program_row_bounds(program, 0, 1, 1);
    result = rk_program_solve(program, false, 0, NULL);
    CHECK(result.outcome == RK_PROGRAM_NONE);
    rk_program_result_free(&result);
    rk_program_row_bounds(program, 0, 1, 2);
    result = rk_program_solve(program, false, 0, NULL);
    CHECK(result.outcome == RK_PROGRAM_FOUND && result.x[0] == 1);
    rk_program_result_free(&result);
    /* the hook ends it, and says so */
    int left = 0;
    struct rk_effort effort = {.nodes = 10, .stop = soon, .context = &left};
    result = rk_program_solve(program, false, 0, &effort);
    CHECK(result.outcome == RK_PROGRAM_STOPPED && effort.ended && !result.found);
    rk_program_result_free(&result);
    rk_program_free(program);
}

/* Rows that come one by one, each solved for from the basis before: every outcome is proven. */
static void rows_one_by_one(void)
{
    struct rk_random random = rk_random(RK_TEXT("program-test"), RK_TEXT("rows"));
    int wrong = 0, solved = 0, none = 0;
    for (int trial = 0; trial < 3000; trial++) {
        struct small whole = make(&random, trial % 3 ? 1 : 1000003), part = whole;
        struct rk_program *programs[ROWS + 1] = {NULL};
        struct rk_simplex *simplex = NULL;
        for (part.rows = 1; part.rows <= whole.rows; part.rows++) {
            programs[part.rows] = build(&part);
            const struct rk_program_matrix *m = rk_program_matrix(programs[part.rows]);
            if (simplex)
                rk_simplex_row(simplex, m->first, m->row, m->entry);
            else
                simplex = rk_simplex_new(1, part.columns, m->first, m->row, m->entry);
            for (uint32_t c = 0; c < part.columns && part.rows == 1; c++) {
                struct rk_whole cost = {.small = part.cost[c]};
                rk_simplex_cost(simplex, c, &cost);
                rk_simplex_bounds_i64(simplex, c, part.low[c], part.high[c]);
            }
            uint32_t last = part.rows - 1;
            rk_simplex_bounds_i64(simplex, part.columns + last, part.row_low[last],
                                  part.row_high[last]);
            enum rk_simplex_outcome outcome = rk_simplex_solve(simplex);
            wrong += !proven(&part, simplex, outcome);
            *(outcome == RK_SIMPLEX_NONE ? &none : &solved) += 1;
        }
        rk_simplex_free(simplex);
        for (uint32_t r = 1; r <= whole.rows; r++)
            rk_program_free(programs[r]);
    }
    CHECK(wrong == 0);
    CHECK(solved > 1000 && none > 1000);
}

int main(void)
{
    edges();
    at_random();
    nudged();
    rows_one_by_one();
    return finish();
}
