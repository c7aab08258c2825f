/* The table `candidates`: what the panel, and whoever follows candidates through the stages, need
 * of it. */
#ifndef RK_CANDIDATES_H
#define RK_CANDIDATES_H

#include "model/features.h"
#include "model/ids.h"
#include "model/recruitments.h"

enum rk_candidate_status {                      /* in the order of the schema's words */
                           RK_CANDIDATE_ACTIVE, /* also where the cell is empty */
                           RK_CANDIDATE_WITHDRAWN,
                           RK_CANDIDATE_INELIGIBLE,
                           RK_CANDIDATE_PROTECTED,
};

struct rk_candidate {
    struct rk_text candidate_id;
    uint32_t recruitment; /* place in rk_recruitments, or in `recruitments` below */
    uint32_t stage;       /* reached, a number of `stages`; RK_NONE = empty */
    enum rk_candidate_status status;
};
/* Whether the panel meets the candidate. */
static inline bool rk_candidate_is_met(const struct rk_candidate *candidate)
{
    return candidate->status == RK_CANDIDATE_ACTIVE || candidate->status == RK_CANDIDATE_PROTECTED;
}

struct rk_candidates {         /* zeroed = empty; give back with rk_candidates_free */
    struct rk_candidate *rows; /* in the order of the table */
    uint32_t count, room;
    struct rk_strings ids; /* numbers are places in rows */
    struct rk_strings stages;
    struct rk_strings recruitments; /* filled where no table of them is given */
    /* Set before reading, or NULL: gets a row for each, the caller's. Where it has no year, age is
     * that of the year of applied_on, or else of the recruitment's `opened`; none without either.
     */
    struct rk_features *features;
};

/* Reads the table to its end. A candidate_id told twice, and a recruitment that is not among
 * `recruitments` (which may be NULL), are bad rows. */
enum rk_status rk_candidates_read(struct rk_candidates *candidates, struct rk_table *table,
                                  const struct rk_schema *schema,
                                  const struct rk_recruitments *recruitments,
                                  struct rk_error *error);
/* Reads the table to its end for what one column says of each candidate: of[candidate number in
 * `ids`] is the value's number in `names`, RK_NONE where it is empty. *of is the caller's to free. A
 * column that the candidates do not have is RK_BAD_USE. */
enum rk_status rk_candidates_groups(struct rk_table *table, const char *column, struct rk_ids *ids,
                                    struct rk_strings *names, uint32_t **of, uint32_t *of_count,
                                    struct rk_error *error);
void rk_candidates_free(struct rk_candidates *candidates);

#endif
