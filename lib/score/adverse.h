/* Adverse impact: whether groups of applicants come through the stages of selection at different
 * rates.
 *
 *     rk_adverse_tell(&adverse, &facts, &error);    once for each way of grouping
 *     adverse.rows, adverse.findings                in the order in which they are to be shown
 *     rk_adverse_free(&adverse);
 *
 * A step leads from one stage to the next; where there are several, the last one told is the whole
 * way. In each step every group is held against one other: the one with the highest rate (of those
 * with the same, the largest), or `reference`. A group with fewer than min_group people in a step
 * is not judged, nor held against (row `refused`, variant small_n).
 *
 * Four fifths: a rate under 4/5 of the other is told as such; exactly 4/5 is not (29 CFR 1607.4 D;
 * whole numbers are compared). One person flips it: with one person of the group selected instead
 * of one of the other, the group would have the higher rate (Questions and Answers on the Uniform
 * Guidelines, 1979, no. 21). A screening convention of the United States, without force in Sweden.
 *
 * Small numbers: with `min_count` above 1, groups under it or under min_group are not told, and no
 * number of 1 … min_count - 1 people may be worked out, also by who knows how many there were in
 * all at each stage: of a group at a stage, of those left behind since an earlier one, of whoever
 * is in no group. All is then told twice, and between the two somebody else chooses what is hidden,
 * of all ways of grouping together:
 *
 *     do for each: rk_adverse_tell(…); while (rk_adverse_choose(&hiding, choose, context));
 *
 * A step of a group is told where both its ends are; else it has a row `hidden` (one of all groups,
 * where none is told), and is not judged.
 * Figures over fewer than min_count strata are not told: no sum tells of them.
 */
#ifndef RK_ADVERSE_H
#define RK_ADVERSE_H

#include "model/candidates.h"
#include "model/decisions.h"
#include "model/measures.h"
#include "model/people.h"
#include "model/report_cells.h"
#include "stat/contingency.h"

enum { RK_ADVERSE_GROUPS = 200 };

/* What is to be hidden of several ways of grouping the same rows; zeroed = nothing is chosen yet.
 */
struct rk_adverse_hiding {
    struct rk_report_cells cells;
    bool *hidden; /* by cell; NULL = not chosen */
    struct rk_adverse_grouping {
        uint32_t *group, groups; /* by row */
        uint32_t first;          /* cell of its first part's first group at the first stage */
    } * all;
    uint32_t count, room, at;
    const uint32_t *reached, *people, *part; /* of the facts */
    uint32_t rows, parts, stages;
    int64_t min_count, least; /* smaller groups are not told */
};

struct rk_adverse_facts { /* all arrays by row */
    uint32_t rows;
    const uint32_t *group;   /* RK_NONE = not known */
    const uint32_t *reached; /* how many steps the row's people have passed, 0 … steps */
    const uint32_t *people;  /* how many the row stands for; NULL = one */
    const uint32_t *stratum; /* RK_NONE = none; NULL = there are no strata */
    const uint32_t *part;    /* told apart; RK_NONE = not told. NULL = all is one part */
    uint32_t parts;
    uint32_t groups, steps; /* groups: at most RK_ADVERSE_GROUPS */
    uint32_t reference;     /* a group, or RK_NONE */
    int64_t min_group, min_count;
    struct rk_adverse_hiding *hiding; /* with min_count above 1; the same for all groupings */
};

struct rk_adverse_row {
    uint32_t part;
    uint32_t from, to;       /* stages; the way from 0 to `steps` comes last */
    uint32_t group, against; /* RK_NONE = of all groups; not a comparison */
    struct rk_measure measure;
};
struct rk_adverse_finding { /* a rate under four fifths of the other's */
    uint32_t part;
    uint32_t from, to, group, against;
    struct rk_pair pair; /* the group first */
    double fisher_p;
    bool flips; /* one person more would turn it */
};

struct rk_adverse { /* zeroed = empty; grows with each rk_adverse_tell */
    struct rk_adverse_row *rows;
    uint32_t count, room;
    struct rk_adverse_finding *findings;
    uint32_t finding_count, finding_room;
    uint64_t hidden;  /* steps of a group not told */
    uint64_t refused; /* groups not judged in a step, among those told */
    int64_t unknown;  /* people in no group told; -1 = how many would tell what is hidden */
};

/* RK_BAD_DATA: over 10^9 people. */
enum rk_status rk_adverse_tell(struct rk_adverse *adverse, const struct rk_adverse_facts *facts,
                               struct rk_error *error);
/* After the last grouping: true where nothing was told yet, and all has to be told again. */
bool rk_adverse_choose(struct rk_adverse_hiding *hiding, rk_report_cells_choose *choose,
                       void *context);
void rk_adverse_hiding_free(struct rk_adverse_hiding *hiding);
void rk_adverse_free(struct rk_adverse *adverse);

/* ---- what tables are made into ---- */

enum { RK_ADVERSE_STAGES = 20 };
struct rk_adverse_stages { /* in order; every candidate has reached the first */
    struct rk_text words[RK_ADVERSE_STAGES + 1]; /* a place for what decisions add */
    uint32_t count;
};
struct rk_adverse_left_out { /* candidates, by the first that applies */
    int64_t withdrawn, ineligible, is_protected;
    int64_t pending; /* the recruitment is not decided, or has no decision told */
};
struct rk_adverse_counted { /* zeroed = empty; give back with rk_adverse_counted_free */
    uint32_t rows, steps;
    uint32_t *source;           /* by row: the row of the table, and of its features */
    uint32_t *reached, *people; /* people: NULL = one each */
    uint32_t *stratum, *part;   /* NULL = none */
    struct rk_strings strata;
    struct rk_strings parts;
    uint32_t *part_order; /* of part i, in bytewise order: its number among `parts` */
    struct rk_adverse_left_out left_out;
};

/* False, and it is not added, where it is empty, there already, or one too many. */
bool rk_adverse_add_stage(struct rk_adverse_stages *stages, struct rk_text word);
/* Fills those of application, shortlist and interview that candidates have reached, and the first.
 */
void rk_adverse_usual_stages(struct rk_adverse_stages *stages,
                             const struct rk_candidates *candidates);
/* Candidates who are active, of recruitments that are decided: so told where there is a table of
 * them, and with a decision where those are told. `recruitments` and `decisions` may be NULL. The
 * steps are one less than stages, and with decisions one more, passed by who was hired, or was
 * offered the post and declined: the employer's choice is what is judged; such have passed every
 * stage. Strata and parts are columns of recruitments (rk_recruitment_columns; without a table only
 * the recruitment itself), SIZE_MAX = none. RK_BAD_DATA: a stage reached that is not among the
 * words. */
enum rk_status rk_adverse_candidates(struct rk_adverse_counted *counted,
                                     const struct rk_candidates *candidates,
                                     const struct rk_recruitments *recruitments,
                                     const struct rk_decisions *decisions,
                                     const struct rk_adverse_stages *stages, size_t strata,
                                     size_t parts, struct rk_error *error);
/* People counted by kind, one step. Strata, parts and outcome are features, RK_NONE = none. With an
 * outcome, the rows that have the value `selected` stand for people selected; without, the column
 * selected tells. */
void rk_adverse_people(struct rk_adverse_counted *counted, const struct rk_people *people,
                       const struct rk_features *features, uint32_t strata, uint32_t parts,
                       uint32_t outcome, uint32_t selected);
/* What groups by each feature listed are told of (rk_adverse_tell), where `choose` is asked what is
 * hidden of all together. Bands of age are in the order in which they were expected, other values
 * bytewise; nobody is in the group undisclosed. `reference`, a value of the feature, may be NULL;
 * one that the feature has not is none. RK_BAD_DATA: somebody has several values, or there are more
 * than RK_ADVERSE_GROUPS. */
struct rk_adverse_options {
    const char *reference;
    int64_t min_group, min_count;
};
struct rk_adverse_told {
    const struct rk_feature *feature;
    struct rk_adverse adverse;         /* give back with rk_adverse_free */
    uint32_t value[RK_ADVERSE_GROUPS]; /* by group: its number among the feature's values */
    bool has_reference;
};
enum rk_status rk_adverse_features(struct rk_adverse_told *told,
                                   const struct rk_adverse_counted *counted,
                                   const struct rk_features *features, const uint32_t *listed,
                                   uint32_t count, const struct rk_adverse_options *options,
                                   rk_report_cells_choose *choose, void *context,
                                   struct rk_error *error);
/* Of a group; empty for RK_NONE. */
struct rk_text rk_adverse_value(const struct rk_adverse_told *told, uint32_t group);
/* The name of the part of a row or finding; empty where there are no parts. */
struct rk_text rk_adverse_part(const struct rk_adverse_counted *counted, uint32_t part);
void rk_adverse_counted_free(struct rk_adverse_counted *counted);

#endif
