/* What a report says of itself, and its record with it: program, options, and every file it was
 * made from with its digest. */
#ifndef RK_REPORT_SOURCES_H
#define RK_REPORT_SOURCES_H

#include "tool/published.h"

/* `spec`: the specification's file; `codebooks`: names, ends with NULL, or NULL. RK_BAD_USE for a
 * table on standard input, which has no digest. */
enum rk_status rk_report_sources(struct rk_run *run, struct rk_published *published,
                                 struct rk_report *report, const char *spec,
                                 const char *const *codebooks, struct rk_error *error);

#endif
