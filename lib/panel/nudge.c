#include "panel/nudge.h"

#include "base/hash.h"
#include "base/mem.h"

enum {
    MOVES = 60,    /* exchanges, before it is given up */
    GIVERS = 12,   /* columns that are tried as the one with less */
    AWAY = 1 << 24 /* one step out of bounds outweighs all gains */
};

struct nudge {
    const struct rk_program_matrix *matrix;
    const int64_t *gain;
    uint32_t columns, rows;
    int64_t *low, *high, *at;    /* by column, then row: bounds, and value */
    int64_t *less, *more, *both; /* by row: how much farther out of bounds one less is, and one
                                  * more; the latter with one less of a column */
    int8_t *moved;               /* by column: it has got less, or more, and gets no other */
};

static int64_t out_of(const struct nudge *n, uint32_t v, int64_t change)
{
    int64_t value = n->at[v] + change;
    return value < n->low[v] ? n->low[v] - value : value > n->high[v] ? value - n->high[v] : 0;
}

/* What one step of a column costs, with what it costs by row. */
static int64_t step_cost(const struct nudge *n, uint32_t c, int by, const int64_t *by_row)
{
    int64_t cost = out_of(n, c, by) - out_of(n, c, 0);
    for (uint32_t i = n->matrix->first[c]; i < n->matrix->first[c + 1]; i++)
        cost += by_row[n->matrix->row[i]];
    return cost * AWAY - by * n->gain[c];
}

static void step(struct nudge *n, uint32_t c, int by)
{
    n->at[c] += by;
    n->moved[c] = (int8_t)by;
    for (uint32_t i = n->matrix->first[c]; i < n->matrix->first[c + 1]; i++)
        n->at[n->columns + n->matrix->row[i]] += by;
}

static bool may_step(const struct nudge *n, uint32_t c, int by)
{
    return n->moved[c] != -by && (by > 0 ? n->at[c] < n->high[c] : n->at[c] > n->low[c]);
}

/* How far all is out of bounds; the column that is farthest, or RK_NONE: none is. */
static int64_t look(struct nudge *n, uint32_t *worst)
{
    int64_t all = 0, most = 0;
    *worst = RK_NONE;
    for (uint32_t v = 0; v < n->columns + n->rows; v++) {
        int64_t out = out_of(n, v, 0);
        all += out;
        if (v < n->columns && out > most) {
            most = out;
            *worst = v;
        }
    }
    for (uint32_t r = 0; r < n->rows; r++) {
        int64_t out = out_of(n, n->columns + r, 0);
        n->less[r] = out_of(n, n->columns + r, -1) - out;
        n->more[r] = out_of(n, n->columns + r, 1) - out;
    }
    return all;
}

/* The columns of which one less costs least, and nobody; returns how many. */
static uint32_t find_givers(const struct nudge *n, uint32_t *givers)
{
    int64_t cost[GIVERS];
    uint32_t count = 0;
    for (uint32_t c = 0; c < n->columns; c++) {
        if (!may_step(n, c, -1))
            continue;
        int64_t own = step_cost(n, c, -1, n->less);
        if (count == GIVERS && own >= cost[count - 1])
            continue;
        uint32_t k = count < GIVERS ? count++ : count - 1;
        for (; k && cost[k - 1] > own; k--) {
            cost[k] = cost[k - 1];
            givers[k] = givers[k - 1];
        }
        cost[k] = own;
        givers[k] = c;
    }
    givers[count++] = RK_NONE;
    return count;
}

/* The best exchange that serves the column, if any, that is out of its bounds. False: none. */
static bool exchange(struct nudge *n, uint32_t worst)
{
    uint32_t givers[GIVERS + 1], count = 1, best[2] = {RK_NONE, RK_NONE};
    bool falls = worst != RK_NONE && n->at[worst] > n->high[worst],
         rises = worst != RK_NONE && !falls;
    int64_t least = INT64_MAX;
    if (falls)
        givers[0] = worst;
    else
        count = find_givers(n, givers);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t giver = givers[k];
        int64_t given = 0;
        memcpy(n->both, n->more, n->rows * sizeof *n->both);
        if (giver != RK_NONE) {
            given = step_cost(n, giver, -1, n->less);
            for (uint32_t i = n->matrix->first[giver]; i < n->matrix->first[giver + 1]; i++)
                n->both[n->matrix->row[i]] = -n->less[n->matrix->row[i]];
            if (!rises && given < least) {
                least = given;
                best[0] = giver;
                best[1] = RK_NONE;
            }
        }
        for (uint32_t c = rises ? worst : 0; c < (rises ? worst + 1 : n->columns); c++) {
            if (c == giver || !may_step(n, c, 1))
                continue;
            int64_t cost = given + step_cost(n, c, 1, n->both);
            if (cost < least) {
                least = cost;
                best[0] = giver;
                best[1] = c;
            }
        }
    }
    for (int k = 0; k < 2; k++)
        if (best[k] != RK_NONE)
            step(n, best[k], k ? 1 : -1);
    return least != INT64_MAX;
}

static bool is_plain(const struct rk_program_matrix *matrix, uint32_t columns)
{
    for (uint32_t i = 0; i < matrix->first[columns]; i++)
        if (matrix->entry[i] != 1)
            return false;
    return true;
}

bool rk_nudge(struct rk_program *program, const int64_t *gain, int64_t *x)
{
    struct nudge n = {.matrix = rk_program_matrix(program),
                      .gain = gain,
                      .columns = rk_program_columns(program),
                      .rows = rk_program_rows(program)};
    size_t variables = (size_t)n.columns + n.rows;
    uint32_t worst;
    if (!is_plain(n.matrix, n.columns))
        return false;
    n.low = rk_alloc(variables + 1, sizeof *n.low);
    n.high = rk_alloc(variables + 1, sizeof *n.high);
    n.at = rk_alloc(variables + 1, sizeof *n.at);
    n.less = rk_alloc((size_t)n.rows + 1, sizeof *n.less);
    n.more = rk_alloc((size_t)n.rows + 1, sizeof *n.more);
    n.both = rk_alloc((size_t)n.rows + 1, sizeof *n.both);
    n.moved = rk_alloc((size_t)n.columns + 1, sizeof *n.moved);
    memcpy(n.at, x, n.columns * sizeof *x);
    for (uint32_t c = 0; c < n.columns; c++) {
        n.low[c] = rk_program_lower(program, c);
        n.high[c] = rk_program_upper(program, c);
        for (uint32_t i = n.matrix->first[c]; i < n.matrix->first[c + 1]; i++)
            n.at[n.columns + n.matrix->row[i]] += x[c];
    }
    for (uint32_t r = 0; r < n.rows; r++) {
        n.low[n.columns + r] = rk_program_row_lower(program, r);
        n.high[n.columns + r] = rk_program_row_upper(program, r);
    }
    int64_t out = look(&n, &worst);
    for (int moves = 0; out && moves < MOVES && exchange(&n, worst); moves++)
        out = look(&n, &worst);
    memcpy(x, n.at, n.columns * sizeof *x);
    rk_free(n.low);
    rk_free(n.high);
    rk_free(n.at);
    rk_free(n.less);
    rk_free(n.more);
    rk_free(n.both);
    rk_free(n.moved);
    return out == 0;
}
