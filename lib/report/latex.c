#include "report/render.h"

/* Text of a LaTeX paragraph or cell: nothing in it is a command. */
static void escape(struct rk_buf *out, const char *text)
{
    static const struct {
        const char *from, *to;
    } words[] = {{"\\", "\\textbackslash{}"},  {"~", "\\textasciitilde{}"},
                 {"^", "\\textasciicircum{}"}, {"<", "\\textless{}"},
                 {">", "\\textgreater{}"},     {"\xc2\xa0", "~"},
                 {"\xe2\x88\x92", "$-$"}};
    for (; *text; text++) {
        size_t w = 0, count = sizeof words / sizeof *words;
        while (w < count && strncmp(text, words[w].from, strlen(words[w].from)) != 0)
            w++;
        if (w < count) {
            rk_buf_text(out, words[w].to);
            text += strlen(words[w].from) - 1;
        } else {
            if (strchr("&%$#_{}", *text))
                rk_buf_char(out, '\\');
            rk_buf_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
        }
    }
}

static void line(struct rk_buf *out, const char *before, const char *text, const char *after)
{
    rk_buf_text(out, before);
    escape(out, text);
    rk_buf_text(out, after);
}

static void table(struct rk_buf *out, struct rk_report *report, const struct rk_report_table *t)
{
    rk_buf_text(out, "\\begin{tabular}{@{}p{0.5\\linewidth}");
    for (size_t c = 0; c < t->column_count; c++)
        rk_buf_char(out, 'r');
    line(out, "@{}}\n\\hline\n", t->corner, "");
    for (size_t c = 0; c < t->column_count; c++)
        line(out, " & ", t->columns[c].label, "");
    rk_buf_text(out, " \\\\\n\\hline\n");
    for (size_t r = 0; r < t->row_count; r++) {
        escape(out, t->rows[r].label);
        for (size_t c = 0; c < t->column_count; c++)
            line(out, " & ", rk_figure_text(report, &t->columns[c], &t->rows[r].figures[c]), "");
        rk_buf_text(out, " \\\\\n");
    }
    rk_buf_text(out, "\\hline\n\\end{tabular}\n\n");
    const char *legend = rk_report_legend(report, t);
    if (legend)
        line(out, "", legend, "\n\n");
}

void rk_render_latex(struct rk_buf *out, struct rk_report *report)
{
    const char *marking = rk_report_marking(report);
    bool sv = report->language == RK_SWEDISH;
    rk_buf_printf(out,
                  "\\documentclass[a4paper]{article}\n\\usepackage[utf8]{inputenc}\n"
                  "\\usepackage[T1]{fontenc}\n\\usepackage[%s]{babel}\n\\begin{document}\n",
                  sv ? "swedish" : "british");
    if (marking)
        line(out, "\\noindent\\textbf{", marking, "}\n\n");
    line(out, "\\section*{", report->title, "}\n\n");
    if (*report->period)
        line(out, "", report->period, "\n\n");
    if (report->publisher)
        line(out, "", report->publisher, "\n\n");
    for (size_t i = 0; i < report->summary_count; i++)
        line(out, "", report->summary[i], "\n\n");
    for (size_t s = 0; s < report->section_count; s++) {
        const struct rk_report_section *section = &report->sections[s];
        line(out, "\\subsection*{", section->title, "}\n\n");
        for (size_t i = 0; i < section->paragraph_count; i++)
            line(out, "", section->paragraphs[i], "\n\n");
        if (section->table)
            table(out, report, section->table);
        for (size_t i = 0; i < section->note_count; i++)
            line(out, "", section->notes[i], "\n\n");
    }
    line(out, "\\subsection*{",
         rk_say(report->language, "What the report is made from", "Vad rapporten bygger på"),
         "}\n\n");
    for (size_t i = 0; i < report->source_count; i++) {
        line(out, "", report->sources[i].name, ": ");
        line(out, "\\texttt{", report->sources[i].value, "}\n\n");
    }
    rk_buf_text(out, "\\end{document}\n");
}
