/* Quotas, and the people not found yet for whom seats are kept empty. */
#include "panel/verify_state.h"

enum { MOST_KINDS = 100000, MOST_STEPS = 20000 };

static bool counts(const struct rk_verify *v, const struct rk_verify_quota *q, uint32_t p)
{
    int32_t born = v->facts->tables.panelists->rows[p].birth_year;
    int32_t age = v->panels[q->recruitment].month / 12 - born;
    bool counts = true;
    for (uint32_t k = 0; k < q->row->part_count && counts; k++) {
        const struct rk_verify_part *part = &q->parts[k];
        counts = part->is_age ? born >= 0 && age >= part->from && age <= part->to
                              : rk_features_has(v->facts->features, p, part->feature, part->value);
    }
    return counts;
}

void rk_verify_count(const struct rk_verify *v, const struct rk_verify_people *of, int64_t times,
                     int64_t *count)
{
    uint32_t first = v->quota_first[of->recruitment], end = v->quota_first[of->recruitment + 1];
    for (uint32_t q = first; q < end; q++)
        count[q] += of->in[q - first] == '1' ? times : 0;
}

/* Are they of one feature of which nobody has two values, or the same? */
static bool meet(const struct rk_verify_part *a, const struct rk_verify_part *b)
{
    return a->feature == b->feature && (a->value == b->value || (!a->several && !b->several));
}

static void add_quota(struct rk_verify *v, uint32_t r, const struct rk_quota *row)
{
    struct rk_verify_quota q = {.recruitment = r, .row = row};
    for (uint32_t k = 0; k < row->part_count; k++) {
        struct rk_verify_part *part = &q.parts[k];
        part->feature = rk_features_find(v->facts->features, row->parts[k].feature);
        part->value = rk_features_expect(v->facts->features, part->feature, row->parts[k].value);
        rk_feature_band(row->parts[k].value, &part->from, &part->to);
        const struct rk_feature *feature = &v->facts->features->all[part->feature];
        part->is_age = feature->is_age;
        part->several = feature->is_list || feature->may_list;
        for (uint32_t b = 0; b < feature->band_count && part->is_age; b++)
            part->several |= feature->bands[b].value != part->value &&
                             feature->bands[b].from <= part->to &&
                             part->from <= feature->bands[b].to;
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
            v->quotas[q].kept += counts(v, &v->quotas[q], row->panelist);
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

static bool share_a_feature(const struct rk_verify_quota *a, const struct rk_verify_quota *b)
{
    bool shared = false;
    for (uint32_t i = 0; i < a->row->part_count; i++)
        for (uint32_t j = 0; j < b->row->part_count; j++)
            shared |=
                meet(&a->parts[i], &b->parts[j]) || (a->parts[i].is_age && b->parts[j].is_age);
    return shared;
}

/* Quotas that share a feature, and those that share one with these, are tied together. */
static void tie_quotas(struct rk_verify *v, uint32_t first, uint32_t end)
{
    bool more = true;
    for (uint32_t i = first; i < end; i++)
        v->quotas[i].tied = i;
    while (more) {
        more = false;
        for (uint32_t i = first; i < end; i++)
            for (uint32_t j = first; j < end; j++)
                if (v->quotas[j].tied < v->quotas[i].tied &&
                    share_a_feature(&v->quotas[i], &v->quotas[j])) {
                    v->quotas[i].tied = v->quotas[j].tied;
                    more = true;
                }
    }
}

struct somebody { /* who is asked to be of some quotas tied together, and of an age or of none */
    uint32_t first, end, tied; /* quotas of the recruitment */
    bool aged;
    int32_t age;
    char *in; /* by quota */
    struct rk_strings known;
    uint32_t steps;
};

/* Can somebody be of the quota, too (`must`: is that implied)? */
static bool is_of(const struct rk_verify *v, const struct somebody *s,
                  const struct rk_verify_quota *quota, bool must)
{
    bool good = true;
    for (uint32_t k = 0; k < quota->row->part_count && good; k++) {
        const struct rk_verify_part *part = &quota->parts[k];
        bool told = false, other = false;
        for (uint32_t o = s->first; o < s->end; o++)
            for (uint32_t m = 0; m < v->quotas[o].row->part_count && s->in[o - s->first]; m++)
                if (meet(part, &v->quotas[o].parts[m]))
                    *(v->quotas[o].parts[m].value == part->value ? &told : &other) = true;
        good = part->is_age ? s->aged && s->age >= part->from && s->age <= part->to
               : must       ? told
                            : !other;
    }
    return good;
}

/* Whoever is of the quotas asked for is of those that these imply; of an age, where one of these
 * with a minimum asks for that. */
static void add_kind(struct rk_verify *v, struct somebody *s)
{
    char *in = rk_alloc((size_t)(s->end - s->first) + 1, 1);
    bool any = false, aged = false;
    for (uint32_t q = s->first; q < s->end; q++) {
        const struct rk_verify_quota *quota = &v->quotas[q];
        bool asks = is_of(v, s, quota, true);
        in[q - s->first] = asks ? '1' : '0';
        asks &= quota->min > 0;
        any |= asks;
        for (uint32_t k = 0; k < quota->row->part_count && asks; k++)
            aged |= quota->parts[k].is_age;
    }
    if (any && aged == s->aged)
        rk_strings_add(&s->known, (struct rk_text){in, s->end - s->first});
    s->steps++;
    rk_free(in);
}

/* All that can be asked of somebody by minimums, of the quotas from `q` on. */
static void add_kinds(struct rk_verify *v, struct somebody *s, uint32_t q)
{
    if (s->steps > MOST_KINDS)
        return;
    if (q == s->end) {
        add_kind(v, s);
        return;
    }
    add_kinds(v, s, q + 1);
    if (v->quotas[q].tied != s->tied || v->quotas[q].min <= 0 || is_of(v, s, &v->quotas[q], true) ||
        !is_of(v, s, &v->quotas[q], false))
        return;
    s->in[q - s->first] = 1;
    add_kinds(v, s, q + 1);
    s->in[q - s->first] = 0;
}

/* Of no age; and of each with which a band begins, or after which one ends. */
static enum rk_status list_kinds(struct rk_verify *v, uint32_t r, struct rk_error *error)
{
    struct somebody s = {.first = v->quota_first[r], .end = v->quota_first[r + 1]};
    s.in = rk_alloc((size_t)(s.end - s.first) + 1, 1);
    tie_quotas(v, s.first, s.end);
    for (s.tied = s.first; s.tied < s.end; s.tied++) {
        s.aged = false;
        if (v->quotas[s.tied].tied == s.tied)
            add_kinds(v, &s, s.first);
        for (uint32_t q = s.first; q < s.end && v->quotas[s.tied].tied == s.tied; q++)
            for (uint32_t k = 0; k < 2 * v->quotas[q].row->part_count; k++) {
                const struct rk_verify_part *band = &v->quotas[q].parts[k / 2];
                if (!band->is_age || v->quotas[q].tied != s.tied)
                    continue;
                s.aged = true;
                s.age = k % 2 ? band->to + (band->to < INT32_MAX) : band->from;
                add_kinds(v, &s, s.first);
            }
    }
    uint32_t *rank = rk_strings_ranks(&s.known), begin = v->kind_count;
    v->kinds = rk_resize(v->kinds, (size_t)begin + s.known.count + 1, sizeof *v->kinds);
    for (uint32_t k = 0; k < s.known.count; k++) {
        const char *in = rk_arena_keep(&v->arena, s.known.texts[k].text);
        v->kinds[begin + rank[k]] = (struct rk_verify_people){
            r, v->quotas[s.first + (uint32_t)(strchr(in, '1') - in)].tied, 0, in};
    }
    v->kind_count += s.known.count;
    rk_free(rank);
    rk_free(s.in);
    rk_strings_free(&s.known);
    return s.steps <= MOST_KINDS ? RK_OK
                                 : rk_fail(error, RK_BAD_DATA,
                                           _("recruitment %s: its quotas ask for too many kinds of "
                                             "people"),
                                           RECRUITMENT(r));
}

/* Pairs by recruitment; those of one cell come before the others alike. */
static void list_cells(struct rk_verify *v)
{
    struct rk_strings known = {0};
    struct rk_buf key = {0};
    uint32_t room = 0;
    v->order = rk_alloc((size_t)v->pair_count + 1, sizeof *v->order);
    v->order_first = rk_alloc((size_t)PANELS_OF(v) + 2, sizeof *v->order_first);
    for (uint32_t i = 0; i < v->pair_count; i++)
        v->order_first[v->pairs[i].recruitment + 2]++;
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        v->order_first[r + 2] += v->order_first[r + 1];
    for (uint32_t i = 0; i < v->pair_count; i++)
        v->order[v->order_first[v->pairs[i].recruitment + 1]++] = i;
    for (uint32_t k = 0; k < v->pair_count; k++) {
        struct rk_verify_pair *pair = &v->pairs[v->order[k]];
        uint32_t r = pair->recruitment, before = known.count;
        rk_buf_clear(&key);
        for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1]; q++)
            rk_buf_char(&key, counts(v, &v->quotas[q], pair->panelist) ? '1' : '0');
        rk_buf_printf(&key, " %lld %u", (long long)v->load[pair->panelist], r);
        pair->cell = rk_strings_add(&known, (struct rk_text){key.text, key.size});
        if (pair->cell == before) {
            RK_GROW(v->cells, before, room);
            v->cells[before] = (struct rk_verify_people){.recruitment = r,
                                                         .in = rk_arena_keep(&v->arena, key.text)};
        }
        v->cells[pair->cell].size++;
    }
    v->cell_count = known.count;
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
    v->cell_first = rk_firsts(v->cells, v->cell_count, sizeof *v->cells, PANELS_OF(v));
    v->kind_first = rk_firsts(v->kinds, v->kind_count, sizeof *v->kinds, PANELS_OF(v));
    return status;
}

/* ---- do they nest? ---- */

enum { BOTH = 1, FIRST = 2, SECOND = 4 };

/* Who is there that both of two quotas count, or one alone? */
static int common(const struct rk_verify_people *people, uint32_t first, uint32_t end, uint32_t a,
                  uint32_t b)
{
    static const int seen[] = {0, SECOND, FIRST, BOTH};
    int found = 0;
    for (uint32_t k = first; k < end; k++)
        found |= seen[2 * (people[k].in[a] == '1') + (people[k].in[b] == '1')];
    return found;
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

bool rk_verify_holds_back(const struct rk_verify *v, uint32_t q)
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

/* Nobody is looked for who is of a quota that is full, or for whom somebody else would do: of the
 * same minimums, and of fewer of the other quotas. */
static bool is_needless(const struct rk_verify *v, const struct rk_verify_people *kind)
{
    uint32_t r = kind->recruitment;
    bool needless = false;
    for (uint32_t k = v->kind_first[r]; k < v->kind_first[r + 1] && !needless; k++) {
        const struct rk_verify_people *other = &v->kinds[k];
        bool fewer = strcmp(other->in, kind->in) != 0;
        const struct rk_verify_quota *quota = &v->quotas[v->quota_first[r]];
        for (const char *a = kind->in, *b = other->in; *a; a++, b++, quota++) {
            needless |= *a == '1' && quota->max <= 0;
            fewer &= *a == *b || (*a == '1' && quota->min <= quota->lowered);
        }
        needless |= fewer;
    }
    return needless;
}

static bool panel_nests(const struct rk_verify *v, uint32_t r)
{
    uint32_t first = v->quota_first[r], n = v->quota_first[r + 1] - first, count = 0;
    size_t all = v->kind_first[r + 1] - v->kind_first[r];
    struct rk_verify_people *kinds = rk_alloc(all + 1, sizeof *kinds);
    bool good = true;
    for (uint32_t k = v->kind_first[r]; k < v->kind_first[r + 1]; k++)
        if (!is_needless(v, &v->kinds[k]))
            kinds[count++] = v->kinds[k];
    for (uint32_t a = 0; a < n && good; a++)
        for (uint32_t b = 0; b < a && good && rk_verify_holds_back(v, first + a); b++)
            good = !rk_verify_holds_back(v, first + b) ||
                   nest(v, first + a, first + b,
                        common(v->cells, v->cell_first[r], v->cell_first[r + 1], a, b),
                        common(kinds, 0, count, a, b));
    rk_free(kinds);
    return good;
}

bool rk_verify_nest(const struct rk_verify *v)
{
    bool good = true;
    for (uint32_t r = 0; r < PANELS_OF(v) && good; r++)
        good = v->panels[r].places <= 0 || panel_nests(v, r);
    for (uint32_t p = 0; p < PEOPLE_OF(v) && good; p++)
        good = overlaps_nest(v, p);
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
    uint32_t r = v->quotas[tied].recruitment, first = v->quota_first[r], q = tied,
             end = v->quota_first[r + 1];
    bool found = false;
    while (q < end && (v->quotas[q].tied != tied || !lacks(&v->quotas[q], count[q])))
        q++;
    if (q == end || empty <= 0 || ++*steps > MOST_STEPS)
        return q == end;
    for (uint32_t k = v->kind_first[r]; k < v->kind_first[r + 1] && !found; k++) {
        const struct rk_verify_people *kind = &v->kinds[k];
        bool can = kind->in[q - first] == '1';
        for (uint32_t o = first; o < end && can; o++)
            can = kind->in[o - first] == '0' || count[o] < v->quotas[o].max;
        if (!can)
            continue;
        rk_verify_count(v, kind, 1, count);
        found = find(v, tied, count, empty - 1, steps);
        rk_verify_count(v, kind, -1, count);
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
                            over ? _("recruitment %s: %s %s: members: %d, asked for at most: %d")
                                 : _("recruitment %s: %s %s: members: %d, asked for at least: %d"),
                            RECRUITMENT(r), q->row->feature.text, q->row->value.text,
                            q->kept + (int32_t)count[i], over ? q->row->max : q->row->min);
    }
    rk_free(none);
}
