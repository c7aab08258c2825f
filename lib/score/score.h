/* Ratings to scores. Ratings are added one by one, in any order, and kept only as sums per
 * recruitment, candidate, rater and stage (a "sheet") and, for each criterion of a sheet, the place
 * of its rating, by which the same rating given twice is told. With a rubric, as soon as nothing can
 * follow on a sheet, its score is taken, or kept in few bytes (score/scored.h), and of the sheet only
 * that it was there (stream/once.h).
 *
 * The score of a sheet is the weighted mean of its criteria: Σ w·y / Σ w over those that were
 * scored (design/domain.md 3.3: what is missing takes no part, the weights that are left are
 * rescaled within the rater), with
 *
 *     y = x                               no rubric and no scale: "raw"
 *     y = 100 (x - min) / (max - min)     a rubric's criterion, or the scale given
 *     y = 100 (max - x) / (max - min)     where low is good
 *
 * weight_covered is Σ w of what was scored over Σ w of all the criteria of the stage (without a
 * rubric: the criteria of the sheet). A criterion that the rater was not asked counts as not
 * covered like any other: the score then says less, whatever the reason; the reason stands in the
 * flags.
 *
 * A gate is failed when the mean of all ratings of the candidate on that criterion (on the
 * criterion's own scale, after reversing; of individual sheets, of joint ones only where there are
 * no others) is less than the gate. It is told on every row of the candidate, whatever the stage.
 *
 * Each w·y is rounded to 10^-18, and added exactly, so that order has no part in it; a gate's mean
 * is compared exactly. A score is rounded last, to what is printed. */
#ifndef RK_SCORE_H
#define RK_SCORE_H

#include "model/partial.h"
#include "model/rubric.h"
#include "model/scores.h"

struct rk_scorer;
struct rk_scorer_options {
    const struct rk_rubrics *rubrics; /* NULL or none: no rubric; must outlive the scorer */
    bool has_scale; /* without a rubric: all criteria are from minimum to maximum */
    rk_fixed minimum, maximum;
    bool
        partial; /* with a rubric: of a part of the ratings. A sheet is then only scored when
                  * nothing of it can be elsewhere, that is when it has all criteria of its stage */
    /* With a rubric, and not of a part: takes each score, without its gates, as soon as its sheet has
     * all criteria of its stage; it is then not among those that rk_scorer_get gives. The gates follow
     * by rk_scorer_gates. NULL: all scores come at the end. */
    rk_take_score *take;
    void *context; /* of take */
};

/* `ids` is shared with the reader of the ratings and must outlive the scorer. */
struct rk_scorer *rk_scorer_new(const struct rk_scorer_options *options, struct rk_ids *ids);
void rk_scorer_free(struct rk_scorer *scorer);

/* Is an rk_take_rating with the scorer as its context. */
enum rk_status rk_scorer_add(void *scorer, const struct rk_rating *rating, struct rk_error *error);

/* What a rating is worth by the rubric or the scale. */
struct rk_scorer_value {
    rk_fixed value;                  /* y above; 0 where the rating is missing */
    rk_fixed weight;                 /* of the criterion, 0 or more */
    rk_fixed minimum, maximum, step; /* of its scale; all 0 where none is known, step 0 = any */
};
/* Checks a rating and works that out, and keeps nothing of it but how far from zero its scale goes,
 * for rk_scorer_finish. For those who need no sheets. Errors as rk_scorer_add,
 * which calls this. */
enum rk_status rk_scorer_rate(struct rk_scorer *scorer, const struct rk_rating *rating,
                              struct rk_scorer_value *value, struct rk_error *error);

/* After the last rating. RK_BAD_DATA: the raw scales of criteria or groups differ too much to be
 * averaged. What can be told from numbers alone is little: within a recruitment and stage, one
 * criterion or group goes over 10 and over four times as far from zero as another ever does (1–5
 * beside 0–100, not 1–5 beside 1–10). */
enum rk_status rk_scorer_finish(struct rk_scorer *scorer, struct rk_error *error);

/* The sheets that have a score, in bytewise order of recruitment, candidate, rater and stage. Texts
 * in `score` live as long as the scorer. */
size_t rk_scorer_count(const struct rk_scorer *scorer);
void rk_scorer_get(struct rk_scorer *scorer, size_t index, struct rk_score *score);
/* The same for one thread of several: what it remembers is in its own `view`, zeroed to begin with. */
struct rk_scorer_view {
    struct {
        rk_fixed weight;
        struct rk_ratio ratio;
    } reciprocals[64]; /* 1 / Σ w: there are few sums of weights */
    struct {
        rk_fixed total, weight, score;
    } means[256]; /* … and few scores */
    uint32_t last_person;
};
void rk_scorer_view(const struct rk_scorer *scorer, struct rk_scorer_view *view, size_t index,
                    struct rk_score *score);

/* Of a scorer for a part of the ratings, after rk_scorer_finish: the sheets that were not scored,
 * and the sums for gates, are added to `partial`; and those of another part to this scorer, before
 * rk_scorer_finish. RK_BAD_DATA where a sheet has a rating twice, or is not the same rater's. */
void rk_scorer_give(const struct rk_scorer *scorer, struct rk_partial *partial);
enum rk_status rk_scorer_take(struct rk_scorer *scorer, const struct rk_partial *partial,
                              struct rk_error *error);
/* The gates that candidate `index` failed, after rk_scorer_finish of all of the ratings; false when
 * there are no more of which ratings on gates are known. */
bool rk_scorer_gates(const struct rk_scorer *scorer, uint32_t index, uint32_t *recruitment,
                     uint32_t *candidate, struct rk_text *gates);

/* Sheets on which nothing was scored, so that they have no row: how many, and how many of them had
 * each reason. */
struct rk_scorer_empty {
    uint64_t sheets;
    uint64_t why[RK_MISSING_KINDS];
    uint64_t weightless; /* scored only on criteria of weight 0 */
};
const struct rk_scorer_empty *rk_scorer_empty(const struct rk_scorer *scorer);
/* The same for people: "sheets without any score, and so without a row: 7 (conflict 5,
 * not_met 2)"; false, and nothing, where there are none. */
bool rk_scorer_tell_empty(const struct rk_scorer *scorer, struct rk_buf *text);

#endif
