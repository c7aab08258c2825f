#include "stat/additive.h"

#include "base/mem.h"
#include "stat/dense.h"

#include <math.h>

/* Pivots smaller than this share of their diagonal mean columns that depend on the others. */
static const double LEAST_PIVOT = 1e-10;

/* The Schur complement on the rest, plus 1 1' for each of its facets, which fixes their sums at 0.
 */
static double *make_schur(const struct rk_crossed *c)
{
    size_t q = c->rest;
    double *s = rk_alloc(q * q + 1, sizeof *s);
    for (size_t p = 1; p < c->facets; p++)
        for (size_t j = 0; j < c->levels[p]; j++) {
            RK_AT(s, q, c->offset[p] + j, c->offset[p] + j) += c->count[p][j];
            for (size_t i = j; i < c->levels[p]; i++)
                RK_AT(s, q, c->offset[p] + i, c->offset[p] + j) += 1;
        }
    for (size_t k = 0; k < c->pair_count; k++)
        RK_AT(s, q, c->pairs[k].b, c->pairs[k].a) += c->pairs[k].count;
    for (uint32_t l = 0; l < c->levels[0]; l++)
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++) {
            double share = c->cells[a].count / c->count[0][l];
            for (size_t b = a; b < c->start[l + 1]; b++)
                RK_AT(s, q, c->cells[b].column, c->cells[a].column) -= share * c->cells[b].count;
        }
    return s;
}

/* What is left of the rest's normal equations at `effect`, in extended precision. */
static void residual(const struct rk_crossed *c, const double *effect, double *left)
{
    long double *sum = rk_alloc((size_t)c->rest + 1, sizeof *sum);
    for (size_t p = 1; p < c->facets; p++) {
        long double all = 0;
        for (size_t j = 0; j < c->levels[p]; j++)
            all += effect[c->offset[p] + j];
        for (size_t j = 0; j < c->levels[p]; j++)
            sum[c->offset[p] + j] =
                c->total[p][j] - (long double)c->count[p][j] * effect[c->offset[p] + j] - all;
    }
    for (size_t k = 0; k < c->pair_count; k++) {
        const struct rk_crossed_pair *pair = &c->pairs[k];
        sum[pair->a] -= (long double)pair->count * effect[pair->b];
        sum[pair->b] -= (long double)pair->count * effect[pair->a];
    }
    for (uint32_t l = 0; l < c->levels[0]; l++) {
        long double mean = c->total[0][l];
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++)
            mean -= (long double)c->cells[a].count * effect[c->cells[a].column];
        mean /= c->count[0][l];
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++)
            sum[c->cells[a].column] -= c->cells[a].count * mean;
    }
    for (size_t j = 0; j < c->rest; j++)
        left[j] = (double)sum[j];
    rk_free(sum);
}

static double square(double x) { return x * x; }

/* Σ of squared residuals, observation by observation: no difference of large sums. */
static double squares_left(const struct rk_additive *fit, const struct rk_crossed_data *data)
{
    long double rss = 0;
    for (size_t i = 0; i < data->n; i++) {
        double e = data->y[i] - fit->mu;
        for (size_t f = 0; f < data->facets; f++)
            e -= fit->effect[f][data->level[f][i]];
        rss += (long double)e * e;
    }
    return (double)rss;
}

/* Standard errors in units of the residual's, from the rest's inverse. With a = mu + e of the first
 * facet: cov(a) = D^-1 + D^-1 N cov(rest) N' D^-1, cov(a, rest) = -D^-1 N cov(rest). */
static void unit_errors(const struct rk_crossed *c, double *inverse, struct rk_additive *fit)
{
    size_t q = c->rest, first = c->facet_of[0], levels = c->levels[0];
    for (size_t p = 1; p < c->facets; p++) { /* 1 1' / q² came in with what fixes the sums */
        double extra = 1 / square(c->levels[p]);
        for (size_t j = 0; j < c->levels[p]; j++)
            for (size_t i = j; i < c->levels[p]; i++)
                RK_AT(inverse, q, c->offset[p] + i, c->offset[p] + j) -= extra;
    }
    double *mean = rk_alloc(q + 1, sizeof *mean), *with_mean = rk_alloc(q + 1, sizeof *with_mean);
    double own = 0;
    for (size_t l = 0; l < levels; l++) {
        own += 1 / c->count[0][l];
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++)
            mean[c->cells[a].column] += c->cells[a].count / c->count[0][l] / (double)levels;
    }
    for (size_t j = 0; j < q; j++)
        for (size_t i = 0; i < q; i++)
            with_mean[i] += rk_dense_get(inverse, q, i, j) * mean[j];
    double mean_variance = own / square((double)levels);
    for (size_t j = 0; j < q; j++)
        mean_variance += mean[j] * with_mean[j];
    fit->mu_se = mean_variance;
    for (size_t l = 0; l < levels; l++) {
        double n = c->count[0][l], variance = 1 / n, with = 1 / n / (double)levels;
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++) {
            double share = c->cells[a].count / n;
            with += share * with_mean[c->cells[a].column];
            for (size_t b = c->start[l]; b < c->start[l + 1]; b++)
                variance += share * c->cells[b].count / n *
                            rk_dense_get(inverse, q, c->cells[a].column, c->cells[b].column);
        }
        fit->mu_effect_se[first][l] = variance;
        fit->se[first][l] = variance - 2 * with + mean_variance;
    }
    for (size_t p = 1; p < c->facets; p++)
        for (size_t j = 0; j < c->levels[p]; j++) {
            size_t at = c->offset[p] + j;
            double variance = RK_AT(inverse, q, at, at);
            fit->se[c->facet_of[p]][j] = variance;
            fit->mu_effect_se[c->facet_of[p]][j] = variance + mean_variance - 2 * with_mean[at];
        }
    rk_free(mean);
    rk_free(with_mean);
}

static void set_effects(const struct rk_crossed *c, const double *rest, struct rk_additive *fit)
{
    size_t first = c->facet_of[0];
    long double sum = 0;
    for (uint32_t l = 0; l < c->levels[0]; l++) {
        long double mean = c->total[0][l];
        for (size_t a = c->start[l]; a < c->start[l + 1]; a++)
            mean -= (long double)c->cells[a].count * rest[c->cells[a].column];
        fit->effect[first][l] = (double)(mean / c->count[0][l]);
        sum += mean / c->count[0][l];
    }
    fit->mu = (double)(sum / c->levels[0]);
    for (uint32_t l = 0; l < c->levels[0]; l++)
        fit->effect[first][l] -= fit->mu;
    for (size_t p = 1; p < c->facets; p++)
        for (uint32_t j = 0; j < c->levels[p]; j++)
            fit->effect[c->facet_of[p]][j] = rest[c->offset[p] + j];
}

/* The residual sum of squares without one facet; NaN where the rest does not hang together. */
static double rss_without(const struct rk_crossed_data *data, size_t facet)
{
    struct rk_crossed_data less = {.y = data->y, .n = data->n};
    uint32_t *part[RK_CROSSED_FACETS] = {0};
    for (size_t f = 0; f < data->facets; f++)
        if (f != facet) {
            less.level[less.facets] = data->level[f];
            less.levels[less.facets++] = data->levels[f];
        }
    double rss = NAN;
    if (!less.facets) {
        long double mean = 0, sum = 0;
        for (size_t i = 0; i < data->n; i++)
            mean += data->y[i];
        mean /= data->n;
        for (size_t i = 0; i < data->n; i++)
            sum += (data->y[i] - mean) * (data->y[i] - mean);
        return (double)sum;
    }
    for (size_t f = 0; f < less.facets; f++)
        part[f] = rk_alloc(less.levels[f], sizeof *part[f]);
    if (less.facets == 1 || rk_crossed_parts(&less, less.facets, part) == 1) {
        struct rk_additive fit;
        rk_additive_fit(&fit, &less, false);
        if (!fit.confounded && !fit.too_large)
            rss = fit.rss;
        rk_additive_free(&fit);
    }
    for (size_t f = 0; f < less.facets; f++)
        rk_free(part[f]);
    return rss;
}

void rk_additive_fit(struct rk_additive *fit, const struct rk_crossed_data *data, bool with_f)
{
    struct rk_crossed c;
    *fit = (struct rk_additive){0};
    rk_crossed_make(&c, data);
    size_t q = c.rest, bad = 0;
    double *schur = NULL, *rest = NULL, *left = NULL;
    if (q > RK_DENSE_MOST) {
        fit->too_large = true;
        goto end;
    }
    schur = make_schur(&c);
    if (!rk_dense_factor(schur, q, LEAST_PIVOT, &bad)) {
        size_t p = c.facets - 1;
        while (p > 1 && bad < c.offset[p])
            p--;
        fit->confounded = true;
        fit->confounded_facet = c.facet_of[p];
        fit->confounded_level = (uint32_t)(bad - c.offset[p]);
        goto end;
    }
    for (size_t f = 0; f < data->facets; f++) {
        fit->effect[f] = rk_alloc(data->levels[f], sizeof *fit->effect[f]);
        fit->se[f] = rk_alloc(data->levels[f], sizeof *fit->se[f]);
        fit->mu_effect_se[f] = rk_alloc(data->levels[f], sizeof *fit->mu_effect_se[f]);
    }
    rest = rk_alloc(q + 1, sizeof *rest);
    left = rk_alloc(q + 1, sizeof *left);
    for (int round = 0; round < 3; round++) { /* solved from zero, then refined twice */
        residual(&c, rest, left);
        rk_dense_solve(schur, q, left, 1);
        for (size_t j = 0; j < q; j++)
            rest[j] += left[j];
    }
    set_effects(&c, rest, fit);
    rk_dense_invert(schur, q);
    unit_errors(&c, schur, fit);
    fit->rss = squares_left(fit, data);
    fit->df = (double)data->n - 1;
    for (size_t f = 0; f < data->facets; f++)
        fit->df -= data->levels[f] - 1;
    double around = c.squares - c.sum * c.sum / (double)c.n;
    if (fit->rss < 1e-24 * c.squares)
        fit->rss = 0;
    fit->sd = fit->df > 0 ? sqrt(fit->rss / fit->df) : NAN;
    fit->r2 = around > 1e-24 * c.squares ? 1 - fit->rss / around : NAN;
    fit->mu_se = sqrt(fit->mu_se) * fit->sd;
    for (size_t f = 0; f < data->facets; f++) {
        for (uint32_t l = 0; l < data->levels[f]; l++) {
            fit->se[f][l] = fit->se[f][l] > 0 ? sqrt(fit->se[f][l]) * fit->sd : 0 * fit->sd;
            fit->mu_effect_se[f][l] = sqrt(fit->mu_effect_se[f][l]) * fit->sd;
        }
        fit->f[f] = NAN;
        if (with_f && fit->df > 0 && fit->rss > 0 && data->levels[f] > 1)
            fit->f[f] =
                (rss_without(data, f) - fit->rss) / (data->levels[f] - 1) / (fit->rss / fit->df);
    }
end:
    rk_free(schur);
    rk_free(rest);
    rk_free(left);
    rk_crossed_free(&c);
}

void rk_additive_free(struct rk_additive *fit)
{
    for (size_t f = 0; f < RK_CROSSED_FACETS; f++) {
        rk_free(fit->effect[f]);
        rk_free(fit->se[f]);
        rk_free(fit->mu_effect_se[f]);
    }
    *fit = (struct rk_additive){0};
}
