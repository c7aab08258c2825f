#include "stat/items.h"

#include "base/mem.h"
#include "base/message.h"
#include "stat/factor.h"

struct rk_items rk_items(const struct rk_judged *j)
{
    size_t k = j->raters;
    struct rk_items items = {.count = k, .n = rk_judged_units(j)};
    items.why = !j->centred              ? N_("scores are words, not numbers")
                : j->anonymous           ? N_("raters are not told apart")
                : k < 2                  ? N_("there is one rater only")
                : items.n < 2            ? N_("fewer than two were rated")
                : k > RK_ITEMS_MOST      ? N_("more than 100 raters")
                : !rk_judged_complete(j) ? N_("not every rater rated all")
                                         : NULL;
    if (items.why)
        return items;
    items.cov = rk_alloc(k * k, sizeof(double));
    double *mean = rk_alloc(k, sizeof *mean), *off = rk_alloc(k, sizeof *off), most = 0;
    for (int pass = 0; pass < 2; pass++) /* means, then what is left of them */
        for (size_t i = 0; i < j->units; i++) {
            double times = rk_judged_times(j, i);
            for (size_t r = j->start[i]; r < j->start[i + 1] && times > 0; r++) {
                double y = j->centred[j->all[r].category];
                if (!pass)
                    mean[j->all[r].rater] += times * y / items.n;
                off[j->all[r].rater] = y - mean[j->all[r].rater];
                most = fmax(most, fabs(y));
            }
            for (size_t g = 0; g < k && pass && times > 0; g++)
                for (size_t h = 0; h <= g; h++)
                    items.cov[g * k + h] += times * off[g] * off[h] / (items.n - 1);
        }
    for (size_t g = 0; g < k; g++) {
        items.cov[g * k + g] = rk_squares_or_zero(items.cov[g * k + g], 1, most);
        for (size_t h = 0; h < g; h++)
            items.cov[h * k + g] = items.cov[g * k + h];
    }
    rk_free(mean);
    rk_free(off);
    return items;
}

void rk_items_free(struct rk_items *items)
{
    rk_free(items->cov);
    items->cov = NULL;
}

struct rk_estimate rk_items_standardized(const struct rk_items *items)
{
    if (items->why)
        return rk_estimate_none(items->why);
    double n = (double)items->count, r = rk_mean_of_correlations(items->cov, items->count),
           below = 1 + (n - 1) * r;
    if (isnan(r))
        return rk_estimate_none(N_("some rater gave all the same score"));
    if (!(below > 1e-12))
        return rk_estimate_none(N_("the sum of the raters' scores does not differ at all"));
    return rk_estimate_of(rk_or_zero(n * r, 1) / below, items->n, "cronbach-1951");
}

struct rk_estimate rk_items_without(const struct rk_items *items, size_t item)
{
    if (items->why)
        return rk_estimate_none(items->why);
    if (items->count < 3)
        return rk_estimate_none(N_("it needs three raters"));
    double alpha = rk_alpha_without(items->cov, items->count, item);
    return isnan(alpha)
               ? rk_estimate_none(N_("the sum of the raters' scores does not differ at all"))
               : rk_estimate_of(alpha, items->n, "cronbach-1951");
}

struct rk_estimate rk_items_with_rest(const struct rk_items *items, size_t item)
{
    if (items->why)
        return rk_estimate_none(items->why);
    double r = rk_rest_correlation(items->cov, items->count, item);
    return isnan(r) ? rk_estimate_none(N_("some rater gave all the same score"))
                    : rk_estimate_of(r, items->n, "pearson");
}
