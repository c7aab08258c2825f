/* Leximin chances for one panel from one pool: among all lotteries over panels with the fewest
 * empty seats, the one whose (offset + chance) of the poorest person is as large as can be, then of
 * the second poorest, and so on; exact, with proof (Flanigan, Gölz, Gupta, Hennig & Procaccia 2021,
 * "Fair algorithms for selecting citizens' assemblies", for the aim; the method is ours).
 *
 * First the leximin point of all real points that keep the quotas (panel/levels), whose prices
 * prove that no lottery is better; then that point is written as a lottery over panels
 * (panel/walk). Where a face of the quotas holds no panel, it is cut off by a row that all panels
 * keep, proven by branch and bound, and where the point itself does not keep the row the levels are
 * found again. So prices may stand on such rows too. */
#ifndef RK_LEXIMIN_H
#define RK_LEXIMIN_H

#include "panel/levels.h"
#include "panel/lottery.h"

/* The sum over columns of entry × x is at least `least` for every panel, and is that for some; the
 * columns are those of rk_panel_program. */
struct rk_leximin_cut {
    int64_t *entry;
    int64_t least;
};

struct rk_leximin {
    enum rk_program_outcome outcome; /* FOUND: exact and proven; NONE: there is no panel, not even
                                        with empty seats; STOPPED: the effort ended, or (in the last
                                        word on a point, panel/hull) numbers grew too large */
    uint32_t empty;                  /* seats that stay empty on every panel */
    bool fewest;                     /* fewer empty seats are proven impossible */
    bool found;                      /* there is a lottery */
    struct rk_lottery lottery;
    struct rk_fraction *value; /* by type: offset + chance in this lottery */
    /* The proof: levels of the program of rk_panel_program(panel, empty) with the cuts as further
     * rows, in order. Levels are empty where the effort ended before. */
    struct rk_levels levels;
    struct rk_leximin_cut *cuts;
    uint32_t cut_count;
    /* STOPPED, with a lottery: people in order of their value, the first who have less than
     * proven possible at most: what they have and what no lottery that gives those before them as
     * much can exceed. Zero apart from that. */
    struct rk_fraction reached, bound;
    uint64_t steps; /* of simplexes, nodes of branch and bound */
    uint64_t nodes;
};

/* `known`: a panel, by type, to take where the effort ends before any is found; or NULL. Give back
 * with rk_leximin_free whatever the outcome. */
struct rk_leximin rk_leximin_solve(const struct rk_panel *panel, const uint32_t *known,
                                   struct rk_effort *effort);
void rk_leximin_free(struct rk_leximin *leximin);

#endif
