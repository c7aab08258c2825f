/* What rk_impact_new is told of recruitments, from the tables.
 *
 *     rk_impact_cases_start()       from decisions and recruitments, before the rule is applied
 *     rk_impact_cases_available()   who could still be chosen on the day of decision
 *     rk_impact_cases_finish()      once all ids are known: states and parts, into the options
 *
 * The day of decision is the first on which somebody was hired, or else what the table recruitments
 * says. Somebody who withdrew, or was found ineligible, after that day could be chosen on it;
 * before it, or on a day not told, not. Nor could who was offered the post and declined, where
 * somebody was hired. */
#ifndef RK_IMPACT_CASES_H
#define RK_IMPACT_CASES_H

#include "model/decisions.h"
#include "score/impact.h"

struct rk_impact_case { /* of a recruitment */
    int32_t day;        /* of decision, or RK_NO_DATE */
    uint32_t hired, declined;
    bool has_codes; /* on the rows of who was hired */
};
struct rk_impact_cases {                /* zeroed = empty; give back with rk_impact_cases_free */
    const struct rk_choices *decisions; /* NULL = not told */
    const struct rk_recruitments *recruitments; /* NULL = not told */
    struct rk_ids *ids;
    struct rk_impact_case *all; /* by RK_ID_RECRUITMENT */
    uint32_t count;
    struct rk_impact_choice *choices;
    struct rk_impact_reason *reasons;
    enum rk_impact_state *states;
    uint32_t *part;
    uint64_t again;    /* candidates who could be chosen on the day, and not later */
    uint64_t declined; /* candidates left out since they declined */
};

/* Both tables must outlive the cases, and each may be NULL. */
void rk_impact_cases_start(struct rk_impact_cases *cases, const struct rk_choices *decisions,
                           const struct rk_recruitments *recruitments, struct rk_ids *ids);
/* Changes the contenders' status, which is so since the day since[i] (RK_NO_DATE = not told); adds
 * those of whom nothing was told but that they declined. The array grows by RK_GROW. */
void rk_impact_cases_available(struct rk_impact_cases *cases, struct rk_contender **contenders,
                               const int32_t *since, size_t *count, size_t *room);
/* Fills in choices, reasons, states and parts, which belong to the cases; `parts`, whose columns
 * are set, gets its texts, in bytewise order. A column is one of rk_recruitment_columns or `month`
 * (of the decision, or of being cancelled); all but recruitment_id and month need `recruitments`.
 */
void rk_impact_cases_finish(struct rk_impact_cases *cases, struct rk_impact_parts *parts,
                            struct rk_impact_options *options);
/* Where no table tells who the candidates are: how many were hired in a recruitment that is ranked
 * without being in any ranking of it, or in one that the table recruitments does not have. */
uint64_t rk_impact_cases_unknown(const struct rk_impact_cases *cases,
                                 const struct rk_ranking *ranking);
void rk_impact_cases_free(struct rk_impact_cases *cases);

#endif
