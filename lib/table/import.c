#include "table/import.h"

#include "base/mem.h"
#include "table/import_state.h"

#include <assert.h>
#include <inttypes.h>

enum rk_status rk_import_open(struct rk_import **import, struct rk_foreign *foreign,
                              const struct rk_import_options *options, struct rk_error *error)
{
    assert(options->schema && options->words && options->log);
    struct rk_import *im = rk_alloc(1, sizeof *im);
    im->options = *options;
    im->foreign = foreign;
    im->schema = options->schema;
    im->table = options->schema->name;
    im->mapped = rk_words_new();
    enum rk_status status = rk_import_bind(im, error);
    if (status != RK_OK) {
        rk_import_close(im);
        im = NULL;
    }
    *import = im;
    return status;
}

const struct rk_writer_column *rk_import_columns(const struct rk_import *im, size_t *count)
{
    *count = im->out_count;
    return im->out;
}

/* ---- rows ---- */

/* The row is bad; the first reason goes with it to the rejects. `told`: a message is due now. */
void rk_import_bad(struct rk_import *im, const struct rk_pos *pos, bool told, const char *format,
                   ...)
{
    struct rk_buf text = {0}, name = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&text, format, args);
    va_end(args);
    rk_foreign_cell_name(im->foreign, pos, &name);
    if (name.size)
        rk_buf_printf(&text, _(" (cell %s)"), name.text);
    rk_buf_free(&name);
    if (told)
        rk_log(im->options.log, RK_ERROR, pos, "%s", text.text);
    if (!im->row_bad)
        rk_buf_printf(&im->reason, "%s%s%s", pos->field ? pos->field : "", pos->field ? ": " : "",
                      text.text);
    im->row_bad = true;
    rk_buf_free(&text);
}

/* Is the column an id of a person, and does the text look like a name? */
static bool is_name(const struct rk_import *im, size_t field, struct rk_text text)
{
    static const char *const ids[] = {"candidate_id", "rater_id", "panelist_id", "respondent_id",
                                      NULL};
    for (size_t i = 0; ids[i]; i++)
        if (!strcmp(im->schema->fields[field].name, ids[i]))
            return rk_looks_like_name(text);
    return false;
}

void rk_import_unknown_word(struct rk_import *im, size_t field, struct rk_text word,
                            const struct rk_pos *pos)
{
    struct rk_buf key = {0};
    rk_buf_printf(&key, "%zu\x1f", field);
    rk_buf_add(&key, word.text, word.size);
    uint32_t known = im->unknown_words.count;
    uint32_t n = rk_strings_add(&im->unknown_words, (struct rk_text){key.text, key.size});
    rk_buf_free(&key);
    if (n == known) {
        RK_GROW(im->unknown, n, im->unknown_room);
        im->unknown[n] = (struct rk_import_word){*pos, field, rk_import_keep(&im->arena, word), 0};
    }
    im->unknown[n].count++;
    rk_import_bad(im, pos, false, _("a word that is not known"));
}

static struct rk_text from_row(struct rk_import *im, const struct rk_buf *buf)
{
    return rk_import_keep(&im->row_arena, (struct rk_text){buf->text, buf->size});
}

/* One of the column's fixed words, ours or theirs. */
static bool find_word(struct rk_import *im, size_t field, struct rk_text text, struct rk_text *ours)
{
    const struct rk_field *f = &im->schema->fields[field];
    if (!im->worded[field])
        return false;
    for (const char **choice = f->choices; choice && *choice && !im->closed[field]; choice++)
        if (rk_text_is(text, *choice)) { /* the usual case, quickly */
            *ours = rk_text(*choice);
            return true;
        }
    if (im->closed[field] && rk_words_find(im->mapped, im->table, f->name, text, ours))
        return true;
    struct rk_text folded = rk_import_keep(&im->row_arena, rk_fold(&im->text, text));
    for (const char **choice = f->choices; choice && *choice; choice++)
        if (rk_text_equal(rk_fold(&im->text, rk_text(*choice)), folded)) {
            *ours = rk_text(*choice);
            return true;
        }
    if (f->type == RK_BOOLEAN)
        return rk_words_find(im->options.words, im->table, "boolean", text, ours);
    return rk_words_find(im->options.words, im->table, f->name, text, ours);
}

static void read_list(struct rk_import *im, size_t field, struct rk_text list,
                      struct rk_text *value, const struct rk_pos *pos)
{
    const struct rk_field *f = &im->schema->fields[field];
    bool closed = f->choices || im->closed[field];
    struct rk_buf out = {0};
    struct rk_text item, ours;
    while (rk_list_next(&list, &item)) {
        if (!find_word(im, field, item, &ours)) {
            if (closed)
                rk_import_unknown_word(im, field, item, pos);
            ours = item;
        }
        if (ours.size && out.size)
            rk_buf_char(&out, '|');
        rk_buf_add(&out, ours.text, ours.size);
    }
    *value = from_row(im, &out);
    rk_buf_free(&out);
}

/* Short texts and plain words are passed over quickly. */
bool rk_import_holds_identity(const struct rk_import *im, struct rk_text text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.size; i++)
        digits += text.text[i] >= '0' && text.text[i] <= '9';
    return digits >= 9 && im->options.is_identity && im->options.is_identity(text);
}

bool rk_import_refuse_identity(struct rk_import *im, const struct rk_foreign_cell *cell,
                               struct rk_text text, const struct rk_pos *pos)
{
    if (cell->kind > RK_FOREIGN_PERCENT || !rk_import_holds_identity(im, text))
        return false;
    rk_import_bad(im, pos, true, _("a personal identity number: it may not come into any table"));
    im->identities++;
    return true;
}

/* One cell as a value of the field; bad ones make the row bad. */
static struct rk_text read_field(struct rk_import *im, size_t field, struct rk_foreign_cell cell,
                                 struct rk_cell_column *reading, const struct rk_pos *pos)
{
    const struct rk_field *f = &im->schema->fields[field];
    struct rk_text text = rk_tidy(&im->tidy, (struct rk_text){cell.text, cell.size}), ours = {0};
    struct rk_text value = {0};
    struct rk_value checked;
    text = rk_import_keep(&im->row_arena, text);
    cell.text = text.text;
    cell.size = text.size;
    if (!text.size || rk_import_refuse_identity(im, &cell, text, pos))
        return value;
    bool closed = im->closed[field];
    bool readable = cell.kind <= RK_FOREIGN_TRUTH && !rk_cell_is_error(text);
    bool is_word = readable && find_word(im, field, text, &ours);
    if (is_word && f->type != RK_LIST) {
        value = ours;
    } else if (readable && !is_word && (f->choices || f->type == RK_BOOLEAN) &&
               f->type != RK_LIST) {
        rk_import_unknown_word(im, field, text, pos);
        return value;
    } else {
        rk_buf_clear(&im->text);
        rk_buf_clear(&im->why);
        if (!rk_cell_read(reading, &cell, pos, &im->text, &im->why)) {
            if (closed && readable)
                rk_import_unknown_word(im, field, text, pos);
            else
                rk_import_bad(im, pos, true, "%s", im->why.text);
            return value;
        }
        value = from_row(im, &im->text);
        if (is_name(im, field, value) && !closed) {
            rk_import_bad(
                im, pos, true,
                _("looks like a person's name: ids must be codes, and a map file's values "
                  "can give each name one"));
            return value;
        }
        if (f->type == RK_LIST)
            read_list(im, field, value, &value, pos);
        else if (closed && f->type == RK_STRING) {
            rk_import_unknown_word(im, field, text, pos);
            return value;
        }
    }
    rk_buf_clear(&im->why);
    if (value.size && !rk_field_check(f, value, &checked, &im->why))
        rk_import_bad(im, pos, true, "%s", im->why.text);
    return value;
}

/* A score cell: a number, or a word that says why there is none. */
static void read_score(struct rk_import *im, const struct rk_foreign_cell *cell,
                       struct rk_cell_column *reading, const struct rk_pos *pos,
                       struct rk_text *score, struct rk_text *missing)
{
    struct rk_text text = rk_import_keep(
        &im->row_arena, rk_tidy(&im->tidy, (struct rk_text){cell->text, cell->size}));
    struct rk_text ours;
    *score = *missing = (struct rk_text){0};
    char first = text.size ? *text.text : '0';
    if (text.size && cell->kind == RK_FOREIGN_TEXT &&
        (first < '0' || first > '9' || im->closed[im->missing]) &&
        find_word(im, im->missing, text, &ours) &&
        !(im->closed[im->score] && rk_words_find(im->mapped, im->table, "score", text, score))) {
        *missing = ours;
        return;
    }
    bool word = cell->kind == RK_FOREIGN_TEXT && text.size &&
                !strchr("0123456789+-,.#\xe2", first) &&
                !(im->closed[im->score] && find_word(im, im->score, text, &ours));
    if (word)
        rk_import_unknown_word(im, im->score, text, pos);
    else
        *score = read_field(im, im->score, *cell, reading, pos);
}

/* A row for a protected identity: the status says so, or a fictitious name stands somewhere. */
static bool is_protected(struct rk_import *im, const struct rk_foreign_row *row)
{
    struct rk_text ours;
    struct rk_buf pair = {0};
    bool found = false;
    for (size_t i = 0; i < row->count && !found; i++) {
        struct rk_text cell = {row->cells[i].text, row->cells[i].size};
        if (row->cells[i].kind != RK_FOREIGN_TEXT || !cell.size || cell.size > 80)
            continue;
        found = rk_words_in(im->options.words, "protected", cell) ||
                (im->source[im->status] == i && find_word(im, im->status, cell, &ours) &&
                 rk_text_is(ours, "protected"));
        if (!found && i + 1 < row->count && row->cells[i + 1].size <= 80) {
            rk_buf_clear(&pair); /* first and last name, each in its cell */
            rk_buf_add(&pair, cell.text, cell.size);
            rk_buf_char(&pair, ' ');
            if (row->cells[i + 1].size)
                rk_buf_add(&pair, row->cells[i + 1].text, row->cells[i + 1].size);
            found =
                rk_words_in(im->options.words, "protected", (struct rk_text){pair.text, pair.size});
        }
    }
    rk_buf_free(&pair);
    return found;
}

struct rk_pos rk_import_cell_pos(const struct rk_import *im, size_t column)
{
    struct rk_pos pos = rk_foreign_pos(im->foreign, column);
    pos.field = im->columns[column].pos.field;
    return pos;
}

/* A cell of a column that is kept as it is. */
struct rk_text rk_import_read_kept(struct rk_import *im, size_t column, struct rk_foreign_cell cell)
{
    struct rk_pos pos = rk_import_cell_pos(im, column);
    struct rk_text text = rk_tidy(&im->tidy, (struct rk_text){cell.text, cell.size});
    text = rk_import_keep(&im->row_arena, text);
    if (!text.size || rk_import_refuse_identity(im, &cell, text, &pos))
        return text;
    struct rk_cell_column reading = {.type = RK_STRING, .is_1904 = rk_foreign_1904(im->foreign)};
    if (cell.kind == RK_FOREIGN_DAY)
        reading.type = RK_DATE;
    else if (cell.kind == RK_FOREIGN_MOMENT)
        reading.type = RK_DATETIME;
    cell.text = text.text;
    cell.size = text.size;
    rk_buf_clear(&im->text);
    rk_buf_clear(&im->why);
    if (!rk_cell_read(&reading, &cell, &pos, &im->text, &im->why))
        rk_import_bad(im, &pos, true, "%s", im->why.text);
    return from_row(im, &im->text);
}

/* Puts one row of the output among those waiting, from im->values. */
void rk_import_emit(struct rk_import *im, const struct rk_text *kept, const struct rk_pos *pos)
{
    struct rk_value checked;
    for (size_t f = 0; f < im->schema->field_count; f++) {
        const struct rk_field *field = &im->schema->fields[f];
        struct rk_pos at = im->source[f] != SIZE_MAX ? rk_import_cell_pos(im, im->source[f]) : *pos;
        rk_buf_clear(&im->why);
        if (!im->values[f].size && field->required &&
            !rk_field_check(field, im->values[f], &checked, &im->why) && !im->row_bad) {
            at.field = im->source[f] != SIZE_MAX ? at.field : field->name;
            rk_import_bad(im, &at, true, "%s", im->why.text);
        }
    }
    size_t need = (im->pending_count + 1) * im->out_count;
    if (need > im->pending_room) {
        im->pending_room = need * 2;
        im->pending = rk_resize(im->pending, im->pending_room, sizeof *im->pending);
    }
    struct rk_text *cells = im->pending + im->pending_count++ * im->out_count;
    for (size_t i = 0; i < im->out_count; i++)
        cells[i] = im->out_field[i] == SIZE_MAX ? kept[i] : im->values[im->out_field[i]];
}

/* Two rows of one key are one row too many. */
static void check_keys(struct rk_import *im, uint64_t line)
{
    struct rk_buf key = {0};
    struct rk_pos pos = rk_foreign_pos(im->foreign, 0);
    pos.column = 0;
    for (size_t pass = 0; pass < 2; pass++) /* all are new, before any is taken in */
        for (size_t r = 0; r < im->pending_count && im->schema->key_count && !im->row_bad; r++) {
            const struct rk_text *cells = im->pending + r * im->out_count;
            rk_buf_clear(&key);
            for (size_t k = 0; k < im->schema->key_count; k++) {
                for (size_t i = 0; i < im->out_count; i++)
                    if (im->out_field[i] == im->schema->key[k] && cells[i].size)
                        rk_buf_add(&key, cells[i].text, cells[i].size);
                rk_buf_char(&key, '\x1f');
            }
            struct rk_text text = {key.text, key.size};
            uint32_t number = rk_strings_find(&im->keys, text);
            if (number != RK_NONE) {
                rk_import_bad(im, &pos, true, _("the same key as line %llu"),
                              (unsigned long long)im->key_lines[number]);
            } else if (pass) {
                number = rk_strings_add(&im->keys, text);
                RK_GROW(im->key_lines, number, im->key_room);
                im->key_lines[number] = line;
            }
        }
    rk_buf_free(&key);
}

bool rk_import_is_contact(struct rk_text text)
{
    const char *at = text.size ? memchr(text.text, '@', text.size) : NULL;
    if (at && at > text.text && memchr(at, '.', text.size - (size_t)(at - text.text)))
        return true;
    size_t digits = 0;
    for (size_t i = 0; i < text.size; i++)
        if (text.text[i] >= '0' && text.text[i] <= '9')
            digits++;
        else if (!strchr("+-/() ", text.text[i]))
            return false;
    return digits >= 9 && (*text.text == '+' || *text.text == '0');
}

/* A column that only a map keeps is held against what no header told. */
static void mind_contact(struct rk_import *im, size_t column, struct rk_text text)
{
    struct rk_import_column *c = &im->columns[column];
    if (!c->unasked || c->contact || !rk_import_is_contact(text))
        return;
    struct rk_pos pos = rk_import_cell_pos(im, column);
    c->contact = true;
    rk_import_error(
        im, &pos,
        _("an e-mail address or a telephone number: leave the column out (--drop '%s'), or "
          "keep it knowingly (--keep '%s')"),
        c->name.text, c->name.text);
}

/* The code of the household: by the columns that tell it, in the order of their first row. */
static struct rk_text read_household(struct rk_import *im, const struct rk_foreign_row *row)
{
    struct rk_buf key = {0};
    struct rk_text code = {0};
    bool any = false;
    for (size_t i = 0; i < im->column_count && i < row->count; i++) {
        if (im->columns[i].use != HOUSEHOLD)
            continue;
        struct rk_text cell = {row->cells[i].text, row->cells[i].size};
        cell = rk_fold(&im->text, cell.size ? cell : RK_TEXT(""));
        any |= cell.size > 0;
        rk_buf_add(&key, cell.text, cell.size);
        rk_buf_char(&key, '\x1f');
    }
    if (any) {
        uint32_t number = rk_strings_add(&im->households, (struct rk_text){key.text, key.size});
        rk_buf_clear(&key);
        rk_buf_printf(&key, "h%" PRIu64, (uint64_t)number + 1);
        code = from_row(im, &key);
    }
    rk_buf_free(&key);
    return code;
}

static struct rk_text read_extra(struct rk_import *im, const struct rk_foreign_row *row,
                                 size_t column)
{
    if (column == SIZE_MAX)
        return read_household(im, row);
    if (column >= row->count)
        return (struct rk_text){0};
    struct rk_text text = rk_import_read_kept(im, column, row->cells[column]);
    mind_contact(im, column, text);
    return text;
}

/* One word of a feature as the panelists' own column would have it; a word not known is told. */
static bool read_word(struct rk_import *im, const struct rk_field *f, struct rk_text text,
                      struct rk_text *ours)
{
    const char *table = im->options.features->name;
    const char *kind = f->type == RK_BOOLEAN ? "boolean" : f->name;
    if (rk_words_find(im->mapped, table, f->name, text, ours))
        return true;
    struct rk_text folded = rk_import_keep(&im->row_arena, rk_fold(&im->text, text));
    for (const char **choice = f->choices; choice && *choice; choice++)
        if (rk_text_equal(rk_fold(&im->text, rk_text(*choice)), folded)) {
            *ours = rk_text(*choice);
            return true;
        }
    return rk_words_find(im->options.words, table, kind, text, ours);
}

/* A quota counts what the panelists' import has made of their columns and words. */
static void read_feature(struct rk_import *im, const struct rk_pos *row_pos)
{
    struct rk_text *feature = &im->values[im->feature], *value = &im->values[im->value], ours;
    size_t f =
        feature->size ? rk_import_field_called(im, im->options.features, *feature) : SIZE_MAX;
    if (f == SIZE_MAX || !value->size)
        return;
    const struct rk_field *field = &im->options.features->fields[f];
    *feature = rk_text(field->name);
    if (read_word(im, field, *value, &ours)) {
        *value = ours;
        return;
    }
    struct rk_pos pos = im->source[im->value] == SIZE_MAX
                            ? *row_pos
                            : rk_import_cell_pos(im, im->source[im->value]);
    struct rk_buf expected = {0};
    for (const char **choice = field->choices; choice && *choice; choice++)
        rk_buf_printf(&expected, "%s%s", expected.size ? ", " : "", *choice);
    if (expected.size || field->type == RK_BOOLEAN)
        rk_import_bad(
            im, &pos, true,
            _("not a word of %s (%s): a map file tells what it means, {\"values\": {\"%s.%s\": "
              "{\"theirs\": \"ours\"}}}"),
            field->name, expected.size ? expected.text : "true, false", im->options.features->name,
            field->name);
    else if (field->type == RK_LIST) {
        rk_buf_clear(&im->text);
        rk_cell_list(*value, &im->text);
        *value = from_row(im, &im->text);
    }
    rk_buf_free(&expected);
}

static void read_values(struct rk_import *im, const struct rk_foreign_row *row, bool protected)
{
    static const struct rk_foreign_cell none;
    memset(im->values, 0, im->schema->field_count * sizeof *im->values);
    for (size_t f = 0; f < im->schema->field_count; f++) {
        size_t column = im->source[f];
        if (f == im->numbered) {
            rk_buf_clear(&im->text);
            rk_buf_printf(&im->text, "%s%" PRIu64, im->options.number,
                          im->counts.rows_in - im->counts.blank);
            im->values[f] = from_row(im, &im->text);
            continue;
        }
        if (protected && (f == im->gender || f == im->birth || f == im->status)) {
            if (f == im->status)
                im->values[f] = RK_TEXT("protected");
            continue;
        }
        if (column != SIZE_MAX) {
            struct rk_pos pos = rk_import_cell_pos(im, column);
            const struct rk_foreign_cell *cell = column < row->count ? &row->cells[column] : &none;
            if (f == im->score) {
                struct rk_text missing;
                read_score(im, cell, &im->columns[column].reading, &pos, &im->values[f], &missing);
                if (missing.size) /* the column `missing`, later in the schema, yields to it */
                    im->values[im->missing] = missing;
            } else if (f != im->missing || !im->values[f].size) {
                im->values[f] = read_field(im, f, *cell, &im->columns[column].reading, &pos);
            }
        } else if (im->constant[f].text) {
            struct rk_pos pos = {.file = im->columns[0].pos.file,
                                 .line = row->line,
                                 .field = im->schema->fields[f].name};
            im->values[f] =
                read_field(im, f,
                           (struct rk_foreign_cell){im->constant[f].text, im->constant[f].size,
                                                    RK_FOREIGN_TEXT},
                           &im->constant_reading[f], &pos);
        }
    }
}

static void fill_group(struct rk_import *im, const struct rk_pos *pos)
{
    if (!im->options.group_of || im->group == SIZE_MAX || im->values[im->group].size ||
        !im->values[im->rater].size)
        return;
    const char *group = im->options.group_of(im->options.context, im->values[im->rater]);
    if (group)
        im->values[im->group] = rk_text(group);
    else
        rk_import_bad(im, pos, true, _("the rater is not in the table of raters"));
}

/* A long row; a rating needs a score or a word for why there is none. */
static void take_long(struct rk_import *im, const struct rk_text *kept, const struct rk_pos *pos)
{
    fill_group(im, pos);
    if (im->score != SIZE_MAX && !im->values[im->score].size && !im->values[im->missing].size &&
        !im->row_bad) {
        if (im->options.empty)
            im->values[im->missing] = rk_text(im->options.empty);
        else
            rk_import_bad(im, pos, true,
                          _("neither a score nor a word for why it is missing (--empty says "
                            "what an empty score is)"));
    }
    rk_import_emit(im, kept, pos);
}

static void take_wide(struct rk_import *im, const struct rk_foreign_row *row,
                      const struct rk_text *kept, const struct rk_pos *row_pos)
{
    static const struct rk_foreign_cell none;
    bool criteria = im->options.wide == RK_WIDE_CRITERIA;
    uint64_t empty = 0;
    struct rk_text group = im->group == SIZE_MAX ? (struct rk_text){0} : im->values[im->group];
    if (criteria)
        fill_group(im, row_pos);
    for (size_t i = 0; i < im->column_count; i++) {
        struct rk_import_column *c = &im->columns[i];
        if (c->use != SCORE)
            continue;
        struct rk_pos pos = rk_import_cell_pos(im, i);
        read_score(im, i < row->count ? &row->cells[i] : &none, &c->reading, &pos,
                   &im->values[im->score], &im->values[im->missing]);
        if (!im->values[im->score].size && !im->values[im->missing].size) {
            if (!im->options.empty) {
                empty++;
                continue;
            }
            im->values[im->missing] = rk_text(im->options.empty);
        }
        im->values[criteria ? im->criterion : im->rater] = rk_text(c->key);
        if (!criteria) {
            if (im->group != SIZE_MAX)
                im->values[im->group] = group;
            fill_group(im, &pos);
        }
        rk_import_emit(im, kept, row_pos);
    }
    im->counts.cells_in += im->score_columns;
    if (im->row_bad)
        im->counts.cells_rejected += im->score_columns;
    else
        im->counts.cells_empty += empty;
}

static bool check_width(struct rk_import *im, const struct rk_foreign_row *row,
                        const struct rk_pos *row_pos)
{
    for (size_t i = 0; i < row->count; i++) {
        if (!row->cells[i].size || (i < im->column_count && im->columns[i].use != NAMELESS))
            continue;
        struct rk_pos pos = rk_foreign_pos(im->foreign, i);
        rk_import_bad(im, &pos, true, _("a value in column %zu, which has no header"), i + 1);
        return false;
    }
    if (row->count < im->column_count && !rk_foreign_ragged(im->foreign)) {
        rk_import_bad(im, row_pos, true,
                      RK_PLURAL("%zu cell, but the header has %zu",
                                "%zu cells, but the header has %zu", row->count),
                      row->count, im->column_count);
        return false;
    }
    return true;
}

static void write_reject(struct rk_import *im, const struct rk_foreign_row *row)
{
    im->counts.rejected++;
    im->pending_count = 0;
    if (!im->rejects)
        return;
    rk_write_string(im->rejects, im->columns[0].pos.file);
    rk_write_int(im->rejects, (int64_t)row->line);
    rk_write_string(im->rejects, im->reason.text);
    for (size_t i = 0; i < im->column_count; i++) {
        if (rk_import_left_out(&im->columns[i]))
            continue;
        struct rk_text cell = {0};
        if (i < row->count && row->cells[i].size)
            cell = (struct rk_text){row->cells[i].text, row->cells[i].size};
        rk_write_text(im->rejects, rk_import_holds_identity(im, cell) ? (struct rk_text){0} : cell);
    }
    rk_write_end(im->rejects);
}

static void take_row(struct rk_import *im, const struct rk_foreign_row *row)
{
    struct rk_pos pos = rk_foreign_pos(im->foreign, 0);
    pos.column = 0;
    rk_arena_reset(&im->row_arena);
    rk_buf_clear(&im->reason);
    im->row_bad = false;
    im->pending_count = im->pending_next = 0;
    im->counts.rows_in++;
    bool protected = im->status != SIZE_MAX && is_protected(im, row);
    if (!check_width(im, row, &pos)) {
        im->counts.cells_in += im->score_columns;
        im->counts.cells_rejected += im->score_columns;
        write_reject(im, row);
        return;
    }
    read_values(im, row, protected);
    if (im->feature != SIZE_MAX)
        read_feature(im, &pos);
    struct rk_text *kept = rk_arena_alloc(&im->row_arena, im->out_count * sizeof *kept);
    for (size_t i = 0; i < im->out_count; i++)
        if (im->out_field[i] == SIZE_MAX)
            kept[i] = read_extra(im, row, im->out_column[i]);
    if (im->options.wide == RK_LONG)
        take_long(im, kept, &pos);
    else if (im->options.wide == RK_WIDE_ITEMS)
        rk_import_take_items(im, row, kept, &pos);
    else
        take_wide(im, row, kept, &pos);
    if (!im->row_bad)
        check_keys(im, row->line);
    if (im->row_bad) {
        write_reject(im, row);
        return;
    }
    for (size_t i = 0; i < im->out_count; i++)
        im->homeless +=
            im->out_field[i] == SIZE_MAX && im->out_column[i] == SIZE_MAX && !kept[i].size;
    im->counts.protected += protected;
    im->counts.rows_out += im->pending_count;
}

enum rk_status rk_import_next(struct rk_import *im, const struct rk_text **cells,
                              struct rk_error *error)
{
    *cells = NULL;
    while (im->pending_next == im->pending_count) {
        struct rk_foreign_row row;
        bool more;
        if (im->has_ahead) {
            row = im->ahead;
            im->has_ahead = false;
        } else {
            enum rk_status status = rk_foreign_next(im->foreign, &row, &more, error);
            if (status != RK_OK || !more)
                return status;
        }
        if (row.blank) {
            im->counts.rows_in++;
            im->counts.blank++;
            continue;
        }
        take_row(im, &row);
    }
    *cells = im->pending + im->pending_next++ * im->out_count;
    return RK_OK;
}

/* ---- the end ---- */

static void say_notes(struct rk_import *im, const struct rk_import_column *c)
{
    static const char *const texts[RK_CELL_NOTES] = {
        [RK_CELL_TIME_LEFT_OUT] = N_("the time of day was left out (cells: %llu)"),
        [RK_CELL_SECONDS_LEFT_OUT] = N_("the seconds were left out (cells: %llu)"),
        [RK_CELL_DAY_FIRST] = N_("read as day/month/year (cells: %llu)"),
        [RK_CELL_SERIAL] = N_("a plain number, read as Excel's number of a day (cells: %llu)"),
        [RK_CELL_SHORT_BIRTH] = N_("birth dates with a year of two digits, read as 1921 to "
                                   "2020 (cells: %llu)"),
        [RK_CELL_PERCENT] =
            N_("shown as per cent, read as parts of 1: 45 %% is 0.45 (cells: %llu)"),
        [RK_CELL_HOURS] = N_("hours and minutes, read as hours: 2:30 is 2.5 (cells: %llu)"),
        [RK_CELL_JUNK_BIRTH] = N_("no birth date (such as 111111), taken as missing (cells: "
                                  "%llu)"),
    };
    for (int i = 0; i < RK_CELL_NOTES; i++)
        if (c->reading.notes[i]) {
            struct rk_pos pos = {.file = c->pos.file, .field = c->pos.field};
            rk_log(im->options.log, RK_NOTE, &pos, _(texts[i]),
                   (unsigned long long)c->reading.notes[i]);
        }
}

static void check_marks(struct rk_import *im, const struct rk_import_column *c)
{
    const struct rk_cell_column *r = &c->reading;
    if (r->marks[0] && r->marks[1] && !r->decimal) {
        struct rk_pos pos = r->first[0];
        rk_import_error(im, &pos,
                        _("a decimal comma here, a decimal point in line %llu: say which it "
                          "is with --decimal"),
                        (unsigned long long)r->first[1].line);
    } else if (!r->decimal && r->thousand_like && r->thousand_like == r->marks[0] + r->marks[1]) {
        struct rk_pos pos = r->first[r->marks[0] ? 0 : 1];
        rk_log(im->options.log, RK_WARNING, &pos,
               r->marks[0] ? _("every comma has three digits after it: read as decimals; if they "
                               "are thousands, say --decimal .")
                           : _("every point has three digits after it: read as decimals; if they "
                               "are thousands, say --decimal ,"));
    }
}

/* How much of a word is shown: a longer one is free text, which may tell of people. */
static size_t shown(struct rk_text word)
{
    size_t most = word.size > 40 ? 12 : word.size;
    while (most < word.size && most && ((unsigned char)word.text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

static void list_unknown(struct rk_import *im)
{
    for (uint32_t i = 0; i < im->unknown_words.count; i++) {
        const struct rk_import_word *u = &im->unknown[i];
        const struct rk_field *f = &im->schema->fields[u->field];
        struct rk_buf text = {0};
        if (f->personal || is_name(im, u->field, u->word))
            rk_buf_printf(&text, _("a word that is not known (cells: %llu)"),
                          (unsigned long long)u->count);
        else
            rk_buf_printf(&text, _("the word '%.*s%s' is not known (cells: %llu)"),
                          (int)shown(u->word), u->word.text,
                          shown(u->word) < u->word.size ? "…" : "", (unsigned long long)u->count);
        const char *expected = _("; expected ");
        if (u->field == im->score) {
            f = &im->schema->fields[im->missing];
            expected = _("; expected a number, ");
        }
        for (const char **choice = f->choices; choice && *choice; choice++)
            rk_buf_printf(&text, "%s%s", choice == f->choices ? expected : ", ", *choice);
        rk_import_error(im, &u->pos, "%s", text.text);
        rk_buf_free(&text);
    }
    if (!im->unknown_words.count)
        return;
    struct rk_buf form = {0}; /* what a map file would say */
    for (size_t f = 0; f < im->schema->field_count; f++) {
        size_t n = 0;
        size_t said = im->score == f ? im->missing : f;
        for (uint32_t i = 0; i < im->unknown_words.count; i++) {
            if (im->unknown[i].field != f || im->schema->fields[f].personal ||
                is_name(im, f, im->unknown[i].word) ||
                shown(im->unknown[i].word) < im->unknown[i].word.size)
                continue;
            if (!n++)
                rk_buf_printf(&form, "%s\"%s\": {", form.size ? ", " : "",
                              im->schema->fields[said].name);
            else
                rk_buf_text(&form, ", ");
            rk_json_quote(&form, im->unknown[i].word);
            rk_buf_text(&form, ": \"…\"");
        }
        if (n)
            rk_buf_char(&form, '}');
    }
    if (form.size)
        rk_log(im->options.log, RK_NOTE, NULL,
               _("--map-file FILE tells what words mean: {\"values\": {%s}}"), form.text);
    else
        rk_log(im->options.log, RK_NOTE, NULL, _("--map-file FILE tells what words mean"));
    rk_buf_free(&form);
}

enum rk_status rk_import_finish(struct rk_import *im, struct rk_import_counts *counts,
                                struct rk_error *error)
{
    struct rk_pos file = {.file = im->columns[0].pos.file};
    for (size_t i = 0; i < im->column_count; i++) {
        if (im->columns[i].use != FIELD && im->columns[i].use != SCORE)
            continue;
        say_notes(im, &im->columns[i]);
        check_marks(im, &im->columns[i]);
    }
    size_t wrong = im->errors;
    list_unknown(im);
    struct rk_buf columns = {0};
    uint64_t hidden = rk_foreign_hidden(im->foreign, &columns);
    if (hidden)
        rk_log(im->options.log, RK_NOTE, &file,
               _("hidden rows were read like the others (rows: %llu)"), (unsigned long long)hidden);
    if (columns.size)
        rk_log(im->options.log, RK_NOTE, &file, _("hidden columns were read like the others: %s"),
               columns.text);
    rk_buf_free(&columns);
    if (im->counts.protected)
        rk_log(
            im->options.log, RK_NOTE, &file,
            _("protected identities (rows: %llu): status protected, gender and birth year empty"),
            (unsigned long long)im->counts.protected);
    if (im->homeless)
        rk_log(im->options.log, RK_NOTE, &file,
               _("nothing tells where they live, and so not who shares a household (rows: %llu)"),
               (unsigned long long)im->homeless);
    if (im->rejects) {
        rk_writer_finish(im->rejects);
        im->rejects = NULL;
    }
    *counts = im->counts;
    if (wrong)
        return rk_fail(error, RK_BAD_DATA, "%s", "");
    if (im->counts.rejected && !im->options.rejects)
        return rk_fail(error, RK_BAD_DATA,
                       RK_PLURAL("%llu of %llu rows is wrong; --rejects FILE sets it aside",
                                 "%llu of %llu rows are wrong; --rejects FILE sets them aside",
                                 im->counts.rejected),
                       (unsigned long long)im->counts.rejected,
                       (unsigned long long)im->counts.rows_in);
    return im->counts.rejected ? RK_ATTENTION : RK_OK;
}

void rk_import_close(struct rk_import *im)
{
    if (!im)
        return;
    rk_foreign_close(im->foreign);
    rk_words_free(im->mapped);
    rk_arena_free(&im->arena);
    rk_arena_free(&im->row_arena);
    rk_free(im->columns);
    rk_free(im->source);
    rk_free(im->constant);
    rk_free(im->constant_reading);
    rk_free(im->values);
    rk_free(im->closed);
    rk_free(im->worded);
    rk_free(im->out);
    rk_free(im->out_field);
    rk_free(im->out_column);
    rk_free(im->pending);
    rk_buf_free(&im->reason);
    rk_buf_free(&im->tidy);
    rk_buf_free(&im->text);
    rk_buf_free(&im->why);
    rk_strings_free(&im->unknown_words);
    rk_free(im->unknown);
    rk_strings_free(&im->households);
    rk_strings_free(&im->keys);
    rk_free(im->key_lines);
    if (im->rejects)
        rk_writer_finish(im->rejects);
    rk_free(im);
}
