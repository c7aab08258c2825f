/* A report for programs: JSON, all of it, and CSV, its figures. */
#include "report/recorded.h"
#include "report/render.h"
#include "stream/write.h"

static const char *const states[] = {"", "hidden", "missing", "none"};

static void member(struct rk_buf *out, const char *before, const char *key, const char *text)
{
    rk_buf_printf(out, "%s\"%s\": ", before, key);
    rk_json_quote(out, rk_text(text));
}

static void texts(struct rk_buf *out, const char *before, const char *key, const char *const *list,
                  size_t count)
{
    rk_buf_printf(out, "%s\"%s\": [", before, key);
    for (size_t i = 0; i < count; i++) {
        rk_buf_text(out, i ? ", " : "");
        rk_json_quote(out, rk_text(list[i]));
    }
    rk_buf_char(out, ']');
}

static void figure(struct rk_buf *out, const struct rk_figure *f)
{
    if (!rk_figure_shown(f)) {
        member(out, "{", "state", states[f->state]);
    } else {
        rk_buf_text(out, "{\"value\": ");
        rk_fixed_print(out, f->value);
        if (f->n >= 0)
            rk_buf_printf(out, ", \"n\": %lld", (long long)f->n);
    }
    rk_buf_char(out, '}');
}

static void table(struct rk_buf *out, struct rk_report *report, const struct rk_report_section *s)
{
    static const char *const kinds[] = {"count", "number", "share"};
    const struct rk_report_table *t = s->table;
    member(out, ",\n      \"table\": {", "caption", t->caption);
    member(out, ", ", "rows_are", t->corner);
    rk_buf_text(out, ",\n        \"columns\": [");
    for (size_t c = 0; c < t->column_count; c++) {
        member(out, c ? ", {" : "{", "label", t->columns[c].label);
        member(out, ", ", "kind", kinds[t->columns[c].kind]);
        if (t->columns[c].unit)
            member(out, ", ", "unit", t->columns[c].unit);
        rk_buf_char(out, '}');
    }
    rk_buf_text(out, "],\n        \"rows\": [");
    for (size_t r = 0; r < t->row_count; r++) {
        member(out, r ? ",\n          {" : "\n          {", "label", t->rows[r].label);
        rk_buf_printf(out, ", \"total\": %s, \"figures\": [", t->rows[r].total ? "true" : "false");
        for (size_t c = 0; c < t->column_count; c++) {
            rk_buf_text(out, c ? ", " : "");
            figure(out, &t->rows[r].figures[c]);
        }
        rk_buf_text(out, "]}");
    }
    rk_buf_text(out, "]}");
    if (s->chart.kind != RK_CHART_NONE) {
        member(out, ",\n      \"chart\": {", "title", s->chart.title);
        member(out, ", ", "description", rk_chart_describe(report, t, &s->chart));
        rk_buf_char(out, '}');
    }
}

void rk_render_json(struct rk_buf *out, struct rk_report *report)
{
    const char *marking = rk_report_marking(report);
    member(out, "{\n  ", "title", report->title);
    member(out, ",\n  ", "language", rk_language_code(report->language));
    member(out, ",\n  ", "period", report->period);
    if (report->publisher)
        member(out, ",\n  ", "publisher", report->publisher);
    if (marking)
        member(out, ",\n  ", "marking", marking);
    rk_buf_printf(out, ",\n  \"threshold\": %lld,\n  \"key_figures\": [",
                  (long long)report->threshold);
    for (size_t i = 0; i < report->key_figure_count; i++) {
        member(out, i ? ", {" : "{", "label", report->key_figures[i].label);
        member(out, ", ", "value", report->key_figures[i].value);
        rk_buf_char(out, '}');
    }
    rk_buf_char(out, ']');
    texts(out, ",\n  ", "summary", report->summary, report->summary_count);
    rk_buf_text(out, ",\n  \"sections\": [");
    for (size_t i = 0; i < report->section_count; i++) {
        const struct rk_report_section *s = &report->sections[i];
        member(out, i ? ",\n    {" : "\n    {", "id", s->id);
        member(out, ", ", "title", s->title);
        texts(out, ",\n      ", "text", s->paragraphs, s->paragraph_count);
        if (s->table)
            table(out, report, s);
        texts(out, ",\n      ", "notes", s->notes, s->note_count);
        rk_buf_char(out, '}');
    }
    rk_buf_text(out, "],\n  \"sources\": [");
    for (size_t i = 0; i < report->source_count; i++) {
        member(out, i ? ",\n    {" : "\n    {", "name", report->sources[i].name);
        member(out, ", ", "value", report->sources[i].value);
        rk_buf_char(out, '}');
    }
    rk_buf_text(out, "]\n}\n");
}

/* A text in the place of a row; `state` tells what it is. */
static void csv_texts(struct rk_buf *out, const char *section, const char *const *list,
                      size_t count, const char *state)
{
    for (size_t i = 0; i < count; i++) {
        rk_csv_field(out, rk_text(section), ',');
        rk_buf_char(out, ',');
        rk_csv_field(out, rk_text(list[i]), ',');
        rk_buf_printf(out, ",,,,%s\n", state);
    }
}

void rk_render_csv(struct rk_buf *out, struct rk_report *report)
{
    rk_buf_text(out, "section,row,column,value,n,state\n");
    for (size_t s = 0; s < report->section_count; s++) {
        const struct rk_report_section *of = &report->sections[s];
        if (!strcmp(of->id, RK_REPORT_RESTATED)) { /* why, and what: no figure tells it */
            csv_texts(out, of->id, of->paragraphs, of->paragraph_count, "reason");
            csv_texts(out, of->id, of->notes, of->note_count, "change");
        }
        const struct rk_report_table *t = report->sections[s].table;
        for (size_t r = 0; t && r < t->row_count; r++)
            for (size_t c = 0; c < t->column_count; c++) {
                const struct rk_figure *f = &t->rows[r].figures[c];
                const char *const names[] = {report->sections[s].id, t->rows[r].label,
                                             t->columns[c].label};
                for (size_t i = 0; i < 3; i++) {
                    rk_csv_field(out, rk_text(names[i]), ',');
                    rk_buf_char(out, ',');
                }
                if (rk_figure_shown(f)) {
                    rk_fixed_print(out, f->value);
                    rk_buf_char(out, ',');
                    if (f->n >= 0)
                        rk_buf_printf(out, "%lld", (long long)f->n);
                    rk_buf_char(out, ',');
                } else {
                    rk_buf_printf(out, ",,%s", states[f->state]);
                }
                rk_buf_char(out, '\n');
            }
    }
}
