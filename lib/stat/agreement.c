#include "stat/agreement.h"

#include "base/mem.h"
#include "base/message.h"

#include <stdlib.h>

static const char never_changes[] =
    N_("all ratings are in one category, so that chance alone would agree");

double rk_judged_units(const struct rk_judged *j)
{
    double n = 0;
    for (size_t i = 0; i < j->units; i++)
        if (j->start[i + 1] > j->start[i])
            n += rk_judged_times(j, i);
    return n;
}

/* How many ratings a unit has. */
static double size_of(const struct rk_judged *j, size_t unit)
{
    double m = (double)(j->start[unit + 1] - j->start[unit]);
    for (size_t r = j->start[unit]; j->anonymous && r < j->start[unit + 1]; r++)
        m += j->all[r].count - 1.0;
    return m;
}

uint64_t rk_judged_balance(const struct rk_judged *j)
{
    double size = 0;
    for (size_t i = 0; i < j->units; i++) {
        if (!rk_judged_times(j, i))
            continue;
        double m = size_of(j, i);
        if (size != 0 && m != size)
            return 0;
        size = m;
    }
    return (uint64_t)size;
}

bool rk_judged_complete(const struct rk_judged *j)
{
    return !j->anonymous && j->raters > 1 && rk_judged_balance(j) == j->raters;
}

struct rk_by_rater rk_by_rater(const struct rk_judged *j)
{
    size_t all = j->start[j->units];
    struct rk_by_rater b = {rk_alloc(j->raters + 2, sizeof(size_t)),
                            rk_alloc(all + 1, sizeof(uint32_t)),
                            rk_alloc(all + 1, sizeof(uint32_t))};
    for (size_t r = 0; r < all; r++)
        b.start[j->all[r].rater + 2]++;
    for (size_t g = 2; g < j->raters + 2; g++)
        b.start[g] += b.start[g - 1];
    for (size_t i = 0; i < j->units; i++)
        for (size_t r = j->start[i]; r < j->start[i + 1]; r++) {
            size_t at = b.start[j->all[r].rater + 1]++;
            b.unit[at] = (uint32_t)i;
            b.category[at] = j->all[r].category;
        }
    return b;
}

void rk_by_rater_free(struct rk_by_rater *b)
{
    rk_free(b->start);
    rk_free(b->unit);
    rk_free(b->category);
    *b = (struct rk_by_rater){0};
}

static int by_category(const void *a, const void *b)
{
    uint32_t x = ((const struct rk_tally *)a)->category, y = ((const struct rk_tally *)b)->category;
    return (x > y) - (x < y);
}

void rk_judged_tally(struct rk_judged *j)
{
    double *count = rk_alloc(j->categories + 1, sizeof *count); /* all zero between units */
    size_t *start = rk_alloc(j->units + 1, sizeof *start), at = 0;
    struct rk_tally *all = rk_alloc(j->start[j->units] + 1, sizeof *all);
    for (size_t i = 0; i < j->units; i++) {
        struct rk_tally *own = all + at;
        size_t n = 0;
        for (size_t r = j->start[i]; r < j->start[i + 1]; r++) {
            uint32_t c = j->all[r].category;
            if (count[c] == 0)
                own[n++].category = c;
            count[c] += j->all[r].count;
        }
        if (n > 16)
            qsort(own, n, sizeof *own, by_category);
        else
            for (size_t k = 1; k < n; k++) {
                uint32_t c = own[k].category;
                size_t to = k;
                for (; to && own[to - 1].category > c; to--)
                    own[to].category = own[to - 1].category;
                own[to].category = c;
            }
        for (size_t k = 0; k < n; k++) {
            own[k].count = count[own[k].category];
            count[own[k].category] = 0;
        }
        start[i + 1] = at += n;
    }
    rk_free(count);
    j->tally_start = start;
    j->tallies = all;
}

void rk_judged_forget_tally(struct rk_judged *j)
{
    rk_free((void *)j->tally_start);
    rk_free((void *)j->tallies);
    j->tally_start = NULL;
    j->tallies = NULL;
}

/* Scratch for one unit's categories. */
struct scratch {
    uint32_t *of;
    double *mass, *agreeing;
};

static struct scratch scratch_new(size_t categories)
{
    size_t n = categories + 1;
    return (struct scratch){rk_alloc(n, sizeof(uint32_t)), rk_alloc(n, sizeof(double)),
                            rk_alloc(n, sizeof(double))};
}

static void scratch_free(struct scratch *t)
{
    rk_free(t->of);
    rk_free(t->mass);
    rk_free(t->agreeing);
}

/* Σ_k n_k (Σ_l w_kl n_l - 1): the agreeing ordered pairs of a unit. */
static double pairs_agreeing(const struct rk_judged *j, size_t unit, const struct rk_weights *w,
                             struct scratch *t)
{
    const struct rk_tally *all = j->tallies + j->tally_start[unit];
    size_t n = j->tally_start[unit + 1] - j->tally_start[unit];
    double sum = 0;
    if (w->kind == RK_UNWEIGHTED) {
        for (size_t k = 0; k < n; k++)
            sum += all[k].count * (all[k].count - 1);
        return sum;
    }
    if (n <= 4) { /* few categories: every pair of them, once */
        for (size_t k = 0; k < n; k++) {
            sum +=
                all[k].count * (all[k].count * rk_weight(w, all[k].category, all[k].category) - 1);
            for (size_t l = 0; l < k; l++)
                sum += 2 * all[k].count * all[l].count *
                       rk_weight(w, all[k].category, all[l].category);
        }
        return sum;
    }
    for (size_t k = 0; k < n; k++) {
        t->of[k] = all[k].category;
        t->mass[k] = all[k].count;
    }
    rk_weights_spread(w, t->of, t->mass, n, t->agreeing);
    for (size_t k = 0; k < n; k++)
        sum += t->mass[k] * (t->agreeing[k] - 1);
    return sum;
}

/* What the coefficients share: shares of categories, each unit's own agreement. */
struct shared {
    const struct rk_judged *judged;
    const struct rk_weights *weights;
    double n, n_paired; /* units with a rating, with two */
    double pa;
    double *of_unit; /* a_i; 0 where a unit has fewer than two ratings */
    double *size;    /* m_i */
    double *share;   /* π_k */
    double *near;    /* Σ_l w_kl π_l */
    double *chance;  /* pe_i, of the coefficient at work */
    double confidence;
};

static void shares(struct shared *s)
{
    const struct rk_judged *j = s->judged;
    struct scratch t = scratch_new(j->categories);
    for (size_t i = 0; i < j->units; i++) {
        double times = rk_judged_times(j, i), size = size_of(j, i);
        if (times == 0 || size == 0)
            continue;
        s->n += times;
        s->size[i] = size;
        for (size_t k = j->tally_start[i]; k < j->tally_start[i + 1]; k++)
            s->share[j->tallies[k].category] += times * j->tallies[k].count / size;
        if (size < 2)
            continue;
        s->of_unit[i] = pairs_agreeing(j, i, s->weights, &t) / (size * (size - 1));
        s->n_paired += times;
        s->pa += times * s->of_unit[i];
    }
    scratch_free(&t);
    for (size_t k = 0; s->n > 0 && k < j->categories; k++)
        s->share[k] /= s->n;
    if (s->n_paired > 0)
        s->pa = rk_or_zero(s->pa / s->n_paired, 1);
    rk_weights_spread(s->weights, NULL, s->share, j->categories, s->near);
}

/* pe_i = the mean over the unit's ratings of `of_category`. */
static void chance_of_units(struct shared *s, const double *of_category, double scale)
{
    const struct rk_judged *j = s->judged;
    for (size_t i = 0; i < j->units; i++) {
        double sum = 0;
        for (size_t k = j->tally_start[i]; k < j->tally_start[i + 1]; k++)
            sum += j->tallies[k].count * of_category[j->tallies[k].category];
        s->chance[i] = s->size[i] > 0 ? scale * sum / s->size[i] : 0;
    }
}

/* The standard error by linearisation: pe_i in s->chance, or none (pe does not depend on the data).
 */
static void linearise(const struct shared *s, struct rk_estimate *e, bool has_chance)
{
    const struct rk_judged *j = s->judged;
    double pe = e->expected, sum = 0, up = s->n / s->n_paired;
    if (s->n < 2)
        return;
    for (size_t i = 0; i < j->units; i++) {
        double times = rk_judged_times(j, i);
        if (times == 0 || s->size[i] == 0)
            continue;
        double x = s->size[i] >= 2 ? up * (s->of_unit[i] - pe) / (1 - pe) : 0;
        if (has_chance)
            x -= 2 * (1 - e->value) * (s->chance[i] - pe) / (1 - pe);
        sum += times * (x - e->value) * (x - e->value);
    }
    sum = rk_squares_or_zero(sum, s->n, up / (1 - pe));
    e->se = sqrt(sum / (s->n * (j->table ? s->n : s->n - 1)));
    rk_estimate_interval(e, s->n - 1, s->confidence, 1);
}

/* 1 - pe may be all rounding where one category holds everything. */
static bool beyond_chance(double pe) { return 1 - pe > 1e-12; }

static struct rk_estimate corrected(const struct shared *s, double pe, const char *method)
{
    if (!beyond_chance(pe))
        return rk_estimate_none(never_changes);
    struct rk_estimate e = rk_estimate_of(rk_or_zero(s->pa - pe, 1) / (1 - pe), s->n, method);
    e.observed = s->pa;
    e.expected = rk_or_zero(pe, 1);
    return e;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* One rater's shares of the categories the rater used, ascending, and Σ_l w_kl π_gl for those. */
struct own {
    double *count;      /* by category; all zero between raters */
    struct scratch use; /* categories, shares, nearness */
    size_t used;
    double n; /* units rated */
};

static void own_shares(struct own *o, const struct rk_judged *j, const struct rk_weights *w,
                       const struct rk_by_rater *b, size_t rater)
{
    o->used = 0;
    o->n = 0;
    for (size_t at = b->start[rater]; at < b->start[rater + 1]; at++) {
        double times = rk_judged_times(j, b->unit[at]);
        uint32_t c = b->category[at];
        if (times > 0 && o->count[c] == 0)
            o->use.of[o->used++] = c;
        o->count[c] += times;
        o->n += times;
    }
    qsort(o->use.of, o->used, sizeof *o->use.of, by_number);
    for (size_t k = 0; k < o->used; k++) {
        o->use.mass[k] = o->count[o->use.of[k]] / o->n;
        o->count[o->use.of[k]] = 0;
    }
    rk_weights_spread(w, o->use.of, o->use.mass, o->used, o->use.agreeing);
}

/* pe_i = pe + Σ_g (n / n_g)(V_g(category) - B_g) / (r (r - 1)) over those who rated i, with
 * V_g(k) = Σ_l w_kl (Σ_h π_hl - π_gl) and B_g its mean over the rater's own ratings. */
static void conger_chance(struct shared *s, struct own *o, const struct rk_by_rater *b,
                          const double *near_all, double raters, double pe)
{
    const struct rk_judged *j = s->judged;
    double *away = s->near; /* Fleiss is done with it */
    for (size_t i = 0; i < j->units; i++)
        s->chance[i] = pe;
    for (size_t g = 0; g < j->raters; g++) {
        double base = 0;
        own_shares(o, j, s->weights, b, g);
        for (size_t k = 0; k < o->used; k++) {
            uint32_t c = o->use.of[k];
            away[c] = near_all[c] - o->use.agreeing[k];
            base += o->use.mass[k] * away[c];
        }
        for (size_t at = b->start[g]; at < b->start[g + 1] && o->used; at++)
            if (rk_judged_times(j, b->unit[at]))
                s->chance[b->unit[at]] +=
                    s->n / o->n * (away[b->category[at]] - base) / (raters * (raters - 1));
    }
}

static struct rk_estimate conger(struct shared *s)
{
    const struct rk_judged *j = s->judged;
    if (j->anonymous)
        return rk_estimate_none(N_("raters are not told apart"));
    size_t q = j->categories;
    struct rk_by_rater b = rk_by_rater(j);
    struct own o = {.count = rk_alloc(q, sizeof(double)), .use = scratch_new(q)};
    double *sum = rk_alloc(q, sizeof *sum), *near = rk_alloc(q, sizeof *near), raters = 0, own = 0,
           all = 0;
    for (size_t g = 0; g < j->raters; g++) {
        own_shares(&o, j, s->weights, &b, g);
        raters += o.used > 0;
        for (size_t k = 0; k < o.used; k++) {
            sum[o.use.of[k]] += o.use.mass[k];
            own += o.use.mass[k] * o.use.agreeing[k];
        }
    }
    rk_weights_spread(s->weights, NULL, sum, q, near);
    for (size_t k = 0; k < q; k++)
        all += sum[k] * near[k];
    struct rk_estimate e = corrected(s, (all - own) / (raters * (raters - 1)), "conger-1980");
    if (!e.why && s->confidence > 0) {
        conger_chance(s, &o, &b, near, raters, e.expected);
        linearise(s, &e, true);
    }
    rk_free(sum);
    rk_free(near);
    rk_free(o.count);
    scratch_free(&o.use);
    rk_by_rater_free(&b);
    return e;
}

static struct rk_estimate gwet(struct shared *s)
{
    double q = (double)s->judged->categories, spread = 0, total = rk_weights_total(s->weights);
    if (q < 2)
        return rk_estimate_none(N_("one category alone was used: --categories names the others"));
    for (size_t k = 0; k < s->judged->categories; k++)
        spread += s->share[k] * (1 - s->share[k]);
    struct rk_estimate e = corrected(s, total * spread / (q * (q - 1)), "gwet-2008");
    if (!e.why && s->confidence > 0) {
        for (size_t k = 0; k < s->judged->categories; k++)
            s->near[k] = 1 - s->share[k];
        chance_of_units(s, s->near, total / (q * (q - 1)));
        linearise(s, &e, true);
    }
    return e;
}

static struct rk_estimate brennan_prediger(struct shared *s)
{
    double q = (double)s->judged->categories;
    if (q < 2)
        return rk_estimate_none(N_("one category alone was used: --categories names the others"));
    struct rk_estimate e =
        corrected(s, rk_weights_total(s->weights) / (q * q), "brennan-prediger-1981");
    if (!e.why && s->confidence > 0)
        linearise(s, &e, false);
    return e;
}

static struct rk_estimate fleiss(struct shared *s)
{
    double pe = 0;
    for (size_t k = 0; k < s->judged->categories; k++)
        pe += s->share[k] * s->near[k];
    struct rk_estimate e = corrected(s, pe, "fleiss-1971");
    if (!e.why && s->confidence > 0) {
        chance_of_units(s, s->near, 1);
        linearise(s, &e, true);
    }
    return e;
}

static struct rk_estimate percent(struct shared *s)
{
    struct rk_estimate e = rk_estimate_of(s->pa, s->n, "mean-of-units");
    e.observed = s->pa;
    e.expected = 0;
    if (s->confidence > 0)
        linearise(s, &e, false);
    e.expected = NAN;
    return e;
}

void rk_agreement(const struct rk_judged *judged, const struct rk_weights *weights,
                  double confidence, struct rk_estimate out[RK_AGREEMENTS])
{
    size_t units = judged->units + 1, q = judged->categories + 1;
    struct shared s = {.judged = judged,
                       .weights = weights,
                       .confidence = confidence,
                       .of_unit = rk_alloc(units, sizeof(double)),
                       .size = rk_alloc(units, sizeof(double)),
                       .share = rk_alloc(q, sizeof(double)),
                       .near = rk_alloc(q, sizeof(double)),
                       .chance = rk_alloc(units, sizeof(double))};
    const char *why = rk_weights_symmetric(weights)
                          ? NULL
                          : N_("these weights are not symmetric: they are for two raters only");
    if (!why) {
        shares(&s);
        if (s.n_paired == 0)
            why = N_("nothing was rated twice");
    }
    if (why)
        for (int c = 0; c < RK_AGREEMENTS; c++)
            out[c] = rk_estimate_none(why);
    else {
        out[RK_PERCENT] = percent(&s);
        out[RK_FLEISS] = fleiss(&s);
        out[RK_CONGER] = conger(&s);
        out[RK_BRENNAN_PREDIGER] = brennan_prediger(&s);
        out[RK_GWET] = gwet(&s);
    }
    rk_free(s.of_unit);
    rk_free(s.size);
    rk_free(s.share);
    rk_free(s.near);
    rk_free(s.chance);
}

/* ---- Krippendorff ---- */

struct paired {
    double n, ratings; /* units rated at least twice, and their ratings */
    double agreeing;   /* Σ S_i / (m_i - 1) */
    double *share, *near;
    double *of_unit; /* S_i / (m_i - 1) */
    double *size;
};

static void count_paired(struct paired *p, const struct rk_judged *j)
{
    for (size_t i = 0; i < j->units; i++) {
        double times = rk_judged_times(j, i), m = size_of(j, i);
        p->size[i] = times > 0 && m >= 2 ? m : 0;
        if (p->size[i] == 0)
            continue;
        p->n += times;
        p->ratings += times * m;
        for (size_t k = j->tally_start[i]; k < j->tally_start[i + 1]; k++)
            p->share[j->tallies[k].category] += times * j->tallies[k].count;
    }
}

static struct paired paired_new(const struct rk_judged *j)
{
    size_t q = j->categories + 1, units = j->units + 1;
    struct paired p = {.share = rk_alloc(q, sizeof(double)),
                       .near = rk_alloc(q, sizeof(double)),
                       .of_unit = rk_alloc(units, sizeof(double)),
                       .size = rk_alloc(units, sizeof(double))};
    count_paired(&p, j);
    return p;
}

static void paired_free(struct paired *p)
{
    rk_free(p->share);
    rk_free(p->near);
    rk_free(p->of_unit);
    rk_free(p->size);
}

void rk_alpha_ranks(const struct rk_judged *judged, double *ranks)
{
    struct paired p = paired_new(judged);
    double below = 0;
    for (size_t k = 0; k < judged->categories; k++) {
        ranks[k] = below + p.share[k] / 2;
        below += p.share[k];
    }
    paired_free(&p);
}

static double measure_paired(struct paired *p, const struct rk_judged *j,
                             const struct rk_weights *w)
{
    struct scratch t = scratch_new(j->categories);
    double pe = 0;
    for (size_t i = 0; i < j->units; i++) {
        if (p->size[i] == 0)
            continue;
        p->of_unit[i] = pairs_agreeing(j, i, w, &t) / (p->size[i] - 1);
        p->agreeing += rk_judged_times(j, i) * p->of_unit[i];
    }
    scratch_free(&t);
    for (size_t k = 0; k < j->categories; k++)
        p->share[k] /= p->ratings;
    rk_weights_spread(w, NULL, p->share, j->categories, p->near);
    for (size_t k = 0; k < j->categories; k++)
        pe += p->share[k] * p->near[k];
    return pe;
}

/* The sum of squares of alpha's linearised values. `twice` is 2, and `alpha` without the correction
 * ε, where it is done right. */
static double alpha_spread(const struct paired *p, const struct rk_judged *j, double pe, double pa,
                           double keep, double alpha, double twice, double pull)
{
    double mean = p->ratings / p->n, sum = 0;
    for (size_t i = 0; i < j->units; i++) {
        if (p->size[i] == 0)
            continue;
        double more = (p->size[i] - mean) / mean, near = 0;
        for (size_t k = j->tally_start[i]; k < j->tally_start[i + 1]; k++)
            near += j->tallies[k].count * p->near[j->tallies[k].category];
        double x = (keep * (p->of_unit[i] / mean - pa * more) + (1 - keep) - pe) / (1 - pe) -
                   twice * (1 - alpha) * (near / mean - pull * more - pe) / (1 - pe);
        sum += rk_judged_times(j, i) * (x - alpha) * (x - alpha);
    }
    return rk_squares_or_zero(sum, p->n, 1 / (1 - pe));
}

struct rk_estimate rk_alpha(const struct rk_judged *judged, const struct rk_weights *weights,
                            double confidence)
{
    if (!rk_weights_symmetric(weights))
        return rk_estimate_none(
            N_("these weights are not symmetric: they are for two raters only"));
    struct paired p = paired_new(judged);
    struct rk_estimate e;
    if (p.n == 0) {
        paired_free(&p);
        return rk_estimate_none(N_("nothing was rated twice"));
    }
    double pe = measure_paired(&p, judged, weights), raw = p.agreeing / p.ratings,
           pa = raw + (1 - raw) / p.ratings;
    if (!beyond_chance(pe))
        e = rk_estimate_none(never_changes);
    else {
        e = rk_estimate_of(rk_or_zero(pa - pe, 1) / (1 - pe), p.n, "krippendorff-2011");
        e.observed = rk_or_zero(pa, 1);
        e.expected = rk_or_zero(pe, 1);
        if (confidence > 0 && p.n >= 2) {
            double sum = alpha_spread(&p, judged, pe, pa, 1, (raw - pe) / (1 - pe), 2, pe);
            e.se = sqrt(sum / (p.n * (judged->table ? p.n : p.n - 1)));
            rk_estimate_interval(&e, p.n - 1, confidence, 1);
        }
    }
    paired_free(&p);
    return e;
}

double rk_alpha_se_irrcac(const struct rk_judged *judged, const struct rk_weights *weights)
{
    struct paired p = paired_new(judged);
    double pe = measure_paired(&p, judged, weights), raw = p.agreeing / p.ratings,
           pa = raw + (1 - raw) / p.ratings, keep = 1 - 1 / p.ratings;
    double sum = alpha_spread(&p, judged, pe, raw, keep, (pa - pe) / (1 - pe), 1, 1);
    paired_free(&p);
    return sqrt(sum / (p.n * (p.n - 1)));
}
