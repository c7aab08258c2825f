/* Cells of a checked row as what the model's structs hold, and how a missing one is told there. */
#ifndef RK_CELLS_H
#define RK_CELLS_H

#include "base/mem.h"
#include "table/table.h"

#define RK_NO_DATE INT32_MIN

static inline int32_t rk_cell_date(const struct rk_value *value)
{
    return value->size ? (int32_t)value->time : RK_NO_DATE;
}
/* A whole number, a year; -1 = missing (the schemas allow none below zero). */
static inline int32_t rk_cell_count(const struct rk_value *value)
{
    rk_fixed number = value->number / RK_FIXED_ONE;
    return !value->size ? -1 : number > INT32_MAX ? INT32_MAX : (int32_t)number;
}
/* A boolean: 1, 0, -1 = missing. */
static inline int8_t rk_cell_flag(const struct rk_value *value)
{
    return !value->size ? -1 : value->number != 0;
}
static inline struct rk_text rk_cell_text(struct rk_arena *arena, const struct rk_value *value)
{
    if (!value->size)
        return (struct rk_text){"", 0};
    return (struct rk_text){rk_arena_text(arena, value->text, value->size), value->size};
}

#endif
