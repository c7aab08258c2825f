/* The slip that a panelist gets with a payment: one HTML page, for paper, phone and screen reader,
 * in the language asked for, with nobody else's name. */
#ifndef RK_SLIP_H
#define RK_SLIP_H

#include "base/text.h"
#include "report/language.h"

struct rk_slip_line {
    int32_t date; /* days */
    struct rk_text stage;
    const char *kind; /* words of the table honoraria */
    const char *unit;
    rk_fixed quantity, rate, amount;
    bool held; /* not paid until somebody has looked */
};

struct rk_slip {
    enum rk_language language;
    struct rk_text panelist_id, name, address; /* name and address may be empty */
    int32_t month;                             /* of payment */
    const struct rk_slip_line *lines;
    size_t count;
    rk_fixed taxable, untaxed, expense, year_to_date;
    bool withhold;
};

/* Appends the page; the same slip gives the same bytes. */
void rk_slip_render(struct rk_buf *out, const struct rk_slip *slip);

#endif
