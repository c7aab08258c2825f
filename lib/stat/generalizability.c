#include "stat/generalizability.h"

#include "base/mem.h"
#include "base/message.h"

const char *rk_facets_name(enum rk_facets effect, size_t criteria)
{
    static const char *const names[RK_G_EFFECTS] = {
        "candidate",           "rater",           "criterion", "candidate:rater",
        "candidate:criterion", "rater:criterion", "residual"};
    return effect == RK_G_PR && criteria == 1 ? "residual" : names[effect];
}

struct table {
    const double *y;
    const uint32_t *times;
    size_t p, r, i;
};

static double times_of(const struct table *t, size_t p) { return t->times ? t->times[p] : 1; }

/* The mean over the facets that are not named, at a place of those that are. */

static double mean_at(const struct table *t, bool p, bool r, bool i, size_t at_p, size_t at_r,
                      size_t at_i)
{
    double sum = 0, n = 0;
    for (size_t a = p ? at_p : 0; a < (p ? at_p + 1 : t->p); a++)
        for (size_t b = r ? at_r : 0; b < (r ? at_r + 1 : t->r); b++)
            for (size_t c = i ? at_i : 0; c < (i ? at_i + 1 : t->i); c++) {
                double times = p ? 1 : times_of(t, a);
                sum += times * t->y[(a * t->r + b) * t->i + c];
                n += times;
            }
    return sum / n;
}

/* The means over every set of facets, once. */
struct means {
    double all, *p, *r, *i, *pr, *pi, *ri;
};

static struct means means_new(const struct table *t)
{
    struct means m = {
        mean_at(t, false, false, false, 0, 0, 0), rk_alloc(t->p, sizeof(double)),
        rk_alloc(t->r, sizeof(double)),           rk_alloc(t->i, sizeof(double)),
        rk_alloc(t->p * t->r, sizeof(double)),    rk_alloc(t->p * t->i, sizeof(double)),
        rk_alloc(t->r * t->i, sizeof(double))};
    for (size_t a = 0; a < t->p; a++)
        for (size_t b = 0; b < t->r; b++)
            m.pr[a * t->r + b] = mean_at(t, true, true, false, a, b, 0);
    for (size_t a = 0; a < t->p; a++)
        for (size_t c = 0; c < t->i; c++)
            m.pi[a * t->i + c] = mean_at(t, true, false, true, a, 0, c);
    for (size_t b = 0; b < t->r; b++)
        for (size_t c = 0; c < t->i; c++)
            m.ri[b * t->i + c] = mean_at(t, false, true, true, 0, b, c);
    for (size_t a = 0; a < t->p; a++)
        m.p[a] = mean_at(t, true, false, false, a, 0, 0);
    for (size_t b = 0; b < t->r; b++)
        m.r[b] = mean_at(t, false, true, false, 0, b, 0);
    for (size_t c = 0; c < t->i; c++)
        m.i[c] = mean_at(t, false, false, true, 0, 0, c);
    return m;
}

static void means_free(struct means *m)
{
    rk_free(m->p);
    rk_free(m->r);
    rk_free(m->i);
    rk_free(m->pr);
    rk_free(m->pi);
    rk_free(m->ri);
}

static void squares(const struct table *t, const struct means *m, double ss[RK_G_EFFECTS])
{
    for (int e = 0; e < RK_G_EFFECTS; e++)
        ss[e] = 0;
    for (size_t a = 0; a < t->p; a++)
        for (size_t b = 0; b < t->r; b++)
            for (size_t c = 0; c < t->i; c++) {
                double p = m->p[a] - m->all, r = m->r[b] - m->all, i = m->i[c] - m->all;
                double pr = m->pr[a * t->r + b] - m->all - p - r,
                       pi = m->pi[a * t->i + c] - m->all - p - i,
                       ri = m->ri[b * t->i + c] - m->all - r - i;
                double rest = t->y[(a * t->r + b) * t->i + c] - m->all - p - r - i - pr - pi - ri;
                double effect[RK_G_EFFECTS] = {p, r, i, pr, pi, ri, rest};
                for (int e = 0; e < RK_G_EFFECTS; e++)
                    ss[e] += times_of(t, a) * effect[e] * effect[e];
            }
}

/* `total`: all squares; `most`: the largest of the scores. What rounding leaves is nothing. */
static void tidy(struct rk_generalizability *g, double total, double most)
{
    double all = rk_squares_or_zero(total, g->p * g->r * g->i, most);
    for (int e = 0; e < RK_G_EFFECTS; e++) {
        g->crossed[e] = all > 0 ? rk_or_zero(g->crossed[e], all) : g->crossed[e] * 0;
        g->additive[e] = all > 0 ? rk_or_zero(g->additive[e], all) : g->additive[e] * 0;
    }
}

struct rk_generalizability rk_generalize(const double *y, const uint32_t *times, size_t p, size_t r,
                                         size_t i)
{
    struct table t = {y, times, p, r, i};
    struct rk_generalizability g = {.r = (double)r, .i = (double)i};
    for (size_t a = 0; a < p; a++)
        g.p += times_of(&t, a);
    for (int e = 0; e < RK_G_EFFECTS; e++)
        g.crossed[e] = g.additive[e] = NAN;
    if (g.p < 2 || r < 2) {
        g.why = N_("two candidates and two raters are needed");
        return g;
    }
    struct means m = means_new(&t);
    double ss[RK_G_EFFECTS], np = g.p, nr = g.r, ni = g.i, total = 0, most = 0;
    for (size_t at = 0; at < p * r * i; at++)
        most = fmax(most, fabs(y[at]));
    squares(&t, &m, ss);
    means_free(&m);
    for (int e = 0; e < RK_G_EFFECTS; e++)
        total += ss[e];
    double mp = ss[RK_G_P] / (np - 1), mr = ss[RK_G_R] / (nr - 1);
    if (i == 1) {
        double rest = ss[RK_G_PR] / ((np - 1) * (nr - 1));
        g.crossed[RK_G_PR] = g.additive[RK_G_PR] = rest;
        g.crossed[RK_G_P] = g.additive[RK_G_P] = (mp - rest) / nr;
        g.crossed[RK_G_R] = g.additive[RK_G_R] = (mr - rest) / np;
        tidy(&g, total, most);
        return g;
    }
    double mi = ss[RK_G_I] / (ni - 1), mpr = ss[RK_G_PR] / ((np - 1) * (nr - 1)),
           mpi = ss[RK_G_PI] / ((np - 1) * (ni - 1)), mri = ss[RK_G_RI] / ((nr - 1) * (ni - 1)),
           rest = ss[RK_G_PRI] / ((np - 1) * (nr - 1) * (ni - 1));
    g.crossed[RK_G_P] = (mp - mpr - mpi + rest) / (nr * ni);
    g.crossed[RK_G_R] = (mr - mpr - mri + rest) / (np * ni);
    g.crossed[RK_G_I] = (mi - mpi - mri + rest) / (np * nr);
    g.crossed[RK_G_PR] = (mpr - rest) / ni;
    g.crossed[RK_G_PI] = (mpi - rest) / nr;
    g.crossed[RK_G_RI] = (mri - rest) / np;
    g.crossed[RK_G_PRI] = rest;
    double pooled = (ss[RK_G_PR] + ss[RK_G_PI] + ss[RK_G_RI] + ss[RK_G_PRI]) /
                    (np * nr * ni - np - nr - ni + 2);
    g.additive[RK_G_P] = (mp - pooled) / (nr * ni);
    g.additive[RK_G_R] = (mr - pooled) / (np * ni);
    g.additive[RK_G_I] = (mi - pooled) / (np * nr);
    g.additive[RK_G_PRI] = pooled;
    tidy(&g, total, most);
    return g;
}

struct rk_estimate rk_decide(const struct rk_generalizability *g, double raters, double criteria,
                             bool absolute)
{
    if (g->why)
        return rk_estimate_none(g->why);
    double v[RK_G_EFFECTS];
    for (int e = 0; e < RK_G_EFFECTS; e++)
        v[e] = g->crossed[e] > 0 ? g->crossed[e] : 0;
    double error = v[RK_G_PR] / raters + v[RK_G_PI] / criteria + v[RK_G_PRI] / (raters * criteria);
    if (absolute)
        error += v[RK_G_R] / raters + v[RK_G_I] / criteria + v[RK_G_RI] / (raters * criteria);
    if (!(v[RK_G_P] + error > 0))
        return rk_estimate_none(N_("all scores are the same"));
    struct rk_estimate e = rk_estimate_of(v[RK_G_P] / (v[RK_G_P] + error), g->p, "anova");
    e.observed = v[RK_G_P];
    e.expected = error;
    return e;
}
