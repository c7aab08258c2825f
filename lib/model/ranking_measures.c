#include "model/ranking_measures.h"

static void write_id(struct rk_writer *writer, const struct rk_ids *ids, enum rk_id_kind kind,
                     uint32_t id)
{
    if (id == RK_NONE)
        rk_write_missing(writer);
    else
        rk_write_text(writer, rk_id_text(ids, kind, id));
}

void rk_ranking_measures_write(const struct rk_ranking_measure *measures, size_t count,
                               const struct rk_ids *ids, struct rk_out *out)
{
    static const struct rk_writer_column columns[] = {{"recruitment_id", false},
                                                      {"stage", false},
                                                      {"rater_group", false},
                                                      {"other_group", false},
                                                      {"candidate_id", false},
                                                      {"other_candidate", false},
                                                      {"rater_id", false},
                                                      {"measure", false},
                                                      {"variant", false},
                                                      {"estimate", true},
                                                      {"se", true},
                                                      {"low", true},
                                                      {"high", true},
                                                      {"n", true},
                                                      {"method", false}};
    struct rk_writer *writer =
        rk_writer_open(out, RK_CSV, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < count; i++) {
        const struct rk_ranking_measure *m = &measures[i];
        write_id(writer, ids, RK_ID_RECRUITMENT, m->recruitment);
        if (m->stage == RK_NONE)
            rk_write_string(writer, "*");
        else
            write_id(writer, ids, RK_ID_STAGE, m->stage);
        write_id(writer, ids, RK_ID_GROUP, m->group);
        write_id(writer, ids, RK_ID_GROUP, m->other_group);
        write_id(writer, ids, RK_ID_CANDIDATE, m->candidate);
        write_id(writer, ids, RK_ID_CANDIDATE, m->other_candidate);
        write_id(writer, ids, RK_ID_RATER, m->rater);
        rk_write_string(writer, m->measure);
        rk_write_string(writer, m->variant);
        rk_write_double(writer, m->estimate);
        rk_write_double(writer, m->se);
        rk_write_double(writer, m->low);
        rk_write_double(writer, m->high);
        rk_write_double(writer, m->n);
        rk_write_string(writer, m->method);
        rk_write_end(writer);
    }
    rk_writer_finish(writer);
}
