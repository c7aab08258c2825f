#include "stream/record.h"

#include "base/hash.h"
#include "base/mem.h"
#include "stream/ahead.h"
#include "stream/json.h"

#include <assert.h>
#include <csv.h>
#include <jansson.h>

enum { WINDOW = 128 * 1024, FIELD = 1024 * 1024, MOST_COLUMNS = 100000, AHEAD = 2048 };

struct rk_reader {
    struct rk_in *in;
    const char *file;
    size_t max_field, max_record;
    char delimiter;
    bool json, array, begun, ended;
    bool looked, held; /* the first record was read ahead; there was one */

    char *window; /* bytes read: [start, end) is not yet taken; behind them is a line end of ours */
    size_t start, end, room;
    bool at_end; /* nothing more to read into the window */

    uint64_t line; /* of `start` */
    uint64_t records;

    const char *raw; /* the record last read, in the window, without its line end */
    size_t raw_size;
    uint64_t raw_line;

    struct rk_strings columns;
    struct rk_cell *cells;
    size_t cell_count, cell_room;
    bool like; /* the cells are those of the record in `raw`, which has no quotes and lies before
                * `start`: the next one is split by what it shares with it */
    bool stops[256];    /* bytes at which an unquoted cell ends, or that need a closer look */
    uint64_t same;      /* see struct rk_record */
    struct rk_buf text; /* what the cells point into, where that is not the window */
    size_t *offsets;    /* of cells in `text` while it may still move, or else in `raw` */
    size_t offset_room;
    struct csv_parser csv;
    bool csv_ready, row_ended;
    json_t *object; /* the record last read, in JSON */
    struct rk_arena lists;

    bool may_ahead;          /* a thread may be started */
    struct rk_digest digest; /* make NULL = none */
    /* The thread has a reader of its own, to which the window and the input went over. */
    struct rk_reader *worker;
    struct rk_ahead *ahead;
    const struct rk_batch *batch;
    size_t batch_at;
    /* in the worker: */
    bool hold;          /* records point into the window: it must stay */
    bool held_up;       /* more bytes were needed, and not read because of that */
    struct rk_buf rest; /* of the window, for the next batch */
};

/* ---- the window ---- */

/* Reads more behind what is there. *got = 0 at the end of the input. */
static enum rk_status more(struct rk_reader *r, size_t *got, struct rk_error *error)
{
    *got = 0;
    if (r->at_end)
        return RK_OK;
    r->like = false;
    if (r->start) {
        memmove(r->window, r->window + r->start, r->end - r->start);
        r->end -= r->start;
        r->start = 0;
    }
    if (r->room - r->end < WINDOW / 2) {
        r->room = r->room ? r->room * 2 : WINDOW;
        r->window = rk_resize(r->window, r->room, 1);
    }
    RK_TRY(rk_in_read(r->in, r->window + r->end, r->room - r->end - 1, got, error));
    r->end += *got;
    r->window[r->end] = '\n';
    r->at_end = !*got;
    return RK_OK;
}

/* The place of byte `at` of the bytes starting at `bytes`, which start on `line`, column 1. */
static struct rk_pos place(const struct rk_reader *r, const char *bytes, size_t at, uint64_t line)
{
    size_t from = 0;
    for (size_t i = 0; i < at; i++)
        if (bytes[i] == '\n') {
            line++;
            from = i + 1;
        }
    return (struct rk_pos){r->file, line, rk_utf8_length(bytes + from, at - from) + 1, NULL};
}

static enum rk_status bad(const struct rk_reader *r, struct rk_error *error, size_t at,
                          const char *text)
{
    struct rk_pos pos = place(r, r->raw, at, r->raw_line);
    return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", text);
}

static enum rk_status check_text(const struct rk_reader *r, struct rk_error *error)
{
    size_t valid = rk_utf8_valid(r->raw, r->raw_size);
    if (valid == r->raw_size)
        return RK_OK;
    if (!r->raw[valid])
        return bad(r, error, valid, _("a NUL byte"));
    return bad(r, error, valid, _("not UTF-8; rk-import reads other encodings"));
}

static void add_cell(struct rk_reader *r, struct rk_cell cell)
{
    RK_GROW(r->cells, r->cell_count, r->cell_room);
    r->cells[r->cell_count++] = cell;
}

/* ---- CSV ---- */

/* Where in the record an opened quote is never closed. */
static size_t open_quote(const char *bytes, size_t size)
{
    size_t last = 0;
    bool open = false;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == '"') {
            open = !open;
            if (open)
                last = i;
        }
    return last;
}

/* Finds the next record's bytes: up to a line end outside quotes. *found = false at the end. */
static enum rk_status frame(struct rk_reader *r, bool *found, bool *quotes, struct rk_error *error)
{
    size_t at = r->start; /* scanned so far */
    bool open = false;
    uint64_t lines = 0;
    *quotes = false;
    for (;;) {
        char *from = r->window + at;
        char *end = at < r->end ? memchr(from, '\n', r->end - at) : NULL;
        size_t size = (end ? end : r->window + r->end) - from;
        for (const char *q = from; size && (q = memchr(q, '"', size - (size_t)(q - from))); q++) {
            open = !open;
            *quotes = true;
            if ((size_t)(q + 1 - from) == size)
                break;
        }
        at += size;
        if (end && !open)
            break;
        if (end) {
            at++;
            lines++;
            continue;
        }
        if (at - r->start > r->max_record) {
            r->raw = r->window + r->start;
            r->raw_line = r->line;
            return bad(r, error, open ? open_quote(r->raw, at - r->start) : 0,
                       open ? _("a quote opened here is never closed") : _("the line is too long"));
        }
        r->held_up = r->hold && !r->at_end;
        if (r->held_up) {
            *found = false;
            return RK_OK;
        }
        size_t got, offset = at - r->start;
        enum rk_status status = more(r, &got, error);
        if (status)
            return status;
        at = r->start + offset;
        if (!got) {
            if (at == r->start) {
                *found = false;
                return RK_OK;
            }
            r->raw = r->window + r->start;
            r->raw_size = at - r->start;
            r->raw_line = r->line;
            if (open)
                return bad(r, error, open_quote(r->raw, r->raw_size),
                           _("a quote opened here is never closed"));
            r->start = r->end;
            *found = true;
            return check_text(r, error);
        }
    }
    r->raw = r->window + r->start;
    r->raw_size = at - r->start;
    r->raw_line = r->line;
    r->line += lines + 1;
    r->start = at + 1;
    if (r->raw_size && r->raw[r->raw_size - 1] == '\r')
        r->raw_size--;
    *found = true;
    return check_text(r, error);
}

static void note_offset(struct rk_reader *r, size_t cell, size_t offset)
{
    if (cell == r->offset_room) {
        r->offset_room = r->offset_room ? r->offset_room * 2 : 16;
        r->offsets = rk_resize(r->offsets, r->offset_room, sizeof *r->offsets);
    }
    r->offsets[cell] = offset;
}

static void on_field(void *bytes, size_t size, void *context)
{
    struct rk_reader *r = context;
    note_offset(r, r->cell_count, r->text.size);
    rk_buf_add(&r->text, bytes, size);
    add_cell(r, (struct rk_cell){.size = size});
}

static void on_row(int c, void *context)
{
    struct rk_reader *r = context;
    r->row_ended |= c != -1; /* -1 is our own csv_fini */
}

static int never_space(unsigned char c)
{
    (void)c;
    return 0;
}

static void *checked_realloc(void *old, size_t size) { return rk_resize(old, size, 1); }

/* Cells of a record with quotes, through libcsv, whose defaults would lose data: strict both within
 * and at the end, spaces kept, line ends found by us and never by it. */
static enum rk_status split_quoted(struct rk_reader *r, struct rk_error *error)
{
    if (!r->csv_ready) {
        if (csv_init(&r->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL))
            return rk_fail(error, RK_FAILED, "libcsv");
        csv_set_space_func(&r->csv, never_space);
        csv_set_realloc_func(&r->csv, checked_realloc);
        csv_set_blk_size(&r->csv, 4096);
        csv_set_delim(&r->csv, (unsigned char)r->delimiter);
        r->csv_ready = true;
    }
    rk_buf_clear(&r->text);
    r->row_ended = false;
    size_t taken = csv_parse(&r->csv, r->raw, r->raw_size, on_field, on_row, r);
    if (taken != r->raw_size || csv_error(&r->csv) != CSV_SUCCESS) {
        size_t at = taken ? taken - (taken == r->raw_size) : 0;
        return bad(r, error, at,
                   r->raw[at] == '"' ? _("a quote inside a field that does not start with one")
                                     : _("text after the closing quote"));
    }
    if (csv_fini(&r->csv, on_field, on_row, r))
        return bad(r, error, open_quote(r->raw, r->raw_size),
                   _("a quote opened here is never closed"));
    if (r->row_ended)
        return bad(r, error, 0, _("a carriage return without a line feed"));
    for (size_t i = 0; i < r->cell_count; i++)
        r->cells[i].text = r->text.text + r->offsets[i];
    return RK_OK;
}

/* The first byte, counted from 0, in which two words that differ do so. */
static size_t first_other(uint64_t x, uint64_t y)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return (size_t)__builtin_clzll(x ^ y) / 8;
#else
    return (size_t)__builtin_ctzll(x ^ y) / 8;
#endif
}

/* The bytes that two texts of at least `most` bytes have in common at their starts, at most `most`.
 */
static size_t shared_start(const char *a, const char *b, size_t most)
{
    size_t n = 0;
    uint64_t x, y;
    for (; n + sizeof x <= most; n += sizeof x) {
        memcpy(&x, a + n, sizeof x);
        memcpy(&y, b + n, sizeof y);
        if (x != y)
            return n + first_other(x, y);
    }
    while (n < most && a[n] == b[n])
        n++;
    return n;
}

static uint64_t bit(size_t cell) { return cell < 64 ? (uint64_t)1 << cell : 0; }

/* Is the cell UTF-8, of which the bytes from `from` on were looked at and are in `looked`? */
static bool is_text(struct rk_cell cell, const char *from, unsigned char looked)
{
    bool plain = looked < 0x80 && (from == cell.text || (unsigned char)from[-1] < 0x80);
    return plain || rk_utf8_valid(cell.text, cell.size) == cell.size;
}

/* Takes the next record by what it shares with the one before, whose cells are in r->cells and
 * begin at r->offsets: those that are the same stay where they are, in a record before. False, with
 * the cells spoiled, where it has more or fewer of them, quotes or anything wrong, or is not all in
 * the window. */
static bool next_like(struct rk_reader *r)
{
    const char *const before = r->raw, *const fresh = r->window + r->start, *end = NULL;
    const char *const window_end = r->window + r->end;
    const size_t last = r->cell_count - 1;
    const size_t before_size =
        r->raw_size + 1 + (before[r->raw_size] == '\r'); /* and its line end */
    size_t *starts = r->offsets;     /* up to cell c of this record, then of the one before */
    size_t c = 0, at = 0, moved = 0; /* at + moved, wrapping, in this one is where at is there */
    uint64_t same = bit(r->cell_count) - 1;
    while (!end) {
        const char *to = fresh + (at + moved);
        size_t left = before_size - at, here = (size_t)(window_end - to);
        size_t shared = shared_start(before + at, to, left < here ? left : here);
        if (shared == left) {
            for (; moved && c < last; c++)
                starts[c + 1] += moved;
            end = fresh + (r->raw_size + moved);
            continue;
        }
        at += shared;
        to += shared;
        for (; c < last && starts[c + 1] <= at; c++)
            starts[c + 1] += moved;
        const char *looked_from = to;
        unsigned char looked = 0;
        for (; !r->stops[(unsigned char)*to]; to++)
            looked |= (unsigned char)*to;
        const char *from = fresh + starts[c];
        r->cells[c] = (struct rk_cell){from, (size_t)(to - from), false};
        same &= ~bit(c);
        if (to == window_end || !is_text(r->cells[c], looked_from, looked))
            return false;
        if (c == last) {
            if (*to != '\n' && (*to != '\r' || to[1] != '\n' || to + 1 == window_end))
                return false;
            end = to;
        } else {
            if (*to != r->delimiter)
                return false;
            at = starts[++c];
            starts[c] = (size_t)(to - fresh) + 1;
            moved = starts[c] - at;
        }
    }
    r->same = same;
    r->raw = fresh;
    r->raw_size = (size_t)(end - fresh);
    r->raw_line = r->line++;
    r->start += r->raw_size + 1 + (*end == '\r');
    return true;
}

/* Without a quote a record is what stands between the delimiters. */
static enum rk_status split_plain(struct rk_reader *r, struct rk_error *error)
{
    const char *from = r->raw, *end = r->raw + r->raw_size;
    if (memchr(r->raw, '\r', r->raw_size))
        return bad(r, error, (size_t)((const char *)memchr(r->raw, '\r', r->raw_size) - r->raw),
                   _("a carriage return without a line feed"));
    for (const char delimiter = r->delimiter;; from++) { /* cells are short */
        const char *start = from;
        while (from < end && *from != delimiter)
            from++;
        note_offset(r, r->cell_count, (size_t)(start - r->raw));
        add_cell(r, (struct rk_cell){start, (size_t)(from - start), false});
        if (from == end)
            return RK_OK;
    }
}

static enum rk_status csv_next(struct rk_reader *r, bool *found, struct rk_error *error)
{
    bool quotes;
    enum rk_status status = RK_OK;
    *found = r->like && next_like(r);
    if (!*found) {
        status = frame(r, found, &quotes, error);
        if (status || !*found)
            return status;
        r->cell_count = 0;
        r->same = 0;
        r->like = !quotes;
        status = quotes ? split_quoted(r, error) : split_plain(r, error);
    }
    for (size_t i = 0; r->raw_size > r->max_field && i < r->cell_count && !status; i++)
        if (r->cells[i].size > r->max_field) {
            struct rk_pos pos = rk_reader_pos(r, i);
            status = rk_fail_at(error, RK_BAD_DATA, &pos, _("larger than the %zu bytes allowed"),
                                r->max_field);
        }
    return status;
}

/* ---- ahead ---- */

/* The size of what is made of the record; it is 0 where nothing is. */
static size_t digest(struct rk_reader *w, struct rk_batch *b)
{
    const struct rk_record record = {
        .cells = w->cells, .count = w->cell_count, .line = w->raw_line, .same = w->same};
    if (!w->digest.make)
        return 0;
    if (b->made_room - b->made_size < w->digest.most) {
        b->made_room = b->made_room * 2 + w->digest.most;
        b->made = rk_resize(b->made, b->made_room, 1);
    }
    return w->digest.make(w->digest.context, &record, b->made + b->made_size);
}

static void add_to_batch(struct rk_reader *w, struct rk_batch *b)
{
    const size_t made_before = b->made_size, made = digest(w, b);
    struct rk_batch_record *record = b->count ? &b->records[b->count - 1] : NULL;
    b->made_size += made;
    if (made && w->like && record && record->made && record->count == w->cell_count &&
        record->line + record->made == w->raw_line) {
        record->made++;
        record->raw_size = (size_t)(w->raw - record->raw) + w->raw_size;
        return;
    }
    RK_GROW(b->records, b->count, b->record_room);
    record = &b->records[b->count++];
    *record = (struct rk_batch_record){w->raw,
                                       w->raw_size,
                                       w->raw_line,
                                       w->same,
                                       (uint32_t)w->cell_count,
                                       (uint32_t)(made ? made_before : b->cell_count),
                                       made > 0};
    if (made)
        return;
    while (b->cell_room - b->cell_count < w->cell_count) {
        b->cell_room = b->cell_room ? b->cell_room * 2 : 1024;
        b->cells = rk_resize(b->cells, b->cell_room, sizeof *b->cells);
    }
    struct rk_cell *to = b->cells + b->cell_count;
    memcpy(to, w->cells, w->cell_count * sizeof *to);
    b->cell_count += w->cell_count;
    if (w->like)
        return;
    const char *text = rk_arena_text(&b->more, w->text.text, w->text.size); /* had quotes */
    for (size_t i = 0; i < w->cell_count; i++)
        to[i].text = text + (to[i].text - w->text.text);
}

/* The records that one window holds. */
static enum rk_status fill_batch(void *context, struct rk_batch *b, bool *last,
                                 struct rk_error *error)
{
    struct rk_reader *w = context;
    bool found;
    enum rk_status status;
    if (b->room < w->rest.size + WINDOW) {
        b->room = w->rest.size + WINDOW;
        b->bytes = rk_resize(b->bytes, b->room, 1);
    }
    if (w->rest.size)
        memcpy(b->bytes, w->rest.text, w->rest.size);
    w->window = b->bytes;
    w->room = b->room;
    b->bytes = NULL; /* the reader's until the batch is full: this thread may be ended in between */
    b->room = 0;
    w->start = 0;
    w->end = w->rest.size;
    w->window[w->end] = '\n';
    w->like = w->hold = false;
    while (!(status = csv_next(w, &found, error)) && found) {
        add_to_batch(w, b);
        w->hold = true;
    }
    *last = !w->held_up;
    b->bytes = w->window; /* it may have grown for the first record */
    b->room = w->room;
    w->window = NULL;
    rk_buf_clear(&w->rest);
    if (!status && w->held_up)
        rk_buf_add(&w->rest, b->bytes + w->start, w->end - w->start);
    return status;
}

static void start_ahead(struct rk_reader *r)
{
    struct rk_reader *w = rk_alloc(1, sizeof *w);
    *w = *r; /* the columns, which stay as they are, belong to both */
    w->cells = NULL;
    w->cell_count = w->cell_room = 0;
    w->text = (struct rk_buf){0};
    w->offsets = NULL;
    w->offset_room = 0;
    w->csv_ready = false;
    w->window = NULL;
    rk_buf_add(&w->rest, r->window + r->start, r->end - r->start);
    r->may_ahead = false;
    r->ahead = rk_ahead_start(fill_batch, w);
    if (r->ahead)
        r->worker = w;
    else {
        rk_buf_free(&w->rest);
        rk_free(w);
    }
}

/* Where the record ends that begins at r->raw, the last of `run` or not. */
static void cut(struct rk_reader *r, const struct rk_batch_record *run)
{
    r->raw_size = (size_t)(run->raw - r->raw) + run->raw_size;
    if (r->raw_line - run->line + 1 >= run->made)
        return;
    const char *end = memchr(r->raw, '\n', r->raw_size);
    r->raw_size = (size_t)(end - r->raw);
    if (r->raw_size && end[-1] == '\r')
        r->raw_size--;
}

static enum rk_status next_ahead(struct rk_reader *r, bool *found, struct rk_error *error)
{
    if (!r->batch || ++r->batch_at == r->batch->count) {
        r->batch_at = 0;
        do
            RK_TRY(rk_ahead_next(r->ahead, &r->batch, error));
        while (r->batch && !r->batch->count);
    }
    *found = r->batch != NULL;
    if (!r->batch)
        return RK_OK;
    const struct rk_batch_record *run = &r->batch->records[r->batch_at];
    r->raw = run->raw;
    r->raw_line = run->line;
    cut(r, run);
    return RK_OK;
}

void rk_reader_step(struct rk_reader *r, struct rk_record *record, uint32_t row)
{
    const uint64_t number = r->records - record->rows + 1 + row;
    assert(row < record->rows && number >= record->number);
    for (; record->number < number; record->number++) {
        r->raw += r->raw_size + (r->raw[r->raw_size] == '\r') + 1;
        r->raw_line++;
        cut(r, &r->batch->records[r->batch_at]);
        record->cells = NULL;
    }
    record->line = r->raw_line;
}

void rk_reader_digest(struct rk_reader *r, const struct rk_digest *digest)
{
    assert(!r->ahead);
    r->digest = *digest;
}

void rk_reader_stop(struct rk_reader *r)
{
    rk_ahead_stop(r->ahead);
    r->ahead = NULL;
    r->batch = NULL;
    r->raw = NULL;
    r->raw_size = 0;
    r->at_end = true;
    r->start = r->end;
}

void rk_reader_split(struct rk_reader *r, struct rk_record *record)
{
    struct rk_error none;
    if (record->cells)
        return;
    r->cell_count = 0;
    bool quotes = memchr(r->raw, '"', r->raw_size);
    enum rk_status status = quotes ? split_quoted(r, &none) : split_plain(r, &none);
    assert(!status && r->cell_count == record->count); /* it has been split before */
    (void)status;
    record->cells = r->cells;
}

/* Where in the raw record cell `column` starts. */
static size_t cell_start(const struct rk_reader *r, size_t column)
{
    bool open = false;
    for (size_t i = 0; i < r->raw_size; i++) {
        if (!column)
            return i;
        if (r->raw[i] == '"')
            open = !open;
        else if (r->raw[i] == r->delimiter && !open)
            column--;
    }
    return r->raw_size;
}

static enum rk_status read_header(struct rk_reader *r, struct rk_error *error)
{
    bool found;
    enum rk_status status = csv_next(r, &found, error);
    if (status)
        return status;
    if (!found) /* a byte order mark alone */
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = r->file}, "%s",
                          _("empty: not even a header line"));
    for (size_t i = 0; i < r->cell_count; i++) {
        struct rk_text name = {r->cells[i].text, r->cells[i].size};
        bool twice = name.size && (r->columns.count != i || rk_strings_add(&r->columns, name) != i);
        if (name.size && !twice && i < MOST_COLUMNS)
            continue;
        struct rk_pos pos = rk_reader_pos(r, i); /* counts from the line's start: only now */
        if (!name.size)
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("a column without a name"));
        if (!twice)
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("more than %d columns"), MOST_COLUMNS);
        struct rk_buf visible = {0};
        rk_text_visible(&visible, name.text, name.size);
        status = rk_fail_at(error, RK_BAD_DATA, &pos, _("the column name \"%.80s\" stands twice"),
                            visible.text);
        rk_buf_free(&visible);
        return status;
    }
    return RK_OK;
}

/* ---- JSON ---- */

static enum rk_status json_bad(const struct rk_reader *r, struct rk_error *error, const char *text)
{
    return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = r->file, .line = r->line}, "%s",
                      text);
}

/* The next byte that is not blank; 0 at the end of the input. */
static enum rk_status peek(struct rk_reader *r, char *c, struct rk_error *error)
{
    for (;;) {
        for (; r->start < r->end; r->start++) {
            *c = r->window[r->start];
            if (!*c)
                return json_bad(r, error, _("a NUL byte"));
            if (*c == '\n')
                r->line++;
            else if (*c != ' ' && *c != '\t' && *c != '\r')
                return RK_OK;
        }
        size_t got;
        enum rk_status status = more(r, &got, error);
        if (status)
            return status;
        if (!got) {
            *c = '\0';
            return RK_OK;
        }
    }
}

/* Brings one object, from { to its }, whole into the window: *size bytes at r->start. */
static enum rk_status frame_object(struct rk_reader *r, size_t *size, struct rk_error *error)
{
    size_t at = 0, depth = 0;
    bool text = false, escaped = false;
    for (;;) {
        for (; r->start + at < r->end; at++) {
            char c = r->window[r->start + at];
            if (text) {
                text = escaped || c != '"';
                escaped = !escaped && c == '\\';
            } else if (c == '"') {
                text = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                *size = at + 1;
                return RK_OK;
            }
        }
        if (at > r->max_record)
            return json_bad(r, error, _("an object that is too large or never ends"));
        size_t got;
        enum rk_status status = more(r, &got, error);
        if (status)
            return status;
        if (!got)
            return json_bad(r, error, _("the JSON is cut short: an object never ends"));
    }
}

/* Numbers pass as they are written, so they are handed to jansson as strings behind this mark; a
 * text that begins with it has it doubled. */
#define NUMBER_MARK "\\u0001"

static enum rk_status mark_numbers(struct rk_reader *r, const char *s, size_t size,
                                   struct rk_error *error)
{
    rk_buf_clear(&r->text);
    for (size_t i = 0; i < size;) {
        size_t from = i;
        if (s[i] == '"') {
            for (i++; i < size && s[i] != '"'; i++)
                if (s[i] == '\\')
                    i++;
            i++;
            if (i - from > 7 && !memcmp(s + from + 1, NUMBER_MARK, 6))
                rk_buf_text(&r->text, "\"" NUMBER_MARK), from++;
            rk_buf_add(&r->text, s + from, i - from);
        } else if (s[i] == '-' || (s[i] >= '0' && s[i] <= '9')) {
            while (i < size &&
                   (s[i] == '-' || s[i] == '+' || s[i] == '.' || (s[i] >= '0' && s[i] <= '9') ||
                    (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z')))
                i++;
            if (!rk_json_is_number((struct rk_text){s + from, i - from}))
                return json_bad(r, error, _("not a JSON number"));
            rk_buf_text(&r->text, "\"" NUMBER_MARK);
            rk_buf_add(&r->text, s + from, i - from);
            rk_buf_char(&r->text, '"');
        } else {
            rk_buf_char(&r->text, s[i++]);
        }
    }
    return RK_OK;
}

/* A scalar as a cell; false for a nested object or array. */
static bool scalar(const json_t *value, struct rk_cell *cell)
{
    if (json_is_string(value)) {
        *cell = (struct rk_cell){json_string_value(value), json_string_length(value), false};
        if (cell->size && cell->text[0] == '\1')
            *cell = (struct rk_cell){cell->text + 1, cell->size - 1, cell->text[1] != '\1'};
    } else if (json_is_boolean(value)) {
        const char *word = json_is_true(value) ? "true" : "false";
        *cell = (struct rk_cell){word, strlen(word), true};
    } else if (json_is_null(value)) {
        *cell = (struct rk_cell){0};
    } else {
        return false;
    }
    return true;
}

static enum rk_status json_cell(struct rk_reader *r, const char *key, json_t *value,
                                struct rk_cell *cell, struct rk_error *error)
{
    struct rk_pos pos = {r->file, r->raw_line, 0, key};
    if (scalar(value, cell))
        return RK_OK;
    if (!json_is_array(value))
        return rk_fail_at(error, RK_BAD_DATA, &pos, "%s",
                          _("an object inside a record; a cell holds one value or a list"));
    struct rk_buf list = {0};
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < json_array_size(value) && !status; i++) {
        struct rk_cell item;
        if (!scalar(json_array_get(value, i), &item))
            status = rk_fail_at(error, RK_BAD_DATA, &pos, "%s", _("a list inside a list"));
        else if (item.size && memchr(item.text, '|', item.size))
            status = rk_fail_at(error, RK_BAD_DATA, &pos, "%s", _("\"|\" inside a list item"));
        else {
            if (i)
                rk_buf_char(&list, '|');
            rk_buf_add(&list, item.text, item.size);
        }
    }
    *cell = (struct rk_cell){rk_arena_text(&r->lists, list.text, list.size), list.size, false};
    rk_buf_free(&list);
    return status;
}

static enum rk_status json_next(struct rk_reader *r, bool *found, struct rk_error *error)
{
    char c;
    size_t size = 0;
    *found = false;
    enum rk_status status = peek(r, &c, error);
    if (status)
        return status;
    if (r->array && !r->ended) {
        if (c == ']') {
            r->start++;
            r->ended = true;
            status = peek(r, &c, error);
        } else if (r->begun && c == ',') {
            r->start++;
            status = peek(r, &c, error);
        } else if (r->begun && c) {
            return json_bad(r, error, _("expected a comma or ] between objects"));
        }
        if (status)
            return status;
    }
    if (!c && (!r->array || r->ended))
        return RK_OK;
    if (r->ended)
        return json_bad(r, error, _("something after the end of the JSON array"));
    if (!c)
        return json_bad(r, error, _("the JSON is cut short: the array never ends"));
    if (c != '{')
        return json_bad(r, error, _("expected an object: one record is one object"));
    status = frame_object(r, &size, error);
    if (status)
        return status;
    r->raw = r->window + r->start;
    r->raw_size = size;
    r->raw_line = r->line;
    status = check_text(r, error);
    if (!status)
        status = mark_numbers(r, r->raw, size, error);
    if (status)
        return status;
    json_error_t problem;
    json_decref(r->object);
    r->object = rk_json_load((struct rk_text){r->text.text, r->text.size}, &problem);
    if (!r->object) {
        if (problem.line < 0)
            return rk_fail(error, RK_FAILED, "%s", _("out of memory"));
        return rk_fail_at(
            error, RK_BAD_DATA,
            &(struct rk_pos){.file = r->file, .line = r->line + (uint64_t)problem.line - 1}, "%s",
            rk_json_reason(&problem));
    }
    for (size_t i = 0; i < size; i++)
        r->line += r->raw[i] == '\n';
    r->start += size;
    r->begun = true;
    rk_arena_reset(&r->lists);
    const char *key;
    json_t *value;
    json_object_foreach(r->object, key, value)
    {
        if (!*key)
            return json_bad(r, error, _("a column without a name"));
        if (*key == '\1') /* {1: 2} */
            return json_bad(r, error,
                            _("a name that is a number or begins with a control character"));
        rk_strings_add(&r->columns, rk_text(key));
    }
    if (r->columns.count > MOST_COLUMNS)
        return json_bad(r, error, _("too many columns"));
    r->cell_count = 0;
    while (r->cell_count < r->columns.count)
        add_cell(r, (struct rk_cell){0});
    json_object_foreach(r->object, key, value)
    {
        struct rk_cell *cell = &r->cells[rk_strings_find(&r->columns, rk_text(key))];
        if ((status = json_cell(r, key, value, cell, error)))
            return status;
        if (cell->size > r->max_field)
            return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){r->file, r->raw_line, 0, key},
                              _("larger than the %zu bytes allowed"), r->max_field);
    }
    *found = true;
    return RK_OK;
}

/* ---- both ---- */

static enum rk_status begin(struct rk_reader *r, struct rk_error *error)
{
    size_t got, at = 0, mark = 0;
    /* a header may start with blank lines only in JSON, so look past blanks without taking them */
    do {
        enum rk_status status = more(r, &got, error);
        if (status)
            return status;
        if (r->end >= 3 && !memcmp(r->window, "\xef\xbb\xbf", 3))
            mark = 3;
        if (at < mark)
            at = mark;
        while (at < r->end && strchr(" \t\r\n", r->window[at]) && r->window[at])
            at++;
    } while (got && (r->end < 3 || at == r->end) && at < r->max_record);
    if (!r->end)
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = r->file}, "%s",
                          _("empty: not even a header line"));
    if (r->end >= 3 && !memcmp(r->window, "PK\3", 3))
        return rk_fail_at(
            error, RK_BAD_DATA, &(struct rk_pos){.file = r->file}, "%s",
            _("a workbook or another archive, not a table of ours; rk-import reads XLSX"));
    r->start = mark;
    if (at < r->end && (r->window[at] == '[' || r->window[at] == '{')) {
        r->json = true;
        r->array = r->window[at] == '[';
        for (; r->start < at; r->start++)
            r->line += r->window[r->start] == '\n';
        r->start += r->array;
        return RK_OK;
    }
    return read_header(r, error);
}

enum rk_status rk_reader_open(struct rk_reader **reader, struct rk_in *in,
                              const struct rk_reader_options *options, struct rk_error *error)
{
    struct rk_reader *r = rk_alloc(1, sizeof *r);
    r->in = in;
    r->file = rk_in_name(in);
    r->delimiter = options && options->delimiter ? options->delimiter : ',';
    r->max_field = options && options->max_field ? options->max_field : FIELD;
    r->max_record = r->max_field * 16;
    r->stops[0] = r->stops['\n'] = r->stops['\r'] = r->stops['"'] = true;
    r->stops[(unsigned char)r->delimiter] = true;
    r->line = 1;
    r->may_ahead = options && options->ahead;
    enum rk_status status = begin(r, error);
    *reader = r;
    if (status) {
        rk_reader_close(r);
        *reader = NULL;
    }
    return status;
}

static enum rk_status read_record(struct rk_reader *r, bool *found, struct rk_error *error)
{
    if (r->may_ahead && r->records >= AHEAD && !r->json && !r->at_end)
        start_ahead(r);
    if (r->ahead)
        return next_ahead(r, found, error);
    return r->json ? json_next(r, found, error) : csv_next(r, found, error);
}

enum rk_status rk_reader_look(struct rk_reader *r, struct rk_error *error)
{
    assert(!r->records && !r->looked);
    r->looked = true;
    return read_record(r, &r->held, error);
}

enum rk_status rk_reader_next(struct rk_reader *r, struct rk_record *record, bool *more_records,
                              struct rk_error *error)
{
    enum rk_status status = RK_OK;
    if (r->looked)
        *more_records = r->held;
    else
        status = read_record(r, more_records, error);
    r->looked = false;
    if (status || !*more_records)
        return status;
    *record =
        (struct rk_record){r->cells, r->cell_count, r->records + 1, r->raw_line, r->same, NULL, 1};
    if (r->ahead) {
        const struct rk_batch_record *from = &r->batch->records[r->batch_at];
        record->cells = from->made ? NULL : r->batch->cells + from->first;
        record->made = from->made ? r->batch->made + from->first : NULL;
        record->rows = from->made ? from->made : 1;
        record->count = from->count;
        record->same = from->same;
    }
    r->records += record->rows;
    return RK_OK;
}

bool rk_reader_is_json(const struct rk_reader *r) { return r->json; }
size_t rk_reader_columns(const struct rk_reader *r) { return r->columns.count; }
struct rk_text rk_reader_column(const struct rk_reader *r, size_t column)
{
    return r->columns.texts[column];
}
struct rk_text rk_reader_raw(const struct rk_reader *r)
{
    return (struct rk_text){r->raw, r->raw_size};
}
const char *rk_reader_file(const struct rk_reader *r) { return r->file; }

struct rk_pos rk_reader_pos(const struct rk_reader *r, size_t column)
{
    struct rk_pos pos = {r->file, r->raw_line, 0, NULL};
    if (!r->json)
        pos = place(r, r->raw, cell_start(r, column), r->raw_line);
    if (column < r->columns.count)
        pos.field = r->columns.texts[column].text;
    return pos;
}

static void close_splitting(struct rk_reader *r)
{
    if (r->csv_ready)
        csv_free(&r->csv);
    rk_buf_free(&r->text);
    rk_buf_free(&r->rest);
    rk_free(r->cells);
    rk_free(r->offsets);
}

void rk_reader_close(struct rk_reader *r)
{
    if (!r)
        return;
    rk_ahead_stop(r->ahead);
    if (r->worker) {
        close_splitting(r->worker);
        rk_free(r->worker->window);
        rk_free(r->worker);
    }
    rk_in_close(r->in);
    close_splitting(r);
    json_decref(r->object);
    rk_strings_free(&r->columns);
    rk_arena_free(&r->lists);
    rk_free(r->window);
    rk_free(r);
}
