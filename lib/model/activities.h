/* The table `activities`: work done by panelists. */
#ifndef RK_ACTIVITIES_H
#define RK_ACTIVITIES_H

#include "base/hash.h"
#include "model/cells.h"

#define RK_NO_TIME INT64_MIN

struct rk_activity {
    uint32_t panelist, recruitment; /* places in `panelists` and `recruitments`; recruitment may be
                                     * RK_NONE */
    uint32_t stage;                 /* place in `stages` */
    int32_t date;                   /* days */
    int64_t start;                  /* minutes, or RK_NO_TIME */
    rk_fixed hours, travel_hours, travel_km, expense; /* 0 where missing */
};

struct rk_activities { /* zeroed = empty; give back with rk_activities_free */
    struct rk_activity *rows;
    uint32_t count, room;
    struct rk_strings panelists, recruitments, stages;
};

/* What a row needs beyond its cells: false, and why in `why`, puts it among the bad rows at the
 * column `field`, one of the schema's. */
typedef bool (*rk_activity_check)(void *context, const struct rk_activity *activity,
                                  const char **field, struct rk_buf *why);

/* Reads the table to its end, its rows sorted by panelist_id, date, start and the rest: the order
 * of the file does not show. A row that begins on another day than its date is bad. */
enum rk_status rk_activities_read(struct rk_activities *activities, struct rk_table *table,
                                  const struct rk_schema *schema, rk_activity_check check,
                                  void *context, struct rk_error *error);
void rk_activities_free(struct rk_activities *activities);

#endif
