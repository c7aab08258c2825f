/* Dates and times as ISO 8601 writes them, local to the municipality; no clock, no time zone. */
#ifndef RK_DATE_H
#define RK_DATE_H

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct rk_date {
    int year, month, day; /* 1..9999, 1..12, 1..31 */
};

/* `2019-10-16`, nothing else; false unless such a day exists. */
bool rk_date_parse(struct rk_text text, struct rk_date *date);
bool rk_date_valid(struct rk_date date);
int32_t rk_date_days(struct rk_date date); /* days since 1970-01-01 */
struct rk_date rk_date_from_days(int32_t days);
int rk_date_weekday(int32_t days); /* ISO: 1 = Monday … 7 = Sunday */
void rk_date_print(struct rk_buf *out, int32_t days);

/* The day it is in Sweden, `seconds` after 1970-01-01T00:00 UTC: an hour ahead of UTC, two from the last
 * Sunday of March to that of October, 01:00 UTC (Directive 2000/84/EC; so since 1996). */
int32_t rk_date_stockholm(int64_t seconds);

/* `2019-10-16T17:30` or with seconds `:00`; minutes since 1970-01-01T00:00 local. */
bool rk_time_parse(struct rk_text text, int64_t *minutes);
void rk_time_print(struct rk_buf *out, int64_t minutes);

/* `2019-10` as year * 12 + month - 1. */
bool rk_month_parse(struct rk_text text, int32_t *month);
int32_t rk_month_of(int32_t days);
int32_t rk_month_first(int32_t month); /* days of its first day */
void rk_month_print(struct rk_buf *out, int32_t month);

#endif
