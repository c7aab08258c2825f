/* The model of a report: what it says, before any form. A measure fills it, rk_report_protect hides
 * what must not be shown, and the renderers (render.h) write it as HTML or Markdown. A chart has no
 * data of its own: it is a view on the table beside it, so it can never show what the table hides.
 * What must be hidden so that small numbers cannot be worked out from sums is chosen elsewhere
 * (report/cells.h tells which sums there are), and is given to rk_report_protect.
 *
 * Everything belongs to the report's arena: texts given in are copied or must outlive the report.
 * Calling order for a section: rk_report_section, then rk_report_table and its rows and figures,
 * then rk_report_protect, and only then sentences, key figures and charts made of the table's
 * figures. */
#ifndef RK_REPORT_H
#define RK_REPORT_H

#include "base/mem.h"
#include "report/language.h"

enum rk_figure_state {
    RK_FIGURE_SHOWN,
    RK_FIGURE_HIDDEN,  /* [c] confidential: small, or would give a small one away */
    RK_FIGURE_MISSING, /* [x] no data: not the same as nought */
    RK_FIGURE_NONE,    /* [z] does not apply: a mean of nothing */
};

enum { RK_N_HIDDEN = -1, RK_N_UNKNOWN = -2 };
struct rk_figure {
    enum rk_figure_state state;
    rk_fixed value;
    int64_t n;    /* how many it rests on; RK_N_HIDDEN: not told, it stands in the row as hidden;
                   * RK_N_UNKNOWN: nobody told it */
    bool persons; /* … are people, or say something of single people: few of them are hidden */
};

enum rk_figure_kind { RK_COUNTED, RK_MEASURED, RK_SHARED }; /* whole; with decimals; 1 = 100 % */

/* What the table's last row has in a column, of the rows above it. */
enum rk_whole {
    RK_WHOLE,  /* something of all together: hidden where a row is */
    RK_APART,  /* something worked out of its own row alone */
    RK_SUM,    /* their sum */
    RK_ATMOST, /* no more than their sum, and no less than any: people counted once */
    RK_REST,   /* their sum and people told of nowhere, of whom nobody is to learn that they are few
                */
    RK_SAME,   /* the only one, told elsewhere: hidden where that is hidden */
};

struct rk_report_column {
    const char *label;
    enum rk_figure_kind kind;
    int decimals;
    const char *unit; /* as said after a figure in a sentence or a chart, or NULL */
    enum rk_whole whole;
    bool part; /* of what the column that is `total` adds up, in each row */
    bool total;
    bool known;     /* is told elsewhere: to hide more of it helps nobody */
    size_t from[2]; /* worked out of these columns, and hidden with them: 1 + number, 0 = none */
    size_t least;   /* a figure is no less than that of this column: 1 + number, 0 = none */
};

struct rk_report_row {
    const char *label;
    const char *brief[2];      /* under a column of a chart, where `label` is too long: two lines */
    struct rk_figure *figures; /* one per column */
    bool total;                /* holds the sum (or the whole) of the rows above it */
    uint64_t within;    /* bit k: of those counted the k-th month before, none is gone, or none has
                           come: the difference tells how many the others are; bit 32 + k: likewise
                           of the k-th month after */
    const char *pool;   /* of a number of people that rk-panel-cover tells: which; else NULL */
    const char *series; /* of a chart of steps: whose line it is; NULL = the only one */
    rk_fixed at;        /* … and when */
};

struct rk_report_table {
    const char *caption;
    const char *corner; /* what the rows are: "Department" */
    struct rk_report_column *columns;
    size_t column_count, column_room;
    struct rk_report_row *rows;
    size_t row_count, row_room;
    bool hidden; /* something is hidden: set by rk_report_protect */
    bool missing, none;
    bool dated; /* a row tells a month, whatever months the report is of */
    struct rk_report *report;
};

enum rk_chart_kind {
    RK_CHART_NONE,
    RK_CHART_BARS,    /* a bar per row; a second column is the whole, drawn as an outline */
    RK_CHART_DOTS,    /* a dot per row on a scale; a second column is a diamond on the same line */
    RK_CHART_COLUMNS, /* a column per row, side by side: time */
    RK_CHART_INTERVALS, /* estimate, low, high: a dot on a whisker, all rows on one axis */
    RK_CHART_SLOPE,  /* two columns: each row a line from its place in one order to the other's */
    RK_CHART_LIKERT, /* shares of one whole, from least to most: a stacked bar per row */
    RK_CHART_MONTHS, /* rows are months: small columns for each of the chart's columns */
    RK_CHART_STEPS,  /* estimate, and low and high or not: stays from each row's `at` to the next */
    RK_CHART_FUNNEL, /* each row is left of the one above it */
};
#define RK_CHART_MOST 7 /* columns of a chart */

struct rk_report_chart {
    enum rk_chart_kind kind;
    const char *title;
    size_t columns[RK_CHART_MOST]; /* of the table */
    size_t column_count;
    bool rank;               /* of slopes: least is best */
    rk_fixed least, most;    /* the ends of the scale; equal = found from the figures drawn */
    const char *least_label; /* what the ends mean, or NULL = their numbers */
    const char *most_label;
    const char *middle_label;
};

struct rk_report_section {
    const char *id, *title;
    const char **paragraphs;
    size_t paragraph_count, paragraph_room;
    struct rk_report_table *table; /* NULL where there are no data: a paragraph says so */
    struct rk_report_chart chart;
    bool table_open; /* not folded under the chart */
    const char **notes;
    size_t note_count, note_room;
};

/* A figure is the sum of others of other tables: section, row, column of each. */
struct rk_figure_place {
    size_t section, row, column;
};
struct rk_report_link {
    enum rk_whole whole; /* RK_SUM, RK_ATMOST, RK_REST or RK_SAME */
    struct rk_figure_place total;
    const struct rk_figure_place *parts; /* in the report's arena */
    size_t count;
};

/* So many months before, `now` was less by those who came and more by those who went since. */
struct rk_report_balance {
    struct rk_figure_place now, came, went;
    int32_t back; /* 0 = there is none */
};

struct rk_key_figure {
    const char *value, *label;
};

struct rk_source { /* what the report is made from, the same in every language */
    const char *name, *value;
    bool code; /* a digest: set in a typewriter face */
};

struct rk_report {
    enum rk_language language;
    const char *title;
    const char *period;    /* "mars 2020" */
    const char *publisher; /* or NULL */
    bool internal;
    int64_t threshold;
    struct rk_key_figure *key_figures;
    size_t key_figure_count, key_figure_room;
    const char **summary;
    size_t summary_count, summary_room;
    struct rk_report_section *sections;
    size_t section_count, section_room;
    size_t empty_count; /* sections whose tables are there and have nothing of the period */
    struct rk_source *sources;
    size_t source_count, source_room;
    struct rk_report_link *links;
    size_t link_count, link_room;
    struct rk_report_balance balance;
    struct rk_arena arena;
};

void rk_report_free(struct rk_report *report);

/* A text in the report's arena. */
const char *rk_report_text(struct rk_report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rk_report_summarize(struct rk_report *report, const char *text);
/* Only where `figure` is shown: a row of "[c]" at the top helps nobody. */
void rk_report_key_figure(struct rk_report *report, const struct rk_figure *figure,
                          const char *value, const char *label);
void rk_report_source(struct rk_report *report, const char *name, const char *value, bool code);

/* The section stays where it is only until the next one is added. */
struct rk_report_section *rk_report_section(struct rk_report *report, const char *id,
                                            const char *title);
void rk_section_paragraph(struct rk_report *report, struct rk_report_section *section,
                          const char *text);
void rk_section_note(struct rk_report *report, struct rk_report_section *section, const char *text);

/* Tells that `total` is the sum of `parts` (copied), or is counted over them. */
void rk_report_link(struct rk_report *report, enum rk_whole whole, struct rk_figure_place total,
                    const struct rk_figure_place *parts, size_t count);

/* All columns are added before the first row. */
struct rk_report_table *rk_section_table(struct rk_report *report,
                                         struct rk_report_section *section, const char *caption,
                                         const char *corner);
size_t rk_report_column(struct rk_report_table *table, const char *label, enum rk_figure_kind kind,
                        int decimals);
/* The figures of a new row start as RK_FIGURE_NONE. */
struct rk_figure *rk_report_row(struct rk_report_table *table, const char *label, bool total);

struct rk_figure rk_figure_count(int64_t value, bool persons);
/* A figure that rests on n; n = 0 gives RK_FIGURE_NONE. */
struct rk_figure rk_figure_of(rk_fixed value, int64_t n, bool persons);
/* part of n as a share that rests on `base`. */
struct rk_figure rk_figure_share(int64_t part, int64_t n, int64_t base, bool persons);

/* Hides every figure that rests on 1 … threshold-1 persons, what was chosen besides (`chosen`: a
 * flag for each figure, row by row; NULL = nothing), what is worked out of hidden figures, and what
 * is told of all together where a row is hidden and no sum is known. Nought is not hidden unless
 * chosen. Idempotent. What is hidden loses its value: no renderer can leak it. */
void rk_report_protect(struct rk_report_table *table, int64_t threshold, const bool *chosen);
static inline bool rk_figure_small(const struct rk_figure *figure, int64_t threshold)
{
    return figure->state == RK_FIGURE_SHOWN && figure->persons && figure->n > 0 &&
           figure->n < threshold;
}

/* Hides one figure, because another table would give it away or be given away by it. */
void rk_report_hide(struct rk_report_table *table, size_t row, size_t column);
/* Likewise a whole column, whose sum is told elsewhere. */
void rk_report_hide_column(struct rk_report_table *table, size_t column);

/* The figure as people read it in the report's language, with "[c]", "[x]", "[z]"; no unit. */
const char *rk_figure_text(struct rk_report *report, const struct rk_report_column *column,
                           const struct rk_figure *figure);
static inline bool rk_figure_shown(const struct rk_figure *figure)
{
    return figure->state == RK_FIGURE_SHOWN;
}

/* What the chart shows, said in the report's language: facts only, every row. Chart kinds and their
 * geometry are in chart.h. */
const char *rk_chart_describe(struct rk_report *report, const struct rk_report_table *table,
                              const struct rk_report_chart *chart);

#endif
