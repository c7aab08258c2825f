/* What the files of the aggregate share; private to them. */
#ifndef RK_AGGREGATE_STATE_H
#define RK_AGGREGATE_STATE_H

#include "score/aggregate.h"
#include "score/rule.h"
#include "stream/once.h"

enum { MOST_GROUPS = 100, RECENT = 64, CHAIN = 32 };

struct cell {
    uint32_t key[4]; /* recruitment, stage, candidate, group */
    rk_fixed sum[2]; /* by basis */
    uint64_t n[2];
    uint32_t contest;
    uint32_t beside; /* cell of the same person, RK_NONE = the last of them */
    uint32_t next;   /* in finish: of the same contest and candidate, likewise */
};

struct entry { /* a candidate in a contest */
    uint32_t contest, candidate;
    uint32_t person; /* RK_NONE = without any score */
    uint32_t first;  /* cell, RK_NONE = no score in this contest */
};

struct contest { /* recruitment, stage */
    rk_fixed least, most;
    bool percent, adjusted; /* of its first score; all are alike */
    rk_fixed tolerance;
};

struct contest_group {
    bool seen[2]; /* by basis */
    bool expected;
    enum rk_basis used;
    rk_fixed weight; /* nominal, not yet of a sum of 1 */
};

/* What one rater said of one candidate: kept where means are not enough. */
struct vote {
    uint32_t contest, group; /* the group's column */
    uint32_t rater, candidate;
    uint32_t count;
    enum rk_basis basis;
    rk_fixed value;
};

/* A stage of a contest that may have several ('*'). */
struct stage_part {
    uint32_t contest;
    struct rk_ratio share;
};

struct rk_aggregate {
    struct rk_aggregate_options options;
    struct rk_ids *ids;
    struct cell *cells;
    uint32_t cell_count, cell_room, last_contest, last_person;
    struct rk_tuples crowd; /* keys of the cells that a person has beyond the first CHAIN */
    uint32_t *crowd_cell;   /* their cells */
    uint32_t crowd_room;
    uint32_t recent[RECENT]; /* cells by stage and group: scores go round them for each candidate */
    struct rk_tuples contest_keys;
    struct contest *contests;
    uint32_t contest_room, contest_count;
    struct rk_tuples people; /* recruitment, candidate */
    uint32_t *gates;         /* by person: number in gate_lists, RK_NONE = none failed */
    uint32_t *first_cell;    /* by person: of the chain, RK_NONE = none */
    uint32_t person_room, cell_person_room, person_count;
    struct rk_tuples unlinked; /* recruitment, candidate: severity_unlinked on one of its scores */
    struct rk_tuples unadjusted; /* likewise: not_estimable on one of its scores */
    struct rk_strings gate_lists;
    struct rk_tuples sheets; /* recruitment, candidate, rater, stage: told apart */
    uint32_t *sheet_places;
    uint32_t sheet_room;
    struct rk_once once; /* instead of these until one comes again: recruitment, candidate, stage,
                          * rater; the place */
    bool recalled;       /* one has */
    bool keeps_votes;
    struct vote *votes; /* in finish: by contest, group, rater, candidate */
    size_t vote_count, vote_room;
    uint8_t *scales; /* by recruitment: 0 = not met, 1 + percent + 2·adjusted */
    uint32_t scale_room;

    /* finish */
    uint32_t *ranks[RK_ID_KINDS];
    struct rk_tuples contender_keys; /* recruitment, candidate → place in options.contenders */
    uint32_t *group_place;           /* by RK_ID_GROUP: column, RK_NONE */
    struct contest_group *groups;    /* contest × group */
    struct rk_arena arena;
    struct rk_aggregate_result result;
    size_t row_room, warning_room;
    size_t *first_vote; /* by contest, one more than there are */
    uint32_t *index;    /* by RK_ID_CANDIDATE, RK_NONE: scratch of gather */
    size_t measure_room, kemeny_room;
};

/* aggregate.c: what a score adds to. `fresh`: a contest that has none yet. */
uint32_t rk_aggregate_contest(struct rk_aggregate *aggregate, uint32_t recruitment, uint32_t stage,
                              const struct contest *fresh);
struct cell *rk_aggregate_cell(struct rk_aggregate *aggregate, const uint32_t key[4],
                               const struct contest *fresh);
/* The cell's number, RK_NONE where there is none. */
uint32_t rk_aggregate_find_cell(const struct rk_aggregate *aggregate, uint32_t person,
                                const uint32_t key[4]);
uint32_t rk_aggregate_person(struct rk_aggregate *aggregate, uint32_t recruitment,
                             uint32_t candidate);
void rk_aggregate_gates(struct rk_aggregate *aggregate, uint32_t person, struct rk_text list);
/* All scores of a recruitment are alike; *known is to be set once the score is good. */
enum rk_status rk_aggregate_scale(struct rk_aggregate *aggregate, uint32_t recruitment,
                                  bool percent, bool adjusted, uint8_t **known,
                                  struct rk_error *error);
/* Recruitment, candidate, rater, stage: false where it is there already, at place *other. */
bool rk_aggregate_sheet(struct rk_aggregate *aggregate, const uint32_t key[4], uint32_t place,
                        uint32_t *other);
/* NULL = none. */
const struct rk_rubric *rk_aggregate_rubric(const struct rk_aggregate *aggregate,
                                            uint32_t recruitment);
const char *rk_aggregate_name(const struct rk_aggregate *aggregate, enum rk_id_kind kind,
                              uint32_t id);

/* aggregate_entries.c: candidates by contest, those with scores and those who should have had some,
 * in order of the output. The caller frees them. */
struct entry *rk_aggregate_entries(struct rk_aggregate *aggregate, size_t *count);

/* aggregate_rows.c: all rows of the result. */
enum rk_status rk_aggregate_rows(struct rk_aggregate *aggregate, struct rk_error *error);
void rk_aggregate_flag(struct rk_aggregate *aggregate, struct rk_ranking_row *row, const char *what,
                       const char *id);

/* aggregate_method.c */
/* Votes in the order that struct rk_aggregate tells; RK_BAD_DATA where a rater counts more times
 * for one candidate than for another. */
enum rk_status rk_aggregate_sort_votes(struct rk_aggregate *aggregate, struct rk_error *error);
/* Is the mean that rows are filled with what the method asks for? */
bool rk_aggregate_is_plain(const struct rk_aggregate *aggregate);
/* Does a candidate's score depend on who else there is? */
bool rk_aggregate_compares(const struct rk_aggregate *aggregate);
/* Is the lowest combined score the first? */
bool rk_aggregate_low_is_good(const struct rk_aggregate *aggregate);
/* Combined scores of the rows [start, count) no further apart are ties. */
rk_fixed rk_aggregate_tolerance(const struct rk_aggregate *aggregate, size_t start,
                                rk_fixed of_scores);
/* The method applied to the rows [start, count) of a contest: their scores and combined ones are
 * then its. `tell`: measures and Kemeny's search are wanted. */
enum rk_status rk_aggregate_apply(struct rk_aggregate *aggregate, size_t start,
                                  const struct stage_part *parts, size_t part_count, bool tell,
                                  struct rk_error *error);
/* The voices about the ranked candidates of [start, count) who did, or did not, fail a gate;
 * candidate i is row rows[i]. Returns how many candidates; the caller frees both. */
size_t rk_aggregate_gather(struct rk_aggregate *aggregate, size_t start, bool failed_gate,
                           const struct stage_part *parts, size_t part_count,
                           struct rk_voices *voices, size_t **rows);

/* aggregate_sure.c */
/* A measure of a contest, to be filled in further. */
struct rk_ranking_measure *rk_aggregate_measure(struct rk_aggregate *aggregate,
                                                const struct rk_ranking_row *of,
                                                const char *measure, double estimate);
/* How sure the ranked rows [start, count) are; what groups and raters could change. */
void rk_aggregate_judge(struct rk_aggregate *aggregate, size_t start,
                        const struct stage_part *parts, size_t part_count, rk_fixed tolerance);
/* What a method on pairs saw, as measures, and what Kemeny's search came to. */
void rk_aggregate_tell_pairs(struct rk_aggregate *aggregate, const struct rk_voices *voices,
                             const struct rk_rule_work *work, const size_t *rows);

#endif
