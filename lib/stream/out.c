#include "stream/out.h"

#include "base/buf.h"
#include "base/mem.h"
#include "stream/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 64 * 1024, KEPT = 8 * 1024 * 1024, MOST_TEMPORARIES = 64 };

struct rk_out {
    char *path;      /* as in messages; NULL = standard output */
    char *target;    /* the file renamed onto: path with links followed; NULL = copied at commit */
    char *temporary; /* beside target, while it stands */
    int fd;          /* the temporary (named, or unlinked), -1 while all is in memory */
    mode_t mode;     /* of an existing target */
    bool keep_mode;
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

static const char *shown(const struct rk_out *out) { return out->path ? out->path : "-"; }

static char *folder_of(const char *path)
{
    char *copy = rk_strdup(path);
    char *folder = rk_strdup(dirname(copy));
    rk_free(copy);
    return folder;
}

/* A file of our own beside `target`, registered for removal before it exists. */
static int open_temporary(struct rk_out *out)
{
    char *folder = folder_of(out->target);
    int fd = -1, problem = 0;
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        uint64_t salt = 0;
        if (getrandom(&salt, sizeof salt, GRND_NONBLOCK) < 0)
            salt = (uint64_t)attempt;
        struct rk_buf name = {0};
        rk_buf_printf(&name, "%s/.rk-tmp.%ld.%016llx", folder, (long)getpid(),
                      (unsigned long long)salt);
        out->temporary = rk_buf_take(&name);
        if (!remember(out->temporary)) {
            problem = EMFILE;
        } else {
            fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
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
    rk_free(folder);
    errno = problem;
    return fd;
}

/* An unlinked file for standard output that has outgrown memory. */
static int open_unlinked(void)
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
    if (!out->problem && out->fd < 0 && (out->fd = open_unlinked()) < 0)
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
    rk_free(out->target);
    rk_free(out);
}

enum rk_status rk_out_open(struct rk_outputs *outputs, struct rk_out **result, const char *path,
                           struct rk_error *error)
{
    struct rk_out *out = rk_alloc(1, sizeof *out);
    struct stat st;
    *result = NULL;
    out->fd = -1;
    if (path && strcmp(path, "-")) {
        out->path = rk_strdup(path);
        bool there = stat(path, &st) == 0;
        if (there && S_ISDIR(st.st_mode)) {
            out->problem = EISDIR;
        } else if (!there || S_ISREG(st.st_mode)) {
            /* the rename must land on the file a link points to, not on the link */
            char *real = there ? realpath(path, NULL) : NULL;
            out->target = rk_strdup(real ? real : path);
            free(real);
            out->keep_mode = there;
            out->mode = st.st_mode & 07777;
            if (there && access(path, W_OK) < 0)
                out->problem = errno;
            else if ((out->fd = open_temporary(out)) < 0)
                out->problem = errno;
        }
        size_t size = strlen(path);
        out->gzip = size > 3 && !strcmp(path + size - 3, ".gz");
    }
    enum rk_status status = RK_OK;
    if (out->problem)
        status = rk_fail_errno(error, RK_FAILED, &(struct rk_pos){.file = rk_keep(path)}, out->problem, "%s",
                               _("cannot write"));
    for (size_t i = 0; i < outputs->count && !status; i++) {
        const struct rk_out *other = outputs->all[i];
        const char *a = out->target ? out->target : shown(out);
        const char *b = other->target ? other->target : shown(other);
        if (!strcmp(a, b))
            status = rk_fail(error, RK_BAD_USE, _("%s is named for two outputs"),
                             path ? path : _("standard output"));
    }
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

/* Everything into the temporary and safe on the disk. */
static int settle(struct rk_out *out)
{
    if (out->gzip)
        deflate_bytes(out, NULL, 0, Z_FINISH);
    if (out->target && !out->problem && out->waiting.size)
        spill(out);
    if (out->target && !out->problem) {
        if (out->keep_mode && fchmod(out->fd, out->mode) < 0)
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
    int to = out->path ? open(out->path, O_WRONLY | O_CLOEXEC | O_NOCTTY) : STDOUT_FILENO;
    if (to < 0)
        return errno;
    int problem = pour(out, to);
    if (problem == EPIPE) {
        rk_outputs_unlink_now();
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    /* close a copy: a full disk behind NFS tells at close, and a later close must not hide it */
    int last = out->path ? to : dup(to);
    if (last < 0 || close(last) < 0)
        problem = problem ? problem : errno;
    return problem;
}

static int take_place(struct rk_out *out)
{
    if (rename(out->temporary, out->target) < 0)
        return errno;
    forget(out->temporary);
    rk_free(out->temporary);
    out->temporary = NULL;
    char *folder = folder_of(out->target);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* some file systems refuse to sync a folder: the rename stands all the same */
        close(fd);
    }
    rk_free(folder);
    return 0;
}

enum rk_status rk_outputs_commit(struct rk_outputs *outputs, struct rk_error *error)
{
    const struct rk_out *bad = NULL;
    int problem = 0;
    for (int step = 0; step < 3 && !problem; step++)
        for (size_t i = 0; i < outputs->count && !problem; i++) {
            struct rk_out *out = outputs->all[i];
            problem = step == 0                   ? settle(out)
                      : step == 1 && !out->target ? show(out)
                      : step == 2 && out->target  ? take_place(out)
                                                  : 0;
            bad = out;
        }
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
