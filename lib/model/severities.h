/* The table `severity`: one row per rater of a unit, what a coordinator looks at. */
#ifndef RK_SEVERITIES_H
#define RK_SEVERITIES_H

#include "model/ratings.h"
#include "stream/write.h"

enum rk_rater_flag { /* bits, in the order they are written */
                     RK_RATER_SEVERE = 1,
                     RK_RATER_LENIENT = 2,
                     RK_RATER_FLAT = 4,     /* gave everyone the same */
                     RK_RATER_NARROW = 8,   /* uses half of the range or less, and spreads less */
                     RK_RATER_CENTRAL = 16, /* keeps to the middle */
                     RK_RATER_HALO = 32,    /* criteria alike */
                     RK_RATER_ODD = 64,     /* orders the candidates otherwise than the own group */
                     RK_RATER_ERRATIC = 128,   /* rasch: infit above 1.5 */
                     RK_RATER_MUTED = 256,     /* rasch: infit below 0.5 */
                     RK_RATER_FEW = 512,       /* met fewer than three candidates */
                     RK_RATER_ONE = 1024,      /* the only rater: nobody to compare with */
                     RK_RATER_UNLINKED = 2048, /* part of a unit that does not hang together */
                     RK_RATER_UNKNOWN = 4096,  /* severity could not be estimated */
                     RK_RATER_UNSURE = 8192,   /* it could, but nothing tells its error */
};
enum { RK_RATER_FLAGS = 14 };

struct rk_rater_row {
    uint32_t recruitment, stage, group, rater; /* struct rk_ids; RK_NONE = several together */
    enum rk_basis basis;
    uint32_t part; /* from 1; 0 = fitted over all parts */
    size_t n_ratings, n_candidates;
    double mean, severity, se, low, high; /* here and below NaN = missing */
    double spread, spread_others;
    double range_used;
    double agree_own, agree_rest;
    double halo, central, infit, outfit;
    unsigned flags; /* enum rk_rater_flag */
};
enum { RK_SEVERITIES_COLUMNS = 24 };
void rk_severities_columns(struct rk_writer_column columns[RK_SEVERITIES_COLUMNS]);
/* The note, a flag in plain words, is in the language that texts are translated to now. */
void rk_severities_write(const struct rk_ids *ids, const struct rk_rater_row *row,
                         struct rk_writer *writer);

#endif
