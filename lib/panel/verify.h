/* Is an assignment what the rules allow, and the best there is? All is worked out from the tables,
 * by code that shares nothing with the matcher, so that neither has to be believed. The rules are
 * those of lib/panel/eligible.h and quota.h, told again; what is best is told in lib/panel/match.h.
 *
 * verify_tables.c  who may sit where, and what is kept
 * verify_quotas.c  which quotas there are, and whom seats can be kept empty for
 * verify.c         each row of the assignment beside the others, each panel whole
 * verify_proof.c   that nothing is better: the certificate's prices are put on the rules, and what
 *                  the cheapest choice would cost if only they held it back is summed (weak
 *                  duality, lib/stat/duality.h)
 *
 * A choice is told by numbers; the rules are rows, sums of numbers. The certificate tells both by
 * their places, from 0. Numbers:
 *
 *   x  0 or 1 of each pair that the rules allow, by panelist and recruitment: is a member
 *   l  by panelist, 0 or 1 of as many as there are pairs: has a first, second … new membership
 *   u  by recruitment, 0 or 1 of each place: a first, second … one is empty
 *   z  by recruitment, of each kind of people that minimums ask for, in the order of the texts that
 *      tell by quota whether it counts them, 1 or 0: places kept
 *
 * Rows, after which come those of the certificate:
 *
 *   each panelist       sum of x of the panelist - sum of l = 0
 *   each recruitment    sum of x of the recruitment + sum of u = places
 *   each quota          sum of z of kinds of the quotas tied to it, it the first, - sum of u <= 0
 *   each quota          min <= sum of x of its people + sum of z of its kinds <= max
 *   each level          what the choice costs there; has an end once that is proven
 *
 * Minimums of a recruitment that can't all be kept, not even once the certificate has lowered some,
 * are left out: what nothing keeps would prove anything.
 *
 * A row of the certificate may be any sum, to split by. One of a panelist's pairs that are all in
 * one month or year, or at the same time, is at most what the caps leave, or 1. */
#ifndef RK_VERIFY_H
#define RK_VERIFY_H

#include "model/assignments.h"
#include "model/availability.h"
#include "model/certificate.h"
#include "model/conflicts.h"
#include "model/explanation.h"
#include "model/quotas.h"
#include "model/sessions.h"

struct rk_verify_tables { /* what the matcher read, and how */
    const struct rk_panelists *panelists;
    const struct rk_recruitments *recruitments;
    const struct rk_sessions *sessions;
    const struct rk_availability *availability;
    const struct rk_conflicts *conflicts;
    const struct rk_candidates *candidates;
    const struct rk_assignments *assignments, *fixed;
    bool assume_available, assume_adult, require_declarations, candidate_conflicts_pass;
};
struct rk_verify_facts { /* all outlive the call */
    struct rk_verify_tables tables;
    const struct rk_assignments *result; /* what the matcher wrote */
    const struct rk_quotas *quotas;
    struct rk_features *features;             /* rk_verify_want was called before they were read */
    const struct rk_certificate *certificate; /* NULL: nothing is proven */
    struct rk_text seed;
};

/* Asks, before the panelists are read, for what quotas and experience are counted by. */
void rk_verify_want(const struct rk_quotas *quotas, struct rk_features *features);

/* What is checked: the hard rules by their rk_refusal, then these. */
enum rk_verify_check {
    RK_VERIFY_KEPT = RK_REFUSALS, /* kept rows are there as they were */
    RK_VERIFY_ROW,                /* new rows are as a match writes them */
    RK_VERIFY_SEATS,              /* no more members and reserves than asked for, or than the room
                                   * has place for */
    RK_VERIFY_POSITION,
    RK_VERIFY_FIT,
    RK_VERIFY_RESERVES, /* as many as asked for, of those who could */
    RK_VERIFY_CERTIFICATE,
    RK_VERIFY_BEST,                                        /* + rk_choice_level */
    RK_VERIFY_CHANCES = RK_VERIFY_BEST + RK_CHOICE_LEVELS, /* of a lottery */
    RK_VERIFY_CHECKS
};
const char *rk_verify_check_name(int check); /* "status", …, "best_seats" */

enum rk_verify_verdict {
    RK_VERIFY_HOLDS,
    RK_VERIFY_BROKEN,
    RK_VERIFY_TOLD,   /* as somebody asked for it, but a rule does not hold: kept rows, quotas that
                       * cannot be met */
    RK_VERIFY_PROVEN, /* of levels: no choice is better */
    RK_VERIFY_GAP,    /* … none is better by more than the gap told */
    RK_VERIFY_OPEN    /* … nothing is known */
};
extern const char *const rk_verify_verdict_names[]; /* "holds", … */

/* Tells each check that holds once, and each that does not as often as it is broken, in the order
 * found. `detail` is in the language chosen and may be empty. */
typedef void rk_verify_tell(void *context, int check, enum rk_verify_verdict verdict,
                            const char *detail);
/* RK_OK: all rules hold, and all levels are proven. RK_BAD_DATA without a text in `error`:
 * something is broken; with one: the tables cannot be used (a recruitment without a day).
 * RK_ATTENTION: nothing is broken, but something is TOLD, GAP or OPEN. */
enum rk_status rk_verify(const struct rk_verify_facts *facts, rk_verify_tell *tell, void *context,
                         struct rk_error *error);

#endif
