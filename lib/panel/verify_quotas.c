/* Quotas, and the people not found yet for whom seats are kept empty. */
#include "panel/verify_state.h"

enum { MOST_KINDS = 20000, MOST_STEPS = 20000 };

bool rk_verify_counts(const struct rk_verify *v, const struct rk_verify_quota *q, uint32_t p)
{
    const struct rk_features *features = v->facts->features;
    int32_t born = v->facts->tables.panelists->rows[p].birth_year;
    int32_t age = v->panels[q->recruitment].month / 12 - born;
    bool counts = true;
    for (uint32_t k = 0; k < q->row->part_count && counts; k++) {
        const struct rk_verify_part *part = &q->parts[k];
        counts = features->all[part->feature].is_age
                     ? born >= 0 && age >= part->from && age <= part->to
                     : rk_features_has(features, p, part->feature, part->value);
    }
    return counts;
}

void rk_verify_count(const struct rk_verify *v, uint32_t pair, int64_t times, int64_t *count)
{
    uint32_t r = v->pairs[pair].recruitment;
    for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1]; q++)
        count[q] += rk_verify_counts(v, &v->quotas[q], v->pairs[pair].panelist) ? times : 0;
}

static bool meet(const struct rk_verify_part *a, const struct rk_verify_part *b)
{
    return a->feature == b->feature && a->own == b->own;
}

/* Where somebody may be of several values, each is asked by itself. */
static void add_quota(struct rk_verify *v, uint32_t r, const struct rk_quota *row)
{
    struct rk_verify_quota q = {.recruitment = r, .row = row};
    for (uint32_t k = 0; k < row->part_count; k++) {
        struct rk_verify_part *part = &q.parts[k];
        part->feature = rk_features_find(v->facts->features, row->parts[k].feature);
        part->value = rk_features_expect(v->facts->features, part->feature, row->parts[k].value);
        rk_feature_band(row->parts[k].value, &part->from, &part->to);
        const struct rk_feature *feature = &v->facts->features->all[part->feature];
        bool several = feature->is_list || feature->may_list;
        for (uint32_t b = 0; b < feature->band_count && feature->is_age; b++)
            several |= feature->bands[b].value != part->value &&
                       feature->bands[b].from <= part->to && part->from <= feature->bands[b].to;
        part->own = several ? 1 + part->value : 0;
        part->is_age = feature->is_age;
    }
    RK_GROW(v->quotas, v->quota_count, v->quota_room);
    v->quotas[v->quota_count++] = q;
}

/* A recruitment's own row takes the place of the row of all for the same feature and value. */
static void list_quotas(struct rk_verify *v)
{
    const struct rk_quotas *table = v->facts->quotas;
    for (uint32_t r = 0, from = 0, end = 0; r < PANELS_OF(v); r++, from = end) {
        while (end < table->count && table->rows[end].recruitment == r)
            end++;
        for (uint32_t i = from; i < table->count && v->panels[r].open; i++) {
            const struct rk_quota *row = &table->rows[i];
            bool own = row->recruitment == r, told = !own && row->recruitment != RK_NONE;
            for (uint32_t j = from; j < end && !own && !told; j++)
                told = rk_text_equal(row->feature, table->rows[j].feature) &&
                       rk_text_equal(row->value, table->rows[j].value);
            if (!told)
                add_quota(v, r, row);
        }
    }
    v->quota_first = rk_firsts(v->quotas, v->quota_count, sizeof *v->quotas, PANELS_OF(v));
    for (uint32_t i = 0; i < v->kept.pairs.count; i++) {
        const struct rk_assignment *row = v->kept.rows[i];
        for (uint32_t q = v->quota_first[row->recruitment];
             q < v->quota_first[row->recruitment + 1] && row->seat == RK_SEAT_MEMBER; q++)
            v->quotas[q].kept += rk_verify_counts(v, &v->quotas[q], row->panelist);
    }
    for (uint32_t i = 0; i < v->quota_count; i++) {
        struct rk_verify_quota *q = &v->quotas[i];
        q->min = q->row->min > q->kept ? q->row->min - q->kept : 0;
        q->max = q->row->max > q->kept ? q->row->max - q->kept : 0;
    }
}

/* Nobody has two values of a feature, so all that quotas of one feature ask for needs a seat. */
static enum rk_status check_sums(const struct rk_verify *v, struct rk_error *error)
{
    for (uint32_t i = 0; i < v->quota_count; i++) {
        const struct rk_verify_quota *a = &v->quotas[i];
        const struct rk_recruitment *of = &v->facts->tables.recruitments->rows[a->recruitment];
        int64_t sum = a->row->part_count > 1 ? a->row->min : 0;
        for (uint32_t j = v->quota_first[a->recruitment];
             j < v->quota_first[a->recruitment + 1] && a->row->part_count == 1; j++)
            if (v->quotas[j].row->part_count == 1 && meet(&a->parts[0], &v->quotas[j].parts[0]))
                sum += v->quotas[j].row->min;
        if (sum > of->seats)
            return rk_fail(error, RK_BAD_DATA,
                           _("recruitment %s: the minimums of %s sum to %lld, which is more than "
                             "the seats (%d)"),
                           of->recruitment_id.text, a->row->feature.text, (long long)sum,
                           of->seats);
    }
    return RK_OK;
}

/* ---- people not found yet ---- */

/* Have they a feature in common? `apart`: nobody is what both ask for. */
static bool tie(const struct rk_verify_quota *a, const struct rk_verify_quota *b, bool *apart)
{
    bool tied = false;
    for (uint32_t i = 0; i < a->row->part_count; i++)
        for (uint32_t j = 0; j < b->row->part_count; j++) {
            const struct rk_verify_part *p = &a->parts[i], *q = &b->parts[j];
            bool ages = p->is_age && q->is_age, same = ages || meet(p, q);
            tied |= same;
            *apart |= ages ? p->to < q->from || q->to < p->from : same && p->value != q->value;
        }
    return tied;
}

/* Quotas that share a feature, and those that share one with these, are tied together. */
static void tie_quotas(struct rk_verify *v, uint32_t first, uint32_t end)
{
    bool more = true, apart = false;
    for (uint32_t i = first; i < end; i++)
        v->quotas[i].tied = i;
    while (more) {
        more = false;
        for (uint32_t i = first; i < end; i++)
            for (uint32_t j = first; j < end; j++)
                if (v->quotas[i].tied > v->quotas[j].tied &&
                    tie(&v->quotas[i], &v->quotas[j], &apart)) {
                    v->quotas[i].tied = v->quotas[j].tied;
                    more = true;
                }
    }
}

/* Is whoever is of the one part of the other, too? */
static bool is_of(const struct rk_verify_part *one, const struct rk_verify_part *other)
{
    return other->is_age ? one->is_age && one->from >= other->from && one->to <= other->to
                         : meet(one, other) && one->value == other->value;
}

/* What the bands of the quotas in `in` have in common. */
static struct rk_verify_part common_age(const struct rk_verify *v, uint32_t first, uint32_t end,
                                        const char *in)
{
    struct rk_verify_part age = {.from = INT32_MIN, .to = INT32_MAX};
    for (uint32_t o = first; o < end; o++)
        for (uint32_t m = 0; m < v->quotas[o].row->part_count && in[o - first]; m++) {
            const struct rk_verify_part *own = &v->quotas[o].parts[m];
            age.is_age |= own->is_age;
            age.from = own->is_age && own->from > age.from ? own->from : age.from;
            age.to = own->is_age && own->to < age.to ? own->to : age.to;
        }
    return age;
}

/* Cuts the ages off before the first that is of other bands than the lowest. */
static void cut_ages(const struct rk_verify *v, uint32_t first, uint32_t end,
                     struct rk_verify_part *age)
{
    for (uint32_t o = first; o < end; o++)
        for (uint32_t m = 0; m < v->quotas[o].row->part_count; m++) {
            const struct rk_verify_part *band = &v->quotas[o].parts[m];
            if (band->is_age && band->from > age->from && band->from <= age->to)
                age->to = band->from - 1;
            if (band->is_age && band->to >= age->from && band->to < age->to)
                age->to = band->to;
        }
}

/* Is whoever is of all parts of the quotas in `in`, and of these ages, of this part? */
static bool has_part(const struct rk_verify *v, uint32_t first, uint32_t end, const char *in,
                     const struct rk_verify_part *age, const struct rk_verify_part *part)
{
    bool found = age->is_age && is_of(age, part);
    for (uint32_t o = first; o < end && !part->is_age; o++)
        for (uint32_t m = 0; m < v->quotas[o].row->part_count && in[o - first]; m++)
            found |= is_of(&v->quotas[o].parts[m], part);
    return found;
}

/* One kind: whoever is of the quotas in `in`, and of these ages, is of others that ask no more. */
static void add_kind(struct rk_verify *v, uint32_t q, const char *in,
                     const struct rk_verify_part *age, struct rk_strings *known)
{
    uint32_t r = v->quotas[q].recruitment, first = v->quota_first[r], end = v->quota_first[r + 1];
    uint32_t before = known->count;
    char *whole = rk_alloc((size_t)(end - first) + 1, 1);
    for (uint32_t o = first; o < end; o++) {
        whole[o - first] = 1;
        for (uint32_t m = 0; m < v->quotas[o].row->part_count; m++)
            whole[o - first] &= has_part(v, first, end, in, age, &v->quotas[o].parts[m]);
    }
    if (rk_strings_add(known, (struct rk_text){whole, end - first}) == before) {
        RK_GROW(v->kinds, v->kind_count, v->kind_room);
        struct rk_verify_kind *kind = &v->kinds[v->kind_count++];
        *kind = (struct rk_verify_kind){r, v->quotas[q].tied, v->kind_quota_count, 0};
        for (uint32_t o = first; o < end; o++)
            if (whole[o - first]) {
                RK_GROW(v->kind_quotas, v->kind_quota_count, v->kind_quota_room);
                v->kind_quotas[v->kind_quota_count++] = o;
                kind->count++;
            }
    }
    rk_free(whole);
}

/* A kind for each run of ages that no band divides. */
static void add_kinds(struct rk_verify *v, uint32_t q, const char *in, struct rk_strings *known)
{
    uint32_t r = v->quotas[q].recruitment, first = v->quota_first[r], end = v->quota_first[r + 1];
    struct rk_verify_part all = common_age(v, first, end, in), age = all;
    bool more = true;
    while (more && known->count <= MOST_KINDS) {
        cut_ages(v, first, end, &age);
        add_kind(v, q, in, &age, known);
        more = all.is_age && age.to < all.to;
        if (more)
            age = (struct rk_verify_part){.is_age = true, .from = age.to + 1, .to = all.to};
    }
}

/* Each quota with a minimum by itself, and with all those before beside which somebody can be of
 * it. */
static enum rk_status list_kinds(struct rk_verify *v, uint32_t r, struct rk_error *error)
{
    uint32_t first = v->quota_first[r], end = v->quota_first[r + 1], begin = v->kind_count;
    char *in = rk_alloc((size_t)(end - first) + 1, 1);
    struct rk_strings known = {0};
    tie_quotas(v, first, end);
    for (uint32_t q = first; q < end; q++) {
        for (uint32_t k = begin, before = v->kind_count;
             k <= before && v->quotas[q].min > 0 && v->kind_count - begin <= MOST_KINDS; k++) {
            bool apart = k < before && v->kinds[k].tied != v->quotas[q].tied;
            memset(in, 0, end - first);
            for (uint32_t i = 0; k < before && i < v->kinds[k].count && !apart; i++) {
                in[v->kind_quotas[v->kinds[k].first + i] - first] = 1;
                tie(&v->quotas[v->kind_quotas[v->kinds[k].first + i]], &v->quotas[q], &apart);
            }
            in[q - first] = 1;
            if (!apart)
                add_kinds(v, q, in, &known);
        }
    }
    rk_free(in);
    rk_strings_free(&known);
    return v->kind_count - begin <= MOST_KINDS
               ? RK_OK
               : rk_fail(error, RK_BAD_DATA,
                         _("recruitment %s: its quotas ask for too many kinds of people"),
                         RECRUITMENT(r));
}

/* By recruitment; numbered by what they count under. */
static void list_cells(struct rk_verify *v)
{
    struct rk_strings known = {0};
    struct rk_buf key = {0};
    v->order = rk_alloc((size_t)v->pair_count + 1, sizeof *v->order);
    v->order_first = rk_alloc((size_t)PANELS_OF(v) + 2, sizeof *v->order_first);
    for (uint32_t i = 0; i < v->pair_count; i++) {
        uint32_t r = v->pairs[i].recruitment;
        rk_buf_clear(&key);
        rk_buf_printf(&key, "%u ", r);
        for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1]; q++)
            rk_buf_char(&key, rk_verify_counts(v, &v->quotas[q], v->pairs[i].panelist) ? '1' : '0');
        v->pairs[i].cell = rk_strings_add(&known, (struct rk_text){key.text, key.size});
        v->order_first[r + 2]++;
    }
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        v->order_first[r + 2] += v->order_first[r + 1];
    for (uint32_t i = 0; i < v->pair_count; i++)
        v->order[v->order_first[v->pairs[i].recruitment + 1]++] = i;
    rk_buf_free(&key);
    rk_strings_free(&known);
}

enum rk_status rk_verify_see_quotas(struct rk_verify *v, struct rk_error *error)
{
    enum rk_status status = RK_OK;
    list_quotas(v);
    list_cells(v);
    status = check_sums(v, error);
    for (uint32_t r = 0; r < PANELS_OF(v) && !status; r++)
        status = list_kinds(v, r, error);
    v->kind_first = rk_firsts(v->kinds, v->kind_count, sizeof *v->kinds, PANELS_OF(v));
    return status;
}

/* ---- do they nest? ---- */

enum { BOTH = 1, FIRST = 2, SECOND = 4 };

/* Adds who counts under both of two quotas, or one alone; by two quotas. */
static void see_common(const bool *in, uint32_t n, char *common)
{
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = 0; b < a; b++)
            common[a * (size_t)n + b] |= (char)(in[a] && in[b] ? BOTH
                                                : in[a]        ? FIRST
                                                : in[b]        ? SECOND
                                                               : 0);
}

static bool lies_apart(int common) { return !(common & BOTH); }
static bool is_inside(int common) { return !(common & FIRST); }
static bool is_around(int common) { return !(common & SECOND); }

/* Do two quotas, the one inside the other or both apart, leave it at that for the `kinds` that
 * seats are kept empty for? An outer one that has no most may count whom the inner one keeps a seat
 * for, where there can be such people. */
static bool nest(const struct rk_verify *v, uint32_t a, uint32_t b, int people, int kinds)
{
    const struct rk_verify_quota *first = &v->quotas[a], *second = &v->quotas[b];
    int32_t places = v->panels[first->recruitment].places;
    int all = people | kinds;
    bool both = first->min > first->lowered && second->min > second->lowered;
    bool counts = both && ((is_inside(people) && second->max >= places) ||
                           (is_around(people) && first->max >= places));
    if (both && first->tied != second->tied)
        return counts;
    return lies_apart(all) || is_inside(all) || is_around(all) ||
           (counts && kinds & BOTH && first->row->part_count * second->row->part_count == 1);
}

static bool holds_back(const struct rk_verify *v, uint32_t q)
{
    const struct rk_verify_quota *quota = &v->quotas[q];
    return quota->min > quota->lowered || quota->max < v->panels[quota->recruitment].places;
}

/* Whoever meets somebody at the same time meets all whom that one meets, and in one month. */
static bool overlaps_nest(const struct rk_verify *v, uint32_t p)
{
    uint32_t end = v->pair_first[p + 1];
    bool good = true;
    for (uint32_t i = v->pair_first[p]; i < end && good; i++)
        for (uint32_t j = v->pair_first[p]; j < end && good; j++) {
            uint32_t a = v->pairs[i].recruitment, b = v->pairs[j].recruitment;
            if (i == j || v->panels[a].places <= 0 || v->panels[b].places <= 0 ||
                !rk_verify_meet(v, a, b))
                continue;
            good = v->panels[a].month == v->panels[b].month;
            for (uint32_t k = v->pair_first[p]; k < end && good; k++)
                good = k == i || v->panels[v->pairs[k].recruitment].places <= 0 ||
                       !rk_verify_meet(v, b, v->pairs[k].recruitment) || k == j ||
                       rk_verify_meet(v, a, v->pairs[k].recruitment);
        }
    return good;
}

static bool panel_nests(const struct rk_verify *v, uint32_t r, bool *seen)
{
    uint32_t first = v->quota_first[r], n = v->quota_first[r + 1] - first;
    bool *in = rk_alloc((size_t)n + 1, sizeof *in), good = true;
    char *people = rk_alloc((size_t)n * n + 1, 1), *kinds = rk_alloc((size_t)n * n + 1, 1);
    for (uint32_t k = v->order_first[r]; k < v->order_first[r + 1]; k++) {
        const struct rk_verify_pair *pair = &v->pairs[v->order[k]];
        for (uint32_t q = 0; q < n && !seen[pair->cell]; q++)
            in[q] = rk_verify_counts(v, &v->quotas[first + q], pair->panelist);
        if (!seen[pair->cell])
            see_common(in, n, people);
        seen[pair->cell] = true;
    }
    for (uint32_t k = v->kind_first[r]; k < v->kind_first[r + 1]; k++) {
        memset(in, 0, n * sizeof *in);
        for (uint32_t i = 0; i < v->kinds[k].count; i++)
            in[v->kind_quotas[v->kinds[k].first + i] - first] = true;
        see_common(in, n, kinds);
    }
    for (uint32_t a = 0; a < n; a++)
        for (uint32_t b = 0; b < a; b++)
            good &=
                !holds_back(v, first + a) || !holds_back(v, first + b) ||
                nest(v, first + a, first + b, people[a * (size_t)n + b], kinds[a * (size_t)n + b]);
    rk_free(in);
    rk_free(people);
    rk_free(kinds);
    return good;
}

bool rk_verify_nest(const struct rk_verify *v)
{
    bool *seen = rk_alloc((size_t)v->pair_count + 1, sizeof *seen), good = true;
    for (uint32_t r = 0; r < PANELS_OF(v) && good; r++)
        good = v->panels[r].places <= 0 || panel_nests(v, r, seen);
    for (uint32_t p = 0; p < PEOPLE_OF(v) && good; p++)
        good = overlaps_nest(v, p);
    rk_free(seen);
    return good;
}

/* ---- do they hold? ---- */

static bool lacks(const struct rk_verify_quota *q, int64_t count)
{
    return q->min - q->lowered > count;
}

/* Somebody is found for the first quota that lacks one, of each kind in turn, until none does. */
static bool find(const struct rk_verify *v, uint32_t tied, int64_t *count, int64_t empty,
                 int *steps)
{
    uint32_t r = v->quotas[tied].recruitment, q = tied, end = v->quota_first[r + 1];
    bool found = false;
    while (q < end && (v->quotas[q].tied != tied || !lacks(&v->quotas[q], count[q])))
        q++;
    if (q == end || empty <= 0 || ++*steps > MOST_STEPS)
        return q == end;
    for (uint32_t k = v->kind_first[r]; k < v->kind_first[r + 1] && !found; k++) {
        const uint32_t *of = v->kind_quotas + v->kinds[k].first;
        bool can = false, over = false;
        for (uint32_t i = 0; i < v->kinds[k].count; i++) {
            can |= of[i] == q;
            over |= count[of[i]] >= v->quotas[of[i]].max;
        }
        for (uint32_t i = 0; i < v->kinds[k].count && can && !over; i++)
            count[of[i]]++;
        found = can && !over && find(v, tied, count, empty - 1, steps);
        for (uint32_t i = 0; i < v->kinds[k].count && can && !over; i++)
            count[of[i]]--;
    }
    return found;
}

bool rk_verify_quotas(const struct rk_verify *v, uint32_t r, int64_t *count, int64_t empty)
{
    bool hold = true;
    for (uint32_t q = v->quota_first[r], steps = 0; q < v->quota_first[r + 1] && hold; q++)
        hold = count[q] <= v->quotas[q].max &&
               (v->quotas[q].tied != q || find(v, q, count, empty, (int *)&steps));
    return hold;
}

void rk_verify_tell_quotas(struct rk_verify *v, uint32_t r, int64_t *count, int64_t empty)
{
    int64_t *none = rk_alloc((size_t)v->quota_count + 1, sizeof *none);
    bool can = rk_verify_quotas(v, r, none, v->panels[r].places);
    for (uint32_t i = v->quota_first[r]; i < v->quota_first[r + 1]; i++) {
        const struct rk_verify_quota *q = &v->quotas[i];
        bool over = count[i] > q->max;
        int steps = 0;
        if (over || (lacks(q, count[i]) && !find(v, q->tied, count, empty, &steps)))
            rk_verify_found(v, RK_REFUSED_QUOTA,
                            (over ? count[i] > 0 : can) ? RK_VERIFY_BROKEN : RK_VERIFY_TOLD, NULL,
                            over ? _("recruitment %s: %s %s: %d members, at most %d were asked for")
                                 : _("recruitment %s: %s %s: %d members, at least %d were asked "
                                     "for"),
                            RECRUITMENT(r), q->row->feature.text, q->row->value.text,
                            q->kept + (int32_t)count[i], over ? q->row->max : q->row->min);
    }
    rk_free(none);
}
