/* From tables to an evening: who is in each meeting, when everybody can come, and which rounds
 * there are. Groups bring their members, interpreters and companions go along with those they
 * support, and who has a conflict of interest steps out. */
#ifndef RK_EVENING_ASSEMBLE_H
#define RK_EVENING_ASSEMBLE_H

#include "evening/evening.h"
#include "model/evening_tables.h"

struct rk_evening_rules {
    uint32_t most_rounds;        /* 0 = as many as are told, or as it takes */
    int32_t first_day, last_day; /* rounds are these days, RK_NO_DATE = not */
    bool weekends;               /* also Saturdays and Sundays */
    int64_t from, until;         /* rounds are made between these minutes; from == until = not */
    uint32_t minutes, between;   /* of a round, and between rounds */
    uint32_t room_limit;         /* where no rooms are told; 0 = any number */
    int32_t minors_until;        /* minutes of the day, -1 = no limit */
    uint32_t in_a_row;           /* 0 = no limit */
    uint32_t pause;              /* minutes that end a row */
    bool assume_available;
    uint32_t held;                    /* rounds that are over: what the old plan has there stays */
    const struct rk_strings *without; /* who does not come, or NULL … */
    const struct rk_strings *over; /* … but to these meetings, by id, which have been; or NULL */
};

enum rk_wanted_state { RK_WANTED_IN, RK_WANTED_CONFLICT, RK_WANTED_CANCELLED };

struct rk_assembled { /* give back with rk_assembled_free */
    struct rk_evening evening;
    const struct rk_evening_tables *tables;
    struct rk_arena arena;
    struct rk_evening_meeting *meetings;
    uint32_t *wanted;            /* by meeting: the place in tables->wanted */
    uint32_t *meeting;           /* by wanted: the meeting, RK_NONE where it is not to be */
    enum rk_wanted_state *state; /* by wanted */
    struct rk_text *participants, *support, *out; /* by wanted, '|'-joined */
    struct rk_strings places;
    bool *unknown;        /* by person: nobody knows when they can come */
    int32_t minors_until; /* minutes of the day, -1 = no limit */
    uint32_t ageless;     /* panelists in meetings who may be minors for all that is told */
    uint32_t stepped_out; /* members who step out of a meeting, in all */
};

enum rk_status rk_assemble(struct rk_assembled *assembled, const struct rk_evening_tables *tables,
                           const struct rk_evening_rules *rules, struct rk_error *error);
/* What an older plan says of the meetings: `old` and `old_room`, and fixed where they were held. */
enum rk_status rk_assemble_old(struct rk_assembled *assembled, const struct rk_plan_rows *plan,
                               uint32_t held, struct rk_error *error);
/* As the person is called: an id of the tables. */
static inline struct rk_text rk_assembled_who(const struct rk_assembled *assembled, uint32_t who)
{
    return assembled->tables->attendees.rows[who].id;
}
/* The minutes of a round; INT64_MIN where rounds have no time of day. */
int64_t rk_assembled_start(const struct rk_assembled *assembled, uint32_t round);
int64_t rk_assembled_end(const struct rk_assembled *assembled, uint32_t round);
/* Is the person a minor, and does the round end after what is the latest for them? */
bool rk_assembled_too_late(const struct rk_assembled *assembled, uint32_t who, uint32_t round);
void rk_assembled_free(struct rk_assembled *assembled);

#endif
