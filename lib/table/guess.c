#include "table/guess.h"

#include "base/mem.h"
#include "table/import_state.h"

/* A proposal below this is none. */
static const double least = 0.35;

struct guess_column {
    struct rk_foreign_cell *cells; /* those that are not empty */
    size_t count, room;
    size_t contacts, names, identities, different;
};

struct proposal {
    size_t field; /* SIZE_MAX = none of ours */
    double sure;
    struct rk_buf why;
};

struct rk_guess {
    struct rk_import im; /* its header, words and buffers */
    struct guess_column *columns;
    struct proposal *proposals; /* by column, for the table asked last */
};

/* ---- what the file holds ---- */

static void take_cell(struct rk_guess *g, size_t column, const struct rk_foreign_cell *cell,
                      struct rk_strings *different)
{
    struct guess_column *c = &g->columns[column];
    struct rk_text text = {cell->text, cell->size};
    if (!cell->size)
        return;
    text = rk_import_keep(&g->im.arena, rk_tidy(&g->im.tidy, text));
    if (!text.size)
        return;
    RK_GROW(c->cells, c->count, c->room);
    c->cells[c->count++] = (struct rk_foreign_cell){text.text, text.size, cell->kind};
    c->contacts += rk_import_is_contact(text);
    c->names += rk_looks_like_name(text);
    c->identities += rk_import_holds_identity(&g->im, text);
    uint32_t before = different->count;
    c->different += rk_strings_add(different, text) == before;
}

static enum rk_status look(struct rk_guess *g, struct rk_error *error)
{
    struct rk_import *im = &g->im;
    struct rk_foreign_row row;
    bool more = true;
    enum rk_status status = rk_import_read_header(im, error);
    if (status != RK_OK)
        return status;
    g->columns = rk_alloc(im->column_count, sizeof *g->columns);
    g->proposals = rk_alloc(im->column_count, sizeof *g->proposals);
    struct rk_strings *different = rk_alloc(im->column_count, sizeof *different);
    for (uint64_t rows = 0; status == RK_OK && rows < RK_GUESS_ROWS;) {
        if (im->has_ahead) {
            row = im->ahead;
            im->has_ahead = false;
        } else {
            status = rk_foreign_next(im->foreign, &row, &more, error);
        }
        if (status != RK_OK || !more)
            break;
        rows += !row.blank;
        for (size_t i = 0; i < row.count && i < im->column_count; i++)
            take_cell(g, i, &row.cells[i], &different[i]);
    }
    for (size_t i = 0; i < im->column_count; i++)
        rk_strings_free(&different[i]);
    rk_free(different);
    return status;
}

enum rk_status rk_guess_open(struct rk_guess **guess, struct rk_foreign *foreign,
                             const struct rk_import_options *options, struct rk_error *error)
{
    struct rk_guess *g = rk_alloc(1, sizeof *g);
    g->im.options = *options;
    g->im.foreign = foreign;
    enum rk_status status = look(g, error);
    for (size_t i = 0; status == RK_OK && i < g->im.column_count; i++)
        if (rk_import_holds_identity(&g->im, g->im.columns[i].name)) {
            struct rk_pos pos = g->im.columns[i].pos;
            pos.field = NULL;
            status =
                rk_fail_at(error, RK_BAD_DATA, &pos,
                           _("the name of the column holds a personal identity number: give it "
                             "another in the file"));
        }
    if (status != RK_OK) {
        rk_guess_close(g);
        g = NULL;
    }
    *guess = g;
    return status;
}

/* ---- what a heading tells ---- */

static bool word_end(struct rk_text text, size_t at)
{
    return at >= text.size || strchr(" .:-/()_,", text.text[at]);
}

/* Does `part` stand in the heading as words of its own? */
static bool holds_words(struct rk_text heading, struct rk_text part)
{
    if (part.size < 3 || part.size > heading.size)
        return false;
    for (size_t at = 0; at + part.size <= heading.size; at++)
        if (!memcmp(heading.text + at, part.text, part.size) &&
            (!at || word_end(heading, at - 1)) && word_end(heading, at + part.size))
            return true;
    return false;
}

/* How much the heading speaks for the field, 0 to 1; `why` gets the reason. */
static double by_heading(struct rk_guess *g, const struct rk_import_column *c,
                         const struct rk_field *f, struct rk_buf *why)
{
    const char *part = NULL, *whole = NULL, *names[] = {NULL, NULL};
    for (size_t i = 0; !i || (f->aliases && f->aliases[i - 1]); i++) {
        const char *name = i ? f->aliases[i - 1] : f->name;
        struct rk_text folded = rk_fold(&g->im.text, rk_text(name));
        if (rk_text_equal(folded, c->folded)) {
            rk_buf_text(why,
                        i ? _("the heading is one known for it") : _("the heading is its name"));
            return i ? 0.95 : 1;
        }
        if (holds_words(c->folded, folded) && (!part || strlen(name) > strlen(part)))
            part = name;
        if (!whole && c->folded.size > 3 && holds_words(folded, c->folded))
            whole = name;
    }
    if (part) {
        rk_buf_printf(why, _("the heading holds '%s'"), part);
        return 0.6;
    }
    for (size_t i = 0; !i || (f->aliases && f->aliases[i - 1]); i++) {
        names[0] = i ? f->aliases[i - 1] : f->name;
        if (strlen(names[0]) > 3 && rk_nearest(c->name.text, names)) {
            rk_buf_printf(why, _("the heading is nearly '%s'"), names[0]);
            return 0.65;
        }
    }
    if (whole)
        rk_buf_printf(why, _("the heading is part of '%s'"), whole);
    return whole ? 0.55 : 0;
}

/* ---- what the values tell ---- */

static bool is_word_of(struct rk_guess *g, const struct rk_schema *s, const struct rk_field *f,
                       struct rk_text text)
{
    struct rk_text ours;
    struct rk_buf folded = {0};
    rk_fold(&folded, text);
    bool found = false;
    for (const char **choice = f->choices; choice && *choice && !found; choice++)
        found = rk_text_equal(rk_fold(&g->im.text, rk_text(*choice)),
                              (struct rk_text){folded.text ? folded.text : "", folded.size});
    rk_buf_free(&folded);
    return found || rk_words_find(g->im.options.words, s->name,
                                  f->type == RK_BOOLEAN ? "boolean" : f->name, text, &ours);
}

/* How many of the column's values the field could take. */
static size_t fitting(struct rk_guess *g, const struct guess_column *c, const struct rk_schema *s,
                      const struct rk_field *f)
{
    struct rk_cell_column reading = {.type = f->type,
                                     .birth = f->type == RK_YEAR && strstr(f->name, "birth"),
                                     .hours = strstr(f->name, "hours") != NULL,
                                     .is_1904 = rk_foreign_1904(g->im.foreign),
                                     .decimal = g->im.options.decimal};
    const struct rk_pos nowhere = {0};
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        struct rk_text text = {c->cells[i].text, c->cells[i].size};
        struct rk_value value;
        if (f->choices || f->type == RK_BOOLEAN) {
            count += is_word_of(g, s, f, text);
            continue;
        }
        rk_buf_clear(&g->im.text);
        rk_buf_clear(&g->im.why);
        count += rk_cell_read(&reading, &c->cells[i], &nowhere, &g->im.text, &g->im.why) &&
                 rk_field_check(f, (struct rk_text){g->im.text.text, g->im.text.size}, &value,
                                &g->im.why);
    }
    return count;
}

/* How much the field's own values are unlike any text: what their shape alone is worth. */
static double distinctive(const struct rk_field *f)
{
    if (f->choices)
        return f->type == RK_LIST ? 0 : 0.6;
    switch (f->type) {
    case RK_BOOLEAN: return 0.4;
    case RK_DATE:
    case RK_DATETIME: return 0.45;
    case RK_YEAR: return 0.4;
    default: return 0;
    }
}

static const char *value_kind(const struct rk_field *f)
{
    if (f->choices || f->type == RK_BOOLEAN)
        return _("words known for it");
    switch (f->type) {
    case RK_DATE: return _("dates");
    case RK_DATETIME: return _("times of a day");
    case RK_YEAR: return strstr(f->name, "birth") ? _("years or dates of birth") : _("years");
    case RK_INTEGER: return _("whole numbers");
    case RK_NUMBER: return _("numbers");
    default: return _("texts");
    }
}

/* Fields of the same type. */
static size_t alike(const struct rk_schema *s, const struct rk_field *field)
{
    size_t count = 0;
    for (size_t f = 0; f < s->field_count; f++)
        count += s->fields[f].type == field->type && !s->fields[f].choices;
    return count;
}

/* How sure it is that the column is the field. */
static double judge(struct rk_guess *g, size_t column, const struct rk_schema *s, size_t field,
                    struct rk_buf *why)
{
    const struct guess_column *c = &g->columns[column];
    const struct rk_field *f = &s->fields[field];
    struct rk_buf heading = {0};
    double sure = by_heading(g, &g->im.columns[column], f, &heading), shape = distinctive(f);
    bool typed = f->choices || f->type != RK_STRING;
    if (c->count && typed && (sure || shape)) {
        size_t good = fitting(g, c, s, f);
        double share = (double)good / (double)c->count;
        if (heading.size)
            rk_buf_printf(why, "%s; ", heading.text);
        rk_buf_printf(why, _("%zu of %zu values are %s"), good, c->count, value_kind(f));
        sure = sure ? sure * (0.5 + 0.5 * share) : share < 0.9 ? 0 : shape * share;
        if (!heading.size && !f->choices && alike(s, f) > 1)
            sure *= 0.75; /* which of them, the values can't tell */
    } else if (heading.size) {
        rk_buf_text(why, heading.text);
    } else if (s->key_count == 1 && s->key[0] == field && c->count > 4 && !c->names &&
               c->different == c->count) {
        rk_buf_text(why, _("the values are all different"));
        sure = 0.4;
    }
    /* a person's name is no id, whatever the heading */
    bool id = strlen(f->name) > 3 && !strcmp(f->name + strlen(f->name) - 3, "_id");
    if (id && c->names * 2 > c->count)
        sure = 0;
    rk_buf_free(&heading);
    return sure;
}

/* What may come into no table, whatever it is called; 0 where nothing says so. */
static double unwanted(struct rk_guess *g, size_t column, struct rk_buf *why)
{
    const struct guess_column *c = &g->columns[column];
    if (c->identities) {
        rk_buf_text(why, _("personal identity numbers stand in it, which may come into no table"));
        return 0.99;
    }
    if (rk_import_is_personal(&g->im, &g->im.columns[column])) {
        rk_buf_text(why, _("the heading is one of names, addresses and the like of people"));
        return 0.95;
    }
    if (c->count && c->contacts * 2 > c->count) {
        rk_buf_printf(why,
                      RK_PLURAL("%zu of %zu values is an e-mail address or a telephone number",
                                "%zu of %zu values are e-mail addresses or telephone numbers",
                                c->contacts),
                      c->contacts, c->count);
        return 0.9;
    }
    return 0;
}

static void propose(struct rk_guess *g, const struct rk_schema *s)
{
    size_t columns = g->im.column_count;
    double *sure = rk_alloc(columns * s->field_count + 1, sizeof *sure);
    bool *taken = rk_alloc(s->field_count, sizeof *taken);
    struct rk_buf why = {0};
    for (size_t i = 0; i < columns; i++) {
        struct proposal *p = &g->proposals[i];
        rk_buf_clear(&p->why);
        *p = (struct proposal){SIZE_MAX, unwanted(g, i, &p->why), p->why};
        for (size_t f = 0; !p->sure && g->im.columns[i].name.size && f < s->field_count; f++) {
            rk_buf_clear(&why);
            sure[i * s->field_count + f] = judge(g, i, s, f, &why);
        }
    }
    for (;;) { /* the surest first; of equals the first column, then the first field */
        size_t best = SIZE_MAX;
        for (size_t k = 0; k < columns * s->field_count; k++)
            if (sure[k] >= least && !taken[k % s->field_count] &&
                g->proposals[k / s->field_count].field == SIZE_MAX &&
                !g->proposals[k / s->field_count].sure &&
                (best == SIZE_MAX || sure[k] > sure[best]))
                best = k;
        if (best == SIZE_MAX)
            break;
        struct proposal *p = &g->proposals[best / s->field_count];
        p->field = best % s->field_count;
        p->sure = sure[best];
        rk_buf_clear(&p->why);
        judge(g, best / s->field_count, s, p->field, &p->why);
        taken[p->field] = true;
    }
    for (size_t i = 0; i < columns; i++) {
        struct proposal *p = &g->proposals[i];
        if (p->sure)
            continue;
        const struct guess_column *c = &g->columns[i];
        const struct rk_field date = {.name = "", .type = RK_DATE};
        p->sure = 0.5;
        if (c->count && c->names * 2 > c->count) {
            p->sure = 0.7;
            rk_buf_printf(&p->why,
                          RK_PLURAL("%zu of %zu values looks like a person's name",
                                    "%zu of %zu values look like people's names", c->names),
                          c->names, c->count);
        } else if (c->count && fitting(g, c, s, &date) == c->count)
            rk_buf_text(&p->why, _("the values are dates, but of what, the heading does not tell"));
        else
            rk_buf_text(&p->why, _("neither heading nor values are like a column of ours"));
    }
    rk_buf_free(&why);
    rk_free(sure);
    rk_free(taken);
}

double rk_guess_fit(struct rk_guess *g, const struct rk_schema *s)
{
    double fit = 0;
    propose(g, s);
    for (size_t i = 0; i < g->im.column_count; i++)
        fit += g->proposals[i].field != SIZE_MAX ? g->proposals[i].sure : 0;
    for (size_t f = 0; f < s->field_count; f++) {
        bool found = !s->fields[f].required;
        for (size_t i = 0; i < g->im.column_count; i++)
            found |= g->proposals[i].field == f;
        fit -= found ? 0 : 0.5;
    }
    return fit;
}

/* ---- the map file ---- */

static void add_member(struct rk_buf *out, bool *any, const char *ours, struct rk_text theirs)
{
    rk_buf_text(out, *any ? ",\n    " : "\n    ");
    *any = true;
    if (ours) {
        rk_json_quote(out, rk_text(ours));
        rk_buf_text(out, ": ");
    }
    rk_json_quote(out, theirs);
}

/* What no column seems to be and every row needs. */
static void write_asked(const struct rk_guess *g, const struct rk_schema *s, struct rk_buf *out)
{
    bool any = false;
    for (size_t f = 0; f < s->field_count; f++) {
        bool found = !s->fields[f].required || (s->key_count == 1 && s->key[0] == f);
        for (size_t i = 0; i < g->im.column_count; i++)
            found |= g->proposals[i].field == f;
        if (found)
            continue;
        rk_buf_text(out, any ? ", " : ",\n  \"ask\": [");
        rk_json_quote(out, rk_text(s->fields[f].name));
        any = true;
    }
    if (any)
        rk_buf_char(out, ']');
}

void rk_guess_write(struct rk_guess *g, const struct rk_schema *s, struct rk_buf *out)
{
    bool any = false;
    propose(g, s);
    rk_buf_text(out, "{\n  \"table\": ");
    rk_json_quote(out, rk_text(s->name));
    rk_buf_text(out, ",\n  \"columns\": {");
    for (size_t i = 0; i < g->im.column_count; i++)
        if (g->proposals[i].field != SIZE_MAX)
            add_member(out, &any, s->fields[g->proposals[i].field].name, g->im.columns[i].name);
    rk_buf_text(out, any ? "\n  },\n  \"drop\": [" : "},\n  \"drop\": [");
    any = false;
    for (size_t i = 0; i < g->im.column_count; i++)
        if (g->proposals[i].field == SIZE_MAX && g->im.columns[i].name.size)
            add_member(out, &any, NULL, g->im.columns[i].name);
    rk_buf_text(out, any ? "\n  ]" : "]");
    write_asked(g, s, out);
    rk_buf_text(out, ",\n  \"guess\": [");
    any = false;
    for (size_t i = 0; i < g->im.column_count; i++) {
        const struct proposal *p = &g->proposals[i];
        if (!g->im.columns[i].name.size)
            continue;
        rk_buf_text(out, any ? ",\n    {\"column\": " : "\n    {\"column\": ");
        any = true;
        rk_json_quote(out, g->im.columns[i].name);
        if (p->field == SIZE_MAX) {
            rk_buf_text(out, ", \"drop\": true");
        } else {
            rk_buf_text(out, ", \"becomes\": ");
            rk_json_quote(out, rk_text(s->fields[p->field].name));
        }
        rk_buf_printf(out, ", \"sure\": %d.%02d, \"why\": ", (int)(p->sure * 100 + 0.5) / 100,
                      (int)(p->sure * 100 + 0.5) % 100);
        rk_json_quote(out, (struct rk_text){p->why.text ? p->why.text : "", p->why.size});
        rk_buf_char(out, '}');
    }
    rk_buf_text(out, any ? "\n  ]\n}\n" : "]\n}\n");
}

void rk_guess_close(struct rk_guess *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < g->im.column_count && g->columns; i++) {
        rk_free(g->columns[i].cells);
        rk_buf_free(&g->proposals[i].why);
    }
    rk_free(g->columns);
    rk_free(g->proposals);
    rk_foreign_close(g->im.foreign);
    rk_arena_free(&g->im.arena);
    rk_free(g->im.columns);
    rk_buf_free(&g->im.tidy);
    rk_buf_free(&g->im.text);
    rk_buf_free(&g->im.why);
    rk_free(g);
}
