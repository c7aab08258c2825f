/* Charts as inline SVG: a file per family (chart_*.c) over the scale and the marks of chart.c; only
 * svg.c and they see this. Widths are percentages and heights pixels, so that a chart fits a phone
 * and a sheet of paper while its text keeps the size of the text around it. Places are decimal
 * numbers: there is no NaN, and nothing is drawn outside the scale.
 *
 * Series are told apart by shape, dash or pattern as well as by colour; colours are classes that
 * the page's style sheet defines (html.c). */
#ifndef RK_CHART_H
#define RK_CHART_H

#include "report/render.h"

/* Ends of a scale, and the distance between its ticks, of which there are at most seven. */
struct rk_scale {
    rk_fixed least, most, step; /* least < most */
};
/* A scale from the first round number (1, 2 or 5 of a power of ten) at or under `least` to the one
 * at or over `most`; one step wide where they are the same. */
struct rk_scale rk_scale_over(rk_fixed least, rk_fixed most);
/* The scale of the chart's figures: as it asks, or over those shown, and 0 where `zero`. */
struct rk_scale rk_scale_of(const struct rk_report_table *table,
                            const struct rk_report_chart *chart, bool zero);
/* A value's place as a percentage: `from` at the least, `from + width` at the most; one outside the
 * scale at its end. */
rk_fixed rk_scale_place(const struct rk_scale *scale, rk_fixed value, int from, int width);

struct rk_canvas {
    struct rk_buf *out;
    struct rk_report *report;
    const char *id; /* of the section: makes ids of patterns unique */
    const struct rk_report_table *table;
    const struct rk_report_chart *chart;
};

/* Each draws the whole chart, and returns its height in pixels. */
typedef int rk_chart_draw(struct rk_canvas *c);
rk_chart_draw rk_chart_bars, rk_chart_dots, rk_chart_columns, rk_chart_intervals, rk_chart_slope,
    rk_chart_likert, rk_chart_months, rk_chart_steps, rk_chart_funnel;

/* Marks. x is a percentage, y are pixels. */
void rk_mark_text(struct rk_canvas *c, const char *class, rk_fixed x, int dx, int y,
                  const char *anchor, const char *text);
void rk_mark_box(struct rk_canvas *c, const char *class, rk_fixed x, rk_fixed width, int y,
                 int height);
void rk_mark_line(struct rk_canvas *c, const char *class, rk_fixed x1, int y1, rk_fixed x2, int y2);
/* A circle (series 0) or a diamond (series 1). */
void rk_mark_dot(struct rk_canvas *c, int series, rk_fixed x, int y);
/* name="12.5%" */
void rk_mark_percent(struct rk_canvas *c, const char *name, rk_fixed value);
int rk_chart_letters(const char *text);
/* A row's label, broken into lines that fit a phone, from the pixel `y`, and at the right of its
 * last line, or on one more, what is said of it (or NULL). Returns how high that is. */
int rk_mark_label(struct rk_canvas *c, int y, bool total, const char *label, const char *said,
                  bool shown);
/* Ticks of the scale along the bottom, with lines up to `top`. */
void rk_mark_axis(struct rk_canvas *c, const struct rk_scale *scale, int from, int width, int top,
                  int bottom, const struct rk_report_column *column);

/* The i-th figure of row r that the chart draws, and its column. */
static inline const struct rk_figure *rk_chart_figure(const struct rk_canvas *c, size_t r, size_t i)
{
    return &c->table->rows[r].figures[c->chart->columns[i]];
}
static inline const struct rk_report_column *rk_chart_column(const struct rk_canvas *c, size_t i)
{
    return &c->table->columns[c->chart->columns[i]];
}
/* The figure with its unit, or its sign. */
const char *rk_chart_said(struct rk_canvas *c, const struct rk_report_column *column,
                          const struct rk_figure *figure);
/* The text and "(n = 38)", where the figure is not itself a number of things. */
const char *rk_chart_with_n(struct rk_canvas *c, const struct rk_report_column *column,
                            const struct rk_figure *figure, const char *text);

#endif
