#include "privacy/attack.h"

#include "base/mem.h"
#include "privacy/reach.h"
#include "stat/simplex.h"

#include <string.h>

enum { BRANCHES = 500 };               /* of one question */
#define MOST_WORK UINT64_C(2000000000) /* unless it is told */

struct rk_attack {
    uint32_t cells;
    const struct rk_sums *sums;
    int64_t *least, *most; /* as told, narrowed by rk_attack_start */
    uint32_t *column;      /* by cell: UINT32_MAX = known */
    uint32_t *hidden;      /* cells of the columns */
    uint32_t columns, rows;
    uint32_t *first, *row;
    int64_t *entry;
    struct rk_simplex *simplex;
    struct known { /* columns that somebody knows */
        uint32_t column;
        int64_t value;
    } * known;
    uint32_t known_count, known_room;
    uint64_t limit; /* of the work on all questions: those after it are cut short */
    uint32_t branches;
    int64_t bound;          /* of the question */
    struct rk_reach *reach; /* NULL: no possible table was found */
    int64_t *met;           /* room for a table */
    bool apart;             /* … in which what somebody knows is so */
};

struct rk_attack *rk_attack_new(uint32_t cells, const struct rk_sums *sums)
{
    struct rk_attack *a = rk_alloc(1, sizeof *a);
    a->cells = cells;
    a->sums = sums;
    a->least = rk_alloc(cells, sizeof *a->least);
    a->most = rk_alloc(cells, sizeof *a->most);
    a->column = rk_alloc(cells, sizeof *a->column);
    a->hidden = rk_alloc(cells, sizeof *a->hidden);
    a->limit = MOST_WORK;
    a->met = rk_alloc(cells, sizeof *a->met);
    for (uint32_t c = 0; c < cells; c++)
        a->most[c] = RK_CELL_NO_END;
    return a;
}

void rk_attack_free(struct rk_attack *a)
{
    if (!a)
        return;
    rk_simplex_free(a->simplex);
    rk_free(a->least);
    rk_free(a->most);
    rk_free(a->column);
    rk_free(a->hidden);
    rk_free(a->first);
    rk_free(a->row);
    rk_free(a->entry);
    rk_free(a->known);
    rk_reach_free(a->reach);
    rk_free(a->met);
    rk_free(a);
}

void rk_attack_cell(struct rk_attack *a, uint32_t cell, int64_t least, int64_t most)
{
    a->least[cell] = least;
    a->most[cell] = most;
}

/* Narrows the cells of a sum by one another; false where nothing is left. An end that is not known
 * stays one. */
static bool narrow(struct rk_attack *a, uint32_t s, bool *changed)
{
    uint32_t first = a->sums->first[s], end = a->sums->first[s + 1], total = a->sums->cell[first];
    int64_t low = 0, high = 0;
    uint32_t no_low = 0, no_high = 0; /* parts without an end */
    for (uint32_t i = first + 1; i < end; i++) {
        uint32_t c = a->sums->cell[i];
        no_low += a->least[c] <= -RK_CELL_NO_END;
        no_high += a->most[c] >= RK_CELL_NO_END;
        low += a->least[c] <= -RK_CELL_NO_END ? 0 : a->least[c];
        high += a->most[c] >= RK_CELL_NO_END ? 0 : a->most[c];
    }
    for (uint32_t i = first; i < end; i++) {
        uint32_t c = a->sums->cell[i];
        int64_t least = a->least[c], most = a->most[c], l = least, m = most;
        if (i == first) {
            l = no_low ? l : low;
            m = no_high ? m : high;
        } else {
            bool others_low = no_low == (least <= -RK_CELL_NO_END);
            bool others_high = no_high == (most >= RK_CELL_NO_END);
            int64_t rest_low = low - (least <= -RK_CELL_NO_END ? 0 : least);
            int64_t rest_high = high - (most >= RK_CELL_NO_END ? 0 : most);
            if (others_low && a->most[total] < RK_CELL_NO_END)
                m = a->most[total] - rest_low;
            if (others_high && a->least[total] > -RK_CELL_NO_END)
                l = a->least[total] - rest_high;
        }
        if (l > least || m < most) {
            *changed = true;
            a->least[c] = l > least ? l : least;
            a->most[c] = m < most ? m : most;
            if (a->least[c] > a->most[c])
                return false;
            /* the sums of ends are those of before: still true, if less sharp */
        }
    }
    return true;
}

static void set_bounds(struct rk_attack *a, uint32_t column, int64_t low, int64_t high)
{
    rk_simplex_bounds_i64(a->simplex, column, low, high);
}

static bool is_spent(void *context)
{
    const struct rk_attack *a = context;
    return rk_attack_work(a) > a->limit;
}

void rk_attack_limit(struct rk_attack *a, uint64_t work) { a->limit = work; }

bool rk_attack_start(struct rk_attack *a, uint32_t *sum)
{
    bool changed = true;
    *sum = UINT32_MAX;
    for (int round = 0; round < 50 && changed; round++) {
        changed = false;
        for (uint32_t s = 0; s < a->sums->count; s++)
            if (!narrow(a, s, &changed)) {
                *sum = s;
                return false;
            }
    }
    size_t entries = 0;
    for (uint32_t c = 0; c < a->cells; c++) {
        a->column[c] = a->least[c] == a->most[c] ? UINT32_MAX : a->columns;
        if (a->column[c] != UINT32_MAX)
            a->hidden[a->columns++] = c;
    }
    a->first = rk_alloc((size_t)a->columns + 2, sizeof *a->first);
    for (uint32_t i = 0; a->sums->count && i < a->sums->first[a->sums->count]; i++)
        if (a->column[a->sums->cell[i]] != UINT32_MAX) {
            a->first[a->column[a->sums->cell[i]] + 2]++;
            entries++;
        }
    for (uint32_t c = 0; c + 1 < a->columns + 2; c++)
        a->first[c + 1] += a->first[c];
    a->row = rk_alloc(entries, sizeof *a->row);
    a->entry = rk_alloc(entries, sizeof *a->entry);
    int64_t *right = rk_alloc(a->sums->count, sizeof *right);
    for (uint32_t s = 0; s < a->sums->count; s++) {
        bool any = false;
        for (uint32_t i = a->sums->first[s]; i < a->sums->first[s + 1]; i++) {
            uint32_t c = a->sums->cell[i];
            int64_t sign = i == a->sums->first[s] ? -1 : 1;
            if (a->column[c] == UINT32_MAX) {
                right[a->rows] -= sign * a->least[c];
                continue;
            }
            any = true;
            uint32_t place = a->first[a->column[c] + 1]++;
            a->row[place] = a->rows;
            a->entry[place] = sign;
        }
        if (!any && right[a->rows]) {
            *sum = s;
            rk_free(right);
            return false;
        }
        if (any)
            a->rows++;
        else
            right[a->rows] = 0;
    }
    a->simplex = rk_simplex_new(a->rows, a->columns, a->first, a->row, a->entry);
    rk_simplex_stop_when(a->simplex, is_spent, a);
    for (uint32_t c = 0; c < a->columns; c++)
        set_bounds(a, c, a->least[a->hidden[c]], a->most[a->hidden[c]]);
    for (uint32_t r = 0; r < a->rows; r++)
        rk_simplex_bounds_i64(a->simplex, a->columns + r, right[r], right[r]);
    rk_free(right);
    return true;
}

static int64_t floor_of(const struct rk_whole *top, const struct rk_whole *over)
{
    struct rk_whole down = {0};
    int64_t value = 0;
    rk_whole_divide_down(&down, top, over);
    (void)rk_whole_i64(&down, &value); /* bounds are far below what does not fit */
    rk_whole_free(&down);
    return value;
}

/* The first column that is no whole number at this corner, UINT32_MAX when all are whole; *down its
 * value rounded down. */
static uint32_t broken_column(struct rk_attack *a, int64_t *down)
{
    struct rk_whole value = {0}, back = {0}, whole = {0};
    const struct rk_whole *over = rk_simplex_over(a->simplex);
    uint32_t found = UINT32_MAX;
    for (uint32_t c = 0; c < a->columns && found == UINT32_MAX; c++) {
        if (!rk_simplex_is_basic(a->simplex, c))
            continue;
        rk_simplex_value(a->simplex, c, &value);
        *down = floor_of(&value, over);
        rk_whole_set_i64(&whole, *down);
        rk_whole_multiply(&back, &whole, over);
        if (rk_whole_compare(&back, &value))
            found = c;
    }
    rk_whole_free(&value);
    rk_whole_free(&back);
    rk_whole_free(&whole);
    return found;
}

static void write_table(struct rk_attack *a, int64_t *table)
{
    struct rk_whole value = {0};
    for (uint32_t c = 0; c < a->cells; c++) {
        table[c] = a->least[c];
        if (a->column[c] == UINT32_MAX)
            continue;
        rk_simplex_value(a->simplex, a->column[c], &value);
        table[c] = floor_of(&value, rk_simplex_over(a->simplex));
    }
    rk_whole_free(&value);
}

/* Looks for a table of whole numbers; *open where the search was cut short. */
static bool find_table(struct rk_attack *a, int64_t *low, int64_t *high, int64_t *table, bool *open)
{
    int64_t down = 0;
    bool found = false;
    if (a->branches++ >= BRANCHES) {
        *open = true;
        return false;
    }
    enum rk_simplex_outcome outcome = rk_simplex_solve(a->simplex);
    *open = *open || outcome == RK_SIMPLEX_STOPPED;
    if (outcome != RK_SIMPLEX_OPTIMAL)
        return false;
    uint32_t split = broken_column(a, &down);
    if (split == UINT32_MAX) {
        write_table(a, table);
        return true;
    }
    int64_t was_low = low[split], was_high = high[split];
    for (int side = 0; side < 2 && !found; side++) {
        if (side == 0)
            high[split] = down;
        else
            low[split] = down + 1;
        set_bounds(a, split, low[split], high[split]);
        found = find_table(a, low, high, table, open);
        low[split] = was_low;
        high[split] = was_high;
        set_bounds(a, split, was_low, was_high);
    }
    return found;
}

/* The ranges of the columns, with what somebody knows. */
static void copy_bounds(const struct rk_attack *a, int64_t **low, int64_t **high)
{
    *low = rk_alloc(a->columns, sizeof **low);
    *high = rk_alloc(a->columns, sizeof **high);
    for (uint32_t c = 0; c < a->columns; c++) {
        (*low)[c] = a->least[a->hidden[c]];
        (*high)[c] = a->most[a->hidden[c]];
    }
    for (uint32_t i = 0; i < a->known_count; i++)
        (*low)[a->known[i].column] = (*high)[a->known[i].column] = a->known[i].value;
}

bool rk_attack_exists(struct rk_attack *a, int64_t *table)
{
    int64_t *low, *high;
    bool open = false;
    a->branches = 0;
    copy_bounds(a, &low, &high);
    bool found = find_table(a, low, high, table, &open);
    rk_free(low);
    rk_free(high);
    if (found)
        rk_attack_possible(a, table);
    return found || open;
}

void rk_attack_possible(struct rk_attack *a, const int64_t *table)
{
    a->reach = rk_reach_new(a->cells, a->sums, a->least, a->most, table);
}

/* The least of sign × column over all tables of whole numbers: *best is lowered where one is found.
 */
static void branch(struct rk_attack *a, uint32_t column, int64_t sign, int64_t *low, int64_t *high,
                   int64_t *best, bool *open)
{
    if (a->branches && *best <= a->bound)
        return; /* there is none lower */
    bool top = !a->branches;
    if (a->branches++ >= BRANCHES) {
        *open = true;
        return;
    }
    enum rk_simplex_outcome outcome = rk_simplex_solve(a->simplex);
    *open = *open || outcome == RK_SIMPLEX_STOPPED;
    if (outcome != RK_SIMPLEX_OPTIMAL)
        return;
    struct rk_whole cost = {0};
    rk_simplex_value(a->simplex, column, &cost);
    if (sign < 0)
        rk_whole_negate(&cost);
    /* rounded up: no table is lower */
    rk_whole_negate(&cost);
    int64_t bound = -floor_of(&cost, rk_simplex_over(a->simplex)), down = 0;
    rk_whole_free(&cost);
    a->bound = top ? bound : a->bound;
    if (bound >= *best)
        return;
    uint32_t split = broken_column(a, &down);
    if (split == UINT32_MAX) {
        *best = bound;
        if (a->reach && !a->apart) {
            write_table(a, a->met);
            rk_reach_met(a->reach, a->met);
        }
        return;
    }
    int64_t was_low = low[split], was_high = high[split];
    for (int side = 0; side < 2; side++) {
        if (side == 0)
            high[split] = down;
        else
            low[split] = down + 1;
        set_bounds(a, split, low[split], high[split]);
        branch(a, column, sign, low, high, best, open);
        low[split] = was_low;
        high[split] = was_high;
        set_bounds(a, split, was_low, was_high);
    }
}

/* As far as what bounds nothing lets it is no end. */
static struct rk_range with_ends(struct rk_range range)
{
    if (range.high >= RK_CELL_NO_END / 2)
        range.high = RK_CELL_NO_END;
    if (range.low <= -RK_CELL_NO_END / 2)
        range.low = -RK_CELL_NO_END;
    return range;
}

struct rk_range rk_attack_range(struct rk_attack *a, uint32_t cell, int64_t enough)
{
    struct rk_range range = {a->least[cell], a->most[cell], false, false};
    uint32_t column = a->column[cell];
    bool reached = a->reach && !a->apart, settled[2] = {false, false};
    int64_t *low, *high;
    if (column == UINT32_MAX)
        return range;
    if (reached) {
        settled[0] = rk_reach_go(a->reach, cell, false, enough);
        settled[1] = rk_reach_go(a->reach, cell, true, enough);
        range.low = rk_reach_low(a->reach, cell);
        range.high = rk_reach_high(a->reach, cell);
        range.open = !settled[0] || !settled[1];
        if (!range.open || range.high - range.low >= enough)
            return with_ends(range);
    }
    range.open = false;
    copy_bounds(a, &low, &high);
    for (int side = 0; side < 2 && !range.none; side++) {
        struct rk_whole cost = {0};
        int64_t sign = side ? -1 : 1, best = !reached ? INT64_MAX : side ? -range.high : range.low;
        if (settled[side])
            continue;
        rk_whole_set_i64(&cost, sign);
        rk_simplex_cost(a->simplex, column, &cost);
        a->branches = 0;
        branch(a, column, sign, low, high, &best, &range.open);
        rk_whole_set_i64(&cost, 0);
        rk_simplex_cost(a->simplex, column, &cost);
        rk_whole_free(&cost);
        range.none = best == INT64_MAX;
        *(side ? &range.high : &range.low) = sign * best;
    }
    rk_free(low);
    rk_free(high);
    return with_ends(range);
}

void rk_attack_know(struct rk_attack *a, uint32_t cell, int64_t value)
{
    uint32_t column = a->column[cell];
    if (column == UINT32_MAX)
        return;
    RK_GROW(a->known, a->known_count, a->known_room);
    a->known[a->known_count++] = (struct known){column, value};
    set_bounds(a, column, value, value);
    a->apart = a->apart || !a->reach || !rk_reach_know(a->reach, cell, value);
}

void rk_attack_forget(struct rk_attack *a)
{
    for (uint32_t i = 0; i < a->known_count; i++) {
        uint32_t cell = a->hidden[a->known[i].column];
        set_bounds(a, a->known[i].column, a->least[cell], a->most[cell]);
    }
    a->known_count = 0;
    a->apart = false;
    if (a->reach)
        rk_reach_forget(a->reach);
}

uint64_t rk_attack_work(const struct rk_attack *a)
{
    uint64_t a_step = (uint64_t)a->rows * a->rows + 4 * (uint64_t)a->columns;
    return (a->simplex ? 4 * rk_simplex_steps(a->simplex) * a_step : 0) +
           (a->reach ? rk_reach_work(a->reach) : 0);
}
