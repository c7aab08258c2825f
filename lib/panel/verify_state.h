/* What the tables say, and what was found. Known inside lib/panel/verify*.c only. */
#ifndef RK_VERIFY_STATE_H
#define RK_VERIFY_STATE_H

#include "base/exact.h"
#include "panel/verify.h"

struct rk_verify_panel {     /* by recruitment; those that are not open have days alone */
    bool open, sat, lowered; /* sat: somebody's membership counts; lowered: a quota of it is */
    int32_t first_day, last_day, month; /* RK_NO_DATE = none is known */
    uint32_t first_asked, needs;        /* in `asked`: values of the experience; then the wants */
    int32_t kept, kept_reserves;        /* members and reserves who are kept */
    int32_t room, lacking; /* members there is place for; seats that will be empty for want of it */
    int32_t places, reserves;  /* left to find */
    int32_t members, standing; /* new members and reserves */
};
struct rk_verify_pair { /* whom the rules allow beside what is kept and was before */
    uint32_t panelist, recruitment;
    int64_t fit, stay; /* stay: what it is worth to keep whoever sat or stood by there */
    uint32_t lot, cell;
    int32_t stands; /* the position of a new reserve; 0 */
    bool chosen;    /* is a new member */
};
struct rk_verify_quota {
    uint32_t recruitment;
    const struct rk_quota *row;
    struct rk_verify_part {
        uint32_t feature, value;
        int32_t from, to;     /* of an age */
        bool is_age, several; /* several: somebody may have others beside it */
    } parts[RK_FEATURE_PARTS];
    int32_t kept, min, max, lowered; /* min, max: of new members; min less `lowered` is proven */
    uint32_t tied;                   /* the first of the quotas that features tie together */
};
struct rk_verify_people { /* whom the same quotas of a recruitment count */
    uint32_t recruitment;
    uint32_t tied;  /* of kinds: as of their quotas */
    uint32_t size;  /* of cells: how many there are */
    const char *in; /* by quota: '1' = counts under it */
};

struct rk_verify {
    const struct rk_verify_facts *facts;
    rk_verify_tell *tell;
    void *context;
    bool found[RK_VERIFY_CHECKS], broken, attention;
    struct rk_verify_panel *panels;
    struct rk_verify_pair *pairs; /* by panelist and recruitment */
    struct rk_verify_quota *quotas;
    struct rk_verify_people
        *cells; /* by recruitment: who is there, of as many memberships before */
    struct rk_verify_people *kinds; /* by recruitment: who is not, for whom a seat is kept empty:
                                     * of all that some minimums tied together ask for */
    struct rk_arena arena;
    uint32_t pair_count, pair_room, quota_count, quota_room, cell_count, kind_count;
    uint32_t *pair_first, *quota_first, *cell_first, *kind_first; /* by panelist; by recruitment */
    uint32_t *time_first;                                         /* by panelist */
    uint32_t experience;                                          /* the feature */
    rk_fixed unit;                                                /* of fit */
    struct rk_tuples marks;                                       /* what was told of a pair */
    struct rk_verify_rows {                                       /* by panelist and recruitment */
        struct rk_tuples pairs;
        const struct rk_assignment **rows;
        uint32_t room;
    } kept, stood;          /* to be kept; proposed before */
    struct rk_verify_seat { /* a membership kept or past */
        const struct rk_assignment *row;
        bool busy;
        uint32_t next; /* 1 + another of the panelist */
    } * seats;
    uint32_t *order, *order_first;           /* pairs by recruitment */
    int64_t all_places, last_reserve, *load; /* load: by panelist, new memberships counted */
    bool by_lot;                             /* fit and load do not count */
    uint32_t seat_count, seat_room, *last_seat, *asked, asked_count, asked_room;
    struct rk_fraction *now; /* by pair: 1 = is a new member */
};

void rk_verify_found(struct rk_verify *v, int check, enum rk_verify_verdict verdict,
                     const struct rk_pos *pos, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
#define PANELS_OF(v) (v)->facts->tables.recruitments->count
#define PEOPLE_OF(v) (v)->facts->tables.panelists->count
#define RECRUITMENT(r) v->facts->tables.recruitments->rows[r].recruitment_id.text
#define PANELIST(p) v->facts->tables.panelists->rows[p].panelist_id.text
#define BROKEN(check, ...) rk_verify_found(v, check, RK_VERIFY_BROKEN, __VA_ARGS__)

/* verify_tables.c */
enum rk_status rk_verify_see(struct rk_verify *v, struct rk_error *error);
void rk_verify_free(struct rk_verify *v);
uint32_t rk_verify_pair(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment);
const struct rk_assignment *rk_verify_row(const struct rk_verify_rows *rows, uint32_t panelist,
                                          uint32_t recruitment); /* NULL: none */
/* The rules broken beside kept and past memberships, as RK_REFUSED_BITs; the sum of wanted weights.
 */
unsigned rk_verify_refusals(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment);
rk_fixed rk_verify_fit(const struct rk_verify *v, uint32_t panelist, uint32_t recruitment);
int64_t rk_verify_load(const struct rk_verify *v, uint32_t panelist);
/* Memberships that the cap of the month, or of its year (months = 12), leaves. */
int64_t rk_verify_left(const struct rk_verify *v, uint32_t panelist, int32_t month, int32_t months);
bool rk_verify_meet(const struct rk_verify *v, uint32_t a, uint32_t b); /* do sessions overlap? */

/* verify_quotas.c */
enum rk_status rk_verify_see_quotas(struct rk_verify *v, struct rk_error *error);
/* Do quotas of the recruitment hold where so many members are of each (by quota), and others yet to
 * be found take empty seats? */
bool rk_verify_quotas(const struct rk_verify *v, uint32_t recruitment, int64_t *count,
                      int64_t empty);
void rk_verify_tell_quotas(struct rk_verify *v, uint32_t recruitment, int64_t *count,
                           int64_t empty);
/* Does the quota ask for anybody, or keep anybody out? */
bool rk_verify_holds_back(const struct rk_verify *v, uint32_t quota);
/* Do quotas of each recruitment nest, and the sessions that meet for each panelist? Then any
 * expected numbers that keep the rules are those of a draw. */
bool rk_verify_nest(const struct rk_verify *v);
/* Adds so many people to the counts of quotas. */
void rk_verify_count(const struct rk_verify *v, const struct rk_verify_people *of, int64_t times,
                     int64_t *count);

/* verify.c */
/* What limits the pairs of a panelist: the caps of a month and a year, and that nobody sits twice
 * at the same time. Are two pairs (or one with itself) under it together? How many may be members?
 */
enum { RK_VERIFY_MONTH, RK_VERIFY_YEAR, RK_VERIFY_TIME, RK_VERIFY_LIMITS };
bool rk_verify_together(const struct rk_verify *v, uint32_t a, uint32_t b, int limit);
int64_t rk_verify_room(const struct rk_verify *v, uint32_t pair, int limit);
/* The rules a pair breaks where the panelist is a member so much (by pair), and `more` here. */
unsigned rk_verify_beside(const struct rk_verify *v, const struct rk_fraction *members,
                          uint32_t pair, int32_t more);
void rk_verify_end_rules(struct rk_verify *v); /* once `lowered` is known */

void rk_verify_proof(struct rk_verify *v); /* calls it */

#endif
