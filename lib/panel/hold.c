/* Whether the quotas of a panel hold, its empty seats standing for people who are not found yet. */
#include "base/hash.h"
#include "base/mem.h"
#include "panel/match.h"

static int32_t lacks(const struct rk_match_quota *quota, int32_t count)
{
    return quota->min > count ? quota->min - count : 0;
}

static bool asks_for(const struct rk_match_quota *quota, uint32_t feature, uint32_t value)
{
    for (uint32_t k = 0; k < quota->part_count; k++)
        if (quota->parts[k].feature == feature && quota->parts[k].value == value)
            return true;
    return false;
}

/* Is everybody of kind a of kind b? */
static bool implies(const struct rk_match_quota *a, const struct rk_match_quota *b)
{
    for (uint32_t k = 0; k < b->part_count; k++)
        if (!asks_for(a, b->parts[k].feature, b->parts[k].value))
            return false;
    return true;
}

/* The people still to be found, at least, for the minimums of the rows in `in`: nobody has two
 * values of a feature, so for each value as many as the row of it that lacks most. */
static int32_t to_be_found(const struct rk_match_quota *quotas, uint32_t count,
                           const int32_t *counts, const bool *in)
{
    int32_t most = 0;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < quotas[i].part_count && in[i]; k++) {
            uint32_t feature = quotas[i].parts[k].feature;
            int32_t sum = 0;
            for (uint32_t j = 0; j < count; j++) {
                int32_t lack = in[j] ? lacks(&quotas[j], counts[j]) : 0;
                for (uint32_t m = 0; m < quotas[j].part_count && lack; m++) {
                    bool first = quotas[j].parts[m].feature == feature;
                    for (uint32_t o = 0; o < count && first; o++) { /* each value once */
                        int32_t other = in[o] ? lacks(&quotas[o], counts[o]) : 0;
                        first = !(asks_for(&quotas[o], feature, quotas[j].parts[m].value) &&
                                  (other > lack || (other == lack && o < j)));
                    }
                    sum += first ? lack : 0;
                }
            }
            most = sum > most ? sum : most;
        }
    return most;
}

/* ---- rows for several features at once ----
 *
 * Each feature by itself is told by those sums. Features that rows tie together have to be tried:
 * somebody is found for the first row that lacks one, of every kind that may be of use, until no
 * row lacks anybody. */

enum { MOST_STEPS = 20000 }; /* then the quotas are said not to hold */

struct finding {
    const struct rk_match_quota *quotas;
    uint32_t count;
    bool *in;          /* by row: of the features at hand, which rows tie together */
    uint32_t *feature; /* those */
    uint32_t features;
    int32_t *counts; /* by row, with those found */
    int steps;
};

static bool find(struct finding *f, int32_t empty);

/* The ages that somebody of so many values can be of: `from` over `to` where there is none. */
static void ages_of(const struct finding *f, const uint32_t *value, int32_t *from, int32_t *to)
{
    *from = 0;
    *to = INT32_MAX;
    for (uint32_t i = 0; i < f->count; i++)
        for (uint32_t k = 0; k < f->quotas[i].part_count && f->in[i]; k++) {
            const struct rk_match_part *part = &f->quotas[i].parts[k];
            for (uint32_t v = 0; v < f->features && part->to; v++)
                if (f->feature[v] == part->feature && value[v] == part->value) {
                    *from = part->from > *from ? part->from : *from;
                    *to = part->to < *to ? part->to : *to;
                }
        }
}

/* The last of the ages from `from` to `to` that are of the same bands as the first. */
static int32_t same_bands(const struct finding *f, int32_t from, int32_t to)
{
    for (uint32_t i = 0; i < f->count; i++)
        for (uint32_t k = 0; k < f->quotas[i].part_count && f->in[i]; k++)
            to = rk_match_same_band(&f->quotas[i].parts[k], from, to);
    return to;
}

/* Counts a person of so many values and of these ages; false where a row then has more than its
 * max. */
static bool add_person(struct finding *f, const uint32_t *value, int32_t from, int32_t to,
                       int32_t by)
{
    bool within = true;
    for (uint32_t i = 0; i < f->count; i++) {
        uint32_t found = 0;
        for (uint32_t k = 0; k < f->quotas[i].part_count && f->in[i]; k++) {
            const struct rk_match_part *part = &f->quotas[i].parts[k];
            bool has = part->to && from >= part->from && to <= part->to;
            for (uint32_t v = 0; v < f->features && !has; v++)
                has = f->feature[v] == part->feature && value[v] == part->value;
            found += has;
        }
        bool of = f->in[i] && found == f->quotas[i].part_count;
        f->counts[i] += of ? by : 0;
        within = within && (!of || f->counts[i] <= f->quotas[i].max);
    }
    return within;
}

/* Does an earlier row than i that lacks somebody ask for the value? */
static bool tried(const struct finding *f, uint32_t i, uint32_t feature, uint32_t value)
{
    while (i--)
        if (f->in[i] && lacks(&f->quotas[i], f->counts[i]) &&
            asks_for(&f->quotas[i], feature, value))
            return true;
    return false;
}

/* Finds a person with the values known, and any of the features from `from` on: those that rows
 * lack somebody of, then another than all of them. */
static bool find_person(struct finding *f, uint32_t *value, uint32_t from, int32_t empty)
{
    while (from < f->features && value[from] != RK_NONE)
        from++;
    if (from == f->features) {
        int32_t young, old, to;
        bool found = false;
        ages_of(f, value, &young, &old);
        for (; young <= old && !found; young = to + 1) {
            to = same_bands(f, young, old);
            found = add_person(f, value, young, to, 1) && find(f, empty - 1);
            add_person(f, value, young, to, -1);
            if (to == INT32_MAX)
                break;
        }
        return found;
    }
    bool found = false;
    for (uint32_t i = 0; i < f->count && !found; i++)
        for (uint32_t k = 0; k < f->quotas[i].part_count && !found; k++) {
            uint32_t asked = f->quotas[i].parts[k].value;
            if (!f->in[i] || !lacks(&f->quotas[i], f->counts[i]) ||
                f->quotas[i].parts[k].feature != f->feature[from] ||
                tried(f, i, f->feature[from], asked))
                continue;
            value[from] = asked;
            found = find_person(f, value, from + 1, empty);
            value[from] = RK_NONE;
        }
    return found || find_person(f, value, from + 1, empty);
}

/* Are `empty` people enough for the rows at hand? */
static bool find(struct finding *f, int32_t empty)
{
    uint32_t first = RK_NONE;
    for (uint32_t i = 0; i < f->count; i++)
        if (f->in[i] && lacks(&f->quotas[i], f->counts[i]) &&
            (first == RK_NONE || f->quotas[i].part_count > f->quotas[first].part_count))
            first = i;
    if (first == RK_NONE)
        return true;
    if (++f->steps > MOST_STEPS || to_be_found(f->quotas, f->count, f->counts, f->in) > empty)
        return false;
    uint32_t *value = rk_alloc((size_t)f->features + 1, sizeof *value);
    for (uint32_t v = 0; v < f->features; v++) {
        value[v] = RK_NONE;
        for (uint32_t k = 0; k < f->quotas[first].part_count; k++)
            if (f->quotas[first].parts[k].feature == f->feature[v])
                value[v] = f->quotas[first].parts[k].value;
    }
    bool found = find_person(f, value, 0, empty);
    rk_free(value);
    return found;
}

static bool asks_for_age(const struct rk_match_quota *quota)
{
    bool asks = false;
    for (uint32_t k = 0; k < quota->part_count; k++)
        asks = asks || quota->parts[k].to;
    return asks;
}

/* Takes the row, and all that are tied to it: rows that share a feature, or ask for ages. */
static void tie(struct finding *f, bool *seen, uint32_t row)
{
    f->features = 0;
    memset(f->in, 0, f->count * sizeof *f->in);
    f->in[row] = true;
    bool ages = false;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < f->count; i++)
            for (uint32_t k = 0; k < f->quotas[i].part_count; k++) {
                uint32_t v = 0, feature = f->quotas[i].parts[k].feature;
                while (v < f->features && f->feature[v] != feature)
                    v++;
                if (v < f->features || (ages && asks_for_age(&f->quotas[i])) ? !f->in[i] : f->in[i])
                    more = f->in[i] = true;
                ages = ages || (f->in[i] && asks_for_age(&f->quotas[i]));
                if (v == f->features && f->in[i])
                    f->feature[f->features++] = feature;
            }
    }
    for (uint32_t i = 0; i < f->count; i++)
        seen[i] = seen[i] || f->in[i];
}

/* Is the row for several features, or for ages that overlap others? Sums do not tell of those. */
static bool is_tied(const struct rk_match_quota *quotas, uint32_t count, uint32_t row)
{
    bool tied = quotas[row].part_count > 1;
    for (uint32_t i = 0; i < count && quotas[row].parts[0].to && !tied; i++)
        tied = quotas[i].parts[0].to && quotas[i].parts[0].feature != quotas[row].parts[0].feature;
    return tied;
}

static bool tied_hold(const struct rk_match_quota *quotas, uint32_t count, const int32_t *counts,
                      int32_t empty)
{
    struct finding f = {.quotas = quotas,
                        .count = count,
                        .in = rk_alloc((size_t)count + 1, sizeof *f.in),
                        .feature = rk_alloc((size_t)count * RK_MATCH_PARTS + 1, sizeof *f.feature),
                        .counts = rk_alloc((size_t)count + 1, sizeof *f.counts)};
    bool *seen = rk_alloc((size_t)count + 1, sizeof *seen), hold = true;
    memcpy(f.counts, counts, count * sizeof *counts);
    for (uint32_t i = 0; i < count && hold; i++)
        if (!seen[i] && is_tied(quotas, count, i)) {
            tie(&f, seen, i);
            hold = find(&f, empty);
        }
    rk_free(f.in);
    rk_free(f.feature);
    rk_free(f.counts);
    rk_free(seen);
    return hold;
}

bool rk_match_quotas_hold(const struct rk_match_quota *quotas, uint32_t count,
                          const int32_t *counts, int32_t empty)
{
    bool lacking = false, ties = false;
    for (uint32_t i = 0; i < count; i++) {
        if (counts[i] > quotas[i].max)
            return false;
        lacking = lacking || lacks(&quotas[i], counts[i]);
        ties = ties || is_tied(quotas, count, i);
    }
    if (!lacking)
        return true;
    bool *in = rk_alloc((size_t)count + 1, sizeof *in), hold = true;
    for (uint32_t i = 0; i < count && hold; i++) {
        bool any = false; /* who is still to be found for the minimum of another is of this, too */
        for (uint32_t j = 0; j < count; j++) {
            in[j] = lacks(&quotas[j], counts[j]) && implies(&quotas[j], &quotas[i]);
            any = any || in[j];
        }
        hold = !any || counts[i] + to_be_found(quotas, count, counts, in) <= quotas[i].max;
    }
    for (uint32_t i = 0; i < count; i++)
        in[i] = lacks(&quotas[i], counts[i]) != 0;
    hold = hold && to_be_found(quotas, count, counts, in) <= empty;
    rk_free(in);
    return hold && (!ties || tied_hold(quotas, count, counts, empty));
}
