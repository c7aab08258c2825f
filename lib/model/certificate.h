/* The certificate of a match: the prices by which anybody can show, without solving anything, that
 * no choice is better (share/schema/certificate.schema.json tells what each means). Read here with
 * its names resolved; whether it is true is for lib/panel/verify.h. */
#ifndef RK_CERTIFICATE_H
#define RK_CERTIFICATE_H

#include "base/exact.h"
#include "base/hash.h"
#include "model/panelists.h"
#include "model/recruitments.h"

/* What a choice is judged by, in this order; all are least. Fit is counted in the largest unit that
 * all fits are multiples of. */
enum rk_choice_level {
    RK_CHOICE_SEATS,    /* places unfilled */
    RK_CHOICE_SHORTAGE, /* growth of the sum of squares of the seats lacking */
    RK_CHOICE_CHANGE,   /* minus the sum of what staying is worth */
    RK_CHOICE_FIT,      /* minus the sum of fit */
    RK_CHOICE_LOAD,     /* growth of the sum of squares of all memberships */
    RK_CHOICE_LOTTERY,  /* sum of the numbers drawn */
    RK_CHOICE_LEVELS
};
extern const char *const rk_choice_level_names[RK_CHOICE_LEVELS + 1]; /* ends with NULL */

struct rk_certificate_pair {
    uint32_t recruitment, panelist;
};

/* Prices are put on rows, which are sums of numbers. Both are told by their places, as
 * lib/panel/verify.h numbers what the rules know; the rows of the certificate come after those. */
struct rk_certificate_row {
    uint32_t *of; /* numbers, ascending */
    int64_t *factor;
    uint32_t count;
};
struct rk_certificate_price {
    uint32_t row;
    int64_t price;
};
struct rk_certificate_prices {
    struct rk_certificate_price *items;
    uint32_t count;
};

struct rk_certificate_stage {
    int first, end; /* levels first … end - 1, solved as one; of a cut: the one after all */
    int64_t weight[RK_CHOICE_LEVELS + 1]; /* over 0, of those levels */
    struct rk_certificate_prices prices;
};
/* Stages, then either nothing or a split: the sum of a row is at most `at` in the node `low`, more
 * in the node `high`. No node is of two others. */
struct rk_certificate_node {
    uint32_t first_stage, stages, split, low, high; /* split: a row, or RK_NONE */
    int64_t at;
};

enum rk_certificate_mode {
    RK_CERTIFICATE_CHOICE,
    RK_CERTIFICATE_PROGRAMME, /* a lottery over several recruitments */
    RK_CERTIFICATE_PANELS     /* a lottery over the panels of one */
};

struct rk_certificate_value { /* a number, and what is expected of it */
    uint32_t of;
    struct rk_fraction expected;
};

/* A panel's weight, or the level of a step; and how many of each type, or the price of each row. */
struct rk_certificate_vector {
    struct rk_fraction number;
    struct rk_certificate_term {
        uint32_t of;
        struct rk_whole number;
    } * terms;
    uint32_t count;
};
struct rk_certificate_vectors {
    struct rk_certificate_vector *items;
    uint32_t count;
};
struct rk_certificate_cut { /* no panel has a smaller sum of the row; proven from the node on */
    uint32_t row, node;
    int64_t least;
};

struct rk_certificate { /* zeroed = empty; give back with rk_certificate_free */
    const char *file;
    enum rk_certificate_mode mode;
    struct rk_certificate_vectors steps;  /* of a lottery */
    struct rk_certificate_value *values;  /* of a programme, ascending; others are 0 */
    struct rk_certificate_vectors panels; /* of panels */
    struct rk_certificate_cut *cuts;
    struct rk_text seed;
    bool assume_available, assume_adult, require_declarations, candidate_conflicts_pass;
    struct rk_strings only; /* the recruitments that alone are filled */
    bool repair;            /* some leave panels, which are repaired: */
    struct rk_certificate_pair *left;
    struct rk_certificate_lowered { /* a minimum that cannot be kept */
        uint32_t quota;
        int32_t by; /* from 0 */
    } * lowered;
    struct rk_certificate_row *rows;
    struct rk_certificate_stage *stages;
    struct rk_certificate_node *nodes; /* the first is the whole */
    uint32_t left_count, lowered_count, row_count, stage_count, node_count;
    uint32_t value_count, cut_count;
    uint32_t row_end, number_end; /* one more than the largest place that is told */
    struct rk_arena arena;
};

/* RK_BAD_DATA, naming where, when the document is not of the form, or names a panelist or a
 * recruitment that is not in its table. Of any size that memory has room for, up to 4 GiB. */
enum rk_status rk_certificate_read(struct rk_certificate *certificate, const char *path,
                                   const struct rk_panelists *panelists,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_error *error);
void rk_certificate_free(struct rk_certificate *certificate);

#endif
