/* What is told of many recruitments together. */
#include "score/impact_state.h"
#include "stat/distribution.h"
#include "stat/interval.h"

#include <math.h>

static const double level = 0.95;

/* The recruitments, or rankings, that are told together. */
struct told {
    struct rk_impact *m;
    const size_t *contests;
    size_t count;
    uint32_t part, stage; /* stage RK_NONE = not told */
};

/* What a figure is about. */
struct about {
    struct rk_impact *m;
    uint32_t part, stage, group, other; /* RK_NONE = no one */
};

static struct rk_impact_measure *add(const struct about *of, const char *measure,
                                     const char *variant, double estimate, double n)
{
    struct rk_impact *m = of->m;
    RK_GROW(m->measures, m->measure_count, m->measure_room);
    struct rk_impact_measure *to = &m->measures[m->measure_count++];
    *to = (struct rk_impact_measure){.part = of->part,
                                     .stage = of->stage,
                                     .group = of->group,
                                     .other = of->other,
                                     .measure = measure,
                                     .variant = variant ? rk_text(variant) : RK_TEXT(""),
                                     .estimate = estimate,
                                     .se = NAN,
                                     .low = NAN,
                                     .high = NAN,
                                     .n = n};
    return to;
}

/* x of n; nothing of none. */
static void add_share(const struct about *of, const char *measure, const char *variant, uint64_t x,
                      uint64_t n)
{
    double part = (double)x, all = (double)n;
    bool exact = of->m->options.exact;
    if (!n)
        return;
    struct rk_interval ends =
        exact ? rk_clopper_pearson(part, all, level) : rk_wilson(part, all, level);
    struct rk_impact_measure *to = add(of, measure, variant, part / all, all);
    to->low = ends.low;
    to->high = ends.high;
    to->method = exact ? "clopper-pearson" : "wilson";
    to->small = n < of->m->options.small;
}

struct mean { /* of what is not NAN */
    double n, sum, squares, most;
};

static void take(struct mean *mean, double x)
{
    if (isnan(x))
        return;
    mean->most = mean->n ? fmax(mean->most, x) : x;
    mean->n++;
    mean->sum += x;
    mean->squares += x * x;
}

/* With an interval by t, within what is possible, where the numbers differ; nothing of none. */
static void add_mean(const struct about *of, const char *measure, const char *variant,
                     const struct mean *mean, double least, double most)
{
    double n = mean->n, average = mean->sum / n,
           variance = (mean->squares - n * average * average) / (n - 1);
    if (!(n > 0))
        return;
    struct rk_impact_measure *to = add(of, measure, variant, average, n);
    to->method = "mean";
    to->small = n < of->m->options.small;
    if (!(n > 1) || !(variance > 1e-14 * mean->squares))
        return;
    to->se = sqrt(variance / n);
    double reach = rk_t_quantile(0.5 + level / 2, n - 1) * to->se;
    to->low = fmax(least, average - reach);
    to->high = fmin(most, average + reach);
}

static void add_largest(const struct about *of, const char *variant, const struct mean *mean)
{
    if (mean->n > 0)
        add(of, "largest_shift", variant, mean->most, mean->n)->method = "largest";
}

/* ---- of a group ---- */

static const struct rk_impact_row *row_of(const struct told *t, size_t k, uint32_t group)
{
    const struct impact_contest *c = &t->m->contests[t->contests[k]];
    for (size_t i = c->rows; i < c->row_end; i++)
        if (t->m->rows[i].group == (group == RK_IMPACT_ALL ? RK_NONE : group))
            return &t->m->rows[i];
    return NULL;
}

static void tell_changes(const struct told *t, uint32_t group)
{
    struct mean tau = {0}, rho = {0}, own_tau = {0}, own_rho = {0}, shift = {0}, largest = {0},
                own_shift = {0}, own_largest = {0}, distance = {0};
    uint64_t n = 0, differs = 0, apart = 0, top = 0, known = 0, can = 0;
    for (size_t k = 0; k < t->count; k++) {
        const struct rk_impact_row *r = row_of(t, k, group);
        if (!r)
            continue;
        if (r->same != RK_MATCH_MISSING) {
            n++;
            differs += r->same != RK_MATCH_YES;
            apart += r->same == RK_MATCH_NO;
            top += r->in.size || r->out.size;
        }
        if (!isnan(r->from)) {
            known++;
            can += !isnan(r->flip);
        }
        take(&tau, r->tau_b);
        take(&rho, r->spearman);
        take(&own_tau, r->own_tau_b);
        take(&own_rho, r->own_spearman);
        take(&shift, r->mean_shift);
        take(&largest, r->largest_shift);
        take(&own_shift, r->own_mean_shift);
        take(&own_largest, r->own_largest_shift);
        take(&distance, fabs(r->flip - r->weight));
    }
    const struct about of = {t->m, t->part, t->stage, group, RK_NONE};
    add_share(&of, "first_changed", "strict", differs, n);
    add_share(&of, "first_changed", "shared", apart, n);
    add_share(&of, "top_changed", NULL, top, n);
    add_mean(&of, "tau_b", "without", &tau, -1, 1);
    add_mean(&of, "spearman", "without", &rho, -1, 1);
    add_mean(&of, "tau_b", "own", &own_tau, -1, 1);
    add_mean(&of, "spearman", "own", &own_rho, -1, 1);
    add_mean(&of, "mean_shift", "without", &shift, 0, INFINITY);
    add_mean(&of, "mean_shift", "own", &own_shift, 0, INFINITY);
    add_largest(&of, "without", &largest);
    add_largest(&of, "own", &own_largest);
    add_share(&of, "first_can_change", NULL, can, known);
    add_mean(&of, "flip_distance", NULL, &distance, 0, 1);
}

static void tell_power(const struct told *t, uint32_t group)
{
    static const char *const names[] = {"shapley_shubik", "banzhaf", "banzhaf_absolute",
                                        "formal_power"};
    const struct about of = {t->m, t->part, t->stage, group, RK_NONE};
    struct mean means[4] = {{0}};
    for (size_t k = 0; k < t->count; k++) {
        const struct rk_impact_row *r = row_of(t, k, group);
        if (!r)
            continue;
        const double power[] = {r->shapley, r->banzhaf, r->banzhaf_absolute, r->formal};
        for (size_t i = 0; i < 4; i++)
            take(&means[i], power[i]);
    }
    for (size_t i = 0; i < 4; i++)
        if (means[i].n) /* what the rule says, no sample of it */
            add(&of, names[i], NULL, means[i].sum / means[i].n, means[i].n);
}

/* Reason codes of decisions for somebody else than the group's first; a decision may have several.
 */
static void tell_departures(const struct told *t, const struct about *of)
{
    struct rk_strings codes = {0};
    uint64_t *counts = NULL, departed = 0;
    uint32_t room = 0, *rank, *order;
    for (size_t k = 0; k < t->count; k++) {
        const struct rk_impact_row *r = row_of(t, k, of->group);
        if (!r || r->followed != RK_MATCH_NO)
            continue;
        struct rk_text list = r->reasons.size ? r->reasons : RK_TEXT("not_given"), code;
        departed++;
        while (rk_list_next(&list, &code)) {
            uint32_t known = codes.count, at = rk_strings_add(&codes, code);
            if (at == known) {
                RK_GROW(counts, known, room);
                counts[at] = 0;
            }
            counts[at]++;
        }
    }
    rank = rk_strings_ranks(&codes);
    order = rk_resize(NULL, (size_t)codes.count + 1, sizeof *order);
    for (uint32_t c = 0; c < codes.count; c++)
        order[rank[c]] = c;
    for (uint32_t i = 0; i < codes.count; i++)
        add_share(of, "departed", rk_arena_keep(&t->m->arena, codes.texts[order[i]].text),
                  counts[order[i]], departed);
    rk_free(rank);
    rk_free(order);
    rk_free(counts);
    rk_strings_free(&codes);
}

static void tell_decisions(const struct told *t, uint32_t group)
{
    const struct about of = {t->m, t->part, t->stage, group, RK_NONE};
    uint64_t n = 0, strict = 0, shared = 0;
    for (size_t k = 0; k < t->count; k++) {
        const struct rk_impact_row *r = row_of(t, k, group);
        if (!r || r->followed == RK_MATCH_MISSING)
            continue;
        n++;
        strict += r->followed == RK_MATCH_YES;
        shared += r->followed != RK_MATCH_NO;
    }
    add_share(&of, "first_chosen", "strict", strict, n);
    add_share(&of, "first_chosen", "shared", shared, n);
    tell_departures(t, &of);
}

/* ---- of two groups ---- */

static void tell_pair(const struct told *t, size_t g, size_t h)
{
    enum { BOTH, GROUP, OTHER, NEITHER, WAYS };
    static const char *const ways[] = {"both", "only_group", "only_other", "neither"};
    struct rk_impact *m = t->m;
    struct mean tau = {0}, rho = {0};
    uint64_t n = 0, same = 0, shared = 0, decided = 0, chosen[WAYS] = {0};
    for (size_t k = 0; k < t->count; k++) {
        const struct impact_contest *c = &m->contests[t->contests[k]];
        const uint32_t *x = m->own + g * m->entries.count, *y = m->own + h * m->entries.count;
        enum rk_impact_match first = rk_impact_match_first(c, x, y),
                             of_x = rk_impact_followed(m, c, x), of_y = rk_impact_followed(m, c, y);
        if (first == RK_MATCH_MISSING)
            continue;
        struct impact_comparison orders = rk_impact_compare(c, x, y);
        take(&tau, orders.tau_b);
        take(&rho, orders.spearman);
        n++;
        same += first == RK_MATCH_YES;
        shared += first != RK_MATCH_NO;
        if (of_x == RK_MATCH_MISSING || of_y == RK_MATCH_MISSING)
            continue;
        decided++;
        chosen[of_x != RK_MATCH_NO ? (of_y != RK_MATCH_NO ? BOTH : GROUP)
                                   : (of_y != RK_MATCH_NO ? OTHER : NEITHER)]++;
    }
    const struct about of = {m, t->part, t->stage, m->base->groups[g], m->base->groups[h]};
    add_mean(&of, "tau_b", "groups", &tau, -1, 1);
    add_mean(&of, "spearman", "groups", &rho, -1, 1);
    add_share(&of, "same_first", "strict", same, n);
    add_share(&of, "same_first", "shared", shared, n);
    for (int way = 0; way < WAYS; way++)
        add_share(&of, "chosen_first_of", ways[way], chosen[way], decided);
}

static void tell_rankings(const struct told *t)
{
    struct rk_impact *m = t->m;
    bool decides_in = !m->options.decides;
    tell_decisions(t, RK_IMPACT_ALL);
    for (size_t g = 0; g < m->width; g++) {
        uint32_t group = m->base->groups[g];
        tell_changes(t, group);
        tell_decisions(t, group);
        tell_power(t, group);
        decides_in |= m->options.decides &&
                      rk_text_is(rk_id_text(m->ids, RK_ID_GROUP, group), m->options.decides);
    }
    if (!decides_in && t->count) {
        const struct about of = {m, t->part, t->stage, RK_NONE, RK_NONE};
        add(&of, "formal_power", NULL, 1, (double)t->count)->actor = m->options.decides;
    }
    for (size_t g = 0; g < m->width; g++)
        for (size_t h = g + 1; h < m->width; h++)
            tell_pair(t, g, h);
}

/* ---- of recruitments, whether ranked or not ---- */

static uint32_t part_of(const struct rk_impact *m, uint32_t recruitment)
{
    return recruitment < m->options.part_count ? m->options.part[recruitment] : RK_NONE;
}

/* What came of a cancelled one is nobody's doing. */
static bool is_told(const struct rk_impact *m, const struct impact_contest *c)
{
    return part_of(m, c->recruitment) != RK_NONE &&
           m->options.states[c->recruitment] != RK_IMPACT_CANCELLED;
}

static void tell_recruitments(struct rk_impact *m, uint32_t part)
{
    const struct about about = {m, part, RK_NONE, RK_NONE, RK_NONE};
    uint64_t n = 0, of[RK_IMPACT_STATES] = {0}, ranked = 0;
    for (uint32_t r = 0; r < m->options.part_count; r++)
        if (part_of(m, r) == part) {
            n++;
            of[m->options.states[r]]++;
        }
    for (size_t i = 0; i < m->contest_count; i++)
        ranked += is_told(m, &m->contests[i]) && m->contests[i].decides &&
                  part_of(m, m->contests[i].recruitment) == part;
    for (int s = 0; s < RK_IMPACT_STATES && n; s++)
        add(&about, "recruitments", rk_impact_state_words[s], (double)of[s], (double)n);
    if (n)
        add(&about, "recruitments", "ranked", (double)ranked, (double)n);
}

/* ---- beside the scores ---- */

struct tally {
    uint32_t stage, group, kind; /* kind: of contribution, or position */
    uint64_t n, wholly, partly;
};

static int by_tally(const void *x, const void *y, void *context)
{
    const struct tally *p = x, *q = y;
    const struct rk_ids *ids = context;
    int by = p->stage == q->stage  ? 0
             : p->stage == RK_NONE ? -1
             : q->stage == RK_NONE ? 1
                                   : rk_text_compare(rk_id_text(ids, RK_ID_STAGE, p->stage),
                                                     rk_id_text(ids, RK_ID_STAGE, q->stage));
    if (!by)
        by = rk_text_compare(rk_id_text(ids, RK_ID_GROUP, p->group),
                             rk_id_text(ids, RK_ID_GROUP, q->group));
    return by ? by : (p->kind > q->kind) - (p->kind < q->kind);
}

struct tallies {
    struct rk_tuples keys; /* stage, group, kind */
    struct tally *all;
    size_t room;
};

static void count_one(struct tallies *t, uint32_t stage, uint32_t group, uint32_t kind, bool wholly,
                      bool partly)
{
    size_t before = t->keys.count, at = rk_tuples_add(&t->keys, (uint32_t[]){stage, group, kind});
    if (at == before) {
        RK_GROW(t->all, before, t->room);
        t->all[at] = (struct tally){stage, group, kind, 0, 0, 0};
    }
    t->all[at].n++;
    t->all[at].wholly += wholly;
    t->all[at].partly += partly;
}

static void sort_tallies(struct tallies *t, const struct rk_ids *ids)
{
    if (t->keys.count)
        qsort_r(t->all, t->keys.count, sizeof *t->all, by_tally, (void *)ids);
}

static void tell_contributions(struct rk_impact *m, uint32_t part)
{
    static const char *const names[] = {"requirement_adopted", "advert_text_adopted",
                                        "question_adopted", "observation_adopted",
                                        "contribution_adopted"};
    const struct rk_contributions *all = m->options.contributions;
    struct tallies t = {.keys = {.width = 3}};
    for (size_t i = 0; all && i < all->count; i++) {
        const struct rk_contribution *c = &all->rows[i];
        for (int way = 0; way < 4 && part_of(m, c->recruitment) == part; way++)
            count_one(&t, way & 1 ? c->stage : RK_NONE, c->group,
                      way & 2 ? (uint32_t)c->kind : RK_CONTRIBUTION_KINDS,
                      c->adopted == RK_ADOPTED_YES, c->adopted != RK_ADOPTED_NO);
    }
    sort_tallies(&t, m->ids);
    for (size_t i = 0; i < t.keys.count; i++) {
        const struct tally *c = &t.all[i];
        const struct about of = {m, part, c->stage, c->group, RK_NONE};
        add_share(&of, names[c->kind], "wholly", c->wholly, c->n);
        add_share(&of, names[c->kind], "at_least_partly", c->partly, c->n);
    }
    rk_tuples_free(&t.keys);
    rk_free(t.all);
}

static void tell_statements(struct rk_impact *m, uint32_t part)
{
    const struct rk_statements *all = m->options.statements;
    struct tallies t = {.keys = {.width = 3}};
    for (size_t i = 0; all && i < all->count; i++) {
        const struct rk_statement *s = &all->rows[i];
        for (int way = 0; way < 2 && part_of(m, s->recruitment) == part; way++)
            for (uint32_t p = 0; p < RK_POSITIONS; p++)
                count_one(&t, way ? s->stage : RK_NONE, s->group, p, s->position == p, false);
    }
    sort_tallies(&t, m->ids);
    for (size_t i = 0; i < t.keys.count; i++) {
        const struct about of = {m, part, t.all[i].stage, t.all[i].group, RK_NONE};
        add(&of, "statements", rk_position_words[t.all[i].kind], (double)t.all[i].wholly,
            (double)t.all[i].n);
    }
    rk_tuples_free(&t.keys);
    rk_free(t.all);
}

/* ---- all of it ---- */

static int by_part(const void *x, const void *y, void *context)
{
    const struct rk_impact *m = context;
    size_t i = *(const size_t *)x, j = *(const size_t *)y;
    const struct impact_contest *p = &m->contests[i], *q = &m->contests[j];
    uint32_t a = part_of(m, p->recruitment), b = part_of(m, q->recruitment);
    if (a != b)
        return a > b ? 1 : -1;
    if (m->options.by_stage && p->stage != q->stage)
        return strcmp(p->stage == RK_NONE ? "*" : rk_id_text(m->ids, RK_ID_STAGE, p->stage).text,
                      q->stage == RK_NONE ? "*" : rk_id_text(m->ids, RK_ID_STAGE, q->stage).text);
    return (i > j) - (i < j);
}

const struct rk_impact_measure *rk_impact_measures(struct rk_impact *m, size_t *count)
{
    size_t *contests = rk_resize(NULL, m->contest_count + 1, sizeof *contests), n = 0, at = 0;
    m->measure_count = 0;
    for (size_t i = 0; i < m->contest_count; i++)
        if (is_told(m, &m->contests[i]) && (m->options.by_stage || m->contests[i].decides))
            contests[n++] = i;
    if (n)
        qsort_r(contests, n, sizeof *contests, by_part, m);
    for (uint32_t part = 0; part < m->options.parts; part++) {
        tell_recruitments(m, part);
        while (at < n && part_of(m, m->contests[contests[at]].recruitment) == part) {
            uint32_t stage = m->contests[contests[at]].stage;
            struct told t = {m, contests + at, 0, part,
                             !m->options.by_stage ? RK_NONE
                             : stage == RK_NONE   ? RK_IMPACT_ALL
                                                  : stage};
            while (at < n && part_of(m, m->contests[contests[at]].recruitment) == part &&
                   (!m->options.by_stage || m->contests[contests[at]].stage == stage)) {
                t.count++;
                at++;
            }
            tell_rankings(&t);
        }
        tell_contributions(m, part);
        tell_statements(m, part);
    }
    rk_free(contests);
    *count = m->measure_count;
    return m->measures;
}
