#include "report/picked.h"

struct picking {
    struct rk_report *report;
    const struct rk_picks *picks;
    const struct rk_measure_rows *rows;
    enum rk_language language;
};

static const char *in(const struct picking *p, const struct rk_specification_text *text)
{
    return p->language == RK_SWEDISH ? text->sv : text->en;
}

static bool fits(const struct picking *p, const struct rk_pick_row *wanted, size_t row)
{
    for (size_t i = 0; i < wanted->where_count; i++)
        if (!rk_text_equal(rk_measure_rows_text(p->rows, row, wanted->where[2 * i]),
                           wanted->where[2 * i + 1]))
            return false;
    return true;
}

/* What the word is called; NULL where the specification does not say. */
static const char *label_of(const struct picking *p, struct rk_text word)
{
    for (size_t i = 0; i < p->picks->label_count; i++)
        if (rk_text_is(word, p->picks->labels[i].word))
            return in(p, &p->picks->labels[i].text);
    return NULL;
}

static void add_name(struct rk_buf *name, const char *text, size_t size)
{
    if (name->size && size)
        rk_buf_text(name, ": ");
    rk_buf_add(name, text, size);
}

/* The label, and what the row has in the columns of `by`, by their labels. Of a row that is not
 * there (SIZE_MAX): what was asked for that has a label. */
static const char *name_of(const struct picking *p, const struct rk_pick_row *wanted, size_t row)
{
    struct rk_buf name = {0};
    struct rk_text rest = rk_text(wanted->by), column;
    if (wanted->label.sv)
        rk_buf_text(&name, in(p, &wanted->label));
    while (row != SIZE_MAX && rk_list_next(&rest, &column)) {
        struct rk_text word = rk_measure_rows_text(p->rows, row, column);
        const char *text = label_of(p, word);
        add_name(&name, text ? text : word.text, text ? strlen(text) : word.size);
    }
    for (size_t i = 0; row == SIZE_MAX && !wanted->label.sv && i < wanted->where_count; i++) {
        const char *text = label_of(p, wanted->where[2 * i + 1]);
        add_name(&name, text ? text : "", text ? strlen(text) : 0);
    }
    const char *none = row == SIZE_MAX ? rk_say(p->language, "No data", "Uppgift saknas")
                                       : rk_say(p->language, "All", "Alla");
    const char *text = rk_report_text(p->report, "%s", name.size ? name.text : none);
    rk_buf_free(&name);
    return text;
}

static struct rk_figure figure(const struct rk_pick_table *wanted,
                               const struct rk_measure_number *number,
                               const struct rk_measure_number *n)
{
    int64_t count = n->known ? (int64_t)(n->value / RK_FIXED_ONE) : 0;
    return (struct rk_figure){number->known ? RK_FIGURE_SHOWN : RK_FIGURE_MISSING,
                              number->known ? number->value : 0, count, wanted->people};
}

static void add_row(const struct picking *p, const struct rk_pick_table *wanted,
                    struct rk_report_table *table, const char *name, size_t row)
{
    struct rk_figure *figures = rk_report_row(table, name, false);
    if (row == SIZE_MAX) {
        for (size_t i = 0; i < 4; i++)
            figures[i].state = RK_FIGURE_MISSING;
        table->missing = true;
        return;
    }
    const struct rk_measure_row *r = &p->rows->rows[row];
    bool hidden = rk_text_is(rk_measure_rows_text(p->rows, row, RK_TEXT("method")), "hidden");
    const struct rk_measure_number *of[] = {&r->estimate, &r->low, &r->high, &r->n};
    for (size_t i = 0; i < 4; i++) {
        figures[i] = figure(wanted, of[i], &r->n);
        if (hidden) /* by the tool that told it */
            figures[i].state = RK_FIGURE_HIDDEN;
        table->hidden |= hidden;
        table->missing |= !hidden && !of[i]->known;
    }
}

static void section(const struct picking *p, const struct rk_pick_table *wanted)
{
    enum rk_language l = p->language;
    struct rk_report_section *section =
        rk_report_section(p->report, wanted->id, in(p, &wanted->title));
    enum rk_figure_kind kind = wanted->is_share ? RK_SHARED : RK_MEASURED;
    if (wanted->text.sv)
        rk_section_paragraph(p->report, section, in(p, &wanted->text));
    struct rk_report_table *table =
        rk_section_table(p->report, section, in(p, &wanted->title), rk_say(l, "What", "Vad"));
    rk_report_column(table, rk_say(l, "Estimate", "Skattning"), kind, wanted->decimals, false);
    rk_report_column(table, rk_say(l, "From", "Från"), kind, wanted->decimals, false);
    rk_report_column(table, rk_say(l, "To", "Till"), kind, wanted->decimals, false);
    rk_report_column(table, "n", RK_MEASURED, 0, false);
    section->table_open = true;
    for (size_t i = 0; i < wanted->row_count; i++) {
        const struct rk_pick_row *row = &wanted->rows[i];
        size_t found = 0;
        for (size_t r = 0; r < p->rows->count && (!found || *row->by); r++)
            if (fits(p, row, r)) {
                add_row(p, wanted, table, name_of(p, row, r), r);
                found++;
            }
        if (!found)
            add_row(p, wanted, table, name_of(p, row, SIZE_MAX), SIZE_MAX);
    }
    if (wanted->people)
        rk_report_protect(table, p->picks->threshold);
}

void rk_picked_report(struct rk_report *report, const struct rk_picks *picks,
                      const struct rk_measure_rows *rows, enum rk_language language)
{
    struct picking picking = {report, picks, rows, language}, *p = &picking;
    *report =
        (struct rk_report){.language = language, .internal = true, .threshold = picks->threshold};
    report->title = rk_report_text(report, "%s", in(p, &picks->title));
    report->period = rk_say(language, "Evaluation", "Utvärdering");
    if (picks->publisher.sv)
        report->publisher = rk_report_text(report, "%s", in(p, &picks->publisher));
    size_t told = 0, asked = 0;
    for (size_t i = 0; i < picks->table_count; i++) {
        section(p, &picks->tables[i]);
        const struct rk_report_table *table = report->sections[i].table;
        for (size_t r = 0; r < table->row_count; r++) {
            asked++;
            told += table->rows[r].figures[0].state == RK_FIGURE_SHOWN;
        }
    }
    rk_report_summarize(
        report,
        rk_report_text(report,
                       rk_say(language,
                              "%zu of %zu figures could be told. Each has its n, and an "
                              "interval of 95 %% where it has one.",
                              "%zu av %zu siffror kunde visas. Var och en har sitt n, och ett "
                              "95-procentigt intervall där ett finns."),
                       told, asked));
}
