/* Intervals of lib/stat/icc, agreement and kappa cover what is true as often as they say: 95 of 100 times,
 * within two, over a thousand tables made up from a fixed seed. */
#include "check.h"
#include "judged.h"
#include "stat/icc.h"
#include "stat/kappa.h"

struct coverage {
    int in, tried;
};

static void count_in(struct coverage *c, const struct rk_estimate *e, double truth)
{
    c->tried += !isnan(e->low) && !isnan(e->high);
    c->in += e->low <= truth && truth <= e->high;
}

/* 95 of 100, within two of a hundred; none may be missing. */
static void check_coverage(const struct coverage *c, int runs)
{
    double share = (double)c->in / runs;
    CHECK(c->tried == runs);
    if (!(fabs(share - 0.95) <= 0.02))
        printf("coverage %.3f of %d\n", share, c->tried);
    CHECK(fabs(share - 0.95) <= 0.02);
}

/* Scores by normal effects of units (1), raters (0.5) and the rest (1), each its own category. */
static void icc_covers(void)
{
    enum { U = 30, R = 6, RUNS = 1000 };
    static const double unit_sd = 1, rater_sd = 0.5;
    static const enum rk_icc_form forms[] = {RK_ICC_1,  RK_ICC_K,  RK_ICC_C1,
                                             RK_ICC_CK, RK_ICC_A1, RK_ICC_AK};
    double rest = 1, raters = rater_sd * rater_sd, all = 1 + raters + rest;
    const double truth[] = {1 / all,         1 / (1 + (raters + rest) / R), 1 / (1 + rest),
                            1 / (1 + rest / R), 1 / all,                    1 / (1 + (raters + rest) / R)};
    struct coverage covered[6] = {{0}};
    int score[U * R];
    double y[U * R], unit[U], rater[R];
    for (int i = 0; i < U * R; i++)
        score[i] = i;
    for (int run = 0; run < RUNS; run++) {
        struct rk_buf key = {0};
        rk_buf_printf(&key, "icc|%d", run);
        struct rk_random random = rk_random(RK_TEXT("coverage"), rk_text(key.text));
        rk_buf_free(&key);
        for (int one_way = 0; one_way < 2; one_way++) {
            for (int u = 0; u < U; u++)
                unit[u] = unit_sd * rk_random_normal(&random);
            for (int g = 0; g < R; g++)
                rater[g] = rater_sd * rk_random_normal(&random);
            for (int i = 0; i < U * R; i++) /* one-way: other raters for each */
                y[i] = unit[i / R] +
                       (one_way ? rater_sd * rk_random_normal(&random) : rater[i % R]) +
                       rk_random_normal(&random);
            struct sheet s = sheet_new(score, U, R, U * R, y);
            struct rk_anova a = rk_anova(&s.judged);
            for (int f = one_way ? 0 : 2; f < (one_way ? 2 : 6); f++) {
                struct rk_estimate e = rk_icc(&a, forms[f], 0.95);
                count_in(&covered[f], &e, truth[f]);
            }
            sheet_free(&s);
        }
    }
    for (int f = 0; f < 6; f++)
        check_coverage(&covered[f], RUNS);
}

/* Each rater says what is true of the unit, or with chance 0.4 any of three: the coefficients' true
 * values follow. Categories are equally likely, so that all chance corrections are 1/3 (or 2/3 linear). */
static void agreement_covers(void)
{
    enum { U = 200, R = 4, RUNS = 1000, K = 3 };
    double keep = 0.6 * 0.6, pa = keep + (1 - keep) / K; /* both true, or one of them by chance */
    const double truth[RK_AGREEMENTS] = {pa, keep, keep, keep, keep};
    struct coverage covered[RK_AGREEMENTS + 2] = {{0}};
    int score[U * R];
    struct rk_weights weights;
    rk_weights_make(&weights, RK_UNWEIGHTED, K, NULL, NULL);
    for (int run = 0; run < RUNS; run++) {
        struct rk_buf key = {0};
        rk_buf_printf(&key, "agreement|%d", run);
        struct rk_random random = rk_random(RK_TEXT("coverage"), rk_text(key.text));
        rk_buf_free(&key);
        for (int u = 0; u < U; u++) {
            int real = (int)rk_random_below(&random, K);
            for (int g = 0; g < R; g++)
                score[u * R + g] = rk_random_below(&random, 10) < 6
                                       ? real
                                       : (int)rk_random_below(&random, K);
        }
        struct sheet s = sheet_new(score, U, R, K, NULL);
        struct rk_estimate all[RK_AGREEMENTS], alpha = rk_alpha(&s.judged, &weights, 0.95);
        rk_agreement(&s.judged, &weights, 0.95, all);
        for (int c = 0; c < RK_AGREEMENTS; c++)
            count_in(&covered[c], &all[c], truth[c]);
        count_in(&covered[RK_AGREEMENTS], &alpha, keep);
        struct rk_pairs pairs = rk_pairs_make(&s.judged, 0, 1);
        struct rk_estimate kappa = rk_kappa_cohen(&pairs, &weights, 0.95);
        count_in(&covered[RK_AGREEMENTS + 1], &kappa, keep);
        rk_pairs_free(&pairs);
        sheet_free(&s);
    }
    for (int c = 0; c < RK_AGREEMENTS + 2; c++)
        check_coverage(&covered[c], RUNS);
    rk_weights_free(&weights);
}

int main(void)
{
    icc_covers();
    agreement_covers();
    return finish();
}
