#include "report/report.h"

#include <assert.h>

void rk_report_free(struct rk_report *report)
{
    for (size_t i = 0; i < report->section_count; i++) {
        struct rk_report_section *section = &report->sections[i];
        if (section->table) {
            rk_free(section->table->columns);
            rk_free(section->table->rows);
        }
        rk_free(section->paragraphs);
        rk_free(section->notes);
    }
    rk_free(report->sections);
    rk_free(report->key_figures);
    rk_free(report->summary);
    rk_free(report->sources);
    rk_free(report->links);
    rk_arena_free(&report->arena);
    *report = (struct rk_report){0};
}

const char *rk_report_text(struct rk_report *report, const char *format, ...)
{
    struct rk_buf buf = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&buf, format, args);
    va_end(args);
    const char *text = rk_arena_text(&report->arena, buf.text ? buf.text : "", buf.size);
    rk_buf_free(&buf);
    return text;
}

void rk_report_summarize(struct rk_report *report, const char *text)
{
    RK_GROW(report->summary, report->summary_count, report->summary_room);
    report->summary[report->summary_count++] = text;
}

void rk_report_key_figure(struct rk_report *report, const struct rk_figure *figure,
                          const char *value, const char *label)
{
    if (!rk_figure_shown(figure))
        return;
    RK_GROW(report->key_figures, report->key_figure_count, report->key_figure_room);
    report->key_figures[report->key_figure_count++] = (struct rk_key_figure){value, label};
}

void rk_report_source(struct rk_report *report, const char *name, const char *value, bool code)
{
    RK_GROW(report->sources, report->source_count, report->source_room);
    report->sources[report->source_count++] = (struct rk_source){
        rk_report_text(report, "%s", name), rk_report_text(report, "%s", value), code};
}

struct rk_report_section *rk_report_section(struct rk_report *report, const char *id,
                                            const char *title)
{
    RK_GROW(report->sections, report->section_count, report->section_room);
    struct rk_report_section *section = &report->sections[report->section_count++];
    *section = (struct rk_report_section){.id = rk_report_text(report, "%s", id),
                                          .title = rk_report_text(report, "%s", title)};
    return section;
}

void rk_section_paragraph(struct rk_report *report, struct rk_report_section *section,
                          const char *text)
{
    RK_GROW(section->paragraphs, section->paragraph_count, section->paragraph_room);
    section->paragraphs[section->paragraph_count++] = rk_report_text(report, "%s", text);
}

void rk_section_note(struct rk_report *report, struct rk_report_section *section, const char *text)
{
    RK_GROW(section->notes, section->note_count, section->note_room);
    section->notes[section->note_count++] = rk_report_text(report, "%s", text);
}

struct rk_report_table *rk_section_table(struct rk_report *report,
                                         struct rk_report_section *section, const char *caption,
                                         const char *corner)
{
    struct rk_report_table *table = rk_arena_alloc(&report->arena, sizeof *table);
    *table = (struct rk_report_table){.caption = rk_report_text(report, "%s", caption),
                                      .corner = rk_report_text(report, "%s", corner),
                                      .report = report};
    assert(!section->table);
    section->table = table;
    return table;
}

void rk_report_link(struct rk_report *report, enum rk_whole whole, struct rk_figure_place total,
                    const struct rk_figure_place *parts, size_t count)
{
    struct rk_figure_place *copy = rk_arena_alloc(&report->arena, (count + 1) * sizeof *copy);
    memcpy(copy, parts, count * sizeof *copy);
    RK_GROW(report->links, report->link_count, report->link_room);
    report->links[report->link_count++] = (struct rk_report_link){whole, total, copy, count};
}

size_t rk_report_column(struct rk_report_table *table, const char *label, enum rk_figure_kind kind,
                        int decimals)
{
    assert(!table->row_count);
    RK_GROW(table->columns, table->column_count, table->column_room);
    table->columns[table->column_count] = (struct rk_report_column){
        .label = rk_report_text(table->report, "%s", label), .kind = kind, .decimals = decimals};
    return table->column_count++;
}

struct rk_figure *rk_report_row(struct rk_report_table *table, const char *label, bool total)
{
    size_t n = table->column_count;
    struct rk_figure *figures =
        rk_arena_alloc(&table->report->arena, (n ? n : 1) * sizeof *figures);
    for (size_t i = 0; i < n; i++)
        figures[i] = (struct rk_figure){.state = RK_FIGURE_NONE};
    RK_GROW(table->rows, table->row_count, table->row_room);
    table->rows[table->row_count++] = (struct rk_report_row){
        .label = rk_report_text(table->report, "%s", label), .figures = figures, .total = total};
    return figures;
}

struct rk_figure rk_figure_count(int64_t value, bool persons)
{
    return (struct rk_figure){RK_FIGURE_SHOWN, rk_fixed_int(value), value, persons};
}

struct rk_figure rk_figure_of(rk_fixed value, int64_t n, bool persons)
{
    if (n == 0)
        return (struct rk_figure){.state = RK_FIGURE_NONE, .persons = persons};
    return (struct rk_figure){RK_FIGURE_SHOWN, value, n, persons};
}

struct rk_figure rk_figure_share(int64_t part, int64_t n, int64_t base, bool persons)
{
    if (n == 0)
        return rk_figure_of(0, 0, persons);
    struct rk_figure figure = {RK_FIGURE_SHOWN, rk_fixed_divide(rk_fixed_int(part), n), base,
                               persons};
    return figure;
}

static void hide(struct rk_figure *figure)
{
    if (figure->state == RK_FIGURE_SHOWN || figure->state == RK_FIGURE_NONE)
        *figure = (struct rk_figure){.state = RK_FIGURE_HIDDEN, .persons = true};
}

void rk_report_hide(struct rk_report_table *table, size_t row, size_t column)
{
    hide(&table->rows[row].figures[column]);
    table->hidden = true;
}

void rk_report_hide_column(struct rk_report_table *table, size_t column)
{
    for (size_t r = 0; r < table->row_count; r++)
        rk_report_hide(table, r, column);
}

static bool is_hidden(const struct rk_report_table *table, size_t row, size_t column)
{
    return table->rows[row].figures[column].state == RK_FIGURE_HIDDEN;
}

/* What is worked out of a hidden figure, or tells of all where a row is hidden. */
static void hide_after(struct rk_report_table *table, size_t r, size_t c)
{
    const struct rk_report_column *column = &table->columns[c];
    struct rk_figure *figure = &table->rows[r].figures[c];
    bool go = false;
    for (size_t i = 0; i < 2; i++)
        go = go || (column->from[i] && is_hidden(table, r, column->from[i] - 1));
    for (size_t row = 0; row < table->row_count && table->rows[r].total; row++)
        go = go ||
             (column->whole == RK_WHOLE && !table->rows[row].total && is_hidden(table, row, c));
    if (go && figure->persons)
        hide(figure);
}

/* How many a figure rests on is not told where that number is hidden. */
static void hide_number(struct rk_report_row *row, size_t columns,
                        const struct rk_report_column *of, rk_fixed value)
{
    for (size_t c = 0; c < columns && of->kind == RK_COUNTED; c++)
        if (row->figures[c].persons && rk_fixed_int(row->figures[c].n) == value)
            row->figures[c].n = RK_N_HIDDEN;
}

void rk_report_protect(struct rk_report_table *table, int64_t threshold, const bool *chosen)
{
    size_t columns = table->column_count;
    for (size_t r = 0; r < table->row_count; r++)
        for (size_t c = 0; c < columns; c++) {
            struct rk_figure *figure = &table->rows[r].figures[c];
            bool small = rk_figure_small(figure, threshold);
            if (!small && chosen && chosen[r * columns + c])
                hide_number(&table->rows[r], columns, &table->columns[c], figure->value);
            if (small || (chosen && chosen[r * columns + c]))
                hide(figure);
        }
    for (size_t c = 0; c < columns; c++) /* a row's figures before those of all, which come last */
        for (size_t r = 0; r < table->row_count; r++)
            hide_after(table, r, c);
    for (size_t r = 0; r < table->row_count; r++)
        for (size_t c = 0; c < columns; c++) {
            enum rk_figure_state state = table->rows[r].figures[c].state;
            table->hidden = table->hidden || state == RK_FIGURE_HIDDEN;
            table->missing = table->missing || state == RK_FIGURE_MISSING;
            table->none = table->none || state == RK_FIGURE_NONE;
        }
}

const char *rk_figure_text(struct rk_report *report, const struct rk_report_column *column,
                           const struct rk_figure *figure)
{
    static const char *const symbols[] = {NULL, "[c]", "[x]", "[z]"};
    if (figure->state != RK_FIGURE_SHOWN)
        return symbols[figure->state];
    struct rk_buf buf = {0};
    if (column->kind == RK_SHARED)
        rk_say_percent(&buf, report->language, figure->value, column->decimals);
    else
        rk_say_number(&buf, report->language, figure->value, column->decimals);
    const char *text = rk_arena_text(&report->arena, buf.text, buf.size);
    rk_buf_free(&buf);
    return text;
}

static void describe_figure(struct rk_report *report, struct rk_buf *out,
                            const struct rk_report_column *column, const struct rk_figure *figure)
{
    switch (figure->state) {
    case RK_FIGURE_SHOWN:
        rk_buf_text(out, rk_figure_text(report, column, figure));
        if (column->unit)
            rk_buf_printf(out, " %s", column->unit);
        break;
    case RK_FIGURE_HIDDEN: rk_buf_text(out, rk_say(report->language, "hidden", "dolt")); break;
    case RK_FIGURE_MISSING:
        rk_buf_text(out, rk_say(report->language, "no data", "uppgift saknas"));
        break;
    case RK_FIGURE_NONE:
        rk_buf_text(out, rk_say(report->language, "does not apply", "inte aktuellt"));
        break;
    }
}

const char *rk_chart_describe(struct rk_report *report, const struct rk_report_table *table,
                              const struct rk_report_chart *chart)
{
    const char *const names[][2] = {
        [RK_CHART_BARS] = {"Bar chart. ", "Stapeldiagram. "},
        [RK_CHART_DOTS] = {"Dot plot. ", "Punktdiagram. "},
        [RK_CHART_COLUMNS] = {"Column chart over time. ", "Stapeldiagram över tid. "},
        [RK_CHART_INTERVALS] = {"Dot plot with intervals. ", "Punktdiagram med intervall. "},
        [RK_CHART_SLOPE] = {"Slope chart of two orders. ",
                            "Lutningsdiagram över två rangordningar. "},
        [RK_CHART_LIKERT] = {"Stacked bars of answers. ", "Staplade svar. "},
        [RK_CHART_MONTHS] = {"Small column charts by month. ", "Små stapeldiagram per månad. "},
        [RK_CHART_STEPS] = {"Step chart over time. ", "Trappdiagram över tid. "},
        [RK_CHART_FUNNEL] = {"Funnel, step by step. ", "Tratt, steg för steg. "}};
    struct rk_buf out = {0};
    rk_buf_text(&out, names[chart->kind][report->language]);
    for (size_t r = 0; r < table->row_count; r++) {
        const struct rk_report_row *row = &table->rows[r];
        rk_buf_printf(&out, "%s: ", row->label);
        for (size_t i = 0; i < chart->column_count; i++) {
            const struct rk_report_column *column = &table->columns[chart->columns[i]];
            if (i)
                rk_buf_text(&out, ", ");
            if (chart->column_count > 1)
                rk_buf_printf(&out, "%s ", column->label);
            describe_figure(report, &out, column, &row->figures[chart->columns[i]]);
        }
        rk_buf_text(&out, r + 1 < table->row_count ? "; " : ".");
    }
    const char *text = rk_arena_text(&report->arena, out.text, out.size);
    rk_buf_free(&out);
    return text;
}
