/* Proofs where the prices of flows leave a gap, quotas that cross and overlaps that interlock: a
 * tree of linear programs, each of which shows by its prices that no choice in its part is better;
 * or, in one of them, a better choice.
 *
 * Columns are the numbers of lib/panel/verify.h, rows its rows and the limits of panelists. What
 * prices prove is reckoned as the checker will: every stage narrows the numbers and rows, and a
 * program is over what is left. Of a panelist with one number left, the membership is that place,
 * so that there is no row for the panelist. */
#include "panel/prove.h"

#include "base/mem.h"
#include "panel/cut.h"
#include "panel/prove_state.h"

enum { MOST_PROGRAMS = 2000, MOST_ARCS = 100000 };

/* ---- the tree ---- */

/* What the program gives a number that is no membership, times what its values are over. */
static void value_of(const struct rk_prove_state *s, const struct rk_prove_program *p,
                     uint32_t number, struct rk_whole *value)
{
    uint32_t c = p->column[number];
    if (c != RK_NONE) {
        rk_simplex_value(p->simplex, c, value);
        return;
    }
    rk_whole_set_i64(value, s->low[number]);
    rk_whole_multiply(value, value, rk_simplex_over(p->simplex));
}

/* How far it is from a whole number, which `down` is the next one under it. */
static double part_of(const struct rk_prove_program *p, const struct rk_whole *value, int64_t *down)
{
    struct rk_whole whole = {0};
    const struct rk_whole *over = rk_simplex_over(p->simplex);
    rk_whole_divide_down(&whole, value, over);
    rk_whole_i64(&whole, down);
    rk_whole_multiply(&whole, &whole, over);
    rk_whole_subtract(&whole, value, &whole);
    double part = rk_whole_double(&whole) / rk_whole_double(over);
    bool any = rk_whole_sign(&whole) != 0;
    rk_whole_free(&whole);
    return !any ? 0 : part < 0.5 ? part : part < 1 ? 1 - part : 1e-9;
}

struct split {
    uint32_t cell, number; /* one of them; the other is RK_NONE */
    int64_t at;
};

/* A kind of people of whom there is a part; one person; seats kept. False: all is whole. */
static bool choose_split(const struct rk_prove_state *s, const struct rk_prove_program *p,
                         struct split *split)
{
    const struct rk_match_problem *problem = s->problem;
    uint32_t kept = s->c->empty_first[problem->recruitment_count];
    struct rk_whole *sums = rk_alloc((size_t)problem->cell_count + 1, sizeof *sums), value = {0};
    double best = 0;
    int64_t down;
    *split = (struct split){RK_NONE, RK_NONE, 0};
    for (uint32_t i = 0; i < problem->pair_count && problem->pair_cell; i++)
        if (problem->pair_cell[i] != RK_NONE && s->high[i]) {
            value_of(s, p, i, &value);
            rk_whole_add(&sums[problem->pair_cell[i]], &sums[problem->pair_cell[i]], &value);
        }
    for (uint32_t k = 0; k < problem->cell_count; k++) {
        double part = part_of(p, &sums[k], &down);
        if (part > best) {
            *split = (struct split){k, RK_NONE, down};
            best = part;
        }
    }
    for (uint32_t n = 0; n < s->numbers && split->cell == RK_NONE; n++) {
        if (s->low[n] == s->high[n] || (n >= problem->pair_count && n < kept))
            continue;
        value_of(s, p, n, &value);
        double part = part_of(p, &value, &down);
        if (part > best) {
            *split = (struct split){RK_NONE, n, down};
            best = part;
        }
    }
    rk_whole_free_all(sums, (size_t)problem->cell_count + 1);
    rk_whole_free(&value);
    return best > 0;
}

/* The sum to split by, which may be there already. */
static uint32_t find_sum(struct rk_prove_state *s, const struct split *split)
{
    const struct rk_match_problem *problem = s->problem;
    uint32_t first = split->number == RK_NONE ? 0 : split->number,
             end = split->number == RK_NONE ? problem->pair_count : split->number + 1;
    for (uint32_t n = first; n < end; n++)
        if (n == split->number || problem->pair_cell[n] == split->cell)
            rk_certify_term(s->c, n, 1);
    uint32_t place = rk_certify_row(s->c);
    if (place < s->at_count && s->sum_at[place])
        return s->sum_at[place] - 1;
    for (uint32_t i = s->rules; i < s->sum_count; i++)
        if (s->sums[i].place == place)
            return i;
    rk_prove_begin_sum(s, place, RK_PROVE_NO_END, RK_PROVE_NO_END);
    for (uint32_t n = first; n < end; n++)
        if (n == split->number || problem->pair_cell[n] == split->cell)
            rk_prove_add_term(s, n, 1);
    return s->sum_count - 1;
}

/* The numbers and rows before one side of a split. */
struct before {
    int32_t *low, *high;
    struct rk_prove_sum *sums;
    uint32_t sum_count;
    int level;
    __int128 slack;
};

static struct before remember(const struct rk_prove_state *s)
{
    struct before was = {rk_alloc((size_t)s->numbers + 1, sizeof *was.low),
                         rk_alloc((size_t)s->numbers + 1, sizeof *was.high),
                         rk_alloc((size_t)s->sum_count + 1, sizeof *was.sums),
                         s->sum_count,
                         s->level,
                         s->slack};
    memcpy(was.low, s->low, s->numbers * sizeof *was.low);
    memcpy(was.high, s->high, s->numbers * sizeof *was.high);
    memcpy(was.sums, s->sums, s->sum_count * sizeof *was.sums);
    return was;
}

static void go_back(struct rk_prove_state *s, const struct before *was)
{
    memcpy(s->low, was->low, s->numbers * sizeof *was->low);
    memcpy(s->high, was->high, s->numbers * sizeof *was->high);
    memcpy(s->sums, was->sums, was->sum_count * sizeof *was->sums);
    for (uint32_t i = was->sum_count; i < s->sum_count; i++)
        s->sums[i].low = s->sums[i].high = RK_PROVE_NO_END;
    s->level = was->level;
    s->slack = was->slack;
}

static uint32_t prove_node(struct rk_prove_state *s);

static void prove_sides(struct rk_prove_state *s, uint32_t at, const struct split *split)
{
    uint32_t sum = find_sum(s, split), sides[2] = {0, 0};
    struct before was = remember(s);
    for (int side = 0; side < 2 && !s->found; side++) {
        struct rk_prove_sum *row = &s->sums[sum];
        if (side && (row->low == RK_PROVE_NO_END || row->low <= split->at))
            row->low = split->at + 1;
        else if (!side && (row->high == RK_PROVE_NO_END || row->high > split->at))
            row->high = split->at;
        sides[side] = prove_node(s);
        go_back(s, &was);
    }
    s->nodes[at].row = s->sums[sum].place;
    s->nodes[at].at = split->at;
    s->nodes[at].low = sides[0];
    s->nodes[at].high = sides[1];
    rk_free(was.low);
    rk_free(was.high);
    rk_free(was.sums);
}

static bool may_go_on(const struct rk_prove_state *s)
{
    const struct rk_prove_effort *effort = s->effort;
    return !effort->stopped && effort->programs && effort->work < RK_PROVE_WORK;
}

/* Could what is whole in the program be better than the target? */
static bool is_better(const struct rk_prove_state *s, const struct rk_prove_program *p)
{
    struct rk_whole least = {0}, aim = {0};
    int64_t settled = 0;
    for (uint32_t n = 0; n < s->numbers; n++)
        if (p->column[n] == RK_NONE && p->same[n] == RK_NONE)
            settled += s->cost[s->level][n] * s->low[n];
    rk_simplex_least(p->simplex, &least);
    rk_whole_set_i64(&aim, s->target[s->level] - settled - 1);
    rk_whole_multiply(&aim, &aim, rk_simplex_over(p->simplex));
    bool better = rk_whole_compare(&least, &aim) <= 0;
    rk_whole_free(&least);
    rk_whole_free(&aim);
    return better;
}

static void take_choice(struct rk_prove_state *s, const struct rk_prove_program *p)
{
    struct rk_whole value = {0};
    for (uint32_t i = 0; i < s->problem->pair_count; i++) {
        value_of(s, p, i, &value);
        s->better[i] = rk_whole_sign(&value) != 0;
    }
    s->found = true;
    rk_whole_free(&value);
}

/* Does all that is left cost the target? Then no prices are needed. */
static bool is_all_alike(struct rk_prove_state *s)
{
    rk_prove_no_prices(s, s->level, s->level + 1);
    s->priced.weight[s->level] = 1;
    bool alike = rk_prove_gap(s) == 0;
    for (uint32_t n = 0; n < s->numbers && alike; n++)
        alike = !s->on[n] || s->low[n] == s->high[n];
    return alike;
}

/* Nothing more is proven here; the worst such place is told. */
static void leave_open(struct rk_prove_state *s)
{
    bool worse = s->level < s->reached ||
                 (s->level == s->reached && s->most >= 0 && (s->slack < 0 || s->slack > s->most));
    if (worse) {
        s->reached = s->level;
        s->most = s->slack;
    }
}

/* One program for the level at hand. */
static enum rk_prove_outcome prove_level(struct rk_prove_state *s, uint32_t at)
{
    struct split split = {RK_NONE, RK_NONE, 0};
    if (is_all_alike(s))
        return rk_prove_use_prices(s, at, true);
    if (!rk_prove_have_program(s, at)) {
        leave_open(s);
        return RK_PROVE_GAP;
    }
    struct rk_prove_program *p = s->program;
    rk_prove_set_program(s, p, s->level);
    s->before = rk_simplex_work(p->simplex);
    enum rk_simplex_outcome solved = rk_simplex_solve(p->simplex);
    bool none = solved == RK_SIMPLEX_NONE;
    s->effort->programs--;
    s->effort->work += rk_simplex_work(p->simplex) - s->before + s->of_count;
    if (solved == RK_SIMPLEX_STOPPED) {
        leave_open(s);
        return RK_PROVE_GAP;
    }
    bool better = !none && is_better(s, p), splits = better && choose_split(s, p, &split);
    rk_prove_take_prices(s, s->level, p, none);
    if (better && !splits && s->better)
        take_choice(s, p);
    splits = splits && may_go_on(s);
    enum rk_prove_outcome outcome = rk_prove_use_prices(s, at, !splits);
    if (outcome == RK_PROVE_GAP && splits)
        prove_sides(s, at, &split);
    else if (outcome == RK_PROVE_GAP)
        leave_open(s);
    return outcome;
}

static uint32_t add_node(struct rk_prove_state *s)
{
    RK_GROW(s->nodes, s->node_count, s->node_room);
    s->nodes[s->node_count] = (struct rk_prove_node){.row = RK_NONE};
    return s->node_count++;
}

/* The levels that are left, for choices on this side of all splits. */
static void prove_rest(struct rk_prove_state *s, uint32_t at)
{
    enum rk_prove_outcome outcome = RK_PROVE_SETTLED;
    struct rk_prove_program *before = s->program;
    while (outcome == RK_PROVE_SETTLED && s->level < s->end && !s->found && may_go_on(s))
        outcome = prove_level(s, at);
    if (outcome == RK_PROVE_SETTLED && s->level < s->end)
        leave_open(s);
    while (s->program != before) {
        struct rk_prove_program *last = s->program;
        s->program = last->before;
        rk_prove_free_program(last);
    }
}

static uint32_t prove_node(struct rk_prove_state *s)
{
    uint32_t at = add_node(s);
    prove_rest(s, at);
    return at;
}

/* ---- the whole ---- */

/* A stage that flows were solved for. */
static void take_stage(void *context, const struct rk_certify_stage *stage)
{
    struct rk_prove_state *s = context;
    if (s->level != (int)stage->first)
        return;
    rk_prove_no_prices(s, (int)stage->first, (int)stage->end);
    memcpy(s->priced.weight + stage->first, stage->weight + stage->first,
           (stage->end - stage->first) * sizeof *stage->weight);
    for (uint32_t i = 0; i < stage->price_count; i++) {
        uint32_t place = stage->prices[i].row;
        if (place < s->at_count && s->sum_at[place])
            s->priced.price[s->sum_at[place] - 1] += stage->prices[i].price;
    }
    rk_prove_use_prices(s, 0, true);
}

/* Writes the nodes, whose places begin after those written before. */
static void tell_nodes(struct rk_prove_state *s, uint32_t before)
{
    struct rk_buf *out = s->c->out;
    for (uint32_t n = 0; n < s->node_count; n++) {
        struct rk_prove_node *node = &s->nodes[n];
        rk_buf_text(out, before + n ? ",\n  {\"stages\":[" : "\n  {\"stages\":[");
        rk_buf_add(out, node->stages.text, node->stages.size);
        rk_buf_char(out, ']');
        if (node->row != RK_NONE)
            rk_buf_printf(out, ",\"split\":[%u,%lld,%u,%u]", node->row, (long long)node->at,
                          before + node->low, before + node->high);
        rk_buf_char(out, '}');
    }
}

/* Over all levels up to `end`; with `amount` (by arc, for the target) the stages of flows first. */
static void search_tree(struct rk_prove_state *s, int end, const int64_t *amount)
{
    s->end = s->reached = end;
    add_node(s);
    if (amount)
        rk_certify_stages(s->c, amount, (uint32_t)end, take_stage, s);
    prove_rest(s, 0);
}

uint32_t rk_certify_search(struct rk_certify *c, int end, const int64_t *amount)
{
    struct rk_prove_state s;
    const struct rk_match_result *result = c->match->result;
    uint64_t most = c->match->problem->most_solves;
    struct rk_prove_effort effort = {.programs = !amount           ? MOST_PROGRAMS
                                                 : result->stopped ? 0
                                                 : most            ? most
                                                                   : MOST_PROGRAMS};
    rk_prove_open(&s, c, result->value, &effort);
    search_tree(&s, end, amount);
    tell_nodes(&s, 0);
    uint32_t nodes = s.node_count;
    rk_prove_close(&s);
    return nodes;
}

uint32_t rk_certify_cut(struct rk_certify *c, const int64_t *costs, int64_t least, uint32_t empty,
                        uint32_t before)
{
    struct rk_prove_state s;
    struct rk_prove_effort effort = {.programs = MOST_PROGRAMS};
    rk_prove_open(&s, c, c->match->result->value, &effort);
    for (uint32_t r = 0; r < s.problem->recruitment_count; r++)
        for (uint32_t n = c->empty_first[r]; n < c->empty_first[r + 1]; n++)
            s.low[n] = s.high[n] = n - c->empty_first[r] < empty;
    memcpy(s.cost[RK_PROVE_CUT], costs, s.numbers * sizeof *costs);
    s.target[RK_PROVE_CUT] = least;
    s.level = RK_PROVE_CUT;
    search_tree(&s, RK_PROVE_CUT + 1, NULL);
    tell_nodes(&s, before);
    uint32_t nodes = s.node_count;
    rk_prove_close(&s);
    return nodes;
}

bool rk_certify_is_small(const struct rk_certify *c)
{
    return c->match->result->network->arcs <= MOST_ARCS;
}

/* Looks for anything better than `member`, whose values are `value`: true, then it is that. */
static bool look_for_better(struct rk_match_result *result, const int64_t *value, bool *member,
                            struct rk_prove_effort *effort, int *reached, __int128 *most)
{
    struct rk_prove_state s;
    const struct rk_network *net = result->network;
    struct rk_explain match = {.problem = net->problem, .result = result};
    struct rk_certify c = {.match = &match, .lowered = net->lowered};
    int64_t *amount = rk_cut_amounts(net, member);
    rk_certify_begin(&c);
    rk_prove_open(&s, &c, value, effort);
    s.better = member;
    search_tree(&s, RK_MATCH_LEVELS, amount);
    *reached = s.reached;
    *most = s.most;
    bool found = s.found;
    rk_prove_close(&s);
    rk_certify_end(&c);
    rk_free(amount);
    return found;
}

/* Where that is more than was known: no choice is better than `best` before the level reached, and
 * by no more than `most` there. */
static void raise_bound(struct rk_match_result *result, const struct rk_choice *best, int reached,
                        __int128 most)
{
    const struct rk_network *net = result->network;
    int64_t bound[RK_MATCH_LEVELS];
    for (int l = 0; l < RK_MATCH_LEVELS; l++) {
        bool gains = l == RK_MATCH_FIT || l == RK_MATCH_CHANGE;
        bound[l] = l < reached ? best->value[l] : gains ? -(net->most[l] * net->most_through) : 0;
        if (l == reached && most >= 0 && best->value[l] - most > bound[l])
            bound[l] = (int64_t)(best->value[l] - most);
    }
    if (rk_choice_compare(bound, result->bound) > 0)
        memcpy(result->bound, bound, sizeof bound);
}

void rk_prove_best(struct rk_match_result *result, struct rk_choice *best,
                   void (*better)(void *context), void *context)
{
    const struct rk_network *net = result->network;
    const struct rk_match_problem *problem = net->problem;
    if (net->arcs > MOST_ARCS || !result->potential)
        return;
    struct rk_choice choice = {
        .member = rk_alloc((size_t)problem->pair_count + 1, sizeof *choice.member)};
    struct rk_prove_effort effort = {problem->most_solves ? problem->most_solves : MOST_PROGRAMS, 0,
                                     problem->stop, problem->stop_context, false};
    int reached = 0;
    __int128 most = -1;
    for (bool found = true; found;) {
        int64_t value[RK_MATCH_LEVELS];
        memcpy(value, best->value, sizeof value);
        value[RK_MATCH_SEATS] += net->seats_lost;
        value[RK_MATCH_SHORTAGE] += net->shortage_lost;
        memcpy(choice.member, best->member, problem->pair_count * sizeof *choice.member);
        found = look_for_better(result, value, choice.member, &effort, &reached, &most);
        if (!found)
            break;
        rk_choice_set_values(net, &choice);
        rk_choice_copy(net, best, &choice);
        if (better)
            better(context);
    }
    raise_bound(result, best, reached, most);
    result->stopped |= effort.stopped;
    rk_free(choice.member);
}
