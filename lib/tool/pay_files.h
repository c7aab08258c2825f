/* Who panelists are, for payroll and slips; and the tables and slips that rk-honorarium writes. */
#ifndef RK_PAY_FILES_H
#define RK_PAY_FILES_H

#include "honorarium/honorarium.h"
#include "tool/tool.h"

struct rk_identities { /* zeroed = nobody is known; give back with rk_identities_free */
    struct rk_strings ids;
    struct rk_identity {
        struct rk_text number, name, address, account; /* personal; may be empty */
    } * rows;                                          /* by number in `ids` */
    size_t room;
    struct rk_arena arena;
};

/* Reads a table `identities` that must be its owner's alone (tool/private.h). */
enum rk_status rk_identities_read(struct rk_run *run, struct rk_identities *identities,
                                  const char *path, struct rk_error *error);
void rk_identities_free(struct rk_identities *identities);

struct rk_pay_view {
    const struct rk_honorarium *result;
    const struct rk_activities *activities;
    const struct rk_strings *centres;
    const uint32_t *centre; /* of each recruitment of the activities, or RK_NONE */
    const struct rk_identities *identities;
    const char *const *codes; /* of the payroll, by kind of pay; NULL = the kind's word */
    bool by_month;
    int32_t month; /* the only one told of, where by_month */
};

/* The main output. */
enum rk_pay_table { RK_PAY_LINES, RK_PAY_MONTHS, RK_PAY_CENTRES, RK_PAY_COSTS, RK_PAY_PAYROLL };
void rk_pay_write(struct rk_run *run, const struct rk_pay_view *view, enum rk_pay_table table);
/* A page for each panelist who is paid in the month: FOLDER/PANELIST_ID.html. */
enum rk_status rk_pay_slips(struct rk_run *run, const struct rk_pay_view *view, const char *folder,
                            struct rk_error *error);

#endif
