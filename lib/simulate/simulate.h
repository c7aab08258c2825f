/* A whole synthetic municipality from a seed: a user bank, recruitments, candidates, ratings and
 * what follows from them, and the truth that the ratings were made from, so that estimators can be
 * held against it.
 *
 * The model of a score, on a scale of length L from `least` to `most` with middle M:
 *     score = round(M + quality_c + facet_ck + view_gc - severity_r + bias_r·favoured_c
 *                   + noise_r·e)
 * clipped to the scale; c candidate, k criterion, g the rater's group, r rater, e about normal(0,
 * 1). quality, facet, view, severity and bias are normal with standard deviations 0.15, 0.06, 0.06,
 * 0.08 and 0.02 of L (bias around 0.04 of L in groups other than the first), noise_r lies in 0.10 …
 * 0.20 of L. favoured_c is 1 for men. So the truth a perfect method would find for a candidate is M
 * + quality_c, up to rounding and clipping.
 *
 * All chance is drawn by record keys (base/random.h): the result depends on the options alone,
 * never on threads. */
#ifndef RK_SIMULATE_H
#define RK_SIMULATE_H

#include "base/message.h"
#include "simulate/rows.h"

enum rk_simulate_meet { RK_MEET_ANYONE, RK_MEET_STRONG, RK_MEET_WEAK };

struct rk_simulate_options {
    struct rk_text seed;
    uint32_t recruitments;          /* >= 1 */
    uint32_t panelists;             /* 0 = as many as the seats ask for */
    uint32_t candidates;            /* mean per recruitment, >= 2 */
    uint32_t raters;                /* per group and recruitment, >= 1; seats, in the first group */
    uint32_t criteria;              /* per stage, >= 1 */
    const char *const *departments; /* ids */
    uint32_t department_count;
    const char *const *groups;      /* ids; the first is the users' */
    uint32_t group_count;
    int32_t first_month, months;    /* rk_month_parse's; months >= 1 */
    int32_t least, most;            /* the scale of the criteria, whole steps */
    double incomplete;              /* share of rater × candidate pairs that never met, 0 … 1 */
    double missing;                 /* share of single scores missing, 0 … 1 */
    double open;                    /* share of recruitments, the latest, not yet decided, 0 … 1 */
    double cancelled;               /* share of the others */
    enum rk_simulate_meet severe;   /* whom severe raters meet where pairs are incomplete */
};
/* Options with every default but the seed. */
struct rk_simulate_options rk_simulate_defaults(void);
/* The number of ratings that the options lead to, about. */
double rk_simulate_expected_ratings(const struct rk_simulate_options *options);
/* Sets the recruitments (or, `by_candidates`, the candidates of each) so that about `ratings` come
 * out; false where that cannot be. */
bool rk_simulate_reach_ratings(struct rk_simulate_options *options, uint64_t ratings,
                               bool by_candidates);

struct rk_simulate; /* what is settled before any row is made; read-only, shared by threads */
struct rk_simulate *rk_simulate_new(const struct rk_simulate_options *options);
void rk_simulate_free(struct rk_simulate *simulate);

/* Hands over all rows, a piece at a time, in an order that does not depend on `threads`. */
void rk_simulate_run(const struct rk_simulate *simulate, unsigned threads,
                     void (*take)(void *context, const struct rk_simulate_rows *rows,
                                  uint64_t done, uint64_t total),
                     void *context);

/* The rubric of department number `department`, as a JSON document. */
void rk_simulate_rubric(const struct rk_simulate *simulate, uint32_t department,
                        struct rk_buf *out);
/* datapackage.json: each table with its schema, given as the JSON texts of the tables before
 * RK_SIMULATE_TRUTH, in order. */
void rk_simulate_describe(const struct rk_simulate_options *options, const struct rk_text *schemas,
                          struct rk_buf *out);
/* Is this the name of a file of such a package ("ratings.csv", "rubrics/AMF.json")? */
bool rk_simulate_made(const char *name);

/* What a rater was made of; the same pair of rater and group always gives the same. */
struct rk_simulate_rater {
    double severity; /* taken off every score; above 0 = stricter */
    double noise;    /* standard deviation of the rater's own chance */
    double bias;     /* added for favoured candidates */
};
struct rk_simulate_rater rk_simulate_rater(const struct rk_simulate *simulate, const char *rater_id,
                                           uint32_t group);

#endif
