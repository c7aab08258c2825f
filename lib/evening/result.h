/* What came of an evening, for people: rows of the table plan, why it takes so many rounds, the
 * plan on the wall and in calendars. */
#ifndef RK_EVENING_RESULT_H
#define RK_EVENING_RESULT_H

#include "evening/assemble.h"

/* The rows in the order of time; what is not to be, and what went since the old plan (or NULL),
 * last. Texts are of `assembled`, of `old`, or kept in rows->arena. */
void rk_evening_rows(struct rk_plan_rows *rows, const struct rk_assembled *assembled,
                     const struct rk_evening_plan *plan, const struct rk_plan_rows *old);

/* Why no fewer rounds, or with `none` no plan at all, in one sentence without a full stop. */
void rk_evening_why(struct rk_buf *out, const struct rk_assembled *assembled,
                    const struct rk_bottleneck *why, bool none);
/* The rounds in which somebody's meeting could be, as far as presence tells: "1-3, 5". */
void rk_evening_when(struct rk_buf *out, const struct rk_assembled *assembled, uint32_t meeting);

/* Everybody a row is for, candidate and support too, groups by their members. */
struct rk_evening_person {
    struct rk_text id;
    bool candidate;
};
uint32_t rk_evening_people(const struct rk_assembled *assembled, const struct rk_plan_row *row,
                           struct rk_evening_person **people); /* the caller frees */

/* The plan on the wall: one HTML file, by room and by person, in `language` ("sv" or "en"). */
void rk_evening_wall(struct rk_buf *out, const struct rk_assembled *assembled,
                     const struct rk_plan_rows *rows, const char *language);

#endif
