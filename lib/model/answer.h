/* The table `answers`: what came of one panelist in one recruitment, and why, in words to pass on.
 */
#ifndef RK_ANSWER_H
#define RK_ANSWER_H

#include "model/explanation.h"
#include "model/panelists.h"

enum rk_answer_outcome { /* in the order of their words */
                         RK_ANSWER_MEMBER,
                         RK_ANSWER_RESERVE,
                         RK_ANSWER_RULE,      /* a rule of the panelist's own stands in the way */
                         RK_ANSWER_ELSEWHERE, /* what was given in other recruitments does */
                         RK_ANSWER_KEPT,      /* who had the seat before keeps it */
                         RK_ANSWER_QUOTA,
                         RK_ANSWER_FIT,
                         RK_ANSWER_LOAD,
                         RK_ANSWER_LOT,
                         RK_ANSWER_UNPROVEN, /* the search was cut short before it was settled */
};

struct rk_answer {
    uint32_t recruitment, panelist;
    enum rk_answer_outcome outcome;
    int32_t position;   /* of a member or reserve; -1 */
    unsigned rules;     /* RK_REFUSED_BITs */
    uint32_t competing; /* who could sit there, the panelist among them; 0 = not one of them */
    int32_t seats;      /* that these competed for */
    bool has_chance;
    rk_fixed chance;
};

extern const struct rk_writer_column rk_answer_columns[];
enum { RK_ANSWER_COLUMNS = 10 };
/* `why` and `change`: the reason and what would change it, in words. */
void rk_answer_write(struct rk_writer *writer, const struct rk_answer *answer,
                     const struct rk_panelists *panelists,
                     const struct rk_recruitments *recruitments, struct rk_text why,
                     struct rk_text change);

#endif
