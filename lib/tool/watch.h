/* What a long search asks now and then: shows that it goes on, and ends it when its time is up. */
#ifndef RK_WATCH_H
#define RK_WATCH_H

#include "tool/tool.h"

#include <time.h>

struct rk_watch {
    struct rk_run *run;
    const char *what; /* for rk_run_progress */
    int64_t seconds;  /* 0 = as long as it takes */
    struct timespec start;
    uint64_t asked;
};

void rk_watch_start(struct rk_watch *watch, struct rk_run *run, const char *what, int64_t seconds);
bool rk_watch_is_up(void *watch); /* a search's `stop` */

#endif
