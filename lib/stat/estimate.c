#include "stat/estimate.h"

#include "stat/distribution.h"

void rk_estimate_interval(struct rk_estimate *e, double df, double confidence, double most)
{
    if (!(e->se > 0))
        return;
    bool normal = isinf(df);
    double level = 1 - (1 - confidence) / 2;
    double reach = normal ? rk_normal_quantile(level) : rk_t_quantile(level, df);
    e->low = e->value - reach * e->se;
    e->high = fmin(most, e->value + reach * e->se);
    e->statistic = e->value / e->se;
    e->df1 = normal ? NAN : df;
    double far = fabs(e->statistic);
    e->p = 2 * (normal ? rk_normal_above(far) : rk_t_above(far, df));
}

void rk_estimate_chi_square(struct rk_estimate *e, double statistic, double df)
{
    e->statistic = statistic;
    e->df1 = df;
    e->p = rk_chi_square_above(statistic, df);
}

void rk_estimate_f(struct rk_estimate *e, double f, double df1, double df2)
{
    e->statistic = f;
    e->df1 = df1;
    e->df2 = df2;
    e->p = rk_f_above(f, df1, df2);
}
