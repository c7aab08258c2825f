#include "report/slip.h"

#include "report/render.h"

#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark}\n"
    "html{font:100%/1.5 'Segoe UI',system-ui,'Liberation Sans',Arial,sans-serif}\n"
    "main{max-width:44rem;margin:0 auto;padding:2rem 1.25rem}\n"
    "h1{font-size:1.6rem;line-height:1.2;margin:0 0 1rem}\n"
    "address{font-style:normal;white-space:pre-line;margin:0 0 1.5rem}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;font-weight:600;padding:0 0 .4rem}\n"
    "th,td{padding:.35rem .5rem;text-align:left;border-bottom:1px solid currentColor;"
    "vertical-align:top}\n"
    ".n{text-align:right;white-space:nowrap}\n"
    "tfoot th,tfoot td{font-weight:650}\n"
    "@media print{html{font-size:10.5pt}main{max-width:none;padding:0}.scroll{overflow:visible}}\n";

struct words {
    const char *word, *english, *swedish;
};

static const char *in_words(enum rk_language language, const struct words *all, const char *word)
{
    while (all->word && strcmp(all->word, word) != 0)
        all++;
    return all->word ? rk_say(language, all->english, all->swedish) : word;
}

static const char *kind_of(enum rk_language language, const char *kind)
{
    static const struct words kinds[] = {
        {"fee", "fee", "arvode"},
        {"mileage", "mileage", "milersättning"},
        {"mileage_taxed", "mileage, taxed part", "milersättning, skattepliktig del"},
        {"expense", "expense", "utlägg"},
        {0}};
    return in_words(language, kinds, kind);
}

static const char *unit_of(enum rk_language language, const char *unit)
{
    static const struct words units[] = {{"full_day", "full day", "heldag"},
                                         {"half_day", "half day", "halvdag"},
                                         {"short", "short work", "kort insats"},
                                         {"hour", "h", "tim"},
                                         {"SEK", "", ""},
                                         {0}};
    return in_words(language, units, unit);
}

static void text(struct rk_buf *out, struct rk_text from)
{
    char *copy = rk_strndup(from.text, from.size);
    rk_escape_html(out, copy);
    rk_free(copy);
}

static void kronor(struct rk_buf *out, enum rk_language language, rk_fixed amount)
{
    rk_say_number(out, language, amount, 2);
}

static void line_of(struct rk_buf *out, const struct rk_slip *slip, const struct rk_slip_line *line)
{
    enum rk_language l = slip->language;
    bool whole = line->quantity % RK_FIXED_ONE == 0;
    rk_buf_text(out, "<tr><th scope=\"row\">");
    rk_say_date(out, l, line->date);
    rk_buf_text(out, "</th><td>");
    text(out, line->stage);
    rk_buf_printf(out, ", %s", kind_of(l, line->kind));
    if (line->held)
        rk_buf_printf(out, " (%s)",
                      rk_say(l, "held until somebody has looked at it",
                             "hålls inne tills någon har sett på den"));
    rk_buf_text(out, "</td><td class=\"n\">");
    rk_say_number(out, l, line->quantity, whole ? 0 : 2);
    rk_buf_printf(out, " %s</td><td class=\"n\">", unit_of(l, line->unit));
    kronor(out, l, line->rate);
    rk_buf_text(out, "</td><td class=\"n\">");
    kronor(out, l, line->amount);
    rk_buf_text(out, "</td></tr>\n");
}

static void sum(struct rk_buf *out, enum rk_language language, const char *what, rk_fixed amount)
{
    rk_buf_printf(out, "<tr><th scope=\"row\" colspan=\"4\">%s</th><td class=\"n\">", what);
    kronor(out, language, amount);
    rk_buf_text(out, "</td></tr>\n");
}

static void table(struct rk_buf *out, const struct rk_slip *slip)
{
    enum rk_language l = slip->language;
    const char *heads[] = {
        rk_say(l, "Day", "Dag"), rk_say(l, "What", "Vad"), rk_say(l, "How many", "Antal"),
        rk_say(l, "Kronor for one", "Kronor per enhet"), rk_say(l, "Kronor", "Kronor")};
    rk_buf_printf(out,
                  "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                  "aria-labelledby=\"what\">\n<table>\n<caption id=\"what\">%s</caption>\n"
                  "<thead><tr>",
                  rk_say(l, "What you are paid for", "Vad du får ersättning för"));
    for (int i = 0; i < 5; i++)
        rk_buf_printf(out, "<th scope=\"col\"%s>%s</th>", i > 1 ? " class=\"n\"" : "", heads[i]);
    rk_buf_text(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < slip->count; i++)
        line_of(out, slip, &slip->lines[i]);
    rk_buf_text(out, "</tbody>\n<tfoot>\n");
    sum(out, l, rk_say(l, "Taxable pay", "Skattepliktig ersättning"), slip->taxable);
    sum(out, l, rk_say(l, "Tax-free allowances", "Skattefria ersättningar"), slip->untaxed);
    sum(out, l, rk_say(l, "Expenses", "Utlägg"), slip->expense);
    sum(out, l, rk_say(l, "Together, before tax", "Tillsammans, före skatt"),
        slip->taxable + slip->untaxed + slip->expense);
    rk_buf_text(out, "</tfoot>\n</table>\n</div>\n");
}

void rk_slip_render(struct rk_buf *out, const struct rk_slip *slip)
{
    enum rk_language l = slip->language;
    struct rk_buf title = {0};
    rk_buf_printf(&title, "%s, ", rk_say(l, "Honorarium", "Arvode"));
    rk_say_month(&title, l, slip->month);
    rk_buf_printf(out,
                  "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<title>%s</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<h1>%s</h1>\n"
                  "<address>",
                  rk_language_code(l), title.text, style, title.text);
    if (slip->name.size) {
        text(out, slip->name);
        rk_buf_char(out, '\n');
    }
    if (slip->address.size) {
        text(out, slip->address);
        rk_buf_char(out, '\n');
    }
    text(out, slip->panelist_id);
    rk_buf_text(out, "</address>\n");
    table(out, slip);
    rk_buf_printf(out, "<p>%s ",
                  rk_say(l, "Taxable pay so far this calendar year:",
                         "Skattepliktig ersättning hittills under kalenderåret:"));
    kronor(out, l, slip->year_to_date);
    rk_buf_printf(
        out, " kr.</p>\n<p>%s</p>\n",
        slip->withhold
            ? rk_say(l, "Tax is withheld when it is paid.", "Skatt dras vid utbetalningen.")
            : rk_say(l, "No tax is withheld, as the taxable pay is so small.",
                     "Ingen skatt dras, eftersom den skattepliktiga ersättningen är så "
                     "liten."));
    rk_buf_text(out, "</main>\n</body>\n</html>\n");
    rk_buf_free(&title);
}
