/* A fence of the kernel's around the run (Landlock): once inside, the process opens, makes, removes
 * and renames nothing outside the places named, starts no program and opens no TCP connection,
 * whatever is in the files it goes on to read. What is open already stays open. */
#ifndef RK_SANDBOX_H
#define RK_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct rk_sandbox_place {
    const char *path; /* NULL or one that is not there is passed over */
    bool writes;      /* files may also be made, written, renamed and removed there: a folder */
};

/* True when the fence stands. False: the kernel has none, or not enough of it; all is as before.
 * There is no way out again, and threads begun later are inside. */
bool rk_sandbox_enter(const struct rk_sandbox_place *places, size_t count);

#endif
