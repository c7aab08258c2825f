#include "panel/cover_work.h"
#include "stat/interval.h"

#include <assert.h>
#include <math.h>

enum { EXACT_UP_TO = 40 }; /* people: an interval of so few is exact */

const char *rk_cover_pool_name(enum rk_cover_pool pool)
{
    static const char *const names[RK_COVER_POOLS] = {
        "applied", "bank",     "active",   "paused",   "left",   "consented", "trained",
        "invited", "declined", "accepted", "attended", "absent", "all",       "selected"};
    return names[pool];
}

/* ---- rows ---- */

struct rk_measure *rk_cover_add(struct rk_cover *cover, struct rk_text feature,
                                struct rk_text value, const char *pool, const char *measure,
                                const char *variant, double estimate, double n)
{
    struct rk_text kept = {"", 0};
    if (variant)
        kept = (struct rk_text){rk_arena_text(&cover->arena, variant, strlen(variant)),
                                strlen(variant)};
    RK_GROW(cover->told, cover->told_count, cover->told_room);
    struct rk_cover_row *row = &cover->told[cover->told_count++];
    *row =
        (struct rk_cover_row){.by = cover->by,
                              .feature = feature,
                              .value = value,
                              .pool = pool,
                              .measure = {measure, kept, estimate, NAN, NAN, NAN, n, RK_TEXT("")}};
    return &row->measure;
}

void rk_cover_interval(struct rk_measure *row, double x, double n)
{
    bool exact = n <= EXACT_UP_TO;
    struct rk_interval interval =
        exact ? rk_clopper_pearson(x, n, RK_COVER_LEVEL) : rk_wilson(x, n, RK_COVER_LEVEL);
    row->low = interval.low;
    row->high = interval.high;
    row->method = exact ? RK_TEXT("clopper-pearson") : RK_TEXT("wilson");
}

void rk_cover_add_hidden(struct rk_cover *cover, struct rk_text feature, struct rk_text value,
                         const char *pool)
{
    rk_cover_add(cover, feature, value, pool, "hidden", "under", (double)cover->facts.min_count,
                 NAN)
        ->method = RK_TEXT("few people, or beside few");
    cover->hidden++;
}

const struct rk_cover_row *rk_cover_rows(const struct rk_cover *cover, size_t *count)
{
    *count = cover->told_count;
    return cover->told;
}

uint64_t rk_cover_hidden(const struct rk_cover *cover) { return cover->hidden; }
bool rk_cover_is_apart(const struct rk_cover *cover)
{
    return cover->is_apart || cover->are_pools_apart;
}

const struct rk_cover_gap *rk_cover_gaps(const struct rk_cover *cover, size_t *count)
{
    *count = cover->gap_count;
    return cover->gaps;
}

const struct rk_cover_missing *rk_cover_missing(const struct rk_cover *cover, size_t *count)
{
    *count = cover->missing_count;
    return cover->missing;
}

double rk_cover_target_sum(const struct rk_cover *cover, uint32_t feature)
{
    for (uint32_t i = 0; i < cover->facts.listed_count; i++)
        if (cover->tallies[i].feature == feature)
            return cover->tallies[i].target_sum;
    return 0;
}

/* ---- who is in which pool ---- */

/* Where the panelist was in the bank on the day. What was paused when is not known. */
static enum rk_panelist_status status_on(const struct rk_panelist *panelist, int32_t day)
{
    if (day == RK_NO_DATE)
        return panelist->status;
    if (panelist->left != RK_NO_DATE && panelist->left <= day)
        return RK_PANELIST_LEFT;
    if (panelist->status == RK_PANELIST_LEFT && panelist->left != RK_NO_DATE)
        return RK_PANELIST_ACTIVE; /* left later */
    return panelist->status;
}

static bool consents(const struct rk_panelist *panelist, int32_t day)
{
    if (panelist->consent_until == RK_NO_DATE)
        return false;
    if (day == RK_NO_DATE)
        return panelist->consent_withdrawn_on == RK_NO_DATE;
    return panelist->consent_until >= day &&
           (panelist->consent_withdrawn_on == RK_NO_DATE || panelist->consent_withdrawn_on > day);
}

static bool is_trained(const struct rk_panelist *panelist, int32_t day)
{
    return panelist->trained_on != RK_NO_DATE && (day == RK_NO_DATE || panelist->trained_on <= day);
}

static bool is_there(const struct rk_panelist *panelist, int32_t day)
{
    return day == RK_NO_DATE || panelist->joined == RK_NO_DATE || panelist->joined <= day;
}

bool rk_cover_is_counted(const struct rk_cover *cover, const bool *counted, uint32_t recruitment)
{
    int32_t opened = cover->facts.recruitments->rows[recruitment].opened, day = cover->facts.day;
    return (!counted || counted[recruitment]) &&
           (day == RK_NO_DATE || opened == RK_NO_DATE || opened <= day);
}

/* The pools that assignments make, of the recruitments counted. */
static void fill_selected(struct rk_cover *cover, const bool *counted)
{
    static const enum rk_cover_pool pools[] = {
        RK_COVER_INVITED, RK_COVER_DECLINED, RK_COVER_ACCEPTED, RK_COVER_ATTENDED, RK_COVER_ABSENT};
    const struct rk_assignments *assignments = cover->facts.assignments;
    for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
        memset(cover->in[pools[i]], 0, cover->rows * sizeof *cover->in[pools[i]]);
    for (uint32_t i = 0; i < assignments->count; i++) {
        const struct rk_assignment *row = &assignments->rows[i];
        uint32_t p = row->panelist;
        if (!rk_cover_is_counted(cover, counted, row->recruitment) ||
            !cover->in[RK_COVER_APPLIED][p])
            continue;
        cover->in[RK_COVER_INVITED][p] = 1;
        switch (row->status) {
        case RK_ASSIGNMENT_PROPOSED: break;
        case RK_ASSIGNMENT_DECLINED: cover->in[RK_COVER_DECLINED][p] = 1; break;
        case RK_ASSIGNMENT_ATTENDED: cover->in[RK_COVER_ATTENDED][p] = 1; /* fall through */
        case RK_ASSIGNMENT_CONFIRMED: cover->in[RK_COVER_ACCEPTED][p] = 1; break;
        case RK_ASSIGNMENT_ABSENT:
            cover->in[RK_COVER_ABSENT][p] = cover->in[RK_COVER_ACCEPTED][p] = 1;
            break;
        }
    }
}

static void fill_bank(struct rk_cover *cover)
{
    const struct rk_panelists *panelists = cover->facts.panelists;
    int32_t day = cover->facts.day;
    enum rk_cover_pool last = cover->facts.assignments ? RK_COVER_ABSENT : RK_COVER_TRAINED;
    cover->rows = panelists->count;
    for (enum rk_cover_pool pool = 0; pool <= last; pool++)
        cover->in[pool] = rk_alloc(cover->rows, sizeof *cover->in[pool]);
    for (uint32_t p = 0; p < cover->rows; p++)
        cover->in[RK_COVER_APPLIED][p] = is_there(&panelists->rows[p], day);
    if (cover->facts.assignments)
        fill_selected(cover, NULL);
    for (uint32_t p = 0; p < cover->rows; p++) {
        const struct rk_panelist *panelist = &panelists->rows[p];
        enum rk_panelist_status status = status_on(panelist, day);
        if (!cover->in[RK_COVER_APPLIED][p])
            continue;
        cover->in[RK_COVER_BANK][p] = status != RK_PANELIST_APPLIED ||
                                      (cover->facts.assignments && cover->in[RK_COVER_INVITED][p]);
        cover->in[RK_COVER_ACTIVE][p] = status == RK_PANELIST_ACTIVE;
        cover->in[RK_COVER_PAUSED][p] = status == RK_PANELIST_PAUSED;
        cover->in[RK_COVER_LEFT][p] = status == RK_PANELIST_LEFT;
        cover->in[RK_COVER_CONSENTED][p] = cover->in[RK_COVER_ACTIVE][p] && consents(panelist, day);
        cover->in[RK_COVER_TRAINED][p] =
            cover->in[RK_COVER_CONSENTED][p] && is_trained(panelist, day);
    }
}

static void fill_people(struct rk_cover *cover)
{
    const struct rk_people *people = cover->facts.people;
    cover->rows = people->rows;
    for (enum rk_cover_pool p = RK_COVER_ALL; p <= RK_COVER_SELECTED; p++) {
        const uint32_t *from = p == RK_COVER_ALL ? people->count : people->selected;
        if (!from)
            continue;
        cover->in[p] = rk_alloc(cover->rows, sizeof *cover->in[p]);
        if (cover->rows)
            memcpy(cover->in[p], from, cover->rows * sizeof *from);
    }
}

enum rk_status rk_cover_new(struct rk_cover **made, const struct rk_cover_facts *facts,
                            struct rk_error *error)
{
    struct rk_cover *cover = rk_alloc(1, sizeof *cover);
    assert(!facts->panelists != !facts->people);
    assert(facts->panelists || (!facts->recruitments && !facts->assignments));
    assert(facts->recruitments || !facts->assignments);
    cover->facts = *facts;
    cover->is_chosen = facts->min_count <= 1;
    *made = cover;
    if (facts->panelists)
        fill_bank(cover);
    else
        fill_people(cover);
    return rk_cover_tallies(cover, error);
}

/* ---- telling ---- */

bool rk_cover_by_recruitments(enum rk_cover_pool pool)
{
    return pool >= RK_COVER_INVITED && pool <= RK_COVER_ABSENT;
}

/* In which the bank should mirror the population. */
static bool mirrors(enum rk_cover_pool pool)
{
    return pool == RK_COVER_ACTIVE || pool == RK_COVER_INVITED || pool == RK_COVER_ATTENDED ||
           pool == RK_COVER_ALL || pool == RK_COVER_SELECTED;
}

static void put_rate(struct rk_cover *cover, struct rk_text feature, struct rk_text value,
                     enum rk_cover_pool pool, int64_t x, int64_t n)
{
    enum rk_cover_pool parent = rk_cover_parent(pool);
    if (n)
        rk_cover_interval(rk_cover_add(cover, feature, value, rk_cover_pool_name(pool), "rate",
                                       rk_cover_pool_name(parent), (double)x / (double)n,
                                       (double)n),
                          (double)x, (double)n);
}

/* How many came from the pool before, and against the rest: who drops where. */
static void put_drop(struct rk_cover *cover, const struct rk_cover_tally *tally, uint32_t v,
                     enum rk_cover_pool pool)
{
    enum rk_cover_pool parent = rk_cover_parent(pool);
    const int64_t *to = tally->people[pool], *from = tally->people[parent];
    struct rk_text feature = rk_cover_feature_name(cover, tally),
                   value = rk_cover_value_text(cover, tally, v);
    const char *name = rk_cover_pool_name(pool), *before = rk_cover_pool_name(parent);
    put_rate(cover, feature, value, pool, to[v], from[v]);
    /* the rest: everybody else whose value is known */
    double x = (double)to[v], n = (double)from[v],
           rest_x = (double)(cover->total[pool] - to[tally->values]) - x,
           rest_n = (double)(cover->total[parent] - from[tally->values]) - n;
    if (v == tally->values || !(n > 0) || !(rest_n > 0) || tally->hidden[pool][tally->values] ||
        tally->hidden[parent][tally->values] || cover->total_hidden[pool] ||
        cover->total_hidden[parent])
        return;
    if (rest_x > 0)
        rk_cover_add(cover, feature, value, name, "rate_ratio", before, x / n / (rest_x / rest_n),
                     n);
    struct rk_interval gap = rk_newcombe(x, n, rest_x, rest_n, RK_COVER_LEVEL);
    struct rk_measure *row =
        rk_cover_add(cover, feature, value, name, "rate_gap", before, x / n - rest_x / rest_n, n);
    row->low = gap.low;
    row->high = gap.high;
    row->method = RK_TEXT("newcombe");
}

static void tell_funnel(struct rk_cover *cover, const struct rk_cover_tally *tally,
                        enum rk_cover_pool pool)
{
    enum rk_cover_pool parent = rk_cover_parent(pool);
    struct rk_text feature = rk_cover_feature_name(cover, tally);
    bool any = cover->total[pool] || cover->total_hidden[pool] || tally->any_hidden[pool];
    for (uint32_t i = 0; any && i <= tally->values; i++) {
        uint32_t v = tally->by_text[i];
        struct rk_text value = rk_cover_value_text(cover, tally, v);
        bool followed = parent != RK_COVER_NO_POOL && cover->in[parent];
        if (tally->hidden[pool][v]) {
            if (!mirrors(pool)) /* said there already */
                rk_cover_add_hidden(cover, feature, value, rk_cover_pool_name(pool));
            continue;
        }
        if (!tally->people[pool][v] &&
            (!followed || (!tally->people[parent][v] && !tally->hidden[parent][v])))
            continue;
        if (!mirrors(pool))
            rk_cover_add(cover, feature, value, rk_cover_pool_name(pool), "persons", NULL,
                         (double)tally->people[pool][v], rk_cover_all(cover, pool));
        if (followed && !tally->hidden[parent][v])
            put_drop(cover, tally, v, pool);
    }
}

static void tell_totals(struct rk_cover *cover, bool bank)
{
    struct rk_text none = RK_TEXT("");
    for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS; pool++) {
        enum rk_cover_pool parent = rk_cover_parent(pool);
        if (!cover->in[pool] || (!bank && !rk_cover_by_recruitments(pool)))
            continue;
        if (cover->total_hidden[pool]) {
            rk_cover_add_hidden(cover, none, none, rk_cover_pool_name(pool));
            continue;
        }
        rk_cover_add(cover, none, none, rk_cover_pool_name(pool), "persons", NULL,
                     (double)cover->total[pool], NAN);
        if (parent != RK_COVER_NO_POOL && cover->in[parent] && !cover->total_hidden[parent])
            put_rate(cover, none, none, pool, cover->total[pool], cover->total[parent]);
    }
}

static int by_pool_and_target(const void *x, const void *y)
{
    const struct rk_cover_gap *a = x, *b = y;
    if (a->pool != b->pool)
        return a->pool < b->pool ? -1 : 1;
    if (a->target != b->target)
        return a->target > b->target ? -1 : 1;
    if (a->feature != b->feature)
        return a->feature < b->feature ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value;
}

/* The pool told of before, of those that should mirror the population. */
static enum rk_cover_pool before_it(enum rk_cover_pool pool)
{
    return pool == RK_COVER_INVITED    ? RK_COVER_ACTIVE
           : pool == RK_COVER_ATTENDED ? RK_COVER_INVITED
           : pool == RK_COVER_SELECTED ? RK_COVER_ALL
                                       : RK_COVER_NO_POOL;
}

static void find_gap(struct rk_cover *cover, const struct rk_cover_tally *tally,
                     enum rk_cover_pool pool, uint32_t v)
{
    enum rk_cover_pool before = before_it(pool);
    bool follows = before != RK_COVER_NO_POOL;
    if (!(tally->target[v] > 0) || tally->people[pool][v] || tally->hidden[pool][v] ||
        (follows && tally->hidden[before][v]))
        return;
    RK_GROW(cover->gaps, cover->gap_count, cover->gap_room);
    cover->gaps[cover->gap_count++] = (struct rk_cover_gap){
        tally->feature, v, pool, tally->target[v], follows && !tally->people[before][v]};
}

static void find_gaps(struct rk_cover *cover)
{
    for (uint32_t i = 0; i < cover->facts.listed_count; i++)
        for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS; pool++)
            for (uint32_t v = 0; v < cover->tallies[i].values; v++)
                if (mirrors(pool) && cover->total[pool])
                    find_gap(cover, &cover->tallies[i], pool, v);
    if (cover->gap_count)
        qsort(cover->gaps, cover->gap_count, sizeof *cover->gaps, by_pool_and_target);
}

/* What could not be estimated is not told. */
static void drop_unknown(struct rk_cover *cover, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < cover->told_count; i++)
        if (isfinite(cover->told[i].measure.estimate))
            cover->told[kept++] = cover->told[i];
    cover->told_count = kept;
}

void rk_cover_tell(struct rk_cover *cover, const bool *counted, struct rk_text by, bool bank)
{
    size_t before = cover->told_count;
    cover->by = by;
    if (cover->facts.assignments)
        fill_selected(cover, counted);
    rk_cover_count(cover);
    if (!cover->is_chosen) {
        rk_cover_look(cover, bank);
        for (int i = 0; i < 2 && cover->facts.assignments; i++)
            rk_cover_load(cover, counted, i ? RK_COVER_ATTENDED : RK_COVER_INVITED);
        return;
    }
    if (cover->chosen)
        rk_cover_hide(cover);
    tell_totals(cover, bank);
    for (uint32_t i = 0; i < cover->facts.listed_count; i++)
        for (enum rk_cover_pool pool = 0; pool < RK_COVER_POOLS; pool++) {
            if (!cover->in[pool] || (!bank && !rk_cover_by_recruitments(pool)))
                continue;
            if (mirrors(pool))
                rk_cover_mirror(cover, &cover->tallies[i], pool);
            tell_funnel(cover, &cover->tallies[i], pool);
        }
    if (cover->facts.assignments) {
        rk_cover_evenness(cover, RK_COVER_BANK, RK_COVER_INVITED);
        rk_cover_evenness(cover, RK_COVER_BANK, RK_COVER_ATTENDED);
        rk_cover_load(cover, counted, RK_COVER_INVITED);
        rk_cover_load(cover, counted, RK_COVER_ATTENDED);
    }
    if (cover->in[RK_COVER_SELECTED])
        rk_cover_evenness(cover, RK_COVER_ALL, RK_COVER_SELECTED);
    if (cover->facts.recruitments)
        rk_cover_demand(cover, counted);
    if (!cover->told_all)
        find_gaps(cover);
    cover->told_all = true;
    drop_unknown(cover, before);
}

void rk_cover_free(struct rk_cover *cover)
{
    if (!cover)
        return;
    rk_cover_free_tallies(cover);
    for (int p = 0; p < RK_COVER_POOLS; p++)
        rk_free(cover->in[p]);
    rk_free(cover->told);
    rk_free(cover->gaps);
    rk_free(cover->missing);
    rk_report_cells_free(&cover->cells);
    rk_free(cover->chosen);
    rk_free(cover->tellings);
    for (uint32_t i = 0; cover->of && i < cover->facts.listed_count; i++)
        rk_free(cover->of[i]);
    rk_free(cover->of);
    rk_free(cover->of_values);
    rk_report_rows_free(&cover->apart);
    rk_free(cover->lost);
    rk_free(cover->lines);
    rk_arena_free(&cover->arena);
    rk_free(cover);
}
