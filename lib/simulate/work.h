/* One recruitment in the making, shared by recruitment.c (the process and its people) and ratings.c
 * (the raters and their sheets). Inside lib/simulate only. */
#ifndef RK_SIMULATE_WORK_H
#define RK_SIMULATE_WORK_H

#include "simulate/plan.h"

enum { APPLICATION, INTERVIEW, STAGES };
extern const char *const rk_simulate_stages[STAGES];

struct person_at_table { /* somebody who fills in a score sheet */
    char id[RK_ID];
    uint32_t group;
    bool absent, joint;
    unsigned persons;
    struct rk_simulate_rater truth;
};

struct candidate {
    char id[RK_ID];
    uint8_t status, gender; /* places in the words of recruitment.c */
    bool interviewed, favoured, offered_declined, hired;
    int birth_year;
    double quality;
    double *facets; /* stages × criteria */
    double *views;  /* groups */
    double *sums;   /* stages × groups: of scores given */
    uint32_t *counts;
    double combined;
};

enum { ACTIVE, WITHDRAWN, INELIGIBLE, PROTECTED };
enum { WOMAN, MAN };

struct work {
    const struct rk_simulate *simulate;
    const struct rk_simulate_options *o;
    const struct rk_simulate_recruitment *r;
    struct rk_simulate_rows *rows;
    struct rk_arena arena;
    char id[RK_ID];
    const char *department;
    struct candidate *candidates;
    uint32_t candidate_count;
    struct person_at_table *raters;
    uint32_t rater_count;
    uint32_t attended; /* users who came */
    char rated_at[STAGES][24];
};

static inline struct rk_buf *cells_of(struct work *w, enum rk_simulate_table table)
{
    return &w->rows->cells[table];
}

void rk_simulate_gather_raters(struct work *w);
void rk_simulate_conflict_rows(struct work *w);
/* Also fills the candidates' sums and counts. */
void rk_simulate_rating_rows(struct work *w);

#endif
