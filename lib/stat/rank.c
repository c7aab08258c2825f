#include "stat/rank.h"

#include "base/mem.h"
#include "stat/distribution.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int order(double x, double y, double tolerance)
{
    return x - y > tolerance ? 1 : y - x > tolerance ? -1 : 0;
}

struct point {
    double x, y;
};

static int by_point(const void *p, const void *q)
{
    const struct point *a = p, *b = q;
    if (a->x != b->x)
        return a->x > b->x ? 1 : -1;
    return (a->y > b->y) - (a->y < b->y);
}

/* Sorts by y and returns how many pairs stood the other way round. */
static uint64_t sort_by_y(struct point *points, struct point *room, size_t n)
{
    if (n < 2)
        return 0;
    size_t half = n / 2, i = 0, j = half;
    uint64_t turned = sort_by_y(points, room, half) + sort_by_y(points + half, room, n - half);
    for (size_t k = 0; k < n; k++)
        if (j == n || (i < half && points[i].y <= points[j].y)) {
            room[k] = points[i++];
        } else {
            turned += half - i;
            room[k] = points[j++];
        }
    memcpy(points, room, n * sizeof *points);
    return turned;
}

/* Pairs that are alike among sorted points: in x, in both, or in y. */
static uint64_t count_alike(const struct point *points, size_t n, bool in_x, bool in_y)
{
    uint64_t pairs_alike = 0, run = 0;
    for (size_t i = 1; i < n; i++) {
        bool alike =
            (!in_x || points[i].x == points[i - 1].x) && (!in_y || points[i].y == points[i - 1].y);
        run = alike ? run + 1 : 0;
        pairs_alike += run;
    }
    return pairs_alike;
}

/* By sorting, where values are alike or not (Knight 1966). */
static struct rk_concordance count_sorted(const double *x, const double *y, size_t n)
{
    struct point *points = rk_resize(NULL, 2 * n + 1, sizeof *points);
    struct rk_concordance c;
    for (size_t i = 0; i < n; i++)
        points[i] = (struct point){x[i], y[i]};
    qsort(points, n, sizeof *points, by_point);
    uint64_t in_x = count_alike(points, n, true, false), in_y;
    c.tied_both = count_alike(points, n, true, true);
    c.discordant = sort_by_y(points, points + n, n);
    in_y = count_alike(points, n, false, true);
    c.tied_x = in_x - c.tied_both;
    c.tied_y = in_y - c.tied_both;
    c.concordant = (uint64_t)n * (n - 1) / 2 - c.discordant - in_x - in_y + c.tied_both;
    rk_free(points);
    return c;
}

struct rk_concordance rk_concordance_of(const double *x, const double *y, size_t n,
                                        double tolerance_x, double tolerance_y)
{
    enum { FEW = 64 };
    struct rk_concordance c = {0};
    if (n > FEW && tolerance_x == 0 && tolerance_y == 0)
        return count_sorted(x, y, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            int by_x = order(x[i], x[j], tolerance_x), by_y = order(y[i], y[j], tolerance_y);
            c.concordant += by_x * by_y > 0;
            c.discordant += by_x * by_y < 0;
            c.tied_both += !by_x && !by_y;
            c.tied_x += !by_x && by_y;
            c.tied_y += by_x && !by_y;
        }
    return c;
}

static double net(const struct rk_concordance *c)
{
    return (double)c->concordant - (double)c->discordant;
}

static double pairs(const struct rk_concordance *c)
{
    return (double)(c->concordant + c->discordant + c->tied_x + c->tied_y + c->tied_both);
}

static double part(double of, double whole) { return whole > 0 ? of / whole : NAN; }

double rk_tau_a(const struct rk_concordance *c) { return part(net(c), pairs(c)); }

double rk_tau_b(const struct rk_concordance *c)
{
    double apart = (double)(c->concordant + c->discordant);
    return part(net(c), sqrt((apart + (double)c->tied_y) * (apart + (double)c->tied_x)));
}

double rk_gamma(const struct rk_concordance *c)
{
    return part(net(c), (double)(c->concordant + c->discordant));
}

double rk_somers_d(const struct rk_concordance *c)
{
    return part(net(c), (double)(c->concordant + c->discordant + c->tied_y));
}

/* A tie says +1 both ways: with a tie it agrees twice, with an order once for and once against. */
double rk_tau_x(const struct rk_concordance *c)
{
    return part(net(c) + (double)c->tied_both, pairs(c));
}

struct item {
    double value;
    size_t at;
};

static int by_value(const void *x, const void *y)
{
    const struct item *p = x, *q = y;
    if (p->value != q->value)
        return p->value > q->value ? 1 : -1;
    return (p->at > q->at) - (p->at < q->at);
}

void rk_mean_ranks(const double *values, size_t n, double tolerance, double *ranks)
{
    struct item *items = rk_resize(NULL, n + 1, sizeof *items);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct item){values[i], i};
    qsort(items, n, sizeof *items, by_value);
    for (size_t i = 0, next; i < n; i = next) {
        for (next = i; next < n && items[next].value - items[i].value <= tolerance; next++)
            ;
        for (size_t k = i; k < next; k++)
            ranks[items[k].at] = (double)(i + 1 + next) / 2;
    }
    rk_free(items);
}

/* Sums over the groups of t that share a rank: t(t-1), t(t-1)(t-2), t(t-1)(2t+5). */
static void tie_sums(const double *values, size_t n, double tolerance, double sums[3])
{
    double *ranks = rk_resize(NULL, n + 1, sizeof *ranks);
    rk_mean_ranks(values, n, tolerance, ranks);
    sums[0] = sums[1] = sums[2] = 0;
    for (size_t i = 0; i < n; i++) {
        double t = 0;
        for (size_t j = 0; j < n; j++)
            t += ranks[j] == ranks[i];
        sums[0] += t - 1; /* each of the t brings its part */
        sums[1] += (t - 1) * (t - 2);
        sums[2] += (t - 1) * (2 * t + 5);
    }
    rk_free(ranks);
}

double rk_tau_z(const double *x, const double *y, size_t n, double tolerance_x, double tolerance_y)
{
    struct rk_concordance c = rk_concordance_of(x, y, n, tolerance_x, tolerance_y);
    double all = (double)n, of_x[3], of_y[3];
    tie_sums(x, n, tolerance_x, of_x);
    tie_sums(y, n, tolerance_y, of_y);
    double variance = (all * (all - 1) * (2 * all + 5) - of_x[2] - of_y[2]) / 18;
    if (n > 1)
        variance += of_x[0] * of_y[0] / (2 * all * (all - 1));
    if (n > 2)
        variance += of_x[1] * of_y[1] / (9 * all * (all - 1) * (all - 2));
    return variance > 0 ? net(&c) / sqrt(variance) : NAN;
}

double rk_normal_two_sided(double z) { return erfc(fabs(z) / sqrt(2)); }

void rk_pearson_interval(double r, size_t n, double *low, double *high)
{
    const double z = 1.959963984540054; /* the normal quantile of 0.975 */
    double half = n > 3 ? z / sqrt((double)n - 3) : NAN;
    *low = fabs(r) < 1 ? tanh(atanh(r) - half) : NAN;
    *high = fabs(r) < 1 ? tanh(atanh(r) + half) : NAN;
}

double rk_pearson_p(double r, size_t n)
{
    if (n < 3 || isnan(r))
        return NAN;
    double df = (double)n - 2;
    return fabs(r) < 1 ? 2 * rk_t_above(fabs(r) * sqrt(df / (1 - r * r)), df) : 0;
}

double rk_pearson(const double *x, const double *y, size_t n)
{
    double mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        mean_x += x[i] / (double)n;
        mean_y += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    return part(xy, sqrt(xx) * sqrt(yy));
}

double rk_spearman(const double *x, const double *y, size_t n, double tolerance_x,
                   double tolerance_y)
{
    double *ranks = rk_resize(NULL, 2 * n + 1, sizeof *ranks);
    rk_mean_ranks(x, n, tolerance_x, ranks);
    rk_mean_ranks(y, n, tolerance_y, ranks + n);
    double rho = rk_pearson(ranks, ranks + n, n);
    rk_free(ranks);
    return rho;
}

double rk_footrule(const double *x, const double *y, size_t n, double tolerance_x,
                   double tolerance_y)
{
    double *ranks = rk_resize(NULL, 2 * n + 1, sizeof *ranks), sum = 0;
    rk_mean_ranks(x, n, tolerance_x, ranks);
    rk_mean_ranks(y, n, tolerance_y, ranks + n);
    for (size_t i = 0; i < n; i++)
        sum += fabs(ranks[i] - ranks[n + i]);
    rk_free(ranks);
    return sum;
}

double rk_top_overlap(const uint32_t *x, const uint32_t *y, size_t n, uint32_t depth,
                      double *jaccard)
{
    double of_x = 0, of_y = 0, both = 0;
    for (size_t i = 0; i < n; i++) {
        bool in_x = x[i] && x[i] <= depth, in_y = y[i] && y[i] <= depth;
        of_x += in_x;
        of_y += in_y;
        both += in_x && in_y;
    }
    bool any = of_x > 0 && of_y > 0;
    if (jaccard)
        *jaccard = any ? both / (of_x + of_y - both) : NAN;
    return any ? 2 * both / (of_x + of_y) : NAN;
}

struct at_depth { /* how many have this place, and are in both down to it */
    uint32_t x, y, both;
};

double rk_biased_overlap(const uint32_t *x, const uint32_t *y, size_t n, double p)
{
    struct at_depth *depth = rk_alloc(n + 1, sizeof *depth);
    size_t in_x = 0, in_y = 0;
    for (size_t i = 0; i < n; i++) {
        assert(x[i] <= n && y[i] <= n);
        in_x += x[i] > 0;
        in_y += y[i] > 0;
        depth[x[i]].x += x[i] > 0;
        depth[y[i]].y += y[i] > 0;
        if (x[i] && y[i])
            depth[x[i] > y[i] ? x[i] : y[i]].both++;
    }
    size_t shorter = in_x < in_y ? in_x : in_y, longer = in_x < in_y ? in_y : in_x;
    double sum = 0, weight = 1, overlap = 0, of_x = 0, of_y = 0, both = 0, at_end = 0;
    for (size_t d = 1; d <= longer; d++) {
        of_x += depth[d].x;
        of_y += depth[d].y;
        both += depth[d].both;
        if (d <= shorter)
            at_end = both;
        /* the shorter one goes on as it went */
        double beyond = d > shorter && shorter ? (double)(d - shorter) : 0;
        double more = beyond > 0 ? at_end * beyond / (double)shorter : 0;
        overlap = 2 * (both + more) / (of_x + of_y + beyond);
        sum += (1 - p) * weight * overlap;
        weight *= p;
    }
    rk_free(depth);
    return shorter ? sum + weight * overlap : NAN;
}
