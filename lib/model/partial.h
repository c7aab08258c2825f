/* A partial: what rk-aggregate --partial has made of a part of the ratings, scores or ballots, as
 * JSON lines (share/schema/partial.schema.json tells each field):
 *
 *     {"partial":"rk-aggregate","version":1,"definition":…,"options":…,"rubrics":…,"shards":…}
 *     {"part":"recruitment", …}   which rubric it has
 *     {"part":"candidate", …}     of the table candidates
 *     {"part":"contest", …}       a recruitment and stage: scale, lowest and highest score
 *     {"part":"person", …}        a candidate's flags
 *     {"part":"gate", …}          sums of a candidate's ratings on a criterion with a gate
 *     {"part":"sum", …}           scores of a candidate by a group: sum, how many, whose
 *     {"part":"sheet", …}         a rater's ratings of a candidate, as long as some may be missing
 *     {"end":"rk-aggregate","lines":…,"sha256":…}
 *
 * Lines of a kind stand in bytewise order of what they are about, and numbers are exact, so that
 * equal partials are equal bytes. A file can hold several, one after another. What does not end
 * with its last line, or has another hash than that says, is damaged; nothing of it may be used. */
#ifndef RK_PARTIAL_H
#define RK_PARTIAL_H

#include "base/sha256.h"
#include "model/ratings.h"
#include "model/rubric.h"

struct rk_partial_option {
    const char *name, *value;
};
struct rk_partial_recruitment {
    uint32_t recruitment;
    const struct rk_rubric *rubric;
};
struct rk_partial_candidate {
    uint32_t recruitment, candidate;
    unsigned status;  /* place in rk_partial_statuses */
    uint32_t reached; /* RK_ID_STAGE, RK_NONE = not told */
};
extern const char *const rk_partial_statuses[]; /* ends with NULL */
struct rk_partial_contest {
    uint32_t recruitment, stage;
    bool percent, adjusted;
    rk_fixed least, most;
};
struct rk_partial_person {
    uint32_t recruitment, candidate;
    struct rk_text gates; /* list of those failed, as scores tell */
    bool unlinked, unadjusted;
};
struct rk_partial_gate {
    uint32_t recruitment, candidate, criterion;
    rk_fixed sum[2]; /* by basis */
    uint64_t n[2];
};
struct rk_partial_voice {
    uint32_t rater, count;
    rk_fixed value; /* 0 where only sums are kept */
};
struct rk_partial_sum {
    uint32_t recruitment, stage, candidate, group;
    enum rk_basis basis;
    rk_fixed sum;
    uint64_t n;          /* Σ count */
    size_t first, count; /* in partial->voices: each rater once */
};
struct rk_partial_sheet {
    uint32_t recruitment, candidate, rater, stage, group;
    enum rk_basis basis;
    uint32_t persons, count;
    rk_fixed total, weight;
    uint32_t scored;
    uint8_t missing;      /* bit per enum rk_missing */
    size_t first, number; /* in partial->criteria: RK_ID_CRITERION */
};

struct rk_partial {   /* zeroed = empty; give back with rk_partial_free */
    const char *file; /* read from there, the header on `line` */
    uint64_t line;
    struct rk_partial_option *options; /* what changes the answer, in the writer's order */
    const struct rk_rubrics *rubrics;  /* not this one's to free; `assigned` plays no part */
    struct rk_rubrics own;             /* those that were read */
    char definition[RK_SHA256_HEX];    /* hash of options and rubrics */
    char hash[RK_SHA256_HEX];          /* of all lines, where it was read */
    char (*shards)[RK_SHA256_HEX];     /* of the inputs with rows; rk_partial_write sorts them */
    bool keeps_voices;                 /* where it was read: rk_partial_keeps_voices */
    uint64_t raw, rejected;            /* scores that no rubric has scaled; rows set aside */
    struct rk_partial_recruitment *recruitments;
    struct rk_partial_candidate *candidates;
    struct rk_partial_contest *contests;
    struct rk_partial_person *people;
    struct rk_partial_gate *gates;
    struct rk_partial_sum *sums;
    struct rk_partial_voice *voices;
    struct rk_partial_sheet *sheets;
    uint32_t *criteria;
    size_t option_count, option_room, shard_count, shard_room, recruitment_count, recruitment_room,
        candidate_count, candidate_room, contest_count, contest_room, person_count, person_room,
        gate_count, gate_room, sum_count, sum_room, voice_count, voice_room, sheet_count,
        sheet_room, criterion_count, criterion_room;
    struct rk_arena arena;
};
void rk_partial_free(struct rk_partial *partial);

/* `name` and `value` are copied; values of options are never empty. */
void rk_partial_option(struct rk_partial *partial, const char *name, const char *value);
const char *rk_partial_value(const struct rk_partial *partial, const char *name); /* or NULL */
void rk_partial_shard(struct rk_partial *partial, const char *sha256);
bool rk_partial_keeps_voices(const struct rk_partial *partial); /* the option "voices" is "true" */

/* Appends options and rubrics as the header has them, and fills in `definition`. */
void rk_partial_definition(struct rk_partial *partial, struct rk_buf *text);
/* Puts everything in order and writes it; `definition` is filled in. */
void rk_partial_write(struct rk_partial *partial, const struct rk_ids *ids, struct rk_out *out);

struct rk_partial_reader;
enum rk_status rk_partial_open(struct rk_partial_reader **reader, const char *path,
                               struct rk_error *error);
/* The next partial of the file, whole and unharmed; *more = false at the end. RK_FAILED where it is
 * cut or damaged, RK_BAD_DATA where it is something else. The caller frees it in any case. */
enum rk_status rk_partial_read(struct rk_partial_reader *reader, struct rk_ids *ids,
                               struct rk_partial *partial, bool *more, struct rk_error *error);
void rk_partial_close(struct rk_partial_reader *reader); /* NULL is allowed */

#endif
