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

    NEAR(rk_beta_below(0.25, 1, 1), 0.25, 1e-15);
    NEAR(rk_beta_quantile(0.975, 2, 1), sqrt(0.975), 1e-12);

    NEAR(rk_binomial_point(2, 4, 0.5), 0.375, 1e-15);
    NEAR(rk_binomial_below(2, 4, 0.5), 0.6875, 1e-14);
    NEAR(rk_hypergeometric_point(1, 5, 5, 2), 5.0 / 9, 1e-14);

    NEAR(rk_log_gamma(6), log(120), 1e-13);
    NEAR(rk_log_choose(5, 2), log(10), 1e-13);
    return finish();
}
