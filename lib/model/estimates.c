#include "model/estimates.h"

void rk_estimates_columns(struct rk_writer_column columns[RK_ESTIMATES_COLUMNS])
{
    static const struct rk_writer_column all[RK_ESTIMATES_COLUMNS] = {
        {"recruitment_id", false}, {"stage", false}, {"rater_group", false}, {"basis", false},
        {"part", true}, {"facet", false}, {"element", false}, {"measure", false},
        {"variant", false}, {"estimate", true}, {"se", true}, {"low", true}, {"high", true},
        {"n", true}, {"method", false},
    };
    memcpy(columns, all, sizeof all);
}

void rk_estimates_write(const struct rk_ids *ids, const struct rk_estimate *estimate,
                        struct rk_writer *writer)
{
    rk_id_write(ids, RK_ID_RECRUITMENT, estimate->recruitment, writer);
    rk_id_write(ids, RK_ID_STAGE, estimate->stage, writer);
    rk_id_write(ids, RK_ID_GROUP, estimate->group, writer);
    rk_write_string(writer, rk_basis_name(estimate->basis));
    if (estimate->part)
        rk_write_int(writer, estimate->part);
    else
        rk_write_missing(writer);
    rk_write_string(writer, estimate->facet);
    rk_write_text(writer, estimate->element);
    rk_write_string(writer, estimate->measure);
    rk_write_text(writer, estimate->variant);
    rk_write_double(writer, estimate->estimate);
    rk_write_double(writer, estimate->se);
    rk_write_double(writer, estimate->low);
    rk_write_double(writer, estimate->high);
    if (estimate->n)
        rk_write_int(writer, (int64_t)estimate->n);
    else
        rk_write_missing(writer);
    rk_write_string(writer, estimate->method);
    rk_write_end(writer);
}
