#include "report/chart.h"

#include <assert.h>

void rk_render_svg(struct rk_buf *out, struct rk_report *report, const char *id,
                   const struct rk_report_table *table, const struct rk_report_chart *chart)
{
    static rk_chart_draw *const draw[] = {
        [RK_CHART_BARS] = rk_chart_bars,       [RK_CHART_DOTS] = rk_chart_dots,
        [RK_CHART_COLUMNS] = rk_chart_columns, [RK_CHART_INTERVALS] = rk_chart_intervals,
        [RK_CHART_SLOPE] = rk_chart_slope,     [RK_CHART_LIKERT] = rk_chart_likert,
        [RK_CHART_MONTHS] = rk_chart_months,   [RK_CHART_STEPS] = rk_chart_steps,
        [RK_CHART_FUNNEL] = rk_chart_funnel};
    assert(draw[chart->kind] && chart->column_count >= 1 && chart->column_count <= RK_CHART_MOST);
    struct rk_buf marks = {0};
    struct rk_canvas canvas = {&marks, report, id, table, chart};
    int height = draw[chart->kind](&canvas);
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
