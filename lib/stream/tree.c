#include "stream/tree.h"

#include "base/buf.h"
#include "stream/listing.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/syscall.h>
#include <unistd.h>

static int drop(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info, (void)at;
    return kind == FTW_DP || kind == FTW_DNR ? rmdir(path) : unlink(path);
}

enum rk_status rk_tree_remove(const char *path, struct rk_error *error)
{
    if (!nftw(path, drop, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) || errno == ENOENT)
        return RK_OK;
    return rk_fail_errno(error, RK_FAILED, NULL, errno, _("cannot remove %s"), path);
}

static const char *volatile passing[RK_TREES];

void rk_tree_passing(const char *path)
{
    size_t i = 0;
    while (i < RK_TREES && passing[i])
        i++;
    assert(i < RK_TREES);
    passing[i] = path;
}

void rk_tree_stays(const char *path)
{
    for (size_t i = 0; i < RK_TREES; i++)
        if (passing[i] == path)
            passing[i] = NULL;
}

/* Without memory, which may be out: the kernel's own list of names. */
static void clear_files(const char *path)
{
    static char names[4096];
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    for (bool more = fd >= 0; more;) {
        long size = syscall(SYS_getdents64, fd, names, sizeof names);
        for (long at = 0; at < size;) {
            const struct dirent64 *entry = (const struct dirent64 *)(const void *)(names + at);
            unlinkat(fd, entry->d_name, 0); /* a folder stays: it is somebody's */
            at += entry->d_reclen;
        }
        more = size > 0;
    }
    if (fd >= 0)
        close(fd);
    rmdir(path);
}

void rk_tree_clear(void)
{
    for (size_t i = RK_TREES; i-- > 0;)
        if (passing[i])
            clear_files(passing[i]);
}

enum rk_status rk_tree_link(const char *from, const char *to, struct rk_error *error)
{
    char **names = NULL;
    struct rk_buf source = {0}, target = {0};
    enum rk_status status = rk_listing(&names, from, error);
    for (char **name = names; !status && *name; name++) {
        rk_buf_clear(&source);
        rk_buf_clear(&target);
        rk_buf_printf(&source, "%s/%s", from, *name);
        rk_buf_printf(&target, "%s/%s", to, *name);
        if (link(source.text, target.text))
            status =
                rk_fail_errno(error, RK_FAILED, NULL, errno, _("cannot write %s"), target.text);
    }
    rk_buf_free(&source);
    rk_buf_free(&target);
    rk_listing_free(names);
    return status;
}
