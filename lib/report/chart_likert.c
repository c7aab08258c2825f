/* Answers from least to most, stacked to a whole: patterns tell the levels apart where colours do
 * not. */
#include "report/chart.h"

enum { LEVELS = RK_CHART_MOST, BAR = 24, NARROW = 9 }; /* narrow: too little for its number */

/* The look of level i of n: from wholly one side by hatching to the middle and over to the other.
 */
static int look(size_t i, size_t n)
{
    static const int looks[LEVELS + 1][LEVELS] = {{0},
                                                  {6},
                                                  {0, 6},
                                                  {0, 3, 6},
                                                  {0, 1, 5, 6},
                                                  {0, 1, 3, 5, 6},
                                                  {0, 1, 2, 4, 5, 6},
                                                  {0, 1, 2, 3, 4, 5, 6}};
    return looks[n][i];
}

static void patterns(struct rk_canvas *c)
{
    static const char *const inside[LEVELS] = {
        NULL,
        "<path class=\"k0\" d=\"M-2 2 2-2M0 8 8 0M6 10 10 6\"/>",
        "<circle class=\"d0\" cx=\"4\" cy=\"4\" r=\"1.7\"/>",
        NULL,
        "<circle class=\"d1\" cx=\"4\" cy=\"4\" r=\"1.7\"/>",
        "<path class=\"k1\" d=\"M-2 6 2 10M0 0 8 8M6-2 10 2\"/>",
        NULL};
    rk_buf_text(c->out, "<defs>\n");
    for (int i = 0; i < LEVELS; i++)
        if (inside[i]) {
            rk_buf_text(c->out, "<pattern id=\"fill-");
            rk_escape_html(c->out, c->id);
            rk_buf_printf(c->out,
                          "-%d\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\">"
                          "<path class=\"ground\" d=\"M0 0h8v8H0z\"/>%s</pattern>\n",
                          i, inside[i]);
        }
    rk_buf_text(c->out, "</defs>\n");
}

static void fill(struct rk_canvas *c, int level)
{
    static const char *const classes[LEVELS] = {"l0", "le0", "le0", "l3", "le1", "le1", "l6"};
    rk_buf_printf(c->out, "<rect class=\"%s\" role=\"presentation\"", classes[level]);
    if (level != 0 && level != 3 && level != 6) {
        rk_buf_text(c->out, " fill=\"url(#fill-");
        rk_escape_html(c->out, c->id);
        rk_buf_printf(c->out, "-%d)\"", level);
    }
}

static int legend(struct rk_canvas *c)
{
    size_t n = c->chart->column_count;
    for (size_t i = 0; i < n; i++) {
        fill(c, look(i, n));
        rk_buf_printf(c->out, " x=\"1\" y=\"%d\" width=\"18\" height=\"14\"/>\n", 22 * (int)i + 5);
        rk_mark_text(c, "lab", 0, 28, 22 * (int)i + 17, NULL, rk_chart_column(c, i)->label);
    }
    return 22 * (int)n + 14;
}

int rk_chart_likert(struct rk_canvas *c)
{
    size_t n = c->chart->column_count;
    patterns(c);
    int y = legend(c);
    for (size_t r = 0; r < c->table->row_count; r++) {
        bool all = true;
        rk_fixed sum = 0, at = 0;
        for (size_t i = 0; i < n; i++) {
            const struct rk_figure *figure = rk_chart_figure(c, r, i);
            all = all && rk_figure_shown(figure) && figure->value >= 0;
            sum += figure->value;
        }
        const struct rk_figure *first = rk_chart_figure(c, r, 0);
        struct rk_buf count = {0};
        rk_buf_text(&count, "n\u00a0=\u00a0");
        rk_say_count(&count, c->report->language, first->n);
        y += rk_mark_label(
            c, y, false, c->table->rows[r].label,
            all ? count.text : rk_figure_text(c->report, rk_chart_column(c, 0), first), all);
        rk_buf_free(&count);
        for (size_t i = 0; all && sum > 0 && i < n; i++) {
            const struct rk_figure *figure = rk_chart_figure(c, r, i);
            rk_fixed width = rk_fixed_times(rk_fixed_int(100), rk_ratio(figure->value, sum));
            if (width <= 0)
                continue;
            fill(c, look(i, n));
            rk_mark_percent(c, "x", at);
            rk_mark_percent(c, "width", width);
            rk_buf_printf(c->out, " y=\"%d\" height=\"%d\"/>\n", y + 4, BAR);
            if (width >= rk_fixed_int(NARROW))
                rk_mark_text(c, "axis", at + width / 2, 0, y + BAR + 20, "middle",
                             rk_figure_text(c->report, rk_chart_column(c, i), figure));
            at += width;
        }
        y += all ? BAR + 34 : 14;
    }
    return y;
}
