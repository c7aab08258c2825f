#include "stat/crossed.h"

#include "base/mem.h"

#include <assert.h>

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Sorts, and calls `take` with each number that is there and how often. */
static size_t count_equal(uint64_t *numbers, size_t n, struct rk_crossed_cell *cells,
                          struct rk_crossed_pair *pairs)
{
    size_t kept = 0;
    qsort(numbers, n, sizeof *numbers, by_number);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && numbers[j] == numbers[i];)
            j++;
        if (pairs)
            pairs[kept] = (struct rk_crossed_pair){(uint32_t)(numbers[i] >> 32),
                                                   (uint32_t)numbers[i], (uint32_t)(j - i)};
        else
            cells[kept] = (struct rk_crossed_cell){(uint32_t)numbers[i], (uint32_t)(j - i)};
        kept++;
    }
    return kept;
}

/* The observations' columns, level of the first facet by level. */
static void make_cells(struct rk_crossed *c, const struct rk_crossed_data *data)
{
    const uint32_t *first = data->level[c->facet_of[0]];
    size_t width = c->facets - 1, most = 0;
    c->start = rk_alloc((size_t)c->levels[0] + 1, sizeof *c->start);
    for (size_t i = 0; i < c->n; i++)
        c->start[first[i] + 1]++;
    for (uint32_t l = 0; l < c->levels[0]; l++) {
        if (c->start[l + 1] > most)
            most = c->start[l + 1];
        c->start[l + 1] += c->start[l];
    }
    c->cells = rk_resize(NULL, c->n * width + 1, sizeof *c->cells);
    for (size_t i = 0; i < c->n; i++) {
        size_t at = c->start[first[i]]++;
        for (size_t p = 1; p < c->facets; p++)
            c->cells[at * width + p - 1].column = c->offset[p] + data->level[c->facet_of[p]][i];
    }
    uint64_t *columns = rk_resize(NULL, most * width + 1, sizeof *columns);
    size_t from = 0, to = 0;
    for (uint32_t l = 0; l < c->levels[0]; l++) {
        size_t end = c->start[l] * width; /* the fill has moved it to the level's end */
        size_t n = end - from;
        for (size_t k = 0; k < n; k++)
            columns[k] = c->cells[from + k].column;
        c->start[l] = to;
        to += count_equal(columns, n, c->cells + to, NULL);
        from = end;
    }
    c->start[c->levels[0]] = to;
    rk_free(columns);
    c->cells = rk_resize(c->cells, to + 1, sizeof *c->cells);
}

static void make_pairs(struct rk_crossed *c, const struct rk_crossed_data *data)
{
    if (c->facets < 3)
        return;
    const uint32_t *a = data->level[c->facet_of[1]], *b = data->level[c->facet_of[2]];
    uint64_t *both = rk_resize(NULL, c->n, sizeof *both);
    for (size_t i = 0; i < c->n; i++)
        both[i] = (uint64_t)a[i] << 32 | (c->offset[2] + b[i]);
    size_t distinct = 1;
    qsort(both, c->n, sizeof *both, by_number);
    for (size_t i = 1; i < c->n; i++)
        distinct += both[i] != both[i - 1];
    c->pairs = rk_resize(NULL, distinct, sizeof *c->pairs);
    c->pair_count = count_equal(both, c->n, NULL, c->pairs);
    rk_free(both);
}

void rk_crossed_make(struct rk_crossed *crossed, const struct rk_crossed_data *data)
{
    assert(data->n && data->facets >= 1 && data->facets <= RK_CROSSED_FACETS);
    struct rk_crossed *c = crossed;
    *c = (struct rk_crossed){.n = data->n, .facets = data->facets};
    size_t most = 0, at = 1;
    for (size_t f = 1; f < data->facets; f++)
        if (data->levels[f] > data->levels[most])
            most = f;
    c->facet_of[0] = most;
    for (size_t f = 0; f < data->facets; f++)
        if (f != most)
            c->facet_of[at++] = f;
    for (size_t p = 0; p < c->facets; p++) {
        const uint32_t *level = data->level[c->facet_of[p]];
        c->levels[p] = data->levels[c->facet_of[p]];
        if (p) {
            c->offset[p] = c->rest;
            c->rest += c->levels[p];
        }
        c->count[p] = rk_alloc(c->levels[p], sizeof *c->count[p]);
        c->total[p] = rk_alloc(c->levels[p], sizeof *c->total[p]);
        for (size_t i = 0; i < c->n; i++) {
            c->count[p][level[i]]++;
            c->total[p][level[i]] += data->y[i];
        }
    }
    for (size_t i = 0; i < c->n; i++) {
        c->sum += data->y[i];
        c->squares += data->y[i] * data->y[i];
    }
    make_cells(c, data);
    make_pairs(c, data);
}

void rk_crossed_free(struct rk_crossed *crossed)
{
    for (size_t p = 0; p < crossed->facets; p++) {
        rk_free(crossed->count[p]);
        rk_free(crossed->total[p]);
    }
    rk_free(crossed->start);
    rk_free(crossed->cells);
    rk_free(crossed->pairs);
    *crossed = (struct rk_crossed){0};
}

size_t rk_crossed_place(const struct rk_crossed *crossed, size_t facet)
{
    size_t place = 0;
    while (crossed->facet_of[place] != facet)
        place++;
    return place;
}

static uint32_t root(uint32_t *above, uint32_t node)
{
    while (above[node] != node) {
        above[node] = above[above[node]];
        node = above[node];
    }
    return node;
}

uint32_t rk_crossed_parts(const struct rk_crossed_data *data, size_t facets,
                          uint32_t *part[RK_CROSSED_FACETS])
{
    uint32_t offset[RK_CROSSED_FACETS], nodes = 0, parts = 0;
    for (size_t f = 0; f < facets; f++) {
        offset[f] = nodes;
        nodes += data->levels[f];
    }
    uint32_t *above = rk_resize(NULL, (size_t)nodes + 1, sizeof *above);
    uint32_t *number = rk_resize(NULL, (size_t)nodes + 1, sizeof *number);
    for (uint32_t i = 0; i < nodes; i++) {
        above[i] = i;
        number[i] = UINT32_MAX;
    }
    for (size_t f = 1; f < facets; f++)
        for (size_t i = 0; i < data->n; i++) {
            uint32_t a = root(above, data->level[0][i]);
            uint32_t b = root(above, offset[f] + data->level[f][i]);
            if (a != b)
                above[a < b ? b : a] = a < b ? a : b;
        }
    for (size_t f = 0; f < facets; f++)
        for (uint32_t l = 0; l < data->levels[f]; l++) {
            uint32_t top = root(above, offset[f] + l);
            if (number[top] == UINT32_MAX)
                number[top] = parts++;
            part[f][l] = number[top];
        }
    rk_free(above);
    rk_free(number);
    return parts;
}
