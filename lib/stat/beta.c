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

/* x log(x / m) + m - x. */
static double deviance(double x, double m)
{
    double v = (x - m) / (x + m);
    if (fabs(v) >= 0.1)
        return x * log(x / m) + m - x;
    double sum = (x - m) * v, term = 2 * x * v;
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
    double n = a + b;
    return exp(stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) -
               deviance(b, n * y)) *
           sqrt(a * b / (2 * M_PI * n));
}

/* The continued fraction by Lentz's method. */
static double fraction(double x, double a, double b)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1), value;
    d = 1 / (fabs(d) < tiny ? tiny : d);
    value = d;
    for (int m = 1; m < 10000000; m++) {
        double two = 2.0 * m, even = m * (b - m) * x / ((a + two - 1) * (a + two)),
               odd = -(a + m) * (a + b + m) * x / ((a + two) * (a + two + 1));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        value *= c * d;
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        value *= c * d;
        if (fabs(c * d - 1) < 1e-16)
            return value;
    }
    return NAN;
}

double rk_beta_f(double f, double df1, double df2, int above)
{
    double a = df1 / 2, b = df2 / 2, x = df1 * f / (df1 * f + df2), y = df2 / (df1 * f + df2);
    if (!(x > 0) || !(y > 0))
        return isnan(x) ? NAN : (x > 0) != (above != 0);
    double part = factor(x, y, a, b);
    int below = x < (a + 1) / (a + b + 2);
    part *= below ? fraction(x, a, b) / a : fraction(y, b, a) / b;
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
