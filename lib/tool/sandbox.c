#include "tool/sandbox.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights that newer kernels have and older headers lack; numbers of the kernel's interface. */
enum { REFER = 1 << 13, TRUNCATE = 1 << 14, IOCTL_DEV = 1 << 15 };
enum { TCP_BIND = 1 << 0, TCP_CONNECT = 1 << 1 };

struct ruleset { /* landlock_ruleset_attr, as far as ABI 4 */
    uint64_t files, net;
};

enum {
    READ = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    WRITE = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
            LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
            LANDLOCK_ACCESS_FS_REMOVE_DIR,
    ALL = READ | WRITE | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
          LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
          LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
    OF_A_FILE = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE,
};

static bool allow(int ruleset, const struct rk_sandbox_place *place, uint64_t handled)
{
    struct stat info;
    int fd = place->path ? open(place->path, O_PATH | O_CLOEXEC) : -1;
    if (fd < 0)
        return true;
    uint64_t rights = (uint64_t)READ | (place->writes ? (uint64_t)WRITE | REFER | TRUNCATE : 0);
    bool done = !fstat(fd, &info);
    if (done && !S_ISDIR(info.st_mode))
        rights &= OF_A_FILE;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights & handled, .parent_fd = fd};
    done = done && !syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
    return done;
}

bool rk_sandbox_enter(const struct rk_sandbox_place *places, size_t count)
{
#ifdef __SANITIZE_ADDRESS__
    return false; /* its search for leaks at the end reads what would be fenced off */
#endif
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version <
        2) /* the first version forbids renames from folder to folder, which outputs need */
        return false;
    struct ruleset attributes = {.files = (uint64_t)ALL | REFER};
    if (version >= 3)
        attributes.files |= TRUNCATE;
    if (version >= 5)
        attributes.files |= IOCTL_DEV;
    if (version >= 4)
        attributes.net = TCP_BIND | TCP_CONNECT;
    size_t size = version >= 4 ? sizeof attributes : sizeof attributes.files;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0)
        return false;
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = allow(ruleset, &places[i], attributes.files);
    good = good && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
           !syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(ruleset);
    return good;
}
