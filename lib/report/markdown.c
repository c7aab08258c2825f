#include "report/render.h"

const char *rk_report_marking(const struct rk_report *report)
{
    return report->internal ? rk_say(report->language, "INTERNAL – not for publication",
                                     "INTERN – får inte publiceras")
                            : NULL;
}

const char *rk_report_legend(struct rk_report *report, const struct rk_report_table *table)
{
    struct rk_buf out = {0};
    enum rk_language l = report->language;
    if (table->hidden)
        rk_buf_printf(
            &out,
            rk_say(l,
                   "[c] = hidden to protect individuals: fewer than %d, or a figure from "
                   "which such a small number could be worked out. ",
                   "[c] = dolt för att skydda enskilda: färre än %d, eller en siffra som ett "
                   "så litet antal kan räknas ut ur. "),
            (int)report->threshold);
    if (table->missing)
        rk_buf_text(&out, rk_say(l, "[x] = no data, which is not the same as nought. ",
                                 "[x] = uppgift saknas, vilket inte är detsamma som noll. "));
    if (table->none)
        rk_buf_text(&out, rk_say(l, "[z] = does not apply. ", "[z] = inte aktuellt. "));
    if (!out.size)
        return NULL;
    const char *text = rk_arena_text(&report->arena, out.text, out.size - 1);
    rk_buf_free(&out);
    return text;
}

void rk_escape_markdown(struct rk_buf *out, const char *text)
{
    for (bool start = true; *text; start = false, text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '<')
            rk_buf_text(out, "&lt;");
        else if (c == '>')
            rk_buf_text(out, "&gt;");
        else if (c == '&')
            rk_buf_text(out, "&amp;");
        else if (c == '\n' || c == '\r' || c == '\t')
            rk_buf_char(out, ' ');
        else if (c < ' ' || c == 0x7f)
            rk_buf_text(out, "\xef\xbf\xbd");
        else {
            if (strchr("\\`*_[]|~#", c) || (start && strchr("+-=@", c)))
                rk_buf_char(out, '\\');
            rk_buf_char(out, (char)c);
        }
    }
}

static void line(struct rk_buf *out, const char *before, const char *text, const char *after)
{
    rk_buf_text(out, before);
    rk_escape_markdown(out, text);
    rk_buf_text(out, after);
}

static void table(struct rk_buf *out, struct rk_report *report, const struct rk_report_table *t)
{
    line(out, "**", t->caption, "**\n\n| ");
    rk_escape_markdown(out, t->corner);
    for (size_t c = 0; c < t->column_count; c++)
        line(out, " | ", t->columns[c].label, "");
    rk_buf_text(out, " |\n|:---");
    for (size_t c = 0; c < t->column_count; c++)
        rk_buf_text(out, "|---:");
    rk_buf_text(out, "|\n");
    for (size_t r = 0; r < t->row_count; r++) {
        const char *strong = t->rows[r].total ? "**" : "";
        rk_buf_printf(out, "| %s", strong);
        rk_escape_markdown(out, t->rows[r].label);
        rk_buf_text(out, strong);
        for (size_t c = 0; c < t->column_count; c++)
            line(out, " | ", rk_figure_text(report, &t->columns[c], &t->rows[r].figures[c]), "");
        rk_buf_text(out, " |\n");
    }
    rk_buf_char(out, '\n');
    const char *legend = rk_report_legend(report, t);
    if (legend)
        line(out, "", legend, "\n\n");
}

void rk_render_markdown(struct rk_buf *out, struct rk_report *report)
{
    const char *marking = rk_report_marking(report);
    if (marking)
        line(out, "**", marking, "**\n\n");
    line(out, "# ", report->title, "\n\n");
    line(out, "", report->period, "\n\n");
    if (report->publisher)
        line(out, "", report->publisher, "\n\n");
    for (size_t i = 0; i < report->key_figure_count; i++) {
        line(out, "* ", report->key_figures[i].label, ": **");
        line(out, "", report->key_figures[i].value, "**\n");
    }
    rk_buf_text(out, report->key_figure_count ? "\n## " : "## ");
    line(out, "", rk_say(report->language, "In short", "I korthet"), "\n\n");
    for (size_t i = 0; i < report->summary_count; i++)
        line(out, "* ", report->summary[i], "\n");
    for (size_t s = 0; s < report->section_count; s++) {
        const struct rk_report_section *section = &report->sections[s];
        line(out, "\n## ", section->title, "\n\n");
        for (size_t i = 0; i < section->paragraph_count; i++)
            line(out, "", section->paragraphs[i], "\n\n");
        if (section->table)
            table(out, report, section->table);
        for (size_t i = 0; i < section->note_count; i++)
            line(out, "", section->notes[i], "\n\n");
    }
    line(out, "\n## ",
         rk_say(report->language, "What the report is made from", "Vad rapporten bygger på"),
         "\n\n");
    for (size_t i = 0; i < report->source_count; i++) {
        line(out, "* ", report->sources[i].name, ": ");
        line(out, "", report->sources[i].value, "\n");
    }
    if (marking)
        line(out, "\n**", marking, "**\n");
}
