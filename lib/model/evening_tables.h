/* The tables of an evening: who meets whom (meetings), who they are (participants), when they can
 * come (presence, availability), rounds, rooms, travel and gaps; and a plan of it. */
#ifndef RK_EVENING_TABLES_H
#define RK_EVENING_TABLES_H

#include "base/hash.h"
#include "model/cells.h"

enum rk_attendee_kind { /* in the order of the schema's words */
                        RK_ATTENDEE_PANELIST,
                        RK_ATTENDEE_GROUP,
                        RK_ATTENDEE_CANDIDATE,
                        RK_ATTENDEE_SUPPORT,
};

struct rk_attendee {
    struct rk_text id;
    enum rk_attendee_kind kind;
    struct rk_text members, supports; /* '|'-joined */
    int32_t size, in_a_row;           /* -1 = missing */
    int8_t minor;                     /* -1 = missing */
    int32_t birth_year;               /* -1 = not known */
    struct rk_pos pos;                /* of `supports` */
};
/* Candidates have ids of their own: `candidate` tells in which of the two an id is looked for. */
struct rk_attendees {
    struct rk_attendee *rows;
    uint32_t count, room;
    struct rk_strings keys; /* "c" or "p" before the id; numbers are places in rows */
};

struct rk_wanted { /* a meeting; several rows of the table may make it */
    struct rk_text id;
    uint32_t *who, who_count, who_room; /* participants, in the order of the table */
    uint32_t candidate;                 /* or RK_NONE */
    struct rk_text recruitment_id, place;
    uint32_t length; /* 0 = not told */
    uint32_t fixed;  /* from 1; 0 = not told */
};

struct rk_present {
    uint32_t who, round; /* from 1 */
};
struct rk_free_time {
    uint32_t who;
    int64_t start, end; /* minutes */
};
struct rk_told_round {
    uint32_t number; /* from 1 */
    int64_t start, end;
};
struct rk_told_room {
    struct rk_text id, place;
    int32_t most;       /* -1 = any number */
    int64_t start, end; /* INT64_MIN, INT64_MAX = always */
};
struct rk_told_travel {
    struct rk_text from, to;
    int32_t minutes, rounds; /* -1 = missing */
};
struct rk_told_gap {
    uint32_t a, b, rounds; /* places in wanted */
};
struct rk_interest { /* a conflict of interest */
    uint32_t who;
    struct rk_text candidate_id, recruitment_id, unit; /* one of them */
};

enum rk_plan_status { /* in the order of the schema's words */
                      RK_PLAN_PLANNED,
                      RK_PLAN_MOVED,
                      RK_PLAN_CANCELLED,
                      RK_PLAN_CONFLICT,
};
struct rk_plan_row {
    struct rk_text id; /* of the meeting, made of participants and candidate where it is empty */
    struct rk_text room_id, place, participants, candidate_id, support, out;
    uint32_t round;     /* from 1; 0 = none */
    int64_t start, end; /* INT64_MIN = missing */
    enum rk_plan_status status;
    uint32_t sequence;
    bool has_participants, has_support; /* the column is there */
    struct rk_pos pos;
};

struct rk_evening_tables { /* zeroed = empty; give back with rk_evening_tables_free */
    struct rk_arena arena;
    struct rk_attendees attendees;
    struct rk_wanted *wanted;
    uint32_t wanted_count, wanted_room;
    struct rk_strings wanted_ids;
    struct rk_present *present;
    uint32_t present_count, present_room;
    struct rk_free_time *times;
    uint32_t times_count, times_room;
    bool has_times; /* the table availability was given */
    struct rk_told_round *rounds;
    uint32_t round_count, round_room;
    struct rk_told_room *rooms;
    uint32_t room_count, room_room;
    struct rk_told_travel *travel;
    uint32_t travel_count, travel_room;
    struct rk_told_gap *gaps;
    uint32_t gap_count, gap_room;
    struct rk_interest *interests;
    uint32_t interest_count, interest_room;
    struct rk_strings recruitments; /* ids … */
    struct rk_text *units;          /* … and their units */
    uint32_t unit_room;
    struct rk_strings raters; /* ids … */
    struct rk_text *rater_panelists;
    uint32_t rater_room;
    uint32_t strangers; /* rows of presence of people who are in no meeting, passed over */
    uint32_t vague;     /* conflicts that cannot be told to be of somebody here, passed over */
};

uint32_t rk_attendees_find(const struct rk_attendees *attendees, bool candidate, struct rk_text id);
/* Each reads its table to its end. The order: participants, meetings, and then the others;
 * recruitments and raters before conflicts. What is told twice or differently, and what names a
 * meeting that is not there, are bad rows; support of nobody is RK_BAD_DATA. People, meetings, rooms
 * and gaps are in the order of their ids, whatever that of the rows. */
typedef enum rk_status rk_evening_reader(struct rk_evening_tables *tables, struct rk_table *table,
                                         const struct rk_schema *schema, struct rk_error *error);
rk_evening_reader rk_evening_read_participants, rk_evening_read_meetings, rk_evening_read_presence,
    rk_evening_read_availability, rk_evening_read_rounds, rk_evening_read_rooms,
    rk_evening_read_travel, rk_evening_read_gaps, rk_evening_read_panelists,
    rk_evening_read_recruitments, rk_evening_read_raters, rk_evening_read_conflicts;
void rk_evening_tables_free(struct rk_evening_tables *tables);

struct rk_plan_rows { /* zeroed = empty; give back with rk_plan_rows_free */
    struct rk_arena arena;
    struct rk_plan_row *rows;
    uint32_t count, room;
};
enum rk_status rk_plan_read(struct rk_plan_rows *plan, struct rk_table *table,
                            const struct rk_schema *schema, struct rk_error *error);
void rk_plan_rows_free(struct rk_plan_rows *plan);
extern const struct rk_writer_column rk_plan_columns[];
enum { RK_PLAN_COLUMNS = 12 };
void rk_plan_write(struct rk_writer *writer, const struct rk_plan_row *row);

#endif
