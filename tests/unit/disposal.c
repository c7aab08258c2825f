/* lib/model/disposal: the last day to keep against the reference's rows and against counting day by
 * day; holds on their last day. */
#include "model/disposal.h"

#include "base/date.h"
#include "base/random.h"
#include "check.h"

static int32_t day(const char *text)
{
    struct rk_date date = {0};
    CHECK(rk_date_parse(rk_text(text), &date));
    return rk_date_days(date);
}

/* The cases of the reference data, by hand here so that they run without it. */
static void check_published(void)
{
    static const struct {
        const char *event;
        int32_t months;
        const char *last;
    } cases[] = {
        {"2018-04-06", 24, "2020-04-06"}, {"2020-02-29", 24, "2022-02-28"},
        {"2019-12-31", 2, "2020-02-29"},  {"2019-10-16", 24, "2021-10-16"},
        {"2023-01-31", 1, "2023-02-28"},  {"2021-03-30", 11, "2022-02-28"},
        {"2021-03-31", 0, "2021-03-31"},  {"9999-06-01", 7, "9999-12-31"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(rk_disposal_last_day(day(cases[i].event), cases[i].months) == day(cases[i].last));
}

/* The last day has the event's number in its month, or is the month's last; later events and longer
 * periods never end earlier. */
static void check_properties(void)
{
    struct rk_random random = rk_random(RK_TEXT("disposal"), RK_TEXT("days"));
    for (int i = 0; i < 20000; i++) {
        int32_t event = (int32_t)rk_random_below(&random, 40000);
        int32_t months = (int32_t)rk_random_below(&random, 400);
        int32_t last = rk_disposal_last_day(event, months);
        struct rk_date from = rk_date_from_days(event), to = rk_date_from_days(last);
        bool month_ends = rk_date_from_days(last + 1).day == 1;
        CHECK(rk_month_of(last) == rk_month_of(event) + months);
        CHECK(to.day == from.day || (to.day < from.day && month_ends));
        CHECK(rk_disposal_last_day(event + 1, months) >= last);
        CHECK(rk_disposal_last_day(event, months + 1) > last);
    }
}

int main(void)
{
    check_published();
    check_properties();
    return finish();
}
