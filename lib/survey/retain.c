#include "survey/retain.h"

#include "base/hash.h"
#include "base/mem.h"
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

static struct told times_told(const struct rk_curve *curves, uint32_t groups,
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
    for (size_t i = t.count; i-- > 0;) { /* nor how many leave after the last */
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

/* ---- what is hidden ---- */

/* The figures of a group, as cells. From BY_TIME on, where times are chosen: who left by time 0,
 * who was followed until it, by time 1 …; then the reasons. */
enum figure { PEOPLE, LEFT, BY_TIME };

static size_t chosen_times(const struct rk_retain_hiding *h) { return h->safe ? 0 : h->time_count; }

static uint32_t figure_of_time(size_t time, bool followed)
{
    return BY_TIME + (uint32_t)(2 * time + followed);
}
static uint32_t figure_of_reason(const struct rk_retain_hiding *h, uint32_t reason)
{
    return BY_TIME + (uint32_t)(2 * chosen_times(h)) + reason;
}

/* Is the spell counted in the figure? */
static bool is_in(const struct rk_retain_hiding *h, uint32_t i, uint32_t figure)
{
    const struct rk_retain_facts *f = h->facts;
    uint32_t times = (uint32_t)(2 * chosen_times(h));
    bool left = f->spells[i].ended;
    if (figure == PEOPLE || figure == LEFT)
        return figure == PEOPLE || left;
    if (figure >= BY_TIME + times)
        return left &&
               (f->reason[i] == RK_NONE ? f->reasons : f->reason[i]) == figure - BY_TIME - times;
    double time = h->times[(figure - BY_TIME) / 2];
    return (figure - BY_TIME) % 2 ? f->spells[i].time >= time : left && f->spells[i].time <= time;
}

static bool look(const struct rk_retain_facts *facts, const struct rk_retain_options *options,
                 bool everybody)
{
    struct rk_retain_hiding *h = options->min_count > 1 ? facts->hiding : NULL;
    if (!h || h->hidden)
        return false;
    RK_GROW(h->all, h->count, h->room);
    struct rk_retain_grouping *own = &h->all[h->count++];
    *own = (struct rk_retain_grouping){rk_alloc((size_t)facts->count + 1, sizeof *own->group),
                                       everybody ? 1 : facts->groups, 0};
    for (uint32_t i = 0; i < facts->count && !everybody; i++)
        own->group[i] = facts->spells[i].group;
    h->facts = facts;
    h->options = options;
    return true;
}

/* Times that may be told alike of all groups of the first `groupings`, and of who is in none. */
static struct told pool(const struct rk_retain_hiding *h, uint32_t groupings)
{
    const struct rk_retain_facts *f = h->facts;
    uint32_t groups = 0, count = 0;
    for (uint32_t i = 0; i < groupings; i++)
        groups += h->all[i].groups + 1;
    struct rk_curve *curves = rk_alloc((size_t)groups + 1, sizeof *curves);
    struct rk_spell *own = rk_alloc((size_t)f->count + 1, sizeof *own);
    for (uint32_t i = 0; i < groupings; i++)
        for (uint32_t g = 0; g <= h->all[i].groups; g++) {
            size_t n = 0;
            for (uint32_t s = 0; s < f->count; s++)
                if (h->all[i].group[s] == (g < h->all[i].groups ? g : RK_NONE))
                    own[n++] = f->spells[s];
            if (n)
                rk_curve_make(&curves[count++], own, n, h->options->interval, h->options->level);
        }
    struct told t = times_told(curves, count, h->options);
    for (uint32_t i = 0; i < count; i++)
        rk_curve_free(&curves[i]);
    rk_free(curves);
    rk_free(own);
    return t;
}

/* Where no time may be told of all groups, some may be of everybody, and then of no group. */
static void pool_times(struct rk_retain_hiding *h)
{
    struct told t = pool(h, h->count);
    bool any = false;
    for (size_t i = 0; i < t.count; i++)
        any |= t.safe[i];
    h->all_alone = !any && h->count > 1;
    if (h->all_alone) {
        free_told(&t);
        t = pool(h, 1);
    }
    h->times = t.times;
    h->time_count = t.count;
    h->safe = t.safe;
}

static void choose_times(struct rk_retain_hiding *h)
{
    enum { MOST_TOGETHER = 500 };
    const struct rk_retain_options *o = h->options;
    size_t groups = 0;
    for (uint32_t i = 0; i < h->count; i++)
        groups += h->all[i].groups;
    if (!o->times || groups * (BY_TIME + 2 * o->time_count) > MOST_TOGETHER) {
        pool_times(h);
        return;
    }
    h->times = rk_alloc(o->time_count + 1, sizeof *h->times);
    memcpy(h->times, o->times, o->time_count * sizeof *h->times);
    h->time_count = o->time_count;
}

/* Sums among the figures of one group, or of who is in none: `first` is the cell of its first
 * figure, the others `stride` on. */
static void hold_group(struct rk_retain_hiding *h, uint32_t first, uint32_t stride,
                       const int64_t *after)
{
    struct rk_report_cells *cells = &h->cells;
    int64_t least = h->options->min_count;
    size_t times = chosen_times(h);
    uint32_t people = first + PEOPLE * stride, left = first + LEFT * stride;
    rk_report_cells_rest(cells, people, &left, 1, least); /* those who stay */
    for (size_t i = 0; i < times; i++) {
        uint32_t by = first + figure_of_time(i, false) * stride,
                 followed = first + figure_of_time(i, true) * stride;
        for (size_t k = i + 1; k <= times; k++) { /* those who leave later */
            uint32_t later = k < times ? first + figure_of_time(k, false) * stride : left;
            if (cells->cells[later].value - cells->cells[by].value < least)
                rk_report_cells_rest(cells, later, &by, 1, least);
        }
        /* who stays after it; the others until it left then, or were followed no longer */
        uint32_t stays = rk_report_cells_left(cells, after[i], least);
        rk_report_cells_rest(cells, followed, &stays, 1, 0);
        rk_report_cells_rest(cells, people, (uint32_t[]){stays, by}, 2, 0);
    }
    if (h->facts->reason) {
        uint32_t count = h->facts->reasons + 1, *parts = rk_alloc(count, sizeof *parts);
        for (uint32_t r = 0; r < count; r++)
            parts[r] = first + figure_of_reason(h, r) * stride;
        rk_report_cells_sum(cells, left, parts, count);
        rk_free(parts);
    }
}

static void count_figures(const struct rk_retain_hiding *h, const uint32_t *of, int64_t *people,
                          int64_t *after)
{
    const struct rk_retain_facts *f = h->facts;
    size_t times = chosen_times(h);
    for (uint32_t i = 0; i < f->count; i++) {
        if (of[i] == RK_NONE)
            continue;
        for (uint32_t k = 0; k < h->figures; k++)
            people[(size_t)of[i] * h->figures + k] += is_in(h, i, k);
        for (size_t t = 0; t < times; t++)
            after[of[i] * times + t] += f->spells[i].time > h->times[t] ||
                                        (f->spells[i].time == h->times[t] && !f->spells[i].ended);
    }
}

/* The cells of the groups of one grouping, and of kinds that are in no group of some. */
static int64_t *add_groups(struct rk_retain_hiding *h, const uint32_t *of, uint32_t groups,
                           bool told, uint32_t *first)
{
    int64_t *people = rk_alloc((size_t)groups * h->figures + 1, sizeof *people);
    int64_t *after = rk_alloc((size_t)groups * chosen_times(h) + 1, sizeof *after);
    count_figures(h, of, people, after);
    *first = h->cells.count;
    for (size_t i = 0; i < (size_t)groups * h->figures; i++)
        if (told)
            rk_report_cells_people(&h->cells, people[i], h->options->min_count);
        else
            rk_report_cells_left(&h->cells, people[i], h->options->min_count);
    for (uint32_t g = 0; g < groups && told; g++) {
        struct rk_report_cell *cells = &h->cells.cells[*first + g * h->figures];
        cells[LEFT].others = 2 + h->figures - figure_of_reason(h, 0); /* the median, the mean */
        cells[PEOPLE].others = 2 + h->figures;                        /* all of the group */
    }
    rk_free(people);
    return after;
}

static void hold_groupings(struct rk_retain_hiding *h)
{
    uint32_t features = h->count - 1, lost;
    const uint32_t **of = rk_alloc((size_t)features + 1, sizeof *of);
    uint32_t *values = rk_alloc((size_t)features + 1, sizeof *values);
    uint32_t *first = rk_alloc((size_t)features + 1, sizeof *first);
    int64_t **after = rk_alloc((size_t)h->count + 1, sizeof *after);
    for (uint32_t i = 0; i < h->count; i++)
        after[i] = add_groups(h, h->all[i].group, h->all[i].groups, true, &h->all[i].first);
    for (uint32_t i = 0; i < features; i++) {
        of[i] = h->all[i + 1].group;
        values[i] = h->all[i + 1].groups;
    }
    struct rk_report_rows rows = {
        .features = features, .rows = h->facts->count, .of = of, .values = values};
    rk_report_rows_find(&rows);
    after[h->count] = add_groups(h, rows.kind, rows.kinds, false, &lost);
    for (uint32_t k = 0; k < h->figures; k++) {
        for (uint32_t i = 0; i < features; i++)
            first[i] = h->all[i + 1].first + k;
        rk_report_rows_hold(&rows, &h->cells,
                            &(struct rk_report_rows_at){.total = h->all->first + k,
                                                        .first = first,
                                                        .stride = h->figures,
                                                        .lost = lost + k,
                                                        .lost_stride = h->figures});
    }
    size_t times = chosen_times(h);
    for (uint32_t i = 0; i < h->count; i++)
        for (uint32_t g = 0; g < h->all[i].groups; g++)
            hold_group(h, h->all[i].first + g * h->figures, 1, after[i] + g * times);
    for (uint32_t kind = 0; kind < rows.kinds; kind++)
        hold_group(h, lost + kind * h->figures, 1, after[h->count] + kind * times);
    for (uint32_t i = 0; i <= h->count; i++)
        rk_free(after[i]);
    rk_free(after);
    rk_report_rows_free(&rows);
    rk_free(of);
    rk_free(values);
    rk_free(first);
}

bool rk_retain_choose(struct rk_retain_hiding *h, rk_report_cells_choose *choose, void *context)
{
    if (h->hidden || !h->count)
        return false;
    choose_times(h);
    h->figures = figure_of_reason(h, h->facts->reason ? h->facts->reasons + 1 : 0);
    hold_groupings(h);
    h->hidden = rk_alloc((size_t)h->cells.figures + 1, sizeof *h->hidden);
    choose(context, &h->cells, h->hidden);
    return true;
}

void rk_retain_hiding_free(struct rk_retain_hiding *h)
{
    for (uint32_t i = 0; i < h->count; i++)
        rk_free(h->all[i].group);
    rk_free(h->all);
    rk_free(h->hidden);
    rk_free(h->times);
    rk_free(h->safe);
    rk_report_cells_free(&h->cells);
    *h = (struct rk_retain_hiding){0};
}

/* Of a group of the grouping told now: is the figure hidden? */
static bool is_hidden(const struct rk_retain_facts *f, const struct rk_retain_options *o,
                      uint32_t group, uint32_t figure)
{
    const struct rk_retain_hiding *h = o->min_count > 1 ? f->hiding : NULL;
    if (!h)
        return false;
    return h->hidden[h->all[h->at].first + (group == RK_NONE ? 0 : group) * h->figures + figure];
}

/* The times to tell of, of a group. */
static struct told told_of(const struct rk_curve *curves, uint32_t groups, uint32_t group,
                           const struct rk_retain_facts *f, const struct rk_retain_options *o)
{
    const struct rk_retain_hiding *h = o->min_count > 1 ? f->hiding : NULL;
    struct told t;
    if (!h) {
        t.times = times_of(curves, groups, o, &t.count);
    } else {
        t.count = h->time_count;
        t.times = rk_alloc(t.count + 1, sizeof *t.times);
        memcpy(t.times, h->times, t.count * sizeof *t.times);
    }
    t.safe = rk_alloc(t.count + 1, sizeof *t.safe);
    for (size_t i = 0; i < t.count; i++)
        t.safe[i] = !h        ? true
                    : h->safe ? h->safe[i] && !(h->all_alone && group != RK_NONE)
                              : !is_hidden(f, o, group, figure_of_time(i, false)) &&
                                    !is_hidden(f, o, group, figure_of_time(i, true));
    return t;
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

/* The mean until a time is told of who left until then: it is told until a time that may be. */
static double longest_told(const struct told *t, double limit)
{
    double longest = (double)NAN;
    for (size_t i = 0; i < t->count; i++)
        longest = t->safe[i] && !(t->times[i] > limit) ? t->times[i] : longest;
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
        limit = longest_told(t, o->limit);
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
    const struct rk_retain_hiding *h = o->min_count > 1 ? f->hiding : NULL;
    for (uint32_t i = 0; i < f->count; i++)
        if (f->spells[i].ended && (group == RK_NONE || f->spells[i].group == group)) {
            left[f->reason[i] == RK_NONE ? f->reasons : f->reason[i]]++;
            all++;
        }
    for (uint32_t r = 0; r <= f->reasons; r++) {
        if (h && is_hidden(f, o, group, figure_of_reason(h, r))) {
            hide(to, group, (double)NAN, "left_because");
        } else if (left[r]) {
            struct rk_interval i = rk_wilson(left[r], all, o->level);
            struct rk_measure *m =
                add(to, group, (double)NAN, "left_because", (double)left[r] / all, all, "wilson");
            m->low = i.low;
            m->high = i.high;
        } else {
            continue;
        }
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

/* Of everybody, or a group; false where how many left is hidden. */
static bool tell_group(struct rk_retain *to, const struct rk_curve *curves, uint32_t groups,
                       uint32_t group, const struct rk_retain_facts *f,
                       const struct rk_retain_options *o)
{
    const struct rk_curve *c = &curves[group == RK_NONE ? 0 : group];
    bool counts = !is_hidden(f, o, group, LEFT);
    if (is_hidden(f, o, group, PEOPLE)) {
        hide(to, group, (double)NAN, "people");
        return false;
    }
    struct told t = told_of(curves, groups, group, f, o);
    tell_figures(to, c, group, longest(f, o), counts, &t, o);
    tell_curve(to, c, group, &t, o);
    free_told(&t);
    return counts;
}

void rk_retain_all(struct rk_retain *to, const struct rk_retain_facts *f,
                   const struct rk_retain_options *o)
{
    struct rk_curve c;
    if (look(f, o, true))
        return;
    rk_curve_make(&c, f->spells, f->count, o->interval, o->level);
    if (f->hiding)
        f->hiding->at = 0;
    if (tell_group(to, &c, 1, RK_NONE, f, o) && f->reason && c.events)
        tell_reasons(to, f, RK_NONE, o);
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
    if (look(f, o, false))
        return;
    struct rk_curve *curves = rk_alloc((size_t)f->groups + 1, sizeof *curves);
    struct rk_spell *own = rk_alloc((size_t)f->count + 1, sizeof *own);
    bool *counts = rk_alloc((size_t)f->groups + 1, sizeof *counts), all = true;
    for (uint32_t g = 0; g < f->groups; g++) {
        size_t n = 0;
        for (uint32_t i = 0; i < f->count; i++)
            if (f->spells[i].group == g)
                own[n++] = f->spells[i];
        rk_curve_make(&curves[g], own, n, o->interval, o->level);
    }
    if (f->hiding)
        f->hiding->at++;
    for (uint32_t g = 0; g < f->groups; g++)
        all &= counts[g] = tell_group(to, curves, f->groups, g, f, o);
    for (uint32_t g = 0; g < f->groups && f->reason; g++)
        if (curves[g].events && counts[g])
            tell_reasons(to, f, g, o);
    if (f->groups > 1 && all) /* of all groups at once: with it how many left is known of each */
        compare(to, f, o);
    else if (f->groups > 1)
        hide(to, RK_NONE, (double)NAN, "logrank");
    for (uint32_t g = 0; g < f->groups; g++)
        rk_curve_free(&curves[g]);
    rk_free(curves);
    rk_free(own);
    rk_free(counts);
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

void rk_retain_gap(struct rk_retain *to, const struct rk_retain_facts *f, const double *gap,
                   const bool *left, size_t n, const struct rk_retain_options *o)
{
    size_t gone = 0;
    if (is_hidden(f, o, RK_NONE, PEOPLE)) {
        hide(to, RK_NONE, (double)NAN, "expectation_gap");
        return;
    }
    for (size_t i = 0; i < n; i++)
        gone += left[i];
    tell_gap(to, gap, left, n, 0, o);
    /* both, or neither: the difference from all would tell; if all answered, so would how many left
     */
    if (!is_hidden(f, o, RK_NONE, LEFT) && is_safe(gone, o) && is_safe(n - gone, o))
        for (int of = 1; of <= 2; of++)
            tell_gap(to, gap, left, n, of, o);
}

void rk_retain_free(struct rk_retain *retain)
{
    rk_free(retain->rows);
    *retain = (struct rk_retain){0};
}
