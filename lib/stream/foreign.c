#include "stream/foreign.h"

#include "base/mem.h"
#include "stream/record.h"
#include "stream/workbook.h"

#include <unistr.h>

#define MAX_FILE ((size_t)1 << 30)
enum { MAX_FIELD = 1 << 20 };

struct span {
    size_t start, end; /* of `unquoted` where `moved`, else of the text */
    size_t at;         /* where it begins in the text */
    bool moved;
    uint64_t line, column; /* of `at` */
};

struct rk_foreign {
    const char *name;
    struct rk_buf packed; /* a workbook's bytes */
    struct rk_buf text;   /* a text file as UTF-8 */
    struct rk_workbook *book;
    struct rk_reader *json; /* JSON or JSON lines; its header is the names of all its members */
    bool header_given;
    struct rk_buf number;

    size_t at;
    uint64_t line; /* physical line at `at` */
    char delimiter;
    size_t record; /* where the row last read starts */
    struct span *spans;
    size_t span_count, span_room;
    struct rk_buf unquoted; /* fields whose quotes had to be taken away */

    struct rk_foreign_cell *cells;
    size_t cell_room;
    struct rk_foreign_row row;
};

/* ---- encodings ---- */

/* Windows-1252, 0x80 to 0x9f; 0 = not a character. */
static const uint16_t windows[32] = {
    0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

static void add_character(struct rk_buf *out, uint32_t code)
{
    uint8_t bytes[6];
    int n = u8_uctomb(bytes, code, sizeof bytes);
    rk_buf_add(out, bytes, n > 0 ? (size_t)n : 0);
}

/* Line and column of a byte of a file in which a byte is a character at most. */
static struct rk_pos byte_place(const char *name, const char *bytes, size_t at)
{
    struct rk_pos pos = {.file = name, .line = 1, .column = 1};
    for (size_t i = 0; i < at; i++) {
        bool line_end =
            bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 >= at || bytes[i + 1] != '\n'));
        pos.line += line_end;
        if (line_end)
            pos.column = 1;
        else if (((unsigned char)bytes[i] & 0xc0) != 0x80 && bytes[i] != '\r')
            pos.column++;
    }
    return pos;
}

static enum rk_status decode_windows(struct rk_buf *out, const char *bytes, size_t size,
                                     const char *name, struct rk_error *error)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        uint32_t code = c >= 0x80 && c < 0xa0 ? windows[c - 0x80] : c;
        if (!code) {
            struct rk_pos pos = byte_place(name, bytes, i);
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("byte 0x%02X is no character of Windows-1252, and the file is not "
                                "UTF-8 either"),
                              c);
        }
        if (code < 0x80)
            rk_buf_char(out, (char)code);
        else
            add_character(out, code);
    }
    return RK_OK;
}

static enum rk_status decode_utf_16(struct rk_buf *out, const char *bytes, size_t size, bool big,
                                    const char *name, struct rk_error *error)
{
    struct rk_pos pos = {.file = name, .line = 1};
    for (size_t i = 0; i < size; i += 2) {
        if (size - i < 2)
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("the UTF-16 text is cut short"));
        const unsigned char *c = (const unsigned char *)bytes + i;
        uint32_t code = big ? (uint32_t)(c[0] << 8 | c[1]) : (uint32_t)(c[1] << 8 | c[0]);
        if (code >= 0xd800 && code <= 0xdbff && size - i >= 4) {
            c += 2;
            uint32_t low = big ? (uint32_t)(c[0] << 8 | c[1]) : (uint32_t)(c[1] << 8 | c[0]);
            if (low >= 0xdc00 && low <= 0xdfff) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        if (!code || (code >= 0xd800 && code <= 0xdfff))
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("the text is not whole UTF-16"));
        pos.line += code == '\n';
        add_character(out, code);
    }
    return RK_OK;
}

enum rk_status rk_foreign_decode(struct rk_buf *out, const char *bytes, size_t size,
                                 enum rk_foreign_encoding encoding, enum rk_foreign_encoding *found,
                                 const char *name, struct rk_error *error)
{
    bool mark8 = size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3);
    bool little = size >= 2 && !memcmp(bytes, "\xff\xfe", 2);
    bool big = size >= 2 && !memcmp(bytes, "\xfe\xff", 2);
    if (encoding == RK_UTF_16 || (encoding == RK_ENCODING_FOUND && (little || big))) {
        *found = RK_UTF_16;
        size_t skip = little || big ? 2 : 0; /* without a mark: as Windows writes it */
        return decode_utf_16(out, bytes + skip, size - skip, big, name, error);
    }
    const char *nul = memchr(bytes, '\0', size);
    if (nul) {
        struct rk_pos pos = byte_place(name, bytes, (size_t)(nul - bytes));
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("a zero byte: not a text file, or UTF-16 without a byte order mark "
                            "(--encoding utf-16)"));
    }
    if (encoding == RK_WINDOWS_1252) {
        *found = RK_WINDOWS_1252;
        return decode_windows(out, bytes, size, name, error);
    }
    size_t skip = mark8 ? 3 : 0;
    size_t valid = skip + rk_utf8_valid(bytes + skip, size - skip);
    if (valid == size) {
        *found = RK_UTF_8;
        rk_buf_add(out, bytes + skip, size - skip);
        return RK_OK;
    }
    struct rk_pos pos = byte_place(name, bytes, valid);
    if (mark8 || encoding == RK_UTF_8)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("the text is not whole UTF-8"));
    /* å as UTF-8 is "Ã¥" in Windows-1252, which nobody writes: a file with both is damaged. */
    for (size_t i = 0; i + 1 < size; i++) {
        int n = (unsigned char)bytes[i] < 0xc2
                    ? 0
                    : u8_mblen((const uint8_t *)bytes + i, size - i < 4 ? size - i : 4);
        if (n > 1)
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("the text is not whole UTF-8, yet line %llu holds UTF-8: two "
                                "encodings in one file (--encoding says which to use)"),
                              (unsigned long long)byte_place(name, bytes, i).line);
    }
    *found = RK_WINDOWS_1252;
    return decode_windows(out, bytes, size, name, error);
}

/* ---- text files ---- */

static bool line_end(char c) { return c == '\n' || c == '\r'; }

/* `sep=;` as Excel writes and reads it; the line is passed over. */
static void take_sep_line(struct rk_foreign *f)
{
    const char *text = f->text.text;
    size_t size = f->text.size, at = 0;
    bool quoted = size && *text == '"';
    at += quoted;
    if (size - at < 5 || strncasecmp(text + at, "sep=", 4) || line_end(text[at + 4]))
        return;
    char delimiter = text[at + 4];
    at += 5;
    if (quoted && (at == size || text[at++] != '"'))
        return;
    if (at < size && !line_end(text[at]))
        return;
    if (!f->delimiter)
        f->delimiter = delimiter;
    at += at + 1 < size && text[at] == '\r' && text[at + 1] == '\n';
    f->at = at < size ? at + 1 : at;
    f->line = 2;
}

/* The delimiter of the header: what stands oftenest outside quotes on the first line with text. */
static enum rk_status find_delimiter(struct rk_foreign *f, struct rk_error *error)
{
    static const char marks[] = {';', '\t', ','};
    size_t count[3] = {0}, best = 0;
    bool quoted = false, any = false;
    uint64_t line = f->line;
    for (size_t i = f->at; i < f->text.size; i++) {
        char c = f->text.text[i];
        quoted ^= c == '"';
        if (!quoted && line_end(c)) {
            if (any)
                break;
            line += c == '\n';
            memset(count, 0, sizeof count); /* a blank line: `;;;` */
        }
        for (size_t k = 0; k < 3 && !quoted; k++)
            count[k] += c == marks[k];
        any |= !line_end(c) && c != ' ' && !memchr(marks, c, sizeof marks);
    }
    for (size_t k = 1; k < 3; k++)
        if (count[k] > count[best])
            best = k;
    for (size_t k = 0; k < 3; k++)
        if (k != best && count[k] && count[k] == count[best]) {
            struct rk_pos pos = {.file = f->name, .line = line};
            return rk_fail_at(error, RK_BAD_DATA, &pos,
                              _("the header line has as many of one delimiter as of another: say "
                                "which with --delimiter"));
        }
    f->delimiter = count[best] ? marks[best] : ';';
    return RK_OK;
}

static struct rk_pos text_place(const struct rk_foreign *f, size_t at)
{
    struct rk_pos pos = {.file = f->name, .line = f->row.line, .column = 1};
    for (size_t i = f->record; i < at && i < f->text.size; i++) {
        char c = f->text.text[i];
        bool end =
            c == '\n' || (c == '\r' && (i + 1 >= f->text.size || f->text.text[i + 1] != '\n'));
        pos.line += end;
        if (end)
            pos.column = 1;
        else if (((unsigned char)c & 0xc0) != 0x80)
            pos.column++;
    }
    return pos;
}

static enum rk_status field_fault(struct rk_foreign *f, size_t at, const char *what,
                                  struct rk_error *error)
{
    struct rk_pos pos = text_place(f, at);
    return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", what);
}

/* One quoted field from its opening quote; f->at is after the closing one. */
static enum rk_status quoted_field(struct rk_foreign *f, struct span *span, struct rk_error *error)
{
    const char *text = f->text.text;
    size_t size = f->text.size, open = f->at++;
    span->start = f->at;
    for (;; f->at++) {
        const char *quote = memchr(text + f->at, '"', size - f->at);
        if (!quote)
            return field_fault(f, open, _("a quoted field is never closed"), error);
        f->at = (size_t)(quote - text);
        if (f->at + 1 >= size || text[f->at + 1] != '"')
            break;
        if (!span->moved) { /* a doubled quote: the field is copied */
            span->moved = true;
            size_t start = f->unquoted.size;
            rk_buf_add(&f->unquoted, text + span->start, f->at - span->start);
            span->end = f->at + 1; /* where copying goes on, in the text */
            span->start = start;
        } else {
            rk_buf_add(&f->unquoted, text + span->end, f->at - span->end);
            span->end = f->at + 1;
        }
        f->at++;
    }
    if (span->moved) {
        rk_buf_add(&f->unquoted, text + span->end, f->at - span->end);
        span->end = f->unquoted.size;
    } else {
        span->end = f->at;
    }
    f->at++;
    return RK_OK;
}

/* Lines and columns of the fields of the record just read; f->line is then that of the next. */
static void place_spans(struct rk_foreign *f)
{
    const char *text = f->text.text;
    uint64_t column = 1;
    size_t k = 0;
    for (size_t i = f->record; i <= f->at; i++) {
        while (k < f->span_count && f->spans[k].at == i) {
            f->spans[k].line = f->line;
            f->spans[k++].column = column;
        }
        if (i == f->at)
            break;
        if (text[i] == '\n' ||
            (text[i] == '\r' && (i + 1 >= f->text.size || text[i + 1] != '\n'))) {
            f->line++;
            column = 1;
        } else {
            column += ((unsigned char)text[i] & 0xc0) != 0x80;
        }
    }
}

static enum rk_status next_record(struct rk_foreign *f, bool *more, struct rk_error *error)
{
    const char *text = f->text.text;
    size_t size = f->text.size;
    *more = f->at < size;
    if (!*more)
        return RK_OK;
    f->record = f->at;
    f->row.line = f->line;
    f->span_count = 0;
    rk_buf_clear(&f->unquoted);
    for (;;) {
        RK_GROW(f->spans, f->span_count, f->span_room);
        struct span *span = &f->spans[f->span_count++];
        *span = (struct span){.start = f->at, .end = f->at, .at = f->at};
        if (f->at < size && text[f->at] == '"') {
            enum rk_status status = quoted_field(f, span, error);
            if (status != RK_OK)
                return status;
            if (f->at < size && text[f->at] != f->delimiter && !line_end(text[f->at]))
                return field_fault(f, f->at, _("text after a closing quote"), error);
        } else {
            while (f->at < size && text[f->at] != f->delimiter && !line_end(text[f->at])) {
                if (text[f->at] == '"')
                    return field_fault(f, f->at, _("a quote inside a field that is not quoted"),
                                       error);
                f->at++;
            }
            span->end = f->at;
        }
        if (span->end - span->start > MAX_FIELD)
            return field_fault(f, span->at, _("a field of more than 1 MiB"), error);
        if (f->at >= size || text[f->at] != f->delimiter)
            break;
        f->at++;
    }
    f->at += f->at + 1 < size && text[f->at] == '\r' && text[f->at + 1] == '\n';
    f->at += f->at < size;
    place_spans(f);
    if (f->span_count > f->cell_room) {
        f->cell_room = f->span_count * 2;
        f->cells = rk_resize(f->cells, f->cell_room, sizeof *f->cells);
    }
    for (size_t i = 0; i < f->span_count; i++) {
        const struct span *s = &f->spans[i];
        const char *from = s->moved ? f->unquoted.text : text;
        f->cells[i] = (struct rk_foreign_cell){from + s->start, s->end - s->start, RK_FOREIGN_TEXT};
    }
    f->row.cells = f->cells;
    f->row.count = f->span_count;
    return RK_OK;
}

/* ---- JSON ---- */

static enum rk_status open_json(struct rk_foreign *f, struct rk_error *error)
{
    /* read to its end, so that all members are known; then from the start */
    struct rk_record record;
    bool more = true;
    const struct rk_reader_options options = {0};
    enum rk_status status = rk_reader_open(
        &f->json, rk_in_memory(f->name, f->packed.text, f->packed.size), &options, error);
    while (status == RK_OK && more)
        status = rk_reader_next(f->json, &record, &more, error);
    if (status != RK_OK)
        return status;
    f->cell_room = rk_reader_columns(f->json);
    f->cells = rk_alloc(f->cell_room, sizeof *f->cells);
    struct rk_text *names = rk_alloc(f->cell_room, sizeof *names);
    for (size_t i = 0; i < f->cell_room; i++) { /* kept in f->unquoted, one after another */
        struct rk_text name = rk_reader_column(f->json, i);
        names[i] = (struct rk_text){NULL, name.size};
        rk_buf_add(&f->unquoted, name.text, name.size);
    }
    for (size_t i = 0, at = 0; i < f->cell_room; at += names[i++].size)
        f->cells[i] =
            (struct rk_foreign_cell){f->unquoted.text + at, names[i].size, RK_FOREIGN_TEXT};
    rk_free(names);
    rk_reader_close(f->json);
    f->json = NULL;
    return rk_reader_open(&f->json, rk_in_memory(f->name, f->packed.text, f->packed.size), &options,
                          error);
}

static enum rk_status next_object(struct rk_foreign *f, bool *more, struct rk_error *error)
{
    struct rk_record record;
    f->row = (struct rk_foreign_row){f->cells, f->cell_room, 0, false};
    if (!f->header_given) {
        *more = f->header_given = true;
        return RK_OK;
    }
    enum rk_status status = rk_reader_next(f->json, &record, more, error);
    if (status != RK_OK || !*more)
        return status;
    memset(f->cells, 0, f->cell_room * sizeof *f->cells);
    rk_buf_clear(&f->number);
    rk_buf_reserve(&f->number, record.count * 64);
    for (size_t i = 0; i < record.count; i++) {
        struct rk_text text = {record.cells[i].text, record.cells[i].size};
        enum rk_foreign_kind kind = RK_FOREIGN_TEXT;
        size_t start = f->number.size;
        if (record.cells[i].bare && (rk_text_is(text, "true") || rk_text_is(text, "false"))) {
            kind = RK_FOREIGN_TRUTH;
        } else if (record.cells[i].bare && text.size < 32 && rk_workbook_number(text, &f->number)) {
            kind = RK_FOREIGN_NUMBER;
            text = (struct rk_text){f->number.text + start, f->number.size - start};
        }
        f->cells[i] = (struct rk_foreign_cell){text.text, text.size, kind};
    }
    f->row.line = record.line;
    return RK_OK;
}

/* ---- opening ---- */

/* "1 'Blad1', 2 'Noter' (hidden)" */
static void list_sheets(const struct rk_workbook *book, struct rk_buf *out)
{
    for (size_t i = 0; i < rk_workbook_sheets(book); i++)
        rk_buf_printf(out, "%s%zu '%s'%s", i ? ", " : "", i + 1, rk_workbook_sheet_name(book, i),
                      rk_workbook_sheet_hidden(book, i) ? _(" (hidden)") : "");
}

static size_t sheet_asked(const struct rk_workbook *book, const char *asked)
{
    size_t count = rk_workbook_sheets(book);
    int64_t number;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(rk_workbook_sheet_name(book, i), asked))
            return i;
    if (rk_text_int(rk_text(asked), &number) && number >= 1 && (uint64_t)number <= count)
        return (size_t)number - 1;
    return SIZE_MAX;
}

/* The only visible sheet that holds anything; where there is none, the only hidden one. */
static enum rk_status find_sheet(struct rk_workbook *book, const char *name, size_t *found,
                                 struct rk_error *error)
{
    struct rk_pos pos = {.file = name};
    size_t count = rk_workbook_sheets(book);
    *found = SIZE_MAX;
    for (int hidden = 0; hidden < 2 && *found == SIZE_MAX; hidden++)
        for (size_t i = 0; i < count; i++) {
            bool empty = false;
            if (rk_workbook_sheet_hidden(book, i) != hidden)
                continue;
            enum rk_status status =
                count == 1 ? RK_OK : rk_workbook_is_empty(book, i, &empty, error);
            if (status != RK_OK)
                return status;
            if (empty)
                continue;
            if (*found != SIZE_MAX) {
                struct rk_buf list = {0};
                list_sheets(book, &list);
                status = rk_fail_at(error, RK_BAD_USE, &pos,
                                    _("several sheets hold something: say which with --sheet, by "
                                      "name or number: %s"),
                                    list.text);
                rk_buf_free(&list);
                return status;
            }
            *found = i;
        }
    if (*found == SIZE_MAX)
        *found = 0;
    return RK_OK;
}

static enum rk_status open_book(struct rk_foreign *f, const char *asked, struct rk_log *log,
                                struct rk_error *error)
{
    enum rk_status status =
        rk_workbook_open(&f->book, f->name, f->packed.text, f->packed.size, error);
    if (status != RK_OK)
        return status;
    size_t sheet;
    struct rk_pos pos = {.file = f->name};
    struct rk_buf list = {0};
    if (asked) {
        sheet = sheet_asked(f->book, asked);
        list_sheets(f->book, &list);
        if (sheet == SIZE_MAX)
            status =
                rk_fail_at(error, RK_BAD_USE, &pos,
                           _("there is no sheet '%s'; the workbook has: %s"), asked, list.text);
    } else {
        status = find_sheet(f->book, f->name, &sheet, error);
        list_sheets(f->book, &list);
        if (status == RK_OK && rk_workbook_sheets(f->book) > 1)
            rk_log(log, RK_NOTE, &pos, _("sheet '%s' is read, of: %s"),
                   rk_workbook_sheet_name(f->book, sheet), list.text);
    }
    rk_buf_free(&list);
    return status == RK_OK ? rk_workbook_select(f->book, sheet, error) : status;
}

static enum rk_status open_text(struct rk_foreign *f, const struct rk_foreign_options *options,
                                struct rk_log *log, struct rk_error *error)
{
    enum rk_foreign_encoding found;
    if (options->sheet)
        return rk_fail(error, RK_BAD_USE, _("--sheet is for workbooks, and this is none"));
    enum rk_status status = rk_foreign_decode(&f->text, f->packed.text, f->packed.size,
                                              options->encoding, &found, f->name, error);
    if (status != RK_OK)
        return status;
    rk_buf_free(&f->packed);
    struct rk_pos pos = {.file = f->name};
    if (!f->text.size)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("is empty"));
    if (options->encoding == RK_ENCODING_FOUND && found != RK_UTF_8)
        rk_log(log, RK_NOTE, &pos, _("not UTF-8: read as %s"),
               found == RK_UTF_16 ? "UTF-16" : "Windows-1252");
    f->delimiter = options->delimiter;
    take_sep_line(f);
    return f->delimiter ? RK_OK : find_delimiter(f, error);
}

/* `[{`, `[]` or `{"`: no header of a table begins like that. */
static bool looks_like_json(const struct rk_foreign *f)
{
    char first = 0;
    for (size_t i = 0; i < f->packed.size; i++) {
        char c = f->packed.text[i];
        if (strchr(" \t\r\n", c) && c)
            continue;
        if (first)
            return first == '[' ? c == '{' || c == ']' : c == '"' || c == '}';
        if (c != '[' && c != '{')
            return false;
        first = c;
    }
    return false;
}

enum rk_status rk_foreign_open(struct rk_foreign **foreign, const char *path,
                               const struct rk_foreign_options *options, struct rk_log *log,
                               struct rk_error *error)
{
    struct rk_in *in;
    *foreign = NULL;
    enum rk_status status = rk_in_open(&in, path, error);
    if (status != RK_OK)
        return status;
    struct rk_foreign *f = rk_alloc(1, sizeof *f);
    f->name = path;
    f->line = 1;
    status = rk_in_read_all(in, &f->packed, MAX_FILE, error);
    rk_in_close(in);
    struct rk_pos pos = {.file = path};
    if (status == RK_OK && !f->packed.size)
        status = rk_fail_at(error, RK_BAD_DATA, &pos, _("is empty"));
    if (status == RK_OK) {
        const char *bytes = f->packed.text;
        size_t size = f->packed.size;
        if (size >= 4 && (!memcmp(bytes, "PK\3\4", 4) || !memcmp(bytes, "PK\5\6", 4)))
            status = open_book(f, options->sheet, log, error);
        else if (size >= 8 && !memcmp(bytes, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8))
            status = rk_fail_at(error, RK_BAD_DATA, &pos,
                                _("an encrypted workbook or one of the old kind (.xls): save it as "
                                  ".xlsx without a password, or as CSV"));
        else if (size >= 5 && !memcmp(bytes, "%PDF-", 5))
            status = rk_fail_at(error, RK_BAD_DATA, &pos, _("a PDF file, not a table"));
        else if (looks_like_json(f))
            status = open_json(f, error);
        else
            status = open_text(f, options, log, error);
    }
    if (status != RK_OK) {
        rk_foreign_close(f);
        return status;
    }
    *foreign = f;
    return RK_OK;
}

enum rk_status rk_foreign_next(struct rk_foreign *f, struct rk_foreign_row *row, bool *more,
                               struct rk_error *error)
{
    enum rk_status status = f->book   ? rk_workbook_next(f->book, &f->row, more, error)
                            : f->json ? next_object(f, more, error)
                                      : next_record(f, more, error);
    if (status != RK_OK || !*more)
        return status;
    f->row.blank = true;
    for (size_t i = 0; i < f->row.count && f->row.blank; i++) {
        const struct rk_foreign_cell *cell = &f->row.cells[i];
        for (size_t k = 0; k < cell->size && f->row.blank; k++)
            f->row.blank = !!strchr(" \t\r\n\xc2\xa0", cell->text[k]);
    }
    *row = f->row;
    return RK_OK;
}

bool rk_foreign_ragged(const struct rk_foreign *f) { return f->book != NULL; }
bool rk_foreign_1904(const struct rk_foreign *f) { return f->book && rk_workbook_1904(f->book); }
uint64_t rk_foreign_hidden(const struct rk_foreign *f, struct rk_buf *columns)
{
    if (f->book)
        rk_workbook_hidden_columns(f->book, columns);
    return f->book ? rk_workbook_hidden_rows(f->book) : 0;
}

struct rk_pos rk_foreign_pos(const struct rk_foreign *f, size_t column)
{
    if (f->book)
        return (struct rk_pos){.file = f->name, .line = f->row.line, .column = column + 1};
    if (f->json)
        return (struct rk_pos){.file = f->name, .line = f->row.line};
    if (column >= f->span_count)
        return (struct rk_pos){.file = f->name, .line = f->row.line};
    return (struct rk_pos){
        .file = f->name, .line = f->spans[column].line, .column = f->spans[column].column};
}

void rk_foreign_cell_name(const struct rk_foreign *f, const struct rk_pos *pos, struct rk_buf *out)
{
    if (!f->book || !pos->column)
        return;
    rk_workbook_column(out, pos->column - 1);
    rk_buf_printf(out, "%llu", (unsigned long long)pos->line);
}

bool rk_foreign_merge(const struct rk_foreign *f, size_t index, struct rk_foreign_merge *merge)
{
    return f->book && rk_workbook_merge(f->book, index, merge);
}

void rk_foreign_close(struct rk_foreign *f)
{
    if (!f)
        return;
    rk_workbook_close(f->book);
    rk_reader_close(f->json);
    rk_buf_free(&f->number);
    rk_buf_free(&f->packed);
    rk_buf_free(&f->text);
    rk_buf_free(&f->unquoted);
    rk_free(f->spans);
    rk_free(f->cells);
    rk_free(f);
}
