#include "report/form.h"

#include "report/render.h"

enum { LEVELS = 12 }; /* more than these are not boxes but a line to write on */

static const char style[] =
    "html{font:16pt/1.4 'Segoe UI',system-ui,'Liberation Sans',Arial,sans-serif;color:#000;"
    "background:#fff}\n"
    "body{margin:0}\nmain{max-width:46rem;margin:0 auto;padding:1.5rem}\n"
    "article{margin:0 0 4rem}\n"
    "h1{font-size:1.5em;line-height:1.2;margin:0 0 .6rem;overflow-wrap:break-word}\n"
    "h2{font-size:1.3em;margin:0 0 .6rem}\nh3{font-size:1.1em;line-height:1.3;margin:0 0 .3rem}\n"
    ".codes{display:flex;flex-wrap:wrap;gap:.3rem 2rem;margin:0 0 1rem;padding:0;list-style:none}\n"
    ".line{display:inline-block;min-width:7rem;border-bottom:1.5px solid #000}\n"
    "section{border-top:2px solid #000;padding:.8rem 0 1rem;break-inside:avoid}\n"
    ".levels{list-style:none;margin:.4rem 0;padding:0;display:grid;gap:.4rem}\n"
    ".levels li{display:flex;gap:.7rem;align-items:baseline}\n"
    ".box{flex:none;width:1.6rem;height:1.6rem;border:2.5px solid #000;border-radius:.2rem;"
    "align-self:flex-start}\n.level{flex:none;min-width:2.2rem;font-weight:700}\n"
    "@page{size:A4;margin:14mm 15mm}\n"
    "@media (max-width:30rem){html{font-size:14pt}}\n"
    "@media print{main{max-width:none;padding:0}article{margin:0;break-after:page}"
    "article:last-child{break-after:auto}}\n";

static void element(struct rk_buf *out, const char *name, const char *text)
{
    rk_buf_printf(out, "<%s>", name);
    rk_escape_html(out, text);
    rk_buf_printf(out, "</%s>\n", name);
}

/* {"sv": …, "en": …}, or else the object's id. */
static const char *label_of(enum rk_language language, const rk_json *object)
{
    const rk_json *label = rk_json_member(object, "label");
    const rk_json *text = label ? rk_json_member(label, rk_language_code(language)) : NULL;
    if (!text || !rk_json_text(text))
        text = rk_json_member(object, "id");
    return text && rk_json_text(text) ? rk_json_text(text) : "";
}

static const rk_json *called(const rk_json *list, const char *id)
{
    for (size_t i = 0; list && i < rk_json_count(list); i++) {
        const rk_json *item = rk_json_item(list, i), *name = rk_json_member(item, "id");
        if (name && rk_json_text(name) && !strcmp(rk_json_text(name), id))
            return item;
    }
    return NULL;
}

static rk_fixed number_of(const rk_json *object, const char *key, rk_fixed otherwise)
{
    rk_fixed value = otherwise;
    struct rk_error ignored = {.status = RK_OK};
    rk_json_fixed(object, key, false, &value, "", &ignored);
    return value;
}

/* What the level means, where the rubric says. */
static const char *anchor_of(enum rk_language language, const rk_json *criterion, rk_fixed level)
{
    const rk_json *anchors = rk_json_member(criterion, "anchors");
    for (size_t i = 0; anchors && i < rk_json_count(anchors); i++) {
        const rk_json *anchor = rk_json_item(anchors, i), *text = rk_json_member(anchor, "text");
        const rk_json *said = text ? rk_json_member(text, rk_language_code(language)) : NULL;
        if (said && rk_json_text(said) && number_of(anchor, "level", level - 1) == level)
            return rk_json_text(said);
    }
    return "";
}

static void level(struct rk_buf *out, enum rk_language language, const rk_json *criterion,
                  rk_fixed value)
{
    rk_buf_text(out, "<li><span class=\"box\"></span> <span class=\"level\">");
    rk_say_number(out, language, value, value % RK_FIXED_ONE ? 1 : 0);
    rk_buf_text(out, "</span> <span>");
    rk_escape_html(out, anchor_of(language, criterion, value));
    rk_buf_text(out, "</span></li>\n");
}

static void criterion(struct rk_buf *out, enum rk_language l, const rk_json *c)
{
    rk_fixed least = number_of(c, "min", RK_FIXED_ONE),
             most = number_of(c, "max", 5 * RK_FIXED_ONE),
             step = number_of(c, "step", 0);
    rk_buf_text(out, "<section>\n");
    element(out, "h3", label_of(l, c));
    rk_buf_text(out, "<ul class=\"levels\">\n");
    if (step <= 0 || (most - least) / step >= LEVELS) /* any number: the whole ones */
        step = RK_FIXED_ONE;
    if ((most - least) / step < LEVELS) {
        for (rk_fixed value = least; value <= most; value += step)
            level(out, l, c, value);
    } else {
        rk_buf_printf(out, "<li>%s ", rk_say(l, "Write a number from", "Skriv ett tal från"));
        rk_say_number(out, l, least, 0);
        rk_buf_printf(out, " %s ", rk_say(l, "to", "till"));
        rk_say_number(out, l, most, 0);
        rk_buf_text(out, ": <span class=\"line\"></span></li>\n");
    }
    rk_buf_printf(
        out,
        "<li><span class=\"box\"></span> <span class=\"level\">–</span> "
        "<span>%s</span></li>\n</ul>\n</section>\n",
        rk_say(l, "I cannot say, or do not want to", "Jag kan inte, eller vill inte, säga"));
}

static void code(struct rk_buf *out, const char *what, const char *value)
{
    rk_buf_printf(out, "<li>%s: ", what);
    if (value) {
        rk_buf_text(out, "<strong>");
        rk_escape_html(out, value);
        rk_buf_text(out, "</strong></li>\n");
    } else {
        rk_buf_text(out, "<span class=\"line\"></span></li>\n");
    }
}

static void sheet(struct rk_buf *out, const struct rk_score_form *form, const rk_json *rubric,
                  const rk_json *stage, const char *rater, const char *candidate)
{
    enum rk_language l = form->language;
    const rk_json *all = rk_json_member(rubric, "criteria");
    const rk_json *some = stage ? rk_json_member(stage, "criteria") : NULL;
    rk_buf_text(out, "<article>\n<h2>");
    rk_escape_html(out, candidate ? candidate : rk_say(l, "One candidate", "En kandidat"));
    rk_buf_text(out, "</h2>\n<ul class=\"codes\">\n");
    if (form->recruitment)
        code(out, rk_say(l, "Recruitment", "Rekrytering"), form->recruitment);
    code(out, rk_say(l, "Candidate", "Kandidat"), candidate);
    code(out, rk_say(l, "Your code", "Din kod"), rater);
    rk_buf_text(out, "</ul>\n");
    element(
        out, "p",
        rk_say(l,
               "Put a cross in one box for each question. There is no right or wrong answer: we "
               "want to know what you think. Do not write your name.",
               "Sätt ett kryss i en ruta för varje fråga. Det finns inget rätt eller fel svar: "
               "vi vill veta vad du tycker. Skriv inte ditt namn."));
    for (size_t i = 0; i < rk_json_count(some ? some : all); i++) {
        const rk_json *item = rk_json_item(some ? some : all, i);
        const rk_json *c = some ? called(all, rk_json_text(item)) : item;
        if (c)
            criterion(out, l, c);
    }
    rk_buf_text(out, "</article>\n");
}

enum rk_status rk_score_form_render(struct rk_buf *out, const struct rk_score_form *form,
                                    const rk_json *rubric, struct rk_error *error)
{
    enum rk_language l = form->language;
    const rk_json *stage =
        form->stage ? called(rk_json_member(rubric, "stages"), form->stage) : NULL;
    if (form->stage && !stage)
        return rk_fail(error, RK_BAD_DATA, _("the rubric has no stage '%s'"), form->stage);
    struct rk_buf title = {0};
    rk_buf_printf(&title, "%s: %s", rk_say(l, "Score form", "Bedömningsformulär"),
                  label_of(l, rubric));
    if (stage)
        rk_buf_printf(&title, ", %s", label_of(l, stage));
    rk_buf_printf(out,
                  "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'\">\n<meta name=\"viewport\" "
                  "content=\"width=device-width, initial-scale=1\">\n<title>",
                  rk_language_code(l));
    rk_escape_html(out, title.text);
    rk_buf_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
    element(out, "h1", title.text);
    size_t raters = form->rater_count ? form->rater_count : 1;
    size_t candidates = form->candidate_count ? form->candidate_count : 1;
    for (size_t r = 0; r < raters; r++)
        for (size_t c = 0; c < candidates; c++)
            sheet(out, form, rubric, stage, form->rater_count ? form->raters[r] : NULL,
                  form->candidate_count ? form->candidates[c] : NULL);
    rk_buf_text(out, "</main>\n</body>\n</html>\n");
    rk_buf_free(&title);
    return RK_OK;
}
