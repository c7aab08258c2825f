#include "stat/multinomial.h"

#include "base/mem.h"
#include "stat/distribution.h"

#include <math.h>

/* Likelihoods are compared as logarithms. */
#define ALIKE 1e-9
enum { DRAWS = 100000, FEWEST_DRAWS = 1000, MOST_STEPS = 100000000, DEEPEST = 1000 };

struct rk_chi_square rk_chi_square_fit(const int64_t *counts, const double *shares, size_t k)
{
    struct rk_chi_square result = {0, NAN, 0};
    double n = 0;
    size_t cells = 0, under_five = 0, under_one = 0;
    for (size_t i = 0; i < k; i++)
        n += (double)counts[i];
    for (size_t i = 0; i < k; i++) {
        double expected = n * shares[i], off = (double)counts[i] - expected;
        if (shares[i] <= 0 && !counts[i])
            continue;
        result.statistic += off * off / expected;
        cells += shares[i] > 0;
        under_five += expected < 5;
        under_one += expected < 1;
    }
    result.df = cells ? cells - 1 : 0;
    if (result.df && !under_one && under_five * 5 <= cells)
        result.p = rk_chi_square_above(result.statistic, (double)result.df);
    return result;
}

/* ---- the exact test ---- */

struct walk {
    const double *log_share, *log_factorial;
    size_t k;
    double bound; /* log-likelihood of what was counted, and what is alike */
    double sum;   /* of the likelihoods of outcomes no likelier */
    uint64_t tried;
};

/* All outcomes of cells `cell` and after, for `left` people; `so_far` is what the cells before
 * give. */
static void go_through(struct walk *walk, size_t cell, int64_t left, double so_far)
{
    if (cell + 1 == walk->k || !left) {
        double all = so_far + (double)left * walk->log_share[cell] - walk->log_factorial[left];
        walk->tried++;
        if (all <= walk->bound)
            walk->sum += exp(all);
        return;
    }
    for (int64_t here = 0; here <= left; here++)
        go_through(walk, cell + 1, left - here,
                   so_far + (double)here * walk->log_share[cell] - walk->log_factorial[here]);
}

static double likelihood(const int64_t *counts, const struct walk *walk, int64_t n)
{
    double sum = walk->log_factorial[n];
    for (size_t i = 0; i < walk->k; i++)
        sum += (double)counts[i] * walk->log_share[i] - walk->log_factorial[counts[i]];
    return sum;
}

/* The cell in which `at` of 0 … 1 falls. */
static size_t cell_of(const double *up_to, size_t k, double at)
{
    size_t low = 0, high = k - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (at < up_to[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void draw(struct rk_multinomial *result, const struct walk *walk, const double *share,
                 int64_t n, struct rk_random *random)
{
    uint64_t steps = 10 * (uint64_t)n + walk->k, draws = MOST_STEPS / steps, no_likelier = 0;
    draws = draws > DRAWS ? DRAWS : draws < FEWEST_DRAWS ? FEWEST_DRAWS : draws;
    int64_t *counts = rk_alloc(walk->k, sizeof *counts);
    double *up_to = rk_alloc(walk->k, sizeof *up_to), sum = 0;
    for (size_t i = 0; i < walk->k; i++)
        up_to[i] = sum += share[i];
    for (uint64_t d = 0; d < draws; d++) {
        memset(counts, 0, walk->k * sizeof *counts);
        for (int64_t person = 0; person < n; person++)
            counts[cell_of(up_to, walk->k, rk_random_unit(random))]++;
        no_likelier += likelihood(counts, walk, n) <= walk->bound;
    }
    rk_free(counts);
    rk_free(up_to);
    double p = (double)(no_likelier + 1) / (double)(draws + 1);
    *result = (struct rk_multinomial){p, sqrt(p * (1 - p) / (double)draws), draws, false};
}

struct rk_multinomial rk_multinomial_test(const int64_t *counts, const double *shares, size_t k,
                                          uint64_t most, struct rk_random random)
{
    struct rk_multinomial result = {NAN, 0, 0, true};
    int64_t *cells = rk_alloc(k, sizeof *cells), n = 0;
    double *share = rk_alloc(k, sizeof *share), *log_share = rk_alloc(k, sizeof *log_share);
    size_t used = 0;
    bool impossible = false;
    for (size_t i = 0; i < k; i++) {
        n += counts[i];
        impossible |= shares[i] <= 0 && counts[i] > 0;
        if (shares[i] <= 0)
            continue;
        cells[used] = counts[i];
        share[used] = shares[i];
        log_share[used++] = log(shares[i]);
    }
    if (n && impossible)
        result.p = 0;
    if (n && !impossible) {
        double *log_factorial = rk_alloc((size_t)n + 1, sizeof *log_factorial);
        for (int64_t i = 2; i <= n; i++)
            log_factorial[i] = log_factorial[i - 1] + log((double)i);
        struct walk walk = {.log_share = log_share, .log_factorial = log_factorial, .k = used};
        walk.bound = likelihood(cells, &walk, n) + ALIKE;
        if (used <= DEEPEST &&
            rk_log_choose((double)n + (double)used - 1, (double)used - 1) <= log((double)most)) {
            go_through(&walk, 0, n, log_factorial[n]);
            result.p = fmin(1, walk.sum);
            result.tried = walk.tried;
        } else {
            draw(&result, &walk, share, n, &random);
        }
        rk_free(log_factorial);
    }
    rk_free(cells);
    rk_free(share);
    rk_free(log_share);
    return result;
}

/* ---- distances ---- */

double rk_total_variation(const double *a, const double *b, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += fabs(a[i] - b[i]);
    return sum / 2;
}

double rk_hellinger(const double *a, const double *b, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++) {
        double off = sqrt(a[i]) - sqrt(b[i]);
        sum += off * off;
    }
    return sqrt(sum / 2);
}
