#include "survey/survey.h"

#include "stat/contingency.h"
#include "stat/crosstab.h"
#include "stat/distribution.h"
#include "stat/factor.h"
#include "stat/interval.h"
#include "stat/rank.h"
#include "survey/told.h"

#include <math.h>

static const double none = (double)NAN;

/* ---- rows ---- */

struct place {
    struct rk_survey *to;
    uint32_t part, item, group, against;
};

static struct rk_measure *add(const struct place *p, const char *name, double estimate, double n,
                              const char *method)
{
    struct rk_survey *to = p->to;
    RK_GROW(to->rows, to->count, to->room);
    to->rows[to->count++] =
        (struct rk_survey_row){p->part,
                               p->item,
                               p->group,
                               p->against,
                               {name, RK_TEXT(""), estimate, none, none, none, n, rk_text(method)}};
    return &to->rows[to->count - 1].measure;
}

static void set_interval(struct rk_measure *m, double se, struct rk_interval i)
{
    m->se = se;
    m->low = i.low;
    m->high = i.high;
}

static struct rk_text keep(struct rk_survey *to, const struct rk_buf *text)
{
    return (struct rk_text){rk_arena_text(&to->arena, text->text, text->size), text->size};
}

static struct rk_text number(struct rk_survey *to, double value)
{
    struct rk_buf text = {0};
    rk_double_print(&text, value);
    struct rk_text kept = keep(to, &text);
    rk_buf_free(&text);
    return kept;
}

/* ---- answers of a part ---- */

/* Which rows are told of together: sorted by part. */
struct rows_of {
    uint32_t *rows, *first; /* first[part] … first[part + 1] - 1 */
};

static struct rows_of rows_by_part(const struct rk_survey_facts *f)
{
    struct rows_of r = {rk_alloc(f->rows + 1, sizeof *r.rows),
                        rk_alloc((size_t)f->parts + 2, sizeof *r.first)};
    uint32_t *next = rk_alloc((size_t)f->parts + 1, sizeof *next), at = 0;
    for (size_t i = 0; i < f->rows; i++)
        if (!f->part || f->part[i] != RK_NONE)
            r.first[(f->part ? f->part[i] : 0) + 1]++;
    for (uint32_t p = 0; p < f->parts; p++) {
        r.first[p + 1] += r.first[p];
        next[p] = r.first[p];
    }
    for (size_t i = 0; i < f->rows; i++)
        if (!f->part || f->part[i] != RK_NONE) {
            at = f->part ? f->part[i] : 0;
            r.rows[next[at]++] = (uint32_t)i;
        }
    rk_free(next);
    return r;
}

static void free_rows(struct rows_of *r)
{
    rk_free(r->rows);
    rk_free(r->first);
}

/* The answers to an item in a part, of one group or all (RK_NONE): their number. */
static size_t answers_of(const struct rk_survey_facts *f, const struct rows_of *r, uint32_t part,
                         const double *values, uint32_t group, double *to, double *weights)
{
    size_t n = 0;
    for (uint32_t i = r->first[part]; i < r->first[part + 1]; i++) {
        uint32_t row = r->rows[i];
        if (isnan(values[row]) || (group != RK_NONE && f->group[row] != group))
            continue;
        if (weights)
            weights[n] = f->weight[row];
        to[n++] = values[row];
    }
    return n;
}

struct pair_of {
    uint32_t person;
    double before, after;
};

static int by_person(const void *x, const void *y)
{
    const struct pair_of *a = x, *b = y;
    if (a->person != b->person)
        return a->person < b->person ? -1 : 1;
    return isnan(a->before) - isnan(b->before); /* before first */
}

/* Who answered in both waves: their number. */
static size_t pairs_of(const struct rk_survey_facts *f, const struct rows_of *r, uint32_t part,
                       const double *values, struct pair_of *pairs)
{
    size_t n = 0, both = 0;
    for (uint32_t i = r->first[part]; i < r->first[part + 1]; i++) {
        uint32_t row = r->rows[i], g = f->group[row];
        if (g < 2 && f->person[row] != RK_NONE && !isnan(values[row]))
            pairs[n++] =
                (struct pair_of){f->person[row], g ? none : values[row], g ? values[row] : none};
    }
    if (n)
        qsort(pairs, n, sizeof *pairs, by_person);
    for (size_t i = 0; i + 1 < n; i++)
        if (pairs[i].person == pairs[i + 1].person && !isnan(pairs[i].before) &&
            !isnan(pairs[i + 1].after)) {
            pairs[both++] = (struct pair_of){pairs[i].person, pairs[i].before, pairs[i + 1].after};
            i++;
        }
    return both;
}

/* Of the rows told since `from`: a figure that is not there has as its method why, where it does
 * not say so already. */
static void say_why(struct rk_survey *to, size_t from, const char *why)
{
    for (size_t i = from; i < to->count; i++)
        if (isnan(to->rows[i].measure.estimate) &&
            !rk_text_is(to->rows[i].measure.method, "no_change"))
            to->rows[i].measure.method = rk_text(why);
}

/* ---- what may be told to everybody ---- */

/* By row of the part: whether some, and all, of a scale's items have an answer; NaN = no. */
static void find_answered(const struct rk_survey_facts *f, const struct rows_of *r, uint32_t part,
                          const struct rk_survey_item *scale, double *some, double *all)
{
    for (uint32_t i = r->first[part]; i < r->first[part + 1]; i++) {
        uint32_t row = r->rows[i], count = 0;
        for (uint32_t k = 0; k < scale->of_count; k++)
            count += !isnan(f->items[scale->of[k]].values[row]);
        some[row] = count ? 0 : none;
        all[row] = count == scale->of_count ? 0 : none;
    }
}

/* Whether few answered some of a scale's items and not all, or few all: the means of the scale and
 * of its items are of the same answers but for theirs, and tell them. `pairs`: in both waves, for
 * use; or NULL. */
static bool are_few_apart(const struct rk_survey_facts *f, const struct rows_of *r, uint32_t part,
                          uint32_t item, uint32_t group, struct pair_of *pairs,
                          const struct rk_survey_options *o)
{
    const struct rk_survey_item *of = &f->items[item];
    if (!of->of_count)
        return false;
    double *some = rk_alloc(f->rows + 1, sizeof *some), *all = rk_alloc(f->rows + 1, sizeof *all),
           *work = rk_alloc(f->rows + 1, sizeof *work);
    find_answered(f, r, part, of, some, all);
    size_t n = pairs ? pairs_of(f, r, part, some, pairs)
                     : answers_of(f, r, part, some, group, work, NULL),
           whole = pairs ? pairs_of(f, r, part, all, pairs)
                         : answers_of(f, r, part, all, group, work, NULL);
    rk_free(some);
    rk_free(all);
    rk_free(work);
    return rk_survey_is_few((double)whole, (double)n, o->publish);
}

static enum rk_survey_told told_of(const struct rk_survey_facts *f, const struct rows_of *r,
                                   uint32_t part, uint32_t item, uint32_t group,
                                   const struct rk_survey_options *o)
{
    const struct rk_survey_item *of = &f->items[item];
    double *values = rk_alloc((size_t)(r->first[part + 1] - r->first[part]) + 1, sizeof *values);
    size_t n = answers_of(f, r, part, of->values, group, values, NULL);
    enum rk_survey_told told = rk_survey_told(of, values, n, o->top, o->publish);
    rk_free(values);
    for (uint32_t i = 0; i < of->of_count; i++) {
        enum rk_survey_told item_of = told_of(f, r, part, of->of[i], group, o);
        told = item_of > told ? item_of : told;
    }
    if (are_few_apart(f, r, part, item, group, NULL, o))
        told = RK_TOLD_N;
    return told;
}

static bool too_few(const struct place *p, size_t n, const struct rk_survey_options *o)
{
    if ((int64_t)n >= o->least)
        return false;
    add(p, "n", (double)n, (double)n, "too_few");
    p->to->few++;
    return true;
}

/* ---- shares ---- */

static bool in_top(const struct rk_survey_item *item, double value, unsigned top)
{
    return value > item->most - top;
}

static bool has_top(const struct rk_survey_item *item, unsigned top)
{
    return item->has_scale && top && item->most - item->least >= top;
}

static struct rk_text top_name(struct rk_survey *to, const struct rk_survey_item *item,
                               unsigned top)
{
    struct rk_buf text = {0};
    rk_double_print(&text, item->most - top + 1);
    if (top > 1) {
        rk_buf_char(&text, '-');
        rk_double_print(&text, item->most);
    }
    struct rk_text kept = keep(to, &text);
    rk_buf_free(&text);
    return kept;
}

/* A weighted share: Wilson's interval at Kish's effective number. */
static void tell_share(const struct place *p, const char *name, struct rk_text variant,
                       double share, double n, double effective, const struct rk_survey_options *o)
{
    static const struct {
        const char *name;
        struct rk_interval (*of)(double x, double n, double level);
    } ways[] = {{"wilson", rk_wilson},
                {"wilson corrected", rk_wilson_corrected},
                {"clopper-pearson", rk_clopper_pearson},
                {"agresti-coull", rk_agresti_coull},
                {"jeffreys", rk_jeffreys},
                {"wald", rk_wald}};
    double x = share * effective;
    size_t count = o->every_interval && effective == n ? sizeof ways / sizeof *ways : 1;
    if (effective == n)
        x = nearbyint(x); /* a number of people: the share is its quotient */
    for (size_t i = 0; i < count; i++) {
        struct rk_interval ends = ways[i].of(x, effective, o->level);
        struct rk_measure *m = add(p, name, share, n, ways[i].name);
        m->variant = variant;
        m->low = ends.low;
        m->high = ends.high;
    }
    if (count > 1)
        add(p, "half_p", rk_mcnemar((unsigned)x, (unsigned)(n - x)).exact_p, n, "exact")->variant =
            variant;
}

static double sum_where(const double *values, const double *weights, size_t n,
                        bool (*in)(const struct rk_survey_item *, double, unsigned),
                        const struct rk_survey_item *item, unsigned top)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        if (in(item, values[i], top))
            sum += weights ? weights[i] : 1;
    return sum;
}

static bool is_promoter(const struct rk_survey_item *item, double value, unsigned top)
{
    (void)item;
    (void)top;
    return value >= 9;
}
static bool is_detractor(const struct rk_survey_item *item, double value, unsigned top)
{
    (void)item;
    (void)top;
    return value <= 6;
}

/* Net promoter score: promoters less detractors, variance of (1, 0, -1). */
static void tell_nps(const struct place *p, const struct rk_survey_item *item, const double *values,
                     const double *weights, size_t n, double all, double effective,
                     const struct rk_survey_options *o)
{
    if (!item->has_scale || item->least != 0 || item->most != 10)
        return;
    double up = sum_where(values, weights, n, is_promoter, item, 0) / all,
           down = sum_where(values, weights, n, is_detractor, item, 0) / all;
    double score = up - down, variance = up + down - score * score;
    tell_share(p, "promoters", RK_TEXT("9-10"), up, (double)n, effective, o);
    tell_share(p, "detractors", RK_TEXT("0-6"), down, (double)n, effective, o);
    struct rk_measure *m = add(p, "nps", score, (double)n, "wald");
    double se = sqrt(variance / effective), z = rk_normal_quantile((1 + o->level) / 2);
    set_interval(m, se, (struct rk_interval){score - z * se, score + z * se});
}

/* ---- items ---- */

static void tell_values(const struct place *p, const double *sorted, size_t n, const double *values,
                        const double *weights, double all, double effective,
                        const struct rk_survey_options *o)
{
    enum { MOST = 20 };
    size_t distinct = 0;
    for (size_t i = 0; i < n; i++)
        distinct += !i || sorted[i] != sorted[i - 1];
    for (size_t i = 0; i < n && distinct <= MOST; i++) {
        if (i && sorted[i] == sorted[i - 1])
            continue;
        double share = 0;
        for (size_t j = 0; j < n; j++)
            share += values[j] == sorted[i] ? (weights ? weights[j] : 1) : 0;
        tell_share(p, "share", number(p->to, sorted[i]), share / all, (double)n, effective, o);
    }
}

static void tell_full(const struct place *p, const struct rk_sample *s, const double *sorted,
                      size_t n)
{
    static const double quarters[] = {0.25, 0.75};
    for (int q = 0; q < 2; q++)
        add(p, "quantile", rk_quantile(sorted, n, quarters[q]), (double)n, "type 7")->variant =
            q ? RK_TEXT("0.75") : RK_TEXT("0.25");
    double *off = rk_alloc(n, sizeof *off), middle = rk_quantile(sorted, n, 0.5);
    for (size_t i = 0; i < n; i++)
        off[i] = fabs(sorted[i] - middle);
    rk_sort(off, n);
    add(p, "mad", 1.4826 * rk_quantile(off, n, 0.5), (double)n, "");
    rk_free(off);
    add(p, "least", s->least, (double)n, "");
    add(p, "most", s->most, (double)n, "");
    add(p, "skewness", s->skewness, (double)n, "g1");
    add(p, "kurtosis", s->kurtosis, (double)n, "g2");
}

/* Where all answered alike, or one answered, there is no error to tell: that is no certainty. */
static void tell_mean(const struct place *p, const struct rk_sample *s, bool weighted,
                      const struct rk_survey_options *o)
{
    const char *how = weighted ? "weighted" : "t";
    struct rk_measure *m = add(p, "mean", s->mean, (double)s->n,
                               s->n < 2    ? "one_answer"
                               : s->sd > 0 ? how
                                           : "no_spread");
    if (s->sd > 0)
        set_interval(m, s->se, rk_t_interval(s->mean, s->se, (double)s->n - 1, o->level));
}

static void tell_item(const struct place *p, const struct rk_survey_item *item, double *values,
                      double *weights, size_t n, size_t rows, const struct rk_survey_options *o)
{
    double effective = (double)n, all = (double)n;
    struct rk_sample s =
        weights ? rk_sample_weighted(values, weights, n, &effective) : rk_sample(values, n);
    if (weights) {
        all = 0;
        for (size_t i = 0; i < n; i++)
            all += weights[i];
    }
    add(p, "n", (double)n, (double)rows, "");
    tell_mean(p, &s, weights != NULL, o);
    if (weights) {
        add(p, "total", s.mean * all, (double)n, "weighted");
        add(p, "n_effective", effective, (double)n, "kish");
    }
    add(p, "sd", s.sd, (double)n, weights ? "weighted" : "");
    double *sorted = rk_alloc(n, sizeof *sorted);
    for (size_t i = 0; i < n; i++)
        sorted[i] = values[i];
    rk_sort(sorted, n);
    if (!weights)
        add(p, "median", rk_quantile(sorted, n, 0.5), (double)n, "type 7");
    if (item->has_scale && item->most > item->least)
        add(p, "index", (s.mean - item->least) / (item->most - item->least) * 100, (double)n,
            "0-100");
    if (all > 0 && has_top(item, o->top))
        tell_share(p, "top_box", top_name(p->to, item, o->top),
                   sum_where(values, weights, n, in_top, item, o->top) / all, (double)n, effective,
                   o);
    if (all > 0)
        tell_nps(p, item, values, weights, n, all, effective, o);
    if (o->full && !weights)
        tell_full(p, &s, sorted, n);
    if (o->full && all > 0)
        tell_values(p, sorted, n, values, weights, all, effective, o);
    rk_free(sorted);
}

void rk_survey_items(struct rk_survey *to, const struct rk_survey_facts *f,
                     const struct rk_survey_options *o)
{
    struct rows_of r = rows_by_part(f);
    double *values = rk_alloc(f->rows + 1, sizeof *values),
           *weights = f->weight ? rk_alloc(f->rows + 1, sizeof *weights) : NULL;
    struct rk_survey_tell *tell = rk_alloc((size_t)f->item_count + 1, sizeof *tell);
    for (uint32_t part = 0; part < f->parts; part++) {
        size_t from = to->count;
        for (uint32_t i = 0; i < f->item_count; i++) {
            struct place p = {to, part, i, RK_NONE, RK_NONE};
            size_t n = answers_of(f, &r, part, f->items[i].values, RK_NONE, values, weights);
            size_t rows = r.first[part + 1] - r.first[part];
            if (!n && f->parts > 1)
                continue; /* not asked of this part */
            if (!n)
                add(&p, "n", 0, (double)rows, "no_answers");
            else if (!too_few(&p, n, o))
                tell_item(&p, &f->items[i], values, weights, n, rows, o);
            if (o->publish)
                tell[i].told = told_of(f, &r, part, i, RK_NONE, o);
            /* weights are of few kinds, and often one way to add up to a share or a mean is left */
            if (weights && tell[i].told != RK_TOLD_ALL)
                tell[i].told = RK_TOLD_N_ALONE;
        }
        if (o->publish)
            rk_survey_hide(to, from, tell);
    }
    rk_free(tell);
    rk_free(values);
    rk_free(weights);
    free_rows(&r);
}

/* ---- groups ---- */

/* p-values of a family, to be adjusted when all are known. */
struct family {
    size_t *row; /* of the p-value */
    size_t count, room;
};

static void add_p(struct family *family, const struct place *p, const char *name, double value,
                  double n, const char *method)
{
    add(p, name, value, n, method);
    RK_GROW(family->row, family->count, family->room);
    family->row[family->count++] = p->to->count - 1;
}

/* Tests of one kind are a family: of every item of the part. */
static void adjust(struct rk_survey *to, const struct family *family, enum rk_adjustment adjustment)
{
    static const char *const names[] = {"", "holm", "bh", "bonferroni"};
    double *p = rk_alloc(family->count + 1, sizeof *p);
    for (size_t i = 0; i < family->count; i++)
        p[i] = to->rows[family->row[i]].measure.estimate;
    rk_adjust_p(p, family->count, adjustment);
    for (size_t i = 0; i < family->count && adjustment != RK_ADJUST_NONE; i++) {
        struct rk_survey_row row = to->rows[family->row[i]];
        struct place at = {to, row.part, row.item, row.group, row.against};
        add(&at, "p_adjusted", p[i], row.measure.n,
            isnan(p[i]) ? row.measure.method.text : names[adjustment])
            ->variant = rk_text(row.measure.measure);
    }
    rk_free(p);
}

enum { WELCH, RANKS, SHARES, TOGETHER, FAMILIES };

static void tell_top(const struct place *p, const struct rk_survey_item *item, const double *a,
                     size_t na, const double *b, size_t nb, struct family *family,
                     const struct rk_survey_options *o)
{
    if (!has_top(item, o->top))
        return;
    double x1 = sum_where(a, NULL, na, in_top, item, o->top),
           x2 = sum_where(b, NULL, nb, in_top, item, o->top);
    double n = (double)(na + nb);
    struct rk_measure *m =
        add(p, "top_box_difference", x1 / (double)na - x2 / (double)nb, n, "newcombe");
    m->variant = top_name(p->to, item, o->top);
    struct rk_interval i = rk_newcombe(x1, (double)na, x2, (double)nb, o->level);
    m->low = i.low;
    m->high = i.high;
    struct rk_pair pair = {(int64_t)x1, (int64_t)na, (int64_t)x2, (int64_t)nb};
    struct rk_exact exact = rk_fisher(pair);
    add_p(family, p, "fisher_p", exact.two_sided, n, "exact");
    add(p, "fisher_mid_p", exact.mid_two_sided, n, "mid-p");
}

/* The means' ratio less 1, its interval by logarithms: only of what is above 0. */
static void tell_relative(const struct place *p, const struct rk_sample *a,
                          const struct rk_sample *b, const struct rk_survey_options *o)
{
    if (!(a->mean > 0) || !(b->mean > 0) || a->least < 0 || b->least < 0)
        return;
    double ratio = a->mean / b->mean;
    double se = sqrt(a->se * a->se / (a->mean * a->mean) + b->se * b->se / (b->mean * b->mean));
    double z = rk_normal_quantile((1 + o->level) / 2);
    struct rk_measure *m = add(p, "relative_difference", ratio - 1, (double)(a->n + b->n),
                               se > 0 ? "log ratio" : "no_spread");
    if (se > 0) {
        m->low = ratio * exp(-z * se) - 1;
        m->high = ratio * exp(z * se) - 1;
    }
}

static void tell_pair(const struct place *p, const struct rk_survey_item *item, const double *a,
                      size_t na, const double *b, size_t nb, struct family *families,
                      const struct rk_survey_options *o)
{
    struct rk_sample sa = rk_sample(a, na), sb = rk_sample(b, nb);
    double n = (double)(na + nb);
    size_t from = p->to->count;
    const char *why = na < 2 || nb < 2 ? "one_answer" : "no_spread";
    struct rk_test welch = rk_welch(&sa, &sb, o->level);
    struct rk_measure *m =
        add(p, "difference", sa.mean - sb.mean, n, isnan(welch.p) ? why : "welch");
    set_interval(m, welch.se, welch.interval);
    add(p, "t", welch.statistic, n, "welch");
    add(p, "df", welch.df, n, "welch");
    add_p(&families[WELCH], p, "t_p", welch.p, n, "welch");
    struct rk_test student = rk_student(&sa, &sb, o->level);
    add(p, "t_p_pooled", student.p, n, "student");
    struct rk_effect g = rk_hedges_g(&sa, &sb, o->level);
    set_interval(add(p, "hedges_g", g.value, n, "hedges-olkin"), g.se, g.interval);
    add(p, "smd", rk_smd(&sa, &sb), n, "");
    tell_relative(p, &sa, &sb, o);
    struct rk_rank_test ranks = rk_mann_whitney(a, na, b, nb, RK_EXACT_IF_SMALL, o->level);
    m = add(p, "superiority", ranks.superiority.value, n, "newcombe 5");
    set_interval(m, ranks.superiority.se, ranks.superiority.interval);
    add(p, "u", ranks.statistic, n, "mann-whitney");
    add_p(&families[RANKS], p, "mann_whitney_p", ranks.p, n, ranks.exact ? "exact" : "normal");
    tell_top(p, item, a, na, b, nb, &families[SHARES], o);
    say_why(p->to, from, why);
}

static void tell_together(const struct place *p, const struct rk_sample *samples,
                          const double *values, const unsigned *group, size_t n, uint32_t groups,
                          struct family *family)
{
    double df2;
    size_t from = p->to->count;
    bool one = true; /* answer of each group */
    for (uint32_t g = 0; g < groups; g++)
        one &= samples[g].n < 2;
    struct rk_test f = rk_one_way(samples, groups, &df2), h = rk_kruskal(values, group, n, groups);
    add(p, "f", f.statistic, (double)n, "anova");
    add_p(family, p, "f_p", f.p, (double)n, "anova");
    add(p, "kruskal", h.statistic, (double)n, "");
    add(p, "kruskal_p", h.p, (double)n, "");
    say_why(p->to, from, one ? "one_answer" : "no_spread");
}

/* The groups by the values of the item, where those are few. */
static void tell_table(const struct place *p, const double *sorted, const double *values,
                       const unsigned *group, size_t n, uint32_t groups)
{
    enum { MOST = 20 };
    double distinct[MOST];
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!i || sorted[i] != sorted[i - 1]) {
            if (count == MOST)
                return;
            distinct[count++] = sorted[i];
        }
    int64_t *counts = rk_alloc((size_t)groups * count + 1, sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (distinct[at] != values[i])
            at++;
        counts[group[i] * count + at]++;
    }
    struct rk_crosstab t = rk_crosstab(counts, groups, count);
    if (!isnan(t.chi_square)) {
        add(p, "chi_square", t.chi_square, t.n, t.least_expected < 5 ? "small_expected" : "");
        add(p, "chi_square_df", t.df, t.n, "");
        add(p, "chi_square_p", t.p, t.n, t.least_expected < 5 ? "small_expected" : "");
        add(p, "cramers_v", t.v, t.n, "");
        add(p, "cramers_v", t.v_unbiased, t.n, isnan(t.v_unbiased) ? "not_estimable" : "bergsma")
            ->variant = RK_TEXT("unbiased");
    }
    rk_free(counts);
}

/* What is told of one group is told of all: the figures of all together would tell it. */
static struct rk_survey_tell tell_groups(const struct rk_survey_facts *f, const struct rows_of *r,
                                         uint32_t part, uint32_t item,
                                         const struct rk_survey_options *o)
{
    const struct rk_survey_item *of = &f->items[item];
    struct rk_survey_tell tell = {RK_TOLD_ALL, true};
    double *values = rk_alloc((size_t)(r->first[part + 1] - r->first[part]) + 1, sizeof *values);
    for (uint32_t g = 0; g < f->groups; g++) {
        size_t n = answers_of(f, r, part, of->values, g, values, NULL);
        double all = (double)n, in = sum_where(values, NULL, n, in_top, of, o->top);
        enum rk_survey_told told = n ? told_of(f, r, part, item, g, o) : RK_TOLD_ALL;
        tell.told = told > tell.told ? told : tell.told;
        tell.top = tell.top && !rk_survey_is_few(in, all, o->publish);
    }
    rk_free(values);
    return tell;
}

void rk_survey_compare(struct rk_survey *to, const struct rk_survey_facts *f,
                       const struct rk_survey_options *o)
{
    struct rows_of r = rows_by_part(f);
    double *a = rk_alloc(f->rows + 1, sizeof *a), *b = rk_alloc(f->rows + 1, sizeof *b),
           *all = rk_alloc(f->rows + 1, sizeof *all);
    unsigned *group = rk_alloc(f->rows + 1, sizeof *group);
    struct rk_sample *samples = rk_alloc((size_t)f->groups + 1, sizeof *samples);
    struct rk_survey_tell *tell = rk_alloc((size_t)f->item_count + 1, sizeof *tell);
    for (uint32_t part = 0; part < f->parts; part++) {
        struct family families[FAMILIES] = {0};
        size_t from = to->count;
        for (uint32_t i = 0; i < f->item_count; i++) {
            const struct rk_survey_item *item = &f->items[i];
            struct place p = {to, part, i, 0, RK_NONE};
            size_t n = 0, with = 0;
            uint32_t first = RK_NONE; /* of those that answered */
            bool few = false;
            for (uint32_t g = 0; g < f->groups; g++) {
                size_t m = answers_of(f, &r, part, item->values, g, all + n, NULL);
                samples[g] = rk_sample(all + n, m);
                for (size_t j = 0; j < m; j++)
                    group[n + j] = g;
                first = m && first == RK_NONE ? g : first;
                n += m;
                with += m > 0;
            }
            if (with < 2)
                continue; /* not asked of two of them */
            for (uint32_t g = 0; g < f->groups; g++) {
                p.group = g;
                few |= samples[g].n && too_few(&p, samples[g].n, o);
            }
            if (few) /* the others and all together would give the small group away */
                continue;
            if (o->publish)
                tell[i] = tell_groups(f, &r, part, i, o);
            size_t of_first = answers_of(f, &r, part, item->values, first, a, NULL);
            for (uint32_t g = 0; g < f->groups; g++)
                if (samples[g].n) {
                    p.group = g;
                    tell_mean(&p, &samples[g], false, o);
                    add(&p, "sd", samples[g].sd, (double)samples[g].n,
                        samples[g].n < 2 ? "one_answer" : "");
                    size_t m_of = answers_of(f, &r, part, item->values, g, b, NULL);
                    rk_sort(b, m_of);
                    add(&p, "median", rk_quantile(b, m_of, 0.5), (double)m_of, "type 7");
                    for (int q = 0; q < 2 && o->full; q++)
                        add(&p, "quantile", rk_quantile(b, m_of, q ? 0.75 : 0.25), (double)m_of,
                            "type 7")
                            ->variant = q ? RK_TEXT("0.75") : RK_TEXT("0.25");
                }
            for (uint32_t g = first + 1; g < f->groups; g++)
                if (samples[g].n) {
                    size_t m = answers_of(f, &r, part, item->values, g, b, NULL);
                    p.group = g;
                    p.against = first;
                    tell_pair(&p, item, b, m, a, of_first, families, o);
                }
            p.group = p.against = RK_NONE;
            tell_together(&p, samples, all, group, n, f->groups, &families[TOGETHER]);
            for (size_t j = 0; j < n; j++)
                b[j] = all[j];
            rk_sort(b, n);
            tell_table(&p, b, all, group, n, f->groups);
        }
        for (int k = 0; k < FAMILIES; k++) {
            adjust(to, &families[k], o->adjustment);
            rk_free(families[k].row);
        }
        if (o->publish)
            rk_survey_hide(to, from, tell);
    }
    rk_free(tell);
    rk_free(a);
    rk_free(b);
    rk_free(all);
    rk_free(group);
    rk_free(samples);
    free_rows(&r);
}

/* ---- two columns ---- */

/* Why a figure of two columns is not there. */
static const char *why_not(const struct rk_crosstab *t, const char *figure)
{
    if (!(t->n > 0))
        return "no_answers";
    if (t->rows < 2 || t->columns < 2)
        return "one_value";
    if (!strncmp(figure, "chi_square_corrected", 20))
        return "not_two_by_two";
    if (!strcmp(figure, "fisher_p"))
        return t->rows != 2 && t->columns != 2 ? "not_two_values" : "too_many_answers";
    return "not_estimable";
}

void rk_survey_table(struct rk_survey *to, const int64_t *counts, uint32_t rows, uint32_t columns,
                     const struct rk_survey_options *o)
{
    struct rk_crosstab t = rk_crosstab(counts, rows, columns);
    struct place p = {to, 0, RK_NONE, RK_NONE, RK_NONE};
    if (t.n > 0 && too_few(&p, (size_t)t.n, o))
        return;
    double *expected = rk_alloc((size_t)rows * columns + 1, sizeof *expected),
           *residual = rk_alloc((size_t)rows * columns + 1, sizeof *residual);
    const char *small = t.least_expected < 5 ? "small_expected" : "";
    const struct {
        const char *name;
        double value;
        const char *method;
    } told[] = {{"chi_square", t.chi_square, small},
                {"chi_square_df", t.df, ""},
                {"chi_square_p", t.p, small},
                {"chi_square_corrected", t.corrected, "yates"},
                {"chi_square_corrected_p", t.corrected_p, "yates"},
                {"g", t.g, ""},
                {"g_p", t.g_p, ""},
                {"fisher_p", t.fisher_p, "exact"},
                {"cramers_v", t.v, ""},
                {"cramers_v_unbiased", t.v_unbiased, "bergsma"},
                {"contingency", t.contingency, "pearson"},
                {"lambda", t.lambda, "goodman-kruskal"}};
    for (size_t i = 0; i < sizeof told / sizeof *told; i++)
        add(&p, told[i].name, told[i].value, t.n,
            isnan(told[i].value) ? why_not(&t, told[i].name) : told[i].method);
    rk_crosstab_cells(counts, rows, columns, expected, residual);
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t c = 0; c < columns; c++) {
            size_t at = (size_t)r * columns + c;
            p.group = r;
            p.against = c;
            add(&p, "count", (double)counts[at], t.n, "");
            add(&p, "expected", expected[at], t.n, "");
            add(&p, "residual", residual[at], t.n, "adjusted");
        }
    rk_free(expected);
    rk_free(residual);
}

void rk_survey_turned(struct rk_survey *to, unsigned up, unsigned down, double n)
{
    struct rk_mcnemar mc = rk_mcnemar(up, down);
    struct place p = {to, 0, RK_NONE, RK_NONE, RK_NONE};
    add(&p, "mcnemar", mc.statistic, n, "");
    add(&p, "mcnemar_p", mc.p, n, "");
    add(&p, "mcnemar_corrected", mc.corrected, n, "edwards");
    add(&p, "mcnemar_corrected_p", mc.corrected_p, n, "edwards");
    add(&p, "mcnemar_exact_p", mc.exact_p, n, "exact");
    add(&p, "mcnemar_mid_p", mc.mid_p, n, "mid-p");
}

void rk_survey_p_values(struct rk_survey *to, const double *p, size_t n,
                        const struct rk_survey_options *o)
{
    static const char *const names[] = {"none", "holm", "bh", "bonferroni"};
    struct place at = {to, 0, 0, RK_NONE, RK_NONE};
    double *adjusted = rk_alloc(n + 1, sizeof *adjusted), rejected = 0, all = 0;
    for (size_t i = 0; i < n; i++)
        adjusted[i] = p[i];
    rk_adjust_p(adjusted, n, o->adjustment);
    for (size_t i = 0; i < n; i++) {
        all += !isnan(p[i]);
        rejected += adjusted[i] <= 1 - o->level + 1e-15;
    }
    for (size_t i = 0; i < n; i++)
        add(&at, "p_adjusted", adjusted[i], all, names[o->adjustment])->variant = number(to, p[i]);
    add(&at, "rejected", rejected, all, names[o->adjustment]);
    rk_free(adjusted);
}

/* ---- change ---- */

static void tell_change(const struct place *p, const struct rk_survey_item *item,
                        const struct pair_of *pairs, size_t n, struct family *families,
                        const struct rk_survey_options *o)
{
    double *d = rk_alloc(n, sizeof *d), rose = 0, fell = 0;
    unsigned up = 0, down = 0, top[2] = {0, 0};
    double m0 = 0, m1 = 0;
    for (size_t i = 0; i < n; i++) {
        d[i] = pairs[i].after - pairs[i].before;
        m0 += pairs[i].before / (double)n;
        m1 += pairs[i].after / (double)n;
        rose += d[i] > 0;
        fell += d[i] < 0;
        bool was = in_top(item, pairs[i].before, o->top), is = in_top(item, pairs[i].after, o->top);
        top[0] += was;
        top[1] += is;
        up += is && !was;
        down += was && !is;
    }
    struct rk_sample s = rk_sample(d, n);
    struct rk_test t = rk_paired(&s, o->level);
    double N = (double)n;
    size_t from = p->to->count;
    const char *why = n < 2 ? "one_answer" : "no_spread";
    add(p, "before", m0, N, "");
    add(p, "after", m1, N, "");
    set_interval(add(p, "change", s.mean, N, isnan(t.p) ? why : "paired t"), s.se > 0 ? s.se : none,
                 t.interval);
    add(p, "t", t.statistic, N, "paired t");
    add(p, "df", t.df, N, "paired t");
    add_p(&families[WELCH], p, "t_p", t.p, N, "paired t");
    struct rk_effect g = rk_hedges_paired(&s, o->level);
    set_interval(add(p, "hedges_g", g.value, N, "paired"), g.se, g.interval);
    struct rk_rank_test v = rk_signed_ranks(d, n, RK_EXACT_IF_SMALL);
    add(p, "v", v.statistic, N, isnan(v.statistic) ? "no_change" : "wilcoxon");
    add_p(&families[RANKS], p, "wilcoxon_p", v.p, N,
          isnan(v.p) ? "no_change"
          : v.exact  ? "exact"
                     : "normal");
    say_why(p->to, from, why);
    tell_share(p, "rose", RK_TEXT(""), rose / N, N, N, o);
    tell_share(p, "fell", RK_TEXT(""), fell / N, N, N, o);
    if (has_top(item, o->top)) {
        struct rk_text name = top_name(p->to, item, o->top);
        tell_share(p, "top_box_before", name, top[0] / N, N, N, o);
        tell_share(p, "top_box_after", name, top[1] / N, N, N, o);
        struct rk_mcnemar mc = rk_mcnemar(up, down);
        add(p, "mcnemar", mc.statistic, N, "");
        add(p, "mcnemar_p", mc.p, N, "");
        add_p(&families[SHARES], p, "mcnemar_exact_p", mc.exact_p, N, "exact");
        add(p, "mcnemar_mid_p", mc.mid_p, N, "mid-p");
    }
    rk_free(d);
}

/* `pairs` is for use: a scale's items are told of too, by who answered each in both waves. */
static struct rk_survey_tell tell_pairs(const struct rk_survey_facts *f, const struct rows_of *r,
                                        uint32_t part, uint32_t item, struct pair_of *pairs,
                                        const struct rk_survey_options *o)
{
    const struct rk_survey_item *of = &f->items[item];
    size_t n = pairs_of(f, r, part, of->values, pairs);
    double *before = rk_alloc(n + 1, sizeof *before), *after = rk_alloc(n + 1, sizeof *after);
    double boxes[4] = {0}; /* of neither, then, now, both */
    struct rk_survey_tell tell = {RK_TOLD_ALL, true};
    for (size_t i = 0; i < n; i++) {
        before[i] = pairs[i].before;
        after[i] = pairs[i].after;
        boxes[in_top(of, before[i], o->top) + 2 * in_top(of, after[i], o->top)]++;
    }
    if (n)
        tell.told = rk_survey_told_change(of, before, after, n, o->top, o->publish);
    for (int b = 0; b < 4; b++)
        tell.top = tell.top && !rk_survey_is_few(boxes[b], (double)n, o->publish);
    for (uint32_t i = 0; i < of->of_count; i++) {
        enum rk_survey_told item_of = tell_pairs(f, r, part, of->of[i], pairs, o).told;
        tell.told = item_of > tell.told ? item_of : tell.told;
    }
    if (are_few_apart(f, r, part, item, RK_NONE, pairs, o))
        tell.told = RK_TOLD_N;
    rk_free(before);
    rk_free(after);
    return tell;
}

void rk_survey_change(struct rk_survey *to, const struct rk_survey_facts *f,
                      const struct rk_survey_options *o)
{
    struct rows_of r = rows_by_part(f);
    struct pair_of *pairs = rk_alloc(f->rows + 1, sizeof *pairs);
    struct rk_survey_tell *tell = rk_alloc((size_t)f->item_count + 1, sizeof *tell);
    for (uint32_t part = 0; part < f->parts; part++) {
        struct family families[FAMILIES] = {0};
        size_t from = to->count;
        for (uint32_t i = 0; i < f->item_count; i++) {
            struct place p = {to, part, i, 1, 0};
            size_t n = pairs_of(f, &r, part, f->items[i].values, pairs);
            if (!n && f->parts > 1)
                continue;
            if (!n)
                add(&p, "n", 0, 0, "no_pairs");
            else if (!too_few(&p, n, o))
                tell_change(&p, &f->items[i], pairs, n, families, o);
            if (o->publish)
                tell[i] = tell_pairs(f, &r, part, i, pairs, o);
        }
        for (int k = 0; k < FAMILIES; k++) {
            adjust(to, &families[k], o->adjustment);
            rk_free(families[k].row);
        }
        if (o->publish)
            rk_survey_hide(to, from, tell);
    }
    rk_free(tell);
    rk_free(pairs);
    free_rows(&r);
}

/* ---- scales ---- */

void rk_survey_scale(struct rk_survey *to, const struct rk_survey_facts *f, uint32_t item,
                     const double *values, const struct rk_text *names, uint32_t count,
                     const struct rk_survey_options *o)
{
    struct rows_of r = rows_by_part(f);
    struct rk_survey_tell *tell = rk_alloc((size_t)item + 1, sizeof *tell);
    for (uint32_t part = 0; part < f->parts; part++) {
        struct place p = {to, part, item, RK_NONE, RK_NONE};
        uint32_t from = r.first[part], rows = r.first[part + 1] - from;
        double *whole = rk_alloc((size_t)rows * count + 1, sizeof *whole),
               *dropped = rk_alloc((size_t)count + 1, sizeof *dropped),
               *rest = rk_alloc((size_t)count + 1, sizeof *rest);
        size_t n = 0;
        for (uint32_t i = 0; i < rows; i++) {
            bool all = true;
            for (uint32_t c = 0; c < count; c++)
                all &= !isnan(values[c * f->rows + r.rows[from + i]]);
            n += all;
        }
        size_t at = 0;
        for (uint32_t i = 0; i < rows; i++) {
            bool all = true;
            for (uint32_t c = 0; c < count; c++)
                all &= !isnan(values[c * f->rows + r.rows[from + i]]);
            for (uint32_t c = 0; c < count && all; c++)
                whole[c * n + at] = values[c * f->rows + r.rows[from + i]];
            at += all;
        }
        if (n && !too_few(&p, n, o)) {
            size_t told = to->count;
            struct rk_scale s = rk_scale(whole, n, count, o->level, dropped, rest);
            struct rk_measure *m =
                add(&p, "alpha", s.alpha, (double)n, isnan(s.alpha) ? "not_estimable" : "feldt");
            m->low = s.alpha_low;
            m->high = s.alpha_high;
            add(&p, "alpha", s.standardized, (double)n, "")->variant = RK_TEXT("standardised");
            add(&p, "lambda6", s.lambda6, (double)n, "guttman");
            add(&p, "mean_correlation", s.mean_r, (double)n, "");
            add(&p, "omega", s.omega, (double)n, isnan(s.omega) ? "not_estimable" : "one factor");
            for (uint32_t c = 0; c < count; c++)
                add(&p, "alpha_without", dropped[c], (double)n, "")->variant = names[c];
            for (uint32_t c = 0; c < count; c++)
                add(&p, "with_rest", rest[c], (double)n, "")->variant = names[c];
            tell[item].told = o->publish ? told_of(f, &r, part, item, RK_NONE, o) : RK_TOLD_ALL;
            rk_survey_hide(to, told, tell);
        }
        rk_free(whole);
        rk_free(dropped);
        rk_free(rest);
    }
    rk_free(tell);
    free_rows(&r);
}

void rk_survey_free(struct rk_survey *survey)
{
    rk_free(survey->rows);
    rk_arena_free(&survey->arena);
    *survey = (struct rk_survey){0};
}
