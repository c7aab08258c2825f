/* Calendars (iCalendar, RFC 5545) through libical, behind this one file: times are local to
 * Europe/Stockholm, whose rule of daylight saving is in each file, so that programs that know no
 * zones get the hour right. The same events give the same bytes. */
#ifndef RK_EVENING_CALENDAR_H
#define RK_EVENING_CALENDAR_H

#include "base/buf.h"
#include "base/message.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct rk_calendar_event {
    const char *uid, *summary, *location; /* NUL-ended; location "" = none */
    int64_t start, end;                   /* minutes, local; whole days from midnight to midnight */
    uint32_t sequence;
    bool cancelled;
};

/* Appends a calendar of the events. METHOD is CANCEL where all are cancelled, else PUBLISH.
 * `stamp`: seconds since 1970 UTC, when the calendar was made. RK_FAILED where libical could not.
 */
enum rk_status rk_calendar_write(struct rk_buf *out, const struct rk_calendar_event *events,
                                 size_t count, bool cancel, int64_t stamp, struct rk_error *error);
/* Does that local time exist in Europe/Stockholm? Once a year an hour is passed over. */
bool rk_calendar_time_exists(int64_t minutes);

#endif
