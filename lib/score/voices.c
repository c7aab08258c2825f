#include "score/voices.h"

#include "base/mem.h"

#include <assert.h>
#include <string.h>

void rk_voices_free(struct rk_voices *v)
{
    rk_free(v->names);
    rk_free(v->share);
    rk_free(v->group);
    rk_free(v->stage);
    rk_free(v->voices);
    rk_free(v->sheets);
    rk_free(v->entries);
    *v = (struct rk_voices){0};
}

/* Best first; among equals the lower candidate. */
static int by_value(const void *x, const void *y)
{
    const struct rk_entry *p = x, *q = y;
    if (p->value != q->value)
        return p->value < q->value ? 1 : -1;
    return (p->candidate > q->candidate) - (p->candidate < q->candidate);
}

/* The entries of a sheet, best first. */
static void sort_sheet(const struct rk_voices *v, const struct rk_sheet *sheet,
                       struct rk_entry *sorted)
{
    size_t n = sheet->last - sheet->first;
    memcpy(sorted, v->entries + sheet->first, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
}

/* ---- Borda ---- */

/* Twice the place of `alike` that begin at place `first` (from 1). */
static int64_t twice_place(size_t first, size_t alike) { return (int64_t)(2 * first + alike - 1); }

static void *copy(const void *from, size_t count, size_t size)
{
    void *to = rk_resize(NULL, count + 1, size);
    memcpy(to, from, count * size);
    return to;
}

void rk_voices_borda(const struct rk_voices *v, enum rk_unranked unranked, struct rk_voices *points)
{
    size_t n = v->candidates, count = 0;
    bool all = unranked != RK_UNRANKED_APART;
    *points = *v;
    points->names = NULL;
    points->share = copy(v->share, v->blocks, sizeof *v->share);
    points->group = copy(v->group, v->blocks, sizeof *v->group);
    points->stage = copy(v->stage, v->blocks, sizeof *v->stage);
    points->voices = copy(v->voices, v->voice_count, sizeof *v->voices);
    points->sheets = copy(v->sheets, v->sheet_count, sizeof *v->sheets);
    points->entries =
        rk_resize(NULL, (all ? v->sheet_count * n : v->entry_count) + 1, sizeof *points->entries);
    struct rk_entry *sorted = rk_resize(NULL, n + 1, sizeof *sorted);
    bool *named = rk_resize(NULL, n + 1, sizeof *named);
    for (size_t s = 0; s < v->sheet_count; s++) {
        const struct rk_sheet *sheet = &v->sheets[s];
        size_t m = sheet->last - sheet->first, next;
        struct rk_sheet *to = &points->sheets[s];
        to->first = count;
        memset(named, 0, n * sizeof *named);
        sort_sheet(v, sheet, sorted);
        for (size_t i = 0; i < m; i = next) {
            for (next = i + 1; next < m && sorted[next].value == sorted[i].value; next++)
                ;
            int64_t twice = twice_place(i + 1, next - i);
            rk_fixed value =
                all ? RK_FIXED_ONE / 2 * (2 * (int64_t)n - twice)
                    : rk_fixed_divide(RK_FIXED_ONE * (2 * (int64_t)n * (int64_t)(m + 1) -
                                                      twice * (int64_t)(n + 1)),
                                      (__int128)(2 * (m + 1)));
            for (size_t k = i; k < next; k++) {
                points->entries[count++] = (struct rk_entry){sorted[k].candidate, value};
                named[sorted[k].candidate] = true;
            }
        }
        rk_fixed rest = unranked == RK_UNRANKED_ZERO
                            ? 0
                            : RK_FIXED_ONE / 2 * (2 * (int64_t)n - twice_place(m + 1, n - m));
        for (uint32_t i = 0; all && i < n; i++)
            if (!named[i])
                points->entries[count++] = (struct rk_entry){i, rest};
        to->last = count;
    }
    points->entry_count = count;
    rk_free(sorted);
    rk_free(named);
}

/* ---- scores ---- */

struct column_entry { /* what a voice says of a candidate in a block */
    size_t column;
    rk_fixed value;
    uint32_t count;
};

static int by_column(const void *x, const void *y)
{
    const struct column_entry *p = x, *q = y;
    if (p->column != q->column)
        return p->column > q->column ? 1 : -1;
    return (p->value > q->value) - (p->value < q->value);
}

/* The mean of the voices from `from` to before `to` of a column in order of value. */
static bool mean_between(const struct column_entry *c, uint64_t from, uint64_t to, rk_fixed *mean)
{
    rk_fixed sum = 0, times;
    uint64_t at = 0;
    for (; at < to; at += c->count, c++) {
        uint64_t start = at < from ? from : at, end = at + c->count < to ? at + c->count : to;
        if (end <= start)
            continue;
        if (__builtin_mul_overflow(c->value, (rk_fixed)(end - start), &times) ||
            __builtin_add_overflow(sum, times, &sum))
            return false;
    }
    *mean = rk_fixed_divide(sum, (__int128)(to - from));
    return true;
}

bool rk_voices_scores(const struct rk_voices *v, enum rk_centre centre, rk_fixed trim,
                      struct rk_block_score *scores)
{
    assert(trim >= 0 && trim < RK_FIXED_ONE / 2);
    struct column_entry *all = rk_resize(NULL, v->entry_count + 1, sizeof *all);
    size_t count = 0, next;
    bool fits = true;
    memset(scores, 0, v->blocks * v->candidates * sizeof *scores);
    for (size_t s = 0; s < v->sheet_count; s++)
        for (size_t e = v->sheets[s].first; e < v->sheets[s].last; e++)
            all[count++] =
                (struct column_entry){v->sheets[s].block * v->candidates + v->entries[e].candidate,
                                      v->entries[e].value, v->voices[v->sheets[s].voice].count};
    qsort(all, count, sizeof *all, by_column);
    for (size_t i = 0; i < count && fits; i = next) {
        struct rk_block_score *to = &scores[all[i].column];
        for (next = i; next < count && all[next].column == all[i].column; next++)
            to->n += all[next].count;
        uint64_t cut = 0;
        if (centre == RK_CENTRE_MEDIAN)
            cut = (to->n - 1) / 2;
        else if (centre == RK_CENTRE_TRIMMED)
            cut = (uint64_t)(trim * (rk_fixed)to->n / RK_FIXED_ONE);
        fits = mean_between(&all[i], cut, to->n - cut, &to->score);
    }
    rk_free(all);
    return fits;
}

/* ---- pairs ---- */

struct ranked { /* level 0 = first */
    uint32_t candidate, level;
};

struct rk_orders {
    const struct rk_voices *voices;
    bool half;
    struct ranked *ranked;
    size_t *first; /* by sheet, one more than there are */
};

struct rk_orders *rk_orders_new(const struct rk_voices *v, const struct rk_pair_rules *rules)
{
    size_t n = v->candidates, count = 0;
    bool all = rules->unranked == RK_UNRANKED_LAST;
    struct rk_orders *o = rk_alloc(1, sizeof *o);
    o->voices = v;
    o->half = rules->half;
    o->ranked = rk_resize(NULL, (all ? v->sheet_count * n : v->entry_count) + 1, sizeof *o->ranked);
    o->first = rk_alloc(v->sheet_count + 1, sizeof *o->first);
    struct rk_entry *sorted = rk_resize(NULL, n + 1, sizeof *sorted);
    bool *named = rk_resize(NULL, n + 1, sizeof *named);
    for (size_t s = 0; s < v->sheet_count; s++) {
        size_t m = v->sheets[s].last - v->sheets[s].first;
        uint32_t level = 0;
        o->first[s] = count;
        memset(named, 0, n * sizeof *named);
        sort_sheet(v, &v->sheets[s], sorted);
        for (size_t i = 0; i < m; i++) {
            level += i && sorted[i].value != sorted[i - 1].value;
            o->ranked[count++] = (struct ranked){sorted[i].candidate, level};
            named[sorted[i].candidate] = true;
        }
        for (uint32_t i = 0; all && i < n; i++)
            if (!named[i])
                o->ranked[count++] = (struct ranked){i, level + 1};
    }
    o->first[v->sheet_count] = count;
    rk_free(sorted);
    rk_free(named);
    return o;
}

void rk_orders_free(struct rk_orders *o)
{
    if (!o)
        return;
    rk_free(o->ranked);
    rk_free(o->first);
    rk_free(o);
}

/* Numbers of voices, of the sheets [from, to) of a block: above[i * n + j], alike both ways. */
static void count_block(const struct rk_orders *o, size_t from, size_t to, const uint32_t *times,
                        int64_t *above, int64_t *alike)
{
    const struct rk_voices *v = o->voices;
    size_t n = v->candidates;
    memset(above, 0, n * n * sizeof *above);
    memset(alike, 0, n * n * sizeof *alike);
    for (size_t s = from; s < to; s++) {
        uint32_t voice = v->sheets[s].voice, t = times ? times[voice] : v->voices[voice].count;
        const struct ranked *end = o->ranked + o->first[s + 1];
        for (const struct ranked *i = o->ranked + o->first[s]; t && i < end; i++)
            for (const struct ranked *j = i + 1; j < end; j++)
                if (j->level > i->level) {
                    above[i->candidate * n + j->candidate] += t;
                } else {
                    alike[i->candidate * n + j->candidate] += t;
                    alike[j->candidate * n + i->candidate] += t;
                }
    }
}

static __int128 gcd(__int128 a, __int128 b)
{
    while (b) {
        __int128 r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* Adds `factor` times the counts to `sums`. */
static bool add_times(rk_support *sums, const int64_t *counts, size_t n, __int128 factor)
{
    for (size_t i = 0; i < n; i++) {
        rk_support product;
        if (__builtin_mul_overflow(factor, (rk_support)counts[i], &product) ||
            __builtin_add_overflow(sums[i], product, &sums[i]))
            return false;
    }
    return true;
}

bool rk_orders_pairs(const struct rk_orders *o, const struct rk_ratio *share, const uint32_t *times,
                     struct rk_pairs *pairs, rk_support *whole)
{
    const struct rk_voices *v = o->voices;
    size_t n = v->candidates, cells = n * n;
    struct rk_ratio *each = rk_resize(NULL, v->blocks + 1, sizeof *each);
    uint64_t *voices = rk_alloc(v->blocks + 1, sizeof *voices);
    int64_t *above = rk_resize(NULL, cells + 1, sizeof *above);
    int64_t *alike = rk_resize(NULL, cells + 1, sizeof *alike);
    __int128 unit = 1;
    bool fits = true;
    share = share ? share : v->share;
    pairs->count = n;
    memset(pairs->support, 0, cells * sizeof *pairs->support);
    if (pairs->alike)
        memset(pairs->alike, 0, cells * sizeof *pairs->alike);
    /* what one voice of each block counts, and the least unit in which all are whole */
    for (size_t s = 0; s < v->sheet_count; s++) {
        uint32_t voice = v->sheets[s].voice;
        voices[v->sheets[s].block] += times ? times[voice] : v->voices[voice].count;
    }
    for (size_t b = 0; b < v->blocks && fits; b++) {
        __int128 den;
        if (!voices[b])
            continue;
        if (__builtin_mul_overflow(share[b].den, (__int128)voices[b], &den)) {
            fits = false;
            break;
        }
        each[b] = rk_ratio(share[b].num, den);
        fits = !__builtin_mul_overflow(unit / gcd(unit, each[b].den), each[b].den, &unit);
    }
    /* sums over all pairs must fit as well, and the products that methods make of them */
    fits = fits && unit < ((__int128)1 << 125) / (__int128)(2 * cells + 1);
    for (size_t s = 0, next; s < v->sheet_count && fits; s = next) {
        size_t b = v->sheets[s].block;
        for (next = s; next < v->sheet_count && v->sheets[next].block == b; next++)
            ;
        if (!voices[b] || !share[b].num)
            continue;
        __int128 factor = unit / each[b].den * each[b].num;
        count_block(o, s, next, times, above, alike);
        fits = add_times(pairs->support, above, cells, o->half ? 2 * factor : factor);
        if (o->half)
            fits &= add_times(pairs->support, alike, cells, factor);
        if (pairs->alike)
            fits &= add_times(pairs->alike, alike, cells, o->half ? 2 * factor : factor);
    }
    *whole = o->half ? 2 * unit : unit;
    rk_free(each);
    rk_free(voices);
    rk_free(above);
    rk_free(alike);
    return fits;
}
