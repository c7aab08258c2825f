/* The proof, by lib/stat/duality.h. A choice is told by numbers: x = 0 or 1 of each pair; l new
 * memberships of each panelist; u empty places of each recruitment; e seats kept empty for the
 * people of a nested quota. The rules tie them together, and the certificate prices them:
 *
 *   sum of x of the panelist - l = 0                          -mu
 *   sum of x of the recruitment + u = places                  rho
 *   sum of e of the recruitment - u <= 0                      -kappa
 *   min <= sum of x of a row's people + e in it <= max        sigma
 *   sum of x of a crossing row's people <= max, + u >= min    lambda
 *   sum of x under a cap or an overlap <= its room            -delta */
#include "base/date.h"
#include "panel/verify_state.h"
#include "stat/duality.h"

struct row { /* of the certificate, nested ones first */
    const struct rk_certificate_row *row;
    const struct rk_verify_quota *quota;
    int32_t max;              /* no more than the places, nor than around */
    int32_t kept_for, within; /* seats kept empty for them; and for those of rows inside */
};

struct proof {
    struct rk_verify *v;
    const struct rk_certificate *c;
    struct rk_duality d; /* numbers: pairs, panelists, recruitments, nested rows */
    struct row *rows;
    uint32_t row_count, *of, *of_first;          /* of: pairs by panelist */
    uint32_t panel_rules, pool_rules, row_rules; /* the first; those of panelists come first */
    uint32_t crossing_rules;                     /* two each: max, min */
    uint32_t *limit_rules;                       /* by number of the limit */
    int64_t (*adds)[RK_CHOICE_LEVELS];           /* by pair: what it adds to the levels */
    __int128 value[RK_CHOICE_LEVELS], spread[RK_CHOICE_LEVELS]; /* no choice has more than both */
};

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

static bool is_of(const struct rk_certificate_row *told, const struct rk_verify_quota *quota)
{
    return told->recruitment == quota->recruitment &&
           rk_text_equal(quota->row->feature, told->feature) &&
           rk_text_equal(quota->row->value, told->value);
}

static bool is_named(const struct proof *f, const struct rk_verify_quota *quota)
{
    const struct rk_certificate *c = f->c;
    for (uint32_t i = 0; i < f->row_count; i++)
        if (is_of(i < c->row_count ? &c->rows[i] : &c->crossing[i - c->row_count], quota))
            return true;
    return false;
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
        if (is_of(told, q))
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
    for (q = v->quotas + v->quota_first[r]; q < v->quotas + end; q++)
        if (told->min < q->min && (q == own || (same_people(v, q, own) && !is_named(f, q)))) {
            q->lowered = q->min - told->min;
            rk_verify_found(v, RK_REFUSED_QUOTA, RK_VERIFY_TOLD, NULL,
                            _("recruitment %s: the quotas can't all be kept: %s %s was lowered by "
                              "%d"),
                            RECRUITMENT(r), q->row->feature.text, q->row->value.text, q->lowered);
        }
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

/* Each pair is counted by one row, the row around it, and so on, and by no other. Inside out, a row
 * keeps seats empty for those whom it lacks. */
static void check_rows(struct proof *f)
{
    struct rk_verify *v = f->v;
    enum { UNSEEN = RK_NONE - 1 };
    uint32_t *next = rk_alloc((size_t)v->pair_count + 1, sizeof *next); /* by pair */
    bool nest = true;
    for (uint32_t p = 0; p < v->pair_count; p++)
        next[p] = UNSEEN;
    for (uint32_t i = 0; i < f->c->row_count; i++) {
        struct row *row = &f->rows[i], *around = NULL;
        uint32_t r = row->row->recruitment, first = v->pair_first[r], seen = 0;
        int32_t lacks = row->row->min - row->quota->chosen - row->within;
        for (uint32_t p = first; p < v->pair_first[r + 1]; p++)
            if (row->quota->counts[p - first]) {
                nest &= next[p] == UNSEEN || next[p] == i;
                next[p] = row->row->around;
                seen++;
            }
        row->kept_for = lacks > 0 ? lacks : 0;
        if (row->row->around == RK_NONE)
            continue;
        around = &f->rows[row->row->around];
        around->within += row->within + row->kept_for;
        nest &= seen || is_part(v, row->quota, around->quota);
    }
    for (uint32_t p = 0; p < v->pair_count; p++)
        nest &= next[p] == UNSEEN || next[p] == RK_NONE;
    if (!nest)
        BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("the quotas do not nest as the certificate says"));
    rk_free(next);
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
            int64_t adds = f->adds[i][l];
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
            lot = f->adds[i][RK_CHOICE_LOTTERY] > lot ? f->adds[i][RK_CHOICE_LOTTERY] : lot;
        f->value[RK_CHOICE_SEATS] += empty;
        f->value[RK_CHOICE_SHORTAGE] += empty * (2 * lack + empty);
        f->spread[RK_CHOICE_SEATS] += places;
        f->spread[RK_CHOICE_SHORTAGE] += places * (2 * lack + places);
        f->spread[RK_CHOICE_LOTTERY] += (__int128)lot * most;
        seats += most;
    }
    for (uint32_t p = 0; p < v->facts->panelists->count; p++) {
        int64_t before = v->before[p], now = v->load[p], most = most_memberships(f, p);
        f->value[RK_CHOICE_LOAD] += now * now - before * before;
        most = most < seats ? most : (int64_t)seats;
        most_load = most && 2 * before + most > most_load ? 2 * before + most : most_load;
    }
    f->spread[RK_CHOICE_LOAD] += seats * most_load;
    for (int l = 0; l < RK_CHOICE_LEVELS; l++)
        f->spread[l] -= f->value[l];
}

/* ---- the numbers, the rules and the prices ---- */

static void add_numbers(struct proof *f)
{
    struct rk_verify *v = f->v;
    struct rk_duality *d = &f->d;
    uint32_t people = v->facts->panelists->count, panels = v->facts->recruitments->count;
    f->panel_rules = people;
    f->pool_rules = people + panels;
    for (uint32_t i = 0; i < v->pair_count; i++)
        rk_duality_number(d, 0, v->panels[v->pairs[i].recruitment].places > 0, v->pairs[i].chosen);
    for (uint32_t p = 0; p < people; p++) {
        uint32_t rule = rk_duality_rule(d, 0, 0);
        int32_t most = (int32_t)(f->of_first[p + 1] - f->of_first[p]);
        rk_duality_term(d, rule, rk_duality_number(d, 0, most, v->load[p] - v->before[p]), -1);
        d->numbers[v->pair_count + p].base = v->before[p];
    }
    for (uint32_t r = 0; r < panels; r++) {
        const struct rk_verify_panel *panel = &v->panels[r];
        int32_t places = panel->open ? panel->places : 0;
        int32_t pairs = (int32_t)(v->pair_first[r + 1] - v->pair_first[r]);
        uint32_t empty = rk_duality_number(d, places > pairs ? places - pairs : 0, places,
                                           places - (panel->open ? panel->chosen : 0));
        d->numbers[empty].base = panel->lacking;
        rk_duality_term(d, rk_duality_rule(d, places, places), empty, 1);
    }
    for (uint32_t i = 0; i < v->pair_count; i++) {
        rk_duality_term(d, v->pairs[i].panelist, i, 1);
        rk_duality_term(d, people + v->pairs[i].recruitment, i, 1);
    }
    for (uint32_t r = 0; r < panels; r++)
        rk_duality_term(d, rk_duality_rule(d, RK_DUALITY_NONE, 0), v->pair_count + people + r, -1);
}

static void add_people(struct proof *f, uint32_t rule, const struct row *row)
{
    uint32_t first = f->v->pair_first[row->row->recruitment];
    for (uint32_t p = first; p < first + people_of(f->v, row->row->recruitment); p++)
        if (row->quota->counts[p - first])
            rk_duality_term(&f->d, rule, p, 1);
}

static void add_rows(struct proof *f)
{
    struct rk_duality *d = &f->d;
    uint32_t nested = f->c->row_count, empty = f->v->pair_count + f->v->facts->panelists->count;
    f->row_rules = d->rule_count;
    f->crossing_rules = d->rule_count + nested;
    for (uint32_t i = 0; i < f->row_count; i++) {
        const struct row *row = &f->rows[i];
        uint32_t rule = rk_duality_rule(d, i < nested ? row->row->min : RK_DUALITY_NONE, row->max);
        add_people(f, rule, row);
        if (i < nested)
            continue;
        rule = rk_duality_rule(d, row->row->min, RK_DUALITY_NONE);
        add_people(f, rule, row);
        rk_duality_term(d, rule, empty + row->row->recruitment, 1);
    }
    for (uint32_t i = 0; i < nested; i++) {
        uint32_t kept = rk_duality_number(d, 0, f->rows[i].row->min, f->rows[i].kept_for);
        rk_duality_term(d, f->pool_rules + f->rows[i].row->recruitment, kept, 1);
        for (uint32_t a = i; a != RK_NONE; a = f->rows[a].row->around)
            rk_duality_term(d, f->row_rules + a, kept, 1);
    }
}

/* False where the rules know no such limit. */
static bool add_limit(struct proof *f, const struct rk_certificate_limit *limit)
{
    struct rk_verify *v = f->v;
    const struct rk_panelist *who = &v->facts->panelists->rows[limit->panelist];
    const struct rk_text all = {"", 0};
    bool overlap = limit->kind == RK_CERTIFICATE_OVERLAP;
    int32_t months = limit->kind == RK_CERTIFICATE_YEAR ? 12 : 1;
    int32_t cap = overlap ? 1 : months == 12 ? who->max_per_year : who->max_per_month;
    if (f->limit_rules[limit->number])
        return true;
    if (!overlap)
        cap -=
            cap < 0 ? 0 : rk_verify_used(v, limit->panelist, limit->month, months, false, RK_NONE);
    for (uint32_t i = 0; i < limit->overlap_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (!rk_sessions_meet(v->facts->sessions, limit->overlap[i], all, limit->overlap[j],
                                  all))
                return false;
    if (cap < 0)
        return false;
    f->limit_rules[limit->number] = rk_duality_rule(&f->d, RK_DUALITY_NONE, cap);
    for (uint32_t i = f->of_first[limit->panelist]; i < f->of_first[limit->panelist + 1]; i++) {
        uint32_t r = v->pairs[f->of[i]].recruitment, o = 0;
        while (o < limit->overlap_count && limit->overlap[o] != r)
            o++;
        if (overlap
                ? o < limit->overlap_count
                : v->panels[r].month >= limit->month && v->panels[r].month < limit->month + months)
            rk_duality_term(&f->d, f->limit_rules[limit->number], f->of[i], 1);
    }
    return true;
}

static void add_limits(struct proof *f)
{
    struct rk_verify *v = f->v;
    for (uint32_t i = 0; i < f->c->stage_count; i++)
        for (uint32_t l = 0; l < f->c->stages[i].limit_count && !v->broken; l++)
            if (!add_limit(f, &f->c->stages[i].limits[l]))
                BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("panelist %s has no such limit"),
                       PANELIST(f->c->stages[i].limits[l].panelist));
}

static void set_prices(struct proof *f, struct rk_certificate_prices prices, uint32_t rules,
                       int sign)
{
    for (uint32_t i = 0; i < prices.count; i++)
        f->d.rules[rules + prices.items[i].of].price += sign * (__int128)prices.items[i].price;
}

/* The costs and prices of a stage; the bound that they prove. */
static __int128 stage_bound(struct proof *f, const struct rk_certificate_stage *s)
{
    struct rk_verify *v = f->v;
    struct rk_duality *d = &f->d;
    uint32_t people = v->facts->panelists->count, panels = v->facts->recruitments->count;
    __int128 bound;
    for (uint32_t i = 0; i < v->pair_count; i++) {
        d->numbers[i].each = 0;
        for (int l = s->first; l < s->end; l++)
            rk_duality_add(d, &d->numbers[i].each, s->weight[l], f->adds[i][l]);
    }
    for (uint32_t p = 0; p < people; p++)
        d->numbers[v->pair_count + p].square = s->weight[RK_CHOICE_LOAD];
    for (uint32_t r = 0; r < panels; r++) {
        d->numbers[v->pair_count + people + r].each = s->weight[RK_CHOICE_SEATS];
        d->numbers[v->pair_count + people + r].square = s->weight[RK_CHOICE_SHORTAGE];
    }
    set_prices(f, s->panelists, 0, -1);
    set_prices(f, s->recruitments, f->panel_rules, 1);
    set_prices(f, s->pools, f->pool_rules, -1);
    set_prices(f, s->rows, f->row_rules, 1);
    for (uint32_t i = 0; i < s->crossing.count; i++) {
        uint32_t rule = f->crossing_rules + 2 * s->crossing.items[i].of; /* its max */
        bool least = d->rules[rule + 1].tied != RK_DUALITY_NONE ||
                     (d->rules[rule].tied == RK_DUALITY_NONE && s->crossing.items[i].price > 0);
        d->rules[rule + least].price += s->crossing.items[i].price;
    }
    for (uint32_t i = 0; i < s->limit_count; i++)
        d->rules[f->limit_rules[s->limits[i].number]].price -= s->limits[i].price;
    if (!rk_duality_bound(d, &bound))
        BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("a price of the stage from %s on has the wrong sign"),
               rk_choice_level_names[s->first]);
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
        gap += rk_duality_cost(&f->d);
        if (f->d.overflow || gap < 0)
            BROKEN(RK_VERIFY_CERTIFICATE, NULL,
                   f->d.overflow ? _("its numbers are too large")
                                 : _("the prices say that there can be no such assignment"));
        for (level = s->first; level < s->end && !v->broken; level++) {
            __int128 slack = gap; /* and what later levels may differ by */
            for (int later = level + 1; later < s->end; later++)
                rk_duality_add(&f->d, &slack, s->weight[later], f->spread[later]);
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
        f->adds[i][RK_CHOICE_FIT] = -(int64_t)(fit / f->c->fit_unit);
        f->adds[i][RK_CHOICE_LOTTERY] = rk_verify_lot(v, pair->panelist, pair->recruitment);
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
                f->adds[p][RK_CHOICE_CHANGE] -= stay->worth;
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
    uint32_t people = facts->panelists->count;
    struct proof proof = {.v = v, .c = c, .row_count = c->row_count + c->crossing_count};
    struct proof *f = &proof;
    f->adds = rk_alloc((size_t)v->pair_count + 1, sizeof *f->adds);
    f->rows = rk_alloc((size_t)f->row_count + 1, sizeof *f->rows);
    f->of = rk_alloc((size_t)v->pair_count + 1, sizeof *f->of);
    f->of_first = rk_alloc((size_t)people + 2, sizeof *f->of_first);
    f->limit_rules = rk_alloc((size_t)c->limit_numbers + 1, sizeof *f->limit_rules);
    for (uint32_t q = 0; q < v->quota_count; q++) {
        uint32_t r = v->quotas[q].recruitment;
        v->quotas[q].counts =
            rk_alloc((size_t)v->pair_first[r + 1] - v->pair_first[r] + 1, sizeof(bool));
    }
    cost_pairs(f);
    for (uint32_t i = 0; i < v->pair_count; i++)
        f->of_first[v->pairs[i].panelist + 2] += v->panels[v->pairs[i].recruitment].places > 0;
    for (uint32_t p = 1; p <= people; p++)
        f->of_first[p + 1] += f->of_first[p];
    for (uint32_t i = 0; i < v->pair_count; i++)
        if (v->panels[v->pairs[i].recruitment].places > 0)
            f->of[f->of_first[v->pairs[i].panelist + 1]++] = i;
    for (uint32_t i = f->row_count; i--;)
        match_row(f, i);
    if (!v->broken)
        check_rows(f);
    if (!v->broken) {
        add_numbers(f);
        add_rows(f);
        if (rk_duality_broken(&f->d) != UINT32_MAX)
            BROKEN(RK_REFUSED_QUOTA, NULL, _("the quotas of the certificate are not kept"));
    }
    rk_verify_end_rules(v);
    find_values(f);
    check_claims(f);
    if (!v->broken)
        add_limits(f);
    if (!v->broken)
        prove(f);
    if (!v->found[RK_VERIFY_CERTIFICATE])
        v->tell(v->context, RK_VERIFY_CERTIFICATE, RK_VERIFY_HOLDS, "");
    rk_duality_free(&f->d);
    rk_free(f->adds);
    rk_free(f->rows);
    rk_free(f->of);
    rk_free(f->of_first);
    rk_free(f->limit_rules);
}
