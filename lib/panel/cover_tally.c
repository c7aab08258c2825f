#include "panel/cover_work.h"

#include <math.h>

/* More combinations of a crossed feature are not all told, only those that somebody has. */
enum { MOST_CELLS = 10000 };
#define ROUNDING 0.02 /* that the shares of a population may sum to, off 1 */

enum rk_cover_pool rk_cover_parent(enum rk_cover_pool pool)
{
    static const enum rk_cover_pool parents[RK_COVER_POOLS] = {
        [RK_COVER_APPLIED] = RK_COVER_NO_POOL,   [RK_COVER_BANK] = RK_COVER_APPLIED,
        [RK_COVER_ACTIVE] = RK_COVER_BANK,       [RK_COVER_PAUSED] = RK_COVER_BANK,
        [RK_COVER_LEFT] = RK_COVER_BANK,         [RK_COVER_CONSENTED] = RK_COVER_ACTIVE,
        [RK_COVER_TRAINED] = RK_COVER_CONSENTED, [RK_COVER_INVITED] = RK_COVER_BANK,
        [RK_COVER_DECLINED] = RK_COVER_INVITED,  [RK_COVER_ACCEPTED] = RK_COVER_INVITED,
        [RK_COVER_ATTENDED] = RK_COVER_ACCEPTED, [RK_COVER_ABSENT] = RK_COVER_ACCEPTED,
        [RK_COVER_ALL] = RK_COVER_NO_POOL,       [RK_COVER_SELECTED] = RK_COVER_ALL,
    };
    return parents[pool];
}

/* ---- targets ---- */

static enum rk_status take_targets(const struct rk_cover *cover, struct rk_cover_tally *tally,
                                   struct rk_error *error)
{
    const struct rk_targets *targets = cover->facts.targets;
    const char *name = rk_cover_feature_name(cover, tally).text;
    bool shares = true, counts = true;
    struct rk_pos pos = {0}; /* of the first of them */
    for (uint32_t i = 0; targets && i < targets->count; i++)
        if (targets->rows[i].in_feature == tally->feature) {
            if (!tally->has_targets)
                pos =
                    (struct rk_pos){targets->rows[i].pos.file, targets->rows[i].pos.line, 0, NULL};
            tally->has_targets = true;
            shares &= targets->rows[i].has_share;
            counts &= targets->rows[i].has_count;
        }
    if (!tally->has_targets)
        return RK_OK;
    if (!shares && !counts)
        return rk_fail_at(error, RK_BAD_DATA, &pos,
                          _("targets of '%s': all as shares, or all as counts, were expected"),
                          name);
    if (tally->is_list && !shares)
        return rk_fail_at(
            error, RK_BAD_DATA, &pos,
            _("targets of '%s': a person may have several of its values, so shares were "
              "expected, not counts"),
            name);
    double sum = 0;
    for (uint32_t i = 0; i < targets->count; i++) {
        const struct rk_target *row = &targets->rows[i];
        if (row->in_feature == tally->feature)
            sum += tally->target[row->in_value] = rk_fixed_double(shares ? row->share : row->count);
    }
    if (tally->is_list)
        return RK_OK;
    if (shares && sum > 1 + ROUNDING) {
        struct rk_buf text = {0};
        rk_double_print(&text, sum);
        rk_fail_at(error, RK_BAD_DATA, &pos, _("targets of '%s': the shares sum to %s"), name,
                   text.text);
        rk_buf_free(&text);
        return RK_BAD_DATA;
    }
    if (sum <= 0)
        return rk_fail_at(error, RK_BAD_DATA, &pos, _("targets of '%s': all are zero"), name);
    if (shares && sum < 1 - ROUNDING) {
        tally->rest = 1 - sum;
        return RK_OK;
    }
    if (shares && fabs(sum - 1) > 1e-9)
        tally->target_sum = sum;
    for (uint32_t v = 0; v < tally->values; v++)
        tally->target[v] /= sum;
    return RK_OK;
}

/* ---- setting up ---- */

static int by_text(const void *x, const void *y, void *context)
{
    const struct rk_strings *values = context;
    struct rk_text a = values->texts[*(const uint32_t *)x], b = values->texts[*(const uint32_t *)y];
    int32_t from_a, to_a, from_b, to_b;
    if (rk_feature_band(a, &from_a, &to_a) && rk_feature_band(b, &from_b, &to_b)) {
        if (from_a != from_b)
            return from_a < from_b ? -1 : 1;
        if (to_a != to_b)
            return to_a < to_b ? -1 : 1;
    }
    return rk_text_compare(a, b);
}

enum rk_status rk_cover_tallies(struct rk_cover *cover, struct rk_error *error)
{
    struct rk_features *features = cover->facts.features;
    cover->tallies = rk_alloc(cover->facts.listed_count, sizeof *cover->tallies);
    for (uint32_t i = 0; i < cover->facts.listed_count; i++) {
        struct rk_cover_tally *tally = &cover->tallies[i];
        tally->feature = cover->facts.listed[i];
        struct rk_feature *feature = &features->all[tally->feature];
        tally->is_list = feature->is_list;
        tally->is_crossed = feature->part_count > 0;
        bool targeted = false;
        for (uint32_t t = 0; cover->facts.targets && t < cover->facts.targets->count; t++)
            targeted |= cover->facts.targets->rows[t].in_feature == tally->feature;
        if (tally->is_crossed && !targeted)
            rk_features_fill(features, tally->feature, MOST_CELLS);
        tally->values = feature->values.count;
        size_t cells = (size_t)tally->values + 1;
        tally->target = rk_alloc(cells, sizeof *tally->target);
        tally->by_text = rk_alloc(cells, sizeof *tally->by_text);
        for (uint32_t v = 0; v < cells; v++) {
            tally->target[v] = NAN;
            tally->by_text[v] = v;
        }
        qsort_r(tally->by_text, tally->values, sizeof *tally->by_text, by_text, &feature->values);
        for (int p = 0; p < RK_COVER_POOLS; p++) {
            tally->people[p] = rk_alloc(cells, sizeof *tally->people[p]);
            tally->hidden[p] = rk_alloc(cells, sizeof *tally->hidden[p]);
        }
        RK_TRY(take_targets(cover, tally, error));
    }
    return RK_OK;
}

void rk_cover_free_tallies(struct rk_cover *cover)
{
    for (uint32_t i = 0; cover->tallies && i < cover->facts.listed_count; i++) {
        struct rk_cover_tally *tally = &cover->tallies[i];
        rk_free(tally->target);
        rk_free(tally->by_text);
        for (int p = 0; p < RK_COVER_POOLS; p++) {
            rk_free(tally->people[p]);
            rk_free(tally->hidden[p]);
        }
    }
    rk_free(cover->tallies);
}

/* ---- counting ---- */

static void count_pool(struct rk_cover *cover, struct rk_cover_tally *tally,
                       enum rk_cover_pool pool)
{
    const uint32_t *in = cover->in[pool];
    int64_t *people = tally->people[pool];
    memset(people, 0, ((size_t)tally->values + 1) * sizeof *people);
    for (uint32_t r = 0; r < cover->rows; r++) {
        uint32_t count;
        const uint32_t *values = rk_features_of(cover->facts.features, r, tally->feature, &count);
        for (uint32_t i = 0; i < count; i++)
            people[values[i]] += in[r];
        if (!count)
            people[tally->values] += in[r];
    }
}

void rk_cover_count(struct rk_cover *cover)
{
    for (enum rk_cover_pool p = 0; p < RK_COVER_POOLS; p++) {
        if (!cover->in[p])
            continue;
        cover->total[p] = 0;
        for (uint32_t r = 0; r < cover->rows; r++)
            cover->total[p] += cover->in[p][r];
        for (uint32_t i = 0; i < cover->facts.listed_count; i++)
            count_pool(cover, &cover->tallies[i], p);
    }
}
