#include "model/measures.h"

#include <string.h>

size_t rk_measures_columns(const char *const *by, size_t by_count, const char *const *more,
                           size_t more_count, struct rk_writer_column *columns)
{
    static const struct rk_writer_column ours[RK_MEASURE_COLUMNS] = {
        {"measure", false}, {"variant", false}, {"estimate", true}, {"se", true},
        {"low", true},      {"high", true},     {"n", true},        {"method", false}};
    size_t n = 0;
    for (size_t i = 0; i < by_count; i++)
        columns[n++] = (struct rk_writer_column){by[i], false};
    memcpy(columns + n, ours, sizeof ours);
    n += RK_MEASURE_COLUMNS;
    for (size_t i = 0; i < more_count; i++)
        columns[n++] = (struct rk_writer_column){more[i], true};
    return n;
}

void rk_measures_write(const struct rk_text *by, size_t by_count, const struct rk_measure *m,
                       const double *more, size_t more_count, struct rk_writer *writer)
{
    for (size_t i = 0; i < by_count; i++)
        rk_write_text(writer, by[i]);
    rk_write_string(writer, m->measure);
    rk_write_string(writer, m->variant);
    rk_write_double(writer, m->estimate);
    rk_write_double(writer, m->se);
    rk_write_double(writer, m->low);
    rk_write_double(writer, m->high);
    rk_write_double(writer, m->n);
    rk_write_string(writer, m->method);
    for (size_t i = 0; i < more_count; i++)
        rk_write_double(writer, more[i]);
    rk_write_end(writer);
}
