#include "stream/write.h"

#include "base/date.h"
#include "base/mem.h"
#include "stream/json.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>

bool rk_form_parse(const char *name, enum rk_form *form)
{
    static const char *const names[] = {"csv",      "json",  "jsonl", "table",
                                        "markdown", "latex", "html"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) {
            *form = (enum rk_form)i;
            return true;
        }
    return false;
}

enum { SHOWN = 256, DIGITS = 31 };

struct shown {
    rk_fixed value;
    uint8_t size; /* 0 = none yet */
    char text[DIGITS];
};

struct rk_writer {
    struct rk_out *out;
    enum rk_form form;
    struct rk_writer_column *columns;
    size_t count;
    size_t at; /* the column that comes next */
    uint64_t rows;
    struct rk_buf line; /* or, where `collects`, all lines of a block */
    bool collects;
    struct rk_buf printed; /* a number as text */
    struct shown *shown;   /* numbers by a hash, as they were written last: many come again */
    /* the forms for reading keep every cell: texts end to end, and where each starts */
    struct rk_buf kept;
    size_t *starts;
    size_t start_count, start_room;
    rk_writer_look *review; /* NULL: rows are written as they come */
    void *context;
    struct rk_text *set; /* by cell kept: what stands there instead; text NULL = nothing */
};

/* Would a file that begins so be taken for JSON or an archive, or lose what looks like a byte order
 * mark? */
static bool misleads(struct rk_text text)
{
    size_t at = 0;
    if (text.size > 2 && !memcmp(text.text, "PK\3", 3))
        return true;
    while (at < text.size && (text.text[at] == ' ' || text.text[at] == '\t'))
        at++;
    return at < text.size && (text.text[at] == '{' || text.text[at] == '[' ||
                              (text.size > 2 && !memcmp(text.text, "\xEF\xBB\xBF", 3)));
}

static void quote_field(struct rk_buf *out, struct rk_text text)
{
    rk_buf_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.text[i] == '"')
            rk_buf_char(out, '"');
        rk_buf_char(out, text.text[i]);
    }
    rk_buf_char(out, '"');
}

/* Is a byte of the word less than '-'? */
static inline bool has_less(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    return (word - ones * '-') & ~word & high;
}

/* Copies a text that is not empty, and tells whether every byte of it is at least '-': most texts
 * are so, and no such byte asks for quotes but where it stands first. Eight bytes at a time; the
 * last ones overlap. */
static inline bool copy_plain(char *to, const char *from, size_t size)
{
    uint64_t word = 0;
    uint32_t half[2];
    bool less = false;
    if (size >= sizeof word) {
        for (size_t i = 0; i < size - sizeof word; i += sizeof word) {
            memcpy(&word, from + i, sizeof word);
            memcpy(to + i, &word, sizeof word);
            less |= has_less(word);
        }
        memcpy(&word, from + size - sizeof word, sizeof word);
        memcpy(to + size - sizeof word, &word, sizeof word);
        return !(less | has_less(word));
    }
    if (size >= sizeof *half) {
        memcpy(&half[0], from, sizeof *half);
        memcpy(&half[1], from + size - sizeof *half, sizeof *half);
        memcpy(to, &half[0], sizeof *half);
        memcpy(to + size - sizeof *half, &half[1], sizeof *half);
        memcpy(&word, half, sizeof word);
        return !has_less(word);
    }
    for (size_t i = 0; i < size; i++) {
        to[i] = from[i];
        less |= (unsigned char)from[i] < '-';
    }
    return !less;
}

static bool needs_quotes(struct rk_text text, char delimiter)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.text[i] == delimiter || text.text[i] == '"' || text.text[i] == '\n' ||
            text.text[i] == '\r')
            return true;
    return misleads(text);
}

void rk_csv_field(struct rk_buf *out, struct rk_text text, char delimiter)
{
    char *to = rk_buf_reserve(out, text.size);
    if (text.size) {
        bool plain = copy_plain(to, text.text, text.size) && delimiter < '-' && *to != '{' &&
                     *to != '[' && *to != '\xEF';
        if (!plain && needs_quotes(text, delimiter)) {
            quote_field(out, text);
            return;
        }
    }
    to[text.size] = '\0';
    out->size += text.size;
}

void rk_json_quote(struct rk_buf *out, struct rk_text text)
{
    rk_buf_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.text[i];
        if (c == '"' || c == '\\') {
            rk_buf_char(out, '\\');
            rk_buf_char(out, (char)c);
        } else if (c == '\n') {
            rk_buf_add(out, "\\n", 2);
        } else if (c == '\t') {
            rk_buf_add(out, "\\t", 2);
        } else if (c < 0x20) {
            rk_buf_printf(out, "\\u%04x", c);
        } else {
            rk_buf_char(out, (char)c);
        }
    }
    rk_buf_char(out, '"');
}

struct rk_writer *rk_writer_open(struct rk_out *out, enum rk_form form,
                                 const struct rk_writer_column *columns, size_t count)
{
    struct rk_writer *w = rk_alloc(1, sizeof *w);
    w->out = out;
    w->form = form;
    w->count = count;
    w->columns = rk_alloc(count, sizeof *columns);
    for (size_t i = 0; i < count; i++)
        w->columns[i] = (struct rk_writer_column){rk_strdup(columns[i].name), columns[i].number};
    if (form == RK_CSV) {
        for (size_t i = 0; i < count; i++) {
            if (i)
                rk_buf_char(&w->line, ',');
            rk_csv_field(&w->line, rk_text(columns[i].name), ',');
        }
        rk_buf_char(&w->line, '\n');
        rk_out_write(out, w->line.text, w->line.size);
        rk_buf_clear(&w->line);
    }
    return w;
}

static void keep_cell(struct rk_writer *w, struct rk_text text)
{
    RK_GROW(w->starts, w->start_count, w->start_room);
    w->starts[w->start_count++] = w->kept.size;
    rk_buf_add(&w->kept, text.text, text.size);
}

/* Where a cell of `size` bytes stands in a line of CSV, after its comma. */
static inline char *next_cell(struct rk_writer *w, size_t size)
{
    assert(w->at < w->count);
    char *to = rk_buf_reserve(&w->line, size + 1);
    if (w->at++) {
        *to++ = ',';
        w->line.size++;
    }
    return to;
}

static bool is_csv(const struct rk_writer *w) { return w->form == RK_CSV && !w->review; }

static void write_cell(struct rk_writer *w, struct rk_text text, bool bare)
{
    if (is_csv(w)) {
        next_cell(w, text.size);
        rk_csv_field(&w->line, text, ',');
        return;
    }
    assert(w->at < w->count);
    if (w->review) {
        keep_cell(w, text);
    } else if (w->form == RK_JSON || w->form == RK_JSONL) {
        rk_buf_char(&w->line, w->at ? ',' : '{');
        rk_json_quote(&w->line, rk_text(w->columns[w->at].name));
        rk_buf_char(&w->line, ':');
        if (!text.size)
            rk_buf_text(&w->line, "null");
        else if (bare || (w->columns[w->at].number && rk_json_is_number(text)))
            rk_buf_add(&w->line, text.text, text.size);
        else
            rk_json_quote(&w->line, text);
    } else {
        keep_cell(w, text);
    }
    w->at++;
}

void rk_write_text(struct rk_writer *w, struct rk_text text) { write_cell(w, text, false); }

void rk_write_string(struct rk_writer *w, const char *text) { write_cell(w, rk_text(text), false); }

void rk_write_cell(struct rk_writer *w, const struct rk_cell *cell)
{
    write_cell(w, (struct rk_text){cell->text, cell->size}, cell->bare);
}

void rk_write_missing(struct rk_writer *w)
{
    if (is_csv(w))
        *next_cell(w, 0) = '\0';
    else
        write_cell(w, (struct rk_text){0}, false);
}

/* The printers of lib/base append; a cell wants its own text. */
static void write_printed(struct rk_writer *w)
{
    write_cell(w, (struct rk_text){w->printed.text, w->printed.size}, false);
    rk_buf_clear(&w->printed);
}

void rk_write_fixed(struct rk_writer *w, rk_fixed value)
{
    const uint64_t mixed = ((uint64_t)value ^ (uint64_t)(value >> 64)) * 0x9e3779b97f4a7c15u;
    if (!w->shown)
        w->shown = rk_alloc(SHOWN, sizeof *w->shown);
    struct shown *shown = &w->shown[mixed >> 56];
    if (!shown->size || shown->value != value) {
        rk_fixed_print(&w->printed, value);
        assert(w->printed.size <= DIGITS);
        shown->value = value;
        shown->size = (uint8_t)w->printed.size;
        memcpy(shown->text, w->printed.text, w->printed.size);
        rk_buf_clear(&w->printed);
    }
    if (is_csv(w)) { /* a number is never quoted */
        memcpy(next_cell(w, DIGITS), shown->text, DIGITS);
        w->line.size += shown->size;
        w->line.text[w->line.size] = '\0';
    } else
        write_cell(w, (struct rk_text){shown->text, shown->size}, false);
}

void rk_write_double(struct rk_writer *w, double value)
{
    rk_double_print(&w->printed, value);
    write_printed(w);
}

static void print_int(struct rk_buf *out, int64_t value)
{
    char digits[20], *at = digits + sizeof digits;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--at = '-';
    rk_buf_add(out, at, (size_t)(digits + sizeof digits - at));
}

void rk_write_int(struct rk_writer *w, int64_t value)
{
    if (is_csv(w) && value >= 0 && value < 10) {
        memcpy(next_cell(w, 1), (char[]){(char)('0' + value), '\0'}, 2);
        w->line.size++;
        return;
    }
    print_int(&w->printed, value);
    write_printed(w);
}

void rk_write_date(struct rk_writer *w, int32_t days)
{
    rk_date_print(&w->printed, days);
    write_printed(w);
}

static void flush(struct rk_writer *w)
{
    rk_out_write(w->out, w->line.text, w->line.size);
    rk_buf_clear(&w->line);
}

void rk_write_end(struct rk_writer *w)
{
    assert(w->at == w->count);
    w->at = 0;
    if (w->form <= RK_JSONL && !w->review) {
        if (w->form == RK_JSON)
            rk_out_write(w->out, w->rows ? ",\n" : "[\n", 2);
        if (w->form != RK_CSV)
            rk_buf_text(&w->line, w->count ? "}" : "{}");
        if (w->form != RK_JSON)
            rk_buf_char(&w->line, '\n');
        if (!w->collects)
            flush(w);
    }
    w->rows++;
}

uint64_t rk_writer_rows(const struct rk_writer *w) { return w->rows; }

/* ---- blocks ---- */

enum { BLOCK = 2048 };

struct blocks {
    struct rk_writer *writer;
    rk_write_block *write;
    void *context;
    size_t count;
    pthread_mutex_t lock; /* of what follows, and of writer->rows */
    pthread_cond_t turned;
    size_t taken, written; /* things, from the first on */
};

static void *write_blocks(void *context)
{
    struct blocks *b = context;
    pthread_mutex_lock(&b->lock);
    struct rk_writer own = *b->writer;
    own.line = own.printed = (struct rk_buf){0};
    own.shown = NULL;
    own.collects = true;
    own.rows = 0;
    while (b->taken < b->count) {
        size_t from = b->taken, to = b->count - from < BLOCK ? b->count : from + BLOCK;
        b->taken = to;
        pthread_mutex_unlock(&b->lock);
        b->write(b->context, from, to, &own);
        pthread_mutex_lock(&b->lock);
        while (b->written != from)
            pthread_cond_wait(&b->turned, &b->lock);
        pthread_mutex_unlock(&b->lock);
        flush(&own); /* it is nobody else's turn */
        pthread_mutex_lock(&b->lock);
        b->written = to;
        pthread_cond_broadcast(&b->turned);
    }
    b->writer->rows += own.rows;
    pthread_mutex_unlock(&b->lock);
    rk_buf_free(&own.line);
    rk_buf_free(&own.printed);
    rk_free(own.shown);
    return NULL;
}

void rk_write_blocks(struct rk_writer *w, size_t count, unsigned threads, rk_write_block *write,
                     void *context)
{
    struct blocks b = {.writer = w, .write = write, .context = context, .count = count};
    pthread_t others[8];
    unsigned started = 0, wanted = (w->form == RK_CSV || w->form == RK_JSONL) ? threads : 1;
    if (wanted > count / BLOCK)
        wanted = (unsigned)(count / BLOCK);
    if (wanted < 2) {
        for (size_t from = 0; from < count; from += BLOCK)
            write(context, from, count - from < BLOCK ? count : from + BLOCK, w);
        return;
    }
    pthread_mutex_init(&b.lock, NULL);
    pthread_cond_init(&b.turned, NULL);
    while (started < sizeof others / sizeof *others && started + 1 < wanted &&
           !pthread_create(&others[started], NULL, write_blocks, &b))
        started++;
    write_blocks(&b);
    while (started)
        pthread_join(others[--started], NULL);
    pthread_mutex_destroy(&b.lock);
    pthread_cond_destroy(&b.turned);
}

/* ---- the forms for reading ---- */

static struct rk_text kept(const struct rk_writer *w, uint64_t row, size_t column)
{
    size_t i = (size_t)row * w->count + column;
    if (w->set && w->set[i].text)
        return w->set[i];
    size_t end = i + 1 < w->start_count ? w->starts[i + 1] : w->kept.size;
    return (struct rk_text){w->kept.text + w->starts[i], end - w->starts[i]};
}

void rk_writer_review(struct rk_writer *w, rk_writer_look *review, void *context)
{
    assert(!w->rows && !w->at);
    w->review = review;
    w->context = context;
}

size_t rk_writer_columns(const struct rk_writer *w, const struct rk_writer_column **columns)
{
    *columns = w->columns;
    return w->count;
}

struct rk_text rk_writer_cell(const struct rk_writer *w, uint64_t row, size_t column)
{
    return kept(w, row, column);
}

void rk_writer_set(struct rk_writer *w, uint64_t row, size_t column, struct rk_text text)
{
    if (!w->set)
        w->set = rk_alloc(w->start_count, sizeof *w->set);
    w->set[(size_t)row * w->count + column] = text;
}

/* Rows that waited for a review go the way they would have gone. */
static void write_waiting(struct rk_writer *w)
{
    uint64_t rows = w->rows;
    w->review(w->context, w);
    w->review = NULL;
    if (w->form > RK_JSONL)
        return;
    w->rows = 0;
    for (uint64_t row = 0; row < rows; row++) {
        for (size_t c = 0; c < w->count; c++)
            write_cell(w, kept(w, row, c), false);
        rk_write_end(w);
    }
}

static void escape_table(struct rk_buf *out, struct rk_text text)
{
    rk_text_visible(out, text.text, text.size);
}

static void escape_markdown(struct rk_buf *out, struct rk_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.text[i];
        if (c == '\n' || c == '\r')
            rk_buf_text(out, c == '\n' ? "<br>" : "");
        else if (c == '<')
            rk_buf_text(out, "&lt;");
        else if (c == '&')
            rk_buf_text(out, "&amp;");
        else {
            if (strchr("\\`*_[]|", c) && c)
                rk_buf_char(out, '\\');
            rk_buf_char(out, c);
        }
    }
}

static void escape_latex(struct rk_buf *out, struct rk_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.text[i];
        if (c == '\\')
            rk_buf_text(out, "\\textbackslash{}");
        else if (c == '~' || c == '^')
            rk_buf_printf(out, "\\%s{}", c == '~' ? "textasciitilde" : "textasciicircum");
        else if (c == '\n' || c == '\r')
            rk_buf_char(out, ' ');
        else {
            if (strchr("#$%&_{}", c) && c)
                rk_buf_char(out, '\\');
            rk_buf_char(out, c);
        }
    }
}

static void escape_html(struct rk_buf *out, struct rk_text text)
{
    for (size_t i = 0; i < text.size; i++)
        switch (text.text[i]) {
        case '&': rk_buf_text(out, "&amp;"); break;
        case '<': rk_buf_text(out, "&lt;"); break;
        case '>': rk_buf_text(out, "&gt;"); break;
        case '"': rk_buf_text(out, "&quot;"); break;
        default: rk_buf_char(out, text.text[i]);
        }
}

/* One line of a padded table: cells escaped, brought to their widths. row = -1 is the header. */
static void padded_line(struct rk_writer *w, int64_t row, const size_t *widths, const char *before,
                        const char *between, const char *after,
                        void (*escape)(struct rk_buf *, struct rk_text))
{
    struct rk_buf cell = {0};
    rk_buf_text(&w->line, before);
    for (size_t c = 0; c < w->count; c++) {
        rk_buf_clear(&cell);
        escape(&cell, row < 0 ? rk_text(w->columns[c].name) : kept(w, (uint64_t)row, c));
        size_t width = rk_utf8_width(cell.text, cell.size);
        size_t blanks = width < widths[c] ? widths[c] - width : 0;
        bool last = c + 1 == w->count && !*after && !w->columns[c].number;
        if (c)
            rk_buf_text(&w->line, between);
        if (w->columns[c].number)
            rk_buf_printf(&w->line, "%*s", (int)blanks, "");
        rk_buf_add(&w->line, cell.text, cell.size);
        if (!w->columns[c].number && !last)
            rk_buf_printf(&w->line, "%*s", (int)blanks, "");
    }
    rk_buf_text(&w->line, after);
    rk_buf_char(&w->line, '\n');
    flush(w);
    rk_buf_free(&cell);
}

static void padded(struct rk_writer *w)
{
    bool markdown = w->form == RK_MARKDOWN;
    void (*escape)(struct rk_buf *, struct rk_text) = markdown ? escape_markdown : escape_table;
    const char *before = markdown ? "| " : "", *between = markdown ? " | " : "  ",
               *after = markdown ? " |" : "";
    size_t *widths = rk_alloc(w->count, sizeof *widths);
    struct rk_buf cell = {0};
    for (size_t c = 0; c < w->count; c++)
        for (int64_t row = -1; row < (int64_t)w->rows; row++) {
            rk_buf_clear(&cell);
            escape(&cell, row < 0 ? rk_text(w->columns[c].name) : kept(w, (uint64_t)row, c));
            size_t width = rk_utf8_width(cell.text, cell.size);
            if (width > widths[c])
                widths[c] = width;
            if (markdown && widths[c] < 3)
                widths[c] = 3;
        }
    padded_line(w, -1, widths, before, between, after, escape);
    rk_buf_text(&w->line, before);
    for (size_t c = 0; c < w->count; c++) {
        rk_buf_text(&w->line, c ? between : "");
        bool colon = markdown && w->columns[c].number;
        for (size_t i = colon; i < widths[c]; i++)
            rk_buf_char(&w->line, '-');
        rk_buf_text(&w->line, colon ? ":" : "");
    }
    rk_buf_text(&w->line, after);
    rk_buf_char(&w->line, '\n');
    flush(w);
    for (uint64_t row = 0; row < w->rows; row++)
        padded_line(w, (int64_t)row, widths, before, between, after, escape);
    rk_buf_free(&cell);
    rk_free(widths);
}

static void latex(struct rk_writer *w)
{
    rk_buf_text(&w->line, "\\begin{tabular}{");
    for (size_t c = 0; c < w->count; c++)
        rk_buf_char(&w->line, w->columns[c].number ? 'r' : 'l');
    rk_buf_text(&w->line, "}\n\\toprule\n");
    for (int64_t row = -1; row < (int64_t)w->rows; row++) {
        for (size_t c = 0; c < w->count; c++) {
            rk_buf_text(&w->line, c ? " & " : "");
            escape_latex(&w->line,
                         row < 0 ? rk_text(w->columns[c].name) : kept(w, (uint64_t)row, c));
        }
        rk_buf_text(&w->line, row < 0 ? " \\\\\n\\midrule\n" : " \\\\\n");
        flush(w);
    }
    rk_buf_text(&w->line, "\\bottomrule\n\\end{tabular}\n");
    flush(w);
}

static void html(struct rk_writer *w)
{
    rk_buf_text(&w->line, "<table>\n<thead>\n<tr>");
    for (size_t c = 0; c < w->count; c++) {
        rk_buf_text(&w->line, "<th scope=\"col\">");
        escape_html(&w->line, rk_text(w->columns[c].name));
        rk_buf_text(&w->line, "</th>");
    }
    rk_buf_text(&w->line, "</tr>\n</thead>\n<tbody>\n");
    for (uint64_t row = 0; row < w->rows; row++) {
        rk_buf_text(&w->line, "<tr>");
        for (size_t c = 0; c < w->count; c++) {
            rk_buf_text(&w->line, "<td>");
            escape_html(&w->line, kept(w, row, c));
            rk_buf_text(&w->line, "</td>");
        }
        rk_buf_text(&w->line, "</tr>\n");
        flush(w);
    }
    rk_buf_text(&w->line, "</tbody>\n</table>\n");
    flush(w);
}

void rk_writer_finish(struct rk_writer *w)
{
    assert(!w->at);
    if (w->review)
        write_waiting(w);
    if (w->form == RK_JSON)
        rk_out_write(w->out, w->rows ? "\n]\n" : "[]\n", 3);
    else if (w->form == RK_TABLE || w->form == RK_MARKDOWN)
        padded(w);
    else if (w->form == RK_LATEX)
        latex(w);
    else if (w->form == RK_HTML)
        html(w);
    for (size_t i = 0; i < w->count; i++)
        rk_free((char *)w->columns[i].name);
    rk_free(w->columns);
    rk_buf_free(&w->line);
    rk_buf_free(&w->printed);
    rk_free(w->shown);
    rk_buf_free(&w->kept);
    rk_free(w->starts);
    rk_free(w->set);
    rk_free(w);
}
