#include "tool/private.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum rk_status rk_private_file(const char *path, const char *what, struct rk_error *error)
{
    struct stat info;
    const struct rk_pos pos = {.file = path};
    if (stat(path, &info) < 0)
        return rk_fail_errno(error, RK_FAILED, &pos, errno, _("cannot be read"));
    if (!S_ISREG(info.st_mode))
        return rk_fail_at(error, RK_BAD_USE, &pos, _("--%s: expected a file, not a pipe or folder"),
                          what);
    if (info.st_uid != geteuid())
        return rk_fail_at(error, RK_BAD_USE, &pos, _("--%s: the file belongs to somebody else"),
                          what);
    if (info.st_mode & 077)
        return rk_fail_at(error, RK_BAD_USE, &pos,
                          _("--%s: others can read or write the file; it must be its owner's alone "
                            "(chmod 600)"),
                          what);
    return RK_OK;
}

void rk_private_outputs(void) { umask(077); }
