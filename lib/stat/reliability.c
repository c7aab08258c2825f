#include "stat/reliability.h"

#include "base/mem.h"
#include "base/message.h"

/* mass[k] of a rater's ratings are in category k: their mean rank, and Σ (t³ - t). */
static double ranks_of(const double *mass, size_t categories, double *rank)
{
    double below = 0, ties = 0;
    for (size_t k = 0; k < categories; k++) {
        rank[k] = below + (mass[k] + 1) / 2;
        below += mass[k];
        ties += mass[k] * (mass[k] * mass[k] - 1);
    }
    return ties;
}

void rk_concordance(const struct rk_judged *j, struct rk_estimate out[RK_CONCORDANCES])
{
    double n = rk_judged_units(j), m = (double)j->raters, ties = 0, spread = 0;
    const char *why = !j->values               ? N_("scores are words, not numbers")
                      : j->anonymous           ? N_("raters are not told apart")
                      : j->raters < 2          ? N_("there is one rater only")
                      : n < 2                  ? N_("fewer than two were rated")
                      : !rk_judged_complete(j) ? N_("not every rater rated all")
                                               : NULL;
    if (why) {
        for (int c = 0; c < RK_CONCORDANCES; c++)
            out[c] = rk_estimate_none(why);
        return;
    }
    size_t q = j->categories;
    struct rk_by_rater by = rk_by_rater(j);
    double *sum = rk_alloc(j->units, sizeof *sum), *mass = rk_alloc(q, sizeof *mass),
           *rank = rk_alloc(q, sizeof *rank);
    for (size_t g = 0; g < j->raters; g++) {
        for (size_t k = 0; k < q; k++)
            mass[k] = 0;
        for (size_t at = by.start[g]; at < by.start[g + 1]; at++)
            mass[by.category[at]] += rk_judged_times(j, by.unit[at]);
        ties += ranks_of(mass, q, rank);
        for (size_t at = by.start[g]; at < by.start[g + 1]; at++)
            sum[by.unit[at]] += rank[by.category[at]];
    }
    for (size_t i = 0; i < j->units; i++) {
        double d = sum[i] - m * (n + 1) / 2;
        spread += rk_judged_times(j, i) * d * d;
    }
    double most = m * m * (n * n * n - n), w = 12 * spread / (most - m * ties);
    if (!(most - m * ties > 0))
        out[RK_W_TIES] = out[RK_W_TIES_F] =
            rk_estimate_none(N_("every rater gave all the same score"));
    else {
        out[RK_W_TIES] = rk_estimate_of(w, n, "chi-square");
        rk_estimate_chi_square(&out[RK_W_TIES], m * (n - 1) * w, n - 1);
        out[RK_W_TIES_F] = rk_estimate_of(w, n, "f-legendre-2005");
        double df = n - 1 - 2 / m;
        if (w < 1 && df > 0)
            rk_estimate_f(&out[RK_W_TIES_F], (m - 1) * w / (1 - w), df, df * (m - 1));
    }
    w = 12 * spread / most;
    out[RK_W_PLAIN] = rk_estimate_of(w, n, "chi-square");
    rk_estimate_chi_square(&out[RK_W_PLAIN], m * (n - 1) * w, n - 1);
    rk_free(sum);
    rk_free(mass);
    rk_free(rank);
    rk_by_rater_free(&by);
}

/* Scratch of correlations, by category. */
struct pair_room {
    double *first, *second, *first_rank, *second_rank;
};

static struct pair_room room_new(size_t q)
{
    return (struct pair_room){rk_alloc(q + 1, sizeof(double)), rk_alloc(q + 1, sizeof(double)),
                              rk_alloc(q + 1, sizeof(double)), rk_alloc(q + 1, sizeof(double))};
}

static void room_free(struct pair_room *p)
{
    rk_free(p->first);
    rk_free(p->second);
    rk_free(p->first_rank);
    rk_free(p->second_rank);
}

/* The next unit that both rated: false when there is none. Starts at a = b = the lists' beginnings.
 */
static bool next_both(const struct rk_by_rater *by, size_t g, size_t h, size_t *a, size_t *b)
{
    while (*a < by->start[g + 1] && *b < by->start[h + 1]) {
        if (by->unit[*a] == by->unit[*b])
            return true;
        by->unit[*a] < by->unit[*b] ? ++*a : ++*b;
    }
    return false;
}

/* r of two raters over what both rated (*n of them); NaN where one of them gave one score alone. */
static double correlation(const struct rk_judged *j, const struct rk_by_rater *by, size_t g,
                          size_t h, bool ranks, struct pair_room *room, double *n)
{
    const double *x = j->centred, *y = j->centred;
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    *n = 0;
    for (size_t k = 0; k < j->categories; k++)
        room->first[k] = room->second[k] = 0;
    for (size_t a = by->start[g], b = by->start[h]; next_both(by, g, h, &a, &b); a++, b++) {
        double times = rk_judged_times(j, by->unit[a]);
        room->first[by->category[a]] += times;
        room->second[by->category[b]] += times;
        *n += times;
    }
    if (ranks) {
        ranks_of(room->first, j->categories, room->first_rank);
        ranks_of(room->second, j->categories, room->second_rank);
        x = room->first_rank;
        y = room->second_rank;
    }
    for (size_t k = 0; k < j->categories; k++) {
        mean_x += room->first[k] * x[k] / *n;
        mean_y += room->second[k] * y[k] / *n;
    }
    double most = 0;
    for (size_t k = 0; k < j->categories; k++) {
        xx += room->first[k] * (x[k] - mean_x) * (x[k] - mean_x);
        yy += room->second[k] * (y[k] - mean_y) * (y[k] - mean_y);
        most = fmax(most, fmax(fabs(x[k]), fabs(y[k])));
    }
    xx = rk_squares_or_zero(xx, *n, most);
    yy = rk_squares_or_zero(yy, *n, most);
    for (size_t a = by->start[g], b = by->start[h]; next_both(by, g, h, &a, &b); a++, b++)
        xy += rk_judged_times(j, by->unit[a]) * (x[by->category[a]] - mean_x) *
              (y[by->category[b]] - mean_y);
    return *n > 1 && xx > 0 && yy > 0 ? fmax(-1, fmin(1, xy / sqrt(xx * yy))) : NAN;
}

static const char *no_correlation(const struct rk_judged *j)
{
    return !j->values                      ? N_("scores are words, not numbers")
           : j->anonymous                  ? N_("raters are not told apart")
           : j->raters < 2                 ? N_("there is one rater only")
           : j->raters > RK_CORRELATE_MOST ? N_("more than 100 raters")
                                           : NULL;
}

struct rk_estimate rk_mean_correlation(const struct rk_judged *j, bool ranks, bool fisher)
{
    const char *why = no_correlation(j);
    if (why)
        return rk_estimate_none(why);
    struct rk_by_rater by = rk_by_rater(j);
    struct pair_room room = room_new(j->categories);
    double sum = 0, pairs = 0, n;
    for (size_t g = 0; g < j->raters; g++)
        for (size_t h = g + 1; h < j->raters; h++, pairs++) {
            double r = correlation(j, &by, g, h, ranks, &room, &n);
            sum += fisher ? atanh(r) : r;
        }
    room_free(&room);
    rk_by_rater_free(&by);
    if (isnan(sum))
        return rk_estimate_none(N_("some pair of raters has no correlation"));
    if (isinf(sum))
        return rk_estimate_none(
            N_("two raters agree without exception, so that Fisher's z is infinite"));
    double mean = sum / pairs;
    return rk_estimate_of(rk_or_zero(fisher ? tanh(mean) : mean, 1), rk_judged_units(j),
                          fisher ? "fisher-z" : "mean");
}

struct rk_estimate rk_concordance_missing(const struct rk_judged *j)
{
    const char *why = no_correlation(j);
    if (why)
        return rk_estimate_none(why);
    struct rk_by_rater by = rk_by_rater(j);
    struct pair_room room = room_new(j->categories);
    double sum = 0, weight = 0, both, ratings = 0, n = rk_judged_units(j);
    bool *counts = rk_alloc(j->raters, sizeof *counts); /* those with two ratings or more */
    for (size_t g = 0; g < j->raters; g++) {
        double rated = 0;
        for (size_t at = by.start[g]; at < by.start[g + 1]; at++)
            rated += rk_judged_times(j, by.unit[at]);
        counts[g] = rated > 1;
        ratings += counts[g] ? rated : 0;
    }
    for (size_t g = 0; g < j->raters; g++)
        for (size_t h = g + 1; h < j->raters && counts[g]; h++) {
            if (!counts[h])
                continue;
            double r = correlation(j, &by, g, h, true, &room, &both);
            if (both < 2)
                continue;
            sum += isnan(r) ? 0 : r * (both - 1);
            weight += both - 1;
        }
    rk_free(counts);
    room_free(&room);
    rk_by_rater_free(&by);
    if (weight == 0)
        return rk_estimate_none(N_("no two raters rated two in common"));
    double k = ratings / n, w = (1 + sum / weight * (k - 1)) / k;
    struct rk_estimate e = rk_estimate_of(w, n, "mean-spearman-brueckl-2011");
    rk_estimate_chi_square(&e, fmax(k * (n - 1) * w, 0), n - 1);
    return e;
}

double rk_random_variance(double steps, double step)
{
    return step * step * (steps * steps - 1) / 12;
}

/* The scores of one unit: categories ascending, how often each. */
struct scores {
    const double *y; /* by category */
    const struct rk_tally *all;
    size_t count;
    double size;
};

static double mean_of(const struct scores *s)
{
    if (s->count == 1)
        return s->y[s->all->category];
    double sum = 0;
    for (size_t k = 0; k < s->count; k++)
        sum += s->all[k].count * s->y[s->all[k].category];
    return sum / s->size;
}

static struct scores scores_of(const struct rk_judged *j, size_t unit)
{
    struct scores s = {j->centred, j->tallies + j->tally_start[unit],
                       j->tally_start[unit + 1] - j->tally_start[unit], 0};
    for (size_t k = 0; k < s.count; k++)
        s.size += s.all[k].count;
    return s;
}

static double variance_of(const struct scores *s)
{
    double mean = mean_of(s), squares = 0;
    for (size_t k = 0; k < s->count; k++) {
        double d = s->y[s->all[k].category] - mean;
        squares += s->all[k].count * d * d;
    }
    return squares / (s->size - 1);
}

static double rwg_of(const struct scores *s, double random)
{
    return fmax(0, 1 - variance_of(s) / random);
}

/* The score that `rank` (from 0) of the unit's ratings are below. */
static double score_at(const struct scores *s, double rank)
{
    size_t k = 0;
    for (double upto = s->all[0].count; upto <= rank; upto += s->all[k].count)
        k++;
    return s->y[s->all[k].category];
}

static double deviation_of(const struct scores *s, double from_median)
{
    double sum = 0,
           centre =
               from_median != 0
                   ? (score_at(s, floor((s->size - 1) / 2)) + score_at(s, floor(s->size / 2))) / 2
                   : mean_of(s);
    for (size_t k = 0; k < s->count; k++)
        sum += s->all[k].count * fabs(s->y[s->all[k].category] - centre);
    return sum / s->size;
}

static double is_within(const struct scores *s, double tolerance)
{
    double apart = s->y[s->all[s->count - 1].category] - s->y[s->all[0].category];
    return apart <= tolerance + 1e-9 * tolerance;
}

/* Mean of `measure` over the units with two ratings or more. */
static struct rk_estimate mean_within(const struct rk_judged *j,
                                      double (*measure)(const struct scores *s, double with),
                                      double with, const char *method)
{
    double sum = 0, units = 0;
    if (!j->centred)
        return rk_estimate_none(N_("scores are words, not numbers"));
    for (size_t i = 0; i < j->units; i++) {
        struct scores s = scores_of(j, i);
        double times = rk_judged_times(j, i);
        if (s.size < 2 || times == 0)
            continue;
        sum += times * measure(&s, with);
        units += times;
    }
    if (units == 0)
        return rk_estimate_none(N_("nothing was rated twice"));
    return rk_estimate_of(sum / units, units, method);
}

struct rk_estimate rk_rwg(const struct rk_judged *j, double random)
{
    return mean_within(j, rwg_of, random, "james-demaree-wolf-1984");
}

struct rk_estimate rk_rwg_items(const struct rk_judged *j, const uint32_t *group, size_t groups,
                                double random)
{
    if (!j->centred)
        return rk_estimate_none(N_("scores are words, not numbers"));
    double *variance = rk_alloc(groups + 1, sizeof *variance),
           *items = rk_alloc(groups + 1, sizeof *items),
           *times = rk_alloc(groups + 1, sizeof *times), sum = 0, n = 0;
    for (size_t i = 0; i < j->units; i++) {
        struct scores s = scores_of(j, i);
        times[group[i]] = rk_judged_times(j, i);
        if (s.size < 2)
            continue;
        variance[group[i]] += variance_of(&s);
        items[group[i]]++;
    }
    for (size_t g = 0; g < groups; g++) {
        if (items[g] == 0)
            continue;
        double v = variance[g] / items[g] / random, agreed = items[g] * fmax(0, 1 - v);
        sum += times[g] * (agreed > 0 ? agreed / (agreed + v) : 0);
        n += times[g];
    }
    rk_free(variance);
    rk_free(items);
    rk_free(times);
    return n > 0 ? rk_estimate_of(sum / n, n, "james-demaree-wolf-1984")
                 : rk_estimate_none(N_("nothing was rated twice"));
}

struct rk_estimate rk_average_deviation(const struct rk_judged *j, bool from_median)
{
    return mean_within(j, deviation_of, from_median, "burke-dunlap-2002");
}

struct rk_estimate rk_within_tolerance(const struct rk_judged *j, double tolerance)
{
    return mean_within(j, is_within, tolerance, "share-of-units");
}

struct rk_estimate rk_finn(const struct rk_anova *a, double random, bool two_way)
{
    const char *why = two_way ? a->why_two_way : a->why;
    if (!why && two_way && !a->complete)
        why = N_("not every rater rated all");
    if (why)
        return rk_estimate_none(why);
    return rk_estimate_of(1 - (two_way ? a->mse : a->msw) / random, a->n, "finn-1970");
}

struct rk_estimate rk_robinson(const struct rk_anova *a)
{
    if (a->why_two_way || !a->complete)
        return rk_estimate_none(a->why_two_way ? a->why_two_way : N_("not every rater rated all"));
    double units = a->msr * (a->n - 1), rest = a->mse * a->df_error;
    if (!(units + rest > 0))
        return rk_estimate_none(N_("what is rated does not differ at all"));
    return rk_estimate_of(units / (units + rest), a->n, "robinson-1957");
}
