/* Seats by lot over a whole programme, with chances as equal as can be: as many seats filled as can
 * be and the shortage spread as in a choice, then the expected number of memberships of each
 * panelist, earlier ones included, leximin: the smallest as large as can be, then the second
 * smallest … Fit does not count. Then one draw with exactly these chances, in which all rules hold
 * and everybody gets the expected number rounded up or down (panel/chances). Only where one flow is
 * the whole problem: quotas and overlaps nest. */
#ifndef RK_LOTTERY_H
#define RK_LOTTERY_H

#include "model/odds.h"
#include "panel/chances.h"
#include "panel/match.h"

struct rk_lottery {
    const struct rk_match_problem *problem;
    struct rk_chances *chances;
    uint32_t *person;   /* by panelist: the person in `chances`, or RK_NONE: no eligible pair */
    uint32_t *arc;      /* by pair */
    uint32_t *load_arc; /* by panelist */
};

enum rk_lottery_outcome {
    RK_LOTTERY_DRAWN,
    RK_LOTTERY_CROSSING,  /* quotas of a recruitment cross */
    RK_LOTTERY_OVERLAPS,  /* overlapping sessions interlock */
    RK_LOTTERY_TOO_LARGE, /* for the arithmetic */
};

/* Fills `result` as rk_match does (values of all levels; bounds of seats and shortage, which are
 * proven; of the rest the values), with the draw of problem->seed. Free both, also when nothing was
 * drawn. */
enum rk_lottery_outcome rk_lottery(const struct rk_match_problem *problem,
                                   struct rk_match_result *result, struct rk_lottery *lottery);
void rk_lottery_free(struct rk_lottery *lottery);

/* By pair, the chance, rounded. Caller frees. */
rk_fixed *rk_lottery_chances(const struct rk_lottery *lottery);
/* Everybody who has an eligible pair: first all together, then pair by pair. Texts lie in `arena`;
 * caller frees. */
struct rk_odds *rk_lottery_odds(const struct rk_lottery *lottery, struct rk_arena *arena,
                                size_t *count);

/* The chance of a pair, exact; the expected number of new memberships of a panelist who has an
 * eligible pair. */
void rk_lottery_pair(const struct rk_lottery *lottery, uint32_t pair, int64_t *num, int64_t *den);
void rk_lottery_panelist(const struct rk_lottery *lottery, uint32_t panelist, int64_t *num,
                         int64_t *den);

#endif
