#include "stream/xlsx.h"

#include "base/mem.h"

#include <expat.h>
#include <zip.h>

enum {
    CHUNK = 32 * 1024,
    MAX_PARTS = 4000,
    MAX_SHEETS = 1000,
    MAX_TEXT = 1 << 20, /* bytes of one cell; Excel allows 32,767 characters */
    MAX_COLUMN = 16384,
    MAX_ROW = 1048576,
    MAX_STYLES = 1 << 16,
    MAX_FORMATS = 2048,
    MAX_DEPTH = 64,
    MAX_MERGES = 1 << 20,
    MAX_STRINGS = 1 << 24, /* shared texts: 16 for each row that Excel allows */
};

struct sheet {
    char *name, *id, *part;
    bool hidden;
};

struct cell {
    size_t column;
    struct rk_text text;
    enum rk_foreign_kind kind;
};

struct queued {
    uint64_t line;
    size_t first, count; /* of `cells` */
};

struct merge {
    uint64_t last_line;
    size_t first_column;
    const char *range;
};

struct format {
    int64_t id;
    enum rk_foreign_kind kind;
};

/* A part being read: bytes of the archive on their way through expat. */
struct part {
    char *name;
    zip_file_t *file;
    XML_Parser parser;
    const struct handlers *handlers;
    uint64_t packed, read;
    bool end;
};

struct rk_xlsx {
    const char *name;
    zip_t *zip;
    struct part part;
    uint64_t unpacked;
    struct rk_error *error; /* of the call under way */
    enum rk_status status;  /* what a handler found wrong */
    int depth;

    char *root;                                  /* what the package says is its document */
    char *workbook, *strings_part, *styles_part; /* names of parts */
    bool from_1904;
    struct sheet *sheets;
    size_t sheet_count, sheet_room;

    /* shared strings */
    struct rk_arena string_arena;
    struct rk_text *strings;
    size_t string_count, string_room;
    int item, phonetic; /* depth inside <si> or <is>, inside <rPh> */

    /* styles */
    struct format *formats;
    size_t format_count, format_room;
    unsigned char *styles; /* kind, by style number */
    size_t style_count, style_room;
    bool in_styles;

    /* the sheet */
    struct rk_arena arenas[2]; /* texts of the cells queued; the other keeps a row cut by a chunk */
    int arena;
    struct cell *cells;
    size_t cell_count, cell_room;
    struct queued *rows;
    size_t row_count, row_room, row_next;
    bool in_row, in_cell, in_data, has_value, has_formula, seen_data;
    uint64_t line;
    size_t column;
    char type[16];
    size_t style;
    struct rk_buf value;
    bool capture;
    uint64_t hidden;
    struct rk_arena merge_arena;
    struct merge *merges;
    size_t merge_count, merge_room;
    struct rk_foreign_cell *dense;
    size_t dense_room;
};

void rk_xlsx_column(struct rk_buf *out, size_t column)
{
    char text[16];
    size_t at = sizeof text;
    for (size_t n = column + 1; n && at; n = (n - 1) / 26)
        text[--at] = (char)('A' + (n - 1) % 26);
    rk_buf_add(out, text + at, sizeof text - at);
}

/* ---- numbers and number formats ---- */

bool rk_xlsx_number(struct rk_text text, struct rk_buf *out)
{
    char digits[64];
    size_t count = 0;
    int64_t point = 0, exponent = 0; /* value = 0.digits × 10^point */
    bool minus = false, after = false, any = false;
    size_t at = 0;
    if (!text.size || text.size > 64)
        return false;
    if (text.text[at] == '-' || text.text[at] == '+')
        minus = text.text[at++] == '-';
    for (; at < text.size; at++) {
        char c = text.text[at];
        if (c == '.' && !after) {
            after = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        any = true;
        if (count || c != '0') {
            digits[count++] = c;
            point += !after;
        } else if (after) {
            point--;
        }
    }
    if (!any)
        return false;
    if (at < text.size) {
        if (text.text[at] != 'e' && text.text[at] != 'E')
            return false;
        at++;
        struct rk_text rest = {text.text + at, text.size - at};
        if (rest.size && *rest.text == '+')
            rest.text++, rest.size--;
        if (rest.size > 5 || !rk_text_int(rest, &exponent))
            return false;
    }
    point += exponent;
    if (count > 15) { /* as Excel rounds what it shows */
        bool up = digits[15] >= '5';
        count = 15;
        while (up && count) {
            if (digits[count - 1] == '9') {
                count--;
            } else {
                digits[count - 1]++;
                up = false;
            }
        }
        if (up) {
            digits[0] = '1';
            count = 1;
            point++;
        }
    }
    while (count && digits[count - 1] == '0')
        count--;
    if (!count) {
        rk_buf_char(out, '0');
        return true;
    }
    if (point > 40 || point < -40)
        return false;
    if (minus)
        rk_buf_char(out, '-');
    if (point <= 0) {
        rk_buf_text(out, "0.");
        for (int64_t i = point; i < 0; i++)
            rk_buf_char(out, '0');
        rk_buf_add(out, digits, count);
        return true;
    }
    for (int64_t i = 0; i < point; i++)
        rk_buf_char(out, i < (int64_t)count ? digits[i] : '0');
    if ((int64_t)count > point) {
        rk_buf_char(out, '.');
        rk_buf_add(out, digits + point, count - (size_t)point);
    }
    return true;
}

static bool starts(const char *text, const char *with)
{
    return !strncasecmp(text, with, strlen(with));
}

enum rk_foreign_kind rk_xlsx_format_kind(const char *code)
{
    bool day = false, clock = false, elapsed = false, minutes = false;
    for (const char *c = code; *c && *c != ';'; c++) { /* the first section: positive numbers */
        switch (*c) {
        case '"':
            for (c++; *c && *c != '"'; c++)
                ;
            break;
        case '\\':
        case '_':
        case '*':
            if (c[1])
                c++;
            break;
        case '[':
            elapsed |= starts(c, "[h") || starts(c, "[m") || starts(c, "[s") || starts(c, "[t");
            for (; *c && *c != ']'; c++)
                ;
            break;
        case 'G':
        case 'g':
            if (starts(c, "general"))
                c += 6;
            break;
        case 'A':
        case 'a':
            if (starts(c, "am/pm"))
                c += 4;
            else if (starts(c, "a/p"))
                c += 2;
            else
                day |= starts(c, "aaa");
            break;
        case 'y':
        case 'Y':
        case 'd':
        case 'D': /* Swedish Excel stores these letters too */ day = true; break;
        case 'h':
        case 'H':
        case 's':
        case 'S': clock = true; break;
        case 'm':
        case 'M': minutes = true; break;
        default: break;
        }
        if (!*c)
            break;
    }
    if (elapsed)
        return RK_FOREIGN_DURATION;
    if (minutes && !clock)
        day = true; /* a month */
    if (day)
        return clock ? RK_FOREIGN_MOMENT : RK_FOREIGN_DAY;
    return clock ? RK_FOREIGN_DURATION : RK_FOREIGN_NUMBER;
}

/* Formats 0 to 163 are not written down in the file (ECMA-376 part 1, 18.8.30). */
static enum rk_foreign_kind built_in(int64_t id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        id == 57 || id == 58)
        return RK_FOREIGN_DAY;
    if (id == 22)
        return RK_FOREIGN_MOMENT;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 ||
        id == 56)
        return RK_FOREIGN_DURATION;
    return RK_FOREIGN_NUMBER;
}

/* ---- errors ---- */

static struct rk_pos place(const struct rk_xlsx *book)
{
    struct rk_pos pos = {.file = book->name};
    if (book->in_row) {
        pos.line = book->line;
        pos.column = book->in_cell ? book->column + 1 : 0;
    }
    return pos;
}

/* From inside a handler: remembers the first fault and stops the parser. */
__attribute__((format(printf, 2, 3))) static void wrong(struct rk_xlsx *book, const char *format,
                                                        ...)
{
    if (book->status != RK_OK)
        return;
    struct rk_buf text = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    struct rk_pos pos = place(book);
    book->status = rk_fail_at(book->error, RK_BAD_DATA, &pos, "%s", text.text);
    rk_buf_free(&text);
    XML_StopParser(book->part.parser, XML_FALSE);
}

/* Bytes of the archive that are not what was once written: as a cut gzip file, no fault of the
 * data. */
static enum rk_status damaged(struct rk_xlsx *book, const char *part, const char *why)
{
    struct rk_pos pos = {.file = book->name};
    return rk_fail_at(book->error, RK_FAILED, &pos, _("the workbook is damaged: part %s: %s"), part,
                      why);
}

static enum rk_status broken(struct rk_xlsx *book, const char *part, const char *why)
{
    struct rk_pos pos = {.file = book->name};
    return rk_fail_at(book->error, RK_BAD_DATA, &pos, _("the workbook is damaged: part %s: %s"),
                      part, why);
}

/* ---- parts ---- */

static void close_part(struct rk_xlsx *book)
{
    struct part *part = &book->part;
    if (part->parser)
        XML_ParserFree(part->parser);
    if (part->file)
        zip_fclose(part->file);
    rk_free(part->name);
    *part = (struct part){0};
}

static void XMLCALL doctype(void *user, const XML_Char *name, const XML_Char *system,
                            const XML_Char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    struct rk_xlsx *book = user;
    wrong(book, _("part %s declares entities, which no spreadsheet program writes: refused"),
          book->part.name);
}

typedef void (*start_fn)(struct rk_xlsx *book, const char *element, const char **attributes);
typedef void (*end_fn)(struct rk_xlsx *book, const char *element);

struct handlers {
    start_fn start;
    end_fn end;
};

/* The element's own name when it is of the workbook's or the package's vocabulary, else NULL: what
 * others have added (extLst and the like) is passed over. */
static const char *local(const char *name)
{
    static const char *const known[] = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main|",
        "http://purl.oclc.org/ooxml/spreadsheetml/main|",
        "http://schemas.openxmlformats.org/package/2006/relationships|", NULL};
    for (size_t i = 0; known[i]; i++)
        if (!strncmp(name, known[i], strlen(known[i])))
            return name + strlen(known[i]);
    return NULL;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct rk_xlsx *book = user;
    if (book->status != RK_OK)
        return;
    if (++book->depth > MAX_DEPTH) {
        wrong(book, _("part %s is nested deeper than %d"), book->part.name, MAX_DEPTH);
        return;
    }
    const char *element = local(name);
    if (element)
        book->part.handlers->start(book, element, attributes);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    struct rk_xlsx *book = user;
    if (book->status != RK_OK)
        return;
    book->depth--;
    const char *element = local(name);
    if (element && book->part.handlers->end)
        book->part.handlers->end(book, element);
}

static void XMLCALL on_text(void *user, const XML_Char *text, int size)
{
    struct rk_xlsx *book = user;
    if (book->status != RK_OK || !book->capture)
        return;
    if (book->value.size + (size_t)size > MAX_TEXT) {
        wrong(book, _("a cell holds more than %d bytes"), MAX_TEXT);
        return;
    }
    rk_buf_add(&book->value, text, (size_t)size);
}

/* Expat takes some failed allocations for faults of the XML, so it never sees one. */
static void *allocate(size_t size) { return rk_resize(NULL, size, 1); }
static void *reallocate(void *old, size_t size) { return rk_resize(old, size, 1); }
static const XML_Memory_Handling_Suite memory = {allocate, reallocate, rk_free};

static enum rk_status open_part(struct rk_xlsx *book, const char *name,
                                const struct handlers *handlers)
{
    close_part(book);
    zip_int64_t index = zip_name_locate(book->zip, name, ZIP_FL_NOCASE);
    if (index < 0)
        return broken(book, name, _("is missing"));
    zip_stat_t stat;
    zip_stat_init(&stat);
    const zip_uint64_t need = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD |
                              ZIP_STAT_ENCRYPTION_METHOD | ZIP_STAT_CRC;
    if (zip_stat_index(book->zip, (zip_uint64_t)index, 0, &stat) || (stat.valid & need) != need)
        return broken(book, name, _("cannot be found in the archive"));
    struct rk_pos pos = {.file = book->name};
    if (stat.encryption_method != ZIP_EM_NONE)
        return rk_fail_at(book->error, RK_BAD_DATA, &pos,
                          _("the workbook is encrypted: save it without a password"));
    if (stat.comp_method != ZIP_CM_STORE && stat.comp_method != ZIP_CM_DEFLATE)
        return broken(book, name, _("is packed in a way that workbooks do not use"));
    if (stat.size > RK_XLSX_MAX_UNPACKED - book->unpacked ||
        (stat.size > RK_XLSX_RATIO_FROM && stat.size / RK_XLSX_MAX_RATIO > stat.comp_size))
        return rk_fail_at(book->error, RK_BAD_DATA, &pos,
                          _("part %s would unpack to %llu bytes from %llu: refused"), name,
                          (unsigned long long)stat.size, (unsigned long long)stat.comp_size);
    struct part *part = &book->part;
    part->name = rk_strdup(name);
    part->packed = stat.comp_size;
    part->file = zip_fopen_index(book->zip, (zip_uint64_t)index, 0);
    if (!part->file)
        return damaged(book, name, zip_strerror(book->zip));
    part->handlers = handlers;
    part->parser = XML_ParserCreate_MM(NULL, &memory, "|");
    if (!part->parser)
        return rk_fail(book->error, RK_FAILED, _("out of memory"));
    book->depth = 0;
    book->status = RK_OK;
    XML_SetUserData(part->parser, book);
    XML_SetElementHandler(part->parser, on_start, on_end);
    XML_SetCharacterDataHandler(part->parser, on_text);
    XML_SetStartDoctypeDeclHandler(part->parser, doctype);
    return RK_OK;
}

/* One chunk of the part; the end has been checked against the archive's sizes and checksum. */
static enum rk_status feed_part(struct rk_xlsx *book)
{
    struct part *part = &book->part;
    void *room = XML_GetBuffer(part->parser, CHUNK);
    if (!room)
        return rk_fail(book->error, RK_FAILED, _("out of memory"));
    zip_int64_t got = zip_fread(part->file, room, CHUNK);
    if (got < 0)
        return damaged(book, part->name, zip_error_strerror(zip_file_get_error(part->file)));
    part->read += (uint64_t)got;
    book->unpacked += (uint64_t)got;
    struct rk_pos pos = {.file = book->name};
    if (book->unpacked > RK_XLSX_MAX_UNPACKED ||
        (part->read > RK_XLSX_RATIO_FROM && part->read / RK_XLSX_MAX_RATIO > part->packed))
        return rk_fail_at(book->error, RK_BAD_DATA, &pos,
                          _("part %s unpacks to far more than a workbook holds: refused"),
                          part->name);
    part->end = got == 0;
    if (XML_ParseBuffer(part->parser, (int)got, part->end) != XML_STATUS_OK) {
        /* what looks like a fault of the data may be one of the bytes: the checksum tells */
        char rest[4096];
        while ((got = zip_fread(part->file, rest, sizeof rest)) > 0 &&
               (part->read += (uint64_t)got) <= RK_XLSX_RATIO_FROM)
            ;
        if (got < 0)
            return damaged(book, part->name, zip_error_strerror(zip_file_get_error(part->file)));
        if (book->status != RK_OK)
            return book->status;
        if (XML_GetErrorCode(part->parser) == XML_ERROR_NO_MEMORY)
            return rk_fail(book->error, RK_FAILED, _("out of memory"));
        return broken(book, part->name, XML_ErrorString(XML_GetErrorCode(part->parser)));
    }
    return book->status;
}

static enum rk_status read_part(struct rk_xlsx *book, const char *name,
                                const struct handlers *handlers)
{
    enum rk_status status = open_part(book, name, handlers);
    while (status == RK_OK && !book->part.end)
        status = feed_part(book);
    close_part(book);
    return status;
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (!strcmp(attributes[0], name))
            return attributes[1];
    return NULL;
}

static bool whole(const char *text, int64_t most, int64_t *value)
{
    return text && rk_text_int(rk_text(text), value) && *value >= 0 && *value <= most;
}

static bool ends(const char *text, const char *with)
{
    size_t a = strlen(text), b = strlen(with);
    return a >= b && !strcmp(text + a - b, with);
}

/* "worksheets/sheet1.xml" as seen from "xl/workbook.xml": "xl/worksheets/sheet1.xml". */
static char *resolve(const char *from, const char *target)
{
    struct rk_buf path = {0};
    if (*target == '/') {
        target++;
    } else {
        const char *slash = strrchr(from, '/');
        if (slash)
            rk_buf_add(&path, from, (size_t)(slash - from) + 1);
    }
    while (*target) {
        size_t step = strcspn(target, "/");
        if (step == 2 && !strncmp(target, "..", 2)) {
            size_t keep = path.size ? path.size - 1 : 0; /* without the last slash */
            while (keep && path.text[keep - 1] != '/')
                keep--;
            path.size = keep;
        } else if (step && !(step == 1 && *target == '.')) {
            rk_buf_add(&path, target, step);
            if (target[step])
                rk_buf_char(&path, '/');
        }
        target += step + (target[step] == '/');
    }
    rk_buf_char(&path, '\0');
    return rk_buf_take(&path);
}

/* ---- relationships, the workbook, strings, styles ---- */

static void rels_start(struct rk_xlsx *book, const char *element, const char **attributes)
{
    if (strcmp(element, "Relationship"))
        return;
    const char *type = attribute(attributes, "Type"), *target = attribute(attributes, "Target");
    const char *mode = attribute(attributes, "TargetMode"), *id = attribute(attributes, "Id");
    if (!type || !target || (mode && !strcmp(mode, "External")))
        return;
    const char *from = book->workbook ? book->workbook : "";
    if (!book->workbook) {
        if (ends(type, "/officeDocument") && !book->root)
            book->root = resolve("", target);
        return;
    }
    char **place_for = ends(type, "/sharedStrings") ? &book->strings_part
                       : ends(type, "/styles")      ? &book->styles_part
                                                    : NULL;
    if (place_for) {
        if (*place_for)
            wrong(book, _("part %s names two parts of the kind %s"), book->part.name, type);
        else
            *place_for = resolve(from, target);
        return;
    }
    if (!ends(type, "/worksheet") || !id)
        return;
    for (size_t i = 0; i < book->sheet_count; i++)
        if (!strcmp(book->sheets[i].id, id) && !book->sheets[i].part)
            book->sheets[i].part = resolve(from, target);
}

static void workbook_start(struct rk_xlsx *book, const char *element, const char **attributes)
{
    if (!strcmp(element, "workbookPr")) {
        const char *flag = attribute(attributes, "date1904");
        book->from_1904 = flag && (!strcmp(flag, "1") || !strcmp(flag, "true"));
    } else if (!strcmp(element, "sheet")) {
        const char *name = attribute(attributes, "name"), *state = attribute(attributes, "state");
        const char *id = attribute(
            attributes, "http://schemas.openxmlformats.org/officeDocument/2006/relationships|id");
        if (!id)
            id =
                attribute(attributes, "http://purl.oclc.org/ooxml/officeDocument/relationships|id");
        if (!name || !id || book->sheet_count == MAX_SHEETS) {
            wrong(book, _("part %s does not list its sheets as it should"), book->part.name);
            return;
        }
        RK_GROW(book->sheets, book->sheet_count, book->sheet_room);
        book->sheets[book->sheet_count++] = (struct sheet){rk_strdup(name), rk_strdup(id), NULL,
                                                           state && !!strcmp(state, "visible")};
    }
}

static int hex(const char *text)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef", *at = strchr(digits, text[i] | 0x20);
        if (!text[i] || !at)
            return -1;
        value = value * 16 + (int)(at - digits);
    }
    return value;
}

/* _x000D_ and the like stand for characters that XML can't carry; _x005F_ is the underscore itself.
 */
static void unescape(struct rk_buf *text)
{
    size_t to = 0;
    for (size_t at = 0; at < text->size;) {
        int code;
        if (text->size - at >= 7 && text->text[at] == '_' && text->text[at + 1] == 'x' &&
            text->text[at + 6] == '_' && (code = hex(text->text + at + 2)) > 0 &&
            (code < 0xd800 || code > 0xdfff)) {
            if (code < 0x80) {
                text->text[to++] = (char)code;
            } else if (code < 0x800) {
                text->text[to++] = (char)(0xc0 | code >> 6);
                text->text[to++] = (char)(0x80 | (code & 63));
            } else {
                text->text[to++] = (char)(0xe0 | code >> 12);
                text->text[to++] = (char)(0x80 | (code >> 6 & 63));
                text->text[to++] = (char)(0x80 | (code & 63));
            }
            at += 7;
        } else {
            text->text[to++] = text->text[at++];
        }
    }
    text->size = to;
}

/* <si> and <is> alike: texts of <t>, runs joined, readings (rPh) left out. */
static void item_start(struct rk_xlsx *book, const char *element)
{
    book->item++;
    if (!strcmp(element, "rPh"))
        book->phonetic = book->item;
    else if (!strcmp(element, "t") && !book->phonetic)
        book->capture = true;
}

static void item_end(struct rk_xlsx *book)
{
    if (book->phonetic == book->item)
        book->phonetic = 0;
    book->item--;
    book->capture = false;
}

static void strings_start(struct rk_xlsx *book, const char *element, const char **attributes)
{
    (void)attributes;
    if (book->item) {
        item_start(book, element);
    } else if (!strcmp(element, "si")) {
        book->item = 1;
        rk_buf_clear(&book->value);
    }
}

static void strings_end(struct rk_xlsx *book, const char *element)
{
    (void)element;
    if (!book->item)
        return;
    item_end(book);
    if (book->item)
        return;
    if (book->string_count == MAX_STRINGS) {
        wrong(book, _("part %s has more than %d texts"), book->part.name, MAX_STRINGS);
        return;
    }
    unescape(&book->value);
    RK_GROW(book->strings, book->string_count, book->string_room);
    book->strings[book->string_count++] = (struct rk_text){
        rk_arena_text(&book->string_arena, book->value.text, book->value.size), book->value.size};
}

static void styles_start(struct rk_xlsx *book, const char *element, const char **attributes)
{
    int64_t id;
    if (!strcmp(element, "numFmt")) {
        const char *code = attribute(attributes, "formatCode");
        if (!whole(attribute(attributes, "numFmtId"), INT32_MAX, &id) || !code ||
            book->format_count == MAX_FORMATS) {
            wrong(book, _("part %s has a number format without a number or a code"),
                  book->part.name);
            return;
        }
        RK_GROW(book->formats, book->format_count, book->format_room);
        book->formats[book->format_count++] = (struct format){id, rk_xlsx_format_kind(code)};
    } else if (!strcmp(element, "cellXfs")) {
        book->in_styles = true;
    } else if (!strcmp(element, "xf") && book->in_styles) {
        enum rk_foreign_kind kind = RK_FOREIGN_NUMBER;
        if (whole(attribute(attributes, "numFmtId"), INT32_MAX, &id)) {
            kind = built_in(id);
            for (size_t i = 0; i < book->format_count; i++)
                if (book->formats[i].id == id)
                    kind = book->formats[i].kind;
        }
        if (book->style_count == MAX_STYLES) {
            wrong(book, _("part %s has too many styles"), book->part.name);
            return;
        }
        RK_GROW(book->styles, book->style_count, book->style_room);
        book->styles[book->style_count++] = (unsigned char)kind;
    }
}

static void styles_end(struct rk_xlsx *book, const char *element)
{
    if (!strcmp(element, "cellXfs"))
        book->in_styles = false;
}

/* ---- the sheet ---- */

/* "C7" to column 2, row 7; false when it is anything else. *rest is where it ends. */
static bool reference(const char *text, size_t *column, uint64_t *line, const char **rest)
{
    size_t letters = 0, digits = 0, c = 0;
    uint64_t l = 0;
    for (; *text == '$'; text++)
        ;
    for (; *text >= 'A' && *text <= 'Z' && letters < 4; text++, letters++)
        c = c * 26 + (size_t)(*text - 'A') + 1;
    for (; *text == '$'; text++)
        ;
    for (; *text >= '0' && *text <= '9' && digits < 8; text++, digits++)
        l = l * 10 + (uint64_t)(*text - '0');
    if (!letters || !digits || c > MAX_COLUMN || !l || l > MAX_ROW)
        return false;
    *column = c - 1;
    *line = l;
    *rest = text;
    return true;
}

static void row_start(struct rk_xlsx *book, const char **attributes)
{
    int64_t line = (int64_t)book->line + 1;
    const char *r = attribute(attributes, "r"), *hidden = attribute(attributes, "hidden");
    if (r && (!whole(r, MAX_ROW, &line) || (uint64_t)line <= book->line)) {
        wrong(book, _("the rows are not in order: row %s follows row %llu"), r,
              (unsigned long long)book->line);
        return;
    }
    if (line > MAX_ROW) {
        wrong(book, _("the sheet has more rows than Excel allows"));
        return;
    }
    book->line = (uint64_t)line;
    book->in_row = true;
    book->column = SIZE_MAX; /* before the first */
    book->hidden += hidden && (!strcmp(hidden, "1") || !strcmp(hidden, "true"));
    RK_GROW(book->rows, book->row_count, book->row_room);
    book->rows[book->row_count] = (struct queued){book->line, book->cell_count, 0};
}

static void cell_start(struct rk_xlsx *book, const char **attributes)
{
    const char *r = attribute(attributes, "r"), *rest;
    const char *type = attribute(attributes, "t"), *style = attribute(attributes, "s");
    size_t column = book->column + 1;
    uint64_t line = book->line;
    int64_t number = 0;
    if (r && (!reference(r, &column, &line, &rest) || *rest || line != book->line ||
              (book->column != SIZE_MAX && column <= book->column))) {
        wrong(book, _("the cells are not in order: '%.20s' in row %llu"), r,
              (unsigned long long)book->line);
        return;
    }
    if (column >= MAX_COLUMN) {
        wrong(book, _("the sheet has more columns than Excel allows"));
        return;
    }
    book->in_cell = true;
    book->column = column;
    if (style &&
        (!whole(style, INT32_MAX, &number) || (number && (size_t)number >= book->style_count))) {
        wrong(book, _("a cell has a style that the workbook does not have"));
        return;
    }
    book->style = (size_t)number;
    snprintf(book->type, sizeof book->type, "%s", type ? type : "n");
    book->has_value = book->has_formula = false;
    rk_buf_clear(&book->value);
}

static void add_cell(struct rk_xlsx *book, struct rk_text text, enum rk_foreign_kind kind)
{
    RK_GROW(book->cells, book->cell_count, book->cell_room);
    book->cells[book->cell_count++] = (struct cell){book->column, text, kind};
    book->rows[book->row_count].count++;
}

static void cell_end(struct rk_xlsx *book)
{
    struct rk_arena *arena = &book->arenas[book->arena];
    struct rk_buf *value = &book->value;
    bool inline_text = !strcmp(book->type, "inlineStr");
    if (!book->has_value && !inline_text) {
        if (book->has_formula)
            add_cell(book, RK_TEXT("="), RK_FOREIGN_UNSTORED);
        return; /* styled, but empty */
    }
    if (!strcmp(book->type, "s")) {
        int64_t index;
        rk_buf_char(value, '\0');
        if (!whole(value->text, INT64_MAX, &index) || (size_t)index >= book->string_count) {
            wrong(book, _("a cell points at a shared text that is not there"));
            return;
        }
        if (book->strings[index].size)
            add_cell(book, book->strings[index], RK_FOREIGN_TEXT);
        return;
    }
    enum rk_foreign_kind kind = RK_FOREIGN_TEXT;
    if (inline_text || !strcmp(book->type, "str")) {
        unescape(value);
    } else if (!strcmp(book->type, "b")) {
        struct rk_text flag = rk_text_trim((struct rk_text){value->text, value->size});
        kind = RK_FOREIGN_TRUTH;
        if (!rk_text_is(flag, "0") && !rk_text_is(flag, "1")) {
            wrong(book, _("a cell that should be true or false is neither"));
            return;
        }
        bool yes = rk_text_is(flag, "1");
        rk_buf_clear(value);
        rk_buf_text(value, yes ? "true" : "false");
    } else if (!strcmp(book->type, "e")) {
        kind = RK_FOREIGN_ERROR;
    } else if (!strcmp(book->type, "n")) {
        struct rk_buf number = {0};
        struct rk_text text = rk_text_trim((struct rk_text){value->text, value->size});
        kind = book->style < book->style_count ? book->styles[book->style] : RK_FOREIGN_NUMBER;
        if (text.size && !rk_xlsx_number(text, &number)) {
            for (size_t i = 0; i < text.size; i++)
                if (text.size > 64 || !strchr("0123456789+-.eE", text.text[i])) {
                    wrong(book, _("a cell's number cannot be read"));
                    rk_buf_free(&number);
                    return;
                }
            rk_buf_add(&number, text.text, text.size); /* 1E+300: a number, but none of ours */
        }
        rk_buf_clear(value);
        if (number.size)
            rk_buf_add(value, number.text, number.size);
        rk_buf_free(&number);
    } else if (strcmp(book->type, "d")) { /* d: ISO 8601, a text to us */
        wrong(book, _("a cell is of the unknown type '%s'"), book->type);
        return;
    }
    if (rk_utf8_valid(value->text, value->size) != value->size) {
        wrong(book, _("a cell holds characters that are not text"));
        return;
    }
    if (value->size)
        add_cell(book,
                 (struct rk_text){rk_arena_text(arena, value->text, value->size), value->size},
                 kind);
}

static void sheet_start(struct rk_xlsx *book, const char *element, const char **attributes)
{
    if (book->item) {
        item_start(book, element);
    } else if (!strcmp(element, "sheetData")) {
        if (book->seen_data)
            wrong(book, _("the sheet has its rows twice"));
        book->in_data = book->seen_data = true;
    } else if (!strcmp(element, "mergeCell")) {
        const char *ref = attribute(attributes, "ref"), *rest;
        size_t column, last_column;
        uint64_t line, last_line;
        if (!ref || !reference(ref, &column, &line, &rest) || *rest != ':' ||
            !reference(rest + 1, &last_column, &last_line, &rest) || *rest ||
            book->merge_count == MAX_MERGES) {
            wrong(book, _("the sheet's merged cells cannot be read"));
            return;
        }
        RK_GROW(book->merges, book->merge_count, book->merge_room);
        book->merges[book->merge_count++] =
            (struct merge){last_line, column, rk_arena_text(&book->merge_arena, ref, strlen(ref))};
    } else if (!book->in_data) {
        return;
    } else if (!strcmp(element, "row") && !book->in_row) {
        row_start(book, attributes);
    } else if (!strcmp(element, "c") && book->in_row && !book->in_cell) {
        cell_start(book, attributes);
    } else if (!strcmp(element, "f") && book->in_cell) {
        book->has_formula = true;
    } else if (!strcmp(element, "v") && book->in_cell && !book->has_value) {
        book->has_value = book->capture = true;
    } else if (!strcmp(element, "is") && book->in_cell) {
        book->item = 1;
    } else if (!strcmp(element, "row") || !strcmp(element, "c") || !strcmp(element, "v")) {
        wrong(book, _("the sheet's rows and cells are not where they should be"));
    }
}

static void sheet_end(struct rk_xlsx *book, const char *element)
{
    book->capture = false;
    if (book->item) {
        item_end(book);
    } else if (book->in_cell && !strcmp(element, "c")) {
        cell_end(book);
        book->in_cell = false;
    } else if (book->in_row && !strcmp(element, "row")) {
        book->in_row = false;
        book->row_count += book->rows[book->row_count].count > 0;
    } else if (!strcmp(element, "sheetData")) {
        book->in_data = false;
    }
}

static const struct handlers rels = {rels_start, NULL};
static const struct handlers document = {workbook_start, NULL};
static const struct handlers strings = {strings_start, strings_end};
static const struct handlers styles = {styles_start, styles_end};
static const struct handlers sheet = {sheet_start, sheet_end};

/* ---- the workbook as a whole ---- */

/* The archive's last record must end where the file ends: a cut file and one with something after
 * it are refused, whatever an older archive inside it says. */
static bool whole_archive(const unsigned char *bytes, size_t size)
{
    const size_t record = 22;
    for (size_t comment = 0; comment <= 0xffff && comment + record <= size; comment++) {
        const unsigned char *at = bytes + size - record - comment;
        if (!memcmp(at, "PK\5\6", 4) && (size_t)(at[20] | at[21] << 8) == comment)
            return true;
    }
    return false;
}

static enum rk_status check_names(struct rk_xlsx *book)
{
    struct rk_pos pos = {.file = book->name};
    zip_int64_t count = zip_get_num_entries(book->zip, 0);
    if (count <= 0 || count > MAX_PARTS)
        return rk_fail_at(book->error, RK_BAD_DATA, &pos,
                          _("not a workbook: the archive has %lld parts"), (long long)count);
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(book->zip, (zip_uint64_t)i, 0);
        if (!name || zip_name_locate(book->zip, name, ZIP_FL_NOCASE) != i)
            return broken(book, name ? name : "?", _("is there twice"));
    }
    return RK_OK;
}

static enum rk_status open_workbook(struct rk_xlsx *book, const void *bytes, size_t size)
{
    struct rk_pos pos = {.file = book->name};
    if (!whole_archive(bytes, size))
        return rk_fail_at(book->error, RK_FAILED, &pos,
                          _("the workbook is cut short, or something follows its end"));
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(bytes, size, 0, &why);
    if (source)
        book->zip = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (!book->zip) {
        if (source)
            zip_source_free(source);
        enum rk_status status =
            rk_fail_at(book->error, RK_FAILED, &pos, _("the workbook is damaged: %s"),
                       zip_error_strerror(&why));
        zip_error_fini(&why);
        return status;
    }
    zip_error_fini(&why);
    enum rk_status status = check_names(book);
    if (status != RK_OK)
        return status;
    if (zip_name_locate(book->zip, "mimetype", 0) >= 0 &&
        zip_name_locate(book->zip, "content.xml", 0) >= 0)
        return rk_fail_at(
            book->error, RK_BAD_DATA, &pos,
            _("an OpenDocument file: save it as an Excel workbook (.xlsx) or as CSV"));
    if (zip_name_locate(book->zip, "_rels/.rels", ZIP_FL_NOCASE) < 0 ||
        zip_name_locate(book->zip, "[Content_Types].xml", ZIP_FL_NOCASE) < 0)
        return rk_fail_at(book->error, RK_BAD_DATA, &pos,
                          _("a zip archive, but not an Excel workbook"));
    status = read_part(book, "_rels/.rels", &rels);
    if (status != RK_OK)
        return status;
    if (!book->root || ends(book->root, ".bin"))
        return rk_fail_at(book->error, RK_BAD_DATA, &pos,
                          book->root ? _("a binary workbook (.xlsb): save it as .xlsx or as CSV")
                                     : _("a zip archive, but not an Excel workbook"));
    status = read_part(book, book->root, &document);
    if (status != RK_OK)
        return status;
    if (!book->sheet_count)
        return rk_fail_at(book->error, RK_BAD_DATA, &pos, _("not an Excel workbook: no sheets"));
    book->workbook = book->root;
    book->root = NULL;
    const char *slash = strrchr(book->workbook, '/');
    size_t folder = slash ? (size_t)(slash - book->workbook) + 1 : 0;
    struct rk_buf path = {0};
    rk_buf_add(&path, book->workbook, folder);
    rk_buf_printf(&path, "_rels/%s.rels", book->workbook + folder);
    status = read_part(book, path.text, &rels);
    rk_buf_free(&path);
    if (status != RK_OK)
        return status;
    /* chart sheets hold no cells */
    size_t kept = 0;
    for (size_t i = 0; i < book->sheet_count; i++) {
        struct sheet *s = &book->sheets[i];
        if (s->part) {
            book->sheets[kept++] = *s;
        } else {
            rk_free(s->name);
            rk_free(s->id);
        }
    }
    book->sheet_count = kept;
    if (!kept)
        return rk_fail_at(book->error, RK_BAD_DATA, &pos, _("the workbook has no worksheet"));
    if (book->styles_part)
        status = read_part(book, book->styles_part, &styles);
    if (status == RK_OK && book->strings_part)
        status = read_part(book, book->strings_part, &strings);
    return status;
}

enum rk_status rk_xlsx_open(struct rk_xlsx **opened, const char *name, const void *bytes,
                            size_t size, struct rk_error *error)
{
    struct rk_xlsx *book = rk_alloc(1, sizeof *book);
    book->name = name;
    book->error = error;
    enum rk_status status = open_workbook(book, bytes, size);
    if (status != RK_OK) {
        rk_xlsx_close(book);
        book = NULL;
    }
    *opened = book;
    return status;
}

size_t rk_xlsx_sheets(const struct rk_xlsx *book) { return book->sheet_count; }
const char *rk_xlsx_sheet_name(const struct rk_xlsx *book, size_t i)
{
    return book->sheets[i].name;
}
bool rk_xlsx_sheet_hidden(const struct rk_xlsx *book, size_t i) { return book->sheets[i].hidden; }
bool rk_xlsx_1904(const struct rk_xlsx *book) { return book->from_1904; }
uint64_t rk_xlsx_hidden(const struct rk_xlsx *book) { return book->hidden; }

enum rk_status rk_xlsx_select(struct rk_xlsx *book, size_t which, struct rk_error *error)
{
    book->error = error;
    return open_part(book, book->sheets[which].part, &sheet);
}

/* Forgets the rows handed out; the cells of a row that a chunk cut go to the other arena. */
static void forget_rows(struct rk_xlsx *book)
{
    struct rk_arena *next = &book->arenas[!book->arena];
    size_t kept = 0;
    rk_arena_reset(next);
    if (book->in_row) {
        struct queued *row = &book->rows[book->row_count];
        for (size_t i = 0; i < row->count; i++) {
            struct cell cell = book->cells[row->first + i];
            cell.text.text = rk_arena_text(next, cell.text.text, cell.text.size);
            book->cells[kept++] = cell;
        }
        book->rows[0] = (struct queued){row->line, 0, kept};
    }
    book->cell_count = kept;
    book->row_count = book->row_next = 0;
    book->arena = !book->arena;
}

enum rk_status rk_xlsx_next(struct rk_xlsx *book, struct rk_foreign_row *row, bool *more,
                            struct rk_error *error)
{
    book->error = error;
    *more = false;
    while (book->row_next == book->row_count) {
        if (book->part.end) {
            if (!book->seen_data)
                return broken(book, book->part.name, _("holds no rows"));
            return RK_OK;
        }
        forget_rows(book);
        enum rk_status status = feed_part(book);
        if (status != RK_OK)
            return status;
    }
    const struct queued *next = &book->rows[book->row_next++];
    const struct cell *cells = book->cells + next->first;
    size_t width = cells[next->count - 1].column + 1;
    if (width > book->dense_room) {
        book->dense_room = width * 2;
        book->dense = rk_resize(book->dense, book->dense_room, sizeof *book->dense);
    }
    memset(book->dense, 0, width * sizeof *book->dense);
    for (size_t i = 0; i < next->count; i++)
        book->dense[cells[i].column] =
            (struct rk_foreign_cell){cells[i].text.text, cells[i].text.size, cells[i].kind};
    *row = (struct rk_foreign_row){book->dense, width, next->line, false};
    *more = true;
    return RK_OK;
}

const char *rk_xlsx_merged(const struct rk_xlsx *book, uint64_t line, size_t columns)
{
    for (size_t i = 0; i < book->merge_count; i++)
        if (book->merges[i].last_line > line && book->merges[i].first_column < columns)
            return book->merges[i].range;
    return NULL;
}

void rk_xlsx_close(struct rk_xlsx *book)
{
    if (!book)
        return;
    close_part(book);
    if (book->zip)
        zip_discard(book->zip);
    for (size_t i = 0; i < book->sheet_count; i++) {
        rk_free(book->sheets[i].name);
        rk_free(book->sheets[i].id);
        rk_free(book->sheets[i].part);
    }
    rk_free(book->sheets);
    rk_free(book->root);
    rk_free(book->workbook);
    rk_free(book->strings_part);
    rk_free(book->styles_part);
    rk_free(book->strings);
    rk_arena_free(&book->string_arena);
    rk_free(book->formats);
    rk_free(book->styles);
    rk_arena_free(&book->arenas[0]);
    rk_arena_free(&book->arenas[1]);
    rk_free(book->cells);
    rk_free(book->rows);
    rk_buf_free(&book->value);
    rk_arena_free(&book->merge_arena);
    rk_free(book->merges);
    rk_free(book->dense);
    rk_free(book);
}
