/* lib/stat/weights, agreement and kappa: every coefficient by another route, at length and slowly,
 * on made-up judgements; printed tables are among the golden cases. */
#include "check.h"
#include "judged.h"
#include "stat/kappa.h"

enum { UNITS = 12, RATERS = 4, Q = 5 };
static const double uneven[Q] = {0, 1, 2.5, 4, 7};

static bool near(double got, double wanted, double most)
{
    bool good = fabs(got - wanted) <= most * fmax(1, fabs(wanted));
    if (!good)
        printf("%.15g, expected %.15g\n", got, wanted);
    return good;
}

/* The weight by its formula, from the header. */
static double weight_of(enum rk_weighting kind, size_t i, size_t j, const double *x, size_t q)
{
    double low = x[0], high = x[q - 1], range = high - low, d = x[i] - x[j], s = x[i] + x[j],
           most = 0;
    double pair = fabs((double)i - (double)j) + 1, all = (double)q;
    switch (kind) {
    case RK_UNWEIGHTED: return i == j;
    case RK_LINEAR: return 1 - fabs(d) / range;
    case RK_QUADRATIC: return 1 - d * d / (range * range);
    case RK_ORDINAL: return 1 - pair * (pair - 1) / (all * (all - 1));
    case RK_RADICAL: return 1 - sqrt(fabs(d)) / sqrt(range);
    case RK_RATIO: return i == j ? 1 : 1 - pow(d / s, 2) / pow(range / (high + low), 2);
    case RK_CIRCULAR:
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < q; b++)
                most = fmax(most, pow(sin(M_PI * (x[a] - x[b]) / (range + 1)), 2));
        return 1 - pow(sin(M_PI * d / (range + 1)), 2) / most;
    default:
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b < a; b++)
                most = fmax(most, pow(x[a] - x[b], 2) /
                                      ((x[a] + x[b] - 2 * low) * (2 * high - x[a] - x[b])));
        return i == j ? 1 : 1 - d * d / ((s - 2 * low) * (2 * high - s)) / most;
    }
}

static void weights(void)
{
    static const double mass[Q] = {3, 0, 1.5, 2, 4};
    static const uint32_t some[3] = {0, 2, 3};
    for (enum rk_weighting kind = 0; kind < RK_CUSTOM; kind++) {
        struct rk_weights w;
        CHECK(!rk_weights_make(&w, kind, Q, uneven, NULL));
        double spread[Q], total = 0;
        rk_weights_spread(&w, NULL, mass, Q, spread);
        for (size_t i = 0; i < Q; i++) {
            double wanted = 0;
            for (size_t j = 0; j < Q; j++) {
                CHECK(near(rk_weight(&w, i, j), weight_of(kind, i, j, uneven, Q), 1e-14));
                wanted += weight_of(kind, i, j, uneven, Q) * mass[j];
                total += weight_of(kind, i, j, uneven, Q);
            }
            CHECK(near(spread[i], wanted, 1e-13));
        }
        CHECK(near(rk_weights_total(&w), total, 1e-13));
        rk_weights_spread(&w, some, mass, 3, spread);
        for (size_t i = 0; i < 3; i++) {
            double wanted = 0;
            for (size_t j = 0; j < 3; j++)
                wanted += weight_of(kind, some[i], some[j], uneven, Q) * mass[j];
            CHECK(near(spread[i], wanted, 1e-13));
        }
        rk_weights_free(&w);
    }
    struct rk_weights w;
    static const double below[2] = {-1, 1}, alike[2] = {0, 0};
    CHECK(rk_weights_make(&w, RK_RATIO, 2, below, NULL) != NULL);
    rk_weights_free(&w);
    CHECK(rk_weights_make(&w, RK_LINEAR, 2, alike, NULL) != NULL);
    rk_weights_free(&w);
    CHECK(rk_weights_make(&w, RK_LINEAR, 1, alike, NULL) != NULL);
    rk_weights_free(&w);
}

/* The coefficients from their definitions, pair by pair. */
struct slow {
    double value[RK_AGREEMENTS], alpha;
};
static struct slow slowly(const int *score, enum rk_weighting kind)
{
    double pa = 0, paired = 0, n = 0, share[Q] = {0}, own[RATERS][Q] = {{0}}, rated[RATERS] = {0};
    double total = 0, spread = 0, fleiss = 0, conger = 0, coincidence[Q][Q] = {{0}},
           margin[Q] = {0}, all = 0;
    for (size_t i = 0; i < UNITS; i++) {
        double m = 0, agree = 0;
        const int *row = score + i * RATERS;
        for (size_t g = 0; g < RATERS; g++)
            m += row[g] != NONE;
        if (m == 0)
            continue;
        n++;
        for (size_t g = 0; g < RATERS; g++) {
            if (row[g] == NONE)
                continue;
            share[row[g]] += 1 / m;
            own[g][row[g]]++;
            rated[g]++;
            for (size_t h = 0; h < RATERS; h++)
                if (h != g && row[h] != NONE) {
                    agree += weight_of(kind, (size_t)row[g], (size_t)row[h], uneven, Q);
                    coincidence[row[g]][row[h]] += 1 / (m - 1);
                }
        }
        if (m >= 2) {
            pa += agree / (m * (m - 1));
            paired++;
        }
    }
    pa /= paired;
    for (size_t k = 0; k < Q; k++) {
        share[k] /= n;
        spread += share[k] * (1 - share[k]);
    }
    double pairs = 0, observed = 0, expected = 0;
    for (size_t k = 0; k < Q; k++)
        for (size_t l = 0; l < Q; l++) {
            margin[k] += coincidence[k][l];
            all += coincidence[k][l];
        }
    for (size_t k = 0; k < Q; k++)
        for (size_t l = 0; l < Q; l++) {
            double w = weight_of(kind, k, l, uneven, Q);
            total += w;
            fleiss += w * share[k] * share[l] / 1;
            for (size_t g = 0; g < RATERS; g++)
                for (size_t h = 0; h < RATERS; h++)
                    if (g != h) {
                        conger += w * own[g][k] / rated[g] * own[h][l] / rated[h];
                        pairs += k == 0 && l == 0;
                    }
            observed += (1 - w) * coincidence[k][l];
            expected += (1 - w) * margin[k] * (margin[l] - (k == l));
        }
    fleiss *= 1;
    conger /= pairs;
    double ac = total * spread / (Q * (Q - 1.0)), bp = total / (Q * (double)Q);
    return (struct slow){{pa, (pa - fleiss) / (1 - fleiss), (pa - conger) / (1 - conger),
                          (pa - bp) / (1 - bp), (pa - ac) / (1 - ac)},
                         1 - (all - 1) * observed / expected};
}

/* Standard errors from what happens to the value as each unit counts a little more or less. */
static void influences(struct sheet *s, const struct rk_weights *w,
                       double wanted[RK_AGREEMENTS + 1])
{
    enum { MANY = 1000 };
    size_t n = s->judged.units;
    double squares[RK_AGREEMENTS + 1] = {0};
    struct rk_estimate up[RK_AGREEMENTS + 1], down[RK_AGREEMENTS + 1];
    s->judged.times = s->times;
    for (size_t i = 0; i < n; i++)
        s->times[i] = MANY;
    for (size_t i = 0; i < n; i++) {
        s->times[i] = MANY + 1;
        rk_agreement(&s->judged, w, 0, up);
        up[RK_AGREEMENTS] = rk_alpha(&s->judged, w, 0);
        s->times[i] = MANY - 1;
        rk_agreement(&s->judged, w, 0, down);
        down[RK_AGREEMENTS] = rk_alpha(&s->judged, w, 0);
        s->times[i] = MANY;
        for (int c = 0; c <= RK_AGREEMENTS; c++)
            squares[c] += pow((up[c].value - down[c].value) / 2 * (double)n * MANY, 2);
    }
    s->judged.times = NULL;
    for (int c = 0; c <= RK_AGREEMENTS; c++)
        wanted[c] = sqrt(squares[c] / ((double)n * ((double)n - 1)));
}

static void coefficients(void)
{
    int score[UNITS * RATERS];
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    for (int t = 0; t < 6; t++) {
        bool once = t == 5;
        make_up(names[t], score, UNITS, RATERS, Q, t < 2 ? 0 : 35);
        for (size_t g = 0; g < RATERS && once; g++) { /* one rated once, one not at all */
            score[g] = g ? NONE : score[g];
            score[RATERS + g] = NONE;
        }
        struct sheet s = sheet_new(score, UNITS, RATERS, Q, uneven);
        for (enum rk_weighting kind = 0; kind < RK_CUSTOM; kind++) {
            struct rk_weights w;
            struct rk_estimate fast[RK_AGREEMENTS];
            double se[RK_AGREEMENTS + 1];
            rk_weights_make(&w, kind, Q, uneven, NULL);
            rk_agreement(&s.judged, &w, 0.95, fast);
            struct rk_estimate alpha = rk_alpha(&s.judged, &w, 0.95);
            struct slow slow = slowly(score, kind);
            for (int c = 0; c < RK_AGREEMENTS; c++)
                CHECK(near(fast[c].value, slow.value[c], 1e-12));
            CHECK(near(alpha.value, slow.alpha, 1e-12));
            /* Gwet's own form counts a unit rated once as it does, which is not quite this route's
             * way */
            influences(&s, &w, se);
            for (int c = 0; c < RK_AGREEMENTS && !once; c++)
                CHECK(near(fast[c].se / se[c], 1, 1e-5));
            if (!once) /* its ε of the small sample is held fixed, where numbers of ratings differ
                        */
                CHECK(near(alpha.se / se[RK_AGREEMENTS], 1, t < 2 ? 1e-4 : 0.02));
            rk_weights_free(&w);
        }
        sheet_free(&s);
    }
}

/* irrCAC's error for counts is real: by the other route the standard error is ours, not that. */
static void packages(void)
{
    int score[UNITS * RATERS];
    double se[RK_AGREEMENTS + 1];
    struct rk_weights w;
    make_up("packages", score, UNITS, RATERS, Q, 0);
    struct sheet s = sheet_new(score, UNITS, RATERS, Q, uneven);
    rk_weights_make(&w, RK_QUADRATIC, Q, uneven, NULL);
    influences(&s, &w, se);
    CHECK(near(rk_alpha(&s.judged, &w, 0.95).se / se[RK_AGREEMENTS], 1, 1e-3));
    CHECK(fabs(rk_alpha_se_irrcac(&s.judged, &w) / se[RK_AGREEMENTS] - 1) > 0.01);
    rk_weights_free(&w);
    sheet_free(&s);
}

/* Two raters: Conger is Cohen, Light is Cohen, Scott is Fleiss; turning the raters round changes
 * nothing. */
static void two(void)
{
    int score[UNITS * 2], turned[UNITS * 2];
    make_up("two", score, UNITS, 2, Q, 0);
    for (size_t i = 0; i < UNITS; i++) {
        turned[i * 2] = score[i * 2 + 1];
        turned[i * 2 + 1] = score[i * 2];
    }
    struct sheet s = sheet_new(score, UNITS, 2, Q, uneven),
                 t = sheet_new(turned, UNITS, 2, Q, uneven);
    struct rk_pairs p = rk_pairs_make(&s.judged, 0, 1), back = rk_pairs_make(&t.judged, 0, 1);
    for (enum rk_weighting kind = 0; kind < RK_CUSTOM; kind++) {
        struct rk_weights w;
        struct rk_estimate all[RK_AGREEMENTS];
        rk_weights_make(&w, kind, Q, uneven, NULL);
        rk_agreement(&s.judged, &w, 0.95, all);
        struct rk_estimate cohen = rk_kappa_cohen(&p, &w, 0.95);
        CHECK(near(all[RK_CONGER].value, cohen.value, 1e-12));
        /* Gwet's linearisation is Fleiss, Cohen & Everitt's but for n - 1 */
        CHECK(near(all[RK_CONGER].se * sqrt((UNITS - 1.0) / UNITS), cohen.se, 1e-12));
        CHECK(near(rk_kappa_light(&s.judged, &w).value, cohen.value, 1e-12));
        CHECK(near(rk_kappa_cohen(&back, &w, 0.95).se_null, cohen.se_null, 1e-12));
        /* the same weights as a table of the user's */
        double table[Q * Q];
        for (size_t i = 0; i < Q * Q; i++)
            table[i] = rk_weight(&w, i / Q, i % Q);
        struct rk_weights custom;
        rk_weights_make(&custom, RK_CUSTOM, Q, NULL, table);
        CHECK(rk_weights_symmetric(&custom));
        struct rk_estimate again = rk_kappa_cohen(&p, &custom, 0.95);
        CHECK(near(again.value, cohen.value, 1e-12) && near(again.se, cohen.se, 1e-12) &&
              near(again.se_null, cohen.se_null, 1e-12));
        rk_weights_free(&custom);
        rk_weights_free(&w);
    }
    rk_pairs_free(&p);
    rk_pairs_free(&back);
    sheet_free(&s);
    sheet_free(&t);
}

/* A cell of n units is the same as n units. */
static void times(void)
{
    int cells[3 * 2] = {0, 0, 0, 1, 2, 1}, units[10 * 2];
    static const uint32_t n[3] = {5, 2, 3};
    size_t at = 0;
    for (size_t c = 0; c < 3; c++)
        for (uint32_t i = 0; i < n[c]; i++, at++)
            memcpy(units + at * 2, cells + c * 2, 2 * sizeof *cells);
    struct sheet few = sheet_new(cells, 3, 2, 3, NULL), many = sheet_new(units, 10, 2, 3, NULL);
    memcpy(few.times, n, sizeof n);
    few.judged.times = few.times;
    struct rk_weights w;
    struct rk_estimate a[RK_AGREEMENTS], b[RK_AGREEMENTS];
    rk_weights_make(&w, RK_LINEAR, 3, few.values, NULL);
    rk_agreement(&few.judged, &w, 0.9, a);
    rk_agreement(&many.judged, &w, 0.9, b);
    for (int c = 0; c < RK_AGREEMENTS; c++)
        CHECK(near(a[c].value, b[c].value, 1e-13) && near(a[c].se, b[c].se, 1e-13) && a[c].n == 10);
    CHECK(near(rk_alpha(&few.judged, &w, 0.9).se, rk_alpha(&many.judged, &w, 0.9).se, 1e-13));
    CHECK(near(rk_fleiss_se_null(&few.judged), rk_fleiss_se_null(&many.judged), 1e-13));
    rk_weights_free(&w);
    sheet_free(&few);
    sheet_free(&many);
}

static struct rk_pairs table_of(const int (*rows)[3], size_t count)
{
    struct rk_pairs p = {.cells = rk_alloc(count, sizeof *p.cells),
                         .categories = 6,
                         .first = rk_alloc(7, sizeof(double)),
                         .second = rk_alloc(7, sizeof(double))};
    for (size_t i = 0; i < count; i++) { /* sorted already */
        p.cells[p.count++] =
            (struct rk_pair){(uint32_t)rows[i][0], (uint32_t)rows[i][1], rows[i][2]};
        p.first[rows[i][0]] += rows[i][2];
        p.second[rows[i][1]] += rows[i][2];
        p.n += rows[i][2];
    }
    return p;
}

static void homogeneity(void)
{
    static const int two_by_two[][3] = {{0, 0, 40}, {0, 1, 12}, {1, 0, 5}, {1, 1, 30}};
    struct rk_pairs p = table_of(two_by_two, 4);
    struct rk_estimate sm = rk_stuart_maxwell(&p), b = rk_bhapkar(&p), bowker = rk_bowker(&p);
    CHECK(near(sm.value, 49.0 / 17, 1e-13) && sm.df1 == 1); /* McNemar 1947 */
    CHECK(near(bowker.value, 49.0 / 17, 1e-13) && bowker.df1 == 1);
    CHECK(near(b.value, 49.0 / 17 / (1 - 49.0 / 17 / 87), 1e-13));
    CHECK(near(rk_rater_bias(&p).value, 12.0 / 17, 1e-13));
    rk_pairs_free(&p);
    /* two tables side by side, nothing between them: the sum of both, and a category never
     * disagreed on */
    static const int apart[][3] = {{0, 0, 40}, {0, 1, 12}, {1, 0, 5}, {1, 1, 30},
                                   {2, 2, 7},  {2, 3, 9},  {3, 2, 2}, {4, 4, 11}};
    p = table_of(apart, 8);
    sm = rk_stuart_maxwell(&p);
    CHECK(near(sm.value, 49.0 / 17 + 49.0 / 11, 1e-12) && sm.df1 == 2);
    rk_pairs_free(&p);
    static const int never[][3] = {{0, 0, 4}, {1, 1, 3}};
    p = table_of(never, 2);
    CHECK(rk_stuart_maxwell(&p).why && rk_bowker(&p).why && rk_rater_bias(&p).why &&
          rk_bhapkar(&p).why);
    struct rk_weights w;
    rk_weights_make(&w, RK_UNWEIGHTED, 6, NULL, NULL);
    struct rk_estimate kappa = rk_kappa_cohen(&p, &w, 0.95);
    CHECK(near(kappa.value, 1, 1e-15) && kappa.se == 0 &&
          isnan(kappa.low)); /* no interval of no width */
    rk_pairs_free(&p);
    static const int always[][3] = {{0, 1, 4}};
    p = table_of(always, 1);
    CHECK(rk_bhapkar(&p).why != NULL);
    rk_pairs_free(&p);
    rk_weights_free(&w);
}

static void degenerate(void)
{
    struct rk_weights w;
    struct rk_estimate all[RK_AGREEMENTS];
    int same[6] = {1, 1, 1, 1, 1, 1}, once[6] = {0, NONE, NONE, 1, 2, NONE};
    struct sheet s = sheet_new(same, 3, 2, 3, NULL), o = sheet_new(once, 3, 2, 3, NULL);
    rk_weights_make(&w, RK_UNWEIGHTED, 3, NULL, NULL);
    rk_agreement(&s.judged, &w, 0.95, all);
    CHECK(all[RK_PERCENT].value == 1 && all[RK_PERCENT].se == 0);
    CHECK(all[RK_FLEISS].why && all[RK_CONGER].why);
    CHECK(all[RK_GWET].value == 1 &&
          all[RK_BRENNAN_PREDIGER].value == 1); /* two other categories could be */
    CHECK(rk_alpha(&s.judged, &w, 0.95).why != NULL);
    rk_agreement(&o.judged, &w, 0.95, all);
    for (int c = 0; c < RK_AGREEMENTS; c++)
        CHECK(all[c].why != NULL);
    CHECK(rk_alpha(&o.judged, &w, 0.95).why != NULL);
    rk_weights_free(&w);
    static const double crooked[9] = {1, 0.5, 0, 0, 1, 0.5, 0.5, 0, 1};
    rk_weights_make(&w, RK_CUSTOM, 3, NULL, crooked);
    rk_agreement(&s.judged, &w, 0.95, all);
    CHECK(!rk_weights_symmetric(&w) && all[RK_FLEISS].why && rk_alpha(&s.judged, &w, 0.95).why);
    rk_weights_free(&w);
    sheet_free(&s);
    sheet_free(&o);
}

/* What grows with the number of categories is as right with many: scores of 0 to 100 in tenths. */
static void many_categories(void)
{
    enum { MANY = 1001, THINGS = 200 };
    int *score = rk_alloc(THINGS * 3, sizeof *score);
    make_up("many", score, THINGS, 3, MANY, 0);
    double *values = rk_alloc(MANY, sizeof *values);
    for (int k = 0; k < MANY; k++)
        values[k] = k / 10.0;
    struct sheet s = sheet_new(score, THINGS, 3, MANY, values);
    double *table = rk_alloc((size_t)MANY * MANY, sizeof *table);
    for (enum rk_weighting kind = RK_LINEAR; kind <= RK_ORDINAL; kind++) {
        struct rk_weights w, slow;
        struct rk_estimate a[RK_AGREEMENTS], b[RK_AGREEMENTS];
        rk_weights_make(&w, kind, MANY, values, NULL);
        for (size_t i = 0; i < MANY; i++)
            for (size_t j = 0; j < MANY; j++)
                table[i * MANY + j] = weight_of(kind, i, j, values, MANY);
        rk_weights_make(&slow, RK_CUSTOM, MANY, NULL, table);
        rk_agreement(&s.judged, &w, 0.95, a);
        rk_agreement(&s.judged, &slow, 0.95, b);
        for (int c = 0; c < RK_AGREEMENTS; c++)
            CHECK(near(a[c].value, b[c].value, 1e-11) && near(a[c].se, b[c].se, 1e-11));
        rk_weights_free(&w);
        rk_weights_free(&slow);
    }
    rk_free(table);
    rk_free(values);
    rk_free(score);
    sheet_free(&s);
}

int main(void)
{
    weights();
    coefficients();
    packages();
    two();
    times();
    homogeneity();
    degenerate();
    many_categories();
    return finish();
}
