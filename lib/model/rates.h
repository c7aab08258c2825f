/* The table `rates`: law and money by calendar year, each with its source. Nothing of it is in
 * code. */
#ifndef RK_RATES_H
#define RK_RATES_H

#include "base/hash.h"
#include "model/cells.h"

enum rk_rate_unit { /* in the order of the schema's words */
                    RK_RATE_SEK,
                    RK_RATE_PERCENT, /* of the year's price_base_amount */
                    RK_RATE_SEK_KM,
                    RK_RATE_SEK_MIL, /* ten kilometres */
                    RK_RATE_HOURS,
};

struct rk_rate {
    int32_t year;
    uint32_t name; /* place in `names` */
    rk_fixed value;
    enum rk_rate_unit unit;
    bool confirmed;
};

struct rk_rates { /* zeroed = empty; give back with rk_rates_free */
    struct rk_rate *rows;
    uint32_t count, room;
    struct rk_strings names;
    struct rk_tuples keys; /* (year, name) → place among the rows */
};

/* Adds a table: a rate of a year that is there already, from an earlier table, gives way; twice in
 * one table is a bad row. */
enum rk_status rk_rates_read(struct rk_rates *rates, struct rk_table *table,
                             const struct rk_schema *schema, struct rk_error *error);
/* NULL where the year has none of the name. */
const struct rk_rate *rk_rates_find(const struct rk_rates *rates, int32_t year, const char *name);
void rk_rates_free(struct rk_rates *rates);

#endif
