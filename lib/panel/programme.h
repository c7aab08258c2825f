/* Seats by lot over a whole programme, with chances as equal as can be: as many seats filled as can
 * be and the shortage spread as in a choice, then the expected number of memberships of each
 * panelist, earlier ones included, leximin: the smallest as large as can be, then the second
 * smallest … Fit does not count. Then one draw with exactly these chances, in which all rules hold
 * and everybody gets the expected number rounded up or down (panel/chances). Only where one flow is
 * the whole problem: quotas and overlaps nest. */
#ifndef RK_PROGRAMME_H
#define RK_PROGRAMME_H

#include "base/exact.h"
#include "model/odds.h"
#include "panel/chances.h"
#include "panel/match.h"

struct rk_programme {
    const struct rk_match_problem *problem;
    const struct rk_network *net;
    struct rk_chances *chances;
    uint32_t *person; /* by panelist: the person in `chances`, or RK_NONE: no eligible pair */
    uint32_t *load_arc, *load_node; /* by panelist; the node: where it leads */
    uint32_t first_pair;            /* the arc of the first pair; the others' follow */
    uint32_t kept_arc;              /* the first of the empty seats kept for the people of a row */
    bool stopped;                   /* not all chances are settled: panel/chances.h … */
    struct rk_fraction reached, bound; /* … rk_chances_gap */
};

enum rk_programme_outcome {
    RK_PROGRAMME_DRAWN,
    RK_PROGRAMME_CROSSING,  /* quotas of a recruitment cross */
    RK_PROGRAMME_OVERLAPS,  /* overlapping sessions interlock */
    RK_PROGRAMME_TOO_LARGE, /* for the arithmetic */
};

/* The problem goes by_lot. Fills `result` as rk_match does (values of all levels; bounds of seats
 * and shortage; of the rest the values), with the draw of problem->seed. Where problem->stop ends
 * it, seats are filled as well as was found until then, chances are as even as was found, and the
 * draw has just these. Free both, also when nothing was drawn. */
enum rk_programme_outcome rk_programme(const struct rk_match_problem *problem,
                                       struct rk_match_result *result,
                                       struct rk_programme *lottery);
void rk_programme_free(struct rk_programme *lottery);

/* The chance of a pair, rounded. */
rk_fixed rk_programme_chance(const void *lottery, uint32_t pair);
/* The smallest group that the panelist's chance hangs on (rk_chances_rivals); false where it does
 * not hang on others. */
bool rk_programme_rivals(const void *lottery, uint32_t panelist, uint32_t *people, int64_t *seats);
/* Tells everybody who has an eligible pair: first all together, then pair by pair. Texts live until
 * the next is told. */
void rk_programme_odds(const struct rk_programme *lottery,
                       void (*tell)(void *context, const struct rk_odds *odds), void *context);

/* The chance of a pair, exact; the expected number of new memberships of a panelist who has an
 * eligible pair. */
void rk_programme_pair(const struct rk_programme *lottery, uint32_t pair, int64_t *num,
                       int64_t *den);
void rk_programme_panelist(const struct rk_programme *lottery, uint32_t panelist, int64_t *num,
                           int64_t *den);
/* The expected number of empty seats that the k-th kept-for arc of the network carries. */
void rk_programme_kept(const struct rk_programme *lottery, uint32_t k, int64_t *num, int64_t *den);

#endif
