/* A rule that is applied again and again: the same ratings or scores ranked with the voices of some
 * groups taken away. Each time everything is done anew, from the ratings on where there are ratings
 * (so that gates, too, look at those who are left), and so it is what rk-aggregate would print of a
 * file without those groups' rows. */
#ifndef RK_REPLAY_H
#define RK_REPLAY_H

#include "score/aggregate.h"
#include "score/score.h"

struct rk_replay;
/* `how`: of the ranking with all groups, and of the others less what it tells besides the ranks.
 * It, what it points to and `ids` must outlive the replay. */
struct rk_replay *rk_replay_new(const struct rk_aggregate_options *how, struct rk_ids *ids,
                                bool ratings);
void rk_replay_free(struct rk_replay *replay);

/* An rk_take_rating and an rk_take_score with the replay as context. */
enum rk_status rk_replay_rating(void *replay, const struct rk_rating *rating,
                                struct rk_error *error);
enum rk_status rk_replay_score(void *replay, const struct rk_score *score, uint32_t place,
                               struct rk_error *error);

/* After the last one: the ranking with all groups, which belongs to the replay. */
enum rk_status rk_replay_all(struct rk_replay *replay, const struct rk_aggregate_result **result,
                             struct rk_error *error);
/* Sheets without any score, as rk_scorer_tell_empty tells; after rk_replay_all. */
bool rk_replay_tell_empty(const struct rk_replay *replay, struct rk_buf *text);
struct rk_replay_change {
    const bool *silent; /* by RK_ID_GROUP: whose voice is taken away */
    uint32_t silent_count;
    const struct rk_group_weight *weights; /* instead of those of the rule; NULL = those */
    size_t weight_count;
    /* Every rater weighs the same, whatever the group (design/domain.md 3.3, definition b): all of
     * them are one group, named '*'. For comparison; joint sheets, which are no heads, are
     * RK_BAD_DATA. */
    bool heads;
};
/* The caller frees *aggregate, to which *result belongs, with rk_aggregate_free in any case. */
enum rk_status rk_replay_changed(struct rk_replay *replay, const struct rk_replay_change *change,
                                 struct rk_aggregate **aggregate,
                                 const struct rk_aggregate_result **result, struct rk_error *error);

#endif
