#include "base/buf.h"

#include "base/mem.h"

#include <stdint.h>

void rk_buf_grow(struct rk_buf *buf, size_t more)
{
    size_t room = buf->room ? buf->room : 64;
    while (room - buf->size <= more)
        room = room > SIZE_MAX / 2 ? SIZE_MAX : room * 2;
    buf->text = rk_resize(buf->text, room, 1);
    buf->room = room;
}

void rk_buf_add(struct rk_buf *buf, const void *bytes, size_t size)
{
    char *end = rk_buf_reserve(buf, size);
    if (size)
        memcpy(end, bytes, size);
    end[size] = '\0';
    buf->size += size;
}

void rk_buf_text(struct rk_buf *buf, const char *text) { rk_buf_add(buf, text, strlen(text)); }

void rk_buf_char(struct rk_buf *buf, char c) { rk_buf_add(buf, &c, 1); }

void rk_buf_vprintf(struct rk_buf *buf, const char *format, va_list args)
{
    enum { SHORT = 63 }; /* what most texts are: written once, and only a longer one again */
    va_list again;
    va_copy(again, args);
    char *end = rk_buf_reserve(buf, SHORT);
    const size_t room = buf->room - buf->size;
    int size = vsnprintf(end, room, format, args);
    if (size >= 0 && (size_t)size >= room) {
        end = rk_buf_reserve(buf, (size_t)size);
        vsnprintf(end, (size_t)size + 1, format, again);
    }
    if (size > 0)
        buf->size += (size_t)size;
    else
        *end = '\0';
    va_end(again);
}

void rk_buf_printf(struct rk_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    rk_buf_vprintf(buf, format, args);
    va_end(args);
}

void rk_buf_clear(struct rk_buf *buf)
{
    buf->size = 0;
    if (buf->text)
        buf->text[0] = '\0';
}

void rk_buf_free(struct rk_buf *buf)
{
    rk_free(buf->text);
    *buf = (struct rk_buf){0};
}

char *rk_buf_take(struct rk_buf *buf)
{
    if (!buf->text)
        rk_buf_text(buf, "");
    char *text = buf->text;
    *buf = (struct rk_buf){0};
    return text;
}
