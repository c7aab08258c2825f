/* An import's header: where it stands, on one row or several, and what its columns are called. */
#include "base/mem.h"
#include "stream/workbook.h"
#include "table/import_state.h"

enum { MAX_HEADER = 8 }; /* rows that merged cells may make a header of */

/* The texts of the header's rows, a row after another; text NULL = empty. */
struct header {
    struct rk_text *cells;
    struct rk_pos *places;
    uint64_t *lines;
    size_t rows, columns, row_room, cell_room;
};

static struct rk_text text_at(const struct header *h, size_t row, size_t column)
{
    return h->cells[row * h->columns + column];
}

/* Rows of a header may differ in width: all get the widest. */
static void widen(struct header *h, size_t columns)
{
    if (columns <= h->columns)
        return;
    struct rk_text *cells = rk_alloc((h->rows + 1) * columns, sizeof *cells);
    struct rk_pos *places = rk_alloc((h->rows + 1) * columns, sizeof *places);
    for (size_t r = 0; r < h->rows; r++)
        for (size_t c = 0; c < h->columns; c++) {
            cells[r * columns + c] = h->cells[r * h->columns + c];
            places[r * columns + c] = h->places[r * h->columns + c];
        }
    rk_free(h->cells);
    rk_free(h->places);
    h->cells = cells;
    h->places = places;
    h->columns = columns;
    h->cell_room = (h->rows + 1) * columns;
}

static void take_row(struct rk_import *im, struct header *h, const struct rk_foreign_row *row)
{
    widen(h, row->count);
    if ((h->rows + 1) * h->columns > h->cell_room) {
        h->cell_room = (h->rows + 1) * h->columns * 2;
        h->cells = rk_resize(h->cells, h->cell_room, sizeof *h->cells);
        h->places = rk_resize(h->places, h->cell_room, sizeof *h->places);
    }
    RK_GROW(h->lines, h->rows, h->row_room);
    h->lines[h->rows] = row->line;
    for (size_t c = 0; c < h->columns; c++) {
        size_t at = h->rows * h->columns + c;
        h->cells[at] = (struct rk_text){0};
        h->places[at] = rk_foreign_pos(im->foreign, c);
        if (c >= row->count || !row->cells[c].size)
            continue;
        struct rk_text text = {row->cells[c].text, row->cells[c].size};
        h->cells[at] = rk_import_keep(&im->arena, rk_tidy(&im->tidy, text));
    }
    h->rows++;
}

/* The last row that must be of the header, by its merged cells; *below: the one after that too,
 * if it holds headings, since a heading stands over several columns. */
static uint64_t merged_to(const struct rk_import *im, uint64_t first, bool *below)
{
    struct rk_foreign_merge m;
    uint64_t last = first;
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; rk_foreign_merge(im->foreign, i, &m); i++)
            if (m.first_line >= first && m.first_line <= last && m.last_line > last &&
                m.last_line < first + MAX_HEADER) {
                last = m.last_line;
                again = true;
            }
    }
    *below = false;
    for (size_t i = 0; rk_foreign_merge(im->foreign, i, &m); i++)
        *below |= m.first_line >= first && m.last_line == last && m.last_column > m.first_column;
    return last;
}

/* Could the row be one of headings? */
static bool holds_headings(const struct rk_foreign_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->cells[i].size && row->cells[i].kind != RK_FOREIGN_TEXT)
            return false;
    return !row->blank;
}

static enum rk_status next_row(struct rk_import *im, struct rk_foreign_row *row, bool *more,
                               struct rk_error *error)
{
    if (im->has_ahead) {
        *row = im->ahead;
        *more = true;
        im->has_ahead = false;
        return RK_OK;
    }
    return rk_foreign_next(im->foreign, row, more, error);
}

/* The rows from `first` on, the row read, that make the header. */
static enum rk_status take_header(struct rk_import *im, struct header *h,
                                  const struct rk_foreign_row *first, struct rk_error *error)
{
    uint64_t asked = im->options.header_last, last = asked;
    bool below = false, more = true;
    struct rk_foreign_row row;
    take_row(im, h, first);
    if (!asked)
        last = merged_to(im, h->lines[0], &below);
    while (h->lines[h->rows - 1] < last || below) {
        enum rk_status status = next_row(im, &row, &more, error);
        if (status != RK_OK)
            return status;
        if (!more)
            return RK_OK;
        bool within = row.line <= last;
        if (!within && (asked || !below || !holds_headings(&row) || h->rows == MAX_HEADER)) {
            im->ahead = row;
            im->has_ahead = true;
            return RK_OK;
        }
        take_row(im, h, &row);
        if (!within)
            last = merged_to(im, row.line, &below);
    }
    return RK_OK;
}

/* What stands over the cell: its own text, that of the merged cells it is one of, or, but for the
 * last row, that of the cell to its left. */
static struct rk_text heading_over(const struct rk_import *im, const struct header *h, size_t row,
                                   size_t column)
{
    struct rk_foreign_merge m;
    if (text_at(h, row, column).size)
        return text_at(h, row, column);
    for (size_t i = 0; rk_foreign_merge(im->foreign, i, &m); i++)
        if (m.first_line <= h->lines[row] && h->lines[row] <= m.last_line &&
            m.first_column <= column && column <= m.last_column)
            return m.first_line == h->lines[row] ? text_at(h, row, m.first_column)
                                                 : (struct rk_text){0};
    for (size_t c = column; row + 1 < h->rows && c > 0; c--)
        if (text_at(h, row, c - 1).size)
            return text_at(h, row, c - 1);
    return (struct rk_text){0};
}

/* A row of one text is a title, and tells no column from another. */
static bool is_title(const struct header *h, size_t row)
{
    size_t texts = 0;
    for (size_t c = 0; c < h->columns; c++)
        texts += text_at(h, row, c).size > 0;
    return texts < 2;
}

/* A column is called by the lowest text in it; where another column has the same, by all that
 * stands over it: "Brukare / Respekt". */
static void name_columns(struct rk_import *im, const struct header *h)
{
    size_t *lowest = rk_alloc(h->columns, sizeof *lowest); /* from 1; 0 = no text */
    struct rk_strings known = {0};
    bool *twice = rk_alloc(h->columns, sizeof *twice); /* by text */
    for (size_t c = 0; c < h->columns; c++) {
        lowest[c] = h->rows;
        while (lowest[c] && !text_at(h, lowest[c] - 1, c).size)
            lowest[c]--;
        if (!lowest[c])
            continue;
        uint32_t before = known.count;
        uint32_t n = rk_strings_add(&known, rk_fold(&im->text, text_at(h, lowest[c] - 1, c)));
        twice[n] |= n < before;
    }
    for (size_t i = 0; i < h->columns; i++) {
        struct rk_import_column *c = &im->columns[i];
        struct rk_buf name = {0};
        size_t row = lowest[i] ? lowest[i] - 1 : 0;
        struct rk_text own = text_at(h, row, i);
        bool joined =
            own.size && h->rows > 1 && twice[rk_strings_find(&known, rk_fold(&im->text, own))];
        for (size_t r = 0; joined && r < row; r++) {
            struct rk_text over = is_title(h, r) ? (struct rk_text){0} : heading_over(im, h, r, i);
            if (over.size) {
                rk_buf_add(&name, over.text, over.size);
                rk_buf_text(&name, " / ");
            }
        }
        if (own.size)
            rk_buf_add(&name, own.text, own.size);
        c->name = rk_import_keep(&im->arena, (struct rk_text){name.text, name.size});
        c->folded = rk_import_keep(&im->arena, rk_fold(&im->text, c->name));
        c->pos = h->places[row * h->columns + i];
        c->pos.field = c->name.size ? c->name.text : NULL;
        c->field = SIZE_MAX;
        if (!c->folded.size)
            c->use = NAMELESS;
        rk_buf_free(&name);
    }
    rk_strings_free(&known);
    rk_free(lowest);
    rk_free(twice);
}

/* Cells merged below the header: only the first of them has a value. */
static void refuse_merged(struct rk_import *im)
{
    struct rk_foreign_merge m;
    struct rk_pos file = {.file = im->columns[0].pos.file};
    struct rk_buf range = {0};
    for (size_t i = 0; rk_foreign_merge(im->foreign, i, &m); i++) {
        if (m.last_line <= im->header_line || m.first_column >= im->column_count)
            continue;
        rk_workbook_column(&range, m.first_column);
        rk_buf_printf(&range, "%llu:", (unsigned long long)m.first_line);
        rk_workbook_column(&range, m.last_column);
        rk_buf_printf(&range, "%llu", (unsigned long long)m.last_line);
        rk_import_error(im, &file,
                        _("merged cells %s: only their first cell has a value; undo the "
                          "merging"),
                        range.text);
        break;
    }
    rk_buf_free(&range);
}

enum rk_status rk_import_read_header(struct rk_import *im, struct rk_error *error)
{
    struct rk_foreign_row row;
    bool more;
    unsigned long long above = 0;
    for (;;) {
        enum rk_status status = rk_foreign_next(im->foreign, &row, &more, error);
        if (status != RK_OK)
            return status;
        struct rk_pos pos = {.file = rk_foreign_pos(im->foreign, 0).file};
        if (!more)
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("there is no header: the file is blank"));
        if (im->options.header && row.line < im->options.header) {
            above += !row.blank;
            continue;
        }
        if (im->options.header && (row.line > im->options.header || row.blank)) {
            pos.line = im->options.header;
            return rk_fail_at(error, RK_BAD_DATA, &pos, _("there is no header on this line"));
        }
        if (!row.blank)
            break;
        im->counts.rows_in++;
        im->counts.blank++;
    }
    struct rk_pos pos = {.file = rk_foreign_pos(im->foreign, 0).file, .line = row.line};
    if (above)
        rk_log(im->options.log, RK_NOTE, &pos, _("not read, above the header (rows: %llu)"), above);
    struct header h = {0};
    enum rk_status status = take_header(im, &h, &row, error);
    if (status == RK_OK && h.rows > 1)
        rk_log(im->options.log, RK_NOTE, &pos,
               _("the header has %zu rows, the last of them is %llu"), h.rows,
               (unsigned long long)h.lines[h.rows - 1]);
    if (status == RK_OK) {
        im->header_line = h.lines[h.rows - 1];
        im->column_count = h.columns;
        im->columns = rk_alloc(h.columns, sizeof *im->columns);
        name_columns(im, &h);
        refuse_merged(im);
    }
    rk_free(h.cells);
    rk_free(h.places);
    rk_free(h.lines);
    return status;
}
