/* What is left of a number step by step (funnel), and several numbers month by month. */
#include "report/chart.h"

enum { BAR = 20, WHOLE = 100 };

int rk_chart_funnel(struct rk_canvas *c)
{
    const struct rk_figure *before = NULL;
    struct rk_scale scale = {0, 0, RK_FIXED_ONE};
    int y = 0;
    for (size_t r = 0; r < c->table->row_count; r++) {
        const struct rk_figure *figure = rk_chart_figure(c, r, 0);
        if (rk_figure_shown(figure) && figure->value > scale.most)
            scale.most = figure->value;
    }
    scale.most += scale.most == 0 ? RK_FIXED_ONE : 0;
    for (size_t r = 0; r < c->table->row_count; r++) {
        const struct rk_report_row *row = &c->table->rows[r];
        const struct rk_figure *figure = rk_chart_figure(c, r, 0);
        const char *text = rk_chart_said(c, rk_chart_column(c, 0), figure);
        rk_fixed left = before ? rk_scale_place(&scale, before->value, 0, WHOLE) : 0;
        if (rk_figure_shown(figure) && before && before->value > 0 && figure->value >= 0 &&
            figure->value <= before->value && rk_chart_column(c, 0)->kind == RK_COUNTED) {
            struct rk_buf share = {0};
            rk_say_percent(&share, c->report->language,
                           rk_fixed_times(RK_FIXED_ONE, rk_ratio(figure->value, before->value)), 0);
            text = rk_report_text(
                c->report,
                rk_say(c->report->language, "%s (%s of the step before)", "%s (%s av steget före)"),
                text, share.text);
            rk_buf_free(&share);
        }
        y += rk_mark_label(c, y, row->total, row->label, text, rk_figure_shown(figure));
        if (left > 0)
            rk_mark_box(c, "whole", 0, left, y + 2, BAR);
        if (rk_figure_shown(figure) && figure->value > 0)
            rk_mark_box(c, "s0", 0, rk_scale_place(&scale, figure->value, 0, WHOLE), y + 2, BAR);
        y += BAR + 16;
        before = rk_figure_shown(figure) ? figure : NULL; /* nothing is left of what is not told */
    }
    return y;
}

int rk_chart_months(struct rk_canvas *c)
{
    enum { HEIGHT = 72, TOP = 46, LEAST = 6 };
    size_t rows = c->table->row_count, places = rows < LEAST ? LEAST : rows;
    rk_fixed slot = rk_fixed_divide(rk_fixed_int(100), (int64_t)places);
    int y = 0;
    for (size_t i = 0; i < c->chart->column_count; i++, y += TOP + HEIGHT + 14) {
        const struct rk_report_column *column = rk_chart_column(c, i);
        rk_fixed most = 0;
        size_t told = SIZE_MAX; /* the latest that is shown */
        for (size_t r = 0; r < rows; r++)
            if (rk_figure_shown(rk_chart_figure(c, r, i))) {
                rk_fixed value = rk_chart_figure(c, r, i)->value;
                most = value > most ? value : most;
                told = r;
            }
        struct rk_scale scale = {0, most ? most : RK_FIXED_ONE, RK_FIXED_ONE};
        rk_mark_text(c, "lab all", 0, 0, y + 15, NULL, column->label);
        bool largest = false;
        for (size_t r = 0; r < rows; r++) {
            const struct rk_figure *figure = rk_chart_figure(c, r, i);
            rk_fixed x = slot * (int64_t)r;
            int height = 0;
            if (rk_figure_shown(figure)) {
                height = (int)(rk_scale_place(&scale, figure->value, 0, HEIGHT) / RK_FIXED_ONE);
                if (height)
                    rk_mark_box(c, r == told ? "s0" : "s0 past", x + slot / 6, slot * 2 / 3,
                                y + TOP + HEIGHT - height, height);
            }
            /* the first of the largest, the latest, and what is not shown: else they would not fit
             */
            bool top = rk_figure_shown(figure) && figure->value == most && !largest;
            largest = largest || top;
            if (top || r == told || !rk_figure_shown(figure))
                rk_mark_text(c, rk_figure_shown(figure) ? "val" : "not", x + slot / 2, 0,
                             y + TOP + HEIGHT - height - 6, "middle",
                             rk_figure_text(c->report, column, figure));
        }
        rk_mark_line(c, "track", 0, y + TOP + HEIGHT, rk_fixed_int(100), y + TOP + HEIGHT);
    }
    for (size_t r = 0; r < rows; r++) {
        const char *const *brief = c->table->rows[r].brief;
        rk_fixed middle = slot * (int64_t)r + slot / 2;
        rk_mark_text(c, "axis", middle, 0, y + 4, "middle",
                     brief[0] ? brief[0] : c->table->rows[r].label);
        if (brief[1])
            rk_mark_text(c, "axis", middle, 0, y + 22, "middle", brief[1]);
    }
    return y + 30;
}
