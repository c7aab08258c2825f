/* ODS (OpenDocument 1.2 and 1.3): all sheets stand in one part, content.xml, which is read once for
 * their names, what is hidden and what is merged, and once more for the rows of one of them. */
#include "base/hash.h"
#include "stream/workbook_state.h"

#define OFFICE "urn:oasis:names:tc:opendocument:xmlns:office:1.0|"
#define TABLE "urn:oasis:names:tc:opendocument:xmlns:table:1.0|"
#define TEXT "urn:oasis:names:tc:opendocument:xmlns:text:1.0|"
#define STYLE "urn:oasis:names:tc:opendocument:xmlns:style:1.0|"
#define CALC "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0|"
#define MANIFEST "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0|"

/* Cells that hold something, repeated ones counted as often: what a small file can grow to. */
enum { MAX_CELLS = 1 << 26 };

struct merge {
    size_t sheet;
    struct rk_foreign_merge range;
};

struct ods {
    struct rk_strings hidden_styles; /* of tables that are not shown */
    char style[256];                 /* the one being read, "" = none */
    struct merge *merges;            /* of all sheets */
    size_t merge_count, merge_room;

    bool listing;         /* the first time through */
    size_t sheet, wanted; /* the sheet that is read, from 0; the one whose rows are wanted */
    int table, nested;    /* depth inside <table:table>, and of one inside a cell */
    uint64_t held;        /* cells so far */

    uint64_t row_repeat, cell_repeat, column; /* column: the next */
    size_t columns;                           /* of <table:table-column> so far */
    uint64_t last_row;
    int cell, skip, paragraph; /* depths inside the cell, what is passed over in it, <text:p> */
    size_t paragraphs;
    char type[16], given[64]; /* value-type, the value of that type */
    bool has_type, has_formula, error, has_string;
};

static const char *local(const char *name, const char *space)
{
    size_t size = strlen(space);
    return strncmp(name, space, size) ? NULL : name + size;
}

/* An attribute that counts, 1 where it is not given; false: told. */
static bool count_of(struct rk_workbook *book, const char **attributes, const char *name,
                     uint64_t *count)
{
    const char *text = rk_archive_attribute(attributes, name);
    int64_t value = 1;
    if (text && (!rk_text_int(rk_text(text), &value) || value < 1 || value > INT32_MAX)) {
        rk_sheet_wrong(book, _("the sheet's rows and cells are not where they should be"));
        return false;
    }
    *count = (uint64_t)value;
    return true;
}

static void copy(char *to, size_t room, const char *from)
{
    snprintf(to, room, "%s", from ? from : "");
}

/* ---- the cell ---- */

static void cell_start(struct rk_workbook *book, const char **attributes, bool covered)
{
    struct ods *o = book->own;
    uint64_t down, right;
    if (!count_of(book, attributes, TABLE "number-columns-repeated", &o->cell_repeat) ||
        !count_of(book, attributes, TABLE "number-rows-spanned", &down) ||
        !count_of(book, attributes, TABLE "number-columns-spanned", &right))
        return;
    o->cell = 1;
    o->skip = o->paragraph = 0;
    o->paragraphs = 0;
    book->in_cell = true;
    book->column = (size_t)o->column;
    rk_buf_clear(&book->value);
    const char *type = rk_archive_attribute(attributes, OFFICE "value-type");
    const char *calc = rk_archive_attribute(attributes, CALC "value-type");
    o->has_type = type != NULL;
    copy(o->type, sizeof o->type, type);
    o->has_formula = rk_archive_attribute(attributes, TABLE "formula") != NULL;
    o->error = calc && !strcmp(calc, "error");
    const char *value =
        rk_archive_attribute(attributes, !strcmp(o->type, "date")      ? OFFICE "date-value"
                                         : !strcmp(o->type, "time")    ? OFFICE "time-value"
                                         : !strcmp(o->type, "boolean") ? OFFICE "boolean-value"
                                                                       : OFFICE "value");
    copy(o->given, sizeof o->given, value);
    if (value && strlen(value) >= sizeof o->given)
        rk_sheet_wrong(book, _("a cell's number cannot be read"));
    const char *string = rk_archive_attribute(attributes, OFFICE "string-value");
    o->has_string = string && *string && !strcmp(o->type, "string");
    if (o->has_string)
        rk_sheet_text(book, string, strlen(string));
    if (covered) /* its own text, if any, is not shown */
        o->has_type = o->has_formula = false, o->skip = 1;
    if (o->listing && (down > 1 || right > 1) && book->line <= RK_SHEET_MAX_ROW) {
        RK_GROW(o->merges, o->merge_count, o->merge_room);
        o->merges[o->merge_count++] =
            (struct merge){o->sheet,
                           {book->line, book->line + down - 1, (size_t)o->column,
                            (size_t)(o->column + right - 1)}};
        if (o->merge_count > RK_SHEET_MAX_MERGES)
            rk_sheet_wrong(book, _("the sheet's merged cells cannot be read"));
    }
}

/* What is in the cell: paragraphs with a line break between them; notes and pictures are not. */
static void inside_start(struct rk_workbook *book, const char *name, const char **attributes)
{
    struct ods *o = book->own;
    const char *text = local(name, TEXT);
    o->cell++;
    if (o->skip)
        return;
    if (!o->paragraph) {
        if (text && !strcmp(text, "p")) {
            if (o->paragraphs++ && !o->has_string)
                rk_sheet_text(book, "\n", 1);
            o->paragraph = o->cell;
        } else {
            o->skip = o->cell;
        }
    } else if (text && !strcmp(text, "s")) {
        uint64_t count;
        if (count_of(book, attributes, TEXT "c", &count))
            for (uint64_t i = 0; i < count && !o->has_string && !rk_archive_is_wrong(book->archive);
                 i++)
                rk_sheet_text(book, " ", 1);
    } else if (text && !strcmp(text, "tab")) {
        rk_sheet_text(book, "\t", 1);
    } else if (text && !strcmp(text, "line-break")) {
        rk_sheet_text(book, "\n", 1);
    } else if (!text || !strcmp(text, "note") || !strcmp(text, "ruby-text")) {
        o->skip = o->cell;
    }
}

static void on_text(void *user, const char *text, size_t size)
{
    struct rk_workbook *book = user;
    struct ods *o = book->own;
    if (book->in_cell && o->paragraph && !o->skip && !o->has_string)
        rk_sheet_text(book, text, size);
}

/* The cell's value to book->value. */
static bool read_value(struct rk_workbook *book, enum rk_foreign_kind *kind)
{
    struct ods *o = book->own;
    struct rk_text given = rk_text(o->given);
    struct rk_buf serial = {0};
    *kind = RK_FOREIGN_TEXT;
    if (o->error) {
        *kind = RK_FOREIGN_ERROR;
        if (!book->value.size)
            rk_buf_text(&book->value, "#ERR!");
    } else if (!o->has_type) {
        rk_buf_clear(&book->value);
        if (o->has_formula) {
            rk_buf_char(&book->value, '=');
            *kind = RK_FOREIGN_UNSTORED;
        }
    } else if (!strcmp(o->type, "boolean")) {
        *kind = RK_FOREIGN_TRUTH;
        if (!rk_text_is(given, "true") && !rk_text_is(given, "false")) {
            rk_sheet_wrong(book, _("a cell that should be true or false is neither"));
            return false;
        }
        rk_buf_clear(&book->value);
        rk_buf_text(&book->value, o->given);
    } else if (!strcmp(o->type, "date") || !strcmp(o->type, "time")) {
        rk_buf_clear(&book->value);
        if (rk_workbook_iso(given, false, &serial, kind)) {
            rk_buf_add(&book->value, serial.text, serial.size);
        } else { /* any other text: its column refuses it */
            rk_buf_text(&book->value, o->given);
            *kind = RK_FOREIGN_TEXT;
        }
        rk_buf_free(&serial);
    } else if (!strcmp(o->type, "float") || !strcmp(o->type, "currency") ||
               !strcmp(o->type, "percentage")) {
        *kind = *o->type == 'p' ? RK_FOREIGN_PERCENT : RK_FOREIGN_NUMBER;
        return rk_sheet_number(book, given);
    } else if (strcmp(o->type, "string")) {
        rk_sheet_wrong(book, _("a cell is of the unknown type '%s'"), o->type);
        return false;
    }
    return true;
}

static void cell_end(struct rk_workbook *book)
{
    struct ods *o = book->own;
    enum rk_foreign_kind kind;
    if (read_value(book, &kind) && book->value.size) {
        if (o->column + o->cell_repeat > RK_SHEET_MAX_COLUMN)
            rk_sheet_wrong(book, _("the sheet has more columns than Excel allows"));
        else if ((o->held += o->cell_repeat * o->row_repeat) > MAX_CELLS)
            rk_sheet_wrong(book, _("the sheet has more than %d cells"), MAX_CELLS);
        for (uint64_t i = 0; i < o->cell_repeat && !rk_archive_is_wrong(book->archive); i++)
            rk_sheet_cell(book, (size_t)(o->column + i),
                          (struct rk_text){book->value.text, book->value.size}, kind);
    }
    o->column += o->cell_repeat;
    book->in_cell = false;
}

/* ---- rows, columns and sheets ---- */

static bool is_hidden(const char **attributes)
{
    const char *shown = rk_archive_attribute(attributes, TABLE "visibility");
    return shown && strcmp(shown, "visible");
}

static void row_start(struct rk_workbook *book, const char **attributes)
{
    struct ods *o = book->own;
    if (!count_of(book, attributes, TABLE "number-rows-repeated", &o->row_repeat))
        return;
    o->column = 0;
    rk_sheet_row_start(book, o->last_row + 1, is_hidden(attributes));
}

/* A row that stands for several is handed out as often; empty ones at the end for ever. */
static void row_end(struct rk_workbook *book)
{
    struct ods *o = book->own;
    struct rk_sheet_row row = book->rows[book->row_count];
    rk_sheet_row_end(book);
    o->last_row += o->row_repeat;
    if (!row.count)
        return;
    if (o->last_row > RK_SHEET_MAX_ROW) {
        rk_sheet_wrong(book, _("the sheet has more rows than Excel allows"));
        return;
    }
    book->sheets[o->sheet].any = true;
    for (uint64_t i = 1; i < o->row_repeat && !o->listing; i++) {
        RK_GROW(book->rows, book->row_count, book->row_room);
        book->rows[book->row_count++] = (struct rk_sheet_row){row.line + i, row.first, row.count};
        book->hidden_rows += book->row_hidden;
    }
    if (o->listing) { /* nothing is kept */
        book->row_count = book->cell_count = 0;
        rk_arena_reset(&book->arenas[book->arena]);
    }
}

static void column_start(struct rk_workbook *book, const char **attributes)
{
    struct ods *o = book->own;
    uint64_t repeat;
    if (!count_of(book, attributes, TABLE "number-columns-repeated", &repeat))
        return;
    if (is_hidden(attributes) && !o->listing && o->columns < RK_SHEET_MAX_COLUMN)
        rk_sheet_hide_columns(book, o->columns, o->columns + (size_t)repeat - 1);
    o->columns += (size_t)repeat;
}

static void table_start(struct rk_workbook *book, const char **attributes)
{
    struct ods *o = book->own;
    const char *name = rk_archive_attribute(attributes, TABLE "name"),
               *style = rk_archive_attribute(attributes, TABLE "style-name");
    o->last_row = 0;
    o->columns = 0;
    if (!o->listing) {
        book->seen_data |= o->sheet == o->wanted;
        return;
    }
    if (!name || book->sheet_count == RK_SHEET_MAX_SHEETS)
        rk_sheet_wrong(book, _("part %s does not list its sheets as it should"),
                       rk_archive_part(book->archive));
    else
        rk_sheet_add(book, name, NULL,
                     style && rk_strings_find(&o->hidden_styles, rk_text(style)) != RK_NONE);
}

static void on_start(void *user, const char *name, const char **attributes)
{
    struct rk_workbook *book = user;
    struct ods *o = book->own;
    const char *element = local(name, TABLE), *style = local(name, STYLE);
    if (book->in_cell) {
        inside_start(book, name, attributes);
        return;
    }
    if (style && !strcmp(style, "style")) {
        copy(o->style, sizeof o->style, rk_archive_attribute(attributes, STYLE "name"));
    } else if (style && !strcmp(style, "table-properties") && o->listing) {
        const char *display = rk_archive_attribute(attributes, TABLE "display");
        if (display && !strcmp(display, "false") && *o->style)
            rk_strings_add(&o->hidden_styles, rk_text(o->style));
    }
    if (!element)
        return;
    if (!strcmp(element, "table")) {
        if (o->table++) /* shapes and sheets inside one are not read */
            o->nested++;
        else
            table_start(book, attributes);
    }
    if (!o->table || o->nested || (!o->listing && o->sheet != o->wanted))
        return;
    if (!strcmp(element, "table-column")) {
        column_start(book, attributes);
    } else if (!strcmp(element, "table-row")) {
        if (book->in_row)
            rk_sheet_wrong(book, _("the sheet's rows and cells are not where they should be"));
        else
            row_start(book, attributes);
    } else if (book->in_row && !strcmp(element, "table-cell")) {
        cell_start(book, attributes, false);
    } else if (book->in_row && !strcmp(element, "covered-table-cell")) {
        cell_start(book, attributes, true);
    }
}

static void on_end(void *user, const char *name)
{
    struct rk_workbook *book = user;
    struct ods *o = book->own;
    const char *element = local(name, TABLE);
    if (book->in_cell) {
        if (o->skip == o->cell && o->cell > 1)
            o->skip = 0;
        if (o->paragraph == o->cell)
            o->paragraph = 0;
        if (!--o->cell)
            cell_end(book);
    } else if (element && !strcmp(element, "table-row") && book->in_row && !o->nested) {
        row_end(book);
    } else if (element && !strcmp(element, "table") && o->table) {
        if (o->nested)
            o->nested--;
        else
            o->sheet++;
        o->table--;
    }
}

/* ---- the workbook as a whole ---- */

static void manifest_start(void *user, const char *name, const char **attributes)
{
    (void)attributes;
    struct rk_workbook *book = user;
    const char *element = local(name, MANIFEST);
    if (element && !strcmp(element, "encryption-data"))
        rk_sheet_wrong(book, _("the workbook is encrypted: save it without a password"));
}

static const struct rk_archive_handlers content = {on_start, on_end, on_text};
static const struct rk_archive_handlers manifest = {manifest_start, NULL, NULL};

static void start_content(struct rk_workbook *book, bool listing, size_t wanted)
{
    struct ods *o = book->own;
    o->listing = listing;
    o->wanted = wanted;
    o->sheet = 0;
    o->table = o->nested = o->cell = o->skip = o->paragraph = 0;
    o->held = 0;
    *o->style = '\0';
    book->in_row = book->in_cell = false;
}

static enum rk_status start(struct rk_workbook *book, size_t sheet, bool with_merges,
                            struct rk_error *error)
{
    struct ods *o = book->own;
    start_content(book, false, sheet);
    for (size_t i = 0; with_merges && i < o->merge_count; i++)
        if (o->merges[i].sheet == sheet)
            rk_sheet_merge(book, o->merges[i].range);
    return rk_archive_start(book->archive, "content.xml", &content, book, error);
}

static void free_ods(struct rk_workbook *book)
{
    struct ods *o = book->own;
    rk_strings_free(&o->hidden_styles);
    rk_free(o->merges);
    rk_free(o);
}

static const struct rk_workbook_kind kind = {start, free_ods, true};

enum rk_status rk_ods_read(struct rk_workbook *book, struct rk_error *error)
{
    struct rk_pos pos = {.file = book->name};
    enum rk_status status = RK_OK;
    book->own = rk_alloc(1, sizeof(struct ods));
    book->kind = &kind;
    if (rk_archive_has(book->archive, "META-INF/manifest.xml"))
        status = rk_archive_parse(book->archive, "META-INF/manifest.xml", &manifest, book, error);
    start_content(book, true, 0);
    if (status == RK_OK)
        status = rk_archive_parse(book->archive, "content.xml", &content, book, error);
    if (status == RK_OK && !book->sheet_count)
        status = rk_fail_at(error, RK_BAD_DATA, &pos,
                            _("an OpenDocument file without sheets: no spreadsheet"));
    return status;
}
