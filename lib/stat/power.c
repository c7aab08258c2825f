#include "stat/power.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

typedef unsigned __int128 coalitions;
enum { MOST_COUNTS = 4 << 20 };

/* Coalitions by what their weights come to, in order of that, and by their size. */
struct sums {
    rk_fixed *sum;
    coalitions *count; /* width for each sum */
    size_t states, width;
};

static void add_sum(struct sums *to, rk_fixed sum, const coalitions *from, size_t larger)
{
    size_t last = to->states - 1;
    if (!to->states || to->sum[last] != sum) {
        last = to->states++;
        to->sum[last] = sum;
        memset(to->count + last * to->width, 0, to->width * sizeof *to->count);
    }
    for (size_t size = larger; size < to->width; size++)
        to->count[last * to->width + size] += from[size - larger];
}

/* Every coalition with and without one player more; false where they are too many to keep. */
static bool add_player(struct sums *s, rk_fixed weight)
{
    if (2 * s->states * s->width > MOST_COUNTS)
        return false;
    struct sums more = {.width = s->width};
    more.sum = rk_resize(NULL, 2 * s->states, sizeof *more.sum);
    more.count = rk_resize(NULL, 2 * s->states * s->width, sizeof *more.count);
    for (size_t i = 0, j = 0; i < s->states || j < s->states;) {
        bool without = i < s->states && s->sum[i] <= s->sum[j] + weight;
        size_t from = without ? i++ : j++;
        add_sum(&more, s->sum[from] + (without ? 0 : weight), s->count + from * s->width, !without);
    }
    rk_free(s->sum);
    rk_free(s->count);
    *s = more;
    return true;
}

/* The power of player `who`, without its share of all swings. */
static bool find_power(const rk_fixed *weights, size_t n, size_t who, rk_fixed quota,
                       struct rk_power *power)
{
    struct sums s = {.states = 1, .width = n};
    s.sum = rk_alloc(1, sizeof *s.sum);
    s.count = rk_alloc(n, sizeof *s.count);
    s.count[0] = 1;
    bool fits = true;
    for (size_t i = 0; i < n && fits; i++)
        if (i != who)
            fits = add_player(&s, weights[i]);
    coalitions swings = 0;
    double shapley = 0, orders = (double)n; /* n · C(n - 1, size) */
    for (size_t size = 0; size < n && fits; size++) {
        coalitions of_size = 0;
        for (size_t i = 0; i < s.states; i++)
            if (s.sum[i] < quota && s.sum[i] + weights[who] >= quota)
                of_size += s.count[i * n + size];
        swings += of_size;
        shapley += (double)of_size / orders;
        orders = orders * (double)(n - 1 - size) / (double)(size + 1);
    }
    *power = (struct rk_power){(double)swings, NAN, ldexp((double)swings, 1 - (int)n), shapley};
    rk_free(s.sum);
    rk_free(s.count);
    return fits;
}

bool rk_power_of(const rk_fixed *weights, size_t n, rk_fixed quota, struct rk_power *power)
{
    double all = 0;
    if (n > RK_POWER_PLAYERS)
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t like = 0; /* players of the same weight have the same power */
        while (like < i && weights[like] != weights[i])
            like++;
        if (like < i)
            power[i] = power[like];
        else if (!find_power(weights, n, i, quota, &power[i]))
            return false;
        all += power[i].swings;
    }
    for (size_t i = 0; i < n && all > 0; i++)
        power[i].banzhaf = power[i].swings / all;
    return true;
}

rk_fixed rk_power_majority(const rk_fixed *weights, size_t n)
{
    rk_fixed sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    return sum / 2 + 1;
}
