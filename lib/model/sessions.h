/* The table `sessions`: when the stages of recruitments are. */
#ifndef RK_SESSIONS_H
#define RK_SESSIONS_H

#include "model/recruitments.h"

struct rk_session {
    uint32_t recruitment; /* place in rk_recruitments */
    int64_t start, end;   /* minutes, start < end */
    struct rk_text stage, place;
};

struct rk_sessions {         /* zeroed = empty; give back with rk_sessions_free */
    struct rk_session *rows; /* sorted by recruitment, start, end, stage */
    uint32_t count, room;
    uint32_t *first; /* by recruitment, + 1 */
    struct rk_arena arena;
};

/* Reads the table to its end. A recruitment that is not among `recruitments`, and a session that
 * does not end after it starts, are bad rows. */
enum rk_status rk_sessions_read(struct rk_sessions *sessions, struct rk_table *table,
                                const struct rk_schema *schema,
                                const struct rk_recruitments *recruitments, struct rk_error *error);
/* Those of one recruitment. */
static inline const struct rk_session *rk_sessions_of(const struct rk_sessions *sessions,
                                                      uint32_t recruitment, uint32_t *count)
{
    *count = sessions->count ? sessions->first[recruitment + 1] - sessions->first[recruitment] : 0;
    return *count ? sessions->rows + sessions->first[recruitment] : NULL;
}
/* Does a session of `a` overlap one of `b` (touching is not overlapping)? Those of `stages` alone,
 * '|'-joined; empty = all. */
bool rk_sessions_meet(const struct rk_sessions *sessions, uint32_t a, struct rk_text stages_a,
                      uint32_t b, struct rk_text stages_b);
void rk_sessions_free(struct rk_sessions *sessions);

#endif
