/* The table `chances` that a lottery writes: what chance everybody had, with whom it was shared. */
#ifndef RK_ODDS_H
#define RK_ODDS_H

#include "model/panelists.h"
#include "model/recruitments.h"

enum rk_odds_state {                 /* in the order of their words */
                     RK_ODDS_SHARES, /* as large as that of everybody else of the level */
                     RK_ODDS_FULL,   /* takes part as often as the rules allow: no more is to be had
                                      */
                     RK_ODDS_HAS_MORE, /* had more before than the level comes to */
                     RK_ODDS_NO_MORE,  /* no draw gives more, whatever the others get */
                     RK_ODDS_NONE,     /* has no chance */
                     RK_ODDS_OPEN,     /* the search was cut short: others may be fairer */
};

struct rk_odds {
    uint32_t recruitment; /* place in rk_recruitments, or RK_NONE: all together, told as '*' */
    uint32_t panelist;
    struct rk_text exact; /* "27/91" */
    rk_fixed chance; /* the same, rounded; over all recruitments the expected number of seats */
    int64_t
        before; /* memberships had earlier; told where recruitment is RK_NONE, as are the next */
    uint32_t level;       /* from 1, poorest first; 0 = none */
    uint32_t competing;   /* panelists of the level */
    struct rk_text seats; /* that these get together, exact */
    enum rk_odds_state state;
};

extern const struct rk_writer_column rk_odds_columns[];
enum { RK_ODDS_COLUMNS = 9 };
void rk_odds_write(struct rk_writer *writer, const struct rk_odds *odds,
                   const struct rk_panelists *panelists,
                   const struct rk_recruitments *recruitments);

#endif
