#include "stream/out.h"

#include "base/buf.h"
#include "base/mem.h"
#include "stream/exchange.h"
#include "stream/folder.h"
#include "stream/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 64 * 1024, KEPT = 8 * 1024 * 1024, MOST_TEMPORARIES = 1100 };

struct rk_out {
    char *path;      /* as in messages; NULL = standard output */
    int shown_on;    /* standard output or error, by whatever name; -1 = path is opened */
    char *folder;    /* where the target stands, links followed */
    char *target;    /* the file renamed onto; NULL = copied at commit */
    char *temporary; /* beside target, while it stands */
    int fd;          /* the temporary (named, or unlinked), -1 while all is in memory */
    struct stat was; /* the target as it is now, where `replaces` */
    bool replaces;
    enum { NOT_PLACED, FRESH, EXCHANGED, GONE } placed; /* GONE: what was there is lost */
    struct rk_buf waiting; /* not yet written to fd */
    uint64_t written;
    int problem; /* errno of the first failure */
    bool gzip;
    z_stream z;
};

/* Names of the temporaries that stand, for the signal handler. Slots are only ever filled and
 * emptied whole. */
static char *volatile standing[MOST_TEMPORARIES];

void rk_outputs_unlink_now(void)
{
    for (size_t i = 0; i < MOST_TEMPORARIES; i++)
        if (standing[i])
            unlink(standing[i]);
    rk_folder_remove_now();
    rk_exchange_remove_now();
    rk_tree_clear();
}

static bool remember(char *name)
{
    for (size_t i = 0; i < MOST_TEMPORARIES; i++)
        if (!standing[i]) {
            standing[i] = name;
            return true;
        }
    return false;
}

static void forget(char *name)
{
    for (size_t i = 0; i < MOST_TEMPORARIES; i++)
        if (standing[i] == name)
            standing[i] = NULL;
}

/* Where `path` is and what it is called there: the rename must land on the file that a link points
 * to, not on the link, and one file is one output however it is spelled. Returns errno. */
static int find_target(struct rk_out *out, const char *path)
{
    size_t size = strlen(path);
    struct stat st;
    if (size && path[size - 1] == '/')
        return EISDIR;
    char *real = out->replaces ? realpath(path, NULL) : NULL;
    if (out->replaces && !real)
        return errno;
    if (!out->replaces && (!size || !lstat(path, &st))) /* a link that leads nowhere */
        return ENOENT;
    char *copy = rk_strdup(real ? real : path), *name = rk_strdup(copy);
    char *folder = realpath(dirname(copy), NULL);
    int problem = folder ? 0 : errno;
    if (folder) {
        struct rk_buf target = {0};
        out->folder = rk_strdup(folder);
        rk_buf_printf(&target, "%s/%s", strcmp(folder, "/") ? folder : "", basename(name));
        out->target = rk_buf_take(&target);
    }
    free(real);
    free(folder);
    rk_free(copy);
    rk_free(name);
    return problem;
}

/* A file of our own beside `target`, registered for removal before it exists. What replaces a file
 * is nobody else's to read until it has that file's mode. */
static int open_temporary(struct rk_out *out)
{
    int fd = -1, problem = 0;
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        uint64_t salt = 0;
        if (getrandom(&salt, sizeof salt, GRND_NONBLOCK) < 0)
            salt = (uint64_t)attempt;
        struct rk_buf name = {0};
        rk_buf_printf(&name, "%s/.rk-tmp.%ld.%016llx", out->folder, (long)getpid(),
                      (unsigned long long)salt);
        out->temporary = rk_buf_take(&name);
        if (!remember(out->temporary)) {
            problem = EMFILE;
        } else {
            fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                      out->replaces ? 0600 : 0666);
            problem = fd < 0 ? errno : 0;
        }
        if (fd < 0) {
            forget(out->temporary);
            rk_free(out->temporary);
            out->temporary = NULL;
            if (problem != EEXIST)
                break;
        }
    }
    errno = problem;
    return fd;
}

int rk_out_unlinked(void)
{
    const char *folder = getenv("TMPDIR");
    if (!folder || !*folder)
        folder = "/tmp";
    int fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return fd;
    struct rk_buf name = {0};
    rk_buf_printf(&name, "%s/.rk-tmp.XXXXXX", folder);
    fd = mkostemp(name.text, O_CLOEXEC);
    if (fd >= 0)
        unlink(name.text);
    rk_buf_free(&name);
    return fd;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

/* Empties memory into the file. */
static void spill(struct rk_out *out)
{
    if (!out->problem && out->fd < 0 && (out->fd = rk_out_unlinked()) < 0)
        out->problem = errno;
    if (!out->problem)
        out->problem = write_all(out->fd, out->waiting.text, out->waiting.size);
    out->written += out->waiting.size;
    rk_buf_clear(&out->waiting);
}

static void add_plain(struct rk_out *out, const void *bytes, size_t size)
{
    rk_buf_add(&out->waiting, bytes, size);
    if (out->waiting.size >= (out->fd < 0 ? KEPT : CHUNK))
        spill(out);
}

static void deflate_bytes(struct rk_out *out, const void *bytes, size_t size, int flush)
{
    unsigned char packed[16 * 1024];
    const unsigned char *from = bytes;
    do {
        uInt part = size > 1 << 30 ? 1 << 30 : (uInt)size;
        out->z.next_in = (unsigned char *)from;
        out->z.avail_in = part;
        do {
            out->z.next_out = packed;
            out->z.avail_out = sizeof packed;
            deflate(&out->z, flush);
            add_plain(out, packed, sizeof packed - out->z.avail_out);
        } while (!out->z.avail_out);
        from += part;
        size -= part;
    } while (size);
}

void rk_out_write(struct rk_out *out, const void *bytes, size_t size)
{
    if (out->problem || !size)
        return;
    if (out->gzip)
        deflate_bytes(out, bytes, size, Z_NO_FLUSH);
    else
        add_plain(out, bytes, size);
}

static void free_out(struct rk_out *out)
{
    if (out->temporary) {
        unlink(out->temporary);
        forget(out->temporary);
        rk_free(out->temporary);
    }
    if (out->fd >= 0)
        close(out->fd);
    if (out->gzip)
        deflateEnd(&out->z);
    rk_buf_free(&out->waiting);
    rk_free(out->path);
    rk_free(out->folder);
    rk_free(out->target);
    rk_free(out);
}

/* /dev/stdout, or the very file that the shell sent standard output to: what is in there already is
 * not ours to replace. A device bears two writers. */
static int standard(const struct stat *st)
{
    struct stat own;
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO && !S_ISCHR(st->st_mode); fd++)
        if (!fstat(fd, &own) && own.st_dev == st->st_dev && own.st_ino == st->st_ino)
            return fd;
    return -1;
}

static bool same(const struct rk_out *a, const struct rk_out *b)
{
    if (a->shown_on >= 0 || b->shown_on >= 0)
        return a->shown_on == b->shown_on;
    const char *one = a->target ? a->target : a->path, *other = b->target ? b->target : b->path;
    return !strcmp(one, other);
}

/* Prepares a file, a pipe or a device. Returns errno. */
static int open_path(struct rk_out *out)
{
    out->replaces = !stat(out->path, &out->was);
    if (!out->replaces && errno != ENOENT)
        return errno;
    if (out->replaces && S_ISDIR(out->was.st_mode))
        return EISDIR;
    if (out->replaces && (out->shown_on = standard(&out->was)) >= 0)
        return 0;
    if (out->replaces && !S_ISREG(out->was.st_mode))
        return 0;
    int problem = out->replaces && access(out->path, W_OK) < 0 ? errno : find_target(out, out->path);
    if (!problem && (out->fd = open_temporary(out)) < 0)
        problem = errno;
    return problem;
}

enum rk_status rk_out_open(struct rk_outputs *outputs, struct rk_out **result, const char *path,
                           struct rk_error *error)
{
    struct rk_out *out = rk_alloc(1, sizeof *out);
    *result = NULL;
    out->fd = -1;
    out->shown_on = STDOUT_FILENO;
    if (path && strcmp(path, "-")) {
        size_t size = strlen(path);
        out->path = rk_strdup(path);
        out->shown_on = -1;
        out->gzip = size > 3 && !strcmp(path + size - 3, ".gz");
        out->problem = open_path(out);
    }
    enum rk_status status = RK_OK;
    if (out->problem)
        status = rk_fail_errno(error, RK_FAILED, &(struct rk_pos){.file = rk_keep(path)},
                               out->problem, "%s", _("cannot write"));
    for (size_t i = 0; i < outputs->count && !status; i++)
        if (same(out, outputs->all[i]))
            status = rk_fail(error, RK_BAD_USE, _("%s is named for two outputs"),
                             out->path ? out->path : _("standard output"));
    if (!status && out->gzip &&
        deflateInit2(&out->z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        out->gzip = false;
        status = rk_fail_errno(error, RK_FAILED, NULL, ENOMEM, "zlib");
    }
    if (status) {
        free_out(out);
        return status;
    }
    RK_GROW(outputs->all, outputs->count, outputs->room);
    outputs->all[outputs->count++] = out;
    *result = out;
    return RK_OK;
}

const char *rk_out_place(const struct rk_out *out)
{
    return out->target ? out->folder : out->path;
}

/* Copies what waits to a descriptor that cannot be taken back: standard output, a device, a pipe. */
static int pour(struct rk_out *out, int to)
{
    if (out->written) {
        char *chunk = rk_resize(NULL, CHUNK, 1);
        int problem = lseek(out->fd, 0, SEEK_SET) < 0 ? errno : 0;
        for (uint64_t left = out->written; left && !problem;) {
            ssize_t n = read(out->fd, chunk, left < CHUNK ? (size_t)left : CHUNK);
            if (n < 0 && errno == EINTR)
                continue;
            problem = n < 0 ? errno : n == 0 ? EIO : write_all(to, chunk, (size_t)n);
            left -= n > 0 ? (uint64_t)n : 0;
        }
        rk_free(chunk);
        if (problem)
            return problem;
    }
    return write_all(to, out->waiting.text, out->waiting.size);
}

/* Owner and group are kept where that is allowed: a nightly run by root must not take the file away
 * from those who read it. */
static void keep_owner(const struct rk_out *out)
{
    struct stat own;
    if (fstat(out->fd, &own) ||
        (own.st_uid == out->was.st_uid && own.st_gid == out->was.st_gid) ||
        !fchown(out->fd, out->was.st_uid, out->was.st_gid))
        return;
    if (fchown(out->fd, (uid_t)-1, out->was.st_gid))
        return;
}

/* Everything into the temporary and safe on the disk. */
static int settle(struct rk_out *out)
{
    if (out->gzip)
        deflate_bytes(out, NULL, 0, Z_FINISH);
    if (out->target && !out->problem && out->waiting.size)
        spill(out);
    if (out->target && !out->problem) {
        if (out->replaces && (keep_owner(out), fchmod(out->fd, out->was.st_mode & 07777) < 0))
            out->problem = errno;
        else if (fsync(out->fd) < 0)
            out->problem = errno;
        if (close(out->fd) < 0 && !out->problem)
            out->problem = errno;
        out->fd = -1;
    }
    return out->problem;
}

/* Writes to the place that cannot be taken back. A pipe whose reader went away ends the program
 * quietly by SIGPIPE, as it does every filter. */
static int show(struct rk_out *out)
{
    int to = out->shown_on >= 0 ? out->shown_on
                                : open(out->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (to < 0)
        return errno;
    int problem = pour(out, to);
    if (problem == EPIPE) {
        rk_outputs_unlink_now();
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    /* close a copy: a full disk behind NFS tells at close, and a later close must not hide it */
    int last = out->shown_on >= 0 ? dup(to) : to;
    if (last < 0 || close(last) < 0)
        problem = problem ? problem : errno;
    return problem;
}

/* Puts the file where it belongs. `one_of_several`: what stood there stays in the temporary until
 * all are in place, where the file system can do that. */
static int take_place(struct rk_out *out, bool one_of_several)
{
    if (one_of_several && out->replaces &&
        !renameat2(AT_FDCWD, out->temporary, AT_FDCWD, out->target, RENAME_EXCHANGE)) {
        out->placed = EXCHANGED;
    } else if (one_of_several && out->replaces && errno != EINVAL && errno != ENOSYS &&
               errno != EOPNOTSUPP && errno != ENOENT) {
        return errno;
    } else {
        if (rename(out->temporary, out->target) < 0)
            return errno;
        out->placed = out->replaces ? GONE : FRESH;
        forget(out->temporary);
        rk_free(out->temporary);
        out->temporary = NULL;
    }
    int fd = open(out->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* some file systems refuse to sync a folder: the rename stands all the same */
        close(fd);
    }
    return 0;
}

/* Another file could not take its place: as it was before. */
static void give_place_back(const struct rk_out *out)
{
    if (out->placed == FRESH)
        unlink(out->target);
    if (out->placed == EXCHANGED &&
        renameat2(AT_FDCWD, out->temporary, AT_FDCWD, out->target, RENAME_EXCHANGE))
        rename(out->temporary, out->target);
}

enum rk_status rk_outputs_commit(struct rk_outputs *outputs, struct rk_error *error)
{
    const struct rk_out *bad = NULL;
    int problem = 0;
    size_t files = 0;
    for (size_t i = 0; i < outputs->count; i++)
        files += outputs->all[i]->target != NULL;
    /* what cannot be taken back comes late, and standard output last of it */
    for (int step = 0; step < 4 && !problem; step++)
        for (size_t i = 0; i < outputs->count && !problem; i++) {
            struct rk_out *out = outputs->all[i];
            problem = step == 0                                ? settle(out)
                      : step == 1 && out->path && !out->target ? show(out)
                      : step == 2 && !out->path                ? show(out)
                      : step == 3 && out->target               ? take_place(out, files > 1)
                                                               : 0;
            bad = out;
        }
    for (size_t i = 0; i < outputs->count && problem; i++)
        give_place_back(outputs->all[i]);
    enum rk_status status = RK_OK;
    if (problem && bad->path)
        status = rk_fail_errno(error, RK_FAILED, NULL, problem, _("cannot write %s"), bad->path);
    else if (problem)
        status = rk_fail_errno(error, RK_FAILED, NULL, problem, "%s",
                               _("cannot write standard output"));
    rk_outputs_discard(outputs);
    return status;
}

void rk_outputs_discard(struct rk_outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        free_out(outputs->all[i]);
    rk_free(outputs->all);
    *outputs = (struct rk_outputs){0};
}
