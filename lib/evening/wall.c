#include "base/date.h"
#include "evening/result.h"

static const char style[] =
    ":root{color-scheme:light;--ink:#1c2126;--quiet:#565e67;--rule:#98a1ab}\n"
    "body{font:100%/1.4 system-ui,'Liberation Sans',Arial,sans-serif;color:var(--ink);"
    "background:#fff;margin:0 auto;max-width:70rem;padding:1.5rem}\n"
    "h1{font-size:1.8rem;margin:0}h2{font-size:1.3rem;margin:2rem 0 .5rem}\n"
    "p{color:var(--quiet);margin:.3rem 0}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}\n"
    "th,td{border:1px solid var(--rule);padding:.35rem .6rem;text-align:left;vertical-align:top}\n"
    "th{font-weight:600}td small{display:block;color:var(--quiet)}\n"
    ".people{columns:2 22rem}.people table{break-inside:avoid}\n"
    "@page{size:A4 landscape;margin:12mm}\n"
    "@media print{body{padding:0;max-width:none;font-size:10pt}.scroll{overflow:visible}"
    "thead{display:table-header-group}tr{break-inside:avoid}section+section{break-before:page}}\n";

static void escape(struct rk_buf *out, struct rk_text text)
{
    for (size_t i = 0; i < text.size; i++)
        switch (text.text[i]) {
        case '&': rk_buf_text(out, "&amp;"); break;
        case '<': rk_buf_text(out, "&lt;"); break;
        case '>': rk_buf_text(out, "&gt;"); break;
        case '"': rk_buf_text(out, "&quot;"); break;
        default:
            if ((unsigned char)text.text[i] < ' ' || text.text[i] == 0x7f)
                rk_buf_text(out, "\xef\xbf\xbd");
            else
                rk_buf_char(out, text.text[i]);
        }
}

static void escape_list(struct rk_buf *out, struct rk_text list)
{
    struct rk_text item;
    for (bool first = true; rk_list_next(&list, &item); first = false) {
        rk_buf_text(out, first ? "" : ", ");
        escape(out, item);
    }
}

/* "17:20", of whole days the day; "3" where rounds have no times. */
static void time_of(struct rk_buf *out, const struct rk_assembled *a, const struct rk_plan_row *row)
{
    struct rk_buf text = {0};
    if (row->start == INT64_MIN) {
        rk_buf_printf(out, "%u", row->round);
        return;
    }
    bool days = row->start % 1440 == 0 && row->end % 1440 == 0,
         many = a->evening.rounds &&
                a->evening.rounds[0].start / 1440 !=
                    (a->evening.rounds[a->evening.round_count - 1].end - 1) / 1440;
    rk_time_print(&text, row->start);
    if (days)
        rk_buf_add(out, text.text, 10);
    else
        rk_buf_printf(out, "%.*s%s%.5s", many ? 10 : 0, text.text, many ? " " : "", text.text + 11);
    rk_buf_clear(&text);
    rk_time_print(&text, days ? row->end - 1440 : row->end);
    if (!days)
        rk_buf_printf(out, "–%.5s", text.text + 11);
    else if (row->end - row->start > 1440)
        rk_buf_printf(out, "–%.10s", text.text);
    rk_buf_free(&text);
}

static void who_meets(struct rk_buf *out, const struct rk_plan_row *row)
{
    if (row->participants.size)
        escape_list(out, row->participants);
    else
        escape(out, row->id);
    if (row->candidate_id.size) {
        rk_buf_text(out, " – ");
        escape(out, row->candidate_id);
    }
    if (row->support.size) {
        rk_buf_text(out, "<small>+ ");
        escape_list(out, row->support);
        rk_buf_text(out, "</small>");
    }
}

static void by_room(struct rk_buf *out, const struct rk_assembled *a,
                    const struct rk_plan_rows *rows)
{
    const struct rk_evening_tables *t = a->tables;
    rk_buf_printf(out,
                  "<section aria-labelledby=\"rooms\"><h2 id=\"rooms\">%s</h2>\n"
                  "<div class=\"scroll\" role=\"region\" aria-labelledby=\"rooms\" tabindex=\"0\">"
                  "<table><thead><tr><th scope=\"col\">%s</th>",
                  _("By room"), _("Time"));
    for (uint32_t k = 0; k < t->room_count; k++) {
        rk_buf_text(out, "<th scope=\"col\">");
        escape(out, t->rooms[k].id);
        if (t->rooms[k].place.size) {
            rk_buf_text(out, "<small> ");
            escape(out, t->rooms[k].place);
            rk_buf_text(out, "</small>");
        }
        rk_buf_text(out, "</th>");
    }
    if (!t->room_count)
        rk_buf_printf(out, "<th scope=\"col\">%s</th>", _("Meetings"));
    rk_buf_text(out, "</tr></thead><tbody>\n");
    for (uint32_t i = 0; i < rows->count && rows->rows[i].status <= RK_PLAN_MOVED;) {
        uint32_t end = i;
        while (end < rows->count && rows->rows[end].status <= RK_PLAN_MOVED &&
               rows->rows[end].round == rows->rows[i].round)
            end++;
        rk_buf_text(out, "<tr><th scope=\"row\">");
        time_of(out, a, &rows->rows[i]);
        rk_buf_text(out, "</th>");
        for (uint32_t k = 0; k < (t->room_count ? t->room_count : 1); k++) {
            bool first = true;
            rk_buf_text(out, "<td>");
            for (uint32_t j = i; j < end; j++)
                if (!t->room_count || rk_text_equal(rows->rows[j].room_id, t->rooms[k].id)) {
                    rk_buf_text(out, first ? "" : "<br>");
                    who_meets(out, &rows->rows[j]);
                    first = false;
                }
            rk_buf_text(out, "</td>");
        }
        rk_buf_text(out, "</tr>\n");
        i = end;
    }
    rk_buf_text(out, "</tbody></table></div></section>\n");
}

/* One person's rows: time, room, and who is met there by their ids. */
static void by_person(struct rk_buf *out, const struct rk_assembled *a,
                      const struct rk_plan_rows *rows)
{
    const struct rk_attendees *all = &a->tables->attendees;
    rk_buf_printf(out,
                  "<section aria-labelledby=\"people\"><h2 id=\"people\">%s</h2><div "
                  "class=\"people\">\n",
                  _("By person"));
    for (uint32_t p = 0; p < all->count; p++) {
        bool any = false;
        for (uint32_t i = 0; i < rows->count; i++) {
            const struct rk_plan_row *row = &rows->rows[i];
            struct rk_evening_person *people;
            uint32_t count = row->status <= RK_PLAN_MOVED ? rk_evening_people(a, row, &people) : 0;
            bool here = false;
            for (uint32_t k = 0; k < count; k++)
                here = here || (people[k].candidate == (all->keys.texts[p].text[0] == 'c') &&
                                rk_text_equal(people[k].id, all->rows[p].id));
            if (row->status <= RK_PLAN_MOVED)
                rk_free(people);
            if (!here)
                continue;
            if (!any) {
                rk_buf_text(out, "<table><caption>");
                escape(out, all->rows[p].id);
                rk_buf_printf(
                    out,
                    "</caption><thead><tr><th scope=\"col\">%s</th><th scope=\"col\">%s</th>"
                    "<th scope=\"col\">%s</th></tr></thead><tbody>\n",
                    _("Time"), _("Room"), _("Meeting"));
                any = true;
            }
            rk_buf_text(out, "<tr><th scope=\"row\">");
            time_of(out, a, row);
            rk_buf_text(out, "</th><td>");
            escape(out, row->room_id.size ? row->room_id : row->place);
            rk_buf_text(out, "</td><td>");
            who_meets(out, row);
            rk_buf_text(out, "</td></tr>\n");
        }
        if (any)
            rk_buf_text(out, "</tbody></table>\n");
    }
    rk_buf_text(out, "</div></section>\n");
}

void rk_evening_wall(struct rk_buf *out, const struct rk_assembled *a,
                     const struct rk_plan_rows *rows, const char *language)
{
    struct rk_buf when = {0};
    if (a->evening.rounds)
        rk_time_print(&when, a->evening.rounds[0].start);
    rk_buf_printf(out,
                  "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
                  "<meta name=\"viewport\" content=\"width=device-width\">"
                  "<title>%s</title>\n<style>\n%s</style></head><body><main>\n<h1>%s</h1>\n",
                  language, _("Plan"), style, _("Plan"));
    if (when.size)
        rk_buf_printf(out, "<p>%.10s</p>\n", when.text);
    by_room(out, a, rows);
    by_person(out, a, rows);
    rk_buf_text(out, "</main></body></html>\n");
    rk_buf_free(&when);
}
