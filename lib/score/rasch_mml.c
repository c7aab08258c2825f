/* Marginal maximum likelihood: candidates are integrated out on equally spaced nodes. Gradient by
 * Fisher's identity, information by Louis (1982): what complete data would tell, less what the
 * posterior of each candidate leaves open. Columns: the rest's, then log sd. */
#include "base/mem.h"
#include "score/rasch_state.h"
#include "stat/dense.h"

#include <math.h>

enum { CANDIDATE = RK_RASCH_CANDIDATE, RATER = RK_RASCH_RATER, CRITERION = RK_RASCH_CRITERION };
enum { NODES = RK_RASCH_NODES };

struct mml {
    struct rk_rasch_state *s;
    size_t columns; /* with log sd */
    double log_sd;
    bool flat; /* the variance is zero: log_sd is held */
    double node[NODES], log_weight[NODES], score_sd[NODES]; /* d log weight / d log sd */
    double weight_curve[NODES];                             /* - its second derivative */
    /* A cell is a pair of rater and criterion with ratings. By cell: */
    uint32_t *cell; /* by rating */
    uint32_t *cell_rater, *cell_criterion;
    size_t cells;
    size_t *table_at; /* first of (2 used) rows of NODES: log P_k, then P(x >= k) */
    double *table;
    double (*spent)[NODES]; /* Σ of posteriors of its ratings' candidates */
    double *matrix, *gradient;
    double log_likelihood;
};

static void set_prior(struct mml *m)
{
    double variance = exp(2 * m->log_sd), sum = 0, mean = 0, squares = 0;
    for (int q = 0; q < NODES; q++)
        sum += exp(-m->node[q] * m->node[q] / (2 * variance));
    for (int q = 0; q < NODES; q++) {
        double a = m->node[q] * m->node[q] / variance;
        m->log_weight[q] = -a / 2 - log(sum);
        mean += a * exp(m->log_weight[q]);
        squares += a * a * exp(m->log_weight[q]);
    }
    for (int q = 0; q < NODES; q++) {
        double a = m->node[q] * m->node[q] / variance;
        m->score_sd[q] = a - mean;
        m->weight_curve[q] = 2 * a - 2 * mean + squares - mean * mean;
    }
}

static uint32_t used_of(const struct mml *m, size_t cell)
{
    const struct rk_rasch_state *s = m->s;
    return s->fit->used[rk_rasch_set(s->data, m->cell_criterion[cell])];
}

static void fill_table(struct mml *m)
{
    const struct rk_rasch_state *s = m->s;
    double p[RK_RASCH_CATEGORIES + 1], above[RK_RASCH_CATEGORIES + 2];
    for (size_t c = 0; c < m->cells; c++) {
        uint32_t criterion = m->cell_criterion[c], used = used_of(m, c);
        const double *steps = s->rest + s->set_at[rk_rasch_set(s->data, criterion)];
        double *row = m->table + m->table_at[c];
        for (int q = 0; q < NODES; q++) {
            double theta =
                       m->node[q] - s->rest[m->cell_rater[c]] - s->rest[s->criteria_at + criterion],
                   psi = 0;
            double zero = rk_rasch_chances(steps, used, theta, 0, p, above);
            for (uint32_t k = 0; k < used; k++) {
                psi += k ? theta - steps[k - 1] : 0;
                row[k * NODES + q] = zero + psi;
                row[(used + k) * NODES + q] = above[k];
            }
        }
    }
}

/* The posterior of one candidate over the nodes; returns its log marginal likelihood. */
static double posterior(const struct mml *m, uint32_t candidate, double post[NODES])
{
    const struct rk_rasch_state *s = m->s;
    const struct rk_rasch_data *d = s->data;
    double most = -INFINITY, sum = 0;
    memcpy(post, m->log_weight, NODES * sizeof *post);
    for (size_t i = s->start[candidate]; i < s->start[candidate + 1]; i++) {
        if (!s->active[i])
            continue;
        uint32_t set = rk_rasch_set(d, d->level[CRITERION][i]);
        const double *row =
            m->table + m->table_at[m->cell[i]] + (size_t)s->fit->code[set][d->category[i]] * NODES;
        for (int q = 0; q < NODES; q++)
            post[q] += row[q];
    }
    for (int q = 0; q < NODES; q++)
        most = fmax(most, post[q]);
    for (int q = 0; q < NODES; q++)
        sum += post[q] = exp(post[q] - most);
    for (int q = 0; q < NODES; q++)
        post[q] /= sum;
    return most + log(sum);
}

static double evaluate(struct mml *m)
{
    double post[NODES], sum = 0;
    set_prior(m);
    fill_table(m);
    for (uint32_t l = 0; l < m->s->data->levels[CANDIDATE]; l++)
        sum += posterior(m, l, post);
    return m->log_likelihood = sum;
}

static void add(struct mml *m, size_t a, size_t b, double value)
{
    if (a >= b)
        RK_AT(m->matrix, m->columns, a, b) += value;
    else
        RK_AT(m->matrix, m->columns, b, a) += value;
}

/* One candidate's complete-data score at the nodes that matter, column by column. */
struct scores {
    size_t *column;
    double (*at)[NODES];
    size_t count;
    size_t *place; /* by column, SIZE_MAX = not yet */
};

static double *score_of(struct scores *scores, size_t column)
{
    if (scores->place[column] == SIZE_MAX) {
        scores->place[column] = scores->count;
        scores->column[scores->count] = column;
        memset(scores->at[scores->count++], 0, sizeof *scores->at);
    }
    return scores->at[scores->place[column]];
}

/* Nodes that matter. */
struct range {
    int first, last;
};

/* The candidate's posterior, and its scores less their means over it; the means go to the gradient,
 * and the posterior to what is spent on its cells. */
static struct range score_candidate(struct mml *m, uint32_t candidate, struct scores *scores,
                                    double post[NODES])
{
    struct rk_rasch_state *s = m->s;
    const struct rk_rasch_data *d = s->data;
    double mean[NODES];
    m->log_likelihood += posterior(m, candidate, post);
    int first = 0, last = NODES - 1;
    while (first < last && post[first] < 1e-13)
        first++;
    while (last > first && post[last] < 1e-13)
        last--;
    for (size_t i = s->start[candidate]; i < s->start[candidate + 1]; i++) {
        if (!s->active[i])
            continue;
        uint32_t set = rk_rasch_set(d, d->level[CRITERION][i]), used = s->fit->used[set];
        uint32_t x = s->fit->code[set][d->category[i]];
        const double *above = m->table + m->table_at[m->cell[i]] + (size_t)used * NODES;
        double *rater = score_of(scores, d->level[RATER][i]);
        double *criterion = score_of(scores, s->criteria_at + d->level[CRITERION][i]);
        double *spent = m->spent[m->cell[i]];
        for (int q = first; q <= last; q++)
            mean[q] = 0;
        for (uint32_t k = 1; k < used; k++) {
            double *step = score_of(scores, s->set_at[set] + k - 1);
            for (int q = first; q <= last; q++) {
                double chance = above[(size_t)k * NODES + q];
                mean[q] += chance;
                step[q] += chance - (x >= k);
            }
        }
        for (int q = first; q <= last; q++) {
            rater[q] += mean[q] - x;
            criterion[q] += mean[q] - x;
            spent[q] += post[q];
        }
    }
    double *sd = score_of(scores, m->columns - 1);
    for (int q = first; q <= last; q++)
        sd[q] += m->score_sd[q];
    for (size_t a = 0; a < scores->count; a++) {
        double *x = scores->at[a], average = 0;
        for (int q = first; q <= last; q++)
            average += post[q] * x[q];
        m->gradient[scores->column[a]] += average;
        for (int q = first; q <= last; q++)
            x[q] -= average;
    }
    return (struct range){first, last};
}

static void forget(struct scores *scores)
{
    for (size_t a = 0; a < scores->count; a++)
        scores->place[scores->column[a]] = SIZE_MAX;
    scores->count = 0;
}

static void add_candidate(struct mml *m, uint32_t candidate, struct scores *scores)
{
    double post[NODES], weighed[NODES], curve = 0;
    struct range range = score_candidate(m, candidate, scores, post);
    for (int q = range.first; q <= range.last; q++)
        curve += post[q] * m->weight_curve[q];
    add(m, m->columns - 1, m->columns - 1, curve);
    for (size_t a = 0; a < scores->count; a++) {
        for (int q = range.first; q <= range.last; q++)
            weighed[q] = post[q] * scores->at[a][q];
        for (size_t b = 0; b <= a; b++) {
            double product = 0;
            for (int q = range.first; q <= range.last; q++)
                product += weighed[q] * scores->at[b][q];
            add(m, scores->column[a], scores->column[b], -product);
        }
    }
    forget(scores);
}

/* What complete data would tell of each cell, weighed by the posteriors spent on it. */
static void add_cells(struct mml *m)
{
    const struct rk_rasch_state *s = m->s;
    for (size_t c = 0; c < m->cells; c++) {
        size_t rater = m->cell_rater[c], criterion = s->criteria_at + m->cell_criterion[c];
        size_t steps = s->set_at[rk_rasch_set(s->data, m->cell_criterion[c])];
        uint32_t used = used_of(m, c);
        const double *above = m->table + m->table_at[c] + (size_t)used * NODES;
        for (int q = 0; q < NODES; q++) {
            double weight = m->spent[c][q], mean = 0, variance = 0, tail = 0;
            if (weight == 0)
                continue;
            for (uint32_t k = 1; k < used; k++) {
                mean += above[(size_t)k * NODES + q];
                variance += (2 * k - 1) * above[(size_t)k * NODES + q];
            }
            variance -= mean * mean;
            add(m, rater, rater, weight * variance);
            add(m, criterion, criterion, weight * variance);
            add(m, rater, criterion, weight * variance);
            for (uint32_t k = used; k-- > 1;) {
                double chance = above[(size_t)k * NODES + q];
                double point = chance - (k + 1 < used ? above[(size_t)(k + 1) * NODES + q] : 0);
                tail += k * point;
                double with = weight * (tail - mean * chance);
                add(m, rater, steps + k - 1, with);
                add(m, criterion, steps + k - 1, with);
                for (uint32_t j = k; j < used; j++)
                    add(m, steps + j - 1, steps + k - 1,
                        weight * above[(size_t)j * NODES + q] * (1 - chance));
            }
        }
    }
}

static void differentiate(struct mml *m, struct scores *scores)
{
    const struct rk_rasch_data *d = m->s->data;
    memset(m->matrix, 0, m->columns * m->columns * sizeof *m->matrix);
    memset(m->gradient, 0, m->columns * sizeof *m->gradient);
    memset(m->spent, 0, m->cells * sizeof *m->spent);
    m->log_likelihood = 0;
    for (uint32_t l = 0; l < d->levels[CANDIDATE]; l++)
        add_candidate(m, l, scores);
    add_cells(m);
}

static void constrain(struct mml *m)
{
    const struct rk_rasch_state *s = m->s;
    if (m->flat) {
        size_t last = m->columns - 1;
        for (size_t k = 0; k < last; k++)
            RK_AT(m->matrix, m->columns, last, k) = 0;
        RK_AT(m->matrix, m->columns, last, last) = 1;
        m->gradient[last] = 0;
    }
    rk_rasch_constrain(s, m->matrix, m->columns);
}

/* Newton's step from here, the information made positive definite by `damping` where it is not. */
static bool newton(struct mml *m, const double *information, const double *gradient, double *step,
                   double damping)
{
    size_t n = m->columns;
    memcpy(m->matrix, information, n * n * sizeof *m->matrix);
    memcpy(step, gradient, n * sizeof *step);
    for (size_t k = 0; k < n; k++)
        RK_AT(m->matrix, n, k, k) += damping * (1 + fabs(RK_AT(m->matrix, n, k, k)));
    if (!rk_dense_factor(m->matrix, n, RK_RASCH_SINGULAR, NULL))
        return false;
    rk_dense_solve(m->matrix, n, step, 1);
    return true;
}

/* Damped steps leave the sums of 0 behind: what they amount to goes to the criteria, which changes
 * no chance. */
static void centre(struct rk_rasch_state *s)
{
    const struct rk_rasch_data *d = s->data;
    double sum = 0, n = 0;
    for (uint32_t l = 0; l < d->levels[RATER]; l++)
        if (!s->aside[RATER][l]) {
            sum += s->rest[l];
            n++;
        }
    for (uint32_t l = 0; l < d->levels[RATER]; l++)
        if (!s->aside[RATER][l])
            s->rest[l] -= sum / n;
    for (uint32_t c = 0; c < d->levels[CRITERION]; c++)
        if (!s->aside[CRITERION][c])
            s->rest[s->criteria_at + c] += sum / n;
    for (uint32_t set = 0; set < d->sets; set++) {
        double *steps = s->rest + s->set_at[set], mean = 0;
        uint32_t many = s->fit->used[set] - 1;
        for (uint32_t k = 0; k < many; k++)
            mean += steps[k] / many;
        for (uint32_t k = 0; k < many; k++)
            steps[k] -= mean;
        for (uint32_t c = 0; c < d->levels[CRITERION]; c++)
            if (!s->aside[CRITERION][c] && rk_rasch_set(d, c) == set)
                s->rest[s->criteria_at + c] += mean;
    }
}

/* To the top on these nodes; DONE, too, where the variance is smaller than they can see. */
static enum rk_rasch_end climb(struct mml *m, struct scores *scores)
{
    enum { MOST = 200 };
    struct rk_rasch_state *s = m->s;
    size_t n = m->columns;
    double *information = rk_resize(NULL, n * n, sizeof *information);
    double *gradient = rk_resize(NULL, n, sizeof *gradient);
    double *step = rk_resize(NULL, n, sizeof *step), *from = rk_alloc(n, sizeof *from);
    double now = evaluate(m), damping = 0, least = log(m->node[NODES / 2 + 1] / 4);
    enum rk_rasch_end end = RK_RASCH_NO_MAXIMUM;
    bool done = false;
    for (int round = 0; round < MOST && !done; round++) {
        s->fit->rounds++;
        differentiate(m, scores);
        constrain(m);
        memcpy(information, m->matrix, n * n * sizeof *information);
        memcpy(gradient, m->gradient, n * sizeof *gradient);
        memcpy(from, s->rest, (n - 1) * sizeof *from);
        from[n - 1] = m->log_sd;
        double largest = INFINITY, used = 0;
        bool better = false;
        for (int attempt = 0; attempt < 60 && !better; attempt++) {
            if (!newton(m, information, gradient, step, damping)) {
                damping = damping > 0 ? damping * 4 : 1e-4;
                continue;
            }
            largest = 0;
            for (size_t k = 0; k < n; k++)
                largest = fmax(largest, fabs(step[k]));
            double part = largest > 1 ? 1 / largest : 1;
            for (size_t k = 0; k + 1 < n; k++)
                s->rest[k] = from[k] + part * step[k];
            m->log_sd = from[n - 1] + part * step[n - 1];
            double then = evaluate(m);
            /* so near, the likelihood is the same to its last digits, and the gradient knows more
             */
            better = then >= now - 1e-13 * fabs(now) || (damping == 0 && largest < 1e-7);
            used = damping;
            if (better) {
                now = fmax(now, then);
                damping = damping > 1e-6 ? damping / 10 : 0;
            } else
                damping = damping > 0 ? damping * 4 : 1e-4;
        }
        done = !better;
        for (size_t k = 0; k + 1 < n; k++)
            done |= fabs(s->rest[k]) > 30;
        if (!done && !m->flat && m->log_sd < least) {
            m->log_sd = least;
            end = RK_RASCH_DONE;
            done = true;
        } else if (!done && largest < 1e-10) { /* no slope: a top, or a ridge that has none */
            done = used == 0;
            end = done ? RK_RASCH_DONE : RK_RASCH_NO_MAXIMUM;
            damping = 0;
            if (!done && !newton(m, information, gradient, step, damping)) {
                end = RK_RASCH_CONFOUNDED;
                done = true;
            }
        }
    }
    centre(s);
    rk_free(information);
    rk_free(gradient);
    rk_free(step);
    rk_free(from);
    return end;
}

/* Posterior means and deviations; and how the means move with the other estimates, in whose
 * errors they have a part. */
static void take_candidates(struct mml *m, struct scores *scores,
                            const struct rk_rasch_covariance *covariance)
{
    struct rk_rasch_state *s = m->s;
    struct rk_rasch *fit = s->fit;
    uint32_t count = s->data->levels[CANDIDATE];
    double post[NODES], sum = 0, open = 0, spread = 0, people = count;
    double *moves = rk_alloc(m->columns, sizeof *moves);
    for (uint32_t l = 0; l < count; l++) {
        struct range range = score_candidate(m, l, scores, post);
        double mean = 0, around = 0;
        for (int q = 0; q < NODES; q++)
            mean += post[q] * m->node[q];
        for (int q = 0; q < NODES; q++)
            around += post[q] * (m->node[q] - mean) * (m->node[q] - mean);
        for (size_t a = 0; a < scores->count; a++) {
            moves[a] = 0;
            for (int q = range.first; q <= range.last; q++)
                moves[a] += post[q] * (m->node[q] - mean) * scores->at[a][q];
        }
        double more = rk_rasch_variance(covariance, scores->column, moves, scores->count);
        forget(scores);
        s->b[l] = mean;
        fit->levels[CANDIDATE][l].se = sqrt(around);
        fit->levels[CANDIDATE][l].full_se = sqrt(around + more);
        sum += mean;
        open += around;
    }
    for (uint32_t l = 0; l < count; l++)
        spread += (s->b[l] - sum / people) * (s->b[l] - sum / people);
    spread = count > 1 ? spread / (people - 1) : NAN;
    fit->reliability = m->flat ? 0 : spread / (spread + open / people);
    rk_free(moves);
}

/* Standard errors from the inverse of the information. */
static void take_errors(struct mml *m, struct scores *scores)
{
    struct rk_rasch_state *s = m->s;
    const struct rk_rasch_data *d = s->data;
    struct rk_rasch *fit = s->fit;
    struct rk_rasch_covariance covariance;
    fit->variance = m->flat ? 0 : exp(2 * m->log_sd);
    fit->log_likelihood = m->log_likelihood;
    differentiate(m, scores);
    constrain(m);
    if (!rk_rasch_covariance(&covariance, s, m->matrix, m->columns)) {
        fit->end = RK_RASCH_CONFOUNDED;
        return;
    }
    if (m->flat) /* held, not estimated */
        RK_AT(m->matrix, m->columns, m->columns - 1, m->columns - 1) = 0;
    take_candidates(m, scores, &covariance);
    rk_rasch_take_errors(s, &covariance);
    for (int f = RATER; f <= CRITERION; f++)
        for (uint32_t l = 0; l < d->levels[f]; l++)
            fit->levels[f][l].se = fit->levels[f][l].full_se;
    for (uint32_t set = 0; set < d->sets; set++)
        for (uint32_t k = 1; k < fit->used[set]; k++)
            fit->threshold_se[set][k - 1] = fit->threshold_full_se[set][k - 1];
    rk_rasch_covariance_free(&covariance);
}

/* The cells, and where the table of each stands; false where it would be too large. */
static bool find_cells(struct mml *m)
{
    const size_t MOST = (size_t)64 << 20; /* numbers, 512 MB */
    const struct rk_rasch_state *s = m->s;
    const struct rk_rasch_data *d = s->data;
    size_t all = (size_t)d->levels[RATER] * d->levels[CRITERION], numbers = 0;
    if (all > MOST)
        return false;
    uint32_t *number = rk_resize(NULL, all, sizeof *number);
    memset(number, 0xff, all * sizeof *number);
    m->cell = rk_resize(NULL, d->n, sizeof *m->cell);
    for (size_t i = 0; i < d->n; i++) {
        size_t at = (size_t)d->level[RATER][i] * d->levels[CRITERION] + d->level[CRITERION][i];
        if (s->active[i] && number[at] == UINT32_MAX)
            number[at] = (uint32_t)m->cells++;
        m->cell[i] = number[at];
    }
    m->cell_rater = rk_alloc(m->cells, sizeof *m->cell_rater);
    m->cell_criterion = rk_alloc(m->cells, sizeof *m->cell_criterion);
    m->table_at = rk_alloc(m->cells, sizeof *m->table_at);
    for (size_t at = 0; at < all; at++)
        if (number[at] != UINT32_MAX) {
            m->cell_rater[number[at]] = (uint32_t)(at / d->levels[CRITERION]);
            m->cell_criterion[number[at]] = (uint32_t)(at % d->levels[CRITERION]);
        }
    rk_free(number);
    for (size_t c = 0; c < m->cells; c++) {
        m->table_at[c] = numbers;
        numbers += (size_t)2 * used_of(m, c) * NODES;
    }
    if (numbers > MOST)
        return false;
    m->table = rk_resize(NULL, numbers, sizeof *m->table);
    m->spent = rk_resize(NULL, m->cells, sizeof *m->spent);
    return true;
}

/* Nodes wide enough for the standard deviation found, and no further apart than it: otherwise
 * again. */
static void fit_on_nodes(struct mml *m, struct scores *scores)
{
    enum { MOST = 30, WIDEST = 64 };
    struct rk_rasch *fit = m->s->fit;
    fit->reach = RK_RASCH_REACH;
    for (int round = 0; round < MOST; round++) {
        for (int q = 0; q < NODES; q++)
            m->node[q] = fit->reach * (2.0 * q / (NODES - 1) - 1);
        fit->end = climb(m, scores);
        double sd = exp(m->log_sd);
        if (m->flat || fit->end)
            return;
        if (3 * sd > fit->reach && fit->reach < WIDEST)
            fit->reach *= 2;
        else if (3 * sd > fit->reach)
            break; /* candidates without end apart */
        else if (sd * (NODES - 1) / 2 >= fit->reach)
            return;
        else if (fit->reach > 0.5)
            fit->reach /= 2;
        else { /* nothing between the candidates that could be seen */
            m->flat = true;
            m->log_sd = -9;
        }
    }
    fit->end = RK_RASCH_NO_MAXIMUM;
}

void rk_rasch_mml(struct rk_rasch_state *s)
{
    struct mml m = {.s = s, .columns = s->columns + 1};
    struct scores scores = {0};
    size_t n = m.columns;
    if (!find_cells(&m))
        s->fit->end = RK_RASCH_TOO_LARGE;
    else {
        m.matrix = rk_resize(NULL, n * n, sizeof *m.matrix);
        m.gradient = rk_resize(NULL, n, sizeof *m.gradient);
        scores.column = rk_resize(NULL, n, sizeof *scores.column);
        scores.at = rk_resize(NULL, n, sizeof *scores.at);
        scores.place = rk_resize(NULL, n, sizeof *scores.place);
        memset(scores.place, 0xff, n * sizeof *scores.place);
        fit_on_nodes(&m, &scores);
        if (s->fit->end == RK_RASCH_DONE)
            take_errors(&m, &scores);
    }
    rk_free(m.cell);
    rk_free(m.cell_rater);
    rk_free(m.cell_criterion);
    rk_free(m.table_at);
    rk_free(m.table);
    rk_free(m.spent);
    rk_free(m.matrix);
    rk_free(m.gradient);
    rk_free(scores.column);
    rk_free(scores.at);
    rk_free(scores.place);
}
