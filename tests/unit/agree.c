/* lib/score/agree: what comes in by rows comes out by parts; resamples against all there are. */
#include "score/agree.h"

#include "base/mem.h"
#include "check.h"

#include <math.h>

/* Rows of one part each, whose `by` column is its number. */
struct setup {
    struct rk_agree_options options;
    struct rk_judgements judgements;
    struct rk_ids ids;
    struct rk_agree *agree;
};

static void begin(struct setup *s)
{
    static const char *const by[] = {"part"};
    s->judgements = (struct rk_judgements){.ids = &s->ids, .by = by, .by_count = 1};
    s->judgements.parts.width = 1;
    CHECK(!rk_agree_new(&s->agree, &s->options, NULL));
}

static enum rk_status add(struct setup *s, uint32_t part, uint32_t candidate, uint32_t rater,
                          const char *score, struct rk_error *error)
{
    char name[16];
    snprintf(name, sizeof name, "%u", part);
    uint32_t text = rk_strings_add(&s->judgements.texts[0], rk_text(name)),
             all = rk_id(&s->ids, RK_ID_STAGE, RK_TEXT("all"));
    rk_id(&s->ids, RK_ID_CRITERION, RK_TEXT("all"));
    snprintf(name, sizeof name, "C%06u", candidate);
    uint32_t c = rk_id(&s->ids, RK_ID_CANDIDATE, rk_text(name));
    snprintf(name, sizeof name, "R%06u", rater);
    struct rk_one_judgement one = {
        .part = rk_tuples_add(&s->judgements.parts, &text),
        .candidate = c,
        .stage = all,
        .criterion = all,
        .rater = rk_id(&s->ids, RK_ID_RATER, rk_text(name)),
        .score = rk_text(score),
        .count = 1,
        .times = 1,
        .place = 1000 + candidate};
    if (c >= s->judgements.candidate_count)
        s->judgements.candidate_count = c + 1;
    struct rk_error own = {0};
    return rk_agree_add(s->agree, &one, error ? error : &own);
}

struct rows {
    struct rk_agree_row all[64];
    char method[64][64];
    size_t count;
};

static void take(void *context, const struct rk_agree_row *row)
{
    struct rows *rows = context;
    rows->all[rows->count] = *row;
    snprintf(rows->method[rows->count++], 64, "%s", row->method);
}

static void end(struct setup *s, struct rows *rows)
{
    uint32_t *order = rk_judgements_order(&s->judgements);
    rows->count = 0;
    rk_agree_finish(s->agree, &s->judgements, order, s->judgements.parts.count, take, rows);
    rk_free(order);
    rk_agree_free(s->agree);
    rk_judgements_free(&s->judgements);
    rk_ids_free(&s->ids);
}

static struct rk_agree_options percent_alone(void)
{
    struct rk_agree_options o = {.tolerance = NAN, .confidence = 0.95};
    o.wanted[RK_F_PERCENT] = o.weights[RK_UNWEIGHTED] = true;
    return o;
}

/* Parts are kept apart, and written in bytewise order of their texts. */
static void parts(void)
{
    struct setup s = {.options = percent_alone()};
    struct rows rows;
    begin(&s);
    for (uint32_t part = 10; part >= 9; part--)
        for (uint32_t c = 0; c < 4; c++)
            for (uint32_t r = 0; r < 2; r++)
                CHECK(!add(&s, part, c, r, r && c < part - 9 ? "2.0" : r ? "3" : "2", NULL));
    end(&s, &rows);
    CHECK(rows.count == 2 && rows.all[0].estimate.value == 0.25 && rows.all[1].estimate.value == 0);
    CHECK(rows.all[0].candidates == 4 && rows.all[0].raters == 2 && rows.all[0].ratings == 8);
}

/* The same rater twice is told with its place, of things rated by few and by many. */
static void twice(void)
{
    struct setup s = {.options = percent_alone()};
    struct rows rows;
    begin(&s);
    for (uint32_t r = 0; r < 100; r++)
        for (uint32_t c = 0; c < 3; c++)
            if (c || r < 5)
                CHECK(!add(&s, 1, c, r, "1", NULL));
    for (uint32_t c = 0; c < 3; c++)
        for (uint32_t r = 0; r < 100; r += 4) {
            struct rk_error error = {0};
            if (!c && r >= 5)
                continue;
            CHECK(add(&s, 1, c, r, "2", &error) == RK_BAD_DATA && error.pos.line == 1000 + c &&
                  !strcmp(error.pos.field, "rater_id"));
        }
    struct rk_error error = {0};
    CHECK(add(&s, 1, 7, 1, "x", &error) == RK_BAD_DATA && !strcmp(error.pos.field, "score"));
    end(&s, &rows);
    CHECK(rows.all[0].ratings == 205 && rows.all[0].estimate.value == 1);
}

/* Large numbers are exact. */
static void large(void)
{
    struct setup s = {.options = percent_alone()};
    struct rows rows;
    s.options.wanted[RK_F_ICC] = true;
    begin(&s);
    static const char *const scores[6] = {"100000000000000001.25", "100000000000000001.5",
                                          "100000000000000002",    "100000000000000002.5",
                                          "100000000000000004",    "100000000000000003.75"};
    for (uint32_t i = 0; i < 6; i++)
        CHECK(!add(&s, 1, i / 2, i % 2, scores[i], NULL));
    CHECK(add(&s, 1, 9, 0, "1000000000000000000", NULL) == RK_BAD_DATA); /* 10^18 */
    CHECK(add(&s, 1, 9, 0, "10000000000000e5", NULL) == RK_BAD_DATA);
    end(&s, &rows);
    /* less 10^17: 1.25 1.5, 2 2.5, 4 3.75 */
    double msb = 2 * (pow(1.375 - 2.5, 2) + pow(2.25 - 2.5, 2) + pow(3.875 - 2.5, 2)) / 2,
           msw = (2 * pow(0.125, 2) + 2 * pow(0.25, 2) + 2 * pow(0.125, 2)) / 3;
    CHECK(!strcmp(rows.all[1].measure, "icc") &&
          fabs(rows.all[1].estimate.value - (msb - msw) / (msb + msw)) < 1e-14);
}

/* Four candidates: all 4^4 resamples, against a great many drawn. */
static void bootstrap(void)
{
    static const char *const scores[4][3] = {
        {"1", "1", "1"}, {"1", "2", "2"}, {"3", "3", "1"}, {"1", "2", "3"}};
    static const double agree[4] = {1, 1 / 3.0, 1 / 3.0, 0};
    double mean = 0, squares = 0, low = 0;
    for (int a = 0; a < 256; a++) {
        double value = (agree[a & 3] + agree[a >> 2 & 3] + agree[a >> 4 & 3] + agree[a >> 6]) / 4;
        mean += value / 256;
        squares += value * value / 256;
        low += value < 1 / 12.0 - 1e-9 ? 1 / 256.0 : 0; /* all four the last: 1 of 256 */
    }
    double exact = sqrt(squares - mean * mean);
    struct rows rows, again;
    for (unsigned threads = 1; threads <= 5; threads += 2) {
        struct setup s = {.options = percent_alone()};
        s.options.bootstrap = 20000;
        s.options.seed = RK_TEXT("seed");
        s.options.threads = threads;
        begin(&s);
        for (uint32_t c = 0; c < 4; c++)
            for (uint32_t r = 0; r < 3; r++)
                add(&s, 1, c, r, scores[c][r], NULL);
        end(&s, threads == 1 ? &rows : &again);
        if (threads > 1)
            CHECK(!memcmp(&rows.all[0].estimate, &again.all[0].estimate,
                          sizeof rows.all[0].estimate));
    }
    CHECK(fabs(mean - rows.all[0].estimate.value) < 1e-12);
    CHECK(fabs(rows.all[0].estimate.se / exact - 1) < 4 / sqrt(2 * 20000.0));
    /* of the exact distribution the 2.5 % point is 1/12 (0: 0.4 %; up to 1/12: 3.9 %), the 97.5 %
     * 5/6 */
    CHECK(low < 0.025 && fabs(rows.all[0].estimate.low - 1 / 12.0) < 1e-12);
    CHECK(fabs(rows.all[0].estimate.high - 5 / 6.0) < 1e-12);
    CHECK_TEXT(rows.method[0], "mean-of-units+bootstrap");
}

/* Resamples that have no value are counted; too many of them, and there is no interval. */
static void undefined(void)
{
    struct setup s = {.options = percent_alone()};
    struct rows rows;
    s.options.wanted[RK_F_PERCENT] = false;
    s.options.wanted[RK_F_FLEISS] = true;
    s.options.bootstrap = 1000;
    s.options.seed = RK_TEXT("seed");
    s.options.threads = 1;
    begin(&s);
    for (uint32_t c = 0; c < 3; c++)
        for (uint32_t r = 0; r < 2; r++)
            add(&s, 1, c, r, c == 2 && r ? "2" : "1", NULL);
    end(&s, &rows);
    /* without the third candidate, (2/3)^3 = 30 % of the time, there is one category */
    CHECK(rows.all[0].undefined > 240 && rows.all[0].undefined < 360 &&
          isnan(rows.all[0].estimate.low));
}

static void options(void)
{
    struct rk_agree_options o = {0};
    struct rk_agree *agree;
    CHECK(rk_agree_read_categories(&o, "-1:3") && o.category_count == 5 &&
          rk_text_is(o.categories[0], "-1"));
    CHECK(rk_agree_read_categories(&o, "no|maybe|yes") && o.category_count == 3);
    CHECK(rk_agree_new(&agree, &o, NULL) == RK_BAD_USE); /* not numbers */
    rk_agree_free(agree);
    CHECK(!rk_agree_read_categories(&o, "3:1") && !rk_agree_read_categories(&o, "one"));
    CHECK(rk_agree_read_categories(&o, "1|1.0"));
    CHECK(rk_agree_new(&agree, &o, NULL) == RK_BAD_USE); /* twice the same */
    rk_agree_free(agree);
    CHECK(rk_agree_read_scale(&o, "0:100:5") && o.steps == 21 && o.step == 5);
    CHECK(!rk_agree_read_scale(&o, "5:1") && !rk_agree_read_scale(&o, "1") &&
          !rk_agree_read_scale(&o, "0:1:0.3") && !rk_agree_read_scale(&o, "1:2:3:4") &&
          !rk_agree_read_scale(&o, "a:b"));
    CHECK(rk_agree_read_decision(&o.decide_raters, "1,5,10") && o.decide_raters.of[2] == 10);
    CHECK(!rk_agree_read_decision(&o.decide_raters, "0") &&
          !rk_agree_read_decision(&o.decide_raters, "1,,2"));
    static const char *const bad[] = {"0,1", "1,0/0,1", "0,1/-1,0", "0,1/1", "0,x/1,0", "0"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(!rk_agree_read_disagreement(&o, bad[i]));
        rk_agree_options_free(&o);
    }
    CHECK(rk_agree_read_disagreement(&o, "0,1,3/1,0,6/3,6,0") && o.disagreement_size == 3);
    rk_agree_options_free(&o);
}

int main(void)
{
    parts();
    twice();
    large();
    bootstrap();
    undefined();
    options();
    return finish();
}
