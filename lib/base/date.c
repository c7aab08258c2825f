#include "base/date.h"

static bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

bool rk_date_valid(struct rk_date date)
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return date.year >= 1 && date.year <= 9999 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 &&
           date.day <= length[date.month - 1] + (date.month == 2 && leap(date.year));
}

/* `size` digits at `text`, or -1 */
static int digits(const char *text, size_t size)
{
    int v = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        v = v * 10 + (text[i] - '0');
    }
    return v;
}

bool rk_date_parse(struct rk_text text, struct rk_date *date)
{
    const char *s = text.text;
    if (text.size != 10 || s[4] != '-' || s[7] != '-')
        return false;
    *date = (struct rk_date){digits(s, 4), digits(s + 5, 2), digits(s + 8, 2)};
    return rk_date_valid(*date);
}

/* Days from civil and back: the proleptic Gregorian calendar counted from 0000-03-01 in eras of
 * 400 years (146,097 days). */
int32_t rk_date_days(struct rk_date date)
{
    int y = date.year - (date.month <= 2);
    int era = y / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct rk_date rk_date_from_days(int32_t days)
{
    int z = days + 719468;
    int era = z / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (struct rk_date){yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
}

int rk_date_weekday(int32_t days) { return ((days + 3) % 7 + 7) % 7 + 1; }

static int64_t last_sunday(int year, int month)
{
    int32_t last = rk_date_days((struct rk_date){year, month, 31});
    return (int64_t)(last - rk_date_weekday(last) % 7) * 86400 + 3600;
}

int32_t rk_date_stockholm(int64_t seconds)
{
    int year = rk_date_from_days((int32_t)(seconds / 86400)).year;
    bool summer = seconds >= last_sunday(year, 3) && seconds < last_sunday(year, 10);
    return (int32_t)((seconds + (summer ? 7200 : 3600)) / 86400);
}

void rk_date_print(struct rk_buf *out, int32_t days)
{
    struct rk_date d = rk_date_from_days(days);
    rk_buf_printf(out, "%04d-%02d-%02d", d.year, d.month, d.day);
}

bool rk_time_parse(struct rk_text text, int64_t *minutes)
{
    struct rk_date date;
    const char *s = text.text;
    if (text.size != 16 && !(text.size == 19 && !memcmp(s + 16, ":00", 3)))
        return false;
    if (!rk_date_parse((struct rk_text){s, 10}, &date) || s[10] != 'T' || s[13] != ':')
        return false;
    int hour = digits(s + 11, 2), minute = digits(s + 14, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return false;
    *minutes = (int64_t)rk_date_days(date) * 1440 + hour * 60 + minute;
    return true;
}

void rk_time_print(struct rk_buf *out, int64_t minutes)
{
    int64_t day = (minutes - (minutes < 0 ? 1439 : 0)) / 1440;
    int rest = (int)(minutes - day * 1440);
    rk_date_print(out, (int32_t)day);
    rk_buf_printf(out, "T%02d:%02d", rest / 60, rest % 60);
}

bool rk_month_parse(struct rk_text text, int32_t *month)
{
    if (text.size != 7 || text.text[4] != '-')
        return false;
    int y = digits(text.text, 4), m = digits(text.text + 5, 2);
    if (y < 1 || m < 1 || m > 12)
        return false;
    *month = y * 12 + m - 1;
    return true;
}

int32_t rk_month_of(int32_t days)
{
    struct rk_date d = rk_date_from_days(days);
    return d.year * 12 + d.month - 1;
}

int32_t rk_month_first(int32_t month)
{
    return rk_date_days((struct rk_date){month / 12, month % 12 + 1, 1});
}

void rk_month_print(struct rk_buf *out, int32_t month)
{
    rk_buf_printf(out, "%04d-%02d", month / 12, month % 12 + 1);
}
