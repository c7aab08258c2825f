#include "score/rule.h"

#include "base/mem.h"
#include "base/random.h"

#include <math.h>
#include <string.h>

/* Equalised scores spread so many times more than what they sum to at most. */
enum { MOST_STRETCHED = 1000 };

struct in_column { /* an entry of one candidate in one block */
    double value;
    uint32_t voice;
};

struct rk_rule {
    struct rk_method_options options;
    const struct rk_voices *voices;
    struct rk_voices points; /* Borda */
    double tolerance;
    bool *covered;        /* blocks × candidates: scored at all */
    double *value;        /* by entry */
    bool *dense;          /* by sheet: entry i is candidate i, all are there */
    struct in_column *in; /* median and trimmed: by column, in order of value */
    size_t *column;       /* where each begins, one more than there are */
    struct rk_orders *orders;
    uint64_t *lots;
};

struct weighed_row { /* of a sheet with a value for everybody */
    const double *value;
    double times;
};

struct rk_rule_work {
    double *sums, *weights; /* blocks × candidates */
    double *share;          /* by block */
    struct weighed_row *rows;
    uint32_t *counts; /* by voice: their own */
    uint32_t *order;
    struct rk_pairs pairs;
    rk_support whole;
    bool *above;
    rk_support *worst;
    uint64_t *halves;
    struct rk_kemeny kemeny;
};

static const struct rk_voices *used(const struct rk_rule *r)
{
    return r->options.method == RK_METHOD_BORDA ? &r->points : r->voices;
}

static int by_value(const void *x, const void *y)
{
    const struct in_column *p = x, *q = y;
    if (p->value != q->value)
        return p->value > q->value ? 1 : -1;
    return (p->voice > q->voice) - (p->voice < q->voice);
}

static void make_columns(struct rk_rule *r)
{
    const struct rk_voices *v = used(r);
    size_t columns = v->blocks * v->candidates;
    r->in = rk_resize(NULL, v->entry_count + 1, sizeof *r->in);
    r->column = rk_alloc(columns + 2, sizeof *r->column);
    for (int pass = 0; pass < 2; pass++) { /* how many, then which */
        for (size_t s = 0; s < v->sheet_count; s++)
            for (size_t e = v->sheets[s].first; e < v->sheets[s].last; e++) {
                size_t c = v->sheets[s].block * v->candidates + v->entries[e].candidate;
                if (pass)
                    r->in[r->column[c + 1]] = (struct in_column){r->value[e], v->sheets[s].voice};
                r->column[c + 1 + !pass]++;
            }
        for (size_t c = 0; c <= columns && !pass; c++)
            r->column[c + 1] += r->column[c];
    }
    for (size_t c = 0; c < columns; c++)
        qsort(r->in + r->column[c], r->column[c + 1] - r->column[c], sizeof *r->in, by_value);
}

/* A number for each pair, from the seed and the two names, whoever else there is. */
static uint64_t *draw_lots(const struct rk_voices *v, struct rk_text seed)
{
    size_t n = v->candidates;
    uint64_t *lots = rk_alloc(n * n + 1, sizeof *lots);
    struct rk_buf key = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            rk_buf_clear(&key);
            rk_buf_text(&key, "ranked-pairs|");
            rk_buf_add(&key, v->names[i].text, v->names[i].size);
            rk_buf_char(&key, '|');
            rk_buf_add(&key, v->names[j].text, v->names[j].size);
            struct rk_random random = rk_random(seed, (struct rk_text){key.text, key.size});
            lots[i * n + j] = rk_random_u64(&random);
        }
    rk_buf_free(&key);
    return lots;
}

struct rk_rule *rk_rule_new(const struct rk_voices *voices, const struct rk_method_options *options,
                            double tolerance)
{
    struct rk_rule *r = rk_alloc(1, sizeof *r);
    size_t n = voices->candidates;
    r->options = *options;
    r->voices = voices;
    r->tolerance = tolerance;
    if (rk_method_on_pairs(options->method)) {
        struct rk_pair_rules rules = {options->unranked, options->half};
        r->orders = rk_orders_new(voices, &rules);
        if (options->method == RK_METHOD_RANKED_PAIRS && options->lots) {
            r->lots = draw_lots(voices, options->seed);
        }
        return r;
    }
    if (options->method == RK_METHOD_BORDA)
        rk_voices_borda(voices, options->unranked, &r->points);
    const struct rk_voices *v = used(r);
    r->covered = rk_alloc(v->blocks * n + 1, sizeof *r->covered);
    r->value = rk_resize(NULL, v->entry_count + 1, sizeof *r->value);
    r->dense = rk_alloc(v->sheet_count + 1, sizeof *r->dense);
    for (size_t s = 0; s < v->sheet_count; s++) {
        const struct rk_sheet *sheet = &v->sheets[s];
        r->dense[s] = sheet->last - sheet->first == n;
        for (size_t e = sheet->first; e < sheet->last; e++) {
            r->covered[sheet->block * n + v->entries[e].candidate] = true;
            r->value[e] = rk_fixed_double(v->entries[e].value);
            r->dense[s] &= v->entries[e].candidate == e - sheet->first;
        }
    }
    if (options->method == RK_METHOD_MEDIAN || options->method == RK_METHOD_TRIMMED)
        make_columns(r);
    return r;
}

void rk_rule_free(struct rk_rule *r)
{
    if (!r)
        return;
    rk_voices_free(&r->points);
    rk_orders_free(r->orders);
    rk_free(r->covered);
    rk_free(r->value);
    rk_free(r->dense);
    rk_free(r->in);
    rk_free(r->column);
    rk_free(r->lots);
    rk_free(r);
}

struct rk_rule_work *rk_rule_work_new(const struct rk_rule *r)
{
    struct rk_rule_work *w = rk_alloc(1, sizeof *w);
    const struct rk_voices *v = used(r);
    size_t n = v->candidates;
    w->order = rk_resize(NULL, n + 1, sizeof *w->order);
    for (size_t i = 0; i < n; i++)
        w->order[i] = (uint32_t)i;
    w->counts = rk_resize(NULL, v->voice_count + 1, sizeof *w->counts);
    for (size_t i = 0; i < v->voice_count; i++)
        w->counts[i] = v->voices[i].count;
    if (rk_method_on_pairs(r->options.method)) {
        w->pairs.count = n;
        w->pairs.support = rk_resize(NULL, n * n + 1, sizeof *w->pairs.support);
        w->pairs.alike = rk_resize(NULL, n * n + 1, sizeof *w->pairs.alike);
        w->above = rk_resize(NULL, n * n + 1, sizeof *w->above);
        w->worst = rk_resize(NULL, n + 1, sizeof *w->worst);
        w->halves = rk_resize(NULL, n + 1, sizeof *w->halves);
        return w;
    }
    w->share = rk_resize(NULL, v->blocks + 1, sizeof *w->share);
    w->rows = rk_resize(NULL, v->sheet_count + 1, sizeof *w->rows);
    w->sums = rk_resize(NULL, v->blocks * n + 1, sizeof *w->sums);
    w->weights = rk_resize(NULL, v->blocks * n + 1, sizeof *w->weights);
    return w;
}

void rk_rule_work_free(struct rk_rule_work *w)
{
    if (!w)
        return;
    rk_free(w->sums);
    rk_free(w->weights);
    rk_free(w->share);
    rk_free(w->rows);
    rk_free(w->counts);
    rk_free(w->order);
    rk_free(w->pairs.support);
    rk_free(w->pairs.alike);
    rk_free(w->above);
    rk_free(w->worst);
    rk_free(w->halves);
    rk_kemeny_free(&w->kemeny);
    rk_free(w);
}

const struct rk_pairs *rk_rule_pairs(const struct rk_rule_work *w, rk_support *whole)
{
    *whole = w->whole;
    return &w->pairs;
}

const struct rk_kemeny *rk_rule_kemeny(const struct rk_rule_work *w) { return &w->kemeny; }
const struct rk_orders *rk_rule_orders(const struct rk_rule *r) { return r->orders; }
const uint64_t *rk_rule_lots(const struct rk_rule *r) { return r->lots; }

/* ---- scores ---- */

typedef double two_doubles __attribute__((vector_size(16)));

/* sums[i] += times · value[i] of all rows for `width` candidates, whose sums stay in registers: the
 * same bits as row by row and one at a time. */
static inline __attribute__((always_inline)) void
add_to_some(double *sums, size_t at, size_t width, const struct weighed_row *rows, size_t count)
{
    two_doubles sum[8], more;
    memcpy(sum, sums + at, width * sizeof *sums);
    for (size_t k = 0; k < count; k++)
#pragma GCC unroll 8
        for (size_t i = 0; i < width / 2; i++) {
            memcpy(&more, rows[k].value + at + 2 * i, sizeof more);
            sum[i] += more * rows[k].times;
        }
    memcpy(sums + at, sum, width * sizeof *sums);
}

static void add_rows(double *sums, size_t n, const struct weighed_row *rows, size_t count)
{
    size_t i = 0;
    for (; i + 16 <= n; i += 16)
        add_to_some(sums, i, 16, rows, count);
    for (; i + 4 <= n; i += 4)
        add_to_some(sums, i, 4, rows, count);
    for (; i < n; i++)
        for (size_t k = 0; k < count; k++)
            sums[i] += rows[k].times * rows[k].value[i];
}

/* Sums and numbers of voices of all columns; sheet after sheet, so that every machine adds alike.
 */
static void add_sheets(const struct rk_rule *r, const uint32_t *times, struct rk_rule_work *w)
{
    const struct rk_voices *v = used(r);
    size_t n = v->candidates, next;
    memset(w->sums, 0, v->blocks * n * sizeof *w->sums);
    memset(w->weights, 0, v->blocks * n * sizeof *w->weights);
    for (size_t s = 0; s < v->sheet_count; s = next) {
        size_t block = v->sheets[s].block, rows = 0;
        double *sums = w->sums + block * n, *weights = w->weights + block * n, all = 0;
        for (next = s; next < v->sheet_count && v->sheets[next].block == block; next++) {
            const struct rk_sheet *sheet = &v->sheets[next];
            double t = times[sheet->voice];
            if (r->dense[next]) {
                all += t;
                w->rows[rows] = (struct weighed_row){r->value + sheet->first, t};
                rows += t > 0; /* nobody can tell which are not drawn: no branch */
                continue;
            }
            if (t == 0)
                continue;
            if (rows)
                add_rows(sums, n, w->rows, rows);
            rows = 0;
            for (size_t e = sheet->first; e < sheet->last; e++) {
                sums[v->entries[e].candidate] += t * r->value[e];
                weights[v->entries[e].candidate] += t;
            }
        }
        add_rows(sums, n, w->rows, rows);
        for (size_t i = 0; i < n; i++)
            weights[i] += all;
    }
}

/* The mean of a column between two places in order of value, [from, to). */
static double mean_between(const struct in_column *in, const uint32_t *times, uint64_t from,
                           uint64_t to)
{
    double sum = 0;
    for (uint64_t at = 0; at < to; in++) {
        uint64_t end = at + times[in->voice], last = end < to ? end : to;
        if (last > from && last > at)
            sum += in->value * (double)(last - (at > from ? at : from));
        at = end;
    }
    return sum / (double)(to - from);
}

/* Scores of all columns into w->sums. */
static bool score_columns(const struct rk_rule *r, const uint32_t *times, struct rk_rule_work *w)
{
    const struct rk_voices *v = used(r);
    if (!r->in)
        add_sheets(r, times, w);
    for (size_t c = 0; c < v->blocks * v->candidates; c++) {
        if (!r->covered[c])
            continue;
        if (!r->in) {
            if (w->weights[c] == 0)
                return false;
            w->sums[c] /= w->weights[c];
            continue;
        }
        uint64_t n = 0, cut;
        for (size_t k = r->column[c]; k < r->column[c + 1]; k++)
            n += times[r->in[k].voice];
        if (!n)
            return false;
        cut = r->options.method == RK_METHOD_MEDIAN
                  ? (n - 1) / 2
                  : (uint64_t)(r->options.trim * (rk_fixed)n / RK_FIXED_ONE);
        w->sums[c] = mean_between(r->in + r->column[c], times, cut, n - cut);
    }
    return true;
}

/* Mean and sum of squares about it of a block's scores. */
static double centre_of(const bool *covered, const double *scores, size_t n, size_t *count,
                        double *squares)
{
    double sum = 0;
    *count = 0;
    *squares = 0;
    for (size_t i = 0; i < n; i++)
        if (covered[i]) {
            sum += scores[i];
            ++*count;
        }
    double mean = *count ? sum / (double)*count : 0;
    for (size_t i = 0; i < n; i++)
        if (covered[i])
            *squares += (scores[i] - mean) * (scores[i] - mean);
    return mean;
}

/* A spread that is only rounding is none. */
static double deviation(double squares, double count, double mean)
{
    double sd = count > 0 ? sqrt(squares / count) : 0;
    return sd > 1e-12 * (1 + fabs(mean)) ? sd : 0;
}

static void transform_block(const struct rk_method_options *o, const bool *covered, double *scores,
                            size_t n)
{
    size_t count;
    double squares, mean = centre_of(covered, scores, n, &count, &squares);
    if (o->method == RK_METHOD_STANDARDISED) {
        double sd = deviation(squares, (double)count - !o->population, mean);
        for (size_t i = 0; i < n; i++)
            scores[i] = covered[i] && sd > 0 ? (scores[i] - mean) / sd : 0;
    } else if (o->method == RK_METHOD_MINMAX) {
        double least = INFINITY, most = -INFINITY;
        for (size_t i = 0; i < n; i++)
            if (covered[i]) {
                least = fmin(least, scores[i]);
                most = fmax(most, scores[i]);
            }
        for (size_t i = 0; i < n; i++)
            scores[i] = covered[i] && most > least ? (scores[i] - least) / (most - least) : 0;
    } else if (o->method == RK_METHOD_GROUP_RANKS) {
        double *old = rk_resize(NULL, n + 1, sizeof *old), most = 0;
        memcpy(old, scores, n * sizeof *old);
        for (size_t i = 0; i < n; i++)
            most = covered[i] ? fmax(most, fabs(old[i])) : most;
        for (size_t i = 0; i < n; i++) {
            double place = 0.5;
            for (size_t j = 0; j < n && covered[i]; j++)
                if (covered[j]) {
                    double apart = old[j] - old[i], tie = 1e-12 * most;
                    place += apart > tie ? 1 : apart < -tie ? 0 : 0.5;
                }
            scores[i] = covered[i] ? -place : 0;
        }
        rk_free(old);
    }
}

/* Solves (H) d = -gradient by Cholesky, H overwritten; false where H is not positive definite. */
static bool solve_step(double *h, const double *gradient, size_t g, double *d)
{
    for (size_t i = 0; i < g; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = h[i * g + j];
            for (size_t k = 0; k < j; k++)
                sum -= h[i * g + k] * h[j * g + k];
            if (i == j && !(sum > 0))
                return false;
            h[i * g + j] = i == j ? sqrt(sum) : sum / h[j * g + j];
        }
    for (size_t i = 0; i < g; i++) {
        double sum = -gradient[i];
        for (size_t k = 0; k < i; k++)
            sum -= h[i * g + k] * d[k];
        d[i] = sum / h[i * g + i];
    }
    for (size_t i = g; i-- > 0;) {
        for (size_t k = i + 1; k < g; k++)
            d[i] -= h[k * g + i] * d[k];
        d[i] /= h[i * g + i];
    }
    return true;
}

/* The m > 0 with m_b (sigma m)_b = share_b: the least of m' sigma m / 2 - sum of share_b log m_b,
 * by damped Newton steps, which stay within m > 0 (the function is self-concordant, times 1 / the
 * least share). False where there is none, or it is out of reach. A share of 0 takes no part. */
static bool balance(const double *sigma, const double *share, size_t g, double *m)
{
    double *gradient = rk_alloc(g + 1, sizeof *gradient), *d = rk_alloc(g + 1, sizeof *d);
    double *h = rk_alloc(g * g + 1, sizeof *h), least = 1, sum = 0;
    bool found = false, possible = true;
    for (size_t b = 0; b < g; b++) {
        m[b] = sqrt(share[b]);
        least = share[b] > 0 && share[b] < least ? share[b] : least;
    }
    for (int round = 0; round < 200 && possible && !found; round++) {
        double decrement = 0;
        for (size_t i = 0; i < g; i++) {
            gradient[i] = 0;
            for (size_t j = 0; j < g; j++) {
                bool none = share[i] <= 0 || share[j] <= 0;
                h[i * g + j] = none ? i == j : sigma[i * g + j];
                gradient[i] += none ? 0 : sigma[i * g + j] * m[j];
            }
            if (share[i] > 0) {
                gradient[i] -= share[i] / m[i];
                h[i * g + i] += share[i] / (m[i] * m[i]);
            }
        }
        if (!(possible = solve_step(h, gradient, g, d)))
            break;
        for (size_t b = 0; b < g; b++)
            decrement -= gradient[b] * d[b];
        decrement = sqrt(fmax(0, decrement) / least);
        sum = 0;
        for (size_t b = 0; b < g; b++)
            sum += m[b] += d[b] * (decrement < 0.25 ? 1 : 1 / (1 + decrement));
        found = decrement < 1e-8; /* the step just taken leaves its square */
        possible = sum < MOST_STRETCHED;
    }
    rk_free(gradient);
    rk_free(d);
    rk_free(h);
    return found && possible;
}

void rk_rule_equalise(const struct rk_voices *v, const bool *covered, const double *scores,
                      double *factors)
{
    size_t n = v->candidates, g = v->blocks, count = 0;
    bool *whole = rk_alloc(n + 1, sizeof *whole);
    double *mean = rk_alloc(g + 1, sizeof *mean), *sd = rk_alloc(g + 1, sizeof *sd);
    double *share = rk_alloc(g + 1, sizeof *share), *m = rk_alloc(g + 1, sizeof *m);
    double *sigma = rk_alloc(g * g + 1, sizeof *sigma), kept = 0, spread = 0;
    for (size_t i = 0; i < n; i++) {
        whole[i] = true;
        for (size_t b = 0; b < g; b++)
            whole[i] &= covered[b * n + i] || !v->share[b].num;
        count += whole[i];
    }
    for (size_t b = 0; b < g; b++) {
        double squares;
        size_t scored;
        mean[b] = centre_of(whole, scores + b * n, n, &scored, &squares);
        sd[b] = v->share[b].num ? deviation(squares, (double)count, mean[b]) : 0;
        share[b] = (double)v->share[b].num / (double)v->share[b].den;
        factors[b] = 1;
        spread += share[b] * sd[b];
    }
    for (size_t a = 0; a < g; a++) /* correlations: solved for scores of the same spread */
        for (size_t b = 0; b < g; b++) {
            double sum = 0;
            for (size_t i = 0; i < n && sd[a] > 0 && sd[b] > 0; i++)
                if (whole[i])
                    sum += (scores[a * n + i] - mean[a]) * (scores[b * n + i] - mean[b]);
            sigma[a * g + b] =
                sd[a] > 0 && sd[b] > 0 ? sum / (double)count / (sd[a] * sd[b]) : a == b;
        }
    if (!balance(sigma, share, g, m)) /* they cancel each other: alike spreads will have to do */
        for (size_t b = 0; b < g; b++)
            m[b] = share[b];
    for (size_t b = 0; b < g; b++)
        kept += m[b] = sd[b] > 0 ? m[b] : 0;
    for (size_t b = 0; b < g; b++)
        if (sd[b] > 0 && kept > 0)
            factors[b] = m[b] / kept * spread / (share[b] * sd[b]);
    rk_free(whole);
    rk_free(mean);
    rk_free(sd);
    rk_free(share);
    rk_free(m);
    rk_free(sigma);
}

void rk_rule_transform(const struct rk_method_options *o, const struct rk_voices *v,
                       const bool *covered, double *scores)
{
    size_t n = v->candidates;
    for (size_t b = 0; b < v->blocks; b++)
        transform_block(o, covered + b * n, scores + b * n, n);
    if (!o->equalise)
        return;
    double *factors = rk_resize(NULL, v->blocks + 1, sizeof *factors);
    rk_rule_equalise(v, covered, scores, factors);
    for (size_t b = 0; b < v->blocks; b++) {
        size_t count;
        double squares, mean = centre_of(covered + b * n, scores + b * n, n, &count, &squares);
        for (size_t i = 0; i < n; i++)
            scores[b * n + i] = mean + factors[b] * (scores[b * n + i] - mean);
    }
    rk_free(factors);
}

/* The blocks' scores as standings. */
static void combine(const struct rk_rule *r, const struct rk_ratio *share, struct rk_rule_work *w,
                    double *standing)
{
    const struct rk_voices *v = r->voices;
    size_t n = v->candidates, next;
    share = share ? share : v->share;
    for (size_t b = 0; b < v->blocks; b++)
        w->share[b] = (double)share[b].num / (double)share[b].den;
    for (size_t i = 0; i < n; i++) {
        standing[i] = 0;
        for (size_t b = 0; b < v->blocks; b = next) { /* stage by stage */
            double all = 0, there = 0, sum = 0;
            for (next = b; next < v->blocks && v->stage[next] == v->stage[b]; next++) {
                all += w->share[next];
                if (r->covered[next * n + i] && w->share[next] > 0) {
                    there += w->share[next];
                    sum += w->share[next] * w->sums[next * n + i];
                }
            }
            standing[i] += there == all ? sum : there > 0 ? sum / there * all : 0;
        }
    }
}

static int by_standing(const void *x, const void *y, void *context)
{
    const double *standing = context;
    uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
    if (standing[i] != standing[j])
        return standing[i] < standing[j] ? 1 : -1;
    return (i > j) - (i < j);
}

/* Places from standings: those within the tolerance of the first of them are alike. */
static void place_all(const struct rk_rule *r, struct rk_rule_work *w, double *standing,
                      uint32_t *place)
{
    size_t n = r->voices->candidates, next;
    for (size_t i = 0; i < n; i++) { /* as the last ones stood: most resamples change little */
        uint32_t who = w->order[i];
        size_t at = i;
        for (; at && n < 64 && by_standing(&w->order[at - 1], &who, standing) > 0; at--)
            w->order[at] = w->order[at - 1];
        w->order[at] = who;
    }
    if (n >= 64)
        qsort_r(w->order, n, sizeof *w->order, by_standing, standing);
    for (size_t i = 0; i < n; i = next)
        for (next = i; next < n && standing[w->order[i]] - standing[w->order[next]] <= r->tolerance;
             next++)
            place[w->order[next]] = (uint32_t)i;
}

/* ---- pairs ---- */

static void place_pairs(const struct rk_rule *r, struct rk_rule_work *w, double *standing,
                        uint32_t *place)
{
    size_t n = r->voices->candidates;
    const struct rk_method_options *o = &r->options;
    if (o->method == RK_METHOD_COPELAND || o->method == RK_METHOD_MINIMAX) {
        bool copeland = o->method == RK_METHOD_COPELAND;
        if (copeland)
            rk_social_copeland(&w->pairs, w->halves);
        else
            rk_social_minimax(&w->pairs, o->strength, w->worst);
        for (size_t i = 0; i < n; i++) {
            standing[i] =
                copeland ? (double)w->halves[i] / 2 : 0 - (double)w->worst[i] / (double)w->whole;
            place[i] = 0;
            for (size_t j = 0; j < n; j++)
                place[i] += copeland ? w->halves[j] > w->halves[i] : w->worst[j] < w->worst[i];
        }
        return;
    }
    if (o->method == RK_METHOD_SCHULZE) {
        rk_social_schulze(&w->pairs, o->strength, w->above);
    } else if (o->method == RK_METHOD_RANKED_PAIRS) {
        rk_social_ranked_pairs(&w->pairs, o->strength, r->lots, w->above);
    } else {
        struct rk_kemeny_options how = {o->states, o->listed};
        rk_kemeny_free(&w->kemeny);
        rk_kemeny(&w->pairs, &how, &w->kemeny);
        memcpy(w->above, w->kemeny.above, n * n * sizeof *w->above);
    }
    rk_social_places(w->above, n, place);
    for (size_t i = 0; i < n; i++)
        standing[i] = (double)(n - 1 - place[i]);
}

bool rk_rule_apply(const struct rk_rule *r, const uint32_t *times, const struct rk_ratio *share,
                   struct rk_rule_work *w, double *standing, uint32_t *place)
{
    times = times ? times : w->counts;
    if (r->orders) {
        if (!rk_orders_pairs(r->orders, share, times, &w->pairs, &w->whole))
            return false;
        place_pairs(r, w, standing, place);
        return true;
    }
    if (!score_columns(r, times, w))
        return false;
    rk_rule_transform(&r->options, r->voices, r->covered, w->sums);
    combine(r, share, w, standing);
    place_all(r, w, standing, place);
    return true;
}
