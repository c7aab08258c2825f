/* Between the files of lib/privacy/purge*; no one else's. */
#ifndef RK_PURGE_WORK_H
#define RK_PURGE_WORK_H

#include "privacy/purge.h"

enum { MOST_REFERENCES = 12, NEW_ID = 16 };

enum purge_class {
    CLASS_PLAIN,
    CLASS_ASSESSMENT,
    CLASS_CONTRIBUTION,
    CLASS_BANK, /* panelists itself */
    CLASS_OWN,  /* of nobody but the panelist: goes with them */
    CLASS_ASSIGNMENT,
    CLASS_CONFLICT,
    CLASS_BOOKKEEPING,
};

enum purge_reference { /* what a column names */
                       NAMES_CANDIDATE = RK_PURGE_CANDIDATE,
                       NAMES_PANELIST = RK_PURGE_PANELIST,
                       NAMES_RATER = RK_PURGE_RATER,
                       NAMES_EITHER,  /* a panelist or a candidate: whoever has the id */
                       NAMES_BY_KIND, /* another column tells */
};

struct purge_table { /* a table of ours, bound to its schema */
    const struct rk_schema *schema;
    enum purge_class class;
    size_t recruitment;       /* field or SIZE_MAX */
    size_t status;            /* of assignments */
    size_t kind;              /* of NAMES_BY_KIND */
    bool exports;             /* goes into the research export */
    struct rk_strings *names; /* of tables */
    uint32_t name;
    struct {
        size_t field;
        enum purge_reference names;
    } references[MOST_REFERENCES];
    size_t reference_count;
};

struct purge_recruitment {
    uint32_t board; /* or RK_NONE */
    enum { STATE_NONE, STATE_OPEN, STATE_DECIDED, STATE_CANCELLED } state;
    int32_t decided, cancelled;
    int32_t hired_force, any_force; /* the latest days of legal force, or RK_NO_DATE */
    bool hired_without, has_decisions;
};
struct purge_candidate {
    uint32_t recruitment; /* or RK_NONE */
    bool hired, protected, consents;
};
struct purge_panelist {
    bool known, left, consents, stub;
    bool books, kept; /* rows of bookkeeping, and others that are kept, name them */
    int32_t left_on, withdrawn_on;
    uint32_t fresh; /* 1 + its new id, 0 = none yet */
};
struct purge_rater {
    uint32_t panelist; /* or RK_NONE */
};

struct purge_reason {
    uint32_t recruitment;
    enum rk_disposal_what what;
    enum rk_purge_action action;
    uint32_t ground;
    const struct rk_disposal_rule *rule;
    int32_t event_on;
};

struct purge_export;
struct rk_purge {
    const struct rk_purge_options *options;
    struct rk_strings ids[RK_PURGE_KINDS], recruitment_ids, boards, grounds, tables, fresh;
    struct purge_recruitment *recruitments;
    struct purge_candidate *candidates;
    struct purge_panelist *panelists;
    struct purge_rater *raters;
    size_t recruitment_room, candidate_room, panelist_room, rater_room;
    uint32_t subject; /* its number, or RK_NONE */
    struct rk_tuples reason_keys;
    struct purge_reason *reasons;
    size_t reason_room;
    struct rk_tuples line_keys; /* (reason, table) */
    uint64_t *line_rows;
    size_t line_room;
    struct rk_strings others[RK_PURGE_KINDS]; /* hidden in the copy for the subject */
    struct purge_export *export;
};

struct purge_verdict {
    uint32_t reason;   /* or RK_NONE: nothing to say of it */
    uint32_t replaced; /* a reason of a seat to be filled anew, or RK_NONE */
    bool about;        /* the subject, or no subject was asked for */
};

/* Numbers of ids, made on the way. */
uint32_t rk_purge_recruitment(struct rk_purge *p, struct rk_text id);
uint32_t rk_purge_candidate(struct rk_purge *p, struct rk_text id);
uint32_t rk_purge_panelist(struct rk_purge *p, struct rk_text id);
uint32_t rk_purge_rater(struct rk_purge *p, struct rk_text id);

void rk_purge_bind(struct rk_purge *p, struct purge_table *t, const struct rk_schema *schema);
/* Whom a reference of the row names: the kind, or RK_PURGE_KINDS when nobody. A list gives its
 * items one after another in *item; *rest starts as the whole cell. */
enum rk_purge_who rk_purge_named(struct rk_purge *p, const struct purge_table *t,
                                 const struct rk_row *row, size_t reference, struct rk_text *rest,
                                 struct rk_text *item);
struct purge_verdict rk_purge_judge(struct rk_purge *p, const struct purge_table *t,
                                    const struct rk_row *row);
/* Will the panelist's id be replaced where it is kept? */
bool rk_purge_goes(struct rk_purge *p, struct rk_text panelist);
bool rk_purge_is_subject(struct rk_purge *p, enum rk_purge_who who, struct rk_text id);

struct purge_export *rk_purge_export_new(void);
void rk_purge_export_free(struct purge_export *export);
void rk_purge_export_row(struct rk_purge *p, const struct purge_table *t, const struct rk_row *row);
/* A random id of its own. */
void rk_purge_random_id(char id[NEW_ID + 1]);

#endif
