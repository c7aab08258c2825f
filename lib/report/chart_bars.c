/* Bars, dots on a line, and columns over time. */
#include "report/chart.h"

enum { BESIDE = 11 };            /* letters that fit beside the longest bar on a phone */
static const int text_room = 72; /* per cent of the width for bars; the rest is for their figures */

/* The ends of the scale: given, or from 0 to the largest figure drawn (at least 1 unit wide). */
static struct rk_scale scale(const struct rk_report_table *table,
                             const struct rk_report_chart *chart)
{
    struct rk_scale ends = {chart->least, chart->most, RK_FIXED_ONE};
    if (ends.least != ends.most)
        return ends;
    for (size_t r = 0; r < table->row_count; r++)
        for (size_t i = 0; i < chart->column_count; i++) {
            const struct rk_figure *figure = &table->rows[r].figures[chart->columns[i]];
            if (rk_figure_shown(figure) && figure->value > ends.most &&
                !(chart->kind == RK_CHART_BARS && table->rows[r].total))
                ends.most = figure->value;
        }
    if (ends.most == ends.least)
        ends.most += RK_FIXED_ONE;
    return ends;
}

static int legend(struct rk_canvas *c)
{
    const struct rk_report_chart *chart = c->chart;
    if (chart->column_count < 2)
        return 0;
    for (int i = 0; i < (int)chart->column_count; i++) {
        int y = 12 + 22 * i;
        if (chart->kind == RK_CHART_DOTS)
            rk_buf_printf(c->out,
                          i ? "<path class=\"s1\" role=\"presentation\" "
                              "transform=\"translate(10 %d)\" d=\"M0-10 10 0 0 10-10 0z\"/>\n"
                            : "<circle class=\"s0\" role=\"presentation\" cx=\"10\" cy=\"%d\" "
                              "r=\"6\"/>\n",
                          y);
        else
            rk_buf_printf(c->out,
                          "<rect class=\"%s\" role=\"presentation\" x=\"1\" y=\"%d\" width=\"18\" "
                          "height=\"12\"/>\n",
                          i ? "whole" : "s0", y - 6);
        rk_mark_text(c, "lab", 0, 28, y + 5, NULL, rk_chart_column(c, (size_t)i)->label);
    }
    return 22 * (int)chart->column_count + 16;
}

int rk_chart_bars(struct rk_canvas *c)
{
    const struct rk_report_table *table = c->table;
    const struct rk_report_chart *chart = c->chart;
    struct rk_scale ends_of = scale(table, chart);
    int y = legend(c);
    const struct rk_report_column *column = &table->columns[chart->columns[0]];
    for (size_t r = 0; r < table->row_count; r++) {
        if (table->rows[r].total)
            continue; /* a sum beside its parts would dwarf them */
        const struct rk_figure *figure = &table->rows[r].figures[chart->columns[0]];
        const struct rk_figure *whole =
            chart->column_count > 1 ? &table->rows[r].figures[chart->columns[1]] : NULL;
        const char *text = rk_chart_said(c, column, figure);
        if (rk_figure_shown(figure))
            text = rk_chart_with_n(c, column, figure, text);
        if (whole && rk_figure_shown(whole))
            text = rk_report_text(c->report, rk_say(c->report->language, "%s of %s", "%s av %s"),
                                  text, rk_chart_said(c, rk_chart_column(c, 1), whole));
        bool beside = rk_chart_letters(text) <= BESIDE; /* else it stands over the bar */
        y += rk_mark_label(c, y, false, table->rows[r].label, beside ? NULL : text,
                           rk_figure_shown(figure)) +
             2;
        rk_fixed end = 0;
        if (whole && rk_figure_shown(whole)) {
            end = rk_scale_place(&ends_of, whole->value, 0, text_room);
            rk_mark_box(c, "whole", 0, end, y, 16);
        }
        if (rk_figure_shown(figure)) {
            rk_fixed width = rk_scale_place(&ends_of, figure->value, 0, text_room);
            if (width > 0)
                rk_mark_box(c, "s0", 0, width, y, 16);
            end = width > end ? width : end;
        }
        if (beside)
            rk_mark_text(c, rk_figure_shown(figure) ? "val" : "not", end, end > 0 ? 8 : 0, y + 13,
                         NULL, text);
        y += 30;
    }
    return y;
}

int rk_chart_dots(struct rk_canvas *c)
{
    const struct rk_report_table *table = c->table;
    const struct rk_report_chart *chart = c->chart;
    struct rk_scale ends_of = scale(table, chart);
    enum { left = 3, width = 94 };
    int top = legend(c), y = top;
    int bottom = top + 56 * (int)table->row_count;
    rk_fixed ends[3] = {rk_fixed_int(left), rk_fixed_int(left) + rk_fixed_int(width) / 2,
                        rk_fixed_int(left + width)};
    for (size_t r = 0; r < table->row_count; r++, y += 56) {
        const struct rk_report_row *row = &table->rows[r];
        rk_mark_text(c, row->total ? "lab all" : "lab", 0, 0, y + 15, NULL, row->label);
        struct rk_buf said = {0};
        rk_fixed at[2];
        int drawn = 0;
        for (size_t i = 0; i < chart->column_count; i++) {
            const struct rk_figure *figure = &row->figures[chart->columns[i]];
            const struct rk_figure *next =
                i + 1 < chart->column_count ? &row->figures[chart->columns[i + 1]] : NULL;
            const struct rk_report_column *column = &table->columns[chart->columns[i]];
            const char *text = rk_chart_said(c, column, figure);
            if (i)
                rk_buf_text(&said, " · ");
            if (!next || !rk_figure_shown(next) || next->n != figure->n) /* else n is told once */
                text = rk_chart_with_n(c, column, figure, text);
            rk_buf_text(&said, text);
            if (rk_figure_shown(figure)) {
                at[i] = rk_scale_place(&ends_of, figure->value, left, width);
                drawn |= 1 << i;
            }
        }
        rk_mark_text(c, drawn ? "val" : "not", rk_fixed_int(100), 0, y + 15, "end", said.text);
        rk_buf_free(&said);
        for (int i = 0; i < 3; i++)
            rk_mark_line(c, "grid", ends[i], y + 26, ends[i], y + 46);
        rk_mark_line(c, "track", ends[0], y + 36, ends[2], y + 36);
        if (drawn == 3) {
            rk_mark_line(c, "span", at[0], y + 36, at[1], y + 36);
        }
        for (int i = 0; i < 2; i++)
            if (drawn & 1 << i)
                rk_mark_dot(c, i, at[i], y + 36);
    }
    const struct rk_report_column *column = &table->columns[chart->columns[0]];
    struct rk_figure least = rk_figure_of(ends_of.least, 1, false),
                     most = rk_figure_of(ends_of.most, 1, false);
    rk_mark_text(c, "axis", 0, 0, bottom + 12, NULL,
                 chart->least_label ? chart->least_label
                                    : rk_figure_text(c->report, column, &least));
    if (chart->middle_label)
        rk_mark_text(c, "axis", rk_fixed_int(50), 0, bottom + 12, "middle", chart->middle_label);
    rk_mark_text(c, "axis", rk_fixed_int(100), 0, bottom + 12, "end",
                 chart->most_label ? chart->most_label : rk_figure_text(c->report, column, &most));
    return bottom + 20;
}

int rk_chart_columns(struct rk_canvas *c)
{
    enum { HEIGHT = 130, TOP = 24 };
    const struct rk_report_table *table = c->table;
    const struct rk_report_chart *chart = c->chart;
    struct rk_scale ends_of = scale(table, chart);
    size_t places =
        table->row_count < 6 ? 6 : table->row_count; /* few months: not a wall of colour */
    rk_fixed slot = rk_fixed_divide(rk_fixed_int(100), (int64_t)places);
    const struct rk_report_column *column = &table->columns[chart->columns[0]];
    for (size_t r = 0; r < table->row_count; r++) {
        const struct rk_figure *figure = &table->rows[r].figures[chart->columns[0]];
        rk_fixed x = slot * (int64_t)r, middle = x + slot / 2;
        int height = 0;
        if (rk_figure_shown(figure)) {
            height = (int)(rk_scale_place(&ends_of, figure->value, 0, HEIGHT) / RK_FIXED_ONE);
            if (height)
                rk_mark_box(c, "s0", x + slot / 6, slot * 2 / 3, TOP + HEIGHT - height, height);
        }
        rk_mark_text(c, rk_figure_shown(figure) ? "val" : "not", middle, 0,
                     TOP + HEIGHT - height - 6, "middle",
                     rk_figure_text(c->report, column, figure));
        const char *const *brief = table->rows[r].brief;
        rk_mark_text(c, "axis", middle, 0, TOP + HEIGHT + 18, "middle",
                     brief[0] ? brief[0] : table->rows[r].label);
        if (brief[1])
            rk_mark_text(c, "axis", middle, 0, TOP + HEIGHT + 36, "middle", brief[1]);
    }
    rk_mark_line(c, "track", 0, TOP + HEIGHT, rk_fixed_int(100), TOP + HEIGHT);
    return TOP + HEIGHT + 44;
}
