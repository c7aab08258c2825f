/* The tables of a user bank and its recruitments, as the panel tools read them. */
#ifndef RK_BANK_H
#define RK_BANK_H

#include "model/assignments.h"
#include "model/availability.h"
#include "model/conflicts.h"
#include "model/quotas.h"
#include "model/sessions.h"
#include "tool/tool.h"

struct rk_bank { /* zeroed = empty; give back with rk_bank_free */
    struct rk_panelists panelists;
    struct rk_recruitments recruitments;
    struct rk_sessions sessions;
    struct rk_availability availability;
    struct rk_candidates candidates;
    struct rk_raters raters;
    struct rk_conflicts conflicts;
    struct rk_assignments assignments, fixed;
    struct rk_quotas quotas;
    struct rk_features features; /* what the quotas count by */
};

struct rk_bank_files {  /* of one option, as often as it is given; zeroed = none */
    const char **paths; /* give back with rk_free */
    size_t count, room;
};
void rk_bank_file(struct rk_bank_files *files, const char *path);

/* Reads those of the tool's tables that were given, and `fixed`, more tables of the schema
 * assignments. `want` is called before the panelists are read, or NULL. */
enum rk_status
rk_bank_read(struct rk_run *run, struct rk_bank *bank, const struct rk_bank_files *fixed,
             void (*want)(const struct rk_quotas *quotas, struct rk_features *features),
             struct rk_error *error);
/* Adds to `into`, of the bank, the assignments of these files. */
enum rk_status rk_bank_add(struct rk_run *run, const struct rk_bank *bank,
                           struct rk_assignments *into, const struct rk_bank_files *files,
                           struct rk_error *error);
/* Warns, once a table of the bank is read, of columns that look like one that rules who may sit, and
 * are not read. */
void rk_bank_mind_columns(struct rk_run *run, const struct rk_table *table);
void rk_bank_free(struct rk_bank *bank);

#endif
