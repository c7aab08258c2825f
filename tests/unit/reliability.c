/* lib/stat/icc, reml, reliability and generalizability: by other routes, on made-up scores; what
 * must not change does not; NIST's sets of constant leading digits. */
#include "stat/reliability.h"

#include "check.h"
#include "judged.h"
#include "stat/generalizability.h"
#include "stat/reml.h"

enum { UNITS = 10, RATERS = 4, Q = 9 };

static bool near(double got, double wanted, double most)
{
    bool good = fabs(got - wanted) <= most * fmax(1, fabs(wanted));
    if (!good)
        printf("%.15g, expected %.15g\n", got, wanted);
    return good;
}

/* ---- analysis of variance ---- */

/* Coefficients of a whole table from covariances between raters, as Cronbach and others write them.
 */
static void whole_table(void)
{
    int score[UNITS * RATERS];
    for (int t = 0; t < 5; t++) {
        static const char *const names[] = {"a", "b", "c", "d", "e"};
        make_up(names[t], score, UNITS, RATERS, Q, 0);
        struct sheet s = sheet_new(score, UNITS, RATERS, Q, NULL);
        double mean[RATERS] = {0}, cov[RATERS][RATERS] = {{0}}, own = 0, all = 0;
        for (int g = 0; g < RATERS; g++)
            for (int i = 0; i < UNITS; i++)
                mean[g] += (score[i * RATERS + g] + 1.0) / UNITS;
        for (int g = 0; g < RATERS; g++)
            for (int h = 0; h < RATERS; h++) {
                for (int i = 0; i < UNITS; i++)
                    cov[g][h] += (score[i * RATERS + g] + 1 - mean[g]) *
                                 (score[i * RATERS + h] + 1 - mean[h]) / (UNITS - 1);
                all += cov[g][h];
                own += g == h ? cov[g][h] : 0;
            }
        struct rk_anova a = rk_anova(&s.judged);
        double alpha = RATERS / (RATERS - 1.0) * (1 - own / all), k = RATERS;
        CHECK(a.complete && a.balanced && a.k0 == RATERS);
        CHECK(near(rk_icc(&a, RK_ICC_CK, 0.95).value, alpha, 1e-12));
        CHECK(near(rk_icc(&a, RK_ICC_C1, 0.95).value, alpha / (k - (k - 1) * alpha), 1e-12));
        CHECK(near(rk_anova_component(&a, RK_OF_UNITS).value, (all - own) / (k * (k - 1)), 1e-12));
        CHECK(
            near(a.total, a.msr * (UNITS - 1) + a.msc * (RATERS - 1) + a.mse * a.df_error, 1e-12));
        CHECK(near(a.total, a.msb * (UNITS - 1) + a.msw * a.df_within, 1e-12));
        /* with k raters as with one, by Spearman & Brown, value and limits */
        static const enum rk_icc_form pairs[3][2] = {
            {RK_ICC_1, RK_ICC_K}, {RK_ICC_C1, RK_ICC_CK}, {RK_ICC_A1, RK_ICC_AK}};
        for (int f = 0; f < 3; f++) {
            struct rk_estimate one = rk_icc(&a, pairs[f][0], 0.9),
                               many = rk_icc(&a, pairs[f][1], 0.9);
            CHECK(near(many.value, k * one.value / (1 + (k - 1) * one.value), 1e-12));
            CHECK(near(many.low, k * one.low / (1 + (k - 1) * one.low), 1e-10));
            CHECK(near(many.high, k * one.high / (1 + (k - 1) * one.high), 1e-10));
            CHECK(one.low < one.value && one.value < one.high && near(one.p, many.p, 1e-15));
        }
        CHECK(near(rk_robinson(&a).value, a.msr * 9 / (a.msr * 9 + a.mse * 27), 1e-12));
        CHECK(near(rk_finn(&a, 6, false).value, 1 - a.msw / 6, 1e-15));
        sheet_free(&s);
    }
}

/* Another scale of the same scores: the same coefficients, squares as they should be. */
static void scale(void)
{
    int score[UNITS * RATERS];
    double moved[Q];
    make_up("scale", score, UNITS, RATERS, Q, 30);
    for (int k = 0; k < Q; k++)
        moved[k] = 1000 + 2.5 * (k + 1);
    struct sheet s = sheet_new(score, UNITS, RATERS, Q, NULL),
                 t = sheet_new(score, UNITS, RATERS, Q, moved);
    struct rk_anova a = rk_anova(&s.judged), b = rk_anova(&t.judged);
    CHECK(!a.complete && near(b.mse, a.mse * 6.25, 1e-9));
    for (enum rk_icc_form f = 0; f < RK_ICC_FORMS; f++)
        CHECK(near(rk_icc(&a, f, 0.95).value, rk_icc(&b, f, 0.95).value, 1e-10) &&
              near(rk_icc(&a, f, 0.95).low, rk_icc(&b, f, 0.95).low, 1e-9));
    struct rk_reml x = rk_reml(&s.judged, true), y = rk_reml(&t.judged, true);
    for (int k = 0; k < 3; k++)
        CHECK(near(y.variance[k], x.variance[k] * 6.25, 1e-7));
    CHECK(near(rk_concordance_missing(&s.judged).value, rk_concordance_missing(&t.judged).value,
               1e-14));
    sheet_free(&s);
    sheet_free(&t);
}

/* A unit that counts n times is n units. */
static void times(void)
{
    int few[4 * 3] = {1, 2, 1, 4, 5, 4, 0, 2, 1, 7, 5, 6}, many[9 * 3];
    static const uint32_t n[4] = {1, 4, 2, 2};
    size_t at = 0;
    for (int i = 0; i < 4; i++)
        for (uint32_t c = 0; c < n[i]; c++, at++)
            memcpy(many + at * 3, few + i * 3, 3 * sizeof *few);
    struct sheet a = sheet_new(few, 4, 3, Q, NULL), b = sheet_new(many, 9, 3, Q, NULL);
    memcpy(a.times, n, sizeof n);
    a.judged.times = a.times;
    struct rk_anova x = rk_anova(&a.judged), y = rk_anova(&b.judged);
    for (enum rk_icc_form f = 0; f < RK_ICC_FORMS; f++)
        CHECK(near(rk_icc(&x, f, 0.95).low, rk_icc(&y, f, 0.95).low, 1e-12));
    struct rk_estimate w[RK_CONCORDANCES], v[RK_CONCORDANCES];
    rk_concordance(&a.judged, w);
    rk_concordance(&b.judged, v);
    CHECK(near(w[RK_W_TIES].value, v[RK_W_TIES].value, 1e-13) &&
          near(w[RK_W_PLAIN].p, v[RK_W_PLAIN].p, 1e-12));
    for (int ranks = 0; ranks < 2; ranks++)
        CHECK(near(rk_mean_correlation(&a.judged, ranks, true).value,
                   rk_mean_correlation(&b.judged, ranks, true).value, 1e-13));
    CHECK(near(rk_reml(&a.judged, true).variance[1], rk_reml(&b.judged, true).variance[1], 1e-8));
    CHECK(near(rk_average_deviation(&a.judged, true).value,
               rk_average_deviation(&b.judged, true).value, 1e-13));
    sheet_free(&a);
    sheet_free(&b);
}

/* NIST StRD's SmLs sets: nine groups, F = 21 whatever the leading digits; here 189 = 9 × 21
 * ratings. */
static void leading_digits(void)
{
    static const double base[] = {1, 1e6, 1e12};
    static const int median[9] = {4, 3, 2, 5, 4, 3, 4, 5, 6}; /* tenths, less the base; see below */
    int score[9 * 21];
    double values[10];
    for (int b = 0; b < 3; b++) {
        double tenths[10];
        for (int k = 0; k < 10; k++) { /* exact differences, as the reader of the data makes them */
            tenths[k] = k / 10.0;
            values[k] = base[b] + tenths[k];
        }
        for (int i = 0; i < 9; i++)
            for (int g = 0; g < 21;
                 g++) /* the median once, and one tenth above and below ten times each */
                score[i * 21 + g] = median[i] + (g == 0 ? 0 : g % 2 ? -1 : 1);
        struct sheet s = sheet_new(score, 9, 21, 10, values);
        s.judged.centred = tenths;
        s.judged.anonymous = true;
        struct rk_anova a = rk_anova(&s.judged);
        double mean = 4, between = 0;
        for (int i = 0; i < 9; i++)
            between += 21 * (median[i] - mean) * (median[i] - mean) / 100.0;
        CHECK(near(a.msb, between / 8, 1e-12) && near(a.msw, 9 * 20 * 0.01 / 180, 1e-12));
        CHECK(a.why_two_way && rk_icc(&a, RK_ICC_C1, 0.95).why);
        sheet_free(&s);
    }
}

/* ---- REML ---- */

/* -2 log restricted likelihood from the whole covariance matrix, Gauss without any cleverness. */
static double dense(const int *score, size_t units, size_t raters, const double v[3])
{
    enum { MOST = UNITS * RATERS };
    double m[MOST][MOST + 2], log_det = 0, y[MOST];
    size_t unit[MOST], rater[MOST], n = 0;
    for (size_t i = 0; i < units; i++)
        for (size_t g = 0; g < raters; g++)
            if (score[i * raters + g] != NONE) {
                unit[n] = i;
                rater[n] = g;
                y[n++] = score[i * raters + g] + 1;
            }
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < n; b++)
            m[a][b] = v[0] * (unit[a] == unit[b]) + v[1] * (rater[a] == rater[b]) + v[2] * (a == b);
        m[a][n] = 1;
        m[a][n + 1] = y[a];
    }
    for (size_t k = 0; k < n; k++) {
        log_det += log(m[k][k]);
        for (size_t r = 0; r < n; r++)
            for (size_t c = n + 2; c-- > k && r != k;)
                m[r][c] -= m[r][k] / m[k][k] * m[k][c];
    }
    double ones = 0, mean = 0, squares = 0;
    for (size_t k = 0; k < n; k++) {
        ones += m[k][n] / m[k][k];
        mean += m[k][n + 1] / m[k][k];
        squares += y[k] * m[k][n + 1] / m[k][k];
    }
    return log_det + log(ones) + squares - mean * mean / ones;
}

static void likeliest(void)
{
    int score[UNITS * RATERS], turned[UNITS * RATERS];
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
    for (int t = 0; t < 7; t++) {
        make_up(names[t], score, UNITS, RATERS, Q, 40);
        struct sheet s = sheet_new(score, UNITS, RATERS, Q, NULL);
        struct rk_reml r = rk_reml(&s.judged, true);
        CHECK(!r.why);
        double best = dense(score, UNITS, RATERS, r.variance);
        for (int k = 0; k < 3; k++)
            for (int up = -1; up <= 1; up += 2) { /* anywhere near it is worse */
                double v[3] = {r.variance[0], r.variance[1], r.variance[2]};
                v[k] = fmax(0, v[k] + up * 1e-3);
                CHECK(v[k] == r.variance[k] || dense(score, UNITS, RATERS, v) > best);
            }
        /* facets turned round: the same, though the other is eliminated */
        for (int i = 0; i < UNITS; i++)
            for (int g = 0; g < RATERS; g++)
                turned[g * UNITS + i] = score[i * RATERS + g];
        struct sheet o = sheet_new(turned, RATERS, UNITS, Q, NULL);
        struct rk_reml back = rk_reml(&o.judged, true);
        CHECK(near(back.variance[0], r.variance[1], 1e-7) &&
              near(back.variance[1], r.variance[0], 1e-7) &&
              near(back.variance[2], r.variance[2], 1e-7));
        CHECK(near(back.cov[4], r.cov[0], 1e-5) && near(back.cov[5], r.cov[2], 1e-5));
        /* one facet */
        struct rk_reml one = rk_reml(&s.judged, false);
        double v[3] = {one.variance[0], 0, one.variance[2]}, least = dense(score, UNITS, RATERS, v);
        for (int k = 0; k < 3; k += 2)
            for (int up = -1; up <= 1; up += 2) {
                double w[3] = {v[0], 0, v[2]};
                w[k] = fmax(0, w[k] + up * 1e-3);
                CHECK(w[k] == v[k] || dense(score, UNITS, RATERS, w) > least);
            }
        sheet_free(&s);
        sheet_free(&o);
    }
    /* of a whole table it is the analysis of variance, where nothing is below 0 */
    make_up("whole", score, UNITS, RATERS, Q, 0);
    for (int i = 0; i < UNITS; i++) /* raters that differ */
        score[i * RATERS] = score[i * RATERS] < 4 ? score[i * RATERS] + 4 : 8;
    struct sheet s = sheet_new(score, UNITS, RATERS, Q, NULL);
    struct rk_anova a = rk_anova(&s.judged);
    struct rk_reml r = rk_reml(&s.judged, true);
    CHECK(a.msc > a.mse && a.msr > a.mse);
    for (enum rk_component c = 0; c < RK_COMPONENTS; c++)
        CHECK(near(r.variance[c], rk_anova_component(&a, c).value, 1e-8));
    struct rk_estimate icc = rk_reml_icc(&r, true, RATERS, 0.95);
    CHECK(near(icc.value, rk_icc(&a, RK_ICC_AK, 0).value, 1e-7) && icc.low < icc.value &&
          icc.value < icc.high);
    /* large-sample variance of the rest: 2 σ⁴ / df */
    CHECK(near(r.cov[8], 2 * a.mse * a.mse / a.df_error, 1e-6));
    sheet_free(&s);
}

/* What stands for several is worth as much as several: counts of raters, units that are alike, and
 * raters more than units. */
static void standing_for_several(void)
{
    enum { U = 4, R = 5, TIMES = 3 };
    int score[U * TIMES * R];
    make_up("several", score, U, R, Q, 0);
    struct sheet once = sheet_new(score, U, R, Q, NULL);
    for (int t = 1; t < TIMES; t++)
        memcpy(score + t * U * R, score, U * R * sizeof *score);
    struct sheet copies = sheet_new(score, U * TIMES, R, Q, NULL);
    for (int u = 0; u < U; u++)
        once.times[u] = TIMES;
    once.judged.times = once.times;
    for (int two = 0; two < 2; two++) {
        struct rk_reml a = rk_reml(&once.judged, two), b = rk_reml(&copies.judged, two);
        CHECK(!a.why && !b.why);
        for (int k = 0; k < 3; k++)
            CHECK(near(a.variance[k], b.variance[k], 1e-8));
        for (int k = 0; k < 9; k++)
            CHECK(near(a.cov[k], b.cov[k], 1e-6));
    }
    /* not told apart, so that equal scores of a unit can be one: three raters for each */
    struct sheet anonymous = sheet_new(score, U, R, Q, NULL), wide;
    int thrice[U * R * TIMES];
    for (int i = 0; i < U * R; i++)
        for (int t = 0; t < TIMES; t++)
            thrice[i / R * R * TIMES + t * R + i % R] = score[i];
    wide = sheet_new(thrice, U, R * TIMES, Q, NULL);
    for (int i = 0; i < U * R; i++)
        anonymous.all[i].count = TIMES;
    anonymous.judged.anonymous = true;
    struct rk_reml a = rk_reml(&anonymous.judged, false), b = rk_reml(&wide.judged, false);
    CHECK(!a.why && near(a.variance[0], b.variance[0], 1e-8) &&
          near(a.variance[2], b.variance[2], 1e-8) && near(a.cov[0], b.cov[0], 1e-6));
    CHECK(rk_reml(&wide.judged, true).why == NULL); /* more raters than units */
    sheet_free(&anonymous);
    sheet_free(&wide);
    sheet_free(&once);
    sheet_free(&copies);
}

/* Raters and units that account for all there is: likelihood has no end, and no variance is told. */
static void nothing_left(void)
{
    int score[4 * 3] = {0, 0, NONE, 3, 3, 3, 1, NONE, 1, 4, 4, NONE};
    struct sheet s = sheet_new(score, 4, 3, 5, NULL);
    CHECK(rk_reml(&s.judged, true).why && rk_reml(&s.judged, false).why);
    sheet_free(&s);
}

/* Two panels that share nobody: their raters are not compared; likelihood may, and says so by its
 * name. */
static void apart(void)
{
    int score[6 * 4];
    make_up("apart", score, 6, 4, Q, 0);
    for (int i = 0; i < 6; i++)
        for (int g = 0; g < 4; g++)
            if ((i < 3) != (g < 2))
                score[i * 4 + g] = NONE;
    struct sheet s = sheet_new(score, 6, 4, Q, NULL);
    struct rk_anova a = rk_anova(&s.judged);
    CHECK(a.apart && rk_icc(&a, RK_ICC_C1, 0.95).why && !rk_icc(&a, RK_ICC_1, 0.95).why);
    CHECK(!rk_reml(&s.judged, true).why);
    sheet_free(&s);
    score[2] = 4; /* one rater sees both */
    s = sheet_new(score, 6, 4, Q, NULL);
    a = rk_anova(&s.judged);
    CHECK(!a.apart && !rk_icc(&a, RK_ICC_C1, 0.95).why);
    sheet_free(&s);
}

/* ---- order ---- */

static void order(void)
{
    /* no ties: W = (1 + (m - 1) mean Spearman) / m, and the form for missing ratings is the same */
    int score[6 * 3] = {0, 1, 0, 1, 0, 2, 2, 3, 1, 3, 2, 5, 4, 5, 3, 5, 4, 4};
    struct sheet s = sheet_new(score, 6, 3, 6, NULL);
    struct rk_estimate w[RK_CONCORDANCES];
    rk_concordance(&s.judged, w);
    double rho = rk_mean_correlation(&s.judged, true, false).value;
    CHECK(near(w[RK_W_TIES].value, (1 + 2 * rho) / 3, 1e-13) &&
          w[RK_W_TIES].value == w[RK_W_PLAIN].value);
    CHECK(near(rk_concordance_missing(&s.judged).value, w[RK_W_TIES].value, 1e-13));
    sheet_free(&s);
    int same[4 * 3] = {1, 1, 1, 3, 3, 3, 0, 0, 0, 2, 2, 2};
    s = sheet_new(same, 4, 3, 4, NULL);
    rk_concordance(&s.judged, w);
    CHECK(near(w[RK_W_TIES].value, 1, 1e-15) && isnan(w[RK_W_TIES_F].p));
    CHECK(rk_mean_correlation(&s.judged, false, true).why != NULL); /* Fisher's z of 1 */
    CHECK(near(rk_mean_correlation(&s.judged, false, false).value, 1, 1e-15));
    struct rk_anova a = rk_anova(&s.judged);
    struct rk_estimate icc = rk_icc(&a, RK_ICC_A1, 0.95);
    CHECK(near(icc.value, 1, 1e-15) && isnan(icc.low) && a.mse == 0);
    CHECK(rk_reml(&s.judged, true).why != NULL);
    sheet_free(&s);
}

static void within(void)
{
    static const double values[5] = {1, 2, 3, 4, 5};
    int score[3 * 4] = {0, 0, 1, 4, 2, 2, 2, 2, 1, NONE, NONE, NONE};
    struct sheet s = sheet_new(score, 3, 4, 5, values);
    double random = rk_random_variance(5, 1); /* 2 */
    CHECK(random == 2 && near(rk_random_variance(21, 5), 25 * 440 / 12.0, 1e-15));
    /* 1 1 2 5: mean 2.25, variance 10.75 / 3; median 1.5. 3 3 3 3. One of a kind is left out. */
    CHECK(near(rk_rwg(&s.judged, random).value, (fmax(0, 1 - 10.75 / 3 / 2) + 1) / 2, 1e-14));
    CHECK(near(rk_rwg(&s.judged, 10).value, (1 - 10.75 / 30 + 1) / 2, 1e-14));
    /* as two items of one group and one of another: v = (10.75 / 3 + 0) / 2 / 10 */
    static const uint32_t group[3] = {0, 0, 1};
    double v = 10.75 / 3 / 2 / 10;
    CHECK(
        near(rk_rwg_items(&s.judged, group, 2, 10).value, 2 * (1 - v) / (2 * (1 - v) + v), 1e-14));
    CHECK(near(rk_average_deviation(&s.judged, false).value, (1.25 + 1.25 + 0.25 + 2.75) / 4 / 2,
               1e-14));
    CHECK(
        near(rk_average_deviation(&s.judged, true).value, (0.5 + 0.5 + 0.5 + 3.5) / 4 / 2, 1e-14));
    CHECK(rk_within_tolerance(&s.judged, 4).value == 1 &&
          rk_within_tolerance(&s.judged, 3.9).value == 0.5);
    sheet_free(&s);
}

/* ---- generalizability ---- */

static void generalizability(void)
{
    int score[UNITS * RATERS];
    double y[UNITS * RATERS];
    make_up("g", score, UNITS, RATERS, Q, 0);
    struct sheet s = sheet_new(score, UNITS, RATERS, Q, NULL);
    struct rk_anova a = rk_anova(&s.judged);
    for (int i = 0; i < UNITS * RATERS; i++)
        y[i] = score[i] + 1;
    struct rk_generalizability g = rk_generalize(y, NULL, UNITS, RATERS, 1);
    CHECK(near(g.crossed[RK_G_P], rk_anova_component(&a, RK_OF_UNITS).value, 1e-12));
    CHECK(near(g.crossed[RK_G_R], rk_anova_component(&a, RK_OF_RATERS).value, 1e-12));
    CHECK(near(g.crossed[RK_G_PR], a.mse, 1e-12));
    CHECK(near(rk_decide(&g, RATERS, 1, false).value, rk_icc(&a, RK_ICC_CK, 0).value, 1e-12));
    CHECK(near(rk_decide(&g, 1, 1, false).value, rk_icc(&a, RK_ICC_C1, 0).value, 1e-12));
    sheet_free(&s);
    /* variances put in come out: effects of one kind alone, with sums of 0 */
    enum { P = 3, R = 3, I = 3 };
    static const double e[3] = {-1, 0, 1};
    double three[P * R * I];
    for (int p = 0; p < P; p++)
        for (int r = 0; r < R; r++)
            for (int i = 0; i < I; i++)
                three[(p * R + r) * I + i] = 5 + 2 * e[p] + 3 * e[r] * e[i];
    g = rk_generalize(three, NULL, P, R, I);
    CHECK(near(g.crossed[RK_G_RI], 9, 1e-12) && near(g.crossed[RK_G_PRI], 0, 1e-12));
    CHECK(near(g.crossed[RK_G_P], 4, 1e-12) && near(g.crossed[RK_G_PR], 0, 1e-12));
    CHECK(near(g.crossed[RK_G_R], -3, 1e-12) &&
          near(g.crossed[RK_G_I], -3, 1e-12)); /* kept below 0 */
    CHECK(near(rk_decide(&g, 3, 2, true).value, 4 / (4 + 9.0 / 6),
               1e-12)); /* and there counted as 0 */
    CHECK(near(rk_decide(&g, 3, 2, false).value, 1, 1e-12));
    CHECK(rk_generalize(three, NULL, 1, 3, 3).why != NULL);
}

static void degenerate(void)
{
    int same[4] = {2, 2, 2, 2}, one[4] = {1, 2, 3, 0}, apart[4] = {0, NONE, NONE, 3};
    struct sheet s = sheet_new(same, 2, 2, 4, NULL), o = sheet_new(one, 1, 4, 4, NULL),
                 r = sheet_new(one, 4, 1, 4, NULL), d = sheet_new(apart, 2, 2, 4, NULL);
    struct rk_estimate w[RK_CONCORDANCES];
    const struct rk_judged *all[] = {&s.judged, &o.judged, &r.judged, &d.judged};
    for (int t = 0; t < 4; t++) {
        struct rk_anova a = rk_anova(all[t]);
        for (enum rk_icc_form f = 0; f < RK_ICC_FORMS; f++)
            CHECK(rk_icc(&a, f, 0.95).why != NULL);
        CHECK(rk_reml(all[t], true).why && rk_reml(all[t], false).why);
        rk_concordance(all[t], w);
        CHECK(w[RK_W_TIES].why != NULL);
        CHECK(rk_mean_correlation(all[t], true, false).why != NULL);
    }
    s.judged.values = s.judged.centred = NULL;
    struct rk_anova a = rk_anova(&s.judged);
    CHECK(a.why && rk_rwg(&s.judged, 2).why && rk_mean_correlation(&s.judged, false, false).why);
    sheet_free(&s);
    sheet_free(&o);
    sheet_free(&r);
    sheet_free(&d);
}

int main(void)
{
    whole_table();
    scale();
    times();
    leading_digits();
    likeliest();
    standing_for_several();
    nothing_left();
    apart();
    order();
    within();
    generalizability();
    degenerate();
    return finish();
}
