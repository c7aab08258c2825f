#include "stream/listing.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum rk_status rk_listing(char ***names, const char *path, struct rk_error *error)
{
    struct rk_pos pos = {.file = path};
    size_t count = 0, room = 0;
    *names = NULL;
    DIR *dir = opendir(path);
    if (!dir)
        return rk_fail_errno(error, RK_FAILED, &pos, errno, _("can't read the folder"));
    struct dirent *entry;
    while ((errno = 0, entry = readdir(dir)))
        if (entry->d_name[0] != '.') {
            RK_GROW(*names, count, room);
            (*names)[count++] = rk_strdup(entry->d_name);
        }
    int reason = errno;
    closedir(dir);
    RK_GROW(*names, count, room);
    (*names)[count] = NULL;
    qsort(*names, count, sizeof **names, by_name);
    return reason ? rk_fail_errno(error, RK_FAILED, &pos, reason, _("can't read the folder"))
                  : RK_OK;
}

void rk_listing_free(char **names)
{
    for (char **n = names; n && *n; n++)
        rk_free(*n);
    rk_free(names);
}
