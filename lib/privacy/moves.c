#include "privacy/moves.h"

#include "base/mem.h"

#include <string.h>

#define TINY 1e-9
#define LEAST_PIVOT 1e-7
#define WILD 1e4
enum {
    NOT_BASIC = -1,
    MOST_SCALE = 1000,
    FINE_SCALE = 1 << 24,
    PATIENCE = 60, /* steps that gain nothing before the least index is taken */
    AGE = 400,     /* steps with fractions before the tableau is taken anew */
};

struct rk_moves {
    uint32_t cells, rows, width; /* rows: independent sums; width = cells + sums */
    const struct rk_sums *sums;
    double *table;    /* rows × width: of the basis, cells first, then what each sum adds */
    uint32_t *basis;  /* cell of each row */
    int32_t *row_of;  /* by cell */
    double *value;    /* by cell: the move */
    uint32_t *filled; /* places of the pivot row that are not 0 */
    uint32_t asked;   /* the cell last pushed */
    double *fresh;    /* the tableau and basis as they were at first, without errors of rounding */
    uint32_t *fresh_basis;
    uint32_t age; /* steps since then in which numbers were not whole */
    bool wild;    /* a number grew large: its last digits are lost */
    uint64_t work;
};

static double snapped(double v)
{
    double whole = v >= 0 ? (double)(int64_t)(v + .5) : -(double)(int64_t)(.5 - v);
    return v - whole < TINY && whole - v < TINY ? whole : v;
}

static void pivot(struct rk_moves *m, uint32_t row, uint32_t column)
{
    double *top = m->table + (size_t)row * m->width, by = top[column];
    uint32_t filled = 0;
    bool whole = true;
    for (uint32_t k = 0; k < m->width; k++) {
        if (top[k] == 0)
            continue;
        top[k] = snapped(top[k] / by);
        m->filled[filled++] = k;
    }
    for (uint32_t r = 0; r < m->rows; r++) {
        double *line = m->table + (size_t)r * m->width, times = line[column];
        if (r == row || times == 0)
            continue;
        for (uint32_t k = 0; k < filled; k++) {
            double v = line[m->filled[k]] = snapped(line[m->filled[k]] - times * top[m->filled[k]]);
            whole = whole && v == (double)(int64_t)v;
            m->wild = m->wild || v > WILD || v < -WILD;
        }
        m->work += filled;
    }
    m->work += m->width + m->rows;
    m->age += !whole;
    if (m->row_of[m->basis[row]] == (int32_t)row)
        m->row_of[m->basis[row]] = NOT_BASIC;
    m->basis[row] = column;
    m->row_of[column] = (int32_t)row;
}

struct rk_moves *rk_moves_new(uint32_t cells, const struct rk_sums *sums)
{
    struct rk_moves *m = rk_alloc(1, sizeof *m);
    m->cells = cells;
    m->sums = sums;
    m->width = cells + sums->count;
    m->table = rk_alloc((size_t)sums->count * m->width, sizeof *m->table);
    m->basis = rk_alloc(sums->count, sizeof *m->basis);
    m->row_of = rk_alloc(cells, sizeof *m->row_of);
    m->value = rk_alloc(cells, sizeof *m->value);
    m->filled = rk_alloc(m->width, sizeof *m->filled);
    for (uint32_t c = 0; c < cells; c++)
        m->row_of[c] = NOT_BASIC;
    for (uint32_t s = 0; s < sums->count; s++) { /* each sum in turn gets a cell of its own */
        double *line = m->table + (size_t)m->rows * m->width;
        memset(line, 0, m->width * sizeof *line);
        for (uint32_t i = sums->first[s]; i < sums->first[s + 1]; i++)
            line[sums->cell[i]] += i == sums->first[s] ? -1 : 1;
        line[cells + s] = 1;
        for (uint32_t r = 0; r < m->rows; r++) {
            const double *above = m->table + (size_t)r * m->width;
            double times = line[m->basis[r]];
            for (uint32_t k = 0; times != 0 && k < m->width; k++)
                line[k] = snapped(line[k] - times * above[k]);
        }
        uint32_t best = cells;
        for (uint32_t c = 0; c < cells && best == cells; c++)
            if (line[c] == 1 || line[c] == -1)
                best = c;
        for (uint32_t c = 0; c < cells && best == cells; c++)
            if (line[c] > TINY || line[c] < -TINY)
                best = c;
        if (best == cells)
            continue; /* follows from the sums before */
        m->basis[m->rows] = best;
        m->rows++;
        pivot(m, m->rows - 1, best);
    }
    m->fresh = rk_alloc((size_t)m->rows * m->width, sizeof *m->fresh);
    m->fresh_basis = rk_alloc(m->rows, sizeof *m->fresh_basis);
    if (m->rows) {
        memcpy(m->fresh, m->table, (size_t)m->rows * m->width * sizeof *m->fresh);
        memcpy(m->fresh_basis, m->basis, m->rows * sizeof *m->fresh_basis);
    }
    return m;
}

static void refresh(struct rk_moves *m)
{
    for (uint32_t r = 0; r < m->rows; r++)
        m->row_of[m->basis[r]] = NOT_BASIC;
    memcpy(m->table, m->fresh, (size_t)m->rows * m->width * sizeof *m->fresh);
    memcpy(m->basis, m->fresh_basis, m->rows * sizeof *m->fresh_basis);
    for (uint32_t r = 0; r < m->rows; r++)
        m->row_of[m->basis[r]] = (int32_t)r;
    m->work += (uint64_t)m->rows * m->width / 4;
    m->age = 0;
    m->wild = false;
}

void rk_moves_free(struct rk_moves *m)
{
    if (!m)
        return;
    rk_free(m->table);
    rk_free(m->fresh);
    rk_free(m->fresh_basis);
    rk_free(m->basis);
    rk_free(m->row_of);
    rk_free(m->value);
    rk_free(m->filled);
    rk_free(m);
}

/* The cell to change next, and which way: the one that gains most a step, or the first that gains.
 */
static uint32_t entering(const struct rk_moves *m, const double *gain, double sign,
                         const double *low, const double *high, bool first, double *way)
{
    uint32_t best = UINT32_MAX;
    double most = TINY;
    for (uint32_t c = 0; c < m->cells; c++) {
        if (m->row_of[c] != NOT_BASIC || high[c] - low[c] <= TINY)
            continue;
        double g = gain ? -sign * gain[c] : c == m->asked ? sign : 0;
        double size = g > 0 ? g : -g;
        if (size <= most || (g > 0 ? high[c] - m->value[c] : m->value[c] - low[c]) <= TINY)
            continue;
        best = c;
        *way = g > 0 ? 1 : -1;
        if (first)
            break;
        most = size;
    }
    return best;
}

double rk_moves_push(struct rk_moves *m, uint32_t cell, bool up, const double *low,
                     const double *high, double enough)
{
    double sign = up ? 1 : -1;
    uint32_t idle = 0;
    m->asked = cell;
    if (m->wild || m->age > AGE)
        refresh(m);
    memset(m->value, 0, m->cells * sizeof *m->value);
    for (;;) {
        double far = sign * m->value[cell], way = 0;
        int32_t own = m->row_of[cell];
        m->work += m->cells + m->rows;
        if (far >= enough - TINY)
            return far;
        uint32_t c = entering(m, own == NOT_BASIC ? NULL : m->table + (size_t)own * m->width, sign,
                              low, high, idle > PATIENCE, &way);
        if (c == UINT32_MAX)
            return far;
        double step = way > 0 ? high[c] - m->value[c] : m->value[c] - low[c], size = 0;
        uint32_t leaving = UINT32_MAX;
        for (uint32_t r = 0; r < m->rows; r++) {
            double turn = -m->table[(size_t)r * m->width + c] * way;
            double pull = turn > 0 ? turn : -turn;
            if (pull <= LEAST_PIVOT)
                continue;
            uint32_t b = m->basis[r];
            double room = (turn > 0 ? high[b] - m->value[b] : m->value[b] - low[b]) / pull;
            room = room > 0 ? room : 0;
            if (room > step + TINY ||
                (room > step - TINY &&
                 (leaving == UINT32_MAX || pull < size || (pull == size && b > m->basis[leaving]))))
                continue;
            step = room < step ? room : step;
            size = pull;
            leaving = r;
        }
        idle = step > TINY ? 0 : idle + 1;
        for (uint32_t r = 0; step > 0 && r < m->rows; r++) {
            double turn = -m->table[(size_t)r * m->width + c] * way;
            if (turn != 0)
                m->value[m->basis[r]] = snapped(m->value[m->basis[r]] + turn * step);
        }
        m->value[c] = snapped(m->value[c] + way * step);
        if (leaving != UINT32_MAX)
            pivot(m, leaving, c);
    }
}

bool rk_moves_whole(const struct rk_moves *m, int times, int64_t *move)
{
    for (uint32_t c = 0; c < m->cells; c++) {
        double value = snapped(m->value[c] * times);
        if (value > 9e15 || value < -9e15)
            return false;
        move[c] = (int64_t)value;
        if ((double)move[c] != value)
            return false;
    }
    for (uint32_t s = 0; s < m->sums->count; s++) {
        int64_t left = 0;
        for (uint32_t i = m->sums->first[s]; i < m->sums->first[s + 1]; i++)
            left += i == m->sums->first[s] ? -move[m->sums->cell[i]] : move[m->sums->cell[i]];
        if (left)
            return false;
    }
    return true;
}

/* The prices times the scale, rounded, as weights of the cells. */
static void weigh(const struct rk_moves *m, const double *price, int64_t scale, int64_t *weight)
{
    weight[m->asked] = scale;
    for (uint32_t s = 0; s < m->sums->count; s++) {
        double p = price[s] * (double)scale;
        int64_t times = p < 0 ? -(int64_t)(.5 - p) : (int64_t)(p + .5);
        for (uint32_t k = m->sums->first[s]; times && k < m->sums->first[s + 1]; k++)
            weight[m->sums->cell[k]] -= k == m->sums->first[s] ? -times : times;
    }
}

/* What the sums count for, or NULL where nothing but its own range holds the cell. */
static const double *prices(const struct rk_moves *m, int64_t *weight, int64_t *scale)
{
    int32_t own = m->row_of[m->asked];
    memset(weight, 0, m->cells * sizeof *weight);
    weight[m->asked] = *scale = 1;
    return own == NOT_BASIC ? NULL : m->table + (size_t)own * m->width + m->cells;
}

bool rk_moves_reason(const struct rk_moves *m, int64_t *weight, int64_t *scale)
{
    const double *price = prices(m, weight, scale);
    if (!price)
        return true;
    for (*scale = 1; *scale <= MOST_SCALE; ++*scale) {
        bool fits = true;
        for (uint32_t s = 0; s < m->sums->count && fits; s++) {
            double p = price[s] * (double)*scale, near = p < 0 ? -p : p;
            near -= (double)(int64_t)near;
            fits = p < 1e6 && p > -1e6 && (near < 1e-6 || near > 1 - 1e-6);
        }
        if (!fits)
            continue;
        weigh(m, price, *scale, weight);
        return true;
    }
    return false;
}

bool rk_moves_reason_near(const struct rk_moves *m, int64_t *weight, int64_t *scale)
{
    if (rk_moves_reason(m, weight, scale))
        return true;
    const double *price = prices(m, weight, scale);
    for (uint32_t s = 0; s < m->sums->count; s++)
        if (price[s] > 1e6 || price[s] < -1e6)
            return false;
    *scale = FINE_SCALE;
    weigh(m, price, *scale, weight);
    return true;
}

uint64_t rk_moves_work(const struct rk_moves *m) { return m->work; }
