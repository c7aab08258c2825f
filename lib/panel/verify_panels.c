/* The proof of a lottery over the panels of one recruitment: nobody's chance can be made larger
 * without making smaller that of somebody who has no more. A panel is told by numbers: x of each
 * type of people who are alike; where seats stay empty, y of each quota with a minimum, what it
 * lacks. The rules, in the order of the prices:
 *
 *   least <= sum of x of the quota's types + its y <= most     each quota
 *   sum of x = seats - empty
 *   sum of y of the feature's quotas <= empty                  each feature, where seats stay empty
 *   sum of entry times number >= least                         each cut
 *
 * The expected numbers of any lottery keep them too. A step prices the rules, g = sum of price x
 * entry, so that for every lottery sum g x number <= sum of price x (most, or least where the price
 * is negative). Who was fixed by an earlier step has just that much; of the others nobody with
 * g > 0 can have less than the level in a lottery as good, nobody with g < 0 more than a sure
 * place. Where that makes the sum what it may be at most, they all have just that, and are fixed.
 */
#include "panel/verify_state.h"

enum { MOST_NODES = 2000000 };

struct lottery {
    struct rk_verify *v;
    const struct rk_certificate_panels *c;
    uint32_t r, first, quotas, features, types, columns; /* first: the recruitment's first quota */
    int32_t seats, empty;
    int32_t *size;                 /* by type */
    struct rk_fraction *offset;    /* by type: memberships before */
    bool *of, *fixed;              /* by type and quota; by type */
    uint32_t *feature, *lack;      /* by quota; by column after the types: the quota */
    int32_t *sums, *counts, *left; /* scratch, by quota; by type; people of it and later types */
    uint64_t nodes;
    bool fewer, cut; /* a panel with fewer empty seats; that breaks a cut */
};

#define WRONG(...) BROKEN(RK_VERIFY_CERTIFICATE, NULL, __VA_ARGS__)

/* ---- types and quotas ---- */

static void find_quotas(struct lottery *l)
{
    struct rk_verify *v = l->v;
    for (uint32_t i = 0; i < l->quotas; i++) {
        const struct rk_match_quota *quota = &v->problem.quotas[l->first + i];
        const struct rk_quota *row = rk_panel_quota_row(v->quotas, l->first + i);
        const struct rk_certificate_row *told = &l->c->quotas[i];
        l->feature[i] = l->features;
        for (uint32_t j = i; j-- > 0;) {
            bool same = quota->part_count == quota[(int64_t)j - i].part_count;
            for (uint32_t k = 0; k < quota->part_count && same; k++)
                same = quota->parts[k].feature == quota[(int64_t)j - i].parts[k].feature;
            l->feature[i] = same ? l->feature[j] : l->feature[i];
        }
        l->features += l->feature[i] == l->features;
        if (!rk_text_equal(row->feature, told->feature) ||
            !rk_text_equal(row->value, told->value) || told->max != quota->max ||
            told->min > quota->min)
            WRONG(_("recruitment %s: the quota %s %s is another in the certificate"),
                  RECRUITMENT(l->r), told->feature.text, told->value.text);
        v->lowered[l->first + i] = quota->min - told->min;
        if (told->min < quota->min)
            rk_verify_found(v, RK_REFUSED_QUOTA, RK_VERIFY_TOLD, NULL,
                            _("recruitment %s: the quotas can't all be kept: %s %s was lowered by "
                              "%d"),
                            RECRUITMENT(l->r), told->feature.text, told->value.text,
                            quota->min - told->min);
        if (l->empty && told->min)
            l->lack[l->columns++ - l->types] = i;
    }
}

/* Everybody who may sit there is of one type, with people of the same quotas and as many
 * memberships before. */
static void find_types(struct lottery *l)
{
    struct rk_verify *v = l->v;
    bool good = true;
    for (uint32_t i = 0; i < v->problem.pair_count; i++) {
        uint32_t p = v->problem.pairs[i].panelist, type = l->c->type_of[p];
        if (v->problem.pairs[i].recruitment != l->r)
            continue;
        if (type == RK_NONE) {
            good = false;
            continue;
        }
        struct rk_fraction before = {0};
        rk_fraction_set_whole(&before, v->problem.panelists[p].load);
        for (uint32_t q = 0; q < l->quotas; q++) {
            bool counts = rk_panel_quota_counts(v->quotas, l->first + q, p);
            good &= !l->size[type] || l->of[type * (size_t)l->quotas + q] == counts;
            l->of[type * (size_t)l->quotas + q] = counts;
        }
        if (!l->size[type]++)
            rk_fraction_set(&l->offset[type], &before);
        good &= !rk_fraction_compare(&l->offset[type], &before);
        l->counts[type] += v->chosen[i];
        rk_fraction_free(&before);
    }
    uint32_t of_types = 0;
    for (uint32_t p = 0; p < v->problem.panelist_count; p++)
        of_types += l->c->type_of[p] != RK_NONE;
    for (uint32_t t = l->types; t-- > 0;) {
        l->left[t] = l->left[t + 1] + l->size[t];
        good &= l->size[t] > 0;
    }
    if (!good || (int32_t)of_types != l->left[0])
        WRONG("%s", _("the types are not all who may sit there, alike with alike"));
}

/* ---- panels ---- */

static int64_t entry(const struct lottery *l, uint32_t row, uint32_t column)
{
    bool type = column < l->types;
    uint32_t quota = type ? 0 : l->lack[column - l->types], cut;
    if (row < l->quotas)
        return type ? l->of[column * (size_t)l->quotas + row] : quota == row;
    if (row == l->quotas)
        return type;
    if (row <= l->quotas + (l->empty ? l->features : 0))
        return !type && l->feature[quota] == row - l->quotas - 1;
    cut = row - l->quotas - 1 - (l->empty ? l->features : 0);
    for (uint32_t k = 0; k < l->c->cuts.items[cut].count; k++)
        if (l->c->cuts.items[cut].terms[k].of == column)
            return l->c->cuts.items[cut].terms[k].number.small;
    return 0;
}

static int32_t lacks(const struct lottery *l, uint32_t quota)
{
    int32_t lacks = l->c->quotas[quota].min - l->sums[quota];
    return lacks > 0 ? lacks : 0;
}

/* Is it a panel, with as many people as `sums` was counted from? */
static bool is_panel(const struct lottery *l, int32_t people)
{
    for (uint32_t f = 0; f < l->features; f++) {
        int32_t lacking = 0;
        for (uint32_t q = 0; q < l->quotas; q++)
            lacking += l->feature[q] == f ? lacks(l, q) : 0;
        if (lacking > l->seats - people)
            return false;
    }
    for (uint32_t q = 0; q < l->quotas; q++)
        if (l->sums[q] > l->c->quotas[q].max)
            return false;
    return people <= l->seats;
}

static bool keeps_cuts(const struct lottery *l)
{
    uint32_t first = l->quotas + 1 + (l->empty ? l->features : 0);
    for (uint32_t c = 0; c < l->c->cuts.count; c++) {
        __int128 sum = 0;
        for (uint32_t column = 0; column < l->columns; column++)
            sum += (__int128)entry(l, first + c, column) *
                   (column < l->types ? l->counts[column] : lacks(l, l->lack[column - l->types]));
        if (sum < l->c->cuts.items[c].number.top.small)
            return false;
    }
    return true;
}

static void add_people(struct lottery *l, uint32_t type, int32_t count)
{
    l->counts[type] += count;
    for (uint32_t q = 0; q < l->quotas; q++)
        l->sums[q] += l->of[type * (size_t)l->quotas + q] ? count : 0;
}

/* Looks at all panels; false: there are too many. */
static bool search(struct lottery *l, uint32_t type, int32_t people)
{
    bool all = l->nodes++ < MOST_NODES;
    for (uint32_t q = 0; q < l->quotas; q++)
        if (l->sums[q] > l->c->quotas[q].max)
            return true;
    if (!all || people > l->seats || people + l->left[type] < l->seats - l->empty)
        return all;
    if (type == l->types) {
        bool panel = is_panel(l, people);
        l->fewer |= panel && people > l->seats - l->empty;
        l->cut |= panel && people == l->seats - l->empty && !keeps_cuts(l);
        return true;
    }
    for (int32_t k = 0; k <= l->size[type] && all; k++) {
        all = search(l, type + 1, people + k);
        add_people(l, type, 1);
    }
    add_people(l, type, -l->counts[type]);
    return all;
}

/* Each is a panel; the weights are a lottery with the chances that the types are told to have; and
 * the assignment is the one drawn. */
static void check_panels(struct lottery *l)
{
    struct rk_verify *v = l->v;
    const struct rk_certificate_panels *c = l->c;
    struct rk_fraction *mean = rk_alloc((size_t)l->types + 1, sizeof *mean), total, term;
    int32_t *drawn = rk_alloc((size_t)l->types + 1, sizeof *drawn);
    bool good = true, same = true;
    total = term = (struct rk_fraction){0};
    rk_fraction_set_whole(&total, 0);
    for (uint32_t t = 0; t < l->types; t++) {
        rk_fraction_set_whole(&mean[t], 0);
        drawn[t] = l->counts[t];
        l->counts[t] = 0;
    }
    for (uint32_t j = 0; j < c->panels.count && good; j++) {
        const struct rk_certificate_vector *panel = &c->panels.items[j];
        int32_t people = 0;
        good &= rk_whole_sign(&panel->number.top) > 0;
        rk_fraction_add(&total, &total, &panel->number);
        for (uint32_t k = 0; k < panel->count && good; k++) {
            uint32_t t = panel->terms[k].of;
            int64_t count = panel->terms[k].number.small;
            good &= t < l->types && !panel->terms[k].number.big && count > 0 && count <= l->size[t];
            if (!good)
                break;
            add_people(l, t, (int32_t)count);
            people += (int32_t)count;
            rk_fraction_set_whole(&term, count);
            rk_fraction_multiply(&term, &term, &panel->number);
            rk_fraction_add(&mean[t], &mean[t], &term);
        }
        good &= people == l->seats - l->empty && is_panel(l, people) && keeps_cuts(l);
        for (uint32_t t = 0; t < l->types; t++) {
            same &= j != c->drawn || l->counts[t] == drawn[t];
            add_people(l, t, -l->counts[t]);
        }
    }
    good &= rk_whole_sign(&c->total.top) > 0 && !rk_fraction_compare(&total, &c->total);
    for (uint32_t t = 0; t < l->types && good; t++) {
        rk_fraction_set_whole(&term, l->size[t]);
        rk_fraction_multiply(&term, &term, &c->total);
        rk_fraction_divide(&mean[t], &mean[t], &term);
        rk_fraction_add(&mean[t], &mean[t], &l->offset[t]);
        good &= !rk_fraction_compare(&mean[t], &c->type_values[t]);
    }
    if (!good)
        WRONG("%s", _("its panels are not a lottery with these chances"));
    if (!same)
        WRONG("%s", _("the assignment is not the panel that was drawn"));
    for (uint32_t t = 0; t < l->types; t++)
        rk_fraction_free(&mean[t]);
    rk_fraction_free(&total);
    rk_fraction_free(&term);
    rk_free(mean);
    rk_free(drawn);
}

/* The rows of the assignment tell the chances, in twelve digits. */
static void check_chances(struct lottery *l)
{
    struct rk_verify *v = l->v;
    for (uint32_t i = 0; i < v->facts->result->count; i++) {
        const struct rk_assignment *row = &v->facts->result->rows[i];
        uint32_t type = l->c->type_of[row->panelist];
        struct rk_fraction chance = {0};
        if (row->recruitment != l->r || type == RK_NONE ||
            rk_eligible_kept_row(v->eligible, row->panelist, row->recruitment))
            continue;
        rk_fraction_subtract(&chance, &l->c->type_values[type], &l->offset[type]);
        double off = rk_fraction_double(&chance) - rk_fixed_double(row->probability);
        if (!row->has_probability || off > 1e-12 || off < -1e-12)
            BROKEN(RK_VERIFY_ROW, &row->pos,
                   _("recruitment %s: panelist %s: '%s' is not what a new row has"),
                   RECRUITMENT(l->r), PANELIST(row->panelist), "probability");
        rk_fraction_free(&chance);
    }
}

/* ---- steps ---- */

/* sum += factor x number */
static void add(struct rk_fraction *sum, const struct rk_whole *factor,
                const struct rk_fraction *number)
{
    struct rk_whole one = {.small = 1};
    struct rk_fraction term = {0};
    rk_fraction_make(&term, factor, &one);
    rk_fraction_multiply(&term, &term, number);
    rk_fraction_add(sum, sum, &term);
    rk_fraction_free(&term);
}

/* What a priced row adds to the bound; false where it has no such end. */
static bool end_of(const struct lottery *l, uint32_t row, bool most, struct rk_fraction *end)
{
    uint32_t features = l->empty ? l->features : 0;
    if (row < l->quotas)
        rk_fraction_set_whole(end, !most                              ? l->c->quotas[row].min
                                   : l->c->quotas[row].max < l->seats ? l->c->quotas[row].max
                                                                      : l->seats);
    else if (row <= l->quotas + features)
        rk_fraction_set_whole(end, row == l->quotas ? l->seats - l->empty : most ? l->empty : 0);
    else if (!most && row <= l->quotas + features + l->c->cuts.count)
        rk_fraction_set(end, &l->c->cuts.items[row - l->quotas - 1 - features].number);
    else
        return false;
    return true;
}

/* value = before + 1, or the level if that is more than before */
static void value_of(const struct lottery *l, uint32_t type, bool whole,
                     const struct rk_fraction *level, struct rk_fraction *value)
{
    struct rk_fraction one = {0};
    rk_fraction_set_whole(&one, whole);
    rk_fraction_add(value, &l->offset[type], &one);
    if (!whole && rk_fraction_compare(level, value) > 0)
        rk_fraction_set(value, level);
    rk_fraction_free(&one);
}

static bool check_step(struct lottery *l, const struct rk_certificate_vector *step)
{
    struct rk_whole *g = rk_alloc((size_t)l->columns + 1, sizeof *g);
    struct rk_fraction sum = {0}, bound = {0}, value = {0};
    bool good = true;
    rk_fraction_set_whole(&sum, 0);
    rk_fraction_set_whole(&bound, 0);
    rk_fraction_set_whole(&value, 0);
    for (uint32_t k = 0; k < step->count && good; k++) {
        const struct rk_whole *price = &step->terms[k].number;
        good = end_of(l, step->terms[k].of, rk_whole_sign(price) > 0, &value);
        if (good)
            add(&bound, price, &value);
        for (uint32_t c = 0; c < l->columns && good; c++) {
            struct rk_whole times = {.small = entry(l, step->terms[k].of, c)};
            rk_whole_add_product(&g[c], price, &times);
        }
    }
    for (uint32_t c = 0; c < l->columns && good; c++) {
        int sign = rk_whole_sign(&g[c]);
        if (c >= l->types) { /* what a quota lacks is at most its minimum, and the empty seats */
            int32_t min = l->c->quotas[l->lack[c - l->types]].min;
            rk_fraction_set_whole(&value, sign > 0 ? 0 : min < l->empty ? min : l->empty);
        } else {
            const struct rk_fraction *told = &l->c->type_values[c];
            struct rk_fraction size = {0};
            value_of(l, c, sign < 0 || !step->count, &step->number, &value);
            if (!step->count) /* no prices: who has a sure place at the level has no more */
                sign = rk_fraction_compare(&value, &step->number) ? 0 : -1;
            good &= l->fixed[c] || (rk_fraction_compare(told, &step->number) >= 0 &&
                                    (!sign || !rk_fraction_compare(told, &value)));
            if (l->fixed[c])
                rk_fraction_set(&value, told);
            l->fixed[c] |= sign != 0;
            rk_fraction_subtract(&value, &value, &l->offset[c]);
            rk_fraction_set_whole(&size, l->size[c]);
            rk_fraction_multiply(&value, &value, &size);
            rk_fraction_free(&size);
        }
        add(&sum, &g[c], &value);
    }
    good = good && !rk_fraction_compare(&sum, &bound);
    rk_whole_free_all(g, (size_t)l->columns + 1);
    rk_fraction_free(&sum);
    rk_fraction_free(&bound);
    rk_fraction_free(&value);
    return good;
}

static void check_steps(struct lottery *l)
{
    struct rk_verify *v = l->v;
    const struct rk_certificate_vectors *steps = &l->c->steps;
    bool good = true;
    for (uint32_t s = 0; s < steps->count && good; s++)
        good = (!s ||
                rk_fraction_compare(&steps->items[s - 1].number, &steps->items[s].number) <= 0) &&
               check_step(l, &steps->items[s]);
    for (uint32_t t = 0; t < l->types; t++)
        good &= l->fixed[t];
    if (!good)
        WRONG("%s", _("its steps do not prove the chances"));
}

void rk_verify_panels(struct rk_verify *v)
{
    const struct rk_certificate_panels *c = &v->facts->certificate->lottery;
    const struct rk_match_problem *problem = &v->problem;
    struct lottery lottery = {.v = v, .c = c, .types = c->type_count, .columns = c->type_count};
    struct lottery *l = &lottery;
    uint32_t open = 0;
    for (uint32_t r = 0; r < problem->recruitment_count; r++)
        if (problem->recruitments[r].places > 0 && ++open)
            l->r = r;
    l->first = v->quota_first[l->r];
    l->quotas = v->quota_first[l->r + 1] - l->first;
    l->seats = problem->recruitments[l->r].places;
    l->empty = (int32_t)c->empty;
    if (open != 1 || l->quotas != c->quota_count || l->empty > l->seats ||
        l->seats - l->empty != v->members[l->r]) {
        WRONG("%s", _("it is of another recruitment"));
        return;
    }
    l->size = rk_alloc((size_t)l->types + 1, sizeof *l->size);
    l->offset = rk_alloc((size_t)l->types + 1, sizeof *l->offset);
    l->of = rk_alloc((size_t)l->types * l->quotas + 1, sizeof *l->of);
    l->fixed = rk_alloc((size_t)l->types + 1, sizeof *l->fixed);
    l->feature = rk_alloc((size_t)l->quotas + 1, sizeof *l->feature);
    l->lack = rk_alloc((size_t)l->quotas + 1, sizeof *l->lack);
    l->sums = rk_alloc((size_t)l->quotas + 1, sizeof *l->sums);
    l->counts = rk_alloc((size_t)l->types + 1, sizeof *l->counts);
    l->left = rk_alloc((size_t)l->types + 2, sizeof *l->left);
    for (uint32_t t = 0; t < l->types; t++)
        rk_fraction_set_whole(&l->offset[t], 0);
    find_quotas(l);
    find_types(l);
    for (uint32_t i = 0; i < c->cuts.count; i++) {
        const struct rk_certificate_vector *cut = &c->cuts.items[i];
        bool good = !cut->number.top.big &&
                    !rk_whole_compare(&cut->number.over, &(struct rk_whole){.small = 1});
        for (uint32_t k = 0; k < cut->count; k++)
            good &= cut->terms[k].of < l->columns && !cut->terms[k].number.big;
        if (!good)
            WRONG("%s", _("its numbers are too large"));
    }
    if (!v->broken)
        check_panels(l);
    if (!v->broken)
        check_steps(l);
    if (!v->broken)
        check_chances(l);
    bool all = v->broken || (!l->empty && !c->cuts.count) || search(l, 0, 0);
    if (l->cut || l->fewer)
        WRONG("%s", l->cut ? _("a cut leaves out a panel") : _("a panel has fewer empty seats"));
    if (!v->broken && (all || !l->empty)) {
        rk_verify_found(v, RK_VERIFY_BEST, RK_VERIFY_PROVEN, NULL,
                        _("%lld of %lld seats are filled; no assignment fills more"),
                        (long long)v->members[l->r], (long long)l->seats);
    } else if (!v->broken) {
        rk_verify_found(v, RK_VERIFY_BEST, RK_VERIFY_OPEN, NULL, "%s",
                        _("there are too many panels to look at all"));
    }
    if (!v->broken && all)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_PROVEN, NULL, "%s",
                        _("no lottery gives anybody more without giving less to somebody who has "
                          "no more"));
    else if (!v->broken)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL,
                        _("rests on %u cuts that were not checked"), c->cuts.count);
    for (uint32_t t = 0; t < l->types; t++)
        rk_fraction_free(&l->offset[t]);
    rk_free(l->size);
    rk_free(l->offset);
    rk_free(l->of);
    rk_free(l->fixed);
    rk_free(l->feature);
    rk_free(l->lack);
    rk_free(l->sums);
    rk_free(l->counts);
    rk_free(l->left);
}
