/* One run of the matcher, from the tables to a solved match: what rk-panel-match asks for and what
 * came of it. */
#ifndef RK_PANEL_WORK_H
#define RK_PANEL_WORK_H

#include "panel/certificate.h"

struct rk_panel_wish {
    struct rk_text seed;
    bool (*stop)(void *context); /* true: the best found so far will do; NULL */
    void *stop_context;
    uint64_t most_solves;             /* of a search; 0 = by size */
    bool lottery, want_proof, repair; /* repair: proposed assignments stay as far as they can */
    bool explain; /* the quotas in the way of empty seats are to be found where a flow does not tell
                   */
    bool relax;   /* quotas that ask for more than the seats are to be relaxed, not refused */
};

struct rk_panel_tables { /* outlive the work */
    const struct rk_panelists *panelists;
    const struct rk_recruitments *recruitments;
    const struct rk_quotas *quotas;
    struct rk_features *features;
    const struct rk_assignments *assignments;
};

struct rk_panel_work { /* zeroed = nothing yet; give back with rk_panel_work_free, also after a
                          failure */
    struct rk_match_problem problem;
    struct rk_match_result result;
    struct rk_programme programme; /* of a lottery over several recruitments */
    struct rk_single single;       /* of one recruitment */
    bool is_single;
    struct rk_panel_quotas *quotas;
    int64_t *stay;
    struct rk_explain match; /* the whole, to be read */
};

enum rk_status rk_panel_work_solve(struct rk_panel_work *work, const struct rk_panel_wish *wish,
                                   const struct rk_panel_tables *tables,
                                   struct rk_eligible *eligible, struct rk_error *error);
void rk_panel_work_free(struct rk_panel_work *work);

/* Before eligibility: the recruitments not named are as if decided; the panelists named leave their
 * panels (RK_BAD_USE where a name is in no table). */
enum rk_status rk_panel_work_only(const struct rk_strings *names,
                                  struct rk_recruitments *recruitments, struct rk_error *error);
enum rk_status rk_panel_work_leave(const struct rk_strings *names,
                                   const struct rk_panelists *panelists,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_assignments *assignments, struct rk_assignments *fixed,
                                   uint32_t *left, struct rk_error *error);

#endif
