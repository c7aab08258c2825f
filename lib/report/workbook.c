/* A report as an XLSX workbook: a cover, a sheet with a table for each section, one with every
 * figure in a line of its own, and one on what the report is made from. After the checklist for
 * accessible spreadsheets of the UK Government Analysis Function: title in A1, one marked table a
 * sheet, one header row with unique names, no merged, hidden or empty cells, signs explained above
 * the table. libxlsxwriter makes the file; nothing else of rk knows it. */
#include "report/render.h"

#include <xlsxwriter.h>

enum {
    SHEET_NAME = 31, /* characters that a sheet's name may have */
    NARROW = 11,     /* columns, in characters */
    WIDEST = 48,
    COVER = 100,
};

struct book {
    struct rk_report *report;
    lxw_workbook *workbook;
    lxw_format *title, *wrap, *head, *strong;
    lxw_error problem; /* the first */
};

static void keep(struct book *b, lxw_error problem)
{
    if (problem && !b->problem)
        b->problem = problem;
}

/* Always as text: nothing that data say becomes a formula, a number or a link. */
static void text(struct book *b, lxw_worksheet *sheet, size_t row, size_t column, const char *words,
                 lxw_format *format)
{
    if (*words)
        keep(b, worksheet_write_string(sheet, (lxw_row_t)row, (lxw_col_t)column, words, format));
}

/* "3 Title": a number makes it unique and a sheet's name cannot begin wrong. */
static lxw_worksheet *add_sheet(struct book *b, size_t number, const char *title)
{
    struct rk_buf name = {0};
    size_t length = 0;
    rk_buf_printf(&name, "%zu ", number);
    for (const char *c = title; *c && name.size; c++) {
        /* of a character of four bytes Excel counts two */
        length += ((unsigned char)*c & 0xc0) != 0x80;
        length += (unsigned char)*c >= 0xf0;
        if (length + 4 > SHEET_NAME && ((unsigned char)*c & 0xc0) != 0x80)
            break;
        rk_buf_char(&name, strchr("[]:*?/\\'", *c) || (unsigned char)*c < ' ' ? ' ' : *c);
    }
    while (name.text[name.size - 1] == ' ')
        name.text[--name.size] = '\0';
    lxw_worksheet *sheet = workbook_add_worksheet(b->workbook, name.text);
    if (sheet) {
        worksheet_set_paper(sheet, 9); /* A4 */
        worksheet_fit_to_pages(sheet, 1, 0);
        worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
    } else {
        keep(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
    }
    rk_buf_free(&name);
    return sheet;
}

/* Marks the cells as a table whose header row is `headers`. Excel wants each to be there once,
 * whatever its case. */
static void mark_table(struct book *b, lxw_worksheet *sheet, size_t top, size_t rows,
                       const char *const *headers, size_t columns, size_t number)
{
    lxw_table_column *described = rk_alloc(columns, sizeof *described);
    lxw_table_column **list = rk_alloc(columns + 1, sizeof *list);
    const char *name = rk_report_text(b->report, "Table%zu", number);
    for (size_t c = 0; c < columns; c++) {
        size_t same = 1;
        for (size_t before = 0; before < c; before++)
            same += !strcasecmp(headers[before], headers[c]);
        described[c].header = (char *)(same > 1 || !*headers[c]
                                           ? rk_report_text(b->report, "%s (%zu)", headers[c], same)
                                           : headers[c]);
        described[c].header_format = b->head;
        list[c] = &described[c];
    }
    lxw_table_options options = {.name = (char *)name,
                                 .no_autofilter = LXW_TRUE,
                                 .no_banded_rows = LXW_TRUE,
                                 .first_column = LXW_TRUE,
                                 .style_type = LXW_TABLE_STYLE_TYPE_LIGHT,
                                 .style_type_number = 1,
                                 .columns = list};
    keep(b, worksheet_add_table(sheet, (lxw_row_t)top, 0, (lxw_row_t)(top + rows),
                                (lxw_col_t)(columns - 1), &options));
    rk_free(described);
    rk_free(list);
}

static void widen(size_t *width, const char *words)
{
    size_t size = rk_utf8_width(words, strlen(words));
    if (size > *width)
        *width = size < WIDEST ? size : WIDEST;
}

static lxw_format *number_format(struct book *b, const struct rk_report_column *column, bool strong)
{
    lxw_format *format = workbook_add_format(b->workbook);
    struct rk_buf pattern = {0};
    if (!format) {
        keep(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return NULL;
    }
    rk_buf_text(&pattern, "#,##0");
    for (int i = 0; i < column->decimals; i++)
        rk_buf_text(&pattern, i ? "0" : ".0");
    if (column->kind == RK_SHARED)
        rk_buf_char(&pattern, '%');
    format_set_num_format(format, pattern.text);
    format_set_align(format, LXW_ALIGN_RIGHT);
    if (strong)
        format_set_bold(format);
    rk_buf_free(&pattern);
    return format;
}

static void figures(struct book *b, lxw_worksheet *sheet, size_t top,
                    const struct rk_report_table *t)
{
    for (size_t c = 0; c < t->column_count; c++) {
        lxw_format *formats[2] = {number_format(b, &t->columns[c], false),
                                  number_format(b, &t->columns[c], true)};
        size_t width = NARROW;
        widen(&width, t->columns[c].label);
        for (size_t r = 0; r < t->row_count; r++) {
            const struct rk_figure *f = &t->rows[r].figures[c];
            lxw_format *format = formats[t->rows[r].total];
            if (rk_figure_shown(f))
                keep(b, worksheet_write_number(sheet, (lxw_row_t)(top + 1 + r), (lxw_col_t)(c + 1),
                                               rk_fixed_double(rk_fixed_round(f->value)), format));
            else
                text(b, sheet, top + 1 + r, c + 1, rk_figure_text(b->report, &t->columns[c], f),
                     format);
        }
        worksheet_set_column(sheet, (lxw_col_t)(c + 1), (lxw_col_t)(c + 1), (double)width + 2,
                             NULL);
    }
}

static void section(struct book *b, size_t number, const struct rk_report_section *s)
{
    const struct rk_report_table *t = s->table;
    lxw_worksheet *sheet = add_sheet(b, number, s->title);
    size_t row = 0, width = NARROW;
    if (!sheet)
        return;
    text(b, sheet, row++, 0, t ? t->caption : s->title, b->title);
    if (t && strcmp(t->caption, s->title) != 0)
        text(b, sheet, row++, 0, s->title, NULL);
    for (size_t i = 0; i < s->paragraph_count; i++)
        text(b, sheet, row++, 0, s->paragraphs[i], NULL);
    const char *legend = t ? rk_report_legend(b->report, t) : NULL;
    if (legend)
        text(b, sheet, row++, 0, legend, NULL);
    for (size_t i = 0; i < s->note_count; i++)
        text(b, sheet, row++, 0, s->notes[i], NULL);
    if (!t || !t->row_count) {
        worksheet_set_column(sheet, 0, 0, COVER, NULL);
        return;
    }
    const char **headers = rk_alloc(t->column_count + 1, sizeof *headers);
    headers[0] = *t->corner ? t->corner : "-";
    for (size_t c = 0; c < t->column_count; c++)
        headers[c + 1] = t->columns[c].label;
    mark_table(b, sheet, row, t->row_count, headers, t->column_count + 1, number);
    rk_free(headers);
    widen(&width, t->corner);
    for (size_t r = 0; r < t->row_count; r++) {
        widen(&width, t->rows[r].label);
        text(b, sheet, row + 1 + r, 0, t->rows[r].label, t->rows[r].total ? b->strong : NULL);
    }
    worksheet_set_column(sheet, 0, 0, (double)width + 2, NULL);
    figures(b, sheet, row, t);
}

/* The same as CSV tells, for whoever goes on with it. */
static void all_figures(struct book *b, size_t number)
{
    static const char *const states[] = {"", "hidden", "missing", "none"};
    enum rk_language l = b->report->language;
    const char *headers[] = {rk_say(l, "Section", "Avsnitt"),
                             rk_say(l, "Row", "Rad"),
                             rk_say(l, "Column", "Kolumn"),
                             rk_say(l, "Value", "Värde"),
                             "n",
                             rk_say(l, "State", "Läge")};
    static const int widths[] = {22, 32, 26, 16, 10, 10};
    const char *title = rk_say(l, "Every figure", "Alla siffror");
    lxw_worksheet *sheet = add_sheet(b, number, title);
    size_t row = 3;
    if (!sheet)
        return;
    text(b, sheet, 0, 0, title, b->title);
    text(
        b, sheet, 1, 0,
        rk_say(
            l,
            "Value: a share of 1 is 100 %. n: how many it rests on. State: why there is no value.",
            "Värde: en andel på 1 är 100 %. n: hur många den vilar på. Läge: varför värde saknas."),
        NULL);
    for (size_t s = 0; s < b->report->section_count; s++) {
        const struct rk_report_table *t = b->report->sections[s].table;
        for (size_t r = 0; t && r < t->row_count; r++)
            for (size_t c = 0; c < t->column_count; c++, row++) {
                const struct rk_figure *f = &t->rows[r].figures[c];
                text(b, sheet, row, 0, b->report->sections[s].id, NULL);
                text(b, sheet, row, 1, t->rows[r].label, NULL);
                text(b, sheet, row, 2, t->columns[c].label, NULL);
                if (rk_figure_shown(f)) {
                    keep(b,
                         worksheet_write_number(sheet, (lxw_row_t)row, 3,
                                                rk_fixed_double(rk_fixed_round(f->value)), NULL));
                    if (f->n == RK_N_HIDDEN)
                        text(b, sheet, row, 4, "[c]", NULL);
                    else if (f->n != RK_N_UNKNOWN)
                        keep(b, worksheet_write_number(sheet, (lxw_row_t)row, 4, (double)f->n,
                                                       NULL));
                } else {
                    text(b, sheet, row, 3, rk_figure_text(b->report, &t->columns[c], f), NULL);
                    text(b, sheet, row, 4, rk_figure_text(b->report, &t->columns[c], f), NULL);
                }
                text(b, sheet, row, 5,
                     rk_figure_shown(f) ? rk_say(l, "shown", "visas") : states[f->state], NULL);
            }
    }
    if (row > 3)
        mark_table(b, sheet, 2, row - 3, headers, sizeof headers / sizeof *headers, number);
    for (lxw_col_t c = 0; c < sizeof widths / sizeof *widths; c++)
        worksheet_set_column(sheet, c, c, widths[c], NULL);
}

static void sources(struct book *b, size_t number)
{
    enum rk_language l = b->report->language;
    const char *headers[] = {rk_say(l, "Source", "Källa"), rk_say(l, "Value", "Värde")};
    const char *title = rk_say(l, "What the report is made from", "Vad rapporten bygger på");
    lxw_worksheet *sheet = add_sheet(b, number, title);
    if (!sheet)
        return;
    text(b, sheet, 0, 0, title, b->title);
    for (size_t i = 0; i < b->report->source_count; i++) {
        text(b, sheet, 2 + i, 0, b->report->sources[i].name, NULL);
        text(b, sheet, 2 + i, 1, *b->report->sources[i].value ? b->report->sources[i].value : "-",
             NULL);
    }
    if (b->report->source_count)
        mark_table(b, sheet, 1, b->report->source_count, headers, 2, number);
    worksheet_set_column(sheet, 0, 0, 32, NULL);
    worksheet_set_column(sheet, 1, 1, 70, NULL);
}

static void cover(struct book *b, const char *marking)
{
    struct rk_report *r = b->report;
    lxw_worksheet *sheet = add_sheet(b, 1, rk_say(r->language, "Cover", "Försättsblad"));
    size_t row = 0;
    if (!sheet)
        return;
    text(b, sheet, row++, 0, r->title, b->title);
    text(b, sheet, row++, 0, r->period, NULL);
    row -= !*r->period;
    if (marking)
        text(b, sheet, row++, 0, marking, b->strong);
    if (r->publisher)
        text(b, sheet, row++, 0, r->publisher, NULL);
    for (size_t i = 0; i < r->key_figure_count; i++)
        text(b, sheet, row++, 0,
             rk_report_text(r, "%s: %s", r->key_figures[i].label, r->key_figures[i].value),
             b->wrap);
    for (size_t i = 0; i < r->summary_count; i++)
        text(b, sheet, row++, 0, r->summary[i], b->wrap);
    worksheet_set_column(sheet, 0, 0, COVER, NULL);
}

static bool formats(struct book *b)
{
    b->title = workbook_add_format(b->workbook);
    b->wrap = workbook_add_format(b->workbook);
    b->head = workbook_add_format(b->workbook);
    b->strong = workbook_add_format(b->workbook);
    if (!b->title || !b->wrap || !b->head || !b->strong)
        return false;
    format_set_bold(b->title);
    format_set_font_size(b->title, 16);
    format_set_text_wrap(b->wrap);
    format_set_text_wrap(b->head);
    format_set_bold(b->head);
    format_set_bold(b->strong);
    return true;
}

static void properties(struct book *b)
{
    /* the library would put the time of today; 1 January 1980 is what its zip members have */
    lxw_doc_properties about = {.title = (char *)b->report->title,
                                .subject = (char *)b->report->period,
                                .author =
                                    (char *)(b->report->publisher ? b->report->publisher : ""),
                                .created = 315532800};
    keep(b, workbook_set_properties(b->workbook, &about));
    keep(b, workbook_set_custom_property_string(b->workbook, "Language",
                                                rk_language_code(b->report->language)));
}

static void fill(struct book *b)
{
    const char *marking = rk_report_marking(b->report);
    size_t number = 2;
    if (!formats(b)) {
        keep(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    properties(b);
    cover(b, marking);
    for (size_t i = 0; i < b->report->section_count; i++)
        section(b, number++, &b->report->sections[i]);
    all_figures(b, number++);
    sources(b, number);
    for (lxw_worksheet *sheet = marking ? b->workbook->worksheets->stqh_first : NULL; sheet;
         sheet = sheet->list_pointers.stqe_next)
        keep(b, worksheet_set_header(sheet, rk_report_text(b->report, "&C%s", marking)));
}

const char *rk_render_workbook(const char *path, struct rk_report *report)
{
    struct book b = {.report = report};
    const char *folder = getenv("TMPDIR");
    lxw_workbook_options options = {.tmpdir = (char *)(folder && *folder ? folder : NULL)};
    b.workbook = workbook_new_opt(path, &options);
    if (!b.workbook)
        return lxw_strerror(LXW_ERROR_MEMORY_MALLOC_FAILED);
    fill(&b);
    keep(&b, workbook_close(b.workbook)); /* frees it, whatever happens */
    return b.problem ? lxw_strerror(b.problem) : NULL;
}
