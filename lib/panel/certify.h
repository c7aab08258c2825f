/* What certificates of choices and of lotteries have in common. Known inside lib/panel only. */
#ifndef RK_CERTIFY_H
#define RK_CERTIFY_H

#include "base/hash.h"
#include "panel/certificate.h"
#include "panel/network.h"

/* A document being written. Numbers and rows have the places that lib/panel/verify.h tells. Rows of
 * the document's own are told by their JSON text, numbered as they come and written last. */
struct rk_certify {
    const struct rk_explain *match;
    struct rk_buf *out;
    const int32_t *lowered; /* by quota: what its min is less than asked */
    struct rk_strings rows;
    struct rk_buf row; /* the text of the row at hand */
    bool any;          /* something is in the list at hand */
    bool *tied; /* by panelist: a stage has shown that what the own limit rests on is full in every
                 * best choice */
    bool loose; /* the stages told do not count with all the people that seats are kept for */
    struct rk_match_kinds *kinds;       /* by recruitment */
    uint32_t *quota_first, *kind_first; /* by recruitment, + 1 */
    uint32_t *kind_rank;                /* by kind_first, and kind: its place among them */
    uint32_t *empty_first;              /* by recruitment, + 1: the numbers of empty places */
    bool *none_kept; /* by kind_first, and kind: a stage has shown that no best choice keeps any */
    struct rk_certify_stepped { /* prices of a lottery's steps, each times `sign` */
        uint32_t step, row;
        int64_t price;
    } * stepped;
    uint32_t stepped_count, stepped_room, step;
    int sign;
    bool in_steps;                   /* prices go there, to the step at hand; else to … */
    struct rk_certify_price *prices; /* of the stage at hand */
    uint32_t price_count, price_room;
};

/* A stage that flows were solved for: prices of rows, which prove something of the levels first …
 * end - 1 together. */
struct rk_certify_stage {
    uint32_t first, end;
    int64_t weight[RK_MATCH_LEVELS]; /* by level */
    const struct rk_certify_price {
        uint32_t row;
        int64_t price;
    } * prices;
    uint32_t price_count;
};

/* The places of rows and numbers. */
uint32_t rk_certify_seats(const struct rk_certify *c, uint32_t recruitment);
uint32_t rk_certify_group(const struct rk_certify *c, uint32_t quota);
uint32_t rk_certify_quota(const struct rk_certify *c, uint32_t quota);
uint32_t rk_certify_level(const struct rk_certify *c, int level);
uint32_t rk_certify_kept(const struct rk_certify *c, uint32_t recruitment, uint32_t kind);
static inline const uint64_t *rk_certify_kind(const struct rk_certify *c, uint32_t recruitment,
                                              uint32_t kind)
{
    return c->kinds[recruitment].quotas + kind * c->kinds[recruitment].words;
}

void rk_certify_open(struct rk_certify *c, const struct rk_certificate_rules *rules,
                     const char *mode);
void rk_certify_close(struct rk_certify *c); /* writes the rows and frees */
/* For those who write none: the places alone. */
void rk_certify_begin(struct rk_certify *c);
void rk_certify_end(struct rk_certify *c);
/* Begins a list, then each item: writes ",\n "name":[", then what stands before an item. */
void rk_certify_list(struct rk_certify *c, const char *name);
void rk_certify_next(struct rk_certify *c);
/* Adds a number to the row at hand, in ascending order; the place of that row, which is emptied. */
void rk_certify_term(struct rk_certify *c, uint32_t number, int64_t factor);
uint32_t rk_certify_row(struct rk_certify *c);
/* Adds to the prices at hand; not where it is 0. */
void rk_certify_price(struct rk_certify *c, uint32_t row, int64_t price);

/* Tells the stages of the levels 0 … levels - 1 as far as there are potentials, for a choice with
 * these amounts by arc. */
void rk_certify_stages(struct rk_certify *c, const int64_t *amount, uint32_t levels,
                       void (*tell)(void *context, const struct rk_certify_stage *stage),
                       void *context);
/* Writes the nodes: one, with those stages. */
void rk_certify_flows(struct rk_certify *c, const int64_t *amount, uint32_t levels);

/* A lottery's potentials, as places among the totals. */
struct rk_certify_equal {
    const int64_t *place; /* by node, then of what empty seats come from */
    const int64_t *own;   /* by panelist: of the own total */
    const bool *full;     /* by panelist: the own limit is full */
    const struct rk_programme *lottery;
};
/* Fills `stepped`, by step and row (to be summed): for each place, the prices that fix all who are
 * in parts of that total. */
void rk_certify_equal(struct rk_certify *c, const struct rk_certify_equal *equal);

/* Write nodes, of which there are `before` already, and return how many: that no choice is better
 * at the levels 0 … end - 1 (with `amount`, those stages are the first); that none with so many
 * empty seats has a smaller sum than the cut, in costs by number. As far as a limited search goes.
 */
uint32_t rk_certify_search(struct rk_certify *c, int end, const int64_t *amount);
uint32_t rk_certify_cut(struct rk_certify *c, const int64_t *costs, int64_t least, uint32_t empty,
                        uint32_t before);
/* Is the match small enough for that? */
bool rk_certify_is_small(const struct rk_certify *c);

#endif
