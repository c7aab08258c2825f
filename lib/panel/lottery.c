#include "panel/lottery.h"

#include "base/mem.h"
#include "base/random.h"

#include <assert.h>

void rk_lottery_free(struct rk_lottery *lottery)
{
    rk_free(lottery->counts);
    rk_whole_free_all(lottery->weight, lottery->count);
    rk_whole_free(&lottery->total);
    *lottery = (struct rk_lottery){0};
}

static const uint32_t *counts_of(const struct rk_lottery *lottery, uint32_t panel)
{
    return lottery->counts + (size_t)panel * lottery->types;
}

void rk_lottery_chance(const struct rk_lottery *lottery, const struct rk_panel *panel,
                       uint32_t type, struct rk_fraction *chance)
{
    struct rk_whole sum = {0}, over = {0}, times = {0};
    for (uint32_t p = 0; p < lottery->count; p++) {
        times.small = counts_of(lottery, p)[type];
        if (times.small)
            rk_whole_add_product(&sum, &times, &lottery->weight[p]);
    }
    times.small = rk_panel_size(panel, type);
    rk_whole_multiply(&over, &lottery->total, &times);
    rk_fraction_make(chance, &sum, &over);
    rk_whole_free(&sum);
    rk_whole_free(&over);
}

static int ascending(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

/* The people of a type with `first` drawn ones in front, each order of them alike. */
static uint32_t *shuffled(const struct rk_panel *panel, uint32_t type, uint32_t first,
                          struct rk_text seed, const char *stream)
{
    uint32_t size = rk_panel_size(panel, type);
    uint32_t *people = rk_alloc((size_t)size + 1, sizeof *people);
    char key[64];
    snprintf(key, sizeof key, "%s|%lu", stream, (unsigned long)type);
    struct rk_random random = rk_random(seed, rk_text(key));
    memcpy(people, rk_panel_people(panel, type), size * sizeof *people);
    for (uint32_t i = 0; i < first && i + 1 < size; i++) {
        uint32_t j = i + (uint32_t)rk_random_below(&random, size - i), kept = people[i];
        people[i] = people[j];
        people[j] = kept;
    }
    return people;
}

uint32_t rk_lottery_draw(const struct rk_lottery *lottery, const struct rk_panel *panel,
                         struct rk_text seed, uint32_t *people, uint32_t *people_count)
{
    struct rk_random random = rk_random(seed, RK_TEXT("panel-draw"));
    struct rk_whole left = {0};
    uint32_t drawn = 0;
    assert(lottery->count > 0);
    rk_whole_random(&left, &random, &lottery->total);
    for (;; drawn++) {
        rk_whole_subtract(&left, &left, &lottery->weight[drawn]);
        if (rk_whole_sign(&left) < 0)
            break;
    }
    rk_whole_free(&left);
    *people_count = 0;
    for (uint32_t t = 0; t < lottery->types; t++) {
        uint32_t count = counts_of(lottery, drawn)[t];
        if (!count)
            continue;
        uint32_t *order = shuffled(panel, t, count, seed, "panel-draw");
        memcpy(people + *people_count, order, count * sizeof *people);
        *people_count += count;
        rk_free(order);
    }
    qsort(people, *people_count, sizeof *people, ascending);
    return drawn;
}

/* ---- balls ---- */

/* Which of the panels whose share is not whole are rounded up. Their effects on people are vectors
 * (count / square root of size, by type): `size` their products, `move` those with what chances
 * have moved by so far. All of it guides only; doubles will do, and are the same everywhere. */
enum { EXCHANGE_WORK = 200000000 }; /* pairs looked at */

struct rounding {
    uint32_t count;
    uint32_t *panel;
    double *size, *move;
    bool *up;
};

static double product(const struct rk_lottery *lottery, const struct rk_panel *panel, uint32_t a,
                      uint32_t b)
{
    const uint32_t *x = counts_of(lottery, a), *y = counts_of(lottery, b);
    double sum = 0;
    for (uint32_t t = 0; t < lottery->types; t++)
        if (x[t] && y[t])
            sum += (double)x[t] * y[t] / rk_panel_size(panel, t);
    return sum;
}

static void round_up(struct rounding *r, uint32_t i, double by)
{
    for (uint32_t j = 0; j < r->count; j++)
        r->move[j] += by * r->size[(size_t)i * r->count + j];
    r->up[i] = by > 0;
}

static void choose_rounding(struct rounding *r, uint32_t ups)
{
    const double *size = r->size;
    size_t n = r->count;
    for (uint32_t taken = 0; taken < ups; taken++) { /* greedily first … */
        size_t best = n;
        double least = 0;
        for (size_t i = 0; i < n; i++) {
            double more = 2 * r->move[i] + size[i * n + i];
            if (!r->up[i] && (best == n || more < least)) {
                best = i;
                least = more;
            }
        }
        round_up(r, (uint32_t)best, 1);
    }
    size_t rounds = n ? EXCHANGE_WORK / (n * n) : 0; /* … then by exchanges that gain most */
    for (size_t round = 0; round < rounds && round < 4 * n; round++) {
        size_t down = n, up = n;
        double least = -1e-9;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; r->up[i] && j < n; j++) {
                double more = 2 * (r->move[j] - r->move[i]) + size[i * n + i] + size[j * n + j] -
                              2 * size[i * n + j];
                if (!r->up[j] && more < least) {
                    least = more;
                    down = i;
                    up = j;
                }
            }
        if (down == n)
            return;
        round_up(r, (uint32_t)down, -1);
        round_up(r, (uint32_t)up, 1);
    }
}

/* How often each panel comes among the balls. */
static uint32_t *times_of(const struct rk_lottery *lottery, const struct rk_panel *panel,
                          uint32_t balls)
{
    uint32_t *times = rk_alloc(lottery->count, sizeof *times);
    double *part = rk_alloc(lottery->count, sizeof *part);
    struct rounding r = {.panel = rk_alloc(lottery->count, sizeof *r.panel)};
    struct rk_whole share = {0}, whole = {0}, factor = {.small = balls};
    uint32_t left = balls;
    for (uint32_t p = 0; p < lottery->count; p++) {
        int64_t down = 0;
        rk_whole_multiply(&share, &lottery->weight[p], &factor);
        rk_whole_divide_down(&whole, &share, &lottery->total);
        rk_whole_i64(&whole, &down);
        times[p] = (uint32_t)down;
        left -= (uint32_t)down;
        rk_whole_subtract_product(&share, &whole, &lottery->total);
        if (rk_whole_sign(&share)) {
            part[r.count] = rk_whole_double(&share) / rk_whole_double(&lottery->total);
            r.panel[r.count++] = p;
        }
    }
    size_t n = r.count;
    r.size = rk_alloc(n * n, sizeof *r.size);
    r.move = rk_alloc(n, sizeof *r.move);
    r.up = rk_alloc(n, sizeof *r.up);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            r.size[i * n + j] = r.size[j * n + i] = product(lottery, panel, r.panel[i], r.panel[j]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            r.move[i] -= part[j] * r.size[i * n + j];
    choose_rounding(&r, left);
    for (size_t i = 0; i < n; i++)
        times[r.panel[i]] += r.up[i];
    rk_free(part);
    rk_free(r.panel);
    rk_free(r.size);
    rk_free(r.move);
    rk_free(r.up);
    rk_whole_free(&share);
    rk_whole_free(&whole);
    return times;
}

/* Keeps in `farthest` how far times / balls is from a chance, where it is farther. */
static void keep_farthest(struct rk_fraction *farthest, const struct rk_fraction *chance,
                          uint64_t times, uint32_t balls)
{
    struct rk_whole top = {.small = (int64_t)times}, over = {.small = balls};
    struct rk_fraction far = {0};
    rk_fraction_make(&far, &top, &over);
    rk_fraction_subtract(&far, &far, chance);
    if (rk_whole_sign(&far.top) < 0)
        rk_whole_negate(&far.top);
    if (rk_fraction_compare(&far, farthest) > 0)
        rk_fraction_set(farthest, &far);
    rk_fraction_free(&far);
}

struct rk_lottery_balls rk_lottery_make_balls(const struct rk_lottery *lottery,
                                              const struct rk_panel *panel, uint32_t balls,
                                              struct rk_text seed)
{
    struct rk_lottery_balls made = {.balls = balls};
    assert(balls > 0 && lottery->count > 0);
    for (uint32_t t = 0; t < lottery->types; t++)
        made.seats += counts_of(lottery, 0)[t];
    assert((uint64_t)balls * made.seats < UINT64_C(1) << 31);
    made.people = rk_alloc((size_t)balls * made.seats, sizeof *made.people);
    uint32_t *times = times_of(lottery, panel, balls);
    uint32_t *filled = rk_alloc(balls, sizeof *filled);
    struct rk_fraction chance = {0};
    rk_fraction_set_whole(&made.farthest, 0);
    for (uint32_t t = 0; t < lottery->types; t++) {
        uint32_t size = rk_panel_size(panel, t), ball = 0;
        uint64_t turn = 0;
        uint32_t *order = shuffled(panel, t, size, seed, "panel-balls");
        for (uint32_t p = 0; p < lottery->count; p++)
            for (uint32_t i = 0; i < times[p]; i++, ball++)
                for (uint32_t j = 0; j < counts_of(lottery, p)[t]; j++)
                    made.people[(size_t)ball * made.seats + filled[ball]++] = order[turn++ % size];
        rk_lottery_chance(lottery, panel, t, &chance);
        keep_farthest(&made.farthest, &chance, turn / size, balls);
        keep_farthest(&made.farthest, &chance, (turn + size - 1) / size, balls);
        rk_free(order);
    }
    for (uint32_t ball = 0; ball < balls; ball++)
        qsort(made.people + (size_t)ball * made.seats, made.seats, sizeof *made.people, ascending);
    rk_fraction_free(&chance);
    rk_free(times);
    rk_free(filled);
    return made;
}

void rk_lottery_balls_free(struct rk_lottery_balls *balls)
{
    rk_free(balls->people);
    rk_fraction_free(&balls->farthest);
}
