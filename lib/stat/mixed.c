#include "stat/mixed.h"

#include "base/mem.h"
#include "stat/dense.h"

#include <assert.h>
#include <math.h>

enum { FACETS = RK_CROSSED_FACETS };

/* One evaluation at given ratios. Vectors over all levels are laid out place by place: the first
 * facet's levels, then the rest's columns. M = Λ Z'Z Λ + I with Λ = sqrt(ratio). */
struct state {
    const struct rk_crossed *c;
    bool reml;
    size_t levels, total; /* of the first facet, of all */
    double lambda[FACETS];
    double *schur;      /* of the rest; its factor; its inverse */
    double *mean_u, *u; /* M^-1 Λ Z'1, M^-1 Λ Z'(y - mu) */
    double *work, *other[FACETS];
    double log_h, one_h_one, mu, left; /* left = y'Py */
    double deviance;
    double slope[FACETS];         /* d deviance / d ratio */
    double curve[FACETS][FACETS]; /* average information, same units */
    unsigned evaluations;
};

static size_t place_start(const struct state *s, size_t place)
{
    return place ? s->levels + s->c->offset[place] : 0;
}

/* M's diagonal, of the first facet. */
static double diagonal(const struct state *s, size_t level)
{
    return 1 + s->lambda[0] * s->lambda[0] * s->c->count[0][level];
}

static double lambda_of_column(const struct state *s, uint32_t column)
{
    return s->lambda[s->c->facets > 2 && column >= s->c->offset[2] ? 2 : 1];
}

/* Factors M; the log determinant of H. */
static bool factor(struct state *s)
{
    const struct rk_crossed *c = s->c;
    size_t q = c->rest;
    double g0 = s->lambda[0] * s->lambda[0];
    memset(s->schur, 0, q * q * sizeof *s->schur);
    for (size_t p = 1; p < c->facets; p++)
        for (size_t j = 0; j < c->levels[p]; j++)
            RK_AT(s->schur, q, c->offset[p] + j, c->offset[p] + j) =
                1 + s->lambda[p] * s->lambda[p] * c->count[p][j];
    for (size_t k = 0; k < c->pair_count; k++)
        RK_AT(s->schur, q, c->pairs[k].b, c->pairs[k].a) +=
            s->lambda[1] * s->lambda[2] * c->pairs[k].count;
    s->log_h = 0;
    for (size_t l = 0; l < s->levels; l++) {
        double d = diagonal(s, l);
        s->log_h += log(d);
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++) {
            const struct rk_crossed_cell *x = &c->cells[a];
            double share = g0 * lambda_of_column(s, x->column) * x->count / d;
            for (size_t b = a; b < c->start[l + 1]; b++) {
                const struct rk_crossed_cell *y = &c->cells[b];
                RK_AT(s->schur, q, y->column, x->column) -=
                    share * lambda_of_column(s, y->column) * y->count;
            }
        }
    }
    if (!rk_dense_factor(s->schur, q, 0, NULL))
        return false;
    for (size_t j = 0; j < q; j++)
        s->log_h += 2 * log(RK_AT(s->schur, q, j, j));
    return true;
}

/* x = M^-1 x, with the factor. */
static void solve(const struct state *s, double *x)
{
    const struct rk_crossed *c = s->c;
    double *rest = x + s->levels;
    for (size_t l = 0; l < s->levels; l++) {
        double share = s->lambda[0] * x[l] / diagonal(s, l);
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++)
            rest[c->cells[a].column] -=
                share * lambda_of_column(s, c->cells[a].column) * c->cells[a].count;
    }
    rk_dense_solve(s->schur, c->rest, rest, 1);
    for (size_t l = 0; l < s->levels; l++) {
        double sum = 0;
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++)
            sum += lambda_of_column(s, c->cells[a].column) * c->cells[a].count *
                   rest[c->cells[a].column];
        x[l] = (x[l] - s->lambda[0] * sum) / diagonal(s, l);
    }
}

static void scale(const struct state *s, double *x)
{
    for (size_t p = 0; p < s->c->facets; p++)
        for (size_t j = 0, at = place_start(s, p); j < s->c->levels[p]; j++)
            x[at + j] *= s->lambda[p];
}

/* out = Z'Z x */
static void cross(const struct state *s, const double *x, double *out)
{
    const struct rk_crossed *c = s->c;
    const double *rest = x + s->levels;
    double *to = out + s->levels;
    for (size_t p = 0; p < c->facets; p++)
        for (size_t j = 0, at = place_start(s, p); j < c->levels[p]; j++)
            out[at + j] = c->count[p][j] * x[at + j];
    for (size_t k = 0; k < c->pair_count; k++) {
        to[c->pairs[k].a] += c->pairs[k].count * rest[c->pairs[k].b];
        to[c->pairs[k].b] += c->pairs[k].count * rest[c->pairs[k].a];
    }
    for (size_t l = 0; l < s->levels; l++)
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++) {
            out[l] += c->cells[a].count * rest[c->cells[a].column];
            to[c->cells[a].column] += c->cells[a].count * x[l];
        }
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double freedom(const struct state *s) { return (double)s->c->n - (s->reml ? 1 : 0); }

/* The criterion at s->lambda; +infinity where it cannot be worked out. */
static double evaluate(struct state *s)
{
    static const double TWO_PI = 6.283185307179586476925;
    const struct rk_crossed *c = s->c;
    s->evaluations++;
    if (!factor(s))
        return s->deviance = INFINITY;
    for (size_t p = 0; p < c->facets; p++)
        for (size_t j = 0, at = place_start(s, p); j < c->levels[p]; j++) {
            s->mean_u[at + j] = s->lambda[p] * c->count[p][j];
            s->u[at + j] = s->lambda[p] * c->total[p][j];
        }
    memcpy(s->work, s->mean_u, s->total * sizeof *s->work);
    memcpy(s->other[0], s->u, s->total * sizeof *s->work);
    solve(s, s->mean_u);
    solve(s, s->u);
    s->one_h_one = (double)c->n - dot(s->work, s->mean_u, s->total);
    double one_h_y = c->sum - dot(s->work, s->u, s->total);
    s->mu = one_h_y / s->one_h_one;
    s->left = c->squares - dot(s->other[0], s->u, s->total) - s->mu * one_h_y;
    for (size_t i = 0; i < s->total; i++)
        s->u[i] -= s->mu * s->mean_u[i];
    double n = freedom(s);
    if (!(s->left > 0) || !(s->one_h_one > 0))
        return s->deviance = INFINITY;
    return s->deviance =
               s->log_h + (s->reml ? log(s->one_h_one) : 0) + n * (1 + log(TWO_PI * s->left / n));
}

/* Trace of a place's block of M^-1, the inverse of the Schur complement given. */
static double trace(const struct state *s, size_t place)
{
    const struct rk_crossed *c = s->c;
    double sum = 0;
    if (place) {
        for (size_t j = 0; j < c->levels[place]; j++)
            sum += RK_AT(s->schur, c->rest, c->offset[place] + j, c->offset[place] + j);
        return sum;
    }
    for (size_t l = 0; l < s->levels; l++) {
        double inner = 0;
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++) {
            const struct rk_crossed_cell *x = &c->cells[a];
            double row = 0.5 * RK_AT(s->schur, c->rest, x->column, x->column) *
                         lambda_of_column(s, x->column) * x->count;
            for (size_t b = c->start[l]; b < a; b++) /* columns stand in order */
                row += RK_AT(s->schur, c->rest, x->column, c->cells[b].column) *
                       lambda_of_column(s, c->cells[b].column) * c->cells[b].count;
            inner += 2 * row * lambda_of_column(s, x->column) * x->count;
        }
        sum += (1 + s->lambda[0] * s->lambda[0] * inner / diagonal(s, l)) / diagonal(s, l);
    }
    return sum;
}

/* Slope and curvature by ratio, after evaluate(); the factor becomes the inverse. A facet with
 * ratio zero has none. */
static void differentiate(struct state *s)
{
    const struct rk_crossed *c = s->c;
    double n = freedom(s), variance = s->left / n, own[FACETS] = {0};
    for (size_t f = 0; f < c->facets; f++) { /* w_f = Z_f Z_f'Py; other[f] = Λ Z'w_f */
        if (!s->lambda[f])
            continue;
        size_t at = place_start(s, f);
        memset(s->work, 0, s->total * sizeof *s->work);
        for (size_t j = 0; j < c->levels[f]; j++)
            s->work[at + j] = s->u[at + j] / s->lambda[f];
        own[f] = dot(s->work + at, s->work + at, c->levels[f]);
        cross(s, s->work, s->other[f]);
    }
    for (size_t f = 0; f < c->facets; f++) {
        size_t at = place_start(s, f);
        if (!s->lambda[f])
            continue;
        memcpy(s->work, s->other[f], s->total * sizeof *s->work);
        scale(s, s->work);
        solve(s, s->work);
        for (size_t g = 0; g <= f; g++) {
            if (!s->lambda[g])
                continue;
            double product = 0, hidden = 0, one_f = 0, one_g = 0;
            size_t from = place_start(s, g);
            for (size_t j = 0; j < c->levels[g]; j++) /* w_f'w_g = (Z'w_f)_g . v_g */
                product += s->other[f][from + j] * s->u[from + j] / s->lambda[g];
            for (size_t p = 0; p < c->facets; p++)
                for (size_t j = 0, k = place_start(s, p); j < c->levels[p]; j++)
                    hidden += s->lambda[p] * s->other[g][k + j] * s->work[k + j];
            /* 1'H^-1 w_f = 1'w_f - (Λ Z'w_f)'mean_u */
            for (size_t j = 0; j < c->levels[f]; j++)
                one_f += c->count[f][j] * s->u[at + j] / s->lambda[f];
            for (size_t j = 0; j < c->levels[g]; j++)
                one_g += c->count[g][j] * s->u[from + j] / s->lambda[g];
            for (size_t p = 0; p < c->facets; p++)
                for (size_t j = 0, k = place_start(s, p); j < c->levels[p]; j++) {
                    one_f -= s->lambda[p] * s->other[f][k + j] * s->mean_u[k + j];
                    one_g -= s->lambda[p] * s->other[g][k + j] * s->mean_u[k + j];
                }
            s->curve[f][g] = s->curve[g][f] =
                (product - hidden - one_f * one_g / s->one_h_one) / variance -
                own[f] * own[g] / (variance * variance * n);
        }
    }
    rk_dense_invert(s->schur, c->rest);
    for (size_t f = 0; f < c->facets; f++) {
        double ratio = s->lambda[f] * s->lambda[f];
        s->slope[f] = 0;
        if (ratio == 0)
            continue;
        size_t at = place_start(s, f);
        s->slope[f] = (c->levels[f] - trace(s, f)) / ratio - own[f] / variance;
        if (s->reml)
            s->slope[f] -= dot(s->mean_u + at, s->mean_u + at, c->levels[f]) / ratio / s->one_h_one;
    }
}

enum { LONGEST = 3 };

/* Solves the damped Newton equations in log ratio for the facets that have one; step 0 elsewhere.
 */
static void newton_step(const struct state *s, double damping, double step[FACETS])
{
    double a[FACETS][FACETS + 1] = {{0}};
    for (size_t f = 0; f < FACETS; f++) {
        double rf = s->lambda[f] * s->lambda[f];
        for (size_t g = 0; g < FACETS; g++)
            a[f][g] = rf * s->lambda[g] * s->lambda[g] * s->curve[f][g];
        a[f][FACETS] = -rf * s->slope[f];
        /* a curve so slight that it leads further than any step goes may be nothing but rounding,
         * which differs between processors, and would turn the steps of the others with it */
        a[f][f] = fmax(a[f][f], fabs(a[f][FACETS]) / LONGEST);
        a[f][f] += damping * a[f][f] + 1e-300;
    }
    for (size_t f = 0; f < FACETS; f++) /* positive definite but for rounding: no pivoting */
        for (size_t g = f + 1; g < FACETS; g++) {
            double times = a[g][f] / a[f][f];
            for (size_t k = f; k <= FACETS; k++)
                a[g][k] -= times * a[f][k];
        }
    for (size_t f = FACETS; f-- > 0;) {
        step[f] = a[f][FACETS];
        for (size_t g = f + 1; g < FACETS; g++)
            step[f] -= a[f][g] * step[g];
        step[f] /= a[f][f];
        if (!isfinite(step[f]))
            step[f] = s->slope[f] > 0 ? -1 : 1;
        step[f] = fmin(2, fmax(-LONGEST, step[f]));
        if (!s->lambda[f])
            step[f] = 0;
    }
}

/* Observations per level, in units of which a ratio says how much the levels differ. */
static double per_level(const struct state *s, size_t f)
{
    return (double)s->c->n / s->c->levels[f];
}

static void drop_vanished(struct state *s)
{
    for (size_t f = 0; f < s->c->facets; f++)
        if (s->lambda[f] * s->lambda[f] * per_level(s, f) < 1e-7 && s->slope[f] > 0)
            s->lambda[f] = 0;
}

/* A residual that goes to zero beside the rest: the facets explain everything. */
static bool runs_away(const struct state *s)
{
    for (size_t f = 0; f < s->c->facets; f++)
        if (s->lambda[f] > 1e5)
            return true;
    return false;
}

/* Whether the criterion is level in every log ratio, as far as it can be told from its rounding. */
static bool is_level(const struct state *s)
{
    for (size_t f = 0; f < s->c->facets; f++)
        if (s->lambda[f] * s->lambda[f] * fabs(s->slope[f]) > 1e-5 * (double)s->c->n)
            return false;
    return true;
}

/* Newton steps from s->lambda until they settle. */
static bool descend(struct state *s)
{
    enum { MOST = 200 };
    double best = evaluate(s), damping = 0;
    if (!isfinite(best))
        return false;
    for (int round = 0; round < MOST && !runs_away(s); round++) {
        differentiate(s);
        double from[FACETS], step[FACETS], largest = 0;
        drop_vanished(s);
        memcpy(from, s->lambda, sizeof from);
        bool better = false;
        for (int attempt = 0; attempt < 40 && !better; attempt++) {
            newton_step(s, damping, step);
            largest = 0;
            for (size_t f = 0; f < FACETS; f++)
                largest = fmax(largest, fabs(step[f]));
            if (largest < 1e-10)
                break;
            for (size_t f = 0; f < FACETS; f++)
                s->lambda[f] = from[f] * exp(step[f] / 2);
            double now = evaluate(s);
            /* rounding makes the criterion uneven by some of its last bits */
            better = now <= best + 1e-12 * (fabs(best) + (double)s->c->n);
            if (better) {
                best = fmin(best, now);
                damping = damping > 1e-3 ? damping / 10 : 0;
            } else {
                memcpy(s->lambda, from, sizeof from);
                damping = damping > 0 ? damping * 10 : 0.1;
            }
        }
        if (largest < 1e-10 || !better)
            return largest < 1e-5 && is_level(s);
    }
    return false;
}

/* Facets found zero are tried again a little above it, where the slope may ask for them. */
static bool settle(struct state *s)
{
    bool done = descend(s), again = false;
    for (size_t f = 0; f < s->c->facets && done; f++) {
        if (s->lambda[f] || s->c->levels[f] < 2 || s->c->levels[f] == s->c->n)
            continue;
        s->lambda[f] = sqrt(1e-5 / per_level(s, f));
        if (isfinite(evaluate(s)))
            differentiate(s);
        if (s->slope[f] >= 0)
            s->lambda[f] = 0;
        else
            again = true;
    }
    return again ? descend(s) : done;
}

static bool confounded(const struct rk_crossed *c, const bool *left_out, size_t pair[2])
{
    for (size_t p = 1; p < c->facets; p++) {
        size_t both = 0;
        for (size_t k = 0; k < c->start[c->levels[0]]; k++)
            both += c->cells[k].column >= c->offset[p] &&
                    c->cells[k].column < c->offset[p] + c->levels[p];
        pair[0] = c->facet_of[0];
        pair[1] = c->facet_of[p];
        if (both == c->levels[0] && both == c->levels[p] && !left_out[pair[0]] &&
            !left_out[pair[1]])
            return true;
    }
    pair[0] = c->facet_of[1];
    pair[1] = c->facets > 2 ? c->facet_of[2] : 0;
    return c->facets > 2 && c->pair_count == c->levels[1] && c->pair_count == c->levels[2] &&
           !left_out[pair[0]] && !left_out[pair[1]];
}

/* Effects and their errors, at the ratios found. */
static void take_effects(struct state *s, struct rk_mixed *fit)
{
    const struct rk_crossed *c = s->c;
    double residual = s->left / freedom(s);
    fit->residual = residual;
    fit->mu = s->mu;
    fit->mu_se = sqrt(residual / s->one_h_one);
    fit->deviance = s->deviance;
    rk_dense_invert(s->schur, c->rest);
    for (size_t p = 0; p < c->facets; p++) {
        size_t f = c->facet_of[p], at = place_start(s, p);
        double lambda = s->lambda[p];
        fit->variance[f] = lambda * lambda * residual;
        for (size_t j = 0; j < c->levels[p]; j++) {
            double own;
            if (p)
                own = RK_AT(s->schur, c->rest, c->offset[p] + j, c->offset[p] + j);
            else {
                double inner = 0;
                for (size_t a = c->start[j]; a < c->start[j + 1]; a++)
                    for (size_t b = c->start[j]; b < c->start[j + 1]; b++)
                        inner +=
                            lambda_of_column(s, c->cells[a].column) * c->cells[a].count *
                            lambda_of_column(s, c->cells[b].column) * c->cells[b].count *
                            rk_dense_get(s->schur, c->rest, c->cells[a].column, c->cells[b].column);
                own = (1 + lambda * lambda * inner / diagonal(s, j)) / diagonal(s, j);
            }
            double mine = lambda * lambda * own, rest = 1 - lambda * s->mean_u[at + j];
            fit->effect[f][j] = lambda * s->u[at + j];
            fit->se[f][j] = sqrt(residual * mine);
            fit->mu_effect_se[f][j] = sqrt(residual * (mine + rest * rest / s->one_h_one));
        }
    }
}

static void free_work(struct state *s)
{
    rk_free(s->work);
    s->work = NULL;
    for (size_t p = 0; p < FACETS; p++) {
        rk_free(s->other[p]);
        s->other[p] = NULL;
    }
}

void rk_mixed_fit(struct rk_mixed *fit, const struct rk_crossed *crossed, bool reml)
{
    const struct rk_crossed *c = crossed;
    struct state s = {
        .c = c, .reml = reml, .levels = c->levels[0], .total = c->levels[0] + c->rest};
    *fit = (struct rk_mixed){.end = RK_MIXED_NO_END};
    bool any = false;
    for (size_t p = 0; p < c->facets; p++) {
        size_t f = c->facet_of[p];
        fit->left_out[f] = c->levels[p] < 2 || c->levels[p] == c->n;
        s.lambda[p] = fit->left_out[f] ? 0 : 1;
        any |= !fit->left_out[f];
    }
    if (c->rest > RK_DENSE_MOST)
        fit->end = RK_MIXED_TOO_LARGE;
    else if (c->squares - c->sum * c->sum / (double)c->n <= 1e-24 * c->squares)
        fit->end = RK_MIXED_NO_VARIANCE;
    else if (!any)
        fit->end = RK_MIXED_NO_FACET;
    else if (confounded(c, fit->left_out, fit->pair))
        fit->end = RK_MIXED_CONFOUNDED;
    else {
        s.schur = rk_resize(NULL, (size_t)c->rest * c->rest + 1, sizeof *s.schur);
        s.mean_u = rk_alloc(s.total, sizeof *s.mean_u);
        s.u = rk_alloc(s.total, sizeof *s.u);
        s.work = rk_alloc(s.total, sizeof *s.work);
        for (size_t p = 0; p < c->facets; p++)
            s.other[p] = rk_alloc(s.total, sizeof *s.other[p]);
        bool done = settle(&s);
        if (runs_away(&s))
            fit->end = RK_MIXED_EXACT;
        else if (done && isfinite(evaluate(&s))) {
            fit->end = RK_MIXED_DONE;
            free_work(&s); /* before the effects take theirs */
            for (size_t p = 0; p < c->facets; p++) {
                size_t f = c->facet_of[p];
                fit->effect[f] = rk_alloc(c->levels[p], sizeof *fit->effect[f]);
                fit->se[f] = rk_alloc(c->levels[p], sizeof *fit->se[f]);
                fit->mu_effect_se[f] = rk_alloc(c->levels[p], sizeof *fit->mu_effect_se[f]);
            }
            take_effects(&s, fit);
        }
        fit->evaluations = s.evaluations;
    }
    rk_free(s.schur);
    rk_free(s.mean_u);
    rk_free(s.u);
    free_work(&s);
}

void rk_mixed_free(struct rk_mixed *fit)
{
    for (size_t f = 0; f < FACETS; f++) {
        rk_free(fit->effect[f]);
        rk_free(fit->se[f]);
        rk_free(fit->mu_effect_se[f]);
    }
    *fit = (struct rk_mixed){0};
}
