/* Dots with intervals: a row each, all on one axis. */
#include "report/chart.h"

enum { LINE = 22, GAP = 8, LEFT = 4, WIDTH = 92, LOW = 1, HIGH = 2 };

/* "4.1 (3.3–4.9; n = 13)" */
static const char *said(struct rk_canvas *c, size_t r)
{
    const struct rk_figure *estimate = rk_chart_figure(c, r, 0);
    const struct rk_report_column *column = rk_chart_column(c, 0);
    const char *text = rk_chart_said(c, column, estimate);
    if (!rk_figure_shown(estimate))
        return text;
    const struct rk_figure *low = rk_chart_figure(c, r, LOW), *high = rk_chart_figure(c, r, HIGH);
    struct rk_buf more = {0};
    if (rk_figure_shown(low) && rk_figure_shown(high))
        rk_buf_printf(&more, rk_say(c->report->language, "%s to %s", "%s till %s"),
                      rk_figure_text(c->report, column, low),
                      rk_figure_text(c->report, column, high));
    if (estimate->n) {
        rk_buf_printf(&more, "%sn\u00a0=\u00a0", more.size ? "; " : "");
        rk_say_count(&more, c->report->language, estimate->n);
    }
    if (more.size)
        text = rk_report_text(c->report, "%s (%s)", text, more.text);
    rk_buf_free(&more);
    return text;
}

int rk_chart_intervals(struct rk_canvas *c)
{
    struct rk_scale scale =
        rk_scale_of(c->table, c->chart, rk_chart_column(c, 0)->kind == RK_SHARED);
    struct rk_buf rows = {0};
    struct rk_canvas over = *c; /* the rows come after the lines of the axis, which end at them */
    over.out = &rows;
    int y = 0;
    for (size_t r = 0; r < c->table->row_count; r++) {
        const struct rk_figure *figures[] = {rk_chart_figure(c, r, 0), rk_chart_figure(c, r, LOW),
                                             rk_chart_figure(c, r, HIGH)};
        const struct rk_report_row *row = &c->table->rows[r];
        struct rk_buf words = {0};
        struct rk_canvas label = *c;
        label.out = &words;
        y += r ? GAP : 0;
        int height = rk_mark_label(&label, y, row->total, row->label, said(c, r),
                                   rk_figure_shown(figures[0]));
        rk_mark_box(&over, "paper", 0, rk_fixed_int(100), y, height);
        rk_buf_add(&rows, words.text, words.size);
        rk_buf_free(&words);
        y += height + LINE / 2;
        if (rk_figure_shown(figures[0])) {
            if (rk_figure_shown(figures[LOW]) && rk_figure_shown(figures[HIGH])) {
                rk_fixed low = rk_scale_place(&scale, figures[LOW]->value, LEFT, WIDTH),
                         high = rk_scale_place(&scale, figures[HIGH]->value, LEFT, WIDTH);
                rk_mark_line(&over, "span", low, y, high, y);
                rk_mark_line(&over, "cap", low, y - 6, low, y + 6);
                rk_mark_line(&over, "cap", high, y - 6, high, y + 6);
            }
            rk_mark_dot(&over, 0, rk_scale_place(&scale, figures[0]->value, LEFT, WIDTH), y);
        }
        y += LINE / 2 + 4;
    }
    rk_mark_axis(c, &scale, LEFT, WIDTH, 0, y, rk_chart_column(c, 0));
    rk_buf_add(c->out, rows.text ? rows.text : "", rows.size);
    rk_buf_free(&rows);
    return y + 26;
}
