/* lib/stat/{dense,crossed,additive,mixed}: held against plain arithmetic on dense matrices, against
 * NIST's analyses of variance, and against the truth that simulated ratings were made from. The
 * published cases on whole files are golden cases of rk-score. */
#include "base/random.h"
#include "check.h"
#include "stat/additive.h"
#include "stat/dense.h"
#include "stat/distribution.h"
#include "stat/mixed.h"

#include <math.h>

enum { MOST = 400, FACETS = RK_CROSSED_FACETS };

static bool near(double a, double b, double by) { return fabs(a - b) <= by * (1 + fabs(b)); }

/* A random incomplete design in which every level has an observation and everything hangs together.
 */
struct design {
    double y[MOST];
    uint32_t level[FACETS][MOST];
    struct rk_crossed_data data;
};

static struct rk_random chance(const char *what, unsigned number)
{
    char key[60];
    snprintf(key, sizeof key, "%s|%u", what, number);
    return rk_random(RK_TEXT("severity"), rk_text(key));
}

static uint32_t below(struct rk_random *r, uint32_t n) { return (uint32_t)rk_random_below(r, n); }

static void make_design(struct design *d, struct rk_random *r, size_t facets,
                        const uint32_t *levels, size_t n, const double *sd)
{
    double effect[FACETS][64];
    *d = (struct design){.data = {.y = d->y, .n = n, .facets = facets}};
    for (size_t f = 0; f < facets; f++) {
        d->data.level[f] = d->level[f];
        d->data.levels[f] = levels[f];
        for (uint32_t l = 0; l < levels[f]; l++)
            effect[f][l] = sd[f] * rk_random_normal(r);
    }
    for (size_t i = 0; i < n; i++) {
        d->y[i] = sd[FACETS] * rk_random_normal(r);
        for (size_t f = 0; f < facets; f++) {
            /* a chain through all levels first, so that nothing falls apart */
            uint32_t l = i < 2 * levels[0] ? (uint32_t)((i + f * (i & 1)) / (f ? 1 : 2)) % levels[f]
                                           : below(r, levels[f]);
            d->level[f][i] = l;
            d->y[i] += effect[f][l];
        }
    }
}

/* Solves a x = b by Gauss with pivoting; x in place of b. */
static void gauss(double *a, double *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t p = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[p * n + k]))
                p = i;
        for (size_t j = 0; j < n; j++) {
            double t = a[k * n + j];
            a[k * n + j] = a[p * n + j];
            a[p * n + j] = t;
        }
        double t = b[k];
        b[k] = b[p];
        b[p] = t;
        for (size_t i = k + 1; i < n; i++) {
            double times = a[i * n + k] / a[k * n + k];
            for (size_t j = k; j < n; j++)
                a[i * n + j] -= times * a[k * n + j];
            b[i] -= times * b[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++)
            b[k] -= a[k * n + j] * b[j];
        b[k] /= a[k * n + k];
    }
}

static void settling(void)
{
    CHECK(rk_settle(1.23456789012345, 1, 9) == 1.23456789);
    CHECK(rk_settle(1.23456789012345, 99, 9) == 1.2345679);
    CHECK(rk_settle(123456789.4, 123456789, 9) == 123456789);
    CHECK(rk_settle(1234567891.4, 1234567891, 9) == 1234567890);
    CHECK(!signbit(rk_settle(-1e-14, 1, 9)));
    CHECK(rk_settle(0.00123456789012, 0.001, 9) == 0.00123456789);
    double a[4] = {4, 2, 0, 3}, b[2] = {8, 7}; /* 4 2, 2 3: solved by 1.25, 1.5 */
    size_t bad = 9;
    CHECK(rk_dense_factor(a, 2, 0, NULL) && a[0] == 2 && a[1] == 1);
    rk_dense_solve(a, 2, b, 1);
    CHECK(near(b[0], 1.25, 1e-14) && near(b[1], 1.5, 1e-14));
    rk_dense_invert(a, 2); /* 3 -2, -2 4 over 8 */
    CHECK(near(rk_dense_get(a, 2, 0, 1), -0.25, 1e-14) && near(a[3], 0.5, 1e-14));
    double singular[4] = {1, 1, 0, 1};
    CHECK(!rk_dense_factor(singular, 2, 1e-10, &bad) && bad == 1);
}

/* Least squares by brute force: columns mu, then all levels but the last of each facet as
 * differences from the last (contr.sum), standard errors from the inverse. */
static void additive_against_brute_force(void)
{
    for (unsigned round = 0; round < 60; round++) {
        struct rk_random r = chance("additive", round);
        size_t facets = 1 + round % 3;
        uint32_t levels[FACETS] = {3 + below(&r, 8), 2 + below(&r, 9), 1 + below(&r, 4)};
        static struct design d;
        make_design(&d, &r, facets, levels, 60 + below(&r, 60), (double[]){1, 0.7, 0.5, 0.6});
        size_t start[FACETS + 1] = {1}, p = 1, n = d.data.n;
        for (size_t f = 0; f < facets; f++) {
            start[f] = p;
            p += levels[f] - 1;
        }
        static double x[MOST][64], normal[64 * 64], copy[64 * 64], side[64];
        memset(normal, 0, sizeof normal);
        memset(side, 0, sizeof side);
        for (size_t i = 0; i < n; i++) {
            memset(x[i], 0, sizeof x[i]);
            x[i][0] = 1;
            for (size_t f = 0; f < facets; f++)
                for (uint32_t l = 0; l + 1 < levels[f]; l++)
                    x[i][start[f] + l] = d.level[f][i] == l               ? 1
                                         : d.level[f][i] + 1 == levels[f] ? -1
                                                                          : 0;
            for (size_t j = 0; j < p; j++) {
                side[j] += x[i][j] * d.y[i];
                for (size_t k = 0; k < p; k++)
                    normal[j * p + k] += x[i][j] * x[i][k];
            }
        }
        memcpy(copy, normal, sizeof copy);
        gauss(copy, side, p);
        double rss = 0;
        for (size_t i = 0; i < n; i++) {
            double e = d.y[i];
            for (size_t j = 0; j < p; j++)
                e -= x[i][j] * side[j];
            rss += e * e;
        }
        struct rk_additive fit;
        rk_additive_fit(&fit, &d.data, false);
        CHECK(!fit.confounded && fit.df == (double)(n - p));
        CHECK(near(fit.rss, rss, 1e-10) && near(fit.mu, side[0], 1e-10));
        for (size_t f = 0; f < facets; f++)
            for (uint32_t l = 0; l < levels[f]; l++) {
                /* the effect and mu + effect as combinations of the columns */
                double mine[64] = {0}, with_mu[64], answer[64], value = 0, variance[2] = {0};
                for (uint32_t k = 0; k + 1 < levels[f]; k++)
                    mine[start[f] + k] = l == k ? 1 : l + 1 == levels[f] ? -1 : 0;
                for (int which = 0; which < 2; which++) {
                    memcpy(with_mu, mine, sizeof with_mu);
                    with_mu[0] = which;
                    memcpy(answer, with_mu, sizeof answer);
                    memcpy(copy, normal, sizeof copy);
                    gauss(copy, answer, p);
                    for (size_t j = 0; j < p; j++)
                        variance[which] += with_mu[j] * answer[j];
                }
                for (size_t j = 0; j < p; j++)
                    value += mine[j] * side[j];
                double s2 = rss / (double)(n - p);
                CHECK(near(fit.effect[f][l], value, 1e-9));
                CHECK(near(fit.se[f][l], sqrt(fmax(0, variance[0]) * s2), 1e-7));
                CHECK(near(fit.mu_effect_se[f][l], sqrt(variance[1] * s2), 1e-9));
            }
        rk_additive_free(&fit);
    }
}

/* The criterion by brute force on the n × n matrix H; b too, where asked. */
static double criterion(const struct rk_crossed_data *d, const double *ratio, bool reml,
                        double *weighed)
{
    static double h[MOST * MOST], a[MOST], b[MOST];
    size_t n = d->n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            h[i + j * n] = i == j;
            for (size_t f = 0; f < d->facets; f++)
                h[i + j * n] += d->level[f][i] == d->level[f][j] ? ratio[f] : 0;
        }
    if (!rk_dense_factor(h, n, 0, NULL))
        return INFINITY;
    double log_h = 0, one = 0, y = 0, yy = 0;
    for (size_t i = 0; i < n; i++) {
        log_h += 2 * log(h[i + i * n]);
        a[i] = 1;
        b[i] = d->y[i];
    }
    rk_dense_solve(h, n, a, 1);
    rk_dense_solve(h, n, b, 1);
    for (size_t i = 0; i < n; i++) {
        one += a[i];
        y += b[i];
        yy += d->y[i] * b[i];
    }
    double left = yy - y * y / one, m = (double)n - reml;
    for (size_t i = 0; weighed && i < n; i++)
        weighed[i] = b[i] - y / one * a[i]; /* H^-1 (y - mu) */
    return log_h + (reml ? log(one) : 0) + m * (1 + log(2 * M_PI * left / m));
}

static void mixed_against_brute_force(void)
{
    unsigned zeros = 0;
    for (unsigned round = 0; round < 40; round++) {
        struct rk_random r = chance("mixed", round);
        size_t facets = 1 + round % 3;
        uint32_t levels[FACETS] = {8 + below(&r, 20), 4 + below(&r, 9), 2 + below(&r, 4)};
        double sd[] = {1, round % 5 > 1 ? 0.7 : 0, round % 4 ? 0.4 : 0, 0.6};
        static struct design d;
        make_design(&d, &r, facets, levels, 100 + below(&r, 60), sd);
        bool reml = round & 1;
        struct rk_crossed crossed;
        struct rk_mixed fit;
        rk_crossed_make(&crossed, &d.data);
        rk_mixed_fit(&fit, &crossed, reml);
        CHECK(fit.end == RK_MIXED_DONE);
        double ratio[FACETS], best, weighed[MOST];
        for (size_t f = 0; f < facets; f++)
            ratio[f] = fit.variance[f] / fit.residual;
        best = criterion(&d.data, ratio, reml, weighed);
        CHECK(near(fit.deviance, best, 1e-11));
        for (size_t f = 0; f < facets; f++) {
            double was = ratio[f];
            zeros += was == 0;
            const double tries[] = {was * 1.01, was * 0.99, was + 1e-4, fmax(0, was - 1e-4)};
            for (int t = 0; t < 4; t++) { /* nothing near is better */
                ratio[f] = tries[t];
                CHECK(criterion(&d.data, ratio, reml, NULL) >= best - 1e-9);
            }
            ratio[f] = was;
            for (uint32_t l = 0; l < levels[f]; l++) { /* b = ratio Z'H^-1 (y - mu) */
                double b = 0;
                for (size_t i = 0; i < d.data.n; i++)
                    b += d.level[f][i] == l ? was * weighed[i] : 0;
                CHECK(near(fit.effect[f][l], b, 1e-8));
            }
        }
        rk_mixed_free(&fit);
        rk_crossed_free(&crossed);
    }
    CHECK(zeros > 3); /* the boundary was met */
}

static enum rk_mixed_end end_of(const double *y, size_t n, const uint32_t *a, uint32_t as,
                                const uint32_t *b, uint32_t bs)
{
    struct rk_crossed_data data = {y, n, b ? 2 : 1, {a, b}, {as, bs}};
    struct rk_crossed crossed;
    struct rk_mixed fit;
    rk_crossed_make(&crossed, &data);
    rk_mixed_fit(&fit, &crossed, true);
    enum rk_mixed_end end = fit.end;
    rk_mixed_free(&fit);
    rk_crossed_free(&crossed);
    return end;
}

static void ends(void)
{
    const uint32_t a[] = {0, 0, 1, 1}, b[] = {0, 1, 0, 1}, own[] = {0, 1, 2, 3};
    CHECK(end_of((double[]){1, 2, 4, 3}, 4, a, 2, b, 2) == RK_MIXED_DONE);
    CHECK(end_of((double[]){1, 1, 1, 1}, 4, a, 2, b, 2) == RK_MIXED_NO_VARIANCE);
    CHECK(end_of((double[]){1, 2, 3, 4}, 4, own, 4, NULL, 0) == RK_MIXED_NO_FACET);
    CHECK(end_of((double[]){1, 2, 4, 3}, 4, a, 2, a, 2) == RK_MIXED_CONFOUNDED);
    CHECK(end_of((double[]){1, 2, 4, 5}, 4, a, 2, b, 2) == RK_MIXED_EXACT);
    /* raters and criteria that are one and the same: least squares cannot tell them apart */
    const uint32_t candidate[] = {0, 1, 2, 0, 1, 2}, rater[] = {0, 0, 0, 1, 1, 1};
    struct rk_crossed_data data = {
        (double[]){1, 2, 3, 2, 3, 5}, 6, 3, {candidate, rater, rater}, {3, 2, 2}};
    struct rk_additive fit;
    rk_additive_fit(&fit, &data, true);
    CHECK(fit.confounded && fit.confounded_facet == 2);
    rk_additive_free(&fit);
    /* 0-0 1-0 | 2-1 | 3-2 4-2: three parts */
    uint32_t left[] = {0, 1, 2, 3, 4}, right[] = {0, 0, 1, 2, 2}, part[2][5];
    struct rk_crossed_data apart = {(double[5]){0}, 5, 2, {left, right}, {5, 3}};
    CHECK(rk_crossed_parts(&apart, 2, (uint32_t *[FACETS]){part[0], part[1]}) == 3);
    CHECK(part[0][1] == 0 && part[0][2] == 1 && part[0][4] == 2 && part[1][2] == 2);
}

/* One-way layouts of NIST's Statistical Reference Datasets; the 10^12 of the hardest are taken off
 * as text, as the tools do by exact decimals. */
static void nist(void)
{
    static const struct {
        const char *name;
        long off;
        double f;
    } sets[] = {{"SiRstv", 0, 1.18046237440255e+00},
                {"AtmWtAg", 0, 1.59467335677930e+01},
                {"SmLs01", 0, 21},
                {"SmLs04", 1000000, 21},
                {"SmLs07", 1000000000000, 21}};
    const char *reference = getenv("RK_REFERENCE");
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
        char path[500];
        snprintf(path, sizeof path, "%s/score/nist-anova/%s.csv", reference ? reference : "",
                 sets[s].name);
        FILE *file = fopen(path, "r");
        if (!file) {
            printf("skipped, no reference data: nist-anova/%s\n", sets[s].name);
            continue;
        }
        static double y[20000];
        static uint32_t group[20000];
        struct rk_crossed_data data = {y, 0, 1, {group}, {0}};
        long whole;
        unsigned g;
        char digits[30];
        CHECK(fscanf(file, "%*s") == 0);
        while (fscanf(file, "%u,%ld.%29[0-9]", &g, &whole, digits) == 3) {
            double part = 0;
            for (size_t k = strlen(digits); k-- > 0;)
                part = (part + digits[k] - '0') / 10;
            y[data.n] = (double)(whole - sets[s].off) + part;
            group[data.n++] = g - 1;
            if (g > data.levels[0])
                data.levels[0] = g;
        }
        fclose(file);
        struct rk_additive fit;
        rk_additive_fit(&fit, &data, true);
        CHECK(near(fit.f[0], sets[s].f, 1e-9 * sets[s].f / (1 + sets[s].f)));
        rk_additive_free(&fit);
    }
}

/* Of 1,000 simulations, how often the 95 % intervals hold the truth: within two points of it. */
static void intervals_cover(void)
{
    enum { ROUNDS = 1000 };
    double inside[3] = {0}, asked[3] = {0};
    static struct design d;
    double z = rk_normal_quantile(0.975);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct rk_random r = chance("cover", round);
        const uint32_t levels[FACETS] = {60, 10, 1};
        double effect[2][60], mean[2] = {0};
        d = (struct design){
            .data = {d.y, 180, 2, {d.level[0], d.level[1]}, {levels[0], levels[1]}}};
        for (int f = 0; f < 2; f++)
            for (uint32_t l = 0; l < levels[f]; l++)
                mean[f] += (effect[f][l] = (f ? 0.6 : 1) * rk_random_normal(&r)) / levels[f];
        for (uint32_t i = 0; i < 180; i++) {
            d.level[0][i] = i / 3;
            d.level[1][i] = (i / 3 * 7 + i % 3 * (1 + i / 3 % 3)) % 10;
            d.y[i] = effect[0][i / 3] + effect[1][d.level[1][i]] + 0.7 * rk_random_normal(&r);
        }
        struct rk_additive additive;
        rk_additive_fit(&additive, &d.data, false);
        double t = rk_t_quantile(0.975, additive.df);
        for (uint32_t l = 0; l < 10; l++) {
            asked[0]++;
            inside[0] +=
                fabs(additive.effect[1][l] - (effect[1][l] - mean[1])) <= t * additive.se[1][l];
        }
        for (uint32_t l = 0; l < 60; l++) { /* what an average rater would give */
            asked[1]++;
            inside[1] += fabs(additive.mu + additive.effect[0][l] - effect[0][l] - mean[1]) <=
                         t * additive.mu_effect_se[0][l];
        }
        rk_additive_free(&additive);
        struct rk_crossed crossed;
        struct rk_mixed mixed;
        rk_crossed_make(&crossed, &d.data);
        rk_mixed_fit(&mixed, &crossed, true);
        CHECK(mixed.end == RK_MIXED_DONE);
        for (uint32_t l = 0; l < 60; l++) { /* mu is 0 */
            asked[2]++;
            inside[2] +=
                fabs(mixed.mu + mixed.effect[0][l] - effect[0][l]) <= z * mixed.mu_effect_se[0][l];
        }
        rk_mixed_free(&mixed);
        rk_crossed_free(&crossed);
    }
    for (int which = 0; which < 3; which++) {
        static const char *const names[] = {"additive raters", "additive candidates",
                                            "random candidates"};
        printf("%s: %.4f of %.0f\n", names[which], inside[which] / asked[which], asked[which]);
        CHECK(fabs(inside[which] / asked[which] - 0.95) <= 0.02);
    }
}

int main(void)
{
    settling();
    additive_against_brute_force();
    mixed_against_brute_force();
    ends();
    nist();
    intervals_cover();
    return finish();
}
