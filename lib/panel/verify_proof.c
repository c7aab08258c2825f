/* The proof, by lib/stat/duality.h: an assignment told by numbers, and the rules that tie them
 * together (verify.h numbers both). A lottery's expected numbers keep them, too. */
#include "panel/verify_state.h"
#include "stat/duality.h"

enum { CHANCES = RK_CHOICE_LEVELS }; /* a level more: what the chances, or a cut, cost */

struct proof {
    struct rk_verify *v;
    const struct rk_certificate *c;
    struct rk_duality d;
    struct rk_duality_aim aim;
    uint32_t *empty, kept;         /* numbers: by recruitment its first; the first kept seat */
    uint32_t groups, quotas, told; /* the first rules of a kind; panelists and seats come first */
};
#define WRONG(text) BROKEN(RK_VERIFY_CERTIFICATE, NULL, "%s", _(text))

/* ---- numbers and rules ---- */

/* Minimums that cannot all be kept, not even by people not found yet, are lower. */
static void lower(struct proof *f)
{
    struct rk_verify *v = f->v;
    int64_t *none = rk_alloc((size_t)v->quota_count + 1, sizeof *none);
    for (uint32_t i = 0; i < f->c->lowered_count && !v->broken; i++) {
        uint32_t q = f->c->lowered[i].quota, r = q < v->quota_count ? v->quotas[q].recruitment : 0;
        if (q >= v->quota_count || f->c->lowered[i].by > v->quotas[q].min ||
            (!v->panels[r].lowered && rk_verify_quotas(v, r, none, v->panels[r].places))) {
            WRONG(N_("it lowers a quota that can be kept"));
            break;
        }
        v->panels[r].lowered = true;
        v->quotas[q].lowered = f->c->lowered[i].by;
        rk_verify_found(v, RK_REFUSED_QUOTA, RK_VERIFY_TOLD, NULL,
                        _("recruitment %s: the quotas can't all be kept: %s %s was lowered by %d"),
                        RECRUITMENT(r), v->quotas[q].row->feature.text,
                        v->quotas[q].row->value.text, v->quotas[q].lowered);
    }
    rk_free(none);
}

/* What a row of the certificate can come to: one of pairs of a panelist that are all under a limit
 * together, what that leaves. */
static int64_t room_of(const struct rk_verify *v, const struct rk_certificate_row *row)
{
    int64_t room = RK_DUALITY_NONE;
    for (uint32_t i = 0; i < row->count; i++)
        if (row->of[i] >= v->pair_count || row->factor[i] != 1 ||
            v->pairs[row->of[i]].panelist != v->pairs[row->of[0]].panelist)
            return RK_DUALITY_NONE;
    for (int limit = 0; limit < RK_VERIFY_LIMITS && row->count; limit++) {
        int64_t left = rk_verify_room(v, row->of[0], limit);
        bool all = room == RK_DUALITY_NONE || left < room;
        for (uint32_t i = 1; i < row->count; i++)
            for (uint32_t j = 0; j < i && all; j++)
                all = rk_verify_together(v, row->of[i], row->of[j], limit);
        room = all ? left : room;
    }
    return room;
}

static void add_rules(struct proof *f)
{
    const struct rk_verify *v = f->v;
    struct rk_duality *d = &f->d;
    bool can = false;
    for (uint32_t p = 0; p < PEOPLE_OF(v); p++)
        rk_duality_rule(d, 0, 0);
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        rk_duality_rule(d, v->panels[r].places, v->panels[r].places);
    f->groups = d->rule_count;
    for (uint32_t q = 0; q < v->quota_count; q++)
        rk_duality_rule(d, RK_DUALITY_NONE, 0);
    f->quotas = d->rule_count;
    int64_t *none = rk_alloc((size_t)v->quota_count + 1, sizeof *none);
    for (uint32_t q = 0; q < v->quota_count; q++) { /* each takes a place */
        uint32_t r = v->quotas[q].recruitment;
        int32_t places = v->panels[r].places, max = v->quotas[q].max;
        if (q == v->quota_first[r]) /* minimums that can't be kept would prove anything */
            can = rk_verify_quotas(v, r, none, places);
        rk_duality_rule(d, can ? v->quotas[q].min - v->quotas[q].lowered : RK_DUALITY_NONE,
                        max < places ? max : places);
    }
    rk_free(none);
    for (int l = 0; l < RK_CHOICE_LEVELS; l++)
        f->aim.held[l] = 1 + rk_duality_rule(d, RK_DUALITY_NONE, RK_DUALITY_NONE);
    f->told = d->rule_count;
    for (uint32_t i = 0; i < f->c->row_count; i++) {
        const struct rk_certificate_row *row = &f->c->rows[i];
        rk_duality_rule(d, RK_DUALITY_NONE, room_of(v, row));
        for (uint32_t k = 0; k < row->count; k++)
            rk_duality_term(d, f->told + i, row->of[k], row->factor[k]);
    }
}

/* The number's terms in the rows of the quotas that count such people. */
static void add_quotas(struct proof *f, const struct rk_verify_people *of, uint32_t number)
{
    uint32_t q = f->quotas + f->v->quota_first[of->recruitment];
    for (const char *in = of->in; *in == '0' || *in == '1'; in++, q++)
        if (*in == '1')
            rk_duality_term(&f->d, q, number, 1);
}

static void add_pairs(struct proof *f)
{
    const struct rk_verify *v = f->v;
    struct rk_duality *d = &f->d;
    for (uint32_t i = 0; i < v->pair_count; i++) {
        const struct rk_verify_pair *pair = &v->pairs[i];
        rk_duality_number(d, 0, v->panels[pair->recruitment].places > 0, pair->chosen);
        d->numbers[i].each[RK_CHOICE_CHANGE] = -pair->stay;
        d->numbers[i].each[RK_CHOICE_FIT] = -pair->fit;
        d->numbers[i].each[RK_CHOICE_LOTTERY] = pair->lot;
        rk_duality_term(d, pair->panelist, i, 1);
        rk_duality_term(d, PEOPLE_OF(v) + pair->recruitment, i, 1);
        add_quotas(f, &v->cells[pair->cell], i);
    }
    for (uint32_t i = 0; i < v->pair_count; i++) {
        uint32_t p = v->pairs[i].panelist, j = i - v->pair_first[p];
        int64_t load = rk_verify_load(v, p), open = 0;
        for (uint32_t k = v->pair_first[p]; k < v->pair_first[p + 1]; k++)
            open += v->panels[v->pairs[k].recruitment].places > 0;
        uint32_t n = rk_duality_number(d, 0, j < v->all_places && j < open, j < v->load[p] - load);
        d->numbers[n].each[RK_CHOICE_LOAD] = 2 * (load + j) + 1;
        rk_duality_term(d, p, n, -1);
    }
}

static void add_empty(struct proof *f, uint32_t r)
{
    const struct rk_verify *v = f->v;
    const struct rk_verify_panel *panel = &v->panels[r];
    int64_t eligible = v->order_first[r + 1] - v->order_first[r];
    f->empty[r] = f->d.number_count;
    for (int32_t j = 0; j < panel->places; j++) {
        uint32_t n = rk_duality_number(&f->d, j < panel->places - eligible, 1,
                                       j < panel->places - panel->members);
        f->d.numbers[n].each[RK_CHOICE_SEATS] = 1;
        f->d.numbers[n].each[RK_CHOICE_SHORTAGE] = 2 * ((int64_t)panel->lacking + j) + 1;
        rk_duality_term(&f->d, PEOPLE_OF(v) + r, n, 1);
        for (uint32_t q = v->quota_first[r]; q < v->quota_first[r + 1]; q++)
            if (v->quotas[q].tied == q)
                rk_duality_term(&f->d, f->groups + q, n, -1);
    }
}

/* Nobody needs more of a kind than the largest minimum of it. */
static void add_kept(struct proof *f, const struct rk_verify_people *kind)
{
    const struct rk_verify_quota *quota = &f->v->quotas[f->v->quota_first[kind->recruitment]];
    int32_t most = 0;
    for (const char *in = kind->in; *in; in++, quota++)
        if (*in == '1' && quota->min - quota->lowered > most)
            most = quota->min - quota->lowered;
    uint32_t n = rk_duality_number(&f->d, 0, most, 0);
    rk_duality_term(&f->d, f->groups + kind->tied, n, 1);
    add_quotas(f, kind, n);
}

/* The costs of all pairs are long sums, and few certificates price them. */
static bool is_used(const struct rk_certificate *c, uint32_t row)
{
    bool used = false;
    for (uint32_t s = 0; s < c->stage_count; s++)
        for (uint32_t i = 0; i < c->stages[s].prices.count && !used; i++)
            used = c->stages[s].prices.items[i].row == row;
    for (uint32_t i = 0; i < c->node_count && !used; i++)
        used = c->nodes[i].split == row;
    return used;
}

static void add_numbers(struct proof *f)
{
    const struct rk_verify *v = f->v;
    struct rk_duality *d = &f->d;
    add_pairs(f);
    f->empty = rk_alloc((size_t)PANELS_OF(v) + 1, sizeof *f->empty);
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        add_empty(f, r);
    f->kept = d->number_count;
    for (uint32_t k = 0; k < v->kind_count; k++)
        add_kept(f, &v->kinds[k]);
    for (int l = 0; l < RK_CHOICE_LEVELS; l++) {
        bool used = l <= RK_CHOICE_SHORTAGE || is_used(f->c, f->aim.held[l] - 1);
        for (uint32_t n = 0; n < d->number_count && used; n++)
            if (d->numbers[n].each[l])
                rk_duality_term(d, f->aim.held[l] - 1, n, d->numbers[n].each[l]);
    }
}

/* ---- what is proven ---- */

/* The values of the assignment; and for each level, how much more than that a choice may have: of
 * what all empty seats cost, and of as many members as there can be. */
static void find_values(struct proof *f)
{
    const struct rk_duality *d = &f->d;
    __int128 most[RK_CHOICE_LEVELS] = {0}, seats = 0;
    for (uint32_t n = 0; n < f->kept; n++) {
        bool empty = n >= f->empty[0];
        seats += empty ? d->numbers[n].high - d->numbers[n].low : 0;
        for (int l = 0; l < RK_CHOICE_LEVELS; l++) {
            f->aim.spread[l] += empty ? d->numbers[n].each[l] : 0;
            if (!empty && d->numbers[n].high && d->numbers[n].each[l] > most[l])
                most[l] = d->numbers[n].each[l];
        }
    }
    for (int l = 0; l < RK_CHOICE_LEVELS; l++) {
        f->aim.value[l] = rk_duality_value(&f->d, l);
        f->aim.spread[l] += seats * most[l] - f->aim.value[l];
    }
}

static void tell_proven(struct proof *f, int level)
{
    static const char *const texts[] = {
        [RK_CHOICE_SEATS] = N_("%s of %s seats are filled; no assignment fills more"),
        [RK_CHOICE_SHORTAGE] = N_("none spreads the empty seats more evenly"),
        [RK_CHOICE_CHANGE] = N_("none changes less"),
        [RK_CHOICE_FIT] = N_("none fits better; the fit is %s"),
        [RK_CHOICE_LOAD] = N_("none is fairer: spreads memberships more evenly"),
        [RK_CHOICE_LOTTERY] = N_("the lots of the seed '%s' decide what is still equal"),
        [CHANCES] = N_("no lottery gives anybody more without giving less to somebody who has no "
                       "more; that this draw is the seed's was not looked at")};
    struct rk_verify *v = f->v;
    struct rk_buf first = {0}, second = {0};
    long long seats = 0, filled = 0;
    for (uint32_t r = 0; r < PANELS_OF(v); r++)
        if (v->panels[r].open) {
            seats += v->facts->tables.recruitments->rows[r].seats;
            filled += v->panels[r].kept + v->panels[r].members;
        }
    if (level == RK_CHOICE_FIT)
        rk_fixed_print(&first, -f->aim.value[level] * v->unit);
    else if (level == RK_CHOICE_LOTTERY)
        rk_buf_text(&first, f->c->seed.text);
    else
        rk_buf_printf(&first, "%lld", filled);
    rk_buf_printf(&second, "%lld", seats);
    rk_verify_found(v, RK_VERIFY_BEST + level, RK_VERIFY_PROVEN, NULL, _(texts[level]), first.text,
                    second.text);
    rk_buf_free(&first);
    rk_buf_free(&second);
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
        BROKEN(RK_VERIFY_CERTIFICATE, NULL, "%s",
               f->d.overflow ? _("its numbers are too large")
                             : _("the prices say that there can be no such assignment"));
    if (v->broken || f->aim.end > RK_CHOICE_LEVELS) /* chances and cuts are told elsewhere */
        return !v->broken && found.level == f->aim.end;
    for (int level = f->aim.first; level < f->aim.end; level++)
        if (level < found.level)
            tell_proven(f, level);
        else if (level == found.level && found.slack >= 0 && found.slack <= INT64_MAX)
            tell_gap(f, level, found.slack);
        else
            rk_verify_found(v, RK_VERIFY_BEST + level, RK_VERIFY_OPEN, NULL, "%s", _("not proven"));
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
        if (pair == RK_NONE)
            continue;
        double off = rk_fraction_double(&values[pair]) - rk_fixed_double(row->probability);
        if (!row->has_probability || off > 1e-12 || off < -1e-12)
            BROKEN(RK_VERIFY_ROW, &row->pos,
                   _("recruitment %s: panelist %s: '%s' is not what a new row has"),
                   RECRUITMENT(row->recruitment), PANELIST(row->panelist), "probability");
    }
}

/* A lottery's expected numbers; and the numbers that are of people, with as many memberships
 * before. */
struct lottery {
    struct rk_fraction *value;
    bool *counts;
    int64_t *before;
    uint32_t unproven; /* of what it rests on */
};

/* For no kind are more places kept than can be empty by what is proven so far. */
static void keep_within(struct proof *f)
{
    for (uint32_t k = 0; k < f->v->kind_count; k++) {
        uint32_t r = f->v->kinds[k].recruitment;
        struct rk_duality_number *kept = &f->d.numbers[f->kept + k];
        int32_t empty = 0;
        for (int32_t j = 0; j < f->v->panels[r].places; j++)
            empty += f->d.numbers[f->empty[r] + (uint32_t)j].high;
        kept->high = kept->high < empty ? kept->high : empty;
    }
}

/* The chances fill the seats as well as the assignment does, and the assignment is one that a draw
 * by them can give. */
static void see_programme(struct proof *f, struct lottery *lottery)
{
    struct rk_verify *v = f->v;
    bool keep = true, rounds = false;
    for (int l = 0; l < f->aim.end && !lottery->unproven; l++) { /* what splits left, too */
        struct rk_duality_rule *rule = &f->d.rules[f->aim.held[l] - 1];
        rule->least = rule->most = (int64_t)f->aim.value[l];
    }
    keep_within(f);
    for (uint32_t q = 0; q < v->quota_count; q++) /* others are nothing to a draw */
        if (!rk_verify_holds_back(v, q))
            f->d.rules[f->quotas + q].least = f->d.rules[f->quotas + q].most = RK_DUALITY_NONE;
    for (uint32_t i = 0; i < f->c->value_count; i++)
        rk_fraction_set(&lottery->value[f->c->values[i].of], &f->c->values[i].expected);
    for (uint32_t i = 0; i < v->pair_count; i++) {
        lottery->counts[v->pair_count + i] = true;
        lottery->before[v->pair_count + i] =
            f->d.numbers[v->pair_count + i].each[RK_CHOICE_LOAD] / 2;
        keep &=
            !rk_whole_sign(&lottery->value[i].top) || !rk_verify_beside(v, lottery->value, i, 0);
    }
    keep &= rk_duality_keeps(&f->d, lottery->value, f->kept, &rounds);
    if (!v->broken && !keep)
        WRONG(N_("its chances do not keep the rules, or leave more seats empty"));
    if (!v->broken && !rounds)
        WRONG(N_("the assignment is not one that these chances give"));
    lottery->unproven += !rk_verify_nest(v);
}

/* Can so many of each cell sit together? */
static bool is_panel(const struct rk_verify *v, uint32_t r,
                     const struct rk_certificate_vector *panel)
{
    int64_t *count = rk_alloc((size_t)v->quota_count + 1, sizeof *count), members = 0, of;
    bool good = rk_whole_sign(&panel->number.top) > 0;
    for (uint32_t k = 0; k < panel->count && good; k++) {
        uint32_t cell = v->cell_first[r] + panel->terms[k].of;
        good = cell < v->cell_first[r + 1] && rk_whole_i64(&panel->terms[k].number, &of) &&
               of >= 0 && of <= v->cells[cell].size;
        members += good ? of : 0;
        if (good)
            rk_verify_count(v, &v->cells[cell], of, count);
    }
    good = good && members == v->panels[r].members &&
           rk_verify_quotas(v, r, count, v->panels[r].places - members);
    rk_free(count);
    return good;
}

/* Each is a panel, of as many as the assignment, which is one of them; all of a cell are as likely.
 */
static void draw_panels(struct proof *f, uint32_t r, struct rk_fraction *value)
{
    struct rk_verify *v = f->v;
    const struct rk_certificate_vectors *panels = &f->c->panels;
    struct rk_fraction *chance = rk_fractions(v->cell_count), total = {0}, term = {0};
    int64_t *chosen = rk_alloc((size_t)v->cell_count + 1, sizeof *chosen);
    bool good = true, drawn = false;
    rk_fraction_set_whole(&total, 0);
    for (uint32_t i = 0; i < v->pair_count; i++)
        chosen[v->pairs[i].cell] += v->pairs[i].chosen;
    for (uint32_t j = 0; j < panels->count && good; j++) {
        const struct rk_certificate_vector *panel = &panels->items[j];
        bool same = good = is_panel(v, r, panel);
        rk_fraction_add(&total, &total, &panel->number);
        for (uint32_t k = 0; k < panel->count && good; k++) {
            uint32_t cell = v->cell_first[r] + panel->terms[k].of;
            same &= chosen[cell] == panel->terms[k].number.small;
            rk_fraction_set_whole(&term, panel->terms[k].number.small);
            rk_fraction_multiply(&term, &term, &panel->number);
            rk_fraction_add(&chance[cell], &chance[cell], &term);
        }
        drawn |= same; /* since all are of one size */
    }
    for (uint32_t k = v->order_first[r]; k < v->order_first[r + 1] && drawn && good; k++) {
        uint32_t i = v->order[k], cell = v->pairs[i].cell;
        rk_fraction_set_whole(&term, v->cells[cell].size);
        rk_fraction_multiply(&term, &term, &total);
        rk_fraction_divide(&value[i], &chance[cell], &term);
    }
    if (!good || !drawn)
        WRONG(N_("its panels are no lottery, or the assignment is none of them"));
    rk_fractions_free(chance, v->cell_count);
    rk_fraction_free(&total);
    rk_fraction_free(&term);
    rk_free(chosen);
}

/* All panels keep a cut: a choice has no smaller sum. */
static bool prove_cut(struct proof *f, const struct rk_certificate_cut *cut)
{
    struct rk_duality *d = &f->d;
    for (uint32_t n = 0; n < d->number_count; n++)
        d->numbers[n].each[CHANCES] = 0;
    for (uint64_t t = 0; t < d->term_count; t++)
        if (d->terms[t].rule == cut->row)
            d->numbers[d->terms[t].number].each[CHANCES] += d->terms[t].factor;
    f->aim.first = CHANCES;
    f->aim.end = CHANCES + 1;
    f->aim.value[CHANCES] = cut->least;
    f->aim.apart = true;
    bool proven = prove(f, cut->node);
    if (cut->row >= f->told)
        d->rules[cut->row].least = cut->least;
    return proven && cut->row >= f->told;
}

/* Of as many empty seats as the assignment has. */
static void see_panels(struct proof *f, struct lottery *lottery)
{
    struct rk_verify *v = f->v;
    uint32_t open = 0, r = 0;
    for (uint32_t other = 0; other < PANELS_OF(v); other++)
        if (v->panels[other].places > 0 && ++open)
            r = other;
    if (open != 1) {
        WRONG(N_("it is of another recruitment"));
        return;
    }
    for (uint32_t n = f->empty[r]; n < f->kept; n++)
        f->d.numbers[n].low = f->d.numbers[n].high = f->d.numbers[n].now;
    keep_within(f);
    for (uint32_t i = 0; i < f->c->cut_count && !v->broken; i++)
        lottery->unproven += !prove_cut(f, &f->c->cuts[i]);
    for (uint32_t i = 0; i < v->pair_count; i++) {
        lottery->counts[i] = v->pairs[i].recruitment == r;
        lottery->before[i] = rk_verify_load(v, v->pairs[i].panelist);
    }
    if (!v->broken)
        draw_panels(f, r, lottery->value);
}

/* The assignment is drawn by the chances, no seats more can be filled, and the steps show that no
 * chances are fairer. */
static void prove_lottery(struct proof *f)
{
    struct rk_verify *v = f->v;
    size_t n = (size_t)f->d.number_count + 1;
    bool panels = f->c->mode == RK_CERTIFICATE_PANELS;
    struct lottery lottery = {rk_fractions(f->d.number_count), rk_alloc(n, sizeof(bool)),
                              rk_alloc(n, sizeof(int64_t)), 0};
    f->aim.end = panels ? RK_CHOICE_SEATS + 1 : RK_CHOICE_SHORTAGE + 1;
    lottery.unproven = !prove(f, 0);
    (panels ? see_panels : see_programme)(f, &lottery);
    bool cut_short = !v->broken && !rk_duality_steps(&f->d, &f->c->steps, lottery.counts,
                                                     lottery.value, lottery.before);
    if (cut_short && f->c->steps.count)
        WRONG(N_("its steps do not prove the chances"));
    if (!v->broken)
        check_chances(f, lottery.value);
    if (!v->broken && !lottery.unproven && !cut_short)
        tell_proven(f, CHANCES);
    else if (!v->broken && (cut_short || !panels))
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL, "%s", _("not proven"));
    else if (!v->broken)
        rk_verify_found(v, RK_VERIFY_CHANCES, RK_VERIFY_OPEN, NULL,
                        RK_PLURAL("rests on %u cut that was not checked",
                                  "rests on %u cuts that were not checked", lottery.unproven),
                        lottery.unproven);
    rk_fractions_free(lottery.value, f->d.number_count);
    rk_free(lottery.counts);
    rk_free(lottery.before);
}

/* ---- all of it ---- */

/* How the matcher was told to read the rules. */
static void tell_certificate(struct rk_verify *v)
{
    const struct rk_certificate *c = v->facts->certificate;
    const char *const options[] = {c->assume_available ? " --assume-available" : "",
                                   c->assume_adult ? " --assume-adult" : "",
                                   c->require_declarations ? " --require-declarations" : "",
                                   c->candidate_conflicts_pass ? " --candidate-conflict=drop" : ""};
    struct rk_buf text = {0};
    for (int i = 0; i < 4; i++)
        rk_buf_text(&text, options[i]);
    rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_HOLDS, NULL,
                    text.size ? _("the rules were read with%s") : "%s", text.size ? text.text : "");
    rk_buf_free(&text);
}

void rk_verify_proof(struct rk_verify *v)
{
    const struct rk_certificate *c = v->facts->certificate;
    bool looked_at = c && !v->broken;
    struct proof f = {.v = v, .c = c, .aim.end = RK_CHOICE_LEVELS};
    if (looked_at)
        lower(&f);
    rk_verify_end_rules(v);
    if (!looked_at)
        rk_verify_found(v, RK_VERIFY_CERTIFICATE, RK_VERIFY_OPEN, NULL, "%s",
                        c ? _("not looked at, since rules are broken")
                          : _("there is none, so nothing is proven"));
    if (!looked_at || v->broken)
        return;
    add_rules(&f);
    add_numbers(&f);
    if (c->row_end > f.d.rule_count || c->number_end > f.d.number_count) {
        WRONG(N_("it tells of rows or numbers that there are not"));
    } else {
        find_values(&f);
        if (c->mode == RK_CERTIFICATE_CHOICE)
            prove(&f, 0);
        else
            prove_lottery(&f);
    }
    if (!v->found[RK_VERIFY_CERTIFICATE])
        tell_certificate(v);
    rk_duality_free(&f.d);
    rk_free(f.empty);
}
