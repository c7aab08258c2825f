#include "privacy/publish.h"

#include "base/mem.h"
#include "model/ptable.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_DECIMALS = 6,
    MOST_ASKED = 4000, /* pairs of an insider and a cell that are looked through for the record */
    MOST_EXACT =
        300, /* cells of a table not yet published, for ranges to be followed to their ends */
    MOST_SIZE = 30000000, /* numbers in a tableau */
    MOST_APART = 500000   /* … with versions that are no neighbours: a few seconds' work */
};

/* What one contributor gives a cell. */
struct part {
    uint32_t cell;
    int64_t amount;
};

/* How a cell has been published before. */
enum before { NOT_BEFORE, SHOWN_BEFORE, HIDDEN_BEFORE };
/* To whom a sensitive cell is lost, by what has been published before. */
enum lost { LOST_TO_NONE, LOST_TO_INSIDERS, LOST_TO_ALL };

struct work {
    const struct rk_tabulation *table;
    const struct rk_publish_options *options;
    struct rk_publish *out;
    uint32_t version; /* dimension; RK_NONE = none */
    uint32_t ties;    /* the first of the sums that tie versions */
    bool makes;       /* totals are made of the rows */
    bool counts;      /* figures count people: nothing else tells how many there are */
    struct part *parts;
    uint32_t part_count;
    uint32_t *first;       /* by cell: its first row, one with a figure if any; RK_NONE = none */
    int64_t cost_step;     /* of what counts first; what counts next adds up to less */
    int64_t *up;           /* by cell: what a rule asks for above the figure */
    int64_t *least, *most; /* by cell: what is told of where it is */
    enum before *before;   /* by cell, or NULL */
    enum lost *lost;       /* by cell */
    struct rk_suppress_cell *cells; /* those of the table, then differences between versions */
    uint32_t cell_count, cell_room;
};

/* ---- labels ---- */

static void group_tree(struct work *w, const struct rk_tabulation_tree *tree)
{
    const struct rk_tabulation *t = w->table;
    uint32_t labels = t->labels[tree->dim].count, *members = rk_alloc(labels, sizeof *members);
    bool *is_parent = rk_alloc(labels, sizeof *is_parent), *foreign = rk_alloc(labels, 1);
    for (uint32_t i = 0; i < t->tree_count;
         i++) /* labels made by other trees are no leaves of this */
        for (uint32_t l = 0; t->trees[i].dim == tree->dim && l < t->trees[i].room; l++)
            if (t->trees[i].parent[l] != RK_NONE && l < labels) {
                foreign[t->trees[i].parent[l]] |= &t->trees[i] != tree;
                is_parent[t->trees[i].parent[l]] |= &t->trees[i] == tree;
            }
    for (uint32_t p = 1; p < labels; p++) {
        uint32_t count = 0;
        for (uint32_t l = 1; is_parent[p] && l < labels && l < tree->room; l++)
            if (tree->parent[l] == p)
                members[count++] = l;
        if (count)
            rk_layout_group(&w->out->layout, tree->dim, p, members, count);
    }
    uint32_t count = 0;
    for (uint32_t l = 1; l < labels; l++)
        if ((l >= tree->room || tree->parent[l] == RK_NONE) && (is_parent[l] || !foreign[l]))
            members[count++] = l;
    rk_layout_group(&w->out->layout, tree->dim, RK_LABEL_TOTAL, members, count);
    rk_free(members);
    rk_free(is_parent);
    rk_free(foreign);
}

static void group_labels(struct work *w)
{
    const struct rk_tabulation *t = w->table;
    w->out->layout.dims = t->dim_count;
    for (uint32_t d = 0; d < t->dim_count; d++) {
        bool nested = false;
        for (uint32_t i = 0; i < t->tree_count; i++)
            if (t->trees[i].dim == d && d != w->version) {
                nested = true;
                group_tree(w, &t->trees[i]);
            }
        if (nested || d == w->version || t->labels[d].count < 2)
            continue;
        uint32_t count = t->labels[d].count - 1, *all = rk_alloc(count, sizeof *all);
        for (uint32_t l = 0; l < count; l++)
            all[l] = l + 1;
        rk_layout_group(&w->out->layout, d, RK_LABEL_TOTAL, all, count);
        rk_free(all);
    }
}

static void tell_cell(struct rk_buf *buf, const struct work *w, uint32_t cell)
{
    const uint32_t *labels = w->out->layout.keys.members + (size_t)cell * w->table->dim_count;
    for (uint32_t d = 0; d < w->table->dim_count; d++) {
        struct rk_text label = rk_tabulation_label(w->table, d, labels[d]);
        rk_buf_printf(buf, "%s%.*s", d ? " / " : "", (int)label.size, label.text);
    }
}

/* The first row of the cell; NULL: it is made of others. */
static const struct rk_tabulation_row *row_of(const struct work *w, uint32_t cell)
{
    for (uint32_t r = 0; r < w->table->row_count; r++)
        if (rk_publish_cell(w->out, &w->table->rows[r]) == cell)
            return &w->table->rows[r];
    return NULL;
}

/* `row`: where it stands; NULL: the first of the cell. */
static enum rk_status fail_of(const struct work *w, uint32_t cell,
                              const struct rk_tabulation_row *row, const char *format,
                              struct rk_error *error)
{
    struct rk_buf where = {0};
    tell_cell(&where, w, cell);
    char text[512];
    (void)snprintf(text, sizeof text, "%s", where.text ? where.text : "");
    rk_buf_free(&where);
    if (!row)
        row = row_of(w, cell);
    struct rk_pos pos = rk_tabulation_pos(w->table, row);
    return rk_fail_at(error, RK_BAD_DATA, &pos, format, text);
}

static enum rk_status fail_row(const struct work *w, const struct rk_tabulation_row *row,
                               const char *text, struct rk_error *error)
{
    struct rk_pos pos = rk_tabulation_pos(w->table, row);
    return rk_fail_at(error, RK_BAD_DATA, &pos, "%s", text);
}

/* ---- figures ---- */

/* An end of a range that is told; one that is not part of it is next to a number with its decimals.
 */
static bool is_end_of(rk_fixed end, rk_fixed unit)
{
    return !(end % unit) || !((end + 1) % unit) || !((end - 1) % unit);
}

static bool is_of_unit(const struct rk_tabulation_row *row, rk_fixed unit)
{
    return !(row->value % unit) && is_end_of(row->least, unit) &&
           (!row->has_most || is_end_of(row->most, unit));
}

static enum rk_status find_unit(struct work *w, struct rk_error *error)
{
    const struct rk_tabulation *t = w->table;
    w->out->unit = RK_FIXED_ONE;
    for (uint32_t r = 0; r < t->row_count + t->before_count; r++) {
        const struct rk_tabulation_row *row =
            r < t->row_count ? &t->rows[r] : &t->before[r - t->row_count];
        while (!is_of_unit(row, w->out->unit)) {
            if (w->out->unit == RK_FIXED_ONE / 1000000) {
                struct rk_pos pos = rk_tabulation_pos(t, row);
                return rk_fail_at(error, RK_BAD_DATA, &pos, _("a figure has more than %d decimals"),
                                  MOST_DECIMALS);
            }
            w->out->unit /= 10;
        }
    }
    return RK_OK;
}

static void grow(struct work *w)
{
    struct rk_publish *p = w->out;
    uint32_t before = p->cells, now = p->layout.keys.count;
    if (now <= before)
        return;
    p->value = rk_resize(p->value, now, sizeof *p->value);
    p->contributors = rk_resize(p->contributors, now, sizeof *p->contributors);
    p->has_value = rk_resize(p->has_value, now, sizeof *p->has_value);
    p->reason = rk_resize(p->reason, now, sizeof *p->reason);
    w->first = rk_resize(w->first, now, sizeof *w->first);
    for (uint32_t c = before; c < now; c++) {
        w->first[c] = RK_NONE;
        p->value[c] = 0;
        p->contributors[c] = 0;
        p->has_value[c] = false;
        p->reason[c] = RK_IS_SHOWN;
    }
    p->cells = now;
}

static enum rk_status fail_twice(const struct work *w, const struct rk_tabulation_row *row,
                                 uint32_t cell, const char *format, struct rk_error *error)
{
    const struct rk_tabulation_row *first = &w->table->rows[w->first[cell]];
    struct rk_pos pos = rk_tabulation_pos(w->table, row);
    struct rk_buf where = {0};
    tell_cell(&where, w, cell);
    enum rk_status status =
        rk_fail_at(error, RK_BAD_DATA, &pos, format, where.text ? where.text : "",
                   first->file ? first->file : "-", (unsigned long long)first->line);
    rk_buf_free(&where);
    return status;
}

static bool has_own_people(const struct work *w, const struct rk_tabulation_row *row)
{
    return w->table->is_records || w->options->dominance_count || w->options->p_percent > 0 ||
           row->contributor != RK_NONE;
}

/* Is the row a part of its figure, beside others, and not the figure itself? */
static bool adds_up(const struct work *w, const struct rk_tabulation_row *row)
{
    return w->makes && (has_own_people(w, row) || w->table->only_listed);
}

static enum rk_status add_row(struct work *w, const struct rk_tabulation_row *row,
                              struct rk_error *error)
{
    struct rk_publish *p = w->out;
    uint32_t *above = NULL, room = 0, count = 1;
    uint32_t own = rk_layout_cell(&p->layout, row->labels);
    rk_fixed units = row->value / p->unit;
    enum rk_status status = RK_OK;
    if (w->makes)
        count = rk_layout_above(&p->layout, row->labels, &above, &room);
    bool adds = adds_up(w, row);
    grow(w);
    bool repeated = !has_own_people(w, row) && w->first[own] != RK_NONE;
    if (units > RK_CELL_MOST)
        status = fail_of(w, own, row, _("%s: the figure is too large to be reckoned with exactly"),
                         error);
    for (uint32_t i = 0; i < count && !status; i++) {
        uint32_t c = w->makes ? above[i] : own;
        if (!adds && repeated) { /* the same figure in two tables */
            if (row->has_value && p->has_value[c] && p->value[c] != (int64_t)units)
                status = fail_twice(w, row, own,
                                    _("%s: stands with another figure in %s, line %llu"), error);
            else if (w->makes && row->file == w->table->rows[w->first[own]].file)
                status = fail_twice(w, row, own, _("%s: stands already in %s, line %llu"), error);
            if (!row->has_value || p->has_value[c])
                break;
        }
        p->has_value[c] = row->has_value;
        p->value[c] += (int64_t)units;
        if (p->value[c] > RK_CELL_MOST)
            status = fail_of(w, c, row,
                             _("%s: the figure is too large to be reckoned with exactly"), error);
        p->contributors[c] += row->contributors > 0 ? (uint32_t)row->contributors : 0;
    }
    if (row->hidden && !status)
        p->reason[own] = RK_IS_HIDDEN;
    if (w->first[own] == RK_NONE || !w->table->rows[w->first[own]].has_value)
        w->first[own] = (uint32_t)(row - w->table->rows);
    p->added += adds && repeated;
    rk_free(above);
    return status;
}

/* Who gives how much to each cell, several rows of one contributor together. */
static void read_parts(struct work *w)
{
    struct rk_tuples pairs = {.width = 2};
    uint32_t *above = NULL, room = 0, part_room = 0;
    for (uint32_t r = 0; r < w->table->row_count; r++) {
        const struct rk_tabulation_row *row = &w->table->rows[r];
        uint32_t count = rk_layout_above(&w->out->layout, row->labels, &above, &room);
        uint32_t who =
            row->contributor == RK_NONE ? w->table->contributors.count + r : row->contributor;
        for (uint32_t i = 0; i < count; i++) {
            uint32_t before = pairs.count,
                     number = rk_tuples_add(&pairs, (uint32_t[]){above[i], who});
            if (number == before) {
                RK_GROW(w->parts, w->part_count, part_room);
                w->parts[w->part_count++] = (struct part){above[i], 0};
                if (row->contributors < 0)
                    w->out->contributors[above[i]]++;
            }
            w->parts[number].amount += (int64_t)(row->value / w->out->unit);
        }
    }
    rk_free(above);
    rk_tuples_free(&pairs);
}

static enum rk_status read_figures(struct work *w, struct rk_error *error)
{
    const struct rk_tabulation *t = w->table;
    struct rk_publish *p = w->out;
    bool values = true, told = false, contributions = false;
    RK_TRY(find_unit(w, error));
    for (uint32_t r = 0; r < t->row_count; r++) {
        values = values && t->rows[r].has_value;
        told = told || t->rows[r].contributors >= 0;
        contributions = contributions || t->rows[r].contributor != RK_NONE;
        if (!t->rows[r].has_value && !w->options->audit)
            return fail_row(w, &t->rows[r],
                            _("a figure is hidden or missing; --audit tells what a published table "
                              "gives away"),
                            error);
    }
    w->makes = !t->has_totals && values;
    if (contributions && !w->makes)
        return fail_row(w, NULL, _("contributions are added up here: leave the totals out"), error);
    enum rk_status status = RK_OK;
    for (uint32_t r = 0; r < t->row_count && !status; r++)
        status = add_row(w, &t->rows[r], error);
    bool rules = w->options->dominance_count || w->options->p_percent > 0;
    if (!status && rules && !w->makes)
        status = rk_fail(error, RK_BAD_USE,
                         _("--dominance and --p-percent need a row for each contribution, and no "
                           "totals"));
    w->counts = !told && !contributions && !rules;
    if (!status && (contributions || rules))
        read_parts(w);
    for (uint32_t c = 0; c < p->cells && w->counts; c++)
        p->contributors[c] = p->value[c] / (RK_FIXED_ONE / p->unit) > UINT32_MAX
                                 ? UINT32_MAX
                                 : (uint32_t)(p->value[c] / (int64_t)(RK_FIXED_ONE / p->unit));
    return status;
}

/* What stands for hidden figures may tell where they are: of a published table, or of what has been
 * published before. */
static enum rk_status read_ranges(struct work *w, struct rk_error *error)
{
    const struct rk_tabulation *t = w->table;
    struct rk_publish *p = w->out;
    const struct rk_tabulation_row *rows = w->options->audit ? t->rows : t->before;
    uint32_t count = w->options->audit ? t->row_count : t->before_count;
    w->least = rk_alloc(p->cells, sizeof *w->least);
    w->most = rk_alloc(p->cells, sizeof *w->most);
    for (uint32_t c = 0; c < p->cells; c++)
        w->most[c] = RK_CELL_NO_END;
    for (uint32_t r = 0; r < count; r++) {
        uint32_t c = rk_layout_find(&p->layout, rows[r].labels);
        bool shown = c != RK_NONE && rows[r].has_value && !rows[r].hidden;
        if (shown && w->options->audit && p->reason[c] == RK_IS_HIDDEN && !adds_up(w, &rows[r]))
            w->least[c] = w->most[c] = p->value[c]; /* hidden in one file, shown in another */
        if (c == RK_NONE || rows[r].has_value)
            continue;
        rk_fixed least = (rows[r].least + p->unit - 1) / p->unit, most = rows[r].most / p->unit;
        if (rows[r].least > 0 && least <= RK_CELL_MOST && least > w->least[c])
            w->least[c] = (int64_t)least;
        if (rows[r].has_most && most < w->most[c])
            w->most[c] = (int64_t)most;
        if (p->has_value[c] && (p->value[c] < w->least[c] || p->value[c] > w->most[c]))
            return fail_of(w, c, &rows[r], _("%s: was published with another figure"), error);
    }
    return RK_OK;
}

/* That a figure that was published as no more than some is so: with what is left, it makes that. */
static void tie_ranges(struct work *w)
{
    for (uint32_t c = 0; c < w->out->cells; c++) {
        if (w->most[c] == RK_CELL_NO_END)
            continue;
        struct rk_suppress_cell most = {.value = w->most[c], .cost = 1, .shown = true};
        struct rk_suppress_cell left = {
            .value = w->most[c] - w->out->value[c], .cost = 1, .unseen = true};
        uint32_t first = w->cell_count;
        RK_GROW(w->cells, w->cell_count, w->cell_room);
        w->cells[w->cell_count++] = most;
        RK_GROW(w->cells, w->cell_count, w->cell_room);
        w->cells[w->cell_count++] = left;
        rk_layout_sum(&w->out->layout, first, (uint32_t[]){c, first + 1}, 2);
    }
}

/* ---- what is sensitive ---- */

static int by_cell_and_size(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (x->cell != y->cell)
        return (x->cell > y->cell) - (x->cell < y->cell);
    return (x->amount < y->amount) - (x->amount > y->amount);
}

/* That many per cent of a whole, rounded up. */
static int64_t per_cent(int64_t of, rk_fixed per)
{
    rk_fixed whole = per / RK_FIXED_ONE * of, rest = per % RK_FIXED_ONE * of;
    return (int64_t)((whole + (rest + RK_FIXED_ONE - 1) / RK_FIXED_ONE + 99) / 100);
}

/* How much more than it is the figure must be, for its largest parts to have no more than the share
 * that is allowed; 0 = nothing. */
static int64_t over(int64_t total, int64_t largest, rk_fixed per)
{
    int64_t more = 0;
    while (more < largest * 100 && largest > per_cent(total + more, per))
        more = more ? more * 2 : 1;
    int64_t low = more / 2, high = more;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (largest > per_cent(total + middle, per))
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static int64_t sum_of(const struct part *parts, uint32_t count, int64_t largest)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < count && i < largest; i++)
        sum += parts[i].amount;
    return sum;
}

/* The rules about the largest contributions of one cell, the largest of which comes first. */
static void judge_parts(struct work *w, const struct part *parts, uint32_t count)
{
    const struct rk_publish_options *o = w->options;
    struct rk_publish *p = w->out;
    uint32_t c = parts->cell;
    int64_t total = p->value[c];
    if (total <= 0 || p->reason[c] != RK_IS_SHOWN)
        return;
    for (uint32_t r = 0; r < o->dominance_count; r++) {
        const struct rk_dominance *rule = &o->dominance[r];
        int64_t more = over(total, sum_of(parts, count, rule->largest), rule->per_cent);
        p->reason[c] = more ? RK_IS_DOMINATED : p->reason[c];
        w->up[c] = more > w->up[c] ? more : w->up[c];
    }
    int64_t wanted = o->p_percent > 0 ? per_cent(parts->amount, o->p_percent) : 0;
    int64_t others = total - sum_of(parts, count, 2);
    if (wanted > others) {
        p->reason[c] = p->reason[c] == RK_IS_SHOWN ? RK_IS_NEAR : p->reason[c];
        w->up[c] = wanted - others > w->up[c] ? wanted - others : w->up[c];
    }
}

static void judge(struct work *w)
{
    const struct rk_publish_options *o = w->options;
    struct rk_publish *p = w->out;
    w->up = rk_alloc(p->cells, sizeof *w->up);
    for (uint32_t c = 0; c < p->cells; c++) {
        if (p->value[c] == 0)
            p->reason[c] = o->zeros == RK_ZEROS_SMALL ? RK_IS_ZERO : RK_IS_SHOWN;
        else if (p->contributors[c] < (uint64_t)o->threshold)
            p->reason[c] = RK_IS_SMALL;
    }
    if (o->dominance_count || o->p_percent > 0) {
        qsort(w->parts, w->part_count, sizeof *w->parts, by_cell_and_size);
        for (uint32_t i = 0, k = 0; i < w->part_count; i = k) {
            for (k = i; k < w->part_count && w->parts[k].cell == w->parts[i].cell; k++)
                ;
            judge_parts(w, w->parts + i, k - i);
        }
    }
}

/* ---- versions ---- */

/* What has been published stays as it was; what was left out of a version that was is hidden. */
static enum rk_status mark_before(struct work *w, struct rk_error *error)
{
    const struct rk_tabulation *t = w->table;
    struct rk_publish *p = w->out;
    if (!t->before_count)
        return RK_OK;
    bool *version = rk_alloc(t->labels[w->version].count, sizeof *version);
    enum rk_status status = RK_OK;
    w->before = rk_alloc(p->cells, sizeof *w->before);
    for (uint32_t r = 0; r < t->before_count && !status; r++) {
        const struct rk_tabulation_row *row = &t->before[r];
        bool shown = row->has_value && !row->hidden;
        uint32_t c = rk_layout_find(&p->layout, row->labels);
        version[row->labels[w->version]] = true;
        if (c == RK_NONE)
            status = fail_row(w, row, _("what was published is no figure of the table"), error);
        else if (shown && row->value != p->value[c] * p->unit)
            status = fail_of(w, c, row, _("%s: was published with another figure"), error);
        else if (shown || w->before[c] == NOT_BEFORE)
            w->before[c] = shown ? SHOWN_BEFORE : HIDDEN_BEFORE;
    }
    for (uint32_t c = 0; c < p->cells; c++)
        if (w->before[c] == NOT_BEFORE &&
            version[p->layout.keys.members[(size_t)c * p->layout.dims + w->version]])
            w->before[c] = HIDDEN_BEFORE;
    rk_free(version);
    return status;
}

/* A cell that has been published cannot be chosen any more. */
static void describe_before(struct work *w, uint32_t c)
{
    struct rk_suppress_cell *cell = &w->cells[c];
    enum rk_hidden_reason *reason = &w->out->reason[c];
    if (!w->before || w->before[c] == NOT_BEFORE)
        return;
    cell->shown = w->before[c] == SHOWN_BEFORE;
    cell->unseen = !cell->shown;
    if (cell->shown) {
        w->out->lost += cell->sensitive;
        cell->sensitive = false;
        *reason = RK_IS_SHOWN;
    } else if (*reason == RK_IS_SHOWN) {
        *reason = RK_IS_BEFORE;
    }
}

/* By cell: the one of the next version, or of the one before; RK_NONE = none. */
static uint32_t *other_version(const struct work *w, int step)
{
    const struct rk_layout *l = &w->out->layout;
    uint32_t *other = rk_alloc(w->out->cells, sizeof *other), key[RK_LAYOUT_DIMS];
    for (uint32_t c = 0; c < w->out->cells; c++) {
        memcpy(key, l->keys.members + (size_t)c * l->dims, l->dims * sizeof *key);
        key[w->version] += (uint32_t)step;
        other[c] = rk_layout_find(l, key);
    }
    return other;
}

/* Of a published table: what is hidden in a sum is not taken to be unchanged where what is shown of
 * the sum tells that it is not, or where the sum has other parts than in the other version. */
static bool *find_moved(const struct work *w, const uint32_t *other)
{
    const struct rk_publish *p = w->out;
    struct rk_sums sums = rk_layout_view(&p->layout);
    bool *moved = rk_alloc(p->cells, sizeof *moved);
    for (uint32_t s = 0; s < w->ties; s++) { /* those of each version */
        int64_t left = 0;
        bool whole = true;
        for (uint32_t i = sums.first[s]; i < sums.first[s + 1]; i++) {
            uint32_t c = sums.cell[i], o = other[c];
            whole = whole && o != RK_NONE;
            if (o != RK_NONE && p->has_value[c] && p->has_value[o])
                left += (i == sums.first[s] ? -1 : 1) * (p->value[o] - p->value[c]);
        }
        for (uint32_t i = sums.first[s]; i < sums.first[s + 1] && (left || !whole); i++)
            moved[sums.cell[i]] = true;
    }
    return moved;
}

/* Versions [from, to] of the cell are all the same. */
static bool same_between(const struct work *w, uint32_t from, uint32_t to)
{
    const struct rk_layout *l = &w->out->layout;
    uint32_t key[RK_LAYOUT_DIMS], last = l->keys.members[(size_t)to * l->dims + w->version];
    memcpy(key, l->keys.members + (size_t)from * l->dims, l->dims * sizeof *key);
    while (key[w->version] < last) {
        uint32_t c = rk_layout_find(l, key);
        if (c == RK_NONE || w->out->value[c] != w->out->value[from])
            return false;
        key[w->version]++;
    }
    return true;
}

/* The difference of a figure between a version and one so many after it, as a cell of its own; or
 * that both are the same. Of versions further apart only what neighbours do not tell: a change that
 * is small, or undone. With `how_many` nothing is added: how many sums it takes. */
static uint32_t tie_apart(struct work *w, int step, bool how_many)
{
    struct rk_publish *p = w->out;
    struct rk_layout *l = &p->layout;
    uint32_t *next = other_version(w, step), *last = other_version(w, -step), count = 0;
    bool *moves = find_moved(w, next), *moved = find_moved(w, last);
    for (uint32_t c = 0; c < p->cells; c++) {
        uint32_t n = next[c];
        bool known = n != RK_NONE && p->has_value[c] && p->has_value[n];
        if (n == RK_NONE || (!known && (moves[c] || moved[n] || step > 1)))
            continue;
        int64_t change = p->value[n] - p->value[c];
        rk_fixed size = (change < 0 ? -change : change) * p->unit;
        bool small = change && size < w->options->threshold * RK_FIXED_ONE;
        bool same = !change || !known;
        if ((!same && (w->options->audit || !small)) || /* both are as they are */
            (same && step > 1 && same_between(w, c, n)))
            continue;
        count++;
        if (how_many)
            continue;
        if (same) {
            rk_layout_sum(l, n, &c, 1);
            continue;
        }
        RK_GROW(w->cells, w->cell_count, w->cell_room);
        w->cells[w->cell_count] = (struct rk_suppress_cell){.value = change,
                                                            .least = -RK_CELL_NO_END,
                                                            .cost = 1,
                                                            .width = 1,
                                                            .unseen = true,
                                                            .sensitive = small};
        rk_layout_sum(l, n, (uint32_t[]){c, w->cell_count}, 2);
        w->cell_count++;
    }
    rk_free(next);
    rk_free(last);
    rk_free(moves);
    rk_free(moved);
    return count;
}

static uint64_t size_of(uint64_t cells, uint64_t sums) { return sums * (cells + sums); }

/* All versions with all, but for those so far apart that the table would be too large by it. */
static void tie_versions(struct work *w)
{
    struct rk_publish *p = w->out;
    w->ties = p->layout.sum_count;
    if (w->version == RK_NONE)
        return;
    p->versions = w->table->labels[w->version].count - 1;
    for (uint32_t step = 1; step < p->versions; step++) {
        uint32_t more = step > 1 ? tie_apart(w, (int)step, true) : 0;
        if (step > 1 && size_of(w->cell_count + more, p->layout.sum_count + more) > MOST_APART)
            break;
        (void)tie_apart(w, (int)step, false);
        p->reach = step;
    }
}

/* ---- choosing ---- */

static void describe_cells(struct work *w, int64_t width)
{
    const struct rk_publish_options *o = w->options;
    struct rk_publish *p = w->out;
    __int128 all = 1;
    for (uint32_t c = 0; c < p->cells; c++)
        all += p->value[c];
    int64_t more = all > INT64_C(1) << 50 ? INT64_C(1) << 50 : (int64_t)all;
    w->cost_step = o->by_cells ? more : (int64_t)p->cells + 1;
    w->cell_count = w->cell_room = p->cells;
    w->cells = rk_alloc(p->cells, sizeof *w->cells);
    for (uint32_t c = 0; c < p->cells; c++) {
        struct rk_suppress_cell *cell = &w->cells[c];
        int64_t value = p->value[c];
        cell->value = value;
        cell->least = o->zeros == RK_ZEROS_KNOWN && value ? 1 : 0;
        cell->least = w->least[c] > cell->least ? w->least[c] : cell->least;
        cell->cost = o->by_cells ? more + value : value * w->cost_step + 1;
        cell->width = width;
        cell->up = w->up[c];
        cell->sensitive = p->reason[c] != RK_IS_SHOWN;
        cell->shown = !value && (o->zeros == RK_ZEROS_OPEN || o->zeros == RK_ZEROS_KNOWN);
        cell->alone = p->contributors[c] == 1 && value;
        describe_before(w, c);
    }
}

static int64_t width_of(const struct work *w)
{
    rk_fixed width = w->options->width / w->out->unit;
    return width < 1 ? 1 : width > RK_CELL_MOST ? RK_CELL_MOST : (int64_t)width;
}

static void describe_audit(const struct work *w, struct rk_audit_cell *cells, int64_t width)
{
    const struct rk_publish *p = w->out;
    const struct rk_publish_options *o = w->options;
    for (uint32_t c = 0; c < w->cell_count; c++) {
        struct rk_audit_cell *cell = &cells[c];
        bool of_table = c < p->cells;
        cell->value = of_table ? p->value[c] : w->cells[c].value;
        cell->has_value = !of_table || p->has_value[c];
        cell->hidden = of_table ? p->reason[c] != RK_IS_SHOWN : !w->cells[c].shown;
        /* a hidden 0 can be one of what has been published: that none is 0 is not known of it */
        bool nought = cell->has_value && !cell->value;
        cell->least = of_table ? o->zeros == RK_ZEROS_KNOWN && !nought : w->cells[c].least;
        cell->least = of_table && w->least[c] > cell->least ? w->least[c] : cell->least;
        cell->most = of_table ? w->most[c] : RK_CELL_NO_END;
        cell->width = width;
        cell->alone = of_table && p->contributors[c] == 1 && cell->value;
        cell->guarded = of_table && p->reason[c] != RK_IS_SECONDARY &&
                        p->reason[c] != RK_IS_BEFORE &&
                        (!cell->has_value || p->contributors[c] < (uint64_t)o->threshold);
    }
}

static uint64_t audit_effort(const struct work *w)
{
    uint64_t effort = w->options->effort;
    return w->options->audit ? 8 * effort : w->out->cells > MOST_EXACT ? 0 : effort / 8;
}

/* How many hidden figures are known once it is known that none of them is 0. */
static uint32_t count_known(const struct work *w, struct rk_audit_cell *cells)
{
    struct rk_audit_finding *findings = rk_alloc(w->cell_count, sizeof *findings);
    struct rk_sums sums = rk_layout_view(&w->out->layout);
    uint32_t known = 0, sum;
    bool any = false;
    for (uint32_t c = 0; c < w->out->cells; c++)
        any = any || (cells[c].hidden && cells[c].has_value && !cells[c].value);
    for (uint32_t c = 0; c < w->out->cells; c++)
        cells[c].least = cells[c].least > 1 ? cells[c].least : 1;
    if (!any && rk_audit(cells, w->cell_count, &sums, RK_INSIDERS_OFF, 0, findings, &sum))
        for (uint32_t c = 0; c < w->out->cells; c++)
            known += cells[c].hidden && findings[c].verdict == RK_DISCLOSED &&
                     w->out->findings[c].verdict == RK_KEPT;
    rk_free(findings);
    return known;
}

/* Of a published table that does not tell who is alone in a hidden figure: how many others would be
 * known to whoever is, if somebody is. */
static void count_possible(struct work *w, const struct rk_audit_cell *cells)
{
    struct rk_publish *p = w->out;
    struct rk_sums sums = rk_layout_view(&p->layout);
    uint64_t open = 0, hidden = 0;
    uint32_t sum;
    for (uint32_t c = 0; c < p->cells; c++) {
        hidden += cells[c].hidden;
        open += cells[c].hidden && !cells[c].has_value && p->findings[c].range.low <= 1 &&
                p->findings[c].range.high >= 1;
    }
    p->not_looked = open * hidden > MOST_ASKED;
    if (!open || p->not_looked)
        return;
    struct rk_audit_finding *findings = rk_alloc(w->cell_count, sizeof *findings);
    if (rk_audit(cells, w->cell_count, &sums, RK_INSIDERS_POSSIBLE, 0, findings, &sum))
        for (uint32_t c = 0; c < p->cells; c++)
            p->known_inside += cells[c].hidden && findings[c].verdict == RK_INSIDER &&
                               p->findings[c].verdict == RK_KEPT;
    rk_free(findings);
}

/* Of a published table: what is known only where it is taken to be the same in another version. */
static void find_assumed(struct work *w, const struct rk_audit_cell *cells,
                         enum rk_insiders insiders)
{
    struct rk_publish *p = w->out;
    struct rk_audit_finding *findings = rk_alloc(w->cell_count, sizeof *findings);
    struct rk_sums sums = rk_layout_view(&p->layout);
    uint32_t sum;
    bool any = false;
    for (uint32_t c = 0; c < p->cells; c++)
        any = any || p->findings[c].verdict != RK_KEPT;
    sums.count = w->ties;
    if (any && rk_audit(cells, w->cell_count, &sums, insiders, 0, findings, &sum))
        for (uint32_t c = 0; c < p->cells; c++)
            if (cells[c].hidden && p->findings[c].verdict != RK_OPEN &&
                p->findings[c].verdict != RK_KEPT && findings[c].verdict == RK_KEPT)
                p->findings[c].verdict = RK_ASSUMED;
    rk_free(findings);
}

static enum rk_status audit(struct work *w, struct rk_error *error)
{
    struct rk_publish *p = w->out;
    const struct rk_publish_options *o = w->options;
    struct rk_audit_cell *cells = rk_alloc(w->cell_count, sizeof *cells);
    struct rk_sums sums = rk_layout_view(&p->layout);
    enum rk_insiders insiders = o->insiders;
    uint32_t sum, alone = 0, hidden = 0;
    enum rk_status status = RK_OK;
    describe_audit(w, cells, width_of(w));
    for (uint32_t c = 0; c < p->cells; c++) {
        alone += cells[c].hidden && cells[c].alone;
        hidden += cells[c].hidden;
    }
    if (!o->audit && (uint64_t)alone * hidden > MOST_ASKED) /* the choice has seen to them */
        insiders = RK_INSIDERS_OFF;
    p->findings = rk_alloc(w->cell_count, sizeof *p->findings);
    bool exists =
        rk_audit(cells, w->cell_count, &sums, insiders, audit_effort(w), p->findings, &sum);
    if (!exists && o->audit && w->ties < sums.count) { /* then something hidden has changed */
        sums.count = w->ties;
        exists =
            rk_audit(cells, w->cell_count, &sums, insiders, audit_effort(w), p->findings, &sum);
    }
    if (!exists)
        status = sum == UINT32_MAX ? fail_row(w, NULL, _("no figures add up to this table"), error)
                                   : fail_of(w, sums.cell[sums.first[sum]], NULL,
                                             _("%s: does not add up to its parts"), error);
    if (!status && o->audit && w->ties < sums.count)
        find_assumed(w, cells, insiders);
    if (!status && o->audit && o->insiders == RK_INSIDERS_KNOWN)
        count_possible(w, cells);
    if (!status && o->zeros == RK_ZEROS_OPEN && hidden <= MOST_ASKED / 8)
        p->known_by_zeros = count_known(w, cells);
    rk_free(cells);
    return status;
}

/* What cannot be kept, for what has been published tells it, is kept from as many as can be. */
static void give_up(struct work *w, uint32_t cell, bool inside)
{
    struct rk_publish *p = w->out;
    if (w->lost[cell] == LOST_TO_NONE)
        *(cell < p->cells ? &p->lost : &p->lost_changes) += 1;
    w->lost[cell] = inside ? LOST_TO_INSIDERS : LOST_TO_ALL;
    w->cells[cell].unguarded = true;
    w->cells[cell].sensitive = inside;
    w->cells[cell].unseen = true; /* it is hidden all the same */
}

static enum rk_status choose(struct work *w, struct rk_error *error)
{
    struct rk_publish *p = w->out;
    struct rk_sums sums = rk_layout_view(&p->layout);
    uint32_t lost;
    w->lost = rk_alloc(w->cell_count, sizeof *w->lost);
    for (;;) {
        p->chosen = rk_suppress(w->cells, w->cell_count, &sums,
                                w->options->insiders != RK_INSIDERS_OFF, w->options->effort);
        lost = p->chosen.lost;
        if (lost == RK_NONE)
            break;
        if (!w->before)
            return lost < p->cells
                       ? fail_of(w, lost, NULL,
                                 _("%s: whatever else is hidden, it can be worked out"), error)
                       : rk_fail(error, RK_BAD_DATA,
                                 _("a small change between two versions can be worked out, "
                                   "whatever is hidden"));
        give_up(w, lost, p->chosen.inside);
        rk_suppression_free(&p->chosen);
    }
    for (uint32_t c = 0; c < p->cells; c++) {
        bool before = w->before && w->before[c] != NOT_BEFORE;
        p->sensitive += p->reason[c] != RK_IS_SHOWN && !before;
        if (p->chosen.hidden[c] && p->reason[c] == RK_IS_SHOWN)
            p->reason[c] = RK_IS_SECONDARY;
    }
    return RK_OK;
}

/* A figure hidden besides that is known all the same, as a search cut short can leave it, is shown;
 * and the choice is held against the audit. */
static enum rk_status check(struct work *w, struct rk_error *error)
{
    struct rk_publish *p = w->out;
    for (uint32_t c = 0; c < p->cells; c++) {
        const struct rk_audit_finding *f = &p->findings[c];
        if (p->reason[c] == RK_IS_SECONDARY && f->range.low == f->range.high && !f->range.open) {
            p->reason[c] = RK_IS_SHOWN;
            p->chosen.hidden[c] = false;
            p->chosen.cost -= w->cells[c].cost;
        }
        bool sensitive = p->reason[c] != RK_IS_SHOWN && p->reason[c] != RK_IS_SECONDARY &&
                         p->reason[c] != RK_IS_BEFORE;
        bool lost = w->lost[c] == LOST_TO_ALL ||
                    (w->lost[c] == LOST_TO_INSIDERS && f->verdict == RK_INSIDER);
        if (sensitive && !lost && f->verdict != RK_KEPT && f->verdict != RK_OPEN)
            return rk_fail(error, RK_FAILED, _("the choice does not stand up to its own audit"));
        if (p->reason[c] == RK_IS_SECONDARY) {
            p->secondary++;
            p->secondary_value += p->value[c] * p->unit;
        }
    }
    p->proven = p->chosen.bound >= p->chosen.cost;
    p->least = (rk_fixed)(p->chosen.bound / w->cost_step);
    p->least *= w->options->by_cells ? RK_FIXED_ONE : p->unit;
    return RK_OK;
}

/* Every total whose parts are all known is their sum. */
static enum rk_status check_sums(const struct work *w, struct rk_error *error)
{
    const struct rk_publish *p = w->out;
    struct rk_sums sums = rk_layout_view(&p->layout);
    for (uint32_t s = 0; s < sums.count; s++) {
        uint32_t total = sums.cell[sums.first[s]];
        bool known = p->has_value[total];
        int64_t left = p->value[total];
        for (uint32_t i = sums.first[s] + 1; i < sums.first[s + 1]; i++) {
            known = known && p->has_value[sums.cell[i]];
            left -= p->value[sums.cell[i]];
        }
        if (known && left)
            return fail_of(w, total, NULL, _("%s: does not add up to its parts"), error);
    }
    return RK_OK;
}

static enum rk_status hide_figures(struct work *w, struct rk_error *error)
{
    struct rk_publish *p = w->out;
    RK_TRY(read_ranges(w, error));
    if (!w->options->audit) {
        RK_TRY(mark_before(w, error));
        judge(w);
        describe_cells(w, width_of(w));
    }
    w->cell_count = p->cells;
    rk_layout_sums(&p->layout);
    RK_TRY(check_sums(w, error));
    tie_versions(w);
    if (!w->options->audit)
        tie_ranges(w);
    if (size_of(w->cell_count, p->layout.sum_count) > MOST_SIZE)
        return rk_fail(error, RK_BAD_DATA,
                       _("the table is too large to be looked through as a whole: %u figures, %u "
                         "sums"),
                       w->cell_count, p->layout.sum_count);
    if (w->options->audit)
        return audit(w, error);
    RK_TRY(choose(w, error));
    RK_TRY(audit(w, error));
    return check(w, error);
}

/* ---- instead of hiding ---- */

static enum rk_status must_make(const struct work *w, struct rk_error *error)
{
    if (w->makes && w->out->unit == RK_FIXED_ONE)
        return RK_OK;
    return fail_row(w, NULL,
                    _("whole counts without totals are needed: totals are made of what is changed"),
                    error);
}

static enum rk_status round_figures(struct work *w, struct rk_error *error)
{
    struct rk_publish *p = w->out;
    uint32_t *leaf = NULL, *first = NULL, *above = NULL, *line = NULL, leaves = 0, leaf_room = 0;
    uint32_t first_room = 0, entries = 0, entry_room = 0, line_room = 0;
    bool *seen = rk_alloc(p->cells, sizeof *seen);
    enum rk_status status = must_make(w, error);
    for (uint32_t r = 0; r < w->table->row_count && !status; r++) {
        uint32_t count = rk_layout_above(&p->layout, w->table->rows[r].labels, &line, &line_room);
        if (seen[line[0]])
            continue;
        seen[line[0]] = true;
        RK_GROW(first, leaves, first_room);
        first[leaves] = entries;
        RK_GROW(leaf, leaves, leaf_room);
        leaf[leaves++] = line[0];
        for (uint32_t i = 0; i < count; i++) {
            RK_GROW(above, entries, entry_room);
            above[entries++] = line[i];
        }
    }
    RK_GROW(first, leaves, first_room);
    first[leaves] = entries;
    if (!status)
        p->rounding =
            rk_round_small(p->value, p->cells, leaf, leaves, first, above, w->options->round);
    rk_free(seen);
    rk_free(leaf);
    rk_free(first);
    rk_free(above);
    rk_free(line);
    return status;
}

/* Every combination of labels is a cell, whether or not anybody is in it. */
static enum rk_status fill_cells(struct work *w, struct rk_error *error)
{
    const struct rk_tabulation *t = w->table;
    uint32_t key[RK_LAYOUT_DIMS] = {0}, d;
    uint64_t all = 1;
    for (d = 0; d < t->dim_count; d++)
        all *= all > 1000000 ? 1 : t->labels[d].count;
    if (all > 1000000)
        return rk_fail(error, RK_BAD_DATA,
                       _("there are more than a million combinations of labels"));
    do {
        rk_layout_cell(&w->out->layout, key);
        for (d = 0; d < t->dim_count && ++key[d] == t->labels[d].count; d++)
            key[d] = 0;
    } while (d < t->dim_count);
    grow(w);
    return RK_OK;
}

static enum rk_status perturb_figures(struct work *w, struct rk_error *error)
{
    struct rk_publish *p = w->out;
    uint32_t *line = NULL, room = 0;
    RK_TRY(must_make(w, error));
    RK_TRY(fill_cells(w, error));
    uint32_t *keys = rk_alloc(p->cells, sizeof *keys);
    enum rk_status status = RK_OK;
    for (uint32_t r = 0; r < w->table->row_count && !status; r++) {
        const struct rk_tabulation_row *row = &w->table->rows[r];
        if (row->record_key < 0)
            status = rk_fail_at(error, RK_BAD_DATA,
                                &(struct rk_pos){.file = row->file, .line = row->line},
                                _("a record has no record_key"));
        uint32_t count = rk_layout_above(&p->layout, row->labels, &line, &room);
        for (uint32_t i = 0; i < count; i++)
            keys[line[i]] = (keys[line[i]] + (uint32_t)row->record_key) % RK_PTABLE_KEYS;
    }
    for (uint32_t c = 0; c < p->cells && !status; c++) {
        int64_t add =
            w->options->ptable
                ? w->options->ptable[rk_cell_key_row(p->value[c]) * RK_PTABLE_KEYS + keys[c]]
                : rk_cell_key_10_5(p->value[c]);
        if (!w->options->ptable && p->value[c] + add == 0)
            p->reason[c] = RK_IS_SMALL;
        p->value[c] = p->value[c] + add < 0 ? 0 : p->value[c] + add;
    }
    rk_free(line);
    rk_free(keys);
    return status;
}

/* ---- order ---- */

/* 0 of a label of rows, 1 of what is made of others, 2 of the total. */
static int height_of(const struct rk_tabulation *t, uint32_t dim, uint32_t label)
{
    if (label == RK_LABEL_TOTAL)
        return 2;
    for (uint32_t i = 0; i < t->tree_count; i++)
        for (uint32_t l = 0; t->trees[i].dim == dim && l < t->trees[i].room; l++)
            if (t->trees[i].parent[l] == label)
                return 1;
    return 0;
}

static _Thread_local const struct work *sorting;
static int by_label(const void *a, const void *b)
{
    uint32_t dims = sorting->table->dim_count;
    const uint32_t *x = sorting->out->layout.keys.members + (size_t) * (const uint32_t *)a * dims;
    const uint32_t *y = sorting->out->layout.keys.members + (size_t) * (const uint32_t *)b * dims;
    for (uint32_t d = 0; d < dims; d++) {
        int height = height_of(sorting->table, d, x[d]) - height_of(sorting->table, d, y[d]);
        if (x[d] != y[d])
            return height ? height : x[d] < y[d] ? -1 : 1;
    }
    return 0;
}

enum rk_status rk_publish(struct rk_publish *p, const struct rk_tabulation *table,
                          const struct rk_publish_options *options, struct rk_error *error)
{
    struct work w = {.table = table, .options = options, .out = p, .version = RK_NONE};
    enum rk_status status = RK_OK;
    if (options->versions) {
        w.version = rk_tabulation_dim(table, rk_text(options->versions));
        if (w.version == RK_NONE && table->row_count)
            return rk_fail(error, RK_BAD_USE, _("--versions: there is no column '%s'"),
                           options->versions);
    }
    p->proven = !options->audit;
    if (!table->dim_count || !table->row_count)
        return RK_OK;
    group_labels(&w);
    status = read_figures(&w, error);
    if (!status && options->cell_key)
        status = perturb_figures(&w, error);
    else if (!status && options->round)
        status = round_figures(&w, error);
    else if (!status)
        status = hide_figures(&w, error);
    p->order = rk_alloc(p->cells, sizeof *p->order);
    for (uint32_t c = 0; c < p->cells; c++)
        p->order[c] = c;
    sorting = &w;
    qsort(p->order, p->cells, sizeof *p->order, by_label);
    rk_free(w.parts);
    rk_free(w.first);
    rk_free(w.up);
    rk_free(w.least);
    rk_free(w.most);
    rk_free(w.before);
    rk_free(w.lost);
    rk_free(w.cells);
    return status;
}

uint32_t rk_publish_cell(const struct rk_publish *p, const struct rk_tabulation_row *row)
{
    return rk_layout_find(&p->layout, row->labels);
}

/* What is not told of a person may be anything: alike are those of whom nothing differs that is
 * told of both. Adds those in the other cells. */
static void join_untold(const struct rk_layout *layout, struct rk_alike *cells)
{
    uint32_t dims = layout->dims, count = layout->keys.count;
    struct rk_alike *own = rk_alloc(count, sizeof *own);
    bool *untold = rk_alloc(count, sizeof *untold);
    memcpy(own, cells, count * sizeof *own);
    for (uint32_t c = 0; c < count; c++)
        for (uint32_t d = 0; d < dims; d++)
            untold[c] |= layout->keys.members[(size_t)c * dims + d] == RK_LABEL_TOTAL;
    for (uint32_t a = 0; a < count; a++)
        for (uint32_t b = 0; untold[a] && b < count; b++) {
            const uint32_t *x = layout->keys.members + (size_t)a * dims;
            const uint32_t *y = layout->keys.members + (size_t)b * dims;
            bool alike = a != b;
            for (uint32_t d = 0; d < dims && alike; d++)
                alike = x[d] == y[d] || x[d] == RK_LABEL_TOTAL || y[d] == RK_LABEL_TOTAL;
            if (!alike)
                continue;
            cells[a].same += own[b].same;
            cells[a].population += own[b].population;
            if (!untold[b]) {
                cells[b].same += own[a].same;
                cells[b].population += own[a].population;
            }
        }
    rk_free(own);
    rk_free(untold);
}

struct rk_alike *rk_publish_alike(const struct rk_tabulation *t)
{
    struct rk_alike *alike = rk_alloc(t->row_count, sizeof *alike),
                    *cells = rk_alloc(t->row_count, sizeof *cells);
    struct rk_layout layout = {.dims = t->dim_count};
    for (uint32_t r = 0; r < t->row_count; r++) {
        struct rk_alike *cell = &cells[rk_layout_cell(&layout, t->rows[r].labels)];
        cell->same++;
        cell->population += t->rows[r].value;
    }
    join_untold(&layout, cells);
    for (uint32_t c = 0; c < layout.keys.count; c++) {
        double population = rk_fixed_double(cells[c].population);
        cells[c].risk =
            rk_risk(cells[c].same, population < cells[c].same ? cells[c].same : population);
    }
    for (uint32_t r = 0; r < t->row_count; r++)
        alike[r] = cells[rk_layout_find(&layout, t->rows[r].labels)];
    rk_layout_free(&layout);
    rk_free(cells);
    return alike;
}

void rk_publish_free(struct rk_publish *p)
{
    rk_layout_free(&p->layout);
    rk_free(p->value);
    rk_free(p->contributors);
    rk_free(p->has_value);
    rk_free(p->reason);
    rk_free(p->findings);
    rk_free(p->order);
    rk_suppression_free(&p->chosen);
    *p = (struct rk_publish){0};
}
