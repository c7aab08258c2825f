#include "panel/panel.h"

#include "base/mem.h"

#include <assert.h>

struct rk_panel {
    struct rk_panel_row *rows;
    uint32_t row_count, seats;
    uint32_t persons, types;
    uint32_t *type_of; /* by person */
    uint32_t *first;   /* people[first[t]] … people[first[t + 1] - 1] are of type t */
    uint32_t *people;
    uint32_t *offset; /* by type */
    uint64_t *member; /* by type, `words` each */
    size_t words;
    uint32_t *household; /* by type: 0 … households - 1, or RK_PANEL_ALONE */
    uint32_t households; /* with two people or more */
    uint32_t *feature;   /* by row: 0 … features - 1 */
    uint32_t features;
    uint64_t *kind;                 /* whom empty seats are kept for: by kind, `words` each */
    uint32_t *group, kinds, groups; /* by kind: 0 … groups - 1 */
};

/* ---- types ---- */

struct sorting {
    const struct rk_panel_problem *problem;
    const uint32_t *household; /* renumbered */
    size_t words;
};

static int by_number(const void *x, const void *y, void *context)
{
    const uint32_t *numbers = context, a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    if (numbers[a] != numbers[b])
        return numbers[a] < numbers[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int by_kind(const struct sorting *s, uint32_t a, uint32_t b)
{
    int order = memcmp(s->problem->member + a * s->words, s->problem->member + b * s->words,
                       s->words * sizeof(uint64_t));
    if (order)
        return order;
    if (s->problem->offset && s->problem->offset[a] != s->problem->offset[b])
        return s->problem->offset[a] < s->problem->offset[b] ? -1 : 1;
    if (s->household[a] != s->household[b])
        return s->household[a] < s->household[b] ? -1 : 1;
    /* of one household, and still two people of whom one may be taken */
    return s->household[a] == RK_PANEL_ALONE ? 0 : a < b ? -1 : a > b;
}

static int by_kind_then_place(const void *x, const void *y, void *context)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    int order = by_kind(context, a, b);
    return order ? order : a < b ? -1 : a > b;
}

static uint32_t *in_order(uint32_t count)
{
    uint32_t *order = rk_alloc((size_t)count + 1, sizeof *order);
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    return order;
}

/* Numbers of 0, 1, 2 … in place of any: to[i] for from[i]. Those that occur `alone` times or fewer
 * get RK_PANEL_ALONE, as RK_PANEL_ALONE itself does. Returns how many there are. */
static uint32_t renumber(const uint32_t *from, uint32_t count, uint32_t alone, uint32_t *to)
{
    uint32_t *order = in_order(count), numbers = 0;
    qsort_r(order, count, sizeof *order, by_number, (void *)from);
    for (uint32_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && from[order[end]] == from[order[i]]; end++)
            ;
        bool kept = end - i > alone && from[order[i]] != RK_PANEL_ALONE;
        for (uint32_t j = i; j < end; j++)
            to[order[j]] = kept ? numbers : RK_PANEL_ALONE;
        numbers += kept;
    }
    rk_free(order);
    return numbers;
}

static void merge(struct rk_panel *panel, const struct rk_panel_problem *problem)
{
    uint32_t persons = panel->persons;
    uint32_t *household = rk_alloc((size_t)persons + 1, sizeof *household);
    for (uint32_t i = 0; i < persons; i++)
        household[i] = RK_PANEL_ALONE;
    if (problem->household)
        panel->households = renumber(problem->household, persons, 1, household);
    struct sorting sorting = {problem, household, panel->words};
    uint32_t *order = in_order(persons), *kind = rk_alloc((size_t)persons + 1, sizeof *kind);
    qsort_r(order, persons, sizeof *order, by_kind_then_place, &sorting);
    for (uint32_t i = 0, end; i < persons; i = end) /* named by their first person */
        for (end = i; end < persons && !by_kind(&sorting, order[i], order[end]); end++)
            kind[order[end]] = order[i];
    /* the names ascend as first people do */
    panel->types = renumber(kind, persons, 0, panel->type_of);
    panel->first = rk_alloc((size_t)panel->types + 1, sizeof *panel->first);
    panel->people = rk_alloc((size_t)persons + 1, sizeof *panel->people);
    panel->offset = rk_alloc((size_t)panel->types + 1, sizeof *panel->offset);
    panel->household = rk_alloc((size_t)panel->types + 1, sizeof *panel->household);
    panel->member = rk_alloc(panel->types * panel->words + 1, sizeof *panel->member);
    for (uint32_t i = 0; i < persons; i++)
        order[i] = i;
    qsort_r(order, persons, sizeof *order, by_number, panel->type_of);
    for (uint32_t i = 0, t = 0; i < persons; i++) {
        uint32_t person = order[i];
        panel->people[i] = person;
        if (i && panel->type_of[order[i - 1]] == t && panel->type_of[person] == t)
            continue;
        t = panel->type_of[person];
        panel->first[t] = i;
        panel->offset[t] = problem->offset ? problem->offset[person] : 0;
        panel->household[t] = household[person];
        memcpy(panel->member + t * panel->words, problem->member + person * panel->words,
               panel->words * sizeof *panel->member);
    }
    panel->first[panel->types] = persons;
    rk_free(household);
    rk_free(order);
    rk_free(kind);
}

void rk_panel_keep_for(struct rk_panel *panel, const uint64_t *kinds, const uint32_t *group,
                       uint32_t count)
{
    panel->kind = rk_resize(panel->kind, count * panel->words + 1, sizeof *panel->kind);
    panel->group = rk_resize(panel->group, (size_t)count + 1, sizeof *panel->group);
    panel->groups = renumber(group, count, 0, panel->group);
    panel->kinds = count;
    if (count)
        memcpy(panel->kind, kinds, count * panel->words * sizeof *kinds);
}

static void keep_for_each(struct rk_panel *panel)
{
    panel->kind = rk_alloc(panel->row_count * panel->words + 1, sizeof *panel->kind);
    panel->group = rk_alloc((size_t)panel->row_count + 1, sizeof *panel->group);
    panel->groups = panel->features;
    for (uint32_t r = 0; r < panel->row_count; r++)
        if (panel->rows[r].least) {
            panel->kind[panel->kinds * panel->words + r / 64] = UINT64_C(1) << r % 64;
            panel->group[panel->kinds++] = panel->feature[r];
        }
}

struct rk_panel *rk_panel_new(const struct rk_panel_problem *problem)
{
    assert(problem->row_count <= RK_PANEL_MOST_ROWS && problem->seats <= RK_PANEL_MOST_SEATS);
    struct rk_panel *panel = rk_alloc(1, sizeof *panel);
    panel->row_count = problem->row_count;
    panel->seats = problem->seats;
    panel->persons = problem->person_count;
    panel->words = rk_panel_words(problem->row_count);
    panel->rows = rk_alloc((size_t)problem->row_count + 1, sizeof *panel->rows);
    panel->feature = rk_alloc((size_t)problem->row_count + 1, sizeof *panel->feature);
    panel->type_of = rk_alloc((size_t)problem->person_count + 1, sizeof *panel->type_of);
    uint32_t *features = rk_alloc((size_t)problem->row_count + 1, sizeof *features);
    for (uint32_t r = 0; r < problem->row_count; r++) {
        const struct rk_panel_row *row = &problem->rows[r];
        assert(row->least <= row->most && row->least_flex <= row->least &&
               row->most_flex >= row->most);
        panel->rows[r] = *row;
        features[r] = row->feature;
    }
    panel->features = renumber(features, problem->row_count, 0, panel->feature);
    rk_free(features);
    keep_for_each(panel);
    merge(panel, problem);
    return panel;
}

void rk_panel_free(struct rk_panel *panel)
{
    if (!panel)
        return;
    rk_free(panel->rows);
    rk_free(panel->feature);
    rk_free(panel->kind);
    rk_free(panel->group);
    rk_free(panel->type_of);
    rk_free(panel->first);
    rk_free(panel->people);
    rk_free(panel->offset);
    rk_free(panel->household);
    rk_free(panel->member);
    rk_free(panel);
}

uint32_t rk_panel_types(const struct rk_panel *panel) { return panel->types; }
uint32_t rk_panel_persons(const struct rk_panel *panel) { return panel->persons; }
uint32_t rk_panel_seats(const struct rk_panel *panel) { return panel->seats; }

uint32_t rk_panel_type_of(const struct rk_panel *panel, uint32_t person)
{
    return panel->type_of[person];
}

uint32_t rk_panel_size(const struct rk_panel *panel, uint32_t type)
{
    return panel->first[type + 1] - panel->first[type];
}

uint32_t rk_panel_offset(const struct rk_panel *panel, uint32_t type)
{
    return panel->offset[type];
}

const uint32_t *rk_panel_people(const struct rk_panel *panel, uint32_t type)
{
    return panel->people + panel->first[type];
}

static bool counts_under(const struct rk_panel *panel, uint32_t type, uint32_t row)
{
    return panel->member[type * panel->words + row / 64] >> row % 64 & 1;
}

/* ---- the whole-number programs ---- */

/* What the most in a row can come to, so that bounds stay small. */
static int64_t most_in(const struct rk_panel *panel, uint32_t row)
{
    return panel->rows[row].most < panel->seats ? panel->rows[row].most : panel->seats;
}

/* Adds what a person of `type` counts under, and their household, in a fresh column. */
static void add_memberships(const struct rk_panel *panel, struct rk_program *program, uint32_t type,
                            uint32_t column, uint32_t first_household)
{
    for (uint32_t r = 0; r < panel->row_count; r++)
        if (counts_under(panel, type, r))
            rk_program_entry(program, r, column, 1);
    rk_program_entry(program, panel->row_count, column, 1);
    if (panel->household[type] != RK_PANEL_ALONE)
        rk_program_entry(program, first_household + panel->household[type], column, 1);
}

static void add_types(const struct rk_panel *panel, struct rk_program *program,
                      uint32_t first_household)
{
    for (uint32_t t = 0; t < panel->types; t++) {
        uint32_t column = rk_program_column(program, 0, rk_panel_size(panel, t));
        add_memberships(panel, program, t, column, first_household);
    }
}

/* Those who empty seats are kept for, as columns: each fills up its rows and its group's row. */
static void add_kinds(const struct rk_panel *panel, struct rk_program *program, uint32_t empty)
{
    for (uint32_t k = 0; k < panel->kinds; k++) {
        const uint64_t *rows = panel->kind + k * panel->words;
        uint32_t most = 0; /* nobody needs more of a kind than the largest least of its rows */
        for (uint32_t r = 0; r < panel->row_count; r++)
            if (rows[r / 64] >> r % 64 & 1 && panel->rows[r].least > most)
                most = panel->rows[r].least;
        uint32_t column = rk_program_column(program, 0, most < empty ? most : empty);
        for (uint32_t r = 0; r < panel->row_count; r++)
            if (rows[r / 64] >> r % 64 & 1)
                rk_program_entry(program, r, column, 1);
        rk_program_entry(program, panel->row_count + 1 + panel->group[k], column, 1);
    }
}

/* Quota rows, seats, groups (where `gaps`), households. Returns where the households begin; the
 * program has no columns yet. A row that asks for more than its most or the seats cannot be kept:
 * false. */
static bool add_rows(const struct rk_panel *panel, struct rk_program *program, bool gaps,
                     int64_t least_seats, int64_t most_seats, uint32_t *first_household)
{
    for (uint32_t r = 0; r < panel->row_count; r++) {
        if (panel->rows[r].least > panel->seats)
            return false;
        rk_program_row(program, panel->rows[r].least, most_in(panel, r));
    }
    rk_program_row(program, least_seats, most_seats);
    for (uint32_t f = 0; gaps && f < panel->groups; f++)
        rk_program_row(program, 0, panel->seats);
    *first_household = rk_program_rows(program);
    for (uint32_t h = 0; h < panel->households; h++)
        rk_program_row(program, 0, 1);
    return true;
}

struct rk_program *rk_panel_program(const struct rk_panel *panel, uint32_t empty)
{
    struct rk_program *program = rk_program_new();
    uint32_t households;
    int64_t taken = (int64_t)panel->seats - empty;
    assert(taken >= 0);
    bool possible = add_rows(panel, program, empty > 0, taken, taken, &households);
    assert(possible);
    (void)possible;
    for (uint32_t f = 0; empty && f < panel->groups; f++)
        rk_program_row_bounds(program, panel->row_count + 1 + f, 0, empty);
    add_types(panel, program, households);
    if (empty)
        add_kinds(panel, program, empty);
    return program;
}

static uint32_t *counts_of(const struct rk_panel *panel, const int64_t *x)
{
    uint32_t *counts = rk_alloc((size_t)panel->types + 1, sizeof *counts);
    for (uint32_t t = 0; t < panel->types; t++)
        counts[t] = (uint32_t)x[t];
    return counts;
}

bool rk_panel_is_valid(const struct rk_panel *panel, uint32_t empty, const uint32_t *counts)
{
    uint64_t taken = 0;
    uint64_t *lacks = rk_alloc((size_t)panel->features + 1, sizeof *lacks);
    uint32_t *housed = rk_alloc((size_t)panel->households + 1, sizeof *housed);
    bool valid = true;
    for (uint32_t t = 0; t < panel->types; t++) {
        taken += counts[t];
        valid = valid && counts[t] <= rk_panel_size(panel, t);
        if (panel->household[t] != RK_PANEL_ALONE)
            valid = valid && (housed[panel->household[t]] += counts[t]) <= 1;
    }
    for (uint32_t r = 0; r < panel->row_count; r++) {
        uint64_t count = 0;
        for (uint32_t t = 0; t < panel->types; t++)
            count += counts_under(panel, t, r) ? counts[t] : 0;
        valid = valid && count <= panel->rows[r].most;
        if (count < panel->rows[r].least)
            lacks[panel->feature[r]] += panel->rows[r].least - count;
    }
    for (uint32_t f = 0; f < panel->features; f++)
        valid = valid && lacks[f] <= empty;
    rk_free(lacks);
    rk_free(housed);
    return valid && taken + empty == panel->seats;
}

/* ---- whether there is a panel ---- */

/* Costs that only give the search a direction: small, and hardly any two alike. */
static void steer(struct rk_program *program)
{
    for (uint32_t c = 0; c < rk_program_columns(program); c++)
        rk_program_cost_i64(program, c, 1 + (int64_t)(c * UINT32_C(2654435761) >> 22));
}

struct rk_panel_fill rk_panel_find(const struct rk_panel *panel, struct rk_effort *effort)
{
    struct rk_panel_fill fill = {.outcome = RK_PROGRAM_NONE};
    struct rk_program *program = rk_program_new();
    uint32_t households;
    if (!add_rows(panel, program, false, panel->seats, panel->seats, &households)) {
        rk_program_free(program);
        return fill; /* a row asks for more than all seats: empty ones do not help */
    }
    add_types(panel, program, households);
    steer(program);
    struct rk_program_result full = rk_program_solve(program, true, 0, effort);
    fill.outcome = full.outcome;
    if ((fill.found = full.found))
        fill.counts = counts_of(panel, full.x);
    rk_program_result_free(&full);
    rk_program_free(program);
    if (fill.outcome != RK_PROGRAM_NONE || !panel->seats)
        return fill;
    fill.least_empty = 1;
    program = rk_program_new();
    add_rows(panel, program, true, panel->seats, panel->seats, &households);
    add_types(panel, program, households);
    add_kinds(panel, program, panel->seats);
    uint32_t empty = rk_program_column(program, 1, panel->seats);
    rk_program_cost_i64(program, empty, 1);
    rk_program_entry(program, panel->row_count, empty, 1);
    for (uint32_t f = 0; f < panel->groups; f++) {
        rk_program_row_bounds(program, panel->row_count + 1 + f, -(int64_t)panel->seats, 0);
        rk_program_entry(program, panel->row_count + 1 + f, empty, -1);
    }
    struct rk_program_result best = rk_program_solve(program, false, 0, effort);
    int64_t bound = 1;
    fill.outcome = best.outcome;
    if (best.outcome != RK_PROGRAM_NONE && rk_whole_i64(&best.bound, &bound) && bound > 1)
        fill.least_empty = (uint32_t)bound;
    if ((fill.found = best.found)) {
        fill.empty = (uint32_t)best.x[empty];
        fill.counts = counts_of(panel, best.x);
    }
    rk_program_result_free(&best);
    rk_program_free(program);
    return fill;
}

/* ---- the cheapest panel ---- */

struct pricing {
    const struct rk_panel *panel;
    const int64_t *costs;
    uint32_t objectives;
};

static int by_costs(const struct pricing *p, uint32_t a, uint32_t b)
{
    uint32_t x = p->panel->type_of[a], y = p->panel->type_of[b];
    if (x != y)
        return x < y ? -1 : 1;
    for (uint32_t o = 0; o < p->objectives; o++) {
        int64_t c = p->costs[(size_t)o * p->panel->persons + a];
        int64_t d = p->costs[(size_t)o * p->panel->persons + b];
        if (c != d)
            return c < d ? -1 : 1;
    }
    return 0;
}

static int by_costs_then_place(const void *x, const void *y, void *context)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    int order = by_costs(context, a, b);
    return order ? order : a < b ? -1 : a > b;
}

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

/* What an objective's whole sum weighs in one number in which all of them are digits: `taken`
 * people, each costing least … most, make at most taken × (most - least) + 1 different sums. */
static void weigh(const struct pricing *p, int64_t taken, struct rk_whole *weight, int64_t *least)
{
    uint32_t persons = p->panel->persons;
    rk_whole_set_i64(&weight[p->objectives], 1);
    for (uint32_t o = p->objectives; o-- > 0;) {
        const int64_t *costs = p->costs + (size_t)o * persons;
        int64_t most = persons ? costs[0] : 0;
        least[o] = most;
        for (uint32_t i = 0; i < persons; i++) {
            assert(costs[i] > -(INT64_C(1) << 53) && costs[i] < INT64_C(1) << 53);
            least[o] = costs[i] < least[o] ? costs[i] : least[o];
            most = costs[i] > most ? costs[i] : most;
        }
        struct rk_whole range = {.small = most - least[o]}, times = {.small = taken};
        struct rk_whole one = {.small = 1};
        rk_whole_multiply(&range, &range, &times);
        rk_whole_add(&range, &range, &one);
        rk_whole_multiply(&weight[o], &weight[o + 1], &range);
        rk_whole_free(&range);
    }
}

/* Reads the objectives off the sum and its bound as digits: as many as agree are proven. */
static void read_proof(const struct pricing *p, int64_t taken, const struct rk_whole *weight,
                       const int64_t *least, const struct rk_whole *bound,
                       struct rk_panel_choice *choice)
{
    struct rk_whole left = {0}, digit = {0}, shift = {0}, times = {.small = taken};
    rk_whole_set(&left, bound);
    for (uint32_t o = 0; o < p->objectives; o++) {
        rk_whole_divide_down(&digit, &left, &weight[o + 1]);
        rk_whole_subtract_product(&left, &digit, &weight[o + 1]);
        shift.small = least[o];
        rk_whole_add_product(&digit, &shift, &times);
        if (rk_whole_compare(&digit, &choice->sums[o])) {
            rk_whole_swap(&choice->bound, &digit);
            break;
        }
        choice->proven++;
    }
    rk_whole_free(&left);
    rk_whole_free(&digit);
}

struct rk_panel_choice rk_panel_cheapest(const struct rk_panel *panel, uint32_t empty,
                                         const int64_t *costs, uint32_t objectives,
                                         struct rk_effort *effort)
{
    struct pricing pricing = {panel, costs, objectives};
    struct rk_panel_choice choice = {.objectives = objectives};
    struct rk_program *program = rk_program_new();
    uint32_t households, persons = panel->persons;
    int64_t taken = (int64_t)panel->seats - empty;
    assert(taken >= 0);
    if (!add_rows(panel, program, empty > 0, taken, taken, &households)) {
        rk_program_free(program);
        choice.outcome = RK_PROGRAM_NONE;
        return choice;
    }
    for (uint32_t f = 0; empty && f < panel->groups; f++)
        rk_program_row_bounds(program, panel->row_count + 1 + f, 0, empty);
    struct rk_whole *weight = rk_alloc((size_t)objectives + 1, sizeof *weight);
    int64_t *least = rk_alloc((size_t)objectives + 1, sizeof *least);
    weigh(&pricing, taken, weight, least);
    /* people of one type who cost the same are one column */
    uint32_t *order = in_order(persons), *column_of = rk_alloc((size_t)persons + 1, sizeof *order);
    qsort_r(order, persons, sizeof *order, by_costs_then_place, &pricing);
    for (uint32_t i = 0, end; i < persons; i = end) {
        for (end = i; end < persons && !by_costs(&pricing, order[i], order[end]); end++)
            ;
        uint32_t column = rk_program_column(program, 0, end - i);
        struct rk_whole sum = {0}, part = {0};
        for (uint32_t o = 0; o < objectives; o++) {
            part.small = costs[(size_t)o * persons + order[i]] - least[o];
            rk_whole_add_product(&sum, &part, &weight[o + 1]);
        }
        rk_program_cost(program, column, &sum);
        rk_whole_free(&sum);
        add_memberships(panel, program, panel->type_of[order[i]], column, households);
        for (uint32_t j = i; j < end; j++)
            column_of[j] = column;
    }
    if (empty)
        add_kinds(panel, program, empty);
    struct rk_program_result best = rk_program_solve(program, false, 0, effort);
    choice.outcome = best.outcome;
    choice.nodes = best.nodes;
    if ((choice.found = best.found)) {
        choice.people = rk_alloc((size_t)taken + 1, sizeof *choice.people);
        for (uint32_t i = 0; i < persons; i++) /* of people alike, the first */
            if (best.x[column_of[i]] > 0) {
                best.x[column_of[i]]--;
                choice.people[choice.count++] = order[i];
            }
        assert(choice.count == taken);
        qsort(choice.people, choice.count, sizeof *choice.people, ascending);
        choice.sums = rk_alloc((size_t)objectives + 1, sizeof *choice.sums);
        for (uint32_t o = 0; o < objectives; o++)
            for (uint32_t i = 0; i < choice.count; i++) {
                struct rk_whole cost = {.small = costs[(size_t)o * persons + choice.people[i]]};
                rk_whole_add(&choice.sums[o], &choice.sums[o], &cost);
            }
        read_proof(&pricing, taken, weight, least, &best.bound, &choice);
    }
    rk_program_result_free(&best);
    rk_whole_free_all(weight, (size_t)objectives + 1);
    rk_free(least);
    rk_free(order);
    rk_free(column_of);
    rk_program_free(program);
    return choice;
}

void rk_panel_choice_free(struct rk_panel_choice *choice)
{
    rk_free(choice->people);
    rk_whole_free_all(choice->sums, (size_t)choice->objectives + 1);
    rk_whole_free(&choice->bound);
}

/* ---- the smallest change of quotas ---- */

struct rk_panel_relaxation rk_panel_relax(const struct rk_panel *panel, struct rk_effort *effort)
{
    struct rk_panel_relaxation answer = {.outcome = RK_PROGRAM_NONE};
    struct rk_program *program = rk_program_new();
    uint32_t rows = panel->row_count;
    uint32_t *down = rk_alloc((size_t)rows + 1, sizeof *down);
    uint32_t *up = rk_alloc((size_t)rows + 1, sizeof *up);
    int64_t seats = panel->seats;
    for (uint32_t r = 0; r < rows; r++)
        rk_program_row(program, panel->rows[r].least, panel->rows[r].most);
    rk_program_row(program, seats, seats);
    for (uint32_t h = 0; h < panel->households; h++)
        rk_program_row(program, 0, 1);
    add_types(panel, program, rows + 1);
    for (uint32_t r = 0; r < rows; r++) {
        const struct rk_panel_row *row = &panel->rows[r];
        down[r] = rk_program_column(program, 0, row->least - row->least_flex);
        up[r] = rk_program_column(program, 0, row->most_flex - row->most);
        rk_program_cost_i64(program, down[r], 1);
        rk_program_cost_i64(program, up[r], 1);
        rk_program_entry(program, r, down[r], 1);
        rk_program_entry(program, r, up[r], -1);
    }
    struct rk_program_result best = rk_program_solve(program, false, 0, effort);
    int64_t bound = 0, change = 0;
    answer.outcome = best.outcome;
    if (best.outcome != RK_PROGRAM_NONE && rk_whole_i64(&best.bound, &bound) && bound > 0)
        answer.least_change = (uint64_t)bound;
    if ((answer.found = best.found)) {
        rk_whole_i64(&best.cost, &change);
        answer.change = (uint64_t)change;
        answer.counts = counts_of(panel, best.x);
        answer.least = rk_alloc((size_t)rows + 1, sizeof *answer.least);
        answer.most = rk_alloc((size_t)rows + 1, sizeof *answer.most);
        for (uint32_t r = 0; r < rows; r++) {
            answer.least[r] = panel->rows[r].least - (uint32_t)best.x[down[r]];
            answer.most[r] = panel->rows[r].most + (uint32_t)best.x[up[r]];
        }
    }
    rk_program_result_free(&best);
    rk_program_free(program);
    rk_free(down);
    rk_free(up);
    return answer;
}
