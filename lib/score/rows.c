#include "score/rows.h"

static void write_block(void *context, size_t from, size_t to, struct rk_writer *writer)
{
    const struct rk_score_rows *rows = context;
    struct rk_scorer_view view = {0};
    struct rk_arena arena = {0};
    struct rk_score one;
    for (size_t i = from; i < to; i++) {
        if (!rows->all) {
            rk_scorer_view(rows->scorer, &view, i, &one);
            rk_arena_reset(&arena);
            if (rows->severities->rated)
                rk_severity_adjust(rows->severities, &one, &arena);
        }
        rk_scores_write(&rows->form, rows->ids, rows->all ? &rows->all[i] : &one, writer);
    }
    rk_arena_free(&arena);
}

void rk_score_rows_write(const struct rk_score_rows *rows, unsigned threads,
                         struct rk_writer *writer)
{
    bool adjusts = !rows->all && rows->severities->rated; /* which remembers what it looked up last */
    rk_write_blocks(writer, rk_scorer_count(rows->scorer), adjusts ? 1 : threads, write_block,
                    (void *)rows);
}
