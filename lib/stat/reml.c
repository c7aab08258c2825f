#include "stat/reml.h"

#include "base/mem.h"
#include "base/message.h"
#include "stat/distribution.h"

enum { MOST_STEPS = 500 };

/* Ratings by level of the facet that is eliminated (a), each with its level of the dense one (b).
 * Equal ones of a level are one entry, and levels that are alike one level: what is worked out is
 * the same for all that it stands for. */
struct data {
    double n;             /* ratings */
    size_t na, nb, count; /* levels, entries */
    size_t *start;        /* na + 1 */
    uint32_t *b;
    double *y;     /* less the grand mean */
    double *times; /* by entry: the ratings it stands for in one level */
    double *alike; /* by level of a: the levels it stands for */
    double *all;   /* by entry: the ratings it stands for in all */
};

/* One evaluation: V = e (I + la ZaZa' + lb ZbZb'), inverted through the b × b matrix I + lb S. */
struct state {
    const struct data *d;
    double la, lb, e;
    double *keep;   /* by level of a: 1 / (1 + la m) */
    double *s;      /* S = Zb' W⁻¹ Zb, W = I + la ZaZa' */
    double *factor; /* Cholesky's, lower, of I + lb S */
    double *inverse;
    double *ones;     /* V⁻¹ 1, e = 1 */
    double *residual; /* P y, e = 1 */
    double *ones_sums, *residual_sums, *sums; /* by level, see apply(); the last is scratch */
    double log_det, sum_ones;
};

static void data_free(struct data *d)
{
    rk_free(d->start);
    rk_free(d->b);
    rk_free(d->y);
    rk_free(d->times);
    rk_free(d->alike);
    rk_free(d->all);
}

/* Copies of a unit: of the dense facet each is a level of its own. */
static size_t copies_of(const struct rk_judged *j, size_t unit, bool turned)
{
    size_t times = rk_judged_times(j, unit);
    return j->start[unit] == j->start[unit + 1] ? 0 : turned ? times : times > 0;
}

/* Turns the facets round where there are more raters. */
static struct data data_new(const struct rk_judged *j, bool two)
{
    struct data d = {0};
    size_t units = 0, raters = 0;
    double copies = 0, sum = 0;
    uint32_t *rater = rk_alloc(j->raters + 1, sizeof *rater); /* 1 + its level */
    for (size_t i = 0; i < j->units; i++) {
        if (!copies_of(j, i, false))
            continue;
        units++;
        copies += rk_judged_times(j, i);
        for (size_t r = j->start[i]; r < j->start[i + 1] && two; r++)
            if (!rater[j->all[r].rater])
                rater[j->all[r].rater] = (uint32_t)++raters;
    }
    bool turned = two && (double)raters > copies;
    d.na = turned ? raters : units;
    d.nb = turned ? (size_t)copies : two ? raters : 0;
    d.start = rk_alloc(d.na + 2, sizeof *d.start);
    d.alike = rk_alloc(d.na + 1, sizeof *d.alike);
    for (int pass = 0; pass < 2; pass++) { /* sizes first, then places */
        size_t unit = 0;
        for (size_t i = 0; i < j->units; i++)
            for (size_t t = copies_of(j, i, turned); t > 0; t--, unit++)
                for (size_t r = j->start[i]; r < j->start[i + 1]; r++) {
                    size_t g = two ? rater[j->all[r].rater] - 1 : 0, a = turned ? g : unit;
                    if (!pass) {
                        d.start[a + 2]++;
                        d.count++;
                        d.alike[a] = turned ? 1 : rk_judged_times(j, i);
                        continue;
                    }
                    size_t at = d.start[a + 1]++;
                    d.b[at] = (uint32_t)(turned ? unit : g);
                    d.y[at] = j->centred[j->all[r].category];
                    d.times[at] = j->all[r].count;
                    d.all[at] = d.times[at] * d.alike[a];
                    d.n += d.all[at];
                    sum += d.all[at] * d.y[at];
                }
        for (size_t a = 2; !pass && a < d.na + 2; a++)
            d.start[a] += d.start[a - 1];
        if (pass)
            break;
        d.b = rk_alloc(d.count + 1, sizeof *d.b);
        d.y = rk_alloc(d.count + 1, sizeof *d.y);
        d.times = rk_alloc(d.count + 1, sizeof *d.times);
        d.all = rk_alloc(d.count + 1, sizeof *d.all);
    }
    for (size_t at = 0; at < d.count; at++)
        d.y[at] -= sum / d.n;
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

/* x becomes V⁻¹ x with e = 1. `sums`: what it then adds up to by level of a, and after these of b,
 * from the equations and not from x: where a level has millions of ratings, x all but cancels. */
static void apply(struct state *s, double *x, double *sums)
{
    const struct data *d = s->d;
    double *sum_b = sums + d->na;
    for (size_t g = 0; g < d->nb; g++)
        sum_b[g] = 0;
    for (size_t a = 0; a < d->na; a++) {
        sums[a] = 0;
        for (size_t r = d->start[a]; r < d->start[a + 1]; r++)
            sums[a] += d->times[r] * x[r];
        for (size_t r = d->start[a]; r < d->start[a + 1]; r++) {
            x[r] -= s->la * s->keep[a] * sums[a];
            if (d->nb)
                sum_b[d->b[r]] += d->all[r] * x[r];
        }
    }
    if (d->nb)
        solve(s->factor, d->nb, sum_b);
    for (size_t a = 0; a < d->na; a++) {
        double sum = 0;
        for (size_t r = d->start[a]; r < d->start[a + 1] && d->nb; r++)
            sum += d->times[r] * sum_b[d->b[r]];
        for (size_t r = d->start[a]; r < d->start[a + 1] && d->nb; r++)
            x[r] -= s->lb * (sum_b[d->b[r]] - s->la * s->keep[a] * sum);
        sums[a] = s->keep[a] * (sums[a] - s->lb * sum);
    }
}

/* Over all ratings. */
static double dot(const struct data *d, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < d->count; i++)
        sum += d->all[i] * x[i] * y[i];
    return sum;
}

/* x becomes P x with e = 1: V⁻¹ x less what the mean takes up. */
static void project(struct state *s, double *x, double *sums)
{
    double mean = dot(s->d, s->ones, x) / s->sum_ones;
    apply(s, x, sums);
    for (size_t r = 0; r < s->d->count; r++)
        x[r] -= mean * s->ones[r];
    for (size_t l = 0; l < s->d->na + s->d->nb; l++)
        sums[l] -= mean * s->ones_sums[l];
}

/* Σ x y over the levels of a (which = 0) or b. */
static double dot_levels(const struct data *d, int which, const double *x, const double *y)
{
    double sum = 0;
    for (size_t a = 0; a < d->na && !which; a++)
        sum += d->alike[a] * x[a] * y[a];
    for (size_t l = d->na; l < d->na + d->nb && which; l++)
        sum += x[l] * y[l];
    return sum;
}

/* Ratings in one level of a. */
static double size_of(const struct data *d, size_t a)
{
    double m = 0;
    for (size_t r = d->start[a]; r < d->start[a + 1]; r++)
        m += d->times[r];
    return m;
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
        double m = size_of(d, a);
        s->keep[a] = 1 / (1 + s->la * m);
        s->log_det += d->alike[a] * log1p(s->la * m);
        for (size_t r = d->start[a]; r < d->start[a + 1] && nb; r++) {
            s->s[d->b[r] * nb + d->b[r]] += d->all[r];
            for (size_t t = d->start[a]; t < d->start[a + 1]; t++)
                s->s[d->b[r] * nb + d->b[t]] -= s->la * s->keep[a] * d->all[r] * d->times[t];
        }
    }
    for (size_t i = 0; i < nb * nb; i++)
        s->factor[i] = s->lb * s->s[i] + (i % (nb + 1) == 0);
    if (!cholesky(s->factor, nb, &s->log_det))
        return INFINITY;
    for (size_t r = 0; r < d->count; r++) {
        s->ones[r] = 1;
        s->residual[r] = d->y[r];
    }
    apply(s, s->ones, s->ones_sums);
    s->sum_ones = 0;
    for (size_t r = 0; r < d->count; r++)
        s->sum_ones += d->all[r] * s->ones[r];
    project(s, s->residual, s->residual_sums);
    return (d->n - 1) * log(s->e) + s->log_det + log(s->sum_ones) +
           dot(d, s->residual, d->y) / s->e;
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

/* To every rating, what belongs to its level. */
static void spread(const struct data *d, int which, const double *sums, double *out)
{
    for (size_t a = 0; a < d->na; a++)
        for (size_t r = d->start[a]; r < d->start[a + 1]; r++)
            out[r] = which ? sums[d->na + d->b[r]] : sums[a];
}

/* tr(P Zk Zk') for both facets and the rest. */
static void traces(struct state *s, const double v[3], double trace[3])
{
    const struct data *d = s->d;
    size_t nb = d->nb;
    invert(s);
    trace[0] = trace[1] = 0;
    for (size_t a = 0; a < d->na; a++) {
        double m = size_of(d, a), keep = s->keep[a], both = 0;
        for (size_t r = d->start[a]; r < d->start[a + 1] && s->lb > 0; r++)
            for (size_t t = d->start[a]; t < d->start[a + 1]; t++)
                both += d->times[r] * d->times[t] * s->inverse[d->b[r] * nb + d->b[t]];
        trace[0] += d->alike[a] * (m * keep - s->lb * keep * keep * both);
    }
    for (size_t i = 0; i < nb * nb; i++)
        trace[1] += s->s[i] * s->inverse[i];
    for (int k = 0; k < 2; k++) {
        double squares = dot_levels(d, k, s->ones_sums, s->ones_sums);
        trace[k] = (trace[k] - squares / s->sum_ones) / s->e;
    }
    trace[2] = (d->n - 1 - v[0] * trace[0] - v[1] * trace[1]) / v[2];
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
    size_t n = s->d->count;
    const struct data *d = s->d;
    double trace[3], score[3], ai[9];
    double *x[3] = {scratch, scratch + n, scratch + 2 * n}, *px = scratch + 3 * n;
    bool is_free[3];
    traces(s, v, trace);
    for (int k = 0; k < 3; k++) {
        double squares = k < 2 ? dot_levels(d, k, s->residual_sums, s->residual_sums)
                               : dot(d, s->residual, s->residual);
        if (k == 2)
            memcpy(x[k], s->residual, n * sizeof *x[k]);
        else if (k < 1 || d->nb)
            spread(d, k, s->residual_sums, x[k]);
        score[k] = (squares / (s->e * s->e) - trace[k]) / 2;
        is_free[k] = (k != 1 || s->d->nb) && (v[k] > 0 || score[k] > 0);
    }
    for (int k = 0; k < 3; k++) {
        for (size_t r = 0; r < n; r++)
            px[r] = is_free[k] ? x[k][r] : 0;
        project(s, px, s->sums);
        for (int i = 0; i < 3; i++) {
            double product = i < 2 ? dot_levels(d, i, s->residual_sums, s->sums) : dot(d, x[i], px);
            ai[i * 3 + k] = is_free[i] ? product / (2 * s->e * s->e * s->e) : 0;
        }
    }
    for (int k = 0; k < 2; k++) /* symmetric; of the two this is the exact one */
        ai[6 + k] = ai[k * 3 + 2];
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

/* The variance of all scores, as if nothing told them apart. */
static double variance_of_all(const struct data *d) { return dot(d, d->y, d->y) / (d->n - 1); }

/* Where units and raters account for all there is, likelihood grows without end as the rest goes to
 * 0, and the other variances mean nothing. */
static bool leaves_nothing(const struct data *d, const double v[3])
{
    return v[2] <= 1e-10 * variance_of_all(d);
}

/* Goes on until a step changes nothing; returns whether it came to an end. */
static bool climb(struct state *s, double v[3], double cov[9])
{
    double *scratch = rk_alloc(4 * s->d->count + 1, sizeof *scratch), step[3];
    double now = evaluate(s, v);
    bool done = false;
    for (int i = 0;
         i < MOST_STEPS && !done && !leaves_nothing(s->d, v) && direction(s, v, scratch, step, cov); i++) {
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
    double all = variance_of_all(d);
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
    if (!out.why && two && fmin(a.n, a.raters) > RK_REML_MOST)
        out.why = N_("more than 2000 raters, and as many rated");
    if (!out.why && two && a.ratings <= a.n + a.raters - 1)
        out.why = N_("too few ratings for two kinds of variance");
    if (out.why)
        return out;
    struct data d = data_new(j, two);
    size_t square = d.nb * d.nb + 1;
    struct state s = {.d = &d,
                      .keep = rk_alloc(d.na + 1, sizeof(double)),
                      .s = rk_alloc(square, sizeof(double)),
                      .factor = rk_alloc(square, sizeof(double)),
                      .inverse = rk_alloc(square, sizeof(double)),
                      .ones = rk_alloc(d.count + 1, sizeof(double)),
                      .residual = rk_alloc(d.count + 1, sizeof(double)),
                      .ones_sums = rk_alloc(d.na + d.nb + 1, sizeof(double)),
                      .residual_sums = rk_alloc(d.na + d.nb + 1, sizeof(double)),
                      .sums = rk_alloc(d.na + d.nb + 1, sizeof(double))};
    double v[3];
    start_from(&d, v);
    bool done = climb(&s, v, out.cov);
    if (leaves_nothing(&d, v))
        out.why = N_("there is no variation left over");
    else if (!done)
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
    rk_free(s.keep);
    rk_free(s.s);
    rk_free(s.factor);
    rk_free(s.inverse);
    rk_free(s.ones);
    rk_free(s.residual);
    rk_free(s.ones_sums);
    rk_free(s.residual_sums);
    rk_free(s.sums);
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
