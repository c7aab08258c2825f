/* Which cells are hidden, so that none with few people can be worked out. */
#include "panel/cover_work.h"

enum { MOST_GUARDED = 300 }; /* cells of a crossed feature that is looked through as a whole */

bool rk_cover_is_small(const struct rk_cover *cover, int64_t people)
{
    return people > 0 && people < cover->facts.min_count;
}

/* Whoever knows the sum of what is hidden, and how each came to be hidden, must not know a cell by
 * it. */
static bool gives_away(const struct rk_cover *cover, int64_t sum, int64_t cells, bool all_small)
{
    return cells == 1 || sum < cover->facts.min_count || sum == cells ||
           (all_small && sum == cells * (cover->facts.min_count - 1));
}

bool rk_cover_hide_line(const struct rk_cover *cover, const int64_t *people, const bool *small,
                        bool *hidden, uint32_t count, uint32_t spare)
{
    for (;;) {
        int64_t sum = 0, cells = 0;
        bool all_small = true;
        uint32_t next = RK_NONE;
        for (uint32_t i = 0; i < count; i++) {
            hidden[i] |= small[i];
            if (hidden[i] && people[i]) {
                sum += people[i];
                cells++;
                all_small &= rk_cover_is_small(cover, people[i]);
            } else if (people[i] && !hidden[i] &&
                       (next == RK_NONE || next == spare ||
                        (i != spare && people[i] < people[next]))) {
                next = i;
            }
        }
        if (!cells || next == RK_NONE || !gives_away(cover, sum, cells, all_small))
            return cells > 0;
        hidden[next] = true;
    }
}

/* Small themselves, or all but a few of those they are taken from. */
static void mark_small(const struct rk_cover *cover, struct rk_cover_tally *tally,
                       enum rk_cover_pool pool)
{
    enum rk_cover_pool parent = rk_cover_parent(pool);
    for (uint32_t v = 0; v <= tally->values; v++) {
        int64_t here = tally->people[pool][v];
        tally->hidden[pool][v] = false;
        tally->small[v] = rk_cover_is_small(cover, here) || (here && cover->total_hidden[pool]);
        if (parent != RK_COVER_NO_POOL && cover->in[parent])
            tally->small[v] |= rk_cover_is_small(cover, tally->people[parent][v] - here);
    }
}

/* ---- sums along a crossed feature ---- */

/* The lines of a crossed feature: cells alike in all parts but one, whose sum is a cell of the
 * others. */
static bool hide_along(const struct rk_cover *cover, struct rk_cover_tally *tally,
                       enum rk_cover_pool pool, uint32_t part)
{
    const struct rk_feature *feature = &cover->facts.features->all[tally->feature];
    struct rk_tuples lines = {.width = feature->part_count - 1};
    uint32_t *line = rk_alloc(tally->values, sizeof *line), parts[RK_FEATURE_PARTS];
    bool changed = false;
    for (uint32_t v = 0; v < tally->values; v++) {
        rk_features_split(cover->facts.features, tally->feature, v, parts);
        memmove(parts + part, parts + part + 1, (feature->part_count - 1 - part) * sizeof *parts);
        line[v] = rk_tuples_add(&lines, parts);
    }
    /* the cells line by line: those of line l from start[l] */
    uint32_t *start = rk_alloc((size_t)lines.count + 2, sizeof *start);
    uint32_t *which = rk_alloc(tally->values, sizeof *which);
    int64_t *people = rk_alloc(tally->values, sizeof *people);
    bool *small = rk_alloc(tally->values, sizeof *small);
    bool *hidden = rk_alloc(tally->values, sizeof *hidden);
    for (uint32_t v = 0; v < tally->values; v++)
        start[line[v] + 2]++;
    for (uint32_t l = 2; l < lines.count + 2; l++)
        start[l] += start[l - 1];
    for (uint32_t v = 0; v < tally->values; v++) {
        uint32_t at = start[line[v] + 1]++;
        which[at] = v;
        people[at] = tally->people[pool][v];
        small[at] = tally->small[v];
        hidden[at] = tally->hidden[pool][v];
    }
    for (uint32_t l = 0; l < lines.count; l++)
        rk_cover_hide_line(cover, people + start[l], small + start[l], hidden + start[l],
                           start[l + 1] - start[l], RK_NONE);
    for (uint32_t i = 0; i < tally->values; i++) {
        changed |= hidden[i] && !tally->hidden[pool][which[i]];
        tally->hidden[pool][which[i]] = hidden[i];
    }
    rk_tuples_free(&lines);
    rk_free(line);
    rk_free(start);
    rk_free(which);
    rk_free(people);
    rk_free(small);
    rk_free(hidden);
    return changed;
}

static struct rk_cover_tally *tally_of(const struct rk_cover *cover, uint32_t feature)
{
    for (uint32_t i = 0; i < cover->facts.listed_count; i++)
        if (cover->tallies[i].feature == feature)
            return &cover->tallies[i];
    return NULL;
}

/* A value of a part that is hidden where the part is told alone must not be the sum of cells that
 * are all shown: marks the least of them. */
static void mark_parts(const struct rk_cover *cover, struct rk_cover_tally *tally,
                       enum rk_cover_pool pool)
{
    const struct rk_feature *feature = &cover->facts.features->all[tally->feature];
    const int64_t *people = tally->people[pool];
    uint32_t parts[RK_FEATURE_PARTS];
    for (uint32_t p = 0; p < feature->part_count; p++) {
        const struct rk_cover_tally *part = tally_of(cover, feature->parts[p]);
        if (!part)
            continue;
        uint32_t *least = rk_alloc(part->values, sizeof *least); /* from 1; 0 = none */
        bool *any = rk_alloc(part->values, sizeof *any);
        for (uint32_t v = 0; v < tally->values; v++) {
            rk_features_split(cover->facts.features, tally->feature, v, parts);
            uint32_t *of = &least[parts[p]];
            any[parts[p]] |= people[v] && tally->small[v];
            if (people[v] && (!*of || people[v] < people[*of - 1]))
                *of = v + 1;
        }
        for (uint32_t u = 0; u < part->values; u++)
            if (part->hidden[pool][u] && least[u] && !any[u])
                tally->small[least[u] - 1] = true;
        rk_free(least);
        rk_free(any);
    }
}

static void hide_cells(const struct rk_cover *cover, struct rk_cover_tally *tally,
                       enum rk_cover_pool pool)
{
    const struct rk_feature *feature = &cover->facts.features->all[tally->feature];
    uint32_t cells = tally->values + 1;
    if (tally->is_list) { /* the cells of people with several values have no known sum */
        memcpy(tally->hidden[pool], tally->small, cells * sizeof *tally->small);
        return;
    }
    for (bool again = true; again;) {
        again = false;
        rk_cover_hide_line(cover, tally->people[pool], tally->small, tally->hidden[pool], cells,
                           tally->values); /* the missing are not told anyway: see rk_cover_hide */
        for (uint32_t p = 0; p < feature->part_count; p++)
            again |= hide_along(cover, tally, pool, p);
    }
    /* where all are hidden and as many as there are cells, each holds one: then not even the empty
     * are told */
    int64_t sum = 0, some = 0, shown = 0;
    for (uint32_t v = 0; v < cells; v++) {
        sum += tally->people[pool][v];
        some += tally->people[pool][v] > 0;
        shown += tally->people[pool][v] > 0 && !tally->hidden[pool][v];
    }
    for (uint32_t v = 0; some && !shown && sum == some && v < tally->values; v++)
        tally->hidden[pool][v] = true;
}

/* ---- a feature crossed of two, as a whole ----
 *
 * With cells shown as empty, sums may give a cell away through several lines. A hidden number is
 * safe when it could be one more, or one less, with all that is shown the same: when it lies on a
 * circle in the graph of rows and columns, whose steps are a hidden cell that grows (row to column)
 * or shrinks (column to row; none below 1). Sums that are not shown may change too, if their total
 * does not: steps between a row, or a column, and a node for that total. */

struct square {
    const struct rk_cover_tally *tally, *part[2]; /* part NULL: not told alone */
    enum rk_cover_pool pool;
    uint32_t count[2]; /* rows and columns, the last of each for people without the value */
    uint32_t *at;      /* by value: row, column */
    int64_t *lost[2];  /* by row: people without a column; by column: without a row. NULL = none */
    bool *seen;        /* rows, columns, total of rows, total of columns */
    uint32_t *queue;
};

static bool is_open(const struct square *q, int side, uint32_t i)
{
    return i + 1 < q->count[side] && (!q->part[side] || q->part[side]->hidden[q->pool][i]);
}

/* Can `to` be reached from `from`, without the step between the two itself? */
static bool reaches(const struct square *q, uint32_t from, uint32_t to)
{
    uint32_t rows = q->count[0], nodes = rows + q->count[1] + 2, head = 0, tail = 0;
    memset(q->seen, 0, nodes * sizeof *q->seen);
    q->seen[from] = true;
    q->queue[tail++] = from;
    while (head < tail && !q->seen[to]) {
        uint32_t node = q->queue[head++];
#define STEP(start, end)                                                                           \
    if (node == (start) && !q->seen[end] && !((start) == from && (end) == to)) {                   \
        q->seen[end] = true;                                                                       \
        q->queue[tail++] = (end);                                                                  \
    }
        for (uint32_t v = 0; v < q->tally->values; v++) {
            uint32_t row = q->at[2 * v], column = rows + q->at[2 * v + 1];
            if (!q->tally->hidden[q->pool][v])
                continue;
            STEP(row, column)
            if (q->tally->people[q->pool][v] > 1)
                STEP(column, row)
        }
        for (int side = 0; side < 2; side++)
            for (uint32_t i = 0; i < q->count[side]; i++) {
                uint32_t line = side ? rows + i : i, total = nodes - 2 + (uint32_t)side;
                if (is_open(q, side,
                            i)) { /* a sum too is at least 1; of rows it grows from the total */
                    bool shrinks = !q->part[side] || q->part[side]->people[q->pool][i] > 1;
                    if (side || shrinks)
                        STEP(line, total)
                    if (!side || shrinks)
                        STEP(total, line)
                }
                if (!q->lost[side])
                    continue;
                /* how many of a row have no column is not told, not even that there are none */
                uint32_t row = side ? rows - 1 : i, column = side ? rows + i : nodes - 3;
                STEP(row, column)
                if (q->lost[side][i] > 0)
                    STEP(column, row)
            }
#undef STEP
    }
    return q->seen[to];
}

static bool is_fixed_cell(const struct square *q, uint32_t v)
{
    uint32_t row = q->at[2 * v], column = q->count[0] + q->at[2 * v + 1];
    return !reaches(q, column, row) &&
           !(q->tally->people[q->pool][v] > 1 && reaches(q, row, column));
}

static bool is_fixed_sum(const struct square *q, int side, uint32_t i)
{
    uint32_t line = side ? q->count[0] + i : i, total = q->count[0] + q->count[1] + (uint32_t)side;
    bool grows = side ? reaches(q, total, line) : reaches(q, line, total);
    return !grows && !(q->part[side]->people[q->pool][i] > 1 &&
                       (side ? reaches(q, line, total) : reaches(q, total, line)));
}

/* Hides the least of what is shown of the cells on a line; else what is shown of the line's sum;
 * else the least cell, or the least sum, that is shown anywhere. False when there is none. */
static bool hide_more(struct rk_cover *cover, const struct square *q, struct rk_cover_tally *tally,
                      const uint32_t line[2])
{
    enum rk_cover_pool pool = q->pool;
    for (int anywhere = 0; anywhere < 2; anywhere++) {
        uint32_t least = RK_NONE;
        for (uint32_t v = 0; v < tally->values; v++) {
            bool here = q->at[2 * v] == line[0] || q->at[2 * v + 1] == line[1];
            if ((here || anywhere) && tally->people[pool][v] && !tally->hidden[pool][v] &&
                (least == RK_NONE || tally->people[pool][v] < tally->people[pool][least]))
                least = v;
        }
        if (least != RK_NONE)
            return tally->small[least] = true;
        for (int side = 0; side < 2; side++) {
            struct rk_cover_tally *part =
                q->part[side] ? tally_of(cover, q->part[side]->feature) : NULL;
            for (uint32_t u = 0; part && u < part->values; u++)
                if ((u == line[side] || anywhere) && part->people[pool][u] &&
                    !part->hidden[pool][u] &&
                    (least == RK_NONE || part->people[pool][u] < part->people[pool][least]))
                    least = u;
            if (least != RK_NONE) {
                part->small[least] = true;
                hide_cells(cover, part, pool);
                return true;
            }
        }
    }
    return false;
}

/* People of each row without a column (side 0), or the other way round: NULL where there are none,
 * or the parts are not told alone. */
static int64_t *lost_of(const struct square *q, int side)
{
    const struct rk_cover_tally *part = q->part[side], *other = q->part[!side];
    if (!part || !other || !other->people[q->pool][other->values])
        return NULL;
    int64_t *lost = rk_alloc(q->count[side], sizeof *lost);
    for (uint32_t i = 0; i + 1 < q->count[side]; i++)
        lost[i] = part->people[q->pool][i];
    for (uint32_t v = 0; v < q->tally->values; v++)
        lost[q->at[2 * v + (uint32_t)side]] -= q->tally->people[q->pool][v];
    return lost;
}

/* Looks for a small number that is given away, and hides something more; false where there is none.
 */
static bool guard_square(struct rk_cover *cover, struct rk_cover_tally *tally,
                         enum rk_cover_pool pool)
{
    const struct rk_feature *feature = &cover->facts.features->all[tally->feature];
    struct square q = {.tally = tally, .pool = pool};
    bool changed = false;
    for (int side = 0; side < 2; side++) {
        q.part[side] = tally_of(cover, feature->parts[side]);
        q.count[side] = cover->facts.features->all[feature->parts[side]].values.count + 1;
    }
    q.at = rk_alloc((size_t)tally->values * 2 + 1, sizeof *q.at);
    q.seen = rk_alloc((size_t)q.count[0] + q.count[1] + 2, sizeof *q.seen);
    q.queue = rk_alloc((size_t)q.count[0] + q.count[1] + 2, sizeof *q.queue);
    for (uint32_t v = 0; v < tally->values; v++) {
        uint32_t parts[RK_FEATURE_PARTS];
        rk_features_split(cover->facts.features, tally->feature, v, parts);
        memcpy(&q.at[2 * v], parts, 2 * sizeof *parts);
    }
    for (int side = 0; side < 2; side++)
        q.lost[side] = lost_of(&q, side);
    for (uint32_t v = 0; v < tally->values && !changed; v++)
        if (tally->small[v] && tally->hidden[pool][v] && is_fixed_cell(&q, v))
            changed = hide_more(cover, &q, tally, &q.at[2 * v]);
    for (int side = 0; side < 2 && !changed; side++)
        for (uint32_t u = 0; q.part[side] && u + 1 < q.count[side] && !changed; u++) {
            uint32_t line[2] = {RK_NONE, RK_NONE};
            line[side] = u;
            if (q.part[side]->small[u] && q.part[side]->hidden[pool][u] &&
                is_fixed_sum(&q, side, u))
                changed = hide_more(cover, &q, tally, line);
        }
    rk_free(q.at);
    rk_free(q.seen);
    rk_free(q.queue);
    rk_free(q.lost[0]);
    rk_free(q.lost[1]);
    return changed;
}

/* Of a table too large to look through: all but who is nobody, in it and in its sums. */
static void hide_all(const struct rk_cover *cover, struct rk_cover_tally *tally,
                     enum rk_cover_pool pool)
{
    const struct rk_feature *feature = &cover->facts.features->all[tally->feature];
    bool any = false;
    for (uint32_t v = 0; v < tally->values; v++)
        any |= tally->hidden[pool][v];
    for (int side = -1; side < 2 && any; side++) {
        struct rk_cover_tally *all = side < 0 ? tally : tally_of(cover, feature->parts[side]);
        for (uint32_t v = 0; all && v < all->values; v++)
            all->small[v] |= all->people[pool][v] > 0;
        if (all)
            hide_cells(cover, all, pool);
    }
}

static bool is_square(const struct rk_cover *cover, const struct rk_cover_tally *tally)
{
    return cover->facts.features->all[tally->feature].part_count == 2 && !tally->is_list;
}

void rk_cover_hide(struct rk_cover *cover, enum rk_cover_pool pool)
{
    uint32_t count = cover->facts.listed_count;
    for (uint32_t i = 0; i < count; i++) {
        mark_small(cover, &cover->tallies[i], pool);
        if (!cover->tallies[i].is_crossed)
            hide_cells(cover, &cover->tallies[i], pool);
    }
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = 0; i < count; i++) {
            struct rk_cover_tally *tally = &cover->tallies[i];
            if (!tally->is_crossed)
                continue;
            mark_parts(cover, tally, pool);
            hide_cells(cover, tally, pool);
            if (is_square(cover, tally) && tally->values > MOST_GUARDED)
                hide_all(cover, tally, pool);
            else if (is_square(cover, tally))
                again |= guard_square(cover, tally, pool);
        }
    }
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        struct rk_cover_tally *tally = &cover->tallies[i];
        tally->any_hidden[pool] = false;
        for (uint32_t v = 0; v <= tally->values; v++)
            tally->any_hidden[pool] |= tally->hidden[pool][v];
        any |= tally->any_hidden[pool];
    }
    /* Of a pool hardly larger than a small cell, which cells are empty tells nearly all. */
    bool tiny = any && cover->total[pool] < 2 * cover->facts.min_count;
    for (uint32_t i = 0; i < count; i++) {
        struct rk_cover_tally *tally = &cover->tallies[i];
        for (uint32_t v = 0; tiny && v < tally->values; v++)
            tally->any_hidden[pool] = tally->hidden[pool][v] = true;
        /* the missing of parts and of their cross would tell of each other's cells */
        if (tally->any_hidden[pool] && !tally->is_list)
            tally->hidden[pool][tally->values] |= tally->people[pool][tally->values] > 0;
    }
}
