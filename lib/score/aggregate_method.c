#include "score/aggregate_state.h"

#include <assert.h>
#include <math.h>

enum { MOST_ON_PAIRS = 1000 };

bool rk_aggregate_is_plain(const struct rk_aggregate *a)
{
    return a->options.method.method == RK_METHOD_MEAN && !a->options.method.equalise;
}

bool rk_aggregate_compares(const struct rk_aggregate *a)
{
    return a->options.method.method > RK_METHOD_TRIMMED || a->options.method.equalise;
}

bool rk_aggregate_low_is_good(const struct rk_aggregate *a)
{
    enum rk_method method = a->options.method.method;
    return method == RK_METHOD_MINIMAX || method == RK_METHOD_GROUP_RANKS ||
           (a->options.ranks && method <= RK_METHOD_TRIMMED);
}

rk_fixed rk_aggregate_tolerance(const struct rk_aggregate *a, size_t start, rk_fixed of_scores)
{
    switch (a->options.method.method) {
    case RK_METHOD_MEAN:
    case RK_METHOD_MEDIAN:
    case RK_METHOD_TRIMMED: return of_scores;
    case RK_METHOD_STANDARDISED:
    case RK_METHOD_MINMAX: return RK_FIXED_ONE / RK_TIE_PARTS;
    case RK_METHOD_GROUP_RANKS:
    case RK_METHOD_BORDA:
        return rk_fixed_int((int64_t)(a->result.ranking.count - start)) / RK_TIE_PARTS;
    default: return 0; /* exact */
    }
}

/* ---- votes ---- */

static int by_vote(const void *x, const void *y, void *context)
{
    const struct vote *p = x, *q = y;
    const struct rk_aggregate *a = context;
    if (p->contest != q->contest)
        return p->contest > q->contest ? 1 : -1;
    if (p->group != q->group)
        return p->group > q->group ? 1 : -1;
    uint32_t i = a->ranks[RK_ID_RATER][p->rater], j = a->ranks[RK_ID_RATER][q->rater];
    if (i != j)
        return i > j ? 1 : -1;
    i = a->ranks[RK_ID_CANDIDATE][p->candidate];
    j = a->ranks[RK_ID_CANDIDATE][q->candidate];
    return (i > j) - (i < j);
}

/* Shares of stages times shares of groups must be exact. */
static enum rk_status check_weights(const struct rk_aggregate *a, struct rk_error *error)
{
    const rk_fixed most = (rk_fixed)1 << 62;
    size_t width = a->result.ranking.group_count;
    bool fits = true;
    for (uint32_t c = 0; c < a->contest_keys.count; c++) {
        const struct contest_group *groups = &a->groups[c * width];
        rk_fixed sum = 0;
        for (size_t g = 0; g < width; g++)
            sum += groups[g].expected ? groups[g].weight : 0;
        for (size_t g = 0; g < width && sum; g++)
            fits &= rk_ratio(groups[g].expected ? groups[g].weight : 0, sum).den < most;
    }
    for (size_t r = 0; a->options.rubrics && r < a->options.rubrics->count; r++) {
        const struct rk_rubric *rubric = a->options.rubrics->all[r];
        rk_fixed sum = 0;
        for (size_t s = 0; s < rubric->stage_count; s++)
            sum += rubric->stages[s].weight;
        for (size_t s = 0; s < rubric->stage_count && sum; s++)
            fits &= rk_ratio(rubric->stages[s].weight, sum).den < most;
    }
    return fits ? RK_OK
                : rk_fail(error, RK_BAD_DATA,
                          _("weights of groups or stages have too many digits to be reckoned with "
                            "exactly"));
}

enum rk_status rk_aggregate_sort_votes(struct rk_aggregate *a, struct rk_error *error)
{
    uint32_t candidates = a->ids->of[RK_ID_CANDIDATE].count;
    a->ranks[RK_ID_RATER] = rk_strings_ranks(&a->ids->of[RK_ID_RATER]);
    for (size_t i = 0; i < a->vote_count; i++)
        a->votes[i].group = a->group_place[a->votes[i].group];
    if (a->vote_count)
        qsort_r(a->votes, a->vote_count, sizeof *a->votes, by_vote, a);
    a->first_vote = rk_alloc((size_t)a->contest_keys.count + 2, sizeof *a->first_vote);
    for (size_t i = 0; i < a->vote_count; i++)
        a->first_vote[a->votes[i].contest + 1]++;
    for (uint32_t c = 0; c < a->contest_keys.count; c++)
        a->first_vote[c + 1] += a->first_vote[c];
    RK_TRY(check_weights(a, error));
    a->index = rk_resize(NULL, (size_t)candidates + 1, sizeof *a->index);
    for (uint32_t c = 0; c < candidates; c++)
        a->index[c] = RK_NONE;
    for (size_t i = 1; i < a->vote_count; i++) {
        const struct vote *p = &a->votes[i - 1], *q = &a->votes[i];
        if (p->contest != q->contest || p->group != q->group || p->rater != q->rater)
            continue;
        const uint32_t *m = a->contest_keys.members + 2 * (size_t)p->contest;
        if (p->candidate == q->candidate)
            return rk_fail(error, RK_BAD_DATA,
                           _("a rater has two scores of candidate %s (recruitment %s, stage %s)"),
                           rk_aggregate_name(a, RK_ID_CANDIDATE, p->candidate),
                           rk_aggregate_name(a, RK_ID_RECRUITMENT, m[0]),
                           rk_aggregate_name(a, RK_ID_STAGE, m[1]));
        if (p->count != q->count)
            return rk_fail(error, RK_BAD_DATA,
                           _("a rater's count is %u for candidate %s and %u for candidate %s "
                             "(recruitment %s, stage %s); this needs one count for each rater"),
                           p->count, rk_aggregate_name(a, RK_ID_CANDIDATE, p->candidate), q->count,
                           rk_aggregate_name(a, RK_ID_CANDIDATE, q->candidate),
                           rk_aggregate_name(a, RK_ID_RECRUITMENT, m[0]),
                           rk_aggregate_name(a, RK_ID_STAGE, m[1]));
    }
    return RK_OK;
}

/* ---- votes of a contest as voices ---- */

struct taken { /* a vote that counts */
    uint32_t group, rater_rank, rater, voice, block, candidate, count;
    rk_fixed value;
};

static int by_person(const void *x, const void *y)
{
    const struct taken *p = x, *q = y;
    if (p->group != q->group)
        return p->group > q->group ? 1 : -1;
    if (p->rater_rank != q->rater_rank)
        return p->rater_rank > q->rater_rank ? 1 : -1;
    return (p->count > q->count) - (p->count < q->count); /* it may differ between stages */
}

static int by_sheet(const void *x, const void *y)
{
    const struct taken *p = x, *q = y;
    if (p->block != q->block)
        return p->block > q->block ? 1 : -1;
    if (p->voice != q->voice)
        return p->voice > q->voice ? 1 : -1;
    return (p->candidate > q->candidate) - (p->candidate < q->candidate);
}

/* A block for each stage and group with a weight; block_of[part * width + group], RK_NONE = none.
 */
static void make_blocks(const struct rk_aggregate *a, const struct stage_part *parts,
                        size_t part_count, struct rk_voices *v, uint32_t *block_of)
{
    size_t width = a->result.ranking.group_count, most = part_count * width;
    v->share = rk_resize(NULL, most + 1, sizeof *v->share);
    v->group = rk_resize(NULL, most + 1, sizeof *v->group);
    v->stage = rk_resize(NULL, most + 1, sizeof *v->stage);
    for (size_t p = 0; p < part_count; p++) {
        const struct contest_group *groups = &a->groups[parts[p].contest * width];
        rk_fixed sum = 0;
        for (size_t g = 0; g < width; g++)
            sum += groups[g].expected ? groups[g].weight : 0;
        for (size_t g = 0; g < width; g++) {
            block_of[p * width + g] = RK_NONE;
            if (!groups[g].expected || !groups[g].weight)
                continue;
            struct rk_ratio in_stage = rk_ratio(groups[g].weight, sum), of = parts[p].share;
            block_of[p * width + g] = (uint32_t)v->blocks;
            v->group[v->blocks] = (uint32_t)g;
            v->stage[v->blocks] = (uint32_t)p;
            v->share[v->blocks++] = rk_ratio(in_stage.num * of.num, in_stage.den * of.den);
        }
    }
}

size_t rk_aggregate_gather(struct rk_aggregate *a, size_t start, bool failed_gate,
                           const struct stage_part *parts, size_t part_count, struct rk_voices *v,
                           size_t **rows)
{
    const struct rk_ranking *ranking = &a->result.ranking;
    size_t width = ranking->group_count, count = 0, room = 0, next;
    uint32_t *block_of = rk_resize(NULL, part_count * width + 1, sizeof *block_of);
    *v = (struct rk_voices){0};
    *rows = rk_resize(NULL, ranking->count - start + 1, sizeof **rows);
    for (size_t i = start; i < ranking->count; i++)
        if (ranking->rows[i].ranked && ranking->rows[i].failed_gate == failed_gate) {
            a->index[ranking->rows[i].candidate] = (uint32_t)v->candidates;
            (*rows)[v->candidates++] = i;
        }
    v->names = rk_resize(NULL, v->candidates + 1, sizeof *v->names);
    for (size_t i = 0; i < v->candidates; i++)
        v->names[i] = rk_id_text(a->ids, RK_ID_CANDIDATE, ranking->rows[(*rows)[i]].candidate);
    make_blocks(a, parts, part_count, v, block_of);
    for (size_t p = 0; p < part_count; p++)
        room += a->first_vote[parts[p].contest + 1] - a->first_vote[parts[p].contest];
    struct taken *taken = rk_resize(NULL, room + 1, sizeof *taken);
    for (size_t p = 0; p < part_count && v->candidates; p++)
        for (size_t i = a->first_vote[parts[p].contest]; i < a->first_vote[parts[p].contest + 1];
             i++) {
            const struct vote *vote = &a->votes[i];
            uint32_t block = block_of[p * width + vote->group];
            if (block == RK_NONE || a->index[vote->candidate] == RK_NONE ||
                vote->basis != a->groups[parts[p].contest * width + vote->group].used)
                continue;
            taken[count++] =
                (struct taken){vote->group, a->ranks[RK_ID_RATER][vote->rater],
                               vote->rater, 0,
                               block,       a->index[vote->candidate],
                               vote->count, a->options.ranks ? -vote->value : vote->value};
        }
    v->voices = rk_resize(NULL, count + 1, sizeof *v->voices);
    v->sheets = rk_resize(NULL, count + 1, sizeof *v->sheets);
    v->entries = rk_resize(NULL, count + 1, sizeof *v->entries);
    if (count)
        qsort(taken, count, sizeof *taken, by_person);
    for (size_t i = 0; i < count; i = next) {
        v->voices[v->voice_count] =
            (struct rk_voice){taken[i].group, taken[i].rater, taken[i].count};
        for (next = i; next < count && by_person(&taken[i], &taken[next]) == 0; next++)
            taken[next].voice = (uint32_t)v->voice_count;
        v->voice_count++;
    }
    if (count)
        qsort(taken, count, sizeof *taken, by_sheet);
    for (size_t i = 0; i < count; i = next) {
        struct rk_sheet *sheet = &v->sheets[v->sheet_count++];
        *sheet = (struct rk_sheet){taken[i].voice, taken[i].block, i, 0};
        for (next = i; next < count && taken[next].voice == taken[i].voice &&
                       taken[next].block == taken[i].block;
             next++)
            v->entries[next] = (struct rk_entry){taken[next].candidate, taken[next].value};
        sheet->last = next;
    }
    v->entry_count = count;
    for (size_t i = 0; i < v->candidates; i++)
        a->index[ranking->rows[(*rows)[i]].candidate] = RK_NONE;
    rk_free(taken);
    rk_free(block_of);
    return v->candidates;
}

/* ---- the method ---- */

/* Scores of all blocks as the method has them. */
static bool score_blocks(const struct rk_aggregate *a, const struct rk_voices *v,
                         struct rk_block_score *scores)
{
    const struct rk_method_options *method = &a->options.method;
    enum rk_centre centre = method->method == RK_METHOD_MEDIAN    ? RK_CENTRE_MEDIAN
                            : method->method == RK_METHOD_TRIMMED ? RK_CENTRE_TRIMMED
                                                                  : RK_CENTRE_MEAN;
    struct rk_voices points = {0};
    size_t columns = v->blocks * v->candidates;
    if (method->method == RK_METHOD_BORDA)
        rk_voices_borda(v, method->unranked, &points);
    bool fits = rk_voices_scores(method->method == RK_METHOD_BORDA ? &points : v, centre,
                                 method->trim, scores);
    rk_voices_free(&points);
    bool transforms = (method->method > RK_METHOD_TRIMMED && method->method < RK_METHOD_BORDA) ||
                      method->equalise;
    if (!fits || !transforms)
        return fits;
    bool *covered = rk_resize(NULL, columns + 1, sizeof *covered);
    double *values = rk_resize(NULL, columns + 1, sizeof *values);
    for (size_t c = 0; c < columns; c++) {
        covered[c] = scores[c].n > 0;
        values[c] = rk_fixed_double(scores[c].score);
    }
    rk_rule_transform(method, v, covered, values);
    for (size_t c = 0; c < columns; c++)
        scores[c].score = rk_fixed_from_double(values[c]);
    rk_free(covered);
    rk_free(values);
    return true;
}

/* The blocks' scores as those of the rows' groups, and their sum: as rows are filled with means. */
static void set_scores(struct rk_aggregate *a, const struct stage_part *parts,
                       const struct rk_voices *v, const struct rk_block_score *scores,
                       const size_t *rows)
{
    size_t n = v->candidates, width = a->result.ranking.group_count, next;
    bool turn = rk_aggregate_low_is_good(a);
    for (size_t i = 0; i < n; i++) {
        struct rk_ranking_row *row = &a->result.ranking.rows[rows[i]];
        rk_fixed sums[MOST_GROUPS] = {0}, weights[MOST_GROUPS] = {0};
        row->combined = 0;
        for (size_t b = 0; b < v->blocks; b = next) {
            const struct stage_part *part = &parts[v->stage[b]];
            const struct contest_group *groups = &a->groups[part->contest * width];
            rk_fixed there = 0, sum = 0;
            for (next = b; next < v->blocks && v->stage[next] == v->stage[b]; next++)
                there += scores[next * n + i].n ? groups[v->group[next]].weight : 0;
            for (size_t k = b; k < next; k++) {
                rk_fixed score = turn ? -scores[k * n + i].score : scores[k * n + i].score;
                if (!scores[k * n + i].n)
                    continue;
                struct rk_ratio share = rk_ratio(groups[v->group[k]].weight, there);
                rk_fixed weight = rk_fixed_times(rk_fixed_times(RK_FIXED_ONE, share), part->share);
                sum += rk_fixed_times(score, share);
                sums[v->group[k]] += rk_fixed_times(score, rk_ratio(weight, RK_FIXED_ONE));
                weights[v->group[k]] += weight;
                if (weight == row->groups[v->group[k]].weight) { /* one stage: as it is */
                    sums[v->group[k]] = score;
                    weights[v->group[k]] = RK_FIXED_ONE;
                }
            }
            row->combined += rk_fixed_times(sum, part->share);
        }
        for (size_t g = 0; g < width; g++)
            if (row->groups[g].has_score && weights[g])
                row->groups[g].score = rk_fixed_times(sums[g], rk_ratio(RK_FIXED_ONE, weights[g]));
    }
}

/* Orders by pairs. False where the numbers would be too large. */
static bool set_places(struct rk_aggregate *a, const struct rk_voices *v, const size_t *rows,
                       bool tell)
{
    size_t n = v->candidates;
    struct rk_rule *rule = rk_rule_new(v, &a->options.method, 0);
    struct rk_rule_work *work = rk_rule_work_new(rule);
    double *standing = rk_resize(NULL, n + 1, sizeof *standing);
    uint32_t *place = rk_resize(NULL, n + 1, sizeof *place);
    bool fits = rk_rule_apply(rule, NULL, NULL, work, standing, place);
    for (size_t i = 0; i < n && fits; i++) {
        struct rk_ranking_row *row = &a->result.ranking.rows[rows[i]];
        row->place = place[i];
        row->combined = rk_fixed_from_double(fabs(standing[i])); /* halves, or a share to be read */
    }
    if (fits && tell)
        rk_aggregate_tell_pairs(a, v, work, rows);
    rk_free(standing);
    rk_free(place);
    rk_rule_work_free(work);
    rk_rule_free(rule);
    return fits;
}

enum rk_status rk_aggregate_apply(struct rk_aggregate *a, size_t start,
                                  const struct stage_part *parts, size_t part_count, bool tell,
                                  struct rk_error *error)
{
    bool on_pairs = rk_method_on_pairs(a->options.method.method);
    enum rk_status status = RK_OK;
    for (int failed = 0; failed < 2 && status == RK_OK; failed++) {
        struct rk_voices voices;
        size_t *rows, n = rk_aggregate_gather(a, start, failed, parts, part_count, &voices, &rows);
        const struct rk_ranking_row *first = n ? &a->result.ranking.rows[rows[0]] : NULL;
        if (n && on_pairs && n > MOST_ON_PAIRS) {
            status = rk_fail(error, RK_BAD_DATA,
                             _("%zu candidates (recruitment %s, stage %s), expected at most %d for "
                               "a method on pairs"),
                             n, rk_aggregate_name(a, RK_ID_RECRUITMENT, first->recruitment),
                             rk_aggregate_name(a, RK_ID_STAGE, first->stage), MOST_ON_PAIRS);
        } else if (n) {
            struct rk_block_score *scores = rk_resize(NULL, voices.blocks * n + 1, sizeof *scores);
            bool fits = on_pairs ? set_places(a, &voices, rows, tell && !failed)
                                 : score_blocks(a, &voices, scores);
            if (fits && !on_pairs)
                set_scores(a, parts, &voices, scores, rows);
            rk_free(scores);
            if (!fits)
                status = rk_fail(error, RK_BAD_DATA,
                                 _("the groups' weights and numbers of voices have no common "
                                   "measure that can be "
                                   "reckoned with exactly (recruitment %s, stage %s)"),
                                 rk_aggregate_name(a, RK_ID_RECRUITMENT, first->recruitment),
                                 rk_aggregate_name(a, RK_ID_STAGE, first->stage));
        }
        rk_voices_free(&voices);
        rk_free(rows);
    }
    return status;
}
