/* A specification of tables picked out of `measures` (share/reports/evaluation-*.json): which rows,
 * what they are called, in which order. Texts are {"sv": …, "en": …}.
 *
 *   id, title, publisher, language, threshold, labels   as of any specification
 *                (model/specification.h), which may have tables beside its sections
 *   about        "recruitment": a report of the one recruitment, and stage, that is asked for
 *   codebooks    whose items' words are labels too
 *   tables       [{id, title, text, unit, decimals, people, rows, columns, chart, table, scale,
 *                sort, summary, optional}]
 *     rows         [{label, where, by}]
 *       where        {column: text}: rows of measures that have just this there; "" = nothing
 *       by           columns, '|'-joined: a line for each row found, called by what it has there
 *     unit         "number" (also where left out), "share" (1 = 100 %) or "rank" (1 = first)
 *     decimals     0 … 6; 1 where left out, 0 of ranks
 *     people       what n counts are people: figures of fewer than the threshold are hidden
 *     columns      [{label, where, what, unit, decimals, zero}]; estimate, low, high and n where
 *                  left out. `where` is asked of a measure beside the line's own.
 *       what         "estimate" (also where left out), "low", "high", "n"
 *       zero         a line with other figures and no such measure has 0 here
 *     chart        "none", "bars", "dots", "intervals", "slope", "likert", "steps", "funnel"; drawn
 *                  of the first columns, as many as the chart takes. Steps: the first column of
 *                  `by` is when.
 *     table        "open", or "folded" under the chart (also where left out)
 *     scale        {least, most} of the chart
 *     sort         "down" or "up": lines by their first figure
 *     summary      a sentence of the first line for the head of the report: {0} is its label (and
 *                  theirs who share its place, where sorted), {1} … its figures; left out where one
 * of them is not shown
 *     optional     true: left out where no measure of its rows is given
 */
#ifndef RK_PICKS_H
#define RK_PICKS_H

#include "model/specification.h"

enum rk_pick_what { RK_PICK_ESTIMATE, RK_PICK_LOW, RK_PICK_HIGH, RK_PICK_N };
enum rk_pick_unit { RK_PICK_NUMBER, RK_PICK_SHARE, RK_PICK_RANK };
enum rk_pick_chart {
    RK_PICK_NONE,
    RK_PICK_BARS,
    RK_PICK_DOTS,
    RK_PICK_INTERVALS,
    RK_PICK_SLOPE,
    RK_PICK_LIKERT,
    RK_PICK_STEPS,
    RK_PICK_FUNNEL
};

struct rk_pick_column {
    struct rk_specification_text label;
    struct rk_text *where; /* column, text, column, text … */
    size_t where_count;    /* pairs */
    enum rk_pick_what what;
    enum rk_pick_unit unit;
    int decimals;
    bool zero;
};
struct rk_pick_row {
    struct rk_specification_text label;
    struct rk_text *where; /* column, text, column, text … */
    size_t where_count;    /* pairs */
    const char *by;        /* "" = one line */
};
struct rk_pick_table {
    const char *id;
    struct rk_specification_text title, text, summary;
    bool people, optional;
    struct rk_pick_column *columns;
    size_t column_count;
    bool each; /* every measure found is a line of its own: where it does not say its columns */
    enum rk_pick_chart chart;
    bool table_open;
    int sort; /* 1 up, -1 down, 0 as they come */
    rk_fixed least, most;
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
    bool about_recruitment;
    struct rk_text recruitment, stage; /* asked of all measures; size 0 = of none */
    struct rk_arena arena;
};

bool rk_picks_are(const rk_json *document); /* it has tables, where others have sections */
enum rk_status rk_picks_from_json(struct rk_picks *picks, const rk_json *document, const char *path,
                                  struct rk_error *error);
/* A further label, unless the word has one. */
void rk_picks_label(struct rk_picks *picks, const char *word, const char *sv, const char *en);
void rk_picks_free(struct rk_picks *picks);

#endif
