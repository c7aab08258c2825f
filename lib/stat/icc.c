#include "stat/icc.h"

#include "base/mem.h"
#include "base/message.h"
#include "stat/distribution.h"

static const char no_numbers[] = N_("scores are words, not numbers");

/* Sums by unit and by rater. */
struct sums {
    double *unit, *size, *rater, *rated;
};

static struct sums sums_new(const struct rk_judged *j)
{
    struct sums s = {rk_alloc(j->units + 1, sizeof(double)), rk_alloc(j->units + 1, sizeof(double)),
                     rk_alloc(j->raters + 1, sizeof(double)),
                     rk_alloc(j->raters + 1, sizeof(double))};
    for (size_t i = 0; i < j->units; i++)
        for (size_t r = j->start[i]; r < j->start[i + 1]; r++) {
            const struct rk_judgement *a = &j->all[r];
            double times = rk_judged_times(j, i), y = j->centred[a->category];
            s.unit[i] += y * a->count;
            s.size[i] += a->count;
            if (j->anonymous)
                continue;
            s.rater[a->rater] += times * y;
            s.rated[a->rater] += times;
        }
    return s;
}

static void sums_free(struct sums *s)
{
    rk_free(s->unit);
    rk_free(s->size);
    rk_free(s->rater);
    rk_free(s->rated);
}

/* What is left of rounding alone is nothing. */
static double or_zero(double square, double total) { return square > 1e-24 * total ? square : 0; }

/* The largest of the scores, as they are told here. */
static double largest(const struct rk_judged *j)
{
    return fmax(fabs(j->centred[0]), fabs(j->centred[j->categories - 1]));
}

static void one_way(struct rk_anova *a, const struct rk_judged *j, struct sums *s, double grand)
{
    double between = 0, within = 0;
    for (size_t i = 0; i < j->units; i++) {
        double times = rk_judged_times(j, i), inside = 0;
        if (s->size[i] == 0 || times == 0)
            continue;
        double mean = s->unit[i] / s->size[i];
        between += times * s->size[i] * (mean - grand) * (mean - grand);
        for (size_t r = j->start[i]; r < j->start[i + 1]; r++) {
            double d = j->centred[j->all[r].category] - mean,
                   g = j->centred[j->all[r].category] - grand;
            inside += j->all[r].count * d * d;
            a->total += times * j->all[r].count * g * g;
        }
        within += times * inside;
    }
    a->total = rk_squares_or_zero(a->total, a->ratings, largest(j));
    a->df_within = a->ratings - a->n;
    a->msb = or_zero(between, a->total) / (a->n - 1);
    a->msw = a->df_within > 0 ? or_zero(within, a->total) / a->df_within : NAN;
}

static uint32_t part_of(uint32_t *part, uint32_t k)
{
    while (part[k] != k)
        k = part[k] = part[part[k]];
    return k;
}

/* Are there raters whom no chain of things rated in common joins to others? */
static bool falls_apart(const struct rk_judged *j)
{
    uint32_t *part = rk_alloc(j->raters + 1, sizeof *part), first = UINT32_MAX;
    bool apart = false;
    for (uint32_t g = 0; g < j->raters; g++)
        part[g] = g;
    for (size_t i = 0; i < j->units; i++)
        for (size_t r = j->start[i]; r < j->start[i + 1] && rk_judged_times(j, i); r++) {
            first = first == UINT32_MAX ? j->all[r].rater : first;
            part[part_of(part, j->all[r].rater)] = part_of(part, j->all[j->start[i]].rater);
        }
    for (size_t i = 0; i < j->units && !apart; i++)
        if (j->start[i] < j->start[i + 1] && rk_judged_times(j, i))
            apart = part_of(part, j->all[j->start[i]].rater) != part_of(part, first);
    rk_free(part);
    return apart;
}

static void two_way(struct rk_anova *a, const struct rk_judged *j, struct sums *s, double grand)
{
    double between = 0, raters = 0, rest = 0;
    for (size_t g = 0; g < j->raters; g++) {
        if (s->rated[g] == 0)
            continue;
        a->raters++;
        s->rater[g] = s->rater[g] / s->rated[g] - grand; /* how far above the grand mean */
        raters += s->rated[g] * s->rater[g] * s->rater[g];
    }
    if (a->raters < 2)
        a->why_two_way = N_("there is one rater only");
    else if (a->raters == a->ratings)
        a->why_two_way = N_("no rater rated more than one");
    for (size_t i = 0; i < j->units; i++) {
        double times = rk_judged_times(j, i), mean = s->unit[i];
        if (s->size[i] == 0 || times == 0)
            continue;
        for (size_t r = j->start[i]; r < j->start[i + 1]; r++)
            mean -= s->rater[j->all[r].rater];
        mean /= s->size[i];
        between += times * s->size[i] * (mean - grand) * (mean - grand);
        for (size_t r = j->start[i]; r < j->start[i + 1]; r++) {
            double d = j->centred[j->all[r].category] - s->rater[j->all[r].rater] - mean;
            rest += times * d * d;
        }
    }
    a->df_error = (a->n - 1) * (a->mean_size - 1);
    a->msr = or_zero(between, a->total) / (a->n - 1);
    a->msc = or_zero(raters, a->total) / (a->raters - 1);
    a->mse = or_zero(rest, a->total) / a->df_error;
}

struct rk_anova rk_anova(const struct rk_judged *j)
{
    struct rk_anova a = {.msr = NAN, .msc = NAN, .mse = NAN, .df_error = NAN};
    if (!j->centred) {
        a.why = a.why_two_way = no_numbers;
        return a;
    }
    struct sums s = sums_new(j);
    double grand = 0, squares = 0;
    for (size_t i = 0; i < j->units; i++) {
        double times = rk_judged_times(j, i);
        a.n += s.size[i] > 0 ? times : 0;
        a.ratings += times * s.size[i];
        squares += times * s.size[i] * s.size[i];
        grand += times * s.unit[i];
    }
    if (a.n < 2)
        a.why = a.why_two_way = N_("fewer than two were rated");
    else if (a.ratings == a.n)
        a.why = a.why_two_way = N_("nothing was rated twice");
    else {
        grand /= a.ratings;
        a.k0 = (a.ratings - squares / a.ratings) / (a.n - 1);
        a.mean_size = a.ratings / a.n;
        a.balanced = rk_judged_balance(j) > 0;
        one_way(&a, j, &s, grand);
        if (j->anonymous)
            a.why_two_way = N_("raters are not told apart");
        else
            two_way(&a, j, &s, grand);
        a.complete = !a.why_two_way && a.balanced && a.mean_size == a.raters;
        a.apart = !a.why_two_way && !a.complete && falls_apart(j);
        if (a.total == 0)
            a.why = a.why_two_way = N_("all scores are the same");
    }
    sums_free(&s);
    return a;
}

/* The mean of judged->centred and the sum of squares about it; or why there is none. */
static const char *moments(const struct rk_judged *j, double *n, double *mean, double *squares)
{
    *n = *mean = *squares = 0;
    if (!j->centred)
        return no_numbers;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < j->units; i++)
            for (size_t r = j->start[i]; r < j->start[i + 1]; r++) {
                double y = j->centred[j->all[r].category],
                       times = (double)rk_judged_times(j, i) * j->all[r].count;
                *n += pass ? 0 : times;
                *(pass ? squares : mean) += times * (pass ? (y - *mean) * (y - *mean) : y);
            }
        if (*n == 0)
            return N_("nothing was rated");
        *mean /= pass ? 1 : *n;
    }
    *squares = rk_squares_or_zero(*squares, *n, largest(j));
    return NULL;
}

struct rk_estimate rk_mean_score(const struct rk_judged *j, double confidence)
{
    double n, mean, squares;
    const char *why = moments(j, &n, &mean, &squares);
    if (why)
        return rk_estimate_none(why);
    struct rk_estimate e = rk_estimate_of(j->values[0] - j->centred[0] + mean, n, "mean");
    if (n > 1 && rk_judged_balance(j) == 1 && confidence > 0) {
        e.se = sqrt(squares / (n - 1) / n);
        rk_estimate_interval(&e, n - 1, confidence, INFINITY);
        e.statistic = e.df1 = e.p = NAN; /* that a mean score is 0 is no question */
    }
    return e;
}

struct rk_estimate rk_deviation(const struct rk_judged *j)
{
    double n, mean, squares;
    const char *why = moments(j, &n, &mean, &squares);
    if (!why && n < 2)
        why = N_("fewer than two were rated");
    return why ? rk_estimate_none(why) : rk_estimate_of(sqrt(squares / (n - 1)), n, "anova");
}

const char *rk_anova_why_two_way(const struct rk_anova *a)
{
    return a->apart ? N_("raters and what they rated fall into parts that share nobody: see --by, or "
                              "--measures reml")
                    : a->why_two_way;
}

/* From F between and error to an interval of the form with one rater or with k. */
static void interval_f(struct rk_estimate *e, double f, double df1, double df2, double k,
                       bool of_means, double confidence)
{
    double level = 1 - (1 - confidence) / 2;
    double low = f / rk_f_quantile(level, df1, df2), high = f * rk_f_quantile(level, df2, df1);
    e->low = of_means ? 1 - 1 / low : (low - 1) / (low + k - 1);
    e->high = of_means ? 1 - 1 / high : (high - 1) / (high + k - 1);
}

/* McGraw & Wong's degrees of freedom of a MSC + b MSE, where the agreement of single ratings is r.
 */
static double df_of_agreement(const struct rk_anova *a, double r, double k)
{
    double x = k * r / (a->n * (1 - r)) * a->msc,
           y = (1 + k * r * (a->n - 1) / (a->n * (1 - r))) * a->mse;
    return (x + y) * (x + y) / (x * x / (a->raters - 1) + y * y / a->df_error);
}

static void interval_agreement(const struct rk_anova *a, struct rk_estimate *e, double v,
                               bool of_means, double confidence)
{
    double level = 1 - (1 - confidence) / 2, n = a->n, k = a->k0;
    if (!(v > 0) || isinf(v))
        return;
    double low = rk_f_quantile(level, n - 1, v), high = rk_f_quantile(level, v, n - 1);
    /* what MSR is set against: with one rater, or with k */
    double apart = of_means ? a->msc - a->mse : k * a->msc + (k * n - k - n) * a->mse;
    double under_low = low * apart + n * a->msr, under_high = apart + n * high * a->msr;
    if (under_low > 0) /* else there is no lower limit */
        e->low = n * (a->msr - low * a->mse) / under_low;
    if (under_high > 0)
        e->high = n * (high * a->msr - a->mse) / under_high;
}

struct rk_estimate rk_icc(const struct rk_anova *a, enum rk_icc_form form, double confidence)
{
    bool one = form == RK_ICC_1 || form == RK_ICC_K,
         agreement = form == RK_ICC_A1 || form == RK_ICC_AK,
         of_means = form == RK_ICC_K || form == RK_ICC_CK || form == RK_ICC_AK;
    const char *why = one ? a->why : rk_anova_why_two_way(a);
    if (why)
        return rk_estimate_none(why);
    double between = one ? a->msb : a->msr, rest = one ? a->msw : a->mse, k = a->k0;
    double df = one ? a->df_within : a->df_error;
    double raters = agreement ? (a->msc - a->mse) / a->n : 0;
    double below = of_means ? between + raters : between + (k - 1) * rest + k * raters;
    if (!(below > 0))
        return rk_estimate_none(between > 0
                                    ? N_("raters differ by less than chance alone would make them")
                                    : N_("what is rated does not differ at all"));
    struct rk_estimate e = rk_estimate_of(rk_or_zero(between - rest, between) / below, a->n,
                                          one ? (a->balanced ? "anova" : "ebel-1951")
                                              : (a->complete ? "anova" : "ebel-brueckl-2011"));
    if (rest == 0 || confidence <= 0)
        return e;
    rk_estimate_f(&e, between / rest, a->n - 1, df);
    if (between == 0)
        return e;
    if (!agreement)
        interval_f(&e, between / rest, a->n - 1, df, k, of_means, confidence);
    else {
        struct rk_estimate single = of_means ? rk_icc(a, RK_ICC_A1, 0) : e;
        interval_agreement(a, &e, df_of_agreement(a, single.value, k), of_means, confidence);
    }
    return e;
}

void rk_icc_interval_irr(const struct rk_anova *a, struct rk_estimate *e, double confidence)
{
    e->low = e->high = NAN;
    interval_agreement(a, e, df_of_agreement(a, e->value, a->k0), true, confidence);
}

struct rk_estimate rk_icc_bliese(const struct rk_anova *a, bool of_means)
{
    if (a->why)
        return rk_estimate_none(a->why);
    double below = a->msb + (of_means ? 0 : (a->mean_size - 1) * a->msw);
    if (!(below > 0))
        return rk_estimate_none(N_("what is rated does not differ at all"));
    struct rk_estimate e =
        rk_estimate_of(rk_or_zero(a->msb - a->msw, a->msb) / below, a->n, "bliese-2000");
    if (a->msw > 0)
        rk_estimate_f(&e, a->msb / a->msw, a->n - 1, a->df_within);
    return e;
}

struct rk_estimate rk_anova_component(const struct rk_anova *a, enum rk_component component)
{
    if (a->why_two_way)
        return rk_estimate_none(a->why_two_way);
    if (!a->complete)
        return rk_estimate_none(N_("not every rater rated all"));
    double value = component == RK_OF_UNITS    ? rk_or_zero(a->msr - a->mse, a->mse) / a->k0
                   : component == RK_OF_RATERS ? rk_or_zero(a->msc - a->mse, a->mse) / a->n
                                               : a->mse;
    return rk_estimate_of(value, a->n, "anova");
}

struct rk_estimate rk_anova_component_one_way(const struct rk_anova *a, bool within)
{
    if (a->why)
        return rk_estimate_none(a->why);
    return rk_estimate_of(within ? a->msw : rk_or_zero(a->msb - a->msw, a->msw) / a->k0, a->n,
                          "anova-one-way");
}
