/* A fence of the kernel's around the run, in two parts, neither of which needs the other. Once
 * inside there is no way out again, whatever is in the files that are read; what is open stays
 * open, and threads and processes begun later are inside.
 *
 * Places (Landlock, from Linux 5.19 on): nothing is opened, made, renamed or removed but in the
 * places named, and no TCP connection is made. Calls (a seccomp filter, on x86-64 and 64-bit ARM):
 * no program is started, no memory becomes code, no socket is made, no other process is looked into
 * or signalled, no mode or owner is changed by name, and nothing is asked of the kernel that a
 * filter of tables has no use for (the list is in sandbox.c): such a call fails with EPERM, one
 * that is newer than this list with ENOSYS. */
#ifndef RK_SANDBOX_H
#define RK_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

enum rk_sandbox_right {
    RK_MAY_READ = 1,  /* the file, files below the folder */
    RK_MAY_LIST = 2,  /* the folder and those below */
    RK_MAY_WRITE = 4, /* … be written, made, renamed and removed */
};
struct rk_sandbox_place {
    const char *path; /* NULL or one that is not there is passed over */
    unsigned rights;
};

/* Both return true when their part stands. False: the kernel has none, or not enough of it, and all
 * is as before. */
bool rk_sandbox_places(const struct rk_sandbox_place *places, size_t count);
bool rk_sandbox_calls(void);

#endif
