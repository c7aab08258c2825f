#include "stat/contingency.h"

#include "base/mem.h"
#include "stat/distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double same = 1e-7; /* likelihoods nearer than this are ties */
static const struct rk_interval none = {NAN, NAN};

static bool is_pair(struct rk_pair p)
{
    const int64_t most = 1000000000;
    return p.x1 >= 0 && p.x1 <= p.n1 && p.n1 <= most && p.x2 >= 0 && p.x2 <= p.n2 && p.n2 <= most;
}

/* ---- the hypergeometric distribution of x1 ---- */

/* From its top outwards, as multiples of the likelihood there: the whole never leaves the range of
 * a double, and what is too far out to count is not visited. */
struct walk {
    double n1, n2, total, odds;
    double low, high, top; /* the range of x1, and its likeliest value */
};

static double step_up(const struct walk *w, double x)
{
    return w->odds * ((w->n1 - x) / (x + 1)) * ((w->total - x) / (w->n2 - w->total + x + 1));
}

static struct walk walk_of(struct rk_pair p, double odds)
{
    struct walk w = {
        .n1 = (double)p.n1, .n2 = (double)p.n2, .total = (double)(p.x1 + p.x2), .odds = odds};
    w.low = fmax(0, w.total - w.n2);
    w.high = fmin(w.total, w.n1);
    /* the likelihood rises while step_up > 1, which falls with x */
    double from = w.low, to = w.high;
    while (from < to) {
        double middle = floor((from + to) / 2);
        if (step_up(&w, middle) > 1)
            from = middle + 1;
        else
            to = middle;
    }
    w.top = from;
    return w;
}

struct sums {                           /* of likelihoods, by that at the top */
    double less, here, more, all, mean; /* around x; mean is not divided by all */
};

/* What is under `least` of the likelihood at the top is left out. */
static struct sums sums_around(const struct walk *w, double x, double least)
{
    struct sums s = {0};
    for (int up = 0; up < 2; up++) {
        double weight = 1, at = w->top;
        if (up) /* the top itself was counted on the way down */
            weight = at < w->high ? step_up(w, at++) : 0;
        while (weight > least) {
            *(at < x ? &s.less : at > x ? &s.more : &s.here) += weight;
            s.all += weight;
            s.mean += weight * at;
            if (at == (up ? w->high : w->low))
                break;
            weight = up ? weight * step_up(w, at) : weight / step_up(w, at - 1);
            at += up ? 1 : -1;
        }
    }
    return s;
}

/* Of the likelihoods as high as `here` or less: those clearly less, and those the same. */
static void sum_unlikely(const struct walk *w, double here, double least, double *less,
                         double *equal)
{
    *less = *equal = 0;
    for (int up = 0; up < 2; up++) {
        double weight = 1, at = w->top;
        if (up)
            weight = at < w->high ? step_up(w, at++) : 0;
        while (weight > least) {
            if (weight < here / (1 + same))
                *less += weight;
            else if (weight <= here * (1 + same))
                *equal += weight;
            if (at == (up ? w->high : w->low))
                break;
            weight = up ? weight * step_up(w, at) : weight / step_up(w, at - 1);
            at += up ? 1 : -1;
        }
    }
}

struct rk_exact rk_fisher(struct rk_pair pair)
{
    if (!is_pair(pair))
        return (struct rk_exact){NAN, NAN, NAN, NAN, NAN};
    const double least = 1e-300;
    struct walk w = walk_of(pair, 1);
    struct sums s = sums_around(&w, (double)pair.x1, least);
    double less, equal;
    sum_unlikely(&w, s.here, least, &less, &equal);
    return (struct rk_exact){.two_sided = (less + equal) / s.all,
                             .less = (s.less + s.here) / s.all,
                             .greater = (s.more + s.here) / s.all,
                             .mid_two_sided = (less + equal / 2) / s.all,
                             .mid_less = (s.less + s.here / 2) / s.all};
}

/* Of the distribution at these odds: what is wanted of it falls as the odds grow. */
enum side { MEAN, LESS, MORE };
static bool is_under(struct rk_pair pair, enum side side, double wanted, double log_odds)
{
    double x = (double)pair.x1;
    struct walk w = walk_of(pair, exp(log_odds));
    struct sums s = sums_around(&w, x, 1e-25);
    if (side == MEAN)
        return s.mean / s.all < x;
    return side == LESS ? s.less + s.here > wanted * s.all : s.more + s.here < wanted * s.all;
}

/* The odds at which the mean is x1, or so few (so many) as x1 have the chance `wanted`. */
static double odds_where(struct rk_pair pair, enum side side, double wanted)
{
    const double most = 700; /* exp() of it is still a number */
    double from = -1, to = 1;
    for (; is_under(pair, side, wanted, to) && to < most; to = fmin(2 * to, most))
        from = to;
    for (; !is_under(pair, side, wanted, from) && from > -most; from = fmax(2 * from, -most))
        to = from;
    for (int i = 0; i < 100 && to - from > 1e-15 * fmax(1, fabs(to)); i++) {
        double middle = (from + to) / 2;
        *(is_under(pair, side, wanted, middle) ? &from : &to) = middle;
    }
    return exp((from + to) / 2);
}

double rk_conditional_odds(struct rk_pair pair, double level, struct rk_interval *interval)
{
    *interval = none;
    if (!is_pair(pair) || !(level > 0 && level < 1))
        return NAN;
    struct walk w = walk_of(pair, 1);
    double x = (double)pair.x1, tail = (1 - level) / 2;
    if (w.low == w.high)
        return NAN;
    interval->low = x == w.low ? 0 : odds_where(pair, MORE, tail);
    interval->high = x == w.high ? INFINITY : odds_where(pair, LESS, tail);
    return x == w.low ? 0 : x == w.high ? INFINITY : odds_where(pair, MEAN, 0);
}

/* ---- two groups ---- */

double rk_sample_odds(struct rk_pair p)
{
    double under = (double)(p.n1 - p.x1) * (double)p.x2;
    return is_pair(p) && under > 0 ? (double)p.x1 * (double)(p.n2 - p.x2) / under : NAN;
}

struct rk_interval rk_katz(struct rk_pair p, double level)
{
    if (!is_pair(p) || !p.x1 || !p.x2)
        return none;
    double x1 = (double)p.x1, n1 = (double)p.n1, x2 = (double)p.x2, n2 = (double)p.n2;
    double ratio = log(x1 / n1 / (x2 / n2));
    double half = rk_normal_quantile(0.5 + level / 2) * sqrt(1 / x1 - 1 / n1 + 1 / x2 - 1 / n2);
    return (struct rk_interval){exp(ratio - half), exp(ratio + half)};
}

/* By how much group 2 has more than its share of the selected, in people, and its variance times
 * N / (N - 1) (Pearson's). */
static bool excess(struct rk_pair p, double *more, double *variance)
{
    double n1 = (double)p.n1, n2 = (double)p.n2, all = n1 + n2, chosen = (double)(p.x1 + p.x2);
    if (!is_pair(p) || !p.n1 || !p.n2 || chosen == 0 || chosen == all)
        return false;
    *more = ((double)p.x2 * n1 - (double)p.x1 * n2) / all;
    *variance = n1 / all * n2 * (chosen / all) * ((all - chosen) / all);
    return true;
}

double rk_pooled_z(struct rk_pair pair)
{
    double more, variance;
    return excess(pair, &more, &variance) ? more / sqrt(variance) : NAN;
}

double rk_chi_square_yates(struct rk_pair pair)
{
    double more, variance;
    if (!excess(pair, &more, &variance))
        return NAN;
    double less = fabs(more) - fmin(0.5, fabs(more));
    return less * less / variance;
}

double rk_cohen_h(struct rk_pair p)
{
    if (!is_pair(p) || !p.n1 || !p.n2)
        return NAN;
    return 2 * asin(sqrt((double)p.x2 / (double)p.n2)) -
           2 * asin(sqrt((double)p.x1 / (double)p.n1));
}

/* ---- k groups ---- */

static bool are_groups(const int64_t *x, const int64_t *n, size_t k, int64_t *chosen, int64_t *all)
{
    *chosen = *all = 0;
    for (size_t i = 0; i < k; i++) {
        if (x[i] < 0 || x[i] > n[i] || n[i] > 1000000000)
            return false;
        *chosen += x[i];
        *all += n[i];
    }
    return true;
}

double rk_chi_square_groups(const int64_t *x, const int64_t *n, size_t k)
{
    int64_t chosen, all;
    double sum = 0;
    if (!are_groups(x, n, k, &chosen, &all) || !chosen || chosen == all)
        return NAN;
    double share = (double)chosen / (double)all;
    for (size_t i = 0; i < k; i++) {
        double off = (double)x[i] - (double)n[i] * share;
        if (n[i])
            sum += off * off / ((double)n[i] * share * (1 - share));
    }
    return sum;
}

/* Mehta and Patel's network: group after group, a node for each number chosen so far and likelihood
 * so far (paths alike in both are one). With the likeliest and the least likely way to go on known,
 * a node is counted as a whole, dropped as a whole, or goes on. */
enum { MOST_PLACES = 4000000 };
struct node {
    double past, paths; /* logarithm of the product of binomials; how many paths */
};
struct level { /* nodes by number chosen so far, from `low` */
    struct node **of;
    uint32_t *count, *room;
};

static int by_past(const void *a, const void *b)
{
    const struct node *p = a, *q = b;
    return (p->past > q->past) - (p->past < q->past);
}

/* Nodes with the same past become one. */
static uint32_t join(struct node *nodes, uint32_t count)
{
    uint32_t kept = 0;
    if (count)
        qsort(nodes, count, sizeof *nodes, by_past);
    for (uint32_t i = 0; i < count; i++)
        if (kept && nodes[i].past - nodes[kept - 1].past < 1e-10)
            nodes[kept - 1].paths += nodes[i].paths;
        else
            nodes[kept++] = nodes[i];
    return kept;
}

struct network {
    size_t k;
    int64_t *n, chosen;
    int64_t *rest;          /* people in groups i… */
    double **choose;        /* [i][x] = log C(n[i], x) */
    double **choose_rest;   /* [i][r] = log C(rest[i], r) */
    double **most, **least; /* [i][r]: of the products of groups i…, r chosen among them */
    double seen;            /* the logarithm of the product of the table seen */
    uint64_t steps;
    double less, equal;
};

static int64_t lower(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t higher(int64_t a, int64_t b) { return a > b ? a : b; }

static void find_bounds(struct network *w)
{
    for (size_t i = w->k + 1; i-- > 0;) {
        int64_t top = lower(w->chosen, w->rest[i]);
        w->most[i] = rk_alloc((size_t)top + 1, sizeof **w->most);
        w->least[i] = rk_alloc((size_t)top + 1, sizeof **w->least);
        for (int64_t r = 0; r <= top && i < w->k; r++) {
            double most = -INFINITY, least = INFINITY;
            for (int64_t x = higher(0, r - w->rest[i + 1]); x <= lower(r, w->n[i]); x++) {
                most = fmax(most, w->choose[i][x] + w->most[i + 1][r - x]);
                least = fmin(least, w->choose[i][x] + w->least[i + 1][r - x]);
            }
            w->most[i][r] = most;
            w->least[i][r] = least;
        }
    }
}

/* Where a path stands before group i with r left to choose: true when it must go on. */
static bool goes_on(struct network *w, size_t i, int64_t r, const struct node *node)
{
    double low = node->past + w->least[i][r] - w->seen, high = node->past + w->most[i][r] - w->seen;
    if (low > same)
        return false;
    double sum =
        node->paths * exp(node->past + w->choose_rest[i][r] - w->choose_rest[0][w->chosen]);
    if (high < -same) {
        w->less += sum;
        return false;
    }
    if (low >= -same && high <= same) {
        w->equal += sum;
        return false;
    }
    return true;
}

static void grow(struct level *level, int64_t s)
{
    level->room[s] = level->room[s] ? level->room[s] * 2 : 16;
    level->of[s] = rk_resize(level->of[s], level->room[s], sizeof *level->of[s]);
}

/* Nodes of the next level; false when it takes too many steps. */
static bool walk_level(struct network *w, size_t i, const struct level *from, struct level *to)
{
    uint64_t places = 0;
    for (int64_t s = 0; s <= w->chosen; s++)
        for (uint32_t j = 0; j < from->count[s]; j++) {
            int64_t r = w->chosen - s;
            for (int64_t x = higher(0, r - w->rest[i + 1]); x <= lower(r, w->n[i]); x++) {
                struct node node = {from->of[s][j].past + w->choose[i][x], from->of[s][j].paths};
                if (!w->steps--)
                    return false;
                if (!goes_on(w, i + 1, r - x, &node))
                    continue;
                uint32_t *count = &to->count[s + x];
                if (*count && *count == to->room[s + x]) { /* before it grows, alike ones join */
                    places -= *count;
                    *count = join(to->of[s + x], *count);
                    places += *count;
                }
                if (*count >= to->room[s + x] - to->room[s + x] / 4)
                    grow(to, s + x);
                to->of[s + x][(*count)++] = node;
                if (++places > MOST_PLACES)
                    return false;
            }
        }
    for (int64_t s = 0; s <= w->chosen; s++)
        to->count[s] = join(to->of[s], to->count[s]);
    return true;
}

static struct level level_new(int64_t chosen)
{
    size_t size = (size_t)chosen + 1;
    return (struct level){rk_alloc(size, sizeof(struct node *)), rk_alloc(size, sizeof(uint32_t)),
                          rk_alloc(size, sizeof(uint32_t))};
}

static void level_free(struct level *level, int64_t chosen)
{
    for (int64_t s = 0; level->of && s <= chosen; s++)
        rk_free(level->of[s]);
    rk_free(level->of);
    rk_free(level->count);
    rk_free(level->room);
    *level = (struct level){0};
}

static int by_size_down(const void *a, const void *b)
{
    int64_t p = *(const int64_t *)a, q = *(const int64_t *)b;
    return (p < q) - (p > q);
}

/* log C(n, 0 … most), as sums: differences of factorials would lose digits of large n. */
static double *choices(int64_t n, int64_t most)
{
    double *of = rk_alloc((size_t)most + 1, sizeof *of);
    for (int64_t x = 1; x <= most; x++)
        of[x] = of[x - 1] + log((double)(n - x + 1) / (double)x);
    return of;
}

static double log_choose(int64_t n, int64_t x)
{
    double *of = choices(n, x), last = of[x];
    rk_free(of);
    return last;
}

/* Large groups first: what is left has fewer ways to go on. False when it is too much. */
static bool network_new(struct network *w, const int64_t *n)
{
    uint64_t bounds = 0;
    w->n = rk_alloc(w->k + 1, sizeof *w->n);
    w->rest = rk_alloc(w->k + 2, sizeof *w->rest);
    w->choose = rk_alloc(w->k + 1, sizeof *w->choose);
    w->choose_rest = rk_alloc(w->k + 1, sizeof *w->choose_rest);
    w->most = rk_alloc(w->k + 1, sizeof *w->most);
    w->least = rk_alloc(w->k + 1, sizeof *w->least);
    memcpy(w->n, n, w->k * sizeof *n);
    qsort(w->n, w->k, sizeof *w->n, by_size_down);
    for (size_t i = w->k; i-- > 0;) {
        w->rest[i] = w->rest[i + 1] + w->n[i];
        uint64_t here = (uint64_t)lower(w->chosen, w->rest[i]) + 1;
        uint64_t ways = (uint64_t)lower(w->chosen, w->n[i]) + 1;
        if (here * ways > w->steps || (bounds += here * ways) > w->steps)
            return false;
    }
    w->steps -= bounds;
    for (size_t i = 0; i <= w->k; i++) {
        w->choose[i] = choices(w->n[i], lower(w->n[i], w->chosen));
        w->choose_rest[i] = choices(w->rest[i], lower(w->rest[i], w->chosen));
    }
    find_bounds(w);
    return true;
}

static void network_free(struct network *w)
{
    for (size_t i = 0; i <= w->k; i++) {
        rk_free(w->choose[i]);
        rk_free(w->choose_rest[i]);
        rk_free(w->most[i]);
        rk_free(w->least[i]);
    }
    rk_free(w->n);
    rk_free(w->rest);
    rk_free(w->choose);
    rk_free(w->choose_rest);
    rk_free(w->most);
    rk_free(w->least);
}

bool rk_fisher_groups(const int64_t *x, const int64_t *n, size_t k, uint64_t steps, double *p,
                      double *mid)
{
    struct network w = {.k = k, .steps = steps ? steps : 50000000};
    int64_t all;
    *p = NAN;
    if (mid)
        *mid = NAN;
    if (!are_groups(x, n, k, &w.chosen, &all))
        return true;
    bool flipped = 2 * w.chosen > all; /* the fewer are followed */
    if (flipped)
        w.chosen = all - w.chosen;
    bool done = network_new(&w, n);
    if (done) {
        for (size_t i = 0; i < k; i++)
            w.seen += log_choose(n[i], flipped ? n[i] - x[i] : x[i]);
        struct level from = level_new(w.chosen);
        struct node start = {0, 1};
        if (goes_on(&w, 0, w.chosen, &start)) {
            from.of[0] = rk_alloc(1, sizeof start);
            from.of[0][0] = start;
            from.count[0] = from.room[0] = 1;
        }
        for (size_t i = 0; i < k && done; i++) {
            struct level to = level_new(w.chosen);
            done = walk_level(&w, i, &from, &to);
            level_free(&from, w.chosen);
            from = to;
        }
        level_free(&from, w.chosen);
    }
    network_free(&w);
    if (done)
        *p = fmin(1, w.less + w.equal);
    if (done && mid)
        *mid = fmin(1, w.less + w.equal / 2);
    return done;
}

/* ---- strata ---- */

void rk_strata_add(struct rk_strata *s, struct rk_pair p)
{
    double a = (double)p.x1, b = (double)(p.n1 - p.x1), c = (double)p.x2, d = (double)(p.n2 - p.x2);
    double n1 = a + b, n2 = c + d, chosen = a + c, others = b + d, n = n1 + n2;
    if (!is_pair(p) || n1 == 0 || n2 == 0 || chosen == 0)
        return;
    s->rate_r += a * n2 / n;
    s->rate_s += c * n1 / n;
    s->rate_spread += chosen / n * n1 * (n2 / n) - a * c / n;
    s->ratio_count++;
    if (others == 0) /* says nothing of odds, but that the rates are alike */
        return;
    double r = a * d / n, t = b * c / n, along = (a + d) / n, across = (b + c) / n;
    s->count++;
    s->odds_r += r;
    s->odds_s += t;
    s->odds_pr += along * r;
    s->odds_both += along * t + across * r;
    s->odds_qs += across * t;
    s->seen += a;
    s->expected += n1 * chosen / n;
    s->variance += n1 / n * (n2 / n) * chosen * (others / (n - 1));
    s->has_zero |= a == 0 || b == 0 || c == 0 || d == 0;
    if (!s->has_zero) {
        double odds = log(a * d / (b * c)), weight = 1 / (1 / a + 1 / b + 1 / c + 1 / d);
        s->woolf_weight += weight;
        s->woolf_sum += weight * odds;
        s->woolf_square += weight * odds * odds;
    }
}

static double ratio_of(double over, double under, double variance, double level,
                       struct rk_interval *interval)
{
    *interval = none;
    if (!(under > 0))
        return NAN;
    double half = rk_normal_quantile(0.5 + level / 2) * sqrt(variance);
    if (over > 0)
        *interval = (struct rk_interval){over / under * exp(-half), over / under * exp(half)};
    return over / under;
}

double rk_strata_odds(const struct rk_strata *s, double level, struct rk_interval *interval)
{
    double variance = s->odds_pr / (2 * s->odds_r * s->odds_r) +
                      s->odds_both / (2 * s->odds_r * s->odds_s) +
                      s->odds_qs / (2 * s->odds_s * s->odds_s);
    return ratio_of(s->odds_r, s->odds_s, variance, level, interval);
}

double rk_strata_ratio(const struct rk_strata *s, double level, struct rk_interval *interval)
{
    return ratio_of(s->rate_r, s->rate_s, s->rate_spread / (s->rate_r * s->rate_s), level,
                    interval);
}

double rk_strata_chi_square(const struct rk_strata *s, bool corrected)
{
    double off = fabs(s->seen - s->expected);
    if (!s->count)
        return NAN;
    if (corrected && off >= 0.5) /* as R's mantelhaen.test */
        off -= 0.5;
    return off * off / s->variance;
}

double rk_strata_woolf(const struct rk_strata *s)
{
    if (s->count < 2 || s->has_zero)
        return NAN;
    return fmax(0, s->woolf_square - s->woolf_sum * s->woolf_sum / s->woolf_weight);
}
