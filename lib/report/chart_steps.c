/* Steps: how many are left as time goes. A series is the rows, one after another, of the same
 * `series`; it starts whole at 0. */
#include "report/chart.h"

enum { HEIGHT = 220, TOP = 12, LEFT = 14, WIDTH = 82, SERIES = 3, LOW = 1, HIGH = 2 };

static int down(rk_fixed share)
{
    share = share < 0 ? 0 : share > RK_FIXED_ONE ? RK_FIXED_ONE : share;
    return TOP + HEIGHT - (int)(share * HEIGHT / RK_FIXED_ONE);
}

static bool same(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

/* The figures of row r hold from its time to `until`. */
static void band(struct rk_canvas *c, const struct rk_scale *time, size_t r, rk_fixed until)
{
    if (c->chart->column_count <= HIGH || !rk_figure_shown(rk_chart_figure(c, r, LOW)) ||
        !rk_figure_shown(rk_chart_figure(c, r, HIGH)))
        return;
    rk_fixed from = rk_scale_place(time, c->table->rows[r].at, LEFT, WIDTH),
             to = rk_scale_place(time, until, LEFT, WIDTH);
    int top = down(rk_chart_figure(c, r, HIGH)->value),
        bottom = down(rk_chart_figure(c, r, LOW)->value);
    if (to > from && bottom > top)
        rk_mark_box(c, "band", from, to - from, top, bottom - top);
}

/* The line of the series in [from, to); where a figure is hidden it stops, and goes on where the
 * next is shown. */
static void line(struct rk_canvas *c, const struct rk_scale *time, size_t from, size_t to,
                 size_t series)
{
    static const char *const classes[SERIES] = {"step", "step dashed", "step dotted"};
    rk_fixed last = RK_FIXED_ONE, x = rk_scale_place(time, 0, LEFT, WIDTH);
    bool known = true; /* all are there at the start */
    for (size_t r = from; r <= to; r++) {
        rk_fixed next = r < to ? rk_scale_place(time, c->table->rows[r].at, LEFT, WIDTH)
                               : rk_fixed_int(LEFT + WIDTH);
        bool shown = r < to && rk_figure_shown(rk_chart_figure(c, r, 0));
        rk_fixed value = shown ? rk_chart_figure(c, r, 0)->value : 0;
        if (known && (shown || r < to))
            rk_mark_line(c, classes[series], x, down(last), next, down(last));
        if (known && shown && value != last)
            rk_mark_line(c, classes[series], next, down(last), next, down(value));
        if (r < to) {
            known = shown;
            last = value;
            x = next;
        }
    }
    if (known)
        rk_mark_dot(c, series % 2, x, down(last));
}

int rk_chart_steps(struct rk_canvas *c)
{
    const struct rk_report_table *table = c->table;
    rk_fixed most = 0;
    for (size_t r = 0; r < table->row_count; r++)
        most = table->rows[r].at > most ? table->rows[r].at : most;
    struct rk_scale time = rk_scale_over(0, most), share = {0, RK_FIXED_ONE, RK_FIXED_ONE / 4};
    for (rk_fixed tick = share.least; tick <= share.most; tick += share.step) {
        struct rk_figure figure = rk_figure_of(tick, 1, false);
        struct rk_report_column as = {.kind = RK_SHARED};
        rk_mark_line(c, "grid", rk_fixed_int(LEFT), down(tick), rk_fixed_int(LEFT + WIDTH),
                     down(tick));
        rk_mark_text(c, "axis", rk_fixed_int(LEFT), -8, down(tick) + 5, "end",
                     rk_figure_text(c->report, &as, &figure));
    }
    const struct rk_report_column number = {.kind = RK_MEASURED};
    for (rk_fixed tick = 0; tick <= time.most; tick += time.step) {
        struct rk_figure figure = rk_figure_of(tick, 1, false);
        rk_mark_text(c, "axis", rk_scale_place(&time, tick, LEFT, WIDTH), 0, TOP + HEIGHT + 20,
                     "middle", rk_figure_text(c->report, &number, &figure));
    }
    int y = TOP + HEIGHT + 40;
    size_t series = 0;
    for (size_t from = 0, to; from < table->row_count; from = to, series++) {
        for (to = from;
             to < table->row_count && same(table->rows[to].series, table->rows[from].series);)
            to++;
        bool any = false;
        for (size_t r = from; r < to; r++)
            any = any || rk_figure_shown(rk_chart_figure(c, r, 0));
        if (series >= SERIES || !any)
            continue; /* beside the chart stands the table with all */
        for (size_t r = from; r + 1 < to; r++)
            band(c, &time, r, table->rows[r + 1].at);
        line(c, &time, from, to, series);
        if (!table->rows[from].series)
            continue;
        rk_mark_line(c,
                     series == 0   ? "step"
                     : series == 1 ? "step dashed"
                                   : "step dotted",
                     0, y + 6, rk_fixed_int(10), y + 6);
        rk_mark_text(c, "lab", rk_fixed_int(10), 10, y + 11, NULL, table->rows[from].series);
        y += 24;
    }
    return y;
}
