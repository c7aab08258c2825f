#include "panel/single.h"

#include "base/hash.h"
#include "panel/cut.h"
#include "panel/greedy.h"

uint32_t rk_single_recruitment(const struct rk_match_problem *problem)
{
    uint32_t found = RK_NONE;
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        if (problem->recruitments[r].places <= 0)
            continue;
        if (found != RK_NONE)
            return RK_NONE;
        found = r;
    }
    return found;
}

static uint32_t over(int32_t value) { return value > 0 ? (uint32_t)value : 0; }

/* A number for the set of features that a quota is about: rows with the same one are values of it.
 */
static uint32_t family(const struct rk_match_problem *problem, uint32_t first, uint32_t quota)
{
    const struct rk_match_quota *a = &problem->quotas[quota];
    for (uint32_t q = first; q < quota; q++) {
        const struct rk_match_quota *b = &problem->quotas[q];
        bool same = a->part_count == b->part_count;
        for (uint32_t k = 0; k < a->part_count && same; k++)
            same = a->parts[k].feature == b->parts[k].feature;
        if (same)
            return q - first;
    }
    return quota - first;
}

/* Minimums of one feature that ask for more than the seats left (others are kept already) are
 * lowered, the last one first. */
static void lower_minimums(struct rk_single *single, struct rk_panel_row *rows, uint32_t seats)
{
    for (uint32_t i = 0; i < single->rows; i++) {
        uint64_t sum = 0;
        for (uint32_t j = 0; j < single->rows; j++)
            sum += rows[j].feature == rows[i].feature ? rows[j].least : 0;
        for (uint32_t j = single->rows; j-- > 0 && sum > seats;) {
            if (rows[j].feature != rows[i].feature)
                continue;
            uint64_t excess = sum - seats;
            uint32_t by = rows[j].least < excess ? rows[j].least : (uint32_t)excess;
            rows[j].least -= by;
            single->lowered[j] += (int32_t)by;
            sum -= by;
        }
    }
}

/* What sums by feature do not tell: minimums for several features at once that not even a panel of
 * people not found yet could keep. The last are lowered first, and raised again where that was not
 * the reason. */
static void lower_tied(struct rk_single *single, struct rk_match_quota *quotas, int32_t seats)
{
    int32_t *nobody = rk_alloc((size_t)single->rows + 1, sizeof *nobody);
    int32_t *was = rk_alloc((size_t)single->rows + 1, sizeof *was);
    for (uint32_t i = 0; i < single->rows; i++)
        was[i] = quotas[i].min;
    for (uint32_t i = single->rows; i-- > 0;)
        while (quotas[i].min > 0 && !rk_match_quotas_hold(quotas, single->rows, nobody, seats))
            quotas[i].min--;
    for (uint32_t i = 0; i < single->rows; i++) {
        while (quotas[i].min < was[i]) {
            quotas[i].min++;
            if (!rk_match_quotas_hold(quotas, single->rows, nobody, seats)) {
                quotas[i].min--;
                break;
            }
        }
        single->lowered[i] += was[i] - quotas[i].min;
    }
    rk_free(nobody);
    rk_free(was);
}

void rk_single_new(struct rk_single *single, const struct rk_match_problem *problem,
                   uint32_t recruitment)
{
    uint32_t first = 0, end, seats = over(problem->recruitments[recruitment].places);
    *single = (struct rk_single){.problem = problem, .recruitment = recruitment};
    while (first < problem->quota_count && problem->quotas[first].recruitment != recruitment)
        first++;
    for (end = first;
         end < problem->quota_count && problem->quotas[end].recruitment == recruitment;)
        end++;
    single->rows = end - first;
    size_t words = rk_panel_words(single->rows);
    single->row_quota = rk_alloc((size_t)single->rows + 1, sizeof *single->row_quota);
    single->lowered = rk_alloc((size_t)single->rows + 1, sizeof *single->lowered);
    single->pairs = rk_alloc((size_t)problem->pair_count + 1, sizeof *single->pairs);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        if (problem->pairs[i].recruitment == recruitment)
            single->pairs[single->count++] = i;
    uint64_t *member = rk_alloc((size_t)single->count * words + 1, sizeof *member);
    uint32_t *offset = rk_alloc((size_t)single->count + 1, sizeof *offset);
    struct rk_panel_row *rows = rk_alloc((size_t)single->rows + 1, sizeof *rows);
    for (uint32_t q = first; q < end; q++) {
        const struct rk_match_quota *quota = &problem->quotas[q];
        struct rk_panel_row *row = &rows[q - first];
        single->row_quota[q - first] = q;
        row->most = over(quota->max);
        row->least = over(quota->min);
        if (row->least > row->most) {
            single->lowered[q - first] = (int32_t)(row->least - row->most);
            row->least = row->most;
        }
        row->most_flex = row->most > seats ? row->most : seats;
        row->feature = family(problem, first, q);
    }
    lower_minimums(single, rows, seats);
    struct rk_match_quota *quotas = rk_alloc((size_t)single->rows + 1, sizeof *quotas);
    for (uint32_t i = 0; i < single->rows; i++) {
        quotas[i] = problem->quotas[first + i];
        quotas[i].min = (int32_t)rows[i].least;
    }
    lower_tied(single, quotas, (int32_t)seats);
    for (uint32_t i = 0; i < single->rows; i++)
        rows[i].least = (uint32_t)quotas[i].min;
    rk_match_kinds_find(&single->kinds, problem->quotas + first, single->rows);
    for (uint32_t k = 0; k < single->count; k++) {
        const struct rk_match_pair *pair = &problem->pairs[single->pairs[k]];
        int64_t load = problem->panelists[pair->panelist].load;
        offset[k] = load > INT32_MAX ? INT32_MAX : (uint32_t)load;
        if (!single->rows)
            continue;
        const struct rk_match_cell *cell = &problem->cells[problem->pair_cell[single->pairs[k]]];
        for (uint32_t c = 0; c < cell->count; c++) {
            uint32_t row = problem->cell_rows[cell->first + c] - first;
            member[k * words + row / 64] |= UINT64_C(1) << row % 64;
        }
    }
    struct rk_panel_problem one = {.rows = rows,
                                   .member = member,
                                   .offset = offset,
                                   .person_count = single->count,
                                   .row_count = single->rows,
                                   .seats = seats};
    single->panel = rk_panel_new(&one);
    rk_panel_keep_for(single->panel, single->kinds.quotas, single->kinds.group,
                      single->kinds.count);
    rk_free(member);
    rk_free(offset);
    rk_free(rows);
    rk_free(quotas);
}

void rk_single_free(struct rk_single *single)
{
    rk_leximin_free(&single->leximin);
    rk_panel_choice_free(&single->choice);
    rk_panel_free(single->panel);
    rk_match_kinds_free(&single->kinds);
    rk_free(single->pairs);
    rk_free(single->row_quota);
    rk_free(single->lowered);
    *single = (struct rk_single){0};
}

int32_t *rk_single_lowered(const struct rk_single *single)
{
    int32_t *lowered = rk_alloc((size_t)single->problem->quota_count + 1, sizeof *lowered);
    for (uint32_t i = 0; i < single->rows; i++)
        lowered[single->row_quota[i]] = single->lowered[i];
    return lowered;
}

/* The members chosen, and all that a result tells of them. */
static void set_result(struct rk_single *single, struct rk_match_result *result,
                       const uint32_t *people, uint32_t count)
{
    const struct rk_network *net = result->network;
    result->member = rk_alloc((size_t)single->problem->pair_count + 1, sizeof *result->member);
    for (uint32_t k = 0; k < count; k++)
        result->member[single->pairs[people[k]]] = true;
    rk_cut_values(net, result->member, result->value);
    result->value[RK_MATCH_SEATS] += net->seats_lost;
    result->value[RK_MATCH_SHORTAGE] += net->shortage_lost;
    memcpy(result->bound, result->value, sizeof result->bound);
    rk_cut_find(net, result->member, result);
}

static bool begin(struct rk_single *single, struct rk_match_result *result)
{
    *result = (struct rk_match_result){.proven = true, .solves = 1, .nested = true};
    result->network = rk_alloc(1, sizeof *result->network);
    bool fits = rk_network_build(result->network, single->problem);
    result->nodes = result->network->nodes;
    result->arcs = result->network->arcs;
    result->stages = result->network->stages;
    result->crossing = result->network->crossing_count;
    return fits;
}

/* A bound on the seats that stay empty, as levels. */
static void bound_seats(const struct rk_single *single, struct rk_match_result *result,
                        uint32_t least_empty)
{
    const struct rk_match_recruitment *r = &single->problem->recruitments[single->recruitment];
    int64_t lacking = r->lacking, empty = least_empty;
    if (result->value[RK_MATCH_SEATS] == empty)
        return;
    result->proven = false;
    result->bound[RK_MATCH_SEATS] = empty;
    result->bound[RK_MATCH_SHORTAGE] = (lacking + empty) * (lacking + empty) - lacking * lacking;
}

bool rk_single_choose(struct rk_single *single, struct rk_match_result *result,
                      struct rk_effort *effort)
{
    static const int levels[] = {RK_MATCH_CHANGE, RK_MATCH_FIT, RK_MATCH_LOAD, RK_MATCH_LOTTERY};
    enum { LEVELS = sizeof levels / sizeof *levels };
    const struct rk_match_problem *problem = single->problem;
    if (!begin(single, result) || !result->network->crossing_count)
        return false;
    struct rk_panel_fill fill = rk_panel_find(single->panel, effort);
    rk_free(fill.counts);
    if (!fill.found) {
        set_result(single, result, NULL, 0);
        bound_seats(single, result, fill.least_empty);
        return true;
    }
    int64_t *costs = rk_alloc((size_t)LEVELS * single->count + 1, sizeof *costs);
    for (uint32_t k = 0; k < single->count; k++) {
        const struct rk_match_pair *pair = &problem->pairs[single->pairs[k]];
        int64_t load = problem->panelists[pair->panelist].load;
        costs[k] = problem->stay ? -problem->stay[single->pairs[k]] : 0;
        costs[single->count + k] = -pair->fit;
        costs[2 * single->count + k] = 2 * load + 1;
        costs[3 * single->count + k] = result->network->lottery[single->pairs[k]];
    }
    single->choice = rk_panel_cheapest(single->panel, fill.empty, costs, LEVELS, effort);
    rk_free(costs);
    set_result(single, result, single->choice.people, single->choice.count);
    result->solves = single->choice.nodes;
    bound_seats(single, result, fill.least_empty);
    if (single->choice.proven < LEVELS) {
        int64_t bound;
        int level = levels[single->choice.proven];
        result->proven = false;
        if (rk_whole_i64(&single->choice.bound, &bound))
            result->bound[level] = bound;
        result->stopped = effort->ended;
    }
    return single->choice.found;
}

/* The lottery of a panel that is found in no time. */
static void take_greedily(struct rk_single *single, const struct rk_network *net,
                          struct rk_effort *effort)
{
    bool *member = rk_alloc((size_t)single->problem->pair_count + 1, sizeof *member);
    uint32_t *known = rk_alloc((size_t)rk_panel_types(single->panel) + 1, sizeof *known);
    int32_t *lowered = rk_single_lowered(single);
    rk_greedy_choose(net, lowered, member);
    for (uint32_t k = 0; k < single->count; k++)
        known[rk_panel_type_of(single->panel, k)] += member[single->pairs[k]];
    rk_leximin_free(&single->leximin);
    single->leximin = rk_leximin_solve(single->panel, known, effort);
    rk_free(lowered);
    rk_free(known);
    rk_free(member);
}

bool rk_single_draw(struct rk_single *single, struct rk_match_result *result,
                    struct rk_effort *effort)
{
    if (!begin(single, result))
        return false;
    single->leximin = rk_leximin_solve(single->panel, NULL, effort);
    if (!single->leximin.found && effort->ended)
        take_greedily(single, result->network, effort);
    if (!single->leximin.found)
        return false;
    uint32_t count, *people = rk_alloc((size_t)rk_panel_seats(single->panel) + 1, sizeof *people);
    single->drawn = rk_lottery_draw(&single->leximin.lottery, single->panel, single->problem->seed,
                                    people, &count);
    set_result(single, result, people, count);
    rk_free(people);
    result->solves = single->leximin.nodes;
    if (!single->leximin.fewest)
        bound_seats(single, result, 0);
    result->stopped = single->leximin.outcome == RK_PROGRAM_STOPPED;
    result->proven = result->proven && !result->stopped;
    return true;
}

static rk_fixed rounded(const struct rk_fraction *chance)
{
    /* tens of 10^-18 by whole-number division: the same on every machine */
    struct rk_whole scale = {0}, top = {0};
    int64_t value = 0;
    rk_whole_set_i64(&scale, INT64_C(1000000000000000));
    rk_whole_multiply(&top, &chance->top, &scale);
    rk_whole_divide_down(&top, &top, &chance->over);
    rk_whole_i64(&top, &value);
    rk_whole_free(&scale);
    rk_whole_free(&top);
    return (rk_fixed)value * 1000;
}

static void chance_of(const struct rk_single *single, uint32_t person, struct rk_fraction *chance)
{
    rk_lottery_chance(&single->leximin.lottery, single->panel,
                      rk_panel_type_of(single->panel, person), chance);
}

rk_fixed rk_single_chance(const void *lottery, uint32_t pair)
{
    const struct rk_single *single = lottery;
    uint32_t low = 0, high = single->count;
    while (low + 1 < high) {
        uint32_t middle = low + (high - low) / 2;
        if (single->pairs[middle] <= pair)
            low = middle;
        else
            high = middle;
    }
    if (low == single->count || single->pairs[low] != pair) /* a seat that is not drawn for */
        return 0;
    struct rk_fraction chance = {0};
    chance_of(single, low, &chance);
    rk_fixed value = rounded(&chance);
    rk_fraction_free(&chance);
    return value;
}

static struct rk_text print(const struct rk_fraction *number, struct rk_arena *arena)
{
    struct rk_buf text = {0};
    rk_fraction_print(&text, number);
    struct rk_text kept = {rk_arena_text(arena, text.text, text.size), text.size};
    rk_buf_free(&text);
    return kept;
}

/* The levels of the lottery: types with the same value are of one. */
struct level {
    uint32_t type, competing;
    struct rk_fraction seats;
};

static struct level *list_levels(const struct rk_single *single, uint32_t *level_of,
                                 uint32_t *count)
{
    uint32_t types = rk_panel_types(single->panel);
    const struct rk_fraction *value = single->leximin.value;
    uint32_t *order = rk_alloc((size_t)types + 1, sizeof *order);
    struct level *levels = rk_alloc((size_t)types + 1, sizeof *levels);
    struct rk_fraction seats = {0}, size = {0};
    *count = 0;
    for (uint32_t t = 0; t < types; t++) { /* by value: a stable insertion by halves */
        uint32_t low = 0, high = t;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (rk_fraction_compare(&value[order[middle]], &value[t]) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        memmove(order + low + 1, order + low, (t - low) * sizeof *order);
        order[low] = t;
    }
    for (uint32_t i = 0; i < types; i++) {
        uint32_t t = order[i];
        if (!i || rk_fraction_compare(&value[order[i - 1]], &value[t])) {
            levels[*count].type = t;
            rk_fraction_set_whole(&levels[(*count)++].seats, 0);
        }
        struct level *level = &levels[*count - 1];
        level_of[t] = *count - 1;
        level->competing += rk_panel_size(single->panel, t);
        rk_fraction_set_whole(&size, rk_panel_size(single->panel, t));
        rk_lottery_chance(&single->leximin.lottery, single->panel, t, &seats);
        rk_fraction_multiply(&seats, &seats, &size);
        rk_fraction_add(&level->seats, &level->seats, &seats);
    }
    rk_fraction_free(&seats);
    rk_fraction_free(&size);
    rk_free(order);
    return levels;
}

struct rk_odds *rk_single_odds(const struct rk_single *single, struct rk_arena *arena,
                               size_t *count)
{
    const struct rk_match_problem *problem = single->problem;
    uint32_t types = rk_panel_types(single->panel), level_count;
    uint32_t *level_of = rk_alloc((size_t)types + 1, sizeof *level_of);
    struct level *levels = list_levels(single, level_of, &level_count);
    struct rk_text *seats = rk_alloc((size_t)level_count + 1, sizeof *seats);
    struct rk_odds *rows = rk_alloc(2 * (size_t)single->count + 1, sizeof *rows);
    struct rk_fraction chance = {0};
    for (uint32_t l = 0; l < level_count; l++)
        seats[l] = print(&levels[l].seats, arena);
    *count = 0;
    for (uint32_t k = 0; k < single->count; k++) {
        uint32_t type = rk_panel_type_of(single->panel, k), level = level_of[type];
        const struct rk_match_pair *pair = &problem->pairs[single->pairs[k]];
        chance_of(single, k, &chance);
        int64_t before = problem->panelists[pair->panelist].load;
        struct rk_odds one = {.recruitment = RK_NONE,
                              .panelist = pair->panelist,
                              .exact = print(&chance, arena),
                              .chance = rounded(&chance),
                              .before = before,
                              .level = level + 1,
                              .competing = levels[level].competing,
                              .seats = seats[level]};
        one.state = rk_fraction_compare_ratio(&chance, 0, 1) == 0
                        ? before ? RK_ODDS_HAS_MORE : RK_ODDS_NONE
                    : rk_fraction_compare_ratio(&chance, 1, 1) == 0 ? RK_ODDS_FULL
                                                                    : RK_ODDS_SHARES;
        rows[(*count)++] = one;
        one.recruitment = pair->recruitment;
        rows[(*count)++] = one;
    }
    for (uint32_t l = 0; l < level_count; l++)
        rk_fraction_free(&levels[l].seats);
    rk_fraction_free(&chance);
    rk_free(levels);
    rk_free(level_of);
    rk_free(seats);
    return rows;
}
