/* What the charts share: scale, axis, marks. */
#include "report/chart.h"

#include <assert.h>

enum { TICKS = 5, LINE = 34, LINE_HEIGHT = 20 };
enum {
    PHONE = 600
}; /* half pixels for a label and what is said beside it: 7 a letter, 8.5 a bold one */

static rk_fixed down_to(rk_fixed value, rk_fixed step)
{
    rk_fixed rest = value % step;
    return value - rest - (rest < 0 ? step : 0);
}

struct rk_scale rk_scale_over(rk_fixed least, rk_fixed most)
{
    static const int heads[] = {1, 2, 5};
    assert(least <= most);
    rk_fixed span = most - least, power = RK_FIXED_ONE / 1000000;
    struct rk_scale scale = {least, most, power};
    for (size_t i = 0; span > TICKS * scale.step; i++) {
        power = i && i % 3 == 0 ? power * 10 : power;
        scale.step = power * heads[i % 3];
    }
    if (!span) /* one value: a step as large as it, with room on both sides where it is not 0 */
        for (scale.step = RK_FIXED_ONE; scale.step * 10 <= (least < 0 ? -least : least);)
            scale.step *= 10;
    scale.least = down_to(least, scale.step);
    scale.most = -down_to(-most, scale.step);
    if (scale.least == scale.most)
        scale.most += scale.step;
    return scale;
}

struct rk_scale rk_scale_of(const struct rk_report_table *table,
                            const struct rk_report_chart *chart, bool zero)
{
    rk_fixed least = chart->least, most = chart->most;
    bool any = zero;
    for (size_t r = 0; chart->least == chart->most && r < table->row_count; r++)
        for (size_t i = 0; i < chart->column_count; i++) {
            const struct rk_figure *figure = &table->rows[r].figures[chart->columns[i]];
            if (!rk_figure_shown(figure))
                continue;
            least = !any || figure->value < least ? figure->value : least;
            most = !any || figure->value > most ? figure->value : most;
            any = true;
        }
    struct rk_scale scale = rk_scale_over(least, most);
    if (chart->least != chart->most) { /* as asked, to the digit */
        scale.least = least;
        scale.most = most;
    }
    return scale;
}

rk_fixed rk_scale_place(const struct rk_scale *scale, rk_fixed value, int from, int width)
{
    value = value < scale->least ? scale->least : value > scale->most ? scale->most : value;
    return rk_fixed_int(from) +
           rk_fixed_times(rk_fixed_int(width),
                          rk_ratio(value - scale->least, scale->most - scale->least));
}

void rk_mark_percent(struct rk_canvas *c, const char *name, rk_fixed value)
{
    rk_buf_printf(c->out, " %s=\"", name);
    rk_fixed_print(c->out, rk_fixed_round_to(value, 2));
    rk_buf_text(c->out, "%\"");
}

void rk_mark_text(struct rk_canvas *c, const char *class, rk_fixed x, int dx, int y,
                  const char *anchor, const char *text)
{
    rk_buf_printf(c->out, "<text class=\"%s\"", class);
    rk_mark_percent(c, "x", x);
    if (dx)
        rk_buf_printf(c->out, " dx=\"%d\"", dx);
    rk_buf_printf(c->out, " y=\"%d\"", y);
    if (anchor)
        rk_buf_printf(c->out, " text-anchor=\"%s\"", anchor);
    rk_buf_char(c->out, '>');
    rk_escape_html(c->out, text);
    rk_buf_text(c->out, "</text>\n");
}

void rk_mark_box(struct rk_canvas *c, const char *class, rk_fixed x, rk_fixed width, int y,
                 int height)
{
    rk_buf_printf(c->out, "<rect class=\"%s\" role=\"presentation\"", class);
    rk_mark_percent(c, "x", x);
    rk_mark_percent(c, "width", width);
    rk_buf_printf(c->out, " y=\"%d\" height=\"%d\"/>\n", y, height);
}

void rk_mark_line(struct rk_canvas *c, const char *class, rk_fixed x1, int y1, rk_fixed x2, int y2)
{
    rk_buf_printf(c->out, "<line class=\"%s\" role=\"presentation\"", class);
    rk_mark_percent(c, "x1", x1);
    rk_mark_percent(c, "x2", x2);
    rk_buf_printf(c->out, " y1=\"%d\" y2=\"%d\"/>\n", y1, y2);
}

void rk_mark_dot(struct rk_canvas *c, int series, rk_fixed x, int y)
{
    if (series == 0) {
        rk_buf_text(c->out, "<circle class=\"s0\" role=\"presentation\"");
        rk_mark_percent(c, "cx", x);
        rk_buf_printf(c->out, " cy=\"%d\" r=\"6\"/>\n", y);
    } else { /* a nested viewport, since a path takes no percentages */
        rk_buf_text(c->out, "<svg role=\"presentation\" overflow=\"visible\"");
        rk_mark_percent(c, "x", x);
        rk_buf_printf(c->out, " y=\"%d\"><path class=\"s1\" d=\"M0-10 10 0 0 10-10 0z\"/></svg>\n",
                      y);
    }
}

/* How many bytes of `text` make a line of at most LINE letters, broken between words. */
static size_t line_of(const char *text, int *letters)
{
    size_t end = 0, i = 0;
    int count = 0, fit = 0;
    for (; text[i]; i++) {
        if (text[i] == ' ' && count <= LINE) {
            end = i;
            fit = count;
        }
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    }
    *letters = count <= LINE || !end ? count : fit;
    return count <= LINE || !end ? i : end;
}

int rk_chart_letters(const char *text)
{
    int count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

int rk_mark_label(struct rk_canvas *c, int y, bool total, const char *label, const char *said,
                  bool shown)
{
    int height = 0, letters = 0, more = 0;
    while (*label) {
        size_t size = line_of(label, &letters);
        height += LINE_HEIGHT;
        rk_mark_text(c, total ? "lab all" : "lab", 0, 0, y + height - 5, NULL,
                     rk_report_text(c->report, "%.*s", (int)size, label));
        label += size + (label[size] == ' ');
    }
    if (!said)
        return height;
    more = rk_chart_letters(said);
    if (!height || 14 * letters + 17 * more > PHONE)
        height += LINE_HEIGHT;
    rk_mark_text(c, shown ? "val" : "not", rk_fixed_int(100), 0, y + height - 5, "end", said);
    return height;
}

/* As few decimals as tell the ticks apart. */
static int decimals_of(const struct rk_scale *scale, bool percent)
{
    int decimals = 0;
    rk_fixed step = percent ? scale->step * 100 : scale->step;
    for (rk_fixed unit = RK_FIXED_ONE; step % unit && decimals < 6; unit /= 10)
        decimals++;
    return decimals;
}

void rk_mark_axis(struct rk_canvas *c, const struct rk_scale *scale, int from, int width, int top,
                  int bottom, const struct rk_report_column *column)
{
    struct rk_report_column as = *column;
    as.decimals = decimals_of(scale, as.kind == RK_SHARED);
    for (rk_fixed tick = scale->least; tick <= scale->most; tick += scale->step) {
        rk_fixed x = rk_scale_place(scale, tick, from, width);
        struct rk_figure figure = rk_figure_of(tick, 1, false);
        rk_mark_line(c, tick ? "grid" : "grid nought", x, top, x, bottom);
        rk_mark_text(c, "axis", x, 0, bottom + 18, "middle",
                     rk_figure_text(c->report, &as, &figure));
    }
}

const char *rk_chart_said(struct rk_canvas *c, const struct rk_report_column *column,
                          const struct rk_figure *figure)
{
    const char *text = rk_figure_text(c->report, column, figure);
    return column->unit && rk_figure_shown(figure)
               ? rk_report_text(c->report, "%s %s", text, column->unit)
               : text;
}

const char *rk_chart_with_n(struct rk_canvas *c, const struct rk_report_column *column,
                            const struct rk_figure *figure, const char *text)
{
    if (!rk_figure_shown(figure) || column->kind == RK_COUNTED || figure->n <= 0)
        return text;
    struct rk_buf n = {0};
    rk_say_count(&n, c->report->language, figure->n);
    text = rk_report_text(c->report, "%s (n\u00a0=\u00a0%s)", text, n.text);
    rk_buf_free(&n);
    return text;
}
