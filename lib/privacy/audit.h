/* What a table gives away: for every hidden cell the range that can be inferred, by who sees the
 * table and by who is also alone in another hidden cell. */
#ifndef RK_AUDIT_H
#define RK_AUDIT_H

#include "base/message.h"
#include "privacy/attack.h"

enum rk_verdict {
    RK_KEPT,
    RK_NARROW,
    RK_DISCLOSED,
    RK_INSIDER,
    RK_OPEN,
    RK_ASSUMED, /* none of rk_audit's: kept, unless it is the same in another version */
    RK_VERDICTS
};

struct rk_audit_cell {
    int64_t value; /* where has_value */
    int64_t least; /* everybody knows that a hidden one is no less */
    int64_t most;  /* … and no more; RK_CELL_NO_END: nobody knows */
    int64_t width; /* wished between least and most; 1 = not known exactly */
    bool has_value, hidden;
    bool guarded; /* is kept from insiders too */
    bool alone;   /* one person, who knows it */
};
struct rk_audit_finding {           /* of a hidden cell */
    struct rk_range range, insider; /* insider.none: nobody is one */
    enum rk_verdict verdict;
};

enum rk_insiders {
    RK_INSIDERS_OFF,
    RK_INSIDERS_KNOWN,    /* those alone in a cell */
    RK_INSIDERS_POSSIBLE, /* whoever would be, if a hidden cell that can be 1 were */
};

/* findings: one a cell. Verdicts come first; then, up to `effort` steps of arithmetic
 * (rk_attack_work), ranges are followed to their ends: those that are not are open. Verdicts may
 * take four times as many steps, and are open after that.  False: no table is like this; *sum is a
 * sum that does not add up, or UINT32_MAX. */
bool rk_audit(const struct rk_audit_cell *cells, uint32_t count, const struct rk_sums *sums,
              enum rk_insiders insiders, uint64_t effort, struct rk_audit_finding *findings,
              uint32_t *sum);

#endif
