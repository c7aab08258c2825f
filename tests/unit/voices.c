/* lib/score: voices, the rules that make orders of them, resamples, and what would change the first
 * place; lib/stat/rank. Against their definitions, worked out in other ways. */
#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "score/resample.h"
#include "score/stability.h"
#include "stat/rank.h"

#include <math.h>

enum { MOST = 8, MOST_VOICES = 60 };

static uint64_t below(struct rk_random *random, uint64_t n) { return rk_random_below(random, n); }

/* A contest: one stage, `groups` groups with raters who score some candidates. */
struct contest {
    struct rk_voices v;
    struct rk_ratio share[MOST];
    uint32_t group[MOST], stage[MOST];
    struct rk_voice voices[MOST_VOICES];
    struct rk_sheet sheets[MOST_VOICES];
    struct rk_entry entries[MOST_VOICES * MOST];
    struct rk_text names[MOST];
};

static void start(struct contest *c, size_t candidates, size_t groups)
{
    static const char *const letters[MOST] = {"A", "B", "C", "D", "E", "F", "G", "H"};
    *c = (struct contest){.v = {.candidates = candidates, .blocks = groups}};
    c->v.share = c->share;
    c->v.group = c->group;
    c->v.stage = c->stage;
    c->v.voices = c->voices;
    c->v.sheets = c->sheets;
    c->v.entries = c->entries;
    c->v.names = c->names;
    for (uint32_t g = 0; g < groups; g++) {
        c->share[g] = rk_ratio(1, (__int128)groups);
        c->group[g] = g;
    }
    for (size_t i = 0; i < candidates; i++)
        c->names[i] = rk_text(letters[i]);
}

/* A rater of a group, after all of the groups before; NAN = not scored. */
static void add(struct contest *c, uint32_t group, uint32_t count, const double *scores)
{
    struct rk_sheet *sheet = &c->sheets[c->v.sheet_count];
    *sheet = (struct rk_sheet){(uint32_t)c->v.voice_count, group, c->v.entry_count, 0};
    for (uint32_t i = 0; i < c->v.candidates; i++)
        if (!isnan(scores[i]))
            c->entries[c->v.entry_count++] = (struct rk_entry){i, rk_fixed_from_double(scores[i])};
    sheet->last = c->v.entry_count;
    if (sheet->last == sheet->first)
        return;
    c->voices[c->v.voice_count] = (struct rk_voice){group, (uint32_t)c->v.voice_count, count};
    c->v.voice_count++;
    c->v.sheet_count++;
}

/* `missing`: one in so many is not scored, 0 = all are; everybody is scored by each group. */
static void make(struct contest *c, struct rk_random *random, size_t candidates, size_t groups,
                 size_t raters, uint64_t levels, uint64_t missing)
{
    start(c, candidates, groups);
    for (uint32_t g = 0; g < groups; g++)
        for (size_t r = 0, n = 1 + below(random, raters); r < n; r++) {
            double scores[MOST];
            for (size_t i = 0; i < candidates; i++)
                scores[i] =
                    r && missing && !below(random, missing) ? NAN : (double)below(random, levels);
            add(c, g, 1, scores);
        }
}

static double value(const struct contest *c, size_t sheet, size_t candidate)
{
    for (size_t e = c->sheets[sheet].first; e < c->sheets[sheet].last; e++)
        if (c->entries[e].candidate == candidate)
            return rk_fixed_double(c->entries[e].value);
    return NAN;
}

static bool near(double x, double y) { return fabs(x - y) <= 1e-9 * (1 + fabs(y)); }

/* ---- scores and supports ---- */

static void borda(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("borda"));
    for (int round = 0; round < 300; round++) {
        size_t n = 1 + below(&random, MOST);
        struct contest c;
        make(&c, &random, n, 1, 5, 4, 3);
        for (int how = 0; how < 3; how++) {
            struct rk_voices points;
            rk_voices_borda(&c.v, (enum rk_unranked)how, &points);
            for (size_t s = 0; s < c.v.sheet_count; s++) {
                size_t named = c.sheets[s].last - c.sheets[s].first;
                size_t given = points.sheets[s].last - points.sheets[s].first;
                double sum = 0;
                for (size_t e = points.sheets[s].first; e < points.sheets[s].last; e++) {
                    size_t i = points.entries[e].candidate;
                    double mine = value(&c, s, i), beaten = 0;
                    for (size_t j = 0; j < n; j++) { /* one for each below, half for each alike */
                        double theirs = value(&c, s, j);
                        if (j != i && (!isnan(mine) || how == RK_UNRANKED_LAST))
                            beaten += isnan(mine)     ? isnan(theirs) / 2.0
                                      : isnan(theirs) ? how != RK_UNRANKED_APART
                                                      : (theirs < mine) + (theirs == mine) / 2.0;
                    }
                    /* the place among those named, as if they were drawn from all */
                    if (how == RK_UNRANKED_APART)
                        beaten = (double)n -
                                 ((double)named - beaten) * (double)(n + 1) / (double)(named + 1);
                    CHECK(near(rk_fixed_double(points.entries[e].value), beaten));
                    sum += beaten;
                }
                CHECK(given == (how == RK_UNRANKED_APART ? named : n));
                if (how != RK_UNRANKED_ZERO) /* the points given are a constant for each named */
                    CHECK(near(sum, (double)given * (double)(n - 1) / 2));
            }
            rk_voices_free(&points);
        }
    }
}

static int by_number(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* Each voice as often as it counts, put in order; the middle taken. */
static void medians_and_trimmed_means(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("median"));
    for (int round = 0; round < 300; round++) {
        struct contest c;
        make(&c, &random, 3, 2, 7, 6, 4);
        for (size_t i = 0; i < c.v.voice_count; i++)
            c.voices[i].count = 1 + (uint32_t)below(&random, 3);
        for (int centre = 0; centre < 3; centre++) {
            struct rk_block_score scores[2 * 3];
            CHECK(rk_voices_scores(&c.v, (enum rk_centre)centre, RK_FIXED_ONE / 5, scores));
            for (size_t b = 0; b < 2; b++)
                for (size_t i = 0; i < 3; i++) {
                    double all[200], sum = 0;
                    size_t n = 0;
                    for (size_t s = 0; s < c.v.sheet_count; s++)
                        for (uint32_t k = 0; k < c.voices[s].count; k++)
                            if (c.sheets[s].block == b && !isnan(value(&c, s, i)))
                                all[n++] = value(&c, s, i);
                    qsort(all, n, sizeof *all, by_number);
                    size_t cut = centre == RK_CENTRE_MEDIAN    ? (n - 1) / 2
                                 : centre == RK_CENTRE_TRIMMED ? n / 5
                                                               : 0;
                    for (size_t k = cut; k < n - cut; k++)
                        sum += all[k];
                    CHECK(scores[b * 3 + i].n == n);
                    CHECK(near(rk_fixed_double(scores[b * 3 + i].score),
                               sum / (double)(n - 2 * cut)));
                }
        }
    }
}

static const enum rk_method all_methods[] = {
    RK_METHOD_MEAN,    RK_METHOD_MEDIAN,  RK_METHOD_TRIMMED,      RK_METHOD_STANDARDISED,
    RK_METHOD_MINMAX,  RK_METHOD_BORDA,   RK_METHOD_GROUP_RANKS,  RK_METHOD_COPELAND,
    RK_METHOD_SCHULZE, RK_METHOD_MINIMAX, RK_METHOD_RANKED_PAIRS, RK_METHOD_KEMENY};
enum { METHODS = sizeof all_methods / sizeof *all_methods };

static bool apply(const struct contest *c, const struct rk_method_options *o,
                  const struct rk_ratio *share, const uint32_t *times, double *standing,
                  uint32_t *place)
{
    struct rk_rule *rule = rk_rule_new(&c->v, o, 1e-9);
    struct rk_rule_work *work = rk_rule_work_new(rule);
    bool fits = rk_rule_apply(rule, times, share, work, standing, place);
    rk_rule_work_free(work);
    rk_rule_free(rule);
    return fits;
}

/* Any number of candidates, some left out by some raters: the same bits as sheet by sheet. */
static void means_of_many_candidates(void)
{
    enum { RATERS = 7, CANDIDATES = 40 };
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("many candidates"));
    struct rk_method_options o = {.method = RK_METHOD_MEAN};
    for (size_t n = 1; n <= CANDIDATES; n++) {
        struct rk_ratio share = rk_ratio(1, 1);
        uint32_t zero = 0, times[RATERS], place[CANDIDATES];
        struct rk_voice voices[RATERS];
        struct rk_sheet sheets[RATERS];
        struct rk_entry entries[RATERS * CANDIDATES];
        double sum[CANDIDATES] = {0}, weight[CANDIDATES] = {0}, standing[CANDIDATES];
        struct rk_voices v = {.candidates = n,
                              .blocks = 1,
                              .share = &share,
                              .group = &zero,
                              .stage = &zero,
                              .voices = voices,
                              .voice_count = RATERS,
                              .sheets = sheets,
                              .sheet_count = RATERS,
                              .entries = entries};
        for (uint32_t r = 0; r < RATERS; r++) {
            times[r] = r ? (uint32_t)below(&random, 4) : 1;
            voices[r] = (struct rk_voice){0, r, 1};
            sheets[r] = (struct rk_sheet){r, 0, v.entry_count, 0};
            for (uint32_t i = 0; i < n; i++) {
                rk_fixed value = rk_fixed_from_double(rk_random_normal(&random));
                if (n > 1 && r % 3 == 1 && i == below(&random, n))
                    continue;
                entries[v.entry_count++] = (struct rk_entry){i, value};
                sum[i] += times[r] * rk_fixed_double(value);
                weight[i] += times[r];
            }
            sheets[r].last = v.entry_count;
        }
        struct rk_rule *rule = rk_rule_new(&v, &o, 1e-9);
        struct rk_rule_work *work = rk_rule_work_new(rule);
        CHECK(rk_rule_apply(rule, times, NULL, work, standing, place));
        for (size_t i = 0; i < n; i++)
            CHECK(standing[i] == sum[i] / weight[i]);
        rk_rule_work_free(work);
        rk_rule_free(rule);
    }
}

/* Every rater of one group twice: every method says the same, since groups weigh the same. */
static void head_counts_never_matter(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("heads"));
    for (int round = 0; round < 1500; round++) {
        struct contest c, d;
        size_t groups = 2 + below(&random, 2);
        make(&c, &random, 2 + below(&random, 4), groups, 4, 5, round % 2 ? 4 : 0);
        start(&d, c.v.candidates, groups);
        uint32_t doubled = (uint32_t)below(&random, groups);
        for (size_t s = 0; s < c.v.sheet_count; s++) {
            double scores[MOST];
            for (size_t i = 0; i < c.v.candidates; i++)
                scores[i] = value(&c, s, i);
            for (int k = 0; k < 1 + (c.sheets[s].block == doubled); k++)
                add(&d, c.sheets[s].block, 1, scores);
        }
        for (size_t m = 0; m < METHODS; m++) {
            struct rk_method_options o = {.method = all_methods[m],
                                          .strength = (enum rk_strength)(round / 2 % 2),
                                          .unranked = (enum rk_unranked)(round % 3),
                                          .half = round % 5 == 0};
            double x[MOST], y[MOST];
            uint32_t p[MOST], q[MOST];
            if (o.method == RK_METHOD_TRIMMED)
                continue; /* ⌊trim · n⌋ knows n */
            CHECK(apply(&c, &o, NULL, NULL, x, p) && apply(&d, &o, NULL, NULL, y, q));
            for (size_t i = 0; i < c.v.candidates; i++)
                CHECK(near(x[i], y[i]) && p[i] == q[i]);
        }
    }
}

/* One voice against many: with one group supports are numbers of voices. */
static void supports(void)
{
    struct contest c;
    start(&c, 3, 2);
    add(&c, 0, 5, (double[]){3, 2, 1});
    add(&c, 1, 1, (double[]){1, 2, NAN});
    add(&c, 1, 1, (double[]){2, 2, NAN});
    struct rk_pair_rules rules = {RK_UNRANKED_LAST, false};
    struct rk_orders *orders = rk_orders_new(&c.v, &rules);
    rk_support support[9], alike[9], whole;
    struct rk_pairs pairs = {0, support, alike};
    CHECK(rk_orders_pairs(orders, NULL, NULL, &pairs, &whole));
    /* shares 1/2 of 5 and of 2 voices: a unit of 20; 5 voices of 2 and 2 of 5 */
    CHECK(whole == 20 && support[0 * 3 + 1] == 10 && support[1 * 3 + 0] == 5);
    CHECK(alike[0 * 3 + 1] == 5 && support[0 * 3 + 2] == 20 && support[2 * 3 + 0] == 0);
    CHECK(rk_orders_pairs(orders, (struct rk_ratio[]){{0, 1}, {1, 1}}, NULL, &pairs, &whole));
    CHECK(whole == 2 && support[1 * 3 + 0] == 1 && support[0 * 3 + 1] == 0 && alike[1] == 1);
    /* a weight with no common measure is refused, not rounded */
    struct rk_ratio odd[] = {{1, ((__int128)1 << 100) - 1}, {1, ((__int128)1 << 101) - 1}};
    CHECK(!rk_orders_pairs(orders, odd, NULL, &pairs, &whole));
    rk_orders_free(orders);
}

/* ---- effective weights ---- */

static double effective(const struct contest *c, const double *scores, const double *factors,
                        size_t block)
{
    size_t n = c->v.candidates;
    double combined[MOST] = {0}, mean = 0, own = 0, cov = 0, var = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < c->v.blocks; b++)
            combined[i] +=
                (double)c->share[b].num / (double)c->share[b].den * factors[b] * scores[b * n + i];
    for (size_t i = 0; i < n; i++) {
        mean += combined[i] / (double)n;
        own += factors[block] * scores[block * n + i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        cov += (factors[block] * scores[block * n + i] - own) * (combined[i] - mean);
        var += (combined[i] - mean) * (combined[i] - mean);
    }
    return (double)c->share[block].num / (double)c->share[block].den * cov / var;
}

static void equalised(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("equal"));
    bool covered[MOST * MOST];
    memset(covered, true, sizeof covered);
    for (int round = 0; round < 500; round++) {
        struct contest c;
        size_t groups = 2 + below(&random, 3);
        double scores[MOST * MOST], factors[MOST];
        start(&c, MOST, groups);
        for (size_t b = 0; b < groups; b++) { /* shares b + 1 of the sum */
            c.share[b] = rk_ratio((__int128)b + 1, (__int128)(groups * (groups + 1) / 2));
            for (size_t i = 0; i < MOST; i++)
                scores[b * MOST + i] = rk_random_normal(&random) * (double)(b + 1);
        }
        rk_rule_equalise(&c.v, covered, scores, factors);
        for (size_t b = 0; b < groups; b++)
            CHECK(factors[b] > 0 && near(effective(&c, scores, factors, b),
                                         (double)c.share[b].num / (double)c.share[b].den));
    }
    /* worked example 2 of the design: the users' spread 0.2236 and the staff's 1.0825 become alike
     */
    struct contest c;
    double scores[] = {3.0, 3.2, 3.4, 3.6, 4.5, 3.0, 2.5, 1.5}, factors[2];
    start(&c, 4, 2);
    CHECK(near(round(1000 * effective(&c, scores, (double[]){1, 1}, 0)), -251));
    CHECK(near(round(1000 * effective(&c, scores, (double[]){1, 1}, 1)), 1251));
    rk_rule_equalise(&c.v, covered, scores, factors);
    CHECK(near(factors[0] * sqrt(0.05), factors[1] * sqrt(1.171875)));
    CHECK(near(factors[0] * sqrt(0.05), (sqrt(0.05) + sqrt(1.171875)) / 2));
    /* its z-composite, .0797, -.1659, .0504, .0357 */
    struct rk_method_options o = {.method = RK_METHOD_STANDARDISED, .population = true};
    rk_rule_transform(&o, &c.v, covered, scores);
    static const double z[] = {0.0797, -0.1659, 0.0504, 0.0357};
    for (size_t i = 0; i < 4; i++)
        CHECK(near(round(1e4 * (scores[i] + scores[4 + i]) / 2) / 1e4, z[i]));
    /* a group that gave everybody the same keeps its scores */
    double flat[] = {1, 2, 3, 4, 7, 7, 7, 7};
    rk_rule_equalise(&c.v, covered, flat, factors);
    CHECK(factors[1] == 1 && factors[0] > 0);
    /* two that are each other's opposite cannot have half a say each: the same spread, then */
    double opposite[] = {1, 2, 3, 4, 8, 6, 4, 2};
    rk_rule_equalise(&c.v, covered, opposite, factors);
    CHECK(near(factors[0], 1.5) && near(factors[1], 0.75));
}

/* ---- resamples ---- */

/* Every one of the m^m drawings of each group, one by one. */
struct tally {
    const struct contest *c;
    const struct rk_method_options *o;
    uint32_t times[MOST_VOICES];
    double draws, first[MOST], rank[MOST], top[MOST], above[MOST * MOST], sum[MOST], squares[MOST];
};

static void every_draw(struct tally *t, size_t at)
{
    const struct rk_voices *v = &t->c->v;
    size_t n = v->candidates, first = at, last = at;
    if (at == v->voice_count) {
        double standing[MOST];
        uint32_t place[MOST];
        if (!apply(t->c, t->o, NULL, t->times, standing, place))
            return;
        t->draws++;
        for (size_t i = 0; i < n; i++) {
            double alike = 0;
            for (size_t j = 0; j < n; j++) {
                alike += place[i] == place[j];
                t->above[i * n + j] += (place[i] < place[j]) + (place[i] == place[j]) / 2.0;
            }
            t->first[i] += place[i] == 0 ? 1 / alike : 0;
            t->top[i] += fmin(1, fmax(0, (2 - (double)place[i]) / alike));
            t->rank[i] += place[i] + (alike + 1) / 2;
            t->sum[i] += standing[i];
            t->squares[i] += standing[i] * standing[i];
        }
        return;
    }
    while (first && v->voices[first - 1].group == v->voices[at].group)
        first--;
    while (last < v->voice_count && v->voices[last].group == v->voices[at].group)
        last++;
    for (size_t drawn = first; drawn < last; drawn++) { /* the at-th drawing of the group */
        t->times[drawn]++;
        every_draw(t, at + 1);
        t->times[drawn]--;
    }
}

static void resamples(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("resample"));
    for (int round = 0; round < 60; round++) {
        struct contest c;
        struct rk_method_options o = {.method = all_methods[round % METHODS],
                                      .trim = RK_FIXED_ONE / 5};
        size_t n = 2 + below(&random, 2);
        make(&c, &random, n, 2, 4, 4, round % 3 ? 0 : 4);
        struct tally t = {.c = &c, .o = &o};
        every_draw(&t, 0);
        struct rk_rule *rule = rk_rule_new(&c.v, &o, 1e-9);
        struct rk_resample_options how = {.draws = 20000,
                                          .exact = 100000,
                                          .threads = 1,
                                          .seed = RK_TEXT("s"),
                                          .key = RK_TEXT("k"),
                                          .level = 0.95,
                                          .top = 2};
        struct rk_resample all, some, again;
        CHECK(rk_resample(&c.v, rule, &how, &all) == (t.draws > 0));
        CHECK(all.exact);
        how.exact = 0;
        if (round < 24) {
            rk_resample(&c.v, rule, &how, &some);
            how.threads = 3;
            rk_resample(&c.v, rule, &how, &again);
            CHECK(!some.exact && some.draws == 20000);
            CHECK(!memcmp(some.candidates, again.candidates, n * sizeof *some.candidates));
            CHECK(!memcmp(some.p_above, again.p_above, n * n * sizeof *some.p_above));
        }
        for (size_t i = 0; i < n && t.draws > 0; i++) {
            const struct rk_resampled *a = &all.candidates[i];
            double mean = t.sum[i] / t.draws;
            CHECK(near(a->p_first, t.first[i] / t.draws) && near(a->p_top, t.top[i] / t.draws));
            CHECK(near(a->expected_rank, t.rank[i] / t.draws));
            CHECK(fabs(a->se * a->se - (t.squares[i] / t.draws - mean * mean)) < 1e-9);
            CHECK(a->low <= a->high && a->rank_low <= a->rank_high);
            for (size_t j = 0; j < n; j++)
                CHECK(near(all.p_above[i * n + j], t.above[i * n + j] / t.draws));
            if (round < 24) { /* four standard errors of chance */
                double p = a->p_first, slack = 4 * sqrt(p * (1 - p) / (20000 * some.used)) + 1e-9;
                CHECK(fabs(some.candidates[i].p_first - p) < slack);
                CHECK(fabs(some.candidates[i].se - a->se) < 0.05 * (1 + a->se));
            }
        }
        if (round < 24) {
            rk_resample_free(&some);
            rk_resample_free(&again);
        }
        rk_resample_free(&all);
        rk_rule_free(rule);
    }
}

/* ---- other weights ---- */

/* Shares when group 0 has weight k/1000 and the others share the rest as they did. */
static void shares_at(const struct contest *c, int k, struct rk_ratio *share)
{
    for (size_t b = 0; b < c->v.blocks; b++)
        share[b] = b ? rk_ratio(1000 - k, 1000 * ((__int128)c->v.blocks - 1)) : rk_ratio(k, 1000);
}

static void other_weights(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("weights"));
    int bends = 0;
    for (int round = 0; round < 240; round++) {
        struct contest c;
        struct rk_method_options o = {.method = all_methods[round % METHODS],
                                      .strength = (enum rk_strength)(round / METHODS % 2),
                                      .trim = RK_FIXED_ONE / 5};
        size_t n = 2 + below(&random, 4), groups = 2 + below(&random, 2);
        make(&c, &random, n, groups, 5, 5, 0);
        struct rk_weight_range ranges[MOST];
        struct rk_ratio own[MOST], rest[MOST], share[MOST];
        shares_at(&c, 1000, own);
        shares_at(&c, 0, rest);
        double x[MOST], y[MOST], standing[MOST];
        uint32_t place[MOST];
        bool on_pairs = rk_method_on_pairs(o.method);
        if (on_pairs) {
            struct rk_rule *rule = rk_rule_new(&c.v, &o, 0);
            CHECK(rk_first_by_weight_pairs(rule, &o, n, own, rest, rk_ratio(1, (__int128)groups),
                                           ranges));
            rk_rule_free(rule);
        } else {
            rk_fixed fixed_own[MOST], fixed_rest[MOST];
            CHECK(apply(&c, &o, own, NULL, x, place) && apply(&c, &o, rest, NULL, y, place));
            for (size_t i = 0; i < n; i++) {
                fixed_own[i] = rk_fixed_from_double(x[i]);
                fixed_rest[i] = rk_fixed_from_double(y[i]);
            }
            rk_first_by_weight(fixed_own, fixed_rest, n, ranges);
        }
        /* on a grid, and for methods on pairs from the weight there is, until the first change */
        bool changed[2][MOST] = {{false}};
        int now = (int)(1000 / groups);
        for (int step = 0; step <= 2000; step++) {
            int up = step % 2, k = up ? now + 1 + step / 2 : now - step / 2;
            double w = k / 1000.0;
            if (k < 0 || k > 1000)
                continue;
            shares_at(&c, k, share);
            CHECK(apply(&c, &o, share, NULL, standing, place));
            for (size_t i = 0; i < n; i++) {
                double low = rk_fixed_double(ranges[i].low), high = rk_fixed_double(ranges[i].high);
                bool within = ranges[i].first && w >= low && w <= high;
                bool at_end = fabs(w - low) < 1e-7 || fabs(w - high) < 1e-7;
                bends += ranges[i].first && (low > 0 || high < 1);
                if (!on_pairs) {
                    CHECK(at_end || within == (place[i] == 0));
                } else if (ranges[i].first && !changed[up][i] && !at_end) {
                    CHECK(within == (place[i] == 0));
                    changed[up][i] = !within;
                }
            }
        }
    }
    CHECK(bends > 1000);
}

static void pivotal_raters(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("pivotal"));
    int found = 0;
    for (int round = 0; round < 120; round++) {
        struct contest c;
        struct rk_method_options o = {.method = all_methods[round % METHODS],
                                      .trim = RK_FIXED_ONE / 5};
        make(&c, &random, 4, 2, 5, 5, 0);
        struct rk_rule *rule = rk_rule_new(&c.v, &o, 1e-9);
        uint8_t pivotal[MOST_VOICES];
        rk_find_pivotal(&c.v, rule, 2, pivotal);
        double standing[MOST];
        uint32_t before[MOST], after[MOST];
        CHECK(apply(&c, &o, NULL, NULL, standing, before));
        for (size_t out = 0; out < c.v.voice_count;
             out++) { /* the same contest without that rater */
            struct contest d;
            size_t left = 0;
            start(&d, 4, 2);
            for (size_t s = 0; s < c.v.sheet_count; s++) {
                double scores[MOST];
                for (size_t i = 0; i < 4; i++)
                    scores[i] = value(&c, s, i);
                left += s != out && c.sheets[s].block == c.sheets[out].block;
                if (s != out)
                    add(&d, c.sheets[s].block, 1, scores);
            }
            if (!left) /* it was its group's only one */
                continue;
            CHECK(apply(&d, &o, NULL, NULL, standing, after));
            bool first = false, top = false;
            for (size_t i = 0; i < 4; i++) {
                first |= (before[i] == 0) != (after[i] == 0);
                top |= (before[i] < 2) != (after[i] < 2);
            }
            CHECK(pivotal[out] == (first ? RK_PIVOTAL_FIRST : 0) + (top ? RK_PIVOTAL_TOP : 0));
            found += first;
        }
        rk_rule_free(rule);
    }
    CHECK(found > 50);
}

/* ---- lib/stat/rank ---- */

static void ranks(void)
{
    /* 4 pairs of 10 agree, 3 do not, x ties one, y ties two */
    static const double x[] = {1, 2, 2, 3, 4}, y[] = {2, 1, 3, 3, 2};
    struct rk_concordance c = rk_concordance_of(x, y, 5, 0, 0);
    CHECK(c.concordant == 4 && c.discordant == 3 && c.tied_x == 1 && c.tied_y == 2 && !c.tied_both);
    CHECK(near(rk_tau_a(&c), 0.1) && near(rk_gamma(&c), 1.0 / 7));
    CHECK(near(rk_tau_b(&c), 1 / sqrt(9.0 * 8)) && near(rk_somers_d(&c), 1.0 / 9));
    double mean_ranks[5];
    rk_mean_ranks(x, 5, 0, mean_ranks);
    CHECK(mean_ranks[1] == 2.5 && mean_ranks[2] == 2.5 && mean_ranks[4] == 5);
    CHECK(near(rk_pearson(x, x, 5), 1) &&
          near(rk_spearman(x, (double[]){5, 4, 4, 2, 1}, 5, 0, 0), -1));
    CHECK(isnan(rk_pearson(x, (double[]){1, 1, 1, 1, 1}, 5)));
    CHECK(rk_footrule(x, x, 5, 0, 0) == 0);
    struct rk_concordance same = rk_concordance_of(x, x, 5, 0, 0);
    CHECK(near(rk_tau_x(&same), 1) && near(rk_tau_a(&same), 0.9));
    /* three in the same order: C - D = 3, variance 3*2*11/18; ties of two and of two in four:
     * (4*3*13 - 2*1*9 - 2*1*9)/18 + 2*2/(2*4*3) */
    CHECK(near(rk_tau_z(x, (double[]){1, 2, 3}, 2, 0, 0), 1));
    CHECK(near(rk_tau_z((double[]){1, 2, 3}, (double[]){4, 5, 6}, 3, 0, 0), 3 / sqrt(66.0 / 18)));
    CHECK(near(rk_tau_z((double[]){1, 2, 2, 3}, (double[]){1, 1, 2, 3}, 4, 0, 0),
               4 / sqrt(120.0 / 18 + 4.0 / 24)));
    CHECK(near(round(1e4 * rk_normal_two_sided(1.959963984540054)), 500));
    double low, high; /* atanh(0.5) -+ 1.96 / 4: 0.5493 -+ 0.4900 */
    rk_pearson_interval(0.5, 19, &low, &high);
    CHECK(near(round(1e4 * low), 592) && near(round(1e4 * high), 7776));
    /* t = 0.5 sqrt(17 / 0.75) = 2.3805 with 17: .02926 */
    CHECK(near(round(1e4 * rk_pearson_p(0.5, 19)), 293) && isnan(rk_pearson_p(1, 2)));
}

static void overlaps(void)
{
    /* a b c d and b a c e: 0, 1, 1, 3/4 in common */
    static const uint32_t x[] = {1, 2, 3, 4, 0}, y[] = {2, 1, 3, 0, 4};
    static const double shared[] = {0, 1, 1, 0.75};
    double jaccard, p = 0.9, weight = 1, sum = 0;
    for (uint32_t d = 1; d <= 4; d++) {
        CHECK(near(rk_top_overlap(x, y, 5, d, &jaccard), shared[d - 1]));
        CHECK(near(jaccard, d == 4 ? 3.0 / 5 : shared[d - 1]));
        sum += (1 - p) * weight * shared[d - 1];
        weight *= p;
    }
    CHECK(near(rk_biased_overlap(x, y, 5, p), sum + weight * 0.75));
    CHECK(near(rk_biased_overlap(x, x, 5, p), 1) && near(rk_biased_overlap(y, y, 5, p), 1));
    /* a; and a b c d: the shorter one would go on alike. d; and a b c d: never in common to 1 deep
     */
    static const uint32_t one[] = {1, 0, 0, 0, 0}, fourth[] = {0, 0, 0, 1, 0};
    CHECK(near(rk_biased_overlap(one, x, 5, p), 1) && near(rk_biased_overlap(x, one, 5, p), 1));
    CHECK(near(rk_biased_overlap(fourth, x, 5, p), (0.1 * 0.729 + 0.6561) / 4));
    /* two alike first: of one and two at depth 1 one is shared, 2/3; then all */
    static const uint32_t tied[] = {1, 1, 3}, strict[] = {1, 2, 3}, nobody[] = {0, 0, 0};
    CHECK(near(rk_top_overlap(tied, strict, 3, 1, &jaccard), 2.0 / 3) && near(jaccard, 0.5));
    CHECK(near(rk_biased_overlap(tied, strict, 3, p), 0.1 * 2 / 3 + 0.9));
    CHECK(isnan(rk_biased_overlap(nobody, strict, 3, p)) &&
          isnan(rk_top_overlap(x, y, 5, 0, NULL)));
}

/* Many values are counted by sorting: the same as pair by pair, which a tolerance asks for. */
static void concordance_of_many(void)
{
    enum { MANY = 200 };
    struct rk_random random = rk_random(RK_TEXT("ranks"), RK_TEXT("many"));
    for (int round = 0; round < 50; round++) {
        double x[MANY], y[MANY];
        size_t n = 65 + rk_random_below(&random, MANY - 64);
        uint64_t levels = 2 + rk_random_below(&random, 300);
        for (size_t i = 0; i < n; i++) {
            x[i] = (double)rk_random_below(&random, levels);
            y[i] = (double)rk_random_below(&random, 20);
        }
        struct rk_concordance fast = rk_concordance_of(x, y, n, 0, 0),
                              slow = rk_concordance_of(x, y, n, 0.5, 0);
        CHECK(fast.concordant == slow.concordant && fast.discordant == slow.discordant &&
              fast.tied_x == slow.tied_x && fast.tied_y == slow.tied_y &&
              fast.tied_both == slow.tied_both);
    }
}

int main(void)
{
    borda();
    medians_and_trimmed_means();
    means_of_many_candidates();
    head_counts_never_matter();
    supports();
    equalised();
    resamples();
    other_weights();
    pivotal_raters();
    ranks();
    overlaps();
    concordance_of_many();
    return finish();
}
