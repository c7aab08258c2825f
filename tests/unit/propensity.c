/* lib/stat/propensity and logistic: the RISQ manual's test data and a sample with R's glm, in place
 * from $RK_REFERENCE; cases small enough to work out by hand; and that cells and people give the
 * same. */
#include "stat/propensity.h"

#include "base/fixed.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"
#include "check.h"
#include "reference.h"
#include "stat/logistic.h"

#include <math.h>

#define NEAR(got, wanted, most) CHECK(fabs((got) - (wanted)) <= (most))
enum { MOST_ROWS = 2000 };

static struct rk_strings words[3];
static uint32_t values[MOST_ROWS * 3], of[3];
static double people[MOST_ROWS], selected[MOST_ROWS];

/* Columns of CSV (the quotes of "18,19 years" kept apart from the comma): 3 features, then numbers.
 */
static size_t read_rows(FILE *file, bool id, bool counted)
{
    char line[256], *cells[8];
    size_t rows = 0;
    CHECK(fgets(line, sizeof line, file) != NULL);
    while (fgets(line, sizeof line, file)) {
        int n = 0;
        for (char *at = line; *at && n < 8; n++) {
            bool quoted = *at == '"';
            cells[n] = at += quoted;
            at += strcspn(at, quoted ? "\"" : ",\n");
            char end = *at;
            *at++ = '\0';
            if (end == '"')
                at++;
        }
        for (size_t f = 0; f < 3; f++)
            values[rows * 3 + f] = rk_strings_add(&words[f], rk_text(cells[f + id]));
        int64_t number = 1;
        if (counted)
            CHECK(rk_text_int(rk_text(cells[3]), &number));
        people[rows] = (double)number;
        CHECK(rk_text_int(rk_text(cells[4]), &number));
        selected[rows++] = (double)number;
    }
    fclose(file);
    for (size_t f = 0; f < 3; f++)
        of[f] = words[f].count;
    return rows;
}

static void forget(void)
{
    for (size_t f = 0; f < 3; f++)
        rk_strings_free(&words[f]);
}

/* eval/expected.csv, RI1: published in the RISQ manual 2.0, but R and its SE, which are by its R
 * code */
static void risq(void)
{
    FILE *file = reference_file("eval/rindicator_risq_cells.csv");
    if (!file)
        return;
    struct rk_propensity_problem problem = {
        read_rows(file, false, true), 3, values, of, people, selected};
    struct rk_propensity got;
    CHECK(rk_propensity(&problem, &got));
    CHECK(problem.rows == 140 && got.people == 35455 && got.converged && !got.is_extreme);
    NEAR(got.mean, 0.5465801721, 1e-9);
    NEAR(got.r, 0.8789220904, 1e-9);
    NEAR(got.r_adjusted, 0.8810996806, 1e-9);
    NEAR(got.r_se, 0.00525429144, 1e-10);
    NEAR(got.cv, 0.1107595151, 1e-9);
    NEAR(got.cv_se, 0.00480695639, 1e-10);
    static const double pu[] = {0.00967044975, 0.02785369499, 0.05382786322},
                        pc[] = {0.00925686637, 0.02586990355, 0.05296453165};
    for (size_t f = 0; f < 3; f++) {
        NEAR(got.features[f].pu, pu[f], 1e-10);
        NEAR(got.features[f].pc, pc[f], 1e-10);
    }
    NEAR(got.features[0].pu_adjusted, 0.00949652639, 1e-9);
    static const double urban[] = {-0.046690533, -0.001599985, 0.010083497, 0.016929938,
                                   0.01807134};
    for (size_t v = 0; v < 5; v++)
        NEAR(got.features[2].values[v].pu, urban[v], 1e-9);
    NEAR(got.features[2].values[0].pc, 0.045877355, 1e-9);
    NEAR(got.features[2].values[1].pc, 0.002560629, 1e-9);
    NEAR(got.features[1].values[0].pu, -0.009671122, 1e-9);
    rk_propensity_free(&got);
    forget();
}

/* score/representativity: R glm, and the RISQ R code. What rests on the covariance agrees to 2e-7:
 * glm takes it from the step before its last, which it stops at early; the exact one is checked by
 * hand below. */
static void sample(void)
{
    FILE *file = reference_file("score/representativity/sample.csv");
    if (!file)
        return;
    struct rk_propensity_problem problem = {
        read_rows(file, true, false), 3, values, of, people, selected};
    struct rk_propensity got;
    CHECK(rk_propensity(&problem, &got));
    CHECK(got.people == 1200);
    NEAR(got.mean, 0.454166666667, 1e-10);
    NEAR(got.r, 0.785163789483, 1e-9);
    NEAR(got.cv, 0.23651692901, 1e-9);
    NEAR(got.r_adjusted, 0.798320619091, 1e-7);
    NEAR(got.r_se, 0.027877908389, 1e-7);
    static const double pu[] = {0.102075548084, 0.0159861999236, 0.0315243701742},
                        adjusted[] = {0.0958243179484, 0.0150071856877, 0.029593779582},
                        se[] = {0.0138081754039, 0.0170198326586, 0.0163751406523},
                        pc[] = {0.101228228011, 0.0156587403037, 0.0297197413299},
                        pc_adjusted[] = {0.0950288887832, 0.0146997800913, 0.0278996683928};
    for (size_t f = 0; f < 3; f++) { /* age, sex, region */
        NEAR(got.features[f].pu, pu[f], 1e-9);
        NEAR(got.features[f].pu_adjusted, adjusted[f], 1e-7);
        NEAR(got.features[f].se, se[f], 2e-7);
        NEAR(got.features[f].pc, pc[f], 1e-9);
        NEAR(got.features[f].pc_adjusted, pc_adjusted[f], 1e-7);
    }
    rk_propensity_free(&got);

    /* the coefficients, against the first level of the alphabet: mid, f, e */
    static const char *const levels[] = {"old", "young", "m", "n", "s", "w"};
    static const double wanted[] = {-0.287939539145, 0.535200472805, -0.643403490381,
                                    -0.132363445588, 0.173063431741, 0.261157760967,
                                    -0.0558432207553};
    uint32_t *columns = rk_alloc(problem.rows * 3, sizeof *columns);
    for (size_t i = 0; i < problem.rows * 3; i++) {
        columns[i] = RK_NONE;
        for (uint32_t l = 0; l < 6; l++)
            if (rk_text_is(words[i % 3].texts[values[i]], levels[l]))
                columns[i] = l + 1;
    }
    struct rk_logistic_problem logistic = {problem.rows, 3, 7, columns, people, selected};
    struct rk_logistic fit;
    CHECK(rk_logistic_fit(&logistic, &fit) && fit.converged && fit.rank == 7);
    for (size_t i = 0; i < 7; i++)
        NEAR(fit.coefficients[i], wanted[i], 1e-9);
    NEAR(fit.deviance, 1596.45302384, 1e-6);
    rk_logistic_free(&fit);
    rk_free(columns);
    forget();
}

/* One feature of two values, 10 of 40 and 30 of 60: the propensities are the shares. */
static void by_hand(void)
{
    const uint32_t value[] = {0, 1}, count[] = {3}; /* nobody has the third */
    const double n[] = {40, 60}, x[] = {10, 30};
    struct rk_propensity_problem problem = {2, 1, value, count, n, x};
    struct rk_propensity got;
    CHECK(rk_propensity(&problem, &got));
    double variance = (40 * 0.15 * 0.15 + 60 * 0.1 * 0.1) / 99; /* about 0.4 */
    NEAR(got.mean, 0.4, 1e-12);
    NEAR(got.r, 1 - 2 * sqrt(variance), 1e-12);
    /* the bias: sum of n p q / n = p q of each value, by the 100 people */
    double bias = (0.25 * 0.75 + 0.5 * 0.5) / 100;
    NEAR(got.r_adjusted, 1 - 2 * sqrt(variance - bias), 1e-12);
    /* S² = 0.24 d², d the difference of the shares: se(R) = 2 se(S), to the second order in d */
    double of_d = 0.25 * 0.75 / 40 + 0.5 * 0.5 / 60, s2 = 0.24 * 0.25 * 0.25;
    NEAR(got.r_se * got.r_se,
         (4 * 0.24 * 0.24 * 0.25 * 0.25 * of_d + 2 * 0.24 * 0.24 * of_d * of_d) / s2, 1e-12);
    NEAR(got.features[0].pu, sqrt(0.015), 1e-12);
    NEAR(got.features[0].pc, sqrt(0.015), 1e-12); /* there are no others */
    NEAR(got.features[0].values[0].pu, -sqrt(0.4) * 0.15, 1e-12);
    NEAR(got.features[0].values[1].pc, sqrt(0.6) * 0.1, 1e-12);
    CHECK(isnan(got.features[0].values[2].pu) && isnan(got.features[0].values[2].pc));
    rk_propensity_free(&got);
    const double all[] = {40, 60}, none[] = {0, 0}, only[] = {40, 0};
    problem.selected = all;
    CHECK(!rk_propensity(&problem, &got));
    problem.selected = none;
    CHECK(!rk_propensity(&problem, &got));
    problem.selected = only; /* all of one value and none of the other */
    CHECK(rk_propensity(&problem, &got) && got.is_extreme && got.converged);
    NEAR(got.mean, 0.4, 1e-9);
    NEAR(got.r, 1 - 2 * sqrt(0.24 * 100 / 99), 1e-9);
    rk_propensity_free(&got);
}

/* People one by one and the cells they make are the same, and so are two features that say the
 * same. */
static void cells_and_people(void)
{
    struct rk_random random = rk_random(RK_TEXT("unit"), RK_TEXT("propensity"));
    static uint32_t cell_values[24 * 3], twice[MOST_ROWS * 2];
    static double cell_people[24], cell_selected[24];
    const uint32_t sizes[] = {2, 3, 4}, same[] = {4, 4};
    enum { PEOPLE = 600 };
    for (uint32_t c = 0; c < 24; c++) {
        cell_values[c * 3] = c % 2;
        cell_values[c * 3 + 1] = c / 2 % 3;
        cell_values[c * 3 + 2] = c / 6;
    }
    for (int i = 0; i < PEOPLE; i++) {
        uint32_t c = (uint32_t)rk_random_below(&random, 24);
        memcpy(values + i * 3, cell_values + c * 3, 3 * sizeof *values);
        twice[2 * i] = twice[2 * i + 1] = c / 6;
        people[i] = 1;
        selected[i] = rk_random_unit(&random) < 0.2 + 0.1 * (double)(c / 6);
        cell_people[c]++;
        cell_selected[c] += selected[i];
    }
    struct rk_propensity_problem one = {PEOPLE, 3, values, sizes, people, selected},
                                 cells = {24, 3, cell_values, sizes, cell_people, cell_selected};
    struct rk_propensity a, b;
    CHECK(rk_propensity(&one, &a) && rk_propensity(&cells, &b));
    NEAR(a.r, b.r, 1e-12);
    NEAR(a.r_adjusted, b.r_adjusted, 1e-11);
    NEAR(a.r_se, b.r_se, 1e-12);
    for (size_t f = 0; f < 3; f++) {
        NEAR(a.features[f].pc, b.features[f].pc, 1e-12);
        NEAR(a.features[f].values[1].pc_se, b.features[f].values[1].pc_se, 1e-12);
        CHECK(a.features[f].values[1].pc_se > 0);
    }
    rk_propensity_free(&a);
    rk_propensity_free(&b);
    struct rk_propensity_problem doubled = {PEOPLE, 2, twice, same, people, selected};
    struct rk_propensity_problem single = {PEOPLE, 1, twice, same, people, selected};
    uint32_t alone[PEOPLE];
    for (int i = 0; i < PEOPLE; i++)
        alone[i] = twice[2 * i];
    single.values = alone;
    CHECK(rk_propensity(&doubled, &a) && rk_propensity(&single, &b));
    NEAR(a.r, b.r, 1e-10);
    NEAR(a.r_se, b.r_se, 1e-10);
    NEAR(a.features[0].pc, 0, 1e-12); /* the other tells all */
    rk_propensity_free(&a);
    rk_propensity_free(&b);
}

int main(void)
{
    risq();
    sample();
    by_hand();
    cells_and_people();
    return finish();
}
