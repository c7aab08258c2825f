/* Evenings: meetings are placed in rounds and rooms, so that nobody is in two places at once and as
 * few rounds as can be are used, counted from round 1 whether that is used or not. A meeting is of any number of people (or
 * groups): a panel and a candidate, an interpreter beside them, agents of a project. Sessions of a
 * project over days are the same with a day for a round.
 *
 * Hard: everybody of a meeting is there in all its rounds; no more rounds one after another than
 * somebody may; rooms; gaps between meetings; travel between places; what is fixed. Then, in this
 * order: (of a plan to be repaired: fewest meetings moved;) fewest rounds; shortest waits in all;
 * the longest wait of anybody shortest.
 *
 * Fewest rounds: with nothing but people and rooms, and meetings of two, it is the largest number
 * of meetings that anybody has, or meetings over rooms (König 1916; de Werra 1971, "Balanced
 * schedules"), and so it is built. Else bounds from below (lib/evening/bound) meet a search that is
 * exact. */
#ifndef RK_EVENING_H
#define RK_EVENING_H

#include "base/hash.h"
#include "base/message.h"

#include <stdbool.h>
#include <stdint.h>

/* Sets of rounds: bit r of word r / 64. */
static inline uint32_t rk_round_words(uint32_t rounds) { return (rounds + 63) / 64; }
static inline bool rk_round_in(const uint64_t *set, uint32_t round)
{
    return set[round / 64] >> round % 64 & 1;
}
static inline void rk_round_add(uint64_t *set, uint32_t round)
{
    set[round / 64] |= UINT64_C(1) << round % 64;
}
static inline void rk_round_take(uint64_t *set, uint32_t round)
{
    set[round / 64] &= ~(UINT64_C(1) << round % 64);
}

struct rk_evening_round {
    int64_t start, end; /* minutes, start < end, none before the end of the one before */
};

struct rk_evening_who {
    const uint64_t *there; /* set of rounds; NULL = all */
    uint32_t in_a_row;     /* most rounds one after another; 0 = no limit */
};

struct rk_evening_meeting {
    const uint32_t *who; /* who must be there, none twice, in ascending order */
    uint32_t who_count;
    uint32_t length; /* rounds, >= 1, one after another on one day or evening */
    uint32_t place;  /* < place_count */
    uint32_t size;   /* who count in the room */
    uint32_t fixed;  /* the round it must start in, or RK_NONE */
    uint32_t old;    /* the round it had in the plan that is repaired, or RK_NONE */
    uint32_t old_room;
};

struct rk_evening_room {
    uint32_t place;
    uint32_t size;        /* most who may count in it; RK_NONE = any number */
    const uint64_t *free; /* set of rounds; NULL = all */
};

struct rk_evening_gap {
    uint32_t a, b;   /* meetings, a != b */
    uint32_t rounds; /* the starts are at least so many rounds apart */
};

struct rk_evening {                        /* arrays are the caller's; places in them name things */
    uint32_t round_count;                  /* all that there are; at most RK_EVENING_ROUNDS */
    const struct rk_evening_round *rounds; /* NULL = rounds have no time of day */
    const struct rk_evening_who *who;
    uint32_t who_count;
    const struct rk_evening_meeting *meetings;
    uint32_t meeting_count;
    const struct rk_evening_room *rooms; /* with none, room_limit */
    uint32_t room_count;
    uint32_t room_limit; /* most meetings in one round where no rooms are told; 0 = any number */
    const struct rk_evening_gap *gaps;
    uint32_t gap_count;
    uint32_t place_count;
    const uint32_t
        *travel;   /* by place and place: minutes, or rounds where rounds have no time; or NULL */
    int64_t pause; /* minutes between rounds that end what is in a row */
    bool repair;   /* `old` counts */
};
enum { RK_EVENING_ROUNDS = 1 << 14, RK_EVENING_MEETINGS = 1 << 16 };
/* A pause of so many minutes ends an evening: waiting, and a meeting, do not go across. */
enum { RK_EVENING_NIGHT = 240 };

struct rk_evening_wish {
    bool (*stop)(void *context); /* asked now and then; true = take the best so far. Or NULL */
    void *context;
    uint64_t most_decisions; /* of the search; 0 = the usual */
    bool any_waits;          /* the waits are not made shorter */
};

enum rk_bottleneck_kind {
    RK_BOTTLENECK_NONE,
    RK_BOTTLENECK_WHO,      /* one of the people has too few rounds for these meetings */
    RK_BOTTLENECK_ROOMS,    /* rooms and rounds are too few for these meetings */
    RK_BOTTLENECK_PEOPLE,   /* meetings that take two or more each, among too few people */
    RK_BOTTLENECK_TOGETHER, /* these meetings cannot be placed together; without any of them they
                               can */
};
struct rk_bottleneck { /* why no fewer rounds, or none at all */
    enum rk_bottleneck_kind kind;
    uint32_t who;       /* of RK_BOTTLENECK_WHO */
    uint32_t *meetings; /* ascending */
    uint32_t count;
    uint32_t rounds; /* how many of the rounds can be used by them */
    bool minimal;    /* the reason is gone when any of them is left out */
};

struct rk_evening_plan {             /* give back with rk_evening_plan_free */
    bool found;                      /* else there is no plan (infeasible), or none was found */
    bool infeasible;                 /* proven; `why` tells */
    uint32_t *start;                 /* round of each meeting */
    uint32_t *room;                  /* of each meeting; RK_NONE where no rooms are told */
    uint32_t rounds, least_rounds;   /* used, up to the last; no plan uses fewer than the latter */
    uint32_t moved, least_moved;     /* of a repair */
    uint64_t waits, least_waits;     /* rounds that people wait between their meetings, in all */
    uint32_t longest, least_longest; /* the longest wait of anybody; not shorter with those waits */
    bool too_large;                  /* the search was not tried: it would take too much memory */
    struct rk_bottleneck why;        /* of least_rounds, or of no plan at all */
};

/* What cannot be searched because of its size is planned all the same, and told as a gap. */
enum rk_status rk_evening_solve(const struct rk_evening *evening,
                                const struct rk_evening_wish *wish, struct rk_evening_plan *plan,
                                struct rk_error *error);
void rk_evening_plan_free(struct rk_evening_plan *plan);

/* The rounds that this one of the people waits between the first and the last of the meetings,
 * evening by evening; `start` may hold RK_NONE. */
uint32_t rk_evening_wait(const struct rk_evening *evening, const uint32_t *start, uint32_t who);

#endif
