#include "stream/in.h"

#include "base/mem.h"
#include "stream/out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { RAW = 64 * 1024 };

struct rk_in {
    const char *name;
    int fd;     /* -1 = memory */
    int copy;   /* unlinked temporary of all that is read, -1 = none */
    off_t from; /* where it begins in what will be read again */
    bool gzip, in_member, ended;
    z_stream z;
    const unsigned char *raw; /* bytes read and not yet handed on */
    size_t raw_size;
    unsigned char *buffer;
    struct rk_sha256_sum *hash; /* of what was handed on, or NULL */
};

static enum rk_status fail(const struct rk_in *in, struct rk_error *error, const char *text)
{
    return rk_fail_at(error, RK_FAILED, &(struct rk_pos){.file = in->name}, "%s", text);
}

static enum rk_status keep(const struct rk_in *in, const unsigned char *bytes, size_t size,
                           struct rk_error *error)
{
    while (in->copy >= 0 && size) {
        ssize_t n = write(in->copy, bytes, size);
        if (n < 0 && errno != EINTR)
            return rk_fail_errno(error, RK_FAILED, NULL, errno, "%s",
                                 _("cannot write a temporary file"));
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return RK_OK;
}

_Thread_local int rk_in_stopper;

/* Waits until a read does not: false where the reader is to stop. */
static bool wait_for_bytes(const struct rk_in *in)
{
    struct pollfd ends[] = {{.fd = rk_in_stopper, .events = POLLIN}, {.fd = in->fd, .events = POLLIN}};
    while (poll(ends, 2, -1) < 0)
        if (errno != EINTR)
            return true; /* the read says what is wrong */
    return !ends[0].revents;
}

/* Up to `room` bytes from the file; none at its end. */
static enum rk_status get_bytes(struct rk_in *in, unsigned char *to, size_t room, size_t *got,
                                struct rk_error *error)
{
    for (;;) {
        ssize_t n = -1;
        if (rk_in_stopper && !wait_for_bytes(in))
            errno = ECANCELED;
        else
            n = read(in->fd, to, room);
        *got = n > 0 ? (size_t)n : 0;
        if (n >= 0)
            return keep(in, to, *got, error);
        if (errno != EINTR)
            return rk_fail_errno(error, RK_FAILED, &(struct rk_pos){.file = in->name}, errno, "%s",
                                 _("cannot read"));
    }
}

/* Adds bytes from the file to what is left in the buffer; nothing more at the end of the file. */
static enum rk_status fill(struct rk_in *in, struct rk_error *error)
{
    size_t got;
    if (in->fd < 0)
        return RK_OK;
    if (in->raw_size)
        memmove(in->buffer, in->raw, in->raw_size);
    in->raw = in->buffer;
    RK_TRY(get_bytes(in, in->buffer + in->raw_size, RAW - in->raw_size, &got, error));
    in->raw_size += got;
    return RK_OK;
}

/* Tells gzip by its first two bytes. */
static enum rk_status begin(struct rk_in *in, struct rk_error *error)
{
    size_t before;
    do {
        before = in->raw_size;
        enum rk_status status = fill(in, error);
        if (status)
            return status;
    } while (in->raw_size < 2 && in->raw_size != before);
    if (in->raw_size && in->raw[0] == 0x1f && (in->raw_size == 1 || in->raw[1] == 0x8b)) {
        in->gzip = true;
        if (inflateInit2(&in->z, 31) != Z_OK)
            return rk_fail_errno(error, RK_FAILED, NULL, ENOMEM, "zlib");
        in->in_member = true;
    }
    return RK_OK;
}

enum rk_status rk_in_open(struct rk_in **result, const char *path, struct rk_error *error)
{
    struct rk_in *in = rk_alloc(1, sizeof *in);
    struct stat st;
    *result = NULL;
    in->copy = -1;
    in->name = rk_keep(path);
    static bool taken; /* two readers would each get a part of it */
    bool standard = !strcmp(path, "-");
    if (standard && taken) {
        rk_free(in);
        return rk_fail(error, RK_BAD_USE, "%s", _("standard input can be read only once"));
    }
    taken |= standard;
    in->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int problem = in->fd < 0 || fstat(in->fd, &st) < 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
    enum rk_status status = RK_OK;
    if (problem) {
        status = rk_fail_errno(error, RK_FAILED, &(struct rk_pos){.file = in->name}, problem, "%s",
                               _("cannot read"));
    } else {
        in->buffer = rk_resize(NULL, RAW, 1);
        status = begin(in, error);
    }
    if (status) {
        rk_in_close(in);
        return status;
    }
    *result = in;
    return RK_OK;
}

struct rk_in *rk_in_memory(const char *name, const void *bytes, size_t size)
{
    struct rk_in *in = rk_alloc(1, sizeof *in);
    in->name = rk_keep(name);
    in->fd = in->copy = -1;
    in->raw = bytes;
    in->raw_size = size;
    return in;
}

static enum rk_status read_gzip(struct rk_in *in, void *bytes, size_t room, size_t *got,
                                struct rk_error *error)
{
    in->z.next_out = bytes;
    in->z.avail_out = room > RAW ? RAW : (uInt)room;
    uInt offered = in->z.avail_out;
    while (in->z.avail_out == offered) {
        if (!in->raw_size) {
            enum rk_status status = fill(in, error);
            if (status)
                return status;
        }
        if (!in->raw_size) {
            if (in->in_member)
                return fail(in, error, _("the gzip data are cut short"));
            in->ended = true;
            break;
        }
        if (!in->in_member) { /* a further member, or junk */
            if (in->raw_size < 2) {
                enum rk_status status = fill(in, error);
                if (status)
                    return status;
            }
            if (in->raw_size < 2 || in->raw[0] != 0x1f || in->raw[1] != 0x8b)
                return fail(in, error, _("there is something after the end of the gzip data"));
            inflateReset(&in->z);
            in->in_member = true;
        }
        in->z.next_in = (unsigned char *)in->raw;
        in->z.avail_in = (uInt)in->raw_size;
        int result = inflate(&in->z, Z_NO_FLUSH);
        in->raw = in->z.next_in;
        in->raw_size = in->z.avail_in;
        if (result == Z_STREAM_END)
            in->in_member = false;
        else if (result == Z_MEM_ERROR)
            return rk_fail_errno(error, RK_FAILED, NULL, ENOMEM, "zlib");
        else if (result != Z_OK && result != Z_BUF_ERROR)
            return fail(in, error, _("the gzip data are damaged"));
    }
    *got = offered - in->z.avail_out;
    return RK_OK;
}

static enum rk_status read_plain(struct rk_in *in, void *bytes, size_t room, size_t *got,
                                 struct rk_error *error)
{
    if (!in->raw_size && in->fd >= 0 && room >= RAW) { /* past the buffer */
        RK_TRY(get_bytes(in, bytes, room, got, error));
        in->ended = !*got;
        return RK_OK;
    }
    if (!in->raw_size)
        RK_TRY(fill(in, error));
    size_t n = in->raw_size < room ? in->raw_size : room;
    if (n)
        memcpy(bytes, in->raw, n);
    in->raw += n;
    in->raw_size -= n;
    in->ended = !n;
    *got = n;
    return RK_OK;
}

enum rk_status rk_in_read(struct rk_in *in, void *bytes, size_t room, size_t *got,
                          struct rk_error *error)
{
    *got = 0;
    if (in->ended)
        return RK_OK;
    enum rk_status status =
        in->gzip ? read_gzip(in, bytes, room, got, error) : read_plain(in, bytes, room, got, error);
    if (!status && in->hash)
        rk_sha256_add(in->hash, bytes, *got);
    return status;
}

enum rk_status rk_in_keep(struct rk_in *in, struct rk_error *error)
{
    struct stat st;
    if (!fstat(in->fd, &st) && S_ISREG(st.st_mode)) {
        in->from = lseek(in->fd, 0, SEEK_CUR) - (off_t)in->raw_size;
        return RK_OK;
    }
    in->copy = rk_out_unlinked();
    if (in->copy < 0)
        return rk_fail_errno(error, RK_FAILED, NULL, errno, "%s",
                             _("cannot write a temporary file"));
    return keep(in, in->raw, in->raw_size, error);
}

enum rk_status rk_in_again(struct rk_in *in, struct rk_in **again, struct rk_error *error)
{
    struct rk_in *next = rk_alloc(1, sizeof *next);
    next->name = in->name;
    next->copy = -1;
    next->fd = fcntl(in->copy >= 0 ? in->copy : in->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    next->buffer = rk_resize(NULL, RAW, 1);
    *again = next;
    if (next->fd < 0 || lseek(next->fd, in->from, SEEK_SET) < 0)
        return rk_fail_errno(error, RK_FAILED, &(struct rk_pos){.file = in->name}, errno, "%s",
                             _("cannot read"));
    return begin(next, error);
}

void rk_in_hash(struct rk_in *in) { in->hash = rk_sha256_begin(); }

void rk_in_hash_end(struct rk_in *in, char hex[RK_SHA256_HEX])
{
    rk_sha256_end(in->hash, hex);
    in->hash = NULL;
}

enum rk_status rk_in_read_all(struct rk_in *in, struct rk_buf *all, size_t limit,
                              struct rk_error *error)
{
    for (;;) {
        size_t got;
        enum rk_status status = rk_in_read(in, rk_buf_reserve(all, RAW), RAW, &got, error);
        if (status || !got)
            return status;
        all->size += got;
        all->text[all->size] = '\0';
        if (all->size > limit)
            return rk_fail_at(error, RK_BAD_DATA, &(struct rk_pos){.file = in->name},
                              _("larger than the %zu bytes allowed"), limit);
    }
}

const char *rk_in_name(const struct rk_in *in) { return in->name; }

void rk_in_close(struct rk_in *in)
{
    if (!in)
        return;
    if (in->gzip)
        inflateEnd(&in->z);
    if (in->fd > STDERR_FILENO)
        close(in->fd);
    if (in->copy >= 0)
        close(in->copy);
    char unused[RK_SHA256_HEX];
    if (in->hash)
        rk_in_hash_end(in, unused);
    rk_free(in->buffer);
    rk_free(in);
}
