/* The tables `disposal` (what is erased how long after which event, by board) and `holds` (what
 * must stay meanwhile). Nothing of a disposal plan is in code. */
#ifndef RK_DISPOSAL_H
#define RK_DISPOSAL_H

#include "base/hash.h"
#include "model/cells.h"

/* In the order of the schema's words. */
enum rk_disposal_what {
    RK_DISPOSAL_APPLICATION, /* of somebody who was not hired, with all that was said of it */
    RK_DISPOSAL_HIRED,       /* the same of who was hired */
    RK_DISPOSAL_ASSESSMENTS, /* ratings, scores and rankings alone, of both */
    RK_DISPOSAL_CONTRIBUTIONS,
    RK_DISPOSAL_PANELIST, /* an entry of the user bank */
    RK_DISPOSAL_WHATS
};
#define RK_DISPOSAL_WHAT_WORDS "application", "hired", "assessments", "contributions", "panelist"
enum rk_disposal_event {
    RK_DISPOSAL_LEGAL_FORCE,
    RK_DISPOSAL_DECIDED,
    RK_DISPOSAL_CANCELLED,
    RK_DISPOSAL_LEFT,
    RK_DISPOSAL_WITHDRAWN,
    RK_DISPOSAL_EVENTS
};
#define RK_DISPOSAL_EVENT_WORDS "legal_force", "decided", "cancelled", "left", "consent_withdrawn"

struct rk_disposal_rule {
    enum rk_disposal_what what;
    enum rk_disposal_event event;
    int32_t months; /* kept from the event on; -1 = for ever */
    bool confirmed;
    struct rk_text source;
    bool every; /* of every board that has none of its own */
};

struct rk_disposal { /* zeroed = empty; give back with rk_disposal_free */
    struct rk_disposal_rule *rules;
    uint32_t count, room;
    struct rk_strings boards;
    struct rk_tuples keys; /* (board, what, event) → place among the rules */
    struct rk_arena arena;
};

/* Reads the whole table; a rule that stands twice is a bad row. */
enum rk_status rk_disposal_read(struct rk_disposal *disposal, struct rk_table *table,
                                const struct rk_schema *schema, struct rk_error *error);
/* The board's own rule, or else that of every board ("*"); NULL where there is none. */
const struct rk_disposal_rule *rk_disposal_find(const struct rk_disposal *disposal,
                                                struct rk_text board, enum rk_disposal_what what,
                                                enum rk_disposal_event event);
void rk_disposal_free(struct rk_disposal *disposal);

/* The last day to keep what happened on `event`: the same day so many months later, or the last of
 * that month where it has no such day. It is erased from the day after. The day 9999-12-31 where
 * there is none so late. `months` >= 0. */
int32_t rk_disposal_last_day(int32_t event, int32_t months);

enum rk_hold_of { RK_HOLD_RECRUITMENT, RK_HOLD_CANDIDATE, RK_HOLD_PANELIST, RK_HOLD_KINDS };

struct rk_holds { /* zeroed = none; give back with rk_holds_free */
    struct rk_strings ids[RK_HOLD_KINDS];
    struct rk_hold {
        int32_t until; /* the last day; RK_NO_DATE = until the row is taken out */
        struct rk_text ground;
        struct rk_pos pos; /* of the id */
    } * rows;
    uint32_t count, room;
    struct rk_tuples places; /* (kind, id) → place among the rows */
    struct rk_arena arena;
};

/* Of two holds of the same, the longer counts. */
enum rk_status rk_holds_read(struct rk_holds *holds, struct rk_table *table,
                             const struct rk_schema *schema, struct rk_error *error);
/* The hold that stands on the day; NULL where there is none. */
const struct rk_hold *rk_holds_find(const struct rk_holds *holds, enum rk_hold_of kind,
                                    struct rk_text id, int32_t day);
void rk_holds_free(struct rk_holds *holds);

#endif
