/* lib/stat/interval against Newcombe's tables (1998) and R, in place from $RK_REFERENCE, and
 * against what the intervals are by definition. */
#include "stat/interval.h"

#include "base/fixed.h"
#include "check.h"
#include "reference.h"
#include "stat/distribution.h"

#include <math.h>

#define NEAR(got, wanted, most) CHECK(fabs((got) - (wanted)) <= (most))

/* The numbers of a line of CSV. */
static int numbers(char *line, double *to, int most)
{
    int n = 0;
    line[strcspn(line, "\n")] = '\0';
    for (char *cell; n < most && (cell = strsep(&line, ",")); n++) {
        rk_fixed value;
        if (!rk_fixed_parse(rk_text(cell), &value))
            return 0;
        to[n] = rk_fixed_double(value);
    }
    return n;
}

static void newcombe_tables(void)
{
    char line[256];
    double v[10];
    int rows = 0;
    FILE *file = reference_file("eval/prop_ci_newcombe1998a.csv");
    while (file && fgets(line, sizeof line, file)) {
        if (numbers(line, v, 10) != 10)
            continue;
        struct rk_interval wilson = rk_wilson(v[0], v[1], 0.95),
                           corrected = rk_wilson_corrected(v[0], v[1], 0.95),
                           exact = rk_clopper_pearson(v[0], v[1], 0.95);
        NEAR(wilson.low, v[4], 6e-5);
        NEAR(wilson.high, v[5], 6e-5);
        NEAR(corrected.low, v[6], 6e-5);
        NEAR(corrected.high, v[7], 6e-5);
        NEAR(exact.low, v[8], 6e-5);
        NEAR(exact.high, v[9], 6e-5);
        rows++;
    }
    CHECK(!file || rows >= 3);
    if (file)
        fclose(file);
    file = reference_file("eval/prop_diff_newcombe1998b.csv");
    for (rows = 0; file && fgets(line, sizeof line, file);) {
        if (numbers(line, v, 7) != 7)
            continue;
        struct rk_interval difference = rk_newcombe(v[0], v[1], v[2], v[3], 0.95);
        NEAR(difference.low, v[5], 6e-5);
        NEAR(difference.high, v[6], 6e-5);
        rows++;
    }
    CHECK(!file || rows >= 5);
    if (file)
        fclose(file);
}

/* x81_n263.wilson.lower,0.255288519878,1e-09,… */
static void from_r(void)
{
    static const struct {
        const char *name;
        struct rk_interval (*interval)(double, double, double);
    } kinds[] = {{"wilson", rk_wilson},
                 {"wilson_cc", rk_wilson_corrected},
                 {"clopper_pearson", rk_clopper_pearson},
                 {"agresti_coull", rk_agresti_coull},
                 {"jeffreys", rk_jeffreys}};
    char line[256], kind[32], end[16], value[32];
    int rows = 0;
    FILE *file = reference_file("score/wilson-newcombe-1998/expected.csv");
    while (file && fgets(line, sizeof line, file)) {
        unsigned x, n;
        rk_fixed wanted;
        if (sscanf(line, "x%u_n%u.%31[a-z_].%15[a-z],%31[0-9.e-]", &x, &n, kind, end, value) != 5 ||
            !rk_fixed_parse(rk_text(value), &wanted))
            continue;
        /* R corrects less where x/n is close to the 0.5 it tests; the interval is not about a test
         */
        if (!strcmp(kind, "wilson_cc") && 2 * x == n)
            continue;
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (!strcmp(kind, kinds[k].name)) {
                struct rk_interval interval = kinds[k].interval(x, n, 0.95);
                NEAR(!strcmp(end, "lower") ? interval.low : interval.high, rk_fixed_double(wanted),
                     1e-9);
                rows++;
            }
    }
    CHECK(!file || rows > 50);
    if (file)
        fclose(file);
}

static void definitions(void)
{
    double z = rk_normal_quantile(0.95);
    for (unsigned n = 1; n <= 40; n += 13)
        for (unsigned x = 0; x <= n; x++) {
            struct rk_interval wilson = rk_wilson(x, n, 0.9), exact = rk_clopper_pearson(x, n, 0.9);
            double p = x / (double)n;
            CHECK(wilson.low >= 0 && wilson.low <= p && p <= wilson.high && wilson.high <= 1);
            /* an end is the share from which what was seen is z off */
            if (x > 0 && wilson.low > 0)
                NEAR((p - wilson.low) / sqrt(wilson.low * (1 - wilson.low) / n), z, 1e-9);
            /* an end is the share under which so many or more (fewer) are seen one time in 20 */
            if (x > 0)
                NEAR(1 - rk_binomial_below(x - 1, n, exact.low), 0.05, 1e-9);
            if (x < n)
                NEAR(rk_binomial_below(x, n, exact.high), 0.05, 1e-9);
            /* the other way round */
            struct rk_interval rest = rk_wilson(n - x, n, 0.9);
            NEAR(rest.low, 1 - wilson.high, 1e-14);
            struct rk_interval all = rk_goodman(x, n, 4, 0.9), one = rk_goodman(x, n, 1, 0.9);
            CHECK(all.low <= wilson.low && all.high >= wilson.high);
            NEAR(one.high, wilson.high, 1e-14);
            struct rk_interval difference = rk_newcombe(x, n, x, n, 0.9);
            NEAR(difference.low, -difference.high, 1e-14);
        }
    CHECK(rk_wilson(0, 7, 0.95).low == 0 && rk_wilson(7, 7, 0.95).high == 1);
    CHECK(isnan(rk_wilson(0, 0, 0.95).low) && isnan(rk_clopper_pearson(3, 2, 0.95).high));
    CHECK(isnan(rk_newcombe(0, 0, 1, 2, 0.95).low));
}

int main(void)
{
    newcombe_tables();
    from_r();
    definitions();
    return finish();
}
