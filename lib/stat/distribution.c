#include "stat/distribution.h"

#include "stat/beta.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

/* GSL's own handler ends the program; here what is out of range is NaN. */
__attribute__((constructor)) static void no_abort(void) { gsl_set_error_handler_off(); }

static int is_share(double p) { return p > 0 && p < 1; }

double rk_normal_below(double z) { return gsl_cdf_ugaussian_P(z); }
double rk_normal_above(double z) { return gsl_cdf_ugaussian_Q(z); }
double rk_normal_quantile(double p) { return is_share(p) ? gsl_cdf_ugaussian_Pinv(p) : NAN; }

double rk_t_below(double t, double df) { return df > 0 ? gsl_cdf_tdist_P(t, df) : NAN; }
double rk_t_above(double t, double df) { return df > 0 ? gsl_cdf_tdist_Q(t, df) : NAN; }
double rk_t_quantile(double p, double df)
{
    return df > 0 && is_share(p) ? gsl_cdf_tdist_Pinv(p, df) : NAN;
}

double rk_chi_square_below(double x, double df) { return df > 0 ? gsl_cdf_chisq_P(x, df) : NAN; }
double rk_chi_square_above(double x, double df) { return df > 0 ? gsl_cdf_chisq_Q(x, df) : NAN; }
double rk_chi_square_quantile(double p, double df)
{
    return df > 0 && is_share(p) ? gsl_cdf_chisq_Pinv(p, df) : NAN;
}

/* So many degrees of freedom that GSL's inverse gives up, or takes minutes. */
static int has_many(double df1, double df2) { return fmax(df1, df2) > 5000; }

double rk_f_below(double f, double df1, double df2)
{
    return !(df1 > 0 && df2 > 0)  ? NAN
           : has_many(df1, df2)   ? rk_beta_f(f, df1, df2, 0)
                                  : gsl_cdf_fdist_P(f, df1, df2);
}
double rk_f_above(double f, double df1, double df2)
{
    return !(df1 > 0 && df2 > 0)  ? NAN
           : has_many(df1, df2)   ? rk_beta_f(f, df1, df2, 1)
                                  : gsl_cdf_fdist_Q(f, df1, df2);
}
double rk_f_quantile(double p, double df1, double df2)
{
    return !(df1 > 0 && df2 > 0 && is_share(p)) ? NAN
           : has_many(df1, df2)                 ? rk_beta_f_quantile(p, df1, df2)
                                                : gsl_cdf_fdist_Pinv(p, df1, df2);
}

double rk_beta_below(double x, double a, double b)
{
    return a > 0 && b > 0 ? gsl_cdf_beta_P(x, a, b) : NAN;
}
double rk_beta_quantile(double p, double a, double b)
{
    return a > 0 && b > 0 && is_share(p) ? gsl_cdf_beta_Pinv(p, a, b) : NAN;
}

double rk_binomial_point(unsigned k, unsigned n, double p)
{
    return p >= 0 && p <= 1 ? gsl_ran_binomial_pdf(k, p, n) : NAN;
}
double rk_binomial_below(unsigned k, unsigned n, double p)
{
    return p >= 0 && p <= 1 ? gsl_cdf_binomial_P(k, p, n) : NAN;
}
double rk_hypergeometric_point(unsigned k, unsigned n1, unsigned n2, unsigned t)
{
    return gsl_ran_hypergeometric_pdf(k, n1, n2, t);
}

double rk_log_gamma(double x) { return x > 0 ? gsl_sf_lngamma(x) : NAN; }
double rk_log_choose(double n, double k)
{
    return n >= 0 && k >= 0 && k <= n
               ? gsl_sf_lngamma(n + 1) - gsl_sf_lngamma(k + 1) - gsl_sf_lngamma(n - k + 1)
               : NAN;
}
