/* lib/simulate: the truth is in the ratings, threads change nothing, the odd cases are there. */
#include "base/fixed.h"
#include "base/hash.h"
#include "base/mem.h"
#include "check.h"
#include "simulate/simulate.h"

#include <math.h>

struct gathered {
    struct rk_simulate_rows rows;
    uint64_t done, total;
};

static void take(void *context, const struct rk_simulate_rows *rows, uint64_t done, uint64_t total)
{
    struct gathered *all = context;
    for (size_t t = 0; t < RK_SIMULATE_TABLES; t++)
        if (rows->cells[t].size)
            rk_buf_add(&all->rows.cells[t], rows->cells[t].text, rows->cells[t].size);
    all->done = done;
    all->total = total;
}

static struct gathered simulated(const struct rk_simulate_options *options, unsigned threads)
{
    struct gathered all = {0};
    struct rk_simulate *simulate = rk_simulate_new(options);
    rk_simulate_run(simulate, threads, take, &all);
    rk_simulate_free(simulate);
    return all;
}

/* Walks the rows of a table: cell[column] for each. */
struct walk {
    const char *at, *end;
    size_t columns;
    const char *cell[32];
};

static struct walk walk(const struct gathered *all, enum rk_simulate_table table)
{
    const struct rk_buf *cells = &all->rows.cells[table];
    return (struct walk){.at = cells->text,
                         .end = cells->text + cells->size,
                         .columns = rk_simulate_sheets[table].count};
}

static bool next(struct walk *w)
{
    if (w->at == w->end)
        return false;
    for (size_t c = 0; c < w->columns; c++) {
        w->cell[c] = w->at;
        w->at += strlen(w->at) + 1;
    }
    return w->at <= w->end;
}

static double number(const char *text)
{
    rk_fixed value = 0;
    if (!rk_fixed_parse(rk_text(text), &value))
        CHECK(!"a number");
    return rk_fixed_double(value);
}

static void threads_change_nothing(void)
{
    struct rk_simulate_options options = rk_simulate_defaults();
    options.seed = RK_TEXT("a");
    options.recruitments = 150;
    struct gathered one = simulated(&options, 1), three = simulated(&options, 3);
    options.seed = RK_TEXT("b");
    struct gathered other = simulated(&options, 1);
    for (size_t t = 0; t < RK_SIMULATE_TABLES; t++) {
        CHECK(one.rows.cells[t].size > 0);
        CHECK(one.rows.cells[t].size == three.rows.cells[t].size &&
              !memcmp(one.rows.cells[t].text, three.rows.cells[t].text, one.rows.cells[t].size));
    }
    CHECK(one.rows.cells[RK_SIMULATE_RATINGS].size != other.rows.cells[RK_SIMULATE_RATINGS].size);
    CHECK(one.done == one.total && three.done == one.total);

    /* every odd case is there */
    unsigned missing[5] = {0}, joint = 0, statuses[4] = {0}, cancelled = 0, minors = 0, real = 0,
             neither = 0;
    static const char *const kinds[] = {"not_asked", "abstained", "conflict", "not_met",
                                        "not_returned"};
    static const char *const words[] = {"active", "withdrawn", "ineligible", "protected"};
    for (struct walk w = walk(&one, RK_SIMULATE_RATINGS); next(&w);) {
        for (size_t i = 0; i < 5; i++)
            missing[i] += !strcmp(w.cell[7], kinds[i]);
        neither += (*w.cell[6] == '\0') != (*w.cell[7] != '\0');
        joint += !strcmp(w.cell[8], "consensus") && number(w.cell[9]) >= 1;
    }
    for (size_t i = 0; i < 5; i++)
        CHECK(missing[i] > 0);
    CHECK(joint > 0 && !neither);
    for (struct walk w = walk(&one, RK_SIMULATE_CANDIDATES); next(&w);)
        for (size_t i = 0; i < 4; i++) {
            statuses[i] += !strcmp(w.cell[2], words[i]);
            if (!strcmp(w.cell[2], "protected"))
                CHECK(!*w.cell[6] && !*w.cell[7]);
        }
    for (size_t i = 0; i < 4; i++)
        CHECK(statuses[i] > 0);
    for (struct walk w = walk(&one, RK_SIMULATE_RECRUITMENTS); next(&w);)
        cancelled += !strcmp(w.cell[5], "cancelled") && *w.cell[15];
    CHECK(cancelled > 0);
    for (struct walk w = walk(&one, RK_SIMULATE_PANELISTS); next(&w);)
        minors += !strcmp(w.cell[16], "true");
    CHECK(minors > 0);
    for (struct walk w = walk(&one, RK_SIMULATE_CONFLICTS); next(&w);)
        real += *w.cell[3] && strcmp(w.cell[5], "none");
    CHECK(real > 0);
    rk_simulate_rows_free(&one.rows);
    rk_simulate_rows_free(&three.rows);
    rk_simulate_rows_free(&other.rows);
}

/* Sums by id, for means that are held against the truth. */
struct sums {
    struct rk_strings ids;
    double *sum, *count;
};

static void add(struct sums *sums, const char *id, double value)
{
    uint32_t known = sums->ids.count, i = rk_strings_add(&sums->ids, rk_text(id));
    if (i == known) {
        sums->sum = rk_resize(sums->sum, i + 1, sizeof(double));
        sums->count = rk_resize(sums->count, i + 1, sizeof(double));
        sums->sum[i] = sums->count[i] = 0;
    }
    sums->sum[i] += value;
    sums->count[i]++;
}

static void forget(struct sums *sums)
{
    rk_strings_free(&sums->ids);
    rk_free(sums->sum);
    rk_free(sums->count);
}

/* On a long scale, where rounding and clipping count for little, with many raters and criteria, the
 * mean rating of a candidate less the mean of what the raters add is the true quality, and what is
 * left over behaves as chance does: mean 0, and a spread no larger than the model says. */
static void truth_is_recovered(enum rk_simulate_meet severe, double incomplete)
{
    struct rk_simulate_options options = rk_simulate_defaults();
    options.seed = RK_TEXT("truth");
    options.recruitments = 60;
    options.raters = 8;
    options.criteria = 10;
    options.least = 0;
    options.most = 1000;
    options.incomplete = incomplete;
    options.severe = severe;
    struct gathered all = simulated(&options, 2);
    struct sums quality = {0}, favoured = {0}, severity = {0}, bias = {0}, scores = {0},
                expected = {0}, by_rater = {0};
    for (struct walk w = walk(&all, RK_SIMULATE_TRUE_CANDIDATES); next(&w);) {
        add(&quality, w.cell[0], number(w.cell[2]));
        add(&favoured, w.cell[0], number(w.cell[3]));
    }
    for (struct walk w = walk(&all, RK_SIMULATE_TRUE_RATERS); next(&w);) {
        add(&severity, w.cell[0], number(w.cell[2]));
        add(&bias, w.cell[0], number(w.cell[4]));
    }
    uint64_t ratings = 0;
    for (struct walk w = walk(&all, RK_SIMULATE_RATINGS); next(&w);) {
        ratings++;
        if (!*w.cell[6])
            continue;
        uint32_t c = rk_strings_find(&quality.ids, rk_text(w.cell[1]));
        uint32_t r = rk_strings_find(&severity.ids, rk_text(w.cell[2]));
        if (c == RK_NONE || r == RK_NONE) {
            CHECK(!"a candidate and a rater whose truth is told");
            continue;
        }
        double adds = favoured.sum[c] * bias.sum[r] - severity.sum[r];
        add(&scores, w.cell[1], number(w.cell[6]));
        add(&expected, w.cell[1], 500 + quality.sum[c] + adds);
        add(&by_rater, w.cell[2], number(w.cell[6]) - 500 - quality.sum[c] -
                                      favoured.sum[c] * bias.sum[r]);
    }
    double expected_ratings = rk_simulate_expected_ratings(&options);
    CHECK(fabs((double)ratings - expected_ratings) < 0.12 * expected_ratings);
    /* what is left of a candidate: facets (sd 60 over at least 10 criteria), views (60 over 2
     * groups) and noise: sd about 50; of a rater who met 10 candidates or more, about 40 */
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < scores.ids.count; i++) {
        double rest = (scores.sum[i] - expected.sum[i]) / scores.count[i];
        sum += rest;
        squares += rest * rest;
    }
    double n = scores.ids.count;
    CHECK(n > 200);
    CHECK(fabs(sum / n) < 4 * 50 / sqrt(n));
    CHECK(sqrt(squares / n) > 35 && sqrt(squares / n) < 55);
    double product = 0, square = 0;
    for (uint32_t i = 0; i < by_rater.ids.count; i++) {
        uint32_t r = rk_strings_find(&severity.ids, by_rater.ids.texts[i]);
        product += by_rater.sum[i] / by_rater.count[i] * severity.sum[r];
        square += severity.sum[r] * severity.sum[r];
    }
    CHECK(fabs(product / square + 1) < 0.1); /* a slope of -1: strictness is taken off whole */
    forget(&quality), forget(&favoured), forget(&severity), forget(&bias);
    forget(&scores), forget(&expected), forget(&by_rater);
    rk_simulate_rows_free(&all.rows);
}

/* Where severe raters meet the strong, raw rater means mislead: the severe seem lenient. */
static void severe_raters_can_be_sent_to_the_strong(void)
{
    double slopes[3];
    for (int severe = RK_MEET_ANYONE; severe <= RK_MEET_WEAK; severe++) {
        struct rk_simulate_options options = rk_simulate_defaults();
        options.seed = RK_TEXT("severe");
        options.recruitments = 80;
        options.incomplete = 0.5;
        options.severe = (enum rk_simulate_meet)severe;
        struct gathered all = simulated(&options, 1);
        struct sums severity = {0}, quality = {0};
        for (struct walk w = walk(&all, RK_SIMULATE_TRUE_RATERS); next(&w);)
            add(&severity, w.cell[0], number(w.cell[2]));
        for (struct walk w = walk(&all, RK_SIMULATE_TRUE_CANDIDATES); next(&w);)
            add(&quality, w.cell[0], number(w.cell[2]));
        double product = 0;
        for (struct walk w = walk(&all, RK_SIMULATE_RATINGS); next(&w);)
            product += severity.sum[rk_strings_find(&severity.ids, rk_text(w.cell[2]))] *
                       quality.sum[rk_strings_find(&quality.ids, rk_text(w.cell[1]))];
        slopes[severe] = product;
        forget(&severity), forget(&quality);
        rk_simulate_rows_free(&all.rows);
    }
    CHECK(slopes[RK_MEET_STRONG] > slopes[RK_MEET_ANYONE]);
    CHECK(slopes[RK_MEET_WEAK] < slopes[RK_MEET_ANYONE]);
}

/* Few carry much: the busiest tenth of those who served hold well over a tenth of the seats. */
static void work_is_clustered(void)
{
    struct rk_simulate_options options = rk_simulate_defaults();
    options.seed = RK_TEXT("clustered");
    options.recruitments = 400;
    struct gathered all = simulated(&options, 1);
    struct sums served = {0};
    for (struct walk w = walk(&all, RK_SIMULATE_ASSIGNMENTS); next(&w);)
        if (!strcmp(w.cell[6], "attended"))
            add(&served, w.cell[1], 1);
    double total = 0, top = 0;
    uint32_t n = served.ids.count, tenth = n / 10;
    for (uint32_t i = 0; i < n; i++)
        total += served.count[i];
    for (uint32_t k = 0; k < tenth; k++) {
        uint32_t most = 0;
        for (uint32_t i = 1; i < n; i++)
            if (served.count[i] > served.count[most])
                most = i;
        top += served.count[most];
        served.count[most] = 0;
    }
    CHECK(n > 50 && top > 0.2 * total);
    forget(&served);
    rk_simulate_rows_free(&all.rows);
}

int main(void)
{
    threads_change_nothing();
    truth_is_recovered(RK_MEET_ANYONE, 0);
    truth_is_recovered(RK_MEET_ANYONE, 0.3);
    truth_is_recovered(RK_MEET_STRONG, 0.3);
    severe_raters_can_be_sent_to_the_strong();
    work_is_clustered();
    return finish();
}
