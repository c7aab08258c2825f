#include "model/ranking.h"

static const struct rk_writer_column wide[] = {
    {"recruitment_id", false},
    {"stage", false},
    {"candidate_id", false},
    {"combined", true},
    {"rank", true},
    {"tied", true},
    {"low", true},
    {"high", true},
    {"p_first", true},
    {"flags", false},
};
static const struct rk_writer_column in_rows[] = {
    {"recruitment_id", false},
    {"stage", false},
    {"candidate_id", false},
    {"rater_group", false},
    {"score", true},
    {"n", true},
    {"weight", true},
    {"effective", true},
    {"combined", true},
    {"rank", true},
    {"tied", true},
    {"low", true},
    {"high", true},
    {"p_first", true},
    {"flags", false},
};

struct rk_writer *rk_ranking_open(const struct rk_ranking *ranking, const struct rk_ids *ids,
                                  bool in_long, struct rk_out *out, enum rk_form form)
{
    static const char *const of_group[] = {"score_", "n_", "weight_", "effective_"};
    const size_t fixed = sizeof wide / sizeof *wide;
    if (in_long)
        return rk_writer_open(out, form, in_rows, sizeof in_rows / sizeof *in_rows);
    size_t count = fixed + 4 * ranking->group_count;
    struct rk_writer_column *columns = rk_alloc(count, sizeof *columns);
    struct rk_buf *names = rk_alloc(count, sizeof *names);
    memcpy(columns, wide, sizeof wide);
    for (size_t i = fixed; i < count; i++) {
        uint32_t group = ranking->groups[(i - fixed) / 4];
        rk_buf_printf(&names[i], "%s%s", of_group[(i - fixed) % 4],
                      rk_id_text(ids, RK_ID_GROUP, group).text);
        columns[i] = (struct rk_writer_column){names[i].text, true};
    }
    struct rk_writer *writer = rk_writer_open(out, form, columns, count);
    for (size_t i = fixed; i < count; i++)
        rk_buf_free(&names[i]);
    rk_free(names);
    rk_free(columns);
    return writer;
}

static void write_number(struct rk_writer *writer, bool there, rk_fixed value)
{
    if (there)
        rk_write_fixed(writer, value);
    else
        rk_write_missing(writer);
}

static void write_count(struct rk_writer *writer, bool there, uint64_t value)
{
    if (there)
        rk_write_int(writer, (int64_t)value);
    else
        rk_write_missing(writer);
}

static void write_keys(const struct rk_ids *ids, const struct rk_ranking_row *row,
                       struct rk_writer *writer)
{
    rk_write_text(writer, rk_id_text(ids, RK_ID_RECRUITMENT, row->recruitment));
    rk_write_text(writer,
                  row->stage == RK_NONE ? RK_TEXT("*") : rk_id_text(ids, RK_ID_STAGE, row->stage));
    rk_write_text(writer, rk_id_text(ids, RK_ID_CANDIDATE, row->candidate));
}

static void write_rank(const struct rk_ranking_row *row, struct rk_writer *writer)
{
    write_number(writer, row->ranked, row->combined);
    write_count(writer, row->ranked, row->rank);
    write_count(writer, row->ranked, row->tied);
    write_number(writer, row->has_chances, row->low);
    write_number(writer, row->has_chances, row->high);
    if (row->has_chances)
        rk_write_double(writer, row->p_first);
    else
        rk_write_missing(writer);
    rk_write_text(writer, row->flags);
}

static void write_group(const struct rk_ranking_group *g, struct rk_writer *writer)
{
    write_number(writer, g->has_score, g->score);
    write_count(writer, g->expected, g->n);
    write_number(writer, g->expected, g->weight);
    write_number(writer, g->has_effective, g->effective);
}

struct rows {
    const struct rk_ranking *ranking;
    const struct rk_ids *ids;
    bool in_long;
};

static void write_rows(void *context, size_t from, size_t to, struct rk_writer *writer)
{
    const struct rows *rows = context;
    const struct rk_ranking *ranking = rows->ranking;
    const struct rk_ids *ids = rows->ids;
    const bool in_long = rows->in_long;
    for (size_t i = from; i < to; i++) {
        const struct rk_ranking_row *row = &ranking->rows[i];
        if (!in_long) {
            write_keys(ids, row, writer);
            write_rank(row, writer);
        }
        for (size_t g = 0; g < ranking->group_count; g++) {
            if (in_long && !row->groups[g].expected)
                continue;
            if (in_long) {
                write_keys(ids, row, writer);
                rk_write_text(writer, rk_id_text(ids, RK_ID_GROUP, ranking->groups[g]));
            }
            write_group(&row->groups[g], writer);
            if (in_long) {
                write_rank(row, writer);
                rk_write_end(writer);
            }
        }
        if (!in_long)
            rk_write_end(writer);
    }
}

void rk_ranking_write(const struct rk_ranking *ranking, const struct rk_ids *ids, bool in_long,
                      unsigned threads, struct rk_writer *writer)
{
    rk_write_blocks(writer, ranking->count, threads, write_rows,
                    &(struct rows){ranking, ids, in_long});
}
