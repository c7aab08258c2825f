#include "stream/workbook.h"

#include "base/date.h"
#include "stream/workbook_state.h"

void rk_workbook_column(struct rk_buf *out, size_t column)
{
    char text[16];
    size_t at = sizeof text;
    for (size_t n = column + 1; n && at; n = (n - 1) / 26)
        text[--at] = (char)('A' + (n - 1) % 26);
    rk_buf_add(out, text + at, sizeof text - at);
}

/* ---- numbers and dates ---- */

bool rk_workbook_number(struct rk_text text, struct rk_buf *out)
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

/* Two digits and then `mark`, or the end where it is NUL. */
static bool take_two(const char **at, const char *end, char mark, int *value)
{
    if (end - *at < 2 || (*at)[0] < '0' || (*at)[0] > '9' || (*at)[1] < '0' || (*at)[1] > '9')
        return false;
    *value = ((*at)[0] - '0') * 10 + (*at)[1] - '0';
    *at += 2;
    if (mark && *at < end && **at == mark)
        ++*at;
    else if (mark)
        return false;
    return true;
}

/* PT17H30M00S, PT90M: seconds; parts of one are left out. */
static bool duration(struct rk_text text, int64_t *seconds)
{
    const char *at = text.text, *end = at + text.size;
    *seconds = 0;
    if (text.size < 4 || at[0] != 'P' || at[1] != 'T')
        return false;
    for (at += 2; at < end;) {
        int64_t n = 0;
        const char *start = at;
        while (at < end && *at >= '0' && *at <= '9' && at - start < 9)
            n = n * 10 + (*at++ - '0');
        if (at == start)
            return false;
        if (at < end && (*at == '.' || *at == ','))
            for (at++; at < end && *at >= '0' && *at <= '9'; at++)
                ;
        if (at == end)
            return false;
        int64_t unit = *at == 'H' ? 3600 : *at == 'M' ? 60 : *at == 'S' ? 1 : 0;
        if (!unit)
            return false;
        *seconds += n * unit;
        at++;
    }
    return true;
}

bool rk_workbook_iso(struct rk_text text, bool is_1904, struct rk_buf *out,
                     enum rk_foreign_kind *kind)
{
    const int64_t day = 86400;
    int64_t seconds, days = 0;
    *kind = RK_FOREIGN_DURATION;
    if (!duration(text, &seconds)) {
        struct rk_date date;
        int hour, minute, second = 0;
        if (text.size < 10 || !rk_date_parse((struct rk_text){text.text, 10}, &date))
            return false;
        *kind = text.size == 10 ? RK_FOREIGN_DAY : RK_FOREIGN_MOMENT;
        const char *at = text.text + 10, *end = text.text + text.size;
        seconds = 0;
        if (at < end) {
            if (*at++ != 'T' || !take_two(&at, end, ':', &hour) || !take_two(&at, end, 0, &minute))
                return false;
            if (at < end && (*at++ != ':' || !take_two(&at, end, 0, &second)))
                return false;
            if (at < end && *at == '.')
                for (at++; at < end && *at >= '0' && *at <= '9'; at++)
                    ;
            if (at < end || hour > 23 || minute > 59 || second > 59)
                return false;
            seconds = hour * 3600 + minute * 60 + second;
        }
        days = rk_date_days(date) + (is_1904 ? 24107 : 25569);
        days -= !is_1904 && days < 61; /* before Excel's 29 February 1900 */
        if (days < !is_1904)
            return false;
    }
    days += seconds / day;
    int64_t rest = (seconds % day * 1000000000 + day / 2) / day;
    rk_buf_printf(out, "%lld", (long long)days);
    if (rest)
        rk_buf_printf(out, ".%09lld", (long long)rest);
    return true;
}

/* ---- what handlers call ---- */

void rk_sheet_wrong(struct rk_workbook *book, const char *format, ...)
{
    struct rk_pos pos = {.file = book->name};
    struct rk_buf text = {0};
    va_list args;
    if (book->in_row) {
        pos.line = book->line;
        pos.column = book->in_cell ? book->column + 1 : 0;
    }
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    rk_archive_wrong(book->archive, &pos, "%s", text.text);
    rk_buf_free(&text);
}

void rk_sheet_add(struct rk_workbook *book, const char *name, const char *id, bool hidden)
{
    RK_GROW(book->sheets, book->sheet_count, book->sheet_room);
    book->sheets[book->sheet_count++] =
        (struct rk_sheet){rk_strdup(name), id ? rk_strdup(id) : NULL, NULL, hidden, false};
}

void rk_sheet_row_start(struct rk_workbook *book, uint64_t line, bool hidden)
{
    book->line = line;
    book->in_row = true;
    book->row_hidden = hidden;
    RK_GROW(book->rows, book->row_count, book->row_room);
    book->rows[book->row_count] = (struct rk_sheet_row){line, book->cell_count, 0};
}

void rk_sheet_row_end(struct rk_workbook *book)
{
    bool any = book->rows[book->row_count].count > 0;
    book->in_row = false;
    book->hidden_rows += any && book->row_hidden;
    book->row_count += any;
}

void rk_sheet_cell(struct rk_workbook *book, size_t column, struct rk_text text,
                   enum rk_foreign_kind kind)
{
    if (rk_utf8_valid(text.text, text.size) != text.size) {
        rk_sheet_wrong(book, _("a cell holds characters that are not text"));
        return;
    }
    if (!text.size)
        return;
    text.text = rk_arena_text(&book->arenas[book->arena], text.text, text.size);
    RK_GROW(book->cells, book->cell_count, book->cell_room);
    book->cells[book->cell_count++] = (struct rk_sheet_cell){column, text, kind};
    book->rows[book->row_count].count++;
}

void rk_sheet_text(struct rk_workbook *book, const char *text, size_t size)
{
    if (book->value.size + size > RK_SHEET_MAX_TEXT)
        rk_sheet_wrong(book, _("a cell holds more than %d bytes"), RK_SHEET_MAX_TEXT);
    else
        rk_buf_add(&book->value, text, size);
}

bool rk_sheet_number(struct rk_workbook *book, struct rk_text text)
{
    struct rk_buf number = {0};
    text = rk_text_trim(text);
    if (text.size && !rk_workbook_number(text, &number)) {
        for (size_t i = 0; i < text.size; i++)
            if (text.size > 64 || !strchr("0123456789+-.eE", text.text[i])) {
                rk_sheet_wrong(book, _("a cell's number cannot be read"));
                rk_buf_free(&number);
                return false;
            }
        rk_buf_add(&number, text.text, text.size); /* 1E+300: a number, but none of ours */
    }
    rk_buf_clear(&book->value);
    if (number.size)
        rk_buf_add(&book->value, number.text, number.size);
    rk_buf_free(&number);
    return true;
}

void rk_sheet_hide_columns(struct rk_workbook *book, uint64_t first, uint64_t last)
{
    if (book->hidden_count == RK_SHEET_MAX_COLUMN)
        return;
    RK_GROW(book->hidden_columns, book->hidden_count, book->hidden_room);
    book->hidden_columns[book->hidden_count++] =
        (struct rk_foreign_merge){.first_column = first, .last_column = last};
}

void rk_sheet_merge(struct rk_workbook *book, struct rk_foreign_merge merge)
{
    if (book->merge_count == RK_SHEET_MAX_MERGES) {
        rk_sheet_wrong(book, _("the sheet's merged cells cannot be read"));
        return;
    }
    RK_GROW(book->merges, book->merge_count, book->merge_room);
    book->merges[book->merge_count++] = merge;
}

/* ---- the workbook as a whole ---- */

enum rk_status rk_workbook_open(struct rk_workbook **opened, const char *name, const void *bytes,
                                size_t size, struct rk_error *error)
{
    struct rk_workbook *book = rk_alloc(1, sizeof *book);
    book->name = name;
    enum rk_status status = rk_archive_open(&book->archive, name, bytes, size, error);
    if (status == RK_OK)
        status = rk_archive_has(book->archive, "mimetype") &&
                         rk_archive_has(book->archive, "content.xml")
                     ? rk_ods_read(book, error)
                     : rk_xlsx_read(book, error);
    if (status != RK_OK) {
        rk_workbook_close(book);
        book = NULL;
    }
    *opened = book;
    return status;
}

size_t rk_workbook_sheets(const struct rk_workbook *book) { return book->sheet_count; }
const char *rk_workbook_sheet_name(const struct rk_workbook *book, size_t i)
{
    return book->sheets[i].name;
}
bool rk_workbook_sheet_hidden(const struct rk_workbook *book, size_t i)
{
    return book->sheets[i].hidden;
}
bool rk_workbook_1904(const struct rk_workbook *book) { return book->from_1904; }
uint64_t rk_workbook_hidden_rows(const struct rk_workbook *book) { return book->hidden_rows; }

void rk_workbook_hidden_columns(const struct rk_workbook *book, struct rk_buf *out)
{
    for (size_t i = 0; i < book->hidden_count; i++) {
        const struct rk_foreign_merge *c = &book->hidden_columns[i];
        if (i)
            rk_buf_text(out, ", ");
        rk_workbook_column(out, c->first_column);
        if (c->last_column > c->first_column) {
            rk_buf_char(out, ':');
            rk_workbook_column(out, c->last_column);
        }
    }
}

static enum rk_status start_sheet(struct rk_workbook *book, size_t sheet, bool merges,
                                  struct rk_error *error)
{
    book->cell_count = book->row_count = book->row_next = 0;
    book->end = book->seen_data = book->in_row = book->in_cell = false;
    book->line = 0;
    book->hidden_rows = 0;
    book->hidden_count = book->merge_count = 0;
    return book->kind->start(book, sheet, merges, error);
}

enum rk_status rk_workbook_select(struct rk_workbook *book, size_t sheet, struct rk_error *error)
{
    return start_sheet(book, sheet, true, error);
}

enum rk_status rk_workbook_is_empty(struct rk_workbook *book, size_t sheet, bool *empty,
                                    struct rk_error *error)
{
    struct rk_foreign_row row;
    bool more = false;
    if (book->kind->knows_any) {
        *empty = !book->sheets[sheet].any;
        return RK_OK;
    }
    enum rk_status status = start_sheet(book, sheet, false, error);
    if (status == RK_OK)
        status = rk_workbook_next(book, &row, &more, error);
    *empty = !more;
    return status;
}

/* Forgets the rows handed out; the cells of a row that a chunk cut go to the other arena. */
static void forget_rows(struct rk_workbook *book)
{
    struct rk_arena *next = &book->arenas[!book->arena];
    size_t kept = 0;
    rk_arena_reset(next);
    if (book->in_row) {
        struct rk_sheet_row *row = &book->rows[book->row_count];
        for (size_t i = 0; i < row->count; i++) {
            struct rk_sheet_cell cell = book->cells[row->first + i];
            cell.text.text = rk_arena_text(next, cell.text.text, cell.text.size);
            book->cells[kept++] = cell;
        }
        book->rows[0] = (struct rk_sheet_row){row->line, 0, kept};
    }
    book->cell_count = kept;
    book->row_count = book->row_next = 0;
    book->arena = !book->arena;
}

enum rk_status rk_workbook_next(struct rk_workbook *book, struct rk_foreign_row *row, bool *more,
                                struct rk_error *error)
{
    *more = false;
    while (book->row_next == book->row_count) {
        if (book->end) {
            if (!book->seen_data)
                return rk_archive_broken(book->archive, rk_archive_part(book->archive),
                                         _("holds no rows"), error);
            return RK_OK;
        }
        forget_rows(book);
        enum rk_status status = rk_archive_feed(book->archive, &book->end, error);
        if (status != RK_OK)
            return status;
    }
    const struct rk_sheet_row *next = &book->rows[book->row_next++];
    const struct rk_sheet_cell *cells = book->cells + next->first;
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

bool rk_workbook_merge(const struct rk_workbook *book, size_t index, struct rk_foreign_merge *merge)
{
    if (index >= book->merge_count)
        return false;
    *merge = book->merges[index];
    return true;
}

void rk_workbook_close(struct rk_workbook *book)
{
    if (!book)
        return;
    if (book->kind)
        book->kind->free(book);
    rk_archive_close(book->archive);
    for (size_t i = 0; i < book->sheet_count; i++) {
        rk_free(book->sheets[i].name);
        rk_free(book->sheets[i].id);
        rk_free(book->sheets[i].part);
    }
    rk_free(book->sheets);
    rk_arena_free(&book->arenas[0]);
    rk_arena_free(&book->arenas[1]);
    rk_free(book->cells);
    rk_free(book->rows);
    rk_buf_free(&book->value);
    rk_free(book->hidden_columns);
    rk_free(book->merges);
    rk_free(book->dense);
    rk_free(book);
}
