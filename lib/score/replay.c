#include "score/replay.h"

struct kept { /* of a score what rk_aggregate_add looks at */
    uint32_t recruitment, candidate, rater, stage, group, count;
    uint32_t gates, flags; /* numbers in texts */
    rk_fixed value;
    enum rk_basis basis;
    bool percent, is_adjusted;
};

struct rk_replay {
    struct rk_aggregate_options how;
    struct rk_scorer_options scoring;
    struct rk_ids *ids;
    struct rk_scorer *scorer; /* NULL: scores are read */
    struct rk_aggregate *all;
    struct rk_rating *ratings;
    size_t rating_count, rating_room;
    struct kept *scores;
    size_t score_count, score_room;
    struct rk_strings texts;
    bool has_joint;
};

struct rk_replay *rk_replay_new(const struct rk_aggregate_options *how, struct rk_ids *ids,
                                bool ratings)
{
    struct rk_replay *r = rk_alloc(1, sizeof *r);
    r->how = *how;
    r->ids = ids;
    r->scoring.rubrics = how->rubrics;
    r->all = rk_aggregate_new(how, ids);
    r->scorer = ratings ? rk_scorer_new(&r->scoring, ids) : NULL;
    return r;
}

void rk_replay_free(struct rk_replay *r)
{
    if (!r)
        return;
    rk_aggregate_free(r->all);
    rk_scorer_free(r->scorer);
    rk_free(r->ratings);
    rk_free(r->scores);
    rk_strings_free(&r->texts);
    rk_free(r);
}

enum rk_status rk_replay_rating(void *replay, const struct rk_rating *rating,
                                struct rk_error *error)
{
    struct rk_replay *r = replay;
    RK_TRY(rk_scorer_add(r->scorer, rating, error));
    RK_GROW(r->ratings, r->rating_count, r->rating_room);
    r->ratings[r->rating_count++] = *rating;
    r->has_joint |= rating->basis == RK_CONSENSUS;
    return RK_OK;
}

enum rk_status rk_replay_score(void *replay, const struct rk_score *s, uint32_t place,
                               struct rk_error *error)
{
    struct rk_replay *r = replay;
    RK_TRY(rk_aggregate_add(r->all, s, place, error));
    r->has_joint |= s->basis == RK_CONSENSUS;
    RK_GROW(r->scores, r->score_count, r->score_room);
    r->scores[r->score_count++] = (struct kept){s->recruitment,
                                                s->candidate,
                                                s->rater,
                                                s->stage,
                                                s->group,
                                                s->count,
                                                rk_strings_add(&r->texts, s->gates),
                                                rk_strings_add(&r->texts, s->flags),
                                                s->has_adjusted ? s->adjusted : s->score,
                                                s->basis,
                                                s->percent,
                                                s->has_adjusted};
    return RK_OK;
}

/* The scores of a scorer that has all its ratings; as a group's, where `group` is not RK_NONE. */
static enum rk_status add_scored(struct rk_aggregate *aggregate, struct rk_scorer *scorer,
                                 uint32_t group, struct rk_error *error)
{
    struct rk_score score;
    RK_TRY(rk_scorer_finish(scorer, error));
    for (size_t i = 0; i < rk_scorer_count(scorer); i++) {
        rk_scorer_get(scorer, i, &score);
        score.group = group == RK_NONE ? score.group : group;
        RK_TRY(rk_aggregate_add(aggregate, &score, 0, error));
    }
    return RK_OK;
}

enum rk_status rk_replay_all(struct rk_replay *r, const struct rk_aggregate_result **result,
                             struct rk_error *error)
{
    if (r->scorer)
        RK_TRY(add_scored(r->all, r->scorer, RK_NONE, error));
    return rk_aggregate_finish(r->all, result, error);
}

bool rk_replay_tell_empty(const struct rk_replay *r, struct rk_buf *text)
{
    return r->scorer && rk_scorer_tell_empty(r->scorer, text);
}

static bool is_silent(const struct rk_replay_change *change, uint32_t group)
{
    return group < change->silent_count && change->silent[group];
}

static enum rk_status add_ratings(const struct rk_replay *r, const struct rk_replay_change *change,
                                  uint32_t group, struct rk_aggregate *aggregate,
                                  struct rk_error *error)
{
    struct rk_scorer *scorer = rk_scorer_new(&r->scoring, r->ids);
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < r->rating_count && !status; i++)
        if (!is_silent(change, r->ratings[i].group))
            status = rk_scorer_add(scorer, &r->ratings[i], error);
    if (!status)
        status = add_scored(aggregate, scorer, group, error);
    rk_scorer_free(scorer);
    return status;
}

static enum rk_status add_scores(const struct rk_replay *r, const struct rk_replay_change *change,
                                 uint32_t group, struct rk_aggregate *aggregate,
                                 struct rk_error *error)
{
    for (size_t i = 0; i < r->score_count; i++) {
        const struct kept *k = &r->scores[i];
        if (is_silent(change, k->group))
            continue;
        struct rk_score score = {.recruitment = k->recruitment,
                                 .candidate = k->candidate,
                                 .rater = k->rater,
                                 .stage = k->stage,
                                 .group = group == RK_NONE ? k->group : group,
                                 .basis = k->basis,
                                 .percent = k->percent,
                                 .has_adjusted = k->is_adjusted,
                                 .score = k->value,
                                 .adjusted = k->value,
                                 .count = k->count,
                                 .gates = r->texts.texts[k->gates],
                                 .flags = r->texts.texts[k->flags]};
        RK_TRY(rk_aggregate_add(aggregate, &score, 0, error));
    }
    return RK_OK;
}

/* Applies the rule to what is left; of one `group`, unless that is RK_NONE. */
static enum rk_status apply(const struct rk_replay *r, const struct rk_replay_change *change,
                            uint32_t group, const struct rk_aggregate_options *how,
                            struct rk_aggregate **aggregate,
                            const struct rk_aggregate_result **result, struct rk_error *error)
{
    *aggregate = rk_aggregate_new(how, r->ids);
    if (r->scorer)
        RK_TRY(add_ratings(r, change, group, *aggregate, error));
    else
        RK_TRY(add_scores(r, change, group, *aggregate, error));
    return rk_aggregate_finish(*aggregate, result, error);
}

enum rk_status rk_replay_changed(struct rk_replay *r, const struct rk_replay_change *change,
                                 struct rk_aggregate **aggregate,
                                 const struct rk_aggregate_result **result, struct rk_error *error)
{
    struct rk_aggregate_options how = r->how;
    how.silent = change->silent;
    how.silent_count = change->silent_count;
    how.measures = how.ranges = false;
    how.has_contenders = false;       /* that all are known has been seen */
    if (how.empty == RK_EMPTY_REFUSE) /* likewise; and one group may be advisory by itself */
        how.empty = RK_EMPTY_MARK;
    how.draws = 0;
    if (change->weights) {
        how.weights = change->weights;
        how.weight_count = change->weight_count;
    }
    if (!change->heads)
        return apply(r, change, RK_NONE, &how, aggregate, result, error);
    *aggregate = NULL;
    if (r->has_joint)
        return rk_fail(error, RK_BAD_DATA,
                       _("heads cannot be counted where there are joint sheets"));
    /* no rubric asks for any group but the one of all */
    const struct rk_group_weight one = {rk_id(r->ids, RK_ID_GROUP, RK_TEXT("*")), RK_FIXED_ONE};
    uint32_t count = r->ids->of[RK_ID_GROUP].count;
    bool *silent = rk_alloc(count, sizeof *silent);
    for (uint32_t g = 0; g < count; g++)
        silent[g] = g != one.group;
    how.silent = silent;
    how.silent_count = count;
    how.weights = &one;
    how.weight_count = 1;
    enum rk_status status = apply(r, change, one.group, &how, aggregate, result, error);
    rk_free(silent); /* no more needed, like `one` */
    return status;
}
