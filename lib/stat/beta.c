#include "stat/beta.h"

#include <math.h>

/* log Γ(z + 1) less Stirling's formula. */
static double stirling_error(double z)
{
    if (z < 15)
        return lgamma(z + 1) - (z + 0.5) * log(z) + z - 0.5 * log(2 * M_PI);
    double s = 1 / (z * z);
    return (1 / 12.0 - s * (1 / 360.0 - s * (1 / 1260.0 - s * (1 / 1680.0 - s / 1188)))) / z;
}

/* x log(x / m) - d, d = x - m told apart since it may have cancelled. */
static double deviance(double x, double m, double d)
{
    double v = d / (x + m);
    if (fabs(v) >= 0.1)
        return x * log(x / m) - d;
    double sum = d * v, term = 2 * x * v;
    for (int k = 3;; k += 2) {
        term *= v * v;
        double next = sum + term / k;
        if (next == sum)
            return sum;
        sum = next;
    }
}

/* x^a y^b / B(a, b), y = 1 - x. */
static double factor(double x, double y, double a, double b)
{
    double n = a + b, off = a * y - b * x;
    return exp(stirling_error(n) - stirling_error(a) - stirling_error(b) -
               deviance(a, n * x, off) - deviance(b, n * y, -off)) *
           sqrt(a * b / (2 * M_PI * n));
}

/* The continued fraction 1 / (β1 + α2 / (β2 + …)) of A. R. Didonato & A. H. Morris (ACM Transactions on
 * Mathematical Software 18, 1992, equation 9), by Lentz's method; x <= a / (a + b), y = 1 - x. Nothing
 * in it cancels. */
static double fraction(double x, double y, double a, double b)
{
    double over = a * y - b * x, value = a * (over + 1) / (a + 1), c = value, d = 0;
    for (double n = 1; n < 1e7; n++) {
        double p = a + 2 * n - 1, w = n * (b - n) * x,
               alpha = (a + n - 1) / p * ((a + b + n - 1) / p) * w * x,
               beta = n + w / p + (a + n) * (over + 1 + n * (1 + y)) / (a + 2 * n + 1);
        d = 1 / (beta + alpha * d);
        c = beta + alpha / c;
        value *= c * d;
        if (fabs(c * d - 1) < 1e-16)
            return 1 / value;
    }
    return NAN;
}

double rk_beta_f(double f, double df1, double df2, int above)
{
    double a = df1 / 2, b = df2 / 2, x = df1 * f / (df1 * f + df2), y = df2 / (df1 * f + df2);
    if (!(x > 0) || !(y > 0))
        return isnan(x) ? NAN : (x > 0) != (above != 0);
    double part = factor(x, y, a, b);
    int below = a * y >= b * x;
    part *= below ? fraction(x, y, a, b) : fraction(y, x, b, a);
    return below == !above ? part : 1 - part;
}

/* Newton's steps in log f, within what is known to hold the answer. */
double rk_beta_f_quantile(double p, double df1, double df2)
{
    int above = p > 0.5;
    double tail = above ? 1 - p : p, low = -750, high = 750, at = 0;
    for (int i = 0; i < 2000; i++) {
        double f = exp(at), off = rk_beta_f(f, df1, df2, above) - tail;
        if (isnan(off))
            return NAN;
        if ((off > 0) == (above != 0))
            low = at;
        else
            high = at;
        double slope = factor(df1 * f / (df1 * f + df2), df2 / (df1 * f + df2), df1 / 2, df2 / 2),
               next = at - (above ? -off : off) / slope;
        if (!(next > low && next < high))
            next = (low + high) / 2;
        if (fabs(next - at) <= 1e-15 * fmax(1e-3, fabs(at)) || next == at)
            return exp(next);
        at = next;
    }
    return exp(at);
}
