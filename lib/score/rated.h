/* Ratings one by one, for the models of severity: what each is worth, kept compactly (24 bytes and
 * a place in a table), then laid out panel by panel. A "unit" is what a model is fitted within: the
 * ratings of one recruitment, stage and rater group, or of all of those where `by` does not divide
 * them; joint sheets are apart from individual ones, and never taken together over panels.
 *
 * In a unit the levels of a facet are: candidate = recruitment and candidate, rater = group and
 * rater, criterion = stage and criterion; numbered in bytewise order of these ids, so that nothing
 * depends on the order of rows. Criteria of weight 0 and ratings that are missing take no part. */
#ifndef RK_RATED_H
#define RK_RATED_H

#include "score/score.h"

enum { RK_RATED_CANDIDATE, RK_RATED_RATER, RK_RATED_CRITERION, RK_RATED_FACETS };
enum rk_rated_by { RK_BY_RECRUITMENT = 1, RK_BY_STAGE = 2, RK_BY_GROUP = 4 };

struct rk_rated_level {
    uint32_t scope, id; /* see above; struct rk_ids */
};
/* A criterion of a recruitment, stage, group and basis. */
struct rk_rated_item {
    uint32_t panel, criterion;
    double weight;
    rk_fixed minimum, maximum, step; /* as rk_scorer_value */
};

struct rk_unit {
    uint32_t recruitment, stage, group; /* RK_NONE where not divided by it */
    enum rk_basis basis;
    size_t n;
    uint32_t *level[RK_RATED_FACETS]; /* by rating: sorted by candidate, rater, criterion */
    uint32_t *value;                  /* by rating: number in rk_rated_value */
    uint32_t levels[RK_RATED_FACETS];
    struct rk_rated_level *name[RK_RATED_FACETS]; /* by level */
    uint32_t *part[2];                            /* of candidates and raters: numbers from 0 */
    uint32_t parts;                               /* 1 = it hangs together */
    uint32_t *part_raters;                        /* by part: how many */
};

struct rk_rated;
/* `scorer` judges the ratings; it and `ids` must outlive this. */
struct rk_rated *rk_rated_new(struct rk_scorer *scorer, const struct rk_ids *ids, unsigned by);
void rk_rated_free(struct rk_rated *rated);
/* Is an rk_take_rating with the rk_rated as its context. A row that stands for several raters is a
 * bad one: severity is a single rater's. */
enum rk_status rk_rated_add(void *rated, const struct rk_rating *rating, struct rk_error *error);
/* Ratings that have no score, or only on criteria of weight 0, and so take no part. */
uint64_t rk_rated_left_out(const struct rk_rated *rated);
/* After the last rating; then only the following may be called. `find`: rk_rated_find will be. */
void rk_rated_finish(struct rk_rated *rated, bool find);

size_t rk_rated_units(const struct rk_rated *rated); /* in bytewise order of their ids */
const struct rk_unit *rk_rated_unit(const struct rk_rated *rated, size_t unit);
rk_fixed rk_rated_value(const struct rk_rated *rated, uint32_t number);
/* Is there nobody this rater could be compared with, no other in its part? */
bool rk_unit_alone(const struct rk_unit *unit, uint32_t rater);
/* For people: "recruitment R, stage S, group G (individual)", less what is not divided by. */
void rk_unit_tell(const struct rk_unit *unit, const struct rk_ids *ids, struct rk_buf *text);
/* Names the parts of the units that have several, one message a unit and twenty at most; returns
 * how many units that are. */
size_t rk_rated_log_parts(const struct rk_rated *rated, const struct rk_ids *ids,
                          struct rk_log *log, enum rk_severity severity);
/* The unit of a score, and its levels of candidate and rater; SIZE_MAX where it has none. */
size_t rk_rated_find(const struct rk_rated *rated, const struct rk_score *score, uint32_t level[2]);
/* The criterion as the panel of this score has it; NULL where it has none such. */
const struct rk_rated_item *rk_rated_item(const struct rk_rated *rated,
                                          const struct rk_score *score, uint32_t criterion);
/* By recruitment, stage, group and basis, as one of its candidates and raters has them. */
const struct rk_rated_item *rk_rated_item_of(const struct rk_rated *rated, const uint32_t panel[4],
                                             uint32_t criterion);

#endif
