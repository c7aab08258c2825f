/* A survey's export: a column per item of the codebook, or per option of a question with several
 * answers, or all options chosen in one cell; into a row per answer. */
#include "base/mem.h"
#include "table/import_state.h"

#include <inttypes.h>

/* ---- columns ---- */

static bool named(struct rk_import *im, const char *const *names, struct rk_text folded)
{
    for (; names && *names; names++)
        if (rk_text_equal(rk_fold(&im->text, rk_text(*names)), folded))
            return true;
    return false;
}

/* The header without a number before it: "3. Jag …", "Q3: Jag …", "3) Jag …". */
static struct rk_text without_number(struct rk_text text)
{
    size_t at = 0, digits = 0;
    if (text.size && (*text.text | 0x20) == 'q')
        at++;
    for (; at < text.size && text.text[at] >= '0' && text.text[at] <= '9'; at++)
        digits++;
    if (!digits || at == text.size || !strchr(".:) ", text.text[at]))
        return text;
    while (at < text.size && strchr(".:) ", text.text[at]))
        at++;
    return (struct rk_text){text.text + at, text.size - at};
}

/* What stands in brackets at its end, as grids of questions have it: "Om samtalet [Jag …]". */
static struct rk_text in_brackets(struct rk_text text)
{
    const char *open =
        text.size && text.text[text.size - 1] == ']' ? memrchr(text.text, '[', text.size) : NULL;
    if (!open)
        return (struct rk_text){0};
    return (struct rk_text){open + 1, (size_t)(text.text + text.size - open) - 2};
}

/* The item that the header names; SIZE_MAX none. *many: a question, whose first option it is. */
static size_t item_named(struct rk_import *im, const struct rk_import_column *c,
                         struct rk_text header, bool *many)
{
    const struct rk_import_item *items = im->options.items;
    struct rk_buf copy = {0};
    size_t found = SIZE_MAX;
    struct rk_text folded = rk_import_keep(&im->arena, rk_fold(&copy, header));
    *many = false;
    rk_buf_free(&copy);
    for (size_t i = 0; i < im->options.item_count; i++) {
        bool first = items[i].question && (!i || items[i - 1].question != items[i].question);
        bool own = rk_text_equal(rk_fold(&im->text, rk_text(items[i].id)), folded) ||
                   named(im, items[i].headings, folded);
        bool asked =
            first && (rk_text_equal(rk_fold(&im->text, rk_text(items[i].question)), folded) ||
                      named(im, items[i].question_headings, folded));
        if (!own && !asked)
            continue;
        if (found != SIZE_MAX)
            rk_import_error(im, &c->pos, _("may be %s or %s: say which with --map"),
                            items[found].id, items[i].id);
        found = i;
        *many = asked;
    }
    return found;
}

static void bind_item(struct rk_import_column *c, const struct rk_import_item *items, size_t item,
                      bool many)
{
    c->use = SCORE;
    c->item = item;
    c->many = many;
    c->key = many ? items[item].question : items[item].id;
}

/* Which item the map's item.ID=Theirs means. */
static void bind_mapped(struct rk_import *im, struct rk_import_column *c)
{
    const struct rk_import_item *items = im->options.items;
    for (size_t i = 0; i < im->options.item_count; i++) {
        if (!strcmp(items[i].id, c->key)) {
            bind_item(c, items, i, false);
            return;
        }
        if (items[i].question && !strcmp(items[i].question, c->key)) {
            bind_item(c, items, i, true);
            return;
        }
    }
    rk_import_error(im, &c->pos, _("the codebook has no item '%s'"), c->key);
}

void rk_import_bind_items(struct rk_import *im)
{
    const struct rk_import_item *items = im->options.items;
    struct rk_pos pos = {.file = im->columns[0].pos.file, .line = im->header_line};
    size_t survey = rk_schema_find(im->schema, RK_TEXT("survey"));
    for (size_t i = 0; i < im->column_count; i++) {
        struct rk_import_column *c = &im->columns[i];
        bool many;
        if (c->use == SCORE) {
            bind_mapped(im, c);
        } else if (c->use == UNCLAIMED) {
            const struct rk_text forms[] = {c->name, without_number(c->name), in_brackets(c->name)};
            for (size_t f = 0; f < 3 && c->use == UNCLAIMED; f++) {
                size_t item = forms[f].size ? item_named(im, c, forms[f], &many) : SIZE_MAX;
                if (item != SIZE_MAX)
                    bind_item(c, items, item, many);
            }
        }
        if (c->use != SCORE)
            continue;
        for (size_t k = 0; k < i; k++)
            if (im->columns[k].use == SCORE && !strcmp(im->columns[k].key, c->key))
                rk_import_error(im, &c->pos, _("a second column for %s"), c->key);
        size_t options = 1;
        while (c->many && c->item + options < im->options.item_count &&
               items[c->item + options].question == items[c->item].question)
            options++;
        im->score_columns += options;
    }
    if (!im->score_columns)
        rk_import_error(im, &pos,
                        _("no column is an item of the codebook, by id or heading: "
                          "--map item.ID=Header says which it is"));
    if (im->source[survey] == SIZE_MAX && !im->constant[survey].text)
        im->constant[survey] = rk_text(im->options.codebook);
}

/* ---- answers ---- */

static const char *chosen_words[] = {"x",    "1",        "ja",      "yes",      "true", "sant",
                                     "vald", "selected", "checked", "markerad", NULL};
static const char *other_words[] = {"0",       "nej",          "no",        "false", "falskt",
                                    "ej vald", "not selected", "unchecked", "-",     NULL};

static bool known_answer(struct rk_import *im, const struct rk_import_item *item,
                         struct rk_text text, struct rk_text *ours)
{
    struct rk_text folded = rk_import_keep(&im->row_arena, rk_fold(&im->text, text));
    if (rk_words_find(im->mapped, im->table, "value", text, ours))
        return true;
    for (size_t i = 0; i < item->answer_count; i++)
        if (rk_text_equal(rk_fold(&im->text, rk_text(item->answers[i].text)), folded)) {
            *ours = rk_text(item->answers[i].ours);
            return true;
        }
    return false;
}

/* "4 - Instämmer till stor del", "4 (…)", "4. …": the word after the number, which must be worth
 * it; empty where it is not of that form. */
static struct rk_text after_number(struct rk_text text, struct rk_text *number)
{
    size_t at = 0;
    while (at < text.size && text.text[at] >= '0' && text.text[at] <= '9')
        at++;
    *number = (struct rk_text){text.text, at};
    size_t start = at;
    while (at < text.size && strchr(" .:=)(-", text.text[at]))
        at++;
    if (!number->size || at == start)
        return (struct rk_text){0};
    size_t end = text.size - (text.text[text.size - 1] == ')');
    return (struct rk_text){text.text + at, end > at ? end - at : 0};
}

static void bad_answer(struct rk_import *im, const struct rk_import_item *item,
                       const struct rk_pos *pos)
{
    struct rk_buf from = {0}, to = {0};
    rk_fixed_print(&from, item->minimum);
    rk_fixed_print(&to, item->maximum);
    rk_import_bad(im, pos, true, _("outside the item's scale, %s to %s"), from.text, to.text);
    rk_buf_free(&from);
    rk_buf_free(&to);
}

/* A number of the scale or a word that is worth one; the row is bad otherwise. */
static struct rk_text read_scaled(struct rk_import *im, const struct rk_import_item *item,
                                  size_t column, struct rk_foreign_cell cell)
{
    struct rk_pos pos = rk_import_cell_pos(im, column);
    struct rk_text text = rk_tidy(&im->tidy, (struct rk_text){cell.text, cell.size}), ours, number;
    text = rk_import_keep(&im->row_arena, text);
    if (!text.size)
        return text;
    if (cell.kind <= RK_FOREIGN_TRUTH && known_answer(im, item, text, &ours))
        return ours;
    struct rk_text word =
        cell.kind == RK_FOREIGN_TEXT ? after_number(text, &number) : (struct rk_text){0};
    if (word.size && known_answer(im, item, word, &ours) && rk_text_equal(ours, number))
        return ours;
    if (cell.kind == RK_FOREIGN_TEXT && (*text.text < '0' || *text.text > '9' || word.size) &&
        !strchr("+-\xe2", *text.text)) {
        rk_import_unknown_word(im, im->answer, text, &pos);
        return (struct rk_text){0};
    }
    cell.text = text.text;
    cell.size = text.size;
    rk_buf_clear(&im->text);
    rk_buf_clear(&im->why);
    rk_fixed value;
    if (!rk_cell_read(&im->columns[column].reading, &cell, &pos, &im->text, &im->why)) {
        rk_import_bad(im, &pos, true, "%s", im->why.text);
        return (struct rk_text){0};
    }
    if (!rk_fixed_parse((struct rk_text){im->text.text, im->text.size}, &value) ||
        value < item->minimum || value > item->maximum) {
        bad_answer(im, item, &pos);
        return (struct rk_text){0};
    }
    return rk_import_keep(&im->row_arena, (struct rk_text){im->text.text, im->text.size});
}

static void answer(struct rk_import *im, const struct rk_import_item *item, struct rk_text value,
                   const struct rk_text *kept, const struct rk_pos *pos)
{
    im->values[im->item] = rk_text(item->id);
    im->values[im->answer] = value;
    rk_import_emit(im, kept, pos);
}

/* Is the option chosen, by its own column's cell? Not called for an empty one. */
static bool is_chosen(struct rk_import *im, const struct rk_import_item *item, struct rk_text text,
                      const struct rk_pos *pos)
{
    struct rk_text folded = rk_import_keep(&im->row_arena, rk_fold(&im->text, text)), ours;
    if (rk_words_find(im->mapped, im->table, "value", text, &ours))
        return rk_text_is(ours, "1");
    if (named(im, item->choices, folded) || named(im, chosen_words, folded))
        return true;
    if (!named(im, other_words, folded))
        rk_import_unknown_word(im, im->answer, text, pos);
    return false;
}

/* The option of the question that begins at `first`, SIZE_MAX none. */
static size_t option_called(struct rk_import *im, size_t first, struct rk_text text)
{
    const struct rk_import_item *items = im->options.items;
    struct rk_text folded = rk_import_keep(&im->row_arena, rk_fold(&im->text, text));
    for (size_t i = first; i < im->options.item_count && items[i].question == items[first].question;
         i++)
        if (named(im, items[i].choices, folded))
            return i;
    return SIZE_MAX;
}

/* All options chosen, in one cell: between semicolons, bars or line breaks; else commas, which may
 * stand in an option too, so the longest text that is one is taken. */
static void read_many(struct rk_import *im, size_t column, struct rk_text text, bool *chosen)
{
    const struct rk_import_column *c = &im->columns[column];
    struct rk_pos pos = rk_import_cell_pos(im, column);
    const char *marks = ",";
    for (size_t i = 0; i < text.size; i++)
        if (strchr(";|\n", text.text[i]) && text.text[i])
            marks = ";|\n";
    for (size_t at = 0; at < text.size;) {
        size_t best = 0, first_end = 0, option = SIZE_MAX;
        for (size_t end = at; end <= text.size; end++) {
            if (end < text.size && !strchr(marks, text.text[end]))
                continue;
            if (!first_end)
                first_end = end;
            size_t found = option_called(im, c->item, (struct rk_text){text.text + at, end - at});
            if (found != SIZE_MAX) {
                option = found;
                best = end;
            }
            if (*marks != ',')
                break;
        }
        struct rk_text piece =
            rk_text_trim((struct rk_text){text.text + at, (best ? best : first_end) - at});
        if (option != SIZE_MAX)
            chosen[option - c->item] = true;
        else if (piece.size)
            rk_import_unknown_word(im, im->answer, piece, &pos);
        at = (best ? best : first_end) + 1;
    }
}

static void take_many(struct rk_import *im, size_t column, struct rk_text text,
                      const struct rk_text *kept, const struct rk_pos *pos, uint64_t *empty)
{
    const struct rk_import_item *items = im->options.items;
    size_t first = im->columns[column].item, count = 1;
    while (first + count < im->options.item_count &&
           items[first + count].question == items[first].question)
        count++;
    bool *chosen = rk_arena_zeroed(&im->row_arena, count, sizeof *chosen);
    if (!text.size) {
        *empty += count;
        return;
    }
    read_many(im, column, text, chosen);
    for (size_t i = 0; i < count; i++)
        answer(im, &items[first + i], chosen[i] ? RK_TEXT("1") : RK_TEXT("0"), kept, pos);
}

static struct rk_text text_of(struct rk_import *im, const struct rk_foreign_row *row, size_t column)
{
    if (column >= row->count || !row->cells[column].size)
        return (struct rk_text){0};
    struct rk_text text = {row->cells[column].text, row->cells[column].size};
    return rk_import_keep(&im->row_arena, rk_tidy(&im->tidy, text));
}

/* Was the question answered, by any of the columns of its options? */
static bool is_answered(struct rk_import *im, const struct rk_foreign_row *row,
                        const char *question)
{
    for (size_t i = 0; i < im->column_count; i++)
        if (im->columns[i].use == SCORE &&
            im->options.items[im->columns[i].item].question == question && text_of(im, row, i).size)
            return true;
    return false;
}

void rk_import_take_items(struct rk_import *im, const struct rk_foreign_row *row,
                          const struct rk_text *kept, const struct rk_pos *row_pos)
{
    uint64_t empty = 0;
    for (size_t i = 0; i < im->column_count; i++) {
        struct rk_import_column *c = &im->columns[i];
        if (c->use != SCORE)
            continue;
        const struct rk_import_item *item = &im->options.items[c->item];
        struct rk_text text = text_of(im, row, i);
        struct rk_pos pos = rk_import_cell_pos(im, i);
        if (text.size && rk_import_refuse_identity(im, &row->cells[i], text, &pos))
            continue;
        if (c->many) {
            take_many(im, i, text, kept, row_pos, &empty);
        } else if (item->question && (text.size || is_answered(im, row, item->question))) {
            bool yes = text.size && is_chosen(im, item, text, &pos);
            answer(im, item, yes ? RK_TEXT("1") : RK_TEXT("0"), kept, row_pos);
        } else if (!text.size) {
            empty++;
        } else {
            struct rk_text value = item->scaled ? read_scaled(im, item, i, row->cells[i])
                                                : rk_import_read_kept(im, i, row->cells[i]);
            answer(im, item, value, kept, row_pos);
        }
    }
    im->counts.cells_in += im->score_columns;
    if (im->row_bad)
        im->counts.cells_rejected += im->score_columns;
    else
        im->counts.cells_empty += empty;
}
