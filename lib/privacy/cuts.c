#include "privacy/cuts.h"

#include "base/mem.h"

#include <string.h>

#define TINY 1e-7
enum { SCALE_BITS = 20, PATIENCE = 200, MOST_STEPS = 20000 };

/* Variables are the cells, and then how far each cut is exceeded. Each is in a column, at one end
 * of its range, or in a row, where a unit of a column adds the row's number to it. Columns of cells
 * that are held for good are dead: nothing in them is kept up. */
struct row {
    double *by; /* by column */
    double value;
    uint32_t variable;
};
struct cut {
    uint32_t *cell;
    int32_t *weight;
    uint32_t count;
    int64_t least;
    bool gone;
};

struct rk_cuts {
    uint32_t cells;
    const int64_t *cost;
    int8_t *low, *high;
    bool *held;     /* by cell: its range is for good */
    uint32_t *live; /* columns that are not dead */
    uint32_t live_count;
    uint32_t *at;   /* by column: its variable */
    double *value;  /* by column */
    double *gain;   /* by column: what a unit of it costs */
    int64_t *place; /* by variable: column, or -1 - row */
    uint32_t place_room;
    struct row *rows;
    uint32_t row_count, row_room;
    struct cut *cuts;
    uint32_t cut_count, cut_room;
    double *ray; /* by cut: prices that show that nothing keeps all cuts; after such an outcome */
    bool none;
    uint32_t *filled; /* columns of the pivot row that are not 0 */
    bool any_held;    /* a cell may have come into a column that is dead now */
    uint64_t work;
};

struct rk_cuts *rk_cuts_new(uint32_t cells, const int64_t *cost)
{
    struct rk_cuts *c = rk_alloc(1, sizeof *c);
    c->cells = cells;
    c->cost = cost;
    c->low = rk_alloc(cells, 1);
    c->high = rk_alloc(cells, 1);
    c->held = rk_alloc(cells, sizeof *c->held);
    c->live = rk_alloc(cells, sizeof *c->live);
    c->live_count = cells;
    c->at = rk_alloc(cells, sizeof *c->at);
    c->value = rk_alloc(cells, sizeof *c->value);
    c->gain = rk_alloc(cells, sizeof *c->gain);
    c->filled = rk_alloc(cells, sizeof *c->filled);
    c->place_room = cells + 64;
    c->place = rk_alloc(c->place_room, sizeof *c->place);
    for (uint32_t i = 0; i < cells; i++) {
        c->high[i] = 1;
        c->at[i] = c->live[i] = i;
        c->gain[i] = (double)cost[i];
        c->place[i] = i;
    }
    return c;
}

void rk_cuts_free(struct rk_cuts *c)
{
    if (!c)
        return;
    for (uint32_t r = 0; r < c->row_count; r++)
        rk_free(c->rows[r].by);
    for (uint32_t k = 0; k < c->cut_count; k++) {
        rk_free(c->cuts[k].cell);
        rk_free(c->cuts[k].weight);
    }
    rk_free(c->low);
    rk_free(c->high);
    rk_free(c->held);
    rk_free(c->live);
    rk_free(c->at);
    rk_free(c->value);
    rk_free(c->gain);
    rk_free(c->filled);
    rk_free(c->place);
    rk_free(c->rows);
    rk_free(c->cuts);
    rk_free(c->ray);
    rk_free(c);
}

static double low_of(const struct rk_cuts *c, uint32_t v) { return v < c->cells ? c->low[v] : 0; }
static double high_of(const struct rk_cuts *c, uint32_t v)
{
    return v < c->cells ? c->high[v] : 1e300;
}

static void move_column(struct rk_cuts *c, uint32_t column, double to)
{
    double by = to - c->value[column];
    if (by == 0)
        return;
    for (uint32_t r = 0; r < c->row_count; r++)
        c->rows[r].value += c->rows[r].by[column] * by;
    c->value[column] = to;
}

/* A column stands at the end of its range where a unit of it costs nothing less. */
static void settle(struct rk_cuts *c, uint32_t column)
{
    uint32_t v = c->at[column];
    move_column(c, column, v < c->cells && c->gain[column] < 0 ? high_of(c, v) : low_of(c, v));
}

void rk_cuts_range(struct rk_cuts *c, uint32_t cell, int low, int high)
{
    c->low[cell] = (int8_t)low;
    c->high[cell] = (int8_t)high;
    if (c->place[cell] >= 0)
        settle(c, (uint32_t)c->place[cell]);
}

static void drop_dead(struct rk_cuts *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->live_count; i++) {
        uint32_t v = c->at[c->live[i]];
        if (v >= c->cells || !c->held[v])
            c->live[count++] = c->live[i];
    }
    c->live_count = count;
}

void rk_cuts_hold(struct rk_cuts *c, uint32_t cell, int at)
{
    rk_cuts_range(c, cell, at, at);
    c->held[cell] = true;
    c->any_held = true;
}

static double value_of(const struct rk_cuts *c, uint32_t v)
{
    return c->place[v] >= 0 ? c->value[c->place[v]] : c->rows[-1 - c->place[v]].value;
}

static void add(struct rk_cuts *c, struct cut cut)
{
    struct row row = {.by = rk_alloc(c->cells, sizeof *row.by), .value = -(double)cut.least};
    RK_GROW(c->cuts, c->cut_count, c->cut_room);
    c->cuts[c->cut_count] = cut;
    row.variable = c->cells + c->cut_count++;
    for (uint32_t i = 0; i < cut.count; i++) {
        int64_t place = c->place[cut.cell[i]];
        double times = cut.weight[i];
        row.value += times * value_of(c, cut.cell[i]);
        if (place >= 0) {
            row.by[place] += times;
            continue;
        }
        const struct row *of = &c->rows[-1 - place];
        for (uint32_t k = 0; k < c->live_count; k++)
            row.by[c->live[k]] += times * of->by[c->live[k]];
        c->work += c->live_count;
    }
    RK_GROW(c->rows, c->row_count, c->row_room);
    c->rows[c->row_count++] = row;
    if (row.variable >= c->place_room) {
        c->place_room *= 2;
        c->place = rk_resize(c->place, c->place_room, sizeof *c->place);
    }
    c->place[row.variable] = -(int64_t)c->row_count;
}

void rk_cuts_add(struct rk_cuts *c, const int64_t *weight, int64_t least)
{
    struct cut cut = {.least = least};
    for (uint32_t i = 0; i < c->cells; i++)
        cut.count += weight[i] != 0;
    cut.cell = rk_alloc(cut.count, sizeof *cut.cell);
    cut.weight = rk_alloc(cut.count, sizeof *cut.weight);
    for (uint32_t i = 0, k = 0; i < c->cells; i++)
        if (weight[i]) {
            cut.cell[k] = i;
            cut.weight[k++] = (int32_t)weight[i];
        }
    add(c, cut);
}

void rk_cuts_cover(struct rk_cuts *c, const uint32_t *cell, uint32_t count, uint32_t lead)
{
    struct cut cut = {.least = lead == UINT32_MAX, .count = count + (lead != UINT32_MAX)};
    cut.cell = rk_alloc(cut.count, sizeof *cut.cell);
    cut.weight = rk_alloc(cut.count, sizeof *cut.weight);
    for (uint32_t i = 0; i < count; i++) {
        cut.cell[i] = cell[i];
        cut.weight[i] = 1;
    }
    if (lead != UINT32_MAX) {
        cut.cell[count] = lead;
        cut.weight[count] = -1;
    }
    add(c, cut);
}

static double near_zero(double v) { return v < 1e-11 && v > -1e-11 ? 0 : v; }

/* The variable of the row and that of the column change places; the row's takes the value `to`. */
static void pivot(struct rk_cuts *c, uint32_t row, uint32_t column, double to)
{
    struct row *top = &c->rows[row];
    double by = top->by[column], step = (to - top->value) / by;
    uint32_t out = top->variable, in = c->at[column];
    for (uint32_t r = 0; r < c->row_count; r++)
        if (r != row)
            c->rows[r].value += c->rows[r].by[column] * step;
    top->value = c->value[column] + step;
    /* in = (out - base - the other columns) / by */
    uint32_t filled = 0;
    for (uint32_t i = 0; i < c->live_count; i++) {
        uint32_t k = c->live[i];
        top->by[k] = k == column ? 1 / by : near_zero(-top->by[k] / by);
        if (top->by[k] != 0)
            c->filled[filled++] = k;
    }
    for (uint32_t r = 0; r < c->row_count; r++) {
        struct row *other = &c->rows[r];
        double times = other->by[column];
        if (r == row || times == 0)
            continue;
        other->by[column] = 0;
        for (uint32_t k = 0; k < filled; k++)
            other->by[c->filled[k]] =
                near_zero(other->by[c->filled[k]] + times * top->by[c->filled[k]]);
        c->work += filled;
    }
    double times = c->gain[column];
    c->gain[column] = 0;
    for (uint32_t k = 0; times != 0 && k < filled; k++)
        c->gain[c->filled[k]] += times * top->by[c->filled[k]];
    c->work += c->live_count + c->row_count;
    top->variable = in;
    c->place[in] = -1 - (int64_t)row;
    c->at[column] = out;
    c->place[out] = column;
    c->value[column] = to;
    if (out < c->cells && c->held[out])
        drop_dead(c);
}

static void show_none(struct rk_cuts *c, uint32_t row, bool under)
{
    const struct row *r = &c->rows[row];
    double sign = under ? 1 : -1;
    c->ray = rk_resize(c->ray, c->cut_count, sizeof *c->ray);
    memset(c->ray, 0, c->cut_count * sizeof *c->ray);
    if (r->variable >= c->cells)
        c->ray[r->variable - c->cells] = sign;
    for (uint32_t i = 0; i < c->live_count; i++)
        if (c->at[c->live[i]] >= c->cells)
            c->ray[c->at[c->live[i]] - c->cells] = -sign * r->by[c->live[i]];
    c->none = true;
}

bool rk_cuts_solve(struct rk_cuts *c)
{
    uint32_t steps = 0;
    c->none = false;
    if (c->any_held)
        drop_dead(c);
    c->any_held = false;
    for (;; steps++) {
        uint32_t row = UINT32_MAX;
        double most = TINY, to = 0;
        c->work += c->row_count;
        for (uint32_t r = 0; r < c->row_count; r++) {
            uint32_t v = c->rows[r].variable;
            double low = low_of(c, v), high = high_of(c, v), value = c->rows[r].value;
            double off = value < low ? low - value : value - high;
            if (off <= most)
                continue;
            row = r;
            to = value < low ? low : high;
            if (steps > PATIENCE + 20 * c->row_count)
                break; /* the first that is off, so as not to go round */
            most = off;
        }
        if (row == UINT32_MAX || steps > MOST_STEPS)
            return true;
        bool up = c->rows[row].value < to;
        uint32_t column = UINT32_MAX;
        double least = 0, size = 0;
        c->work += c->live_count;
        for (uint32_t i = 0; i < c->live_count; i++) {
            uint32_t k = c->live[i], v = c->at[k];
            double by = up ? c->rows[row].by[k] : -c->rows[row].by[k];
            double width = by < 0 ? -by : by, gain = c->gain[k] < 0 ? -c->gain[k] : c->gain[k];
            if (width <= 1e-9 || high_of(c, v) - low_of(c, v) <= 0)
                continue;
            if (by > 0 ? c->value[k] >= high_of(c, v) : c->value[k] <= low_of(c, v))
                continue;
            double ratio = gain / width;
            if (column != UINT32_MAX &&
                (ratio > least + 1e-9 || (ratio > least - 1e-9 && width <= size)))
                continue;
            column = k;
            least = ratio;
            size = width;
        }
        if (column == UINT32_MAX) {
            show_none(c, row, up);
            return false;
        }
        pivot(c, row, column, to);
    }
}

void rk_cuts_prune(struct rk_cuts *c)
{
    uint32_t count = 0;
    for (uint32_t r = 0; r < c->row_count; r++) {
        struct row row = c->rows[r];
        if (row.variable >= c->cells && row.value > .01) {
            struct cut *cut = &c->cuts[row.variable - c->cells];
            rk_free(cut->cell);
            rk_free(cut->weight);
            rk_free(row.by);
            *cut = (struct cut){.gone = true};
            continue;
        }
        c->place[row.variable] = -1 - (int64_t)count;
        c->rows[count++] = row;
    }
    c->row_count = count;
}

uint32_t rk_cuts_rows(const struct rk_cuts *c) { return c->row_count; }

double rk_cuts_value(const struct rk_cuts *c, uint32_t cell)
{
    double v = value_of(c, cell);
    return v < TINY ? 0 : v > 1 - TINY ? 1 : v;
}

/* The bound of these prices, in units of 2^-SCALE_BITS. */
static __int128 bound_of(const struct rk_cuts *c, const int64_t *price, __int128 *left)
{
    __int128 sum = 0;
    for (uint32_t i = 0; i < c->cells; i++)
        left[i] = (__int128)c->cost[i] << SCALE_BITS;
    for (uint32_t k = 0; k < c->cut_count; k++) {
        const struct cut *cut = &c->cuts[k];
        if (!price[k])
            continue;
        sum += (__int128)price[k] * cut->least;
        for (uint32_t i = 0; i < cut->count; i++)
            left[cut->cell[i]] -= (__int128)price[k] * cut->weight[i];
    }
    for (uint32_t i = 0; i < c->cells; i++)
        sum += left[i] * (left[i] < 0 ? c->high[i] : c->low[i]);
    return sum;
}

static int64_t rounded(double price)
{
    double scaled = price * (double)(INT64_C(1) << SCALE_BITS);
    return scaled < 0 ? 0 : scaled > 4e18 ? (int64_t)4e18 : (int64_t)(scaled + .5);
}

__int128 rk_cuts_bound(const struct rk_cuts *c, __int128 *more)
{
    int64_t *price = rk_alloc(c->cut_count, sizeof *price);
    __int128 *left = rk_alloc(c->cells, sizeof *left), bound;
    for (uint32_t i = 0; i < c->live_count; i++)
        if (c->at[c->live[i]] >= c->cells)
            price[c->at[c->live[i]] - c->cells] = rounded(c->gain[c->live[i]]);
    bound = bound_of(c, price, left);
    for (double times = 1; c->none && times < 1e13;
         times *= 64) { /* as much of what cannot be as it takes */
        for (uint32_t k = 0; k < c->cut_count; k++) {
            int64_t place = c->cuts[k].gone ? -1 : c->place[c->cells + k];
            double now = place >= 0 ? c->gain[place] : 0;
            price[k] = rounded(now + times * c->ray[k]);
        }
        __int128 other = bound_of(c, price, left);
        bound = other > bound ? other : bound;
    }
    for (uint32_t i = 0; more && i < c->cells; i++)
        more[i] = left[i] < 0 ? -(-left[i] >> SCALE_BITS) : left[i] >> SCALE_BITS;
    rk_free(price);
    rk_free(left);
    /* costs are whole: up to the next one */
    return (bound + (((__int128)1 << SCALE_BITS) - 1)) >> SCALE_BITS;
}

uint64_t rk_cuts_work(const struct rk_cuts *c) { return c->work; }
