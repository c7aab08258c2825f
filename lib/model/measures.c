#include "model/measures.h"

#include <string.h>

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

static void write_cells(struct rk_writer *writer, const struct rk_measure *measure)
{
    rk_write_string(writer, measure->measure);
    rk_write_text(writer, measure->variant);
    rk_write_double(writer, measure->estimate);
    rk_write_double(writer, measure->se);
    rk_write_double(writer, measure->low);
    rk_write_double(writer, measure->high);
    rk_write_double(writer, measure->n);
    rk_write_text(writer, measure->method);
}

void rk_measure_write(struct rk_writer *writer, const struct rk_measure *measure)
{
    write_cells(writer, measure);
    rk_write_end(writer);
}

size_t rk_measures_columns(const char *const *by, size_t by_count, const char *const *more,
                           size_t more_count, struct rk_writer_column *columns)
{
    size_t n = 0;
    for (size_t i = 0; i < by_count; i++)
        columns[n++] = (struct rk_writer_column){by[i], false};
    memcpy(columns + n, rk_measure_columns, sizeof rk_measure_columns);
    n += RK_MEASURE_COLUMNS;
    for (size_t i = 0; i < more_count; i++)
        columns[n++] = (struct rk_writer_column){more[i], true};
    return n;
}

void rk_measures_write(const struct rk_text *by, size_t by_count, const struct rk_measure *measure,
                       const double *more, size_t more_count, struct rk_writer *writer)
{
    for (size_t i = 0; i < by_count; i++)
        rk_write_text(writer, by[i]);
    write_cells(writer, measure);
    for (size_t i = 0; i < more_count; i++)
        rk_write_double(writer, more[i]);
    rk_write_end(writer);
}
