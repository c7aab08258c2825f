/* XLSX (ECMA-376): relationships, the list of sheets, styles, shared texts, and one sheet's cells.
 */
#include "stream/workbook_state.h"

enum {
    MAX_STYLES = 1 << 16,
    MAX_FORMATS = 2048,
    MAX_STRINGS = 1 << 23, /* shared texts: 8 for each row that Excel allows */
};

struct format {
    int64_t id;
    enum rk_foreign_kind kind;
};

struct xlsx {
    char *root;                                  /* what the package says is its document */
    char *workbook, *strings_part, *styles_part; /* names of parts */

    /* shared texts: those of texts that stand one after another */
    struct rk_buf texts;
    size_t *text_ends;
    size_t string_count, string_room;
    int item, phonetic; /* depth inside <si> or <is>, inside <rPh> */

    struct format *formats;
    size_t format_count, format_room;
    unsigned char *styles; /* kind, by style number */
    size_t style_count, style_room;
    bool in_styles;

    /* the cell that is read */
    bool in_data, has_value, has_formula, capture;
    char type[16];
    size_t style;
};

/* ---- number formats ---- */

static bool starts(const char *text, const char *with)
{
    return !strncasecmp(text, with, strlen(with));
}

enum rk_foreign_kind rk_workbook_format_kind(const char *code)
{
    bool day = false, clock = false, elapsed = false, minutes = false, percent = false;
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
        case '%': percent = true; break;
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
    return clock ? RK_FOREIGN_DURATION : percent ? RK_FOREIGN_PERCENT : RK_FOREIGN_NUMBER;
}

/* Formats 0 to 163 are not written down in the file (ECMA-376 part 1, 18.8.30). */
static enum rk_foreign_kind built_in(int64_t id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 54) ||
        id == 57 || id == 58)
        return RK_FOREIGN_DAY;
    if (id == 9 || id == 10)
        return RK_FOREIGN_PERCENT;
    if (id == 22)
        return RK_FOREIGN_MOMENT;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47) || id == 55 ||
        id == 56)
        return RK_FOREIGN_DURATION;
    return RK_FOREIGN_NUMBER;
}

/* ---- elements ---- */

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

/* ---- relationships and the workbook ---- */

static void rels_start(void *user, const char *name, const char **attributes)
{
    struct rk_workbook *book = user;
    struct xlsx *x = book->own;
    const char *element = local(name);
    if (!element || strcmp(element, "Relationship"))
        return;
    const char *type = rk_archive_attribute(attributes, "Type"),
               *target = rk_archive_attribute(attributes, "Target"),
               *mode = rk_archive_attribute(attributes, "TargetMode"),
               *id = rk_archive_attribute(attributes, "Id");
    if (!type || !target || (mode && !strcmp(mode, "External")))
        return;
    const char *from = x->workbook ? x->workbook : "";
    if (!x->workbook) {
        if (ends(type, "/officeDocument") && !x->root)
            x->root = resolve("", target);
        return;
    }
    char **place_for = ends(type, "/sharedStrings") ? &x->strings_part
                       : ends(type, "/styles")      ? &x->styles_part
                                                    : NULL;
    if (place_for) {
        if (*place_for)
            rk_sheet_wrong(book, _("part %s names two parts of the kind %s"),
                           rk_archive_part(book->archive), type);
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

static bool flag(const char **attributes, const char *name)
{
    const char *value = rk_archive_attribute(attributes, name);
    return value && (!strcmp(value, "1") || !strcmp(value, "true"));
}

static void workbook_start(void *user, const char *name, const char **attributes)
{
    struct rk_workbook *book = user;
    const char *element = local(name);
    if (!element)
        return;
    if (!strcmp(element, "workbookPr")) {
        book->from_1904 = flag(attributes, "date1904");
    } else if (!strcmp(element, "sheet")) {
        const char *called = rk_archive_attribute(attributes, "name"),
                   *state = rk_archive_attribute(attributes, "state");
        const char *id = rk_archive_attribute(
            attributes, "http://schemas.openxmlformats.org/officeDocument/2006/relationships|id");
        if (!id)
            id = rk_archive_attribute(attributes,
                                      "http://purl.oclc.org/ooxml/officeDocument/relationships|id");
        if (!called || !id || book->sheet_count == RK_SHEET_MAX_SHEETS)
            rk_sheet_wrong(book, _("part %s does not list its sheets as it should"),
                           rk_archive_part(book->archive));
        else
            rk_sheet_add(book, called, id, state && strcmp(state, "visible"));
    }
}

/* ---- shared texts ---- */

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

static void on_text(void *user, const char *text, size_t size)
{
    struct rk_workbook *book = user;
    if (((struct xlsx *)book->own)->capture)
        rk_sheet_text(book, text, size);
}

/* <si> and <is> alike: texts of <t>, runs joined, readings (rPh) left out. */
static void item_start(struct xlsx *x, const char *element)
{
    x->item++;
    if (!strcmp(element, "rPh"))
        x->phonetic = x->item;
    else if (!strcmp(element, "t") && !x->phonetic)
        x->capture = true;
}

static void item_end(struct xlsx *x)
{
    if (x->phonetic == x->item)
        x->phonetic = 0;
    x->item--;
    x->capture = false;
}

static void strings_start(void *user, const char *name, const char **attributes)
{
    (void)attributes;
    struct rk_workbook *book = user;
    struct xlsx *x = book->own;
    const char *element = local(name);
    if (!element)
        return;
    if (x->item) {
        item_start(x, element);
    } else if (!strcmp(element, "si")) {
        x->item = 1;
        rk_buf_clear(&book->value);
    }
}

static void strings_end(void *user, const char *name)
{
    struct rk_workbook *book = user;
    struct xlsx *x = book->own;
    if (!local(name) || !x->item)
        return;
    item_end(x);
    if (x->item)
        return;
    unescape(&book->value);
    if (x->string_count == MAX_STRINGS ||
        book->value.size > RK_WORKBOOK_MAX_TEXTS - x->texts.size) {
        rk_sheet_wrong(book, _("part %s has more shared texts than are read: %d, or %zu bytes"),
                       rk_archive_part(book->archive), MAX_STRINGS, RK_WORKBOOK_MAX_TEXTS);
        return;
    }
    RK_GROW(x->text_ends, x->string_count, x->string_room);
    rk_buf_add(&x->texts, book->value.text ? book->value.text : "", book->value.size);
    x->text_ends[x->string_count++] = x->texts.size;
}

static struct rk_text shared_text(const struct xlsx *x, size_t index)
{
    size_t from = index ? x->text_ends[index - 1] : 0;
    return (struct rk_text){x->texts.text + from, x->text_ends[index] - from};
}

/* ---- styles ---- */

static void styles_start(void *user, const char *name, const char **attributes)
{
    struct rk_workbook *book = user;
    struct xlsx *x = book->own;
    const char *element = local(name);
    int64_t id;
    if (!element)
        return;
    if (!strcmp(element, "numFmt")) {
        const char *code = rk_archive_attribute(attributes, "formatCode");
        if (!whole(rk_archive_attribute(attributes, "numFmtId"), INT32_MAX, &id) || !code ||
            x->format_count == MAX_FORMATS) {
            rk_sheet_wrong(book, _("part %s has a number format without a number or a code"),
                           rk_archive_part(book->archive));
            return;
        }
        RK_GROW(x->formats, x->format_count, x->format_room);
        x->formats[x->format_count++] = (struct format){id, rk_workbook_format_kind(code)};
    } else if (!strcmp(element, "cellXfs")) {
        x->in_styles = true;
    } else if (!strcmp(element, "xf") && x->in_styles) {
        enum rk_foreign_kind kind = RK_FOREIGN_NUMBER;
        if (whole(rk_archive_attribute(attributes, "numFmtId"), INT32_MAX, &id)) {
            kind = built_in(id);
            for (size_t i = 0; i < x->format_count; i++)
                if (x->formats[i].id == id)
                    kind = x->formats[i].kind;
        }
        if (x->style_count == MAX_STYLES) {
            rk_sheet_wrong(book, _("part %s has too many styles"), rk_archive_part(book->archive));
            return;
        }
        RK_GROW(x->styles, x->style_count, x->style_room);
        x->styles[x->style_count++] = (unsigned char)kind;
    }
}

static void styles_end(void *user, const char *name)
{
    struct rk_workbook *book = user;
    const char *element = local(name);
    if (element && !strcmp(element, "cellXfs"))
        ((struct xlsx *)book->own)->in_styles = false;
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
    if (!letters || !digits || c > RK_SHEET_MAX_COLUMN || !l || l > RK_SHEET_MAX_ROW)
        return false;
    *column = c - 1;
    *line = l;
    *rest = text;
    return true;
}

static void row_start(struct rk_workbook *book, const char **attributes)
{
    int64_t line = (int64_t)book->line + 1;
    const char *r = rk_archive_attribute(attributes, "r");
    if (r && (!whole(r, RK_SHEET_MAX_ROW, &line) || (uint64_t)line <= book->line)) {
        rk_sheet_wrong(book, _("the rows are not in order: row %s follows row %llu"), r,
                       (unsigned long long)book->line);
        return;
    }
    if (line > RK_SHEET_MAX_ROW) {
        rk_sheet_wrong(book, _("the sheet has more rows than Excel allows"));
        return;
    }
    book->column = SIZE_MAX; /* before the first */
    rk_sheet_row_start(book, (uint64_t)line, flag(attributes, "hidden"));
}

static void cell_start(struct rk_workbook *book, const char **attributes)
{
    struct xlsx *x = book->own;
    const char *r = rk_archive_attribute(attributes, "r"), *rest;
    const char *type = rk_archive_attribute(attributes, "t"),
               *style = rk_archive_attribute(attributes, "s");
    size_t column = book->column + 1;
    uint64_t line = book->line;
    int64_t number = 0;
    if (r && (!reference(r, &column, &line, &rest) || *rest || line != book->line ||
              (book->column != SIZE_MAX && column <= book->column))) {
        rk_sheet_wrong(book, _("the cells are not in order: '%.20s' in row %llu"), r,
                       (unsigned long long)book->line);
        return;
    }
    if (column >= RK_SHEET_MAX_COLUMN) {
        rk_sheet_wrong(book, _("the sheet has more columns than Excel allows"));
        return;
    }
    book->in_cell = true;
    book->column = column;
    if (style &&
        (!whole(style, INT32_MAX, &number) || (number && (size_t)number >= x->style_count))) {
        rk_sheet_wrong(book, _("a cell has a style that the workbook does not have"));
        return;
    }
    x->style = (size_t)number;
    snprintf(x->type, sizeof x->type, "%s", type ? type : "n");
    x->has_value = x->has_formula = false;
    rk_buf_clear(&book->value);
}

/* The kind of a cell whose value is its own, in book->value; false: wrong, and told. */
static bool read_value(struct rk_workbook *book, enum rk_foreign_kind *kind)
{
    struct xlsx *x = book->own;
    struct rk_buf *value = &book->value;
    struct rk_text text = {value->text ? value->text : "", value->size};
    struct rk_buf serial = {0};
    *kind = RK_FOREIGN_TEXT;
    if (!strcmp(x->type, "inlineStr") || !strcmp(x->type, "str")) {
        unescape(value);
    } else if (!strcmp(x->type, "b")) {
        text = rk_text_trim(text);
        *kind = RK_FOREIGN_TRUTH;
        bool yes = rk_text_is(text, "1") || rk_text_is(text, "true");
        if (!yes && !rk_text_is(text, "0") && !rk_text_is(text, "false")) {
            rk_sheet_wrong(book, _("a cell that should be true or false is neither"));
            return false;
        }
        rk_buf_clear(value);
        rk_buf_text(value, yes ? "true" : "false");
    } else if (!strcmp(x->type, "e")) {
        *kind = RK_FOREIGN_ERROR;
    } else if (!strcmp(x->type, "n")) {
        *kind = x->style < x->style_count ? x->styles[x->style] : RK_FOREIGN_NUMBER;
        return rk_sheet_number(book, text);
    } else if (!strcmp(x->type, "d")) {
        if (rk_workbook_iso(rk_text_trim(text), book->from_1904, &serial, kind)) {
            rk_buf_clear(value);
            rk_buf_add(value, serial.text, serial.size);
        } else { /* any other text: its column refuses it */
            *kind = RK_FOREIGN_TEXT;
        }
        rk_buf_free(&serial);
    } else {
        rk_sheet_wrong(book, _("a cell is of the unknown type '%s'"), x->type);
        return false;
    }
    return true;
}

static void cell_end(struct rk_workbook *book)
{
    struct xlsx *x = book->own;
    struct rk_buf *value = &book->value;
    enum rk_foreign_kind kind;
    if (!x->has_value && strcmp(x->type, "inlineStr")) {
        if (x->has_formula) /* else styled, but empty */
            rk_sheet_cell(book, book->column, RK_TEXT("="), RK_FOREIGN_UNSTORED);
    } else if (!strcmp(x->type, "s")) {
        int64_t index;
        rk_buf_char(value, '\0');
        if (!whole(value->text, INT64_MAX, &index) || (size_t)index >= x->string_count)
            rk_sheet_wrong(book, _("a cell points at a shared text that is not there"));
        else
            rk_sheet_cell(book, book->column, shared_text(x, (size_t)index), RK_FOREIGN_TEXT);
    } else if (read_value(book, &kind) && value->size) {
        rk_sheet_cell(book, book->column, (struct rk_text){value->text, value->size}, kind);
    }
}

/* The first cell of a merged range has the value; a single cell is merged with nothing. */
static void merges_start(void *user, const char *name, const char **attributes)
{
    struct rk_workbook *book = user;
    const char *element = local(name);
    if (!element || strcmp(element, "mergeCell"))
        return;
    const char *ref = rk_archive_attribute(attributes, "ref"), *rest;
    struct rk_foreign_merge m = {0};
    if (!ref || !reference(ref, &m.first_column, &m.first_line, &rest) ||
        (*rest && (*rest != ':' || !reference(rest + 1, &m.last_column, &m.last_line, &rest) ||
                   *rest || m.last_column < m.first_column || m.last_line < m.first_line)))
        rk_sheet_wrong(book, _("the sheet's merged cells cannot be read"));
    else if (m.last_line)
        rk_sheet_merge(book, m);
}

/* <col min="2" max="4" hidden="1"/> */
static void column_start(struct rk_workbook *book, const char **attributes)
{
    int64_t first, last;
    if (flag(attributes, "hidden") &&
        whole(rk_archive_attribute(attributes, "min"), RK_SHEET_MAX_COLUMN, &first) &&
        whole(rk_archive_attribute(attributes, "max"), RK_SHEET_MAX_COLUMN, &last) && first &&
        first <= last)
        rk_sheet_hide_columns(book, (size_t)first - 1, (size_t)last - 1);
}

static void sheet_start(void *user, const char *name, const char **attributes)
{
    struct rk_workbook *book = user;
    struct xlsx *x = book->own;
    const char *element = local(name);
    if (!element)
        return;
    if (x->item) {
        item_start(x, element);
    } else if (!strcmp(element, "sheetData")) {
        if (book->seen_data)
            rk_sheet_wrong(book, _("the sheet has its rows twice"));
        x->in_data = book->seen_data = true;
    } else if (!strcmp(element, "col") && !book->seen_data) {
        column_start(book, attributes);
    } else if (!x->in_data) {
        return;
    } else if (!strcmp(element, "row") && !book->in_row) {
        row_start(book, attributes);
    } else if (!strcmp(element, "c") && book->in_row && !book->in_cell) {
        cell_start(book, attributes);
    } else if (!strcmp(element, "f") && book->in_cell) {
        x->has_formula = true;
    } else if (!strcmp(element, "v") && book->in_cell && !x->has_value) {
        x->has_value = x->capture = true;
    } else if (!strcmp(element, "is") && book->in_cell) {
        x->item = 1;
    } else if (!strcmp(element, "row") || !strcmp(element, "c") || !strcmp(element, "v")) {
        rk_sheet_wrong(book, _("the sheet's rows and cells are not where they should be"));
    }
}

static void sheet_end(void *user, const char *name)
{
    struct rk_workbook *book = user;
    struct xlsx *x = book->own;
    const char *element = local(name);
    if (!element)
        return;
    x->capture = false;
    if (x->item) {
        item_end(x);
    } else if (book->in_cell && !strcmp(element, "c")) {
        cell_end(book);
        book->in_cell = false;
    } else if (book->in_row && !strcmp(element, "row")) {
        rk_sheet_row_end(book);
    } else if (!strcmp(element, "sheetData")) {
        x->in_data = false;
    }
}

/* ---- the workbook as a whole ---- */

static const struct rk_archive_handlers rels = {rels_start, NULL, NULL};
static const struct rk_archive_handlers document = {workbook_start, NULL, NULL};
static const struct rk_archive_handlers strings = {strings_start, strings_end, on_text};
static const struct rk_archive_handlers styles = {styles_start, styles_end, NULL};
static const struct rk_archive_handlers merges = {merges_start, NULL, NULL};
static const struct rk_archive_handlers cells = {sheet_start, sheet_end, on_text};

/* What is merged stands after the rows, but a header must know it: it is looked for before, and
 * most sheets have nothing of the kind. */
static enum rk_status start(struct rk_workbook *book, size_t sheet, bool with_merges,
                            struct rk_error *error)
{
    struct xlsx *x = book->own;
    const char *part = book->sheets[sheet].part;
    bool any = false;
    enum rk_status status = RK_OK;
    if (with_merges)
        status = rk_archive_holds(book->archive, part, "mergeCell ", &any, error);
    if (status == RK_OK && any)
        status = rk_archive_parse(book->archive, part, &merges, book, error);
    x->in_data = x->capture = false;
    x->item = x->phonetic = 0;
    return status == RK_OK ? rk_archive_start(book->archive, part, &cells, book, error) : status;
}

static void free_xlsx(struct rk_workbook *book)
{
    struct xlsx *x = book->own;
    rk_free(x->root);
    rk_free(x->workbook);
    rk_free(x->strings_part);
    rk_free(x->styles_part);
    rk_buf_free(&x->texts);
    rk_free(x->text_ends);
    rk_free(x->formats);
    rk_free(x->styles);
    rk_free(x);
}

static const struct rk_workbook_kind kind = {start, free_xlsx, false};

/* The sheets that hold cells; chart sheets go. */
static void keep_worksheets(struct rk_workbook *book)
{
    size_t kept = 0;
    for (size_t i = 0; i < book->sheet_count; i++) {
        struct rk_sheet *s = &book->sheets[i];
        if (s->part) {
            book->sheets[kept++] = *s;
        } else {
            rk_free(s->name);
            rk_free(s->id);
        }
    }
    book->sheet_count = kept;
}

enum rk_status rk_xlsx_read(struct rk_workbook *book, struct rk_error *error)
{
    struct rk_pos pos = {.file = book->name};
    struct rk_archive *archive = book->archive;
    struct xlsx *x = rk_alloc(1, sizeof *x);
    book->own = x;
    book->kind = &kind;
    if (!rk_archive_has(archive, "_rels/.rels") || !rk_archive_has(archive, "[Content_Types].xml"))
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("a zip archive, but no workbook"));
    enum rk_status status = rk_archive_parse(archive, "_rels/.rels", &rels, book, error);
    if (status != RK_OK)
        return status;
    if (!x->root || ends(x->root, ".bin"))
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          x->root ? _("a binary workbook (.xlsb): save it as .xlsx or as CSV")
                                  : _("a zip archive, but no workbook"));
    status = rk_archive_parse(archive, x->root, &document, book, error);
    if (status != RK_OK)
        return status;
    if (!book->sheet_count)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("not an Excel workbook: no sheets"));
    x->workbook = x->root;
    x->root = NULL;
    const char *slash = strrchr(x->workbook, '/');
    size_t folder = slash ? (size_t)(slash - x->workbook) + 1 : 0;
    struct rk_buf path = {0};
    rk_buf_add(&path, x->workbook, folder);
    rk_buf_printf(&path, "_rels/%s.rels", x->workbook + folder);
    status = rk_archive_parse(archive, path.text, &rels, book, error);
    rk_buf_free(&path);
    if (status != RK_OK)
        return status;
    keep_worksheets(book);
    if (!book->sheet_count)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("the workbook has no worksheet"));
    if (x->styles_part)
        status = rk_archive_parse(archive, x->styles_part, &styles, book, error);
    if (status == RK_OK && x->strings_part)
        status = rk_archive_parse(archive, x->strings_part, &strings, book, error);
    return status;
}
