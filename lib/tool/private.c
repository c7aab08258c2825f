#include "tool/private.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium/utils.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEY_TEXT = 2 * RK_KEY_SIZE + 1, LARGEST = 1 << 30 };

static enum rk_status judge(const struct stat *info, const char *path, const char *what,
                            struct rk_error *error)
{
    const struct rk_pos pos = {.file = path};
    if (!S_ISREG(info->st_mode))
        return rk_fail_at(error, RK_BAD_USE, &pos, _("--%s: expected a file, not a pipe or folder"),
                          what);
    if (info->st_uid != geteuid())
        return rk_fail_at(error, RK_BAD_USE, &pos, _("--%s: the file belongs to somebody else"),
                          what);
    if (info->st_mode & 077)
        return rk_fail_at(error, RK_BAD_USE, &pos,
                          _("--%s: others can read or write the file; it must be its owner's alone "
                            "(chmod 600)"),
                          what);
    return RK_OK;
}

void rk_private_outputs(void) { umask(077); }

static enum rk_status failed(const char *path, int number, const char *why, struct rk_error *error)
{
    return rk_fail_errno(error, RK_FAILED, &(struct rk_pos){.file = path}, number, "%s", why);
}

enum rk_status rk_private_file(const char *path, const char *what, struct rk_error *error)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return failed(path, errno, _("cannot be read"), error);
    return judge(&info, path, what, error);
}

enum rk_status rk_keep_apart(const char *path, const char *what, const char *const *folders,
                             struct rk_error *error)
{
    char folder[PATH_MAX], place[PATH_MAX], *copy = rk_strdup(path);
    bool there = realpath(dirname(copy), place) != NULL;
    rk_free(copy);
    for (; *folders; folders++) {
        size_t n = realpath(*folders, folder) ? strlen(folder) : 0;
        if (there && n && !strncmp(folder, place, n) && (!place[n] || place[n] == '/'))
            return rk_fail(error, RK_BAD_USE,
                           _("--%s: keep the file apart from the data, outside %s"), what,
                           *folders);
    }
    return RK_OK;
}

/* Opens it, and judges what was opened, so that nothing can take its place in between. */
static enum rk_status open_private(int *fd, const char *path, const char *what, int flags,
                                   struct stat *info, struct rk_error *error)
{
    *fd = open(path, flags | O_CLOEXEC | O_NONBLOCK, 0600);
    if (*fd < 0)
        return failed(path, errno, _("cannot be read"), error);
    enum rk_status status = fstat(*fd, info) < 0 ? failed(path, errno, _("cannot be read"), error)
                                                 : judge(info, path, what, error);
    if (status) {
        close(*fd);
        *fd = -1;
    }
    return status;
}

/* Reads or writes all of it at `offset`. Returns errno; a file that is cut is EIO. */
static int whole(int fd, char *bytes, size_t size, off_t offset, bool writes)
{
    while (size) {
        ssize_t n = writes ? pwrite(fd, bytes, size, offset) : pread(fd, bytes, size, offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        bytes += n;
        offset += n;
        size -= (size_t)n;
    }
    return 0;
}

static enum rk_status no_memory(struct rk_error *error)
{
    return rk_fail(error, RK_FAILED, _("no memory for keys"));
}

/* ---- the key ---- */

enum rk_status rk_key_make(const char *path, struct rk_error *error)
{
    unsigned char *key = rk_key_alloc(RK_KEY_SIZE);
    char *text = rk_key_alloc(KEY_TEXT + 1);
    int fd = -1, problem = 0;
    enum rk_status status = key && text ? RK_OK : no_memory(error);
    if (!status) {
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 && errno == EEXIST)
            status = rk_fail_at(error, RK_BAD_USE, &(struct rk_pos){.file = path},
                                _("is there already, and a key is never written over"));
        else if (fd < 0)
            status = failed(path, errno, _("cannot write"), error);
    }
    if (!status) {
        rk_key_random(key, RK_KEY_SIZE);
        sodium_bin2hex(text, KEY_TEXT + 1, key, RK_KEY_SIZE);
        text[KEY_TEXT - 1] = '\n';
        problem = fchmod(fd, 0600) < 0 ? errno : whole(fd, text, KEY_TEXT, 0, true);
        if (!problem && fsync(fd) < 0)
            problem = errno;
        if (close(fd) < 0 && !problem)
            problem = errno;
        if (problem) {
            unlink(path);
            status = failed(path, problem, _("cannot write"), error);
        }
    }
    rk_key_free(key);
    rk_key_free(text);
    return status;
}

enum rk_status rk_key_read(unsigned char **key, const char *path, const char *what,
                           struct rk_error *error)
{
    struct stat info;
    int fd;
    *key = NULL;
    RK_TRY(open_private(&fd, path, what, O_RDONLY, &info, error));
    char *text = rk_key_alloc(KEY_TEXT);
    unsigned char *read = rk_key_alloc(RK_KEY_SIZE);
    enum rk_status status = text && read ? RK_OK : no_memory(error);
    int problem = 0;
    size_t digits = 0;
    bool right_size = info.st_size == KEY_TEXT;
    if (!status && right_size && (problem = whole(fd, text, KEY_TEXT, 0, false)))
        status = failed(path, problem, _("cannot be read"), error);
    if (!status && (!right_size || text[KEY_TEXT - 1] != '\n' ||
                    sodium_hex2bin(read, RK_KEY_SIZE, text, KEY_TEXT - 1, NULL, &digits, NULL) ||
                    digits != RK_KEY_SIZE))
        status = rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = path},
                            _("is no key: expected 64 hexadecimal digits and a newline, as "
                              "--new-key makes them"));
    close(fd);
    rk_key_free(text);
    if (status)
        rk_key_free(read);
    else
        *key = read;
    return status;
}

/* ---- keys of subjects ---- */

enum rk_status rk_subject_file_open(struct rk_subject_file *file, const char *path, bool make,
                                    struct rk_subjects *subjects, struct rk_error *error)
{
    struct stat info;
    *file = (struct rk_subject_file){.path = path, .fd = -1};
    RK_TRY(
        open_private(&file->fd, path, "subject-keys", O_RDWR | (make ? O_CREAT : 0), &info, error));
    if (flock(file->fd, LOCK_EX | LOCK_NB) < 0)
        return failed(path, errno, _("another run has it open"), error);
    if (fstat(file->fd, &info) < 0)
        return failed(path, errno, _("cannot be read"), error);
    if (info.st_size > LARGEST)
        return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = path},
                          _("is too large to be keys of subjects"));
    size_t size = (size_t)info.st_size;
    char *bytes = rk_key_alloc(size + 1);
    if (!bytes)
        return no_memory(error);
    bytes[size] = '\0';
    int problem = whole(file->fd, bytes, size, 0, false);
    struct rk_pos pos = {.file = path};
    enum rk_status status = RK_OK;
    if (problem)
        status = failed(path, problem, _("cannot be read"), error);
    else if (!rk_subjects_read(subjects, (struct rk_text){bytes, size}, &pos.line))
        status = rk_fail_at(error, RK_BAD_DATA, &pos, _("is no line of a subject's key"));
    file->lines = size / RK_SUBJECT_LINE;
    rk_key_free(bytes);
    return status;
}

enum rk_status rk_subject_file_add(struct rk_subject_file *file, const struct rk_subjects *subjects,
                                   struct rk_error *error)
{
    size_t count = rk_subjects_count(subjects) - file->lines;
    off_t end = (off_t)(file->lines * RK_SUBJECT_LINE);
    if (!count)
        return RK_OK;
    char *lines = rk_key_alloc(count * RK_SUBJECT_LINE);
    if (!lines)
        return no_memory(error);
    for (size_t i = 0; i < count; i++)
        rk_subjects_line(subjects, file->lines + i, lines + i * RK_SUBJECT_LINE);
    int problem = whole(file->fd, lines, count * RK_SUBJECT_LINE, end, true);
    if (!problem && fsync(file->fd) < 0)
        problem = errno;
    rk_key_free(lines);
    if (problem && ftruncate(file->fd, end) < 0)
        problem = errno;
    if (problem)
        return failed(file->path, problem, _("cannot write"), error);
    file->lines += count;
    return RK_OK;
}

enum rk_status rk_subject_file_shred(struct rk_subject_file *file, size_t place,
                                     struct rk_error *error)
{
    char dashes[RK_SUBJECT_HEX];
    memset(dashes, '-', sizeof dashes);
    off_t at = (off_t)(place * RK_SUBJECT_LINE + RK_SUBJECT_TAG + 1);
    int problem = whole(file->fd, dashes, sizeof dashes, at, true);
    if (!problem && fsync(file->fd) < 0)
        problem = errno;
    return problem ? failed(file->path, problem, _("cannot write"), error) : RK_OK;
}

void rk_subject_file_close(struct rk_subject_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}
