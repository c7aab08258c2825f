/* What panelists are owed for their work: fees by the day or the hour, mileage, expenses, and the
 * calendar-year sums that decide on contributions and tax. A basis for payment, not payroll. All
 * amounts are kronor, exact; what is rounded is said here.
 *
 * Fee of a day (or of an activity, `per_activity`), T = its hours, those of travel included:
 *     by day: full_day where T > full_day_over, short where T <= short_up_to (in years that have a
 *     rate of that name), else half_day; by the hour: hour × T. A rate in percent is of the year's
 *     price_base_amount. The rate is rounded first, as regions print theirs, and then the fee.
 *     A fee under the minimum is raised to it.
 *     The fee of a day with several activities is divided by their hours in whole steps of the
 *     rounding, the largest remainders first (ties: the earlier activity), so that lines sum to it.
 * Mileage: km × mileage, or where there is no such rate × car_allowance; above car_allowance it is
 *     taxable.
 * Contributions (2 kap. 14 § socialavgiftslagen): none while the taxable pay of the calendar year,
 *     by month of payment, is under contributions_from; from then on for all of it from the first
 *     krona, in the month in which it is reached: pay from elsewhere counts, and what falls due is
 * told of both together. Tax is not withheld where a month's taxable pay is under withholding_from
 * (10 kap. 4 § skatteförfarandelagen). */
#ifndef RK_HONORARIUM_H
#define RK_HONORARIUM_H

#include "model/activities.h"
#include "model/rates.h"

enum rk_rounding { RK_HALF_EVEN, RK_HALF_UP, RK_HALF_DOWN, RK_ROUND_UP, RK_ROUND_DOWN };
/* To a multiple of step > 0; value >= 0. */
rk_fixed rk_round_money(rk_fixed value, rk_fixed step, enum rk_rounding rounding);

struct rk_honorarium_rules {
    bool by_hour, per_activity, skip_travel, skip_mileage;
    bool
        pay_doubtful; /* else what is claimed twice or overlaps is held: 0 kronor until looked at */
    enum rk_rounding rounding;
    rk_fixed step;            /* > 0; of fees. Mileage is rounded to 0.01 */
    rk_fixed minimum;         /* of a fee; 0 = none */
    const char *minimum_rate; /* … or the rate of this name; NULL = none */
    int32_t paid_after;       /* months from the work to its payment, >= 0 */
};

/* A panelist's other taxable pay from the same payer. */
struct rk_other_pay {
    uint32_t panelist; /* place in activities->panelists */
    int32_t month;     /* of payment */
    rk_fixed taxable;
};

enum rk_pay_kind { RK_PAY_FEE, RK_PAY_MILEAGE, RK_PAY_MILEAGE_TAXED, RK_PAY_EXPENSE };
extern const char *const rk_pay_kinds[]; /* words of the schema */
enum rk_pay_flag {
    RK_PAY_DOUBLE = 1,   /* the same panelist, day, recruitment and stage again */
    RK_PAY_OVERLAP = 2,  /* begins before earlier work of the panelist has ended */
    RK_PAY_OVER_DAY = 4, /* over 24 hours in a day */
    RK_PAY_HELD = 8,
    RK_PAY_MINIMUM = 16,
    RK_PAY_UNCONFIRMED = 32,   /* a rate that was not read in its source */
    RK_PAY_CONTRIBUTIONS = 64, /* of a month: contributions begin to be due */
};
extern const char *const rk_pay_flags[]; /* by bit; ends with NULL */

struct rk_pay_line {
    uint32_t activity; /* place in activities->rows */
    int32_t month;     /* of payment, year × 12 + month - 1 */
    enum rk_pay_kind kind;
    const char *unit; /* full_day, half_day, short, hour, km, SEK */
    rk_fixed quantity, rate, amount;
    unsigned flags;
};
static inline bool rk_pay_is_taxable(enum rk_pay_kind kind)
{
    return kind == RK_PAY_FEE || kind == RK_PAY_MILEAGE_TAXED;
}

struct rk_pay_month { /* of one panelist */
    uint32_t panelist;
    int32_t month;
    rk_fixed taxable, untaxed, expense;
    rk_fixed year_to_date;     /* taxable, other pay included */
    rk_fixed contributions_on; /* what contributions fall due on this month, other pay included */
    bool withhold;
    unsigned flags;
};

struct rk_honorarium {         /* give back with rk_honorarium_free */
    struct rk_pay_line *lines; /* in the order of the activities */
    size_t line_count, line_room;
    struct rk_pay_month *months; /* by panelist_id, then month; also those in which other pay alone
                                  * makes contributions due */
    size_t month_count, month_room;
};

/* Is every rate that the activity needs there? False, with the column it is missed by and why. */
bool rk_honorarium_can(const struct rk_honorarium_rules *rules, const struct rk_rates *rates,
                       const struct rk_activity *activity, const char **field, struct rk_buf *why);
/* For activities that all can; `other` in any order. */
void rk_honorarium(struct rk_honorarium *result, const struct rk_honorarium_rules *rules,
                   const struct rk_rates *rates, const struct rk_activities *activities,
                   const struct rk_other_pay *other, size_t other_count);
void rk_honorarium_free(struct rk_honorarium *result);

/* Activities held or flagged, and lines by a rate that is not confirmed: of what is paid in this
 * month, or with `by_month` false of all. An activity of no hours, way and expense is not counted.
 */
uint64_t rk_honorarium_doubtful(const struct rk_honorarium *of, bool by_month, int32_t month);
uint64_t rk_honorarium_unconfirmed(const struct rk_honorarium *of, bool by_month, int32_t month);

/* Sums of lines. */
enum rk_pay_by { /* what a sum is kept apart by, beside the month */
                 RK_PAY_BY_PANELIST = 1,
                 RK_PAY_BY_CENTRE = 2,
                 RK_PAY_BY_RECRUITMENT = 4,
                 RK_PAY_BY_PAY = 8, /* kind, unit and rate */
};
struct rk_pay_sum {
    uint32_t line; /* the first of its lines: for what it is kept apart by */
    rk_fixed quantity, hours, taxable, untaxed, expense; /* hours of work, travel not included */
};
/* By month, then panelist_id, centre, recruitment_id and kind as asked, those in the order of their
 * texts. centre[r], of the activities' recruitment r, is a place in `centres`, or RK_NONE. Caller
 * frees. */
struct rk_pay_sum *rk_honorarium_sums(const struct rk_honorarium *of,
                                      const struct rk_activities *activities, unsigned by,
                                      const struct rk_strings *centres, const uint32_t *centre,
                                      size_t *count);

#endif
