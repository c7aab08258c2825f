/* lib/stat/multinomial and concentration: R's chi-square, the exact test against a plain
 * enumeration and against itself by drawing, Gini by its definition. */
#include "stat/multinomial.h"

#include "check.h"
#include "stat/concentration.h"
#include "stat/distribution.h"

#include <math.h>

#define NEAR(got, wanted, most) CHECK(fabs((got) - (wanted)) <= (most))

static struct rk_random dice(const char *key) { return rk_random(RK_TEXT("unit"), rk_text(key)); }

static void chi_square(void)
{
    /* score/representativity: R chisq.test(p=) */
    const int64_t counts[] = {61, 182, 157};
    const double shares[] = {0.22, 0.45, 0.33}, observed[] = {0.1525, 0.455, 0.3925};
    struct rk_chi_square fit = rk_chi_square_fit(counts, shares, 3);
    NEAR(fit.statistic, 13.0411616162, 1e-9);
    NEAR(fit.p, 0.00147281343195, 1e-10);
    CHECK(fit.df == 2);
    NEAR(rk_total_variation(observed, shares, 3), 0.0675, 1e-12);
    NEAR(rk_hellinger(observed, shares, 3), 0.0666670610673, 1e-12);

    const int64_t few[] = {1, 3, 4}; /* expected under 5 in all cells: no p */
    fit = rk_chi_square_fit(few, shares, 3);
    CHECK(isnan(fit.p) && fit.statistic > 0);
    const double empty[] = {0, 0.5, 0.5};
    CHECK(isinf(rk_chi_square_fit(few, empty, 3).statistic));
    const int64_t without[] = {0, 30, 30};
    fit = rk_chi_square_fit(without, empty, 3);
    CHECK(fit.df == 1 && fit.statistic == 0 && fit.p == 1);
}

static double chance(const int64_t *x, const double *p, size_t k)
{
    double n = 0, log_chance = 0;
    for (size_t i = 0; i < k; i++) {
        n += (double)x[i];
        log_chance += (double)x[i] * log(p[i]) - rk_log_gamma((double)x[i] + 1);
    }
    return exp(log_chance + rk_log_gamma(n + 1));
}

static void exact(void)
{
    struct rk_random random = dice("exact");
    for (int round = 0; round < 60; round++) {
        double p[3], sum = 0;
        int64_t x[3], n = 1 + (int64_t)rk_random_below(&random, 12);
        for (int i = 0; i < 3; i++)
            sum += p[i] = 0.05 + rk_random_unit(&random);
        for (int i = 0; i < 3; i++)
            p[i] /= sum;
        x[0] = (int64_t)rk_random_below(&random, (uint64_t)n + 1);
        x[1] = (int64_t)rk_random_below(&random, (uint64_t)(n - x[0]) + 1);
        x[2] = n - x[0] - x[1];
        double counted = chance(x, p, 3), wanted = 0;
        uint64_t outcomes = 0;
        for (int64_t a = 0; a <= n; a++)
            for (int64_t b = 0; a + b <= n; b++, outcomes++) {
                const int64_t y[] = {a, b, n - a - b};
                double likely = chance(y, p, 3);
                if (likely <= counted * (1 + 1e-9))
                    wanted += likely;
            }
        struct rk_multinomial test = rk_multinomial_test(x, p, 3, 1000, dice("x"));
        NEAR(test.p, wanted, 1e-10);
        CHECK(test.exact && test.tried == outcomes && test.se == 0);
        /* two cells are a binomial test with the likelihood as the measure of what is extreme */
        struct rk_multinomial drawn = rk_multinomial_test(x, p, 3, 1, dice("drawn"));
        CHECK(!drawn.exact && drawn.tried == 100000);
        NEAR(drawn.p, wanted, 5 * drawn.se + 2e-5);
    }
    /* R: binom.test(7, 25, p = 0.5)$p.value; x3 of 7 is as likely as x4 */
    const double half[] = {0.5, 0.5};
    const int64_t seven[] = {7, 18}, three[] = {3, 4};
    NEAR(rk_multinomial_test(seven, half, 2, 1000, dice("x")).p, 0.0432852506638, 1e-12);
    NEAR(rk_multinomial_test(three, half, 2, 1000, dice("x")).p, 1, 1e-12);
    const double none[] = {0, 1};
    const int64_t one[] = {1, 1}, nobody[] = {0, 0};
    CHECK(rk_multinomial_test(one, none, 2, 1000, dice("x")).p == 0);
    CHECK(isnan(rk_multinomial_test(nobody, half, 2, 1000, dice("x")).p));
    /* the same seed draws the same */
    CHECK(rk_multinomial_test(seven, half, 2, 1, dice("x")).p ==
          rk_multinomial_test(seven, half, 2, 1, dice("x")).p);
}

static void gini(void)
{
    struct rk_random random = dice("gini");
    for (int round = 0; round < 50; round++) {
        int64_t x[20], total = 0;
        size_t n = 1 + rk_random_below(&random, 20);
        double differences = 0;
        for (size_t i = 0; i < n; i++)
            total += x[i] = (int64_t)rk_random_below(&random, 6);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                differences += fabs((double)(x[i] - x[j]));
        double got = rk_gini(x, n), least = rk_gini_least(total, n);
        if (!total) {
            CHECK(isnan(got) && isnan(least));
            continue;
        }
        NEAR(got, differences / (2.0 * (double)n * (double)total), 1e-13);
        CHECK(least <= got + 1e-13);
        for (size_t i = 0; i < n; i++) /* dealt round */
            x[i] = total / (int64_t)n + ((int64_t)i < total % (int64_t)n);
        NEAR(rk_gini(x, n), least, 1e-13);
    }
    int64_t all[] = {0, 0, 0, 8}, some[] = {5, 1, 1, 3};
    CHECK(rk_gini(all, 4) == 0.75 && rk_top_share(all, 4, 1) == 1);
    CHECK(rk_top_share(some, 4, 2) == 0.8 && rk_top_share(some, 4, 9) == 1);
    CHECK(isnan(rk_gini(NULL, 0)) && isnan(rk_top_share(NULL, 0, 1)));
}

int main(void)
{
    chi_square();
    exact();
    gini();
    return finish();
}
