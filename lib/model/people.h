/* The table `people`: people counted by kind, where nobody is named. All its columns but two are
 * features. */
#ifndef RK_PEOPLE_H
#define RK_PEOPLE_H

#include "model/features.h"

struct rk_people {      /* zeroed = empty; give back with rk_people_free */
    uint32_t *count;    /* by row: 1 where there is no such column */
    uint32_t *selected; /* at most count; NULL where there is no such column */
    uint32_t rows, room;
    struct rk_features
        *features; /* set before reading, or NULL: gets a row for each. The caller's */
};

/* Reads the table to its end. More selected than there are, and an empty cell, are bad rows. */
enum rk_status rk_people_read(struct rk_people *people, struct rk_table *table,
                              const struct rk_schema *schema, struct rk_error *error);
void rk_people_free(struct rk_people *people);

#endif
