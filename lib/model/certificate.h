/* The certificate of a match: the prices by which anybody can show, without solving anything, that
 * no choice is better (share/schema/certificate.schema.json tells what each means). Read here with
 * its names resolved; whether it is true is for lib/panel/verify.h. */
#ifndef RK_CERTIFICATE_H
#define RK_CERTIFICATE_H

#include "base/exact.h"
#include "model/panelists.h"
#include "model/recruitments.h"

/* What a choice is judged by, in this order; all are least. */
enum rk_choice_level {
    RK_CHOICE_SEATS,    /* places unfilled */
    RK_CHOICE_SHORTAGE, /* growth of the sum of squares of the seats lacking */
    RK_CHOICE_CHANGE,   /* minus the sum of what staying is worth */
    RK_CHOICE_FIT,      /* minus the sum of fit, in fit_unit */
    RK_CHOICE_LOAD,     /* growth of the sum of squares of all memberships */
    RK_CHOICE_LOTTERY,  /* sum of the numbers drawn */
    RK_CHOICE_LEVELS
};
extern const char *const rk_choice_level_names[RK_CHOICE_LEVELS + 1]; /* ends with NULL */

struct rk_certificate_stay { /* what it is worth that the panelist stays where they had a seat */
    uint32_t recruitment, panelist;
    int64_t worth;
};

struct rk_certificate_row { /* a quota, less kept members */
    uint32_t recruitment;
    struct rk_text feature, value;
    int32_t min, max;
    uint32_t around; /* place among the rows, always after this one; RK_NONE = none */
};

struct rk_certificate_price {
    uint32_t of; /* place of a recruitment, a panelist, a row or a crossing row */
    int64_t price;
};
struct rk_certificate_prices {
    struct rk_certificate_price *items;
    uint32_t count;
};

enum rk_certificate_limit_kind {
    RK_CERTIFICATE_YEAR,
    RK_CERTIFICATE_MONTH,
    RK_CERTIFICATE_OVERLAP
};
struct rk_certificate_limit {  /* on how many memberships a panelist gets */
    uint32_t panelist, number; /* the same limit has the same number in all stages */
    enum rk_certificate_limit_kind kind;
    int32_t month;           /* rk_month_of; of a year its first; not of an overlap */
    const uint32_t *overlap; /* recruitments, ascending, none twice */
    uint32_t overlap_count;
    int64_t price;
};

struct rk_certificate_stage {
    int first, end;                   /* levels first … end - 1, solved as one */
    int64_t weight[RK_CHOICE_LEVELS]; /* over 0, of those levels */
    struct rk_certificate_prices recruitments, pools, panelists, rows, crossing;
    struct rk_certificate_limit *limits;
    uint32_t limit_count;
};

enum rk_certificate_mode {
    RK_CERTIFICATE_CHOICE,
    RK_CERTIFICATE_PROGRAMME, /* a lottery over several recruitments: the stages of seats and
                               * shortage; its chances are not read yet */
    RK_CERTIFICATE_PANELS     /* a lottery over the panels of one */
};

/* A number, and a list of numbers by place: a panel's weight and counts by type; a step's level and
 * prices by row; the least of a cut and its entries by column. */
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
struct rk_certificate_panels {
    struct rk_certificate_row *quotas; /* of no recruitment */
    uint32_t *type_of;                 /* by panelist, or RK_NONE */
    struct rk_fraction *type_values;
    uint32_t quota_count, type_count, empty, drawn;
    struct rk_fraction total;
    struct rk_certificate_vectors panels, steps, cuts;
};

struct rk_certificate { /* zeroed = empty; give back with rk_certificate_free */
    const char *file;
    enum rk_certificate_mode mode;
    char which; /* the case: A, B, C */
    struct rk_certificate_panels lottery;
    struct rk_text seed;
    bool assume_available, assume_adult, require_declarations, candidate_conflicts_pass;
    rk_fixed fit_unit; /* over 0 */
    int64_t values[RK_CHOICE_LEVELS], bounds[RK_CHOICE_LEVELS];
    bool optimal;
    struct rk_certificate_stay *stay;
    struct rk_certificate_row *rows, *crossing;
    struct rk_certificate_stage *stages; /* their levels follow each other, from the first */
    uint32_t stay_count, row_count, crossing_count, stage_count, limit_numbers;
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
