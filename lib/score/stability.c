#include "score/stability.h"

#include "base/mem.h"

#include <string.h>

void rk_first_by_weight(const rk_fixed *own, const rk_fixed *rest, size_t count,
                        struct rk_weight_range *ranges)
{
    for (size_t i = 0; i < count; i++) {
        struct rk_weight_range *r = &ranges[i];
        *r = (struct rk_weight_range){true, 0, RK_FIXED_ONE};
        for (size_t j = 0; j < count && r->first; j++) {
            rk_fixed none = rest[i] - rest[j], all = own[i] - own[j]; /* ahead at weight 0 and 1 */
            if (none < 0 && all < 0) {
                r->first = false;
            } else if (none < 0 || all < 0) {
                rk_fixed at = rk_fixed_times(RK_FIXED_ONE, rk_ratio(none, none - all));
                if (none < 0)
                    r->low = at > r->low ? at : r->low;
                else
                    r->high = at < r->high ? at : r->high;
            }
            r->first &= r->low <= r->high;
        }
    }
}

/* ---- pairs ---- */

struct mix { /* support(w) = w · own + (1 - w) · rest, of one scale */
    size_t n;
    rk_support *own, *rest;
    struct rk_pairs pairs; /* at the weight last asked for */
    const struct rk_method_options *options;
    const uint64_t *lots;
    bool *above;
    uint32_t *place;
};

struct fractions {
    struct rk_ratio *all;
    size_t count, room;
};

/* Between 0 and 1, the ends left out. */
static void add_fraction(struct fractions *f, rk_support num, rk_support den)
{
    if (den < 0) {
        num = -num;
        den = -den;
    }
    if (num <= 0 || num >= den)
        return;
    RK_GROW(f->all, f->count, f->room);
    f->all[f->count++] = rk_ratio(num, den);
}

static int by_fraction(const void *x, const void *y)
{
    const struct rk_ratio *p = x, *q = y;
    rk_support left = p->num * q->den, right = q->num * p->den;
    return (left > right) - (left < right);
}

static void sort_fractions(struct fractions *f)
{
    size_t kept = 0;
    if (f->count)
        qsort(f->all, f->count, sizeof *f->all, by_fraction);
    for (size_t i = 0; i < f->count; i++)
        if (!kept || by_fraction(&f->all[kept - 1], &f->all[i]) != 0)
            f->all[kept++] = f->all[i];
    f->count = kept;
}

static void mix_at(struct mix *m, struct rk_ratio w)
{
    for (size_t i = 0; i < m->n * m->n; i++)
        m->pairs.support[i] = w.num * m->own[i] + (w.den - w.num) * m->rest[i];
}

/* Places at a weight. */
static void places_at(struct mix *m, struct rk_ratio w)
{
    size_t n = m->n;
    mix_at(m, w);
    if (m->options->method == RK_METHOD_COPELAND) {
        uint64_t *halves = rk_resize(NULL, n + 1, sizeof *halves);
        rk_social_copeland(&m->pairs, halves);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                m->above[i * n + j] = halves[i] > halves[j];
        rk_free(halves);
    } else if (m->options->method == RK_METHOD_MINIMAX) {
        rk_support *worst = rk_resize(NULL, n + 1, sizeof *worst);
        rk_social_minimax(&m->pairs, m->options->strength, worst);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                m->above[i * n + j] = worst[i] < worst[j];
        rk_free(worst);
    } else if (m->options->method == RK_METHOD_SCHULZE) {
        rk_social_schulze(&m->pairs, m->options->strength, m->above);
    } else if (m->options->method == RK_METHOD_RANKED_PAIRS) {
        rk_social_ranked_pairs(&m->pairs, m->options->strength, m->lots, m->above);
    } else {
        struct rk_kemeny kemeny;
        struct rk_kemeny_options how = {m->options->states, 1};
        rk_kemeny(&m->pairs, &how, &kemeny);
        memcpy(m->above, kemeny.above, n * n * sizeof *m->above);
        rk_kemeny_free(&kemeny);
    }
    rk_social_places(m->above, n, m->place);
}

/* Weights at which two values change order: values[2k] at weight 0, values[2k + 1] at weight 1. */
static void add_crossings(struct fractions *f, const rk_support *values, size_t count)
{
    for (size_t a = 0; a < count; a++)
        for (size_t b = a + 1; b < count; b++) {
            rk_support none = values[2 * a] - values[2 * b];
            rk_support all = values[2 * a + 1] - values[2 * b + 1];
            if (none != all)
                add_fraction(f, none, none - all);
        }
}

static void find_crossings(const struct mix *m, struct fractions *f)
{
    size_t n = m->n, count = 0;
    rk_support *values = rk_resize(NULL, 4 * n * n + 2, sizeof *values);
    bool copeland = m->options->method == RK_METHOD_COPELAND;
    bool margins = copeland || m->options->strength == RK_MARGINS ||
                   m->options->method == RK_METHOD_RANKED_PAIRS;
    bool votes = !copeland && m->options->strength == RK_WINNING_VOTES;
    for (size_t i = 0; i < n && votes; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j) {
                values[2 * count] = m->rest[i * n + j];
                values[2 * count++ + 1] = m->own[i * n + j];
            }
    add_crossings(f, values, count);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            rk_support none = m->rest[i * n + j] - m->rest[j * n + i];
            rk_support all = m->own[i * n + j] - m->own[j * n + i];
            if (i < j && none != all)
                add_fraction(f, none, none - all); /* who wins */
            if (i == j || !margins || copeland)
                continue;
            values[2 * count] = none;
            values[2 * count++ + 1] = all;
        }
    size_t first = votes ? n * (n - 1) : 0;
    add_crossings(f, values + 2 * first, count - first);
    rk_free(values);
}

/* The least distance at a weight, as its value at weights 0 and 1 of the order that has it. */
static void line_at(struct mix *m, struct rk_ratio w, rk_support line[2])
{
    struct rk_kemeny kemeny;
    struct rk_kemeny_options how = {m->options->states, 1};
    struct rk_pairs none = {m->n, m->rest, NULL}, all = {m->n, m->own, NULL};
    mix_at(m, w);
    rk_kemeny(&m->pairs, &how, &kemeny);
    line[0] = rk_kemeny_distance(&none, kemeny.orders);
    line[1] = rk_kemeny_distance(&all, kemeny.orders);
    rk_kemeny_free(&kemeny);
}

/* Where the lower envelope bends between two weights whose lines are known. */
static void find_bends(struct mix *m, struct fractions *f, const rk_support left[2],
                       const rk_support right[2], int depth)
{
    rk_support none = left[0] - right[0], all = left[1] - right[1], line[2];
    if (none == all || depth > 200)
        return;
    size_t before = f->count;
    add_fraction(f, none, none - all);
    if (f->count == before)
        return;
    struct rk_ratio w = f->all[before];
    line_at(m, w, line);
    /* as low as both: a bend; lower: look on either side of it */
    if (w.num * line[1] + (w.den - w.num) * line[0] == w.num * left[1] + (w.den - w.num) * left[0])
        return;
    f->count = before;
    find_bends(m, f, left, line, depth + 1);
    find_bends(m, f, line, right, depth + 1);
}

/* The weight up to which candidate c stays first from `from` on, through `f` in the given
 * direction. */
static rk_fixed reach(struct mix *m, const struct fractions *f, size_t c, struct rk_ratio from,
                      int direction)
{
    struct rk_ratio end = {direction > 0, 1}, last = from;
    size_t at = 0;
    while (at < f->count && by_fraction(&f->all[at], &from) <= (direction > 0 ? 0 : -1))
        at++;
    /* at: the first beyond `from`; downwards the one before it */
    for (;;) {
        bool more = direction > 0 ? at < f->count : at > 0;
        struct rk_ratio next = !more ? end : f->all[direction > 0 ? at : at - 1];
        struct rk_ratio between = rk_ratio(last.num + next.num, last.den + next.den);
        if (by_fraction(&last, &next) == 0)
            break;
        places_at(m, between);
        if (m->place[c])
            break;
        last = next; /* first right up to it, and there or not */
        places_at(m, next);
        if (m->place[c] || !more)
            break;
        at += direction > 0 ? 1 : (size_t)-1;
    }
    return rk_fixed_times(RK_FIXED_ONE, last);
}

/* Brings both mixes to one scale; false where that is too large to be multiplied further. */
static bool same_scale(struct mix *m, rk_support own_whole, rk_support rest_whole)
{
    const rk_support most = (rk_support)1 << 30;
    struct rk_ratio ratio = rk_ratio(own_whole, rest_whole);
    if (own_whole > most || rest_whole > most || own_whole / ratio.num > most / ratio.den ||
        rest_whole * ratio.num > most)
        return false;
    for (size_t i = 0; i < m->n * m->n; i++) {
        m->own[i] *= ratio.den;
        m->rest[i] *= ratio.num;
    }
    return true;
}

bool rk_first_by_weight_pairs(const struct rk_rule *rule, const struct rk_method_options *options,
                              size_t n, const struct rk_ratio *own, const struct rk_ratio *rest,
                              struct rk_ratio weight, struct rk_weight_range *ranges)
{
    if (n > (options->method == RK_METHOD_COPELAND ? RK_FIRST_COPELAND : RK_FIRST_PAIRS))
        return false;
    struct mix m = {.n = n, .options = options, .lots = rk_rule_lots(rule)};
    struct fractions f = {0};
    m.own = rk_alloc(n * n + 1, sizeof *m.own);
    m.rest = rk_alloc(n * n + 1, sizeof *m.rest);
    m.pairs = (struct rk_pairs){n, rk_alloc(n * n + 1, sizeof *m.own), NULL};
    m.above = rk_alloc(n * n + 1, sizeof *m.above);
    m.place = rk_alloc(n + 1, sizeof *m.place);
    struct rk_pairs of_own = {n, m.own, NULL}, of_rest = {n, m.rest, NULL};
    rk_support own_whole, rest_whole;
    const struct rk_orders *orders = rk_rule_orders(rule);
    bool fits = rk_orders_pairs(orders, own, NULL, &of_own, &own_whole) &&
                rk_orders_pairs(orders, rest, NULL, &of_rest, &rest_whole) &&
                weight.den < (rk_support)1 << 40 && same_scale(&m, own_whole, rest_whole);
    if (fits && options->method == RK_METHOD_KEMENY) {
        rk_support left[2], right[2];
        line_at(&m, (struct rk_ratio){0, 1}, left);
        line_at(&m, (struct rk_ratio){1, 1}, right);
        find_bends(&m, &f, left, right, 0);
    } else if (fits) {
        find_crossings(&m, &f);
    }
    if (fits) {
        sort_fractions(&f);
        places_at(&m, weight);
        for (size_t c = 0; c < n; c++)
            ranges[c] = (struct rk_weight_range){.first = m.place[c] == 0};
        for (size_t c = 0; c < n; c++)
            if (ranges[c].first) {
                ranges[c].low = reach(&m, &f, c, weight, -1);
                ranges[c].high = reach(&m, &f, c, weight, 1);
            }
    }
    rk_free(f.all);
    rk_free(m.own);
    rk_free(m.rest);
    rk_free(m.pairs.support);
    rk_free(m.above);
    rk_free(m.place);
    return fits;
}

/* ---- one rater less ---- */

static bool differs(const uint32_t *x, const uint32_t *y, size_t count, size_t top)
{
    for (size_t i = 0; i < count; i++)
        if ((x[i] < top) != (y[i] < top))
            return true;
    return false;
}

void rk_find_pivotal(const struct rk_voices *v, const struct rk_rule *rule, size_t top,
                     uint8_t *pivotal)
{
    size_t n = v->candidates;
    struct rk_rule_work *work = rk_rule_work_new(rule);
    double *standing = rk_resize(NULL, n + 1, sizeof *standing);
    uint32_t *base = rk_resize(NULL, n + 1, sizeof *base);
    uint32_t *place = rk_resize(NULL, n + 1, sizeof *place);
    uint32_t *times = rk_resize(NULL, v->voice_count + 1, sizeof *times);
    bool ranked = rk_rule_apply(rule, NULL, NULL, work, standing, base);
    for (size_t i = 0; i < v->voice_count; i++)
        times[i] = v->voices[i].count;
    for (size_t i = 0; i < v->voice_count; i++) {
        times[i]--;
        pivotal[i] = RK_PIVOTAL_ALONE;
        if (ranked && rk_rule_apply(rule, times, NULL, work, standing, place))
            pivotal[i] = (uint8_t)((differs(base, place, n, 1) ? RK_PIVOTAL_FIRST : 0) |
                                   (differs(base, place, n, top) ? RK_PIVOTAL_TOP : 0));
        times[i]++;
    }
    rk_rule_work_free(work);
    rk_free(standing);
    rk_free(base);
    rk_free(place);
    rk_free(times);
}
