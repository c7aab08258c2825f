/* One panel from one pool, with quotas that cross: whom it may consist of, and the exact answers
 * about single panels. Chances and lotteries over panels are in panel/leximin.
 *
 * People with the same quota rows and the same offset are alike and are merged into a type; people
 * who share a household with another stay apart. Types are numbered by their first person, so give
 * people sorted by id and nothing depends on the order of any input.
 *
 * A panel of `seats` people keeps every quota row between its least and most. Where there is none,
 * a panel with empty seats is allowed when every empty seat can still go to somebody not yet found:
 * no row has more than its most, and the minimums that the rows of one feature lack come to no more
 * than the empty seats, for each feature (whoever is found has one value of each); or where seats
 * can be kept for people of the kinds told. */
#ifndef RK_PANEL_H
#define RK_PANEL_H

#include "panel/program.h"

#define RK_PANEL_ALONE UINT32_MAX /* shares a household with nobody */
enum { RK_PANEL_MOST_ROWS = 1000, RK_PANEL_MOST_SEATS = 1000000 };

struct rk_panel_row {
    uint32_t least, most;           /* least <= most */
    uint32_t least_flex, most_flex; /* how far rk_panel_relax may go: least_flex <= least, … */
    uint32_t feature;               /* any number; rows of the same one are of one feature */
};

struct rk_panel_problem {
    const struct rk_panel_row *rows;
    const uint64_t *member;    /* by person, rk_panel_words words: bit r = counts under row r */
    const uint32_t *offset;    /* by person: earlier assignments; NULL = none */
    const uint32_t *household; /* by person: of those with the same number at most one is taken,
                                  unless RK_PANEL_ALONE; NULL = all are alone */
    uint32_t person_count, row_count;
    uint32_t seats;
};

static inline size_t rk_panel_words(uint32_t rows) { return ((size_t)rows + 63) / 64; }

struct rk_panel; /* the problem in types */

/* Copies what it needs. Sizes within the limits above; offsets below 2^31. */
struct rk_panel *rk_panel_new(const struct rk_panel_problem *problem);
void rk_panel_free(struct rk_panel *panel); /* NULL is allowed */
/* Tells whom an empty seat can be kept for, where rows of several features tie these together: by
 * kind, rk_panel_words words: the rows that somebody of it counts under; and a number, alike for
 * kinds of which one seat is kept for one. Else each row with a least is a kind by itself, alike
 * for those of one feature. */
void rk_panel_keep_for(struct rk_panel *panel, const uint64_t *kinds, const uint32_t *group,
                       uint32_t count);

uint32_t rk_panel_types(const struct rk_panel *panel);
uint32_t rk_panel_persons(const struct rk_panel *panel);
uint32_t rk_panel_seats(const struct rk_panel *panel);
uint32_t rk_panel_type_of(const struct rk_panel *panel, uint32_t person);
uint32_t rk_panel_size(const struct rk_panel *panel, uint32_t type);
uint32_t rk_panel_offset(const struct rk_panel *panel, uint32_t type);
/* The people of a type, in order: rk_panel_size of them. */
const uint32_t *rk_panel_people(const struct rk_panel *panel, uint32_t type);

/* The rows of the whole-number program that all answers are about, in this order: the quota rows;
 * the seats; then, where seats stay empty, each feature with a minimum; then each household. Its
 * columns: how many of each type; then, where seats stay empty, those kept for each kind (of each
 * row with a minimum). The caller frees it. `empty` = how many seats stay empty. */
struct rk_program *rk_panel_program(const struct rk_panel *panel, uint32_t empty);
/* Whether the counts by type are a panel with `empty` empty seats, by a check of its own, which
 * knows no kinds. */
bool rk_panel_is_valid(const struct rk_panel *panel, uint32_t empty, const uint32_t *counts);

struct rk_panel_fill {
    enum rk_program_outcome outcome; /* NONE: the minimums of a feature alone are more than the
                                        seats; STOPPED: see found and least_empty */
    bool found;
    uint32_t empty;       /* seats that stay empty in `counts`: as few as can be when FOUND */
    uint32_t least_empty; /* no panel has fewer, proven */
    uint32_t *counts;     /* by type; the caller frees; NULL where not found */
};
/* Whether there is a panel, and with how few empty seats. */
struct rk_panel_fill rk_panel_find(const struct rk_panel *panel, struct rk_effort *effort);

struct rk_panel_choice {
    enum rk_program_outcome outcome;
    bool found;
    uint32_t *people;      /* who, ascending; the caller frees */
    uint32_t count;        /* seats less the empty ones */
    struct rk_whole *sums; /* by objective: of those people; freed by rk_panel_choice_free */
    uint32_t objectives;
    uint32_t proven;       /* the first so many objectives are proven least, in order */
    struct rk_whole bound; /* of objective `proven`, where proven < objectives: no panel that is as
                              good in those before it has less */
    uint64_t nodes;
};
/* The panel with `empty` empty seats (from rk_panel_find) whose first sum of costs is least, then
 * the second, and so on. costs[objective × persons + person], each under 2^53 in size. */
struct rk_panel_choice rk_panel_cheapest(const struct rk_panel *panel, uint32_t empty,
                                         const int64_t *costs, uint32_t objectives,
                                         struct rk_effort *effort);
void rk_panel_choice_free(struct rk_panel_choice *choice);

struct rk_panel_relaxation {
    enum rk_program_outcome outcome; /* NONE: no change within the flex bounds is enough */
    bool found;
    uint64_t change;        /* sum over rows of how far minimums fall and maximums rise */
    uint64_t least_change;  /* no smaller one is enough, proven; = change when FOUND */
    uint32_t *least, *most; /* the new quotas by row; the caller frees these and `counts` */
    uint32_t *counts;       /* a panel under them, by type */
};
/* The smallest change of quotas within the rows' flex bounds that makes a full panel possible. */
struct rk_panel_relaxation rk_panel_relax(const struct rk_panel *panel, struct rk_effort *effort);

#endif
