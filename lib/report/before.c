#include "report/before.h"

#include "base/hash.h"

#include <stdlib.h>

/* ---- one figure ---- */

/* More or fewer people than were told, but not many; or how many were behind it was not told. */
static bool few(const struct rk_figure *now, const struct rk_provenance_figure *then,
                int64_t threshold)
{
    int64_t more = now->n > then->n ? now->n - then->n : then->n - now->n;
    return (then->value && !then->n) || (more > 0 && more < threshold);
}

/* How much more the figure is than was told, in the steps of its cell; not 0. */
static int64_t more_than(const struct rk_report_cell *cell, const struct rk_figure *now,
                         const struct rk_provenance_figure *then)
{
    rk_fixed most = rk_fixed_int(INT32_MAX), value = now->value, was = then->value;
    rk_fixed step = cell->counts ? RK_FIXED_ONE : RK_FIXED_ONE / 100;
    was = was > most ? most : was < -most ? -most : was;
    value = value > most ? most : value < -most ? -most : value;
    int64_t more = (int64_t)((value - was) / step);
    return more ? more : 1;
}

/* What was told of the figure of this cell. */
static void hold(struct rk_report_cell *cell, const struct rk_figure *now,
                 const struct rk_report_column *column, const struct rk_provenance_figure *then,
                 int64_t threshold)
{
    bool none = now->state == RK_FIGURE_NONE;
    if (column->known || !(now->persons || none) || now->state == RK_FIGURE_MISSING)
        return;
    if (!strcmp(then->state, "hidden")) {
        cell->before = true;
        cell->fixed = cell->fixed && !(none && column->kind != RK_SHARED);
        return;
    }
    if (*then->state || now->state != RK_FIGURE_SHOWN)
        return;
    if (rk_fixed_round(now->value) == then->value &&
        (!then->n || now->n == then->n || !few(now, then, threshold))) {
        cell->told = true;
    } else if (few(now, then, threshold)) { /* of several versions, the nearest */
        int64_t change = more_than(cell, now, then);
        if (!cell->change || llabs(change) < llabs(cell->change))
            cell->change = change;
    }
}

/* What was told of it in another month, when the same people were counted, or some of them. */
static void hold_past(struct rk_report_cell *cell, const struct rk_figure *now,
                      const struct rk_report_column *column,
                      const struct rk_provenance_figure *then, int64_t threshold)
{
    if (now->persons && !column->known && now->state == RK_FIGURE_SHOWN && !*then->state &&
        column->kind != RK_SHARED && few(now, then, threshold))
        cell->drift = more_than(cell, now, then);
}

/* ---- the former report, made again of what was told of it ---- */

struct former {
    struct rk_report_cells *to;
    const struct rk_report *now;
    struct rk_report then; /* the same sections; figures that were hidden are taken to be as now */
    /* by figure of `then`: what was told of it, or NULL; and its figure now, RK_NONE = it is gone
     */
    const struct rk_provenance_figure **told;
    uint32_t *same;
    size_t count, told_room, same_room;
    bool beside; /* it is of other months … */
    int bit;     /* … and of rk_report_row.within the one that is of it; 0 = none */
};

/* The row of this name, after so many others; SIZE_MAX = none. */
static size_t find_row(const struct rk_report_table *t, const char *label, size_t after)
{
    for (size_t r = 0; t && r < t->row_count; r++)
        if (!strcmp(t->rows[r].label, label) && !after--)
            return r;
    return SIZE_MAX;
}

static void start_row(struct former *f, struct rk_report_table *table,
                      const struct rk_report_table *now, size_t start, const char *label)
{
    size_t after = 0;
    for (size_t r = 0; r < table->row_count; r++)
        after += !strcmp(table->rows[r].label, label);
    size_t row = find_row(now, label, after);
    rk_report_row(table, label, row != SIZE_MAX && now->rows[row].total);
    for (size_t c = 0; c < now->column_count; c++) {
        RK_GROW(f->told, f->count, f->told_room);
        RK_GROW(f->same, f->count, f->same_room);
        f->told[f->count] = NULL;
        f->same[f->count++] =
            row == SIZE_MAX ? RK_NONE : (uint32_t)(start + row * now->column_count + c);
    }
}

static struct rk_figure as_told(const struct rk_provenance_figure *then,
                                const struct rk_figure *now)
{
    struct rk_figure figure = {RK_FIGURE_SHOWN, then->value, then->n, true};
    if (!strcmp(then->state, "hidden")) {
        if (now && now->state == RK_FIGURE_SHOWN)
            return *now;
        figure.state = RK_FIGURE_HIDDEN; /* it is gone: nobody knows what it was */
    } else if (!strcmp(then->state, "missing")) {
        figure.state = RK_FIGURE_MISSING;
    } else if (*then->state) {
        figure.state = RK_FIGURE_NONE;
    }
    return figure;
}

/* The first column of this name that has nothing yet in the row that is being made. */
static size_t next_column(const struct former *f, const struct rk_report_table *now,
                          const char *label, bool started)
{
    for (size_t c = 0; c < now->column_count; c++)
        if (!strcmp(now->columns[c].label, label) &&
            !(started && f->told[f->count - now->column_count + c]))
            return c;
    return SIZE_MAX;
}

static void make_table(struct former *f, const struct rk_report_section *of, size_t start,
                       const struct rk_provenance *version)
{
    const struct rk_report_table *now = of->table;
    struct rk_report_section *section = rk_report_section(&f->then, of->id, of->title);
    struct rk_report_table *table = rk_section_table(&f->then, section, "", "");
    for (size_t c = 0; c < now->column_count; c++) {
        rk_report_column(table, now->columns[c].label, now->columns[c].kind, 0);
        table->columns[c] = now->columns[c];
    }
    for (size_t i = 0; i < version->figure_count; i++) {
        const struct rk_provenance_figure *then = &version->figures[i];
        bool started =
            table->row_count && !strcmp(table->rows[table->row_count - 1].label, then->row);
        if (strcmp(then->section, of->id) != 0 ||
            next_column(f, now, then->column, false) == SIZE_MAX)
            continue;
        if (!started || next_column(f, now, then->column, true) == SIZE_MAX)
            start_row(f, table, now, start, then->row);
        size_t c = next_column(f, now, then->column, true);
        size_t number = f->count - now->column_count + c;
        uint32_t same = f->same[number];
        const struct rk_report_row *row =
            same == RK_NONE ? NULL : &now->rows[(same - start) / now->column_count];
        f->told[number] = then;
        table->rows[table->row_count - 1].figures[c] = as_told(then, row ? &row->figures[c] : NULL);
        if (row && (!f->beside || now->dated))
            hold(&f->to->cells[same], &row->figures[c], &now->columns[c], then, f->now->threshold);
        else if (row && f->bit && row->within >> f->bit & 1)
            hold_past(&f->to->cells[same], &row->figures[c], &now->columns[c], then,
                      f->now->threshold);
    }
}

static void make_tables(struct former *f, const struct rk_provenance *version)
{
    size_t start = 0;
    for (size_t s = 0; s < f->now->section_count; s++) {
        const struct rk_report_section *of = &f->now->sections[s];
        if (of->table)
            make_table(f, of, start, version);
        else
            rk_report_section(&f->then, of->id, of->title);
        start += of->table ? of->table->row_count * of->table->column_count : 0;
    }
}

/* The place in the former report of what stands in this one. */
static bool place_then(const struct former *f, struct rk_figure_place now,
                       struct rk_figure_place *then)
{
    const struct rk_report_table *of = f->now->sections[now.section].table;
    *then = now;
    then->row = find_row(f->then.sections[now.section].table, of->rows[now.row].label, 0);
    return then->row != SIZE_MAX;
}

static void make_links(struct former *f)
{
    for (size_t i = 0; i < f->now->link_count; i++) {
        const struct rk_report_link *link = &f->now->links[i];
        struct rk_figure_place total, *parts = rk_alloc(link->count + 1, sizeof *parts);
        bool all = place_then(f, link->total, &total);
        for (size_t k = 0; k < link->count && all; k++)
            all = place_then(f, link->parts[k], &parts[k]);
        if (all)
            rk_report_link(&f->then, link->whole, total, parts, link->count);
        rk_free(parts);
    }
}

/* The cell that a figure of the former report is now: the same one where it was hidden, or stays
 * as it was; or one of its own, that everybody knows. */
static uint32_t cell_now(struct former *f, const struct rk_report_cells *then, uint32_t cell)
{
    struct rk_report_cell new = then->cells[cell];
    if (cell < then->figures) {
        const struct rk_provenance_figure *told = f->told[cell];
        uint32_t same = f->same[cell];
        if (told && same != RK_NONE) {
            const struct rk_report_cell *now = &f->to->cells[same];
            if (!strcmp(told->state, "hidden") ||
                ((now->told || now->fixed) && now->value == new.value))
                return same;
        }
        new.fixed = true;
    }
    new.small = false;
    new.n = 0;
    new.unseen = true;
    return rk_report_cells_add(f->to, new);
}

/* Whether the former report left open what a figure is. */
static bool is_open(const struct former *f, uint32_t figure)
{
    if (!f->told[figure] || f->same[figure] == RK_NONE)
        return false;
    const struct rk_report_cell *now = &f->to->cells[f->same[figure]];
    return !strcmp(f->told[figure]->state, "hidden") && !now->fixed && !now->told;
}

static void add_sums(struct former *f)
{
    struct rk_report_cells then = {0};
    rk_report_cells_make(&then, &f->then);
    uint32_t *now = rk_alloc((size_t)then.count + 1, sizeof *now);
    uint32_t *parts = rk_alloc((size_t)then.count + 1, sizeof *parts);
    for (uint32_t c = 0; c < then.count; c++)
        now[c] = RK_NONE;
    for (uint32_t s = 0; s < then.sum_count; s++) {
        uint32_t first = then.first[s], count = then.first[s + 1] - first;
        bool open = false;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t c = then.cell[first + i];
            open = open || (c < then.figures && is_open(f, c));
        }
        if (!open)
            continue;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t c = then.cell[first + i];
            if (now[c] == RK_NONE)
                now[c] = cell_now(f, &then, c);
            parts[i] = now[c];
        }
        rk_report_cells_sum(f->to, parts[0], parts + 1, count - 1);
    }
    rk_free(now);
    rk_free(parts);
    rk_report_cells_free(&then);
}

/* ---- so many months apart ---- */

static uint32_t cell_at(const struct rk_report *report, struct rk_figure_place at)
{
    size_t start = 0;
    for (size_t s = 0; s < at.section; s++) {
        const struct rk_report_table *t = report->sections[s].table;
        start += t ? t->row_count * t->column_count : 0;
    }
    return (uint32_t)(start + at.row * report->sections[at.section].table->column_count +
                      at.column);
}

/* Who are there now and who went, are who were there then and who came. */
static void hold_balance(struct rk_report_cells *to, const struct rk_report *report,
                         const struct rk_provenance *other)
{
    const struct rk_report_balance *b = &report->balance;
    const struct rk_report_section *section = &report->sections[b->now.section];
    const char *row = section->table->rows[b->now.row].label,
               *column = section->table->columns[b->now.column].label;
    uint32_t now = cell_at(report, b->now), came = cell_at(report, b->came),
             went = cell_at(report, b->went);
    int64_t together = to->cells[now].value + to->cells[went].value;
    for (size_t i = 0; i < other->figure_count; i++) {
        const struct rk_provenance_figure *then = &other->figures[i];
        if (*then->state || strcmp(then->section, section->id) != 0 ||
            strcmp(then->row, row) != 0 || strcmp(then->column, column) != 0 ||
            then->value != rk_fixed_int(together - to->cells[came].value))
            continue;
        uint32_t known = rk_report_cells_add(
            to, (struct rk_report_cell){
                    .value = together - to->cells[came].value, .fixed = true, .unseen = true});
        uint32_t all = rk_report_cells_add(
            to, (struct rk_report_cell){.value = together, .signless = true, .unseen = true});
        rk_report_cells_sum(to, all, (uint32_t[]){now, went}, 2);
        rk_report_cells_sum(to, all, (uint32_t[]){known, came}, 2);
        return;
    }
}

/* What the other told of the figure that is called as the one there; NULL = it told nothing. */
static const struct rk_provenance_figure *told_there(const struct rk_report *report,
                                                     struct rk_figure_place at,
                                                     const struct rk_provenance *other)
{
    const struct rk_report_section *section = &report->sections[at.section];
    for (size_t i = 0; i < other->figure_count; i++)
        if (!strcmp(other->figures[i].section, section->id) &&
            !strcmp(other->figures[i].row, section->table->rows[at.row].label) &&
            !strcmp(other->figures[i].column, section->table->columns[at.column].label))
            return &other->figures[i];
    return NULL;
}

/* The other, so many months after, told two of who were there then, came since and went since: who
 * are there now and came, are who were there then and went, and tell the third. */
static void hold_balance_after(struct rk_report_cells *to, const struct rk_report *report,
                               const struct rk_provenance *other)
{
    enum { THEN, CAME, WENT, ALL };
    const struct rk_report_balance *b = &report->balance;
    const struct rk_figure_place at[ALL] = {b->now, b->came, b->went};
    uint32_t now = cell_at(report, b->now), cell[ALL];
    int64_t value[ALL] = {0};
    int hidden = ALL;
    for (int i = 0; i < ALL; i++) {
        const struct rk_provenance_figure *f = told_there(report, at[i], other);
        bool is_hidden = f && !strcmp(f->state, "hidden");
        if (!f || (is_hidden && hidden < ALL) || (!is_hidden && *f->state))
            return;
        hidden = is_hidden ? i : hidden;
        value[i] = f->value / RK_FIXED_ONE;
    }
    if (hidden == ALL)
        return;
    int64_t all = to->cells[now].value + (hidden == CAME ? 0 : value[CAME]);
    int64_t third = hidden == CAME ? value[THEN] + value[WENT] - all
                                   : all - value[hidden == THEN ? WENT : THEN];
    all += hidden == CAME ? third : 0;
    if (third <= 0)
        return;
    value[hidden] = third;
    for (int i = 0; i < ALL; i++)
        cell[i] = rk_report_cells_add(to, (struct rk_report_cell){.value = value[i],
                                                                  .counts = true,
                                                                  .signless = true,
                                                                  .small = i == hidden,
                                                                  .fixed = i != hidden,
                                                                  .unseen = true});
    uint32_t together = rk_report_cells_add(
        to, (struct rk_report_cell){.value = all, .signless = true, .unseen = true});
    rk_report_cells_sum(to, together, (uint32_t[]){now, cell[CAME]}, 2);
    rk_report_cells_sum(to, together, (uint32_t[]){cell[THEN], cell[WENT]}, 2);
}

/* ---- */

static struct former begin(struct rk_report_cells *cells, const struct rk_report *report)
{
    return (struct former){.to = cells,
                           .now = report,
                           .then = {.language = report->language, .threshold = report->threshold}};
}

static void end(struct former *f)
{
    rk_free(f->told);
    rk_free(f->same);
    rk_report_free(&f->then);
}

void rk_report_cells_version(struct rk_report_cells *cells, const struct rk_report *report,
                             const struct rk_provenance *version)
{
    struct former f = begin(cells, report);
    make_tables(&f, version);
    make_links(&f);
    add_sums(&f);
    end(&f);
}

void rk_report_cells_beside(struct rk_report_cells *cells, const struct rk_report *report,
                            const struct rk_provenance *other, int32_t back)
{
    struct former f = begin(cells, report);
    f.beside = true;
    f.bit = back > 0 && back < 32 ? back : back < 0 && back > -32 ? 32 - back : 0;
    make_tables(&f, other);
    if (back > 0 && back == report->balance.back)
        hold_balance(cells, report, other);
    if (back < 0 && -back == report->balance.back)
        hold_balance_after(cells, report, other);
    end(&f);
}

void rk_report_cells_settle(struct rk_report_cells *cells)
{
    for (uint32_t c = 0; c < cells->figures; c++) {
        struct rk_report_cell *cell = &cells->cells[c];
        if (cell->told) {
            cells->lost += cell->small;
            cell->before = cell->small = false;
            cell->fixed = true;
            cell->change = 0;
        }
        cell->drifts =
            cell->drift && !cell->fixed && !cell->small && !cell->change && !cell->before;
        if (cell->drifts)
            cell->change = cell->drift;
        cell->small = cell->small || cell->change;
    }
}

bool rk_report_place(const struct rk_report *report, uint32_t figure, struct rk_report_place *place)
{
    size_t start = 0;
    for (size_t s = 0; s < report->section_count; s++) {
        const struct rk_report_table *t = report->sections[s].table;
        size_t count = t ? t->row_count * t->column_count : 0;
        if (figure >= start && figure < start + count) {
            *place = (struct rk_report_place){report->sections[s].id,
                                              t->rows[(figure - start) / t->column_count].label,
                                              t->columns[(figure - start) % t->column_count].label};
            return true;
        }
        start += count;
    }
    return false;
}
