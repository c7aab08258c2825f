/* A search for a proof. Known inside lib/panel/prove*.c only.
 *
 * prove_rows.c     the numbers and rows of lib/panel/verify.h, and what prices on rows prove
 * prove_program.c  the linear program over what is left of them
 * prove.c          the tree of programs */
#ifndef RK_PROVE_STATE_H
#define RK_PROVE_STATE_H

#include "panel/by_recruitment.h"
#include "panel/certify.h"
#include "panel/prove.h"
#include "stat/simplex.h"

enum { RK_PROVE_CUT = RK_MATCH_LEVELS };   /* the level of a cut's costs */
#define RK_PROVE_WORK UINT64_C(2000000000) /* that may be done, by rk_simplex_work */
#define RK_PROVE_NO_END INT64_MIN          /* of a row */

/* How much may be done, over any number of searches; the same on every machine but for `stop`. */
struct rk_prove_effort {
    uint64_t programs;           /* that may still be solved */
    uint64_t work;               /* done */
    bool (*stop)(void *context); /* asked now and then; NULL */
    void *stop_context;
    bool stopped; /* it said so */
};

struct rk_prove_sum {
    uint32_t place; /* of the row in the certificate */
    int64_t low, high;
    uint32_t first, count; /* in of, factor */
};

/* Prices of rows, which prove something of the levels together. */
struct rk_prove_priced {
    int first, end;
    int64_t weight[RK_MATCH_LEVELS + 1];
    __int128 *price; /* by sum */
};

struct rk_prove_node {
    struct rk_buf stages;
    uint32_t row, low, high; /* row: RK_NONE without a split */
    int64_t at;
};

struct rk_prove_state {
    struct rk_certify *c;
    const struct rk_match_problem *problem;
    struct rk_by_recruitment by;
    uint32_t numbers;
    int32_t *low, *high;                /* by number */
    int64_t *cost[RK_MATCH_LEVELS + 1]; /* by number */
    int64_t target[RK_MATCH_LEVELS + 1];
    int64_t spread[RK_MATCH_LEVELS + 1]; /* no choice costs more than target + spread */
    int level, end; /* of the levels to prove: the first that is not proven yet; behind the last */
    __int128 slack; /* so much better a choice may be there; -1: nothing is known */
    int reached;    /* the first level that is left open somewhere; `end`: none is … */
    __int128 most;  /* … and by how much */
    struct rk_prove_sum *sums;
    uint32_t sum_count, sum_room, levels, rules; /* levels: the first of theirs, after the rules */
    uint32_t *of, of_count, of_room;
    int64_t *factor;
    uint32_t factor_room;
    uint32_t *sum_at, at_count; /* by place: 1 + the sum, of rules and levels */
    struct rk_prove_priced priced;
    __int128 *on; /* by number: what the cost less the prices comes to */
    struct rk_prove_node *nodes;
    uint32_t node_count, node_room;
    struct rk_prove_effort *effort;
    bool *better; /* by pair: where a better choice is looked for, that; else NULL */
    bool found;   /* it is there */
    struct rk_prove_program *program; /* the last made; NULL */
    uint64_t before;                  /* what was done before it is being solved */
};

/* A linear program, of the numbers and rows that were left where it was made: for all that is left
 * of these, too. */
struct rk_prove_program {
    struct rk_simplex *simplex;
    uint32_t columns, *number, *column; /* by column; by number: RK_NONE, not a column */
    struct rk_prove_row {
        uint32_t sum;
        int64_t settled; /* what numbers that are no columns come to */
    } * rows;
    uint32_t row_count, row_room, *first, *row; /* first, row, entry: the matrix, by column */
    int64_t *entry;
    bool *has; /* by sum, of the first so many: is it a row? */
    uint32_t has_count;
    uint32_t node;                   /* where it was made */
    struct rk_prove_program *before; /* that was made before; NULL */
    uint32_t *same;       /* by number: a membership that is the place of this pair; RK_NONE */
    uint32_t *membership; /* by panelist: that membership */
};

enum rk_prove_outcome {
    RK_PROVE_DEAD_END, /* no choice here is as good */
    RK_PROVE_SETTLED,  /* none is better at the levels */
    RK_PROVE_GAP       /* … but for what is left */
};

/* prove_rows.c */
void rk_prove_open(struct rk_prove_state *s, struct rk_certify *c, const int64_t *target,
                   struct rk_prove_effort *effort);
void rk_prove_close(struct rk_prove_state *s);
void rk_prove_begin_sum(struct rk_prove_state *s, uint32_t place, int64_t low, int64_t high);
void rk_prove_add_term(struct rk_prove_state *s, uint32_t number, int64_t factor);
/* Prices for levels first … end - 1, all 0; weights are the caller's to set. */
void rk_prove_no_prices(struct rk_prove_state *s, int first, int end);
/* How much more than the bound the target costs; prices that nothing comes of are left out. */
__int128 rk_prove_gap(struct rk_prove_state *s);
/* Tells the prices in the node, with `always` even where they change nothing, and narrows. */
enum rk_prove_outcome rk_prove_use_prices(struct rk_prove_state *s, uint32_t node, bool always);

/* prove_program.c */
/* Has s->program for what is left at the node; false: it would be too large. */
bool rk_prove_have_program(struct rk_prove_state *s, uint32_t node);
/* Gives it the costs of a level, and what is left. */
void rk_prove_set_program(const struct rk_prove_state *s, struct rk_prove_program *p, int level);
/* Its prices, as those at hand. `none`: nothing keeps all bounds. */
void rk_prove_take_prices(struct rk_prove_state *s, int level, const struct rk_prove_program *p,
                          bool none);
void rk_prove_free_program(struct rk_prove_program *p);

#endif
