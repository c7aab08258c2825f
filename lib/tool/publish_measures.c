#include "tool/publish_measures.h"

#include "base/fixed.h"
#include "base/hash.h"
#include "tool/guard.h"
#include "tool/state.h"

#include <stdlib.h>

enum field { MEASURE, VARIANT, ESTIMATE, SE, LOW, HIGH, N, METHOD, FIELDS };
static const char *const fields[FIELDS] = {"measure", "variant", "estimate", "se",
                                           "low",     "high",    "n",        "method"};

/* A row: what it is of, and its numbers as cells; RK_NONE = it has no such number. */
struct told {
    uint32_t keys; /* what stands in the columns before the measure */
    uint32_t line; /* keys, measure, variant */
    uint32_t people;
    uint32_t n, count;
    bool part, amount, hidden;
};

/* A number of some rows that together may be one of another row, or of some others. */
struct part {
    uint32_t sum, cell;
    bool other;
};
struct sum {
    uint32_t total; /* the cell that it may be; RK_NONE: the parts may be as many as the others */
    bool divides;   /* the parts are some of the total, whether or not all are told */
};

struct reviewing {
    struct rk_run *run;
    struct rk_writer *writer;
    uint32_t **blocks; /* of divisions a and b, [a × divisions + b][value of a]; NULL = all one */
    size_t column[FIELDS], columns;
    size_t by_count, feature, value, against, time, group, other, item; /* SIZE_MAX = none */
    uint64_t rows;
    struct told *all;
    struct rk_strings keys, lines, sums;
    const struct rk_publish_divisions *divisions;
    struct numbers {
        struct rk_tuples known; /* what it is of, and the number */
        uint32_t *cell;
    } n, counted;                  /* by people; by line */
    uint32_t *most;                /* by keys: the cell of its largest n */
    uint32_t *line_count, *line_n; /* by line: cells */
    struct rk_report_cells cells;
    struct part *parts;
    uint32_t part_count, part_room;
    struct sum *of_sum; /* by name of a sum */
    uint32_t sum_room;
    struct rk_buf text;
};

static struct rk_text cell_of(const struct reviewing *r, uint64_t row, enum field field)
{
    return rk_writer_cell(r->writer, row, r->column[field]);
}

/* ---- names ---- */

static bool begins(struct rk_text text, const char *with)
{
    return text.size >= strlen(with) && !memcmp(text.text, with, strlen(with));
}

static bool ends(struct rk_text text, const char *with)
{
    size_t size = strlen(with);
    return text.size >= size && !memcmp(text.text + text.size - size, with, size);
}

static bool is_any(struct rk_text text, const char *words)
{
    return text.size && rk_list_has(rk_text(words), text);
}

/* What the row has in the columns before the measure, nothing or `instead` in column `without`, and
 * then nothing in that of features either; or all, with SIZE_MAX. */
static uint32_t keys_of(struct reviewing *r, uint64_t row, size_t without, const char *instead)
{
    rk_buf_clear(&r->text);
    for (size_t c = 0; c < r->by_count; c++) {
        struct rk_text text = rk_writer_cell(r->writer, row, c);
        bool out = c == without || (without != SIZE_MAX && without == r->value && c == r->feature);
        if (out)
            text = rk_text(c == without ? instead : "");
        rk_buf_add(&r->text, text.text, text.size);
        rk_buf_char(&r->text, '\x1f');
    }
    return rk_strings_add(&r->keys, (struct rk_text){r->text.text, r->text.size});
}

/* What the row's n is of, as far as is known: who is left of the same people for one measure is of
 * those for another, whichever group's voice it tells of, and at any time; a test of all values of
 * a feature is of everybody. Those who were `asked` are the same for every item. What is no number
 * of the same (months that an indicator is known of, what groups brought up) is apart. */
static uint32_t people_of(struct reviewing *r, uint64_t row, bool asked)
{
    struct rk_text measure = cell_of(r, row, MEASURE);
    bool brought = ends(measure, "_adopted");
    rk_buf_clear(&r->text);
    for (size_t c = 0; c < r->by_count; c++) {
        struct rk_text text = rk_writer_cell(r->writer, row, c);
        bool out = (c == r->time && is_any(measure, "mean_days|done")) ||
                   ((c == r->group || c == r->other) && !brought) ||
                   (c == r->feature && r->value != SIZE_MAX &&
                    !rk_writer_cell(r->writer, row, r->value).size) ||
                   (c == r->item && asked);
        if (!out)
            rk_buf_add(&r->text, text.text, text.size);
        rk_buf_char(&r->text, '\x1f');
    }
    if (is_any(cell_of(r, row, METHOD), "first|last"))
        rk_buf_add(&r->text, measure.text, measure.size);
    else if (brought)
        rk_buf_text(&r->text, "adopted");
    return rk_strings_add(&r->keys, (struct rk_text){r->text.text, r->text.size});
}

static uint32_t named(struct rk_strings *names, struct rk_buf *text, uint32_t keys,
                      struct rk_text a, struct rk_text b)
{
    rk_buf_clear(text);
    rk_buf_printf(text, "%u\x1f%.*s\x1f%.*s", keys, (int)a.size, a.text ? a.text : "", (int)b.size,
                  b.text ? b.text : "");
    return rk_strings_add(names, (struct rk_text){text->text, text->size});
}

/* ---- numbers ---- */

static bool whole(struct rk_text text, int64_t *number)
{
    rk_fixed value;
    if (!text.size || !rk_fixed_parse(text, &value) || value < 0 || value % RK_FIXED_ONE ||
        value / RK_FIXED_ONE > INT32_MAX)
        return false;
    *number = (int64_t)(value / RK_FIXED_ONE);
    return true;
}

static bool is_small(int64_t number) { return number > 0 && number < RK_PUBLISH_THRESHOLD; }

static uint32_t new_cell(struct reviewing *r, int64_t value, bool unseen)
{
    return rk_report_cells_add(&r->cells, (struct rk_report_cell){.value = value,
                                                                  .n = value,
                                                                  .counts = !unseen,
                                                                  .signless = true,
                                                                  .small = is_small(value),
                                                                  .unseen = unseen});
}

/* The same number of the same is one cell. */
static uint32_t number_cell(struct reviewing *r, struct numbers *of, uint32_t what, int64_t number)
{
    of->known.width = 2;
    uint32_t before = of->known.count;
    uint32_t place = rk_tuples_add(&of->known, (uint32_t[]){what, (uint32_t)number});
    if (place == before) {
        of->cell = rk_resize(of->cell, (size_t)place + 1, sizeof *of->cell);
        of->cell[place] = new_cell(r, number, false);
        r->cells.cells[of->cell[place]].fixed = !number; /* what is nowhere is known to be nowhere
                                                            by other rows: nought hides nothing */
    }
    r->cells.cells[of->cell[place]].others += place != before;
    return of->cell[place];
}

/* The part of n that the row's share is; false where it is none, as when answers are weighed. */
static bool part_of(const struct reviewing *r, uint64_t row, int64_t n, int64_t *part)
{
    static const char *const ways[] = {"wilson", "clopper", "exact", "agresti", "jeffreys", "wald"};
    rk_fixed share;
    bool known = false;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        known = known || begins(cell_of(r, row, METHOD), ways[i]);
    if (!known || !rk_fixed_parse(cell_of(r, row, ESTIMATE), &share) || share < 0 ||
        share > RK_FIXED_ONE)
        return false;
    rk_fixed product = share * n, near = product + RK_FIXED_ONE / 2;
    *part = (int64_t)(near / RK_FIXED_ONE);
    rk_fixed off = product - rk_fixed_int(*part);
    return (off < 0 ? -off : off) <= RK_FIXED_ONE / 1000000;
}

static void read_amount(struct reviewing *r, struct told *t, rk_fixed amount, int64_t n)
{
    rk_fixed most = rk_fixed_int(INT64_C(1) << 30);
    if (amount >= most || amount <= -most)
        return;
    t->amount = true;
    t->count = rk_report_cells_add(
        &r->cells, (struct rk_report_cell){.value = (int64_t)(amount / (RK_FIXED_ONE / 100)),
                                           .n = n,
                                           .signless = amount >= 0,
                                           .small = is_small(n)});
}

static void read_row(struct reviewing *r, uint64_t row)
{
    struct told *t = &r->all[row];
    struct rk_text measure = cell_of(r, row, MEASURE), method = cell_of(r, row, METHOD);
    int64_t n = 0, count;
    rk_fixed amount;
    t->keys = keys_of(r, row, SIZE_MAX, "");
    t->line = named(&r->lines, &r->text, t->keys, measure, cell_of(r, row, VARIANT));
    bool has_n = whole(cell_of(r, row, N), &n);
    bool answered = rk_text_is(measure, "n") && !rk_text_is(method, "too_few"); /* of n asked */
    t->people = people_of(r, row, false);
    if (has_n)
        t->n = number_cell(r, &r->n, answered ? people_of(r, row, true) : t->people, n);
    bool counts =
        rk_text_is(method, "count") || is_any(measure, "n|count|persons|recruitments|statements");
    if (counts && whole(cell_of(r, row, ESTIMATE), &count)) {
        bool same = rk_text_is(measure, "n") || (has_n && count == n);
        t->count = number_cell(r, same ? &r->n : &r->counted, same ? t->people : t->line, count);
    } else if (has_n && part_of(r, row, n, &count)) {
        t->part = true;
        t->count = number_cell(r, &r->counted, t->line, count);
    } else if (has_n && rk_text_is(method, "sum") &&
               rk_fixed_parse(cell_of(r, row, ESTIMATE), &amount)) {
        read_amount(r, t, amount, n);
    }
}

/* Counted by two columns: value, and against. */
static bool is_in_table(const struct reviewing *r, uint64_t row)
{
    return r->value != SIZE_MAX && r->against != SIZE_MAX &&
           rk_text_is(cell_of(r, row, MEASURE), "count") &&
           rk_writer_cell(r->writer, row, r->value).size &&
           rk_writer_cell(r->writer, row, r->against).size;
}

/* ---- sums ---- */

static int64_t value_of(const struct reviewing *r, uint32_t cell)
{
    return r->cells.cells[cell].value;
}

/* `cell` may be a part of the sum, with all others of the same name. */
static void may_add(struct reviewing *r, uint32_t name, struct sum sum, uint32_t cell, bool other)
{
    if (cell == RK_NONE || sum.total == cell)
        return;
    if (name >= r->sum_room) {
        r->sum_room = name * 2 + 64;
        r->of_sum = rk_resize(r->of_sum, r->sum_room, sizeof *r->of_sum);
    }
    r->of_sum[name] = sum;
    RK_GROW(r->parts, r->part_count, r->part_room);
    r->parts[r->part_count++] = (struct part){name, cell, other};
}

static void may_be(struct reviewing *r, uint32_t name, uint32_t total, uint32_t cell)
{
    if (total != RK_NONE)
        may_add(r, name, (struct sum){total, false}, cell, false);
}

static int by_sum(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->sum != y->sum)
        return (x->sum > y->sum) - (x->sum < y->sum);
    if (x->other != y->other)
        return x->other - y->other;
    return (x->cell > y->cell) - (x->cell < y->cell);
}

/* A total and its parts; false where they do not add up. */
static void add_sum(struct reviewing *r, struct sum sum, uint32_t *cells, size_t count)
{
    int64_t rest = value_of(r, sum.total);
    bool amounts = !r->cells.cells[sum.total].counts;
    for (size_t i = 0; i < count; i++)
        rest -= value_of(r, cells[i]);
    if (sum.divides && !amounts) {
        rk_report_cells_rest(&r->cells, sum.total, cells, count, RK_PUBLISH_THRESHOLD);
        return;
    }
    if (count && rest && amounts && rest < (int64_t)count + 1 && -rest < (int64_t)count + 1)
        cells[count++] =
            rk_report_cells_add(/* of hundredths that were cut off */
                                &r->cells, (struct rk_report_cell){
                                               .value = rest, .fixed = true, .unseen = true});
    else if (rest)
        return;
    rk_report_cells_sum(&r->cells, sum.total, cells, count);
}

/* The first `own` parts are as many, or as much, as the others. */
static void add_alike(struct reviewing *r, uint32_t *cells, size_t own, size_t count)
{
    uint32_t total = cells[0];
    if (r->cells.cells[total].counts) {
        rk_report_cells_alike(&r->cells, cells, own, cells + own, count - own,
                              RK_PUBLISH_THRESHOLD);
        return;
    }
    if (own > 1) {
        int64_t all = 0;
        for (size_t i = 0; i < own; i++)
            all += value_of(r, cells[i]);
        total = rk_report_cells_add(
            &r->cells, (struct rk_report_cell){.value = all, .signless = all >= 0, .unseen = true});
        rk_report_cells_sum(&r->cells, total, cells, own);
    }
    add_sum(r, (struct sum){total, false}, cells + own, count - own);
}

static void add_sums(struct reviewing *r)
{
    uint32_t *cells = rk_alloc((size_t)r->part_count + 2, sizeof *cells);
    struct rk_strings known = {0}; /* many rows have the same numbers */
    if (r->part_count)
        qsort(r->parts, r->part_count, sizeof *r->parts, by_sum);
    for (uint32_t i = 0, end; i < r->part_count; i = end) {
        struct sum sum = r->of_sum[r->parts[i].sum];
        size_t count = 0, own = 0;
        for (end = i; end < r->part_count && r->parts[end].sum == r->parts[i].sum; end++) {
            bool other = r->parts[end].other;
            if (count == (other ? own : 0) || cells[count - 1] != r->parts[end].cell)
                cells[count++] = r->parts[end].cell;
            own = other ? own : count;
        }
        uint32_t before = known.count, head[2] = {sum.total, (uint32_t)own};
        struct rk_buf sum_of = {0};
        rk_buf_add(&sum_of, head, sizeof head);
        rk_buf_add(&sum_of, cells, count * sizeof *cells);
        bool again = rk_strings_add(&known, (struct rk_text){sum_of.text, sum_of.size}) < before;
        rk_buf_free(&sum_of);
        if (again)
            continue;
        if (sum.total == RK_NONE && own && own < count)
            add_alike(r, cells, own, count);
        else if (sum.total != RK_NONE)
            add_sum(r, sum, cells, count);
    }
    rk_strings_free(&known);
    rk_free(cells);
}

/* The variants of a measure make up n, or what is told without a variant. */
static void find_variants(struct reviewing *r)
{
    for (uint64_t row = 0; row < r->rows; row++) {
        const struct told *t = &r->all[row];
        struct rk_text measure = cell_of(r, row, MEASURE);
        if (t->count == RK_NONE || !cell_of(r, row, VARIANT).size)
            continue;
        uint32_t without = named(&r->lines, &r->text, t->keys, measure, RK_TEXT(""));
        if (!t->amount)
            may_be(r, named(&r->sums, &r->text, t->keys, measure, RK_TEXT("variants of n")), t->n,
                   t->count);
        may_be(r, named(&r->sums, &r->text, t->keys, measure, RK_TEXT("variants")),
               r->line_count[without], t->count);
        if (!t->amount || r->line_n[without] == RK_NONE)
            continue;
        uint32_t own = new_cell(r, value_of(r, t->n), true); /* two kinds may be as many */
        rk_report_cells_sum(&r->cells, t->n, &own, 1);
        may_be(r, named(&r->sums, &r->text, t->keys, measure, RK_TEXT("n of variants")),
               r->line_n[without], own);
    }
}

/* The values of a column make up what is told of all of them. */
static void find_values(struct reviewing *r, uint64_t row, size_t column)
{
    static const char *const alls[] = {"", "*"};
    const struct told *t = &r->all[row];
    struct rk_text at = rk_writer_cell(r->writer, row, column);
    struct rk_text feature = {0};
    if (!at.size || rk_text_is(at, "*") || column == r->against || column == r->time)
        return;
    if (column == r->value && r->feature != SIZE_MAX)
        feature = rk_writer_cell(r->writer, row, r->feature);
    for (size_t i = 0; i < 2; i++) {
        uint32_t keys = keys_of(r, row, column, alls[i]);
        uint32_t line =
            named(&r->lines, &r->text, keys, cell_of(r, row, MEASURE), cell_of(r, row, VARIANT));
        struct rk_buf name = {0};
        rk_buf_printf(&name, "%zu:%.*s", column, (int)feature.size,
                      feature.text ? feature.text : "");
        struct rk_text text = {name.text, name.size};
        struct sum count = {r->line_count[line], feature.size}, n = {r->line_n[line], feature.size};
        if (count.total != RK_NONE)
            may_add(r, named(&r->sums, &r->text, line, text, RK_TEXT("count")), count, t->count,
                    false);
        if (n.total != RK_NONE)
            may_add(r, named(&r->sums, &r->text, line, text, RK_TEXT("n")), n, t->n, false);
        may_be(r, named(&r->sums, &r->text, keys, text, RK_TEXT("most")), r->most[keys],
               r->most[t->keys]);
        rk_buf_free(&name);
    }
}

/* ---- features whose values make up the same ---- */

static size_t division_of(const struct reviewing *r, struct rk_text feature)
{
    size_t f = 0;
    while (f < r->divisions->count && !rk_text_equal(r->divisions->all[f].feature, feature))
        f++;
    return f;
}

static void find_blocks(struct reviewing *r)
{
    const struct rk_publish_divisions *d = r->divisions;
    r->blocks = rk_alloc(d->count * d->count + 1, sizeof *r->blocks);
    for (size_t i = 0; i < d->count; i++)
        for (size_t k = i + 1; k < d->count; k++) {
            const struct rk_publish_division *a = &d->all[i], *b = &d->all[k];
            uint32_t *of_a = rk_alloc((size_t)a->values.count + 1, sizeof *of_a),
                     *of_b = rk_alloc((size_t)b->values.count + 1, sizeof *of_b);
            if (rk_report_blocks(a->of, a->values.count, b->of, b->values.count, NULL, d->rows,
                                 of_a, of_b) > 1) {
                r->blocks[i * d->count + k] = of_a;
                r->blocks[k * d->count + i] = of_b;
            } else { /* all of one are all of the other: their sums say so */
                rk_free(of_a);
                rk_free(of_b);
            }
        }
}

/* The values of a feature that are of one block with some of another are as many as those. */
static void find_features(struct reviewing *r, uint64_t row)
{
    const struct rk_publish_divisions *d = r->divisions;
    const struct told *t = &r->all[row];
    struct sum alike = {RK_NONE, true};
    size_t own = division_of(r, rk_writer_cell(r->writer, row, r->feature));
    uint32_t value = own < d->count ? rk_strings_find(&d->all[own].values,
                                                      rk_writer_cell(r->writer, row, r->value))
                                    : RK_NONE;
    if (value == RK_NONE)
        return;
    uint32_t keys = keys_of(r, row, r->value, ""),
             line = named(&r->lines, &r->text, keys, cell_of(r, row, MEASURE),
                          cell_of(r, row, VARIANT));
    for (size_t f = 0; f < d->count; f++) {
        const uint32_t *blocks = r->blocks[own * d->count + f];
        char text[64];
        if (!blocks || blocks[value] == RK_NONE)
            continue;
        snprintf(text, sizeof text, "%zu:%zu:%u", own < f ? own : f, own < f ? f : own,
                 blocks[value]);
        may_add(r, named(&r->sums, &r->text, line, rk_text(text), RK_TEXT("count")), alike,
                t->count, own > f);
        may_add(r, named(&r->sums, &r->text, line, rk_text(text), RK_TEXT("n")), alike, t->n,
                own > f);
    }
}

/* Two that are compared are as many as both together. */
static void find_pair(struct reviewing *r, uint64_t row)
{
    const struct told *t = &r->all[row];
    if (r->against == SIZE_MAX || r->value == SIZE_MAX || t->n == RK_NONE ||
        !rk_writer_cell(r->writer, row, r->against).size)
        return;
    uint32_t sides[2];
    for (size_t i = 0; i < 2; i++) {
        rk_buf_clear(&r->text);
        for (size_t c = 0; c < r->by_count; c++) {
            size_t from = c == r->value && i ? r->against : c;
            struct rk_text text =
                c == r->against ? RK_TEXT("") : rk_writer_cell(r->writer, row, from);
            rk_buf_add(&r->text, text.text, text.size);
            rk_buf_char(&r->text, '\x1f');
        }
        uint32_t keys = rk_strings_find(&r->keys, (struct rk_text){r->text.text, r->text.size});
        sides[i] = keys == RK_NONE ? RK_NONE : r->most[keys];
    }
    if (sides[0] == RK_NONE || sides[1] == RK_NONE)
        return;
    for (size_t i = 0; i < 2; i++)
        may_be(r, named(&r->sums, &r->text, t->keys, RK_TEXT("pair"), RK_TEXT("")), t->n, sides[i]);
}

/* Of two columns counted against each other the sums of rows and columns are known: who tells of
 * the groups apart tells them. */
static void find_table(struct reviewing *r)
{
    for (int side = 0; side < 2 && r->value != SIZE_MAX && r->against != SIZE_MAX; side++) {
        struct rk_strings lines = {0};
        struct margin {
            uint32_t *cells;
            size_t count, room;
        } *of = NULL;
        for (uint64_t row = 0; row < r->rows; row++) {
            const struct told *t = &r->all[row];
            if (t->count == RK_NONE || t->part || !is_in_table(r, row))
                continue;
            uint32_t before = lines.count;
            uint32_t line = rk_strings_add(
                &lines, rk_writer_cell(r->writer, row, side ? r->value : r->against));
            if (line == before) {
                of = rk_resize(of, lines.count, sizeof *of);
                of[line] = (struct margin){NULL, 0, 0};
            }
            RK_GROW(of[line].cells, of[line].count, of[line].room);
            of[line].cells[of[line].count++] = t->count;
        }
        for (uint32_t line = 0; line < lines.count; line++) {
            int64_t sum = 0;
            for (size_t i = 0; i < of[line].count; i++)
                sum += value_of(r, of[line].cells[i]);
            uint32_t total = rk_report_cells_add(
                &r->cells, (struct rk_report_cell){.value = sum, .fixed = true, .unseen = true});
            rk_report_cells_sum(&r->cells, total, of[line].cells, of[line].count);
            rk_free(of[line].cells);
        }
        rk_free(of);
        rk_strings_free(&lines);
    }
}

/* Of what a group brought up: what was adopted wholly is some of what was so at least partly, and
 * the kinds make up all. */
static void find_adopted(struct reviewing *r, uint64_t row)
{
    const struct told *t = &r->all[row];
    struct rk_text measure = cell_of(r, row, MEASURE), variant = cell_of(r, row, VARIANT);
    if (t->count == RK_NONE || t->n == RK_NONE || !ends(measure, "_adopted"))
        return;
    uint32_t wholly =
        r->line_count[named(&r->lines, &r->text, t->keys, measure, RK_TEXT("wholly"))];
    int64_t partly = wholly == RK_NONE ? 0 : value_of(r, t->count) - value_of(r, wholly);
    if (is_small(partly) && value_of(r, wholly)) {
        uint32_t rest = new_cell(r, partly, true);
        rk_report_cells_sum(&r->cells, t->count, (uint32_t[]){wholly, rest}, 2);
    }
    uint32_t all = named(&r->lines, &r->text, t->keys, RK_TEXT("contribution_adopted"), variant);
    if (all == t->line)
        return;
    may_be(r, named(&r->sums, &r->text, t->keys, RK_TEXT("kinds"), variant), r->line_count[all],
           t->count);
    uint32_t own = new_cell(r, value_of(r, t->n), true); /* two kinds may be as many */
    rk_report_cells_sum(&r->cells, t->n, &own, 1);
    may_be(r, named(&r->sums, &r->text, t->keys, RK_TEXT("n of kinds"), variant), r->line_n[all],
           own);
}

struct number {
    uint32_t people, cell;
    int64_t value;
};

static int by_people(const void *a, const void *b)
{
    const struct number *x = a, *y = b;
    if (x->people != y->people)
        return (x->people > y->people) - (x->people < y->people);
    return (x->value > y->value) - (x->value < y->value);
}

/* Two numbers of the same people are taken to be the one of the other, so that few who are in one
 * alone are kept. */
static void find_nested(struct reviewing *r)
{
    uint32_t count = r->n.known.count;
    struct number *numbers = rk_alloc((size_t)count + 1, sizeof *numbers);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *known = &r->n.known.members[(size_t)i * 2];
        numbers[i] = (struct number){known[0], r->n.cell[i], known[1]};
    }
    if (count)
        qsort(numbers, count, sizeof *numbers, by_people);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = i + 1; k < count && numbers[k].people == numbers[i].people &&
                                 is_small(numbers[k].value - numbers[i].value);
             k++) {
            uint32_t rest = new_cell(r, numbers[k].value - numbers[i].value, true);
            if (numbers[i].value)
                rk_report_cells_sum(&r->cells, numbers[k].cell, (uint32_t[]){numbers[i].cell, rest},
                                    2);
        }
    rk_free(numbers);
}

static void find_sums(struct reviewing *r)
{
    for (uint64_t row = 0; row < r->rows; row++) /* of what may be told of all */
        for (size_t c = 0; c < r->by_count; c++)
            for (size_t i = 0; i < 2; i++)
                named(&r->lines, &r->text, keys_of(r, row, c, i ? "*" : ""),
                      cell_of(r, row, MEASURE), cell_of(r, row, VARIANT));
    for (uint64_t row = 0; row < r->rows; row++) {
        uint32_t keys = r->all[row].keys;
        named(&r->lines, &r->text, keys, cell_of(r, row, MEASURE), RK_TEXT(""));
        named(&r->lines, &r->text, keys, cell_of(r, row, MEASURE), RK_TEXT("wholly"));
        named(&r->lines, &r->text, keys, RK_TEXT("contribution_adopted"), cell_of(r, row, VARIANT));
    }
    uint32_t room = r->lines.count + 1;
    r->line_count = rk_alloc(room, sizeof *r->line_count);
    r->line_n = rk_alloc(room, sizeof *r->line_n);
    r->most = rk_alloc((size_t)r->keys.count + 1, sizeof *r->most);
    for (uint32_t i = 0; i < room; i++)
        r->line_count[i] = r->line_n[i] = RK_NONE;
    for (uint32_t i = 0; i <= r->keys.count; i++)
        r->most[i] = RK_NONE;
    for (uint64_t row = 0; row < r->rows; row++) {
        const struct told *t = &r->all[row];
        r->line_count[t->line] = t->count;
        r->line_n[t->line] = t->n;
        uint32_t *most = &r->most[t->keys];
        if (t->n != RK_NONE && (*most == RK_NONE || value_of(r, t->n) > value_of(r, *most)))
            *most = t->n;
    }
    find_variants(r);
    if (r->divisions && r->feature != SIZE_MAX && r->value != SIZE_MAX)
        find_blocks(r);
    for (uint64_t row = 0; row < r->rows; row++) {
        const struct told *t = &r->all[row];
        for (size_t c = 0; c < r->by_count; c++)
            find_values(r, row, c);
        if (r->blocks)
            find_features(r, row);
        find_pair(r, row);
        find_adopted(r, row);
        if (t->count == RK_NONE || t->n == RK_NONE || t->amount || is_in_table(r, row) ||
            !is_small(value_of(r, t->n) - value_of(r, t->count)))
            continue; /* what is left of n is no secret */
        uint32_t rest = new_cell(r, value_of(r, t->n) - value_of(r, t->count), true);
        rk_report_cells_sum(&r->cells, t->n, (uint32_t[]){t->count, rest}, 2);
    }
    find_table(r);
    find_nested(r);
    add_sums(r);
}

/* ---- what else goes ---- */

/* What a test of all the values of the row's feature has before the measure. */
static uint32_t test_of(struct reviewing *r, uint64_t row)
{
    rk_buf_clear(&r->text);
    for (size_t c = 0; c < r->by_count; c++) {
        struct rk_text text = rk_writer_cell(r->writer, row, c);
        if (c != r->value && c != r->time)
            rk_buf_add(&r->text, text.text, text.size);
        rk_buf_char(&r->text, '\x1f');
    }
    return rk_strings_add(&r->keys, (struct rk_text){r->text.text, r->text.size});
}

/* What is worked out of hidden numbers. Of answers whose shares are hidden: with their mean and
 * spread the shares could be solved for, so that only their number is told and the top box. The
 * likeness of orders where it is hidden how many have another first: of few candidates it tells.
 * The score of promoters and detractors; ratios of sums to a hidden number; what else is told of a
 * variant that is hidden, and tests of it among all; of a table of two columns with a hidden number
 * all but the other numbers.
 */
static void hide_after(struct reviewing *r)
{
    enum { SHARES = 1, SCORE = 2, COUNT = 4, FIRST = 8 };
    unsigned char *gone = rk_alloc((size_t)r->keys.count + 1, 1);
    struct rk_strings variants = {0};
    bool in_table = false;
    for (uint64_t row = 0; row < r->rows; row++) {
        const struct told *t = &r->all[row];
        struct rk_text measure = cell_of(r, row, MEASURE), variant = cell_of(r, row, VARIANT);
        if (!t->hidden || t->count == RK_NONE)
            continue;
        in_table = in_table || is_in_table(r, row);
        gone[t->keys] |= rk_text_is(measure, "share")              ? SHARES
                         : is_any(measure, "promoters|detractors") ? SCORE
                         : t->part || t->amount                    ? 0
                                                                   : COUNT;
        if (is_any(measure, "same_first|first_changed|top_changed"))
            gone[t->people] |= FIRST;
        if (!t->part && variant.size) {
            named(&variants, &r->text, keys_of(r, row, r->time, ""), variant, RK_TEXT(""));
            named(&variants, &r->text, test_of(r, row), variant, RK_TEXT(""));
        }
    }
    uint32_t known = variants.count;
    for (uint64_t row = 0; row < r->rows; row++) {
        struct told *t = &r->all[row];
        struct rk_text measure = cell_of(r, row, MEASURE), variant = cell_of(r, row, VARIANT);
        bool ratio = false;
        for (size_t i = 0; i + 5 <= measure.size; i++)
            ratio = ratio || !memcmp(measure.text + i, "_per_", 5);
        t->hidden |= (gone[t->keys] & SHARES) && !is_any(measure, "n|top_box");
        t->hidden |= (gone[t->keys] & SCORE) && is_any(measure, "promoters|detractors|nps|half_p");
        t->hidden |= (gone[t->keys] & COUNT) && ratio;
        t->hidden |=
            (gone[t->people] & FIRST) && is_any(measure, "tau_b|spearman|mean_shift|largest_shift");
        t->hidden |= in_table && !is_any(measure, "n|count");
        if (variant.size && t->count == RK_NONE) {
            t->hidden |= named(&variants, &r->text, keys_of(r, row, r->time, ""), variant,
                               RK_TEXT("")) < known;
        }
    }
    rk_strings_free(&variants);
    rk_free(gone);
}

/* The time up to which a mean is taken is a figure too: the longest wait of one. */
static void blank(struct reviewing *r, uint64_t row)
{
    if (r->time != SIZE_MAX && rk_text_is(cell_of(r, row, MEASURE), "mean_days"))
        rk_writer_set(r->writer, row, r->time, RK_TEXT(""));
    for (size_t c = r->column[ESTIMATE]; c < r->columns; c++)
        rk_writer_set(r->writer, row, c, c == r->column[METHOD] ? RK_TEXT("hidden") : RK_TEXT(""));
}

static bool find_columns(struct reviewing *r)
{
    const struct rk_writer_column *columns;
    size_t found = 0;
    r->columns = rk_writer_columns(r->writer, &columns);
    r->by_count = r->columns;
    r->feature = r->value = r->against = r->time = r->group = r->other = r->item = SIZE_MAX;
    for (size_t c = 0; c < r->columns; c++) {
        for (size_t f = 0; f < FIELDS; f++)
            if (!strcmp(columns[c].name, fields[f])) {
                r->column[f] = c;
                found++;
                r->by_count = f == MEASURE ? c : r->by_count;
            }
        size_t *own = !strcmp(columns[c].name, "feature")       ? &r->feature
                      : !strcmp(columns[c].name, "value")       ? &r->value
                      : !strcmp(columns[c].name, "against")     ? &r->against
                      : !strcmp(columns[c].name, "time")        ? &r->time
                      : !strcmp(columns[c].name, "rater_group") ? &r->group
                      : !strcmp(columns[c].name, "other_group") ? &r->other
                      : !strcmp(columns[c].name, "item")        ? &r->item
                                                                : NULL;
        if (own)
            *own = c;
    }
    return found == FIELDS;
}

static void review(void *context, struct rk_writer *writer)
{
    const struct rk_publish_divisions *divisions = context;
    struct reviewing reviewing = {.run = &rk_state.run,
                                  .divisions = divisions,
                                  .writer = writer,
                                  .rows = rk_writer_rows(writer)},
                     *r = &reviewing;
    uint64_t hidden = 0;
    if (!find_columns(r))
        return;
    r->all = rk_alloc((size_t)r->rows + 1, sizeof *r->all);
    for (uint64_t row = 0; row < r->rows; row++) {
        r->all[row] = (struct told){.n = RK_NONE, .count = RK_NONE};
        read_row(r, row);
    }
    find_sums(r);
    struct rk_guard guard = rk_guard_report(&r->cells);
    for (uint64_t row = 0; row < r->rows; row++) {
        struct told *t = &r->all[row];
        t->hidden = (t->n != RK_NONE && guard.hidden[t->n]) ||
                    (t->count != RK_NONE && guard.hidden[t->count]);
    }
    hide_after(r);
    for (uint64_t row = 0; row < r->rows; row++)
        if (r->all[row].hidden) {
            blank(r, row);
            hidden++;
        }
    if (hidden)
        rk_run_note(
            r->run,
            RK_PLURAL("%llu of %llu rows is hidden: it tells of fewer than %d, or would tell it",
                      "%llu of %llu rows are hidden: they tell of fewer than %d, or would tell it",
                      hidden),
            (unsigned long long)hidden, (unsigned long long)r->rows, RK_PUBLISH_THRESHOLD);
    rk_guard_tell(r->run, &guard);
    rk_free(guard.hidden);
    rk_report_cells_free(&r->cells);
    rk_free(r->all);
    rk_strings_free(&r->keys);
    rk_strings_free(&r->lines);
    rk_strings_free(&r->sums);
    for (size_t i = 0; r->blocks && i < r->divisions->count * r->divisions->count; i++)
        rk_free(r->blocks[i]);
    rk_free(r->blocks);
    rk_tuples_free(&r->n.known);
    rk_tuples_free(&r->counted.known);
    rk_free(r->n.cell);
    rk_free(r->counted.cell);
    rk_free(r->most);
    rk_free(r->line_count);
    rk_free(r->line_n);
    rk_free(r->parts);
    rk_free(r->of_sum);
    rk_buf_free(&r->text);
}

void rk_publish_measures(struct rk_run *run, struct rk_writer *writer,
                         const struct rk_publish_divisions *divisions)
{
    if (rk_run_publishes(run))
        rk_writer_review(writer, review, (void *)divisions);
}

int64_t rk_publish_least(const struct rk_run *run, int64_t *min_count, bool show_small)
{
    if (rk_run_publishes(run) && show_small)
        rk_usage(_("--small-cells show is for those who work with the people: not for --publish"));
    if (rk_run_publishes(run) && *min_count < RK_PUBLISH_THRESHOLD)
        *min_count = RK_PUBLISH_THRESHOLD;
    return show_small ? 0 : *min_count;
}

const char *rk_publish_shown(const struct rk_run *run, struct rk_buf *text, uint64_t number)
{
    bool few = rk_run_publishes(run) && number > 0 && number < RK_PUBLISH_THRESHOLD;
    rk_buf_clear(text);
    rk_buf_printf(text, few ? "1-%llu" : "%llu",
                  (unsigned long long)(few ? RK_PUBLISH_THRESHOLD - 1 : number));
    return text->text;
}
