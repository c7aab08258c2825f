/* Scores as rk-score writes them. */
#ifndef RK_SCORE_ROWS_H
#define RK_SCORE_ROWS_H

#include "score/score.h"
#include "score/severity.h"

struct rk_score_rows {
    struct rk_scorer *scorer;   /* after rk_scorer_finish */
    const struct rk_score *all; /* its scores, adjusted; NULL = as the scorer has them */
    /* where `all` is NULL and `rated` is not: they adjust */
    const struct rk_severities *severities;
    const struct rk_ids *ids;
    struct rk_scores_form form;
};
/* Writes them all, with up to `threads` threads. */
void rk_score_rows_write(const struct rk_score_rows *rows, unsigned threads,
                         struct rk_writer *writer);

#endif
