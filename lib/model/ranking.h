/* The table `ranking`: one row per recruitment, stage and candidate, with columns for each rater
 * group; or, in long form, one row per group. */
#ifndef RK_RANKING_H
#define RK_RANKING_H

#include "model/ids.h"
#include "stream/write.h"

struct rk_ranking_group {
    bool expected;  /* the group has a say in this recruitment and stage */
    bool has_score; /* it rated the candidate */
    bool has_effective;
    uint64_t n;         /* raters (a joint sheet is one voice); '*': in the stage with fewest */
    rk_fixed score;     /* mean over its raters */
    rk_fixed weight;    /* the weight used, of a sum of 1 */
    rk_fixed effective; /* effective weight */
};

struct rk_ranking_row {
    uint32_t recruitment, candidate; /* struct rk_ids */
    uint32_t stage;                  /* RK_NONE = '*', all stages together */
    bool ranked;                     /* else combined, rank and tied are missing */
    bool whole;                      /* ranked, and rated by every group with a weight */
    bool failed_gate;                /* ranked after all who did not */
    rk_fixed combined;
    uint32_t rank;                   /* competition rank: 1, 1, 3 */
    uint32_t tied;                   /* how many share it, 1 = alone */
    uint32_t place;                  /* methods on pairs: how many stand above; decides the rank */
    bool has_chances;                /* else low, high and p_first are missing */
    rk_fixed low, high;              /* of combined */
    double p_first;
    struct rk_text flags;            /* list */
    struct rk_ranking_group *groups; /* ranking->group_count of them */
};

struct rk_ranking {
    struct rk_ranking_row *rows; /* by recruitment, stage, rank (unranked last), candidate */
    size_t count;
    uint32_t *groups; /* RK_ID_GROUP, in bytewise order of their names */
    size_t group_count;
};

/* Writes all rows to `out` in `form`, with up to `threads` threads. */
struct rk_writer *rk_ranking_open(const struct rk_ranking *ranking, const struct rk_ids *ids,
                                  bool in_long, struct rk_out *out, enum rk_form form);
void rk_ranking_write(const struct rk_ranking *ranking, const struct rk_ids *ids, bool in_long,
                      unsigned threads, struct rk_writer *writer);

#endif
