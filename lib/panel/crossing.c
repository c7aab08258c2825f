#include "panel/crossing.h"

#include "base/hash.h"
#include "base/mem.h"
#include "panel/counts.h"
#include "panel/program.h"

/* ---- the panels ---- */

static bool holds_empty(const struct rk_crossing *crossing, const struct rk_crossing_panel *panel,
                        const int32_t *nobody)
{
    return rk_match_quotas_hold(crossing->rules + panel->first_quota, panel->quotas, nobody,
                                crossing->net->places[panel->recruitment]);
}

/* Lowers minimums until a panel of empty seats holds: the crossing ones, the last first. */
static void set_rules(struct rk_crossing *crossing, struct rk_network *net,
                      const struct rk_crossing_panel *panel)
{
    int32_t *nobody = rk_alloc((size_t)panel->quotas + 1, sizeof *nobody);
    struct rk_match_quota *rules = crossing->rules;
    uint32_t first = panel->first_quota, end = first + panel->quotas;
    for (uint32_t q = first; q < end; q++)
        rules[q].min -= net->lowered[q];
    for (int turn = 0; turn < 2 && !holds_empty(crossing, panel, nobody); turn++)
        for (uint32_t q = end; q-- > first;)
            while (net->crossing[q] == (turn == 0) && rules[q].min > 0 &&
                   !holds_empty(crossing, panel, nobody)) {
                rules[q].min--;
                net->lowered[q]++;
            }
    rk_free(nobody);
}

static void list_pairs(struct rk_crossing *crossing)
{
    const struct rk_network *net = crossing->net;
    const struct rk_match_problem *problem = net->problem;
    crossing->first_pair = rk_alloc((size_t)net->cell_nodes + 2, sizeof(uint32_t));
    crossing->pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof(uint32_t));
    uint32_t *first = crossing->first_pair;
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t cell = problem->pair_cell[i];
        if (cell != RK_NONE && net->cell_number[cell] != RK_NONE)
            first[net->cell_number[cell] + 1]++;
    }
    for (uint32_t k = 0; k < net->cell_nodes; k++)
        first[k + 1] += first[k];
    uint32_t *next = rk_alloc((size_t)net->cell_nodes + 1, sizeof *next);
    memcpy(next, first, net->cell_nodes * sizeof *next);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t cell = problem->pair_cell[i];
        if (cell != RK_NONE && net->cell_number[cell] != RK_NONE)
            crossing->pairs[next[net->cell_number[cell]]++] = i;
    }
    rk_free(next);
}

void rk_crossing_new(struct rk_crossing *crossing, struct rk_network *net)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t q = 0, c = 0, unfilled = 0, nodes = 0;
    *crossing = (struct rk_crossing){.net = net};
    crossing->panels = rk_alloc((size_t)net->crossing_count + 1, sizeof *crossing->panels);
    crossing->cell_of = rk_alloc((size_t)net->cell_nodes + 1, sizeof *crossing->cell_of);
    crossing->rules = rk_alloc((size_t)problem->quota_count + 1, sizeof *crossing->rules);
    memcpy(crossing->rules, problem->quotas, problem->quota_count * sizeof *crossing->rules);
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        struct rk_crossing_panel panel = {.recruitment = r,
                                          .first_quota = q,
                                          .first_cell = c,
                                          .first_node = nodes,
                                          .first_unfilled = unfilled};
        bool crosses = false;
        for (; q < problem->quota_count && problem->quotas[q].recruitment == r; q++)
            crosses = crosses || net->crossing[q];
        for (; c < problem->cell_count && problem->cells[c].recruitment == r; c++)
            if (crosses)
                crossing->cell_of[nodes++] = c;
        panel.quotas = q - panel.first_quota;
        panel.cells = c - panel.first_cell;
        unfilled += (uint32_t)net->places[r];
        if (crosses) {
            set_rules(crossing, net, &panel);
            crossing->panels[crossing->count++] = panel;
        }
    }
    list_pairs(crossing);
}

void rk_crossing_free(struct rk_crossing *crossing)
{
    rk_free(crossing->panels);
    rk_free(crossing->rules);
    rk_free(crossing->cell_of);
    rk_free(crossing->first_pair);
    rk_free(crossing->pairs);
}

/* ---- what holds ---- */

bool rk_crossing_holds(const struct rk_crossing *crossing, const struct rk_crossing_panel *panel,
                       const int32_t *counts, int32_t empty)
{
    const struct rk_match_problem *problem = crossing->net->problem;
    int32_t *have = rk_alloc((size_t)panel->quotas + 1, sizeof *have);
    for (uint32_t c = 0; c < panel->cells; c++) {
        const struct rk_match_cell *cell = &problem->cells[panel->first_cell + c];
        for (uint32_t j = 0; j < cell->count; j++)
            have[problem->cell_rows[cell->first + j] - panel->first_quota] += counts[c];
    }
    bool hold = empty >= 0 && rk_match_quotas_hold(crossing->rules + panel->first_quota,
                                                   panel->quotas, have, empty);
    rk_free(have);
    return hold;
}

/* ---- room around counts ---- */

struct wish {
    int64_t strength; /* > 0 */
    uint32_t cell;
    int32_t by; /* one more, one fewer */
};

static int by_strength(const void *x, const void *y)
{
    const struct wish *a = x, *b = y;
    if (a->strength != b->strength)
        return a->strength > b->strength ? -1 : 1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return a->by < b->by ? -1 : a->by > b->by;
}

/* May the sums at the quotas that the cell counts under go up, or down, by one? */
static bool has_room(const struct rk_crossing *crossing, const struct rk_crossing_panel *panel,
                     const struct wish *wish, const int32_t *least, const int32_t *most)
{
    const struct rk_match_problem *problem = crossing->net->problem;
    const struct rk_match_cell *cell = &problem->cells[panel->first_cell + wish->cell];
    for (uint32_t j = 0; j < cell->count; j++) {
        uint32_t q = problem->cell_rows[cell->first + j];
        const struct rk_match_quota *rule = &crossing->rules[q];
        q -= panel->first_quota;
        if (crossing->net->crossing[q + panel->first_quota] &&
            (wish->by > 0 ? most[q] >= rule->max : least[q] <= rule->min))
            return false;
    }
    return true;
}

void rk_crossing_widen(const struct rk_crossing *crossing, const struct rk_crossing_panel *panel,
                       const int64_t *gain, int32_t *least, int32_t *most)
{
    const struct rk_match_problem *problem = crossing->net->problem;
    int32_t *low = rk_alloc((size_t)panel->quotas + 1, sizeof *low);
    int32_t *high = rk_alloc((size_t)panel->quotas + 1, sizeof *high);
    struct wish *wishes = rk_alloc((size_t)panel->cells * 2 + 1, sizeof *wishes);
    uint32_t count = 0;
    for (uint32_t c = 0; c < panel->cells; c++) {
        const struct rk_match_cell *cell = &problem->cells[panel->first_cell + c];
        for (uint32_t j = 0; j < cell->count; j++) {
            low[problem->cell_rows[cell->first + j] - panel->first_quota] += least[c];
            high[problem->cell_rows[cell->first + j] - panel->first_quota] += most[c];
        }
        wishes[count++] = (struct wish){-gain[c], c, 1};
        wishes[count++] = (struct wish){gain[c], c, -1};
    }
    qsort(wishes, count, sizeof *wishes, by_strength);
    for (bool any = true; any;) {
        any = false;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t c = wishes[i].cell, k = panel->first_node + c;
            const struct rk_match_cell *cell = &problem->cells[panel->first_cell + c];
            int32_t people = (int32_t)(crossing->first_pair[k + 1] - crossing->first_pair[k]);
            if (wishes[i].by > 0
                    ? most[c] >= people || most[c] >= crossing->net->places[panel->recruitment]
                    : least[c] == 0)
                continue;
            if (!has_room(crossing, panel, &wishes[i], low, high))
                continue;
            any = true;
            for (uint32_t j = 0; j < cell->count; j++) {
                uint32_t q = problem->cell_rows[cell->first + j] - panel->first_quota;
                low[q] -= wishes[i].by < 0;
                high[q] += wishes[i].by > 0;
            }
            least[c] -= wishes[i].by < 0;
            most[c] += wishes[i].by > 0;
        }
    }
    rk_free(low);
    rk_free(high);
    rk_free(wishes);
}

/* ---- the cheapest counts ---- */

#define FAR ((__int128)1 << 80) /* more than all other prices of a panel */

struct holding {
    const struct rk_crossing *crossing;
    const struct rk_crossing_panel *panel;
    int32_t empty;
};

static bool holds(void *context, const int32_t *counts)
{
    const struct holding *holding = context;
    return rk_crossing_holds(holding->crossing, holding->panel, counts, holding->empty);
}

/* What the cheapest 1, 2, … people of a cell cost; returns how many there are, up to `most`. */
static int32_t sum_cell(const struct rk_crossing *crossing, uint32_t node, int32_t most,
                        const struct rk_crossing_guide *guide, __int128 *sums)
{
    const struct rk_network *net = crossing->net;
    uint32_t first = crossing->first_pair[node], count = crossing->first_pair[node + 1] - first;
    __int128 *prices = rk_alloc((size_t)most + 1, sizeof *prices); /* the cheapest, in order */
    int32_t available = 0;
    for (uint32_t j = 0; j < count; j++) {
        uint32_t pair = crossing->pairs[first + j];
        __int128 price = (__int128)guide->cost[net->first[RK_ARC_PAIR] + pair] +
                         guide->potential[rk_node_limit(net->leaf[pair])];
        if (guide->settled)
            price -= guide->settled[pair] * FAR;
        int32_t at = available < most ? available++ : most;
        for (; at && prices[at - 1] > price; at--)
            prices[at] = prices[at - 1];
        prices[at] = price;
    }
    for (int32_t j = 0; j < available; j++) {
        sums[j + 1] = sums[j] + prices[j];
        if (guide->wished) /* (j + 1 - wish)² - (j - wish)² */
            sums[j + 1] += (int64_t)((double)guide->pull * (2 * (j - guide->wished[node]) + 1));
    }
    rk_free(prices);
    return available;
}

static __int128 potential_around(const struct rk_network *net, const int64_t *potential,
                                 uint32_t row, uint32_t recruitment)
{
    return potential[row == RK_NONE ? rk_node_recruitment(net, recruitment)
                                    : rk_node_row(net, row)];
}

/* What all rows are worth at their prices when so many seats are empty. */
static __int128 worth_of_rows(const struct rk_crossing *crossing,
                              const struct rk_crossing_panel *panel,
                              const struct rk_crossing_guide *guide, int32_t empty)
{
    const struct rk_network *net = crossing->net;
    uint32_t r = panel->recruitment;
    __int128 worth = guide->potential[rk_node_recruitment(net, r)] * (net->places[r] - empty);
    for (uint32_t q = panel->first_quota; q < panel->first_quota + panel->quotas; q++) {
        __int128 price = guide->price[q];
        worth += price * (price > 0 ? crossing->rules[q].min - empty : crossing->rules[q].max);
    }
    for (uint32_t v = net->row_first[r]; v < net->row_first[r + 1]; v++) {
        const struct rk_quota_row *row = &net->rows[v];
        __int128 price = guide->potential[rk_node_row(net, v)] -
                         potential_around(net, guide->potential, row->around, r);
        worth += price * (price > 0 ? row->min - empty : row->max);
    }
    return worth;
}

/* Any counts that hold, where the search found none in time: a whole-number program. */
static bool find_any(const struct rk_counts *search, int32_t *counts)
{
    struct rk_program *program = rk_program_new();
    struct rk_effort effort = {.nodes = 2000};
    for (uint32_t q = 0; q < search->rows; q++)
        rk_program_row(program, search->low[q] > 0 ? search->low[q] : 0, search->high[q]);
    rk_program_row(program, search->members, search->members);
    for (uint32_t c = 0; c < search->cells; c++) {
        rk_program_column(program, 0, search->available[c]);
        rk_program_cost_i64(program, c,
                            search->sums[(size_t)c * search->stride + 1] - search->worth[c]);
        for (uint32_t q = 0; q < search->rows; q++)
            if (search->counts_under[c * search->rows + q])
                rk_program_entry(program, q, c, 1);
        rk_program_entry(program, search->rows, c, 1);
    }
    struct rk_program_result result = rk_program_solve(program, false, 200, &effort);
    for (uint32_t c = 0; c < search->cells && result.found; c++)
        counts[c] = (int32_t)result.x[c];
    bool found = result.found && search->holds(search->context, counts);
    rk_program_result_free(&result);
    rk_program_free(program);
    return found;
}

static __int128 cost_of(const struct rk_counts *search, const int32_t *counts)
{
    __int128 cost = 0;
    for (uint32_t c = 0; c < search->cells; c++)
        cost += search->sums[(size_t)c * search->stride + (size_t)counts[c]];
    return cost;
}

bool rk_crossing_choose(const struct rk_crossing *crossing, const struct rk_crossing_panel *panel,
                        const struct rk_crossing_guide *guide, int32_t *counts)
{
    const struct rk_network *net = crossing->net;
    const struct rk_match_problem *problem = net->problem;
    uint32_t cells = panel->cells, rows = panel->quotas;
    int32_t places = net->places[panel->recruitment], empty = 0;
    uint32_t stride = (uint32_t)places + 2;
    int32_t *available = rk_alloc((size_t)cells + 1, sizeof *available);
    __int128 *sums = rk_alloc((size_t)cells * stride + 1, sizeof *sums);
    __int128 *worth = rk_alloc((size_t)cells + 1, sizeof *worth);
    bool *under = rk_alloc((size_t)cells * rows + 1, sizeof *under);
    int32_t *low = rk_alloc((size_t)rows + 1, sizeof *low);
    int32_t *high = rk_alloc((size_t)rows + 1, sizeof *high);
    for (uint32_t c = 0; c < cells; c++) {
        const struct rk_match_cell *cell = &problem->cells[panel->first_cell + c];
        available[c] =
            sum_cell(crossing, panel->first_node + c, places, guide, sums + (size_t)c * stride);
        worth[c] = potential_around(net, guide->potential, net->inner[panel->first_cell + c],
                                    panel->recruitment);
        for (uint32_t j = 0; j < cell->count; j++) {
            uint32_t q = problem->cell_rows[cell->first + j];
            under[c * rows + q - panel->first_quota] = true;
            worth[c] += guide->price[q];
        }
    }
    struct holding holding = {crossing, panel, 0};
    struct rk_counts search = {.cells = cells,
                               .rows = rows,
                               .stride = stride,
                               .available = available,
                               .sums = sums,
                               .worth = worth,
                               .counts_under = under,
                               .low = low,
                               .high = high,
                               .near = guide->near + panel->first_node,
                               .holds = holds,
                               .context = &holding,
                               .most_steps = guide->most_steps};
    bool found = false;
    __int128 cost = 0;
    for (; !found; empty++) { /* an empty panel holds */
        holding.empty = empty;
        search.members = places - empty;
        search.constant = worth_of_rows(crossing, panel, guide, empty);
        for (uint32_t q = 0; q < rows; q++) {
            low[q] = crossing->rules[panel->first_quota + q].min - empty;
            high[q] = crossing->rules[panel->first_quota + q].max;
        }
        enum rk_counts_outcome outcome = rk_counts_cheapest(&search, counts, &cost);
        found = cost < RK_COUNTS_NO_COST;
        if (!found && outcome == RK_COUNTS_ENDED && find_any(&search, counts)) {
            cost = cost_of(&search, counts);
            found = true;
        }
    }
    int32_t near = 0;
    for (uint32_t c = 0; c < cells; c++)
        near += search.near[c];
    bool stands = near == search.members;
    for (uint32_t c = 0; c < cells; c++)
        stands = stands && search.near[c] <= available[c];
    bool better = !stands || !holds(&holding, search.near) || cost_of(&search, search.near) > cost;
    rk_free(available);
    rk_free(sums);
    rk_free(worth);
    rk_free(under);
    rk_free(low);
    rk_free(high);
    return better;
}
