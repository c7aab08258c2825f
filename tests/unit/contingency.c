/* lib/stat/contingency against every table gone through with exact integers, against printed
 * examples, and against R in place from $RK_REFERENCE. */
#include "stat/contingency.h"

#include "base/fixed.h"
#include "base/random.h"
#include "check.h"
#include "reference.h"
#include "stat/distribution.h"

#include <math.h>

#define NEAR(got, wanted, most) CHECK(fabs((got) - (wanted)) <= (most))
/* relative */
#define LIKE(got, wanted) CHECK(fabs((got) - (wanted)) <= 1e-10 * fabs(wanted) + 1e-300)

typedef unsigned __int128 whole;

static whole choose(int64_t n, int64_t x)
{
    whole c = 1;
    for (int64_t i = 1; i <= x; i++)
        c = c * (whole)(n - i + 1) / (whole)i;
    return x < 0 || x > n ? 0 : c;
}

/* Every table with these sums: of how many ways to draw it, how many are fewer, as few. */
struct brute {
    whole all, less, equal, below, here;
};
static void go_through(struct brute *b, const int64_t *n, size_t k, int64_t left, whole product,
                       whole seen)
{
    if (!k) {
        if (left)
            return;
        b->all += product;
        b->less += product < seen ? product : 0;
        b->equal += product == seen ? product : 0;
        return;
    }
    for (int64_t x = 0; x <= n[0] && x <= left; x++)
        go_through(b, n + 1, k - 1, left - x, product * choose(n[0], x), seen);
}

static void two_groups(struct rk_random *random)
{
    for (int i = 0; i < 3000; i++) {
        int64_t n[2] = {1 + (int64_t)rk_random_below(random, 25),
                        1 + (int64_t)rk_random_below(random, 25)};
        struct rk_pair p = {(int64_t)rk_random_below(random, (uint64_t)n[0] + 1), n[0],
                            (int64_t)rk_random_below(random, (uint64_t)n[1] + 1), n[1]};
        struct brute b = {0};
        go_through(&b, n, 2, p.x1 + p.x2, 1, choose(n[0], p.x1) * choose(n[1], p.x2));
        for (int64_t x = 0; x <= p.x1; x++)
            *(x < p.x1 ? &b.below : &b.here) += choose(n[0], x) * choose(n[1], p.x1 + p.x2 - x);
        struct rk_exact e = rk_fisher(p);
        double all = (double)b.all;
        LIKE(e.two_sided, (double)(b.less + b.equal) / all);
        LIKE(e.mid_two_sided, ((double)b.less + (double)b.equal / 2) / all);
        LIKE(e.less, (double)(b.below + b.here) / all);
        LIKE(e.mid_less, ((double)b.below + (double)b.here / 2) / all);
        LIKE(e.greater, (double)(b.all - b.below) / all);
        /* the network is another way to the same */
        double network, mid;
        int64_t x[2] = {p.x1, p.x2};
        CHECK(rk_fisher_groups(x, n, 2, 0, &network, &mid));
        LIKE(network, e.two_sided);
        LIKE(mid, e.mid_two_sided);
        /* the square of z is Pearson's chi-square, of one degree */
        double z = rk_pooled_z(p), chi = rk_chi_square_groups(x, n, 2);
        CHECK(isnan(z) ? isnan(chi) : fabs(z * z - chi) < 1e-9);
        /* turned round, everything is turned round */
        struct rk_pair turned = {p.x2, p.n2, p.x1, p.n1};
        struct rk_exact t = rk_fisher(turned);
        LIKE(t.two_sided, e.two_sided);
        LIKE(t.less, e.greater);
        if (p.x1 && p.x2) {
            struct rk_interval one = rk_katz(p, 0.9), other = rk_katz(turned, 0.9);
            LIKE(one.low, 1 / other.high);
            CHECK(one.low <= one.high);
        } else {
            CHECK(isnan(rk_katz(p, 0.9).low));
        }
    }
}

static void many_groups(struct rk_random *random)
{
    for (int i = 0; i < 400; i++) {
        size_t k = 2 + rk_random_below(random, 4);
        int64_t x[5], n[5], chosen = 0;
        whole seen = 1;
        for (size_t g = 0; g < k; g++) {
            n[g] = (int64_t)rk_random_below(random, 9);
            x[g] = (int64_t)rk_random_below(random, (uint64_t)n[g] + 1);
            chosen += x[g];
            seen *= choose(n[g], x[g]);
        }
        struct brute b = {0};
        go_through(&b, n, k, chosen, 1, seen);
        double p, mid;
        CHECK(rk_fisher_groups(x, n, k, 0, &p, &mid));
        LIKE(p, (double)(b.less + b.equal) / (double)b.all);
        LIKE(mid, ((double)b.less + (double)b.equal / 2) / (double)b.all);
    }
    /* larger than can be gone through; the same, groups in another order; and too much is said */
    double p, turned;
    CHECK(rk_fisher_groups((int64_t[]){40, 55, 61, 48}, (int64_t[]){120, 130, 140, 110}, 4, 0, &p,
                           NULL));
    CHECK(rk_fisher_groups((int64_t[]){48, 61, 40, 55}, (int64_t[]){110, 140, 120, 130}, 4, 0,
                           &turned, NULL));
    LIKE(p, turned);
    /* the chi-square test says nearly the same of so many */
    double chi =
        rk_chi_square_groups((int64_t[]){40, 55, 61, 48}, (int64_t[]){120, 130, 140, 110}, 4);
    NEAR(p, rk_chi_square_above(chi, 3), 0.01);
    CHECK(!rk_fisher_groups((int64_t[]){40, 55, 61, 48}, (int64_t[]){120, 130, 140, 110}, 4, 1000,
                            &p, NULL));
    CHECK(isnan(p));
}

/* Chances at odds other than 1, by definition. */
static double chance(struct rk_pair p, double odds, int64_t from, int64_t to)
{
    double all = 0, some = 0;
    for (int64_t x = 0; x <= p.n1; x++) {
        double weight =
            (double)choose(p.n1, x) * (double)choose(p.n2, p.x1 + p.x2 - x) * pow(odds, (double)x);
        all += weight;
        some += x >= from && x <= to ? weight : 0;
    }
    return some / all;
}

static void odds(struct rk_random *random)
{
    for (int i = 0; i < 200; i++) {
        struct rk_pair p = {.n1 = 2 + (int64_t)rk_random_below(random, 20),
                            .n2 = 2 + (int64_t)rk_random_below(random, 20)};
        p.x1 = (int64_t)rk_random_below(random, (uint64_t)p.n1 + 1);
        p.x2 = (int64_t)rk_random_below(random, (uint64_t)p.n2 + 1);
        struct rk_interval interval;
        double best = rk_conditional_odds(p, 0.95, &interval), mean = 0;
        if (p.x1 + p.x2 == 0 || p.x1 + p.x2 == p.n1 + p.n2) {
            CHECK(isnan(best) && isnan(interval.low));
            continue;
        }
        if (interval.low > 0)
            NEAR(chance(p, interval.low, p.x1, p.n1), 0.025, 1e-10);
        if (isfinite(interval.high))
            NEAR(chance(p, interval.high, 0, p.x1), 0.025, 1e-10);
        if (best > 0 && isfinite(best)) {
            for (int64_t x = 0; x <= p.n1; x++)
                mean += (double)x * chance(p, best, x, x);
            NEAR(mean, (double)p.x1, 1e-8);
        } else {
            CHECK(best == 0 ? interval.low == 0 : isinf(interval.high));
        }
        CHECK(interval.low <= best && best <= interval.high);
    }
}

static void strata(void)
{
    /* one stratum: the Mantel-Haenszel odds are the sample's, and so is the rate ratio; the test is
     * Pearson's times (N - 1) / N */
    struct rk_pair p = {12, 40, 48, 80};
    struct rk_strata one = {0}, twice = {0};
    struct rk_interval interval, katz = rk_katz(p, 0.95);
    rk_strata_add(&one, p);
    LIKE(rk_strata_odds(&one, 0.95, &interval), rk_sample_odds(p));
    LIKE(interval.high * interval.low, rk_sample_odds(p) * rk_sample_odds(p));
    LIKE(rk_strata_ratio(&one, 0.95, &interval), 0.5);
    LIKE(interval.low, katz.low);
    LIKE(interval.high, katz.high);
    double z = rk_pooled_z(p);
    LIKE(rk_strata_chi_square(&one, false), z * z * 119 / 120);
    CHECK(isnan(rk_strata_woolf(&one)));
    /* two alike: homogeneous */
    rk_strata_add(&twice, p);
    rk_strata_add(&twice, p);
    LIKE(rk_strata_odds(&twice, 0.95, &interval), rk_sample_odds(p));
    NEAR(rk_strata_woolf(&twice), 0, 1e-12);
    /* strata with one group, or with nobody or everybody selected, say nothing */
    struct rk_strata same = twice;
    rk_strata_add(&same, (struct rk_pair){3, 5, 0, 0});
    rk_strata_add(&same, (struct rk_pair){0, 5, 0, 7});
    rk_strata_add(&same, (struct rk_pair){5, 5, 7, 7});
    CHECK(same.count == 2 && same.variance == twice.variance);
    struct rk_strata empty = {0};
    CHECK(isnan(rk_strata_odds(&empty, 0.95, &interval)) && isnan(rk_strata_chi_square(&empty, 1)));
}

static void printed(void)
{
    /* Fisher's tea (1935): 17/70 one-sided. */
    LIKE(rk_fisher((struct rk_pair){3, 4, 1, 4}).greater, 17.0 / 70);
    /* Criminal twins (Fisher 1962, in R's help): 2 of 17 and 10 of 13 */
    NEAR(rk_fisher((struct rk_pair){2, 17, 10, 13}).two_sided, 0.0005367, 6e-8);
    struct rk_interval interval;
    NEAR(rk_conditional_odds((struct rk_pair){2, 17, 10, 13}, 0.95, &interval), 0.0469, 6e-5);
    NEAR(interval.low, 0.003326, 1e-5); /* R looks for the ends less closely */
    NEAR(interval.high, 0.36318, 1e-5);
    /* far in the tail, and so large that the sums must not be gone through one by one */
    struct rk_exact large =
        rk_fisher((struct rk_pair){250000000, 1000000000, 250003000, 1000000000});
    double z = rk_pooled_z((struct rk_pair){250000000, 1000000000, 250003000, 1000000000});
    NEAR(large.two_sided, 2 * rk_normal_above(z), 1e-4);
    CHECK(rk_fisher((struct rk_pair){0, 5000, 5000, 5000}).two_sided == 0);
    CHECK(rk_fisher((struct rk_pair){0, 0, 0, 0}).two_sided == 1);
    CHECK(isnan(rk_fisher((struct rk_pair){2, 1, 0, 1}).less));
    CHECK(isnan(rk_pooled_z((struct rk_pair){0, 5, 0, 5})));
}

/* key,value,tol,…: the key's case before `figure` is looked up among the cases. */
static void from_r(void)
{
    static const struct {
        const char *name;
        struct rk_pair pair;
    } cases[] = {{"ugesp.", {12, 40, 48, 80}},
                 {"zero.", {1, 12, 9, 20}},
                 {"tiny.", {1, 3, 5, 6}},
                 {"large.", {4310, 10000, 5020, 10000}},
                 {"morris.", {2, 10, 15, 25}}};
    char line[256];
    int rows = 0;
    FILE *file = reference_file("score/fisher-four-fifths/expected.csv");
    while (file && fgets(line, sizeof line, file)) {
        char *value = strchr(line, ','), *end = value ? strchr(value + 1, ',') : NULL;
        rk_fixed number;
        if (!end)
            continue;
        *value++ = '\0';
        *end = '\0';
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            size_t size = strlen(cases[c].name);
            if (strncmp(line, cases[c].name, size) || !rk_fixed_parse(rk_text(value), &number))
                continue;
            struct rk_pair p = cases[c].pair;
            struct rk_exact e = rk_fisher(p);
            struct rk_interval katz = rk_katz(p, 0.95), exact;
            double best = rk_conditional_odds(p, 0.95, &exact), z = rk_pooled_z(p);
            const struct {
                const char *name;
                double is;
            } figures[] = {{"impact_ratio.lower95", katz.low},
                           {"impact_ratio.upper95", katz.high},
                           {"z_pooled", z},
                           {"z_pooled.p", 2 * rk_normal_above(fabs(z))},
                           {"fisher.p", e.two_sided},
                           {"fisher.p_less", e.less},
                           {"fisher.or", best},
                           {"fisher.or.lower95", exact.low},
                           {"fisher.or.upper95", exact.high},
                           {"odds_ratio", rk_sample_odds(p)},
                           {"midp_less", e.mid_less},
                           {"chisq_yates", rk_chi_square_yates(p)},
                           {"cohen_h", rk_cohen_h(p)}};
            for (size_t f = 0; f < sizeof figures / sizeof *figures; f++)
                if (!strcmp(line + size, figures[f].name)) {
                    /* R looks for these with a tolerance of 1e-4; odds() holds them against what
                     * they are */
                    NEAR(figures[f].is, rk_fixed_double(number),
                         strncmp(figures[f].name, "fisher.or", 9) ? 1e-9 : 1e-4);
                    rows++;
                }
        }
    }
    CHECK(!file ||
          rows == 5 * 13 - 4); /* four chances are under 1e-18, which rk_fixed holds none of */
    if (file)
        fclose(file);
}

int main(void)
{
    struct rk_random random = rk_random(RK_TEXT("contingency"), RK_TEXT("tables"));
    two_groups(&random);
    many_groups(&random);
    odds(&random);
    strata();
    printed();
    from_r();
    return finish();
}
