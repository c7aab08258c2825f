/* Joint maximum likelihood: Newton steps on all parameters, the candidates eliminated one by one.
 */
#include "base/mem.h"
#include "score/rasch_state.h"
#include "stat/dense.h"

#include <math.h>

enum { CANDIDATE = RK_RASCH_CANDIDATE, RATER = RK_RASCH_RATER, CRITERION = RK_RASCH_CRITERION };

struct jml {
    struct rk_rasch_state *s;
    double *matrix, *gradient;  /* of the rest */
    double *own, *own_gradient; /* of the candidates */
    double *cross;              /* one candidate's, by column */
    bool *is_touched;           /* by column: is it among */
    size_t *touched;            /* its columns */
    size_t touched_count;
    double *b, *rest; /* tried */
};

static double log_likelihood(const struct jml *j)
{
    const struct rk_rasch_state *s = j->s;
    const struct rk_rasch_data *d = s->data;
    double p[RK_RASCH_CATEGORIES + 1], above[RK_RASCH_CATEGORIES + 2], sum = 0;
    for (size_t i = 0; i < d->n; i++) {
        if (!s->active[i])
            continue;
        uint32_t c = d->level[CRITERION][i], set = rk_rasch_set(d, c);
        double theta = j->b[d->level[CANDIDATE][i]] - j->rest[d->level[RATER][i]] -
                       j->rest[s->criteria_at + c];
        sum += rk_rasch_chances(j->rest + s->set_at[set], s->fit->used[set], theta,
                                s->fit->code[set][d->category[i]], p, above);
    }
    return sum;
}

static void touch(struct jml *j, size_t column, double value)
{
    if (!j->is_touched[column]) {
        j->is_touched[column] = true;
        j->touched[j->touched_count++] = column;
    }
    j->cross[column] += value;
}

static void untouch(struct jml *j)
{
    for (size_t a = 0; a < j->touched_count; a++) {
        j->cross[j->touched[a]] = 0;
        j->is_touched[j->touched[a]] = false;
    }
    j->touched_count = 0;
}

static void add(double *matrix, size_t n, size_t a, size_t b, double value)
{
    if (a >= b)
        RK_AT(matrix, n, a, b) += value;
    else
        RK_AT(matrix, n, b, a) += value;
}

/* Gradient and information at the current estimates; the candidates' part taken out. */
static void differentiate(struct jml *j)
{
    const struct rk_rasch_state *s = j->s;
    const struct rk_rasch_data *d = s->data;
    double p[RK_RASCH_CATEGORIES + 1], above[RK_RASCH_CATEGORIES + 2];
    size_t n = s->columns;
    memset(j->matrix, 0, n * n * sizeof *j->matrix);
    memset(j->gradient, 0, n * sizeof *j->gradient);
    for (uint32_t l = 0; l < d->levels[CANDIDATE]; l++) {
        double own = 0, slope = 0;
        for (size_t i = s->start[l]; i < s->start[l + 1]; i++) {
            if (!s->active[i])
                continue;
            uint32_t c = d->level[CRITERION][i], set = rk_rasch_set(d, c);
            uint32_t used = s->fit->used[set], x = s->fit->code[set][d->category[i]];
            size_t rater = d->level[RATER][i], criterion = s->criteria_at + c;
            size_t steps = s->set_at[set];
            rk_rasch_chances(s->rest + steps, used, s->b[l] - s->rest[rater] - s->rest[criterion],
                             0, p, above);
            double mean = 0, variance = 0;
            for (uint32_t k = 1; k < used; k++)
                mean += above[k];
            for (uint32_t k = 0; k < used; k++)
                variance += (k - mean) * (k - mean) * p[k];
            own += variance;
            slope += x - mean;
            j->gradient[rater] -= x - mean;
            j->gradient[criterion] -= x - mean;
            add(j->matrix, n, rater, rater, variance);
            add(j->matrix, n, criterion, criterion, variance);
            add(j->matrix, n, rater, criterion, variance);
            touch(j, rater, -variance);
            touch(j, criterion, -variance);
            double tail = 0; /* Σ k p over k >= m, less mean · above[m]: cov(x, x >= m) */
            for (uint32_t m = used; m-- > 1;) {
                tail += m * p[m];
                double with = tail - mean * above[m];
                size_t step = steps + m - 1;
                j->gradient[step] -= (x >= m) - above[m];
                add(j->matrix, n, rater, step, with);
                add(j->matrix, n, criterion, step, with);
                touch(j, step, -with);
                for (uint32_t k = m; k < used; k++)
                    add(j->matrix, n, steps + k - 1, step, above[k] - above[k] * above[m]);
            }
        }
        j->own[l] = own;
        j->own_gradient[l] = slope;
        for (size_t a = 0; a < j->touched_count; a++) {
            size_t x = j->touched[a];
            double share = own > 0 ? j->cross[x] / own : 0;
            j->gradient[x] -= share * slope;
            for (size_t b = 0; b <= a; b++)
                add(j->matrix, n, x, j->touched[b], -share * j->cross[j->touched[b]]);
        }
        untouch(j);
    }
}

/* One candidate's part of the information across the rest, at the current estimates. */
static void cross_candidate(struct jml *j, uint32_t candidate)
{
    const struct rk_rasch_state *s = j->s;
    const struct rk_rasch_data *d = s->data;
    double p[RK_RASCH_CATEGORIES + 1], above[RK_RASCH_CATEGORIES + 2];
    for (size_t i = s->start[candidate]; i < s->start[candidate + 1]; i++) {
        if (!s->active[i])
            continue;
        uint32_t c = d->level[CRITERION][i], set = rk_rasch_set(d, c);
        uint32_t used = s->fit->used[set];
        size_t rater = d->level[RATER][i], criterion = s->criteria_at + c;
        size_t steps = s->set_at[set];
        rk_rasch_chances(s->rest + steps, used,
                         s->b[candidate] - s->rest[rater] - s->rest[criterion], 0, p, above);
        double mean = 0, variance = 0, tail = 0;
        for (uint32_t k = 1; k < used; k++)
            mean += above[k];
        for (uint32_t k = 0; k < used; k++)
            variance += (k - mean) * (k - mean) * p[k];
        touch(j, rater, -variance);
        touch(j, criterion, -variance);
        for (uint32_t m = used; m-- > 1;) {
            tail += m * p[m];
            touch(j, steps + m - 1, mean * above[m] - tail);
        }
    }
}

/* The candidates' steps, from those of the rest. */
static double candidates_step(struct jml *j, const double *step, double *b_step)
{
    const struct rk_rasch_data *d = j->s->data;
    double largest = 0;
    for (uint32_t l = 0; l < d->levels[CANDIDATE]; l++) {
        double sum = j->own_gradient[l];
        cross_candidate(j, l);
        for (size_t a = 0; a < j->touched_count; a++)
            sum -= j->cross[j->touched[a]] * step[j->touched[a]];
        untouch(j);
        b_step[l] = j->own[l] > 0 ? sum / j->own[l] : 0;
        largest = fmax(largest, fabs(b_step[l]));
    }
    return largest;
}

static bool climb(struct jml *j)
{
    enum { MOST = 100 };
    struct rk_rasch_state *s = j->s;
    const struct rk_rasch_data *d = s->data;
    size_t n = s->columns, people = d->levels[CANDIDATE];
    double *b_step = rk_alloc(people, sizeof *b_step);
    bool done = false, good = true;
    memcpy(j->b, s->b, people * sizeof *j->b);
    memcpy(j->rest, s->rest, n * sizeof *j->rest);
    double now = log_likelihood(j);
    for (int round = 0; round < MOST && good && !done; round++) {
        s->fit->rounds++;
        differentiate(j);
        rk_rasch_constrain(s, j->matrix, n);
        if (!rk_dense_factor(j->matrix, n, RK_RASCH_SINGULAR, NULL)) {
            s->fit->end = round < 3 ? RK_RASCH_CONFOUNDED : RK_RASCH_NO_MAXIMUM;
            good = false;
            break;
        }
        rk_dense_solve(j->matrix, n, j->gradient, 1);
        double largest = candidates_step(j, j->gradient, b_step), furthest = 0, part = 1;
        for (size_t k = 0; k < n; k++)
            largest = fmax(largest, fabs(j->gradient[k]));
        if (largest > 3)
            part = 3 / largest;
        double then = -INFINITY;
        for (int half = 0; half < 40 && !(then >= now - 1e-12 * fabs(now)); half++, part /= 2) {
            furthest = 0;
            for (size_t l = 0; l < people; l++) {
                j->b[l] = s->b[l] + part * b_step[l];
                furthest = fmax(furthest, fabs(j->b[l]));
            }
            for (size_t k = 0; k < n; k++) {
                j->rest[k] = s->rest[k] + part * j->gradient[k];
                furthest = fmax(furthest, fabs(j->rest[k]));
            }
            then = log_likelihood(j);
        }
        memcpy(s->b, j->b, people * sizeof *j->b);
        memcpy(s->rest, j->rest, n * sizeof *j->rest);
        now = then;
        done = largest < 1e-10;
        if (furthest > 30) {
            s->fit->end = RK_RASCH_NO_MAXIMUM;
            good = false;
        }
    }
    if (good && !done)
        s->fit->end = RK_RASCH_NO_MAXIMUM;
    s->fit->log_likelihood = now;
    rk_free(b_step);
    return good && done;
}

/* 1 / sqrt(Σ variances) of the thresholds' indicators. */
static void threshold_errors(const struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    double p[RK_RASCH_CATEGORIES + 1], above[RK_RASCH_CATEGORIES + 2];
    for (size_t i = 0; i < d->n; i++) {
        if (!s->active[i])
            continue;
        uint32_t c = d->level[CRITERION][i], set = rk_rasch_set(d, c);
        double theta = s->b[d->level[CANDIDATE][i]] - s->rest[d->level[RATER][i]] -
                       s->rest[s->criteria_at + c];
        rk_rasch_chances(s->rest + s->set_at[set], s->fit->used[set], theta, 0, p, above);
        for (uint32_t m = 1; m < s->fit->used[set]; m++)
            s->fit->threshold_se[set][m - 1] += above[m] * (1 - above[m]);
    }
    for (uint32_t set = 0; set < d->sets; set++)
        for (uint32_t m = 1; m < s->fit->used[set]; m++)
            s->fit->threshold_se[set][m - 1] = 1 / sqrt(s->fit->threshold_se[set][m - 1]);
}

/* The errors that have in them that all is estimated at once: from the whole information, of which
 * the candidates' part has been taken out. */
static void full_errors(struct jml *j)
{
    struct rk_rasch_state *s = j->s;
    struct rk_rasch *fit = s->fit;
    struct rk_rasch_covariance covariance;
    double *share = rk_alloc(s->columns + 1, sizeof *share);
    differentiate(j);
    rk_rasch_constrain(s, j->matrix, s->columns);
    if (!rk_rasch_covariance(&covariance, s, j->matrix, s->columns))
        fit->end = RK_RASCH_CONFOUNDED; /* which the last step would have found */
    else {
        rk_rasch_take_errors(s, &covariance);
        for (uint32_t l = 0; l < s->data->levels[CANDIDATE]; l++) {
            if (s->aside[CANDIDATE][l])
                continue;
            cross_candidate(j, l);
            for (size_t a = 0; a < j->touched_count; a++)
                share[a] = j->cross[j->touched[a]] / j->own[l];
            fit->levels[CANDIDATE][l].full_se =
                sqrt(1 / j->own[l] +
                     rk_rasch_variance(&covariance, j->touched, share, j->touched_count));
            untouch(j);
        }
        rk_rasch_covariance_free(&covariance);
    }
    rk_free(share);
}

void rk_rasch_jml(struct rk_rasch_state *s)
{
    size_t n = s->columns, people = s->data->levels[CANDIDATE];
    struct jml j = {
        .s = s,
        .matrix = rk_resize(NULL, n * n + 1, sizeof *j.matrix),
        .gradient = rk_alloc(n + 1, sizeof *j.gradient),
        .own = rk_alloc(people, sizeof *j.own),
        .own_gradient = rk_alloc(people, sizeof *j.own_gradient),
        .cross = rk_alloc(n + 1, sizeof *j.cross),
        .is_touched = rk_alloc(n + 1, sizeof *j.is_touched),
        .touched = rk_alloc(n + 1, sizeof *j.touched),
        .b = rk_alloc(people, sizeof *j.b),
        .rest = rk_alloc(n + 1, sizeof *j.rest),
    };
    if (climb(&j)) {
        threshold_errors(s);
        full_errors(&j);
    }
    rk_free(j.matrix);
    rk_free(j.gradient);
    rk_free(j.own);
    rk_free(j.own_gradient);
    rk_free(j.cross);
    rk_free(j.is_touched);
    rk_free(j.touched);
    rk_free(j.b);
    rk_free(j.rest);
}
