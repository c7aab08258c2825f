/* The table `recruitments`. */
#ifndef RK_RECRUITMENTS_H
#define RK_RECRUITMENTS_H

#include "base/hash.h"
#include "model/cells.h"

enum rk_recruitment_status {                      /* in the order of the schema's words */
                             RK_RECRUITMENT_OPEN, /* also where the cell is empty */
                             RK_RECRUITMENT_DECIDED,
                             RK_RECRUITMENT_CANCELLED,
                             RK_RECRUITMENT_REOPENED,
};

struct rk_want { /* one item of `want`: "experience" (weight 1) or "experience:weight" */
    struct rk_text experience;
    rk_fixed weight; /* > 0 */
};

struct rk_recruitment {
    struct rk_text recruitment_id, department, unit, role, rubric;
    enum rk_recruitment_status status;
    int32_t seats, reserves;    /* reserves: 0 where the cell is empty */
    struct rk_text need;        /* '|'-joined */
    const struct rk_want *want; /* no experience twice */
    uint32_t want_count;
    int8_t training_required;                         /* -1 = missing */
    int32_t room_max;                                 /* -1 = no limit */
    int32_t opened, closes, decided_on, cancelled_on; /* days or RK_NO_DATE */
    struct rk_text reason_code;
    struct rk_pos pos; /* of the row as a whole */
};
static inline bool rk_recruitment_is_open(const struct rk_recruitment *recruitment)
{
    return recruitment->status == RK_RECRUITMENT_OPEN ||
           recruitment->status == RK_RECRUITMENT_REOPENED;
}

struct rk_recruitments {         /* zeroed = empty; give back with rk_recruitments_free */
    struct rk_recruitment *rows; /* sorted by recruitment_id */
    uint32_t count, room;
    struct rk_arena arena;
    struct rk_strings ids;
    uint32_t *place;
};

/* Reads the table to its end; a recruitment_id told twice, a weight that is not a number above
 * zero, or over a million seats or reserves make a bad row. */
enum rk_status rk_recruitments_read(struct rk_recruitments *recruitments, struct rk_table *table,
                                    const struct rk_schema *schema, struct rk_error *error);
uint32_t rk_recruitments_find(const struct rk_recruitments *recruitments,
                              struct rk_text recruitment_id);
/* Columns that tell recruitments apart: department, unit, role, rubric, recruitment_id, NULL. */
extern const char *const rk_recruitment_columns[];
size_t rk_recruitment_column(const char *name); /* its place, SIZE_MAX = it is none of them */
struct rk_text rk_recruitment_text(const struct rk_recruitment *recruitment, size_t column);
void rk_recruitments_free(struct rk_recruitments *recruitments);

#endif
