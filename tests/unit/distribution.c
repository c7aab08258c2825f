/* lib/stat/distribution against printed tables: Abramowitz & Stegun (1964) tables 26.1, 26.2;
 * Pearson & Hartley (1966) tables 8, 12, 18; exact values where a formula gives them. */
#include "stat/distribution.h"

#include "check.h"

#include <math.h>

#define NEAR(got, wanted, most) CHECK(fabs((got) - (wanted)) <= (most))

int main(void)
{
    NEAR(rk_normal_below(1.96), 0.975002104851780, 1e-14);
    NEAR(rk_normal_above(5) / 2.866515718791939e-7, 1, 1e-12);
    NEAR(rk_normal_quantile(0.975), 1.959963984540054, 1e-12);
    CHECK(isnan(rk_normal_quantile(0)) && isnan(rk_normal_quantile(1)));

    NEAR(rk_t_below(1, 1), 0.75, 1e-14); /* Cauchy */
    NEAR(rk_t_above(2.228139, 10), 0.025, 1e-8);
    NEAR(rk_t_quantile(0.975, 10), 2.2281388519649, 1e-10);
    CHECK(isnan(rk_t_quantile(0.5, 0)));

    NEAR(rk_chi_square_above(2, 2), exp(-1), 1e-15); /* exponential */
    NEAR(rk_chi_square_below(3.841458820694124, 1), 0.95, 1e-13);
    NEAR(rk_chi_square_quantile(0.95, 5), 11.070497693516, 1e-9);

    NEAR(rk_f_above(4.964602743730711, 1, 10), 0.05, 1e-12);
    NEAR(rk_f_quantile(0.95, 2, 10), 4.102821015, 1e-8);
    NEAR(rk_f_below(1, 7, 7), 0.5, 1e-13); /* symmetry */

    /* many degrees of freedom, by lib/stat/beta: a closed form with two of them, symmetry, and what
     * GSL says just below the bound where the other begins */
    for (double df = 1e4; df < 1e10; df *= 10) {
        double f = expm1(-2 / df * log(0.05)) * df / 2;
        NEAR(rk_f_quantile(0.95, 2, df) / f, 1, 1e-12);
        NEAR(rk_f_above(f, 2, df) / 0.05, 1, 1e-11);
        NEAR(rk_f_quantile(0.5, df, df), 1, 1e-14);
        NEAR(rk_f_quantile(0.025, 3, df) * rk_f_quantile(0.975, df, 3), 1, 1e-12);
        NEAR(rk_f_quantile(0.975, 7, df), rk_chi_square_quantile(0.975, 7) / 7, 60 / df);
        NEAR(rk_f_below(1.0001, df, 2 * df) + rk_f_above(1.0001, df, 2 * df), 1, 1e-15);
    }
    NEAR(rk_f_below(1.05, 4999.999, 300), rk_f_below(1.05, 5000.001, 300), 1e-8);
    NEAR(rk_f_above(0.95, 30, 4999.999), rk_f_above(0.95, 30, 5000.001), 1e-9);
    NEAR(rk_f_quantile(0.99, 4999.999, 300), rk_f_quantile(0.99, 5000.001, 300), 1e-7);
    CHECK(rk_f_below(0, 10, 1e6) == 0 && rk_f_above(0, 10, 1e6) == 1);

    NEAR(rk_beta_below(0.25, 1, 1), 0.25, 1e-15);
    NEAR(rk_beta_quantile(0.975, 2, 1), sqrt(0.975), 1e-12);

    NEAR(rk_binomial_point(2, 4, 0.5), 0.375, 1e-15);
    NEAR(rk_binomial_below(2, 4, 0.5), 0.6875, 1e-14);
    NEAR(rk_hypergeometric_point(1, 5, 5, 2), 5.0 / 9, 1e-14);

    NEAR(rk_log_gamma(6), log(120), 1e-13);
    NEAR(rk_log_choose(5, 2), log(10), 1e-13);
    return finish();
}
