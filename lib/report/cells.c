#include "report/cells.h"

enum { MOST = 1 << 30 }; /* of a figure in whole numbers: larger ones are fixed */

struct making {
    struct rk_report_cells *out;
    const struct rk_report *report;
    uint32_t *start; /* by section: its first figure */
};

static uint32_t add_unseen(struct rk_report_cells *to, int64_t value)
{
    return rk_report_cells_add(
        to, (struct rk_report_cell){.value = value, .signless = true, .unseen = true});
}

static void add_pair(struct rk_report_cells *to, uint32_t total, uint32_t a, uint32_t b)
{
    rk_report_cells_sum(to, total, (uint32_t[]){a, b}, 2);
}

/* ---- figures ---- */

static struct rk_report_cell cell_of(const struct rk_report *report,
                                     const struct rk_report_column *column,
                                     const struct rk_figure *f)
{
    struct rk_report_cell cell = {.fixed = true, .signless = f->value >= 0};
    bool counted = column->kind == RK_COUNTED;
    if (f->state != RK_FIGURE_SHOWN)
        return cell;
    rk_fixed value = f->value;
    bool fits = value < rk_fixed_int(MOST) && value > -rk_fixed_int(MOST);
    if (!fits || column->kind == RK_SHARED)
        return cell; /* is in no sum */
    rk_fixed step = counted ? RK_FIXED_ONE : RK_FIXED_ONE / 100;
    cell.value = (int64_t)((value + (value < 0 ? -step : step) / 2) / step);
    cell.n = f->persons && f->n > 0 ? f->n : 0;
    cell.counts = counted;
    cell.small = rk_figure_small(f, report->threshold);
    cell.fixed = !f->persons || column->known;
    cell.small = cell.small && !cell.fixed;
    return cell;
}

static void add_figures(struct making *m)
{
    for (size_t s = 0; s < m->report->section_count; s++) {
        const struct rk_report_table *t = m->report->sections[s].table;
        m->start[s] = m->out->count;
        for (size_t r = 0; t && r < t->row_count; r++)
            for (size_t c = 0; c < t->column_count; c++)
                rk_report_cells_add(m->out,
                                    cell_of(m->report, &t->columns[c], &t->rows[r].figures[c]));
    }
}

static const struct rk_figure *figure_at(const struct making *m, struct rk_figure_place at)
{
    return &m->report->sections[at.section].table->rows[at.row].figures[at.column];
}

static uint32_t cell_at(const struct making *m, struct rk_figure_place at)
{
    return m->start[at.section] +
           (uint32_t)(at.row * m->report->sections[at.section].table->column_count + at.column);
}

/* Has room for one more; caller frees. */
static uint32_t *cells_at(const struct making *m, const struct rk_figure_place *at, size_t count)
{
    uint32_t *cells = rk_alloc(count + 1, sizeof *cells);
    for (size_t i = 0; i < count; i++)
        cells[i] = cell_at(m, at[i]);
    return cells;
}

/* ---- sums ---- */

/* The total is the sum of the parts; or with `rest`, is no less. */
static void add_sum(struct making *m, struct rk_figure_place total,
                    const struct rk_figure_place *parts, size_t count, bool rest)
{
    struct rk_report_cells *to = m->out;
    rk_fixed sum = 0;
    int64_t left = to->cells[cell_at(m, total)].value;
    for (size_t i = 0; i < count; i++) {
        const struct rk_figure *f = figure_at(m, parts[i]);
        sum += f->state == RK_FIGURE_SHOWN ? f->value : 0;
        rest = rest || f->state == RK_FIGURE_HIDDEN; /* of a former report: what is gone since */
        left -= to->cells[cell_at(m, parts[i])].value;
    }
    rk_fixed more = figure_at(m, total)->value - sum;
    if (!count || figure_at(m, total)->state != RK_FIGURE_SHOWN || more < 0 || (more && !rest))
        return;
    uint32_t other = UINT32_MAX;
    if (more)
        other = add_unseen(to, left > 0 ? left : 0);
    else if (left) /* of rounding alone */
        other = rk_report_cells_add(
            to, (struct rk_report_cell){.value = left, .fixed = true, .unseen = true});
    uint32_t *cells = cells_at(m, parts, count);
    cells[count] = other;
    rk_report_cells_sum(to, cell_at(m, total), cells, count + (other != UINT32_MAX));
    rk_free(cells);
}

/* The total counts people once who are in several parts. */
static void add_bounds(struct making *m, struct rk_figure_place total,
                       const struct rk_figure_place *parts, size_t count)
{
    struct rk_report_cells *to = m->out;
    uint32_t all = cell_at(m, total);
    int64_t value = to->cells[all].value, sum = 0, most = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t part = to->cells[cell_at(m, parts[i])].value;
        sum += part;
        most = part > most ? part : most;
        if (figure_at(m, parts[i])->state == RK_FIGURE_HIDDEN)
            return;
    }
    if (!count || figure_at(m, total)->state != RK_FIGURE_SHOWN || value > sum || value < most)
        return;
    if (count == 1) {
        add_sum(m, total, parts, 1, false);
        return;
    }
    uint32_t *cells = cells_at(m, parts, count);
    rk_report_cells_bounds(to, all, cells, count);
    rk_free(cells);
}

static void add_least(struct making *m, uint32_t cell, uint32_t least)
{
    int64_t more = m->out->cells[cell].value - m->out->cells[least].value;
    if (more >= 0)
        add_pair(m->out, cell, least, add_unseen(m->out, more));
}

/* The same figure is told in two tables: where one of them is hidden, so must the other be. */
static void add_same(struct making *m, struct rk_figure_place total, struct rk_figure_place part)
{
    struct rk_report_cell *cell = &m->out->cells[cell_at(m, total)];
    if (figure_at(m, part)->state == RK_FIGURE_HIDDEN)
        cell->before = !cell->fixed;
    else if (figure_at(m, part)->state == RK_FIGURE_SHOWN)
        add_sum(m, total, &part, 1, false);
}

static void add_rest(struct making *m, struct rk_figure_place total,
                     const struct rk_figure_place *parts, size_t count)
{
    bool all = figure_at(m, total)->state == RK_FIGURE_SHOWN;
    for (size_t i = 0; i < count; i++)
        all = all && figure_at(m, parts[i])->state == RK_FIGURE_SHOWN;
    if (!all)
        return;
    uint32_t *cells = cells_at(m, parts, count);
    rk_report_cells_rest(m->out, cell_at(m, total), cells, count, m->report->threshold);
    rk_free(cells);
}

static void add_whole(struct making *m, enum rk_whole whole, struct rk_figure_place total,
                      const struct rk_figure_place *parts, size_t count)
{
    if (whole == RK_SUM)
        add_sum(m, total, parts, count, false);
    else if (whole == RK_ATMOST)
        add_bounds(m, total, parts, count);
    else if (whole == RK_REST)
        add_rest(m, total, parts, count);
    else if (whole == RK_SAME && count == 1)
        add_same(m, total, parts[0]);
}

static void add_column(struct making *m, size_t section, size_t column)
{
    const struct rk_report_table *t = m->report->sections[section].table;
    struct rk_figure_place *parts = rk_alloc(t->row_count + 1, sizeof *parts);
    size_t count = 0;
    for (size_t r = 0; r < t->row_count; r++) {
        if (!t->rows[r].total)
            parts[count++] = (struct rk_figure_place){section, r, column};
        else
            add_whole(m, t->columns[column].whole, (struct rk_figure_place){section, r, column},
                      parts, count);
    }
    rk_free(parts);
}

static void add_row(struct making *m, size_t section, size_t row)
{
    const struct rk_report_table *t = m->report->sections[section].table;
    struct rk_figure_place *parts = rk_alloc(t->column_count + 1, sizeof *parts);
    size_t count = 0;
    for (size_t c = 0; c < t->column_count; c++)
        if (t->columns[c].part)
            parts[count++] = (struct rk_figure_place){section, row, c};
    for (size_t c = 0; c < t->column_count; c++) {
        struct rk_figure_place at = {section, row, c};
        if (t->columns[c].total)
            add_sum(m, at, parts, count, true);
        if (t->columns[c].least)
            add_least(m, cell_at(m, at), cell_at(m, at) + (uint32_t)(t->columns[c].least - 1 - c));
    }
    rk_free(parts);
}

void rk_report_cells_make(struct rk_report_cells *cells, const struct rk_report *report)
{
    struct making m = {cells, report, rk_alloc(report->section_count + 1, sizeof *m.start)};
    add_figures(&m);
    for (size_t s = 0; s < report->section_count; s++) {
        const struct rk_report_table *t = report->sections[s].table;
        for (size_t c = 0; t && c < t->column_count; c++)
            add_column(&m, s, c);
        for (size_t r = 0; t && r < t->row_count; r++)
            add_row(&m, s, r);
    }
    for (size_t i = 0; i < report->link_count; i++) {
        const struct rk_report_link *link = &report->links[i];
        add_whole(&m, link->whole, link->total, link->parts, link->count);
    }
    rk_free(m.start);
}
