#include "stat/items.h"

#include "base/mem.h"
#include "base/message.h"

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
    size_t k = items->count;
    double sum = 0, n = (double)k;
    if (items->why)
        return rk_estimate_none(items->why);
    for (size_t g = 0; g < k; g++)
        for (size_t h = 0; h < g; h++)
            sum += items->cov[g * k + h] / sqrt(items->cov[g * k + g] * items->cov[h * k + h]);
    double r = sum / (n * (n - 1) / 2), below = 1 + (n - 1) * r;
    if (isnan(r))
        return rk_estimate_none(N_("some rater gave all the same score"));
    if (!(below > 1e-12))
        return rk_estimate_none(N_("the sum of the raters' scores does not differ at all"));
    return rk_estimate_of(rk_or_zero(n * r, 1) / below, items->n, "cronbach-1951");
}

struct rk_estimate rk_items_without(const struct rk_items *items, size_t item)
{
    size_t k = items->count;
    double own = 0, all = 0, n = (double)k - 1;
    if (items->why)
        return rk_estimate_none(items->why);
    if (k < 3)
        return rk_estimate_none(N_("it needs three raters"));
    for (size_t g = 0; g < k; g++)
        for (size_t h = 0; h < k && g != item; h++)
            if (h != item) {
                all += items->cov[g * k + h];
                own += g == h ? items->cov[g * k + h] : 0;
            }
    if (!(all > 1e-12 * own))
        return rk_estimate_none(N_("the sum of the raters' scores does not differ at all"));
    return rk_estimate_of(n / (n - 1) * rk_or_zero(all - own, all) / all, items->n,
                          "cronbach-1951");
}

struct rk_estimate rk_items_with_rest(const struct rk_items *items, size_t item)
{
    size_t k = items->count;
    double with = 0, rest = 0, own;
    if (items->why)
        return rk_estimate_none(items->why);
    own = items->cov[item * k + item];
    for (size_t g = 0; g < k; g++)
        for (size_t h = 0; h < k && g != item; h++)
            if (h == item)
                with += items->cov[g * k + h];
            else
                rest += items->cov[g * k + h];
    if (!(own > 0) || !(rest > 0))
        return rk_estimate_none(N_("some rater gave all the same score"));
    return rk_estimate_of(fmax(-1, fmin(1, with / sqrt(own * rest))), items->n, "pearson");
}
