/* Two orders side by side: each row a line from its place in the one to its place in the other, so
 * that lines cross where the orders differ. Places, not values, are to scale: ties lie beside each
 * other, and nothing is written on top of anything else. */
#include "report/chart.h"

enum { TOP = 34, ROW = 26, FROM = 43, TO = 57, LETTERS = 16, ASIDE = 13 };

struct order {
    struct rk_canvas *c;
    size_t side;
};

static int by_value(const void *a, const void *b, void *context)
{
    struct order *order = context;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const struct rk_figure *f = rk_chart_figure(order->c, x, order->side),
                           *g = rk_chart_figure(order->c, y, order->side);
    if (rk_figure_shown(f) != rk_figure_shown(g))
        return rk_figure_shown(f) ? -1 : 1;
    if (f->value != g->value)
        return (f->value < g->value) == order->c->chart->rank ? -1 : 1;
    if (order->side) { /* ties: as in the other order, so that their lines do not cross */
        struct order first = {order->c, 0};
        return by_value(a, b, &first);
    }
    return (x > y) - (x < y);
}

/* At most LETTERS of the label: the whole of it stands in the table. */
static const char *cut(struct rk_canvas *c, const char *label)
{
    size_t size = 0;
    if (rk_chart_letters(label) <= LETTERS)
        return label;
    for (int letters = 0; letters < LETTERS - 1 || ((unsigned char)label[size] & 0xc0) == 0x80;
         size++)
        letters += ((unsigned char)label[size] & 0xc0) != 0x80;
    return rk_report_text(c->report, "%.*s…", (int)size, label);
}

int rk_chart_slope(struct rk_canvas *c)
{
    size_t rows = c->table->row_count, *places[2];
    int *y[2], row = ROW; /* numbers of more than two letters stand on a line of their own */
    for (size_t r = 0; r < rows; r++)
        for (size_t side = 0; side < 2; side++)
            if (rk_chart_letters(rk_figure_text(c->report, rk_chart_column(c, side),
                                                rk_chart_figure(c, r, side))) > 3)
                row = ROW + 18;
    for (size_t side = 0; side < 2; side++) {
        struct order order = {c, side};
        places[side] = rk_alloc(rows, sizeof *places[side]);
        y[side] = rk_alloc(rows, sizeof *y[side]);
        for (size_t r = 0; r < rows; r++)
            places[side][r] = r;
        qsort_r(places[side], rows, sizeof *places[side], by_value, &order);
        rk_mark_text(c, "lab all", rk_fixed_int(side ? TO : FROM), side ? ASIDE : -ASIDE, 16,
                     side ? NULL : "end", rk_chart_column(c, side)->label);
        for (size_t i = 0; i < rows; i++) {
            size_t r = places[side][i];
            const struct rk_figure *figure = rk_chart_figure(c, r, side);
            const char *value = rk_figure_text(c->report, rk_chart_column(c, side), figure);
            const char *label = cut(c, c->table->rows[r].label);
            y[side][r] = TOP + row * (int)i + row / 2;
            const char *class = rk_figure_shown(figure) ? "val" : "not";
            rk_fixed x = rk_fixed_int(side ? TO : FROM);
            const char *anchor = side ? NULL : "end";
            if (row == ROW) {
                label = side ? rk_report_text(c->report, "%s  %s", value, label)
                             : rk_report_text(c->report, "%s  %s", label, value);
                rk_mark_text(c, class, x, side ? ASIDE : -ASIDE, y[side][r] + 5, anchor, label);
            } else {
                rk_mark_text(c, "lab", x, side ? ASIDE : -ASIDE, y[side][r] - 2, anchor, label);
                rk_mark_text(c, class, x, side ? ASIDE : -ASIDE, y[side][r] + 16, anchor, value);
            }
        }
    }
    for (size_t r = 0; r < rows; r++) {
        const struct rk_figure *a = rk_chart_figure(c, r, 0), *b = rk_chart_figure(c, r, 1);
        if (!rk_figure_shown(a) || !rk_figure_shown(b))
            continue;
        bool better = (b->value < a->value) == c->chart->rank;
        rk_mark_line(c,
                     a->value == b->value ? "same"
                     : better             ? "rise"
                                          : "fall",
                     rk_fixed_int(FROM), y[0][r], rk_fixed_int(TO), y[1][r]);
    }
    for (size_t side = 0; side < 2; side++) {
        for (size_t r = 0; r < rows; r++)
            if (rk_figure_shown(rk_chart_figure(c, r, side)))
                rk_mark_dot(c, (int)side, rk_fixed_int(side ? TO : FROM), y[side][r]);
        rk_free(places[side]);
        rk_free(y[side]);
    }
    return TOP + row * (int)rows + 8;
}
