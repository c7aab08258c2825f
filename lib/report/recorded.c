#include "report/recorded.h"

static const char *const states[] = {"", "hidden", "missing", "none"};

void rk_report_record(struct rk_provenance *p, const struct rk_report *report)
{
    for (size_t s = 0; s < report->section_count; s++) {
        const struct rk_report_table *t = report->sections[s].table;
        for (size_t r = 0; t && r < t->row_count; r++)
            for (size_t c = 0; c < t->column_count; c++) {
                const struct rk_figure *figure = &t->rows[r].figures[c];
                rk_provenance_add_figure(
                    p, &(struct rk_provenance_figure){
                           report->sections[s].id, t->rows[r].label, t->columns[c].label,
                           figure->value, figure->n < 0 ? 0 : figure->n, states[figure->state]});
            }
    }
}

/* A figure of the record as the report writes figures of that column. */
static const char *as_told(struct rk_report *report, const struct rk_report_column *column,
                           const char *text)
{
    struct rk_figure figure = {RK_FIGURE_SHOWN, 0, 0, false};
    if (!*text)
        return rk_say(report->language, "not there", "fanns inte");
    for (size_t i = 1; i < sizeof states / sizeof *states; i++)
        if (!strcmp(text, states[i]))
            figure.state = (enum rk_figure_state)i;
    if (figure.state == RK_FIGURE_SHOWN &&
        (!column || !rk_fixed_parse(rk_text(text), &figure.value)))
        return text;
    return rk_figure_text(report, column, &figure);
}

static const struct rk_report_section *find_section(const struct rk_report *report, const char *id)
{
    for (size_t s = 0; s < report->section_count; s++)
        if (!strcmp(report->sections[s].id, id))
            return &report->sections[s];
    return NULL;
}

void rk_report_restate(struct rk_report *report, const struct rk_provenance *p)
{
    enum rk_language l = report->language;
    if (p->edition < 2)
        return;
    const char *edition = rk_report_text(
        report,
        rk_say(l, "This is version %lld. It takes the place of an earlier one, because: %s",
               "Detta är version %lld. Den ersätter en tidigare, därför att: %s"),
        (long long)p->edition, p->reason);
    rk_report_summarize(report, edition);
    struct rk_report_section *section =
        rk_report_section(report, RK_REPORT_RESTATED,
                          rk_say(l, "What has changed since the last version",
                                 "Vad som har ändrats sedan förra versionen"));
    rk_section_paragraph(report, section, edition);
    if (!p->change_count)
        rk_section_paragraph(report, section,
                             rk_say(l, "No figure has changed.", "Ingen siffra har ändrats."));
    for (size_t i = 0; i < p->change_count; i++) {
        const struct rk_provenance_change *c = &p->changes[i];
        const struct rk_report_section *of = find_section(report, c->section);
        const struct rk_report_column *column = NULL;
        for (size_t k = 0; of && of->table && k < of->table->column_count && !column; k++)
            if (!strcmp(of->table->columns[k].label, c->column))
                column = &of->table->columns[k];
        rk_section_note(
            report, section,
            rk_report_text(report,
                           rk_say(l, "%s: %s, %s: was %s, is %s", "%s: %s, %s: var %s, är %s"),
                           of ? of->title : c->section, c->row, c->column,
                           as_told(report, column, c->was), as_told(report, column, c->is)));
    }
}
