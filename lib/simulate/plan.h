/* What plan.c settles and people.c and recruitment.c make rows of. Inside lib/simulate only. */
#ifndef RK_SIMULATE_PLAN_H
#define RK_SIMULATE_PLAN_H

#include "base/mem.h"
#include "base/random.h"
#include "simulate/simulate.h"

#define RK_ID 48 /* room for an id; those of departments and groups are at most 16 long */
#define RK_EXPERIENCES 12
#define RK_UNITS 4 /* of each department */
extern const char *const rk_simulate_experiences[RK_EXPERIENCES];

struct rk_simulate_panelist {
    uint16_t experience; /* bits */
    uint16_t birth_year;
    uint8_t gender, status;
    bool guardian; /* consent given, for a minor */
    int32_t joined, left, trained_on, consent_until, withdrawn_on;
    double appeal; /* how readily coordinators think of this person: few are thought of often */
    uint8_t max_per_month, max_per_year;
    uint32_t conflict_unit; /* where the own case worker sits; UINT32_MAX = nowhere */
};

struct rk_simulate_seat {
    uint32_t panelist;
    uint8_t reserve, position, status; /* status: place in rk_simulate_seat_statuses */
};
enum { RK_SEAT_CONFIRMED, RK_SEAT_DECLINED, RK_SEAT_ATTENDED, RK_SEAT_ABSENT };

enum { RK_RECRUITMENT_OPEN, RK_RECRUITMENT_DECIDED, RK_RECRUITMENT_CANCELLED };

struct rk_simulate_recruitment {
    uint32_t department, unit; /* unit: department * RK_UNITS + 0 … */
    uint8_t state;
    bool joint, youth;
    uint16_t need, want; /* bits of experience */
    int32_t opened, closes, shortlist_on, interview_on, decided_on, cancelled_on;
    int interview_minute;
    uint32_t first_seat, seat_count; /* in seats[] */
};

struct rk_simulate {
    struct rk_simulate_options options;
    struct rk_arena arena;
    int32_t first_day, end_day; /* [first_day, end_day) */
    struct rk_simulate_panelist *panelists;
    struct rk_simulate_recruitment *recruitments;
    struct rk_simulate_seat *seats;
    uint32_t seat_count, seat_room;
    uint32_t pool; /* raters per department in each group but the users' */
    int panelist_width, recruitment_width, candidate_width;
    double middle, length;
};

struct rk_random rk_simulate_chance(const struct rk_simulate *simulate, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* True with that chance. */
bool rk_simulate_happens(struct rk_random *random, double chance);
/* A whole number from least to most. */
int64_t rk_simulate_between(struct rk_random *random, int64_t least, int64_t most);
double rk_simulate_normal(struct rk_random *random, double sd); /* six decimals */
int32_t rk_simulate_workday(int32_t days); /* that day, or the Monday after a weekend */

void rk_simulate_panelist_id(const struct rk_simulate *simulate, uint32_t panelist, char *id);
void rk_simulate_recruitment_id(const struct rk_simulate *simulate, uint32_t recruitment, char *id);
void rk_simulate_unit_id(const struct rk_simulate *simulate, uint32_t unit, char *id);
void rk_simulate_user_rater_id(const struct rk_simulate *simulate, uint32_t panelist, char *id);
void rk_simulate_pool_rater_id(const struct rk_simulate *simulate, uint32_t group,
                               uint32_t department, uint32_t number, char *id);
/* The rows of one rater: raters and truth/raters. `panelist` may be NULL. */
void rk_simulate_rater_rows(const struct rk_simulate *simulate, const char *rater_id,
                            uint32_t group, const char *panelist, struct rk_simulate_rows *rows);

/* The three kinds of pieces that rows come in. */
void rk_simulate_common_rows(const struct rk_simulate *simulate, struct rk_simulate_rows *rows);
void rk_simulate_panelist_rows(const struct rk_simulate *simulate, uint32_t panelist,
                               struct rk_simulate_rows *rows);
void rk_simulate_recruitment_rows(const struct rk_simulate *simulate, uint32_t recruitment,
                                  struct rk_simulate_rows *rows);

#endif
