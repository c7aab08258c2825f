#include "stat/weights.h"

#include "base/mem.h"
#include "base/message.h"

#include <math.h>

const char rk_weighting_words[] =
    "unweighted|linear|quadratic|ordinal|radical|ratio|circular|bipolar|custom";

const char *rk_weighting_name(enum rk_weighting weighting)
{
    static const char *const names[RK_WEIGHTINGS] = {"unweighted", "linear",  "quadratic",
                                                     "ordinal",    "radical", "ratio",
                                                     "circular",   "bipolar", "custom"};
    return names[weighting];
}

/* Disagreement before it is scaled, of the schemes without a closed form. */
static double apart(const struct rk_weights *w, size_t i, size_t j)
{
    double d = w->x[i] - w->x[j];
    if (d == 0)
        return 0;
    switch (w->kind) {
    case RK_RADICAL: return sqrt(fabs(d));
    case RK_RATIO: d /= w->x[i] + w->x[j] + 2 * w->middle; return d * d;
    case RK_CIRCULAR: d = sin(M_PI * d / (w->range + 1)); return d * d;
    case RK_BIPOLAR: {
        double sum = w->x[i] + w->x[j]; /* the middle is 0 here */
        return d * d / ((sum + w->range) * (w->range - sum));
    }
    default: return 1;
    }
}

const char *rk_weights_make(struct rk_weights *w, enum rk_weighting kind, size_t count,
                            const double *values, const double *table)
{
    *w = (struct rk_weights){.kind = kind, .count = count, .table = table, .scale = 1};
    if (kind == RK_UNWEIGHTED || kind == RK_CUSTOM)
        return NULL;
    if (count < 2)
        return N_("weights need two categories");
    bool closed = kind == RK_LINEAR || kind == RK_QUADRATIC || kind == RK_ORDINAL;
    if (!closed && count > RK_WEIGHTS_MOST)
        return N_("more than 5000 different scores, too many for these weights");
    if (kind == RK_ORDINAL)
        values = NULL;
    double low = values ? values[0] : 0, high = values ? values[count - 1] : (double)count - 1;
    if (kind == RK_RATIO && !values)
        return N_("ratio needs scores that are numbers, by value");
    if (kind == RK_RATIO && low < 0)
        return N_("ratio weights need scores of 0 or more");
    w->range = high - low;
    w->middle = low + w->range / 2;
    w->x = rk_alloc(count, sizeof *w->x);
    for (size_t i = 0; i < count; i++)
        w->x[i] = (values ? values[i] : (double)i) - w->middle;
    if (kind == RK_LINEAR)
        w->scale = w->range;
    else if (kind == RK_QUADRATIC)
        w->scale = w->range * w->range;
    else if (kind == RK_ORDINAL)
        w->scale = (double)count * ((double)count - 1);
    else if (kind == RK_RADICAL)
        w->scale = sqrt(w->range);
    else if (kind == RK_RATIO)
        w->scale = (w->range / (high + low)) * (w->range / (high + low));
    else {
        w->scale = 0;
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < i; j++)
                w->scale = fmax(w->scale, apart(w, i, j));
    }
    return w->scale > 0 ? NULL : N_("all categories are alike to these weights");
}

void rk_weights_free(struct rk_weights *w)
{
    rk_free(w->x);
    *w = (struct rk_weights){0};
}

double rk_weight(const struct rk_weights *w, size_t i, size_t j)
{
    if (w->kind == RK_UNWEIGHTED)
        return i == j;
    if (w->kind == RK_CUSTOM)
        return w->table[i * w->count + j];
    double d = fabs(w->x[i] - w->x[j]);
    switch (w->kind) {
    case RK_LINEAR: return 1 - d / w->scale;
    case RK_QUADRATIC: return 1 - d * d / w->scale;
    case RK_ORDINAL: return 1 - d * (d + 1) / w->scale;
    default: return 1 - apart(w, i, j) / w->scale;
    }
}

/* Σ m |x_i - x| by running sums from both ends; Σ m (x_i - x)² by the first two moments about the
 * masses' own mean, so that nothing cancels. */
static void spread_closed(const struct rk_weights *w, const uint32_t *of, const double *mass,
                          size_t count, double *out)
{
    double total = 0, first = 0, second = 0;
    for (size_t i = 0; i < count; i++) {
        total += mass[i];
        first += mass[i] * w->x[of ? of[i] : i];
    }
    double mean = total != 0 ? first / total : 0;
    first = 0;
    for (size_t i = 0; i < count; i++) {
        double d = w->x[of ? of[i] : i] - mean;
        first += mass[i] * d;
        second += mass[i] * d * d;
    }
    double below = 0, below_first = 0;
    for (size_t i = 0; i < count; i++) {
        double d = w->x[of ? of[i] : i] - mean, away = 0;
        if (w->kind != RK_LINEAR)
            away += d * d * total - 2 * d * first + second;
        if (w->kind != RK_QUADRATIC)
            away += d * below - below_first + (first - below_first) - d * (total - below);
        below += mass[i];
        below_first += mass[i] * d;
        out[i] = total - away / w->scale;
    }
}

void rk_weights_spread(const struct rk_weights *w, const uint32_t *of, const double *mass,
                       size_t count, double *out)
{
    if (w->kind == RK_UNWEIGHTED) {
        for (size_t i = 0; i < count; i++)
            out[i] = mass[i];
    } else if (w->kind == RK_LINEAR || w->kind == RK_QUADRATIC || w->kind == RK_ORDINAL) {
        spread_closed(w, of, mass, count, out);
    } else {
        for (size_t i = 0; i < count; i++) {
            out[i] = 0;
            for (size_t j = 0; j < count; j++)
                out[i] += rk_weight(w, of ? of[i] : i, of ? of[j] : j) * mass[j];
        }
    }
}

double rk_weights_total(const struct rk_weights *w)
{
    double *ones = rk_alloc(w->count, sizeof *ones), *row = rk_alloc(w->count, sizeof *row),
           sum = 0;
    for (size_t i = 0; i < w->count; i++)
        ones[i] = 1;
    rk_weights_spread(w, NULL, ones, w->count, row);
    for (size_t i = 0; i < w->count; i++)
        sum += row[i];
    rk_free(ones);
    rk_free(row);
    return sum;
}

bool rk_weights_symmetric(const struct rk_weights *w)
{
    if (w->kind != RK_CUSTOM)
        return true;
    for (size_t i = 0; i < w->count; i++)
        for (size_t j = 0; j < i; j++)
            if (w->table[i * w->count + j] != w->table[j * w->count + i])
                return false;
    return true;
}
