#include "stat/kappa.h"

#include "base/mem.h"
#include "base/message.h"
#include "stat/distribution.h"

#include <stdlib.h>

static int by_cell(const void *a, const void *b)
{
    const struct rk_pair *x = a, *y = b;
    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    return (x->second > y->second) - (x->second < y->second);
}

struct rk_pairs rk_pairs_make(const struct rk_judged *j, uint32_t first, uint32_t second)
{
    struct rk_pairs p = {.categories = j->categories,
                         .first = rk_alloc(j->categories + 1, sizeof(double)),
                         .second = rk_alloc(j->categories + 1, sizeof(double))};
    size_t room = 0;
    for (size_t i = 0; i < j->units; i++) {
        uint32_t a = UINT32_MAX, b = UINT32_MAX, times = rk_judged_times(j, i);
        for (size_t r = j->start[i]; r < j->start[i + 1]; r++) {
            if (j->all[r].rater == first)
                a = j->all[r].category;
            else if (j->all[r].rater == second)
                b = j->all[r].category;
        }
        if (a == UINT32_MAX || b == UINT32_MAX || !times)
            continue;
        RK_GROW(p.cells, p.count, room);
        p.cells[p.count++] = (struct rk_pair){a, b, times};
        p.first[a] += times;
        p.second[b] += times;
        p.n += times;
    }
    if (p.count)
        qsort(p.cells, p.count, sizeof *p.cells, by_cell);
    size_t kept = 0;
    for (size_t i = 0; i < p.count; i++)
        if (kept && !by_cell(&p.cells[kept - 1], &p.cells[i]))
            p.cells[kept - 1].n += p.cells[i].n;
        else
            p.cells[kept++] = p.cells[i];
    p.count = kept;
    return p;
}

void rk_pairs_free(struct rk_pairs *p)
{
    rk_free(p->cells);
    rk_free(p->first);
    rk_free(p->second);
    *p = (struct rk_pairs){0};
}

/* Shares by category, and how near each is to the other rater's: u_k = Σ_l w_kl p_.l, v_l = Σ_k
 * w_kl p_k. */
struct margins {
    double *first, *second, *u, *v, seen, chance;
};

static struct margins margins_new(const struct rk_pairs *p, const struct rk_weights *w)
{
    size_t q = p->categories;
    struct margins m = {rk_alloc(q + 1, sizeof(double)),
                        rk_alloc(q + 1, sizeof(double)),
                        rk_alloc(q + 1, sizeof(double)),
                        rk_alloc(q + 1, sizeof(double)),
                        0,
                        0};
    for (size_t k = 0; k < q; k++) {
        m.first[k] = p->first[k] / p->n;
        m.second[k] = p->second[k] / p->n;
    }
    rk_weights_spread(w, NULL, m.second, q, m.u);
    if (w->kind == RK_CUSTOM)
        for (size_t l = 0; l < q; l++)
            for (size_t k = 0; k < q; k++)
                m.v[l] += rk_weight(w, k, l) * m.first[k];
    else
        rk_weights_spread(w, NULL, m.first, q, m.v);
    for (size_t i = 0; i < p->count; i++)
        m.seen += p->cells[i].n / p->n * rk_weight(w, p->cells[i].first, p->cells[i].second);
    for (size_t k = 0; k < q; k++)
        m.chance += m.first[k] * m.u[k];
    return m;
}

static void margins_free(struct margins *m)
{
    rk_free(m->first);
    rk_free(m->second);
    rk_free(m->u);
    rk_free(m->v);
}

/* Σ_kl p_k. p_.l (w_kl - u_k - v_l)²; without weights over the diagonal alone, in one go. */
static double null_spread(const struct margins *m, const struct rk_weights *w)
{
    size_t q = w->count;
    double sum = 0;
    if (w->kind == RK_UNWEIGHTED) {
        double u = 0, v = 0;
        for (size_t k = 0; k < q; k++) {
            double both = m->u[k] + m->v[k];
            sum += m->first[k] * m->u[k] * m->u[k] + m->second[k] * m->v[k] * m->v[k] +
                   m->first[k] * m->second[k] * (1 - 2 * both);
            u += m->first[k] * m->u[k];
            v += m->second[k] * m->v[k];
        }
        return sum + 2 * u * v;
    }
    if (q > RK_WEIGHTS_MOST)
        return NAN;
    for (size_t k = 0; k < q; k++)
        for (size_t l = 0; l < q && m->first[k] > 0; l++) {
            double x = rk_weight(w, k, l) - m->u[k] - m->v[l];
            sum += m->first[k] * m->second[l] * x * x;
        }
    return sum;
}

static double root(double x) { return x > 0 ? sqrt(x) : x <= 0 ? 0 : NAN; }

struct rk_estimate rk_kappa_cohen(const struct rk_pairs *p, const struct rk_weights *w,
                                  double confidence)
{
    if (p->n == 0)
        return rk_estimate_none(N_("nothing was rated by both"));
    struct margins m = margins_new(p, w);
    double po = m.seen, pe = m.chance;
    struct rk_estimate e = rk_estimate_of(rk_or_zero(po - pe, 1) / (1 - pe), p->n, "cohen-1968");
    if (!(1 - pe > 1e-12))
        e = rk_estimate_none(
            N_("all ratings are in one category, so that chance alone would agree"));
    else if (confidence > 0) {
        double sum = 0, centre = po * pe - 2 * pe + po;
        for (size_t i = 0; i < p->count; i++) {
            const struct rk_pair *c = &p->cells[i];
            double x = rk_weight(w, c->first, c->second) * (1 - pe) -
                       (m.u[c->first] + m.v[c->second]) * (1 - po);
            sum += c->n * (x - centre) * (x - centre);
        }
        e.observed = rk_or_zero(po, 1);
        e.expected = rk_or_zero(pe, 1);
        if (p->n < 2) {
            margins_free(&m);
            return e;
        }
        /* cells, not units, are what rounding adds up over */
        sum = rk_squares_or_zero(sum / p->n, sqrt((double)p->count), 1);
        e.se = root(sum / p->n) / ((1 - pe) * (1 - pe));
        rk_estimate_interval(&e, INFINITY, confidence, 1);
        e.se_null = root(rk_or_zero(null_spread(&m, w) - pe * pe, 1) / p->n) / (1 - pe);
        e.statistic = e.p = NAN;
        if (e.se_null > 0) {
            e.statistic = e.value / e.se_null;
            e.p = 2 * rk_normal_above(fabs(e.statistic));
        }
    }
    margins_free(&m);
    return e;
}

/* Cohen's kappa of two raters from their ratings side by side; NaN where there is none. The margins
 * are scratch, one place per category. */
static double kappa_of(const struct rk_judged *j, const struct rk_weights *w,
                       const struct rk_by_rater *by, size_t g, size_t h, double *first,
                       double *second, double *near)
{
    double n = 0, seen = 0, chance = 0;
    for (size_t k = 0; k < j->categories; k++)
        first[k] = second[k] = 0;
    for (size_t a = by->start[g], b = by->start[h]; a < by->start[g + 1] && b < by->start[h + 1];) {
        if (by->unit[a] != by->unit[b]) {
            by->unit[a] < by->unit[b] ? a++ : b++;
            continue;
        }
        double times = rk_judged_times(j, by->unit[a]);
        first[by->category[a]] += times;
        second[by->category[b]] += times;
        seen += times * rk_weight(w, by->category[a++], by->category[b++]);
        n += times;
    }
    rk_weights_spread(w, NULL, second, j->categories, near);
    for (size_t k = 0; k < j->categories; k++)
        chance += first[k] * near[k];
    double pe = chance / (n * n);
    return n > 0 && 1 - pe > 1e-12 ? (seen / n - pe) / (1 - pe) : NAN;
}

struct rk_estimate rk_kappa_light(const struct rk_judged *j, const struct rk_weights *w)
{
    if (j->anonymous)
        return rk_estimate_none(N_("raters are not told apart"));
    if (j->raters < 2)
        return rk_estimate_none(N_("there is one rater only"));
    if (j->raters > RK_LIGHT_MOST)
        return rk_estimate_none(N_("more than 100 raters"));
    /* of weights without a closed form each pair costs the square of the categories */
    bool slow = w->kind >= RK_RADICAL && w->kind != RK_CUSTOM;
    double pairs_there = (double)j->raters * ((double)j->raters - 1) / 2;
    if (slow && pairs_there * (double)j->categories * (double)j->categories > 1e10)
        return rk_estimate_none(
            N_("too many different scores for these weights and so many raters"));
    struct rk_by_rater by = rk_by_rater(j);
    size_t q = j->categories + 1;
    double *first = rk_alloc(q, sizeof *first), *second = rk_alloc(q, sizeof *second),
           *near = rk_alloc(q, sizeof *near), sum = 0;
    for (size_t g = 0; g < j->raters; g++)
        for (size_t h = g + 1; h < j->raters; h++)
            sum += kappa_of(j, w, &by, g, h, first, second, near);
    rk_free(first);
    rk_free(second);
    rk_free(near);
    rk_by_rater_free(&by);
    if (isnan(sum))
        return rk_estimate_none(
            N_("some pair of raters has no kappa: nothing rated by both, or one category"));
    return rk_estimate_of(rk_or_zero(sum / pairs_there, 1), rk_judged_units(j), "light-1971");
}

/* Shares of categories over all ratings, and N m (m - 1), where every unit has m ratings; false
 * where they differ. */
static bool balanced_shares(const struct rk_judged *j, double *share, double *pairs)
{
    double m = (double)rk_judged_balance(j), n = rk_judged_units(j);
    if (m < 2)
        return false;
    for (size_t i = 0; i < j->units; i++)
        for (size_t k = j->tally_start[i]; k < j->tally_start[i + 1]; k++)
            share[j->tallies[k].category] += rk_judged_times(j, i) * j->tallies[k].count;
    for (size_t k = 0; k < j->categories; k++)
        share[k] /= n * m;
    *pairs = n * m * (m - 1);
    return true;
}

double rk_fleiss_se_null(const struct rk_judged *j)
{
    double *share = rk_alloc(j->categories + 1, sizeof *share), pairs, se = NAN;
    if (balanced_shares(j, share, &pairs)) {
        double spread = 0, skew = 0;
        for (size_t k = 0; k < j->categories; k++) {
            double pq = share[k] * (1 - share[k]);
            spread += pq;
            skew += pq * (1 - 2 * share[k]);
        }
        se = spread > 0 ? root(2 * (spread * spread - skew) / pairs) / spread : NAN;
    }
    rk_free(share);
    return se;
}

void rk_fleiss_categories(const struct rk_judged *j, struct rk_estimate *out)
{
    size_t q = j->categories;
    double *share = rk_alloc(q + 1, sizeof *share), *apart = rk_alloc(q + 1, sizeof *apart), pairs;
    bool balanced = balanced_shares(j, share, &pairs);
    double m = (double)rk_judged_balance(j), n = rk_judged_units(j);
    for (size_t i = 0; i < j->units && balanced; i++)
        for (size_t k = j->tally_start[i]; k < j->tally_start[i + 1]; k++) {
            double in = j->tallies[k].count;
            apart[j->tallies[k].category] += rk_judged_times(j, i) * in * (m - in);
        }
    for (size_t k = 0; k < q; k++) {
        double p = share[k];
        if (!balanced)
            out[k] = rk_estimate_none(N_("not all have the same number of ratings"));
        else if (p <= 0 || p >= 1)
            out[k] = rk_estimate_none(N_("the category was never used, or no other was"));
        else {
            out[k] = rk_estimate_of(rk_or_zero(1 - apart[k] / (pairs * p * (1 - p)), 1), n,
                                    "fleiss-1971");
            out[k].expected = p;
            out[k].se_null = sqrt(2 / pairs);
            out[k].statistic = out[k].value / out[k].se_null;
            out[k].p = 2 * rk_normal_above(fabs(out[k].statistic));
        }
    }
    rk_free(share);
    rk_free(apart);
}

/* ---- marginal homogeneity ---- */

enum { MOST_CATEGORIES = 2000 }; /* a dense matrix of them is solved */

/* x' V⁻¹ x by Cholesky, in place; NaN where V is not positive definite. */
static double quadratic_form(double *v, double *x, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++) {
        double pivot = v[k * n + k];
        for (size_t i = 0; i < k; i++)
            pivot -= v[k * n + i] * v[k * n + i];
        if (!(pivot > 0))
            return NAN;
        pivot = v[k * n + k] = sqrt(pivot);
        for (size_t r = k + 1; r < n; r++) {
            for (size_t i = 0; i < k; i++)
                v[r * n + k] -= v[r * n + i] * v[k * n + i];
            v[r * n + k] /= pivot;
        }
        for (size_t i = 0; i < k; i++)
            x[k] -= v[k * n + i] * x[i];
        x[k] /= pivot;
        sum += x[k] * x[k];
    }
    return sum;
}

static uint32_t part_of(uint32_t *part, uint32_t k)
{
    while (part[k] != k)
        k = part[k] = part[part[k]];
    return k;
}

struct rk_estimate rk_stuart_maxwell(const struct rk_pairs *p)
{
    size_t q = p->categories, n = 0;
    if (p->n == 0)
        return rk_estimate_none(N_("nothing was rated by both"));
    if (q > MOST_CATEGORIES)
        return rk_estimate_none(N_("more than 2000 categories"));
    uint32_t *part = rk_alloc(q + 1, sizeof *part), *place = rk_alloc(q + 1, sizeof *place);
    for (uint32_t k = 0; k < q; k++)
        part[k] = k;
    for (size_t i = 0; i < p->count; i++)
        part[part_of(part, p->cells[i].first)] = part_of(part, p->cells[i].second);
    for (uint32_t k = 0; k < q; k++) /* the root of a part is the one left out */
        place[k] = part_of(part, k) == k ? UINT32_MAX : (uint32_t)n++;
    double *v = rk_alloc(n * n + 1, sizeof *v), *d = rk_alloc(n + 1, sizeof *d);
    for (uint32_t k = 0; k < q; k++)
        if (place[k] != UINT32_MAX) {
            d[place[k]] = p->first[k] - p->second[k];
            v[place[k] * n + place[k]] = p->first[k] + p->second[k];
        }
    for (size_t i = 0; i < p->count; i++) {
        uint32_t a = place[p->cells[i].first], b = place[p->cells[i].second];
        if (p->cells[i].first == p->cells[i].second) {
            if (a != UINT32_MAX)
                v[a * n + a] -= 2 * p->cells[i].n;
        } else if (a != UINT32_MAX && b != UINT32_MAX) {
            v[a * n + b] -= p->cells[i].n;
            v[b * n + a] -= p->cells[i].n;
        }
    }
    double statistic = quadratic_form(v, d, n);
    struct rk_estimate e;
    if (n == 0)
        e = rk_estimate_none(N_("the two raters never disagree"));
    else if (isnan(statistic))
        e = rk_estimate_none(N_("the table is too thin to tell"));
    else {
        e = rk_estimate_of(statistic, p->n, "chi-square");
        rk_estimate_chi_square(&e, statistic, (double)n);
    }
    rk_free(part);
    rk_free(place);
    rk_free(v);
    rk_free(d);
    return e;
}

struct rk_estimate rk_bhapkar(const struct rk_pairs *p)
{
    struct rk_estimate e = rk_stuart_maxwell(p);
    if (e.why)
        return e;
    double left = 1 - e.value / p->n;
    if (!(left > 1e-12))
        return rk_estimate_none(
            N_("the margins differ without exception: the statistic is infinite"));
    e.value /= left;
    rk_estimate_chi_square(&e, e.value, e.df1);
    return e;
}

static double cell_at(const struct rk_pairs *p, uint32_t first, uint32_t second)
{
    struct rk_pair wanted = {first, second, 0};
    const struct rk_pair *found = bsearch(&wanted, p->cells, p->count, sizeof wanted, by_cell);
    return found ? found->n : 0;
}

struct rk_estimate rk_bowker(const struct rk_pairs *p)
{
    if (p->n == 0)
        return rk_estimate_none(N_("nothing was rated by both"));
    double sum = 0, df = 0;
    for (size_t i = 0; i < p->count; i++) {
        const struct rk_pair *c = &p->cells[i];
        double other = c->first == c->second ? 0 : cell_at(p, c->second, c->first);
        if (c->first == c->second || (c->first > c->second && other > 0))
            continue;
        sum += (c->n - other) * (c->n - other) / (c->n + other);
        df++;
    }
    if (df == 0)
        return rk_estimate_none(N_("the two raters never disagree"));
    struct rk_estimate e = rk_estimate_of(sum, p->n, "chi-square");
    rk_estimate_chi_square(&e, sum, df);
    return e;
}

struct rk_estimate rk_rater_bias(const struct rk_pairs *p)
{
    double higher = 0, lower = 0;
    for (size_t i = 0; i < p->count; i++) {
        higher += p->cells[i].second > p->cells[i].first ? p->cells[i].n : 0;
        lower += p->cells[i].second < p->cells[i].first ? p->cells[i].n : 0;
    }
    double all = higher + lower;
    if (all == 0)
        return rk_estimate_none(p->n > 0 ? N_("the two raters never disagree")
                                         : N_("nothing was rated by both"));
    struct rk_estimate e = rk_estimate_of(higher / all, p->n, "chi-square");
    rk_estimate_chi_square(&e, (higher - lower) * (higher - lower) / all, 1);
    return e;
}
