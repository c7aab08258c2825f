/* What is told of how recruitments went: which stages had users, how whole the chain is, how long
 * things took, what they cost, and what waits. Everything is as it was known on a day: what is
 * dated later is left out, and what had not ended then is censored.
 *
 *     rk_follow_start(&follow, &facts, &options);
 *     rk_follow_tell(&follow, NULL, 1);           all
 *     rk_follow_tell(&follow, group, groups);     by group
 *     rk_follow_wait(&follow);
 *     rk_follow_free(&follow);
 *
 * How each figure is made is in the man page rk-follow(1), with its source. */
#ifndef RK_FOLLOW_H
#define RK_FOLLOW_H

#include "model/activities.h"
#include "model/measures.h"
#include "model/process.h"
#include "survey/survival.h"

enum rk_follow_state { RK_FOLLOW_LATER, RK_FOLLOW_OPEN, RK_FOLLOW_DECIDED, RK_FOLLOW_CANCELLED };

struct rk_follow_facts {
    const struct rk_recruitments *recruitments;
    const struct rk_process *process;
    const struct rk_activities *activities; /* or NULL: not known */
    const bool *changed; /* by recruitment: users' voice changed what was decided; or NULL */
};

struct rk_follow_options {
    int32_t day;          /* as known on it */
    double level;         /* of intervals */
    unsigned chain;       /* bits of the stages that the chain is made of, not 0 */
    struct rk_text users; /* '|'-joined rater groups that are users */
    struct rk_text pay;   /* '|'-joined kinds of cost that are paid to users */
    const double *times;  /* days to tell of, ascending */
    size_t time_count;
};

struct rk_follow_row {
    uint32_t group; /* UINT32_MAX = of all */
    double time;    /* NaN = none */
    struct rk_measure measure;
};

enum rk_follow_wait {                          /* what is waited for */
                      RK_WAIT_DECISION,        /* closed for applications, and nothing decided */
                      RK_WAIT_RECORD,          /* decided, and no decision recorded */
                      RK_WAIT_LEGAL_FORCE,     /* recorded decisions without legal force */
                      RK_WAIT_USERS_TOLD,      /* users took part, and have not been told */
                      RK_WAIT_CANDIDATES_TOLD, /* nor these */
                      RK_WAITS
};
extern const char *const rk_follow_waits[RK_WAITS]; /* words */
extern const char *const rk_follow_who[RK_WAITS];   /* who waits */
struct rk_follow_waiting {
    uint32_t recruitment;
    enum rk_follow_wait what;
    int32_t since; /* RK_NO_DATE = not known */
    int64_t n;     /* candidates it concerns; -1 = not known */
};

struct rk_follow { /* grows with each call */
    struct rk_follow_row *rows;
    size_t count, room;
    struct rk_follow_waiting *waiting;
    size_t waiting_count, waiting_room;
    uint64_t later;     /* recruitments that opened after the day */
    uint64_t backwards; /* that ended before they opened, or were told of before they were decided:
                           such durations are left out */
    const struct rk_follow_facts *facts;
    const struct rk_follow_options *options;
    struct rk_follow_case *cases; /* by recruitment */
};

/* The facts and options must outlive `follow`. */
void rk_follow_start(struct rk_follow *follow, const struct rk_follow_facts *facts,
                     const struct rk_follow_options *options);
/* `group` by recruitment, UINT32_MAX = in none; NULL = all are one. Durations are
 * compared where there are two to RK_SURVIVAL_GROUPS groups of two recruitments or more on average.
 */
void rk_follow_tell(struct rk_follow *follow, const uint32_t *group, uint32_t groups);
/* Of each indicator its last value by the day (periods as texts: "2020", "2020-03"), the first, and
 * the target. */
void rk_follow_indicators(struct rk_follow *follow);
/* Had users in the advert, by the events until the day? False where that is not recorded: *known.
 */
bool rk_follow_advert(const struct rk_follow *follow, uint32_t recruitment, bool *known);
/* What waits, by recruitment. */
void rk_follow_wait(struct rk_follow *follow);
void rk_follow_free(struct rk_follow *follow);

#endif
