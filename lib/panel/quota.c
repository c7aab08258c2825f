#include "panel/quota.h"

#include "base/date.h"
#include "panel/panel.h"

/* One part of a kind: a value of a feature. */
struct part {
    uint32_t feature, value; /* in the features */
    bool is_age;
    int32_t from, to; /* of an age */
};

struct kind { /* what rows of the table count: a feature and a value of it */
    struct part parts[RK_FEATURE_PARTS];
    uint32_t part_count;
    uint32_t first; /* quota of the problem; RK_NONE */
    bool nobody;    /* in the bank */
};

struct rk_panel_quotas {
    const struct rk_quotas *table;
    const struct rk_features *features;
    const struct rk_panelists *panelists;
    struct kind *kinds;
    uint32_t kind_count, *kind_of; /* by row of the table */
    uint32_t *own_first, *own; /* by recruitment, + 1: the rows of it alone; then those of all */
    int32_t *years;            /* by recruitment */
    struct rk_match_quota *quotas;
    uint32_t *row_of; /* by quota: the row of the table */
    int32_t *kept;    /* by quota */
    uint32_t count, room;
    uint32_t *first; /* by recruitment, + 1: its quotas */
    struct rk_match_cell *cells;
    uint32_t *cell_rows, cell_row_count, cell_row_room;
    uint32_t *pair_cell;
};

void rk_panel_quotas_want(const struct rk_quotas *quotas, struct rk_features *features)
{
    for (uint32_t i = 0; i < quotas->count; i++) {
        const struct rk_quota *row = &quotas->rows[i];
        for (uint32_t k = 0; k < row->part_count; k++) {
            uint32_t feature = rk_features_want(features, row->parts[k].feature);
            rk_features_expect(features, feature, row->parts[k].value);
        }
    }
}

static bool has_part(const struct rk_panel_quotas *q, const struct part *part, uint32_t panelist,
                     int32_t year)
{
    if (!part->is_age)
        return rk_features_has(q->features, panelist, part->feature, part->value);
    int32_t born = q->panelists->rows[panelist].birth_year;
    return born >= 0 && year - born >= part->from && year - born <= part->to;
}

static bool is_of(const struct rk_panel_quotas *q, const struct kind *kind, uint32_t panelist,
                  int32_t year)
{
    for (uint32_t k = 0; k < kind->part_count; k++)
        if (!has_part(q, &kind->parts[k], panelist, year))
            return false;
    return true;
}

static void make_kinds(struct rk_panel_quotas *q, struct rk_features *features)
{
    struct rk_strings known = {0};
    struct rk_buf key = {0};
    uint32_t room = 0;
    q->kind_of = rk_alloc((size_t)q->table->count + 1, sizeof *q->kind_of);
    for (uint32_t i = 0; i < q->table->count; i++) {
        const struct rk_quota *row = &q->table->rows[i];
        rk_buf_clear(&key);
        rk_buf_printf(&key, "%zu|", row->feature.size);
        rk_buf_add(&key, row->feature.text, row->feature.size);
        rk_buf_add(&key, row->value.text, row->value.size);
        q->kind_of[i] = rk_strings_add(&known, (struct rk_text){key.text, key.size});
        if (q->kind_of[i] < q->kind_count)
            continue;
        RK_GROW(q->kinds, q->kind_count, room);
        struct kind *kind = &q->kinds[q->kind_count++];
        *kind = (struct kind){.part_count = row->part_count, .first = RK_NONE, .nobody = true};
        for (uint32_t k = 0; k < row->part_count; k++) {
            struct part *part = &kind->parts[k];
            part->feature = rk_features_find(features, row->parts[k].feature);
            part->value = rk_features_expect(features, part->feature, row->parts[k].value);
            part->is_age = features->all[part->feature].is_age;
            if (part->is_age)
                rk_feature_band(row->parts[k].value, &part->from, &part->to);
        }
    }
    rk_buf_free(&key);
    rk_strings_free(&known);
}

/* The rows of the table by recruitment, those of all recruitments last. */
static void sort_rows(struct rk_panel_quotas *q, uint32_t recruitments)
{
    uint32_t n = q->table->count;
    q->own_first = rk_alloc((size_t)recruitments + 3, sizeof *q->own_first);
    q->own = rk_alloc((size_t)n + 1, sizeof *q->own);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t r = q->table->rows[i].recruitment;
        q->own_first[(r == RK_NONE ? recruitments : r) + 2]++;
    }
    for (uint32_t r = 0; r <= recruitments; r++)
        q->own_first[r + 2] += q->own_first[r + 1];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t r = q->table->rows[i].recruitment;
        q->own[q->own_first[(r == RK_NONE ? recruitments : r) + 1]++] = i;
    }
}

/* The parts of a quota as the match compares them: what a person may have several of is a feature
 * for each value; ages are told apart by where their bands start, if the bands do not overlap. */
static void set_parts(const struct rk_panel_quotas *q, const struct kind *kind,
                      struct rk_match_quota *quota)
{
    quota->part_count = kind->part_count;
    for (uint32_t k = 0; k < kind->part_count; k++) {
        const struct part *part = &kind->parts[k];
        const struct rk_feature *feature = &q->features->all[part->feature];
        bool several = feature->is_list || feature->may_list;
        for (uint32_t i = 0; part->is_age && i < q->kind_count && !several; i++)
            for (uint32_t j = 0; j < q->kinds[i].part_count; j++) {
                const struct part *other = &q->kinds[i].parts[j];
                several = several || (other->is_age && other->value != part->value &&
                                      other->from <= part->to && part->from <= other->to);
            }
        quota->parts[k].feature =
            several ? q->features->count + part->value * q->features->count + part->feature
                    : part->feature;
        quota->parts[k].value = part->value;
        if (part->is_age) {
            quota->parts[k].from = part->from < 0 ? 1 : part->from + 1;
            quota->parts[k].to = part->to < INT32_MAX ? part->to + 1 : INT32_MAX;
        }
    }
}

static int32_t at_least_none(int32_t value) { return value > 0 ? value : 0; }

/* The minimums of one feature of which nobody has two values must find room in the panel. */
static enum rk_status check_sums(const struct rk_panel_quotas *q, uint32_t from,
                                 const struct rk_recruitment *recruitment, struct rk_error *error)
{
    for (uint32_t i = from; i < q->count; i++) {
        int64_t sum = 0;
        uint32_t feature = q->quotas[i].parts[0].feature;
        const struct rk_quota *row = &q->table->rows[q->row_of[i]];
        for (uint32_t j = from; j < q->count; j++)
            if (q->quotas[j].part_count == 1 && q->quotas[j].parts[0].feature == feature)
                sum += q->table->rows[q->row_of[j]].min;
        if (q->quotas[i].part_count == 1 && sum > recruitment->seats)
            return rk_fail(
                error, RK_BAD_DATA,
                _("recruitment %s: the minimums of %s sum to %lld, which is more than the "
                  "seats (%d); --relax FILE proposes what to change"),
                recruitment->recruitment_id.text, row->feature.text, (long long)sum,
                recruitment->seats);
        if (row->min > recruitment->seats)
            return rk_fail(
                error, RK_BAD_DATA,
                _("recruitment %s: the minimum of %s=%s is %d, which is more than the seats (%d); "
                  "--relax FILE proposes what to change"),
                recruitment->recruitment_id.text, row->feature.text, row->value.text, row->min,
                recruitment->seats);
    }
    return RK_OK;
}

static void add_quota(struct rk_panel_quotas *q, uint32_t row, uint32_t recruitment)
{
    if (q->count == q->room) {
        uint32_t count = q->count, room = q->room;
        RK_GROW(q->quotas, count, q->room);
        RK_GROW(q->row_of, count, room);
        q->kept = rk_resize(q->kept, q->room, sizeof *q->kept);
    }
    q->row_of[q->count] = row;
    q->kept[q->count] = 0;
    q->quotas[q->count] = (struct rk_match_quota){.recruitment = recruitment};
    struct kind *kind = &q->kinds[q->kind_of[row]];
    kind->first = kind->first == RK_NONE ? q->count : kind->first;
    set_parts(q, kind, &q->quotas[q->count++]);
}

static enum rk_status list_quotas(struct rk_panel_quotas *q, const struct rk_eligible *eligible,
                                  const struct rk_recruitments *recruitments, bool any_sum,
                                  struct rk_error *error)
{
    uint32_t kept_count, k = 0, n = recruitments->count;
    const struct rk_assignment *kept = rk_eligible_kept(eligible, &kept_count);
    q->first = rk_alloc((size_t)n + 1, sizeof *q->first);
    q->years = rk_alloc((size_t)n + 1, sizeof *q->years);
    sort_rows(q, n);
    for (uint32_t r = 0; r < n; r++) {
        const struct rk_eligible_panel *panel = rk_eligible_panel(eligible, r);
        uint32_t from = q->first[r] = q->count;
        if (!panel->open)
            continue;
        q->years[r] = rk_month_of(panel->first_day) / 12;
        for (uint32_t i = q->own_first[r]; i < q->own_first[r + 1]; i++)
            add_quota(q, q->own[i], r);
        for (uint32_t i = q->own_first[n], own = q->count; i < q->own_first[n + 1]; i++) {
            uint32_t j = from;
            while (j < own && q->kind_of[q->row_of[j]] != q->kind_of[q->own[i]])
                j++;
            if (j == own)
                add_quota(q, q->own[i], r);
        }
        if (q->count - from > RK_PANEL_MOST_ROWS)
            return rk_fail(error, RK_BAD_DATA,
                           _("recruitment %s: %u quotas are more than can be kept together (%d)"),
                           recruitments->rows[r].recruitment_id.text, q->count - from,
                           RK_PANEL_MOST_ROWS);
        if (!any_sum)
            RK_TRY(check_sums(q, from, &recruitments->rows[r], error));
        while (k < kept_count && kept[k].recruitment < r)
            k++;
        for (; k < kept_count && kept[k].recruitment == r; k++)
            for (uint32_t i = from; i < q->count; i++)
                q->kept[i] +=
                    kept[k].seat == RK_SEAT_MEMBER && rk_panel_quota_counts(q, i, kept[k].panelist);
        for (uint32_t i = from; i < q->count; i++) {
            const struct rk_quota *row = &q->table->rows[q->row_of[i]];
            q->quotas[i].min = at_least_none(row->min - q->kept[i]);
            q->quotas[i].max = at_least_none(row->max - q->kept[i]);
        }
    }
    q->first[n] = q->count;
    return RK_OK;
}

/* Which rows of the table each panelist counts under, in one year: a number for each set of rows.
 */
static void list_sets(struct rk_panel_quotas *q, int32_t year, struct rk_strings *sets,
                      uint32_t *set_of)
{
    size_t size = (q->kind_count + 7) / 8;
    char *bits = rk_alloc(size + 1, 1);
    for (uint32_t p = 0; p < q->panelists->count; p++) {
        memset(bits, 0, size);
        for (uint32_t i = 0; i < q->kind_count; i++)
            if (is_of(q, &q->kinds[i], p, year)) {
                bits[i / 8] |= (char)(1 << i % 8);
                q->kinds[i].nobody = false;
            }
        set_of[p] = rk_strings_add(sets, (struct rk_text){bits, size});
    }
    rk_free(bits);
}

static void add_cell(struct rk_panel_quotas *q, uint32_t r, struct rk_text set,
                     struct rk_match_cell *cell)
{
    *cell = (struct rk_match_cell){r, q->cell_row_count, 0};
    for (uint32_t i = q->first[r]; i < q->first[r + 1]; i++)
        if (set.text[q->kind_of[q->row_of[i]] / 8] >> q->kind_of[q->row_of[i]] % 8 & 1) {
            RK_GROW(q->cell_rows, q->cell_row_count, q->cell_row_room);
            q->cell_rows[q->cell_row_count++] = i;
            cell->count++;
        }
}

/* Cells in the order of recruitments; pairs come by panelist. */
static void list_cells(struct rk_panel_quotas *q, uint32_t recruitments,
                       struct rk_match_problem *problem)
{
    struct rk_strings sets = {0};
    struct rk_tuples cells = {.width = 2};
    uint32_t *set_of = rk_alloc((size_t)q->panelists->count + 1, sizeof *set_of);
    bool *done = rk_alloc((size_t)recruitments + 1, sizeof *done);
    q->pair_cell = rk_alloc((size_t)problem->pair_count + 1, sizeof *q->pair_cell);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        q->pair_cell[i] = RK_NONE;
    for (uint32_t r = 0; r < recruitments; r++) {
        if (done[r] || q->first[r] == q->first[r + 1])
            continue;
        list_sets(q, q->years[r], &sets, set_of);
        for (uint32_t s = r; s < recruitments; s++)
            done[s] = done[s] || q->years[s] == q->years[r];
        for (uint32_t i = 0; i < problem->pair_count; i++) {
            const struct rk_match_pair *pair = &problem->pairs[i];
            if (q->years[pair->recruitment] != q->years[r] ||
                q->first[pair->recruitment] == q->first[pair->recruitment + 1])
                continue;
            uint32_t key[2] = {pair->recruitment, set_of[pair->panelist]};
            q->pair_cell[i] = rk_tuples_add(&cells, key);
        }
    }
    uint32_t *place = rk_alloc((size_t)recruitments + 2, sizeof *place);
    uint32_t *cell_at = rk_alloc((size_t)cells.count + 1, sizeof *cell_at);
    for (uint32_t c = 0; c < cells.count; c++)
        place[cells.members[2 * c] + 1]++;
    for (uint32_t r = 0; r < recruitments; r++)
        place[r + 1] += place[r];
    for (uint32_t c = 0; c < cells.count; c++)
        cell_at[c] = place[cells.members[2 * c]]++;
    q->cells = rk_alloc((size_t)cells.count + 1, sizeof *q->cells);
    for (uint32_t c = 0; c < cells.count; c++)
        add_cell(q, cells.members[2 * c], sets.texts[cells.members[2 * c + 1]],
                 &q->cells[cell_at[c]]);
    for (uint32_t i = 0; i < problem->pair_count; i++)
        if (q->pair_cell[i] != RK_NONE)
            q->pair_cell[i] = cell_at[q->pair_cell[i]];
    problem->cells = q->cells;
    problem->cell_count = cells.count;
    problem->cell_rows = q->cell_rows;
    problem->pair_cell = q->pair_cell;
    rk_free(place);
    rk_free(cell_at);
    rk_free(set_of);
    rk_free(done);
    rk_tuples_free(&cells);
    rk_strings_free(&sets);
}

enum rk_status rk_panel_quotas_new(struct rk_panel_quotas **made, const struct rk_quotas *quotas,
                                   struct rk_features *features, const struct rk_eligible *eligible,
                                   const struct rk_panelists *panelists,
                                   const struct rk_recruitments *recruitments, bool any_sum,
                                   struct rk_match_problem *problem, struct rk_error *error)
{
    struct rk_panel_quotas *q = *made = rk_alloc(1, sizeof *q);
    q->table = quotas;
    q->features = features;
    q->panelists = panelists;
    make_kinds(q, features);
    RK_TRY(list_quotas(q, eligible, recruitments, any_sum, error));
    list_cells(q, recruitments->count, problem);
    problem->quotas = q->quotas;
    problem->quota_count = q->count;
    return RK_OK;
}

void rk_panel_quotas_free(struct rk_panel_quotas *q)
{
    if (!q)
        return;
    rk_free(q->kinds);
    rk_free(q->kind_of);
    rk_free(q->own_first);
    rk_free(q->own);
    rk_free(q->years);
    rk_free(q->quotas);
    rk_free(q->row_of);
    rk_free(q->kept);
    rk_free(q->first);
    rk_free(q->cells);
    rk_free(q->cell_rows);
    rk_free(q->pair_cell);
    rk_free(q);
}

const struct rk_quota *rk_panel_quota_row(const struct rk_panel_quotas *q, uint32_t quota)
{
    return &q->table->rows[q->row_of[quota]];
}

int32_t rk_panel_quota_kept(const struct rk_panel_quotas *q, uint32_t quota)
{
    return q->kept[quota];
}

bool rk_panel_quota_counts(const struct rk_panel_quotas *q, uint32_t quota, uint32_t panelist)
{
    return is_of(q, &q->kinds[q->kind_of[q->row_of[quota]]], panelist,
                 q->years[q->quotas[quota].recruitment]);
}

bool rk_panel_quota_nobody(const struct rk_panel_quotas *q, uint32_t quota)
{
    const struct kind *kind = &q->kinds[q->kind_of[q->row_of[quota]]];
    return kind->nobody && kind->first == quota;
}
