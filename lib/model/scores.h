/* The table `scores`: one row per recruitment, candidate, rater and stage. */
#ifndef RK_SCORES_H
#define RK_SCORES_H

#include "model/ratings.h"
#include "stream/write.h"

struct rk_score {
    uint32_t recruitment, candidate, rater, stage, group; /* struct rk_ids */
    enum rk_basis basis;
    bool percent; /* scale 0-100, else raw */
    bool has_severity, has_adjusted;
    rk_fixed score;              /* as printed: rk_fixed_round has been done */
    rk_fixed severity, adjusted; /* likewise; severity above 0 = strict */
    rk_fixed weight_covered;     /* likewise; 0 to 1 */
    uint32_t n_criteria;
    uint32_t persons;            /* of a joint sheet, 0 = not told */
    uint32_t count;              /* raters the row stands for */
    struct rk_text gates, flags; /* lists, '|'-joined */
};

/* Adds `flag`, `more` right after it, to the score's; the new list lives in `arena`. */
void rk_score_flag(struct rk_score *score, struct rk_arena *arena, const char *flag,
                   const char *more);
/* Flags `outside_scale` where adjusted is beyond the 0 to 100 that the score is on. */
void rk_score_flag_outside(struct rk_score *score, struct rk_arena *arena);

/* Takes one score; `place` and what RK_BAD_DATA means as in rk_take_rating. */
typedef enum rk_status rk_take_score(void *context, const struct rk_score *score, uint32_t place,
                                     struct rk_error *error);
/* Columns that can be absent, for `scores` and for `ballots`. */
extern const char *const rk_scores_defaults[], *const rk_ballots_defaults[];
/* Reads a table of schema `scores` to its end, or of `ballots`, whose `rank` then is the score.
 * Columns `count` and `weight`, where there are any, say how many raters a row stands for. */
enum rk_status rk_scores_read(struct rk_table *table, struct rk_ids *ids, rk_take_score *take,
                              void *context, struct rk_error *error);

/* The columns, those of the schema plus `count` where asked. */
struct rk_scores_form {
    bool count;
};
size_t rk_scores_columns(const struct rk_scores_form *form,
                         struct rk_writer_column columns[16]); /* how many */
void rk_scores_write(const struct rk_scores_form *form, const struct rk_ids *ids,
                     const struct rk_score *score, struct rk_writer *writer);

#endif
