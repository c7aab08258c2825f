#include "panel/program.h"

#include "base/mem.h"

#include <assert.h>

struct entry {
    uint32_t column, row;
    int64_t value;
};

struct rk_program {
    uint32_t rows, columns, row_room, column_room;
    int64_t *row_lower, *row_upper, *lower, *upper;
    struct rk_whole *cost;
    struct entry *entries;
    size_t entry_count, entry_room;
    struct rk_program_matrix matrix;
    struct rk_simplex *simplex; /* NULL: what there was is out of date */
    bool *dirty;                /* by variable: bounds to hand to the simplex */
    uint64_t steps;             /* of simplexes gone */
    int64_t *best;
    /* the branch at hand: bounds changed on the way, and where each level began */
    struct change {
        uint32_t variable;
        int64_t lower, upper;
    } * changes;
    size_t change_count, change_room;
    struct level {
        size_t changes;
        uint32_t variable; /* the other side is still to be searched: its bounds */
        int64_t lower, upper;
        struct rk_whole bound;
    } * levels;
    size_t level_count, level_room;
};

bool rk_effort_ended(struct rk_effort *effort)
{
    if (effort && !effort->ended &&
        (!effort->nodes || (effort->stop && effort->stop(effort->context))))
        effort->ended = true;
    return effort && effort->ended;
}

struct rk_program *rk_program_new(void) { return rk_alloc(1, sizeof(struct rk_program)); }

/* The matrix and what stands on it is out of date. */
static void outdate(struct rk_program *program)
{
    if (program->simplex)
        program->steps += rk_simplex_steps(program->simplex);
    rk_simplex_free(program->simplex);
    program->simplex = NULL;
    rk_free(program->matrix.first);
    rk_free(program->matrix.row);
    rk_free(program->matrix.entry);
    program->matrix = (struct rk_program_matrix){0};
}

void rk_program_free(struct rk_program *program)
{
    if (!program)
        return;
    outdate(program);
    rk_free(program->row_lower);
    rk_free(program->row_upper);
    rk_free(program->lower);
    rk_free(program->upper);
    rk_whole_free_all(program->cost, program->columns);
    rk_free(program->entries);
    rk_free(program->dirty);
    rk_free(program->best);
    rk_free(program->changes);
    for (size_t i = 0; i < program->level_room; i++)
        rk_whole_free(&program->levels[i].bound);
    rk_free(program->levels);
    rk_free(program);
}

static bool within(int64_t lower, int64_t upper)
{
    return lower >= -RK_PROGRAM_MOST && lower <= upper && upper <= RK_PROGRAM_MOST;
}

uint32_t rk_program_row(struct rk_program *program, int64_t lower, int64_t upper)
{
    assert(within(lower, upper));
    if (program->rows == program->row_room) {
        program->row_room = program->row_room ? program->row_room * 2 : 64;
        program->row_lower = rk_resize(program->row_lower, program->row_room, sizeof(int64_t));
        program->row_upper = rk_resize(program->row_upper, program->row_room, sizeof(int64_t));
    }
    outdate(program);
    program->row_lower[program->rows] = lower;
    program->row_upper[program->rows] = upper;
    return program->rows++;
}

uint32_t rk_program_column(struct rk_program *program, int64_t lower, int64_t upper)
{
    assert(within(lower, upper));
    if (program->columns == program->column_room) {
        uint32_t before = program->column_room, room = before ? before * 2 : 256;
        program->lower = rk_resize(program->lower, room, sizeof(int64_t));
        program->upper = rk_resize(program->upper, room, sizeof(int64_t));
        program->cost = rk_resize(program->cost, room, sizeof *program->cost);
        memset(program->cost + before, 0, (room - before) * sizeof *program->cost);
        program->column_room = room;
    }
    outdate(program);
    program->lower[program->columns] = lower;
    program->upper[program->columns] = upper;
    return program->columns++;
}

void rk_program_entry(struct rk_program *program, uint32_t row, uint32_t column, int64_t entry)
{
    assert(row < program->rows && column < program->columns);
    outdate(program);
    RK_GROW(program->entries, program->entry_count, program->entry_room);
    program->entries[program->entry_count++] = (struct entry){column, row, entry};
}

uint32_t rk_program_rows(const struct rk_program *program) { return program->rows; }
uint32_t rk_program_columns(const struct rk_program *program) { return program->columns; }

static void touch(struct rk_program *program, uint32_t variable)
{
    if (program->simplex)
        program->dirty[variable] = true;
}

void rk_program_column_bounds(struct rk_program *program, uint32_t column, int64_t lower,
                              int64_t upper)
{
    assert(column < program->columns && within(lower, upper));
    if (program->lower[column] == lower && program->upper[column] == upper)
        return;
    program->lower[column] = lower;
    program->upper[column] = upper;
    touch(program, column);
}

void rk_program_row_bounds(struct rk_program *program, uint32_t row, int64_t lower, int64_t upper)
{
    assert(row < program->rows && within(lower, upper));
    if (program->row_lower[row] == lower && program->row_upper[row] == upper)
        return;
    program->row_lower[row] = lower;
    program->row_upper[row] = upper;
    touch(program, program->columns + row);
}

int64_t rk_program_lower(const struct rk_program *program, uint32_t column)
{
    return program->lower[column];
}

int64_t rk_program_upper(const struct rk_program *program, uint32_t column)
{
    return program->upper[column];
}

int64_t rk_program_row_lower(const struct rk_program *program, uint32_t row)
{
    return program->row_lower[row];
}

int64_t rk_program_row_upper(const struct rk_program *program, uint32_t row)
{
    return program->row_upper[row];
}

void rk_program_cost(struct rk_program *program, uint32_t column, const struct rk_whole *cost)
{
    assert(column < program->columns);
    if (!rk_whole_compare(&program->cost[column], cost))
        return;
    rk_whole_set(&program->cost[column], cost);
    if (program->simplex)
        rk_simplex_cost(program->simplex, column, cost);
}

void rk_program_cost_i64(struct rk_program *program, uint32_t column, int64_t cost)
{
    struct rk_whole whole = {.small = cost};
    rk_program_cost(program, column, &whole);
}

static int by_column(const void *x, const void *y)
{
    const struct entry *a = x, *b = y;
    if (a->column != b->column)
        return a->column < b->column ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

const struct rk_program_matrix *rk_program_matrix(struct rk_program *program)
{
    struct rk_program_matrix *matrix = &program->matrix;
    if (matrix->first)
        return matrix;
    struct entry *entries = program->entries;
    if (program->entry_count)
        qsort(entries, program->entry_count, sizeof *entries, by_column);
    size_t kept = 0;
    for (size_t i = 0; i < program->entry_count; i++) {
        if (kept && !by_column(&entries[kept - 1], &entries[i]))
            entries[kept - 1].value += entries[i].value;
        else
            entries[kept++] = entries[i];
    }
    program->entry_count = kept;
    matrix->first = rk_alloc((size_t)program->columns + 1, sizeof *matrix->first);
    matrix->row = rk_alloc(kept, sizeof *matrix->row);
    matrix->entry = rk_alloc(kept, sizeof *matrix->entry);
    uint32_t column = 0;
    for (size_t i = 0; i < kept; i++) {
        while (column < entries[i].column)
            matrix->first[++column] = (uint32_t)i;
        matrix->row[i] = entries[i].row;
        matrix->entry[i] = entries[i].value;
    }
    while (column < program->columns)
        matrix->first[++column] = (uint32_t)kept;
    return matrix;
}

int64_t rk_program_row_sum(const struct rk_program *program, uint32_t row, const int64_t *x)
{
    int64_t sum = 0;
    for (size_t i = 0; i < program->entry_count; i++)
        if (program->entries[i].row == row)
            sum += program->entries[i].value * x[program->entries[i].column];
    return sum;
}

bool rk_program_keeps(const struct rk_program *program, const int64_t *x)
{
    int64_t *sums = rk_alloc(program->rows, sizeof *sums);
    bool keeps = true;
    for (size_t i = 0; i < program->entry_count; i++)
        sums[program->entries[i].row] += program->entries[i].value * x[program->entries[i].column];
    for (uint32_t r = 0; r < program->rows; r++)
        keeps = keeps && sums[r] >= program->row_lower[r] && sums[r] <= program->row_upper[r];
    for (uint32_t c = 0; c < program->columns; c++)
        keeps = keeps && x[c] >= program->lower[c] && x[c] <= program->upper[c];
    rk_free(sums);
    return keeps;
}

/* Bounds of column or row sum. */
static int64_t *lower_of(struct rk_program *program, uint32_t v)
{
    return v < program->columns ? &program->lower[v] : &program->row_lower[v - program->columns];
}

static int64_t *upper_of(struct rk_program *program, uint32_t v)
{
    return v < program->columns ? &program->upper[v] : &program->row_upper[v - program->columns];
}

static void hand_over(struct rk_program *program)
{
    uint32_t variables = program->columns + program->rows;
    bool fresh = !program->simplex;
    if (fresh) {
        const struct rk_program_matrix *m = rk_program_matrix(program);
        program->simplex =
            rk_simplex_new(program->rows, program->columns, m->first, m->row, m->entry);
        program->dirty = rk_resize(program->dirty, variables, sizeof *program->dirty);
        program->best = rk_resize(program->best, program->columns, sizeof *program->best);
        for (uint32_t c = 0; c < program->columns; c++)
            rk_simplex_cost(program->simplex, c, &program->cost[c]);
    }
    for (uint32_t v = 0; v < variables; v++)
        if (fresh || program->dirty[v]) {
            rk_simplex_bounds_i64(program->simplex, v, *lower_of(program, v),
                                  *upper_of(program, v));
            program->dirty[v] = false;
        }
}

/* ---- branch and bound ---- */

static void narrow(struct rk_program *program, uint32_t v, int64_t lower, int64_t upper)
{
    int64_t *low = lower_of(program, v), *high = upper_of(program, v);
    RK_GROW(program->changes, program->change_count, program->change_room);
    program->changes[program->change_count++] = (struct change){v, *low, *high};
    *low = lower;
    *high = upper;
    rk_simplex_bounds_i64(program->simplex, v, lower, upper);
}

static void widen(struct rk_program *program, size_t until)
{
    while (program->change_count > until) {
        const struct change *change = &program->changes[--program->change_count];
        *lower_of(program, change->variable) = change->lower;
        *upper_of(program, change->variable) = change->upper;
        rk_simplex_bounds_i64(program->simplex, change->variable, change->lower, change->upper);
    }
}

/* The column to branch on, its floor, and whether to look above first; columns = all are whole.
 * To find any, the one nearest above to a whole number, upwards; to find the best, the one nearest
 * to a half, to the nearer side. */
static uint32_t choose_branch(const struct rk_program *program, bool any, int64_t *floor_of,
                              bool *up)
{
    const struct rk_whole *over = rk_simplex_over(program->simplex);
    struct rk_whole value = {0}, down = {0}, part = {0}, score = {0}, best = {0};
    uint32_t chosen = program->columns;
    for (uint32_t c = 0; c < program->columns; c++) {
        if (!rk_simplex_is_basic(program->simplex, c))
            continue;
        rk_simplex_value(program->simplex, c, &value);
        rk_whole_divide_down(&down, &value, over);
        rk_whole_set(&part, &value);
        rk_whole_subtract_product(&part, &down, over);
        if (!rk_whole_sign(&part))
            continue;
        rk_whole_set(&score, over); /* of over - part and part … */
        rk_whole_subtract(&score, &score, &part);
        bool above = rk_whole_compare(&score, &part) <= 0;
        if (any)
            rk_whole_set(&score, &part);
        else if (!above)
            rk_whole_set(&score, &part); /* … the smaller: how far from whole */
        if (chosen == program->columns || rk_whole_compare(&score, &best) > 0) {
            chosen = c;
            rk_whole_swap(&best, &score);
            rk_whole_i64(&down, floor_of);
            *up = any || above;
        }
    }
    rk_whole_free(&value);
    rk_whole_free(&down);
    rk_whole_free(&part);
    rk_whole_free(&score);
    rk_whole_free(&best);
    return chosen;
}

/* Keeps the whole point at hand as the best. */
static void keep(struct rk_program *program, struct rk_program_result *result)
{
    struct rk_whole value = {0}, x = {0};
    rk_whole_set_i64(&result->cost, 0);
    for (uint32_t c = 0; c < program->columns; c++) {
        rk_simplex_value(program->simplex, c, &value);
        rk_whole_divide_exactly(&x, &value, rk_simplex_over(program->simplex));
        rk_whole_i64(&x, &program->best[c]);
        rk_whole_add_product(&result->cost, &x, &program->cost[c]);
    }
    rk_whole_free(&value);
    rk_whole_free(&x);
    result->found = true;
    result->x = program->best;
}

/* With a best one known, a column that is at a bound and would cost more than what could be saved
 * for one step away from it stays there below this node. */
static void fix_by_cost(struct rk_program *program, const struct rk_program_result *result,
                        const struct rk_whole *least)
{
    struct rk_whole saving = {0}, reduced = {0};
    const struct rk_whole *over = rk_simplex_over(program->simplex);
    rk_whole_multiply(&saving, &result->cost, over);
    rk_whole_subtract(&saving, &saving, least);
    rk_whole_subtract(&saving, &saving, over); /* costs are whole: less by one at least */
    for (uint32_t c = 0; c < program->columns; c++) {
        if (rk_simplex_is_basic(program->simplex, c) || program->lower[c] == program->upper[c])
            continue;
        rk_simplex_reduced_cost(program->simplex, c, &reduced);
        bool at_lower = rk_whole_sign(&reduced) > 0;
        if (!at_lower)
            rk_whole_negate(&reduced);
        if (rk_whole_compare(&reduced, &saving) > 0) {
            int64_t at = at_lower ? program->lower[c] : program->upper[c];
            narrow(program, c, at, at);
        }
    }
    rk_whole_free(&saving);
    rk_whole_free(&reduced);
}

/* No x within the columns' own bounds costs less. */
static void loosest_bound(const struct rk_program *program, struct rk_whole *bound)
{
    struct rk_whole at = {0};
    for (uint32_t c = 0; c < program->columns; c++) {
        at.small = rk_whole_sign(&program->cost[c]) > 0 ? program->lower[c] : program->upper[c];
        rk_whole_add_product(bound, &program->cost[c], &at);
    }
}

/* Goes to the other side of the deepest level; `bound` becomes that side's. */
static bool go_on(struct rk_program *program, struct rk_whole *bound)
{
    if (!program->level_count)
        return false;
    struct level *level = &program->levels[--program->level_count];
    rk_whole_set(bound, &level->bound);
    widen(program, level->changes);
    narrow(program, level->variable, level->lower, level->upper);
    return true;
}

static bool ended(struct rk_effort *effort, uint64_t most_nodes, struct rk_program_result *result)
{
    if ((most_nodes && result->nodes >= most_nodes) || rk_effort_ended(effort))
        return true;
    result->nodes++;
    if (effort)
        effort->nodes--;
    return false;
}

static void push_level(struct rk_program *program, uint32_t variable, int64_t lower, int64_t upper,
                       const struct rk_whole *bound)
{
    size_t before = program->level_room;
    RK_GROW(program->levels, program->level_count, program->level_room);
    if (program->level_room > before)
        memset(program->levels + before, 0,
               (program->level_room - before) * sizeof *program->levels);
    struct level *level = &program->levels[program->level_count++];
    level->changes = program->change_count;
    level->variable = variable;
    level->lower = lower;
    level->upper = upper;
    rk_whole_set(&level->bound, bound);
}

struct rk_program_result rk_program_solve(struct rk_program *program, bool any, uint64_t most_nodes,
                                          struct rk_effort *effort)
{
    struct rk_program_result result = {.outcome = RK_PROGRAM_NONE};
    struct rk_whole least = {0}, here = {0};
    hand_over(program);
    rk_simplex_stop_when(program->simplex, effort ? effort->stop : NULL,
                         effort ? effort->context : NULL);
    program->change_count = program->level_count = 0;
    loosest_bound(program, &here); /* `here` bounds the node that is to be solved */
    bool stopped = false;
    do {
        if (ended(effort, most_nodes, &result)) {
            stopped = true;
            break;
        }
        enum rk_simplex_outcome outcome = rk_simplex_solve(program->simplex);
        if (outcome == RK_SIMPLEX_STOPPED) {
            effort->ended = stopped = true;
            break;
        }
        while (outcome == RK_SIMPLEX_OPTIMAL) { /* down one branch */
            const struct rk_whole *over = rk_simplex_over(program->simplex);
            rk_simplex_least(program->simplex, &least);
            rk_whole_set(&here, &least); /* the next whole number above */
            rk_whole_negate(&here);
            rk_whole_divide_down(&here, &here, over);
            rk_whole_negate(&here);
            if (result.found && rk_whole_compare(&here, &result.cost) >= 0)
                break;
            if (result.found)
                fix_by_cost(program, &result, &least);
            int64_t down = 0;
            bool up = false;
            uint32_t c = choose_branch(program, any, &down, &up);
            if (c == program->columns) {
                keep(program, &result);
                break;
            }
            int64_t low = program->lower[c], high = program->upper[c];
            push_level(program, c, up ? low : down + 1, up ? down : high, &here);
            narrow(program, c, up ? down + 1 : low, up ? high : down);
            if (ended(effort, most_nodes, &result)) {
                stopped = true;
                break;
            }
            outcome = rk_simplex_solve(program->simplex);
            if (outcome == RK_SIMPLEX_STOPPED) {
                effort->ended = stopped = true;
                break;
            }
        }
    } while (!stopped && !(any && result.found) && go_on(program, &here));
    if (result.found) {
        result.outcome = RK_PROGRAM_FOUND;
        rk_whole_set(&result.bound, &result.cost);
    }
    if (stopped || any) { /* what is open may be better: the node at hand and the other sides */
        if (stopped)
            result.outcome = RK_PROGRAM_STOPPED;
        if (!result.found || rk_whole_compare(&here, &result.bound) < 0)
            rk_whole_set(&result.bound, &here);
        for (size_t i = 0; i < program->level_count; i++)
            if (rk_whole_compare(&program->levels[i].bound, &result.bound) < 0)
                rk_whole_set(&result.bound, &program->levels[i].bound);
    }
    widen(program, 0);
    rk_whole_free(&least);
    rk_whole_free(&here);
    return result;
}

void rk_program_result_free(struct rk_program_result *result)
{
    rk_whole_free(&result->cost);
    rk_whole_free(&result->bound);
}

uint64_t rk_program_steps(const struct rk_program *program)
{
    return program->steps + (program->simplex ? rk_simplex_steps(program->simplex) : 0);
}

bool rk_program_round(struct rk_program *program, struct rk_effort *effort, int64_t *x)
{
    struct rk_program_result unused = {0};
    hand_over(program);
    rk_simplex_stop_when(program->simplex, effort ? effort->stop : NULL,
                         effort ? effort->context : NULL);
    if (ended(effort, 0, &unused))
        return false;
    enum rk_simplex_outcome outcome = rk_simplex_solve(program->simplex);
    if (outcome == RK_SIMPLEX_STOPPED)
        effort->ended = true;
    if (outcome != RK_SIMPLEX_OPTIMAL)
        return false;
    const struct rk_whole *over = rk_simplex_over(program->simplex);
    struct rk_whole value = {0}, two = {.small = 2}, twice = {0};
    rk_whole_multiply(&twice, over, &two);
    for (uint32_t c = 0; c < program->columns; c++) {
        rk_simplex_value(program->simplex, c, &value);
        rk_whole_multiply(&value, &value, &two);
        rk_whole_add(&value, &value, over);
        rk_whole_divide_down(&value, &value, &twice);
        rk_whole_i64(&value, &x[c]);
    }
    rk_whole_free(&value);
    rk_whole_free(&twice);
    return true;
}
