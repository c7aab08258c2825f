#include "panel/cover_work.h"
#include "stat/distribution.h"
#include "stat/interval.h"
#include "stat/multinomial.h"
#include "stat/propensity.h"

#include <math.h>

enum { MOST_OUTCOMES = 2000000, EXACT_PEOPLE = 1000, DRAWN_PEOPLE = 10000 };

/* ---- a feature against its targets, in one pool ---- */

struct mirror {
    struct rk_cover *cover;
    const struct rk_cover_tally *tally;
    enum rk_cover_pool pool;
    struct rk_text feature;
    const char *name; /* of the pool */
    const int64_t *people;
    const bool *hidden;
    int64_t n;              /* of whom shares are shares */
    bool has_n;             /* there are such, and their number gives away nothing hidden */
    uint32_t cells;         /* that have a target, or all where there are none */
    uint32_t *order, shown; /* values in the order in which they are shown */
    uint32_t *place;        /* by value: that of its text */
};

static struct rk_measure *put(const struct mirror *m, struct rk_text value, const char *measure,
                              const char *variant, double estimate)
{
    return rk_cover_add(m->cover, m->feature, value, m->name, measure, variant, estimate,
                        m->has_n ? (double)m->n : NAN);
}

static void put_hidden(const struct mirror *m, struct rk_text value)
{
    rk_cover_add_hidden(m->cover, m->feature, value, m->name);
}

/* What a reader must see first comes first: nobody, the largest target before; then the least share
 * of its target; what has no target; and what is hidden last, where its place tells nothing. */
static int class_of(const struct mirror *m, uint32_t v)
{
    bool target = !isnan(m->tally->target[v]);
    if (m->hidden[v])
        return 3;
    if (!m->people[v] && (target ? m->tally->target[v] > 0 : !m->tally->has_targets))
        return 0;
    return target ? 1 : 2;
}

static int by_need(const void *x, const void *y, void *context)
{
    const struct mirror *m = context;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    int class_a = class_of(m, a), class_b = class_of(m, b);
    double target_a = m->tally->target[a], target_b = m->tally->target[b];
    if (class_a != class_b)
        return class_a - class_b;
    if (class_a == 0 && target_a != target_b && !isnan(target_a))
        return target_a > target_b ? -1 : 1;
    if (class_a == 1) {
        double ratio_a = (double)m->people[a] * target_b, ratio_b = (double)m->people[b] * target_a;
        if (ratio_a != ratio_b)
            return ratio_a < ratio_b ? -1 : 1;
    }
    return m->place[a] < m->place[b] ? -1 : 1;
}

/* The values to show; those of no target that nobody of the whole table has are no values of it. */
static void order_values(struct mirror *m)
{
    const struct rk_cover_tally *t = m->tally;
    m->order = rk_alloc((size_t)t->values + 1, sizeof *m->order);
    m->place = rk_alloc((size_t)t->values + 1, sizeof *m->place);
    for (uint32_t i = 0; i < t->values; i++) {
        uint32_t v = t->by_text[i];
        bool anybody = false;
        for (int p = 0; p < RK_COVER_POOLS; p++)
            anybody |= m->cover->in[p] && t->people[p][v];
        if (!t->has_targets || !isnan(t->target[v]) || anybody)
            m->order[m->shown++] = v;
        m->place[v] = i;
    }
    qsort_r(m->order, m->shown, sizeof *m->order, by_need, m);
}

static void put_share(const struct mirror *m, struct rk_text value, int64_t people, double target)
{
    struct rk_measure *row;
    double x = (double)people, n = (double)m->n, share = x / n;
    put(m, value, "persons", NULL, x);
    put(m, value, "target", NULL, target)->n = NAN;
    if (!m->has_n)
        return;
    rk_cover_interval(row = put(m, value, "share", NULL, share), x, n);
    if (!m->tally->is_list) {
        struct rk_interval all = rk_goodman(x, n, m->cells, RK_COVER_LEVEL);
        row = put(m, value, "share", "simultaneous", share);
        row->low = all.low;
        row->high = all.high;
        row->method = RK_TEXT("goodman");
    }
    if (isnan(target))
        return;
    rk_cover_interval(row = put(m, value, "gap", NULL, share - target), x, n);
    row->low -= target;
    row->high -= target;
    if (target > 0) {
        rk_cover_interval(row = put(m, value, "ratio", NULL, share / target), x, n);
        row->low /= target;
        row->high /= target;
    }
    if (target > 0 && target < 1)
        put(m, value, "residual", "standardised",
            (x - n * target) / sqrt(n * target * (1 - target)));
}

/* Chi-square, the exact test and distances: with any cell hidden, they would tell it. */
static void put_tests(const struct mirror *m, const int64_t *counts, const double *targets,
                      size_t k)
{
    struct rk_cover *cover = m->cover;
    struct rk_text whole = RK_TEXT("");
    struct rk_buf text = {0};
    double *shares = rk_alloc(k, sizeof *shares);
    for (size_t i = 0; i < k; i++)
        shares[i] = (double)counts[i] / (double)m->n;
    put(m, whole, "total_variation", NULL, rk_total_variation(shares, targets, k));
    put(m, whole, "hellinger", NULL, rk_hellinger(shares, targets, k));
    struct rk_chi_square fit = rk_chi_square_fit(counts, targets, k);
    rk_buf_printf(&text, "df %zu", fit.df);
    put(m, whole, "chi_square", text.text, fit.statistic);
    put(m, whole, "chi_square_p", text.text, fit.p);
    if (m->n <= EXACT_PEOPLE || (isnan(fit.p) && m->n <= DRAWN_PEOPLE)) {
        rk_buf_clear(&text);
        rk_buf_printf(&text, "cover|%s|%s|%s", cover->by.text, m->feature.text, m->name);
        struct rk_random random =
            rk_random(cover->facts.seed, (struct rk_text){text.text, text.size});
        struct rk_multinomial test = rk_multinomial_test(counts, targets, k, MOST_OUTCOMES, random);
        rk_buf_clear(&text);
        rk_buf_printf(&text, test.exact ? "enumeration of %llu" : "monte-carlo of %llu",
                      (unsigned long long)test.tried);
        struct rk_measure *row = put(m, whole, "exact_p", "multinomial", test.p);
        row->method =
            (struct rk_text){rk_arena_text(&cover->arena, text.text, text.size), text.size};
        if (!test.exact) {
            struct rk_interval p =
                rk_wilson(test.p * (double)test.tried, (double)test.tried, RK_COVER_LEVEL);
            row->se = test.se;
            row->low = p.low;
            row->high = p.high;
        }
    }
    rk_buf_free(&text);
    rk_free(shares);
}

/* Of the feature as a whole. `rest`: people of values without a target. */
static void put_whole(const struct mirror *m, int64_t rest)
{
    const struct rk_cover_tally *t = m->tally;
    struct rk_text whole = RK_TEXT("");
    uint32_t nobody = 0;
    double covered = t->rest > 0 && !rest ? 1 - t->rest : 1;
    bool sure = true;
    for (uint32_t i = 0; i < m->shown; i++) {
        uint32_t v = m->order[i];
        nobody += class_of(m, v) == 0;
        sure &= m->people[v] || !m->hidden[v];
        if (!m->people[v] && !isnan(t->target[v]))
            covered -= t->target[v];
    }
    if (sure)
        put(m, whole, "nobody", "cells", nobody)->n = m->cells;
    if (sure && t->has_targets && !t->is_list)
        put(m, whole, "covered", "target", covered);
    if (t->any_hidden[m->pool])
        return;
    if (m->people[t->values])
        put(m, RK_TEXT("(missing)"), "persons", NULL, (double)m->people[t->values])->n =
            rk_cover_all(m->cover, m->pool);
    if (!t->has_targets || t->is_list || !m->has_n)
        return;
    int64_t *counts = rk_alloc(m->cells, sizeof *counts);
    double *targets = rk_alloc(m->cells, sizeof *targets);
    size_t k = 0;
    for (uint32_t i = 0; i < t->values; i++) {
        uint32_t v = t->by_text[i];
        if (isnan(t->target[v]))
            continue;
        counts[k] = m->people[v];
        targets[k++] = t->target[v];
    }
    if (t->rest > 0) {
        counts[k] = rest;
        targets[k++] = t->rest;
    }
    put_tests(m, counts, targets, k);
    rk_free(counts);
    rk_free(targets);
}

void rk_cover_mirror(struct rk_cover *cover, const struct rk_cover_tally *tally,
                     enum rk_cover_pool pool)
{
    struct mirror m = {.cover = cover,
                       .tally = tally,
                       .pool = pool,
                       .feature = rk_cover_feature_name(cover, tally),
                       .name = rk_cover_pool_name(pool),
                       .people = tally->people[pool],
                       .hidden = tally->hidden[pool]};
    int64_t rest = 0, targeted = 0;
    for (uint32_t v = 0; v < tally->values; v++) {
        bool target = !isnan(tally->target[v]);
        m.cells += target || !tally->has_targets;
        *(target ? &targeted : &rest) += m.people[v];
    }
    m.cells += tally->rest > 0;
    m.n = tally->is_list                           ? cover->total[pool] - m.people[tally->values]
          : !tally->has_targets || tally->rest > 0 ? targeted + rest
                                                   : targeted;
    /* with n it is known how many are left of the pool: those without a value, or without a target
     */
    bool left = m.hidden[tally->values];
    for (uint32_t v = 0; v < tally->values && tally->has_targets && !(tally->rest > 0); v++)
        left |= m.hidden[v] && isnan(tally->target[v]) && !tally->is_list;
    m.has_n = m.n && !cover->total_hidden[pool] && !left;
    order_values(&m);
    put_whole(&m, rest);
    for (uint32_t i = 0; i < m.shown; i++) {
        uint32_t v = m.order[i];
        struct rk_text value = rk_cover_value_text(cover, tally, v);
        bool compared = !tally->has_targets || !isnan(tally->target[v]);
        if (m.hidden[v]) {
            put_hidden(&m, value);
            put(&m, value, "target", NULL, tally->target[v])->n = NAN;
        } else if (compared) {
            put_share(&m, value, m.people[v], tally->target[v]);
        } else {
            put(&m, value, "persons", NULL, (double)m.people[v])->n = NAN;
        }
    }
    if (m.hidden[tally->values])
        put_hidden(&m, RK_TEXT("(missing)"));
    if (tally->rest > 0 && !tally->any_hidden[pool])
        put_share(&m, RK_TEXT("(other)"), rest, tally->rest);
    rk_free(m.order);
    rk_free(m.place);
}

/* ---- how evenly people were selected ---- */

struct pattern {
    uint32_t values[RK_PROPENSITY_FEATURES];
    uint32_t width;
    double people, selected;
};

static int by_values(const void *x, const void *y)
{
    const struct pattern *a = x, *b = y;
    for (uint32_t i = 0; i < a->width; i++)
        if (a->values[i] != b->values[i])
            return a->values[i] < b->values[i] ? -1 : 1;
    return 0;
}

/* People alike in all features together, in an order that does not depend on that of the rows. */
static struct pattern *gather(const struct rk_cover *cover, const struct rk_cover_tally **features,
                              uint32_t width, enum rk_cover_pool base, enum rk_cover_pool pool,
                              uint32_t *count)
{
    struct rk_tuples known = {.width = width};
    struct pattern *patterns = NULL;
    uint32_t *rank[RK_PROPENSITY_FEATURES], room = 0;
    *count = 0;
    for (uint32_t f = 0; f < width; f++) {
        rank[f] = rk_alloc((size_t)features[f]->values + 1, sizeof *rank[f]);
        for (uint32_t i = 0; i <= features[f]->values; i++)
            rank[f][features[f]->by_text[i]] = i;
    }
    for (uint32_t r = 0; r < cover->rows; r++) {
        struct pattern pattern = {.width = width};
        if (!cover->in[base][r])
            continue;
        for (uint32_t f = 0; f < width; f++) {
            uint32_t has;
            const uint32_t *values =
                rk_features_of(cover->facts.features, r, features[f]->feature, &has);
            pattern.values[f] = rank[f][has ? values[0] : features[f]->values];
        }
        uint32_t number = rk_tuples_add(&known, pattern.values);
        if (number == *count) {
            RK_GROW(patterns, *count, room);
            patterns[(*count)++] = pattern;
        }
        patterns[number].people += cover->in[base][r];
        patterns[number].selected += cover->in[pool][r];
    }
    for (uint32_t f = 0; f < width; f++)
        rk_free(rank[f]);
    rk_tuples_free(&known);
    if (*count)
        qsort(patterns, *count, sizeof *patterns, by_values);
    return patterns;
}

static void put_estimate(struct rk_cover *cover, const char *pool, const char *measure,
                         const char *variant, double estimate, double se, double n,
                         struct rk_text method)
{
    double z = rk_normal_quantile(0.5 + RK_COVER_LEVEL / 2);
    struct rk_measure *row =
        rk_cover_add(cover, RK_TEXT(""), RK_TEXT(""), pool, measure, variant, estimate, n);
    row->se = se;
    row->low = estimate - z * se;
    row->high = estimate + z * se;
    row->method = method;
}

static void put_partial(struct rk_cover *cover, const struct rk_cover_tally *tally,
                        const struct rk_propensity_feature *partial, const char *pool, double n,
                        struct rk_text method)
{
    const struct {
        const char *variant;
        double estimate, se;
    } whole[] = {{"unconditional", partial->pu, partial->se},
                 {"unconditional adjusted", partial->pu_adjusted, partial->se},
                 {"conditional", partial->pc, partial->se},
                 {"conditional adjusted", partial->pc_adjusted, partial->se}};
    struct rk_text feature = rk_cover_feature_name(cover, tally);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        struct rk_measure *row = rk_cover_add(cover, feature, RK_TEXT(""), pool, "partial",
                                              whole[i].variant, whole[i].estimate, n);
        row->se = whole[i].se;
        row->method = method;
    }
    for (uint32_t i = 0; i <= tally->values; i++) {
        struct rk_text value = rk_cover_value_text(cover, tally, tally->by_text[i]);
        const struct rk_propensity_value *of = &partial->values[i];
        rk_cover_add(cover, feature, value, pool, "partial", "unconditional", of->pu, n)->method =
            method;
        struct rk_measure *row =
            rk_cover_add(cover, feature, value, pool, "partial", "conditional", of->pc, n);
        row->se = of->pc_se;
        row->method = method;
    }
}

void rk_cover_evenness(struct rk_cover *cover, enum rk_cover_pool base, enum rk_cover_pool pool)
{
    const struct rk_cover_tally *features[RK_PROPENSITY_FEATURES];
    const char *name = rk_cover_pool_name(pool);
    uint32_t width = 0, count, of[RK_PROPENSITY_FEATURES];
    struct rk_buf text = {0};
    rk_buf_text(&text, "logistic: ");
    for (uint32_t i = 0; i < cover->facts.listed_count && width < RK_PROPENSITY_FEATURES; i++) {
        const struct rk_cover_tally *tally = &cover->tallies[i];
        if (tally->is_list || tally->is_crossed)
            continue;
        rk_buf_printf(&text, "%s%s", width ? "+" : "", rk_cover_feature_name(cover, tally).text);
        of[width] = tally->values + 1;
        features[width++] = tally;
    }
    /* a figure of all features together, which no sum tells of: where it is of one alone, or
     * crossed cells tell who is alike in all, what is hidden could be solved for */
    bool hidden = cover->total_hidden[base] || cover->total_hidden[pool], crossed = false;
    for (uint32_t i = 0; i < cover->facts.listed_count; i++)
        crossed |= cover->tallies[i].is_crossed;
    for (uint32_t i = 0; i < width && (width == 1 || crossed); i++)
        hidden |= features[i]->any_hidden[base] || features[i]->any_hidden[pool];
    if (!width || hidden) {
        rk_buf_free(&text);
        return;
    }
    struct pattern *patterns = gather(cover, features, width, base, pool, &count);
    uint32_t *values = rk_alloc((size_t)count * width, sizeof *values);
    double *people = rk_alloc(count, sizeof *people), *selected = rk_alloc(count, sizeof *selected);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(values + (size_t)i * width, patterns[i].values, width * sizeof *values);
        people[i] = patterns[i].people;
        selected[i] = patterns[i].selected;
    }
    struct rk_propensity_problem problem = {count, width, values, of, people, selected};
    struct rk_propensity got;
    if (rk_propensity(&problem, &got)) {
        if (got.is_extreme)
            rk_buf_text(&text, "; all or none of some group");
        struct rk_text method = {rk_arena_text(&cover->arena, text.text, text.size), text.size};
        double n = got.people;
        put_estimate(cover, name, "propensity", "mean", got.mean, NAN, n, method);
        put_estimate(cover, name, "r_indicator", "adjusted", got.r_adjusted, got.r_se, n, method);
        put_estimate(cover, name, "r_indicator", "unadjusted", got.r, got.r_se, n, method);
        put_estimate(cover, name, "cv", NULL, got.cv, got.cv_se, n, method);
        for (uint32_t f = 0; f < width; f++)
            if (!features[f]->any_hidden[base] && !features[f]->any_hidden[pool])
                put_partial(cover, features[f], &got.features[f], name, n, method);
        rk_propensity_free(&got);
    }
    rk_free(patterns);
    rk_free(values);
    rk_free(people);
    rk_free(selected);
    rk_buf_free(&text);
}
