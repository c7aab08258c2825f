/* The table `panelists`: the user bank. */
#ifndef RK_PANELISTS_H
#define RK_PANELISTS_H

#include "base/hash.h"
#include "model/cells.h"
#include "model/features.h"

enum rk_panelist_status { /* in the order of the schema's words */
                          RK_PANELIST_APPLIED,
                          RK_PANELIST_ACTIVE,
                          RK_PANELIST_PAUSED,
                          RK_PANELIST_LEFT,
};

struct rk_panelist {
    struct rk_text panelist_id;
    enum rk_panelist_status status;
    struct rk_text experience; /* '|'-joined; personal */
    int32_t birth_year;        /* -1 = missing; personal */
    struct rk_text gender, organisation, language, support, area;
    int32_t joined, left, trained_on, consent_until, consent_withdrawn_on; /* days or RK_NO_DATE */
    int8_t research_consent, guardian_consent;                             /* -1 = missing */
    int32_t max_per_month, max_per_year;                                   /* -1 = no cap */
};

struct rk_panelists {         /* zeroed = empty; give back with rk_panelists_free */
    struct rk_panelist *rows; /* sorted by panelist_id */
    uint32_t count, room;
    struct rk_arena arena;
    struct rk_strings ids;
    uint32_t *place; /* of an id's number among the rows */
    /* Set before reading, or NULL: gets a row for each of `rows`, in their order. The caller's. */
    struct rk_features *features;
};

/* Reads the table to its end; a panelist_id told twice is a bad row. A feature that is no column of the
 * table is an error. */
enum rk_status rk_panelists_read(struct rk_panelists *panelists, struct rk_table *table,
                                 const struct rk_schema *schema, struct rk_error *error);
uint32_t rk_panelists_find(const struct rk_panelists *panelists, struct rk_text panelist_id);
void rk_panelists_free(struct rk_panelists *panelists);

#endif
