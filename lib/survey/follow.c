#include "survey/follow.h"

#include "stat/distribution.h"
#include "stat/interval.h"
#include "stat/sample.h"

#include <math.h>

const char *const rk_follow_waits[RK_WAITS] = {"decision", "record", "legal_force", "users_told",
                                               "candidates_told"};
const char *const rk_follow_who[RK_WAITS] = {"candidates", "register", "hired", "users",
                                             "candidates"};

/* A recruitment as it was known on the day. */
struct rk_follow_case {
    enum rk_follow_state state;
    int32_t opened, end; /* decided or cancelled on; RK_NO_DATE = not known, or open */
    bool recorded[RK_PROCESS_STAGES];
    int64_t users[RK_PROCESS_STAGES]; /* the most who were there on a day */
    bool took_part;                   /* users did, as far as events and activities tell */
    bool has_cost;
    rk_fixed cost, pay, hours;
    int64_t decisions, hires, no_force, untold; /* rows of decisions; untold: candidates */
    int32_t users_told;                         /* the first of the rows; RK_NO_DATE = not */
    int32_t candidates_told;                    /* the last of those told */
};

struct told { /* one measure under way */
    struct rk_follow *to;
    const uint32_t *group;
    uint32_t g; /* the group told of; RK_NONE = all */
};

static struct rk_measure *add(const struct told *t, const char *name, const char *variant,
                              double estimate, double n, const char *method)
{
    struct rk_follow *to = t->to;
    RK_GROW(to->rows, to->count, to->room);
    struct rk_follow_row *row = &to->rows[to->count++];
    *row = (struct rk_follow_row){.group = t->g,
                                  .time = (double)NAN,
                                  .measure = {.measure = name,
                                              .variant = rk_text(variant),
                                              .estimate = estimate,
                                              .se = (double)NAN,
                                              .low = (double)NAN,
                                              .high = (double)NAN,
                                              .n = n,
                                              .method = rk_text(method)}};
    return &row->measure;
}

static void add_share(const struct told *t, const char *name, const char *variant, double x,
                      double n)
{
    struct rk_measure *m =
        add(t, name, variant, n > 0 ? x / n : (double)NAN, n, n > 0 ? "wilson" : "none");
    struct rk_interval i = rk_wilson(x, n, t->to->options->level);
    m->low = i.low;
    m->high = i.high;
}

/* Why a mean or ratio of n values has no interval, or NULL: values that are all alike tell nothing
 * of how others differ. */
static const char *no_interval(size_t n, double estimate, double se)
{
    if (!n || isnan(estimate))
        return "none";
    if (n < 2)
        return "too_few";
    return se > 1e-12 * fabs(estimate) ? NULL : "no_spread";
}

static void add_estimate(const struct told *t, const char *name, const char *variant,
                         double estimate, double se, size_t n, const char *method)
{
    const char *why = no_interval(n, estimate, se);
    struct rk_measure *m = add(t, name, variant, estimate, (double)n, why ? why : method);
    if (why)
        return;
    struct rk_interval i = rk_t_interval(estimate, se, (double)n - 1, t->to->options->level);
    m->se = se;
    m->low = i.low;
    m->high = i.high;
}

/* The mean of values, with Student's interval. */
static void add_mean(const struct told *t, const char *name, const char *variant,
                     const double *values, size_t n)
{
    struct rk_sample s = rk_sample(values, n);
    add_estimate(t, name, variant, s.mean, s.se, n, "t");
}

/* Σy / Σx with its error by linearization, sqrt(n/(n-1) Σ(y - r x)²) / Σx (Cochran 1977, 6.4). */
static void add_ratio(const struct told *t, const char *name, const char *variant, const double *y,
                      const double *x, size_t n)
{
    double above = 0, below = 0, rest = 0;
    for (size_t i = 0; i < n; i++) {
        above += y[i];
        below += x[i];
    }
    double ratio = below > 0 ? above / below : (double)NAN;
    for (size_t i = 0; i < n; i++)
        rest += (y[i] - ratio * x[i]) * (y[i] - ratio * x[i]);
    double se = n > 1 ? sqrt((double)n / ((double)n - 1) * rest) / below : (double)NAN;
    add_estimate(t, name, variant, ratio, se, n, "ratio linearized");
}

/* ---- the cases ---- */

static bool by_day(int32_t date, const struct rk_follow_options *o)
{
    return date != RK_NO_DATE && date <= o->day;
}

static void set_state(struct rk_follow_case *c, const struct rk_recruitment *r,
                      int32_t first_decision, const struct rk_follow_options *o)
{
    int32_t decided = r->decided_on != RK_NO_DATE ? r->decided_on : first_decision;
    bool cancelled = r->status == RK_RECRUITMENT_CANCELLED;
    c->opened = r->opened;
    c->end = RK_NO_DATE;
    if (r->opened != RK_NO_DATE && r->opened > o->day) {
        c->state = RK_FOLLOW_LATER;
    } else if (cancelled && (r->cancelled_on == RK_NO_DATE || by_day(r->cancelled_on, o))) {
        c->state = RK_FOLLOW_CANCELLED;
        c->end = r->cancelled_on;
    } else if (r->status == RK_RECRUITMENT_DECIDED &&
               (decided == RK_NO_DATE || by_day(decided, o))) {
        c->state = RK_FOLLOW_DECIDED;
        c->end = decided;
    } else {
        c->state = RK_FOLLOW_OPEN;
    }
}

static bool is_before(int32_t date, int32_t other)
{
    return date != RK_NO_DATE && other != RK_NO_DATE && date < other;
}

static void add_decisions(struct rk_follow *f, int32_t *first)
{
    const struct rk_process *p = f->facts->process;
    for (size_t i = 0; i < p->decision_count; i++) {
        const struct rk_process_decision *d = &p->decisions[i];
        struct rk_follow_case *c = &f->cases[d->recruitment];
        if (!by_day(d->decided, f->options))
            continue;
        c->decisions++;
        c->hires += d->outcome == RK_OUTCOME_HIRED;
        c->no_force += !by_day(d->legal_force, f->options);
        c->untold += !by_day(d->candidates_told, f->options);
        if (by_day(d->candidates_told, f->options) && d->candidates_told > c->candidates_told)
            c->candidates_told = d->candidates_told;
        if (by_day(d->users_told, f->options) &&
            (c->users_told == RK_NO_DATE || d->users_told < c->users_told))
            c->users_told = d->users_told;
        if (first[d->recruitment] == RK_NO_DATE || d->decided < first[d->recruitment])
            first[d->recruitment] = d->decided;
    }
}

static void add_events(struct rk_follow *f)
{
    const struct rk_process *p = f->facts->process;
    bool *is_user = rk_alloc((size_t)p->groups.count + 1, sizeof *is_user);
    for (uint32_t g = 0; g < p->groups.count; g++)
        is_user[g] = rk_list_has(f->options->users, p->groups.texts[g]);
    for (size_t i = 0; i < p->event_count; i++) {
        const struct rk_process_event *e = &p->events[i];
        struct rk_follow_case *c = &f->cases[e->recruitment];
        if (!by_day(e->date, f->options))
            continue;
        c->recorded[e->stage] = true;
        if (is_user[e->group] && e->n > c->users[e->stage])
            c->users[e->stage] = e->n;
        c->took_part |= is_user[e->group] && e->n > 0;
    }
    rk_free(is_user);
}

static void add_costs(struct rk_follow *f)
{
    const struct rk_process *p = f->facts->process;
    for (size_t i = 0; i < p->cost_count; i++) {
        const struct rk_process_cost *cost = &p->costs[i];
        if (cost->recruitment == RK_NONE || !by_day(cost->date, f->options))
            continue;
        struct rk_follow_case *c = &f->cases[cost->recruitment];
        c->has_cost = true;
        c->cost += cost->amount;
        if (rk_list_has(f->options->pay, p->kinds.texts[cost->kind]))
            c->pay += cost->amount;
    }
}

void rk_follow_start(struct rk_follow *follow, const struct rk_follow_facts *facts,
                     const struct rk_follow_options *options)
{
    const struct rk_activities *a = facts->activities;
    uint32_t n = facts->recruitments->count;
    *follow = (struct rk_follow){.facts = facts, .options = options};
    follow->cases = rk_alloc((size_t)n + 1, sizeof *follow->cases);
    int32_t *first = rk_alloc((size_t)n + 1, sizeof *first);
    for (uint32_t i = 0; i < n; i++)
        first[i] = follow->cases[i].users_told = follow->cases[i].candidates_told = RK_NO_DATE;
    add_decisions(follow, first);
    add_events(follow);
    add_costs(follow);
    for (uint32_t i = 0; a && i < a->count; i++) {
        const struct rk_activity *row = &a->rows[i];
        uint32_t r = row->recruitment == RK_NONE
                         ? RK_NONE
                         : rk_recruitments_find(facts->recruitments,
                                                a->recruitments.texts[row->recruitment]);
        if (r == RK_NONE || !by_day(row->date, options))
            continue;
        follow->cases[r].hours += row->hours;
        follow->cases[r].took_part |= row->hours > 0;
    }
    for (uint32_t i = 0; i < n; i++) {
        struct rk_follow_case *c = &follow->cases[i];
        set_state(c, &facts->recruitments->rows[i], first[i], options);
        follow->later += c->state == RK_FOLLOW_LATER;
        follow->backwards +=
            is_before(c->end, c->opened) ||
            (c->state == RK_FOLLOW_DECIDED &&
             (is_before(c->users_told, c->end) || is_before(c->candidates_told, c->end)));
        if (!facts->process->has_events && !a)
            c->took_part = true; /* nothing tells that they did not */
    }
    rk_free(first);
}

/* The next recruitment of the group that had opened by the day, from *i on. */
static const struct rk_follow_case *next(const struct told *t, uint32_t *i)
{
    for (; *i < t->to->facts->recruitments->count; (*i)++)
        if (t->to->cases[*i].state != RK_FOLLOW_LATER && (t->g == RK_NONE || t->group[*i] == t->g))
            return &t->to->cases[(*i)++];
    return NULL;
}

/* ---- stages ---- */

static void tell_states(const struct told *t)
{
    static const char *const names[] = {"", "open", "decided", "cancelled"};
    const struct rk_follow_case *c;
    double count[4] = {0}, n = 0, hires = 0;
    for (uint32_t i = 0; (c = next(t, &i)); n++) {
        count[c->state]++;
        hires += (double)c->hires;
    }
    add(t, "recruitments", "", n, n, "count");
    for (int s = RK_FOLLOW_OPEN; s <= RK_FOLLOW_CANCELLED; s++)
        add(t, "recruitments", names[s], count[s], n, "count");
    if (t->to->facts->process->has_decisions)
        add(t, "hires", "", hires, n, "count");
}

static void tell_stages(const struct told *t, double *values)
{
    const struct rk_follow_case *c;
    for (size_t s = 0; s < RK_PROCESS_STAGES; s++) {
        double recorded = 0, decided = 0, written = 0;
        size_t with = 0;
        for (uint32_t i = 0; (c = next(t, &i));) {
            recorded += c->recorded[s];
            decided += c->state == RK_FOLLOW_DECIDED;
            written += c->state == RK_FOLLOW_DECIDED && c->recorded[s];
            if (c->recorded[s] && c->users[s])
                values[with++] = (double)c->users[s];
        }
        add_share(t, "recorded", rk_process_stages[s], written, decided);
        add_share(t, "with_users", rk_process_stages[s], (double)with, recorded);
        add_mean(t, "users", rk_process_stages[s], values, with);
    }
    double whole = 0;
    size_t n = 0;
    for (uint32_t i = 0; (c = next(t, &i));) {
        if (c->state != RK_FOLLOW_DECIDED)
            continue;
        double had = 0, of = 0;
        for (size_t s = 0; s < RK_PROCESS_STAGES; s++)
            if (t->to->options->chain >> s & 1) {
                of++;
                had += c->users[s] > 0;
            }
        whole += had == of;
        values[n++] = had / of;
    }
    add_share(t, "chain_complete", "", whole, (double)n);
    add_mean(t, "chain", "", values, n);
}

bool rk_follow_advert(const struct rk_follow *follow, uint32_t recruitment, bool *known)
{
    *known = follow->cases[recruitment].recorded[RK_PROCESS_ADVERT];
    return follow->cases[recruitment].users[RK_PROCESS_ADVERT] > 0;
}

static void tell_applicants(const struct told *t, double *values)
{
    size_t n = 0;
    for (uint32_t i = 0; next(t, &i);) {
        int32_t closes = t->to->facts->recruitments->rows[i - 1].closes;
        if (t->to->cases[i - 1].state != RK_FOLLOW_OPEN || by_day(closes, t->to->options))
            values[n++] = (double)t->to->facts->process->applicants[i - 1];
    }
    add_mean(t, "applicants", "", values, n);
}

/* A period is over by the day when its text comes before, or is the start of, the day's. */
void rk_follow_indicators(struct rk_follow *follow)
{
    const struct rk_process *p = follow->facts->process;
    struct told t = {follow, NULL, RK_NONE};
    struct rk_buf day = {0};
    rk_date_print(&day, follow->options->day);
    uint32_t *rank = rk_strings_ranks(&p->names);
    for (uint32_t k = 0; k < p->names.count; k++) {
        const struct rk_process_indicator *first = NULL, *last = NULL;
        double n = 0;
        for (size_t i = 0; i < p->indicator_count; i++) {
            const struct rk_process_indicator *one = &p->indicators[i];
            struct rk_text period = p->periods.texts[one->period];
            if (rank[one->name] != k ||
                strncmp(period.text, day.text, period.size < day.size ? period.size : day.size) > 0)
                continue;
            n++;
            if (!first || rk_text_compare(period, p->periods.texts[first->period]) < 0)
                first = one;
            if (!last || rk_text_compare(period, p->periods.texts[last->period]) > 0)
                last = one;
        }
        if (!last)
            continue;
        const char *name = p->names.texts[last->name].text;
        add(&t, "indicator_first", name, rk_fixed_double(first->value), n, "first");
        add(&t, "indicator", name, rk_fixed_double(last->value), n, "last");
        if (last->has_target)
            add(&t, "indicator_target", name, rk_fixed_double(last->target), n, "last");
    }
    rk_free(rank);
    rk_buf_free(&day);
}

/* ---- how long ---- */

enum span { ADVERT_TO_DECISION, DECISION_TO_USERS, DECISION_TO_CANDIDATES, SPANS };
static const char *const spans[SPANS] = {"advert_to_decision", "decision_to_users_told",
                                         "decision_to_candidates_told"};

static bool add_spell(struct rk_spell *to, int32_t from, int32_t until, bool ended, uint32_t group)
{
    if (from == RK_NO_DATE || until == RK_NO_DATE || until < from)
        return false;
    *to = (struct rk_spell){until - from, ended, group, 0};
    return true;
}

/* Spells of a kind, a recruitment each; `spells` has room for all. */
static size_t spells_of(const struct told *t, enum span span, struct rk_spell *spells)
{
    int32_t day = t->to->options->day;
    const struct rk_follow_case *c;
    size_t n = 0;
    for (uint32_t i = 0; (c = next(t, &i));) {
        uint32_t g = t->group ? t->group[i - 1] : RK_NONE;
        bool decided = c->state == RK_FOLLOW_DECIDED, told = c->users_told != RK_NO_DATE;
        if (span == ADVERT_TO_DECISION)
            n += add_spell(&spells[n], c->opened, c->state == RK_FOLLOW_OPEN ? day : c->end,
                           decided, g);
        else if (span == DECISION_TO_USERS && decided && c->took_part && c->decisions)
            n += add_spell(&spells[n], c->end, told ? c->users_told : day, told, g);
        else if (span == DECISION_TO_CANDIDATES && decided && c->decisions)
            n += add_spell(&spells[n], c->end, c->untold ? day : c->candidates_told, !c->untold, g);
    }
    return n;
}

static void add_at(const struct told *t, enum span span, const struct rk_curve *c, double time)
{
    size_t at = rk_curve_step_at(c, time);
    uint32_t at_risk = rk_curve_at_risk(c, time);
    struct rk_measure *m;
    if (at != SIZE_MAX && c->steps[at].at_risk == c->steps[at].events) {
        /* all; nothing comes after, and what was censored tells nothing */
        double ended = c->steps[at].ended;
        struct rk_interval i = rk_wilson(ended, ended, t->to->options->level);
        m = add(t, "done", spans[span], 1, ended, "kaplan_meier wilson");
        m->low = i.low;
        m->high = i.high;
    } else if (time > c->times[c->n - 1]) {
        m = add(t, "done", spans[span], (double)NAN, at_risk, "not_reached");
    } else if (at == SIZE_MAX) {
        struct rk_interval i = rk_wilson(0, at_risk, t->to->options->level);
        m = add(t, "done", spans[span], 0, at_risk, "kaplan_meier wilson");
        m->low = i.low;
        m->high = i.high;
    } else {
        m = add(t, "done", spans[span], 1 - c->steps[at].survival, at_risk, "kaplan_meier log");
        m->se = c->steps[at].se;
        m->low = 1 - c->steps[at].high;
        m->high = 1 - c->steps[at].low;
    }
    t->to->rows[t->to->count - 1].time = time;
}

static void tell_span(const struct told *t, enum span span, struct rk_spell *spells)
{
    const struct rk_follow_options *o = t->to->options;
    size_t n = spells_of(t, span, spells);
    struct rk_curve c;
    rk_curve_make(&c, spells, n, RK_CURVE_LOG, o->level);
    add(t, "ended", spans[span], c.events, c.n, "count");
    struct rk_curve_quantile q = rk_curve_quantile(&c, 0.5);
    struct rk_measure *m = add(t, "median_days", spans[span], q.time, c.n,
                               !n              ? "none"
                               : isnan(q.time) ? "not_reached"
                                               : "kaplan_meier log");
    m->low = q.low;
    m->high = q.high;
    if (c.events && c.times[n - 1] > 0) {
        double se, limit = c.times[n - 1], mean = rk_curve_mean(&c, limit, &se);
        m = add(t, "mean_days", spans[span], mean, c.n, se > 0 ? "restricted" : "no_spread");
        t->to->rows[t->to->count - 1].time = limit;
        if (se > 0) {
            double z = rk_normal_quantile((1 + o->level) / 2);
            m->se = se;
            m->low = mean - z * se > 0 ? mean - z * se : 0;
            m->high = mean + z * se;
        }
    }
    for (size_t i = 0; n && i < o->time_count; i++)
        add_at(t, span, &c, o->times[i]);
    rk_curve_free(&c);
}

/* ---- cost and hours ---- */

/* What a changed decision costs, where one is known to be: all that finished recruitments cost over
 * how many changed, and over how many would by the ends of Wilson's interval, so that none of
 * thirteen tells how much at least. */
static void tell_changed(const struct told *t, double total)
{
    const struct rk_follow_case *c;
    double changed = 0, decided = 0, with_cost = 0, of_them = 0;
    for (uint32_t i = 0; (c = next(t, &i));)
        if (c->state == RK_FOLLOW_DECIDED) {
            bool is_changed = t->to->facts->changed[i - 1];
            decided++;
            changed += is_changed;
            with_cost += c->has_cost;
            of_them += c->has_cost && is_changed;
        }
    add_share(t, "changed", "", changed, decided);
    struct rk_interval i = rk_wilson(of_them, with_cost, t->to->options->level);
    bool any = of_them > 0;
    struct rk_measure *m =
        add(t, "cost_per_changed_decision", "", any ? total / of_them : (double)NAN, with_cost,
            any             ? "total over wilson"
            : with_cost > 0 ? "none_changed"
                            : "none");
    if (with_cost > 0) {
        m->low = total / (with_cost * i.high);
        m->high = any ? total / (with_cost * i.low) : (double)NAN;
    }
}

static void tell_kinds(const struct told *t)
{
    const struct rk_process *p = t->to->facts->process;
    const struct rk_follow_options *o = t->to->options;
    uint32_t *rank = rk_strings_ranks(&p->kinds);
    struct of {
        rk_fixed amount, hours;
        double n;
        struct rk_text kind;
    } *of = rk_alloc((size_t)p->kinds.count + 2, sizeof *of);
    struct of *all = &of[p->kinds.count];
    for (uint32_t k = 0; k < p->kinds.count; k++)
        of[rank[k]].kind = p->kinds.texts[k];
    for (size_t i = 0; i < p->cost_count; i++) {
        const struct rk_process_cost *cost = &p->costs[i];
        if (!by_day(cost->date, o) || (t->g != RK_NONE && (cost->recruitment == RK_NONE ||
                                                           t->group[cost->recruitment] != t->g)))
            continue;
        struct of *to[] = {&of[rank[cost->kind]], all};
        for (int j = 0; j < 2; j++) {
            to[j]->amount += cost->amount;
            to[j]->hours += cost->hours;
            to[j]->n++;
        }
    }
    for (uint32_t k = 0; k <= p->kinds.count; k++)
        if (of[k].n > 0 || &of[k] == all) {
            add(t, "cost", &of[k] == all ? "" : of[k].kind.text, rk_fixed_double(of[k].amount),
                of[k].n, "sum");
            if (of[k].hours && &of[k] != all)
                add(t, "cost_hours", of[k].kind.text, rk_fixed_double(of[k].hours), of[k].n, "sum");
        }
    rk_free(of);
    rk_free(rank);
}

static void tell_costs(const struct told *t, double *values)
{
    const struct rk_follow_facts *facts = t->to->facts;
    size_t all = facts->recruitments->count, n = 0, m = 0, paid = 0;
    double *cost = values, *hires = cost + all, *worked = hires + all, *hours = worked + all,
           *pay = hours + all, *pay_hours = pay + all, sum = 0;
    const struct rk_follow_case *c;
    for (uint32_t i = 0; (c = next(t, &i));) {
        if (!c->has_cost || c->state == RK_FOLLOW_OPEN)
            continue;
        cost[n] = rk_fixed_double(c->cost);
        hires[n] = (double)c->hires;
        sum += cost[n];
        if (c->hours) {
            worked[m] = cost[n];
            hours[m++] = rk_fixed_double(c->hours);
        }
        if (c->hours && c->pay) {
            pay[paid] = rk_fixed_double(c->pay);
            pay_hours[paid++] = rk_fixed_double(c->hours);
        }
        n++;
    }
    tell_kinds(t);
    add_mean(t, "cost_per_recruitment", "", cost, n);
    if (facts->process->has_decisions)
        add_ratio(t, "cost_per_hire", "", cost, hires, n);
    if (facts->activities) {
        add_ratio(t, "cost_per_user_hour", "", worked, hours, m);
        add_ratio(t, "cost_per_user_hour", "pay", pay, pay_hours, paid);
    }
    if (facts->changed)
        tell_changed(t, sum);
}

static void tell_hours(const struct told *t, double *values)
{
    const struct rk_activities *a = t->to->facts->activities;
    const struct rk_follow_case *c;
    size_t n = 0;
    rk_fixed *of = rk_alloc((size_t)a->panelists.count + a->stages.count + 2, sizeof *of),
             *stages = of + a->panelists.count + 1, all = 0;
    uint32_t *rank = rk_strings_ranks(&a->stages);
    double *people = rk_alloc((size_t)a->panelists.count + 1, sizeof *people);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct rk_activity *row = &a->rows[i];
        uint32_t r = row->recruitment == RK_NONE
                         ? RK_NONE
                         : rk_recruitments_find(t->to->facts->recruitments,
                                                a->recruitments.texts[row->recruitment]);
        if (!by_day(row->date, t->to->options) ||
            (t->g != RK_NONE && (r == RK_NONE || t->group[r] != t->g)))
            continue;
        of[row->panelist] += row->hours;
        stages[rank[row->stage]] += row->hours;
        all += row->hours;
    }
    for (uint32_t i = 0; i < a->panelists.count; i++)
        if (of[i])
            people[n++] = rk_fixed_double(of[i]);
    rk_sort(people, n); /* the sum must not depend on who came first */
    add(t, "hours", "", rk_fixed_double(all), (double)n, "sum");
    for (uint32_t k = 0; k < a->stages.count; k++)
        for (uint32_t s = 0; s < a->stages.count; s++)
            if (rank[s] == k && stages[k])
                add(t, "hours", a->stages.texts[s].text, rk_fixed_double(stages[k]), (double)n,
                    "sum");
    add_mean(t, "hours_per_user", "", people, n);
    n = 0;
    for (uint32_t i = 0; (c = next(t, &i));)
        if (c->hours && c->state != RK_FOLLOW_OPEN)
            values[n++] = rk_fixed_double(c->hours);
    add_mean(t, "hours_per_recruitment", "", values, n);
    rk_free(people);
    rk_free(rank);
    rk_free(of);
}

/* ---- what waits ---- */

static void wait_for(struct rk_follow *f, uint32_t recruitment, enum rk_follow_wait what,
                     int32_t since, int64_t n)
{
    RK_GROW(f->waiting, f->waiting_count, f->waiting_room);
    f->waiting[f->waiting_count++] = (struct rk_follow_waiting){recruitment, what, since, n};
}

void rk_follow_wait(struct rk_follow *f)
{
    bool known = f->facts->process->has_decisions;
    f->waiting_count = 0;
    for (uint32_t i = 0; i < f->facts->recruitments->count; i++) {
        const struct rk_follow_case *c = &f->cases[i];
        int32_t closes = f->facts->recruitments->rows[i].closes;
        bool over = c->state == RK_FOLLOW_DECIDED || c->state == RK_FOLLOW_CANCELLED;
        if (c->state == RK_FOLLOW_OPEN && closes != RK_NO_DATE && closes < f->options->day)
            wait_for(f, i, RK_WAIT_DECISION, closes, -1);
        if (!over || !known)
            continue;
        if (c->state == RK_FOLLOW_DECIDED && !c->decisions)
            wait_for(f, i, RK_WAIT_RECORD, c->end, -1);
        if (c->state == RK_FOLLOW_DECIDED && c->no_force)
            wait_for(f, i, RK_WAIT_LEGAL_FORCE, c->end, c->no_force);
        if (c->took_part && c->users_told == RK_NO_DATE)
            wait_for(f, i, RK_WAIT_USERS_TOLD, c->end, -1);
        if (c->untold || !c->decisions)
            wait_for(f, i, RK_WAIT_CANDIDATES_TOLD, c->end, c->decisions ? c->untold : -1);
    }
}

static void tell_told(const struct told *t)
{
    const struct rk_follow_case *c;
    double users = 0, took_part = 0, candidates = 0, decided = 0;
    double waiting[RK_WAITS] = {0}, n = 0;
    for (uint32_t i = 0; (c = next(t, &i)); n++) {
        if (c->state == RK_FOLLOW_DECIDED && c->decisions) {
            decided++;
            candidates += !c->untold;
        }
        if (c->state == RK_FOLLOW_DECIDED && c->took_part) {
            took_part++;
            users += c->users_told != RK_NO_DATE;
        }
    }
    for (size_t i = 0; i < t->to->waiting_count; i++) {
        const struct rk_follow_waiting *w = &t->to->waiting[i];
        waiting[w->what] += t->g == RK_NONE || t->group[w->recruitment] == t->g;
    }
    if (t->to->facts->process->has_decisions) {
        add_share(t, "told", "users", users, took_part);
        add_share(t, "told", "candidates", candidates, decided);
    }
    for (size_t w = 0; w < RK_WAITS; w++)
        if (w == RK_WAIT_DECISION || t->to->facts->process->has_decisions)
            add(t, "waiting", rk_follow_waits[w], waiting[w], n, "count");
}

/* ---- all of it ---- */

static void tell_tests(const struct told *t, uint32_t groups, struct rk_spell *spells)
{
    struct rk_logrank *l = rk_alloc(1, sizeof *l);
    for (int s = 0; s < SPANS; s++) {
        if (s && !t->to->facts->process->has_decisions)
            continue;
        size_t n = spells_of(t, (enum span)s, spells), in = 0;
        for (size_t i = 0; i < n; i++)
            if (spells[i].group != RK_NONE)
                spells[in++] = spells[i];
        if (!in)
            continue;
        rk_logrank(l, spells, in, groups, 0);
        const char *how = l->df > 0 ? "logrank" : "none";
        add(t, "logrank", spans[s], l->chi_square, (double)in, how);
        add(t, "logrank_p", spans[s], l->p, (double)in, how);
    }
    rk_free(l);
}

void rk_follow_tell(struct rk_follow *follow, const uint32_t *group, uint32_t groups)
{
    const struct rk_process *p = follow->facts->process;
    size_t n = follow->facts->recruitments->count;
    struct rk_spell *spells = rk_alloc(n + 1, sizeof *spells);
    double *values = rk_alloc(n + 1, 6 * sizeof *values);
    rk_follow_wait(follow);
    for (uint32_t g = 0; g < groups; g++) {
        struct told t = {follow, group, group ? g : RK_NONE};
        uint32_t first = 0;
        if (group && !next(&t, &first)) /* all opened later */
            continue;
        tell_states(&t);
        if (p->has_events)
            tell_stages(&t, values);
        if (p->applicants)
            tell_applicants(&t, values);
        for (int s = 0; s < SPANS; s++)
            if (!s || p->has_decisions)
                tell_span(&t, (enum span)s, spells);
        if (p->has_costs)
            tell_costs(&t, values);
        if (follow->facts->activities)
            tell_hours(&t, values);
        tell_told(&t);
    }
    if (group && groups > 1 && groups <= RK_SURVIVAL_GROUPS && 2 * (size_t)groups <= n)
        tell_tests(&(struct told){follow, group, RK_NONE}, groups, spells);
    rk_free(values);
    rk_free(spells);
}

void rk_follow_free(struct rk_follow *follow)
{
    rk_free(follow->rows);
    rk_free(follow->waiting);
    rk_free(follow->cases);
    *follow = (struct rk_follow){0};
}
