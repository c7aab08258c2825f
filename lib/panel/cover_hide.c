/* Which cells are hidden, so that none with few people can be worked out: what is told becomes
 * cells and sums (model/report_cells.h), for somebody else to choose by. */
#include "panel/cover_work.h"

/* Figures that are held together; of more, those of each telling, and of still more each pool, are
 * chosen apart. */
enum { MOST_TOGETHER = 500 };

bool rk_cover_is_small(const struct rk_cover *cover, int64_t people)
{
    return people > 0 && people < cover->facts.min_count;
}

/* ---- what is told, as cells ---- */

/* The cells of a pool in one telling: all people, then those of each value of each feature. */
static uint32_t offset_of(const struct rk_cover *cover, uint32_t tally)
{
    uint32_t offset = 1;
    for (uint32_t i = 0; i < tally; i++)
        offset += cover->tallies[i].values + 1;
    return offset;
}

/* By row of the table: its value of a feature that is no list. */
static uint32_t *values_of(const struct rk_cover *cover, uint32_t tally)
{
    uint32_t *of = rk_alloc((size_t)cover->rows + 1, sizeof *of);
    for (uint32_t r = 0; r < cover->rows; r++) {
        uint32_t count;
        const uint32_t *values =
            rk_features_of(cover->facts.features, r, cover->tallies[tally].feature, &count);
        of[r] = count ? values[0] : RK_NONE;
    }
    return of;
}

static void find_rows(struct rk_cover *cover)
{
    uint32_t listed = cover->facts.listed_count;
    cover->of = rk_alloc((size_t)listed + 1, sizeof *cover->of);
    cover->of_values = rk_alloc((size_t)listed + 1, sizeof *cover->of_values);
    for (uint32_t i = 0; i < listed; i++) {
        cover->of[i] = cover->tallies[i].is_list ? NULL : values_of(cover, i);
        cover->of_values[i] = cover->tallies[i].values;
    }
    cover->apart = (struct rk_report_rows){
        .features = listed,
        .rows = cover->rows,
        .of = (const uint32_t *const *)cover->of,
        .values = cover->of_values,
        .people = cover->in[cover->in[RK_COVER_ALL] ? RK_COVER_ALL : RK_COVER_APPLIED]};
    rk_report_rows_find(&cover->apart);
}

static void count_lost(struct rk_cover *cover, enum rk_cover_pool pool)
{
    size_t from = cover->lost_count;
    cover->lost_count += cover->apart.kinds;
    cover->lost = rk_resize(cover->lost, cover->lost_count + 1, sizeof *cover->lost);
    for (size_t i = from; i < cover->lost_count; i++)
        cover->lost[i] = 0;
    for (uint32_t r = 0; r < cover->rows; r++)
        if (cover->apart.kind[r] != RK_NONE)
            cover->lost[from + cover->apart.kind[r]] += cover->in[pool][r];
}

static void add_pool(struct rk_cover *cover, enum rk_cover_pool pool)
{
    rk_report_cells_people(&cover->cells, cover->total[pool], cover->facts.min_count);
    for (uint32_t i = 0; i < cover->facts.listed_count; i++)
        for (uint32_t v = 0; v <= cover->tallies[i].values; v++)
            rk_report_cells_people(&cover->cells, cover->tallies[i].people[pool][v],
                                   cover->facts.min_count);
}

void rk_cover_look(struct rk_cover *cover, bool bank)
{
    RK_GROW(cover->tellings, cover->telling_count, cover->telling_room);
    struct rk_cover_telling *own = &cover->tellings[cover->telling_count++];
    own->before = cover->cells.count;
    if (cover->telling_count == 1)
        find_rows(cover);
    for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS; pool++) {
        own->has[pool] = cover->in[pool] && (bank || rk_cover_by_recruitments(pool));
        own->first[pool] = own->has[pool]             ? cover->cells.count
                           : cover->telling_count > 1 ? cover->tellings->first[pool]
                                                      : 0;
        own->lost[pool] = own->has[pool]             ? cover->lost_count
                          : cover->telling_count > 1 ? cover->tellings->lost[pool]
                                                     : 0;
        if (own->has[pool]) {
            add_pool(cover, pool);
            count_lost(cover, pool);
        }
    }
}

void rk_cover_look_along(struct rk_cover *cover, enum rk_cover_pool pool, const int64_t *people,
                         uint32_t count)
{
    RK_GROW(cover->lines, cover->line_count, cover->line_room);
    cover->lines[cover->line_count++] =
        (struct rk_cover_line){cover->cells.count, count, cover->telling_count - 1, pool};
    for (uint32_t i = 0; i < count; i++)
        rk_report_cells_people(&cover->cells, people[i], cover->facts.min_count);
}

/* ---- sums ---- */

/* Everybody knows that nobody is of it, in any pool: a value that the table has nobody of. */
static bool is_nobody(const struct rk_cover *cover, uint32_t offset)
{
    enum rk_cover_pool all = cover->in[RK_COVER_ALL] ? RK_COVER_ALL : RK_COVER_APPLIED;
    return !cover->cells.cells[cover->tellings->first[all] + offset].value;
}

/* The cells of those who lack some feature, whom nobody is told of. */
static void add_lost(struct rk_cover *cover)
{
    cover->lost_cells = cover->cells.count;
    for (size_t i = 0; i < cover->lost_count; i++)
        rk_report_cells_left(&cover->cells, cover->lost[i], cover->facts.min_count);
}

static uint32_t lost_cell(const struct rk_cover *cover, const struct rk_cover_telling *telling,
                          enum rk_cover_pool pool, uint32_t kind)
{
    return cover->lost_cells + (uint32_t)telling->lost[pool] + kind;
}

/* Number i of those of a pool that are told, and then of those who lack some feature. */
static uint32_t cell_of(const struct rk_cover *cover, const struct rk_cover_telling *telling,
                        enum rk_cover_pool pool, uint32_t i)
{
    uint32_t size = offset_of(cover, cover->facts.listed_count);
    return i < size ? telling->first[pool] + i : lost_cell(cover, telling, pool, i - size);
}

/* total = parts + rest. A rest that is no small number bounds nothing closely: nothing is known by
 * it. */
static void hold_rest(struct rk_cover *cover, uint32_t total, const uint32_t *parts, size_t count)
{
    int64_t rest = cover->cells.cells[total].value;
    for (size_t i = 0; i < count; i++)
        rest -= cover->cells.cells[parts[i]].value;
    if (rest < cover->facts.min_count)
        rk_report_cells_rest(&cover->cells, total, parts, count, cover->facts.min_count);
}

/* Of pools that are chosen apart: all but a few of those they are taken from is a small number. */
static void mark_left(struct rk_cover *cover, const struct rk_cover_telling *telling,
                      enum rk_cover_pool pool, uint32_t size)
{
    enum rk_cover_pool parent = rk_cover_parent(pool);
    struct rk_report_cell *cells = cover->cells.cells;
    if (!telling->has[pool] || parent == RK_COVER_NO_POOL || !cover->in[parent])
        return;
    for (uint32_t i = 0; i < size; i++) {
        struct rk_report_cell *cell = &cells[telling->first[pool] + i];
        int64_t left = cells[telling->first[parent] + i].value - cell->value;
        cell->small |= cell->value && rk_cover_is_small(cover, left);
    }
}

/* A pool, or those of one value in it, against the pools taken from it: each of them, and those
 * that have nobody in common together. */
static void hold_pools(struct rk_cover *cover, const struct rk_cover_telling *telling,
                       uint32_t size)
{
    static const enum rk_cover_pool apart[][4] = {
        {RK_COVER_BANK, RK_COVER_ACTIVE, RK_COVER_PAUSED, RK_COVER_LEFT},
        {RK_COVER_INVITED, RK_COVER_DECLINED, RK_COVER_ACCEPTED, RK_COVER_NO_POOL},
        {RK_COVER_ACCEPTED, RK_COVER_ATTENDED, RK_COVER_ABSENT, RK_COVER_NO_POOL}};
    for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS && cover->are_pools_apart; pool++)
        mark_left(cover, telling, pool, size);
    for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS && !cover->are_pools_apart; pool++) {
        enum rk_cover_pool parent = rk_cover_parent(pool);
        if (!telling->has[pool] || parent == RK_COVER_NO_POOL || !cover->in[parent] ||
            (cover->is_apart && !telling->has[parent]))
            continue;
        for (uint32_t i = 0; i < size + cover->apart.kinds; i++)
            if (i >= size || !is_nobody(cover, i))
                hold_rest(cover, cell_of(cover, telling, parent, i),
                          (uint32_t[]){cell_of(cover, telling, pool, i)}, 1);
    }
    for (size_t a = 0; a < sizeof apart / sizeof *apart && !cover->are_pools_apart; a++)
        for (uint32_t i = 0; i < size + cover->apart.kinds && telling->has[apart[a][1]]; i++) {
            uint32_t parts[3];
            size_t count = 0;
            for (size_t k = 1; k < 4 && apart[a][k] != RK_COVER_NO_POOL; k++)
                parts[count++] = cell_of(cover, telling, apart[a][k], i);
            if (i >= size || !is_nobody(cover, i))
                hold_rest(cover, cell_of(cover, telling, apart[a][0], i), parts, count);
        }
}

/* What is told of parts of the recruitments, each and together, against what is told of all. */
static void hold_tellings(struct rk_cover *cover, uint32_t size)
{
    size_t count = cover->telling_count - 1;
    uint32_t *parts = rk_alloc(count + 1, sizeof *parts);
    for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS && count; pool++)
        for (uint32_t i = 0; i < size + cover->apart.kinds && cover->tellings[1].has[pool]; i++) {
            uint32_t total = cell_of(cover, cover->tellings, pool, i);
            int64_t more = -cover->cells.cells[total].value;
            if (i < size && is_nobody(cover, i))
                continue;
            for (size_t t = 0; t < count; t++) {
                parts[t] = cell_of(cover, &cover->tellings[t + 1], pool, i);
                more += cover->cells.cells[parts[t]].value;
                hold_rest(cover, total, &parts[t], 1);
            }
            if (more > 0 && more < cover->facts.min_count) /* some are in several */
                rk_report_cells_alike(&cover->cells, parts, count, &total, 1, 0);
            else if (count > 1)
                hold_rest(cover, total, parts, count);
        }
    rk_free(parts);
}

static void hold_features(struct rk_cover *cover)
{
    uint32_t listed = cover->facts.listed_count;
    uint32_t *first = rk_alloc((size_t)listed + 1, sizeof *first);
    for (size_t t = 0; t < cover->telling_count; t++)
        for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS; pool++) {
            const struct rk_cover_telling *telling = &cover->tellings[t];
            struct rk_report_rows_at at = {.total = telling->first[pool],
                                           .first = first,
                                           .stride = 1,
                                           .has_none = true,
                                           .lost = lost_cell(cover, telling, pool, 0),
                                           .lost_stride = 1};
            for (uint32_t i = 0; i < listed; i++)
                first[i] = telling->first[pool] + offset_of(cover, i);
            if (telling->has[pool])
                rk_report_rows_hold(&cover->apart, &cover->cells, &at);
        }
    rk_free(first);
}

static void hold_line(struct rk_cover *cover, const struct rk_cover_line *line)
{
    uint32_t *parts = rk_alloc((size_t)line->count + 1, sizeof *parts);
    uint32_t all = cover->tellings->first[RK_COVER_ACTIVE];
    for (uint32_t k = 0; k < line->count; k++)
        parts[k] = line->first + k;
    if (cover->is_apart) /* as if it were told, whatever is chosen */
        all = rk_report_cells_add(&cover->cells,
                                  (struct rk_report_cell){.value = cover->cells.cells[all].value,
                                                          .fixed = true,
                                                          .unseen = true});
    rk_report_cells_sum(&cover->cells, all, parts, line->count);
    /* who is of the pool has some, and is active or not so any longer */
    hold_rest(cover, cover->tellings[line->telling].first[line->pool], parts + 1, line->count - 1);
    rk_free(parts);
}

static void add_sums(struct rk_cover *cover)
{
    uint32_t size = offset_of(cover, cover->facts.listed_count);
    hold_features(cover);
    for (size_t t = 0; t < cover->telling_count; t++)
        hold_pools(cover, &cover->tellings[t], size);
    if (!cover->is_apart)
        hold_tellings(cover, size);
    for (uint32_t i = 0; i < cover->line_count; i++)
        hold_line(cover, &cover->lines[i]);
}

bool rk_cover_choose(struct rk_cover *cover, rk_report_cells_choose *choose, void *context)
{
    if (cover->is_chosen)
        return false;
    uint32_t figures = cover->cells.count;
    cover->is_apart = cover->telling_count > 1 && figures + cover->lost_count > MOST_TOGETHER;
    cover->are_pools_apart =
        (cover->telling_count > 1 ? cover->tellings[1].before : figures) > MOST_TOGETHER;
    add_lost(cover);
    if (cover->telling_count)
        add_sums(cover);
    cover->chosen = rk_alloc((size_t)figures + 1, sizeof *cover->chosen);
    choose(context, &cover->cells, cover->chosen);
    cover->is_chosen = true;
    return true;
}

/* ---- what was chosen ---- */

void rk_cover_hide(struct rk_cover *cover)
{
    const struct rk_cover_telling *telling = &cover->tellings[cover->telling_at++];
    for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS; pool++) {
        const bool *chosen = cover->chosen + telling->first[pool];
        if (!cover->in[pool])
            continue;
        cover->total_hidden[pool] = *chosen++;
        for (uint32_t i = 0; i < cover->facts.listed_count; i++) {
            struct rk_cover_tally *tally = &cover->tallies[i];
            tally->any_hidden[pool] = false;
            for (uint32_t v = 0; v <= tally->values; v++) {
                tally->hidden[pool][v] = *chosen++;
                tally->any_hidden[pool] |= tally->hidden[pool][v];
            }
        }
    }
}

const bool *rk_cover_hidden_along(struct rk_cover *cover)
{
    return cover->chosen + cover->lines[cover->line_at++].first;
}
