/* What is recorded of recruitments under way: the tables `events` (which stage had whom),
 * `decisions` and `costs`, how many applied, and the `indicators` beside them. Recruitments are
 * places in rk_recruitments. */
#ifndef RK_PROCESS_H
#define RK_PROCESS_H

#include "model/decisions.h"
#include "model/recruitments.h"

enum rk_process_stage { /* in the order of the schema's words */
                        RK_PROCESS_PROFILE,
                        RK_PROCESS_ADVERT,
                        RK_PROCESS_SHORTLIST,
                        RK_PROCESS_INTERVIEW,
                        RK_PROCESS_ANALYSIS,
                        RK_PROCESS_DECISION,
                        RK_PROCESS_FOLLOW_UP,
                        RK_PROCESS_STAGES
};
extern const char *const rk_process_stages[RK_PROCESS_STAGES + 1]; /* words; ends with NULL */

struct rk_process_event {
    uint32_t recruitment;
    enum rk_process_stage stage;
    int32_t date;   /* days */
    uint32_t group; /* place in `groups` */
    int64_t n;      /* how many of it */
};
struct rk_process_decision {
    uint32_t recruitment, candidate; /* place in `candidates` */
    enum rk_outcome outcome;
    int32_t decided, legal_force, users_told, candidates_told; /* days, or RK_NO_DATE */
};
struct rk_process_cost {
    uint32_t recruitment; /* RK_NONE: of no single one */
    uint32_t kind;        /* place in `kinds` */
    int32_t date;
    rk_fixed hours, amount; /* hours: 0 where missing */
};

struct rk_process_indicator {
    uint32_t name, period; /* places in `names` and `periods` */
    rk_fixed value, target;
    bool has_target;
};

struct rk_process { /* zeroed = empty; give back with rk_process_free */
    struct rk_process_event *events;
    struct rk_process_decision *decisions;
    struct rk_process_cost *costs;
    struct rk_process_indicator *indicators;
    int64_t *applicants; /* by recruitment; NULL = not known */
    size_t indicator_count, indicator_room;
    size_t event_count, event_room, decision_count, decision_room, cost_count, cost_room;
    struct rk_strings groups, candidates, kinds, names, periods;
    bool has_events, has_decisions, has_costs; /* the table was read */
};

/* Each reads its table to the end. A recruitment that is not among `recruitments` makes a bad row;
 * so does an event of the same recruitment, stage, day and group, and a candidate decided on twice.
 */
enum rk_status rk_process_read_events(struct rk_process *process, struct rk_table *table,
                                      const struct rk_recruitments *recruitments,
                                      struct rk_error *error);
enum rk_status rk_process_read_decisions(struct rk_process *process, struct rk_table *table,
                                         const struct rk_recruitments *recruitments,
                                         struct rk_error *error);
enum rk_status rk_process_read_costs(struct rk_process *process, struct rk_table *table,
                                     const struct rk_recruitments *recruitments,
                                     struct rk_error *error);
/* Every row of `candidates` is one who applied; a candidate_id told twice is a bad row. */
enum rk_status rk_process_read_candidates(struct rk_process *process, struct rk_table *table,
                                          const struct rk_recruitments *recruitments,
                                          struct rk_error *error);
/* An indicator told twice of a period is a bad row. */
enum rk_status rk_process_read_indicators(struct rk_process *process, struct rk_table *table,
                                          struct rk_error *error);
void rk_process_free(struct rk_process *process);

#endif
