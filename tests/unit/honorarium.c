/* lib/honorarium: rounding, the published rates, and over random work that every sum is the sum of
 * its lines and that contributions follow the rule as it is written. */
#include "honorarium/honorarium.h"

#include "base/message.h"
#include "base/random.h"
#include "check.h"

#include <math.h>
#include <stdio.h>

/* To the thousandth, exactly: 3.6 as a double is not 3.6. */
static rk_fixed kr(double amount) { return RK_FIXED_ONE / 1000 * llround(amount * 1000); }

static void rounding(void)
{
    static const struct {
        double value, step, by[5]; /* half-even, half-up, half-down, up, down */
    } cases[] = {{286.5, 1, {286, 287, 286, 287, 286}},
                 {287.5, 1, {288, 288, 287, 288, 287}},
                 {2062.8, 1, {2063, 2063, 2063, 2063, 2062}},
                 {1031.4, 1, {1031, 1031, 1031, 1032, 1031}},
                 {12.25, 0.5, {12, 12.5, 12, 12.5, 12}},
                 {12.75, 0.5, {13, 13, 12.5, 13, 12.5}},
                 {0, 1, {0, 0, 0, 0, 0}},
                 {7, 5, {5, 5, 5, 10, 5}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int by = 0; by < 5; by++)
            CHECK(rk_round_money(kr(cases[i].value), kr(cases[i].step), (enum rk_rounding)by) ==
                  kr(cases[i].by[by]));
}

static void add_rate(struct rk_rates *rates, int32_t year, const char *name, double value,
                     enum rk_rate_unit unit)
{
    rates->keys.width = 2;
    uint32_t id = rk_strings_add(&rates->names, rk_text(name));
    rk_tuples_add(&rates->keys, (uint32_t[]){(uint32_t)year, id});
    RK_GROW(rates->rows, rates->count, rates->room);
    rates->rows[rates->count++] = (struct rk_rate){year, id, kr(value), unit, true};
}

static void add_year(struct rk_rates *rates, int32_t year, double base)
{
    add_rate(rates, year, "price_base_amount", base, RK_RATE_SEK);
    add_rate(rates, year, "full_day", 3.6, RK_RATE_PERCENT);
    add_rate(rates, year, "half_day", 1.8, RK_RATE_PERCENT);
    add_rate(rates, year, "short", 0.9, RK_RATE_PERCENT);
    add_rate(rates, year, "hour", 0.5, RK_RATE_PERCENT);
    add_rate(rates, year, "full_day_over", 4, RK_RATE_HOURS);
    add_rate(rates, year, "short_up_to", 2, RK_RATE_HOURS);
    add_rate(rates, year, "car_allowance", 25, RK_RATE_SEK_MIL);
    add_rate(rates, year, "mileage", 3.1, RK_RATE_SEK_KM);
    add_rate(rates, year, "contributions_from", 1000, RK_RATE_SEK);
    add_rate(rates, year, "withholding_from", 100, RK_RATE_SEK);
}

/* Random work of a few people over two years, sorted as rk_activities_read sorts it. */
static void random_work(struct rk_activities *to, struct rk_random *random)
{
    char name[16];
    for (uint32_t i = 0; i < 3; i++) {
        snprintf(name, sizeof name, "R%u", i);
        rk_strings_add(&to->recruitments, rk_text(name));
    }
    rk_strings_add(&to->stages, rk_text("interview"));
    uint32_t people = 1 + (uint32_t)rk_random_below(random, 3);
    for (uint32_t p = 0; p < people; p++) {
        snprintf(name, sizeof name, "B%u", p);
        rk_strings_add(&to->panelists, rk_text(name));
        int32_t day = rk_date_days((struct rk_date){2023, 11, 1});
        for (uint32_t n = (uint32_t)rk_random_below(random, 9); n; n--) {
            day += (int32_t)rk_random_below(random, 40) / 10 * 7;
            const struct rk_activity *last = to->count ? &to->rows[to->count - 1] : NULL;
            bool after =
                last && last->panelist == p && last->date == day && last->start != RK_NO_TIME;
            int64_t start = after ? last->start + 60 * (int64_t)rk_random_below(random, 2)
                            : rk_random_below(random, 2) ? RK_NO_TIME
                                                         : (int64_t)day * 1440 + 600;
            RK_GROW(to->rows, to->count, to->room);
            to->rows[to->count++] = (struct rk_activity){
                .panelist = p,
                .recruitment = (uint32_t)rk_random_below(random, 3),
                .date = day,
                .start = start,
                .hours = kr((double)rk_random_below(random, 13) / 4),
                .travel_hours = kr((double)rk_random_below(random, 3) / 2),
                .travel_km = kr((double)rk_random_below(random, 50) / 10),
                .expense = kr((double)rk_random_below(random, 2000) / 100),
            };
        }
    }
}

/* The rule of 2 kap. 14 § SAL from the lines alone. */
static void check_months(const struct rk_honorarium *h, const struct rk_activities *a,
                         const struct rk_other_pay *other)
{
    for (size_t m = 0; m < h->month_count; m++) {
        const struct rk_pay_month *month = &h->months[m];
        rk_fixed before = 0, now = 0, lines = 0, beside = 0;
        for (size_t i = 0; i < h->line_count; i++) {
            const struct rk_pay_line *line = &h->lines[i];
            if (a->rows[line->activity].panelist != month->panelist)
                continue;
            if (line->month == month->month)
                lines += line->amount;
            if (!rk_pay_is_taxable(line->kind) || line->month / 12 != month->month / 12)
                continue;
            before += line->month < month->month ? line->amount : 0;
            now += line->month == month->month ? line->amount : 0;
        }
        if (other->panelist == month->panelist && other->month / 12 == month->month / 12) {
            before += other->month < month->month ? other->taxable : 0;
            beside = other->month == month->month ? other->taxable : 0;
        }
        rk_fixed all = now + beside;
        rk_fixed due = !all || before + all < kr(1000) ? 0 : before < kr(1000) ? before + all : all;
        CHECK(month->taxable == now);
        CHECK(month->taxable + month->untaxed + month->expense == lines);
        CHECK(month->year_to_date == before + all);
        CHECK(month->contributions_on == due);
        CHECK(month->withhold == (now >= kr(100)));
    }
}

static void check_sums(const struct rk_honorarium *h, const struct rk_activities *a)
{
    struct rk_strings centres = {0};
    uint32_t centre[3] = {rk_strings_add(&centres, RK_TEXT("SOF")), RK_NONE,
                          rk_strings_add(&centres, RK_TEXT("AMF"))};
    rk_fixed all = 0, months = 0;
    for (size_t i = 0; i < h->line_count; i++)
        all += h->lines[i].amount;
    for (size_t m = 0; m < h->month_count; m++)
        months += h->months[m].taxable + h->months[m].untaxed + h->months[m].expense;
    CHECK(months == all);
    for (unsigned by = 0; by < 16; by++) {
        size_t count;
        rk_fixed sum = 0;
        struct rk_pay_sum *sums = rk_honorarium_sums(h, a, by, &centres, centre, &count);
        for (size_t i = 0; i < count; i++)
            sum += sums[i].taxable + sums[i].untaxed + sums[i].expense;
        CHECK(sum == all);
        rk_free(sums);
    }
    rk_strings_free(&centres);
}

/* A day's lines sum to its fee, and none is over a step from its share. */
static void check_days(const struct rk_honorarium *h, const struct rk_activities *a,
                       const struct rk_honorarium_rules *rules)
{
    for (uint32_t i = 0, next; i < a->count; i = next) {
        rk_fixed total = 0, paid = 0;
        for (next = i; next < a->count && a->rows[next].panelist == a->rows[i].panelist &&
                       a->rows[next].date == a->rows[i].date;
             next++)
            total += a->rows[next].hours + a->rows[next].travel_hours;
        for (size_t k = 0; k < h->line_count; k++)
            if (h->lines[k].kind == RK_PAY_FEE && h->lines[k].activity >= i &&
                h->lines[k].activity < next)
                paid += h->lines[k].amount;
        double base = rk_date_from_days(a->rows[i].date).year == 2023 ? 52500 : 57300;
        double share = total > kr(4) ? 3.6 : total > kr(2) ? 1.8 : 0.9;
        rk_fixed fee =
            rk_round_money(kr(base) * (int)(share * 10) / 1000, rules->step, rules->rounding);
        CHECK(paid == (total ? fee : 0));
        for (size_t k = 0; k < h->line_count; k++) {
            const struct rk_pay_line *line = &h->lines[k];
            if (line->kind != RK_PAY_FEE || line->activity < i || line->activity >= next)
                continue;
            const struct rk_activity *of = &a->rows[line->activity];
            double part = rk_fixed_double(fee) * rk_fixed_double(of->hours + of->travel_hours) /
                          rk_fixed_double(total);
            double off = rk_fixed_double(line->amount) - part;
            CHECK(off < rk_fixed_double(rules->step) + 1e-9 &&
                  off > -rk_fixed_double(rules->step) - 1e-9);
            CHECK(line->amount % rules->step == 0);
        }
    }
}

/* What is claimed twice, by the words of the header: each pair of the day is looked at. */
static void check_doubles(const struct rk_honorarium *h, const struct rk_activities *a)
{
    for (size_t k = 0; k < h->line_count; k++) {
        uint32_t i = h->lines[k].activity;
        const struct rk_activity *x = &a->rows[i];
        bool twice = false;
        for (uint32_t j = 0; j < a->count; j++) {
            const struct rk_activity *y = &a->rows[j];
            if (j == i || y->panelist != x->panelist || y->date != x->date ||
                y->recruitment != x->recruitment)
                continue;
            twice = twice || (j < i && y->start == x->start) ||
                    (x->start == RK_NO_TIME && y->start != RK_NO_TIME);
        }
        CHECK(twice == ((h->lines[k].flags & RK_PAY_DOUBLE) != 0));
    }
}

static void random_sums(void)
{
    struct rk_rates rates = {0};
    add_year(&rates, 2023, 52500);
    add_year(&rates, 2024, 57300);
    add_year(&rates, 2025, 58800);
    struct rk_random random = rk_random(RK_TEXT("honorarium"), RK_TEXT("work"));
    for (int round = 0; round < 500; round++) {
        struct rk_activities a = {0};
        struct rk_honorarium h;
        struct rk_honorarium_rules rules = {.step = kr(round % 2 ? 1 : 0.01),
                                            .rounding = (enum rk_rounding)(round % 5),
                                            .pay_doubtful = true,
                                            .paid_after = round % 3};
        random_work(&a, &random);
        struct rk_other_pay other = {0, 2023 * 12 + 11, kr((double)rk_random_below(&random, 1500))};
        for (uint32_t i = 0; i < a.count; i++) {
            const char *field;
            struct rk_buf why = {0};
            CHECK(rk_honorarium_can(&rules, &rates, &a.rows[i], &field, &why));
            rk_buf_free(&why);
        }
        rk_honorarium(&h, &rules, &rates, &a, &other, 1);
        check_months(&h, &a, &other);
        check_sums(&h, &a);
        check_days(&h, &a, &rules);
        check_doubles(&h, &a);
        rk_honorarium_free(&h);
        rk_activities_free(&a);
    }
    rk_rates_free(&rates);
}

int main(void)
{
    rounding();
    random_sums();
    return finish();
}
