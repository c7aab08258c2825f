/* Whom an empty seat of a panel can be kept for: somebody not found yet, who has one value of each
 * feature. Features that quotas tie together (quotas for both of them, or for one of them and a
 * third) are looked at together, others each by itself. A kind is whoever counts under some quotas
 * and under all others that these imply. */
#ifndef RK_KINDS_H
#define RK_KINDS_H

#include "panel/match.h"

struct rk_match_kinds { /* give back with rk_match_kinds_free */
    uint64_t *quotas;   /* by kind, `words` words: bit q = counts under quota q */
    uint32_t *group;    /* by kind: the first quota of those that features tie together */
    uint32_t *tied;     /* by quota: likewise */
    uint32_t count;
    size_t words;
};
/* Those that minimums of the quotas, of one recruitment, ask for: each minimum by itself, in order,
 * and beside each kind before that somebody of it can be of, too. */
void rk_match_kinds_find(struct rk_match_kinds *kinds, const struct rk_match_quota *quotas,
                         uint32_t count);
void rk_match_kinds_free(struct rk_match_kinds *kinds);

#endif
