#include "tool/watch.h"

void rk_watch_start(struct rk_watch *watch, struct rk_run *run, const char *what, int64_t seconds)
{
    *watch = (struct rk_watch){.run = run, .what = what, .seconds = seconds};
    clock_gettime(CLOCK_MONOTONIC, &watch->start);
}

bool rk_watch_is_up(void *context)
{
    struct rk_watch *watch = context;
    struct timespec now;
    rk_run_progress(watch->run, watch->what, ++watch->asked, 0);
    clock_gettime(CLOCK_MONOTONIC, &now);
    return watch->seconds && (now.tv_sec - watch->start.tv_sec) * INT64_C(1000000000) +
                                     (now.tv_nsec - watch->start.tv_nsec) >=
                                 watch->seconds * INT64_C(1000000000);
}
