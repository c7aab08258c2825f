/* lib/survey/survival against its definitions, spelled out the slow way, over random spells. */
#include "survey/survival.h"

#include "base/random.h"
#include "check.h"

#include <math.h>

enum { MOST = 40 };
#define NEAR(got, wanted, most) CHECK(fabs((got) - (wanted)) <= (most))

static size_t draw(struct rk_spell *s, struct rk_random *random, uint32_t groups, uint32_t strata)
{
    size_t n = 2 + rk_random_below(random, MOST - 2);
    for (size_t i = 0; i < n; i++)
        s[i] = (struct rk_spell){
            (double)rk_random_below(random, 12), rk_random_below(random, 3) > 0,
            (uint32_t)rk_random_below(random, groups), (uint32_t)rk_random_below(random, strata)};
    return n;
}

static double at_risk(const struct rk_spell *s, size_t n, double time, uint32_t group,
                      uint32_t stratum)
{
    double risk = 0;
    for (size_t i = 0; i < n; i++)
        risk += s[i].time >= time && (group > 9 || s[i].group == group) && s[i].stratum == stratum;
    return risk;
}

static double ended_at(const struct rk_spell *s, size_t n, double time, uint32_t group,
                       uint32_t stratum)
{
    double ended = 0;
    for (size_t i = 0; i < n; i++)
        ended += s[i].ended && s[i].time == time && (group > 9 || s[i].group == group) &&
                 s[i].stratum == stratum;
    return ended;
}

static void curves(struct rk_random *random)
{
    struct rk_spell s[MOST];
    size_t n = draw(s, random, 1, 1);
    struct rk_curve c;
    rk_curve_make(&c, s, n, RK_CURVE_LOG, 0.95);
    double survival = 1, area = 0, se;
    size_t step = 0;
    for (int t = 0; t < 12; t++) {
        double r = at_risk(s, n, t, 99, 0), d = ended_at(s, n, t, 99, 0);
        CHECK(rk_curve_at_risk(&c, t) == (uint32_t)r);
        if (d > 0) {
            survival *= 1 - d / r;
            NEAR(c.steps[step].survival, survival, 1e-12);
            CHECK(c.steps[step].at_risk == (uint32_t)r && c.steps[step].events == (uint32_t)d);
            CHECK(rk_curve_step_at(&c, t) == step && rk_curve_step_at(&c, t + 0.5) == step);
            step++;
        }
        area += survival; /* from t to t + 1 */
    }
    CHECK(step == c.count);
    NEAR(rk_curve_mean(&c, 12, &se), area, 1e-9);
    rk_curve_free(&c);
}

static void logrank_of_two(struct rk_random *random)
{
    struct rk_spell s[MOST];
    size_t n = draw(s, random, 2, 3);
    double score = 0, variance = 0;
    for (uint32_t h = 0; h < 3; h++)
        for (int t = 0; t < 12; t++) {
            double r = at_risk(s, n, t, 99, h), d = ended_at(s, n, t, 99, h),
                   r1 = at_risk(s, n, t, 1, h);
            if (!(d > 0))
                continue;
            score += ended_at(s, n, t, 1, h) - d * r1 / r;
            variance += r > 1 ? d * (r - d) / (r - 1) * (r1 / r) * (1 - r1 / r) : 0;
        }
    struct rk_logrank test;
    rk_logrank(&test, s, n, 2, 0);
    if (variance > 1e-9)
        NEAR(test.chi_square, score * score / variance, 1e-8);
    else
        CHECK(test.df == 0 && isnan(test.p));
}

/* Efron's log partial likelihood. */
static double likelihood(const struct rk_spell *s, size_t n, double beta)
{
    double sum = 0;
    for (uint32_t h = 0; h < 3; h++)
        for (int t = 0; t < 12; t++) {
            double d = ended_at(s, n, t, 99, h), d1 = ended_at(s, n, t, 1, h);
            double risk = at_risk(s, n, t, 0, h) + exp(beta) * at_risk(s, n, t, 1, h),
                   tied = d - d1 + exp(beta) * d1;
            sum += beta * d1;
            for (double l = 0; l < d; l++)
                sum -= log(risk - l / d * tied);
        }
    return sum;
}

static void hazards(struct rk_random *random)
{
    struct rk_spell s[MOST];
    size_t n = draw(s, random, 2, 3);
    struct rk_hazard h;
    if (rk_hazard_ratio(&h, s, n)) {
        double top = likelihood(s, n, h.log_ratio);
        CHECK(top >= likelihood(s, n, h.log_ratio + 1e-3) &&
              top >= likelihood(s, n, h.log_ratio - 1e-3));
        double bend = (2 * top - likelihood(s, n, h.log_ratio + 1e-3) -
                       likelihood(s, n, h.log_ratio - 1e-3)) /
                      1e-6;
        NEAR(h.se * h.se * bend, 1, 1e-3);
    } else { /* no maximum: flat, or rising without end */
        double far = likelihood(s, n, 30), near = likelihood(s, n, 0),
               other = likelihood(s, n, -30);
        CHECK(far >= near - 1e-9 || other >= near - 1e-9);
    }
}

int main(void)
{
    struct rk_random random = rk_random(RK_TEXT("survival"), RK_TEXT("unit"));
    for (int round = 0; round < 3000; round++) {
        curves(&random);
        logrank_of_two(&random);
        hazards(&random);
    }
    return finish();
}
