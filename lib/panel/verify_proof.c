/* The proof, by lib/stat/duality.h. An assignment is told by numbers: x = 0 or 1 of each pair; l
 * new memberships of each panelist; u empty places of each recruitment; y empty seats kept for the
 * people of each quota. The rules tie them together, and the certificate prices its rows of them:
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

enum { CHANCES = RK_CHOICE_LEVELS }; /* a level more */

struct proof {
    struct rk_verify *v;
    const struct rk_certificate *c;
    struct rk_duality d;
    struct rk_duality_aim aim;
    uint32_t loads, empty, kept; /* the first numbers of a kind; pairs come first */
    uint32_t seat_rules, group_rules, quota_rules; /* likewise; panelists come first */
    uint32_t *quota, *told; /* by quota of the certificate: that of the tables; 1 + the other way */
    uint32_t *rule;         /* by row */
    uint32_t *of, *cell_first; /* by recruitment: pairs; the first cell */
    struct rk_duality_node *nodes;
    struct rk_duality_stage *stages;
    struct rk_duality_price **prices; /* by stage */
};

/* ---- the certificate's quotas ---- */

static bool counts(const struct rk_match_problem *problem, uint32_t cell, uint32_t quota)
{
    for (uint32_t k = 0; k < problem->cells[cell].count; k++)
        if (problem->cell_rows[problem->cells[cell].first + k] == quota)
            return true;
    return false;
}

/* Has the kind of quota a all parts of b's? */
static bool is_of_kind(const struct rk_match_quota *a, const struct rk_match_quota *b)
{
    uint32_t parts = 0;
    for (uint32_t i = 0; i < a->part_count; i++)
        for (uint32_t o = 0; o < b->part_count; o++)
            parts += a->parts[i].feature == b->parts[o].feature &&
                     a->parts[i].value == b->parts[o].value;
    return parts == b->part_count;
}

/* Those of quota a who are of b too: all, none, or some. Where nobody is of a, its kind tells. */
enum { SOME = -1, NONE, ALL };
static int share(const struct proof *f, uint32_t a, uint32_t b)
{
    const struct rk_match_problem *problem = &f->v->problem;
    uint32_t of_a = 0, both = 0, r = problem->quotas[a].recruitment;
    for (uint32_t c = f->cell_first[r]; c < f->cell_first[r + 1]; c++) {
        of_a += counts(problem, c, a);
        both += counts(problem, c, a) && counts(problem, c, b);
    }
    return !of_a          ? (is_of_kind(&problem->quotas[a], &problem->quotas[b]) ? ALL : NONE)
           : both == of_a ? ALL
           : both         ? SOME
                          : NONE;
}

/* Finds the quota of the tables that one of the certificate is, and holds the two together. */
static void find_quota(struct proof *f, uint32_t i)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_quota *told = &f->c->quotas[i];
    uint32_t r = told->recruitment;
    int32_t min = 0, max = v->problem.recruitments[r].places;
    f->quota[i] = RK_NONE;
    for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1]; q++)
        if (rk_text_equal(rk_panel_quota_row(v->quotas, q)->feature, told->feature) &&
            rk_text_equal(rk_panel_quota_row(v->quotas, q)->value, told->value) && !f->told[q])
            f->quota[i] = q;
    if (told->around != RK_NONE && f->c->quotas[told->around].max < max)
        max = f->c->quotas[told->around].max;
    for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1] && f->quota[i] != RK_NONE; q++) {
        const struct rk_match_quota *own = &v->problem.quotas[f->quota[i]],
                                    *quota = &v->problem.quotas[q];
        if (!is_of_kind(own, quota) || !is_of_kind(quota, own))
            continue;
        min = quota->min > min ? quota->min : min;
        max = quota->max < max ? quota->max : max;
        if (quota->min > told->min) { /* minimums that cannot be kept together are lower there */
            v->lowered[q] = quota->min - told->min;
            rk_verify_found(v, RK_REFUSED_QUOTA, RK_VERIFY_TOLD, NULL,
                            _("recruitment %s: the quotas can't all be kept: %s %s was lowered by "
                              "%d"),
                            RECRUITMENT(r), told->feature.text, told->value.text, v->lowered[q]);
        }
    }
    if (f->quota[i] == RK_NONE || told->min > min || told->max != max) {
        BROKEN(RK_VERIFY_CERTIFICATE, NULL,
               _("recruitment %s: the quota %s %s is another in the certificate"), RECRUITMENT(r),
               told->feature.text, told->value.text);
        return;
    }
    f->told[f->quota[i]] = i + 1;
}

/* People of a quota are people of those around it, and of no others of its group: else the same
 * empty seat could be kept for two. */
static void check_groups(struct proof *f)
{
    const struct rk_certificate_quota *quotas = f->c->quotas;
    bool nest = true;
    for (uint32_t i = 0; i < f->c->quota_count; i++) {
        uint32_t around = quotas[i].around, j;
        for (j = i + 1; j < f->c->quota_count && quotas[j].group == quotas[i].group; j++) {
            int shared = share(f, f->quota[i], f->quota[j]);
            bool nobody = shared == ALL && share(f, f->quota[j], f->quota[i]) == NONE;
            if (j == around) {
                nest &= shared == ALL;
                around = quotas[j].around;
            } else
                nest &= shared == NONE || (nobody && !(quotas[i].min && quotas[j].min));
        }
        nest &= around == RK_NONE;
    }
    if (!nest)
        rk_verify_found(f->v, RK_VERIFY_CERTIFICATE, RK_VERIFY_BROKEN, NULL,
                        _("the quotas do not nest as the certificate says"));
}

/* From inside out, a quota keeps seats empty for those whom it lacks, in the choice at hand. */
static void keep_seats(struct proof *f)
{
    uint32_t n = f->c->quota_count;
    int32_t *has = rk_alloc((size_t)n + 1, sizeof *has);
    const struct rk_match_problem *problem = &f->v->problem;
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t cell = problem->pair_cell ? problem->pair_cell[i] : RK_NONE;
        for (uint32_t k = 0;
             cell != RK_NONE && f->d.numbers[i].now && k < problem->cells[cell].count; k++) {
            uint32_t told = f->told[problem->cell_rows[problem->cells[cell].first + k]];
            has[told ? told - 1 : n]++;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        int32_t lacks = f->c->quotas[i].min - has[i];
        f->d.numbers[f->kept + i].now = lacks > 0 ? lacks : 0;
        if (lacks > 0) {
            for (uint32_t a = f->c->quotas[i].around; a != RK_NONE; a = f->c->quotas[a].around)
                has[a] += lacks;
        }
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

static void add_numbers(struct proof *f)
{
    struct rk_verify *v = f->v;
    struct rk_duality *d = &f->d;
    const struct rk_match_problem *problem = &v->problem;
    f->loads = problem->pair_count;
    f->empty = f->loads + problem->panelist_count;
    f->kept = f->empty + problem->recruitment_count;
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        const struct rk_match_pair *pair = &problem->pairs[i];
        f->of[pair->recruitment]++;
        rk_duality_number(d, 0, problem->recruitments[pair->recruitment].places > 0, v->chosen[i]);
        d->numbers[i].each[RK_CHOICE_FIT] = -pair->fit;
        d->numbers[i].each[RK_CHOICE_LOTTERY] = lot(v, pair->panelist, pair->recruitment);
    }
    for (uint32_t s = 0; s < f->c->stay_count; s++)
        for (uint32_t p = f->c->stay[s].panelist, i = v->pair_first[p]; i < v->pair_first[p + 1];
             i++)
            if (problem->pairs[i].recruitment == f->c->stay[s].recruitment)
                d->numbers[i].each[RK_CHOICE_CHANGE] -= f->c->stay[s].worth;
    for (uint32_t p = 0; p < problem->panelist_count; p++) {
        int32_t most = 0, now = 0;
        for (uint32_t i = v->pair_first[p]; i < v->pair_first[p + 1]; i++) {
            most += d->numbers[i].high;
            now += v->chosen[i];
        }
        rk_duality_term(d, rk_duality_rule(d, 0, 0), rk_duality_number(d, 0, most, now), -1);
        d->numbers[f->loads + p].base = problem->panelists[p].load;
        d->numbers[f->loads + p].square = 1 + RK_CHOICE_LOAD;
    }
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        int32_t places = problem->recruitments[r].places, of = (int32_t)f->of[r];
        uint32_t empty =
            rk_duality_number(d, places > of ? places - of : 0, places, places - v->members[r]);
        d->numbers[empty].base = problem->recruitments[r].lacking;
        d->numbers[empty].square = 1 + RK_CHOICE_SHORTAGE;
        d->numbers[empty].each[RK_CHOICE_SEATS] = 1;
        rk_duality_term(d, rk_duality_rule(d, places, places), empty, 1);
    }
    for (uint32_t i = 0; i < f->c->quota_count; i++)
        rk_duality_number(d, 0, f->c->quotas[i].min, 0);
    keep_seats(f);
}

/* Those that hold whatever is priced: panelists, seats, groups by first quota, quotas. */
static void add_rules(struct proof *f)
{
    struct rk_duality *d = &f->d;
    const struct rk_match_problem *problem = &f->v->problem;
    const struct rk_certificate_quota *quotas = f->c->quotas;
    f->seat_rules = problem->panelist_count;
    f->group_rules = f->seat_rules + problem->recruitment_count;
    f->quota_rules = f->group_rules + f->c->quota_count;
    for (uint32_t i = 0; i < f->c->quota_count; i++) {
        uint32_t rule = rk_duality_rule(d, RK_DUALITY_NONE, 0);
        if (quotas[i].group == i)
            rk_duality_term(d, rule, f->empty + quotas[i].recruitment, -1);
    }
    for (uint32_t i = 0; i < f->c->quota_count; i++) {
        rk_duality_rule(d, quotas[i].min, quotas[i].max);
        rk_duality_term(d, f->group_rules + quotas[i].group, f->kept + i, 1);
    }
    for (uint32_t i = 0; i < f->c->quota_count; i++)
        for (uint32_t a = i; a != RK_NONE; a = quotas[a].around)
            rk_duality_term(d, f->quota_rules + a, f->kept + i, 1);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t cell = problem->pair_cell ? problem->pair_cell[i] : RK_NONE;
        rk_duality_term(d, problem->pairs[i].panelist, i, 1);
        rk_duality_term(d, f->seat_rules + problem->pairs[i].recruitment, i, 1);
        for (uint32_t k = 0; cell != RK_NONE && k < problem->cells[cell].count; k++) {
            uint32_t told = f->told[problem->cell_rows[problem->cells[cell].first + k]];
            if (told)
                rk_duality_term(d, f->quota_rules + told - 1, i, 1);
        }
    }
}

static bool in_list(const struct rk_certificate_row *row, uint32_t one)
{
    uint32_t low = 0, high = row->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (row->list[middle] < one)
            low = middle + 1;
        else
            high = middle;
    }
    return low < row->count && row->list[low] == one;
}

/* A sum of what some of one panelist's, or of one recruitment's, pairs are. */
static void add_pairs(struct proof *f, const struct rk_certificate_row *row, uint32_t rule)
{
    const struct rk_match_problem *problem = &f->v->problem;
    bool people = row->kind == RK_CERTIFICATE_PEOPLE;
    int32_t months = row->kind == RK_CERTIFICATE_YEAR ? 12 : 1;
    for (uint32_t i = people ? 0 : f->v->pair_first[row->of];
         i < (people ? problem->pair_count : f->v->pair_first[row->of + 1]); i++) {
        uint32_t r = problem->pairs[i].recruitment;
        int32_t month = problem->recruitments[r].month;
        if (people      ? r == row->of && in_list(row, problem->pairs[i].panelist)
            : row->list ? in_list(row, r)
                        : month >= row->month && month < row->month + months)
            rk_duality_term(&f->d, rule, i, 1);
    }
}

/* A sum of how many are of some types, and of what quotas lack. */
static void add_cut(struct proof *f, const struct rk_certificate_row *row, uint32_t rule)
{
    const struct rk_certificate_panels *lottery = &f->c->lottery;
    for (uint32_t k = 0; k < row->types && lottery->type_of; k++)
        for (uint32_t i = 0; i < f->v->problem.pair_count; i++)
            if (lottery->type_of[f->v->problem.pairs[i].panelist] == row->list[k])
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

/* Adds what a row of the certificate tells; false where the rules know no such thing. */
static bool add_row(struct proof *f, uint32_t at)
{
    const struct rk_verify *v = f->v;
    const struct rk_certificate_row *row = &f->c->rows[at];
    int64_t room = 1;
    switch (row->kind) {
    case RK_CERTIFICATE_PANELIST: f->rule[at] = row->of; return true;
    case RK_CERTIFICATE_SEATS: f->rule[at] = f->seat_rules + row->of; return true;
    case RK_CERTIFICATE_EMPTY:
        f->rule[at] = f->group_rules + row->of;
        return f->c->quotas[row->of].group == row->of;
    case RK_CERTIFICATE_QUOTA: f->rule[at] = f->quota_rules + row->of; return true;
    case RK_CERTIFICATE_LEVEL:
        f->rule[at] = rk_duality_rule(&f->d, RK_DUALITY_NONE, RK_DUALITY_NONE);
        return !f->aim.held[row->of] && add_level(f, (int)row->of, f->rule[at]);
    case RK_CERTIFICATE_PEOPLE: room = RK_DUALITY_NONE; break;
    case RK_CERTIFICATE_CUT: /* has no end before it is proven */
        f->rule[at] = rk_duality_rule(&f->d, RK_DUALITY_NONE, RK_DUALITY_NONE);
        add_cut(f, row, f->rule[at]);
        return f->c->mode == RK_CERTIFICATE_PANELS;
    case RK_CERTIFICATE_OVERLAP:
        for (uint32_t i = 0; i < row->count; i++)
            for (uint32_t j = 0; j < i; j++)
                if (!rk_verify_meet(v, row->list[i], row->list[j]))
                    return false;
        break;
    default:
        room = rk_verify_left(v, row->of, row->month, row->kind == RK_CERTIFICATE_YEAR ? 12 : 1);
    }
    f->rule[at] = rk_duality_rule(&f->d, RK_DUALITY_NONE, room);
    add_pairs(f, row, f->rule[at]);
    return room != INT32_MAX;
}

/* ---- values ---- */

/* The values of the assignment; and for each level, how much more than that a choice may have. */
static void find_values(struct proof *f)
{
    const struct rk_match_problem *problem = &f->v->problem;
    __int128 *spread = f->aim.spread, seats = 0, most_load = 0, most_lot = 0;
    for (int l = 0; l < RK_CHOICE_LEVELS; l++)
        f->aim.value[l] = rk_duality_value(&f->d, l);
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        const int64_t *adds = f->d.numbers[i].each;
        spread[RK_CHOICE_CHANGE] += adds[RK_CHOICE_CHANGE] > 0 ? adds[RK_CHOICE_CHANGE] : 0;
        most_lot = adds[RK_CHOICE_LOTTERY] > most_lot ? adds[RK_CHOICE_LOTTERY] : most_lot;
    }
    for (uint32_t r = 0; r < problem->recruitment_count; r++) {
        int64_t lack = problem->recruitments[r].lacking, places = problem->recruitments[r].places;
        spread[RK_CHOICE_SEATS] += places;
        spread[RK_CHOICE_SHORTAGE] += places * (2 * lack + places);
        seats += places < f->of[r] ? places : f->of[r];
    }
    for (uint32_t p = 0; p < problem->panelist_count; p++) {
        const struct rk_duality_number *load = &f->d.numbers[f->loads + p];
        int64_t most = load->high < seats ? load->high : (int64_t)seats;
        if (most && 2 * load->base + most > most_load)
            most_load = 2 * load->base + most;
    }
    spread[RK_CHOICE_LOTTERY] = seats * most_lot;
    spread[RK_CHOICE_LOAD] = seats * most_load;
    for (int l = 0; l < RK_CHOICE_LEVELS; l++)
        spread[l] -= f->aim.value[l];
}

/* ---- what is proven ---- */

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
    for (uint32_t r = 0; r < v->problem.recruitment_count; r++)
        if (rk_eligible_panel(v->eligible, r)->open) {
            seats += v->facts->rules.recruitments->rows[r].seats;
            filled += rk_eligible_panel(v->eligible, r)->kept + v->members[r];
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
        found = rk_duality_prove(&f->d, f->nodes, node, &f->aim);
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

/* Prices of the certificate's rows as those of rules; caller frees. */
static struct rk_duality_price *prices_of(const struct proof *f, struct rk_certificate_prices told)
{
    struct rk_duality_price *prices = rk_alloc((size_t)told.count + 1, sizeof *prices);
    for (uint32_t i = 0; i < told.count; i++)
        prices[i] = (struct rk_duality_price){f->rule[told.items[i].row], told.items[i].price};
    return prices;
}

static void make_nodes(struct proof *f)
{
    const struct rk_certificate *c = f->c;
    f->stages = rk_alloc((size_t)c->stage_count + 1, sizeof *f->stages);
    f->nodes = rk_alloc((size_t)c->node_count + 1, sizeof *f->nodes);
    f->prices = rk_alloc((size_t)c->stage_count + 1, sizeof *f->prices);
    for (uint32_t s = 0; s < c->stage_count; s++) {
        const struct rk_certificate_stage *told = &c->stages[s];
        bool cut = told->first == told->end;
        f->stages[s] =
            (struct rk_duality_stage){.first = cut ? CHANCES : told->first,
                                      .end = cut ? CHANCES + 1 : told->end,
                                      .prices = f->prices[s] = prices_of(f, told->prices),
                                      .count = told->prices.count};
        memcpy(f->stages[s].weight, told->weight, sizeof told->weight);
    }
    for (uint32_t n = 0; n < c->node_count; n++) {
        const struct rk_certificate_node *told = &c->nodes[n];
        uint32_t split = told->split == RK_NONE ? RK_NONE : f->rule[told->split];
        f->nodes[n] = (struct rk_duality_node){
            f->stages + told->first_stage, told->stages, split, told->low, told->high, told->at};
    }
}

/* ---- lotteries ---- */

#define WRONG(text) BROKEN(RK_VERIFY_CERTIFICATE, NULL, "%s", _(text))

/* The rows of the assignment tell the chances (by number), in twelve digits. */
static void check_chances(struct proof *f, const struct rk_fraction *values)
{
    struct rk_verify *v = f->v;
    for (uint32_t i = 0; i < v->facts->result->count; i++) {
        const struct rk_assignment *row = &v->facts->result->rows[i];
        uint32_t pair = rk_verify_pair(v, row->panelist, row->recruitment);
        if (pair == RK_NONE || rk_eligible_kept_row(v->eligible, row->panelist, row->recruitment))
            continue;
        double off = rk_fraction_double(&values[pair]) - rk_fixed_double(row->probability);
        if (!row->has_probability || off > 1e-12 || off < -1e-12)
            BROKEN(RK_VERIFY_ROW, &row->pos,
                   _("recruitment %s: panelist %s: '%s' is not what a new row has"),
                   RECRUITMENT(row->recruitment), PANELIST(row->panelist), "probability");
    }
}

/* A lottery's chances are held against the quotas of the certificate, so all are there; those of a
 * recruitment in one group, where there are expected numbers of several; those of a feature in one,
 * where there are panels. */
static void check_all_told(struct proof *f)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_quota *told = f->c->quotas;
    bool panels = f->c->mode == RK_CERTIFICATE_PANELS, good = true;
    for (uint32_t q = 0; q < v->problem.quota_count; q++) {
        const struct rk_match_quota *quota = &v->problem.quotas[q];
        int32_t places = v->problem.recruitments[quota->recruitment].places;
        bool there = places <= 0 || (quota->min <= 0 && quota->max >= places);
        for (uint32_t i = 0; i < f->c->quota_count && !there; i++)
            there = told[i].recruitment == quota->recruitment &&
                    is_of_kind(quota, &v->problem.quotas[f->quota[i]]) &&
                    is_of_kind(&v->problem.quotas[f->quota[i]], quota);
        good &= there;
    }
    for (uint32_t i = 0; i < f->c->quota_count; i++)
        for (uint32_t j = i + 1;
             j < f->c->quota_count && told[j].recruitment == told[i].recruitment; j++)
            good &= told[i].group == told[j].group ||
                    (panels && !rk_text_equal(told[i].feature, told[j].feature));
    if (!good)
        WRONG(N_("it does not tell all quotas, or not together"));
}

/* Nobody is expected to have more than a cap leaves, nor to be in two places at once. */
static void check_limits(struct proof *f, const struct rk_fraction *values)
{
    struct rk_verify *v = f->v;
    const struct rk_match_pair *pairs = v->problem.pairs;
    struct rk_fraction *sums = rk_fractions(3); /* month, year, at one time */
    bool good = true;
    for (uint32_t i = 0; i < v->problem.pair_count && good; i++) {
        uint32_t p = pairs[i].panelist, r = pairs[i].recruitment;
        int32_t month = v->problem.recruitments[r].month;
        if (!rk_whole_sign(&values[i].top))
            continue;
        for (int k = 0; k < 3; k++)
            rk_fraction_set_whole(&sums[k], 0);
        for (uint32_t j = v->pair_first[p]; j < v->pair_first[p + 1]; j++) {
            int32_t other = v->problem.recruitments[pairs[j].recruitment].month;
            const bool in[] = {other == month, other / 12 == month / 12,
                               j == i || rk_verify_meet(v, r, pairs[j].recruitment)};
            for (int k = 0; k < 3 && rk_whole_sign(&values[j].top); k++)
                if (in[k])
                    rk_fraction_add(&sums[k], &sums[k], &values[j]);
        }
        good = rk_fraction_compare_ratio(&sums[0], rk_verify_left(v, p, month, 1), 1) <= 0 &&
               rk_fraction_compare_ratio(&sums[1], rk_verify_left(v, p, month, 12), 1) <= 0 &&
               rk_fraction_compare_ratio(&sums[2], 1, 1) <= 0;
    }
    if (!good)
        WRONG(N_("its chances do not keep the rules, or leave more seats empty"));
    rk_fractions_free(sums, 3);
}

/* The expected numbers of the certificate: of members and kept seats, and what follows from them.
 */
static void expect_numbers(struct proof *f, struct rk_fraction *values)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_programme *c = &f->c->programme;
    for (uint32_t r = 0; r < v->problem.recruitment_count; r++)
        rk_fraction_set_whole(&values[f->empty + r], v->problem.recruitments[r].places);
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
    for (uint32_t p = 0; p < v->problem.panelist_count; p++) {
        uint32_t low = 0, high = c->total_count;
        rk_fraction_set_whole(&total, v->problem.panelists[p].load);
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
    f->aim.end = RK_CHOICE_SHORTAGE + 1;
    seats = prove(f, 0);
    expect_numbers(f, values);
    if (!v->broken && !rk_duality_keeps(&f->d, values))
        WRONG(N_("its chances do not keep the rules, or leave more seats empty"));
    if (!v->broken && !rk_duality_rounds(&f->d, values, f->kept))
        WRONG(N_("the assignment is not one that these chances give"));
    if (!v->broken)
        check_limits(f, values);
    set_places(f, values);
    struct rk_duality_price *prices = prices_of(f, f->c->programme.prices);
    struct rk_duality_stage equal = {
        CHANCES, CHANCES + 1, {[CHANCES] = 1}, prices, f->c->programme.prices.count};
    rk_duality_settle(&f->d, &equal);
    if (!v->broken && !rk_duality_keeps(&f->d, values))
        WRONG(N_("its prices do not prove the chances"));
    if (!v->broken)
        check_chances(f, values);
    if (!v->broken && seats)
        tell_proven(f, CHANCES);
    else if (!v->broken)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL, "%s", _("not proven"));
    rk_free(prices);
    rk_fractions_free(values, f->d.number_count);
}

/* ---- a lottery over panels ---- */

struct type {
    uint32_t pair; /* one of them */
    int32_t size, chosen;
};

/* Everybody who may sit there is of one type, with people of the same quotas and as many
 * memberships before. */
static void find_types(struct proof *f, uint32_t r, struct type *types)
{
    struct rk_verify *v = f->v;
    const struct rk_match_problem *problem = &v->problem;
    const uint32_t *type_of = f->c->lottery.type_of;
    int64_t unseen = 0;
    bool good = true;
    for (uint32_t p = 0; p < problem->panelist_count; p++)
        unseen += type_of[p] != RK_NONE;
    for (uint32_t i = 0; i < problem->pair_count; i++) {
        uint32_t p = problem->pairs[i].panelist;
        if (problem->pairs[i].recruitment != r)
            continue;
        unseen--;
        good &= type_of[p] != RK_NONE;
        if (type_of[p] == RK_NONE)
            continue;
        struct type *type = &types[type_of[p]];
        type->pair = type->size++ ? type->pair : i;
        type->chosen += v->chosen[i];
        good &= !problem->pair_cell || problem->pair_cell[i] == problem->pair_cell[type->pair];
        good &= problem->panelists[p].load ==
                problem->panelists[problem->pairs[type->pair].panelist].load;
    }
    if (!good || unseen)
        WRONG(N_("the types are not all who may sit there, alike with alike"));
}

/* Makes the choice at hand one with so many of each type; false where there are not so many. */
static bool seat(struct proof *f, uint32_t r, const struct rk_certificate_vector *panel)
{
    int64_t *left = rk_alloc((size_t)f->c->lottery.type_count + 1, sizeof *left), unseated = 0;
    for (uint32_t k = 0; k < panel->count; k++)
        if (!rk_whole_i64(&panel->terms[k].number, &left[panel->terms[k].of]))
            unseated = 1;
    f->d.numbers[f->empty + r].now = f->v->problem.recruitments[r].places;
    for (uint32_t i = 0; i < f->v->problem.pair_count; i++) {
        const struct rk_match_pair *pair = &f->v->problem.pairs[i];
        if (pair->recruitment != r)
            continue;
        int32_t now = left[f->c->lottery.type_of[pair->panelist]]-- > 0;
        f->d.numbers[i].now = f->d.numbers[f->loads + pair->panelist].now = now;
        f->d.numbers[f->empty + r].now -= now;
    }
    for (uint32_t t = 0; t < f->c->lottery.type_count; t++)
        unseated |= left[t] > 0;
    keep_seats(f);
    rk_free(left);
    return !unseated;
}

/* Each is a panel; the weights are a lottery with the chances that the types are told to have; and
 * the assignment is the one drawn. */
static void check_panels(struct proof *f, uint32_t r, const struct type *types)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_panels *c = &f->c->lottery;
    struct rk_fraction *mean = rk_fractions((size_t)c->type_count + 1), term = {0};
    struct rk_fraction *total = &mean[c->type_count];
    bool good = true;
    int64_t drawn = 0;
    for (uint32_t j = 0; j < c->panels.count && good; j++) {
        const struct rk_certificate_vector *panel = &c->panels.items[j];
        good =
            seat(f, r, panel) && rk_duality_holds(&f->d) && rk_whole_sign(&panel->number.top) > 0;
        rk_fraction_add(total, total, &panel->number);
        for (uint32_t k = 0; k < panel->count && good; k++) {
            uint32_t t = panel->terms[k].of;
            drawn += j == c->drawn ? panel->terms[k].number.small : 0;
            if (j == c->drawn && types[t].chosen != panel->terms[k].number.small)
                WRONG(N_("the assignment is not the panel that was drawn"));
            rk_fraction_set_whole(&term, panel->terms[k].number.small);
            rk_fraction_multiply(&term, &term, &panel->number);
            rk_fraction_add(&mean[t], &mean[t], &term);
        }
    }
    good &= drawn == v->members[r] && rk_whole_sign(&c->total.top) > 0 &&
            !rk_fraction_compare(total, &c->total);
    for (uint32_t t = 0; t < c->type_count && good; t++) {
        rk_fraction_set_whole(&term, types[t].size);
        rk_fraction_multiply(&term, &term, &c->total);
        rk_fraction_divide(&mean[t], &mean[t], &term);
        rk_fraction_set_whole(&term,
                              v->problem.panelists[v->problem.pairs[types[t].pair].panelist].load);
        rk_fraction_add(&mean[t], &mean[t], &term);
        good &= !rk_fraction_compare(&mean[t], &c->type_values[t]);
    }
    if (!good)
        WRONG(N_("its panels are not a lottery with these chances"));
    rk_fractions_free(mean, (size_t)c->type_count + 1);
    rk_fraction_free(&term);
}

/* All panels keep a cut: a choice has no smaller sum. */
static bool prove_cut(struct proof *f, uint32_t at)
{
    struct rk_duality *d = &f->d;
    uint32_t rule = f->rule[at];
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

/* Each step raises a level for all who are not fixed yet, and its prices fix some. No lottery as
 * good gives one of them less than the level, since the chances do not; nor more than a sure place.
 */
static void check_steps(struct proof *f, uint32_t r)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_panels *c = &f->c->lottery;
    const struct rk_match_problem *problem = &v->problem;
    struct rk_fraction *low = rk_fractions(f->d.number_count),
                       *high = rk_fractions(f->d.number_count), told = {0}, before = {0};
    bool *fixed = rk_alloc((size_t)problem->pair_count + 1, sizeof *fixed), good = true;
    for (uint32_t n = 0; n < f->d.number_count; n++) {
        rk_fraction_set_whole(&low[n], f->d.numbers[n].low);
        rk_fraction_set_whole(&high[n], f->d.numbers[n].high);
    }
    for (uint32_t s = 0; s <= c->steps.count && good; s++) {
        const struct rk_certificate_vector *step = &c->steps.items[s], *last = step - 1;
        for (uint32_t i = 0; i < problem->pair_count; i++) { /* what was fixed, and the new level */
            uint32_t p = problem->pairs[i].panelist;
            if (problem->pairs[i].recruitment != r || fixed[i])
                continue;
            rk_fraction_set_whole(&before, problem->panelists[p].load);
            rk_fraction_subtract(&told, &c->type_values[c->type_of[p]], &before);
            fixed[i] = s && !rk_fraction_compare(&low[i], &high[i]);
            good &= !fixed[i] || !rk_fraction_compare(&told, &low[i]);
            if (fixed[i] || s == c->steps.count) {
                good &= fixed[i];
                continue;
            }
            rk_fraction_subtract(&low[i], &step->number, &before);
            if (rk_whole_sign(&low[i].top) < 0)
                rk_fraction_set_whole(&low[i], 0);
            good &= rk_fraction_compare(&told, &low[i]) >= 0;
        }
        if (s == c->steps.count)
            break;
        struct rk_duality_whole_price *prices = rk_alloc((size_t)step->count + 1, sizeof *prices);
        for (uint32_t k = 0; k < step->count; k++)
            prices[k] =
                (struct rk_duality_whole_price){f->rule[step->terms[k].of], &step->terms[k].number};
        good &= (!s || rk_fraction_compare(&last->number, &step->number) <= 0) &&
                rk_duality_pin(&f->d, prices, step->count, low, high);
        rk_free(prices);
    }
    if (!good)
        WRONG(N_("its steps do not prove the chances"));
    else
        check_chances(f, low);
    rk_fractions_free(low, f->d.number_count);
    rk_fractions_free(high, f->d.number_count);
    rk_fraction_free(&told);
    rk_fraction_free(&before);
    rk_free(fixed);
}

static void prove_panels(struct proof *f)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_panels *c = &f->c->lottery;
    struct type *types = rk_alloc((size_t)c->type_count + 1, sizeof *types);
    uint32_t open = 0, r = 0, unproven = 0;
    for (uint32_t i = 0; i < v->problem.recruitment_count; i++)
        if (v->problem.recruitments[i].places > 0 && ++open)
            r = i;
    if (open != 1 || v->problem.recruitments[r].places - v->members[r] != (int64_t)c->empty)
        WRONG(N_("it is of another recruitment"));
    if (!v->broken)
        find_types(f, r, types);
    f->aim.end = RK_CHOICE_SEATS + 1;
    bool seats = !v->broken && prove(f, 0);
    f->d.numbers[f->empty + r].low = f->d.numbers[f->empty + r].high = (int32_t)c->empty;
    for (uint32_t i = 0; i < f->c->quota_count; i++)
        if (f->d.numbers[f->kept + i].high > (int32_t)c->empty)
            f->d.numbers[f->kept + i].high = (int32_t)c->empty;
    for (uint32_t i = 0; i < f->c->row_count && !v->broken; i++)
        if (f->c->rows[i].kind == RK_CERTIFICATE_CUT)
            unproven += !prove_cut(f, i);
    if (!v->broken)
        check_panels(f, r, types);
    if (!v->broken)
        check_steps(f, r);
    if (!v->broken && seats && !unproven)
        tell_proven(f, CHANCES);
    else if (!v->broken)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL,
                        _("rests on %u cuts that were not checked"), unproven + !seats);
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
    if (!rk_duality_holds(&f->d))
        BROKEN(RK_REFUSED_QUOTA, NULL, "%s", _("the quotas of the certificate are not kept"));
    find_values(f);
    for (uint32_t i = 0; i < f->c->row_count && !v->broken; i++)
        if (!add_row(f, i))
            BROKEN(RK_VERIFY_CERTIFICATE, NULL, _("rows[%u]: there is no such rule"), i);
    make_nodes(f);
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
    struct proof proof = {.v = v, .c = c, .aim.end = RK_CHOICE_LEVELS};
    struct proof *f = &proof;
    f->quota = rk_alloc((size_t)c->quota_count + 1, sizeof *f->quota);
    f->told = rk_alloc((size_t)problem->quota_count + 1, sizeof *f->told);
    f->of = rk_alloc((size_t)problem->recruitment_count + 1, sizeof *f->of);
    f->rule = rk_alloc((size_t)c->row_count + 1, sizeof *f->rule);
    f->cell_first = rk_firsts(problem->cells, problem->cell_count, sizeof *problem->cells,
                              problem->recruitment_count);
    build(f);
    rk_verify_end_rules(v);
    if (!v->broken) {
        if (c->mode != RK_CERTIFICATE_CHOICE)
            check_all_told(f);
        if (c->mode == RK_CERTIFICATE_CHOICE)
            prove(f, 0);
        else if (!v->broken)
            (c->mode == RK_CERTIFICATE_PANELS ? prove_panels : prove_programme)(f);
    }
    if (!v->found[RK_VERIFY_CERTIFICATE])
        rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_HOLDS, NULL, "%s", "");
    for (uint32_t s = 0; f->prices && s < c->stage_count; s++)
        rk_free(f->prices[s]);
    rk_free(f->prices);
    rk_free(f->stages);
    rk_free(f->nodes);
    rk_duality_free(&f->d);
    rk_free(f->quota);
    rk_free(f->told);
    rk_free(f->of);
    rk_free(f->rule);
    rk_free(f->cell_first);
}
