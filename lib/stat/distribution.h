/* Distributions, through the GNU Scientific Library, behind this one file. Arguments outside a
 * distribution's range give NaN. Relative accuracy about 1e-10 or better (GSL's own tests); the
 * unit test holds it against printed tables. */
#ifndef RK_DISTRIBUTION_H
#define RK_DISTRIBUTION_H

double rk_normal_below(double z);    /* P(Z <= z) */
double rk_normal_above(double z);    /* P(Z > z), exact far out in the tail */
double rk_normal_quantile(double p); /* 0 < p < 1 */

double rk_t_below(double t, double df); /* df > 0, need not be whole */
double rk_t_above(double t, double df);
double rk_t_quantile(double p, double df);

double rk_chi_square_below(double x, double df);
double rk_chi_square_above(double x, double df);
double rk_chi_square_quantile(double p, double df);

double rk_f_below(double f, double df1, double df2);
double rk_f_above(double f, double df1, double df2);
double rk_f_quantile(double p, double df1, double df2);

double rk_beta_below(double x, double a, double b); /* regularised incomplete beta */
double rk_beta_quantile(double p, double a, double b);

double rk_binomial_point(unsigned k, unsigned n, double p);
double rk_binomial_below(unsigned k, unsigned n, double p); /* P(X <= k) */
/* k white balls among t drawn from n1 white and n2 black. */
double rk_hypergeometric_point(unsigned k, unsigned n1, unsigned n2, unsigned t);

double rk_log_gamma(double x); /* x > 0 */
double rk_log_choose(double n, double k);

#endif
