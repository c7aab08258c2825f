/* Proofs where prices alone leave a gap, quotas that cross and overlaps that interlock: a tree of
 * linear programs, each of which shows by its prices that no choice in its part is better.
 *
 * Columns are the numbers of lib/panel/verify.h, rows its rows and the limits of panelists; but of
 * who may sit in one place alone, the first membership is that place, so that there is no row for
 * the panelist. */
#include "base/mem.h"
#include "panel/certify.h"
#include "stat/simplex.h"
#include "stream/write.h"

enum { MOST_PROGRAMS = 400, MOST_ROWS = 150, MOST_COLUMNS = 2000, CUT = RK_MATCH_LEVELS };
#define MOST_WORK UINT64_C(2000000000) /* steps of simplexes times rows squared */
#define WEIGHT (INT64_C(1) << 20)      /* of a level, where exact prices are too large */

struct sum {
    uint32_t place; /* of the row in the certificate */
    int64_t low, high;
    uint32_t first, count; /* in of, factor */
};

struct node {
    struct rk_buf stages;
    uint32_t row, low, high; /* row: RK_NONE without a split */
    int64_t at;
};

struct search {
    struct rk_certify *c;
    const struct rk_match_problem *problem;
    uint32_t numbers, *column, *number; /* by number: RK_NONE, not a column; by column */
    uint32_t columns, *only;            /* only: by panelist, the pair; RK_NONE */
    int32_t *low, *high;                /* by number */
    int64_t *cost[RK_MATCH_LEVELS + 1]; /* by number; of `only` pairs with the membership's */
    int64_t target[RK_MATCH_LEVELS + 1];
    int end; /* of the levels to prove */
    struct sum *sums;
    uint32_t sum_count, sum_room, rules; /* rules: the first so many; then levels, then splits */
    uint32_t *of, of_count, of_room;
    int64_t *factor;
    uint32_t factor_room;
    struct node *nodes;
    uint32_t node_count, node_room, programs;
    uint64_t work;
};

/* A linear program of the search. */
struct program {
    struct rk_simplex *simplex;
    uint32_t *first, *row, *sum, rows; /* sum: by row */
    int64_t *entry;
    __int128 weight, *price; /* by row, times weight */
};

/* ---- rows ---- */

static void begin_sum(struct search *s, uint32_t place, int64_t low, int64_t high)
{
    RK_GROW(s->sums, s->sum_count, s->sum_room);
    s->sums[s->sum_count++] = (struct sum){place, low, high, s->of_count, 0};
}

static void add_term(struct search *s, uint32_t number, int64_t factor)
{
    uint32_t count = s->of_count;
    if (!factor || s->column[number] == RK_NONE)
        return;
    RK_GROW(s->of, s->of_count, s->of_room);
    RK_GROW(s->factor, count, s->factor_room);
    s->of[s->of_count] = number;
    s->factor[s->of_count++] = factor;
    s->sums[s->sum_count - 1].count++;
}

static bool is_under(const struct rk_match_problem *problem, uint32_t pair, uint32_t quota)
{
    const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[pair]];
    for (uint32_t k = 0; k < cell->count; k++)
        if (problem->cell_rows[cell->first + k] == quota)
            return true;
    return false;
}

static int32_t least_of(const struct search *s, uint32_t quota)
{
    return s->problem->quotas[quota].min - (s->c->lowered ? s->c->lowered[quota] : 0);
}

static void add_quota(struct search *s, uint32_t r, uint32_t quota)
{
    const struct rk_certify *c = s->c;
    const struct rk_match_kinds *kinds = &c->kinds[r];
    int32_t max = s->problem->quotas[quota].max, places = s->problem->recruitments[r].places;
    uint32_t q = quota - c->quota_first[r];
    begin_sum(s, rk_certify_quota(c, quota), least_of(s, quota), max < places ? max : places);
    for (uint32_t i = 0; i < s->problem->pair_count; i++)
        if (s->problem->pairs[i].recruitment == r && is_under(s->problem, i, quota))
            add_term(s, i, 1);
    for (uint32_t k = 0; k < kinds->count; k++)
        add_term(s, rk_certify_kept(c, r, k), rk_certify_kind(c, r, k)[q / 64] >> q % 64 & 1);
    bool any = false;
    for (uint32_t k = 0; k < kinds->count; k++)
        any = any || kinds->group[k] == q;
    if (!any)
        return;
    begin_sum(s, rk_certify_group(c, quota), -(int64_t)places, 0);
    for (uint32_t n = c->empty_first[r]; n < c->empty_first[r + 1]; n++)
        add_term(s, n, -1);
    for (uint32_t k = 0; k < kinds->count; k++)
        add_term(s, rk_certify_kept(c, r, k), kinds->group[k] == q);
}

static void add_recruitment(struct search *s, uint32_t r)
{
    const struct rk_certify *c = s->c;
    int32_t places = s->problem->recruitments[r].places;
    if (places <= 0)
        return;
    begin_sum(s, rk_certify_seats(c, r), places, places);
    for (uint32_t i = 0; i < s->problem->pair_count; i++)
        if (s->problem->pairs[i].recruitment == r)
            add_term(s, i, 1);
    for (uint32_t n = c->empty_first[r]; n < c->empty_first[r + 1]; n++)
        add_term(s, n, 1);
    for (uint32_t q = c->quota_first[r]; q < c->quota_first[r + 1]; q++)
        add_quota(s, r, q);
}

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

static void add_limit(struct search *s, uint32_t *pairs, uint32_t count, int64_t room)
{
    if (room >= count)
        return;
    qsort(pairs, count, sizeof *pairs, ascending);
    for (uint32_t i = 0; i < count; i++)
        rk_certify_term(s->c, pairs[i], 1);
    begin_sum(s, rk_certify_row(s->c), 0, room);
    for (uint32_t i = 0; i < count; i++)
        add_term(s, pairs[i], 1);
}

static void add_cap(void *context, const struct rk_named_limit *limit)
{
    struct search *s = context;
    uint32_t *pairs = rk_alloc((size_t)limit->count + 1, sizeof *pairs);
    memcpy(pairs, limit->pairs, limit->count * sizeof *pairs);
    if (limit->kind != RK_LIMIT_OVERLAP)
        add_limit(s, pairs, limit->count, limit->room);
    rk_free(pairs);
}

/* Of recruitments that all overlap each other one can be had: sets that have every such two. */
static void add_overlaps(struct search *s, uint32_t first, uint32_t end)
{
    const struct rk_overlaps *overlaps = &s->c->match->result->network->overlaps;
    const struct rk_match_pair *pairs = s->problem->pairs;
    uint32_t n = end - first, *all = rk_alloc((size_t)n + 1, sizeof *all);
    bool *done = rk_alloc((size_t)n * n + 1, sizeof *done);
    for (uint32_t a = first; a < end; a++)
        for (uint32_t b = a + 1; b < end; b++) {
            uint32_t count = 0;
            if (done[(a - first) * n + b - first] ||
                !rk_overlap(overlaps, pairs[a].recruitment, pairs[b].recruitment))
                continue;
            all[count++] = a;
            all[count++] = b;
            for (uint32_t k = first; k < end; k++) {
                bool meets = k != a && k != b;
                for (uint32_t i = 0; i < count && meets; i++)
                    meets = rk_overlap(overlaps, pairs[k].recruitment, pairs[all[i]].recruitment);
                if (meets)
                    all[count++] = k;
            }
            for (uint32_t i = 0; i < count; i++)
                for (uint32_t j = 0; j < count; j++)
                    done[(all[i] - first) * n + all[j] - first] = true;
            add_limit(s, all, count, 1);
        }
    rk_free(all);
    rk_free(done);
}

static void add_panelist(struct search *s, uint32_t first, uint32_t end)
{
    uint32_t p = s->problem->pairs[first].panelist;
    if (s->only[p] == RK_NONE) {
        begin_sum(s, p, 0, 0);
        for (uint32_t i = first; i < end; i++)
            add_term(s, i, 1);
        for (uint32_t i = first; i < end; i++)
            add_term(s, s->problem->pair_count + i, -1);
    }
    rk_network_limits(s->c->match->result->network, first, end, add_cap, s);
    add_overlaps(s, first, end);
}

/* ---- numbers ---- */

static void set_kept(struct search *s, uint32_t r)
{
    for (uint32_t k = 0; k < s->c->kinds[r].count; k++) {
        int32_t *most = &s->high[rk_certify_kept(s->c, r, k)];
        for (uint32_t q = s->c->quota_first[r]; q < s->c->quota_first[r + 1]; q++) {
            uint32_t at = q - s->c->quota_first[r];
            if (rk_certify_kind(s->c, r, k)[at / 64] >> at % 64 & 1 && least_of(s, q) > *most)
                *most = least_of(s, q);
        }
    }
}

static void set_recruitment(struct search *s, uint32_t r)
{
    const struct rk_match_recruitment *recruitment = &s->problem->recruitments[r];
    int64_t eligible = 0;
    for (uint32_t i = 0; i < s->problem->pair_count; i++)
        eligible += s->problem->pairs[i].recruitment == r;
    for (int32_t j = 0; j < recruitment->places; j++) {
        uint32_t n = s->c->empty_first[r] + (uint32_t)j;
        s->low[n] = j < recruitment->places - eligible;
        s->high[n] = 1;
        s->cost[RK_MATCH_SEATS][n] = 1;
        s->cost[RK_MATCH_SHORTAGE][n] = 2 * ((int64_t)recruitment->lacking + j) + 1;
    }
    set_kept(s, r);
}

static void set_panelist(struct search *s, uint32_t first, uint32_t end)
{
    uint32_t n = s->problem->pair_count, p = s->problem->pairs[first].panelist, open = 0;
    for (uint32_t i = first; i < end; i++)
        if ((s->high[i] = s->problem->recruitments[s->problem->pairs[i].recruitment].places > 0)) {
            s->high[n + first + open++] = 1;
            s->only[p] = i;
        }
    s->only[p] = open == 1 ? s->only[p] : RK_NONE;
    for (uint32_t i = first; i < end; i++) {
        s->cost[RK_MATCH_CHANGE][i] = s->problem->stay ? -s->problem->stay[i] : 0;
        s->cost[RK_MATCH_FIT][i] = -s->problem->pairs[i].fit;
        s->cost[RK_MATCH_LOTTERY][i] = s->c->match->result->network->lottery[i];
        s->cost[RK_MATCH_LOAD][n + i] = 2 * (s->problem->panelists[p].load + i - first) + 1;
    }
    if (open == 1) {
        s->cost[RK_MATCH_LOAD][s->only[p]] = s->cost[RK_MATCH_LOAD][n + first];
        s->high[n + first] = 0;
    }
}

static uint32_t pairs_end(const struct rk_match_problem *problem, uint32_t first)
{
    uint32_t end = first;
    while (end < problem->pair_count &&
           problem->pairs[end].panelist == problem->pairs[first].panelist)
        end++;
    return end;
}

static void make_search(struct search *s, struct rk_certify *c)
{
    const struct rk_match_problem *problem = c->match->problem;
    uint32_t panels = problem->recruitment_count;
    *s = (struct search){.c = c, .problem = problem};
    s->numbers = c->empty_first[panels] + c->kind_first[panels];
    s->low = rk_alloc((size_t)s->numbers + 1, sizeof *s->low);
    s->high = rk_alloc((size_t)s->numbers + 1, sizeof *s->high);
    s->column = rk_alloc((size_t)s->numbers + 1, sizeof *s->column);
    s->number = rk_alloc((size_t)s->numbers + 1, sizeof *s->number);
    s->only = rk_alloc((size_t)problem->panelist_count + 1, sizeof *s->only);
    for (int l = 0; l <= CUT; l++)
        s->cost[l] = rk_alloc((size_t)s->numbers + 1, sizeof *s->cost[l]);
    for (uint32_t i = 0; i < problem->pair_count; i = pairs_end(problem, i))
        set_panelist(s, i, pairs_end(problem, i));
    for (uint32_t r = 0; r < panels; r++)
        set_recruitment(s, r);
    for (uint32_t n = 0; n < s->numbers; n++) {
        s->column[n] = s->high[n] ? s->columns : RK_NONE;
        s->number[s->columns] = n;
        s->columns += s->high[n] != 0;
    }
    for (uint32_t r = 0; r < panels; r++)
        add_recruitment(s, r);
    for (uint32_t i = 0; i < problem->pair_count; i = pairs_end(problem, i))
        add_panelist(s, i, pairs_end(problem, i));
    s->rules = s->sum_count;
    for (int l = 0; l < RK_MATCH_LEVELS; l++) {
        s->target[l] = c->match->result->value[l];
        begin_sum(s, rk_certify_level(c, l), s->target[l], s->target[l]);
        for (uint32_t n = 0; n < s->numbers; n++)
            add_term(s, n, s->cost[l][n]);
    }
}

static void free_search(struct search *s)
{
    for (int l = 0; l <= CUT; l++)
        rk_free(s->cost[l]);
    rk_free(s->low);
    rk_free(s->high);
    rk_free(s->column);
    rk_free(s->number);
    rk_free(s->only);
    rk_free(s->sums);
    rk_free(s->of);
    rk_free(s->factor);
    rk_free(s->nodes);
}

/* ---- a program ---- */

/* The rules, the levels before, and the splits. */
static void make_program(const struct search *s, int level, struct program *p)
{
    *p = (struct program){0};
    uint32_t terms = 0, *next = rk_alloc((size_t)s->columns + 2, sizeof *next);
    p->sum = rk_alloc((size_t)s->sum_count + 1, sizeof *p->sum);
    p->first = rk_alloc((size_t)s->columns + 2, sizeof *p->first);
    for (uint32_t i = 0; i < s->sum_count; i++)
        if (i < s->rules || i >= s->rules + RK_MATCH_LEVELS ||
            (level < CUT && i < s->rules + (uint32_t)level)) {
            p->sum[p->rows++] = i;
            terms += s->sums[i].count;
            for (uint32_t k = 0; k < s->sums[i].count; k++)
                p->first[s->column[s->of[s->sums[i].first + k]] + 1]++;
        }
    for (uint32_t c = 0; c < s->columns; c++)
        p->first[c + 1] += p->first[c];
    memcpy(next, p->first, s->columns * sizeof *next);
    p->row = rk_alloc((size_t)terms + 1, sizeof *p->row);
    p->entry = rk_alloc((size_t)terms + 1, sizeof *p->entry);
    p->price = rk_alloc((size_t)p->rows + 1, sizeof *p->price);
    for (uint32_t r = 0; r < p->rows; r++)
        for (uint32_t k = 0; k < s->sums[p->sum[r]].count; k++) {
            uint32_t term = s->sums[p->sum[r]].first + k, at = next[s->column[s->of[term]]]++;
            p->row[at] = r;
            p->entry[at] = s->factor[term];
        }
    p->simplex = rk_simplex_new(p->rows, s->columns, p->first, p->row, p->entry);
    struct rk_whole cost = {0};
    for (uint32_t c = 0; c < s->columns; c++) {
        rk_whole_set_i64(&cost, s->cost[level][s->number[c]]);
        rk_simplex_cost(p->simplex, c, &cost);
        rk_simplex_bounds_i64(p->simplex, c, s->low[s->number[c]], s->high[s->number[c]]);
    }
    for (uint32_t r = 0; r < p->rows; r++)
        rk_simplex_bounds_i64(p->simplex, s->columns + r, s->sums[p->sum[r]].low,
                              s->sums[p->sum[r]].high);
    rk_whole_free(&cost);
    rk_free(next);
}

static void free_program(struct program *p)
{
    rk_simplex_free(p->simplex);
    rk_free(p->first);
    rk_free(p->row);
    rk_free(p->sum);
    rk_free(p->entry);
    rk_free(p->price);
}

/* The simplex's prices in whole numbers: exactly, times what they are over, where that is small;
 * else rounded. Any prices prove something. Of a program that nothing keeps, they are taken so
 * often that they outweigh all costs. */
static void take_prices(const struct search *s, int level, struct program *p, bool none)
{
    struct rk_whole price = {0};
    const struct rk_whole *over = rk_simplex_over(p->simplex);
    int64_t exact = 0;
    __int128 times = 1;
    bool small = !none && rk_whole_i64(over, &exact) && exact <= WEIGHT;
    p->weight = none ? 1 : small ? exact : WEIGHT;
    if (none) {
        times = -(__int128)s->target[level] - 1;
        for (uint32_t n = 0; n < s->numbers; n++)
            times += s->cost[level][n] < 0 ? (__int128)s->cost[level][n] * s->high[n] : 0;
        times = times > -1 ? -1 : times;
    }
    for (uint32_t r = 0; r < p->rows; r++) {
        rk_simplex_price(p->simplex, r, &price);
        if (!none && !small) {
            struct rk_whole scale = {.small = WEIGHT};
            rk_whole_multiply(&price, &price, &scale);
            rk_whole_divide_down(&price, &price, over);
        }
        int64_t whole = 0;
        rk_whole_i64(&price, &whole); /* too large: none, which proves less */
        p->price[r] = times * whole;
    }
    rk_whole_free(&price);
}

/* ---- a stage ---- */

static void put(struct rk_buf *to, bool *any, uint32_t row, __int128 price)
{
    if (price && price <= INT64_MAX && price >= -INT64_MAX) {
        rk_buf_printf(to, "%s[%u,%lld]", *any ? "," : "", row, (long long)price);
        *any = true;
    }
}

static void tell_stage(const struct search *s, int level, const struct program *p,
                       struct rk_buf *to)
{
    uint32_t n = s->problem->pair_count;
    bool any = false;
    rk_buf_printf(to, "%s{\"level\":%d,\"weights\":[%lld],\"prices\":[", to->size ? "," : "", level,
                  (long long)p->weight);
    for (uint32_t r = 0; r < p->rows; r++)
        put(to, &any, s->sums[p->sum[r]].place, p->price[r]);
    for (uint32_t i = 0; i < n; i = pairs_end(s->problem, i)) { /* what makes a membership free */
        uint32_t panelist = s->problem->pairs[i].panelist;
        __int128 price = level == RK_MATCH_LOAD ? p->weight : 0;
        for (uint32_t r = 0; r < p->rows && s->only[panelist] != RK_NONE; r++)
            price -= p->sum[r] == s->rules + RK_MATCH_LOAD ? p->price[r] : 0;
        if (s->only[panelist] != RK_NONE)
            put(to, &any, panelist, -price * s->cost[RK_MATCH_LOAD][n + i]);
    }
    rk_buf_text(to, "]}");
}

/* ---- the tree ---- */

/* Where to split, as a new sum: a kind of people of whom there is a part; one person; seats kept.
 * False: nowhere. */
static bool find_split(struct search *s, const struct program *p, int64_t *at)
{
    const struct rk_match_problem *problem = s->problem;
    const struct rk_whole *over = rk_simplex_over(p->simplex);
    struct rk_whole *sums = rk_alloc((size_t)problem->cell_count + 1, sizeof *sums), down = {0},
                    value = {0};
    uint32_t kept = s->c->empty_first[problem->recruitment_count], found = RK_NONE;
    for (uint32_t i = 0; i < problem->pair_count && problem->pair_cell; i++)
        if (problem->pair_cell[i] != RK_NONE && s->column[i] != RK_NONE) {
            rk_simplex_value(p->simplex, s->column[i], &value);
            rk_whole_add(&sums[problem->pair_cell[i]], &sums[problem->pair_cell[i]], &value);
        }
    for (uint32_t k = 0; k < problem->cell_count + s->numbers && found == RK_NONE; k++) {
        uint32_t n = k - problem->cell_count;
        if (k < problem->cell_count)
            rk_whole_set(&value, &sums[k]);
        else if (s->column[n] == RK_NONE || (n >= problem->pair_count && n < kept))
            continue;
        else
            rk_simplex_value(p->simplex, s->column[n], &value);
        rk_whole_divide_down(&down, &value, over);
        rk_whole_i64(&down, at);
        rk_whole_multiply(&down, &down, over);
        found = rk_whole_compare(&down, &value) ? k : RK_NONE;
    }
    bool cell = found < problem->cell_count;
    for (uint32_t n = 0; n < s->numbers && found != RK_NONE; n++)
        if (cell ? n < problem->pair_count && s->column[n] != RK_NONE &&
                       problem->pair_cell[n] == found
                 : n == found - problem->cell_count)
            rk_certify_term(s->c, n, 1);
    if (found != RK_NONE) {
        begin_sum(s, rk_certify_row(s->c), 0, INT32_MAX);
        for (uint32_t n = 0; n < s->numbers; n++)
            if (cell ? n < problem->pair_count && problem->pair_cell[n] == found
                     : n == found - problem->cell_count)
                add_term(s, n, 1);
    }
    for (uint32_t i = 0; i < problem->cell_count; i++)
        rk_whole_free(&sums[i]);
    rk_free(sums);
    rk_whole_free(&down);
    rk_whole_free(&value);
    return found != RK_NONE;
}

static uint32_t prove_node(struct search *s, int level);

/* By the last sum. */
static void prove_sides(struct search *s, uint32_t at, int level, int64_t most)
{
    uint32_t split = s->sum_count - 1, sides[2];
    for (int side = 0; side < 2; side++) {
        s->sums[split].low = side ? most + 1 : 0;
        s->sums[split].high = side ? INT32_MAX : most;
        sides[side] = prove_node(s, level);
    }
    s->nodes[at].row = s->sums[split].place;
    s->nodes[at].at = most;
    s->nodes[at].low = sides[0];
    s->nodes[at].high = sides[1];
    s->sum_count--;
    s->of_count = s->sums[split].first;
}

/* The levels from `level` on, for choices on this side of all splits; the node's place. */
static uint32_t prove_node(struct search *s, int level)
{
    RK_GROW(s->nodes, s->node_count, s->node_room);
    uint32_t at = s->node_count++;
    struct rk_buf stages = {0};
    struct rk_whole least = {0}, aim = {0};
    s->nodes[at] = (struct node){.row = RK_NONE};
    for (bool done = false; level < s->end && !done; level++) {
        struct program p;
        int64_t most;
        make_program(s, level, &p);
        bool none = rk_simplex_solve(p.simplex) == RK_SIMPLEX_NONE, split_it = false;
        s->programs++;
        s->work += rk_simplex_steps(p.simplex) * p.rows * p.rows;
        take_prices(s, level, &p, none);
        if (!none) { /* the least is over target - 1, so it is the target; over it, all is worse */
            rk_simplex_least(p.simplex, &least);
            rk_whole_set_i64(&aim, s->target[level] - 1);
            rk_whole_multiply(&aim, &aim, rk_simplex_over(p.simplex));
            split_it = rk_whole_compare(&least, &aim) <= 0;
            rk_whole_set_i64(&aim, s->target[level]);
            rk_whole_multiply(&aim, &aim, rk_simplex_over(p.simplex));
            done = rk_whole_compare(&least, &aim) > 0;
        }
        done |= none || split_it;
        split_it = split_it && s->programs < MOST_PROGRAMS && s->work < MOST_WORK &&
                   find_split(s, &p, &most);
        if (!split_it)
            tell_stage(s, level, &p, &stages);
        free_program(&p);
        if (split_it)
            prove_sides(s, at, level, most);
    }
    s->nodes[at].stages = stages;
    rk_whole_free(&least);
    rk_whole_free(&aim);
    return at;
}

/* ---- the whole ---- */

/* Writes the nodes, whose places begin after those written before. */
static void tell_nodes(struct search *s, uint32_t before)
{
    struct rk_buf *out = s->c->out;
    for (uint32_t n = 0; n < s->node_count; n++) {
        struct node *node = &s->nodes[n];
        rk_buf_text(out, before + n ? ",\n  {\"stages\":[" : "\n  {\"stages\":[");
        rk_buf_add(out, node->stages.text, node->stages.size);
        rk_buf_char(out, ']');
        if (node->row != RK_NONE)
            rk_buf_printf(out, ",\"split\":[%u,%lld,%u,%u]", node->row, (long long)node->at,
                          before + node->low, before + node->high);
        rk_buf_char(out, '}');
        rk_buf_free(&node->stages);
    }
}

uint32_t rk_certify_search(struct rk_certify *c, int end)
{
    struct search s;
    make_search(&s, c);
    s.end = end;
    prove_node(&s, 0);
    tell_nodes(&s, 0);
    uint32_t nodes = s.node_count;
    free_search(&s);
    return nodes;
}

uint32_t rk_certify_cut(struct rk_certify *c, const int64_t *costs, int64_t least, uint32_t empty,
                        uint32_t before)
{
    struct search s;
    make_search(&s, c);
    for (uint32_t r = 0; r < s.problem->recruitment_count; r++)
        for (uint32_t n = c->empty_first[r]; n < c->empty_first[r + 1]; n++)
            s.low[n] = s.high[n] = n - c->empty_first[r] < empty;
    memcpy(s.cost[CUT], costs, s.numbers * sizeof *costs);
    s.target[CUT] = least;
    s.end = CUT + 1;
    prove_node(&s, CUT);
    tell_nodes(&s, before);
    uint32_t nodes = s.node_count;
    free_search(&s);
    return nodes;
}

bool rk_certify_is_small(const struct rk_certify *c)
{
    const struct rk_match_problem *problem = c->match->problem;
    uint32_t panels = problem->recruitment_count, people = 0;
    for (uint32_t i = 0; i < problem->pair_count; i = pairs_end(problem, i))
        people++;
    return c->empty_first[panels] + c->kind_first[panels] <= MOST_COLUMNS &&
           2 * people + panels + problem->quota_count <= MOST_ROWS;
}
