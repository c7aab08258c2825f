/* The table `impact`: what the voice of each group changed in each ranking; and what is told of
 * many recruitments together, as the table `measures`. */
#ifndef RK_IMPACT_TABLE_H
#define RK_IMPACT_TABLE_H

#include "model/ids.h"
#include "model/measures.h"
#include "stream/write.h"

enum rk_impact_state {                      /* of a recruitment */
                       RK_IMPACT_UNDECIDED, /* open, opened again, or no decision is told of */
                       RK_IMPACT_DECIDED,   /* somebody was hired */
                       RK_IMPACT_NO_HIRE,   /* decided on, but nobody was hired: all declined */
                       RK_IMPACT_CANCELLED,
                       RK_IMPACT_STATES
};
extern const char *const rk_impact_state_words[RK_IMPACT_STATES]; /* "undecided", … */

/* How two sets of candidates, or the first of a ranking and the chosen, go together. */
enum rk_impact_match { RK_MATCH_MISSING = -1, RK_MATCH_NO, RK_MATCH_SHARED, RK_MATCH_YES };

struct rk_impact_row {
    uint32_t recruitment, stage; /* RK_ID_RECRUITMENT; RK_ID_STAGE, RK_NONE = '*' */
    uint32_t group;              /* RK_ID_GROUP, RK_NONE = '*', all together */
    enum rk_impact_state state;
    bool decides;                     /* the decision is held against the ranking of this stage */
    uint32_t candidates;              /* ranked with all groups */
    double weight;                    /* nominal, of a sum of 1; NAN as below = missing */
    struct rk_text first;             /* lists: who is first with all groups … */
    struct rk_text without;           /* … without this one … */
    struct rk_text own;               /* … and by this one alone */
    enum rk_impact_match same;        /* first and without: the same, sharing somebody, or not */
    uint32_t top;                     /* k */
    struct rk_text in, out;           /* among the first k only with the group, only without it */
    struct rk_text top_own;           /* among the first k by this one alone; of '*' by all */
    double tau_b, spearman;           /* with and without the group … */
    double mean_shift, largest_shift; /* … in places */
    double own_tau_b, own_spearman;   /* its own order and the one without it … */
    double own_mean_shift, own_largest_shift; /* … in places */
    double from, to;      /* the range of its weight over which the first place stays */
    double flip;          /* the nearest weight that changes it */
    struct rk_text flips; /* all that are known, rising */
    double shapley, banzhaf, banzhaf_absolute, formal;
    struct rk_text chosen;
    uint32_t chosen_rank;          /* the best place of a chosen one: the group's order, of '*' that
                                    * of all; 0 = none */
    enum rk_impact_match followed; /* all who are first so were chosen, some of them, or none */
    struct rk_text reasons;        /* codes, where none of them was */
    struct rk_text statements;     /* group:position, of all stages; of '*' only */
    struct rk_text flags;
};
void rk_impact_write(const struct rk_impact_row *rows, size_t count, const struct rk_ids *ids,
                     struct rk_writer *writer);
struct rk_writer *rk_impact_open(struct rk_out *out, enum rk_form form);

/* One figure over recruitments. */
struct rk_impact_measure {
    uint32_t part;                /* number of the texts of the columns grouped by */
    uint32_t stage, group, other; /* RK_NONE = not about one; group may be RK_IMPACT_ALL */
    const char *actor;            /* instead of group: who is no rater group; NULL = none */
    const char *measure;
    struct rk_text variant;
    double estimate, se, low, high, n;
    const char *method;
    bool small; /* n is small */
};
enum { RK_IMPACT_BY = 8 };
struct rk_impact_parts { /* zeroed = one part of no columns */
    const char *by[RK_IMPACT_BY];
    size_t by_count;
    struct rk_tuples tuples; /* by part: a text of each column */
    struct rk_strings texts;
};
#define RK_IMPACT_ALL (UINT32_MAX - 1) /* '*' */
struct rk_writer *rk_impact_measures_open(const struct rk_impact_parts *parts, struct rk_out *out,
                                          enum rk_form form);
/* Finishes the writer. */
void rk_impact_measures_write(const struct rk_impact_measure *measures, size_t count,
                              const struct rk_impact_parts *parts, const struct rk_ids *ids,
                              struct rk_writer *writer);

#endif
