#include "stat/interval.h"

#include "stat/distribution.h"

#include <math.h>
#include <stdbool.h>

static const struct rk_interval none = {NAN, NAN};

static bool is_share(double x, double n) { return n > 0 && x >= 0 && x <= n; }

static double z_of(double level) { return rk_normal_quantile(0.5 + level / 2); }

static struct rk_interval clip(double low, double high)
{
    return (struct rk_interval){fmax(0, low), fmin(1, high)};
}

/* The score interval where z is known. */
static struct rk_interval score(double x, double n, double z)
{
    double z2 = z * z, middle = x + z2 / 2, half = z * sqrt(x * (n - x) / n + z2 / 4);
    struct rk_interval interval = clip((middle - half) / (n + z2), (middle + half) / (n + z2));
    if (x == 0)
        interval.low = 0;
    if (x == n)
        interval.high = 1;
    return interval;
}

struct rk_interval rk_wilson(double x, double n, double level)
{
    return is_share(x, n) ? score(x, n, z_of(level)) : none;
}

struct rk_interval rk_wilson_corrected(double x, double n, double level)
{
    if (!is_share(x, n))
        return none;
    double z = z_of(level), z2 = z * z, p = x / n, q = 1 - p, under = 2 * (n + z2);
    double low = (2 * x + z2 - 1 - z * sqrt(z2 - 2 - 1 / n + 4 * p * (n * q + 1))) / under;
    double high = (2 * x + z2 + 1 + z * sqrt(z2 + 2 - 1 / n + 4 * p * (n * q - 1))) / under;
    return clip(x == 0 ? 0 : low, x == n ? 1 : high);
}

/* Both ends as quantiles of beta distributions; 0 and 1 where x is at the end. */
static struct rk_interval beta_ends(double x, double n, double level, double less, double more)
{
    double tail = (1 - level) / 2;
    return (struct rk_interval){x == 0 ? 0 : rk_beta_quantile(tail, x + less, n - x + 1 - less),
                                x == n ? 1
                                       : rk_beta_quantile(1 - tail, x + more, n - x + 1 - more)};
}

struct rk_interval rk_clopper_pearson(double x, double n, double level)
{
    return is_share(x, n) ? beta_ends(x, n, level, 0, 1) : none;
}

struct rk_interval rk_wald(double x, double n, double level)
{
    if (!is_share(x, n))
        return none;
    double p = x / n, half = z_of(level) * sqrt(p * (1 - p) / n);
    return (struct rk_interval){p - half, p + half};
}

struct rk_interval rk_jeffreys(double x, double n, double level)
{
    return is_share(x, n) ? beta_ends(x, n, level, 0.5, 0.5) : none;
}

struct rk_interval rk_agresti_coull(double x, double n, double level)
{
    if (!is_share(x, n))
        return none;
    double z = z_of(level), m = n + z * z, p = (x + z * z / 2) / m;
    double half = z * sqrt(p * (1 - p) / m);
    return clip(p - half, p + half);
}

struct rk_interval rk_goodman(double x, double n, size_t k, double level)
{
    return is_share(x, n) && k ? score(x, n, z_of(1 - (1 - level) / (double)k)) : none;
}

struct rk_interval rk_newcombe(double x1, double n1, double x2, double n2, double level)
{
    struct rk_interval a = rk_wilson(x1, n1, level), b = rk_wilson(x2, n2, level);
    double p1 = x1 / n1, p2 = x2 / n2, difference = p1 - p2;
    return (struct rk_interval){difference - hypot(p1 - a.low, b.high - p2),
                                difference + hypot(a.high - p1, p2 - b.low)};
}
