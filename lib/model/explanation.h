/* The table `explanation` that a match writes beside its assignments: one row for each open
 * recruitment, who could sit there, which rules refused the others, and why seats stay empty. */
#ifndef RK_EXPLANATION_H
#define RK_EXPLANATION_H

#include "model/recruitments.h"

/* The hard rules of a panel, in the order in which they are told; lib/panel/eligible.h says what
 * each asks. */
enum rk_refusal {
    RK_REFUSED_STATUS,
    RK_REFUSED_CONSENT,
    RK_REFUSED_GUARDIAN,
    RK_REFUSED_TRAINING,
    RK_REFUSED_NEED,
    RK_REFUSED_CONFLICT,
    RK_REFUSED_DECLARATION,
    RK_REFUSED_DECLINED,
    RK_REFUSED_AVAILABILITY,
    RK_REFUSED_OVERLAP,
    RK_REFUSED_CAP,
    RK_PAIR_REFUSALS,
    RK_REFUSED_QUOTA =
        RK_PAIR_REFUSALS, /* refuses nobody alone, only beside the panel as it stands */
    RK_REFUSALS
};
#define RK_REFUSED_BIT(refusal) (1u << (refusal))
const char *
rk_refusal_name(enum rk_refusal refusal); /* "status", …; _() makes it a word for people */
/* The names of the bits set joined by '|', as data; or by commas in the language chosen. */
void rk_refusals_print(struct rk_buf *out, unsigned bits);
void rk_refusals_say(struct rk_buf *out, unsigned bits);

struct rk_explanation {
    uint32_t recruitment;  /* place in rk_recruitments */
    int32_t seats, filled; /* kept and new members */
    int32_t room_lacks;    /* of the empty seats, those that the room has no place for */
    int32_t reserves, standing_by;
    uint32_t eligible;                /* panelists whom no rule refuses, kept rows not counted */
    uint32_t first[RK_PAIR_REFUSALS]; /* panelists refused, by the first rule that does: with
                                       * `eligible` and the kept ones they make up the bank */
    uint32_t only[RK_PAIR_REFUSALS];  /* panelists whom this rule alone refuses */
    /* Recruitments that lack members together (a minimum cut): the group's number from 1, 0 = none;
     * its places still to fill; the panelists eligible for any of them; how many they can fill. */
    uint32_t group, group_panelists;
    int64_t group_places, group_filled;
    /* For empty seats with a place in the room: the smallest set of rules (RK_REFUSED_BITs) such
     * that enough panelists for them are stopped by nothing else, the other panels left as they
     * are; `cap`, `overlap` and `quota` with what the match gave included. Of several smallest the
     * one that stops most, then the first. 0 where even all rules lifted would not give enough. */
    unsigned rules;
    uint32_t stopped; /* panelists whom these rules stop and nothing else does */
};

enum { RK_EXPLANATION_COLUMNS = 15 + 2 * RK_PAIR_REFUSALS };
/* Fills `columns` (room for all); names lie in static memory. */
void rk_explanation_columns(struct rk_writer_column *columns);
/* `quotas`: those that hold the group back, `why`: the same in words. */
void rk_explanation_write(struct rk_writer *writer, const struct rk_explanation *explanation,
                          const struct rk_recruitments *recruitments, struct rk_text quotas,
                          struct rk_text why);

#endif
