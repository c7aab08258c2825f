/* Pools of the sortition world (respondents and categories, as CSV) read into a panel problem, for
 * the tests and the benchmark of lib/panel/leximin. */
#ifndef RK_POOL_H
#define RK_POOL_H

#include "base/mem.h"
#include "panel/panel.h"

struct pool {
    struct rk_panel_problem problem;
    struct rk_panel_row *rows;
    uint64_t *member;
    uint32_t *household;
    char ***people; /* person, column */
    char **header;
    size_t columns;
    char **feature, **value; /* by row */
};

/* The whole of a file, or NULL. */
static inline char *pool_text(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    struct rk_buf all = {0};
    char piece[65536];
    size_t got;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        rk_buf_add(&all, piece, got);
    fclose(file);
    return rk_buf_take(&all);
}

/* Splits one line of CSV in place; *at moves to the next. */
static inline char **pool_line(char **at, size_t *count)
{
    char **cells = NULL;
    size_t room = 0;
    *count = 0;
    for (char *c = *at;; c++) {
        char *to = c, *cell = c;
        if (*c == '"') {
            for (c++; *c && (*c != '"' || c[1] == '"'); c++)
                *to++ = (c += *c == '"', *c);
            c += *c == '"';
        }
        while (*c && *c != ',' && *c != '\n' && *c != '\r')
            *to++ = *c++;
        char end = *c;
        *to = '\0';
        RK_GROW(cells, *count, room);
        cells[(*count)++] = cell;
        if (end == ',')
            continue;
        if (end == '\r')
            c++;
        *at = end ? c + 1 : c;
        return cells;
    }
}

static inline size_t pool_column(char **header, size_t columns, const char *name)
{
    for (size_t i = 0; i < columns; i++)
        if (!strcmp(header[i], name))
            return i;
    return SIZE_MAX;
}

/* Reads both texts, which must stay; `household` names columns whose same values make a household
 * (NULL-ended), or is NULL. False where a feature has no column. */
static inline bool pool_read(struct pool *pool, char *respondents, char *categories, uint32_t seats,
                             const char *const *household)
{
    size_t columns, room = 0, count = 0;
    *pool = (struct pool){0};
    char **head = pool_line(&categories, &columns);
    size_t at_feature = pool_column(head, columns, "category");
    size_t at_value = pool_column(head, columns, "value");
    if (at_feature == SIZE_MAX) {
        at_feature = pool_column(head, columns, "feature");
    } else if (at_value == SIZE_MAX) {
        at_value = pool_column(head, columns, "name");
        if (at_value == SIZE_MAX)
            at_value = pool_column(head, columns, "feature");
    }
    size_t at_least = pool_column(head, columns, "min"),
           at_most = pool_column(head, columns, "max");
    size_t at_low = pool_column(head, columns, "min_flex");
    size_t at_high = pool_column(head, columns, "max_flex");
    while (*categories) {
        size_t got;
        char **cells = pool_line(&categories, &got);
        RK_GROW(pool->rows, count, room);
        pool->feature = rk_resize(pool->feature, room, sizeof *pool->feature);
        pool->value = rk_resize(pool->value, room, sizeof *pool->value);
        struct rk_panel_row row = {.least = (uint32_t)strtoul(cells[at_least], NULL, 10),
                                   .most = (uint32_t)strtoul(cells[at_most], NULL, 10),
                                   .most_flex = 1000000};
        if (at_low != SIZE_MAX) {
            row.least_flex = (uint32_t)strtoul(cells[at_low], NULL, 10);
            row.most_flex = (uint32_t)strtoul(cells[at_high], NULL, 10);
        }
        while (row.feature < count && strcmp(pool->feature[row.feature], cells[at_feature]))
            row.feature++;
        pool->rows[count] = row;
        pool->feature[count] = cells[at_feature];
        pool->value[count++] = cells[at_value];
        rk_free(cells);
    }
    rk_free(head);
    pool->problem.row_count = (uint32_t)count;
    pool->header = pool_line(&respondents, &pool->columns);
    uint32_t persons = 0;
    size_t people_room = 0, words = rk_panel_words((uint32_t)count);
    while (*respondents) {
        size_t got;
        RK_GROW(pool->people, persons, people_room);
        pool->people[persons++] = pool_line(&respondents, &got);
    }
    pool->member = rk_alloc(persons * words + 1, sizeof *pool->member);
    for (size_t r = 0; r < count; r++) {
        size_t at = pool_column(pool->header, pool->columns, pool->feature[r]);
        if (at == SIZE_MAX)
            return false;
        for (uint32_t i = 0; i < persons; i++)
            if (!strcmp(pool->people[i][at], pool->value[r]))
                pool->member[i * words + r / 64] |= UINT64_C(1) << r % 64;
    }
    if (household) {
        pool->household = rk_alloc((size_t)persons + 1, sizeof *pool->household);
        for (uint32_t i = 0; i < persons; i++) { /* named by the first who lives there */
            uint32_t j = 0;
            for (bool same = false; !same; j += !same) {
                same = true;
                for (const char *const *name = household; *name; name++) {
                    size_t at = pool_column(pool->header, pool->columns, *name);
                    same = same && !strcmp(pool->people[i][at], pool->people[j][at]);
                }
            }
            pool->household[i] = j;
        }
    }
    pool->problem.person_count = persons;
    pool->problem.seats = seats;
    pool->problem.rows = pool->rows;
    pool->problem.member = pool->member;
    pool->problem.household = pool->household;
    return true;
}

static inline void pool_free(struct pool *pool)
{
    for (uint32_t i = 0; i < pool->problem.person_count; i++)
        rk_free(pool->people[i]);
    rk_free(pool->people);
    rk_free(pool->header);
    rk_free(pool->rows);
    rk_free(pool->member);
    rk_free(pool->household);
    rk_free(pool->feature);
    rk_free(pool->value);
}

#endif
