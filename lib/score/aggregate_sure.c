#include "score/aggregate_state.h"
#include "score/resample.h"
#include "score/stability.h"
#include "stat/rank.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* All resamples are taken where there are at most so many; methods on pairs take longer each. */
enum { MOST_EXACT = 250000, MOST_EXACT_ON_PAIRS = 20000 };
static const double most_standings = 2e7; /* resamples × candidates, 12 bytes each */
static const double most_raters = 1e7;
static const double most_work = 5e9; /* of leaving out each rater in turn */
static const double level = 0.95;

struct rk_ranking_measure *rk_aggregate_measure(struct rk_aggregate *a,
                                                const struct rk_ranking_row *of,
                                                const char *measure, double estimate)
{
    RK_GROW(a->result.measures, a->result.measure_count, a->measure_room);
    struct rk_ranking_measure *m = &a->result.measures[a->result.measure_count++];
    *m = (struct rk_ranking_measure){.recruitment = of->recruitment,
                                     .stage = of->stage,
                                     .group = RK_NONE,
                                     .other_group = RK_NONE,
                                     .candidate = RK_NONE,
                                     .other_candidate = RK_NONE,
                                     .rater = RK_NONE,
                                     .measure = measure,
                                     .estimate = estimate,
                                     .se = NAN,
                                     .low = NAN,
                                     .high = NAN,
                                     .n = NAN};
    return m;
}

/* A contest under judgement. */
struct trial {
    struct rk_aggregate *a;
    const struct rk_voices *voices;
    const struct rk_rule *rule;
    const size_t *rows; /* of candidates, best first */
};

static struct rk_ranking_row *row_of(const struct trial *t, size_t candidate)
{
    return &t->a->result.ranking.rows[t->rows[candidate]];
}

static struct rk_ranking_measure *about(const struct trial *t, const char *measure,
                                        size_t candidate, double estimate)
{
    const struct rk_ranking_row *row = row_of(t, candidate);
    struct rk_ranking_measure *m = rk_aggregate_measure(t->a, row, measure, estimate);
    m->candidate = row->candidate;
    return m;
}

static struct rk_ranking_measure *of_group(const struct trial *t, const char *measure, size_t group,
                                           double estimate)
{
    struct rk_ranking_measure *m = rk_aggregate_measure(t->a, row_of(t, 0), measure, estimate);
    m->group = t->a->result.ranking.groups[group];
    return m;
}

static const char *kept_number(struct rk_aggregate *a, size_t number)
{
    struct rk_buf text = {0};
    rk_buf_printf(&text, "%zu", number);
    const char *kept = rk_arena_keep(&a->arena, text.text);
    rk_buf_free(&text);
    return kept;
}

/* Does the group have a weight in any stage of the contest? */
static bool weighs(const struct trial *t, size_t group)
{
    for (size_t b = 0; b < t->voices->blocks; b++)
        if (t->voices->group[b] == group)
            return true;
    return false;
}

/* ---- chances ---- */

static void tell_chances(const struct trial *t, const struct rk_resample *chances)
{
    size_t n = t->voices->candidates;
    struct rk_aggregate *a = t->a;
    const char *method = chances->exact ? "exact" : "bootstrap",
               *top = kept_number(a, a->options.top);
    double draws = (double)chances->draws;
    struct rk_ranking_measure *m;
    m = rk_aggregate_measure(a, row_of(t, 0), "resamples_used", chances->used);
    m->n = draws;
    m->method = method;
    for (size_t i = 0; i < n; i++) {
        const struct rk_resampled *c = &chances->candidates[i];
        const struct rk_ranking_row *row = row_of(t, i);
        if (!row->has_chances)
            continue;
        m = about(t, "combined", i, rk_fixed_double(row->combined));
        m->se = c->se;
        m->low = rk_fixed_double(row->low);
        m->high = rk_fixed_double(row->high);
        m->n = draws;
        m->method = method;
        m = about(t, "rank", i, row->rank);
        m->low = c->rank_low;
        m->high = c->rank_high;
        m->n = draws;
        m->method = method;
        const struct {
            const char *measure, *variant;
            double estimate;
        } rest[] = {{"expected_rank", NULL, c->expected_rank},
                    {"p_first", NULL, c->p_first},
                    {"p_top", top, c->p_top}};
        for (size_t k = 0; k < 3; k++) {
            m = about(t, rest[k].measure, i, rest[k].estimate);
            m->variant = rest[k].variant;
            m->n = draws;
            m->method = method;
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            if (i == j || !row_of(t, i)->has_chances || !row_of(t, j)->has_chances)
                continue;
            m = about(t, "p_above", i, chances->p_above[i * n + j]);
            m->other_candidate = row_of(t, j)->candidate;
            m->n = draws;
            m->method = method;
        }
}

static void flag_one_voice(const struct trial *t, size_t candidate, size_t group)
{
    struct rk_ranking_row *row = row_of(t, candidate);
    struct rk_buf flag = {0};
    rk_buf_printf(&flag, "one_voice:%s",
                  rk_aggregate_name(t->a, RK_ID_GROUP, t->a->result.ranking.groups[group]));
    if (!rk_list_has(row->flags, (struct rk_text){flag.text, flag.size}))
        rk_aggregate_flag(t->a, row, flag.text, NULL);
    rk_buf_free(&flag);
}

/* One voice has no spread that could be estimated. Where a group has no more in a stage, nobody has
 * chances, and false is returned; a candidate of whom a group has one has none (alone[i]). The rows
 * are flagged. A method for which every sheet says something of everybody knows no such candidates.
 */
static bool several_voices(const struct trial *t, double *raters, bool *alone)
{
    const struct rk_voices *v = t->voices;
    const struct rk_method_options *o = &t->a->options.method;
    size_t n = v->candidates;
    bool of_all = (o->method == RK_METHOD_BORDA || rk_method_on_pairs(o->method)) &&
                  o->unranked != RK_UNRANKED_APART;
    uint64_t *voices = rk_alloc(v->blocks + 1, sizeof *voices);
    uint64_t *of = rk_alloc(v->blocks * n + 1, sizeof *of);
    bool several = true;
    *raters = 0;
    for (size_t i = 0; i < v->voice_count; i++)
        *raters += v->voices[i].count;
    for (size_t s = 0; s < v->sheet_count; s++) {
        const struct rk_sheet *sheet = &v->sheets[s];
        voices[sheet->block] += v->voices[sheet->voice].count;
        for (size_t e = sheet->first; e < sheet->last; e++)
            of[sheet->block * n + v->entries[e].candidate] += v->voices[sheet->voice].count;
    }
    for (size_t b = 0; b < v->blocks; b++)
        for (size_t i = 0; i < n; i++) {
            bool one = of[b * n + i] == 1 && !of_all;
            if (voices[b] != 1 && !one)
                continue;
            several &= voices[b] != 1;
            alone[i] = true;
            flag_one_voice(t, i, v->group[b]);
        }
    for (size_t i = 0; i < n; i++)
        t->a->result.one_voice += alone[i];
    rk_free(voices);
    rk_free(of);
    return several;
}

static void draw_chances(const struct trial *t, double raters, const bool *alone)
{
    struct rk_aggregate *a = t->a;
    const struct rk_aggregate_options *o = &a->options;
    size_t n = t->voices->candidates;
    bool low_is_good = rk_aggregate_low_is_good(a);
    double exact = rk_method_on_pairs(o->method.method) ? MOST_EXACT_ON_PAIRS : MOST_EXACT;
    if (raters > most_raters || (double)o->draws * (double)n > most_standings) {
        a->result.too_many++;
        return;
    }
    exact = fmin(exact, most_standings / 4 / (double)n);
    struct rk_buf key = {0};
    rk_buf_printf(&key, "bootstrap|%s|%s",
                  rk_aggregate_name(a, RK_ID_RECRUITMENT, row_of(t, 0)->recruitment),
                  rk_aggregate_name(a, RK_ID_STAGE, row_of(t, 0)->stage));
    struct rk_resample_options how = {.draws = o->draws,
                                      .exact = (uint64_t)exact,
                                      .threads = o->threads,
                                      .seed = o->method.seed,
                                      .key = {key.text, key.size},
                                      .level = level,
                                      .top = o->top};
    struct rk_resample chances;
    if (rk_resample(t->voices, t->rule, &how, &chances)) {
        for (size_t i = 0; i < n; i++) {
            struct rk_ranking_row *row = row_of(t, i);
            const struct rk_resampled *c = &chances.candidates[i];
            row->has_chances = !alone[i];
            row->low = rk_fixed_from_double(low_is_good ? -c->high : c->low);
            row->high = rk_fixed_from_double(low_is_good ? -c->low : c->high);
            row->p_first = c->p_first;
        }
        if (o->measures)
            tell_chances(t, &chances);
    } else {
        a->result.unranked_draws++;
    }
    rk_resample_free(&chances);
    rk_buf_free(&key);
}

static void find_chances(const struct trial *t)
{
    bool *alone = rk_alloc(t->voices->candidates + 1, sizeof *alone);
    double raters;
    if (several_voices(t, &raters, alone))
        draw_chances(t, raters, alone);
    rk_free(alone);
}

/* ---- another weight ---- */

static void tell_ranges(const struct trial *t, size_t group, rk_fixed weight,
                        const size_t *candidates, size_t count,
                        const struct rk_weight_range *ranges, bool all)
{
    for (size_t k = 0; k < count; k++) {
        size_t i = candidates ? candidates[k] : k;
        if (!ranges[k].first)
            continue;
        for (int stays = 0; stays < 2; stays++) {
            if (stays ? row_of(t, i)->rank != 1 : !all)
                continue;
            struct rk_ranking_measure *m =
                about(t, stays ? "first_stays" : "first_by_weight", i,
                      rk_fixed_double(stays ? weight : ranges[k].high - ranges[k].low));
            m->group = t->a->result.ranking.groups[group];
            m->low = rk_fixed_double(ranges[k].low);
            m->high = rk_fixed_double(ranges[k].high);
            m->method = "exact";
        }
    }
}

/* Methods on scores: over the candidates that all groups scored. */
static void vary_scores(const struct trial *t, size_t group)
{
    size_t n = t->voices->candidates, count = 0, width = t->a->result.ranking.group_count;
    bool low_is_good = rk_aggregate_low_is_good(t->a);
    size_t *candidates = rk_resize(NULL, n + 1, sizeof *candidates);
    rk_fixed *own = rk_resize(NULL, n + 1, sizeof *own),
             *rest = rk_resize(NULL, n + 1, sizeof *rest);
    rk_fixed weight = 0;
    for (size_t i = 0; i < n; i++) {
        const struct rk_ranking_row *row = row_of(t, i);
        rk_fixed others = 0;
        if (!row->whole)
            continue;
        for (size_t g = 0; g < width; g++)
            others += g == group ? 0 : row->groups[g].weight;
        weight = row->groups[group].weight;
        own[count] = row->groups[group].score;
        rest[count] = 0;
        for (size_t g = 0; g < width && others; g++)
            if (g != group && row->groups[g].weight)
                rest[count] +=
                    rk_fixed_times(row->groups[g].score, rk_ratio(row->groups[g].weight, others));
        if (low_is_good) {
            own[count] = -own[count];
            rest[count] = -rest[count];
        }
        candidates[count++] = i;
    }
    struct rk_weight_range *ranges = rk_resize(NULL, count + 1, sizeof *ranges);
    rk_first_by_weight(own, rest, count, ranges);
    if (row_of(t, 0)->whole)
        tell_ranges(t, group, weight, candidates, count, ranges, true);
    rk_free(candidates);
    rk_free(own);
    rk_free(rest);
    rk_free(ranges);
}

static struct rk_ratio plus(struct rk_ratio x, struct rk_ratio y, bool *fits)
{
    __int128 left, right, num, den;
    *fits &= !__builtin_mul_overflow(x.num, y.den, &left) &&
             !__builtin_mul_overflow(y.num, x.den, &right) &&
             !__builtin_add_overflow(left, right, &num) &&
             !__builtin_mul_overflow(x.den, y.den, &den);
    return *fits ? rk_ratio(num, den) : x;
}

static struct rk_ratio over(struct rk_ratio x, struct rk_ratio y, bool *fits)
{
    struct rk_ratio a = rk_ratio(x.num, y.num), b = rk_ratio(y.den, x.den);
    __int128 num, den;
    *fits &=
        !__builtin_mul_overflow(a.num, b.num, &num) && !__builtin_mul_overflow(a.den, b.den, &den);
    return *fits ? rk_ratio(num, den) : x;
}

/* Methods on pairs. */
static void vary_pairs(const struct trial *t, size_t group)
{
    const struct rk_voices *v = t->voices;
    struct rk_ratio *own = rk_resize(NULL, v->blocks + 1, sizeof *own);
    struct rk_ratio *rest = rk_resize(NULL, v->blocks + 1, sizeof *rest);
    struct rk_ratio sums[2] = {{0, 1}, {0, 1}};
    struct rk_weight_range *ranges = rk_resize(NULL, v->candidates + 1, sizeof *ranges);
    bool fits = true;
    for (size_t b = 0; b < v->blocks; b++)
        sums[v->group[b] == group] = plus(sums[v->group[b] == group], v->share[b], &fits);
    for (size_t b = 0; b < v->blocks && fits; b++) {
        bool is_own = v->group[b] == group;
        struct rk_ratio share = over(v->share[b], sums[is_own], &fits);
        own[b] = is_own ? share : (struct rk_ratio){0, 1};
        rest[b] = is_own ? (struct rk_ratio){0, 1} : share;
    }
    if (fits && rk_first_by_weight_pairs(t->rule, &t->a->options.method, v->candidates, own, rest,
                                         sums[1], ranges))
        tell_ranges(t, group, rk_fixed_times(RK_FIXED_ONE, sums[1]), NULL, v->candidates, ranges,
                    false);
    else
        t->a->result.too_many++;
    rk_free(own);
    rk_free(rest);
    rk_free(ranges);
}

static void vary_weights(const struct trial *t)
{
    size_t width = t->a->result.ranking.group_count, weighed = 0;
    for (size_t g = 0; g < width; g++)
        weighed += weighs(t, g);
    for (size_t g = 0; g < width && weighed > 1; g++) {
        if (!weighs(t, g))
            continue;
        if (rk_method_on_pairs(t->a->options.method.method))
            vary_pairs(t, g);
        else
            vary_scores(t, g);
    }
}

/* ---- one rater less ---- */

static void find_pivotal(const struct trial *t)
{
    const struct rk_voices *v = t->voices;
    struct rk_aggregate *a = t->a;
    double n = (double)v->candidates, entries = (double)v->entry_count,
           once = entries + n * (double)v->blocks;
    if (rk_method_on_pairs(a->options.method.method)) /* every pair of every sheet, and paths */
        once = (double)v->sheet_count * n * n / 2 + n * n * n;
    if ((double)v->voice_count * once > most_work) {
        a->result.too_many++;
        return;
    }
    uint8_t *pivotal = rk_resize(NULL, v->voice_count + 1, sizeof *pivotal);
    const char *top = kept_number(a, a->options.top);
    rk_find_pivotal(v, t->rule, a->options.top, pivotal);
    for (size_t i = 0, next; i < v->voice_count; i = next) {
        double said = 0, counts[2] = {0};
        for (next = i; next < v->voice_count && v->voices[next].group == v->voices[i].group;
             next++) {
            double count = v->voices[next].count;
            said += pivotal[next] == RK_PIVOTAL_ALONE ? 0 : count;
            counts[0] += pivotal[next] & RK_PIVOTAL_FIRST ? count : 0;
            counts[1] += pivotal[next] & RK_PIVOTAL_TOP ? count : 0;
        }
        for (int what = 0; what < 2 && said > 0; what++) {
            struct rk_ranking_measure *m = of_group(t, what ? "pivotal_top" : "pivotal_first",
                                                    v->voices[i].group, counts[what]);
            m->variant = what ? top : NULL;
            m->n = said;
            m->method = "leave-one-out";
        }
        for (size_t k = i; k < next; k++)
            for (int what = 0; what < 2; what++)
                if (pivotal[k] & (what ? RK_PIVOTAL_TOP : RK_PIVOTAL_FIRST)) {
                    struct rk_ranking_measure *m =
                        of_group(t, what ? "rater_changes_top" : "rater_changes_first",
                                 v->voices[k].group, 1);
                    m->rater = v->voices[k].rater;
                    m->variant = what ? top : NULL;
                    m->method = "leave-one-out";
                }
    }
    rk_free(pivotal);
}

/* ---- groups that do not agree ---- */

/* A group's score so that more is better. */
static double better(const struct trial *t, rk_fixed score)
{
    /* methods on pairs leave the groups' means as they came */
    bool turn = rk_method_on_pairs(t->a->options.method.method) ? t->a->options.ranks
                                                                : rk_aggregate_low_is_good(t->a);
    return rk_fixed_double(turn ? -score : score);
}

/* A group's scores of the candidates that all groups scored, more is better; false where it lacks
 * any. */
static bool scores_of(const struct trial *t, size_t group, double *scores, uint32_t *places,
                      size_t *count, double *tolerance)
{
    size_t n = t->voices->candidates;
    double least = INFINITY, most = -INFINITY;
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct rk_ranking_group *g = &row_of(t, i)->groups[group];
        if (!row_of(t, i)->whole)
            continue;
        if (!g->has_score)
            return false;
        double score = better(t, g->score);
        least = fmin(least, score);
        most = fmax(most, score);
        scores[(*count)++] = score;
    }
    *tolerance = *count ? (most - least) * 1e-9 : 0;
    for (size_t i = 0; i < *count; i++) {
        places[i] = 0;
        for (size_t j = 0; j < *count; j++)
            places[i] += scores[j] - scores[i] > *tolerance;
    }
    return *count > 0;
}

static void mark_disagreement(const struct trial *t, size_t group, const uint32_t *places)
{
    struct rk_aggregate *a = t->a;
    const char *name = rk_aggregate_name(a, RK_ID_GROUP, a->result.ranking.groups[group]);
    bool shared = false;
    for (int mark = 0; mark < 2 && !shared; mark++)
        for (size_t i = 0, k = 0; i < t->voices->candidates; i++) {
            struct rk_ranking_row *row = row_of(t, i);
            if (!row->whole)
                continue;
            bool first = row->rank == 1, of_group_first = places[k++] == 0;
            if (!mark)
                shared |= first && of_group_first;
            else if (first)
                rk_aggregate_flag(a, row, "not_first_of:", name);
            else if (of_group_first)
                rk_aggregate_flag(a, row, "first_of:", name);
        }
}

static void compare_groups(const struct trial *t, size_t g, size_t h, const double *x,
                           const double *y, size_t count, double tolerance_x, double tolerance_y)
{
    struct rk_concordance c = rk_concordance_of(x, y, count, tolerance_x, tolerance_y);
    double z = rk_tau_z(x, y, count, tolerance_x, tolerance_y), pearson = rk_pearson(x, y, count);
    const struct {
        const char *measure;
        double estimate;
    } all[] = {{"concordant", (double)c.concordant},
               {"discordant", (double)c.discordant},
               {"tau_a", rk_tau_a(&c)},
               {"tau_b", rk_tau_b(&c)},
               {"tau_b_z", z},
               {"tau_b_p", rk_normal_two_sided(z)},
               {"gamma", rk_gamma(&c)},
               {"somers_d", rk_somers_d(&c)},
               {"tau_x", rk_tau_x(&c)},
               {"spearman", rk_spearman(x, y, count, tolerance_x, tolerance_y)},
               {"pearson", pearson},
               {"pearson_p", rk_pearson_p(pearson, count)},
               {"footrule", rk_footrule(x, y, count, tolerance_x, tolerance_y)}};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (isfinite(all[k].estimate)) {
            struct rk_ranking_measure *m = of_group(t, all[k].measure, g, all[k].estimate);
            m->other_group = t->a->result.ranking.groups[h];
            m->n = (double)count;
            if (!strcmp(all[k].measure, "pearson"))
                rk_pearson_interval(pearson, count, &m->low, &m->high);
        }
}

/* The places of those whom a group scored, among themselves; 0 = the others. */
static void own_places(const struct trial *t, size_t group, uint32_t *places)
{
    size_t n = t->voices->candidates;
    double *scores = rk_resize(NULL, n + 1, sizeof *scores), least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const struct rk_ranking_group *g = &row_of(t, i)->groups[group];
        scores[i] = g->has_score ? better(t, g->score) : NAN;
        least = fmin(least, scores[i]);
        most = fmax(most, scores[i]);
    }
    for (size_t i = 0; i < n; i++) {
        places[i] = !isnan(scores[i]);
        for (size_t j = 0; j < n; j++) /* nobody is better than who has no score */
            places[i] += scores[j] - scores[i] > (most - least) * 1e-9;
    }
    rk_free(scores);
}

/* How far two groups have the same at the top, over everybody whom either scored. */
static void compare_tops(const struct trial *t, size_t g, size_t h, const uint32_t *x,
                         const uint32_t *y)
{
    static const struct {
        double p;
        const char *variant;
    } patience[] = {{0.9, "0.9"}, {0.98, "0.98"}};
    size_t n = t->voices->candidates, count = 0;
    const char *top = kept_number(t->a, t->a->options.top);
    double jaccard;
    for (size_t i = 0; i < n; i++)
        count += x[i] || y[i];
    double overlap = rk_top_overlap(x, y, n, (uint32_t)t->a->options.top, &jaccard);
    for (int what = 0; what < 4; what++) {
        struct rk_ranking_measure *m =
            of_group(t,
                     what == 0   ? "top_overlap"
                     : what == 1 ? "top_jaccard"
                                 : "biased_overlap",
                     g,
                     what == 0   ? overlap
                     : what == 1 ? jaccard
                                 : rk_biased_overlap(x, y, n, patience[what - 2].p));
        m->variant = what < 2 ? top : patience[what - 2].variant;
        m->other_group = t->a->result.ranking.groups[h];
        m->n = (double)count;
    }
}

static void find_disagreement(const struct trial *t)
{
    size_t n = t->voices->candidates, width = t->a->result.ranking.group_count, count;
    double *scores = rk_resize(NULL, width * n + 1, sizeof *scores);
    double *tolerance = rk_resize(NULL, width + 1, sizeof *tolerance);
    uint32_t *places = rk_resize(NULL, n + 1, sizeof *places);
    uint32_t *own = rk_resize(NULL, width * n + 1, sizeof *own);
    bool *has = rk_resize(NULL, width + 1, sizeof *has);
    size_t all = 0;
    for (size_t g = 0; g < width; g++) {
        has[g] = scores_of(t, g, scores + g * n, places, &count, &tolerance[g]);
        if (!has[g])
            continue;
        all = count;
        if (t->a->options.measures)
            own_places(t, g, own + g * n);
        if (weighs(t, g))
            mark_disagreement(t, g, places);
        for (size_t i = 0, k = 0; i < n && t->a->options.measures; i++)
            if (row_of(t, i)->whole)
                about(t, "group_rank", i, places[k++] + 1)->group = t->a->result.ranking.groups[g];
    }
    for (size_t g = 0; g < width && t->a->options.measures; g++)
        for (size_t h = g + 1; h < width; h++)
            if (has[g] && has[h] && all > 1) {
                compare_groups(t, g, h, scores + g * n, scores + h * n, all, tolerance[g],
                               tolerance[h]);
                compare_tops(t, g, h, own + g * n, own + h * n);
            }
    rk_free(scores);
    rk_free(tolerance);
    rk_free(places);
    rk_free(own);
    rk_free(has);
}

static void tell_weights(const struct trial *t)
{
    for (size_t g = 0; g < t->a->result.ranking.group_count; g++) {
        const struct rk_ranking_group *group = &row_of(t, 0)->groups[g];
        if (!group->expected)
            continue;
        of_group(t, "nominal_weight", g, rk_fixed_double(group->weight));
        if (group->has_effective)
            of_group(t, "effective_weight", g, rk_fixed_double(group->effective));
    }
}

/* Borda's points as they are published: the sum over the voices, where one group decides. */
static void tell_points(const struct trial *t)
{
    const struct rk_voices *v = t->voices;
    int64_t voices = 0;
    for (size_t i = 0; i < v->voice_count; i++)
        voices += v->voices[i].count;
    for (size_t i = 0; i < v->candidates && v->blocks == 1; i++) {
        struct rk_ranking_measure *m =
            about(t, "points", i,
                  rk_fixed_double(rk_fixed_times(row_of(t, i)->combined, rk_ratio(voices, 1))));
        m->variant = "voices";
        m->n = (double)voices;
    }
}

/* Those behind all others for a gate that they failed: nothing else is told of them. In a contest
 * in which nobody has a rank nothing is told of anybody. */
static void tell_failed(struct rk_aggregate *a, size_t start)
{
    const struct rk_ranking *ranking = &a->result.ranking;
    if (start == ranking->count || !ranking->rows[start].ranked) /* they come first */
        return;
    for (size_t i = start; i < ranking->count; i++) {
        const struct rk_ranking_row *row = &ranking->rows[i];
        struct rk_text flags = row->flags, flag;
        struct rk_buf gates = {0};
        size_t count = 0;
        while (row->failed_gate && rk_list_next(&flags, &flag))
            if (flag.size > 5 && !memcmp(flag.text, "gate:", 5)) {
                rk_buf_text(&gates, count++ ? "|" : "");
                rk_buf_add(&gates, flag.text + 5, flag.size - 5);
            }
        const char *variant = count ? rk_arena_keep(&a->arena, gates.text) : NULL;
        const struct {
            const char *measure;
            double estimate;
        } all[] = {{"gates_failed", (double)count},
                   {"combined", rk_fixed_double(row->combined)},
                   {"rank", row->rank}};
        for (int k = 0; count && k < (row->ranked ? 3 : 1); k++) {
            struct rk_ranking_measure *m =
                rk_aggregate_measure(a, row, all[k].measure, all[k].estimate);
            m->candidate = row->candidate;
            m->variant = variant;
            m->method = "gate";
        }
        rk_buf_free(&gates);
    }
}

void rk_aggregate_judge(struct rk_aggregate *a, size_t start, const struct stage_part *parts,
                        size_t part_count, rk_fixed tolerance)
{
    struct rk_voices voices;
    size_t *rows, n = rk_aggregate_gather(a, start, false, parts, part_count, &voices, &rows);
    if (n) {
        struct rk_rule *rule = rk_rule_new(&voices, &a->options.method, rk_fixed_double(tolerance));
        const struct trial t = {a, &voices, rule, rows};
        if (a->options.measures)
            tell_weights(&t);
        if (a->options.measures && a->options.method.method == RK_METHOD_BORDA &&
            a->options.method.unranked != RK_UNRANKED_APART)
            tell_points(&t);
        if (a->options.measures || a->options.draws)
            find_disagreement(&t);
        if (a->options.draws)
            find_chances(&t);
        if (a->options.measures || a->options.ranges)
            vary_weights(&t);
        if (a->options.measures)
            find_pivotal(&t);
        rk_rule_free(rule);
    }
    if (a->options.measures)
        tell_failed(a, start);
    rk_voices_free(&voices);
    rk_free(rows);
}

/* ---- what a method on pairs saw ---- */

struct seen {
    struct rk_aggregate *a;
    const struct rk_pairs *pairs;
    const size_t *rows;
    double scale; /* of supports, as they are told */
    double voices;
    const char *unit;
};

static struct rk_ranking_measure *tell_seen(const struct seen *s, const char *measure, size_t i,
                                            size_t j, double estimate)
{
    const struct rk_ranking_row *rows = s->a->result.ranking.rows;
    struct rk_ranking_measure *m = rk_aggregate_measure(s->a, &rows[s->rows[0]], measure, estimate);
    if (i != SIZE_MAX)
        m->candidate = rows[s->rows[i]].candidate;
    if (j != SIZE_MAX)
        m->other_candidate = rows[s->rows[j]].candidate;
    return m;
}

static void tell_support(const struct seen *s, const char *measure, size_t i, size_t j,
                         rk_support support)
{
    struct rk_ranking_measure *m = tell_seen(s, measure, i, j, (double)support * s->scale);
    m->variant = s->unit;
    m->n = s->voices;
}

static void tell_supports(const struct seen *s, const char *measure, const rk_support *supports)
{
    size_t n = s->pairs->count;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j)
                tell_support(s, measure, i, j, supports[i * n + j]);
}

static void tell_sets(const struct seen *s)
{
    size_t n = s->pairs->count, winner = rk_social_condorcet(s->pairs),
           loser = rk_social_condorcet_loser(s->pairs);
    bool *smith = rk_alloc(n + 1, sizeof *smith);
    rk_social_smith(s->pairs, smith);
    if (winner != SIZE_MAX)
        tell_seen(s, "condorcet_winner", winner, SIZE_MAX, 1);
    if (loser != SIZE_MAX)
        tell_seen(s, "condorcet_loser", loser, SIZE_MAX, 1);
    for (size_t i = 0; i < n; i++)
        if (smith[i])
            tell_seen(s, "smith_set", i, SIZE_MAX, 1);
    rk_free(smith);
}

/* Kemeny's optima, and how well the orders agree with the sheets: mean tau-x, with the best order
 * that may put candidates alike beside it. */
static void tell_kemeny(const struct seen *s, const struct rk_kemeny *kemeny, rk_support whole)
{
    size_t n = s->pairs->count;
    double per_pair = n > 1 ? 2.0 / ((double)n * (double)(n - 1)) / (double)whole : 0;
    tell_support(s, "kemeny_distance", SIZE_MAX, SIZE_MAX, kemeny->distance);
    tell_support(s, "kemeny_bound", SIZE_MAX, SIZE_MAX, kemeny->bound);
    struct rk_ranking_measure *m =
        tell_seen(s, "kemeny_optima", SIZE_MAX, SIZE_MAX, (double)kemeny->optima);
    m->variant = kemeny->counted ? "all" : "known";
    for (size_t k = 0; k < kemeny->listed; k++) {
        const char *number = kept_number(s->a, k + 1);
        for (size_t i = 0; i < n; i++)
            tell_seen(s, "kemeny_order", kemeny->orders[k * n + i], SIZE_MAX, (double)i + 1)
                ->variant = number;
    }
    rk_support agreement = 0;
    for (size_t x = 0; x < n; x++)
        for (size_t y = x + 1; y < n; y++) {
            size_t i = kemeny->orders[x], j = kemeny->orders[y];
            agreement += s->pairs->support[i * n + j] - s->pairs->support[j * n + i];
        }
    if (n > 1)
        tell_seen(s, "tau_x", SIZE_MAX, SIZE_MAX, (double)agreement * per_pair)->variant = "strict";
    uint32_t *levels = rk_resize(NULL, n + 1, sizeof *levels);
    uint64_t optima;
    if (n > 1 && rk_kemeny_ties(s->pairs, levels, &agreement, &optima)) {
        tell_seen(s, "tau_x", SIZE_MAX, SIZE_MAX, (double)agreement * per_pair)->variant = "ties";
        tell_seen(s, "kemeny_optima", SIZE_MAX, SIZE_MAX, (double)optima)->variant = "ties";
        for (size_t i = 0; i < n; i++)
            tell_seen(s, "kemeny_level", i, SIZE_MAX, levels[i] + 1)->variant = "ties";
    }
    rk_free(levels);
}

void rk_aggregate_tell_pairs(struct rk_aggregate *a, const struct rk_voices *v,
                             const struct rk_rule_work *work, const size_t *rows)
{
    const struct rk_ranking_row *first = &a->result.ranking.rows[rows[0]];
    enum rk_method method = a->options.method.method;
    enum rk_strength strength = a->options.method.strength;
    rk_support whole;
    const struct rk_pairs *pairs = rk_rule_pairs(work, &whole);
    size_t n = v->candidates;
    double voices = 0;
    for (size_t s = 0; s < v->sheet_count; s++)
        voices += v->voices[v->sheets[s].voice].count;
    bool one = v->blocks == 1;
    const struct seen s = {
        a, pairs, rows, (one ? voices : 1) / (double)whole, voices, one ? "voices" : "share"};
    const struct rk_kemeny *kemeny = rk_rule_kemeny(work);
    if (method == RK_METHOD_KEMENY) {
        RK_GROW(a->result.kemeny, a->result.kemeny_count, a->kemeny_room);
        a->result.kemeny[a->result.kemeny_count++] =
            (struct rk_aggregate_kemeny){first->recruitment,
                                         first->stage,
                                         kemeny->bound == kemeny->distance,
                                         kemeny->counted,
                                         (double)kemeny->distance * s.scale,
                                         (double)kemeny->bound * s.scale,
                                         kemeny->optima};
        a->result.unproven += kemeny->bound != kemeny->distance;
    }
    if (!a->options.measures)
        return;
    tell_supports(&s, "support", pairs->support);
    tell_sets(&s);
    if (method == RK_METHOD_SCHULZE) {
        rk_support *paths = rk_resize(NULL, n * n + 1, sizeof *paths);
        rk_social_paths(pairs, strength, paths);
        tell_supports(&s, "path", paths);
        rk_free(paths);
    } else if (method == RK_METHOD_MINIMAX) {
        rk_support *worst = rk_resize(NULL, n + 1, sizeof *worst);
        rk_social_minimax(pairs, strength, worst);
        for (size_t i = 0; i < n; i++)
            tell_support(&s, "worst_defeat", i, SIZE_MAX, worst[i]);
        rk_free(worst);
    } else if (method == RK_METHOD_KEMENY) {
        tell_kemeny(&s, kemeny, whole);
    }
}
