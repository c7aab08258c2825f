#include "base/mem.h"
#include "panel/prove_state.h"

enum { MOST_ROWS = 1500, MOST_COLUMNS = 20000 };
#define MOST_OF_ONE (RK_PROVE_WORK / 2)
#define WEIGHT (INT64_C(1) << 20) /* of a level, where exact prices are too large */
#define REMAKE 0.6                /* of a program's rows: where fewer are needed */

/* Of a panelist who has one pair and one membership left, which are the same. */
static void find_same(const struct rk_prove_state *s, struct rk_prove_program *p)
{
    uint32_t pairs = s->problem->pair_count;
    for (uint32_t i = 0; i < s->levels; i++) {
        const struct rk_prove_sum *sum = &s->sums[i];
        uint32_t pair = RK_NONE, membership = RK_NONE, free = 0;
        int64_t settled = 0;
        if (sum->place >= s->problem->panelist_count)
            continue;
        for (uint32_t k = sum->first; k < sum->first + sum->count; k++) {
            uint32_t n = s->of[k];
            free += s->low[n] < s->high[n];
            settled += s->factor[k] * s->low[n];
            if (s->low[n] < s->high[n])
                *(n < pairs ? &pair : &membership) = n;
        }
        if (free == 2 && pair != RK_NONE && membership != RK_NONE && !settled) {
            p->same[membership] = pair;
            p->membership[sum->place] = membership;
        }
    }
}

/* Can the sum be outside its ends, for numbers within theirs? The least and the most it can be. */
static bool may_break(const struct rk_prove_state *s, const struct rk_prove_sum *sum,
                      int64_t *least, int64_t *most)
{
    *least = *most = 0;
    for (uint32_t k = sum->first; k < sum->first + sum->count; k++) {
        int64_t factor = s->factor[k], low = factor * s->low[s->of[k]],
                high = factor * s->high[s->of[k]];
        *least += low < high ? low : high;
        *most += low < high ? high : low;
    }
    return (sum->low != RK_PROVE_NO_END && *least < sum->low) ||
           (sum->high != RK_PROVE_NO_END && *most > sum->high);
}

void rk_prove_free_program(struct rk_prove_program *p)
{
    rk_simplex_free(p->simplex);
    rk_free(p->number);
    rk_free(p->column);
    rk_free(p->same);
    rk_free(p->membership);
    rk_free(p->first);
    rk_free(p->row);
    rk_free(p->rows);
    rk_free(p->entry);
    rk_free(p->has);
    rk_free(p);
}

/* A row's entries, by column, after those of rows before. */
static void walk_row(const struct rk_prove_state *s, struct rk_prove_program *p, uint32_t row,
                     uint32_t *next)
{
    const struct rk_prove_sum *sum = &s->sums[p->rows[row].sum];
    p->rows[row].settled = 0;
    for (uint32_t k = sum->first; k < sum->first + sum->count; k++) {
        uint32_t n = s->of[k], c = p->column[p->same[n] == RK_NONE ? n : p->same[n]];
        if (c == RK_NONE) {
            p->rows[row].settled += s->factor[k] * s->low[n];
        } else if (!next) {
            p->first[c + 1]++;
        } else {
            p->row[next[c]] = row;
            p->entry[next[c]++] = s->factor[k];
        }
    }
}

static void fill_matrix(const struct rk_prove_state *s, struct rk_prove_program *p)
{
    uint32_t *next = rk_alloc((size_t)p->columns + 2, sizeof *next);
    p->first = rk_alloc((size_t)p->columns + 2, sizeof *p->first);
    for (uint32_t r = 0; r < p->row_count; r++)
        walk_row(s, p, r, NULL);
    for (uint32_t c = 0; c < p->columns; c++)
        p->first[c + 1] += p->first[c];
    memcpy(next, p->first, p->columns * sizeof *next);
    p->row = rk_alloc((size_t)p->first[p->columns] + 1, sizeof *p->row);
    p->entry = rk_alloc((size_t)p->first[p->columns] + 1, sizeof *p->entry);
    for (uint32_t r = 0; r < p->row_count; r++)
        walk_row(s, p, r, next);
    rk_free(next);
}

static bool has_ended(void *context)
{
    struct rk_prove_state *s = context;
    struct rk_prove_effort *effort = s->effort;
    effort->stopped = effort->stopped || (effort->stop && effort->stop(effort->stop_context));
    uint64_t work = rk_simplex_work(s->program->simplex) - s->before;
    return effort->stopped || work > MOST_OF_ONE || effort->work + work > RK_PROVE_WORK;
}

/* Is it a row that the program needs? */
static bool is_needed(const struct rk_prove_state *s, const struct rk_prove_program *p,
                      uint32_t sum)
{
    int64_t least, most;
    uint32_t place = s->sums[sum].place;
    bool same = place < s->problem->panelist_count && p->membership[place] != RK_NONE,
         free = s->sums[sum].low == RK_PROVE_NO_END && s->sums[sum].high == RK_PROVE_NO_END;
    return !same && !free && may_break(s, &s->sums[sum], &least, &most);
}

static void note_row(struct rk_prove_state *s, struct rk_prove_program *p, uint32_t sum)
{
    if (p->has_count < s->sum_count) {
        p->has = rk_resize(p->has, s->sum_count, sizeof *p->has);
        memset(p->has + p->has_count, 0, (s->sum_count - p->has_count) * sizeof *p->has);
        p->has_count = s->sum_count;
    }
    RK_GROW(p->rows, p->row_count, p->row_room);
    p->rows[p->row_count++] = (struct rk_prove_row){.sum = sum};
    p->has[sum] = true;
}

/* The rules that may be broken, the levels before, and the splits. NULL: it is too large. */
static struct rk_prove_program *make_program(struct rk_prove_state *s)
{
    struct rk_prove_program *p = rk_alloc(1, sizeof *p);
    size_t numbers = (size_t)s->numbers + 1, people = (size_t)s->problem->panelist_count + 1;
    *p = (struct rk_prove_program){.number = rk_alloc(numbers, sizeof *p->number),
                                   .column = rk_alloc(numbers, sizeof *p->column),
                                   .same = rk_alloc(numbers, sizeof *p->same),
                                   .membership = rk_alloc(people, sizeof *p->membership)};
    memset(p->same, 0xff, numbers * sizeof *p->same);
    memset(p->column, 0xff, numbers * sizeof *p->column);
    memset(p->membership, 0xff, people * sizeof *p->membership);
    find_same(s, p);
    for (uint32_t n = 0; n < s->numbers; n++)
        if (s->low[n] < s->high[n] && p->same[n] == RK_NONE) {
            p->column[n] = p->columns;
            p->number[p->columns++] = n;
        }
    for (uint32_t i = 0; i < s->sum_count; i++)
        if (is_needed(s, p, i))
            note_row(s, p, i);
    if (p->row_count > MOST_ROWS || p->columns > MOST_COLUMNS) {
        rk_prove_free_program(p);
        return NULL;
    }
    fill_matrix(s, p);
    p->simplex = rk_simplex_new(p->row_count, p->columns, p->first, p->row, p->entry);
    rk_simplex_stop_when(p->simplex, has_ended, s);
    return p;
}

/* Rows that were needless where it was made, and new ones. */
static void add_rows(struct rk_prove_state *s, struct rk_prove_program *p)
{
    for (uint32_t i = 0; i < s->sum_count; i++) {
        if ((i < p->has_count && p->has[i]) || !is_needed(s, p, i))
            continue;
        uint32_t *first = p->first, *row = p->row;
        int64_t *entry = p->entry;
        note_row(s, p, i);
        fill_matrix(s, p);
        rk_simplex_row(p->simplex, p->first, p->row, p->entry);
        rk_free(first);
        rk_free(row);
        rk_free(entry);
    }
}

void rk_prove_set_program(const struct rk_prove_state *s, struct rk_prove_program *p, int level)
{
    struct rk_whole cost = {0};
    int64_t least, most;
    for (uint32_t c = 0; c < p->columns; c++) {
        uint32_t n = p->number[c], same = RK_NONE;
        if (n < s->problem->pair_count)
            same = p->membership[s->problem->pairs[n].panelist];
        same = same != RK_NONE && p->same[same] == n ? same : RK_NONE;
        rk_whole_set_i64(&cost, s->cost[level][n] + (same == RK_NONE ? 0 : s->cost[level][same]));
        rk_simplex_cost(p->simplex, c, &cost);
        rk_simplex_bounds_i64(p->simplex, c, s->low[n], s->high[n]);
    }
    for (uint32_t r = 0; r < p->row_count; r++) { /* an end that is not there is one beyond all */
        const struct rk_prove_sum *sum = &s->sums[p->rows[r].sum];
        may_break(s, sum, &least, &most);
        rk_simplex_bounds_i64(
            p->simplex, p->columns + r,
            (sum->low == RK_PROVE_NO_END ? least - 1 : sum->low) - p->rows[r].settled,
            (sum->high == RK_PROVE_NO_END ? most + 1 : sum->high) - p->rows[r].settled);
    }
    rk_whole_free(&cost);
}

/* That is the last one made; or a new one where that has become much smaller, or for another level
 * of the node, which starts as well from nothing. */
bool rk_prove_have_program(struct rk_prove_state *s, uint32_t at)
{
    uint32_t needed = 0;
    for (uint32_t i = 0; i < s->sum_count && s->program; i++)
        needed += is_needed(s, s->program, i);
    if (!s->program || s->program->node == at || needed < REMAKE * s->program->row_count) {
        struct rk_prove_program *p = make_program(s);
        if (!p)
            return false;
        p->node = at;
        p->before = s->program;
        s->program = p;
    } else {
        add_rows(s, s->program);
    }
    return true;
}

/* The simplex's prices in whole numbers: exactly, times what they are over, where that is small;
 * else rounded. Any prices prove something. Of a program that nothing keeps, they are taken so
 * often that they outweigh all costs. Then those that make the memberships free that are the
 * place. */
void rk_prove_take_prices(struct rk_prove_state *s, int level, const struct rk_prove_program *p,
                          bool none)
{
    struct rk_whole price = {0};
    const struct rk_whole *over = rk_simplex_over(p->simplex);
    int64_t exact = 0;
    __int128 times = 1;
    bool small = !none && rk_whole_i64(over, &exact) && exact <= WEIGHT;
    rk_prove_no_prices(s, level, level + 1);
    s->priced.weight[level] = none ? 1 : small ? exact : WEIGHT;
    if (none) {
        times = -(__int128)s->target[level] - 1;
        for (uint32_t n = 0; n < s->numbers; n++)
            times += (__int128)s->cost[level][n] * (s->cost[level][n] < 0 ? s->high[n] : s->low[n]);
        times = times > -1 ? -1 : times;
    }
    for (uint32_t r = 0; r < p->row_count; r++) {
        rk_simplex_price(p->simplex, r, &price);
        if (!none && !small) {
            struct rk_whole scale = {.small = WEIGHT};
            rk_whole_multiply(&price, &price, &scale);
            rk_whole_divide_down(&price, &price, over);
        }
        int64_t whole = 0;
        rk_whole_i64(&price, &whole); /* too large: none, which proves less */
        s->priced.price[p->rows[r].sum] = times * whole;
    }
    uint32_t load = s->levels + RK_MATCH_LOAD;
    for (uint32_t i = 0; i < s->levels; i++) {
        uint32_t place = s->sums[i].place,
                 n = place < s->problem->panelist_count ? p->membership[place] : RK_NONE;
        if (n != RK_NONE)
            s->priced.price[i] = s->priced.price[load] * s->cost[RK_MATCH_LOAD][n] -
                                 (__int128)s->priced.weight[level] * s->cost[level][n];
    }
    rk_whole_free(&price);
}
