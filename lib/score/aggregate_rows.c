#include "score/aggregate_state.h"

#include <pthread.h>

static const char *name(const struct rk_aggregate *a, enum rk_id_kind kind, uint32_t id)
{
    return rk_aggregate_name(a, kind, id);
}

static void flag(struct rk_buf *flags, const char *what, const char *id)
{
    if (flags->size)
        rk_buf_char(flags, '|');
    rk_buf_text(flags, what);
    if (id)
        rk_buf_text(flags, id);
}

static struct rk_text keep(struct rk_aggregate *a, const struct rk_buf *flags)
{
    if (!flags->size)
        return (struct rk_text){0};
    return (struct rk_text){rk_arena_text(&a->arena, flags->text, flags->size), flags->size};
}

void rk_aggregate_flag(struct rk_aggregate *a, struct rk_ranking_row *row, const char *what,
                       const char *id)
{
    struct rk_buf flags = {0};
    rk_buf_add(&flags, row->flags.text, row->flags.size);
    flag(&flags, what, id);
    row->flags = keep(a, &flags);
    rk_buf_free(&flags);
}

static const struct rk_contender *contender_of(const struct rk_aggregate *a, uint32_t recruitment,
                                               uint32_t candidate)
{
    uint32_t at = rk_tuples_find(&a->contender_keys, (uint32_t[]){recruitment, candidate});
    return at == RK_NONE ? NULL : &a->options.contenders[at];
}

static struct rk_ranking_row *new_row(struct rk_aggregate *a, uint32_t recruitment, uint32_t stage,
                                      uint32_t candidate)
{
    struct rk_ranking *ranking = &a->result.ranking;
    size_t size = ranking->group_count * sizeof *ranking->rows->groups;
    RK_GROW(ranking->rows, ranking->count, a->row_room);
    struct rk_ranking_row *row = &ranking->rows[ranking->count++];
    *row =
        (struct rk_ranking_row){.recruitment = recruitment, .stage = stage, .candidate = candidate};
    row->groups = rk_arena_alloc(&a->arena, size);
    memset(row->groups, 0, size);
    return row;
}

/* Flags of the candidate, whatever the stage; true when the candidate can be ranked. `person`:
 * RK_NONE without any score. */
static bool flag_person(const struct rk_aggregate *a, uint32_t person, struct rk_ranking_row *row,
                        struct rk_buf *flags)
{
    const struct rk_contender *contender = contender_of(a, row->recruitment, row->candidate);
    bool active = !contender || contender->status == RK_CONTENDER_ACTIVE;
    if (!active)
        flag(flags, contender->status == RK_CONTENDER_WITHDRAWN ? "withdrawn" : "ineligible", NULL);
    struct rk_text gates = {0}, gate;
    if (person != RK_NONE && a->gates[person] != RK_NONE)
        gates = a->gate_lists.texts[a->gates[person]];
    row->failed_gate = gates.size > 0;
    while (rk_list_next(&gates, &gate)) {
        flag(flags, "gate:", NULL);
        rk_buf_add(flags, gate.text, gate.size);
    }
    if (rk_tuples_find(&a->unlinked, (uint32_t[]){row->recruitment, row->candidate}) != RK_NONE)
        flag(flags, "severity_unlinked", NULL);
    if (rk_tuples_find(&a->unadjusted, (uint32_t[]){row->recruitment, row->candidate}) != RK_NONE)
        flag(flags, "not_estimable", NULL);
    return active;
}

/* What the groups of a contest weigh where none of them is missing. */
struct shares {
    rk_fixed nominal; /* Σ of weights */
    struct {
        struct rk_ratio ratio;
        rk_fixed weight; /* the same as a number */
    } of[MOST_GROUPS];
};

static void set_share(struct shares *shares, size_t g, rk_fixed weight, rk_fixed sum)
{
    shares->of[g].ratio = rk_ratio(weight, sum);
    shares->of[g].weight = rk_fixed_times(RK_FIXED_ONE, shares->of[g].ratio);
}

static void find_shares(const struct rk_aggregate *a, uint32_t contest, struct shares *shares)
{
    size_t width = a->result.ranking.group_count;
    const struct contest_group *groups = &a->groups[contest * width];
    shares->nominal = 0;
    for (size_t g = 0; g < width; g++)
        shares->nominal += groups[g].expected ? groups[g].weight : 0;
    for (size_t g = 0; g < width && shares->nominal; g++)
        if (groups[g].expected)
            set_share(shares, g, groups[g].weight, shares->nominal);
}

/* One candidate in one contest. */
static enum rk_status fill_row(struct rk_aggregate *a, const struct entry *entry,
                               const struct shares *whole, struct rk_error *error)
{
    const uint32_t *m = a->contest_keys.members + 2 * (size_t)entry->contest;
    size_t width = a->result.ranking.group_count;
    const struct contest_group *groups = &a->groups[entry->contest * width];
    const struct cell *cells[MOST_GROUPS];
    for (size_t g = 0; g < width; g++)
        cells[g] = NULL;
    for (uint32_t c = entry->first; c != RK_NONE; c = a->cells[c].next)
        cells[a->group_place[a->cells[c].key[3]]] = &a->cells[c];
    struct rk_ranking_row *row = new_row(a, m[0], m[1], entry->candidate);
    struct rk_buf flags = {0};
    bool active = flag_person(a, entry->person, row, &flags), missing = false;
    rk_fixed present = 0;
    enum rk_status status = RK_OK;
    for (size_t g = 0; g < width; g++) {
        struct rk_ranking_group *to = &row->groups[g];
        if (!(to->expected = groups[g].expected))
            continue;
        const char *id = name(a, RK_ID_GROUP, a->result.ranking.groups[g]);
        enum rk_basis used = groups[g].used;
        if (cells[g] && cells[g]->n[used]) {
            to->has_score = true;
            to->n = cells[g]->n[used];
            to->score = rk_fixed_divide(cells[g]->sum[used], (__int128)to->n);
            present += groups[g].weight;
            if (used == RK_CONSENSUS)
                flag(&flags, "joint:", id);
        } else if (groups[g].weight && active) {
            missing = true;
            flag(&flags, "missing_group:", id);
            if (a->options.empty == RK_EMPTY_REFUSE && status == RK_OK)
                status =
                    rk_fail(error, RK_BAD_DATA,
                            _("candidate %s has no score by group %s (recruitment %s, stage %s)"),
                            name(a, RK_ID_CANDIDATE, entry->candidate), id,
                            name(a, RK_ID_RECRUITMENT, m[0]), name(a, RK_ID_STAGE, m[1]));
        }
        if (cells[g] && cells[g]->n[!used])
            flag(&flags, used == RK_CONSENSUS ? "individual_unused:" : "joint_unused:", id);
    }
    if (!whole->nominal)
        flag(&flags, "advisory_only", NULL);
    a->result.missing_group += missing;
    bool rest = missing && a->options.empty == RK_EMPTY_REST;
    row->ranked = active && present && (!missing || rest);
    row->whole = row->ranked && !missing;
    const struct shares *shares = whole;
    struct shares of_rest;
    if (rest && present) {
        shares = &of_rest;
        for (size_t g = 0; g < width; g++)
            if (row->groups[g].has_score)
                set_share(&of_rest, g, groups[g].weight, present);
    }
    for (size_t g = 0; g < width && whole->nominal; g++) {
        struct rk_ranking_group *to = &row->groups[g];
        if (!to->expected || (rest && !to->has_score))
            continue;
        to->weight = shares->of[g].weight;
        if (to->has_score)
            row->combined += rk_fixed_times(to->score, shares->of[g].ratio);
    }
    row->flags = keep(a, &flags);
    rk_buf_free(&flags);
    return status;
}

static void add_warning(struct rk_aggregate *a, const struct rk_ranking_row *row, size_t g,
                        enum rk_aggregate_warning_kind kind)
{
    RK_GROW(a->result.warnings, a->result.warning_count, a->warning_room);
    a->result.warnings[a->result.warning_count++] =
        (struct rk_aggregate_warning){kind,
                                      row->recruitment,
                                      row->stage,
                                      a->result.ranking.groups[g],
                                      row->groups[g].effective,
                                      row->groups[g].weight};
}

static bool counts(const struct rk_ranking_row *row, bool apart)
{
    return row->whole && !(apart && row->failed_gate);
}

/* Effective weights of the rows from `start` on, which stand in order of candidates. */
static void find_effects(struct rk_aggregate *a, size_t start, rk_fixed tolerance)
{
    if (rk_method_on_pairs(a->options.method.method))
        return;
    struct rk_ranking_row *rows = a->result.ranking.rows, *first = NULL;
    bool apart =
        rk_aggregate_compares(a); /* then those who failed a gate are on a scale of their own */
    size_t end = a->result.ranking.count, width = a->result.ranking.group_count, weighed = 0;
    __int128 n = 0;
    rk_fixed sum = 0, least = 0, most = 0;
    for (size_t i = start; i < end; i++) {
        if (!counts(&rows[i], apart))
            continue;
        if (!first) {
            first = &rows[i];
            least = most = first->combined;
        }
        sum += rows[i].combined;
        least = rows[i].combined < least ? rows[i].combined : least;
        most = rows[i].combined > most ? rows[i].combined : most;
        n++;
    }
    if (!first || most - least <= tolerance)
        return;
    rk_fixed mean = rk_fixed_divide(sum, n);
    for (size_t g = 0; g < width; g++) {
        if (!first->groups[g].expected)
            continue;
        weighed += first->groups[g].weight > 0;
        rk_fixed total = 0, effective = 0;
        double covariance = 0, variance = 0;
        for (size_t i = start; i < end; i++)
            total += counts(&rows[i], apart) ? rows[i].groups[g].score : 0;
        rk_fixed group_mean = rk_fixed_divide(total, n);
        for (size_t i = start; i < end; i++)
            if (counts(&rows[i], apart)) {
                double c = rk_fixed_double(rows[i].combined - mean);
                covariance += rk_fixed_double(rows[i].groups[g].score - group_mean) * c;
                variance += c * c;
            }
        if (first->groups[g].weight)
            effective = rk_fixed_from_double(rk_fixed_double(first->groups[g].weight) * covariance /
                                             variance);
        for (size_t i = start; i < end; i++)
            if (rows[i].groups[g].expected) {
                rows[i].groups[g].has_effective = true;
                rows[i].groups[g].effective = effective;
            }
    }
    for (size_t g = 0; g < width && weighed > 1; g++) {
        const struct rk_ranking_group *group = &first->groups[g];
        if (!group->expected || !group->weight)
            continue;
        if (group->effective >= RK_FIXED_ONE - RK_FIXED_ONE / RK_TIE_PARTS)
            add_warning(a, first, g, RK_DECIDES_ALONE);
        else if (2 * group->effective < group->weight)
            add_warning(a, first, g, RK_LOW_EFFECTIVE);
    }
}

/* Best first: those without a failed gate, then the rest, then the unranked. */
static int by_standing(const void *x, const void *y, void *context)
{
    const struct rk_ranking_row *p = x, *q = y;
    const struct rk_aggregate *a = context;
    if (p->ranked != q->ranked)
        return p->ranked ? -1 : 1;
    if (p->ranked) {
        bool p_failed = p->failed_gate, q_failed = q->failed_gate;
        if (p_failed != q_failed)
            return p_failed ? 1 : -1;
        if (p->place != q->place)
            return p->place > q->place ? 1 : -1;
        if (p->combined != q->combined)
            return (p->combined > q->combined) != rk_aggregate_low_is_good(a) ? -1 : 1;
    }
    uint32_t i = a->ranks[RK_ID_CANDIDATE][p->candidate];
    uint32_t j = a->ranks[RK_ID_CANDIDATE][q->candidate];
    return (i > j) - (i < j);
}

static int by_candidate(const void *x, const void *y, void *context)
{
    const struct rk_aggregate *a = context;
    uint32_t i = a->ranks[RK_ID_CANDIDATE][((const struct rk_ranking_row *)x)->candidate];
    uint32_t j = a->ranks[RK_ID_CANDIDATE][((const struct rk_ranking_row *)y)->candidate];
    return (i > j) - (i < j);
}

/* Ranks the rows from `start` on, and leaves them in order of rank, then candidate. */
static void rank_rows(struct rk_aggregate *a, size_t start, rk_fixed tolerance)
{
    struct rk_ranking_row *rows = a->result.ranking.rows;
    size_t end = a->result.ranking.count, next;
    qsort_r(rows + start, end - start, sizeof *rows, by_standing, a);
    for (size_t i = start; i < end && rows[i].ranked; i = next) {
        bool near = false, failed = rows[i].failed_gate;
        for (next = i + 1; next < end && rows[next].ranked; next++) {
            rk_fixed apart = rows[i].combined - rows[next].combined;
            if ((apart < 0 ? -apart : apart) > tolerance || rows[next].failed_gate != failed ||
                rows[next].place != rows[i].place)
                break;
            near |= rk_fixed_round(rows[next].combined) != rk_fixed_round(rows[i].combined);
        }
        qsort_r(rows + i, next - i, sizeof *rows, by_candidate, a);
        for (size_t k = i; k < next; k++) {
            rows[k].rank = (uint32_t)(i - start + 1);
            rows[k].tied = (uint32_t)(next - i);
            if (!near)
                continue;
            rk_aggregate_flag(a, &rows[k], "near_tie", NULL);
            a->result.near_ties++;
        }
    }
}

/* Flags that came with the rows of the stages, each once. */
static void join_flags(struct rk_buf *flags, struct rk_text more)
{
    struct rk_text item;
    while (rk_list_next(&more, &item)) {
        if (rk_text_is(item, "near_tie") ||
            rk_list_has((struct rk_text){flags->text, flags->size}, item))
            continue;
        flag(flags, "", NULL);
        rk_buf_add(flags, item.text, item.size);
    }
}

/* The weight of a stage among those that a recruitment's candidates are ranked over. */
static rk_fixed stage_weight(const struct rk_aggregate *a, const struct rk_rubric *rubric, size_t s,
                             uint32_t recruitment)
{
    uint32_t stage = rk_strings_find(&a->ids->of[RK_ID_STAGE], rk_text(rubric->stages[s].id));
    bool scored = stage != RK_NONE &&
                  rk_tuples_find(&a->contest_keys, (uint32_t[]){recruitment, stage}) != RK_NONE;
    return scored || !a->options.silent ? rubric->stages[s].weight : 0;
}

/* One candidate over all weighed stages, from the candidate's rows `of` by stage of the rubric
 * (index in ranking->rows, or SIZE_MAX). */
static void combine_stages(struct rk_aggregate *a, const struct rk_rubric *rubric,
                           uint32_t recruitment, uint32_t candidate, const size_t *of)
{
    size_t width = a->result.ranking.group_count;
    struct rk_ranking_row *row = new_row(a, recruitment, RK_NONE, candidate);
    const struct rk_ranking_row *rows = a->result.ranking.rows;
    struct rk_buf flags = {0};
    rk_fixed sum = 0;
    row->ranked = flag_person(a, rk_tuples_find(&a->people, (uint32_t[]){recruitment, candidate}),
                              row, &flags);
    row->whole = true;
    for (size_t s = 0; s < rubric->stage_count; s++) {
        rk_fixed weight = stage_weight(a, rubric, s, recruitment);
        sum += weight;
        if (!weight)
            continue;
        if (of[s] == SIZE_MAX) {
            row->ranked = false;
            flag(&flags, "missing_stage:", rubric->stages[s].id);
            continue;
        }
        row->ranked &= rows[of[s]].ranked;
        row->whole &= rows[of[s]].whole;
        join_flags(&flags, rows[of[s]].flags);
    }
    row->whole &= row->ranked;
    for (size_t s = 0; s < rubric->stage_count; s++) {
        if (of[s] == SIZE_MAX)
            continue;
        struct rk_ratio share = rk_ratio(stage_weight(a, rubric, s, recruitment), sum);
        row->combined += rk_fixed_times(rows[of[s]].combined, share);
        for (size_t g = 0; g < width; g++) {
            const struct rk_ranking_group *from = &rows[of[s]].groups[g];
            struct rk_ranking_group *to = &row->groups[g];
            if (!from->expected)
                continue;
            rk_fixed weight = rk_fixed_times(from->weight, share);
            to->n = !to->expected || from->n < to->n ? from->n : to->n;
            to->expected = true;
            to->weight += weight;
            to->has_score |= from->has_score;
            if (from->has_score) /* Σ weight · score for now; rk_fixed_times takes exact ratios */
                to->score += rk_fixed_times(from->score, rk_ratio(weight, RK_FIXED_ONE));
        }
    }
    for (size_t g = 0; g < width; g++) {
        struct rk_ranking_group *to = &row->groups[g];
        if (to->has_score && to->weight)
            to->score = rk_fixed_times(to->score, rk_ratio(RK_FIXED_ONE, to->weight));
        /* over stages, a mean says something only where every stage of the group is in it */
        to->has_score = to->has_score && to->weight && row->ranked;
    }
    row->flags = keep(a, &flags);
    rk_buf_free(&flags);
}

/* The rows [start, count) of a contest are filled in: the method, effective weights, ranks, and,
 * where `judge`, how sure they are. */
static enum rk_status finish_contest(struct rk_aggregate *a, size_t start,
                                     const struct stage_part *parts, size_t part_count,
                                     rk_fixed tolerance, bool judge, struct rk_error *error)
{
    if (!rk_aggregate_is_plain(a))
        RK_TRY(rk_aggregate_apply(a, start, parts, part_count, judge, error));
    tolerance = rk_aggregate_tolerance(a, start, tolerance);
    find_effects(a, start, tolerance);
    rank_rows(a, start, tolerance);
    if (judge && (a->options.measures || a->options.ranges || a->options.draws))
        rk_aggregate_judge(a, start, parts, part_count, tolerance);
    return RK_OK;
}

struct spot { /* a row of a stage, for combining */
    uint32_t candidate_rank;
    uint32_t stage; /* of the rubric */
    size_t row;
};

static int by_spot(const void *x, const void *y)
{
    const struct spot *p = x, *q = y;
    if (p->candidate_rank != q->candidate_rank)
        return p->candidate_rank > q->candidate_rank ? 1 : -1;
    return (p->stage > q->stage) - (p->stage < q->stage);
}

/* Moves the rows '*', from `start` on, among the recruitment's stages, from `from` on, to where the
 * bytewise order of stages has them. */
static void put_combined(struct rk_aggregate *a, size_t from, size_t start)
{
    struct rk_ranking_row *rows = a->result.ranking.rows;
    size_t n = a->result.ranking.count - start, at = from;
    while (at < start && strcmp(name(a, RK_ID_STAGE, rows[at].stage), "*") < 0)
        at++;
    struct rk_ranking_row *combined = rk_resize(NULL, n, sizeof *combined);
    memcpy(combined, rows + start, n * sizeof *combined);
    memmove(rows + at + n, rows + at, (start - at) * sizeof *rows);
    memcpy(rows + at, combined, n * sizeof *rows);
    rk_free(combined);
}

/* Adds the rows '*' of one recruitment whose stage rows are [from, to). */
static enum rk_status combine_recruitment(struct rk_aggregate *a, const struct rk_rubric *rubric,
                                          size_t from, size_t to, rk_fixed tolerance,
                                          struct rk_error *error)
{
    const struct rk_ranking_row *rows = a->result.ranking.rows;
    uint32_t recruitment = rows[from].recruitment;
    size_t n = to - from, start = a->result.ranking.count;
    struct spot *spots = rk_resize(NULL, n + 1, sizeof *spots);
    size_t *of = rk_resize(NULL, rubric->stage_count + 1, sizeof *of);
    for (size_t i = 0; i < n; i++) {
        size_t s = rk_rubric_stage(rubric, name(a, RK_ID_STAGE, rows[from + i].stage));
        spots[i] = (struct spot){a->ranks[RK_ID_CANDIDATE][rows[from + i].candidate], (uint32_t)s,
                                 from + i};
    }
    qsort(spots, n, sizeof *spots, by_spot);
    for (size_t i = 0, next; i < n; i = next) {
        for (size_t s = 0; s < rubric->stage_count; s++)
            of[s] = SIZE_MAX;
        for (next = i; next < n && spots[next].candidate_rank == spots[i].candidate_rank; next++)
            of[spots[next].stage] = spots[next].row;
        combine_stages(a, rubric, recruitment, a->result.ranking.rows[spots[i].row].candidate, of);
    }
    rk_free(spots);
    rk_free(of);
    struct stage_part *parts = rk_resize(NULL, rubric->stage_count + 1, sizeof *parts);
    size_t part_count = 0;
    rk_fixed sum = 0;
    for (size_t s = 0; s < rubric->stage_count; s++)
        sum += stage_weight(a, rubric, s, recruitment);
    for (size_t s = 0; s < rubric->stage_count; s++) {
        uint32_t stage = rk_strings_find(&a->ids->of[RK_ID_STAGE], rk_text(rubric->stages[s].id));
        uint32_t contest = stage == RK_NONE
                               ? RK_NONE
                               : rk_tuples_find(&a->contest_keys, (uint32_t[]){recruitment, stage});
        if (contest != RK_NONE && rubric->stages[s].weight)
            parts[part_count++] =
                (struct stage_part){contest, rk_ratio(rubric->stages[s].weight, sum)};
    }
    enum rk_status status = finish_contest(a, start, parts, part_count, tolerance, true, error);
    rk_free(parts);
    put_combined(a, from, start);
    return status;
}

static uint32_t recruitment_of(const struct rk_aggregate *a, const struct entry *entry)
{
    return a->contest_keys.members[2 * (size_t)entry->contest];
}

/* Rows, contest by contest, and where the rubric asks for it recruitment by recruitment. */
static enum rk_status make_rows(struct rk_aggregate *a, const struct entry *entries, size_t count,
                                struct rk_error *error)
{
    size_t next;
    struct shares shares;
    enum rk_status status = RK_OK;
    size_t recruitment_start = 0;
    rk_fixed widest = 0;
    for (size_t i = 0; i < count && status == RK_OK; i = next) {
        uint32_t contest = entries[i].contest;
        uint32_t recruitment = recruitment_of(a, &entries[i]);
        size_t start = a->result.ranking.count;
        find_shares(a, contest, &shares);
        for (next = i; next < count && entries[next].contest == contest && status == RK_OK; next++)
            status = fill_row(a, &entries[next], &shares, error);
        if (status != RK_OK)
            break;
        rk_fixed tolerance = a->contests[contest].tolerance;
        const struct rk_rubric *rubric = rk_aggregate_rubric(a, recruitment);
        bool weigh = rubric && rubric->stages_weigh;
        status = finish_contest(a, start, &(struct stage_part){contest, {1, 1}}, 1, tolerance,
                                !weigh || a->options.stages != RK_STAGES_WEIGHED, error);
        widest = tolerance > widest ? tolerance : widest;
        if (status != RK_OK || (next < count && recruitment_of(a, &entries[next]) == recruitment))
            continue;
        if (a->options.stages == RK_STAGES_WEIGHED && !weigh)
            status = rk_fail(error, RK_BAD_USE,
                             _("the stages of recruitment %s have no weights in a rubric"),
                             name(a, RK_ID_RECRUITMENT, recruitment));
        else if (a->options.stages != RK_STAGES_SEPARATE && weigh)
            status = combine_recruitment(a, rubric, recruitment_start, a->result.ranking.count,
                                         widest, error);
        recruitment_start = a->result.ranking.count;
        widest = 0;
    }
    return status;
}

/* A part of the recruitments: an aggregate that has its rows and nothing else of its own. */
struct part {
    struct rk_aggregate of;
    const struct entry *entries;
    size_t count;
    pthread_t thread;
    bool started;
    enum rk_status status;
    struct rk_error error;
};

static void *make_part(void *context)
{
    struct part *part = context;
    part->status = make_rows(&part->of, part->entries, part->count, &part->error);
    return NULL;
}

#define APPEND(to, room, count, from, more)                                                        \
    do {                                                                                           \
        (room) = (count) + (more) + 1;                                                             \
        (to) = rk_resize((to), (room), sizeof *(to));                                              \
        if (more)                                                                                  \
            memcpy((to) + (count), (from), (more) * sizeof *(to));                                 \
        (count) += (more);                                                                         \
    } while (0)

static void join_part(struct rk_aggregate *a, struct rk_aggregate *part)
{
    struct rk_aggregate_result *to = &a->result, *from = &part->result;
    APPEND(to->ranking.rows, a->row_room, to->ranking.count, from->ranking.rows,
           from->ranking.count);
    APPEND(to->warnings, a->warning_room, to->warning_count, from->warnings, from->warning_count);
    to->missing_group += from->missing_group;
    to->near_ties += from->near_ties;
    rk_arena_join(&a->arena, &part->arena);
    rk_free(from->ranking.rows);
    rk_free(from->warnings);
}

/* Where means are enough, recruitments know nothing of each other. */
enum rk_status rk_aggregate_rows(struct rk_aggregate *a, struct rk_error *error)
{
    enum { MOST_PARTS = 8, LEAST = 4096 };
    size_t count, parts = a->keeps_votes ? 1 : a->options.threads, next = 0;
    struct entry *entries = rk_aggregate_entries(a, &count);
    parts = parts > MOST_PARTS ? MOST_PARTS : parts;
    parts = parts > count / LEAST ? count / LEAST : parts;
    enum rk_status status = RK_OK;
    if (parts < 2) {
        status = make_rows(a, entries, count, error);
        rk_free(entries);
        return status;
    }
    struct part *all = rk_alloc(parts, sizeof *all);
    for (size_t p = 0; p < parts; p++) {
        struct part *part = &all[p];
        part->of = *a;
        part->of.arena = (struct rk_arena){0};
        part->of.result =
            (struct rk_aggregate_result){.ranking = {.groups = a->result.ranking.groups,
                                                     .group_count = a->result.ranking.group_count}};
        part->entries = entries + next;
        size_t end = (p + 1) * count / parts > next ? (p + 1) * count / parts : next;
        while (end && end < count &&
               recruitment_of(a, &entries[end]) == recruitment_of(a, &entries[end - 1]))
            end++;
        part->count = end - next;
        next = end;
        part->started = p && !pthread_create(&part->thread, NULL, make_part, part);
    }
    for (size_t p = 0; p < parts; p++)
        if (!all[p].started)
            make_part(&all[p]);
    for (size_t p = 0; p < parts; p++) {
        if (all[p].started)
            pthread_join(all[p].thread, NULL);
        if (!status && all[p].status) {
            status = all[p].status;
            *error = all[p].error;
        }
        join_part(a, &all[p].of);
    }
    rk_free(all);
    rk_free(entries);
    return status;
}
