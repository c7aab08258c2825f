/* The forms of a report. Each appends the whole document to `out`; the same report gives the same
 * bytes. Everything from data is escaped for its form. */
#ifndef RK_RENDER_H
#define RK_RENDER_H

#include "report/report.h"

/* One HTML5 file: no scripts, nothing fetched, light and dark, phone, desktop and A4. */
void rk_render_html(struct rk_buf *out, struct rk_report *report);
/* Markdown with pipe tables (GitHub, pandoc). */
void rk_render_markdown(struct rk_buf *out, struct rk_report *report);
/* A LaTeX article of tables, for pdflatex with babel; charts are left out. */
void rk_render_latex(struct rk_buf *out, struct rk_report *report);
/* JSON, all of it (share/schema/report.schema.json); and CSV, its figures. */
void rk_render_json(struct rk_buf *out, struct rk_report *report);
void rk_render_csv(struct rk_buf *out, struct rk_report *report);
/* Writes an XLSX workbook to the file `path`; NULL when all went well, or the library's words for what did not.
 * The library does not bear that memory is out: see tool/workbook.h. */
const char *rk_render_workbook(const char *path, struct rk_report *report);
/* The section's chart as an inline <svg>; its colours are classes that the page's style sheet
 * defines. `id` makes the ids of its title and description unique. */
void rk_render_svg(struct rk_buf *out, struct rk_report *report, const char *id,
                   const struct rk_report_table *table, const struct rk_report_chart *chart);

/* Text for HTML and SVG, in content and in quoted attributes. */
void rk_escape_html(struct rk_buf *out, const char *text);
/* Text inside a Markdown paragraph or table cell: nothing in it is markup. */
void rk_escape_markdown(struct rk_buf *out, const char *text);

/* What every form says the same way. */
const char *rk_report_marking(const struct rk_report *report); /* NULL unless internal */
/* The legend of the signs a table uses, or NULL. */
const char *rk_report_legend(struct rk_report *report, const struct rk_report_table *table);

#endif
