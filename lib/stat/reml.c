#include "stat/reml.h"

#include "base/mem.h"
#include "base/message.h"
#include "stat/distribution.h"

enum { MOST_STEPS = 500 };

/* Ratings by level of the facet that is eliminated (a), each with its level of the dense one (b).
 */
struct data {
    size_t n, na, nb;
    size_t *start; /* na + 1 */
    uint32_t *b;
    double *y; /* less the grand mean */
};

/* One evaluation: V = e (I + la ZaZa' + lb ZbZb'), inverted through the b × b matrix I + lb S. */
struct state {
    const struct data *d;
    double la, lb, e;
    double *cut;    /* by level of a: la / (1 + la m) */
    double *s;      /* S = Zb' W⁻¹ Zb, W = I + la ZaZa' */
    double *factor; /* Cholesky's, lower, of I + lb S */
    double *inverse;
    double *ones;     /* V⁻¹ 1, e = 1 */
    double *residual; /* P y, e = 1 */
    double *level;    /* scratch, by level of b */
    double log_det, sum_ones;
};

static void data_free(struct data *d)
{
    rk_free(d->start);
    rk_free(d->b);
    rk_free(d->y);
}

/* Copies units as often as they count, and turns the facets round where there are more raters. */
static struct data data_new(const struct rk_judged *j, bool two)
{
    struct data d = {0};
    size_t units = 0, raters = 0;
    uint32_t *rater = rk_alloc(j->raters + 1, sizeof *rater); /* 1 + its level */
    double sum = 0;
    for (size_t i = 0; i < j->units; i++) {
        size_t times = rk_judged_times(j, i), size = 0;
        for (size_t r = j->start[i]; r < j->start[i + 1] && times; r++) {
            size += j->all[r].count;
            if (two && !rater[j->all[r].rater])
                rater[j->all[r].rater] = (uint32_t)++raters;
        }
        units += size ? times : 0;
        d.n += times * size;
    }
    bool turned = two && raters > units;
    d.na = turned ? raters : units;
    d.nb = two ? (turned ? units : raters) : 0;
    d.start = rk_alloc(d.na + 2, sizeof *d.start);
    d.b = rk_alloc(d.n + 1, sizeof *d.b);
    d.y = rk_alloc(d.n + 1, sizeof *d.y);
    for (int pass = 0; pass < 2; pass++) { /* sizes first, then places */
        size_t unit = 0;
        for (size_t i = 0; i < j->units; i++)
            for (size_t t = 0; t < rk_judged_times(j, i) && j->start[i] < j->start[i + 1];
                 t++, unit++)
                for (size_t r = j->start[i]; r < j->start[i + 1]; r++)
                    for (size_t c = 0; c < j->all[r].count; c++) {
                        size_t g = two ? rater[j->all[r].rater] - 1 : 0, a = turned ? g : unit;
                        if (!pass) {
                            d.start[a + 2]++;
                            continue;
                        }
                        size_t at = d.start[a + 1]++;
                        d.b[at] = (uint32_t)(turned ? unit : g);
                        d.y[at] = j->centred[j->all[r].category];
                        sum += d.y[at];
                    }
        for (size_t a = 2; !pass && a < d.na + 2; a++)
            d.start[a] += d.start[a - 1];
    }
    for (size_t at = 0; at < d.n; at++)
        d.y[at] -= sum / (double)d.n;
    rk_free(rater);
    return d;
}

/* x becomes (L L')⁻¹ x. */
static void solve(const double *factor, size_t n, double *x)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < k; i++)
            x[k] -= factor[k * n + i] * x[i];
        x[k] /= factor[k * n + k];
    }
    for (size_t k = n; k-- > 0;) {
        x[k] /= factor[k * n + k];
        for (size_t i = 0; i < k; i++)
            x[i] -= factor[k * n + i] * x[k];
    }
}

static bool cholesky(double *m, size_t n, double *log_det)
{
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i <= k; i++) {
            double sum = m[k * n + i];
            const double *a = m + k * n, *b = m + i * n;
            for (size_t p = 0; p < i; p++)
                sum -= a[p] * b[p];
            if (i < k)
                m[k * n + i] = sum / b[i];
            else if (sum > 0)
                *log_det += log(sum), m[k * n + k] = sqrt(sum);
            else
                return false;
        }
    return true;
}

/* x becomes V⁻¹ x with e = 1. */
static void apply(struct state *s, double *x)
{
    const struct data *d = s->d;
    for (size_t g = 0; g < d->nb; g++)
        s->level[g] = 0;
    for (size_t a = 0; a < d->na; a++) {
        double sum = 0;
        for (size_t r = d->start[a]; r < d->start[a + 1]; r++)
            sum += x[r];
        for (size_t r = d->start[a]; r < d->start[a + 1]; r++) {
            x[r] -= s->cut[a] * sum;
            if (d->nb)
                s->level[d->b[r]] += x[r];
        }
    }
    if (!d->nb || s->lb == 0)
        return;
    solve(s->factor, d->nb, s->level);
    for (size_t a = 0; a < d->na; a++) {
        double sum = 0;
        for (size_t r = d->start[a]; r < d->start[a + 1]; r++)
            sum += s->level[d->b[r]];
        for (size_t r = d->start[a]; r < d->start[a + 1]; r++)
            x[r] -= s->lb * (s->level[d->b[r]] - s->cut[a] * sum);
    }
}

static double dot(const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

/* x becomes P x with e = 1: V⁻¹ x less what the mean takes up. */
static void project(struct state *s, double *x)
{
    double mean = dot(s->ones, x, s->d->n) / s->sum_ones;
    apply(s, x);
    for (size_t r = 0; r < s->d->n; r++)
        x[r] -= mean * s->ones[r];
}

/* -2 log likelihood, but for a constant; INFINITY where V cannot be inverted. */
static double evaluate(struct state *s, const double v[3])
{
    const struct data *d = s->d;
    size_t nb = d->nb;
    s->e = v[2];
    s->la = v[0] / v[2];
    s->lb = v[1] / v[2];
    s->log_det = 0;
    for (size_t i = 0; i < nb * nb; i++)
        s->s[i] = 0;
    for (size_t a = 0; a < d->na; a++) {
        double m = (double)(d->start[a + 1] - d->start[a]);
        s->cut[a] = s->la / (1 + s->la * m);
        s->log_det += log1p(s->la * m);
        for (size_t r = d->start[a]; r < d->start[a + 1] && nb; r++) {
            s->s[d->b[r] * nb + d->b[r]] += 1;
            for (size_t t = d->start[a]; t < d->start[a + 1]; t++)
                s->s[d->b[r] * nb + d->b[t]] -= s->cut[a];
        }
    }
    for (size_t i = 0; i < nb * nb; i++)
        s->factor[i] = s->lb * s->s[i] + (i % (nb + 1) == 0);
    if (!cholesky(s->factor, nb, &s->log_det))
        return INFINITY;
    for (size_t r = 0; r < d->n; r++) {
        s->ones[r] = 1;
        s->residual[r] = d->y[r];
    }
    apply(s, s->ones);
    s->sum_ones = 0;
    for (size_t r = 0; r < d->n; r++)
        s->sum_ones += s->ones[r];
    project(s, s->residual);
    double n = (double)d->n;
    return (n - 1) * log(s->e) + s->log_det + log(s->sum_ones) +
           dot(s->residual, d->y, d->n) / s->e;
}

static void invert(struct state *s)
{
    size_t n = s->d->nb;
    for (size_t k = 0; k < n; k++) {
        double *row = s->inverse + k * n;
        for (size_t i = 0; i < n; i++)
            row[i] = i == k;
        solve(s->factor, n, row);
    }
}

/* Sums of x by level of a (which = 0) or b, put back to every rating. */
static void gather(const struct state *s, int which, const double *x, double *out, double *squares)
{
    const struct data *d = s->d;
    *squares = 0;
    if (which == 0) {
        for (size_t a = 0; a < d->na; a++) {
            double sum = 0;
            for (size_t r = d->start[a]; r < d->start[a + 1]; r++)
                sum += x[r];
            *squares += sum * sum;
            for (size_t r = d->start[a]; r < d->start[a + 1] && out; r++)
                out[r] = sum;
        }
        return;
    }
    for (size_t g = 0; g < d->nb; g++)
        s->level[g] = 0;
    for (size_t r = 0; r < d->n && d->nb; r++)
        s->level[d->b[r]] += x[r];
    for (size_t g = 0; g < d->nb; g++)
        *squares += s->level[g] * s->level[g];
    for (size_t r = 0; r < d->n && d->nb && out; r++)
        out[r] = s->level[d->b[r]];
}

/* tr(P Zk Zk') for both facets and the rest. */
static void traces(struct state *s, const double v[3], double trace[3])
{
    const struct data *d = s->d;
    size_t nb = d->nb;
    double squares;
    invert(s);
    trace[0] = trace[1] = 0;
    for (size_t a = 0; a < d->na; a++) {
        double m = (double)(d->start[a + 1] - d->start[a]), keep = 1 / (1 + s->la * m), both = 0;
        for (size_t r = d->start[a]; r < d->start[a + 1] && s->lb > 0; r++)
            for (size_t t = d->start[a]; t < d->start[a + 1]; t++)
                both += s->inverse[d->b[r] * nb + d->b[t]];
        trace[0] += m * keep - s->lb * keep * keep * both;
    }
    trace[1] = dot(s->s, s->inverse, nb * nb);
    for (int k = 0; k < 2; k++) {
        gather(s, k, s->ones, NULL, &squares);
        trace[k] = (trace[k] - squares / s->sum_ones) / s->e;
    }
    trace[2] = ((double)d->n - 1 - v[0] * trace[0] - v[1] * trace[1]) / v[2];
}

/* Inverts the part of the 3 × 3 matrix whose variances are free; the rest becomes 0. */
static bool invert_free(const double m[9], const bool is_free[3], double out[9])
{
    double work[3][6] = {{0}};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            bool use = is_free[i] && is_free[k];
            work[i][k] = use ? m[i * 3 + k] : i == k;
            work[i][3 + k] = use && i == k;
        }
    for (int i = 0; i < 3; i++) { /* positive definite: no pivoting needed */
        if (!(work[i][i] > 0))
            return false;
        for (int k = 5; k >= i; k--)
            work[i][k] /= work[i][i];
        for (int r = 0; r < 3; r++)
            for (int k = 5; k >= i && r != i; k--)
                work[r][k] -= work[r][i] * work[i][k];
    }
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++)
            out[i * 3 + k] = work[i][3 + k];
    return true;
}

/* The direction of the next step and the covariances; false where there is none. */
static bool direction(struct state *s, const double v[3], double *scratch, double step[3],
                      double cov[9])
{
    size_t n = s->d->n;
    double trace[3], score[3], squares, ai[9];
    double *x[3] = {scratch, scratch + n, scratch + 2 * n}, *px = scratch + 3 * n;
    bool is_free[3];
    traces(s, v, trace);
    for (int k = 0; k < 3; k++) {
        if (k < 2)
            gather(s, k, s->residual, x[k], &squares);
        else {
            squares = dot(s->residual, s->residual, n);
            for (size_t r = 0; r < n; r++)
                x[k][r] = s->residual[r];
        }
        score[k] = (squares / (s->e * s->e) - trace[k]) / 2;
        is_free[k] = (k != 1 || s->d->nb) && (v[k] > 0 || score[k] > 0);
    }
    for (int k = 0; k < 3; k++) {
        for (size_t r = 0; r < n; r++)
            px[r] = is_free[k] ? x[k][r] : 0;
        project(s, px);
        for (int i = 0; i < 3; i++)
            ai[i * 3 + k] = is_free[i] ? dot(x[i], px, n) / (2 * s->e * s->e * s->e) : 0;
    }
    for (bool again = true; again;) { /* one that would go below 0 from 0 stays there */
        again = false;
        if (!invert_free(ai, is_free, cov))
            return false;
        for (int k = 0; k < 3; k++) {
            step[k] = cov[k * 3] * score[0] + cov[k * 3 + 1] * score[1] + cov[k * 3 + 2] * score[2];
            if (is_free[k] && v[k] == 0 && step[k] < 0)
                again = true, is_free[k] = false;
        }
    }
    return true;
}

/* Goes on until a step changes nothing; returns whether it came to an end. */
static bool climb(struct state *s, double v[3], double cov[9])
{
    double *scratch = rk_alloc(4 * s->d->n + 1, sizeof *scratch), step[3];
    double now = evaluate(s, v);
    bool done = false;
    for (int i = 0; i < MOST_STEPS && !done && direction(s, v, scratch, step, cov); i++) {
        double next[3], then, total = v[0] + v[1] + v[2], moved;
        for (double share = 1;; share /= 2) {
            moved = 0;
            for (int k = 0; k < 3; k++) {
                next[k] = fmax(v[k] + share * step[k], k < 2 ? 0 : v[2] / 10);
                moved = fmax(moved, fabs(next[k] - v[k]) / total);
            }
            then = evaluate(s, next);
            if (then <= now + 1e-10 * fabs(now) || moved < 1e-12)
                break;
        }
        done = moved < 1e-11;
        for (int k = 0; k < 3; k++)
            v[k] = next[k];
        now = then;
    }
    rk_free(scratch);
    return done;
}

/* To nine digits: what a stopping rule and another machine's logarithm leave alone. */
static double told(double x)
{
    if (x == 0 || !isfinite(x))
        return x;
    double scale = pow(10, 8 - floor(log10(fabs(x))));
    return round(x * scale) / scale;
}

static void start_from(const struct data *d, double v[3])
{
    double all = dot(d->y, d->y, d->n) / (double)(d->n - 1);
    v[0] = all / 3;
    v[1] = d->nb ? all / 3 : 0;
    v[2] = all / 3;
}

struct rk_reml rk_reml(const struct rk_judged *j, bool two)
{
    struct rk_reml out = {.why = NULL};
    struct rk_anova a = rk_anova(j);
    out.why = two ? a.why_two_way : a.why;
    double rest = two ? a.mse : a.msw;
    if (!out.why && rest == 0)
        out.why = N_("there is no variation left over");
    if (!out.why && a.ratings > 1e8)
        out.why = N_("more than 100000000 ratings");
    if (!out.why && two && fmin(a.n, a.raters) > RK_REML_MOST)
        out.why = N_("more than 2000 raters, and as many rated");
    if (!out.why && two && a.ratings <= a.n + a.raters - 1)
        out.why = N_("too few ratings for two kinds of variance");
    if (out.why)
        return out;
    struct data d = data_new(j, two);
    size_t square = d.nb * d.nb + 1;
    struct state s = {.d = &d,
                      .cut = rk_alloc(d.na + 1, sizeof(double)),
                      .s = rk_alloc(square, sizeof(double)),
                      .factor = rk_alloc(square, sizeof(double)),
                      .inverse = rk_alloc(square, sizeof(double)),
                      .ones = rk_alloc(d.n + 1, sizeof(double)),
                      .residual = rk_alloc(d.n + 1, sizeof(double)),
                      .level = rk_alloc(d.nb + 1, sizeof(double))};
    double v[3];
    start_from(&d, v);
    if (!climb(&s, v, out.cov))
        out.why = N_("the steps towards the likeliest variances did not come to an end");
    bool turned = two && a.raters > a.n; /* as data_new had it */
    for (int k = 0; k < 3; k++)
        out.variance[k] = told(v[turned && k < 2 ? 1 - k : k]);
    if (turned) {
        double swap = out.cov[0];
        out.cov[0] = out.cov[4];
        out.cov[4] = swap;
        swap = out.cov[2];
        out.cov[2] = out.cov[6] = out.cov[5];
        out.cov[5] = out.cov[7] = swap;
    }
    out.n = a.n;
    data_free(&d);
    rk_free(s.cut);
    rk_free(s.s);
    rk_free(s.factor);
    rk_free(s.inverse);
    rk_free(s.ones);
    rk_free(s.residual);
    rk_free(s.level);
    return out;
}

struct rk_estimate rk_reml_icc(const struct rk_reml *m, bool agreement, double k, double confidence)
{
    if (m->why)
        return rk_estimate_none(m->why);
    const double *v = m->variance;
    double share = k > 0 ? 1 / k : 1, rest = share * (v[2] + (agreement ? v[1] : 0));
    struct rk_estimate e = rk_estimate_of(v[0] / (v[0] + rest), m->n, "reml");
    if (!(v[0] > 0) || confidence <= 0)
        return e;
    double slope[3] = {1 / v[0], agreement ? -share / rest : 0, -share / rest}, variance = 0;
    for (int i = 0; i < 3; i++)
        for (int l = 0; l < 3; l++)
            variance += slope[i] * slope[l] * m->cov[i * 3 + l];
    double reach = rk_normal_quantile(1 - (1 - confidence) / 2) * sqrt(variance);
    double logit = log(v[0] / rest);
    e.se = told(e.value * (1 - e.value) * sqrt(variance));
    e.low = told(1 / (1 + exp(reach - logit)));
    e.high = told(1 / (1 + exp(-reach - logit)));
    return e;
}
