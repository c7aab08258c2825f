#include "score/adjust.h"

#include <math.h>

struct panel {
    rk_fixed sum;
    uint64_t count; /* raters' rows, by their count */
    uint32_t candidates, raters;
    bool refused;
};

struct rater { /* of a panel */
    rk_fixed sum, mean, least, most;
    uint32_t met;
    double squares, sd;
};

/* The panels and their raters, by number; panel_of and rater_of say which a score belongs to. */
struct tables {
    struct rk_tuples panels, raters, candidates;
    uint32_t *panel_of, *rater_of;
    struct panel *panel;
    struct rater *rater;
};

static void tables_free(struct tables *t)
{
    rk_tuples_free(&t->panels);
    rk_tuples_free(&t->raters);
    rk_tuples_free(&t->candidates);
    rk_free(t->panel_of);
    rk_free(t->rater_of);
    rk_free(t->panel);
    rk_free(t->rater);
}

/* False when the sums would be too large. */
static bool collect(struct tables *t, const struct rk_score *scores, size_t count)
{
    t->panels.width = 4;
    t->raters.width = t->candidates.width = 2;
    t->panel_of = rk_resize(NULL, count + 1, sizeof *t->panel_of);
    t->rater_of = rk_resize(NULL, count + 1, sizeof *t->rater_of);
    t->panel = rk_alloc(count + 1, sizeof *t->panel); /* there are no more than that */
    t->rater = rk_alloc(count + 1, sizeof *t->rater);
    for (size_t i = 0; i < count; i++) {
        const struct rk_score *s = &scores[i];
        uint32_t p = rk_tuples_add(
            &t->panels, (uint32_t[]){s->recruitment, s->stage, s->group, (uint32_t)s->basis});
        uint32_t r = rk_tuples_add(&t->raters, (uint32_t[]){p, s->rater});
        uint32_t before = t->candidates.count;
        struct panel *panel = &t->panel[p];
        struct rater *rater = &t->rater[r];
        if (rk_tuples_add(&t->candidates, (uint32_t[]){p, s->candidate}) == before)
            panel->candidates++;
        rk_fixed times;
        if (__builtin_mul_overflow(s->score, (rk_fixed)s->count, &times) ||
            __builtin_add_overflow(panel->sum, times, &panel->sum))
            return false;
        panel->count += s->count;
        if (!rater->met++)
            rater->least = rater->most = s->score;
        if (s->score < rater->least)
            rater->least = s->score;
        if (s->score > rater->most)
            rater->most = s->score;
        rater->sum += s->score;
        t->panel_of[i] = p;
        t->rater_of[i] = r;
    }
    for (uint32_t r = 0; r < t->raters.count; r++) {
        t->rater[r].mean = rk_fixed_divide(t->rater[r].sum, t->rater[r].met);
        struct panel *panel = &t->panel[t->raters.members[2 * (size_t)r]];
        panel->raters++;
        panel->refused |= t->rater[r].met != panel->candidates;
    }
    for (size_t i = 0; i < count; i++) {
        struct rater *rater = &t->rater[t->rater_of[i]];
        double d = rk_fixed_double(scores[i].score - rater->mean);
        rater->squares += d * d;
    }
    for (uint32_t r = 0; r < t->raters.count; r++)
        if (t->rater[r].most > t->rater[r].least)
            t->rater[r].sd = sqrt(t->rater[r].squares / (t->rater[r].met - 1));
    return true;
}

static int compare_ids(const struct rk_ids *ids, enum rk_id_kind kind, uint32_t a, uint32_t b)
{
    return a == b ? 0 : rk_text_compare(rk_id_text(ids, kind, a), rk_id_text(ids, kind, b));
}

static int by_rater(const void *a, const void *b, void *ids)
{
    const struct rk_coverage_rater *x = a, *y = b;
    return compare_ids(ids, RK_ID_RATER, x->rater, y->rater);
}

static int by_panel(const void *a, const void *b, void *ids)
{
    const struct rk_coverage *x = a, *y = b;
    int order = compare_ids(ids, RK_ID_RECRUITMENT, x->recruitment, y->recruitment);
    if (!order)
        order = compare_ids(ids, RK_ID_STAGE, x->stage, y->stage);
    if (!order)
        order = compare_ids(ids, RK_ID_GROUP, x->group, y->group);
    return order ? order : (int)x->basis - (int)y->basis;
}

static void list_refused(const struct tables *t, const struct rk_ids *ids,
                         struct rk_adjustment *adjustment)
{
    uint32_t *place = rk_resize(NULL, (size_t)t->panels.count + 1, sizeof *place);
    size_t n = 0;
    for (uint32_t p = 0; p < t->panels.count; p++)
        place[p] = t->panel[p].refused ? (uint32_t)n++ : RK_NONE;
    struct rk_coverage *list = rk_alloc(n + 1, sizeof *list);
    for (uint32_t p = 0; p < t->panels.count; p++)
        if (place[p] != RK_NONE) {
            const uint32_t *m = t->panels.members + 4 * (size_t)p;
            list[place[p]] = (struct rk_coverage){.recruitment = m[0],
                                                  .stage = m[1],
                                                  .group = m[2],
                                                  .basis = (enum rk_basis)m[3],
                                                  .candidates = t->panel[p].candidates};
        }
    for (int fill = 0; fill < 2; fill++) {
        for (uint32_t r = 0; r < t->raters.count; r++) {
            const uint32_t *m = t->raters.members + 2 * (size_t)r;
            if (place[m[0]] == RK_NONE)
                continue;
            struct rk_coverage *c = &list[place[m[0]]];
            if (fill)
                c->raters[c->rater_count] = (struct rk_coverage_rater){m[1], t->rater[r].met};
            c->rater_count++;
        }
        for (size_t i = 0; i < n && !fill; i++) {
            list[i].raters = rk_alloc(list[i].rater_count, sizeof *list[i].raters);
            list[i].rater_count = 0;
        }
    }
    for (size_t i = 0; i < n; i++)
        qsort_r(list[i].raters, list[i].rater_count, sizeof *list[i].raters, by_rater, (void *)ids);
    qsort_r(list, n, sizeof *list, by_panel, (void *)ids);
    rk_free(place);
    adjustment->refused = list;
    adjustment->refused_count = n;
}

enum rk_status rk_adjust(struct rk_score *scores, size_t count, enum rk_adjust_method method,
                         const struct rk_ids *ids, struct rk_adjustment *adjustment,
                         struct rk_error *error)
{
    struct tables t = {0};
    if (!collect(&t, scores, count)) {
        tables_free(&t);
        return rk_fail(error, RK_BAD_DATA, _("scores are too large to be added exactly"));
    }
    list_refused(&t, ids, adjustment);
    if (adjustment->refused_count) {
        tables_free(&t);
        return rk_fail(
            error, RK_BAD_DATA,
            _("panels whose raters met different candidates: %zu; center and zscore would punish "
              "whoever met the strong ones, what fits is additive, random or rasch"),
            adjustment->refused_count);
    }
    for (uint32_t r = 0; r < t.raters.count; r++)
        adjustment->no_spread += t.rater[r].most == t.rater[r].least;
    for (size_t i = 0; i < count; i++) {
        struct rk_score *s = &scores[i];
        const struct panel *panel = &t.panel[t.panel_of[i]];
        const struct rater *rater = &t.rater[t.rater_of[i]];
        rk_fixed severity = rk_fixed_divide(panel->sum, (__int128)panel->count) - rater->mean;
        s->has_adjusted = true;
        s->has_severity = panel->raters > 1;
        s->severity = rk_fixed_round(severity);
        if (panel->raters == 1)
            rk_score_flag(s, &adjustment->arena, "one_rater", "");
        if (method == RK_ADJUST_CENTER) {
            s->adjusted = rk_fixed_round(s->score + severity);
            rk_score_flag_outside(s, &adjustment->arena);
        } else if (rater->sd > 0)
            s->adjusted = rk_fixed_round(
                rk_fixed_from_double(rk_fixed_double(s->score - rater->mean) / rater->sd));
        else {
            s->adjusted = 0;
            rk_score_flag(s, &adjustment->arena, "no_spread", "");
        }
    }
    tables_free(&t);
    return RK_OK;
}

void rk_adjustment_log(const struct rk_adjustment *adjustment, const struct rk_ids *ids,
                       struct rk_log *log)
{
    enum { MOST = 20 };
    struct rk_buf met = {0};
    for (size_t p = 0; p < adjustment->refused_count; p++) {
        const struct rk_coverage *panel = &adjustment->refused[p];
        rk_buf_clear(&met);
        for (size_t r = 0; r < panel->rater_count && r < MOST; r++)
            rk_buf_printf(&met, "%s%s %u", r ? ", " : "",
                          rk_id_text(ids, RK_ID_RATER, panel->raters[r].rater).text,
                          panel->raters[r].met);
        if (panel->rater_count > MOST)
            rk_buf_printf(&met, ", …");
        rk_log(log, RK_ERROR, NULL,
               _("recruitment %s, stage %s, group %s (%s): of %u candidates, %zu raters met: %s"),
               rk_id_text(ids, RK_ID_RECRUITMENT, panel->recruitment).text,
               rk_id_text(ids, RK_ID_STAGE, panel->stage).text,
               rk_id_text(ids, RK_ID_GROUP, panel->group).text, rk_basis_name(panel->basis),
               panel->candidates, panel->rater_count, met.text);
    }
    rk_buf_free(&met);
}

void rk_adjustment_free(struct rk_adjustment *adjustment)
{
    for (size_t i = 0; i < adjustment->refused_count; i++)
        rk_free(adjustment->refused[i].raters);
    rk_free(adjustment->refused);
    rk_arena_free(&adjustment->arena);
    *adjustment = (struct rk_adjustment){0};
}
