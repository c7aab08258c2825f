#include "survey/retain.h"

#include "base/hash.h"
#include "stat/distribution.h"
#include "stat/interval.h"

#include <math.h>

static struct rk_measure *add(struct rk_retain *to, uint32_t group, double time, const char *name,
                              double estimate, double n, const char *method)
{
    RK_GROW(to->rows, to->count, to->room);
    struct rk_retain_row *row = &to->rows[to->count++];
    *row = (struct rk_retain_row){.group = group,
                                  .reason = RK_NONE,
                                  .time = time,
                                  .measure = {.measure = name,
                                              .estimate = estimate,
                                              .se = (double)NAN,
                                              .low = (double)NAN,
                                              .high = (double)NAN,
                                              .n = n,
                                              .method = rk_text(method)}};
    return &row->measure;
}

static void hide(struct rk_retain *to, uint32_t group, double time, const char *name)
{
    add(to, group, time, name, (double)NAN, (double)NAN, "hidden");
    to->hidden++;
}

/* Is a number of people no small one? */
static bool is_safe(uint64_t people, const struct rk_retain_options *o)
{
    return !people || (int64_t)people >= o->min_count;
}

static bool may_count(const struct rk_curve *c, const struct rk_retain_options *o)
{
    return is_safe(c->events, o) && is_safe(c->n - c->events, o);
}

/* ---- the curve ---- */

static const char *method_of(enum rk_curve_interval interval)
{
    static const char *const names[] = {"kaplan_meier log", "kaplan_meier log-log",
                                        "kaplan_meier plain"};
    return names[interval];
}

static void tell_time(struct rk_retain *to, const struct rk_curve *c, uint32_t group, double time,
                      const struct rk_retain_options *o)
{
    size_t at = rk_curve_step_at(c, time);
    uint32_t at_risk = rk_curve_at_risk(c, time);
    if (!c->n || time > c->times[c->n - 1]) {
        add(to, group, time, "retained", (double)NAN, at_risk, "not_reached");
        return;
    }
    if (at == SIZE_MAX) { /* nobody has left: Greenwood's error is 0, which is no certainty */
        struct rk_measure *m = add(to, group, time, "retained", 1, at_risk, "kaplan_meier wilson");
        struct rk_interval i = rk_wilson(at_risk, at_risk, o->level);
        m->low = i.low;
        m->high = i.high;
        return;
    }
    const struct rk_curve_step *s = &c->steps[at];
    struct rk_measure *m =
        add(to, group, time, "retained", s->survival, at_risk, method_of(o->interval));
    m->se = s->se;
    m->low = s->low;
    m->high = s->high;
}

static uint32_t events_until(const struct rk_curve *c, double time)
{
    size_t at = rk_curve_step_at(c, time);
    return at == SIZE_MAX ? 0 : c->steps[at].ended;
}

static int by_size(const void *x, const void *y)
{
    const double *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* The times to tell of: those asked for, or all at which somebody of any group left. */
static double *times_of(const struct rk_curve *curves, uint32_t groups,
                        const struct rk_retain_options *o, size_t *count)
{
    size_t n = o->time_count;
    for (uint32_t g = 0; g < groups && !o->times; g++)
        n += curves[g].count;
    double *times = rk_alloc(n + 1, sizeof *times);
    n = 0;
    for (; o->times && n < o->time_count; n++)
        times[n] = o->times[n];
    for (uint32_t g = 0; g < groups && !o->times; g++)
        for (size_t i = 0; i < curves[g].count; i++)
            times[n++] = curves[g].steps[i].time;
    qsort(times, n, sizeof *times, by_size);
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (!i || times[i] != times[i - 1])
            times[(*count)++] = times[i];
    return times;
}

/* How many leave just then. */
static uint32_t leaving(const struct rk_curve *c, double time)
{
    size_t at = rk_curve_step_at(c, time);
    if (at == SIZE_MAX || c->steps[at].time != time)
        return 0;
    return c->steps[at].ended - (at ? c->steps[at - 1].ended : 0);
}

/* The times that may be told of, by small numbers; `count` times, of which safe[i] may. */
struct told {
    double *times;
    bool *safe;
    size_t count;
};

/* `counts`: how many left of each group is told, and so how many left after the last time told. */
static struct told times_told(const struct rk_curve *curves, uint32_t groups, bool counts,
                              const struct rk_retain_options *o)
{
    struct told t;
    t.times = times_of(curves, groups, o, &t.count);
    t.safe = rk_alloc(t.count + 1, sizeof *t.safe);
    double last = -1;
    for (size_t i = 0; i < t.count; i++) {
        t.safe[i] = true;
        for (uint32_t g = 0; g < groups; g++) {
            uint32_t at_risk = rk_curve_at_risk(&curves[g], t.times[i]);
            t.safe[i] &=
                is_safe(at_risk, o) && is_safe(at_risk - leaving(&curves[g], t.times[i]), o) &&
                is_safe(events_until(&curves[g], t.times[i]) - events_until(&curves[g], last), o);
        }
        last = t.safe[i] ? t.times[i] : last;
    }
    for (size_t i = t.count; counts && i-- > 0;) {
        bool rest = true;
        for (uint32_t g = 0; g < groups; g++)
            rest &= is_safe(curves[g].events - events_until(&curves[g], t.times[i]), o);
        if (t.safe[i] && rest)
            break;
        t.safe[i] = false;
    }
    return t;
}

static void free_told(struct told *t)
{
    rk_free(t->times);
    rk_free(t->safe);
}

/* Of times that nobody asked for, those hidden are not told either: each is a day on which somebody
 * left. */
static void tell_curve(struct rk_retain *to, const struct rk_curve *c, uint32_t group,
                       const struct told *t, const struct rk_retain_options *o)
{
    for (size_t i = 0; i < t->count; i++)
        if (!t->safe[i] && o->times)
            hide(to, group, t->times[i], "retained");
        else if (!t->safe[i])
            to->hidden++;
        else if (o->times || leaving(c, t->times[i]) || o->min_count > 1)
            tell_time(to, c, group, t->times[i], o);
}

/* ---- figures of a group ---- */

/* The first of the times that may be told by which the curve, or an end of its interval, is down to
 * half: the median itself is the day on which somebody left. */
static double half_by(const struct rk_curve *c, const struct told *t,
                      double (*of)(const struct rk_curve_step *step))
{
    for (size_t i = 0; i < t->count; i++) {
        size_t at = t->safe[i] ? rk_curve_step_at(c, t->times[i]) : SIZE_MAX;
        if (at != SIZE_MAX && of(&c->steps[at]) <= 0.5)
            return t->times[i];
    }
    return (double)NAN;
}
static double survival_of(const struct rk_curve_step *s) { return s->survival; }
static double low_of(const struct rk_curve_step *s) { return s->low; }
static double high_of(const struct rk_curve_step *s) { return s->high; }

static double longest_told(const struct told *t)
{
    double longest = (double)NAN;
    for (size_t i = 0; i < t->count; i++)
        longest = t->safe[i] ? t->times[i] : longest;
    return longest;
}

static void tell_figures(struct rk_retain *to, const struct rk_curve *c, uint32_t group,
                         double limit, bool counts, const struct told *t,
                         const struct rk_retain_options *o)
{
    double none = (double)NAN, se;
    add(to, group, none, "people", c->n, c->n, "");
    if (!counts) {
        hide(to, group, none, "left");
        return;
    }
    add(to, group, none, "left", c->events, c->n, "");
    struct rk_curve_quantile q = rk_curve_quantile(c, 0.5);
    if (o->min_count > 1) {
        q = (struct rk_curve_quantile){half_by(c, t, survival_of), half_by(c, t, low_of),
                                       half_by(c, t, high_of)};
        limit = isnan(o->limit) ? longest_told(t) : limit;
    }
    struct rk_measure *m =
        add(to, group, none, "median", q.time, c->n,
            o->min_count <= 1 && isnan(q.time) && isnan(q.low) ? "not_reached"
                                                               : method_of(o->interval));
    m->low = q.low;
    m->high = q.high;
    if (!c->n || isnan(limit))
        return;
    double mean = rk_curve_mean(c, limit, &se);
    m = add(to, group, limit, "restricted_mean", mean, c->n, "kaplan_meier");
    if (se > 0) { /* 0 where nobody left, or all did at once: that is no certainty */
        double z = rk_normal_quantile((1 + o->level) / 2);
        m->se = se;
        m->low = mean - z * se > 0 ? mean - z * se : 0;
        m->high = mean + z * se < limit ? mean + z * se : limit;
    } else {
        m->method = rk_text("no_spread");
    }
}

static void tell_reasons(struct rk_retain *to, const struct rk_retain_facts *f, uint32_t group,
                         const struct rk_retain_options *o)
{
    uint32_t *left = rk_alloc((size_t)f->reasons + 1, sizeof *left), all = 0;
    bool safe = true;
    for (uint32_t i = 0; i < f->count; i++)
        if (f->spells[i].ended && (group == RK_NONE || f->spells[i].group == group)) {
            left[f->reason[i] == RK_NONE ? f->reasons : f->reason[i]]++;
            all++;
        }
    for (uint32_t r = 0; r <= f->reasons; r++)
        safe &= is_safe(left[r], o);
    if (!safe)
        hide(to, group, (double)NAN, "left_because");
    for (uint32_t r = 0; r <= f->reasons && safe; r++)
        if (left[r]) {
            struct rk_interval i = rk_wilson(left[r], all, o->level);
            struct rk_measure *m =
                add(to, group, (double)NAN, "left_because", (double)left[r] / all, all, "wilson");
            m->low = i.low;
            m->high = i.high;
            to->rows[to->count - 1].reason = r < f->reasons ? r : RK_NONE;
            to->rows[to->count - 1].variant = r < f->reasons ? NULL : "not_told";
        }
    rk_free(left);
}

static double longest(const struct rk_retain_facts *f, const struct rk_retain_options *o)
{
    double most = 0;
    for (uint32_t i = 0; i < f->count; i++)
        most = f->spells[i].time > most ? f->spells[i].time : most;
    return isnan(o->limit) ? most : o->limit;
}

void rk_retain_all(struct rk_retain *to, const struct rk_retain_facts *f,
                   const struct rk_retain_options *o)
{
    struct rk_curve c;
    rk_curve_make(&c, f->spells, f->count, o->interval, o->level);
    if (!is_safe(c.n, o)) {
        hide(to, RK_NONE, (double)NAN, "people");
    } else {
        struct told t = times_told(&c, 1, may_count(&c, o), o);
        tell_figures(to, &c, RK_NONE, longest(f, o), may_count(&c, o), &t, o);
        tell_curve(to, &c, RK_NONE, &t, o);
        free_told(&t);
        if (f->reason && c.events)
            tell_reasons(to, f, RK_NONE, o);
    }
    rk_curve_free(&c);
}

/* ---- comparisons ---- */

static void tell_test(struct rk_retain *to, const struct rk_logrank *test, const char *name,
                      const char *p, uint32_t n, const char *method, const char *why_not)
{
    struct rk_measure *m = add(to, RK_NONE, (double)NAN, name, test->chi_square, n, method);
    if (!test->df)
        m->method = rk_text(why_not);
    m = add(to, RK_NONE, (double)NAN, p, test->p, n, method);
    if (!test->df)
        m->method = rk_text(why_not);
}

static void compare(struct rk_retain *to, const struct rk_retain_facts *f,
                    const struct rk_retain_options *o)
{
    struct rk_spell *known = rk_alloc((size_t)f->count + 1, sizeof *known);
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->count; i++)
        if (f->spells[i].group != RK_NONE)
            known[n++] = f->spells[i];
    struct rk_logrank test;
    rk_logrank(&test, known, n, f->groups, 0);
    for (uint32_t g = 0; g < f->groups; g++) {
        add(to, g, (double)NAN, "observed", test.observed[g], n, "logrank");
        add(to, g, (double)NAN, "expected", test.expected[g], n, "logrank");
    }
    double events = 0;
    for (uint32_t g = 0; g < f->groups; g++)
        events += test.observed[g];
    const char *why_not = events > 0 ? "not_estimable" : "no_events";
    const char *strata = f->stratified ? "stratified" : "";
    tell_test(to, &test, "logrank", "logrank_p", n, strata, why_not);
    rk_logrank(&test, known, n, f->groups, 1);
    tell_test(to, &test, "peto", "peto_p", n, strata, why_not);
    if (f->groups == 2) {
        struct rk_hazard h;
        bool found = rk_hazard_ratio(&h, known, n);
        double z = rk_normal_quantile((1 + o->level) / 2);
        struct rk_measure *m = add(to, 1, (double)NAN, "log_hazard_ratio", h.log_ratio, n,
                                   found ? "cox efron" : why_not);
        m->se = h.se;
        m = add(to, 1, (double)NAN, "hazard_ratio", exp(h.log_ratio), n,
                found ? "cox efron" : why_not);
        m->low = exp(h.log_ratio - z * h.se);
        m->high = exp(h.log_ratio + z * h.se);
    }
    rk_free(known);
}

void rk_retain_groups(struct rk_retain *to, const struct rk_retain_facts *f,
                      const struct rk_retain_options *o)
{
    /* and those in no group last: told of all less the groups, they must be no few either */
    struct rk_curve *curves = rk_alloc((size_t)f->groups + 1, sizeof *curves);
    struct rk_spell *own = rk_alloc((size_t)f->count + 1, sizeof *own);
    bool safe = true, counts = true;
    for (uint32_t g = 0; g <= f->groups; g++) {
        size_t n = 0;
        for (uint32_t i = 0; i < f->count; i++)
            if (f->spells[i].group == (g < f->groups ? g : RK_NONE))
                own[n++] = f->spells[i];
        rk_curve_make(&curves[g], own, n, o->interval, o->level);
        safe &= is_safe(n, o);
        counts &= may_count(&curves[g], o);
    }
    if (!safe) {
        hide(to, RK_NONE, (double)NAN, "groups");
    } else {
        bool some = curves[f->groups].n > 0;
        struct told t = times_told(curves, f->groups + some, counts, o);
        for (uint32_t g = 0; g < f->groups; g++) {
            tell_figures(to, &curves[g], g, longest(f, o), counts, &t, o);
            tell_curve(to, &curves[g], g, &t, o);
        }
        free_told(&t);
        for (uint32_t g = 0; g < f->groups && f->reason && counts; g++)
            if (curves[g].events)
                tell_reasons(to, f, g, o);
        if (f->groups > 1 && counts)
            compare(to, f, o);
        else if (f->groups > 1)
            hide(to, RK_NONE, (double)NAN, "logrank");
    }
    for (uint32_t g = 0; g <= f->groups; g++)
        rk_curve_free(&curves[g]);
    rk_free(curves);
    rk_free(own);
}

/* ---- the gap ---- */

static void tell_gap(struct rk_retain *to, const double *gap, const bool *left, size_t n, int of,
                     const struct rk_retain_options *o)
{
    static const char *const variants[] = {"all", "left", "stayed"};
    double count = 0, mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        if (!of || left[i] == (of == 1)) {
            count++;
            double off = gap[i] - mean;
            mean += off / count;
            squares += off * (gap[i] - mean);
        }
    if (!is_safe((uint64_t)count, o)) {
        hide(to, RK_NONE, (double)NAN, "expectation_gap");
        to->rows[to->count - 1].variant = variants[of];
        return;
    }
    struct rk_measure *m = add(to, RK_NONE, (double)NAN, "expectation_gap",
                               count > 0 ? mean : (double)NAN, count, count > 1 ? "t" : "too_few");
    if (count > 1) {
        double t = rk_t_quantile((1 + o->level) / 2, count - 1);
        m->se = sqrt(squares / (count - 1) / count);
        m->low = mean - t * m->se;
        m->high = mean + t * m->se;
    }
    to->rows[to->count - 1].variant = variants[of];
}

void rk_retain_gap(struct rk_retain *to, const double *gap, const bool *left, size_t n,
                   const struct rk_retain_options *o)
{
    size_t gone = 0;
    for (size_t i = 0; i < n; i++)
        gone += left[i];
    tell_gap(to, gap, left, n, 0, o);
    /* both, or neither: the difference from all would tell */
    if (is_safe(gone, o) && is_safe(n - gone, o))
        for (int of = 1; of <= 2; of++)
            tell_gap(to, gap, left, n, of, o);
}

void rk_retain_free(struct rk_retain *retain)
{
    rk_free(retain->rows);
    *retain = (struct rk_retain){0};
}
