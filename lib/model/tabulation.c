#include "model/tabulation.h"

#include "base/mem.h"
#include "model/cells.h"

#include <string.h>

static bool next_word(const char **rest, char stop, struct rk_text *word)
{
    if (!*rest)
        return false;
    const char *end = strchr(*rest, stop);
    *word = (struct rk_text){*rest, end ? (size_t)(end - *rest) : strlen(*rest)};
    *word = rk_text_trim(*word);
    *rest = end ? end + 1 : NULL;
    return true;
}

void rk_tabulation_totals(struct rk_tabulation *t, const char *words)
{
    for (struct rk_text word; next_word(&words, ',', &word);)
        rk_strings_add(&t->totals, word);
}

static struct rk_text kept(struct rk_tabulation *t, struct rk_text text)
{
    return (struct rk_text){rk_arena_text(&t->arena, text.text, text.size), text.size};
}

uint32_t rk_tabulation_dim(const struct rk_tabulation *t, struct rk_text name)
{
    for (uint32_t d = 0; d < t->dim_count; d++)
        if (rk_text_equal(t->names[d], name))
            return d;
    return RK_NONE;
}

static uint32_t add_dim(struct rk_tabulation *t, struct rk_text name)
{
    uint32_t d = rk_tabulation_dim(t, name);
    if (d != RK_NONE || t->dim_count == RK_TABULATION_DIMS)
        return d;
    t->names[t->dim_count] = kept(t, name);
    rk_strings_add(&t->labels[t->dim_count], RK_TEXT("Total"));
    return t->dim_count++;
}

bool rk_tabulation_dimensions(struct rk_tabulation *t, const char *names)
{
    t->only_listed = true;
    for (struct rk_text name; next_word(&names, ',', &name);)
        if (!name.size || rk_tabulation_dim(t, name) != RK_NONE || add_dim(t, name) == RK_NONE)
            return false;
    return true;
}

bool rk_tabulation_flag(struct rk_tabulation *t, const char *text)
{
    const char *is = strchr(text, '=');
    if (!is || is == text || !is[1])
        return false;
    t->flag = kept(t, (struct rk_text){text, (size_t)(is - text)});
    is++;
    for (struct rk_text word; next_word(&is, ',', &word);)
        rk_strings_add(&t->flags, word);
    return true;
}

bool rk_tabulation_nest(struct rk_tabulation *t, const char *text)
{
    struct rk_tabulation_tree tree = {.dim = RK_NONE};
    for (struct rk_text name; next_word(&text, ':', &name);) {
        if (!name.size || tree.levels == RK_TABULATION_LEVELS)
            return false;
        if (tree.dim == RK_NONE) {
            tree.dim = rk_tabulation_dim(t, name);
            if (tree.dim == RK_NONE)
                tree.dim = add_dim(t, name);
            if (tree.dim == RK_NONE)
                return false;
        } else {
            tree.columns[tree.levels++] = kept(t, name);
        }
    }
    if (!tree.levels || t->tree_count == RK_TABULATION_TREES)
        return false;
    t->trees[t->tree_count++] = tree;
    return true;
}

static bool is_nested(const struct rk_tabulation *t, struct rk_text name)
{
    for (uint32_t i = 0; i < t->tree_count; i++)
        for (uint32_t k = 0; k < t->trees[i].levels; k++)
            if (rk_text_equal(t->trees[i].columns[k], name))
                return true;
    return false;
}

static struct rk_text extra_named(const struct rk_table *table, struct rk_text name)
{
    for (size_t e = 0; e < rk_table_extras(table); e++)
        if (rk_text_equal(rk_table_extra_name(table, e), name)) {
            struct rk_cell cell = rk_table_extra(table, e);
            return rk_text_trim((struct rk_text){cell.text, cell.size});
        }
    return (struct rk_text){"", 0};
}

/* The number of the label; a word for a total becomes the dimension's one. */
static uint32_t label_of(struct rk_tabulation *t, uint32_t dim, struct rk_text text)
{
    if (!text.size || rk_strings_find(&t->totals, text) != RK_NONE) {
        if (text.size && !t->total_named[dim]) {
            t->labels[dim].texts[RK_LABEL_TOTAL] = kept(t, text);
            t->total_named[dim] = true;
        }
        return RK_LABEL_TOTAL;
    }
    return rk_strings_add(&t->labels[dim], text);
}

static bool set_parent(struct rk_tabulation_tree *tree, uint32_t label, uint32_t parent)
{
    if (label >= tree->room) {
        uint32_t room = tree->room ? tree->room : 16;
        while (room <= label)
            room *= 2;
        tree->parent = rk_resize(tree->parent, room, sizeof *tree->parent);
        memset(tree->parent + tree->room, 0xff, (room - tree->room) * sizeof *tree->parent);
        tree->room = room;
    }
    if (label == parent || parent == RK_LABEL_TOTAL)
        return true;
    if (tree->parent[label] != RK_NONE && tree->parent[label] != parent)
        return false;
    tree->parent[label] = parent;
    return true;
}

static bool read_trees(struct rk_tabulation *t, const struct rk_table *table,
                       const struct rk_tabulation_row *row)
{
    for (uint32_t i = 0; i < t->tree_count; i++) {
        struct rk_tabulation_tree *tree = &t->trees[i];
        uint32_t label = row->labels[tree->dim];
        for (uint32_t k = 0; k < tree->levels && label != RK_LABEL_TOTAL; k++) {
            struct rk_text text = extra_named(table, tree->columns[k]);
            if (!text.size)
                break;
            tree->found[k] = true;
            uint32_t parent = label_of(t, tree->dim, text);
            if (!set_parent(tree, label, parent))
                return false;
            label = parent;
        }
    }
    return true;
}

enum figure { FIGURE, HIDDEN, NO_FIGURE, WRONG };

/* Takes `start` off the text. */
static bool starts(struct rk_text *text, const char *start)
{
    size_t size = strlen(start);
    if (text->size < size || memcmp(text->text, start, size) != 0)
        return false;
    *text = rk_text_trim((struct rk_text){text->text + size, text->size - size});
    return true;
}

/* "1-4" and the like. */
static bool read_between(struct rk_text text, struct rk_tabulation_row *row)
{
    static const char *const between[] = {"–", "-", " to ", " till ", NULL};
    for (size_t i = 1; i < text.size; i++)
        for (size_t k = 0; between[k]; k++) {
            struct rk_text rest = {text.text + i, text.size - i};
            if (!starts(&rest, between[k]))
                continue;
            row->has_most = true;
            return rk_fixed_parse(rk_text_trim((struct rk_text){text.text, i}), &row->least) &&
                   rk_fixed_parse(rest, &row->most) && row->least >= 0 && row->least <= row->most;
        }
    return false;
}

/* What stands for a hidden figure tells where it is. */
static bool read_range(struct rk_text text, struct rk_tabulation_row *row)
{
    static const struct {
        const char *sign;
        bool most, with; /* it is no more, or no less; and may be the number itself */
    } signs[] = {{"<=", true, true},  {"≤", true, true},  {"<", true, false},
                 {">=", false, true}, {"≥", false, true}, {">", false, false}};
    rk_fixed bound;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        struct rk_text rest = text;
        if (!starts(&rest, signs[i].sign))
            continue;
        if (!rk_fixed_parse(rest, &bound) || bound < 0)
            return false;
        if (signs[i].most)
            row->most = signs[i].with ? bound : bound - 1;
        else
            row->least = signs[i].with ? bound : bound + 1;
        row->has_most = signs[i].most;
        return row->most >= 0;
    }
    if (text.size > 1 && text.text[text.size - 1] == '+')
        return rk_fixed_parse((struct rk_text){text.text, text.size - 1}, &row->least) &&
               row->least >= 0;
    return read_between(text, row);
}

static enum figure read_figure(struct rk_text text, struct rk_tabulation_row *row)
{
    static const char *const hidden[] = {"[c]", "c", "x", "X", "..", "*", ":", "", NULL};
    row->value = row->least = row->most = 0;
    row->has_most = false;
    text = rk_text_trim(text);
    for (size_t i = 0; hidden[i]; i++)
        if (rk_text_is(text, hidden[i]))
            return HIDDEN;
    if (rk_text_is(text, ".") || rk_text_is(text, "[z]"))
        return NO_FIGURE;
    if (rk_text_is(text, "-") || rk_text_is(text, "–"))
        return FIGURE;
    if (rk_fixed_parse(text, &row->value))
        return row->value >= 0 ? FIGURE : WRONG;
    row->value = 0;
    return read_range(text, row) ? HIDDEN : WRONG;
}

static void keep_pos(struct rk_tabulation *t, struct rk_tabulation_row *row,
                     const struct rk_table *table, size_t value)
{
    struct rk_pos pos = rk_table_pos(table, rk_table_has(table, value) ? value : SIZE_MAX);
    row->file = pos.file;
    row->line = pos.line > UINT32_MAX ? 0 : (uint32_t)pos.line;
    row->column = pos.column > UINT32_MAX ? 0 : (uint32_t)pos.column;
    if (!t->value_name && pos.field)
        t->value_name = rk_arena_keep(&t->arena, pos.field);
}

struct rk_pos rk_tabulation_pos(const struct rk_tabulation *t, const struct rk_tabulation_row *row)
{
    if (!row)
        return (struct rk_pos){.file = t->row_count ? t->rows[0].file : NULL};
    return (struct rk_pos){row->file, row->line, row->column, row->file ? t->value_name : NULL};
}

enum rk_status rk_tabulation_read(struct rk_tabulation *t, struct rk_table *table,
                                  const struct rk_schema *schema, struct rk_error *error)
{
    size_t value = rk_schema_field(schema, "value"),
           contributors = rk_schema_field(schema, "contributors"),
           contributor = rk_schema_field(schema, "contributor"),
           key = rk_schema_field(schema, "record_key");
    bool flagged = !t->flag.size;
    uint32_t dims = RK_NONE;
    struct rk_pos head = {0};
    enum rk_status status;
    for (const struct rk_row *in; (status = rk_table_next(table, &in, error)) == RK_OK && in;) {
        head = rk_table_header_pos(table);
        if (!rk_table_has(table, value) && !t->is_records)
            return rk_fail_at(error, RK_BAD_DATA, &head,
                              _("there is no column 'value'; --map value=NAME says which it is"));
        struct rk_tabulation_row row = {
            .contributors = rk_cell_count(&in->values[contributors]),
            .record_key = rk_cell_count(&in->values[key]),
            .contributor =
                in->values[contributor].size
                    ? rk_strings_add(&t->contributors, rk_value_text(&in->values[contributor]))
                    : RK_NONE};
        enum figure figure = FIGURE;
        if (rk_table_has(table, value))
            figure = read_figure(rk_value_text(&in->values[value]), &row);
        else
            row.value = RK_FIXED_ONE;
        uint32_t here = 0;
        if (figure == WRONG) {
            rk_table_reject(table, value,
                            _("a number from 0 or a symbol for a hidden figure was expected"));
            continue;
        }
        for (size_t e = 0; e < rk_table_extras(table); e++) {
            struct rk_text name = rk_table_extra_name(table, e);
            struct rk_cell cell = rk_table_extra(table, e);
            struct rk_text text = rk_text_trim((struct rk_text){cell.text, cell.size});
            if (t->flag.size && rk_text_equal(name, t->flag)) {
                flagged = true;
                row.hidden = rk_strings_find(&t->flags, text) != RK_NONE;
                continue;
            }
            uint32_t d = rk_tabulation_dim(t, name);
            if (d == RK_NONE && !t->only_listed && !is_nested(t, name)) {
                d = add_dim(t, name);
                if (d == RK_NONE)
                    return rk_fail_at(
                        error, RK_BAD_DATA, &head,
                        _("more than %d columns tell what a figure is of; --dimensions "
                          "names those that do"),
                        RK_TABULATION_DIMS);
            }
            if (d == RK_NONE)
                continue;
            row.labels[d] = label_of(t, d, text);
            here |= UINT32_C(1) << d;
        }
        if (figure == NO_FIGURE)
            continue;
        if (!read_trees(t, table, &row)) {
            rk_table_reject(table, SIZE_MAX, _("the label stands under another one elsewhere"));
            continue;
        }
        row.hidden = row.hidden || figure == HIDDEN;
        if (figure == HIDDEN)
            row.stood = kept(t, rk_value_text(&in->values[value]));
        row.has_value = figure == FIGURE;
        for (uint32_t d = 0; d < t->dim_count; d++)
            t->has_totals = t->has_totals || ((here >> d & 1) && row.labels[d] == RK_LABEL_TOTAL);
        t->has_totals = t->has_totals || (dims != RK_NONE && dims != here);
        dims = here;
        keep_pos(t, &row, table, value);
        RK_GROW(t->rows, t->row_count, t->row_room);
        t->rows[t->row_count++] = row;
    }
    for (uint32_t d = 0; d < t->dim_count && !status && t->row_count; d++)
        if (t->labels[d].count == 1 && t->only_listed)
            return rk_fail_at(error, RK_BAD_DATA, &head,
                              _("there is no column '%s', or nothing in it"), t->names[d].text);
    for (uint32_t i = 0; i < t->tree_count && !status && t->row_count; i++) {
        const struct rk_tabulation_tree *tree = &t->trees[i];
        uint32_t k = 0;
        while (k < tree->levels && tree->found[k])
            k++;
        bool none = t->labels[tree->dim].count == 1;
        if (none || k < tree->levels)
            return rk_fail_at(error, RK_BAD_DATA, &head,
                              _("there is no column '%s', or nothing in it"),
                              none ? t->names[tree->dim].text : tree->columns[k].text);
    }
    if (!status && !flagged && t->row_count)
        return rk_fail_at(error, RK_BAD_DATA, &head, _("there is no column '%s'"), t->flag.text);
    return status;
}

enum rk_status rk_tabulation_read_before(struct rk_tabulation *t, struct rk_table *table,
                                         const struct rk_schema *schema, struct rk_error *error)
{
    uint32_t rows = t->row_count, dims = t->dim_count, labels[RK_TABULATION_DIMS];
    bool has_totals = t->has_totals;
    for (uint32_t d = 0; d < dims; d++)
        labels[d] = t->labels[d].count;
    RK_TRY(rk_tabulation_read(t, table, schema, error));
    struct rk_pos head = rk_table_header_pos(table);
    if (t->dim_count > dims)
        return rk_fail_at(error, RK_BAD_DATA, &head,
                          _("the table has no column '%s', by which it was published"),
                          t->names[dims].text);
    for (uint32_t r = rows; r < t->row_count; r++)
        for (uint32_t d = 0; d < dims; d++)
            if (t->rows[r].labels[d] >= labels[d]) {
                struct rk_pos pos = rk_tabulation_pos(t, &t->rows[r]);
                return rk_fail_at(error, RK_BAD_DATA, &pos,
                                  _("a figure of '%s' was published, and the table has none"),
                                  rk_tabulation_label(t, d, t->rows[r].labels[d]).text);
            }
    t->before_count = t->row_count - rows;
    t->before = rk_alloc(t->before_count, sizeof *t->before);
    memcpy(t->before, t->rows + rows, t->before_count * sizeof *t->before);
    t->row_count = rows;
    t->has_totals = has_totals;
    return RK_OK;
}

struct rk_text rk_tabulation_label(const struct rk_tabulation *t, uint32_t dim, uint32_t label)
{
    return t->labels[dim].texts[label];
}

void rk_tabulation_free(struct rk_tabulation *t)
{
    for (uint32_t d = 0; d < t->dim_count; d++)
        rk_strings_free(&t->labels[d]);
    for (uint32_t i = 0; i < t->tree_count; i++)
        rk_free(t->trees[i].parent);
    rk_strings_free(&t->totals);
    rk_strings_free(&t->flags);
    rk_strings_free(&t->contributors);
    rk_free(t->rows);
    rk_free(t->before);
    rk_arena_free(&t->arena);
    *t = (struct rk_tabulation){0};
}
