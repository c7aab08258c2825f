/* Charts. Widths are percentages and heights pixels, so that a chart fits a phone and a sheet of
 * paper while its text keeps the size of the text around it. */
#include "report/render.h"

#include <assert.h>

static const int text_room = 72; /* per cent of the width for bars; the rest is for their figures */

static void percent(struct rk_buf *out, const char *name, rk_fixed value)
{
    rk_buf_printf(out, " %s=\"", name);
    rk_fixed_print(out, rk_fixed_round_to(value, 2));
    rk_buf_text(out, "%\"");
}

static void text_at(struct rk_buf *out, const char *class, rk_fixed x, int dx, int y,
                    const char *anchor, const char *text)
{
    rk_buf_printf(out, "<text class=\"%s\"", class);
    percent(out, "x", x);
    if (dx)
        rk_buf_printf(out, " dx=\"%d\"", dx);
    rk_buf_printf(out, " y=\"%d\"", y);
    if (anchor)
        rk_buf_printf(out, " text-anchor=\"%s\"", anchor);
    rk_buf_char(out, '>');
    rk_escape_html(out, text);
    rk_buf_text(out, "</text>\n");
}

static void box(struct rk_buf *out, const char *class, rk_fixed x, rk_fixed width, int y,
                int height)
{
    rk_buf_printf(out, "<rect class=\"%s\" role=\"presentation\"", class);
    percent(out, "x", x);
    percent(out, "width", width);
    rk_buf_printf(out, " y=\"%d\" height=\"%d\"/>\n", y, height);
}

static void upright(struct rk_buf *out, rk_fixed x, int top, int bottom)
{
    rk_buf_text(out, "<line class=\"grid\" role=\"presentation\"");
    percent(out, "x1", x);
    percent(out, "x2", x);
    rk_buf_printf(out, " y1=\"%d\" y2=\"%d\"/>\n", top, bottom);
}

/* A circle (series 0) or a diamond (series 1), told apart by shape as well as colour. */
static void dot(struct rk_buf *out, int series, rk_fixed x, int y)
{
    if (series == 0) {
        rk_buf_text(out, "<circle class=\"s0\" role=\"presentation\"");
        percent(out, "cx", x);
        rk_buf_printf(out, " cy=\"%d\" r=\"6\"/>\n", y);
    } else { /* a nested viewport, since a path takes no percentages */
        rk_buf_text(out, "<svg role=\"presentation\" overflow=\"visible\"");
        percent(out, "x", x);
        rk_buf_printf(out, " y=\"%d\"><path class=\"s1\" d=\"M0-10 10 0 0 10-10 0z\"/></svg>\n", y);
    }
}

static const char *with_unit(struct rk_report *report, const struct rk_report_column *column,
                             const struct rk_figure *figure)
{
    const char *text = rk_figure_text(report, column, figure);
    return column->unit && rk_figure_shown(figure)
               ? rk_report_text(report, "%s %s", text, column->unit)
               : text;
}

/* The text and "(n = 38)", where the figure is not itself a number of things. */
static const char *with_n(struct rk_report *report, const struct rk_report_column *column,
                          const struct rk_figure *figure, const char *text)
{
    if (!rk_figure_shown(figure) || column->kind == RK_COUNTED)
        return text;
    struct rk_buf n = {0};
    rk_say_count(&n, report->language, figure->n);
    text = rk_report_text(report, "%s (n\u00a0=\u00a0%s)", text, n.text);
    rk_buf_free(&n);
    return text;
}

/* The ends of the scale: given, or from 0 to the largest figure drawn (at least 1 unit wide). */
static void scale(const struct rk_report_table *table, const struct rk_report_chart *chart,
                  rk_fixed *least, rk_fixed *most)
{
    *least = chart->least;
    *most = chart->most;
    if (*least != *most)
        return;
    for (size_t r = 0; r < table->row_count; r++)
        for (size_t i = 0; i < chart->column_count; i++) {
            const struct rk_figure *figure = &table->rows[r].figures[chart->columns[i]];
            if (rk_figure_shown(figure) && figure->value > *most &&
                !(chart->kind == RK_CHART_BARS && table->rows[r].total))
                *most = figure->value;
        }
    if (*most == *least)
        *most += RK_FIXED_ONE;
}

/* value on the scale as a percentage of `width`, kept inside the scale */
static rk_fixed place(rk_fixed value, rk_fixed least, rk_fixed most, int width)
{
    if (value < least)
        value = least;
    if (value > most)
        value = most;
    return rk_fixed_times(rk_fixed_int(width), rk_ratio(value - least, most - least));
}

static int legend(struct rk_buf *out, const struct rk_report_table *table,
                  const struct rk_report_chart *chart)
{
    if (chart->column_count < 2)
        return 0;
    for (int i = 0; i < (int)chart->column_count; i++) {
        int y = 12 + 22 * i;
        if (chart->kind == RK_CHART_DOTS)
            rk_buf_printf(out,
                          i ? "<path class=\"s1\" role=\"presentation\" "
                              "transform=\"translate(10 %d)\" d=\"M0-10 10 0 0 10-10 0z\"/>\n"
                            : "<circle class=\"s0\" role=\"presentation\" cx=\"10\" cy=\"%d\" "
                              "r=\"6\"/>\n",
                          y);
        else
            rk_buf_printf(out,
                          "<rect class=\"%s\" role=\"presentation\" x=\"1\" y=\"%d\" width=\"18\" "
                          "height=\"12\"/>\n",
                          i ? "whole" : "s0", y - 6);
        text_at(out, "lab", 0, 28, y + 5, NULL, table->columns[chart->columns[i]].label);
    }
    return 22 * (int)chart->column_count + 16;
}

static int bars(struct rk_buf *out, struct rk_report *report, const struct rk_report_table *table,
                const struct rk_report_chart *chart)
{
    rk_fixed least, most;
    scale(table, chart, &least, &most);
    int y = legend(out, table, chart);
    const struct rk_report_column *column = &table->columns[chart->columns[0]];
    for (size_t r = 0; r < table->row_count; r++) {
        if (table->rows[r].total)
            continue; /* a sum beside its parts would dwarf them */
        const struct rk_figure *figure = &table->rows[r].figures[chart->columns[0]];
        const struct rk_figure *whole =
            chart->column_count > 1 ? &table->rows[r].figures[chart->columns[1]] : NULL;
        text_at(out, "lab", 0, 0, y + 15, NULL, table->rows[r].label);
        rk_fixed end = 0;
        if (whole && rk_figure_shown(whole)) {
            end = place(whole->value, least, most, text_room);
            box(out, "whole", 0, end, y + 22, 16);
        }
        const char *text = with_unit(report, column, figure);
        if (rk_figure_shown(figure)) {
            rk_fixed width = place(figure->value, least, most, text_room);
            if (width > 0)
                box(out, "s0", 0, width, y + 22, 16);
            end = width > end ? width : end;
            text = with_n(report, column, figure, text);
        }
        if (whole && rk_figure_shown(whole))
            text = rk_report_text(report, rk_say(report->language, "%s of %s", "%s av %s"), text,
                                  with_unit(report, &table->columns[chart->columns[1]], whole));
        text_at(out, rk_figure_shown(figure) ? "val" : "not", end, end > 0 ? 8 : 0, y + 35, NULL,
                text);
        y += 52;
    }
    return y;
}

static int dots(struct rk_buf *out, struct rk_report *report, const struct rk_report_table *table,
                const struct rk_report_chart *chart)
{
    rk_fixed least, most;
    scale(table, chart, &least, &most);
    const rk_fixed left = rk_fixed_int(3);
    const int width = 94;
    int top = legend(out, table, chart), y = top;
    int bottom = top + 56 * (int)table->row_count;
    rk_fixed ends[3] = {left, left + rk_fixed_int(width) / 2, left + rk_fixed_int(width)};
    for (size_t r = 0; r < table->row_count; r++, y += 56) {
        const struct rk_report_row *row = &table->rows[r];
        text_at(out, row->total ? "lab all" : "lab", 0, 0, y + 15, NULL, row->label);
        struct rk_buf said = {0};
        rk_fixed at[2];
        int drawn = 0;
        for (size_t i = 0; i < chart->column_count; i++) {
            const struct rk_figure *figure = &row->figures[chart->columns[i]];
            const struct rk_figure *next =
                i + 1 < chart->column_count ? &row->figures[chart->columns[i + 1]] : NULL;
            const struct rk_report_column *column = &table->columns[chart->columns[i]];
            const char *text = with_unit(report, column, figure);
            if (i)
                rk_buf_text(&said, " · ");
            if (!next || !rk_figure_shown(next) || next->n != figure->n) /* else n is told once */
                text = with_n(report, column, figure, text);
            rk_buf_text(&said, text);
            if (rk_figure_shown(figure)) {
                at[i] = left + place(figure->value, least, most, width);
                drawn |= 1 << i;
            }
        }
        text_at(out, drawn ? "val" : "not", rk_fixed_int(100), 0, y + 15, "end", said.text);
        rk_buf_free(&said);
        for (int i = 0; i < 3; i++)
            upright(out, ends[i], y + 26, y + 46);
        rk_buf_text(out, "<line class=\"track\" role=\"presentation\"");
        percent(out, "x1", ends[0]);
        percent(out, "x2", ends[2]);
        rk_buf_printf(out, " y1=\"%d\" y2=\"%d\"/>\n", y + 36, y + 36);
        if (drawn == 3) {
            rk_buf_text(out, "<line class=\"span\" role=\"presentation\"");
            percent(out, "x1", at[0]);
            percent(out, "x2", at[1]);
            rk_buf_printf(out, " y1=\"%d\" y2=\"%d\"/>\n", y + 36, y + 36);
        }
        for (int i = 0; i < 2; i++)
            if (drawn & 1 << i)
                dot(out, i, at[i], y + 36);
    }
    const struct rk_report_column *column = &table->columns[chart->columns[0]];
    struct rk_figure ends_of[] = {rk_figure_of(least, 1, false), rk_figure_of(most, 1, false)};
    text_at(out, "axis", 0, 0, bottom + 12, NULL,
            chart->least_label ? chart->least_label : rk_figure_text(report, column, &ends_of[0]));
    if (chart->middle_label)
        text_at(out, "axis", rk_fixed_int(50), 0, bottom + 12, "middle", chart->middle_label);
    text_at(out, "axis", rk_fixed_int(100), 0, bottom + 12, "end",
            chart->most_label ? chart->most_label : rk_figure_text(report, column, &ends_of[1]));
    return bottom + 20;
}

static int columns(struct rk_buf *out, struct rk_report *report,
                   const struct rk_report_table *table, const struct rk_report_chart *chart)
{
    enum { HEIGHT = 130, TOP = 24 };
    rk_fixed least, most;
    scale(table, chart, &least, &most);
    size_t places =
        table->row_count < 6 ? 6 : table->row_count; /* few months: not a wall of colour */
    rk_fixed slot = rk_fixed_divide(rk_fixed_int(100), (int64_t)places);
    const struct rk_report_column *column = &table->columns[chart->columns[0]];
    for (size_t r = 0; r < table->row_count; r++) {
        const struct rk_figure *figure = &table->rows[r].figures[chart->columns[0]];
        rk_fixed x = slot * (int64_t)r, middle = x + slot / 2;
        int height = 0;
        if (rk_figure_shown(figure)) {
            height = (int)(place(figure->value, least, most, HEIGHT) / RK_FIXED_ONE);
            if (height)
                box(out, "s0", x + slot / 6, slot * 2 / 3, TOP + HEIGHT - height, height);
        }
        text_at(out, rk_figure_shown(figure) ? "val" : "not", middle, 0, TOP + HEIGHT - height - 6,
                "middle", rk_figure_text(report, column, figure));
        const char *const *brief = table->rows[r].brief;
        text_at(out, "axis", middle, 0, TOP + HEIGHT + 18, "middle",
                brief[0] ? brief[0] : table->rows[r].label);
        if (brief[1])
            text_at(out, "axis", middle, 0, TOP + HEIGHT + 36, "middle", brief[1]);
    }
    rk_buf_printf(out,
                  "<line class=\"track\" role=\"presentation\" x1=\"0%%\" x2=\"100%%\" y1=\"%d\" "
                  "y2=\"%d\"/>\n",
                  TOP + HEIGHT, TOP + HEIGHT);
    return TOP + HEIGHT + 44;
}

void rk_render_svg(struct rk_buf *out, struct rk_report *report, const char *id,
                   const struct rk_report_table *table, const struct rk_report_chart *chart)
{
    assert(chart->kind != RK_CHART_NONE && chart->column_count >= 1 && chart->column_count <= 2);
    struct rk_buf marks = {0};
    int height = (chart->kind == RK_CHART_BARS   ? bars
                  : chart->kind == RK_CHART_DOTS ? dots
                                                 : columns)(&marks, report, table, chart);
    rk_buf_text(out, "<svg class=\"chart\" role=\"img\" aria-labelledby=\"chart-");
    rk_escape_html(out, id);
    rk_buf_text(out, "-title chart-");
    rk_escape_html(out, id);
    rk_buf_printf(out, "-desc\" width=\"100%%\" height=\"%d\">\n<title id=\"chart-", height);
    rk_escape_html(out, id);
    rk_buf_text(out, "-title\">");
    rk_escape_html(out, chart->title);
    rk_buf_text(out, "</title>\n<desc id=\"chart-");
    rk_escape_html(out, id);
    rk_buf_text(out, "-desc\">");
    rk_escape_html(out, rk_chart_describe(report, table, chart));
    rk_buf_text(out, "</desc>\n");
    rk_buf_add(out, marks.text ? marks.text : "", marks.size);
    rk_buf_text(out, "</svg>\n");
    rk_buf_free(&marks);
}
