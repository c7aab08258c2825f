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
#include "base/random.h"
#include "panel/verify_state.h"
#include "stat/duality.h"

struct row { /* of the certificate, nested ones first */
    const struct rk_certificate_row *row;
    uint32_t quota;           /* RK_NONE: the tables have none such */
    int32_t max;              /* no more than the places, nor than around */
    int32_t kept_for, within; /* seats kept empty for them; and for those of rows inside */
};

struct proof {
    struct rk_verify *v;
    const struct rk_certificate *c;
    struct rk_duality d; /* numbers: pairs, panelists, recruitments, nested rows */
    struct row *rows;
    uint32_t row_count, *cell_first, *of;        /* of: pairs by recruitment */
    uint32_t panel_rules, pool_rules, row_rules; /* the first; those of panelists come first */
    uint32_t crossing_rules;                     /* two each: max, min */
    uint32_t *limit_rules;                       /* by number of the limit */
    int64_t (*adds)[RK_CHOICE_LEVELS];           /* by pair: what it adds to the levels */
    __int128 value[RK_CHOICE_LEVELS], spread[RK_CHOICE_LEVELS]; /* no choice has more than both */
};

/* ---- the certificate's quotas ---- */

static bool counts(const struct rk_match_problem *problem, uint32_t cell, uint32_t quota)
{
    for (uint32_t k = 0; k < problem->cells[cell].count; k++)
        if (problem->cell_rows[problem->cells[cell].first + k] == quota)
            return true;
    return false;
}

/* Those of quota a who are of b too: all, none, or -1 = some. Where nobody is of a, all when a's
 * kind has all parts of b's. */
enum { SOME = -1, NONE, ALL };
static int share(const struct proof *f, uint32_t a, uint32_t b)
{
    const struct rk_match_problem *problem = &f->v->problem;
    const struct rk_match_quota *inner = &problem->quotas[a], *outer = &problem->quotas[b];
    uint32_t of_a = 0, both = 0, parts = 0;
    for (uint32_t c = f->cell_first[inner->recruitment]; c < f->cell_first[inner->recruitment + 1];
         c++) {
        of_a += counts(problem, c, a);
        both += counts(problem, c, a) && counts(problem, c, b);
    }
    for (uint32_t i = 0; i < inner->part_count; i++)
        for (uint32_t o = 0; o < outer->part_count; o++)
            parts += inner->parts[i].feature == outer->parts[o].feature &&
                     inner->parts[i].value == outer->parts[o].value;
    return !of_a          ? (parts == outer->part_count ? ALL : NONE)
           : both == of_a ? ALL
           : both         ? SOME
                          : NONE;
}

static bool same_people(const struct proof *f, uint32_t a, uint32_t b)
{
    return a == b || (share(f, a, b) == ALL && share(f, b, a) == ALL);
}

/* Finds the quota of the tables that a row of the certificate is, and holds the two together.
 * Quotas of equal people are one row, the narrowest of them. */
static void match_row(struct proof *f, uint32_t i)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_row *told =
        i < f->c->row_count ? &f->c->rows[i] : &f->c->crossing[i - f->c->row_count];
    struct row *row = &f->rows[i];
    uint32_t r = told->recruitment, q;
    int32_t min = 0, max = INT32_MAX;
    *row = (struct row){told, RK_NONE, v->problem.recruitments[r].places, 0, 0};
    for (q = v->quota_first[r]; q < v->quota_first[r + 1]; q++)
        if (rk_text_equal(rk_panel_quota_row(v->quotas, q)->feature, told->feature) &&
            rk_text_equal(rk_panel_quota_row(v->quotas, q)->value, told->value))
            row->quota = q;
    for (q = v->quota_first[r]; row->quota != RK_NONE && q < v->quota_first[r + 1]; q++)
        if (same_people(f, q, row->quota)) {
            min = v->problem.quotas[q].min > min ? v->problem.quotas[q].min : min;
            max = v->problem.quotas[q].max < max ? v->problem.quotas[q].max : max;
            v->lowered[q] = told->min >= v->lowered[q] ? told->min + 1 : v->lowered[q];
        }
    row->max = max < row->max ? max : row->max;
    if (told->around != RK_NONE && f->rows[told->around].max < row->max)
        row->max = f->rows[told->around].max;
    if (row->quota == RK_NONE || told->min > min || told->max < max ||
        told->max > v->problem.quotas[row->quota].max)
        BROKEN(RK_VERIFY_CERTIFICATE, NULL,
               _("recruitment %s: the quota %s %s is another in the certificate"), RECRUITMENT(r),
               told->feature.text, told->value.text);
}

/* Minimums that cannot be kept together are lower in the certificate. */
static void find_lowered(struct proof *f)
{
    struct rk_verify *v = f->v;
    for (uint32_t q = 0; q < v->problem.quota_count; q++) {
        const struct rk_quota *row = rk_panel_quota_row(v->quotas, q);
        int32_t asked = v->lowered[q] - 1; /* -1: by no row */
        v->lowered[q] = 0;
        if (asked < 0 || asked >= v->problem.quotas[q].min)
            continue;
        v->lowered[q] = v->problem.quotas[q].min - asked;
        rk_verify_found(v, RK_REFUSED_QUOTA, RK_VERIFY_TOLD, NULL,
                        _("recruitment %s: the quotas can't all be kept: %s %s was lowered by %d"),
                        RECRUITMENT(v->problem.quotas[q].recruitment), row->feature.text,
                        row->value.text, v->lowered[q]);
    }
}

/* People of a row are people of the rows around it, and of no others: else the same empty seat
 * could be kept for two rows. Inside out, a row keeps seats empty for those whom it lacks. */
static void check_rows(struct proof *f)
{
    const struct rk_certificate *c = f->c;
    bool nest = true;
    for (uint32_t i = 0; i < c->row_count && nest; i++) {
        struct row *row = &f->rows[i];
        uint32_t around = row->row->around, r = row->row->recruitment, j;
        int32_t lacks = row->row->min - f->v->count[row->quota] - row->within;
        for (j = i + 1; j < c->row_count && c->rows[j].recruitment == r; j++) {
            int shared = share(f, row->quota, f->rows[j].quota);
            bool empty = shared == ALL && share(f, f->rows[j].quota, row->quota) == NONE;
            if (j == around) {
                nest &= shared == ALL;
                around = c->rows[j].around;
            } else
                nest &= shared == NONE || (empty && !(row->row->min && c->rows[j].min));
        }
        nest &= around == RK_NONE && (j == c->row_count || c->rows[j].recruitment > r);
        row->kept_for = lacks > 0 ? lacks : 0;
        if (row->row->around != RK_NONE)
            f->rows[row->row->around].within += row->within + row->kept_for;
    }
    if (!nest)
        rk_verify_found(f->v, RK_VERIFY_CERTIFICATE, RK_VERIFY_BROKEN, NULL,
                        _("the quotas do not nest as the certificate says"));
}

/* ---- what the assignment is worth ---- */

static uint32_t lot(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    struct rk_buf key = {0};
    rk_buf_printf(&key, "panel-tie|%zu|%s|%s", strlen(RECRUITMENT(r)), RECRUITMENT(r), PANELIST(p));
    struct rk_random random = rk_random(v->facts->seed, (struct rk_text){key.text, key.size});
    rk_buf_free(&key);
    return (uint32_t)(rk_random_u64(&random) >> 32);
}

/* What each pair adds to the levels. */
static void cost_pairs(struct proof *f)
{
    struct rk_verify *v = f->v;
    if (f->c->fit_unit != v->unit)
        BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("fit_unit is not what all fits are multiples of"));
    for (uint32_t i = 0; i < v->problem.pair_count; i++) {
        const struct rk_match_pair *pair = &v->problem.pairs[i];
        f->adds[i][RK_CHOICE_FIT] = -pair->fit;
        f->adds[i][RK_CHOICE_LOTTERY] = lot(v, pair->panelist, pair->recruitment);
    }
    for (uint32_t s = 0; s < f->c->stay_count; s++)
        for (uint32_t i = v->pair_first[f->c->stay[s].panelist];
             i < v->pair_first[f->c->stay[s].panelist + 1]; i++)
            if (v->problem.pairs[i].recruitment == f->c->stay[s].recruitment)
                f->adds[i][RK_CHOICE_CHANGE] -= f->c->stay[s].worth;
}

/* More memberships than these no choice gives the panelist: in each month and year what the caps
 * leave, and one of each group of pairs that all overlap. */
static int64_t most_memberships(const struct proof *f, uint32_t p)
{
    const struct rk_verify *v = f->v;
    uint32_t first = v->pair_first[p], count = v->pair_first[p + 1] - first;
    uint32_t *leader = rk_alloc((size_t)count + 1, sizeof *leader);
    int64_t most = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct rk_match_recruitment *panels = v->problem.recruitments;
        uint32_t r = v->problem.pairs[first + i].recruitment;
        int32_t month = panels[r].month, in_month = 0, in_year = 0;
        bool joins = panels[r].places == 0;
        leader[i] = RK_NONE;
        for (uint32_t j = 0; j < i && !joins; j++) {
            int32_t other = panels[v->problem.pairs[first + j].recruitment].month;
            joins = leader[j] == j && other == month;
            in_month += joins;
            in_year += leader[j] == j && other / 12 == month / 12;
            for (uint32_t k = j; k < i && joins; k++)
                joins =
                    leader[k] != j || rk_verify_meet(v, r, v->problem.pairs[first + k].recruitment);
            leader[i] = joins ? j : RK_NONE;
        }
        if (!joins && in_month < rk_verify_left(v, p, month, 1) &&
            in_year < rk_verify_left(v, p, month, 12)) {
            leader[i] = i;
            most++;
        }
    }
    rk_free(leader);
    return most;
}

/* The values of the assignment; and for each level, how much more than that a choice may have. */
static void find_values(struct proof *f)
{
    struct rk_verify *v = f->v;
    const struct rk_match_problem *problem = &v->problem;
    __int128 most_load = 0, seats = 0, most_lot = 0;
    for (uint32_t i = 0; i < problem->pair_count; i++)
        for (int l = 0; l < RK_CHOICE_LEVELS; l++) {
            int64_t adds = f->adds[i][l];
            f->value[l] += v->chosen[i] ? adds : 0;
            f->spread[l] += l == RK_CHOICE_CHANGE && adds > 0 ? adds : 0;
            most_lot = l == RK_CHOICE_LOTTERY && adds > most_lot ? adds : most_lot;
        }
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        int64_t lack = problem->recruitments[r].lacking, places = problem->recruitments[r].places;
        int64_t empty = places - v->members[r];
        f->value[RK_CHOICE_SEATS] += empty;
        f->value[RK_CHOICE_SHORTAGE] += empty * (2 * lack + empty);
        f->spread[RK_CHOICE_SEATS] += places;
        f->spread[RK_CHOICE_SHORTAGE] += places * (2 * lack + places);
        seats += places < f->of[r] ? places : f->of[r];
    }
    for (uint32_t p = 0; p < problem->panelist_count; p++) {
        int64_t before = problem->panelists[p].load, most = most_memberships(f, p);
        int64_t now = f->d.numbers[problem->pair_count + p].now;
        f->value[RK_CHOICE_LOAD] += now * (2 * before + now);
        most = most < seats ? most : (int64_t)seats;
        most_load = most && 2 * before + most > most_load ? 2 * before + most : most_load;
    }
    f->spread[RK_CHOICE_LOTTERY] = seats * most_lot;
    f->spread[RK_CHOICE_LOAD] = seats * most_load;
    for (int l = 0; l < RK_CHOICE_LEVELS; l++)
        f->spread[l] -= f->value[l];
}

/* ---- the numbers, the rules and the prices ---- */

static void add_numbers(struct proof *f)
{
    struct rk_verify *v = f->v;
    struct rk_duality *d = &f->d;
    const struct rk_match_problem *problem = &v->problem;
    uint32_t pairs = problem->pair_count, people = problem->panelist_count;
    f->panel_rules = people;
    f->pool_rules = people + problem->recruitment_count;
    for (uint32_t i = 0; i < pairs; i++) {
        uint32_t r = problem->pairs[i].recruitment;
        f->of[r]++;
        rk_duality_number(d, 0, problem->recruitments[r].places > 0, v->chosen[i]);
    }
    for (uint32_t p = 0; p < people; p++) {
        int32_t most = 0, now = 0;
        for (uint32_t i = v->pair_first[p]; i < v->pair_first[p + 1]; i++) {
            most += d->numbers[i].high;
            now += v->chosen[i];
        }
        rk_duality_term(d, rk_duality_rule(d, 0, 0), rk_duality_number(d, 0, most, now), -1);
        d->numbers[pairs + p].base = problem->panelists[p].load;
    }
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        int32_t places = problem->recruitments[r].places, of = (int32_t)f->of[r];
        uint32_t empty =
            rk_duality_number(d, places > of ? places - of : 0, places, places - v->members[r]);
        d->numbers[empty].base = problem->recruitments[r].lacking;
        rk_duality_term(d, rk_duality_rule(d, places, places), empty, 1);
    }
    for (uint32_t i = 0; i < pairs; i++) {
        rk_duality_term(d, problem->pairs[i].panelist, i, 1);
        rk_duality_term(d, people + problem->pairs[i].recruitment, i, 1);
    }
    for (uint32_t r = 0; r < problem->recruitment_count; r++)
        rk_duality_term(d, rk_duality_rule(d, RK_DUALITY_NONE, 0), pairs + people + r, -1);
}

static void add_rows(struct proof *f)
{
    struct rk_duality *d = &f->d;
    const struct rk_match_problem *problem = &f->v->problem;
    uint32_t nested = f->c->row_count, empty = problem->pair_count + problem->panelist_count;
    uint32_t *of = rk_alloc((size_t)problem->quota_count + 1, sizeof *of); /* 1 + the row */
    f->row_rules = d->rule_count;
    f->crossing_rules = d->rule_count + nested;
    for (uint32_t i = 0; i < f->row_count; i++) {
        const struct row *row = &f->rows[i];
        of[row->quota] = i + 1;
        uint32_t rule = rk_duality_rule(d, i < nested ? row->row->min : RK_DUALITY_NONE, row->max);
        if (i < nested)
            continue;
        rule = rk_duality_rule(d, row->row->min, RK_DUALITY_NONE);
        rk_duality_term(d, rule, empty + row->row->recruitment, 1);
    }
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t c = problem->pair_cell[i], k = c == RK_NONE ? 0 : problem->cells[c].count;
        while (k--) {
            uint32_t row = of[problem->cell_rows[problem->cells[c].first + k]];
            if (row > nested) {
                rk_duality_term(d, f->crossing_rules + 2 * (row - 1 - nested), i, 1);
                rk_duality_term(d, f->crossing_rules + 2 * (row - 1 - nested) + 1, i, 1);
            } else if (row) {
                rk_duality_term(d, f->row_rules + row - 1, i, 1);
            }
        }
    }
    rk_free(of);
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
    bool overlap = limit->kind == RK_CERTIFICATE_OVERLAP;
    int32_t months = limit->kind == RK_CERTIFICATE_YEAR ? 12 : 1;
    int64_t room = overlap ? 1 : rk_verify_left(v, limit->panelist, limit->month, months);
    if (f->limit_rules[limit->number])
        return true;
    for (uint32_t i = 0; i < limit->overlap_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (!rk_verify_meet(v, limit->overlap[i], limit->overlap[j]))
                return false;
    if (room == INT32_MAX)
        return false;
    f->limit_rules[limit->number] = rk_duality_rule(&f->d, RK_DUALITY_NONE, room);
    for (uint32_t i = v->pair_first[limit->panelist]; i < v->pair_first[limit->panelist + 1]; i++) {
        uint32_t r = v->problem.pairs[i].recruitment, o = 0;
        int32_t month = v->problem.recruitments[r].month;
        while (o < limit->overlap_count && limit->overlap[o] != r)
            o++;
        if (overlap ? o < limit->overlap_count
                    : month >= limit->month && month < limit->month + months)
            rk_duality_term(&f->d, f->limit_rules[limit->number], i, 1);
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
    uint32_t people = v->problem.panelist_count, panels = v->problem.recruitment_count;
    __int128 bound;
    for (uint32_t i = 0; i < v->problem.pair_count; i++) {
        d->numbers[i].each = 0;
        for (int l = s->first; l < s->end; l++)
            rk_duality_add(d, &d->numbers[i].each, s->weight[l], f->adds[i][l]);
    }
    for (uint32_t p = 0; p < people; p++)
        d->numbers[v->problem.pair_count + p].square = s->weight[RK_CHOICE_LOAD];
    for (uint32_t r = 0; r < panels; r++) {
        d->numbers[v->problem.pair_count + people + r].each = s->weight[RK_CHOICE_SEATS];
        d->numbers[v->problem.pair_count + people + r].square = s->weight[RK_CHOICE_SHORTAGE];
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
    for (uint32_t r = 0; r < v->problem.recruitment_count; r++)
        if (rk_eligible_panel(v->eligible, r)->open) {
            seats += v->facts->rules.recruitments->rows[r].seats;
            filled += rk_eligible_panel(v->eligible, r)->kept + v->members[r];
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
    if (f->c->mode == RK_CERTIFICATE_PROGRAMME)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL, "%s", _("not proven"));
    int last = f->c->mode == RK_CERTIFICATE_CHOICE ? RK_CHOICE_LEVELS : RK_CHOICE_SHORTAGE + 1;
    for (; level < last; level++)
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

void rk_verify_proof(struct rk_verify *v)
{
    const struct rk_certificate *c = v->facts->certificate;
    const struct rk_match_problem *problem = &v->problem;
    if (!c || v->broken) {
        rk_verify_end_rules(v);
        rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_OPEN, NULL, "%s",
                        c ? _("not looked at, since rules are broken")
                          : _("there is none, so nothing is proven"));
        return;
    }
    struct proof proof = {.v = v, .c = c, .row_count = c->row_count + c->crossing_count};
    struct proof *f = &proof;
    f->adds = rk_alloc((size_t)problem->pair_count + 1, sizeof *f->adds);
    f->rows = rk_alloc((size_t)f->row_count + 1, sizeof *f->rows);
    f->of = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *f->of);
    f->limit_rules = rk_alloc((size_t)c->limit_numbers + 1, sizeof *f->limit_rules);
    f->cell_first = rk_firsts(problem->cells, problem->cell_count, sizeof *problem->cells,
                              problem->recruitment_count);
    cost_pairs(f);
    for (uint32_t i = f->row_count; i--;)
        match_row(f, i);
    if (!v->broken) {
        find_lowered(f);
        check_rows(f);
        add_numbers(f);
        add_rows(f);
        if (c->stage_count && rk_duality_broken(&f->d) != UINT32_MAX)
            BROKEN(RK_REFUSED_QUOTA, NULL, _("the quotas of the certificate are not kept"));
    }
    if (c->mode == RK_CERTIFICATE_PANELS && !v->broken)
        rk_verify_panels(v);
    rk_verify_end_rules(v);
    if (!v->broken) {
        find_values(f);
        check_claims(f);
    }
    if (!v->broken)
        add_limits(f);
    if (!v->broken && c->mode != RK_CERTIFICATE_PANELS)
        prove(f);
    if (!v->broken && c->mode == RK_CERTIFICATE_CHOICE && !c->stage_count)
        rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_OPEN, NULL, "%s",
                        _("found by whole-number search, which a certificate cannot prove"));
    if (!v->found[RK_VERIFY_CERTIFICATE])
        rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_HOLDS, NULL, "%s", "");
    rk_duality_free(&f->d);
    rk_free(f->adds);
    rk_free(f->rows);
    rk_free(f->of);
    rk_free(f->limit_rules);
    rk_free(f->cell_first);
}
