/* The proof, by lib/stat/duality.h. An assignment is told by numbers: x = 0 or 1 of each pair; l
 * new memberships of each panelist; u empty places of each recruitment; y empty seats kept for the
 * people of each quota told. The rules tie them together, and the certificate prices its rows of
 * them:
 *
 *   panelist   sum of x of the panelist - l = 0
 *   seats      sum of x of the recruitment + u = places
 *   empty      sum of y of the group's quotas - u <= 0
 *   quota      min <= sum of x of its people + y of it and of those inside it <= max
 *   limits     sum of x under a cap or an overlap <= its room
 *
 * A lottery's expected numbers keep them, too. */
#include "base/random.h"
#include "panel/verify_state.h"
#include "stat/duality.h"

enum { CHANCES = RK_CHOICE_LEVELS }; /* a level more: what the chances, or a cut, cost */

struct proof {
    struct rk_verify *v;
    struct rk_certificate *c;
    struct rk_duality d;
    struct rk_duality_aim aim;
    uint32_t loads, empty, kept; /* the first numbers of a kind; pairs come first */
    uint32_t seat_rules, group_rules, quota_rules; /* likewise; panelists come first */
    uint32_t *quota, *told; /* by quota of the certificate: that of the tables; 1 + the other way */
};
#define WRONG(text) BROKEN(RK_VERIFY_CERTIFICATE, NULL, "%s", _(text))

/* ---- the certificate's quotas ---- */

/* Has the kind of quota a all parts of b's? */
static bool implies(const struct rk_verify_quota *a, const struct rk_verify_quota *b)
{
    uint32_t parts = 0;
    for (uint32_t i = 0; i < a->row->part_count; i++)
        for (uint32_t j = 0; j < b->row->part_count; j++)
            parts += a->parts[i].feature == b->parts[j].feature &&
                     a->parts[i].value == b->parts[j].value;
    return parts == b->row->part_count;
}

/* Can nobody be of both kinds, in the bank or out of it? */
static bool apart(const struct rk_verify *v, const struct rk_verify_quota *a,
                  const struct rk_verify_quota *b)
{
    for (uint32_t i = 0; i < a->row->part_count; i++)
        for (uint32_t j = 0; j < b->row->part_count; j++) {
            const struct rk_feature *feature = &v->facts->features->all[a->parts[i].feature];
            if (a->parts[i].feature == b->parts[j].feature && !feature->is_list &&
                !feature->may_list &&
                (feature->is_age
                     ? a->parts[i].to < b->parts[j].from || b->parts[j].to < a->parts[i].from
                     : a->parts[i].value != b->parts[j].value))
                return true;
        }
    return false;
}

/* Finds the quota of the tables that one of the certificate is, whose min may be lower there, where
 * not all can be kept together. */
static void find_quota(struct proof *f, uint32_t i)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_quota *told = &f->c->quotas[i];
    uint32_t r = told->recruitment, first = v->quota_first[r], end = v->quota_first[r + 1],
             at = end;
    int32_t min = 0, max = v->panels[r].places;
    for (uint32_t q = first; q < end; q++)
        if (rk_text_equal(v->quotas[q].row->feature, told->feature) &&
            rk_text_equal(v->quotas[q].row->value, told->value) && !f->told[q])
            at = q;
    if (told->around != RK_NONE && f->c->quotas[told->around].max < max)
        max = f->c->quotas[told->around].max;
    for (uint32_t q = first; q < end && at < end; q++) {
        struct rk_verify_quota *quota = &v->quotas[q];
        if (!implies(quota, &v->quotas[at]) || !implies(&v->quotas[at], quota))
            continue;
        min = quota->min > min ? quota->min : min;
        max = quota->max < max ? quota->max : max;
        if (quota->min <= told->min)
            continue;
        quota->lowered = quota->min - told->min;
        rk_verify_found(v, RK_REFUSED_QUOTA, RK_VERIFY_TOLD, NULL,
                        _("recruitment %s: the quotas can't all be kept: %s %s was lowered by %d"),
                        RECRUITMENT(r), told->feature.text, told->value.text, quota->lowered);
    }
    if (at == end || told->min > min || told->max != max) {
        BROKEN(RK_VERIFY_CERTIFICATE, NULL,
               _("recruitment %s: the quota %s %s is another in the certificate"), RECRUITMENT(r),
               told->feature.text, told->value.text);
        return;
    }
    f->quota[i] = at;
    f->told[at] = i + 1;
}

static bool is_inside(const struct proof *f, uint32_t i, uint32_t j)
{
    while (i != RK_NONE && i != j)
        i = f->c->quotas[i].around;
    return i == j;
}

/* A seat kept for a quota's people counts in those around it: it must be of their kind, or they
 * have no max to reach; and is not of two others of the group: nobody could be of both. */
static void check_groups(struct proof *f)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_quota *told = f->c->quotas;
    bool nest = true;
    for (uint32_t i = 0; i < f->c->quota_count; i++)
        for (uint32_t j = i + 1; j < f->c->quota_count && told[j].group == told[i].group; j++) {
            const struct rk_verify_quota *a = &v->quotas[f->quota[i]], *b = &v->quotas[f->quota[j]];
            nest &= !told[i].min ||
                    (is_inside(f, i, j)
                         ? implies(a, b) || told[j].max >= v->panels[a->recruitment].places
                         : !told[j].min || apart(v, a, b));
        }
    if (!nest)
        WRONG(N_("the quotas do not nest as the certificate says"));
}

/* From inside out, a quota keeps seats empty for those whom the assignment lacks. */
static void keep_seats(struct proof *f)
{
    const struct rk_duality_term *terms = f->d.terms;
    uint32_t n = f->c->quota_count;
    int32_t *has = rk_alloc((size_t)n + 1, sizeof *has);
    for (uint64_t t = 0; t < f->d.term_count; t++)
        if (terms[t].rule >= f->quota_rules && terms[t].number < f->loads)
            has[terms[t].rule - f->quota_rules] += f->d.numbers[terms[t].number].now;
    for (uint32_t i = 0; i < n; i++) {
        int32_t lacks = f->c->quotas[i].min - has[i];
        f->d.numbers[f->kept + i].now = lacks > 0 ? lacks : 0;
        for (uint32_t a = f->c->quotas[i].around; a != RK_NONE && lacks > 0;
             a = f->c->quotas[a].around)
            has[a] += lacks;
    }
    rk_free(has);
}

/* ---- numbers and rules ---- */

static uint32_t lot(const struct rk_verify *v, uint32_t p, uint32_t r)
{
    struct rk_buf key = {0};
    rk_buf_printf(&key, "panel-tie|%zu|%s|%s", strlen(RECRUITMENT(r)), RECRUITMENT(r), PANELIST(p));
    struct rk_random random = rk_random(v->facts->seed, (struct rk_text){key.text, key.size});
    rk_buf_free(&key);
    return (uint32_t)(rk_random_u64(&random) >> 32);
}

/* Where panels are repaired, a member of before is worth more than all reserves; the first reserves
 * more than later ones. */
static void find_stays(struct proof *f)
{
    const struct rk_verify *v = f->v;
    const struct rk_assignments *before = v->facts->tables.assignments;
    int64_t places = 0, last = 1;
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        places += v->panels[r].places;
    for (uint32_t i = 0; i < before->count; i++)
        if (before->rows[i].seat == RK_SEAT_RESERVE && before->rows[i].position > last)
            last = before->rows[i].position;
    for (uint32_t i = 0; i < v->stood.pairs.count && f->c->repair; i++) {
        const struct rk_assignment *row = v->stood.rows[i];
        uint32_t pair = rk_verify_pair(v, row->panelist, row->recruitment);
        if (pair != RK_NONE)
            f->d.numbers[pair].each[RK_CHOICE_CHANGE] =
                row->seat == RK_SEAT_MEMBER ? -places * last - 1
                : row->position > 0         ? row->position - last - 1
                                            : -1;
    }
}

static void add_numbers(struct proof *f)
{
    struct rk_verify *v = f->v;
    struct rk_duality *d = &f->d;
    int32_t *of = rk_alloc((size_t)PANELS_OF(v) + 1, sizeof *of);
    f->loads = v->pair_count;
    f->empty = f->loads + PEOPLE_OF(v);
    f->kept = f->empty + PANELS_OF(v);
    for (uint32_t i = 0; i < v->pair_count; i++) {
        const struct rk_verify_pair *pair = &v->pairs[i];
        of[pair->recruitment]++;
        rk_duality_number(d, 0, v->panels[pair->recruitment].places > 0, pair->chosen);
        d->numbers[i].each[RK_CHOICE_FIT] = -pair->fit;
        d->numbers[i].each[RK_CHOICE_LOTTERY] = lot(v, pair->panelist, pair->recruitment);
    }
    find_stays(f);
    for (uint32_t p = 0; p < PEOPLE_OF(v); p++) {
        int32_t most = 0, now = 0;
        for (uint32_t i = v->pair_first[p]; i < v->pair_first[p + 1]; i++) {
            most += d->numbers[i].high;
            now += v->pairs[i].chosen;
        }
        uint32_t load = rk_duality_number(d, 0, most, now);
        d->numbers[load].base = rk_verify_load(v, p);
        d->numbers[load].square = 1 + RK_CHOICE_LOAD;
    }
    for (uint32_t r = 0; r < PANELS_OF(v); r++) {
        int32_t places = v->panels[r].places;
        uint32_t empty = rk_duality_number(d, places > of[r] ? places - of[r] : 0, places,
                                           places - v->panels[r].members);
        d->numbers[empty].base = v->panels[r].lacking;
        d->numbers[empty].square = 1 + RK_CHOICE_SHORTAGE;
        d->numbers[empty].each[RK_CHOICE_SEATS] = 1;
    }
    for (uint32_t i = 0; i < f->c->quota_count; i++)
        rk_duality_number(d, 0, f->c->quotas[i].min, 0);
    rk_free(of);
}

/* A pair counts under the quotas of its people: of one told, also of those around it, and of no
 * others of its group. */
static void add_quotas(struct proof *f, uint32_t pair, bool *counts)
{
    const struct rk_certificate_quota *told = f->c->quotas;
    struct rk_verify *v = f->v;
    uint32_t r = v->pairs[pair].recruitment, first = v->quota_first[r], end = v->quota_first[r + 1];
    bool nest = true;
    for (uint32_t q = first; q < end; q++) {
        counts[q] = f->told[q] && rk_verify_counts(v, &v->quotas[q], v->pairs[pair].panelist);
        if (counts[q])
            rk_duality_term(&f->d, f->quota_rules + f->told[q] - 1, pair, 1);
    }
    for (uint32_t q = first; q < end; q++) {
        uint32_t i = f->told[q] - 1, around = counts[q] ? told[i].around : RK_NONE;
        nest &= around == RK_NONE || counts[f->quota[around]];
        for (uint32_t o = first; o < end && counts[q]; o++)
            nest &= !counts[o] || told[f->told[o] - 1].group != told[i].group ||
                    is_inside(f, i, f->told[o] - 1) || is_inside(f, f->told[o] - 1, i);
    }
    if (!nest && !v->broken)
        WRONG(N_("the quotas do not nest as the certificate says"));
}

/* Those that hold whatever is priced: of panelists, recruitments, groups by first quota, quotas. */
static void add_rules(struct proof *f)
{
    const struct rk_verify *v = f->v;
    const struct rk_certificate_quota *told = f->c->quotas;
    struct rk_duality *d = &f->d;
    bool *counts = rk_alloc((size_t)v->quota_count + 1, sizeof *counts);
    f->seat_rules = PEOPLE_OF(v);
    f->group_rules = f->seat_rules + PANELS_OF(v);
    f->quota_rules = f->group_rules + f->c->quota_count;
    for (uint32_t p = 0; p < PEOPLE_OF(v); p++)
        rk_duality_term(d, rk_duality_rule(d, 0, 0), f->loads + p, -1);
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        rk_duality_term(d, rk_duality_rule(d, v->panels[r].places, v->panels[r].places),
                        f->empty + r, 1);
    for (uint32_t i = 0; i < f->c->quota_count; i++) {
        rk_duality_rule(d, RK_DUALITY_NONE, 0);
        rk_duality_term(d, f->group_rules + told[i].group, f->kept + i, 1);
        if (told[i].group == i)
            rk_duality_term(d, f->group_rules + i, f->empty + told[i].recruitment, -1);
        for (uint32_t a = i; a != RK_NONE; a = told[a].around)
            rk_duality_term(d, f->quota_rules + a, f->kept + i, 1);
    }
    for (uint32_t i = 0; i < f->c->quota_count; i++)
        rk_duality_rule(d, told[i].min, told[i].max);
    for (uint32_t i = 0; i < v->pair_count; i++) {
        uint32_t p = v->pairs[i].panelist, r = v->pairs[i].recruitment;
        rk_duality_term(d, p, i, 1);
        rk_duality_term(d, f->seat_rules + r, i, 1);
        add_quotas(f, i, counts);
    }
    rk_free(counts);
}

/* The pairs that a row sums: of one panelist and some recruitments or a period, or of one
 * recruitment and some panelists. */
static void add_pairs(struct proof *f, const struct rk_certificate_row *row, uint32_t rule)
{
    const struct rk_verify *v = f->v;
    bool people = row->kind == RK_CERTIFICATE_PEOPLE;
    int32_t months = row->kind == RK_CERTIFICATE_YEAR ? 12 : 1;
    for (uint32_t k = 0; k < row->count; k++) {
        uint32_t pair = people ? rk_verify_pair(v, row->list[k], row->of)
                               : rk_verify_pair(v, row->of, row->list[k]);
        if (pair != RK_NONE)
            rk_duality_term(&f->d, rule, pair, 1);
    }
    for (uint32_t i = row->count ? v->pair_count : v->pair_first[row->of];
         !row->count && i < v->pair_first[row->of + 1]; i++)
        if (v->panels[v->pairs[i].recruitment].month / months == row->month / months)
            rk_duality_term(&f->d, rule, i, 1);
}

/* A sum of how many are of some types, and of what quotas lack. */
static void add_cut(struct proof *f, const struct rk_certificate_row *row, uint32_t rule)
{
    const struct rk_certificate_panels *lottery = &f->c->lottery;
    for (uint32_t k = 0; k < row->types && lottery->type_of; k++)
        for (uint32_t i = 0; i < f->v->pair_count; i++)
            if (lottery->type_of[f->v->pairs[i].panelist] == row->list[k])
                rk_duality_term(&f->d, rule, i, row->factor[k]);
    for (uint32_t k = row->types; k < row->count; k++)
        rk_duality_term(&f->d, rule, f->kept + row->list[k], row->factor[k]);
}

/* What a level costs, where that is a sum. */
static bool add_level(struct proof *f, int level, uint32_t rule)
{
    bool sum = true;
    for (uint32_t n = 0; n < f->d.number_count; n++) {
        const struct rk_duality_number *number = &f->d.numbers[n];
        bool square = number->square == 1 + level;
        int64_t factor = number->each[level] + (square ? 2 * number->base + 1 : 0);
        sum &= !square || number->high <= 1;
        if (factor)
            rk_duality_term(&f->d, rule, n, factor);
    }
    f->aim.held[level] = rule + 1;
    return sum;
}

/* The rule that a row of the certificate tells; RK_NONE where the rules know no such thing. */
static uint32_t add_row(struct proof *f, const struct rk_certificate_row *row)
{
    const struct rk_verify *v = f->v;
    int64_t room = 1;
    uint32_t rule;
    switch (row->kind) {
    case RK_CERTIFICATE_PANELIST: return row->of;
    case RK_CERTIFICATE_SEATS: return f->seat_rules + row->of;
    case RK_CERTIFICATE_EMPTY:
        return f->c->quotas[row->of].group == row->of ? f->group_rules + row->of : RK_NONE;
    case RK_CERTIFICATE_QUOTA: return f->quota_rules + row->of;
    case RK_CERTIFICATE_LEVEL:
        rule = rk_duality_rule(&f->d, RK_DUALITY_NONE, RK_DUALITY_NONE);
        return !f->aim.held[row->of] && add_level(f, (int)row->of, rule) ? rule : RK_NONE;
    case RK_CERTIFICATE_CUT: /* has no end before it is proven */
        rule = rk_duality_rule(&f->d, RK_DUALITY_NONE, RK_DUALITY_NONE);
        add_cut(f, row, rule);
        return f->c->mode == RK_CERTIFICATE_PANELS ? rule : RK_NONE;
    case RK_CERTIFICATE_PEOPLE: room = RK_DUALITY_NONE; break;
    case RK_CERTIFICATE_OVERLAP:
        for (uint32_t i = 0; i < row->count; i++)
            for (uint32_t j = 0; j < i; j++)
                if (!rk_verify_meet(v, row->list[i], row->list[j]))
                    return RK_NONE;
        break;
    default:
        room = rk_verify_left(v, row->of, row->month, row->kind == RK_CERTIFICATE_YEAR ? 12 : 1);
    }
    rule = rk_duality_rule(&f->d, RK_DUALITY_NONE, room);
    add_pairs(f, row, rule);
    return room != INT32_MAX ? rule : RK_NONE;
}

static void number(const struct rk_certificate *c, struct rk_certificate_prices prices)
{
    for (uint32_t i = 0; i < prices.count; i++)
        prices.items[i].row = c->rows[prices.items[i].row].rule;
}

/* Rows are numbered as rules from here on. */
static void add_rows(struct proof *f)
{
    struct rk_certificate *c = f->c;
    for (uint32_t i = 0; i < c->row_count; i++) {
        c->rows[i].rule = add_row(f, &c->rows[i]);
        if (c->rows[i].rule == RK_NONE) {
            struct rk_verify *v = f->v;
            BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("rows[%u]: there is no such rule"), i);
            return;
        }
    }
    for (uint32_t s = 0; s < c->stage_count; s++)
        number(c, c->stages[s].prices);
    number(c, c->programme.prices);
    for (uint32_t i = 0; i < c->node_count; i++)
        if (c->nodes[i].split != RK_NONE)
            c->nodes[i].split = c->rows[c->nodes[i].split].rule;
    for (uint32_t s = 0; s < c->lottery.steps.count; s++)
        for (uint32_t k = 0; k < c->lottery.steps.items[s].count; k++)
            c->lottery.steps.items[s].terms[k].of =
                c->rows[c->lottery.steps.items[s].terms[k].of].rule;
}

/* ---- what is proven ---- */

/* The values of the assignment; and for each level, how much more than that a choice may have. */
static void find_values(struct proof *f)
{
    const struct rk_verify *v = f->v;
    __int128 *spread = f->aim.spread, seats = 0, most_load = 0, most_lot = 0;
    for (uint32_t i = 0; i < v->pair_count; i++)
        if (f->d.numbers[i].each[RK_CHOICE_LOTTERY] > most_lot)
            most_lot = f->d.numbers[i].each[RK_CHOICE_LOTTERY];
    for (uint32_t r = 0; r < PANELS_OF(v); r++) {
        int64_t lack = v->panels[r].lacking, places = v->panels[r].places;
        spread[RK_CHOICE_SEATS] += places;
        spread[RK_CHOICE_SHORTAGE] += places * (2 * lack + places);
        seats += places - f->d.numbers[f->empty + r].low; /* that somebody could have */
    }
    for (uint32_t p = 0; p < PEOPLE_OF(v); p++) {
        const struct rk_duality_number *load = &f->d.numbers[f->loads + p];
        int64_t most = load->high < seats ? load->high : (int64_t)seats;
        if (most && 2 * load->base + most > most_load)
            most_load = 2 * load->base + most;
    }
    spread[RK_CHOICE_LOTTERY] = seats * most_lot;
    spread[RK_CHOICE_LOAD] = seats * most_load;
    for (int l = 0; l < RK_CHOICE_LEVELS; l++) {
        f->aim.value[l] = rk_duality_value(&f->d, l);
        spread[l] -= f->aim.value[l];
    }
}

static void tell_proven(struct proof *f, int level)
{
    static const char *const none[] = {
        [RK_CHOICE_SHORTAGE] = N_("none spreads the empty seats more evenly"),
        [RK_CHOICE_CHANGE] = N_("none changes less"),
        [RK_CHOICE_LOAD] = N_("none is fairer: spreads memberships more evenly"),
        [CHANCES] = N_("no lottery gives anybody more without giving less to somebody who has no "
                       "more")};
    struct rk_verify *v = f->v;
    struct rk_buf text = {0}, fit = {0};
    long long seats = 0, filled = 0;
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        if (v->panels[r].open) {
            seats += v->facts->tables.recruitments->rows[r].seats;
            filled += v->panels[r].kept + v->panels[r].members;
        }
    rk_fixed_print(&fit, -f->aim.value[RK_CHOICE_FIT] * v->unit);
    if (level == RK_CHOICE_SEATS)
        rk_buf_printf(&text, _("%lld of %lld seats are filled; no assignment fills more"), filled,
                      seats);
    else if (level == RK_CHOICE_FIT)
        rk_buf_printf(&text, _("none fits better; the fit is %s"), fit.text);
    else if (level == RK_CHOICE_LOTTERY)
        rk_buf_printf(&text, _("the lots of the seed '%s' decide what is still equal"),
                      f->c->seed.text);
    else
        rk_buf_text(&text, _(none[level]));
    rk_verify_found(v, RK_VERIFY_BEST + level, RK_VERIFY_PROVEN, NULL, "%s", text.text);
    rk_buf_free(&text);
    rk_buf_free(&fit);
}

static void tell_gap(struct proof *f, int level, __int128 slack)
{
    struct rk_buf gap = {0}, part = {0};
    rk_fixed unit = level == RK_CHOICE_FIT ? f->v->unit : RK_FIXED_ONE;
    __int128 size = f->aim.value[level] < 0 ? -f->aim.value[level] : f->aim.value[level];
    rk_fixed_print(&gap, slack * unit);
    rk_double_print(&part, size ? 100 * (double)slack / (double)size : 100);
    rk_verify_found(f->v, RK_VERIFY_BEST + level, RK_VERIFY_GAP, NULL,
                    _("the prices prove that none is better by more than %s (%s %%)"), gap.text,
                    part.text);
    rk_buf_free(&gap);
    rk_buf_free(&part);
}

/* Proves the levels of the aim from a node on; true: all of them. */
static bool prove(struct proof *f, uint32_t node)
{
    struct rk_verify *v = f->v;
    struct rk_duality_found found = {f->aim.first, -1, false};
    if (f->c->node_count)
        found = rk_duality_prove(&f->d, f->c, node, &f->aim);
    if (f->d.overflow || (found.less && f->aim.end <= RK_CHOICE_LEVELS))
        BROKEN(RK_VERIFY_CERTIFICATE, NULL,
               f->d.overflow ? _("its numbers are too large")
                             : _("the prices say that there can be no such assignment"));
    if (v->broken || f->aim.end > RK_CHOICE_LEVELS) /* chances and cuts are told elsewhere */
        return !v->broken && found.level == f->aim.end;
    for (int level = f->aim.first; level < f->aim.end; level++)
        if (level < found.level)
            tell_proven(f, level);
        else if (level == found.level && found.slack >= 0)
            tell_gap(f, level, found.slack);
        else
            rk_verify_found(v, RK_VERIFY_BEST + level, RK_VERIFY_OPEN, NULL, _("not proven"));
    return found.level == f->aim.end;
}

/* ---- lotteries ---- */

/* The rows of the assignment tell the chances (by number), in twelve digits. */
static void check_chances(struct proof *f, const struct rk_fraction *values)
{
    struct rk_verify *v = f->v;
    for (uint32_t i = 0; i < v->facts->result->count; i++) {
        const struct rk_assignment *row = &v->facts->result->rows[i];
        uint32_t pair = rk_verify_pair(v, row->panelist, row->recruitment);
        if (pair == RK_NONE || rk_verify_row(&v->kept, row->panelist, row->recruitment))
            continue;
        double off = rk_fraction_double(&values[pair]) - rk_fixed_double(row->probability);
        if (!row->has_probability || off > 1e-12 || off < -1e-12)
            BROKEN(RK_VERIFY_ROW, &row->pos,
                   _("recruitment %s: panelist %s: '%s' is not what a new row has"),
                   RECRUITMENT(row->recruitment), PANELIST(row->panelist), "probability");
    }
}

/* Chances are held against the quotas told, so all are there, those of a recruitment in one group.
 */
static void check_all_told(struct proof *f)
{
    struct rk_verify *v = f->v;
    bool good = true;
    for (uint32_t q = 0; q < v->quota_count; q++) {
        const struct rk_verify_quota *quota = &v->quotas[q];
        int32_t places = v->panels[quota->recruitment].places;
        bool there = places <= 0 || (quota->min <= 0 && quota->max >= places) || f->told[q];
        uint32_t group = RK_NONE;
        for (uint32_t o = v->quota_first[quota->recruitment];
             o < v->quota_first[quota->recruitment + 1]; o++) {
            uint32_t its = f->told[o] ? f->c->quotas[f->told[o] - 1].group : group;
            there |= f->told[o] && implies(quota, &v->quotas[o]) && implies(&v->quotas[o], quota);
            good &= group == RK_NONE || its == group;
            group = its;
        }
        good &= there;
    }
    if (!good)
        WRONG(N_("it does not tell all quotas, or not together"));
}

/* The expected numbers of the certificate: of members and kept seats, and what follows from them.
 */
static void expect_numbers(struct proof *f, struct rk_fraction *values)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_programme *c = &f->c->programme;
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        rk_fraction_set_whole(&values[f->empty + r], v->panels[r].places);
    for (uint32_t i = 0; i < c->chance_count; i++) {
        const struct rk_certificate_chance *told = &c->chances[i];
        uint32_t pair = rk_verify_pair(v, told->of, told->recruitment);
        struct rk_fraction *load = &values[f->loads + told->of],
                           *empty = &values[f->empty + told->recruitment];
        if (pair == RK_NONE || rk_whole_sign(&values[pair].top)) {
            WRONG(N_("there is a chance of a pair that is not eligible, or that has one already"));
            return;
        }
        rk_fraction_set(&values[pair], &told->expected);
        rk_fraction_add(load, load, &told->expected);
        rk_fraction_subtract(empty, empty, &told->expected);
    }
    for (uint32_t i = 0; i < c->kept_count; i++)
        rk_fraction_set(&values[f->kept + c->kept[i].of], &c->kept[i].expected);
}

/* What a membership more costs a panelist is the place of the total among all totals: any costs
 * that grow with it are least where the totals are leximin. */
static void set_places(struct proof *f, const struct rk_fraction *values)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_programme *c = &f->c->programme;
    struct rk_fraction total = {0};
    for (uint32_t p = 0; p < PEOPLE_OF(v); p++) {
        uint32_t low = 0, high = c->total_count;
        rk_fraction_set_whole(&total, rk_verify_load(v, p));
        rk_fraction_add(&total, &total, &values[f->loads + p]);
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (rk_fraction_compare(&c->totals[middle], &total) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        f->d.numbers[f->loads + p].each[CHANCES] = low;
        if (v->pair_first[p] < v->pair_first[p + 1] &&
            (low == c->total_count || rk_fraction_compare(&c->totals[low], &total)))
            BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("the total of panelist %s is not among all"),
                   PANELIST(p));
    }
    rk_fraction_free(&total);
}

/* The chances fill the seats as well as the assignment does, no others are fairer, and the
 * assignment is one that a draw by them can give. */
static void prove_programme(struct proof *f)
{
    struct rk_verify *v = f->v;
    struct rk_fraction *values = rk_fractions(f->d.number_count);
    bool seats;
    check_all_told(f);
    f->aim.end = RK_CHOICE_SHORTAGE + 1;
    seats = !v->broken && prove(f, 0);
    expect_numbers(f, values);
    if (!v->broken && !rk_duality_keeps(&f->d, values))
        WRONG(N_("its chances do not keep the rules, or leave more seats empty"));
    if (!v->broken && !rk_duality_rounds(&f->d, values, f->kept))
        WRONG(N_("the assignment is not one that these chances give"));
    for (uint32_t i = 0; i < v->pair_count && !v->broken; i++)
        if (rk_whole_sign(&values[i].top) && rk_verify_beside(v, values, i, 0))
            WRONG(N_("its chances do not keep the rules, or leave more seats empty"));
    set_places(f, values);
    struct rk_certificate_stage equal = {
        CHANCES, CHANCES + 1, {[CHANCES] = 1}, f->c->programme.prices};
    rk_duality_settle(&f->d, &equal);
    if (!v->broken && !rk_duality_keeps(&f->d, values))
        WRONG(N_("its prices do not prove the chances"));
    if (!v->broken)
        check_chances(f, values);
    if (!v->broken && seats)
        tell_proven(f, CHANCES);
    else if (!v->broken)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL, "%s", _("not proven"));
    rk_fractions_free(values, f->d.number_count);
}

/* ---- a lottery over panels ---- */

struct type {
    uint32_t like; /* one of them */
    int32_t size, chosen;
    struct rk_fraction chance;
};

/* Everybody who may sit there is of one type, with people of the same quotas and as many
 * memberships before. */
static void find_types(struct proof *f, uint32_t r, struct type *types)
{
    struct rk_verify *v = f->v;
    const uint32_t *type_of = f->c->lottery.type_of;
    int64_t unseen = 0;
    bool good = true;
    for (uint32_t p = 0; p < PEOPLE_OF(v); p++)
        unseen += type_of[p] != RK_NONE;
    for (uint32_t i = 0; i < v->pair_count; i++) {
        uint32_t p = v->pairs[i].panelist;
        if (v->pairs[i].recruitment != r)
            continue;
        unseen--;
        good &= type_of[p] != RK_NONE;
        if (type_of[p] == RK_NONE)
            continue;
        struct type *type = &types[type_of[p]];
        type->like = type->size++ ? type->like : p;
        type->chosen += v->pairs[i].chosen;
        good &= rk_verify_load(v, p) == rk_verify_load(v, type->like);
        for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1]; q++)
            good &= rk_verify_counts(v, &v->quotas[q], p) ==
                    rk_verify_counts(v, &v->quotas[q], type->like);
    }
    if (!good || unseen)
        WRONG(N_("the types are not all who may sit there, alike with alike"));
}

/* Can so many of each type sit together? */
static bool is_panel(struct proof *f, uint32_t r, const struct type *types,
                     const struct rk_certificate_vector *panel)
{
    struct rk_verify *v = f->v;
    int64_t *count = rk_alloc((size_t)v->quota_count + 1, sizeof *count), members = 0, of;
    bool good = true;
    for (uint32_t k = 0; k < panel->count && good; k++) {
        const struct type *type = &types[panel->terms[k].of];
        good = rk_whole_i64(&panel->terms[k].number, &of) && of >= 0 && of <= type->size;
        members += good ? of : 0;
        for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1] && good; q++)
            count[q] += rk_verify_counts(v, &v->quotas[q], type->like) ? of : 0;
    }
    good = good && members == v->panels[r].members &&
           rk_verify_quotas(v, r, count, v->panels[r].places - members, false);
    rk_free(count);
    return good;
}

/* Each is a panel, of as many as the assignment, which is one of them; the weights are a lottery.
 */
static void check_panels(struct proof *f, uint32_t r, struct type *types)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_panels *c = &f->c->lottery;
    struct rk_fraction total = {0}, term = {0};
    bool good = true, drawn = false;
    rk_fraction_set_whole(&total, 0);
    for (uint32_t j = 0; j < c->panels.count && good; j++) {
        const struct rk_certificate_vector *panel = &c->panels.items[j];
        bool same = true;
        good = is_panel(f, r, types, panel) && rk_whole_sign(&panel->number.top) > 0;
        rk_fraction_add(&total, &total, &panel->number);
        for (uint32_t k = 0; k < panel->count && good; k++) {
            struct type *type = &types[panel->terms[k].of];
            same &= type->chosen == panel->terms[k].number.small;
            rk_fraction_set_whole(&term, panel->terms[k].number.small);
            rk_fraction_multiply(&term, &term, &panel->number);
            rk_fraction_add(&type->chance, &type->chance, &term);
        }
        drawn |= same; /* since all are of one size */
    }
    for (uint32_t t = 0; t < c->type_count && good && c->panels.count; t++) {
        rk_fraction_set_whole(&term, types[t].size);
        rk_fraction_multiply(&term, &term, &total);
        rk_fraction_divide(&types[t].chance, &types[t].chance, &term);
    }
    if (!good || !drawn)
        WRONG(N_("its panels are no lottery, or the assignment is none of them"));
    rk_fraction_free(&total);
    rk_fraction_free(&term);
}

/* All panels keep a cut: a choice has no smaller sum. */
static bool prove_cut(struct proof *f, uint32_t at)
{
    struct rk_duality *d = &f->d;
    uint32_t rule = f->c->rows[at].rule;
    for (uint32_t n = 0; n < d->number_count; n++)
        d->numbers[n].each[CHANCES] = 0;
    for (uint64_t t = 0; t < d->term_count; t++)
        if (d->terms[t].rule == rule)
            d->numbers[d->terms[t].number].each[CHANCES] += d->terms[t].factor;
    f->aim.first = CHANCES;
    f->aim.end = CHANCES + 1;
    f->aim.value[CHANCES] = f->c->rows[at].least;
    f->aim.apart = true;
    bool proven = prove(f, f->c->rows[at].node);
    d->rules[rule].least = f->c->rows[at].least;
    return proven;
}

/* No lottery as good gives somebody less than the level of a step, since the chances do not; nor
 * more than a sure place. */
static void check_steps(struct proof *f, uint32_t r, const struct type *types)
{
    struct rk_verify *v = f->v;
    struct rk_fraction *chance = rk_fractions(f->d.number_count);
    int64_t *before = rk_alloc((size_t)f->d.number_count + 1, sizeof *before);
    bool *counts = rk_alloc((size_t)f->d.number_count + 1, sizeof *counts);
    for (uint32_t i = 0; i < v->pair_count; i++) {
        counts[i] = v->pairs[i].recruitment == r;
        before[i] = rk_verify_load(v, v->pairs[i].panelist);
        if (counts[i])
            rk_fraction_set(&chance[i], &types[f->c->lottery.type_of[v->pairs[i].panelist]].chance);
    }
    if (!rk_duality_steps(&f->d, &f->c->lottery.steps, counts, chance, before))
        WRONG(N_("its steps do not prove the chances"));
    else
        check_chances(f, chance);
    rk_fractions_free(chance, f->d.number_count);
    rk_free(before);
    rk_free(counts);
}

static void prove_panels(struct proof *f)
{
    struct rk_verify *v = f->v;
    uint32_t types_told = f->c->lottery.type_count, open = 0, r = 0, unproven = 0;
    struct type *types = rk_alloc((size_t)types_told + 1, sizeof *types);
    for (uint32_t t = 0; t < types_told; t++)
        rk_fraction_set_whole(&types[t].chance, 0);
    for (uint32_t i = 0; i < PANELS_OF(v); i++)
        if (v->panels[i].places > 0 && ++open)
            r = i;
    if (open != 1)
        WRONG(N_("it is of another recruitment"));
    if (!v->broken)
        find_types(f, r, types);
    f->aim.end = RK_CHOICE_SEATS + 1;
    bool seats = !v->broken && prove(f, 0);
    int32_t empty = v->panels[r].places - v->panels[r].members;
    f->d.numbers[f->empty + r].low = f->d.numbers[f->empty + r].high = empty;
    for (uint32_t i = f->kept; i < f->d.number_count; i++)
        f->d.numbers[i].high = f->d.numbers[i].high < empty ? f->d.numbers[i].high : empty;
    for (uint32_t i = 0; i < f->c->row_count && !v->broken; i++)
        if (f->c->rows[i].kind == RK_CERTIFICATE_CUT)
            unproven += !prove_cut(f, i);
    if (!v->broken)
        check_panels(f, r, types);
    bool cut_short = v->pair_count && !f->c->lottery.steps.count;
    if (!v->broken && !cut_short)
        check_steps(f, r, types);
    if (!v->broken && seats && !unproven && !cut_short)
        tell_proven(f, CHANCES);
    else if (!v->broken && cut_short)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL, "%s", _("not proven"));
    else if (!v->broken)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL,
                        _("rests on %u cuts that were not checked"), unproven + !seats);
    for (uint32_t t = 0; t < types_told; t++)
        rk_fraction_free(&types[t].chance);
    rk_free(types);
}

/* ---- all of it ---- */

static void build(struct proof *f)
{
    struct rk_verify *v = f->v;
    for (uint32_t i = f->c->quota_count; i--;)
        find_quota(f, i);
    if (!v->broken)
        check_groups(f);
    if (v->broken)
        return;
    add_numbers(f);
    add_rules(f);
    keep_seats(f);
    if (!v->broken && !rk_duality_holds(&f->d))
        BROKEN(RK_REFUSED_QUOTA, NULL, "%s", _("the quotas of the certificate are not kept"));
    find_values(f);
    add_rows(f);
}

void rk_verify_proof(struct rk_verify *v)
{
    struct rk_certificate *c = v->facts->certificate;
    if (!c || v->broken) {
        rk_verify_end_rules(v);
        rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_OPEN, NULL, "%s",
                        c ? _("not looked at, since rules are broken")
                          : _("there is none, so nothing is proven"));
        return;
    }
    struct proof f = {.v = v, .c = c, .aim.end = RK_CHOICE_LEVELS};
    f.quota = rk_alloc((size_t)c->quota_count + 1, sizeof *f.quota);
    f.told = rk_alloc((size_t)v->quota_count + 1, sizeof *f.told);
    build(&f);
    rk_verify_end_rules(v);
    if (!v->broken && c->mode == RK_CERTIFICATE_CHOICE)
        prove(&f, 0);
    else if (!v->broken)
        (c->mode == RK_CERTIFICATE_PANELS ? prove_panels : prove_programme)(&f);
    if (!v->found[RK_VERIFY_CERTIFICATE])
        rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_HOLDS, NULL, "%s", "");
    rk_duality_free(&f.d);
    rk_free(f.quota);
    rk_free(f.told);
}
