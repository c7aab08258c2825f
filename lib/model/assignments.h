/* The table `assignments`: who sits, sat or stands by on which panel. */
#ifndef RK_ASSIGNMENTS_H
#define RK_ASSIGNMENTS_H

#include "model/panelists.h"
#include "model/recruitments.h"

enum rk_seat { RK_SEAT_MEMBER, RK_SEAT_RESERVE };   /* in the order of the schema's words */
enum rk_assignment_status {                         /* likewise */
                            RK_ASSIGNMENT_PROPOSED, /* also where the cell is empty */
                            RK_ASSIGNMENT_CONFIRMED,
                            RK_ASSIGNMENT_DECLINED,
                            RK_ASSIGNMENT_ATTENDED,
                            RK_ASSIGNMENT_ABSENT,
};

struct rk_assignment {
    uint32_t recruitment, panelist; /* places in rk_recruitments and rk_panelists */
    enum rk_seat seat;
    int32_t position;      /* from 1; -1 = missing */
    struct rk_text stages; /* '|'-joined; empty = all of the recruitment */
    struct rk_text rater_id;
    bool has_fit, has_probability;
    rk_fixed fit, probability;
    enum rk_assignment_status status;
    int32_t declared_on, confidentiality_on; /* days or RK_NO_DATE */
    struct rk_pos pos;                       /* of a row that was read */
};

struct rk_assignments {         /* zeroed = empty; give back with rk_assignments_free */
    struct rk_assignment *rows; /* sorted by recruitment and panelist */
    uint32_t count, room;
    struct rk_arena arena;
};

/* Reads the table to its end and adds its rows to those that are there. A recruitment or panelist
 * that is not in its table, and a pair told twice, are bad rows; a pair
 * that was there before is the same row where no column but fit differs, and a bad one elsewhere.
 */
enum rk_status rk_assignments_read(struct rk_assignments *assignments, struct rk_table *table,
                                   const struct rk_schema *schema,
                                   const struct rk_panelists *panelists,
                                   const struct rk_recruitments *recruitments,
                                   struct rk_error *error);
/* Adds a declined row for every pair of these recruitments and panelists that has no row. */
void rk_assignments_bar(struct rk_assignments *assignments, const bool *recruitments,
                        uint32_t recruitment_count, const bool *panelists, uint32_t panelist_count);
/* Marks the row of the pair as declined; adds one where there is none, or not, as `add` says. */
void rk_assignments_decline(struct rk_assignments *assignments, uint32_t recruitment,
                            uint32_t panelist, bool add);
void rk_assignments_free(struct rk_assignments *assignments);

/* The first column, fit apart, in which two rows of one pair differ; NULL: none. */
const char *rk_assignment_difference(const struct rk_assignment *a, const struct rk_assignment *b);

/* The columns of the table, in the schema's order, and one row of it. */
extern const struct rk_writer_column rk_assignment_columns[];
enum { RK_ASSIGNMENT_COLUMNS = 11 };
void rk_assignment_write(struct rk_writer *writer, const struct rk_assignment *assignment,
                         const struct rk_panelists *panelists,
                         const struct rk_recruitments *recruitments);

#endif
