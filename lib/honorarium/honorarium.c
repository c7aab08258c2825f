#include "honorarium/honorarium.h"

#include "base/message.h"

const char *const rk_pay_kinds[] = {"fee", "mileage", "mileage_taxed", "expense"};
const char *const rk_pay_flags[] = {"double_claim", "overlap",          "over_24_hours", "held",
                                    "minimum",      "unconfirmed_rate", "contributions", NULL};

static const rk_fixed ore = RK_FIXED_ONE / 100;

rk_fixed rk_round_money(rk_fixed value, rk_fixed step, enum rk_rounding rounding)
{
    rk_fixed whole = value / step, rest = value % step, twice = rest * 2;
    bool up = rounding == RK_ROUND_UP     ? rest > 0
              : rounding == RK_ROUND_DOWN ? false
              : twice != step             ? twice > step
              : rounding == RK_HALF_EVEN  ? whole % 2 != 0
                                          : rounding == RK_HALF_UP;
    return (whole + up) * step;
}

/* ---- rates ---- */

/* A rate as it is used; `unconfirmed` is set where it, or what it is a part of, is. */
static rk_fixed of_rate(const struct rk_rates *rates, int32_t year, const char *name,
                        bool *unconfirmed)
{
    const struct rk_rate *rate = rk_rates_find(rates, year, name);
    *unconfirmed |= !rate->confirmed;
    if (rate->unit == RK_RATE_SEK_MIL)
        return rk_fixed_divide(rate->value, 10);
    if (rate->unit != RK_RATE_PERCENT)
        return rate->value;
    const struct rk_rate *base = rk_rates_find(rates, year, "price_base_amount");
    *unconfirmed |= !base->confirmed;
    return rk_fixed_times(base->value, rk_ratio(rate->value, 100 * RK_FIXED_ONE));
}

enum units { MONEY, BY_DISTANCE, TIME };

static bool has(const struct rk_rates *rates, int32_t year, const char *name, enum units units,
                struct rk_buf *why)
{
    const struct rk_rate *rate = rk_rates_find(rates, year, name);
    if (!rate) {
        rk_buf_printf(why, _("there is no %s for %d among the rates"), name, (int)year);
        return false;
    }
    if (rate->value > 10000000 * RK_FIXED_ONE) { /* what keeps all sums within 128 bits */
        rk_buf_printf(why, _("the rate %s for %d is over ten million"), name, (int)year);
        return false;
    }
    bool fits = units == TIME ? rate->unit == RK_RATE_HOURS
                : units == BY_DISTANCE
                    ? rate->unit == RK_RATE_SEK_KM || rate->unit == RK_RATE_SEK_MIL
                    : rate->unit == RK_RATE_SEK || rate->unit == RK_RATE_PERCENT;
    if (!fits) {
        rk_buf_printf(why, _("the rate %s for %d is in another unit than it can be used in"), name,
                      (int)year);
        return false;
    }
    return rate->unit != RK_RATE_PERCENT || !strcmp(name, "price_base_amount") ||
           has(rates, year, "price_base_amount", MONEY, why);
}

static bool pays_short(const struct rk_rates *rates, int32_t year)
{
    return rk_rates_find(rates, year, "short") != NULL;
}

static int32_t month_of(const struct rk_honorarium_rules *rules, const struct rk_activity *a)
{
    return rk_month_of(a->date) + rules->paid_after;
}

static const char *mileage_name(const struct rk_rates *rates, int32_t year)
{
    return rk_rates_find(rates, year, "mileage") ? "mileage" : "car_allowance";
}

bool rk_honorarium_can(const struct rk_honorarium_rules *rules, const struct rk_rates *rates,
                       const struct rk_activity *a, const char **field, struct rk_buf *why)
{
    int32_t year = rk_date_from_days(a->date).year, paid = month_of(rules, a) / 12;
    if (a->hours + a->travel_hours > 1000 * RK_FIXED_ONE) {
        *field = "hours";
        rk_buf_printf(why, _("over 1000 hours in one activity"));
        return false;
    }
    if (a->expense % ore) {
        *field = "expense";
        rk_buf_printf(why, _("an expense is kronor with two decimals at most"));
        return false;
    }
    *field = "date";
    if (!has(rates, paid, "contributions_from", MONEY, why) ||
        !has(rates, paid, "withholding_from", MONEY, why))
        return false;
    if (rules->by_hour
            ? !has(rates, year, "hour", MONEY, why)
            : !has(rates, year, "full_day", MONEY, why) ||
                  !has(rates, year, "half_day", MONEY, why) ||
                  !has(rates, year, "full_day_over", TIME, why) ||
                  (pays_short(rates, year) && (!has(rates, year, "short", MONEY, why) ||
                                               !has(rates, year, "short_up_to", TIME, why))))
        return false;
    if (rules->minimum_rate && !has(rates, year, rules->minimum_rate, MONEY, why))
        return false;
    *field = "travel_km";
    return rules->skip_mileage || !a->travel_km ||
           (has(rates, year, "car_allowance", BY_DISTANCE, why) &&
            has(rates, year, mileage_name(rates, year), BY_DISTANCE, why));
}

/* ---- lines ---- */

struct work {
    struct rk_honorarium *to;
    const struct rk_honorarium_rules *rules;
    const struct rk_rates *rates;
    const struct rk_activities *activities;
    unsigned *flags; /* of each activity */
};

static void add_line(struct work *w, uint32_t activity, enum rk_pay_kind kind, const char *unit,
                     rk_fixed quantity, rk_fixed rate, rk_fixed amount, unsigned flags)
{
    struct rk_honorarium *to = w->to;
    flags |= w->flags[activity];
    RK_GROW(to->lines, to->line_count, to->line_room);
    to->lines[to->line_count++] =
        (struct rk_pay_line){activity,
                             month_of(w->rules, &w->activities->rows[activity]),
                             kind,
                             unit,
                             quantity,
                             rate,
                             flags & RK_PAY_HELD ? 0 : amount,
                             flags};
}

static rk_fixed weight(const struct work *w, uint32_t activity)
{
    const struct rk_activity *a = &w->activities->rows[activity];
    return a->hours + (w->rules->skip_travel ? 0 : a->travel_hours);
}

struct share {
    rk_fixed rest;
    uint32_t place;
};

static int by_rest(const void *x, const void *y)
{
    const struct share *a = x, *b = y;
    if (a->rest != b->rest)
        return a->rest > b->rest ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* Divides `fee`, a number of whole steps, among the activities from … to - 1 that are not held, by
 * their hours, which sum to `total` > 0. */
static void divide(const struct work *w, uint32_t from, uint32_t to, rk_fixed fee, rk_fixed total,
                   rk_fixed *parts)
{
    rk_fixed step = w->rules->step, left = fee / step;
    struct share *shares = rk_alloc(to - from, sizeof *shares);
    for (uint32_t i = from; i < to; i++) {
        bool held = w->flags[i] & RK_PAY_HELD;
        rk_fixed share = held ? 0 : weight(w, i) * (fee / step); /* < 10^21 × 10^13 */
        parts[i - from] = share / total;
        shares[i - from] = (struct share){held ? -1 : share % total, i - from};
        left -= parts[i - from];
    }
    if (left > 0) /* fewer than there are: each share lost less than a step */
        qsort(shares, to - from, sizeof *shares, by_rest);
    for (uint32_t i = 0; i < left; i++)
        parts[shares[i].place]++;
    for (uint32_t i = 0; i < to - from; i++)
        parts[i] *= step;
    rk_free(shares);
}

/* The fee of the activities from … to - 1 together, and what it is by. */
static rk_fixed fee_of(const struct work *w, int32_t year, rk_fixed total, const char **unit,
                       rk_fixed *rate, unsigned *flags)
{
    const struct rk_honorarium_rules *rules = w->rules;
    bool unconfirmed = false;
    if (rules->by_hour)
        *unit = "hour";
    else if (total > of_rate(w->rates, year, "full_day_over", &unconfirmed))
        *unit = "full_day";
    else if (pays_short(w->rates, year) &&
             total <= of_rate(w->rates, year, "short_up_to", &unconfirmed))
        *unit = "short";
    else
        *unit = "half_day";
    *rate =
        rk_round_money(of_rate(w->rates, year, *unit, &unconfirmed), rules->step, rules->rounding);
    rk_fixed fee = *rate;
    if (rules->by_hour)
        fee = rk_round_money(rk_fixed_times(*rate, rk_ratio(total, RK_FIXED_ONE)), rules->step,
                             rules->rounding);
    rk_fixed least = rules->minimum;
    if (rules->minimum_rate)
        least = of_rate(w->rates, year, rules->minimum_rate, &unconfirmed);
    least = rk_round_money(least, rules->step, rules->rounding);
    *flags = unconfirmed ? RK_PAY_UNCONFIRMED : 0;
    if (fee < least) {
        *flags |= RK_PAY_MINIMUM;
        fee = least;
    }
    return fee;
}

static void pay_mileage(struct work *w, uint32_t i, int32_t year)
{
    const struct rk_activity *a = &w->activities->rows[i];
    bool unconfirmed = false;
    rk_fixed rate = of_rate(w->rates, year, mileage_name(w->rates, year), &unconfirmed),
             untaxed = of_rate(w->rates, year, "car_allowance", &unconfirmed);
    struct rk_ratio km = rk_ratio(a->travel_km, RK_FIXED_ONE);
    unsigned flags = unconfirmed ? RK_PAY_UNCONFIRMED : 0;
    if (untaxed > rate)
        untaxed = rate;
    rk_fixed all = rk_round_money(rk_fixed_times(rate, km), ore, w->rules->rounding),
             part = rk_round_money(rk_fixed_times(untaxed, km), ore, w->rules->rounding);
    add_line(w, i, RK_PAY_MILEAGE, "km", a->travel_km, untaxed, part, flags);
    if (rate > untaxed)
        add_line(w, i, RK_PAY_MILEAGE_TAXED, "km", a->travel_km, rate - untaxed, all - part, flags);
}

/* Everything of the activities from … to - 1, whose fee is one. */
static void pay(struct work *w, uint32_t from, uint32_t to)
{
    int32_t year = rk_date_from_days(w->activities->rows[from].date).year;
    rk_fixed total = 0, fee = 0, rate = 0, *parts = rk_alloc(to - from, sizeof *parts);
    const char *unit = "hour";
    unsigned flags = 0;
    for (uint32_t i = from; i < to; i++)
        total += w->flags[i] & RK_PAY_HELD ? 0 : weight(w, i);
    if (total > 0) {
        fee = fee_of(w, year, total, &unit, &rate, &flags);
        divide(w, from, to, fee, total, parts);
    }
    for (uint32_t i = from; i < to; i++) {
        const struct rk_activity *a = &w->activities->rows[i];
        bool held = w->flags[i] & RK_PAY_HELD;
        rk_fixed hours = weight(w, i);
        if (hours && held)
            add_line(w, i, RK_PAY_FEE, "hour", hours, 0, 0, 0);
        else if (hours)
            add_line(w, i, RK_PAY_FEE, unit,
                     w->rules->by_hour ? hours
                                       : rk_fixed_times(RK_FIXED_ONE, rk_ratio(hours, total)),
                     flags & RK_PAY_MINIMUM ? fee : rate, parts[i - from], flags);
        if (a->travel_km && !w->rules->skip_mileage)
            pay_mileage(w, i, year);
        if (a->expense)
            add_line(w, i, RK_PAY_EXPENSE, "SEK", a->expense, RK_FIXED_ONE, a->expense, 0);
    }
    rk_free(parts);
}

/* ---- claims that a person must look at ---- */

struct claim {
    uint32_t recruitment, stage, activity;
};

static int by_work(const void *x, const void *y)
{
    const struct claim *a = x, *b = y;
    if (a->recruitment != b->recruitment)
        return a->recruitment < b->recruitment ? -1 : 1;
    if (a->stage != b->stage)
        return a->stage < b->stage ? -1 : 1;
    return a->activity < b->activity ? -1 : a->activity > b->activity;
}

/* Claimed again: at the time of a claim before it, or at no time told, beside one of any time.
 * Those with no time come first in a day, then by their time, so that of the same work as well. */
static void mark_double(struct work *w, uint32_t day, uint32_t end)
{
    const struct rk_activity *rows = w->activities->rows;
    uint32_t count = end - day;
    if (count < 2)
        return;
    struct claim *claims = rk_alloc(count, sizeof *claims);
    for (uint32_t i = 0; i < count; i++)
        claims[i] = (struct claim){rows[day + i].recruitment, rows[day + i].stage, day + i};
    qsort(claims, count, sizeof *claims, by_work);
    for (uint32_t i = 0, next; i < count; i = next) {
        for (next = i + 1; next < count && claims[next].recruitment == claims[i].recruitment &&
                           claims[next].stage == claims[i].stage;)
            next++;
        bool timed = rows[claims[next - 1].activity].start != RK_NO_TIME;
        for (uint32_t k = i; k < next; k++) {
            int64_t start = rows[claims[k].activity].start;
            if ((k > i && rows[claims[k - 1].activity].start == start) ||
                (start == RK_NO_TIME && timed))
                w->flags[claims[k].activity] = RK_PAY_DOUBLE;
        }
    }
    rk_free(claims);
}

static void mark(struct work *w)
{
    const struct rk_activity *rows = w->activities->rows;
    uint32_t panelist = RK_NONE;
    int64_t busy = INT64_MIN; /* until when the panelist worked */
    for (uint32_t day = 0, end; day < w->activities->count; day = end) {
        rk_fixed total = 0;
        for (end = day; end < w->activities->count && rows[end].panelist == rows[day].panelist &&
                        rows[end].date == rows[day].date;)
            end++;
        mark_double(w, day, end);
        busy = rows[day].panelist == panelist ? busy : INT64_MIN;
        panelist = rows[day].panelist;
        for (uint32_t i = day; i < end; i++) {
            const struct rk_activity *a = &rows[i];
            if (w->flags[i]) /* claimed twice */
                ;
            else if (a->start != RK_NO_TIME && a->start < busy)
                w->flags[i] = RK_PAY_OVERLAP;
            else if (a->start != RK_NO_TIME && a->hours > 0) {
                /* a minute begun is taken; hours are at most 1000, so this fits */
                int64_t until =
                    a->start + (int64_t)((a->hours * 60 + RK_FIXED_ONE - 1) / RK_FIXED_ONE);
                busy = until > busy ? until : busy;
            }
            if (w->flags[i] && !w->rules->pay_doubtful)
                w->flags[i] |= RK_PAY_HELD;
            total += w->flags[i] & RK_PAY_HELD ? 0 : weight(w, i);
        }
        for (uint32_t i = day; i < end; i++) {
            if (total > 24 * RK_FIXED_ONE && !(w->flags[i] & RK_PAY_HELD))
                w->flags[i] |= RK_PAY_OVER_DAY;
        }
    }
}

/* ---- months ---- */

static void take_line(struct rk_honorarium *to, uint32_t panelist, const struct rk_pay_line *line)
{
    struct rk_pay_month *last = to->month_count ? &to->months[to->month_count - 1] : NULL;
    if (!last || last->panelist != panelist || last->month != line->month) {
        RK_GROW(to->months, to->month_count, to->month_room);
        last = &to->months[to->month_count++];
        *last = (struct rk_pay_month){.panelist = panelist, .month = line->month};
    }
    last->flags |= line->flags;
    if (rk_pay_is_taxable(line->kind))
        last->taxable += line->amount;
    else if (line->kind == RK_PAY_MILEAGE)
        last->untaxed += line->amount;
    else
        last->expense += line->amount;
}

static int by_panelist(const void *x, const void *y)
{
    const struct rk_other_pay *a = x, *b = y;
    if (a->panelist != b->panelist)
        return a->panelist < b->panelist ? -1 : 1;
    return (a->month > b->month) - (a->month < b->month);
}

/* The sums of the year, and what falls due on them, of one panelist: own months from … to - 1 of
 * `own`, and other pay. A month in which only other pay makes something due is added. */
static void sum_years(struct work *w, const struct rk_pay_month *own, size_t count,
                      const struct rk_other_pay *other, size_t others)
{
    struct rk_honorarium *to = w->to;
    rk_fixed sum = 0;
    int32_t year = INT32_MIN;
    uint32_t panelist = own->panelist;
    while (count || others) {
        int32_t at = !others || (count && own->month <= other->month) ? own->month : other->month;
        struct rk_pay_month month = {.panelist = panelist, .month = at};
        bool is_own = count && own->month == at, unconfirmed = false;
        rk_fixed beside = 0;
        if (at / 12 != year) {
            year = at / 12;
            sum = 0;
        }
        for (; others && other->month == at; other++, others--)
            beside += other->taxable;
        if (is_own) {
            month = *own++;
            count--;
        }
        const struct rk_rate *from = rk_rates_find(w->rates, year, "contributions_from");
        if (!is_own && !from) /* a year of other pay alone, of which nothing is known */
            continue;
        rk_fixed least = from->value, before = sum, now = month.taxable + beside;
        unconfirmed |= !from->confirmed;
        sum += now;
        month.year_to_date = sum;
        if (now && sum >= least) {
            month.contributions_on = before >= least ? now : sum;
            month.flags |= before < least ? RK_PAY_CONTRIBUTIONS : 0;
        }
        month.withhold = month.taxable > 0 &&
                         month.taxable >= of_rate(w->rates, year, "withholding_from", &unconfirmed);
        month.flags |= unconfirmed ? RK_PAY_UNCONFIRMED : 0;
        if (is_own || month.contributions_on) {
            RK_GROW(to->months, to->month_count, to->month_room);
            to->months[to->month_count++] = month;
        }
    }
}

static void sum_months(struct work *w, const struct rk_other_pay *other, size_t others)
{
    struct rk_honorarium *to = w->to;
    struct rk_other_pay *sorted = rk_alloc(others + 1, sizeof *sorted);
    for (size_t i = 0; i < others; i++)
        sorted[i] = other[i];
    qsort(sorted, others, sizeof *sorted, by_panelist);
    for (size_t i = 0; i < to->line_count; i++)
        take_line(to, w->activities->rows[to->lines[i].activity].panelist, &to->lines[i]);
    struct rk_pay_month *own = to->months;
    size_t count = to->month_count;
    to->months = NULL;
    to->month_count = to->month_room = 0;
    uint32_t people = w->activities->panelists.count;
    uint32_t *first = rk_firsts(sorted, (uint32_t)others, sizeof *sorted, people);
    for (size_t m = 0, next; m < count; m = next) {
        uint32_t panelist = own[m].panelist;
        for (next = m; next < count && own[next].panelist == panelist;)
            next++;
        sum_years(w, own + m, next - m, sorted + first[panelist],
                  first[panelist + 1] - first[panelist]);
    }
    rk_free(own);
    rk_free(first);
    rk_free(sorted);
}

void rk_honorarium(struct rk_honorarium *result, const struct rk_honorarium_rules *rules,
                   const struct rk_rates *rates, const struct rk_activities *activities,
                   const struct rk_other_pay *other, size_t other_count)
{
    *result = (struct rk_honorarium){0};
    struct work w = {result, rules, rates, activities,
                     rk_alloc((size_t)activities->count + 1, sizeof *w.flags)};
    const struct rk_activity *rows = activities->rows;
    mark(&w);
    for (uint32_t i = 0, next; i < activities->count; i = next) {
        for (next = i + 1; next < activities->count && !rules->per_activity &&
                           rows[next].panelist == rows[i].panelist &&
                           rows[next].date == rows[i].date;)
            next++;
        pay(&w, i, next);
    }
    sum_months(&w, other, other_count);
    rk_free(w.flags);
}

uint64_t rk_honorarium_doubtful(const struct rk_honorarium *of, bool by_month, int32_t month)
{
    const unsigned doubtful = RK_PAY_DOUBLE | RK_PAY_OVERLAP | RK_PAY_OVER_DAY;
    uint64_t count = 0;
    for (size_t i = 0; i < of->line_count; i++)
        count += (of->lines[i].flags & doubtful) && (!by_month || of->lines[i].month == month) &&
                 (!i || of->lines[i - 1].activity != of->lines[i].activity);
    return count;
}

uint64_t rk_honorarium_unconfirmed(const struct rk_honorarium *of, bool by_month, int32_t month)
{
    uint64_t count = 0;
    for (size_t i = 0; i < of->line_count; i++)
        count +=
            (of->lines[i].flags & RK_PAY_UNCONFIRMED) && (!by_month || of->lines[i].month == month);
    return count;
}

void rk_honorarium_free(struct rk_honorarium *result)
{
    rk_free(result->lines);
    rk_free(result->months);
    *result = (struct rk_honorarium){0};
}
