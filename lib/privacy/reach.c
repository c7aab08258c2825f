#include "privacy/reach.h"

#include "base/mem.h"
#include "privacy/circuits.h"
#include "privacy/moves.h"

#include <string.h>

enum { MOST_MOVES = 40, MOST_LAST = 64, NO_CELL = UINT32_MAX };

struct rk_reach {
    uint32_t cells;
    const int64_t *least, *most, *table;
    /* the same without the cells that are known: numbers of the others, and one more that never
     * moves and stands for every known sum */
    uint32_t *number; /* by cell; NO_CELL = known */
    uint32_t *cell;   /* by number */
    uint32_t count;
    uint32_t *first, *part;
    struct rk_sums sums;
    struct rk_moves *moves;
    struct rk_circuits *circuits;
    /* by number: */
    int64_t *at;         /* the table that is moved */
    int64_t *begin;      /* the table that every search begins from */
    int64_t *low, *high; /* of the tables met */
    int64_t *last;       /* the last of them: MOST_LAST tables, `met` of them ever */
    uint64_t met;
    int64_t *kept_low, *kept_high; /* the same before anybody knew more */
    bool *known;
    double *down, *up;
    int64_t *move, *weight, *cost, *below;
    bool knows;
};

static void leave_known(struct rk_reach *r, const struct rk_sums *sums)
{
    uint32_t rows = 0, parts = 0;
    for (uint32_t c = 0; c < r->cells; c++) {
        r->number[c] = r->least[c] == r->most[c] ? NO_CELL : r->count;
        if (r->number[c] != NO_CELL)
            r->cell[r->count++] = c;
    }
    r->first = rk_alloc(sums->count + 1, sizeof *r->first);
    r->part = rk_alloc(sums->first[sums->count] + 1, sizeof *r->part);
    for (uint32_t s = 0; s < sums->count; s++) {
        uint32_t from = parts;
        for (uint32_t i = sums->first[s]; i < sums->first[s + 1]; i++) {
            uint32_t number = r->number[sums->cell[i]];
            if (number != NO_CELL)
                r->part[parts++] = number;
            else if (i == sums->first[s])
                r->part[parts++] = r->count; /* what does not move */
        }
        if (parts == from + 1 && r->part[from] == r->count)
            parts = from;
        else
            r->first[++rows] = parts;
    }
    r->sums = (struct rk_sums){r->first, r->part, rows};
}

struct rk_reach *rk_reach_new(uint32_t cells, const struct rk_sums *sums, const int64_t *least,
                              const int64_t *most, const int64_t *table)
{
    struct rk_reach *r = rk_alloc(1, sizeof *r);
    *r = (struct rk_reach){.cells = cells, .least = least, .most = most, .table = table};
    r->number = rk_alloc(cells, sizeof *r->number);
    r->cell = rk_alloc((size_t)cells + 1, sizeof *r->cell);
    leave_known(r, sums);
    size_t count = (size_t)r->count + 1;
    r->moves = rk_moves_new((uint32_t)count, &r->sums);
    r->circuits = rk_circuits_new((uint32_t)count, &r->sums);
    r->at = rk_alloc(count, sizeof *r->at);
    r->begin = rk_alloc(count, sizeof *r->begin);
    r->low = rk_alloc(count, sizeof *r->low);
    r->high = rk_alloc(count, sizeof *r->high);
    r->last = rk_alloc(MOST_LAST * count, sizeof *r->last);
    r->kept_low = rk_alloc(count, sizeof *r->kept_low);
    r->kept_high = rk_alloc(count, sizeof *r->kept_high);
    r->known = rk_alloc(count, sizeof *r->known);
    r->down = rk_alloc(count, sizeof *r->down);
    r->up = rk_alloc(count, sizeof *r->up);
    r->move = rk_alloc(count, sizeof *r->move);
    r->weight = rk_alloc(count, sizeof *r->weight);
    r->cost = rk_alloc(count, sizeof *r->cost);
    r->below = rk_alloc(count, sizeof *r->below);
    r->known[r->count] = true;
    for (uint32_t n = 0; n < r->count; n++)
        r->low[n] = r->high[n] = r->begin[n] = table[r->cell[n]];
    return r;
}

void rk_reach_free(struct rk_reach *r)
{
    if (!r)
        return;
    rk_moves_free(r->moves);
    rk_circuits_free(r->circuits);
    rk_free(r->number);
    rk_free(r->cell);
    rk_free(r->first);
    rk_free(r->part);
    rk_free(r->at);
    rk_free(r->begin);
    rk_free(r->low);
    rk_free(r->high);
    rk_free(r->last);
    rk_free(r->kept_low);
    rk_free(r->kept_high);
    rk_free(r->known);
    rk_free(r->down);
    rk_free(r->up);
    rk_free(r->move);
    rk_free(r->weight);
    rk_free(r->cost);
    rk_free(r->below);
    rk_free(r);
}

static int64_t room_below(const struct rk_reach *r, uint32_t n)
{
    return r->known[n] ? 0 : r->at[n] - r->least[r->cell[n]];
}

static int64_t room_above(const struct rk_reach *r, uint32_t n)
{
    return r->known[n] ? 0 : r->most[r->cell[n]] - r->at[n];
}

/* Remembers the table r->at. */
static void remember(struct rk_reach *r)
{
    for (uint32_t n = 0; n < r->count; n++) {
        r->low[n] = r->at[n] < r->low[n] ? r->at[n] : r->low[n];
        r->high[n] = r->at[n] > r->high[n] ? r->at[n] : r->high[n];
    }
    memcpy(r->last + r->met % MOST_LAST * r->count, r->at, r->count * sizeof *r->at);
    r->met++;
}

void rk_reach_met(struct rk_reach *r, const int64_t *table)
{
    for (uint32_t n = 0; n < r->count; n++)
        r->at[n] = table[r->cell[n]];
    remember(r);
}

/* Begins from the table in which the cell is furthest. */
static void begin(struct rk_reach *r, uint32_t n, bool up)
{
    const int64_t *best = r->begin;
    for (uint64_t i = 0; i < r->met && i < MOST_LAST; i++) {
        const int64_t *table = r->last + i * r->count;
        if (up ? table[n] > best[n] : table[n] < best[n])
            best = table;
    }
    memcpy(r->at, best, r->count * sizeof *r->at);
}

/* Goes on to the table that the move in r->move leads to; false where it is none. */
static bool take(struct rk_reach *r)
{
    for (uint32_t n = 0; n < r->count; n++)
        if (-r->move[n] > room_below(r, n) || r->move[n] > room_above(r, n))
            return false;
    for (uint32_t n = 0; n < r->count; n++)
        r->at[n] += r->move[n];
    remember(r);
    return true;
}

/* Pushes the cell until it is `enough`, no cell further than `most`. */
static void push(struct rk_reach *r, uint32_t n, bool up, int64_t most, int64_t enough)
{
    for (uint32_t k = 0; k <= r->count; k++) {
        int64_t down = room_below(r, k), rise = room_above(r, k);
        r->down[k] = -(double)(down < most ? down : most);
        r->up[k] = (double)(rise < most ? rise : most);
    }
    (void)rk_moves_push(r->moves, n, up, r->down, r->up, (double)enough);
}

static bool is_further(const struct rk_reach *r, uint32_t n, bool up)
{
    return up ? r->move[n] > 0 : r->move[n] < 0;
}

/* What the cell cannot go beyond, by the push that was just made in all of the ranges. */
static int64_t bound_of(struct rk_reach *r, uint32_t n, bool up)
{
    int64_t scale;
    __int128 bound = 0;
    if (!rk_moves_reason_near(r->moves, r->weight, &scale))
        return up ? INT64_MAX : INT64_MIN;
    for (uint32_t k = 0; k < r->count; k++) {
        int64_t w = r->weight[k];
        if (w)
            bound +=
                (__int128)(w < 0 ? -w : w) * ((w > 0) == up ? room_above(r, k) : room_below(r, k));
    }
    bound /= scale;
    if (bound > RK_CELL_NO_END)
        return up ? INT64_MAX : INT64_MIN;
    return up ? r->at[n] + (int64_t)bound : r->at[n] - (int64_t)bound;
}

/* A move of ones, of four cells or eight, or some more. */
static bool circle(struct rk_reach *r, uint32_t n, bool up)
{
    struct rk_circuit found;
    for (uint32_t k = 0; k <= r->count; k++) {
        /* a circuit may have a cell either way: those without room above are left out */
        r->cost[k] = room_above(r, k) <= 0 ? -1 : 0;
        r->below[k] = room_below(r, k);
    }
    if (!rk_circuits_find(r->circuits, n, up, r->cost, r->below, 1, INT64_MAX, &found))
        return false;
    memset(r->move, 0, ((size_t)r->count + 1) * sizeof *r->move);
    for (uint32_t k = 0; k < found.count; k++)
        r->move[found.cell[k]] = found.more[k] ? 1 : -1;
    return is_further(r, n, up) && take(r);
}

bool rk_reach_go(struct rk_reach *r, uint32_t cell, bool up, int64_t enough)
{
    uint32_t n = r->number[cell];
    if (n == NO_CELL || r->known[n])
        return true;
    if (r->high[n] - r->low[n] >= enough)
        return false;
    begin(r, n, up);
    if (enough < INT64_MAX && circle(r, n, up) && r->high[n] - r->low[n] >= enough)
        return false; /* which is found much faster */
    push(r, n, up, INT64_MAX, enough);
    int64_t end = bound_of(r, n, up);
    if (rk_moves_whole(r->moves, 1, r->move))
        (void)take(r);
    return (up ? r->high[n] : r->low[n]) == end;
}

int64_t rk_reach_low(const struct rk_reach *r, uint32_t cell)
{
    return r->number[cell] == NO_CELL ? r->least[cell] : r->low[r->number[cell]];
}

int64_t rk_reach_high(const struct rk_reach *r, uint32_t cell)
{
    return r->number[cell] == NO_CELL ? r->most[cell] : r->high[r->number[cell]];
}

/* A table in which the cell is `value`, from the one that searches begin from. */
static bool shift(struct rk_reach *r, uint32_t n, int64_t value)
{
    memcpy(r->at, r->begin, r->count * sizeof *r->at);
    for (int moves = 0; moves < MOST_MOVES && r->at[n] != value; moves++) {
        int64_t left = value > r->at[n] ? value - r->at[n] : r->at[n] - value, before = r->at[n];
        bool moved = false;
        for (int64_t most = left; most > 0 && !moved; most = most > 1 ? (most + 7) / 8 : 0) {
            push(r, n, value > r->at[n], most, most);
            moved =
                rk_moves_whole(r->moves, 1, r->move) && is_further(r, n, value > before) && take(r);
        }
        if (!moved && !circle(r, n, value > before))
            return false;
    }
    return r->at[n] == value;
}

bool rk_reach_know(struct rk_reach *r, uint32_t cell, int64_t value)
{
    uint32_t n = r->number[cell];
    if (n == NO_CELL)
        return value == r->least[cell];
    if (!r->knows) {
        memcpy(r->kept_low, r->low, r->count * sizeof *r->low);
        memcpy(r->kept_high, r->high, r->count * sizeof *r->high);
        r->knows = true;
    }
    bool found = r->known[n] ? r->begin[n] == value : shift(r, n, value);
    if (found && !r->known[n])
        memcpy(r->begin, r->at, r->count * sizeof *r->begin);
    r->known[n] = true;
    memcpy(r->low, r->begin, r->count * sizeof *r->low);
    memcpy(r->high, r->begin, r->count * sizeof *r->high);
    r->met = 0;
    return found;
}

void rk_reach_forget(struct rk_reach *r)
{
    if (!r->knows)
        return;
    memcpy(r->low, r->kept_low, r->count * sizeof *r->low);
    memcpy(r->high, r->kept_high, r->count * sizeof *r->high);
    for (uint32_t n = 0; n < r->count; n++) {
        r->begin[n] = r->table[r->cell[n]];
        r->known[n] = false;
    }
    r->met = 0;
    r->knows = false;
}

uint64_t rk_reach_work(const struct rk_reach *r)
{
    return rk_moves_work(r->moves) + rk_circuits_work(r->circuits);
}
