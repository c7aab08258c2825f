/* lib/report/chart*: scales hold what they are made of, and no chart draws outside itself, whatever
 * the figures: one, none, ties, huge, negative, hidden and missing ones. */
#include "report/chart.h"

#include "base/random.h"
#include "check.h"

static rk_fixed number(const char *text)
{
    rk_fixed value = 0;
    CHECK(rk_fixed_parse(rk_text(text), &value));
    return value;
}

static void scale_is(const char *least, const char *most, const char *from, const char *to,
                     const char *step)
{
    struct rk_scale scale = rk_scale_over(number(least), number(most));
    CHECK(scale.least == number(from));
    CHECK(scale.most == number(to));
    CHECK(scale.step == number(step));
}

static void scales(void)
{
    scale_is("0", "1", "0", "1", "0.2");
    scale_is("2.1", "4.6", "2", "5", "0.5");
    scale_is("0", "36", "0", "40", "10");
    scale_is("-0.3", "0.4", "-0.4", "0.4", "0.2");
    scale_is("-7", "-3", "-7", "-3", "1");
    scale_is("3", "3", "3", "4", "1");
    scale_is("0", "0", "0", "1", "1");
    scale_is("0.0001", "0.00032", "0.0001", "0.00035", "0.00005");
    scale_is("99999999999", "799999999999", "0", "800000000000", "200000000000");
    /* whatever the ends: they are inside, with at most seven ticks, and places keep order */
    struct rk_random random = rk_random(RK_TEXT("scales"), RK_TEXT(""));
    for (int i = 0; i < 2000; i++) {
        rk_fixed size = RK_FIXED_ONE / 1000;
        for (uint64_t k = rk_random_below(&random, 14); k > 0; k--)
            size *= 10;
        rk_fixed a = (rk_fixed)rk_random_below(&random, 2001) * (size / 1000) - size,
                 b = a + (rk_fixed)rk_random_below(&random, 1001) * (size / 1000);
        struct rk_scale scale = rk_scale_over(a, b);
        CHECK(scale.least <= a && scale.most >= b && scale.least < scale.most && scale.step > 0);
        CHECK((scale.most - scale.least) % scale.step == 0);
        CHECK((scale.most - scale.least) / scale.step <= 7);
        rk_fixed x = rk_scale_place(&scale, a, 4, 92), y = rk_scale_place(&scale, b, 4, 92);
        CHECK(x >= rk_fixed_int(4) && x <= y && y <= rk_fixed_int(96));
        CHECK(rk_scale_place(&scale, scale.least - RK_FIXED_ONE, 4, 92) == rk_fixed_int(4));
        CHECK(rk_scale_place(&scale, scale.most + RK_FIXED_ONE, 4, 92) == rk_fixed_int(96));
    }
}

/* The largest number before a % in the text, and that no number is negative or not a number. */
static bool inside(const char *svg)
{
    static const char *const places[] = {" x=\"", " x1=\"", " x2=\"", " cx=\"", " width=\"",
                                         " y=\"", " y1=\"", " y2=\"", " cy=\"", " height=\""};
    if (strstr(svg, "nan") || strstr(svg, "inf"))
        return false;
    for (size_t p = 0; p < sizeof places / sizeof *places; p++)
        for (const char *at = svg; (at = strstr(at, places[p])); at++) {
            const char *start = at + strlen(places[p]);
            size_t size = strcspn(start, "\"");
            bool percent = size && start[size - 1] == '%';
            rk_fixed value = 0;
            if (!rk_fixed_parse((struct rk_text){start, size - percent}, &value) || value < 0 ||
                (percent && value > rk_fixed_int(100)))
                return false;
        }
    for (const char *at = svg; (at = strstr(at, "<rect ")); at++) { /* a box ends inside, too */
        const char *x = strstr(at, " x=\""), *width = strstr(at, " width=\"");
        rk_fixed from = 0, size = 0;
        size_t a = strcspn(x + 4, "\""), b = strcspn(width + 8, "\"");
        if (x[3 + a] != '%')
            continue; /* a mark of the legend */
        rk_fixed_parse((struct rk_text){x + 4, a - 1}, &from);
        rk_fixed_parse((struct rk_text){width + 8, b - 1}, &size);
        if (from + size > rk_fixed_int(100) + RK_FIXED_ONE / 50) /* both are rounded */
            return false;
    }
    return true;
}

/* A chart of `rows` rows of three columns drawn by `next`. */
static bool draws(enum rk_chart_kind kind, size_t rows, struct rk_figure (*next)(size_t, size_t))
{
    struct rk_report report = {.language = RK_SWEDISH, .threshold = 5};
    struct rk_report_section *section = rk_report_section(&report, "a", "A");
    struct rk_report_table *table = rk_section_table(&report, section, "caption", "corner");
    for (int c = 0; c < 3; c++)
        rk_report_column(table, "column", RK_MEASURED, 1);
    for (size_t r = 0; r < rows; r++) {
        struct rk_figure *figures = rk_report_row(
            table,
            r % 2 ? "kort" : "ett namn som är så långt att det måste brytas till flera rader",
            false);
        table->rows[r].at = rk_fixed_int((int64_t)r);
        for (size_t c = 0; c < 3; c++)
            figures[c] = next(r, c);
    }
    struct rk_report_chart chart = {
        .kind = kind, .title = "T", .columns = {0, 1, 2}, .column_count = 3};
    if (kind == RK_CHART_DOTS || kind == RK_CHART_SLOPE || kind == RK_CHART_BARS)
        chart.column_count = 2;
    struct rk_buf out = {0};
    rk_render_svg(&out, &report, "a", table, &chart);
    bool good = inside(out.text) && strstr(out.text, "<desc") && strstr(out.text, "</svg>");
    rk_buf_free(&out);
    rk_report_free(&report);
    return good;
}

static struct rk_figure ties(size_t r, size_t c)
{
    (void)r, (void)c;
    return rk_figure_of(rk_fixed_int(3), 7, false);
}
static struct rk_figure huge(size_t r, size_t c)
{
    return rk_figure_of(rk_fixed_int(999999999999 - (int64_t)(r * 1000 + c)), 7, false);
}
static struct rk_figure tiny(size_t r, size_t c)
{
    return rk_figure_of((rk_fixed)(1 + r + c), 7, false); /* 10^-18 */
}
static struct rk_figure negative(size_t r, size_t c)
{
    return rk_figure_of(rk_fixed_int((int64_t)c - 5 * (int64_t)r), 7, false);
}
static struct rk_figure shares(size_t r, size_t c)
{
    return rk_figure_share((int64_t)c + 1, 6, 20 + (int64_t)r, false);
}
static struct rk_figure nothing(size_t r, size_t c)
{
    return (struct rk_figure){.state = (r + c) % 2 ? RK_FIGURE_HIDDEN : RK_FIGURE_MISSING};
}
static struct rk_figure some(size_t r, size_t c)
{
    return (r + c) % 3 ? rk_figure_of(rk_fixed_int((int64_t)(r * c)), 7, false) : nothing(r, c);
}
static struct rk_figure nought(size_t r, size_t c)
{
    (void)r, (void)c;
    return rk_figure_count(0, false);
}

static void bounds(void)
{
    struct rk_figure (*const makers[])(size_t, size_t) = {ties,   huge,    tiny, negative,
                                                          shares, nothing, some, nought};
    static const size_t sizes[] = {0, 1, 2, 12, 40};
    for (int kind = RK_CHART_BARS; kind <= RK_CHART_FUNNEL; kind++)
        for (size_t m = 0; m < sizeof makers / sizeof *makers; m++)
            for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
                if (!draws((enum rk_chart_kind)kind, sizes[s], makers[m])) {
                    printf("chart %d, figures %zu, rows %zu\n", kind, m, sizes[s]);
                    CHECK(false);
                }
}

int main(void)
{
    scales();
    bounds();
    return finish();
}
