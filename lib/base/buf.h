/* A growable run of bytes, always NUL-ended once anything was added. A zeroed struct is an empty
 * buffer. Give back with rk_buf_free. */
#ifndef RK_BUF_H
#define RK_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct rk_buf {
    char *text;  /* NULL while nothing was added */
    size_t size; /* bytes, without the NUL */
    size_t room;
};

void rk_buf_grow(struct rk_buf *buf, size_t more); /* rk_buf_reserve, where there is no room yet */
/* Room for `more` bytes and a NUL; where they start. */
static inline char *rk_buf_reserve(struct rk_buf *buf, size_t more)
{
    if (buf->room - buf->size <= more)
        rk_buf_grow(buf, more);
    return buf->text + buf->size;
}
void rk_buf_add(struct rk_buf *buf, const void *bytes, size_t size);
void rk_buf_text(struct rk_buf *buf, const char *text);
void rk_buf_char(struct rk_buf *buf, char c);
void rk_buf_printf(struct rk_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void rk_buf_vprintf(struct rk_buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
void rk_buf_clear(struct rk_buf *buf);                 /* empties it, keeps the memory */
void rk_buf_free(struct rk_buf *buf);
char *rk_buf_take(struct rk_buf *buf); /* the text, to be freed by the caller; the buffer is empty */

#endif
