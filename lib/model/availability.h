/* The table `availability`: when panelists can come. */
#ifndef RK_AVAILABILITY_H
#define RK_AVAILABILITY_H

#include "model/panelists.h"

struct rk_available {
    uint32_t panelist;  /* place in rk_panelists */
    int64_t start, end; /* minutes, start < end */
};

struct rk_availability {       /* zeroed = empty; give back with rk_availability_free */
    struct rk_available *rows; /* sorted by panelist, start, end */
    uint32_t count, room;
};

/* Reads the table to its end. A panelist who is not among `panelists`, and a time that does not end
 * after it starts, are bad rows. */
enum rk_status rk_availability_read(struct rk_availability *availability, struct rk_table *table,
                                    const struct rk_schema *schema,
                                    const struct rk_panelists *panelists, struct rk_error *error);
void rk_availability_free(struct rk_availability *availability);

#endif
