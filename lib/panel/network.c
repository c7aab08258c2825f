#include "panel/network.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"
#include "panel/used.h"

#include <assert.h>

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* ---- memberships had already, and the caps' rooms ---- */

static struct rk_match_used *sorted_used(const struct rk_match_problem *problem)
{
    struct rk_match_used *used = rk_alloc((size_t)problem->used_count + 1, sizeof *used);
    if (problem->used_count) {
        memcpy(used, problem->used, problem->used_count * sizeof *used);
        rk_used_sort(used, problem->used_count);
    }
    return used;
}

static int64_t room_under(int32_t cap, int64_t used)
{
    return cap < 0 ? INT32_MAX : used >= cap ? 0 : cap - used;
}

/* ---- the limits of a panelist ---- */

/* rows of one panelist's pairs in the order of the tree */
struct leaf_row {
    uint32_t pair, recruitment;
    int32_t month;
    uint32_t group;
};

static int by_month(const void *x, const void *y)
{
    const struct leaf_row *a = x, *b = y;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return a->recruitment < b->recruitment ? -1 : a->recruitment > b->recruitment;
}

static int by_month_group(const void *x, const void *y)
{
    const struct leaf_row *a = x, *b = y;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return a->recruitment < b->recruitment ? -1 : a->recruitment > b->recruitment;
}

static bool has_overlaps(const struct rk_overlaps *overlaps, uint32_t r)
{
    return overlaps->first[r] != overlaps->first[r + 1];
}

/* Puts rows of one month into groups whose members all overlap one another: each into the first
 * that takes it. True when no overlap is left between two groups. */
static bool group_month(const struct rk_overlaps *overlaps, struct leaf_row *rows, uint32_t count)
{
    bool nested = true, any = false;
    for (uint32_t i = 0; i < count; i++)
        any = any || has_overlaps(overlaps, rows[i].recruitment);
    for (uint32_t i = 0; i < count && !any; i++)
        rows[i].group = i;
    if (!any)
        return true;
    uint32_t groups = 0;
    uint32_t *size = rk_alloc((size_t)count + 1, sizeof *size);
    uint32_t *met = rk_alloc((size_t)count + 1, sizeof *met);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t all_met = 0, group = groups;
        memset(met, 0, groups * sizeof *met);
        if (has_overlaps(overlaps, rows[i].recruitment))
            for (uint32_t j = 0; j < i; j++)
                if (rk_overlap(overlaps, rows[i].recruitment, rows[j].recruitment)) {
                    met[rows[j].group]++;
                    all_met++;
                }
        for (uint32_t g = 0; g < groups && group == groups && all_met; g++)
            if (met[g] == size[g])
                group = g;
        nested = nested && all_met == (group < groups ? met[group] : 0);
        rows[i].group = group;
        size[group]++;
        groups += group == groups;
    }
    rk_free(size);
    rk_free(met);
    return nested;
}

/* The end of the run of rows from `i` on that agree in month, year or group. */
static uint32_t run_end(const struct leaf_row *rows, uint32_t i, uint32_t count, char what)
{
    uint32_t j = i;
    while (j < count &&
           (what == 'y'   ? rows[j].month / 12 == rows[i].month / 12
            : what == 'm' ? rows[j].month == rows[i].month
                          : rows[j].month == rows[i].month && rows[j].group == rows[i].group))
        j++;
    return j;
}

/* How many of the rows can be had when of each overlap group one can, no month has more than
 * `month_room` of its own and all together no more than the sum of that. */
static int64_t groups_of(const struct leaf_row *rows, uint32_t from, uint32_t to)
{
    int64_t groups = 0;
    for (uint32_t g = from; g < to; g = run_end(rows, g, to, 'g'))
        groups++;
    return groups;
}

/* A walk over the limits of a panelist: what builds them, and what tells them later. */
struct walk {
    struct rk_network *net; /* to build; NULL: to tell */
    void (*visit)(void *context, const struct rk_named_limit *limit);
    void *context;
    uint32_t panelist, next; /* next: the number of the node that comes next */
    uint32_t *pairs;
    const struct leaf_row *rows;
};

static uint32_t add_limit(struct walk *walk, uint32_t parent, int64_t room, enum rk_limit_kind kind,
                          int32_t month)
{
    struct rk_network *net = walk->net;
    if (net) {
        RK_GROW(net->limits, net->limit_count, net->limit_room);
        net->limits[net->limit_count++] =
            (struct rk_limit){parent, walk->panelist, room, kind, month};
    }
    return walk->next++;
}

static void tell(struct walk *walk, enum rk_limit_kind kind, int64_t room, uint32_t limit,
                 bool in_own, uint32_t from, uint32_t to)
{
    if (walk->net)
        return;
    for (uint32_t i = from; i < to; i++)
        walk->pairs[i - from] = walk->rows[i].pair;
    int32_t month = walk->rows[from].month;
    walk->visit(walk->context,
                &(struct rk_named_limit){kind, kind == RK_LIMIT_YEAR ? month / 12 * 12 : month,
                                         room, limit, in_own, walk->pairs, to - from});
}

/* Returns the room of the own limit. */
static int64_t walk_limits(struct walk *walk, const struct rk_match_problem *problem,
                           const struct rk_match_used *used, const struct leaf_row *rows,
                           uint32_t count)
{
    const struct rk_match_panelist *p = &problem->panelists[walk->panelist];
    uint32_t used_count = problem->used_count;
    uint32_t own = add_limit(walk, RK_NONE, 0, RK_LIMIT_OWN, 0);
    int64_t own_room = 0;
    walk->rows = rows;
    for (uint32_t y = 0, year_end; y < count; y = year_end) {
        year_end = run_end(rows, y, count, 'y');
        uint32_t year = own;
        int64_t months_sum = 0;
        int64_t year_room = room_under(
            p->max_per_year, p->max_per_year < 0 ? 0
                                                 : rk_used_count(used, used_count, walk->panelist,
                                                                 rows[y].month / 12 * 12, 12));
        for (uint32_t m = y, month_end; m < year_end; m = month_end) {
            month_end = run_end(rows, m, year_end, 'm');
            int64_t month_room =
                room_under(p->max_per_month,
                           p->max_per_month < 0
                               ? 0
                               : rk_used_count(used, used_count, walk->panelist, rows[m].month, 1));
            months_sum += least(month_room, groups_of(rows, m, month_end));
        }
        bool rests_on_year = year_room <= months_sum;
        own_room += least(year_room, months_sum);
        bool whole = y == 0 && year_end == count;
        if (year_room < year_end - y && !whole)
            year = add_limit(walk, own, year_room, RK_LIMIT_YEAR, rows[y].month / 12 * 12);
        if (year_room < year_end - y)
            tell(walk, RK_LIMIT_YEAR, year_room, year == own ? RK_NONE : year, rests_on_year, y,
                 year_end);
        for (uint32_t m = y, month_end; m < year_end; m = month_end) {
            month_end = run_end(rows, m, year_end, 'm');
            uint32_t month = year;
            int64_t month_room =
                room_under(p->max_per_month,
                           p->max_per_month < 0
                               ? 0
                               : rk_used_count(used, used_count, walk->panelist, rows[m].month, 1));
            bool rests_on_month = month_room <= groups_of(rows, m, month_end);
            whole = m == 0 && month_end == count;
            if (month_room < month_end - m && !whole)
                month = add_limit(walk, year, month_room, RK_LIMIT_MONTH, rows[m].month);
            if (month_room < month_end - m)
                tell(walk, RK_LIMIT_MONTH, month_room, month == year ? RK_NONE : month,
                     !rests_on_year && rests_on_month, m, month_end);
            for (uint32_t g = m, group_end; g < month_end; g = group_end) {
                group_end = run_end(rows, g, month_end, 'g');
                uint32_t leaf = month;
                if (group_end - g > 1 && !(g == 0 && group_end == count))
                    leaf = add_limit(walk, month, 1, RK_LIMIT_OVERLAP, rows[g].month);
                if (group_end - g > 1)
                    tell(walk, RK_LIMIT_OVERLAP, 1, leaf == month ? RK_NONE : leaf,
                         !rests_on_year && !rests_on_month, g, group_end);
                for (uint32_t i = g; i < group_end && walk->net; i++)
                    walk->net->leaf[rows[i].pair] = leaf;
            }
        }
    }
    return own_room;
}

/* Puts a panelist's rows in the order of the tree; true where its overlaps nest. */
static bool order_rows(const struct rk_overlaps *overlaps, struct leaf_row *rows, uint32_t count)
{
    bool nested = true, any = false;
    qsort(rows, count, sizeof *rows, by_month);
    for (uint32_t i = 0, end; i < count; i = end) {
        end = run_end(rows, i, count, 'm');
        nested = group_month(overlaps, rows + i, end - i) && nested;
        for (uint32_t a = i; a < end && nested; a++) /* sessions of several months */
            for (uint32_t b = end;
                 b < count && nested && has_overlaps(overlaps, rows[a].recruitment); b++)
                nested = !rk_overlap(overlaps, rows[a].recruitment, rows[b].recruitment);
        for (uint32_t a = i; a < end; a++)
            any = any || rows[a].group != a - i;
    }
    if (any)
        qsort(rows, count, sizeof *rows, by_month_group);
    return nested;
}

static uint32_t list_rows(const struct rk_match_problem *problem, uint32_t first, uint32_t end,
                          struct leaf_row *rows)
{
    for (uint32_t i = first; i < end; i++) {
        uint32_t r = problem->pairs[i].recruitment;
        rows[i - first] = (struct leaf_row){i, r, problem->recruitments[r].month, 0};
    }
    return end - first;
}

/* One past the last pair of the panelist of pair `first`. */
static uint32_t pairs_end(const struct rk_match_problem *problem, uint32_t first)
{
    uint32_t end = first + 1;
    while (end < problem->pair_count &&
           problem->pairs[end].panelist == problem->pairs[first].panelist)
        end++;
    return end;
}

static void build_limits(struct rk_network *net)
{
    const struct rk_match_problem *problem = net->problem;
    struct leaf_row *rows =
        rk_alloc((size_t)problem->recruitment_count + 1, sizeof *rows); /* none twice */
    net->used = sorted_used(problem);
    net->leaf = rk_alloc((size_t)problem->pair_count + 1, sizeof *net->leaf);
    for (uint32_t i = 0, end; i < problem->pair_count; i = end) {
        end = pairs_end(problem, i);
        uint32_t count = list_rows(problem, i, end, rows), own = net->limit_count;
        net->nested = order_rows(&net->overlaps, rows, count) && net->nested;
        struct walk walk = {.net = net, .panelist = problem->pairs[i].panelist, .next = own};
        int64_t room = walk_limits(&walk, problem, net->used, rows, count);
        net->limits[own].room = room;
    }
    rk_free(rows);
}

void rk_network_limits(const struct rk_network *net, uint32_t first, uint32_t end,
                       void (*visit)(void *context, const struct rk_named_limit *limit),
                       void *context)
{
    const struct rk_match_problem *problem = net->problem;
    struct leaf_row *rows = rk_alloc((size_t)(end - first) + 1, sizeof *rows);
    uint32_t *pairs = rk_alloc((size_t)(end - first) + 1, sizeof *pairs);
    uint32_t own = net->leaf[first];
    while (net->limits[own].parent != RK_NONE)
        own = net->limits[own].parent;
    uint32_t count = list_rows(problem, first, end, rows);
    order_rows(&net->overlaps, rows, count);
    struct walk walk = {.visit = visit,
                        .context = context,
                        .panelist = problem->pairs[first].panelist,
                        .next = own,
                        .pairs = pairs};
    walk_limits(&walk, problem, net->used, rows, count);
    rk_free(rows);
    rk_free(pairs);
}

/* ---- quota rows that nest ---- */

/* The quota rows of one recruitment, as sets of its cells. */
struct quota_set {
    uint32_t quota, parts;
    int32_t years; /* of an age: how many */
    bool minimum;
    uint64_t *cells; /* bits */
    uint32_t size, people;
    bool kept; /* in the tree */
};

struct quota_sets {
    struct quota_set *sets;
    uint32_t count, words;
    bool tied;  /* some are for several features */
    bool empty; /* nobody is there for some minimum */
};

/* Is everybody of kind a of kind b too, in the bank or out of it? */
static bool implies(const struct rk_match_quota *a, const struct rk_match_quota *b)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < b->part_count; i++)
        for (uint32_t j = 0; j < a->part_count; j++)
            found += rk_match_part_in(&a->parts[j], &b->parts[i]);
    return found == b->part_count;
}

/* Nobody is of both kinds, in the bank or out of it. */
static bool exclude(const struct rk_match_quota *a, const struct rk_match_quota *b)
{
    for (uint32_t i = 0; i < a->part_count; i++)
        for (uint32_t j = 0; j < b->part_count; j++)
            if (rk_match_parts_apart(&a->parts[i], &b->parts[j]))
                return true;
    return false;
}

/* Is a inside b? Those who are there tell; where nobody is, the kinds do. */
static bool inside(const struct rk_match_problem *problem, const struct quota_sets *all,
                   const struct quota_set *a, const struct quota_set *b)
{
    if (!a->size)
        return implies(&problem->quotas[a->quota], &problem->quotas[b->quota]);
    for (uint32_t w = 0; w < all->words; w++)
        if (a->cells[w] & ~b->cells[w])
            return false;
    return true;
}

static bool apart(const struct quota_sets *all, const struct quota_set *a,
                  const struct quota_set *b)
{
    for (uint32_t w = 0; w < all->words; w++)
        if (a->cells[w] & b->cells[w])
            return false;
    return true;
}

static int32_t years_of(const struct rk_match_quota *quota)
{
    int32_t years = 0;
    for (uint32_t k = 0; k < quota->part_count; k++)
        years += quota->parts[k].to - quota->parts[k].from;
    return years;
}

/* What lies inside comes first. Of rows of equal people: the narrower kind, then what only has a
 * most; so an empty seat that is kept for the people of the one counts in the other only as far as
 * it must. */
static int by_size(const void *x, const void *y)
{
    const struct quota_set *a = x, *b = y;
    if (a->size != b->size)
        return a->size < b->size ? -1 : 1;
    if (a->parts != b->parts)
        return a->parts > b->parts ? -1 : 1;
    if (a->years != b->years)
        return a->years < b->years ? -1 : 1;
    if (a->minimum != b->minimum)
        return a->minimum ? 1 : -1;
    return a->quota < b->quota ? -1 : a->quota > b->quota;
}

/* In the tree, an empty seat that is kept for the people of `inner` counts in `outer` too. It must
 * where their kinds say so; it may where that keeps nobody out, here or in rows for several
 * features. */
static bool may_count(const struct rk_match_problem *problem, const struct quota_sets *all,
                      const struct quota_set *inner, const struct quota_set *outer)
{
    const struct rk_match_quota *a = &problem->quotas[inner->quota],
                                *b = &problem->quotas[outer->quota];
    return a->min == 0 || implies(a, b) ||
           (!all->tied && b->max >= problem->recruitments[b->recruitment].places);
}

/* Nobody is there of `set`, and its kind says that it is inside a. Would the tree put the seats
 * kept for it into b where it is not of that kind, or leave them out of b where it is? */
static bool misplaces(const struct rk_match_problem *problem, const struct quota_sets *all,
                      const struct quota_set *set, const struct quota_set *a,
                      const struct quota_set *b)
{
    return !set->size && problem->quotas[set->quota].min > 0 && set != a && set != b && a != b &&
           inside(problem, all, set, a) &&
           (inside(problem, all, set, b)
                ? !inside(problem, all, a, b) && !inside(problem, all, b, a)
                : inside(problem, all, a, b));
}

/* Is everybody of the ages that the row asks for of other bands that hold back, and not all of one?
 * Then a seat kept empty for it counts under one of them, which the tree does not know. */
static bool is_covered(const struct rk_match_problem *problem, const struct quota_sets *all,
                       const struct quota_set *set)
{
    const struct rk_match_quota *quota = &problem->quotas[set->quota];
    struct rk_match_part age = {0};
    for (uint32_t k = 0; k < quota->part_count; k++)
        if (quota->parts[k].to)
            age = quota->parts[k];
    int32_t from = age.from; /* those before are covered */
    for (bool more = age.to; more;) {
        more = false;
        for (uint32_t i = 0; i < all->count; i++) {
            const struct rk_match_quota *other = &problem->quotas[all->sets[i].quota];
            bool holds = other->max < problem->recruitments[other->recruitment].places;
            for (uint32_t k = 0; k < other->part_count && holds; k++) {
                const struct rk_match_part *band = &other->parts[k];
                if (band->to && !rk_match_part_in(&age, band) && band->from <= from &&
                    band->to >= from) {
                    if (band->to >= age.to)
                        return true;
                    from = band->to + 1;
                    more = true;
                }
            }
        }
    }
    return false;
}

/* Can `set` stand beside those kept in one tree? Two minimums that nobody in the bank meets at
 * once, but somebody could, cannot: the same empty seat may be kept for both. */
static bool fits_tree(const struct rk_match_problem *problem, const struct quota_sets *all,
                      const struct quota_set *set)
{
    const struct rk_match_quota *quota = &problem->quotas[set->quota];
    if (quota->min > 0 && is_covered(problem, all, set))
        return false;
    for (uint32_t i = 0; i < all->count; i++) {
        const struct quota_set *other = &all->sets[i];
        if (!other->kept || other == set)
            continue;
        for (uint32_t j = 0; j < all->count && all->empty; j++)
            if (all->sets[j].kept && (misplaces(problem, all, set, other, &all->sets[j]) ||
                                      misplaces(problem, all, &all->sets[j], set, other) ||
                                      misplaces(problem, all, &all->sets[j], other, set)))
                return false;
        bool in = inside(problem, all, set, other), around = inside(problem, all, other, set);
        if (in || around) {
            bool inner = in && (!around || set < other); /* of the same people: the first */
            if (!may_count(problem, all, inner ? set : other, inner ? other : set))
                return false;
            continue;
        }
        if (!apart(all, set, other))
            return false;
        const struct rk_match_quota *its = &problem->quotas[other->quota];
        if (quota->min > 0 && its->min > 0 && !exclude(quota, its))
            return false;
    }
    return true;
}

/* Which of a recruitment's rows go into the tree: first the family with most minimums, so that as
 * few rows as can be are left to prices. */
static void choose_tree(struct rk_network *net, struct quota_sets *all)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t best = RK_NONE, most = 0;
    for (uint32_t i = 0; i < all->count; i++) {
        uint32_t family = problem->quotas[all->sets[i].quota].parts[0].feature, minimums = 0;
        for (uint32_t j = 0; j < all->count; j++)
            minimums += problem->quotas[all->sets[j].quota].parts[0].feature == family;
        if (minimums > most) {
            most = minimums;
            best = family;
        }
    }
    for (int turn = 0; turn < 2; turn++)
        for (uint32_t i = 0; i < all->count; i++) {
            struct quota_set *set = &all->sets[i];
            if ((problem->quotas[set->quota].parts[0].feature == best) == (turn == 0))
                set->kept = fits_tree(problem, all, set);
        }
}

/* Makes tree rows of the sets kept, which are sorted by size, so that a row comes after those
 * inside it; lowers minimums that cannot be kept together. */
static void add_rows(struct rk_network *net, uint32_t r, struct quota_sets *all)
{
    const struct rk_match_problem *problem = net->problem;
    int32_t places = problem->recruitments[r].places;
    uint32_t first = net->row_count;
    uint32_t *row_of = rk_alloc((size_t)all->count + 1, sizeof *row_of);
    uint32_t *set_of = rk_alloc((size_t)all->count + 1, sizeof *set_of);
    for (uint32_t i = 0; i < all->count; i++) {
        struct quota_set *set = &all->sets[i];
        row_of[i] = RK_NONE;
        if (!set->kept)
            continue;
        const struct rk_match_quota *quota = &problem->quotas[set->quota];
        uint32_t twin = first;
        while (twin < net->row_count) { /* the same kind, told in another order */
            uint32_t other = all->sets[set_of[twin - first]].quota;
            if (implies(quota, &problem->quotas[other]) && implies(&problem->quotas[other], quota))
                break;
            twin++;
        }
        if (twin < net->row_count) {
            struct rk_quota_row *row = &net->rows[twin];
            if (quota->min > row->min) {
                row->min = quota->min;
                row->min_from = set->quota;
            }
            if (quota->max < row->max) {
                row->max = quota->max;
                row->max_from = set->quota;
            }
            row_of[i] = twin;
            continue;
        }
        set_of[net->row_count - first] = i;
        RK_GROW(net->rows, net->row_count, net->row_room);
        row_of[i] = net->row_count;
        net->rows[net->row_count++] =
            (struct rk_quota_row){r, RK_NONE, quota->min, quota->max, set->quota, set->quota};
    }
    for (uint32_t v = first; v < net->row_count; v++)
        for (uint32_t a = v + 1; a < net->row_count && net->rows[v].around == RK_NONE; a++)
            if (inside(problem, all, &all->sets[set_of[v - first]], &all->sets[set_of[a - first]]))
                net->rows[v].around = a;
    /* From inside out, what a row asks for: its minimum, or that of the rows inside. From outside
     * in, what it gets of what the row around it, or the recruitment, has to give. */
    uint32_t count = net->row_count - first;
    int32_t *asks = rk_alloc((size_t)count + 1, sizeof *asks);
    int32_t *left = rk_alloc((size_t)count + 1, sizeof *left);
    bool *given = rk_alloc((size_t)count + 1, sizeof *given);
    for (uint32_t v = 0; v < count; v++) {
        const struct rk_quota_row *row = &net->rows[first + v];
        asks[v] = row->min > asks[v] ? row->min : asks[v];
        asks[v] = row->max < asks[v] ? row->max : asks[v];
        asks[row->around == RK_NONE ? count : row->around - first] += asks[v];
    }
    left[count] = places;
    for (uint32_t done = 0; done < count;
         done++) { /* rows around first, then in the table's order */
        uint32_t v = count;
        for (uint32_t u = 0; u < count; u++) {
            const struct rk_quota_row *row = &net->rows[first + u];
            if (!given[u] && (row->around == RK_NONE || given[row->around - first]) &&
                (v == count || row->min_from < net->rows[first + v].min_from))
                v = u;
        }
        struct rk_quota_row *row = &net->rows[first + v];
        int32_t *from = &left[row->around == RK_NONE ? count : row->around - first];
        given[v] = true;
        left[v] = asks[v] < *from ? asks[v] : *from;
        *from -= left[v];
        if (row->min > left[v]) {
            net->lowered[row->min_from] += row->min - left[v];
            row->min = left[v];
        }
    }
    rk_free(given);
    rk_free(asks);
    rk_free(left);
    rk_free(row_of);
    rk_free(set_of);
}

static void build_quotas(struct rk_network *net)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t n = problem->recruitment_count;
    net->row_first = rk_alloc((size_t)n + 1, sizeof *net->row_first);
    net->pool_number = rk_alloc((size_t)n + 1, sizeof *net->pool_number);
    net->inner = rk_alloc((size_t)problem->cell_count + 1, sizeof *net->inner);
    net->cell_number = rk_alloc((size_t)problem->cell_count + 1, sizeof *net->cell_number);
    net->crossing = rk_alloc((size_t)problem->quota_count + 1, sizeof *net->crossing);
    net->lowered = rk_alloc((size_t)problem->quota_count + 1, sizeof *net->lowered);
    for (uint32_t c = 0; c < problem->cell_count; c++)
        net->inner[c] = net->cell_number[c] = RK_NONE;
    for (uint32_t r = 0, q = 0, c = 0; r < n; r++) {
        net->row_first[r] = net->row_count;
        net->pool_number[r] = RK_NONE;
        uint32_t quota_first = q, cell_first = c;
        while (q < problem->quota_count && problem->quotas[q].recruitment == r)
            q++;
        while (c < problem->cell_count && problem->cells[c].recruitment == r)
            c++;
        int32_t places = problem->recruitments[r].places;
        if (q == quota_first || places <= 0)
            continue;
        struct quota_sets all = {.words = (c - cell_first + 63) / 64};
        uint64_t *bits = rk_alloc((size_t)all.words * (q - quota_first) + 1, sizeof *bits);
        all.sets = rk_alloc((size_t)(q - quota_first) + 1, sizeof *all.sets);
        for (uint32_t i = quota_first; i < q; i++) {
            all.sets[i - quota_first] =
                (struct quota_set){.quota = i,
                                   .parts = problem->quotas[i].part_count,
                                   .years = years_of(&problem->quotas[i]),
                                   .minimum = problem->quotas[i].min > 0,
                                   .cells = bits + (size_t)all.words * (i - quota_first)};
        }
        for (uint32_t k = cell_first; k < c; k++)
            for (uint32_t j = 0; j < problem->cells[k].count; j++) {
                uint32_t quota = problem->cell_rows[problem->cells[k].first + j];
                struct quota_set *set = &all.sets[quota - quota_first];
                set->cells[(k - cell_first) / 64] |= UINT64_C(1) << (k - cell_first) % 64;
                set->size++;
            }
        for (uint32_t i = quota_first; i < q; i++) /* those that hold back nobody are passed over */
            if (problem->quotas[i].min > 0 || problem->quotas[i].max < places)
                all.sets[all.count++] = all.sets[i - quota_first];
        for (uint32_t i = 0; i < all.count; i++) {
            all.tied = all.tied || all.sets[i].parts > 1;
            all.empty = all.empty || (!all.sets[i].size && all.sets[i].minimum);
        }
        qsort(all.sets, all.count, sizeof *all.sets, by_size);
        choose_tree(net, &all);
        add_rows(net, r, &all);
        bool crosses = false, minimum = false;
        for (uint32_t i = 0; i < all.count; i++) {
            net->crossing[all.sets[i].quota] = !all.sets[i].kept;
            crosses = crosses || !all.sets[i].kept;
        }
        for (uint32_t v = net->row_first[r]; v < net->row_count; v++)
            minimum = minimum || net->rows[v].min > 0;
        if (minimum)
            net->pool_number[r] = net->pools++;
        net->crossing_count += crosses;
        for (uint32_t k = cell_first; k < c; k++) {
            if (crosses)
                net->cell_number[k] = net->cell_nodes++;
            for (uint32_t v = net->row_count; v-- > net->row_first[r];)
                for (uint32_t j = 0; j < problem->cells[k].count; j++) {
                    uint32_t quota = problem->cell_rows[problem->cells[k].first + j];
                    if (quota == net->rows[v].min_from || quota == net->rows[v].max_from)
                        net->inner[k] = v; /* the last one found is the smallest */
                }
        }
        rk_free(all.sets);
        rk_free(bits);
    }
    net->row_first[n] = net->row_count;
}

/* ---- arcs and costs ---- */

uint32_t rk_match_lot(struct rk_text seed, struct rk_text recruitment, struct rk_text panelist,
                      struct rk_buf *key)
{
    rk_buf_clear(key);
    rk_buf_printf(key, "panel-tie|%zu|", recruitment.size);
    rk_buf_add(key, recruitment.text, recruitment.size);
    rk_buf_char(key, '|');
    rk_buf_add(key, panelist.text, panelist.size);
    struct rk_random random = rk_random(seed, (struct rk_text){key->text, key->size});
    return (uint32_t)(rk_random_u64(&random) >> 32);
}

static void count_arcs(struct rk_network *net)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t counts[RK_ARC_KINDS] = {0}, n = problem->recruitment_count;
    net->places = rk_alloc((size_t)n + 1, sizeof *net->places);
    for (uint32_t r = 0; r < n; r++)
        if (net->row_first[r] != net->row_first[r + 1] && problem->recruitments[r].places > 0)
            net->places[r] = problem->recruitments[r].places;
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t r = problem->pairs[i].recruitment;
        net->places[r] += net->places[r] < problem->recruitments[r].places;
    }
    for (uint32_t r = 0; r < n; r++)
        counts[RK_ARC_UNFILLED] += (uint32_t)net->places[r];
    for (uint32_t l = 0; l < net->limit_count; l++)
        if (net->limits[l].parent == RK_NONE)
            counts[RK_ARC_LOAD] += (uint32_t)net->limits[l].room;
        else
            counts[RK_ARC_LIMIT]++;
    counts[RK_ARC_POOL] = net->pools;
    counts[RK_ARC_ROW] = net->row_count;
    net->kept_row = rk_alloc((size_t)net->row_count + 1, sizeof *net->kept_row);
    for (uint32_t v = 0; v < net->row_count; v++)
        if (net->rows[v].min > 0)
            net->kept_row[counts[RK_ARC_KEPT_FOR]++] = v;
    counts[RK_ARC_CELL] = net->cell_nodes;
    counts[RK_ARC_PAIR] = problem->pair_count;
    for (int k = 0; k < RK_ARC_KINDS; k++)
        net->first[k + 1] = net->first[k] + counts[k];
    net->arcs = net->first[RK_ARC_KINDS];
    net->nodes = rk_node_cell(net, net->cell_nodes);
}

static int64_t size_of(int64_t value) { return value < 0 ? -value : value; }

/* Prices of quotas are added to the costs, and are whole numbers: finer ones where a unit of the
 * costs counts as several. */
enum { ROOM_FOR_PRICES = 32, FINEST_UNIT = 1024 };

/* Stages that are priced are solved apart from what comes before. */
static bool priced_apart(int level)
{
    return level == RK_MATCH_CHANGE || level == RK_MATCH_LOAD || level == RK_MATCH_LOTTERY;
}

/* Costs, and which levels can be solved as one: as many in a row as keep the combined costs within
 * what the flow takes. */
static bool set_costs(struct rk_network *net)
{
    const struct rk_match_problem *problem = net->problem;
    __int128 lost_sum = 0, shortage_sum = 0, sum[RK_MATCH_LEVELS];
    int64_t *most = net->most;
    uint32_t arc = 0;
    net->unfilled_cost = rk_alloc((size_t)net->first[RK_ARC_LOAD] + 1, sizeof(int64_t));
    net->load_cost =
        rk_alloc((size_t)(net->first[RK_ARC_LIMIT] - net->first[RK_ARC_LOAD]) + 1, sizeof(int64_t));
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        const struct rk_match_recruitment *recruitment = &problem->recruitments[r];
        int64_t lost = recruitment->places - net->places[r], lacking = recruitment->lacking;
        lost = recruitment->places > 0 ? lost : 0;
        lost_sum += lost;
        shortage_sum += (__int128)(lacking + lost) * (lacking + lost) - (__int128)lacking * lacking;
        net->most_through += net->places[r];
        for (int32_t k = 1; k <= net->places[r]; k++)
            net->unfilled_cost[arc++] = 2 * (lacking + lost + k) - 1;
        if (net->places[r])
            most[RK_MATCH_SHORTAGE] =
                -least(-most[RK_MATCH_SHORTAGE], -net->unfilled_cost[arc - 1]);
    }
    most[RK_MATCH_SEATS] = arc > 0;
    arc = 0;
    for (uint32_t l = 0; l < net->limit_count; l++) {
        const struct rk_limit *limit = &net->limits[l];
        for (int64_t k = 1; limit->parent == RK_NONE && k <= limit->room; k++)
            net->load_cost[arc++] = 2 * (problem->panelists[limit->panelist].load + k) - 1;
    }
    /* as if there were no caps: who checks the weights need not count under them */
    for (uint32_t i = 0, end; i < problem->pair_count; i = end) {
        end = pairs_end(problem, i);
        int64_t load = problem->panelists[problem->pairs[i].panelist].load, pairs = end - i;
        pairs = least(pairs, net->most_through);
        most[RK_MATCH_LOAD] = -least(-most[RK_MATCH_LOAD], -2 * (load + pairs));
    }
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        assert(problem->pairs[i].fit >= 0);
        most[RK_MATCH_FIT] = -least(-most[RK_MATCH_FIT], -problem->pairs[i].fit);
        most[RK_MATCH_LOTTERY] = -least(-most[RK_MATCH_LOTTERY], -(int64_t)net->lottery[i]);
        if (problem->stay)
            most[RK_MATCH_CHANGE] = -least(-most[RK_MATCH_CHANGE], -size_of(problem->stay[i]));
    }
    /* each unit crosses one arc with a cost of a level */
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        sum[l] = (__int128)most[l] * net->most_through;
    __int128 limit = rk_flow_largest_cost(net->nodes);
    __int128 together = net->crossing_count ? limit / ROOM_FOR_PRICES : limit;
    for (int l = 0; l < RK_MATCH_LEVELS;) {
        __int128 largest = 0;
        int end = l;
        /* one unit of what is there already is worth more than all of the next */
        while (end < RK_MATCH_LEVELS) {
            __int128 step = sum[end] + 1;
            if (end > l && (step > together || largest * step + most[end] > together ||
                            (net->crossing_count && priced_apart(end))))
                break;
            if (end == l && most[end] > limit)
                return false;
            largest = end == l ? most[end] : largest * step + most[end];
            end++;
        }
        net->stage_end[net->stages++] = (uint32_t)end;
        net->unit[l] = 1;
        while (net->crossing_count && net->unit[l] < FINEST_UNIT &&
               largest * net->unit[l] * 2 <= together)
            net->unit[l] *= 2;
        l = end;
    }
    for (int l = 0; l < RK_MATCH_LEVELS; l++)
        if (sum[l] > INT64_MAX / 4)
            return false;
    net->seats_lost = (int64_t)lost_sum;
    net->shortage_lost = (int64_t)shortage_sum;
    return shortage_sum < INT64_MAX / 4;
}

bool rk_network_build(struct rk_network *net, const struct rk_match_problem *problem)
{
    *net = (struct rk_network){.problem = problem, .nested = true};
    net->overlaps = rk_overlaps_find(problem);
    build_limits(net);
    build_quotas(net);
    net->lottery = rk_alloc((size_t)problem->pair_count + 1, sizeof *net->lottery);
    struct rk_buf key = {0};
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        const struct rk_match_pair *pair = &problem->pairs[i];
        net->lottery[i] = rk_match_lot(problem->seed, problem->recruitments[pair->recruitment].id,
                                       problem->panelists[pair->panelist].id, &key);
    }
    rk_buf_free(&key);
    count_arcs(net);
    return set_costs(net);
}

void rk_network_free(struct rk_network *net)
{
    rk_overlaps_free(&net->overlaps);
    rk_free(net->used);
    rk_free(net->limits);
    rk_free(net->leaf);
    rk_free(net->lottery);
    rk_free(net->places);
    rk_free(net->rows);
    rk_free(net->row_first);
    rk_free(net->inner);
    rk_free(net->crossing);
    rk_free(net->cell_number);
    rk_free(net->pool_number);
    rk_free(net->lowered);
    rk_free(net->kept_row);
    rk_free(net->unfilled_cost);
    rk_free(net->load_cost);
}

static uint32_t node_of_cell(const struct rk_network *net, uint32_t cell, uint32_t recruitment)
{
    if (cell == RK_NONE || net->inner[cell] == RK_NONE)
        return rk_node_recruitment(net, recruitment);
    return rk_node_row(net, net->inner[cell]);
}

uint32_t rk_node_of_pair(const struct rk_network *net, uint32_t pair)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t cell = problem->pair_cell ? problem->pair_cell[pair] : RK_NONE;
    if (cell != RK_NONE && net->cell_number[cell] != RK_NONE)
        return rk_node_cell(net, net->cell_number[cell]);
    return node_of_cell(net, cell, problem->pairs[pair].recruitment);
}

void rk_network_arcs(const struct rk_network *net, rk_network_arc *add, void *context)
{
    const struct rk_match_problem *problem = net->problem;
    uint32_t n = problem->recruitment_count;
    for (uint32_t r = 0; r < n; r++) {
        uint32_t empty = net->pool_number[r] == RK_NONE ? rk_node_recruitment(net, r)
                                                        : rk_node_pool(net, net->pool_number[r]);
        for (int32_t k = 0; k < net->places[r]; k++)
            add(context, 0, empty, 0, 1);
    }
    for (uint32_t l = 0; l < net->limit_count; l++)
        for (int64_t k = 0; net->limits[l].parent == RK_NONE && k < net->limits[l].room; k++)
            add(context, 0, rk_node_limit(l), 0, 1);
    for (uint32_t l = 0; l < net->limit_count; l++)
        if (net->limits[l].parent != RK_NONE)
            add(context, rk_node_limit(net->limits[l].parent), rk_node_limit(l), 0,
                net->limits[l].room);
    for (uint32_t r = 0; r < n; r++)
        if (net->pool_number[r] != RK_NONE)
            add(context, rk_node_pool(net, net->pool_number[r]), rk_node_recruitment(net, r), 0,
                net->places[r] + 1); /* never full: its price is never under 0 */
    for (uint32_t v = 0; v < net->row_count; v++) {
        const struct rk_quota_row *row = &net->rows[v];
        add(context, rk_node_row(net, v),
            row->around == RK_NONE ? rk_node_recruitment(net, row->recruitment)
                                   : rk_node_row(net, row->around),
            row->min, least(row->max, net->places[row->recruitment]));
    }
    for (uint32_t i = net->first[RK_ARC_KEPT_FOR]; i < net->first[RK_ARC_KEPT_FOR + 1]; i++) {
        uint32_t v = net->kept_row[i - net->first[RK_ARC_KEPT_FOR]];
        add(context, rk_node_pool(net, net->pool_number[net->rows[v].recruitment]),
            rk_node_row(net, v), 0, net->rows[v].min);
    }
    for (uint32_t c = 0; c < problem->cell_count; c++)
        if (net->cell_number[c] != RK_NONE)
            add(context, rk_node_cell(net, net->cell_number[c]),
                node_of_cell(net, c, problem->cells[c].recruitment), 0,
                net->places[problem->cells[c].recruitment] + 1); /* never full either */
    for (uint32_t i = 0; i < problem->pair_count; i++)
        add(context, rk_node_limit(net->leaf[i]), rk_node_of_pair(net, i), 0, 1);
}

static void add_to_flow(void *context, uint32_t from, uint32_t to, int64_t lower, int64_t upper)
{
    rk_flow_arc(context, from, to, lower, upper);
}

struct rk_flow *rk_network_flow(const struct rk_network *net)
{
    struct rk_flow *flow = rk_flow_new(net->nodes);
    for (uint32_t r = 0; r < net->problem->recruitment_count; r++) {
        rk_flow_supply(flow, 0, net->places[r]);
        rk_flow_supply(flow, rk_node_recruitment(net, r), -net->places[r]);
    }
    rk_network_arcs(net, add_to_flow, flow);
    return flow;
}

static int64_t lot_of(const struct rk_network *net, uint32_t pair)
{
    const struct rk_match_pair *of = &net->problem->pairs[pair];
    struct rk_buf key = {0};
    int64_t lot = rk_match_lot(net->problem->seed, net->problem->recruitments[of->recruitment].id,
                               net->problem->panelists[of->panelist].id, &key);
    rk_buf_free(&key);
    return lot;
}

void rk_network_forget_lots(struct rk_network *net)
{
    rk_free(net->lottery);
    net->lottery = NULL;
}

int64_t rk_network_cost(const struct rk_network *net, int level, uint32_t arc)
{
    if (arc < net->first[RK_ARC_LOAD])
        return level == RK_MATCH_SEATS      ? 1
               : level == RK_MATCH_SHORTAGE ? net->unfilled_cost[arc]
                                            : 0;
    if (arc < net->first[RK_ARC_LIMIT])
        return level == RK_MATCH_LOAD ? net->load_cost[arc - net->first[RK_ARC_LOAD]] : 0;
    if (arc < net->first[RK_ARC_PAIR])
        return 0;
    uint32_t pair = arc - net->first[RK_ARC_PAIR];
    switch (level) {
    case RK_MATCH_CHANGE: return net->problem->stay ? -net->problem->stay[pair] : 0;
    case RK_MATCH_FIT: return -net->problem->pairs[pair].fit;
    case RK_MATCH_LOTTERY: return net->lottery ? net->lottery[pair] : lot_of(net, pair);
    default: return 0;
    }
}

void rk_network_costs(const struct rk_network *net, uint32_t first, uint32_t end, int64_t *costs)
{
    for (uint32_t a = 0; a < net->arcs; a++)
        costs[a] = rk_network_cost(net, (int)first, a);
    for (uint32_t l = first + 1; l < end; l++) {
        int64_t step = net->most[l] * net->most_through + 1;
        for (uint32_t a = 0; a < net->arcs; a++)
            costs[a] = costs[a] * step + rk_network_cost(net, (int)l, a);
    }
    for (uint32_t a = 0; a < net->arcs && net->unit[first] != 1; a++)
        costs[a] *= net->unit[first];
}

int64_t rk_network_weight(const struct rk_network *net, uint32_t first, uint32_t end, int level)
{
    int64_t weight = net->unit[first];
    for (uint32_t l = end; l-- > first && (int)l > level;)
        weight *= net->most[l] * net->most_through + 1;
    return weight;
}

enum rk_arc_kind rk_network_costly(int level)
{
    return level == RK_MATCH_SEATS || level == RK_MATCH_SHORTAGE ? RK_ARC_UNFILLED
           : level == RK_MATCH_LOAD                              ? RK_ARC_LOAD
                                                                 : RK_ARC_PAIR;
}

__int128 rk_network_value(const struct rk_network *net, const struct rk_flow *flow, int level)
{
    __int128 value = 0;
    for (uint32_t a = net->first[rk_network_costly(level)];
         a < net->first[rk_network_costly(level) + 1]; a++)
        if (rk_flow_amount(flow, a))
            value += (__int128)rk_network_cost(net, level, a) * rk_flow_amount(flow, a);
    return value;
}
