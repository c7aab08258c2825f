#include "stat/simplex.h"

#include "base/mem.h"

#include <assert.h>

enum { BASIC, AT_LOWER, AT_UPPER };
enum { ASK = 64 }; /* steps between two questions to the caller's hook */
/* A line's numbers below 2^40, with at most 2^10 entries up to 2^13 in a column, make sums that fit
 * in 64 bits. */
#define SMALL (INT64_C(1) << 40)
enum { PLAIN_ENTRY = 1 << 13, PLAIN_ENTRIES = 1 << 10 };

struct rk_simplex {
    uint32_t rows, columns;
    const uint32_t *first, *row;
    const int64_t *entry;
    struct rk_whole *cost; /* by column */
    struct rk_whole *lower, *upper;
    uint8_t *state;  /* by variable */
    uint32_t *basis; /* variable in each place */
    uint32_t *place; /* place of a basic variable */
    uint32_t *open;  /* variables whose bounds differ, while solving */
    uint32_t open_count;
    struct rk_whole *inverse; /* rows × rows, over `over` */
    struct rk_whole over;
    struct rk_whole *load;            /* minus what the variables at bounds add to each row */
    struct rk_whole *shift;           /* by row: what `value` does not count with yet … */
    uint32_t *shifted, shifted_count; /* … and the rows where there is something */
    bool *is_shifted;
    struct rk_whole *value; /* of the basic variables, over `over` */
    struct rk_whole *price; /* over `over` */
    struct rk_whole *ray;   /* the prices that prove that there is none, over `over` */
    bool repriced;          /* `price` is out of date */
    bool plain;             /* entries as above */
    bool *ones;             /* by column: all its entries are 1 */
    bool none;
    bool (*stop)(void *context);
    void *context;
    uint64_t steps, looks;
    /* the pivot row's candidates */
    struct candidate {
        uint32_t variable;
        double ratio;                          /* about, for a quick look */
        struct rk_whole ratio_top, ratio_over; /* |reduced cost|, |entry| */
    } * candidates;
    uint32_t candidate_count;
    uint32_t *nonzero;          /* of the pivot row */
    int64_t *line, *line_price; /* the same as 64-bit numbers, where they fit */
    struct rk_whole *alpha;     /* the entering column over `over` */
    struct rk_whole cost_of, entry_of, reach, work;
};

static void look_at_entries(struct rk_simplex *s)
{
    const uint32_t *first = s->first;
    const int64_t *entry = s->entry;
    s->plain = true;
    for (uint32_t c = 0; c < s->columns; c++) {
        s->ones[c] = true;
        s->plain = s->plain && first[c + 1] - first[c] <= PLAIN_ENTRIES;
        for (uint32_t i = first[c]; i < first[c + 1]; i++) {
            s->plain = s->plain && entry[i] >= -PLAIN_ENTRY && entry[i] <= PLAIN_ENTRY;
            s->ones[c] = s->ones[c] && entry[i] == 1;
        }
    }
}

struct rk_simplex *rk_simplex_new(uint32_t rows, uint32_t columns, const uint32_t *first,
                                  const uint32_t *row, const int64_t *entry)
{
    struct rk_simplex *s = rk_alloc(1, sizeof *s);
    size_t variables = (size_t)rows + columns;
    s->rows = rows;
    s->columns = columns;
    s->first = first;
    s->row = row;
    s->entry = entry;
    s->cost = rk_alloc(columns, sizeof *s->cost);
    s->lower = rk_alloc(variables, sizeof *s->lower);
    s->upper = rk_alloc(variables, sizeof *s->upper);
    s->state = rk_alloc(variables, sizeof *s->state);
    s->basis = rk_alloc(rows, sizeof *s->basis);
    s->place = rk_alloc(variables, sizeof *s->place);
    s->open = rk_alloc(variables, sizeof *s->open);
    s->inverse = rk_alloc((size_t)rows * rows, sizeof *s->inverse);
    s->load = rk_alloc(rows, sizeof *s->load);
    s->shift = rk_alloc(rows, sizeof *s->shift);
    s->shifted = rk_alloc(rows, sizeof *s->shifted);
    s->is_shifted = rk_alloc(rows, sizeof *s->is_shifted);
    s->value = rk_alloc(rows, sizeof *s->value);
    s->price = rk_alloc(rows, sizeof *s->price);
    s->ray = rk_alloc(rows, sizeof *s->ray);
    s->candidates = rk_alloc(variables, sizeof *s->candidates);
    s->nonzero = rk_alloc(rows, sizeof *s->nonzero);
    s->line = rk_alloc(rows, sizeof *s->line);
    s->line_price = rk_alloc(rows, sizeof *s->line_price);
    s->alpha = rk_alloc(rows, sizeof *s->alpha);
    s->ones = rk_alloc(columns, sizeof *s->ones);
    s->over.small = 1;
    look_at_entries(s);
    for (uint32_t c = 0; c < columns; c++)
        s->state[c] = AT_LOWER;
    for (uint32_t r = 0; r < rows; r++) { /* the rows' sums are basic: their columns are -1 */
        s->basis[r] = columns + r;
        s->place[columns + r] = r;
        s->inverse[(size_t)r * rows + r].small = -1;
    }
    return s;
}

void rk_simplex_free(struct rk_simplex *s)
{
    if (!s)
        return;
    size_t variables = (size_t)s->rows + s->columns;
    rk_whole_free_all(s->cost, s->columns);
    rk_whole_free_all(s->lower, variables);
    rk_whole_free_all(s->upper, variables);
    rk_free(s->state);
    rk_free(s->basis);
    rk_free(s->place);
    rk_free(s->open);
    rk_free(s->ones);
    rk_whole_free_all(s->inverse, (size_t)s->rows * s->rows);
    rk_whole_free(&s->over);
    rk_whole_free_all(s->load, s->rows);
    rk_whole_free_all(s->shift, s->rows);
    rk_free(s->shifted);
    rk_free(s->is_shifted);
    rk_whole_free_all(s->value, s->rows);
    rk_whole_free_all(s->price, s->rows);
    rk_whole_free_all(s->ray, s->rows);
    for (size_t i = 0; i < variables; i++) {
        rk_whole_free(&s->candidates[i].ratio_top);
        rk_whole_free(&s->candidates[i].ratio_over);
    }
    rk_free(s->candidates);
    rk_free(s->nonzero);
    rk_free(s->line);
    rk_free(s->line_price);
    rk_whole_free_all(s->alpha, s->rows);
    rk_whole_free(&s->cost_of);
    rk_whole_free(&s->entry_of);
    rk_whole_free(&s->reach);
    rk_whole_free(&s->work);
    rk_free(s);
}

void rk_simplex_stop_when(struct rk_simplex *s, bool (*stop)(void *context), void *context)
{
    s->stop = stop;
    s->context = context;
}

/* load += entry × by, in one row */
static void shift_row(struct rk_simplex *s, uint32_t row, int64_t entry, const struct rk_whole *by)
{
    struct rk_whole times = {.small = entry};
    rk_whole_add_product(&s->load[row], &times, by);
    rk_whole_add_product(&s->shift[row], &times, by);
    if (!s->is_shifted[row])
        s->shifted[s->shifted_count++] = row;
    s->is_shifted[row] = true;
}

/* load -= column of `variable` × by */
static void shift(struct rk_simplex *s, uint32_t variable, const struct rk_whole *by)
{
    if (!rk_whole_sign(by))
        return;
    if (variable >= s->columns) {
        shift_row(s, variable - s->columns, 1, by);
        return;
    }
    for (uint32_t i = s->first[variable]; i < s->first[variable + 1]; i++)
        shift_row(s, s->row[i], -s->entry[i], by);
}

static const struct rk_whole *bound(const struct rk_simplex *s, uint32_t variable)
{
    return s->state[variable] == AT_UPPER ? &s->upper[variable] : &s->lower[variable];
}

/* Puts a variable that is at a bound at the other one. */
static void flip(struct rk_simplex *s, uint32_t variable)
{
    rk_whole_subtract(&s->work, &s->upper[variable], &s->lower[variable]);
    if (s->state[variable] == AT_UPPER)
        rk_whole_negate(&s->work);
    shift(s, variable, &s->work);
    s->state[variable] = s->state[variable] == AT_UPPER ? AT_LOWER : AT_UPPER;
}

void rk_simplex_cost(struct rk_simplex *s, uint32_t column, const struct rk_whole *cost)
{
    rk_whole_set(&s->cost[column], cost);
    s->repriced = true;
}

void rk_simplex_bounds(struct rk_simplex *s, uint32_t variable, const struct rk_whole *lower,
                       const struct rk_whole *upper)
{
    assert(rk_whole_compare(lower, upper) <= 0);
    if (s->state[variable] != BASIC) {
        const struct rk_whole *fresh = s->state[variable] == AT_UPPER ? upper : lower;
        rk_whole_subtract(&s->work, fresh, bound(s, variable));
        shift(s, variable, &s->work);
    }
    rk_whole_set(&s->lower[variable], lower);
    rk_whole_set(&s->upper[variable], upper);
}

void rk_simplex_bounds_i64(struct rk_simplex *s, uint32_t variable, int64_t lower, int64_t upper)
{
    struct rk_whole low = {.small = lower}, high = {.small = upper};
    rk_simplex_bounds(s, variable, &low, &high);
}

static void forget_shifts(struct rk_simplex *s)
{
    for (uint32_t k = 0; k < s->shifted_count; k++) {
        rk_whole_set_i64(&s->shift[s->shifted[k]], 0);
        s->is_shifted[s->shifted[k]] = false;
    }
    s->shifted_count = 0;
}

/* The values with what was shifted. */
static void find_values(struct rk_simplex *s)
{
    for (uint32_t p = 0; p < s->rows && s->shifted_count; p++) {
        const struct rk_whole *line = &s->inverse[(size_t)p * s->rows];
        for (uint32_t k = 0; k < s->shifted_count; k++)
            if (rk_whole_sign(&line[s->shifted[k]]))
                rk_whole_add_product(&s->value[p], &line[s->shifted[k]], &s->shift[s->shifted[k]]);
    }
    s->looks += (uint64_t)s->rows * s->shifted_count;
    forget_shifts(s);
}

static void find_prices(struct rk_simplex *s)
{
    for (uint32_t r = 0; r < s->rows; r++)
        rk_whole_set_i64(&s->price[r], 0);
    for (uint32_t p = 0; p < s->rows; p++) {
        if (s->basis[p] >= s->columns || !rk_whole_sign(&s->cost[s->basis[p]]))
            continue;
        for (uint32_t r = 0; r < s->rows; r++)
            rk_whole_add_product(&s->price[r], &s->cost[s->basis[p]],
                                 &s->inverse[(size_t)p * s->rows + r]);
    }
    s->repriced = false;
}

/* `line` as 64-bit numbers: false where one is too large, or the entries are not plain. */
static bool narrow_line(const struct rk_simplex *s, const struct rk_whole *line, int64_t *narrow)
{
    if (!s->plain)
        return false;
    for (uint32_t r = 0; r < s->rows; r++) {
        if (line[r].big || line[r].small >= SMALL || line[r].small <= -SMALL)
            return false;
        narrow[r] = line[r].small;
    }
    return true;
}

/* The product of a narrow line with a variable's column. */
static inline int64_t along_narrow(const struct rk_simplex *s, const int64_t *line,
                                   uint32_t variable)
{
    if (variable >= s->columns)
        return -line[variable - s->columns];
    int64_t sum = 0;
    const uint32_t *row = s->row + s->first[variable], *end = s->row + s->first[variable + 1];
    if (s->ones[variable]) {
        while (row < end)
            sum += line[*row++];
        return sum;
    }
    for (const int64_t *entry = s->entry + s->first[variable]; row < end; entry++)
        sum += line[*row++] * *entry;
    return sum;
}

/* The same of any line; `narrow` = the line as 64-bit numbers, or NULL. */
static void along(const struct rk_simplex *s, const struct rk_whole *line, const int64_t *narrow,
                  uint32_t variable, struct rk_whole *sum)
{
    if (narrow) {
        rk_whole_set_i64(sum, along_narrow(s, narrow, variable));
        return;
    }
    if (variable >= s->columns) {
        rk_whole_set(sum, &line[variable - s->columns]);
        rk_whole_negate(sum);
        return;
    }
    rk_whole_set_i64(sum, 0);
    for (uint32_t i = s->first[variable]; i < s->first[variable + 1]; i++) {
        struct rk_whole entry = {.small = s->entry[i]};
        rk_whole_add_product(sum, &line[s->row[i]], &entry);
    }
}

/* With room for one more, which is 0. */
static struct rk_whole *one_more(struct rk_whole *old, uint32_t count)
{
    old = rk_resize(old, (size_t)count + 1, sizeof *old);
    old[count] = (struct rk_whole){0};
    return old;
}

/* The inverse with the line of a row whose sum is basic, at the end: what the basic columns have in
 * it, through the inverse; and that sum by itself. */
static void add_line(struct rk_simplex *s)
{
    uint32_t old = s->rows, rows = old + 1;
    struct rk_whole *inverse = rk_alloc((size_t)rows * rows, sizeof *inverse);
    struct rk_whole *line = inverse + (size_t)old * rows;
    for (uint32_t p = 0; p < old; p++)
        memcpy(inverse + (size_t)p * rows, s->inverse + (size_t)p * old, old * sizeof *inverse);
    rk_free(s->inverse);
    s->inverse = inverse;
    for (uint32_t p = 0; p < old; p++) {
        struct rk_whole entry = {0};
        uint32_t v = s->basis[p], i = v < s->columns ? s->first[v] : 0;
        while (v < s->columns && i < s->first[v + 1] && s->row[i] != old)
            i++;
        if (v >= s->columns || i == s->first[v + 1])
            continue;
        entry.small = s->entry[i];
        for (uint32_t r = 0; r < old; r++)
            rk_whole_add_product(&line[r], &entry, &inverse[(size_t)p * rows + r]);
    }
    rk_whole_set(&line[old], &s->over);
    rk_whole_negate(&line[old]);
}

void rk_simplex_row(struct rk_simplex *s, const uint32_t *first, const uint32_t *row,
                    const int64_t *entry)
{
    uint32_t old = s->rows, v = s->columns + old;
    find_values(s);
    s->first = first;
    s->row = row;
    s->entry = entry;
    look_at_entries(s);
    s->lower = one_more(s->lower, v);
    s->upper = one_more(s->upper, v);
    s->load = one_more(s->load, old);
    s->shift = one_more(s->shift, old);
    s->value = one_more(s->value, old);
    s->price = one_more(s->price, old);
    s->ray = one_more(s->ray, old);
    s->alpha = one_more(s->alpha, old);
    s->state = rk_resize(s->state, (size_t)v + 1, sizeof *s->state);
    s->place = rk_resize(s->place, (size_t)v + 1, sizeof *s->place);
    s->open = rk_resize(s->open, (size_t)v + 1, sizeof *s->open);
    s->candidates = rk_resize(s->candidates, (size_t)v + 1, sizeof *s->candidates);
    s->candidates[v] = (struct candidate){0};
    s->basis = rk_resize(s->basis, (size_t)old + 1, sizeof *s->basis);
    s->shifted = rk_resize(s->shifted, (size_t)old + 1, sizeof *s->shifted);
    s->is_shifted = rk_resize(s->is_shifted, (size_t)old + 1, sizeof *s->is_shifted);
    s->is_shifted[old] = false;
    s->nonzero = rk_resize(s->nonzero, (size_t)old + 1, sizeof *s->nonzero);
    s->line = rk_resize(s->line, (size_t)old + 1, sizeof *s->line);
    s->line_price = rk_resize(s->line_price, (size_t)old + 1, sizeof *s->line_price);
    add_line(s);
    s->rows++;
    s->state[v] = BASIC;
    s->basis[old] = v;
    s->place[v] = old;
    for (uint32_t c = 0; c < s->columns; c++)
        for (uint32_t i = first[c]; i < first[c + 1] && s->state[c] != BASIC; i++)
            if (row[i] == old) {
                struct rk_whole times = {.small = -entry[i]};
                rk_whole_add_product(&s->load[old], &times, bound(s, c));
            }
    for (uint32_t r = 0; r <= old; r++)
        rk_whole_add_product(&s->value[old], &s->inverse[(size_t)old * s->rows + r], &s->load[r]);
}

/* over × cost - price · column */
static void reduced_cost(struct rk_simplex *s, const int64_t *narrow, uint32_t variable,
                         struct rk_whole *reduced)
{
    if (narrow && !s->over.big && (variable >= s->columns || !s->cost[variable].big)) {
        int64_t cost = variable < s->columns ? s->cost[variable].small : 0;
        __int128 v = (__int128)s->over.small * cost - along_narrow(s, narrow, variable);
        if (rk_whole_fits(v) && !reduced->big) {
            reduced->small = (int64_t)v;
            return;
        }
    }
    along(s, s->price, narrow, variable, reduced);
    rk_whole_negate(reduced);
    if (variable < s->columns)
        rk_whole_add_product(reduced, &s->cost[variable], &s->over);
}

/* Lists the variables that can move, and puts those that are not basic at the bound their reduced
 * cost asks for. */
static void make_dual_feasible(struct rk_simplex *s)
{
    const int64_t *narrow = narrow_line(s, s->price, s->line_price) ? s->line_price : NULL;
    s->open_count = 0;
    for (uint32_t v = 0; v < s->columns + s->rows; v++)
        if (rk_whole_compare(&s->lower[v], &s->upper[v]))
            s->open[s->open_count++] = v;
    for (uint32_t i = 0; i < s->open_count; i++) {
        uint32_t v = s->open[i];
        if (s->state[v] == BASIC)
            continue;
        reduced_cost(s, narrow, v, &s->cost_of);
        int sign = rk_whole_sign(&s->cost_of);
        if ((sign > 0 && s->state[v] == AT_UPPER) || (sign < 0 && s->state[v] == AT_LOWER))
            flip(s, v);
    }
}

/* How far the variable in place p is outside its bounds (0 = it is not), over `over`. */
static int outside(struct rk_simplex *s, uint32_t p, struct rk_whole *far)
{
    uint32_t v = s->basis[p];
    rk_whole_set(far, &s->value[p]);
    rk_whole_subtract_product(far, &s->lower[v], &s->over);
    if (rk_whole_sign(far) < 0) {
        rk_whole_negate(far);
        return -1;
    }
    rk_whole_set(far, &s->value[p]);
    rk_whole_subtract_product(far, &s->upper[v], &s->over);
    if (rk_whole_sign(far) > 0)
        return 1;
    return 0;
}

/* The place that leaves: the one farthest outside, or of the least variable. */
static uint32_t leaving(struct rk_simplex *s, bool careful, struct rk_whole *far, int *side)
{
    uint32_t best = s->rows;
    struct rk_whole *here = &s->work;
    for (uint32_t p = 0; p < s->rows; p++) {
        int out = outside(s, p, here);
        if (!out)
            continue;
        if (best == s->rows ||
            (careful ? s->basis[p] < s->basis[best] : rk_whole_compare(here, far) > 0)) {
            best = p;
            *side = out;
            rk_whole_swap(far, here);
        }
    }
    return best;
}

static int by_ratio(const struct candidate *a, const struct candidate *b)
{
    /* far from alike, the rounded ratios tell; both are within a few units of the last place */
    if (a->ratio < b->ratio * 0.999999)
        return -1;
    if (b->ratio < a->ratio * 0.999999)
        return 1;
    return rk_whole_compare_products(&a->ratio_top, &b->ratio_over, &b->ratio_top, &a->ratio_over);
}

/* Collects what may enter for place p, which is outside by `far` on `side`. False where not even
 * all of them at their other bounds would bring it inside: nothing keeps all bounds. */
static bool find_candidates(struct rk_simplex *s, uint32_t p, int side, const struct rk_whole *far)
{
    const struct rk_whole *line = &s->inverse[(size_t)p * s->rows];
    const int64_t *narrow = narrow_line(s, line, s->line) ? s->line : NULL;
    const int64_t *narrow_price = narrow_line(s, s->price, s->line_price) ? s->line_price : NULL;
    rk_whole_set(&s->reach, far);
    s->candidate_count = 0;
    for (uint32_t i = 0; i < s->open_count; i++) {
        uint32_t v = s->open[i];
        if (s->state[v] == BASIC)
            continue;
        int sign = side;
        if (narrow) {
            int64_t entry = along_narrow(s, narrow, v);
            if (!entry)
                continue;
            sign = entry > 0 ? side : -side;
            if (!(s->state[v] == AT_LOWER ? sign > 0 : sign < 0))
                continue;
            rk_whole_set_i64(&s->entry_of, entry);
        } else {
            along(s, line, NULL, v, &s->entry_of);
            sign *= rk_whole_sign(&s->entry_of);
        }
        /* to grow, what is in place p wants one at lower with a negative entry, and so on */
        if (!(s->state[v] == AT_LOWER ? sign > 0 : sign < 0))
            continue;
        struct candidate *candidate = &s->candidates[s->candidate_count++];
        candidate->variable = v;
        reduced_cost(s, narrow_price, v, &candidate->ratio_top);
        if (rk_whole_sign(&candidate->ratio_top) < 0)
            rk_whole_negate(&candidate->ratio_top);
        rk_whole_swap(&candidate->ratio_over, &s->entry_of);
        if (rk_whole_sign(&candidate->ratio_over) < 0)
            rk_whole_negate(&candidate->ratio_over);
        candidate->ratio =
            rk_whole_double(&candidate->ratio_top) / rk_whole_double(&candidate->ratio_over);
        if (rk_whole_sign(&s->reach) > 0) {
            rk_whole_subtract(&s->work, &s->upper[v], &s->lower[v]);
            rk_whole_subtract_product(&s->reach, &s->work, &candidate->ratio_over);
        }
    }
    return rk_whole_sign(&s->reach) <= 0;
}

/* Whether a enters rather than b: the least ratio; of the same, the largest entry (the least index
 * where care is taken). */
static bool before(const struct candidate *a, const struct candidate *b, bool careful)
{
    int order = by_ratio(a, b);
    if (!order && !careful)
        order = rk_whole_compare(&b->ratio_over, &a->ratio_over);
    return order < 0 || (!order && a->variable < b->variable);
}

/* Candidates as a heap under place i: the first to enter on top. */
static void sift(struct rk_simplex *s, uint32_t i, bool careful)
{
    struct candidate *all = s->candidates;
    for (uint32_t child; (child = 2 * i + 1) < s->candidate_count; i = child) {
        if (child + 1 < s->candidate_count && before(&all[child + 1], &all[child], careful))
            child++;
        if (!before(&all[child], &all[i], careful))
            return;
        struct candidate kept = all[i];
        all[i] = all[child];
        all[child] = kept;
    }
}

/* Moves the candidate that enters to place 0 and those passed on the way to the end, behind
 * candidate_count: the least ratio enters; but while the place stays outside even with that one at
 * its other bound, it is passed (it will be flipped) and the next ratio looked for, the long-step
 * rule (Fourer 1994, "Notes on the dual simplex method"). */
static void choose_entering(struct rk_simplex *s, bool careful, struct rk_whole *far)
{
    for (uint32_t i = s->candidate_count / 2; i-- > 0;)
        sift(s, i, careful);
    while (!careful && s->candidate_count > 1) {
        uint32_t v = s->candidates[0].variable;
        rk_whole_subtract(&s->work, &s->upper[v], &s->lower[v]);
        rk_whole_subtract_product(far, &s->work, &s->candidates[0].ratio_over);
        if (rk_whole_sign(far) <= 0)
            return;
        struct candidate passed = s->candidates[0];
        s->candidates[0] = s->candidates[--s->candidate_count];
        s->candidates[s->candidate_count] = passed;
        sift(s, 0, careful);
    }
}

/* Brings `enter` into place p; what leaves stays at the bound that it is outside of on `side`. */
static void pivot(struct rk_simplex *s, uint32_t p, uint32_t enter, int side)
{
    uint32_t rows = s->rows, leave = s->basis[p];
    struct rk_whole *line = &s->inverse[(size_t)p * rows], *by = &s->alpha[p];
    reduced_cost(s, NULL, enter, &s->cost_of);
    for (uint32_t i = 0; i < rows; i++)
        along(s, &s->inverse[(size_t)i * rows], NULL, enter, &s->alpha[i]);
    /* one in and one out of those whose bounds the values answer to */
    const struct rk_whole *in = bound(s, enter);
    for (uint32_t i = 0; i < rows; i++)
        rk_whole_add_product(&s->value[i], &s->alpha[i], in);
    rk_whole_set(&s->work, in);
    rk_whole_negate(&s->work);
    shift(s, enter, &s->work);
    s->state[leave] = side < 0 ? AT_LOWER : AT_UPPER;
    rk_whole_subtract_product(&s->value[p], &s->over, bound(s, leave));
    shift(s, leave, bound(s, leave));
    forget_shifts(s); /* which the values count with */
    /* the line is the new one as it is, over `by`, which is kept positive */
    if (rk_whole_sign(by) < 0) {
        for (uint32_t r = 0; r < rows; r++)
            rk_whole_negate(&line[r]);
        rk_whole_negate(&s->value[p]);
        rk_whole_negate(by);
    }
    bool same = !rk_whole_compare(by, &s->over);
    uint32_t count = 0; /* where the line is 0, others change by their scale alone */
    for (uint32_t r = 0; r < rows; r++)
        if (rk_whole_sign(&line[r]))
            s->nonzero[count++] = r;
    for (uint32_t i = 0; i < rows; i++) {
        const struct rk_whole *times = &s->alpha[i];
        bool none = !rk_whole_sign(times);
        if (i == p || (none && same))
            continue;
        struct rk_whole *other = &s->inverse[(size_t)i * rows];
        s->looks += same ? count : rows;
        for (uint32_t k = 0; k < count && same; k++)
            rk_whole_pivot(&other[s->nonzero[k]], by, times, &line[s->nonzero[k]], &s->over);
        for (uint32_t r = 0; r < rows && !same; r++)
            if (rk_whole_sign(&other[r]) || (!none && rk_whole_sign(&line[r])))
                rk_whole_pivot(&other[r], by, times, &line[r], &s->over);
        rk_whole_pivot(&s->value[i], by, times, &s->value[p], &s->over);
    }
    rk_whole_negate(&s->cost_of);
    for (uint32_t r = 0; r < rows; r++)
        rk_whole_pivot(&s->price[r], by, &s->cost_of, &line[r], &s->over);
    rk_whole_set(&s->over, by);
    s->basis[p] = enter;
    s->place[enter] = p;
    s->state[enter] = BASIC;
    s->steps++;
    s->looks += rows + s->open_count;
}

enum rk_simplex_outcome rk_simplex_solve(struct rk_simplex *s)
{
    struct rk_whole far = {0};
    uint32_t idle = 0, patience = 4 * s->rows + 100;
    enum rk_simplex_outcome outcome = RK_SIMPLEX_OPTIMAL;
    s->none = false;
    if (s->repriced)
        find_prices(s);
    make_dual_feasible(s);
    for (uint64_t step = 1;; step++) {
        int side = 0;
        bool careful = idle > patience;
        find_values(s);
        uint32_t p = leaving(s, careful, &far, &side);
        if (p == s->rows)
            break;
        if (!find_candidates(s, p, side, &far)) {
            for (uint32_t r = 0; r < s->rows; r++) {
                rk_whole_set(&s->ray[r], &s->inverse[(size_t)p * s->rows + r]);
                if (side > 0)
                    rk_whole_negate(&s->ray[r]);
            }
            s->none = true;
            outcome = RK_SIMPLEX_NONE;
            break;
        }
        if (s->stop && step % ASK == 0 && s->stop(s->context)) {
            outcome = RK_SIMPLEX_STOPPED;
            break;
        }
        uint32_t all = s->candidate_count;
        choose_entering(s, careful, &far);
        idle = rk_whole_sign(&s->candidates[0].ratio_top) ? 0 : idle + 1;
        for (uint32_t i = s->candidate_count; i < all; i++)
            flip(s, s->candidates[i].variable);
        find_values(s);
        pivot(s, p, s->candidates[0].variable, side);
    }
    rk_whole_free(&far);
    return outcome;
}

const struct rk_whole *rk_simplex_over(const struct rk_simplex *s) { return &s->over; }

void rk_simplex_value(const struct rk_simplex *s, uint32_t variable, struct rk_whole *value)
{
    if (s->state[variable] == BASIC)
        rk_whole_set(value, &s->value[s->place[variable]]);
    else
        rk_whole_multiply(value, bound(s, variable), &s->over);
}

bool rk_simplex_is_basic(const struct rk_simplex *s, uint32_t variable)
{
    return s->state[variable] == BASIC;
}

void rk_simplex_least(const struct rk_simplex *s, struct rk_whole *cost)
{
    struct rk_whole value = {0};
    rk_whole_set_i64(cost, 0);
    for (uint32_t c = 0; c < s->columns; c++)
        if (rk_whole_sign(&s->cost[c]) && (s->state[c] == BASIC || rk_whole_sign(bound(s, c)))) {
            rk_simplex_value(s, c, &value);
            rk_whole_add_product(cost, &s->cost[c], &value);
        }
    rk_whole_free(&value);
}

void rk_simplex_price(const struct rk_simplex *s, uint32_t row, struct rk_whole *price)
{
    rk_whole_set(price, s->none ? &s->ray[row] : &s->price[row]);
}

void rk_simplex_reduced_cost(struct rk_simplex *s, uint32_t variable, struct rk_whole *reduced)
{
    reduced_cost(s, NULL, variable, reduced);
}

uint64_t rk_simplex_steps(const struct rk_simplex *s) { return s->steps; }

uint64_t rk_simplex_work(const struct rk_simplex *s) { return s->looks; }
