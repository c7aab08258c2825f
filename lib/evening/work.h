/* What the parts of lib/evening work on: the evening, worked out once. */
#ifndef RK_EVENING_WORK_H
#define RK_EVENING_WORK_H

#include "base/mem.h"
#include "evening/evening.h"

/* Two meetings that need more than not to be at the same time. */
struct rk_evening_pair {
    uint32_t a, b, gap; /* starts at least `gap` rounds apart; 0 = no matter */
    uint32_t travel;    /* after the first has ended: minutes, or rounds without times */
    bool shared;        /* somebody is in both */
};

/* Rooms of a place for meetings that take at least so many: in no round more of these meetings than
 * rooms. */
struct rk_evening_class {
    uint32_t *meetings, count;
    uint32_t *rooms; /* by round */
    uint32_t most;   /* the largest of these */
};

struct rk_evening_work {
    const struct rk_evening *evening;
    uint32_t words;
    uint64_t *can;         /* by meeting: the set of rounds it may start in */
    uint32_t *first, *of;  /* by person: the meetings */
    bool *live;            /* whose meetings are not all another's too */
    uint32_t *row, *night; /* by round: which row and which evening it is in */
    struct rk_evening_pair *pairs;
    uint32_t pair_count, pair_room;
    uint32_t *pair_first, *pair_of; /* by meeting */
    struct rk_evening_class *classes;
    uint32_t class_count;
    bool plain; /* all of length 1, no pairs */
};

/* RK_BAD_DATA where there are too many of something. Free also after that. */
enum rk_status rk_evening_work_new(struct rk_evening_work *work, const struct rk_evening *evening,
                                   struct rk_error *error);
void rk_evening_work_free(struct rk_evening_work *work);

static inline const uint64_t *rk_evening_can(const struct rk_evening_work *work, uint32_t meeting)
{
    return work->can + (size_t)meeting * work->words;
}
/* May the two start in these rounds? */
bool rk_evening_apart(const struct rk_evening_work *work, const struct rk_evening_pair *pair,
                      uint32_t start_a, uint32_t start_b);
/* Is somebody of the live ones in both meetings? */
bool rk_evening_share(const struct rk_evening_work *work, uint32_t a, uint32_t b);

/* ---- bound ---- */

/* The fewest rounds that any plan uses, at least: RK_NONE where there can be none at all. `why` is
 * filled. */
uint32_t rk_evening_bound(const struct rk_evening_work *work, struct rk_bottleneck *why);
/* At least so many rounds of waiting in all in a plan of so many rounds. */
uint64_t rk_evening_bound_waits(const struct rk_evening_work *work, uint32_t rounds);

/* ---- colour ---- */

/* The theorem: a plan of exactly `rounds` rounds, which must be the bound; false where the evening
 * is not of that kind. */
bool rk_evening_colour(const struct rk_evening_work *work, uint32_t rounds, uint32_t *start);

/* ---- greedy ---- */

/* Round by round whoever has least time left; keeps old rounds first in a repair. False where some
 * meeting found no round, which is RK_NONE. */
bool rk_evening_greedy(const struct rk_evening_work *work, uint32_t aim, uint32_t *start);

/* ---- squeeze ---- */

/* Makes a right plan of no more than so many rounds of one that has more, or lacks some; false, and
 * nothing changed, where none was found. */
bool rk_evening_squeeze(const struct rk_evening_work *work, const struct rk_evening_wish *wish,
                        uint32_t rounds, uint32_t *start);

/* ---- state: a plan that is changed ---- */

struct rk_evening_state {
    const struct rk_evening_work *work;
    uint32_t *start;                  /* by meeting, or RK_NONE */
    uint8_t *busy;                    /* by person and round: how many meetings */
    uint32_t *used;                   /* by class and round */
    uint32_t *class_first, *class_of; /* by meeting */
};
void rk_evening_state_new(struct rk_evening_state *state, const struct rk_evening_work *work);
void rk_evening_state_free(struct rk_evening_state *state);
/* May it be placed there, beside all that are placed? */
bool rk_evening_fits(const struct rk_evening_state *state, uint32_t meeting, uint32_t round);
void rk_evening_place(struct rk_evening_state *state, uint32_t meeting, uint32_t round);
void rk_evening_lift(struct rk_evening_state *state, uint32_t meeting);

/* ---- waits ---- */

/* Makes waits shorter without more rounds, by exchanges; the plan stays right. */
void rk_evening_shorten(const struct rk_evening_work *work, const struct rk_evening_wish *wish,
                        uint32_t rounds, uint32_t *start);

/* ---- rooms ---- */

/* Gives each meeting a room, an old one where it can be; false, and which meetings stand in each
 * other's way, where rooms cannot be given for these starts. */
bool rk_evening_rooms(const struct rk_evening_work *work, const uint32_t *start, uint32_t *room,
                      uint32_t *stuck, uint32_t *stuck_count);

/* ---- encode ---- */

struct rk_evening_code;
/* The clauses over the first `rounds` rounds. NULL where they would be too large. With `apart`, a
 * meeting is placed only if it is assumed (rk_evening_code_why). */
struct rk_evening_code *rk_evening_code_new(const struct rk_evening_work *work,
                                            const struct rk_evening_wish *wish, uint32_t rounds,
                                            bool apart);
void rk_evening_code_free(struct rk_evening_code *code);

enum rk_evening_answer { RK_EVENING_NO, RK_EVENING_YES, RK_EVENING_OPEN };
struct rk_evening_ask { /* RK_NONE / UINT64_MAX = no limit */
    uint32_t rounds, moved, longest;
    uint64_t waits;
    bool alike; /* rounds may be taken as alike: nothing but their number matters */
    int decisions;
};
/* Limits must be told to be asked for: the most that will ever be asked, before the first question
 * with one. False: too large. */
bool rk_evening_code_moved(struct rk_evening_code *code, uint32_t most);
bool rk_evening_code_waits(struct rk_evening_code *code, uint32_t rounds, uint64_t most,
                           uint32_t longest);
enum rk_evening_answer rk_evening_code_ask(struct rk_evening_code *code,
                                           const struct rk_evening_ask *ask, uint32_t *start);
uint64_t rk_evening_code_decisions(const struct rk_evening_code *code); /* so far */
/* These starts may not be together: rooms could not be given. */
void rk_evening_code_forbid(struct rk_evening_code *code, const uint32_t *start,
                            const uint32_t *meetings, uint32_t count);
/* Of a code made `apart`: a set of meetings that cannot be placed together, made as small as the
 * decisions allow. */
void rk_evening_code_why(struct rk_evening_code *code, int decisions, struct rk_bottleneck *why);

#endif
