#include "evening/calendar.h"

#include "base/date.h"
#include "base/mem.h"

#include <libical/ical.h>

enum { DAY = 1440 };

/* What libical calls instead of malloc and its like (Makefile), since it takes no NULL for an
 * answer. */
void *rk_calendar_malloc(size_t size);
void *rk_calendar_calloc(size_t count, size_t size);
void *rk_calendar_realloc(void *old, size_t size);
char *rk_calendar_strdup(const char *text);
void *rk_calendar_malloc(size_t size) { return rk_alloc(size ? size : 1, 1); }
void *rk_calendar_calloc(size_t count, size_t size)
{
    return rk_alloc(count ? count : 1, size ? size : 1);
}
void *rk_calendar_realloc(void *old, size_t size) { return rk_resize(old, size ? size : 1, 1); }
char *rk_calendar_strdup(const char *text) { return rk_strdup(text); }

static struct icaltimetype time_of(int64_t minutes, bool day)
{
    struct rk_date date = rk_date_from_days((int32_t)(minutes / DAY));
    struct icaltimetype t = icaltime_null_time();
    t.year = date.year;
    t.month = date.month;
    t.day = date.day;
    t.is_date = day;
    t.hour = (int)(minutes % DAY / 60);
    t.minute = (int)(minutes % 60);
    return t;
}

/* The rule of the European Union (Directive 2000/84/EC): from the last Sunday of March to that of
 * October, in force in Sweden in this form since 1996. */
static icalcomponent *season(icalcomponent_kind kind, const char *name, int month, int hour,
                             int from, int to)
{
    struct icaltimetype start = icaltime_null_time();
    struct icalrecurrencetype rule;
    icalrecurrencetype_clear(&rule);
    rule.freq = ICAL_YEARLY_RECURRENCE;
    rule.by_month[0] = (short)month;
    rule.by_month[1] = ICAL_RECURRENCE_ARRAY_MAX;
    /* the last Sunday, as libical codes it */
    rule.by_day[0] = -(8 + ICAL_SUNDAY_WEEKDAY);
    rule.by_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
    start.year = 1996;
    start.month = month;
    start.day = month == 3 ? 31 : 27;
    start.hour = hour;
    icalcomponent *c = icalcomponent_new(kind);
    icalcomponent_add_property(c, icalproperty_new_tzname(name));
    icalcomponent_add_property(c, icalproperty_new_dtstart(start));
    icalcomponent_add_property(c, icalproperty_new_rrule(rule));
    icalcomponent_add_property(c, icalproperty_new_tzoffsetfrom(from * 3600));
    icalcomponent_add_property(c, icalproperty_new_tzoffsetto(to * 3600));
    return c;
}

static icalproperty *local(icalproperty *property, bool day)
{
    if (!day)
        icalproperty_add_parameter(property, icalparameter_new_tzid("Europe/Stockholm"));
    return property;
}

static icalcomponent *event_of(const struct rk_calendar_event *e, struct icaltimetype stamp)
{
    bool day = e->start % DAY == 0 && e->end % DAY == 0;
    icalcomponent *c = icalcomponent_new(ICAL_VEVENT_COMPONENT);
    icalcomponent_add_property(c, icalproperty_new_uid(e->uid));
    icalcomponent_add_property(c, icalproperty_new_dtstamp(stamp));
    icalcomponent_add_property(c, icalproperty_new_sequence((int)e->sequence));
    icalcomponent_add_property(c, local(icalproperty_new_dtstart(time_of(e->start, day)), day));
    icalcomponent_add_property(c, local(icalproperty_new_dtend(time_of(e->end, day)), day));
    icalcomponent_add_property(c, icalproperty_new_summary(e->summary));
    if (*e->location)
        icalcomponent_add_property(c, icalproperty_new_location(e->location));
    icalcomponent_add_property(
        c, icalproperty_new_status(e->cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
    return c;
}

enum rk_status rk_calendar_write(struct rk_buf *out, const struct rk_calendar_event *events,
                                 size_t count, bool cancel, int64_t stamp, struct rk_error *error)
{
    struct icaltimetype made = time_of(stamp / 60, false);
    made.second = (int)(stamp % 60);
    made.zone = icaltimezone_get_utc_timezone();
    icalcomponent *calendar = icalcomponent_new(ICAL_VCALENDAR_COMPONENT),
                  *zone = icalcomponent_new(ICAL_VTIMEZONE_COMPONENT);
    icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
    icalcomponent_add_property(calendar, icalproperty_new_prodid("-//rk//rk-evening//EN"));
    icalcomponent_add_property(
        calendar, icalproperty_new_method(cancel ? ICAL_METHOD_CANCEL : ICAL_METHOD_PUBLISH));
    icalcomponent_add_property(zone, icalproperty_new_tzid("Europe/Stockholm"));
    icalcomponent_add_component(zone, season(ICAL_XDAYLIGHT_COMPONENT, "CEST", 3, 2, 1, 2));
    icalcomponent_add_component(zone, season(ICAL_XSTANDARD_COMPONENT, "CET", 10, 3, 2, 1));
    icalcomponent_add_component(calendar, zone);
    for (size_t i = 0; i < count; i++)
        icalcomponent_add_component(calendar, event_of(&events[i], made));
    char *text = icalcomponent_as_ical_string_r(calendar);
    icalcomponent_free(calendar);
    if (!text)
        return rk_fail(error, RK_FAILED, _("the calendar could not be written"));
    rk_buf_text(out, text);
    icalmemory_free_buffer(text);
    return RK_OK;
}

bool rk_calendar_time_exists(int64_t minutes)
{
    struct rk_date date = rk_date_from_days((int32_t)(minutes / DAY));
    return date.year < 1996 || date.month != 3 || date.day <= 24 ||
           rk_date_weekday((int32_t)(minutes / DAY)) != 7 || minutes % DAY / 60 != 2;
}
