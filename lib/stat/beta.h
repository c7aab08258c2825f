/* The beta integral with large parameters, where the GNU Scientific Library takes long or is inexact.
 * The factor before the continued fraction goes by C. Loader's saddle
 * point form (Fast and accurate computation of binomial probabilities, 2000), in which nothing
 * cancels. Relative accuracy about 1e-12, of quantiles better. */
#ifndef RK_BETA_H
#define RK_BETA_H

/* P(F <= f) with df1, df2 > 0, or P(F > f); f >= 0. Steps grow as the root of the larger of df. */
double rk_beta_f(double f, double df1, double df2, int above);
/* The f with P(F <= f) = p; 0 < p < 1. */
double rk_beta_f_quantile(double p, double df1, double df2);

#endif
