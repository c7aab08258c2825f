/* Proofs for one recruitment whose quotas cross: a tree of linear programs, each of which shows by
 * its prices that no choice in its part is better. They are the programs of lib/panel/panel.h, but
 * over people, since those who are alike for the quotas fit differently.
 *
 * Columns: the people, 0 … 1; the empty seats; what each quota with a minimum lacks. Rows: the
 * seats; each feature's quotas, which lack no more than is empty; the quotas; levels that are
 * settled; how many are of each kind of people that was split by. */
#include "base/mem.h"
#include "model/certificate.h"
#include "panel/certify.h"
#include "stat/simplex.h"
#include "stream/write.h"

enum { MOST_PROGRAMS = 400, CUT = RK_MATCH_LEVELS };
#define WEIGHT (INT64_C(1) << 20) /* of a level, where exact prices are too large */

struct split {
    uint32_t person, cell; /* one of them; the other is RK_NONE */
    int64_t low, high;
};

struct node {
    struct rk_buf stages;
    uint32_t row, low, high; /* row: RK_NONE without a split */
    int64_t at;
};

struct search {
    struct rk_certify_panel *panel;
    const struct rk_single *single;
    uint32_t people, columns, lacks, features;
    uint32_t *lack;                     /* by column after the empty seats: the quota row */
    uint32_t *cell;                     /* by person */
    int64_t *cost[RK_MATCH_LEVELS + 1]; /* by column */
    int64_t target[RK_MATCH_LEVELS + 1];
    int first, end;    /* levels to prove */
    int64_t low, high; /* empty seats */
    int32_t seats;
    struct split *splits;
    uint32_t split_count, split_room;
    struct node *nodes;
    uint32_t node_count, node_room, programs;
};

/* A linear program of the search: its rows, by number. */
struct program {
    struct rk_simplex *simplex;
    uint32_t *first, *row;
    int64_t *entry;
    uint32_t rows, entries;
    uint32_t quota_row, level_row, split_row; /* the first of each; groups begin at 1 */
    int held[RK_MATCH_LEVELS];                /* the levels of the level rows */
    int held_count;
    __int128 weight, *price; /* by row, times weight */
};

static int32_t least_of(const struct search *s, uint32_t row)
{
    return s->single->problem->quotas[s->single->row_quota[row]].min - s->single->lowered[row];
}

static bool is_under(const struct search *s, uint32_t person, uint32_t row)
{
    const struct rk_match_problem *problem = s->single->problem;
    const struct rk_match_cell *cell = &problem->cells[s->cell[person]];
    for (uint32_t k = 0; k < cell->count; k++)
        if (problem->cell_rows[cell->first + k] == s->single->row_quota[row])
            return true;
    return false;
}

static uint32_t feature_of(const struct search *s, uint32_t row)
{
    uint32_t f = 0;
    while (f + 1 < s->features && s->panel->group[f + 1] <= s->panel->place[row])
        f++;
    return f;
}

static void add_entry(struct program *p, uint32_t row, int64_t entry)
{
    if (!entry)
        return;
    p->row[p->entries] = row;
    p->entry[p->entries++] = entry;
}

/* ---- a program ---- */

static void make_program(const struct search *s, int level, struct program *p)
{
    *p = (struct program){.quota_row = 1 + s->features};
    p->level_row = p->quota_row + s->single->rows;
    for (int l = RK_MATCH_CHANGE; l < level && level < CUT; l++)
        if (l != RK_MATCH_LOTTERY)
            p->held[p->held_count++] = l;
    p->split_row = p->level_row + (uint32_t)p->held_count;
    p->rows = p->split_row + s->split_count;
    p->first = rk_alloc((size_t)s->columns + 2, sizeof *p->first);
    p->row = rk_alloc((size_t)s->columns * p->rows + 1, sizeof *p->row);
    p->entry = rk_alloc((size_t)s->columns * p->rows + 1, sizeof *p->entry);
    p->price = rk_alloc((size_t)p->rows + 1, sizeof *p->price);
    for (uint32_t c = 0; c < s->columns; c++) {
        p->first[c] = p->entries;
        add_entry(p, 0, c <= s->people);
        for (uint32_t f = 0; c == s->people && f < s->features; f++)
            add_entry(p, 1 + f, -1);
        if (c > s->people)
            add_entry(p, 1 + feature_of(s, s->lack[c - s->people - 1]), 1);
        for (uint32_t q = 0; q < s->single->rows; q++)
            add_entry(p, p->quota_row + q,
                      c < s->people ? is_under(s, c, q)
                                    : c > s->people && s->lack[c - s->people - 1] == q);
        for (int h = 0; h < p->held_count; h++)
            add_entry(p, p->level_row + (uint32_t)h, s->cost[p->held[h]][c]);
        for (uint32_t i = 0; i < s->split_count; i++)
            add_entry(p, p->split_row + i,
                      c < s->people &&
                          (s->splits[i].person == c ||
                           (s->splits[i].cell != RK_NONE && s->splits[i].cell == s->cell[c])));
    }
    p->first[s->columns] = p->entries;
    struct rk_simplex *simplex = p->simplex =
        rk_simplex_new(p->rows, s->columns, p->first, p->row, p->entry);
    struct rk_whole cost = {0};
    for (uint32_t c = 0; c < s->columns; c++) {
        rk_whole_set_i64(&cost, s->cost[level][c]);
        rk_simplex_cost(simplex, c, &cost);
        if (c == s->people)
            rk_simplex_bounds_i64(simplex, c,
                                  level > RK_MATCH_SEATS && level < CUT ? s->target[0] : s->low,
                                  level > RK_MATCH_SEATS && level < CUT ? s->target[0] : s->high);
        else
            rk_simplex_bounds_i64(simplex, c, 0,
                                  c < s->people ? 1 : least_of(s, s->lack[c - s->people - 1]));
    }
    rk_whole_free(&cost);
    rk_simplex_bounds_i64(simplex, s->columns, s->seats, s->seats);
    for (uint32_t f = 0; f < s->features; f++)
        rk_simplex_bounds_i64(simplex, s->columns + 1 + f, -s->seats, 0);
    for (uint32_t q = 0; q < s->single->rows; q++) {
        int32_t max = s->single->problem->quotas[s->single->row_quota[q]].max;
        rk_simplex_bounds_i64(simplex, s->columns + p->quota_row + q, least_of(s, q),
                              max < s->seats ? max : s->seats);
    }
    for (int h = 0; h < p->held_count; h++)
        rk_simplex_bounds_i64(simplex, s->columns + p->level_row + (uint32_t)h,
                              s->target[p->held[h]], s->target[p->held[h]]);
    for (uint32_t i = 0; i < s->split_count; i++)
        rk_simplex_bounds_i64(simplex, s->columns + p->split_row + i, s->splits[i].low,
                              s->splits[i].high);
}

static void free_program(struct program *p)
{
    rk_simplex_free(p->simplex);
    rk_free(p->first);
    rk_free(p->row);
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
        for (uint32_t c = 0; c < s->columns; c++)
            times += s->cost[level][c] < 0 ? s->cost[level][c] * (c == s->people ? s->high : 1) : 0;
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

static void put(struct search *s, struct rk_buf *to, bool *any, __int128 price)
{
    struct rk_certify *c = s->panel->c;
    rk_buf_char(&c->row, ']');
    if (!price || price > INT64_MAX || price < -INT64_MAX) {
        rk_buf_clear(&c->row);
        return;
    }
    rk_buf_printf(to, "%s[%u,%lld]", *any ? "," : "", rk_certify_row(c), (long long)price);
    *any = true;
}

static const char *id_of(const struct search *s, uint32_t person)
{
    uint32_t pair = s->single->pairs[person];
    return s->panel->c->match->panelists->rows[s->single->problem->pairs[pair].panelist]
        .panelist_id.text;
}

static void begin_split(struct search *s, const struct split *split)
{
    struct rk_certify *c = s->panel->c;
    bool any = false;
    rk_certify_row_of(c, "people",
                      c->match->recruitments->rows[s->single->recruitment].recruitment_id.text, 0);
    rk_buf_text(&c->row, ",[");
    for (uint32_t i = 0; i < s->people; i++) {
        if (split->person != i && (split->cell == RK_NONE || s->cell[i] != split->cell))
            continue;
        rk_buf_text(&c->row, any ? "," : "");
        rk_json_quote(&c->row, rk_text(id_of(s, i)));
        any = true;
    }
    rk_buf_char(&c->row, ']');
}

static void begin_level(struct search *s, int level)
{
    rk_certify_row_of(s->panel->c, "level", rk_choice_level_names[level], 0);
}

static void open_stage(struct rk_buf *to, int level, long long weight)
{
    rk_buf_text(to, to->size ? ",{\"levels\":[" : "{\"levels\":[");
    if (level < CUT)
        rk_buf_printf(to, "\"%s\"", rk_choice_level_names[level]);
    rk_buf_printf(to, "],\"weights\":[%lld],\"prices\":[", weight);
}

/* Once the empty seats are settled, so is what they cost: a price between that of the last and of
 * one more. */
static void tell_shortage(struct search *s, struct rk_buf *to)
{
    const struct rk_match_recruitment *r =
        &s->single->problem->recruitments[s->single->recruitment];
    bool any = false;
    open_stage(to, RK_MATCH_SHORTAGE, 1);
    begin_level(s, RK_MATCH_SEATS);
    put(s, to, &any, 2 * ((__int128)r->lacking + s->target[RK_MATCH_SEATS]));
    rk_buf_text(to, "]}");
}

static void tell_stage(struct search *s, int level, const struct program *p, struct rk_buf *to)
{
    struct rk_certify *c = s->panel->c;
    const char *recruitment =
        c->match->recruitments->rows[s->single->recruitment].recruitment_id.text;
    __int128 on_empty = p->weight * s->cost[level][s->people], load = 0;
    bool any = false;
    open_stage(to, level, (long long)p->weight);
    rk_certify_row_of(c, "seats", recruitment, 0);
    put(s, to, &any, p->price[0]);
    on_empty -= p->price[0];
    for (uint32_t f = 0; f < s->features; f++) {
        rk_certify_row_of(c, "empty", NULL, s->panel->group[f]);
        put(s, to, &any, p->price[1 + f]);
        on_empty += p->price[1 + f];
    }
    for (uint32_t q = 0; q < s->single->rows; q++) {
        rk_certify_row_of(c, "quota", NULL, s->panel->place[q]);
        put(s, to, &any, p->price[p->quota_row + q]);
    }
    for (int h = 0; h < p->held_count; h++) {
        begin_level(s, p->held[h]);
        put(s, to, &any, p->price[p->level_row + (uint32_t)h]);
        load -= p->held[h] == RK_MATCH_LOAD ? p->price[p->level_row + (uint32_t)h] : 0;
    }
    load += level == RK_MATCH_LOAD ? p->weight : 0;
    for (uint32_t i = 0; i < s->split_count; i++) {
        begin_split(s, &s->splits[i]);
        put(s, to, &any, p->price[p->split_row + i]);
    }
    if (level > RK_MATCH_SEATS && level < CUT) { /* as many as are settled: the price is free */
        begin_level(s, RK_MATCH_SEATS);
        put(s, to, &any, on_empty);
    }
    for (uint32_t i = 0; i < s->people && load; i++) { /* the load is counted by panelist */
        rk_certify_row_of(c, "panelist", id_of(s, i), 0);
        put(s, to, &any, -load * s->cost[RK_MATCH_LOAD][i]);
    }
    rk_buf_text(to, "]}");
}

/* ---- the tree ---- */

/* Where to split: a kind of people of whom there is a part, or else one person. False: nowhere. */
static bool find_split(const struct search *s, const struct program *p, struct split *split,
                       int64_t *at)
{
    const struct rk_match_problem *problem = s->single->problem;
    struct rk_whole *sums = rk_alloc((size_t)problem->cell_count + 1, sizeof *sums), down = {0},
                    value = {0};
    const struct rk_whole *over = rk_simplex_over(p->simplex);
    bool found = false;
    for (uint32_t i = 0; i < s->people; i++) {
        rk_simplex_value(p->simplex, i, &value);
        rk_whole_add(&sums[s->cell[i]], &sums[s->cell[i]], &value);
    }
    for (int turn = 0; turn < 2 && !found; turn++)
        for (uint32_t i = 0; i < (turn ? s->people : problem->cell_count) && !found; i++) {
            if (turn)
                rk_simplex_value(p->simplex, i, &value);
            else
                rk_whole_set(&value, &sums[i]);
            rk_whole_divide_down(&down, &value, over);
            rk_whole_i64(&down, at);
            rk_whole_multiply(&down, &down, over);
            found = rk_whole_compare(&down, &value) != 0;
            if (found)
                *split = (struct split){turn ? i : RK_NONE, turn ? RK_NONE : i, 0, s->seats};
        }
    for (uint32_t i = 0; i < problem->cell_count; i++)
        rk_whole_free(&sums[i]);
    rk_free(sums);
    rk_whole_free(&down);
    rk_whole_free(&value);
    return found;
}

static uint32_t prove_node(struct search *s, int level);

static void prove_sides(struct search *s, uint32_t at, int level, struct split split, int64_t most)
{
    begin_split(s, &split);
    rk_buf_char(&s->panel->c->row, ']');
    uint32_t row = rk_certify_row(s->panel->c), sides[2];
    for (int side = 0; side < 2; side++) {
        RK_GROW(s->splits, s->split_count, s->split_room);
        s->splits[s->split_count++] =
            (struct split){split.person, split.cell, side ? most + 1 : 0, side ? s->seats : most};
        sides[side] = prove_node(s, level);
        s->split_count--;
    }
    s->nodes[at].row = row;
    s->nodes[at].at = most;
    s->nodes[at].low = sides[0];
    s->nodes[at].high = sides[1];
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
        struct split split;
        int64_t most;
        if (level == RK_MATCH_SHORTAGE) {
            tell_shortage(s, &stages);
            continue;
        }
        make_program(s, level, &p);
        bool none = rk_simplex_solve(p.simplex) == RK_SIMPLEX_NONE, split_it = false;
        s->programs++;
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
        split_it = split_it && s->programs < MOST_PROGRAMS && find_split(s, &p, &split, &most);
        if (!split_it)
            tell_stage(s, level, &p, &stages);
        free_program(&p);
        if (split_it)
            prove_sides(s, at, level, split, most);
    }
    s->nodes[at].stages = stages;
    rk_whole_free(&least);
    rk_whole_free(&aim);
    return at;
}

/* ---- the whole ---- */

static void make_search(struct search *s, struct rk_certify_panel *panel)
{
    const struct rk_single *single = panel->single;
    const struct rk_match_problem *problem = single->problem;
    *s = (struct search){.panel = panel, .single = single, .people = single->count};
    s->seats = problem->recruitments[single->recruitment].places;
    s->features = panel->features;
    s->high = s->seats;
    s->lack = rk_alloc((size_t)single->rows + 1, sizeof *s->lack);
    for (uint32_t q = 0; q < single->rows; q++)
        if (least_of(s, q) > 0)
            s->lack[s->lacks++] = q;
    s->columns = s->people + 1 + s->lacks;
    s->cell = rk_alloc((size_t)s->people + 1, sizeof *s->cell);
    for (int l = 0; l <= CUT; l++)
        s->cost[l] = rk_alloc((size_t)s->columns + 1, sizeof *s->cost[l]);
    s->cost[RK_MATCH_SEATS][s->people] = 1;
    for (uint32_t i = 0; i < s->people; i++) {
        uint32_t pair = single->pairs[i];
        s->cell[i] = problem->pair_cell ? problem->pair_cell[pair] : 0;
        s->cost[RK_MATCH_CHANGE][i] = problem->stay ? -problem->stay[pair] : 0;
        s->cost[RK_MATCH_FIT][i] = -problem->pairs[pair].fit;
        s->cost[RK_MATCH_LOAD][i] = 2 * problem->panelists[problem->pairs[pair].panelist].load + 1;
        s->cost[RK_MATCH_LOTTERY][i] = panel->c->match->result->network->lottery[pair];
    }
}

/* Writes the nodes, whose places begin after those written before. */
static void tell_nodes(struct search *s, uint32_t before)
{
    struct rk_buf *out = s->panel->c->out;
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

static void free_search(struct search *s)
{
    for (int l = 0; l <= CUT; l++)
        rk_free(s->cost[l]);
    rk_free(s->lack);
    rk_free(s->cell);
    rk_free(s->splits);
    rk_free(s->nodes);
}

uint32_t rk_certify_search(struct rk_certify_panel *panel, int end)
{
    struct search s;
    make_search(&s, panel);
    const struct rk_match_result *result = panel->c->match->result;
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        s.target[l] = result->value[l];
    s.end = end;
    for (int l = RK_MATCH_CHANGE; l < RK_MATCH_LOTTERY && end > l; l++) {
        begin_level(&s, l);
        rk_buf_char(&panel->c->row, ']');
        rk_certify_row(panel->c);
    }
    prove_node(&s, 0);
    tell_nodes(&s, 0);
    uint32_t nodes = s.node_count;
    free_search(&s);
    return nodes;
}

uint32_t rk_certify_cut(struct rk_certify_panel *panel, const struct rk_leximin_cut *cut,
                        uint32_t before)
{
    struct search s;
    make_search(&s, panel);
    s.low = s.high = panel->single->leximin.empty;
    for (uint32_t i = 0; i < s.people; i++)
        s.cost[CUT][i] = cut->entry[rk_panel_type_of(panel->single->panel, i)];
    for (uint32_t k = 0; k < s.lacks && s.high; k++)
        s.cost[CUT][s.people + 1 + k] = cut->entry[rk_panel_types(panel->single->panel) + k];
    s.target[CUT] = cut->least;
    s.end = CUT + 1;
    prove_node(&s, CUT);
    tell_nodes(&s, before);
    uint32_t nodes = s.node_count;
    free_search(&s);
    return nodes;
}
