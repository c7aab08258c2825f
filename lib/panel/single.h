/* One recruitment by itself: its panel as people of kinds (panel/panel), with quotas that may
 * cross. */
#ifndef RK_SINGLE_H
#define RK_SINGLE_H

#include "model/odds.h"
#include "panel/kinds.h"
#include "panel/leximin.h"
#include "panel/match.h"

struct rk_single { /* zeroed = nothing; give back with rk_single_free */
    const struct rk_match_problem *problem;
    uint32_t recruitment;
    uint32_t *pairs, count; /* the persons: the recruitment's pairs, by panelist */
    struct rk_panel *panel;
    uint32_t *row_quota, rows; /* by row: the quota */
    int32_t *lowered; /* by row: what min is less than asked, since all cannot be kept together */
    struct rk_match_kinds kinds;   /* of its rows as asked for */
    struct rk_leximin leximin;     /* after rk_single_draw */
    struct rk_panel_choice choice; /* after rk_single_choose */
    uint32_t drawn;                /* the panel of the lottery */
};

/* The only recruitment with places to fill, or RK_NONE where there are none or several. */
uint32_t rk_single_recruitment(const struct rk_match_problem *problem);
/* Makes its panel. */
void rk_single_new(struct rk_single *single, const struct rk_match_problem *problem,
                   uint32_t recruitment);
void rk_single_free(struct rk_single *single);

/* `lowered` by quota of the problem. Caller frees. */
int32_t *rk_single_lowered(const struct rk_single *single);

/* Both fill `result` as rk_match does. False: nothing was found before the effort ended (choose:
 * then there is the greedy choice of nobody), or (draw) there is no panel. */

/* The best choice: as many seats as can be, then the levels of a match, by exact search. Only where
 * quotas cross: else false, since a flow does it. */
bool rk_single_choose(struct rk_single *single, struct rk_match_result *result,
                      struct rk_effort *effort);
/* The leximin lottery over panels, and the draw of problem->seed. */
bool rk_single_draw(struct rk_single *single, struct rk_match_result *result,
                    struct rk_effort *effort);

/* The chance of a pair of the recruitment, rounded. */
rk_fixed rk_single_chance(const void *single, uint32_t pair);
/* Everybody who has a pair of it: first all together, then the pair. Texts lie in `arena`; caller
 * frees. */
struct rk_odds *rk_single_odds(const struct rk_single *single, struct rk_arena *arena,
                               size_t *count);

#endif
