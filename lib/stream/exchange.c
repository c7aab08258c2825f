#include "stream/exchange.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "stream/in.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_PLAN = 1 << 20 };

struct file {
    char *path;   /* as in messages */
    char *target; /* links followed */
    char *name;   /* in the folder */
    char *stage;  /* its new version; after an exchange of names the old one */
    char *old;    /* a second name of the old one, where names cannot be exchanged; or NULL */
    bool fresh;   /* there was none before */
    bool settled, placed;
    char before[RK_SHA256_HEX], after[RK_SHA256_HEX];
    uint64_t size_before, size_after;
};

struct rk_exchange {
    char *folder, *part, *decided;
    int lock;
    struct file *files;
    size_t count, room;
    struct rk_outputs outputs;
    bool begun; /* `part` was made */
    bool replaced;
};

/* For the signal handler: the folder of what is not decided, and the files in it; each is kept
 * before it is counted. */
static char *volatile standing;
static char *standing_files[RK_EXCHANGE_FILES + 1];
static volatile size_t standing_count;

void rk_exchange_remove_now(void)
{
    if (!standing)
        return;
    for (size_t i = 0; i < standing_count; i++)
        unlink(standing_files[i]);
    rmdir(standing);
}

static char *joined(const char *folder, const char *name)
{
    struct rk_buf path = {0};
    rk_buf_printf(&path, "%s/%s", folder, name);
    return rk_buf_take(&path);
}

static enum rk_status failed(const char *path, int problem, struct rk_error *error)
{
    return rk_fail_errno(error, RK_FAILED, NULL, problem, _("cannot write %s"), path);
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

static void stand(char *path)
{
    standing_files[standing_count] = path;
    standing_count++;
}

/* Nothing stands any more, or it is decided. */
static void fall(void)
{
    size_t count = standing_count;
    standing = NULL;
    standing_count = 0;
    for (size_t i = 0; i < count; i++)
        rk_free(standing_files[i]);
}

/* Removes the folder and the files in it, the plan first: without it nothing is decided. */
static int remove_folder(const char *path)
{
    char *plan = joined(path, "plan");
    int problem = unlink(plan) && errno != ENOENT ? errno : 0;
    DIR *folder = problem ? NULL : opendir(path);
    rk_free(plan);
    if (!folder)
        return problem ? problem : errno;
    for (const struct dirent *e; !problem && (e = readdir(folder));) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
            continue;
        char *name = joined(path, e->d_name);
        problem = unlink(name) ? errno : 0;
        rk_free(name);
    }
    closedir(folder);
    return problem ? problem : rmdir(path) ? errno : 0;
}

static void forget(struct rk_exchange *x)
{
    for (size_t i = 0; i < x->count; i++) {
        rk_free(x->files[i].path);
        rk_free(x->files[i].target);
        rk_free(x->files[i].name);
        rk_free(x->files[i].stage);
        rk_free(x->files[i].old);
    }
    x->count = 0;
}

/* ---- places ---- */

static struct file *add(struct rk_exchange *x, const char *name)
{
    struct rk_buf stage = {0};
    size_t n = strlen(name);
    bool packed = n > 3 && !strcmp(name + n - 3, ".gz");
    rk_buf_printf(&stage, "%zu%s", x->count, packed ? ".gz" : "");
    RK_GROW(x->files, x->count, x->room);
    struct file *f = &x->files[x->count++];
    char *path = joined(x->folder, name), *real = realpath(path, NULL);
    *f = (struct file){
        .name = rk_strdup(name), .fresh = !real, .stage = rk_buf_take(&stage), .path = path};
    f->target = real ? rk_strdup(real) : rk_strdup(path);
    free(real);
    return f;
}

static int place(struct rk_exchange *x, struct file *f)
{
    char *stage = joined(x->decided, f->stage);
    int problem = 0;
    if (f->fresh) {
        problem = renameat2(AT_FDCWD, stage, AT_FDCWD, f->target, RENAME_NOREPLACE) ? errno : 0;
        if (problem == EINVAL || problem == ENOSYS)
            problem = rename(stage, f->target) ? errno : 0;
    } else if (renameat2(AT_FDCWD, stage, AT_FDCWD, f->target, RENAME_EXCHANGE)) {
        problem = errno;
        if (problem == EINVAL || problem == ENOSYS || problem == EOPNOTSUPP) {
            struct rk_buf second = {0};
            rk_buf_printf(&second, "%s.old", stage);
            f->old = rk_buf_take(&second);
            unlink(f->old); /* of a run that was stopped right here */
            problem = link(f->target, f->old) || rename(stage, f->target) ? errno : 0;
        }
    }
    rk_free(stage);
    f->placed = !problem;
    return problem;
}

/* The old version back in its place, the new one as its stage again. */
static bool give_back(struct rk_exchange *x, struct file *f)
{
    char *stage = joined(x->decided, f->stage);
    bool back = true;
    if (f->placed && f->fresh)
        back = !rename(f->target, stage);
    else if (f->placed && f->old)
        back = !link(f->target, stage) && !rename(f->old, f->target);
    else if (f->placed)
        back = !renameat2(AT_FDCWD, stage, AT_FDCWD, f->target, RENAME_EXCHANGE);
    f->placed = !back;
    rk_free(stage);
    return back;
}

/* ---- what an earlier run left ---- */

static enum rk_status hash(char hex[RK_SHA256_HEX], const char *path, struct rk_error *error)
{
    *hex = '\0';
    return access(path, F_OK) ? RK_OK : rk_sha256_file(hex, path, error);
}

/* Does the name lead out of the folder, or to what is not below it? */
static bool leads_out(const char *name)
{
    for (const char *part = name;; part++) {
        size_t size = strcspn(part, "/");
        if (!size || (size == 1 && *part == '.') || (size == 2 && !strncmp(part, "..", 2)))
            return true;
        part += size;
        if (!*part)
            return false;
    }
}

/* Only what a run of the same user wrote is carried out: a folder from elsewhere may bring a plan.
 */
static enum rk_status check_owner(const char *path, mode_t type, struct rk_error *error)
{
    struct stat info;
    if (lstat(path, &info))
        return failed(path, errno, error);
    if ((info.st_mode & S_IFMT) != type || info.st_uid != geteuid())
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = rk_keep(path)},
                          _("is not of an interrupted run of yours, so it is left alone"));
    return RK_OK;
}

/* Plan: a line a file, its SHA-256 before (- = new), after, and its name in the folder. */
static enum rk_status read_plan(struct rk_exchange *x, const char *path, struct rk_error *error)
{
    struct rk_in *in;
    struct rk_buf all = {0};
    enum { HEX = RK_SHA256_HEX - 1 };
    RK_TRY(rk_in_open(&in, path, error));
    enum rk_status status = rk_in_read_all(in, &all, LARGEST_PLAN, error);
    rk_in_close(in);
    for (size_t at = 0; at < all.size && !status;) {
        char *line = all.text + at, *end = strchr(line, '\n');
        size_t before = strcspn(line, " ");
        if (!end || (before != 1 && before != HEX) || (size_t)(end - line) < before + 2 + HEX + 1) {
            status = rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = rk_keep(path)},
                                _("is not the plan of an interrupted run"));
            break;
        }
        *end = '\0';
        const char *name = line + before + 1 + HEX + 1;
        if (leads_out(name)) {
            status = rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = rk_keep(path)},
                                _("names a file outside the folder"));
            break;
        }
        struct file *f = add(x, name);
        f->fresh = before == 1;
        if (!f->fresh)
            memcpy(f->before, line, HEX);
        memcpy(f->after, line + before + 1, HEX);
        at = (size_t)(end - all.text) + 1;
    }
    rk_buf_free(&all);
    return status;
}

static enum rk_status check_stage(const char *path, struct rk_error *error)
{
    struct stat info;
    if (lstat(path, &info))
        return failed(path, errno, error);
    return S_ISREG(info.st_mode) ? RK_OK : failed(path, EINVAL, error);
}

static enum rk_status finish(struct rk_exchange *x, struct rk_error *error)
{
    enum rk_status status = RK_OK;
    char now[RK_SHA256_HEX];
    for (size_t i = 0; i < x->count && !status; i++) { /* look at all before one is touched */
        struct file *f = &x->files[i];
        status = hash(now, f->target, error);
        f->placed = !strcmp(now, f->after);
        if (!status && !f->placed && strcmp(now, f->before) != 0)
            status =
                rk_fail(error, RK_BAD_DATA,
                        _("%s was changed after a run was interrupted while it replaced files; "
                          "its new version is in %s, which is to be removed when you have "
                          "looked at both"),
                        f->path, x->decided);
    }
    for (size_t i = 0; i < x->count && !status; i++) {
        char *stage = joined(x->decided, x->files[i].stage);
        if (!x->files[i].placed)
            status = check_stage(stage, error);
        rk_free(stage);
    }
    for (size_t i = 0; i < x->count && !status; i++) {
        struct file *f = &x->files[i];
        int problem = f->placed ? 0 : place(x, f);
        if (problem)
            status = failed(f->path, problem, error);
    }
    if (!status)
        sync_folder(x->folder);
    return status;
}

static enum rk_status recover(struct rk_exchange *x, enum rk_exchange_found *found,
                              struct rk_error *error)
{
    char *plan = joined(x->decided, "plan");
    enum rk_status status = RK_OK;
    int problem = 0;
    if (!access(x->part, F_OK)) {
        problem = remove_folder(x->part);
        *found = RK_EXCHANGE_UNDONE;
    }
    if (!problem && !access(x->decided, F_OK)) {
        bool decided = !access(plan, F_OK);
        status = check_owner(x->decided, S_IFDIR, error);
        if (decided && !status)
            status = check_owner(plan, S_IFREG, error);
        if (decided && !status && !(status = read_plan(x, plan, error)))
            status = finish(x, error);
        if (!status)
            problem = remove_folder(x->decided);
        *found = RK_EXCHANGE_FINISHED; /* without a plan all but the tidying was done */
        forget(x);
    }
    rk_free(plan);
    if (problem)
        status = failed(x->decided, problem, error);
    return status;
}

enum rk_status rk_exchange_open(struct rk_exchange **result, const char *folder,
                                enum rk_exchange_found *found, struct rk_error *error)
{
    struct rk_exchange *x = rk_alloc(1, sizeof *x);
    x->folder = rk_strdup(folder);
    x->part = joined(folder, ".rk-purge.part");
    x->decided = joined(folder, ".rk-purge");
    x->lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    *found = RK_EXCHANGE_NOTHING;
    enum rk_status status = RK_OK;
    const struct rk_pos pos = {.file = rk_keep(folder)};
    if (x->lock < 0)
        status = rk_fail_errno(error, RK_FAILED, &pos, errno, "%s", _("cannot be read"));
    else if (flock(x->lock, LOCK_EX | LOCK_NB))
        status = rk_fail_errno(error, RK_FAILED, &pos, errno, "%s", _("another run has it open"));
    else
        status = recover(x, found, error);
    *result = x;
    if (status) {
        rk_exchange_close(x);
        *result = NULL;
    }
    return status;
}

/* ---- new versions ---- */

enum rk_status rk_exchange_file(struct rk_exchange *x, struct rk_out **out, const char *path,
                                struct rk_error *error)
{
    struct stat info;
    *out = NULL;
    assert(x->count < RK_EXCHANGE_FILES);
    if (!x->begun) {
        standing = x->part;
        if (mkdir(x->part, 0700))
            return failed(x->part, errno, error);
        x->begun = true;
    }
    struct file *f = add(x, path + strlen(x->folder) + 1);
    if (strchr(f->name, '\n'))
        return failed(path, EINVAL, error);
    if (!f->fresh && (stat(f->target, &info) || access(f->target, W_OK)))
        return failed(path, errno, error);
    if (!f->fresh && !S_ISREG(info.st_mode))
        return failed(path, EINVAL, error);
    if (!f->fresh)
        RK_TRY(rk_sha256_file(f->before, f->target, error));
    f->size_before = f->fresh ? 0 : (uint64_t)info.st_size;
    char *stage = joined(x->part, f->stage);
    stand(stage);
    return rk_out_open(&x->outputs, out, stage, error);
}

/* Owner and group as before, where that is allowed. */
static int keep_mode(const char *stage, const char *target)
{
    struct stat was, own;
    int fd = open(stage, O_WRONLY | O_CLOEXEC | O_NOFOLLOW), problem = 0;
    if (fd < 0)
        return errno;
    if (stat(target, &was) || fstat(fd, &own)) {
        problem = errno;
    } else {
        bool strangers = (own.st_uid != was.st_uid || own.st_gid != was.st_gid) &&
                         fchown(fd, was.st_uid, was.st_gid) && fchown(fd, (uid_t)-1, was.st_gid);
        problem = fchmod(fd, was.st_mode & (strangers ? 0700 : 07777)) ? errno : 0;
    }
    close(fd);
    return problem;
}

static uint64_t size_of(const char *path)
{
    struct stat info;
    return stat(path, &info) ? 0 : (uint64_t)info.st_size;
}

enum rk_status rk_exchange_settle(struct rk_exchange *x, struct rk_error *error)
{
    enum rk_status status = rk_outputs_commit(&x->outputs, error);
    for (size_t i = 0; i < x->count && !status; i++) {
        struct file *f = &x->files[i];
        char *stage = joined(x->part, f->stage);
        if (!f->settled) {
            int problem = f->fresh ? 0 : keep_mode(stage, f->target);
            status = problem ? failed(f->path, problem, error) : RK_OK;
            if (!status)
                status = rk_sha256_file(f->after, stage, error);
            f->size_after = size_of(stage);
            f->settled = true;
        }
        rk_free(stage);
    }
    return status;
}

const char *rk_exchange_before(const struct rk_exchange *x, size_t file)
{
    return x->files[file].before;
}

const char *rk_exchange_after(const struct rk_exchange *x, size_t file)
{
    return x->files[file].after;
}

uint64_t rk_exchange_size_before(const struct rk_exchange *x, size_t file)
{
    return x->files[file].size_before;
}

uint64_t rk_exchange_size_after(const struct rk_exchange *x, size_t file)
{
    return x->files[file].size_after;
}

static enum rk_status write_plan(struct rk_exchange *x, struct rk_error *error)
{
    struct rk_out *out;
    struct rk_buf text = {0};
    char *plan = joined(x->part, "plan");
    stand(plan);
    for (size_t i = 0; i < x->count; i++) {
        const struct file *f = &x->files[i];
        rk_buf_printf(&text, "%s %s %s\n", f->fresh ? "-" : f->before, f->after, f->name);
    }
    enum rk_status status = rk_out_open(&x->outputs, &out, plan, error);
    if (!status) {
        rk_out_write(out, text.text, text.size);
        status = rk_outputs_commit(&x->outputs, error);
    }
    rk_buf_free(&text);
    return status;
}

enum rk_status rk_exchange_commit(struct rk_exchange *x, struct rk_error *error)
{
    char now[RK_SHA256_HEX];
    if (!x->count)
        return RK_OK;
    RK_TRY(rk_exchange_settle(x, error));
    for (size_t i = 0; i < x->count; i++) {
        RK_TRY(hash(now, x->files[i].target, error));
        if (strcmp(now, x->files[i].before) != 0)
            return rk_fail(error, RK_FAILED, _("%s was changed by somebody else meanwhile"),
                           x->files[i].path);
    }
    RK_TRY(write_plan(x, error));
    sync_folder(x->part);
    if (rename(x->part, x->decided))
        return failed(x->decided, errno, error);
    x->begun = false;
    fall();
    sync_folder(x->folder);
    enum rk_status status = RK_OK;
    for (size_t i = 0; i < x->count && !status; i++) {
        int problem = place(x, &x->files[i]);
        if (problem)
            status = failed(x->files[i].path, problem, error);
    }
    bool back = true;
    for (size_t i = 0; i < x->count && status; i++)
        back = give_back(x, &x->files[i]) && back;
    x->replaced = !status || !back;
    if (!back) { /* the next run finishes what cannot be undone */
        forget(x);
        return status;
    }
    bool undone = status && !rename(x->decided, x->part);
    sync_folder(x->folder);
    int problem = remove_folder(undone ? x->part : x->decided);
    if (problem && !status)
        status = rk_fail_errno(error, RK_FAILED, NULL, problem,
                               _("the files are replaced, but %s with what they held before could "
                                 "not be removed"),
                               x->decided);
    forget(x);
    return status;
}

bool rk_exchange_replaced(const struct rk_exchange *x) { return x->replaced; }

void rk_exchange_discard(struct rk_exchange *x)
{
    rk_outputs_discard(&x->outputs);
    if (x->begun)
        remove_folder(x->part);
    x->begun = false;
    fall();
    forget(x);
}

void rk_exchange_close(struct rk_exchange *x)
{
    if (!x)
        return;
    rk_exchange_discard(x);
    if (x->lock >= 0)
        close(x->lock);
    rk_free(x->files);
    rk_free(x->folder);
    rk_free(x->part);
    rk_free(x->decided);
    rk_free(x);
}
