/* Calendars for everybody in a plan, one for each, with nobody else's name or id in it. */
#ifndef RK_EVENING_AGENDA_H
#define RK_EVENING_AGENDA_H

#include "evening/result.h"

/* Called for each file: its name, "U001.ics" (of a candidate "candidate-K01.ics"), and its bytes.
 * What went is there as cancelled, and once more, alone, in "U001.cancel.ics", for programs that
 * take one calendar in after the other. */
typedef enum rk_status rk_agenda_file(void *context, const char *name, struct rk_text bytes,
                                      struct rk_error *error);
/* `old` (or NULL) is the plan before: what somebody had there and has no more is cancelled.
 * RK_BAD_DATA where a meeting is at a time that does not exist, or has none. */
enum rk_status rk_agenda_write(const struct rk_assembled *assembled,
                               const struct rk_plan_rows *rows, const struct rk_plan_rows *old,
                               int64_t stamp, rk_agenda_file *file, void *context,
                               struct rk_error *error);

#endif
