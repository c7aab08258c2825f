#include "privacy/attack.h"

#include "base/mem.h"
#include "privacy/circuits.h"
#include "privacy/moves.h"
#include "stat/simplex.h"

#include <string.h>

enum { BRANCHES = 500 };               /* of one question */
#define MOST_WORK UINT64_C(2000000000) /* of all questions: those after it are cut short */

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
    uint32_t branches;
    const int64_t *table; /* a possible one, or NULL */
    struct rk_moves *moves;
    struct rk_circuits *circuits;
    double *down, *up; /* how far from it each cell may go */
    int64_t *move, *weight;
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
    rk_moves_free(a->moves);
    rk_circuits_free(a->circuits);
    rk_free(a->down);
    rk_free(a->up);
    rk_free(a->move);
    rk_free(a->weight);
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

static bool is_spent(void *context) { return rk_attack_work(context) > MOST_WORK; }

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

/* The column furthest from a whole number at this corner, UINT32_MAX when all are whole; *down its
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

bool rk_attack_exists(struct rk_attack *a, int64_t *table)
{
    struct rk_whole value = {0};
    int64_t down;
    enum rk_simplex_outcome outcome = rk_simplex_solve(a->simplex);
    if (outcome == RK_SIMPLEX_NONE)
        return false;
    if (outcome != RK_SIMPLEX_OPTIMAL || broken_column(a, &down) != UINT32_MAX)
        return true;
    for (uint32_t c = 0; c < a->cells; c++) {
        table[c] = a->least[c];
        if (a->column[c] == UINT32_MAX)
            continue;
        rk_simplex_value(a->simplex, a->column[c], &value);
        table[c] = floor_of(&value, rk_simplex_over(a->simplex));
    }
    rk_whole_free(&value);
    rk_attack_possible(a, table);
    return true;
}

void rk_attack_possible(struct rk_attack *a, const int64_t *table)
{
    a->table = table;
    a->moves = rk_moves_new(a->cells, a->sums);
    a->down = rk_alloc(a->cells, sizeof *a->down);
    a->up = rk_alloc(a->cells, sizeof *a->up);
    a->move = rk_alloc(a->cells, sizeof *a->move);
    a->weight = rk_alloc(a->cells, sizeof *a->weight);
}

/* The least of sign × column over all tables of whole numbers: *best is lowered where one is found.
 */
static void branch(struct rk_attack *a, uint32_t column, int64_t sign, int64_t *low, int64_t *high,
                   int64_t *best, bool *open)
{
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
    if (bound >= *best)
        return;
    uint32_t split = broken_column(a, &down);
    if (split == UINT32_MAX) {
        *best = bound;
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

/* How far the cell can be sure to go from the table at hand, by a move that adds up, each cell at
 * most `most`; *settled when the reason it goes no further leaves no room for more. */
static int64_t go(struct rk_attack *a, uint32_t cell, bool up, int64_t most, bool *settled)
{
    int64_t scale, far = 0;
    __int128 bound = 0;
    for (uint32_t c = 0; c < a->cells; c++) {
        int64_t down = a->table[c] - a->least[c], rise = a->most[c] - a->table[c];
        a->down[c] = -(double)(down < most ? down : most);
        a->up[c] = (double)(rise < most ? rise : most);
    }
    for (uint32_t i = 0; i < a->known_count; i++)
        a->down[a->hidden[a->known[i].column]] = a->up[a->hidden[a->known[i].column]] = 0;
    (void)rk_moves_push(a->moves, cell, up, a->down, a->up, 1e18);
    if (rk_moves_whole(a->moves, 1, a->move)) {
        far = up ? a->move[cell] : -a->move[cell];
        for (uint32_t c = 0; c < a->cells; c++)
            if ((double)a->move[c] < a->down[c] || (double)a->move[c] > a->up[c])
                far = 0;
    }
    *settled = false;
    if (!rk_moves_reason(a->moves, a->weight, &scale))
        return far;
    for (uint32_t c = 0; c < a->cells; c++)
        bound +=
            (__int128)a->weight[c] * (int64_t)((a->weight[c] > 0) == up ? a->up[c] : a->down[c]);
    bound = up ? bound : -bound;
    *settled = bound / scale <= far;
    return far;
}

/* From the table at hand; false where that settles nothing, and *range is as wide as was seen. */
static bool go_both(struct rk_attack *a, uint32_t cell, struct rk_range *range)
{
    int64_t far[2];
    bool settled[2];
    for (uint32_t i = 0; i < a->known_count; i++)
        if (a->table[a->hidden[a->known[i].column]] != a->known[i].value)
            return false;
    for (int way = 0; way < 2; way++) {
        far[way] = go(a, cell, way == 1, 2 * RK_CELL_NO_END, &settled[way]);
        for (int64_t most = 1; most <= 64 && !settled[way]; most *= 8) {
            bool ignored;
            int64_t near = go(a, cell, way == 1, most, &ignored);
            far[way] = near > far[way] ? near : far[way];
        }
    }
    *range = (struct rk_range){a->table[cell] - far[0], a->table[cell] + far[1], false, true};
    range->open = !settled[0] || !settled[1];
    return !range->open;
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

/* A circuit in which the cell can be `enough` more, or less. */
static bool circle(struct rk_attack *a, uint32_t cell, int64_t enough, struct rk_range *range)
{
    struct rk_circuit found;
    if (!a->circuits)
        a->circuits = rk_circuits_new(a->cells, a->sums);
    for (uint32_t c = 0; c < a->cells; c++) {
        a->weight[c] = a->column[c] == UINT32_MAX ? -1 : 0;
        a->move[c] = a->table[c] - a->least[c];
    }
    for (uint32_t i = 0; i < a->known_count; i++) {
        uint32_t c = a->hidden[a->known[i].column];
        if (a->table[c] != a->known[i].value)
            return false;
        a->weight[c] = -1;
    }
    *range = (struct rk_range){a->table[cell], a->table[cell], false, true};
    if (rk_circuits_find(a->circuits, cell, true, a->weight, a->move, enough, INT64_MAX, &found))
        range->high += enough;
    else if (rk_circuits_find(a->circuits, cell, false, a->weight, a->move, enough, INT64_MAX,
                              &found))
        range->low -= enough;
    return range->high > range->low;
}

struct rk_range rk_attack_range(struct rk_attack *a, uint32_t cell, int64_t enough)
{
    struct rk_range range = {a->least[cell], a->most[cell], false, false}, seen = range;
    uint32_t column = a->column[cell];
    if (column == UINT32_MAX)
        return range;
    if (a->table && enough < INT64_MAX && circle(a, cell, enough, &seen))
        return seen;
    if (a->table && (go_both(a, cell, &seen) || (seen.open && seen.high - seen.low >= enough)))
        return with_ends(seen);
    int64_t *low = rk_alloc(a->columns, sizeof *low), *high = rk_alloc(a->columns, sizeof *high);
    for (uint32_t c = 0; c < a->columns; c++) {
        low[c] = a->least[a->hidden[c]];
        high[c] = a->most[a->hidden[c]];
    }
    for (uint32_t i = 0; i < a->known_count; i++)
        low[a->known[i].column] = high[a->known[i].column] = a->known[i].value;
    for (int64_t sign = 1; sign >= -1 && !range.none; sign -= 2) {
        struct rk_whole cost = {0};
        int64_t best = INT64_MAX;
        rk_whole_set_i64(&cost, sign);
        rk_simplex_cost(a->simplex, column, &cost);
        a->branches = 0;
        branch(a, column, sign, low, high, &best, &range.open);
        rk_whole_set_i64(&cost, 0);
        rk_simplex_cost(a->simplex, column, &cost);
        rk_whole_free(&cost);
        range.none = best == INT64_MAX;
        if (sign > 0)
            range.low = best;
        else
            range.high = -best;
    }
    if (range.open && seen.open) /* what was seen of either search is there */
        range =
            (struct rk_range){.low = range.none || seen.low < range.low ? seen.low : range.low,
                              .high = range.none || seen.high > range.high ? seen.high : range.high,
                              .open = true};
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
}

void rk_attack_forget(struct rk_attack *a)
{
    for (uint32_t i = 0; i < a->known_count; i++) {
        uint32_t cell = a->hidden[a->known[i].column];
        set_bounds(a, a->known[i].column, a->least[cell], a->most[cell]);
    }
    a->known_count = 0;
}

uint64_t rk_attack_work(const struct rk_attack *a)
{
    uint64_t a_step = (uint64_t)a->rows * a->rows + 4 * (uint64_t)a->columns;
    return (a->simplex ? 4 * rk_simplex_steps(a->simplex) * a_step : 0) +
           (a->moves ? rk_moves_work(a->moves) : 0);
}
