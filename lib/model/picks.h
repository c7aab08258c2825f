/* A specification of tables picked out of `measures` (share/reports/evaluation-*.json): which rows,
 * what they are called, in which order. Texts are {"sv": …, "en": …}.
 *
 *   id, title, publisher, language, threshold, labels   as of any specification
 * (model/specification.h) codebooks     whose items' words are labels too tables        [{id,
 * title, text, unit, decimals, people, rows: [{label, where, by}]}] unit         "share" (1 = 100
 * %) or "number" (also where left out) decimals     0 … 6; 1 where left out people       what n
 * counts are people: figures of fewer than the threshold are hidden where        {column: text}:
 * rows of measures that have just this there; "" = nothing by           columns, '|'-joined: a line
 * for each row found, called by what it has there
 */
#ifndef RK_PICKS_H
#define RK_PICKS_H

#include "model/specification.h"

struct rk_pick_row {
    struct rk_specification_text label;
    struct rk_text *where; /* column, text, column, text … */
    size_t where_count;    /* pairs */
    const char *by;        /* "" = one line */
};
struct rk_pick_table {
    const char *id;
    struct rk_specification_text title, text;
    bool is_share, people;
    int decimals;
    struct rk_pick_row *rows;
    size_t row_count;
};
struct rk_picks { /* zeroed = empty; give back with rk_picks_free */
    const char *id;
    struct rk_specification_text title, publisher;
    const char *language; /* "sv" or "en" */
    int64_t threshold;
    const char **codebooks; /* ends with NULL */
    struct rk_specification_label *labels;
    size_t label_count, label_room;
    struct rk_pick_table *tables;
    size_t table_count;
    struct rk_arena arena;
};

bool rk_picks_are(const rk_json *document); /* it has tables, where others have sections */
enum rk_status rk_picks_from_json(struct rk_picks *picks, const rk_json *document, const char *path,
                                  struct rk_error *error);
/* A further label, unless the word has one. */
void rk_picks_label(struct rk_picks *picks, const char *word, const char *sv, const char *en);
void rk_picks_free(struct rk_picks *picks);

#endif
