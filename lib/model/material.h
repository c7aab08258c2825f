/* What a monthly report is computed from: of each table the columns that a report uses, and nothing
 * else. Texts are numbers in `words`, so that ids can be compared and counted. Tables that were not
 * given are not present; a table that is present and empty is. */
#ifndef RK_MATERIAL_H
#define RK_MATERIAL_H

#include "base/hash.h"
#include "table/table.h"

#define RK_NO_DAY INT32_MIN /* a missing date */
#define RK_NO_COUNT INT64_MIN

struct rk_material_recruitment {
    uint32_t id, department, role, status, reason;
    int64_t seats, reserves;
    int32_t opened, closes, decided, cancelled;
};
struct rk_material_session {
    uint32_t recruitment, stage;
    int64_t start, end; /* minutes */
};
struct rk_material_assignment {
    uint32_t recruitment, panelist, seat, status, stages;
    int32_t declared;
};
struct rk_material_panelist {
    uint32_t id, status;
    int32_t joined, left, trained, consent_until, withdrawn;
};
struct rk_material_candidate {
    uint32_t id, recruitment, status, stage;
    int32_t applied;
};
struct rk_material_ranking { /* one row per recruitment, stage, candidate and rater group */
    uint32_t recruitment, stage, candidate, group; /* group RK_NONE: the combined rank */
    rk_fixed value;                                /* the group's score, or the combined rank */
    rk_fixed weight;                               /* of the group; 1 where the table tells none */
};
struct rk_material_decision {
    uint32_t recruitment, candidate, outcome, reason;
    int32_t decided, legal_force, users_told, candidates_told;
};
struct rk_material_activity {
    uint32_t panelist, recruitment, stage;
    int32_t date;
    rk_fixed hours;
};
struct rk_material_event {
    uint32_t recruitment, stage, group;
    int32_t date;
    int64_t n;
};
struct rk_material_contribution {
    uint32_t recruitment, stage, group, kind, adopted;
    int32_t date;
};

struct rk_material_honorarium {                  /* a line of what is paid */
    uint32_t month, panelist, recruitment, kind; /* month as "2024-03" */
    rk_fixed amount;
};

#define RK_MATERIAL_TABLES(X)                                                                      \
    X(recruitments, recruitment)                                                                   \
    X(sessions, session)                                                                           \
    X(assignments, assignment)                                                                     \
    X(panelists, panelist)                                                                         \
    X(candidates, candidate)                                                                       \
    X(ranking, ranking)                                                                            \
    X(decisions, decision)                                                                         \
    X(activities, activity)                                                                        \
    X(events, event)                                                                               \
    X(contributions, contribution)                                                                 \
    X(honoraria, honorarium)

enum rk_material_table {
#define X(table, row) RK_MATERIAL_##table,
    RK_MATERIAL_TABLES(X)
#undef X
        RK_MATERIAL_COUNT
};

struct rk_material {
    struct rk_strings words; /* 0 is the empty text: a missing cell */
#define X(table, row)                                                                              \
    struct rk_material_##row *table;                                                               \
    size_t table##_count, table##_room;
    RK_MATERIAL_TABLES(X)
#undef X
    bool present[RK_MATERIAL_COUNT];
};

extern const char
    *const rk_material_names[RK_MATERIAL_COUNT + 1]; /* of the tables; ends with NULL */

void rk_material_start(struct rk_material *material);
void rk_material_free(struct rk_material *material);
/* Reads all of `table`, whose schema is that of `which`, to its end. */
enum rk_status rk_material_read(struct rk_material *material, enum rk_material_table which,
                                struct rk_table *table, const struct rk_schema *schema,
                                struct rk_error *error);
static inline uint32_t rk_material_word(struct rk_material *material, const char *word)
{
    return rk_strings_add(&material->words, rk_text(word));
}

#endif
