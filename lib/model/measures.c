#include "model/measures.h"

const struct rk_writer_column rk_measure_columns[RK_MEASURE_COLUMNS] = {
    {"measure", false}, {"variant", false}, {"estimate", true}, {"se", true},
    {"low", true},      {"high", true},     {"n", true},        {"method", false}};

bool rk_measure_has(const char *column)
{
    static const char *const before[] = {"feature", "value", "against"};
    bool has = false;
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        has |= !strcmp(column, before[i]);
    for (size_t i = 0; i < RK_MEASURE_COLUMNS; i++)
        has |= !strcmp(column, rk_measure_columns[i].name);
    return has;
}

void rk_measure_write(struct rk_writer *writer, const struct rk_measure *measure)
{
    rk_write_string(writer, measure->measure);
    rk_write_text(writer, measure->variant);
    rk_write_double(writer, measure->estimate);
    rk_write_double(writer, measure->se);
    rk_write_double(writer, measure->low);
    rk_write_double(writer, measure->high);
    rk_write_double(writer, measure->n);
    rk_write_text(writer, measure->method);
    rk_write_end(writer);
}
