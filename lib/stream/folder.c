#include "stream/folder.h"

#include "base/buf.h"
#include "base/mem.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_FILES = RK_FOLDER_FILES, MOST_SUBFOLDERS = 60 };

struct rk_folder {
    char *path;      /* as the user named it */
    char *target;    /* links followed, no slash at the end */
    char *parent;    /* where target stands */
    char *temporary; /* beside target */
    bool replaces;
    bool (*ours)(const char *name);
    char *subfolders[MOST_SUBFOLDERS];
    size_t subfolder_count;
    char *files[MOST_FILES];
    size_t file_count;
    struct rk_outputs outputs;
};

/* For the signal handler: only ever set to a whole folder or NULL; its lists only grow, each name
 * before its count. */
static struct rk_folder *volatile standing;

static void remove_parts(const struct rk_folder *folder)
{
    for (size_t i = 0; i < folder->file_count; i++)
        unlink(folder->files[i]);
    for (size_t i = 0; i < folder->subfolder_count; i++)
        rmdir(folder->subfolders[i]);
    rmdir(folder->temporary);
}

void rk_folder_remove_now(void)
{
    if (standing)
        remove_parts(standing);
}

static char *joined(const char *folder, const char *name)
{
    struct rk_buf path = {0};
    rk_buf_printf(&path, "%s/%s", folder, name);
    return rk_buf_take(&path);
}

static bool dots(const char *name) { return !strcmp(name, ".") || !strcmp(name, ".."); }

/* Calls `each` for everything one folder deep; stops and returns errno or what `each` returned. */
static int walk(const char *root, const char *below,
                int (*each)(const char *path, const char *name, bool is_folder, void *context),
                void *context)
{
    char *here = below ? joined(root, below) : rk_strdup(root);
    DIR *folder = opendir(here);
    int problem = folder ? 0 : errno;
    while (folder && !problem) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry) {
            problem = errno;
            break;
        }
        if (dots(entry->d_name))
            continue;
        char *name = below ? joined(below, entry->d_name) : rk_strdup(entry->d_name);
        char *path = joined(root, name);
        struct stat st;
        bool is_folder = lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
        if (is_folder && !below)
            problem = walk(root, name, each, context);
        if (!problem)
            problem = each(path, name, is_folder, context);
        rk_free(path);
        rk_free(name);
    }
    if (folder)
        closedir(folder);
    rk_free(here);
    return problem;
}

struct strange {
    bool (*ours)(const char *name);
    char *name; /* the first that is not ours */
};

static int look(const char *path, const char *name, bool is_folder, void *context)
{
    (void)path;
    struct strange *strange = context;
    if (is_folder && !strchr(name, '/'))
        return 0; /* what is in it was looked at */
    if (!is_folder && strange->ours && strange->ours(name))
        return 0;
    strange->name = rk_strdup(name);
    return ENOTEMPTY;
}

static int take_away(const char *path, const char *name, bool is_folder, void *context)
{
    (void)name;
    (void)context;
    return (is_folder ? rmdir(path) : unlink(path)) < 0 ? errno : 0;
}

static void free_folder(struct rk_folder *folder)
{
    for (size_t i = 0; i < folder->file_count; i++)
        rk_free(folder->files[i]);
    for (size_t i = 0; i < folder->subfolder_count; i++)
        rk_free(folder->subfolders[i]);
    rk_free(folder->path);
    rk_free(folder->target);
    rk_free(folder->parent);
    rk_free(folder->temporary);
    rk_free(folder);
}

static enum rk_status cannot_make(const struct rk_folder *folder, int problem,
                                  struct rk_error *error)
{
    return rk_fail_errno(error, RK_FAILED, NULL, problem, _("cannot make the folder %s"),
                         folder->path);
}

/* What is there now: nothing, an empty folder, or one that may be replaced. */
static enum rk_status inspect(struct rk_folder *folder, struct rk_error *error)
{
    struct stat st;
    if (stat(folder->path, &st) < 0)
        return errno == ENOENT ? RK_OK : cannot_make(folder, errno, error);
    if (!S_ISDIR(st.st_mode))
        return cannot_make(folder, ENOTDIR, error);
    struct strange strange = {NULL, NULL};
    int problem = walk(folder->target, NULL, look, &strange);
    folder->replaces = problem == ENOTEMPTY;
    if (folder->replaces && folder->ours) {
        rk_free(strange.name);
        strange = (struct strange){folder->ours, NULL};
        problem = walk(folder->target, NULL, look, &strange);
    }
    enum rk_status status = RK_OK;
    if (problem == ENOTEMPTY && folder->ours)
        status = rk_fail(error, RK_BAD_USE, _("%s holds %s, which was not made here: not replaced"),
                         folder->path, strange.name);
    else if (problem == ENOTEMPTY)
        status = rk_fail(error, RK_BAD_USE, _("%s is there already and is not empty"),
                         folder->path);
    else if (problem)
        status = cannot_make(folder, problem, error);
    rk_free(strange.name);
    return status;
}

enum rk_status rk_folder_open(struct rk_folder **result, const char *path,
                              bool (*ours)(const char *name), struct rk_error *error)
{
    assert(!standing);
    *result = NULL;
    struct rk_folder *folder = rk_alloc(1, sizeof *folder);
    folder->path = rk_strdup(path);
    folder->ours = ours;
    char *real = realpath(path, NULL);
    folder->target = rk_strdup(real ? real : path);
    free(real);
    for (size_t end = strlen(folder->target); end > 1 && folder->target[end - 1] == '/';)
        folder->target[--end] = '\0';
    enum rk_status status = inspect(folder, error);
    if (!status) {
        char *copy = rk_strdup(folder->target);
        folder->parent = rk_strdup(dirname(copy));
        rk_free(copy);
        uint64_t salt = 0;
        if (getrandom(&salt, sizeof salt, GRND_NONBLOCK) < 0)
            salt = 0;
        struct rk_buf name = {0};
        rk_buf_printf(&name, "%s/.rk-tmp.%ld.%016llx", folder->parent, (long)getpid(),
                      (unsigned long long)salt);
        folder->temporary = rk_buf_take(&name);
        standing = folder;
        if (mkdir(folder->temporary, 0777) < 0) {
            status = cannot_make(folder, errno, error);
            standing = NULL;
        }
    }
    if (status)
        free_folder(folder);
    else
        *result = folder;
    return status;
}

/* The user knows the folder by its own name, not by the temporary's. */
static void name_it(const struct rk_folder *folder, struct rk_error *error)
{
    size_t size = strlen(folder->temporary);
    if (error && error->pos.file && !strncmp(error->pos.file, folder->temporary, size))
        error->pos.file = rk_keep(folder->path);
    const char *at = error ? strstr(error->text, folder->temporary) : NULL;
    if (!at)
        return;
    struct rk_buf text = {0};
    rk_buf_add(&text, error->text, (size_t)(at - error->text));
    rk_buf_text(&text, folder->path);
    rk_buf_text(&text, at + size);
    snprintf(error->text, sizeof error->text, "%s", text.text);
    rk_buf_free(&text);
}

enum rk_status rk_folder_file(struct rk_folder *folder, struct rk_out **out, const char *name,
                              struct rk_error *error)
{
    const char *slash = strchr(name, '/');
    *out = NULL;
    assert(folder->file_count < MOST_FILES && folder->subfolder_count < MOST_SUBFOLDERS);
    if (slash) {
        char *part = rk_strndup(name, (size_t)(slash - name));
        char *path = joined(folder->temporary, part);
        rk_free(part);
        size_t i = 0;
        while (i < folder->subfolder_count && strcmp(folder->subfolders[i], path))
            i++;
        if (i < folder->subfolder_count) {
            rk_free(path);
        } else {
            folder->subfolders[i] = path;
            folder->subfolder_count++;
            if (mkdir(path, 0777) < 0)
                return cannot_make(folder, errno, error);
        }
    }
    char *path = joined(folder->temporary, name);
    folder->files[folder->file_count] = path;
    folder->file_count++;
    enum rk_status status = rk_out_open(&folder->outputs, out, path, error);
    if (status)
        name_it(folder, error);
    return status;
}

/* Some file systems refuse to sync a folder: what is in it stands all the same. */
static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

enum rk_status rk_folder_commit(struct rk_folder *folder, struct rk_error *error)
{
    enum rk_status status = rk_outputs_commit(&folder->outputs, error);
    if (status)
        name_it(folder, error);
    if (!status) {
        sync_folder(folder->temporary);
        /* an empty folder is replaced by plain rename, a full one by trading names */
        if (renameat2(AT_FDCWD, folder->temporary, AT_FDCWD, folder->target,
                      folder->replaces ? RENAME_EXCHANGE : 0) < 0)
            status = cannot_make(folder, errno, error);
    }
    if (status) {
        remove_parts(folder);
    } else {
        sync_folder(folder->parent);
        int problem = 0;
        if (folder->replaces && !(problem = walk(folder->temporary, NULL, take_away, NULL)) &&
            rmdir(folder->temporary) < 0)
            problem = errno;
        if (problem)
            status = rk_fail_errno(error, RK_FAILED, NULL, problem,
                                   _("%s is made, but what it held before could not be removed"),
                                   folder->path);
    }
    standing = NULL;
    free_folder(folder);
    return status;
}

void rk_folder_discard(struct rk_folder *folder)
{
    if (!folder)
        return;
    rk_outputs_discard(&folder->outputs);
    remove_parts(folder);
    standing = NULL;
    free_folder(folder);
}
