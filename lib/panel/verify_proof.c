/* Weak duality, stage by stage. A choice is told by numbers: x = 0 or 1 of each pair; l new
 * memberships of each panelist; u empty places of each recruitment; e seats kept empty for the
 * people of a nested quota. The rules tie them together:
 *
 *   l = sum of x of the panelist                              mu, any sign
 *   sum of x under a cap or an overlap <= its room            delta >= 0
 *   sum of x of the recruitment + u = places                  rho, any sign
 *   min <= sum of x of a row's people + e in it <= max        sigma: over 0 prices min, under 0 max
 *   sum of e of the recruitment <= u                          kappa >= 0
 *   min - u <= sum of x of a crossing row's people <= max     lambda, as sigma
 *
 * Each price times what its rule asks too much is at most 0 for every choice that keeps the rules.
 * Added to the cost it leaves a sum of terms with one number each, and the sum of their least is a
 * bound on the cost of all choices. Where the assignment costs just that, it is the best, and any
 * other that is as good has each number where its term is least and each priced rule tight: later
 * stages may take that for granted, and a tight rule's price may then have any sign. */
#include "base/date.h"
#include "panel/verify_state.h"

struct range {
    int32_t low, high;
};

struct row { /* of the certificate, nested ones first */
    const struct rk_certificate_row *row;
    const struct rk_verify_quota *quota;
    int32_t people, kept_for,
        within;         /* chosen; seats kept empty for them; those in rows inside too */
    int32_t max;        /* what the rules leave of it: no more than the places, nor than around */
    int tight, becomes; /* 1: at its min, -1: at its max; for this stage, for later ones */
    struct range range; /* of kept_for */
    __int128 chain;     /* prices of this row and those around it */
};

struct proof {
    struct rk_verify *v;
    const struct rk_certificate *c;
    struct row *rows;
    uint32_t row_count;
    struct {
        int64_t level[RK_CHOICE_LEVELS]; /* what choosing it adds */
        __int128 price;
        bool fixed;
    } * pairs;
    uint32_t *of, *of_first; /* pairs by panelist */
    struct range *loads, *empty;
    bool *tight_limit, *tight_pool;
    __int128 value[RK_CHOICE_LEVELS], spread[RK_CHOICE_LEVELS]; /* spread: no choice has more than
                                                                 * value + spread */
    bool overflow;
};

static void add(struct proof *f, __int128 *sum, __int128 a, __int128 b)
{
    __int128 product;
    f->overflow |= __builtin_mul_overflow(a, b, &product);
    f->overflow |= __builtin_add_overflow(*sum, product, sum);
}

/* ---- the certificate's quotas ---- */

static uint32_t people_of(const struct rk_verify *v, uint32_t recruitment)
{
    return v->pair_first[recruitment + 1] - v->pair_first[recruitment];
}

static bool same_people(const struct rk_verify *v, const struct rk_verify_quota *a,
                        const struct rk_verify_quota *b)
{
    return !memcmp(a->counts, b->counts, people_of(v, a->recruitment));
}

/* Finds the row of the table that a row of the certificate is, and holds the two together. */
static void match_row(struct proof *f, uint32_t i)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate *c = f->c;
    const struct rk_certificate_row *told =
        i < c->row_count ? &c->rows[i] : &c->crossing[i - c->row_count];
    struct row *row = &f->rows[i];
    uint32_t r = told->recruitment, end = v->quota_first[r + 1];
    struct rk_verify_quota *own = NULL, *q;
    for (q = v->quotas + v->quota_first[r]; q < v->quotas + end; q++)
        if (rk_text_equal(q->row->feature, told->feature) &&
            rk_text_equal(q->row->value, told->value))
            own = q;
    row->row = told;
    row->quota = own;
    row->max = told->max < v->panels[r].places ? told->max : v->panels[r].places;
    if (told->around != RK_NONE && f->rows[told->around].max < row->max)
        row->max = f->rows[told->around].max;
    if (!own) {
        BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("recruitment %s has no quota %s %s"), RECRUITMENT(r),
               told->feature.text, told->value.text);
        return;
    }
    int32_t min = own->min, max = own->max;
    for (q = v->quotas + v->quota_first[r]; q < v->quotas + end; q++)
        if (same_people(v, q, own)) { /* rows of equal people are one in the certificate */
            min = q->min > min ? q->min : min;
            max = q->max < max ? q->max : max;
        }
    if (told->min > min || told->max < max || told->max > own->max)
        BROKEN(RK_VERIFY_CERTIFICATE, NULL,
               _("recruitment %s: the quota %s %s is another in the certificate"), RECRUITMENT(r),
               told->feature.text, told->value.text);
    if (told->min < own->min) {
        own->lowered = own->min - told->min;
        rk_verify_found(v, RK_REFUSED_QUOTA, RK_VERIFY_TOLD, NULL,
                        _("recruitment %s: the quotas can't all be kept: %s %s was lowered by %d"),
                        RECRUITMENT(r), told->feature.text, told->value.text, own->lowered);
    }
    row->people = own->chosen;
    row->range.high = told->min;
}

/* Is the kind of a row that counts nobody a part of the kind around it? That may stand for several
 * rows of equal people. */
static bool is_part(const struct rk_verify *v, const struct rk_verify_quota *inner,
                    const struct rk_verify_quota *around)
{
    uint32_t r = around->recruitment;
    for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1]; q++) {
        const struct rk_verify_quota *outer = &v->quotas[q];
        uint32_t found = 0;
        for (uint32_t a = 0; a < outer->kind.part_count; a++)
            for (uint32_t b = 0; b < inner->kind.part_count; b++)
                found += inner->kind.parts[b].feature == outer->kind.parts[a].feature &&
                         inner->kind.parts[b].value == outer->kind.parts[a].value;
        if (found == outer->kind.part_count && same_people(v, outer, around))
            return true;
    }
    return false;
}

/* Each pair is counted by one row, the row around it, and so on, and by no other; and the
 * assignment keeps the rows. */
static void check_rows(struct proof *f)
{
    struct rk_verify *v = f->v;
    enum { UNSEEN = RK_NONE - 1 };
    uint32_t *next = rk_alloc((size_t)v->pair_count + 1, sizeof *next); /* by pair */
    int32_t *kept_for = rk_alloc((size_t)v->facts->recruitments->count + 1, sizeof *kept_for);
    bool nest = true, kept = true;
    for (uint32_t p = 0; p < v->pair_count; p++)
        next[p] = UNSEEN;
    for (uint32_t i = 0; i < f->row_count; i++) {
        struct row *row = &f->rows[i], *around = NULL;
        uint32_t r = row->row->recruitment, first = v->pair_first[r], seen = 0;
        int32_t empty = v->panels[r].places - v->panels[r].chosen;
        if (i >= f->c->row_count) {
            kept &= row->people + empty >= row->row->min && row->people <= row->row->max;
            continue;
        }
        for (uint32_t p = first; p < v->pair_first[r + 1]; p++)
            if (row->quota->counts[p - first]) {
                nest &= next[p] == UNSEEN || next[p] == i;
                next[p] = row->row->around;
                seen++;
            }
        if (row->row->around != RK_NONE)
            around = &f->rows[row->row->around];
        nest &= seen || !around || is_part(v, row->quota, around->quota);
        row->kept_for = row->row->min - row->people - row->within;
        row->kept_for = row->kept_for > 0 ? row->kept_for : 0;
        row->within += row->kept_for;
        kept_for[r] += row->kept_for;
        kept &= row->people + row->within <= row->row->max && kept_for[r] <= empty;
        if (around)
            around->within += row->within;
    }
    for (uint32_t p = 0; p < v->pair_count; p++)
        nest &= next[p] == UNSEEN || next[p] == RK_NONE;
    if (!nest)
        BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("the quotas do not nest as the certificate says"));
    if (!kept)
        BROKEN(RK_REFUSED_QUOTA, NULL, _("the quotas of the certificate are not kept"));
    rk_free(next);
    rk_free(kept_for);
}

/* ---- what the assignment is worth ---- */

/* More memberships than these no choice gives the panelist: one of each group of pairs that all
 * overlap, and in each month and year what the caps leave. */
static int64_t most_memberships(const struct proof *f, uint32_t p)
{
    const struct rk_verify *v = f->v;
    const struct rk_panelist *who = &v->facts->panelists->rows[p];
    const uint32_t *of = f->of + f->of_first[p];
    const struct rk_text all = {"", 0};
    uint32_t count = f->of_first[p + 1] - f->of_first[p];
    uint32_t *group = rk_alloc((size_t)count + 1, sizeof *group), groups = 0;
    int64_t in_months = 0, in_years = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t r = v->pairs[of[i]].recruitment;
        int32_t month = v->panels[r].month, year = month / 12, same_month = 0, same_year = 0;
        bool fits = false;
        for (uint32_t j = 0; j < i; j++) {
            int32_t other = v->panels[v->pairs[of[j]].recruitment].month;
            same_month += other == month;
            same_year += other / 12 == year;
        }
        in_months +=
            who->max_per_month < 0 ||
            same_month + rk_verify_used(v, p, month, 1, false, RK_NONE) < who->max_per_month;
        in_years +=
            who->max_per_year < 0 ||
            same_year + rk_verify_used(v, p, year * 12, 12, false, RK_NONE) < who->max_per_year;
        for (uint32_t g = 0; !fits; g++) {
            fits = true;
            for (uint32_t j = 0; j < i && fits; j++)
                fits = group[j] != g || rk_sessions_meet(v->facts->sessions, r, all,
                                                         v->pairs[of[j]].recruitment, all);
            group[i] = g;
            groups = g < groups ? groups : g + 1;
        }
    }
    rk_free(group);
    in_months = in_months < in_years ? in_months : in_years;
    return in_months < groups ? in_months : groups;
}

/* The values of the assignment; and for each level, how much more than that a choice may have. */
static void find_values(struct proof *f)
{
    struct rk_verify *v = f->v;
    __int128 most_load = 0, seats = 0;
    for (uint32_t i = 0; i < v->pair_count; i++)
        for (int l = 0; l < RK_CHOICE_LEVELS; l++) {
            int64_t adds = f->pairs[i].level[l];
            f->value[l] += v->pairs[i].chosen ? adds : 0;
            f->spread[l] += l == RK_CHOICE_CHANGE && adds > 0 ? adds : 0;
        }
    for (uint32_t r = 0; r < v->facts->recruitments->count; r++) {
        const struct rk_verify_panel *panel = &v->panels[r];
        uint32_t first = v->pair_first[r], count = v->pair_first[r + 1] - first;
        int64_t lack = panel->lacking, places = panel->places, empty = places - panel->chosen;
        int64_t most = places < count ? places : count, lot = 0;
        if (!panel->open)
            continue;
        for (uint32_t i = first; i < first + count; i++)
            lot = f->pairs[i].level[RK_CHOICE_LOTTERY] > lot ? f->pairs[i].level[RK_CHOICE_LOTTERY]
                                                             : lot;
        f->empty[r] = (struct range){(int32_t)(places - most), (int32_t)places};
        f->value[RK_CHOICE_SEATS] += empty;
        f->value[RK_CHOICE_SHORTAGE] += empty * (2 * lack + empty);
        f->spread[RK_CHOICE_SEATS] += places;
        f->spread[RK_CHOICE_SHORTAGE] += places * (2 * lack + places);
        f->spread[RK_CHOICE_LOTTERY] += (__int128)lot * most;
        seats += most;
    }
    for (uint32_t p = 0; p < v->facts->panelists->count; p++) {
        int64_t before = v->before[p], now = v->load[p], most = most_memberships(f, p);
        f->loads[p].high = (int32_t)(f->of_first[p + 1] - f->of_first[p]);
        f->value[RK_CHOICE_LOAD] += now * now - before * before;
        most = most < seats ? most : (int64_t)seats;
        most_load = most && 2 * before + most > most_load ? 2 * before + most : most_load;
    }
    f->spread[RK_CHOICE_LOAD] += seats * most_load;
    for (int l = 0; l < RK_CHOICE_LEVELS; l++)
        f->spread[l] -= f->value[l];
}

/* ---- a stage ---- */

/* Adds the least of each·n + square·((base + n)² - base²) - slope·n over the range, which is then
 * narrowed to where it is least. */
static void add_least(struct proof *f, __int128 *bound, int64_t each, int64_t square, int64_t base,
                      __int128 slope, struct range *range)
{
    struct range least = {range->low, range->low};
    for (int32_t n = range->low; n < range->high; n++) {
        __int128 step = each + (__int128)square * (2 * (base + n) + 1) - slope;
        if (step > 0)
            break;
        least.high = n + 1;
        least.low = step < 0 ? n + 1 : least.low;
    }
    add(f, bound, each - slope, least.low);
    add(f, bound, square, (__int128)least.low * (2 * base + least.low));
    *range = least;
}

/* The pairs under a limit get its price. False where the rules know no such limit. */
static bool price_limit(struct proof *f, const struct rk_certificate_limit *limit, __int128 *bound)
{
    struct rk_verify *v = f->v;
    const struct rk_panelist *who = &v->facts->panelists->rows[limit->panelist];
    bool overlap = limit->kind == RK_CERTIFICATE_OVERLAP;
    int32_t months = limit->kind == RK_CERTIFICATE_YEAR ? 12 : 1;
    int32_t cap = months == 12 ? who->max_per_year : who->max_per_month;
    int64_t room = 1;
    for (uint32_t i = 0; i < limit->overlap_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (!rk_sessions_meet(v->facts->sessions, limit->overlap[i], (struct rk_text){"", 0},
                                  limit->overlap[j], (struct rk_text){"", 0}))
                return false;
    if (!overlap && cap < 0)
        return false;
    if (!overlap)
        room = cap - rk_verify_used(v, limit->panelist, limit->month, months, false, RK_NONE);
    for (uint32_t i = f->of_first[limit->panelist]; i < f->of_first[limit->panelist + 1]; i++) {
        uint32_t r = v->pairs[f->of[i]].recruitment, o = 0;
        while (o < limit->overlap_count && limit->overlap[o] != r)
            o++;
        if (overlap
                ? o < limit->overlap_count
                : v->panels[r].month >= limit->month && v->panels[r].month < limit->month + months)
            f->pairs[f->of[i]].price += limit->price;
    }
    add(f, bound, limit->price, -room);
    return limit->price >= 0 || f->tight_limit[limit->number];
}

/* The bound of a stage. Numbers are confined and rules made tight on the way; that is only right
 * for the stages after it, and where there is no gap. */
static __int128 stage_bound(struct proof *f, const struct rk_certificate_stage *s)
{
    struct rk_verify *v = f->v;
    uint32_t panels = v->facts->recruitments->count, people = v->facts->panelists->count;
    __int128 *rho = rk_alloc((size_t)panels + 1, sizeof *rho), bound = 0;
    __int128 *slope = rk_alloc((size_t)panels + 1, sizeof *slope); /* of the empty places */
    __int128 *kappa = rk_alloc((size_t)panels + 1, sizeof *kappa);
    int64_t *mu = rk_alloc((size_t)people + 1, sizeof *mu);
    bool good = true;
    for (uint32_t i = 0; i < v->pair_count; i++)
        f->pairs[i].price = 0;
    for (uint32_t i = 0; i < f->row_count; i++)
        f->rows[i].chain = 0;
    for (uint32_t i = 0; i < s->recruitments.count; i++)
        rho[s->recruitments.items[i].of] += s->recruitments.items[i].price;
    for (uint32_t i = 0; i < s->panelists.count; i++)
        mu[s->panelists.items[i].of] += s->panelists.items[i].price;
    for (uint32_t i = 0; i < s->pools.count; i++) {
        uint32_t r = s->pools.items[i].of;
        kappa[r] += s->pools.items[i].price;
        good &= s->pools.items[i].price >= 0 || f->tight_pool[r];
    }
    for (uint32_t i = 0; i < s->limit_count; i++)
        good &= price_limit(f, &s->limits[i], &bound);
    for (uint32_t i = 0; i < s->rows.count + s->crossing.count; i++) {
        bool nests = i < s->rows.count;
        const struct rk_certificate_price *told =
            nests ? &s->rows.items[i] : &s->crossing.items[i - s->rows.count];
        struct row *row = &f->rows[nests ? told->of : f->c->row_count + told->of];
        uint32_t r = row->row->recruitment, first = v->pair_first[r];
        bool least = row->tight ? row->tight > 0 : told->price > 0;
        row->becomes = !told->price ? row->becomes : least ? 1 : -1;
        row->chain += nests ? told->price : 0;
        slope[r] += !nests && least ? told->price : 0;
        add(f, &bound, told->price, least ? row->row->min : row->max);
        for (uint32_t p = first; p < v->pair_first[r + 1]; p++)
            f->pairs[p].price -= row->quota->counts[p - first] ? told->price : 0;
    }
    for (uint32_t i = f->c->row_count; i--;) {
        struct row *row = &f->rows[i];
        uint32_t r = row->row->recruitment;
        row->chain += row->row->around == RK_NONE ? 0 : f->rows[row->row->around].chain;
        add_least(f, &bound, 0, 0, 0, row->chain - kappa[r], &row->range);
    }
    for (uint32_t r = 0; r < panels; r++) {
        add(f, &bound, rho[r], v->panels[r].open ? v->panels[r].places : 0);
        add_least(f, &bound, s->weight[RK_CHOICE_SEATS], s->weight[RK_CHOICE_SHORTAGE],
                  v->panels[r].lacking, rho[r] + kappa[r] + slope[r], &f->empty[r]);
    }
    for (uint32_t p = 0; p < people; p++)
        add_least(f, &bound, 0, s->weight[RK_CHOICE_LOAD], v->before[p], mu[p], &f->loads[p]);
    for (uint32_t i = 0; i < v->pair_count; i++) {
        __int128 cost = f->pairs[i].price + mu[v->pairs[i].panelist] - rho[v->pairs[i].recruitment];
        for (int l = s->first; l < s->end; l++)
            add(f, &cost, s->weight[l], f->pairs[i].level[l]);
        if (f->pairs[i].fixed ? v->pairs[i].chosen : cost < 0)
            add(f, &bound, cost, 1);
        f->pairs[i].fixed |= cost != 0;
    }
    for (uint32_t i = 0; i < f->row_count; i++)
        f->rows[i].tight = f->rows[i].tight ? f->rows[i].tight : f->rows[i].becomes;
    for (uint32_t i = 0; i < s->pools.count; i++)
        f->tight_pool[s->pools.items[i].of] |= s->pools.items[i].price != 0;
    for (uint32_t i = 0; i < s->limit_count; i++)
        f->tight_limit[s->limits[i].number] |= s->limits[i].price != 0;
    if (!good)
        BROKEN(RK_VERIFY_CERTIFICATE, NULL,
               _("a price of levels %s … is of no rule, or has the wrong sign"),
               rk_choice_level_names[s->first]);
    rk_free(rho);
    rk_free(slope);
    rk_free(kappa);
    rk_free(mu);
    return bound;
}

/* ---- in words ---- */

static void tell_proven(struct proof *f, int level)
{
    struct rk_verify *v = f->v;
    struct rk_buf fit = {0};
    long long seats = 0, filled = 0;
    for (uint32_t r = 0; r < v->facts->recruitments->count; r++)
        if (v->panels[r].open) {
            seats += v->facts->recruitments->rows[r].seats;
            filled += v->facts->recruitments->rows[r].seats - v->panels[r].lacking -
                      (v->panels[r].places - v->panels[r].chosen);
        }
    rk_fixed_print(&fit, -f->value[RK_CHOICE_FIT] * f->c->fit_unit);
#define PROVEN(...) rk_verify_found(v, RK_VERIFY_BEST + level, RK_VERIFY_PROVEN, NULL, __VA_ARGS__)
    switch (level) {
    case RK_CHOICE_SEATS:
        PROVEN(_("%lld of %lld seats are filled; no assignment fills more"), filled, seats);
        break;
    case RK_CHOICE_SHORTAGE: PROVEN(_("none spreads the empty seats more evenly")); break;
    case RK_CHOICE_CHANGE: PROVEN(_("none changes less")); break;
    case RK_CHOICE_FIT: PROVEN(_("none fits better; the fit is %s"), fit.text); break;
    case RK_CHOICE_LOAD: PROVEN(_("none is fairer: spreads memberships more evenly")); break;
    default: PROVEN(_("the lots of the seed '%s' decide what is still equal"), f->c->seed.text);
    }
    rk_buf_free(&fit);
}

static void tell_gap(struct proof *f, int level, __int128 slack)
{
    struct rk_buf gap = {0}, part = {0};
    rk_fixed unit = level == RK_CHOICE_FIT ? f->c->fit_unit : RK_FIXED_ONE;
    __int128 size = f->value[level] < 0 ? -f->value[level] : f->value[level];
    rk_fixed_print(&gap, slack * unit);
    rk_double_print(&part, size ? 100 * (double)slack / (double)size : 100);
    rk_verify_found(f->v, RK_VERIFY_BEST + level, RK_VERIFY_GAP, NULL,
                    _("the prices prove that none is better by more than %s (%s %%)"), gap.text,
                    part.text);
    if (f->c->optimal)
        rk_verify_found(f->v, RK_VERIFY_CERTIFICATE, RK_VERIFY_TOLD, NULL,
                        _("the certificate says that none is better, and does not prove it"));
    rk_buf_free(&gap);
    rk_buf_free(&part);
}

/* All stages; stops at the first level that is not proven. */
static void prove(struct proof *f)
{
    struct rk_verify *v = f->v;
    int level = 0;
    for (uint32_t i = 0; i < f->c->stage_count && !v->broken; i++) {
        const struct rk_certificate_stage *s = &f->c->stages[i];
        __int128 gap = -stage_bound(f, s);
        for (level = s->first; level < s->end; level++)
            add(f, &gap, s->weight[level], f->value[level]);
        if (f->overflow || gap < 0)
            BROKEN(RK_VERIFY_CERTIFICATE, NULL,
                   f->overflow ? _("its numbers are too large")
                               : _("the prices say that there can be no such assignment"));
        for (level = s->first; level < s->end && !v->broken; level++) {
            __int128 slack = gap; /* and what later levels may differ by */
            for (int later = level + 1; later < s->end; later++)
                add(f, &slack, s->weight[later], f->spread[later]);
            slack /= s->weight[level];
            if (slack) {
                tell_gap(f, level, slack);
                break;
            }
            tell_proven(f, level);
        }
        if (level < s->end)
            break;
    }
    for (; level < RK_CHOICE_LEVELS; level++)
        if (!v->found[RK_VERIFY_BEST + level])
            rk_verify_found(v, RK_VERIFY_BEST + level, RK_VERIFY_OPEN, NULL, _("not proven"));
}

/* What the certificate says of the assignment is so. */
static void check_claims(struct proof *f)
{
    struct rk_verify *v = f->v;
    int level = 0;
    for (int l = 0; l < RK_CHOICE_LEVELS; l++)
        if (f->c->values[l] != f->value[l])
            BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("%s: the assignment has another value"),
                   rk_choice_level_names[l]);
    while (level < RK_CHOICE_LOTTERY && f->c->bounds[level] == f->c->values[level])
        level++;
    if (f->c->bounds[level] > f->c->values[level] ||
        (f->c->optimal && f->c->bounds[level] != f->c->values[level]))
        BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("%s: values and bounds do not agree"),
               rk_choice_level_names[level]);
}

/* What each pair adds to the levels. */
static void cost_pairs(struct proof *f)
{
    struct rk_verify *v = f->v;
    for (uint32_t i = 0; i < v->pair_count; i++) {
        const struct rk_verify_pair *pair = &v->pairs[i];
        rk_fixed fit = rk_verify_fit(v, pair->panelist, pair->recruitment);
        if (v->panels[pair->recruitment].places == 0)
            fit = 0; /* never chosen */
        if (fit % f->c->fit_unit || fit / f->c->fit_unit > INT64_MAX)
            BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("fit_unit does not divide the fit"));
        f->pairs[i].level[RK_CHOICE_FIT] = -(int64_t)(fit / f->c->fit_unit);
        f->pairs[i].level[RK_CHOICE_LOTTERY] = rk_verify_lot(v, pair->panelist, pair->recruitment);
        f->pairs[i].fixed = v->panels[pair->recruitment].places == 0;
        for (uint32_t q = v->quota_first[pair->recruitment];
             q < v->quota_first[pair->recruitment + 1]; q++)
            v->quotas[q].counts[i - v->pair_first[pair->recruitment]] =
                rk_quota_counts(&v->quotas[q].kind, v->facts->features, v->facts->panelists,
                                pair->panelist, v->panels[pair->recruitment].month / 12);
    }
    for (uint32_t i = 0; i < f->c->stay_count; i++) {
        const struct rk_certificate_stay *stay = &f->c->stay[i];
        for (uint32_t p = v->pair_first[stay->recruitment];
             p < v->pair_first[stay->recruitment + 1]; p++)
            if (v->pairs[p].panelist == stay->panelist)
                f->pairs[p].level[RK_CHOICE_CHANGE] -= stay->worth;
    }
}

void rk_verify_proof(struct rk_verify *v)
{
    const struct rk_verify_facts *facts = v->facts;
    const struct rk_certificate *c = facts->certificate;
    if (!c || v->broken) {
        rk_verify_end_rules(v);
        rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_OPEN, NULL,
                        c ? _("not looked at, since rules are broken")
                          : _("there is none, so nothing is proven"));
        return;
    }
    uint32_t people = facts->panelists->count, panels = facts->recruitments->count;
    struct proof proof = {.v = v, .c = c, .row_count = c->row_count + c->crossing_count};
    struct proof *f = &proof;
    f->pairs = rk_alloc((size_t)v->pair_count + 1, sizeof *f->pairs);
    f->rows = rk_alloc((size_t)f->row_count + 1, sizeof *f->rows);
    f->of = rk_alloc((size_t)v->pair_count + 1, sizeof *f->of);
    f->of_first = rk_alloc((size_t)people + 2, sizeof *f->of_first);
    f->loads = rk_alloc((size_t)people + 1, sizeof *f->loads);
    f->empty = rk_alloc((size_t)panels + 1, sizeof *f->empty);
    f->tight_pool = rk_alloc((size_t)panels + 1, sizeof *f->tight_pool);
    f->tight_limit = rk_alloc((size_t)c->limit_numbers + 1, sizeof *f->tight_limit);
    for (uint32_t q = 0; q < v->quota_count; q++) {
        uint32_t r = v->quotas[q].recruitment;
        v->quotas[q].counts =
            rk_alloc((size_t)v->pair_first[r + 1] - v->pair_first[r] + 1, sizeof(bool));
    }
    cost_pairs(f);
    for (uint32_t i = 0; i < v->pair_count; i++)
        f->of_first[v->pairs[i].panelist + 2] += !f->pairs[i].fixed;
    for (uint32_t p = 1; p <= people; p++)
        f->of_first[p + 1] += f->of_first[p];
    for (uint32_t i = 0; i < v->pair_count; i++)
        if (!f->pairs[i].fixed)
            f->of[f->of_first[v->pairs[i].panelist + 1]++] = i;
    for (uint32_t i = f->row_count; i--;)
        match_row(f, i);
    if (!v->broken)
        check_rows(f);
    rk_verify_end_rules(v);
    find_values(f);
    check_claims(f);
    if (!v->broken)
        prove(f);
    if (!v->found[RK_VERIFY_CERTIFICATE])
        v->tell(v->context, RK_VERIFY_CERTIFICATE, RK_VERIFY_HOLDS, "");
    rk_free(f->pairs);
    rk_free(f->rows);
    rk_free(f->of);
    rk_free(f->of_first);
    rk_free(f->loads);
    rk_free(f->empty);
    rk_free(f->tight_pool);
    rk_free(f->tight_limit);
}
