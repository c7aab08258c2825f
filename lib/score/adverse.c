#include "score/adverse.h"

#include "stat/distribution.h"

#include <math.h>

/* Of one part while it is told. */
struct tell {
    struct rk_adverse *adverse;
    const struct rk_adverse_facts *facts;
    uint32_t part, rows;
    const uint32_t *which; /* its rows */
    int64_t *at;           /* [group][stage]: people who reached it; the last group is the rest */
    bool *is_told;         /* by group */
    const bool *hidden;    /* [group][stage]; NULL = nothing is */
    uint32_t stages;
    /* the step being told */
    uint32_t from, to;
    bool *is_judged;          /* by group */
    uint32_t *against;        /* [step][group] or RK_NONE */
    struct rk_strata *strata; /* [step][group] */
};

static const double level = 0.95;

static int64_t at(const struct tell *t, uint32_t group, uint32_t stage)
{
    return t->at[(size_t)group * t->stages + stage];
}

static uint32_t people_of(const struct rk_adverse_facts *facts, uint32_t row)
{
    return facts->people ? facts->people[row] : 1;
}

/* ---- rows ---- */

static void add(struct tell *t, uint32_t group, uint32_t against, struct rk_measure measure)
{
    struct rk_adverse *a = t->adverse;
    if (isnan(measure.estimate) || isinf(measure.estimate))
        return;
    RK_GROW(a->rows, a->count, a->room);
    a->rows[a->count++] = (struct rk_adverse_row){t->part, t->from, t->to, group, against, measure};
}

static struct rk_measure plain(const char *measure, const char *variant, double estimate, double n,
                               const char *method)
{
    return (struct rk_measure){.measure = measure,
                               .variant = rk_text(variant),
                               .estimate = estimate,
                               .se = NAN,
                               .low = NAN,
                               .high = NAN,
                               .n = n,
                               .method = rk_text(method)};
}

static struct rk_measure with_interval(struct rk_measure measure, struct rk_interval interval)
{
    if (isfinite(interval.low))
        measure.low = interval.low;
    if (isfinite(interval.high))
        measure.high = interval.high;
    return measure;
}

/* ---- counting ---- */

static enum rk_status count_people(struct tell *t, struct rk_error *error)
{
    const struct rk_adverse_facts *facts = t->facts;
    int64_t all = 0;
    for (uint32_t i = 0; i < t->rows; i++) {
        uint32_t row = t->which[i], people = people_of(facts, row);
        uint32_t group = facts->group[row] == RK_NONE ? facts->groups : facts->group[row];
        if ((all += people) > 1000000000)
            return rk_fail(error, RK_BAD_DATA, _("there are more than 1000000000 people"));
        for (uint32_t stage = 0; stage <= facts->reached[row]; stage++)
            t->at[(size_t)group * t->stages + stage] += people;
    }
    return RK_OK;
}

/* Smaller groups are not told. */
static int64_t least_told(const struct rk_adverse_facts *facts)
{
    if (facts->min_count <= 1)
        return 1;
    return facts->min_group > facts->min_count ? facts->min_group : facts->min_count;
}

/* Which groups are told; the others are part of the rest, who are told of together. */
static void choose_groups(struct tell *t)
{
    const struct rk_adverse_facts *facts = t->facts;
    int64_t least = least_told(facts);
    for (uint32_t g = 0; g < facts->groups; g++) {
        t->is_told[g] = at(t, g, 0) >= least;
        for (uint32_t stage = 0; !t->is_told[g] && stage < t->stages; stage++)
            t->at[(size_t)facts->groups * t->stages + stage] += at(t, g, stage);
        if (t->is_told[g] && t->hidden && t->hidden[(size_t)g * t->stages])
            t->adverse->unknown = -1;
    }
    if (t->adverse->unknown >= 0)
        t->adverse->unknown += at(t, facts->groups, 0);
}

/* Are the numbers of a group at both ends of the step told? */
static bool is_shown(const struct tell *t, uint32_t g)
{
    const bool *hidden = t->hidden ? t->hidden + (size_t)g * t->stages : NULL;
    return t->is_told[g] && !(hidden && (hidden[t->from] || hidden[t->to]));
}

/* ---- a step ---- */

static bool next_step(struct tell *t, uint32_t *step)
{
    uint32_t steps = t->facts->steps;
    if (*step >= steps + (steps > 1))
        return false;
    t->from = *step < steps ? *step : 0;
    t->to = *step < steps ? *step + 1 : steps;
    ++*step;
    return true;
}

static struct rk_pair pair_of(const struct tell *t, uint32_t group, uint32_t other)
{
    return (struct rk_pair){at(t, group, t->to), at(t, group, t->from), at(t, other, t->to),
                            at(t, other, t->from)};
}

static void judge(struct tell *t)
{
    for (uint32_t g = 0; g < t->facts->groups; g++)
        t->is_judged[g] =
            is_shown(t, g) && at(t, g, t->from) >= t->facts->min_group && at(t, g, t->from) > 0;
}

/* The group that others are held against; RK_NONE where there is none. */
static uint32_t choose_reference(const struct tell *t)
{
    uint32_t best = t->facts->reference;
    if (best != RK_NONE)
        return t->is_judged[best] ? best : RK_NONE;
    for (uint32_t g = 0; g < t->facts->groups; g++) {
        if (!t->is_judged[g])
            continue;
        struct rk_pair p = best == RK_NONE ? (struct rk_pair){0} : pair_of(t, g, best);
        int64_t more = p.x1 * p.n2 - p.x2 * p.n1; /* under 10^18 */
        if (best == RK_NONE || more > 0 || (more == 0 && p.n1 > p.n2))
            best = g;
    }
    return best;
}

/* ---- strata ---- */

struct placed {
    uint32_t stratum, row;
};
static int by_stratum(const void *x, const void *y)
{
    const struct placed *p = x, *q = y;
    if (p->stratum != q->stratum)
        return p->stratum < q->stratum ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

/* Adds one stratum's tables, whose numbers are in t->at, to all steps. */
static void add_stratum(struct tell *t)
{
    uint32_t groups = t->facts->groups;
    for (uint32_t step = 0, i = 0; next_step(t, &step); i++)
        for (uint32_t g = 0; g < groups; g++) {
            uint32_t other = t->against[(size_t)i * groups + g];
            if (other != RK_NONE)
                rk_strata_add(&t->strata[(size_t)i * groups + g], pair_of(t, g, other));
        }
}

/* Stratum after stratum, in the order of their numbers. */
static void go_through_strata(struct tell *t)
{
    const struct rk_adverse_facts *facts = t->facts;
    size_t cells = ((size_t)facts->groups + 1) * t->stages;
    struct placed *placed = rk_alloc((size_t)t->rows + 1, sizeof *placed);
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->rows; i++) {
        uint32_t row = t->which[i];
        if (facts->stratum[row] != RK_NONE && facts->group[row] != RK_NONE)
            placed[n++] = (struct placed){facts->stratum[row], row};
    }
    if (n)
        qsort(placed, n, sizeof *placed, by_stratum);
    int64_t *all = t->at;
    t->at = rk_alloc(cells, sizeof *t->at);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = placed[i].row, people = people_of(facts, row);
        for (uint32_t stage = 0; stage <= facts->reached[row]; stage++)
            t->at[(size_t)facts->group[row] * t->stages + stage] += people;
        if (i + 1 == n || placed[i + 1].stratum != placed[i].stratum) {
            add_stratum(t);
            memset(t->at, 0, cells * sizeof *t->at);
        }
    }
    rk_free(t->at);
    t->at = all;
    rk_free(placed);
}

/* ---- telling ---- */

static void tell_group(struct tell *t, uint32_t g)
{
    double x = (double)at(t, g, t->to), n = (double)at(t, g, t->from);
    add(t, g, RK_NONE, plain("selected", "", x, n, ""));
    if (n > 0)
        add(t, g, RK_NONE,
            with_interval(plain("rate", "", x / n, n, "wilson"), rk_wilson(x, n, level)));
    if (!t->is_judged[g]) {
        add(t, g, RK_NONE, plain("refused", "small_n", (double)t->facts->min_group, n, "under"));
        t->adverse->refused++;
    }
}

static void add_chi_square(struct tell *t, uint32_t g, uint32_t other, const char *variant,
                           double chi, double df, double n, const char *method)
{
    add(t, g, other, plain("chi_square", variant, chi, n, method));
    add(t, g, other, plain("chi_square_p", variant, rk_chi_square_above(chi, df), n, method));
}

/* How many more, without or instead of the other group's, it takes to reach four fifths. */
static void tell_shortfall(struct tell *t, uint32_t g, uint32_t other, struct rk_pair p, double n)
{
    int64_t lacking = 4 * p.x2 * p.n1 - 5 * p.x1 * p.n2; /* under 10^19 / 2 */
    int64_t each = 5 * p.n2, swapped = each + 4 * p.n1;
    int64_t more = lacking > 0 ? (lacking + each - 1) / each : 0;
    int64_t moved = lacking > 0 ? (lacking + swapped - 1) / swapped : 0;
    add(t, g, other, plain("shortfall", "four_fifths", (double)more, n, "others unchanged"));
    add(t, g, other, plain("shortfall", "swap", (double)moved, n, "taken from the others"));
    double expected = (double)p.n1 * ((double)(p.x1 + p.x2) / n);
    add(t, g, other,
        plain("shortfall", "parity", expected - (double)p.x1, n, "expected - selected"));
}

static bool one_person_flips(struct rk_pair p)
{
    return p.x1 < p.n1 && p.x2 > 0 && (p.x1 + 1) * p.n2 > (p.x2 - 1) * p.n1;
}

static void tell_exact(struct tell *t, uint32_t g, uint32_t other, struct rk_pair p, double n,
                       const struct rk_exact *exact)
{
    struct rk_interval interval;
    double odds = rk_conditional_odds(p, level, &interval);
    add(t, g, other, plain("fisher_p", "two_sided", exact->two_sided, n, "exact"));
    add(t, g, other, plain("fisher_p", "less", exact->less, n, "exact"));
    add(t, g, other, plain("fisher_p", "greater", exact->greater, n, "exact"));
    add(t, g, other, plain("mid_p", "two_sided", exact->mid_two_sided, n, "exact, lancaster"));
    add(t, g, other, plain("mid_p", "less", exact->mid_less, n, "exact, lancaster"));
    add(t, g, other, plain("odds_ratio", "sample", rk_sample_odds(p), n, ""));
    add(t, g, other,
        with_interval(plain("odds_ratio", "conditional", odds, n, "exact, cornfield"), interval));
}

static void tell_strata(struct tell *t, uint32_t g, uint32_t other, double n,
                        const struct rk_strata *s)
{
    struct rk_interval interval;
    double count = (double)s->count;
    if (t->facts->min_count > 1 &&
        count < (double)t->facts->min_count) { /* a few tables show through */
        add(t, g, other, plain("refused", "few_strata", (double)t->facts->min_count, NAN, "under"));
        return;
    }
    add(t, g, other, plain("strata", "", count, n, "both groups, selected and not"));
    double ratio = rk_strata_ratio(s, level, &interval);
    add(t, g, other,
        with_interval(plain("impact_ratio", "mantel_haenszel", ratio, n, "greenland-robins"),
                      interval));
    double odds = rk_strata_odds(s, level, &interval);
    add(t, g, other,
        with_interval(plain("odds_ratio", "mantel_haenszel", odds, n, "robins-breslow-greenland"),
                      interval));
    for (int corrected = 0; corrected < 2; corrected++)
        add_chi_square(t, g, other, corrected ? "mantel_haenszel_corrected" : "mantel_haenszel",
                       rk_strata_chi_square(s, corrected), 1, n, "1 df");
    add_chi_square(t, g, other, "woolf", rk_strata_woolf(s), count - 1, n, "homogeneity of odds");
}

static void tell_pair(struct tell *t, uint32_t g, uint32_t other, const struct rk_strata *strata)
{
    struct rk_pair p = pair_of(t, g, other);
    double x1 = (double)p.x1, n1 = (double)p.n1, x2 = (double)p.x2, n2 = (double)p.n2;
    double n = n1 + n2, z = rk_pooled_z(p);
    bool under = 5 * p.x1 * p.n2 < 4 * p.x2 * p.n1, lower = p.x1 * p.n2 < p.x2 * p.n1;
    bool flips = lower && one_person_flips(p);
    struct rk_exact exact = rk_fisher(p);
    if (p.x2) {
        add(t, g, other,
            with_interval(plain("impact_ratio", "", x1 / n1 / (x2 / n2), n, "katz"),
                          rk_katz(p, level)));
        add(t, g, other,
            plain("under_four_fifths", "", under, n, "screening convention, no force in Sweden"));
        if (lower)
            add(t, g, other, plain("one_person_flips", "", flips, n, "UGESP Q&A 21"));
    } else {
        add(t, g, other, plain("refused", "nobody_selected", 0, n, "no ratio"));
    }
    add(t, g, other,
        with_interval(plain("difference", "", x1 / n1 - x2 / n2, n, "newcombe"),
                      rk_newcombe(x1, n1, x2, n2, level)));
    add(t, g, other, plain("z", "pooled", z, n, "other - group"));
    add(t, g, other, plain("z_p", "pooled", 2 * rk_normal_above(fabs(z)), n, "two-sided"));
    tell_exact(t, g, other, p, n, &exact);
    add_chi_square(t, g, other, "pearson", z * z, 1, n, "1 df");
    add_chi_square(t, g, other, "yates", rk_chi_square_yates(p), 1, n, "1 df");
    add(t, g, other, plain("phi", "", fabs(z) / sqrt(n), n, ""));
    add(t, g, other, plain("cohen_h", "", rk_cohen_h(p), n, "other - group"));
    tell_shortfall(t, g, other, p, n);
    if (t->facts->stratum)
        tell_strata(t, g, other, n, strata);
    if (under) {
        struct rk_adverse *a = t->adverse;
        RK_GROW(a->findings, a->finding_count, a->finding_room);
        a->findings[a->finding_count++] = (struct rk_adverse_finding){
            t->part, t->from, t->to, g, other, p, exact.two_sided, flips};
    }
}

/* All judged groups at once, where there are more than two. */
static void tell_together(struct tell *t, uint32_t judged)
{
    int64_t x[RK_ADVERSE_GROUPS], n[RK_ADVERSE_GROUPS];
    double all = 0, p, mid;
    uint32_t k = 0;
    for (uint32_t g = 0; g < t->facts->groups; g++)
        if (t->is_judged[g]) {
            x[k] = at(t, g, t->to);
            n[k] = at(t, g, t->from);
            all += (double)n[k++];
        }
    if (judged < 3)
        return;
    add_chi_square(t, RK_NONE, RK_NONE, "pearson", rk_chi_square_groups(x, n, k), k - 1, all,
                   "all groups");
    if (!rk_fisher_groups(x, n, k, 0, &p, &mid)) {
        add(t, RK_NONE, RK_NONE, plain("refused", "too_large", k, all, "exact test"));
        return;
    }
    add(t, RK_NONE, RK_NONE, plain("fisher_p", "two_sided", p, all, "exact, all groups"));
    add(t, RK_NONE, RK_NONE, plain("mid_p", "two_sided", mid, all, "exact, all groups"));
}

static void add_hidden(struct tell *t, uint32_t g)
{
    add(t, g, RK_NONE, plain("hidden", "under", (double)t->facts->min_count, NAN, "small numbers"));
}

static void tell_step(struct tell *t, uint32_t step)
{
    uint32_t groups = t->facts->groups, judged = 0, shown = 0, hidden = 0;
    judge(t);
    for (uint32_t g = 0; g < groups; g++) {
        judged += t->is_judged[g];
        shown += is_shown(t, g);
        hidden += t->is_told[g] && !is_shown(t, g);
    }
    t->adverse->hidden += hidden;
    if (hidden && !shown) {
        add_hidden(t, RK_NONE);
        return;
    }
    for (uint32_t g = 0; g < groups; g++)
        if (is_shown(t, g))
            tell_group(t, g);
        else if (t->is_told[g])
            add_hidden(t, g);
    if (judged < 2) {
        add(t, RK_NONE, RK_NONE, plain("refused", "too_few_groups", judged, NAN, ""));
        return;
    }
    if (choose_reference(t) == RK_NONE)
        add(t, RK_NONE, RK_NONE, plain("refused", "no_reference", judged, NAN, ""));
    for (uint32_t g = 0; g < groups; g++) {
        size_t i = (size_t)step * groups + g;
        if (t->against[i] != RK_NONE)
            tell_pair(t, g, t->against[i], &t->strata[i]);
    }
    tell_together(t, judged);
}

static enum rk_status tell_part(struct tell t, struct rk_error *error)
{
    const struct rk_adverse_facts *facts = t.facts;
    size_t groups = facts->groups, pairs = ((size_t)facts->steps + 1) * groups + 1;
    t.stages = facts->steps + 1;
    t.at = rk_alloc((groups + 1) * t.stages, sizeof *t.at);
    enum rk_status status = count_people(&t, error);
    struct rk_adverse_hiding *hiding = facts->min_count > 1 ? facts->hiding : NULL;
    if (status || (hiding && !hiding->hidden)) {
        for (size_t i = 0; hiding && i < groups * t.stages; i++)
            rk_report_cells_people(&hiding->cells, t.at[i], facts->min_count);
        rk_free(t.at);
        return status;
    }
    if (hiding)
        t.hidden = hiding->hidden + hiding->all[hiding->at].first + t.part * groups * t.stages;
    t.is_told = rk_alloc(groups + 1, sizeof *t.is_told);
    t.is_judged = rk_alloc(groups + 1, sizeof *t.is_judged);
    t.against = rk_alloc(pairs, sizeof *t.against);
    t.strata = rk_alloc(pairs, sizeof *t.strata);
    choose_groups(&t);
    for (uint32_t step = 0, i = 0; next_step(&t, &step); i++) {
        judge(&t);
        uint32_t other = choose_reference(&t);
        for (uint32_t g = 0; g < groups; g++)
            t.against[i * groups + g] = t.is_judged[g] && g != other ? other : RK_NONE;
    }
    if (facts->stratum)
        go_through_strata(&t);
    for (uint32_t step = 0, i = 0; next_step(&t, &step); i++)
        tell_step(&t, i);
    rk_free(t.at);
    rk_free(t.is_told);
    rk_free(t.is_judged);
    rk_free(t.against);
    rk_free(t.strata);
    return RK_OK;
}

/* ---- hiding ---- */

static void look(struct rk_adverse_hiding *h, const struct rk_adverse_facts *facts, uint32_t parts)
{
    RK_GROW(h->all, h->count, h->room);
    struct rk_adverse_grouping *own = &h->all[h->count++];
    *own = (struct rk_adverse_grouping){rk_alloc((size_t)facts->rows + 1, sizeof *own->group),
                                        facts->groups, h->cells.count};
    memcpy(own->group, facts->group, facts->rows * sizeof *own->group);
    h->reached = facts->reached;
    h->people = facts->people;
    h->part = facts->part;
    h->rows = facts->rows;
    h->parts = parts;
    h->stages = facts->steps + 1;
    h->min_count = facts->min_count;
    h->least = least_told(facts);
}

/* A number at one stage and at later ones: those left behind are nobody's small number either. What
 * is no small number bounds nothing closely. `first`: its cell at the first stage. */
static void hold_stages(struct rk_adverse_hiding *h, uint32_t first, uint32_t stride)
{
    for (uint32_t from = 0; from < h->stages; from++)
        for (uint32_t to = from + 1; to < h->stages; to++) {
            uint32_t cell = first + from * stride, later = first + to * stride;
            if (h->cells.cells[cell].value - h->cells.cells[later].value < h->min_count)
                rk_report_cells_rest(&h->cells, cell, &later, 1, h->min_count);
        }
}

/* Whoever is in no group told: all at a stage less those told. `total`: the cell of all at the
 * first. */
static void hold_rest(struct rk_adverse_hiding *h, uint32_t first, uint32_t groups, uint32_t total,
                      uint32_t stride)
{
    uint32_t stages = h->stages, rest = h->cells.count;
    uint32_t *cells = rk_alloc((size_t)groups + 1, sizeof *cells);
    for (uint32_t stage = 0; stage < stages; stage++) {
        int64_t left = h->cells.cells[total + stage * stride].value;
        for (uint32_t g = 0; g < groups; g++)
            if (h->cells.cells[first + g * stages].value >= h->least)
                left -= h->cells.cells[first + g * stages + stage].value;
        rk_report_cells_left(&h->cells, left, h->min_count);
    }
    for (uint32_t stage = 0; stage < stages; stage++) {
        uint32_t count = 0;
        for (uint32_t g = 0; g < groups; g++)
            if (h->cells.cells[first + g * stages].value >= h->least)
                cells[count++] = first + g * stages + stage;
        cells[count++] = rest + stage;
        rk_report_cells_sum(&h->cells, total + stage * stride, cells, count);
    }
    hold_stages(h, rest, 1);
    rk_free(cells);
}

static void hold_part(struct rk_adverse_hiding *h, const struct rk_report_rows *rows, uint32_t part,
                      uint32_t *first)
{
    uint32_t stages = h->stages, kinds = rows->kinds, lost = h->cells.count;
    int64_t *people = rk_alloc(((size_t)kinds + 1) * stages, sizeof *people);
    for (uint32_t row = 0; row < h->rows; row++)
        if (!h->part || h->part[row] == part)
            for (uint32_t stage = 0; stage <= h->reached[row]; stage++) {
                int64_t many = h->people ? h->people[row] : 1;
                people[(size_t)stage * (kinds + 1) + kinds] += many;
                if (rows->kind[row] != RK_NONE)
                    people[(size_t)stage * (kinds + 1) + rows->kind[row]] += many;
            }
    for (uint32_t stage = 0; stage < stages; stage++) {
        const int64_t *of = people + (size_t)stage * (kinds + 1);
        for (uint32_t kind = 0; kind < kinds; kind++)
            rk_report_cells_left(&h->cells, of[kind], h->min_count);
        rk_report_cells_add(
            &h->cells, (struct rk_report_cell){.value = of[kinds], .fixed = true, .unseen = true});
    }
    for (uint32_t stage = 0; stage < stages; stage++) {
        uint32_t own = lost + stage * (kinds + 1);
        for (uint32_t f = 0; f < h->count; f++)
            first[f] = h->all[f].first + part * h->all[f].groups * stages + stage;
        rk_report_rows_hold(rows, &h->cells,
                            &(struct rk_report_rows_at){.total = own + kinds,
                                                        .first = first,
                                                        .stride = stages,
                                                        .lost = own,
                                                        .lost_stride = 1});
    }
    for (uint32_t kind = 0; kind < kinds; kind++)
        hold_stages(h, lost + kind, kinds + 1);
    for (uint32_t f = 0; f < h->count; f++) {
        uint32_t groups = h->all[f].groups, own = h->all[f].first + part * groups * stages;
        hold_rest(h, own, groups, lost + kinds, kinds + 1);
        for (uint32_t g = 0; g < groups; g++)
            hold_stages(h, own + g * stages, 1);
    }
    rk_free(people);
}

bool rk_adverse_choose(struct rk_adverse_hiding *h, rk_report_cells_choose *choose, void *context)
{
    if (h->hidden || !h->count)
        return false;
    uint32_t figures = h->cells.count;
    const uint32_t **of = rk_alloc(h->count, sizeof *of);
    uint32_t *values = rk_alloc(h->count, sizeof *values);
    uint32_t *first = rk_alloc(h->count, sizeof *first);
    for (uint32_t f = 0; f < h->count; f++) {
        of[f] = h->all[f].group;
        values[f] = h->all[f].groups;
    }
    struct rk_report_rows rows = {
        .features = h->count, .rows = h->rows, .of = of, .values = values, .people = h->people};
    rk_report_rows_find(&rows);
    for (uint32_t part = 0; part < h->parts; part++)
        hold_part(h, &rows, part, first);
    h->hidden = rk_alloc((size_t)figures + 1, sizeof *h->hidden);
    choose(context, &h->cells, h->hidden);
    h->at = 0;
    rk_report_rows_free(&rows);
    rk_free(of);
    rk_free(values);
    rk_free(first);
    return true;
}

void rk_adverse_hiding_free(struct rk_adverse_hiding *h)
{
    for (uint32_t i = 0; i < h->count; i++)
        rk_free(h->all[i].group);
    rk_free(h->all);
    rk_free(h->hidden);
    rk_report_cells_free(&h->cells);
    *h = (struct rk_adverse_hiding){0};
}

/* ---- all ---- */

enum rk_status rk_adverse_tell(struct rk_adverse *adverse, const struct rk_adverse_facts *facts,
                               struct rk_error *error)
{
    uint32_t parts = facts->part ? facts->parts : 1;
    /* the rows of part p: from which[start[p]] */
    uint32_t *start = rk_alloc((size_t)parts + 2, sizeof *start);
    uint32_t *which = rk_alloc((size_t)facts->rows + 1, sizeof *which);
    enum rk_status status = RK_OK;
    if (facts->hiding && facts->min_count > 1 && !facts->hiding->hidden)
        look(facts->hiding, facts, parts);
    for (uint32_t row = 0; row < facts->rows; row++)
        if (!facts->part || facts->part[row] != RK_NONE)
            start[(facts->part ? facts->part[row] : 0) + 2]++;
    for (uint32_t p = 2; p < parts + 2; p++)
        start[p] += start[p - 1];
    for (uint32_t row = 0; row < facts->rows; row++)
        if (!facts->part || facts->part[row] != RK_NONE)
            which[start[(facts->part ? facts->part[row] : 0) + 1]++] = row;
    for (uint32_t p = 0; p < parts && !status; p++)
        status = tell_part((struct tell){.adverse = adverse,
                                         .facts = facts,
                                         .part = p,
                                         .rows = start[p + 1] - start[p],
                                         .which = which + start[p]},
                           error);
    if (facts->hiding)
        facts->hiding->at++;
    rk_free(start);
    rk_free(which);
    return status;
}

void rk_adverse_free(struct rk_adverse *adverse)
{
    rk_free(adverse->rows);
    rk_free(adverse->findings);
    *adverse = (struct rk_adverse){0};
}
