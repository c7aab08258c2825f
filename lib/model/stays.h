/* How long hires stayed, or anything lasted: from the table `hires`, as it was known on a day, or
 * from `spells`. */
#ifndef RK_STAYS_H
#define RK_STAYS_H

#include "model/cells.h"
#include "model/features.h"

struct rk_stay {
    double time;     /* in the unit asked for */
    bool ended;      /* else still going on then */
    uint32_t reason; /* place in `reasons`, or RK_NONE */
    uint32_t source; /* row of the features */
};

struct rk_stays { /* zeroed = empty; give back with rk_stays_free */
    struct rk_stay *rows;
    size_t count, room;
    struct rk_strings reasons;
    struct rk_strings people; /* of hires: candidate_id, by row */
    uint64_t later;           /* hires that began after the day: not among the rows */
    struct rk_features
        *features; /* set before reading, or NULL: gets a row for each of the table */
};

/* Hires as known on `day`: who ended later was still there. `per_unit` days are a unit of time. A
 * candidate_id told twice, and one that ended before it started, are bad rows. */
enum rk_status rk_stays_read_hires(struct rk_stays *stays, struct rk_table *table, int32_t day,
                                   double per_unit, struct rk_error *error);
/* Spells: `ended` are the words of event, '|'-joined, of those that ended. */
enum rk_status rk_stays_read_spells(struct rk_stays *stays, struct rk_table *table,
                                    struct rk_text ended, struct rk_error *error);
void rk_stays_free(struct rk_stays *stays);

#endif
