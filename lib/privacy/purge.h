/* Disposal: what becomes of each row of a data package on a day, by the disposal plan, holds and
 * requests; and the rows that stay.
 *
 *     rk_purge_new
 *     each table, in the order of rk_rules_tables:  rk_purge_learn      who there is, what happened
 *     each table:                                   rk_purge_walk       what becomes of its rows
 *     rk_purge_lines: the list; each table that changes: rk_purge_walk again, to write
 *
 * An application is erased when the board's plan says so, counted from the day the decision to hire
 * gained legal force (the last such day where several were hired; where nobody was, that of any
 * decision), or from the cancellation. With the candidate go all rows of any table of ours that
 * name them. What was said of a panelist's assignments is kept without saying whose they were.
 * Memory is in proportion to people, recruitments and candidates. */
#ifndef RK_PURGE_H
#define RK_PURGE_H

#include "model/disposal.h"
#include "stream/write.h"
#include "table/table.h"

enum rk_purge_who { RK_PURGE_CANDIDATE, RK_PURGE_PANELIST, RK_PURGE_RATER, RK_PURGE_KINDS };

enum rk_purge_action { /* in the order of the words of the table `due` */
                       RK_PURGE_ERASE,
                       RK_PURGE_DEIDENTIFY,
                       RK_PURGE_KEEP,
                       RK_PURGE_WAIT,    /* the day of the event is missing */
                       RK_PURGE_REPLACE, /* a seat of an open recruitment, besides what becomes of
                                            its row */
};
#define RK_PURGE_ACTION_WORDS "erase", "deidentify", "keep", "wait", "replace"

struct rk_purge_options {
    int32_t day;
    const struct rk_disposal *disposal;
    const struct rk_holds *holds;
    const char *subject;            /* the id of one person: only rows about them; or NULL */
    enum rk_purge_who subject_kind; /* a candidate or a panelist */
    bool export;                    /* what is erased is kept for rk_purge_export */
};

struct rk_purge;
struct rk_purge *rk_purge_new(const struct rk_purge_options *options); /* must outlive it */
void rk_purge_free(struct rk_purge *purge);                            /* NULL is allowed */

/* Reads the table to its end. */
enum rk_status rk_purge_learn(struct rk_purge *purge, struct rk_table *table,
                              const struct rk_schema *schema, struct rk_error *error);

/* After learning. RK_BAD_DATA where a hold that stands on the day is of nobody that a table of
 * candidates, panelists or recruitments knows: most likely somebody else was meant. */
enum rk_status rk_purge_check_holds(const struct rk_purge *purge, struct rk_error *error);
/* Likewise: does any table name the subject? */
bool rk_purge_knows(struct rk_purge *purge);

enum rk_purge_walk {
    RK_PURGE_COUNT,   /* into the list */
    RK_PURGE_REWRITE, /* what stays, to `out` */
    RK_PURGE_EXTRACT, /* the rows about the subject, to `out`, with the ids of others hidden */
};
struct rk_purge_walked {
    uint64_t before, after; /* rows */
    uint64_t about;         /* of them, those about the subject; all where none was asked for */
    bool changes;           /* rows are erased, or are not what they were */
};
/* Reads the table to its end, again. Columns keep their names and order, cells their texts.
 * RK_BAD_DATA where JSON brings a column late. */
enum rk_status rk_purge_walk(struct rk_purge *purge, enum rk_purge_walk walk,
                             struct rk_table *table, const struct rk_schema *schema,
                             struct rk_out *out, enum rk_form form, struct rk_purge_walked *walked,
                             struct rk_error *error);

/* Rows of one table that share what becomes of them, and why. */
struct rk_purge_line {
    struct rk_text board, recruitment; /* may be empty */
    const char *table;
    enum rk_disposal_what what;
    enum rk_purge_action action;
    struct rk_text ground;
    const struct rk_disposal_rule *rule; /* or NULL */
    int32_t event_on, last_day;          /* or RK_NO_DATE */
    uint64_t rows;
};
/* In the order in which they were met; false when there are no more. */
bool rk_purge_lines(const struct rk_purge *purge, size_t index, struct rk_purge_line *line);
/* Is the line of what was due on the day (erased, held, waiting), not of what is kept anyway? */
bool rk_purge_is_due(const struct rk_purge_line *line);

/* The tables of the research export that have rows: NULL when there are no more. Only of those who
 * consent to research: the candidate, and panelists who rated; no protected rows. Ids become
 * random, personal columns and those that lead to a person go, days become the first of their year,
 * texts with an identity number, address, telephone or e-mail are left out. Rows are in order of
 * the random ids, so that their order tells nothing. */
const char *rk_purge_export_table(const struct rk_purge *purge, size_t index);
void rk_purge_export(struct rk_purge *purge, size_t index, struct rk_out *out);

#endif
