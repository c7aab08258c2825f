/* The audit of anybody's plan: every rule that lib/evening/evening.h tells, worked out anew from
 * what the plan says, with no part of the search in it. */
#ifndef RK_EVENING_CHECK_H
#define RK_EVENING_CHECK_H

#include "evening/assemble.h"

enum rk_evening_check {
    RK_CHECK_ONCE,    /* each wanted meeting is there, once, and no other */
    RK_CHECK_ROW,     /* its round is there, its times are the round's, who meets is who was to */
    RK_CHECK_FIXED,   /* it is where it must be */
    RK_CHECK_OVERLAP, /* nobody is in two meetings at once */
    RK_CHECK_TRAVEL,  /* who changes place has time for it */
    RK_CHECK_AVAILABILITY, /* everybody is there, the young not too late */
    RK_CHECK_IN_A_ROW,
    RK_CHECK_ROOM, /* rooms are there, free, large enough, and enough; one meeting in each */
    RK_CHECK_GAP,
    RK_CHECK_CONFLICT, /* nobody meets a candidate they have a conflict of interest with */
    RK_CHECK_SUPPORT,  /* interpreters and companions are where those are whom they support */
    RK_CHECKS
};
const char *rk_evening_check_name(enum rk_evening_check check);

/* Tells each thing that is broken, in words; returns how many. `start` gets the rounds of the
 * meetings, RK_NONE where the plan has none. */
typedef void rk_evening_tell(void *context, enum rk_evening_check check, const char *detail);
uint64_t rk_evening_audit(const struct rk_assembled *assembled, const struct rk_plan_rows *plan,
                          uint32_t *start, rk_evening_tell *tell, void *context);
/* The fewest rounds of any plan, at least, without a search: 0 where it could not be told. */
uint32_t rk_evening_least(const struct rk_evening *evening);

#endif
