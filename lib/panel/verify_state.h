/* What the rules find and the proof goes by. Known inside lib/panel/verify*.c only. */
#ifndef RK_VERIFY_STATE_H
#define RK_VERIFY_STATE_H

#include "panel/verify.h"

struct rk_verify {
    const struct rk_verify_facts *facts;
    rk_verify_tell *tell;
    void *context;
    bool found[RK_VERIFY_CHECKS], broken, attention;
    struct rk_eligible *eligible;
    struct rk_match_problem problem; /* whom the rules allow beside kept and past memberships */
    struct rk_panel_quotas *quotas;
    rk_fixed unit;               /* of fit */
    bool *chosen, *stands;       /* by pair: a new member, a new reserve */
    int32_t *members, *standing; /* by recruitment: new members, new reserves */
    int32_t *count, *lowered; /* by quota: new members of the kind; its min in the certificate is so
                               * much less */
    uint32_t *last, *before; /* by panelist: 1 + the row of the last new membership; by row: 1 + the
                              * one before it */
    uint32_t *pair_first, *quota_first; /* by panelist; by recruitment */
};

void rk_verify_found(struct rk_verify *v, int check, enum rk_verify_verdict verdict,
                     const struct rk_pos *pos, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
#define RECRUITMENT(r) v->problem.recruitments[r].id.text
#define PANELIST(p) v->problem.panelists[p].id.text
#define BROKEN(check, ...) rk_verify_found(v, check, RK_VERIFY_BROKEN, __VA_ARGS__)

bool rk_verify_meet(const struct rk_verify *v, uint32_t a, uint32_t b); /* do sessions overlap? */
/* Memberships that the cap of the month or year (months = 12) leaves beside kept and past ones. */
int64_t rk_verify_left(const struct rk_verify *v, uint32_t panelist, int32_t month, int32_t months);
uint32_t rk_verify_pair(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment);
void rk_verify_end_rules(struct rk_verify *v); /* once `lowered` is known */
void rk_verify_proof(struct rk_verify *v);     /* calls it */

#endif
