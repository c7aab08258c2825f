#include "base/message.h"

#include "base/buf.h"

#include <errno.h>

const char *rk_strerror(int error_number)
{
    switch (error_number) {
    case ENOENT: return _("no such file or directory");
    case EACCES: return _("permission denied");
    case EPERM: return _("operation not permitted");
    case EISDIR: return _("is a directory");
    case ENOTDIR: return _("not a directory");
    case ENOSPC: return _("no space left on the device");
    case EDQUOT: return _("disk quota exceeded");
    case EFBIG: return _("file too large");
    case EIO: return _("input/output error");
    case EBADF: return _("bad file descriptor");
    case ENOMEM: return _("out of memory");
    case EPIPE: return _("the reader went away");
    case EROFS: return _("read-only file system");
    case EMFILE: return _("too many open files");
    case ELOOP: return _("too many links");
    case ENAMETOOLONG: return _("file name too long");
    default: return strerrordesc_np(error_number) ? strerrordesc_np(error_number)
                                                  : _("unknown error");
    }
}

static void fill(struct rk_error *error, enum rk_status status, const struct rk_pos *pos,
                 const char *format, va_list args)
{
    if (!error)
        return;
    error->status = status;
    error->pos = pos ? *pos : (struct rk_pos){0};
    if (error->pos.field) {
        snprintf(error->field, sizeof error->field, "%s", error->pos.field);
        error->pos.field = error->field;
    }
    vsnprintf(error->text, sizeof error->text, format, args);
}

enum rk_status rk_fail(struct rk_error *error, enum rk_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(error, status, NULL, format, args);
    va_end(args);
    return status;
}

enum rk_status rk_fail_at(struct rk_error *error, enum rk_status status, const struct rk_pos *pos,
                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(error, status, pos, format, args);
    va_end(args);
    return status;
}

enum rk_status rk_fail_errno(struct rk_error *error, enum rk_status status, const struct rk_pos *pos,
                             int error_number, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(error, status, pos, format, args);
    va_end(args);
    if (error) {
        size_t used = strlen(error->text);
        snprintf(error->text + used, sizeof error->text - used, "%s%s", used ? ": " : "",
                 rk_strerror(error_number));
    }
    return status;
}

void rk_log(struct rk_log *log, enum rk_severity severity, const struct rk_pos *pos,
            const char *format, ...)
{
    if (severity == RK_ERROR)
        log->errors++;
    else if (severity == RK_WARNING)
        log->warnings++;
    if (!log->emit)
        return;
    struct rk_buf buf = {0};
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(&buf, format, args);
    va_end(args);
    log->emit(log, severity, pos, buf.text ? buf.text : "");
    rk_buf_free(&buf);
}
