#include "privacy/layout.h"

#include "base/mem.h"

#include <string.h>

void rk_layout_group(struct rk_layout *l, uint32_t dim, uint32_t total, const uint32_t *parts,
                     uint32_t count)
{
    struct rk_layout_group group = {dim, total, rk_alloc(count, sizeof *parts), count};
    memcpy(group.parts, parts, count * sizeof *parts);
    RK_GROW(l->groups, l->group_count, l->group_room);
    l->groups[l->group_count++] = group;
}

uint32_t rk_layout_cell(struct rk_layout *l, const uint32_t *labels)
{
    l->keys.width = l->dims;
    return rk_tuples_add(&l->keys, labels);
}

uint32_t rk_layout_find(const struct rk_layout *l, const uint32_t *labels)
{
    return l->keys.width ? rk_tuples_find(&l->keys, labels) : RK_NONE;
}

static bool has_part(const struct rk_layout_group *group, uint32_t label)
{
    for (uint32_t i = 0; i < group->count; i++)
        if (group->parts[i] == label)
            return true;
    return false;
}

uint32_t rk_layout_above(struct rk_layout *l, const uint32_t *labels, uint32_t **cells,
                         uint32_t *room)
{
    /* per dimension the label and what it counts in, each once */
    uint32_t *line[RK_LAYOUT_DIMS] = {0}, size[RK_LAYOUT_DIMS] = {0}, held[RK_LAYOUT_DIMS] = {0};
    uint32_t at[RK_LAYOUT_DIMS] = {0}, key[RK_LAYOUT_DIMS], count = 0, d = 0;
    for (d = 0; d < l->dims; d++) {
        RK_GROW(line[d], size[d], held[d]);
        line[d][size[d]++] = labels[d];
        for (uint32_t i = 0; i < size[d]; i++)
            for (uint32_t g = 0; g < l->group_count; g++) {
                bool known = l->groups[g].dim != d || !has_part(&l->groups[g], line[d][i]);
                for (uint32_t k = 0; k < size[d] && !known; k++)
                    known = line[d][k] == l->groups[g].total;
                if (known)
                    continue;
                RK_GROW(line[d], size[d], held[d]);
                line[d][size[d]++] = l->groups[g].total;
            }
    }
    do {
        for (d = 0; d < l->dims; d++)
            key[d] = line[d][at[d]];
        RK_GROW(*cells, count, *room);
        (*cells)[count++] = rk_layout_cell(l, key);
        for (d = 0; d < l->dims && ++at[d] == size[d]; d++)
            at[d] = 0;
    } while (d < l->dims);
    for (d = 0; d < l->dims; d++)
        rk_free(line[d]);
    return count;
}

static void add_cell(struct rk_layout *l, uint32_t cell)
{
    RK_GROW(l->cell, l->cell_count, l->cell_room);
    l->cell[l->cell_count++] = cell;
}

static void end_sum(struct rk_layout *l)
{
    if (l->sum_count + 1 >= l->sum_room) {
        l->sum_room = l->sum_room ? l->sum_room * 2 : 16;
        l->first = rk_resize(l->first, l->sum_room, sizeof *l->first);
    }
    l->first[0] = 0;
    l->first[++l->sum_count] = l->cell_count;
}

void rk_layout_sum(struct rk_layout *l, uint32_t total, const uint32_t *parts, uint32_t count)
{
    add_cell(l, total);
    for (uint32_t i = 0; i < count; i++)
        add_cell(l, parts[i]);
    end_sum(l);
}

void rk_layout_sums(struct rk_layout *l)
{
    uint32_t cells = l->keys.count, key[RK_LAYOUT_DIMS];
    for (uint32_t c = 0; c < cells; c++)
        for (uint32_t g = 0; g < l->group_count; g++) {
            const struct rk_layout_group *group = &l->groups[g];
            const uint32_t *labels = l->keys.members + (size_t)c * l->dims;
            uint32_t before = l->cell_count;
            if (labels[group->dim] != group->total)
                continue;
            memcpy(key, labels, l->dims * sizeof *key);
            add_cell(l, c);
            for (uint32_t i = 0; i < group->count; i++) {
                key[group->dim] = group->parts[i];
                uint32_t part = rk_layout_find(l, key);
                if (part != RK_NONE)
                    add_cell(l, part);
            }
            if (l->cell_count == before + 1)
                l->cell_count = before;
            else
                end_sum(l);
        }
}

struct rk_sums rk_layout_view(const struct rk_layout *l)
{
    static const uint32_t none[1] = {0};
    return (struct rk_sums){l->first ? l->first : none, l->cell, l->sum_count};
}

void rk_layout_free(struct rk_layout *l)
{
    for (uint32_t g = 0; g < l->group_count; g++)
        rk_free(l->groups[g].parts);
    rk_free(l->groups);
    rk_free(l->first);
    rk_free(l->cell);
    rk_tuples_free(&l->keys);
    *l = (struct rk_layout){0};
}
