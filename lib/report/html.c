#include "report/render.h"

/* Contrasts, measured by WCAG 2.2's formula (text needs 4.5, graphics 3): light #1c2126 on #ffffff
 * 16.2, #565e67 6.6, #00619c 6.5, #b44a00 5.4; dark #e9ecef on #15191e 14.9, #aeb6bf 8.6,
 * #6db9ec 8.2, #f2a65a 8.6; the mark white on #8c1128 9.5. */
static const char style[] =
    ":root{color-scheme:light dark;--paper:#fff;--ink:#1c2126;--quiet:#565e67;--rule:#d5dade;"
    "--soft:#f3f5f7;--shade:#98a1ab;--first:#00619c;--second:#b44a00;--mark:#8c1128}\n"
    "@media (prefers-color-scheme:dark){:root{--paper:#15191e;--ink:#e9ecef;--quiet:#aeb6bf;"
    "--rule:#39424b;--soft:#1e242b;--shade:#59636d;--first:#6db9ec;--second:#f2a65a}}\n"
    "*{box-sizing:border-box}\n"
    "html{font:100%/1.55 'Segoe UI',system-ui,-apple-system,'Helvetica Neue','Liberation Sans',"
    "Arial,sans-serif;background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%}\n"
    "body{margin:0}\n"
    ".page{max-width:46rem;margin:0 auto;padding:0 1.25rem 4rem}\n"
    "a{color:var(--first);text-underline-offset:.15em}\n"
    ":focus-visible{outline:3px solid var(--first);outline-offset:2px}\n"
    ".skip{position:absolute;left:-99rem}\n"
    ".skip:focus{left:.5rem;top:.5rem;background:var(--paper);padding:.5rem 1rem;z-index:1}\n"
    ".mark{background:var(--mark);color:#fff;margin:0;max-width:none;padding:.5rem "
    "1.25rem;text-align:center;"
    "font-weight:600;letter-spacing:.02em}\n"
    "header .page{padding-top:2.5rem;padding-bottom:0}\n"
    "h1{font-size:clamp(1.7rem,1.2rem + 2.4vw,2.5rem);line-height:1.15;margin:0;font-weight:700;"
    "letter-spacing:-.015em;text-wrap:balance;overflow-wrap:break-word}\n"
    ".period{font-size:1.3rem;color:var(--quiet);margin:.4rem 0 0}\n"
    ".publisher{color:var(--quiet);margin:.2rem 0 0}\n"
    "h2{font-size:1.35rem;line-height:1.25;margin:0 0 .6rem;font-weight:650;"
    "letter-spacing:-.005em;text-wrap:balance}\n"
    "section{margin:3rem 0 0;padding:1.6rem 0 0;border-top:1px solid var(--rule)}\n"
    "p{margin:0 0 .8rem;max-width:40rem}\n"
    "ul{padding-left:1.2rem;margin:0}\nli{margin:.3rem 0;max-width:39rem}\n"
    ".keys{display:flex;flex-wrap:wrap;gap:1.4rem 2.2rem;margin:2rem 0 0}\n"
    ".keys div{flex:0 1 auto;min-width:7rem;max-width:13rem;padding:.1rem 0 .1rem .9rem;"
    "border-left:3px solid var(--first);display:flex;flex-direction:column-reverse;"
    "justify-content:flex-end}\n"
    ".keys dt{color:var(--quiet);font-size:.9rem;line-height:1.35}\n"
    ".keys dd{margin:0;font-size:1.75rem;font-weight:650;line-height:1.2;letter-spacing:-.01em;"
    "font-variant-numeric:lining-nums;white-space:nowrap}\n"
    "nav{margin:2rem 0 0;font-size:.95rem}\nnav h2{font-size:1rem;margin:0 0 .3rem}\n"
    "nav ol{margin:0;padding:0;list-style:none;columns:2 16rem}\nnav li{margin:0;padding:.15rem "
    "0;break-inside:avoid}\n"
    "figure{margin:1.4rem 0 1rem;max-width:38rem}\n"
    "figcaption{font-weight:600;margin:0 0 .7rem}\n"
    ".chart{display:block;overflow:visible}\n"
    ".chart text{fill:var(--ink);font-size:.9375rem}\n"
    ".chart .val,.chart .all{font-weight:600;font-variant-numeric:tabular-nums}\n"
    ".chart .axis,.chart .not{fill:var(--quiet);font-size:.875rem}\n"
    ".chart .s0{fill:var(--first)}\n.chart .s1{fill:none;stroke:var(--second);"
    "stroke-width:2.5}\n"
    ".chart .whole{fill:none;stroke:var(--quiet);stroke-width:1.5}\n"
    ".chart .track{stroke:var(--quiet);stroke-width:1.5}\n"
    ".chart .grid{stroke:var(--quiet);stroke-width:1}\n"
    ".chart .span{stroke:var(--ink);stroke-width:3}\n"
    ".chart .cap{stroke:var(--ink);stroke-width:2}\n.chart .paper{fill:var(--paper)}\n"
    ".chart .nought{stroke-width:2}\n"
    ".chart .same{stroke:var(--quiet);stroke-width:2}\n"
    ".chart .rise{stroke:var(--first);stroke-width:2.5}\n"
    ".chart .fall{stroke:var(--second);stroke-width:2.5;stroke-dasharray:7 4}\n"
    ".chart .step{stroke:var(--first);stroke-width:2.5;stroke-linecap:square}\n"
    ".chart .dashed{stroke:var(--second);stroke-dasharray:7 5;stroke-linecap:butt}\n"
    ".chart .dotted{stroke:var(--ink);stroke-dasharray:2 4;stroke-linecap:butt}\n"
    ".chart .band{fill:var(--first);opacity:.13}\n"
    ".chart .past{fill-opacity:.72}\n"
    ".chart .l0{fill:var(--second)}.chart .l6{fill:var(--first)}.chart .l3{fill:var(--soft)}\n"
    ".chart .l0,.chart .le0{stroke:var(--second)}.chart .l6,.chart .le1{stroke:var(--first)}"
    ".chart .l3{stroke:var(--quiet)}\n"
    ".chart .ground{fill:var(--paper)}"
    ".chart .k0{stroke:var(--second);stroke-width:3}.chart .k1{stroke:var(--first);stroke-width:3}"
    ".chart .d0{fill:var(--second)}.chart .d1{fill:var(--first)}\n"
    ".said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);"
    "white-space:nowrap}\n"
    "details{margin:.6rem 0}\nsummary{cursor:pointer;color:var(--first);padding:.25rem 0;"
    "width:fit-content}\n"
    /* a shadow at the side where a wide table goes on, gone when scrolled to its end */
    ".scroll{overflow-x:auto;margin:.8rem 0;background:"
    "linear-gradient(to right,var(--paper) 30%,transparent) left/2rem 100% no-repeat local,"
    "linear-gradient(to left,var(--paper) 30%,transparent) right/2rem 100% no-repeat local,"
    "linear-gradient(to right,var(--shade),transparent) left/.7rem 100% no-repeat scroll,"
    "linear-gradient(to left,var(--shade),transparent) right/.7rem 100% no-repeat scroll}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums lining-nums;"
    "font-size:.95rem}\n"
    "caption{text-align:left;font-weight:600;padding:0 0 .5rem}\n"
    "th,td{padding:.4rem .6rem;text-align:right;vertical-align:bottom;font-weight:400;"
    "border-bottom:1px solid var(--rule)}\n"
    "th:first-child{text-align:left;padding-left:0}\nth:last-child,td:last-child{padding-right:0}\n"
    "thead th{color:var(--quiet);font-size:.875rem;line-height:1.3;"
    "border-bottom:1.5px solid var(--quiet)}\n"
    "th{hyphens:auto}tbody th{min-width:6.5rem;overflow-wrap:break-word}\n"
    "@media (max-width:30rem){table{font-size:.875rem}thead th{font-size:.8125rem}"
    "th,td{padding:.4rem .35rem}"
    ".chart text{font-size:.875rem}.chart .axis,.chart .not{font-size:.8125rem}}\n"
    ".total th,.total td{font-weight:650;border-bottom:0;border-top:1.5px solid var(--quiet)}\n"
    ".not{color:var(--quiet)}\n"
    ".note{font-size:.9rem;color:var(--quiet)}\n"
    ".none{background:var(--soft);border-left:4px solid var(--quiet);padding:.7rem 1rem}\n"
    ".sources dt{font-weight:600;margin:.7rem 0 0;overflow-wrap:anywhere}\n"
    ".sources dd{margin:0;overflow-wrap:anywhere}\n"
    "code{font:.85em/1.5 ui-monospace,'SF Mono','Liberation Mono',Menlo,Consolas,monospace}\n"
    "@media (min-width:40rem){.page{padding-left:2rem;padding-right:2rem}}\n"
    "@media print{:root{--paper:#fff;--ink:#000;--quiet:#444;--rule:#bbb;--soft:#fff;"
    "--first:#00619c;--second:#b44a00}html{font-size:10pt}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}"
    ".page{max-width:none;padding:0}.skip,nav,summary{display:none}"
    "details::details-content{content-visibility:visible;display:block;block-size:auto}"
    "header{padding-top:6mm}section{margin-top:8mm;padding-top:5mm}"
    "h2,figcaption,caption{break-after:avoid}h2+p{break-after:avoid}figure,table,.keys,.none{break-"
    "inside:avoid}"
    ".scroll{overflow:visible}a{color:inherit;text-decoration:none}}\n";

void rk_escape_html(struct rk_buf *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        switch (c) {
        case '<': rk_buf_text(out, "&lt;"); break;
        case '>': rk_buf_text(out, "&gt;"); break;
        case '&': rk_buf_text(out, "&amp;"); break;
        case '"': rk_buf_text(out, "&quot;"); break;
        case '\'': rk_buf_text(out, "&#39;"); break;
        default:
            if (c == 0x7f || (c < ' ' && c != '\n' && c != '\t'))
                rk_buf_text(out, "\xef\xbf\xbd"); /* no control character is allowed in HTML */
            else
                rk_buf_char(out, (char)c);
        }
    }
}

static void element(struct rk_buf *out, const char *name, const char *class, const char *text)
{
    rk_buf_printf(out, class ? "<%s class=\"%s\">" : "<%s>", name, class);
    rk_escape_html(out, text);
    rk_buf_printf(out, "</%s>\n", name);
}

/* What stands in the heading already is not shown again, only read out. */
static const char *unless_said(const struct rk_report_section *s, const char *text)
{
    return strcmp(text, s->title) ? "" : " class=\"said\"";
}

static void table(struct rk_buf *out, struct rk_report *report, const struct rk_report_section *s)
{
    const char *id = s->id;
    const struct rk_report_table *t = s->table;
    rk_buf_text(out,
                "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"table-");
    rk_escape_html(out, id);
    rk_buf_printf(out, "\">\n<table>\n<caption%s id=\"table-", unless_said(s, t->caption));
    rk_escape_html(out, id);
    rk_buf_text(out, "\">");
    rk_escape_html(out, t->caption);
    rk_buf_text(out, "</caption>\n<thead><tr><th scope=\"col\">");
    rk_escape_html(out, t->corner);
    rk_buf_text(out, "</th>");
    for (size_t c = 0; c < t->column_count; c++) {
        rk_buf_text(out, "<th scope=\"col\">");
        rk_escape_html(out, t->columns[c].label);
        rk_buf_text(out, "</th>");
    }
    rk_buf_text(out, "</tr></thead>\n<tbody>\n");
    for (size_t r = 0; r < t->row_count; r++) {
        const struct rk_report_row *row = &t->rows[r];
        rk_buf_text(out, row->total ? "<tr class=\"total\"><th scope=\"row\">"
                                    : "<tr><th scope=\"row\">");
        rk_escape_html(out, row->label);
        rk_buf_text(out, "</th>");
        for (size_t c = 0; c < t->column_count; c++) {
            rk_buf_text(out, rk_figure_shown(&row->figures[c]) ? "<td>" : "<td class=\"not\">");
            rk_escape_html(out, rk_figure_text(report, &t->columns[c], &row->figures[c]));
            rk_buf_text(out, "</td>");
        }
        rk_buf_text(out, "</tr>\n");
    }
    rk_buf_text(out, "</tbody>\n</table>\n</div>\n");
}

static void section(struct rk_buf *out, struct rk_report *report, const struct rk_report_section *s)
{
    rk_buf_text(out, "<section id=\"");
    rk_escape_html(out, s->id);
    rk_buf_text(out, "\">\n");
    element(out, "h2", NULL, s->title);
    for (size_t i = 0; i < s->paragraph_count; i++)
        element(out, "p", !s->table && i + 1 == s->paragraph_count ? "none" : NULL,
                s->paragraphs[i]); /* without a table the last says why */
    if (s->table && s->chart.kind != RK_CHART_NONE) {
        rk_buf_printf(out, "<figure>\n<figcaption%s>", unless_said(s, s->chart.title));
        rk_escape_html(out, s->chart.title);
        rk_buf_text(out, "</figcaption>\n");
        rk_render_svg(out, report, s->id, s->table, &s->chart);
        rk_buf_text(out, "</figure>\n");
    }
    if (s->table && s->chart.kind != RK_CHART_NONE && !s->table_open) {
        rk_buf_text(out, "<details>\n");
        element(out, "summary", NULL,
                rk_say(report->language, "Show the figures", "Visa siffrorna"));
        table(out, report, s);
        rk_buf_text(out, "</details>\n");
    } else if (s->table) {
        table(out, report, s);
    }
    const char *legend = s->table ? rk_report_legend(report, s->table) : NULL;
    if (legend) /* outside what is folded: the chart has the signs too */
        element(out, "p", "note", legend);
    for (size_t i = 0; i < s->note_count; i++)
        element(out, "p", "note", s->notes[i]);
    rk_buf_text(out, "</section>\n");
}

static void link_to(struct rk_buf *out, const char *id, const char *text)
{
    rk_buf_text(out, "<li><a href=\"#");
    rk_escape_html(out, id);
    rk_buf_text(out, "\">");
    rk_escape_html(out, text);
    rk_buf_text(out, "</a></li>\n");
}

static void sources(struct rk_buf *out, struct rk_report *report, const char *title)
{
    rk_buf_text(out, "<section id=\"sources\">\n");
    element(out, "h2", NULL, title);
    element(out, "p", NULL,
            rk_say(report->language,
                   "The same files and options give the same report. The long numbers are the "
                   "files' SHA-256 digests: they show whether a file has been changed since.",
                   "Samma filer och val ger samma rapport. De långa talen är filernas "
                   "kontrollsummor (SHA-256): de visar om en fil har ändrats sedan dess."));
    rk_buf_text(out, "<dl class=\"sources\">\n");
    for (size_t i = 0; i < report->source_count; i++) {
        element(out, "dt", NULL, report->sources[i].name);
        rk_buf_text(out, "<dd>");
        if (report->sources[i].code)
            rk_buf_text(out, "<code>");
        rk_escape_html(out, report->sources[i].value);
        if (report->sources[i].code)
            rk_buf_text(out, "</code>");
        rk_buf_text(out, "</dd>\n");
    }
    rk_buf_text(out, "</dl>\n</section>\n");
}

void rk_render_html(struct rk_buf *out, struct rk_report *report)
{
    enum rk_language l = report->language;
    const char *marking = rk_report_marking(report);
    const char *summary_title = rk_say(l, "In short", "I korthet");
    const char *sources_title =
        rk_say(l, "What the report is made from", "Vad rapporten bygger på");
    rk_buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                  rk_language_code(l));
    rk_buf_text(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "style-src 'unsafe-inline'\">\n<meta name=\"viewport\" "
                     "content=\"width=device-width, initial-scale=1\">\n<title>");
    rk_escape_html(out, report->title);
    rk_buf_text(out, ", ");
    rk_escape_html(out, report->period);
    if (marking) {
        rk_buf_text(out, " (");
        rk_escape_html(out, marking);
        rk_buf_char(out, ')');
    }
    rk_buf_text(out, "</title>\n<style>\n");
    rk_buf_text(out, style);
    rk_buf_printf(out,
                  "@page{size:A4;margin:18mm 17mm 20mm;@top-right{content:\"%s\";font:9pt "
                  "sans-serif}@bottom-right{content:counter(page) \" (\" counter(pages) \")\";"
                  "font:9pt sans-serif}}\n",
                  marking ? marking : "");
    rk_buf_text(out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">");
    rk_escape_html(out, rk_say(l, "Go to the content", "Gå till innehållet"));
    rk_buf_text(out, "</a>\n<header>\n");
    if (marking)
        element(out, "p", "mark", marking);
    rk_buf_text(out, "<div class=\"page\">\n");
    element(out, "h1", NULL, report->title);
    element(out, "p", "period", report->period);
    if (report->publisher)
        element(out, "p", "publisher", report->publisher);
    rk_buf_text(out, "</div>\n</header>\n<main id=\"main\" class=\"page\" tabindex=\"-1\">\n");
    if (report->key_figure_count) {
        rk_buf_text(out, "<dl class=\"keys\">\n");
        for (size_t i = 0; i < report->key_figure_count; i++) {
            rk_buf_text(out, "<div>");
            element(out, "dt", NULL, report->key_figures[i].label);
            element(out, "dd", NULL, report->key_figures[i].value);
            rk_buf_text(out, "</div>\n");
        }
        rk_buf_text(out, "</dl>\n");
    }
    rk_buf_text(out, "<section id=\"summary\">\n");
    element(out, "h2", NULL, summary_title);
    rk_buf_text(out, "<ul>\n");
    for (size_t i = 0; i < report->summary_count; i++)
        element(out, "li", NULL, report->summary[i]);
    rk_buf_text(out, "</ul>\n</section>\n<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">");
    rk_escape_html(out, rk_say(l, "Contents", "Innehåll"));
    rk_buf_text(out, "</h2>\n<ol>\n");
    for (size_t i = 0; i < report->section_count; i++)
        link_to(out, report->sections[i].id, report->sections[i].title);
    link_to(out, "sources", sources_title);
    rk_buf_text(out, "</ol>\n</nav>\n");
    for (size_t i = 0; i < report->section_count; i++)
        section(out, report, &report->sections[i]);
    sources(out, report, sources_title);
    rk_buf_text(out, "</main>\n");
    if (marking) {
        rk_buf_text(out, "<footer>\n");
        element(out, "p", "mark", marking);
        rk_buf_text(out, "</footer>\n");
    }
    rk_buf_text(out, "</body>\n</html>\n");
}
