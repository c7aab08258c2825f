/* The hard rules: which panelists may sit on which panels, and for each who may not, why.
 *
 *   status        the panelist is active
 *   consent       consent_until is no earlier than the last day of the recruitment, and
 *                 consent_withdrawn_on is empty
 *   guardian      a minor (year of the first day - birth_year <= 18: a year cannot tell a
 *                 birthday) has a guardian's consent. Without a birth_year nobody knows: refused as
 *                 if a minor, unless assume_adult
 *   training      where training_required, trained_on is no later than the first day
 *   need          the panelist has at least one of the experiences in `need`
 *   conflict      no declared conflict with the recruitment, its unit, or a candidate it meets
 *   declaration   with require_declarations: something was declared, if only `none`, about the
 *                 recruitment, its unit, or each of the candidates it meets, or by declared_on in
 *                 the row of the assignment
 *   declined      has not declined this recruitment, and was not absent from it
 *   availability  the panelist's times cover every session. With no row at all they are unknown:
 *                 refused, unless assume_available. A recruitment without sessions asks no times
 *   overlap       none of its sessions overlaps one of a kept membership, or of one in a
 *                 recruitment already decided
 *   cap           kept and earlier memberships leave room under max_per_month and max_per_year
 *
 * The days of a recruitment are those of its sessions; without any, `opened` to `closes` (one of
 * them is enough). A membership counts under the caps once, in the month and year of the first day.
 */
#ifndef RK_ELIGIBLE_H
#define RK_ELIGIBLE_H

#include "model/assignments.h"
#include "model/availability.h"
#include "model/conflicts.h"
#include "model/explanation.h"
#include "model/sessions.h"
#include "panel/match.h"

struct rk_eligible_facts { /* the tables outlive the rk_eligible */
    const struct rk_panelists *panelists;
    const struct rk_recruitments *recruitments;
    const struct rk_sessions *sessions;
    const struct rk_availability *availability;
    const struct rk_conflicts *conflicts;
    const struct rk_candidates *candidates;   /* may be empty */
    const struct rk_assignments *assignments; /* earlier ones, and those standing so far */
    const struct rk_assignments *fixed;       /* kept whatever the rules say */
    bool assume_available, assume_adult, require_declarations;
    bool candidate_conflicts_pass; /* only the candidate's ratings are dropped, later */
};

/* What the rules leave of one recruitment. */
struct rk_eligible_panel {
    bool open; /* has seats to fill; else the rest is 0 */
    int32_t first_day, last_day;
    int32_t kept;    /* members kept */
    int32_t places;  /* members to find: seats and room_max less kept */
    int32_t lacking; /* seats that the room has no place for */
    int32_t kept_reserves;
    int32_t reserves; /* reserves to find */
};

struct rk_eligible;

/* Rows of `assignments`: where the recruitment is open, confirmed and attended ones are kept,
 * declined and absent ones bar the panelist from it, proposed ones are what is now replaced; where
 * it is not, members who did not decline (of a cancelled one: who attended) and reserves who
 * attended are history. Rows of `fixed` of an open recruitment are kept unless declined or absent;
 * others are history. RK_BAD_DATA where a recruitment that matters has neither sessions nor opened
 * or closes. */
enum rk_status rk_eligible_new(struct rk_eligible **eligible, const struct rk_eligible_facts *facts,
                               struct rk_error *error);
void rk_eligible_free(struct rk_eligible *eligible);

const struct rk_eligible_panel *rk_eligible_panel(const struct rk_eligible *eligible,
                                                  uint32_t recruitment);
/* The kept rows, sorted by recruitment and panelist. */
const struct rk_assignment *rk_eligible_kept(const struct rk_eligible *eligible, uint32_t *count);
/* The kept row of a pair, or NULL. */
const struct rk_assignment *rk_eligible_kept_row(const struct rk_eligible *eligible,
                                                 uint32_t panelist, uint32_t recruitment);
/* Rows of `assignments` that are replaced; rows of `fixed` whose recruitment is not open. */
uint32_t rk_eligible_replaced(const struct rk_eligible *eligible);
uint32_t rk_eligible_not_open(const struct rk_eligible *eligible);
/* Active panelists whom assume_adult, or assume_available, would let sit where nothing else stands
 * in the way: no birth_year and no guardian's consent; no times, while open recruitments have
 * sessions. */
uint32_t rk_eligible_of_no_age(const struct rk_eligible *eligible);
uint32_t rk_eligible_of_no_times(const struct rk_eligible *eligible);
/* All rules the pair breaks, as RK_REFUSED_BITs; 0 = none. For a kept row, `overlap` and `cap` tell
 * whether it breaks them beside the other kept ones. The recruitment must be open. */
unsigned rk_eligible_reasons(const struct rk_eligible *eligible, uint32_t panelist,
                             uint32_t recruitment);
/* Sum of the weights of the wanted experiences that the panelist has. */
rk_fixed rk_eligible_fit(const struct rk_eligible *eligible, uint32_t panelist,
                         uint32_t recruitment);

/* The match to be solved: everything but seed and most_solves is filled; arrays belong to
 * `eligible`. Fit is told in *unit: fit of a pair = rk_match_pair.fit × *unit. RK_BAD_DATA where
 * the weights have too many digits for that. */
enum rk_status rk_eligible_problem(struct rk_eligible *eligible, struct rk_match_problem *problem,
                                   rk_fixed *unit, struct rk_error *error);

#endif
