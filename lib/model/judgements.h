/* Who judged what how, for agreement: read as a stream from any of three tables.
 *
 *   ratings   a row a rater's judgement; the score is taken as a text, whatever the schema says
 *   pairs     a row a cell of two raters' table: `first`, `second`, and how many (`n`)
 *   counts    a row a thing judged, a column each category: how many put it there
 *
 * What is judged is a candidate of a recruitment on a criterion at a stage: a unit. Rows are
 * divided into parts by any columns, of ours or not. Joint sheets and missing scores are counted
 * and left out. */
#ifndef RK_JUDGEMENTS_H
#define RK_JUDGEMENTS_H

#include "model/ratings.h"

enum { RK_BY_MOST = 8 };

struct rk_one_judgement {
    uint32_t part;      /* number of the combination of `by` columns, see below */
    uint32_t candidate; /* recruitment and candidate; RK_NONE in pairs: each row its own */
    uint32_t stage, criterion;
    uint32_t rater; /* RK_NONE: not told apart; in pairs 0 for first, 1 for second */
    struct rk_text score;
    struct rk_text second; /* pairs: the second rater's; else empty */
    uint32_t count; /* raters of that judgement; 0 tells that there is such a category, no more */
    uint32_t times; /* pairs: the units of that cell; else 1 */
    uint32_t place; /* see rk_rating */
};
/* As rk_take_rating; error->pos.field names a column of the table. */
typedef enum rk_status rk_take_judgement(void *context, const struct rk_one_judgement *one,
                                         struct rk_error *error);

struct rk_judgements {
    struct rk_ids *ids;
    const char *const *by; /* up to RK_BY_MOST columns */
    size_t by_count;
    /* In counts, the columns that are categories; NULL = all that the schema does not know and `by`
     * does not name. */
    const struct rk_text *categories;
    size_t category_count;
    /* out: */
    struct rk_tuples parts;              /* by part: a text of each `by` column */
    struct rk_strings texts[RK_BY_MOST]; /* those texts */
    struct rk_tuples candidates;         /* recruitment, candidate; empty while there is one
                                          * recruitment: then the candidate's own id is the number */
    uint32_t candidate_count;            /* more than any candidate's number */
    uint64_t joint, missing;             /* rows left out */
    uint32_t last_part;                  /* rows come in runs */
};
enum rk_status rk_judgements_read(struct rk_judgements *judgements, struct rk_table *table,
                                  rk_take_judgement *take, void *context, struct rk_error *error);
struct rk_text rk_judgements_by(const struct rk_judgements *judgements, uint32_t part, size_t by);
/* The parts in bytewise order of their texts, each by its number; caller frees. */
uint32_t *rk_judgements_order(const struct rk_judgements *judgements);
/* By number of a candidate (recruitment and candidate), rater, stage or criterion: its place in
 * bytewise order of the ids. Caller frees. */
uint32_t *rk_judgements_ranks(const struct rk_judgements *judgements, enum rk_id_kind kind);
void rk_judgements_free(struct rk_judgements *judgements);

/* Columns that can be absent, for rk_tool_table. */
extern const char *const rk_judgements_defaults[], *const rk_pairs_defaults[],
                                                       *const rk_counts_defaults[];

#endif
